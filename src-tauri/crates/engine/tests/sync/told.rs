//! What is told while nobody looks, and whom the program asked.

use crate::acts::{Act, Shelf, accepted, carried_out, state};
use crate::support::{Shop, world};
use chrono::TimeDelta;
use coffer_engine::api::handle;
use coffer_engine::api::notifications::{due, glance};
use coffer_engine::api::types::{
    ModeView, NotificationRulesRequest, NotificationRulesSet, NotificationView, OverviewRequest,
    StateRequest,
};
use coffer_engine::clock::Clock as _;
use coffer_engine::domain::mode::ModeName;
use coffer_engine::domain::outbox::State;
use coffer_engine::notifications::WallClock;

fn wall(shop: &Shop, hour: u8) -> WallClock {
    WallClock {
        day: shop.clock.now().date_naive(),
        hour,
    }
}

async fn told(shop: &Shop, hour: u8) -> Vec<NotificationView> {
    due(&shop.desk, ModeName::Test, wall(shop, hour))
        .await
        .unwrap()
}

async fn rules(shop: &Shop, marks: &[&str], digest_hour: Option<u8>) {
    let set = NotificationRulesSet {
        mrr_marks: marks.iter().map(|it| (*it).to_owned()).collect(),
        failed_payments: true,
        disputes: true,
        operations: true,
        digest_hour,
    };
    let request = NotificationRulesRequest {
        mode: ModeView::Test,
        set: Some(set),
    };
    let kept = handle::notification_rules(&shop.desk, request)
        .await
        .unwrap();
    assert_eq!(kept.mrr_marks.len(), marks.len());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_tray_shows_the_figure_of_the_overview() {
    let shop = Shop::of(world(71, 60)).await;
    let before = glance(&shop.desk, ModeName::Test).await.unwrap().unwrap();
    assert_eq!(before.mrr, None, "nothing was synced yet");
    assert_eq!(told(&shop, 9).await, [], "and nothing is news");
    shop.whole().await;
    let overview = handle::overview(
        &shop.desk,
        OverviewRequest {
            mode: ModeView::Test,
            currency: None,
        },
    )
    .await
    .unwrap();
    let seen = glance(&shop.desk, ModeName::Test).await.unwrap().unwrap();
    assert_eq!(seen.mrr, overview.mrr);
    assert_eq!(seen.as_of, overview.as_of);
    assert!(seen.complete);
    assert!(
        glance(&shop.desk, ModeName::Live).await.unwrap().is_none(),
        "there is no live file, and none is made"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_operation_that_needs_a_person_is_told_once_and_says_the_mode() {
    let shop = Shop::of(world(72, 60)).await;
    shop.whole().await;
    assert_eq!(told(&shop, 9).await, []);
    let mut shelf = Shelf::of(&shop);
    let row = accepted(&shop.books, &shop, shelf.wish(Act::RefundPart), true).await;
    shop.merchant
        .set_denied(vec!["rak_charge_write".to_owned()]);
    let row = carried_out(&shop.books, &shop, &row.id).await;
    assert_eq!(state(&row), State::NeedsReview);
    let found = told(&shop, 9).await;
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].title, "TEST · An operation needs you");
    assert!(found[0].body.starts_with("Refund "), "{}", found[0].body);
    assert_eq!(told(&shop, 9).await, [], "once");
    let seen = glance(&shop.desk, ModeName::Test).await.unwrap().unwrap();
    assert_eq!(seen.needs_you, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mark_is_typed_in_the_currency_of_mrr_and_the_morning_tells_of_yesterday() {
    let shop = Shop::of(world(73, 60)).await;
    let early = NotificationRulesRequest {
        mode: ModeView::Test,
        set: Some(NotificationRulesSet {
            mrr_marks: vec!["100".to_owned()],
            failed_payments: true,
            disputes: true,
            operations: true,
            digest_hour: None,
        }),
    };
    let refused = handle::notification_rules(&shop.desk, early).await;
    assert!(refused.unwrap_err().message.contains("sync first"));
    shop.whole().await;
    rules(&shop, &["10000.50"], Some(8)).await;
    assert_eq!(told(&shop, 9).await, [], "from tomorrow on");
    shop.clock.jump(TimeDelta::days(1));
    assert_eq!(told(&shop, 7).await, [], "not before its hour");
    let found = told(&shop, 8).await;
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(
        found[0].title.starts_with("TEST · MRR "),
        "{}",
        found[0].title
    );
    assert!(found[0].title.ends_with(" yesterday"), "{}", found[0].title);
    assert_eq!(told(&shop, 10).await, [], "once a morning");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_request_is_counted_under_the_host_that_it_went_to() {
    let shop = Shop::of(world(74, 30)).await;
    shop.whole().await;
    let facts = handle::privacy(&shop.desk, StateRequest {}).await.unwrap();
    assert_eq!(facts.contacts.len(), 1, "one host: {:?}", facts.contacts);
    assert_eq!(facts.contacts[0].host, shop.merchant.base_url());
    assert_eq!(
        facts.contacts[0].requests,
        shop.requests() as u64,
        "as many as the merchant has seen"
    );
    assert_eq!(facts.files.len(), 1);
    assert!(facts.files[0].bytes > 100_000);
}
