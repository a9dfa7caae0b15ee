//! Which rows make up a figure under a policy, and what all of them are divided by.

use super::too_large;
use crate::error::EngineError;
use coffer_domain::metric::explain::Of;
use coffer_domain::metric::figures::{self as told, Figures as Told, Metric, Period};
use coffer_domain::metric::movement::Movement;
use coffer_domain::metric::policy::{ChurnBase, Policy, TrialBase};
use coffer_domain::ratio::{Overflow, Ratio, Sum};

/// What is summed up, with which signs, over which days, and what all of it is divided by or multiplied with.
pub(super) struct Recipe {
    pub(super) parts: Vec<(Of, i64)>,
    pub(super) over: Over,
    pub(super) factor: Factor,
}

/// Over which days something happened that is summed up.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Over {
    Period,
    ThirtyDays,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Factor {
    One,
    Twelve,
    PerActive,
    PerOpening,
    PerChurnBase,
    PerLoss,
    PerTrialBase,
    Lifetime,
}

pub(super) fn recipe(name: &str, policy: &Policy) -> Option<(Recipe, Option<Metric>)> {
    let sum = |parts: &[(Of, i64)], factor: Factor| Recipe {
        parts: parts.to_vec(),
        over: Over::Period,
        factor,
    };
    let one = |of: Of, factor: Factor| sum(&[(of, 1)], factor);
    let thirty_days = |of: Of, factor: Factor| Recipe {
        over: Over::ThirtyDays,
        ..one(of, factor)
    };
    if let Some(movement) = Movement::ALL.into_iter().find(|it| it.name() == name) {
        return Some((one(Of::Moved(movement), Factor::One), None));
    }
    let moved = |movement: Movement, sign: i64| (Of::Moved(movement), sign);
    let loss = [moved(Movement::Contraction, 1), moved(Movement::Churn, 1)];
    let metric = Metric::parse(name)?;
    let made = match metric {
        Metric::Mrr => one(Of::Mrr, Factor::One),
        Metric::Arr => one(Of::Mrr, Factor::Twelve),
        Metric::Arpa => one(Of::Mrr, Factor::PerActive),
        Metric::ActiveSubscribers => one(Of::Active, Factor::One),
        Metric::Trials => one(Of::Trials, Factor::One),
        Metric::CommittedMrr => one(Of::Committed, Factor::One),
        Metric::CustomerChurnRate => match policy.churn_base {
            ChurnBase::ActiveAtStart => one(Of::Lost, Factor::PerChurnBase),
            ChurnBase::ThirtyDaysAgo | ChurnBase::ThirtyDaysAgoPlusNew => {
                thirty_days(Of::Churned, Factor::PerChurnBase)
            }
        },
        Metric::GrossMrrChurnRate => sum(&loss, Factor::PerOpening),
        Metric::NetMrrChurnRate => {
            let [contraction, churn] = loss;
            let gained = [Movement::Expansion, Movement::Reactivation].map(|it| moved(it, -1));
            let [expansion, reactivation] = gained;
            sum(
                &[contraction, churn, expansion, reactivation],
                Factor::PerOpening,
            )
        }
        Metric::Nrr => one(Of::Kept, Factor::PerOpening),
        Metric::Grr => one(Of::KeptAtMost, Factor::PerOpening),
        Metric::Ltv => one(Of::Mrr, Factor::Lifetime),
        Metric::QuickRatio => {
            let gained = [Movement::New, Movement::Expansion, Movement::Reactivation];
            sum(&gained.map(|it| moved(it, 1)), Factor::PerLoss)
        }
        Metric::TrialConversion => match policy.trial_base {
            TrialBase::Ended => one(Of::TrialsConverted, Factor::PerTrialBase),
            TrialBase::StartedCohort => one(Of::BegunConverted, Factor::PerTrialBase),
            TrialBase::StartedThirtyDays => thirty_days(Of::TrialsConverted, Factor::PerTrialBase),
        },
        Metric::FailedPayments => one(Of::Failed, Factor::One),
        Metric::Recovered => one(Of::Recovered, Factor::One),
        Metric::Movements => {
            let sign = |it: Movement| if it.is_loss() { -1 } else { 1 };
            sum(&Movement::ALL.map(|it| moved(it, sign(it))), Factor::One)
        }
        Metric::GrossVolume
        | Metric::Refunds
        | Metric::NetVolume
        | Metric::Fees
        | Metric::Disputes => sum(&[], Factor::One),
    };
    Some((made, Some(metric)))
}

