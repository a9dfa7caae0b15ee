//! The random worlds do meet what there is to tell: a property over worlds in which nothing happens proves nothing.

use crate::calendar::Day;
use crate::figures_agree::days_of;
use crate::tape::{Kind, Ledger, Tape, tapes};
use crate::world::{Money, World};
use crate::{making, rules, runner::check};
use chrono_tz::Tz;
use std::cell::RefCell;
use std::collections::BTreeMap;

type Met = BTreeMap<String, u32>;

fn count(met: &mut Met, what: &str, so: bool) {
    *met.entry(what.to_owned()).or_default() += u32::from(so);
}

/// In how many worlds each thing happens.
fn look(met: &mut Met, world: &World, days: &[Day], policy: &str) {
    let policy = rules::table()
        .into_iter()
        .find(|it| it.id == policy)
        .unwrap();
    let tapes = tapes(world, days, &policy);
    let own: Vec<&Tape> = tapes
        .iter()
        .flat_map(|it| Money::ALL.map(|money| it.tape(Ledger::Of(money))))
        .collect();
    let steps = || own.iter().flat_map(|tape| &tape.steps);
    let beings = || own.iter().flat_map(|tape| &tape.beings);
    for kind in Kind::ALL {
        let what = format!("{kind:?}");
        count(met, &what, steps().any(|step| step.kind == Some(kind)));
    }
    let for_nothing = steps().any(|step| step.churned && step.kind.is_none());
    count(met, "churn of no money", for_nothing);
    count(met, "free", beings().any(|it| it.free && !it.above));
    let paused = beings().any(|it| it.paused && !it.above && !it.free);
    count(met, "paused", paused);
    count(met, "unknown", beings().any(|it| it.unknown > 0));
    let ending = beings().any(|it| it.monthly != it.committed);
    count(met, "asked to end", ending);
    let twice = own.iter().any(|tape| {
        let gone = tape.steps.iter().filter(|step| step.churned);
        gone.count() > 1
    });
    count(met, "churned twice", twice);
    let both = tapes.iter().any(|it| {
        let above = |money| {
            let beings = &it.tape(Ledger::Of(money)).beings;
            beings.iter().any(|being| being.above)
        };
        Money::ALL.into_iter().all(above)
    });
    count(met, "two currencies", both);
    let converted = tapes.iter().flat_map(|it| &it.own).any(|own| {
        let trial = own.subscription.trial.and_then(|trial| trial.to);
        trial.is_some_and(|to| to <= world.as_of && own.at(to).monthly() > own.at(to - 1).monthly())
    });
    count(met, "converted", converted);
}

#[test]
fn worlds_meet_what_there_is_to_tell() {
    let met = RefCell::new(Met::new());
    let worlds = RefCell::new(0);
    check(
        "coverage",
        100,
        &making::worlds(),
        |_| String::new(),
        |world| {
            *worlds.borrow_mut() += 1;
            let days = days_of(world, Tz::UTC);
            look(&mut met.borrow_mut(), world, &days, "coffer-1");
            Ok(())
        },
    );
    let (met, worlds) = (met.into_inner(), worlds.into_inner());
    println!("of {worlds} worlds: {met:?}");
    for (what, count) in met {
        assert!(count * 20 >= worlds, "{what} in {count} of {worlds} worlds");
    }
}
