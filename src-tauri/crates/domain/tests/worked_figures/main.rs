//! The figures that the definitions promise, one by one, through the public doors of the crate.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "the helpers of a test may fail it"
)]

mod ahead;
mod history;
mod ledger;
mod shelf;
mod worth;
