//! What goes out with every request, and what an answer's own trouble is read as.

use crate::server::{Answer, KEY, Server, client, customer, list, quick};
use coffer_domain::mode::ModeName;
use coffer_domain::record::Kind;
use coffer_domain::sync::Slice;
use coffer_providers::{Found, ProviderError, STRIPE_VERSION};
use serde_json::json;

#[tokio::test]
async fn every_request_carries_the_key_and_the_pinned_version() {
    let server = Server::start(|asked, _| match asked.path.as_str() {
        "/v1/account" => Answer::json(&json!({"id": "acct_1", "object": "account"})),
        "/v1/balance" => Answer::json(&json!({"object": "balance", "livemode": false})),
        path if path.ends_with("cus_1") => Answer::json(&customer("cus_1")),
        _ => list(&json!([]), false),
    })
    .await;
    let client = server.client();
    client.check_key().await.unwrap();
    client
        .changes(chrono::DateTime::from_timestamp(5, 0).unwrap(), None)
        .await
        .unwrap();
    client.look_up(Kind::Customers, "cus_1").await.unwrap();
    for kind in client.capabilities().kinds {
        client.page(*kind, &Slice::WHOLE, None).await.unwrap();
    }
    let asked = server.asked();
    // The account, the balance, each permission but the portal's; then the changes, the customer and each list but the
    // ledgers, which are listed for one customer each.
    assert_eq!(asked.len(), 2 + 33 + 1 + 1 + 19);
    let (posts, gets): (Vec<_>, Vec<_>) = asked.iter().partition(|it| it.method == "POST");
    assert_eq!(posts.len(), 12);
    for post in posts {
        assert!(post.path.ends_with("cofferprobe"), "{}", post.path);
        assert_eq!(post.body, "metadata%5Bcoffer_probe%5D=1");
        assert_eq!(post.query, "");
    }
    assert!(
        gets.iter()
            .all(|it| it.method == "GET" && it.body.is_empty())
    );
    for asked in &asked {
        assert_eq!(asked.version.as_deref(), Some(STRIPE_VERSION));
        assert_eq!(asked.authorization, Some(format!("Bearer {KEY}")));
        assert!(asked.agent.as_deref().unwrap().starts_with("Coffer/"));
    }
    let usage = client.usage();
    assert_eq!((usage.requests, usage.reads), (56, 44));
    assert_eq!((usage.retries, usage.limited), (0, 0));
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let elsewhere = Server::start(|_, _| list(&json!([]), false)).await;
    let target = format!("{}/v1/customers", elsewhere.base);
    let server =
        Server::start(move |_, _| Answer::status(302, "").header("location", &target)).await;
    let error = server
        .client()
        .page(Kind::Customers, &Slice::WHOLE, None)
        .await
        .unwrap_err();
    assert_eq!(
        error,
        ProviderError::Redirected {
            host: "127.0.0.1".to_owned(),
            status: 302
        }
    );
    assert!(
        elsewhere.asked().is_empty(),
        "the key stays where it was sent"
    );
}

#[tokio::test]
async fn the_latest_time_the_provider_told_never_goes_back() {
    let server = Server::start(|_, before| {
        let date = if before == 0 {
            "Sat, 21 Nov 2026 12:00:00 GMT"
        } else {
            "Sat, 21 Nov 2026 11:00:00 GMT"
        };
        list(&json!([]), false).header("date", date)
    })
    .await;
    let client = server.client();
    assert_eq!(client.usage().provider_time, None);
    for _ in 0..2 {
        client
            .page(Kind::Customers, &Slice::WHOLE, None)
            .await
            .unwrap();
    }
    assert_eq!(
        client.usage().provider_time.unwrap().to_rfc3339(),
        "2026-11-21T12:00:00+00:00"
    );
}

