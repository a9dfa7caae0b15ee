//! A second sync brings what changed since, and the numbers stay the merchant's own.

use anyhow::{Result, ensure};
use chrono::TimeDelta;
use coffer_sim::{ServerOptions, round_half_even};
use coffer_tests::{Desk, Merchant, list_path, same_count, world};

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
            let shown = counts.get(list_path(name).as_str()).copied();
            ensure!(
                same_count(name, resource["stored"].as_u64(), shown),
                "{name} after {days} days: {resource} against {shown:?}"
            );
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
    let before = merchant.server()?.journal().len();
    desk.run(&["--json", "--mode", "test", "sync"])?.well()?;
    let journal = merchant.server()?.journal();
    let walked: Vec<&str> = journal
        .iter()
        .skip(before)
        .map(|entry| entry.path.as_str())
        .filter(|path| path.matches('/').count() == 2 && *path != "/v1/events")
        .collect();
    ensure!(
        journal.len() > before && walked.is_empty(),
        "a second sync reads events and no list: {walked:?}"
    );
    Ok(())
}

#[test]
fn a_right_taken_away_from_the_key_makes_the_copy_incomplete_and_loses_nothing() -> Result<()> {
    let spec = world(44, 80)?;
    let later = spec.now + TimeDelta::days(3);
    let merchant = Merchant::start(spec)?;
    let desk = Desk::new()?;
    desk.add(&merchant)?;
    desk.run(&["--json", "--mode", "test", "sync"])?.well()?;
    merchant
        .server()?
        .set_denied(vec!["rak_invoice_read".to_owned()]);
    merchant.advance_to(later)?;
    let blind = desk.run(&["--json", "--mode", "test", "sync"])?;
    ensure!(
        blind.code == Some(3),
        "what changed could not be read: {blind:?}"
    );
    ensure!(
        blind.json()?["accounts"][0]["warnings"]
            .to_string()
            .contains("invoices"),
        "and it is said: {}",
        blind.stdout
    );
    // Given back, the changes told meanwhile are read after all.
    merchant.server()?.set_denied(Vec::new());
    let seeing = desk.run(&["--json", "--mode", "test", "sync"])?.well()?;
    let world = merchant.world()?;
    let counts = world
        .read()
        .map_err(|_| anyhow::anyhow!("the world is poisoned"))?
        .counts();
    let stored = seeing["accounts"][0]["resources"]["invoices"]["stored"].as_u64();
    ensure!(
        stored == counts.get("/v1/invoices").copied(),
        "{stored:?} against {counts:?}"
    );
    Ok(())
}

#[test]
fn a_key_that_may_not_read_events_walks_the_lists_every_time() -> Result<()> {
    let spec = world(45, 60)?;
    let later = spec.now + TimeDelta::days(9);
    let options = ServerOptions {
        deny: vec!["rak_event_read".to_owned()],
        ..ServerOptions::new(spec)
    };
    let merchant = Merchant::start_with(options)?;
    let desk = Desk::new()?;
    desk.add(&merchant)?;
    ensure!(
        desk.run(&["--json", "--mode", "test", "sync"])?.code == Some(3),
        "it is told as incomplete"
    );
    merchant.advance_to(later)?;
    let again = desk.run(&["--json", "--mode", "test", "sync"])?.json()?;
    let world = merchant.world()?;
    let counts = world
        .read()
        .map_err(|_| anyhow::anyhow!("the world is poisoned"))?
        .counts();
    for (name, resource) in again["accounts"][0]["resources"]
        .as_object()
        .into_iter()
        .flatten()
    {
        let shown = counts.get(list_path(name).as_str()).copied();
        ensure!(
            same_count(name, resource["stored"].as_u64(), shown),
            "{name}: {resource} against {shown:?}"
        );
    }
    Ok(())
}

#[test]
fn a_removed_account_no_longer_counts() -> Result<()> {
    let (one, other) = (
        Merchant::start(world(46, 30)?)?,
        Merchant::start(world(47, 30)?)?,
    );
    let desk = Desk::new()?;
    desk.add(&one)?;
    let added = desk.add(&other)?;
    desk.run(&["--json", "--mode", "test", "sync"])?.well()?;
    let metrics = [
        "--json",
        "--mode",
        "test",
        "metrics",
        "--metric",
        "mrr,active_subscribers",
        "--currency",
        "each",
    ];
    let both = desk.run(&metrics)?.well()?;
    let id = added["account"]["id"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    desk.run(&["--json", "account", "remove", &id])?.well()?;
    let left = desk.run(&metrics)?.well()?;
    ensure!(
        both["series"] != left["series"],
        "the other account's subscribers are gone from the figures"
    );
    let customers = desk
        .run(&["--json", "--mode", "test", "customers", "--limit", "200"])?
        .well()?;
    let shown = customers["items"].as_array().map_or(0, Vec::len) as u64;
    ensure!(
        customers["total"].as_u64() == Some(shown),
        "and from the table: {} of {}",
        shown,
        customers["total"]
    );
    // Added again, its data is there at once.
    desk.add(&other)?;
    ensure!(
        desk.run(&metrics)?.json()?["series"] == both["series"],
        "its data had stayed"
    );
    Ok(())
}
