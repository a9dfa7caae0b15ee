//! Networks that fail, servers that have trouble, and requests that are sent again.

use crate::server::{Answer, Server, client, list, quick};
use coffer_domain::mode::ModeName;
use coffer_domain::record::Kind;
use coffer_domain::sync::Slice;
use coffer_providers::{
    ApiBase, ClientOptions, Haste, Pacing, ProviderError, ProviderName, limits,
};
use serde_json::json;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

#[tokio::test]
async fn trouble_that_passes_is_waited_out() {
    for status in [409, 429, 500, 503] {
        let server = Server::start(move |_, before| {
            if before < 2 {
                Answer::error(status, "x", "y")
            } else {
                list(&json!([]), false)
            }
        })
        .await;
        let client = server.client();
        client
            .page(Kind::Customers, &Slice::WHOLE, None)
            .await
            .unwrap();
        assert_eq!(client.usage().requests, 3);
        assert_eq!(client.usage().retries, 2);
    }
}

#[tokio::test]
async fn trouble_that_stays_is_told_after_five_attempts() {
    let server = Server::start(|_, _| Answer::status(503, "<html>")).await;
    let client = server.client();
    let error = client
        .page(Kind::Customers, &Slice::WHOLE, None)
        .await
        .unwrap_err();
    assert_eq!(
        error,
        ProviderError::Down {
            status: 503,
            request_id: Some("req_1".to_owned())
        }
    );
    assert_eq!(server.asked().len(), 5);
}

#[tokio::test]
async fn the_providers_word_on_trying_again_is_followed() {
    let server =
        Server::start(|_, _| Answer::status(500, "{}").header("stripe-should-retry", "false"))
            .await;
    assert!(
        server
            .client()
            .page(Kind::Customers, &Slice::WHOLE, None)
            .await
            .is_err()
    );
    assert_eq!(server.asked().len(), 1);
}

#[tokio::test]
async fn passing_a_limit_is_told_with_its_name() {
    let server = Server::start(|_, _| {
        Answer::error(429, "rate_limit", "slow down")
            .header("stripe-rate-limited-reason", "endpoint-rate")
    })
    .await;
    let error = server
        .client()
        .page(Kind::Customers, &Slice::WHOLE, None)
        .await
        .unwrap_err();
    assert_eq!(
        error,
        ProviderError::RateLimited {
            reason: Some("endpoint-rate".to_owned())
        }
    );
}

#[tokio::test]
async fn a_sync_outlasts_a_limit_that_a_person_is_told_of() {
    let limited = || {
        Answer::error(429, "rate_limit", "slow down")
            .header("stripe-rate-limited-reason", "endpoint-concurrency")
    };
    for (haste, attempts) in [(Haste::Background, 8), (Haste::Person, 5)] {
        let server = Server::start(move |_, before| {
            if before < 7 {
                limited()
            } else {
                list(&json!([]), false)
            }
        })
        .await;
        let client = client(&server.base, ClientOptions { haste, ..quick() });
        let page = client.page(Kind::Customers, &Slice::WHOLE, None).await;
        assert_eq!(page.is_ok(), haste == Haste::Background);
        assert_eq!(client.usage().requests, attempts);
        assert_eq!(client.usage().reads, attempts, "each attempt is a read");
        assert_eq!(client.usage().limited, attempts.min(7));
    }
    let server = Server::start(move |_, _| limited()).await;
    let client = server.client();
    let page = client.page(Kind::Customers, &Slice::WHOLE, None).await;
    assert!(matches!(page, Err(ProviderError::RateLimited { .. })));
    assert_eq!(client.usage().requests, 8, "even patience ends");
}

#[tokio::test]
async fn clients_of_one_account_share_its_limits() {
    let server = Server::start(|_, _| list(&json!([]), false)).await;
    let base = ApiBase::loopback(&server.base).unwrap();
    let options = ClientOptions {
        pacing: Pacing::Always,
        ..quick()
    };
    let shared = limits(ProviderName::Stripe, ModeName::Test, &base, &options);
    let options = ClientOptions {
        limits: Some(shared),
        ..options
    };
    let clients = [
        client(&server.base, options.clone()),
        client(&server.base, options),
    ];
    let begun = Instant::now();
    for _ in 0..4 {
        for client in &clients {
            client
                .page(Kind::Customers, &Slice::WHOLE, None)
                .await
                .unwrap();
        }
    }
    assert!(begun.elapsed() >= Duration::from_millis(280), "eight slots");
}

#[tokio::test]
async fn a_person_overtakes_the_sync_of_the_same_account() {
    let server = Server::start(|_, _| list(&json!([]), false)).await;
    let base = ApiBase::loopback(&server.base).unwrap();
    let options = ClientOptions {
        pacing: Pacing::Always,
        ..quick()
    };
    let shared = limits(ProviderName::Stripe, ModeName::Test, &base, &options);
    let of = |haste| {
        client(
            &server.base,
            ClientOptions {
                limits: Some(Arc::clone(&shared)),
                haste,
                ..options.clone()
            },
        )
    };
    let (sync, person) = (Arc::new(of(Haste::Background)), of(Haste::Person));
    let mut walks = tokio::task::JoinSet::new();
    for _ in 0..60 {
        let sync = Arc::clone(&sync);
        walks.spawn(async move { sync.page(Kind::Customers, &Slice::WHOLE, None).await });
    }
    tokio::time::sleep(Duration::from_millis(100)).await;
    person
        .page(Kind::Invoices, &Slice::WHOLE, None)
        .await
        .unwrap();
    let before = server.asked().len();
    assert!(before < 50, "{before} of 60 had gone before a person");
    walks.abort_all();
}

