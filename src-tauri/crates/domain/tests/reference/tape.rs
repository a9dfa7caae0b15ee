//! What each customer was at the end of every day, and how it moved from one day to the next, by the rules.
//!
//! A tape is as long as the list of days, and each of its days is worked out from the subscriptions as they stand at that
//! day's last second. A customer has a tape for each currency and one on which only people are counted.

use crate::calendar::Day;
use crate::standing::{Own, Stands};
use crate::world::{Customer, Money, World};
use crate::worth::Exact;
use coffer_domain::metric::policy::{FullDiscount, Policy};
use num_traits::Zero as _;

/// The kinds of movement, in the order in which the engine tells them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    New,
    Expansion,
    Contraction,
    Churn,
    Reactivation,
}

impl Kind {
    pub(crate) const ALL: [Self; 5] = [
        Self::New,
        Self::Expansion,
        Self::Contraction,
        Self::Churn,
        Self::Reactivation,
    ];
}

/// Which subscriptions a tape is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ledger {
    Of(Money),
    /// All of them; whose money is then no money, because currencies do not add.
    Everyone,
}

impl Ledger {
    pub(crate) const ALL: [Self; 3] = [Self::Of(Money::Usd), Self::Of(Money::Eur), Self::Everyone];
}

/// What a customer is at the end of a day.
#[derive(Debug, Clone)]
pub(crate) struct Being {
    pub(crate) monthly: Exact,
    /// The same without what was asked to end.
    pub(crate) committed: Exact,
    pub(crate) above: bool,
    pub(crate) free: bool,
    pub(crate) paused: bool,
    /// Subscriptions of unknown worth.
    pub(crate) unknown: i64,
    /// Subscriptions that count, by what they rest on.
    pub(crate) bases: [i64; 3],
}

impl Being {
    pub(crate) fn nobody() -> Self {
        Self {
            monthly: Exact::zero(),
            committed: Exact::zero(),
            above: false,
            free: false,
            paused: false,
            unknown: 0,
            bases: [0; 3],
        }
    }

    /// "Customers with MRR above zero, or free by discount", where the policy lets the free be active.
    ///
    /// READING: who holds something of which nobody knows what it is worth is an active subscriber of no known worth.
    pub(crate) fn is_active(&self, policy: &Policy) -> bool {
        let free = self.free && policy.full_discount == FullDiscount::FreeActive;
        self.above || free || self.unknown > 0
    }

    fn is_gone(&self) -> bool {
        !self.above && !self.free && !self.paused && self.unknown == 0
    }
}

/// How a customer moved on one day.
#[derive(Debug, Clone)]
pub(crate) struct Step {
    pub(crate) kind: Option<Kind>,
    /// By how much, above or at zero.
    pub(crate) amount: Exact,
    pub(crate) churned: bool,
}

/// One customer's days in a ledger.
pub(crate) struct Tape {
    pub(crate) beings: Vec<Being>,
    pub(crate) steps: Vec<Step>,
}

/// A customer with its tapes, in the order of `Ledger::ALL`.
pub(crate) struct Taped<'a> {
    pub(crate) customer: &'a Customer,
    pub(crate) own: Vec<Own<'a>>,
    tapes: Vec<Tape>,
}

impl Taped<'_> {
    pub(crate) fn tape(&self, ledger: Ledger) -> &Tape {
        let place = Ledger::ALL.iter().position(|it| *it == ledger).unwrap();
        &self.tapes[place]
    }
}

pub(crate) fn tapes<'a>(world: &'a World, days: &[Day], policy: &'a Policy) -> Vec<Taped<'a>> {
    world
        .customers
        .iter()
        .map(|customer| {
            let own: Vec<Own<'_>> = customer
                .subscriptions
                .iter()
                .map(|subscription| Own::new(subscription, policy))
                .collect();
            let standing: Vec<Vec<Stands>> = days
                .iter()
                .map(|day| own.iter().map(|it| it.at(day.shows)).collect())
                .collect();
            let tapes = Ledger::ALL
                .into_iter()
                .map(|ledger| tape(&own, &standing, days, ledger))
                .collect();
            Taped {
                customer,
                own,
                tapes,
            }
        })
        .collect()
}

fn tape(own: &[Own<'_>], standing: &[Vec<Stands>], days: &[Day], ledger: Ledger) -> Tape {
    let mut beings = Vec::new();
    for (day, standing) in days.iter().zip(standing) {
        let mut being = Being::nobody();
        for (it, stands) in own.iter().zip(standing) {
            let subscription = it.subscription;
            if let Ledger::Of(money) = ledger
                && subscription.money != money
            {
                continue;
            }
            let asked = subscription.asked.is_some_and(|asked| asked <= day.shows);
            add(&mut being, stands, asked);
        }
        beings.push(being);
    }
    let steps = steps(&beings, ledger);
    Tape { beings, steps }
}

fn add(being: &mut Being, stands: &Stands, asked: bool) {
    match stands {
        Stands::Not => {}
        Stands::Paused => being.paused = true,
        Stands::Counts {
            free,
            unknown,
            basis,
            ..
        } => {
            let monthly = stands.monthly();
            being.above |= !monthly.is_zero();
            being.free |= free;
            being.unknown += i64::from(*unknown);
            being.bases[*basis] += 1;
            if !asked {
                being.committed += &monthly;
            }
            being.monthly += monthly;
        }
    }
}

/// The movements between the days. The first day is before anybody came.
fn steps(beings: &[Being], ledger: Ledger) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut before = Being::nobody();
    let mut was_above_once = false;
    let mut churned_since_above = false;
    for after in beings {
        let churned = !before.is_gone() && after.is_gone();
        let kind = match (before.above, after.above) {
            (false, true) if !was_above_once => Some(Kind::New),
            (false, true) if churned_since_above => Some(Kind::Reactivation),
            // A resume, or the end of a time for free.
            (false, true) => Some(Kind::Expansion),
            (true, false) if after.is_gone() => Some(Kind::Churn),
            (true, false) => Some(Kind::Contraction),
            // "A free or paused customer who cancels churns with a money movement of zero."
            // READING: it has churned, and a movement of zero is none.
            (false, false) => None,
            // Money of several currencies is neither more nor less.
            (true, true) if ledger == Ledger::Everyone => None,
            (true, true) if after.monthly > before.monthly => Some(Kind::Expansion),
            (true, true) if after.monthly < before.monthly => Some(Kind::Contraction),
            (true, true) => None,
        };
        churned_since_above = !after.above && (churned_since_above || churned);
        was_above_once |= after.above;
        let amount = if after.monthly > before.monthly {
            &after.monthly - &before.monthly
        } else {
            &before.monthly - &after.monthly
        };
        steps.push(Step {
            kind,
            amount,
            churned,
        });
        before = after.clone();
    }
    steps
}
