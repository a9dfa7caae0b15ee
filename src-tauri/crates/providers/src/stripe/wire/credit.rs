//! Credit notes and the entries of customers' credit ledgers on the wire.

use super::{Embedded, Reference};
use serde::Deserialize;
use serde::de::IgnoredAny;

#[derive(Debug, Deserialize)]
pub(crate) struct CreditNote {
    pub(crate) id: String,
    pub(crate) livemode: Option<bool>,
    pub(crate) deleted: Option<bool>,
    pub(crate) number: Option<String>,
    pub(crate) invoice: Reference,
    pub(crate) customer: Option<Reference>,
    pub(crate) customer_account: Option<String>,
    pub(crate) amount: i64,
    pub(crate) currency: String,
    pub(crate) pre_payment_amount: i64,
    pub(crate) post_payment_amount: i64,
    pub(crate) status: String,
    pub(crate) reason: Option<String>,
    pub(crate) created: i64,
    pub(crate) voided_at: Option<i64>,
    pub(crate) refunds: Option<Vec<CreditNoteRefund>>,
    pub(crate) customer_balance_transaction: Option<Reference>,
    /// Only so that it is seen where they are cut short: no record holds them.
    pub(crate) lines: Option<Embedded<IgnoredAny>>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct CreditNoteRefund {
    pub(crate) refund: Option<Reference>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct CreditEntry {
    pub(crate) id: String,
    pub(crate) livemode: Option<bool>,
    pub(crate) deleted: Option<bool>,
    pub(crate) customer: Option<Reference>,
    pub(crate) customer_account: Option<String>,
    pub(crate) amount: i64,
    pub(crate) currency: String,
    pub(crate) ending_balance: i64,
    #[serde(rename = "type")]
    pub(crate) kind: String,
    pub(crate) created: i64,
    pub(crate) invoice: Option<Reference>,
    pub(crate) credit_note: Option<Reference>,
    pub(crate) description: Option<String>,
}
