//! What is known of a customer's subscriptions over time, before any policy looks at it.
//!
//! Facts are complete in themselves: amounts, rhythms and discounts are resolved, so that another policy is a matter of
//! arithmetic and asks for no record again. They are small, because a million customers' are read at once when a policy
//! changes. Instants are seconds since 1970. Stretches of a subscription follow each other without a gap, from its start to
//! its end; what trials, stops and unpaid bills do to them is for `evaluate` to say.

use crate::currency::Currency;
use crate::metric::Basis;
use crate::ratio::Ratio;
use crate::record::Recurring;
use serde::{Deserialize, Serialize};

/// Seconds since 1970.
pub type Second = i64;

/// From the first second to the first second after it, open while it lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// The first second.
    pub from: Second,
    /// The first second after it; `None` while it lasts.
    pub to: Option<Second>,
}

impl Span {
    /// Whether it holds an instant.
    #[must_use]
    pub fn holds(&self, at: Second) -> bool {
        self.from <= at && self.to.is_none_or(|to| at < to)
    }

    /// Whether it holds no instant at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.to.is_some_and(|to| to <= self.from)
    }

    /// What it has in common with another; `None` where that is nothing.
    #[must_use]
    pub fn common(&self, other: &Self) -> Option<Self> {
        let to = match (self.to, other.to) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        let both = Self {
            from: self.from.max(other.from),
            to,
        };
        (!both.is_empty()).then_some(both)
    }

    /// What is left of it without another, in order.
    #[must_use]
    pub fn without(&self, other: &Self) -> [Option<Self>; 2] {
        let before = self.common(&Self {
            from: Second::MIN,
            to: Some(other.from),
        });
        let after = other
            .to
            .and_then(|to| self.common(&Self { from: to, to: None }));
        [before, after]
    }
}

/// Why a subscription that goes on is worth nothing for a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stop {
    /// It is paused, or its bills are not collected because somebody asked for that.
    Paused,
    /// Its bills were given up.
    GivenUp,
}

/// One item as it stood in a stretch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    /// The number that stands for its price; 0 for one that is not in the copy.
    pub plan: u32,
    /// The number of units.
    pub quantity: i64,
    /// How often it bills.
    pub rhythm: Recurring,
    /// Minor units for each billing period, before discounts and with any tax inside.
    #[serde(with = "exact")]
    pub listed: Ratio,
    /// The part of it that is tax, 0 to 1.
    #[serde(with = "exact")]
    pub tax_share: Ratio,
}

/// How long a discount lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Lasting {
    /// One bill.
    Once,
    /// Some months.
    Repeating,
    /// Until it is taken away.
    Forever,
}

/// What a discount was put on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum PutOn {
    /// One item, by its place in the stretch.
    Item(u16),
    /// The subscription.
    Subscription,
    /// The customer, for subscriptions that have none.
    Customer,
}

/// What a discount takes off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Off {
    /// A share of what is left, 0 to 1.
    Share(#[serde(with = "exact")] Ratio),
    /// Minor units for each billing period.
    Amount(i64),
}

/// A discount as it ran in a stretch, in the order in which it is taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Taken {
    /// What it was put on.
    pub on: PutOn,
    /// How long it lasts.
    pub lasting: Lasting,
    /// What it takes off.
    pub off: Off,
    /// The items that it is for, by their places in the stretch; `None` for all.
    pub only: Option<Vec<u16>>,
    /// The coupon's id.
    pub coupon: String,
}

/// A stretch of time in which a subscription held the same items under the same discounts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stretch {
    /// The first second; it lasts until the next stretch or the subscription's end.
    pub from: Second,
    /// What it rests on.
    pub basis: Basis,
    /// What was held, metered items left out.
    pub items: Vec<Held>,
    /// What was taken off.
    pub taken: Vec<Taken>,
    /// Why its worth is not known.
    pub unknown: Option<String>,
}

