//! Subscriptions, their items, and what we saw of them ourselves.
//!
//! An observation is added when a subscription's items or standing differ from the last one kept; it is never changed
//! or removed, so that history does not depend on what the provider remembers.

use crate::error::StoreError;
use crate::project::Arrival;
use crate::table::{currency, instant, instant_maybe, json, seconds, seconds_of, to_json};
use coffer_domain::Instant;
use coffer_domain::ids::{
    CustomerId, DiscountId, InvoiceId, PriceId, ProductId, SubscriptionId, SubscriptionItemId,
};
use coffer_domain::metric::facts::Stop;
use coffer_domain::metric::history::Observation;
use coffer_domain::record::{PauseBehavior, Subscription, SubscriptionItem, SubscriptionStatus};
use rusqlite::{Connection, OptionalExtension as _, Row, params};

pub(crate) const SCHEMA_1: &str = "
CREATE TABLE subscription (
    account TEXT NOT NULL,
    id TEXT NOT NULL,
    customer TEXT NOT NULL,
    status TEXT NOT NULL,
    currency TEXT NOT NULL,
    created INTEGER NOT NULL,
    start INTEGER NOT NULL,
    trial_start INTEGER,
    trial_end INTEGER,
    cancel_at INTEGER,
    cancel_at_period_end INTEGER NOT NULL,
    canceled_at INTEGER,
    ended_at INTEGER,
    discounts TEXT NOT NULL,
    pause TEXT NOT NULL,
    latest_invoice TEXT,
    sends_invoices INTEGER NOT NULL,
    deleted INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (account, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX subscription_by_customer ON subscription (customer, created DESC);
CREATE INDEX subscription_by_created ON subscription (created DESC, id);
CREATE TABLE subscription_item (
    account TEXT NOT NULL,
    subscription TEXT NOT NULL,
    position INTEGER NOT NULL,
    id TEXT NOT NULL,
    price TEXT NOT NULL,
    product TEXT NOT NULL,
    quantity INTEGER,
    created INTEGER NOT NULL,
    period_start INTEGER,
    period_end INTEGER,
    discounts TEXT NOT NULL,
    PRIMARY KEY (account, subscription, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX subscription_item_by_price ON subscription_item (price);
CREATE TABLE observation (
    account TEXT NOT NULL,
    subscription TEXT NOT NULL,
    at INTEGER NOT NULL,
    items TEXT NOT NULL,
    discounts TEXT NOT NULL,
    stopped INTEGER NOT NULL,
    PRIMARY KEY (account, subscription, at)
) STRICT, WITHOUT ROWID;
";

/// Who subscribes to a price is asked when its terms change, which the provider all but rules out: not worth an index.
pub(crate) const SCHEMA_2: &str = "
DROP INDEX subscription_item_by_price;
";

/// Lists of those that stand so, and of trials by their end.
pub(crate) const SCHEMA_6: &str = "
CREATE INDEX subscription_standing ON subscription (status, created DESC, id);
CREATE INDEX subscription_trial ON subscription (trial_end DESC, id) WHERE trial_end IS NOT NULL;
";

const COLUMNS: &str = "id, customer, status, currency, created, start, trial_start, trial_end, cancel_at, \
     cancel_at_period_end, canceled_at, ended_at, discounts, pause, latest_invoice, sends_invoices";

pub(crate) fn put(
    sql: &Connection,
    account: &str,
    it: &Subscription,
    arrival: Arrival,
) -> Result<(), StoreError> {
    sql.prepare_cached(
        "INSERT OR REPLACE INTO subscription (account, id, customer, status, currency, created, start,
           trial_start, trial_end, cancel_at, cancel_at_period_end, canceled_at, ended_at, discounts, pause, latest_invoice,
           sends_invoices)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)",
    )?
    .execute(params![
        account,
        it.id.as_str(),
        it.customer.as_str(),
        it.status.as_str(),
        it.currency.code(),
        seconds(it.created),
        seconds(it.start),
        seconds_of(it.trial_start),
        seconds_of(it.trial_end),
        seconds_of(it.cancel_at),
        it.cancel_at_period_end,
        seconds_of(it.canceled_at),
        seconds_of(it.ended_at),
        to_json("subscription", &it.discounts)?,
        to_json("subscription", &it.pause)?,
        it.latest_invoice.as_ref().map(InvoiceId::as_str),
        it.sends_invoices,
    ])?;
    if !arrival.new {
        sql.prepare_cached(
            "DELETE FROM subscription_item WHERE account = ?1 AND subscription = ?2",
        )?
        .execute(params![account, it.id.as_str()])?;
    }
    put_items(sql, account, it)?;
    match arrival.seen_at {
        Some(seen_at) => observe(sql, account, it, seen_at),
        None => Ok(()),
    }
}

fn put_items(sql: &Connection, account: &str, it: &Subscription) -> Result<(), StoreError> {
    let mut insert = sql.prepare_cached(
        "INSERT INTO subscription_item (account, subscription, position, id, price, product, quantity, created,
           period_start, period_end, discounts)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
    )?;
    for (position, item) in it.items.iter().enumerate() {
        insert.execute(params![
            account,
            it.id.as_str(),
            i64::try_from(position).unwrap_or(i64::MAX),
            item.id.as_str(),
            item.price.as_str(),
            item.product.as_str(),
            item.quantity,
            seconds(item.created),
            seconds_of(item.period_start),
            seconds_of(item.period_end),
            to_json("subscription_item", &item.discounts)?,
        ])?;
    }
    Ok(())
}

/// How an observation says whether a subscription was stopped.
const GOES_ON: i64 = 0;
const PAUSED: i64 = 1;
const GIVEN_UP: i64 = 2;

type SeenItems = Vec<(SubscriptionItemId, PriceId, i64)>;

fn observe(
    sql: &Connection,
    account: &str,
    it: &Subscription,
    seen_at: Instant,
) -> Result<(), StoreError> {
    let items: SeenItems = it
        .items
        .iter()
        .map(|item| {
            (
                item.id.clone(),
                item.price.clone(),
                item.quantity.unwrap_or(1),
            )
        })
        .collect();
    let discounts: Vec<&DiscountId> = it
        .items
        .iter()
        .flat_map(|item| &item.discounts)
        .chain(&it.discounts)
        .map(|discount| &discount.id)
        .collect();
    let items = to_json("observation", &items)?;
    let discounts = to_json("observation", &discounts)?;
    let paused = it
        .pause
        .as_ref()
        .is_some_and(|pause| pause.behavior != PauseBehavior::KeepAsDraft);
    let stopped = match it.status {
        SubscriptionStatus::Unpaid => GIVEN_UP,
        SubscriptionStatus::Paused => PAUSED,
        _ if paused => PAUSED,
        _ => GOES_ON,
    };
    let last: Option<(String, String, i64)> = sql
        .prepare_cached(
            "SELECT items, discounts, stopped FROM observation WHERE account = ?1 AND subscription = ?2
             ORDER BY at DESC LIMIT 1",
        )?
        .query_row(params![account, it.id.as_str()], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })
        .optional()?;
    if last.is_some_and(|last| last == (items.clone(), discounts.clone(), stopped)) {
        return Ok(());
    }
    sql.prepare_cached(
        "INSERT INTO observation (account, subscription, at, items, discounts, stopped)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)
         ON CONFLICT (account, subscription, at) DO UPDATE SET items = excluded.items,
           discounts = excluded.discounts, stopped = excluded.stopped",
    )?
    .execute(params![
        account,
        it.id.as_str(),
        seconds(seen_at),
        items,
        discounts,
        stopped
    ])?;
    Ok(())
}

