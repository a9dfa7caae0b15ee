//! What every provider can be asked, and what it answers in.
//!
//! The trait is an edge, so it exists although one adapter implements it today. It holds no state that a caller would have to
//! store, and it decides nothing: which page to ask for next, what to do with a change and whether to send what changes
//! something is the engine's. Only `perform` changes anything. Every list walks from newest to oldest, and everything an answer holds belongs to the mode `M`.

use crate::action::{Frozen, Order, Performed, Preview, Trace};
use crate::error::ProviderError;
use crate::name::ProviderName;
use async_trait::async_trait;
use coffer_domain::Instant;
use coffer_domain::mode::Mode;
use coffer_domain::operation::PlanChange;
use coffer_domain::record::{Account, Kind, Record};
use coffer_domain::sync::{Notice, Slice};

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
    /// Its objects, newest first. Those of one second may stand in any order.
    pub objects: Vec<Fetched>,
    /// Objects that the list still names and that are gone.
    pub deleted: Vec<String>,
    /// What to give as `after` for the next page of the same slice; `None` at the end. Only that slice understands it.
    pub next: Option<String>,
}

/// One page of what changed.
#[derive(Debug, Clone, PartialEq)]
pub struct ChangesPage {
    /// What happened, newest first.
    pub told: Vec<Told>,
    /// What to give as `after` for the next page; `None` at the end.
    pub next: Option<String>,
}

/// One thing that happened.
#[derive(Debug, Clone, PartialEq)]
pub struct Told {
    /// That it happened, and to what.
    pub notice: Notice,
    /// The object of the notice's own as it was then, where it came whole and in the version that we read: just as a
    /// look-up would have told it at that instant.
    pub payload: Option<Box<Fetched>>,
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

/// An invoice as the provider draws it.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    /// The invoice that is drawn.
    pub invoice: Box<Fetched>,
    /// A PDF.
    pub bytes: Vec<u8>,
}

/// What a provider can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Capabilities {
    /// The kinds that it has, in the order of a first sync.
    pub kinds: &'static [Kind],
    /// Whether it tells what changed.
    pub has_changes: bool,
    /// Kinds whose list can be asked for by when objects were created (`Slice::Created` with a bound).
    pub by_created: &'static [Kind],
    /// Kinds that can be asked for what is unsettled (`Slice::Unsettled`) at less cost than for the whole list.
    pub unsettled: &'static [Kind],
    /// Kinds that are listed for one object at a time (`Slice::Of`): the list, and the kind of the object.
    pub of_one: &'static [(Kind, Kind)],
    /// Kinds whose lists leave out what lives on a test clock, customers first: those are listed by clock
    /// (`Slice::OnClock`), the others by customer. Empty where there are no such clocks.
    pub on_clocks: &'static [Kind],
}

/// What a permission lets a key do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Access {
    /// Read.
    Read,
    /// Change.
    Write,
}

impl Access {
    /// `read` or `write`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
        }
    }

    /// Reads `read` or `write`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Read, Self::Write]
            .into_iter()
            .find(|access| access.as_str() == text)
    }
}

/// One permission that Coffer asks for, in the provider's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PermissionNeeded {
    /// The kind that it opens; `None` for the record of changes (read) and for the customers' portal (write).
    pub kind: Option<Kind>,
    /// What it lets the key do.
    pub access: Access,
    /// The box on the provider's page, such as `Customers: Read`.
    pub label: &'static str,
    /// The provider's name for it, such as `rak_customer_read`.
    pub slug: &'static str,
}

/// Whether a key has a permission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Permission {
    /// The kind that it opens; `None` for the record of changes (read), without which only whole lists can be walked,
    /// and for the customers' portal (write).
    pub kind: Option<Kind>,
    /// What it lets the key do.
    pub access: Access,
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
    /// The account's JSON without white space, when the key may read it.
    pub account_raw: Option<String>,
    /// What it may do: one entry for reading each kind, one for the record of changes, and then those for writing.
    pub permissions: Vec<Permission>,
}

impl KeyCheck {
    /// The kinds that the key may read, in the order of a first sync.
    #[must_use]
    pub fn readable(&self) -> Vec<Kind> {
        self.granted(Access::Read)
            .filter_map(|permission| permission.kind)
            .collect()
    }

    /// Whether the key may read the record of changes.
    #[must_use]
    pub fn reads_changes(&self) -> bool {
        self.granted(Access::Read)
            .any(|permission| permission.kind.is_none())
    }

