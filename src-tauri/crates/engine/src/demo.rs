//! The simulated merchant: a server on this machine that speaks as a provider does, and a home of its own.
//!
//! The demo is an account like any other: it is added with a key, synced over HTTP and kept in an encrypted file. Its
//! home lies inside the user's and shares nothing with it. The merchant keeps living while it is looked at.

use crate::clock::SharedClock;
use crate::error::EngineError;
use coffer_sim::{Running, Server, ServerOptions, WorldSpec};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What decides the merchant's world.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DemoSpec {
    /// The seed of all chance.
    pub seed: u64,
    /// How many customers have signed up.
    pub customers: u32,
    /// How many months it has been in business.
    pub months: u32,
}

impl Default for DemoSpec {
    fn default() -> Self {
        Self {
            seed: 7,
            customers: 600,
            months: 24,
        }
    }
}

/// The folder of the demo inside the user's home.
#[must_use]
pub fn home_in(home: &Path) -> PathBuf {
    home.join("demo")
}

/// Starts the merchant; a world kept in the demo's home goes on where it was.
///
/// # Errors
/// When no port can be had or the folder cannot be used.
pub async fn start(
    home: &Path,
    spec: DemoSpec,
    clock: &SharedClock,
) -> Result<Running, EngineError> {
    let now = clock.now();
    let clock = Arc::clone(clock);
    let world = WorldSpec {
        seed: spec.seed,
        customers: spec.customers,
        months: spec.months,
        now,
        livemode: false,
        corners: false,
    };
    let options = ServerOptions {
        state_dir: Some(home.join("merchant")),
        follow_clock: Some(Arc::new(move || clock.now())),
        ..ServerOptions::new(world)
    };
    Server::start(options).await.map_err(|error| {
        EngineError::Usage(format!(
            "The simulated merchant could not be started: {error}."
        ))
    })
}
