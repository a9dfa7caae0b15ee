//! One sync of a mode: its accounts one after another, each to its end or to a fault that is written down.

use crate::books::Books;
use crate::error::EngineError;
use crate::home::HeldLock;
use crate::sync::board::{AccountRun, ResourceRun};
use crate::sync::walk::{Told, Walked, Walker, derive_all};
use coffer_domain::Instant;
use coffer_domain::ids::AccountId;
use coffer_domain::mode::Mode;
use coffer_domain::record::Kind;
use coffer_domain::sync::{CHANGES_OVERLAP, Plan, Standing, plan};
use coffer_providers::{ApiBase, ClientOptions, Provider, ProviderError, ProviderName, connect};
use coffer_store::table::{account, account::AccountRow, cursor, meta};
use std::sync::Arc;
use std::sync::atomic::AtomicI64;
use std::time::Instant as Stopwatch;

/// What to sync and how.
#[derive(Debug, Clone, Default)]
pub struct SyncOptions {
    /// One account, or all.
    pub account: Option<AccountId>,
    /// Whether to walk every list from nothing.
    pub full: bool,
    /// How the client behaves.
    pub client: ClientOptions,
}

/// How a sync ended.
#[derive(Debug, Clone)]
pub struct SyncOutcome {
    /// Each account's run.
    pub runs: Vec<AccountRun>,
}

impl SyncOutcome {
    /// Whether every account is complete.
    #[must_use]
    pub fn complete(&self) -> bool {
        self.runs.iter().all(|run| run.complete)
    }
}

/// A sync that holds its mode's lock and stands on the board, and has asked nothing yet.
pub struct Prepared<M: Mode> {
    books: Arc<Books<M>>,
    chosen: Vec<AccountRow>,
    options: SyncOptions,
    _only_one: HeldLock,
}

/// Brings the accounts up to date. A fault of one account is written into its run and does not keep the others back.
///
/// # Errors
/// When there is nothing to sync, a sync is already running, or our own file fails.
pub async fn sync<M: Mode>(
    books: &Arc<Books<M>>,
    options: SyncOptions,
) -> Result<SyncOutcome, EngineError> {
    prepare(books, options).await?.run().await
}

/// Chooses the accounts, takes the lock and puts the runs on the board.
///
/// # Errors
/// When there is nothing to sync or a sync is already running, here or in another process.
pub async fn prepare<M: Mode>(
    books: &Arc<Books<M>>,
    options: SyncOptions,
) -> Result<Prepared<M>, EngineError> {
    let accounts = books.read(|read| account::all(read.sql())).await?;
    let chosen: Vec<AccountRow> = accounts
        .into_iter()
        .filter(|row| options.account.as_ref().is_none_or(|id| *id == row.id))
        .collect();
    if chosen.is_empty() {
        return Err(match &options.account {
            Some(id) => EngineError::NotFound {
                what: "account",
                id: id.to_string(),
                mode: M::NAME,
            },
            None => EngineError::NoAccount(M::NAME),
        });
    }
    let Some(only_one) = books.home.try_lock(&format!("sync-{}", M::NAME))? else {
        return Err(EngineError::SyncRunning(M::NAME));
    };
    for row in &chosen {
        books.board.begin(AccountRun {
            account: row.id.to_string(),
            name: row.name.clone(),
            provider: row.provider.clone(),
            resources: Vec::new(),
            requests: 0,
            retries: 0,
            began: Stopwatch::now(),
            took: None,
            complete: false,
            warnings: Vec::new(),
            error: None,
            offline: false,
        });
    }
    Ok(Prepared {
        books: Arc::clone(books),
        chosen,
        options,
        _only_one: only_one,
    })
}

impl<M: Mode> Prepared<M> {
    /// Carries the sync out.
    ///
    /// # Errors
    /// When our own file fails; what goes wrong with an account stands in its run.
    pub async fn run(self) -> Result<SyncOutcome, EngineError> {
        let books = &self.books;
        let mut runs = Vec::new();
        for row in &self.chosen {
            let result = one_account(books, row, &self.options).await;
            let offline =
                matches!(&result, Err(EngineError::Provider(error)) if error.is_offline());
            if let Err(error) = &result {
                tracing::warn!(account = %row.id, code = error.code().as_str(), "sync stopped short: {error}");
            }
            let complete = matches!(result, Ok(true));
            books.board.update(row.id.as_str(), |run| {
                run.took = Some(run.began.elapsed());
                run.complete = complete;
                run.offline = offline;
                run.error = result.err().map(|error| error.view());
            });
            runs.extend(books.board.run(row.id.as_str()));
        }
        let told = books.write(|write| {
            write.touch("sync");
            Ok(())
        });
        notice(told.await);
        Ok(SyncOutcome { runs })
    }
}

/// What is only a notice may fail (a full disk) without taking the answer with it.
fn notice(result: Result<(), EngineError>) {
    if let Err(error) = result {
        tracing::warn!(
            code = error.code().as_str(),
            "the end of a sync could not be noted"
        );
    }
}

