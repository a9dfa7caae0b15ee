//! A provider's own figures beside ours, and what makes them differ.
//!
//! A merchant who sees another number at the provider needs more than "definitions vary". So the provider's export is
//! read exactly as printed (`read`), each customer's figure is held against ours (`compare`), and where they differ our
//! engine is asked what it would say under other rules. The first rule, or the smallest pair of rules, that gives the
//! printed figure is the cause. What no rule explains falls to what we know to be weak about the customer (a worth that
//! is not known, a past that was inferred), and only then is it called unexplained.
//!
//! The invariant: in every month and currency the causes add up to the difference of the two totals, to the minor unit.
//! Our total is rounded once from the exact sum, theirs is the sum of what is printed, and what single customers cannot
//! carry of that is the cause `Rounding`.
//!
//! # What Stripe exports
//! Billing → overview → download gives three files. Stripe documents what they are for and not their columns; the shapes
//! below are what programs that read them expect.
//! - MRR per subscriber: a row for each customer (`Customer ID`, `Customer`, `Customer Email`, `Currency`), a column for
//!   each month (`2026-01`), amounts in major units of the row's currency.
//! - Subscription metrics: a row for each metric (`Beginning Subscribers`, `Ending MRR`), a column for each month, money
//!   in major units of the account's default currency, converted by Stripe, losses below zero. The currency is not named.
//! - Customer MRR changes: a row for each change. No reader of it was found; its columns are recognised by meaning.
//!
//! Nothing here reads a file, a clock or a rate, and no amount is ever a float.

mod attribute;
mod cell;
mod compare;
mod header;
mod outcome;
mod read;
mod read_error;
mod sides;
mod statement;
mod summary;
mod tally;
#[cfg(test)]
mod tests;

pub use attribute::{Alternative, Cause, Flag, OurFigure, OurLine, Ours, Place};
pub use compare::compare;
pub use outcome::{Beside, CustomerDifference, Measure, MonthSplit, Reconciliation, Share};
pub use read::{read, read_assuming};
pub use read_error::ReadError;
pub use statement::{
    CustomerChange, CustomerMonth, Metric, Month, Movement, Printed, Statement, StatementKind,
    SummaryFigure, Value,
};
