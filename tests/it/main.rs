//! The whole product against the simulated merchant: real processes, real HTTP, real encrypted files.

#![expect(
    clippy::indexing_slicing,
    reason = "an index of JSON that is not there reads as null, and a test may fail so"
)]

mod acting;
mod bad_input;
mod changes;
mod full_disk;
mod killed;
mod movements;
mod truth;
