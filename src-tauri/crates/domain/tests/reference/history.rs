//! A rollup that customers are taken out of and put into is the one that a rebuild from nothing gives, after each step.
//!
//! Both are compared whole, row by row, and not only in what they tell: a remainder that cancels out today shows tomorrow.

use crate::figures_agree::zones;
use crate::overflow::with_decimals;
use crate::world::{Customer, Second, World};
use crate::{engine, making, rules, runner::check, telling};
use coffer_domain::metric::days::Days;
use coffer_domain::metric::movement::Movement;
use coffer_domain::metric::policy::Policy;
use coffer_domain::metric::rollup::{
    Dimension, Fold, Ledger, Rollup, Row, Sign, Slices, put_sliced,
};
use std::collections::BTreeMap;
use std::fmt::Write as _;

const DIMENSIONS: [Dimension; 3] = [Dimension::Plan, Dimension::Country, Dimension::Rhythm];

/// A rollup and what it is cut into.
#[derive(Debug, Clone, PartialEq, Default)]
struct Folded {
    whole: Rollup,
    slices: [Slices; 3],
}

impl Folded {
    fn put(&mut self, own: &Customer, fold: &Fold<'_>, sign: Sign) {
        let facts = engine::customer(own);
        self.whole.put(&facts, fold, sign);
        for (slices, by) in self.slices.iter_mut().zip(DIMENSIONS) {
            put_sliced(slices, &facts, fold, Some(by), sign);
        }
    }

    fn of(customers: &[Customer], fold: &Fold<'_>) -> Self {
        let mut folded = Self::default();
        for own in customers {
            folded.put(own, fold, Sign::Plus);
        }
        folded
    }

    /// The same without rows that say nothing, which is all that taking away leaves behind.
    fn told(&self) -> Self {
        let mut slices = self.slices.clone();
        for parts in &mut slices {
            parts.values_mut().for_each(|part| *part = pruned(part));
            parts.retain(|_, part| *part != Rollup::default());
        }
        Self {
            whole: pruned(&self.whole),
            slices,
        }
    }
}

/// A rollup without rows that say nothing.
pub(crate) fn pruned(rollup: &Rollup) -> Rollup {
    fn rows<K: Ord, R: Row>(rows: &mut BTreeMap<K, R>) {
        rows.retain(|_, row| !row.is_empty());
    }
    let mut rollup = rollup.clone();
    for ledger in rollup.ledgers.values_mut() {
        rows(&mut ledger.days);
        ledger.periods.iter_mut().for_each(rows);
        rows(&mut ledger.cohorts);
    }
    rollup.ledgers.retain(|_, own| *own != Ledger::default());
    rollup
}

/// "Opening + new + reactivation + expansion − contraction − churn = closing, for every currency and every day": what
/// movements come to is by how much the worth of the intervals changed.
pub(crate) fn movements_are_the_net_change(rollup: &Rollup) -> Result<(), String> {
    for (currency, ledger) in &rollup.ledgers {
        if currency.is_none() {
            continue;
        }
        for (day, row) in &ledger.days {
            let mut left = row.net.sum().map_err(|it| it.to_string())?;
            for movement in Movement::ALL {
                let moved = &row.moved[movement.place()];
                let moved = moved.sum().map_err(|it| it.to_string())?;
                if movement.is_loss() {
                    left.merge(&moved);
                } else {
                    left.merge(&moved.negated());
                }
            }
            if left.exact_text() != "0/1" {
                return Err(format!(
                    "{currency:?} on {day}: {} is left",
                    left.exact_text()
                ));
            }
        }
    }
    Ok(())
}

fn grows_as_a_rebuild(
    world: &World,
    steps: &[(usize, Customer)],
    policy: &Policy,
    days: &Days,
) -> Result<(), String> {
    let fold = Fold {
        policy,
        days,
        horizon: world.as_of,
    };
    let mut customers = world.customers.clone();
    let mut grown = Folded::of(&customers, &fold);
    movements_are_the_net_change(&grown.whole)?;
    for (number, (place, next)) in steps.iter().enumerate() {
        // A place beyond the last is that of a customer who was never there.
        if let Some(before) = customers.get_mut(*place) {
            grown.put(before, &fold, Sign::Minus);
            *before = next.clone();
        } else {
            customers.push(next.clone());
        }
        grown.put(next, &fold, Sign::Plus);
        let rebuilt = Folded::of(&customers, &fold);
        if grown.told() != rebuilt.told() {
            return Err(format!("after step {number}, under {policy:?}"));
        }
        movements_are_the_net_change(&grown.whole)?;
        let mut merged = Rollup::default();
        for own in &customers {
            let alone = std::slice::from_ref(own);
            merged.merge(engine::rollup(alone, policy, days, world.as_of));
        }
        if pruned(&merged) != pruned(&rebuilt.whole) {
            return Err(format!("merged after step {number}, under {policy:?}"));
        }
    }
    Ok(())
}

fn leaves_nothing(world: &World, policy: &Policy, days: &Days) -> Result<(), String> {
    let horizon: Second = world.as_of;
    let fold = Fold {
        policy,
        days,
        horizon,
    };
    let mut folded = Folded::of(&world.customers, &fold);
    for own in &world.customers {
        folded.put(own, &fold, Sign::Minus);
    }
    if folded.told() != Folded::default() {
        return Err(format!("something is left under {policy:?}"));
    }
    Ok(())
}

#[test]
fn after_each_step_of_a_history_a_rollup_is_what_a_rebuild_gives() {
    check(
        "histories",
        200,
        &(making::histories(), rules::any(), zones()),
        |((world, steps), ..)| {
            let mut text = telling::world(world);
            for (place, next) in steps {
                write!(text, "then {place} becomes {}", telling::customer(next)).unwrap();
            }
            text
        },
        |((world, steps), policy, zone)| {
            let days = engine::days(*zone);
            grows_as_a_rebuild(world, steps, policy, &days)?;
            leaves_nothing(world, policy, &days)?;
            // The same where sums do not always fit: what was left out is left out again when it is taken away.
            let odd = World {
                customers: world.customers.iter().map(with_decimals).collect(),
                ..world.clone()
            };
            let steps: Vec<_> = steps
                .iter()
                .map(|(place, next)| (*place, with_decimals(next)))
                .collect();
            grows_as_a_rebuild(&odd, &steps, policy, &days)?;
            leaves_nothing(&odd, policy, &days)
        },
    );
}
