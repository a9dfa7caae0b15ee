//! The metrics engine against a second, naive one that shares no code with it.
//!
//! `world` holds small random worlds in plain types and `making` makes them up. `calendar`, `worth`, `standing`, `tape`,
//! `naive`, `metrics` and `cohorts` are the reference: written from the definitions (what the numbers mean) and not from the
//! engine, they ask at the end of every single day how every subscription stands, carry nothing over, and count in unbounded
//! fractions. `engine` hands the same world to the engine. The remaining files are properties, and `found` holds the smallest
//! worlds that were once told differently.
//!
//! A disagreement means that one of the two departs from the definitions. Which one is for a reader of the definitions to
//! say; the test is never bent to the engine. What the definitions leave open is read in one way by both, and each such
//! reading stands as a `READING:` line at the place in the reference where it is taken.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test fails by panicking, and says with which seed it ran"
)]

mod ahead;
mod calendar;
mod cohorts;
mod coverage;
mod engine;
mod figures_agree;
mod found;
mod history;
mod making;
mod metrics;
mod naive;
mod overflow;
mod rules;
mod runner;
mod shares;
mod slices;
mod standing;
mod tape;
mod telling;
mod world;
mod worth;
