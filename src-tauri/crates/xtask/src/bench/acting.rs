//! `cargo xtask bench acting`: how soon an action is on disk among a million payments, and how an outbox drains.

use super::json::{decimal, text};
use super::machine;
use super::target::{Aim, Targets};
use crate::options::Options;
use crate::packages::{self, For};
use crate::place::{Place, check_rust};
use crate::process::{hand_over, watch};
use crate::words::tell;
use anyhow::{Result, bail};
use std::process::{Command, ExitCode};
use std::time::Duration;

pub(super) const VALUED: &[&str] = &["--payments", "--refunds"];

const PAYMENTS: u64 = 1_000_000;
const REFUNDS: u64 = 1_000;
const LONG: Duration = Duration::from_hours(1);

/// Builds, measures and tells the aims.
pub(super) fn run(place: &Place, options: &Options) -> Result<ExitCode> {
    let payments = options.number("--payments")?.unwrap_or(PAYMENTS);
    let refunds = options.number("--refunds")?.unwrap_or(REFUNDS);
    if payments == 0 || refunds == 0 {
        bail!("--payments and --refunds take numbers above zero");
    }
    check_rust()?;
    packages::ensure(For::CommandLine)?;
    tell("Building the measuring program.");
    let mut build = place.cargo(&[
        "build",
        "--release",
        "--package",
        "coffer-engine",
        "--example",
        "acting",
    ]);
    if !hand_over(&mut build)? {
        bail!("the build failed; what it said stands above");
    }
    tell(&format!(
        "\n{payments} payments stored, {refunds} refunds drained, {}",
        machine()
    ));
    let mut program = Command::new(place.built("release/examples/acting"));
    program.arg(payments.to_string()).arg(refunds.to_string());
    let said = watch(&mut program, LONG)?;
    if !said.well() {
        bail!("the measuring program failed: {}", said.why());
    }
    let line = |what: &str| {
        said.text
            .lines()
            .find(|line| text(line, "what").is_some_and(|own| own == what))
    };
    let mut targets = Targets::default();
    let accepted = line("accept p95").and_then(|line| decimal(line, "seconds"));
    targets.add(
        "accepted, 95th percentile",
        "s",
        Aim::AtMost(0.02),
        accepted,
    );
    if let Some(drain) = line("drain") {
        let number = |name: &str| decimal(drain, name);
        let each = number("requests")
            .zip(number("done"))
            .map(|(requests, done)| requests / done);
        targets.add("requests for a refund", "", Aim::AtMost(3.0), each);
        targets.add("refused by limits", "", Aim::AtMost(0.0), number("refused"));
        let used = number("allowed")
            .zip(number("seconds"))
            .map(|(allowed, took)| allowed / took);
        targets.add("of the provider's limit used", "", Aim::AtLeast(0.85), used);
    }
    targets.print();
    Ok(ExitCode::SUCCESS)
}
