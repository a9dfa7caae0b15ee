//! Engine and reference tell the same, for every metric, policy, length of period, currency and zone.

use crate::calendar::{Day, Length, date_at, days, periods};
use crate::cohorts::{self, cohorts};
use crate::metrics::{are_movements, value};
use crate::naive::{Figures, Known, View};
use crate::runner::check;
use crate::tape::{Kind, Ledger, Taped, tapes};
use crate::world::{DAY, Money, World};
use crate::worth::{Exact, exact};
use crate::{engine, making, rules, telling};
use chrono_tz::Tz;
use coffer_domain::metric::days::Days;
use coffer_domain::metric::figures::{self, Ledgers, Metric, Value, tell};
use coffer_domain::metric::movement::Movement;
use coffer_domain::metric::policy::Policy;
use coffer_domain::metric::rollup::Rollup;
use coffer_domain::ratio::{Ratio, Sum};
use proptest::prelude::*;
use proptest::sample::select;
use std::cell::RefCell;

/// Zones: one without summer time, one in the north, one in the south and far ahead, one that skips a midnight.
pub(crate) fn zones() -> impl Strategy<Value = Tz> {
    select(vec![
        Tz::UTC,
        Tz::Europe__Berlin,
        Tz::Pacific__Auckland,
        Tz::Asia__Beirut,
    ])
}

/// The days of a world, from well before anybody came.
pub(crate) fn days_of(world: &World, zone: Tz) -> Vec<Day> {
    let first = world
        .customers
        .iter()
        .flat_map(|it| {
            let bills = it.bills.iter().map(|bill| bill.at);
            let lives = it.subscriptions.iter().map(|own| own.life.from);
            bills.chain(lives)
        })
        .chain([world.as_of])
        .min()
        .unwrap();
    days(date_at(first - 8 * DAY, zone), world.as_of, zone)
}

/// Thousandths of the reporting currency for one of another, on a day.
pub(crate) fn thousandths(world: &World, money: Money, day: i32) -> i64 {
    let own = match money {
        Money::Usd => 7,
        Money::Eur => 13,
    };
    let mixed = (world.rates * own + u64::try_from(day).unwrap() * own * 2_654_435_761) >> 9;
    800 + i64::try_from(mixed % 400).unwrap()
}

/// A world as the reference and the engine have it, under one policy.
struct Both<'a> {
    world: &'a World,
    zone: Tz,
    policy: &'a Policy,
    days: &'a [Day],
    tapes: &'a [Taped<'a>],
    rollup: &'a Rollup,
}

