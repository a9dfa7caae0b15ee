//! Exact sums that many customers are added to and taken away from again.
//!
//! A tally keeps one whole numerator for each denominator, so that adding is a look at a short list and no search for common
//! factors, and so that adding something and taking it away leaves nothing behind. Where a numerator would not fit, the
//! tally is spoilt: it says so instead of telling a wrong number, and stays so.

use crate::ratio::{Overflow, Ratio, Sum};
use serde::{Deserialize, Serialize};

/// An exact sum in parts.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Tally {
    /// Denominators, smallest first, with their numerators, none of which is zero: the same sum is the same list however it
    /// came about.
    parts: Vec<(i128, i128)>,
    spoilt: bool,
}

impl Tally {
    /// Adds a fraction.
    pub fn add(&mut self, ratio: Ratio) {
        self.put(ratio.denominator(), ratio.numerator());
    }

    /// Takes a fraction away.
    pub fn subtract(&mut self, ratio: Ratio) {
        match ratio.numerator().checked_neg() {
            Some(numerator) => self.put(ratio.denominator(), numerator),
            None => self.spoilt = true,
        }
    }

    fn put(&mut self, denominator: i128, numerator: i128) {
        if numerator == 0 {
            return;
        }
        let place = match self
            .parts
            .binary_search_by_key(&denominator, |(own, _)| *own)
        {
            Ok(place) => place,
            Err(place) => {
                self.parts.insert(place, (denominator, numerator));
                return;
            }
        };
        let Some(part) = self.parts.get_mut(place) else {
            return;
        };
        match part.1.checked_add(numerator) {
            Some(0) => {
                self.parts.remove(place);
            }
            Some(sum) => part.1 = sum,
            None => self.spoilt = true,
        }
    }

    /// Adds another tally.
    pub fn merge(&mut self, other: &Self) {
        self.spoilt |= other.spoilt;
        for (denominator, numerator) in &other.parts {
            self.put(*denominator, *numerator);
        }
    }

    /// The same with the other sign.
    #[must_use]
    pub fn negated(&self) -> Self {
        let mut out = Self {
            parts: Vec::with_capacity(self.parts.len()),
            spoilt: self.spoilt,
        };
        for (denominator, numerator) in &self.parts {
            match numerator.checked_neg() {
                Some(numerator) => out.parts.push((*denominator, numerator)),
                None => out.spoilt = true,
            }
        }
        out
    }

    /// Whether nothing is in it. Parts with unlike denominators may cancel each other out and are not nothing by this.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.parts.is_empty() && !self.spoilt
    }

    /// Adds it to a sum, each part times a rate.
    ///
    /// # Errors
    /// When something did not fit.
    pub fn add_to(&self, sum: &mut Sum, rate: Ratio) -> Result<(), Overflow> {
        if self.spoilt {
            return Err(Overflow);
        }
        for (denominator, numerator) in &self.parts {
            let numerator = numerator.checked_mul(rate.numerator()).ok_or(Overflow)?;
            let denominator = denominator
                .checked_mul(rate.denominator())
                .ok_or(Overflow)?;
            sum.add_parts(numerator, denominator);
        }
        Ok(())
    }

    /// The exact sum.
    ///
    /// # Errors
    /// When something in it did not fit.
    pub fn sum(&self) -> Result<Sum, Overflow> {
        if self.spoilt {
            return Err(Overflow);
        }
        let mut sum = Sum::new();
        for (denominator, numerator) in &self.parts {
            sum.add_parts(*numerator, *denominator);
        }
        Ok(sum)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_numerator_that_does_not_fit_spoils_the_sum_and_says_so() {
        let mut tally = Tally::default();
        let large = Ratio::new(i128::MAX, 1).unwrap();
        tally.add(large);
        assert!(tally.sum().is_ok());
        tally.add(large);
        assert!(tally.sum().is_err());
        tally.subtract(large);
        assert!(tally.sum().is_err(), "and stays so");
    }

    proptest! {
        #[test]
        fn what_is_added_and_taken_away_leaves_nothing(
            parts in proptest::collection::vec((-1_000_000i128..1_000_000, 1i128..60), 0..80),
        ) {
            let ratios: Vec<Ratio> = parts.iter().map(|(n, d)| Ratio::new(*n, *d).unwrap()).collect();
            let mut tally = Tally::default();
            let mut sum = Sum::new();
            for ratio in &ratios {
                tally.add(*ratio);
                sum.add(*ratio);
            }
            prop_assert_eq!(tally.sum().unwrap().exact_text(), sum.exact_text());
            let mut both = tally.clone();
            both.merge(&tally.negated());
            prop_assert!(both.is_empty());
            for ratio in ratios.iter().rev() {
                tally.subtract(*ratio);
            }
            prop_assert!(tally.is_empty());
        }
    }
}
