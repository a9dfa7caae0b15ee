//! Notes on customers: kept, changed, taken out, found by their words, and forgotten with the account's data.

use crate::made::{acme, add, at, customer, derive, put, store};
use coffer_domain::ids::AccountId;
use coffer_domain::mode::Test;
use coffer_store::table::note::{self, NoteRow};
use coffer_store::table::{account, search};
use coffer_store::{DatabaseKey, Store};
use std::sync::{Arc, Mutex};

fn a_note(id: i64, of: &str, text: &str, written: i64) -> NoteRow {
    NoteRow {
        id,
        account: acme().to_string(),
        customer: of.into(),
        text: text.to_owned(),
        author: None,
        written_at: at(written),
        changed_at: None,
    }
}

fn keep(store: &Store<Test>, row: NoteRow) {
    store.write(move |write| note::put(write, &row)).unwrap();
}

fn of(store: &Store<Test>, customer: &str) -> Vec<NoteRow> {
    store
        .read(|read| note::of_customer(read.sql(), acme().as_str(), &customer.into()))
        .unwrap()
}

fn found(store: &Store<Test>, text: &str) -> Vec<(String, String, String)> {
    let hits = store
        .read(|read| search::find(read.sql(), text, 10))
        .unwrap();
    hits.into_iter()
        .map(|hit| (hit.id, hit.title, hit.detail))
        .collect()
}

#[test]
fn notes_stand_newest_first_and_with_their_customer_alone() {
    let (_home, store) = store();
    put(
        &store,
        &acme(),
        vec![customer("cus_1", 0), customer("cus_2", 0)],
    );
    derive(&store);
    let (first, second) = (
        a_note(7, "cus_1", "One", 100),
        a_note(3, "cus_1", "Two", 200),
    );
    keep(&store, first.clone());
    keep(&store, second.clone());
    keep(&store, a_note(5, "cus_2", "Other", 150));
    assert_eq!(of(&store, "cus_1"), [second.clone(), first.clone()]);
    let changed = NoteRow {
        text: "One and a half".to_owned(),
        author: Some("Dana".to_owned()),
        changed_at: Some(at(300)),
        ..first
    };
    keep(&store, changed.clone());
    assert_eq!(
        of(&store, "cus_1"),
        [second, changed.clone()],
        "a change does not move it"
    );
    let count = |id: &str| {
        store
            .read(|read| note::count_of(read.sql(), acme().as_str(), &id.into()))
            .unwrap()
    };
    assert_eq!((count("cus_1"), count("cus_2"), count("cus_3")), (2, 1, 0));
    let gone = changed.clone();
    store
        .write(move |write| note::remove(write, &gone))
        .unwrap();
    assert_eq!(of(&store, "cus_1").len(), 1);
    let one = |id: i64| store.read(|read| note::one(read.sql(), id)).unwrap();
    assert_eq!(
        (one(7), one(3).map(|it| it.text)),
        (None, Some("Two".to_owned()))
    );
}

#[test]
fn a_note_is_called_by_a_name_that_leads_back_to_it() {
    let row = a_note(281_474_976_710_655, "cus_1", "x", 1);
    assert_eq!(row.name(), "note_281474976710655");
    assert_eq!(note::number(&row.name()), Some(row.id));
    for bad in ["", "note_", "note_x", "cus_1", "281474976710655"] {
        assert_eq!(note::number(bad), None, "{bad}");
    }
}

#[test]
fn a_note_is_found_by_any_of_its_words_as_it_stands_and_not_when_it_is_gone() {
    let (_home, store) = store();
    put(&store, &acme(), vec![customer("cus_1", 0)]);
    derive(&store);
    let row = a_note(7, "cus_1", "Prefers invoices\nby fax, says Mélanie", 100);
    keep(&store, row.clone());
    let hit = (
        "note_7".to_owned(),
        "Prefers invoices".to_owned(),
        "Note on Name of cus_1".to_owned(),
    );
    for words in ["prefers", "fax melan", "invoices fax"] {
        assert_eq!(found(&store, words), std::slice::from_ref(&hit), "{words}");
    }
    let changed = NoteRow {
        text: "Prefers letters".to_owned(),
        ..row
    };
    keep(&store, changed.clone());
    assert_eq!(found(&store, "fax"), []);
    assert_eq!(found(&store, "letters").len(), 1);
    store
        .write(move |write| note::remove(write, &changed))
        .unwrap();
    assert_eq!(found(&store, "letters"), []);
    // What comes after it may get its number in the index, and is found all the same.
    keep(&store, a_note(9, "cus_1", "Moved to Oslo", 200));
    assert_eq!(found(&store, "oslo").len(), 1);
    put(&store, &acme(), vec![customer("cus_9", 0)]);
    derive(&store);
    assert_eq!(found(&store, "cus_9").len(), 1);
}

#[test]
fn a_change_of_notes_is_told_by_its_kind_and_outlives_the_process() {
    let home = tempfile::TempDir::new().unwrap();
    let told = Arc::new(Mutex::new(Vec::new()));
    let hears = Arc::clone(&told);
    let key = DatabaseKey::new([1; 32]);
    let listener = Arc::new(move |notice: coffer_store::Notice| {
        hears.lock().unwrap().push(notice.kinds);
    });
    let store: Store<Test> = Store::open(home.path(), &key, listener).unwrap();
    add(&store, &acme());
    let row = a_note(7, "cus_1", "Kept", 100);
    keep(&store, row.clone());
    assert_eq!(told.lock().unwrap().last().unwrap(), &["notes"]);
    drop(store);
    let store: Store<Test> = Store::open(home.path(), &key, Arc::new(|_| {})).unwrap();
    assert_eq!(of(&store, "cus_1"), [row]);
}

#[test]
fn notes_go_with_the_data_of_their_account_and_no_other() {
    let (_home, store) = store();
    let second = AccountId::new("acct_2");
    add(&store, &second);
    put(&store, &acme(), vec![customer("cus_1", 0)]);
    put(&store, &second, vec![customer("cus_1", 0)]);
    derive(&store);
    keep(&store, a_note(7, "cus_1", "Ours", 100));
    let theirs = NoteRow {
        account: "acct_2".to_owned(),
        ..a_note(8, "cus_1", "Theirs", 100)
    };
    keep(&store, theirs.clone());
    store
        .write(|write| account::remove(write, &acme(), false))
        .unwrap();
    assert_eq!(of(&store, "cus_1").len(), 1, "kept with the data");
    assert_eq!(
        found(&store, "ours"),
        [],
        "and not shown without its account"
    );
    let hidden = store.read(|read| note::one(read.sql(), 7)).unwrap();
    assert_eq!(hidden, None);
    store
        .write(|write| account::remove(write, &acme(), true))
        .unwrap();
    assert_eq!(of(&store, "cus_1"), []);
    let left = store.read(|read| note::one(read.sql(), 8)).unwrap();
    assert_eq!(left, Some(theirs));
    assert_eq!(found(&store, "theirs").len(), 1);
}