#[tokio::test]
async fn a_page_with_an_object_of_the_other_mode_is_refused_whole() {
    let server = Server::start(|_, _| {
        let mut stranger = customer("cus_2");
        stranger["livemode"] = json!(true);
        list(&json!([customer("cus_1"), stranger]), false)
    })
    .await;
    let client = server.client();
    let wrong = ProviderError::WrongMode {
        expected: ModeName::Test,
        found: ModeName::Live,
    };
    assert_eq!(
        client
            .page(Kind::Customers, &Slice::WHOLE, None)
            .await
            .unwrap_err(),
        wrong
    );
    let since = chrono::DateTime::from_timestamp(5, 0).unwrap();
    assert_eq!(client.changes(since, None).await.unwrap_err(), wrong);
}

#[tokio::test]
async fn an_object_that_cannot_be_read_is_named_and_not_skipped() {
    let server = Server::start(|_, _| {
        list(
            &json!([customer("cus_1"), {"id": "cus_2", "object": "customer", "created": "Jane Doe"}]),
            false,
        )
    })
    .await;
    let error = server
        .client()
        .page(Kind::Customers, &Slice::WHOLE, None)
        .await
        .unwrap_err();
    let ProviderError::Unreadable { what, request_id } = &error else {
        panic!("{error:?}");
    };
    assert!(what.starts_with("customers cus_2: "), "{what}");
    assert!(!what.contains("Jane"), "names are not told");
    assert_eq!(request_id.as_deref(), Some("req_1"));
}

#[tokio::test]
async fn an_answer_that_is_not_what_was_asked_for_is_unreadable() {
    for body in [
        "",
        "<html>",
        "[]",
        "{}",
        "null",
        "{\"data\":7}",
        "{\"data\":[1]}",
        "{\"data\":[{}]}",
        "\u{0}",
    ] {
        let server = Server::start(move |_, _| Answer::status(200, body)).await;
        let client = server.client();
        let error = client
            .page(Kind::Customers, &Slice::WHOLE, None)
            .await
            .unwrap_err();
        assert!(
            matches!(error, ProviderError::Unreadable { .. }),
            "{body:?}: {error:?}"
        );
        assert!(client.look_up(Kind::Customers, "cus_1").await.is_err());
    }
}

#[tokio::test]
async fn an_answer_longer_than_allowed_is_not_read_to_its_end() {
    let server = Server::start(|_, _| Answer::status(200, &" ".repeat(10_000))).await;
    let mut options = quick();
    options.body_bytes_max = 1_000;
    let client = client(&server.base, options);
    let error = client
        .page(Kind::Customers, &Slice::WHOLE, None)
        .await
        .unwrap_err();
    assert!(
        matches!(error, ProviderError::Unreadable { .. }),
        "{error:?}"
    );
    assert_eq!(
        server.asked().len(),
        1,
        "asking again would not make it shorter"
    );
}

#[tokio::test]
async fn a_look_up_tells_here_from_deleted_from_missing() {
    let server = Server::start(|asked, _| match asked.path.as_str() {
        "/v1/customers/cus_here" => Answer::json(&customer("cus_here")),
        "/v1/customers/cus_gone" => {
            Answer::json(&json!({"id": "cus_gone", "object": "customer", "deleted": true}))
        }
        "/v1/coupons/25%20OFF%2F7" => Answer::json(
            &json!({"id": "25 OFF/7", "created": 1, "duration": "once", "percent_off": 25}),
        ),
        "/v1/products/prod_x" => Answer::status(404, "nginx"),
        _ => Answer::error(404, "resource_missing", "No such customer: 'cus_x'"),
    })
    .await;
    let client = server.client();
    let Found::Here(here) = client.look_up(Kind::Customers, "cus_here").await.unwrap() else {
        panic!("it is there");
    };
    assert_eq!(here.id, "cus_here");
    assert_eq!(here.api_version, STRIPE_VERSION);
    let found = async |kind, id| client.look_up(kind, id).await;
    assert_eq!(found(Kind::Customers, "cus_gone").await, Ok(Found::Deleted));
    assert_eq!(found(Kind::Customers, "cus_x").await, Ok(Found::Missing));
    assert_eq!(found(Kind::Customers, "..").await, Ok(Found::Missing));
    assert!(matches!(
        found(Kind::Coupons, "25 OFF/7").await,
        Ok(Found::Here(_))
    ));
    assert!(
        found(Kind::Products, "prod_x").await.is_err(),
        "a server that knows no such address has not said that the object is missing"
    );
}
