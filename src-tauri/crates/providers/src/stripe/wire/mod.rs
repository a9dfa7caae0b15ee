//! Stripe's objects as they stand on the wire, as far as we read them.
//!
//! These structs decide nothing: a field that may be absent or null is an `Option`, words stay words, and unknown fields
//! pass by. They are read from text and never written. The invariant: whatever Stripe adds, decoding goes on; only a
//! field that we need and that is missing or of another shape stops it.

mod catalog;
mod checkout;
mod credit;
mod event;
mod expandable;
mod invoice;
mod object;
mod payment;
mod schedule;
mod subscription;

pub(crate) use catalog::{
    Coupon, Price, Product, PromotionCode, Recurring, Tier, TransformQuantity,
};
pub(crate) use checkout::{CheckoutSession, Meter, PaymentLink};
pub(crate) use credit::{CreditEntry, CreditNote, CreditNoteRefund};
pub(crate) use event::Event;
pub(crate) use expandable::{Decimal, Expandable, Reference};
pub(crate) use invoice::{
    DiscountAmount, Invoice, InvoiceItem, InvoicePayment, Line, LineParent, Pricing,
    ProrationDetails, Tax,
};
pub(crate) use object::Object;
pub(crate) use payment::{BalanceTransaction, Charge, Dispute, PaymentIntent, Refund};
pub(crate) use schedule::{Phase, PhaseDiscount, PhaseItem, SubscriptionSchedule};
pub(crate) use subscription::{
    Account, Balance, Customer, Discount, PauseCollection, Subscription, SubscriptionItem,
};

use serde::Deserialize;
use serde_json::value::RawValue;

/// What every object begins with, for one that cannot be read as what it should be.
#[derive(Debug, Deserialize)]
pub(crate) struct Header {
    pub(crate) id: Option<String>,
    pub(crate) deleted: Option<bool>,
    pub(crate) livemode: Option<bool>,
}

/// A page of a list. The objects stay text.
#[derive(Debug, Deserialize)]
pub(crate) struct List<'a> {
    #[serde(borrow)]
    pub(crate) data: Vec<&'a RawValue>,
    pub(crate) has_more: Option<bool>,
}

/// A list inside an object, read whole.
#[derive(Debug, Deserialize)]
pub(crate) struct Embedded<T> {
    pub(crate) data: Option<Vec<T>>,
    pub(crate) has_more: Option<bool>,
}

/// An error's body.
#[derive(Debug, Deserialize)]
pub(crate) struct ErrorBody {
    pub(crate) error: Option<ErrorDetail>,
}

/// What an error says.
#[derive(Debug, Deserialize)]
pub(crate) struct ErrorDetail {
    #[serde(rename = "type")]
    pub(crate) kind: Option<String>,
    pub(crate) code: Option<String>,
    pub(crate) message: Option<String>,
}
