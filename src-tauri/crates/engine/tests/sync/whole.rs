//! Everything comes, once, in stretches side by side, goes on where it stopped, and later costs what changed.

use crate::support::{Shop, assert_same, list_path, world};
use coffer_engine::domain::record::Kind;
use coffer_engine::domain::sync::covered;
use coffer_engine::store::query::weight;
use coffer_engine::store::table::stretch;
use coffer_engine::sync::{AccountRun, reproject_all};
use coffer_sim::{Fault, FaultKind, ServerOptions};
use std::collections::BTreeSet;
use std::time::Duration;

/// Compares how many objects of each kind the file and the merchant hold.
fn assert_counts(shop: &Shop) {
    let held = shop
        .books
        .store
        .read(|read| weight::kinds(read.sql(), Some(shop.account.as_str())))
        .unwrap();
    let world = shop.merchant.world();
    let counts = world.read().unwrap().counts();
    for kind in Kind::ALL {
        let path = list_path(kind);
        let shown = *counts
            .get(path.as_str())
            .unwrap_or_else(|| panic!("{path} is not counted"));
        let stored = held
            .iter()
            .find(|it| it.kind == kind)
            .map_or(0, |it| it.stored);
        if kind == Kind::CustomerBalanceTransactions {
            // Entries that cancelled each other out and met no bill leave no trace to follow.
            assert!(
                stored <= shown && stored * 2 > shown,
                "{path}: {stored} of {shown}"
            );
            continue;
        }
        assert_eq!(stored, shown, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everything_the_merchant_has_is_here_and_the_proof_holds() {
    let mut spec = world(11, 150);
    spec.corners = true;
    let shop = Shop::of(spec).await;
    let run = shop.whole().await;
    assert!(run.walked && run.warnings.is_empty(), "{:?}", run.warnings);
    assert_counts(&shop);
    for kind in Kind::ALL {
        let any = run
            .resources
            .iter()
            .any(|it| it.kind == kind && it.fetched > 0);
        assert!(any, "the world has some of each kind: {kind:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_invoice_of_many_lines_is_kept_with_all_of_them() {
    let shop = Shop::of(world(12, 60)).await;
    shop.whole().await;
    let paged: Vec<String> = shop
        .merchant
        .journal()
        .iter()
        .filter(|entry| entry.path.starts_with("/v1/invoices/") && entry.path.ends_with("/lines"))
        .map(|entry| entry.path.clone())
        .collect();
    assert!(
        !paged.is_empty(),
        "the world has invoices longer than a page"
    );
    for path in paged {
        let id = path
            .trim_start_matches("/v1/invoices/")
            .trim_end_matches("/lines");
        let raw = &shop.content()[&(Kind::Invoices, id.to_owned())].0;
        let invoice: serde_json::Value = serde_json::from_str(raw).unwrap();
        let lines = invoice["lines"]["data"].as_array().unwrap();
        assert!(lines.len() > 10);
        assert_eq!(invoice["lines"]["has_more"], false);
        let sum: i64 = lines
            .iter()
            .map(|line| line["amount"].as_i64().unwrap())
            .sum();
        assert_eq!(Some(sum), invoice["subtotal"].as_i64());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lists_are_walked_side_by_side_and_leave_no_gap() {
    let shop = Shop::of(world(13, 250)).await;
    shop.whole().await;
    let stretches = shop
        .books
        .store
        .read(|read| stretch::of_account(read.sql(), &shop.account))
        .unwrap();
    let of = |kind: Kind| stretches.iter().filter(|it| it.kind == kind).count();
    assert!(
        of(Kind::Invoices) > 2 && of(Kind::Charges) > 2,
        "{stretches:?}"
    );
    assert_eq!(covered(&stretches, &Kind::ALL), Ok(()));
    assert_counts(&shop);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_walk_that_is_broken_off_goes_on_and_asks_for_nothing_twice() {
    let reference = Shop::of(world(14, 120)).await;
    let whole = reference.whole().await;
    let options = ServerOptions {
        latency: Some(Duration::from_millis(20)),
        ..ServerOptions::new(world(14, 120))
    };
    let shop = Shop::open(options).await;
    let before = shop.requests();
    let mut rounds = 0;
    // Breaks the sync off again and again; every committed page stays.
    loop {
        let patience = Duration::from_millis(100 + 40 * rounds);
        let broken = tokio::time::timeout(patience, shop.try_sync(shop.options())).await;
        if let Ok(run) = broken {
            let run = run.unwrap();
            assert!(run.complete, "{run:?}");
            break;
        }
        let row_is_complete = shop
            .books
            .store
            .read(|read| coffer_engine::store::table::account::one(read.sql(), &shop.account))
            .unwrap()
            .unwrap()
            .complete;
        assert!(!row_is_complete, "what was broken off is not complete");
        rounds += 1;
        assert!(rounds < 400, "it goes on");
        // A writer at work ends its transaction before the next sync may have the lock.
        tokio::time::sleep(Duration::from_millis(30)).await;
    }
    assert!(rounds > 2, "it was broken off: {rounds}");
    assert_same(&shop.content(), &reference.content(), "broken off and not");
    let asked = (shop.requests() - before) as u64;
    // Each round may ask again for what was on its way when it was broken off, and once for the provider's clock.
    assert!(
        asked < whole.requests + rounds * 60,
        "{asked} requests in {rounds} rounds against {}",
        whole.requests
    );
}

async fn after_changes(shop: &Shop, kind: &str, count: u32) -> AccountRun {
    shop.touch(kind, count);
    let run = shop.whole().await;
    assert!(!run.walked);
    let brought: u64 = run.fetched();
    assert!(brought >= u64::from(count), "{brought} of {count} {kind}");
    assert!(
        run.requests <= u64::from(count) + 5,
        "{} requests after {count} changed {kind}",
        run.requests
    );
    run
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_later_sync_costs_what_changed() {
    for event_version in [None, Some("2024-04-10".to_owned())] {
        let options = ServerOptions {
            event_version,
            ..ServerOptions::new(world(15, 80))
        };
        let shop = Shop::open(options).await;
        shop.whole().await;
        let quiet = shop.whole().await;
        assert!(
            quiet.requests <= 3,
            "{} requests for nothing",
            quiet.requests
        );
        for kind in ["customers", "subscriptions", "invoices", "charges"] {
            after_changes(&shop, kind, 7).await;
        }
        after_changes(&shop, "customers", 60).await;
        assert_eq!(shop.whole().await.requests, 1, "a notice is handled once");
        let content = shop.content();
        shop.sync_full().await;
        assert_same(
            &shop.content(),
            &content,
            "the changes had brought everything",
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_changes_of_a_kind_are_read_as_a_part_of_its_list() {
    let options = ServerOptions {
        event_version: Some("2024-04-10".to_owned()),
        ..ServerOptions::new(world(19, 250))
    };
    let shop = Shop::open(options).await;
    shop.whole().await;
    shop.touch("charges", 600);
    let run = shop.whole().await;
    assert!(!run.walked && run.fetched() >= 600);
    assert!(
        run.requests < 40,
        "{} requests for 600 charges",
        run.requests
    );
    let content = shop.content();
    shop.sync_full().await;
    assert_same(&shop.content(), &content, "after everything was read again");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_notice_that_shows_the_object_whole_needs_no_question() {
    let shop = Shop::of(world(16, 60)).await;
    shop.whole().await;
    // The copy must be older than the notice by the provider's clock.
    let later = crate::support::present() + chrono::TimeDelta::minutes(1);
    shop.merchant.advance_to(later).await.unwrap();
    shop.whole().await;
    shop.touch("charges", 20);
    let run = shop.whole().await;
    assert_eq!((run.requests, run.fetched()), (1, 20));
    let content = shop.content();
    shop.sync_full().await;
    assert_same(
        &shop.content(),
        &content,
        "what the notices showed was the latest state",
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deleted_customer_stays_as_deleted_and_what_refers_to_it_stays() {
    let shop = Shop::of(world(17, 60)).await;
    shop.whole().await;
    let id = shop
        .content()
        .into_iter()
        .find(|((kind, _), (_, deleted))| *kind == Kind::Customers && !deleted)
        .map(|((_, id), _)| id)
        .unwrap();
    shop.ask("DELETE", &format!("/v1/customers/{id}"), "");
    let run = shop.whole().await;
    assert!(!run.walked);
    assert!(
        shop.content()[&(Kind::Customers, id.clone())].1,
        "it is marked"
    );
    // A file that never saw it hears of it through what refers to it.
    let other = Shop::of(world(17, 60)).await;
    other.ask("DELETE", &format!("/v1/customers/{id}"), "");
    other.whole().await;
    assert_counts(&other);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_tables_are_made_anew_without_the_network() {
    let shop = Shop::of(world(18, 60)).await;
    shop.whole().await;
    let names = |shop: &Shop| -> Vec<String> {
        shop.books
            .store
            .read(|read| {
                let mut statement = read
                    .sql()
                    .prepare("SELECT id || coalesce(name, '') FROM customer ORDER BY id")?;
                let rows = statement.query_map([], |row| row.get(0))?;
                Ok(rows.collect::<Result<_, _>>()?)
            })
            .unwrap()
    };
    let before = names(&shop);
    assert!(shop.tamper("UPDATE customer SET name = 'nobody'") > 0);
    assert!(shop.tamper("DELETE FROM invoice_line") > 0);
    let asked = shop.requests();
    let done = reproject_all(&shop.books).await.unwrap();
    assert_eq!(done.objects, shop.content().len() as u64);
    assert!(done.unreadable.is_empty());
    assert_eq!(shop.requests(), asked, "nothing was asked");
    assert_eq!(names(&shop), before);
    assert!(shop.sync_full().await.complete, "and it adds up");
}

fn with_clocks(seed: u64) -> ServerOptions {
    let mut options = ServerOptions::new(world(seed, 40));
    options.test_clocks = 3;
    options
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_lives_on_test_clocks_is_here_too() {
    let shop = Shop::open(with_clocks(61)).await;
    let plain = Shop::of(world(61, 40)).await;
    let run = shop.sync().await;
    assert!(run.complete, "{run:?}");
    plain.whole().await;
    let ids = |shop: &Shop| -> BTreeSet<(Kind, String)> { shop.content().into_keys().collect() };
    assert_eq!(ids(&shop), ids(&plain));
    let again = shop.sync().await;
    assert!(again.complete);
    assert_eq!(again.requests, 1, "events tell of them from then on");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_leave_to_see_test_clocks_nothing_is_called_complete() {
    let shop = Shop::open(with_clocks(62)).await;
    shop.merchant
        .set_denied(vec!["rak_billing_clock_read".to_owned()]);
    for _ in 0..2 {
        let run = shop.sync().await;
        assert!(!run.complete && run.error.is_none(), "{run:?}");
        let told = run.warnings.join(" ");
        assert!(told.contains("rak_billing_clock_read"), "{told}");
        assert!(told.contains("test clocks"), "{told}");
    }
    shop.merchant.set_denied(Vec::new());
    let run = shop.sync().await;
    assert!(run.complete, "{run:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sync_that_broke_off_among_test_clocks_asks_them_again() {
    let shop = Shop::open(with_clocks(63)).await;
    shop.merchant.set_faults(vec![Fault {
        kind: FaultKind::Reset,
        path: Some("/v1/test_helpers/test_clocks".to_owned()),
        method: None,
        skip: 0,
        times: None,
    }]);
    let broken = shop.sync().await;
    assert!(!broken.complete);
    shop.merchant.set_faults(Vec::new());
    let run = shop.sync().await;
    assert!(run.complete, "{run:?}");
    let plain = Shop::of(world(63, 40)).await;
    plain.whole().await;
    assert_eq!(shop.content().len(), plain.content().len());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clocks_that_cannot_be_read_keep_nothing_else_back() {
    let shop = Shop::open(with_clocks(64)).await;
    shop.merchant.set_faults(vec![Fault {
        kind: FaultKind::WrongJson,
        path: Some("/v1/test_helpers/test_clocks".to_owned()),
        method: None,
        skip: 0,
        times: None,
    }]);
    let run = shop.sync().await;
    assert!(!run.complete && run.error.is_none(), "{run:?}");
    assert!(run.warnings.join(" ").contains("test clocks"), "{run:?}");
    let charged = shop
        .content()
        .into_keys()
        .any(|(kind, _)| kind == Kind::Charges);
    assert!(charged, "the lists are here");
    shop.merchant.set_faults(Vec::new());
    assert!(shop.sync().await.complete);
}
