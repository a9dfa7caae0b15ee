//! Decides when to look again while a window or a page is open.
//!
//! Each mode with an account is synced in turn. How long it rests between two readings follows from how much anybody looks
//! at it and from what is left of the reads that the provider allows; both are decided by `coffer_domain::sync::rest`. A
//! mode that is not being looked at rests as if nobody were there. What the user asks for himself happens at once and is
//! not this module's.

use crate::api::carry_out;
use crate::books::{Books, blocking};
use crate::desk::Desk;
use crate::error::EngineError;
use crate::outbox::{self, RunOptions};
use crate::sync::rights::hears;
use crate::sync::run::{SyncOptions, prepare};
use crate::with_books;
use coffer_domain::mode::{Mode, ModeName};
use coffer_domain::sync::{Attention, ReadsUsed, rest};
use coffer_store::query::weight::{self, KindWeight};
use coffer_store::table::account::{self, AccountRow};
use coffer_store::table::reads;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::Instant;

/// The longest sleep; a machine that slept itself is noticed at the next beat.
const BEAT: Duration = Duration::from_secs(30);

/// Reads that reading the changes takes when little has changed.
const CHANGES_COST: u64 = 3;
/// Objects on a page of a list.
const ON_A_PAGE: u64 = 100;

/// What is being looked at, and how much.
#[derive(Debug)]
pub struct Looking {
    state: Mutex<(ModeName, Attention)>,
    changed: Notify,
}

impl Default for Looking {
    fn default() -> Self {
        Self {
            state: Mutex::new((ModeName::Live, Attention::Idle)),
            changed: Notify::new(),
        }
    }
}

impl Looking {
    /// Says what is being looked at now.
    pub fn set(&self, mode: ModeName, attention: Attention) {
        *self.state.lock().unwrap_or_else(PoisonError::into_inner) = (mode, attention);
        self.changed.notify_one();
    }

    /// How much a mode is being looked at.
    #[must_use]
    pub fn at(&self, mode: ModeName) -> Attention {
        let (looked_at, attention) = *self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if looked_at == mode {
            attention
        } else {
            Attention::Asleep
        }
    }
}

/// One mode's turn.
struct Turn {
    mode: ModeName,
    last: Instant,
    /// The same by the machine's clock, which goes on while the machine sleeps.
    last_at: Option<coffer_domain::Instant>,
    quiet: u32,
}

/// Keeps the desk's copies up to date for as long as the desk is there.
pub async fn keep(desk: Weak<Desk>) {
    let now = Instant::now();
    let mut turns = [ModeName::Live, ModeName::Test].map(|mode| Turn {
        mode,
        last: now,
        last_at: None,
        quiet: 0,
    });
    follow_logs(&desk).await;
    loop {
        let Some(desk) = desk.upgrade() else {
            return;
        };
        let mut next = BEAT;
        for turn in &mut turns {
            match round(&desk, turn).await {
                Ok(wait) => next = next.min(wait),
                Err(error) => {
                    turn.last = Instant::now();
                    tracing::debug!(
                        code = error.code().as_str(),
                        "a sync in the background was left out"
                    );
                }
            }
        }
        let looking = Arc::clone(desk.looking());
        drop(desk);
        tokio::select! {
            () = tokio::time::sleep(next.max(Duration::from_millis(200))) => {}
            () = looking.changed.notified() => {}
        }
    }
}

/// Follows the action logs, once at the start.
async fn follow_logs(desk: &Weak<Desk>) {
    let Some(desk) = desk.upgrade() else {
        return;
    };
    for mode in [ModeName::Live, ModeName::Test] {
        let followed = async {
            if let Some(any) = desk.books(mode).await? {
                with_books!(any, books => blocking(move || books.log_at_start().map(|_| ())).await?);
            }
            Ok::<_, EngineError>(())
        };
        if let Err(error) = followed.await {
            tracing::warn!(
                code = error.code().as_str(),
                "the action log could not be followed"
            );
        }
    }
}

/// Syncs a mode when its rest is over; returns how long that will be.
async fn round(desk: &Arc<Desk>, turn: &mut Turn) -> Result<Duration, EngineError> {
    let Some(any) = desk.books(turn.mode).await? else {
        return Ok(BEAT);
    };
    with_books!(any, books => {
        // What somebody asked for goes before what nobody asked for.
        if outbox::waits(&books).await? {
            let options = RunOptions { client: desk.client_options().clone(), ..RunOptions::default() };
            carry_out(&books, options).await?;
        }
        let (used, cost) = busiest(&books).await?;
        let attention = desk.looking().at(turn.mode);
        let wait = rest(attention, &used, turn.quiet, cost).to_std().unwrap_or(BEAT);
        let by_clock = turn
            .last_at
            .and_then(|at| (books.clock.now() - at).to_std().ok())
            .unwrap_or_default();
        let passed = turn.last.elapsed().max(by_clock);
        if passed < wait {
            return Ok(wait - passed);
        }
        let quiet = sync_quietly(desk, &books).await?;
        turn.quiet = if quiet { turn.quiet.saturating_add(1) } else { 0 };
        turn.last = Instant::now();
        turn.last_at = Some(books.clock.now());
        Ok(wait)
    })
}

/// Syncs; says whether nothing new came.
async fn sync_quietly<M: Mode>(desk: &Desk, books: &Arc<Books<M>>) -> Result<bool, EngineError> {
    let options = SyncOptions {
        client: desk.client_options().clone(),
        ..SyncOptions::default()
    };
    let outcome = prepare(books, options).await?.run().await?;
    Ok(outcome.runs.iter().all(|run| run.fetched() == 0))
}

/// How long `--watch` rests after a sync, as a window that is looked at does; `quiet` is how many in a row brought nothing.
///
/// # Errors
/// The file's.
pub async fn rest_of<M: Mode>(books: &Arc<Books<M>>, quiet: u32) -> Result<Duration, EngineError> {
    let (used, cost) = busiest(books).await?;
    Ok(rest(Attention::Focused, &used, quiet, cost)
        .to_std()
        .unwrap_or(BEAT))
}

/// What the account nearest to its allowance has used, and how many reads the most costly next reading will take.
async fn busiest<M: Mode>(books: &Arc<Books<M>>) -> Result<(ReadsUsed, u64), EngineError> {
    let now = books.clock.now();
    let all = books
        .read(move |read| {
            account::all(read.sql())?
                .into_iter()
                .map(|row| {
                    let used = reads::used(read.sql(), &row.id, now)?;
                    let held = weight::kinds(read.sql(), Some(row.id.as_str()))?;
                    Ok((used, next_costs(&row, &held)))
                })
                .collect::<Result<Vec<_>, _>>()
        })
        .await?;
    let cost = all
        .iter()
        .map(|(_, cost)| *cost)
        .max()
        .unwrap_or(CHANGES_COST);
    let used = all.into_iter().map(|(used, _)| used);
    Ok((used.min_by_key(ReadsUsed::left).unwrap_or_default(), cost))
}

/// About how many reads the next reading takes: a few where changes are told, every page where they are not.
fn next_costs(row: &AccountRow, held: &[KindWeight]) -> u64 {
    if hears(row) {
        return CHANGES_COST;
    }
    held.iter().map(|it| it.stored / ON_A_PAGE + 1).sum()
}