/// Usage that was invoiced for a period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    /// The period.
    pub span: Span,
    /// The number that stands for its price.
    pub plan: u32,
    /// How often it bills.
    pub rhythm: Recurring,
    /// Minor units for the period.
    pub amount: i64,
}

/// One subscription over time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubscriptionFacts {
    /// The provider's id.
    pub id: String,
    /// The currency of all its amounts.
    pub currency: Currency,
    /// From its start, or its first payment, to its real end.
    pub life: Span,
    /// When its end was asked for, where it was or is to end later than that.
    pub end_asked: Option<Second>,
    /// When it will end, where that is known.
    pub ends_at: Option<Second>,
    /// Its trial; open while it runs, because it may yet be made longer.
    pub trial: Option<Span>,
    /// When the trial ends or ended, as things stand.
    pub trial_ends_at: Option<Second>,
    /// When it was stopped.
    pub stops: Vec<(Span, Stop)>,
    /// From a bill's first failed attempt until it was paid or given up.
    pub late: Vec<Span>,
    /// What it held, in order of time.
    pub stretches: Vec<Stretch>,
    /// What is agreed to follow, from a later instant on in place of what it holds now. No figure of the present counts it.
    pub agreed: Vec<Stretch>,
    /// Its usage.
    pub usage: Vec<Usage>,
}

/// A recurring bill whose first attempt failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailedBill {
    /// The invoice's id.
    pub invoice: String,
    /// When the first attempt failed.
    pub at: Second,
    /// Its currency.
    pub currency: Currency,
    /// What was asked for, minor units.
    pub due: i64,
    /// The part of it that was paid later, minor units.
    pub paid: i64,
}

/// Everything about one customer that figures are made of.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct CustomerFacts {
    /// ISO 3166 code of the country it is in.
    pub country: Option<String>,
    /// Its subscriptions.
    pub subscriptions: Vec<SubscriptionFacts>,
    /// Its bills that did not come in at once.
    pub failed: Vec<FailedBill>,
    /// Subscriptions that are agreed to begin later. No figure of the present counts them.
    pub promised: Vec<SubscriptionFacts>,
}

impl CustomerFacts {
    /// Whether there is nothing to be counted.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.subscriptions.is_empty() && self.failed.is_empty() && self.promised.is_empty()
    }
}

/// Fractions as two whole numbers, which is smaller and quicker than their text.
mod exact {
    use crate::ratio::Ratio;
    use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

    pub(super) fn serialize<S: Serializer>(ratio: &Ratio, to: S) -> Result<S::Ok, S::Error> {
        (ratio.numerator(), ratio.denominator()).serialize(to)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Ratio, D::Error> {
        let (numerator, denominator) = <(i128, i128)>::deserialize(from)?;
        Ratio::new(numerator, denominator).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::Span;

    const fn span(from: i64, to: Option<i64>) -> Span {
        Span { from, to }
    }

    #[test]
    fn a_span_without_another_leaves_what_lies_before_and_after() {
        let whole = span(10, None);
        assert_eq!(
            whole.without(&span(20, Some(30))),
            [Some(span(10, Some(20))), Some(span(30, None))]
        );
        assert_eq!(
            whole.without(&span(5, Some(12))),
            [None, Some(span(12, None))]
        );
        assert_eq!(
            whole.without(&span(15, None)),
            [Some(span(10, Some(15))), None]
        );
        assert_eq!(span(10, Some(20)).without(&span(0, None)), [None, None]);
        let far = span(30, Some(40));
        assert_eq!(
            span(10, Some(20)).without(&far),
            [Some(span(10, Some(20))), None]
        );
    }

    #[test]
    fn the_first_second_belongs_and_the_last_does_not() {
        let it = span(10, Some(20));
        assert!(it.holds(10) && it.holds(19) && !it.holds(20) && !it.holds(9));
        assert!(span(10, Some(10)).is_empty() && !span(10, None).is_empty());
    }
}
