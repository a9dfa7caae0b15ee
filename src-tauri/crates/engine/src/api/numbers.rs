//! Figures over time, what they are made of, who stays and what lies ahead: the numbers of the window, with ready text.

use crate::api::handle::{needed, out};
use crate::api::types::{ApiErrorView, ModeView, MoneyView};
use crate::books::{Books, blocking};
use crate::cohorts;
use crate::desk::Desk;
use crate::error::EngineError;
use crate::figures::View;
use crate::forecast;
use crate::policies;
use crate::preferences;
use crate::view::numbers;
use crate::with_books;
use chrono::NaiveDate;
use coffer_domain::calendar::Every;
use coffer_domain::currency::Currency;
use coffer_domain::metric::policy::Switch;
use coffer_domain::mode::Mode;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use ts_rs::TS;

/// Which figures.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct MetricsRequest {
    /// The mode.
    pub mode: ModeView,
    /// Names of metrics.
    pub metrics: Vec<String>,
    /// The first day, `YYYY-MM-DD`; eleven months before the last when left out.
    pub from: Option<String>,
    /// The last day; the present when left out.
    pub to: Option<String>,
    /// `day`, `week` or `month`.
    pub every: String,
    /// The ledger; the main one when left out.
    pub currency: Option<String>,
    /// The policy; the preferred one when left out.
    pub policy: Option<String>,
    /// Cut by `plan`, `country`, `interval`, `provider` or `currency`.
    pub by: Option<String>,
}

/// One value of a point.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ValueView {
    /// The metric, or the movement.
    pub name: String,
    /// Ready text; a dash where it is undefined.
    pub text: String,
    /// Minor units or a count, where it is one.
    pub whole: Option<i64>,
}

/// One point of a series.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PointView {
    /// The period's last day.
    pub date: String,
    /// Whether the period is not over.
    pub unfinished: bool,
    /// Whether part of it is carried back from the present.
    pub inferred: bool,
    /// Subscriptions whose worth is not known.
    pub unknown: i64,
    /// Its values, in the order of the question; movements stand in eight.
    pub values: Vec<ValueView>,
}

/// A line of points.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SeriesView {
    /// The part of a cut that it is.
    pub key: Option<String>,
    /// The same for people.
    pub name: Option<String>,
    /// The currency of its money.
    pub currency: Option<String>,
    /// Its points, in order of time.
    pub points: Vec<PointView>,
}

/// Figures over time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct MetricsAnswer {
    /// The policy that made them.
    pub policy: String,
    /// The instant they are as of, RFC 3339.
    pub as_of: Option<String>,
    /// Whether everything was synced.
    pub complete: bool,
    /// Every currency that has a ledger.
    pub currencies: Vec<String>,
    /// The series: one, or one for each part.
    pub series: Vec<SeriesView>,
}

/// Asks what a figure is made of.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct ExplainRequest {
    /// The mode.
    pub mode: ModeView,
    /// A metric, or a movement such as `new` or `churn`.
    pub metric: String,
    /// The day, or one of the period meant; the present when left out.
    pub date: Option<String>,
    /// The length of the period.
    pub every: String,
    /// The ledger; the main one when left out.
    pub currency: Option<String>,
    /// The policy; the preferred one when left out.
    pub policy: Option<String>,
    /// One customer alone.
    pub customer: Option<String>,
    /// The `next` of the page before.
    pub after: Option<String>,
    /// Rows at most.
    pub limit: u32,
}

/// A row that a figure is made of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ExplainRow {
    /// The customer's id.
    pub customer: String,
    /// Its name, else e-mail.
    pub customer_name: Option<String>,
    /// The subscription.
    pub subscription: Option<String>,
    /// The item, or the object that moved money.
    pub item: Option<String>,
    /// Its part, for people.
    pub text: String,
    /// Its part, exactly.
    pub exact: String,
    /// What it is made of, in sentences.
    pub because: Vec<String>,
}

/// A figure, taken apart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ExplainAnswer {
    /// The metric.
    pub metric: String,
    /// The period's last day.
    pub date: String,
    /// The policy.
    pub policy: String,
    /// The ledger.
    pub currency: Option<String>,
    /// The figure, for people.
    pub text: String,
    /// The figure and the sum of all rows, exactly.
    pub exact: String,
    /// The rows of this page.
    pub rows: Vec<ExplainRow>,
    /// Where the next page begins.
    pub next: Option<String>,
    /// The exact sum of the rows that are not on this page.
    pub rest: String,
    /// Whether everything was synced.
    pub complete: bool,
}

