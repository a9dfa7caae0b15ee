//! What somebody wants to be done. Amounts are whole minor units of the object's own currency; instants are the provider's.

use crate::Instant;
use crate::ids::{
    CouponId, CustomerId, InvoiceId, InvoiceLineId, PaymentId, PriceId, PromotionCodeId,
    SubscriptionId, SubscriptionItemId,
};
use crate::money::Money;
use crate::record::{Kind, PauseBehavior, SubscriptionItem};
use serde::{Deserialize, Serialize};

/// Why money is given back, in the words that providers share.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefundReason {
    /// Paid twice.
    Duplicate,
    /// Not the customer's own doing.
    Fraudulent,
    /// The customer asked for it.
    RequestedByCustomer,
}

impl RefundReason {
    /// Every reason.
    pub const ALL: [Self; 3] = [Self::Duplicate, Self::Fraudulent, Self::RequestedByCustomer];

    /// The word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Duplicate => "duplicate",
            Self::Fraudulent => "fraudulent",
            Self::RequestedByCustomer => "requested_by_customer",
        }
    }

    /// Reads the word.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.as_str() == text)
    }
}

/// Money back from a payment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefundIntent {
    /// The payment.
    pub payment: PaymentId,
    /// How much. Always said, also for all of it: what is left may change while the operation waits.
    pub amount: Money,
    /// Why.
    pub reason: RefundReason,
}

/// A part of an invoice to be credited.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreditNoteLine {
    /// The line.
    pub line: InvoiceLineId,
    /// How much of it, minor units, before exclusive tax.
    pub amount: i64,
}

/// A correction of an invoice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreditNoteIntent {
    /// The invoice.
    pub invoice: InvoiceId,
    /// By how much, tax included.
    pub amount: Money,
    /// The lines it is about; none for an amount of the whole.
    pub lines: Vec<CreditNoteLine>,
    /// The part of it that is given back to where it came from, minor units.
    pub refund_minor: i64,
    /// The part of it that goes to the customer's credit, minor units.
    pub credit_minor: i64,
    /// The payment that a refund comes from.
    pub payment: Option<PaymentId>,
    /// Why.
    pub reason: RefundReason,
}

/// What becomes of one item of a subscription.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum ItemChange {
    /// Another price, another quantity, or both. The quantity is always said: a provider forgets it when a price changes.
    Set {
        /// The item.
        item: SubscriptionItemId,
        /// Its price from then on.
        price: PriceId,
        /// Its quantity; `None` for metered prices.
        quantity: Option<i64>,
    },
    /// One more.
    Add {
        /// Its price.
        price: PriceId,
        /// Its quantity; `None` for metered prices.
        quantity: Option<i64>,
    },
    /// One less.
    Remove {
        /// The item.
        item: SubscriptionItemId,
    },
}

/// When a change takes effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum When {
    /// At once.
    Now,
    /// When the current period ends.
    PeriodEnd,
}

impl When {
    /// `now` or `period_end`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Now => "now",
            Self::PeriodEnd => "period_end",
        }
    }
}

/// What a change within a period costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Proration {
    /// The difference goes onto the next invoice.
    Prorate,
    /// The difference is billed at once.
    InvoiceNow,
    /// Nothing until the next period.
    None,
}

impl Proration {
    /// `prorate`, `invoice_now` or `none`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Prorate => "prorate",
            Self::InvoiceNow => "invoice_now",
            Self::None => "none",
        }
    }
}

/// Another plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanChange {
    /// The subscription.
    pub subscription: SubscriptionId,
    /// What becomes of its items.
    pub items: Vec<ItemChange>,
    /// When.
    pub when: When,
    /// What the rest of the period costs; of no effect at the period's end.
    pub proration: Proration,
    /// The instant from which the rest of the period is reckoned: that of the preview which was approved. `None` where
    /// there was none; then it is the instant of carrying out.
    pub reckoned_from: Option<Instant>,
}