/// Syncs one account; says whether everything was brought.
async fn one_account<M: Mode>(
    books: &Arc<Books<M>>,
    row: &AccountRow,
    options: &SyncOptions,
) -> Result<bool, EngineError> {
    let provider = client(books, row, &options.client).await?;
    let (kinds, refused) = readable(books, row, provider.capabilities().kinds);
    let asked = books.write(meta::begin_asking).await?;
    let walker = Walker {
        books,
        account: &row.id,
        kinds: &kinds,
        provider: provider.as_ref(),
        asked: AtomicI64::new(asked),
    };
    let id = row.id.clone();
    let cursors = books
        .read(move |read| cursor::of_account(read.sql(), &id))
        .await?;
    // A key that may not read events never tells of changes: every sync then walks the lists, unless one is on its way.
    let walked_to_the_end = kinds
        .iter()
        .all(|kind| cursors.iter().any(|it| it.kind == *kind && it.done));
    let deaf = walked_to_the_end && !hears(row);
    let standing = Standing {
        cursors,
        changes_from: row.changes_from,
    };
    let mut walked = match plan(&standing, &kinds, options.full || deaf, books.clock.now()) {
        Plan::Walk {
            lists,
            from_scratch,
        } => Some(walker.walk(&lists, from_scratch, row.walk).await?),
        Plan::Changes { .. } => None,
    };
    let since = |walked: &Option<Walked>| {
        let known = walked
            .as_ref()
            .map(|walked| walked.changes_from)
            .or(row.changes_from);
        known.unwrap_or_else(|| books.clock.now()) - CHANGES_OVERLAP
    };
    let mut told = walker.changes(since(&walked), walked.is_some()).await?;
    if told.gap {
        // Our own clock did not show it, the provider's does: what happened in between may be forgotten.
        let nothing = Standing {
            cursors: Vec::new(),
            changes_from: None,
        };
        if let Plan::Walk {
            lists,
            from_scratch,
        } = plan(&nothing, &kinds, true, told.as_of)
        {
            walked = Some(walker.walk(&lists, from_scratch, row.walk).await?);
            told = walker.changes(since(&walked), walked.is_some()).await?;
        }
    }
    let Told { told, as_of, gap } = told;
    derive_all(books, as_of).await?;
    let missing = walked
        .as_ref()
        .is_some_and(|walked| walked.not_permitted > 0)
        || !refused.is_empty();
    let complete = !missing && told && !gap;
    let stays = walked.is_none() && !told;
    settle(books, row, as_of, complete, stays).await?;
    Ok(complete)
}

/// Writes down where the copy stands. What was told and could not be read must be told again: then the copy `stays` as of
/// before. Otherwise the next reading of changes begins where this one ended, by the provider's clock.
async fn settle<M: Mode>(
    books: &Arc<Books<M>>,
    row: &AccountRow,
    as_of: Instant,
    complete: bool,
    stays: bool,
) -> Result<(), EngineError> {
    let id = row.id.clone();
    books
        .write(move |write| {
            if stays {
                account::mark_incomplete(write, &id)
            } else {
                account::finish_sync(write, &id, as_of, complete, as_of)
            }
        })
        .await
}

/// Whether the key may read events, as far as the provider said.
fn hears(row: &AccountRow) -> bool {
    row.permissions
        .iter()
        .find(|permission| permission.resource == "events")
        .is_none_or(|permission| permission.granted != Some(false))
}

/// Splits the provider's kinds into those the key may read and the others, and puts both on the board.
fn readable<M: Mode>(books: &Books<M>, row: &AccountRow, all: &[Kind]) -> (Vec<Kind>, Vec<Kind>) {
    let permission = |kind: &Kind| {
        row.permissions
            .iter()
            .find(|it| it.resource == kind.as_str())
    };
    let (kinds, refused): (Vec<Kind>, Vec<Kind>) = all
        .iter()
        .copied()
        .partition(|kind| permission(kind).is_none_or(|it| it.granted != Some(false)));
    books.board.update(row.id.as_str(), |run| {
        run.resources = kinds
            .iter()
            .map(|kind| ResourceRun {
                kind: *kind,
                fetched: 0,
                deleted: 0,
                done: false,
            })
            .collect();
        for kind in &refused {
            let label = permission(kind).map_or(kind.as_str(), |it| it.label.as_str());
            run.warnings.push(format!(
                "The key may not read {}; tick “{label}” for it at the provider.",
                kind.as_str().replace('_', " ")
            ));
        }
    });
    (kinds, refused)
}

/// The provider's client with the account's key.
async fn client<M: Mode>(
    books: &Arc<Books<M>>,
    row: &AccountRow,
    options: &ClientOptions,
) -> Result<Box<dyn Provider<M>>, EngineError> {
    let name = ProviderName::parse(&row.provider).ok_or_else(|| {
        EngineError::Usage(format!(
            "This version does not know the provider `{}`.",
            row.provider
        ))
    })?;
    let base = match &row.api_url {
        Some(url) => ApiBase::loopback(url)?,
        None => ApiBase::official(name),
    };
    let (own, id) = (Arc::clone(books), row.id.clone());
    let key = crate::books::blocking(move || own.account_key(name, &id)).await?;
    Ok(connect(name, key, base, options.clone())?)
}

/// Whether a fault concerns one resource alone, so that the others can still be brought.
pub(super) const fn is_about_one_resource(error: &ProviderError) -> bool {
    matches!(error, ProviderError::NotPermitted { .. })
}

/// The provider's clock if it spoke, else ours.
pub(super) fn provider_now<M: Mode>(books: &Books<M>, provider: &dyn Provider<M>) -> Instant {
    provider
        .usage()
        .provider_time
        .unwrap_or_else(|| books.clock.now())
}
