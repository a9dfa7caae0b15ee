//! The lists of the desk on records made to order: what no simulated merchant has, and how the questions are answered.

use crate::made::{Told, acme, at, customer, invoice, line, payment, put, store, subscription};
use coffer_domain::currency::Currency;
use coffer_domain::filter::{Filter, List};
use coffer_domain::mode::Test;
use coffer_domain::money::Money;
use coffer_domain::record::{
    Dispute, Invoice, InvoicePayment, InvoiceStatus, LineOrigin, Payment, PaymentStatus, Record,
    SubscriptionStatus,
};
use coffer_store::Store;
use coffer_store::query::records::{Part, Records, Sort, Wanted, lines};

const DAY: i64 = 86_400;
const NOW: i64 = 100 * DAY;

fn ids(store: &Store<Test>, list: List, filter: &str, sort: Sort, descending: bool) -> Vec<String> {
    let filter = Filter::parse(filter, list).unwrap();
    store
        .read(|read| {
            let wanted = Wanted {
                list,
                filter: &filter,
                sort,
                descending,
                now: at(NOW),
            };
            let records = Records::new(read.sql(), wanted)?;
            let keys = records.keys(read.sql(), 0, 200)?;
            assert_eq!(records.totals(read.sql())?.count, keys.len() as u64);
            Ok(keys.into_iter().map(|key| key.id).collect())
        })
        .unwrap()
}

fn charge(id: &str, of: &str, minor: i64, currency: Currency, created: i64) -> Payment {
    let Record::Payment(it) = payment(id, Some(of), 0) else {
        unreachable!("a payment is made of a payment");
    };
    Payment {
        amount: Money::new(minor, currency),
        created: at(created),
        ..*it
    }
}

fn paid(all: Vec<Payment>) -> Vec<Record> {
    all.into_iter()
        .map(|it| Record::Payment(Box::new(it)))
        .collect()
}

/// An invoice of a subscription for a period, paid by a payment.
fn bill(id: &str, of: &str, subscription: &str, from: i64, by: &str) -> Vec<Record> {
    let mut own = line(&format!("il_{id}"), 1_000);
    own.period_start = at(from);
    own.origin = LineOrigin::Recurring;
    let it = Invoice {
        subscription: Some(subscription.into()),
        lines: vec![own],
        ..invoice(id, Some(of), Told::default(), &[])
    };
    let settled = InvoicePayment {
        id: format!("inpay_{id}").into(),
        invoice: id.into(),
        payment_intent: None,
        payment: Some(by.into()),
        amount_paid: Some(1_000),
        currency: Currency::USD,
        status: "paid".into(),
        created: at(from),
    };
    vec![
        Record::Invoice(Box::new(it)),
        Record::InvoicePayment(settled),
    ]
}

#[test]
fn what_looks_charged_twice_is_the_same_amount_within_a_day_for_nothing_else() {
    let (_home, store) = store();
    let usd = Currency::USD;
    let pair = |of: &str, apart: i64| {
        let first = charge(&format!("ch_{of}_1"), of, 1_000, usd, 1_000_000);
        let second = charge(&format!("ch_{of}_2"), of, 1_000, usd, 1_000_000 + apart);
        (first, second)
    };
    let mut records = Vec::new();
    for of in [
        "twice", "later", "other", "given", "failed", "plans", "months", "same",
    ] {
        records.push(customer(of, 0));
    }
    let (a, b) = pair("twice", DAY);
    records.extend(paid(vec![a, b]));
    let (a, b) = pair("later", DAY + 1);
    records.extend(paid(vec![a, b]));
    let (a, b) = pair("other", 60);
    let yen = Money::new(1_000, Currency::parse("JPY").unwrap());
    records.extend(paid(vec![a, Payment { amount: yen, ..b }]));
    let (a, b) = pair("given", 60);
    let given = Payment {
        amount_refunded: 1,
        ..b
    };
    records.extend(paid(vec![a, given]));
    let (a, b) = pair("failed", 60);
    let failed = Payment {
        status: PaymentStatus::Failed,
        ..b
    };
    records.extend(paid(vec![a, failed]));
    for of in ["plans", "months", "same"] {
        let (a, b) = pair(of, 60);
        records.extend(paid(vec![a, b]));
    }
    records.extend(bill("in_p1", "plans", "sub_1", 500, "ch_plans_1"));
    records.extend(bill("in_p2", "plans", "sub_2", 500, "ch_plans_2"));
    records.extend(bill("in_m1", "months", "sub_3", 500, "ch_months_1"));
    records.extend(bill("in_m2", "months", "sub_3", 900, "ch_months_2"));
    records.extend(bill("in_s1", "same", "sub_4", 500, "ch_same_1"));
    records.extend(bill("in_s2", "same", "sub_4", 500, "ch_same_2"));
    put(&store, &acme(), records);
    let mut found = ids(&store, List::Payments, "is:duplicate", Sort::Created, true);
    found.sort();
    assert_eq!(
        found,
        ["ch_same_1", "ch_same_2", "ch_twice_1", "ch_twice_2"],
        "two bills of other plans or other months are two bills"
    );
    let shown = store
        .read(|read| {
            let key = coffer_store::query::records::Key {
                account: acme().to_string(),
                id: "ch_twice_1".to_owned(),
            };
            lines(read.sql(), List::Payments, at(NOW), &[key])
        })
        .unwrap();
    let Some(Part::Payment(part)) = shown.first().map(|it| &it.part) else {
        panic!("a payment is shown");
    };
    assert_eq!(part.twin.as_ref().unwrap().id, "ch_twice_2");
}

