//! `cargo xtask check`: what must be clean before a commit.
//!
//! Everything is built once, for all members together. What could not be looked at (a tool that is not here, a database
//! of advisories that cannot be reached) is told as left out and never as passed.

use crate::counts;
use crate::place::{Place, check_rust};
use crate::process::listen;
use crate::report::Report;
use crate::test::LONG;
use crate::{bindings, ui};
use anyhow::Result;
use std::process::ExitCode;
use std::time::Duration;

const SHORT: Duration = Duration::from_secs(10 * 60);
/// How long fetching the advisories may take before they count as out of reach.
const REACH: Duration = Duration::from_secs(60);

pub(crate) fn run(place: &Place) -> Result<ExitCode> {
    check_rust()?;
    let mut report = Report::default();
    let quiet = counts::nothing;
    report.program(
        "format",
        SHORT,
        quiet,
        &mut place.cargo(&["fmt", "--all", "--check"]),
    );
    report.work("window's packages and files", || {
        ui::ensure_packages(place)?;
        ui::ensure_built(place)
    });
    let mut clippy = place.cargo(&[
        "clippy",
        "--workspace",
        "--all-targets",
        "--",
        "-D",
        "warnings",
    ]);
    report.program("lints", LONG, quiet, &mut clippy);
    report.program(
        "tests",
        LONG,
        counts::nextest,
        &mut place.cargo(&["nextest", "run", "--workspace"]),
    );
    let mut docs = place.cargo(&["doc", "--no-deps", "--workspace"]);
    report.program(
        "documents",
        LONG,
        quiet,
        docs.env("RUSTDOCFLAGS", "-D warnings"),
    );
    supply_chain(place, &mut report);
    report.program(
        "window: types and style",
        SHORT,
        quiet,
        &mut place.npm(&["run", "check"]),
    );
    report.program(
        "window: unit tests",
        SHORT,
        counts::vitest,
        &mut place.npm(&["test"]),
    );
    let mut example = place.cargo(&["build", "--quiet", "--workspace", "--example", "bindings"]);
    if report.program("bindings: build", LONG, quiet, &mut example) {
        report.work("bindings: fresh", || bindings::compare(place));
    } else {
        report.leave_out("bindings: fresh", "the engine could not be built");
    }
    Ok(report.close())
}

/// Licences, sources and doubled crates need no network; advisories do.
fn supply_chain(place: &Place, report: &mut Report) {
    const OFFLINE: &str = "licences and sources";
    const ONLINE: &str = "advisories";
    let here =
        listen(&mut place.cargo(&["deny", "--version"]), REACH).is_ok_and(|said| said.well());
    if !here {
        let why = "cargo-deny is not installed (`cargo install cargo-deny --locked`), so nothing was looked at";
        report.leave_out(OFFLINE, why);
        report.leave_out(ONLINE, why);
        return;
    }
    let mut check = place.cargo(&[
        "deny",
        "--workspace",
        "check",
        "licenses",
        "bans",
        "sources",
    ]);
    report.program(OFFLINE, SHORT, counts::nothing, &mut check);
    let reached =
        listen(&mut place.cargo(&["deny", "fetch", "db"]), REACH).is_ok_and(|said| said.well());
    if reached {
        let mut check = place.cargo(&[
            "deny",
            "--workspace",
            "check",
            "--disable-fetch",
            "advisories",
        ]);
        report.program(ONLINE, SHORT, counts::nothing, &mut check);
    } else {
        report.leave_out(
            ONLINE,
            "the database of advisories could not be reached, so nothing was looked at",
        );
    }
}
