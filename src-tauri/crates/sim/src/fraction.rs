//! Exact fractions over `i128`, for the simulator's own arithmetic of what a subscription is worth.
//!
//! The simulated merchant is the independent truth that the product is measured against, so it must not borrow the
//! product's money code: one misreading would otherwise pass on both sides. This is therefore a small, naive fraction and
//! nothing more. It is not a general number type.
//!
//! Invariant: a fraction is always reduced and its denominator is positive. The denominators that occur are products of a
//! few small primes (months of a year, percents, ten-thousandths of a minor unit, a tax rate), which keeps sums far inside
//! `i128`.

use std::ops::{Add, Mul, Sub};

/// A reduced fraction with a positive denominator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fraction {
    num: i128,
    den: i128,
}

fn gcd(a: i128, b: i128) -> i128 {
    let (mut a, mut b) = (a.abs(), b.abs());
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

impl Fraction {
    /// Nothing.
    pub const ZERO: Self = Self { num: 0, den: 1 };

    /// `num / den`, reduced. A zero denominator stands for zero: no caller has a meaning for it.
    #[must_use]
    pub fn new(num: i128, den: i128) -> Self {
        if den == 0 {
            return Self::ZERO;
        }
        let common = gcd(num, den).max(1) * den.signum();
        Self {
            num: num / common,
            den: den / common,
        }
    }

    /// A whole number.
    #[must_use]
    pub const fn whole(num: i128) -> Self {
        Self { num, den: 1 }
    }

    /// Numerator and denominator.
    #[must_use]
    pub const fn parts(self) -> (i128, i128) {
        (self.num, self.den)
    }

    /// Whether it is above zero.
    #[must_use]
    pub const fn is_positive(self) -> bool {
        self.num > 0
    }

    /// The smaller of two.
    #[must_use]
    pub fn min(self, other: Self) -> Self {
        if (self - other).num < 0 { self } else { other }
    }

    /// `self / other`; zero when `other` is zero.
    #[must_use]
    pub fn over(self, other: Self) -> Self {
        self * Self::new(other.den, other.num)
    }
}

impl Add for Fraction {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        let common = gcd(self.den, other.den).max(1);
        let (left, right) = (other.den / common, self.den / common);
        Self::new(self.num * left + other.num * right, self.den * left)
    }
}

impl Sub for Fraction {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        self + Self {
            num: -other.num,
            den: other.den,
        }
    }
}

impl Mul for Fraction {
    type Output = Self;
    fn mul(self, other: Self) -> Self {
        // Crosswise reduction first keeps the products small.
        let a = Self::new(self.num, other.den);
        let b = Self::new(other.num, self.den);
        Self::new(a.num * b.num, a.den * b.den)
    }
}

/// Rounds `num / den` to a whole number of minor units, ties to even. `den` must be positive, as everywhere here.
#[must_use]
pub fn round_half_even(num: i128, den: i128) -> i128 {
    if den <= 0 {
        return 0;
    }
    let (floor, rest) = (num.div_euclid(den), num.rem_euclid(den));
    match (rest * 2).cmp(&den) {
        std::cmp::Ordering::Less => floor,
        std::cmp::Ordering::Greater => floor + 1,
        std::cmp::Ordering::Equal => floor + floor.rem_euclid(2),
    }
}

/// Rounds `num / den` to a whole number, ties away from zero: how amounts on invoices are rounded.
#[must_use]
pub(crate) fn round_half_up(num: i128, den: i128) -> i128 {
    let half = den / 2;
    if num >= 0 {
        (num + half) / den
    } else {
        -((-num + half) / den)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ties_go_to_the_even_neighbour() {
        let table = [
            (1, 2, 0),
            (3, 2, 2),
            (5, 2, 2),
            (-1, 2, 0),
            (-3, 2, -2),
            (10, 3, 3),
            (11, 3, 4),
        ];
        for (num, den, whole) in table {
            assert_eq!(
                round_half_even(num, den),
                whole,
                "{num}/{den} rounds half to even"
            );
        }
    }

    #[test]
    fn sums_and_products_stay_reduced() {
        let sixth = Fraction::new(1, 2) * Fraction::new(1, 3);
        assert_eq!(
            (sixth + Fraction::new(1, 3)).parts(),
            (1, 2),
            "a sixth and a third make a half"
        );
        assert_eq!(
            Fraction::new(3, -6).parts(),
            (-1, 2),
            "the sign lives in the numerator"
        );
    }
}
