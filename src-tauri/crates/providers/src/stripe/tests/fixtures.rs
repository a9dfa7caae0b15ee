//! Stripe's own sample of every resource becomes a record.
//!
//! The samples show shapes only: a currency called `currency`, an empty time. The one thing that is changed before they
//! are read is that currency, which is no code and rightly refused.

use super::super::{map, wire};
use super::{RESOURCES, fixtures, record};
use coffer_domain::record::Kind;

#[test]
fn every_sample_becomes_a_record_of_its_kind() {
    let Some(fixtures) = fixtures() else {
        return;
    };
    for (name, kind) in RESOURCES {
        let text = fixtures[name]
            .to_string()
            .replace(r#""currency":"currency""#, r#""currency":"usd""#);
        let (record, _) =
            record(kind, &text).unwrap_or_else(|problem| panic!("the sample of {name}: {problem}"));
        assert_eq!(record.kind(), kind);
        assert_eq!(record.id(), fixtures[name]["id"].as_str().unwrap());
    }
}

#[test]
fn a_currency_that_is_none_is_refused() {
    let Some(fixtures) = fixtures() else {
        return;
    };
    let text = fixtures["invoice_payment"].to_string();
    let problem = record(Kind::InvoicePayments, &text).unwrap_err();
    assert_eq!(problem.to_string(), "`currency` is no currency");
}

#[test]
fn the_sample_account_has_a_country() {
    let Some(fixtures) = fixtures() else {
        return;
    };
    let account = map::account(serde_json::from_str(&fixtures["account"].to_string()).unwrap());
    assert_eq!(account.country.as_deref(), Some("US"));
}

#[test]
fn a_deleted_sample_is_seen_as_deleted() {
    let Some(fixtures) = fixtures() else {
        return;
    };
    for name in ["deleted_customer", "deleted_price", "deleted_invoice"] {
        let header = map::header(&fixtures[name].to_string()).unwrap();
        assert_eq!(header.deleted, Some(true));
    }
}

#[test]
fn what_stands_inside_others_is_read_too() {
    let Some(fixtures) = fixtures() else {
        return;
    };
    let text = |name: &str| fixtures[name].to_string();
    serde_json::from_str::<wire::Event<'_>>(&text("event")).unwrap();
    serde_json::from_str::<wire::Balance>(&text("balance")).unwrap();
    serde_json::from_str::<wire::SubscriptionItem>(&text("subscription_item")).unwrap();
    serde_json::from_str::<wire::Line>(&text("line_item")).unwrap();
    serde_json::from_str::<wire::Discount>(&text("discount")).unwrap();
}
