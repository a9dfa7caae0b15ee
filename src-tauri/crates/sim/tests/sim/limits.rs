//! Limits: what is refused when a client asks too fast, and what is counted.

use std::time::{Duration, Instant};

use coffer_sim::{Limits, ServerOptions};
use serde_json::json;

use crate::support::{Desk, spec};

async fn desk(limits: Limits) -> Desk {
    Desk::with(ServerOptions {
        limits: Some(limits),
        ..ServerOptions::new(spec(3, 20, 6))
    })
    .await
}

async fn reason(desk: &Desk, path: &str) -> Option<String> {
    let request = desk.request(path).bearer_auth(desk.running.key());
    let response = request.send().await.unwrap();
    let reason = response
        .headers()
        .get("stripe-rate-limited-reason")
        .map(|value| value.to_str().unwrap().to_owned());
    assert_eq!(
        response.status() == 429,
        reason.is_some(),
        "a limit says its name"
    );
    assert!(response.headers().contains_key("request-id"));
    reason
}

#[tokio::test]
async fn an_endpoint_gives_no_more_than_its_rate_in_any_second() {
    let desk = desk(Limits::rates(6, 100)).await;
    let begun = Instant::now();
    let mut refused = 0;
    for n in 0..9 {
        let path = format!("/v1/customers/cus_{n}");
        if let Some(reason) = reason(&desk, &path).await {
            assert_eq!(reason, "endpoint-rate", "other ids are the same endpoint");
            refused += 1;
        }
    }
    assert!(
        begun.elapsed() < Duration::from_secs(1),
        "the machine was too slow for this test to mean anything"
    );
    assert_eq!(refused, 3, "nine in a second are three too many");
    assert_eq!(reason(&desk, "/v1/charges").await, None);
    let report = desk.running.limits();
    assert_eq!(
        (report.overall.refused, report.reasons["endpoint-rate"]),
        (3, 3)
    );
    let endpoint = &report.endpoints["GET /v1/customers/{id}"];
    assert_eq!((endpoint.requests, endpoint.peak_rate), (9, 9));
    tokio::time::sleep(Duration::from_millis(1_020)).await;
    assert_eq!(
        reason(&desk, "/v1/customers/cus_1").await,
        None,
        "a second later there is room again"
    );
}

#[tokio::test]
async fn all_endpoints_together_have_a_rate_too_and_it_is_told_as_json() {
    let desk = desk(Limits::rates(25, 4)).await;
    let mut reasons = Vec::new();
    for path in ["customers", "charges", "refunds", "events", "disputes"] {
        reasons.push(reason(&desk, &format!("/v1/{path}")).await);
    }
    assert_eq!(reasons[4].as_deref(), Some("global-rate"));
    assert!(reasons[..4].iter().all(Option::is_none));
    let told = desk.get("/_sim/limits").await;
    assert_eq!(told["limits"]["overall_rate"], 4);
    assert_eq!(told["overall"]["refused"], 1);
    assert_eq!(told["overall"]["peak_rate"], 5);
    let lifted = desk.order("limits", json!({ "limits": null })).await;
    assert_eq!(
        lifted.body["overall"]["requests"], 0,
        "and counting begins anew"
    );
    assert_eq!(reason(&desk, "/v1/disputes").await, None);
}

#[tokio::test]
async fn too_many_at_once_are_refused_and_latency_is_no_queue() {
    let desk = Desk::with(ServerOptions {
        limits: Some(Limits {
            endpoint_concurrency: Some(2),
            ..Limits::rates(100, 100)
        }),
        latency: Some(Duration::from_millis(400)),
        ..ServerOptions::new(spec(3, 20, 6))
    })
    .await;
    let begun = Instant::now();
    let (first, second, third) = tokio::join!(
        reason(&desk, "/v1/customers"),
        reason(&desk, "/v1/customers"),
        reason(&desk, "/v1/customers"),
    );
    let told: Vec<String> = [first, second, third].into_iter().flatten().collect();
    assert_eq!(
        told,
        ["endpoint-concurrency"],
        "two may be answered at once"
    );
    let took = begun.elapsed();
    assert!(took >= Duration::from_millis(400), "each takes its time");
    assert!(took < Duration::from_millis(780), "side by side: {took:?}");
    assert_eq!(desk.running.limits().overall.peak_at_once, 2);
}

#[tokio::test]
async fn without_limits_nothing_is_refused_and_all_is_counted() {
    let desk = Desk::open(spec(3, 20, 6)).await;
    for _ in 0..40 {
        assert_eq!(reason(&desk, "/v1/balance").await, None);
    }
    let report = desk.running.limits();
    assert_eq!((report.limits, report.overall.requests), (None, 40));
}

#[test]
fn the_provider_s_own_limits_are_at_hand() {
    assert_eq!(Limits::LIVE, Limits::rates(25, 100));
    assert_eq!(Limits::TEST, Limits::rates(25, 25));
}
