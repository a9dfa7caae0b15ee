//! Walking lists and reading changes, with every page committed before the next one counts.
//!
//! While a page is being committed the next one is already on its way; no more than those two are held for each list.
//! Lists are walked a few at a time. What pages touch is derived when a list ends, so that the first numbers stand on
//! the screen while invoices are still coming.

use crate::books::Books;
use crate::error::EngineError;
use crate::sync::run::{is_about_one_resource, provider_now};
use coffer_domain::Instant;
use coffer_domain::ids::AccountId;
use coffer_domain::mode::Mode;
use coffer_domain::record::Kind;
use coffer_domain::sync::{CHANGES_OVERLAP, CHANGES_REACH, Cursor};
use coffer_providers::{Fetched, Found, Page, Provider, ProviderError};
use coffer_store::table::cursor;
use coffer_store::{Incoming, PageCommit, delete, derive_some};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// Pages that one list may have; a server that repeats itself for ever is stopped here.
const PAGES_MAX: u32 = 1_000_000;
/// More changed objects than this are not asked for one by one: the lists are walked again.
const TOUCHED_MAX: usize = 5_000;
/// Objects looked up after a walk before they are committed.
const LOOKED_UP_AT_ONCE: usize = 500;
/// Customers derived in one transaction.
const DERIVED_AT_ONCE: u32 = 500;
/// Lists walked at the same time.
const LISTS_AT_ONCE: usize = 3;

/// One account on its way.
pub(super) struct Walker<'a, M: Mode> {
    pub(super) books: &'a Arc<Books<M>>,
    pub(super) account: &'a AccountId,
    /// The kinds that the key may read.
    pub(super) kinds: &'a [Kind],
    pub(super) provider: &'a dyn Provider<M>,
    /// The number of the latest request, for the order of versions.
    pub(super) asked: AtomicI64,
}

/// What a walk leaves behind.
pub(super) struct Walked {
    /// From when changes are to be read.
    pub(super) changes_from: Instant,
    /// Lists that the key may not read.
    pub(super) not_permitted: u64,
}

/// What reading the changes leaves behind.
pub(super) struct Told {
    /// Whether the provider told; it does not when the key may not read events.
    pub(super) told: bool,
    /// The provider's clock when it had told: everything up to here is in the copy.
    pub(super) as_of: Instant,
    /// Whether more time has passed, by the provider's clock, than the provider remembers. Nothing was brought then.
    pub(super) gap: bool,
}

