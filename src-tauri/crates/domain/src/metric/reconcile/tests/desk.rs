//! Our side of a comparison, written out by hand.

use super::{currency, month};
use crate::currency::Currency;
use crate::ids::CustomerId;
use crate::metric::reconcile::{
    Alternative, Cause, Flag, MonthSplit, OurFigure, OurLine, Ours, Place, Reconciliation, compare,
    read_assuming,
};
use crate::ratio::Ratio;
use std::collections::{BTreeMap, BTreeSet};

/// Our side, written out: what customers are worth, and what they would be worth under rules by name.
#[derive(Default)]
pub(super) struct Desk {
    customers: BTreeSet<CustomerId>,
    worth: Vec<(CustomerId, Currency, &'static str, Ratio, Option<Flag>)>,
    alternatives: Vec<Alternative>,
    under: BTreeMap<(String, String, String), Ratio>,
    pub(super) figures: Vec<OurFigure>,
}

impl Desk {
    pub(super) fn with(rules: &[&str]) -> Self {
        Self {
            alternatives: rules
                .iter()
                .map(|id| Alternative {
                    id: (*id).to_owned(),
                    says: format!("{id}."),
                })
                .collect(),
            ..Self::default()
        }
    }

    pub(super) fn worth(
        mut self,
        customer: &str,
        code: &str,
        month: &'static str,
        minor: Ratio,
    ) -> Self {
        self.customers.insert(customer.into());
        self.worth
            .push((customer.into(), currency(code), month, minor, None));
        self
    }

    pub(super) fn flagged(mut self, flag: Flag) -> Self {
        self.worth.last_mut().unwrap().4 = Some(flag);
        self
    }

    /// With these rules (`a` or `a+b`) the customer is worth this in the month.
    pub(super) fn under(mut self, rules: &str, customer: &str, month: &str, minor: i64) -> Self {
        let key = (rules.to_owned(), customer.to_owned(), month.to_owned());
        self.under.insert(key, Ratio::whole(minor));
        self
    }

    pub(super) fn against(&self, text: &str) -> Reconciliation {
        self.compare(text, 10)
    }

    pub(super) fn compare(&self, text: &str, customers_max: usize) -> Reconciliation {
        let lines: Vec<OurLine<'_>> = self
            .worth
            .iter()
            .map(|(customer, currency, at, worth, flag)| OurLine {
                customer,
                currency: *currency,
                month: month(at),
                worth: *worth,
                flag: *flag,
            })
            .collect();
        let under = |place: Place<'_>, set: &[&Alternative]| {
            let rules: Vec<&str> = set.iter().map(|one| one.id.as_str()).collect();
            let customer = place.customer.to_string();
            let key = (rules.join("+"), customer, place.month.to_string());
            self.under.get(&key).copied()
        };
        let ours = Ours {
            customers: &self.customers,
            lines: &lines,
            figures: &self.figures,
            alternatives: &self.alternatives,
            under: &under,
        };
        let theirs = read_assuming(text, currency("USD")).unwrap();
        compare(&theirs, ours, customers_max).unwrap()
    }
}

/// Cause and minor units of the only split.
pub(super) fn causes(outcome: &Reconciliation) -> Vec<(Cause, i64)> {
    assert_eq!(outcome.splits.len(), 1, "one month, one currency");
    shares(&outcome.splits[0])
}

/// Cause and minor units of a split.
pub(super) fn shares(split: &MonthSplit) -> Vec<(Cause, i64)> {
    split
        .causes
        .iter()
        .map(|share| (share.cause.clone(), share.minor))
        .collect()
}

pub(super) fn rule(ids: &[&str]) -> Cause {
    Cause::Rules(ids.iter().map(|id| (*id).to_owned()).collect())
}

pub(super) fn whole(minor: i64) -> Ratio {
    Ratio::whole(minor)
}
