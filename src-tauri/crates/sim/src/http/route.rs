//! From a path to an answer.
//!
//! Reads are answered here; requests that write go to [`super::write`] and come back for what they share with reads: the
//! table of collections. Everything before this point (keys, permissions, faults, limits, journal) is common to all methods.

use axum::http::Method;
use serde_json::Value;

use super::error::Refusal;
use super::list::{lines, listing};
use super::list_money::{credit_note_lines, credits};
use super::overlaid::overlaid;
use super::query::Query;
use crate::ids::Sort;
use crate::wire::{expand, list};
use crate::world::World;

/// Collections below `/v1/`: the path, the permission that reading it needs, the kind of object for expansion.
const COLLECTIONS: [(&str, &str, &str, &str); 22] = [
    ("customers", "rak_customer_read", "customer", "customer"),
    ("products", "rak_product_read", "product", "product"),
    ("prices", "rak_plan_read", "price", "price"),
    ("coupons", "rak_coupon_read", "coupon", "coupon"),
    (
        "promotion_codes",
        "rak_promotion_code_read",
        "promotion_code",
        "promotion code",
    ),
    (
        "subscriptions",
        "rak_subscription_read",
        "subscription",
        "subscription",
    ),
    (
        "subscription_items",
        "rak_subscription_read",
        "subscription_item",
        "subscription_item",
    ),
    ("invoices", "rak_invoice_read", "invoice", "invoice"),
    (
        "invoiceitems",
        "rak_invoice_read",
        "invoiceitem",
        "invoiceitem",
    ),
    (
        "invoice_payments",
        "rak_invoice_read",
        "invoice_payment",
        "invoice_payment",
    ),
    ("charges", "rak_charge_read", "charge", "charge"),
    (
        "payment_intents",
        "rak_payment_intent_read",
        "payment_intent",
        "payment_intent",
    ),
    ("refunds", "rak_charge_read", "refund", "refund"),
    ("disputes", "rak_dispute_read", "dispute", "dispute"),
    (
        "balance_transactions",
        "rak_balance_read",
        "balance_transaction",
        "balance transaction",
    ),
    (
        "subscription_schedules",
        "rak_subscription_read",
        "subscription_schedule",
        "subscription schedule",
    ),
    (
        "credit_notes",
        "rak_credit_note_read",
        "credit_note",
        "credit note",
    ),
    (
        "billing/meters",
        "rak_billing_meter_read",
        "billing.meter",
        "meter",
    ),
    (
        "checkout/sessions",
        "rak_checkout_session_read",
        "checkout.session",
        "checkout.session",
    ),
    (
        "payment_links",
        "rak_payment_links_read",
        "payment_link",
        "payment link",
    ),
    (
        "test_helpers/test_clocks",
        "rak_billing_clock_read",
        "test_helpers.test_clock",
        "test clock",
    ),
    ("events", "rak_event_read", "event", "event"),
];

/// The kind of the objects of a collection, and what the provider calls one when there is none.
pub(crate) fn kind_of(collection: &str) -> Option<(&'static str, &'static str)> {
    COLLECTIONS
        .iter()
        .find(|(name, ..)| *name == collection)
        .map(|(_, _, kind, called)| (*kind, *called))
}

/// The permissions that a request needs, when its path is one of ours: the write of what the read would need, and the read
/// of what is to be expanded.
pub(crate) fn needed(method: &Method, path: &str, query: &str) -> Vec<String> {
    let Some(read) = permission(path) else {
        return Vec::new();
    };
    let own = match read.strip_suffix("_read") {
        Some(stem) if method != Method::GET => format!("{stem}_write"),
        _ => read.to_owned(),
    };
    let query = Query::parse(query);
    let expanded = query.many("expand");
    let behind = [
        ("coupon", "rak_coupon_read"),
        ("balance_transaction", "rak_balance_read"),
        ("payment_intent", "rak_payment_intent_read"),
        ("customer", "rak_customer_read"),
    ];
    let further = behind.into_iter().filter_map(|(field, permission)| {
        let asked = expanded
            .iter()
            .any(|path| path.split('.').any(|it| it == field));
        (asked && permission != own).then(|| permission.to_owned())
    });
    std::iter::once(own.clone()).chain(further).collect()
}

/// The permission that reading a path needs, when it is a path of ours.
fn permission(path: &str) -> Option<&'static str> {
    let below = path.strip_prefix("/v1/")?;
    let first = below.split('/').next()?;
    match first {
        "account" => Some("rak_accounts_kyc_basic_read"),
        "balance" => Some("rak_balance_read"),
        _ => COLLECTIONS
            .iter()
            .find(|(name, ..)| {
                let rest = below.strip_prefix(name);
                rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            })
            .map(|(_, permission, ..)| *permission),
    }
}

