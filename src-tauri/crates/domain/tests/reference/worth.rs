//! What a stretch is worth for a month, item by item, as the definitions say it.
//!
//! Price × quantity, less the discounts that the policy takes off, less the tax inside, brought to a month. Exact and
//! unbounded: there is nothing that does not fit.

use crate::world::{Discount, Fraction, Item, Lasting, Off, On, Rhythm, Stretch, Unit};
use coffer_domain::metric::policy::{Discounting, Policy};
use num_rational::BigRational;
use num_traits::{One as _, Zero as _};

pub(crate) type Exact = BigRational;

pub(crate) fn exact((part, of): Fraction) -> Exact {
    Exact::new(part.into(), of.into())
}

pub(crate) fn whole(number: i64) -> Exact {
    Exact::from_integer(number.into())
}

/// One plan's part of a subscription's worth.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Part {
    pub(crate) plan: u32,
    pub(crate) rhythm: Rhythm,
    pub(crate) monthly: Exact,
}

/// What the items of a stretch come to.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Valued {
    pub(crate) parts: Vec<Part>,
    /// Whether there was anything to take a discount off.
    pub(crate) listed: bool,
}

pub(crate) fn for_a_month(rhythm: Rhythm) -> Exact {
    let months = match rhythm.unit {
        Unit::Month => exact((1, 1)),
        Unit::Year => exact((1, 12)),
        Unit::Week => exact((52, 12)),
        Unit::Day => exact((365, 12)),
    };
    months / whole(rhythm.count.into())
}

pub(crate) fn value(stretch: &Stretch, policy: &Policy) -> Valued {
    let listed: Vec<Exact> = stretch
        .items
        .iter()
        .map(|item| exact(item.price) * whole(item.quantity))
        .collect();
    let mut billed = listed.clone();
    let taken = |it: &&Discount| is_taken(it, policy);
    // "The item's own, then the subscription's in listed order;
    for discount in stretch.discounts.iter().filter(taken) {
        if let On::Item(place) = discount.on {
            take(discount, &[place], &mut billed);
        }
    }
    // the customer's only where the subscription has none."
    // READING: none that the policy takes off. A discount that a policy ignores is not there for it.
    let mut own = stretch.discounts.iter().filter(taken);
    let own = own.any(|it| it.on == On::Subscription);
    let next = if own { On::Subscription } else { On::Customer };
    let everything: Vec<usize> = (0..billed.len()).collect();
    for discount in stretch.discounts.iter().filter(taken) {
        if discount.on == next {
            take(discount, &everything, &mut billed);
        }
    }
    Valued {
        parts: stretch.items.iter().zip(billed).map(part).collect(),
        listed: listed.iter().any(|amount| !amount.is_zero()),
    }
}

fn part((item, billed): (&Item, Exact)) -> Part {
    Part {
        plan: item.plan,
        rhythm: item.rhythm,
        monthly: billed * (Exact::one() - exact(item.tax)) * for_a_month(item.rhythm),
    }
}

fn is_taken(discount: &Discount, policy: &Policy) -> bool {
    let rule = match discount.lasting {
        Lasting::Once => policy.once,
        Lasting::Repeating => policy.repeating,
        Lasting::Forever => policy.forever,
    };
    match rule {
        Discounting::Ignored => false,
        Discounting::Subtracted => true,
        Discounting::PercentageOnly => matches!(discount.off, Off::Percent(_)),
    }
}

/// Takes a discount off those of the items that it is for.
fn take(discount: &Discount, places: &[usize], billed: &mut [Exact]) {
    let places: Vec<usize> = places
        .iter()
        .copied()
        .filter(|place| match &discount.only {
            Some(only) => only.contains(place),
            None => true,
        })
        .collect();
    match discount.off {
        Off::Percent(percent) => {
            for place in places {
                billed[place] = &billed[place] * exact((100 - percent, 100));
            }
        }
        Off::Amount(off) => {
            let together: Exact = places.iter().map(|place| &billed[*place]).sum();
            // READING: "in proportion" to what the items bill, each for its own period.
            let off = whole(off).min(together.clone());
            if together.is_zero() {
                return;
            }
            for place in places {
                let share = &billed[place] / &together;
                billed[place] = &billed[place] - share * &off;
            }
        }
    }
}
