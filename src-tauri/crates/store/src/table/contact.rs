//! Whom this program ever asked anything, and how often. It outlives the accounts, because the question it answers does.

use crate::error::StoreError;
use crate::store::Write;
use crate::table::{instant, seconds};
use coffer_domain::Instant;
use coffer_domain::ids::AccountId;
use rusqlite::{Connection, params};

pub(crate) const SCHEMA_6: &str = "
CREATE TABLE contact (
    address TEXT NOT NULL,       -- an address on this machine, else the provider's name, which stands for its own host
    account TEXT NOT NULL,
    requests INTEGER NOT NULL,
    first_at INTEGER NOT NULL,
    last_at INTEGER NOT NULL,
    PRIMARY KEY (address, account)
) STRICT, WITHOUT ROWID;
INSERT INTO contact
  SELECT coalesce(a.api_url, a.provider), a.id, sum(r.reads), min(r.hour) * 3600, max(r.hour) * 3600
  FROM reads r JOIN account a ON a.id = r.account GROUP BY a.id;
";

/// Somebody who was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contact {
    /// An address on this machine, else the provider's name.
    pub address: String,
    /// Requests sent.
    pub requests: u64,
    /// When the first was.
    pub first_at: Instant,
    /// When the latest was.
    pub last_at: Instant,
}

/// Counts requests for an account.
pub(crate) fn note(
    sql: &Connection,
    account: &AccountId,
    at: i64,
    requests: i64,
) -> Result<(), StoreError> {
    sql.prepare_cached(
        "INSERT INTO contact (address, account, requests, first_at, last_at)
         SELECT coalesce(api_url, provider), id, ?2, ?3, ?3 FROM account WHERE id = ?1
         ON CONFLICT (address, account) DO UPDATE
           SET requests = requests + excluded.requests, last_at = max(last_at, excluded.last_at)",
    )?
    .execute(params![account.as_str(), requests, at])?;
    Ok(())
}

/// Counts requests to a host that is neither the provider's own nor stands in for it.
///
/// # Errors
/// The file's.
pub fn note_host(
    write: &mut Write<'_>,
    account: &AccountId,
    host: &str,
    at: Instant,
    requests: u64,
) -> Result<(), StoreError> {
    write
        .sql()
        .prepare_cached(
            "INSERT INTO contact (address, account, requests, first_at, last_at) VALUES (?1, ?2, ?3, ?4, ?4)
             ON CONFLICT (address, account) DO UPDATE
               SET requests = requests + excluded.requests, last_at = max(last_at, excluded.last_at)",
        )?
        .execute(params![
            host,
            account.as_str(),
            i64::try_from(requests).unwrap_or(i64::MAX),
            seconds(at)
        ])?;
    Ok(())
}

/// Everybody who was ever asked, the most often asked first.
///
/// # Errors
/// The file's.
pub fn all(sql: &Connection) -> Result<Vec<Contact>, StoreError> {
    let mut statement = sql.prepare_cached(
        "SELECT address, sum(requests), min(first_at), max(last_at) FROM contact
         GROUP BY address ORDER BY 2 DESC, 1",
    )?;
    let rows = statement.query_map([], |row| {
        Ok(Contact {
            address: row.get(0)?,
            requests: row.get::<_, i64>(1)?.unsigned_abs(),
            first_at: instant(row, 2)?,
            last_at: instant(row, 3)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}
