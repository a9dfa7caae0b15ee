//! Writes that alter what lives on: subscriptions changed, paused and ended, bills closed and corrected, credit given.

use chrono::Duration;
use coffer_sim::{Fault, FaultKind};
use serde_json::{Value, json};

use crate::support::{Desk, int, present, spec, text};

async fn desk() -> Desk {
    Desk::open(spec(3, 160, 14)).await
}

/// A subscription that nothing hinders: active, charged, one licensed item, no end, no schedule, no coupon.
async fn plain(desk: &Desk, flexible: bool) -> Value {
    let all = desk.walk("/v1/subscriptions?status=active&limit=100").await;
    let fits = |it: &&Value| {
        let item = &it["items"]["data"][0];
        it["collection_method"] == "charge_automatically"
            && it["cancel_at_period_end"] == false
            && it["schedule"].is_null()
            && it["pause_collection"].is_null()
            && it["discounts"] == json!([])
            && it["billing_mode"]["type"] == if flexible { "flexible" } else { "classic" }
            && it["items"]["data"].as_array().unwrap().len() == 1
            && item["price"]["recurring"]["usage_type"] == "licensed"
            && item["price"]["recurring"]["interval"] == "month"
            && item["price"]["billing_scheme"] == "per_unit"
            && it["automatic_tax"]["enabled"] == false
    };
    let found = all.iter().find(fits);
    found.expect("the world has one").clone()
}

/// Another monthly price of the same currency.
async fn other_price(desk: &Desk, subscription: &Value) -> Value {
    let held = &subscription["items"]["data"][0]["price"];
    let prices = desk.walk("/v1/prices?limit=100").await;
    let fits = |it: &&Value| {
        it["currency"] == held["currency"]
            && it["id"] != held["id"]
            && it["recurring"]["interval"] == "month"
            && it["recurring"]["interval_count"] == 1
            && it["recurring"]["usage_type"] == "licensed"
            && it["billing_scheme"] == "per_unit"
            && it["transform_quantity"].is_null()
            && it["active"] == true
    };
    prices
        .iter()
        .find(fits)
        .expect("the catalogue has one")
        .clone()
}

async fn subscription(desk: &Desk, id: &str) -> Value {
    desk.get(&format!("/v1/subscriptions/{id}")).await
}

/// The invoices of a subscription, newest first.
async fn invoices(desk: &Desk, id: &str) -> Vec<Value> {
    desk.walk(&format!("/v1/invoices?subscription={id}&limit=100"))
        .await
}

async fn days_pass(desk: &Desk, days: i64) {
    let now = desk.running.world().read().unwrap().present();
    desk.running
        .advance_to(now + Duration::days(days))
        .await
        .unwrap();
}

#[tokio::test]
async fn a_subscription_that_was_cancelled_is_never_billed_again() {
    let desk = desk().await;
    let it = plain(&desk, false).await;
    let id = text(&it["id"]);
    let path = format!("/v1/subscriptions/{id}");
    let ended = desk.delete(&path).await;
    assert_eq!(
        (ended.status, &ended.body["status"]),
        (200, &json!("canceled"))
    );
    let event = &desk.events("customer.subscription.deleted").await[0];
    assert_eq!(event["data"]["object"]["id"], it["id"]);
    assert!(
        text(&event["request"]["id"]).starts_with("req_"),
        "it says which request it was"
    );
    let before = invoices(&desk, id).await.len();
    assert_eq!(
        desk.delete(&path).await.refusal(),
        (404, "resource_missing", "id"),
        "what has ended cannot be ended"
    );
    let changed = desk.post(&path, &[("cancel_at_period_end", "true")]).await;
    assert_eq!(changed.status, 400);
    days_pass(&desk, 70).await;
    assert_eq!(
        invoices(&desk, id).await.len(),
        before,
        "it was billed after its end"
    );
}

