//! Their statement against our figures: the difference of every month and currency, split by cause.
//!
//! An export of customers is compared customer by customer, month by month, in each currency by itself; the months are
//! those of the statement. A customer whom one side does not name is worth nothing there.

use super::attribute::{Alternative, Ours, Place, Standing, cause, combinations};
use super::outcome::{Measure, MonthSplit, Reconciliation};
use super::sides::{Ledger, Sides, gravest};
use super::statement::Statement;
use super::summary::summary;
use super::tally::Tally;
use crate::ids::CustomerId;
use crate::ratio::{Overflow, Ratio, Sum};
use std::collections::BTreeSet;

/// Compares a statement with our figures, naming at most `customers_max` customers for each cause.
///
/// # Errors
/// When a total does not fit 64 bits, or a figure does not fit an exact fraction.
pub fn compare(
    theirs: &Statement,
    ours: Ours<'_>,
    customers_max: usize,
) -> Result<Reconciliation, Overflow> {
    let (measure, sides) = match theirs {
        Statement::CustomerMonths(rows) => {
            let rows = rows.iter().map(|row| (row.month, &row.customer, &row.mrr));
            (Measure::Level, Sides::new(ours.lines, rows)?)
        }
        Statement::CustomerChanges(rows) => {
            let rows = rows.iter();
            let rows = rows.map(|row| (row.month, &row.customer, &row.change));
            (Measure::Change, Sides::new(ours.lines, rows)?)
        }
        Statement::Summary(figures) => return summary(figures, ours, customers_max),
    };
    let comparison = Comparison {
        measure,
        ours,
        sides,
        sets: combinations(ours.alternatives),
    };
    let months = theirs.months();
    let splits = comparison
        .ledgers()
        .into_iter()
        .filter(|(month, _)| months.contains(month))
        .map(|ledger| comparison.split(ledger, customers_max))
        .collect::<Result<_, _>>()?;
    Ok(Reconciliation {
        measure,
        splits,
        beside: Vec::new(),
    })
}

/// Everything that a ledger is split with.
struct Comparison<'a> {
    measure: Measure,
    ours: Ours<'a>,
    sides: Sides<'a>,
    sets: Vec<Vec<&'a Alternative>>,
}

impl Comparison<'_> {
    /// What we hold at a month's end is also where the next month's change begins.
    fn ledgers(&self) -> BTreeSet<Ledger> {
        let after = |(month, currency): Ledger| {
            (self.measure == Measure::Change).then(|| (month.after(), currency))
        };
        self.sides
            .ledgers()
            .flat_map(|ledger| [Some(ledger), after(ledger)])
            .flatten()
            .collect()
    }

    /// Where a change begins; `None` for a level, which begins nowhere.
    fn before(&self, (month, currency): Ledger) -> Option<Ledger> {
        (self.measure == Measure::Change).then(|| (month.before(), currency))
    }

    fn split(&self, ledger: Ledger, customers_max: usize) -> Result<MonthSplit, Overflow> {
        let (mut ours_total, mut theirs_total) = (Sum::new(), Sum::new());
        let mut tally = Tally::default();
        let mut agreeing = 0;
        for number in self.sides.numbers(ledger, self.before(ledger)) {
            let Some(customer) = self.sides.name(number) else {
                continue;
            };
            let ours = self.figure(ledger, number)?;
            let claim = self.sides.claim(ledger, number);
            ours_total.add(ours);
            theirs_total.add(claim.minor);
            if ours == claim.minor || ours.round_half_even()? == claim.minor.round_half_even()? {
                agreeing += u64::from(!ours.is_zero() || !claim.minor.is_zero());
                continue;
            }
            let standing = self.standing(ledger, number, customer);
            let cause = cause(ours, claim, &standing, &self.sets, |set| {
                self.figure_under(ledger, number, set)
            })?;
            tally.add(cause, customer, ours, claim.minor)?;
        }
        tally.split(ledger, agreeing, &ours_total, &theirs_total, customers_max)
    }

    fn figure(&self, ledger: Ledger, number: usize) -> Result<Ratio, Overflow> {
        let now = self.sides.worth(ledger, number);
        match self.before(ledger) {
            Some(earlier) => now.minus(self.sides.worth(earlier, number)),
            None => Ok(now),
        }
    }

    /// Our figure with a set of alternatives; `None` where they do not touch it.
    fn figure_under(
        &self,
        ledger: Ledger,
        number: usize,
        set: &[&Alternative],
    ) -> Result<Option<Ratio>, Overflow> {
        let under = |(month, currency): Ledger| {
            let place = Place {
                customer: self.sides.name(number)?,
                currency,
                month,
            };
            (self.ours.under)(place, set)
        };
        let Some(earlier) = self.before(ledger) else {
            return Ok(under(ledger));
        };
        match (under(ledger), under(earlier)) {
            (None, None) => Ok(None),
            (now, then) => now
                .unwrap_or_else(|| self.sides.worth(ledger, number))
                .minus(then.unwrap_or_else(|| self.sides.worth(earlier, number)))
                .map(Some),
        }
    }

    fn standing(&self, ledger: Ledger, number: usize, customer: &CustomerId) -> Standing {
        let flag = |ledger| {
            self.sides
                .level(ledger, number)
                .and_then(|level| level.flag)
        };
        Standing {
            other_currency: self.parted(ledger, number),
            here: self.ours.customers.contains(customer),
            theirs: self.sides.is_theirs(number),
            flag: gravest(flag(ledger), self.before(ledger).and_then(flag)),
        }
    }

    /// Whether the customer's money of this month is here on one side, and in another currency on the other.
    fn parted(&self, (month, currency): Ledger, number: usize) -> bool {
        let sides = |currency| {
            let ours = self.sides.worth((month, currency), number);
            let theirs = self.sides.claim((month, currency), number).minor;
            (!ours.is_zero(), !theirs.is_zero())
        };
        let mirrored = match sides(currency) {
            (true, false) => (false, true),
            (false, true) => (true, false),
            _ => return false,
        };
        self.sides
            .currencies()
            .any(|currency| sides(currency) == mirrored)
    }
}
