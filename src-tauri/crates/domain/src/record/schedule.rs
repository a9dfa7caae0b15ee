//! What is to become of a subscription: phases agreed beforehand, each with its prices.

use crate::Instant;
use crate::ids::{
    CouponId, CustomerId, DiscountId, PriceId, SubscriptionId, SubscriptionScheduleId,
};
use serde::{Deserialize, Serialize};

/// A discount of a phase or of one of its prices.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum ScheduleDiscount {
    /// One that begins with the phase.
    Coupon(CouponId),
    /// One that is there already and goes on.
    Existing(DiscountId),
    /// One whose coupon is not said: a promotion code, or something newer than this.
    Unsaid,
}

/// One price of a phase.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScheduleItem {
    /// The price.
    pub price: PriceId,
    /// How many; `None` for metered prices.
    pub quantity: Option<i64>,
    /// What is taken off it.
    #[serde(default)]
    pub discounts: Vec<ScheduleDiscount>,
}

/// One phase.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SchedulePhase {
    /// The first instant.
    pub start: Instant,
    /// The first instant after it.
    pub end: Instant,
    /// What is billed in it.
    pub items: Vec<ScheduleItem>,
    /// Whether it is a trial, until then.
    pub trial_end: Option<Instant>,
    /// What is taken off the whole of it; without any, the customer's own discount is.
    #[serde(default)]
    pub discounts: Vec<ScheduleDiscount>,
}

/// What is to become of a subscription.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubscriptionSchedule {
    /// The provider's id.
    pub id: SubscriptionScheduleId,
    /// Who pays.
    pub customer: Option<CustomerId>,
    /// The subscription it drives, or drove until it was released.
    pub subscription: Option<SubscriptionId>,
    /// `not_started`, `active`, `completed`, `released` or `canceled`, in the provider's word.
    pub status: String,
    /// When it was made.
    pub created: Instant,
    /// `release` or `cancel`, in the provider's word: what follows the last phase.
    pub end_behavior: String,
    /// Its phases in order.
    pub phases: Vec<SchedulePhase>,
}
