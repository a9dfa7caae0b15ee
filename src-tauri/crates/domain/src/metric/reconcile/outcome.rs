//! What a comparison comes to.
//!
//! The parts are whole minor units and add up: the causes of a split to its difference, the customers and the rest of a
//! share to that share.

use super::attribute::Cause;
use super::statement::{Metric, Month, Value};
use crate::currency::Currency;
use crate::ids::CustomerId;
use crate::ratio::Ratio;

/// What is held against what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// MRR at each month's end.
    Level,
    /// By how much MRR changed from one month's end to the next.
    Change,
}

/// One customer's part of a difference. Theirs is what the statement prints, or for a summary what the rule gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomerDifference {
    /// The customer.
    pub customer: CustomerId,
    /// Our figure in minor units.
    pub ours_minor: i64,
    /// Their figure in minor units.
    pub theirs_minor: i64,
    /// Ours less theirs.
    pub minor: i64,
}

/// What one cause makes of a difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Share {
    /// The cause.
    pub cause: Cause,
    /// Ours less theirs in minor units.
    pub minor: i64,
    /// How many customers are behind it.
    pub customers: u64,
    /// Those with the largest parts, the largest first.
    pub largest: Vec<CustomerDifference>,
    /// How many are not among them.
    pub rest_customers: u64,
    /// What those others, and what is no single customer's, come to.
    pub rest_minor: i64,
}

/// One month in one currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MonthSplit {
    /// The month.
    pub month: Month,
    /// The currency.
    pub currency: Currency,
    /// Our total in minor units, rounded once.
    pub ours_minor: i64,
    /// Their total in minor units.
    pub theirs_minor: i64,
    /// Ours less theirs.
    pub difference_minor: i64,
    /// Customers on whom both sides agree; zero for a summary, which names none.
    pub agreeing: u64,
    /// What makes the difference, the largest first; they add up to it.
    pub causes: Vec<Share>,
}

/// A metric of a summary beside ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Beside {
    /// The month.
    pub month: Month,
    /// The metric.
    pub metric: Metric,
    /// Theirs.
    pub theirs: Value,
    /// Ours, in the same unit; `None` where we have none.
    pub ours: Option<Ratio>,
}

/// The outcome.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reconciliation {
    /// What was compared.
    pub measure: Measure,
    /// Every month and currency of either side within the months of the statement, in order.
    pub splits: Vec<MonthSplit>,
    /// The metrics of a summary, in its order.
    pub beside: Vec<Beside>,
}
