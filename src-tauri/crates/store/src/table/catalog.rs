//! Products, prices, coupons and promotion codes. Few rows, read whole into a catalogue, so amounts stand as JSON.

use crate::error::StoreError;
use crate::table::{currency, instant, json, seconds, to_json};
use coffer_domain::ids::{CouponId, PriceId, ProductId};
use coffer_domain::metric::worth::Catalog;
use coffer_domain::record::{Coupon, Price, Product, PromotionCode};
use rusqlite::{Connection, OptionalExtension as _, Row, params};
use std::collections::HashMap;

pub(crate) const SCHEMA_1: &str = "
CREATE TABLE product (
    account TEXT NOT NULL,
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    active INTEGER NOT NULL,
    created INTEGER NOT NULL,
    deleted INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (account, id)
) STRICT, WITHOUT ROWID;
CREATE TABLE price (
    account TEXT NOT NULL,
    id TEXT NOT NULL,
    product TEXT NOT NULL,
    currency TEXT NOT NULL,
    active INTEGER NOT NULL,
    nickname TEXT,
    created INTEGER NOT NULL,
    recurring TEXT NOT NULL,
    scheme TEXT NOT NULL,
    other_currencies TEXT NOT NULL,
    transform TEXT NOT NULL,
    tax_inclusive INTEGER NOT NULL,
    deleted INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (account, id)
) STRICT, WITHOUT ROWID;
CREATE TABLE coupon (
    account TEXT NOT NULL,
    id TEXT NOT NULL,
    name TEXT,
    off TEXT NOT NULL,
    duration TEXT NOT NULL,
    applies_to TEXT NOT NULL,
    created INTEGER NOT NULL,
    valid INTEGER NOT NULL,
    deleted INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (account, id)
) STRICT, WITHOUT ROWID;
CREATE TABLE promotion_code (
    account TEXT NOT NULL,
    id TEXT NOT NULL,
    code TEXT NOT NULL,
    coupon TEXT,
    active INTEGER NOT NULL,
    created INTEGER NOT NULL,
    deleted INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (account, id)
) STRICT, WITHOUT ROWID;
";

pub(crate) fn put_product(sql: &Connection, account: &str, it: &Product) -> Result<(), StoreError> {
    sql.prepare_cached(
        "INSERT OR REPLACE INTO product (account, id, name, active, created) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?
    .execute(params![account, it.id.as_str(), it.name, it.active, seconds(it.created)])?;
    Ok(())
}

/// What putting a price or a coupon meant for what subscriptions are worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Terms {
    /// It was not known.
    New,
    /// It was known with other terms.
    Changed,
    /// Its terms are what they were.
    Same,
}

/// Compares the texts of what worth rests on with those that are stored.
fn terms<const N: usize>(
    sql: &Connection,
    question: &str,
    account: &str,
    id: &str,
    new: [&str; N],
) -> Result<Terms, StoreError> {
    let same: Option<bool> = sql
        .prepare_cached(question)?
        .query_row([account, id], |row| {
            for (index, text) in new.iter().enumerate() {
                if row.get_ref(index)?.as_str()? != *text {
                    return Ok(false);
                }
            }
            Ok(true)
        })
        .optional()?;
    Ok(match same {
        None => Terms::New,
        Some(true) => Terms::Same,
        Some(false) => Terms::Changed,
    })
}

pub(crate) fn put_price(sql: &Connection, account: &str, it: &Price) -> Result<Terms, StoreError> {
    let recurring = to_json("price", &it.recurring)?;
    let scheme = to_json("price", &it.scheme)?;
    let other_currencies = to_json("price", &it.other_currencies)?;
    let transform = to_json("price", &it.transform)?;
    let terms = terms(
        sql,
        "SELECT product, currency, recurring, scheme, other_currencies, transform,
           CASE tax_inclusive WHEN 0 THEN '0' ELSE '1' END
         FROM price WHERE account = ?1 AND id = ?2",
        account,
        it.id.as_str(),
        [
            it.product.as_str(),
            it.currency.code(),
            &recurring,
            &scheme,
            &other_currencies,
            &transform,
            if it.tax_inclusive { "1" } else { "0" },
        ],
    )?;
    sql.prepare_cached(
        "INSERT OR REPLACE INTO price (account, id, product, currency, active, nickname, created, recurring,
           scheme, other_currencies, transform, tax_inclusive)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
    )?
    .execute(params![
        account,
        it.id.as_str(),
        it.product.as_str(),
        it.currency.code(),
        it.active,
        it.nickname,
        seconds(it.created),
        recurring,
        scheme,
        other_currencies,
        transform,
        it.tax_inclusive,
    ])?;
    Ok(terms)
}

/// Keeps a price that was seen inside a subscription, unless the list told of it: a deleted plan is in no list any more.
pub(crate) fn put_price_seen_aside(
    sql: &Connection,
    account: &str,
    it: &Price,
) -> Result<(), StoreError> {
    let known: bool = sql
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM price WHERE account = ?1 AND id = ?2)")?
        .query_row(params![account, it.id.as_str()], |row| row.get(0))?;
    if known {
        return Ok(());
    }
    put_price(sql, account, it).map(drop)
}

