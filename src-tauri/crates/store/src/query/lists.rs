//! The plain lists of the command line: subscriptions, invoices, payments, refunds, newest first, a page at a time.
//!
//! The cursor is the last item's `created` and id, so a page neither skips nor repeats when new objects arrive.

use crate::error::StoreError;
use crate::table::{currency, instant, instant_maybe};
use coffer_domain::Instant;
use coffer_domain::money::Money;
use rusqlite::types::Value;
use rusqlite::{Connection, Row, params_from_iter};

/// Where a page begins: after this item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct After {
    /// The last item's `created`, seconds.
    pub created: i64,
    /// The last item's id.
    pub id: String,
}

/// Which items are wanted.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// Items of one customer alone.
    pub customer: Option<String>,
    /// Items that stand so, in our word.
    pub status: Option<String>,
    /// Items that belong to this one: the invoices of a subscription, the refunds of a payment.
    pub parent: Option<String>,
    /// Items that contain these words.
    pub search: Option<String>,
    /// After this item.
    pub after: Option<After>,
    /// Items wanted.
    pub limit: u32,
}

/// One item of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// The provider's id.
    pub id: String,
    /// The account it belongs to.
    pub account: String,
    /// The account's provider.
    pub provider: String,
    /// The customer it belongs to.
    pub customer: Option<String>,
    /// How it stands.
    pub status: String,
    /// When it was created.
    pub created: Instant,
    /// The amount concerned; for a subscription its MRR is not here but in its intervals.
    pub amount: Option<Money>,
    /// The part that matters beside the amount: refunded of a payment, paid of an invoice, minor units.
    pub second_minor: Option<i64>,
    /// A number, a reason or a last four: what tells it apart.
    pub note: Option<String>,
    /// A thing it belongs to: the subscription of an invoice, the payment of a refund.
    pub parent: Option<String>,
    /// How often an invoice's collection was tried.
    pub attempts: Option<i64>,
    /// When it is tried next.
    pub next_attempt: Option<Instant>,
}

/// The lists there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum List {
    /// Subscriptions.
    Subscriptions,
    /// Invoices.
    Invoices,
    /// Payments.
    Payments,
    /// Refunds.
    Refunds,
    /// Disputes.
    Disputes,
}

impl List {
    const fn source(self) -> &'static str {
        match self {
            Self::Subscriptions => {
                "SELECT t.id, t.account, t.customer, t.status, t.created, NULL, t.currency, NULL, NULL, t.latest_invoice, NULL, NULL, t.deleted FROM subscription t"
            }
            Self::Invoices => {
                "SELECT t.id, t.account, t.customer, t.status, t.created, t.total, t.currency, t.amount_paid, t.number, t.subscription, t.attempt_count, t.next_attempt, t.deleted FROM invoice t"
            }
            Self::Payments => {
                "SELECT t.id, t.account, t.customer, t.status, t.created, t.amount, t.currency, t.amount_refunded, t.card_last4, t.payment_intent, NULL, NULL, t.deleted FROM payment t"
            }
            Self::Refunds => {
                "SELECT t.id, t.account, p.customer, t.status, t.created, t.amount, t.currency, NULL, t.reason, t.payment, NULL, NULL, t.deleted
                 FROM refund t LEFT JOIN payment p ON p.account = t.account AND p.id = t.payment"
            }
            Self::Disputes => {
                "SELECT t.id, t.account, p.customer, t.status, t.created, t.amount, t.currency, NULL, t.reason, t.payment, NULL, NULL, t.deleted
                 FROM dispute t LEFT JOIN payment p ON p.account = t.account AND p.id = t.payment"
            }
        }
    }

    const fn customer_column(self) -> &'static str {
        match self {
            Self::Refunds | Self::Disputes => "p.customer",
            _ => "t.customer",
        }
    }

    const fn parent_column(self) -> &'static str {
        match self {
            Self::Subscriptions => "t.latest_invoice",
            Self::Invoices => "t.subscription",
            Self::Payments => "t.payment_intent",
            Self::Refunds | Self::Disputes => "t.payment",
        }
    }

    const fn word(self) -> &'static str {
        match self {
            Self::Subscriptions => "subscription",
            Self::Invoices => "invoice",
            Self::Payments => "payment",
            Self::Refunds => "refund",
            Self::Disputes => "dispute",
        }
    }
}

/// A subscription's customer leads to its invoices without a look at everybody's.
const OF_ITS_CUSTOMER: &str = "(t.customer IS NULL OR t.customer IN
   (SELECT s.customer FROM account o CROSS JOIN subscription s ON s.account = o.id AND s.id = ?))";

