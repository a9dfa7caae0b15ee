//! What the file holds and what it weighs: rows for each kind, and what compression saved.

use crate::error::StoreError;
use coffer_domain::record::Kind;
use rusqlite::Connection;

/// Rows of one kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KindWeight {
    /// The kind.
    pub kind: Kind,
    /// Objects held, deleted ones left out.
    pub stored: u64,
    /// Objects that the provider deleted.
    pub deleted: u64,
    /// Their JSON as it came, bytes.
    pub plain_bytes: u64,
    /// The same as kept, bytes.
    pub kept_bytes: u64,
}

/// What each kind comes to, of one account or of all, from counts that every commit keeps up.
///
/// # Errors
/// The file's.
pub fn kinds(sql: &Connection, account: Option<&str>) -> Result<Vec<KindWeight>, StoreError> {
    let mut statement = sql.prepare_cached(
        "SELECT kind, sum(stored), sum(deleted), sum(plain_bytes), sum(kept_bytes)
         FROM raw_count WHERE ?1 IS NULL OR account = ?1 GROUP BY kind HAVING sum(stored) + sum(deleted) > 0",
    )?;
    let mut rows = statement.query([account])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let Some(kind) = Kind::parse(row.get_ref(0)?.as_str().unwrap_or_default()) else {
            continue;
        };
        let number = |index: usize| row.get::<_, i64>(index).map(i64::unsigned_abs);
        found.push(KindWeight {
            kind,
            stored: number(1)?,
            deleted: number(2)?,
            plain_bytes: number(3)?,
            kept_bytes: number(4)?,
        });
    }
    Ok(found)
}

/// Reads the file through and says what is wrong with it; empty when nothing is.
///
/// # Errors
/// The file's.
pub fn check(sql: &Connection) -> Result<Vec<String>, StoreError> {
    let mut statement = sql.prepare("PRAGMA quick_check(20)")?;
    let rows = statement.query_map([], |row| row.get::<_, String>(0))?;
    let found: Vec<String> = rows.collect::<Result<_, _>>()?;
    Ok(found.into_iter().filter(|line| line != "ok").collect())
}
