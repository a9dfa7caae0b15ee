//! The rebuilt past of every subscription, and which customers' pasts must be rebuilt.
//!
//! Derived: everything here follows from the mirror tables and may be thrown away and rebuilt. A customer touched by a
//! page is marked in the page's own transaction, so a crash between the two never leaves a stale past unmarked.

use crate::error::StoreError;
use crate::store::Write;
use crate::table::{currency, instant, instant_maybe, seconds, seconds_of};
use coffer_domain::Instant;
use coffer_domain::currency::Currency;
use coffer_domain::ids::CustomerId;
use coffer_domain::metric::Basis;
use coffer_domain::metric::history::Interval;
use coffer_domain::metric::series::Part;
use coffer_domain::ratio::Ratio;
use rusqlite::types::Type;
use rusqlite::{Connection, params};
use std::collections::HashMap;

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

/// Marks a customer whose past must be rebuilt.
pub(crate) fn mark(sql: &Connection, account: &str, customer: &str) -> Result<(), StoreError> {
    sql.prepare_cached("INSERT OR IGNORE INTO dirty_customer (account, customer) VALUES (?1, ?2)")?
        .execute([account, customer])?;
    Ok(())
}

/// Marks the customers that subscribe to a price.
pub(crate) fn mark_price(sql: &Connection, account: &str, price: &str) -> Result<(), StoreError> {
    sql.prepare_cached(
        "INSERT OR IGNORE INTO dirty_customer (account, customer)
         SELECT s.account, s.customer
         FROM subscription_item i
         JOIN subscription s ON s.account = i.account AND s.id = i.subscription
         WHERE i.price = ?2 AND i.account = ?1",
    )?
    .execute([account, price])?;
    Ok(())
}

/// Marks the customers whose worth could not be known: what was missing may have come.
pub(crate) fn mark_unknown(sql: &Connection, account: &str) -> Result<(), StoreError> {
    sql.prepare_cached(
        "INSERT OR IGNORE INTO dirty_customer (account, customer)
         SELECT account, customer FROM mrr_interval INDEXED BY mrr_interval_unknown
         WHERE unknown IS NOT NULL AND account = ?1",
    )?
    .execute([account])?;
    Ok(())
}

/// Marks every customer of an account that subscribes: what a coupon takes off changed, and any past may rest on it.
pub(crate) fn mark_all(sql: &Connection, account: &str) -> Result<(), StoreError> {
    sql.execute(
        "INSERT OR IGNORE INTO dirty_customer (account, customer)
         SELECT account, customer FROM subscription WHERE account = ?1",
        [account],
    )?;
    Ok(())
}

/// Some of the customers whose pasts must be rebuilt.
///
/// # Errors
/// The file's.
pub fn dirty(sql: &Connection, limit: u32) -> Result<Vec<(String, CustomerId)>, StoreError> {
    let mut statement =
        sql.prepare_cached("SELECT account, customer FROM dirty_customer LIMIT ?1")?;
    let rows = statement.query_map([limit], |row| {
        Ok((row.get(0)?, CustomerId::new(row.get::<_, String>(1)?)))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Puts a customer's rebuilt past in place of the old one and takes the mark away.
///
/// # Errors
/// The file's.
pub fn replace(
    write: &mut Write<'_>,
    account: &str,
    customer: &CustomerId,
    intervals: &[Interval],
) -> Result<(), StoreError> {
    let sql = write.sql();
    sql.prepare_cached("DELETE FROM mrr_interval WHERE account = ?1 AND customer = ?2")?
        .execute([account, customer.as_str()])?;
    let mut insert = sql.prepare_cached(
        "INSERT INTO mrr_interval (account, customer, subscription, from_at, to_at, currency, monthly, free, basis, unknown)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
    )?;
    for interval in intervals {
        insert.execute(params![
            account,
            customer.as_str(),
            interval.subscription.as_str(),
            seconds(interval.from),
            seconds_of(interval.to),
            interval.currency.code(),
            interval.monthly.to_string(),
            interval.free,
            interval.basis.as_str(),
            interval.unknown.as_ref().map(ToString::to_string),
        ])?;
    }
    sql.prepare_cached("DELETE FROM dirty_customer WHERE account = ?1 AND customer = ?2")?
        .execute([account, customer.as_str()])?;
    Ok(())
}

/// A stretch of one subscription's past as it stands in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredInterval {
    /// The subscription.
    pub subscription: String,
    /// The first instant.
    pub from: Instant,
    /// The first instant after it; `None` while it runs.
    pub to: Option<Instant>,
    /// The currency of the worth.
    pub currency: Currency,
    /// Minor units for a month.
    pub monthly: Ratio,
}

/// The past of one customer, in order of time.
///
/// # Errors
/// The file's.
pub fn of_customer(
    sql: &Connection,
    account: &str,
    customer: &CustomerId,
) -> Result<Vec<StoredInterval>, StoreError> {
    let mut statement = sql.prepare_cached(
        "SELECT subscription, from_at, to_at, currency, monthly FROM mrr_interval
         WHERE account = ?1 AND customer = ?2 ORDER BY from_at",
    )?;
    let rows = statement.query_map([account, customer.as_str()], |row| {
        Ok(StoredInterval {
            subscription: row.get(0)?,
            from: instant(row, 1)?,
            to: instant_maybe(row, 2)?,
            currency: currency(row, 3)?,
            monthly: Ratio::parse(row.get_ref(4)?.as_str()?).map_err(|error| {
                rusqlite::Error::FromSqlConversionFailure(4, Type::Text, Box::new(error))
            })?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Every interval of the file (or of one account), ready to be summed.
///
/// # Errors
/// The file's.
pub fn parts(sql: &Connection, account: Option<&str>) -> Result<Vec<Part>, StoreError> {
    let mut statement = sql.prepare_cached(
        "SELECT account, customer, from_at, to_at, currency, monthly, free, basis, unknown IS NOT NULL
         FROM mrr_interval
         WHERE (?1 IS NULL OR account = ?1) AND account IN (SELECT id FROM account)
         ORDER BY account, customer",
    )?;
    let mut rows = statement.query([account])?;
    let mut parts = Vec::new();
    let mut ratios: HashMap<String, Ratio> = HashMap::new();
    let mut last: Option<(String, String)> = None;
    let mut number: u32 = 0;
    while let Some(row) = rows.next()? {
        let owner = (row.get_ref(0)?.as_str()?, row.get_ref(1)?.as_str()?);
        let same = last
            .as_ref()
            .is_some_and(|(account, customer)| (account.as_str(), customer.as_str()) == owner);
        if !same {
            number = number.saturating_add(1);
            last = Some((owner.0.to_owned(), owner.1.to_owned()));
        }
        let text = row.get_ref(5)?.as_str()?;
        // Most subscriptions share a few worths, so each text is read once.
        let monthly = match ratios.get(text) {
            Some(ratio) => *ratio,
            None => {
                let ratio = Ratio::parse(text).map_err(|error| {
                    rusqlite::Error::FromSqlConversionFailure(5, Type::Text, Box::new(error))
                })?;
                ratios.insert(text.to_owned(), ratio);
                ratio
            }
        };
        parts.push(Part {
            customer: number,
            currency: currency(row, 4)?,
            from: instant(row, 2)?,
            to: instant_maybe(row, 3)?,
            monthly,
            free: row.get(6)?,
            basis: Basis::parse(row.get_ref(7)?.as_str()?).unwrap_or(Basis::Inferred),
            unknown: row.get(8)?,
        });
    }
    Ok(parts)
}
