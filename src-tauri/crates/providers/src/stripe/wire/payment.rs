//! Charges, payment intents, refunds, disputes and balance transactions on the wire.

use super::Reference;
use serde::Deserialize;

#[derive(Debug, Deserialize)]
pub(crate) struct Charge {
    pub(crate) id: String,
    pub(crate) livemode: Option<bool>,
    pub(crate) deleted: Option<bool>,
    pub(crate) customer: Option<Reference>,
    pub(crate) payment_intent: Option<Reference>,
    pub(crate) amount: i64,
    pub(crate) amount_refunded: Option<i64>,
    pub(crate) currency: String,
    pub(crate) status: String,
    pub(crate) created: i64,
    pub(crate) failure_code: Option<String>,
    pub(crate) failure_message: Option<String>,
    pub(crate) payment_method_details: Option<PaymentMethodDetails>,
    pub(crate) disputed: Option<bool>,
    pub(crate) description: Option<String>,
    pub(crate) balance_transaction: Option<Reference>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct PaymentMethodDetails {
    pub(crate) card: Option<Card>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Card {
    pub(crate) brand: Option<String>,
    pub(crate) last4: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct PaymentIntent {
    pub(crate) id: String,
    pub(crate) livemode: Option<bool>,
    pub(crate) deleted: Option<bool>,
    pub(crate) customer: Option<Reference>,
    pub(crate) amount: i64,
    pub(crate) currency: String,
    pub(crate) status: String,
    pub(crate) created: i64,
    pub(crate) latest_charge: Option<Reference>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Refund {
    pub(crate) id: String,
    pub(crate) livemode: Option<bool>,
    pub(crate) deleted: Option<bool>,
    pub(crate) charge: Option<Reference>,
    pub(crate) amount: i64,
    pub(crate) currency: String,
    pub(crate) status: Option<String>,
    pub(crate) reason: Option<String>,
    pub(crate) created: i64,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Dispute {
    pub(crate) id: String,
    pub(crate) livemode: Option<bool>,
    pub(crate) deleted: Option<bool>,
    pub(crate) charge: Option<Reference>,
    pub(crate) amount: i64,
    pub(crate) currency: String,
    pub(crate) status: String,
    pub(crate) reason: Option<String>,
    pub(crate) created: i64,
    pub(crate) evidence_details: Option<EvidenceDetails>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct EvidenceDetails {
    pub(crate) due_by: Option<i64>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct BalanceTransaction {
    pub(crate) id: String,
    pub(crate) livemode: Option<bool>,
    pub(crate) deleted: Option<bool>,
    pub(crate) source: Option<Reference>,
    #[serde(rename = "type")]
    pub(crate) kind: String,
    pub(crate) amount: i64,
    pub(crate) currency: String,
    pub(crate) fee: i64,
    pub(crate) net: i64,
    pub(crate) created: i64,
}
