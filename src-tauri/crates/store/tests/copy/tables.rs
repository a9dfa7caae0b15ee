//! The tables beside the mirror, and what a record leaves in them.

use crate::made::{
    Told, acme, at, credit_note, customer, derive, entry, invoice, page, payment, put, store,
    subscription,
};
use coffer_domain::currency::Currency;
use coffer_domain::ids::CustomerId;
use coffer_domain::mode::Test;
use coffer_domain::ratio::Ratio;
use coffer_domain::record::{
    Coupon, CouponDuration, CouponOff, Kind, Price, PriceScheme, Record, Recurring,
    RecurringInterval,
};
use coffer_domain::sync::{Stretch, covered};
use coffer_store::query::{customers, ledger, object, unsettled, weight};
use coffer_store::table::reads::Asked;
use coffer_store::table::{account, contact, dirty, meta, notice, reads, search, stretch};
use coffer_store::{PageCommit, Store, StoreError, reproject};

fn stretches(store: &Store<Test>) -> Vec<Stretch> {
    store
        .read(|read| stretch::of_account(read.sql(), &acme()))
        .unwrap()
}

#[test]
fn a_list_that_was_cut_goes_on_where_each_part_stood() {
    let (_home, store) = store();
    let begun = Stretch {
        after: Some("in_5".into()),
        ..Stretch::whole(Kind::Invoices)
    };
    let near = Stretch {
        from: Some(at(500)),
        ..begun.clone()
    };
    let far = Stretch {
        to: Some(at(500)),
        ..Stretch::whole(Kind::Invoices)
    };
    let (first, cut) = (begun.clone(), (near.clone(), far.clone()));
    store
        .write(move |write| {
            stretch::put(write, &acme(), &first)?;
            stretch::cut(write, &acme(), &cut.0, &cut.1)
        })
        .unwrap();
    assert_eq!(stretches(&store), [near.clone(), far.clone()]);
    // A page of the farther part moves that part alone.
    let moved = Stretch {
        after: Some("in_2".into()),
        done: true,
        ..far
    };
    let commit = PageCommit {
        stretch: Some(moved.clone()),
        ..page(&acme(), vec![customer("cus_1", 0)], 1)
    };
    store.write(move |write| commit.apply(write)).unwrap();
    assert_eq!(stretches(&store), [near.clone(), moved.clone()]);
    assert!(covered(&stretches(&store), &[Kind::Invoices]).is_err());
    let near = Stretch { done: true, ..near };
    store
        .write(move |write| stretch::put(write, &acme(), &near))
        .unwrap();
    assert_eq!(covered(&stretches(&store), &[Kind::Invoices]), Ok(()));
    let walk = store
        .write(|write| stretch::begin_walk(write, &acme(), at(9_000)))
        .unwrap();
    assert_eq!(walk, 2);
    assert!(
        stretches(&store).is_empty(),
        "a new walk begins with nothing"
    );
}

#[test]
fn notices_handled_are_known_until_they_are_too_old() {
    let (_home, store) = store();
    let handled = vec![
        ("evt_a".to_owned(), at(10)),
        ("evt_b".to_owned(), at(20)),
        ("evt_b".to_owned(), at(20)),
    ];
    store
        .write(move |write| notice::put(write, &acme(), &handled))
        .unwrap();
    let known = |since| {
        let known = store
            .read(|read| notice::known(read.sql(), &acme(), at(since)))
            .unwrap();
        let mut known: Vec<String> = known.into_iter().collect();
        known.sort();
        known
    };
    assert_eq!(known(0), ["evt_a", "evt_b"]);
    assert_eq!(known(20), ["evt_b"], "one of the very second is known");
    let gone = store
        .write(|write| notice::prune(write, &acme(), at(20)))
        .unwrap();
    assert_eq!((gone, known(0).len()), (1, 1));
}

