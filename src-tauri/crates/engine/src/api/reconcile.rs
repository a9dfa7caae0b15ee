//! Our figures beside the provider's own export, for the window.
//!
//! A request carries the text of the file that somebody chose, never a path: the engine opens nothing on a page's word, and
//! keeps nothing of what it was given.

use crate::api::handle::{needed, out};
use crate::api::numbers;
use crate::api::types::{ApiErrorView, ModeView, MoneyView};
use crate::books::{Books, blocking};
use crate::desk::Desk;
use crate::error::EngineError;
use crate::figures::View;
use crate::reconcile::Compared;
use crate::view::reconcile as shown;
use crate::with_books;
use coffer_domain::mode::Mode;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use ts_rs::TS;

/// The longest export that a page may hand over, in bytes: one of some hundred thousand customers over a year.
pub const EXPORT_BYTES_MAX: usize = 32_000_000;
/// Customers named for each cause; the file of the differences names all.
const NAMED_MAX: usize = 50;

/// An export to hold our figures against.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct ReconcileRequest {
    /// The mode.
    pub mode: ModeView,
    /// The policy; the preferred one when left out.
    pub policy: Option<String>,
    /// What the file is called.
    pub file: String,
    /// What stands in it.
    pub text: String,
}

/// What kind of export it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ExportKind {
    /// What each subscriber was worth at the end of each month.
    CustomerMonths,
    /// Each change of a customer's MRR.
    CustomerChanges,
    /// Metrics of each month, without customers.
    Summary,
}

/// What sort of cause it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum CauseSort {
    /// A rule that gives the very figure of the export.
    Rule,
    /// What the two sides hold, or how they round.
    Sides,
    /// Our own figure is weak.
    Weak,
    /// Nothing that is known.
    Unexplained,
}

/// How a month stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum SplitStanding {
    /// Every customer's figure is the same; the totals may be apart by how they are rounded.
    Same,
    /// What differs has causes that are known.
    Explained,
    /// Some of it has none.
    Open,
}

/// One customer's part of a difference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CustomerGap {
    /// The provider's id.
    pub customer: String,
    /// The name, else e-mail, where the copy has one.
    pub name: Option<String>,
    /// Whether the copy has the customer, so that there is a page to open.
    pub here: bool,
    /// The provider's page of a customer whom the copy has not.
    pub address: Option<String>,
    /// Ours.
    pub ours: MoneyView,
    /// Theirs.
    pub theirs: MoneyView,
    /// Ours less theirs, with its sign.
    pub difference: MoneyView,
}

/// What one cause makes of a difference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CauseView {
    /// Its word, the same as on the command line.
    pub cause: String,
    /// What sort of cause it is.
    pub sort: CauseSort,
    /// Its name for people.
    pub title: String,
    /// What it says, and what to do where something can be done.
    pub says: String,
    /// Ours less theirs, with its sign.
    pub difference: MoneyView,
    /// Its part of the whole difference, `75.0 %`; nothing where the whole is none.
    pub share: Option<String>,
    /// How many customers are behind it.
    pub customers: u64,
    /// Those with the largest parts.
    pub largest: Vec<CustomerGap>,
    /// How many are not named here.
    pub rest_customers: u64,
    /// What those and what is no single customer's come to.
    pub rest: MoneyView,
}

/// One month in one currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SplitView {
    /// The month, `2026-10`.
    pub month: String,
    /// The currency.
    pub currency: String,
    /// Ours.
    pub ours: MoneyView,
    /// Theirs.
    pub theirs: MoneyView,
    /// Ours less theirs, with its sign.
    pub difference: MoneyView,
    /// Whether the month is not over in our copy.
    pub unfinished: bool,
    /// Customers on whom both sides agree.
    pub agreeing: u64,
    /// What it comes to, as a sentence.
    pub headline: String,
    /// How much of it is explained, as a sentence.
    pub explained: String,
    /// How it stands.
    pub standing: SplitStanding,
    /// What makes the difference, the largest first; they add up to it.
    pub causes: Vec<CauseView>,
}

/// A metric of a summary beside ours.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct BesideView {
    /// The month.
    pub month: String,
    /// What it is called.
    pub name: String,
    /// Ours; nothing where we have none.
    pub ours: Option<String>,
    /// Theirs.
    pub theirs: String,
    /// Ours less theirs; nothing where we have none.
    pub difference: Option<String>,
    /// Whether both are the same as they are written.
    pub same: bool,
}

/// Our figures beside an export.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ReconcileAnswer {
    /// What the file is called.
    pub file: String,
    /// Which export it was.
    pub kind: ExportKind,
    /// What the provider calls it.
    pub kind_name: String,
    /// The policy that made ours.
    pub policy: String,
    /// Its name.
    pub policy_name: String,
    /// Whether our copy is complete.
    pub complete: bool,
    /// The instant our side is as of, RFC 3339.
    pub as_of: Option<String>,
    /// What was compared and how much of it agrees, as a sentence.
    pub overall: String,
    /// What makes the whole comparison doubtful, as a sentence.
    pub doubt: Option<String>,
    /// The currencies, the main one first.
    pub currencies: Vec<String>,
    /// Every month and currency, in order.
    pub splits: Vec<SplitView>,
    /// The metrics of a summary, in its order.
    pub beside: Vec<BesideView>,
}

/// The differences as CSV.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ReconcileCsv {
    /// A line for each customer, month and currency that differs. The first column carries the mode.
    pub text: String,
    /// Rows in it.
    pub rows: u64,
    /// A name for the file.
    pub file_name: String,
}

type Answer<T> = Result<T, ApiErrorView>;

fn compared<M: Mode>(
    books: &Books<M>,
    request: &ReconcileRequest,
    customers_max: usize,
) -> Result<(Compared, View), EngineError> {
    if request.text.len() > EXPORT_BYTES_MAX {
        return Err(EngineError::ExportTooLong {
            file: request.file.clone(),
            megabytes_max: EXPORT_BYTES_MAX / 1_000_000,
        });
    }
    let view = View {
        // An export that does not say is in the account's own currency, whatever somebody prefers to see.
        currency: None,
        ..numbers::view(books, request.policy.as_deref())?
    };
    let export = (request.file.as_str(), request.text.as_str());
    let found = crate::reconcile::against(books, &view, export, customers_max)?;
    Ok((found, view))
}

/// Answers `reconcile`.
///
/// # Errors
/// When the text is too long or none of the provider's exports, there is no such policy, or the file's.
pub async fn reconcile(desk: &Arc<Desk>, request: ReconcileRequest) -> Answer<ReconcileAnswer> {
    out(async {
        with_books!(needed(desk, request.mode).await?, books => blocking(move || {
            let (found, view) = compared(&books, &request, NAMED_MAX)?;
            shown::answer(&books, &found, &view.policy, request.file)
        })
        .await)
    }
    .await)
}

/// Answers `reconcile_csv`.
///
/// # Errors
/// As `reconcile`.
pub async fn reconcile_csv(desk: &Arc<Desk>, request: ReconcileRequest) -> Answer<ReconcileCsv> {
    out(async {
        with_books!(needed(desk, request.mode).await?, books => blocking(move || {
            let (found, view) = compared(&books, &request, usize::MAX)?;
            shown::csv(&books, &found, &view.policy)
        })
        .await)
    }
    .await)
}
