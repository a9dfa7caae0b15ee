//! Customers by the month in which they first paid.

use crate::metric::rollup::{Ledger, Row as _};
use crate::metric::tally::Tally;
use std::collections::BTreeMap;

/// The cohorts of a ledger: for each month in which customers first paid, how many, and what they were at the end of that
/// month and of each after it.
#[must_use]
pub fn cohorts(ledger: &Ledger, until: i32) -> BTreeMap<i32, Cohort> {
    let mut found: BTreeMap<i32, Cohort> = BTreeMap::new();
    for ((cohort, month), row) in &ledger.cohorts {
        if *cohort > until || row.is_empty() {
            continue;
        }
        let own = found.entry(*cohort).or_default();
        own.size += row.size;
        own.changes.push((*month, row.active, row.monthly.clone()));
    }
    for (cohort, own) in &mut found {
        let mut level = (0, Tally::default());
        let mut changes = std::mem::take(&mut own.changes).into_iter().peekable();
        for month in *cohort..=until {
            while let Some((_, active, monthly)) = changes.next_if(|(at, ..)| *at <= month) {
                level.0 += active;
                level.1.merge(&monthly);
            }
            own.active.push(level.0);
            own.monthly.push(level.1.clone());
        }
    }
    found.retain(|_, own| own.size > 0);
    found
}

/// The customers who first paid in one month.
#[derive(Debug, Clone, Default)]
pub struct Cohort {
    /// How many they are.
    pub size: i64,
    /// How many are active at the end of their month and of each after it.
    pub active: Vec<i64>,
    /// Their MRR then.
    pub monthly: Vec<Tally>,
    changes: Vec<(i32, i64, Tally)>,
}
