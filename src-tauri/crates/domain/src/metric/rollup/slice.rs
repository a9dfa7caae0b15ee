//! Parts of a ledger: what a customer contributes to each.

use super::{Cohorts, Fold, Rollup, Sign, Spans};
use crate::metric::evaluate::{Interval, PlanWorth, intervals};
use crate::metric::facts::CustomerFacts;
use crate::metric::movement::DaySpan;
use crate::ratio::Ratio;
use crate::record::{Recurring, RecurringInterval};
use std::collections::BTreeMap;

/// By what a ledger is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Dimension {
    /// The price.
    Plan,
    /// The customer's country.
    Country,
    /// How often the price bills.
    Rhythm,
}

/// One part of a ledger that was cut.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Slice {
    /// All of it: what is not cut is in one part.
    All,
    /// The number that stands for a price.
    Plan(u32),
    /// A country's code; `None` for customers without one.
    Country(Option<String>),
    /// So many of a unit of time, by the unit's place from day to year.
    Rhythm(u8, u32),
}

impl Slice {
    /// The part that a rhythm belongs to.
    #[must_use]
    pub const fn of_rhythm(own: Recurring) -> Self {
        rhythm(own)
    }
}

/// A rollup for each part of a ledger that was cut.
pub type Slices = BTreeMap<Slice, Rollup>;

/// Adds a customer to the parts of a ledger that is cut, or not cut at all. A customer is in each part with what is in it, as
/// if the rest were not there.
pub fn put_sliced(
    slices: &mut Slices,
    facts: &CustomerFacts,
    fold: &Fold<'_>,
    by: Option<Dimension>,
    sign: Sign,
) {
    let by = match by {
        None => {
            return slices.entry(Slice::All).or_default().put(facts, fold, sign);
        }
        Some(Dimension::Country) => {
            let part = slices.entry(Slice::Country(facts.country.clone()));
            return part
                .or_default()
                .put_customer(facts, fold, sign, Cohorts::LeftOut);
        }
        Some(Dimension::Plan) => of_plan as fn(&PlanWorth) -> Slice,
        Some(Dimension::Rhythm) => of_rhythm,
    };
    let mut parts: BTreeMap<Slice, Spans> = BTreeMap::new();
    for subscription in &facts.subscriptions {
        for interval in intervals(subscription, fold.policy) {
            let Some(days) = fold.days_of(&interval) else {
                continue;
            };
            for (slice, monthly) in cut(&interval, by) {
                parts
                    .entry(slice)
                    .or_default()
                    .entry(subscription.currency)
                    .or_default()
                    .push(DaySpan { monthly, ..days });
            }
        }
    }
    for (slice, spans) in parts {
        let rollup = slices.entry(slice).or_default();
        if rollup
            .put_spans(&spans, fold, sign, Cohorts::LeftOut)
            .is_err()
        {
            rollup.unfit += sign.count(1);
        }
    }
}

/// An interval's worth by part. What is not known, or has no plan, is in the part without one.
fn cut(interval: &Interval, part_of: fn(&PlanWorth) -> Slice) -> Vec<(Slice, Ratio)> {
    let mut parts: Vec<(Slice, Ratio)> = Vec::with_capacity(interval.plans.len().max(1));
    for plan in &interval.plans {
        let slice = part_of(plan);
        match parts.iter_mut().find(|(own, _)| *own == slice) {
            // The parts of a sum that fits do fit.
            Some((_, part)) => *part = part.plus(plan.monthly).unwrap_or(plan.monthly),
            None => parts.push((slice, plan.monthly)),
        }
    }
    if parts.is_empty() {
        parts.push((part_of(&NOWHERE), interval.monthly));
    }
    parts
}

/// Stands for what is in no plan.
const NOWHERE: PlanWorth = PlanWorth {
    plan: 0,
    rhythm: Recurring {
        interval: RecurringInterval::Month,
        count: 0,
        metered: false,
    },
    monthly: Ratio::ZERO,
};

const fn of_plan(own: &PlanWorth) -> Slice {
    Slice::Plan(own.plan)
}

const fn of_rhythm(own: &PlanWorth) -> Slice {
    rhythm(own.rhythm)
}

const fn rhythm(rhythm: Recurring) -> Slice {
    use RecurringInterval::{Day, Month, Week, Year};
    if rhythm.count == 0 {
        return Slice::Rhythm(0, 0);
    }
    let unit = match rhythm.interval {
        Day => 1,
        Week => 2,
        Month => 3,
        Year => 4,
    };
    Slice::Rhythm(unit, rhythm.count)
}
