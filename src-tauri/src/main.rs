//! The window of Coffer.
//!
//! This crate composes the engine with Tauri and decides nothing about data: `compose` puts the parts together,
//! `arguments` reads how it was started, `guard` lets one window at a time hold a home, `window` makes the window and
//! keeps it on its own pages, `commands` hands the engine's list to the page, `events` tells the page what changed,
//! `menu`, `tray` and `telling` are what the desktop shows of it, `links` reads addresses of our own, `journal` writes the
//! log, `harden` keeps memory out of core dumps.

// A release build on Windows opens no console beside the window.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

mod arguments;
mod commands;
mod compose;
mod events;
mod guard;
mod harden;
mod journal;
mod links;
mod menu;
mod telling;
mod tray;
mod window;

use std::io::Write as _;
use std::process::ExitCode;

fn main() -> ExitCode {
    match compose::run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!("{error:#}");
            // Started from a desktop there may be no stderr; the log then has the sentence.
            let _ = writeln!(std::io::stderr(), "{error:#}");
            ExitCode::FAILURE
        }
    }
}
