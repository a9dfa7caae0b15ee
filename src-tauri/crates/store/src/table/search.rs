//! The full-text index over customers, subscriptions, invoices, credit notes, payments, refunds and what was noted on customers,
//! inside the encrypted file.
//!
//! Each object has one document: what a person might type to find it, and what to show when it is found. Words are
//! folded (case, accents) and matched by their beginnings, so that an answer can stand while the user types.

use crate::error::StoreError;
use crate::table::note::NoteRow;
use coffer_domain::money::Money;
use coffer_domain::record::Record;
use rusqlite::{Connection, params};

pub(crate) const SCHEMA_1: &str = "
CREATE TABLE search_document (
    number INTEGER PRIMARY KEY,
    account TEXT NOT NULL,
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    customer TEXT,
    title TEXT NOT NULL,
    detail TEXT NOT NULL,
    words TEXT NOT NULL,
    UNIQUE (account, kind, id)
) STRICT;
CREATE VIRTUAL TABLE search_words USING fts5(
    title, words, content = 'search_document', content_rowid = 'number',
    tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3'
);
CREATE TRIGGER search_document_added AFTER INSERT ON search_document BEGIN
    INSERT INTO search_words (rowid, title, words) VALUES (new.number, new.title, new.words);
END;
CREATE TRIGGER search_document_removed AFTER DELETE ON search_document BEGIN
    INSERT INTO search_words (search_words, rowid, title, words) VALUES ('delete', old.number, old.title, old.words);
END;
CREATE TRIGGER search_document_changed AFTER UPDATE ON search_document BEGIN
    INSERT INTO search_words (search_words, rowid, title, words) VALUES ('delete', old.number, old.title, old.words);
    INSERT INTO search_words (rowid, title, words) VALUES (new.number, new.title, new.words);
END;
";

/// Documents join the index later than their page, many at once: the index then merges seldom. Those up to `filled` are in
/// it; a change to one of them is carried over at once, a change to a later one when that one joins.
pub(crate) const SCHEMA_2: &str = "
CREATE TABLE search_state (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    filled INTEGER NOT NULL
) STRICT;
INSERT INTO search_state (one, filled) SELECT 1, coalesce(max(number), 0) FROM search_document;
DROP TRIGGER search_document_added;
DROP TRIGGER search_document_removed;
DROP TRIGGER search_document_changed;
CREATE TRIGGER search_document_removed AFTER DELETE ON search_document
WHEN old.number <= (SELECT filled FROM search_state) BEGIN
    INSERT INTO search_words (search_words, rowid, title, words) VALUES ('delete', old.number, old.title, old.words);
END;
CREATE TRIGGER search_document_changed AFTER UPDATE ON search_document
WHEN old.number <= (SELECT filled FROM search_state) BEGIN
    INSERT INTO search_words (search_words, rowid, title, words) VALUES ('delete', old.number, old.title, old.words);
    INSERT INTO search_words (rowid, title, words) VALUES (new.number, new.title, new.words);
END;
";

/// Characters of a note's first line that stand for it.
const NOTE_TITLE_MAX: usize = 80;
/// Documents that join the index with a note, so that it is found at once unless a sync left many more to join.
const NOTE_JOINS: u32 = 500;

struct Document {
    kind: &'static str,
    customer: Option<String>,
    title: String,
    detail: String,
    words: String,
}

fn words(parts: &[Option<&str>]) -> String {
    let there: Vec<&str> = parts.iter().flatten().copied().collect();
    there.join(" ")
}

/// What an object is found by; `None` for kinds that are not searched.
fn document(record: &Record) -> Option<Document> {
    Some(match record {
        Record::Customer(it) => {
            let email = it.email.clone().unwrap_or_default();
            Document {
                kind: "customer",
                customer: Some(it.id.to_string()),
                title: it.name.clone().unwrap_or_else(|| email.clone()),
                words: words(&[
                    Some(&email),
                    Some(it.id.as_str()),
                    it.description.as_deref(),
                ]),
                detail: email,
            }
        }
        Record::Subscription(it) => Document {
            kind: "subscription",
            customer: Some(it.customer.to_string()),
            title: it.id.to_string(),
            detail: it.status.as_str().replace('_', " "),
            words: it.customer.to_string(),
        },
        Record::Invoice(it) => {
            let total = Money::new(it.total, it.currency);
            Document {
                kind: "invoice",
                customer: it.customer.as_ref().map(ToString::to_string),
                title: it.number.clone().unwrap_or_else(|| it.id.to_string()),
                detail: format!("{total}, {}", it.status.as_str()),
                words: words(&[Some(it.id.as_str()), Some(&total.decimal_text())]),
            }
        }
        Record::Payment(it) => Document {
            kind: "payment",
            customer: it.customer.as_ref().map(ToString::to_string),
            title: it.id.to_string(),
            detail: format!("{}, {}", it.amount, it.status.as_str()),
            words: words(&[
                it.card_last4.as_deref(),
                Some(&it.amount.decimal_text()),
                it.description.as_deref(),
            ]),
        },
        Record::Refund(it) => Document {
            kind: "refund",
            customer: None,
            title: it.id.to_string(),
            detail: format!("{}, {}", it.amount, it.status.as_str()),
            words: words(&[it.payment.as_ref().map(|id| id.as_str())]),
        },
        Record::CreditNote(it) => Document {
            kind: "credit_note",
            customer: it.customer.as_ref().map(ToString::to_string),
            title: it.number.clone().unwrap_or_else(|| it.id.to_string()),
            detail: format!("{}, {}", it.amount, it.status),
            words: words(&[
                Some(it.id.as_str()),
                Some(it.invoice.as_str()),
                Some(&it.amount.decimal_text()),
            ]),
        },
        _ => return None,
    })
}

