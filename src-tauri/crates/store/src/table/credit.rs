//! Credit notes, and the entries of the customers' credit ledgers.
//!
//! The ledger's index holds all that its sum needs, so that proving a customer's balance reads no row.

use crate::error::StoreError;
use crate::table::{seconds, seconds_of, to_json};
use coffer_domain::ids::{CreditEntryId, CreditNoteId, CustomerId, InvoiceId};
use coffer_domain::record::{CreditEntry, CreditNote};
use rusqlite::{Connection, params};

pub(crate) const SCHEMA_2: &str = "
CREATE TABLE credit_note (
    account TEXT NOT NULL,
    id TEXT NOT NULL,
    number TEXT,
    invoice TEXT NOT NULL,
    customer TEXT,
    amount INTEGER NOT NULL,
    currency TEXT NOT NULL,
    pre_payment INTEGER NOT NULL,
    post_payment INTEGER NOT NULL,
    status TEXT NOT NULL,
    reason TEXT,
    created INTEGER NOT NULL,
    voided_at INTEGER,
    refunds TEXT NOT NULL,       -- the ids of the refunds it was paid out through
    credit_entry TEXT,
    deleted INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (account, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX credit_note_by_invoice ON credit_note (account, invoice);
CREATE INDEX credit_note_on_ledger ON credit_note (account, customer)
    WHERE credit_entry IS NOT NULL AND customer IS NOT NULL AND deleted = 0;
CREATE TABLE credit_entry (
    account TEXT NOT NULL,
    id TEXT NOT NULL,
    customer TEXT NOT NULL,
    amount INTEGER NOT NULL,
    currency TEXT NOT NULL,
    ending_balance INTEGER NOT NULL,
    kind TEXT NOT NULL,
    created INTEGER NOT NULL,
    invoice TEXT,
    credit_note TEXT,
    description TEXT,
    deleted INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (account, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX credit_entry_of_customer ON credit_entry (account, customer, deleted, currency, amount);
";

pub(crate) fn put_note(sql: &Connection, account: &str, it: &CreditNote) -> Result<(), StoreError> {
    sql.prepare_cached(
        "INSERT OR REPLACE INTO credit_note (account, id, number, invoice, customer, amount, currency, pre_payment,
           post_payment, status, reason, created, voided_at, refunds, credit_entry)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)",
    )?
    .execute(params![
        account,
        it.id.as_str(),
        it.number,
        it.invoice.as_str(),
        it.customer.as_ref().map(CustomerId::as_str),
        it.amount.minor,
        it.amount.currency.code(),
        it.pre_payment,
        it.post_payment,
        it.status,
        it.reason,
        seconds(it.created),
        seconds_of(it.voided_at),
        to_json("credit_note", &it.refunds)?,
        it.credit_entry.as_ref().map(CreditEntryId::as_str),
    ])?;
    Ok(())
}

pub(crate) fn put_entry(
    sql: &Connection,
    account: &str,
    it: &CreditEntry,
) -> Result<(), StoreError> {
    sql.prepare_cached(
        "INSERT OR REPLACE INTO credit_entry (account, id, customer, amount, currency, ending_balance, kind, created,
           invoice, credit_note, description)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
    )?
    .execute(params![
        account,
        it.id.as_str(),
        it.customer.as_str(),
        it.amount.minor,
        it.amount.currency.code(),
        it.ending_balance,
        it.kind,
        seconds(it.created),
        it.invoice.as_ref().map(InvoiceId::as_str),
        it.credit_note.as_ref().map(CreditNoteId::as_str),
        it.description,
    ])?;
    Ok(())
}
