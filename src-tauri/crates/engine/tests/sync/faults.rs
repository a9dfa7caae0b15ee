//! Every fault, during the first sync and during a later one: never a lost or doubled object, never a false `complete`.

use crate::support::{Content, Shop, assert_same, troubled_world, untroubled};
use coffer_engine::domain::record::Kind;
use coffer_engine::sync::{AccountRun, SyncOptions};
use coffer_sim::{Fault, FaultKind};
use std::time::Duration;

fn limited(reason: Option<&str>) -> FaultKind {
    FaultKind::RateLimited {
        reason: reason.map(str::to_owned),
    }
}

fn every_fault() -> Vec<FaultKind> {
    vec![
        limited(Some("endpoint-rate")),
        limited(Some("endpoint-concurrency")),
        limited(Some("global-rate")),
        limited(Some("global-concurrency")),
        limited(None),
        FaultKind::Failure { status: 500 },
        FaultKind::Failure { status: 503 },
        FaultKind::Reset,
        FaultKind::Truncated,
        FaultKind::WrongJson,
        FaultKind::RepeatedPage,
        FaultKind::Stall { ms: 700 },
        FaultKind::StalledBody { ms: 700 },
        FaultKind::LostCursor,
    ]
}

/// What is claimed is so: a copy that says it is complete holds everything, once.
fn assert_honest(run: &AccountRun, content: &Content, expected: &Content, what: &str) {
    if run.complete {
        assert_same(
            content,
            expected,
            &format!("{what}: complete and not the same"),
        );
        return;
    }
    let said = run.error.is_some() || !run.warnings.is_empty() || !run.mismatches.is_empty();
    assert!(said, "{what}: incomplete and not a word why");
    for (key, object) in content {
        assert_eq!(Some(object), expected.get(key), "{what}: {key:?}");
    }
}

fn options(shop: &Shop) -> SyncOptions {
    let mut options = shop.options();
    options.client.request_timeout = Duration::from_millis(500);
    options
}

