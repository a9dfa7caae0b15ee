//! Writes that are wrong, and how they are refused.

use serde_json::json;

use crate::support::{Desk, spec};

/// Path below `/v1/`, form, and the refusal: status, code, parameter. Nothing stands for a field that is absent.
type Wrong = (
    &'static str,
    &'static [(&'static str, &'static str)],
    (u16, &'static str, &'static str),
);

const WRONG: [Wrong; 17] = [
    (
        "customers",
        &[("emial", "a@b.c")],
        (400, "parameter_unknown", "emial"),
    ),
    (
        "customers",
        &[("email", "nobody")],
        (400, "email_invalid", "email"),
    ),
    ("customers", &[("balance", "5")], (400, "", "balance")),
    ("customers", &[("expand[]", "charges")], (400, "", "expand")),
    (
        "products",
        &[("active", "true")],
        (400, "parameter_missing", "name"),
    ),
    (
        "products",
        &[("name", "a"), ("active", "yes")],
        (400, "", "active"),
    ),
    (
        "prices",
        &[("currency", "usd")],
        (400, "parameter_missing", "product"),
    ),
    (
        "prices",
        &[("currency", "usd"), ("product", "prod_no")],
        (400, "parameter_missing", "unit_amount"),
    ),
    (
        "prices",
        &[
            ("currency", "usd"),
            ("product", "prod_no"),
            ("unit_amount", "1"),
        ],
        (400, "resource_missing", "product"),
    ),
    (
        "prices",
        &[("recurring[intervall]", "month")],
        (400, "parameter_unknown", "recurring[intervall]"),
    ),
    (
        "coupons",
        &[("duration", "once")],
        (400, "parameter_missing", "percent_off"),
    ),
    (
        "coupons",
        &[("percent_off", "5"), ("duration", "repeating")],
        (400, "parameter_missing", "duration_in_months"),
    ),
    (
        "promotion_codes",
        &[("coupon", "TEAM15")],
        (400, "parameter_unknown", "coupon"),
    ),
    ("refunds", &[("amount", "5")], (400, "", "")),
    (
        "refunds",
        &[("charge", "ch_no")],
        (404, "resource_missing", "charge"),
    ),
    (
        "refunds",
        &[("charge", "ch_no"), ("amount", "0")],
        (400, "parameter_invalid_integer", "amount"),
    ),
    ("events", &[("type", "x")], (404, "", "")),
];

#[tokio::test]
async fn wrong_writes_are_refused_with_code_and_parameter() {
    let desk = Desk::open(spec(3, 120, 10)).await;
    for (path, form, refusal) in WRONG {
        let answer = desk.post(&format!("/v1/{path}"), form).await;
        assert_eq!(
            answer.refusal(),
            refusal,
            "{path} {form:?}: {}",
            answer.body
        );
    }
    let url = format!("{}/v1/customers", desk.running.base_url());
    let request = desk.client.post(url).bearer_auth(desk.running.key());
    let json = request
        .json(&json!({ "email": "a@b.example" }))
        .send()
        .await
        .unwrap();
    assert_eq!(json.status(), 400, "JSON is no form");
}
