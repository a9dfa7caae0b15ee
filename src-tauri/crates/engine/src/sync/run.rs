//! One sync of a mode: its accounts one after another, each to its end or to a fault that is written down.

use crate::books::{Books, blocking, whom};
use crate::error::EngineError;
use crate::figures;
use crate::home::HeldLock;
use crate::preferences;
use crate::self_check::{self, Depth};
use crate::sync::asker::Asker;
use crate::sync::board::{AccountRun, Phase};
use crate::sync::catch_up::{Told, Why, catch_up};
use crate::sync::prove::{Scope, prove};
use crate::sync::reproject::{self, reproject};
use crate::sync::rights::{hears, readable, with_rights};
use crate::sync::sweep::Swept;
use crate::sync::{backfill, clocks, ledger, sweep, unseen};
use coffer_domain::Instant;
use coffer_domain::ids::AccountId;
use coffer_domain::mode::Mode;
use coffer_domain::record::Kind;
use coffer_domain::sync::{CHANGES_OVERLAP, CHANGES_REACH, Plan, Standing, Stretch, covered, plan};
use coffer_providers::{ClientOptions, Provider, connect};
use coffer_store::proof::Mismatch;
use coffer_store::table::{account, account::AccountRow, meta, mismatch, reads, stretch};
use std::sync::Arc;
use std::thread::available_parallelism;

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
    // What stands in the file is read once nobody else changes it.
    let Some(only_one) = books.home.try_lock(&format!("sync-{}", M::NAME))? else {
        return Err(EngineError::SyncRunning(M::NAME));
    };
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
    for row in &chosen {
        books.board.begin(AccountRun::new(
            row.id.to_string(),
            row.name.clone(),
            row.provider.clone(),
        ));
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
                run.phase = Phase::Ended;
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
        self.hold_figures_against_themselves(&mut runs).await;
        Ok(SyncOutcome { runs })
    }
}

impl<M: Mode> Prepared<M> {
    /// Checks the figures that follow from what was brought: each customer's after a walk, each day's after changes. What
    /// does not add up is a fault of ours and stands among the warnings. After a walk the parts of cuts are made as well.
    async fn hold_figures_against_themselves(&self, runs: &mut [AccountRun]) {
        if runs.iter().all(|run| run.fetched() == 0) {
            return;
        }
        let depth = if runs.iter().any(|run| run.walked) {
            Depth::Everything
        } else {
            Depth::Days
        };
        let books = Arc::clone(&self.books);
        let checked = blocking(move || {
            let faults = self_check::check(&books, depth)?;
            if depth == Depth::Everything {
                figures::make_cuts(&books, &preferences::view(&books)?)?;
            }
            Ok(faults)
        });
        let faults = match checked.await {
            Ok(faults) => faults,
            Err(error) => {
                notice(Err(error));
                return;
            }
        };
        for run in runs {
            let words: Vec<String> = faults
                .iter()
                .map(|fault| format!("{} {}", fault.word, self_check::SEND_US))
                .collect();
            run.warnings.extend(words.iter().cloned());
            self.books
                .board
                .update(&run.account, |shown| shown.warnings.extend(words));
        }
    }
}

/// What is only a notice may fail (a full disk) without taking the answer with it.
fn notice(result: Result<(), EngineError>) {
    if let Err(error) = result {
        tracing::warn!(
            code = error.code().as_str(),
            "what follows a sync could not be done"
        );
    }
}

/// Syncs one account; says whether everything was brought and the proof held.
async fn one_account<M: Mode>(
    books: &Arc<Books<M>>,
    row: &AccountRow,
    options: &SyncOptions,
) -> Result<bool, EngineError> {
    if reproject::is_due(books).await? {
        books.board.phase(&row.id, Phase::Reprojecting);
        make_anew(books, row).await?;
    }
    let row = &with_rights(books, row, options).await;
    let provider: Arc<dyn Provider<M>> = Arc::from(client(books, row, &options.client).await?);
    let (kinds, refused) = readable(books, row, provider.capabilities().kinds);
    let number = books.write(meta::begin_asking).await?;
    let asker = Arc::new(Asker::new(
        Arc::clone(books),
        row.id.clone(),
        provider,
        kinds,
        number,
    ));
    let (id, unread) = (row.id.clone(), refused.clone());
    books
        .write(move |write| stretch::forget(write, &id, &unread))
        .await?;
    let result = bring(&asker, row, options.full, refused.is_empty()).await;
    asker.note_usage();
    // Whatever became of it: what was asked counts, and a list that was refused begins anew.
    let (id, asked, unread) = (row.id.clone(), asker.asked_to_note(), asker.refused());
    let now = books.clock.now();
    books
        .write(move |write| {
            reads::note(write, &id, now, asked)?;
            stretch::forget(write, &id, &unread)
        })
        .await?;
    result
}

/// Makes the tables anew; what cannot be read is a warning.
async fn make_anew<M: Mode>(books: &Arc<Books<M>>, row: &AccountRow) -> Result<(), EngineError> {
    let done = reproject(books).await?;
    books.board.update(row.id.as_str(), |run| {
        run.warnings.extend(
            done.unreadable
                .into_iter()
                .map(|what| format!("This version cannot read {what}.")),
        );
    });
    Ok(())
}