/// A first sync under a fault, then one without. One that is `outlived` is over before anybody has to hear of it.
async fn first_sync(fault: Fault, outlived: bool) {
    let expected = untroubled().await;
    let what = format!("{fault:?}");
    let shop = Shop::of(troubled_world()).await;
    shop.merchant.set_faults(vec![fault]);
    let run = shop.try_sync(options(&shop)).await.unwrap();
    assert_honest(&run, &shop.content(), expected, &what);
    if outlived {
        assert!(run.complete, "{what}: {:?} {:?}", run.error, run.warnings);
    }
    shop.merchant.set_faults(Vec::new());
    shop.whole().await;
    assert_same(&shop.content(), expected, &what);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_burst_of_each_fault_is_outlived_by_a_first_sync() {
    for kind in every_fault() {
        // What is asked for again and again is; a page that cannot be read is asked for twice.
        let outlived = !matches!(kind, FaultKind::WrongJson | FaultKind::RepeatedPage);
        first_sync(
            Fault {
                kind,
                path: Some("/v1/".to_owned()),
                method: None,
                skip: 12,
                times: Some(2),
            },
            outlived,
        )
        .await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_fault_that_does_not_end_is_told_and_nothing_is_lost() {
    for kind in every_fault() {
        first_sync(
            Fault {
                kind,
                path: Some("/v1/charges".to_owned()),
                method: None,
                skip: 1,
                times: None,
            },
            false,
        )
        .await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_long_flood_of_refusals_ends_in_an_error_and_not_in_success() {
    let shop = Shop::of(troubled_world()).await;
    shop.merchant.set_faults(vec![Fault {
        kind: limited(Some("global-rate")),
        path: Some("/v1/invoices".to_owned()),
        method: None,
        skip: 0,
        times: None,
    }]);
    let run = shop.try_sync(options(&shop)).await.unwrap();
    assert!(!run.complete);
    assert_eq!(
        run.error.map(|error| error.code).as_deref(),
        Some("rate_limited")
    );
    assert!(run.limited > 3, "it was patient: {}", run.limited);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_fault_while_changes_are_read_loses_none_of_them() {
    let shop = Shop::of(troubled_world()).await;
    shop.whole().await;
    for kind in every_fault() {
        for path in ["/v1/events", "/v1/customers/"] {
            let what = format!("{kind:?} {path}");
            shop.touch("customers", 9);
            shop.merchant.set_faults(vec![Fault {
                kind: kind.clone(),
                path: Some(path.to_owned()),
                method: None,
                skip: 0,
                times: None,
            }]);
            let run = shop.try_sync(options(&shop)).await.unwrap();
            let before = shop.content();
            shop.merchant.set_faults(Vec::new());
            let after = shop.whole().await;
            if run.complete {
                assert_same(
                    &before,
                    &shop.content(),
                    &format!("{what}: complete, and later there was more"),
                );
            } else {
                assert!(after.fetched() >= 9, "{what}: {}", after.fetched());
            }
        }
    }
    let content = shop.content();
    shop.sync_full().await;
    assert_same(&shop.content(), &content, "every change was brought");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_object_that_is_gone_between_notice_and_look_is_deleted_and_comes_back() {
    let shop = Shop::of(troubled_world()).await;
    shop.whole().await;
    let before = shop.content();
    shop.touch("customers", 1);
    shop.merchant.set_faults(vec![Fault {
        kind: FaultKind::Missing,
        path: Some("/v1/customers/".to_owned()),
        method: None,
        skip: 0,
        times: Some(1),
    }]);
    let run = shop.whole().await;
    assert!(run.resources.iter().any(|it| it.deleted == 1));
    let deleted = shop
        .content()
        .values()
        .filter(|(_, deleted)| *deleted)
        .count();
    assert_eq!(
        deleted,
        before.values().filter(|(_, deleted)| *deleted).count() + 1
    );
    // It was only away for a moment: reading everything again finds it.
    assert!(shop.sync_full().await.complete);
    assert_eq!(shop.content().len(), before.len());
    assert!(
        shop.content()
            .iter()
            .all(|(key, (_, deleted))| before[key].1 == *deleted)
    );
}

/// A world with invoices of more lines than a list shows of them.
fn long_invoices() -> coffer_sim::WorldSpec {
    coffer_sim::WorldSpec {
        corners: true,
        ..troubled_world()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_invoice_that_goes_between_its_list_and_its_lines_is_left_out_and_nothing_else() {
    let whole = Shop::of(long_invoices()).await;
    whole.whole().await;
    let shop = Shop::of(long_invoices()).await;
    shop.merchant.set_faults(vec![Fault {
        kind: FaultKind::Missing,
        path: Some("/lines".to_owned()),
        method: None,
        skip: 0,
        times: Some(1),
    }]);
    let run = shop.sync().await;
    assert!(run.error.is_none(), "{:?}", run.error);
    assert!(
        shop.merchant
            .journal()
            .iter()
            .any(|entry| entry.path.ends_with("/lines") && entry.status == 404),
        "the fault struck"
    );
    assert_honest(&run, &shop.content(), &whole.content(), "one invoice went");
    // It was only away for a moment.
    assert!(shop.sync_full().await.complete);
    assert_same(&shop.content(), &whole.content(), "it came back");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_invoice_that_goes_between_its_notice_and_its_lines_ends_no_sync() {
    let shop = Shop::of(long_invoices()).await;
    shop.whole().await;
    let content = shop.content();
    let long: String = shop
        .books
        .store
        .read(|read| {
            Ok(read.sql().query_row(
                "SELECT invoice FROM invoice_line GROUP BY invoice ORDER BY count(*) DESC LIMIT 1",
                [],
                |row| row.get(0),
            )?)
        })
        .unwrap();
    shop.ask("POST", &format!("/v1/invoices/{long}"), "metadata[seen]=1");
    shop.merchant.set_faults(vec![Fault {
        kind: FaultKind::Missing,
        path: Some("/lines".to_owned()),
        method: None,
        skip: 0,
        times: Some(1),
    }]);
    let run = shop.sync().await;
    assert!(run.error.is_none(), "{:?}", run.error);
    assert!(shop.sync_full().await.complete);
    assert_eq!(shop.content().len(), content.len());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_list_that_cannot_be_read_leaves_the_others_whole() {
    for kind in [FaultKind::WrongJson, FaultKind::Missing] {
        let expected = untroubled().await;
        let shop = Shop::of(troubled_world()).await;
        let path = match kind {
            FaultKind::Missing => "/v1/customers/",
            _ => "/v1/refunds",
        };
        shop.merchant.set_faults(vec![Fault {
            kind,
            path: Some(path.to_owned()),
            method: None,
            skip: 0,
            times: None,
        }]);
        let run = shop.sync().await;
        assert!(run.error.is_none(), "{:?}", run.error);
        assert_honest(&run, &shop.content(), expected, path);
        let brought = |kind: Kind| shop.content().keys().filter(|(it, _)| *it == kind).count();
        let there = |kind: Kind| expected.keys().filter(|(it, _)| *it == kind).count();
        for other in [Kind::Invoices, Kind::Charges, Kind::Customers, Kind::Prices] {
            assert_eq!(brought(other), there(other), "{path}: {other:?}");
        }
        shop.merchant.set_faults(Vec::new());
        shop.whole().await;
        assert_same(&shop.content(), expected, path);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_another_process_holds_is_waited_for_and_then_told() {
    let shop = Shop::of(troubled_world()).await;
    shop.whole().await;
    shop.touch("customers", 3);
    let other = rusqlite_lock(&shop);
    let run = shop.try_sync(shop.options()).await;
    let locked = match &run {
        Ok(run) => run
            .error
            .as_ref()
            .is_some_and(|error| error.code == "database_locked"),
        Err(error) => error.view().code == "database_locked",
    };
    assert!(locked, "{run:?}");
    drop(other);
    let run = shop.whole().await;
    assert_eq!(run.fetched(), 3, "nothing was lost");
}

/// Takes the file as another process would, until it is dropped.
fn rusqlite_lock(shop: &Shop) -> impl Drop {
    struct Held {
        done: Option<std::sync::mpsc::Sender<()>>,
        thread: Option<std::thread::JoinHandle<()>>,
    }
    impl Drop for Held {
        fn drop(&mut self) {
            self.done.take();
            if let Some(thread) = self.thread.take() {
                thread.join().unwrap();
            }
        }
    }
    let (done, wait) = std::sync::mpsc::channel::<()>();
    let (ready, is_ready) = std::sync::mpsc::channel::<()>();
    let (home, secrets, clock) = (
        shop.books.home.clone(),
        std::sync::Arc::clone(&shop.books.secrets),
        std::sync::Arc::clone(&shop.books.clock),
    );
    let thread = std::thread::spawn(move || {
        let listener: coffer_engine::store::Listener = std::sync::Arc::new(|_| {});
        let other = coffer_engine::books::Books::<coffer_engine::domain::mode::Test>::open(
            &home, secrets, clock, listener,
        )
        .unwrap();
        other
            .store
            .write(move |write| {
                write.sql().execute("UPDATE meta SET asked = asked", [])?;
                ready.send(()).unwrap();
                // Until the sender goes.
                let _ = wait.recv();
                Ok(())
            })
            .unwrap();
    });
    is_ready.recv().unwrap();
    Held {
        done: Some(done),
        thread: Some(thread),
    }
}
