//! What stored objects refer to, was asked for by its id, and is not there.
//!
//! A reference to such an object is accounted for and not asked for again. When the object arrives after all, its row
//! here goes away with the page that brings it.

use crate::error::StoreError;
use crate::store::Write;
use crate::table::{instant, seconds};
use coffer_domain::Instant;
use coffer_domain::ids::AccountId;
use coffer_domain::record::Kind;
use rusqlite::{Connection, params};

pub(crate) const SCHEMA_2: &str = "
CREATE TABLE gone (
    account TEXT NOT NULL,
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    word TEXT NOT NULL,          -- deleted: the provider says so; missing: it knows nothing of it
    at INTEGER NOT NULL,
    PRIMARY KEY (account, kind, id)
) STRICT, WITHOUT ROWID;
";

/// An object that is not there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gone {
    /// Its kind.
    pub kind: Kind,
    /// Its id.
    pub id: String,
    /// `deleted` when the provider says so, `missing` when it knows nothing of it.
    pub word: String,
    /// When it was asked for, by the provider's clock.
    pub at: Instant,
}

/// Records that an object was asked for and is not there.
///
/// # Errors
/// The file's.
pub fn put(
    write: &mut Write<'_>,
    account: &AccountId,
    kind: Kind,
    id: &str,
    word: &str,
    at: Instant,
) -> Result<(), StoreError> {
    write
        .sql()
        .prepare_cached(
            "INSERT OR REPLACE INTO gone (account, kind, id, word, at) VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute(params![
            account.as_str(),
            kind.as_str(),
            id,
            word,
            seconds(at)
        ])?;
    Ok(())
}

/// What is not there, by kind and id, at most `limit` of it.
///
/// # Errors
/// The file's.
pub fn of_account(
    sql: &Connection,
    account: &AccountId,
    limit: u32,
) -> Result<Vec<Gone>, StoreError> {
    let mut statement = sql.prepare_cached(
        "SELECT kind, id, word, at FROM gone WHERE account = ?1 ORDER BY kind, id LIMIT ?2",
    )?;
    let mut rows = statement.query(params![account.as_str(), limit])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        // A kind this version does not know belongs to a later one and is left alone.
        let Some(kind) = Kind::parse(row.get_ref(0)?.as_str().unwrap_or_default()) else {
            continue;
        };
        found.push(Gone {
            kind,
            id: row.get(1)?,
            word: row.get(2)?,
            at: instant(row, 3)?,
        });
    }
    Ok(found)
}

/// How many objects of each kind are not there.
///
/// # Errors
/// The file's.
pub fn count(sql: &Connection, account: &AccountId) -> Result<Vec<(Kind, u64)>, StoreError> {
    let mut statement =
        sql.prepare_cached("SELECT kind, count(*) FROM gone WHERE account = ?1 GROUP BY kind")?;
    let mut rows = statement.query([account.as_str()])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        if let Some(kind) = Kind::parse(row.get_ref(0)?.as_str().unwrap_or_default()) {
            found.push((kind, row.get::<_, i64>(1)?.unsigned_abs()));
        }
    }
    Ok(found)
}

/// Whether anything of a kind is recorded here: most pages then have nothing to take away.
pub(crate) fn any(sql: &Connection, account: &str, kind: Kind) -> Result<bool, StoreError> {
    Ok(sql
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM gone WHERE account = ?1 AND kind = ?2)")?
        .query_row([account, kind.as_str()], |row| row.get(0))?)
}

/// Takes a row away because the object arrived.
pub(crate) fn arrived(
    sql: &Connection,
    account: &str,
    kind: Kind,
    id: &str,
) -> Result<(), StoreError> {
    sql.prepare_cached("DELETE FROM gone WHERE account = ?1 AND kind = ?2 AND id = ?3")?
        .execute([account, kind.as_str(), id])?;
    Ok(())
}