async fn bring<M: Mode>(
    asker: &Arc<Asker<M>>,
    row: &AccountRow,
    full: bool,
    may_all: bool,
) -> Result<bool, EngineError> {
    let books = &asker.books;
    let id = row.id.clone();
    let stretches = books
        .read(move |read| stretch::of_account(read.sql(), &id))
        .await?;
    let kinds = asker.readable();
    // A key that may not read events never tells of changes: every sync then walks the lists, unless one is on its way.
    let walked_to_the_end = covered(&stretches, &kinds).is_ok();
    let deaf = walked_to_the_end && !hears(row);
    let standing = Standing {
        stretches,
        changes_from: row.changes_from,
    };
    let now = books.clock.now();
    let mut walked = None;
    if let Plan::Walk {
        stretches,
        from_scratch,
    } = plan(&standing, &kinds, full || deaf, now)
    {
        let forgotten = row
            .changes_from
            .is_some_and(|from| now - from > CHANGES_REACH);
        if forgotten && !full {
            announce(asker, Why::Forgotten);
        }
        walked = Some(walk(asker, row, stretches, from_scratch).await?);
    }
    let mut told = changes(asker, row, walked).await?;
    // The machine may also have slept through a walk; should it sleep through the second one too, the next sync goes on.
    if let Some(why) = told.gap {
        announce(asker, why);
        let all = kinds.into_iter().map(Stretch::whole).collect();
        walked = Some(walk(asker, row, all, true).await?);
        told = changes(asker, row, walked).await?;
    }
    let mut touched = std::mem::take(&mut told.touched);
    let mut known = known_mismatches(asker).await?;
    touched.extend(known.iter().map(|it| (it.kind, it.id.clone())));
    let mut covers = covers(asker).await?;
    let clocked = clocks::walk(asker).await?;
    covers &= clocked.whole;
    if covers {
        settle_unseen(asker).await?;
    }
    let mut everything = walked.is_some() || row.unproved || clocked.asked;
    if walked.is_none() && sweep::is_due(row.swept_at, books.clock.now()) {
        let swept = sweep_now(asker, row).await?;
        everything |= swept.too_many;
        touched.extend(swept.looked_at);
        // Once a day what did not add up is fetched again.
        known.clear();
    }
    books.board.phase(&row.id, Phase::Proving);
    // A sync that ended before its proof left something that nobody has looked at.
    let scope = if everything {
        Scope::Whole
    } else {
        Scope::Around(touched)
    };
    // The proof reads what was brought, and figures are made of it: neither needs the other.
    let (holds, derived) = tokio::join!(prove(asker, scope, &known), derive_all(books, told.as_of));
    let holds = holds?;
    derived?;
    books.board.phase(&row.id, Phase::Deriving);
    // What the proof fetched again.
    derive_all(books, told.as_of).await?;
    let complete =
        holds && covers && may_all && asker.left_nothing() && told.told && told.gap.is_none();
    settle(asker, &told, walked.is_some(), complete).await?;
    Ok(complete)
}

/// Walks the lists, then what is listed for one object at a time; returns from when changes are to be read.
async fn walk<M: Mode>(
    asker: &Arc<Asker<M>>,
    row: &AccountRow,
    stretches: Vec<Stretch>,
    from_scratch: bool,
) -> Result<Instant, EngineError> {
    let books = &asker.books;
    books.board.phase(&row.id, Phase::Walking);
    books.board.update(row.id.as_str(), |run| run.walked = true);
    let number = if from_scratch {
        begin(asker).await?
    } else {
        row.walk
    };
    let id = row.id.clone();
    let changes_from = books
        .read(move |read| account::one(read.sql(), &id))
        .await?
        .and_then(|row| row.changes_from)
        .unwrap_or_else(|| books.clock.now());
    let (ledgers, lists): (Vec<Stretch>, Vec<Stretch>) = stretches
        .into_iter()
        .partition(|stretch| stretch.kind == Kind::CustomerBalanceTransactions);
    let read = backfill::walk(asker, lists, number, !ledgers.is_empty()).await?;
    books.board.phase(&row.id, Phase::Walking);
    for stretch in ledgers {
        ledger::walk(asker, stretch, number, &read).await?;
    }
    let (id, now) = (row.id.clone(), books.clock.now());
    books
        .write(move |write| account::set_swept(write, &id, now))
        .await?;
    Ok(changes_from)
}

/// Stamps the instant to read changes from by the provider's clock, before the first page that is kept.
async fn begin<M: Mode>(asker: &Arc<Asker<M>>) -> Result<i64, EngineError> {
    let books = &asker.books;
    // The smallest question there is; its answer carries the provider's time even where it is a refusal.
    match asker.provider.changes(books.clock.now(), None).await {
        Ok(_) => {}
        Err(error) if crate::sync::asker::is_about_one_resource(&error) => {}
        Err(error) => return Err(error.into()),
    }
    let (stamp, id) = (asker.now(), asker.account.clone());
    books
        .write(move |write| stretch::begin_walk(write, &id, stamp))
        .await
}

