//! The encrypted file through its public doors: what opens it, what never changes it, what a page leaves behind.

#![expect(clippy::unwrap_used, reason = "the helpers of a test may fail it")]

use coffer_domain::Instant;
use coffer_domain::currency::Currency;
use coffer_domain::filter::{Filter, List};
use coffer_domain::ids::AccountId;
use coffer_domain::mode::{Live, Mode, Test};
use coffer_domain::money::Money;
use coffer_domain::record::{Customer, Kind, Payment, PaymentStatus, Record};
use coffer_domain::sync::Stretch;
use coffer_store::query::{lists, object, records, weight};
use coffer_store::table::account::{self, AccountRow};
use coffer_store::table::{search, stretch};
use coffer_store::{
    DatabaseKey, Incoming, Listener, Notice, PageCommit, Store, StoreError, delete, derive_some,
    see, unseen,
};
use std::path::Path;
use std::sync::{Arc, Mutex};
use tempfile::TempDir;

fn deaf() -> Listener {
    Arc::new(|_| {})
}

fn open<M: Mode>(home: &Path, key: u8) -> Result<Store<M>, StoreError> {
    Store::open(home, &DatabaseKey::new([key; 32]), deaf())
}

fn at(seconds: i64) -> Instant {
    Instant::from_timestamp(seconds, 0).unwrap()
}

fn account() -> AccountId {
    AccountId::new("acct_1")
}

fn with_account(home: &Path) -> Store<Test> {
    let store = open::<Test>(home, 1).unwrap();
    store
        .write(|write| {
            let row = AccountRow {
                id: account(),
                provider: "stripe".into(),
                name: "Acme".into(),
                api_url: None,
                key_kind: "restricted".into(),
                key_last4: "abcd".into(),
                provider_name: None,
                country: None,
                default_currency: Some(Currency::USD),
                permissions: Vec::new(),
                added_at: at(0),
                synced_at: None,
                complete: false,
                changes_from: None,
                walk: 1,
                raw: None,
                swept_at: None,
                proved_at: None,
                unproved: true,
                settled_walk: 0,
                clocks_walk: 0,
            };
            account::put(write, &row)
        })
        .unwrap();
    store
}

fn customer(id: &str, name: &str) -> Incoming {
    Incoming {
        json: format!(
            r#"{{"id":"{id}","object":"customer","name":"{name}","padding":"the same for everybody, so that it shrinks"}}"#
        ),
        api_version: "2026-10-28.endive".into(),
        record: Record::Customer(Customer {
            id: id.into(),
            name: Some(name.into()),
            email: Some(format!("{id}@post.example")),
            country: None,
            created: at(1_000),
            description: None,
            discount: None,
            delinquent: false,
            balance: 0,
            currency: None,
        }),
        also: Vec::new(),
    }
}

fn page(objects: Vec<Incoming>, asked: i64, walk: i64, done: Option<bool>) -> PageCommit {
    let kind = objects
        .first()
        .map_or(Kind::Customers, |it| it.record.kind());
    let after = objects.last().map(|it| it.record.id().to_owned());
    PageCommit {
        account: account(),
        kind,
        objects,
        deleted: Vec::new(),
        asked,
        fetched_at: at(1_990),
        seen_at: at(2_000),
        walk,
        stretch: done.map(|done| Stretch {
            after,
            done,
            ..Stretch::whole(kind)
        }),
    }
}

fn apply(store: &Store<Test>, page: PageCommit) -> u64 {
    let kept = store.write(move |write| page.apply(write)).unwrap();
    while store
        .write(|write| derive_some(write, 50, at(2_000)))
        .unwrap()
        > 0
    {}
    kept
}

fn names(store: &Store<Test>) -> Vec<String> {
    let filter = Filter::default();
    let wanted = records::Wanted {
        list: List::Customers,
        filter: &filter,
        sort: records::Sort::Name,
        descending: false,
        now: at(2_000),
    };
    let lines = store.read(|read| {
        let asked = records::Records::new(read.sql(), wanted)?;
        let keys = asked.keys(read.sql(), 0, 200)?;
        assert_eq!(asked.totals(read.sql())?.count, keys.len() as u64);
        records::lines(read.sql(), List::Customers, at(2_000), &keys)
    });
    lines
        .unwrap()
        .into_iter()
        .filter_map(|line| line.name)
        .collect()
}