#[test]
fn reads_count_for_thirty_days_and_transactions_are_payments_that_succeeded() {
    let (_home, store) = store();
    const DAY: i64 = 86_400;
    let now = 100 * DAY;
    let paid = |id: &str, created: i64, status: &str| {
        let Record::Payment(mut it) = payment(id, None, 0) else {
            unreachable!("a payment")
        };
        it.created = at(created);
        it.status = coffer_domain::record::PaymentStatus::from_word(status);
        Record::Payment(it)
    };
    put(
        &store,
        &acme(),
        vec![
            paid("ch_1", now - DAY, "succeeded"),
            paid("ch_2", now - 29 * DAY, "succeeded"),
            paid("ch_3", now - 31 * DAY, "succeeded"),
            paid("ch_4", now - DAY, "failed"),
        ],
    );
    let asked = |reads| Asked {
        reads,
        requests: reads + 1,
    };
    store
        .write(move |write| {
            for (age, count) in [(0, 3), (0, 4), (29, 10), (31, 100), (61, 1_000)] {
                reads::note(write, &acme(), at(now - age * DAY), asked(count))?;
            }
            reads::note(write, &acme(), at(now), asked(0))
        })
        .unwrap();
    let used = store
        .read(|read| reads::used(read.sql(), &acme(), at(now)))
        .unwrap();
    assert_eq!((used.reads, used.transactions), (17, 2));
    let contacts = store.read(|read| contact::all(read.sql())).unwrap();
    let counted: Vec<u64> = contacts.iter().map(|it| it.requests).collect();
    assert_eq!(counted, [1_123], "every request counts for ever");
}

#[test]
fn the_same_answer_later_is_as_fresh_as_its_request() {
    let (_home, store) = store();
    let fetched = |id: &str| {
        store
            .read(|read| object::fetched_at(read.sql(), &acme(), Kind::Customers, id))
            .unwrap()
    };
    let send = |asked| {
        let page = page(&acme(), vec![customer("cus_1", 0)], asked);
        store.write(move |write| page.apply(write)).unwrap()
    };
    assert_eq!(fetched("cus_1"), None);
    assert_eq!((send(100), fetched("cus_1")), (1, Some(at(100))));
    assert_eq!((send(300), fetched("cus_1")), (0, Some(at(300))));
    assert_eq!((send(200), fetched("cus_1")), (0, Some(at(300))));
    let gone = PageCommit {
        deleted: vec!["cus_1".into()],
        ..page(&acme(), Vec::new(), 400)
    };
    store.write(move |write| gone.apply(write)).unwrap();
    assert_eq!(fetched("cus_1"), None, "what is deleted is not fresh");
}

#[test]
fn counts_follow_every_change() {
    let (_home, store) = store();
    let counts = || {
        let kinds = store
            .read(|read| weight::kinds(read.sql(), Some("acct_1")))
            .unwrap();
        kinds
            .first()
            .map(|it| (it.stored, it.deleted, it.plain_bytes))
    };
    assert_eq!(counts(), None);
    put(
        &store,
        &acme(),
        vec![customer("cus_1", 0), customer("cus_2", 0)],
    );
    let before = counts().unwrap();
    assert_eq!((before.0, before.1), (2, 0));
    let longer = page(&acme(), vec![customer("cus_1", 1_000)], 2);
    store.write(move |write| longer.apply(write)).unwrap();
    assert_eq!(counts(), Some((2, 0, before.2 + 3)), "three digits more");
    for _ in 0..2 {
        store
            .write(|write| coffer_store::delete(write, &acme(), Kind::Customers, "cus_2"))
            .unwrap();
        assert_eq!(counts(), Some((1, 1, before.2 + 3)));
    }
    let back = page(&acme(), vec![customer("cus_2", 0)], 3);
    store.write(move |write| back.apply(write)).unwrap();
    assert_eq!(counts(), Some((2, 0, before.2 + 3)));
    store
        .write(|write| account::remove(write, &acme(), true))
        .unwrap();
    assert_eq!(counts(), None);
}

