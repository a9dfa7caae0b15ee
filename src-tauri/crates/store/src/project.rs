//! What a record means for the tables: its typed rows, its search document, and the customers whose past rests on it.

use crate::error::StoreError;
use crate::table::catalog::Terms;
use crate::table::{
    cash, catalog, checkout, credit, customer, dirty, invoice, invoice_item, payment, schedule,
    search, subscription, table_of,
};
use coffer_domain::Instant;
use coffer_domain::record::{Kind, Record};
use rusqlite::{Connection, OptionalExtension as _};

/// How an object came to be projected.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Arrival {
    /// When it was seen so; `None` when it was not seen anew.
    pub(crate) seen_at: Option<Instant>,
    /// Whether nothing of it stands in any table, so that there is nothing to clear away first.
    pub(crate) new: bool,
}

/// Projects an object from its kept JSON.
pub(crate) fn again(
    sql: &Connection,
    account: &str,
    record: &Record,
    also: &[Record],
    seen_at: Instant,
) -> Result<(), StoreError> {
    let seen_at = match record {
        Record::Subscription(it) if !subscription::is_observed(sql, account, &it.id)? => {
            Some(seen_at)
        }
        _ => None,
    };
    let arrival = Arrival {
        seen_at,
        new: false,
    };
    project(sql, account, record, also, arrival)
}

/// Brings a record into the tables.
pub(crate) fn project(
    sql: &Connection,
    account: &str,
    record: &Record,
    also: &[Record],
    arrival: Arrival,
) -> Result<(), StoreError> {
    for aside in also {
        match aside {
            Record::Coupon(coupon) => catalog::put_coupon_seen_aside(sql, account, coupon)?,
            Record::Price(price) => catalog::put_price_seen_aside(sql, account, price)?,
            _ => {}
        }
    }
    let (kind, id) = (record.kind(), record.id());
    if !arrival.new {
        cash::take(sql, account, kind, id)?;
    }
    put(sql, account, record, arrival)?;
    cash::give(sql, account, kind, id)?;
    search::put(sql, account, record)?;
    match (record, owner(record)) {
        (Record::Payment(_), Some(customer)) => dirty::mark_payments(sql, account, customer),
        (_, Some(customer)) => dirty::mark(sql, account, customer),
        (_, None) => mark_owner(
            sql,
            account,
            record.kind(),
            record.id(),
            dirty::mark_payments,
        ),
    }
}

fn put(
    sql: &Connection,
    account: &str,
    record: &Record,
    arrival: Arrival,
) -> Result<(), StoreError> {
    match record {
        Record::Customer(it) => customer::put(sql, account, it),
        Record::Product(it) => catalog::put_product(sql, account, it),
        Record::Price(it) => match catalog::put_price(sql, account, it)? {
            // Whoever subscribed to it before it was known has a past that says so.
            Terms::New => dirty::mark_unknown(sql, account),
            Terms::Changed => dirty::mark_price(sql, account, it.id.as_str()),
            Terms::Same => Ok(()),
        },
        Record::Coupon(it) => match catalog::put_coupon(sql, account, it)? {
            Terms::New => dirty::mark_unknown(sql, account),
            Terms::Changed => dirty::mark_all(sql, account),
            Terms::Same => Ok(()),
        },
        Record::PromotionCode(it) => catalog::put_promotion_code(sql, account, it),
        Record::Subscription(it) => subscription::put(sql, account, it, arrival),
        Record::Invoice(it) => invoice::put(sql, account, it, arrival.new),
        Record::InvoiceItem(it) => invoice_item::put(sql, account, it),
        Record::InvoicePayment(it) => payment::put_invoice_payment(sql, account, it),
        Record::Payment(it) => payment::put(sql, account, it),
        Record::PaymentIntent(it) => payment::put_intent(sql, account, it),
        Record::Refund(it) => payment::put_refund(sql, account, it),
        Record::Dispute(it) => payment::put_dispute(sql, account, it),
        Record::BalanceTransaction(it) => payment::put_balance_transaction(sql, account, it),
        Record::SubscriptionSchedule(it) => schedule::put(sql, account, it),
        Record::CreditNote(it) => credit::put_note(sql, account, it),
        Record::CreditEntry(it) => credit::put_entry(sql, account, it),
        Record::Meter(it) => checkout::put_meter(sql, account, it),
        Record::CheckoutSession(it) => checkout::put_session(sql, account, it),
        Record::PaymentLink(it) => checkout::put_link(sql, account, it),
    }
}

/// Marks the typed row of an object as deleted.
pub(crate) fn mark_deleted(
    sql: &Connection,
    account: &str,
    kind: Kind,
    id: &str,
) -> Result<(), StoreError> {
    cash::take(sql, account, kind, id)?;
    sql.prepare_cached(&format!(
        "UPDATE {} SET deleted = 1 WHERE account = ?1 AND id = ?2",
        table_of(kind)
    ))?
    .execute([account, id])?;
    Ok(())
}

/// The customer whose figures a record is part of, when the record says.
fn owner(record: &Record) -> Option<&str> {
    match record {
        Record::Customer(it) => Some(it.id.as_str()),
        Record::Subscription(it) => Some(it.customer.as_str()),
        Record::Invoice(it) => it.customer.as_ref().map(|id| id.as_str()),
        Record::InvoiceItem(it) => Some(it.customer.as_str()),
        Record::Payment(it) => it.customer.as_ref().map(|id| id.as_str()),
        Record::SubscriptionSchedule(it) => it.customer.as_ref().map(|id| id.as_str()),
        _ => None,
    }
}

/// Marks the customer that an object belongs to through what is already here; the owner of something about a payment in a
/// way of its own.
pub(crate) fn mark_owner(
    sql: &Connection,
    account: &str,
    kind: Kind,
    id: &str,
    mark_payments: fn(&Connection, &str, &str) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let question = match kind {
        Kind::Subscriptions => "SELECT customer FROM subscription WHERE account = ?1 AND id = ?2",
        Kind::Invoices => "SELECT customer FROM invoice WHERE account = ?1 AND id = ?2",
        Kind::InvoiceItems => "SELECT customer FROM invoice_item WHERE account = ?1 AND id = ?2",
        Kind::SubscriptionSchedules => {
            "SELECT customer FROM subscription_schedule WHERE account = ?1 AND id = ?2"
        }
        Kind::Charges => "SELECT customer FROM payment WHERE account = ?1 AND id = ?2",
        // What failed to pay a bill is told by what pays it.
        Kind::InvoicePayments => {
            "SELECT i.customer FROM invoice_payment p JOIN invoice i ON i.account = p.account AND i.id = p.invoice
             WHERE p.account = ?1 AND p.id = ?2"
        }
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
    let mark = match kind {
        Kind::Charges | Kind::InvoicePayments | Kind::Refunds => mark_payments,
        _ => dirty::mark,
    };
    match customer.flatten() {
        Some(customer) => mark(sql, account, &customer),
        None => Ok(()),
    }
}
