//! Syncs and actions against the simulated merchant inside one process, with a clock of our own and every fault it knows.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "the helpers of a test may fail it"
)]

mod acting;
mod acts;
mod backup;
mod charts;
mod customers;
mod cuts;
mod documents;
mod explained;
mod faults;
mod notes;
mod preferences;
mod proof;
mod rebuild;
mod reconciled;
mod records;
mod rights;
mod support;
mod time;
mod told;
mod whole;