/// Reads the changes since the walk began, or since the last reading.
async fn changes<M: Mode>(
    asker: &Arc<Asker<M>>,
    row: &AccountRow,
    walked: Option<Instant>,
) -> Result<Told, EngineError> {
    asker.books.board.phase(&row.id, Phase::Changes);
    let from = walked
        .or(row.changes_from)
        .unwrap_or_else(|| asker.books.clock.now());
    let told = catch_up(asker, from - CHANGES_OVERLAP, walked.is_some()).await?;
    for kind in Kind::ALL {
        asker.books.board.update(row.id.as_str(), |run| {
            if let Some(resource) = run.resource(kind) {
                resource.done = true;
                resource.left = None;
            }
        });
    }
    Ok(told)
}

async fn sweep_now<M: Mode>(asker: &Arc<Asker<M>>, row: &AccountRow) -> Result<Swept, EngineError> {
    asker.books.board.phase(&row.id, Phase::Sweeping);
    let swept = sweep::sweep(asker, row.synced_at).await?;
    if swept.whole {
        let (id, now) = (row.id.clone(), asker.books.clock.now());
        asker
            .books
            .write(move |write| account::set_swept(write, &id, now))
            .await?;
    }
    Ok(swept)
}

/// What did not add up at the last sync.
async fn known_mismatches<M: Mode>(asker: &Arc<Asker<M>>) -> Result<Vec<Mismatch>, EngineError> {
    let id = asker.account.clone();
    asker
        .books
        .read(move |read| mismatch::of_account(read.sql(), &id))
        .await
}

/// Asks for what the last whole walk did not meet, unless that was done: also when the walk ended in another run.
async fn settle_unseen<M: Mode>(asker: &Arc<Asker<M>>) -> Result<(), EngineError> {
    let id = asker.account.clone();
    let row = asker
        .books
        .read(move |read| account::one(read.sql(), &id))
        .await?;
    match row {
        Some(row) if row.settled_walk < row.walk => unseen::settle(asker, row.walk).await,
        _ => Ok(()),
    }
}

/// Says why the lists are walked again.
fn announce<M: Mode>(asker: &Arc<Asker<M>>, why: Why) {
    asker.warn(
        match why {
            Why::Forgotten => {
                "The last sync is longer ago than the provider remembers changes, so every list is read again."
            }
            Why::TooMuch => "So much has changed that every list is read again.",
        }
        .to_owned(),
    );
}

/// Whether the stretches walked leave nothing out; what they do is on the board.
async fn covers<M: Mode>(asker: &Arc<Asker<M>>) -> Result<bool, EngineError> {
    let id = asker.account.clone();
    let stretches = asker
        .books
        .read(move |read| stretch::of_account(read.sql(), &id))
        .await?;
    let gaps = covered(&stretches, &asker.readable())
        .err()
        .unwrap_or_default();
    let whole = gaps.is_empty();
    asker
        .books
        .board
        .update(asker.account.as_str(), |run| run.gaps = gaps);
    Ok(whole)
}

/// Writes down where the copy stands. What was told and could not be read must be told again, and what could not be told any
/// more must be walked again: then the copy stays as of before. So it does where nothing is told and nothing was walked.
/// Otherwise the next reading of changes begins where this one ended, by the provider's clock.
async fn settle<M: Mode>(
    asker: &Arc<Asker<M>>,
    told: &Told,
    walked: bool,
    complete: bool,
) -> Result<(), EngineError> {
    let (id, as_of) = (asker.account.clone(), told.as_of);
    let unheard = !told.told && !walked;
    let stays = told.refused || told.gap.is_some() || unheard;
    let now = asker.books.clock.now();
    asker
        .books
        .write(move |write| {
            if stays {
                return account::mark_incomplete(write, &id);
            }
            account::set_unproved(write, &id, false)?;
            if complete {
                account::set_proved(write, &id, Some(now))?;
            }
            account::finish_sync(write, &id, as_of, complete, as_of)
        })
        .await
}

/// Derives what the marked customers' records mean. One core is left to the proof, whose memory it is beside.
async fn derive_all<M: Mode>(books: &Arc<Books<M>>, as_of: Instant) -> Result<(), EngineError> {
    let own = Arc::clone(books);
    let cores = available_parallelism().map_or(1, usize::from);
    let threads = cores.saturating_sub(1);
    blocking(move || Ok(coffer_store::derive_all(&own.store, as_of, threads)?)).await
}

/// The provider's client with the account's key.
pub(crate) async fn client<M: Mode>(
    books: &Arc<Books<M>>,
    row: &AccountRow,
    options: &ClientOptions,
) -> Result<Box<dyn Provider<M>>, EngineError> {
    let (name, base) = whom(row)?;
    let (own, id) = (Arc::clone(books), row.id.clone());
    let key = blocking(move || own.account_key(name, &id)).await?;
    let limits = books.limits_of(row, options)?;
    Ok(connect(
        name,
        key,
        base,
        ClientOptions {
            limits: Some(limits),
            ..options.clone()
        },
    )?)
}
