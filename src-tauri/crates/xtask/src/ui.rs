//! The window's packages and its built files: fetched and built when they are missing or older than what they come from.

use crate::place::{Place, check_node};
use crate::process::hand_over;
use crate::words::tell;
use anyhow::{Result, bail};
use std::path::Path;
use std::process::ExitCode;
use std::time::SystemTime;

/// What the built files come from.
const SOURCES: &[&str] = &[
    "ui/src",
    "ui/index.html",
    "ui/vite.config.ts",
    "ui/svelte.config.js",
    "ui/tsconfig.json",
    "ui/package-lock.json",
];

/// `cargo xtask ui`: fetches and builds, stale or not.
pub(crate) fn run(place: &Place) -> Result<ExitCode> {
    check_node()?;
    fetch(place)?;
    build(place)?;
    Ok(ExitCode::SUCCESS)
}

/// Fetches the packages when the lock file is newer than they are.
pub(crate) fn ensure_packages(place: &Place) -> Result<()> {
    check_node()?;
    // npm writes this file at the end of every installation.
    let fetched = changed(&place.path("ui/node_modules/.package-lock.json"));
    let locked = changed(&place.path("ui/package-lock.json"));
    if fetched.is_some() && fetched >= locked {
        return Ok(());
    }
    fetch(place)
}

/// Builds the window when anything it comes from is newer.
pub(crate) fn ensure_built(place: &Place) -> Result<()> {
    let built = changed(&place.path("ui/dist/index.html"));
    let newest = SOURCES
        .iter()
        .filter_map(|source| newest(&place.path(source)))
        .max();
    if built.is_some() && built >= newest {
        return Ok(());
    }
    build(place)
}

fn fetch(place: &Place) -> Result<()> {
    tell("Fetching the window's packages.");
    if !hand_over(&mut place.npm(&["ci", "--ignore-scripts"]))? {
        bail!("`npm ci` failed in ui; what it said stands above");
    }
    Ok(())
}

fn build(place: &Place) -> Result<()> {
    tell("Building the window's files.");
    if !hand_over(&mut place.npm(&["run", "--silent", "build"]))? {
        bail!("`npm run build` failed in ui; what it said stands above");
    }
    Ok(())
}

fn changed(path: &Path) -> Option<SystemTime> {
    std::fs::metadata(path)
        .and_then(|file| file.modified())
        .ok()
}

/// When the newest file at or below a path was changed.
fn newest(path: &Path) -> Option<SystemTime> {
    let below = std::fs::read_dir(path)
        .into_iter()
        .flatten()
        .filter_map(|entry| newest(&entry.ok()?.path()));
    below.chain(changed(path)).max()
}
