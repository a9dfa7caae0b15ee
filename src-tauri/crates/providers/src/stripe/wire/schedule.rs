//! Subscription schedules on the wire.

use super::Reference;
use serde::Deserialize;

#[derive(Debug, Deserialize)]
pub(crate) struct SubscriptionSchedule {
    pub(crate) id: String,
    pub(crate) livemode: Option<bool>,
    pub(crate) deleted: Option<bool>,
    pub(crate) customer: Option<Reference>,
    pub(crate) customer_account: Option<String>,
    pub(crate) subscription: Option<Reference>,
    pub(crate) released_subscription: Option<Reference>,
    pub(crate) status: String,
    pub(crate) created: i64,
    pub(crate) end_behavior: String,
    pub(crate) phases: Vec<Phase>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Phase {
    pub(crate) start_date: i64,
    pub(crate) end_date: i64,
    pub(crate) trial_end: Option<i64>,
    pub(crate) items: Vec<PhaseItem>,
    pub(crate) discounts: Option<Vec<PhaseDiscount>>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct PhaseDiscount {
    pub(crate) coupon: Option<Reference>,
    pub(crate) discount: Option<Reference>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct PhaseItem {
    pub(crate) price: Reference,
    pub(crate) quantity: Option<i64>,
    pub(crate) discounts: Option<Vec<PhaseDiscount>>,
}
