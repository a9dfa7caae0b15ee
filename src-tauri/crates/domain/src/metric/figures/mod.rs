//! Figures of a period, from the rows of a rollup: sums, movements and rates, exact until they are shown.
//!
//! A period is told from its opening (the end of the day before it) to its closing (its end, or the instant the copy is as of).
//! Movements of a currency are converted at the rate of the day on which they happened, levels at the rate of their own day;
//! what is left between the two is what rates alone did. Rates over customers need no rate of exchange; retention is
//! converted at the period's opening, so that a currency that fell is not taken for customers who left. Whole minor units
//! are made once, here: opening and closing half to even, and what their difference leaves over goes to the largest part.

use crate::calendar::Every;
use crate::currency::Currency;
use crate::metric::days::{Day, date_of, number_of};
use crate::metric::movement::Movement;
use crate::metric::policy::{ChurnBase, LtvChurn, Policy, TrialBase};
use crate::metric::rollup::{DayRow, Ledger, Rollup, Row as _, place};
use crate::metric::tally::Tally;
use crate::ratio::{Overflow, Ratio, Sum};
use chrono::NaiveDate;
use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{Signed as _, ToPrimitive as _, Zero as _};
use std::collections::BTreeMap;

/// Days over which some vendors look back.
const THIRTY: Day = 30;

/// One period that is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// Its last day, with which it is labelled.
    pub date: NaiveDate,
    /// The day before its first.
    pub before: Day,
    /// The day at whose end it stands: its last, or the one the copy is as of.
    pub end: Day,
    /// Its number.
    pub number: i32,
    /// Its length.
    pub every: Every,
}

/// Minor units of the reporting currency for one minor unit of another, on a day; `None` where that is not known.
pub type RateOf<'a> = dyn Fn(Currency, Day) -> Option<Ratio> + 'a;

/// A ledger with the sums up to each day, ready to be asked for any of them.
#[derive(Debug, Clone)]
pub struct Running<'a> {
    ledger: &'a Ledger,
    days: Vec<Day>,
    levels: Vec<Level>,
}

/// What stands at the end of a day.
#[derive(Debug, Clone, Default)]
pub struct Level {
    /// MRR.
    pub monthly: Tally,
    /// MRR whose end was asked for.
    pub ending: Tally,
    /// Active subscribers.
    pub active: i64,
    /// Running trials.
    pub trials: i64,
    /// Intervals by basis: inferred, invoiced, observed.
    pub bases: [i64; 3],
    /// Intervals of unknown worth.
    pub unknown: i64,
}

impl<'a> Running<'a> {
    /// Sums a ledger up.
    #[must_use]
    pub fn new(ledger: &'a Ledger) -> Self {
        let mut level = Level::default();
        let mut days = Vec::with_capacity(ledger.days.len());
        let mut levels = Vec::with_capacity(ledger.days.len());
        for (day, row) in &ledger.days {
            if row.is_empty() {
                continue;
            }
            for movement in Movement::ALL {
                let Some(moved) = row.moved.get(movement.place()) else {
                    continue;
                };
                if movement.is_loss() {
                    level.monthly.merge(&moved.negated());
                } else {
                    level.monthly.merge(moved);
                }
            }
            level.ending.merge(&row.ending);
            level.active += row.active;
            level.trials += row.trials;
            level.unknown += row.unknown;
            for (own, by) in level.bases.iter_mut().zip(row.bases) {
                *own += by;
            }
            days.push(*day);
            levels.push(level.clone());
        }
        Self {
            ledger,
            days,
            levels,
        }
    }

    /// What stands at the end of a day.
    #[must_use]
    pub fn at(&self, day: Day) -> Level {
        let after = self.days.partition_point(|own| *own <= day);
        after
            .checked_sub(1)
            .and_then(|index| self.levels.get(index))
            .cloned()
            .unwrap_or_default()
    }

    /// The first day on which anything happened.
    #[must_use]
    pub fn first_day(&self) -> Option<Day> {
        self.days.first().copied()
    }

