//! Which customers' facts must be made anew.
//!
//! A customer touched by a page is marked in the page's own transaction, so a crash between the two never leaves stale facts
//! unmarked.

use crate::error::StoreError;
use coffer_domain::ids::CustomerId;
use rusqlite::Connection;

pub(crate) const SCHEMA_1: &str = "
CREATE TABLE mrr_interval (
    account TEXT NOT NULL,
    customer TEXT NOT NULL,
    subscription TEXT NOT NULL,
    from_at INTEGER NOT NULL,
    to_at INTEGER,
    currency TEXT NOT NULL,
    monthly TEXT NOT NULL,       -- an exact fraction of minor units, p/q
    free INTEGER NOT NULL,
    basis TEXT NOT NULL,
    unknown TEXT,
    PRIMARY KEY (account, customer, subscription, from_at)
) STRICT, WITHOUT ROWID;
CREATE INDEX mrr_interval_unknown ON mrr_interval (account) WHERE unknown IS NOT NULL;
CREATE TABLE dirty_customer (
    account TEXT NOT NULL,
    customer TEXT NOT NULL,
    PRIMARY KEY (account, customer)
) STRICT, WITHOUT ROWID;
";

/// A mark may be for payments alone.
pub(crate) const SCHEMA_4: &str = "
ALTER TABLE dirty_customer ADD COLUMN payments_alone INTEGER NOT NULL DEFAULT 0;
";

/// A customer that is marked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Marked {
    /// Its account.
    pub account: String,
    /// Its id.
    pub customer: CustomerId,
    /// Whether only its payments are other ones.
    pub payments_alone: bool,
}

/// Marks a customer whose past must be rebuilt.
pub(crate) fn mark(sql: &Connection, account: &str, customer: &str) -> Result<(), StoreError> {
    sql.prepare_cached(
        "INSERT INTO dirty_customer (account, customer) VALUES (?1, ?2)
         ON CONFLICT DO UPDATE SET payments_alone = 0 WHERE payments_alone <> 0",
    )?
    .execute([account, customer])?;
    Ok(())
}

/// Marks a customer whose payments are other ones. That changes its past only where one of them failed.
pub(crate) fn mark_payments(
    sql: &Connection,
    account: &str,
    customer: &str,
) -> Result<(), StoreError> {
    sql.prepare_cached(
        "INSERT OR IGNORE INTO dirty_customer (account, customer, payments_alone) VALUES (?1, ?2, 1)",
    )?
    .execute([account, customer])?;
    Ok(())
}

/// Marks the customers that subscribe to a price.
pub(crate) fn mark_price(sql: &Connection, account: &str, price: &str) -> Result<(), StoreError> {
    sql.prepare_cached(
        "INSERT INTO dirty_customer (account, customer)
         SELECT s.account, s.customer
         FROM subscription_item i
         JOIN subscription s ON s.account = i.account AND s.id = i.subscription
         WHERE i.price = ?2 AND i.account = ?1
         ON CONFLICT DO UPDATE SET payments_alone = 0",
    )?
    .execute([account, price])?;
    Ok(())
}

/// Marks the customers whose worth could not be known: what was missing may have come.
pub(crate) fn mark_unknown(sql: &Connection, account: &str) -> Result<(), StoreError> {
    sql.prepare_cached(
        "INSERT INTO dirty_customer (account, customer)
         SELECT account, customer FROM facts INDEXED BY facts_unknown
         WHERE unknown <> 0 AND account = ?1
         ON CONFLICT DO UPDATE SET payments_alone = 0",
    )?
    .execute([account])?;
    Ok(())
}

/// Marks every customer of an account that subscribes: what a coupon takes off changed, and any past may rest on it.
pub(crate) fn mark_all(sql: &Connection, account: &str) -> Result<(), StoreError> {
    sql.execute(
        "INSERT INTO dirty_customer (account, customer)
         SELECT account, customer FROM subscription WHERE account = ?1
         ON CONFLICT DO UPDATE SET payments_alone = 0",
        [account],
    )?;
    Ok(())
}

/// Some of the customers whose pasts must be rebuilt.
///
/// # Errors
/// The file's.
pub fn dirty(sql: &Connection, limit: u32) -> Result<Vec<Marked>, StoreError> {
    let mut statement = sql
        .prepare_cached("SELECT account, customer, payments_alone FROM dirty_customer LIMIT ?1")?;
    let rows = statement.query_map([limit], |row| {
        Ok(Marked {
            account: row.get(0)?,
            customer: CustomerId::new(row.get::<_, String>(1)?),
            payments_alone: row.get(2)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// How many customers' pasts must be rebuilt, counted up to a limit.
pub(crate) fn count(sql: &Connection, limit: u32) -> Result<u64, StoreError> {
    let count: i64 = sql
        .prepare_cached(
            "SELECT count(*) FROM (SELECT 1 FROM dirty_customer WHERE payments_alone = 0 LIMIT ?1)",
        )?
        .query_row([limit], |row| row.get(0))?;
    Ok(count.unsigned_abs())
}

/// Takes a customer's mark away.
pub(crate) fn settle(
    sql: &Connection,
    account: &str,
    customer: &CustomerId,
) -> Result<(), StoreError> {
    sql.prepare_cached("DELETE FROM dirty_customer WHERE account = ?1 AND customer = ?2")?
        .execute([account, customer.as_str()])?;
    Ok(())
}
