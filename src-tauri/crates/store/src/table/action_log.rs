//! Who did what, when, why, and what came of it: a chain that can be added to and not altered.
//!
//! Each line carries the hash of the one before, so that whoever changes or removes one breaks every later one. The file
//! itself refuses to change or remove a line; somebody with the file and its key could take the refusal away, and that is
//! what the chain is for. That lines are missing from the end cannot be seen from here: the engine keeps the last one it
//! wrote somewhere else as well.

use crate::error::StoreError;
use crate::store::Write;
use crate::table::{instant, seconds};
use coffer_domain::Instant;
use rusqlite::{Connection, OptionalExtension as _, Row, params};
use sha2::{Digest as _, Sha256};

pub(crate) const SCHEMA_5: &str = "
CREATE TABLE action_log (
    seq INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    who TEXT NOT NULL,
    operation TEXT NOT NULL,     -- empty for what is about no operation
    action TEXT NOT NULL,
    detail TEXT NOT NULL,        -- JSON
    before BLOB NOT NULL,        -- the hash of the line before
    hash BLOB NOT NULL
) STRICT;
CREATE INDEX action_log_of_operation ON action_log (operation, seq);
CREATE TRIGGER action_log_is_not_changed BEFORE UPDATE ON action_log
BEGIN SELECT RAISE(ABORT, 'the action log is not changed'); END;
CREATE TRIGGER action_log_is_not_shortened BEFORE DELETE ON action_log
BEGIN SELECT RAISE(ABORT, 'the action log is not shortened'); END;
";

/// A hash.
pub type Hash = [u8; 32];

/// What to write down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// When, by this machine's clock.
    pub at: Instant,
    /// Who.
    pub who: String,
    /// The operation it is about; empty for none.
    pub operation: String,
    /// What happened, in one word.
    pub action: String,
    /// The rest, as JSON.
    pub detail: String,
}

/// A line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Its place, from 1.
    pub seq: i64,
    /// What it says.
    pub entry: Entry,
    /// The hash of the line before.
    pub before: Hash,
    /// Its own.
    pub hash: Hash,
}

/// The last line's place and hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// Its place; 0 where there is none.
    pub seq: i64,
    /// Its hash; all zero where there is none.
    pub hash: Hash,
}

/// Where the chain is broken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// The first line that does not fit.
    pub seq: i64,
    /// Why.
    pub why: String,
}

const NOTHING: Head = Head {
    seq: 0,
    hash: [0; 32],
};

/// A line's hash. Every part is preceded by its length, so that no two lines read the same.
fn hash(before: &Hash, seq: i64, entry: &Entry) -> Hash {
    let mut hasher = Sha256::new();
    hasher.update(before);
    hasher.update(seq.to_be_bytes());
    hasher.update(seconds(entry.at).to_be_bytes());
    for part in [&entry.who, &entry.operation, &entry.action, &entry.detail] {
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part.as_bytes());
    }
    hasher.finalize().into()
}

fn bytes(row: &Row<'_>, index: usize) -> rusqlite::Result<Hash> {
    let blob = row.get_ref(index)?.as_blob()?;
    blob.try_into()
        .map_err(|_| super::broken(index, "a hash of another length"))
}

/// The last line.
///
/// # Errors
/// The file's.
pub fn head(sql: &Connection) -> Result<Head, StoreError> {
    Ok(sql
        .prepare_cached("SELECT seq, hash FROM action_log ORDER BY seq DESC LIMIT 1")?
        .query_row([], |row| {
            Ok(Head {
                seq: row.get(0)?,
                hash: bytes(row, 1)?,
            })
        })
        .optional()?
        .unwrap_or(NOTHING))
}

/// The hash of a line; `None` where there is no such line.
///
/// # Errors
/// The file's.
pub fn hash_at(sql: &Connection, seq: i64) -> Result<Option<Hash>, StoreError> {
    Ok(sql
        .prepare_cached("SELECT hash FROM action_log WHERE seq = ?1")?
        .query_row([seq], |row| bytes(row, 0))
        .optional()?)
}

/// Adds a line.
///
/// # Errors
/// The file's.
pub fn append(write: &mut Write<'_>, entry: &Entry) -> Result<Head, StoreError> {
    let last = head(write.sql())?;
    let seq = last.seq + 1;
    let own = hash(&last.hash, seq, entry);
    write
        .sql()
        .prepare_cached(
            "INSERT INTO action_log (seq, at, who, operation, action, detail, before, hash)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )?
        .execute(params![
            seq,
            seconds(entry.at),
            entry.who,
            entry.operation,
            entry.action,
            entry.detail,
            last.hash.as_slice(),
            own.as_slice()
        ])?;
    write.touch("action_log");
    Ok(Head { seq, hash: own })
}

fn line(row: &Row<'_>) -> rusqlite::Result<Line> {
    Ok(Line {
        seq: row.get(0)?,
        entry: Entry {
            at: instant(row, 1)?,
            who: row.get(2)?,
            operation: row.get(3)?,
            action: row.get(4)?,
            detail: row.get(5)?,
        },
        before: bytes(row, 6)?,
        hash: bytes(row, 7)?,
    })
}

const COLUMNS: &str = "seq, at, who, operation, action, detail, before, hash";

/// Lines, newest first, before a place; at most `limit`.
///
/// # Errors
/// The file's.
pub fn list(sql: &Connection, before: Option<i64>, limit: u32) -> Result<Vec<Line>, StoreError> {
    let mut statement = sql.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM action_log WHERE ?1 IS NULL OR seq < ?1 ORDER BY seq DESC LIMIT ?2"
    ))?;
    let rows = statement.query_map(params![before, limit], line)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The lines of an operation, oldest first.
///
/// # Errors
/// The file's.
pub fn of_operation(sql: &Connection, operation: &str) -> Result<Vec<Line>, StoreError> {
    let mut statement = sql.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM action_log WHERE operation = ?1 ORDER BY seq"
    ))?;
    let rows = statement.query_map([operation], line)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Follows the chain from its beginning: the last line, or where it is broken.
///
/// # Errors
/// The file's.
pub fn verify(sql: &Connection) -> Result<Result<Head, Broken>, StoreError> {
    let mut statement =
        sql.prepare_cached(&format!("SELECT {COLUMNS} FROM action_log ORDER BY seq"))?;
    let mut rows = statement.query([])?;
    let mut last = NOTHING;
    while let Some(row) = rows.next()? {
        let line = line(row)?;
        let broken = |why: &str| {
            Ok(Err(Broken {
                seq: line.seq,
                why: why.to_owned(),
            }))
        };
        if line.seq != last.seq + 1 {
            return broken("a line is missing before it");
        }
        if line.before != last.hash {
            return broken("it does not follow the line before it");
        }
        if line.hash != hash(&last.hash, line.seq, &line.entry) {
            return broken("it was altered");
        }
        last = Head {
            seq: line.seq,
            hash: line.hash,
        };
    }
    Ok(Ok(last))
}
