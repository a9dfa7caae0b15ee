//! What events are read as.

use super::super::{changes::changes_of, wire};
use coffer_domain::record::Kind;
use serde_json::{Value, json};

fn read(newest_first: &[Value]) -> crate::provider::Changes {
    let events: Vec<wire::Event> = newest_first
        .iter()
        .map(|event| serde_json::from_str(&event.to_string()).unwrap())
        .collect();
    changes_of(events)
}

fn event(kind: &str, created: i64, object: Value) -> Value {
    json!({"id": "evt_1", "object": "event", "type": kind, "created": created, "livemode": false,
           "data": {"object": object}})
}

fn ids(list: &[(Kind, String)]) -> Vec<(Kind, &str)> {
    list.iter().map(|(kind, id)| (*kind, id.as_str())).collect()
}

#[test]
fn an_event_touches_its_object_and_what_changes_with_it() {
    for (object, touched) in [
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
        (
            json!({"object": "invoiceitem", "id": "ii_1", "invoice": "in_1"}),
            vec![(Kind::InvoiceItems, "ii_1"), (Kind::Invoices, "in_1")],
        ),
        (
            json!({"object": "subscription_schedule", "id": "sub_sched_1", "subscription": "sub_1"}),
            vec![(Kind::Subscriptions, "sub_1")],
        ),
        (
            json!({"object": "credit_note", "id": "cn_1", "invoice": "in_1"}),
            vec![(Kind::Invoices, "in_1")],
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
        let changes = read(&[event("something.updated", 1, object.clone())]);
        assert_eq!(ids(&changes.touched), touched, "{object}");
        assert_eq!(changes.seen, 1);
    }
}

#[test]
fn a_subscription_that_ended_is_still_there() {
    let object = json!({"object": "subscription", "id": "sub_1"});
    let changes = read(&[event("customer.subscription.deleted", 1, object)]);
    assert_eq!(ids(&changes.touched), [(Kind::Subscriptions, "sub_1")]);
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
        ids(&changes.touched),
        [
            (Kind::Invoices, "in_1"),
            (Kind::InvoiceItems, "ii_1"),
            (Kind::InvoiceItems, "ii_2")
        ]
    );
}

#[test]
fn each_object_is_named_once_in_order_of_its_first_change() {
    let customer = |id: &str| json!({"object": "customer", "id": id});
    let changes = read(&[
        event("customer.updated", 30, customer("cus_a")),
        event("customer.updated", 10, customer("cus_b")),
        event("customer.updated", 20, customer("cus_a")),
    ]);
    assert_eq!(
        ids(&changes.touched),
        [(Kind::Customers, "cus_b"), (Kind::Customers, "cus_a")]
    );
    assert_eq!(changes.newest.unwrap().timestamp(), 30);
    assert_eq!(changes.seen, 3);
}

#[test]
fn the_last_word_about_an_object_decides_whether_it_is_gone() {
    let coupon = json!({"object": "coupon", "id": "TEN"});
    let gone = read(&[
        event("coupon.deleted", 2, coupon.clone()),
        event("coupon.created", 1, coupon.clone()),
    ]);
    assert_eq!(ids(&gone.deleted), [(Kind::Coupons, "TEN")]);
    assert!(gone.touched.is_empty(), "what is gone need not be read");
    let again = read(&[
        event("coupon.created", 2, coupon.clone()),
        event("coupon.deleted", 2, coupon),
    ]);
    assert_eq!(
        ids(&again.touched),
        [(Kind::Coupons, "TEN")],
        "within a second the order of arrival counts"
    );
    assert!(again.deleted.is_empty());
    let customer = json!({"object": "customer", "id": "cus_1"});
    let discount = json!({"object": "discount", "id": "di_1", "customer": "cus_1"});
    let with_it = read(&[
        event("customer.discount.deleted", 5, discount),
        event("customer.deleted", 5, customer),
    ]);
    assert_eq!(
        ids(&with_it.deleted),
        [(Kind::Customers, "cus_1")],
        "a notice about something else does not bring it back"
    );
}
