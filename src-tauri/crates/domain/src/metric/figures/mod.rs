//! Figures of a period, from the rows of a rollup: sums, movements and rates, exact until they are shown.
//!
//! A period is told from its opening (the end of the day before it) to its closing (its end, or the instant the copy is as of).
//! Movements of a currency are converted at the rate of the day on which they happened, levels at the rate of their own day;
//! what is left between the two is what rates alone did. Rates over customers need no rate of exchange; retention is
//! converted at the period's opening, so that a currency that fell is not taken for customers who left. Whole minor units
//! are made once, here: opening and closing half to even, and what their difference leaves over goes to the largest part.

mod cohort;
mod metric;
mod period;

use crate::currency::Currency;
use crate::metric::days::Day;
use crate::metric::movement::Movement;
use crate::metric::policy::{ChurnBase, Policy, TrialBase};
use crate::metric::rollup::{DayRow, Ledger, Rollup, Row as _, place};
use crate::metric::tally::Tally;
use crate::ratio::{Overflow, Ratio, Sum};
use num_rational::BigRational;
use num_traits::Zero as _;

pub use cohort::{Cohort, cohorts};
pub use metric::{Metric, Moved, Value, churn_rate, divided, value};
use period::THIRTY;
pub use period::{Period, periods, thirty_days, with_those_before};

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