    /// Whether the key may change objects of a kind. A kind that nothing of ours changes has no entry and is `false`.
    #[must_use]
    pub fn may_write(&self, kind: Kind) -> bool {
        self.granted(Access::Write)
            .any(|permission| permission.kind == Some(kind))
    }

    fn granted(&self, access: Access) -> impl Iterator<Item = &Permission> {
        self.permissions.iter().filter(move |permission| {
            permission.access == access && permission.granted == Some(true)
        })
    }
}

/// What a client has asked so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Usage {
    /// Requests sent, repeats included.
    pub requests: u64,
    /// Requests that repeated a failed one.
    pub retries: u64,
    /// Requests sent that read (GET), repeats included: what the provider's allowance counts.
    pub reads: u64,
    /// Answers that asked for fewer requests (429).
    pub limited: u64,
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

    /// Whether the key is valid, whose it is and what it may do. Has no side effects at the provider: what the key may
    /// change is found out by asking for a change of objects that cannot exist.
    ///
    /// # Errors
    /// When the key is rejected, belongs to the other mode, does not tell its account, or the provider cannot be asked.
    async fn check_key(&self) -> Result<KeyCheck, ProviderError>;

    /// One page of a part of a list, newest first, after the place named by the page before it, or the first page.
    ///
    /// A customer's credit ledger has no list but its own: any slice of it but `Slice::Of` is an empty page at its end, and
    /// so is whatever belongs to an object or a clock that is gone. Which other kinds can be asked for by one object that they belong to
    /// stands in `Capabilities::of_one`.
    ///
    /// # Errors
    /// When any object of the page cannot be read or is of the other mode: a page is returned whole or not at all. When
    /// the page repeats what came before it (`Unreadable`). When the provider has no such slice of this kind.
    async fn page(
        &self,
        kind: Kind,
        slice: &Slice,
        after: Option<&str>,
    ) -> Result<Page, ProviderError>;

    /// The test clocks that customers of a sandbox may live on, by their ids. Where there are none, nothing is asked.
    ///
    /// # Errors
    /// When the provider cannot be asked, or the key may not read them.
    async fn clocks(&self) -> Result<Vec<String>, ProviderError>;

    /// One page of what changed at or after an instant, newest first, as far back as the provider remembers.
    ///
    /// # Errors
    /// When the provider cannot be asked, answers for the other mode or repeats a page.
    async fn changes(
        &self,
        since: Instant,
        after: Option<&str>,
    ) -> Result<ChangesPage, ProviderError>;

    /// One object by its id. What is listed for one object at a time is found by that object's id, a slash and its own
    /// id (`cus_1/cbtxn_1`); its own id alone is `Missing`.
    ///
    /// # Errors
    /// When the provider cannot be asked or the object cannot be read. An object that is not there is not an error.
    async fn look_up(&self, kind: Kind, id: &str) -> Result<Found, ProviderError>;

    /// An invoice as the provider draws it, with the invoice as it is now. `None` where there is no such invoice, or no
    /// drawing of it, as of a draft.
    ///
    /// # Errors
    /// When the provider cannot be asked, or what comes is no document.
    async fn invoice_document(&self, invoice: &str) -> Result<Option<Document>, ProviderError>;

    /// Hosts besides the provider's own that documents were fetched from, and how often.
    fn elsewhere(&self) -> Vec<(String, u64)>;

    /// Sends a request that changes something, once. `key` is what the provider knows it by, where it knows keys.
    async fn perform(&self, frozen: &Frozen, key: &str) -> Performed;

    /// Looks whether an operation's step happened, by our mark, by the key it was sent with, or by the state of its object.
    /// `since` is when it was first sent, by the provider's clock.
    ///
    /// # Errors
    /// When the provider cannot be asked or its answer cannot be read: then nothing is known.
    async fn trace(
        &self,
        order: Order<'_>,
        key: &str,
        since: Option<Instant>,
    ) -> Result<Trace, ProviderError>;

    /// What a change of plan would cost, in the provider's own reckoning. Changes nothing.
    ///
    /// # Errors
    /// When the provider cannot be asked or refuses the change.
    async fn preview(&self, change: &PlanChange, now: Instant) -> Result<Preview, ProviderError>;

    /// What this client has asked so far.
    fn usage(&self) -> Usage;
}