impl<M: Mode> Walker<'_, M> {
    /// Walks the lists to their ends.
    pub(super) async fn walk(
        &self,
        lists: &[Cursor],
        from_scratch: bool,
        walk: i64,
    ) -> Result<Walked, EngineError> {
        let walk = if from_scratch {
            self.begin(lists).await?
        } else {
            walk
        };
        let id = self.account.clone();
        let changes_from = self
            .books
            .read(move |read| coffer_store::table::account::one(read.sql(), &id))
            .await?
            .and_then(|row| row.changes_from)
            .unwrap_or_else(|| self.books.clock.now());
        let mut not_permitted = 0;
        // What values rest on comes first, so that no customer is derived against half a catalogue.
        for group in groups(lists) {
            for some in group.chunks(LISTS_AT_ONCE) {
                let mut walks = some.iter().map(|list| Box::pin(self.list(list, walk)));
                let (first, second, third) = (walks.next(), walks.next(), walks.next());
                let results = tokio::join!(maybe(first), maybe(second), maybe(third));
                for result in [results.0, results.1, results.2].into_iter().flatten() {
                    not_permitted += result?;
                }
            }
            derive_all(self.books, provider_now(self.books, self.provider)).await?;
        }
        Ok(Walked {
            changes_from,
            not_permitted,
        })
    }

    /// Stamps the instant to read changes from by the provider's clock, before the first page that is kept.
    async fn begin(&self, lists: &[Cursor]) -> Result<i64, EngineError> {
        if let Some(first) = lists.first() {
            match self.provider.page(first.kind, None).await {
                Ok(_) => {}
                Err(error) if is_about_one_resource(&error) => {}
                Err(error) => return Err(error.into()),
            }
        }
        let stamp = provider_now(self.books, self.provider);
        let id = self.account.clone();
        self.books
            .write(move |write| cursor::begin_walk(write, &id, stamp))
            .await
    }

    /// Walks one list; returns 1 when the key may not read it.
    async fn list(&self, from: &Cursor, walk: i64) -> Result<u64, EngineError> {
        let kind = from.kind;
        let mut next = self.ask(kind, from.after.clone()).await;
        let mut restarted = false;
        for _ in 0..PAGES_MAX {
            let (page, asked) = match next {
                Ok(page) => page,
                Err(error) if is_about_one_resource(&error) => {
                    self.warn(format!(
                        "{} The list was left out.",
                        EngineError::from(error)
                    ));
                    return Ok(1);
                }
                // The object that the walk stood at is gone: the list is walked again from its beginning.
                Err(error) if cursor_is_gone(&error) && !restarted => {
                    restarted = true;
                    next = self.ask(kind, None).await;
                    continue;
                }
                Err(error) => return Err(error.into()),
            };
            let after = page.next.clone();
            let cursor = Cursor {
                kind,
                after: after.clone().or_else(|| from.after.clone()),
                done: after.is_none(),
            };
            let commit = self.commit(kind, page, asked, walk, Some(cursor));
            match after {
                Some(after) => {
                    let (committed, following) = tokio::join!(commit, self.ask(kind, Some(after)));
                    committed?;
                    next = following;
                }
                None => {
                    commit.await?;
                    self.finish(kind);
                    return Ok(0);
                }
            }
        }
        Err(EngineError::Internal(format!(
            "the list of {} has no end",
            kind.as_str()
        )))
    }

    async fn ask(&self, kind: Kind, after: Option<String>) -> Result<(Page, i64), ProviderError> {
        let asked = self.number();
        let page = self.provider.page(kind, after.as_deref()).await;
        self.note_usage();
        Ok((page?, asked))
    }

    /// Commits a page of a list with the cursor that follows it.
    async fn commit(
        &self,
        kind: Kind,
        page: Page,
        asked: i64,
        walk: i64,
        cursor: Option<Cursor>,
    ) -> Result<(), EngineError> {
        let counted = (kind, page.objects.len() as u64, page.deleted.len() as u64);
        let deleted = page.deleted;
        let account = self.account.clone();
        let commit = self.page_commit(kind, page.objects, asked, walk, cursor);
        self.books
            .write(move |write| {
                commit.apply(write)?;
                for id in &deleted {
                    delete(write, &account, kind, id)?;
                }
                write.touch("sync");
                Ok(())
            })
            .await?;
        self.count(counted);
        Ok(())
    }

    /// Commits everything that changed at once: the copy is as of before or as of after, never between.
    async fn commit_all(&self, found: Looked, asked: i64) -> Result<(), EngineError> {
        let mut counts = Vec::with_capacity(found.len());
        let mut commits = Vec::with_capacity(found.len());
        for (kind, page) in found {
            counts.push((kind, page.objects.len() as u64, page.deleted.len() as u64));
            // Objects looked up belong to no walk; the next whole walk sees them again.
            let commit = self.page_commit(kind, page.objects, asked, 0, None);
            commits.push((kind, commit, page.deleted));
        }
        let account = self.account.clone();
        self.books
            .write(move |write| {
                for (kind, commit, deleted) in commits {
                    commit.apply(write)?;
                    for id in &deleted {
                        delete(write, &account, kind, id)?;
                    }
                }
                write.touch("sync");
                Ok(())
            })
            .await?;
        counts.into_iter().for_each(|counted| self.count(counted));
        Ok(())
    }

    fn page_commit(
        &self,
        kind: Kind,
        objects: Vec<Fetched>,
        asked: i64,
        walk: i64,
        cursor: Option<Cursor>,
    ) -> PageCommit {
        PageCommit {
            account: self.account.clone(),
            kind,
            objects: objects.into_iter().map(incoming).collect(),
            asked,
            seen_at: provider_now(self.books, self.provider),
            walk,
            cursor,
        }
    }

    fn count(&self, (kind, fetched, deleted): (Kind, u64, u64)) {
        self.books.board.update(self.account.as_str(), |run| {
            if let Some(resource) = run.resource(kind) {
                resource.fetched += fetched;
                resource.deleted += deleted;
            }
        });
        self.note_usage();
    }

    /// The latest state of what was touched, each object asked for once; says whether all of it could be read.
    async fn look_up(
        &self,
        touched: &[(Kind, String)],
        deleted: Vec<(Kind, String)>,
    ) -> Result<(Looked, bool), EngineError> {
        let mut found = Looked::new();
        let mut whole = true;
        for (kind, id) in touched {
            if !self.kinds.contains(kind) {
                continue;
            }
            let page = found.entry(*kind).or_insert_with(empty);
            match self.provider.look_up(*kind, id).await {
                Ok(Found::Here(object)) => page.objects.push(*object),
                Ok(Found::Deleted | Found::Missing) => page.deleted.push(id.clone()),
                Err(error) if is_about_one_resource(&error) => {
                    whole = false;
                    self.warn(format!(
                        "{} Changed {} were not read.",
                        EngineError::from(error),
                        kind.as_str()
                    ));
                }
                Err(error) => return Err(error.into()),
            }
        }
        for (kind, id) in deleted {
            let page = found.entry(kind).or_insert_with(empty);
            page.deleted.push(id);
        }
        Ok((found, whole))
    }

    /// The next request's number.
    fn number(&self) -> i64 {
        self.asked.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// Reads what changed and brings the latest state of everything touched, each object once.
    ///
    /// After a walk (`walked`) everything is read however much it is.
    pub(super) async fn changes(&self, since: Instant, walked: bool) -> Result<Told, EngineError> {
        let silent = |told| {
            let as_of = provider_now(self.books, self.provider);
            Told {
                told,
                as_of,
                gap: !walked && as_of - since > CHANGES_REACH + CHANGES_OVERLAP,
            }
        };
        if !self.provider.capabilities().has_changes {
            return Ok(silent(false));
        }
        let listed = self.provider.changes(since).await;
        self.note_usage();
        let changes = match listed {
            Ok(changes) => changes,
            Err(error) if is_about_one_resource(&error) => {
                self.warn(
                    "The key may not read events, so later changes are not noticed; tick “Events: Read” for it at the provider.".to_owned(),
                );
                return Ok(silent(false));
            }
            Err(error) => return Err(error.into()),
        };
        let told = silent(true);
        if told.gap {
            return Ok(told);
        }
        if changes.touched.len() > TOUCHED_MAX && !walked {
            // Walking is cheaper than asking for so many one by one.
            return Ok(Told { gap: true, ..told });
        }
        let mut all_told = true;
        // After a walk the copy is not whole yet, so that its parts may be committed one by one.
        let at_once = if walked {
            LOOKED_UP_AT_ONCE
        } else {
            TOUCHED_MAX
        };
        let mut deleted = changes.deleted;
        for touched in changes.touched.chunks(at_once.max(1)) {
            let asked = self.number();
            let (found, whole) = self.look_up(touched, std::mem::take(&mut deleted)).await?;
            all_told &= whole;
            self.commit_all(found, asked).await?;
        }
        if !deleted.is_empty() {
            let asked = self.number();
            let (found, _) = self.look_up(&[], deleted).await?;
            self.commit_all(found, asked).await?;
        }
        for kind in Kind::ALL {
            self.finish(kind);
        }
        Ok(Told {
            told: all_told,
            ..told
        })
    }

    fn finish(&self, kind: Kind) {
        self.books.board.update(self.account.as_str(), |run| {
            if let Some(resource) = run.resource(kind) {
                resource.done = true;
            }
        });
    }

    fn warn(&self, warning: String) {
        self.books.board.update(self.account.as_str(), |run| {
            if !run.warnings.contains(&warning) {
                run.warnings.push(warning);
            }
        });
    }

    /// Writes onto the board how much has been asked.
    fn note_usage(&self) {
        let usage = self.provider.usage();
        self.books.board.update(self.account.as_str(), |run| {
            run.requests = usage.requests;
            run.retries = usage.retries;
        });
    }
}

