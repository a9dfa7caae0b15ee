//! Accounts and syncs as they cross the border.

use crate::account::resource_name;
use crate::api::types::{
    AccountProgress, AccountView, KeyGuide, KeyLinks, MismatchView, PermissionView, ProofView,
    ReadsView, ResourceProgress, SyncStatus,
};
use crate::books::Books;
use crate::error::EngineError;
use crate::sync::Phase;
use crate::view::money::instant;
use coffer_domain::Instant;
use coffer_domain::ids::AccountId;
use coffer_domain::mode::Mode;
use coffer_providers::{
    ProviderName, key_creation_url, key_creation_url_with_actions, permissions,
};
use coffer_store::proof::Mismatch;
use coffer_store::table::account::{self, AccountRow};
use coffer_store::table::{gone, mismatch, reads};
use coffer_store::{Read, StoreError};

/// Disagreements that are shown; more are only counted.
const MISMATCHES_SHOWN: usize = 200;

/// An account as shown. Its key is not among what we have.
///
/// # Errors
/// When there is no such account, or the file's.
pub fn account<M: Mode>(books: &Books<M>, id: &AccountId) -> Result<AccountView, EngineError> {
    let now = books.clock.now();
    books
        .store
        .read(|read| {
            account::one(read.sql(), id)?
                .map(|row| view(books, read, &row, now))
                .transpose()
        })?
        .ok_or_else(|| EngineError::NotFound {
            what: "account",
            id: id.to_string(),
            mode: M::NAME,
        })
}

fn view<M: Mode>(
    books: &Books<M>,
    read: &Read<'_>,
    row: &AccountRow,
    now: Instant,
) -> Result<AccountView, StoreError> {
    let used = reads::used(read.sql(), &row.id, now)?;
    let mismatches = mismatch::of_account(read.sql(), &row.id)?;
    Ok(AccountView {
        id: row.id.to_string(),
        mode: M::NAME.into(),
        provider: row.provider.clone(),
        name: row.name.clone(),
        key_kind: row.key_kind.clone(),
        key_last4: row.key_last4.clone(),
        api_url: row.api_url.clone(),
        added_at: instant(row.added_at),
        synced_at: row.synced_at.map(instant),
        complete: books.is_whole(row),
        permissions: row
            .permissions
            .iter()
            .map(|permission| PermissionView {
                resource: permission.resource.clone(),
                label: permission.label.clone(),
                access: permission.access.clone(),
                slug: permission.slug.clone(),
                granted: permission.granted,
            })
            .collect(),
        reads: ReadsView {
            used: used.reads,
            allowed: used.allowed(),
        },
        proof: ProofView {
            proved_at: row.proved_at.map(instant),
            mismatch_count: mismatches.len() as u64,
            mismatches: mismatches
                .iter()
                .take(MISMATCHES_SHOWN)
                .map(mismatch_view)
                .collect(),
            gone: gone::count(read.sql(), &row.id)?
                .into_iter()
                .map(|(_, count)| count)
                .sum(),
        },
    })
}

/// Something that does not add up, as shown.
#[must_use]
pub fn mismatch_view(it: &Mismatch) -> MismatchView {
    MismatchView {
        rule: it.rule.as_str().to_owned(),
        resource: it.kind.as_str().to_owned(),
        id: it.id.clone(),
        expected: it.expected.clone(),
        found: it.found.clone(),
    }
}

/// Which boxes a provider's key should have ticked.
#[must_use]
pub fn key_guide(provider: ProviderName) -> KeyGuide {
    KeyGuide {
        permissions: permissions(provider)
            .iter()
            .map(|needed| PermissionView {
                resource: resource_name(needed.kind, needed.access).to_owned(),
                label: needed.label.to_owned(),
                access: needed.access.as_str().to_owned(),
                slug: needed.slug.to_owned(),
                granted: None,
            })
            .collect(),
        links: KeyLinks {
            read_only: key_creation_url(provider),
            with_actions: key_creation_url_with_actions(provider),
        },
    }
}

/// The accounts of a mode.
///
/// # Errors
/// The file's.
pub fn accounts<M: Mode>(books: &Books<M>) -> Result<Vec<AccountView>, EngineError> {
    let now = books.clock.now();
    Ok(books.store.read(|read| {
        account::all(read.sql())?
            .iter()
            .map(|row| view(books, read, row, now))
            .collect()
    })?)
}

/// How a mode's sync stands.
///
/// # Errors
/// The file's.
pub fn sync_status<M: Mode>(books: &Books<M>) -> Result<SyncStatus, EngineError> {
    let (rows, revision) = books
        .store
        .read(|read| Ok((account::all(read.sql())?, read.revision()?)))?;
    let runs = books.board.runs();
    let accounts: Vec<AccountProgress> = rows
        .iter()
        .map(
            |row| match runs.iter().find(|run| run.account == row.id.as_str()) {
                Some(run) => AccountProgress {
                    account: run.account.clone(),
                    name: row.name.clone(),
                    resources: run
                        .resources
                        .iter()
                        .map(|resource| ResourceProgress {
                            resource: resource.kind.as_str().to_owned(),
                            fetched: resource.fetched,
                            left: resource.left,
                            done: resource.done,
                        })
                        .collect(),
                    requests: run.requests,
                    seconds: run
                        .took
                        .unwrap_or_else(|| run.began.elapsed())
                        .as_secs_f64(),
                    seconds_left: run.time_left().map(|left| left.as_secs_f64()),
                    phase: run.phase.as_str().to_owned(),
                    running: run.took.is_none(),
                    complete: run.complete,
                    warnings: run.warnings.clone(),
                    error: run.error.clone(),
                },
                None => AccountProgress {
                    account: row.id.to_string(),
                    name: row.name.clone(),
                    resources: Vec::new(),
                    requests: 0,
                    seconds: 0.0,
                    seconds_left: None,
                    phase: Phase::Ended.as_str().to_owned(),
                    running: false,
                    complete: books.is_whole(row),
                    warnings: Vec::new(),
                    error: None,
                },
            },
        )
        .collect();
    Ok(SyncStatus {
        mode: M::NAME.into(),
        running: accounts.iter().any(|account| account.running),
        accounts,
        as_of: rows
            .iter()
            .filter_map(|row| row.synced_at)
            .min()
            .map(instant),
        revision,
        offline: runs.iter().any(|run| run.offline),
    })
}

/// How a mode without a file stands.
#[must_use]
pub const fn nothing(mode: crate::api::types::ModeView) -> SyncStatus {
    SyncStatus {
        mode,
        running: false,
        accounts: Vec::new(),
        as_of: None,
        revision: 0,
        offline: false,
    }
}
