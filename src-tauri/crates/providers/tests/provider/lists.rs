//! Lists, their pages, and the parts of objects that come on pages of their own.

use crate::server::{Answer, Server, customer, list};
use coffer_domain::record::{Kind, PriceScheme, Record};
use coffer_providers::ProviderError;
use serde_json::{Value, json};

#[tokio::test]
async fn a_list_is_walked_from_page_to_page() {
    let server = Server::start(|asked, _| {
        if asked.has("starting_after", "cus_2") {
            list(&json!([customer("cus_3")]), false)
        } else {
            let gone = json!({"id": "cus_2", "object": "customer", "deleted": true});
            list(&json!([customer("cus_1"), gone]), true)
        }
    })
    .await;
    let client = server.client();
    let first = client.page(Kind::Customers, None).await.unwrap();
    assert_eq!(first.objects.len(), 1);
    assert_eq!(
        first.deleted,
        ["cus_2"],
        "what is gone is told, not skipped"
    );
    assert_eq!(first.next.as_deref(), Some("cus_2"));
    let second = client
        .page(Kind::Customers, first.next.as_deref())
        .await
        .unwrap();
    assert_eq!(second.objects[0].id, "cus_3");
    assert_eq!(second.next, None);
    assert!(server.asked()[0].has("limit", "100"));
}

#[tokio::test]
async fn a_list_that_does_not_move_on_is_an_error() {
    let server = Server::start(|asked, _| {
        if asked.path == "/v1/events" {
            list(&json!([]), true)
        } else {
            list(&json!([customer("cus_1")]), true)
        }
    })
    .await;
    let client = server.client();
    let again = client.page(Kind::Customers, Some("cus_1")).await;
    assert!(matches!(again, Err(ProviderError::Unreadable { .. })));
    let since = chrono::DateTime::from_timestamp(5, 0).unwrap();
    assert!(client.changes(since).await.is_err());
}

#[tokio::test]
async fn what_is_kept_is_what_came_without_its_white_space() {
    let server = Server::start(|_, _| {
        Answer::status(
            200,
            "{\n \"data\": [ {\n \"id\": \"cus_1\", \"created\": 1,\n \"balance\": 1.50 , \"name\": \"A  B\", \"zzz\": 12345678901234567890123 } ],\n \"has_more\": false }",
        )
    })
    .await;
    let page = server.client().page(Kind::Customers, None).await.unwrap();
    assert_eq!(
        page.objects[0].raw,
        r#"{"id":"cus_1","created":1,"balance":1.50,"name":"A  B","zzz":12345678901234567890123}"#
    );
}

#[tokio::test]
async fn ended_subscriptions_and_expansions_are_asked_for() {
    let server = Server::start(|_, _| list(&json!([]), false)).await;
    let client = server.client();
    for kind in [Kind::Subscriptions, Kind::Prices, Kind::Coupons] {
        client.page(kind, None).await.unwrap();
    }
    let asked = server.asked();
    assert!(asked[0].has("status", "all"));
    assert!(asked[0].has("expand[]", "data.discounts.source.coupon"));
    assert!(asked[0].has("expand[]", "data.items.data.discounts"));
    assert!(asked[1].has("expand[]", "data.tiers"));
    assert!(asked[1].has("expand[]", "data.currency_options"));
    assert!(asked[2].has("expand[]", "data.applies_to"));
}

fn line(number: u32) -> Value {
    json!({"id": format!("il_{number}"), "amount": 1, "currency": "usd", "period": {"start": 1, "end": 2}})
}

