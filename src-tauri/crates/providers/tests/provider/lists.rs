//! Lists, their pages, and the parts of objects that come on pages of their own.

use crate::server::{Answer, Server, customer, list};
use coffer_domain::record::{Kind, PriceScheme, Record};
use coffer_domain::sync::Slice;
use coffer_providers::{ChangesPage, Found, ProviderError, ProviderName, STRIPE_VERSION, reread};
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
    let first = client
        .page(Kind::Customers, &Slice::WHOLE, None)
        .await
        .unwrap();
    assert_eq!(first.objects.len(), 1);
    assert_eq!(
        first.deleted,
        ["cus_2"],
        "what is gone is told, not skipped"
    );
    assert_eq!(first.next.as_deref(), Some("cus_2"));
    let second = client
        .page(Kind::Customers, &Slice::WHOLE, first.next.as_deref())
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
    let again = client
        .page(Kind::Customers, &Slice::WHOLE, Some("cus_1"))
        .await;
    assert!(matches!(again, Err(ProviderError::Unreadable { .. })));
    let since = chrono::DateTime::from_timestamp(5, 0).unwrap();
    assert!(client.changes(since, None).await.is_err());
}

#[tokio::test]
async fn what_is_kept_is_what_came_without_its_white_space() {
    let server = Server::start(|_, _| {
        Answer::status(
            200,
            "{\n \"data\": [ {\n \"id\": \"cus_1\", \"created\": 1,\n \"limit\": 1.50 , \"name\": \"A  B\", \"zzz\": 12345678901234567890123 } ],\n \"has_more\": false }",
        )
    })
    .await;
    let page = server
        .client()
        .page(Kind::Customers, &Slice::WHOLE, None)
        .await
        .unwrap();
    assert_eq!(
        page.objects[0].raw,
        r#"{"id":"cus_1","created":1,"limit":1.50,"name":"A  B","zzz":12345678901234567890123}"#
    );
}

