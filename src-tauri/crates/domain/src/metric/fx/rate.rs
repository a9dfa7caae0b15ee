//! One rate: how it is rounded and how an amount is multiplied by it.
//!
//! The only rounding of a conversion happens in `rounded_quotient`. The digits that count are significant digits and not
//! decimal places, so that a yen in dollars, or any small unit in a large one, is as precise as the other way round.

use crate::currency::Currency;
use crate::ratio::{Overflow, Ratio};
use chrono::NaiveDate;
use std::num::NonZeroU64;

/// Significant decimal digits that a rate keeps. The reference rates carry about six, so a rate against the euro is kept
/// as it was published, and a cross rate is off by at most five parts in a million million.
pub const SIGNIFICANT_DIGITS: i32 = 12;

/// What a rate rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RateSource {
    /// Both currencies are the same: one for one, without a table.
    SameCurrency,
    /// The rates published for the day itself.
    OnTheDay,
    /// Nothing was published for the day, as on a weekend or a holiday; the last day before it stands.
    LastBefore,
    /// The table ends before the day, and a newer one may know better; the last rates of the table stand in until then.
    TableEnded,
}

/// How many units of one currency a unit of another is, and on what day that was so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// The currency that is given.
    pub from: Currency,
    /// The currency that is wanted.
    pub to: Currency,
    /// Whole units of `to` for one whole unit of `from` (yen for a dollar, not yen for a cent), rounded half to even to
    /// `SIGNIFICANT_DIGITS`.
    pub per_unit: Ratio,
    /// The day both sides were published for; the day asked for where the currencies are the same.
    pub day_used: NaiveDate,
    /// What it rests on.
    pub source: RateSource,
}

impl Rate {
    /// One for one, whatever the currency and the day.
    #[must_use]
    pub const fn same(currency: Currency, day: NaiveDate) -> Self {
        Self {
            from: currency,
            to: currency,
            per_unit: Ratio::ONE,
            day_used: day,
            source: RateSource::SameCurrency,
        }
    }

    /// Minor units of `to` for one minor unit of `from`, exactly: the rate moved by the difference of the two exponents.
    ///
    /// # Errors
    /// When it does not fit.
    pub fn per_minor(&self) -> Result<Ratio, Overflow> {
        let places = self
            .to
            .exponent()
            .checked_signed_diff(self.from.exponent())
            .ok_or(Overflow)?;
        self.per_unit.times(scaled(1, 1, places)?)
    }

    /// An amount in minor units of `from`, in minor units of `to`. Nothing is rounded here.
    ///
    /// # Errors
    /// When it does not fit, which the caller shows as unknown.
    pub fn convert_minor(&self, amount: Ratio) -> Result<Ratio, Overflow> {
        self.per_minor()?.times(amount)
    }
}

/// `dividend ÷ divisor` rounded half to even to `SIGNIFICANT_DIGITS`.
pub(super) fn rounded_quotient(
    dividend: NonZeroU64,
    divisor: NonZeroU64,
) -> Result<Ratio, Overflow> {
    let magnitude = dividend
        .ilog10()
        .checked_signed_diff(divisor.ilog10())
        .ok_or(Overflow)?;
    let (dividend, divisor) = (i128::from(dividend.get()), i128::from(divisor.get()));
    // The quotient lies between a tenth of ten to the magnitude and ten times that; which half decides its first digit.
    let first_digit = if scaled(dividend, divisor, -magnitude)? >= Ratio::ONE {
        magnitude
    } else {
        magnitude - 1
    };
    let places = SIGNIFICANT_DIGITS - 1 - first_digit;
    let digits = scaled(dividend, divisor, places)?.round_half_even()?;
    scaled(i128::from(digits), 1, -places)
}

