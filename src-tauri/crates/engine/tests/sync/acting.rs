//! What is done at the merchant: each operation once, whatever happens on the way, and told as it is.
//!
//! The merchant counts what requests really did. After every trouble the counts are held against what the outbox says.

use crate::acts::{Act, Shelf, accepted, carried_out, id, running, standing, state};
use crate::support::{Shop, present, world};
use chrono::{Duration, TimeDelta};
use coffer_engine::EngineError;
use coffer_engine::api::types::Wish;
use coffer_engine::books::Books;
use coffer_engine::domain::mode::Test;
use coffer_engine::domain::outbox::State;
use coffer_engine::domain::record::Kind;
use coffer_engine::outbox::{
    Limits, LogState, Who, accept, add_operator, approve, discard, insist, propose, propose_undo,
    run, set_limits, verify, waits,
};
use coffer_engine::store::table::action_log;
use coffer_engine::store::table::operation::OperationRow;
use coffer_sim::{Fault, FaultKind, WorldSpec};
use std::sync::Arc;

fn spec(seed: u64) -> WorldSpec {
    WorldSpec {
        corners: true,
        ..world(seed, 420)
    }
}

/// A shop whose merchant has subscriptions in states that are rare by themselves.
async fn varied_shop(seed: u64) -> (Shop, Shelf) {
    let shop = Shop::of(spec(seed)).await;
    for (n, id) in plain_subscriptions(&shop).iter().take(6).enumerate() {
        let form = match n % 3 {
            0 => "pause_collection[behavior]=void".to_owned(),
            1 => "cancel_at_period_end=true".to_owned(),
            _ => format!("discounts[0][coupon]={}", coupon(&shop)),
        };
        shop.ask("POST", &format!("/v1/subscriptions/{id}"), &form);
    }
    shop.whole().await;
    let shelf = Shelf::of(&shop);
    (shop, shelf)
}

fn listed(shop: &Shop, path: &str) -> Vec<serde_json::Value> {
    let answer = shop.ask("GET", path, "");
    let body = answer.split_once("\r\n\r\n").unwrap().1;
    let list: serde_json::Value = serde_json::from_str(body).unwrap();
    list["data"].as_array().unwrap().clone()
}

fn coupon(shop: &Shop) -> String {
    let all = listed(shop, "/v1/coupons?limit=100");
    id(all.iter().find(|it| !it["percent_off"].is_null()).unwrap())
}

/// Subscriptions at the end of the newest hundred, where tests do not look first.
fn plain_subscriptions(shop: &Shop) -> Vec<String> {
    let all = listed(shop, "/v1/subscriptions?status=active&limit=100");
    let fits = |it: &&serde_json::Value| {
        let item = &it["items"]["data"][0];
        it["collection_method"] == "charge_automatically"
            && it["cancel_at_period_end"] == false
            && it["schedule"].is_null()
            && it["pause_collection"].is_null()
            && it["discounts"] == serde_json::json!([])
            && it["automatic_tax"]["enabled"] == false
            && it["items"]["data"].as_array().unwrap().len() == 1
            && item["price"]["recurring"]["usage_type"] == "licensed"
            && item["price"]["recurring"]["interval"] == "month"
            && item["price"]["recurring"]["interval_count"] == 1
    };
    all.iter().rev().filter(fits).map(id).collect()
}

async fn shop(seed: u64) -> (Shop, Shelf) {
    let shop = Shop::of(spec(seed)).await;
    shop.whole().await;
    let shelf = Shelf::of(&shop);
    (shop, shelf)
}

/// The path that the first request of an operation goes to, up to the first id.
fn path(row: &OperationRow) -> String {
    let frozen: serde_json::Value = serde_json::from_str(&row.frozen).unwrap();
    let path = frozen["path"].as_str().unwrap();
    path.split('{').next().unwrap().to_owned()
}

/// Every request of every operation.
fn requests() -> impl Iterator<Item = (Act, usize)> {
    Act::ALL
        .into_iter()
        .flat_map(|act| (0..act.effects()).map(move |request| (act, request)))
}

/// A trouble that strikes the first request of an operation, or the second: that one goes to what the first one made.
fn strikes(row: &OperationRow, request: usize, kind: FaultKind) -> Vec<Fault> {
    let below = if request == 0 { "" } else { "/" };
    ["POST", "DELETE"]
        .map(|method| Fault {
            method: Some(method.to_owned()),
            path: Some(path(row) + below),
            ..Fault::next(1, kind.clone())
        })
        .to_vec()
}

