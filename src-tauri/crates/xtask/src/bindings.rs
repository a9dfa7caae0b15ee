//! The TypeScript side of the engine's one list of commands: written from it, or compared with it.

use crate::options::Options;
use crate::place::Place;
use crate::process::hand_over;
use crate::words::tell;
use anyhow::{Context as _, Result, bail};
use std::path::PathBuf;
use std::process::{Command, ExitCode};

const FILE: &str = "ui/src/api/generated.ts";

/// `cargo xtask bindings [--check]`.
pub(crate) fn run(place: &Place, options: &Options) -> Result<ExitCode> {
    let mut build = place.cargo(&[
        "build",
        "--quiet",
        "--package",
        "coffer-engine",
        "--example",
        "bindings",
    ]);
    if !hand_over(&mut build)? {
        bail!("the engine could not be built");
    }
    if options.has("--check") {
        compare(place)?;
        tell(&format!("{FILE} is what the engine says."));
        return Ok(ExitCode::SUCCESS);
    }
    let fresh = generated(place)?;
    let path = place.path(FILE);
    if std::fs::read_to_string(&path).is_ok_and(|kept| kept == fresh) {
        tell(&format!("{FILE} was already what the engine says."));
    } else {
        std::fs::write(&path, fresh).with_context(|| format!("{FILE} could not be written"))?;
        tell(&format!("{FILE} written."));
    }
    Ok(ExitCode::SUCCESS)
}

/// Compares the file with what the engine, which must be built, says now.
pub(crate) fn compare(place: &Place) -> Result<()> {
    let kept = std::fs::read_to_string(place.path(FILE))
        .with_context(|| format!("{FILE} could not be read"))?;
    if kept != generated(place)? {
        bail!("{FILE} is not what the engine says; `cargo xtask bindings` writes it anew");
    }
    Ok(())
}

fn generated(place: &Place) -> Result<String> {
    let program: PathBuf = place.program("examples/bindings");
    let output = Command::new(&program)
        .output()
        .with_context(|| format!("{} could not be started", program.display()))?;
    if !output.status.success() {
        bail!("the engine could not write its list of commands");
    }
    String::from_utf8(output.stdout).context("the list of commands is not text")
}
