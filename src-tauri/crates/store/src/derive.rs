//! Brings what follows from the mirror up to date for the customers that were touched, and only those.

use crate::error::StoreError;
use crate::store::Write;
use crate::table::summary::Summary;
use crate::table::{
    catalog, customer, interval, invoice, invoice_item, payment, search, subscription, summary,
};
use coffer_domain::Instant;
use coffer_domain::currency::Currency;
use coffer_domain::ids::CustomerId;
use coffer_domain::metric::history::{Interval, Past, intervals};
use coffer_domain::metric::worth::Catalog;
use coffer_domain::money::Money;
use coffer_domain::ratio::Sum;
use coffer_domain::record::{
    Customer, Invoice, InvoiceItem, Payment, PaymentStatus, Subscription, SubscriptionStatus,
};
use rusqlite::Connection;
use std::collections::{BTreeMap, HashMap};

/// Documents brought into the index of words in one transaction.
const DOCUMENTS_AT_ONCE: u32 = 5_000;

/// Rebuilds the pasts of at most `limit` marked customers, and once none is marked brings documents into the index of words;
/// returns how many of either it was, so that nothing is left to do when it returns zero.
///
/// `as_of` is the instant the copy is as of.
///
/// # Errors
/// The file's.
pub fn derive_some(write: &mut Write<'_>, limit: u32, as_of: Instant) -> Result<u64, StoreError> {
    let mut catalogs: HashMap<String, Catalog> = HashMap::new();
    let marked = interval::dirty(write.sql(), limit)?;
    let count = marked.len() as u64;
    if count == 0 {
        return search::fill(write.sql(), DOCUMENTS_AT_ONCE);
    }
    for (account, customer) in marked {
        if !catalogs.contains_key(&account) {
            catalogs.insert(account.clone(), catalog::catalog(write.sql(), &account)?);
        }
        if let Some(catalog) = catalogs.get(&account) {
            derive_one(write, &account, &customer, catalog, as_of)?;
        }
    }
    write.touch("metrics");
    write.touch("customers");
    Ok(count)
}

/// Brings at most `limit` documents into the index of words; returns how many it was.
///
/// # Errors
/// The file's.
pub fn fill_words(write: &mut Write<'_>, limit: u32) -> Result<u64, StoreError> {
    search::fill(write.sql(), limit)
}

fn derive_one(
    write: &mut Write<'_>,
    account: &str,
    id: &CustomerId,
    catalog: &Catalog,
    as_of: Instant,
) -> Result<(), StoreError> {
    let sql = write.sql();
    let known = customer::one(sql, account, id)?;
    let subscriptions = subscription::of_customer(sql, account, id)?;
    let payments = payment::of_customer(sql, account, id)?;
    let mut found = Vec::new();
    if !subscriptions.is_empty() {
        let invoices = invoice::of_customer(sql, account, id)?;
        let items = invoice_item::of_customer(sql, account, id)?;
        let owner = known.as_ref().map(|(customer, _)| customer);
        for current in &subscriptions {
            found.extend(past_of(
                sql, account, current, &invoices, &items, owner, catalog, as_of,
            )?);
        }
    }
    interval::replace(write, account, id, &found)?;
    if let Some((customer, deleted)) = known {
        let summary = Summary {
            standing: standing(deleted, &subscriptions, &found, as_of).to_owned(),
            mrr: mrr_now(&found, as_of),
            paid: paid(&payments),
        };
        summary::replace(write, account, &customer, &summary)?;
    }
    Ok(())
}

#[expect(
    clippy::too_many_arguments,
    reason = "one customer's rows, read once and shared by its subscriptions"
)]
fn past_of(
    sql: &Connection,
    account: &str,
    subscription: &Subscription,
    invoices: &[Invoice],
    items: &[InvoiceItem],
    customer: Option<&Customer>,
    catalog: &Catalog,
    as_of: Instant,
) -> Result<Vec<Interval>, StoreError> {
    let own: Vec<&Invoice> = invoices
        .iter()
        .filter(|invoice| invoice.subscription.as_ref() == Some(&subscription.id))
        .collect();
    let own_items: Vec<&InvoiceItem> = items
        .iter()
        .filter(|item| item.line.subscription.as_ref() == Some(&subscription.id))
        .collect();
    let last_failed_attempt = match subscription.status {
        SubscriptionStatus::Unpaid => payment::last_failed_attempt(sql, account, &subscription.id)?,
        _ => None,
    };
    let observations = subscription::observations(sql, account, &subscription.id)?;
    let past = Past {
        subscription,
        invoices: &own,
        invoice_items: &own_items,
        customer_discount: customer.and_then(|customer| customer.discount.as_ref()),
        last_failed_attempt,
        observations: &observations,
        as_of,
    };
    Ok(intervals(&past, catalog))
}

fn mrr_now(found: &[Interval], as_of: Instant) -> Vec<Money> {
    let mut sums: BTreeMap<Currency, Sum> = BTreeMap::new();
    for interval in found {
        if interval.from <= as_of && interval.to.is_none_or(|to| to > as_of) {
            sums.entry(interval.currency)
                .or_default()
                .add(interval.monthly);
        }
    }
    sums.into_iter()
        .filter_map(|(currency, sum)| Some(Money::new(sum.round_half_even().ok()?, currency)))
        .collect()
}

fn paid(payments: &[Payment]) -> Vec<Money> {
    let mut totals: BTreeMap<Currency, i64> = BTreeMap::new();
    for payment in payments {
        if payment.status == PaymentStatus::Succeeded {
            let total = totals.entry(payment.amount.currency).or_default();
            *total =
                total.saturating_add(payment.amount.minor.saturating_sub(payment.amount_refunded));
        }
    }
    totals
        .into_iter()
        .map(|(currency, minor)| Money::new(minor, currency))
        .collect()
}

/// How a customer stands in one word: the best of what its subscriptions are.
fn standing(
    deleted: bool,
    subscriptions: &[Subscription],
    found: &[Interval],
    as_of: Instant,
) -> &'static str {
    let any = |status: &SubscriptionStatus| subscriptions.iter().any(|it| it.status == *status);
    let running = || {
        found
            .iter()
            .filter(|it| it.from <= as_of && it.to.is_none_or(|to| to > as_of))
    };
    if deleted {
        "deleted"
    } else if running().any(|interval| !interval.monthly.is_zero()) {
        if any(&SubscriptionStatus::PastDue) {
            "past_due"
        } else {
            "active"
        }
    } else if running().any(|interval| interval.free) {
        "free"
    } else if any(&SubscriptionStatus::Trialing) {
        "trialing"
    } else if any(&SubscriptionStatus::Paused) || subscriptions.iter().any(|it| it.pause.is_some())
    {
        "paused"
    } else if subscriptions.is_empty() || found.is_empty() {
        "none"
    } else {
        "churned"
    }
}