#[tokio::test]
async fn a_long_invoice_is_made_whole() {
    let server = Server::start(|asked, _| match asked.path.as_str() {
        "/v1/invoices" => list(
            &json!([{
                "id": "in_1", "currency": "usd", "created": 1, "subtotal": 5, "total": 5, "amount_due": 5, "amount_paid": 0,
                "amount_remaining": 5, "livemode": false,
                "lines": {"object": "list", "data": [line(1), line(2)], "has_more": true, "url": "/v1/invoices/in_1/lines"},
            }]),
            false,
        ),
        _ if asked.has("starting_after", "il_2") => list(&json!([line(3), line(4)]), true),
        _ => list(&json!([line(5)]), false),
    })
    .await;
    let page = server.client().page(Kind::Invoices, None).await.unwrap();
    let invoice = &page.objects[0];
    let Record::Invoice(record) = &invoice.record else {
        panic!("an invoice");
    };
    let ids: Vec<_> = record.lines.iter().map(|line| line.id.as_str()).collect();
    assert_eq!(ids, ["il_1", "il_2", "il_3", "il_4", "il_5"]);
    let raw: Value = serde_json::from_str(&invoice.raw).unwrap();
    assert_eq!(raw["lines"]["data"].as_array().unwrap().len(), 5);
    assert_eq!(raw["lines"]["has_more"], false);
    assert_eq!(raw["lines"]["url"], "/v1/invoices/in_1/lines");
    let asked = server.asked();
    assert_eq!(asked[1].path, "/v1/invoices/in_1/lines");
    assert!(asked[2].has("starting_after", "il_4"));
    assert!(asked[1].has("expand[]", "data.discounts"));
}

#[tokio::test]
async fn a_subscription_with_many_items_is_made_whole() {
    let item = |number: u32| {
        json!({"id": format!("si_{number}"), "created": 1, "quantity": 1,
               "price": {"id": "price_1", "product": "prod_1", "currency": "usd", "created": 1}})
    };
    let server = Server::start(move |asked, _| match asked.path.as_str() {
        "/v1/subscription_items" => list(&json!([item(2)]), false),
        _ => Answer::json(&json!({
            "id": "sub_1", "customer": "cus_1", "status": "active", "currency": "usd", "created": 1,
            "items": {"data": [item(1)], "has_more": true},
        })),
    })
    .await;
    let found = server.client().look_up(Kind::Subscriptions, "sub_1").await;
    let coffer_providers::Found::Here(here) = found.unwrap() else {
        panic!("it is there");
    };
    let Record::Subscription(record) = &here.record else {
        panic!("a subscription");
    };
    assert_eq!(record.items.len(), 2);
    assert!(server.asked()[1].has("subscription", "sub_1"));
}

#[tokio::test]
async fn the_tiers_of_other_currencies_are_asked_for_by_name() {
    let server = Server::start(|asked, _| {
        let tiers = json!([{"up_to": null, "unit_amount": 7}]);
        let mut price = json!({
            "id": "price_1", "product": "prod_1", "currency": "usd", "created": 1, "billing_scheme": "tiered",
            "tiers_mode": "graduated", "tiers": tiers, "currency_options": {"usd": {}, "eur": {}},
        });
        if asked.path == "/v1/prices" {
            return list(&json!([price]), false);
        }
        assert!(asked.has("expand[]", "currency_options.eur.tiers"));
        price["currency_options"]["eur"]["tiers"] = tiers;
        Answer::json(&price)
    })
    .await;
    let page = server.client().page(Kind::Prices, None).await.unwrap();
    let Record::Price(price) = &page.objects[0].record else {
        panic!("a price");
    };
    assert!(matches!(
        price.other_currencies[0].1,
        PriceScheme::Tiered(..)
    ));
    assert_eq!(server.asked().len(), 2);
}

#[tokio::test]
async fn changes_are_read_to_their_end() {
    let event = |id: &str, created: i64, customer: &str| {
        json!({"id": id, "object": "event", "type": "customer.updated", "created": created, "livemode": false,
               "data": {"object": {"id": customer, "object": "customer"}}})
    };
    let server = Server::start(move |asked, _| {
        if asked.has("starting_after", "evt_3") {
            list(
                &json!([event("evt_2", 20, "cus_a"), event("evt_1", 10, "cus_b")]),
                false,
            )
        } else {
            list(
                &json!([event("evt_4", 40, "cus_a"), event("evt_3", 30, "cus_c")]),
                true,
            )
        }
    })
    .await;
    let since = chrono::DateTime::from_timestamp(5, 0).unwrap();
    let changes = server.client().changes(since).await.unwrap();
    let ids: Vec<_> = changes.touched.iter().map(|(_, id)| id.as_str()).collect();
    assert_eq!(ids, ["cus_b", "cus_a", "cus_c"]);
    assert_eq!(changes.seen, 4);
    assert_eq!(changes.newest.unwrap().timestamp(), 40);
    assert!(server.asked()[0].has("created[gte]", "5"));
}
