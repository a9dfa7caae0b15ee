//! Rebuilding the past of subscriptions from what the API shows now, in the most naive way.
//!
//! Recurring lines say what an item held from the start of their period, proration pairs what it held from their instant,
//! pending invoice items the same for changes that no invoice has taken yet, and discounts that have left are still on the
//! invoices they touched.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::support::worth::{Book, Held, worth};
use crate::support::{Desk, Ratio, int, text};

/// An item's state from an instant on: what it held, or nothing once removed.
pub(crate) type Steps = BTreeMap<i64, Option<(String, i64)>>;

#[derive(Default)]
pub(crate) struct History {
    pub(crate) items: BTreeMap<String, Steps>,
    own: Vec<Value>,
    per_item: BTreeMap<String, Vec<Value>>,
    customers: Vec<Value>,
    share: Option<Ratio>,
    first_paid: Option<i64>,
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn remember(list: &mut Vec<Value>, discount: &Value) {
    if !list.iter().any(|known| known["id"] == discount["id"]) {
        list.push(discount.clone());
    }
}

impl History {
    fn discount(&mut self, discount: &Value) {
        if let Some(item) = discount["subscription_item"].as_str() {
            remember(self.per_item.entry(item.to_owned()).or_default(), discount);
        } else if discount["subscription"].is_string() {
            remember(&mut self.own, discount);
        } else {
            remember(&mut self.customers, discount);
        }
    }

    /// A whole period: the item held this from its start.
    fn period(&mut self, item: &str, at: i64, line: &Value) {
        let held = (
            text(&line["pricing"]["price_details"]["price"]).to_owned(),
            int(&line["quantity"]),
        );
        self.items
            .entry(item.to_owned())
            .or_default()
            .insert(at, Some(held));
    }

    /// One side of a proration. A credit alone says that the item is gone; a debit or a whole period outweighs it.
    fn proration(&mut self, item: &str, line: &Value) {
        let (at, amount) = (int(&line["period"]["start"]), int(&line["amount"]));
        let credit =
            amount < 0 || (amount == 0 && text(&line["description"]).starts_with("Unused"));
        if credit {
            self.items
                .entry(item.to_owned())
                .or_default()
                .entry(at)
                .or_insert(None);
        } else {
            self.period(item, at, line);
        }
    }

    fn line(&mut self, line: &Value) {
        list(&line["discounts"])
            .iter()
            .filter(|discount| discount.is_object())
            .for_each(|discount| self.discount(discount));
        let details = &line["parent"]["subscription_item_details"];
        let Some(item) = details["subscription_item"].as_str() else {
            return;
        };
        if details["proration"] == true {
            self.proration(item, line);
        } else {
            self.period(item, int(&line["period"]["start"]), line);
        }
        if let Some(tax) = line["taxes"]
            .get(0)
            .filter(|tax| tax["tax_behavior"] == "inclusive" && tax["amount"] != 0)
        {
            let off: i64 = list(&line["discount_amounts"])
                .iter()
                .map(|discount| int(&discount["amount"]))
                .sum();
            let net = i128::from(int(&line["amount"]) - off);
            self.share = Some(Ratio::new(net - i128::from(int(&tax["amount"])), net));
        }
    }

    /// The worth of the subscription at an instant.
    pub(crate) fn worth_at(&self, book: &Book, subscription: &Value, at: i64) -> Ratio {
        let from = subscription["trial_end"]
            .as_i64()
            .unwrap_or(0)
            .max(int(&subscription["start_date"]));
        // One that was incomplete counts from its first payment; one that is sent invoices, from its start.
        let charged = subscription["collection_method"] == "charge_automatically";
        let from = self
            .first_paid
            .filter(|_| charged)
            .map_or(from, |paid| from.max(paid));
        let until = subscription["ended_at"].as_i64().unwrap_or(i64::MAX);
        let never = ["incomplete", "incomplete_expired"].contains(&text(&subscription["status"]));
        if at < from || at >= until || never {
            return Ratio(0, 1);
        }
        let held = |(id, steps): (&String, &Steps)| {
            let (price, quantity) = steps.range(..=at).next_back()?.1.clone()?;
            Some(Held {
                price,
                quantity,
                discounts: self.per_item.get(id).cloned().unwrap_or_default(),
            })
        };
        let items: Vec<Held> = self.items.iter().filter_map(held).collect();
        worth(
            book,
            at,
            &items,
            &self.own,
            &self.customers,
            self.share.unwrap_or(Ratio(1, 1)),
        )
    }
}

/// The histories of all subscriptions, by id. `subscriptions` come with customers and discounts expanded.
pub(crate) async fn histories(desk: &Desk, subscriptions: &[Value]) -> BTreeMap<String, History> {
    let mut histories: BTreeMap<String, History> = BTreeMap::new();
    let mut invoices = desk
        .walk("/v1/invoices?expand[]=data.discounts&expand[]=data.lines.data.discounts")
        .await;
    invoices.reverse();
    // A customer's own discounts bear on all their subscriptions, wherever they were seen.
    let mut of_customers: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for invoice in &invoices {
        let Some(id) = invoice["parent"]["subscription_details"]["subscription"].as_str() else {
            continue;
        };
        let history = histories.entry(id.to_owned()).or_default();
        if invoice["billing_reason"] == "subscription_create" {
            history.first_paid = invoice["status_transitions"]["paid_at"].as_i64();
        }
        for discount in list(&invoice["discounts"]) {
            history.discount(discount);
            if discount["subscription"].is_null() {
                remember(
                    of_customers
                        .entry(text(&discount["customer"]).to_owned())
                        .or_default(),
                    discount,
                );
            }
        }
        desk.lines(invoice)
            .await
            .iter()
            .for_each(|line| history.line(line));
    }
    // Of a proration that waited, the invoice line names only the invoice item, and that names the subscription's item.
    for item in desk
        .walk("/v1/invoiceitems")
        .await
        .iter()
        .filter(|item| item["proration"] == true)
    {
        let details = &item["parent"]["subscription_details"];
        if let Some(history) = histories.get_mut(text(&details["subscription"])) {
            history.proration(text(&details["subscription_item"]), item);
        }
    }
    for subscription in subscriptions {
        let history = histories
            .entry(text(&subscription["id"]).to_owned())
            .or_default();
        list(&subscription["discounts"])
            .iter()
            .for_each(|discount| history.discount(discount));
        let items = list(&subscription["items"]["data"]);
        items
            .iter()
            .flat_map(|item| list(&item["discounts"]))
            .for_each(|discount| history.discount(discount));
        let customer = &subscription["customer"];
        history.customers = of_customers
            .get(text(&customer["id"]))
            .cloned()
            .unwrap_or_default();
        if customer["discount"].is_object() {
            remember(&mut history.customers, &customer["discount"]);
        }
    }
    histories
}
