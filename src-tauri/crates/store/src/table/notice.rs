//! Which of a provider's notices were handled. They come more than once; what stands here is not handled again.

use crate::error::StoreError;
use crate::store::Write;
use crate::table::seconds;
use coffer_domain::Instant;
use coffer_domain::ids::AccountId;
use rusqlite::{Connection, params};
use std::collections::HashSet;

pub(crate) const SCHEMA_2: &str = "
CREATE TABLE notice (
    account TEXT NOT NULL,
    at INTEGER NOT NULL,         -- when it happened, by the provider's clock
    id TEXT NOT NULL,
    PRIMARY KEY (account, at, id)
) STRICT, WITHOUT ROWID;
";

/// The notices handled that happened at or after `since`.
///
/// # Errors
/// The file's.
pub fn known(
    sql: &Connection,
    account: &AccountId,
    since: Instant,
) -> Result<HashSet<String>, StoreError> {
    let mut statement =
        sql.prepare_cached("SELECT id FROM notice WHERE account = ?1 AND at >= ?2")?;
    let rows = statement.query_map(params![account.as_str(), seconds(since)], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Records notices as handled; belongs into the transaction that commits what they were about.
///
/// # Errors
/// The file's.
pub fn put(
    write: &mut Write<'_>,
    account: &AccountId,
    handled: &[(String, Instant)],
) -> Result<(), StoreError> {
    let mut insert = write
        .sql()
        .prepare_cached("INSERT OR IGNORE INTO notice (account, at, id) VALUES (?1, ?2, ?3)")?;
    for (id, at) in handled {
        insert.execute(params![account.as_str(), seconds(*at), id])?;
    }
    Ok(())
}

/// Forgets notices that happened before an instant; returns how many.
///
/// # Errors
/// The file's.
pub fn prune(
    write: &mut Write<'_>,
    account: &AccountId,
    before: Instant,
) -> Result<u64, StoreError> {
    let gone = write
        .sql()
        .prepare_cached("DELETE FROM notice WHERE account = ?1 AND at < ?2")?
        .execute(params![account.as_str(), seconds(before)])?;
    Ok(gone as u64)
}
