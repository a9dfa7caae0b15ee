//! The simulated merchant as a server on loopback.
//!
//! A request passes, in this order: the clock (when the world follows one), the limits, the faults on order, the key and its
//! permissions, for a write its idempotency key, the route; and whatever became of it is written in the journal. The `Date`
//! header carries the simulated present, which is how a client learns the provider's clock.
//!
//! Invariant: the server listens on 127.0.0.1 only.

mod auth;
mod connection;
mod control;
mod dialect;
mod document;
mod error;
mod fault;
mod form;
mod idempotency;
mod journal;
mod limits;
mod list;
mod list_catalogue;
mod list_money;
mod overlaid;
mod page;
mod query;
mod route;
mod serve;
mod state;
mod write;

use std::collections::HashMap;
use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard};
use std::time::Duration;

use axum::Router;
use chrono::{DateTime, Utc};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

pub use fault::{Fault, FaultKind};
pub use journal::JournalEntry;
pub use limits::{Limits, LimitsReport, Traffic};

use crate::world::{World, WorldSpec};
use crate::written::Effect;
use auth::Keys;
use connection::{Budget, FrailListener};
use idempotency::Answers;
use journal::Journal;
use limits::Gate;
use write::{Order, Performed};

/// Where a server cannot start or keep its state.
#[derive(Debug, thiserror::Error)]
pub enum SimError {
    /// The port is taken or not ours.
    #[error("cannot listen on {address}")]
    Listen {
        /// The address asked for.
        address: SocketAddr,
        /// Why not.
        source: std::io::Error,
    },
    /// The state file cannot be read or written.
    #[error("cannot keep the simulated merchant's state in {path}")]
    State {
        /// The file or directory.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// The world could not be made; only a fault of the simulator itself leads here.
    #[error("the simulated world could not be made")]
    World,
}

/// A clock the world may follow.
pub type Clock = Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>;

/// How a server is started.
#[derive(Clone)]
pub struct ServerOptions {
    /// The world; a world kept in `state_dir` takes precedence.
    pub spec: WorldSpec,
    /// The port on loopback, 0 for a free one.
    pub port: u16,
    /// Where the world and its clock outlast the server.
    pub state_dir: Option<PathBuf>,
    /// The clock the world follows; without one, time stands still until it is advanced.
    pub follow_clock: Option<Clock>,
    /// Permissions that the restricted key lacks, such as `rak_charge_read`.
    pub deny: Vec<String>,
    /// The provider's limits; without them every request is let through.
    pub limits: Option<Limits>,
    /// How long every request to the API takes at least; requests do not wait for each other.
    pub latency: Option<Duration>,
    /// The API version the account's notices are written in; without one, that which is spoken.
    pub event_version: Option<String>,
    /// Clocks of a sandbox, three customers on each, which lists leave out.
    pub test_clocks: u32,
}

impl ServerOptions {
    /// A world on a free port, with time standing still and nothing kept.
    #[must_use]
    pub const fn new(spec: WorldSpec) -> Self {
        Self {
            spec,
            port: 0,
            state_dir: None,
            follow_clock: None,
            deny: Vec::new(),
            limits: None,
            latency: None,
            event_version: None,
            test_clocks: 0,
        }
    }
}

impl fmt::Debug for ServerOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServerOptions")
            .field("spec", &self.spec)
            .field("port", &self.port)
            .field("state_dir", &self.state_dir)
            .field("follow_clock", &self.follow_clock.is_some())
            .field("deny", &self.deny)
            .field("limits", &self.limits)
            .field("latency", &self.latency)
            .field("event_version", &self.event_version)
            .field("test_clocks", &self.test_clocks)
            .finish()
    }
}

