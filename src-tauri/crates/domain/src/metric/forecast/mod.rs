//! What MRR may be over the next twelve months, and how wrong the same method would have been before.
//!
//! One method, simple enough to be told in a sentence: every month brings the usual gains and takes the usual shares.
//! `pace` reads both from the last twelve complete months and carries them forward. `back_test` asks the same method at
//! every past month what it would have said, knowing only what was known then. `interval` turns those misses into a low
//! and a high. The second model, the last value carried forward, is tested beside it; whichever missed by less is
//! returned and named, so that a reader sees whether the method is worth anything.
//!
//! It is not a plan and knows nothing of seasons, prices or campaigns. It is one currency's ledger: converted figures
//! have an `fx` movement and are refused. Invariants: no figure is below zero, `low ≤ expected ≤ high`, an interval never
//! narrows as it looks further ahead, the same input gives the same output, and nothing here overflows or panics.
//!
//! Arithmetic is in integers. Amounts are carried in millionths of a minor unit and rates in parts per trillion, each
//! step rounded half to even (`half_even`, the only rounding); a figure becomes whole minor units once, where it is
//! shown. A miss is measured on the figures as they would have been shown.

mod back_test;
mod check;
mod interval;
mod pace;
#[cfg(test)]
mod tests;

pub use interval::IntervalBasis;

use chrono::{Datelike, NaiveDate};
use interval::Spread;
use pace::{Known, Pace, Start};

/// How many months ahead are forecast.
pub const HORIZON_MONTHS: usize = 12;

/// Complete months needed for any forecast, counted from the first month that held anything.
pub const HISTORY_MONTHS_MIN: usize = 3;

/// Complete months that are looked at; older ones say little about the next twelve.
pub const HISTORY_MONTHS_MAX: usize = 60;

/// The largest amount of a history, in minor units. A larger one is refused.
pub const AMOUNT_MINOR_MAX: i64 = 1_000_000_000_000_000;

/// The largest figure of a forecast, in minor units; what would grow beyond it stays there.
pub const FORECAST_MINOR_MAX: i64 = 1_000_000_000_000_000_000;

/// The movements of one complete month in one currency, in whole minor units as they are shown.
///
/// All are magnitudes: a churn of 5 is `churn_minor: 5`. `opening + new + reactivation + expansion − contraction − churn`
/// must be `closing`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Month {
    /// The month's last day.
    pub day: NaiveDate,
    /// MRR at the end of the month before.
    pub opening_minor: i64,
    /// From customers above zero for the first time.
    pub new_minor: i64,
    /// From customers who had churned.
    pub reactivation_minor: i64,
    /// More from customers who were there.
    pub expansion_minor: i64,
    /// Less from customers who stayed.
    pub contraction_minor: i64,
    /// Lost with customers who left.
    pub churn_minor: i64,
    /// MRR at the end of the month.
    pub closing_minor: i64,
}

/// MRR as it is known last: the closing of the last complete month, or that of a day in the month that still runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Latest {
    /// The day at whose end it stood.
    pub day: NaiveDate,
    /// Whole minor units.
    pub closing_minor: i64,
}

/// A change that is already agreed: a cancellation at period end, a trial that ends, a coupon that runs out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KnownChange {
    /// The day it happens.
    pub day: NaiveDate,
    /// What it does to MRR, in whole minor units: below zero takes away.
    pub delta_minor: i64,
}

/// How the expected figures were made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Model {
    /// The usual gains and the usual shares of the last twelve months, carried forward.
    Movements,
    /// The last value carried forward; only known changes move it.
    LastValue,
}

impl Model {
    /// `movements` or `last_value`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Movements => "movements",
            Self::LastValue => "last_value",
        }
    }
}

/// One month of a forecast, in whole minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MonthAhead {
    /// The month's last day.
    pub day: NaiveDate,
    /// The expected MRR at the end of that day.
    pub expected_minor: i64,
    /// The lower end of the interval, never below zero.
    pub low_minor: i64,
    /// The upper end of the interval.
    pub high_minor: i64,
    /// What the interval rests on.
    pub basis: IntervalBasis,
    /// The sum of the known changes of that month. It is part of `expected_minor` as far as it exceeds what is usual.
    pub known_minor: i64,
}

/// What a month usually brings and takes, as read from the last months.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Usual {
    /// The complete months it was read from, at most twelve.
    pub months: u32,
    /// New and reactivated MRR of a month, in whole minor units.
    pub gains_minor: i64,
    /// Expansion of a month in millionths of its opening.
    pub expansion_ppm: i64,
    /// Contraction of a month in millionths of its opening.
    pub contraction_ppm: i64,
    /// Churn of a month in millionths of its opening.
    pub churn_ppm: i64,
}

/// How far past forecasts missed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Measured {
    /// The forecasts the error rests on. One whose outcome was zero has no percentage and is not among them.
    pub forecasts: u32,
    /// The mean of `|actual − forecast| ÷ actual` in millionths; `None` without forecasts.
    pub error_ppm: Option<i64>,
    /// The intervals the coverage rests on.
    pub intervals: u32,
    /// The share of outcomes inside their interval in millionths, to be held against 80 %; `None` without intervals.
    pub coverage_ppm: Option<i64>,
}

/// A model's back-test.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Score {
    /// Over all horizons.
    pub overall: Measured,
    /// Twelve entries: one month ahead first.
    pub by_horizon: Vec<Measured>,
}

/// A forecast of one currency's MRR.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forecast {
    /// The model that missed by less in the back-test; `Movements` when neither did, or when there is none yet.
    pub model: Model,
    /// Twelve months in order of time.
    pub months: Vec<MonthAhead>,
    /// What `Movements` takes for usual, whichever model was chosen.
    pub usual: Usual,
    /// The back-test of `Movements`.
    pub movements: Score,
    /// The back-test of `LastValue`, over the same origins and outcomes.
    pub last_value: Score,
}

