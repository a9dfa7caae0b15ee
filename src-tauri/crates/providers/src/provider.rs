//! What every provider can be asked, and what it answers in.
//!
//! The trait is an edge, so it exists although one adapter implements it today. It only reads, it holds no state that a
//! caller would have to store, and it decides nothing: which page to ask for next and what to do with a change is the
//! engine's. Every list walks from newest to oldest, and everything an answer holds belongs to the mode `M`.

use crate::error::ProviderError;
use crate::name::ProviderName;
use async_trait::async_trait;
use coffer_domain::Instant;
use coffer_domain::mode::Mode;
use coffer_domain::record::{Account, Kind, Record};

/// One object as it came and as we understand it.
#[derive(Debug, Clone, PartialEq)]
pub struct Fetched {
    /// Its kind.
    pub kind: Kind,
    /// Its id.
    pub id: String,
    /// Its JSON as received, without the white space between tokens. Parts that came on pages of their own (a long
    /// invoice's lines) are put in where they belong.
    pub raw: String,
    /// What it means.
    pub record: Record,
    /// Records that stood inside it, such as the coupon of a discount. They may tell less than the object itself would
    /// (a coupon here does not say which products it is for), so one of them is kept only where its id is not known.
    pub also: Vec<Record>,
    /// The version of the provider's API that `raw` is written in.
    pub api_version: &'static str,
}

/// One page of a list.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// Its objects, newest first.
    pub objects: Vec<Fetched>,
    /// Objects that the list still names and that are gone.
    pub deleted: Vec<String>,
    /// What to give as `after` for the next page; `None` at the end.
    pub next: Option<String>,
}

/// What changed since an instant.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Changes {
    /// Objects whose latest state is needed, each once, in order of their first change.
    pub touched: Vec<(Kind, String)>,
    /// Objects that are gone, each once.
    pub deleted: Vec<(Kind, String)>,
    /// When the newest change happened.
    pub newest: Option<Instant>,
    /// How many changes were read.
    pub seen: u64,
}

/// The answer to a look-up.
#[derive(Debug, Clone, PartialEq)]
pub enum Found {
    /// It is here.
    Here(Box<Fetched>),
    /// The provider says that it was deleted.
    Deleted,
    /// The provider knows no such object, or no longer.
    Missing,
}

/// What a provider can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Capabilities {
    /// The kinds it can list, in the order of a first sync.
    pub kinds: &'static [Kind],
    /// Whether it tells what changed.
    pub has_changes: bool,
}

/// One permission that Coffer asks for, in the provider's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PermissionNeeded {
    /// The kind that it opens; `None` for the record of changes.
    pub kind: Option<Kind>,
    /// The box on the provider's page, such as `Customers: Read`.
    pub label: &'static str,
    /// The provider's name for it, such as `rak_customer_read`.
    pub slug: &'static str,
}

/// Whether a key has a permission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Permission {
    /// The kind that it opens; `None` for the record of changes, without which only whole lists can be walked.
    pub kind: Option<Kind>,
    /// The box on the provider's page, such as `Customers: Read`.
    pub label: &'static str,
    /// The provider's name for it, such as `rak_customer_read`.
    pub slug: &'static str,
    /// Whether the key has it; `None` when the provider did not say.
    pub granted: Option<bool>,
}

/// What a valid key opens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyCheck {
    /// Whose key it is. Only the id is certain to be known.
    pub account: Account,
    /// What it may read: one entry for each kind, and one for the record of changes.
    pub permissions: Vec<Permission>,
}

impl KeyCheck {
    /// The kinds that the key may read, in the order of a first sync.
    #[must_use]
    pub fn readable(&self) -> Vec<Kind> {
        self.permissions
            .iter()
            .filter(|permission| permission.granted == Some(true))
            .filter_map(|permission| permission.kind)
            .collect()
    }

    /// Whether the key may read the record of changes.
    #[must_use]
    pub fn reads_changes(&self) -> bool {
        self.permissions
            .iter()
            .any(|permission| permission.kind.is_none() && permission.granted == Some(true))
    }
}

/// What a client has asked so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Usage {
    /// Requests sent, repeats included.
    pub requests: u64,
    /// Requests that repeated a failed one.
    pub retries: u64,
    /// The latest time that an answer carried. It never goes back.
    pub provider_time: Option<Instant>,
}

/// A payment provider, asked with one key of one mode.
#[async_trait]
pub trait Provider<M: Mode>: Send + Sync {
    /// Which provider.
    fn name(&self) -> ProviderName;

    /// What it can do.
    fn capabilities(&self) -> Capabilities;

    /// Whether the key is valid, whose it is and what it may read. Has no side effects at the provider.
    ///
    /// # Errors
    /// When the key is rejected, belongs to the other mode, does not tell its account, or the provider cannot be asked.
    async fn check_key(&self) -> Result<KeyCheck, ProviderError>;

    /// One page of a list, newest first, after the object named, or the first page.
    ///
    /// # Errors
    /// When any object of the page cannot be read or is of the other mode: a page is returned whole or not at all.
    async fn page(&self, kind: Kind, after: Option<&str>) -> Result<Page, ProviderError>;

    /// Everything that changed at or after an instant, as far back as the provider remembers.
    ///
    /// # Errors
    /// When the provider cannot be asked or answers for the other mode.
    async fn changes(&self, since: Instant) -> Result<Changes, ProviderError>;

    /// One object by its id.
    ///
    /// # Errors
    /// When the provider cannot be asked or the object cannot be read. An object that is not there is not an error.
    async fn look_up(&self, kind: Kind, id: &str) -> Result<Found, ProviderError>;

    /// What this client has asked so far.
    fn usage(&self) -> Usage;
}
