//! What somebody wrote about a customer. It is ours alone and goes to no provider; it is forgotten with the customer's data.
//!
//! A note has a number that nobody else ever had, so that a page that is not up to date cannot change another note than the one
//! it shows. It is found by its words like everything else (`search`).

use crate::error::StoreError;
use crate::store::Write;
use crate::table::{instant, instant_maybe, search, seconds, seconds_of};
use coffer_domain::Instant;
use coffer_domain::ids::CustomerId;
use rusqlite::{Connection, OptionalExtension as _, Row, params};

pub(crate) const SCHEMA_7: &str = "
CREATE TABLE note (
    id INTEGER PRIMARY KEY,
    account TEXT NOT NULL,
    customer TEXT NOT NULL,
    text TEXT NOT NULL,
    author TEXT,                 -- the operator, where there are operators
    written_at INTEGER NOT NULL,
    changed_at INTEGER           -- where it was changed since
) STRICT;
CREATE INDEX note_of_customer ON note (account, customer, written_at);
";

const NAME: &str = "note_";
const COLUMNS: &str = "id, account, customer, text, author, written_at, changed_at";

/// One note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteRow {
    /// Its number, drawn by lot.
    pub id: i64,
    /// The customer's account.
    pub account: String,
    /// The customer it is about.
    pub customer: CustomerId,
    /// What was written.
    pub text: String,
    /// The operator who wrote it, where there are operators.
    pub author: Option<String>,
    /// When.
    pub written_at: Instant,
    /// When it was changed last.
    pub changed_at: Option<Instant>,
}

impl NoteRow {
    /// What it is called by wherever objects are called by their ids.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{NAME}{}", self.id)
    }
}

/// The number of the note that is called so.
#[must_use]
pub fn number(name: &str) -> Option<i64> {
    name.strip_prefix(NAME)?.parse().ok()
}

fn from_row(row: &Row<'_>) -> rusqlite::Result<NoteRow> {
    Ok(NoteRow {
        id: row.get(0)?,
        account: row.get(1)?,
        customer: CustomerId::new(row.get::<_, String>(2)?),
        text: row.get(3)?,
        author: row.get(4)?,
        written_at: instant(row, 5)?,
        changed_at: instant_maybe(row, 6)?,
    })
}

/// What was written about a customer, newest first.
///
/// # Errors
/// The file's.
pub fn of_customer(
    sql: &Connection,
    account: &str,
    customer: &CustomerId,
) -> Result<Vec<NoteRow>, StoreError> {
    let mut statement = sql.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM note WHERE account = ?1 AND customer = ?2 ORDER BY written_at DESC, id"
    ))?;
    let rows = statement.query_map(params![account, customer.as_str()], from_row)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// How many notes there are on a customer.
///
/// # Errors
/// The file's.
pub fn count_of(sql: &Connection, account: &str, customer: &CustomerId) -> Result<u64, StoreError> {
    let count: i64 = sql
        .prepare_cached("SELECT count(*) FROM note WHERE account = ?1 AND customer = ?2")?
        .query_row(params![account, customer.as_str()], |row| row.get(0))?;
    Ok(count.unsigned_abs())
}

/// A note of an account that is still here.
///
/// # Errors
/// The file's.
pub fn one(sql: &Connection, id: i64) -> Result<Option<NoteRow>, StoreError> {
    Ok(sql
        .prepare_cached(&format!(
            "SELECT {COLUMNS} FROM note WHERE id = ?1 AND account IN (SELECT id FROM account)"
        ))?
        .query_row([id], from_row)
        .optional()?)
}

/// Keeps a note, in place of what stood there under its number.
///
/// # Errors
/// The file's.
pub fn put(write: &mut Write<'_>, note: &NoteRow) -> Result<(), StoreError> {
    write
        .sql()
        .prepare_cached(
            "INSERT INTO note (id, account, customer, text, author, written_at, changed_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
             ON CONFLICT (id) DO UPDATE SET text = excluded.text, author = excluded.author,
               changed_at = excluded.changed_at",
        )?
        .execute(params![
            note.id,
            note.account,
            note.customer.as_str(),
            note.text,
            note.author,
            seconds(note.written_at),
            seconds_of(note.changed_at),
        ])?;
    search::put_note(write.sql(), note)?;
    write.touch("notes");
    Ok(())
}

/// Takes a note out.
///
/// # Errors
/// The file's.
pub fn remove(write: &mut Write<'_>, note: &NoteRow) -> Result<(), StoreError> {
    write
        .sql()
        .prepare_cached("DELETE FROM note WHERE id = ?1")?
        .execute([note.id])?;
    search::remove_note(write.sql(), note)?;
    write.touch("notes");
    Ok(())
}
