//! Invoices as the provider draws them, kept once they were looked at so that they are there without a network.
//!
//! A document is kept with the state of the invoice that it was drawn of: where the invoice has changed since, it is
//! fetched again when there is a network, and shown as an older one when there is none.

use crate::error::StoreError;
use crate::store::Write;
use crate::table::{instant, seconds};
use coffer_domain::Instant;
use coffer_domain::ids::AccountId;
use rusqlite::{Connection, OptionalExtension as _, params};

pub(crate) const SCHEMA_7: &str = "
CREATE TABLE invoice_document (
    account TEXT NOT NULL,
    invoice TEXT NOT NULL,
    state TEXT NOT NULL,         -- what of the invoice the drawing shows, as one text to compare
    bytes BLOB NOT NULL,
    fetched_at INTEGER NOT NULL,
    PRIMARY KEY (account, invoice)
) STRICT;
";

/// A document that is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// What of the invoice it shows.
    pub state: String,
    /// A PDF.
    pub bytes: Vec<u8>,
    /// When it came.
    pub fetched_at: Instant,
}

/// The document of an invoice, where one is kept.
///
/// # Errors
/// The file's.
pub fn get(
    sql: &Connection,
    account: &AccountId,
    invoice: &str,
) -> Result<Option<Kept>, StoreError> {
    Ok(sql
        .prepare_cached(
            "SELECT state, bytes, fetched_at FROM invoice_document WHERE account = ?1 AND invoice = ?2",
        )?
        .query_row(params![account.as_str(), invoice], |row| {
            Ok(Kept {
                state: row.get(0)?,
                bytes: row.get(1)?,
                fetched_at: instant(row, 2)?,
            })
        })
        .optional()?)
}

/// Keeps a document in place of an older one.
///
/// # Errors
/// The file's.
pub fn put(
    write: &mut Write<'_>,
    account: &AccountId,
    invoice: &str,
    kept: &Kept,
) -> Result<(), StoreError> {
    write
        .sql()
        .prepare_cached(
            "INSERT OR REPLACE INTO invoice_document (account, invoice, state, bytes, fetched_at)
             VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute(params![
            account.as_str(),
            invoice,
            kept.state,
            kept.bytes,
            seconds(kept.fetched_at)
        ])?;
    Ok(())
}
