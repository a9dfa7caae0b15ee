//! What events are read as.

use super::super::{STRIPE_VERSION, changes::read_event};
use crate::provider::Told;
use coffer_domain::record::{Kind, Record};
use coffer_domain::sync::{Digest, digest};
use serde_json::{Value, json};
use std::collections::HashSet;

fn told(event: &Value) -> Told {
    let text = event.to_string();
    let event = serde_json::from_str(&text).unwrap();
    read_event(&event).unwrap().0
}

/// What is to be done about events, newest first.
fn read(newest_first: &[Value]) -> Digest {
    let notices = newest_first.iter().map(|event| told(event).notice);
    digest(notices.collect(), &HashSet::new())
}

fn event(kind: &str, created: i64, object: Value) -> Value {
    let id = format!("evt_{kind}_{created}");
    json!({"id": id, "object": "event", "type": kind, "created": created, "livemode": false,
           "api_version": STRIPE_VERSION, "data": {"object": object}})
}

/// The objects to look at.
fn touched(digest: &Digest) -> Vec<(Kind, &str)> {
    let of = digest.touched.iter();
    of.map(|it| (it.kind, it.id.as_str())).collect()
}

/// What an event about an object touches.
fn touches(object: &Value, expected: &[(Kind, &str)]) {
    let changes = read(&[event("something.updated", 1, object.clone())]);
    assert_eq!(touched(&changes), expected, "{object}");
    assert_eq!(changes.handled.len(), 1);
}

#[test]
fn an_event_touches_its_object_and_what_changes_with_it() {
    for (object, expected) in [
        (
            json!({"object": "discount", "id": "di_1", "customer": "cus_1", "subscription": "sub_1"}),
            vec![(Kind::Customers, "cus_1"), (Kind::Subscriptions, "sub_1")],
        ),
        (
            json!({"object": "invoice_payment", "id": "inpay_1", "invoice": "in_1"}),
            vec![(Kind::InvoicePayments, "inpay_1"), (Kind::Invoices, "in_1")],
        ),
        (
            json!({"object": "refund", "id": "re_1", "charge": {"id": "ch_1"}, "balance_transaction": "txn_1"}),
            vec![
                (Kind::Refunds, "re_1"),
                (Kind::Charges, "ch_1"),
                (Kind::BalanceTransactions, "txn_1"),
            ],
        ),
        (
            json!({"object": "charge", "id": "ch_1", "balance_transaction": null}),
            vec![(Kind::Charges, "ch_1")],
        ),
        (
            json!({"object": "dispute", "id": "du_1", "charge": "ch_1",
                   "balance_transactions": [{"id": "txn_1"}, "txn_2"]}),
            vec![
                (Kind::Disputes, "du_1"),
                (Kind::Charges, "ch_1"),
                (Kind::BalanceTransactions, "txn_1"),
                (Kind::BalanceTransactions, "txn_2"),
            ],
        ),
    ] {
        touches(&object, &expected);
    }
}

#[test]
fn an_event_of_billing_touches_what_it_is_about() {
    for (object, expected) in [
        (
            json!({"object": "invoiceitem", "id": "ii_1", "invoice": "in_1"}),
            vec![(Kind::InvoiceItems, "ii_1"), (Kind::Invoices, "in_1")],
        ),
        (
            json!({"object": "checkout.session", "id": "cs_1", "customer": "cus_1", "invoice": "in_1"}),
            vec![(Kind::CheckoutSessions, "cs_1")],
        ),
        (
            json!({"object": "billing.meter", "id": "mtr_1"}),
            vec![(Kind::Meters, "mtr_1")],
        ),
        (
            json!({"object": "payment_link", "id": "plink_1"}),
            vec![(Kind::PaymentLinks, "plink_1")],
        ),
        (
            json!({"object": "credit_note", "id": "cn_1", "invoice": "in_1", "customer": "cus_1",
                   "refunds": [{"refund": "re_1"}]}),
            vec![
                (Kind::CreditNotes, "cn_1"),
                (Kind::Invoices, "in_1"),
                (Kind::Customers, "cus_1"),
            ],
        ),
        (
            json!({"object": "plan", "id": "price_1"}),
            vec![(Kind::Prices, "price_1")],
        ),
        (json!({"object": "payout", "id": "po_1"}), vec![]),
        (json!({"object": "invoice"}), vec![]),
        (json!({"object": "invoice", "id": ""}), vec![]),
        (Value::Null, vec![]),
    ] {
        touches(&object, &expected);
    }
}

