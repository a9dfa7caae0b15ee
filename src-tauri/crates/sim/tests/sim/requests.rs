//! Requests that are wrong, and how they are refused.

use crate::support::{Desk, spec};

/// Path, status, code, parameter; nothing stands for a field that is absent.
const WRONG: [(&str, u16, &str, &str); 14] = [
    ("customers?foo=1", 400, "parameter_unknown", "foo"),
    (
        "customers?limit=101",
        400,
        "parameter_invalid_integer",
        "limit",
    ),
    (
        "customers?limit=0",
        400,
        "parameter_invalid_integer",
        "limit",
    ),
    (
        "customers?limit=ten",
        400,
        "parameter_invalid_integer",
        "limit",
    ),
    (
        "customers?starting_after=cus_nobody",
        400,
        "resource_missing",
        "starting_after",
    ),
    ("customers/cus_nobody", 404, "resource_missing", "id"),
    (
        "invoices/in_nothing/lines",
        404,
        "resource_missing",
        "invoice",
    ),
    (
        "invoices?customer=cus_nobody",
        400,
        "resource_missing",
        "customer",
    ),
    (
        "subscriptions?expand[]=data.items.data.price.tiers",
        400,
        "",
        "expand",
    ),
    ("invoices?expand[]=data.charge", 400, "", "expand"),
    ("subscriptions?status=asleep", 400, "", "status"),
    (
        "subscription_items",
        400,
        "parameter_missing",
        "subscription",
    ),
    ("nonsense", 404, "", ""),
    (
        "charges?created[gte]=soon",
        400,
        "parameter_invalid_integer",
        "created[gte]",
    ),
];

#[tokio::test]
async fn wrong_requests_are_refused_with_code_and_parameter() {
    let desk = Desk::open(spec(3, 60, 8)).await;
    for (path, status, code, param) in WRONG {
        let (got, body) = desk.ask(&format!("/v1/{path}")).await;
        let field = |name: &str| body["error"][name].as_str().unwrap_or_default().to_owned();
        assert_eq!(
            (got, field("code").as_str(), field("param").as_str()),
            (status, code, param),
            "{path}: {body}"
        );
    }
}

#[tokio::test]
async fn two_cursors_at_once_are_one_too_many() {
    let desk = Desk::open(spec(3, 60, 8)).await;
    let page = desk.get("/v1/customers?limit=2").await;
    let (first, second) = (
        page["data"][0]["id"].as_str().unwrap(),
        page["data"][1]["id"].as_str().unwrap(),
    );
    let (status, _) = desk
        .ask(&format!(
            "/v1/customers?starting_after={first}&ending_before={second}"
        ))
        .await;
    assert_eq!(status, 400);
}

#[tokio::test]
async fn what_cannot_be_written_has_no_path_and_is_written_down() {
    let desk = Desk::open(spec(3, 20, 6)).await;
    for path in [
        "balance_transactions",
        "events",
        "payouts",
        "customers/cus_1/nothing",
    ] {
        let url = format!("{}/v1/{path}", desk.running.base_url());
        let posted = desk
            .client
            .post(url)
            .bearer_auth(desk.running.key())
            .header("idempotency-key", "k-1")
            .form(&[("a", "b")])
            .send()
            .await
            .unwrap();
        assert_eq!(posted.status(), 404, "{path}");
    }
    let journal = desk.running.journal();
    assert_eq!(
        (journal[0].method.as_str(), journal[0].body.as_str()),
        ("POST", "a=b"),
        "what was tried is written down as it was sent"
    );
    assert_eq!(journal[0].idempotency_key.as_deref(), Some("k-1"));
}
