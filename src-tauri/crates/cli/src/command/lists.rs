//! `coffer subscriptions`, `invoices`, `payments`, `refunds`, `disputes`.

use crate::args::{Cli, ListArgs};
use crate::command::{blocking, books, desk, mode, name_mode};
use crate::output::Output;
use crate::{Ended, Failure};
use coffer_engine::domain::money::Money;
use coffer_engine::store::query::lists::{self, After, Item, List, SubscriptionFacts, Wanted};
use coffer_engine::store::table::account;
use coffer_engine::view::money::{instant, money};
use coffer_engine::with_books;
use serde_json::{Map, Value, json};

/// Which list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Which {
    Subscriptions,
    Invoices,
    Payments,
    Refunds,
    Disputes,
}

impl Which {
    const fn list(self) -> List {
        match self {
            Self::Subscriptions => List::Subscriptions,
            Self::Invoices => List::Invoices,
            Self::Payments => List::Payments,
            Self::Refunds => List::Refunds,
            Self::Disputes => List::Disputes,
        }
    }
}

pub(crate) async fn run(
    cli: &Cli,
    args: &ListArgs,
    which: Which,
    output: &Output,
) -> Result<Ended, Failure> {
    let wanted = Wanted {
        customer: args.customer.clone(),
        status: args.status.clone(),
        parent: None,
        search: args.search.clone(),
        after: args.after.as_deref().map(after).transpose()?,
        limit: args.limit,
    };
    let desk = desk(cli)?;
    let mode = mode(cli);
    let (items, next) = with_books!(books(&desk, mode).await?, books => blocking(move || {
        let now = books.clock.now();
        Ok(books.store.read(|read| {
            let (items, next) = lists::page(read.sql(), which.list(), &wanted)?;
            let mut found = Vec::with_capacity(items.len());
            for item in items {
                let facts = match which {
                    Which::Subscriptions => {
                        let row = account::one(read.sql(), &coffer_engine::domain::ids::AccountId::new(item.account.clone()))?;
                        let at = row.and_then(|row| row.synced_at).unwrap_or(now);
                        Some(lists::subscription_facts(read.sql(), &item, at)?)
                    }
                    _ => None,
                };
                found.push((item, facts));
            }
            Ok((found, next))
        })?)
    }).await?);
    let next = next.map(|after| format!("{}-{}", after.created, after.id));
    if output.is_json() {
        let items: Vec<Value> = items
            .iter()
            .map(|(item, facts)| value(which, item, facts.as_ref()))
            .collect();
        output.document(&json!({ "items": items, "next": next }))?;
        return Ok(Ended::Well);
    }
    name_mode(mode, output)?;
    let rows = items
        .iter()
        .map(|(item, facts)| row(item, facts.as_ref()))
        .collect();
    output.table(
        &["id", "customer", "status", "created", "amount", "note"],
        &[4],
        rows,
    )?;
    if let Some(next) = next {
        output.note(&format!("More: --after {next}"));
    }
    Ok(Ended::Well)
}

fn after(cursor: &str) -> Result<After, Failure> {
    cursor
        .split_once('-')
        .and_then(|(created, id)| {
            Some(After {
                created: created.parse().ok()?,
                id: id.to_owned(),
            })
        })
        .ok_or_else(|| Failure::Usage(format!("`{cursor}` is not a cursor of this list.")))
}

/// An item as JSON: what every list has, and the main fields of its own.
pub(crate) fn value(which: Which, item: &Item, facts: Option<&SubscriptionFacts>) -> Value {
    let mut out = Map::new();
    let mut put = |name: &str, value: Value| {
        out.insert(name.to_owned(), value);
    };
    put("id", json!(item.id));
    put("account", json!(item.account));
    put("provider", json!(item.provider));
    put("customer", json!(item.customer));
    put("status", json!(item.status));
    put("created", json!(instant(item.created)));
    if let Some(amount) = item.amount {
        let second =
            |minor: Option<i64>| minor.map(|minor| money(Money::new(minor, amount.currency)));
        put("amount", json!(money(amount)));
        put("currency", json!(amount.currency.code()));
        match which {
            Which::Invoices => put("amount_paid", json!(second(item.second_minor))),
            Which::Payments => put("amount_refunded", json!(second(item.second_minor))),
            _ => {}
        }
    }
    match which {
        Which::Subscriptions => put("latest_invoice", json!(item.parent)),
        Which::Invoices => {
            put("number", json!(item.note));
            put("subscription", json!(item.parent));
            put("attempts", json!(item.attempts));
            put("next_attempt", json!(item.next_attempt.map(instant)));
        }
        Which::Payments => {
            put("last4", json!(item.note));
            put("payment_intent", json!(item.parent));
        }
        Which::Refunds | Which::Disputes => {
            put("reason", json!(item.note));
            put("payment", json!(item.parent));
        }
    }
    if let Some(facts) = facts {
        let minor = facts.monthly.round_half_even().unwrap_or(0);
        put("currency", json!(facts.currency.code()));
        put("mrr", json!(money(Money::new(minor, facts.currency))));
        put("period_end", json!(facts.period_end.map(instant)));
        let items: Vec<Value> = facts
            .items
            .iter()
            .map(|(price, product, quantity)| json!({ "price": price, "product": product, "quantity": quantity }))
            .collect();
        put("items", json!(items));
    }
    Value::Object(out)
}

fn row(item: &Item, facts: Option<&SubscriptionFacts>) -> Vec<String> {
    let amount = match (item.amount, facts) {
        (Some(amount), _) => amount.text(),
        (None, Some(facts)) => {
            let minor = facts.monthly.round_half_even().unwrap_or(0);
            format!("{} a month", Money::new(minor, facts.currency))
        }
        (None, None) => String::new(),
    };
    vec![
        item.id.clone(),
        item.customer.clone().unwrap_or_default(),
        item.status.replace('_', " "),
        instant(item.created),
        amount,
        item.note.clone().unwrap_or_default(),
    ]
}
