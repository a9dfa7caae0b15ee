//! How far each list has been walked. A cursor commits with the page it follows.

use crate::error::StoreError;
use crate::store::Write;
use crate::table::seconds;
use coffer_domain::Instant;
use coffer_domain::ids::AccountId;
use coffer_domain::record::Kind;
use coffer_domain::sync::Cursor;
use rusqlite::{Connection, params};

pub(crate) const SCHEMA_1: &str = "
CREATE TABLE sync_cursor (
    account TEXT NOT NULL,
    kind TEXT NOT NULL,
    after TEXT,
    done INTEGER NOT NULL,
    PRIMARY KEY (account, kind)
) STRICT, WITHOUT ROWID;
";

/// The cursors of an account.
///
/// # Errors
/// The file's.
pub fn of_account(sql: &Connection, account: &AccountId) -> Result<Vec<Cursor>, StoreError> {
    let mut statement =
        sql.prepare_cached("SELECT kind, after, done FROM sync_cursor WHERE account = ?1")?;
    let rows = statement.query_map([account.as_str()], |row| {
        Ok((row.get::<_, String>(0)?, row.get(1)?, row.get(2)?))
    })?;
    let mut cursors = Vec::new();
    for row in rows {
        let (kind, after, done) = row?;
        // A kind this version does not know belongs to a later one and is left alone.
        if let Some(kind) = Kind::parse(&kind) {
            cursors.push(Cursor { kind, after, done });
        }
    }
    Ok(cursors)
}

/// Records how far a list has been walked.
///
/// # Errors
/// The file's.
pub fn put(write: &mut Write<'_>, account: &AccountId, cursor: &Cursor) -> Result<(), StoreError> {
    write
        .sql()
        .prepare_cached(
            "INSERT INTO sync_cursor (account, kind, after, done) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (account, kind) DO UPDATE SET after = excluded.after, done = excluded.done",
        )?
        .execute(params![account.as_str(), cursor.kind.as_str(), cursor.after, cursor.done])?;
    Ok(())
}

/// Begins a new walk over every list: cursors are forgotten, and the instant to read changes from is stamped first.
///
/// # Errors
/// The file's.
pub fn begin_walk(
    write: &mut Write<'_>,
    account: &AccountId,
    changes_from: Instant,
) -> Result<i64, StoreError> {
    write.sql().execute(
        "DELETE FROM sync_cursor WHERE account = ?1",
        [account.as_str()],
    )?;
    let walk = write.sql().query_row(
        "UPDATE account SET walk = walk + 1, changes_from = ?2, complete = 0 WHERE id = ?1 RETURNING walk",
        params![account.as_str(), seconds(changes_from)],
        |row| row.get(0),
    )?;
    write.touch("accounts");
    Ok(walk)
}
