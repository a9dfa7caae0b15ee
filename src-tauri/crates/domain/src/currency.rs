//! Currencies and how many decimals their minor unit has.
//!
//! The tables are the providers' own, not ISO's: Stripe lists MGA without decimals although ISO gives it two, and sends
//! ISK and UGX with two decimals although the currencies have none. `Money` counts in the unit that stands on Stripe's
//! wire; an adapter whose provider counts otherwise converts at its border.
//! Source: docs.stripe.com/currencies.

use serde::{Deserialize, Serialize};
use std::fmt;

/// An ISO 4217 code in capitals.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency([u8; 3]);

/// The text is not a currency code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a currency code of three letters")]
pub struct NotACurrency(pub String);

impl Currency {
    /// US dollar.
    pub const USD: Self = Self(*b"USD");
    /// Euro.
    pub const EUR: Self = Self(*b"EUR");

    /// Reads a code in any case.
    ///
    /// # Errors
    /// When the text is not exactly three ASCII letters.
    pub fn parse(text: &str) -> Result<Self, NotACurrency> {
        let bytes: [u8; 3] = text
            .as_bytes()
            .try_into()
            .map_err(|_| NotACurrency(text.to_owned()))?;
        if !bytes.iter().all(u8::is_ascii_alphabetic) {
            return Err(NotACurrency(text.to_owned()));
        }
        Ok(Self(bytes.map(|b| b.to_ascii_uppercase())))
    }

    /// The code in capitals.
    #[must_use]
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("XXX")
    }

    /// Currencies whose minor unit is the major one. All that stand in neither list have two decimals.
    pub const WITHOUT_DECIMALS: [&'static str; 15] = [
        "BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF",
        "XOF", "XPF",
    ];
    /// Currencies whose minor unit is a thousandth.
    pub const WITH_THREE_DECIMALS: [&'static str; 5] = ["BHD", "JOD", "KWD", "OMR", "TND"];

    /// Decimals of the minor unit that `Money` counts in.
    #[must_use]
    pub fn exponent(self) -> u32 {
        let code = self.code();
        if Self::WITHOUT_DECIMALS.contains(&code) {
            0
        } else if Self::WITH_THREE_DECIMALS.contains(&code) {
            3
        } else {
            2
        }
    }

    /// Decimals a person expects to see. ISK and UGX travel with two and have none.
    #[must_use]
    pub fn shown_decimals(self) -> u32 {
        match &self.0 {
            b"ISK" | b"UGX" => 0,
            _ => self.exponent(),
        }
    }

    /// The smallest part that is ever paid, in minor units: what travels with decimals that it does not have is whole, and of
    /// three decimals the last is nought.
    #[must_use]
    pub fn payable_step(self) -> i64 {
        if self.exponent() == 3 {
            return 10;
        }
        10i64.pow(self.exponent().saturating_sub(self.shown_decimals()))
    }

    /// The sign in front of an amount, where one is understood everywhere; the code otherwise.
    #[must_use]
    pub fn symbol(&self) -> Option<&'static str> {
        Some(match &self.0 {
            b"USD" => "$",
            b"EUR" => "€",
            b"GBP" => "£",
            b"JPY" => "¥",
            b"INR" => "₹",
            b"KRW" => "₩",
            b"BRL" => "R$",
            b"AUD" => "A$",
            b"CAD" => "CA$",
            b"NZD" => "NZ$",
            b"ILS" => "₪",
            b"VND" => "₫",
            _ => return None,
        })
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl Serialize for Currency {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exponents_are_stripes_and_not_isos() {
        for (code, exponent, shown) in [
            ("usd", 2, 2),
            ("jpy", 0, 0),
            ("mga", 0, 0),
            ("isk", 2, 0),
            ("ugx", 2, 0),
            ("kwd", 3, 3),
            ("huf", 2, 2),
            ("twd", 2, 2),
            ("tnd", 3, 3),
            ("xof", 0, 0),
        ] {
            let currency = Currency::parse(code).unwrap();
            assert_eq!(currency.exponent(), exponent, "{code} on the wire");
            assert_eq!(currency.shown_decimals(), shown, "{code} as shown");
        }
    }

    #[test]
    fn only_three_letters_are_a_code() {
        for text in ["", "us", "usdd", "u5d", "€€€"] {
            assert!(Currency::parse(text).is_err(), "{text:?} must be refused");
        }
    }
}