/// Whether a page was refused because the object named as its beginning does not exist any more.
fn cursor_is_gone(error: &ProviderError) -> bool {
    matches!(error, ProviderError::Refused { code: Some(code), .. } if code == "resource_missing")
}

/// Lists that may be walked at the same time, those that others rest on first.
fn groups(lists: &[Cursor]) -> Vec<Vec<Cursor>> {
    let rank = |kind: Kind| match kind {
        Kind::Products | Kind::Prices | Kind::Coupons | Kind::PromotionCodes => 0,
        Kind::Customers | Kind::Subscriptions => 1,
        _ => 2,
    };
    (0..=2)
        .map(|wanted| {
            lists
                .iter()
                .filter(|list| rank(list.kind) == wanted)
                .cloned()
                .collect::<Vec<_>>()
        })
        .filter(|group| !group.is_empty())
        .collect()
}

async fn maybe<F: Future>(work: Option<F>) -> Option<F::Output> {
    match work {
        Some(work) => Some(work.await),
        None => None,
    }
}

/// What was looked up, by kind.
type Looked = BTreeMap<Kind, Page>;

const fn empty() -> Page {
    Page {
        objects: Vec::new(),
        deleted: Vec::new(),
        next: None,
    }
}

fn incoming(object: Fetched) -> Incoming {
    Incoming {
        json: object.raw,
        api_version: object.api_version.to_owned(),
        record: object.record,
        also: object.also,
    }
}

/// Derives what the marked customers' records mean, a few at a time, so that readers never wait long.
pub(super) async fn derive_all<M: Mode>(
    books: &Arc<Books<M>>,
    as_of: Instant,
) -> Result<(), EngineError> {
    loop {
        let derived = books
            .write(move |write| derive_some(write, DERIVED_AT_ONCE, as_of))
            .await?;
        if derived == 0 {
            return Ok(());
        }
    }
}