/// A page of a list and where the next one begins.
///
/// # Errors
/// The file's.
pub fn page(
    sql: &Connection,
    list: List,
    wanted: &Wanted,
) -> Result<(Vec<Item>, Option<After>), StoreError> {
    let text = wanted
        .search
        .as_deref()
        .map(str::trim)
        .filter(|text| !text.is_empty());
    let expression = text.map(|text| {
        crate::table::search::match_expression(text).unwrap_or_else(|| "\"\u{1}\"".into())
    });
    // Only what was asked for stands in the question, so that the index that fits it is used.
    let mut conditions = vec!["t.deleted = 0".to_owned()];
    let mut values: Vec<Value> = Vec::new();
    let mut given = |condition: String, more: Vec<Value>| {
        conditions.push(condition);
        values.extend(more);
    };
    if let Some(customer) = &wanted.customer {
        given(
            format!("{} = ?", list.customer_column()),
            vec![customer.clone().into()],
        );
    }
    if let Some(status) = &wanted.status {
        given("t.status = ?".to_owned(), vec![status.clone().into()]);
    }
    if let Some(parent) = &wanted.parent {
        given(
            format!("{} = ?", list.parent_column()),
            vec![parent.clone().into()],
        );
        if list == List::Invoices {
            given(OF_ITS_CUSTOMER.to_owned(), vec![parent.clone().into()]);
        }
    }
    if let Some(after) = &wanted.after {
        given(
            "t.created <= ? AND (t.created < ? OR t.id > ?)".to_owned(),
            vec![
                after.created.into(),
                after.created.into(),
                after.id.clone().into(),
            ],
        );
    }
    if let Some(expression) = expression {
        let found = format!(
            "(t.account, t.id) IN (SELECT d.account, d.id FROM search_words m
               JOIN search_document d ON d.number = m.rowid
               WHERE search_words MATCH ? AND d.kind = '{}')",
            list.word()
        );
        given(found, vec![expression.into()]);
    }
    values.push((i64::from(wanted.limit) + 1).into());
    let question = format!(
        "SELECT q.*, a.provider FROM ({source} WHERE {conditions} ORDER BY t.created DESC, t.id LIMIT ?) q
         JOIN account a ON a.id = q.account ORDER BY q.created DESC, q.id",
        source = list.source(),
        conditions = conditions.join(" AND "),
    );
    let mut statement = sql.prepare_cached(&question)?;
    let rows = statement.query_map(params_from_iter(values), item)?;
    let mut items: Vec<Item> = rows.collect::<Result<_, _>>()?;
    let limit = usize::try_from(wanted.limit).unwrap_or(usize::MAX);
    let more = items.len() > limit;
    items.truncate(limit);
    let next = items.last().filter(|_| more).map(|last| After {
        created: last.created.timestamp(),
        id: last.id.clone(),
    });
    Ok((items, next))
}

fn item(row: &Row<'_>) -> rusqlite::Result<Item> {
    let minor: Option<i64> = row.get(5)?;
    let amount = minor
        .map(|minor| Ok::<_, rusqlite::Error>(Money::new(minor, currency(row, 6)?)))
        .transpose()?;
    Ok(Item {
        id: row.get(0)?,
        account: row.get(1)?,
        customer: row.get(2)?,
        status: row.get(3)?,
        created: instant(row, 4)?,
        amount,
        second_minor: row.get(7)?,
        note: row.get(8)?,
        parent: row.get(9)?,
        attempts: row.get(10)?,
        next_attempt: instant_maybe(row, 11)?,
        provider: row.get(13)?,
    })
}

/// What a subscription bills and is worth.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubscriptionFacts {
    /// Its currency.
    pub currency: coffer_domain::currency::Currency,
    /// Each item's price, product and quantity.
    pub items: Vec<(String, String, Option<i64>)>,
    /// Minor units for a month at the instant asked for; nothing where it does not count.
    pub monthly: coffer_domain::ratio::Ratio,
    /// When its current period ends: the earliest of its items.
    pub period_end: Option<Instant>,
}

/// Reads what a subscription bills and is worth at an instant.
///
/// # Errors
/// The file's.
pub fn subscription_facts(
    sql: &Connection,
    item: &Item,
    at: Instant,
) -> Result<SubscriptionFacts, StoreError> {
    let code: String = sql
        .prepare_cached("SELECT currency FROM subscription WHERE account = ?1 AND id = ?2")?
        .query_row([&item.account, &item.id], |row| row.get(0))?;
    let currency = coffer_domain::currency::Currency::parse(&code).map_err(|error| {
        StoreError::Unreadable {
            table: "subscription",
            detail: error.to_string(),
        }
    })?;
    let mut statement = sql.prepare_cached(
        "SELECT price, product, quantity, period_end FROM subscription_item
         WHERE account = ?1 AND subscription = ?2 ORDER BY position",
    )?;
    let mut rows = statement.query([&item.account, &item.id])?;
    let mut items = Vec::new();
    let mut period_end: Option<Instant> = None;
    while let Some(row) = rows.next()? {
        items.push((row.get(0)?, row.get(1)?, row.get(2)?));
        let end = instant_maybe(row, 3)?;
        period_end = [period_end, end].into_iter().flatten().min();
    }
    let customer = coffer_domain::ids::CustomerId::new(item.customer.clone().unwrap_or_default());
    let policy = coffer_domain::metric::policy::Policy::coffer_1();
    let monthly = crate::table::facts::of_customer(sql, &item.account, &customer)?
        .subscriptions
        .iter()
        .filter(|it| it.id == item.id)
        .flat_map(|it| coffer_domain::metric::evaluate::intervals(it, &policy))
        .find(|it| it.span.holds(at.timestamp()))
        .map_or(coffer_domain::ratio::Ratio::ZERO, |it| it.monthly);
    Ok(SubscriptionFacts {
        currency,
        items,
        monthly,
        period_end,
    })
}