/// Asks for the retention triangle.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct CohortsRequest {
    /// The mode.
    pub mode: ModeView,
    /// `customers` or `revenue`.
    pub measure: String,
    /// The ledger, of revenue; the main one when left out.
    pub currency: Option<String>,
    /// The policy; the preferred one when left out.
    pub policy: Option<String>,
}

/// A cell of the triangle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CohortCell {
    /// The value, for people.
    pub text: String,
    /// Its part of the first in percent with one decimal.
    pub percent: Option<String>,
    /// The same in whole percent, for a shade; what is above a hundred stays so.
    pub shade: u32,
}

/// Those who first paid in one month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CohortView {
    /// The month, `2026-01`.
    pub month: String,
    /// How many they are.
    pub size: i64,
    /// At the end of that month and of each after it.
    pub cells: Vec<CohortCell>,
}

/// The retention triangle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CohortsAnswer {
    /// Its currency, of revenue.
    pub currency: Option<String>,
    /// Whether everything was synced.
    pub complete: bool,
    /// The instant it is as of, RFC 3339.
    pub as_of: Option<String>,
    /// The oldest first.
    pub cohorts: Vec<CohortView>,
}

/// Asks what lies ahead.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct ForecastRequest {
    /// The mode.
    pub mode: ModeView,
    /// The ledger; the main one when left out.
    pub currency: Option<String>,
    /// The policy; the preferred one when left out.
    pub policy: Option<String>,
}

/// A month ahead.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct MonthAheadView {
    /// Its last day.
    pub date: String,
    /// Below this in one of ten.
    pub low: MoneyView,
    /// What is expected.
    pub expected: MoneyView,
    /// Above this in one of ten.
    pub high: MoneyView,
}

/// A change that is known to come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct KnownAheadView {
    /// When.
    pub date: String,
    /// Whose.
    pub customer: String,
    /// The name, else e-mail.
    pub customer_name: Option<String>,
    /// Of which subscription.
    pub subscription: String,
    /// `cancellation`, `discount`, `trial_end`, `schedule` or `resume`.
    pub why: String,
    /// By how much a month, with its sign.
    pub delta: MoneyView,
}

/// What lies ahead.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ForecastAnswer {
    /// The ledger.
    pub currency: String,
    /// The policy.
    pub policy: String,
    /// Whether everything was synced.
    pub complete: bool,
    /// MRR now.
    pub mrr: MoneyView,
    /// The same without what is to end.
    pub committed: MoneyView,
    /// Changes that are known to come, the nearest first; the first thousand.
    pub known: Vec<KnownAheadView>,
    /// How many there are.
    pub known_count: u64,
    /// The months ahead; empty where there is not enough history.
    pub months: Vec<MonthAheadView>,
    /// How the model is called.
    pub model: Option<String>,
    /// How far off such forecasts would have been, in words.
    pub error: Option<String>,
    /// Why there is no forecast.
    pub missing: Option<String>,
}

/// Asks for the policies.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct PoliciesRequest {}

/// One rule of a policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RuleView {
    /// What it decides.
    pub question: String,
    /// How.
    pub rule: String,
    /// Whether the vendor leaves it unsaid, and it is our reading.
    pub our_reading: bool,
}

/// A policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PolicyView {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its rules.
    pub rules: Vec<RuleView>,
}

/// The policies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Policies {
    /// Ours first.
    pub items: Vec<PolicyView>,
}

type Answer<T> = Result<T, ApiErrorView>;

fn day(text: Option<&str>) -> Result<Option<NaiveDate>, EngineError> {
    text.map(|text| {
        NaiveDate::parse_from_str(text, "%Y-%m-%d").map_err(|_| {
            EngineError::Usage(format!(
                "`{text}` is no day; it should look like 2026-01-31."
            ))
        })
    })
    .transpose()
}

pub(super) fn every(word: &str) -> Result<Every, EngineError> {
    Every::parse(word).ok_or_else(|| {
        EngineError::Usage(format!(
            "`{word}` is no length of a period; it can be day, week or month."
        ))
    })
}

pub(super) fn currency(code: Option<&str>) -> Result<Option<Currency>, EngineError> {
    code.map(|code| Currency::parse(code).map_err(|error| EngineError::Usage(error.to_string())))
        .transpose()
}

