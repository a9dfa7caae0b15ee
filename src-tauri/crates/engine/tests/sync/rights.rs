//! Boxes that are ticked, unticked and ticked again: what could not be read meanwhile is not missing afterwards.

use crate::support::{Shop, assert_same, troubled_world, untroubled};
use coffer_engine::account::check;
use coffer_engine::domain::record::Kind;

async fn look_at_the_key(shop: &Shop) {
    check(&shop.books, &shop.account, shop.desk.client_options())
        .await
        .unwrap();
}

fn kinds_missing(shop: &Shop, from: &crate::support::Content) -> Vec<Kind> {
    let here: std::collections::BTreeSet<Kind> =
        shop.content().keys().map(|(kind, _)| *kind).collect();
    let mut missing: Vec<Kind> = from
        .keys()
        .map(|(kind, _)| *kind)
        .filter(|kind| !here.contains(kind))
        .collect();
    missing.dedup();
    missing
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_changed_while_a_list_could_not_be_read_is_brought_once_it_can_be_again() {
    let shop = Shop::of(troubled_world()).await;
    shop.whole().await;
    shop.merchant
        .set_denied(vec!["rak_customer_read".to_owned()]);
    look_at_the_key(&shop).await;
    shop.touch("customers", 7);
    let run = shop.sync().await;
    assert!(!run.complete, "customers changed and nobody could look");
    assert!(
        run.warnings.iter().any(|it| it.contains("Customers: Read")),
        "{:?}",
        run.warnings
    );
    shop.merchant.set_denied(Vec::new());
    look_at_the_key(&shop).await;
    shop.whole().await;
    let content = shop.content();
    shop.sync_full().await;
    assert_same(&shop.content(), &content, "nothing of it was missing");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_box_ticked_later_is_found_by_the_next_daily_look_without_a_check() {
    let shop = Shop::of(troubled_world()).await;
    shop.merchant
        .set_denied(vec!["rak_dispute_read".to_owned()]);
    look_at_the_key(&shop).await;
    assert!(!shop.sync().await.complete);
    shop.merchant.set_denied(Vec::new());
    shop.clock.jump(chrono::TimeDelta::hours(25));
    shop.whole().await;
    assert_same(&shop.content(), untroubled().await, "all of it is here");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_box_unticked_for_coupons_closes_no_other_list() {
    let shop = Shop::of(troubled_world()).await;
    shop.merchant.set_denied(vec!["rak_coupon_read".to_owned()]);
    look_at_the_key(&shop).await;
    let run = shop.sync().await;
    assert!(!run.complete && run.error.is_none(), "{:?}", run.error);
    assert_eq!(
        kinds_missing(&shop, untroubled().await),
        [Kind::Coupons],
        "{:?}",
        run.warnings
    );
    shop.merchant.set_denied(Vec::new());
    look_at_the_key(&shop).await;
    assert!(shop.sync_full().await.complete);
    assert_same(&shop.content(), untroubled().await, "with its coupons");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_list_refused_during_a_sweep_costs_one_question_and_is_not_called_swept() {
    let shop = Shop::of(troubled_world()).await;
    shop.whole().await;
    shop.merchant
        .set_denied(vec!["rak_subscription_read".to_owned()]);
    shop.clock.jump(chrono::TimeDelta::hours(25));
    let before = shop.requests();
    assert!(!shop.sync().await.complete);
    let asked = shop.requests() - before;
    assert!(asked < 40, "one refusal is enough: {asked}");
    shop.merchant.set_denied(Vec::new());
    look_at_the_key(&shop).await;
    shop.whole().await;
    let content = shop.content();
    shop.sync_full().await;
    assert_same(&shop.content(), &content, "nothing of it was missing");
}
