//! How a client behaves where the provider's rules leave a choice.
//!
//! The defaults are right for a real provider; tests and simulators shorten them. Nothing here can switch off what keeps
//! a key safe.

use crate::http::pace::Limits;
use std::sync::Arc;
use std::time::Duration;

/// When requests are spread out in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Pacing {
    /// Always, except on this machine, where a simulator has no limits to respect.
    #[default]
    Automatic,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// Who waits for the answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Haste {
    /// Nobody in particular: a sync. It gives way to a person and is patient with limits.
    #[default]
    Background,
    /// Somebody who clicked and looks.
    Person,
}

/// How a client behaves.
#[derive(Debug, Clone)]
pub struct ClientOptions {
    /// How long a connection may take to be made.
    pub connect_timeout: Duration,
    /// How long one request may take from beginning to end.
    pub request_timeout: Duration,
    /// How long an answer may be, in bytes after decompression.
    pub body_bytes_max: usize,
    /// How many requests may be under way at once, over everything that shares `limits`. A sync leaves two of them to
    /// persons and always has one.
    pub concurrency_max: usize,
    /// When requests are spread out in time.
    pub pacing: Pacing,
    /// The limits of the account, shared by all clients that ask for it; `None` gives the client its own. Shared ones
    /// keep the `pacing` and `concurrency_max` that they were made with.
    pub limits: Option<Arc<Limits>>,
    /// Who waits for the answers.
    pub haste: Haste,
    /// Waits before a repeat are divided by this; 1 for a real provider.
    pub wait_divisor: u32,
}

impl Default for ClientOptions {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(10),
            request_timeout: Duration::from_secs(80),
            body_bytes_max: 64 * 1024 * 1024,
            concurrency_max: 32,
            pacing: Pacing::Automatic,
            limits: None,
            haste: Haste::Background,
            wait_divisor: 1,
        }
    }
}
