//! Exact fractions over `i128`, and their sums.
//!
//! A worth such as 2000/12 is kept as it is and rounded once, half to even, where it leaves the engine. A single worth
//! fits 128 bits or is an overflow that its caller must treat as unknown; a sum over many subscriptions with unlike
//! denominators may not fit, so `Sum` collects by denominator and adds with unbounded integers only at the end.

use num_bigint::BigInt;
use num_integer::Integer;
use num_rational::{BigRational, Ratio as Fraction};
use num_traits::{CheckedAdd, CheckedDiv, CheckedMul, CheckedSub, Signed, ToPrimitive, Zero};
use std::collections::BTreeMap;
use std::fmt;

/// An exact fraction in lowest terms.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ratio(Fraction<i128>);

/// A result does not fit, or a denominator is zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the figure does not fit an exact fraction")]
pub struct Overflow;

impl Ratio {
    /// Nothing.
    pub const ZERO: Self = Self(Fraction::new_raw(0, 1));
    /// One.
    pub const ONE: Self = Self(Fraction::new_raw(1, 1));

    /// `numerator ÷ denominator`.
    ///
    /// # Errors
    /// When the denominator is zero.
    pub fn new(numerator: i128, denominator: i128) -> Result<Self, Overflow> {
        if denominator == 0 || numerator == i128::MIN || denominator == i128::MIN {
            return Err(Overflow);
        }
        if denominator == 1 {
            return Ok(Self(Fraction::new_raw(numerator, 1)));
        }
        Ok(Self(Fraction::new(numerator, denominator)))
    }

    /// A whole number.
    #[must_use]
    pub const fn whole(number: i64) -> Self {
        Self(Fraction::new_raw(number as i128, 1))
    }

    /// Reads a plain decimal such as `12`, `-0.05` or `1.999999999999`, exactly.
    ///
    /// # Errors
    /// When the text is not a plain decimal of at most 30 digits.
    pub fn decimal(text: &str) -> Result<Self, Overflow> {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let all = format!("{whole}{fraction}");
        if all.is_empty() || all.len() > 30 || !all.bytes().all(|b| b.is_ascii_digit()) {
            return Err(Overflow);
        }
        let numerator: i128 = all.parse().map_err(|_| Overflow)?;
        let exponent = u32::try_from(fraction.len()).map_err(|_| Overflow)?;
        let denominator = 10_i128.checked_pow(exponent).ok_or(Overflow)?;
        Self::new(if negative { -numerator } else { numerator }, denominator)
    }

    /// The sum.
    ///
    /// # Errors
    /// When it does not fit.
    pub fn plus(self, other: Self) -> Result<Self, Overflow> {
        // Most worths are whole, and most sums begin with nothing: neither needs a search for common factors.
        if self.is_zero() {
            return Ok(other);
        }
        if *self.0.denom() == 1 && *other.0.denom() == 1 {
            return match self.0.numer().checked_add(other.0.numer()) {
                Some(numerator) => Ok(Self(Fraction::new_raw(numerator, 1))),
                None => Err(Overflow),
            };
        }
        self.0.checked_add(&other.0).map(Self).ok_or(Overflow)
    }

    /// The difference.
    ///
    /// # Errors
    /// When it does not fit.
    pub fn minus(self, other: Self) -> Result<Self, Overflow> {
        if *self.0.denom() == 1 && *other.0.denom() == 1 {
            return match self.0.numer().checked_sub(other.0.numer()) {
                Some(numerator) => Ok(Self(Fraction::new_raw(numerator, 1))),
                None => Err(Overflow),
            };
        }
        self.0.checked_sub(&other.0).map(Self).ok_or(Overflow)
    }

    /// The product.
    ///
    /// # Errors
    /// When it does not fit.
    pub fn times(self, other: Self) -> Result<Self, Overflow> {
        if *other.0.denom() == 1 && *self.0.denom() == 1 {
            return match self.0.numer().checked_mul(other.0.numer()) {
                Some(numerator) => Ok(Self(Fraction::new_raw(numerator, 1))),
                None => Err(Overflow),
            };
        }
        self.0.checked_mul(&other.0).map(Self).ok_or(Overflow)
    }

