//! What stands behind one row of a figure: the invoice line, the subscription's item, the payment.

use crate::error::StoreError;
use crate::table::cash::Sort;
use coffer_domain::currency::Currency;
use rusqlite::{Connection, OptionalExtension as _, params};

/// The line that bills a subscription's price for a period that holds an instant, and its invoice.
///
/// # Errors
/// The file's.
pub fn line(
    sql: &Connection,
    account: &str,
    customer: &str,
    subscription: &str,
    price: &str,
    at: i64,
) -> Result<Option<(String, String)>, StoreError> {
    Ok(sql
        .prepare_cached(
            "SELECT l.id, i.id FROM invoice i INDEXED BY invoice_by_customer
             CROSS JOIN invoice_line l ON l.account = i.account AND l.invoice = i.id
             WHERE i.account = ?1 AND i.customer = ?2 AND i.subscription = ?3 AND i.deleted = 0
               AND l.price = ?4 AND l.period_start <= ?5 AND l.period_end > ?5 AND l.origin IN (0, 1)
             ORDER BY l.period_start DESC LIMIT 1",
        )?
        .query_row(params![account, customer, subscription, price, at], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .optional()?)
}

/// The item of a subscription that has a price now.
///
/// # Errors
/// The file's.
pub fn item(
    sql: &Connection,
    account: &str,
    subscription: &str,
    price: &str,
) -> Result<Option<String>, StoreError> {
    Ok(sql
        .prepare_cached(
            "SELECT id FROM subscription_item WHERE account = ?1 AND subscription = ?2 AND price = ?3
             ORDER BY position LIMIT 1",
        )?
        .query_row([account, subscription, price], |row| row.get(0))
        .optional()?)
}

/// Money that moved: one object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// Its id.
    pub id: String,
    /// Whose it is, where that is known.
    pub customer: Option<String>,
    /// Minor units.
    pub amount: i64,
    /// What it is.
    pub word: String,
}

/// Everything of a sort that moved from one second on and before another, in order of ids.
///
/// # Errors
/// The file's.
pub fn moved(
    sql: &Connection,
    account: &str,
    sort: Sort,
    currency: Currency,
    from: i64,
    before: i64,
) -> Result<Vec<Moved>, StoreError> {
    let question = match sort {
        Sort::Payments => {
            "SELECT id, customer, amount, 'payment' FROM payment INDEXED BY payment_by_created
             WHERE account = ?1 AND currency = ?2 AND created >= ?3 AND created < ?4
               AND status = 'succeeded' AND deleted = 0 ORDER BY id"
        }
        Sort::Refunds => {
            "SELECT r.id, p.customer, r.amount, 'refund of ' || coalesce(r.payment, 'a payment')
             FROM refund r INDEXED BY refund_by_created
             LEFT JOIN payment p ON p.account = r.account AND p.id = r.payment
             WHERE r.account = ?1 AND r.currency = ?2 AND r.created >= ?3 AND r.created < ?4
               AND r.status NOT IN ('failed', 'canceled') AND r.deleted = 0 ORDER BY r.id"
        }
        Sort::Fees => {
            "SELECT b.id, p.customer, b.fee, 'fee of ' || coalesce(b.source, b.kind)
             FROM balance_transaction b LEFT JOIN payment p ON p.account = b.account AND p.id = b.source
             WHERE b.account = ?1 AND b.currency = ?2 AND b.created >= ?3 AND b.created < ?4
               AND b.fee <> 0 AND b.deleted = 0 ORDER BY b.id"
        }
        Sort::Disputes => {
            "SELECT d.id, p.customer, d.amount, 'dispute of ' || coalesce(d.payment, 'a payment')
             FROM dispute d LEFT JOIN payment p ON p.account = d.account AND p.id = d.payment
             WHERE d.account = ?1 AND d.currency = ?2 AND d.created >= ?3 AND d.created < ?4
               AND d.status IN ('needs_response', 'under_review', 'lost') AND d.deleted = 0 ORDER BY d.id"
        }
    };
    // Days begin on a quarter of an hour, and so do these sums.
    let quarter = |second: i64| second.div_euclid(900).saturating_mul(900);
    let mut statement = sql.prepare_cached(question)?;
    let rows = statement.query_map(
        params![account, currency.code(), quarter(from), quarter(before)],
        |row| {
            Ok(Moved {
                id: row.get(0)?,
                customer: row.get(1)?,
                amount: row.get(2)?,
                word: row.get(3)?,
            })
        },
    )?;
    Ok(rows.collect::<Result<_, _>>()?)
}
