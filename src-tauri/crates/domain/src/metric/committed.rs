//! Changes of MRR that are known to come: what was asked to end, discounts and trials that end by themselves, what schedules
//! say is to follow.
//!
//! Nothing here is a figure of the present: committed MRR drops at once when an end is asked for. This is the list behind
//! it, and what a forecast takes for granted.

use crate::currency::Currency;
use crate::metric::days::date_of;
use crate::metric::evaluate::intervals;
use crate::metric::facts::{CustomerFacts, Second, SubscriptionFacts};
use crate::metric::rollup::Fold;
use crate::ratio::Ratio;
use chrono::NaiveDate;
use std::collections::BTreeSet;

/// Why MRR will change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Why {
    /// The subscription was asked to end.
    Cancellation,
    /// A discount ends, or begins.
    Discount,
    /// A trial ends and its subscription begins to count.
    TrialEnd,
    /// A schedule has something else in it from then on, or begins a subscription.
    Schedule,
    /// A pause ends.
    Resume,
}

impl Why {
    /// Its name in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Cancellation => "cancellation",
            Self::Discount => "discount",
            Self::TrialEnd => "trial_end",
            Self::Schedule => "schedule",
            Self::Resume => "resume",
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
    let all = facts.subscriptions.iter().chain(&facts.promised);
    let mut found = Vec::new();
    for own in all.filter(|it| it.currency == currency) {
        for (at, why, delta) in of_subscription(own, fold) {
            if let Some(day) = date_of(fold.days.of(at)) {
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

/// A subscription as it will have been if everything comes that is known by now.
fn carried_on(own: &SubscriptionFacts, horizon: Second) -> SubscriptionFacts {
    let mut it = own.clone();
    if it.life.to.is_none() {
        it.life.to = own.ends_at.filter(|at| *at > horizon);
    }
    if let Some(trial) = &mut it.trial
        && trial.to.is_none()
    {
        trial.to = own.trial_ends_at.filter(|at| *at > horizon);
    }
    if let Some(first) = own.agreed.first() {
        it.stretches.retain(|stretch| stretch.from < first.from);
        it.stretches.append(&mut it.agreed);
    }
    it
}

/// Each change of worth after the horizon.
fn of_subscription(own: &SubscriptionFacts, fold: &Fold<'_>) -> Vec<(Second, Why, Ratio)> {
    let carried = carried_on(own, fold.horizon);
    let evaluated = intervals(&carried, fold.policy);
    // `None` where it is not known.
    let worth_at = |at: Second| match evaluated.iter().find(|it| it.span.holds(at)) {
        Some(interval) => (!interval.unknown).then_some(interval.monthly),
        None => Some(Ratio::ZERO),
    };
    let instants: BTreeSet<Second> = evaluated
        .iter()
        .flat_map(|it| [Some(it.span.from), it.span.to])
        .flatten()
        .filter(|at| *at > fold.horizon)
        .collect();
    let mut found = Vec::new();
    let mut before = worth_at(fold.horizon);
    for at in instants {
        let after = worth_at(at);
        if let (Some(before), Some(after)) = (before, after)
            && let Ok(delta) = after.minus(before)
            && !delta.is_zero()
        {
            found.push((at, why(&carried, at), delta));
        }
        before = after;
    }
    found
}

/// Why something changes at an instant.
fn why(carried: &SubscriptionFacts, at: Second) -> Why {
    if carried.life.to == Some(at) {
        return Why::Cancellation;
    }
    if carried.trial.is_some_and(|trial| trial.to == Some(at)) {
        return Why::TrialEnd;
    }
    let place = carried.stretches.iter().position(|it| it.from == at);
    let items_at = |place: usize| carried.stretches.get(place).map(|it| &it.items);
    let other_items = place.is_some_and(|place| {
        place
            .checked_sub(1)
            .is_none_or(|before| items_at(before) != items_at(place))
    });
    // Only what is agreed beforehand changes items at an instant that is to come.
    if other_items {
        Why::Schedule
    } else if carried.stops.iter().any(|(stop, _)| stop.to == Some(at)) {
        Why::Resume
    } else {
        Why::Discount
    }
}
