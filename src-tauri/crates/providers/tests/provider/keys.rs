//! What a key opens, found out by asking.

use crate::server::{Answer, Asked, Server, customer, list, quick};
use coffer_domain::ids::AccountId;
use coffer_domain::mode::{Live, ModeName, Test};
use coffer_domain::record::Kind;
use coffer_providers::{Access, AnyKey, ApiBase, ProviderError, ProviderName, connect, read_key};
use secrecy::SecretString;
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
        _ if asked.method == "POST" => Answer::error(404, "resource_missing", "No such object"),
        path if path.contains("cofferprobe") => Answer::error(
            404,
            "resource_missing",
            "No such customer: 'cus_cofferprobe'",
        ),
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
    let raw = check.account_raw.unwrap();
    assert!(raw.starts_with('{') && raw.contains("\"display_name\":\"Acme\""));
}

/// What actions change.
const CHANGED: [Kind; 12] = [
    Kind::Coupons,
    Kind::PromotionCodes,
    Kind::Customers,
    Kind::Subscriptions,
    Kind::SubscriptionSchedules,
    Kind::Invoices,
    Kind::Refunds,
    Kind::Disputes,
    Kind::CreditNotes,
    Kind::CheckoutSessions,
    Kind::PaymentLinks,
    Kind::CustomerBalanceTransactions,
];

#[tokio::test]
async fn what_a_key_may_change_is_found_out_without_changing_anything() {
    let server = Server::start(|asked, _| match asked.path.as_str() {
        "/v1/refunds/re_cofferprobe" => forbidden("rak_charge_write"),
        "/v1/disputes/du_cofferprobe" => Answer::error(400, "parameter_unknown", "what?"),
        "/v1/coupons/cofferprobe" => Answer::json(&json!({"id": "cofferprobe"})),
        "/v1/payment_links/plink_cofferprobe" => Answer::status(404, "<html>"),
        "/v1/credit_notes/cn_cofferprobe" => Answer::status(418, "?"),
        _ => all_open(asked),
    })
    .await;
    let check = server.client().check_key().await.unwrap();
    let said = |kind: Option<Kind>| {
        let mut rows = check.permissions.iter();
        rows.find(|row| row.access == Access::Write && row.kind == kind)
            .map(|row| row.granted)
    };
    for kind in CHANGED {
        let granted = match kind {
            Kind::Refunds => Some(false),
            Kind::Coupons | Kind::PaymentLinks | Kind::CreditNotes => None,
            _ => Some(true),
        };
        assert_eq!(said(Some(kind)), Some(granted), "{kind:?}");
        assert_eq!(check.may_write(kind), granted == Some(true));
    }
    assert_eq!(
        said(None),
        Some(None),
        "the portal shows only when it is used"
    );
    assert_eq!(said(Some(Kind::Products)), None);
    assert!(!check.may_write(Kind::Products));
    assert_eq!(check.readable(), Kind::ALL, "reading is another matter");
    let posts = server.asked().into_iter().filter(|it| it.method == "POST");
    for post in posts {
        let (_, last) = post.path.rsplit_once('/').unwrap();
        assert!(last.ends_with("cofferprobe"), "{} could exist", post.path);
    }
}

#[tokio::test]
async fn a_key_that_may_change_nothing_is_a_good_key() {
    let server = Server::start(|asked, _| {
        if asked.method == "POST" {
            forbidden("rak_x_write")
        } else {
            all_open(asked)
        }
    })
    .await;
    let check = server.client().check_key().await.unwrap();
    assert_eq!(check.readable(), Kind::ALL);
    assert!(CHANGED.into_iter().all(|kind| !check.may_write(kind)));
}

#[tokio::test]
async fn a_key_of_an_organization_names_its_account_with_every_request() {
    let server = Server::start(|asked, _| all_open(asked)).await;
    let text = "sk_org_CANARYcanary0123456789";
    let AnyKey::Organization(key) =
        read_key(ProviderName::Stripe, SecretString::from(text)).unwrap()
    else {
        panic!("a key of an organization");
    };
    let base = || ApiBase::loopback(&server.base).unwrap();
    let live = key.into_key::<Live>(AccountId::new("acct_1")).unwrap();
    let live = connect(ProviderName::Stripe, live, base(), quick()).unwrap();
    assert_eq!(
        live.check_key().await.unwrap_err(),
        ProviderError::WrongMode {
            expected: ModeName::Live,
            found: ModeName::Test
        },
        "the balance tells which mode it is"
    );
    let test = key.into_key::<Test>(AccountId::new("acct_1")).unwrap();
    let test = connect(ProviderName::Stripe, test, base(), quick()).unwrap();
    test.check_key().await.unwrap();
    let silent = Server::start(|asked, _| match asked.path.as_str() {
        "/v1/account" => Answer::error(403, "", "no"),
        _ => all_open(asked),
    })
    .await;
    let again = key.into_key::<Test>(AccountId::new("acct_9")).unwrap();
    let base = ApiBase::loopback(&silent.base).unwrap();
    let again = connect(ProviderName::Stripe, again, base, quick()).unwrap();
    assert_eq!(
        again.check_key().await.unwrap().account.id.as_str(),
        "acct_9",
        "the account that was named, where nobody tells it"
    );
    for asked in server.asked() {
        assert_eq!(asked.context.as_deref(), Some("acct_1"));
        assert_eq!(asked.authorization, Some(format!("Bearer {text}")));
    }
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
            .find(|permission| permission.kind == kind && permission.access == Access::Read)
            .unwrap()
            .granted
    };
    assert_eq!(granted(Some(Kind::Customers)), Some(true));
    assert_eq!(granted(Some(Kind::Disputes)), Some(false));
    assert_eq!(granted(Some(Kind::Refunds)), None, "neither yes nor no");
    assert!(!check.reads_changes());
    assert_eq!(check.readable().len(), 18);
    assert_eq!(check.account_raw, None);
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
