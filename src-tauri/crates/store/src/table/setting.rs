//! What somebody set for this mode, by name, and who may act here.

use crate::error::StoreError;
use crate::store::Write;
use crate::table::{instant, json, seconds, to_json};
use coffer_domain::Instant;
use rusqlite::{Connection, OptionalExtension as _, params};
use serde::Serialize;
use serde::de::DeserializeOwned;

pub(crate) const SCHEMA_5: &str = "
CREATE TABLE setting (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE operator (
    name TEXT PRIMARY KEY,
    pin TEXT NOT NULL,           -- argon2, with its salt and measures
    added_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
";

/// A setting; `None` where nobody set it.
///
/// # Errors
/// The file's, or that it cannot be read as what it should be.
pub fn get<T: DeserializeOwned>(sql: &Connection, name: &str) -> Result<Option<T>, StoreError> {
    Ok(sql
        .prepare_cached("SELECT value FROM setting WHERE name = ?1")?
        .query_row([name], |row| json(row, 0))
        .optional()?)
}

/// Sets something.
///
/// # Errors
/// The file's.
pub fn set<T: Serialize>(write: &mut Write<'_>, name: &str, value: &T) -> Result<(), StoreError> {
    write
        .sql()
        .prepare_cached("INSERT OR REPLACE INTO setting (name, value) VALUES (?1, ?2)")?
        .execute(params![name, to_json("setting", value)?])?;
    write.touch("settings");
    Ok(())
}

/// Somebody who may act here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OperatorRow {
    /// The name.
    pub name: String,
    /// The PIN's hash, with salt and measures.
    pub pin: String,
    /// Since when.
    pub added_at: Instant,
}

/// Who may act here, by name.
///
/// # Errors
/// The file's.
pub fn operators(sql: &Connection) -> Result<Vec<OperatorRow>, StoreError> {
    let mut statement =
        sql.prepare_cached("SELECT name, pin, added_at FROM operator ORDER BY name")?;
    let rows = statement.query_map([], |row| {
        Ok(OperatorRow {
            name: row.get(0)?,
            pin: row.get(1)?,
            added_at: instant(row, 2)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Adds somebody, or gives a new PIN.
///
/// # Errors
/// The file's.
pub fn put_operator(write: &mut Write<'_>, row: &OperatorRow) -> Result<(), StoreError> {
    write
        .sql()
        .prepare_cached(
            "INSERT INTO operator (name, pin, added_at) VALUES (?1, ?2, ?3)
             ON CONFLICT (name) DO UPDATE SET pin = excluded.pin",
        )?
        .execute(params![row.name, row.pin, seconds(row.added_at)])?;
    write.touch("settings");
    Ok(())
}

/// Takes somebody out; whether there was one.
///
/// # Errors
/// The file's.
pub fn remove_operator(write: &mut Write<'_>, name: &str) -> Result<bool, StoreError> {
    let gone = write
        .sql()
        .prepare_cached("DELETE FROM operator WHERE name = ?1")?
        .execute([name])?;
    write.touch("settings");
    Ok(gone > 0)
}