/// One item as a change leaves it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ItemAfter<'a> {
    /// The item, where it is there already.
    pub held: Option<&'a SubscriptionItem>,
    /// Its price.
    pub price: &'a PriceId,
    /// Its quantity; `None` for metered prices.
    pub quantity: Option<i64>,
}

impl PlanChange {
    /// What a subscription with these items holds after the change.
    #[must_use]
    pub fn after<'a>(&'a self, held: &'a [SubscriptionItem]) -> Vec<ItemAfter<'a>> {
        let stays = |own: &'a SubscriptionItem| {
            let about_it = |change: &&ItemChange| match change {
                ItemChange::Set { item, .. } | ItemChange::Remove { item } => *item == own.id,
                ItemChange::Add { .. } => false,
            };
            let (price, quantity) = match self.items.iter().find(about_it) {
                Some(ItemChange::Set {
                    price, quantity, ..
                }) => (price, *quantity),
                Some(_) => return None,
                None => (&own.price, own.quantity),
            };
            Some(ItemAfter {
                held: Some(own),
                price,
                quantity,
            })
        };
        let comes = |change: &'a ItemChange| match change {
            ItemChange::Add { price, quantity } => Some(ItemAfter {
                held: None,
                price,
                quantity: *quantity,
            }),
            ItemChange::Set { .. } | ItemChange::Remove { .. } => None,
        };
        let stay = held.iter().filter_map(stays);
        stay.chain(self.items.iter().filter_map(comes)).collect()
    }
}

/// What is paused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum PauseKind {
    /// Bills are made and not collected; the subscription runs on.
    Collection {
        /// What becomes of the bills meanwhile.
        bills: PauseBehavior,
    },
    /// The subscription itself.
    Service,
}

/// When a trial ends from now on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TrialEnd {
    /// At once.
    Now,
    /// Then.
    At(Instant),
}

/// What makes it cheaper.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Voucher {
    /// A coupon.
    Coupon(CouponId),
    /// A code for one.
    PromotionCode(PromotionCodeId),
}

/// What is done with a bill.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InvoiceAction {
    /// Try to collect it now.
    Pay,
    /// Send it to the customer.
    Send,
    /// Take it back.
    Void,
    /// Write it off.
    WriteOff,
}

/// What somebody wants to be done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Intent {
    /// Give money back.
    Refund(RefundIntent),
    /// Correct an invoice.
    CreditNote(CreditNoteIntent),
    /// Give a customer something to the good for later bills.
    CustomerCredit {
        /// The customer.
        customer: CustomerId,
        /// How much, above zero.
        amount: Money,
    },
    /// Another price, quantity or set of items.
    PlanChange(PlanChange),
    /// End a subscription.
    Cancel {
        /// The subscription.
        subscription: SubscriptionId,
        /// When.
        when: When,
    },
    /// Take a coming end back.
    Uncancel {
        /// The subscription.
        subscription: SubscriptionId,
    },
    /// Pause.
    Pause {
        /// The subscription.
        subscription: SubscriptionId,
        /// What of it.
        what: PauseKind,
        /// Until when, where it ends by itself.
        until: Option<Instant>,
    },
    /// Go on after a pause.
    Resume {
        /// The subscription.
        subscription: SubscriptionId,
        /// What was paused.
        what: PauseKind,
    },
    /// Let a trial last longer, or end it.
    Trial {
        /// The subscription.
        subscription: SubscriptionId,
        /// When it ends from then on.
        end: TrialEnd,
    },
    /// Put a coupon on a subscription in place of those it has.
    ApplyDiscount {
        /// The subscription.
        subscription: SubscriptionId,
        /// The coupon or code.
        voucher: Voucher,
    },
    /// Take a subscription's coupons away.
    RemoveDiscount {
        /// The subscription.
        subscription: SubscriptionId,
    },
    /// Let a subscription go from its schedule: what was planned for later does not happen.
    ReleaseSchedule {
        /// The subscription.
        subscription: SubscriptionId,
    },
    /// Do something with a bill.
    Invoice {
        /// The invoice.
        invoice: InvoiceId,
        /// What.
        action: InvoiceAction,
    },
    /// Write down another address or name.
    UpdateCustomer {
        /// The customer.
        customer: CustomerId,
        /// The e-mail address, where it changes.
        email: Option<String>,
        /// The name, where it changes.
        name: Option<String>,
    },
}