    /// What happened after one day and up to another, day by day.
    fn rows(&self, after: Day, until: Day) -> impl Iterator<Item = (Day, &'a DayRow)> + use<'a> {
        let first = after.saturating_add(1);
        // A range that ends before it begins is one without days.
        let last = until.max(after);
        self.ledger
            .days
            .range(first..=last.max(first))
            .filter(move |(day, _)| **day <= last)
            .map(|(day, row)| (*day, row))
    }
}

/// Counts and sums of one period.
#[derive(Debug, Clone)]
pub struct Figures {
    /// The period.
    pub period: Period,
    /// MRR at its opening.
    pub opening: Sum,
    /// MRR at its closing.
    pub closing: Sum,
    /// Movements, in the order of `Movement::ALL`.
    pub moved: [Sum; 5],
    /// What rates of exchange alone did.
    pub fx: Sum,
    /// Customers by kind of movement.
    pub movers: [i64; 5],
    /// MRR at the closing, less what is to end.
    pub committed: Sum,
    /// Active subscribers at the opening.
    pub active_before: i64,
    /// Active subscribers at the closing.
    pub active: i64,
    /// Active at the opening, churned within, not active at the closing.
    pub lost: i64,
    /// MRR at the closing of those active at the opening.
    pub kept: Sum,
    /// The same, each no more than at the opening.
    pub kept_at_most: Sum,
    /// MRR at the opening, as `kept` is measured against it.
    pub kept_of: Sum,
    /// Trials that run at the closing.
    pub trials: i64,
    /// Converted trials and what they are divided by.
    pub trial_conversion: (i64, i64),
    /// Churned customers and what they are divided by.
    pub churn: (i64, i64),
    /// Volume of bills whose first attempt failed.
    pub failed: Sum,
    /// The part of it that was paid later.
    pub recovered: Sum,
    /// Intervals by basis at the closing: inferred, invoiced, observed.
    pub bases: [i64; 3],
    /// Intervals of unknown worth at the closing.
    pub unknown: i64,
    /// Customers whose sums did not fit.
    pub unfit: i64,
}

/// The figures of periods, with the currencies that could not be converted.
#[derive(Debug, Clone)]
pub struct Told {
    /// The figures, in the order of the periods.
    pub figures: Vec<Figures>,
    /// Currencies that are left out because a rate is not known.
    pub unconverted: Vec<Currency>,
}

/// Which ledgers are told.
pub enum Ledgers<'a> {
    /// One, in its own currency.
    One(Currency),
    /// All of them, converted.
    All(&'a RateOf<'a>),
}

/// Tells the figures of periods in order of time.
///
/// # Errors
/// When a sum did not fit.
pub fn tell(
    rollup: &Rollup,
    periods: &[Period],
    ledgers: &Ledgers<'_>,
    policy: &Policy,
) -> Result<Told, Overflow> {
    let empty = Ledger::default();
    let whole = |_: Currency, _: Day| Some(Ratio::ONE);
    let mut chosen: Vec<(Currency, Running<'_>)> = Vec::new();
    let mut unconverted = Vec::new();
    for (currency, ledger) in &rollup.ledgers {
        let Some(currency) = *currency else { continue };
        match ledgers {
            Ledgers::One(wanted) if *wanted != currency => {}
            Ledgers::One(_) => chosen.push((currency, Running::new(ledger))),
            Ledgers::All(rate) => {
                let running = Running::new(ledger);
                if convertible(&running, periods, currency, rate) {
                    chosen.push((currency, running));
                } else {
                    unconverted.push(currency);
                }
            }
        }
    }
    let rate: &RateOf<'_> = match ledgers {
        Ledgers::One(_) => &whole,
        Ledgers::All(rate) => rate,
    };
    // Customers are counted once, whatever they pay in.
    let everybody;
    let people = match ledgers {
        Ledgers::One(currency) => rollup.ledgers.get(&Some(*currency)).unwrap_or(&empty),
        Ledgers::All(_) => {
            everybody = rollup.everybody();
            &everybody
        }
    };
    let people = Running::new(people);
    let mut figures = Vec::with_capacity(periods.len());
    for period in periods {
        let mut made = of_people(&people, *period, policy);
        made.unfit = rollup.unfit;
        for (currency, running) in &chosen {
            made.add_money(running, *currency, rate)?;
        }
        made.count_trials(&chosen, policy);
        made.close();
        figures.push(made);
    }
    Ok(Told {
        figures,
        unconverted,
    })
}

/// Whether every day that a ledger's figures need has a rate.
fn convertible(
    running: &Running<'_>,
    periods: &[Period],
    currency: Currency,
    rate: &RateOf<'_>,
) -> bool {
    let Some(first) = running.first_day() else {
        return true;
    };
    periods.iter().all(|period| {
        let levels = [period.before, period.end].into_iter();
        let moved = running.rows(period.before, period.end).map(|(day, _)| day);
        levels
            .filter(|day| *day >= first)
            .chain(moved)
            .all(|day| rate(currency, day).is_some())
    })
}

