//! What happened on a day, as somebody wrote it beside the figures: a price that went up, a launch, an outage. It is ours
//! alone: no provider is told, and no sync touches it.

use crate::error::StoreError;
use crate::store::Write;
use crate::table::{instant, seconds};
use chrono::NaiveDate;
use coffer_domain::Instant;
use rusqlite::types::Type;
use rusqlite::{Connection, params};

pub(crate) const SCHEMA_7: &str = "
CREATE TABLE annotation (
    id INTEGER PRIMARY KEY,
    day TEXT NOT NULL,           -- YYYY-MM-DD, in whatever zone the figures are told
    text TEXT NOT NULL,
    written_at INTEGER NOT NULL
) STRICT;
CREATE INDEX annotation_by_day ON annotation (day);
";
const KIND: &str = "annotations";

/// Words on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnnotationRow {
    /// Its number.
    pub id: i64,
    /// The day.
    pub day: NaiveDate,
    /// The words.
    pub text: String,
    /// When they were written, or changed last.
    pub written_at: Instant,
}

/// All of them, in order of their days.
///
/// # Errors
/// The file's.
pub fn all(sql: &Connection) -> Result<Vec<AnnotationRow>, StoreError> {
    let mut statement =
        sql.prepare_cached("SELECT id, day, text, written_at FROM annotation ORDER BY day, id")?;
    let rows = statement.query_map([], |row| {
        let day = row.get_ref(1)?.as_str()?;
        Ok(AnnotationRow {
            id: row.get(0)?,
            day: day.parse().map_err(|error: chrono::ParseError| {
                rusqlite::Error::FromSqlConversionFailure(1, Type::Text, error.into())
            })?,
            text: row.get(2)?,
            written_at: instant(row, 3)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// How many there are.
///
/// # Errors
/// The file's.
pub fn count(sql: &Connection) -> Result<u64, StoreError> {
    let count: i64 = sql
        .prepare_cached("SELECT count(*) FROM annotation")?
        .query_row([], |row| row.get(0))?;
    Ok(u64::try_from(count).unwrap_or(0))
}

/// Writes words on a day.
///
/// # Errors
/// The file's.
pub fn add(
    write: &mut Write<'_>,
    day: NaiveDate,
    text: &str,
    at: Instant,
) -> Result<(), StoreError> {
    write
        .sql()
        .prepare_cached("INSERT INTO annotation (day, text, written_at) VALUES (?1, ?2, ?3)")?
        .execute(params![day.to_string(), text, seconds(at)])?;
    write.touch(KIND);
    Ok(())
}

/// Puts other words, or another day, in the place of what was written; whether there was something.
///
/// # Errors
/// The file's.
pub fn change(
    write: &mut Write<'_>,
    id: i64,
    day: NaiveDate,
    text: &str,
    at: Instant,
) -> Result<bool, StoreError> {
    let changed = write
        .sql()
        .prepare_cached("UPDATE annotation SET day = ?2, text = ?3, written_at = ?4 WHERE id = ?1")?
        .execute(params![id, day.to_string(), text, seconds(at)])?;
    if changed > 0 {
        write.touch(KIND);
    }
    Ok(changed > 0)
}

/// Takes words away; whether there were some.
///
/// # Errors
/// The file's.
pub fn remove(write: &mut Write<'_>, id: i64) -> Result<bool, StoreError> {
    let gone = write
        .sql()
        .prepare_cached("DELETE FROM annotation WHERE id = ?1")?
        .execute([id])?;
    if gone > 0 {
        write.touch(KIND);
    }
    Ok(gone > 0)
}
