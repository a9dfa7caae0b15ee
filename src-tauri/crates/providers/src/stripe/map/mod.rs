//! Turns what stands on the wire into records.
//!
//! Nothing is fetched and nothing is rounded here. A word that we do not know is kept or, where a record has no room for
//! it, read as what claims least (the place says so); a field that a record cannot do without is a `Problem`, never a
//! made-up value.

mod catalog;
mod customer;
mod discount;
mod invoice;
mod payment;
mod subscription;

pub(super) use customer::account;

use super::wire;
use crate::http::redact_short;
use coffer_domain::Instant;
use coffer_domain::currency::Currency;
use coffer_domain::ids::CustomerId;
use coffer_domain::money::Money;
use coffer_domain::record::{Kind, Record};
use serde::de::DeserializeOwned;

/// Why an object cannot be made a record. Holds the names of fields, not what stands in them.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(super) struct Problem(String);

impl Problem {
    fn new(what: impl Into<String>) -> Self {
        Self(what.into())
    }
}

/// What an object begins with; `None` where the text is no object.
pub(super) fn header(text: &str) -> Option<wire::Header> {
    serde_json::from_str(text).ok()
}

/// Why a text could not be decoded, without the values in it.
pub(super) fn plainly(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let mut out = String::with_capacity(text.len());
    let mut quoted = false;
    let mut escaped = false;
    for c in text.chars() {
        if c == '"' && !escaped {
            if !quoted {
                out.push('…');
            }
            quoted = !quoted;
        } else if !quoted {
            out.push(c);
        }
        escaped = quoted && c == '\\' && !escaped;
    }
    redact_short(&out)
}

/// Reads an object's text as a record of its kind, with the records that stood inside it.
pub(super) fn record(kind: Kind, text: &str) -> Result<(Record, Vec<Record>), Problem> {
    let alone = |record| (record, Vec::new());
    Ok(match kind {
        Kind::Customers => return customer::customer(read(text)?),
        Kind::Subscriptions => return subscription::subscription(read(text)?),
        Kind::Invoices => return invoice::invoice(read(text)?),
        Kind::PromotionCodes => return catalog::promotion_code(read(text)?),
        Kind::Products => alone(Record::Product(catalog::product(read(text)?)?)),
        Kind::Prices => alone(Record::Price(Box::new(catalog::price(read(text)?)?))),
        Kind::Coupons => alone(Record::Coupon(catalog::coupon(read(text)?)?)),
        Kind::InvoiceItems => alone(Record::InvoiceItem(invoice::invoice_item(read(text)?)?)),
        Kind::InvoicePayments => alone(Record::InvoicePayment(invoice::invoice_payment(read(
            text,
        )?)?)),
        Kind::Charges => alone(Record::Payment(Box::new(payment::payment(read(text)?)?))),
        Kind::PaymentIntents => alone(Record::PaymentIntent(payment::payment_intent(read(text)?)?)),
        Kind::Refunds => alone(Record::Refund(payment::refund(read(text)?)?)),
        Kind::Disputes => alone(Record::Dispute(payment::dispute(read(text)?)?)),
        Kind::BalanceTransactions => alone(Record::BalanceTransaction(
            payment::balance_transaction(read(text)?)?,
        )),
    })
}

fn read<T: DeserializeOwned>(text: &str) -> Result<T, Problem> {
    serde_json::from_str(text).map_err(|error| Problem::new(plainly(&error)))
}

fn instant(seconds: i64, field: &str) -> Result<Instant, Problem> {
    chrono::DateTime::from_timestamp(seconds, 0)
        .ok_or_else(|| Problem::new(format!("`{field}` is no time")))
}

fn instant_if(seconds: Option<i64>, field: &str) -> Result<Option<Instant>, Problem> {
    seconds.map(|seconds| instant(seconds, field)).transpose()
}

fn currency(code: &str) -> Result<Currency, Problem> {
    Currency::parse(code).map_err(|_| Problem::new("`currency` is no currency"))
}

fn money(minor: i64, code: &str) -> Result<Money, Problem> {
    Ok(Money::new(minor, currency(code)?))
}

/// The id behind a field, in the type that the record wants.
fn id<T: From<String>>(reference: Option<wire::Reference>) -> Option<T> {
    reference.map(|reference| T::from(reference.0))
}

/// Who pays: the customer, or the account that stands for one since customers may be accounts.
fn payer(customer: Option<wire::Reference>, account: Option<String>) -> Option<CustomerId> {
    id(customer).or_else(|| account.map(CustomerId::new))
}

/// Text that says something.
fn said(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.is_empty())
}

/// A word that an object should have and has not.
const UNKNOWN: &str = "unknown";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decoding_error_names_the_field_and_not_its_value() {
        let error =
            serde_json::from_str::<wire::Header>(r#"{"id":"a","deleted":"Jane \"J\" Doe"}"#)
                .unwrap_err();
        let plain = plainly(&error);
        assert!(!plain.contains("Jane"), "{plain}");
        assert!(plain.contains("expected a boolean"), "{plain}");
        let error = serde_json::from_str::<wire::Charge>("{}").unwrap_err();
        assert!(plainly(&error).contains("missing field `id`"));
    }
}
