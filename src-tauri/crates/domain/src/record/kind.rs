//! The kinds of record, named like the provider's list paths.

/// A kind of record. `as_str` is the name in JSON, in cursors and in notices of change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Who pays.
    Customers,
    /// What is sold.
    Products,
    /// For how much.
    Prices,
    /// What makes it cheaper.
    Coupons,
    /// Codes that customers type for a coupon.
    PromotionCodes,
    /// What is subscribed to.
    Subscriptions,
    /// What was billed.
    Invoices,
    /// What waits for the next invoice.
    InvoiceItems,
    /// What paid which invoice.
    InvoicePayments,
    /// Payments.
    Charges,
    /// Attempts to collect.
    PaymentIntents,
    /// Money given back.
    Refunds,
    /// Payments contested.
    Disputes,
    /// Movements of the merchant's balance, with fees.
    BalanceTransactions,
    /// What is to become of subscriptions.
    SubscriptionSchedules,
    /// Corrections of invoices.
    CreditNotes,
    /// The customers' credit ledgers.
    CustomerBalanceTransactions,
    /// What usage is counted by.
    Meters,
    /// Visits to a checkout page.
    CheckoutSessions,
    /// Links to pay by.
    PaymentLinks,
}

impl Kind {
    /// Every kind, in the order a first sync reads them: what others refer to comes first, and what makes the first
    /// number comes before what explains it.
    pub const ALL: [Self; 20] = [
        Self::Products,
        Self::Prices,
        Self::Coupons,
        Self::PromotionCodes,
        Self::Customers,
        Self::Subscriptions,
        Self::SubscriptionSchedules,
        Self::InvoiceItems,
        Self::Invoices,
        Self::InvoicePayments,
        Self::Charges,
        Self::PaymentIntents,
        Self::Refunds,
        Self::Disputes,
        Self::CreditNotes,
        Self::BalanceTransactions,
        Self::Meters,
        Self::CheckoutSessions,
        Self::PaymentLinks,
        Self::CustomerBalanceTransactions,
    ];

    /// The last part of the provider's list path, with what makes it plain where that part alone would not.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Customers => "customers",
            Self::Products => "products",
            Self::Prices => "prices",
            Self::Coupons => "coupons",
            Self::PromotionCodes => "promotion_codes",
            Self::Subscriptions => "subscriptions",
            Self::Invoices => "invoices",
            Self::InvoiceItems => "invoiceitems",
            Self::InvoicePayments => "invoice_payments",
            Self::Charges => "charges",
            Self::PaymentIntents => "payment_intents",
            Self::Refunds => "refunds",
            Self::Disputes => "disputes",
            Self::BalanceTransactions => "balance_transactions",
            Self::SubscriptionSchedules => "subscription_schedules",
            Self::CreditNotes => "credit_notes",
            Self::CustomerBalanceTransactions => "customer_balance_transactions",
            Self::Meters => "meters",
            Self::CheckoutSessions => "checkout_sessions",
            Self::PaymentLinks => "payment_links",
        }
    }

    /// Reads the last part of a list path.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}
