//! The one door into the mirror: what a provider sent becomes rows.
//!
//! A page, its raw JSON, its search documents, the marks on the customers it touched and the cursor that follows it are
//! one transaction. An older version of an object never overwrites a newer one. A deleted object keeps its row, marked.

use crate::error::StoreError;
use crate::raw::{self, RawObject};
use crate::store::Write;
use crate::table::{
    catalog, cursor, customer, interval, invoice, invoice_item, payment, search, subscription,
};
use coffer_domain::Instant;
use coffer_domain::ids::AccountId;
use coffer_domain::record::{Kind, Record};
use coffer_domain::sync::Cursor;
use rusqlite::{Connection, OptionalExtension as _, params};

/// One object as an adapter hands it over.
#[derive(Debug, Clone, PartialEq)]
pub struct Incoming {
    /// The object's JSON as it came.
    pub json: String,
    /// The API version it was asked for in.
    pub api_version: String,
    /// What it means.
    pub record: Record,
    /// What else stood inside it, such as the coupon of a discount.
    pub also: Vec<Record>,
}

/// A page with where it leaves the walk.
#[derive(Debug, Clone)]
pub struct PageCommit {
    /// The account.
    pub account: AccountId,
    /// Its kind.
    pub kind: Kind,
    /// Its objects.
    pub objects: Vec<Incoming>,
    /// The number of the request that brought it, above `begin_asking`.
    pub asked: i64,
    /// The provider's clock when it answered.
    pub seen_at: Instant,
    /// The walk it belongs to.
    pub walk: i64,
    /// Where the walk stands after it; `None` when it was not part of a walk.
    pub cursor: Option<Cursor>,
}

impl PageCommit {
    /// Commits the page; returns how many objects were new or newer than what was there.
    ///
    /// # Errors
    /// The file's; nothing of the page is kept then.
    pub fn apply(self, write: &mut Write<'_>) -> Result<u64, StoreError> {
        let samples: Vec<&str> = self.objects.iter().map(|it| it.json.as_str()).collect();
        let transaction = &write.transaction;
        write.codecs.learn(transaction, self.kind, &samples)?;
        let account = self.account.as_str();
        let mut kept = 0;
        for object in &self.objects {
            let raw = RawObject {
                account,
                kind: self.kind,
                id: object.record.id(),
                json: &object.json,
                api_version: &object.api_version,
                asked: self.asked,
                walk: self.walk,
            };
            if raw::keep(transaction, write.codecs, &raw)? {
                project(transaction, account, object, self.seen_at)?;
                kept += 1;
            }
        }
        if kept > 0 {
            write.touch(self.kind.as_str());
        }
        if let Some(at) = &self.cursor {
            cursor::put(write, &self.account, at)?;
            if at.done {
                forget_unseen(write, &self.account, self.kind, self.walk)?;
            }
        }
        Ok(kept)
    }
}

/// Marks an object as deleted at the provider.
///
/// # Errors
/// The file's.
pub fn delete(
    write: &mut Write<'_>,
    account: &AccountId,
    kind: Kind,
    id: &str,
) -> Result<(), StoreError> {
    let sql = write.sql();
    sql.execute(
        "UPDATE raw_object SET deleted = 1 WHERE account = ?1 AND kind = ?2 AND id = ?3",
        params![account.as_str(), kind.as_str(), id],
    )?;
    mark_owner(sql, account.as_str(), kind, id)?;
    sql.execute(
        &format!(
            "UPDATE {} SET deleted = 1 WHERE account = ?1 AND id = ?2",
            table_of(kind)
        ),
        params![account.as_str(), id],
    )?;
    if kind == Kind::Customers {
        interval::mark(sql, account.as_str(), id)?;
    }
    write.touch(kind.as_str());
    Ok(())
}

/// What a whole walk over a list did not see is no longer there.
fn forget_unseen(
    write: &mut Write<'_>,
    account: &AccountId,
    kind: Kind,
    walk: i64,
) -> Result<(), StoreError> {
    let gone: Vec<String> = {
        let mut statement = write.sql().prepare_cached(
            "SELECT id FROM raw_object WHERE account = ?1 AND kind = ?2 AND walk < ?3 AND deleted = 0",
        )?;
        let rows = statement.query_map(params![account.as_str(), kind.as_str(), walk], |row| {
            row.get(0)
        })?;
        rows.collect::<Result<_, _>>()?
    };
    for id in gone {
        delete(write, account, kind, &id)?;
    }
    Ok(())
}

