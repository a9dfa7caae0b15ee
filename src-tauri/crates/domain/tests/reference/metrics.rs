//! What the figures of a period are told as: rates, averages and whole minor units, each rounded half to even once.

use crate::naive::Figures;
use crate::tape::Kind;
use crate::worth::{Exact, whole};
use coffer_domain::metric::figures::{Metric, Moved, Value};
use coffer_domain::metric::policy::{LtvChurn, Policy};
use num_traits::{Signed as _, ToPrimitive as _, Zero as _};

/// Rounded half to even.
pub(crate) fn rounded(exact: &Exact) -> i64 {
    let below = exact.floor();
    let rest = (exact - &below) * whole(2);
    let below = below.to_integer().to_i64().unwrap();
    let up = rest > whole(1) || (rest == whole(1) && below % 2 != 0);
    if up { below + 1 } else { below }
}

fn rate(part: &Exact, of: &Exact) -> Option<String> {
    if of.is_zero() {
        return None;
    }
    let places = rounded(&(part / of * whole(10_000)));
    let sign = if places < 0 { "-" } else { "" };
    let places = places.abs();
    Some(format!("{sign}{}.{:04}", places / 10_000, places % 10_000))
}

fn churn_rate(it: &Figures) -> Option<Exact> {
    let (part, of) = it.churn;
    (of != 0).then(|| whole(part) / whole(of))
}

/// "ARPA ÷ customer churn rate"; of a mean, the mean of those rates that there are.
fn lifetime(told: &[Figures], place: usize, policy: &Policy) -> Option<i64> {
    let it = &told[place];
    let rate = match policy.ltv_churn {
        LtvChurn::Period => churn_rate(it),
        LtvChurn::Trailing(periods) => {
            let mut rates = Vec::new();
            for back in 0..usize::from(periods) {
                let earlier = place.checked_sub(back).map(|place| &told[place]);
                // READING: a period without a rate is left out of the mean.
                rates.extend(earlier.and_then(churn_rate));
            }
            let count = i64::try_from(rates.len()).unwrap();
            (count > 0).then(|| rates.into_iter().sum::<Exact>() / whole(count))
        }
    }?;
    if it.active == 0 || rate.is_zero() {
        return None;
    }
    Some(rounded(&(&it.closing / whole(it.active) / rate)))
}

/// What a metric is told as; movements are told apart, by `are_movements`.
pub(crate) fn value(
    metric: Metric,
    told: &[Figures],
    place: usize,
    policy: &Policy,
) -> Option<Value> {
    let it = &told[place];
    let moved = |kind: Kind| it.moved[kind as usize].clone();
    let loss = || moved(Kind::Churn) + moved(Kind::Contraction);
    let back = || moved(Kind::Expansion) + moved(Kind::Reactivation);
    let money = |exact: &Exact| Value::Money(Some(rounded(exact)));
    Some(match metric {
        Metric::Mrr => money(&it.closing),
        Metric::Arr => money(&(&it.closing * whole(12))),
        Metric::Arpa => {
            Value::Money((it.active != 0).then(|| rounded(&(&it.closing / whole(it.active)))))
        }
        Metric::ActiveSubscribers => Value::Count(it.active),
        Metric::Trials => Value::Count(it.trials),
        Metric::CommittedMrr => money(&it.committed),
        Metric::CustomerChurnRate => Value::Rate(rate(&whole(it.churn.0), &whole(it.churn.1))),
        Metric::GrossMrrChurnRate => Value::Rate(rate(&loss(), &it.opening)),
        Metric::NetMrrChurnRate => Value::Rate(rate(&(loss() - back()), &it.opening)),
        Metric::Nrr => Value::Rate(rate(&it.kept, &it.kept_of)),
        Metric::Grr => Value::Rate(rate(&it.kept_at_most, &it.kept_of)),
        Metric::Ltv => Value::Money(lifetime(told, place, policy)),
        Metric::QuickRatio => Value::Rate(rate(&(back() + moved(Kind::New)), &loss())),
        Metric::TrialConversion => {
            let (part, of) = it.trial_conversion;
            Value::Rate(rate(&whole(part), &whole(of)))
        }
        Metric::FailedPayments => money(&it.failed),
        Metric::Recovered => money(&it.recovered),
        Metric::Movements
        | Metric::GrossVolume
        | Metric::Refunds
        | Metric::NetVolume
        | Metric::Fees
        | Metric::Disputes => return None,
    })
}

/// Whether whole minor units are the movements of a period: "opening and closing are each rounded half-even and the
/// remainder goes to the largest part between them", so that they add up.
pub(crate) fn are_movements(told: &Moved, it: &Figures) -> Result<(), String> {
    if told.opening != rounded(&it.opening) || told.closing != rounded(&it.closing) {
        return Err(format!("opening or closing of {told:?}"));
    }
    let sum = told.opening + told.new + told.reactivation + told.expansion
        - told.contraction
        - told.churn
        + told.fx;
    if sum != told.closing {
        return Err(format!("{told:?} does not add up"));
    }
    let parts = [
        (told.new, it.moved[Kind::New as usize].clone()),
        (told.expansion, it.moved[Kind::Expansion as usize].clone()),
        (
            told.contraction,
            it.moved[Kind::Contraction as usize].clone(),
        ),
        (told.churn, it.moved[Kind::Churn as usize].clone()),
        (
            told.reactivation,
            it.moved[Kind::Reactivation as usize].clone(),
        ),
        (told.fx, it.fx.clone()),
    ];
    let largest = parts.iter().map(|(_, exact)| exact.abs()).max().unwrap();
    let odd: Vec<_> = parts
        .iter()
        .filter(|(told, exact)| *told != rounded(exact))
        .collect();
    if odd.len() > 1 || odd.iter().any(|(_, exact)| exact.abs() != largest) {
        return Err(format!(
            "the remainder of {told:?} is not in its largest part"
        ));
    }
    Ok(())
}
