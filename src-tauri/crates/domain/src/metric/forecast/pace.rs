//! What a month usually brings and takes, and where that leads.
//!
//! Gains (new and reactivation) come from outside, so they are an amount: the mean of the last twelve months, a month
//! counting a tenth less than the one after it. Expansion, contraction and churn come from those who are there, so they
//! are shares of the opening: the sum over twelve months over the sum of their openings. In each of the four the largest
//! month counts only as much as the second largest, from six months on, so that one shock does not become a habit.
//!
//! Bounds: amounts of a history are at most 10^15 minor, figures of a forecast at most 10^18 minor, rates at most one.

use super::{FORECAST_MINOR_MAX, HORIZON_MONTHS, Model, Month, Usual, fit, half_even};

/// Complete months that the usual is read from.
pub(super) const RECENT_MONTHS_MAX: usize = 12;
/// From so many months on, the largest counts as the second largest.
const SHOCK_MONTHS_MIN: usize = 6;
/// A month counts nine tenths of the month after it.
const WEIGHT_KEPT: i128 = 9;
const WEIGHT_WHOLE: i128 = 10;
/// Millionths in one minor unit.
const MICRO: i128 = 1_000_000;
/// The unit of rates: one is a trillion.
const ONE: i128 = 1_000_000_000_000;
const PARTS_PER_MILLION: i128 = 1_000_000;
const VALUE_MICRO_MAX: i128 = FORECAST_MINOR_MAX as i128 * MICRO;

/// What a month usually brings and takes. All are zero or more, and a share is at most one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Pace {
    gains_micro: i128,
    expansion: i128,
    contraction: i128,
    churn: i128,
}

/// Where a forecast begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Start {
    closing_minor: i64,
    pub(super) first_month_days: i128,
    pub(super) first_month_days_left: i128,
    pub(super) known: [Known; HORIZON_MONTHS],
}

/// The known changes of one month, both sides zero or more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Known {
    gains_minor: i128,
    losses_minor: i128,
}

impl Known {
    pub(super) fn add(&mut self, delta_minor: i64) {
        let delta = i128::from(delta_minor);
        self.gains_minor += delta.max(0);
        self.losses_minor += (-delta).max(0);
    }

    pub(super) fn sum_minor(&self) -> i64 {
        fit(self.gains_minor - self.losses_minor)
    }

    fn gains_micro(&self) -> i128 {
        self.gains_minor.saturating_mul(MICRO)
    }

    fn losses_micro(&self) -> i128 {
        self.losses_minor.saturating_mul(MICRO)
    }
}

impl Start {
    /// From a month's closing, nothing known ahead.
    pub(super) fn whole_months(closing_minor: i64) -> Self {
        Self {
            closing_minor,
            first_month_days: 1,
            first_month_days_left: 1,
            known: [Known::default(); HORIZON_MONTHS],
        }
    }
}

impl Pace {
    /// Reads the pace from the last months of a checked history. The last value carried forward has no pace at all.
    pub(super) fn of(model: Model, months: &[Month]) -> Self {
        match model {
            Model::LastValue => Self::default(),
            Model::Movements => {
                let recent = recent(months);
                Self {
                    gains_micro: usual_gains_micro(recent),
                    expansion: usual_share(recent, |month| month.expansion_minor),
                    contraction: usual_share(recent, |month| month.contraction_minor),
                    churn: usual_share(recent, |month| month.churn_minor),
                }
            }
        }
    }

    /// The pace in the units it is shown in.
    pub(super) fn shown(&self, months: usize) -> Usual {
        let ppm = |rate: i128| fit(half_even(rate, PARTS_PER_MILLION, ONE));
        Usual {
            months: u32::try_from(months.min(RECENT_MONTHS_MAX)).unwrap_or_default(),
            gains_minor: fit(half_even(self.gains_micro, 1, MICRO)),
            expansion_ppm: ppm(self.expansion),
            contraction_ppm: ppm(self.contraction),
            churn_ppm: ppm(self.churn),
        }
    }

    /// The expected closings of the twelve months after `start`, in whole minor units.
    pub(super) fn carry_forward(&self, start: &Start) -> Vec<i64> {
        let mut value = i128::from(start.closing_minor).saturating_mul(MICRO);
        let mut days_left = start.first_month_days_left;
        let mut days = start.first_month_days;
        let mut closings = Vec::with_capacity(HORIZON_MONTHS);
        for known in &start.known {
            let losing = (self.contraction + self.churn).min(ONE);
            let gains = self.gains_micro + half_even(value, self.expansion, ONE);
            let losses = half_even(value, losing, ONE);
            // A known change is one of those that are usual, so it counts as far as it exceeds them.
            let gains = half_even(gains, days_left, days).max(known.gains_micro());
            let losses = half_even(losses, days_left, days).max(known.losses_micro());
            value = value
                .saturating_add(gains)
                .saturating_sub(losses)
                .clamp(0, VALUE_MICRO_MAX);
            closings.push(fit(half_even(value, 1, MICRO)));
            (days_left, days) = (1, 1);
        }
        closings
    }
}

/// The last months, at most twelve.
pub(super) fn recent(months: &[Month]) -> &[Month] {
    let from = months.len().saturating_sub(RECENT_MONTHS_MAX);
    months.get(from..).unwrap_or_default()
}

/// The weighted mean of new and reactivation.
fn usual_gains_micro(recent: &[Month]) -> i128 {
    let gains: Vec<i128> = recent.iter().map(gains_minor).collect();
    let most = without_shock(&gains);
    // The newest month weighs 10^11, the oldest of twelve 9^11: twelve gains of 2 × 10^15 stay below 10^29.
    let mut weight = (1..RECENT_MONTHS_MAX).fold(1, |weight, _| weight * WEIGHT_WHOLE);
    let mut weights = 0;
    let mut sum = 0;
    for gain in gains.iter().rev() {
        sum += (*gain).min(most) * weight;
        weights += weight;
        weight = weight * WEIGHT_KEPT / WEIGHT_WHOLE;
    }
    if weights == 0 {
        return 0;
    }
    half_even(sum, MICRO, weights)
}

fn gains_minor(month: &Month) -> i128 {
    (i128::from(month.new_minor) + i128::from(month.reactivation_minor)).max(0)
}

/// The most that a month may count for: the second largest, once there are months enough.
fn without_shock(amounts: &[i128]) -> i128 {
    let mut sorted = amounts.to_vec();
    sorted.sort_unstable();
    let skipped = usize::from(sorted.len() >= SHOCK_MONTHS_MIN);
    sorted.iter().rev().nth(skipped).copied().unwrap_or(0)
}

/// The sum of a movement over the sum of the openings, in parts per trillion, at most one.
fn usual_share(recent: &[Month], movement: impl Fn(&Month) -> i64) -> i128 {
    // Without an opening there is nothing to take a share of.
    let openings: Vec<i128> = recent
        .iter()
        .map(|month| i128::from(month.opening_minor))
        .filter(|opening| *opening > 0)
        .collect();
    let shares: Vec<i128> = recent
        .iter()
        .filter(|month| month.opening_minor > 0)
        .map(|month| {
            let moved = i128::from(movement(month)).max(0);
            half_even(moved, ONE, i128::from(month.opening_minor))
        })
        .collect();
    let whole: i128 = openings.iter().sum();
    if whole == 0 {
        return 0;
    }
    let most = without_shock(&shares);
    let moved: i128 = openings
        .iter()
        .zip(&shares)
        .map(|(opening, share)| opening.saturating_mul((*share).min(most)))
        .fold(0, i128::saturating_add);
    half_even(moved, 1, whole).min(ONE)
}