const fn table_of(kind: Kind) -> &'static str {
    match kind {
        Kind::Customers => "customer",
        Kind::Products => "product",
        Kind::Prices => "price",
        Kind::Coupons => "coupon",
        Kind::PromotionCodes => "promotion_code",
        Kind::Subscriptions => "subscription",
        Kind::Invoices => "invoice",
        Kind::InvoiceItems => "invoice_item",
        Kind::InvoicePayments => "invoice_payment",
        Kind::Charges => "payment",
        Kind::PaymentIntents => "payment_intent",
        Kind::Refunds => "refund",
        Kind::Disputes => "dispute",
        Kind::BalanceTransactions => "balance_transaction",
    }
}

fn project(
    sql: &Connection,
    account: &str,
    object: &Incoming,
    seen_at: Instant,
) -> Result<(), StoreError> {
    for aside in &object.also {
        match aside {
            Record::Coupon(coupon) => catalog::put_coupon_seen_aside(sql, account, coupon)?,
            Record::Price(price) => catalog::put_price_seen_aside(sql, account, price)?,
            _ => {}
        }
    }
    match &object.record {
        Record::Customer(it) => customer::put(sql, account, it)?,
        Record::Product(it) => catalog::put_product(sql, account, it)?,
        Record::Price(it) => {
            catalog::put_price(sql, account, it)?;
            interval::mark_price(sql, account, it.id.as_str())?;
        }
        Record::Coupon(it) => {
            catalog::put_coupon(sql, account, it)?;
            interval::mark_all(sql, account)?;
        }
        Record::PromotionCode(it) => catalog::put_promotion_code(sql, account, it)?,
        Record::Subscription(it) => subscription::put(sql, account, it, seen_at)?,
        Record::Invoice(it) => invoice::put(sql, account, it)?,
        Record::InvoiceItem(it) => invoice_item::put(sql, account, it)?,
        Record::InvoicePayment(it) => payment::put_invoice_payment(sql, account, it)?,
        Record::Payment(it) => payment::put(sql, account, it)?,
        Record::PaymentIntent(it) => payment::put_intent(sql, account, it)?,
        Record::Refund(it) => payment::put_refund(sql, account, it)?,
        Record::Dispute(it) => payment::put_dispute(sql, account, it)?,
        Record::BalanceTransaction(it) => payment::put_balance_transaction(sql, account, it)?,
    }
    search::put(sql, account, &object.record)?;
    match owner(&object.record) {
        Some(customer) => interval::mark(sql, account, customer),
        None => mark_owner(sql, account, object.record.kind(), object.record.id()),
    }
}

/// The customer whose figures a record is part of, when the record says.
fn owner(record: &Record) -> Option<&str> {
    match record {
        Record::Customer(it) => Some(it.id.as_str()),
        Record::Subscription(it) => Some(it.customer.as_str()),
        Record::Invoice(it) => it.customer.as_ref().map(|id| id.as_str()),
        Record::InvoiceItem(it) => Some(it.customer.as_str()),
        Record::Payment(it) => it.customer.as_ref().map(|id| id.as_str()),
        _ => None,
    }
}

/// Marks the customer that an object belongs to through what is already here.
fn mark_owner(sql: &Connection, account: &str, kind: Kind, id: &str) -> Result<(), StoreError> {
    let question = match kind {
        Kind::Subscriptions => "SELECT customer FROM subscription WHERE account = ?1 AND id = ?2",
        Kind::Invoices => "SELECT customer FROM invoice WHERE account = ?1 AND id = ?2",
        Kind::InvoiceItems => "SELECT customer FROM invoice_item WHERE account = ?1 AND id = ?2",
        Kind::Charges => "SELECT customer FROM payment WHERE account = ?1 AND id = ?2",
        Kind::Refunds => {
            "SELECT p.customer FROM refund r JOIN payment p ON p.account = r.account AND p.id = r.payment
             WHERE r.account = ?1 AND r.id = ?2"
        }
        _ => return Ok(()),
    };
    let customer: Option<Option<String>> = sql
        .prepare_cached(question)?
        .query_row([account, id], |row| row.get(0))
        .optional()?;
    match customer.flatten() {
        Some(customer) => interval::mark(sql, account, &customer),
        None => Ok(()),
    }
}
