//! Simulated time: it moves when told or with a clock, and outlasts the server.

use std::sync::Arc;

use coffer_sim::ServerOptions;
use serde_json::{Value, json};

use crate::support::{Desk, present, spec, text};

#[tokio::test]
async fn time_moves_only_when_told_and_the_date_header_tells_it() {
    let desk = Desk::open(spec(3, 80, 8)).await;
    let date =
        |response: &reqwest::Response| response.headers()["date"].to_str().unwrap().to_owned();
    let response = desk
        .request("/v1/balance")
        .bearer_auth(desk.running.key())
        .send()
        .await
        .unwrap();
    assert_eq!(date(&response), "Sat, 21 Nov 2026 12:00:00 GMT");
    let advance = |body: Value| {
        desk.client
            .post(format!("{}/_sim/advance", desk.running.base_url()))
            .json(&body)
            .send()
    };
    assert_eq!(advance(json!({ "days": 3 })).await.unwrap().status(), 200);
    let response = desk
        .request("/v1/balance")
        .bearer_auth(desk.running.key())
        .send()
        .await
        .unwrap();
    assert_eq!(date(&response), "Tue, 24 Nov 2026 12:00:00 GMT");
    assert_eq!(
        advance(json!({ "to": "2026-01-01T00:00:00Z" }))
            .await
            .unwrap()
            .status(),
        400,
        "time does not go back"
    );
    let truth = desk.get("/_sim/truth?at=2026-11-20T00:00:00Z").await;
    let usd = &truth["mrr"]["USD"];
    assert!(
        text(&usd["num"]).parse::<i128>().unwrap() > 0
            && usd["minor"].is_i64()
            && truth["active_subscribers"].is_u64()
    );
    let order = json!({ "faults": [{ "kind": "failure", "status": 500, "times": 1, "path": "charges" }], "deny": ["rak_dispute_read"] });
    let set = desk
        .client
        .post(format!("{}/_sim/faults", desk.running.base_url()))
        .json(&order)
        .send()
        .await
        .unwrap();
    assert_eq!(set.status(), 200);
    assert_eq!(desk.ask("/v1/charges").await.0, 500);
    assert_eq!(desk.ask("/v1/disputes").await.0, 403);
    assert_eq!(desk.get("/_sim/state").await["key"], desk.running.key());
    assert_eq!(desk.get("/_sim/journal").await.as_array().unwrap().len(), 4);
}

#[tokio::test]
async fn a_restart_continues_the_same_world_with_the_same_key() {
    let dir = tempfile::tempdir().unwrap();
    let options = |seed| ServerOptions {
        state_dir: Some(dir.path().join("state")),
        ..ServerOptions::new(spec(seed, 90, 10))
    };
    let first = Desk::with(options(8)).await;
    let later = present() + chrono::Duration::days(12);
    first.running.advance_to(later).await.unwrap();
    let key = first.running.key().to_owned();
    let print = first.running.world().read().unwrap().fingerprint();
    first.running.stop().await.unwrap();
    let second = Desk::with(options(9)).await;
    assert_eq!(
        second.running.key(),
        key,
        "the kept world outranks the one asked for"
    );
    assert_eq!(second.running.world().read().unwrap().present(), later);
    assert_eq!(
        second.running.world().read().unwrap().fingerprint(),
        print,
        "it is the same world at the same instant"
    );
}

#[tokio::test]
async fn a_followed_clock_moves_the_world_when_it_is_asked() {
    let clock: coffer_sim::Clock = Arc::new(|| present() + chrono::Duration::days(2));
    let desk = Desk::with(ServerOptions {
        follow_clock: Some(clock),
        ..ServerOptions::new(spec(8, 90, 10))
    })
    .await;
    let response = desk
        .request("/v1/balance")
        .bearer_auth(desk.running.key())
        .send()
        .await
        .unwrap();
    assert_eq!(response.headers()["date"], "Mon, 23 Nov 2026 12:00:00 GMT");
}
