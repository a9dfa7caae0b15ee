//! How the syncs of one mode stand, for anybody who looks. It holds counts and words, never data.

use crate::api::types::ApiErrorView;
use coffer_domain::ids::AccountId;
use coffer_domain::record::Kind;
use coffer_domain::sync::Gap;
use coffer_store::proof::Mismatch;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// What a run is at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// The tables are made anew from the JSON kept.
    Reprojecting,
    /// The lists are walked.
    Walking,
    /// What follows from them is worked out.
    Deriving,
    /// Changes are read.
    Changes,
    /// What changes without a notice is looked at.
    Sweeping,
    /// The copy is held against itself.
    Proving,
    /// It has come to its end.
    Ended,
}

impl Phase {
    /// The word for it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Reprojecting => "reprojecting",
            Self::Walking => "walking",
            Self::Deriving => "deriving",
            Self::Changes => "changes",
            Self::Sweeping => "sweeping",
            Self::Proving => "proving",
            Self::Ended => "ended",
        }
    }
}

/// One resource of a running or finished sync.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResourceRun {
    /// The kind.
    pub kind: Kind,
    /// Objects brought in this run.
    pub fetched: u64,
    /// Objects that turned out to be deleted.
    pub deleted: u64,
    /// Objects left to be brought, roughly; `None` while nothing is known of that, and at the end.
    pub left: Option<u64>,
    /// Whether it is finished.
    pub done: bool,
}

/// One account of a running or finished sync.
#[derive(Debug, Clone)]
pub struct AccountRun {
    /// The account.
    pub account: String,
    /// What the user calls it.
    pub name: String,
    /// `stripe`.
    pub provider: String,
    /// What it is at.
    pub phase: Phase,
    /// Its resources in the order they are read.
    pub resources: Vec<ResourceRun>,
    /// Requests sent.
    pub requests: u64,
    /// Requests that repeated a failed one.
    pub retries: u64,
    /// Answers that said we ask too fast.
    pub limited: u64,
    /// When it began.
    pub began: Instant,
    /// How long it took, once finished.
    pub took: Option<Duration>,
    /// Whether everything was brought and the proof held.
    pub complete: bool,
    /// Whether the lists were walked.
    pub walked: bool,
    /// What was not covered by the walk.
    pub gaps: Vec<Gap>,
    /// What does not add up.
    pub mismatches: Vec<Mismatch>,
    /// What could not be done, and what the user should know, in plain words.
    pub warnings: Vec<String>,
    /// Why it stopped short.
    pub error: Option<ApiErrorView>,
    /// Whether it stopped because the provider could not be reached.
    pub offline: bool,
}

impl AccountRun {
    /// A run that has asked nothing yet.
    #[must_use]
    pub fn new(account: String, name: String, provider: String) -> Self {
        Self {
            account,
            name,
            provider,
            phase: Phase::Changes,
            resources: Vec::new(),
            requests: 0,
            retries: 0,
            limited: 0,
            began: Instant::now(),
            took: None,
            complete: false,
            walked: false,
            gaps: Vec::new(),
            mismatches: Vec::new(),
            warnings: Vec::new(),
            error: None,
            offline: false,
        }
    }

    /// Its resource of a kind.
    pub fn resource(&mut self, kind: Kind) -> Option<&mut ResourceRun> {
        self.resources
            .iter_mut()
            .find(|resource| resource.kind == kind)
    }

    /// Objects brought.
    #[must_use]
    pub fn fetched(&self) -> u64 {
        self.resources.iter().map(|resource| resource.fetched).sum()
    }

    /// Objects left to be brought, roughly, of the lists that have begun; `None` before any has.
    #[must_use]
    pub fn left(&self) -> Option<u64> {
        let mut known = self
            .resources
            .iter()
            .filter(|resource| !resource.done)
            .filter_map(|resource| resource.left)
            .peekable();
        known.peek()?;
        Some(known.fold(0, u64::saturating_add))
    }

    /// How long it will still take at the speed so far, roughly.
    #[must_use]
    pub fn time_left(&self) -> Option<Duration> {
        let (fetched, left) = (self.fetched(), self.left()?);
        if self.phase != Phase::Walking || fetched == 0 {
            return None;
        }
        #[expect(clippy::cast_precision_loss, reason = "an estimate for a progress bar")]
        let ratio = left as f64 / fetched as f64;
        Duration::try_from_secs_f64(self.began.elapsed().as_secs_f64() * ratio).ok()
    }
}

/// How the syncs of one mode stand.
#[derive(Debug, Default)]
pub struct SyncBoard {
    runs: Mutex<Vec<AccountRun>>,
}

impl SyncBoard {
    /// Every account's latest run in this process.
    #[must_use]
    pub fn runs(&self) -> Vec<AccountRun> {
        self.runs
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Puts a new run in place of the account's last one.
    pub(crate) fn begin(&self, run: AccountRun) {
        let mut runs = self.runs.lock().unwrap_or_else(PoisonError::into_inner);
        runs.retain(|known| known.account != run.account);
        runs.push(run);
    }

    /// Changes an account's run.
    pub(crate) fn update(&self, account: &str, change: impl FnOnce(&mut AccountRun)) {
        let mut runs = self.runs.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(run) = runs.iter_mut().find(|run| run.account == account) {
            change(run);
        }
    }

    /// Says what an account's run is at.
    pub(crate) fn phase(&self, account: &AccountId, phase: Phase) {
        self.update(account.as_str(), |run| {
            tracing::debug!(
                account = %account,
                phase = phase.as_str(),
                milliseconds = u64::try_from(run.began.elapsed().as_millis()).unwrap_or(u64::MAX),
                requests = run.requests,
                "a sync goes on to its next part"
            );
            run.phase = phase;
        });
    }

    /// Whether an account is being synced by this process.
    #[must_use]
    pub fn is_running(&self, account: &str) -> bool {
        self.runs
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .iter()
            .any(|run| run.account == account && run.took.is_none())
    }

    /// An account's run.
    pub(crate) fn run(&self, account: &str) -> Option<AccountRun> {
        self.runs().into_iter().find(|run| run.account == account)
    }

    /// Forgets an account.
    pub(crate) fn forget(&self, account: &str) {
        self.runs
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .retain(|run| run.account != account);
    }
}
