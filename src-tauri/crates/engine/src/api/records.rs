//! The lists of the desk: their types, and how they are answered.

use crate::api::handle::{needed, out};
use crate::api::types::{ApiErrorView, ModeRequest, ModeView, MoneyView};
use crate::books::blocking;
use crate::desk::Desk;
use crate::view::records;
use crate::with_books;
use coffer_domain::filter::List;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use ts_rs::TS;

type Answer<T> = Result<T, ApiErrorView>;

/// A list of the desk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum RecordList {
    /// Customers.
    Customers,
    /// Subscriptions.
    Subscriptions,
    /// Payments.
    Payments,
    /// Invoices.
    Invoices,
    /// Payments contested.
    Disputes,
    /// Bills that could not be collected so far.
    Recovery,
    /// Subscriptions that began with a trial.
    Trials,
}

impl RecordList {
    /// Its name, as it stands in requests and in names of files.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Customers => "customers",
            Self::Subscriptions => "subscriptions",
            Self::Payments => "payments",
            Self::Invoices => "invoices",
            Self::Disputes => "disputes",
            Self::Recovery => "recovery",
            Self::Trials => "trials",
        }
    }
}

impl From<RecordList> for List {
    fn from(list: RecordList) -> Self {
        match list {
            RecordList::Customers => Self::Customers,
            RecordList::Subscriptions => Self::Subscriptions,
            RecordList::Payments => Self::Payments,
            RecordList::Invoices => Self::Invoices,
            RecordList::Disputes => Self::Disputes,
            RecordList::Recovery => Self::Recovery,
            RecordList::Trials => Self::Trials,
        }
    }
}

/// What a list is in order of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum RecordSort {
    /// When it was made.
    Created,
    /// The amount that the list shows, of customers their MRR; not of subscriptions and trials.
    Amount,
    /// When an invoice is due, a dispute to be answered, a bill tried again, a trial over; not of customers, subscriptions and
    /// payments.
    Due,
    /// By name, else e-mail address, else id; of customers alone.
    Name,
}

/// Asks for a page of a list.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct RecordsRequest {
    /// The mode.
    pub mode: ModeView,
    /// The list.
    pub view: RecordList,
    /// What it is narrowed by, for instance `status:past_due country:DE`.
    #[serde(default)]
    pub filter: String,
    /// The order.
    pub sort: RecordSort,
    /// Largest or latest first.
    pub descending: bool,
    /// Rows to leave out at the start.
    pub offset: u32,
    /// Rows wanted, at most 200.
    pub limit: u32,
}

/// Another payment that looks like the same one made twice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RecordTwin {
    /// The other payment.
    pub id: String,
    /// Why it is pointed at, for instance `The same amount as ch_1 of 2026-11-26, 12 minutes before. Neither was refunded.`
    pub text: String,
}

/// A row of a list. What its list has no use for is empty.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RecordRow {
    /// The provider's id.
    pub id: String,
    /// The account it belongs to.
    pub account: String,
    /// `stripe`.
    pub provider: String,
    /// The customer's id, when it has one.
    pub customer: Option<String>,
    /// The customer's name, when it has one.
    pub name: Option<String>,
    /// The customer's e-mail address, when it has one.
    pub email: Option<String>,
    /// How it stands. Of a customer: `active`, `free`, `trialing`, `past_due`, `paused`, `churned`, `none` (never subscribed) or
    /// `deleted`. Of a trial: `trialing`, `converted`, `lost` or `trial_over`.
    pub state: String,
    /// What tells it apart: plans with quantities, an invoice's number, a dispute's reason, what was paid with.
    pub what: String,
    /// Why it failed, in plain words.
    pub reason: Option<String>,
    /// A payment's or dispute's amount, an invoice's total, what is due, what a subscription is worth a month.
    pub amount: Option<MoneyView>,
    /// Beside it: what was refunded, what is still due, the MRR at risk.
    pub besides: Option<MoneyView>,
    /// The day it was made, or a subscription began, `YYYY-MM-DD`.
    pub created: String,
    /// The day it renews, ends, is due, has to be answered or is tried again.
    pub date: Option<String>,
    /// Days from the present to that day; below zero when it is past.
    pub days_left: Option<i64>,
    /// What happens then, in words.
    pub outlook: Option<String>,
    /// How often collection was tried.
    pub attempts: Option<i64>,
    /// Discounts in words.
    pub discounts: Vec<String>,
    /// The card in words, for instance `Visa 4242`.
    pub card: Option<String>,
    /// When the card expires or expired, in words, where that is soon or past.
    pub card_note: Option<String>,
    /// Whether there is something to collect a trial's first bill with, when that is known.
    pub has_card: Option<bool>,
    /// Whether the customer had a trial before.
    pub again: bool,
    /// Another payment that looks like the same one made twice.
    pub twin: Option<RecordTwin>,
    /// A customer's country, ISO 3166.
    pub country: Option<String>,
    /// A customer's MRR, one for each currency.
    pub mrr: Vec<MoneyView>,
    /// Money received from a customer less money refunded, one for each currency.
    pub paid: Vec<MoneyView>,
}

