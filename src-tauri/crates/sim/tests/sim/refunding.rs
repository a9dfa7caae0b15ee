//! Writes that reach the simulated life: money given back, customers deleted, subscriptions ended.

use serde_json::{Value, json};

use crate::support::{Desk, int, spec, text};

async fn desk() -> Desk {
    Desk::open(spec(3, 120, 10)).await
}

/// A charge that can be given back, with its amount.
pub(crate) async fn refundable(desk: &Desk) -> (String, i64) {
    let charges = desk.walk("/v1/charges").await;
    let charge = charges
        .iter()
        .find(|charge| {
            charge["paid"] == true
                && charge["disputed"] == false
                && charge["amount_refunded"] == 0
                && charge["currency"] == "usd"
                && int(&charge["amount"]) > 1_000
        })
        .unwrap();
    (text(&charge["id"]).to_owned(), int(&charge["amount"]))
}

#[tokio::test]
async fn a_refund_moves_charge_balance_and_notices() {
    let desk = desk().await;
    let (charge, _) = refundable(&desk).await;
    let counts = desk.get("/_sim/counts").await;
    let form = [
        ("charge", charge.as_str()),
        ("amount", "400"),
        ("reason", "duplicate"),
        ("metadata[app_op]", "1"),
    ];
    let refund = desk.done("/v1/refunds", &form).await;
    assert_eq!(
        (&refund["amount"], &refund["status"]),
        (&json!(400), &json!("succeeded"))
    );
    assert_eq!(
        (&refund["reason"], &refund["metadata"]["app_op"]),
        (&json!("duplicate"), &json!("1"))
    );
    assert_eq!(desk.get("/v1/refunds?limit=1").await["data"][0], refund);
    let shown = desk
        .get(&format!("/v1/charges/{charge}?expand[]=refunds"))
        .await;
    assert_eq!(
        (&shown["amount_refunded"], &shown["refunded"]),
        (&json!(400), &json!(false))
    );
    assert_eq!(shown["refunds"]["data"], json!([refund]));
    let moved = desk
        .get(&format!(
            "/v1/balance_transactions/{}",
            text(&refund["balance_transaction"])
        ))
        .await;
    assert_eq!(
        (&moved["amount"], &moved["source"]),
        (&json!(-400), &refund["id"])
    );
    let created = &desk.events("refund.created").await[0];
    assert_eq!(
        created["data"]["object"], refund,
        "the notice has the metadata too"
    );
    assert!(
        text(&created["request"]["id"]).starts_with("req_"),
        "and says which request it was"
    );
    assert_eq!(
        desk.events("charge.refunded").await[0]["data"]["object"]["amount_refunded"],
        400
    );
    let after = desk.get("/_sim/counts").await;
    for list in ["/v1/refunds", "/v1/balance_transactions"] {
        assert_eq!(int(&after[list]), int(&counts[list]) + 1, "{list}");
        assert_eq!(
            desk.walk(list).await.len() as i64,
            int(&after[list]),
            "{list}"
        );
    }
}

#[tokio::test]
async fn no_more_is_given_back_than_is_left() {
    let desk = desk().await;
    let (charge, amount) = refundable(&desk).await;
    let form = [("charge", charge.as_str()), ("amount", "400")];
    let refund = desk.done("/v1/refunds", &form).await;
    let too_much = desk
        .post(
            "/v1/refunds",
            &[("charge", &charge), ("amount", &amount.to_string())],
        )
        .await;
    assert_eq!(too_much.refusal(), (400, "", "amount"));
    assert!(
        text(&too_much.body["error"]["message"])
            .contains("is greater than unrefunded amount on charge"),
        "{}",
        too_much.body
    );
    let intent = text(&refund["payment_intent"]);
    let rest = desk
        .done("/v1/refunds", &[("payment_intent", intent)])
        .await;
    assert_eq!(
        int(&rest["amount"]),
        amount - 400,
        "without an amount it is the rest"
    );
    let again = desk.post("/v1/refunds", &[("charge", &charge)]).await;
    assert_eq!(again.refusal().1, "charge_already_refunded");
    let failed = desk
        .walk("/v1/charges")
        .await
        .into_iter()
        .find(|charge| charge["status"] == "failed");
    if let Some(failed) = failed {
        let refused = desk
            .post("/v1/refunds", &[("charge", text(&failed["id"]))])
            .await;
        assert_eq!(refused.refusal().1, "charge_not_refundable");
    }
    let path = format!("/v1/refunds/{}", text(&refund["id"]));
    desk.done(&path, &[("metadata[note]", "x")]).await;
    desk.order("advance", json!({ "days": 40 })).await;
    let shown = desk.get(&format!("/v1/charges/{charge}")).await;
    assert_eq!(
        int(&shown["amount_refunded"]),
        amount,
        "the life gives nothing back twice"
    );
}

