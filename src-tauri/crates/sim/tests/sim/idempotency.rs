//! Idempotency keys: what is kept, what is given again, and what is refused.

use coffer_sim::{Fault, FaultKind};
use serde_json::json;

use crate::support::writes::Answer;
use crate::support::{Desk, spec, text};

async fn make(desk: &Desk, name: &str, key: &str) -> Answer {
    desk.write("POST", "/v1/products", &[("name", name)], Some(key))
        .await
}

async fn products(desk: &Desk) -> usize {
    desk.walk("/v1/products").await.len()
}

#[tokio::test]
async fn a_repeated_key_gives_the_first_answer_and_does_nothing() {
    let desk = Desk::open(spec(3, 20, 6)).await;
    let before = products(&desk).await;
    let first = make(&desk, "Vault", "k-1").await;
    let again = make(&desk, "Vault", "k-1").await;
    assert!(!first.replayed && again.replayed);
    assert_eq!(first.body, again.body);
    assert_eq!(products(&desk).await, before + 1);
    assert!(
        desk.running
            .journal()
            .iter()
            .any(|entry| entry.replayed && entry.body == "name=Vault")
    );
    let told = &desk.events("product.created").await[0];
    assert_eq!(
        told["request"]["idempotency_key"], "k-1",
        "the notice proves that it happened"
    );

    let other = make(&desk, "Safe", "k-1").await;
    assert_eq!(
        (other.status, &other.body["error"]["type"]),
        (400, &json!("idempotency_error"))
    );
    let elsewhere = desk
        .write("POST", "/v1/customers", &[("name", "Vault")], Some("k-1"))
        .await;
    assert!(
        text(&elsewhere.body["error"]["message"]).contains("'/v1/customers' vs '/v1/products'")
    );

    desk.order("advance", json!({ "days": 1 })).await;
    let later = make(&desk, "Vault", "k-1").await;
    assert!(!later.replayed, "a day later the key means a new request");
    assert_ne!(later.body["id"], first.body["id"]);
}

#[tokio::test]
async fn what_never_began_is_not_kept_and_what_began_is() {
    let desk = Desk::open(spec(3, 20, 6)).await;
    let wrong = desk
        .write("POST", "/v1/products", &[("nam", "x")], Some("k-2"))
        .await;
    assert_eq!(wrong.status, 400);
    let right = make(&desk, "Vault", "k-2").await;
    assert_eq!(
        (right.status, right.replayed),
        (200, false),
        "a key may be used again after that"
    );
    let form = [("charge", "ch_nothing")];
    let missing = desk.write("POST", "/v1/refunds", &form, Some("k-3")).await;
    assert_eq!((missing.status, missing.replayed), (404, false));
    let again = desk.write("POST", "/v1/refunds", &form, Some("k-3")).await;
    assert_eq!(
        (again.status, again.replayed),
        (404, true),
        "looking for the charge was a beginning"
    );
    desk.running
        .set_denied(vec!["rak_product_write".to_owned()]);
    assert_eq!(make(&desk, "Safe", "k-4").await.status, 403);
    desk.running.set_denied(Vec::new());
    let limited = FaultKind::RateLimited {
        reason: Some("endpoint-rate".to_owned()),
    };
    desk.running.set_faults(vec![Fault::next(1, limited)]);
    assert_eq!(make(&desk, "Safe", "k-4").await.status, 429);
    assert_eq!(
        make(&desk, "Safe", "k-4").await.status,
        200,
        "neither used the key up"
    );
    let long = "k".repeat(256);
    assert_eq!(make(&desk, "Safe", &long).await.status, 400);
}

#[tokio::test]
async fn two_at_once_with_one_key_are_one_too_many() {
    let desk = Desk::open(spec(3, 20, 6)).await;
    // Both are slow; whichever comes first is still being answered when the other comes.
    desk.running
        .set_faults(vec![Fault::next(2, FaultKind::Latency { ms: 500 })]);
    let (one, other) = tokio::join!(make(&desk, "Vault", "k-5"), make(&desk, "Vault", "k-5"));
    let (first, second) = if one.status == 200 {
        (one, other)
    } else {
        (other, one)
    };
    assert_eq!(first.status, 200);
    assert_eq!(second.refusal(), (409, "idempotency_key_in_use", ""));
    assert!(make(&desk, "Vault", "k-5").await.replayed);
}

#[tokio::test]
async fn an_answer_that_was_lost_is_found_again_by_its_key() {
    let desk = Desk::open(spec(3, 20, 6)).await;
    let before = products(&desk).await;
    desk.running
        .set_faults(vec![Fault::next(1, FaultKind::Lost)]);
    let url = format!("{}/v1/products", desk.running.base_url());
    let lost = desk
        .client
        .post(url)
        .bearer_auth(desk.running.key())
        .header("idempotency-key", "k-6")
        .form(&[("name", "Vault")])
        .send()
        .await;
    assert!(lost.is_err(), "nothing was answered");
    assert_eq!(products(&desk).await, before + 1, "and yet it was done");
    let again = make(&desk, "Vault", "k-6").await;
    assert_eq!((again.status, again.replayed), (200, true));
    desk.running
        .set_faults(vec![Fault::next(1, FaultKind::Botched { status: 500 })]);
    assert_eq!(make(&desk, "Safe", "k-7").await.status, 500);
    let again = make(&desk, "Safe", "k-7").await;
    assert_eq!(
        (again.status, again.replayed),
        (500, true),
        "a failure is kept like any answer"
    );
    assert_eq!(
        products(&desk).await,
        before + 2,
        "only looking tells that it happened"
    );
    desk.running
        .set_faults(vec![Fault::next(1, FaultKind::Failure { status: 503 })]);
    assert_eq!(make(&desk, "Chest", "k-8").await.status, 503);
    let again = make(&desk, "Chest", "k-8").await;
    assert_eq!(
        (again.status, again.replayed),
        (200, false),
        "a failure before the beginning is not kept"
    );
}