/// A page of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RecordPage {
    /// The rows.
    pub rows: Vec<RecordRow>,
    /// How many there are in all under this filter, or how many were counted.
    pub total: u64,
    /// Whether there are more than were counted.
    pub more: bool,
    /// How many of them can be listed.
    pub listed: u64,
    /// What they come to, one amount for each currency; empty where that is not known or means nothing.
    pub sums: Vec<MoneyView>,
    /// What was not looked at, and how it can be.
    pub note: Option<String>,
    /// The filter as Coffer writes it.
    pub filter: String,
    /// The offset of the first row.
    pub offset: u32,
    /// What the copy is as of.
    pub as_of: Option<String>,
    /// The change counter of the file they were read from.
    pub revision: u64,
}

/// Where the next piece of a file begins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RecordsAfter {
    /// Seconds since 1970.
    pub created: i64,
    /// An id, or nothing.
    pub id: String,
}

/// Asks for a piece of a list as CSV, newest first.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct RecordsCsvRequest {
    /// The mode.
    pub mode: ModeView,
    /// The list.
    pub view: RecordList,
    /// What it is narrowed by.
    #[serde(default)]
    pub filter: String,
    /// Where to go on; nothing for the first piece.
    #[serde(default)]
    pub after: Option<RecordsAfter>,
}

/// A piece of a list as CSV.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RecordsCsv {
    /// Lines of CSV; the first piece begins with the columns' names. The first column carries the mode.
    pub text: String,
    /// Rows in it.
    pub rows: u64,
    /// Where to go on; nothing at the end.
    pub next: Option<RecordsAfter>,
    /// A name for the file.
    pub file_name: String,
}

/// Which list.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct RecordKeysRequest {
    /// The list.
    pub view: RecordList,
}

/// What a list can be narrowed by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RecordKey {
    /// The key, for instance `status`.
    pub key: String,
    /// How a term with it looks.
    pub example: String,
    /// The words it may have here; empty where others are possible.
    pub values: Vec<String>,
}

/// What a list can be narrowed by, the most useful first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RecordKeys {
    /// The keys.
    pub items: Vec<RecordKey>,
}

/// A list narrowed and ordered, with a name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SavedView {
    /// The name.
    pub name: String,
    /// The list.
    pub view: RecordList,
    /// What it is narrowed by.
    pub filter: String,
    /// The order.
    pub sort: RecordSort,
    /// Largest or latest first.
    pub descending: bool,
}

/// The lists that were given a name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SavedViews {
    /// In order of their names.
    pub items: Vec<SavedView>,
}

/// Gives a list a name, or takes a name away.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct SavedViewsSet {
    /// The mode.
    pub mode: ModeView,
    /// What to keep; it replaces one of the same list and name.
    #[serde(default)]
    pub keep: Option<SavedView>,
    /// The list and the name of what to forget.
    #[serde(default)]
    pub forget: Option<SavedViewName>,
}

/// Which list with a name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SavedViewName {
    /// The list.
    pub view: RecordList,
    /// The name.
    pub name: String,
}

/// Answers `records`.
///
/// # Errors
/// When the filter is none, the order is none of the list's, or the mode's file cannot be read.
pub async fn records(desk: &Arc<Desk>, request: RecordsRequest) -> Answer<RecordPage> {
    out(async {
        match desk.books(request.mode.into()).await? {
            Some(any) => {
                with_books!(any, books => blocking(move || records::page(&books, &request)).await)
            }
            None => records::empty(&request),
        }
    }
    .await)
}

/// Answers `records_csv`.
///
/// # Errors
/// When the filter is none or the mode's file cannot be read.
pub async fn records_csv(desk: &Arc<Desk>, request: RecordsCsvRequest) -> Answer<RecordsCsv> {
    out(async {
        with_books!(needed(desk, request.mode).await?, books => {
            blocking(move || records::csv(&books, &request)).await
        })
    }
    .await)
}

/// Answers `saved_views`.
///
/// # Errors
/// When the mode's file cannot be read.
pub async fn saved_views(desk: &Arc<Desk>, request: ModeRequest) -> Answer<SavedViews> {
    out(async {
        match desk.books(request.mode.into()).await? {
            Some(any) => with_books!(any, books => blocking(move || records::saved(&books)).await),
            None => Ok(SavedViews { items: Vec::new() }),
        }
    }
    .await)
}

/// Answers `saved_views_set`.
///
/// # Errors
/// When the filter is none, the name is too long, or the mode's file cannot be written.
pub async fn saved_views_set(desk: &Arc<Desk>, request: SavedViewsSet) -> Answer<SavedViews> {
    out(async {
        with_books!(needed(desk, request.mode).await?, books => {
            blocking(move || records::save(&books, request)).await
        })
    }
    .await)
}

/// Answers `record_keys`.
///
/// # Errors
/// None.
pub async fn record_keys(_: &Arc<Desk>, request: RecordKeysRequest) -> Answer<RecordKeys> {
    Ok(records::keys(request.view))
}
