//! What was billed, line by line, and what paid it.

use crate::Instant;
use crate::currency::Currency;
use crate::ids::{
    CustomerId, InvoiceId, InvoiceItemId, InvoiceLineId, InvoicePaymentId, PaymentId,
    PaymentIntentId, PriceId, SubscriptionId, SubscriptionItemId,
};
use crate::record::Discount;

/// How an invoice stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InvoiceStatus {
    /// Not final.
    Draft,
    /// Final, not paid.
    Open,
    /// Paid.
    Paid,
    /// Given up.
    Uncollectible,
    /// Taken back.
    Void,
    /// A word we do not know.
    Other(String),
}

impl InvoiceStatus {
    /// From the provider's word.
    #[must_use]
    pub fn from_word(word: &str) -> Self {
        match word {
            "draft" => Self::Draft,
            "open" => Self::Open,
            "paid" => Self::Paid,
            "uncollectible" => Self::Uncollectible,
            "void" => Self::Void,
            other => Self::Other(other.to_owned()),
        }
    }

    /// The word.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Draft => "draft",
            Self::Open => "open",
            Self::Paid => "paid",
            Self::Uncollectible => "uncollectible",
            Self::Void => "void",
            Self::Other(word) => word,
        }
    }
}

/// Where a line's amount comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineOrigin {
    /// A subscription's regular bill for a period.
    Recurring,
    /// The part of a period given back or charged because something changed.
    Proration {
        /// Whether it gives back what had been billed (the state before the change).
        credit: bool,
    },
    /// Anything else: one-off items.
    OneOff,
}

/// One line of an invoice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvoiceLine {
    /// The provider's id.
    pub id: InvoiceLineId,
    /// Minor units before discounts; below zero for a credit.
    pub amount: i64,
    /// Its currency.
    pub currency: Currency,
    /// The words on the bill.
    pub description: Option<String>,
    /// The subscription it bills.
    pub subscription: Option<SubscriptionId>,
    /// The subscription's item it bills.
    pub item: Option<SubscriptionItemId>,
    /// The invoice item it came from.
    pub invoice_item: Option<InvoiceItemId>,
    /// The price.
    pub price: Option<PriceId>,
    /// The quantity.
    pub quantity: Option<i64>,
    /// The first instant it bills for.
    pub period_start: Instant,
    /// The instant it bills until.
    pub period_end: Instant,
    /// Where its amount comes from.
    pub origin: LineOrigin,
    /// The amount that inclusive tax is a part of: after discounts, tax included.
    pub tax_inclusive_base: i64,
    /// The inclusive tax in it.
    pub tax_inclusive: i64,
}

/// An invoice with all its lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invoice {
    /// The provider's id.
    pub id: InvoiceId,
    /// The number on the bill.
    pub number: Option<String>,
    /// Who pays; `None` once the customer is gone.
    pub customer: Option<CustomerId>,
    /// The subscription it bills.
    pub subscription: Option<SubscriptionId>,
    /// How it stands.
    pub status: InvoiceStatus,
    /// Why it was made, in the provider's word.
    pub billing_reason: Option<String>,
    /// Its currency.
    pub currency: Currency,
    /// When it was created.
    pub created: Instant,
    /// Before discounts and exclusive tax, minor units.
    pub subtotal: i64,
    /// After them.
    pub total: i64,
    /// What is asked for.
    pub amount_due: i64,
    /// What came.
    pub amount_paid: i64,
    /// What is still missing.
    pub amount_remaining: i64,
    /// What came beyond what was asked for, and went to the customer's credit ledger.
    pub amount_overpaid: i64,
    /// The part of `amount_paid` that did not go through the provider.
    pub paid_elsewhere: i64,
    /// What discounts of single lines took off, minor units.
    pub line_discounts: i64,
    /// Whether the customer's credit ledger stood at something before or after it.
    pub touches_ledger: bool,
    /// How often collection was tried.
    pub attempt_count: i64,
    /// When collection is tried next.
    pub next_attempt: Option<Instant>,
    /// When it is due.
    pub due: Option<Instant>,
    /// When it was paid.
    pub paid_at: Option<Instant>,
    /// When it was taken back.
    pub voided_at: Option<Instant>,
    /// When it was given up.
    pub uncollectible_at: Option<Instant>,
    /// Every discount that touched it or one of its lines.
    pub discounts: Vec<Discount>,
    /// Its lines, all of them.
    pub lines: Vec<InvoiceLine>,
}

/// What waits for the next invoice, or went onto one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvoiceItem {
    /// The provider's id.
    pub id: InvoiceItemId,
    /// Who pays.
    pub customer: CustomerId,
    /// When it was created.
    pub created: Instant,
    /// The invoice it went onto; `None` while it waits.
    pub invoice: Option<InvoiceId>,
    /// What will stand on the invoice.
    pub line: InvoiceLine,
}

/// The link between an invoice and what paid it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvoicePayment {
    /// The provider's id.
    pub id: InvoicePaymentId,
    /// The invoice.
    pub invoice: InvoiceId,
    /// The attempt to collect.
    pub payment_intent: Option<PaymentIntentId>,
    /// The payment, when it is named directly.
    pub payment: Option<PaymentId>,
    /// What was paid by it, minor units.
    pub amount_paid: Option<i64>,
    /// Its currency.
    pub currency: Currency,
    /// `open`, `paid` or `canceled`, in the provider's word.
    pub status: String,
    /// When it was created.
    pub created: Instant,
}
