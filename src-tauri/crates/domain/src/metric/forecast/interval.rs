//! How far above and below the expected figure the outcome may be: an interval meant to hold four outcomes of five.
//!
//! Where a horizon has nine misses or more, the interval spans their tenth to their ninetieth percentile, taken as the
//! order statistics that hold 80 % of what comes next whatever the misses' distribution (of nine: the smallest and the
//! largest). Where it has fewer, it rests on how much the net movement varied from month to month over the last twelve:
//! `t × s × √(h × (1 + h ÷ n))`, in which `√h` is the sum of h months' surprises, `h ÷ n` what is not known of the mean
//! itself, and t is Student's, because s comes from few months. It always holds the expected figure, never narrows with
//! the horizon, and is never below zero.

use super::back_test::PARTS_PER_BILLION;
use super::pace::recent;
use super::{FORECAST_MINOR_MAX, Model, Month, fit, half_even};

/// Misses a horizon needs to speak for itself: the fewest whose extremes hold 80 % of what comes next.
const MISSES_MIN: usize = 9;
/// A tenth of outcomes is left out at either end.
const TAIL: usize = 10;
/// Student's t at 90 %, in thousandths, for two to eleven degrees of freedom.
const STUDENT_MILLI: [i128; 10] = [
    1_886, 1_638, 1_533, 1_476, 1_440, 1_415, 1_397, 1_383, 1_372, 1_363,
];
const MILLI: i128 = 1_000;
/// A variance is held in ten-thousandths, so that its root has two places.
const VARIANCE_SCALE: i128 = 10_000;
const ROOT_SCALE: i128 = 100;

/// What an interval rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IntervalBasis {
    /// The misses of the back-test at that horizon.
    BackTest,
    /// The variability of net monthly movements, because the horizon has too few misses.
    Variability,
}

impl IntervalBasis {
    /// `back_test` or `variability`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::BackTest => "back_test",
            Self::Variability => "variability",
        }
    }
}

/// How far an interval reaches to either side, in minor units, zero or more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Spread {
    below_minor: i128,
    above_minor: i128,
    pub(super) basis: IntervalBasis,
}

impl Spread {
    /// The lower end.
    pub(super) fn low(&self, expected_minor: i64) -> i64 {
        fit((i128::from(expected_minor) - self.below_minor).max(0))
    }

    /// The upper end.
    pub(super) fn high(&self, expected_minor: i64) -> i64 {
        let end = i128::from(expected_minor) + self.above_minor;
        fit(end.min(i128::from(FORECAST_MINOR_MAX)))
    }
}

/// The spreads of twelve horizons. `misses` are parts per billion of the forecast, a list for each horizon.
pub(super) fn spreads(
    model: Model,
    months: &[Month],
    misses: &[Vec<i128>],
    expected_minor: &[i64],
) -> Vec<Spread> {
    let variability = Variability::of(model, months);
    // From zero on: the expected figure is held even where all outcomes were to one side of it.
    let mut below_minor = 0;
    let mut above_minor = 0;
    (1..)
        .zip(misses.iter().zip(expected_minor))
        .map(|(horizon, (misses, expected))| {
            let spread =
                from_misses(misses, *expected).unwrap_or_else(|| variability.spread(horizon));
            below_minor = spread.below_minor.max(below_minor);
            above_minor = spread.above_minor.max(above_minor);
            Spread {
                below_minor,
                above_minor,
                basis: spread.basis,
            }
        })
        .collect()
}

fn from_misses(misses: &[i128], expected_minor: i64) -> Option<Spread> {
    if misses.len() < MISSES_MIN {
        return None;
    }
    let mut sorted = misses.to_vec();
    sorted.sort_unstable();
    let rank = sorted.len().saturating_add(1) / TAIL;
    let low = sorted.get(rank.checked_sub(1)?)?;
    let high = sorted.get(sorted.len().checked_sub(rank)?)?;
    // At most 10^18 minor × 10^12 parts.
    let of_expected = |ppb: i128| half_even(i128::from(expected_minor), ppb, PARTS_PER_BILLION);
    Some(Spread {
        below_minor: of_expected(-low),
        above_minor: of_expected(*high),
        basis: IntervalBasis::BackTest,
    })
}

/// How much the net movement of the last months varied.
#[derive(Debug, Clone, Copy)]
struct Variability {
    months: i128,
    /// Of one month's net movement, in ten-thousandths of a minor unit squared.
    variance: i128,
    student_milli: i128,
    /// Whether the mean is the model's to get wrong.
    has_mean: bool,
}

impl Variability {
    fn of(model: Model, months: &[Month]) -> Self {
        let nets: Vec<i128> = recent(months)
            .iter()
            .map(|month| i128::from(month.closing_minor) - i128::from(month.opening_minor))
            .collect();
        let count = i128::try_from(nets.len()).unwrap_or_default().max(1);
        let (mean, free, has_mean) = match model {
            Model::Movements => (half_even(nets.iter().sum(), 1, count), count - 1, true),
            // The last value carried forward expects no movement at all, so all of it is surprise.
            Model::LastValue => (0, count, false),
        };
        // At most twelve squares of 2 × 10^15, times 10^4: below 10^36.
        let squares: i128 = nets.iter().map(|net| (net - mean) * (net - mean)).sum();
        Self {
            months: count,
            variance: half_even(squares, VARIANCE_SCALE, free.max(1)),
            student_milli: student_milli(nets.len()),
            has_mean,
        }
    }

    fn spread(&self, horizon: i128) -> Spread {
        let growth = if self.has_mean {
            self.months + horizon
        } else {
            self.months
        };
        // A variance of at most 4 × 10^34 by at most 12 × 24.
        let variance = half_even(self.variance, horizon * growth, self.months);
        let reach = half_even(variance.isqrt(), self.student_milli, ROOT_SCALE * MILLI);
        Spread {
            below_minor: reach,
            above_minor: reach,
            basis: IntervalBasis::Variability,
        }
    }
}

/// Student's t for a spread read from so many months, at least three.
fn student_milli(months: usize) -> i128 {
    let [few, .., many] = STUDENT_MILLI;
    match months.checked_sub(3) {
        Some(place) => STUDENT_MILLI.get(place).copied().unwrap_or(many),
        None => few,
    }
}
