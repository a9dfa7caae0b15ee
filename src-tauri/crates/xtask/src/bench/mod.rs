//! `cargo xtask bench [sync]`: how fast, how large.
//!
//! Every figure is taken from the release programs as a user would run them: processes of their own, real HTTP on
//! loopback, real files. Each is measured several times and told as least, middle and most, because one run says little
//! on a machine that does other things. Homes are temporary and every process ends with its measurement.

mod http;
mod merchant;
mod sample;
mod shop;
mod weigh;

use crate::options::Options;
use crate::packages::{self, For};
use crate::place::{Place, check_rust};
use crate::process::hand_over;
use crate::ui;
use crate::words::tell;
use anyhow::{Result, bail};
use merchant::Merchant;
use sample::Sample;
use shop::Shop;
use std::process::ExitCode;
use std::time::Instant;

const MERCHANT: &[&str] = &[
    "--seed",
    "1",
    "--customers",
    "2000",
    "--months",
    "24",
    "--port",
    "0",
];
const STARTS: usize = 5;
const SYNCS: usize = 3;
const COLD_STARTS: usize = 10;

pub(crate) fn run(place: &Place, options: &Options) -> Result<ExitCode> {
    let only_sync = match options.word() {
        None => false,
        Some("sync") => true,
        Some(other) => bail!("there is nothing to measure called `{other}`; `sync` or nothing"),
    };
    check_rust()?;
    packages::ensure(For::CommandLine)?;
    if !only_sync {
        // The release program carries the page, so it must be built first.
        ui::ensure_packages(place)?;
        ui::ensure_built(place)?;
    }
    tell("Building the release programs.");
    if !hand_over(&mut place.cargo(&[
        "build",
        "--release",
        "--package",
        "coffer-cli",
        "--package",
        "coffer-sim",
    ]))? {
        bail!("the build failed; what it said stands above");
    }
    tell(&format!(
        "\nA merchant of 2,000 customers over 24 months, {}",
        machine()
    ));
    tell(&Sample::header());
    merchant_starts(place)?;
    let merchant = Merchant::start(place, MERCHANT)?;
    let shop = syncs(place, &merchant)?;
    if !only_sync {
        cold_starts(&shop)?;
        http::answers(&shop)?;
        weigh::sizes(place, &shop)?;
    }
    Ok(ExitCode::SUCCESS)
}

fn merchant_starts(place: &Place) -> Result<()> {
    let mut sample = Sample::new("simulated merchant, start", "ms");
    for _ in 0..STARTS {
        let began = Instant::now();
        let merchant = Merchant::start(place, MERCHANT)?;
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
        let shop = Shop::open(place, merchant)?;
        let sync = shop.sync()?;
        objects = sync.objects;
        speed.add(sync.objects as f64 / sync.took.as_secs_f64());
        took.add(sync.took.as_secs_f64());
        if let Some(bytes) = sync.peak_bytes {
            peak.add(bytes as f64 / f64::from(1 << 20));
        }
        again.add(shop.sync()?.took.as_secs_f64() * 1000.0);
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