/// As is preferred, or under a policy that is asked for.
pub(super) fn view<M: Mode>(books: &Books<M>, policy: Option<&str>) -> Result<View, EngineError> {
    let mut view = preferences::view(books)?;
    if let Some(name) = policy {
        view.policy = policies::known(&books.home, name)?;
    }
    Ok(view)
}

/// The day it is.
fn today<M: Mode>(books: &Books<M>, view: &View) -> NaiveDate {
    books.clock.now().with_timezone(&view.zone).date_naive()
}

/// Answers `metrics`.
///
/// # Errors
/// When something asked for is none, or the file's.
pub async fn metrics(desk: &Arc<Desk>, request: MetricsRequest) -> Answer<MetricsAnswer> {
    out(async {
        with_books!(needed(desk, request.mode).await?, books => blocking(move || {
            let ledger = currency(request.currency.as_deref())?;
            let view = view(&books, request.policy.as_deref())?;
            let today = today(&books, &view);
            let question = numbers::question(
                &request.metrics,
                view,
                // The period that is not over is named by its last day, which is yet to come.
                (
                    day(request.from.as_deref())?.map(|it| it.min(today)),
                    day(request.to.as_deref())?,
                ),
                every(&request.every)?,
                ledger,
                request.by.as_deref(),
            )?;
            numbers::metrics(&books, &question, ledger)
        })
        .await)
    }
    .await)
}

/// Answers `explain`.
///
/// # Errors
/// When there is no such metric, or one that is no sum of rows; or the file's.
pub async fn explain(desk: &Arc<Desk>, request: ExplainRequest) -> Answer<ExplainAnswer> {
    out(async {
        with_books!(needed(desk, request.mode).await?, books => blocking(move || {
            let view = view(&books, request.policy.as_deref())?;
            let date = day(request.date.as_deref())?.unwrap_or_else(|| today(&books, &view));
            let question = crate::explain::Question {
                metric: request.metric,
                date,
                every: every(&request.every)?,
                view,
                currency: currency(request.currency.as_deref())?,
                customer: request.customer,
                limit: Some(usize::try_from(request.limit.clamp(1, 1_000)).unwrap_or(1_000)),
                after: request.after,
            };
            numbers::explained(&books, &question)
        })
        .await)
    }
    .await)
}

/// Answers `cohorts`.
///
/// # Errors
/// When there is no such measure, or the file's.
pub async fn cohorts(desk: &Arc<Desk>, request: CohortsRequest) -> Answer<CohortsAnswer> {
    out(async {
        let measure = match request.measure.as_str() {
            "customers" => cohorts::Measure::Customers,
            "revenue" => cohorts::Measure::Revenue,
            other => {
                return Err(EngineError::Usage(format!(
                    "`{other}` is no measure; it can be customers or revenue."
                )));
            }
        };
        with_books!(needed(desk, request.mode).await?, books => blocking(move || {
            let view = view(&books, request.policy.as_deref())?;
            let currency = currency(request.currency.as_deref())?;
            let found = cohorts::answer(&books, &view, measure, currency, false)?;
            Ok(numbers::triangle(found))
        })
        .await)
    }
    .await)
}

/// Answers `forecast`.
///
/// # Errors
/// When there is nothing to look ahead from, or the file's.
pub async fn forecast(desk: &Arc<Desk>, request: ForecastRequest) -> Answer<ForecastAnswer> {
    out(async {
        with_books!(needed(desk, request.mode).await?, books => blocking(move || {
            let view = view(&books, request.policy.as_deref())?;
            let currency = currency(request.currency.as_deref())?;
            let policy = view.policy.id.clone();
            let found = forecast::answer(&books, &view, currency)?;
            numbers::ahead(&books, found, policy)
        })
        .await)
    }
    .await)
}

/// Answers `policies`.
///
/// # Errors
/// When a policy of the user's own cannot be read.
pub async fn policies(desk: &Arc<Desk>, _: PoliciesRequest) -> Answer<Policies> {
    let room = desk.room().await;
    out(policies::all(&room.home).map(|all| Policies {
        items: all
            .into_iter()
            .map(|policy| PolicyView {
                rules: Switch::ALL
                    .into_iter()
                    .map(|switch| RuleView {
                        question: switch.question().to_owned(),
                        rule: policy.rule(switch),
                        our_reading: policy.readings.contains(&switch),
                    })
                    .collect(),
                id: policy.id,
                name: policy.name,
            })
            .collect(),
    }))
}