impl Both<'_> {
    fn agree(&self, length: Length, view: View) -> Result<(), String> {
        let periods = periods(self.days, length);
        let asked = engine::periods(&periods, length, self.world.as_of, self.zone);
        let known = Known {
            days: self.days,
            as_of: self.world.as_of,
            customers: self.tapes,
            policy: self.policy,
        };
        let own_rate = |money: Money, place: usize| -> Exact {
            match view {
                View::One(_) => exact((1, 1)),
                View::All => {
                    let day = engine::number_of(&self.days[place]);
                    exact((thousandths(self.world, money, day), 1_000))
                }
            }
        };
        let own: Vec<Figures> = periods
            .iter()
            .map(|period| known.figures(*period, view, &own_rate))
            .collect();
        let their_rate = |currency, day| {
            let money = Money::ALL
                .into_iter()
                .find(|it| engine::currency(*it) == currency)?;
            Ratio::new(thousandths(self.world, money, day).into(), 1_000).ok()
        };
        let ledgers = match view {
            View::One(money) => Ledgers::One(engine::currency(money)),
            View::All => Ledgers::All(&their_rate),
        };
        let told = tell(self.rollup, &asked, &ledgers, self.policy).map_err(|it| it.to_string())?;
        if !told.unconverted.is_empty() || told.figures.len() != own.len() {
            return Err(format!("unconverted {:?}", told.unconverted));
        }
        for (place, (ours, theirs)) in own.iter().zip(&told.figures).enumerate() {
            let asked = |what: String| {
                let policy = &self.policy;
                format!(
                    "{what}\nfor {length:?} {} of {view:?} in {} under {policy:?}",
                    periods[place].label, self.zone
                )
            };
            same_figures(ours, theirs, view).map_err(asked)?;
            // Exact figures are compared on every day. What they are told as follows from them, and is compared on some days.
            let some = u64::try_from(place).unwrap() % 3 == self.world.rates % 3;
            if length == Length::Day && !some {
                continue;
            }
            for metric in Metric::ALL {
                same_value(metric, &own, &told.figures, place, self.policy).map_err(asked)?;
            }
        }
        Ok(())
    }

    fn cohorts_agree(&self, ledger: Ledger) -> Result<(), String> {
        let until = cohorts::number(date_at(self.world.as_of, self.zone));
        let theirs = match ledger {
            Ledger::Of(money) => {
                let own = self.rollup.ledgers.get(&Some(engine::currency(money)));
                own.cloned().unwrap_or_default()
            }
            Ledger::Everyone => self.rollup.everybody(),
        };
        let theirs = figures::cohorts(&theirs, until);
        let mut ours = cohorts(self.days, self.tapes, ledger, self.policy);
        let mut told = std::collections::BTreeMap::new();
        for (month, cohort) in theirs {
            let monthly = cohort.monthly.iter();
            let mut own = cohorts::Cohort {
                size: cohort.size,
                active: cohort.active,
                monthly: monthly.map(|it| it.sum().unwrap().rational()).collect(),
            };
            if ledger == Ledger::Everyone {
                own.monthly.clear();
            }
            told.insert(month, own);
        }
        if ledger == Ledger::Everyone {
            ours.values_mut().for_each(|it| it.monthly.clear());
        }
        if ours == told {
            return Ok(());
        }
        Err(format!(
            "cohorts of {ledger:?}: the definitions {ours:?}, the engine {told:?}\nin {} under {:?}",
            self.zone, self.policy
        ))
    }
}

fn same<T: PartialEq + std::fmt::Debug>(what: &str, ours: &T, theirs: &T) -> Result<(), String> {
    if ours == theirs {
        return Ok(());
    }
    Err(format!(
        "{what}: the definitions {ours:?}, the engine {theirs:?}"
    ))
}

fn same_sum(what: &str, ours: &Exact, theirs: &Sum) -> Result<(), String> {
    let theirs = theirs.rational();
    if *ours == theirs {
        return Ok(());
    }
    Err(format!(
        "{what}: the definitions {ours}, the engine {theirs}"
    ))
}

fn same_figures(ours: &Figures, theirs: &figures::Figures, view: View) -> Result<(), String> {
    same("unfit", &0, &theirs.unfit)?;
    same_sum("opening", &ours.opening, &theirs.opening)?;
    same_sum("closing", &ours.closing, &theirs.closing)?;
    for (kind, movement) in Kind::ALL.into_iter().zip(Movement::ALL) {
        same("order", &format!("{kind:?}"), &format!("{movement:?}"))?;
        let (own, their) = (kind as usize, movement.place());
        same_sum(movement.name(), &ours.moved[own], &theirs.moved[their])?;
        // Whether a customer of two currencies has more or less is a question of money, which does not add.
        let counted = matches!(kind, Kind::New | Kind::Churn | Kind::Reactivation);
        if counted || view != View::All {
            let what = format!("customers with {}", movement.name());
            same(&what, &ours.movers[own], &theirs.movers[their])?;
        }
    }
    same_sum("fx", &ours.fx, &theirs.fx)?;
    same_sum("committed", &ours.committed, &theirs.committed)?;
    same("active before", &ours.active_before, &theirs.active_before)?;
    same("active", &ours.active, &theirs.active)?;
    same("lost", &ours.lost, &theirs.lost)?;
    same_sum("kept", &ours.kept, &theirs.kept)?;
    same_sum("kept at most", &ours.kept_at_most, &theirs.kept_at_most)?;
    same_sum("kept of", &ours.kept_of, &theirs.kept_of)?;
    same("trials", &ours.trials, &theirs.trials)?;
    let conversion = theirs.trial_conversion;
    same("trial conversion", &ours.trial_conversion, &conversion)?;
    same("churn", &ours.churn, &theirs.churn)?;
    same_sum("failed", &ours.failed, &theirs.failed)?;
    same_sum("recovered", &ours.recovered, &theirs.recovered)?;
    same("bases", &ours.bases, &theirs.bases)?;
    same("unknown", &ours.unknown, &theirs.unknown)
}

