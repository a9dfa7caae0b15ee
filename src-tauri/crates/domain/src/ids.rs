//! The providers' ids, a type each, so that a customer's id cannot stand where an invoice's belongs.
//!
//! An id is the provider's own text, kept as it came: no prefix is required, because simulators, older objects and other
//! providers use other shapes.

use serde::{Deserialize, Serialize};
use std::fmt;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Takes the provider's text as it is.
            #[must_use]
            pub fn new(id: impl Into<String>) -> Self {
                Self(id.into())
            }

            /// The provider's text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl From<&str> for $name {
            fn from(id: &str) -> Self {
                Self(id.to_owned())
            }
        }

        impl From<String> for $name {
            fn from(id: String) -> Self {
                Self(id)
            }
        }
    )+};
}

ids! {
    /// A merchant's account at a provider, `acct_…`.
    AccountId,
    /// A customer, `cus_…`.
    CustomerId,
    /// A product, `prod_…`.
    ProductId,
    /// A price, `price_…`.
    PriceId,
    /// A coupon: any text the merchant chose.
    CouponId,
    /// A coupon as applied to something, `di_…`.
    DiscountId,
    /// A code that customers type, `promo_…`.
    PromotionCodeId,
    /// A subscription, `sub_…`.
    SubscriptionId,
    /// One item of a subscription, `si_…`.
    SubscriptionItemId,
    /// An invoice, `in_…`.
    InvoiceId,
    /// One line of an invoice, `il_…`.
    InvoiceLineId,
    /// What waits for the next invoice, `ii_…`.
    InvoiceItemId,
    /// The link between an invoice and what paid it, `inpay_…`.
    InvoicePaymentId,
    /// An attempt to collect, `pi_…`.
    PaymentIntentId,
    /// A payment: one charge, `ch_…`.
    PaymentId,
    /// A refund, `re_…`.
    RefundId,
    /// A dispute, `du_…`.
    DisputeId,
    /// A movement of the merchant's balance, `txn_…`.
    BalanceTransactionId,
    /// What is to become of a subscription, `sub_sched_…`.
    SubscriptionScheduleId,
    /// A correction of an invoice, `cn_…`.
    CreditNoteId,
    /// An entry of a customer's credit ledger, `cbtxn_…`.
    CreditEntryId,
    /// What usage is counted by, `mtr_…`.
    MeterId,
    /// A visit to a checkout page, `cs_…`.
    CheckoutSessionId,
    /// A link to pay by, `plink_…`.
    PaymentLinkId,
}
