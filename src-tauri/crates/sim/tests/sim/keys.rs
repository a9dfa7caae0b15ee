//! Keys: who is let in, and who is turned away in which words.

use coffer_sim::ServerOptions;
use serde_json::Value;

use crate::support::{Desk, spec, text};

async fn refused(desk: &Desk, key: Option<&str>, list: &str) -> (u16, String, String) {
    let request = desk.request(&format!("/v1/{list}"));
    let request = if let Some(key) = key {
        request.bearer_auth(key)
    } else {
        request
    };
    let response = request.send().await.unwrap();
    assert!(
        response.headers().contains_key("request-id"),
        "refusals carry a request id too"
    );
    let (status, body) = (
        response.status().as_u16(),
        response.json::<Value>().await.unwrap(),
    );
    assert_eq!(body["error"]["type"], "invalid_request_error");
    let code = body["error"]["code"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    (status, code, text(&body["error"]["message"]).to_owned())
}

async fn desk() -> Desk {
    let mut options = ServerOptions::new(spec(3, 30, 6));
    options.deny = vec!["rak_charge_read".to_owned()];
    Desk::with(options).await
}

#[tokio::test]
async fn wrong_keys_are_turned_away_in_the_provider_s_words() {
    let desk = desk().await;
    let key = desk.running.key().to_owned();
    assert!(
        key.starts_with("rk_test_") && key.len() >= 40,
        "{key} is a restricted key"
    );
    let wrong = format!("{}x", &key[..key.len() - 1]);
    let expired = format!("{key}_expired");
    let table = [
        (None, 401, "", "You did not provide an API key."),
        (
            Some(wrong.as_str()),
            401,
            "",
            "Invalid API Key provided: rk_test_***",
        ),
        (
            Some(expired.as_str()),
            401,
            "api_key_expired",
            "Expired API Key provided: rk_test_***",
        ),
        (
            Some("pk_test_abcdefgh"),
            403,
            "secret_key_required",
            "publishable API key",
        ),
    ];
    for (key, status, code, says) in table {
        let (got, coded, message) = refused(&desk, key, "customers").await;
        assert_eq!((got, coded.as_str()), (status, code), "{key:?}: {message}");
        assert!(message.contains(says), "{message} says {says}");
    }
    let (_, _, message) = refused(&desk, Some(&wrong), "customers").await;
    assert!(
        message.ends_with(&wrong[wrong.len() - 4..]),
        "a wrong key is repeated by its last four letters: {message}"
    );
}

#[tokio::test]
async fn a_missing_permission_is_named() {
    let desk = desk().await;
    let key = desk.running.key().to_owned();
    for list in ["charges", "refunds", "charges/ch_probe"] {
        let (status, _, message) = refused(&desk, Some(&key), list).await;
        assert_eq!(
            status, 403,
            "{list} needs a permission that the key lacks, whether it exists or not"
        );
        let says = "Having the 'rak_charge_read' permission would allow this request to continue.";
        assert!(
            message.contains(says) && message.contains("(on account 'acct_1"),
            "{message}"
        );
    }
    let basic = desk
        .request("/v1/balance")
        .basic_auth(&key, Some(""))
        .send()
        .await
        .unwrap();
    assert_eq!(basic.status(), 200, "basic authentication does as well");
    let secret = desk
        .request("/v1/charges")
        .bearer_auth(desk.running.secret_key())
        .send()
        .await
        .unwrap();
    assert_eq!(secret.status(), 200, "a secret key may read everything");
}

#[tokio::test]
async fn a_write_needs_the_permission_to_write_before_anything_is_looked_for() {
    let desk = desk().await;
    desk.running.set_denied(
        [
            "rak_subscription_write",
            "rak_plan_write",
            "rak_charge_write",
        ]
        .map(str::to_owned)
        .to_vec(),
    );
    for (path, needs) in [
        ("subscriptions/sub_probe", "rak_subscription_write"),
        ("prices", "rak_plan_write"),
        ("refunds", "rak_charge_write"),
    ] {
        let answer = desk
            .post(&format!("/v1/{path}"), &[("metadata[x]", "1")])
            .await;
        let message = text(&answer.body["error"]["message"]);
        assert_eq!(answer.status, 403, "{path}");
        assert!(
            message.contains(&format!("Having the '{needs}' permission")),
            "{message}"
        );
    }
    assert_eq!(
        desk.ask("/v1/subscriptions").await.0,
        200,
        "reading is another permission"
    );
    let allowed = desk
        .post("/v1/customers/cus_probe", &[("metadata[x]", "1")])
        .await;
    assert_eq!(
        allowed.status, 404,
        "who may write learns that there is none"
    );
}
