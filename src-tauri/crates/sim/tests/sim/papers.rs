//! Credit, credit notes, schedules, visits to the payment page, and the long invoices: their sums and references agree.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::support::{Desk, int, spec, text};

fn by_id(objects: Vec<Value>) -> BTreeMap<String, Value> {
    objects
        .into_iter()
        .map(|object| (text(&object["id"]).to_owned(), object))
        .collect()
}

#[tokio::test]
async fn the_ledger_adds_up_to_every_balance() {
    for seed in [61, 62] {
        let desk = Desk::open(spec(seed, 700, 18)).await;
        let invoices = by_id(desk.walk("/v1/invoices").await);
        let (mut movements, mut open, mut kinds) = (0, 0, BTreeSet::new());
        for customer in desk.walk("/v1/customers").await {
            let id = text(&customer["id"]);
            let path = format!("/v1/customers/{id}/balance_transactions");
            let ledger = desk.walk(&path).await;
            let mut balance = 0;
            for movement in ledger.iter().rev() {
                balance += int(&movement["amount"]);
                assert_eq!(
                    int(&movement["ending_balance"]),
                    balance,
                    "{id}: each movement says what the balance is after it"
                );
                kinds.insert(text(&movement["type"]).to_owned());
                if movement["type"] == "applied_to_invoice" {
                    let invoice = &invoices[text(&movement["invoice"])];
                    let moved = int(&invoice["ending_balance"]) - int(&invoice["starting_balance"]);
                    assert_eq!(int(&movement["amount"]), moved, "{id}: the invoice agrees");
                }
            }
            assert_eq!(
                int(&customer["balance"]),
                balance,
                "{id}: the ledger adds up to the balance"
            );
            movements += ledger.len();
            open += usize::from(balance != 0);
        }
        assert!(
            movements > 20 && open > 2,
            "seed {seed}: {movements} movements, {open} balances"
        );
        for kind in ["adjustment", "applied_to_invoice", "credit_note"] {
            assert!(kinds.contains(kind), "seed {seed}: there is an {kind}");
        }
        let used = invoices
            .values()
            .filter(|one| int(&one["starting_balance"]) < 0 && one["ending_balance"] == 0)
            .count();
        assert!(used > 0, "seed {seed}: credit is used up by invoices");
    }
}

#[tokio::test]
async fn a_ledger_is_asked_for_by_its_customer() {
    let desk = Desk::open(spec(61, 300, 14)).await;
    let customers = desk.walk("/v1/customers").await;
    let mut found = None;
    for customer in &customers {
        let path = format!(
            "/v1/customers/{}/balance_transactions",
            text(&customer["id"])
        );
        let page = desk.get(&format!("{path}?limit=1")).await;
        assert_eq!(page["url"].as_str(), Some(path.as_str()));
        if let Some(first) = page["data"].get(0) {
            found = Some((path, first.clone()));
            break;
        }
    }
    let (path, first) = found.unwrap();
    let id = text(&first["id"]);
    assert_eq!(desk.get(&format!("{path}/{id}")).await, first);
    let other = customers
        .iter()
        .find(|customer| !path.contains(text(&customer["id"])))
        .unwrap();
    let foreign = format!(
        "/v1/customers/{}/balance_transactions/{id}",
        text(&other["id"])
    );
    assert_eq!(
        desk.ask(&foreign).await.0,
        404,
        "another customer's is not found"
    );
    let later = int(&first["created"]) + 1;
    let none = desk.get(&format!("{path}?created[gte]={later}")).await;
    assert_eq!(
        none["data"].as_array().unwrap().len(),
        0,
        "{path} filters by time"
    );
    desk.running
        .set_denied(vec!["rak_customer_read".to_owned()]);
    assert_eq!(
        desk.ask(&path).await.0,
        403,
        "it is the customer's permission"
    );
}

/// All lines of a credit note.
async fn note_lines(desk: &Desk, note: &Value) -> Vec<Value> {
    if note["lines"]["has_more"] == true {
        let id = text(&note["id"]);
        desk.walk(&format!("/v1/credit_notes/{id}/lines")).await
    } else {
        note["lines"]["data"].as_array().unwrap().clone()
    }
}