/// How often the merchant did something since a count was taken.
fn done_since(shop: &Shop, before: usize) -> usize {
    shop.merchant.effects().len() - before
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_operation_is_done_once_and_the_copy_is_whole_afterwards() {
    let (shop, mut shelf) = varied_shop(7).await;
    for act in Act::ALL {
        let before = shop.merchant.effects().len();
        let row = accepted(&shop.books, &shop, shelf.wish(act), false).await;
        assert_eq!(state(&row), State::Queued, "{act:?}");
        assert_eq!(
            done_since(&shop, before),
            0,
            "{act:?}: accepting does nothing"
        );
        let row = carried_out(&shop.books, &shop, &row.id).await;
        assert_eq!(
            state(&row),
            State::Done,
            "{act:?}: {:?} {:?}",
            row.code,
            row.message
        );
        assert!(row.result.is_some(), "{act:?} says what it made or changed");
        assert_eq!(done_since(&shop, before), act.effects(), "{act:?}");
        assert_eq!(row.progress.attempts as usize, act.effects(), "{act:?}");
    }
    shop.whole().await;
    assert!(matches!(verify(&shop.books).unwrap(), LogState::Whole(_)));
}

/// What follows a trouble.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Then {
    /// The same program tries again.
    Retry,
    /// Another one, on the same file.
    Restart,
    /// Twenty-five hours later, when keys are forgotten.
    NextDay,
}

/// One trouble for every operation. Whatever happens, nothing is done twice, and what is shown is so.
async fn matrix(kind: FaultKind, then: Then, seed: u64) {
    let (shop, mut shelf) = varied_shop(seed).await;
    let mut rows = Vec::new();
    for (act, request) in requests() {
        let before = shop.merchant.effects().len();
        let row = accepted(&shop.books, &shop, shelf.wish(act), false).await;
        shop.merchant
            .set_faults(strikes(&row, request, kind.clone()));
        let row = carried_out(&shop.books, &shop, &row.id).await;
        shop.merchant.set_faults(Vec::new());
        let done = done_since(&shop, before);
        assert!(done >= request, "{act:?}: the trouble came too early");
        told_rightly(act, &row, done, "after the trouble");
        rows.push((act, row, done));
    }
    if then == Then::NextDay {
        let tomorrow = present() + Duration::hours(25);
        shop.merchant.advance_to(tomorrow).await.unwrap();
        shop.clock.jump(TimeDelta::hours(25));
    } else {
        // Waits are over.
        shop.clock.jump(TimeDelta::minutes(30));
    }
    let books = if then == Then::Restart {
        shop.opened_again().await
    } else {
        Arc::clone(&shop.books)
    };
    for (act, row, done) in rows {
        let before = shop.merchant.effects().len();
        let mut row = carried_out(&books, &shop, &row.id).await;
        told_rightly(act, &row, done + done_since(&shop, before), "in the end");
        if then == Then::NextDay {
            // A day later the merchant has moved on, so that a person may have to look.
            if state(&row) == State::NeedsReview {
                assert!(row.message.is_some(), "{act:?} says why it waits");
                insist(&books, &row.id, Who::default()).await.unwrap();
                row = carried_out(&books, &shop, &row.id).await;
                told_rightly(
                    act,
                    &row,
                    done + done_since(&shop, before),
                    "after a person's word",
                );
            }
            continue;
        }
        assert_eq!(
            state(&row),
            State::Done,
            "{act:?}: {:?} {:?}",
            row.code,
            row.message
        );
        assert_eq!(done + done_since(&shop, before), act.effects(), "{act:?}");
    }
    assert!(matches!(verify(&books).unwrap(), LogState::Whole(_)));
}

/// Holds what the outbox says against what the merchant counted for this operation.
fn told_rightly(act: Act, row: &OperationRow, done: usize, when: &str) {
    assert!(done <= act.effects(), "{act:?} {when}: done {done} times");
    match state(row) {
        State::Done | State::Pending => {
            assert_eq!(done, act.effects(), "{act:?} {when}: shown as done");
        }
        State::Refused | State::Discarded => {
            assert_eq!(done, 0, "{act:?} {when}: shown as not done")
        }
        State::Queued | State::NeedsReview => {
            assert!(
                done <= usize::from(row.progress.step),
                "{act:?} {when}: {:?}",
                row.message
            );
        }
        State::Unknown => {}
        other => panic!("{act:?} {when} is {other}"),
    }
}