/// What the handlers share.
struct Shared {
    world: Arc<RwLock<World>>,
    keys: Keys,
    account: String,
    clock: Option<Clock>,
    state_dir: Option<PathBuf>,
    journal: Mutex<Journal>,
    faults: Mutex<Vec<Fault>>,
    denied: Mutex<Vec<String>>,
    gate: Gate,
    latency: Option<Duration>,
    event_version: Option<String>,
    answers: Answers,
    /// The query of the page that each list gave last, by the list's path and filter.
    pages: Mutex<HashMap<String, String>>,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // A holder that panicked left plain data behind; it is still the best there is.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Shared {
    fn read(&self) -> RwLockReadGuard<'_, World> {
        self.world.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn journal(&self) -> MutexGuard<'_, Journal> {
        locked(&self.journal)
    }

    fn faults(&self) -> MutexGuard<'_, Vec<Fault>> {
        locked(&self.faults)
    }

    fn denied(&self) -> MutexGuard<'_, Vec<String>> {
        locked(&self.denied)
    }

    /// Moves the world to an instant, off the threads that answer, and keeps where it is.
    async fn advance(self: &Arc<Self>, to: DateTime<Utc>) -> Result<(), SimError> {
        let shared = Arc::clone(self);
        let moved = tokio::task::spawn_blocking(move || {
            shared
                .world
                .write()
                .unwrap_or_else(PoisonError::into_inner)
                .advance_to(to);
            shared.keep()
        });
        moved.await.map_err(|_| SimError::World)?
    }

    /// Carries out a request that writes, and keeps it once carrying out has begun.
    fn carry_out(&self, order: Order) -> Performed {
        let mut world = self.world.write().unwrap_or_else(PoisonError::into_inner);
        let done = write::perform(&mut world, &order);
        let Some(dir) = self.state_dir.as_ref().filter(|_| done.begun) else {
            return done;
        };
        let at = world.present().timestamp();
        // Kept before anybody else may write, so that the lines stand in the order of what they did.
        match state::append(dir, &state::Line { at, order }) {
            Ok(()) => done,
            Err(_) => Performed {
                status: 500,
                body: error::Refusal::broken(500).body(),
                begun: true,
            },
        }
    }

    fn keep(&self) -> Result<(), SimError> {
        let Some(dir) = &self.state_dir else {
            return Ok(());
        };
        let kept = {
            let world = self.read();
            state::Kept {
                spec: world.spec().clone(),
                clock: world.present(),
            }
        };
        state::save(dir, &kept)
    }
}

/// The server.
#[derive(Debug)]
pub struct Server;

/// A server that is running. Dropping it stops it without waiting.
pub struct Running {
    shared: Arc<Shared>,
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<()>,
}

impl fmt::Debug for Running {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Running")
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}

impl Server {
    /// Makes the world and starts answering.
    ///
    /// # Errors
    /// When the port cannot be had or the state directory cannot be used.
    pub async fn start(options: ServerOptions) -> Result<Running, SimError> {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, options.port));
        let listener = TcpListener::bind(address)
            .await
            .map_err(|source| SimError::Listen { address, source })?;
        let address = listener
            .local_addr()
            .map_err(|source| SimError::Listen { address, source })?;
        let kept = options
            .state_dir
            .as_deref()
            .map(state::load)
            .transpose()?
            .flatten();
        let lines = match (&kept, options.state_dir.as_deref()) {
            (Some(_), Some(dir)) => state::load_lines(dir)?,
            _ => Vec::new(),
        };
        if let Some(dir) = options.state_dir.as_deref() {
            state::rewrite_lines(dir, &lines)?;
        }
        let (spec, clock) = kept.map_or_else(
            || (options.spec.clone(), options.spec.now),
            |kept| (kept.spec, kept.clock),
        );
        let answers = Answers::default();
        let known = answers.clone();
        let made = tokio::task::spawn_blocking(move || grown(&spec, clock, &lines, &known));
        let mut world = made.await.map_err(|_| SimError::World)?;
        world.set_clocks(options.test_clocks);
        let shared = Arc::new(Shared {
            keys: Keys::of(world.spec()),
            account: world.account_id(),
            world: Arc::new(RwLock::new(world)),
            clock: options.follow_clock,
            state_dir: options.state_dir,
            journal: Mutex::default(),
            faults: Mutex::default(),
            denied: Mutex::new(options.deny),
            gate: Gate::new(options.limits),
            latency: options.latency,
            event_version: options.event_version,
            answers,
            pages: Mutex::default(),
        });
        shared.keep()?;
        let app = Router::new()
            .fallback(serve::handle)
            .with_state(Arc::clone(&shared));
        let (stop, stopped) = oneshot::channel::<()>();
        let task = tokio::spawn(async move {
            let service = app.into_make_service_with_connect_info::<Budget>();
            let signal = async move {
                // A dropped sender means stop as well.
                let _ = stopped.await;
            };
            // Serving ends by the signal alone; it has no errors of its own to tell.
            let _ = axum::serve(FrailListener(listener), service)
                .with_graceful_shutdown(signal)
                .await;
        });
        Ok(Running {
            shared,
            address,
            stop: Some(stop),
            task,
        })
    }
}

