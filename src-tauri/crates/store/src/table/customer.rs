//! Customers. One that the provider deleted keeps what we saw of it before.

use crate::error::StoreError;
use crate::table::{instant, json, seconds, to_json};
use coffer_domain::currency::Currency;
use coffer_domain::ids::CustomerId;
use coffer_domain::record::{Customer, Discount};
use rusqlite::{Connection, OptionalExtension as _, Row, params};

pub(crate) const SCHEMA_1: &str = "
CREATE TABLE customer (
    account TEXT NOT NULL,
    id TEXT NOT NULL,
    name TEXT,
    email TEXT,
    country TEXT,
    created INTEGER NOT NULL,
    description TEXT,
    discount TEXT,
    delinquent INTEGER NOT NULL,
    deleted INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (account, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX customer_by_id ON customer (id);
";

pub(crate) const SCHEMA_2: &str = "
ALTER TABLE customer ADD COLUMN balance INTEGER NOT NULL DEFAULT 0;
ALTER TABLE customer ADD COLUMN currency TEXT;
DROP INDEX customer_by_id;           -- there are few accounts to try
CREATE INDEX customer_with_balance ON customer (account, id) WHERE balance <> 0;
";

pub(crate) fn put(sql: &Connection, account: &str, it: &Customer) -> Result<(), StoreError> {
    let discount = it
        .discount
        .as_ref()
        .map(|discount| to_json("customer", discount))
        .transpose()?;
    sql.prepare_cached(
        "INSERT INTO customer (account, id, name, email, country, created, description, discount, delinquent,
           balance, currency, deleted)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, 0)
         ON CONFLICT (account, id) DO UPDATE SET name = excluded.name, email = excluded.email,
           country = excluded.country, created = excluded.created, description = excluded.description,
           discount = excluded.discount, delinquent = excluded.delinquent,
           balance = excluded.balance, currency = excluded.currency, deleted = 0",
    )?
    .execute(params![
        account,
        it.id.as_str(),
        it.name,
        it.email,
        it.country,
        seconds(it.created),
        it.description,
        discount,
        it.delinquent,
        it.balance,
        it.currency.as_ref().map(Currency::code),
    ])?;
    Ok(())
}

/// A customer and whether the provider deleted it.
pub(crate) fn one(
    sql: &Connection,
    account: &str,
    id: &CustomerId,
) -> Result<Option<(Customer, bool)>, StoreError> {
    Ok(sql
        .prepare_cached(
            "SELECT id, name, email, country, created, description, discount, delinquent, deleted, balance,
               currency
             FROM customer WHERE account = ?1 AND id = ?2",
        )?
        .query_row(params![account, id.as_str()], from_row)
        .optional()?)
}

fn from_row(row: &Row<'_>) -> rusqlite::Result<(Customer, bool)> {
    let has_discount = row.get_ref(6)? != rusqlite::types::ValueRef::Null;
    let discount: Option<Discount> = has_discount.then(|| json(row, 6)).transpose()?;
    let code: Option<String> = row.get(10)?;
    let customer = Customer {
        id: CustomerId::new(row.get::<_, String>(0)?),
        name: row.get(1)?,
        email: row.get(2)?,
        country: row.get(3)?,
        created: instant(row, 4)?,
        description: row.get(5)?,
        discount,
        delinquent: row.get(7)?,
        balance: row.get(9)?,
        currency: code.and_then(|code| Currency::parse(&code).ok()),
    };
    Ok((customer, row.get(8)?))
}
