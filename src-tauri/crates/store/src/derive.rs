//! Brings what follows from the mirror up to date for the customers that were touched, and only those.

use crate::error::StoreError;
use crate::store::Write;
use crate::table::summary::Summary;
use crate::table::{
    catalog, customer, dirty, facts, invoice, invoice_item, payment, rollup, search, subscription,
    summary,
};
use coffer_domain::Instant;
use coffer_domain::currency::Currency;
use coffer_domain::ids::{CustomerId, InvoiceId};
use coffer_domain::metric::evaluate::{Standing, intervals};
use coffer_domain::metric::facts::{CustomerFacts, FailedBill};
use coffer_domain::metric::history::{self, Past};
use coffer_domain::metric::policy::Policy;
use coffer_domain::metric::worth::Catalog;
use coffer_domain::money::Money;
use coffer_domain::ratio::Sum;
use coffer_domain::record::{
    Customer, Invoice, InvoiceStatus, LineOrigin, Payment, PaymentStatus, Subscription,
    SubscriptionStatus,
};
use rusqlite::Connection;
use std::collections::{BTreeMap, HashMap};

/// Documents brought into the index of words in one transaction.
const DOCUMENTS_AT_ONCE: u32 = 5_000;
/// When more customers than this are marked, rollups are thrown away instead of being kept up with each of them.
const MANY: u32 = 2_000;

/// Makes the facts of at most `limit` marked customers anew, and once none is marked brings documents into the index of
/// words; returns how many of either it was, so that nothing is left to do when it returns zero.
///
/// `as_of` is the instant the copy is as of.
///
/// # Errors
/// The file's.
pub fn derive_some(write: &mut Write<'_>, limit: u32, as_of: Instant) -> Result<u64, StoreError> {
    let mut catalogs: HashMap<String, Catalog> = HashMap::new();
    let marked = dirty::dirty(write.sql(), limit)?;
    let count = marked.len() as u64;
    if count == 0 {
        return search::fill(write.sql(), DOCUMENTS_AT_ONCE);
    }
    let many = dirty::count(write.sql(), MANY + 1)? > u64::from(MANY);
    for (account, customer) in marked {
        if !catalogs.contains_key(&account) {
            if many {
                rollup::forget(write.sql(), &account)?;
            }
            facts::number_plans(write.sql(), &account)?;
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
    let owner = known.as_ref().map(|(customer, _)| customer);
    let made = if subscriptions.is_empty() {
        CustomerFacts::default()
    } else {
        gather(
            sql,
            account,
            id,
            &subscriptions,
            &payments,
            owner,
            catalog,
            as_of,
        )?
    };
    keep(sql, account, id, &made)?;
    dirty::settle(sql, account, id)?;
    if let Some((customer, deleted)) = known {
        let present = Present::of(&made, as_of);
        let summary = Summary {
            standing: standing(deleted, &subscriptions, &present, made.is_empty()).to_owned(),
            mrr: present.mrr(),
            paid: paid(&payments),
        };
        summary::replace(write, account, &customer, &summary)?;
    }
    Ok(())
}

/// Puts facts in place of what was there, and rollups with them.
fn keep(
    sql: &Connection,
    account: &str,
    id: &CustomerId,
    made: &CustomerFacts,
) -> Result<(), StoreError> {
    let was = facts::bytes_of(sql, account, id)?;
    let is = if made.is_empty() {
        None
    } else {
        Some(facts::encode(made)?)
    };
    if was == is {
        return Ok(());
    }
    let unknown = made
        .subscriptions
        .iter()
        .flat_map(|it| &it.stretches)
        .any(|stretch| stretch.unknown.is_some());
    facts::replace(
        sql,
        account,
        id,
        is.as_deref().map(|bytes| (bytes, unknown)),
    )?;
    let before = match was {
        Some(bytes) => facts::decode(&bytes)?,
        None => CustomerFacts::default(),
    };
    rollup::replace(sql, account, id, &before, made)
}

#[expect(
    clippy::too_many_arguments,
    reason = "one customer's rows, read once and shared by its subscriptions"
)]
fn gather(
    sql: &Connection,
    account: &str,
    id: &CustomerId,
    subscriptions: &[Subscription],
    payments: &[Payment],
    owner: Option<&Customer>,
    catalog: &Catalog,
    as_of: Instant,
) -> Result<CustomerFacts, StoreError> {
    let invoices = invoice::of_customer(sql, account, id)?;
    let items = invoice_item::of_customer(sql, account, id)?;
    let tries = tries(sql, account, &invoices, payments)?;
    let mut made = CustomerFacts {
        country: owner.and_then(|customer| customer.country.clone()),
        subscriptions: Vec::new(),
        failed: failed_bills(&invoices, &tries),
    };
    let failed_attempts: Vec<(InvoiceId, Instant)> = tries
        .iter()
        .filter(|it| it.failed)
        .map(|it| (it.invoice.clone(), it.at))
        .collect();
    // Read newest first; told in the order in which they began.
    for current in subscriptions.iter().rev() {
        let own: Vec<&Invoice> = invoices
            .iter()
            .filter(|invoice| invoice.subscription.as_ref() == Some(&current.id))
            .collect();
        let own_items: Vec<_> = items
            .iter()
            .filter(|item| item.line.subscription.as_ref() == Some(&current.id))
            .collect();
        let own_failed: Vec<(InvoiceId, Instant)> = failed_attempts
            .iter()
            .filter(|(failed, _)| own.iter().any(|invoice| invoice.id == *failed))
            .cloned()
            .collect();
        let observations = subscription::observations(sql, account, &current.id)?;
        let past = Past {
            subscription: current,
            invoices: &own,
            invoice_items: &own_items,
            customer_discount: owner.and_then(|customer| customer.discount.as_ref()),
            failed_attempts: &own_failed,
            observations: &observations,
            as_of,
        };
        made.subscriptions.extend(history::facts(&past, catalog));
    }
    Ok(made)
}