    /// The quotient.
    ///
    /// # Errors
    /// When it does not fit or `other` is zero.
    pub fn over(self, other: Self) -> Result<Self, Overflow> {
        if other.is_zero() {
            return Err(Overflow);
        }
        self.0.checked_div(&other.0).map(Self).ok_or(Overflow)
    }

    /// Whether it is nothing.
    #[must_use]
    pub fn is_zero(self) -> bool {
        self.0.is_zero()
    }

    /// Whether it is below zero.
    #[must_use]
    pub fn is_negative(self) -> bool {
        self.0.is_negative()
    }

    /// The numerator in lowest terms.
    #[must_use]
    pub fn numerator(self) -> i128 {
        *self.0.numer()
    }

    /// The denominator in lowest terms, above zero.
    #[must_use]
    pub fn denominator(self) -> i128 {
        *self.0.denom()
    }

    /// Rounded half to even to a whole number: the one rounding, done where a figure leaves the engine.
    ///
    /// # Errors
    /// When the whole number does not fit 64 bits.
    pub fn round_half_even(self) -> Result<i64, Overflow> {
        big_round_half_even(&big(self)).to_i64().ok_or(Overflow)
    }

    /// Reads `p/q` as written by `Display`.
    ///
    /// # Errors
    /// When the text is not of that form.
    pub fn parse(text: &str) -> Result<Self, Overflow> {
        let (numerator, denominator) = text.split_once('/').unwrap_or((text, "1"));
        Self::new(
            numerator.parse().map_err(|_| Overflow)?,
            denominator.parse().map_err(|_| Overflow)?,
        )
    }
}

impl Default for Ratio {
    fn default() -> Self {
        Self::ZERO
    }
}

impl fmt::Display for Ratio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.numerator(), self.denominator())
    }
}

impl serde::Serialize for Ratio {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for Ratio {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

impl fmt::Debug for Ratio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

fn big(ratio: Ratio) -> BigRational {
    BigRational::new_raw(
        BigInt::from(ratio.numerator()),
        BigInt::from(ratio.denominator()),
    )
}

pub(crate) fn big_round_half_even(exact: &BigRational) -> BigInt {
    let (floor, remainder) = exact.numer().div_mod_floor(exact.denom());
    let twice: BigInt = remainder * 2;
    let up = match twice.cmp(exact.denom()) {
        std::cmp::Ordering::Less => false,
        std::cmp::Ordering::Greater => true,
        std::cmp::Ordering::Equal => floor.is_odd(),
    };
    if up { floor + 1 } else { floor }
}

/// An exact sum of many fractions that cannot overflow.
#[derive(Debug, Clone, Default)]
pub struct Sum {
    whole: BTreeMap<i128, BigInt>,
}

impl Sum {
    /// Nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds one fraction.
    pub fn add(&mut self, ratio: Ratio) {
        *self.whole.entry(ratio.denominator()).or_default() += ratio.numerator();
    }

    /// Adds `numerator ÷ denominator`, the denominator above zero.
    pub(crate) fn add_parts(&mut self, numerator: i128, denominator: i128) {
        *self.whole.entry(denominator).or_default() += numerator;
    }

    /// The same with the other sign.
    #[must_use]
    pub fn negated(&self) -> Self {
        Self {
            whole: self
                .whole
                .iter()
                .map(|(denominator, numerator)| (*denominator, -numerator))
                .collect(),
        }
    }

    /// The exact sum.
    #[must_use]
    pub fn rational(&self) -> BigRational {
        self.exact()
    }

    /// Takes one fraction away.
    pub fn subtract(&mut self, ratio: Ratio) {
        *self.whole.entry(ratio.denominator()).or_default() -= ratio.numerator();
    }

    /// Adds another sum, each part of it times a factor.
    ///
    /// # Errors
    /// When a denominator does not fit.
    pub fn add_times(&mut self, other: &Self, factor: Ratio) -> Result<(), Overflow> {
        for (denominator, numerator) in &other.whole {
            let denominator = denominator
                .checked_mul(&factor.denominator())
                .ok_or(Overflow)?;
            *self.whole.entry(denominator).or_default() += numerator * factor.numerator();
        }
        Ok(())
    }