#[tokio::test]
async fn a_change_of_plan_costs_what_its_preview_said_and_renews_at_the_new_price() {
    let desk = desk().await;
    let it = plain(&desk, false).await;
    let (id, item) = (text(&it["id"]), text(&it["items"]["data"][0]["id"]));
    let price = other_price(&desk, &it).await;
    let from = present().timestamp().to_string();
    let preview = [
        ("subscription", id),
        ("subscription_details[items][0][id]", item),
        ("subscription_details[items][0][price]", text(&price["id"])),
        ("subscription_details[items][0][quantity]", "3"),
        ("subscription_details[proration_behavior]", "always_invoice"),
        ("subscription_details[proration_date]", &from),
    ];
    let counts = desk.get("/_sim/counts").await;
    let shown = desk.done("/v1/invoices/create_preview", &preview).await;
    assert!(text(&shown["id"]).starts_with("upcoming_in_"));
    assert_eq!(
        desk.get("/_sim/counts").await,
        counts,
        "looking changes nothing"
    );
    let form = [
        ("items[0][id]", item),
        ("items[0][price]", text(&price["id"])),
        ("items[0][quantity]", "3"),
        ("proration_behavior", "always_invoice"),
        ("proration_date", &from),
        ("payment_behavior", "error_if_incomplete"),
        ("metadata[coffer_op]", "op_1"),
    ];
    let after = desk.done(&format!("/v1/subscriptions/{id}"), &form).await;
    assert_eq!(after["items"]["data"][0]["price"]["id"], price["id"]);
    assert_eq!(after["items"]["data"][0]["quantity"], 3);
    assert_eq!(after["metadata"]["coffer_op"], "op_1");
    let billed = invoices(&desk, id).await[0].clone();
    for field in ["total", "subtotal", "amount_due"] {
        assert_eq!(billed[field], shown[field], "{field}");
    }
    let amounts = |invoice: &Value| -> Vec<i64> {
        let lines = invoice["lines"]["data"].as_array().unwrap();
        lines.iter().map(|line| int(&line["amount"])).collect()
    };
    assert_eq!(amounts(&billed), amounts(&shown));
    assert_eq!(
        amounts(&billed).len(),
        2,
        "a credit for the old, a debit for the new"
    );
    assert!(amounts(&billed)[0] <= 0 && amounts(&billed)[1] >= 0);
    days_pass(&desk, 32).await;
    let renewed = invoices(&desk, id).await;
    let regular = renewed.iter().find(|it| {
        it["billing_reason"] == "subscription_cycle" && int(&it["created"]) > present().timestamp()
    });
    let line = &regular.expect("it renews")["lines"]["data"][0];
    assert_eq!(line["pricing"]["price_details"]["price"], price["id"]);
    assert_eq!(line["quantity"], 3);
}

#[tokio::test]
async fn a_price_without_a_quantity_resets_it_and_no_proration_leaves_no_line() {
    let desk = desk().await;
    let it = plain(&desk, false).await;
    let (id, item) = (text(&it["id"]), text(&it["items"]["data"][0]["id"]));
    let price = other_price(&desk, &it).await;
    let waiting = desk.walk("/v1/invoiceitems?pending=true").await.len();
    let form = [
        ("items[0][id]", item),
        ("items[0][price]", text(&price["id"])),
        ("proration_behavior", "none"),
    ];
    let after = desk.done(&format!("/v1/subscriptions/{id}"), &form).await;
    assert_eq!(after["items"]["data"][0]["quantity"], 1);
    assert_eq!(
        desk.walk("/v1/invoiceitems?pending=true").await.len(),
        waiting
    );
    let form = [
        ("items[0][id]", item),
        ("items[0][quantity]", "4"),
        ("proration_behavior", "create_prorations"),
    ];
    desk.done(&format!("/v1/subscriptions/{id}"), &form).await;
    assert_eq!(
        desk.walk("/v1/invoiceitems?pending=true").await.len(),
        waiting + 2,
        "the two sides wait for the next invoice"
    );
}

