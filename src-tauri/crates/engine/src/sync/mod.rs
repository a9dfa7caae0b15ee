//! Bringing a mode's books up to date from the providers of its accounts, and proving that they are whole.
//!
//! `run` carries out what `coffer_domain::sync` plans for each account. `backfill` walks the lists in stretches side by
//! side, `committer` writes what they bring in the order it came, `ledger` reads what is listed for one customer at a time,
//! `unseen` asks by id for what a walk did not meet. `catch_up` reads the changes, `sweep` looks once a day at what changes
//! without a notice, and `prove` holds the copy against itself. `reproject` makes the tables anew from the JSON kept,
//! `keeper` decides when to look again. `board` is where anybody can see how it stands. One sync runs in a mode at a time,
//! in all processes together. An account is complete only when everything it may hold was brought and the proof held.

mod asker;
mod backfill;
mod board;
mod catch_up;
mod clocks;
mod committer;
mod estimate;
mod keeper;
mod ledger;
mod prove;
mod reproject;
mod rights;
mod run;
mod sweep;
mod unseen;

pub use board::{AccountRun, Phase, ResourceRun, SyncBoard};
pub use keeper::{Looking, keep, rest_of};
pub use reproject::{Reprojected, reproject_all};
pub(crate) use run::client;
pub use run::{Prepared, SyncOptions, SyncOutcome, prepare, sync};
