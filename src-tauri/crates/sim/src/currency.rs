//! The currencies the merchant sells in, as the provider writes them.
//!
//! Amounts in the whole simulator are in the provider's wire unit: yen have no decimals, dinars have three of which the last
//! is always zero, and krónur are written with two decimals that are always zero. That is the trap a client must know; the
//! table is written out here independently of the product's own.
//!
//! Invariant: every amount of a currency is a multiple of its [`Currency::step`].

use crate::fraction::round_half_up;

/// A currency of the simulated merchant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Currency {
    #[default]
    Usd,
    Eur,
    Gbp,
    Jpy,
    Kwd,
    Isk,
}

impl Currency {
    pub(crate) const ALL: [Self; 6] = [
        Self::Usd,
        Self::Eur,
        Self::Gbp,
        Self::Jpy,
        Self::Kwd,
        Self::Isk,
    ];

    /// The code as it stands on the wire: lower case.
    pub(crate) const fn wire(self) -> &'static str {
        match self {
            Self::Usd => "usd",
            Self::Eur => "eur",
            Self::Gbp => "gbp",
            Self::Jpy => "jpy",
            Self::Kwd => "kwd",
            Self::Isk => "isk",
        }
    }

    /// The code in capitals.
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::Usd => "USD",
            Self::Eur => "EUR",
            Self::Gbp => "GBP",
            Self::Jpy => "JPY",
            Self::Kwd => "KWD",
            Self::Isk => "ISK",
        }
    }

    /// The smallest difference between two amounts that can be charged.
    pub(crate) const fn step(self) -> i64 {
        match self {
            Self::Usd | Self::Eur | Self::Gbp | Self::Jpy => 1,
            Self::Kwd => 10,
            Self::Isk => 100,
        }
    }

    /// Rounds `num / den` wire units to an amount that can be charged.
    pub(crate) fn round(self, num: i128, den: i128) -> i64 {
        let step = i128::from(self.step());
        (round_half_up(num, den * step) * step) as i64
    }

    /// A price point given in US cents, as this currency's list price in wire units.
    pub(crate) const fn price_point(self, cents: i64) -> i64 {
        match self {
            Self::Usd => cents,
            Self::Eur => cents * 95 / 100,
            Self::Gbp => cents * 80 / 100,
            Self::Jpy => (cents * 3 / 2 + 5) / 10 * 10,
            Self::Kwd => (cents * 307 / 100 + 50) / 100 * 100,
            Self::Isk => (cents * 137 / 100 + 50) / 50 * 50 * 100,
        }
    }
}

/// How many decimals the provider's wire amounts of this currency have, for callers that print or convert amounts.
/// `None` for a currency the merchant does not sell in.
#[must_use]
pub fn wire_exponent(code: &str) -> Option<u32> {
    match code {
        "USD" | "EUR" | "GBP" | "ISK" => Some(2),
        "JPY" => Some(0),
        "KWD" => Some(3),
        _ => None,
    }
}
