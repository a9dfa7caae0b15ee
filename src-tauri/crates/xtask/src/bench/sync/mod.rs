//! `cargo xtask bench sync`: everything about syncing, and the aims beside what was found.
//!
//! The parts are independent of each other, each with a merchant and homes of its own: `speed` (unpaced, beside a client
//! that throws everything away), `paced` (below the provider's limits, `allowed` says what those are), `changes` (when
//! little changed) and `large` (a million objects). A missed aim is told and is no failure of the command.

mod allowed;
mod changes;
mod large;
mod paced;
mod speed;

use super::merchant::{Merchant, Size};
use super::sample::Sample;
use super::shop::{Shop, Terms};
use super::target::Targets;
use super::{build, machine, weigh};
use crate::options::Options;
use crate::packages::{self, For};
use crate::place::{Place, check_rust};
use crate::words::tell;
use anyhow::{Result, bail};
use changes::OTHER_VERSION;
use speed::Course;
use std::path::Path;
use std::process::ExitCode;

pub(super) const FLAGS: &[&str] = &["--million"];
pub(super) const VALUED: &[&str] = &["--customers", "--paced-customers", "--runs", "--programs"];

const MONTHS: u64 = 24;
/// About 80,000 objects.
const CUSTOMERS: u64 = 2_000;
/// So many that the limits of a live account allow no less than a minute.
const PACED_CUSTOMERS: u64 = 16_000;
const RUNS: u64 = 3;
/// About 10,000 objects, with enough customers to change a thousand of them.
const SMALL: Size = Size {
    customers: 1_050,
    months: 2,
};

/// Builds, measures every part, and tells the aims.
pub(super) fn run(place: &Place, options: &Options) -> Result<ExitCode> {
    let positive = |name: &str, usual: u64| match options.number(name)? {
        Some(0) => bail!("{name} takes a number above zero"),
        given => Ok(given.unwrap_or(usual)),
    };
    let size = |customers| Size {
        customers,
        months: MONTHS,
    };
    let main = size(positive("--customers", CUSTOMERS)?);
    let paced = size(positive("--paced-customers", PACED_CUSTOMERS)?);
    let runs = positive("--runs", RUNS)?;
    let place = &programs(place, options)?;
    let mut targets = Targets::default();
    unpaced(place, main, runs, &mut targets)?;
    tell(&format!(
        "\nA live account of {} customers, 200 ms away, with a live account's limits",
        paced.customers
    ));
    paced::measure(place, paced, &mut targets)?;
    small(place, &mut targets)?;
    if options.has("--million") {
        large::measure(place, &mut targets)?;
    } else {
        large::left_out(&mut targets);
    }
    targets.print();
    Ok(ExitCode::SUCCESS)
}

/// Where the programs are: freshly built, or in the folder given.
fn programs(place: &Place, options: &Options) -> Result<Place> {
    if let Some(folder) = options.text("--programs") {
        tell(&format!("The programs are those in {folder}."));
        return Ok(place.with_programs(&Path::new(folder).canonicalize()?));
    }
    check_rust()?;
    packages::ensure(For::CommandLine)?;
    build(place, &["coffer-cli", "coffer-sim", "xtask"])?;
    Ok(place.clone())
}

fn unpaced(place: &Place, size: Size, runs: u64, targets: &mut Targets) -> Result<()> {
    tell(&format!(
        "\nA merchant of {} customers over {} months, as fast as it goes, {}",
        size.customers,
        size.months,
        machine()
    ));
    let merchant = Merchant::with(place, size, &[])?;
    let course = Course::new(place, &merchant, size, runs)?;
    tell(&Sample::header());
    let shop = course.all_kinds(targets)?;
    weigh::each_object(&shop)?;
    drop(shop);
    course.three_kinds(targets)
}

/// Syncs after changes on a small home, with notices in our version and in another.
fn small(place: &Place, targets: &mut Targets) -> Result<()> {
    for (what, more) in [
        ("small home, notices in our version", &[][..]),
        (
            "small home, notices in another version",
            &["--event-version", OTHER_VERSION],
        ),
    ] {
        let merchant = Merchant::with(place, SMALL, more)?;
        let shop = Shop::open(place, &merchant, Terms::UNPACED)?;
        let first = shop.sync()?.whole()?;
        tell(&format!("\n{what}: {} objects", first.stored));
        changes::measure(what, &shop, &merchant, targets)?;
    }
    Ok(())
}
