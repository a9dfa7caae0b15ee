//! Visits to checkout pages, links to pay by, and what usage is counted by.

use crate::error::StoreError;
use crate::table::seconds;
use coffer_domain::ids::{CustomerId, InvoiceId, PaymentIntentId, PaymentLinkId, SubscriptionId};
use coffer_domain::record::{CheckoutSession, Meter, PaymentLink};
use rusqlite::{Connection, params};

pub(crate) const SCHEMA_2: &str = "
CREATE TABLE checkout_session (
    account TEXT NOT NULL,
    id TEXT NOT NULL,
    customer TEXT,
    status TEXT,
    mode TEXT NOT NULL,
    payment_status TEXT NOT NULL,
    total INTEGER,
    currency TEXT,
    subscription TEXT,
    invoice TEXT,
    payment_intent TEXT,
    payment_link TEXT,
    created INTEGER NOT NULL,
    expires INTEGER NOT NULL,
    deleted INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (account, id)
) STRICT, WITHOUT ROWID;
CREATE TABLE payment_link (
    account TEXT NOT NULL,
    id TEXT NOT NULL,
    url TEXT NOT NULL,
    active INTEGER NOT NULL,
    deleted INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (account, id)
) STRICT, WITHOUT ROWID;
CREATE TABLE meter (
    account TEXT NOT NULL,
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    event_name TEXT NOT NULL,
    status TEXT NOT NULL,
    created INTEGER NOT NULL,
    deleted INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (account, id)
) STRICT, WITHOUT ROWID;
";

pub(crate) fn put_session(
    sql: &Connection,
    account: &str,
    it: &CheckoutSession,
) -> Result<(), StoreError> {
    sql.prepare_cached(
        "INSERT OR REPLACE INTO checkout_session (account, id, customer, status, mode, payment_status, total, currency,
           subscription, invoice, payment_intent, payment_link, created, expires)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
    )?
    .execute(params![
        account,
        it.id.as_str(),
        it.customer.as_ref().map(CustomerId::as_str),
        it.status,
        it.mode,
        it.payment_status,
        it.total.map(|total| total.minor),
        it.total.as_ref().map(|total| total.currency.code()),
        it.subscription.as_ref().map(SubscriptionId::as_str),
        it.invoice.as_ref().map(InvoiceId::as_str),
        it.payment_intent.as_ref().map(PaymentIntentId::as_str),
        it.payment_link.as_ref().map(PaymentLinkId::as_str),
        seconds(it.created),
        seconds(it.expires),
    ])?;
    Ok(())
}

pub(crate) fn put_link(
    sql: &Connection,
    account: &str,
    it: &PaymentLink,
) -> Result<(), StoreError> {
    sql.prepare_cached(
        "INSERT OR REPLACE INTO payment_link (account, id, url, active) VALUES (?1, ?2, ?3, ?4)",
    )?
    .execute(params![account, it.id.as_str(), it.url, it.active])?;
    Ok(())
}

pub(crate) fn put_meter(sql: &Connection, account: &str, it: &Meter) -> Result<(), StoreError> {
    sql.prepare_cached(
        "INSERT OR REPLACE INTO meter (account, id, name, event_name, status, created)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?
    .execute(params![
        account,
        it.id.as_str(),
        it.name,
        it.event_name,
        it.status,
        seconds(it.created),
    ])?;
    Ok(())
}
