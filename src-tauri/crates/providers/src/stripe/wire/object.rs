//! What every object says of itself, whatever it is: its id, its mode, and whether all of it is here.
//!
//! An object is *cut* where a list inside it goes on elsewhere, and *bare* where something of it would have been expanded
//! had we asked for it: an event's object is never expanded, so a bare one tells less than a look-up does.

use super::{
    BalanceTransaction, Charge, CheckoutSession, Coupon, CreditEntry, CreditNote, Customer,
    Dispute, Embedded, Invoice, InvoiceItem, InvoicePayment, Meter, PaymentIntent, PaymentLink,
    Price, Product, PromotionCode, Refund, Subscription, SubscriptionSchedule,
};

/// An object as it came.
pub(crate) trait Object {
    /// Its id.
    fn id(&self) -> &str;
    /// Which mode it says it is of.
    fn livemode(&self) -> Option<bool>;
    /// Whether only the word is left that it is gone.
    fn is_deleted(&self) -> bool;
    /// Whether a list inside it goes on elsewhere.
    fn is_cut(&self) -> bool {
        false
    }
    /// Whether something of it would have been expanded.
    fn is_bare(&self) -> bool {
        false
    }
}

macro_rules! objects {
    ($($name:ident $({ $($more:item)* })?),* $(,)?) => {$(
        impl Object for $name {
            fn id(&self) -> &str {
                &self.id
            }
            fn livemode(&self) -> Option<bool> {
                self.livemode
            }
            fn is_deleted(&self) -> bool {
                self.deleted == Some(true)
            }
            $($($more)*)?
        }
    )*};
}

objects! {
    Product,
    PromotionCode,
    InvoiceItem,
    InvoicePayment,
    Charge,
    PaymentIntent,
    Refund,
    Dispute,
    BalanceTransaction,
    SubscriptionSchedule,
    CreditEntry,
    Meter,
    CheckoutSession,
    PaymentLink,
    Price {
        fn is_cut(&self) -> bool {
            !self.currencies_without_tiers().is_empty()
        }
        fn is_bare(&self) -> bool {
            true
        }
    },
    Coupon {
        fn is_bare(&self) -> bool {
            true
        }
    },
    Customer {
        fn is_bare(&self) -> bool {
            self.discount.is_some()
        }
    },
    CreditNote {
        fn is_cut(&self) -> bool {
            goes_on(self.lines.as_ref())
        }
    },
    Subscription {
        fn is_cut(&self) -> bool {
            goes_on(self.items.as_ref())
        }
        fn is_bare(&self) -> bool {
            any(self.discounts.as_ref())
                || here(self.items.as_ref()).is_none_or(|items| {
                    items.iter().any(|item| any(item.discounts.as_ref()))
                })
        }
    },
    Invoice {
        fn is_cut(&self) -> bool {
            goes_on(self.lines.as_ref())
        }
        fn is_bare(&self) -> bool {
            any(self.discounts.as_ref())
                || here(self.lines.as_ref()).is_none_or(|lines| {
                    lines.iter().any(|line| any(line.discounts.as_ref()))
                })
        }
    },
}

fn goes_on<T>(list: Option<&Embedded<T>>) -> bool {
    list.is_some_and(|list| list.has_more == Some(true))
}

fn here<T>(list: Option<&Embedded<T>>) -> Option<&Vec<T>> {
    list?.data.as_ref()
}

fn any<T>(list: Option<&Vec<T>>) -> bool {
    list.is_some_and(|list| !list.is_empty())
}

impl Price {
    /// The currencies of a tiered price whose tiers did not come along.
    pub(crate) fn currencies_without_tiers(&self) -> Vec<&str> {
        if self.billing_scheme.as_deref() != Some("tiered") {
            return Vec::new();
        }
        self.currency_options
            .iter()
            .flatten()
            .filter(|(currency, option)| option.tiers.is_none() && **currency != self.currency)
            .map(|(currency, _)| currency.as_str())
            .filter(|currency| currency.bytes().all(|b| b.is_ascii_alphabetic()))
            .collect()
    }
}
