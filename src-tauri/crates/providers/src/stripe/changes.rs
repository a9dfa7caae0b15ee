//! What events say has changed.
//!
//! An event is a notice that something happened to an object. It is written in the version that the account had then, may
//! be days old and is never expanded, so mostly only ids are taken from it. Where it is written in the very version that
//! we read, and nothing of the object would have been expanded or goes on elsewhere, the object in it is what a look-up
//! would have told at that instant, and is given along to save the look-up.
//!
//! Not told by events, and found only by walking a list again: balance transactions that no payment, refund or dispute
//! leads to (payouts, fees, adjustments); the entries of customers' credit ledgers; an invoice item that was edited; when
//! an object passes a date by itself (a coupon that can no longer be redeemed); and anything older than Stripe's memory
//! of 30 days.

use super::read::{fetched, list_of, moved_on, new_ids, unreadable};
use super::{Asker, STRIPE_VERSION, endpoint, json, map, wire};
use crate::error::ProviderError;
use crate::provider::{ChangesPage, Fetched, Told};
use coffer_domain::Instant;
use coffer_domain::record::Kind;
use coffer_domain::sync::Notice;
use serde_json::Value;

impl Asker {
    pub(super) async fn changes(
        &self,
        since: Instant,
        after: Option<&str>,
    ) -> Result<ChangesPage, ProviderError> {
        let reply = self.ask(&endpoint::events(since, after)).await?;
        let request_id = reply.request_id.as_deref();
        let list = list_of(&reply, || "a page of events".to_owned())?;
        let mut events = Vec::with_capacity(list.data.len());
        for raw in &list.data {
            match serde_json::from_str::<wire::Event<'_>>(raw.get()) {
                Ok(event) => {
                    self.hold_to_mode(event.livemode)?;
                    events.push(event);
                }
                Err(error) => {
                    self.hold_all_to_mode(&list.data)?;
                    let what = format!("an event: {}", map::plainly(&error));
                    return Err(unreadable(what, request_id));
                }
            }
        }
        let ids = events.iter().map(|event| event.id.as_str());
        new_ids(ids, after, "events", request_id)?;
        let last = events.last().map(|event| event.id.clone());
        let mut told = Vec::with_capacity(events.len());
        for event in &events {
            let (one, livemode) = read_event(event).map_err(|what| unreadable(what, request_id))?;
            self.hold_to_mode(livemode)?;
            told.push(one);
        }
        let next = if list.has_more == Some(true) {
            Some(moved_on(last, after, "events", request_id)?)
        } else {
            None
        };
        Ok(ChangesPage { told, next })
    }
}

/// What one event tells, and which mode the object in it says it is of.
pub(super) fn read_event(event: &wire::Event<'_>) -> Result<(Told, Option<bool>), String> {
    let text = event
        .data
        .as_ref()
        .and_then(|data| data.object)
        .map_or("null", |object| object.get());
    let object: Value = serde_json::from_str(text)
        .map_err(|error| format!("an event: {}", map::plainly(&error)))?;
    let notice =
        notice(event, &object).ok_or_else(|| "an event: `created` is no time".to_owned())?;
    let written_for_us = event.api_version.as_deref() == Some(STRIPE_VERSION);
    let found = match &notice.own {
        Some((kind, id, false)) if written_for_us => payload(*kind, id, &object, text),
        _ => None,
    };
    let (livemode, payload) = found.unzip();
    Ok((Told { notice, payload }, livemode.flatten()))
}

/// The object in an event and the mode it says it is of, where it is as whole as a look-up would tell it.
fn payload(
    kind: Kind,
    id: &str,
    object: &Value,
    text: &str,
) -> Option<(Option<bool>, Box<Fetched>)> {
    // A plan is a price in an older shape.
    if object.get("object").and_then(Value::as_str) == Some("plan") {
        return None;
    }
    let parsed = map::object(kind, text).ok()?;
    let livemode = parsed.livemode;
    if parsed.id != id || parsed.deleted || parsed.cut || parsed.bare {
        return None;
    }
    let object = fetched(kind, parsed.id, json::compact(text), parsed.made).ok()?;
    Some((livemode, Box::new(object)))
}

/// What one event says; `None` where it says no time.
fn notice(event: &wire::Event<'_>, object: &Value) -> Option<Notice> {
    let word = object.get("object").and_then(Value::as_str).unwrap_or("");
    // A preview is no invoice, whatever id it carries.
    let own_kind = kind_of(word).filter(|_| event.kind != "invoice.upcoming");
    let own = own_kind
        .zip(id_at(object, "id"))
        .map(|(kind, id)| (kind, id, is_deletion(&event.kind)));
    let mut related = Vec::new();
    if own.is_some() || own_kind.is_none() {
        relate(word, &event.kind, object, &mut related);
    }
    Some(Notice {
        id: event.id.clone(),
        created: chrono::DateTime::from_timestamp(event.created, 0)?,
        own,
        related,
    })
}

