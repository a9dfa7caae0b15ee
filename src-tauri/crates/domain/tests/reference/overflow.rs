//! Prices of twelve decimals and taxes of odd cents, whose exact sums do not always fit: what does not fit is said, and
//! never told wrong.
//!
//! Whoever has an unknown worth is left out of what is compared: the figures say how many there are. So is all that comes
//! after it, because who was above zero before can no longer be told; only what stands at the end of a week is held
//! against the reference.

use crate::calendar::{Length, periods};
use crate::figures_agree::{days_of, zones};
use crate::naive::{Known, View};
use crate::tape::tapes;
use crate::world::{Customer, Money, World};
use crate::worth::{Exact, exact};
use crate::{engine, making, rules, runner::check, telling};
use chrono_tz::Tz;
use coffer_domain::metric::figures::{Ledgers, tell};
use coffer_domain::metric::policy::Policy;
use num_traits::Zero as _;
use std::cell::Cell;

/// The same customer with as many decimals as a price can have, and a tax share that is that of two odd amounts.
pub(crate) fn with_decimals(customer: &Customer) -> Customer {
    let mut customer = customer.clone();
    let own = customer.subscriptions.iter_mut();
    let items = own
        .flat_map(|it| &mut it.stretches)
        .flat_map(|it| &mut it.items);
    for (place, item) in items.enumerate() {
        let place = i64::try_from(place).unwrap();
        if item.price.0 > 0 {
            item.price.0 = item.price.0 / item.price.1 * 1_000_000_000_000 + place * 2_000_006 + 1;
            item.price.1 = 1_000_000_000_000;
        }
        if place % 2 == 1 {
            item.tax = (1_900_003, 11_900_009 + place);
        }
    }
    customer
}

fn all_with_decimals(world: &World) -> World {
    World {
        customers: world.customers.iter().map(with_decimals).collect(),
        ..world.clone()
    }
}

/// How many figures were compared and how many were said not to fit.
fn says_what_does_not_fit(
    world: &World,
    policy: &Policy,
    zone: Tz,
    (compared, said): (&Cell<u32>, &Cell<u32>),
) -> Result<(), String> {
    let world = &all_with_decimals(world);
    let days = days_of(world, zone);
    let tapes = tapes(world, &days, policy);
    let rollup = engine::of_world(world, policy, &engine::days(zone));
    let known = Known {
        days: &days,
        as_of: world.as_of,
        customers: &tapes,
        policy,
    };
    let own = periods(&days, Length::Week);
    let asked = engine::periods(&own, Length::Week, world.as_of, zone);
    for money in Money::ALL {
        let ledgers = Ledgers::One(engine::currency(money));
        let Ok(told) = tell(&rollup, &asked, &ledgers, policy) else {
            said.set(said.get() + 1);
            continue;
        };
        for (period, theirs) in own.iter().zip(&told.figures) {
            let ours = known.figures(*period, View::One(money), &|_, _| exact((1, 1)));
            if theirs.unfit > 0 || theirs.unknown != ours.unknown {
                said.set(said.get() + 1);
                continue;
            }
            compared.set(compared.get() + u32::from(!ours.closing.is_zero()));
            let pairs: [(&str, Exact, Exact); 2] = [
                ("closing", ours.closing, theirs.closing.rational()),
                ("committed", ours.committed, theirs.committed.rational()),
            ];
            for (what, ours, theirs) in pairs {
                if ours != theirs {
                    return Err(format!(
                        "{what}: the definitions {ours}, the engine {theirs}\nin the week of {} of {money:?} under {policy:?}",
                        period.label
                    ));
                }
            }
        }
    }
    Ok(())
}

#[test]
fn what_does_not_fit_is_said_and_never_told_wrong() {
    let (compared, said) = (Cell::new(0), Cell::new(0));
    check(
        "twelve decimals",
        200,
        &(making::worlds(), rules::any(), zones()),
        |(world, ..)| telling::world(&all_with_decimals(world)),
        |(world, policy, zone)| says_what_does_not_fit(world, policy, *zone, (&compared, &said)),
    );
    println!("{} compared, {} did not fit", compared.get(), said.get());
    assert!(
        compared.get() > 0 && said.get() > 0,
        "the worlds meet both: what fits and what does not"
    );
}