#[test]
fn another_key_is_told_from_a_damaged_file_and_neither_changes_it() {
    let home = TempDir::new().unwrap();
    drop(with_account(home.path()));
    let path = Store::<Test>::path_in(home.path());
    let before = std::fs::read(&path).unwrap();
    assert!(matches!(
        open::<Test>(home.path(), 2),
        Err(StoreError::WrongKey { .. })
    ));
    assert_eq!(
        std::fs::read(&path).unwrap(),
        before,
        "a wrong key changes nothing"
    );

    let mut damaged = before.clone();
    damaged[20..600].fill(0);
    std::fs::write(&path, &damaged).unwrap();
    assert!(matches!(
        open::<Test>(home.path(), 1),
        Err(StoreError::Damaged { .. })
    ));
    assert_eq!(
        std::fs::read(&path).unwrap(),
        damaged,
        "a damaged file is left for a rescue"
    );
}

#[test]
fn nothing_of_the_file_can_be_read_without_the_key() {
    let home = TempDir::new().unwrap();
    let store = with_account(home.path());
    apply(
        &store,
        page(vec![customer("cus_1", "Dana Canary")], 1, 1, None),
    );
    drop(store);
    for entry in std::fs::read_dir(home.path()).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        for word in [&b"Dana Canary"[..], b"SQLite format", b"acct_1"] {
            assert!(
                !bytes.windows(word.len()).any(|window| window == word),
                "plain text on disk"
            );
        }
    }
}

#[test]
fn a_file_of_a_newer_version_is_refused_and_kept() {
    let home = TempDir::new().unwrap();
    let store = with_account(home.path());
    store
        .write(|write| Ok(write.sql().execute_batch("PRAGMA user_version = 999")?))
        .unwrap();
    drop(store);
    assert!(matches!(
        open::<Test>(home.path(), 1),
        Err(StoreError::Newer { found: 999, .. })
    ));
}

#[test]
fn a_file_belongs_to_one_mode() {
    let home = TempDir::new().unwrap();
    drop(with_account(home.path()));
    std::fs::rename(
        Store::<Test>::path_in(home.path()),
        Store::<Live>::path_in(home.path()),
    )
    .unwrap();
    assert!(matches!(
        open::<Live>(home.path(), 1),
        Err(StoreError::WrongMode { .. })
    ));
}

#[test]
fn a_page_and_its_stretch_commit_together_or_not_at_all() {
    let home = TempDir::new().unwrap();
    let store = with_account(home.path());
    let commit = page(vec![customer("cus_1", "Dana")], 1, 1, Some(false));
    let failed: Result<(), StoreError> = store.write(move |write| {
        commit.apply(write)?;
        Err(StoreError::Closed)
    });
    assert!(failed.is_err());
    let stretches = |store: &Store<Test>| {
        store
            .read(|read| stretch::of_account(read.sql(), &account()))
            .unwrap()
    };
    assert!(
        stretches(&store).is_empty() && names(&store).is_empty(),
        "neither the page nor its stretch is there"
    );
    apply(
        &store,
        page(vec![customer("cus_1", "Dana")], 1, 1, Some(false)),
    );
    assert_eq!(
        stretches(&store),
        [Stretch {
            after: Some("cus_1".into()),
            ..Stretch::whole(Kind::Customers)
        }]
    );
    assert_eq!(names(&store), ["Dana"]);
}

#[test]
fn an_older_answer_never_overwrites_a_newer_one() {
    let home = TempDir::new().unwrap();
    let store = with_account(home.path());
    assert_eq!(
        apply(&store, page(vec![customer("cus_1", "New")], 200, 1, None)),
        1
    );
    assert_eq!(
        apply(&store, page(vec![customer("cus_1", "Old")], 100, 1, None)),
        0
    );
    assert_eq!(names(&store), ["New"]);
    assert_eq!(
        apply(&store, page(vec![customer("cus_1", "Newer")], 300, 1, None)),
        1
    );
    assert_eq!(names(&store), ["Newer"]);
}

fn unseen_by(store: &Store<Test>, walk: i64) -> Vec<String> {
    store
        .read(|read| unseen(read.sql(), &account(), Kind::Customers, walk, 10))
        .unwrap()
}

