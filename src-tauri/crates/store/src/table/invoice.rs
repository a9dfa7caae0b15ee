//! Invoices and their lines.

use crate::error::StoreError;
use crate::table::{currency, instant, instant_maybe, json, seconds, seconds_of, to_json};
use coffer_domain::ids::{
    CustomerId, InvoiceId, InvoiceItemId, InvoiceLineId, PriceId, SubscriptionId,
    SubscriptionItemId,
};
use coffer_domain::record::{Invoice, InvoiceLine, InvoiceStatus, LineOrigin};
use rusqlite::{Connection, OptionalExtension as _, Row, params};

pub(crate) const SCHEMA_1: &str = "
CREATE TABLE invoice (
    account TEXT NOT NULL,
    id TEXT NOT NULL,
    number TEXT,
    customer TEXT,
    subscription TEXT,
    status TEXT NOT NULL,
    billing_reason TEXT,
    currency TEXT NOT NULL,
    created INTEGER NOT NULL,
    subtotal INTEGER NOT NULL,
    total INTEGER NOT NULL,
    amount_due INTEGER NOT NULL,
    amount_paid INTEGER NOT NULL,
    amount_remaining INTEGER NOT NULL,
    attempt_count INTEGER NOT NULL,
    next_attempt INTEGER,
    due INTEGER,
    paid_at INTEGER,
    voided_at INTEGER,
    uncollectible_at INTEGER,
    discounts TEXT NOT NULL,
    deleted INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (account, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX invoice_by_customer ON invoice (customer, created DESC);
CREATE INDEX invoice_by_subscription ON invoice (subscription, created DESC);
CREATE INDEX invoice_by_created ON invoice (created DESC, id);
CREATE TABLE invoice_line (
    account TEXT NOT NULL,
    invoice TEXT NOT NULL,
    position INTEGER NOT NULL,
    id TEXT NOT NULL,
    amount INTEGER NOT NULL,
    currency TEXT NOT NULL,
    description TEXT,
    subscription TEXT,
    item TEXT,
    invoice_item TEXT,
    price TEXT,
    quantity INTEGER,
    period_start INTEGER NOT NULL,
    period_end INTEGER NOT NULL,
    origin INTEGER NOT NULL,     -- 0 recurring, 1 proration debit, 2 proration credit, 3 one-off
    tax_inclusive_base INTEGER NOT NULL,
    tax_inclusive INTEGER NOT NULL,
    PRIMARY KEY (account, invoice, position)
) STRICT, WITHOUT ROWID;
";

pub(crate) const SCHEMA_2: &str = "
ALTER TABLE invoice ADD COLUMN amount_overpaid INTEGER NOT NULL DEFAULT 0;
ALTER TABLE invoice ADD COLUMN paid_elsewhere INTEGER NOT NULL DEFAULT 0;
ALTER TABLE invoice ADD COLUMN line_discounts INTEGER NOT NULL DEFAULT 0;
ALTER TABLE invoice ADD COLUMN touches_ledger INTEGER NOT NULL DEFAULT 0;
DROP INDEX invoice_by_subscription;  -- the customer's index leads to a subscription's invoices as well
CREATE INDEX invoice_unsettled ON invoice (account, id) WHERE deleted = 0 AND status IN ('open', 'draft');
CREATE INDEX invoice_on_ledger ON invoice (account, customer)
    WHERE touches_ledger = 1 AND customer IS NOT NULL AND deleted = 0;
";

/// Lists of those that stand otherwise than paid, which nearly all are.
pub(crate) const SCHEMA_6: &str = "
CREATE INDEX invoice_standing ON invoice (status, created DESC, id) WHERE status <> 'paid';
";

/// Puts an invoice with its lines; of a `new` one nothing is there that must be cleared away first.
pub(crate) fn put(
    sql: &Connection,
    account: &str,
    it: &Invoice,
    new: bool,
) -> Result<(), StoreError> {
    sql.prepare_cached(
        "INSERT OR REPLACE INTO invoice (account, id, number, customer, subscription, status, billing_reason,
           currency, created, subtotal, total, amount_due, amount_paid, amount_remaining, attempt_count,
           next_attempt, due, paid_at, voided_at, uncollectible_at, discounts,
           amount_overpaid, paid_elsewhere, line_discounts, touches_ledger)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21,
           ?22, ?23, ?24, ?25)",
    )?
    .execute(params![
        account,
        it.id.as_str(),
        it.number,
        it.customer.as_ref().map(CustomerId::as_str),
        it.subscription.as_ref().map(SubscriptionId::as_str),
        it.status.as_str(),
        it.billing_reason,
        it.currency.code(),
        seconds(it.created),
        it.subtotal,
        it.total,
        it.amount_due,
        it.amount_paid,
        it.amount_remaining,
        it.attempt_count,
        seconds_of(it.next_attempt),
        seconds_of(it.due),
        seconds_of(it.paid_at),
        seconds_of(it.voided_at),
        seconds_of(it.uncollectible_at),
        to_json("invoice", &it.discounts)?,
        it.amount_overpaid,
        it.paid_elsewhere,
        it.line_discounts,
        it.touches_ledger,
    ])?;
    if !new {
        sql.prepare_cached("DELETE FROM invoice_line WHERE account = ?1 AND invoice = ?2")?
            .execute(params![account, it.id.as_str()])?;
    }
    put_lines(sql, account, it)
}

