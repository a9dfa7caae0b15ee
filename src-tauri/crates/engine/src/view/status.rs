//! Accounts and syncs as they cross the border.

use crate::api::types::{
    AccountProgress, AccountView, PermissionView, ResourceProgress, SyncStatus,
};
use crate::books::Books;
use crate::error::EngineError;
use crate::view::money::instant;
use coffer_domain::mode::{Mode, ModeName};
use coffer_store::table::account::{self, AccountRow};

/// An account as shown. Its key is not among what we have.
#[must_use]
pub fn account_view(mode: ModeName, row: &AccountRow) -> AccountView {
    AccountView {
        id: row.id.to_string(),
        mode: mode.into(),
        provider: row.provider.clone(),
        name: row.name.clone(),
        key_kind: row.key_kind.clone(),
        key_last4: row.key_last4.clone(),
        api_url: row.api_url.clone(),
        added_at: instant(row.added_at),
        synced_at: row.synced_at.map(instant),
        complete: row.complete,
        permissions: row
            .permissions
            .iter()
            .map(|permission| PermissionView {
                resource: permission.resource.clone(),
                label: permission.label.clone(),
                granted: permission.granted,
            })
            .collect(),
    }
}

/// The accounts of a mode.
///
/// # Errors
/// The file's.
pub fn accounts<M: Mode>(books: &Books<M>) -> Result<Vec<AccountView>, EngineError> {
    let rows = books.store.read(|read| account::all(read.sql()))?;
    Ok(rows.iter().map(|row| account_view(M::NAME, row)).collect())
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
                            done: resource.done,
                        })
                        .collect(),
                    requests: run.requests,
                    seconds: run
                        .took
                        .unwrap_or_else(|| run.began.elapsed())
                        .as_secs_f64(),
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
                    running: false,
                    complete: row.complete,
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
