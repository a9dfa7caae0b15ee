//! Objects that requests make, change and remove: how they show, in lists, by id and in notices.

use std::collections::BTreeSet;

use coffer_sim::ServerOptions;
use serde_json::{Value, json};

use crate::support::{Desk, int, spec, text};

async fn desk() -> Desk {
    Desk::open(spec(3, 120, 10)).await
}

#[tokio::test]
async fn a_customer_is_made_listed_and_changed() {
    let desk = desk().await;
    let counted = int(&desk.get("/_sim/counts").await["/v1/customers"]);
    let form = [
        ("email", "ada@engine.example"),
        ("name", "Ada"),
        ("metadata[plan]", "gold"),
    ];
    let made = desk.done("/v1/customers", &form).await;
    let id = text(&made["id"]).to_owned();
    assert!(id.starts_with("cus_") && made["metadata"] == json!({ "plan": "gold" }));
    let like_any: BTreeSet<&String> = made.as_object().unwrap().keys().collect();
    let page = desk.get("/v1/customers?limit=2").await;
    assert_eq!(page["data"][0], made, "the newest comes first");
    assert_eq!(
        page["data"][1]
            .as_object()
            .unwrap()
            .keys()
            .collect::<BTreeSet<_>>(),
        like_any,
        "it has the fields that every customer has"
    );
    assert_eq!(
        int(&desk.get("/_sim/counts").await["/v1/customers"]),
        counted + 1
    );
    let found = desk.get("/v1/customers?email=ada@engine.example").await;
    assert_eq!(found["data"].as_array().unwrap().len(), 1);
    let later = desk
        .get(&format!("/v1/customers?created[gt]={}", made["created"]))
        .await;
    assert_eq!(later["data"], json!([]), "nobody came after");

    let path = format!("/v1/customers/{id}");
    let form = [
        ("name", ""),
        ("metadata[plan]", ""),
        ("metadata[seat]", "3"),
    ];
    let changed = desk.done(&path, &form).await;
    assert_eq!(
        (&changed["name"], &changed["metadata"]),
        (&Value::Null, &json!({ "seat": "3" }))
    );
    assert_eq!(desk.get(&path).await, changed);
    let told = &desk.events("customer.updated").await[0];
    assert_eq!(told["data"]["object"], changed);
    assert_eq!(
        told["data"]["previous_attributes"],
        json!({ "metadata": { "plan": "gold" }, "name": "Ada" })
    );
    assert_eq!(
        desk.events("customer.created").await[0]["data"]["object"],
        made,
        "an older notice keeps showing the customer as it was"
    );
}

#[tokio::test]
async fn a_customer_that_a_request_made_is_deleted_by_one() {
    let desk = desk().await;
    let counted = int(&desk.get("/_sim/counts").await["/v1/customers"]);
    let made = desk.done("/v1/customers", &[("name", "Ada")]).await;
    let id = text(&made["id"]);
    let path = format!("/v1/customers/{id}");
    let gone = json!({ "id": id, "object": "customer", "deleted": true });
    assert_eq!(desk.delete(&path).await.body, gone);
    assert_eq!(desk.get(&path).await, gone);
    assert_eq!(
        desk.delete(&path).await.refusal(),
        (404, "resource_missing", "id")
    );
    assert_eq!(
        int(&desk.get("/_sim/counts").await["/v1/customers"]),
        counted
    );
    assert_eq!(desk.walk("/v1/customers").await.len() as i64, counted);
    assert_eq!(
        text(&desk.events("customer.deleted").await[0]["data"]["object"]["id"]),
        id
    );
}