#[tokio::test]
async fn credit_notes_agree_with_their_invoices_and_refunds() {
    let desk = Desk::open(spec(63, 1_200, 20)).await;
    let invoices = by_id(desk.walk("/v1/invoices").await);
    let refunds = by_id(desk.walk("/v1/refunds").await);
    let mut sums: BTreeMap<String, (i64, i64)> = BTreeMap::new();
    let mut kinds: BTreeSet<(bool, bool, bool)> = BTreeSet::new();
    for note in desk.walk("/v1/credit_notes").await {
        let id = text(&note["id"]);
        let lines = note_lines(&desk, &note).await;
        let sum = |field: &str| lines.iter().map(|line| int(&line[field])).sum::<i64>();
        assert_eq!(
            sum("amount"),
            int(&note["subtotal"]),
            "{id}: lines to subtotal"
        );
        let taxes: i64 = lines
            .iter()
            .flat_map(|line| line["taxes"].as_array().unwrap())
            .map(|tax| int(&tax["amount"]))
            .sum();
        let total = int(&note["total"]);
        assert_eq!(
            int(&note["total_excluding_tax"]) + taxes,
            total,
            "{id}: what is not tax"
        );
        let (after, before) = (
            int(&note["post_payment_amount"]),
            int(&note["pre_payment_amount"]),
        );
        assert_eq!(after + before, total, "{id}: before or after the payment");
        let entry = sums.entry(text(&note["invoice"]).to_owned()).or_default();
        *entry = (entry.0 + after, entry.1 + before);
        let refund = &note["refunds"][0];
        if refund.is_object() {
            assert_eq!(refund["amount_refunded"], note["total"]);
            assert_eq!(refunds[text(&refund["refund"])]["amount"], note["total"]);
        }
        let movement = &note["customer_balance_transaction"];
        if let Some(movement) = movement.as_str() {
            let customer = text(&note["customer"]);
            let path = format!("/v1/customers/{customer}/balance_transactions/{movement}");
            let movement = desk.get(&path).await;
            assert_eq!(int(&movement["amount"]), -total, "{id}: becomes credit");
            assert_eq!(movement["credit_note"].as_str(), Some(id));
        }
        kinds.insert((refund.is_object(), movement.is_string(), before > 0));
    }
    assert_eq!(
        kinds.len(),
        3,
        "refunded, credited, and less to pay: {kinds:?}"
    );
    for (id, invoice) in &invoices {
        let (after, before) = sums.get(id).copied().unwrap_or_default();
        assert_eq!(
            int(&invoice["post_payment_credit_notes_amount"]),
            after,
            "{id}"
        );
        assert_eq!(
            int(&invoice["pre_payment_credit_notes_amount"]),
            before,
            "{id}"
        );
        assert!(
            after <= int(&invoice["amount_paid"]),
            "{id}: no more than was paid"
        );
    }
}

