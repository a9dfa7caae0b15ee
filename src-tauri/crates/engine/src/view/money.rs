//! Money, shares and instants as they cross the border.

use crate::api::types::MoneyView;
use chrono::SecondsFormat;
use coffer_domain::Instant;
use coffer_domain::currency::Currency;
use coffer_domain::money::Money;
use coffer_domain::ratio::Ratio;

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

/// A share in percent with one decimal, rounded half to even; `None` of nothing.
pub(super) fn percent(part: i64, whole: i64) -> Option<String> {
    if whole == 0 {
        return None;
    }
    let tenths = Ratio::new(i128::from(part) * 1_000, i128::from(whole))
        .ok()?
        .round_half_even()
        .ok()?;
    let sign = if tenths < 0 { "−" } else { "" };
    let tenths = tenths.unsigned_abs();
    Some(format!("{sign}{}.{}", tenths / 10, tenths % 10))
}

/// Where a change leads: `up`, `down` or `flat`.
pub(super) const fn direction(minor: i64) -> &'static str {
    match minor {
        ..0 => "down",
        0 => "flat",
        1.. => "up",
    }
}

#[cfg(test)]
mod tests {
    use super::percent;

    #[test]
    fn a_percent_has_one_decimal_and_a_true_minus() {
        assert_eq!(percent(42, 1_000).as_deref(), Some("4.2"));
        assert_eq!(percent(-5, 1_000).as_deref(), Some("−0.5"));
        assert_eq!(percent(1, 3).as_deref(), Some("33.3"));
        assert_eq!(percent(5, 0), None, "of nothing there is no share");
    }
}
