//! What a key opens, found out by asking.

use crate::server::{Answer, Asked, Server, customer, list};
use coffer_domain::mode::ModeName;
use coffer_domain::record::Kind;
use coffer_providers::ProviderError;
use serde_json::json;

fn forbidden(slug: &str) -> Answer {
    Answer::error(
        403,
        "",
        &format!(
            "The provided key 'rk_test_******6789' does not have the required permissions for this endpoint on account 'acct_Told'. Having the '{slug}' permission would allow this request to continue."
        ),
    )
}

fn all_open(asked: &Asked) -> Answer {
    match asked.path.as_str() {
        "/v1/account" => Answer::json(&json!({
            "id": "acct_1", "object": "account", "country": "DE", "default_currency": "eur",
            "business_profile": {"name": "Acme GmbH"}, "settings": {"dashboard": {"display_name": "Acme"}},
        })),
        "/v1/balance" => Answer::json(&json!({"object": "balance", "livemode": false})),
        "/v1/customers" => list(&json!([customer("cus_1")]), true),
        _ => list(&json!([]), false),
    }
}

#[tokio::test]
async fn a_key_that_may_read_everything_says_whose_it_is() {
    let server = Server::start(|asked, _| all_open(asked)).await;
    let check = server.client().check_key().await.unwrap();
    assert_eq!(check.account.id.as_str(), "acct_1");
    assert_eq!(check.account.name.as_deref(), Some("Acme"));
    assert_eq!(check.account.default_currency.unwrap().code(), "EUR");
    assert_eq!(check.readable(), Kind::ALL);
    assert!(check.reads_changes());
}

#[tokio::test]
async fn a_restricted_key_says_what_it_may_not_read() {
    let server = Server::start(|asked, _| match asked.path.as_str() {
        "/v1/account" => forbidden("rak_accounts_kyc_basic_read"),
        "/v1/disputes" => forbidden("rak_dispute_read"),
        "/v1/events" => forbidden("rak_event_read"),
        "/v1/refunds" => Answer::status(418, "?"),
        _ => all_open(asked),
    })
    .await;
    let check = server.client().check_key().await.unwrap();
    assert_eq!(
        check.account.id.as_str(),
        "acct_Told",
        "the refusal names the account"
    );
    assert_eq!(check.account.name, None);
    let granted = |kind| {
        check
            .permissions
            .iter()
            .find(|permission| permission.kind == kind)
            .unwrap()
            .granted
    };
    assert_eq!(granted(Some(Kind::Customers)), Some(true));
    assert_eq!(granted(Some(Kind::Disputes)), Some(false));
    assert_eq!(granted(Some(Kind::Refunds)), None, "neither yes nor no");
    assert!(!check.reads_changes());
    assert_eq!(check.readable().len(), 12);
}

#[tokio::test]
async fn a_key_without_any_permission_still_tells_its_account() {
    let server = Server::start(|_, _| forbidden("rak_x")).await;
    let check = server.client().check_key().await.unwrap();
    assert_eq!(check.account.id.as_str(), "acct_Told");
    assert!(check.readable().is_empty());
}

#[tokio::test]
async fn a_key_that_does_not_tell_its_account_cannot_be_used() {
    let server = Server::start(|asked, _| match asked.path.as_str() {
        "/v1/account" => Answer::error(403, "", "no"),
        _ => all_open(asked),
    })
    .await;
    let error = server.client().check_key().await.unwrap_err();
    let ProviderError::NotPermitted { permission, .. } = error else {
        panic!("{error:?}");
    };
    assert_eq!(permission.as_deref(), Some("rak_accounts_kyc_basic_read"));
}

#[tokio::test]
async fn a_key_of_the_other_mode_is_found_out() {
    for path in ["/v1/balance", "/v1/customers"] {
        let server = Server::start(move |asked, _| {
            if asked.path != path {
                return all_open(asked);
            }
            let mut object = customer("cus_1");
            object["livemode"] = json!(true);
            if path == "/v1/balance" {
                Answer::json(&object)
            } else {
                list(&json!([object]), false)
            }
        })
        .await;
        let error = server.client().check_key().await.unwrap_err();
        assert_eq!(
            error,
            ProviderError::WrongMode {
                expected: ModeName::Test,
                found: ModeName::Live
            },
            "{path}"
        );
    }
}

#[tokio::test]
async fn a_rejected_key_is_told_at_once() {
    let server =
        Server::start(|_, _| Answer::error(401, "api_key_expired", "Expired API Key")).await;
    let error = server.client().check_key().await.unwrap_err();
    assert!(matches!(
        error,
        ProviderError::KeyRejected { expired: true, .. }
    ));
    assert_eq!(server.asked().len(), 1);
}
