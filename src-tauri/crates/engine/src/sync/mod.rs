//! Bringing a mode's books up to date from the providers of its accounts.
//!
//! `run` carries out what `coffer_domain::sync` plans for each account: walk the lists or read the changes, page by page,
//! each page committed with its cursor. `board` is where anybody can look how it stands. One sync runs in a mode at a
//! time, in all processes together. An account is complete only when everything it may hold was brought, and never
//! before.

mod board;
mod run;
mod walk;

pub use board::{AccountRun, ResourceRun, SyncBoard};
pub use run::{Prepared, SyncOptions, SyncOutcome, prepare, sync};
