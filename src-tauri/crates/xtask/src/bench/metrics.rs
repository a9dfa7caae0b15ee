//! `cargo xtask bench metrics`: figures over a million subscriptions, and DuckDB over the same rows.
//!
//! The engine's own measuring program fills an encrypted file and answers in one process; what each subscription was worth from
//! when to when is then written down and added up by month in DuckDB, so that the two can be told as a ratio. DuckDB comes
//! from npm; without it the comparison is left out.

use super::json::{decimal, text};
use super::machine;
use super::target::{Aim, Targets};
use crate::options::Options;
use crate::packages::{self, For};
use crate::place::{Place, check_rust};
use crate::process::{hand_over, listen, watch};
use crate::words::tell;
use anyhow::{Context as _, Result, bail};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Duration;

pub(super) const VALUED: &[&str] = &["--subscriptions"];

const SUBSCRIPTIONS: u64 = 1_000_000;
const LONG: Duration = Duration::from_hours(2);
const DUCKDB: &str = "@duckdb/node-api@latest";
const SCRIPT: &str = include_str!("../../duckdb/mrr.mjs");

/// What is measured, as the program calls it, with its aim in seconds.
const AIMS: [(&str, f64); 8] = [
    ("rebuild", 60.0),
    ("policy changed", 2.0),
    ("every metric", 0.1),
    ("by plan", 0.3),
    ("by country", 0.3),
    ("by interval", 0.3),
    ("explain", 0.05),
    ("one changed", 0.005),
];

/// Builds, measures, compares, and tells the aims.
pub(super) fn run(place: &Place, options: &Options) -> Result<ExitCode> {
    let subscriptions = options.number("--subscriptions")?.unwrap_or(SUBSCRIPTIONS);
    if subscriptions == 0 {
        bail!("--subscriptions takes a number above zero");
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
        "metrics",
    ]);
    if !hand_over(&mut build)? {
        bail!("the build failed; what it said stands above");
    }
    tell(&format!(
        "\n{subscriptions} subscriptions, {} invoice lines, 36 months, {}",
        subscriptions * 5,
        machine()
    ));
    let folder = Folder::new()?;
    let rows = folder.0.join("rows.csv");
    let mut program = Command::new(place.built("release/examples/metrics"));
    program
        .arg(subscriptions.to_string())
        .arg("--rows")
        .arg(&rows);
    let said = watch(&mut program, LONG)?;
    if !said.well() {
        bail!("the measuring program failed: {}", said.why());
    }
    let mut targets = Targets::default();
    for (what, aim) in AIMS {
        // The slowest of several is the one that somebody waits for.
        let found = seconds(&said.text, what).into_iter().reduce(f64::max);
        targets.add(what, "s", Aim::AtMost(aim), found);
    }
    let peak = said.text.lines().filter(|line| is(line, "peak"));
    let peak = peak.filter_map(|line| decimal(line, "mib")).next_back();
    targets.add("peak memory", "MiB", Aim::AtMost(400.0), peak);
    if let Some(theirs) = duckdb(&folder.0, &rows)? {
        let ours = seconds(&said.text, "every metric")
            .into_iter()
            .reduce(f64::min);
        if let Some(ours) = ours {
            tell(&format!(
                "MRR by month: DuckDB {:.1} ms over rows in memory; every metric from rollups {:.1} ms, so {:.1} times as fast",
                theirs * 1e3,
                ours * 1e3,
                theirs / ours
            ));
        }
    }
    targets.print();
    Ok(ExitCode::SUCCESS)
}

fn is(line: &str, what: &str) -> bool {
    text(line, "what").is_some_and(|own| own == what)
}

fn seconds(said: &str, what: &str) -> Vec<f64> {
    said.lines()
        .filter(|line| is(line, what))
        .filter_map(|line| decimal(line, "seconds"))
        .collect()
}

/// The best of DuckDB's times; `None` where it could not be had.
fn duckdb(folder: &Path, rows: &Path) -> Result<Option<f64>> {
    let script = folder.join("mrr.mjs");
    std::fs::write(&script, SCRIPT).context("the script could not be written")?;
    let mut install = Command::new(if cfg!(windows) { "npm.cmd" } else { "npm" });
    install
        .args(["install", "--no-audit", "--no-fund", DUCKDB])
        .current_dir(folder);
    if !listen(&mut install, Duration::from_mins(5)).is_ok_and(|said| said.well()) {
        tell("DuckDB could not be installed from npm; the comparison is left out.");
        return Ok(None);
    }
    let said = watch(
        Command::new("node").arg(&script).arg(rows),
        Duration::from_mins(10),
    )?;
    if !said.well() {
        bail!("DuckDB's part failed: {}", said.why());
    }
    Ok(seconds(&said.text, "duckdb").into_iter().reduce(f64::min))
}

/// A folder that goes when the measuring is over.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Result<Self> {
        let path = std::env::temp_dir().join(format!("coffer-metrics-{}", std::process::id()));
        std::fs::create_dir_all(&path).context("a temporary folder could not be made")?;
        Ok(Self(path))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // It lies among temporary files; what is left there is swept by the system.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_program_says_is_found_by_its_name() {
        let said = "{\"what\":\"explain\",\"seconds\":0.040000}\n{\"what\":\"explain\",\"seconds\":0.020000}\n{\"what\":\"fill\",\"seconds\":9.0}";
        assert_eq!(seconds(said, "explain"), [0.04, 0.02]);
        assert!(seconds(said, "peak").is_empty());
    }
}
