//! What an account's key may read, as far as it is known, and finding it out anew.

use crate::account::check;
use crate::books::Books;
use crate::sync::board::ResourceRun;
use crate::sync::run::SyncOptions;
use crate::sync::sweep;
use coffer_domain::mode::Mode;
use coffer_domain::record::Kind;
use coffer_store::table::account::AccountRow;
use std::sync::Arc;

/// The account with what its key may do now: once a day, and when everything is read again, a box that was not ticked is
/// looked for anew. Where that cannot be found out, what was known holds.
pub(super) async fn with_rights<M: Mode>(
    books: &Arc<Books<M>>,
    row: &AccountRow,
    options: &SyncOptions,
) -> AccountRow {
    let denied = row
        .permissions
        .iter()
        .any(|it| it.access == "read" && it.granted == Some(false));
    let due = options.full || sweep::is_due(row.swept_at, books.clock.now());
    if !(denied && due && row.swept_at.is_some()) {
        return row.clone();
    }
    match check(books, &row.id, &options.client).await {
        Ok(row) => row,
        Err(error) => {
            tracing::debug!(
                code = error.code().as_str(),
                "what the key may do could not be found out"
            );
            row.clone()
        }
    }
}

/// Whether the key may read events, as far as the provider said.
pub(super) fn hears(row: &AccountRow) -> bool {
    row.permissions
        .iter()
        .find(|permission| permission.resource == "events")
        .is_none_or(|permission| permission.granted != Some(false))
}

/// Splits the provider's kinds into those the key may read and the others, and puts both on the board.
pub(super) fn readable<M: Mode>(
    books: &Books<M>,
    row: &AccountRow,
    all: &[Kind],
) -> (Vec<Kind>, Vec<Kind>) {
    let permission = |kind: &Kind| {
        row.permissions
            .iter()
            .find(|it| it.resource == kind.as_str() && it.access == "read")
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
                left: None,
                done: false,
            })
            .collect();
        for kind in &refused {
            let label = permission(kind).map_or(kind.as_str(), |it| it.label.as_str());
            run.warnings.push(format!(
                "The key may not read {}; tick “{label}” for it at the provider, then check the key.",
                kind.as_str().replace('_', " ")
            ));
        }
    });
    (kinds, refused)
}
