//! What is to become of a subscription: phases agreed beforehand, each with its prices.

use crate::Instant;
use crate::ids::{CustomerId, PriceId, SubscriptionId, SubscriptionScheduleId};
use serde::{Deserialize, Serialize};

/// One price of a phase.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScheduleItem {
    /// The price.
    pub price: PriceId,
    /// How many; `None` for metered prices.
    pub quantity: Option<i64>,
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