#[tokio::test]
async fn ended_subscriptions_and_expansions_are_asked_for() {
    let server = Server::start(|_, _| list(&json!([]), false)).await;
    let client = server.client();
    for kind in [Kind::Subscriptions, Kind::Prices, Kind::Coupons] {
        client.page(kind, &Slice::WHOLE, None).await.unwrap();
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
    let page = server
        .client()
        .page(Kind::Invoices, &Slice::WHOLE, None)
        .await
        .unwrap();
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
    let Found::Here(here) = found.unwrap() else {
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
    let page = server
        .client()
        .page(Kind::Prices, &Slice::WHOLE, None)
        .await
        .unwrap();
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
    let client = server.client();
    let first = client.changes(since, None).await.unwrap();
    let told = |page: &ChangesPage| -> Vec<(String, i64)> {
        let told = page.told.iter().map(|told| &told.notice);
        told.map(|it| (it.id.clone(), it.created.timestamp()))
            .collect()
    };
    assert_eq!(
        told(&first),
        [("evt_4".to_owned(), 40), ("evt_3".to_owned(), 30)]
    );
    assert_eq!(first.next.as_deref(), Some("evt_3"));
    let second = client.changes(since, first.next.as_deref()).await.unwrap();
    assert_eq!(
        told(&second),
        [("evt_2".to_owned(), 20), ("evt_1".to_owned(), 10)]
    );
    assert_eq!(second.next, None);
    let own = second.told[0].notice.own.as_ref().unwrap();
    assert_eq!(
        (own.0, own.1.as_str(), own.2),
        (Kind::Customers, "cus_a", false)
    );
    assert!(server.asked()[0].has("created[gte]", "5"));
}

#[tokio::test]
async fn what_an_event_shows_of_the_other_mode_is_refused() {
    let server = Server::start(|_, _| {
        let mut object = customer("cus_1");
        object["livemode"] = json!(true);
        let event = json!({"id": "evt_1", "type": "customer.updated", "created": 1, "livemode": false,
                           "api_version": STRIPE_VERSION, "data": {"object": object}});
        list(&json!([event]), false)
    })
    .await;
    let since = chrono::DateTime::from_timestamp(5, 0).unwrap();
    let error = server.client().changes(since, None).await.unwrap_err();
    assert!(matches!(error, ProviderError::WrongMode { .. }));
}

fn at(seconds: i64) -> Option<coffer_domain::Instant> {
    chrono::DateTime::from_timestamp(seconds, 0)
}

#[tokio::test]
async fn a_part_of_a_list_is_asked_for_by_when_its_objects_were_created() {
    let server = Server::start(|_, _| list(&json!([]), false)).await;
    let client = server.client();
    for kind in client.capabilities().by_created {
        let slice = Slice::Created {
            from: at(10),
            to: at(20),
        };
        client.page(*kind, &slice, Some("x")).await.unwrap();
    }
    let asked = server.asked();
    assert_eq!(asked.len(), 17);
    for asked in asked {
        assert!(asked.has("created[gte]", "10"), "{}", asked.path);
        assert!(asked.has("created[lt]", "20"));
        assert!(asked.has("starting_after", "x"));
    }
    for kind in [Kind::Meters, Kind::PaymentLinks] {
        let slice = Slice::Created {
            from: None,
            to: at(20),
        };
        assert!(
            client.page(kind, &slice, None).await.is_err(),
            "the whole list is not what was asked for"
        );
        client.page(kind, &Slice::WHOLE, None).await.unwrap();
    }
    assert_eq!(server.asked().len(), 17 + 2);
}

fn invoice(id: &str) -> Value {
    json!({"id": id, "currency": "usd", "created": 1, "subtotal": 5, "total": 5, "amount_due": 5, "amount_paid": 0,
           "amount_remaining": 5, "lines": {"data": []}})
}

#[tokio::test]
async fn unsettled_invoices_are_those_not_paid_and_then_those_not_final() {
    let server = Server::start(|asked, _| {
        let after = |id: &str| asked.has("starting_after", id);
        if asked.has("status", "open") {
            if after("in_2") {
                return list(&json!([invoice("in_3")]), false);
            }
            return list(&json!([invoice("in_1"), invoice("in_2")]), true);
        }
        assert!(asked.has("status", "draft"));
        if after("in_8") {
            return list(&json!([invoice("in_9")]), false);
        }
        assert!(!asked.query.contains("starting_after"));
        list(&json!([invoice("in_8")]), true)
    })
    .await;
    let client = server.client();
    let mut ids = Vec::new();
    let mut after = None;
    loop {
        let page = client
            .page(Kind::Invoices, &Slice::Unsettled, after.as_deref())
            .await
            .unwrap();
        ids.extend(page.objects.into_iter().map(|object| object.id));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(ids, ["in_1", "in_2", "in_3", "in_8", "in_9"]);
    assert_eq!(server.asked().len(), 4);
}

#[tokio::test]
async fn other_unsettled_objects_are_asked_for_by_their_own_filters() {
    let server = Server::start(|_, _| list(&json!([]), false)).await;
    let client = server.client();
    let unsettled = client.capabilities().unsettled;
    assert_eq!(
        unsettled,
        [
            Kind::Subscriptions,
            Kind::InvoiceItems,
            Kind::Invoices,
            Kind::InvoicePayments,
            Kind::CheckoutSessions,
        ]
    );
    for kind in [
        Kind::Subscriptions,
        Kind::InvoiceItems,
        Kind::InvoicePayments,
        Kind::CheckoutSessions,
    ] {
        client.page(kind, &Slice::Unsettled, None).await.unwrap();
    }
    let asked = server.asked();
    assert!(
        !asked[0].query.contains("status="),
        "ended ones are left out"
    );
    assert!(asked[1].has("pending", "true"));
    assert!(asked[2].has("status", "open") && asked[3].has("status", "open"));
    for kind in Kind::ALL {
        if !unsettled.contains(&kind) && kind != Kind::CustomerBalanceTransactions {
            assert!(client.page(kind, &Slice::Unsettled, None).await.is_err());
        }
    }
    assert_eq!(server.asked().len(), 4, "nothing else was asked for");
}

#[tokio::test]
async fn a_ledger_is_listed_for_one_customer() {
    let entry = |id: &str| {
        json!({"id": id, "customer": "cus_1", "amount": -5, "currency": "usd", "ending_balance": -5, "type": "adjustment",
               "created": 1, "livemode": false})
    };
    let server = Server::start(move |asked, _| match asked.path.as_str() {
        "/v1/customers/cus_1/balance_transactions" => list(&json!([entry("cbtxn_1")]), false),
        "/v1/customers/cus_1/balance_transactions/cbtxn_1" => Answer::json(&entry("cbtxn_1")),
        _ => Answer::error(404, "resource_missing", "No such customer: 'cus_x'"),
    })
    .await;
    let client = server.client();
    let ledger = Kind::CustomerBalanceTransactions;
    assert!(
        client
            .capabilities()
            .of_one
            .contains(&(ledger, Kind::Customers)),
        "the list and whose it is"
    );
    let of = |id: &str| Slice::Of(id.to_owned());
    let page = client.page(ledger, &of("cus_1"), None).await.unwrap();
    assert_eq!(page.objects[0].id, "cbtxn_1");
    for slice in [of("cus_x"), Slice::WHOLE, Slice::Unsettled] {
        let page = client.page(ledger, &slice, None).await.unwrap();
        assert!(page.objects.is_empty() && page.next.is_none(), "{slice:?}");
    }
    assert!(
        client
            .page(Kind::Products, &of("cus_1"), None)
            .await
            .is_err()
    );
    let asked = server.asked().len();
    for id in ["cbtxn_1", "/cbtxn_1", "cus_1/", "../cbtxn_1", "cus_1/.."] {
        assert_eq!(client.look_up(ledger, id).await, Ok(Found::Missing));
    }
    assert_eq!(server.asked().len(), asked, "there is nobody to ask");
    let found = client.look_up(ledger, "cus_1/cbtxn_1").await.unwrap();
    let Found::Here(here) = found else {
        panic!("it is there");
    };
    assert_eq!(here.id, "cbtxn_1");
    let missing = client.look_up(ledger, "cus_x/cbtxn_1").await;
    assert_eq!(missing, Ok(Found::Missing));
}

#[tokio::test]
async fn what_belongs_to_something_that_is_gone_is_an_empty_list() {
    let server = Server::start(|asked, _| match asked.query.contains("_gone") {
        true => Answer::error(400, "resource_missing", "No such thing: 'x_gone'"),
        false => Answer::error(400, "parameter_unknown", "Received unknown parameter"),
    })
    .await;
    let client = server.client();
    let of = |id: &str| Slice::Of(id.to_owned());
    let on = |id: &str| Slice::OnClock(id.to_owned());
    for (kind, slice) in [
        (Kind::Customers, on("clock_gone")),
        (Kind::Subscriptions, of("cus_gone")),
        (Kind::Invoices, of("cus_gone")),
        (Kind::Refunds, of("ch_gone")),
    ] {
        let page = client.page(kind, &slice, None).await.unwrap();
        assert!(page.objects.is_empty() && page.next.is_none(), "{kind:?}");
        assert!(
            client.page(kind, &slice, Some("x_1")).await.is_err(),
            "what is gone may be the place to go on"
        );
    }
    assert!(
        client
            .page(Kind::Customers, &on("clock_1"), None)
            .await
            .is_err(),
        "any other refusal is told"
    );
}

#[tokio::test]
async fn a_page_that_tells_something_again_is_an_error() {
    for (data, after) in [
        (json!([customer("cus_1"), customer("cus_2")]), Some("cus_1")),
        (json!([customer("cus_2"), customer("cus_1")]), Some("cus_1")),
        (json!([customer("cus_3"), customer("cus_3")]), Some("cus_1")),
        (json!([customer("cus_3"), customer("cus_3")]), None),
    ] {
        for has_more in [true, false] {
            let data = data.clone();
            let server = Server::start(move |_, _| list(&data, has_more)).await;
            let client = server.client();
            let page = client.page(Kind::Customers, &Slice::WHOLE, after).await;
            assert!(matches!(page, Err(ProviderError::Unreadable { .. })));
        }
    }
    let server = Server::start(|_, _| {
        list(
            &json!([{"id": "evt_1", "type": "x", "created": 1}, {"id": "evt_2", "type": "x", "created": 1}]),
            true,
        )
    })
    .await;
    let changes = server.client().changes(at(5).unwrap(), Some("evt_1")).await;
    assert!(matches!(changes, Err(ProviderError::Unreadable { .. })));
}

#[tokio::test]
async fn objects_of_a_page_may_stand_in_any_order() {
    let server = Server::start(|_, _| {
        let mut data = Vec::new();
        for (id, created) in [("cus_1", 5), ("cus_2", 9), ("cus_3", 1)] {
            let mut object = customer(id);
            object["created"] = json!(created);
            data.push(object);
        }
        list(&json!(data), true)
    })
    .await;
    let page = server
        .client()
        .page(Kind::Customers, &Slice::WHOLE, None)
        .await
        .unwrap();
    assert_eq!(
        page.next.as_deref(),
        Some("cus_3"),
        "the last one, whichever it is"
    );
}

#[tokio::test]
async fn a_long_credit_note_is_made_whole() {
    let note = |lines: Value, has_more: bool| {
        json!({"id": "cn_1", "invoice": "in_1", "amount": 5, "currency": "usd", "pre_payment_amount": 5,
               "post_payment_amount": 0, "status": "issued", "created": 1, "livemode": false,
               "lines": {"data": lines, "has_more": has_more}})
    };
    let part = |id: &str| json!({"id": id, "amount": 1});
    let server = Server::start(move |asked, _| match asked.path.as_str() {
        "/v1/credit_notes" => list(&json!([note(json!([part("cnli_1")]), true)]), false),
        "/v1/credit_notes/cn_1/lines" if asked.has("starting_after", "cnli_1") => {
            list(&json!([part("cnli_2")]), true)
        }
        _ => list(&json!([part("cnli_3")]), false),
    })
    .await;
    let client = server.client();
    let page = client
        .page(Kind::CreditNotes, &Slice::WHOLE, None)
        .await
        .unwrap();
    let raw: Value = serde_json::from_str(&page.objects[0].raw).unwrap();
    assert_eq!(raw["lines"]["data"].as_array().unwrap().len(), 3);
    assert_eq!(raw["lines"]["has_more"], false);
    assert!(matches!(page.objects[0].record, Record::CreditNote(_)));
}

#[tokio::test]
async fn what_was_stored_is_read_again_as_it_was() {
    let server = Server::start(|_, _| list(&json!([invoice("in_1")]), false)).await;
    let page = server
        .client()
        .page(Kind::Invoices, &Slice::WHOLE, None)
        .await
        .unwrap();
    let kept = &page.objects[0];
    let (record, also) = reread(ProviderName::Stripe, kept.kind, &kept.raw).unwrap();
    assert_eq!((record, also), (kept.record.clone(), kept.also.clone()));
    let broken = kept.raw.replace("\"total\":5", "\"total\":\"Jane\"");
    let problem = reread(ProviderName::Stripe, kept.kind, &broken).unwrap_err();
    assert!(
        problem.contains("`total`") && !problem.contains("Jane"),
        "{problem}"
    );
    assert!(reread(ProviderName::Stripe, kept.kind, "Jane").is_err());
}
