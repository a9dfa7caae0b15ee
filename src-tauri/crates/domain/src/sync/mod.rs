//! How a copy is brought up to date and proved whole: pure decisions, no clock, no network.
//!
//! `walk` cuts a list into stretches of time that are walked side by side and says what to do next; `change` brings what a
//! provider tells of changes to one list of objects to look at; `budget` says how long to rest between two readings. The
//! instant to read changes from is stamped before the first page is asked for, so that what changes while the lists are
//! walked is told again by the changes.

mod budget;
mod change;
mod walk;

pub use budget::{Attention, READS_PER_MONTH, READS_PER_TRANSACTION, ReadsUsed, rest};
pub use change::{Digest, Notice, Touched, digest};
pub use walk::{
    CHANGES_OVERLAP, CHANGES_REACH, Gap, Plan, Slice, Standing, Stretch, covered, plan, split,
};