impl Intent {
    /// The word for it in JSON, lists and the action log.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Refund(_) => "refund",
            Self::CreditNote(_) => "credit_note",
            Self::CustomerCredit { .. } => "customer_credit",
            Self::PlanChange(_) => "plan_change",
            Self::Cancel { .. } => "cancel",
            Self::Uncancel { .. } => "uncancel",
            Self::Pause { .. } => "pause",
            Self::Resume { .. } => "resume",
            Self::Trial { .. } => "extend_trial",
            Self::ApplyDiscount { .. } => "coupon",
            Self::RemoveDiscount { .. } => "remove_coupon",
            Self::ReleaseSchedule { .. } => "keep_plan",
            Self::Invoice { action, .. } => match action {
                InvoiceAction::Pay => "invoice_pay",
                InvoiceAction::Send => "invoice_send",
                InvoiceAction::Void => "invoice_void",
                InvoiceAction::WriteOff => "invoice_uncollectible",
            },
            Self::UpdateCustomer { .. } => "customer_update",
        }
    }

    /// The object it is about: what is asked for again before it is sent.
    #[must_use]
    pub fn target(&self) -> (Kind, &str) {
        match self {
            Self::Refund(it) => (Kind::Charges, it.payment.as_str()),
            Self::CreditNote(it) => (Kind::Invoices, it.invoice.as_str()),
            Self::CustomerCredit { customer, .. } | Self::UpdateCustomer { customer, .. } => {
                (Kind::Customers, customer.as_str())
            }
            Self::PlanChange(it) => (Kind::Subscriptions, it.subscription.as_str()),
            Self::Cancel { subscription, .. }
            | Self::Uncancel { subscription }
            | Self::Pause { subscription, .. }
            | Self::Resume { subscription, .. }
            | Self::Trial { subscription, .. }
            | Self::ApplyDiscount { subscription, .. }
            | Self::RemoveDiscount { subscription }
            | Self::ReleaseSchedule { subscription } => {
                (Kind::Subscriptions, subscription.as_str())
            }
            Self::Invoice { invoice, .. } => (Kind::Invoices, invoice.as_str()),
        }
    }

    /// Every object that nothing else may be done to meanwhile: the target, and the payment that a credit note gives back.
    #[must_use]
    pub fn holds(&self) -> Vec<(Kind, &str)> {
        let mut all = vec![self.target()];
        if let Self::CreditNote(CreditNoteIntent {
            payment: Some(payment),
            ..
        }) = self
        {
            all.push((Kind::Charges, payment.as_str()));
        }
        all
    }

    /// What leaves the merchant's pocket by it, where it is an amount that somebody chose.
    #[must_use]
    pub fn amount(&self) -> Option<Money> {
        match self {
            Self::Refund(it) => Some(it.amount),
            Self::CreditNote(it) => Some(it.amount),
            Self::CustomerCredit { amount, .. } => Some(*amount),
            _ => None,
        }
    }

    /// What is given back to a customer's card or account, for the limits of a day.
    #[must_use]
    pub fn refunded(&self) -> Option<Money> {
        match self {
            Self::Refund(it) => Some(it.amount),
            Self::CreditNote(it) if it.refund_minor > 0 => {
                Some(Money::new(it.refund_minor, it.amount.currency))
            }
            _ => None,
        }
    }

    /// How many requests carry it out, one after the other.
    #[must_use]
    pub const fn steps(&self) -> u8 {
        match self {
            Self::PlanChange(PlanChange {
                when: When::PeriodEnd,
                ..
            }) => 2,
            _ => 1,
        }
    }
}
