//! How a subscription stands at one second under a policy.
//!
//! Asked anew for every second that is looked at: no intervals, nothing carried over.

use crate::world::{DAY, Second, Subscription, Why};
use crate::worth::{Exact, Part, Valued, for_a_month, value, whole};
use coffer_domain::metric::policy::{Cancellation, FullDiscount, Metered, PastDue, Paused, Policy};
use num_traits::Zero as _;

/// How a subscription stands.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Stands {
    /// It is not there, is tried, has ended, or was given up.
    Not,
    /// It is paused.
    Paused,
    /// It counts.
    Counts {
        parts: Vec<Part>,
        /// Whether it is at zero through discounts.
        free: bool,
        /// Whether what it is worth is not known.
        unknown: bool,
        basis: usize,
    },
}

impl Stands {
    pub(crate) fn monthly(&self) -> Exact {
        match self {
            Self::Counts { parts, .. } => parts.iter().map(|part| &part.monthly).sum(),
            Self::Not | Self::Paused => Exact::zero(),
        }
    }
}

/// A subscription with what each of its stretches is worth under a policy.
pub(crate) struct Own<'a> {
    pub(crate) subscription: &'a Subscription,
    valued: Vec<Valued>,
    policy: &'a Policy,
}

impl<'a> Own<'a> {
    pub(crate) fn new(subscription: &'a Subscription, policy: &'a Policy) -> Self {
        Self {
            subscription,
            valued: subscription
                .stretches
                .iter()
                .map(|stretch| value(stretch, policy))
                .collect(),
            policy,
        }
    }

    pub(crate) fn at(&self, at: Second) -> Stands {
        if !self.is_there(at) {
            return Stands::Not;
        }
        let Some((stretch, valued)) = self
            .subscription
            .stretches
            .iter()
            .zip(&self.valued)
            .rfind(|(stretch, _)| stretch.from <= at)
        else {
            return Stands::Not;
        };
        let used = self.used(at);
        if stretch.known && stretch.items.is_empty() && used.is_empty() {
            return Stands::Not;
        }
        let mut parts = if stretch.known {
            valued.parts.clone()
        } else {
            Vec::new()
        };
        parts.extend(used);
        let zero = parts.iter().all(|part| part.monthly.is_zero());
        let free = zero && stretch.known && valued.listed;
        // READING: who has churned by a discount of everything has nothing left to pause.
        if free && self.policy.full_discount == FullDiscount::Churned {
            return Stands::Not;
        }
        if self.policy.paused == Paused::Contraction && self.is_stopped(Why::Paused, at) {
            return Stands::Paused;
        }
        Stands::Counts {
            parts,
            free,
            unknown: !stretch.known,
            basis: stretch.basis,
        }
    }

    /// Whether it is there at all, whatever it is worth.
    ///
    /// READING: what has ended, is tried, or was given up has nothing to pause, in whatever order that was written down.
    fn is_there(&self, at: Second) -> bool {
        let own = self.subscription;
        let left = match self.policy.cancellation {
            Cancellation::AtEnd => false,
            Cancellation::AtRequest => own.asked.is_some_and(|asked| asked <= at),
        };
        // READING: a trial that is granted later interrupts what counted before; it does not undo it.
        let tried = own.trial.is_some_and(|trial| trial.hold(at));
        let too_late = match self.policy.past_due {
            PastDue::Counts | PastDue::WhileRunning => false,
            // READING: a day is 24 hours, counted from the attempt.
            PastDue::Days(days) => own
                .late
                .iter()
                .any(|late| late.hold(at) && at >= late.from + Second::from(days) * DAY),
        };
        let away = self.policy.paused == Paused::Out && self.is_stopped(Why::Paused, at);
        own.life.hold(at)
            && !left
            && !tried
            && !too_late
            && !away
            && !self.is_stopped(Why::GivenUp, at)
    }

    fn is_stopped(&self, why: Why, at: Second) -> bool {
        let mut stops = self.subscription.stops.iter();
        stops.any(|(times, own)| *own == why && times.hold(at))
    }

    /// Usage that counts.
    fn used(&self, at: Second) -> Vec<Part> {
        if self.policy.metered == Metered::Out {
            return Vec::new();
        }
        self.subscription
            .usage
            .iter()
            .filter(|usage| usage.times.hold(at))
            .map(|usage| Part {
                plan: usage.plan,
                rhythm: usage.rhythm,
                monthly: whole(usage.amount) * for_a_month(usage.rhythm),
            })
            .collect()
    }
}
