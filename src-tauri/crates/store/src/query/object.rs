//! One object of any kind by the provider's id: its JSON as it came.

use crate::error::StoreError;
use crate::raw;
use coffer_domain::Instant;
use coffer_domain::ids::{AccountId, CustomerId, ProductId};
use coffer_domain::metric::worth::Catalog;
use coffer_domain::money::Money;
use coffer_domain::record::{Coupon, Discount, Kind, Price};
use rusqlite::{Connection, OptionalExtension as _, params};
use std::collections::HashMap;

/// An object found by its id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The account it belongs to.
    pub account: String,
    /// Its kind.
    pub kind: Kind,
    /// Its id.
    pub id: String,
    /// Its JSON as it came.
    pub json: String,
    /// Whether the provider deleted it.
    pub deleted: bool,
}

/// Finds an object by its id; a payment intent's id finds its payment.
///
/// # Errors
/// The file's.
pub fn by_id(sql: &Connection, id: &str) -> Result<Option<Found>, StoreError> {
    let through_intent: Option<(String, String)> = {
        let mut statement = sql.prepare_cached(
            "SELECT account, latest_payment FROM payment_intent WHERE id = ?1 AND latest_payment IS NOT NULL",
        )?;
        let mut rows = statement.query([id])?;
        match rows.next()? {
            Some(row) => Some((row.get(0)?, row.get(1)?)),
            None => None,
        }
    };
    if let Some((account, payment)) = through_intent
        && let Some(found) = read(sql, &account, Kind::Charges, &payment)?
    {
        return Ok(Some(found));
    }
    let mut accounts = sql.prepare_cached("SELECT id FROM account ORDER BY added_at, id")?;
    let accounts: Vec<String> = accounts
        .query_map([], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    for account in &accounts {
        for kind in Kind::ALL {
            if let Some(found) = read(sql, account, kind, id)? {
                return Ok(Some(found));
            }
        }
    }
    Ok(None)
}

/// An object of a kind by its id, as it is kept.
///
/// # Errors
/// The file's.
pub fn of_kind(
    sql: &Connection,
    account: &AccountId,
    kind: Kind,
    id: &str,
) -> Result<Option<Found>, StoreError> {
    read(sql, account.as_str(), kind, id)
}

/// The payment that paid an invoice, or the latest of several.
///
/// # Errors
/// The file's.
pub fn payment_of_invoice(
    sql: &Connection,
    account: &AccountId,
    invoice: &str,
) -> Result<Option<String>, StoreError> {
    Ok(sql
        .prepare_cached(
            "SELECT coalesce(p.payment, i.latest_payment) FROM invoice_payment p
             LEFT JOIN payment_intent i ON i.account = p.account AND i.id = p.payment_intent
             WHERE p.account = ?1 AND p.invoice = ?2 AND p.deleted = 0 AND p.status = 'paid'
             ORDER BY p.created DESC, p.id LIMIT 1",
        )?
        .query_row([account.as_str(), invoice], |row| row.get(0))
        .optional()?
        .flatten())
}

/// The promotion code that customers type, by what they type; an active one first.
///
/// # Errors
/// The file's.
pub fn promotion_code(
    sql: &Connection,
    account: &AccountId,
    code: &str,
) -> Result<Option<String>, StoreError> {
    Ok(sql
        .prepare_cached(
            "SELECT id FROM promotion_code WHERE account = ?1 AND code = ?2 COLLATE NOCASE AND deleted = 0
             ORDER BY active DESC, created DESC LIMIT 1",
        )?
        .query_row([account.as_str(), code], |row| row.get(0))
        .optional()?)
}

/// Prices and coupons of an account.
///
/// # Errors
/// The file's.
pub fn catalog_of(sql: &Connection, account: &AccountId) -> Result<Catalog, StoreError> {
    crate::table::catalog::catalog(sql, account.as_str())
}

/// What an account sells now.
#[derive(Debug, Clone)]
pub struct OnSale {
    /// Prices that can be subscribed to.
    pub prices: Vec<Price>,
    /// Coupons that can be applied.
    pub coupons: Vec<Coupon>,
    /// Names of products.
    pub products: HashMap<ProductId, String>,
}

/// What an account sells now.
///
/// # Errors
/// The file's.
pub fn on_sale(sql: &Connection, account: &str) -> Result<OnSale, StoreError> {
    use crate::table::catalog;
    Ok(OnSale {
        prices: catalog::prices_on_sale(sql, account)?,
        coupons: catalog::coupons_on_offer(sql, account)?,
        products: catalog::product_names(sql, account)?,
    })
}

/// A customer's own discount.
///
/// # Errors
/// The file's.
pub fn customer_discount(
    sql: &Connection,
    account: &AccountId,
    customer: &CustomerId,
) -> Result<Option<Discount>, StoreError> {
    let found = crate::table::customer::one(sql, account.as_str(), customer)?;
    Ok(found.and_then(|(customer, _)| customer.discount))
}

/// The fee that a movement of the balance took, minor units, in the currency it was taken in.
///
/// # Errors
/// The file's.
pub fn fee_of(
    sql: &Connection,
    account: &AccountId,
    movement: &str,
) -> Result<Option<Money>, StoreError> {
    Ok(sql
        .prepare_cached(
            "SELECT fee, currency FROM balance_transaction WHERE account = ?1 AND id = ?2 AND deleted = 0",
        )?
        .query_row([account.as_str(), movement], |row| {
            Ok(Money::new(row.get(0)?, crate::table::currency(row, 1)?))
        })
        .optional()?)
}

/// When an object was last asked for, by the provider's clock before the request; `None` when it is not stored or deleted.
///
/// # Errors
/// The file's.
pub fn fetched_at(
    sql: &Connection,
    account: &AccountId,
    kind: Kind,
    id: &str,
) -> Result<Option<Instant>, StoreError> {
    let seconds: Option<i64> = sql
        .prepare_cached(
            "SELECT fetched_at FROM raw_object WHERE account = ?1 AND kind = ?2 AND id = ?3 AND deleted = 0",
        )?
        .query_row([account.as_str(), kind.as_str(), id], |row| row.get(0))
        .optional()?;
    Ok(seconds.and_then(|seconds| Instant::from_timestamp(seconds, 0)))
}

/// An object as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawRow {
    /// Its kind.
    pub kind: Kind,
    /// Its id.
    pub id: String,
    /// Its JSON as it came.
    pub json: String,
    /// The API version it was asked for in.
    pub api_version: String,
    /// Whether the provider deleted it.
    pub deleted: bool,
}