macro_rules! matrices {
    ($($name:ident: $kind:expr, $then:expr, $seed:expr;)*) => {$(
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $name() {
            matrix($kind, $then, $seed).await;
        }
    )*};
}

matrices! {
    nothing_is_lost_before_the_request: FaultKind::Reset, Then::Retry, 11;
    nothing_is_lost_before_the_request_and_a_restart: FaultKind::Reset, Then::Restart, 12;
    nothing_is_done_twice_after_a_lost_answer: FaultKind::Lost, Then::Retry, 13;
    nothing_is_done_twice_after_a_lost_answer_and_a_restart: FaultKind::Lost, Then::Restart, 14;
    nothing_is_done_twice_after_a_lost_answer_and_a_day: FaultKind::Lost, Then::NextDay, 15;
    nothing_is_done_twice_after_an_error_that_hides_success: FaultKind::Botched { status: 500 }, Then::Retry, 16;
    nothing_is_done_twice_after_an_error_that_hides_success_and_a_restart: FaultKind::Botched { status: 500 }, Then::Restart, 17;
    nothing_is_done_twice_after_an_error_that_hides_success_and_a_day: FaultKind::Botched { status: 500 }, Then::NextDay, 18;
    a_conflict_is_waited_out: FaultKind::Conflict, Then::Retry, 19;
    a_conflict_is_waited_out_over_a_restart: FaultKind::Conflict, Then::Restart, 20;
    a_limit_is_waited_out: FaultKind::RateLimited { reason: Some("endpoint-rate".to_owned()) }, Then::Retry, 21;
    a_lock_is_waited_out: FaultKind::RateLimited { reason: None }, Then::Restart, 22;
    nothing_is_done_twice_after_half_an_answer: FaultKind::Truncated, Then::Retry, 23;
    nothing_is_done_twice_after_half_an_answer_and_a_restart: FaultKind::Truncated, Then::Restart, 24;
    nothing_is_done_twice_after_half_an_answer_and_a_day: FaultKind::Truncated, Then::NextDay, 25;
    an_error_before_anything_was_done_is_tried_again: FaultKind::Failure { status: 503 }, Then::Retry, 26;
    an_error_before_anything_was_done_waits_for_a_person_after_a_day: FaultKind::Failure { status: 503 }, Then::NextDay, 27;
}

