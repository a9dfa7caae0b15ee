//! An amount of one currency in whole minor units.
//!
//! Arithmetic is checked: an overflow or a meeting of two currencies is an error, never a wrong number. There is no
//! conversion here and no fraction; fractions live in `ratio` until they are rounded once at the edge.

use crate::currency::Currency;
use serde::{Deserialize, Serialize};
use std::fmt;

/// An amount in the minor unit that stands on Stripe's wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Money {
    /// Minor units; negative is owed or returned.
    pub minor: i64,
    /// The currency.
    pub currency: Currency,
}

/// Two amounts could not be put together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// Two currencies never add.
    #[error("{0} and {1} cannot be added")]
    TwoCurrencies(Currency, Currency),
    /// The sum does not fit 64 bits.
    #[error("the amount in {0} is too large")]
    TooLarge(Currency),
}

/// A text is no amount of a currency.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not an amount of {currency}; it should look like {}", example(*currency))]
pub struct NotAnAmount {
    /// The text.
    pub text: String,
    /// The currency.
    pub currency: Currency,
}

fn example(currency: Currency) -> String {
    Money::new(10i64.pow(currency.exponent()).saturating_mul(12), currency).decimal_text()
}

impl Money {
    /// So many minor units.
    #[must_use]
    pub const fn new(minor: i64, currency: Currency) -> Self {
        Self { minor, currency }
    }

    /// Reads an amount as a person types it: `12`, `12.5`, `12.34`, with no more decimals than the currency travels with.
    ///
    /// # Errors
    /// When it is no amount, has too many decimals or does not fit.
    pub fn parse_decimal(text: &str, currency: Currency) -> Result<Self, NotAnAmount> {
        let refuse = || NotAnAmount {
            text: text.to_owned(),
            currency,
        };
        let (whole, fraction) = text.trim().split_once('.').unwrap_or((text.trim(), ""));
        let places = currency.exponent() as usize;
        let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        let ends_in_a_point = text.trim().ends_with('.');
        if whole.is_empty()
            || ends_in_a_point
            || fraction.len() > places
            || !digits(whole)
            || !digits(fraction)
        {
            return Err(refuse());
        }
        let minor = format!("{whole}{fraction:0<places$}");
        minor
            .parse()
            .map(|minor| Self::new(minor, currency))
            .map_err(|_| refuse())
    }

    /// The sum.
    ///
    /// # Errors
    /// When the currencies differ or the sum does not fit.
    pub fn plus(self, other: Self) -> Result<Self, MoneyError> {
        self.combine(other, i64::checked_add)
    }

    /// The difference.
    ///
    /// # Errors
    /// When the currencies differ or the difference does not fit.
    pub fn minus(self, other: Self) -> Result<Self, MoneyError> {
        self.combine(other, i64::checked_sub)
    }

    fn combine(
        self,
        other: Self,
        operation: fn(i64, i64) -> Option<i64>,
    ) -> Result<Self, MoneyError> {
        if self.currency != other.currency {
            return Err(MoneyError::TwoCurrencies(self.currency, other.currency));
        }
        operation(self.minor, other.minor)
            .map(|minor| Self::new(minor, self.currency))
            .ok_or(MoneyError::TooLarge(self.currency))
    }

    /// The amount as a person reads it: `$1,234.50`, `−€20.00`, `¥1,200`, `ISK 500`. The minus is U+2212.
    #[must_use]
    pub fn text(self) -> String {
        let sign = if self.minor < 0 { "−" } else { "" };
        format!("{sign}{}", self.unsigned_text())
    }

    /// As `text`, with a plus in front of what is above zero.
    #[must_use]
    pub fn signed_text(self) -> String {
        let sign = match self.minor {
            ..0 => "−",
            0 => "",
            1.. => "+",
        };
        format!("{sign}{}", self.unsigned_text())
    }

    fn unsigned_text(self) -> String {
        let number = self.decimal_text();
        let number = number.trim_start_matches('-');
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        let whole = grouped(whole);
        let amount = if fraction.is_empty() {
            whole
        } else {
            format!("{whole}.{fraction}")
        };
        match self.currency.symbol() {
            Some(symbol) => format!("{symbol}{amount}"),
            None => format!("{} {amount}", self.currency),
        }
    }

    /// The bare decimal, `-1234.50`, with as many decimals as the currency shows, and more only where they are not zero.
    #[must_use]
    pub fn decimal_text(self) -> String {
        let exponent = self.currency.exponent();
        let digits = format!(
            "{:0>width$}",
            self.minor.unsigned_abs(),
            width = exponent as usize + 1
        );
        let (whole, fraction) = digits.split_at(digits.len() - exponent as usize);
        let keep_all =
            self.currency.shown_decimals() == exponent || fraction.bytes().any(|b| b != b'0');
        let sign = if self.minor < 0 { "-" } else { "" };
        if keep_all && !fraction.is_empty() {
            format!("{sign}{whole}.{fraction}")
        } else {
            format!("{sign}{whole}")
        }
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text())
    }
}

fn grouped(digits: &str) -> String {
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn money(minor: i64, code: &str) -> Money {
        Money::new(minor, Currency::parse(code).unwrap())
    }

    #[test]
    fn text_reads_as_a_person_writes_it() {
        for (minor, code, text) in [
            (123_450, "USD", "$1,234.50"),
            (-2_000, "EUR", "−€20.00"),
            (5, "USD", "$0.05"),
            (1_200, "JPY", "¥1,200"),
            (5_120, "KWD", "KWD 5.120"),
            (50_000, "ISK", "ISK 500"),
            (50_050, "ISK", "ISK 500.50"),
            (100_000_000, "CHF", "CHF 1,000,000.00"),
            (0, "GBP", "£0.00"),
            (i64::MIN, "USD", "−$92,233,720,368,547,758.08"),
        ] {
            assert_eq!(money(minor, code).text(), text);
        }
    }

    #[test]
    fn an_amount_is_read_as_it_is_typed() {
        let read = |text: &str, code: &str| {
            Money::parse_decimal(text, Currency::parse(code).unwrap())
                .map(|money| money.minor)
                .ok()
        };
        for (text, code, minor) in [
            ("12.34", "USD", Some(1_234)),
            ("12.5", "USD", Some(1_250)),
            (" 12 ", "EUR", Some(1_200)),
            ("500", "JPY", Some(500)),
            ("5.12", "KWD", Some(5_120)),
            ("500", "ISK", Some(50_000)),
            ("0.05", "USD", Some(5)),
            ("12.345", "USD", None),
            ("5.1", "JPY", None),
            ("12.", "USD", None),
            (".5", "USD", None),
            ("", "USD", None),
            ("-5", "USD", None),
            ("+5", "USD", None),
            ("1,234", "USD", None),
            ("1e3", "USD", None),
            ("٣", "USD", None),
            ("99999999999999999999", "USD", None),
        ] {
            assert_eq!(read(text, code), minor, "{text} {code}");
        }
    }

    #[test]
    fn two_currencies_never_add() {
        assert!(matches!(
            money(1, "USD").plus(money(1, "EUR")),
            Err(MoneyError::TwoCurrencies(..))
        ));
    }

    #[test]
    fn a_sum_that_does_not_fit_is_an_error() {
        assert!(matches!(
            money(i64::MAX, "USD").plus(money(1, "USD")),
            Err(MoneyError::TooLarge(_))
        ));
    }
}
