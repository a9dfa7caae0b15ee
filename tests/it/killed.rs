//! kill -9 at any instant of a first sync: the next run finishes with the same content as an undisturbed one.

use anyhow::{Context as _, Result, ensure};
use coffer_tests::{Desk, Merchant, world};
use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use serde_json::Value;
use std::time::{Duration, Instant};

const ROUNDS: u32 = 50;

/// What a home holds: the counts of every kind and the figures of every month, as text.
fn content(desk: &Desk) -> Result<String> {
    let doctor = desk.run(&["--json", "doctor"])?.well()?;
    let modes = doctor["modes"].as_array().context("modes")?;
    let test = modes
        .iter()
        .find(|mode| mode["mode"] == "test")
        .context("the test file")?;
    ensure!(
        test["damage"].as_array().is_some_and(Vec::is_empty),
        "the file is sound: {test}"
    );
    let figures = desk
        .run(&[
            "--json",
            "--mode",
            "test",
            "metrics",
            "--metric",
            "mrr,active_subscribers",
            "--currency",
            "each",
            "--every",
            "month",
            "--from",
            "2024-11-01",
        ])?
        .well()?;
    let lists = [
        "customers",
        "subscriptions",
        "invoices",
        "payments",
        "refunds",
    ];
    let mut out = format!("{}\n{figures}\n", test["objects"]);
    for list in lists {
        let items: Value = desk
            .run(&["--json", "--mode", "test", list, "--limit", "1000"])?
            .well()?;
        out.push_str(&items.to_string());
        out.push('\n');
    }
    Ok(out)
}

#[test]
fn a_first_sync_killed_at_fifty_instants_ends_with_the_same_content() -> Result<()> {
    let merchant = Merchant::start(world(11, 16)?)?;
    let undisturbed = Desk::new()?;
    undisturbed.add(&merchant)?;
    let began = Instant::now();
    undisturbed
        .run(&["--json", "--mode", "test", "sync"])?
        .well()?;
    let whole = began.elapsed();
    let expected = content(&undisturbed)?;

    let seed = 20_261_121;
    println!("seed {seed}, an undisturbed sync takes {whole:?}");
    let mut dice = ChaCha8Rng::seed_from_u64(seed);
    let mut killed = 0;
    let mut desk = Desk::new()?;
    desk.add(&merchant)?;
    for round in 0..ROUNDS {
        // Some homes are killed once and some again and again before they may finish.
        let after = whole.mul_f64(dice.random_range(0.0..1.0));
        let mut child = desk
            .command(&["--json", "--mode", "test", "sync"])?
            .spawn()?;
        std::thread::sleep(after);
        if child.try_wait()?.is_none() {
            child.kill()?;
            killed += 1;
        }
        child.wait()?;
        if dice.random_range(0..3) > 0 {
            let finished = desk.run(&["--json", "--mode", "test", "sync"])?.well()?;
            ensure!(
                finished["accounts"][0]["complete"] == true,
                "round {round}: {finished}"
            );
            ensure!(
                content(&desk)? == expected,
                "round {round}, killed after {after:?}: the content differs"
            );
            desk = Desk::new()?;
            desk.add(&merchant)?;
        }
    }
    ensure!(
        killed >= ROUNDS / 2,
        "most rounds were killed on the way, {killed} of {ROUNDS}"
    );
    Ok(())
}

#[test]
fn a_sync_that_was_killed_is_never_told_as_complete() -> Result<()> {
    let merchant = Merchant::start(world(12, 150)?)?;
    let desk = Desk::new()?;
    desk.add(&merchant)?;
    let mut child = desk
        .command(&["--json", "--mode", "test", "sync"])?
        .spawn()?;
    std::thread::sleep(Duration::from_millis(600));
    ensure!(child.try_wait()?.is_none(), "the sync is still on its way");
    child.kill()?;
    child.wait()?;
    let accounts = desk.run(&["--json", "account", "list"])?.well()?;
    ensure!(accounts["items"][0]["complete"] == false, "{accounts}");
    let figures = desk.run(&["--json", "--mode", "test", "metrics", "--metric", "mrr"])?;
    ensure!(
        figures.code == Some(3),
        "figures of a partial copy end with 3, not {:?}",
        figures.code
    );
    ensure!(figures.json()?["complete"] == false, "and say so");
    Ok(())
}
