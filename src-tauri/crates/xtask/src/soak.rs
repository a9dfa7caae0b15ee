//! `cargo xtask soak`: the tests that run for many minutes because what they look for is rare.
//!
//! They are ignored by the ordinary run and print their seeds. Everything they start is built first, for all members together.

use crate::place::{Place, check_rust};
use crate::process::hand_over;
use crate::words::tell;
use anyhow::Result;
use std::process::ExitCode;

pub(crate) fn run(place: &Place) -> Result<ExitCode> {
    check_rust()?;
    for arguments in [
        &["build", "--workspace", "--bins"][..],
        &[
            "nextest",
            "run",
            "--workspace",
            "--run-ignored",
            "only",
            "--no-capture",
            "-E",
            "test(soak)",
        ][..],
    ] {
        if !hand_over(&mut place.cargo(arguments))? {
            tell("The soak failed; the seed stands above.");
            return Ok(ExitCode::FAILURE);
        }
    }
    Ok(ExitCode::SUCCESS)
}
