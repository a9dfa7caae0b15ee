//! What an account was asked, hour by hour, and the transactions that its allowance of reads grows with.

use crate::error::StoreError;
use crate::store::Write;
use crate::table::{contact, seconds};
use coffer_domain::Instant;
use coffer_domain::ids::AccountId;
use coffer_domain::sync::ReadsUsed;
use rusqlite::{Connection, params};

pub(crate) const SCHEMA_2: &str = "
CREATE TABLE reads (
    account TEXT NOT NULL,
    hour INTEGER NOT NULL,       -- hours since 1970
    reads INTEGER NOT NULL,
    PRIMARY KEY (account, hour)
) STRICT, WITHOUT ROWID;
CREATE INDEX payment_succeeded ON payment (account, created) WHERE status = 'succeeded' AND deleted = 0;
";

const HOUR: i64 = 3_600;
/// The time that the allowance is counted over.
const MONTH: i64 = 30 * 24 * HOUR;

/// What was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Asked {
    /// Requests that read, which an allowance counts.
    pub reads: u64,
    /// All requests.
    pub requests: u64,
}

/// Counts requests, for the allowance and for whoever asks whom this program talks to; hours that no allowance looks at any more are forgotten.
///
/// # Errors
/// The file's.
pub fn note(
    write: &mut Write<'_>,
    account: &AccountId,
    at: Instant,
    asked: Asked,
) -> Result<(), StoreError> {
    let now = seconds(at);
    let whole = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
    contact::note(write.sql(), account, now, whole(asked.requests))?;
    write
        .sql()
        .prepare_cached(
            "INSERT INTO reads (account, hour, reads) VALUES (?1, ?2, ?3)
             ON CONFLICT (account, hour) DO UPDATE SET reads = reads + excluded.reads",
        )?
        .execute(params![
            account.as_str(),
            now.div_euclid(HOUR),
            whole(asked.reads)
        ])?;
    // Twice the time, so that a clock that once ran ahead does not take what still counts.
    write
        .sql()
        .prepare_cached("DELETE FROM reads WHERE account = ?1 AND hour < ?2")?
        .execute(params![
            account.as_str(),
            now.saturating_sub(2 * MONTH).div_euclid(HOUR)
        ])?;
    Ok(())
}

/// What was used of the allowance in the 30 days before `now`; an hour that lies partly before them counts whole.
///
/// # Errors
/// The file's.
pub fn used(sql: &Connection, account: &AccountId, now: Instant) -> Result<ReadsUsed, StoreError> {
    let since = seconds(now).saturating_sub(MONTH);
    let reads: i64 = sql
        .prepare_cached(
            "SELECT coalesce(sum(reads), 0) FROM reads WHERE account = ?1 AND hour >= ?2",
        )?
        .query_row(params![account.as_str(), since.div_euclid(HOUR)], |row| {
            row.get(0)
        })?;
    let transactions: i64 = sql
        .prepare_cached(
            "SELECT count(*) FROM payment INDEXED BY payment_succeeded
             WHERE account = ?1 AND created >= ?2 AND status = 'succeeded' AND deleted = 0",
        )?
        .query_row(params![account.as_str(), since], |row| row.get(0))?;
    Ok(ReadsUsed {
        reads: reads.unsigned_abs(),
        transactions: transactions.unsigned_abs(),
    })
}
