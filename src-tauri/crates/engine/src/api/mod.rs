//! The border between the engine and its hosts.
//!
//! `list` holds the one list of commands, `types` what they take and give, `handle` carries them out and `act` those that do
//! something at a provider, `call` dispatches
//! them by name for the browser, `bindings` writes them down for TypeScript.

mod act;
mod annotations;
mod backup;
pub mod bindings;
mod call;
pub mod charts;
pub mod choices;
pub mod document;
pub mod handle;
mod limit;
mod list;
pub mod note;
pub mod notifications;
pub mod numbers;
pub mod preferences;
pub mod privacy;
pub mod reconcile;
mod records;
pub mod today;
pub mod types;

pub use act::{carry_out, preview};
pub use call::{COMMAND_NAMES, call};
