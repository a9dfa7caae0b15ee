//! Accounts, customers, subscriptions and discounts on the wire.

use super::{Coupon, Embedded, Expandable, Price, Reference};
use serde::Deserialize;

#[derive(Debug, Deserialize)]
pub(crate) struct Account {
    pub(crate) id: String,
    pub(crate) country: Option<String>,
    pub(crate) default_currency: Option<String>,
    pub(crate) business_profile: Option<BusinessProfile>,
    pub(crate) settings: Option<Settings>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct BusinessProfile {
    pub(crate) name: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Settings {
    pub(crate) dashboard: Option<Dashboard>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Dashboard {
    pub(crate) display_name: Option<String>,
}

/// The balance, of which only the mode is read.
#[derive(Debug, Deserialize)]
pub(crate) struct Balance {
    pub(crate) livemode: Option<bool>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Customer {
    pub(crate) id: String,
    pub(crate) livemode: Option<bool>,
    pub(crate) deleted: Option<bool>,
    pub(crate) name: Option<String>,
    pub(crate) email: Option<String>,
    pub(crate) address: Option<Address>,
    pub(crate) created: i64,
    pub(crate) description: Option<String>,
    pub(crate) discount: Option<Expandable<Discount>>,
    pub(crate) delinquent: Option<bool>,
    pub(crate) balance: Option<i64>,
    pub(crate) currency: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Address {
    pub(crate) country: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct DiscountSource<C> {
    pub(crate) coupon: Option<C>,
}

/// A discount; one that was deleted since has the same fields.
#[derive(Debug, Deserialize)]
pub(crate) struct Discount {
    pub(crate) id: String,
    pub(crate) source: Option<DiscountSource<Expandable<Coupon>>>,
    pub(crate) start: i64,
    pub(crate) end: Option<i64>,
    pub(crate) customer: Option<Reference>,
    pub(crate) subscription: Option<Reference>,
    pub(crate) subscription_item: Option<Reference>,
    pub(crate) invoice: Option<Reference>,
    pub(crate) invoice_item: Option<Reference>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Subscription {
    pub(crate) id: String,
    pub(crate) livemode: Option<bool>,
    pub(crate) deleted: Option<bool>,
    pub(crate) customer: Option<Reference>,
    pub(crate) customer_account: Option<String>,
    pub(crate) status: String,
    pub(crate) currency: String,
    pub(crate) created: i64,
    pub(crate) start_date: Option<i64>,
    pub(crate) trial_start: Option<i64>,
    pub(crate) trial_end: Option<i64>,
    pub(crate) cancel_at: Option<i64>,
    pub(crate) cancel_at_period_end: Option<bool>,
    pub(crate) canceled_at: Option<i64>,
    pub(crate) ended_at: Option<i64>,
    pub(crate) items: Option<Embedded<SubscriptionItem>>,
    pub(crate) discounts: Option<Vec<Expandable<Discount>>>,
    pub(crate) pause_collection: Option<PauseCollection>,
    pub(crate) latest_invoice: Option<Reference>,
    pub(crate) collection_method: Option<String>,
    pub(crate) schedule: Option<Reference>,
    pub(crate) billing_mode: Option<BillingMode>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct BillingMode {
    #[serde(rename = "type")]
    pub(crate) kind: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct SubscriptionItem {
    pub(crate) id: String,
    pub(crate) price: Price,
    pub(crate) quantity: Option<i64>,
    pub(crate) created: i64,
    pub(crate) current_period_start: Option<i64>,
    pub(crate) current_period_end: Option<i64>,
    pub(crate) discounts: Option<Vec<Expandable<Discount>>>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct PauseCollection {
    pub(crate) behavior: Option<String>,
    pub(crate) resumes_at: Option<i64>,
}