/// Whether we saw anything of a subscription ourselves.
pub(crate) fn is_observed(
    sql: &Connection,
    account: &str,
    id: &SubscriptionId,
) -> Result<bool, StoreError> {
    Ok(sql
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM observation WHERE account = ?1 AND subscription = ?2)",
        )?
        .query_row([account, id.as_str()], |row| row.get(0))?)
}

/// What we saw of a subscription ourselves, oldest first.
pub(crate) fn observations(
    sql: &Connection,
    account: &str,
    id: &SubscriptionId,
) -> Result<Vec<Observation>, StoreError> {
    let mut statement = sql.prepare_cached(
        "SELECT at, items, discounts, stopped FROM observation WHERE account = ?1 AND subscription = ?2 ORDER BY at",
    )?;
    let rows = statement.query_map(params![account, id.as_str()], |row| {
        Ok(Observation {
            at: instant(row, 0)?,
            items: json(row, 1)?,
            discounts: json(row, 2)?,
            stopped: match row.get(3)? {
                GOES_ON => None,
                GIVEN_UP => Some(Stop::GivenUp),
                _ => Some(Stop::Paused),
            },
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The subscriptions of a customer, newest first.
pub(crate) fn of_customer(
    sql: &Connection,
    account: &str,
    customer: &CustomerId,
) -> Result<Vec<Subscription>, StoreError> {
    let mut statement = sql.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM subscription INDEXED BY subscription_by_customer
         WHERE account = ?1 AND customer = ?2 AND deleted = 0
         ORDER BY created DESC, id"
    ))?;
    let rows = statement.query_map(params![account, customer.as_str()], from_row)?;
    let mut found = rows.collect::<Result<Vec<_>, _>>()?;
    for subscription in &mut found {
        subscription.items = items(sql, account, &subscription.id)?;
    }
    Ok(found)
}

fn items(
    sql: &Connection,
    account: &str,
    id: &SubscriptionId,
) -> Result<Vec<SubscriptionItem>, StoreError> {
    let mut statement = sql.prepare_cached(
        "SELECT id, price, product, quantity, created, period_start, period_end, discounts
         FROM subscription_item WHERE account = ?1 AND subscription = ?2 ORDER BY position",
    )?;
    let rows = statement.query_map(params![account, id.as_str()], |row| {
        Ok(SubscriptionItem {
            id: SubscriptionItemId::new(row.get::<_, String>(0)?),
            price: PriceId::new(row.get::<_, String>(1)?),
            product: ProductId::new(row.get::<_, String>(2)?),
            quantity: row.get(3)?,
            created: instant(row, 4)?,
            period_start: instant_maybe(row, 5)?,
            period_end: instant_maybe(row, 6)?,
            discounts: json(row, 7)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// One subscription with its items.
pub(crate) fn one(
    sql: &Connection,
    account: &str,
    id: &str,
) -> Result<Option<Subscription>, StoreError> {
    let found = sql
        .prepare_cached(&format!(
            "SELECT {COLUMNS} FROM subscription WHERE account = ?1 AND id = ?2"
        ))?
        .query_row([account, id], from_row)
        .optional()?;
    let Some(mut subscription) = found else {
        return Ok(None);
    };
    subscription.items = items(sql, account, &subscription.id)?;
    Ok(Some(subscription))
}

fn from_row(row: &Row<'_>) -> rusqlite::Result<Subscription> {
    Ok(Subscription {
        id: SubscriptionId::new(row.get::<_, String>(0)?),
        customer: CustomerId::new(row.get::<_, String>(1)?),
        status: SubscriptionStatus::from_ours(row.get_ref(2)?.as_str()?),
        currency: currency(row, 3)?,
        created: instant(row, 4)?,
        start: instant(row, 5)?,
        trial_start: instant_maybe(row, 6)?,
        trial_end: instant_maybe(row, 7)?,
        cancel_at: instant_maybe(row, 8)?,
        cancel_at_period_end: row.get(9)?,
        canceled_at: instant_maybe(row, 10)?,
        ended_at: instant_maybe(row, 11)?,
        items: Vec::new(),
        discounts: json(row, 12)?,
        pause: json(row, 13)?,
        latest_invoice: row.get::<_, Option<String>>(14)?.map(InvoiceId::new),
        sends_invoices: row.get(15)?,
        schedule: None,
        flexible: false,
    })
}
