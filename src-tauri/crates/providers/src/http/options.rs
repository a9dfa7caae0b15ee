//! How a client behaves where the provider's rules leave a choice.
//!
//! The defaults are right for a real provider; tests and simulators shorten them. Nothing here can switch off what keeps
//! a key safe.

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

/// How a client behaves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientOptions {
    /// How long a connection may take to be made.
    pub connect_timeout: Duration,
    /// How long one request may take from beginning to end.
    pub request_timeout: Duration,
    /// How long an answer may be, in bytes after decompression.
    pub body_bytes_max: usize,
    /// How many requests may be under way at once.
    pub concurrency_max: usize,
    /// When requests are spread out in time.
    pub pacing: Pacing,
    /// Waits before a repeat are divided by this; 1 for a real provider.
    pub wait_divisor: u32,
}

impl Default for ClientOptions {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(10),
            request_timeout: Duration::from_secs(80),
            body_bytes_max: 64 * 1024 * 1024,
            concurrency_max: 8,
            pacing: Pacing::Automatic,
            wait_divisor: 1,
        }
    }
}
