//! The merchant's notices: what happened in the last thirty days, with the object as it then was.
//!
//! An event keeps a copy of the record, not its JSON, which makes a large world affordable; the JSON is written when asked
//! for. Events older than thirty days are forgotten, as at the provider, but they are still counted, so that an event's
//! number and with it its id do not depend on when the world was looked at.

use std::collections::VecDeque;

use crate::calendar::DAY;
use crate::coupon::Discount;
use crate::record::{
    Charge, CreditNote, Customer, Dispute, Intent, Invoice, InvoiceItem, InvoicePayment, Refund,
    Schedule, Session, Subscription,
};

/// How long events are kept.
pub(crate) const KEPT: i64 = 30 * DAY;

/// An object as it was.
#[derive(Clone, Debug)]
pub(crate) enum Snapshot {
    Customer(Box<Customer>),
    Subscription(Box<Subscription>),
    Invoice(Box<Invoice>),
    InvoiceItem(Box<InvoiceItem>),
    InvoicePayment(Box<InvoicePayment>),
    Intent(Box<Intent>),
    Charge(Box<Charge>),
    Refund(Box<Refund>),
    Dispute(Box<Dispute>),
    Discount(Box<Discount>),
    CreditNote(Box<CreditNote>),
    Schedule(Box<Schedule>),
    Session(Box<Session>),
    /// An object that is kept as the JSON it showed: one that has no record, or whose record never changes.
    Told(Box<str>),
}

impl Snapshot {
    /// A copy of an object as it shows itself.
    pub(crate) fn told(object: &serde_json::Value) -> Self {
        Self::Told(object.to_string().into_boxed_str())
    }
}

macro_rules! from_record {
    ($($record:ident),*) => {$(
        impl From<&$record> for Snapshot {
            fn from(record: &$record) -> Self {
                Self::$record(Box::new(record.clone()))
            }
        }
    )*};
}

from_record!(
    Customer,
    Subscription,
    Invoice,
    InvoiceItem,
    InvoicePayment,
    Intent,
    Charge,
    Refund,
    Dispute,
    Discount,
    CreditNote,
    Schedule,
    Session
);

/// A notice.
#[derive(Clone, Debug)]
pub(crate) struct Event {
    pub(crate) number: u64,
    pub(crate) at: i64,
    pub(crate) kind: &'static str,
    pub(crate) after: Snapshot,
    pub(crate) before: Option<Snapshot>,
}

/// The notices that are still kept.
#[derive(Clone, Debug, Default)]
pub(crate) struct Events {
    kept: VecDeque<Event>,
    next: u64,
    /// Nothing before this instant needs keeping.
    pub(crate) horizon: i64,
}

impl Events {
    /// Counts an event, and keeps it when it is recent enough for the world being made.
    pub(crate) fn add(
        &mut self,
        at: i64,
        kind: &'static str,
        after: impl FnOnce() -> Snapshot,
        before: Option<Snapshot>,
    ) {
        let number = self.next;
        self.next += 1;
        if at >= self.horizon {
            self.kept.push_back(Event {
                number,
                at,
                kind,
                after: after(),
                before,
            });
        }
    }

    /// The number of the next event.
    pub(crate) const fn next_number(&self) -> u64 {
        self.next
    }

    /// Whether an event of `at` would be kept.
    pub(crate) const fn wants(&self, at: i64) -> bool {
        at >= self.horizon
    }

    /// Forgets what is older than thirty days at `now`.
    pub(crate) fn forget(&mut self, now: i64) {
        while self.kept.front().is_some_and(|event| event.at < now - KEPT) {
            self.kept.pop_front();
        }
    }

    /// Kept events, oldest first.
    pub(crate) const fn kept(&self) -> &VecDeque<Event> {
        &self.kept
    }

    /// The place of event `number` among those kept.
    pub(crate) fn place(&self, number: u64) -> Option<u32> {
        let first = self.kept.front()?.number;
        let place = usize::try_from(number.checked_sub(first)?).ok()?;
        (place < self.kept.len()).then_some(place as u32)
    }
}
