//! Who the merchant is and who pays.

use crate::Instant;
use crate::currency::Currency;
use crate::ids::{AccountId, CustomerId};
use crate::record::Discount;

/// The merchant's account at a provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// The provider's id.
    pub id: AccountId,
    /// The name the provider shows, when the key may read it.
    pub name: Option<String>,
    /// ISO 3166 code.
    pub country: Option<String>,
    /// The currency the account settles in.
    pub default_currency: Option<Currency>,
}

/// A customer. A deleted one keeps its id and nothing else at the provider; we keep what we saw before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Customer {
    /// The provider's id.
    pub id: CustomerId,
    /// The name.
    pub name: Option<String>,
    /// The e-mail address.
    pub email: Option<String>,
    /// ISO 3166 code of the address.
    pub country: Option<String>,
    /// When it was created.
    pub created: Instant,
    /// What the merchant wrote about it.
    pub description: Option<String>,
    /// A discount on everything the customer subscribes to without a discount of its own.
    pub discount: Option<Discount>,
    /// Whether the latest invoice is unpaid.
    pub delinquent: bool,
    /// What the credit ledger stands at, minor units of `currency`; below zero for what the customer has to the good.
    pub balance: i64,
    /// The currency that the customer is billed in.
    pub currency: Option<Currency>,
}
