//! A summary beside our metrics.
//!
//! A summary has totals and no customers. So a rule is the cause of the difference in closing MRR only if it brings our
//! whole total to theirs, and the customers behind it are those whose figure it moves. Where no rule does, the whole
//! difference is unexplained: the export by subscriber is the one to ask.

use super::attribute::{Alternative, Cause, Ours, Place, combinations, rules};
use super::outcome::{Beside, Measure, MonthSplit, Reconciliation};
use super::statement::{Metric, Month, Printed, SummaryFigure, Value};
use super::tally::Tally;
use crate::currency::Currency;
use crate::ids::CustomerId;
use crate::ratio::{Overflow, Ratio, Sum};
use std::collections::BTreeMap;

/// Compares a summary: its closing MRR by cause, its other metrics beside ours.
pub(super) fn summary(
    figures: &[SummaryFigure],
    ours: Ours<'_>,
    customers_max: usize,
) -> Result<Reconciliation, Overflow> {
    let mut closing: BTreeMap<(Month, Currency), &Printed> = BTreeMap::new();
    for figure in figures {
        if let (Metric::ClosingMrr, Value::Money(printed)) = (&figure.metric, &figure.value) {
            closing
                .entry((figure.month, printed.currency))
                .or_insert(printed);
        }
    }
    let sets = combinations(ours.alternatives);
    let splits = closing
        .into_iter()
        .map(|(ledger, printed)| split(ledger, printed, ours, &sets, customers_max))
        .collect::<Result<_, _>>()?;
    let known: BTreeMap<(Month, &Metric), Ratio> = ours
        .figures
        .iter()
        .map(|figure| ((figure.month, &figure.metric), figure.value))
        .collect();
    let beside = figures
        .iter()
        .map(|figure| Beside {
            month: figure.month,
            metric: figure.metric.clone(),
            theirs: figure.value.clone(),
            ours: known.get(&(figure.month, &figure.metric)).copied(),
        })
        .collect();
    Ok(Reconciliation {
        measure: Measure::Level,
        splits,
        beside,
    })
}

fn split(
    ledger: (Month, Currency),
    printed: &Printed,
    ours: Ours<'_>,
    sets: &[Vec<&Alternative>],
    customers_max: usize,
) -> Result<MonthSplit, Overflow> {
    let worths = worths(ledger, ours)?;
    let mut total = Sum::new();
    for worth in worths.values() {
        total.add(*worth);
    }
    let mut theirs = Sum::new();
    theirs.add(printed.minor);
    let mut tally = Tally::default();
    if !is_printed(&total, printed)? {
        match explaining(ledger, &worths, &total, printed, (ours, sets))? {
            Some(explained) => {
                for (customer, worth, with) in explained.moved {
                    tally.add(explained.cause.clone(), customer, worth, with)?;
                }
            }
            None => {
                let whole = total
                    .round_half_even()?
                    .checked_sub(theirs.round_half_even()?)
                    .ok_or(Overflow)?;
                tally.leave_rest_to(Cause::Unexplained, whole)?;
            }
        }
    }
    tally.split(ledger, 0, &total, &theirs, customers_max)
}

/// What every customer in the copy is worth in a ledger; nothing, for most of those without a line.
fn worths<'a>(
    (month, currency): (Month, Currency),
    ours: Ours<'a>,
) -> Result<BTreeMap<&'a CustomerId, Ratio>, Overflow> {
    let mut worths: BTreeMap<&CustomerId, Ratio> = ours
        .customers
        .iter()
        .map(|customer| (customer, Ratio::ZERO))
        .collect();
    for line in ours.lines {
        if line.month == month && line.currency == currency {
            let worth = worths.entry(line.customer).or_insert(Ratio::ZERO);
            *worth = worth.plus(line.worth)?;
        }
    }
    Ok(worths)
}

/// A rule that gives their total.
struct Explained<'a> {
    cause: Cause,
    /// The customers whom it moves, what we say of each, and what we would say.
    moved: Vec<(&'a CustomerId, Ratio, Ratio)>,
}

/// The first set of alternatives that brings our total to theirs, and whom it moves.
fn explaining<'a>(
    (month, currency): (Month, Currency),
    worths: &BTreeMap<&'a CustomerId, Ratio>,
    total: &Sum,
    printed: &Printed,
    (ours, sets): (Ours<'_>, &[Vec<&Alternative>]),
) -> Result<Option<Explained<'a>>, Overflow> {
    for set in sets {
        let mut moved = Vec::new();
        let mut would_be = total.clone();
        for (customer, worth) in worths {
            let place = Place {
                customer,
                currency,
                month,
            };
            if let Some(with) = (ours.under)(place, set)
                && with != *worth
            {
                would_be.add(with);
                would_be.subtract(*worth);
                moved.push((*customer, *worth, with));
            }
        }
        if is_printed(&would_be, printed)? {
            return Ok(Some(Explained {
                cause: rules(set),
                moved,
            }));
        }
    }
    Ok(None)
}

/// Whether a total would be printed as theirs: no more than half a step apart, so that their distance in steps rounds to
/// none (half to even leaves a half at zero).
fn is_printed(ours: &Sum, printed: &Printed) -> Result<bool, Overflow> {
    let mut apart = ours.clone();
    apart.subtract(printed.minor);
    let step = u64::from(Printed::step_minor(printed.currency));
    Ok(apart.divided_round_half_even(step)? == Some(0))
}
