//! What an export says, row by row, after reading and before any comparison.
//!
//! Amounts are exact: the printed decimal, brought to minor units of its currency. Nothing is summed, converted or
//! rounded here, and a metric or movement that we have no word for keeps the provider's.

use crate::currency::Currency;
use crate::ids::CustomerId;
use crate::ratio::{Overflow, Ratio};
use chrono::{Datelike, NaiveDate};
use std::collections::BTreeSet;
use std::fmt;

/// A calendar month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month {
    year: i32,
    month: u32,
}

impl Month {
    /// The month of a year; `None` where the calendar has no such month.
    #[must_use]
    pub fn new(year: i32, month: u32) -> Option<Self> {
        NaiveDate::from_ymd_opt(year, month, 1).map(Self::of)
    }

    /// The month that holds a day.
    #[must_use]
    pub fn of(day: NaiveDate) -> Self {
        Self {
            year: day.year(),
            month: day.month(),
        }
    }

    /// The month before.
    #[must_use]
    pub const fn before(self) -> Self {
        match self.month {
            1 => Self {
                year: self.year - 1,
                month: 12,
            },
            month => Self {
                year: self.year,
                month: month - 1,
            },
        }
    }

    /// The month after.
    #[must_use]
    pub const fn after(self) -> Self {
        match self.month {
            12 => Self {
                year: self.year + 1,
                month: 1,
            },
            month => Self {
                year: self.year,
                month: month + 1,
            },
        }
    }

    /// Its last day, which labels a point of a monthly series; `None` past the end of the calendar.
    #[must_use]
    pub fn last_day(self) -> Option<NaiveDate> {
        let after = self.after();
        NaiveDate::from_ymd_opt(after.year, after.month, 1)?.pred_opt()
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year, self.month)
    }
}

/// An amount as an export prints it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Printed {
    /// Minor units, exactly as printed: a fraction where more decimals are printed than the currency has.
    pub minor: Ratio,
    /// The currency the row states, or the one that was assumed.
    pub currency: Currency,
}

impl Printed {
    /// A decimal in major units.
    ///
    /// # Errors
    /// When it does not fit.
    pub fn from_major(major: Ratio, currency: Currency) -> Result<Self, Overflow> {
        Ok(Self {
            minor: major.times(Ratio::whole(10_i64.pow(currency.exponent())))?,
            currency,
        })
    }

    /// The smallest step that amounts of a currency are printed in, in minor units: 1, or 100 for ISK and UGX, which
    /// travel with two decimals and are shown with none. More decimals than a currency has are noise (`24.030000002`),
    /// fewer are trimmed zeros (`10` dollars): neither changes the step.
    #[must_use]
    pub fn step_minor(currency: Currency) -> u32 {
        10_u32.pow(
            currency
                .exponent()
                .saturating_sub(currency.shown_decimals()),
        )
    }
}

/// One customer's MRR at the end of one month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomerMonth {
    /// The month.
    pub month: Month,
    /// The customer.
    pub customer: CustomerId,
    /// MRR at the month's end.
    pub mrr: Printed,
}

/// One change of one customer's MRR.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomerChange {
    /// The month it fell in.
    pub month: Month,
    /// The day, where the export names it. Taken as the account's own day: exports name no zone.
    pub day: Option<NaiveDate>,
    /// The customer.
    pub customer: CustomerId,
    /// What it is called; `None` where the export does not say.
    pub movement: Option<Movement>,
    /// By how much MRR rose; below zero where it fell, whichever sign was printed.
    pub change: Printed,
}

/// The kind of a change of MRR.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Movement {
    /// First time above zero.
    New,
    /// Above zero again.
    Reactivation,
    /// More.
    Expansion,
    /// Less, but above zero.
    Contraction,
    /// To zero.
    Churn,
    /// Exchange rates alone.
    Fx,
    /// The provider's word for something else.
    Other(String),
}

impl Movement {
    /// Whether it can only lower MRR.
    #[must_use]
    pub const fn is_loss(&self) -> bool {
        matches!(self, Self::Contraction | Self::Churn)
    }
}

/// One metric of one month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SummaryFigure {
    /// The month.
    pub month: Month,
    /// The metric.
    pub metric: Metric,
    /// Its value.
    pub value: Value,
}

