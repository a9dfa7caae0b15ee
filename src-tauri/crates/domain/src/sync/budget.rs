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

/// A reading of so many reads is a small one.
const SMALL: u64 = 20;
/// The seconds that the allowance is counted over.
const MONTH: u64 = 30 * 24 * 60 * 60;

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

/// How long to rest before the next reading; `quiet` is how many readings in a row brought nothing, and `cost` how many reads
/// the next one is expected to take.
///
/// A reading of changes takes a few. One that must walk every list, because the key may not read events, takes as many as
/// there are pages: it comes only as often as the allowance carries it.
#[must_use]
pub fn rest(attention: Attention, used: &ReadsUsed, quiet: u32, cost: u64) -> TimeDelta {
    let usual = rest_between_small(attention, used, quiet);
    if cost <= SMALL {
        return usual;
    }
    usual.max(carried(used.allowed(), cost))
}

/// The time between two readings of which the allowance carries only so many in its 30 days.
fn carried(allowed: u64, cost: u64) -> TimeDelta {
    let usable = (allowed - allowed / RESERVE).max(1);
    let seconds = match usable / cost.max(1) {
        0 => MONTH.saturating_mul(cost.div_ceil(usable)),
        // A second more, so that the first of them is forgotten before the next one comes.
        times => MONTH / times + 1,
    };
    i64::try_from(seconds)
        .ok()
        .and_then(TimeDelta::try_seconds)
        .unwrap_or(TimeDelta::MAX)
}

fn rest_between_small(attention: Attention, used: &ReadsUsed, quiet: u32) -> TimeDelta {
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
        assert_eq!(rest(Attention::Focused, &fresh, 0, 3), FOCUSED);
        assert_eq!(rest(Attention::Focused, &fresh, 100, 3), FOCUSED_MAX);
        assert_eq!(rest(Attention::Idle, &fresh, 0, 3), IDLE);
        assert_eq!(rest(Attention::Idle, &fresh, 100, 3), IDLE_MAX);
        assert_eq!(rest(Attention::Asleep, &fresh, 0, 3), ASLEEP);
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
        assert_eq!(rest(Attention::Focused, &used(10_001, 0), 0, 3), REST_MAX);
        assert_eq!(
            rest(Attention::Focused, &used(10_001, 1_000), 0, 3),
            FOCUSED
        );
    }

    /// A key that may not read events, a window that has the focus day and night, and many pages to walk each time.
    #[test]
    fn walking_every_list_again_stays_within_the_allowance_too() {
        for (cost, transactions) in [(40, 0), (1_000, 0), (9_000, 0), (3_000, 1_000)] {
            let month = TimeDelta::days(30).num_seconds();
            let mut walks: VecDeque<i64> = VecDeque::new();
            let (mut now, mut most) = (0, 0);
            while now < 4 * month {
                while walks.front().is_some_and(|at| *at <= now - month) {
                    walks.pop_front();
                }
                let used = ReadsUsed {
                    reads: walks.len() as u64 * cost,
                    transactions,
                };
                walks.push_back(now);
                most = most.max(walks.len() as u64 * cost);
                now += rest(Attention::Focused, &used, 0, cost).num_seconds();
            }
            let allowed = ReadsUsed {
                reads: 0,
                transactions,
            }
            .allowed();
            assert!(
                most <= allowed,
                "{cost} reads at a time came to {most} of {allowed}"
            );
            assert!(
                most > allowed / 3,
                "and the allowance is used: {most} of {allowed}"
            );
        }
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
            now += rest(Attention::Focused, &used, 0, 3).num_seconds();
        }
        assert!(most as u64 <= READS_PER_MONTH, "{most} reads in 30 days");
        assert!(
            most > 5_000,
            "and the allowance is there to be used: {most}"
        );
    }
}
