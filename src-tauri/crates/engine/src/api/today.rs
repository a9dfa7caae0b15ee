//! The overview's other half: how MRR moved today, this month and this year, the figures of the month with their last
//! twelve, what is new since somebody last looked, and what waits for a person.

use crate::api::handle::out;
use crate::api::types::{ApiErrorView, ModeRequest, ModeView, MoneyView, Noted};
use crate::books::blocking;
use crate::desk::Desk;
use crate::error::EngineError;
use crate::view::{news as news_view, today as today_view};
use crate::with_books;
use chrono::DateTime;
use coffer_domain::Instant;
use coffer_domain::currency::Currency;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use ts_rs::TS;

/// Asks for the figures of today.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct TodayRequest {
    /// The mode.
    pub mode: ModeView,
    /// The ledger; the main one when left out.
    pub currency: Option<String>,
}

/// How much one kind of movement made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct MovedPart {
    /// `new`, `expansion`, `reactivation`, `contraction`, `churn` or `fx`.
    pub kind: String,
    /// What it did to MRR, with its sign.
    pub amount: MoneyView,
}

/// How MRR moved over a span that ends now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct MovedSpan {
    /// `day`, `month` or `year`.
    pub span: String,
    /// Its first day.
    pub from: String,
    /// The present day.
    pub date: String,
    /// By how much, with its sign.
    pub change: MoneyView,
    /// The same in percent with one decimal; `None` where MRR was zero before.
    pub percent: Option<String>,
    /// `up`, `down` or `flat`.
    pub direction: String,
    /// What makes it; kinds that moved nothing are left out.
    pub parts: Vec<MovedPart>,
}

/// One figure with its last months.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TodayFigure {
    /// The metric.
    pub metric: String,
    /// The last day of its period.
    pub date: String,
    /// Ready text; `None` where it is undefined.
    pub text: Option<String>,
    /// The same at the end of last month; `None` where it was undefined.
    pub before: Option<String>,
    /// Whether the period is not over.
    pub unfinished: bool,
    /// Whether part of it is carried back from the present.
    pub inferred: bool,
    /// The last months, this one last, from 0 to 1,000 between the smallest and the largest; `None` where undefined.
    pub line: Vec<Option<u32>>,
}

/// Something that waits for a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Need {
    /// `operation`, `dispute` or `recovery`.
    pub kind: String,
    /// The object's id.
    pub id: String,
    /// The customer's id, where it is one's.
    pub customer: Option<String>,
    /// The customer's name, else e-mail.
    pub customer_name: Option<String>,
    /// What it is, in a sentence.
    pub text: String,
    /// Until when, RFC 3339.
    pub due_by: Option<String>,
}

/// The figures of today.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Today {
    /// The mode.
    pub mode: ModeView,
    /// The ledger.
    pub currency: Option<String>,
    /// Today, this month, this year; empty while there is no ledger.
    pub moved: Vec<MovedSpan>,
    /// The figures, in their order.
    pub figures: Vec<TodayFigure>,
    /// What waits for a person: the most urgent first.
    pub needs: Vec<Need>,
    /// How many wait, shown or not.
    pub needs_count: u64,
}

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct NewsLine {
    /// The customer, where it is known.
    pub customer: Option<String>,
    /// The customer's name, else e-mail.
    pub customer_name: Option<String>,
    /// The day, `YYYY-MM-DD`.
    pub date: String,
    /// How much; of a movement what it did to MRR, with its sign.
    pub amount: MoneyView,
    /// The invoice or the dispute that it is about.
    pub about: Option<String>,
}

/// Everything of one kind that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct NewsGroup {
    /// `new`, `expansion`, `reactivation`, `contraction`, `churn`, `failed` or `dispute`.
    pub kind: String,
    /// How often.
    pub count: u64,
    /// The newest.
    pub lines: Vec<NewsLine>,
}

/// What happened since somebody last looked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct News {
    /// The mode.
    pub mode: ModeView,
    /// Since when, RFC 3339.
    pub since: Option<String>,
    /// Whether somebody looked then; otherwise it is the last seven days.
    pub looked: bool,
    /// Up to when, RFC 3339: what is told to be seen.
    pub until: Option<String>,
    /// By kind; those without anything are left out.
    pub groups: Vec<NewsGroup>,
}

/// Says that the news were seen.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct NewsSeenRequest {
    /// The mode.
    pub mode: ModeView,
    /// The `until` of the news that were seen.
    pub until: String,
}

type Answer<T> = Result<T, ApiErrorView>;

/// Answers `today`.
///
/// # Errors
/// When the currency is none, or the file's.
pub async fn today(desk: &Arc<Desk>, request: TodayRequest) -> Answer<Today> {
    out(async {
        let code = request.currency.as_deref();
        let currency = code
            .map(|code| {
                Currency::parse(code).map_err(|error| EngineError::Usage(error.to_string()))
            })
            .transpose()?;
        match desk.books(request.mode.into()).await? {
            Some(any) => with_books!(any, books => blocking(move || today_view::today(&books, currency)).await),
            None => Ok(today_view::empty(request.mode)),
        }
    }
    .await)
}

/// Answers `news`.
///
/// # Errors
/// The file's.
pub async fn news(desk: &Arc<Desk>, request: ModeRequest) -> Answer<News> {
    out(async {
        match desk.books(request.mode.into()).await? {
            Some(any) => {
                with_books!(any, books => blocking(move || news_view::news(&books)).await)
            }
            None => Ok(news_view::nothing(request.mode)),
        }
    }
    .await)
}

/// Answers `news_seen`: what happened up to then is no news any more.
///
/// # Errors
/// When the instant is none, or the file's.
pub async fn news_seen(desk: &Arc<Desk>, request: NewsSeenRequest) -> Answer<Noted> {
    out(async {
        let until: Instant = DateTime::parse_from_rfc3339(&request.until)
            .map_err(|_| EngineError::Usage(format!("`{}` is no instant.", request.until)))?
            .to_utc();
        if let Some(any) = desk.books(request.mode.into()).await? {
            with_books!(any, books => blocking(move || news_view::seen(&books, until)).await)?;
        }
        Ok(Noted {})
    }
    .await)
}
