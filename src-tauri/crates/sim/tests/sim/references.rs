//! References: followed where asked, and only there.

use serde_json::Value;

use crate::support::{Desk, spec};

/// A list with a path to expand, where the object then is in an element, and what it is.
const FOLLOWED: [(&str, &str, &str); 12] = [
    (
        "charges?expand[]=data.balance_transaction",
        "/balance_transaction/object",
        "balance_transaction",
    ),
    (
        "charges?expand[]=data.payment_intent.customer",
        "/payment_intent/customer/object",
        "customer",
    ),
    ("charges?expand[]=data.refunds", "/refunds/object", "list"),
    (
        "invoices?expand[]=data.payments",
        "/payments/object",
        "list",
    ),
    (
        "invoices?expand[]=data.discounts",
        "/discounts/0/object",
        "discount",
    ),
    (
        "invoices?expand[]=data.parent.subscription_details.subscription",
        "/parent/subscription_details/subscription/object",
        "subscription",
    ),
    (
        "subscriptions?expand[]=data.latest_invoice.customer",
        "/latest_invoice/customer/object",
        "customer",
    ),
    (
        "subscriptions?status=all&expand[]=data.discounts.source.coupon",
        "/discounts/0/source/coupon/object",
        "coupon",
    ),
    ("prices?expand[]=data.product", "/product/object", "product"),
    (
        "promotion_codes?expand[]=data.promotion.coupon",
        "/promotion/coupon/object",
        "coupon",
    ),
    (
        "balance_transactions?type=charge&expand[]=data.source",
        "/source/object",
        "charge",
    ),
    (
        "invoice_payments?expand[]=data.payment.payment_intent",
        "/payment/payment_intent/object",
        "payment_intent",
    ),
];

#[tokio::test]
async fn references_are_followed_where_asked() {
    let desk = Desk::open(spec(3, 400, 16)).await;
    for (path, pointer, object) in FOLLOWED {
        let all = desk.walk(&format!("/v1/{path}")).await;
        assert!(
            all.iter().any(|element| element
                .pointer(pointer)
                .is_some_and(|found| found == object)),
            "{path} shows a {object}"
        );
        assert!(
            !all.iter().any(|element| element
                .pointer(pointer)
                .is_some_and(|found| found != object)),
            "{path} shows nothing else"
        );
        let bare = desk
            .walk(&format!("/v1/{}", path.split(['?']).next().unwrap()))
            .await;
        assert!(
            bare.iter()
                .all(|element| element.pointer(pointer).is_none()),
            "{path}: not shown unless asked for"
        );
    }
}

#[tokio::test]
async fn tiers_are_shown_for_tiered_prices_and_when_asked_for() {
    let desk = Desk::open(spec(3, 20, 6)).await;
    let bare = desk.walk("/v1/prices").await;
    assert!(
        bare.iter().all(|price| price.get("tiers").is_none()),
        "tiers are left out"
    );
    let full = desk
        .walk("/v1/prices?expand[]=data.tiers&expand[]=data.currency_options")
        .await;
    assert!(
        full.iter()
            .all(|price| (price["billing_scheme"] == "tiered") == price["tiers"].is_array())
    );
    assert!(full.iter().all(|price| {
        price["currency_options"]
            .get(price["currency"].as_str().unwrap())
            .is_some_and(Value::is_object)
    }));
}
