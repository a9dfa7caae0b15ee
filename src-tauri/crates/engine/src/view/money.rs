//! Money and instants as they cross the border.

use crate::api::types::MoneyView;
use chrono::SecondsFormat;
use coffer_domain::Instant;
use coffer_domain::currency::Currency;
use coffer_domain::money::Money;

/// An amount with its text.
#[must_use]
pub fn money(amount: Money) -> MoneyView {
    MoneyView {
        minor: amount.minor,
        currency: amount.currency.code().to_owned(),
        text: amount.text(),
    }
}

/// A difference: above zero it carries a plus.
#[must_use]
pub fn difference(minor: i64, currency: Currency) -> MoneyView {
    let amount = Money::new(minor, currency);
    MoneyView {
        text: amount.signed_text(),
        ..money(amount)
    }
}

/// RFC 3339 in UTC, whole seconds.
#[must_use]
pub fn instant(at: Instant) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// `YYYY-MM-DD` in UTC.
#[must_use]
pub fn day(at: Instant) -> String {
    at.date_naive().to_string()
}