/// Stops the program while a request is under way, for every operation, and carries on with another one.
async fn cut_off(kind: FaultKind, is_done: bool, seed: u64) {
    let (shop, mut shelf) = varied_shop(seed).await;
    for (act, request) in requests() {
        let before = shop.merchant.effects().len();
        let row = accepted(&shop.books, &shop, shelf.wish(act), false).await;
        shop.merchant
            .set_faults(strikes(&row, request, kind.clone()));
        let (books, options) = (Arc::clone(&shop.books), running(&shop, Some(&row.id)));
        let task = tokio::spawn(async move { run(&books, options).await });
        let under_way = async {
            let is_under_way = || {
                let now = standing(&shop.books, &row.id);
                state(&now) == State::Sending
                    && usize::from(now.progress.step) == request
                    && done_since(&shop, before) == request + usize::from(is_done)
            };
            while !is_under_way() {
                tokio::time::sleep(std::time::Duration::from_millis(5)).await;
            }
        };
        let patience = std::time::Duration::from_secs(20);
        tokio::time::timeout(patience, under_way).await.unwrap();
        task.abort();
        assert!(task.await.unwrap_err().is_cancelled(), "{act:?}");
        shop.merchant.set_faults(Vec::new());
        let books = shop.opened_again().await;
        assert_eq!(
            state(&standing(&books, &row.id)),
            State::Unknown,
            "{act:?}: what was under way is not known"
        );
        let done = request + usize::from(is_done);
        assert_eq!(
            done_since(&shop, before),
            done,
            "{act:?}: request {request}"
        );
        let row = carried_out(&books, &shop, &row.id).await;
        assert_eq!(state(&row), State::Done, "{act:?}: {:?}", row.message);
        assert_eq!(done_since(&shop, before), act.effects(), "{act:?}");
    }
    shop.whole().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_operation_that_is_cut_off_before_it_happened_is_done_once() {
    cut_off(FaultKind::Stall { ms: 30_000 }, false, 28).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_operation_that_is_cut_off_after_it_happened_is_done_once() {
    cut_off(FaultKind::StalledBody { ms: 30_000 }, true, 29).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_waits_offline_goes_out_in_order_when_the_network_is_back() {
    let (shop, mut shelf) = shop(8).await;
    let mut rows = Vec::new();
    for act in [
        Act::RefundPart,
        Act::CancelAtPeriodEnd,
        Act::RefundAll,
        Act::Coupon,
    ] {
        rows.push(accepted(&shop.books, &shop, shelf.wish(act), true).await);
    }
    shop.merchant.set_faults(vec![Fault {
        times: None,
        ..Fault::next(1, FaultKind::Reset)
    }]);
    let outcome = run(&shop.books, running(&shop, None)).await.unwrap();
    assert!(outcome.offline);
    for row in &rows {
        assert_eq!(
            state(&standing(&shop.books, &row.id)),
            State::Queued,
            "nothing was sent"
        );
    }
    shop.merchant.set_faults(Vec::new());
    run(&shop.books, running(&shop, None)).await.unwrap();
    for row in &rows {
        assert_eq!(state(&standing(&shop.books, &row.id)), State::Done);
    }
    assert_eq!(shop.merchant.effects().len(), rows.len());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_operation_on_the_same_object_is_refused_while_one_is_open() {
    let (shop, mut shelf) = shop(8).await;
    let wish = shelf.wish(Act::RefundPart);
    let first = accepted(&shop.books, &shop, wish.clone(), true).await;
    let options = shop.desk.client_options().clone();
    let again = propose(&shop.books, wish.clone(), &options, true)
        .await
        .unwrap();
    let refused = accept(&shop.books, &again, Some("again"), &Who::default(), None);
    assert!(matches!(refused, Err(EngineError::OperationOpen(by)) if by == first.id));
    discard(&shop.books, &first.id, Who::default())
        .await
        .unwrap();
    let second = accept(&shop.books, &again, Some("again"), &Who::default(), None).unwrap();
    let second = carried_out(&shop.books, &shop, &second.id).await;
    assert_eq!(state(&second), State::Done);
    let third = accepted(&shop.books, &shop, wish, false).await;
    assert_eq!(state(&third), State::Queued, "what is done holds nothing");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_has_changed_since_it_was_approved_waits_for_a_person() {
    let (shop, mut shelf) = shop(9).await;
    let wish = shelf.wish(Act::RefundPart);
    let payment = wish.object().0.to_owned();
    let row = accepted(&shop.books, &shop, wish, true).await;
    // A colleague gives some of it back elsewhere.
    shop.ask(
        "POST",
        "/v1/refunds",
        &format!("charge={payment}&amount=100"),
    );
    let row = carried_out(&shop.books, &shop, &row.id).await;
    assert_eq!(state(&row), State::NeedsReview);
    assert_eq!(row.code.as_deref(), Some("changed"));
    assert!(
        row.message
            .as_deref()
            .unwrap()
            .contains("refunded was “0” and is “100”")
    );
    assert_eq!(shop.merchant.effects().len(), 1, "ours was not sent");
    insist(&shop.books, &row.id, Who::default()).await.unwrap();
    let row = carried_out(&shop.books, &shop, &row.id).await;
    assert_eq!(state(&row), State::Done, "what was seen was accepted");
    assert_eq!(shop.merchant.effects().len(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn more_than_is_left_is_stopped_before_it_is_sent() {
    let (shop, mut shelf) = shop(9).await;
    let wish = shelf.wish(Act::RefundAll);
    let payment = wish.object().0.to_owned();
    let row = accepted(&shop.books, &shop, wish, true).await;
    shop.ask(
        "POST",
        "/v1/refunds",
        &format!("charge={payment}&amount=100"),
    );
    let row = carried_out(&shop.books, &shop, &row.id).await;
    assert_eq!(
        (state(&row), row.code.as_deref()),
        (State::NeedsReview, Some("amount_too_large"))
    );
    insist(&shop.books, &row.id, Who::default()).await.unwrap();
    let row = carried_out(&shop.books, &shop, &row.id).await;
    assert_eq!(state(&row), State::NeedsReview, "no word makes more of it");
    let row = discard(&shop.books, &row.id, Who::default()).await.unwrap();
    assert_eq!(state(&row), State::Discarded);
    assert_eq!(shop.merchant.effects().len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_plan_change_that_costs_something_else_waits_for_a_person() {
    let (shop, mut shelf) = shop(9).await;
    let row = accepted(&shop.books, &shop, shelf.wish(Act::PlanBilled), true).await;
    assert!(row.estimated, "offline nobody knows what it costs");
    let row = carried_out(&shop.books, &shop, &row.id).await;
    assert_eq!(
        (state(&row), row.code.as_deref()),
        (State::NeedsReview, Some("cost_changed"))
    );
    assert!(
        row.preview.is_some(),
        "the provider's reckoning is kept with it"
    );
    assert!(shop.merchant.effects().is_empty());
    insist(&shop.books, &row.id, Who::default()).await.unwrap();
    let row = carried_out(&shop.books, &shop, &row.id).await;
    assert_eq!(state(&row), State::Done);
    // Approved with a preview, it goes out as it was approved, days later too.
    let row = accepted(&shop.books, &shop, shelf.wish(Act::PlanBilled), false).await;
    assert!(!row.estimated);
    let row = carried_out(&shop.books, &shop, &row.id).await;
    assert_eq!(state(&row), State::Done);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_provider_refuses_is_refused_and_says_why() {
    let (shop, mut shelf) = shop(9).await;
    let wish = shelf.wish(Act::Coupon);
    let Wish::Coupon { subscription, .. } = wish else {
        panic!("a coupon was wished for");
    };
    let wish = Wish::Coupon {
        subscription,
        coupon: Some("NOBODY".to_owned()),
        promotion_code: None,
    };
    let row = accepted(&shop.books, &shop, wish, false).await;
    let row = carried_out(&shop.books, &shop, &row.id).await;
    assert_eq!(
        (state(&row), row.code.as_deref()),
        (State::Refused, Some("resource_missing"))
    );
    assert!(row.request_id.is_some(), "its support wants to know");
    assert!(shop.merchant.effects().is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_that_may_not_act_is_told_which_box_to_tick() {
    let (shop, mut shelf) = shop(9).await;
    let row = accepted(&shop.books, &shop, shelf.wish(Act::RefundPart), true).await;
    shop.merchant
        .set_denied(vec!["rak_charge_write".to_owned()]);
    let row = carried_out(&shop.books, &shop, &row.id).await;
    assert_eq!(state(&row), State::NeedsReview);
    shop.merchant.set_denied(Vec::new());
    insist(&shop.books, &row.id, Who::default()).await.unwrap();
    let row = carried_out(&shop.books, &shop, &row.id).await;
    assert_eq!(state(&row), State::Done);
    assert_eq!(shop.merchant.effects().len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn limits_stop_what_is_too_much_at_once_or_in_a_day() {
    let (shop, mut shelf) = shop(10).await;
    let limits = |each: i64, day: i64| Limits {
        each: ["USD", "EUR", "GBP"]
            .map(|code| (code.to_owned(), each))
            .into(),
        day: ["USD", "EUR", "GBP"]
            .map(|code| (code.to_owned(), day))
            .into(),
        ..Limits::default()
    };
    let options = shop.desk.client_options().clone();
    let try_it = async |shelf: &mut Shelf| {
        let wish = shelf.wish(Act::RefundPart);
        let proposed = propose(&shop.books, wish, &options, true).await.unwrap();
        accept(&shop.books, &proposed, None, &Who::default(), None)
    };
    set_limits(&shop.books, "owner", limits(699, 100_000)).unwrap();
    assert!(matches!(
        try_it(&mut shelf).await,
        Err(EngineError::LimitPassed(_))
    ));
    set_limits(&shop.books, "owner", limits(700, 1_400)).unwrap();
    let mut passed = 0;
    let mut refused = 0;
    for _ in 0..9 {
        match try_it(&mut shelf).await {
            Ok(_) => passed += 1,
            Err(EngineError::LimitPassed(_)) => refused += 1,
            Err(other) => panic!("{other}"),
        }
    }
    assert!(
        passed <= 6 && refused >= 3,
        "two of each currency: {passed} passed"
    );
    shop.clock.jump(TimeDelta::hours(25));
    assert!(try_it(&mut shelf).await.is_ok(), "tomorrow is another day");
    assert!(set_limits(&shop.books, "owner", limits(-1, 5)).is_err());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refund_above_the_limit_waits_for_another_operator() {
    let (shop, mut shelf) = shop(10).await;
    let pin = |text: &str| text.to_owned().into();
    let who = |name: &str, text: &str| Who {
        name: Some(name.to_owned()),
        pin: Some(text.to_owned().into()),
    };
    add_operator(&shop.books, "owner", "Ada", &pin("2468")).unwrap();
    add_operator(&shop.books, "Ada", "Bo", &pin("1357")).unwrap();
    set_limits(
        &shop.books,
        "Ada",
        Limits {
            approval_above: ["USD", "EUR", "GBP"]
                .map(|code| (code.to_owned(), 100))
                .into(),
            ..Limits::default()
        },
    )
    .unwrap();
    let options = shop.desk.client_options().clone();
    let proposed = propose(&shop.books, shelf.wish(Act::RefundPart), &options, true)
        .await
        .unwrap();
    let try_as = |who: &Who| accept(&shop.books, &proposed, None, who, None);
    assert!(matches!(
        try_as(&Who::default()),
        Err(EngineError::OperatorMissing)
    ));
    assert!(matches!(
        try_as(&who("Ada", "1357")),
        Err(EngineError::OperatorUnknown)
    ));
    assert!(matches!(
        try_as(&who("Cy", "2468")),
        Err(EngineError::OperatorUnknown)
    ));
    let row = try_as(&who("Ada", "2468")).unwrap();
    assert_eq!(state(&row), State::AwaitingApproval);
    let row = carried_out(&shop.books, &shop, &row.id).await;
    assert_eq!(
        state(&row),
        State::AwaitingApproval,
        "nothing is sent before"
    );
    let own = approve(&shop.books, &row.id, who("Ada", "2468")).await;
    assert!(matches!(own, Err(EngineError::OwnApproval)));
    let row = approve(&shop.books, &row.id, who("Bo", "1357"))
        .await
        .unwrap();
    assert_eq!(
        (row.asked_by.as_str(), row.approved_by.as_deref()),
        ("Ada", Some("Bo"))
    );
    let row = carried_out(&shop.books, &shop, &row.id).await;
    assert_eq!(state(&row), State::Done);
    assert_eq!(shop.merchant.effects().len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_log_refuses_to_be_changed_and_notices_when_it_was() {
    let (shop, mut shelf) = shop(10).await;
    for act in [Act::RefundPart, Act::Credit] {
        let row = accepted(&shop.books, &shop, shelf.wish(act), false).await;
        carried_out(&shop.books, &shop, &row.id).await;
    }
    let LogState::Whole(head) = verify(&shop.books).unwrap() else {
        panic!("nobody has touched it");
    };
    assert!(head.seq >= 6, "accepted, sending and answered, twice");
    for statement in [
        "UPDATE action_log SET who = 'somebody else' WHERE seq = 2",
        "DELETE FROM action_log WHERE seq = 2",
    ] {
        let refused = shop
            .books
            .store
            .write(move |write| Ok(write.sql().execute(statement, [])?));
        assert!(refused.is_err(), "{statement}");
    }
    shop.tamper("DROP TRIGGER action_log_is_not_changed");
    shop.tamper("DROP TRIGGER action_log_is_not_shortened");
    shop.tamper("UPDATE action_log SET who = 'somebody else' WHERE seq = 2");
    assert!(matches!(verify(&shop.books).unwrap(), LogState::Broken(broken) if broken.seq == 2));
    shop.tamper("DELETE FROM action_log WHERE seq = 2");
    assert!(matches!(verify(&shop.books).unwrap(), LogState::Broken(broken) if broken.seq == 3));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_log_that_was_altered_is_noticed_at_start_and_nothing_is_sent_by_itself() {
    let (shop, mut shelf) = shop(10).await;
    accepted(&shop.books, &shop, shelf.wish(Act::RefundPart), true).await;
    let books = shop.opened_again().await;
    assert!(matches!(books.log_at_start().unwrap(), LogState::Whole(_)));
    assert!(waits(&books).await.unwrap(), "it is queued");
    shop.tamper("DROP TRIGGER action_log_is_not_changed");
    shop.tamper("UPDATE action_log SET who = 'somebody else' WHERE seq = 1");
    let books = shop.opened_again().await;
    let found = books.log_at_start().unwrap();
    assert!(matches!(found, LogState::Broken(broken) if broken.seq == 1));
    assert!(!waits(&books).await.unwrap(), "somebody has to look first");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_lost_is_looked_for_and_sent_again_in_one_go() {
    let (shop, mut shelf) = shop(10).await;
    let row = accepted(&shop.books, &shop, shelf.wish(Act::RefundPart), false).await;
    shop.merchant.set_faults(strikes(&row, 0, FaultKind::Reset));
    let row = carried_out(&shop.books, &shop, &row.id).await;
    assert_eq!(state(&row), State::Done, "{:?}", row.message);
    assert_eq!(row.progress.attempts, 2);
    assert_eq!(shop.merchant.effects().len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_old_file_that_is_put_back_sends_nothing_twice() {
    let (shop, mut shelf) = shop(10).await;
    let row = accepted(&shop.books, &shop, shelf.wish(Act::RefundPart), true).await;
    let other = accepted(&shop.books, &shop, shelf.wish(Act::Credit), true).await;
    // What a backup would hold: everything as it is now.
    shop.tamper("CREATE TABLE old AS SELECT * FROM operation");
    shop.tamper("CREATE TABLE old_log AS SELECT * FROM action_log");
    let done = carried_out(&shop.books, &shop, &row.id).await;
    assert_eq!(state(&done), State::Done);
    put_back(&shop);
    let books = shop.opened_again().await;
    assert_eq!(
        state(&standing(&books, &row.id)),
        State::Unknown,
        "it may have been sent since"
    );
    let found = carried_out(&books, &shop, &row.id).await;
    assert_eq!(state(&found), State::Done, "it was found at the provider");
    assert_eq!(shop.merchant.effects().len(), 1);
    let missed = carried_out(&books, &shop, &other.id).await;
    assert_eq!(state(&missed), State::Unknown, "it may still be on its way");
    let later = present() + Duration::minutes(11);
    shop.merchant.advance_to(later).await.unwrap();
    shop.clock.jump(TimeDelta::minutes(11));
    let missed = carried_out(&books, &shop, &other.id).await;
    assert_eq!(
        (state(&missed), missed.code.as_deref()),
        (State::NeedsReview, Some("not_seen"))
    );
    insist(&books, &other.id, Who::default()).await.unwrap();
    assert_eq!(
        state(&carried_out(&books, &shop, &other.id).await),
        State::Done
    );
    assert_eq!(shop.merchant.effects().len(), 2);
}

/// The file as it was when `old` and `old_log` were made.
fn put_back(shop: &Shop) {
    for statement in [
        "DROP TRIGGER action_log_is_not_changed",
        "DROP TRIGGER action_log_is_not_shortened",
        "DELETE FROM operation",
        "INSERT INTO operation SELECT * FROM old",
        "DELETE FROM action_log",
        "INSERT INTO action_log SELECT * FROM old_log",
    ] {
        shop.tamper(statement);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_step_of_an_operation_stands_in_the_log() {
    let (shop, mut shelf) = shop(10).await;
    let row = accepted(&shop.books, &shop, shelf.wish(Act::PlanAtPeriodEnd), false).await;
    carried_out(&shop.books, &shop, &row.id).await;
    let lines = log_of(&shop.books, &row.id);
    assert_eq!(
        lines,
        ["accepted", "sending", "answered", "sending", "answered"]
    );
}

fn log_of(books: &Books<Test>, id: &str) -> Vec<String> {
    let lines = books
        .store
        .read(|read| action_log::of_operation(read.sql(), id))
        .unwrap();
    lines.into_iter().map(|line| line.entry.action).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_draining_outbox_asks_for_little_more_than_it_must() {
    let (shop, mut shelf) = shop(8).await;
    let count = 20;
    for _ in 0..count {
        accepted(&shop.books, &shop, shelf.wish(Act::RefundPart), true).await;
    }
    let before = shop.requests();
    run(&shop.books, running(&shop, None)).await.unwrap();
    let asked = shop.requests() - before;
    assert_eq!(shop.merchant.effects().len(), count);
    assert_eq!(
        asked,
        2 * count,
        "one look at the payment and one refund each"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_can_be_taken_back_is_taken_back_by_an_operation_of_its_own() {
    let (shop, mut shelf) = shop(10).await;
    let options = shop.desk.client_options().clone();
    for act in [
        Act::PlanAtPeriodEnd,
        Act::QuantityFree,
        Act::CancelAtPeriodEnd,
        Act::PauseCollection,
        Act::Coupon,
        Act::UpdateCustomer,
    ] {
        let row = accepted(&shop.books, &shop, shelf.wish(act), false).await;
        let early = propose_undo(&shop.books, &row.id, &options, false).await;
        assert!(early.is_err(), "{act:?}: nothing was done yet");
        let row = carried_out(&shop.books, &shop, &row.id).await;
        assert_eq!(state(&row), State::Done, "{act:?}: {:?}", row.message);
        let proposed = propose_undo(&shop.books, &row.id, &options, false)
            .await
            .unwrap();
        let back = accept(&shop.books, &proposed, None, &Who::default(), None).unwrap();
        let back = carried_out(&shop.books, &shop, &back.id).await;
        assert_eq!(state(&back), State::Done, "{act:?}: {:?}", back.message);
    }
    let row = accepted(&shop.books, &shop, shelf.wish(Act::RefundPart), false).await;
    let row = carried_out(&shop.books, &shop, &row.id).await;
    let refused = propose_undo(&shop.books, &row.id, &options, false).await;
    assert!(
        refused.is_err(),
        "money that was given back does not return"
    );
    shop.whole().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn money_of_every_number_of_decimals_is_given_back_to_the_last_unit() {
    let (shop, _) = shop(10).await;
    for (currency, amount, minor) in [
        ("JPY", "7", 7),
        ("KWD", "1.23", 1_230),
        ("ISK", "3", 300),
        ("USD", "0.07", 7),
    ] {
        let payment = payment_in(&shop, currency);
        let wish = Wish::Refund {
            payment: payment.clone(),
            amount: Some(amount.to_owned()),
            reason: None,
        };
        let row = accepted(&shop.books, &shop, wish, false).await;
        let row = carried_out(&shop.books, &shop, &row.id).await;
        assert_eq!(state(&row), State::Done, "{currency}: {:?}", row.message);
        let refunded = listed(&shop, &format!("/v1/refunds?charge={payment}"));
        assert_eq!(refunded[0]["amount"], minor, "{currency}");
    }
    for (currency, amount) in [
        ("JPY", "7.5"),
        ("KWD", "1.234"),
        ("ISK", "3.5"),
        ("USD", "0.005"),
    ] {
        let wish = Wish::Refund {
            payment: payment_in(&shop, currency),
            amount: Some(amount.to_owned()),
            reason: None,
        };
        let options = shop.desk.client_options().clone();
        let refused = propose(&shop.books, wish, &options, true).await;
        assert!(refused.is_err(), "{amount} {currency} cannot be paid");
    }
}

/// A payment in a currency of which something is left.
fn payment_in(shop: &Shop, currency: &str) -> String {
    let code = currency.to_ascii_lowercase();
    let fits = |json: &String| {
        let it: serde_json::Value = serde_json::from_str(json).unwrap();
        it["status"] == "succeeded"
            && it["disputed"] == false
            && it["amount_refunded"] == 0
            && it["currency"] == code.as_str()
            && it["amount"].as_i64().unwrap() > 2_000
    };
    let found = shop
        .content()
        .into_iter()
        .find(|((kind, _), (json, _))| *kind == Kind::Charges && fits(json));
    found
        .unwrap_or_else(|| panic!("nobody pays in {currency}"))
        .0
        .1
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_person_asks_for_goes_before_what_has_waited() {
    let (shop, mut shelf) = shop(8).await;
    let mut waiting = Vec::new();
    for _ in 0..30 {
        waiting.push(accepted(&shop.books, &shop, shelf.wish(Act::RefundPart), true).await);
    }
    shop.merchant.set_faults(vec![Fault {
        times: None,
        ..Fault::next(1, FaultKind::Latency { ms: 60 })
    }]);
    let (books, all) = (Arc::clone(&shop.books), running(&shop, None));
    let draining = tokio::spawn(async move { run(&books, all).await });
    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    let mine = accepted(&shop.books, &shop, shelf.wish(Act::Credit), true).await;
    run(&shop.books, running(&shop, Some(&mine.id)))
        .await
        .unwrap();
    draining.await.unwrap().unwrap();
    let effects = shop.merchant.effects();
    assert_eq!(effects.len(), 31);
    let place = effects
        .iter()
        .position(|it| it.operation.as_deref() == Some(mine.id.as_str()))
        .unwrap();
    assert!(
        place < 29,
        "it was the {place}th although somebody waits for it"
    );
    assert_eq!(state(&standing(&shop.books, &mine.id)), State::Done);
}
