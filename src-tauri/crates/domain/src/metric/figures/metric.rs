//! What metrics there are, and what each comes to from the figures of a period: rounded once, here.

use super::Figures;
use crate::metric::movement::Movement;
use crate::metric::policy::{LtvChurn, Policy};
use crate::ratio::{Overflow, big_round_half_even};
use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{Signed as _, ToPrimitive as _, Zero as _};

/// A metric by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Metric {
    /// Monthly recurring revenue.
    Mrr,
    /// Twelve times that.
    Arr,
    /// MRR for each active subscriber.
    Arpa,
    /// Customers with MRR, or free by discount.
    ActiveSubscribers,
    /// Running trials.
    Trials,
    /// MRR less what is to end.
    CommittedMrr,
    /// Opening, movements and closing.
    Movements,
    /// Customers lost.
    CustomerChurnRate,
    /// Money lost.
    GrossMrrChurnRate,
    /// Money lost less money gained from the same customers.
    NetMrrChurnRate,
    /// Net revenue retention.
    Nrr,
    /// Gross revenue retention.
    Grr,
    /// Lifetime value.
    Ltv,
    /// Gains for each loss.
    QuickRatio,
    /// Trials that became customers.
    TrialConversion,
    /// Volume of recurring bills whose first attempt failed.
    FailedPayments,
    /// The part of it paid later.
    Recovered,
    /// Money that came.
    GrossVolume,
    /// Money given back.
    Refunds,
    /// Money that came less money given back.
    NetVolume,
    /// What the provider kept.
    Fees,
    /// Money contested.
    Disputes,
}

impl Metric {
    /// Every metric, in the order of the documentation.
    pub const ALL: [Self; 22] = [
        Self::Mrr,
        Self::Arr,
        Self::Arpa,
        Self::ActiveSubscribers,
        Self::Trials,
        Self::CommittedMrr,
        Self::Movements,
        Self::CustomerChurnRate,
        Self::GrossMrrChurnRate,
        Self::NetMrrChurnRate,
        Self::Nrr,
        Self::Grr,
        Self::Ltv,
        Self::QuickRatio,
        Self::TrialConversion,
        Self::FailedPayments,
        Self::Recovered,
        Self::GrossVolume,
        Self::Refunds,
        Self::NetVolume,
        Self::Fees,
        Self::Disputes,
    ];

    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Mrr => "mrr",
            Self::Arr => "arr",
            Self::Arpa => "arpa",
            Self::ActiveSubscribers => "active_subscribers",
            Self::Trials => "trials",
            Self::CommittedMrr => "committed_mrr",
            Self::Movements => "movements",
            Self::CustomerChurnRate => "customer_churn_rate",
            Self::GrossMrrChurnRate => "gross_mrr_churn_rate",
            Self::NetMrrChurnRate => "net_mrr_churn_rate",
            Self::Nrr => "nrr",
            Self::Grr => "grr",
            Self::Ltv => "ltv",
            Self::QuickRatio => "quick_ratio",
            Self::TrialConversion => "trial_conversion",
            Self::FailedPayments => "failed_payments",
            Self::Recovered => "recovered",
            Self::GrossVolume => "gross_volume",
            Self::Refunds => "refunds",
            Self::NetVolume => "net_volume",
            Self::Fees => "fees",
            Self::Disputes => "disputes",
        }
    }

    /// A metric by its name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|metric| metric.name() == name)
    }

    /// Whether it is money that moved, which no rollup of subscriptions knows.
    #[must_use]
    pub const fn is_cash(self) -> bool {
        matches!(
            self,
            Self::GrossVolume | Self::Refunds | Self::NetVolume | Self::Fees | Self::Disputes
        )
    }
}

/// What a metric comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// Minor units.
    Money(Option<i64>),
    /// A number of things.
    Count(i64),
    /// A decimal with four places; `None` where nothing can be divided by.
    Rate(Option<String>),
    /// Movements in whole minor units that add up.
    Movements(Moved),
}

