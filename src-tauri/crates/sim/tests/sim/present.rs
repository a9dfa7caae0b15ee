//! The present: what the API shows now must be worth what the truth says now.

use std::collections::{BTreeMap, BTreeSet};

use crate::support::share::{inclusive_shares, without_tax};
use crate::support::worth::{Held, book, worth};
use crate::support::{Desk, Ratio, int, present, spec, text};
use serde_json::Value;

#[tokio::test]
async fn what_is_shown_now_is_worth_what_the_truth_says() {
    for seed in [1, 2, 3, 4, 5] {
        let desk = Desk::open(spec(seed, 600, 20)).await;
        let book = book(&desk).await;
        let shares = inclusive_shares(&desk).await;
        let at = present().timestamp();
        let (mut sums, mut active): (BTreeMap<String, Ratio>, BTreeSet<String>) =
            (BTreeMap::new(), BTreeSet::new());
        let path = "/v1/subscriptions?status=all&expand[]=data.customer&expand[]=data.discounts&expand[]=data.items.data.discounts";
        for subscription in desk.walk(path).await {
            if !["active", "past_due"].contains(&text(&subscription["status"])) {
                continue;
            }
            let items: Vec<Held> = subscription["items"]["data"]
                .as_array()
                .unwrap()
                .iter()
                .map(|item| Held {
                    price: text(&item["price"]["id"]).to_owned(),
                    quantity: int(&item["quantity"]),
                    discounts: item["discounts"].as_array().unwrap().clone(),
                })
                .collect();
            let customers: Vec<Value> = Some(subscription["customer"]["discount"].clone())
                .into_iter()
                .filter(Value::is_object)
                .collect();
            let own = subscription["discounts"].as_array().unwrap();
            let worth = worth(
                &book,
                at,
                &items,
                own,
                &customers,
                without_tax(&subscription, &shares),
            );
            let currency = text(&subscription["currency"]).to_uppercase();
            let sum = sums.entry(currency).or_insert(Ratio(0, 1));
            *sum = sum.plus(worth);
            active.insert(text(&subscription["customer"]["id"]).to_owned());
        }
        let shown: BTreeMap<String, (i128, i128)> = sums
            .into_iter()
            .map(|(currency, Ratio(num, den))| (currency, (num, den)))
            .collect();
        let world = desk.running.world();
        let world = world.read().unwrap();
        assert_eq!(
            shown,
            world.mrr_at(present()),
            "seed {seed}: the sum over the API is the truth, exactly"
        );
        assert_eq!(
            active.len() as u64,
            world.active_subscribers_at(present()),
            "seed {seed}: so are the subscribers"
        );
        assert!(
            shown.len() >= 5,
            "seed {seed}: there are customers in many currencies: {shown:?}"
        );
    }
}
