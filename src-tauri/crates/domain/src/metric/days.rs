//! Which day of the reporting zone an instant falls on, as a number, and which week and month a day belongs to.
//!
//! Days are counted from 1 January 1970 in the zone. Looking a day up is a division and a comparison, because it is done
//! for every change of every subscription; the zone's rules are asked once for each day, when the table is made.

use crate::Instant;
use crate::calendar::{Every, day_of, end_of_day};
use crate::metric::facts::Second;
use chrono::{Datelike, Days as ChronoDays, NaiveDate};
use chrono_tz::Tz;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// A day's number.
pub type Day = i32;

const SECONDS: Second = 86_400;
/// The beginning of 2000 and the end of 2059: what is dated outside counts on the nearest day inside.
const FROM: Second = 946_684_800;
const UNTIL: Second = 2_840_140_799;

/// The days of a zone between two instants.
#[derive(Debug, Clone)]
pub struct Days {
    zone: Tz,
    /// The number of the first day.
    first: Day,
    /// The first second of each day, and of the day after the last.
    starts: Vec<Second>,
    /// The month of each day.
    months: Vec<i32>,
}

impl Days {
    /// The days from one instant to another, both included.
    #[must_use]
    pub fn between(from: Instant, to: Instant, zone: Tz) -> Self {
        let (from, to) = (day_of(from, zone), day_of(to.max(from), zone));
        let mut day = from.pred_opt().unwrap_or(from);
        let last = to.succ_opt().unwrap_or(to);
        let first = number_of(day);
        let mut starts = vec![start_of(day, zone)];
        let mut months = Vec::new();
        while day <= last {
            months.push(month_of(day));
            let Some(end) = end_of_day(day, zone) else {
                break;
            };
            starts.push(end.timestamp());
            let Some(next) = day.checked_add_days(ChronoDays::new(1)) else {
                break;
            };
            day = next;
        }
        Self {
            zone,
            first,
            starts,
            months,
        }
    }

    /// The days of a zone over all of the time in which there are subscriptions. They are made once and kept: they say the
    /// same whoever asks.
    #[must_use]
    pub fn of_zone(zone: Tz) -> Arc<Self> {
        static KNOWN: Mutex<BTreeMap<&'static str, Arc<Days>>> = Mutex::new(BTreeMap::new());
        let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
        let days = known.entry(zone.name()).or_insert_with(|| {
            let [from, to] = [FROM, UNTIL]
                .map(|second| Instant::from_timestamp(second, 0).unwrap_or(Instant::UNIX_EPOCH));
            Arc::new(Self::between(from, to, zone))
        });
        Arc::clone(days)
    }

    /// The zone.
    #[must_use]
    pub const fn zone(&self) -> Tz {
        self.zone
    }

    /// The day of an instant. One outside of the table falls on its first or last day.
    #[must_use]
    pub fn of(&self, at: Second) -> Day {
        let last = self.months.len().saturating_sub(1);
        let begin = self.starts.first().copied().unwrap_or(0);
        let guess = at.saturating_sub(begin).div_euclid(SECONDS).max(0);
        let mut index = usize::try_from(guess).unwrap_or(usize::MAX).min(last);
        while index > 0 && self.starts.get(index).is_some_and(|start| *start > at) {
            index -= 1;
        }
        while index < last && self.starts.get(index + 1).is_some_and(|start| *start <= at) {
            index += 1;
        }
        self.first
            .saturating_add(Day::try_from(index).unwrap_or(Day::MAX))
    }

    /// The first second of a day. One outside of the table begins where the table does.
    #[must_use]
    pub fn start_of(&self, day: Day) -> Second {
        let index = usize::try_from(day.saturating_sub(self.first)).unwrap_or(0);
        let start = self.starts.get(index).or_else(|| self.starts.first());
        start.copied().unwrap_or(0)
    }

    /// The number of a period that a day belongs to. Days, weeks and months are numbered each for themselves.
    #[must_use]
    pub fn period(&self, every: Every, day: Day) -> i32 {
        match every {
            Every::Day => day,
            // 1 January 1970 was a Thursday.
            Every::Week => day.saturating_add(3).div_euclid(7),
            Every::Month => usize::try_from(day.saturating_sub(self.first))
                .ok()
                .and_then(|index| self.months.get(index))
                .copied()
                .unwrap_or_else(|| date_of(day).map_or(0, month_of)),
        }
    }
}

fn start_of(day: NaiveDate, zone: Tz) -> Second {
    day.pred_opt()
        .and_then(|before| end_of_day(before, zone))
        .map_or(Second::MIN, |end| end.timestamp())
}

/// The number of a date.
#[must_use]
pub fn number_of(date: NaiveDate) -> Day {
    date.num_days_from_ce().saturating_sub(719_163)
}

/// The date of a number; `None` outside of the calendar.
#[must_use]
pub fn date_of(day: Day) -> Option<NaiveDate> {
    NaiveDate::from_num_days_from_ce_opt(day.checked_add(719_163)?)
}

/// The number of the month of a date.
#[must_use]
pub fn month_of(date: NaiveDate) -> i32 {
    date.year().saturating_mul(12) + i32::try_from(date.month0()).unwrap_or(0)
}

/// The last date of a month by its number; `None` outside of the calendar.
#[must_use]
pub fn last_of_month(month: i32) -> Option<NaiveDate> {
    let month0 = u32::try_from(month.rem_euclid(12)).ok()?;
    let first = NaiveDate::from_ymd_opt(month.div_euclid(12), month0 + 1, 1)?;
    Every::Month.last_day(first)
}

/// The period of a date, by its number.
#[must_use]
pub fn period_of(every: Every, date: NaiveDate) -> i32 {
    match every {
        Every::Day => number_of(date),
        Every::Week => number_of(date).saturating_add(3).div_euclid(7),
        Every::Month => month_of(date),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::{DateTime, TimeDelta};
    use proptest::prelude::*;

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn numbers_come_back_as_dates_and_weeks_begin_on_monday() {
        assert_eq!(number_of(date("1970-01-01")), 0);
        assert_eq!(
            date_of(number_of(date("2026-11-25"))),
            Some(date("2026-11-25"))
        );
        let (sunday, monday) = (date("2026-11-22"), date("2026-11-23"));
        let week = |day| period_of(Every::Week, day);
        assert_eq!(week(sunday) + 1, week(monday));
        assert_eq!(week(monday), week(date("2026-11-29")));
        assert_eq!(
            last_of_month(month_of(date("2024-02-10"))),
            Some(date("2024-02-29"))
        );
    }

    proptest! {
        #[test]
        fn a_day_looked_up_is_the_day_of_the_zone(
            seconds in 1_600_000_000i64..1_800_000_000,
            zone in proptest::sample::select(vec![
                "UTC", "Europe/Berlin", "Pacific/Auckland", "America/New_York", "Asia/Beirut", "Asia/Kathmandu", "Pacific/Apia",
            ]),
        ) {
            let zone: Tz = zone.parse().unwrap();
            let at = DateTime::from_timestamp(seconds, 0).unwrap();
            let days = Days::between(at - TimeDelta::days(400), at + TimeDelta::days(400), zone);
            let day = days.of(seconds);
            prop_assert_eq!(day, number_of(day_of(at, zone)));
            for every in [Every::Day, Every::Week, Every::Month] {
                prop_assert_eq!(days.period(every, day), period_of(every, day_of(at, zone)));
            }
        }
    }
}
