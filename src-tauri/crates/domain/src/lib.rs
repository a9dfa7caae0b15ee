//! The pure part of Coffer: what money is, what a merchant's records are, what MRR means, what to sync next.
//!
//! Nothing here reads a clock, a file, a socket or the environment: the present instant, the reporting zone and every
//! record are arguments. There is no floating point. Everything above (store, providers, engine) may use this crate and
//! it uses none of them.

pub mod calendar;
pub mod currency;
pub mod filter;
pub mod ids;
pub mod metric;
pub mod mode;
pub mod money;
pub mod notification;
pub mod operation;
pub mod outbox;
pub mod ratio;
pub mod record;
pub mod sync;

/// An instant in UTC. Providers speak in whole seconds.
pub type Instant = chrono::DateTime<chrono::Utc>;
