//! One HTTP client for all providers: where it may go, how often, how often again, and what may be said about it.
//!
//! It knows nothing of records. It does not follow redirects (a key would travel along), does not use a proxy for the
//! machine itself, and repeats a request only where `retry::decide` says so. The invariant: a key leaves in one header of
//! a request to the base that the caller chose, and nowhere else.

mod base;
mod client;
mod options;
mod pace;
mod redact;
pub mod retry;

pub use base::{ApiBase, NotLoopback};
pub use options::{ClientOptions, Haste, Pacing};
pub use pace::Limits;
pub use redact::redact;

pub(crate) use client::{Client, Dialect, Question, Reply, Secret, Sending, Undelivered, Verb};
pub(crate) use pace::{Rates, Signal};
pub(crate) use redact::{redact_short, redact_word};
