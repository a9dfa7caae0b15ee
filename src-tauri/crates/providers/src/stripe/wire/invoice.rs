//! Invoices, their lines, invoice items and invoice payments on the wire.

use super::{Decimal, Discount, Embedded, Expandable, Reference};
use serde::Deserialize;
use serde::de::IgnoredAny;

#[derive(Debug, Deserialize)]
pub(crate) struct Invoice {
    pub(crate) id: String,
    pub(crate) livemode: Option<bool>,
    pub(crate) deleted: Option<bool>,
    pub(crate) number: Option<String>,
    pub(crate) customer: Option<Reference>,
    pub(crate) customer_account: Option<String>,
    pub(crate) parent: Option<InvoiceParent>,
    pub(crate) status: Option<String>,
    pub(crate) billing_reason: Option<String>,
    pub(crate) currency: String,
    pub(crate) created: i64,
    pub(crate) subtotal: i64,
    pub(crate) total: i64,
    pub(crate) amount_due: i64,
    pub(crate) amount_paid: i64,
    pub(crate) amount_remaining: i64,
    pub(crate) amount_overpaid: Option<i64>,
    pub(crate) amount_paid_off_stripe: Option<i64>,
    pub(crate) starting_balance: Option<i64>,
    pub(crate) ending_balance: Option<i64>,
    pub(crate) attempt_count: Option<i64>,
    pub(crate) next_payment_attempt: Option<i64>,
    pub(crate) due_date: Option<i64>,
    pub(crate) status_transitions: Option<StatusTransitions>,
    pub(crate) discounts: Option<Vec<Expandable<Discount>>>,
    pub(crate) lines: Option<Embedded<Line>>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct InvoiceParent {
    pub(crate) subscription_details: Option<InvoiceSubscription>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct InvoiceSubscription {
    pub(crate) subscription: Option<Reference>,
}

#[derive(Debug, Default, Deserialize)]
pub(crate) struct StatusTransitions {
    pub(crate) paid_at: Option<i64>,
    pub(crate) voided_at: Option<i64>,
    pub(crate) marked_uncollectible_at: Option<i64>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Line {
    pub(crate) id: String,
    pub(crate) amount: i64,
    pub(crate) currency: String,
    pub(crate) description: Option<String>,
    pub(crate) subscription: Option<Reference>,
    pub(crate) parent: Option<LineParent>,
    pub(crate) pricing: Option<Pricing>,
    pub(crate) quantity: Option<i64>,
    pub(crate) period: Period,
    pub(crate) taxes: Option<Vec<Tax>>,
    pub(crate) discount_amounts: Option<Vec<DiscountAmount>>,
    pub(crate) discounts: Option<Vec<Expandable<Discount>>>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct LineParent {
    #[serde(rename = "type")]
    pub(crate) kind: Option<String>,
    pub(crate) subscription_item_details: Option<LineDetails>,
    pub(crate) invoice_item_details: Option<LineDetails>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct LineDetails {
    pub(crate) invoice_item: Option<Reference>,
    pub(crate) proration: Option<bool>,
    pub(crate) proration_details: Option<ProrationDetails>,
    pub(crate) subscription: Option<Reference>,
    pub(crate) subscription_item: Option<Reference>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct ProrationDetails {
    pub(crate) credited_items: Option<IgnoredAny>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Pricing {
    pub(crate) price_details: Option<PriceDetails>,
    /// Only so that a wrong shape is noticed; the amount itself is never computed from it.
    #[serde(rename = "unit_amount_decimal")]
    pub(crate) _unit_amount_decimal: Option<Decimal>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct PriceDetails {
    pub(crate) price: Option<Reference>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Period {
    pub(crate) start: i64,
    pub(crate) end: i64,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Tax {
    pub(crate) amount: i64,
    pub(crate) tax_behavior: Option<String>,
    pub(crate) taxable_amount: Option<i64>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct DiscountAmount {
    pub(crate) amount: i64,
    pub(crate) discount: Option<Reference>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct InvoiceItem {
    pub(crate) id: String,
    pub(crate) livemode: Option<bool>,
    pub(crate) deleted: Option<bool>,
    pub(crate) amount: i64,
    pub(crate) currency: String,
    pub(crate) customer: Option<Reference>,
    pub(crate) customer_account: Option<String>,
    pub(crate) date: i64,
    pub(crate) description: Option<String>,
    pub(crate) invoice: Option<Reference>,
    pub(crate) parent: Option<InvoiceItemParent>,
    pub(crate) period: Period,
    pub(crate) pricing: Option<Pricing>,
    pub(crate) proration: Option<bool>,
    pub(crate) proration_details: Option<ProrationDetails>,
    pub(crate) quantity: Option<i64>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct InvoiceItemParent {
    pub(crate) subscription_details: Option<InvoiceItemSubscription>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct InvoiceItemSubscription {
    pub(crate) subscription: Option<Reference>,
    pub(crate) subscription_item: Option<Reference>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct InvoicePayment {
    pub(crate) id: String,
    pub(crate) livemode: Option<bool>,
    pub(crate) deleted: Option<bool>,
    pub(crate) invoice: Reference,
    pub(crate) payment: Option<InvoicePaymentPayment>,
    pub(crate) amount_paid: Option<i64>,
    pub(crate) currency: String,
    pub(crate) status: String,
    pub(crate) created: i64,
}

#[derive(Debug, Deserialize)]
pub(crate) struct InvoicePaymentPayment {
    pub(crate) payment_intent: Option<Reference>,
    pub(crate) charge: Option<Reference>,
}