/// A subscription's `deleted` means that it ended; it is still there.
fn is_deletion(event: &str) -> bool {
    matches!(
        event,
        "customer.deleted"
            | "product.deleted"
            | "price.deleted"
            | "plan.deleted"
            | "coupon.deleted"
            | "invoice.deleted"
            | "invoiceitem.deleted"
    )
}

/// The kind of an object by its own word. A plan is an older form of the price with the same id.
fn kind_of(word: &str) -> Option<Kind> {
    Some(match word {
        "customer" => Kind::Customers,
        "product" => Kind::Products,
        "price" | "plan" => Kind::Prices,
        "coupon" => Kind::Coupons,
        "promotion_code" => Kind::PromotionCodes,
        "subscription" => Kind::Subscriptions,
        "invoice" => Kind::Invoices,
        "invoiceitem" => Kind::InvoiceItems,
        "invoice_payment" => Kind::InvoicePayments,
        "charge" => Kind::Charges,
        "payment_intent" => Kind::PaymentIntents,
        "refund" => Kind::Refunds,
        "dispute" => Kind::Disputes,
        "balance_transaction" => Kind::BalanceTransactions,
        "subscription_schedule" => Kind::SubscriptionSchedules,
        "credit_note" => Kind::CreditNotes,
        "billing.meter" => Kind::Meters,
        "checkout.session" => Kind::CheckoutSessions,
        "payment_link" => Kind::PaymentLinks,
        _ => return None,
    })
}

/// What changes with an object although nothing else says so.
fn relate(word: &str, event: &str, object: &Value, related: &mut Vec<(Kind, String)>) {
    let mut add = |kind: Kind, field: &str| {
        related.extend(ids_at(object, field).into_iter().map(|id| (kind, id)));
    };
    match word {
        "discount" => {
            add(Kind::Customers, "customer");
            add(Kind::Subscriptions, "subscription");
        }
        "invoice_payment" | "invoiceitem" => add(Kind::Invoices, "invoice"),
        "credit_note" => {
            add(Kind::Invoices, "invoice");
            // What was credited stands in the customer's balance.
            add(Kind::Customers, "customer");
        }
        "charge" => {
            add(Kind::BalanceTransactions, "balance_transaction");
            add(Kind::BalanceTransactions, "failure_balance_transaction");
        }
        "refund" => {
            add(Kind::Charges, "charge");
            add(Kind::BalanceTransactions, "balance_transaction");
            add(Kind::BalanceTransactions, "failure_balance_transaction");
        }
        "dispute" => {
            add(Kind::Charges, "charge");
            add(Kind::BalanceTransactions, "balance_transactions");
        }
        // Only these change the subscription: it gets a schedule, or loses it.
        "subscription_schedule"
            if matches!(
                event.rsplit('.').next(),
                Some("created" | "released" | "canceled" | "completed" | "aborted")
            ) =>
        {
            add(Kind::Subscriptions, "subscription");
            add(Kind::Subscriptions, "released_subscription");
        }
        // Items move onto an invoice, and back when a draft is thrown away, without an event of their own.
        "invoice" if matches!(event, "invoice.created" | "invoice.deleted") => {
            related.extend(
                items_of_lines(object)
                    .into_iter()
                    .map(|id| (Kind::InvoiceItems, id)),
            );
        }
        _ => {}
    }
}

/// The invoice items behind the lines that the event shows, in this version's form and in older ones.
fn items_of_lines(invoice: &Value) -> Vec<String> {
    let lines = invoice.pointer("/lines/data").and_then(Value::as_array);
    lines
        .into_iter()
        .flatten()
        .flat_map(|line| {
            [
                line.pointer("/parent/invoice_item_details/invoice_item"),
                line.pointer("/parent/subscription_item_details/invoice_item"),
                line.get("invoice_item"),
            ]
        })
        .flatten()
        .filter_map(id)
        .collect()
}

fn id_at(object: &Value, field: &str) -> Option<String> {
    object.get(field).and_then(id)
}

fn ids_at(object: &Value, field: &str) -> Vec<String> {
    match object.get(field) {
        Some(Value::Array(values)) => values.iter().filter_map(id).collect(),
        Some(value) => id(value).into_iter().collect(),
        None => Vec::new(),
    }
}

/// The id that a field holds, expanded or not.
fn id(value: &Value) -> Option<String> {
    match value {
        Value::String(id) => Some(id.as_str()),
        Value::Object(object) => object.get("id").and_then(Value::as_str),
        _ => None,
    }
    .filter(|id| !id.is_empty())
    .map(str::to_owned)
}
