//! Changes of MRR that are known to come: what was asked to end, discounts and trials that end by themselves.
//!
//! Nothing here is a figure of the present: committed MRR drops at once when an end is asked for. This is the list behind
//! it, and what a forecast takes for granted.

use crate::currency::Currency;
use crate::metric::days::date_of;
use crate::metric::evaluate::{Standing, intervals, worth};
use crate::metric::facts::{CustomerFacts, Second, SubscriptionFacts};
use crate::metric::rollup::Fold;
use crate::ratio::Ratio;
use chrono::NaiveDate;

/// Why MRR will change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Why {
    /// The subscription was asked to end.
    Cancellation,
    /// A discount ends, or begins.
    Discount,
    /// A trial ends and its subscription begins to count.
    TrialEnd,
}

impl Why {
    /// Its name in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Cancellation => "cancellation",
            Self::Discount => "discount",
            Self::TrialEnd => "trial_end",
        }
    }
}

/// A change that is known to come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownAhead {
    /// When.
    pub day: NaiveDate,
    /// Whose.
    pub customer: String,
    /// Of which subscription.
    pub subscription: String,
    /// Why.
    pub why: Why,
    /// By how much, minor units for a month.
    pub delta: Ratio,
}

/// What is known to come of a customer in a currency, after the horizon.
#[must_use]
pub fn ahead(
    customer: &str,
    facts: &CustomerFacts,
    currency: Currency,
    fold: &Fold<'_>,
) -> Vec<KnownAhead> {
    let mut found = Vec::new();
    for own in facts
        .subscriptions
        .iter()
        .filter(|it| it.currency == currency)
    {
        for (at, why, delta) in of_subscription(own, fold) {
            if let Some(day) = date_of(fold.days.of(at))
                && !delta.is_zero()
            {
                found.push(KnownAhead {
                    day,
                    customer: customer.to_owned(),
                    subscription: own.id.clone(),
                    why,
                    delta,
                });
            }
        }
    }
    found
}

fn of_subscription(own: &SubscriptionFacts, fold: &Fold<'_>) -> Vec<(Second, Why, Ratio)> {
    let mut found = Vec::new();
    let evaluated = intervals(own, fold.policy);
    let ends = own
        .ends_at
        .filter(|at| *at > fold.horizon && own.life.to.is_none());
    let mut before = Ratio::ZERO;
    for interval in &evaluated {
        if interval.span.holds(fold.horizon) {
            before = interval.monthly;
        }
        let begins = interval.span.from;
        if begins > fold.horizon && ends.is_none_or(|at| begins < at) {
            if let Ok(delta) = interval.monthly.minus(before) {
                found.push((begins, Why::Discount, delta));
            }
            before = interval.monthly;
        }
    }
    if let Some(trial) = own.trial
        && trial.holds(fold.horizon)
        && let Some(at) = own.trial_ends_at.filter(|at| *at > fold.horizon)
        && ends.is_none_or(|end| end > at)
        && let Some(stretch) = own.stretches.iter().rev().find(|it| it.from <= at)
        && stretch.unknown.is_none()
        && let Ok(worth) = worth(stretch, fold.policy)
    {
        found.push((at, Why::TrialEnd, worth.monthly));
        before = worth.monthly;
    }
    let counts = evaluated
        .iter()
        .any(|it| it.span.holds(fold.horizon) && it.standing == Standing::Counts);
    if let Some(at) = ends
        && (counts || !before.is_zero())
        && let Ok(delta) = Ratio::ZERO.minus(before)
    {
        found.push((at, Why::Cancellation, delta));
    }
    found
}