#[tokio::test]
async fn deleting_a_customer_ends_what_they_pay_for() {
    let desk = desk().await;
    let page = desk.get("/v1/subscriptions?status=active&limit=100").await;
    let subscription = &page["data"][3];
    let (id, customer) = (text(&subscription["id"]), text(&subscription["customer"]));
    let worth = |truth: &Value| truth["active_subscribers"].as_i64().unwrap();
    let before = worth(&desk.get("/_sim/truth").await);
    assert_eq!(
        desk.delete(&format!("/v1/customers/{customer}"))
            .await
            .status,
        200
    );
    assert_eq!(
        desk.get(&format!("/v1/subscriptions/{id}")).await["status"],
        "canceled"
    );
    assert_eq!(worth(&desk.get("/_sim/truth").await), before - 1);
    for kind in ["customer.subscription.deleted", "customer.deleted"] {
        let told = &desk.events(kind).await[0];
        assert!(
            told["request"]["id"].is_string(),
            "{kind} came of a request"
        );
    }
    let listed = desk.walk("/v1/customers").await;
    assert!(listed.iter().all(|other| text(&other["id"]) != customer));
}

#[tokio::test]
async fn a_subscription_ends_with_its_period_when_a_request_says_so() {
    let desk = desk().await;
    let page = desk.get("/v1/subscriptions?status=active&limit=100").await;
    let subscription = page["data"]
        .as_array()
        .unwrap()
        .iter()
        .find(|subscription| subscription["cancel_at_period_end"] == false)
        .unwrap();
    let path = format!("/v1/subscriptions/{}", text(&subscription["id"]));
    let end = int(&subscription["items"]["data"][0]["current_period_end"]);
    let before = desk.get("/_sim/truth").await;
    let form = [
        ("cancel_at_period_end", "true"),
        ("metadata[why]", "test"),
        ("description", "last one"),
    ];
    let asked = desk.done(&path, &form).await;
    assert_eq!(
        (&asked["cancel_at"], &asked["status"]),
        (&json!(end), &json!("active"))
    );
    assert!(asked["canceled_at"].is_i64() && asked["metadata"]["why"] == "test");
    let told = desk.events("customer.subscription.updated").await;
    assert_eq!(told[0]["data"]["object"], asked);
    let previous = &told[0]["data"]["previous_attributes"];
    assert_eq!(
        (&previous["cancel_at_period_end"], &previous["description"]),
        (&json!(false), &Value::Null)
    );
    assert_eq!(
        desk.get("/_sim/truth").await,
        before,
        "asking for it moves nothing yet"
    );
    let back = desk.done(&path, &[("cancel_at_period_end", "false")]).await;
    assert_eq!(
        (&back["cancel_at"], &back["canceled_at"]),
        (&Value::Null, &Value::Null)
    );
    desk.done(&path, &[("cancel_at_period_end", "true")]).await;
    let just_after = chrono::DateTime::from_timestamp(end + 60, 0).unwrap();
    desk.order("advance", json!({ "to": just_after })).await;
    let ended = desk.get(&path).await;
    assert_eq!(
        (&ended["status"], &ended["ended_at"]),
        (&json!("canceled"), &json!(end))
    );
    assert_eq!(ended["metadata"]["why"], "test");
    let late = desk.post(&path, &[("cancel_at_period_end", "false")]).await;
    assert_eq!(late.status, 400, "what has ended has ended: {}", late.body);
    assert_eq!(
        desk.post(&path, &[("billing_cycle_anchor[type]", "x")])
            .await
            .refusal(),
        (400, "", "billing_cycle_anchor[type]")
    );
}
