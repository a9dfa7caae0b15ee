//! The project's own commands: `cargo xtask demo | test | check | bench | soak | bindings | ui`.
//!
//! They are written in Rust because they then run wherever the project builds, and they lean on the standard library
//! alone so that they are there within seconds. A command looks for what is missing on the machine, says it, puts it
//! there where it may, and goes on; it never leaves a process running. What it prints is its whole purpose. Nothing of
//! the product depends on this crate, and it depends on nothing of the product: it starts programs and reads what they
//! print.

mod bench;
mod bindings;
mod check;
mod counts;
mod demo;
mod options;
mod packages;
mod place;
mod process;
mod report;
mod soak;
mod test;
mod ui;
mod words;

use anyhow::Result;
use options::Options;
use place::Place;
use std::process::ExitCode;
use words::tell;

const HELP: &str = "\
cargo xtask COMMAND

  demo [--headless] [--seed N] [--customers N]
             installs what is missing, builds, and opens the window on a simulated merchant;
             without a display it serves the same in a browser and prints the address;
             --headless syncs, prints the numbers and ends
  test [--no-window] [--no-browser]
             installs what the tests need and runs all of them
  check      what must be clean before a commit: format, lints, tests, documents, licences, bindings
  bench      how fast a first sync is, starts, answers to views, sizes
  bench sync [--million] [--customers N] [--paced-customers N] [--runs N] [--programs FOLDER]
             everything about syncing: speed beside a client that throws everything away, speed below
             the provider's limits, memory, requests and time after changes, bytes on the disk;
             --million adds an account of a million objects and takes minutes longer;
             --programs takes the programs from a folder and builds nothing
  bench metrics [--subscriptions N]
             figures over a million subscriptions, or N, in an encrypted file; DuckDB over the same rows
  bench acting [--payments N] [--refunds N]
             how soon an action is on disk among a million payments, and how an outbox drains
  soak       what runs for many minutes: a million steps of the outbox, a thousand kills
  bindings [--check]
             writes ui/src/api/generated.ts from the engine's list of commands, or only compares it
  ui         fetches the window's packages and builds it into ui/dist";

fn main() -> ExitCode {
    match run(std::env::args().skip(1).collect()) {
        Ok(code) => code,
        Err(error) => {
            tell(&format!("xtask: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: Vec<String>) -> Result<ExitCode> {
    let mut words = arguments.into_iter();
    let command = words.next().unwrap_or_default();
    let rest: Vec<String> = words.collect();
    let place = Place::find()?;
    match command.as_str() {
        "demo" => demo::run(
            &place,
            &Options::read(&rest, &["--headless"], &["--seed", "--customers"])?,
        ),
        "test" => test::run(
            &place,
            &Options::read(&rest, &["--no-window", "--no-browser"], &[])?,
        ),
        "check" => {
            Options::read(&rest, &[], &[])?;
            check::run(&place)
        }
        "soak" => {
            Options::read(&rest, &[], &[])?;
            soak::run(&place)
        }
        "bench" => bench::run(&place, &rest),
        "bindings" => bindings::run(&place, &Options::read(&rest, &["--check"], &[])?),
        "ui" => {
            Options::read(&rest, &[], &[])?;
            ui::run(&place)
        }
        "" | "help" | "--help" | "-h" => {
            tell(HELP);
            Ok(if command.is_empty() {
                ExitCode::from(2)
            } else {
                ExitCode::SUCCESS
            })
        }
        other => {
            tell(&format!("There is no command `{other}`.\n\n{HELP}"));
            Ok(ExitCode::from(2))
        }
    }
}