#[test]
fn what_a_walk_did_not_see_is_told_and_what_is_deleted_is_kept_and_marked() {
    let home = TempDir::new().unwrap();
    let store = with_account(home.path());
    let three = vec![
        customer("cus_1", "Stays"),
        customer("cus_2", "Goes"),
        customer("cus_3", "Hides"),
    ];
    apply(&store, page(three, 1, 1, Some(true)));
    apply(
        &store,
        page(vec![customer("cus_1", "Stays")], 2, 2, Some(true)),
    );
    assert_eq!(unseen_by(&store, 2), ["cus_2", "cus_3"]);
    let stored = |store: &Store<Test>| {
        let weights = store.read(|read| weight::kinds(read.sql(), None)).unwrap();
        (weights[0].stored, weights[0].deleted)
    };
    assert_eq!(stored(&store), (3, 0), "nothing is forgotten by itself");
    // The provider is asked: it has the one and not the other.
    store
        .write(|write| see(write, &account(), Kind::Customers, &["cus_3".into()], 2))
        .unwrap();
    let gone = PageCommit {
        deleted: vec!["cus_2".into()],
        ..page(Vec::new(), 3, 2, None)
    };
    apply(&store, gone);
    assert!(unseen_by(&store, 2).is_empty());
    assert_eq!(stored(&store), (2, 1));
    let gone = store
        .read(|read| object::by_id(read.sql(), "cus_2"))
        .unwrap()
        .unwrap();
    assert!(
        gone.deleted && gone.json.contains("Goes"),
        "what we saw of it stays"
    );
    // It comes back when the provider shows it again.
    apply(&store, page(vec![customer("cus_2", "Goes")], 4, 2, None));
    assert_eq!(stored(&store), (3, 0));
}

#[test]
fn a_walk_that_sees_an_object_keeps_it_whatever_number_its_request_had() {
    let home = TempDir::new().unwrap();
    let store = with_account(home.path());
    apply(
        &store,
        page(vec![customer("cus_1", "Dana")], 900, 1, Some(true)),
    );
    // The numbers went back: the answer is not taken, and the object is seen all the same.
    apply(
        &store,
        page(vec![customer("cus_1", "Older")], 100, 2, Some(true)),
    );
    assert_eq!(names(&store), ["Dana"]);
    assert!(unseen_by(&store, 2).is_empty());
}

#[test]
fn the_same_answer_again_changes_nothing() {
    let home = TempDir::new().unwrap();
    let store = with_account(home.path());
    assert_eq!(
        apply(&store, page(vec![customer("cus_1", "Dana")], 1, 1, None)),
        1
    );
    assert_eq!(
        apply(&store, page(vec![customer("cus_1", "Dana")], 2, 1, None)),
        0
    );
    assert_eq!(
        apply(&store, page(vec![customer("cus_1", "Dana O.")], 3, 1, None)),
        1
    );
    assert_eq!(names(&store), ["Dana O."]);
}

#[test]
fn json_comes_back_as_it_came_and_weighs_less() {
    let home = TempDir::new().unwrap();
    let store = with_account(home.path());
    let many: Vec<Incoming> = (0..100)
        .map(|n| customer(&format!("cus_{n:03}"), &format!("Customer number {n}")))
        .collect();
    let texts: Vec<String> = many.iter().map(|it| it.json.clone()).collect();
    apply(&store, page(many, 1, 1, Some(true)));
    drop(store);
    // The dictionary is kept with the file, not with the process.
    let store = open::<Test>(home.path(), 1).unwrap();
    for (n, text) in texts.iter().enumerate() {
        let found = store
            .read(|read| object::by_id(read.sql(), &format!("cus_{n:03}")))
            .unwrap()
            .unwrap();
        assert_eq!(found.json, *text);
    }
    let weights = store.read(|read| weight::kinds(read.sql(), None)).unwrap();
    assert!(
        weights[0].kept_bytes * 2 < weights[0].plain_bytes,
        "{:?}",
        weights[0]
    );
}

