//! One row for each customer with what the table of customers shows and sorts by. Derived with the intervals.

use crate::error::StoreError;
use crate::store::Write;
use crate::table::{json, to_json};
use coffer_domain::ids::CustomerId;
use coffer_domain::money::Money;
use rusqlite::{Connection, Row, params};

pub(crate) const SCHEMA_1: &str = "
CREATE TABLE customer_summary (
    account TEXT NOT NULL,
    customer TEXT NOT NULL,
    standing TEXT NOT NULL,
    mrr TEXT NOT NULL,           -- one amount for each currency
    paid TEXT NOT NULL,          -- received less refunded, one amount for each currency
    sort_mrr INTEGER NOT NULL,
    sort_name TEXT NOT NULL,
    sort_created INTEGER NOT NULL,
    PRIMARY KEY (account, customer)
) STRICT, WITHOUT ROWID;
CREATE INDEX customer_summary_by_mrr ON customer_summary (sort_mrr, customer);
CREATE INDEX customer_summary_by_name ON customer_summary (sort_name, customer);
CREATE INDEX customer_summary_by_created ON customer_summary (sort_created, customer);
";

/// What the table of customers shows of one beside its own fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// `active`, `free`, `trialing`, `past_due`, `paused`, `churned`, `none` or `deleted`.
    pub standing: String,
    /// MRR now, one for each currency.
    pub mrr: Vec<Money>,
    /// Money received less money refunded, one for each currency.
    pub paid: Vec<Money>,
}

pub(crate) fn replace(
    write: &mut Write<'_>,
    account: &str,
    customer: &coffer_domain::record::Customer,
    summary: &Summary,
) -> Result<(), StoreError> {
    let name = customer
        .name
        .as_deref()
        .or(customer.email.as_deref())
        .unwrap_or(customer.id.as_str())
        .to_lowercase();
    // Currencies are compared by their numbers in thousandths of a unit, for want of rates.
    let thousandths = |money: &Money| {
        let scale = 10_i64.pow(3_u32.saturating_sub(money.currency.exponent()));
        money.minor.saturating_mul(scale)
    };
    let largest = summary.mrr.iter().map(thousandths).max().unwrap_or(0);
    write
        .sql()
        .prepare_cached(
            "INSERT OR REPLACE INTO customer_summary
               (account, customer, standing, mrr, paid, sort_mrr, sort_name, sort_created)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )?
        .execute(params![
            account,
            customer.id.as_str(),
            summary.standing,
            to_json("customer_summary", &summary.mrr)?,
            to_json("customer_summary", &summary.paid)?,
            largest,
            name,
            customer.created.timestamp(),
        ])?;
    Ok(())
}

/// Puts what a customer paid in place of what was there.
pub(crate) fn set_paid(
    sql: &Connection,
    account: &str,
    customer: &CustomerId,
    paid: &[Money],
) -> Result<(), StoreError> {
    sql.prepare_cached(
        "UPDATE customer_summary SET paid = ?3 WHERE account = ?1 AND customer = ?2 AND paid <> ?3",
    )?
    .execute(params![
        account,
        customer.as_str(),
        to_json("customer_summary", &paid)?
    ])?;
    Ok(())
}

/// Reads a summary whose columns (standing, mrr, paid) begin at `first`.
pub(crate) fn from_row(row: &Row<'_>, first: usize) -> rusqlite::Result<Summary> {
    Ok(Summary {
        standing: row.get(first)?,
        mrr: json(row, first + 1)?,
        paid: json(row, first + 2)?,
    })
}