#[test]
fn amounts_of_every_number_of_decimals_stand_in_one_order() {
    let (_home, store) = store();
    let mut records = vec![customer("cus_1", 0)];
    for (place, (id, minor, code)) in [
        ("ch_yen", 50, "JPY"),
        ("ch_dollar", 4_000, "USD"),
        ("ch_dinar", 30_000, "KWD"),
        ("ch_krona", 2_000, "ISK"),
        ("ch_ariary", 10, "MGA"),
    ]
    .into_iter()
    .enumerate()
    {
        let currency = Currency::parse(code).unwrap();
        let created = 1_000 + i64::try_from(place).unwrap();
        records.extend(paid(vec![charge(id, "cus_1", minor, currency, created)]));
    }
    put(&store, &acme(), records);
    let by_amount = |filter: &str| ids(&store, List::Payments, filter, Sort::Amount, true);
    let all = ["ch_yen", "ch_dollar", "ch_dinar", "ch_krona", "ch_ariary"];
    assert_eq!(by_amount(""), all);
    assert_eq!(by_amount("amount>30"), all[..2]);
    assert_eq!(by_amount("amount:30.000"), all[2..3]);
    assert_eq!(by_amount("amount<=20"), all[3..]);
}

fn dispute(id: &str, status: &str, due: Option<i64>) -> Record {
    Record::Dispute(Dispute {
        id: id.into(),
        payment: Some("ch_1".into()),
        amount: Money::new(1_000, Currency::USD),
        status: status.to_owned(),
        reason: "fraudulent".to_owned(),
        created: at(NOW - 20 * DAY),
        due_by: due.map(at),
    })
}

#[test]
fn what_can_still_be_answered_comes_first_by_its_deadline() {
    let (_home, store) = store();
    put(
        &store,
        &acme(),
        vec![
            customer("cus_1", 0),
            payment("ch_1", Some("cus_1"), 0),
            dispute("dp_lost", "lost", Some(NOW + DAY)),
            dispute("dp_missed", "needs_response", Some(NOW - DAY)),
            dispute("dp_later", "needs_response", Some(NOW + 9 * DAY)),
            dispute("dp_soon", "warning_needs_response", Some(NOW + 2 * DAY)),
        ],
    );
    let by_deadline = |filter: &str| ids(&store, List::Disputes, filter, Sort::Due, false);
    let all = by_deadline("");
    assert_eq!(all[..2], ["dp_soon", "dp_later"]);
    assert_eq!(by_deadline("status:lost"), ["dp_lost"]);
    let waiting = "status:needs_response,warning_needs_response";
    assert_eq!(
        by_deadline(&format!("{waiting} due<=3d due>=0d")),
        ["dp_soon"]
    );
}

#[test]
fn a_second_trial_is_told_from_a_first_and_a_kept_one_from_a_lost_one() {
    let (_home, store) = store();
    let trial = |id: &str, of: &str, created: i64, end: i64, status: SubscriptionStatus| {
        let mut it = subscription(id, of, "price_1");
        it.created = at(created);
        it.start = at(created);
        it.trial_start = Some(at(created));
        it.trial_end = Some(at(end));
        it.status = status;
        Record::Subscription(Box::new(it))
    };
    let kept = Invoice {
        subscription: Some("sub_kept".into()),
        amount_paid: 900,
        created: at(60 * DAY),
        ..invoice("in_1", Some("cus_2"), Told::default(), &[900])
    };
    put(
        &store,
        &acme(),
        vec![
            customer("cus_1", 0),
            customer("cus_2", 0),
            trial(
                "sub_first",
                "cus_1",
                DAY,
                8 * DAY,
                SubscriptionStatus::Canceled,
            ),
            trial(
                "sub_again",
                "cus_1",
                95 * DAY,
                102 * DAY,
                SubscriptionStatus::Trialing,
            ),
            trial(
                "sub_kept",
                "cus_2",
                50 * DAY,
                60 * DAY,
                SubscriptionStatus::Active,
            ),
            Record::Invoice(Box::new(kept)),
        ],
    );
    let trials = |filter: &str| ids(&store, List::Trials, filter, Sort::Due, false);
    assert_eq!(trials("is:again"), ["sub_again"]);
    assert_eq!(trials("status:running"), ["sub_again"]);
    assert_eq!(trials("status:converted"), ["sub_kept"]);
    assert_eq!(trials("status:lost"), ["sub_first"]);
}

#[test]
fn a_bill_that_is_open_and_not_due_yet_is_not_past_due() {
    let (_home, store) = store();
    let open = |id: &str, attempts: i64, due: Option<i64>| {
        Record::Invoice(Box::new(Invoice {
            status: InvoiceStatus::Open,
            amount_remaining: 1_000,
            attempt_count: attempts,
            due: due.map(at),
            ..invoice(id, Some("cus_1"), Told::default(), &[1_000])
        }))
    };
    put(
        &store,
        &acme(),
        vec![
            customer("cus_1", 0),
            open("in_tried", 2, None),
            open("in_overdue", 0, Some(NOW - 1)),
            open("in_due_later", 0, Some(NOW + 1)),
            open("in_untried", 0, None),
        ],
    );
    let mut found = ids(&store, List::Recovery, "", Sort::Amount, true);
    found.sort();
    assert_eq!(found, ["in_overdue", "in_tried"]);
}