#[test]
fn a_commit_tells_what_changed_and_a_failed_one_tells_nothing() {
    let home = TempDir::new().unwrap();
    let heard: Arc<Mutex<Vec<Notice>>> = Arc::default();
    let ear = Arc::clone(&heard);
    let listener: Listener = Arc::new(move |notice| ear.lock().unwrap().push(notice));
    let store: Store<Test> =
        Store::open(home.path(), &DatabaseKey::new([1; 32]), listener).unwrap();
    let commit = page(vec![customer("cus_1", "Dana")], 1, 1, None);
    store.write(move |write| commit.apply(write)).unwrap();
    let failed: Result<(), StoreError> = store.write(|write| {
        write.touch("customers");
        Err(StoreError::Closed)
    });
    assert!(failed.is_err());
    let heard = heard.lock().unwrap();
    assert_eq!(heard.len(), 1);
    assert_eq!(
        (heard[0].revision, heard[0].kinds.as_slice()),
        (1, &["customers"][..])
    );
    assert_eq!(store.revision(), 1);
}

#[test]
fn words_are_found_by_their_beginnings_in_any_case_and_accent() {
    let home = TempDir::new().unwrap();
    let store = with_account(home.path());
    apply(
        &store,
        page(
            vec![
                customer("cus_9Qx", "Ægir Jönsson"),
                customer("cus_2", "Dana Okafor"),
            ],
            1,
            1,
            None,
        ),
    );
    let found = |text: &str| -> Vec<String> {
        store
            .read(|read| search::find(read.sql(), text, 10))
            .unwrap()
            .into_iter()
            .map(|hit| hit.id)
            .collect()
    };
    assert_eq!(found("jons"), ["cus_9Qx"]);
    assert_eq!(found("DANA oka"), ["cus_2"]);
    assert_eq!(found("cus_9q"), ["cus_9Qx"]);
    assert_eq!(found("dana@"), ["cus_2"]);
    for text in [
        "",
        "   ",
        "\"",
        "*",
        "NEAR(",
        "a OR",
        "-",
        "'; DROP TABLE customer; --",
    ] {
        let _ = found(text);
    }
    assert_eq!(found("nobody"), Vec::<String>::new());
    assert_eq!(names(&store).len(), 2, "no query changed anything");
}

#[test]
fn a_page_of_payments_neither_skips_nor_repeats() {
    let home = TempDir::new().unwrap();
    let store = with_account(home.path());
    let payment = |n: i64| Incoming {
        json: "{}".into(),
        api_version: "v".into(),
        record: Record::Payment(Box::new(Payment {
            id: format!("ch_{n}").into(),
            customer: None,
            payment_intent: None,
            amount: Money::new(n, Currency::USD),
            amount_refunded: 0,
            status: PaymentStatus::Succeeded,
            // Several in the same second.
            created: at(1_000 + n / 3),
            failure_code: None,
            failure_message: None,
            card_brand: None,
            card_last4: None,
            disputed: false,
            description: None,
            balance_transaction: None,
        })),
        also: Vec::new(),
    };
    apply(&store, page((0..25).map(payment).collect(), 1, 1, None));
    let mut seen = Vec::new();
    let mut wanted = lists::Wanted {
        limit: 4,
        ..lists::Wanted::default()
    };
    loop {
        let (items, next) = store
            .read(|read| lists::page(read.sql(), lists::List::Payments, &wanted))
            .unwrap();
        seen.extend(items.into_iter().map(|item| item.id));
        match next {
            Some(next) => wanted.after = Some(next),
            None => break,
        }
    }
    let mut once = seen.clone();
    once.sort();
    once.dedup();
    assert_eq!((seen.len(), once.len()), (25, 25));
}

#[test]
fn a_deleted_account_takes_its_data_along_only_when_asked() {
    let home = TempDir::new().unwrap();
    let store = with_account(home.path());
    apply(
        &store,
        page(vec![customer("cus_1", "Dana")], 1, 1, Some(true)),
    );
    store
        .write(|write| delete(write, &account(), Kind::Customers, "cus_1"))
        .unwrap();
    store
        .write(|write| account::remove(write, &account(), true))
        .unwrap();
    let weights = store.read(|read| weight::kinds(read.sql(), None)).unwrap();
    assert!(weights.is_empty() && names(&store).is_empty());
    assert_eq!(
        store
            .read(|read| search::find(read.sql(), "dana", 10))
            .unwrap(),
        []
    );
}
