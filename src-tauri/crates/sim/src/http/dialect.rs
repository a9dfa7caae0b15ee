//! Notices in the words of an older API version.
//!
//! An account's notices are written in the version the account had, not in the one a client asks for. A client that trusts
//! their contents then reads fields that have moved since. This file moves the most telling ones back, which is enough to
//! catch such a client; it does not try to be the old version in full.

use serde_json::{Value, json};

use crate::ids::Sort;
use crate::world::World;

/// The version in which the fields moved.
const MOVED_IN: &str = "2025-03-31.basil";

/// Makes notices say that they are of `version`, and look so: one notice, or a page of them.
pub(crate) fn retell(world: &World, answer: &mut Value, version: &str) {
    match answer.get_mut("data").and_then(Value::as_array_mut) {
        Some(events) => events
            .iter_mut()
            .for_each(|event| retell_one(world, event, version)),
        None => retell_one(world, answer, version),
    }
}

fn retell_one(world: &World, event: &mut Value, version: &str) {
    if event.get("object").and_then(Value::as_str) != Some("event") {
        return;
    }
    set(event, "api_version", json!(version));
    if version >= MOVED_IN {
        return;
    }
    let Some(object) = event.pointer_mut("/data/object") else {
        return;
    };
    match object.get("object").and_then(Value::as_str) {
        Some("subscription") => age_subscription(object),
        Some("invoice") => age_invoice(world, object),
        _ => {}
    }
}

fn set(value: &mut Value, field: &str, to: Value) {
    if let Some(fields) = value.as_object_mut() {
        fields.insert(field.to_owned(), to);
    }
}

fn take(value: &mut Value, field: &str) -> Value {
    value
        .as_object_mut()
        .and_then(|fields| fields.remove(field))
        .unwrap_or_default()
}

/// The billing period stood on the subscription, not on its items.
fn age_subscription(subscription: &mut Value) {
    let mut bounds = [Value::Null, Value::Null];
    let items = subscription
        .pointer_mut("/items/data")
        .and_then(Value::as_array_mut);
    for item in items.into_iter().flatten() {
        bounds = [
            take(item, "current_period_start"),
            take(item, "current_period_end"),
        ];
    }
    let [start, end] = bounds;
    set(subscription, "current_period_start", start);
    set(subscription, "current_period_end", end);
}

/// The invoice named its subscription and its charge, and said whether it was paid.
fn age_invoice(world: &World, invoice: &mut Value) {
    let parent = take(invoice, "parent");
    let subscription = parent
        .pointer("/subscription_details/subscription")
        .cloned()
        .unwrap_or_default();
    let paid = invoice.get("status").and_then(Value::as_str) == Some("paid");
    let id = invoice
        .get("id")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let intent = match world.ids.decode(id) {
        Some((Sort::Invoice, n)) => u32::try_from(n)
            .ok()
            .and_then(|n| world.invoices.find(n)?.payment)
            .and_then(|payment| Some(world.payments.find(payment)?.intent)),
        _ => None,
    };
    let charge = intent.and_then(|intent| world.intents.find(intent)?.latest_charge);
    set(invoice, "subscription", subscription);
    set(invoice, "paid", json!(paid));
    set(
        invoice,
        "payment_intent",
        json!(intent.map(|intent| world.id(Sort::PaymentIntent, intent))),
    );
    set(
        invoice,
        "charge",
        json!(charge.map(|charge| world.id(Sort::Charge, charge))),
    );
}
