//! The product without a window.
//!
//! `Desk` is what a host holds: the window, the command line and the browser all call the one list of commands in `api`
//! on it. Below it, `Books<M>` are one mode's open file with the secrets that belong to it; `sync` fills them, `view`
//! reads them, `chart` draws them, `outbox` does what somebody asks for at a provider. The clock, the keychain and the machine's randomness enter here and nowhere lower.

pub mod account;
pub mod api;
pub mod backup;
pub mod books;
pub mod chart;
pub mod clock;
pub mod cohorts;
pub mod demo;
pub mod desk;
pub mod documents;
pub mod error;
pub mod explain;
pub mod figures;
pub mod forecast;
pub mod home;
pub mod metrics;
pub mod notes;
pub mod notifications;
pub mod outbox;
pub mod policies;
pub mod preferences;
pub mod rates;
pub mod reconcile;
pub mod secrets;
pub mod self_check;
pub mod sync;
pub mod view;

pub use coffer_domain as domain;
pub use coffer_providers as providers;
pub use coffer_store as store;
pub use desk::{Desk, DeskOptions};
pub use error::{EngineError, ErrorCode};
