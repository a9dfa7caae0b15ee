//! Turns what stands on the wire into records.
//!
//! Nothing is fetched and nothing is rounded here. A word that we do not know is kept or, where a record has no room for
//! it, read as what claims least (the place says so); a field that a record cannot do without is a `Problem`, never a
//! made-up value.

mod catalog;
mod checkout;
mod credit;
mod customer;
mod discount;
mod invoice;
mod payment;
mod schedule;
mod subscription;

pub(super) use customer::account;

use super::json;
use super::wire;
use super::wire::Object;
use crate::http::{redact_short, redact_word};
use coffer_domain::Instant;
use coffer_domain::currency::Currency;
use coffer_domain::ids::CustomerId;
use coffer_domain::money::Money;
use coffer_domain::record::{Kind, Record};
use serde::Deserialize;

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

/// Why a text could not be decoded, without the values in it: texts stand between quotes, numbers between backticks.
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
    let names: Vec<&str> = out
        .split('`')
        .enumerate()
        .map(|(index, part)| {
            let is_value = index % 2 == 1
                && (matches!(part, "true" | "false")
                    || part.starts_with(|c: char| c.is_ascii_digit() || c == '-'));
            if is_value { "…" } else { part }
        })
        .collect();
    redact_short(&names.join("`"))
}

/// An object's text, read once.
#[derive(Debug)]
pub(super) struct Parsed {
    /// Its id.
    pub(super) id: String,
    /// Which mode it says it is of.
    pub(super) livemode: Option<bool>,
    /// Whether it is gone.
    pub(super) deleted: bool,
    /// Whether a list inside it goes on elsewhere; `made` is then not whole.
    pub(super) cut: bool,
    /// Whether something of it would have been expanded where that was asked for.
    pub(super) bare: bool,
    /// Its record, and those that stood inside it.
    pub(super) made: Result<(Record, Vec<Record>), Problem>,
}

/// Reads an object's text as one of its kind, in a single pass.
pub(super) fn object(kind: Kind, text: &str) -> Result<Parsed, Problem> {
    match kind {
        Kind::Customers => parsed(text, customer::customer),
        Kind::Subscriptions => parsed(text, subscription::subscription),
        Kind::Invoices => parsed(text, invoice::invoice),
        Kind::PromotionCodes => parsed(text, catalog::promotion_code),
        Kind::Products => alone(text, catalog::product, Record::Product),
        Kind::Prices => alone(text, catalog::price, |it| Record::Price(Box::new(it))),
        Kind::Coupons => alone(text, catalog::coupon, Record::Coupon),
        Kind::InvoiceItems => alone(text, invoice::invoice_item, Record::InvoiceItem),
        Kind::InvoicePayments => alone(text, invoice::invoice_payment, Record::InvoicePayment),
        Kind::Charges => alone(text, payment::payment, |it| Record::Payment(Box::new(it))),
        Kind::PaymentIntents => alone(text, payment::payment_intent, Record::PaymentIntent),
        Kind::Refunds => alone(text, payment::refund, Record::Refund),
        Kind::Disputes => alone(text, payment::dispute, Record::Dispute),
        Kind::BalanceTransactions => alone(
            text,
            payment::balance_transaction,
            Record::BalanceTransaction,
        ),
        Kind::SubscriptionSchedules => alone(text, schedule::schedule, |it| {
            Record::SubscriptionSchedule(Box::new(it))
        }),
        Kind::CreditNotes => alone(text, credit::credit_note, |it| {
            Record::CreditNote(Box::new(it))
        }),
        Kind::CustomerBalanceTransactions => alone(text, credit::credit_entry, Record::CreditEntry),
        Kind::Meters => alone(text, checkout::meter, Record::Meter),
        Kind::CheckoutSessions => alone(text, checkout::checkout_session, |it| {
            Record::CheckoutSession(Box::new(it))
        }),
        Kind::PaymentLinks => alone(
            text,
            |it| Ok(checkout::payment_link(it)),
            Record::PaymentLink,
        ),
    }
}

/// A record with others inside it.
fn parsed<'a, W: Object + Deserialize<'a>>(
    text: &'a str,
    make: impl FnOnce(W) -> Result<(Record, Vec<Record>), Problem>,
) -> Result<Parsed, Problem> {
    let it: W = serde_json::from_str(text).map_err(|error| unfit(text, &error))?;
    Ok(Parsed {
        id: it.id().to_owned(),
        livemode: it.livemode(),
        deleted: it.is_deleted(),
        cut: it.is_cut(),
        bare: it.is_bare(),
        made: make(it),
    })
}

/// A record with none.
fn alone<'a, W: Object + Deserialize<'a>, R>(
    text: &'a str,
    make: impl FnOnce(W) -> Result<R, Problem>,
    record: impl FnOnce(R) -> Record,
) -> Result<Parsed, Problem> {
    parsed(text, |it| make(it).map(|made| (record(made), Vec::new())))
}

/// Why a text could not be decoded, with the field where it could not.
fn unfit(text: &str, error: &serde_json::Error) -> Problem {
    let what = plainly(error);
    let path = json::path_at(
        text,
        error.line(),
        error.column(),
        what.starts_with("missing"),
    );
    if path.is_empty() {
        Problem::new(what)
    } else {
        Problem::new(format!("`{}`: {what}", redact_word(&path)))
    }
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
        let error = serde_json::from_str::<wire::Header>(r#"{"id":-4242}"#).unwrap_err();
        assert!(!plainly(&error).contains("4242"), "{error}");
        let error = serde_json::from_str::<wire::Charge>("{}").unwrap_err();
        assert!(plainly(&error).contains("missing field `id`"));
    }
}
