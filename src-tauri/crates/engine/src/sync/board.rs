//! How the syncs of one mode stand, for anybody who looks. It holds counts and words, never data.

use crate::api::types::ApiErrorView;
use coffer_domain::record::Kind;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// One resource of a running or finished sync.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResourceRun {
    /// The kind.
    pub kind: Kind,
    /// Objects brought in this run.
    pub fetched: u64,
    /// Objects that turned out to be deleted.
    pub deleted: u64,
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
    /// Its resources in the order they are read.
    pub resources: Vec<ResourceRun>,
    /// Requests sent.
    pub requests: u64,
    /// Requests that repeated a failed one.
    pub retries: u64,
    /// When it began.
    pub began: Instant,
    /// How long it took, once finished.
    pub took: Option<Duration>,
    /// Whether everything was brought.
    pub complete: bool,
    /// What could not be done, in plain words.
    pub warnings: Vec<String>,
    /// Why it stopped short.
    pub error: Option<ApiErrorView>,
    /// Whether it stopped because the provider could not be reached.
    pub offline: bool,
}

impl AccountRun {
    /// Its resource of a kind.
    pub fn resource(&mut self, kind: Kind) -> Option<&mut ResourceRun> {
        self.resources
            .iter_mut()
            .find(|resource| resource.kind == kind)
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
