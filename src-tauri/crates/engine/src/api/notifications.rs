//! Being told: what crosses the border about the tray and notifications, and the commands behind it.

use crate::api::handle::{needed, out};
use crate::api::types::{ApiErrorView, ModeView, MoneyView};
use crate::books::blocking;
use crate::desk::Desk;
use crate::error::EngineError;
use crate::notifications::{self, WallClock};
use crate::view::money::money;
use crate::with_books;
use coffer_domain::currency::Currency;
use coffer_domain::mode::ModeName;
use coffer_domain::money::Money;
use coffer_domain::notification::Rules;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use ts_rs::TS;

/// MRR and what moved it today, for a place with little room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Glance {
    /// The mode.
    pub mode: ModeView,
    /// MRR; `None` while there is none to show.
    pub mrr: Option<MoneyView>,
    /// The same in short, for instance `$12.4 k`.
    pub short: Option<String>,
    /// How it changed today, with its sign.
    pub today: Option<MoneyView>,
    /// What moved it today, each with its amount.
    pub movements: Vec<String>,
    /// Operations that need a person.
    pub needs_you: u64,
    /// Disputes that wait for an answer.
    pub disputes: u64,
    /// The instant it is as of, RFC 3339.
    pub as_of: Option<String>,
    /// Whether everything was synced.
    pub complete: bool,
}

/// Something to tell while nobody looks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotificationView {
    /// What happened; it carries the mode where that is test.
    pub title: String,
    /// The rest.
    pub body: String,
    /// Where in the window to see more.
    pub place: String,
}

/// What somebody wants to be told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct NotificationRules {
    /// Marks of MRR; passing one is told.
    pub mrr_marks: Vec<MarkView>,
    /// Whether days on which payments fail more than usual are told.
    pub failed_payments: bool,
    /// Whether new disputes are told.
    pub disputes: bool,
    /// Whether operations that need a person are told.
    pub operations: bool,
    /// From which hour of the day yesterday is told; never when left out.
    pub digest_hour: Option<u8>,
}

/// A mark of MRR.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct MarkView {
    /// The amount.
    pub amount: MoneyView,
    /// The same as it is typed.
    pub typed: String,
}

/// Asks what is told, or sets it.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct NotificationRulesRequest {
    /// The mode.
    pub mode: ModeView,
    /// What is told from now on; as it is when left out.
    pub set: Option<NotificationRulesSet>,
}

/// What is to be told from now on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct NotificationRulesSet {
    /// Marks of MRR, decimals in the currency it is told in.
    pub mrr_marks: Vec<String>,
    /// As in the rules.
    pub failed_payments: bool,
    /// As in the rules.
    pub disputes: bool,
    /// As in the rules.
    pub operations: bool,
    /// As in the rules.
    pub digest_hour: Option<u8>,
}

impl From<Rules> for NotificationRules {
    fn from(it: Rules) -> Self {
        let currency = Currency::parse(&it.currency).ok();
        let mark = |minor: i64| {
            let amount = Money::new(minor, currency?);
            Some(MarkView {
                amount: money(amount),
                typed: amount.decimal_text(),
            })
        };
        Self {
            mrr_marks: it.mrr_marks.iter().filter_map(|it| mark(*it)).collect(),
            failed_payments: it.failed_payments,
            disputes: it.disputes,
            operations: it.operations,
            digest_hour: it.digest_hour,
        }
    }
}

/// Answers `notification_rules`: what they are, or sets them.
///
/// # Errors
/// When a mark or an hour is none, or the file's.
pub async fn notification_rules(
    desk: &Arc<Desk>,
    request: NotificationRulesRequest,
) -> Result<NotificationRules, ApiErrorView> {
    out(async {
        with_books!(needed(desk, request.mode).await?, books => blocking(move || {
            let rules = match request.set {
                Some(set) => notifications::set_rules(&books, &set.mrr_marks, Rules {
                    failed_payments: set.failed_payments,
                    disputes: set.disputes,
                    operations: set.operations,
                    digest_hour: set.digest_hour,
                    ..Rules::default()
                })?,
                None => notifications::rules(&books)?,
            };
            Ok(rules.into())
        })
        .await)
    }
    .await)
}

/// MRR and what moved it today in a mode; `None` where the mode has no file.
///
/// # Errors
/// The file's.
pub async fn glance(desk: &Arc<Desk>, mode: ModeName) -> Result<Option<Glance>, EngineError> {
    match desk.books(mode).await? {
        Some(any) => {
            with_books!(any, books => blocking(move || notifications::glance(&books)).await)
                .map(Some)
        }
        None => Ok(None),
    }
}

/// What is to be told of a mode now; it is not told again.
///
/// # Errors
/// The file's.
pub async fn due(
    desk: &Arc<Desk>,
    mode: ModeName,
    clock: WallClock,
) -> Result<Vec<NotificationView>, EngineError> {
    match desk.books(mode).await? {
        Some(any) => {
            with_books!(any, books => blocking(move || notifications::due(&books, clock)).await)
        }
        None => Ok(Vec::new()),
    }
}
