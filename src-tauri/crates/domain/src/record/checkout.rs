//! Where customers pay by themselves: checkout pages and payment links; and what usage is counted by.

use crate::Instant;
use crate::ids::{
    CheckoutSessionId, CustomerId, InvoiceId, MeterId, PaymentIntentId, PaymentLinkId,
    SubscriptionId,
};
use crate::money::Money;

/// A visit to a checkout page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckoutSession {
    /// The provider's id.
    pub id: CheckoutSessionId,
    /// Who visits, once known.
    pub customer: Option<CustomerId>,
    /// `open`, `complete` or `expired`, in the provider's word.
    pub status: Option<String>,
    /// `payment`, `subscription` or `setup`, in the provider's word.
    pub mode: String,
    /// `paid`, `unpaid` or `no_payment_required`, in the provider's word.
    pub payment_status: String,
    /// What it comes to.
    pub total: Option<Money>,
    /// The subscription that it began.
    pub subscription: Option<SubscriptionId>,
    /// The invoice that it made.
    pub invoice: Option<InvoiceId>,
    /// The attempt to collect that it made.
    pub payment_intent: Option<PaymentIntentId>,
    /// The link that led to it.
    pub payment_link: Option<PaymentLinkId>,
    /// When.
    pub created: Instant,
    /// When it ends unused.
    pub expires: Instant,
}

/// A link to pay by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentLink {
    /// The provider's id.
    pub id: PaymentLinkId,
    /// Where it leads.
    pub url: String,
    /// Whether it still works.
    pub active: bool,
}

/// What usage is counted by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meter {
    /// The provider's id.
    pub id: MeterId,
    /// What people call it.
    pub name: String,
    /// The word that usage is reported under.
    pub event_name: String,
    /// `active` or `inactive`, in the provider's word.
    pub status: String,
    /// When it was made.
    pub created: Instant,
}
