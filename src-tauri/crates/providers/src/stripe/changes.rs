//! What events say has changed.
//!
//! An event is a notice that something happened to an object, never the object: it is written in the version that the
//! account had then and may be days old, so only ids are taken from it and the engine reads each object once.
//!
//! Not told by events, and found only by walking a list again: balance transactions that no payment, refund or dispute
//! leads to (payouts, fees, adjustments); an invoice item that was edited; when an object passes a date by itself (a
//! coupon that can no longer be redeemed); and anything older than Stripe's memory of 30 days.

use super::read::{moved_on, unreadable};
use super::{Asker, endpoint, map, wire};
use crate::error::ProviderError;
use crate::provider::Changes;
use coffer_domain::Instant;
use coffer_domain::record::Kind;
use serde_json::Value;
use std::collections::HashMap;

/// The most pages of events in one reading: half a million events, far more than a walk of the lists costs.
const PAGES_MAX: usize = 5_000;

/// What one event says, ids only.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Notice {
    created: i64,
    /// The object that it is about, and whether it is gone.
    own: Option<(Kind, String, bool)>,
    /// What else changed with it.
    related: Vec<(Kind, String)>,
}

impl Asker {
    pub(super) async fn changes(&self, since: Instant) -> Result<Changes, ProviderError> {
        let mut notices: Vec<Notice> = Vec::new();
        let mut after: Option<String> = None;
        for _ in 0..PAGES_MAX {
            let reply = self.ask(&endpoint::events(since, after.as_deref())).await?;
            let request_id = reply.request_id.as_deref();
            let list: wire::List<'_> = serde_json::from_slice(&reply.body).map_err(|error| {
                unreadable(
                    format!("a page of events: {}", map::plainly(&error)),
                    request_id,
                )
            })?;
            let mut last = None;
            for raw in &list.data {
                let header = map::header(raw.get())
                    .ok_or_else(|| unreadable("an event: no object".to_owned(), request_id))?;
                self.hold_to_mode(header.livemode)?;
                last = header.id;
            }
            for raw in &list.data {
                let event: wire::Event = serde_json::from_str(raw.get()).map_err(|error| {
                    unreadable(format!("an event: {}", map::plainly(&error)), request_id)
                })?;
                notices.push(notice(event));
            }
            if list.has_more != Some(true) {
                return Ok(changes(notices));
            }
            after = Some(moved_on(last, after.as_deref(), "events", request_id)?);
        }
        Err(unreadable(
            "there are more events than can be read at once".to_owned(),
            None,
        ))
    }
}

/// Brings notices, newest first as they arrive, to one list of what to read and one of what is gone. The last notice
/// about an object of its own decides: what was made again after it was deleted is read.
fn changes(mut notices: Vec<Notice>) -> Changes {
    let seen = u64::try_from(notices.len()).unwrap_or(u64::MAX);
    // Within a second the order of arrival, turned round, is the best there is.
    notices.reverse();
    notices.sort_by_key(|notice| notice.created);
    let newest = notices
        .last()
        .and_then(|notice| chrono::DateTime::from_timestamp(notice.created, 0));
    let mut order: Vec<(Kind, String)> = Vec::new();
    let mut gone: HashMap<(Kind, String), bool> = HashMap::new();
    let mut note = |what: (Kind, String), deleted: bool, own: bool| match gone.get_mut(&what) {
        Some(state) if own => *state = deleted,
        Some(_) => {}
        None => {
            order.push(what.clone());
            gone.insert(what, deleted);
        }
    };
    for notice in notices {
        if let Some((kind, id, deleted)) = notice.own {
            note((kind, id), deleted, true);
        }
        for related in notice.related {
            note(related, false, false);
        }
    }
    let (deleted, touched) = order
        .into_iter()
        .partition(|what| gone.get(what) == Some(&true));
    Changes {
        touched,
        deleted,
        newest,
        seen,
    }
}

/// Reads events, newest first as they arrive.
#[cfg(test)]
pub(super) fn changes_of(events: Vec<wire::Event>) -> Changes {
    changes(events.into_iter().map(notice).collect())
}

fn notice(event: wire::Event) -> Notice {
    let object = event
        .data
        .and_then(|data| data.object)
        .unwrap_or(Value::Null);
    let word = object.get("object").and_then(Value::as_str).unwrap_or("");
    // A preview is no invoice, whatever id it carries.
    let own_kind = kind_of(word).filter(|_| event.kind != "invoice.upcoming");
    let own = own_kind
        .zip(id_at(&object, "id"))
        .map(|(kind, id)| (kind, id, is_deletion(&event.kind)));
    let mut related = Vec::new();
    if own.is_some() || own_kind.is_none() {
        relate(word, &event.kind, &object, &mut related);
    }
    Notice {
        created: event.created,
        own,
        related,
    }
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
        "invoice_payment" | "credit_note" | "invoiceitem" => add(Kind::Invoices, "invoice"),
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
        "subscription_schedule" => {
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