/// Brings at most `limit` documents into the index that are not in it yet; returns how many.
pub(crate) fn fill(sql: &Connection, limit: u32) -> Result<u64, StoreError> {
    let filled: i64 = sql
        .prepare_cached("SELECT filled FROM search_state")?
        .query_row([], |row| row.get(0))?;
    let last: Option<i64> = sql
        .prepare_cached(
            "SELECT max(number) FROM
               (SELECT number FROM search_document WHERE number > ?1 ORDER BY number LIMIT ?2)",
        )?
        .query_row(params![filled, limit], |row| row.get(0))?;
    let Some(last) = last else { return Ok(0) };
    let added = sql
        .prepare_cached(
            "INSERT INTO search_words (rowid, title, words)
             SELECT number, title, words FROM search_document WHERE number > ?1 AND number <= ?2 ORDER BY number",
        )?
        .execute([filled, last])?;
    sql.prepare_cached("UPDATE search_state SET filled = ?1")?
        .execute([last])?;
    Ok(added as u64)
}

/// After documents were removed: their numbers may be given out again, and what gets one is not in the index.
pub(crate) fn refill_from_last(sql: &Connection) -> Result<(), StoreError> {
    sql.execute(
        "UPDATE search_state SET filled = min(filled, (SELECT coalesce(max(number), 0) FROM search_document))",
        [],
    )?;
    Ok(())
}

/// Puts an object into the index.
pub(crate) fn put(sql: &Connection, account: &str, record: &Record) -> Result<(), StoreError> {
    document(record).map_or(Ok(()), |it| put_document(sql, account, record.id(), &it))
}

fn put_document(
    sql: &Connection,
    account: &str,
    id: &str,
    document: &Document,
) -> Result<(), StoreError> {
    sql.prepare_cached(
        "INSERT INTO search_document (account, kind, id, customer, title, detail, words)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
         ON CONFLICT (account, kind, id) DO UPDATE SET customer = excluded.customer, title = excluded.title,
           detail = excluded.detail, words = excluded.words
         WHERE (title, detail, words) IS NOT (excluded.title, excluded.detail, excluded.words)",
    )?
    .execute(params![
        account,
        document.kind,
        id,
        document.customer,
        document.title,
        document.detail,
        document.words,
    ])?;
    Ok(())
}

/// Puts a note into the index. Whom it is about is said when it is found, by the name that the customer has then.
pub(crate) fn put_note(sql: &Connection, note: &NoteRow) -> Result<(), StoreError> {
    let first = note.text.lines().next().unwrap_or_default();
    let document = Document {
        kind: "note",
        customer: Some(note.customer.to_string()),
        title: first.chars().take(NOTE_TITLE_MAX).collect(),
        detail: String::new(),
        words: note.text.clone(),
    };
    put_document(sql, &note.account, &note.name(), &document)?;
    fill(sql, NOTE_JOINS)?;
    Ok(())
}

/// Takes a note out of the index.
pub(crate) fn remove_note(sql: &Connection, note: &NoteRow) -> Result<(), StoreError> {
    sql.prepare_cached(
        "DELETE FROM search_document WHERE account = ?1 AND kind = 'note' AND id = ?2",
    )?
    .execute(params![note.account, note.name()])?;
    refill_from_last(sql)
}

/// One hit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// `customer`, `subscription`, `invoice`, `credit_note`, `payment`, `refund` or `note`.
    pub kind: String,
    /// The provider's id; a note's name.
    pub id: String,
    /// The account it belongs to.
    pub account: String,
    /// What to show first.
    pub title: String,
    /// What to show beside it.
    pub detail: String,
    /// The customer it belongs to.
    pub customer: Option<String>,
}

/// What the user typed as a query: every word must begin a word of the document. `None` when nothing can be searched.
#[must_use]
pub fn match_expression(text: &str) -> Option<String> {
    let words: Vec<String> = text
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .take(12)
        .map(|word| format!("\"{word}\"*"))
        .collect();
    (!words.is_empty()).then(|| words.join(" "))
}

/// Finds objects by the beginnings of words; customers come first, then the best matches.
///
/// # Errors
/// The file's.
pub fn find(sql: &Connection, text: &str, limit: u32) -> Result<Vec<Hit>, StoreError> {
    let Some(expression) = match_expression(text) else {
        return Ok(Vec::new());
    };
    // Ranking reads every match, so a beginning as common as one letter is ranked within its first thousand.
    let mut statement = sql.prepare_cached(
        "SELECT d.kind, d.id, d.account, d.title,
           CASE d.kind WHEN 'note' THEN (SELECT 'Note on ' || coalesce(c.name, c.email, c.id) FROM customer c
             WHERE c.account = d.account AND c.id = d.customer) ELSE d.detail END, d.customer
         FROM (SELECT rowid, rank FROM search_words WHERE search_words MATCH ?1 LIMIT 1000) m
         JOIN search_document d ON d.number = m.rowid
         WHERE d.account IN (SELECT id FROM account)
         ORDER BY d.kind <> 'customer', m.rank, d.number DESC LIMIT ?2",
    )?;
    let rows = statement.query_map(params![expression, limit], |row| {
        Ok(Hit {
            kind: row.get(0)?,
            id: row.get(1)?,
            account: row.get(2)?,
            title: row.get(3)?,
            detail: row.get::<_, Option<String>>(4)?.unwrap_or_default(),
            customer: row.get(5)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}
