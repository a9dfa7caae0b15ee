//! Changes that tests order, and notices in an older version.

use std::collections::BTreeSet;

use coffer_sim::ServerOptions;
use serde_json::{Value, json};

use crate::support::{Desk, int, spec, text};

#[tokio::test]
async fn touching_many_objects_gives_as_many_notices_of_one_second() {
    let desk = Desk::open(spec(3, 120, 10)).await;
    let before = desk.walk("/v1/events").await.len();
    let listed = desk.get("/v1/customers?limit=100").await;
    let wish = json!({ "kind": "customers", "count": 40, "skip": 5 });
    let touched = desk.order("touch", wish).await.body;
    let wanted: Vec<&str> = (5..45).map(|n| text(&listed["data"][n]["id"])).collect();
    let ids: Vec<&str> = touched["ids"]
        .as_array()
        .unwrap()
        .iter()
        .map(text)
        .collect();
    assert_eq!(ids, wanted, "in the order of the list");
    assert_eq!(desk.walk("/v1/events").await.len(), before + 40);
    let told = &desk.events("customer.updated").await[..40];
    let seconds: BTreeSet<i64> = told.iter().map(|event| int(&event["created"])).collect();
    assert_eq!(seconds.len(), 1, "all of one second");
    let named: Vec<&str> = told.iter().map(|event| text(&event["id"])).collect();
    assert!(
        !named.is_sorted() && !named.iter().rev().is_sorted(),
        "and their ids are in no order"
    );
    let subjects: BTreeSet<&str> = told
        .iter()
        .map(|event| text(&event["data"]["object"]["id"]))
        .collect();
    assert_eq!(subjects, wanted.iter().copied().collect());
    let changed = desk.get(&format!("/v1/customers/{}", wanted[0])).await;
    assert!(changed["metadata"]["touched"].is_string());
    for kind in ["subscriptions", "invoices", "charges", "products"] {
        let done = desk
            .order("touch", json!({ "kind": kind, "count": 2 }))
            .await;
        assert_eq!(done.status, 200, "{kind}: {}", done.body);
    }
    for wish in [
        json!({ "kind": "payment_intents", "count": 1 }),
        json!({ "kind": "unicorns", "count": 1 }),
        json!({ "kind": "products", "count": 1_000 }),
    ] {
        assert_eq!(
            desk.order("touch", wish.clone()).await.status,
            400,
            "{wish}"
        );
    }
}

#[tokio::test]
async fn a_quiet_change_is_seen_only_by_looking() {
    let desk = Desk::open(spec(3, 120, 10)).await;
    let events = desk.walk("/v1/events").await;
    let before = desk.get("/v1/customers?limit=1").await["data"][0].clone();
    let id = text(&before["id"]);
    let done = desk
        .order("quiet", json!({ "kind": "customers", "id": id }))
        .await;
    assert_eq!(done.status, 200, "{}", done.body);
    assert_ne!(desk.get(&format!("/v1/customers/{id}")).await, before);
    assert_eq!(
        desk.walk("/v1/events").await,
        events,
        "nothing tells of it, and no older notice shows it"
    );
    let missing = desk
        .order("quiet", json!({ "kind": "charges", "id": id }))
        .await;
    assert_eq!(missing.status, 400, "the id is of another kind");
}

async fn told_in(version: Option<&str>) -> Vec<Value> {
    let desk = Desk::with(ServerOptions {
        event_version: version.map(str::to_owned),
        ..ServerOptions::new(spec(3, 200, 10))
    })
    .await;
    let events = desk.walk("/v1/events").await;
    let id = text(&events[0]["id"]);
    assert_eq!(
        desk.get(&format!("/v1/events/{id}")).await,
        events[0],
        "one is told as in a list"
    );
    events
}

fn objects<'a>(events: &'a [Value], kind: &str) -> Vec<&'a Value> {
    events
        .iter()
        .map(|event| &event["data"]["object"])
        .filter(|object| object["object"] == kind)
        .collect()
}

#[tokio::test]
async fn notices_of_an_older_version_have_its_fields_where_they_were() {
    let old = told_in(Some("2024-04-10")).await;
    assert!(old.iter().all(|event| event["api_version"] == "2024-04-10"));
    for subscription in objects(&old, "subscription") {
        assert!(subscription["current_period_end"].is_i64());
        assert_eq!(
            subscription["items"]["data"][0].get("current_period_end"),
            None
        );
    }
    let invoices = objects(&old, "invoice");
    assert!(invoices.iter().all(|invoice| {
        invoice.get("parent").is_none() && invoice["paid"] == (invoice["status"] == "paid")
    }));
    let named = |field: &str, prefix: &str| {
        invoices.iter().any(|invoice| {
            invoice[field]
                .as_str()
                .is_some_and(|id| id.starts_with(prefix))
        })
    };
    assert!(named("subscription", "sub_") && named("charge", "ch_"));

    let new = told_in(Some("2026-03-25.dahlia")).await;
    assert!(
        new.iter()
            .all(|event| event["api_version"] == "2026-03-25.dahlia")
    );
    assert!(
        objects(&new, "invoice")
            .iter()
            .all(|invoice| invoice.get("parent").is_some())
    );
    let pinned = told_in(None).await;
    assert!(
        pinned
            .iter()
            .all(|event| event["api_version"] == coffer_sim::API_VERSION)
    );
    let ids = |events: &[Value]| {
        events
            .iter()
            .map(|event| text(&event["id"]).to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(ids(&old), ids(&pinned), "they are the same notices");
}
