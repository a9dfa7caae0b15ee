//! No error, no log and no form of a key ever holds the key, an e-mail address or a body.

use crate::server::{Answer, KEY, Server, client, customer, list, quick};
use coffer_domain::mode::ModeName;
use coffer_domain::record::Kind;
use coffer_domain::sync::Slice;
use coffer_providers::{AnyKey, ProviderError, ProviderName, read_key};
use secrecy::SecretString;
use serde_json::json;
use std::io::Write;
use std::sync::{Arc, Mutex};
use tracing_subscriber::fmt::MakeWriter;

const ADDRESS: &str = "jane.canary@example.com";

fn assert_silent(text: &str) {
    let lower = text.to_lowercase();
    assert!(
        !lower.contains("canary"),
        "a secret shows in: {}",
        text.len()
    );
}

#[test]
fn no_form_of_a_key_holds_the_key() {
    let key = read_key(ProviderName::Stripe, SecretString::from(KEY)).unwrap();
    assert_silent(&format!("{key:?}{key:#?}"));
    let AnyKey::Test(key) = key else {
        panic!("a test key");
    };
    assert_silent(&format!("{key:?}{}", key.last4()));
}

#[tokio::test]
async fn no_error_holds_the_key_or_an_address() {
    let message = format!("Key {KEY} of {ADDRESS} was refused; card 4242424242424242");
    let mut errors = vec![ProviderError::WrongMode {
        expected: ModeName::Test,
        found: ModeName::Live,
    }];
    for status in [400, 401, 402, 403, 404, 409, 418, 429, 500, 302] {
        let message = message.clone();
        let server = Server::start(move |_, _| {
            Answer::error(status, KEY, &message)
                .header("location", &format!("http://{KEY}.example.com"))
                .header("stripe-rate-limited-reason", KEY)
        })
        .await;
        let client = server.client();
        errors.push(
            client
                .page(Kind::Customers, &Slice::WHOLE, None)
                .await
                .unwrap_err(),
        );
        errors.push(client.look_up(Kind::Customers, KEY).await.unwrap_err());
    }
    for body in [
        format!("{{\"data\":\"{KEY}\"}}"),
        format!("{{\"data\":[{{\"id\":\"{ADDRESS}\",\"created\":\"{KEY}\"}}]}}"),
        format!(
            "{{\"data\":[{{\"id\":\"{KEY}\",\"created\":1,\"discount\":{{\"id\":\"{ADDRESS}\"}}}}]}}"
        ),
    ] {
        let server = Server::start(move |_, _| Answer::status(200, &body)).await;
        errors.push(
            server
                .client()
                .page(Kind::Customers, &Slice::WHOLE, None)
                .await
                .unwrap_err(),
        );
    }
    let nowhere = client("http://127.0.0.1:9", quick());
    errors.push(nowhere.look_up(Kind::Customers, ADDRESS).await.unwrap_err());
    for error in errors {
        assert_silent(&format!("{error} {error:?} {error:#?}"));
        assert!(!error.to_string().contains("4242424242424242"));
    }
}

#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<u8>>>);

impl Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Kept {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn the_log_tells_what_was_asked_and_nothing_of_what_came() {
    let kept = Kept::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(kept.clone())
        .finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    let server = Server::start(|_, _| {
        let mut object = customer("cus_1");
        object["email"] = json!(ADDRESS);
        list(&json!([object]), false)
    })
    .await;
    let client = server.client();
    client
        .page(Kind::Customers, &Slice::WHOLE, Some(ADDRESS))
        .await
        .unwrap();
    client.look_up(Kind::Coupons, KEY).await.unwrap_err();
    let log = String::from_utf8(kept.0.lock().unwrap().clone()).unwrap();
    let ours: String = log
        .lines()
        .filter(|line| line.contains("coffer_providers"))
        .collect();
    assert!(ours.contains("/v1/customers") && ours.contains("req_1"));
    assert!(ours.contains("/v1/coupons/{id}"));
    assert_silent(&ours);
}