pub(crate) fn put_coupon(
    sql: &Connection,
    account: &str,
    it: &Coupon,
) -> Result<Terms, StoreError> {
    let off = to_json("coupon", &it.off)?;
    let duration = to_json("coupon", &it.duration)?;
    let applies_to = to_json("coupon", &it.applies_to)?;
    let terms = terms(
        sql,
        "SELECT off, duration, applies_to FROM coupon WHERE account = ?1 AND id = ?2",
        account,
        it.id.as_str(),
        [&off, &duration, &applies_to],
    )?;
    sql.prepare_cached(
        "INSERT OR REPLACE INTO coupon (account, id, name, off, duration, applies_to, created, valid)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?
    .execute(params![
        account,
        it.id.as_str(),
        it.name,
        off,
        duration,
        applies_to,
        seconds(it.created),
        it.valid,
    ])?;
    Ok(terms)
}

/// Keeps a coupon that was seen inside something else, unless the list told of it: only the list tells everything.
pub(crate) fn put_coupon_seen_aside(
    sql: &Connection,
    account: &str,
    it: &Coupon,
) -> Result<(), StoreError> {
    let known: bool = sql
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM coupon WHERE account = ?1 AND id = ?2)")?
        .query_row(params![account, it.id.as_str()], |row| row.get(0))?;
    if known {
        return Ok(());
    }
    put_coupon(sql, account, it).map(drop)
}

pub(crate) fn put_promotion_code(
    sql: &Connection,
    account: &str,
    it: &PromotionCode,
) -> Result<(), StoreError> {
    sql.prepare_cached(
        "INSERT OR REPLACE INTO promotion_code (account, id, code, coupon, active, created)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?
    .execute(params![
        account,
        it.id.as_str(),
        it.code,
        it.coupon.as_ref().map(CouponId::as_str),
        it.active,
        seconds(it.created),
    ])?;
    Ok(())
}

/// Prices and coupons of an account, deleted ones included: the past was billed with them.
pub(crate) fn catalog(sql: &Connection, account: &str) -> Result<Catalog, StoreError> {
    let mut prices = HashMap::new();
    let mut statement = sql.prepare_cached(
        "SELECT id, product, currency, active, nickname, created, recurring, scheme, other_currencies,
           transform, tax_inclusive FROM price WHERE account = ?1",
    )?;
    for price in statement.query_map([account], price_from_row)? {
        let price = price?;
        prices.insert(price.id.clone(), price);
    }
    let mut coupons = HashMap::new();
    let mut statement = sql.prepare_cached(
        "SELECT id, name, off, duration, applies_to, created, valid FROM coupon WHERE account = ?1",
    )?;
    for coupon in statement.query_map([account], coupon_from_row)? {
        let coupon = coupon?;
        coupons.insert(coupon.id.clone(), coupon);
    }
    let numbers = crate::table::facts::plan_numbers(sql, account)?;
    Ok(Catalog {
        prices,
        coupons,
        numbers,
    })
}

/// Prices that can still be subscribed to.
pub(crate) fn prices_on_sale(sql: &Connection, account: &str) -> Result<Vec<Price>, StoreError> {
    let mut statement = sql.prepare_cached(
        "SELECT id, product, currency, active, nickname, created, recurring, scheme, other_currencies,
           transform, tax_inclusive FROM price WHERE account = ?1 AND deleted = 0 AND active",
    )?;
    let rows = statement.query_map([account], price_from_row)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Coupons that can still be applied.
pub(crate) fn coupons_on_offer(sql: &Connection, account: &str) -> Result<Vec<Coupon>, StoreError> {
    let mut statement = sql.prepare_cached(
        "SELECT id, name, off, duration, applies_to, created, valid FROM coupon
         WHERE account = ?1 AND deleted = 0 AND valid",
    )?;
    let rows = statement.query_map([account], coupon_from_row)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Names of an account's products.
pub(crate) fn product_names(
    sql: &Connection,
    account: &str,
) -> Result<HashMap<ProductId, String>, StoreError> {
    let mut statement = sql.prepare_cached("SELECT id, name FROM product WHERE account = ?1")?;
    let rows = statement.query_map([account], |row| {
        Ok((ProductId::new(row.get::<_, String>(0)?), row.get(1)?))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn price_from_row(row: &Row<'_>) -> rusqlite::Result<Price> {
    Ok(Price {
        id: PriceId::new(row.get::<_, String>(0)?),
        product: ProductId::new(row.get::<_, String>(1)?),
        currency: currency(row, 2)?,
        active: row.get(3)?,
        nickname: row.get(4)?,
        created: instant(row, 5)?,
        recurring: json(row, 6)?,
        scheme: json(row, 7)?,
        other_currencies: json(row, 8)?,
        transform: json(row, 9)?,
        tax_inclusive: row.get(10)?,
    })
}

/// One coupon.
pub(crate) fn coupon(
    sql: &Connection,
    account: &str,
    id: &CouponId,
) -> Result<Option<Coupon>, StoreError> {
    Ok(sql
        .prepare_cached(
            "SELECT id, name, off, duration, applies_to, created, valid FROM coupon WHERE account = ?1 AND id = ?2",
        )?
        .query_row([account, id.as_str()], coupon_from_row)
        .optional()?)
}

fn coupon_from_row(row: &Row<'_>) -> rusqlite::Result<Coupon> {
    Ok(Coupon {
        id: CouponId::new(row.get::<_, String>(0)?),
        name: row.get(1)?,
        off: json(row, 2)?,
        duration: json(row, 3)?,
        applies_to: json(row, 4)?,
        created: instant(row, 5)?,
        valid: row.get(6)?,
    })
}