/// The world of a spec at an instant, with the requests that wrote to it done again on the way.
fn grown(spec: &WorldSpec, clock: DateTime<Utc>, lines: &[state::Line], known: &Answers) -> World {
    let mut world = World::begin(spec);
    for line in lines {
        world.advance_to(DateTime::from_timestamp(line.at, 0).unwrap_or_default());
        let done = write::perform(&mut world, &line.order);
        serve::remember(known, &line.order, done, line.at);
    }
    world.advance_to(clock);
    world
}

impl Running {
    /// Where it listens, `http://127.0.0.1:PORT`.
    #[must_use]
    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The restricted key.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.shared.keys.restricted
    }

    /// The secret key, to which no permission is denied.
    #[must_use]
    pub fn secret_key(&self) -> &str {
        &self.shared.keys.secret
    }

    /// The world behind the server.
    #[must_use]
    pub fn world(&self) -> Arc<RwLock<World>> {
        Arc::clone(&self.shared.world)
    }

    /// Moves simulated time, as `POST /_sim/advance` does.
    ///
    /// # Errors
    /// When the new time cannot be kept in the state directory.
    pub async fn advance_to(&self, instant: DateTime<Utc>) -> Result<(), SimError> {
        self.shared.advance(instant).await
    }

    /// Every request so far, oldest first; the last hundred thousand.
    #[must_use]
    pub fn journal(&self) -> Vec<JournalEntry> {
        self.shared.journal().entries()
    }

    /// What requests that write really did, oldest first: each once, however often it was answered.
    #[must_use]
    pub fn effects(&self) -> Vec<Effect> {
        self.shared.read().written.effects().to_vec()
    }

    /// What the limits saw and did since the start, or since they were last set.
    #[must_use]
    pub fn limits(&self) -> LimitsReport {
        self.shared.gate.report()
    }

    /// Sets other limits, or none, and begins counting anew.
    pub fn set_limits(&self, limits: Option<Limits>) {
        self.shared.gate.reset(limits);
    }

    /// Replaces the faults on order.
    pub fn set_faults(&self, faults: Vec<Fault>) {
        *self.shared.faults() = faults;
    }

    /// Replaces the permissions that the restricted key lacks.
    pub fn set_denied(&self, deny: Vec<String>) {
        *self.shared.denied() = deny;
    }

    /// Stops answering, lets running requests end for a moment, and keeps the clock.
    ///
    /// # Errors
    /// When the clock cannot be kept in the state directory.
    pub async fn stop(mut self) -> Result<(), SimError> {
        drop(self.stop.take());
        // A stalled request must not hold the end up.
        if tokio::time::timeout(Duration::from_secs(2), &mut self.task)
            .await
            .is_err()
        {
            self.task.abort();
        }
        self.shared.keep()
    }
}