/// Movements of a period in whole minor units: opening + new + reactivation + expansion − contraction − churn + fx = closing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Moved {
    /// MRR at the opening.
    pub opening: i64,
    /// First-time customers.
    pub new: i64,
    /// More.
    pub expansion: i64,
    /// Less.
    pub contraction: i64,
    /// Gone.
    pub churn: i64,
    /// Back again.
    pub reactivation: i64,
    /// What rates did.
    pub fx: i64,
    /// MRR at the closing.
    pub closing: i64,
}

impl Moved {
    /// What each kind did to MRR, with its sign: together they are the change.
    #[must_use]
    pub const fn parts(&self) -> [(&'static str, i64); 6] {
        [
            ("new", self.new),
            ("expansion", self.expansion),
            ("reactivation", self.reactivation),
            ("contraction", self.contraction.saturating_neg()),
            ("churn", self.churn.saturating_neg()),
            ("fx", self.fx),
        ]
    }

    /// The difference that the period made.
    #[must_use]
    pub const fn change(&self) -> i64 {
        self.closing.saturating_sub(self.opening)
    }
}

/// What a metric of a period comes to. `told` are the figures of all periods, in which it is the one at `index`.
///
/// # Errors
/// When a whole number does not fit 64 bits.
pub fn value(
    metric: Metric,
    told: &[Figures],
    index: usize,
    policy: &Policy,
) -> Result<Value, Overflow> {
    let Some(it) = told.get(index) else {
        return Err(Overflow);
    };
    let loss = || it.moved_by(Movement::Churn) + it.moved_by(Movement::Contraction);
    let opening = || it.opening.rational();
    Ok(match metric {
        Metric::Mrr => Value::Money(Some(it.closing.round_half_even()?)),
        Metric::Arr => Value::Money(Some(it.closing.times_round_half_even(12)?)),
        Metric::Arpa => Value::Money(per(&it.closing.rational(), it.active)?),
        Metric::ActiveSubscribers => Value::Count(it.active),
        Metric::Trials => Value::Count(it.trials),
        Metric::CommittedMrr => Value::Money(Some(it.committed.round_half_even()?)),
        Metric::Movements => Value::Movements(moved(it)?),
        Metric::CustomerChurnRate => Value::Rate(share(it.churn)),
        Metric::GrossMrrChurnRate => Value::Rate(divided(&loss(), &opening())),
        Metric::NetMrrChurnRate => {
            let gained = it.moved_by(Movement::Expansion) + it.moved_by(Movement::Reactivation);
            Value::Rate(divided(&(loss() - gained), &opening()))
        }
        Metric::Nrr => Value::Rate(divided(&it.kept.rational(), &it.kept_of.rational())),
        Metric::Grr => Value::Rate(divided(&it.kept_at_most.rational(), &it.kept_of.rational())),
        Metric::Ltv => Value::Money(lifetime(told, index, policy)?),
        Metric::QuickRatio => {
            let gained = it.moved_by(Movement::New)
                + it.moved_by(Movement::Expansion)
                + it.moved_by(Movement::Reactivation);
            Value::Rate(divided(&gained, &loss()))
        }
        Metric::TrialConversion => Value::Rate(share(it.trial_conversion)),
        Metric::FailedPayments => Value::Money(Some(it.failed.round_half_even()?)),
        Metric::Recovered => Value::Money(Some(it.recovered.round_half_even()?)),
        Metric::GrossVolume
        | Metric::Refunds
        | Metric::NetVolume
        | Metric::Fees
        | Metric::Disputes => Value::Money(None),
    })
}

fn whole(number: i64) -> BigRational {
    BigRational::from_integer(BigInt::from(number))
}

fn per(sum: &BigRational, count: i64) -> Result<Option<i64>, Overflow> {
    if count <= 0 {
        return Ok(None);
    }
    rounded(&(sum / whole(count))).map(Some)
}

fn rounded(exact: &BigRational) -> Result<i64, Overflow> {
    big_round_half_even(exact).to_i64().ok_or(Overflow)
}

fn share((part, of): (i64, i64)) -> Option<String> {
    divided(&whole(part), &whole(of))
}

/// A quotient with four places, half to even; `None` where nothing can be divided by.
#[must_use]
pub fn divided(part: &BigRational, of: &BigRational) -> Option<String> {
    if of.is_zero() {
        return None;
    }
    Some(four_places(&(part / of)))
}

fn four_places(exact: &BigRational) -> String {
    let ten_thousandths = big_round_half_even(&(exact * whole(10_000)));
    let sign = if ten_thousandths.is_negative() {
        "-"
    } else {
        ""
    };
    let digits = format!("{:0>5}", ten_thousandths.abs().to_string());
    let (left, right) = digits.split_at(digits.len() - 4);
    format!("{sign}{left}.{right}")
}

/// ARPA ÷ the customer churn rate, or ÷ the mean of the rates of some periods; rounded once.
fn lifetime(told: &[Figures], index: usize, policy: &Policy) -> Result<Option<i64>, Overflow> {
    let Some(it) = told.get(index) else {
        return Err(Overflow);
    };
    if it.active <= 0 {
        return Ok(None);
    }
    match churn_rate(told, index, policy) {
        Some(rate) => rounded(&(it.closing.rational() / whole(it.active) / rate)).map(Some),
        None => Ok(None),
    }
}

/// The customer churn rate that a lifetime follows from: the period's, or the mean of its own and those before it. `None`
/// where it is zero or not defined.
#[must_use]
pub fn churn_rate(told: &[Figures], index: usize, policy: &Policy) -> Option<BigRational> {
    let rate_of = |figures: &Figures| {
        let (part, of) = figures.churn;
        (of > 0).then(|| whole(part) / whole(of))
    };
    let rate = match policy.ltv_churn {
        LtvChurn::Period => rate_of(told.get(index)?),
        LtvChurn::Trailing(periods) => {
            let first = (index + 1).saturating_sub(usize::from(periods));
            let known: Vec<BigRational> = told
                .get(first..=index)
                .unwrap_or_default()
                .iter()
                .filter_map(rate_of)
                .collect();
            let count = i64::try_from(known.len()).unwrap_or(i64::MAX);
            (count > 0).then(|| known.into_iter().sum::<BigRational>() / whole(count))
        }
    };
    rate.filter(|rate| !rate.is_zero())
}

/// Movements in whole minor units: opening and closing are each rounded half to even, and what the rounded parts leave over
/// goes to the largest of them.
fn moved(it: &Figures) -> Result<Moved, Overflow> {
    let mut told = Moved {
        opening: it.opening.round_half_even()?,
        new: rounded(&it.moved_by(Movement::New))?,
        expansion: rounded(&it.moved_by(Movement::Expansion))?,
        contraction: rounded(&it.moved_by(Movement::Contraction))?,
        churn: rounded(&it.moved_by(Movement::Churn))?,
        reactivation: rounded(&it.moved_by(Movement::Reactivation))?,
        fx: it.fx.round_half_even()?,
        closing: it.closing.round_half_even()?,
    };
    let gained = told.new + told.reactivation + told.expansion;
    let left = told.closing - told.opening - gained + told.contraction + told.churn - told.fx;
    let fx = it.fx.rational();
    let mut parts = [
        (it.moved_by(Movement::New), &mut told.new, 1),
        (it.moved_by(Movement::Expansion), &mut told.expansion, 1),
        (
            it.moved_by(Movement::Contraction),
            &mut told.contraction,
            -1,
        ),
        (it.moved_by(Movement::Churn), &mut told.churn, -1),
        (
            it.moved_by(Movement::Reactivation),
            &mut told.reactivation,
            1,
        ),
        (fx.abs(), &mut told.fx, 1),
    ];
    // The first of the largest, so that the same figures are always told.
    let largest = parts.iter_mut().rev().max_by(|a, b| a.0.cmp(&b.0));
    if let Some((_, part, sign)) = largest {
        **part += left * *sign;
    }
    Ok(told)
}