/// One attempt to collect an invoice.
struct Try {
    invoice: InvoiceId,
    at: Instant,
    failed: bool,
}

/// Every attempt at the invoices, in order of time; nothing where no payment of the customer ever failed.
fn tries(
    sql: &Connection,
    account: &str,
    invoices: &[Invoice],
    payments: &[Payment],
) -> Result<Vec<Try>, StoreError> {
    if payments.iter().all(|it| it.status != PaymentStatus::Failed) {
        return Ok(Vec::new());
    }
    let mut tries = Vec::new();
    for attempt in payment::attempts_at(sql, account, invoices)? {
        let own = payments.iter().filter(|payment| {
            Some(&payment.id) == attempt.payment.as_ref()
                || (attempt.intent.is_some() && payment.payment_intent == attempt.intent)
        });
        tries.extend(own.map(|payment| Try {
            invoice: attempt.invoice.clone(),
            at: payment.created,
            failed: payment.status == PaymentStatus::Failed,
        }));
    }
    tries.sort_by_key(|it| it.at);
    Ok(tries)
}

/// The recurring bills whose first attempt failed. The first bill of a subscription is none: it is not renewed yet.
fn failed_bills(invoices: &[Invoice], tries: &[Try]) -> Vec<FailedBill> {
    let mut found: Vec<FailedBill> = invoices
        .iter()
        .filter(|invoice| invoice.billing_reason.as_deref() != Some("subscription_create"))
        .filter(|invoice| {
            let mut lines = invoice.lines.iter();
            invoice.subscription.is_some() && lines.any(|line| line.origin == LineOrigin::Recurring)
        })
        .filter_map(|invoice| {
            let first = tries.iter().find(|it| it.invoice == invoice.id)?;
            first.failed.then(|| FailedBill {
                invoice: invoice.id.to_string(),
                at: first.at.timestamp(),
                currency: invoice.currency,
                due: invoice.amount_due,
                paid: match invoice.status {
                    InvoiceStatus::Void => 0,
                    _ => invoice.amount_paid,
                },
            })
        })
        .collect();
    found.sort_by(|a, b| (a.at, &a.invoice).cmp(&(b.at, &b.invoice)));
    found
}

/// What a customer's subscriptions are at an instant, under the default policy.
#[derive(Default)]
struct Present {
    sums: BTreeMap<Currency, Sum>,
    worth_something: bool,
    free: bool,
}

impl Present {
    fn of(facts: &CustomerFacts, as_of: Instant) -> Self {
        let mut present = Self::default();
        let policy = Policy::coffer_1();
        let at = as_of.timestamp();
        for subscription in &facts.subscriptions {
            for interval in intervals(subscription, &policy) {
                if !interval.span.holds(at) {
                    continue;
                }
                present.worth_something |= !interval.monthly.is_zero();
                present.free |= interval.standing == Standing::Free;
                if interval.standing != Standing::Paused {
                    let sum = present.sums.entry(subscription.currency).or_default();
                    sum.add(interval.monthly);
                }
            }
        }
        present
    }

    fn mrr(&self) -> Vec<Money> {
        self.sums
            .iter()
            .filter_map(|(currency, sum)| Some(Money::new(sum.round_half_even().ok()?, *currency)))
            .collect()
    }
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
    present: &Present,
    never_ran: bool,
) -> &'static str {
    let any = |status: &SubscriptionStatus| subscriptions.iter().any(|it| it.status == *status);
    if deleted {
        "deleted"
    } else if present.worth_something {
        if any(&SubscriptionStatus::PastDue) {
            "past_due"
        } else {
            "active"
        }
    } else if present.free {
        "free"
    } else if any(&SubscriptionStatus::Trialing) {
        "trialing"
    } else if any(&SubscriptionStatus::Paused) || subscriptions.iter().any(|it| it.pause.is_some())
    {
        "paused"
    } else if subscriptions.is_empty() || never_ran {
        "none"
    } else {
        "churned"
    }
}
