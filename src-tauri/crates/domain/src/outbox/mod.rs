//! The outbox: how an accepted operation comes to its end without being lost, done twice, or told wrongly.
//!
//! This is the state machine and nothing else. It reads no clock and sends nothing: a runner asks `next` what to do with an
//! operation, does it, and tells `Progress::after` what came of it; each answer is committed before the next thing is done.
//!
//! What it rests on:
//! - Before anything goes out, `sending` is on disk. Whoever finds `sending` after a crash knows that something may have
//!   happened, and it becomes `unknown`.
//! - From the moment when something may have happened until it is known what, an operation is *in doubt*. In doubt it never
//!   becomes done, refused or discarded by guessing, and nothing is sent for it but the very same request under the very same
//!   key, and that only while the provider still honours the key.
//! - Before anything is sent again that may have happened, the provider is looked at.
//! - What was not seen after the key has lapsed is a person's decision.

mod machine;
mod state;

pub use machine::{
    Answer, Event, Illegal, KEY_LASTS, Looked, Nature, Next, Progress, SETTLES_IN, next,
    wait_before,
};
pub use state::State;
