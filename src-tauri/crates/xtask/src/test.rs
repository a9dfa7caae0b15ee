//! `cargo xtask test`: installs what the tests need and runs all of them.
//!
//! Everything is built once, for all members together, before anything runs: a second selection of members would choose
//! other features and build half of the world again. A step that fails does not keep the next one back, except where it
//! would test something that was not built.

use crate::counts;
use crate::options::Options;
use crate::packages::{self, For};
use crate::place::{Place, check_node, check_rust, variable};
use crate::process::{hand_over, listen};
use crate::report::Report;
use crate::ui;
use crate::words::tell;
use anyhow::{Result, bail};
use std::process::{Command, ExitCode};
use std::time::Duration;

/// For what builds, or runs the many tests of the workspace.
pub(crate) const LONG: Duration = Duration::from_secs(60 * 60);
const SHORT: Duration = Duration::from_secs(10 * 60);
const END_TO_END: Duration = Duration::from_secs(20 * 60);

pub(crate) fn run(place: &Place, options: &Options) -> Result<ExitCode> {
    let window = !options.has("--no-window");
    let browser = !options.has("--no-browser");
    check_rust()?;
    check_node()?;
    packages::ensure(For::Tests { window, browser })?;
    ensure_nextest(place)?;
    let mut report = Report::default();
    let fetched = report.work("window's packages", || ui::ensure_packages(place));
    let drawn = report.work("window's files", || ui::ensure_built(place));
    let mut build = place.cargo(&["build", "--workspace", "--all-targets"]);
    let built = report.program("build", LONG, counts::nothing, &mut build);
    report.program(
        "tests",
        LONG,
        counts::nextest,
        &mut place.cargo(&["nextest", "run", "--workspace"]),
    );
    let mut documents = place.cargo(&["test", "--doc", "--workspace", "--no-fail-fast"]);
    report.program(
        "tests in documents",
        LONG,
        counts::doc_tests,
        &mut documents,
    );
    if fetched {
        report.program(
            "window: types and style",
            SHORT,
            counts::nothing,
            &mut place.npm(&["run", "check"]),
        );
        report.program(
            "window: unit tests",
            SHORT,
            counts::vitest,
            &mut place.npm(&["test"]),
        );
    } else {
        report.leave_out("window: types and style", "its packages are not here");
        report.leave_out("window: unit tests", "its packages are not here");
    }
    let ready = built && fetched && drawn;
    by_official_client(place, &mut report, built);
    in_browser(place, &mut report, browser, ready);
    in_window(place, &mut report, window, ready);
    Ok(report.close())
}

/// The runner of the workspace's tests, which is a program of its own.
fn ensure_nextest(place: &Place) -> Result<()> {
    let asked = listen(&mut place.cargo(&["nextest", "--version"]), SHORT);
    if asked.is_ok_and(|said| said.well()) {
        return Ok(());
    }
    tell("cargo-nextest is missing and is built now; that takes some minutes, once.");
    if !hand_over(&mut place.cargo(&["install", "cargo-nextest", "--locked"]))? {
        bail!("cargo-nextest could not be installed; https://nexte.st says how to get it");
    }
    Ok(())
}

/// The simulated merchant asked by the provider's own command line, which exists for some machines only.
fn by_official_client(place: &Place, report: &mut Report, built: bool) {
    const NAME: &str = "the merchant and Stripe's own client";
    const FOLDER: &str = "tests/e2e/stripe-cli";
    if !cfg!(all(target_os = "linux", target_arch = "x86_64")) {
        report.leave_out(NAME, "its package is for Linux on x86-64");
    } else if !built {
        report.leave_out(NAME, "the merchant was not built");
    } else if report.work("Stripe's own client", || {
        if hand_over(&mut place.npm_in(FOLDER, &["ci", "--ignore-scripts"]))? {
            return Ok(());
        }
        bail!("`npm ci` failed in {FOLDER}; what it said stands above")
    }) {
        let mut command = place.npm_in(FOLDER, &["test"]);
        command.env("COFFER_SIM", place.program("coffer-sim"));
        report.program(NAME, SHORT, counts::node_test, &mut command);
    } else {
        report.leave_out(NAME, "its package is not here");
    }
}

/// The window's page in a real browser, with the real engine and the simulated merchant behind it.
fn in_browser(place: &Place, report: &mut Report, wanted: bool, ready: bool) {
    const NAME: &str = "end to end: browser";
    let browser = variable("COFFER_CHROMIUM").or_else(|| packages::chromium().map(str::to_owned));
    match browser {
        _ if !wanted => report.leave_out(NAME, "--no-browser"),
        _ if !ready => report.leave_out(NAME, "what it would look at was not built"),
        None => {
            report.work(NAME, || {
                bail!("no Chromium or Chrome is here; install one, or name it in COFFER_CHROMIUM")
            });
        }
        Some(browser) => {
            let mut command = place.npm(&["run", "e2e"]);
            programs(place, &mut command).env("COFFER_CHROMIUM", browser);
            report.program(NAME, END_TO_END, counts::playwright, &mut command);
        }
    }
}

/// The real window on a display of its own, with a real keyring.
fn in_window(place: &Place, report: &mut Report, wanted: bool, ready: bool) {
    const NAME: &str = "end to end: window";
    let script = place.path("tests/e2e/window/run.mjs");
    if !wanted {
        report.leave_out(NAME, "--no-window");
    } else if !cfg!(target_os = "linux") {
        report.leave_out(
            NAME,
            "the real window is driven through WebKitGTK, which Linux alone has",
        );
    } else if !ready {
        report.leave_out(NAME, "what it would look at was not built");
    } else if !script.exists() {
        report.work(NAME, || bail!("tests/e2e/window/run.mjs is not here"));
    } else {
        let mut command = Command::new("node");
        command.arg(script).current_dir(place.path("."));
        programs(place, &mut command);
        report.program(NAME, END_TO_END, counts::node_test, &mut command);
    }
}

/// Names the built programs to a suite that starts them.
fn programs<'a>(place: &Place, command: &'a mut Command) -> &'a mut Command {
    command
        .env("COFFER_BIN", place.program("coffer"))
        .env("COFFER_SIM_BIN", place.program("coffer-sim"))
        .env("COFFER_DESKTOP_BIN", place.program("coffer-desktop"))
}
