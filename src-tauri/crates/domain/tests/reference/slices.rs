//! The parts that a ledger is cut into: each is worth what the reference finds in it, and together they are the whole.

use crate::calendar::{Day, Length, periods};
use crate::figures_agree::{days_of, zones};
use crate::standing::{Own, Stands};
use crate::world::{Money, World};
use crate::worth::{Exact, Part};
use crate::{engine, making, rules, runner::check, telling};
use chrono_tz::Tz;
use coffer_domain::metric::figures::{Ledgers, tell};
use coffer_domain::metric::policy::Policy;
use coffer_domain::metric::rollup::{Dimension, Fold, Sign, Slice, Slices, put_sliced};
use num_traits::Zero as _;
use std::collections::BTreeMap;

/// What each slice is worth at the end of a day, those at zero left out.
fn worth(world: &World, policy: &Policy, money: Money, day: Day, by: Dimension) -> Told {
    let mut told = Told::new();
    for customer in &world.customers {
        for subscription in customer.subscriptions.iter().filter(|it| it.money == money) {
            let Stands::Counts { parts, .. } = Own::new(subscription, policy).at(day.shows) else {
                continue;
            };
            for part in parts {
                let slice = slice_of(&part, customer.country, by);
                *told.entry(slice).or_insert_with(Exact::zero) += part.monthly;
            }
        }
    }
    told.retain(|_, worth| !worth.is_zero());
    told
}

type Told = BTreeMap<Slice, Exact>;

fn slice_of(part: &Part, country: Option<&str>, by: Dimension) -> Slice {
    match by {
        Dimension::Plan => Slice::Plan(part.plan),
        Dimension::Country => Slice::Country(country.map(str::to_owned)),
        Dimension::Rhythm => Slice::of_rhythm(engine::recurring(part.rhythm)),
    }
}

fn agree(world: &World, policy: &Policy, zone: Tz, by: Dimension) -> Result<(), String> {
    let table = engine::days(zone);
    let fold = Fold {
        policy,
        days: &table,
        horizon: world.as_of,
    };
    let mut slices = Slices::new();
    for customer in &world.customers {
        put_sliced(
            &mut slices,
            &engine::customer(customer),
            &fold,
            Some(by),
            Sign::Plus,
        );
    }
    let whole = engine::of_world(world, policy, &table);
    let days = days_of(world, zone);
    let own = periods(&days, Length::Week);
    let asked = engine::periods(&own, Length::Week, world.as_of, zone);
    for money in Money::ALL {
        let ledgers = Ledgers::One(engine::currency(money));
        let whole = tell(&whole, &asked, &ledgers, policy).map_err(|it| it.to_string())?;
        let mut told: Vec<Told> = vec![Told::new(); own.len()];
        for (slice, rollup) in &slices {
            let parts = tell(rollup, &asked, &ledgers, policy).map_err(|it| it.to_string())?;
            for (told, part) in told.iter_mut().zip(parts.figures) {
                let closing = part.closing.rational();
                if !closing.is_zero() {
                    told.insert(slice.clone(), closing);
                }
            }
        }
        for ((period, told), whole) in own.iter().zip(&told).zip(&whole.figures) {
            let asked = format!("in the week of {} under {policy:?}", period.label);
            let sum: Exact = told.values().sum();
            let closing = whole.closing.rational();
            if sum != closing {
                return Err(format!(
                    "{by:?}: together {sum}, the whole {closing}\n{asked}"
                ));
            }
            let ours = worth(world, policy, money, days[period.last], by);
            if ours != *told {
                return Err(format!(
                    "{by:?}: the definitions {ours:?}, the engine {told:?}\n{asked}"
                ));
            }
        }
    }
    Ok(())
}

#[test]
fn slices_are_the_references_and_add_up_to_the_whole() {
    check(
        "slices",
        200,
        &(making::worlds(), rules::any(), zones()),
        |(world, ..)| telling::world(world),
        |(world, policy, zone)| {
            [Dimension::Plan, Dimension::Country, Dimension::Rhythm]
                .into_iter()
                .try_for_each(|by| agree(world, policy, *zone, by))
        },
    );
}