impl Over {
    pub(super) const fn days(self, period: &Period) -> Period {
        match self {
            Self::Period => *period,
            Self::ThirtyDays => told::thirty_days(period),
        }
    }
}

/// What all rows of a figure come to, from its rollup.
pub(super) fn whole_of(recipe: &Recipe, it: &Told, factor: Ratio) -> Result<Sum, EngineError> {
    let count = |number: i64| {
        let mut sum = Sum::new();
        sum.add(Ratio::whole(number));
        sum
    };
    let mut total = Sum::new();
    for (of, sign) in &recipe.parts {
        let part = match of {
            Of::Mrr => it.closing.clone(),
            Of::Committed => it.committed.clone(),
            Of::Active => count(it.active),
            Of::Trials => count(it.trials),
            Of::TrialsConverted | Of::BegunConverted => count(it.trial_conversion.0),
            Of::Moved(movement) => it.moved.get(movement.place()).cloned().unwrap_or_default(),
            Of::Lost | Of::Churned => count(it.churn.0),
            Of::Kept => it.kept.clone(),
            Of::KeptAtMost => it.kept_at_most.clone(),
            Of::Failed => it.failed.clone(),
            Of::Recovered => it.recovered.clone(),
        };
        let factor = factor.times(Ratio::whole(*sign)).map_err(too_large)?;
        total.add_times(&part, factor).map_err(too_large)?;
    }
    Ok(total)
}

/// What every row is multiplied with; `None` where the figure is undefined.
pub(super) fn factor(
    of: Factor,
    told: &[Told],
    policy: &Policy,
) -> Result<Option<Ratio>, EngineError> {
    let Some(it) = told.last() else {
        return Ok(None);
    };
    let count = |number: i64| {
        if number > 0 {
            Ratio::new(1, i128::from(number))
                .map(Some)
                .map_err(too_large)
        } else {
            Ok(None)
        }
    };
    let per = |sum: &Sum| {
        let Ok(whole) = Ratio::parse(&sum.exact_text()) else {
            return Err(too_large(Overflow));
        };
        if whole.is_zero() {
            return Ok(None);
        }
        Ratio::ONE.over(whole).map(Some).map_err(too_large)
    };
    match of {
        Factor::One => Ok(Some(Ratio::ONE)),
        Factor::Twelve => Ok(Some(Ratio::whole(12))),
        Factor::PerActive => count(it.active),
        Factor::PerChurnBase => count(it.churn.1),
        Factor::PerOpening => per(&it.opening),
        Factor::PerLoss => {
            let mut loss = Sum::new();
            for movement in Movement::ALL.into_iter().filter(|it| it.is_loss()) {
                if let Some(moved) = it.moved.get(movement.place()) {
                    loss.merge(moved);
                }
            }
            per(&loss)
        }
        Factor::PerTrialBase => count(it.trial_conversion.1),
        Factor::Lifetime => {
            let rate = told::churn_rate(told, told.len().saturating_sub(1), policy);
            let Some(rate) = rate.filter(|_| it.active > 0) else {
                return Ok(None);
            };
            let rate = Ratio::parse(&rate.to_string()).map_err(too_large)?;
            let below = rate.times(Ratio::whole(it.active)).map_err(too_large)?;
            Ratio::ONE.over(below).map(Some).map_err(too_large)
        }
    }
}
