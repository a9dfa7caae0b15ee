//! From a path to an answer.
//!
//! Only reads exist so far. A write is told that its path does not exist; giving it one means a new arm in [`respond`] that
//! takes the world for writing, because everything before this point (keys, permissions, faults, journal) is already common
//! to all methods.

use axum::http::Method;
use serde_json::Value;

use super::error::Refusal;
use super::list::{lines, listing};
use super::query::Query;
use crate::ids::Sort;
use crate::wire::expand;
use crate::world::World;

/// Collections below `/v1/`: the path, the permission that reading it needs, the kind of object for expansion.
const COLLECTIONS: [(&str, &str, &str, &str); 16] = [
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
    ("events", "rak_event_read", "event", "event"),
];

/// The permission that a path needs, when it is a path of ours.
pub(crate) fn permission(path: &str) -> Option<&'static str> {
    let first = path.strip_prefix("/v1/")?.split('/').next()?;
    match first {
        "account" => Some("rak_accounts_kyc_basic_read"),
        "balance" => Some("rak_balance_read"),
        _ => COLLECTIONS
            .iter()
            .find(|(name, ..)| *name == first)
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
        [collection] => listing(world, collection, &query)
            .ok_or_else(unknown)??
            .page(world, &query, path),
        ["invoices", id, "lines"] => match world.ids.decode(id) {
            Some((Sort::Invoice, n)) if n < u64::from(world.invoices.len()) => {
                lines(world, n as u32, &query)?.page(world, &query, path)
            }
            _ => Err(Refusal::missing(404, "invoice", id, "invoice")),
        },
        [collection, id] => retrieve(world, collection, id, &query).ok_or_else(unknown)?,
        _ => Err(unknown()),
    }
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
