//! One account on its way: its provider, what the key may read, and the order of questions.
//!
//! Every question gets a number, and every answer is as of no earlier than the provider's clock when it was asked: with
//! these the file tells an older version from a newer one. A page that cannot be read is asked for once more, because a
//! network that garbles one answer rarely garbles two.

use crate::account::asked;
use crate::books::Books;
use crate::error::EngineError;
use coffer_domain::Instant;
use coffer_domain::ids::AccountId;
use coffer_domain::mode::Mode;
use coffer_domain::record::Kind;
use coffer_domain::sync::Slice;
use coffer_providers::{Fetched, Found, Page, Provider, ProviderError};
use coffer_store::table::account;
use coffer_store::table::reads;
use coffer_store::{Incoming, PageCommit, StoreError, Write, delete};
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::task::JoinSet;

/// Pages that a short part of a list may have; a server that repeats itself for ever is stopped here.
const PAGES_MAX: usize = 10_000;
/// Objects asked for by id at the same time.
const LOOK_UPS_AT_ONCE: usize = 8;

/// When a question was put.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Asked {
    /// Its number.
    pub(super) number: i64,
    /// The provider's clock before it; 1970 while the provider has not spoken.
    pub(super) at: Instant,
}

/// One account on its way.
pub(super) struct Asker<M: Mode> {
    pub(super) books: Arc<Books<M>>,
    pub(super) account: AccountId,
    pub(super) provider: Arc<dyn Provider<M>>,
    /// The kinds that the key was said to read.
    kinds: Vec<Kind>,
    /// Of them, those that turned out to be refused.
    refused: Mutex<BTreeSet<Kind>>,
    /// Lists that were left where they stood because they cannot be read as they are.
    set_aside: Mutex<BTreeSet<Kind>>,
    number: AtomicI64,
    /// What is written down already.
    noted: Mutex<reads::Asked>,
}

impl<M: Mode> Asker<M> {
    pub(super) fn new(
        books: Arc<Books<M>>,
        account: AccountId,
        provider: Arc<dyn Provider<M>>,
        kinds: Vec<Kind>,
        number: i64,
    ) -> Self {
        Self {
            books,
            account,
            provider,
            kinds,
            refused: Mutex::default(),
            set_aside: Mutex::default(),
            number: AtomicI64::new(number),
            noted: Mutex::default(),
        }
    }

    /// The kinds that can be read, as far as is known by now.
    pub(super) fn readable(&self) -> Vec<Kind> {
        let refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        self.kinds
            .iter()
            .copied()
            .filter(|kind| !refused.contains(kind))
            .collect()
    }

    /// The kinds that were said to be readable and were not.
    pub(super) fn refused(&self) -> Vec<Kind> {
        let refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        refused.iter().copied().collect()
    }

    /// Leaves a list where it stands, because something in it cannot be read, and says so; the others go on.
    pub(super) fn set_aside(&self, kind: Kind, error: ProviderError) {
        self.set_aside
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(kind);
        self.warn(format!(
            "{} The rest of the list was left for the next sync.",
            EngineError::from(error)
        ));
    }

    /// Whether every list was read that was to be read.
    pub(super) fn left_nothing(&self) -> bool {
        let nothing = |kinds: &Mutex<BTreeSet<Kind>>| {
            kinds
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .is_empty()
        };
        nothing(&self.refused) && nothing(&self.set_aside)
    }

    /// What was asked and is not written down yet; it counts as written down from here on.
    pub(super) fn asked_to_note(&self) -> reads::Asked {
        let mut noted = self.noted.lock().unwrap_or_else(PoisonError::into_inner);
        let now = asked(&self.provider.usage());
        let more = reads::Asked {
            reads: now.reads.saturating_sub(noted.reads),
            requests: now.requests.saturating_sub(noted.requests),
        };
        *noted = now;
        more
    }

    /// Notes that a list is refused, and says so.
    pub(super) fn refuse(&self, kind: Kind, error: ProviderError) {
        self.refused
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(kind);
        self.warn(format!(
            "{} The list was left out.",
            EngineError::from(error)
        ));
    }

    /// The provider's clock if it spoke, else ours.
    pub(super) fn now(&self) -> Instant {
        self.provider
            .usage()
            .provider_time
            .unwrap_or_else(|| self.books.clock.now())
    }

    /// Puts a number on the next question.
    pub(super) fn asked(&self) -> Asked {
        Asked {
            number: self.number.fetch_add(1, Ordering::Relaxed) + 1,
            at: self
                .provider
                .usage()
                .provider_time
                .unwrap_or(Instant::UNIX_EPOCH),
        }
    }

