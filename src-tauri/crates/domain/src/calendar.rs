//! Days and periods in the reporting zone.
//!
//! A point of a series is labelled with its period's last day and is the state at the end of that day, which is the
//! first instant of the next day in the zone. Where a zone skips midnight the day ends at the first instant that exists.

use crate::Instant;
use chrono::{Datelike, Days, Months, NaiveDate, NaiveTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;

/// The length of a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Every {
    /// One day.
    Day,
    /// ISO weeks, Monday to Sunday.
    Week,
    /// Calendar months.
    Month,
}

impl Every {
    /// Reads `day`, `week` or `month`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "day" => Some(Self::Day),
            "week" => Some(Self::Week),
            "month" => Some(Self::Month),
            _ => None,
        }
    }

    /// The first day of the period that holds `day`; `None` before the beginning of the calendar.
    #[must_use]
    pub fn first_day(self, day: NaiveDate) -> Option<NaiveDate> {
        match self {
            Self::Day => Some(day),
            Self::Week => {
                let back = u64::from(day.weekday().num_days_from_monday());
                day.checked_sub_days(Days::new(back))
            }
            Self::Month => day.with_day(1),
        }
    }

    /// The last day of the period that holds `day`; `None` past the end of the calendar.
    #[must_use]
    pub fn last_day(self, day: NaiveDate) -> Option<NaiveDate> {
        match self {
            Self::Day => Some(day),
            Self::Week => {
                let ahead = 6 - u64::from(day.weekday().num_days_from_monday());
                day.checked_add_days(Days::new(ahead))
            }
            Self::Month => day
                .with_day(1)?
                .checked_add_months(Months::new(1))?
                .pred_opt(),
        }
    }
}

/// The day an instant falls on in the zone.
#[must_use]
pub fn day_of(instant: Instant, zone: Tz) -> NaiveDate {
    instant.with_timezone(&zone).date_naive()
}

/// The first instant after `day` in the zone; `None` past the end of the calendar.
#[must_use]
pub fn end_of_day(day: NaiveDate, zone: Tz) -> Option<Instant> {
    let midnight = day.succ_opt()?.and_time(NaiveTime::MIN);
    let mut candidate = midnight;
    // A zone that skips midnight (a switch to summer time at 00:00) starts its day within the next three hours.
    for _ in 0..13 {
        if let Some(instant) = zone.from_local_datetime(&candidate).earliest() {
            return Some(instant.with_timezone(&Utc));
        }
        candidate = candidate.checked_add_signed(TimeDelta::minutes(15))?;
    }
    None
}

/// The last days of all periods from the one that holds `from` to the one that holds `to`, in order, at most `limit`.
#[must_use]
pub fn period_ends(from: NaiveDate, to: NaiveDate, every: Every, limit: usize) -> Vec<NaiveDate> {
    let mut ends = Vec::new();
    let mut day = from;
    while ends.len() < limit {
        let Some(end) = every.last_day(day) else {
            break;
        };
        ends.push(end);
        if end >= to {
            break;
        }
        let Some(next) = end.succ_opt() else { break };
        day = next;
    }
    ends
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_month_is_labelled_with_its_last_day() {
        let ends = period_ends(date("2026-01-15"), date("2026-04-01"), Every::Month, 100);
        assert_eq!(
            ends,
            ["2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30"].map(date)
        );
    }

    #[test]
    fn a_period_begins_the_day_after_the_one_before_it_ended() {
        for every in [Every::Day, Every::Week, Every::Month] {
            let mut day = date("2023-12-20");
            while day < date("2024-03-15") {
                let first = every.first_day(day).unwrap();
                let before = first.pred_opt().unwrap();
                assert!(first <= day && every.last_day(first) == every.last_day(day));
                assert_eq!(every.last_day(before), Some(before), "{every:?} {day}");
                day = day.succ_opt().unwrap();
            }
        }
    }

    #[test]
    fn a_week_ends_on_sunday() {
        assert_eq!(
            Every::Week.last_day(date("2026-11-21")),
            Some(date("2026-11-22"))
        );
        assert_eq!(
            Every::Week.last_day(date("2026-11-22")),
            Some(date("2026-11-22"))
        );
        assert_eq!(
            Every::Week.last_day(date("2026-11-23")),
            Some(date("2026-11-29"))
        );
    }

    #[test]
    fn a_day_without_midnight_still_ends() {
        // Beirut goes to summer time at 00:00 on 29 March 2026, so 28 March ends when 29 March begins at 01:00.
        let zone: Tz = "Asia/Beirut".parse().unwrap();
        let end = end_of_day(date("2026-03-28"), zone).unwrap();
        assert_eq!(end.to_rfc3339(), "2026-03-28T22:00:00+00:00");
    }

    #[test]
    fn a_day_in_auckland_ends_half_a_day_earlier() {
        let zone: Tz = "Pacific/Auckland".parse().unwrap();
        let end = end_of_day(date("2026-06-30"), zone).unwrap();
        assert_eq!(end.to_rfc3339(), "2026-06-30T12:00:00+00:00");
        assert_eq!(day_of(end, zone), date("2026-07-01"));
    }
}