#[tokio::test]
async fn wrong_changes_are_refused_and_change_nothing() {
    let desk = desk().await;
    let it = plain(&desk, false).await;
    let (id, item) = (text(&it["id"]), text(&it["items"]["data"][0]["id"]));
    let path = format!("/v1/subscriptions/{id}");
    for (form, status, param) in [
        (
            vec![("items[0][id]", "si_nobody"), ("items[0][quantity]", "2")],
            400,
            "items[0][id]",
        ),
        (
            vec![("items[0][price]", "price_nobody")],
            400,
            "items[0][price]",
        ),
        (
            vec![("items[0][id]", item), ("items[0][deleted]", "true")],
            400,
            "items",
        ),
        (
            vec![("items[0][id]", item), ("items[0][colour]", "red")],
            400,
            "items[0][colour]",
        ),
        (
            vec![
                ("items[0][id]", item),
                ("items[0][quantity]", "2"),
                ("proration_date", "5"),
            ],
            400,
            "proration_date",
        ),
        (
            vec![("pause_collection[behavior]", "sing")],
            400,
            "pause_collection[behavior]",
        ),
        (vec![("trial_end", "5")], 400, "trial_end"),
        (
            vec![("discounts[0][coupon]", "NOBODY")],
            400,
            "discounts[0][coupon]",
        ),
    ] {
        let answer = desk.post(&path, &form).await;
        assert_eq!(
            (answer.status, answer.refusal().2),
            (status, param),
            "{form:?}: {}",
            answer.body
        );
    }
    assert_eq!(subscription(&desk, id).await, it);
    assert!(desk.running.effects().is_empty(), "a refusal does nothing");
}

#[tokio::test]
async fn bills_of_a_paused_collection_are_voided_until_it_goes_on() {
    let desk = desk().await;
    let it = plain(&desk, false).await;
    let id = text(&it["id"]);
    let until = (present() + Duration::days(40)).timestamp().to_string();
    let form = [
        ("pause_collection[behavior]", "void"),
        ("pause_collection[resumes_at]", &until),
    ];
    let paused = desk.done(&format!("/v1/subscriptions/{id}"), &form).await;
    assert_eq!(
        paused["status"], "active",
        "the subscription itself goes on"
    );
    assert_eq!(paused["pause_collection"]["behavior"], "void");
    assert_eq!(
        int(&paused["pause_collection"]["resumes_at"]).to_string(),
        until
    );
    days_pass(&desk, 35).await;
    let made = invoices(&desk, id).await;
    assert!(
        int(&made[0]["created"]) > present().timestamp(),
        "it renewed"
    );
    assert_eq!(made[0]["status"], "void");
    days_pass(&desk, 40).await;
    assert!(
        subscription(&desk, id).await["pause_collection"].is_null(),
        "its time is over"
    );
    assert_ne!(invoices(&desk, id).await[0]["status"], "void");
}

#[tokio::test]
async fn a_trial_lasts_as_long_as_was_asked_for() {
    let desk = desk().await;
    let it = plain(&desk, false).await;
    let id = text(&it["id"]);
    let end = (present() + Duration::days(45)).timestamp();
    let form = [("trial_end", end.to_string())];
    let form: Vec<(&str, &str)> = form
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    let form = [form, vec![("proration_behavior", "none")]].concat();
    let trialing = desk.done(&format!("/v1/subscriptions/{id}"), &form).await;
    assert_eq!(
        (&trialing["status"], int(&trialing["trial_end"])),
        (&json!("trialing"), end)
    );
    let before = invoices(&desk, id).await.len();
    days_pass(&desk, 44).await;
    assert_eq!(
        invoices(&desk, id).await.len(),
        before,
        "nothing is billed in a trial"
    );
    days_pass(&desk, 2).await;
    assert_eq!(subscription(&desk, id).await["status"], "active");
    assert_eq!(invoices(&desk, id).await.len(), before + 1);
}