fn same_value(
    metric: Metric,
    ours: &[Figures],
    theirs: &[figures::Figures],
    place: usize,
    policy: &Policy,
) -> Result<(), String> {
    let told = figures::value(metric, theirs, place, policy).map_err(|it| it.to_string())?;
    if let Value::Movements(moved) = &told {
        return are_movements(moved, &ours[place]);
    }
    match value(metric, ours, place, policy) {
        Some(own) => same(metric.name(), &own, &told),
        // Money that moved is nothing that subscriptions know.
        None => same(metric.name(), &Value::Money(None), &told),
    }
}

/// What is compared of a world under a policy: periods of a length, or cohorts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Periods(Length, View),
    Cohorts(Ledger),
}

fn parts(lengths: &[Length]) -> Vec<Part> {
    let views = [View::One(Money::Usd), View::One(Money::Eur), View::All];
    let mut parts: Vec<Part> = Ledger::ALL.into_iter().map(Part::Cohorts).collect();
    for length in lengths {
        parts.extend(views.map(|view| Part::Periods(*length, view)));
    }
    parts
}

/// Weeks and months under every policy. Days take most of the time: under the first, and under each of the others in every
/// third world.
fn lengths(world: &World, place: usize) -> &'static [Length] {
    let place = u64::try_from(place).unwrap();
    if place == 0 || (world.rates + place).is_multiple_of(3) {
        &[Length::Day, Length::Week, Length::Month]
    } else {
        &[Length::Week, Length::Month]
    }
}

fn agree(world: &World, policy: &Policy, zone: Tz, parts: &[Part]) -> Result<(), (Part, String)> {
    let table: &Days = &engine::days(zone);
    let days = days_of(world, zone);
    let tapes = tapes(world, &days, policy);
    let rollup = engine::of_world(world, policy, table);
    let both = Both {
        world,
        zone,
        policy,
        days: &days,
        tapes: &tapes,
        rollup: &rollup,
    };
    for part in parts {
        let found = match part {
            Part::Periods(length, view) => both.agree(*length, *view),
            Part::Cohorts(ledger) => both.cohorts_agree(*ledger),
        };
        found.map_err(|why| (*part, why))?;
    }
    Ok(())
}

/// Every part of a world, under one policy.
pub(crate) fn agree_on_everything(world: &World, policy: &Policy, zone: Tz) -> Result<(), String> {
    agree(world, policy, zone, &parts(&Length::ALL)).map_err(|(_, why)| why)
}

/// What failed first is all that is looked at while a smaller world is sought: it is then found the sooner.
#[derive(Default)]
struct Sought(RefCell<Option<(Policy, Part)>>);

impl Sought {
    fn agree(&self, world: &World, policies: &[Policy], zone: Tz) -> Result<(), String> {
        let sought = self.0.borrow().clone();
        for (place, policy) in policies.iter().enumerate() {
            let parts = match &sought {
                Some((wanted, _)) if wanted != policy => continue,
                Some((_, part)) => vec![*part],
                None => parts(lengths(world, place)),
            };
            if let Err((part, why)) = agree(world, policy, zone, &parts) {
                self.0.replace(Some((policy.clone(), part)));
                return Err(why);
            }
        }
        Ok(())
    }
}

#[test]
fn every_figure_is_the_references_under_the_published_policies() {
    let sought = Sought::default();
    let table = rules::table();
    check(
        "published policies",
        200,
        &(making::worlds(), zones()),
        |(world, _)| telling::world(world),
        |(world, zone)| sought.agree(world, &table, *zone),
    );
}

#[test]
fn every_figure_is_the_references_under_policies_of_ones_own() {
    let sought = Sought::default();
    check(
        "own policies",
        200,
        &(making::worlds(), rules::own(), zones()),
        |(world, ..)| telling::world(world),
        |(world, policy, zone)| sought.agree(world, std::slice::from_ref(policy), *zone),
    );
}
