//! Both sides of a comparison, indexed.
//!
//! Customers are numbered as they are met and every ledger is a sorted list of numbers, so that a statement of millions
//! of figures is walked in order and an id is looked up once for each run of rows that has it. Rows of one customer in
//! one ledger add up.

use super::attribute::{Claim, Flag, OurLine};
use super::statement::{Month, Printed};
use crate::currency::Currency;
use crate::ids::CustomerId;
use crate::ratio::{Overflow, Ratio};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// One month in one currency.
pub(super) type Ledger = (Month, Currency);

/// What we hold of a customer in a ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Level {
    /// MRR at the month's end in minor units.
    pub(super) worth: Ratio,
    /// What is weak about it.
    pub(super) flag: Option<Flag>,
}

/// Numbers for customers.
#[derive(Debug, Default)]
struct Roll<'a> {
    numbers: HashMap<&'a CustomerId, usize>,
    names: Vec<&'a CustomerId>,
    last: Option<usize>,
}

impl<'a> Roll<'a> {
    fn number(&mut self, customer: &'a CustomerId) -> usize {
        // Exports list a customer's months side by side.
        if let Some(last) = self.last
            && self.names.get(last) == Some(&customer)
        {
            return last;
        }
        let next = self.names.len();
        let number = *self.numbers.entry(customer).or_insert(next);
        if number == next {
            self.names.push(customer);
        }
        self.last = Some(number);
        number
    }
}

/// Entries by ledger and customer.
#[derive(Debug)]
struct Book<T> {
    pages: BTreeMap<Ledger, Vec<(usize, T)>>,
}

impl<T: Copy> Book<T> {
    const fn new() -> Self {
        Self {
            pages: BTreeMap::new(),
        }
    }

    fn write(&mut self, ledger: Ledger, number: usize, entry: T) {
        self.pages.entry(ledger).or_default().push((number, entry));
    }

    /// Puts every page in order and adds up what stands in it twice.
    fn close(&mut self, add: fn(T, T) -> Result<T, Overflow>) -> Result<(), Overflow> {
        for page in self.pages.values_mut() {
            page.sort_by_key(|(number, _)| *number);
            let mut closed: Vec<(usize, T)> = Vec::with_capacity(page.len());
            for (number, entry) in page.drain(..) {
                match closed.last_mut() {
                    Some((last, sum)) if *last == number => *sum = add(*sum, entry)?,
                    _ => closed.push((number, entry)),
                }
            }
            *page = closed;
        }
        Ok(())
    }

    fn page(&self, ledger: Ledger) -> &[(usize, T)] {
        self.pages.get(&ledger).map_or(&[], Vec::as_slice)
    }

    fn find(&self, ledger: Ledger, number: usize) -> Option<T> {
        let page = self.page(ledger);
        let index = page.binary_search_by_key(&number, |(held, _)| *held).ok()?;
        page.get(index).map(|(_, entry)| *entry)
    }
}

/// Both sides.
#[derive(Debug)]
pub(super) struct Sides<'a> {
    roll: Roll<'a>,
    levels: Book<Level>,
    claims: Book<Claim>,
    currencies: BTreeSet<Currency>,
}

impl<'a> Sides<'a> {
    /// Indexes our lines and their rows.
    pub(super) fn new(
        lines: &[OurLine<'a>],
        rows: impl Iterator<Item = (Month, &'a CustomerId, &'a Printed)>,
    ) -> Result<Self, Overflow> {
        let mut roll = Roll::default();
        let mut currencies = BTreeSet::new();
        let mut levels = Book::new();
        for line in lines {
            currencies.insert(line.currency);
            let level = Level {
                worth: line.worth,
                flag: line.flag,
            };
            let number = roll.number(line.customer);
            levels.write((line.month, line.currency), number, level);
        }
        let mut claims = Book::new();
        for (month, customer, printed) in rows {
            currencies.insert(printed.currency);
            let claim = Claim {
                minor: printed.minor,
                ..nothing(printed.currency)
            };
            claims.write((month, printed.currency), roll.number(customer), claim);
        }
        levels.close(|one, other| {
            Ok(Level {
                worth: one.worth.plus(other.worth)?,
                flag: gravest(one.flag, other.flag),
            })
        })?;
        claims.close(|one, other| {
            Ok(Claim {
                minor: one.minor.plus(other.minor)?,
                step: one.step.plus(other.step)?,
            })
        })?;
        Ok(Self {
            roll,
            levels,
            claims,
            currencies,
        })
    }

    /// Every ledger that either side has something in.
    pub(super) fn ledgers(&self) -> impl Iterator<Item = Ledger> {
        let ours = self.levels.pages.keys();
        self.claims.pages.keys().chain(ours).copied()
    }

    /// Every currency that either side has something in.
    pub(super) fn currencies(&self) -> impl Iterator<Item = Currency> {
        self.currencies.iter().copied()
    }

    /// The numbers of everyone who is in one of these ledgers on our side, or in the first on theirs.
    pub(super) fn numbers(&self, ledger: Ledger, earlier: Option<Ledger>) -> Vec<usize> {
        let claims = self.claims.page(ledger).iter().map(|(number, _)| *number);
        let levels = [Some(ledger), earlier]
            .into_iter()
            .flatten()
            .flat_map(|ledger| self.levels.page(ledger))
            .map(|(number, _)| *number);
        let mut numbers: Vec<usize> = claims.chain(levels).collect();
        numbers.sort_unstable();
        numbers.dedup();
        numbers
    }

    /// The customer with a number.
    pub(super) fn name(&self, number: usize) -> Option<&'a CustomerId> {
        self.roll.names.get(number).copied()
    }

    /// What we hold of a customer.
    pub(super) fn level(&self, ledger: Ledger, number: usize) -> Option<Level> {
        self.levels.find(ledger, number)
    }

    /// What a customer is worth to us.
    pub(super) fn worth(&self, ledger: Ledger, number: usize) -> Ratio {
        self.level(ledger, number)
            .map_or(Ratio::ZERO, |level| level.worth)
    }

    /// What they print for a customer; nothing, where they print none.
    pub(super) fn claim(&self, ledger: Ledger, number: usize) -> Claim {
        self.claims
            .find(ledger, number)
            .unwrap_or_else(|| nothing(ledger.1))
    }

    /// Whether their file has the customer in any ledger.
    pub(super) fn is_theirs(&self, number: usize) -> bool {
        let mut ledgers = self.claims.pages.keys();
        ledgers.any(|ledger| self.claims.find(*ledger, number).is_some())
    }
}

/// What a side that does not name a customer says of it.
fn nothing(currency: Currency) -> Claim {
    Claim {
        minor: Ratio::ZERO,
        step: Ratio::whole(i64::from(Printed::step_minor(currency))),
    }
}

/// The graver of two weaknesses.
pub(super) fn gravest(one: Option<Flag>, other: Option<Flag>) -> Option<Flag> {
    one.into_iter().chain(other).min()
}