/// What can be said about the months ahead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outlook {
    /// A forecast.
    Forecast(Box<Forecast>),
    /// Too few complete months since the first that held anything. A guess would be worse than nothing.
    NotEnoughHistory {
        /// Complete months there are.
        months: usize,
        /// Complete months needed.
        needed: usize,
    },
}

/// Why a history cannot be read. It is a fault of the caller or of the books, not of the future.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// The day is not the last of its month, or not of the month after the one before.
    #[error("{day} is not the last day of the next month of the history")]
    OutOfOrder {
        /// The day.
        day: NaiveDate,
    },
    /// The movements do not lead from opening to closing, or the opening is not the closing before.
    #[error("the movements of the month that ends on {day} do not add up")]
    Unbalanced {
        /// The month's last day.
        day: NaiveDate,
    },
    /// An amount is beyond `AMOUNT_MINOR_MAX`, an opening or closing is below zero, or the calendar ends.
    #[error("a figure of {day} is beyond what can be forecast")]
    OutOfRange {
        /// The day.
        day: NaiveDate,
    },
    /// The last known day is not in the month after the history, nor its last day.
    #[error("{day} is not in the month that follows the history")]
    LatestOutOfPlace {
        /// The day.
        day: NaiveDate,
    },
}

/// Forecasts twelve months from a ledger's complete months.
///
/// `history` is in order of time without gaps; months before the first that held anything do not count, and of more than
/// `HISTORY_MONTHS_MAX` the last are taken. Where `latest` is a day of the month that runs, that month is the first of the
/// forecast and only its days after `latest` are forecast; its interval is that of a whole month. Known changes up to
/// that day are in `latest` already and those after the twelfth month are too far: both are left out.
///
/// A known loss is one of the losses a month usually has, and a known gain one of its gains. So the larger of known and
/// usual is taken, on either side; taking both would count every scheduled cancellation twice.
///
/// # Errors
/// When the history is not one: gaps, sums that do not add up, amounts out of range.
pub fn forecast(
    history: &[Month],
    latest: Latest,
    known: &[KnownChange],
) -> Result<Outlook, Unreadable> {
    check::history(history)?;
    let first = history.iter().position(check::held_anything);
    let lived = first
        .and_then(|first| history.get(first..))
        .unwrap_or_default();
    let from = lived.len().saturating_sub(HISTORY_MONTHS_MAX);
    let months = lived.get(from..).unwrap_or_default();
    let Some(last) = months.last().filter(|_| months.len() >= HISTORY_MONTHS_MIN) else {
        return Ok(Outlook::NotEnoughHistory {
            months: months.len(),
            needed: HISTORY_MONTHS_MIN,
        });
    };
    let ends = check::ends_after(last)?;
    check::latest(latest, last, &ends)?;

    let movements = back_test::run(Model::Movements, months);
    let last_value = back_test::run(Model::LastValue, months);
    let (model, tested) = if last_value.error_sum_ppb < movements.error_sum_ppb {
        (Model::LastValue, &last_value)
    } else {
        (Model::Movements, &movements)
    };
    let start = start(latest, &ends, known);
    let expected = Pace::of(model, months).carry_forward(&start);
    let spreads = interval::spreads(model, months, &tested.misses(months.len()), &expected);
    Ok(Outlook::Forecast(Box::new(Forecast {
        model,
        months: months_ahead(&ends, &expected, &spreads, &start.known),
        usual: Pace::of(Model::Movements, months).shown(months.len()),
        movements: movements.score,
        last_value: last_value.score,
    })))
}

fn start(latest: Latest, ends: &[NaiveDate], known: &[KnownChange]) -> Start {
    let mut start = Start::whole_months(latest.closing_minor);
    if let Some(end) = ends.first() {
        start.first_month_days = i128::from(end.day());
        start.first_month_days_left = i128::from((*end - latest.day).num_days());
    }
    for change in known.iter().filter(|change| change.day > latest.day) {
        let month = ends.iter().position(|end| change.day <= *end);
        if let Some(known) = month.and_then(|month| start.known.get_mut(month)) {
            known.add(change.delta_minor);
        }
    }
    start
}

fn months_ahead(
    ends: &[NaiveDate],
    expected: &[i64],
    spreads: &[Spread],
    known: &[Known],
) -> Vec<MonthAhead> {
    ends.iter()
        .zip(expected)
        .zip(spreads)
        .zip(known)
        .map(|(((day, expected), spread), known)| MonthAhead {
            day: *day,
            expected_minor: *expected,
            low_minor: spread.low(*expected),
            high_minor: spread.high(*expected),
            basis: spread.basis,
            known_minor: known.sum_minor(),
        })
        .collect()
}

/// `amount × numerator ÷ denominator` rounded half to even; the only rounding of a forecast.
///
/// `denominator` is above zero and the product fits: every caller states the bounds that make it so.
fn half_even(amount: i128, numerator: i128, denominator: i128) -> i128 {
    let product = amount.saturating_mul(numerator);
    let floor = product.div_euclid(denominator);
    let twice = product.rem_euclid(denominator).saturating_mul(2);
    match twice.cmp(&denominator) {
        std::cmp::Ordering::Less => floor,
        std::cmp::Ordering::Greater => floor + 1,
        std::cmp::Ordering::Equal => floor + floor.rem_euclid(2),
    }
}

/// A whole number that is known to fit, or the nearest that does.
fn fit(number: i128) -> i64 {
    let nearest = number.clamp(i128::from(i64::MIN), i128::from(i64::MAX));
    i64::try_from(nearest).unwrap_or_default()
}
