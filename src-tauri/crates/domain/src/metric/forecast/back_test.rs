//! What a model would have said at every past month, and by how much it missed.
//!
//! The origin rolls over the history: at each one the model sees the months up to it and nothing after, and is held
//! against the closings that followed. The interval at an origin too is made only of misses whose outcome was known
//! there, so the coverage is that of intervals as they would have been shown. What was scheduled at an origin is not
//! remembered, so the test is of the model without known changes.

use super::interval;
use super::pace::{Pace, Start};
use super::{HORIZON_MONTHS, Measured, Model, Month, Score, fit, half_even};

/// Months an origin must have behind it. It is more than a forecast needs: what three months say is little to judge by.
pub(super) const ORIGIN_MONTHS_MIN: usize = 6;
/// Errors and misses are held in parts per billion.
pub(super) const PARTS_PER_BILLION: i128 = 1_000_000_000;
/// A miss counts as at most a thousand times its forecast.
const MISS_PPB_MAX: i128 = 1_000 * PARTS_PER_BILLION;
const PARTS_PER_MILLION: i128 = 1_000_000;
const PPB_PER_PPM: i128 = 1_000;

/// A forecast that would have been made, and what came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Origin {
    /// How many months of the history it saw.
    pub(super) months: usize,
    /// The expected closings of the twelve months after, in minor units.
    pub(super) expected_minor: Vec<i64>,
    /// The closings that followed, as far as there are any: from one to twelve.
    pub(super) actual_minor: Vec<i64>,
}

/// A model's back-test.
#[derive(Debug, Clone)]
pub(super) struct Tested {
    pub(super) score: Score,
    /// The sum of all errors: models tested over the same outcomes compare by it.
    pub(super) error_sum_ppb: i128,
    origins: Vec<Origin>,
}

/// Errors and hits while they are counted.
#[derive(Debug, Clone, Copy, Default)]
struct Tally {
    forecasts: u32,
    error_sum_ppb: i128,
    intervals: u32,
    inside: u32,
}

/// Tests a model over a checked history.
pub(super) fn run(model: Model, months: &[Month]) -> Tested {
    let origins = origins(model, months);
    let mut overall = Tally::default();
    let mut by_horizon = [Tally::default(); HORIZON_MONTHS];
    for origin in &origins {
        let Some((before, _)) = months.split_at_checked(origin.months) else {
            continue;
        };
        let misses = misses_known_at(&origins, origin.months);
        let spreads = interval::spreads(model, before, &misses, &origin.expected_minor);
        let outcomes = origin.expected_minor.iter().zip(&origin.actual_minor);
        for ((tally, spread), (expected, actual)) in
            by_horizon.iter_mut().zip(spreads).zip(outcomes)
        {
            let inside = (spread.low(*expected)..=spread.high(*expected)).contains(actual);
            tally.count(*expected, *actual, inside);
            overall.count(*expected, *actual, inside);
        }
    }
    Tested {
        score: Score {
            overall: overall.measured(),
            by_horizon: by_horizon.iter().map(Tally::measured).collect(),
        },
        error_sum_ppb: overall.error_sum_ppb,
        origins,
    }
}

/// One origin for each month that has enough months behind it and at least one after it.
pub(super) fn origins(model: Model, months: &[Month]) -> Vec<Origin> {
    (ORIGIN_MONTHS_MIN..months.len())
        .filter_map(|seen| {
            let (before, after) = months.split_at_checked(seen)?;
            let start = Start::whole_months(before.last()?.closing_minor);
            Some(Origin {
                months: seen,
                expected_minor: Pace::of(model, before).carry_forward(&start),
                actual_minor: after
                    .iter()
                    .take(HORIZON_MONTHS)
                    .map(|month| month.closing_minor)
                    .collect(),
            })
        })
        .collect()
}

impl Tested {
    /// The misses at each horizon whose outcome was known after so many months.
    pub(super) fn misses(&self, months: usize) -> Vec<Vec<i128>> {
        misses_known_at(&self.origins, months)
    }
}

/// For each horizon, by what part of the forecast the actual figure was above it, in parts per billion.
fn misses_known_at(origins: &[Origin], months: usize) -> Vec<Vec<i128>> {
    let mut by_horizon = vec![Vec::new(); HORIZON_MONTHS];
    for origin in origins {
        let known = months.saturating_sub(origin.months);
        let outcomes = origin.expected_minor.iter().zip(&origin.actual_minor);
        for (misses, (expected, actual)) in by_horizon.iter_mut().zip(outcomes).take(known) {
            misses.push(miss_ppb(*expected, *actual));
        }
    }
    by_horizon
}

fn miss_ppb(expected_minor: i64, actual_minor: i64) -> i128 {
    let expected = i128::from(expected_minor);
    let above = i128::from(actual_minor) - expected;
    // Where nothing was expected, the miss is measured against one minor unit.
    half_even(above, PARTS_PER_BILLION, expected.max(1)).min(MISS_PPB_MAX)
}

impl Tally {
    fn count(&mut self, expected_minor: i64, actual_minor: i64, inside: bool) {
        self.intervals += 1;
        self.inside += u32::from(inside);
        let actual = i128::from(actual_minor);
        if actual > 0 {
            self.forecasts += 1;
            // At most 10^18 × 10^9 for each of at most 54 × 12 forecasts.
            let missed = (i128::from(expected_minor) - actual).abs();
            self.error_sum_ppb += half_even(missed, PARTS_PER_BILLION, actual);
        }
    }

    fn measured(&self) -> Measured {
        let mean_ppb_by = i128::from(self.forecasts) * PPB_PER_PPM;
        Measured {
            forecasts: self.forecasts,
            error_ppm: (self.forecasts > 0)
                .then(|| fit(half_even(self.error_sum_ppb, 1, mean_ppb_by))),
            intervals: self.intervals,
            coverage_ppm: (self.intervals > 0).then(|| {
                let inside = i128::from(self.inside);
                fit(half_even(
                    inside,
                    PARTS_PER_MILLION,
                    i128::from(self.intervals),
                ))
            }),
        }
    }
}
