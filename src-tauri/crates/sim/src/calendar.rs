//! Billing periods on the calendar, in seconds since the epoch.
//!
//! A period is counted from its anchor, never from the period before: a subscription of the 31st renews on the 28th of
//! February and on the 31st of March again. All times are UTC. This is not the reporting calendar of the product.

use chrono::{DateTime, Months, Utc};

/// Seconds of a day.
pub(crate) const DAY: i64 = 86_400;
/// Seconds of an hour.
pub(crate) const HOUR: i64 = 3_600;

/// How often a price is billed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Term {
    Weekly,
    #[default]
    Monthly,
    Quarterly,
    Yearly,
}

impl Term {
    /// The wire's `interval` and `interval_count`.
    pub(crate) const fn interval(self) -> (&'static str, u32) {
        match self {
            Self::Weekly => ("week", 1),
            Self::Monthly => ("month", 1),
            Self::Quarterly => ("month", 3),
            Self::Yearly => ("year", 1),
        }
    }

    /// The instant `count` periods after `anchor`.
    pub(crate) fn after(self, anchor: i64, count: u32) -> i64 {
        match self {
            Self::Weekly => anchor + i64::from(count) * 7 * DAY,
            Self::Monthly => add_months(anchor, count),
            Self::Quarterly => add_months(anchor, count * 3),
            Self::Yearly => add_months(anchor, count * 12),
        }
    }
}

/// `months` calendar months later, at the same time of day, clamped to the length of the month.
pub(crate) fn add_months(at: i64, months: u32) -> i64 {
    DateTime::<Utc>::from_timestamp(at, 0)
        .and_then(|instant| instant.checked_add_months(Months::new(months)))
        .map_or(at, |instant| instant.timestamp())
}

/// `months` calendar months earlier.
pub(crate) fn subtract_months(at: i64, months: u32) -> i64 {
    DateTime::<Utc>::from_timestamp(at, 0)
        .and_then(|instant| instant.checked_sub_months(Months::new(months)))
        .map_or(at, |instant| instant.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_january_renews_at_the_end_of_february_and_of_march() {
        let anchor = 1_769_853_600; // 2026-01-31T10:00:00Z
        assert_eq!(Term::Monthly.after(anchor, 1), 1_772_272_800, "28 February");
        assert_eq!(Term::Monthly.after(anchor, 2), 1_774_951_200, "31 March");
    }
}
