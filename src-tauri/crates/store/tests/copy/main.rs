//! What is kept beside the mirror's rows, and what proves them whole: each table through its public door.

#![expect(clippy::unwrap_used, reason = "the helpers of a test may fail it")]

mod made;
mod notes;
mod proof;
mod records;
mod reference;
mod tables;
mod together;
