//! What is subscribed to, and the one set of words for how it stands.

use crate::Instant;
use crate::currency::Currency;
use crate::ids::{
    CouponId, CustomerId, DiscountId, InvoiceId, PriceId, ProductId, SubscriptionId,
    SubscriptionItemId, SubscriptionScheduleId,
};
use serde::{Deserialize, Serialize};

/// How a subscription stands, in one set of words for all providers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SubscriptionStatus {
    /// In a trial.
    Trialing,
    /// Running and paid.
    Active,
    /// Running; the latest bill is being collected again.
    PastDue,
    /// Ended.
    Canceled,
    /// Running until a known end.
    CancelPending,
    /// Stopped, may be resumed.
    Paused,
    /// Not ended; bills are no longer collected.
    Unpaid,
    /// The first payment has not succeeded yet.
    Incomplete,
    /// The first payment never succeeded.
    IncompleteExpired,
    /// A word of the provider's that we do not know, kept as it came.
    Other(String),
}

impl SubscriptionStatus {
    /// Our word for it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Trialing => "trialing",
            Self::Active => "active",
            Self::PastDue => "past_due",
            Self::Canceled => "canceled",
            Self::CancelPending => "cancel_pending",
            Self::Paused => "paused",
            Self::Unpaid => "unpaid",
            Self::Incomplete => "incomplete",
            Self::IncompleteExpired => "incomplete_expired",
            Self::Other(word) => word,
        }
    }

    /// Reads our own word back.
    #[must_use]
    pub fn from_ours(word: &str) -> Self {
        match word {
            "trialing" => Self::Trialing,
            "active" => Self::Active,
            "past_due" => Self::PastDue,
            "canceled" => Self::Canceled,
            "cancel_pending" => Self::CancelPending,
            "paused" => Self::Paused,
            "unpaid" => Self::Unpaid,
            "incomplete" => Self::Incomplete,
            "incomplete_expired" => Self::IncompleteExpired,
            other => Self::Other(other.to_owned()),
        }
    }

    /// From Stripe's word. An active subscription that will be canceled is `CancelPending`; Stripe has no word for it.
    #[must_use]
    pub fn from_stripe(word: &str, cancel_is_set: bool) -> Self {
        match word {
            "active" if cancel_is_set => Self::CancelPending,
            "trialing" => Self::Trialing,
            "active" => Self::Active,
            "past_due" => Self::PastDue,
            "canceled" => Self::Canceled,
            "paused" => Self::Paused,
            "unpaid" => Self::Unpaid,
            "incomplete" => Self::Incomplete,
            "incomplete_expired" => Self::IncompleteExpired,
            other => Self::Other(other.to_owned()),
        }
    }

    /// From Paddle's word. Paddle's `canceled` has really ended; a cancellation ahead is `active` with a scheduled change.
    #[must_use]
    pub fn from_paddle(word: &str, cancel_is_scheduled: bool) -> Self {
        match word {
            "active" if cancel_is_scheduled => Self::CancelPending,
            "trialing" => Self::Trialing,
            "active" => Self::Active,
            "past_due" => Self::PastDue,
            "canceled" => Self::Canceled,
            "paused" => Self::Paused,
            other => Self::Other(other.to_owned()),
        }
    }

    /// From Lemon Squeezy's word. Its `cancelled` still runs until `ends_at`; its `expired` has ended.
    #[must_use]
    pub fn from_lemon_squeezy(word: &str) -> Self {
        match word {
            "on_trial" => Self::Trialing,
            "active" => Self::Active,
            "past_due" => Self::PastDue,
            "cancelled" => Self::CancelPending,
            "expired" => Self::Canceled,
            "paused" => Self::Paused,
            "unpaid" => Self::Unpaid,
            other => Self::Other(other.to_owned()),
        }
    }

    /// Whether a subscription that stands so is running and worth something.
    #[must_use]
    pub const fn counts(&self) -> bool {
        matches!(self, Self::Active | Self::PastDue | Self::CancelPending)
    }
}

/// What a discount was put on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum DiscountTarget {
    /// One item.
    Item,
    /// The whole subscription.
    Subscription,
    /// The customer, for subscriptions that have none.
    Customer,
}