#[tokio::test]
async fn a_coupon_takes_the_place_of_others_and_can_be_taken_off() {
    let desk = desk().await;
    let it = plain(&desk, false).await;
    let path = format!("/v1/subscriptions/{}", text(&it["id"]));
    let coupon = desk.walk("/v1/coupons").await;
    let coupon = coupon
        .iter()
        .find(|it| !it["percent_off"].is_null())
        .unwrap();
    for _ in 0..2 {
        let form = [("discounts[0][coupon]", text(&coupon["id"]))];
        let with = desk.done(&path, &form).await;
        assert_eq!(with["discounts"].as_array().unwrap().len(), 1);
    }
    let without = desk.done(&path, &[("discounts", "")]).await;
    assert_eq!(without["discounts"], json!([]));
    let codes = desk.walk("/v1/promotion_codes").await;
    let code = codes.iter().find(|it| it["active"] == true).unwrap();
    let form = [("discounts[0][promotion_code]", text(&code["id"]))];
    let with = desk.done(&path, &form).await;
    assert_eq!(with["discounts"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_paused_subscription_draws_nothing_until_it_is_resumed() {
    let desk = desk().await;
    let classic = plain(&desk, false).await;
    let refused = desk
        .post(
            &format!("/v1/subscriptions/{}/pause", text(&classic["id"])),
            &[("type", "subscription")],
        )
        .await;
    assert_eq!(refused.status, 400, "the classic way has no pause");
    let it = plain(&desk, true).await;
    let id = text(&it["id"]);
    let paused = desk
        .done(
            &format!("/v1/subscriptions/{id}/pause"),
            &[("type", "subscription")],
        )
        .await;
    assert_eq!(paused["status"], "paused");
    let before = invoices(&desk, id).await.len();
    days_pass(&desk, 50).await;
    assert_eq!(invoices(&desk, id).await.len(), before);
    let resumed = desk
        .done(
            &format!("/v1/subscriptions/{id}/resume"),
            &[("billing_cycle_anchor[type]", "now")],
        )
        .await;
    assert_eq!(resumed["status"], "active");
    assert_eq!(invoices(&desk, id).await.len(), before + 1);
    let again = desk
        .post(
            &format!("/v1/subscriptions/{id}/resume"),
            &[("billing_cycle_anchor[type]", "now")],
        )
        .await;
    assert_eq!(again.status, 400);
}

#[tokio::test]
async fn a_schedule_changes_the_plan_when_the_period_ends_and_then_lets_go() {
    let desk = desk().await;
    let it = plain(&desk, false).await;
    let id = text(&it["id"]);
    let price = other_price(&desk, &it).await;
    let made = desk
        .done("/v1/subscription_schedules", &[("from_subscription", id)])
        .await;
    assert_eq!(subscription(&desk, id).await["schedule"], made["id"]);
    let direct = [
        ("items[0][id]", text(&it["items"]["data"][0]["id"])),
        ("items[0][quantity]", "9"),
    ];
    assert_eq!(
        desk.post(&format!("/v1/subscriptions/{id}"), &direct)
            .await
            .status,
        400
    );
    let phase = &made["phases"][0];
    let (start, end) = (
        int(&phase["start_date"]).to_string(),
        int(&phase["end_date"]).to_string(),
    );
    let form = [
        ("phases[0][start_date]", start.as_str()),
        ("phases[0][end_date]", end.as_str()),
        (
            "phases[0][items][0][price]",
            text(&phase["items"][0]["price"]),
        ),
        ("phases[0][items][0][quantity]", "1"),
        ("phases[1][start_date]", end.as_str()),
        ("phases[1][items][0][price]", text(&price["id"])),
        ("phases[1][items][0][quantity]", "2"),
        ("phases[1][duration][interval]", "month"),
        ("phases[1][duration][interval_count]", "1"),
        ("end_behavior", "release"),
        ("proration_behavior", "none"),
        ("metadata[coffer_op]", "op_2"),
    ];
    let path = format!("/v1/subscription_schedules/{}", text(&made["id"]));
    let changed = desk.done(&path, &form).await;
    assert_eq!(changed["phases"].as_array().unwrap().len(), 2);
    assert_eq!(changed["metadata"]["coffer_op"], "op_2");
    assert_eq!(
        subscription(&desk, id).await["items"]["data"][0]["price"]["id"],
        it["items"]["data"][0]["price"]["id"]
    );
    days_pass(&desk, 32).await;
    let after = subscription(&desk, id).await;
    assert_eq!(after["items"]["data"][0]["price"]["id"], price["id"]);
    assert_eq!(after["items"]["data"][0]["quantity"], 2);
    days_pass(&desk, 40).await;
    let after = subscription(&desk, id).await;
    assert!(after["schedule"].is_null(), "the schedule lets go");
    assert_eq!(after["items"]["data"][0]["price"]["id"], price["id"]);
}

#[tokio::test]
async fn a_schedule_can_be_released_at_once() {
    let desk = desk().await;
    let it = plain(&desk, false).await;
    let id = text(&it["id"]);
    let made = desk
        .done("/v1/subscription_schedules", &[("from_subscription", id)])
        .await;
    let twice = desk
        .post("/v1/subscription_schedules", &[("from_subscription", id)])
        .await;
    assert_eq!(twice.status, 400, "one schedule is enough");
    let path = format!("/v1/subscription_schedules/{}/release", text(&made["id"]));
    assert_eq!(desk.done(&path, &[]).await["status"], "released");
    assert!(subscription(&desk, id).await["schedule"].is_null());
}

/// An invoice that stands so.
async fn invoice(desk: &Desk, fits: impl Fn(&Value) -> bool) -> Value {
    let all = desk.walk("/v1/invoices?limit=100").await;
    all.into_iter().find(fits).expect("the world has one")
}

#[tokio::test]
async fn open_bills_are_paid_voided_and_written_off_once() {
    let desk = desk().await;
    let open = |it: &Value| it["status"] == "open" && int(&it["amount_due"]) > 0;
    for (what, status, event) in [
        ("pay", "paid", "invoice.paid"),
        ("void", "void", "invoice.voided"),
        (
            "mark_uncollectible",
            "uncollectible",
            "invoice.marked_uncollectible",
        ),
    ] {
        let it = invoice(&desk, open).await;
        let path = format!("/v1/invoices/{}/{what}", text(&it["id"]));
        assert_eq!(desk.done(&path, &[]).await["status"], status);
        assert_eq!(
            desk.events(event).await[0]["data"]["object"]["id"],
            it["id"]
        );
        assert_eq!(desk.post(&path, &[]).await.status, 400, "{what} twice");
    }
    let paid = invoice(&desk, |it| it["status"] == "paid").await;
    let path = format!("/v1/invoices/{}/void", text(&paid["id"]));
    assert_eq!(desk.post(&path, &[]).await.status, 400);
}

#[tokio::test]
async fn credit_given_by_hand_stands_in_the_ledger_and_is_used_up() {
    let desk = desk().await;
    let it = plain(&desk, false).await;
    let customer = text(&it["customer"]);
    let form = [
        ("amount", "-150"),
        ("currency", text(&it["currency"])),
        ("metadata[coffer_op]", "op_3"),
    ];
    let path = format!("/v1/customers/{customer}/balance_transactions");
    let given = desk.done(&path, &form).await;
    assert_eq!(given["metadata"]["coffer_op"], "op_3");
    let before = int(&given["ending_balance"]);
    assert_eq!(desk.get(&path).await["data"][0], given);
    assert_eq!(
        int(&desk.get(&format!("/v1/customers/{customer}")).await["balance"]),
        before
    );
    days_pass(&desk, 32).await;
    let used = desk.get(&path).await["data"][0].clone();
    assert_eq!(used["type"], "applied_to_invoice");
}

#[tokio::test]
async fn a_credit_note_gives_back_by_refund_or_as_credit_and_adds_up() {
    let desk = desk().await;
    let fits = |it: &Value| {
        it["status"] == "paid"
            && int(&it["amount_paid"]) > 1_000
            && int(&it["post_payment_credit_notes_amount"]) == 0
            && it["automatic_tax"]["enabled"] == false
    };
    let it = invoice(&desk, fits).await;
    let id = text(&it["id"]);
    let wrong = [("invoice", id), ("amount", "300"), ("refund_amount", "200")];
    assert_eq!(
        desk.post("/v1/credit_notes", &wrong).await.status,
        400,
        "the parts must add up"
    );
    let refunds = desk.walk("/v1/refunds").await.len();
    let form = [
        ("invoice", id),
        ("amount", "300"),
        ("refund_amount", "300"),
        ("reason", "order_change"),
        ("email_type", "none"),
        ("metadata[coffer_op]", "op_4"),
    ];
    let note = desk.done("/v1/credit_notes", &form).await;
    assert_eq!(
        (int(&note["amount"]), &note["metadata"]["coffer_op"]),
        (300, &json!("op_4"))
    );
    assert_eq!(desk.walk("/v1/refunds").await.len(), refunds + 1);
    let line = text(&it["lines"]["data"][0]["id"]);
    let form = [
        ("invoice", id),
        ("lines[0][type]", "invoice_line_item"),
        ("lines[0][invoice_line_item]", line),
        ("lines[0][amount]", "100"),
        ("credit_amount", "100"),
    ];
    let note = desk.done("/v1/credit_notes", &form).await;
    assert!(!note["customer_balance_transaction"].is_null());
    assert_eq!(desk.walk("/v1/refunds").await.len(), refunds + 1);
    let listed = desk.walk(&format!("/v1/credit_notes?invoice={id}")).await;
    assert_eq!(listed[0], note);
    let shown = desk.get(&format!("/v1/invoices/{id}")).await;
    assert_eq!(int(&shown["post_payment_credit_notes_amount"]), 400);
}

#[tokio::test]
async fn what_was_really_done_is_counted_once_however_often_it_was_answered() {
    let desk = desk().await;
    let it = plain(&desk, false).await;
    let path = format!("/v1/subscriptions/{}", text(&it["id"]));
    let form = [
        ("cancel_at_period_end", "true"),
        ("metadata[coffer_op]", "op_5"),
    ];
    for fault in [
        FaultKind::Conflict,
        FaultKind::RateLimited { reason: None },
        FaultKind::Reset,
        FaultKind::Failure { status: 503 },
    ] {
        desk.running.set_faults(vec![Fault {
            method: Some("POST".to_owned()),
            ..Fault::next(1, fault.clone())
        }]);
        desk.get("/v1/customers?limit=1").await;
        let url = format!("{}{path}", desk.running.base_url());
        let request = desk.client.post(url).bearer_auth(desk.running.key());
        let _ = request
            .header("idempotency-key", "k")
            .form(&form)
            .send()
            .await;
        assert!(
            desk.running.effects().is_empty(),
            "{fault:?} carries nothing out"
        );
    }
    for fault in [FaultKind::Lost, FaultKind::Truncated] {
        desk.running.set_faults(vec![Fault::next(1, fault.clone())]);
        let url = format!("{}{path}", desk.running.base_url());
        let request = desk.client.post(url).bearer_auth(desk.running.key());
        let answer = request
            .header("idempotency-key", "k")
            .form(&form)
            .send()
            .await;
        let whole = match answer {
            Ok(answer) => answer.bytes().await.is_ok(),
            Err(_) => false,
        };
        assert!(!whole, "{fault:?} gives no whole answer");
        assert_eq!(desk.running.effects().len(), 1, "{fault:?}");
    }
    let again = desk.write("POST", &path, &form, Some("k")).await;
    assert!(again.replayed);
    let effects = desk.running.effects();
    assert_eq!(effects.len(), 1);
    assert_eq!(effects[0].operation.as_deref(), Some("op_5"));
    assert_eq!(effects[0].key.as_deref(), Some("k"));
    assert_eq!(desk.get("/_sim/effects").await.as_array().unwrap().len(), 1);
}
