//! Steps from one format of the file to the next, each all or nothing, none ever edited.
//!
//! The format is SQLite's `user_version`. Each step gathers the statements that stand beside their tables.

use crate::error::StoreError;
use crate::table;
use rusqlite::{Connection, TransactionBehavior};
use std::path::Path;

/// Every step in order; the format of a file is how many of them it has gone through.
const STEPS: &[&[&str]] = &[&[
    table::meta::SCHEMA_1,
    table::account::SCHEMA_1,
    table::cursor::SCHEMA_1,
    crate::raw::SCHEMA_1,
    table::customer::SCHEMA_1,
    table::catalog::SCHEMA_1,
    table::subscription::SCHEMA_1,
    table::invoice::SCHEMA_1,
    table::invoice_item::SCHEMA_1,
    table::payment::SCHEMA_1,
    table::interval::SCHEMA_1,
    table::summary::SCHEMA_1,
    table::search::SCHEMA_1,
]];

/// Brings the file to the newest format.
pub(crate) fn migrate(connection: &mut Connection, path: &Path) -> Result<(), StoreError> {
    let known = i64::try_from(STEPS.len()).unwrap_or(i64::MAX);
    let found: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    if found > known {
        return Err(StoreError::Newer {
            path: path.to_owned(),
            found,
            known,
        });
    }
    if found == known {
        return Ok(());
    }
    // Another process may be doing the same: the format is read again once the lock is held.
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let found: i64 = transaction.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    for step in STEPS.iter().skip(usize::try_from(found).unwrap_or(0)) {
        for statements in *step {
            transaction.execute_batch(statements)?;
        }
    }
    transaction.execute_batch(&format!("PRAGMA user_version = {known}"))?;
    transaction.commit()?;
    Ok(())
}
