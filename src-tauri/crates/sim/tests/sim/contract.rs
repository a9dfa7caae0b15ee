//! The shapes: every object has every field that the pinned API version requires, and none that it does not know.
//!
//! The reference is a digest of the provider's own published types that lies beside the repository on the machines of those
//! who work on it. Where it is absent there is nothing to compare with, and the test says that it was skipped.

use std::path::Path;

use crate::support::shapes::{compare, compare_parts};
use crate::support::{Desk, spec};
use serde_json::Value;

/// List, file and interface of the reference, and a path of fields below which nested shapes are checked too.
const SHAPES: [(&str, &str, &str); 20] = [
    ("customers", "Customers", "Customer"),
    ("products", "Products", "Product"),
    (
        "prices?expand[]=data.tiers&expand[]=data.currency_options",
        "Prices",
        "Price",
    ),
    (
        "coupons?expand[]=data.applies_to&expand[]=data.currency_options",
        "Coupons",
        "Coupon",
    ),
    ("promotion_codes", "PromotionCodes", "PromotionCode"),
    ("subscriptions?status=all", "Subscriptions", "Subscription"),
    ("invoices?expand[]=data.payments", "Invoices", "Invoice"),
    ("invoiceitems", "InvoiceItems", "InvoiceItem"),
    ("invoice_payments", "InvoicePayments", "InvoicePayment"),
    ("charges", "Charges", "Charge"),
    ("payment_intents", "PaymentIntents", "PaymentIntent"),
    ("refunds", "Refunds", "Refund"),
    ("disputes", "Disputes", "Dispute"),
    (
        "balance_transactions",
        "BalanceTransactions",
        "BalanceTransaction",
    ),
    (
        "subscription_schedules",
        "SubscriptionSchedules",
        "SubscriptionSchedule",
    ),
    ("credit_notes", "CreditNotes", "CreditNote"),
    ("billing/meters", "Billing/Meters", "Meter"),
    ("checkout/sessions", "Checkout/Sessions", "Session"),
    ("payment_links", "PaymentLinks", "PaymentLink"),
    ("events", "Events", "EventBase"),
];

#[tokio::test]
async fn every_object_has_the_fields_of_its_version_and_no_others() {
    let reference = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../../../shared/reference/stripe/types-endive.json");
    let Ok(bytes) = std::fs::read(&reference) else {
        println!("skipped: the reference types are not here");
        return;
    };
    let types: Value = serde_json::from_slice(&bytes).unwrap();
    let desk = Desk::open(spec(3, 700, 16)).await;
    let mut faults = Vec::new();
    for (list, file, interface) in SHAPES {
        let objects = desk.walk(&format!("/v1/{list}")).await;
        assert!(!objects.is_empty(), "{list} has something to compare");
        for object in &objects {
            compare(&types, file, interface, object, &mut faults);
            compare_parts(&types, interface, object, &mut faults);
        }
    }
    compare(
        &types,
        "Accounts",
        "Account",
        &desk.get("/v1/account").await,
        &mut faults,
    );
    compare(
        &types,
        "Balance",
        "Balance",
        &desk.get("/v1/balance").await,
        &mut faults,
    );
    faults.sort();
    faults.dedup();
    assert!(
        faults.is_empty(),
        "{} differences:\n{}",
        faults.len(),
        faults.join("\n")
    );
}
