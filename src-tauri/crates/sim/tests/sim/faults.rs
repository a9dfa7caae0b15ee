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
    assert!(
        journal
            .iter()
            .all(|entry| entry.path == PATH && entry.request_id.starts_with("req_"))
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
