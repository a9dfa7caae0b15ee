//! The records of the simulated world: what it remembers of customers, subscriptions, invoices and payments.
//!
//! Records are small and refer to each other by number; the JSON that the provider would show is written from them when it is
//! asked for. They hold the state of now. The past that only the truth may know is in [`crate::truth`], so that copying a
//! record for an event does not copy its history.
//!
//! Invariant: everything the JSON of a record shows and that can change is a field of the record, so that an event can keep
//! the state of an instant by keeping a copy.

use std::sync::Arc;

use crate::currency::Currency;
use crate::names::Name;

/// A payment card.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Card {
    pub(crate) brand: &'static str,
    pub(crate) last4: u16,
    pub(crate) exp_month: u8,
    pub(crate) exp_year: u16,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Customer {
    pub(crate) ix: u32,
    pub(crate) created: i64,
    pub(crate) name: Name,
    pub(crate) email_changed: bool,
    pub(crate) currency: Currency,
    pub(crate) card: Card,
    /// Below zero is credit.
    pub(crate) balance: i64,
    pub(crate) delinquent: bool,
    pub(crate) discount: Option<u32>,
    /// Has given nothing to pay with.
    pub(crate) cardless: bool,
    pub(crate) deleted_at: Option<i64>,
    pub(crate) next_number: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Status {
    Incomplete,
    IncompleteExpired,
    Trialing,
    Active,
    PastDue,
    Unpaid,
    Paused,
    Canceled,
}

impl Status {
    pub(crate) const fn wire(self) -> &'static str {
        match self {
            Self::Incomplete => "incomplete",
            Self::IncompleteExpired => "incomplete_expired",
            Self::Trialing => "trialing",
            Self::Active => "active",
            Self::PastDue => "past_due",
            Self::Unpaid => "unpaid",
            Self::Paused => "paused",
            Self::Canceled => "canceled",
        }
    }

    /// Whether the subscription is worth something in this state.
    pub(crate) const fn counts(self) -> bool {
        matches!(self, Self::Active | Self::PastDue)
    }

    pub(crate) const fn ended(self) -> bool {
        matches!(self, Self::Canceled | Self::IncompleteExpired)
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Item {
    pub(crate) seq: u16,
    pub(crate) created: i64,
    pub(crate) price: u32,
    pub(crate) quantity: u32,
    pub(crate) discounts: Vec<u32>,
    /// The invoice line that last billed a whole period of it.
    pub(crate) billed: Option<(u32, u16)>,
    /// Its own period, where it is billed in another interval than the subscription's first item.
    pub(crate) own_period: Option<(i64, i64)>,
}

/// Value added tax as it is levied on a subscription.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Tax {
    pub(crate) rate: u16,
    pub(crate) inclusive: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Subscription {
    pub(crate) ix: u32,
    pub(crate) customer: u32,
    pub(crate) created: i64,
    pub(crate) status: Status,
    pub(crate) items: Vec<Item>,
    pub(crate) anchor: i64,
    pub(crate) cycles: u32,
    pub(crate) period: (i64, i64),
    pub(crate) trial: Option<(i64, i64)>,
    pub(crate) cancel_at_period_end: bool,
    pub(crate) cancel_at: Option<i64>,
    pub(crate) canceled_at: Option<i64>,
    pub(crate) ended_at: Option<i64>,
    pub(crate) cancel_reason: Option<&'static str>,
    pub(crate) feedback: Option<&'static str>,
    pub(crate) send_invoice: bool,
    pub(crate) discounts: Vec<u32>,
    pub(crate) latest_invoice: Option<u32>,
    pub(crate) tax: Option<Tax>,
    pub(crate) pending: Vec<u32>,
    pub(crate) next_item: u16,
    pub(crate) flexible: bool,
    /// Changes its seats all the time.
    pub(crate) busy: bool,
    /// Counts the schedules of renewals; an older schedule is void.
    pub(crate) generation: u32,
    pub(crate) currency: Currency,
    /// The subscription schedule that is in force.
    pub(crate) schedule: Option<u32>,
    /// What becomes of invoices while collection is paused.
    pub(crate) pause_collection: Option<&'static str>,
    /// When collection goes on by itself.
    pub(crate) collects_at: Option<i64>,
    /// Why and since when the subscription itself is paused.
    pub(crate) paused: Option<(&'static str, i64)>,
    /// What happens when the trial ends and there is nothing to pay with.
    pub(crate) missing_method: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct InvoiceItem {
    pub(crate) ix: u32,
    pub(crate) customer: u32,
    pub(crate) subscription: Option<u32>,
    pub(crate) item: Option<u16>,
    pub(crate) created: i64,
    pub(crate) amount: i64,
    pub(crate) currency: Currency,
    pub(crate) price: u32,
    pub(crate) quantity: u32,
    pub(crate) period: (i64, i64),
    pub(crate) proration: bool,
    /// Whether it gives back; with a discount of a hundred percent the amount does not tell.
    pub(crate) credit: bool,
    pub(crate) credited: Option<(u32, u16)>,
    pub(crate) invoice: Option<u32>,
}

/// Where an invoice line comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// A full period of a subscription item.
    Period { item: u16 },
    /// The free period of a trial.
    Trial { item: u16 },
    /// A proration that waited as an invoice item.
    Waiting { invoice_item: u32 },
    /// A proration that was billed at once.
    AtOnce { invoice_item: u32, item: u16 },
    /// A charge of its own.
    OneOff { invoice_item: u32 },
}

impl Source {
    pub(crate) const fn invoice_item(self) -> Option<u32> {
        match self {
            Self::Waiting { invoice_item }
            | Self::AtOnce { invoice_item, .. }
            | Self::OneOff { invoice_item } => Some(invoice_item),
            Self::Period { .. } | Self::Trial { .. } => None,
        }
    }

    pub(crate) const fn is_proration(self) -> bool {
        matches!(self, Self::Waiting { .. } | Self::AtOnce { .. })
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) source: Source,
    pub(crate) amount: i64,
    pub(crate) price: u32,
    pub(crate) quantity: u32,
    pub(crate) period: (i64, i64),
    pub(crate) discounts: Vec<(u32, i64)>,
    /// The tax and what it was levied on.
    pub(crate) tax: Option<(i64, i64)>,
    pub(crate) credited: Option<(u32, u16)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum InvoiceStatus {
    Draft,
    Open,
    Paid,
    Uncollectible,
    Void,
}

impl InvoiceStatus {
    pub(crate) const fn wire(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Open => "open",
            Self::Paid => "paid",
            Self::Uncollectible => "uncollectible",
            Self::Void => "void",
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Invoice {
    pub(crate) ix: u32,
    pub(crate) customer: u32,
    pub(crate) subscription: Option<u32>,
    pub(crate) created: i64,
    pub(crate) reason: &'static str,
    pub(crate) status: InvoiceStatus,
    pub(crate) currency: Currency,
    pub(crate) lines: Arc<[Line]>,
    pub(crate) discounts: Vec<u32>,
    pub(crate) subtotal: i64,
    pub(crate) discounted: i64,
    pub(crate) tax_amount: i64,
    pub(crate) tax: Option<Tax>,
    pub(crate) total: i64,
    pub(crate) starting_balance: i64,
    pub(crate) ending_balance: Option<i64>,
    pub(crate) amount_due: i64,
    pub(crate) amount_paid: i64,
    pub(crate) attempt_count: u32,
    pub(crate) next_attempt: Option<i64>,
    pub(crate) number: Option<u32>,
    pub(crate) finalizes_at: Option<i64>,
    pub(crate) finalized_at: Option<i64>,
    pub(crate) paid_at: Option<i64>,
    pub(crate) voided_at: Option<i64>,
    pub(crate) uncollectible_at: Option<i64>,
    pub(crate) due_date: Option<i64>,
    pub(crate) period: (i64, i64),
    pub(crate) send_invoice: bool,
    pub(crate) email_changed: bool,
    pub(crate) prorated_at: Option<i64>,
    pub(crate) payment: Option<u32>,
    /// Taken off by credit notes before it was paid.
    pub(crate) credited_before: i64,
    /// Given back by credit notes after it was paid.
    pub(crate) credited_after: i64,
    pub(crate) credit_notes: u32,
    /// Why it was written off.
    pub(crate) written_off_for: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct InvoicePayment {
    pub(crate) ix: u32,
    pub(crate) invoice: u32,
    pub(crate) intent: u32,
    pub(crate) created: i64,
    pub(crate) amount: i64,
    pub(crate) currency: Currency,
    pub(crate) paid_at: Option<i64>,
    pub(crate) canceled_at: Option<i64>,
}

/// Why a card was declined: code, decline code, message.
pub(crate) type Failure = (&'static str, &'static str, &'static str);

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Intent {
    pub(crate) ix: u32,
    pub(crate) customer: u32,
    pub(crate) created: i64,
    pub(crate) amount: i64,
    pub(crate) received: i64,
    pub(crate) currency: Currency,
    pub(crate) status: &'static str,
    pub(crate) failure: Option<Failure>,
    pub(crate) latest_charge: Option<u32>,
    pub(crate) canceled_at: Option<i64>,
    pub(crate) card: Card,
    /// The invoice it collects; the provider does not show it here.
    pub(crate) invoice: u32,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Charge {
    pub(crate) ix: u32,
    pub(crate) intent: u32,
    pub(crate) customer: u32,
    pub(crate) created: i64,
    pub(crate) amount: i64,
    pub(crate) refunded: i64,
    pub(crate) currency: Currency,
    pub(crate) failure: Option<Failure>,
    pub(crate) disputed: bool,
    pub(crate) balance: Option<u32>,
    pub(crate) card: Card,
}

/// What moved the balance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Moved {
    Charge(u32),
    Refund(u32),
    DisputeOpened(u32),
    DisputeWon(u32),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct BalanceTransaction {
    pub(crate) ix: u32,
    pub(crate) created: i64,
    pub(crate) available_on: i64,
    pub(crate) amount: i64,
    pub(crate) fee: i64,
    pub(crate) currency: Currency,
    pub(crate) moved: Moved,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refund {
    pub(crate) ix: u32,
    pub(crate) charge: u32,
    pub(crate) created: i64,
    pub(crate) amount: i64,
    pub(crate) reason: Option<&'static str>,
    pub(crate) balance: Option<u32>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Dispute {
    pub(crate) ix: u32,
    pub(crate) charge: u32,
    pub(crate) created: i64,
    pub(crate) amount: i64,
    pub(crate) reason: &'static str,
    pub(crate) status: &'static str,
    pub(crate) due_by: i64,
    pub(crate) submitted: bool,
    pub(crate) balance: Vec<u32>,
}

/// A movement of a customer's credit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Credit {
    pub(crate) ix: u32,
    pub(crate) customer: u32,
    pub(crate) created: i64,
    /// Below zero is credit given.
    pub(crate) amount: i64,
    pub(crate) ending_balance: i64,
    pub(crate) currency: Currency,
    pub(crate) kind: &'static str,
    pub(crate) invoice: Option<u32>,
    pub(crate) credit_note: Option<u32>,
    pub(crate) description: Option<&'static str>,
}

/// What a credit note takes back of an invoice line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct CreditLine {
    pub(crate) line: u16,
    /// As the line's own amount: with the tax where that is inside the price.
    pub(crate) amount: i64,
    pub(crate) tax: i64,
}

/// Where the money of a credit note goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CreditedTo {
    /// Off what is still due.
    Invoice,
    /// Back to where it came from, by a refund.
    Refund(u32),
    /// To the customer's credit, by a movement of it.
    Balance(u32),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CreditNote {
    pub(crate) ix: u32,
    pub(crate) customer: u32,
    pub(crate) invoice: u32,
    /// The how-manieth of its invoice.
    pub(crate) number: u32,
    pub(crate) created: i64,
    pub(crate) currency: Currency,
    pub(crate) total: i64,
    pub(crate) lines: Vec<CreditLine>,
    pub(crate) to: CreditedTo,
    pub(crate) reason: Option<&'static str>,
}

/// A stretch of a subscription schedule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Phase {
    pub(crate) start: i64,
    pub(crate) end: i64,
    /// Price and quantity.
    pub(crate) items: Vec<(u32, u32)>,
    pub(crate) prorates: bool,
    pub(crate) note: Option<&'static str>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Schedule {
    pub(crate) ix: u32,
    pub(crate) customer: u32,
    pub(crate) subscription: Option<u32>,
    pub(crate) created: i64,
    pub(crate) currency: Currency,
    pub(crate) phases: Vec<Phase>,
    /// The phase that is running; none before the first.
    pub(crate) current: Option<usize>,
    pub(crate) cancels_at_end: bool,
    pub(crate) canceled_at: Option<i64>,
    pub(crate) completed_at: Option<i64>,
    pub(crate) released_at: Option<i64>,
}

impl Schedule {
    pub(crate) const fn is_over(&self) -> bool {
        self.canceled_at.is_some() || self.completed_at.is_some() || self.released_at.is_some()
    }

    pub(crate) const fn status(&self) -> &'static str {
        if self.canceled_at.is_some() {
            "canceled"
        } else if self.completed_at.is_some() {
            "completed"
        } else if self.released_at.is_some() {
            "released"
        } else if self.current.is_some() {
            "active"
        } else {
            "not_started"
        }
    }
}

/// A visit to the provider's payment page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Session {
    pub(crate) ix: u32,
    pub(crate) customer: Option<u32>,
    pub(crate) created: i64,
    pub(crate) currency: Currency,
    /// Price and quantity.
    pub(crate) items: Vec<(u32, u32)>,
    pub(crate) recurring: bool,
    pub(crate) trial: bool,
    pub(crate) completed_at: Option<i64>,
    pub(crate) expired_at: Option<i64>,
    pub(crate) subscription: Option<u32>,
    pub(crate) invoice: Option<u32>,
    pub(crate) payment_link: Option<u32>,
}
