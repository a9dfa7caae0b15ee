//! The rare states: each is there when a world is asked for them, and the truth knows what each is worth.

use std::collections::{BTreeMap, BTreeSet};

use chrono::Duration;
use coffer_sim::{World, WorldSpec};
use serde_json::Value;

use crate::support::worth::{Held, book, worth};
use crate::support::{Desk, Ratio, int, present, spec, text};

fn cornered(seed: u64, customers: u32, months: u32) -> WorldSpec {
    WorldSpec {
        corners: true,
        ..spec(seed, customers, months)
    }
}

async fn subscriptions(desk: &Desk) -> Vec<Value> {
    let path = "/v1/subscriptions?status=all&expand[]=data.customer&expand[]=data.discounts&expand[]=data.items.data.discounts";
    desk.walk(path).await
}

#[tokio::test]
async fn every_rare_state_is_there_at_the_present() {
    for seed in [1, 2, 3] {
        let desk = Desk::open(cornered(seed, 0, 8)).await;
        let all = subscriptions(&desk).await;
        let states: BTreeSet<&str> = all.iter().map(|one| text(&one["status"])).collect();
        let expected = [
            "active",
            "canceled",
            "incomplete",
            "incomplete_expired",
            "past_due",
            "paused",
            "trialing",
            "unpaid",
        ];
        assert_eq!(
            states.into_iter().collect::<Vec<_>>(),
            expected,
            "seed {seed}: a subscription in every status"
        );
        let behaviours: BTreeSet<&str> = all
            .iter()
            .filter_map(|one| one["pause_collection"]["behavior"].as_str())
            .collect();
        assert_eq!(
            behaviours.into_iter().collect::<Vec<_>>(),
            ["keep_as_draft", "mark_uncollectible", "void"],
            "seed {seed}: collection paused in each way"
        );
        let paused: BTreeSet<&str> = all
            .iter()
            .filter_map(|one| one["status_details"]["paused"]["subscription"]["type"].as_str())
            .collect();
        assert_eq!(
            paused.into_iter().collect::<Vec<_>>(),
            ["pause_requested", "trial_end_without_payment_method"],
            "seed {seed}: paused for two reasons"
        );
        check_kinds(&all, seed);
        check_papers(&desk, &all).await;
    }
}

/// Subscriptions that no status tells apart.
fn check_kinds(all: &[Value], seed: u64) {
    let has = |what: &str, test: &dyn Fn(&Value) -> bool| {
        assert!(all.iter().any(test), "seed {seed}: {what}");
    };
    has("a trial without anything to pay with", &|one| {
        one["status"] == "trialing"
            && one["trial_settings"]["end_behavior"]["missing_payment_method"] == "pause"
            && one["customer"]["invoice_settings"]["default_payment_method"].is_null()
    });
    let items = |one: &Value| one["items"]["data"].as_array().unwrap().clone();
    has(
        "a metered item, which has a meter and no quantity",
        &|one| {
            items(one).iter().any(|item| {
                item["price"]["recurring"]["usage_type"] == "metered"
                    && item["price"]["recurring"]["meter"].is_string()
                    && item.get("quantity").is_none()
            })
        },
    );
    has("two intervals on one subscription", &|one| {
        let ends: BTreeSet<i64> = items(one)
            .iter()
            .map(|item| int(&item["current_period_end"]))
            .collect();
        ends.len() == 2 && one["billing_mode"]["type"] == "flexible"
    });
    has("discounts on customer, subscription and item", &|one| {
        one["customer"]["discount"].is_object()
            && one["discounts"].as_array().unwrap().len() == 2
            && items(one)
                .iter()
                .any(|item| item["discounts"].get(0).is_some())
    });
    has("a deleted customer's cancelled subscription", &|one| {
        one["customer"]["deleted"] == true && one["status"] == "canceled"
    });
    has("a late sent invoice", &|one| {
        one["collection_method"] == "send_invoice" && one["status"] == "past_due"
    });
    has("a schedule that will change what is held", &|one| {
        one["schedule"].is_string()
    });
}