/// A metric of a summary.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Metric {
    /// MRR at the month's beginning.
    OpeningMrr,
    /// MRR of first-time subscribers.
    NewMrr,
    /// MRR of subscribers who came back.
    ReactivationMrr,
    /// MRR gained from upgrades.
    ExpansionMrr,
    /// MRR lost to downgrades, above zero.
    ContractionMrr,
    /// MRR lost to churn, above zero.
    ChurnedMrr,
    /// What exchange rates alone did to MRR.
    FxMrr,
    /// MRR at the month's end.
    ClosingMrr,
    /// Subscribers at the month's beginning.
    OpeningSubscribers,
    /// First-time subscribers.
    NewSubscribers,
    /// Subscribers who came back.
    ReactivatedSubscribers,
    /// Subscribers who left, above zero.
    ChurnedSubscribers,
    /// Subscribers at the month's end.
    ClosingSubscribers,
    /// MRR for each subscriber.
    Arpu,
    /// Lifetime value.
    Ltv,
    /// The provider's word for something else.
    Other(String),
}

impl Metric {
    /// Whether its value is an amount of money.
    #[must_use]
    pub const fn is_money(&self) -> bool {
        match self {
            Self::OpeningMrr
            | Self::NewMrr
            | Self::ReactivationMrr
            | Self::ExpansionMrr
            | Self::ContractionMrr
            | Self::ChurnedMrr
            | Self::FxMrr
            | Self::ClosingMrr
            | Self::Arpu
            | Self::Ltv => true,
            Self::OpeningSubscribers
            | Self::NewSubscribers
            | Self::ReactivatedSubscribers
            | Self::ChurnedSubscribers
            | Self::ClosingSubscribers
            | Self::Other(_) => false,
        }
    }

    /// Whether it counts what was lost, which we keep above zero as our own movements do.
    #[must_use]
    pub const fn is_loss(&self) -> bool {
        matches!(
            self,
            Self::ContractionMrr | Self::ChurnedMrr | Self::ChurnedSubscribers
        )
    }
}

/// A value of a summary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// Money.
    Money(Printed),
    /// A bare number.
    Number(Ratio),
    /// A percentage as a fraction of one: `9.1%` is 91/1000.
    Share(Ratio),
}

impl Value {
    /// Minor units, the bare number, or the fraction of one.
    #[must_use]
    pub const fn exact(&self) -> Ratio {
        match self {
            Self::Money(printed) => printed.minor,
            Self::Number(number) | Self::Share(number) => *number,
        }
    }
}

/// An export, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Statement {
    /// "MRR per subscriber per month".
    CustomerMonths(Vec<CustomerMonth>),
    /// "Customer MRR changes".
    CustomerChanges(Vec<CustomerChange>),
    /// "Subscription metrics summary".
    Summary(Vec<SummaryFigure>),
}

/// Which of the exports a statement is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StatementKind {
    /// "MRR per subscriber per month".
    CustomerMonths,
    /// "Customer MRR changes".
    CustomerChanges,
    /// "Subscription metrics summary".
    Summary,
}

impl Statement {
    /// Which export it is.
    #[must_use]
    pub const fn kind(&self) -> StatementKind {
        match self {
            Self::CustomerMonths(_) => StatementKind::CustomerMonths,
            Self::CustomerChanges(_) => StatementKind::CustomerChanges,
            Self::Summary(_) => StatementKind::Summary,
        }
    }

    /// The months it speaks of. One in which nobody changed has no row in a log of changes, and still lies between
    /// those that have. To compare changes the month before the first is needed too.
    #[must_use]
    pub fn months(&self) -> BTreeSet<Month> {
        match self {
            Self::CustomerMonths(rows) => rows.iter().map(|row| row.month).collect(),
            Self::Summary(rows) => rows.iter().map(|row| row.month).collect(),
            Self::CustomerChanges(rows) => {
                let mut months: BTreeSet<Month> = rows.iter().map(|row| row.month).collect();
                if let (Some(first), Some(last)) = (months.first().copied(), months.last().copied())
                {
                    // Years have four digits, so this ends.
                    let mut month = first;
                    while month < last {
                        months.insert(month);
                        month = month.after();
                    }
                }
                months
            }
        }
    }
}