/// Answers a request whose key has been accepted.
pub(crate) fn respond(
    world: &World,
    method: &Method,
    path: &str,
    raw_query: &str,
) -> Result<Value, Refusal> {
    let unknown = || Refusal::no_such_path(method.as_str(), path);
    let below = path
        .strip_prefix("/v1/")
        .filter(|_| method == Method::GET)
        .ok_or_else(unknown)?;
    let query = Query::parse(raw_query);
    let parts: Vec<&str> = below.trim_end_matches('/').split('/').collect();
    match parts.as_slice() {
        ["account"] => query.only(&["expand"]).map(|()| world.account_json()),
        ["balance"] => query.only(&["expand"]).map(|()| world.balance_json()),
        [collection] => {
            let own = listing(world, collection, &query).ok_or_else(unknown)??;
            overlaid(world, &query, own)?.page(world, &query, path)
        }
        ["invoices", id, "lines"] => match world.ids.decode(id) {
            Some((Sort::Invoice, n)) if n < u64::from(world.invoices.len()) => {
                lines(world, n as u32, &query)?.page(world, &query, path)
            }
            _ => Err(Refusal::missing(404, "invoice", id, "invoice")),
        },
        ["credit_notes", id, "lines"] => match world.ids.decode(id) {
            Some((Sort::CreditNote, n)) if n < u64::from(world.credit_notes.len()) => {
                credit_note_lines(world, n as u32, &query)?.page(world, &query, path)
            }
            _ => Err(Refusal::missing(404, "credit note", id, "id")),
        },
        // Nothing was ever credited to a customer whom a request made.
        ["customers", id, "balance_transactions"] if world.written.is_made(id) => query
            .only(&[
                "created",
                "ending_before",
                "expand",
                "limit",
                "starting_after",
            ])
            .map(|()| list(path, Vec::new(), false)),
        ["customers", id, "balance_transactions", rest @ ..] => {
            let customer = owner(world, id)?;
            match rest {
                [] => overlaid(world, &query, credits(world, customer, &query)?)?
                    .page(world, &query, path),
                [credit] => one_credit(world, customer, credit, &query),
                _ => Err(unknown()),
            }
        }
        ["billing" | "checkout" | "test_helpers", ..] => {
            // These collections lie one level deeper than the others.
            let (collection, id) = match parts.as_slice() {
                [first, second] => (format!("{first}/{second}"), None),
                [first, second, id] => (format!("{first}/{second}"), Some(id)),
                _ => return Err(unknown()),
            };
            match id {
                Some(id) => retrieve(world, &collection, id, &query).ok_or_else(unknown)?,
                None => {
                    let own = listing(world, &collection, &query).ok_or_else(unknown)??;
                    overlaid(world, &query, own)?.page(world, &query, path)
                }
            }
        }
        [collection, id] => retrieve(world, collection, id, &query).ok_or_else(unknown)?,
        _ => Err(unknown()),
    }
}

/// The customer of an id, unless there is none or it was deleted.
fn owner(world: &World, id: &str) -> Result<u32, Refusal> {
    match world.ids.decode(id) {
        Some((Sort::Customer, n)) => u32::try_from(n).ok().filter(|n| {
            let record = world.customers.find(*n);
            record.is_some_and(|record| record.deleted_at.is_none())
        }),
        _ => None,
    }
    .ok_or_else(|| Refusal::missing(404, "customer", id, "customer"))
}

/// One movement of a customer's credit; another customer's is not found here.
fn one_credit(world: &World, customer: u32, id: &str, query: &Query) -> Result<Value, Refusal> {
    let own = match world.ids.decode(id) {
        Some((Sort::Credit, n)) => u32::try_from(n)
            .ok()
            .and_then(|n| world.credits.find(n))
            .is_some_and(|credit| credit.customer == customer),
        _ => false,
    };
    let called = "customer balance transaction";
    if !own {
        return Err(Refusal::missing(404, called, id, "transaction"));
    }
    one(world, "customer_balance_transaction", called, id, query)
}

fn retrieve(
    world: &World,
    collection: &str,
    id: &str,
    query: &Query,
) -> Option<Result<Value, Refusal>> {
    let (_, _, kind, called) = COLLECTIONS.iter().find(|(name, ..)| *name == collection)?;
    Some(one(world, kind, called, id, query))
}

fn one(world: &World, kind: &str, called: &str, id: &str, query: &Query) -> Result<Value, Refusal> {
    query.only(&["expand"])?;
    let paths = query.many("expand");
    for path in &paths {
        expand::check(kind, false, path)
            .map_err(|refused| Refusal::invalid(400, None, Some("expand"), refused.0))?;
    }
    let of_kind = |value: &Value| value.get("object").and_then(Value::as_str) == Some(kind);
    let mut value = world
        .object(id)
        .filter(of_kind)
        .ok_or_else(|| Refusal::missing(404, called, id, "id"))?;
    for path in paths {
        let fields: Vec<&str> = path.split('.').collect();
        world.expand(&mut value, kind, &fields);
    }
    Ok(value)
}
