//! The numbers on the command line are the merchant's own, to the minor unit, present and past.

use anyhow::{Context as _, Result, bail, ensure};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use coffer_engine::desk::{AnyBooks, SecretsChoice};
use coffer_engine::domain::metric::evaluate::intervals;
use coffer_engine::domain::metric::policy::Policy;
use coffer_engine::domain::mode::ModeName;
use coffer_engine::store::table::{account, facts};
use coffer_engine::{Desk as EngineDesk, DeskOptions};
use coffer_sim::{World, round_half_even};
use coffer_tests::{Desk, Merchant, PASSPHRASE, instant, list_path, same_count, world};
use serde_json::Value;
use std::collections::BTreeMap;
use std::ops::ControlFlow;

/// The last second of a day, or the present when the day is not over.
fn end_of(day: &str, now: DateTime<Utc>) -> Result<DateTime<Utc>> {
    let day: NaiveDate = day.parse()?;
    let next = day
        .succ_opt()
        .context("the calendar ends")?
        .and_hms_opt(0, 0, 0)
        .context("midnight")?;
    Ok((next.and_utc() - TimeDelta::seconds(1)).min(now))
}

/// Compares every point of `metrics --currency each` with the world's own truth.
fn compare(desk: &Desk, merchant: &Merchant, every: &str, from: &str, seed: u64) -> Result<usize> {
    let arguments = [
        "--json",
        "--mode",
        "test",
        "metrics",
        "--metric",
        "mrr,active_subscribers,arpa",
        "--currency",
        "each",
        "--every",
        every,
        "--from",
        from,
    ];
    let answer = desk.run(&arguments)?.well()?;
    let world = merchant.world()?;
    let world = world
        .read()
        .map_err(|_| anyhow::anyhow!("the world is poisoned"))?;
    let now = world.present();
    let mut compared = 0;
    let series = answer["series"].as_array().context("series")?;
    ensure!(!series.is_empty(), "a world has at least one ledger");
    let points_of = |ledger: &Value| ledger["points"].as_array().cloned().unwrap_or_default();
    let days: Vec<String> = points_of(&series[0])
        .iter()
        .map(|point| point["date"].as_str().unwrap_or_default().to_owned())
        .collect();
    for (index, day) in days.iter().enumerate() {
        let at = end_of(day, now)?;
        let truth: BTreeMap<String, (i128, i128)> = world.mrr_at(at);
        let mut seen: BTreeMap<String, i64> = BTreeMap::new();
        for ledger in series {
            let point = &points_of(ledger)[index];
            let code = ledger["currency"].as_str().unwrap_or_default().to_owned();
            seen.insert(code, point["mrr"].as_i64().context("mrr")?);
        }
        let codes: std::collections::BTreeSet<&String> = truth.keys().chain(seen.keys()).collect();
        for code in codes {
            let expected = truth
                .get(code)
                .map_or(Ok(0), |(num, den)| exact(*num, *den))?;
            let found = seen.get(code).copied().unwrap_or(0);
            if found != expected {
                let differing = blame(desk, &world, at)?;
                bail!(
                    "seed {seed}, {code} at {at}: coffer says {found}, the merchant {expected}; {differing}"
                );
            }
            compared += 1;
        }
    }
    Ok(compared)
}

/// Names the subscriptions that differ, straight from the file.
fn blame(desk: &Desk, world: &World, at: DateTime<Utc>) -> Result<String> {
    let options = DeskOptions::new(
        desk.home().to_owned(),
        SecretsChoice::Passphrase(PASSPHRASE.into()),
    );
    let runtime = tokio::runtime::Runtime::new()?;
    let any = runtime
        .block_on(EngineDesk::open(options)?.books(ModeName::Test))?
        .context("test books")?;
    let AnyBooks::Test(books) = any else {
        bail!("these are live books")
    };
    let mut ours: BTreeMap<String, String> = BTreeMap::new();
    books.store.read(|read| {
        for row in account::all(read.sql())? {
            facts::scan(read.sql(), row.id.as_str(), "", |_, own| {
                for it in &own.subscriptions {
                    let now = intervals(it, &Policy::coffer_1())
                        .into_iter()
                        .find(|interval| interval.span.holds(at.timestamp()));
                    if let Some(now) = now {
                        ours.insert(it.id.clone(), now.monthly.to_string());
                    }
                }
                Ok(ControlFlow::Continue(()))
            })?;
        }
        Ok(())
    })?;
    let theirs: BTreeMap<String, String> = world
        .subscriptions_at(at)
        .into_iter()
        .map(|(id, (num, den))| (id, format!("{num}/{den}")))
        .collect();
    let ids: std::collections::BTreeSet<&String> = ours.keys().chain(theirs.keys()).collect();
    let differing: Vec<String> = ids
        .into_iter()
        .filter(|id| ours.get(*id) != theirs.get(*id))
        .map(|id| {
            format!(
                "{id}: coffer {:?}, merchant {:?}",
                ours.get(id),
                theirs.get(id)
            )
        })
        .collect();
    Ok(differing.join("; "))
}

fn exact(num: i128, den: i128) -> Result<i64> {
    let minor = round_half_even(num, den);
    Ok(i64::try_from(minor)?)
}

fn one_seed(seed: u64) -> Result<()> {
    let merchant = Merchant::start(world(seed, 150)?)?;
    let desk = Desk::new()?;
    desk.add(&merchant)?;
    let synced = desk.run(&["--json", "--mode", "test", "sync"])?.well()?;
    ensure!(
        synced["accounts"][0]["complete"] == true,
        "the first sync brings everything: {synced}"
    );
    let compared = compare(&desk, &merchant, "month", "2024-11-01", seed)?;
    ensure!(
        compared >= 25,
        "two years of month ends were compared, not {compared}"
    );
    // Every tenth seed is compared day by day as well: a month end can hide what happens between.
    if seed.is_multiple_of(10) {
        compare(&desk, &merchant, "day", "2024-11-01", seed)?;
    }
    Ok(())
}