/// What stands beside the subscriptions.
async fn check_papers(desk: &Desk, all: &[Value]) {
    let invoices = desk.walk("/v1/invoices").await;
    let statuses: BTreeSet<&str> = invoices.iter().map(|one| text(&one["status"])).collect();
    assert_eq!(
        statuses.into_iter().collect::<Vec<_>>(),
        ["draft", "open", "paid", "uncollectible", "void"],
        "an invoice in every status"
    );
    let reasons: BTreeSet<&str> = invoices
        .iter()
        .filter_map(|one| one["status_details"]["uncollectible"]["reason"].as_str())
        .collect();
    assert!(reasons.contains("subscription_paused") && reasons.contains("user_forgiven"));
    assert!(
        invoices.iter().any(|one| {
            one["status"] == "open"
                && one["due_date"]
                    .as_i64()
                    .is_some_and(|due| due < present().timestamp())
        }),
        "an invoice is overdue"
    );
    let charges = desk.walk("/v1/charges").await;
    assert!(
        charges
            .iter()
            .any(|charge| charge["disputed"] == true && int(&charge["amount_refunded"]) > 0),
        "a charge is both disputed and refunded"
    );
    let mut currencies: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for one in all {
        let owner = text(&one["customer"]["id"]);
        currencies
            .entry(owner)
            .or_default()
            .insert(text(&one["currency"]));
    }
    assert!(
        currencies.values().any(|currencies| currencies.len() == 2),
        "a customer is billed in two currencies"
    );
    let gone: BTreeSet<String> = invoices
        .iter()
        .flat_map(|one| one["discounts"].as_array().unwrap().clone())
        .map(|id| text(&id).to_owned())
        .collect();
    let held: BTreeSet<String> = all
        .iter()
        .flat_map(|one| one["discounts"].as_array().unwrap().clone())
        .map(|discount| text(&discount["id"]).to_owned())
        .collect();
    assert!(
        gone.difference(&held).next().is_some(),
        "a discount that was taken away is on an earlier invoice only"
    );
}

/// What the API shows now, reckoned by the definition.
async fn shown(desk: &Desk) -> BTreeMap<String, (i128, i128)> {
    let book = book(desk).await;
    let at = present().timestamp();
    let mut sums: BTreeMap<String, Ratio> = BTreeMap::new();
    for one in subscriptions(desk).await {
        let voided = one["pause_collection"]["behavior"]
            .as_str()
            .is_some_and(|how| how != "keep_as_draft");
        if voided || !["active", "past_due"].contains(&text(&one["status"])) {
            continue;
        }
        let items: Vec<Held> = one["items"]["data"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|item| item["price"]["recurring"]["usage_type"] == "licensed")
            .map(|item| Held {
                price: text(&item["price"]["id"]).to_owned(),
                quantity: int(&item["quantity"]),
                discounts: item["discounts"].as_array().unwrap().clone(),
            })
            .collect();
        let customers: Vec<Value> = Some(one["customer"]["discount"].clone())
            .into_iter()
            .filter(Value::is_object)
            .collect();
        let own = one["discounts"].as_array().unwrap();
        let worth = worth(&book, at, &items, own, &customers, Ratio(1, 1));
        let sum = sums
            .entry(text(&one["currency"]).to_uppercase())
            .or_insert(Ratio(0, 1));
        *sum = sum.plus(worth);
    }
    sums.into_iter()
        .map(|(currency, Ratio(num, den))| (currency, (num, den)))
        .collect()
}

#[tokio::test]
async fn the_rare_states_are_worth_what_the_truth_says() {
    for seed in 1..=8 {
        let desk = Desk::open(cornered(seed, 0, 6)).await;
        let shown = shown(&desk).await;
        let world = desk.running.world();
        let world = world.read().unwrap();
        assert_eq!(
            shown,
            world.mrr_at(present()),
            "seed {seed}: the sum over the rare states is the truth"
        );
    }
}

#[test]
fn the_rare_states_add_to_the_truth_and_change_none_of_it() {
    for seed in [1, 2, 3] {
        let (plain, rare) = (
            World::generate(&spec(seed, 300, 14)),
            World::generate(&cornered(seed, 300, 14)),
        );
        let before = present() - Duration::days(101);
        assert_eq!(
            plain.mrr_at(before),
            rare.mrr_at(before),
            "seed {seed}: nothing differs before the first of them comes"
        );
        let ordinary = plain.active_subscribers_at(present());
        let more = rare.active_subscribers_at(present()) - ordinary;
        assert_eq!(
            more, 9,
            "seed {seed}: nine of them are worth something at the present"
        );
    }
}

#[test]
fn life_goes_on_for_the_rare_states_whatever_stops_are_made() {
    let spec = cornered(5, 40, 8);
    let end = present() + Duration::days(120);
    let mut straight = World::generate(&spec);
    straight.advance_to(end);
    let mut stopping = World::begin(&spec);
    for days in 0..36 {
        stopping.advance_to(present() + Duration::days(days * 10 - 240));
    }
    stopping.advance_to(end);
    assert_eq!(straight.fingerprint(), stopping.fingerprint());
}