    /// One page of a list.
    pub(super) async fn page(
        &self,
        kind: Kind,
        slice: &Slice,
        after: Option<&str>,
    ) -> Result<(Page, Asked), ProviderError> {
        let asked = self.asked();
        let mut page = self.ask_page(kind, slice, after).await;
        if matches!(page, Err(ProviderError::Unreadable { .. })) {
            page = self.ask_page(kind, slice, after).await;
        }
        self.note_usage();
        Ok((page?, asked))
    }

    async fn ask_page(
        &self,
        kind: Kind,
        slice: &Slice,
        after: Option<&str>,
    ) -> Result<Page, ProviderError> {
        let page = self.provider.page(kind, slice, after).await?;
        if page.objects.iter().all(|object| belongs(object, slice)) {
            return Ok(page);
        }
        Err(ProviderError::Unreadable {
            what: format!(
                "a page of {}: it holds what was not asked for",
                kind.as_str()
            ),
            request_id: None,
        })
    }

    /// The latest state of objects, each asked for once and a few at a time, in no order.
    pub(super) async fn look_up(
        self: &Arc<Self>,
        wanted: Vec<(Kind, String)>,
    ) -> Result<LookedUp, EngineError> {
        let mut looked = LookedUp::default();
        let mut waiting = wanted.into_iter();
        let mut running = JoinSet::new();
        loop {
            while running.len() < LOOK_UPS_AT_ONCE
                && let Some((kind, id)) = waiting.next()
            {
                let own = Arc::clone(self);
                running.spawn(async move {
                    let asked = own.asked();
                    let found = own.provider.look_up(kind, &id).await;
                    (kind, id, asked, found)
                });
            }
            let Some(done) = running.join_next().await else {
                break;
            };
            let (kind, id, asked, found) = done.map_err(internal)?;
            self.note_usage();
            match found {
                Ok(Found::Here(object)) => looked.here.push((*object, asked)),
                Ok(Found::Deleted) => looked.gone.push((kind, id, Gone::Deleted)),
                Ok(Found::Missing) => looked.gone.push((kind, id, Gone::Missing)),
                Err(error) if is_about_one_resource(&error) => {
                    looked.refused = true;
                    self.warn(format!(
                        "{} Changed {} were not read.",
                        EngineError::from(error),
                        kind.as_str()
                    ));
                }
                // What cannot be read now is asked for again at the next sync, and does not keep the others back.
                Err(error) if is_about_one_list(&error) => {
                    looked.refused = true;
                    self.set_aside(kind, error);
                }
                Err(error) => return Err(error.into()),
            }
        }
        Ok(looked)
    }

    /// A commit of objects that were asked for together.
    pub(super) fn commit_of(
        &self,
        kind: Kind,
        objects: Vec<Fetched>,
        asked: Asked,
        walk: i64,
    ) -> PageCommit {
        PageCommit {
            account: self.account.clone(),
            kind,
            objects: objects.into_iter().map(incoming).collect(),
            deleted: Vec::new(),
            asked: asked.number,
            fetched_at: asked.at,
            seen_at: self.now(),
            walk,
            stretch: None,
        }
    }

    /// Every page of a part of a list, ready to be committed, for parts that are short.
    pub(super) async fn all(
        &self,
        kind: Kind,
        slice: &Slice,
        walk: i64,
    ) -> Result<Vec<PageCommit>, ProviderError> {
        let mut commits = Vec::new();
        let mut after: Option<String> = None;
        for _ in 0..PAGES_MAX {
            let (page, asked) = self.page(kind, slice, after.as_deref()).await?;
            commits.push(self.commit_of(kind, page.objects, asked, walk));
            after = page.next;
            if after.is_none() {
                return Ok(commits);
            }
        }
        Err(ProviderError::Unreadable {
            what: format!("a part of {}: it has no end", kind.as_str()),
            request_id: None,
        })
    }

