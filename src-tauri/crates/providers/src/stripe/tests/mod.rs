//! Tests of the adapter that need no server: addresses against the published description, objects against records.

mod fixtures;
mod introspect;
mod mapping;
mod notices;
mod overlay;
mod published;
mod unknown;
mod writes;

use std::path::PathBuf;

/// A file of Stripe's published material, which lies beside the repository and not in it. Says so where it is absent.
fn published_file(name: &str) -> Option<String> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../../../../shared/reference/stripe")
        .join(name);
    let text = std::fs::read_to_string(path).ok();
    if text.is_none() {
        println!("skipped: {name} is not here");
    }
    text
}

/// An object's text as a record, with the records inside it.
fn record(
    kind: coffer_domain::record::Kind,
    text: &str,
) -> Result<
    (
        coffer_domain::record::Record,
        Vec<coffer_domain::record::Record>,
    ),
    super::map::Problem,
> {
    super::map::object(kind, text).and_then(|parsed| parsed.made)
}

/// A fixture's text by the name of its resource.
fn fixtures() -> Option<serde_json::Map<String, serde_json::Value>> {
    let text = published_file("fixtures3.json")?;
    let mut whole: serde_json::Value = serde_json::from_str(&text).unwrap();
    match whole["resources"].take() {
        serde_json::Value::Object(resources) => Some(resources),
        other => panic!("fixtures are an object, not {other}"),
    }
}

/// The resources that have a record, with their kind.
const RESOURCES: [(&str, coffer_domain::record::Kind); 20] = {
    use coffer_domain::record::Kind;
    [
        ("customer", Kind::Customers),
        ("product", Kind::Products),
        ("price", Kind::Prices),
        ("coupon", Kind::Coupons),
        ("promotion_code", Kind::PromotionCodes),
        ("subscription", Kind::Subscriptions),
        ("invoice", Kind::Invoices),
        ("invoiceitem", Kind::InvoiceItems),
        ("invoice_payment", Kind::InvoicePayments),
        ("charge", Kind::Charges),
        ("payment_intent", Kind::PaymentIntents),
        ("refund", Kind::Refunds),
        ("dispute", Kind::Disputes),
        ("balance_transaction", Kind::BalanceTransactions),
        ("subscription_schedule", Kind::SubscriptionSchedules),
        ("credit_note", Kind::CreditNotes),
        (
            "customer_balance_transaction",
            Kind::CustomerBalanceTransactions,
        ),
        ("billing.meter", Kind::Meters),
        ("checkout.session", Kind::CheckoutSessions),
        ("payment_link", Kind::PaymentLinks),
    ]
};
