//! What is referred to and not here is told, once, and no more when it is accounted for.

use crate::made::{
    Told, acme, at, credit_note, customer, invoice, invoice_payment, payment, put, refund, store,
    subscription,
};
use coffer_domain::currency::Currency;
use coffer_domain::mode::Test;
use coffer_domain::money::Money;
use coffer_domain::record::{
    BalanceTransaction, CheckoutSession, Dispute, Kind, PaymentIntent, Record,
};
use coffer_store::proof::unresolved;
use coffer_store::table::gone;
use coffer_store::{Store, delete};

fn told(store: &Store<Test>, touched: Option<&[(Kind, String)]>) -> Vec<String> {
    let found = store
        .read(|read| unresolved(read.sql(), &acme(), &Kind::ALL, touched, 100))
        .unwrap();
    found
        .into_iter()
        .map(|it| format!("{}.{} {}", it.from_id, it.field, it.id))
        .collect()
}

fn bill(id: &str, customer: &str, subscription: &str, price: &str) -> Record {
    let mut bill = invoice(id, Some(customer), Told::default(), &[0, 0]);
    bill.subscription = Some(subscription.into());
    for line in &mut bill.lines {
        line.price = Some(price.into());
    }
    Record::Invoice(Box::new(bill))
}

fn balance(id: &str, source: &str) -> Record {
    Record::BalanceTransaction(BalanceTransaction {
        id: id.into(),
        source: Some(source.into()),
        kind: "charge".into(),
        amount: Money::new(1, Currency::USD),
        fee: 0,
        net: 1,
        created: at(1_000),
    })
}

/// One object for each field, and nothing that the fields lead to.
fn lonely() -> Vec<Record> {
    let mut known = subscription("sub_1", "cus_a", "price_a");
    known.latest_invoice = Some("in_a".into());
    let intent = PaymentIntent {
        id: "pi_1".into(),
        customer: Some("cus_c".into()),
        amount: Money::new(1, Currency::USD),
        status: "succeeded".into(),
        created: at(1_000),
        latest_payment: Some("ch_a".into()),
    };
    let dispute = Dispute {
        id: "du_1".into(),
        payment: Some("ch_c".into()),
        amount: Money::new(1, Currency::USD),
        status: "lost".into(),
        reason: "fraudulent".into(),
        created: at(1_000),
        due_by: None,
    };
    let session = CheckoutSession {
        id: "cs_1".into(),
        customer: None,
        status: None,
        mode: "payment".into(),
        payment_status: "paid".into(),
        total: None,
        subscription: Some("sub_b".into()),
        invoice: None,
        payment_intent: Some("pi_a".into()),
        payment_link: Some("plink_a".into()),
        created: at(1_000),
        expires: at(2_000),
    };
    vec![
        Record::Subscription(Box::new(known)),
        bill("in_1", "cus_b", "sub_a", "price_b"),
        invoice_payment("inpay_1", "in_b", 0, "open"),
        payment("ch_1", Some("cus_d"), 0),
        Record::PaymentIntent(intent),
        refund("re_1", "ch_b", 1, "failed"),
        Record::Dispute(dispute),
        balance("txn_1", "ch_d"),
        balance("txn_2", "re_a"),
        balance("txn_3", "po_a"),
        Record::CreditNote(Box::new(credit_note(
            "cn_1",
            "in_c",
            "cus_a",
            &["re_1", "re_b"],
        ))),
        Record::CheckoutSession(Box::new(session)),
    ]
}

#[test]
fn every_field_that_leads_to_nothing_is_told() {
    let (_home, store) = store();
    put(&store, &acme(), lonely());
    let expected = [
        "sub_1.customer cus_a",
        "sub_1.latest_invoice in_a",
        "sub_1.items.price price_a",
        "in_1.customer cus_b",
        "in_1.subscription sub_a",
        "in_1.lines.price price_b",
        "inpay_1.invoice in_b",
        "ch_1.customer cus_d",
        "pi_1.customer cus_c",
        "pi_1.latest_charge ch_a",
        "re_1.charge ch_b",
        "du_1.charge ch_c",
        "txn_1.source ch_d",
        "txn_2.source re_a",
        "cn_1.invoice in_c",
        "cn_1.customer cus_a",
        "cn_1.refunds re_b",
        "cs_1.subscription sub_b",
        "cs_1.payment_intent pi_a",
        "cs_1.payment_link plink_a",
    ];
    assert_eq!(told(&store, None), expected);
    let all: Vec<(Kind, String)> = lonely()
        .iter()
        .map(|it| (it.kind(), it.id().to_owned()))
        .collect();
    assert_eq!(
        told(&store, Some(&all)),
        expected,
        "both forms ask the same"
    );
    let one = [(Kind::Refunds, "re_1".to_owned())];
    assert_eq!(told(&store, Some(&one)), ["re_1.charge ch_b"]);
    assert!(told(&store, Some(&[])).is_empty());
}

#[test]
fn what_is_stored_deleted_or_known_to_be_gone_is_resolved() {
    let (_home, store) = store();
    put(
        &store,
        &acme(),
        vec![
            payment("ch_1", Some("cus_1"), 0),
            payment("ch_2", Some("cus_2"), 0),
            payment("ch_3", Some("cus_2"), 0),
            customer("cus_1", 0),
        ],
    );
    store
        .write(|write| delete(write, &acme(), Kind::Customers, "cus_1"))
        .unwrap();
    assert_eq!(
        told(&store, None),
        ["ch_2.customer cus_2"],
        "told once, however many refer to it"
    );
    store
        .write(|write| {
            gone::put(
                write,
                &acme(),
                Kind::Customers,
                "cus_2",
                "missing",
                at(7_000),
            )
        })
        .unwrap();
    assert!(told(&store, None).is_empty());
    let rows = store
        .read(|read| gone::of_account(read.sql(), &acme(), 100))
        .unwrap();
    assert_eq!(
        (rows[0].id.as_str(), rows[0].word.as_str()),
        ("cus_2", "missing")
    );
    // It comes after all.
    put(&store, &acme(), vec![customer("cus_2", 0)]);
    assert!(
        store
            .read(|read| gone::count(read.sql(), &acme()))
            .unwrap()
            .is_empty()
    );
    assert!(told(&store, None).is_empty());
    // A deleted object refers to nothing.
    put(&store, &acme(), vec![payment("ch_4", Some("cus_9"), 0)]);
    store
        .write(|write| delete(write, &acme(), Kind::Charges, "ch_4"))
        .unwrap();
    assert!(told(&store, None).is_empty());
}

#[test]
fn references_to_kinds_that_cannot_be_read_are_left_out_and_the_limit_holds() {
    let (_home, store) = store();
    put(
        &store,
        &acme(),
        vec![
            payment("ch_1", Some("cus_1"), 0),
            payment("ch_2", Some("cus_2"), 0),
            refund("re_1", "ch_9", 1, "failed"),
        ],
    );
    let ask = |kinds: &[Kind], limit| {
        store
            .read(|read| unresolved(read.sql(), &acme(), kinds, None, limit))
            .unwrap()
            .into_iter()
            .map(|it| it.id)
            .collect::<Vec<_>>()
    };
    assert_eq!(ask(&[Kind::Charges], 10), ["ch_9"]);
    assert_eq!(ask(&Kind::ALL, 1), ["cus_1"]);
    assert_eq!(ask(&Kind::ALL, 10).len(), 3);
}
