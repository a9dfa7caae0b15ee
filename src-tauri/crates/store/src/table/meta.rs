//! What the file says of itself: its mode and its change counter.

use crate::error::StoreError;
use coffer_domain::mode::ModeName;
use rusqlite::{Connection, params};
use std::path::Path;

pub(crate) const SCHEMA_1: &str = "
CREATE TABLE meta (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    mode TEXT NOT NULL,
    revision INTEGER NOT NULL,
    asked INTEGER NOT NULL       -- requests numbered so far, in steps of a million for each sync
) STRICT;
";

/// A file that comes from before this step was filled by the first reading of the provider's JSON.
pub(crate) const SCHEMA_2: &str = "
ALTER TABLE meta ADD COLUMN projection INTEGER NOT NULL DEFAULT 1;
";

/// Which reading of the provider's JSON the tables are to be of. It is raised whenever a record gets a field or a field
/// another meaning; a file of an older reading is then read again from its own JSON.
pub const PROJECTION: i64 = 3;

/// Which reading of the provider's JSON the tables are of.
///
/// # Errors
/// The file's.
pub fn projection(sql: &Connection) -> Result<i64, StoreError> {
    Ok(sql.query_row("SELECT projection FROM meta", [], |row| row.get(0))?)
}

/// Records that every object was read again.
///
/// # Errors
/// The file's.
pub fn set_projection(
    write: &mut crate::store::Write<'_>,
    projection: i64,
) -> Result<(), StoreError> {
    write
        .sql()
        .execute("UPDATE meta SET projection = ?1", [projection])?;
    Ok(())
}

/// Writes the mode into a new file, and refuses a file that says the other one.
pub(crate) fn claim_mode(
    connection: &Connection,
    mode: ModeName,
    path: &Path,
) -> Result<(), StoreError> {
    connection.execute(
        "INSERT INTO meta (one, mode, revision, asked, projection) VALUES (1, ?1, 0, 0, ?2)
         ON CONFLICT DO NOTHING",
        params![mode.as_str(), PROJECTION],
    )?;
    is_of_mode(connection, mode, path)
}

/// Refuses a file of the other mode.
pub(crate) fn is_of_mode(
    connection: &Connection,
    mode: ModeName,
    path: &Path,
) -> Result<(), StoreError> {
    let found: String = connection.query_row("SELECT mode FROM meta", [], |row| row.get(0))?;
    if found == mode.as_str() {
        return Ok(());
    }
    Err(StoreError::WrongMode {
        path: path.to_owned(),
        expected: mode.as_str(),
        found,
    })
}

pub(crate) fn revision(connection: &Connection) -> Result<u64, StoreError> {
    let revision: i64 = connection.query_row("SELECT revision FROM meta", [], |row| row.get(0))?;
    Ok(revision.unsigned_abs())
}

/// A number above every request's number so far, with room for a billion requests above it.
///
/// Versions of an object are ordered by the number of the request that brought them, never by a clock: a clock that goes
/// back would keep newer answers out.
///
/// # Errors
/// The file's.
pub fn begin_asking(write: &mut crate::store::Write<'_>) -> Result<i64, StoreError> {
    Ok(write.sql().query_row(
        "UPDATE meta SET asked = asked + 1000000000 RETURNING asked",
        [],
        |row| row.get(0),
    )?)
}

pub(crate) fn advance(connection: &Connection) -> Result<u64, StoreError> {
    let revision: i64 = connection
        .prepare_cached("UPDATE meta SET revision = revision + 1 RETURNING revision")?
        .query_row([], |row| row.get(0))?;
    Ok(revision.unsigned_abs())
}
