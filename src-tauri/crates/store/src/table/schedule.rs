//! What is to become of subscriptions. Phases are read whole with their schedule, so they stand as JSON.

use crate::error::StoreError;
use crate::table::{seconds, to_json};
use coffer_domain::ids::{CustomerId, SubscriptionId};
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