    /// Writes what was brought outside of a walk, in one transaction with what else belongs to it. Until a proof has come
    /// to its end the copy is known as unproved, whatever happens in between.
    pub(super) async fn write(
        &self,
        brought: Brought,
        also: impl FnOnce(&mut Write<'_>) -> Result<(), StoreError> + Send + 'static,
    ) -> Result<(), EngineError> {
        let Brought { commits, gone } = brought;
        let counts: Vec<(Kind, u64, u64)> = commits
            .iter()
            .map(|commit| (commit.kind, commit.objects.len() as u64, 0))
            .chain(gone.iter().map(|(kind, _)| (*kind, 0, 1)))
            .collect();
        let account = self.account.clone();
        let (asked, now) = (self.asked_to_note(), self.books.clock.now());
        self.books
            .write(move |write| {
                if !(commits.is_empty() && gone.is_empty()) {
                    account::set_unproved(write, &account, true)?;
                    write.touch("sync");
                }
                if asked.requests > 0 {
                    reads::note(write, &account, now, asked)?;
                }
                for commit in &commits {
                    commit.apply(write)?;
                }
                for (kind, id) in &gone {
                    delete(write, &account, *kind, id)?;
                }
                also(write)
            })
            .await?;
        for (kind, fetched, gone) in counts {
            self.count(kind, fetched, gone);
        }
        Ok(())
    }

    /// Tells the board what was brought.
    pub(super) fn count(&self, kind: Kind, fetched: u64, deleted: u64) {
        self.books.board.update(self.account.as_str(), |run| {
            if let Some(resource) = run.resource(kind) {
                resource.fetched += fetched;
                resource.deleted += deleted;
            }
        });
    }

    /// Tells the board something that the user should know.
    pub(super) fn warn(&self, warning: String) {
        self.books.board.update(self.account.as_str(), |run| {
            if !run.warnings.contains(&warning) {
                run.warnings.push(warning);
            }
        });
    }

    /// Tells the board how much has been asked.
    pub(super) fn note_usage(&self) {
        let usage = self.provider.usage();
        self.books.board.update(self.account.as_str(), |run| {
            run.requests = usage.requests;
            run.retries = usage.retries;
            run.limited = usage.limited;
        });
    }
}

/// How an object is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Gone {
    /// The provider says that it was deleted.
    Deleted,
    /// The provider knows no such object.
    Missing,
}

impl Gone {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Deleted => "deleted",
            Self::Missing => "missing",
        }
    }
}

/// What is to be written together.
#[derive(Default)]
pub(super) struct Brought {
    pub(super) commits: Vec<PageCommit>,
    /// Objects that the provider no longer has.
    pub(super) gone: Vec<(Kind, String)>,
}

/// What was found by asking for single objects.
#[derive(Default)]
pub(super) struct LookedUp {
    pub(super) here: Vec<(Fetched, Asked)>,
    pub(super) gone: Vec<(Kind, String, Gone)>,
    /// Whether any could not be read, for want of a permission or as it came.
    pub(super) refused: bool,
}

impl LookedUp {
    /// All of it as changes of the copy: what is gone is gone from there too.
    pub(super) fn brought<M: Mode>(self, asker: &Asker<M>, walk: i64) -> Brought {
        Brought {
            gone: self
                .gone
                .into_iter()
                .map(|(kind, id, _)| (kind, id))
                .collect(),
            commits: commits(asker, self.here, walk),
        }
    }
}

/// Objects that were asked for one by one, each to be committed as of its own question.
pub(super) fn commits<M: Mode>(
    asker: &Asker<M>,
    objects: Vec<(Fetched, Asked)>,
    walk: i64,
) -> Vec<PageCommit> {
    objects
        .into_iter()
        .map(|(object, asked)| asker.commit_of(object.kind, vec![object], asked, walk))
        .collect()
}

/// Whether an object lies in the part of the list that was asked for.
fn belongs(object: &Fetched, slice: &Slice) -> bool {
    match (slice, object.record.created()) {
        (Slice::Created { from, to }, Some(created)) => {
            from.is_none_or(|from| created >= from) && to.is_none_or(|to| created < to)
        }
        _ => true,
    }
}

/// Whether a fault concerns one resource alone, so that the others can still be brought.
pub(super) const fn is_about_one_resource(error: &ProviderError) -> bool {
    matches!(error, ProviderError::NotPermitted { .. })
}

/// Whether a fault is the lasting answer to one list and says nothing about the others.
pub(super) const fn is_about_one_list(error: &ProviderError) -> bool {
    matches!(
        error,
        ProviderError::Refused { .. } | ProviderError::Unreadable { .. }
    )
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "it is handed to `map_err` by its name"
)]
pub(super) fn internal(error: tokio::task::JoinError) -> EngineError {
    EngineError::Internal(error.to_string())
}

fn incoming(object: Fetched) -> Incoming {
    Incoming {
        json: object.raw,
        api_version: object.api_version.to_owned(),
        record: object.record,
        also: object.also,
    }
}