/// A coupon as applied to something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Discount {
    /// The provider's id.
    pub id: DiscountId,
    /// The coupon behind it.
    pub coupon: CouponId,
    /// When it began to apply.
    pub start: Instant,
    /// When it stops, exclusive; `None` when it does not.
    pub end: Option<Instant>,
    /// What it was put on.
    pub target: DiscountTarget,
    /// The subscription it was put on, when it says.
    pub subscription: Option<SubscriptionId>,
    /// The item it was put on, when it says.
    pub item: Option<SubscriptionItemId>,
}

/// One item of a subscription.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubscriptionItem {
    /// The provider's id.
    pub id: SubscriptionItemId,
    /// The price.
    pub price: PriceId,
    /// The product.
    pub product: ProductId,
    /// The quantity; `None` for metered prices.
    pub quantity: Option<i64>,
    /// When the item was added.
    pub created: Instant,
    /// When the current period began.
    pub period_start: Option<Instant>,
    /// When the current period ends.
    pub period_end: Option<Instant>,
    /// Its own discounts, in order.
    pub discounts: Vec<Discount>,
}

/// What happens to bills while collection is paused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum PauseBehavior {
    /// Bills are kept as drafts: the service goes on and is paid later, so it still counts.
    KeepAsDraft,
    /// Bills are written off.
    MarkUncollectible,
    /// Bills are voided.
    Void,
    /// A word we do not know.
    Other(String),
}

/// Collection is paused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pause {
    /// What happens to bills meanwhile.
    pub behavior: PauseBehavior,
    /// When it ends by itself.
    pub resumes_at: Option<Instant>,
}

/// A subscription.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscription {
    /// The provider's id.
    pub id: SubscriptionId,
    /// Who pays.
    pub customer: CustomerId,
    /// How it stands.
    pub status: SubscriptionStatus,
    /// Its currency.
    pub currency: Currency,
    /// When it was created.
    pub created: Instant,
    /// When it began.
    pub start: Instant,
    /// When its trial began.
    pub trial_start: Option<Instant>,
    /// When its trial ends or ended.
    pub trial_end: Option<Instant>,
    /// When it will end, when that is known.
    pub cancel_at: Option<Instant>,
    /// Whether it ends with the current period.
    pub cancel_at_period_end: bool,
    /// When the cancellation was asked for.
    pub canceled_at: Option<Instant>,
    /// When it really ended.
    pub ended_at: Option<Instant>,
    /// What it bills.
    pub items: Vec<SubscriptionItem>,
    /// Its discounts, in order.
    pub discounts: Vec<Discount>,
    /// Whether collection is paused.
    pub pause: Option<Pause>,
    /// Its latest invoice.
    pub latest_invoice: Option<InvoiceId>,
    /// Whether bills are sent to be paid instead of being collected: such a subscription runs from its start, paid or not.
    pub sends_invoices: bool,
    /// The schedule that decides about it, where there is one; told by the provider's JSON and not kept in tables.
    pub schedule: Option<SubscriptionScheduleId>,
    /// Whether it is billed in the provider's flexible way, which knows pauses; told by its JSON and not kept in tables.
    pub flexible: bool,
}

#[cfg(test)]
mod tests {
    use super::SubscriptionStatus as S;

    #[test]
    fn every_providers_word_has_one_of_ours() {
        for (ours, word) in [
            (S::from_stripe("active", false), "active"),
            (S::from_stripe("active", true), "cancel_pending"),
            (S::from_stripe("trialing", true), "trialing"),
            (S::from_stripe("past_due", true), "past_due"),
            (
                S::from_stripe("incomplete_expired", false),
                "incomplete_expired",
            ),
            (S::from_paddle("canceled", false), "canceled"),
            (S::from_paddle("active", true), "cancel_pending"),
            (S::from_lemon_squeezy("cancelled"), "cancel_pending"),
            (S::from_lemon_squeezy("expired"), "canceled"),
            (S::from_lemon_squeezy("on_trial"), "trialing"),
        ] {
            assert_eq!(ours.as_str(), word);
            assert_eq!(S::from_ours(word), ours, "our own word reads back");
        }
    }

    #[test]
    fn an_unknown_word_is_kept_and_counts_for_nothing() {
        let status = S::from_stripe("hibernating", false);
        assert_eq!(status.as_str(), "hibernating");
        assert!(!status.counts());
    }
}
