//! Changes that share a transaction: each has its own outcome, and one that fails takes no other with it.

use crate::made::{acme, customer, page, store};
use coffer_domain::record::Kind;
use coffer_store::StoreError;
use coffer_store::query::object;
use std::sync::{Arc, Barrier};

#[test]
fn one_that_fails_takes_no_other_with_it() {
    let (_home, store) = store();
    // The writer is held up, so that everything after waits for it at the same time.
    let gate = Arc::new(Barrier::new(2));
    let held = Arc::clone(&gate);
    let first = store
        .write_soon(move |_| {
            held.wait();
            Ok(())
        })
        .unwrap();
    let revision = store.revision();
    let waiting: Vec<_> = (0..10)
        .map(|n| {
            let page = page(&acme(), vec![customer(&format!("cus_{n}"), 0)], 1);
            let change = store.write_soon(move |write| {
                page.apply(write)?;
                if n == 4 {
                    Err(StoreError::Closed)
                } else {
                    Ok(n)
                }
            });
            change.unwrap()
        })
        .collect();
    gate.wait();
    // It was held once with the others and is carried out once more without them.
    gate.wait();
    first.wait().unwrap();
    let outcomes: Vec<Option<i32>> = waiting.into_iter().map(|it| it.wait().ok()).collect();
    let expected: Vec<Option<i32>> = (0..10).map(|n| (n != 4).then_some(n)).collect();
    assert_eq!(outcomes, expected);
    for n in 0..10 {
        let there = store
            .read(|read| {
                object::fetched_at(read.sql(), &acme(), Kind::Customers, &format!("cus_{n}"))
            })
            .unwrap();
        assert_eq!(there.is_some(), n != 4);
    }
    assert_eq!(
        store.revision(),
        revision + 5,
        "four went before it and are carried out alone, five wait behind it and go together"
    );
}

#[test]
fn many_that_succeed_share_a_commit_and_come_in_their_order() {
    let (_home, store) = store();
    let gate = Arc::new(Barrier::new(2));
    let held = Arc::clone(&gate);
    let first = store
        .write_soon(move |_| {
            held.wait();
            Ok(())
        })
        .unwrap();
    let revision = store.revision();
    let waiting: Vec<_> = (0..10)
        .map(|n| {
            let page = page(&acme(), vec![customer("cus_1", n)], 1 + n);
            store.write_soon(move |write| page.apply(write)).unwrap()
        })
        .collect();
    gate.wait();
    first.wait().unwrap();
    for change in waiting {
        assert_eq!(
            change.wait().unwrap(),
            1,
            "each was newer than the one before"
        );
    }
    assert_eq!(store.revision(), revision + 1);
    // What needs a transaction of its own comes after what was handed over before.
    let page = page(&acme(), vec![customer("cus_1", 99)], 50);
    let pending = store.write_soon(move |write| page.apply(write)).unwrap();
    store
        .write(|write| {
            write.touch("sync");
            Ok(())
        })
        .unwrap();
    assert_eq!(pending.wait().unwrap(), 1);
}
