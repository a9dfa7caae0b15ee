//! The border between the engine and its hosts.
//!
//! `list` holds the one list of commands, `types` what they take and give, `handle` carries them out, `call` dispatches
//! them by name for the browser, `bindings` writes them down for TypeScript.

pub mod bindings;
mod call;
pub mod handle;
mod list;
pub mod types;

pub use call::{COMMAND_NAMES, call};
