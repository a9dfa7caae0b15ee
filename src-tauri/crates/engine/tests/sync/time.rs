//! Clocks that jump, machines that sleep, and what changes without a word.

use crate::support::{Shop, assert_same, present, world};
use chrono::TimeDelta;
use coffer_engine::domain::record::Kind;
use coffer_sim::{Fault, FaultKind};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_machine_asleep_for_two_days_reads_the_changes_and_for_forty_everything() {
    let shop = Shop::of(world(31, 80)).await;
    shop.whole().await;
    for (days, walks) in [(2, false), (43, true), (60, false)] {
        let asleep = present() + TimeDelta::days(days);
        shop.merchant.advance_to(asleep).await.unwrap();
        shop.clock.jump(asleep - coffer_now(&shop));
        let run = shop.whole().await;
        assert_eq!(run.walked, walks, "after {days} days");
        let announced = run.warnings.iter().any(|it| it.contains("remembers"));
        assert_eq!(announced, walks, "{:?}", run.warnings);
        let content = shop.content();
        shop.sync_full().await;
        assert_same(
            &shop.content(),
            &content,
            &format!("after {days} days nothing was missing"),
        );
    }
}

fn coffer_now(shop: &Shop) -> chrono::DateTime<chrono::Utc> {
    shop.books.clock.now()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clock_of_ours_that_jumps_loses_nothing() {
    let shop = Shop::of(world(32, 60)).await;
    shop.whole().await;
    for jump in [
        TimeDelta::days(-3_650),
        TimeDelta::days(3_640),
        TimeDelta::hours(-5),
        TimeDelta::days(400),
    ] {
        shop.clock.jump(jump);
        shop.touch("customers", 5);
        let run = shop.whole().await;
        assert!(run.fetched() >= 5, "after a jump by {jump}");
        let content = shop.content();
        shop.sync_full().await;
        assert_same(
            &shop.content(),
            &content,
            &format!("after a jump by {jump}"),
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_changes_of_one_second_told_at_two_times_are_both_brought() {
    let shop = Shop::of(world(33, 60)).await;
    shop.whole().await;
    // The merchant's clock stands still: everything happens in the same second.
    for round in 0..4 {
        let wish = format!(r#"{{"kind":"customers","count":2,"skip":{round}}}"#);
        shop.ask("POST", "/_sim/touch", &wish);
        shop.whole().await;
    }
    let content = shop.content();
    shop.sync_full().await;
    assert_same(&shop.content(), &content, "after everything was read again");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_changes_without_a_notice_is_found_by_the_nightly_sweep() {
    let shop = Shop::of(world(34, 80)).await;
    shop.whole().await;
    let subscription: String = shop
        .books
        .store
        .read(|read| {
            Ok(read.sql().query_row(
                "SELECT id FROM subscription WHERE status = 'active' AND deleted = 0 ORDER BY id LIMIT 1",
                [],
                |row| row.get(0),
            )?)
        })
        .unwrap();
    let key = (Kind::Subscriptions, subscription.clone());
    let before = shop.content()[&key].clone();
    let wish = format!(r#"{{"kind":"subscriptions","id":"{subscription}"}}"#);
    shop.ask("POST", "/_sim/quiet", &wish);
    assert_eq!(shop.whole().await.requests, 1);
    assert_eq!(shop.content()[&key], before, "nobody told");
    shop.clock.jump(TimeDelta::hours(25));
    let swept = shop.whole().await;
    assert!(swept.requests > 1 && !swept.walked);
    assert_ne!(shop.content()[&key], before, "the sweep found it");
    assert_eq!(shop.whole().await.requests, 1, "once a day is enough");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reads_are_counted_and_forgotten_after_thirty_days() {
    let shop = Shop::of(world(35, 30)).await;
    let run = shop.whole().await;
    let used = |shop: &Shop| {
        let now = shop.books.clock.now();
        shop.books
            .store
            .read(|read| coffer_engine::store::table::reads::used(read.sql(), &shop.account, now))
            .unwrap()
    };
    let after_first = used(&shop);
    assert!(
        after_first.reads >= run.requests,
        "{after_first:?} {}",
        run.requests
    );
    assert!(after_first.transactions > 0);
    shop.whole().await;
    assert_eq!(used(&shop).reads, after_first.reads + 1);
    shop.clock.jump(TimeDelta::days(31));
    assert_eq!(used(&shop).reads, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_machine_that_sleeps_through_forty_days_of_a_walk_ends_with_everything() {
    // Our clock may go on with the merchant's, or have been set back meanwhile.
    for ours_moves in [true, false] {
        let shop = Shop::of(world(36, 60)).await;
        shop.merchant.set_faults(vec![Fault {
            kind: FaultKind::Failure { status: 500 },
            path: Some("/v1/invoices".to_owned()),
            method: None,
            skip: 1,
            times: None,
        }]);
        let broken = shop.sync().await;
        assert!(!broken.complete && broken.fetched() > 0);
        shop.merchant.set_faults(Vec::new());
        shop.touch("customers", 20);
        let woken = present() + TimeDelta::days(43);
        shop.merchant.advance_to(woken).await.unwrap();
        if ours_moves {
            shop.clock.jump(TimeDelta::days(43));
        }
        let run = shop.whole().await;
        assert!(run.warnings.iter().any(|it| it.contains("remembers")));
        let content = shop.content();
        shop.sync_full().await;
        assert_same(&shop.content(), &content, "nothing was missing");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sweep_noted_by_a_clock_that_ran_ahead_does_not_put_off_the_next() {
    let shop = Shop::of(world(37, 30)).await;
    shop.clock.jump(TimeDelta::days(3_650));
    shop.whole().await;
    shop.clock.jump(TimeDelta::days(-3_650));
    let swept = shop.whole().await;
    assert!(swept.requests > 1, "it was swept: {}", swept.requests);
    assert_eq!(shop.whole().await.requests, 1, "and then not again");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reads_of_a_sync_that_broke_off_are_counted_too() {
    let shop = Shop::of(world(38, 40)).await;
    shop.merchant.set_faults(vec![Fault {
        kind: FaultKind::Reset,
        path: Some("/v1/charges".to_owned()),
        method: None,
        skip: 2,
        times: None,
    }]);
    let run = shop.sync().await;
    assert!(run.error.is_some());
    let now = shop.books.clock.now();
    let used = shop
        .books
        .store
        .read(|read| coffer_engine::store::table::reads::used(read.sql(), &shop.account, now))
        .unwrap();
    assert!(
        used.reads >= run.requests,
        "{} {}",
        used.reads,
        run.requests
    );
}