/// A page of everything kept of an account, in order of the kinds' names and the ids; empty after the last.
///
/// # Errors
/// The file's.
pub fn raw_page(
    sql: &Connection,
    account: &AccountId,
    after: Option<&(Kind, String)>,
    limit: usize,
) -> Result<Vec<RawRow>, StoreError> {
    let (kind, id) = after.map_or(("", ""), |(kind, id)| (kind.as_str(), id.as_str()));
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let mut statement = sql.prepare_cached(
        "SELECT kind, id, api_version, deleted, codec, plain_bytes, json FROM raw_object
         WHERE account = ?1 AND (kind, id) > (?2, ?3) ORDER BY kind, id LIMIT ?4",
    )?;
    let mut rows = statement.query(params![account.as_str(), kind, id, limit])?;
    let mut reader = raw::Reader::default();
    let mut page = Vec::new();
    while let Some(row) = rows.next()? {
        let name = row.get_ref(0)?.as_str()?;
        let Some(kind) = Kind::parse(name) else {
            return Err(StoreError::Unreadable {
                table: "raw_object",
                detail: format!("{name} is no kind"),
            });
        };
        page.push(RawRow {
            kind,
            id: row.get(1)?,
            api_version: row.get(2)?,
            deleted: row.get(3)?,
            json: reader.text(sql, row, 4)?,
        });
    }
    Ok(page)
}

fn read(
    sql: &Connection,
    account: &str,
    kind: Kind,
    id: &str,
) -> Result<Option<Found>, StoreError> {
    let Some(json) = raw::json_of(sql, account, kind, id)? else {
        return Ok(None);
    };
    let deleted = sql
        .prepare_cached(
            "SELECT deleted FROM raw_object WHERE account = ?1 AND kind = ?2 AND id = ?3",
        )?
        .query_row([account, kind.as_str(), id], |row| row.get(0))?;
    Ok(Some(Found {
        account: account.to_owned(),
        kind,
        id: id.to_owned(),
        json,
        deleted,
    }))
}
