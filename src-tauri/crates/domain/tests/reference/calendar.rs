//! Days, weeks and months of a zone, looked for second by second.
//!
//! The only thing asked of the zone is which date it shows at an instant. The end of a day is found by halving the time in
//! which it must lie; everything else walks from one date to the next.

use crate::world::Second;
use chrono::{DateTime, Datelike, NaiveDate, Weekday};
use chrono_tz::Tz;

/// The length of a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Length {
    Day,
    Week,
    Month,
}

impl Length {
    pub(crate) const ALL: [Self; 3] = [Self::Day, Self::Week, Self::Month];

    /// Whether a date is the last of a period.
    fn ends_with(self, date: NaiveDate) -> bool {
        match self {
            Self::Day => true,
            Self::Week => date.weekday() == Weekday::Sun,
            Self::Month => date.succ_opt().unwrap().month() != date.month(),
        }
    }

    /// The date with which the period of a date is labelled: its last.
    pub(crate) fn label(self, date: NaiveDate) -> NaiveDate {
        let mut date = date;
        while !self.ends_with(date) {
            date = date.succ_opt().unwrap();
        }
        date
    }
}

/// The date that a zone shows at an instant.
pub(crate) fn date_at(at: Second, zone: Tz) -> NaiveDate {
    DateTime::from_timestamp(at, 0)
        .unwrap()
        .with_timezone(&zone)
        .date_naive()
}

/// The last second of a date.
pub(crate) fn last_second(date: NaiveDate, zone: Tz) -> Second {
    let midnight = date.and_hms_opt(0, 0, 0).unwrap().and_utc().timestamp();
    let (mut inside, mut after) = (midnight - 86_400, midnight + 3 * 86_400);
    while after - inside > 1 {
        let middle = inside + (after - inside) / 2;
        if date_at(middle, zone) <= date {
            inside = middle;
        } else {
            after = middle;
        }
    }
    inside
}

/// A date and the instant whose state it shows: its last second, or the instant the copy is as of.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Day {
    pub(crate) date: NaiveDate,
    pub(crate) shows: Second,
}

/// Every date from one to that of the instant the copy is as of.
pub(crate) fn days(from: NaiveDate, as_of: Second, zone: Tz) -> Vec<Day> {
    let last = date_at(as_of, zone);
    let mut found = Vec::new();
    let mut date = from;
    while date <= last {
        let shows = if date == last {
            as_of
        } else {
            last_second(date, zone)
        };
        found.push(Day { date, shows });
        date = date.succ_opt().unwrap();
    }
    found
}

/// A period, by the places of its days in the list above.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Period {
    /// Its last date, whether or not it has come.
    pub(crate) label: NaiveDate,
    /// The place of its first day.
    pub(crate) first: usize,
    /// The place of its last day so far.
    pub(crate) last: usize,
}

/// All periods over a list of days.
pub(crate) fn periods(days: &[Day], length: Length) -> Vec<Period> {
    let mut found: Vec<Period> = Vec::new();
    for (place, day) in days.iter().enumerate() {
        let label = length.label(day.date);
        match found.last_mut() {
            Some(period) if period.label == label => period.last = place,
            _ => found.push(Period {
                label,
                first: place,
                last: place,
            }),
        }
    }
    found
}
