//! How long to rest between two readings of changes, so that an account's reads stay within what the provider allows.
//!
//! The provider allows 500 reads for each transaction and never fewer than 10,000, both over the last 30 days. Somebody who
//! looks is served often, somebody who does not is served seldom, and the nearer the allowance is to its end, the longer
//! the rest becomes; it is never used up by readings that nobody asked for.

use chrono::TimeDelta;

/// Reads allowed for each transaction of the last 30 days.
pub const READS_PER_TRANSACTION: u64 = 500;

/// Reads allowed in 30 days however few the transactions.
pub const READS_PER_MONTH: u64 = 10_000;

const FOCUSED: TimeDelta = TimeDelta::seconds(90);
const FOCUSED_MAX: TimeDelta = TimeDelta::minutes(5);
const IDLE: TimeDelta = TimeDelta::minutes(15);
const IDLE_MAX: TimeDelta = TimeDelta::hours(1);
const ASLEEP: TimeDelta = TimeDelta::hours(6);
/// The part of the allowance, one in so many, that is kept for what a person asks for.
const RESERVE: u64 = 20;
/// However little is left: once a day somebody may be told something.
const REST_MAX: TimeDelta = TimeDelta::hours(24);

/// How much anybody looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attention {
    /// The window has the focus.
    Focused,
    /// The program runs and is not looked at.
    Idle,
    /// The machine or the user is away.
    Asleep,
}

/// What an account used of its allowance in the last 30 days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ReadsUsed {
    /// Requests that read.
    pub reads: u64,
    /// The merchant's transactions.
    pub transactions: u64,
}

impl ReadsUsed {
    /// How many reads the provider allows in 30 days.
    #[must_use]
    pub const fn allowed(&self) -> u64 {
        let earned = self.transactions.saturating_mul(READS_PER_TRANSACTION);
        if earned > READS_PER_MONTH {
            earned
        } else {
            READS_PER_MONTH
        }
    }

    /// How many are left.
    #[must_use]
    pub const fn left(&self) -> u64 {
        self.allowed().saturating_sub(self.reads)
    }
}

/// How long to rest before the next reading; `quiet` is how many readings in a row brought nothing.
#[must_use]
pub fn rest(attention: Attention, used: &ReadsUsed, quiet: u32) -> TimeDelta {
    let (least, most) = match attention {
        Attention::Focused => (FOCUSED, FOCUSED_MAX),
        Attention::Idle => (IDLE, IDLE_MAX),
        Attention::Asleep => (ASLEEP, ASLEEP),
    };
    // Half as long again for every quiet reading.
    let slowed = (0..quiet.min(8)).fold(least, |rest, _| (rest + rest / 2).min(most));
    let half = (used.allowed() / 2).max(1);
    let left = used.left().saturating_sub(used.allowed() / RESERVE);
    if left >= half {
        return slowed;
    }
    let Some(times) = i32::try_from(half.checked_div(left).unwrap_or(u64::MAX)).ok() else {
        return REST_MAX;
    };
    slowed
        .checked_mul(times.saturating_add(1))
        .map_or(REST_MAX, |rest| rest.min(REST_MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::VecDeque;

    #[test]
    fn who_looks_is_served_often_and_nobody_seldom() {
        let fresh = ReadsUsed::default();
        assert_eq!(rest(Attention::Focused, &fresh, 0), FOCUSED);
        assert_eq!(rest(Attention::Focused, &fresh, 100), FOCUSED_MAX);
        assert_eq!(rest(Attention::Idle, &fresh, 0), IDLE);
        assert_eq!(rest(Attention::Idle, &fresh, 100), IDLE_MAX);
        assert_eq!(rest(Attention::Asleep, &fresh, 0), ASLEEP);
    }

    #[test]
    fn the_allowance_grows_with_the_merchants_transactions() {
        let used = |reads, transactions| ReadsUsed {
            reads,
            transactions,
        };
        assert_eq!(used(0, 0).allowed(), 10_000);
        assert_eq!(used(0, 20).allowed(), 10_000);
        assert_eq!(used(0, 21).allowed(), 10_500);
        assert_eq!(used(10_001, 0).left(), 0);
        assert_eq!(rest(Attention::Focused, &used(10_001, 0), 0), REST_MAX);
        assert_eq!(rest(Attention::Focused, &used(10_001, 1_000), 0), FOCUSED);
    }

    /// A window that has the focus day and night for three months, with something new at every reading.
    #[test]
    fn no_thirty_days_hold_more_reads_than_allowed() {
        let month = TimeDelta::days(30).num_seconds();
        let mut reads: VecDeque<i64> = VecDeque::new();
        let mut most = 0;
        let mut now = 0;
        while now < 3 * month {
            while reads.front().is_some_and(|at| *at <= now - month) {
                reads.pop_front();
            }
            let used = ReadsUsed {
                reads: reads.len() as u64,
                transactions: 0,
            };
            // A reading of two pages and one object.
            reads.extend([now, now, now]);
            most = most.max(reads.len());
            now += rest(Attention::Focused, &used, 0).num_seconds();
        }
        assert!(most as u64 <= READS_PER_MONTH, "{most} reads in 30 days");
        assert!(
            most > 5_000,
            "and the allowance is there to be used: {most}"
        );
    }
}