#[tokio::test]
async fn the_world_s_own_customers_are_changed_too_and_filters_see_it() {
    let desk = desk().await;
    let own = desk.get("/v1/customers?limit=40").await["data"][30].clone();
    let path = format!("/v1/customers/{}", text(&own["id"]));
    let form = [("email", "new@mail.example"), ("metadata[tier]", "a")];
    let changed = desk.done(&path, &form).await;
    assert_eq!(
        changed["metadata"]["contact"], own["metadata"]["contact"],
        "what was there stays"
    );
    let by = |email: &Value| format!("/v1/customers?email={}", text(email));
    assert_eq!(desk.get(&by(&own["email"])).await["data"], json!([]));
    assert_eq!(
        desk.get(&by(&changed["email"])).await["data"],
        json!([changed])
    );
    let subscription = desk
        .get("/v1/subscriptions?status=all&limit=1&expand[]=data.customer")
        .await;
    let owner = &subscription["data"][0]["customer"];
    let path = format!("/v1/customers/{}", text(&owner["id"]));
    desk.done(&path, &[("description", "seen")]).await;
    let expanded = desk
        .get("/v1/subscriptions?status=all&limit=1&expand[]=data.customer")
        .await;
    assert_eq!(
        expanded["data"][0]["customer"]["description"], "seen",
        "expanded as well"
    );
}

