//! A merchant's records as Coffer understands them, whoever the provider is.
//!
//! An adapter maps its wire shapes to these at its border and the store projects them into tables. They hold what the
//! product uses and no more: the provider's whole JSON is kept beside them, so a field added here needs no new sync.
//! A provider's word we do not know is kept as `Other`, never an error.

mod catalog;
mod checkout;
mod credit;
mod customer;
mod invoice;
mod kind;
mod payment;
mod schedule;
mod subscription;

pub use catalog::{
    Coupon, CouponDuration, CouponOff, Price, PriceScheme, Product, PromotionCode, Recurring,
    RecurringInterval, Rounding, Tier, TierMode, TransformQuantity,
};
pub use checkout::{CheckoutSession, Meter, PaymentLink};
pub use credit::{CreditEntry, CreditNote};
pub use customer::{Account, Customer};
pub use invoice::{Invoice, InvoiceItem, InvoiceLine, InvoicePayment, InvoiceStatus, LineOrigin};
pub use kind::Kind;
pub use payment::{
    BalanceTransaction, Dispute, Payment, PaymentIntent, PaymentStatus, Refund, RefundStatus,
};
pub use schedule::{ScheduleDiscount, ScheduleItem, SchedulePhase, SubscriptionSchedule};
pub use subscription::{
    Discount, DiscountTarget, Pause, PauseBehavior, Subscription, SubscriptionItem,
    SubscriptionStatus,
};

use crate::Instant;

/// One record of any kind.
#[derive(Debug, Clone, PartialEq)]
pub enum Record {
    /// A customer.
    Customer(Customer),
    /// A product.
    Product(Product),
    /// A price.
    Price(Box<Price>),
    /// A coupon.
    Coupon(Coupon),
    /// A promotion code.
    PromotionCode(PromotionCode),
    /// A subscription.
    Subscription(Box<Subscription>),
    /// An invoice with its lines.
    Invoice(Box<Invoice>),
    /// What waits for the next invoice.
    InvoiceItem(InvoiceItem),
    /// The link between an invoice and what paid it.
    InvoicePayment(InvoicePayment),
    /// A payment.
    Payment(Box<Payment>),
    /// An attempt to collect.
    PaymentIntent(PaymentIntent),
    /// A refund.
    Refund(Refund),
    /// A dispute.
    Dispute(Dispute),
    /// A movement of the merchant's balance.
    BalanceTransaction(BalanceTransaction),
    /// What is to become of a subscription.
    SubscriptionSchedule(Box<SubscriptionSchedule>),
    /// A correction of an invoice.
    CreditNote(Box<CreditNote>),
    /// An entry of a customer's credit ledger.
    CreditEntry(CreditEntry),
    /// What usage is counted by.
    Meter(Meter),
    /// A visit to a checkout page.
    CheckoutSession(Box<CheckoutSession>),
    /// A link to pay by.
    PaymentLink(PaymentLink),
}

impl Record {
    /// Which table it belongs to.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        match self {
            Self::Customer(_) => Kind::Customers,
            Self::Product(_) => Kind::Products,
            Self::Price(_) => Kind::Prices,
            Self::Coupon(_) => Kind::Coupons,
            Self::PromotionCode(_) => Kind::PromotionCodes,
            Self::Subscription(_) => Kind::Subscriptions,
            Self::Invoice(_) => Kind::Invoices,
            Self::InvoiceItem(_) => Kind::InvoiceItems,
            Self::InvoicePayment(_) => Kind::InvoicePayments,
            Self::Payment(_) => Kind::Charges,
            Self::PaymentIntent(_) => Kind::PaymentIntents,
            Self::Refund(_) => Kind::Refunds,
            Self::Dispute(_) => Kind::Disputes,
            Self::BalanceTransaction(_) => Kind::BalanceTransactions,
            Self::SubscriptionSchedule(_) => Kind::SubscriptionSchedules,
            Self::CreditNote(_) => Kind::CreditNotes,
            Self::CreditEntry(_) => Kind::CustomerBalanceTransactions,
            Self::Meter(_) => Kind::Meters,
            Self::CheckoutSession(_) => Kind::CheckoutSessions,
            Self::PaymentLink(_) => Kind::PaymentLinks,
        }
    }

    /// The provider's id.
    #[must_use]
    pub fn id(&self) -> &str {
        match self {
            Self::Customer(it) => it.id.as_str(),
            Self::Product(it) => it.id.as_str(),
            Self::Price(it) => it.id.as_str(),
            Self::Coupon(it) => it.id.as_str(),
            Self::PromotionCode(it) => it.id.as_str(),
            Self::Subscription(it) => it.id.as_str(),
            Self::Invoice(it) => it.id.as_str(),
            Self::InvoiceItem(it) => it.id.as_str(),
            Self::InvoicePayment(it) => it.id.as_str(),
            Self::Payment(it) => it.id.as_str(),
            Self::PaymentIntent(it) => it.id.as_str(),
            Self::Refund(it) => it.id.as_str(),
            Self::Dispute(it) => it.id.as_str(),
            Self::BalanceTransaction(it) => it.id.as_str(),
            Self::SubscriptionSchedule(it) => it.id.as_str(),
            Self::CreditNote(it) => it.id.as_str(),
            Self::CreditEntry(it) => it.id.as_str(),
            Self::Meter(it) => it.id.as_str(),
            Self::CheckoutSession(it) => it.id.as_str(),
            Self::PaymentLink(it) => it.id.as_str(),
        }
    }

    /// When it was created; `None` where the provider does not say.
    #[must_use]
    pub const fn created(&self) -> Option<Instant> {
        Some(match self {
            Self::Customer(it) => it.created,
            Self::Product(it) => it.created,
            Self::Price(it) => it.created,
            Self::Coupon(it) => it.created,
            Self::PromotionCode(it) => it.created,
            Self::Subscription(it) => it.created,
            Self::Invoice(it) => it.created,
            Self::InvoiceItem(it) => it.created,
            Self::InvoicePayment(it) => it.created,
            Self::Payment(it) => it.created,
            Self::PaymentIntent(it) => it.created,
            Self::Refund(it) => it.created,
            Self::Dispute(it) => it.created,
            Self::BalanceTransaction(it) => it.created,
            Self::SubscriptionSchedule(it) => it.created,
            Self::CreditNote(it) => it.created,
            Self::CreditEntry(it) => it.created,
            Self::Meter(it) => it.created,
            Self::CheckoutSession(it) => it.created,
            Self::PaymentLink(_) => return None,
        })
    }
}
