//! How far each list has been walked, stretch by stretch. A stretch commits with the page it follows.
//!
//! A list begins as one stretch without bounds and may be cut while it is walked. A stretch is known by its kind and by
//! the instant it ends at: the nearer part of a cut keeps that instant and gets a new beginning, the farther part ends
//! there. Whether the stretches of a kind leave nothing out is for `coffer_domain::sync::covered` to say.

use crate::error::StoreError;
use crate::store::Write;
use crate::table::seconds;
use coffer_domain::Instant;
use coffer_domain::ids::AccountId;
use coffer_domain::record::Kind;
use coffer_domain::sync::Stretch;
use rusqlite::{Connection, params};

/// What there was before lists could be cut.
pub(crate) const SCHEMA_1: &str = "
CREATE TABLE sync_cursor (
    account TEXT NOT NULL,
    kind TEXT NOT NULL,
    after TEXT,
    done INTEGER NOT NULL,
    PRIMARY KEY (account, kind)
) STRICT, WITHOUT ROWID;
";

pub(crate) const SCHEMA_2: &str = "
CREATE TABLE sync_stretch (
    account TEXT NOT NULL,
    kind TEXT NOT NULL,
    to_at INTEGER NOT NULL,      -- the first instant after it; the largest number where it is open
    from_at INTEGER NOT NULL,    -- the first instant in it; the smallest number where it is open
    after TEXT,
    done INTEGER NOT NULL,
    PRIMARY KEY (account, kind, to_at)
) STRICT, WITHOUT ROWID;
INSERT INTO sync_stretch (account, kind, to_at, from_at, after, done)
    SELECT account, kind, 9223372036854775807, -9223372036854775808, after, done FROM sync_cursor;
DROP TABLE sync_cursor;
";

/// The end of a stretch as it stands in the file.
const fn end(stretch: &Stretch) -> i64 {
    match stretch.to {
        Some(to) => seconds(to),
        None => i64::MAX,
    }
}

/// The beginning of a stretch as it stands in the file.
const fn beginning(stretch: &Stretch) -> i64 {
    match stretch.from {
        Some(from) => seconds(from),
        None => i64::MIN,
    }
}

/// The stretches of an account, those of a kind from the newest to the oldest.
///
/// # Errors
/// The file's.
pub fn of_account(sql: &Connection, account: &AccountId) -> Result<Vec<Stretch>, StoreError> {
    let mut statement = sql.prepare_cached(
        "SELECT kind, from_at, to_at, after, done FROM sync_stretch WHERE account = ?1
         ORDER BY kind, to_at DESC",
    )?;
    let mut rows = statement.query([account.as_str()])?;
    let mut stretches = Vec::new();
    while let Some(row) = rows.next()? {
        // A kind this version does not know belongs to a later one and is left alone.
        let Some(kind) = Kind::parse(row.get_ref(0)?.as_str().unwrap_or_default()) else {
            continue;
        };
        stretches.push(Stretch {
            kind,
            from: bound(row.get(1)?)?,
            to: bound(row.get(2)?)?,
            after: row.get(3)?,
            done: row.get(4)?,
        });
    }
    Ok(stretches)
}

/// An instant, or `None` for the two numbers that stand for an open side.
fn bound(number: i64) -> Result<Option<Instant>, StoreError> {
    if matches!(number, i64::MIN | i64::MAX) {
        return Ok(None);
    }
    match Instant::from_timestamp(number, 0) {
        Some(instant) => Ok(Some(instant)),
        None => Err(StoreError::Unreadable {
            table: "sync_stretch",
            detail: "an instant out of range".to_owned(),
        }),
    }
}

/// Records how far a stretch has been walked.
///
/// # Errors
/// The file's.
pub fn put(
    write: &mut Write<'_>,
    account: &AccountId,
    stretch: &Stretch,
) -> Result<(), StoreError> {
    write
        .sql()
        .prepare_cached(
            "INSERT INTO sync_stretch (account, kind, to_at, from_at, after, done)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             ON CONFLICT (account, kind, to_at) DO UPDATE SET from_at = excluded.from_at,
               after = excluded.after, done = excluded.done",
        )?
        .execute(params![
            account.as_str(),
            stretch.kind.as_str(),
            end(stretch),
            beginning(stretch),
            stretch.after,
            stretch.done,
        ])?;
    Ok(())
}

/// Cuts a stretch in two: `near` keeps its end and where it stands and begins later, `far` is what lies before it.
///
/// # Errors
/// The file's.
pub fn cut(
    write: &mut Write<'_>,
    account: &AccountId,
    near: &Stretch,
    far: &Stretch,
) -> Result<(), StoreError> {
    put(write, account, near)?;
    put(write, account, far)
}

/// Forgets how far lists were walked: what changes in them from now on is not noticed, so each is walked whole once it can
/// be read again.
///
/// # Errors
/// The file's.
pub fn forget(
    write: &mut Write<'_>,
    account: &AccountId,
    kinds: &[Kind],
) -> Result<(), StoreError> {
    for kind in kinds {
        write
            .sql()
            .prepare_cached("DELETE FROM sync_stretch WHERE account = ?1 AND kind = ?2")?
            .execute([account.as_str(), kind.as_str()])?;
    }
    if !kinds.is_empty() {
        // What they no longer name is to be looked for again as well.
        write.sql().execute(
            "UPDATE account SET settled_walk = 0, clocks_walk = 0
             WHERE id = ?1 AND (settled_walk <> 0 OR clocks_walk <> 0)",
            [account.as_str()],
        )?;
    }
    Ok(())
}

/// Begins a new walk over every list, and forgets what was asked for and not there: stretches are forgotten, and the instant to read changes from is stamped first.
///
/// # Errors
/// The file's.
pub fn begin_walk(
    write: &mut Write<'_>,
    account: &AccountId,
    changes_from: Instant,
) -> Result<i64, StoreError> {
    for table in ["sync_stretch", "gone"] {
        write.sql().execute(
            &format!("DELETE FROM {table} WHERE account = ?1"),
            [account.as_str()],
        )?;
    }
    let walk = write.sql().query_row(
        "UPDATE account SET walk = walk + 1, changes_from = ?2, complete = 0, unproved = 1 WHERE id = ?1 RETURNING walk",
        params![account.as_str(), seconds(changes_from)],
        |row| row.get(0),
    )?;
    write.touch("accounts");
    Ok(walk)
}
