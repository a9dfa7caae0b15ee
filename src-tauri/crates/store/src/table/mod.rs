//! The tables, a file each: the schema as its migration made it, how a record becomes a row, how rows become records.

pub mod account;
pub mod action_log;
pub mod annotation;
pub mod cash;
pub mod contact;
pub mod dirty;
pub mod facts;
pub mod folding;
pub mod gone;
pub mod invoice_document;
pub mod meta;
pub mod mismatch;
pub mod note;
pub mod notice;
pub mod operation;
pub mod reads;
pub mod rollup;
pub mod search;
pub mod setting;
pub mod stretch;
pub mod summary;

pub(crate) mod catalog;
pub(crate) mod checkout;
pub(crate) mod credit;
pub(crate) mod customer;
pub(crate) mod invoice;
pub(crate) mod invoice_item;
pub(crate) mod payment;
pub(crate) mod schedule;
pub(crate) mod subscription;

use crate::error::StoreError;
use coffer_domain::Instant;
use coffer_domain::currency::Currency;
use coffer_domain::record::Kind;
use rusqlite::Row;
use rusqlite::types::Type;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Seconds since 1970, as instants stand in every table.
pub(crate) const fn seconds(instant: Instant) -> i64 {
    instant.timestamp()
}

pub(crate) fn seconds_of(instant: Option<Instant>) -> Option<i64> {
    instant.map(seconds)
}

fn broken(index: usize, detail: impl Into<String>) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(index, Type::Text, detail.into().into())
}

pub(crate) fn instant(row: &Row<'_>, index: usize) -> rusqlite::Result<Instant> {
    let seconds: i64 = row.get(index)?;
    Instant::from_timestamp(seconds, 0).ok_or_else(|| broken(index, "an instant out of range"))
}

pub(crate) fn instant_maybe(row: &Row<'_>, index: usize) -> rusqlite::Result<Option<Instant>> {
    let seconds: Option<i64> = row.get(index)?;
    seconds
        .map(|seconds| {
            Instant::from_timestamp(seconds, 0)
                .ok_or_else(|| broken(index, "an instant out of range"))
        })
        .transpose()
}

pub(crate) fn currency(row: &Row<'_>, index: usize) -> rusqlite::Result<Currency> {
    let code = row.get_ref(index)?.as_str()?;
    Currency::parse(code).map_err(|error| broken(index, error.to_string()))
}

/// A value kept as JSON text because it is read whole and never searched.
pub(crate) fn json<T: DeserializeOwned>(row: &Row<'_>, index: usize) -> rusqlite::Result<T> {
    let text = row.get_ref(index)?.as_str()?;
    serde_json::from_str(text).map_err(|error| broken(index, error.to_string()))
}

pub(crate) fn to_json<T: Serialize>(table: &'static str, value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| StoreError::Unreadable {
        table,
        detail: error.to_string(),
    })
}

/// Ids as a JSON list, for statements that take any number of them.
pub(crate) fn ids_json<'a>(
    table: &'static str,
    ids: impl Iterator<Item = &'a String>,
) -> Result<String, StoreError> {
    to_json(table, &ids.collect::<Vec<_>>())
}

/// The table with a kind's typed rows.
pub(crate) const fn table_of(kind: Kind) -> &'static str {
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
        Kind::SubscriptionSchedules => "subscription_schedule",
        Kind::CreditNotes => "credit_note",
        Kind::CustomerBalanceTransactions => "credit_entry",
        Kind::Meters => "meter",
        Kind::CheckoutSessions => "checkout_session",
        Kind::PaymentLinks => "payment_link",
    }
}
