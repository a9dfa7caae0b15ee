//! What waits for a person at the provider.

use crate::error::StoreError;
use crate::table::{currency, instant, instant_maybe};
use coffer_domain::Instant;
use coffer_domain::money::Money;
use rusqlite::Connection;

/// A dispute that waits for an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenDispute {
    /// Its id.
    pub id: String,
    /// The account it belongs to.
    pub account: String,
    /// The customer whose payment it is about.
    pub customer: Option<String>,
    /// The customer's name, else e-mail.
    pub customer_name: Option<String>,
    /// How much is disputed.
    pub amount: Money,
    /// Until when an answer is taken.
    pub due_by: Option<Instant>,
}

/// Disputes that wait for an answer, the most urgent first.
///
/// # Errors
/// The file's.
pub fn disputes(sql: &Connection) -> Result<Vec<OpenDispute>, StoreError> {
    let mut statement = sql.prepare_cached(
        "SELECT d.id, d.account, p.customer, coalesce(c.name, c.email), d.amount, d.currency, d.due_by
         FROM dispute d
         LEFT JOIN payment p ON p.account = d.account AND p.id = d.payment
         LEFT JOIN customer c ON c.account = p.account AND c.id = p.customer
         WHERE d.deleted = 0 AND d.status IN ('needs_response', 'warning_needs_response')
         ORDER BY d.due_by IS NULL, d.due_by, d.id",
    )?;
    let rows = statement.query_map([], |row| {
        Ok(OpenDispute {
            id: row.get(0)?,
            account: row.get(1)?,
            customer: row.get(2)?,
            customer_name: row.get(3)?,
            amount: Money::new(row.get(4)?, currency(row, 5)?),
            due_by: instant_maybe(row, 6)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Disputes that were opened after a second, with when; the newest first.
///
/// # Errors
/// The file's.
pub fn disputes_after(
    sql: &Connection,
    second: i64,
) -> Result<Vec<(OpenDispute, Instant)>, StoreError> {
    let mut statement = sql.prepare_cached(
        "SELECT d.id, d.account, p.customer, coalesce(c.name, c.email), d.amount, d.currency, d.due_by, d.created
         FROM dispute d
         LEFT JOIN payment p ON p.account = d.account AND p.id = d.payment
         LEFT JOIN customer c ON c.account = p.account AND c.id = p.customer
         WHERE d.deleted = 0 AND d.created > ?1
         ORDER BY d.created DESC, d.id",
    )?;
    let rows = statement.query_map([second], |row| {
        let dispute = OpenDispute {
            id: row.get(0)?,
            account: row.get(1)?,
            customer: row.get(2)?,
            customer_name: row.get(3)?,
            amount: Money::new(row.get(4)?, currency(row, 5)?),
            due_by: instant_maybe(row, 6)?,
        };
        Ok((dispute, instant(row, 7)?))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}