macro_rules! seeds {
    ($($name:ident: $seed:expr;)*) => {$(
        #[test]
        fn $name() -> Result<()> {
            one_seed($seed)
        }
    )*};
}

// A test for each, so that they run side by side and a failure names its seed.
seeds! {
    month_ends_are_the_merchants_own_for_seed_01: 1;
    month_ends_are_the_merchants_own_for_seed_02: 2;
    month_ends_are_the_merchants_own_for_seed_03: 3;
    month_ends_are_the_merchants_own_for_seed_04: 4;
    month_ends_are_the_merchants_own_for_seed_05: 5;
    month_ends_are_the_merchants_own_for_seed_06: 6;
    month_ends_are_the_merchants_own_for_seed_07: 7;
    month_ends_are_the_merchants_own_for_seed_08: 8;
    month_ends_are_the_merchants_own_for_seed_09: 9;
    month_ends_are_the_merchants_own_for_seed_10: 10;
    month_ends_are_the_merchants_own_for_seed_11: 11;
    month_ends_are_the_merchants_own_for_seed_12: 12;
    month_ends_are_the_merchants_own_for_seed_13: 13;
    month_ends_are_the_merchants_own_for_seed_14: 14;
    month_ends_are_the_merchants_own_for_seed_15: 15;
    month_ends_are_the_merchants_own_for_seed_16: 16;
    month_ends_are_the_merchants_own_for_seed_17: 17;
    month_ends_are_the_merchants_own_for_seed_18: 18;
    month_ends_are_the_merchants_own_for_seed_19: 19;
    month_ends_are_the_merchants_own_for_seed_20: 20;
}

#[test]
fn active_subscribers_and_arpa_are_the_merchants_own() -> Result<()> {
    let merchant = Merchant::start(world(77, 150)?)?;
    let desk = Desk::new()?;
    desk.add(&merchant)?;
    desk.run(&["--json", "--mode", "test", "sync"])?.well()?;
    let answer = desk
        .run(&[
            "--json",
            "--mode",
            "test",
            "metrics",
            "--metric",
            "mrr,arpa,active_subscribers",
            "--currency",
            "each",
        ])?
        .well()?;
    let world = merchant.world()?;
    let world = world
        .read()
        .map_err(|_| anyhow::anyhow!("the world is poisoned"))?;
    let now = world.present();
    let mut total = 0;
    for ledger in answer["series"].as_array().context("series")? {
        let last = ledger["points"]
            .as_array()
            .and_then(|points| points.last())
            .context("a last point")?;
        let active = last["active_subscribers"]
            .as_u64()
            .context("active_subscribers")?;
        total += active;
        if active > 0 {
            let code = ledger["currency"].as_str().context("currency")?;
            let (num, den) = world.mrr_at(now).get(code).copied().unwrap_or((0, 1));
            let expected = exact(num, den * i128::from(active))?;
            ensure!(
                last["arpa"].as_i64() == Some(expected),
                "{code}: ARPA is MRR ÷ active, rounded once: {last} against {expected}"
            );
        }
    }
    // A customer pays in one currency here, so the ledgers' subscribers add up.
    ensure!(
        total == world.active_subscribers_at(now),
        "{total} against {}",
        world.active_subscribers_at(now)
    );
    Ok(())
}

#[test]
fn every_object_the_merchant_shows_is_stored() -> Result<()> {
    let merchant = Merchant::start(world(31, 200)?)?;
    let desk = Desk::new()?;
    desk.add(&merchant)?;
    let synced = desk.run(&["--json", "--mode", "test", "sync"])?.well()?;
    let world = merchant.world()?;
    let counts = world
        .read()
        .map_err(|_| anyhow::anyhow!("the world is poisoned"))?
        .counts();
    let resources = synced["accounts"][0]["resources"]
        .as_object()
        .context("resources")?;
    for (name, resource) in resources {
        let stored = resource["stored"].as_u64();
        let shown = counts.get(list_path(name).as_str()).copied();
        ensure!(
            same_count(name, stored, shown),
            "{name}: stored {stored:?}, the merchant has {shown:?}"
        );
    }
    ensure!(
        resources.len() == 20,
        "every kind is synced: {:?}",
        resources.keys()
    );
    Ok(())
}

#[test]
fn a_point_after_the_last_sync_is_not_projected() -> Result<()> {
    let merchant = Merchant::start(world(5, 60)?)?;
    let desk = Desk::new()?;
    desk.add(&merchant)?;
    desk.run(&["--json", "--mode", "test", "sync"])?.well()?;
    let answer = desk
        .run(&[
            "--json",
            "--mode",
            "test",
            "metrics",
            "--metric",
            "mrr",
            "--from",
            "2026-10-01",
            "--to",
            "2027-06-30",
        ])?
        .well()?;
    let dates: Vec<&str> = answer["points"]
        .as_array()
        .context("points")?
        .iter()
        .filter_map(|point| point["date"].as_str())
        .collect();
    ensure!(
        dates == ["2026-10-31", "2026-11-30"],
        "nothing after the running month: {dates:?}"
    );
    let as_of = instant(answer["as_of"].as_str().context("as_of")?)?;
    ensure!(
        as_of == instant("2026-11-21T12:00:00Z")?,
        "the figures are as of the provider's clock: {as_of}"
    );
    Ok(())
}