#[test]
fn a_schedule_changes_its_subscription_only_when_it_comes_or_goes() {
    let own = (Kind::SubscriptionSchedules, "sub_sched_1");
    let held =
        json!({"object": "subscription_schedule", "id": "sub_sched_1", "subscription": "sub_1"});
    let released = json!({"object": "subscription_schedule", "id": "sub_sched_1", "subscription": null,
                          "released_subscription": "sub_1"});
    for (event_type, object, also) in [
        ("subscription_schedule.created", &held, true),
        ("subscription_schedule.canceled", &held, true),
        ("subscription_schedule.completed", &held, true),
        ("subscription_schedule.aborted", &held, true),
        ("subscription_schedule.released", &released, true),
        ("subscription_schedule.updated", &held, false),
        ("subscription_schedule.expiring", &held, false),
    ] {
        let changes = read(&[event(event_type, 1, object.clone())]);
        let mut expected = vec![own];
        expected.extend(also.then_some((Kind::Subscriptions, "sub_1")));
        assert_eq!(touched(&changes), expected, "{event_type}");
    }
}

#[test]
fn a_subscription_that_ended_is_still_there() {
    let object = json!({"object": "subscription", "id": "sub_1"});
    let changes = read(&[event("customer.subscription.deleted", 1, object)]);
    assert_eq!(touched(&changes), [(Kind::Subscriptions, "sub_1")]);
    assert!(changes.deleted.is_empty());
}

#[test]
fn a_preview_of_an_invoice_is_none() {
    let object = json!({"object": "invoice", "id": "upcoming_in_1", "lines": {"data": [{"invoice_item": "ii_1"}]}});
    let changes = read(&[event("invoice.upcoming", 1, object)]);
    assert!(changes.touched.is_empty());
}

#[test]
fn items_that_moved_onto_an_invoice_are_read_again() {
    let object = json!({"object": "invoice", "id": "in_1", "lines": {"data": [
        {"parent": {"type": "invoice_item_details", "invoice_item_details": {"invoice_item": "ii_1"}}},
        {"parent": {"type": "subscription_item_details", "subscription_item_details": {"invoice_item": null}}},
        {"invoice_item": "ii_2"},
    ]}});
    let changes = read(&[event("invoice.created", 1, object)]);
    assert_eq!(
        touched(&changes),
        [
            (Kind::Invoices, "in_1"),
            (Kind::InvoiceItems, "ii_1"),
            (Kind::InvoiceItems, "ii_2")
        ]
    );
}

#[test]
fn a_notice_about_something_else_does_not_bring_back_what_is_gone() {
    let customer = json!({"object": "customer", "id": "cus_1"});
    let discount = json!({"object": "discount", "id": "di_1", "customer": "cus_1"});
    let with_it = read(&[
        event("customer.discount.deleted", 5, discount),
        event("customer.deleted", 5, customer),
    ]);
    assert_eq!(with_it.deleted, [(Kind::Customers, "cus_1".to_owned())]);
    assert!(with_it.touched.is_empty());
    for deletion in [
        "customer.deleted",
        "product.deleted",
        "price.deleted",
        "plan.deleted",
        "coupon.deleted",
        "invoice.deleted",
        "invoiceitem.deleted",
    ] {
        let object = json!({"object": "coupon", "id": "TEN"});
        let gone = read(&[event(deletion, 1, object)]);
        assert_eq!(gone.deleted.len(), 1, "{deletion}");
    }
}

fn with(mut object: Value, field: &str, value: Value) -> Value {
    object[field] = value;
    object
}

fn customer() -> Value {
    json!({"object": "customer", "id": "cus_1", "created": 1, "livemode": false, "discount": null})
}

fn subscription() -> Value {
    json!({"object": "subscription", "id": "sub_1", "customer": "cus_1", "status": "active", "currency": "usd",
           "created": 1, "discounts": [], "items": {"has_more": false, "data": [{"id": "si_1", "created": 1,
           "discounts": [], "price": {"id": "price_1", "product": "prod_1", "currency": "usd", "created": 1}}]}})
}

