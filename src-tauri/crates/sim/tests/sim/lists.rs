//! Lists: pages, cursors, filters, and what is left out of them.

use std::collections::BTreeSet;

use coffer_sim::ServerOptions;
use serde_json::{Value, json};

use crate::support::{Desk, int, present, spec, text};

const LISTS: [&str; 20] = [
    "customers",
    "products",
    "prices",
    "coupons",
    "promotion_codes",
    "subscriptions?status=all",
    "invoices",
    "invoiceitems",
    "invoice_payments",
    "payment_intents",
    "charges",
    "refunds",
    "disputes",
    "balance_transactions",
    "subscription_schedules",
    "credit_notes",
    "billing/meters",
    "checkout/sessions",
    "payment_links",
    "events",
];

#[tokio::test]
async fn walking_a_list_meets_everything_exactly_once_in_either_direction() {
    let desk = Desk::open(spec(3, 260, 14)).await;
    let counts = desk.get("/_sim/counts").await;
    for list in LISTS {
        let path = format!("/v1/{}", list.split('?').next().unwrap());
        let all = desk.walk(&format!("/v1/{list}")).await;
        let ids: Vec<&str> = all.iter().map(|object| text(&object["id"])).collect();
        assert_eq!(
            ids.iter().collect::<BTreeSet<_>>().len(),
            ids.len(),
            "{path}: no object twice"
        );
        assert_eq!(
            all.len() as i64,
            int(&counts[&path]),
            "{path}: every object"
        );
        // Payment links alone carry no date.
        let created = |object: &Value| {
            object["created"]
                .as_i64()
                .or_else(|| object["date"].as_i64())
                .unwrap_or_else(|| i64::from(object["object"] != "payment_link"))
        };
        assert!(
            all.windows(2)
                .all(|pair| created(&pair[0]) >= created(&pair[1])),
            "{path}: newest first"
        );
        let one = desk.get(&format!("{path}/{}", ids[ids.len() / 2])).await;
        assert_eq!(
            one["id"],
            all[ids.len() / 2]["id"],
            "{path}: what is listed can be retrieved"
        );
        let join = if list.contains('?') { '&' } else { '?' };
        let back = desk
            .get(&format!(
                "/v1/{list}{join}limit=4&ending_before={}",
                ids[ids.len() - 1]
            ))
            .await;
        let back: Vec<&str> = back["data"]
            .as_array()
            .unwrap()
            .iter()
            .map(|object| text(&object["id"]))
            .collect();
        let from = (ids.len() - 1).saturating_sub(4);
        assert_eq!(
            back,
            ids[from..ids.len() - 1],
            "{path}: a page backwards is in the same order"
        );
    }
}

#[tokio::test]
async fn deleted_customers_leave_the_list_and_stay_known_by_id() {
    let desk = Desk::open(spec(3, 1_500, 20)).await;
    let listed: BTreeSet<String> = desk
        .walk("/v1/customers")
        .await
        .iter()
        .map(|customer| text(&customer["id"]).to_owned())
        .collect();
    let subscriptions = desk.walk("/v1/subscriptions?status=canceled").await;
    let gone = subscriptions
        .iter()
        .map(|subscription| text(&subscription["customer"]))
        .find(|id| !listed.contains(*id))
        .unwrap();
    assert_eq!(
        desk.get(&format!("/v1/customers/{gone}")).await,
        json!({ "id": gone, "object": "customer", "deleted": true })
    );
    let theirs = desk
        .get(&format!(
            "/v1/subscriptions?status=all&customer={gone}&expand[]=data.customer"
        ))
        .await;
    assert_eq!(
        theirs["data"][0]["customer"]["deleted"], true,
        "an expanded reference says so too"
    );
}

