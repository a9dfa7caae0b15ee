//! Faults: they strike on order, and the journal tells.

use std::time::{Duration, Instant};

use coffer_sim::{Fault, FaultKind};
use serde_json::Value;

use crate::support::{Desk, spec};

const PATH: &str = "/v1/customers";

#[tokio::test]
async fn refusals_on_order_come_in_order() {
    let desk = Desk::open(spec(3, 40, 8)).await;
    desk.running.set_faults(vec![
        Fault::next(
            1,
            FaultKind::RateLimited {
                reason: Some("endpoint-rate".to_owned()),
            },
        ),
        Fault::next(1, FaultKind::RateLimited { reason: None }),
        Fault::next(1, FaultKind::Failure { status: 503 }),
    ]);
    let mut seen = Vec::new();
    for _ in 0..4 {
        let request = desk
            .request(PATH)
            .bearer_auth(desk.running.key())
            .header("stripe-version", "2026-10-28.endive");
        let response = request.send().await.unwrap();
        let reason = response
            .headers()
            .get("stripe-rate-limited-reason")
            .map(|value| value.to_str().unwrap().to_owned());
        seen.push((response.status().as_u16(), reason));
    }
    assert_eq!(
        seen,
        [
            (429, Some("endpoint-rate".to_owned())),
            (429, None),
            (503, None),
            (200, None)
        ]
    );
    let journal = desk.running.journal();
    assert_eq!(
        journal.iter().map(|entry| entry.status).collect::<Vec<_>>(),
        [429, 429, 503, 200]
    );
    assert_eq!(
        journal[0].stripe_version.as_deref(),
        Some("2026-10-28.endive")
    );
    assert_eq!(
        journal[0].key_last4.as_deref(),
        Some(&desk.running.key()[desk.running.key().len() - 4..])
    );
    let named: Vec<bool> = journal
        .iter()
        .map(|entry| entry.request_id.starts_with("req_"))
        .collect();
    assert_eq!(
        named,
        [true, false, true, true],
        "an object's lock turns a request away before it has an id"
    );
}

#[tokio::test]
async fn connections_break_on_order() {
    let desk = Desk::open(spec(3, 40, 8)).await;
    for kind in [
        FaultKind::Reset,
        FaultKind::Truncated,
        FaultKind::Stall { ms: 30 },
    ] {
        desk.running.set_faults(vec![Fault::next(1, kind.clone())]);
        let body = match desk
            .request(PATH)
            .bearer_auth(desk.running.key())
            .send()
            .await
        {
            Ok(response) => response.bytes().await,
            Err(error) => Err(error),
        };
        assert!(body.is_err(), "{kind:?} breaks the connection");
        desk.get(PATH).await;
    }
    let statuses: Vec<u16> = desk
        .running
        .journal()
        .iter()
        .map(|entry| entry.status)
        .collect();
    assert_eq!(
        statuses,
        [0, 200, 0, 200, 0, 200],
        "a broken answer is written down as none"
    );
}

#[tokio::test]
async fn answers_are_late_or_garbled_on_order() {
    let desk = Desk::open(spec(3, 40, 8)).await;
    desk.running
        .set_faults(vec![Fault::next(1, FaultKind::WrongJson)]);
    let text = desk
        .request(PATH)
        .bearer_auth(desk.running.key())
        .send()
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    assert!(
        serde_json::from_str::<Value>(&text).is_err(),
        "the answer is not JSON"
    );
    let late = Fault::next(1, FaultKind::Latency { ms: 80 });
    desk.running.set_faults(vec![Fault {
        path: Some("charges".to_owned()),
        ..late
    }]);
    let begun = Instant::now();
    desk.get(PATH).await;
    desk.get("/v1/charges").await;
    assert!(
        begun.elapsed() >= Duration::from_millis(80),
        "charges come late"
    );
}

#[tokio::test]
async fn a_page_comes_twice_on_order_and_then_the_walk_goes_on() {
    let desk = Desk::open(spec(3, 60, 8)).await;
    let ids = |page: &Value| -> Vec<String> {
        let data = page["data"].as_array().unwrap();
        let id = |object: &Value| object["id"].as_str().unwrap().to_owned();
        data.iter().map(id).collect()
    };
    let pages = |after: &str| format!("/v1/customers?limit=5&starting_after={after}");
    let first = ids(&desk.get("/v1/customers?limit=5").await);
    let second = ids(&desk.get(&pages(&first[4])).await);
    desk.running
        .set_faults(vec![Fault::next(1, FaultKind::RepeatedPage)]);
    assert_eq!(
        ids(&desk.get("/v1/customers?limit=5").await),
        first,
        "a first page is never struck"
    );
    desk.get(&pages(&first[4])).await;
    assert_eq!(ids(&desk.get(&pages(&first[4])).await), second);
    desk.running
        .set_faults(vec![Fault::next(1, FaultKind::RepeatedPage)]);
    assert_eq!(
        ids(&desk.get(&pages(&second[4])).await),
        second,
        "the page before, once more"
    );
    assert_ne!(ids(&desk.get(&pages(&second[4])).await), second);
}

#[tokio::test]
async fn an_object_vanishes_between_its_list_and_its_retrieval() {
    let desk = Desk::open(spec(3, 60, 8)).await;
    let order = r#"{"faults":[{"kind":"missing","path":"/v1/charges","times":1}]}"#;
    let url = format!("{}/_sim/faults", desk.running.base_url());
    desk.client.post(url).body(order).send().await.unwrap();
    let page = desk.get("/v1/charges?limit=1").await;
    let id = page["data"][0]["id"].as_str().unwrap();
    let path = format!("/v1/charges/{id}");
    let (status, body) = desk.ask(&path).await;
    assert_eq!(
        (status, &body["error"]["code"]),
        (404, &Value::from("resource_missing"))
    );
    assert_eq!(body["error"]["message"], format!("No such charge: '{id}'"));
    desk.get(&path).await;
}