#[test]
fn ledgers_worth_asking_for_come_in_order_and_each_once() {
    let (_home, store) = store();
    let mut bill = invoice("in_1", Some("cus_c"), Told::default(), &[]);
    bill.touches_ledger = true;
    let mut note = credit_note("cn_1", "in_1", "cus_d", &[]);
    note.credit_entry = Some("cbtxn_9".into());
    let customers = ["cus_a", "cus_b", "cus_c", "cus_d", "cus_e", "cus_f"];
    let mut records: Vec<Record> = customers.iter().map(|id| customer(id, 0)).collect();
    records.extend([
        customer("cus_b", -5),
        customer("cus_g", 7),
        Record::Invoice(Box::new(bill)),
        Record::CreditNote(Box::new(note)),
        entry("cbtxn_1", "cus_e", -1, Currency::USD),
        entry("cbtxn_2", "cus_e", 1, Currency::USD),
        entry("cbtxn_3", "cus_nobody", 1, Currency::USD),
    ]);
    put(&store, &acme(), records);
    store
        .write(|write| coffer_store::delete(write, &acme(), Kind::Customers, "cus_g"))
        .unwrap();
    let owners = |after: Option<&str>, limit| -> Vec<String> {
        store
            .read(|read| ledger::owners(read.sql(), &acme(), after, limit))
            .unwrap()
            .iter()
            .map(ToString::to_string)
            .collect()
    };
    assert_eq!(owners(None, 10), ["cus_b", "cus_c", "cus_d", "cus_e"]);
    assert_eq!(owners(None, 3), ["cus_b", "cus_c", "cus_d"]);
    assert_eq!(owners(Some("cus_d"), 3), ["cus_e"]);
    assert!(owners(Some("cus_e"), 3).is_empty());
}

fn price(id: &str, unit: i64, nickname: &str) -> Record {
    Record::Price(Box::new(Price {
        id: id.into(),
        product: "prod_1".into(),
        currency: Currency::USD,
        active: true,
        nickname: Some(nickname.into()),
        created: at(0),
        recurring: Some(Recurring {
            interval: RecurringInterval::Month,
            count: 1,
            metered: false,
        }),
        scheme: PriceScheme::PerUnit(Ratio::whole(unit)),
        other_currencies: Vec::new(),
        transform: None,
        tax_inclusive: false,
    }))
}

fn coupon(percent: i64, name: &str) -> Record {
    Record::Coupon(Coupon {
        id: "ten".into(),
        name: Some(name.into()),
        off: CouponOff::Percent(Ratio::whole(percent)),
        duration: CouponDuration::Forever,
        applies_to: None,
        created: at(0),
        valid: true,
    })
}

fn marked(store: &Store<Test>) -> usize {
    store
        .read(|read| dirty::dirty(read.sql(), 100))
        .unwrap()
        .len()
}

#[test]
fn a_coupon_or_price_touches_pasts_only_when_its_terms_changed() {
    let (_home, store) = store();
    let subscribe = |n: u8| {
        let id = format!("sub_{n}");
        Record::Subscription(Box::new(subscription(&id, &format!("cus_{n}"), "price_1")))
    };
    put(
        &store,
        &acme(),
        vec![price("price_1", 500, "a"), subscribe(1), subscribe(2)],
    );
    derive(&store);
    let send = |record: Record, asked| {
        let page = page(&acme(), vec![record], asked);
        store.write(move |write| page.apply(write)).unwrap();
        let marked = marked(&store);
        derive(&store);
        marked
    };
    assert_eq!(
        send(coupon(10, "a"), 10),
        0,
        "nobody waited for a new coupon"
    );
    assert_eq!(send(coupon(10, "b"), 11), 0, "another name");
    assert_eq!(send(coupon(20, "b"), 12), 2, "another percentage");
    assert_eq!(send(price("price_1", 500, "b"), 13), 0, "another nickname");
    assert_eq!(send(price("price_1", 700, "b"), 14), 2, "another amount");
    // A worth that could not be known is worked out when what was missing comes.
    put(
        &store,
        &acme(),
        vec![Record::Subscription(Box::new(subscription(
            "sub_3", "cus_3", "price_2",
        )))],
    );
    derive(&store);
    assert_eq!(send(price("price_3", 1, "c"), 15), 1, "it may be the one");
    assert_eq!(send(price("price_2", 1, "c"), 16), 1);
    assert_eq!(
        send(price("price_4", 1, "c"), 17),
        0,
        "nobody waits any more"
    );
}

