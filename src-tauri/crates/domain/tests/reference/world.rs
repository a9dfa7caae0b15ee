//! A small world of customers, in the reference's own plain types.
//!
//! Nothing in here is the engine's: amounts are two whole numbers, instants are seconds since 1970, and a span is a first
//! second with the first second after it. A world may hold things dated after the instant the copy is as of (`as_of`); the
//! figures must not know of them.

/// Seconds since 1970.
pub(crate) type Second = i64;

pub(crate) const DAY: Second = 86_400;

/// An exact fraction: numerator and denominator.
pub(crate) type Fraction = (i64, i64);

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct World {
    /// The instant the copy is as of.
    pub(crate) as_of: Second,
    pub(crate) customers: Vec<Customer>,
    /// What the daily rates of exchange are made of.
    pub(crate) rates: u64,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Customer {
    pub(crate) country: Option<&'static str>,
    pub(crate) subscriptions: Vec<Subscription>,
    pub(crate) bills: Vec<Bill>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Money {
    Usd,
    Eur,
}

impl Money {
    pub(crate) const ALL: [Self; 2] = [Self::Usd, Self::Eur];
}

/// From a second to the first second after; open without one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Times {
    pub(crate) from: Second,
    pub(crate) to: Option<Second>,
}

impl Times {
    pub(crate) fn hold(&self, at: Second) -> bool {
        match self.to {
            Some(to) => self.from <= at && at < to,
            None => self.from <= at,
        }
    }
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Subscription {
    pub(crate) money: Money,
    /// From its start to its real end.
    pub(crate) life: Times,
    /// When its end was asked for, where that is earlier than the end.
    pub(crate) asked: Option<Second>,
    pub(crate) trial: Option<Times>,
    pub(crate) stops: Vec<(Times, Why)>,
    /// From a first failed attempt until the bill was paid or given up.
    pub(crate) late: Vec<Times>,
    /// What it held, in order of time; the first from the start on.
    pub(crate) stretches: Vec<Stretch>,
    pub(crate) usage: Vec<Usage>,
}

/// Why it is worth nothing for a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Why {
    Paused,
    GivenUp,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Stretch {
    pub(crate) from: Second,
    /// Whether its worth is known.
    pub(crate) known: bool,
    /// 0 inferred, 1 invoiced, 2 observed.
    pub(crate) basis: usize,
    pub(crate) items: Vec<Item>,
    pub(crate) discounts: Vec<Discount>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Unit {
    Day,
    Week,
    Month,
    Year,
}

/// So many units between bills.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Rhythm {
    pub(crate) unit: Unit,
    pub(crate) count: u32,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Item {
    pub(crate) plan: u32,
    /// Minor units for one and a billing period.
    pub(crate) price: Fraction,
    pub(crate) quantity: i64,
    pub(crate) rhythm: Rhythm,
    /// The part of the price that is tax.
    pub(crate) tax: Fraction,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum On {
    /// An item by its place.
    Item(usize),
    Subscription,
    Customer,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lasting {
    Once,
    Repeating,
    Forever,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Off {
    /// Hundredths.
    Percent(i64),
    /// Minor units for a billing period.
    Amount(i64),
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Discount {
    pub(crate) on: On,
    pub(crate) lasting: Lasting,
    pub(crate) off: Off,
    /// The items it is for, by their places; all without.
    pub(crate) only: Option<Vec<usize>>,
}

/// Usage that was invoiced for a period.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Usage {
    pub(crate) times: Times,
    pub(crate) plan: u32,
    pub(crate) rhythm: Rhythm,
    pub(crate) amount: i64,
}

/// A recurring bill whose first attempt failed.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Bill {
    pub(crate) at: Second,
    pub(crate) money: Money,
    pub(crate) due: i64,
    pub(crate) paid: i64,
}