/// What counts customers.
fn of_people(people: &Running<'_>, period: Period, policy: &Policy) -> Figures {
    let (before, end) = (people.at(period.before), people.at(period.end));
    let lost = people
        .ledger
        .periods
        .get(place(period.every))
        .and_then(|rows| rows.get(&period.number))
        .map_or(0, |row| row.lost);
    let mut movers = [0; 5];
    for (_, row) in people.rows(period.before, period.end) {
        for (sum, own) in movers.iter_mut().zip(row.movers) {
            *sum += own;
        }
    }
    let thirty = || {
        let from = period.end.saturating_sub(THIRTY);
        let rows = people.rows(from, period.end);
        let (churned, new) = rows.fold((0, 0), |(churned, new), (_, row)| {
            let first = row.movers.first().copied().unwrap_or(0);
            (churned + row.churned, new + first)
        });
        (churned, new, people.at(from).active)
    };
    let churn = match policy.churn_base {
        ChurnBase::ActiveAtStart => (lost, before.active),
        ChurnBase::ThirtyDaysAgo => {
            let (churned, _, active) = thirty();
            (churned, active)
        }
        ChurnBase::ThirtyDaysAgoPlusNew => {
            let (churned, new, active) = thirty();
            (churned, active + new)
        }
    };
    Figures {
        period,
        opening: Sum::new(),
        closing: Sum::new(),
        moved: std::array::from_fn(|_| Sum::new()),
        fx: Sum::new(),
        movers,
        committed: Sum::new(),
        active_before: before.active,
        active: end.active,
        lost,
        kept: Sum::new(),
        kept_at_most: Sum::new(),
        kept_of: Sum::new(),
        trials: 0,
        trial_conversion: (0, 0),
        churn,
        failed: Sum::new(),
        recovered: Sum::new(),
        bases: [0; 3],
        unknown: 0,
        unfit: 0,
    }
}

impl Figures {
    fn add_money(
        &mut self,
        running: &Running<'_>,
        currency: Currency,
        rate: &RateOf<'_>,
    ) -> Result<(), Overflow> {
        let period = self.period;
        // A ledger without a rate has been left out; one without rows needs none.
        let at = |day: Day| rate(currency, day).unwrap_or(Ratio::ZERO);
        let (before, end) = (running.at(period.before), running.at(period.end));
        let (opened, closed) = (at(period.before), at(period.end));
        before.monthly.add_to(&mut self.opening, opened)?;
        end.monthly.add_to(&mut self.closing, closed)?;
        end.monthly.add_to(&mut self.committed, closed)?;
        end.ending.negated().add_to(&mut self.committed, closed)?;
        for (day, row) in running.rows(period.before, period.end) {
            let rate = at(day);
            for (sum, moved) in self.moved.iter_mut().zip(&row.moved) {
                moved.add_to(sum, rate)?;
            }
            row.failed.add_to(&mut self.failed, rate)?;
            row.recovered.add_to(&mut self.recovered, rate)?;
        }
        let rows = running.ledger.periods.get(place(period.every));
        let row = rows.and_then(|rows| rows.get(&period.number));
        for sum in [&mut self.kept, &mut self.kept_at_most, &mut self.kept_of] {
            before.monthly.add_to(sum, opened)?;
        }
        if let Some(row) = row {
            row.kept.add_to(&mut self.kept, opened)?;
            row.shrunk.add_to(&mut self.kept_at_most, opened)?;
        }
        self.trials += end.trials;
        self.unknown += end.unknown;
        for (own, by) in self.bases.iter_mut().zip(end.bases) {
            *own += by;
        }
        Ok(())
    }