/// Every row of what an object is projected to, and of what must not change with it.
fn everything(store: &Store<Test>) -> Vec<String> {
    [
        "price",
        "customer",
        "subscription",
        "subscription_item",
        "observation",
        "invoice",
        "invoice_line",
        "payment",
        "credit_note",
        "credit_entry",
        "facts",
        "customer_summary",
        "search_document",
        "raw_object",
        "raw_count",
    ]
    .iter()
    .map(|table| store.read(|read| rows(read.sql(), table)).unwrap())
    .collect()
}

fn rows(sql: &rusqlite::Connection, table: &str) -> Result<String, StoreError> {
    let mut statement = sql.prepare(&format!("SELECT * FROM {table}"))?;
    let columns = statement.column_count();
    let mut rows = statement.query([])?;
    let mut text = format!("{table}:");
    while let Some(row) = rows.next()? {
        for column in 0..columns {
            text += &format!("{:?}|", row.get_ref(column)?);
        }
        text += "\n";
    }
    Ok(text)
}

#[test]
fn reading_everything_again_makes_the_same_rows() {
    let (_home, store) = store();
    let records = vec![
        price("price_1", 500, "a"),
        customer("cus_1", -5),
        Record::Subscription(Box::new(subscription("sub_1", "cus_1", "price_1"))),
        Record::Invoice(Box::new(invoice(
            "in_1",
            Some("cus_1"),
            Told::default(),
            &[1, -1],
        ))),
        payment("ch_1", Some("cus_1"), 0),
        Record::CreditNote(Box::new(credit_note("cn_1", "in_1", "cus_1", &["re_1"]))),
        entry("cbtxn_1", "cus_1", -5, Currency::USD),
    ];
    put(&store, &acme(), records.clone());
    store
        .write(|write| coffer_store::delete(write, &acme(), Kind::Charges, "ch_1"))
        .unwrap();
    derive(&store);
    let everything = || everything(&store);
    let before = everything();
    // A page at a time, as after a change of what the JSON means.
    let mut after: Option<(Kind, String)> = None;
    let mut count = 0;
    loop {
        let rows = store
            .read(|read| object::raw_page(read.sql(), &acme(), after.as_ref(), 2))
            .unwrap();
        let Some(last) = rows.last() else { break };
        after = Some((last.kind, last.id.clone()));
        let objects: Vec<_> = rows
            .iter()
            .map(|row| {
                let record = records
                    .iter()
                    .find(|it| it.kind() == row.kind)
                    .unwrap()
                    .clone();
                assert_eq!(row.json, format!("{record:?}"));
                (row.kind, record, Vec::new(), row.deleted)
            })
            .collect();
        count += objects.len();
        store
            .write(move |write| reproject(write, &acme(), &objects, at(99_999)))
            .unwrap();
    }
    assert_eq!(count, records.len());
    assert_eq!(marked(&store), 1, "the customer's past is worked out again");
    derive(&store);
    for (before, after) in before.iter().zip(everything()) {
        assert_eq!(*before, after);
    }
}

#[test]
fn a_new_file_is_of_this_versions_reading_of_the_json() {
    let (_home, store) = store();
    let projection = || store.read(|read| meta::projection(read.sql())).unwrap();
    assert_eq!(projection(), meta::PROJECTION);
    store.write(|write| meta::set_projection(write, 7)).unwrap();
    assert_eq!(projection(), 7);
}

