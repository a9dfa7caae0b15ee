//! Periods: their names, their days, and those before them.

use crate::calendar::Every;
use crate::metric::days::{Day, date_of, number_of, period_of};
use crate::metric::policy::{LtvChurn, Policy};
use chrono::NaiveDate;

/// Days over which some vendors look back.
pub(super) const THIRTY: Day = 30;

/// One period that is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// Its last day, with which it is labelled.
    pub date: NaiveDate,
    /// The day before its first.
    pub before: Day,
    /// The day at whose end it stands: its last, or the one the copy is as of.
    pub end: Day,
    /// Its number.
    pub number: i32,
    /// Its length.
    pub every: Every,
}

/// Periods with as many before them as a mean over periods needs, and how many those are.
#[must_use]
pub fn with_those_before(
    wanted: &[Period],
    policy: &Policy,
    as_of: NaiveDate,
) -> (Vec<Period>, usize) {
    let back = match policy.ltv_churn {
        LtvChurn::Trailing(periods) => usize::from(periods).saturating_sub(1),
        LtvChurn::Period => 0,
    };
    let mut before = Vec::new();
    let mut first = wanted.first().copied();
    for _ in 0..back {
        let Some((last, every)) = first.and_then(|it| Some((date_of(it.before)?, it.every))) else {
            break;
        };
        first = periods(&[last], every, as_of).first().copied();
        before.extend(first);
    }
    before.reverse();
    let count = before.len();
    before.extend(wanted);
    (before, count)
}

/// The thirty days up to a period's end.
#[must_use]
pub const fn thirty_days(period: &Period) -> Period {
    Period {
        before: period.end.saturating_sub(THIRTY),
        ..*period
    }
}

/// The periods from the one that holds a day to the one that holds another, none of them after the day the copy is as of.
#[must_use]
pub fn periods(ends: &[NaiveDate], every: Every, as_of: NaiveDate) -> Vec<Period> {
    ends.iter()
        .map(|date| {
            let first = first_day(*date, every);
            Period {
                date: *date,
                before: number_of(first).saturating_sub(1),
                end: number_of(*date).min(number_of(as_of)),
                number: period_of(every, *date),
                every,
            }
        })
        .collect()
}

fn first_day(last: NaiveDate, every: Every) -> NaiveDate {
    use chrono::Datelike as _;
    match every {
        Every::Day => last,
        Every::Week => last.checked_sub_days(chrono::Days::new(6)).unwrap_or(last),
        Every::Month => last.with_day(1).unwrap_or(last),
    }
}
