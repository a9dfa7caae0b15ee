//! Every address that is ever asked for, with its query.
//!
//! They are data, so that a test can hold each against Stripe's published description: a wrong `expand` path is refused
//! outright, and an expansion may go four levels deep and no more. Nothing is sent from here.

use crate::http::Get;
use coffer_domain::Instant;
use coffer_domain::record::Kind;

/// The most objects on a page.
pub(super) const PAGE: &str = "100";

/// The path of a kind's list, and of one object of it.
const fn paths(kind: Kind) -> (&'static str, &'static str) {
    match kind {
        Kind::Customers => ("/v1/customers", "/v1/customers/{id}"),
        Kind::Products => ("/v1/products", "/v1/products/{id}"),
        Kind::Prices => ("/v1/prices", "/v1/prices/{id}"),
        Kind::Coupons => ("/v1/coupons", "/v1/coupons/{id}"),
        Kind::PromotionCodes => ("/v1/promotion_codes", "/v1/promotion_codes/{id}"),
        Kind::Subscriptions => ("/v1/subscriptions", "/v1/subscriptions/{id}"),
        Kind::Invoices => ("/v1/invoices", "/v1/invoices/{id}"),
        Kind::InvoiceItems => ("/v1/invoiceitems", "/v1/invoiceitems/{id}"),
        Kind::InvoicePayments => ("/v1/invoice_payments", "/v1/invoice_payments/{id}"),
        Kind::Charges => ("/v1/charges", "/v1/charges/{id}"),
        Kind::PaymentIntents => ("/v1/payment_intents", "/v1/payment_intents/{id}"),
        Kind::Refunds => ("/v1/refunds", "/v1/refunds/{id}"),
        Kind::Disputes => ("/v1/disputes", "/v1/disputes/{id}"),
        Kind::BalanceTransactions => ("/v1/balance_transactions", "/v1/balance_transactions/{id}"),
    }
}

/// What is left out unless it is asked for, as paths inside one object. An expansion expands what it leads through.
const fn expansions(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Customers => &["discount.source.coupon"],
        Kind::Prices => &["tiers", "currency_options"],
        Kind::Coupons => &["applies_to", "currency_options"],
        Kind::Subscriptions => &["discounts.source.coupon", "items.data.discounts"],
        Kind::Invoices => &["discounts.source.coupon", "lines.data.discounts"],
        Kind::Products
        | Kind::PromotionCodes
        | Kind::InvoiceItems
        | Kind::InvoicePayments
        | Kind::Charges
        | Kind::PaymentIntents
        | Kind::Refunds
        | Kind::Disputes
        | Kind::BalanceTransactions => &[],
    }
}

/// One page of a kind's list.
pub(super) fn list(kind: Kind, after: Option<&str>) -> Get {
    let mut query = vec![("limit", PAGE.to_owned())];
    if kind == Kind::Subscriptions {
        // Without it, ended subscriptions are left out.
        query.push(("status", "all".to_owned()));
    }
    for expansion in expansions(kind) {
        query.push(("expand[]", format!("data.{expansion}")));
    }
    Get {
        path: paths(kind).0,
        id: None,
        query: with_cursor(query, after),
    }
}

/// The smallest question that shows whether a kind may be read.
pub(super) fn probe(kind: Kind) -> Get {
    Get {
        path: paths(kind).0,
        id: None,
        query: vec![("limit", "1".to_owned())],
    }
}

/// One object.
pub(super) fn one(kind: Kind, id: &str) -> Get {
    Get {
        path: paths(kind).1,
        id: Some(id.to_owned()),
        query: expansions(kind)
            .iter()
            .map(|expansion| ("expand[]", (*expansion).to_owned()))
            .collect(),
    }
}

/// One price with the tiers of these currencies. `currency_options.tiers` is accepted and ignored; only the form with
/// each currency's own name expands them.
pub(super) fn price_with_tiers<'a>(id: &str, currencies: impl Iterator<Item = &'a str>) -> Get {
    let mut get = one(Kind::Prices, id);
    for currency in currencies {
        get.query
            .push(("expand[]", format!("currency_options.{currency}.tiers")));
    }
    get
}

/// One page of an invoice's lines.
pub(super) fn invoice_lines(invoice: &str, after: Option<&str>) -> Get {
    let query = vec![
        ("limit", PAGE.to_owned()),
        ("expand[]", "data.discounts".to_owned()),
    ];
    Get {
        path: "/v1/invoices/{id}/lines",
        id: Some(invoice.to_owned()),
        query: with_cursor(query, after),
    }
}

/// One page of a subscription's items.
pub(super) fn subscription_items(subscription: &str, after: Option<&str>) -> Get {
    let query = vec![
        ("subscription", subscription.to_owned()),
        ("limit", PAGE.to_owned()),
        ("expand[]", "data.discounts".to_owned()),
    ];
    Get {
        path: "/v1/subscription_items",
        id: None,
        query: with_cursor(query, after),
    }
}

/// One page of what happened at or after an instant.
pub(super) fn events(since: Instant, after: Option<&str>) -> Get {
    let query = vec![
        ("created[gte]", since.timestamp().to_string()),
        ("limit", PAGE.to_owned()),
    ];
    Get {
        path: "/v1/events",
        id: None,
        query: with_cursor(query, after),
    }
}

/// The smallest question that shows whether events may be read.
pub(super) fn probe_events() -> Get {
    Get {
        path: "/v1/events",
        id: None,
        query: vec![("limit", "1".to_owned())],
    }
}

/// The account that the key belongs to.
pub(super) fn account() -> Get {
    Get {
        path: "/v1/account",
        id: None,
        query: Vec::new(),
    }
}

/// The balance, whose mode is the key's.
pub(super) fn balance() -> Get {
    Get {
        path: "/v1/balance",
        id: None,
        query: Vec::new(),
    }
}

fn with_cursor(
    mut query: Vec<(&'static str, String)>,
    after: Option<&str>,
) -> Vec<(&'static str, String)> {
    if let Some(after) = after {
        query.push(("starting_after", after.to_owned()));
    }
    query
}