#[test]
fn an_account_remembers_its_json_its_sweep_and_its_proof() {
    let (_home, store) = store();
    let row = || {
        store
            .read(|read| account::one(read.sql(), &acme()))
            .unwrap()
            .unwrap()
    };
    let with = |raw: Option<&str>| {
        let row = account::AccountRow {
            raw: raw.map(Into::into),
            ..row()
        };
        store.write(move |write| account::put(write, &row)).unwrap();
    };
    with(Some("{}"));
    store
        .write(|write| {
            account::set_swept(write, &acme(), at(5))?;
            account::set_proved(write, &acme(), Some(at(6)))
        })
        .unwrap();
    let known = row();
    assert_eq!(
        (known.raw.as_deref(), known.swept_at, known.proved_at),
        (Some("{}"), Some(at(5)), Some(at(6)))
    );
    with(None);
    assert_eq!(
        row().raw.as_deref(),
        Some("{}"),
        "not told again is not forgotten"
    );
    store
        .write(|write| account::set_proved(write, &acme(), None))
        .unwrap();
    assert_eq!(row().proved_at, None);
    let old: account::PermissionRow =
        serde_json::from_str(r#"{"resource":"customers","label":"Customers","granted":true}"#)
            .unwrap();
    assert_eq!((old.access.as_str(), old.slug.as_str()), ("read", ""));
}

#[test]
fn documents_are_found_after_deriving_and_changes_to_them_at_once() {
    let (_home, store) = store();
    let found = |text: &str| -> Vec<String> {
        let hits = store
            .read(|read| search::find(read.sql(), text, 10))
            .unwrap();
        hits.into_iter().map(|hit| hit.id).collect()
    };
    put(
        &store,
        &acme(),
        vec![
            customer("cus_1", 0),
            Record::CreditNote(Box::new(credit_note("cn_1", "in_1", "cus_1", &[]))),
        ],
    );
    derive(&store);
    assert_eq!(found("name of cus_1"), ["cus_1"]);
    assert_eq!(found("CN-cn_1"), ["cn_1"]);
    let mut renamed = customer("cus_1", 0);
    if let Record::Customer(it) = &mut renamed {
        it.name = Some("Zoë".into());
    }
    let renamed = page(&acme(), vec![renamed], 2);
    store.write(move |write| renamed.apply(write)).unwrap();
    assert_eq!(found("zoe"), ["cus_1"]);
    assert!(found("name of cus_1").is_empty());
    // Removing an account frees numbers; what gets them is brought in all the same.
    store
        .write(|write| account::remove(write, &acme(), true))
        .unwrap();
    crate::made::add(&store, &acme());
    put(&store, &acme(), vec![customer("cus_2", 0)]);
    derive(&store);
    assert_eq!(found("name"), ["cus_2"]);
}

#[test]
fn a_customer_reads_back_as_it_was() {
    let (_home, store) = store();
    put(&store, &acme(), vec![customer("cus_1", -42)]);
    derive(&store);
    let dossier = store
        .read(|read| customers::dossier(read.sql(), &CustomerId::new("cus_1")))
        .unwrap()
        .unwrap();
    assert_eq!(Record::Customer(dossier.customer), customer("cus_1", -42));
}

#[test]
fn what_may_still_change_is_told_by_kind() {
    let (_home, store) = store();
    let bill = |id: &str, status: &str| {
        let mut bill = invoice(id, None, Told::default(), &[]);
        bill.status = coffer_domain::record::InvoiceStatus::from_word(status);
        Record::Invoice(Box::new(bill))
    };
    put(
        &store,
        &acme(),
        vec![
            bill("in_1", "open"),
            bill("in_2", "draft"),
            bill("in_3", "paid"),
            Record::Subscription(Box::new(subscription("sub_1", "cus_1", "price_1"))),
        ],
    );
    let ids = |kind| {
        store
            .read(|read| unsettled::ids(read.sql(), &acme(), kind, None, 100))
            .unwrap()
    };
    assert_eq!(ids(Kind::Invoices), ["in_1", "in_2"]);
    assert_eq!(ids(Kind::Subscriptions), ["sub_1"]);
    assert!(ids(Kind::InvoiceItems).is_empty());
}
