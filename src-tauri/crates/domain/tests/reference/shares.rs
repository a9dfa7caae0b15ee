//! A figure taken apart into its customers adds up to the figure, exactly.

use crate::calendar::{Length, periods};
use crate::figures_agree::{days_of, zones};
use crate::world::{Money, World};
use crate::worth::{Exact, whole};
use crate::{engine, making, rules, runner::check, telling};
use chrono_tz::Tz;
use coffer_domain::currency::Currency;
use coffer_domain::metric::explain::{Of, shares};
use coffer_domain::metric::facts::CustomerFacts;
use coffer_domain::metric::figures::{Figures, Ledgers, Period, tell};
use coffer_domain::metric::movement::Movement;
use coffer_domain::metric::policy::{Policy, TrialBase};
use coffer_domain::metric::rollup::Fold;
use coffer_domain::ratio::Ratio;
use num_bigint::BigInt;
use num_traits::Zero as _;

/// Everything that can be taken apart, with the figure it is a part of.
fn parts(it: &Figures, policy: &Policy, people_only: bool) -> Vec<(Of, Exact)> {
    let mut parts = vec![
        (Of::Active, whole(it.active)),
        (Of::Trials, whole(it.trials)),
        (Of::Lost, whole(it.lost)),
    ];
    if policy.trial_base == TrialBase::Ended {
        parts.push((Of::TrialsConverted, whole(it.trial_conversion.0)));
    }
    if people_only {
        return parts;
    }
    parts.extend([
        (Of::Mrr, it.closing.rational()),
        (Of::Committed, it.committed.rational()),
        (Of::Kept, it.kept.rational()),
        (Of::KeptAtMost, it.kept_at_most.rational()),
        (Of::Failed, it.failed.rational()),
        (Of::Recovered, it.recovered.rational()),
    ]);
    for movement in Movement::ALL {
        let moved = it.moved[movement.place()].rational();
        parts.push((Of::Moved(movement), moved));
    }
    parts
}

fn add_up(
    customers: &[CustomerFacts],
    currency: Option<Currency>,
    fold: &Fold<'_>,
    it: &Figures,
) -> Result<(), String> {
    let period: &Period = &it.period;
    for (of, figure) in parts(it, fold.policy, currency.is_none()) {
        let mut sum = Exact::zero();
        for facts in customers {
            let found = shares(facts, currency, fold, period, of);
            for share in found.map_err(|it| it.to_string())? {
                if share.exact.is_zero() {
                    return Err(format!("{of:?}: a share of nothing"));
                }
                sum += Exact::new(
                    BigInt::from(share.exact.numerator()),
                    BigInt::from(share.exact.denominator()),
                );
            }
        }
        if sum != figure {
            return Err(format!(
                "{of:?} of {currency:?} in the {:?} of {}: the shares {sum}, the figure {figure}\nunder {:?}",
                period.every, period.date, fold.policy
            ));
        }
    }
    Ok(())
}

fn all_add_up(world: &World, policy: &Policy, zone: Tz) -> Result<(), String> {
    let table = engine::days(zone);
    let fold = Fold {
        policy,
        days: &table,
        horizon: world.as_of,
    };
    let days = days_of(world, zone);
    let rollup = engine::of_world(world, policy, &table);
    let facts: Vec<CustomerFacts> = world.customers.iter().map(engine::customer).collect();
    let one = |_, _| Ratio::new(1, 1).ok();
    for length in Length::ALL {
        // Taking apart evaluates everything anew, so that a few days must do.
        let every = if length == Length::Day { 23 } else { 1 };
        let own: Vec<_> = periods(&days, length).into_iter().rev().collect();
        let own: Vec<_> = own.into_iter().step_by(every).collect();
        let asked = engine::periods(&own, length, world.as_of, zone);
        for money in [Some(Money::Usd), Some(Money::Eur), None] {
            let currency = money.map(engine::currency);
            let ledgers = currency.map_or(Ledgers::All(&one), Ledgers::One);
            let told = tell(&rollup, &asked, &ledgers, policy).map_err(|it| it.to_string())?;
            for it in &told.figures {
                add_up(&facts, currency, &fold, it)?;
            }
        }
    }
    Ok(())
}

#[test]
fn shares_add_up_to_their_figure() {
    check(
        "shares",
        200,
        &(making::worlds(), rules::any(), zones()),
        |(world, ..)| telling::world(world),
        |(world, policy, zone)| all_add_up(world, policy, *zone),
    );
}
