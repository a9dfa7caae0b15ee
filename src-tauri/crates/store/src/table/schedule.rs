//! What is to become of subscriptions. Phases are read whole with their schedule, so they stand as JSON.

use crate::error::StoreError;
use crate::table::{instant, json, seconds, to_json};
use coffer_domain::ids::{CustomerId, SubscriptionId, SubscriptionScheduleId};
use coffer_domain::record::SubscriptionSchedule;
use rusqlite::{Connection, params};

pub(crate) const SCHEMA_2: &str = "
CREATE TABLE subscription_schedule (
    account TEXT NOT NULL,
    id TEXT NOT NULL,
    customer TEXT,
    subscription TEXT,
    status TEXT NOT NULL,
    created INTEGER NOT NULL,
    end_behavior TEXT NOT NULL,
    phases TEXT NOT NULL,
    deleted INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (account, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX subscription_schedule_by_subscription ON subscription_schedule (subscription);
";

pub(crate) const SCHEMA_4: &str = "
CREATE INDEX subscription_schedule_by_customer ON subscription_schedule (account, customer);
";

/// The schedules that still drive, or will drive, a subscription of a customer.
pub(crate) fn of_customer(
    sql: &Connection,
    account: &str,
    customer: &CustomerId,
) -> Result<Vec<SubscriptionSchedule>, StoreError> {
    let mut statement = sql.prepare_cached(
        "SELECT id, customer, subscription, status, created, end_behavior, phases FROM subscription_schedule
         WHERE account = ?1 AND customer = ?2 AND deleted = 0 AND status IN ('active', 'not_started') ORDER BY created, id",
    )?;
    let rows = statement.query_map([account, customer.as_str()], |row| {
        let id = |place: usize| row.get::<_, Option<String>>(place);
        Ok(SubscriptionSchedule {
            id: SubscriptionScheduleId::new(row.get::<_, String>(0)?),
            customer: id(1)?.map(CustomerId::new),
            subscription: id(2)?.map(SubscriptionId::new),
            status: row.get(3)?,
            created: instant(row, 4)?,
            end_behavior: row.get(5)?,
            phases: json(row, 6)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

pub(crate) fn put(
    sql: &Connection,
    account: &str,
    it: &SubscriptionSchedule,
) -> Result<(), StoreError> {
    sql.prepare_cached(
        "INSERT OR REPLACE INTO subscription_schedule (account, id, customer, subscription, status, created,
           end_behavior, phases)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?
    .execute(params![
        account,
        it.id.as_str(),
        it.customer.as_ref().map(CustomerId::as_str),
        it.subscription.as_ref().map(SubscriptionId::as_str),
        it.status,
        seconds(it.created),
        it.end_behavior,
        to_json("subscription_schedule", &it.phases)?,
    ])?;
    Ok(())
}