#[tokio::test]
async fn schedules_and_subscriptions_name_each_other() {
    let desk = Desk::open(spec(64, 1_200, 20)).await;
    let subscriptions = by_id(desk.walk("/v1/subscriptions?status=all").await);
    let mut statuses: BTreeSet<String> = BTreeSet::new();
    for schedule in desk.walk("/v1/subscription_schedules").await {
        let id = text(&schedule["id"]);
        statuses.insert(text(&schedule["status"]).to_owned());
        let phases = schedule["phases"].as_array().unwrap();
        assert!(
            phases
                .windows(2)
                .all(|pair| pair[0]["end_date"] == pair[1]["start_date"]),
            "{id}: phases follow each other"
        );
        let Some(subscription) = schedule["subscription"].as_str() else {
            continue;
        };
        let named = subscriptions[subscription]["schedule"].as_str() == Some(id);
        assert_eq!(
            named,
            schedule["status"] == "active",
            "{id}: named while active"
        );
        if !named {
            continue;
        }
        let phase = phases
            .iter()
            .find(|phase| phase["start_date"] == schedule["current_phase"]["start_date"])
            .unwrap();
        let planned: Vec<(&str, i64)> = phase["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|item| (text(&item["price"]), int(&item["quantity"])))
            .collect();
        let held: Vec<(&str, i64)> = subscriptions[subscription]["items"]["data"]
            .as_array()
            .unwrap()
            .iter()
            .map(|item| (text(&item["price"]["id"]), int(&item["quantity"])))
            .collect();
        assert_eq!(planned, held, "{id}: the running phase is what is held");
    }
    for status in ["active", "canceled", "not_started", "released"] {
        assert!(
            statuses.contains(status),
            "a schedule is {status}: {statuses:?}"
        );
    }
    let named = subscriptions
        .values()
        .filter(|one| one["schedule"].is_string())
        .count();
    let active = desk
        .walk("/v1/subscription_schedules")
        .await
        .iter()
        .filter(|one| one["status"] == "active")
        .count();
    assert_eq!(
        named, active,
        "every active schedule is named, and no other"
    );
    let waiting = desk.walk("/v1/subscription_schedules?scheduled=true").await;
    assert!(waiting.iter().all(|one| one["status"] == "not_started") && !waiting.is_empty());
}

#[tokio::test]
async fn completed_visits_say_what_came_of_them() {
    let desk = Desk::open(spec(65, 900, 18)).await;
    let subscriptions = by_id(desk.walk("/v1/subscriptions?status=all").await);
    let invoices = by_id(desk.walk("/v1/invoices").await);
    let mut counts: BTreeMap<(String, String), usize> = BTreeMap::new();
    for visit in desk.walk("/v1/checkout/sessions").await {
        let (status, mode) = (text(&visit["status"]), text(&visit["mode"]));
        *counts
            .entry((status.to_owned(), mode.to_owned()))
            .or_default() += 1;
        let id = text(&visit["id"]);
        if status != "complete" {
            assert!(
                visit["invoice"].is_null() && visit["subscription"].is_null(),
                "{id}"
            );
            continue;
        }
        let invoice = &invoices[text(&visit["invoice"])];
        assert_eq!(
            invoice["total"], visit["amount_total"],
            "{id}: the invoice's total"
        );
        assert_eq!(invoice["customer"], visit["customer"], "{id}");
        if mode == "subscription" {
            let subscription = &subscriptions[text(&visit["subscription"])];
            assert_eq!(subscription["customer"], visit["customer"], "{id}");
            assert!(
                int(&visit["created"]) < int(&subscription["created"]),
                "{id}"
            );
        } else {
            assert!(
                visit["payment_intent"].is_string(),
                "{id}: a purchase has its payment"
            );
        }
    }
    for (status, mode) in [
        ("complete", "subscription"),
        ("complete", "payment"),
        ("expired", "subscription"),
    ] {
        let key = (status.to_owned(), mode.to_owned());
        assert!(counts.contains_key(&key), "{key:?} among {counts:?}");
    }
    let complete = desk.walk("/v1/checkout/sessions?status=complete").await;
    let events = desk
        .walk("/v1/events?type=checkout.session.completed")
        .await;
    assert!(!events.is_empty() && events.len() < complete.len());
    let linked = desk.walk("/v1/checkout/sessions").await;
    let linked = linked
        .iter()
        .find_map(|visit| visit["payment_link"].as_str())
        .unwrap();
    let link = desk
        .get(&format!("/v1/payment_links/{linked}?expand[]=line_items"))
        .await;
    assert_eq!(link["line_items"]["data"][0]["object"], "item");
}

#[tokio::test]
async fn wholesale_invoices_are_many_pages_long() {
    let desk = Desk::open(spec(66, 60, 12)).await;
    let invoices = desk.walk("/v1/invoices").await;
    let longest = invoices
        .iter()
        .max_by_key(|invoice| int(&invoice["lines"]["total_count"]))
        .unwrap();
    let count = int(&longest["lines"]["total_count"]);
    assert!(
        count > 100,
        "{count} lines need more than one page of a hundred"
    );
    assert_eq!(longest["lines"]["data"].as_array().unwrap().len(), 10);
    let lines = desk.lines(longest).await;
    let ids: BTreeSet<&str> = lines.iter().map(|line| text(&line["id"])).collect();
    assert_eq!((lines.len() as i64, ids.len() as i64), (count, count));
    let sum: i64 = lines.iter().map(|line| int(&line["amount"])).sum();
    assert_eq!(sum, int(&longest["subtotal"]), "all pages add up");
    assert!(
        longest["parent"].is_null(),
        "no subscription stands behind it"
    );
}

#[tokio::test]
async fn meters_and_links_filter_as_documented() {
    let desk = Desk::open(spec(67, 20, 6)).await;
    assert_eq!(desk.walk("/v1/billing/meters").await.len(), 2);
    for (path, count) in [
        ("/v1/billing/meters?status=active", 1),
        ("/v1/billing/meters?status=inactive", 1),
        ("/v1/payment_links?active=true", 3),
        ("/v1/payment_links?active=false", 1),
    ] {
        assert_eq!(desk.walk(path).await.len(), count, "{path}");
    }
    let (status, body) = desk.ask("/v1/billing/meters?created[gte]=1").await;
    assert_eq!(
        (status, &body["error"]["code"]),
        (400, &"parameter_unknown".into())
    );
    for (path, permission) in [
        ("/v1/billing/meters", "rak_billing_meter_read"),
        ("/v1/checkout/sessions", "rak_checkout_session_read"),
        ("/v1/payment_links", "rak_payment_links_read"),
        ("/v1/credit_notes", "rak_credit_note_read"),
        ("/v1/subscription_schedules", "rak_subscription_read"),
    ] {
        desk.running.set_denied(vec![permission.to_owned()]);
        assert_eq!(desk.ask(path).await.0, 403, "{path} needs {permission}");
        desk.running.set_denied(Vec::new());
        assert_eq!(desk.ask(path).await.0, 200, "{path} is there");
    }
}