#[tokio::test]
async fn refusals_are_told_apart_and_not_repeated() {
    let server = Server::start(|asked, _| match asked.path.as_str() {
        "/v1/customers" => Answer::error(401, "api_key_expired", "Expired API Key provided: rk_test_******6789"),
        "/v1/products" => Answer::error(401, "", "Invalid API Key provided: rk_test_******6789"),
        "/v1/prices" => Answer::error(
            403,
            "",
            "The provided key 'rk_test_******6789' does not have the required permissions for this endpoint on account 'acct_1'. Having the 'rak_plan_read' permission would allow this request to continue.",
        ),
        _ => Answer::error(400, "parameter_unknown", "No such customer: jane@example.com"),
    })
    .await;
    let client = server.client();
    let error = async |kind| client.page(kind, &Slice::WHOLE, None).await.unwrap_err();
    assert!(matches!(
        error(Kind::Customers).await,
        ProviderError::KeyRejected { expired: true, .. }
    ));
    assert!(matches!(
        error(Kind::Products).await,
        ProviderError::KeyRejected { expired: false, .. }
    ));
    let ProviderError::NotPermitted { permission, .. } = error(Kind::Prices).await else {
        panic!("a missing permission");
    };
    assert_eq!(permission.as_deref(), Some("rak_plan_read"));
    let ProviderError::Refused {
        status,
        code,
        message,
        request_id,
    } = error(Kind::Coupons).await
    else {
        panic!("a refusal");
    };
    assert_eq!((status, code.as_deref()), (400, Some("parameter_unknown")));
    assert_eq!(message, "No such customer: [e-mail]");
    assert_eq!(request_id.as_deref(), Some("req_1"));
    assert_eq!(server.asked().len(), 4, "one request each");
}

#[tokio::test]
async fn nobody_there_means_offline() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let client = client(&base, quick());
    let error = client
        .page(Kind::Customers, &Slice::WHOLE, None)
        .await
        .unwrap_err();
    assert!(error.is_offline());
    assert_eq!(
        error.to_string(),
        "127.0.0.1 could not be reached: nothing answers there."
    );
    assert_eq!(client.usage().requests, 3, "being offline is said soon");
}

#[tokio::test]
async fn no_answer_in_time_is_told() {
    let server = Server::start(|_, _| list(&json!([]), false).after(Duration::from_secs(30))).await;
    let mut options = quick();
    options.request_timeout = Duration::from_millis(50);
    let client = client(&server.base, options);
    let begun = Instant::now();
    let error = client
        .page(Kind::Customers, &Slice::WHOLE, None)
        .await
        .unwrap_err();
    assert_eq!(
        error,
        ProviderError::TimedOut {
            host: "127.0.0.1".to_owned()
        }
    );
    assert!(error.is_offline());
    assert!(begun.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn an_answer_that_breaks_off_is_asked_for_again() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let mut before = 0;
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut buffer = [0; 4096];
            let _ = stream.read(&mut buffer).await;
            let body = r#"{"data":[],"has_more":false}"#;
            let sent = if before < 2 { &body[..9] } else { body };
            let answer = format!(
                "HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{sent}",
                body.len()
            );
            let _ = stream.write_all(answer.as_bytes()).await;
            before = (before + 1) % 8;
        }
    });
    let client = client(&base, quick());
    client
        .page(Kind::Customers, &Slice::WHOLE, None)
        .await
        .unwrap();
    assert_eq!(client.usage().retries, 2);
}

#[tokio::test]
async fn an_answer_that_always_breaks_off_is_a_lost_connection() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut buffer = [0; 4096];
            let _ = stream.read(&mut buffer).await;
            let _ = stream
                .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"da")
                .await;
        }
    });
    let client = client(&base, quick());
    let error = client
        .page(Kind::Customers, &Slice::WHOLE, None)
        .await
        .unwrap_err();
    assert!(error.is_offline(), "{error:?}");
    assert_eq!(client.usage().requests, 5);
}

#[tokio::test]
async fn a_client_asked_to_spread_its_requests_does_so() {
    let server = Server::start(|_, _| list(&json!([]), false)).await;
    let paced = client(
        &server.base,
        ClientOptions {
            pacing: Pacing::Always,
            ..quick()
        },
    );
    let begun = Instant::now();
    for _ in 0..9 {
        paced
            .page(Kind::Customers, &Slice::WHOLE, None)
            .await
            .unwrap();
    }
    assert!(
        begun.elapsed() >= Duration::from_millis(330),
        "nine are eight beats of a twenty-third of a second"
    );
}