fn invoice() -> Value {
    json!({"object": "invoice", "id": "in_1", "currency": "usd", "created": 1, "subtotal": 1, "total": 1,
           "amount_due": 1, "amount_paid": 0, "amount_remaining": 1, "discounts": [], "lines": {"has_more": false,
           "data": [{"id": "il_1", "amount": 1, "currency": "usd", "discounts": [], "period": {"start": 1, "end": 2}}]}})
}

fn of(kind: &str, object: Value) -> Option<Record> {
    told(&event(kind, 5, object)).payload.map(|it| it.record)
}

#[test]
fn an_object_that_came_whole_in_our_version_is_given_along() {
    let product = json!({"object": "product", "id": "prod_1", "name": "A", "created": 1});
    let note = json!({"object": "credit_note", "id": "cn_1", "invoice": "in_1", "amount": 5, "currency": "usd",
        "pre_payment_amount": 5, "post_payment_amount": 0, "status": "issued", "created": 1,
        "lines": {"data": [{"id": "cnli_1"}], "has_more": false}});
    for (kind, object, id) in [
        ("customer.updated", customer(), "cus_1"),
        ("customer.subscription.updated", subscription(), "sub_1"),
        ("customer.subscription.deleted", subscription(), "sub_1"),
        ("invoice.paid", invoice(), "in_1"),
        ("product.updated", product, "prod_1"),
        ("credit_note.created", note, "cn_1"),
    ] {
        let told = told(&event(kind, 5, object.clone()));
        let payload = told.payload.unwrap_or_else(|| panic!("{kind}"));
        assert_eq!(payload.id, id);
        assert_eq!(payload.raw, object.to_string());
        assert_eq!(payload.api_version, STRIPE_VERSION);
        assert_eq!(told.notice.own.unwrap().1, id);
    }
}

#[test]
fn an_object_that_a_look_up_would_tell_more_of_is_not() {
    let price = json!({"object": "price", "id": "price_1", "product": "prod_1", "currency": "usd", "created": 1,
                       "billing_scheme": "per_unit", "unit_amount": 5});
    let coupon = json!({"object": "coupon", "id": "TEN", "created": 1, "duration": "once", "percent_off": 5});
    let plan = json!({"object": "plan", "id": "price_1", "product": "prod_1", "currency": "usd", "created": 1});
    let mut item_discount = subscription();
    item_discount["items"]["data"][0]["discounts"] = json!(["di_1"]);
    let mut items_cut = subscription();
    items_cut["items"]["has_more"] = json!(true);
    let mut line_discount = invoice();
    line_discount["lines"]["data"][0]["discounts"] = json!(["di_1"]);
    let mut lines_cut = invoice();
    lines_cut["lines"]["has_more"] = json!(true);
    let discount = json!({"id": "di_1", "start": 1, "source": {"coupon": "TEN"}});
    for (kind, object) in [
        ("price.updated", price),
        ("coupon.updated", coupon),
        ("plan.updated", plan),
        ("customer.updated", with(customer(), "discount", discount)),
        ("customer.updated", with(customer(), "created", json!("x"))),
        ("customer.updated", with(customer(), "deleted", json!(true))),
        ("customer.deleted", customer()),
        (
            "customer.subscription.updated",
            with(subscription(), "discounts", json!(["di_1"])),
        ),
        ("customer.subscription.updated", item_discount),
        ("customer.subscription.updated", items_cut),
        (
            "customer.subscription.updated",
            with(subscription(), "items", Value::Null),
        ),
        (
            "invoice.paid",
            with(invoice(), "discounts", json!(["di_1"])),
        ),
        ("invoice.paid", line_discount),
        ("invoice.paid", lines_cut),
        ("invoice.paid", with(invoice(), "lines", Value::Null)),
        ("invoice.upcoming", invoice()),
    ] {
        assert_eq!(of(kind, object.clone()), None, "{kind}: {object}");
    }
    assert!(of("customer.updated", customer()).is_some());
    for version in [json!("2026-09-30.endive"), json!(null)] {
        let old = with(
            event("customer.updated", 5, customer()),
            "api_version",
            version,
        );
        let told = told(&old);
        assert_eq!(told.payload, None);
        assert!(told.notice.own.is_some(), "the notice is told all the same");
    }
}