    fn count_trials(&mut self, chosen: &[(Currency, Running<'_>)], policy: &Policy) {
        let period = self.period;
        let from = match policy.trial_base {
            TrialBase::Ended | TrialBase::StartedCohort => period.before,
            TrialBase::StartedThirtyDays => period.end.saturating_sub(THIRTY),
        };
        for (_, row) in chosen.iter().flat_map(|(_, it)| it.rows(from, period.end)) {
            let (converted, of) = match policy.trial_base {
                TrialBase::Ended => (row.trials_converted, row.trials_ended),
                TrialBase::StartedCohort => (row.begun_converted, row.trials_begun),
                TrialBase::StartedThirtyDays => (row.trials_converted, row.trials_begun),
            };
            self.trial_conversion.0 += converted;
            self.trial_conversion.1 += of;
        }
    }

    /// What is between opening and closing and no movement is what rates did.
    fn close(&mut self) {
        let mut fx = self.closing.clone();
        fx.merge(&self.opening.negated());
        for movement in Movement::ALL {
            if let Some(moved) = self.moved.get(movement.place()) {
                if movement.is_loss() {
                    fx.merge(moved);
                } else {
                    fx.merge(&moved.negated());
                }
            }
        }
        self.fx = fx;
    }

    fn moved_by(&self, movement: Movement) -> BigRational {
        self.moved
            .get(movement.place())
            .map_or_else(BigRational::zero, Sum::rational)
    }
}

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
    crate::ratio::big_round_half_even(exact)
        .to_i64()
        .ok_or(Overflow)
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
    let ten_thousandths = crate::ratio::big_round_half_even(&(exact * whole(10_000)));
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

/// Periods with as many before them as a mean over periods needs, and how many those are.
#[must_use]
pub fn with_those_before(
    wanted: &[Period],
    policy: &Policy,
    as_of: NaiveDate,
) -> (Vec<Period>, usize) {
    let back = match policy.ltv_churn {
        LtvChurn::Trailing(periods) => usize::from(periods).saturating_sub(1),
        LtvChurn::Period => 0,
    };
    let mut before = Vec::new();
    let mut first = wanted.first().copied();
    for _ in 0..back {
        let Some((last, every)) = first.and_then(|it| Some((date_of(it.before)?, it.every))) else {
            break;
        };
        first = periods(&[last], every, as_of).first().copied();
        before.extend(first);
    }
    before.reverse();
    let count = before.len();
    before.extend(wanted);
    (before, count)
}

/// The thirty days up to a period's end.
#[must_use]
pub const fn thirty_days(period: &Period) -> Period {
    Period {
        before: period.end.saturating_sub(THIRTY),
        ..*period
    }
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

/// The periods from the one that holds a day to the one that holds another, none of them after the day the copy is as of.
#[must_use]
pub fn periods(ends: &[NaiveDate], every: Every, as_of: NaiveDate) -> Vec<Period> {
    ends.iter()
        .map(|date| {
            let first = first_day(*date, every);
            Period {
                date: *date,
                before: number_of(first).saturating_sub(1),
                end: number_of(*date).min(number_of(as_of)),
                number: crate::metric::days::period_of(every, *date),
                every,
            }
        })
        .collect()
}

fn first_day(last: NaiveDate, every: Every) -> NaiveDate {
    use chrono::Datelike as _;
    match every {
        Every::Day => last,
        Every::Week => last.checked_sub_days(chrono::Days::new(6)).unwrap_or(last),
        Every::Month => last.with_day(1).unwrap_or(last),
    }
}

/// The cohorts of a ledger: for each month in which customers first paid, how many, and what they were at the end of that
/// month and of each after it.
#[must_use]
pub fn cohorts(ledger: &Ledger, until: i32) -> BTreeMap<i32, Cohort> {
    let mut found: BTreeMap<i32, Cohort> = BTreeMap::new();
    for ((cohort, month), row) in &ledger.cohorts {
        if *cohort > until || row.is_empty() {
            continue;
        }
        let own = found.entry(*cohort).or_default();
        own.size += row.size;
        own.changes.push((*month, row.active, row.monthly.clone()));
    }
    for (cohort, own) in &mut found {
        let mut level = (0, Tally::default());
        let mut changes = std::mem::take(&mut own.changes).into_iter().peekable();
        for month in *cohort..=until {
            while let Some((_, active, monthly)) = changes.next_if(|(at, ..)| *at <= month) {
                level.0 += active;
                level.1.merge(&monthly);
            }
            own.active.push(level.0);
            own.monthly.push(level.1.clone());
        }
    }
    found.retain(|_, own| own.size > 0);
    found
}

/// The customers who first paid in one month.
#[derive(Debug, Clone, Default)]
pub struct Cohort {
    /// How many they are.
    pub size: i64,
    /// How many are active at the end of their month and of each after it.
    pub active: Vec<i64>,
    /// Their MRR then.
    pub monthly: Vec<Tally>,
    changes: Vec<(i32, i64, Tally)>,
}