#[tokio::test]
async fn lists_stay_in_order_while_requests_and_the_world_add_to_them() {
    let desk = desk().await;
    let mut made = Vec::new();
    for day in 1..=3 {
        for n in 0..2 {
            let email = format!("{day}.{n}@made.example");
            let customer = desk.done("/v1/customers", &[("email", &email)]).await;
            made.push(text(&customer["id"]).to_owned());
        }
        desk.order("advance", json!({ "days": 20 })).await;
    }
    let all = desk.walk("/v1/customers").await;
    let ids: Vec<&str> = all.iter().map(|customer| text(&customer["id"])).collect();
    assert_eq!(
        ids.iter().collect::<BTreeSet<_>>().len(),
        ids.len(),
        "no object twice"
    );
    assert!(made.iter().all(|id| ids.contains(&id.as_str())));
    assert!(
        all.windows(2)
            .all(|pair| int(&pair[0]["created"]) >= int(&pair[1]["created"])),
        "newest first"
    );
    assert_ne!(ids[0], made[5], "the world went on");
    assert_eq!(
        all.len() as i64,
        int(&desk.get("/_sim/counts").await["/v1/customers"])
    );
    let place = ids.iter().position(|id| *id == made[2]).unwrap();
    let back = desk
        .get(&format!("/v1/customers?limit=3&ending_before={}", made[2]))
        .await;
    let back: Vec<&str> = back["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|c| text(&c["id"]))
        .collect();
    assert_eq!(
        back,
        ids[place - 3..place],
        "a cursor may be an object that a request made"
    );
}

#[tokio::test]
async fn metadata_can_be_written_to_everything_and_moves_no_figure() {
    let desk = desk().await;
    let before = desk.get("/_sim/truth").await;
    for (list, notice) in [
        ("customers", "customer.updated"),
        ("products", "product.updated"),
        ("prices", "price.updated"),
        ("coupons", "coupon.updated"),
        ("promotion_codes", "promotion_code.updated"),
        ("subscriptions", "customer.subscription.updated"),
        ("invoices", "invoice.updated"),
        ("charges", "charge.updated"),
        ("payment_intents", ""),
        ("refunds", "refund.updated"),
        ("disputes", "charge.dispute.updated"),
    ] {
        let Some(object) = desk.get(&format!("/v1/{list}?limit=1")).await["data"]
            .get(0)
            .cloned()
        else {
            assert_eq!(list, "disputes", "a small world may have no disputes");
            continue;
        };
        let path = format!("/v1/{list}/{}", text(&object["id"]));
        let written = desk.done(&path, &[("metadata[app_op]", "7")]).await;
        assert_eq!(written["metadata"]["app_op"], "7", "{list}");
        assert_eq!(
            desk.get(&format!("/v1/{list}?limit=1")).await["data"][0],
            written
        );
        if !notice.is_empty() {
            let told = &desk.events(notice).await[0];
            assert_eq!(told["data"]["object"], written, "{notice}");
            assert_eq!(
                told["data"]["previous_attributes"]["metadata"].get("app_op"),
                None,
                "{notice} says what was there before"
            );
        }
        let missing = format!("/v1/{list}/nothing_like_it");
        let refused = desk.post(&missing, &[("metadata[a]", "b")]).await;
        assert_eq!(refused.refusal(), (404, "resource_missing", "id"), "{list}");
    }
    assert_eq!(
        desk.get("/_sim/truth").await,
        before,
        "metadata is worth nothing"
    );
}

#[tokio::test]
async fn what_was_written_outlasts_the_server() {
    let dir = tempfile::tempdir().unwrap();
    let options = || ServerOptions {
        state_dir: Some(dir.path().join("state")),
        ..ServerOptions::new(spec(3, 120, 10))
    };
    let first = Desk::with(options()).await;
    let made = first
        .done("/v1/customers", &[("email", "kept@made.example")])
        .await;
    first.order("advance", json!({ "days": 3 })).await;
    let id = text(&made["id"]).to_owned();
    first
        .done(&format!("/v1/customers/{id}"), &[("name", "Kept")])
        .await;
    first
        .order(
            "touch",
            json!({ "kind": "customers", "count": 3, "skip": 2 }),
        )
        .await;
    first.order("advance", json!({ "days": 2 })).await;
    let charge = crate::refunding::refundable(&first).await.0;
    let form = [("charge", charge.as_str()), ("amount", "300")];
    let refund = first
        .write("POST", "/v1/refunds", &form, Some("k-kept"))
        .await;
    let print = first.running.world().read().unwrap().fingerprint();
    let events = first.walk("/v1/events").await;
    let customers = first.walk("/v1/customers").await;
    first.running.stop().await.unwrap();

    let second = Desk::with(options()).await;
    assert_eq!(
        second.get(&format!("/v1/customers/{id}")).await["name"],
        "Kept"
    );
    assert_eq!(second.walk("/v1/customers").await, customers);
    assert_eq!(
        second.walk("/v1/events").await,
        events,
        "the same notices with the same ids"
    );
    assert_eq!(second.running.world().read().unwrap().fingerprint(), print);
    let again = second
        .write("POST", "/v1/refunds", &form, Some("k-kept"))
        .await;
    assert!(again.replayed, "keys are remembered across a restart");
    assert_eq!(again.body, refund.body);
}

#[tokio::test]
async fn a_world_nobody_writes_to_is_what_it_was() {
    let desk = desk().await;
    let untouched = coffer_sim::World::generate(&spec(3, 120, 10)).fingerprint();
    desk.post("/v1/customers", &[("nonsense", "1")]).await;
    assert_eq!(
        desk.running.world().read().unwrap().fingerprint(),
        untouched
    );
}

#[tokio::test]
async fn credit_notes_sessions_and_links_take_metadata_too() {
    let desk = Desk::open(coffer_sim::WorldSpec {
        corners: true,
        ..spec(3, 160, 12)
    })
    .await;
    for (list, notice) in [
        ("credit_notes", "credit_note.updated"),
        ("payment_links", "payment_link.updated"),
        ("checkout/sessions", ""),
    ] {
        let first = desk.get(&format!("/v1/{list}?limit=1")).await["data"][0].clone();
        let path = format!("/v1/{list}/{}", text(&first["id"]));
        let written = desk.done(&path, &[("metadata[app_op]", "7")]).await;
        assert_eq!(written["metadata"]["app_op"], "7", "{list}");
        let listed = desk.get(&format!("/v1/{list}?limit=1")).await;
        assert_eq!(listed["data"][0], written, "{list}");
        if !notice.is_empty() {
            let told = &desk.events(notice).await[0];
            assert_eq!(told["data"]["object"], written, "{notice}");
        }
        let refused = desk.post(&path, &[("active", "false")]).await;
        assert_eq!(
            refused.refusal(),
            (400, "parameter_unknown", "active"),
            "{list}"
        );
    }
}

#[tokio::test]
async fn a_customer_that_a_request_made_can_be_asked_like_any_other() {
    let desk = desk().await;
    let made = desk.done("/v1/customers", &[("name", "Ada")]).await;
    let id = text(&made["id"]);
    for list in [
        "subscriptions?status=all&",
        "invoices?",
        "charges?",
        "payment_intents?",
    ] {
        let page = desk.get(&format!("/v1/{list}customer={id}")).await;
        assert_eq!(page["data"], json!([]), "{list}");
    }
    let credit = desk
        .get(&format!("/v1/customers/{id}/balance_transactions"))
        .await;
    assert_eq!(credit["data"], json!([]));
    let shown = desk
        .get(&format!("/v1/customers/{id}?expand[]=subscriptions"))
        .await;
    assert_eq!(shown["subscriptions"]["data"], json!([]));
}
