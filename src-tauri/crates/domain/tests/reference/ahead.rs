//! Nothing after the instant a copy is as of is known to the figures, and nothing changes until the instant that is told.

use crate::figures_agree::zones;
use crate::history::pruned;
use crate::world::{Customer, DAY, Second, Subscription, Times, World};
use crate::{engine, making, rules, runner::check, telling};
use coffer_domain::metric::days::Days;
use coffer_domain::metric::movement::Movement;
use coffer_domain::metric::policy::Policy;
use coffer_domain::metric::rollup::{Fold, Rollup};
use coffer_domain::metric::tally::Tally;
use std::collections::BTreeMap;

/// Times as they are known at an instant; none for those to come.
fn known(times: Times, at: Second) -> Option<Times> {
    (times.from <= at).then_some(Times {
        from: times.from,
        to: times.to.filter(|to| *to <= at),
    })
}

/// A subscription as a provider tells it at an instant: what has happened, and when its discounts and its trial will end.
fn happened(own: &Subscription, at: Second) -> Option<Subscription> {
    let stops = own.stops.iter();
    let trial = own.trial.filter(|trial| trial.from <= at);
    // One that is tried before its first payment is there already.
    if own.life.from > at && trial.is_none() {
        return None;
    }
    Some(Subscription {
        life: Times {
            from: own.life.from,
            to: own.life.to.filter(|to| *to <= at),
        },
        trial,
        stops: stops
            .filter_map(|(times, why)| Some((known(*times, at)?, *why)))
            .collect(),
        late: own.late.iter().filter_map(|it| known(*it, at)).collect(),
        ..own.clone()
    })
}

fn told_at(customer: &Customer, at: Second) -> Customer {
    let subscriptions = customer.subscriptions.iter();
    Customer {
        country: customer.country,
        subscriptions: subscriptions.filter_map(|it| happened(it, at)).collect(),
        bills: customer
            .bills
            .iter()
            .filter(|bill| bill.at <= at)
            .cloned()
            .collect(),
    }
}

/// The same without anything to come.
fn without_a_future(customer: &Customer, at: Second) -> Customer {
    let mut customer = told_at(customer, at);
    for own in &mut customer.subscriptions {
        own.asked = own.asked.filter(|asked| *asked <= at);
        own.trial = own.trial.and_then(|trial| known(trial, at));
        own.stretches.retain(|stretch| stretch.from <= at);
        own.usage.retain(|usage| usage.times.from <= at);
        for usage in &mut own.usage {
            usage.times.to = usage.times.to.filter(|to| *to <= at);
        }
    }
    customer
}

/// What a rollup says to anybody. In the ledger of everybody only people are counted: its money is none, and whether a
/// customer has more or less of it depends on whether it ever has a second currency.
fn said(rollup: &Rollup) -> Rollup {
    let mut rollup = rollup.clone();
    rollup.ledgers.insert(None, rollup.everybody());
    if let Some(people) = rollup.ledgers.get_mut(&None) {
        for row in people.days.values_mut() {
            row.moved = Default::default();
            row.movers[Movement::Expansion.place()] = 0;
            row.movers[Movement::Contraction.place()] = 0;
        }
        for row in people.periods.iter_mut().flat_map(BTreeMap::values_mut) {
            row.kept = Tally::default();
            row.shrunk = Tally::default();
        }
        for row in people.cohorts.values_mut() {
            row.monthly = Tally::default();
        }
    }
    pruned(&rollup)
}

fn knows_no_future(world: &World, policy: &Policy, days: &Days) -> Result<(), String> {
    let cut: Vec<Customer> = world
        .customers
        .iter()
        .map(|it| without_a_future(it, world.as_of))
        .collect();
    let with = engine::of_world(world, policy, days);
    let without = engine::rollup(&cut, policy, days, world.as_of);
    if said(&with) != said(&without) {
        return Err(format!("what is to come shows under {policy:?}"));
    }
    Ok(())
}

fn stands_until_it_is_told_to_change(
    world: &World,
    policy: &Policy,
    days: &Days,
) -> Result<(), String> {
    let fold = Fold {
        policy,
        days,
        horizon: world.as_of,
    };
    for customer in &world.customers {
        let told = told_at(customer, world.as_of);
        let alone = std::slice::from_ref(&told);
        let change = fold.next_change(&engine::customer(&told));
        let before = change.map_or(world.as_of + 400 * DAY, |at| at - 1);
        let now = engine::rollup(alone, policy, days, world.as_of);
        let then = engine::rollup(alone, policy, days, before);
        if said(&now) != said(&then) {
            return Err(format!(
                "something changed before {} under {policy:?}",
                telling::at(before)
            ));
        }
    }
    Ok(())
}

#[test]
fn figures_know_nothing_of_what_is_to_come() {
    check(
        "no future",
        200,
        &(making::worlds(), rules::any(), zones()),
        |(world, ..)| telling::world(world),
        |(world, policy, zone)| knows_no_future(world, policy, &engine::days(*zone)),
    );
}

#[test]
fn time_alone_changes_nothing_before_the_instant_that_is_told() {
    check(
        "next change",
        200,
        &(making::worlds(), rules::any(), zones()),
        |(world, ..)| telling::world(world),
        |(world, policy, zone)| {
            stands_until_it_is_told_to_change(world, policy, &engine::days(*zone))
        },
    );
}
