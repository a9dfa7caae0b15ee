//! What figures are made of, one row for each customer, and the numbers that stand for prices in it.
//!
//! Derived: it follows from the mirror tables and may be thrown away and made anew. It holds everything that a policy looks
//! at and nothing that one decides, so that another policy reads these rows alone. They are short and stand in order of
//! customers, because a change of policy reads all of them.

use crate::error::StoreError;
use coffer_domain::ids::{CustomerId, PriceId};
use coffer_domain::metric::facts::CustomerFacts;
use rusqlite::{Connection, OptionalExtension as _, params};
use std::collections::HashMap;
use std::ops::ControlFlow;

pub(crate) const SCHEMA_3: &str = "
DROP TABLE mrr_interval;
CREATE TABLE facts (
    account TEXT NOT NULL,
    customer TEXT NOT NULL,
    facts BLOB NOT NULL,
    unknown INTEGER NOT NULL,    -- whether the worth of something in it is not known
    PRIMARY KEY (account, customer)
) STRICT, WITHOUT ROWID;
CREATE INDEX facts_unknown ON facts (account) WHERE unknown <> 0;
CREATE TABLE plan_number (
    number INTEGER PRIMARY KEY,
    account TEXT NOT NULL,
    price TEXT NOT NULL,
    UNIQUE (account, price)
) STRICT;
INSERT OR IGNORE INTO dirty_customer (account, customer)
    SELECT account, customer FROM subscription;
";

/// Facts say what is agreed to follow.
pub(crate) const SCHEMA_4: &str = "
DELETE FROM facts;
INSERT OR IGNORE INTO dirty_customer (account, customer)
    SELECT account, customer FROM subscription;
INSERT OR IGNORE INTO dirty_customer (account, customer)
    SELECT account, customer FROM subscription_schedule WHERE customer IS NOT NULL;
";

/// A customer's facts as bytes.
///
/// # Errors
/// When they cannot be written so.
pub(crate) fn encode(facts: &CustomerFacts) -> Result<Vec<u8>, StoreError> {
    postcard::to_stdvec(facts).map_err(|error| unreadable(&error))
}

/// Reads a customer's facts back.
///
/// # Errors
/// When the bytes are none.
pub fn decode(bytes: &[u8]) -> Result<CustomerFacts, StoreError> {
    postcard::from_bytes(bytes).map_err(|error| unreadable(&error))
}

fn unreadable(error: &postcard::Error) -> StoreError {
    StoreError::Unreadable {
        table: "facts",
        detail: error.to_string(),
    }
}

/// The facts of one customer.
///
/// # Errors
/// The file's.
pub fn of_customer(
    sql: &Connection,
    account: &str,
    customer: &CustomerId,
) -> Result<CustomerFacts, StoreError> {
    match bytes_of(sql, account, customer)? {
        Some(bytes) => decode(&bytes),
        None => Ok(CustomerFacts::default()),
    }
}

pub(crate) fn bytes_of(
    sql: &Connection,
    account: &str,
    customer: &CustomerId,
) -> Result<Option<Vec<u8>>, StoreError> {
    Ok(sql
        .prepare_cached("SELECT facts FROM facts WHERE account = ?1 AND customer = ?2")?
        .query_row([account, customer.as_str()], |row| row.get(0))
        .optional()?)
}

/// Puts a customer's facts, as bytes, in place of the old ones; `None` where there are none any more.
pub(crate) fn replace(
    sql: &Connection,
    account: &str,
    customer: &CustomerId,
    facts: Option<(&[u8], bool)>,
) -> Result<(), StoreError> {
    match facts {
        Some((bytes, unknown)) => sql
            .prepare_cached(
                "INSERT OR REPLACE INTO facts (account, customer, facts, unknown) VALUES (?1, ?2, ?3, ?4)",
            )?
            .execute(params![account, customer.as_str(), bytes, unknown])?,
        None => sql
            .prepare_cached("DELETE FROM facts WHERE account = ?1 AND customer = ?2")?
            .execute([account, customer.as_str()])?,
    };
    Ok(())
}

/// Reads the facts of an account's customers behind one, in order of their ids, for as long as `each` wants more.
///
/// # Errors
/// The file's, or what `each` returns.
pub fn scan(
    sql: &Connection,
    account: &str,
    after: &str,
    mut each: impl FnMut(&str, CustomerFacts) -> Result<ControlFlow<()>, StoreError>,
) -> Result<(), StoreError> {
    let mut statement = sql.prepare_cached(
        "SELECT customer, facts FROM facts WHERE account = ?1 AND customer > ?2 ORDER BY customer",
    )?;
    let mut rows = statement.query([account, after])?;
    while let Some(row) = rows.next()? {
        let facts = decode(row.get_ref(1)?.as_blob()?)?;
        if each(row.get_ref(0)?.as_str()?, facts)?.is_break() {
            break;
        }
    }
    Ok(())
}

/// Reads the facts of all of an account's customers as bytes.
pub(super) fn scan_bytes(
    sql: &Connection,
    account: &str,
    mut each: impl FnMut(&str, &[u8]) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let mut statement =
        sql.prepare_cached("SELECT customer, facts FROM facts WHERE account = ?1")?;
    let mut rows = statement.query([account])?;
    while let Some(row) = rows.next()? {
        each(row.get_ref(0)?.as_str()?, row.get_ref(1)?.as_blob()?)?;
    }
    Ok(())
}

/// Gives every price of an account that has none yet a number to stand for it.
///
/// # Errors
/// The file's.
pub(crate) fn number_plans(sql: &Connection, account: &str) -> Result<(), StoreError> {
    sql.prepare_cached(
        "INSERT OR IGNORE INTO plan_number (account, price)
         SELECT account, id FROM price WHERE account = ?1 AND id NOT IN
           (SELECT price FROM plan_number WHERE account = ?1) ORDER BY id",
    )?
    .execute([account])?;
    Ok(())
}

/// The numbers that stand for an account's prices.
///
/// # Errors
/// The file's.
pub fn plan_numbers(sql: &Connection, account: &str) -> Result<HashMap<PriceId, u32>, StoreError> {
    let mut statement =
        sql.prepare_cached("SELECT price, number FROM plan_number WHERE account = ?1")?;
    let rows = statement.query_map([account], |row| {
        Ok((PriceId::new(row.get::<_, String>(0)?), row.get(1)?))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The number, id and name of each price of an account. A price without a name of its own has its product's.
///
/// # Errors
/// The file's.
pub fn plan_names(
    sql: &Connection,
    account: &str,
) -> Result<Vec<(u32, String, String)>, StoreError> {
    let mut statement = sql.prepare_cached(
        "SELECT n.number, n.price, coalesce(p.nickname, d.name, n.price)
         FROM plan_number n
         LEFT JOIN price p ON p.account = n.account AND p.id = n.price
         LEFT JOIN product d ON d.account = p.account AND d.id = p.product
         WHERE n.account = ?1",
    )?;
    let rows = statement.query_map([account], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}