fn put_lines(sql: &Connection, account: &str, it: &Invoice) -> Result<(), StoreError> {
    let mut insert = sql.prepare_cached(
        "INSERT INTO invoice_line (account, invoice, position, id, amount, currency, description, subscription,
           item, invoice_item, price, quantity, period_start, period_end, origin, tax_inclusive_base, tax_inclusive)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)",
    )?;
    for (position, line) in it.lines.iter().enumerate() {
        insert.execute(params![
            account,
            it.id.as_str(),
            i64::try_from(position).unwrap_or(i64::MAX),
            line.id.as_str(),
            line.amount,
            line.currency.code(),
            line.description,
            line.subscription.as_ref().map(SubscriptionId::as_str),
            line.item.as_ref().map(SubscriptionItemId::as_str),
            line.invoice_item.as_ref().map(InvoiceItemId::as_str),
            line.price.as_ref().map(PriceId::as_str),
            line.quantity,
            seconds(line.period_start),
            seconds(line.period_end),
            origin_number(line.origin),
            line.tax_inclusive_base,
            line.tax_inclusive,
        ])?;
    }
    Ok(())
}

/// One invoice, without its lines.
pub(crate) fn one(
    sql: &Connection,
    account: &str,
    id: &str,
) -> Result<Option<Invoice>, StoreError> {
    Ok(sql
        .prepare_cached(
            "SELECT id, number, customer, subscription, status, billing_reason, currency, created, subtotal, total,
               amount_due, amount_paid, amount_remaining, attempt_count, next_attempt, due, paid_at, voided_at,
               uncollectible_at, discounts, amount_overpaid, paid_elsewhere, line_discounts, touches_ledger
             FROM invoice WHERE account = ?1 AND id = ?2",
        )?
        .query_row([account, id], from_row)
        .optional()?)
}

/// The invoices of a customer with their lines, newest first.
pub(crate) fn of_customer(
    sql: &Connection,
    account: &str,
    customer: &CustomerId,
) -> Result<Vec<Invoice>, StoreError> {
    let mut statement = sql.prepare_cached(
        "SELECT id, number, customer, subscription, status, billing_reason, currency, created, subtotal, total,
           amount_due, amount_paid, amount_remaining, attempt_count, next_attempt, due, paid_at, voided_at,
           uncollectible_at, discounts, amount_overpaid, paid_elsewhere, line_discounts, touches_ledger
         FROM invoice INDEXED BY invoice_by_customer
         WHERE account = ?1 AND customer = ?2 AND deleted = 0 ORDER BY created DESC, id",
    )?;
    let rows = statement.query_map(params![account, customer.as_str()], from_row)?;
    let mut found = rows.collect::<Result<Vec<_>, _>>()?;
    let mut statement = sql.prepare_cached(
        "SELECT id, amount, currency, description, subscription, item, invoice_item, price, quantity, period_start,
           period_end, origin, tax_inclusive_base, tax_inclusive
         FROM invoice_line WHERE account = ?1 AND invoice = ?2 ORDER BY position",
    )?;
    for invoice in &mut found {
        let rows = statement.query_map(params![account, invoice.id.as_str()], line_from_row)?;
        invoice.lines = rows.collect::<Result<_, _>>()?;
    }
    Ok(found)
}

fn from_row(row: &Row<'_>) -> rusqlite::Result<Invoice> {
    Ok(Invoice {
        id: InvoiceId::new(row.get::<_, String>(0)?),
        number: row.get(1)?,
        customer: row.get::<_, Option<String>>(2)?.map(CustomerId::new),
        subscription: row.get::<_, Option<String>>(3)?.map(SubscriptionId::new),
        status: InvoiceStatus::from_word(row.get_ref(4)?.as_str()?),
        billing_reason: row.get(5)?,
        currency: currency(row, 6)?,
        created: instant(row, 7)?,
        subtotal: row.get(8)?,
        total: row.get(9)?,
        amount_due: row.get(10)?,
        amount_paid: row.get(11)?,
        amount_remaining: row.get(12)?,
        attempt_count: row.get(13)?,
        next_attempt: instant_maybe(row, 14)?,
        due: instant_maybe(row, 15)?,
        paid_at: instant_maybe(row, 16)?,
        voided_at: instant_maybe(row, 17)?,
        uncollectible_at: instant_maybe(row, 18)?,
        discounts: json(row, 19)?,
        amount_overpaid: row.get(20)?,
        paid_elsewhere: row.get(21)?,
        line_discounts: row.get(22)?,
        touches_ledger: row.get(23)?,
        lines: Vec::new(),
    })
}

/// Reads a line whose columns begin at the first.
pub(crate) fn line_from_row(row: &Row<'_>) -> rusqlite::Result<InvoiceLine> {
    Ok(InvoiceLine {
        id: InvoiceLineId::new(row.get::<_, String>(0)?),
        amount: row.get(1)?,
        currency: currency(row, 2)?,
        description: row.get(3)?,
        subscription: row.get::<_, Option<String>>(4)?.map(SubscriptionId::new),
        item: row
            .get::<_, Option<String>>(5)?
            .map(SubscriptionItemId::new),
        invoice_item: row.get::<_, Option<String>>(6)?.map(InvoiceItemId::new),
        price: row.get::<_, Option<String>>(7)?.map(PriceId::new),
        quantity: row.get(8)?,
        period_start: instant(row, 9)?,
        period_end: instant(row, 10)?,
        origin: origin_of(row.get(11)?),
        tax_inclusive_base: row.get(12)?,
        tax_inclusive: row.get(13)?,
    })
}

pub(crate) const fn origin_number(origin: LineOrigin) -> i64 {
    match origin {
        LineOrigin::Recurring => 0,
        LineOrigin::Proration { credit: false } => 1,
        LineOrigin::Proration { credit: true } => 2,
        LineOrigin::OneOff => 3,
    }
}

const fn origin_of(number: i64) -> LineOrigin {
    match number {
        0 => LineOrigin::Recurring,
        1 => LineOrigin::Proration { credit: false },
        2 => LineOrigin::Proration { credit: true },
        _ => LineOrigin::OneOff,
    }
}
