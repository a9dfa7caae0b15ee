//! The rows of a rollup: sums that are added to.

use crate::metric::tally::Tally;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What changed in a ledger on one day.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct DayRow {
    /// MRR by kind of movement, in the order of `Movement::ALL`; never below zero.
    pub moved: [Tally; 5],
    /// Customers by kind of movement.
    pub movers: [i64; 5],
    /// Customers that churned, with or without money.
    pub churned: i64,
    /// By how much MRR changed, taken from the intervals themselves: what the movements must come to.
    pub net: Tally,
    /// By how many the active subscribers changed.
    pub active: i64,
    /// By how much the MRR changed whose end was asked for.
    pub ending: Tally,
    /// By how many the intervals of each basis changed: inferred, invoiced, observed.
    pub bases: [i64; 3],
    /// By how many the intervals of unknown worth changed.
    pub unknown: i64,
    /// By how many the running trials changed.
    pub trials: i64,
    /// Trials that began.
    pub trials_begun: i64,
    /// Of those, the ones that have converted since.
    pub begun_converted: i64,
    /// Trials that ended.
    pub trials_ended: i64,
    /// Of those, the ones that were worth something right after.
    pub trials_converted: i64,
    /// Volume of bills whose first attempt failed on this day.
    pub failed: Tally,
    /// The part of it that was paid later.
    pub recovered: Tally,
}

/// What a ledger's customers were at the end of a period against its beginning.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct PeriodRow {
    /// Customers active at the start who churned within and are not active at the end.
    pub lost: i64,
    /// By how much the MRR of customers active at the start changed.
    pub kept: Tally,
    /// The same, where it became less.
    pub shrunk: Tally,
}

/// What the customers of a cohort changed by in one month.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct CohortRow {
    /// By how many its active subscribers changed.
    pub active: i64,
    /// By how much its MRR changed.
    pub monthly: Tally,
    /// How many of its customers came in this month: all of them in the first.
    pub size: i64,
}

/// A row that rows are added to; one that comes to nothing need not be kept.
pub trait Row: Default + PartialEq {
    /// Adds another.
    fn merge(&mut self, other: &Self);

    /// Whether it says nothing.
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

pub(super) fn merge_row<K: Ord, R: Row>(rows: &mut BTreeMap<K, R>, key: K, row: R) {
    let own = rows.entry(key).or_default();
    own.merge(&row);
}

impl Row for DayRow {
    fn merge(&mut self, other: &Self) {
        for (own, others) in self.moved.iter_mut().zip(&other.moved) {
            own.merge(others);
        }
        for (own, others) in self.movers.iter_mut().zip(other.movers) {
            *own += others;
        }
        for (own, others) in self.bases.iter_mut().zip(other.bases) {
            *own += others;
        }
        for (own, others) in [
            (&mut self.net, &other.net),
            (&mut self.ending, &other.ending),
            (&mut self.failed, &other.failed),
            (&mut self.recovered, &other.recovered),
        ] {
            own.merge(others);
        }
        for (own, others) in [
            (&mut self.churned, other.churned),
            (&mut self.active, other.active),
            (&mut self.unknown, other.unknown),
            (&mut self.trials, other.trials),
            (&mut self.trials_begun, other.trials_begun),
            (&mut self.begun_converted, other.begun_converted),
            (&mut self.trials_ended, other.trials_ended),
            (&mut self.trials_converted, other.trials_converted),
        ] {
            *own += others;
        }
    }
}

impl Row for PeriodRow {
    fn merge(&mut self, other: &Self) {
        self.lost += other.lost;
        self.kept.merge(&other.kept);
        self.shrunk.merge(&other.shrunk);
    }
}

impl Row for CohortRow {
    fn merge(&mut self, other: &Self) {
        self.active += other.active;
        self.monthly.merge(&other.monthly);
        self.size += other.size;
    }
}

impl Row for i64 {
    fn merge(&mut self, other: &Self) {
        *self += other;
    }
}