    /// Adds another sum.
    pub fn merge(&mut self, other: &Self) {
        for (denominator, numerator) in &other.whole {
            *self.whole.entry(*denominator).or_default() += numerator;
        }
    }

    fn exact(&self) -> BigRational {
        self.whole
            .iter()
            .fold(BigRational::zero(), |total, (denominator, numerator)| {
                total + BigRational::new(numerator.clone(), BigInt::from(*denominator))
            })
    }

    /// The sum rounded half to even.
    ///
    /// # Errors
    /// When the whole number does not fit 64 bits.
    pub fn round_half_even(&self) -> Result<i64, Overflow> {
        big_round_half_even(&self.exact()).to_i64().ok_or(Overflow)
    }

    /// The sum divided by a count and rounded half to even; `None` when the count is zero.
    ///
    /// # Errors
    /// When the whole number does not fit 64 bits.
    pub fn divided_round_half_even(&self, count: u64) -> Result<Option<i64>, Overflow> {
        if count == 0 {
            return Ok(None);
        }
        let exact = self.exact() / BigRational::from_integer(BigInt::from(count));
        big_round_half_even(&exact)
            .to_i64()
            .map(Some)
            .ok_or(Overflow)
    }

    /// The sum multiplied by a whole number and rounded half to even.
    ///
    /// # Errors
    /// When the whole number does not fit 64 bits.
    pub fn times_round_half_even(&self, factor: u32) -> Result<i64, Overflow> {
        let exact = self.exact() * BigRational::from_integer(BigInt::from(factor));
        big_round_half_even(&exact).to_i64().ok_or(Overflow)
    }

    /// The exact sum as `p/q`.
    #[must_use]
    pub fn exact_text(&self) -> String {
        let exact = self.exact();
        format!("{}/{}", exact.numer(), exact.denom())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn halves_go_to_the_even_neighbour() {
        for (numerator, denominator, rounded) in [
            (1, 2, 0),
            (3, 2, 2),
            (5, 2, 2),
            (-1, 2, 0),
            (-3, 2, -2),
            (2000, 12, 167),
            (-2000, 12, -167),
            (7, 1, 7),
            (50_001, 100_000, 1),
        ] {
            let ratio = Ratio::new(numerator, denominator).unwrap();
            assert_eq!(ratio.round_half_even(), Ok(rounded), "{ratio}");
        }
    }

    #[test]
    fn decimals_are_read_exactly_or_not_at_all() {
        assert_eq!(
            Ratio::decimal("0.000000000001").unwrap(),
            Ratio::new(1, 1_000_000_000_000).unwrap()
        );
        assert_eq!(
            Ratio::decimal("-12.50").unwrap(),
            Ratio::new(-25, 2).unwrap()
        );
        for text in ["", ".", "1e3", "1,5", "NaN", "--1", "1.2.3"] {
            assert!(Ratio::decimal(text).is_err(), "{text:?} must be refused");
        }
    }

    #[test]
    fn an_overflow_is_an_error_and_not_a_wrong_number() {
        let large = Ratio::new(i128::MAX, 1).unwrap();
        assert_eq!(large.times(large), Err(Overflow));
        assert_eq!(large.plus(Ratio::ONE), Err(Overflow));
    }

    proptest! {
        #[test]
        fn a_sum_of_thirds_and_sevenths_loses_nothing(parts in proptest::collection::vec((-10_000_i64..10_000, 1_i64..97), 0..200)) {
            let mut sum = Sum::new();
            for (numerator, denominator) in &parts {
                sum.add(Ratio::new(i128::from(*numerator), i128::from(*denominator)).unwrap());
            }
            for (numerator, denominator) in &parts {
                sum.subtract(Ratio::new(i128::from(*numerator), i128::from(*denominator)).unwrap());
            }
            prop_assert_eq!(sum.exact_text(), "0/1");
        }

        #[test]
        fn text_comes_back_as_the_same_fraction(numerator in any::<i64>(), denominator in 1_i64..i64::MAX) {
            let ratio = Ratio::new(i128::from(numerator), i128::from(denominator)).unwrap();
            prop_assert_eq!(Ratio::parse(&ratio.to_string()).unwrap(), ratio);
        }
    }
}
