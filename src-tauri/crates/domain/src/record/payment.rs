//! Money that moved: payments, what was given back, what is contested, and what the provider kept.

use crate::Instant;
use crate::ids::{
    BalanceTransactionId, CustomerId, DisputeId, PaymentId, PaymentIntentId, RefundId,
};
use crate::money::Money;

/// How a payment stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PaymentStatus {
    /// The money came.
    Succeeded,
    /// On its way.
    Pending,
    /// Declined or failed.
    Failed,
    /// A word we do not know.
    Other(String),
}

impl PaymentStatus {
    /// From the provider's word.
    #[must_use]
    pub fn from_word(word: &str) -> Self {
        match word {
            "succeeded" => Self::Succeeded,
            "pending" => Self::Pending,
            "failed" => Self::Failed,
            other => Self::Other(other.to_owned()),
        }
    }

    /// The word.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Succeeded => "succeeded",
            Self::Pending => "pending",
            Self::Failed => "failed",
            Self::Other(word) => word,
        }
    }
}

/// A payment: one charge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payment {
    /// The provider's id.
    pub id: PaymentId,
    /// Who paid.
    pub customer: Option<CustomerId>,
    /// The attempt it belongs to.
    pub payment_intent: Option<PaymentIntentId>,
    /// How much.
    pub amount: Money,
    /// How much of it was given back, minor units.
    pub amount_refunded: i64,
    /// How it stands.
    pub status: PaymentStatus,
    /// When.
    pub created: Instant,
    /// Why it failed, in the provider's code.
    pub failure_code: Option<String>,
    /// Why it failed, in the provider's words.
    pub failure_message: Option<String>,
    /// The card's brand.
    pub card_brand: Option<String>,
    /// The card's last four digits.
    pub card_last4: Option<String>,
    /// Whether it is contested.
    pub disputed: bool,
    /// The words on it.
    pub description: Option<String>,
    /// Its entry in the merchant's balance.
    pub balance_transaction: Option<BalanceTransactionId>,
}

/// An attempt to collect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentIntent {
    /// The provider's id.
    pub id: PaymentIntentId,
    /// Who pays.
    pub customer: Option<CustomerId>,
    /// How much.
    pub amount: Money,
    /// How it stands, in the provider's word.
    pub status: String,
    /// When.
    pub created: Instant,
    /// The latest payment made for it.
    pub latest_payment: Option<PaymentId>,
}

/// How a refund stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RefundStatus {
    /// On its way.
    Pending,
    /// The customer must do something.
    RequiresAction,
    /// Done.
    Succeeded,
    /// It could not be given back.
    Failed,
    /// Taken back before it happened.
    Canceled,
    /// A word we do not know.
    Other(String),
}

impl RefundStatus {
    /// From the provider's word.
    #[must_use]
    pub fn from_word(word: &str) -> Self {
        match word {
            "pending" => Self::Pending,
            "requires_action" => Self::RequiresAction,
            "succeeded" => Self::Succeeded,
            "failed" => Self::Failed,
            "canceled" => Self::Canceled,
            other => Self::Other(other.to_owned()),
        }
    }

    /// The word.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Pending => "pending",
            Self::RequiresAction => "requires_action",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Canceled => "canceled",
            Self::Other(word) => word,
        }
    }
}

/// Money given back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refund {
    /// The provider's id.
    pub id: RefundId,
    /// The payment it gives back from.
    pub payment: Option<PaymentId>,
    /// How much.
    pub amount: Money,
    /// How it stands.
    pub status: RefundStatus,
    /// Why, in the provider's word.
    pub reason: Option<String>,
    /// When.
    pub created: Instant,
}

/// A payment contested.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dispute {
    /// The provider's id.
    pub id: DisputeId,
    /// The payment.
    pub payment: Option<PaymentId>,
    /// How much.
    pub amount: Money,
    /// How it stands, in the provider's word.
    pub status: String,
    /// Why, in the provider's word.
    pub reason: String,
    /// When.
    pub created: Instant,
    /// When an answer is due.
    pub due_by: Option<Instant>,
}

/// A movement of the merchant's balance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BalanceTransaction {
    /// The provider's id.
    pub id: BalanceTransactionId,
    /// What moved it: the id of a payment, a refund, …
    pub source: Option<String>,
    /// What kind of movement, in the provider's word.
    pub kind: String,
    /// Before fees.
    pub amount: Money,
    /// What the provider kept, minor units.
    pub fee: i64,
    /// After fees, minor units.
    pub net: i64,
    /// When.
    pub created: Instant,
}