#[tokio::test]
async fn statuses_filter_as_documented() {
    let desk = Desk::open(spec(3, 900, 18)).await;
    let all = desk.walk("/v1/subscriptions?status=all").await;
    let count = |statuses: &[&str]| {
        all.iter()
            .filter(|subscription| statuses.contains(&text(&subscription["status"])))
            .count()
    };
    assert_eq!(
        desk.walk("/v1/subscriptions").await.len(),
        all.len() - count(&["canceled"]),
        "without a status, canceled ones are left out"
    );
    assert_eq!(
        desk.walk("/v1/subscriptions?status=ended").await.len(),
        count(&["canceled", "incomplete_expired"])
    );
    for status in [
        "active",
        "past_due",
        "trialing",
        "canceled",
        "incomplete_expired",
    ] {
        assert!(
            count(&[status]) > 0,
            "the world has subscriptions in {status}"
        );
        assert_eq!(
            desk.walk(&format!("/v1/subscriptions?status={status}"))
                .await
                .len(),
            count(&[status])
        );
    }
}

#[tokio::test]
async fn events_and_pending_items_filter_as_documented() {
    let desk = Desk::open(spec(3, 900, 18)).await;
    let events = desk.walk("/v1/events").await;
    let oldest = events
        .iter()
        .map(|event| int(&event["created"]))
        .min()
        .unwrap();
    assert!(
        oldest >= (present() - chrono::Duration::days(30)).timestamp(),
        "events are kept for thirty days"
    );
    let paid = desk
        .walk("/v1/events?types[]=invoice.paid&types[]=charge.refunded")
        .await;
    assert!(
        !paid.is_empty()
            && paid
                .iter()
                .all(|event| ["invoice.paid", "charge.refunded"].contains(&text(&event["type"])))
    );
    let updated = events
        .iter()
        .find(|event| event["type"] == "customer.subscription.updated")
        .unwrap();
    assert!(
        updated["data"]["previous_attributes"].is_object(),
        "an update says what it changed: {updated}"
    );
    let pending = desk.walk("/v1/invoiceitems?pending=true").await;
    assert!(
        !pending.is_empty() && pending.iter().all(|item| item["invoice"].is_null()),
        "prorations wait for the next invoice"
    );
    let ties = desk
        .walk("/v1/customers")
        .await
        .windows(2)
        .filter(|pair| pair[0]["created"] == pair[1]["created"])
        .count();
    assert!(ties > 0, "some customers came in the same second");
}

#[tokio::test]
async fn what_lives_on_a_test_clock_is_left_out_unless_it_is_asked_for() {
    let mut options = ServerOptions::new(spec(5, 30, 12));
    options.test_clocks = 2;
    let desk = Desk::with(options).await;
    let plain = Desk::open(spec(5, 30, 12)).await;
    let clocks = desk.walk("/v1/test_helpers/test_clocks").await;
    assert_eq!(clocks.len(), 2);
    let mut on_clocks = Vec::new();
    for clock in &clocks {
        assert_eq!(
            desk.get(&format!(
                "/v1/test_helpers/test_clocks/{}",
                text(&clock["id"])
            ))
            .await,
            *clock
        );
        let path = format!("/v1/customers?test_clock={}", text(&clock["id"]));
        on_clocks.extend(desk.walk(&path).await);
    }
    assert!(on_clocks.len() > 3 && on_clocks.iter().all(|it| it["test_clock"].is_string()));
    for list in [
        "customers",
        "subscriptions?status=all",
        "invoices",
        "invoiceitems",
        "subscription_schedules",
    ] {
        let all = plain.walk(&format!("/v1/{list}")).await;
        let left = desk.walk(&format!("/v1/{list}")).await;
        assert!(left.iter().all(|it| it["test_clock"].is_null()), "{list}");
        if list == "customers" {
            assert_eq!(all.len(), left.len() + on_clocks.len());
            continue;
        }
        let mut shown = left.len();
        for customer in &on_clocks {
            let with = if list.contains('?') { '&' } else { '?' };
            let own = desk
                .walk(&format!(
                    "/v1/{list}{with}customer={}",
                    text(&customer["id"])
                ))
                .await;
            shown += own.len();
        }
        assert_eq!(all.len(), shown, "{list}");
    }
    let mut live = spec(5, 30, 12);
    live.livemode = true;
    let (status, body) = Desk::open(live)
        .await
        .ask("/v1/test_helpers/test_clocks")
        .await;
    assert_eq!(status, 400);
    assert!(text(&body["error"]["message"]).contains("only available in testmode"));
}
