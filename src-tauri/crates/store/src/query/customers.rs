//! A customer as a row of their list, and everything about one.

use crate::error::StoreError;
use crate::table::note::{self, NoteRow};
use crate::table::summary::{self, Summary};
use crate::table::{catalog, customer, instant, invoice, payment, schedule, subscription};
use coffer_domain::Instant;
use coffer_domain::ids::{CustomerId, ProductId, SubscriptionId};
use coffer_domain::metric::worth::Catalog;
use coffer_domain::record::{Customer, Invoice, Payment, Refund, Subscription};
use rusqlite::{Connection, OptionalExtension as _, Row};
use std::collections::{HashMap, HashSet};

/// A row of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomerLine {
    /// The account it belongs to.
    pub account: String,
    /// The account's provider.
    pub provider: String,
    /// The provider's id.
    pub id: CustomerId,
    /// The name.
    pub name: Option<String>,
    /// The e-mail address.
    pub email: Option<String>,
    /// ISO 3166 code.
    pub country: Option<String>,
    /// When it was created.
    pub created: Instant,
    /// What follows from its subscriptions and payments.
    pub summary: Summary,
}

const LINE: &str = "SELECT c.account, a.provider, c.id, c.name, c.email, c.country, c.created, s.standing, s.mrr, s.paid";

fn line(row: &Row<'_>) -> rusqlite::Result<CustomerLine> {
    Ok(CustomerLine {
        account: row.get(0)?,
        provider: row.get(1)?,
        id: CustomerId::new(row.get::<_, String>(2)?),
        name: row.get(3)?,
        email: row.get(4)?,
        country: row.get(5)?,
        created: instant(row, 6)?,
        summary: summary::from_row(row, 7)?,
    })
}

/// The row of one customer.
///
/// # Errors
/// The file's.
pub fn line_of(
    sql: &Connection,
    account: &str,
    id: &str,
) -> Result<Option<CustomerLine>, StoreError> {
    Ok(sql
        .prepare_cached(&format!(
            "{LINE} FROM customer c JOIN customer_summary s ON s.account = c.account AND s.customer = c.id
             JOIN account a ON a.id = c.account WHERE c.account = ?1 AND c.id = ?2"
        ))?
        .query_row([account, id], line)
        .optional()?)
}

/// How many customers there are, deleted ones left out.
///
/// # Errors
/// The file's.
pub fn count(sql: &Connection) -> Result<u64, StoreError> {
    let count: i64 = sql
        .prepare_cached("SELECT count(*) FROM customer WHERE deleted = 0 AND account IN (SELECT id FROM account)")?
        .query_row([], |row| row.get(0))?;
    Ok(count.unsigned_abs())
}

/// What a customer is called, whichever account it belongs to: the name, else the e-mail address.
///
/// # Errors
/// The file's.
pub fn called(sql: &Connection, id: &str) -> Result<Option<String>, StoreError> {
    Ok(sql
        .prepare_cached(
            "SELECT coalesce(c.name, c.email) FROM account a
             CROSS JOIN customer c ON c.account = a.id AND c.id = ?1 LIMIT 1",
        )?
        .query_row([id], |row| row.get(0))
        .optional()?
        .flatten())
}

/// Everything about one customer.
#[derive(Debug, Clone)]
pub struct Dossier {
    /// Its row.
    pub line: CustomerLine,
    /// The customer as the provider tells it.
    pub customer: Customer,
    /// Subscriptions, newest first.
    pub subscriptions: Vec<Subscription>,
    /// Invoices, newest first.
    pub invoices: Vec<Invoice>,
    /// Payments, newest first.
    pub payments: Vec<Payment>,
    /// Refunds, newest first.
    pub refunds: Vec<Refund>,
    /// Subscriptions that a schedule decides about.
    pub scheduled: HashSet<SubscriptionId>,
    /// Prices and coupons of its account.
    pub catalog: Catalog,
    /// Names of its account's products.
    pub products: HashMap<ProductId, String>,
    /// What was written about it, newest first.
    pub notes: Vec<NoteRow>,
}

/// The account of a customer that there is; `None` when it was never seen.
///
/// # Errors
/// The file's.
pub fn account_of(sql: &Connection, id: &CustomerId) -> Result<Option<String>, StoreError> {
    Ok(sql
        .prepare_cached(
            "SELECT c.account FROM account a CROSS JOIN customer c ON c.account = a.id AND c.id = ?1
             JOIN customer_summary s ON s.account = c.account AND s.customer = c.id LIMIT 1",
        )?
        .query_row([id.as_str()], |row| row.get(0))
        .optional()?)
}

/// Reads everything about one customer; `None` when it was never seen.
///
/// # Errors
/// The file's.
pub fn dossier(sql: &Connection, id: &CustomerId) -> Result<Option<Dossier>, StoreError> {
    let found = sql
        .prepare_cached(&format!(
            "{LINE} FROM account a CROSS JOIN customer c ON c.account = a.id AND c.id = ?1
             JOIN customer_summary s ON s.account = c.account AND s.customer = c.id LIMIT 1"
        ))?
        .query_row([id.as_str()], line)
        .optional()?;
    let Some(line) = found else { return Ok(None) };
    let account = line.account.as_str();
    let Some((customer, _)) = customer::one(sql, account, id)? else {
        return Ok(None);
    };
    Ok(Some(Dossier {
        customer,
        subscriptions: subscription::of_customer(sql, account, id)?,
        invoices: invoice::of_customer(sql, account, id)?,
        payments: payment::of_customer(sql, account, id)?,
        refunds: payment::refunds_of_customer(sql, account, id)?,
        scheduled: schedule::of_customer(sql, account, id)?
            .into_iter()
            .filter_map(|it| it.subscription)
            .collect(),
        catalog: catalog::catalog(sql, account)?,
        products: catalog::product_names(sql, account)?,
        notes: note::of_customer(sql, account, id)?,
        line,
    }))
}