/// `dividend ÷ divisor × 10^places`, exactly.
fn scaled(dividend: i128, divisor: i128, places: i32) -> Result<Ratio, Overflow> {
    let power = 10_i128.checked_pow(places.unsigned_abs()).ok_or(Overflow)?;
    let (dividend, divisor) = if places < 0 {
        (Some(dividend), divisor.checked_mul(power))
    } else {
        (dividend.checked_mul(power), Some(divisor))
    };
    Ratio::new(dividend.ok_or(Overflow)?, divisor.ok_or(Overflow)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn quotient(dividend: u64, divisor: u64) -> Ratio {
        rounded_quotient(
            NonZeroU64::new(dividend).unwrap(),
            NonZeroU64::new(divisor).unwrap(),
        )
        .unwrap()
    }

    fn rate(from: &str, to: &str, per_unit: &str) -> Rate {
        Rate {
            from: Currency::parse(from).unwrap(),
            to: Currency::parse(to).unwrap(),
            per_unit: Ratio::decimal(per_unit).unwrap(),
            day_used: NaiveDate::MIN,
            source: RateSource::OnTheDay,
        }
    }

    #[test]
    fn a_rate_keeps_twelve_significant_digits_whatever_its_size() {
        for (dividend, divisor, kept) in [
            (2, 3, "0.666666666667"),
            (1, 3, "0.333333333333"),
            (200, 3, "66.6666666667"),
            (1, 300_000, "0.00000333333333333"),
            (1, 15_000_000, "0.0000000666666666667"),
            (9_999_999_999_999, 10, "1000000000000"),
            (1_234_567_890_123_456, 1, "1234567890120000"),
            (11_172, 10_000, "1.1172"),
            (u64::MAX, u64::MAX, "1"),
            (u64::MAX, 1, "18446744073700000000"),
            (1, u64::MAX, "0.0000000000000000000542101086243"),
        ] {
            assert_eq!(
                quotient(dividend, divisor),
                // Thirty-one digits are one more than `Ratio::decimal` reads, so the smallest is spelled as a fraction.
                Ratio::decimal(kept)
                    .unwrap_or_else(|_| { Ratio::new(542_101_086_243, 10_i128.pow(31)).unwrap() }),
                "{dividend} ÷ {divisor}"
            );
        }
    }

    #[test]
    fn a_half_of_the_last_digit_goes_to_the_even_neighbour() {
        for (dividend, kept) in [
            (1_000_000_000_005, 1_000_000_000_000),
            (1_000_000_000_015, 1_000_000_000_020),
            (1_000_000_000_025, 1_000_000_000_020),
            (9_999_999_999_995, 10_000_000_000_000),
        ] {
            assert_eq!(quotient(dividend, 1), Ratio::whole(kept), "{dividend}");
        }
    }

    #[test]
    fn minor_units_move_by_both_exponents() {
        for (from, to, per_unit, amount, converted) in [
            // 10.00 dollars are 1500 yen; a yen has no smaller unit.
            ("USD", "JPY", "150", "1000", "1500"),
            ("JPY", "USD", "0.0064", "1500", "960"),
            // A dinar has a thousand fils.
            ("KWD", "USD", "3.25", "1000", "325"),
            ("USD", "KWD", "0.3", "1000", "3000"),
            ("KWD", "JPY", "480", "2500", "1200"),
            ("JPY", "KWD", "0.002", "1200", "2400"),
            // A krona and a shilling travel with two decimals that they do not have.
            ("USD", "ISK", "136", "100", "13600"),
            ("UGX", "USD", "0.00027", "100000", "27"),
            ("USD", "EUR", "0.9", "-1999", "-1799.1"),
        ] {
            assert_eq!(
                rate(from, to, per_unit).convert_minor(Ratio::decimal(amount).unwrap()),
                Ok(Ratio::decimal(converted).unwrap()),
                "{amount} {from} in {to}"
            );
        }
    }

    #[test]
    fn a_fraction_of_a_minor_unit_is_converted_exactly() {
        let third_of_a_cent = Ratio::new(1, 3).unwrap();
        assert_eq!(
            rate("USD", "EUR", "0.9").convert_minor(third_of_a_cent),
            Ratio::new(3, 10)
        );
    }

    #[test]
    fn an_amount_that_does_not_fit_is_an_error_and_not_a_wrong_number() {
        let large = Ratio::new(i128::MAX, 1).unwrap();
        assert_eq!(
            rate("USD", "JPY", "150").convert_minor(large),
            Err(Overflow)
        );
    }

    /// Numbers of one to twelve digits, each length as likely as the others.
    fn of_any_size() -> impl Strategy<Value = u64> {
        (0_u32..12).prop_flat_map(|digits| 10_u64.pow(digits)..10_u64.pow(digits + 1))
    }

    /// `share` is one, give or take so many parts of ten to the fifteenth.
    fn is_one_within(share: Ratio, parts: i128) -> bool {
        let bound = Ratio::new(parts, 10_i128.pow(15)).unwrap();
        let off = share.minus(Ratio::ONE).unwrap();
        off <= bound && Ratio::ZERO.minus(off).unwrap() <= bound
    }

    proptest! {
        #[test]
        fn a_rate_is_off_by_at_most_five_parts_in_a_million_million(dividend in of_any_size(), divisor in of_any_size()) {
            let exact = Ratio::new(i128::from(dividend), i128::from(divisor)).unwrap();
            let share = quotient(dividend, divisor).over(exact).unwrap();
            prop_assert!(is_one_within(share, 5_000), "{share}");
        }

        #[test]
        fn there_and_back_is_nearly_where_it_began(dividend in of_any_size(), divisor in of_any_size()) {
            let round = quotient(dividend, divisor).times(quotient(divisor, dividend)).unwrap();
            prop_assert!(is_one_within(round, 10_001), "{round}");
        }

        #[test]
        fn a_rates_denominator_holds_only_twos_and_fives(dividend in 1_u64.., divisor in 1_u64..) {
            let mut rest = quotient(dividend, divisor).denominator();
            for prime in [2, 5] {
                while rest % prime == 0 {
                    rest /= prime;
                }
            }
            prop_assert_eq!(rest, 1);
        }
    }
}
