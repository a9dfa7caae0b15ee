//! A second sync brings what changed since, and the numbers stay the merchant's own.

use anyhow::{Result, ensure};
use chrono::TimeDelta;
use coffer_sim::round_half_even;
use coffer_tests::{Desk, Merchant, world};

#[test]
fn after_days_have_passed_the_numbers_are_the_merchants_own_again() -> Result<()> {
    let spec = world(42, 120)?;
    let mut now = spec.now;
    let merchant = Merchant::start(spec)?;
    let desk = Desk::new()?;
    desk.add(&merchant)?;
    desk.run(&["--json", "--mode", "test", "sync"])?.well()?;
    // A day, a week, and longer than the provider remembers.
    for days in [1, 7, 40] {
        now += TimeDelta::days(days);
        merchant.advance_to(now)?;
        let synced = desk.run(&["--json", "--mode", "test", "sync"])?.well()?;
        ensure!(
            synced["accounts"][0]["complete"] == true,
            "after {days} days: {synced}"
        );
        let answer = desk
            .run(&[
                "--json",
                "--mode",
                "test",
                "metrics",
                "--metric",
                "mrr",
                "--currency",
                "each",
            ])?
            .well()?;
        let world = merchant.world()?;
        let world = world
            .read()
            .map_err(|_| anyhow::anyhow!("the world is poisoned"))?;
        for ledger in answer["series"].as_array().into_iter().flatten() {
            let code = ledger["currency"].as_str().unwrap_or_default();
            let last = ledger["points"]
                .as_array()
                .and_then(|points| points.last())
                .cloned()
                .unwrap_or_default();
            let (num, den) = world.mrr_at(now).get(code).copied().unwrap_or((0, 1));
            let expected = i64::try_from(round_half_even(num, den))?;
            ensure!(
                last["mrr"].as_i64() == Some(expected),
                "{code} after {days} days: {last} against {expected}"
            );
        }
        let counts = world.counts();
        for (name, resource) in synced["accounts"][0]["resources"]
            .as_object()
            .into_iter()
            .flatten()
        {
            // Fees are told by no event of their own, and deleted customers stay as deleted.
            if let Some(count) = counts.get(format!("/v1/{name}").as_str()) {
                ensure!(
                    resource["stored"].as_u64() == Some(*count),
                    "{name} after {days} days: {resource} against {count}"
                );
            }
        }
    }
    Ok(())
}

#[test]
fn a_sync_with_nothing_new_asks_little() -> Result<()> {
    let merchant = Merchant::start(world(43, 60)?)?;
    let desk = Desk::new()?;
    desk.add(&merchant)?;
    desk.run(&["--json", "--mode", "test", "sync"])?.well()?;
    let again = desk.run(&["--json", "--mode", "test", "sync"])?.well()?;
    let requests = again["accounts"][0]["requests"]
        .as_u64()
        .unwrap_or(u64::MAX);
    ensure!(
        requests <= 30,
        "a second sync reads changes, not lists: {requests} requests"
    );
    Ok(())
}
