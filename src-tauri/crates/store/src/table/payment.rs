//! Money that moved: payments, attempts, refunds, disputes, balance transactions, and what paid which invoice.

use crate::error::StoreError;
use crate::table::{currency, instant, seconds, seconds_of};
use coffer_domain::ids::{
    BalanceTransactionId, CustomerId, InvoiceId, PaymentId, PaymentIntentId, RefundId,
};
use coffer_domain::money::Money;
use coffer_domain::record::{
    BalanceTransaction, Dispute, Invoice, InvoicePayment, Payment, PaymentIntent, PaymentStatus,
    Refund, RefundStatus,
};
use rusqlite::{Connection, OptionalExtension as _, Row, params};

pub(crate) const SCHEMA_1: &str = "
CREATE TABLE payment (
    account TEXT NOT NULL,
    id TEXT NOT NULL,
    customer TEXT,
    payment_intent TEXT,
    amount INTEGER NOT NULL,
    currency TEXT NOT NULL,
    amount_refunded INTEGER NOT NULL,
    status TEXT NOT NULL,
    created INTEGER NOT NULL,
    failure_code TEXT,
    failure_message TEXT,
    card_brand TEXT,
    card_last4 TEXT,
    disputed INTEGER NOT NULL,
    description TEXT,
    balance_transaction TEXT,
    deleted INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (account, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX payment_by_customer ON payment (customer, created DESC);
CREATE INDEX payment_by_intent ON payment (payment_intent);
CREATE INDEX payment_by_created ON payment (created DESC, id);
CREATE TABLE payment_intent (
    account TEXT NOT NULL,
    id TEXT NOT NULL,
    customer TEXT,
    amount INTEGER NOT NULL,
    currency TEXT NOT NULL,
    status TEXT NOT NULL,
    created INTEGER NOT NULL,
    latest_payment TEXT,
    deleted INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (account, id)
) STRICT, WITHOUT ROWID;
CREATE TABLE invoice_payment (
    account TEXT NOT NULL,
    id TEXT NOT NULL,
    invoice TEXT NOT NULL,
    payment_intent TEXT,
    payment TEXT,
    amount_paid INTEGER,
    currency TEXT NOT NULL,
    status TEXT NOT NULL,
    created INTEGER NOT NULL,
    deleted INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (account, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX invoice_payment_by_invoice ON invoice_payment (invoice);
CREATE TABLE refund (
    account TEXT NOT NULL,
    id TEXT NOT NULL,
    payment TEXT,
    amount INTEGER NOT NULL,
    currency TEXT NOT NULL,
    status TEXT NOT NULL,
    reason TEXT,
    created INTEGER NOT NULL,
    deleted INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (account, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX refund_by_payment ON refund (payment);
CREATE INDEX refund_by_created ON refund (created DESC, id);
CREATE TABLE dispute (
    account TEXT NOT NULL,
    id TEXT NOT NULL,
    payment TEXT,
    amount INTEGER NOT NULL,
    currency TEXT NOT NULL,
    status TEXT NOT NULL,
    reason TEXT NOT NULL,
    created INTEGER NOT NULL,
    due_by INTEGER,
    deleted INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (account, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX dispute_by_payment ON dispute (payment);
CREATE TABLE balance_transaction (
    account TEXT NOT NULL,
    id TEXT NOT NULL,
    source TEXT,
    kind TEXT NOT NULL,
    amount INTEGER NOT NULL,
    currency TEXT NOT NULL,
    fee INTEGER NOT NULL,
    net INTEGER NOT NULL,
    created INTEGER NOT NULL,
    deleted INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (account, id)
) STRICT, WITHOUT ROWID;
";

/// The index over what paid an invoice now holds all that its sum needs.
pub(crate) const SCHEMA_2: &str = "
CREATE INDEX payment_refunded ON payment (account, id) WHERE amount_refunded <> 0;
DROP INDEX invoice_payment_by_invoice;
CREATE INDEX invoice_payment_of_invoice ON invoice_payment (account, invoice, deleted, status, amount_paid);
";

/// Lists of those that did not succeed; those that did are nearly all.
pub(crate) const SCHEMA_6: &str = "
CREATE INDEX payment_standing ON payment (status, created DESC, id) WHERE status <> 'succeeded';
";

pub(crate) fn put(sql: &Connection, account: &str, it: &Payment) -> Result<(), StoreError> {
    sql.prepare_cached(
        "INSERT OR REPLACE INTO payment (account, id, customer, payment_intent, amount, currency, amount_refunded,
           status, created, failure_code, failure_message, card_brand, card_last4, disputed, description,
           balance_transaction)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)",
    )?
    .execute(params![
        account,
        it.id.as_str(),
        it.customer.as_ref().map(CustomerId::as_str),
        it.payment_intent.as_ref().map(PaymentIntentId::as_str),
        it.amount.minor,
        it.amount.currency.code(),
        it.amount_refunded,
        it.status.as_str(),
        seconds(it.created),
        it.failure_code,
        it.failure_message,
        it.card_brand,
        it.card_last4,
        it.disputed,
        it.description,
        it.balance_transaction.as_ref().map(BalanceTransactionId::as_str),
    ])?;
    Ok(())
}

pub(crate) fn put_intent(
    sql: &Connection,
    account: &str,
    it: &PaymentIntent,
) -> Result<(), StoreError> {
    sql.prepare_cached(
        "INSERT OR REPLACE INTO payment_intent (account, id, customer, amount, currency, status, created, latest_payment)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?
    .execute(params![
        account,
        it.id.as_str(),
        it.customer.as_ref().map(CustomerId::as_str),
        it.amount.minor,
        it.amount.currency.code(),
        it.status,
        seconds(it.created),
        it.latest_payment.as_ref().map(PaymentId::as_str),
    ])?;
    Ok(())
}

pub(crate) fn put_invoice_payment(
    sql: &Connection,
    account: &str,
    it: &InvoicePayment,
) -> Result<(), StoreError> {
    sql.prepare_cached(
        "INSERT OR REPLACE INTO invoice_payment (account, id, invoice, payment_intent, payment, amount_paid, currency,
           status, created)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    )?
    .execute(params![
        account,
        it.id.as_str(),
        it.invoice.as_str(),
        it.payment_intent.as_ref().map(PaymentIntentId::as_str),
        it.payment.as_ref().map(PaymentId::as_str),
        it.amount_paid,
        it.currency.code(),
        it.status,
        seconds(it.created),
    ])?;
    Ok(())
}

pub(crate) fn put_refund(sql: &Connection, account: &str, it: &Refund) -> Result<(), StoreError> {
    sql.prepare_cached(
        "INSERT OR REPLACE INTO refund (account, id, payment, amount, currency, status, reason, created)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?
    .execute(params![
        account,
        it.id.as_str(),
        it.payment.as_ref().map(PaymentId::as_str),
        it.amount.minor,
        it.amount.currency.code(),
        it.status.as_str(),
        it.reason,
        seconds(it.created),
    ])?;
    Ok(())
}

pub(crate) fn put_dispute(sql: &Connection, account: &str, it: &Dispute) -> Result<(), StoreError> {
    sql.prepare_cached(
        "INSERT OR REPLACE INTO dispute (account, id, payment, amount, currency, status, reason, created, due_by)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    )?
    .execute(params![
        account,
        it.id.as_str(),
        it.payment.as_ref().map(PaymentId::as_str),
        it.amount.minor,
        it.amount.currency.code(),
        it.status,
        it.reason,
        seconds(it.created),
        seconds_of(it.due_by),
    ])?;
    Ok(())
}

pub(crate) fn put_balance_transaction(
    sql: &Connection,
    account: &str,
    it: &BalanceTransaction,
) -> Result<(), StoreError> {
    sql.prepare_cached(
        "INSERT OR REPLACE INTO balance_transaction (account, id, source, kind, amount, currency, fee, net, created)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    )?
    .execute(params![
        account,
        it.id.as_str(),
        it.source,
        it.kind,
        it.amount.minor,
        it.amount.currency.code(),
        it.fee,
        it.net,
        seconds(it.created),
    ])?;
    Ok(())
}

/// The payments of a customer, newest first.
pub(crate) fn of_customer(
    sql: &Connection,
    account: &str,
    customer: &CustomerId,
) -> Result<Vec<Payment>, StoreError> {
    let mut statement = sql.prepare_cached(
        "SELECT id, customer, payment_intent, amount, currency, amount_refunded, status, created, failure_code,
           failure_message, card_brand, card_last4, disputed, description, balance_transaction
         FROM payment INDEXED BY payment_by_customer
         WHERE account = ?1 AND customer = ?2 AND deleted = 0 ORDER BY created DESC, id",
    )?;
    let rows = statement.query_map(params![account, customer.as_str()], from_row)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The refunds of a customer's payments, newest first.
pub(crate) fn refunds_of_customer(
    sql: &Connection,
    account: &str,
    customer: &CustomerId,
) -> Result<Vec<Refund>, StoreError> {
    let mut statement = sql.prepare_cached(
        "SELECT r.id, r.payment, r.amount, r.currency, r.status, r.reason, r.created
         FROM payment p INDEXED BY payment_by_customer
         JOIN refund r INDEXED BY refund_by_payment ON r.account = p.account AND r.payment = p.id
         WHERE p.account = ?1 AND p.customer = ?2 AND r.deleted = 0 ORDER BY r.created DESC, r.id",
    )?;
    let rows = statement.query_map(params![account, customer.as_str()], |row| {
        Ok(Refund {
            id: RefundId::new(row.get::<_, String>(0)?),
            payment: row.get::<_, Option<String>>(1)?.map(PaymentId::new),
            amount: Money::new(row.get(2)?, currency(row, 3)?),
            status: RefundStatus::from_word(row.get_ref(4)?.as_str()?),
            reason: row.get(5)?,
            created: instant(row, 6)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// What tried to pay each of these invoices: the invoice, the attempt and the payment where it is named.
pub(crate) fn attempts_at(
    sql: &Connection,
    account: &str,
    invoices: &[Invoice],
) -> Result<Vec<Attempt>, StoreError> {
    let mut statement = sql.prepare_cached(
        "SELECT payment_intent, payment FROM invoice_payment INDEXED BY invoice_payment_of_invoice
         WHERE account = ?1 AND invoice = ?2 AND deleted = 0",
    )?;
    let mut found = Vec::new();
    for invoice in invoices {
        let rows = statement.query_map([account, invoice.id.as_str()], |row| {
            Ok(Attempt {
                invoice: invoice.id.clone(),
                intent: row.get::<_, Option<String>>(0)?.map(PaymentIntentId::new),
                payment: row.get::<_, Option<String>>(1)?.map(PaymentId::new),
            })
        })?;
        for attempt in rows {
            found.push(attempt?);
        }
    }
    Ok(found)
}

/// What tried to pay an invoice.
pub(crate) struct Attempt {
    pub(crate) invoice: InvoiceId,
    pub(crate) intent: Option<PaymentIntentId>,
    pub(crate) payment: Option<PaymentId>,
}

/// One payment.
pub(crate) fn one(
    sql: &Connection,
    account: &str,
    id: &str,
) -> Result<Option<Payment>, StoreError> {
    Ok(sql
        .prepare_cached(
            "SELECT id, customer, payment_intent, amount, currency, amount_refunded, status, created, failure_code,
               failure_message, card_brand, card_last4, disputed, description, balance_transaction
             FROM payment WHERE account = ?1 AND id = ?2",
        )?
        .query_row([account, id], from_row)
        .optional()?)
}

fn from_row(row: &Row<'_>) -> rusqlite::Result<Payment> {
    Ok(Payment {
        id: PaymentId::new(row.get::<_, String>(0)?),
        customer: row.get::<_, Option<String>>(1)?.map(CustomerId::new),
        payment_intent: row.get::<_, Option<String>>(2)?.map(PaymentIntentId::new),
        amount: Money::new(row.get(3)?, currency(row, 4)?),
        amount_refunded: row.get(5)?,
        status: PaymentStatus::from_word(row.get_ref(6)?.as_str()?),
        created: instant(row, 7)?,
        failure_code: row.get(8)?,
        failure_message: row.get(9)?,
        card_brand: row.get(10)?,
        card_last4: row.get(11)?,
        disputed: row.get(12)?,
        description: row.get(13)?,
        balance_transaction: row
            .get::<_, Option<String>>(14)?
            .map(BalanceTransactionId::new),
    })
}
