//! The one place where the product reads this machine's clock and its randomness.
//!
//! The machine's clock only dates our own doings (when an account was added, when a request was sent). What the copy is
//! as of comes from the provider's clock, so a wrong laptop clock cannot misdate a figure.

use coffer_domain::Instant;
use std::sync::Arc;

/// Tells the present instant. An edge: tests stand still or jump.
pub trait Clock: Send + Sync {
    /// Now.
    fn now(&self) -> Instant;
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct MachineClock;

impl Clock for MachineClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the edge that reads the clock"
    )]
    fn now(&self) -> Instant {
        chrono::Utc::now()
    }
}

/// A clock to share.
pub type SharedClock = Arc<dyn Clock>;

/// Random bytes from the operating system.
///
/// # Errors
/// When the system has none, which no supported system does.
pub fn random_bytes<const N: usize>() -> Result<[u8; N], getrandom::Error> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes)?;
    Ok(bytes)
}
