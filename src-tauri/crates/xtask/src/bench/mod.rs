//! `cargo xtask bench [sync|metrics|acting]`: how fast, how large.
//!
//! Every figure is taken from the release programs as a user would run them: processes of their own, real HTTP on
//! loopback, real files. Each is measured several times and told as least, middle and most, because one run says little
//! on a machine that does other things. Homes are temporary and every process ends with its measurement.
//!
//! The plain command measures what somebody at the screen notices, `sync` everything about syncing, `metrics` figures over a
//! million subscriptions, `acting` how soon an action is kept and an outbox empty. `walk` is the client that `sync` compares with.

mod acting;
mod connection;
mod http;
mod instant;
mod json;
mod merchant;
mod metrics;
mod sample;
mod shop;
mod sync;
mod target;
mod walk;
mod weigh;
mod work;

use crate::options::Options;
use crate::packages::{self, For};
use crate::place::{Place, check_rust};
use crate::process::hand_over;
use crate::ui;
use crate::words::tell;
use anyhow::{Result, bail};
use merchant::{Merchant, Size};
use sample::Sample;
use shop::{Shop, Terms};
use std::process::ExitCode;
use std::time::Instant;

const SIZE: Size = Size {
    customers: 2_000,
    months: 24,
};
const STARTS: usize = 5;
const SYNCS: usize = 3;
const COLD_STARTS: usize = 10;
const MIB: f64 = 1_048_576.0;

pub(crate) fn run(place: &Place, arguments: &[String]) -> Result<ExitCode> {
    let (word, rest) = match arguments.split_first() {
        Some((word, rest)) if !word.starts_with('-') => (word.as_str(), rest),
        _ => ("", arguments),
    };
    match word {
        "" => {
            Options::read(rest, &[], &[])?;
            plain(place)
        }
        "sync" => sync::run(place, &Options::read(rest, sync::FLAGS, sync::VALUED)?),
        "acting" => acting::run(place, &Options::read(rest, &[], acting::VALUED)?),
        "metrics" => metrics::run(place, &Options::read(rest, &[], metrics::VALUED)?),
        "walk" => walk::run(&Options::read(rest, &[], walk::VALUED)?),
        other => {
            bail!(
                "there is nothing to measure called `{other}`; `sync`, `metrics`, `acting` or nothing"
            )
        }
    }
}

fn plain(place: &Place) -> Result<ExitCode> {
    check_rust()?;
    packages::ensure(For::CommandLine)?;
    // The release program carries the page, so it must be built first.
    ui::ensure_packages(place)?;
    ui::ensure_built(place)?;
    build(place, &["coffer-cli", "coffer-sim"])?;
    tell(&format!(
        "\nA merchant of 2,000 customers over 24 months, {}",
        machine()
    ));
    tell(&Sample::header());
    merchant_starts(place)?;
    let merchant = Merchant::with(place, SIZE, &[])?;
    let shop = syncs(place, &merchant)?;
    cold_starts(&shop)?;
    http::answers(&shop)?;
    weigh::sizes(place, &shop)?;
    Ok(ExitCode::SUCCESS)
}

/// Builds the release programs of these packages.
fn build(place: &Place, packages: &[&str]) -> Result<()> {
    tell("Building the release programs.");
    let mut cargo = place.cargo(&["build", "--release"]);
    for package in packages {
        cargo.args(["--package", package]);
    }
    if !hand_over(&mut cargo)? {
        bail!("the build failed; what it said stands above");
    }
    Ok(())
}

fn merchant_starts(place: &Place) -> Result<()> {
    let mut sample = Sample::new("simulated merchant, start", "ms");
    for _ in 0..STARTS {
        let began = Instant::now();
        let merchant = Merchant::with(place, SIZE, &[])?;
        sample.add(began.elapsed().as_secs_f64() * 1000.0);
        drop(merchant);
    }
    sample.print();
    Ok(())
}

/// First syncs into fresh homes; the last home is kept for what is measured next.
fn syncs(place: &Place, merchant: &Merchant) -> Result<Shop> {
    let mut speed = Sample::new("first sync", "objects/s");
    let mut took = Sample::new("first sync", "s");
    let mut peak = Sample::new("first sync, peak memory", "MiB");
    let mut again = Sample::new("sync with nothing new", "ms");
    let mut last = None;
    let mut objects = 0;
    for _ in 0..SYNCS {
        drop(last.take());
        let shop = Shop::open(place, merchant, Terms::UNPACED)?;
        let sync = shop.sync()?.whole()?;
        objects = sync.stored;
        speed.add(sync.rate());
        took.add(sync.took.as_secs_f64());
        if let Some(bytes) = sync.peak_bytes {
            peak.add(bytes as f64 / MIB);
        }
        again.add(shop.sync()?.whole()?.took.as_secs_f64() * 1000.0);
        last = Some(shop);
    }
    tell(&format!("objects in a first sync: {objects}"));
    for sample in [speed, took, peak, again] {
        sample.print();
    }
    match last {
        Some(shop) => Ok(shop),
        None => bail!("nothing was synced"),
    }
}

fn cold_starts(shop: &Shop) -> Result<()> {
    let mut sample = Sample::new("cold start to the first number", "ms");
    for _ in 0..COLD_STARTS {
        let began = Instant::now();
        shop.ask(&["--mode", "test", "--json", "metrics", "--metric", "mrr"])?;
        sample.add(began.elapsed().as_secs_f64() * 1000.0);
    }
    sample.print();
    Ok(())
}

fn machine() -> String {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    format!(
        "on {cores} cores ({}, {})",
        std::env::consts::OS,
        std::env::consts::ARCH
    )
}
