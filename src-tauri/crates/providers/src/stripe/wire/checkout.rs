//! Checkout sessions, payment links and meters on the wire.

use super::Reference;
use serde::Deserialize;

#[derive(Debug, Deserialize)]
pub(crate) struct CheckoutSession {
    pub(crate) id: String,
    pub(crate) livemode: Option<bool>,
    pub(crate) deleted: Option<bool>,
    pub(crate) customer: Option<Reference>,
    pub(crate) customer_account: Option<String>,
    pub(crate) status: Option<String>,
    pub(crate) mode: String,
    pub(crate) payment_status: String,
    pub(crate) amount_total: Option<i64>,
    pub(crate) currency: Option<String>,
    pub(crate) subscription: Option<Reference>,
    pub(crate) invoice: Option<Reference>,
    pub(crate) payment_intent: Option<Reference>,
    pub(crate) payment_link: Option<Reference>,
    pub(crate) created: i64,
    pub(crate) expires_at: i64,
}

#[derive(Debug, Deserialize)]
pub(crate) struct PaymentLink {
    pub(crate) id: String,
    pub(crate) livemode: Option<bool>,
    pub(crate) deleted: Option<bool>,
    pub(crate) url: String,
    pub(crate) active: bool,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Meter {
    pub(crate) id: String,
    pub(crate) livemode: Option<bool>,
    pub(crate) deleted: Option<bool>,
    pub(crate) display_name: String,
    pub(crate) event_name: String,
    pub(crate) status: String,
    pub(crate) created: i64,
}
