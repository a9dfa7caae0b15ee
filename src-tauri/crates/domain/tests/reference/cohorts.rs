//! The customers who first paid in a month, and what they were at the end of that month and of each after it.

use crate::calendar::{Day, Length, periods};
use crate::tape::{Kind, Ledger, Taped};
use crate::worth::Exact;
use chrono::{Datelike as _, NaiveDate};
use coffer_domain::metric::policy::Policy;
use num_traits::Zero as _;
use std::collections::BTreeMap;
use std::fmt;

#[derive(Clone, PartialEq, Default)]
pub(crate) struct Cohort {
    pub(crate) size: i64,
    pub(crate) active: Vec<i64>,
    pub(crate) monthly: Vec<Exact>,
}

impl fmt::Debug for Cohort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let monthly: Vec<String> = self.monthly.iter().map(Exact::to_string).collect();
        write!(
            f,
            "{} came, {:?} active, {monthly:?}",
            self.size, self.active
        )
    }
}

/// Months since the year 0, which is how the engine numbers them.
pub(crate) fn number(date: NaiveDate) -> i32 {
    date.year() * 12 + i32::try_from(date.month()).unwrap() - 1
}

pub(crate) fn cohorts(
    days: &[Day],
    customers: &[Taped<'_>],
    ledger: Ledger,
    policy: &Policy,
) -> BTreeMap<i32, Cohort> {
    let mut found: BTreeMap<i32, Cohort> = BTreeMap::new();
    for customer in customers {
        let tape = customer.tape(ledger);
        let first = tape.steps.iter().position(|it| it.kind == Some(Kind::New));
        let Some(first) = first else { continue };
        let cohort = found.entry(number(days[first].date)).or_default();
        cohort.size += 1;
        let months = periods(days, Length::Month);
        let since = months.into_iter().filter(|month| month.last >= first);
        for (age, month) in since.enumerate() {
            if cohort.active.len() == age {
                cohort.active.push(0);
                cohort.monthly.push(Exact::zero());
            }
            let being = &tape.beings[month.last];
            cohort.active[age] += i64::from(being.is_active(policy));
            cohort.monthly[age] += &being.monthly;
        }
    }
    found
}
