//! The table of customers and the page of one.

use crate::error::StoreError;
use crate::table::note::{self, NoteRow};
use crate::table::search::match_expression;
use crate::table::summary::{self, Summary};
use crate::table::{catalog, customer, instant, invoice, payment, schedule, subscription};
use coffer_domain::Instant;
use coffer_domain::ids::{CustomerId, ProductId, SubscriptionId};
use coffer_domain::metric::worth::Catalog;
use coffer_domain::record::{Customer, Invoice, Payment, Refund, Subscription};
use rusqlite::{Connection, OptionalExtension as _, Row, params};
use std::collections::{HashMap, HashSet};

/// The order of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// By the day they came.
    Created,
    /// By name, else e-mail, else id.
    Name,
    /// By MRR in the currency they pay in.
    Mrr,
}

/// Which rows are wanted.
#[derive(Debug, Clone)]
pub struct Wanted<'a> {
    /// Words to find in name, e-mail, description or id.
    pub search: Option<&'a str>,
    /// The order.
    pub order: Order,
    /// Largest, last or newest first.
    pub descending: bool,
    /// Rows to leave out at the start.
    pub offset: u64,
    /// Rows wanted.
    pub limit: u32,
}

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

/// A page of the table and how many rows there are in all.
///
/// # Errors
/// The file's.
pub fn page(sql: &Connection, wanted: &Wanted<'_>) -> Result<(Vec<CustomerLine>, u64), StoreError> {
    let column = match wanted.order {
        Order::Created => "sort_created",
        Order::Name => "sort_name",
        Order::Mrr => "sort_mrr",
    };
    let direction = if wanted.descending { "DESC" } else { "ASC" };
    let text = wanted.search.map(str::trim).filter(|text| !text.is_empty());
    let expression = text.map(|text| match_expression(text).unwrap_or_else(|| "\"\u{1}\"".into()));
    let (filter, count) = match expression {
        Some(_) => (
            "WHERE (account, customer) IN (SELECT d.account, d.id FROM search_words m
               JOIN search_document d ON d.number = m.rowid
               WHERE search_words MATCH ?3 AND d.kind = 'customer' AND d.account IN (SELECT id FROM account))",
            "SELECT count(*) FROM search_words m JOIN search_document d ON d.number = m.rowid
             JOIN customer_summary s ON s.account = d.account AND s.customer = d.id
             WHERE search_words MATCH ?1 AND d.kind = 'customer' AND d.account IN (SELECT id FROM account)",
        ),
        None => (
            "WHERE ?3 IS NULL AND account IN (SELECT id FROM account)",
            "SELECT count(*) FROM customer_summary
             WHERE ?1 IS NULL AND account IN (SELECT id FROM account)",
        ),
    };
    // The window is found in the index alone; only its rows are looked up.
    let question = format!(
        "{LINE} FROM (SELECT account, customer FROM customer_summary {filter}
           ORDER BY {column} {direction}, customer {direction} LIMIT ?1 OFFSET ?2) w
         JOIN customer_summary s ON s.account = w.account AND s.customer = w.customer
         JOIN customer c ON c.account = w.account AND c.id = w.customer
         JOIN account a ON a.id = w.account
         ORDER BY s.{column} {direction}, s.customer {direction}"
    );
    let mut statement = sql.prepare_cached(&question)?;
    let offset = i64::try_from(wanted.offset).unwrap_or(i64::MAX);
    let rows = statement.query_map(params![wanted.limit, offset, expression], line)?;
    let rows = rows.collect::<Result<_, _>>()?;
    let total: i64 = sql
        .prepare_cached(count)?
        .query_row(params![expression], |row| row.get(0))?;
    Ok((rows, total.unsigned_abs()))
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
