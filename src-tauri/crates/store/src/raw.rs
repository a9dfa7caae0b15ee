//! The provider's own JSON, whole, in a table of its own.
//!
//! Objects of one kind resemble each other, so each kind gets a zstd dictionary trained from its first full page and
//! kept in the file. A text that would not shrink is kept as it is. Hot tables never carry this weight.

use crate::error::StoreError;
use coffer_domain::record::Kind;
use rusqlite::{Connection, OptionalExtension as _, params};
use std::collections::HashMap;
use zstd::bulk::{Compressor, Decompressor};

pub(crate) const SCHEMA_1: &str = "
CREATE TABLE raw_dictionary (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL UNIQUE,
    bytes BLOB NOT NULL
) STRICT;
CREATE TABLE raw_object (
    account TEXT NOT NULL,
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    codec INTEGER NOT NULL,      -- 0: as it is; otherwise the dictionary it was compressed with
    plain_bytes INTEGER NOT NULL,
    json BLOB NOT NULL,
    api_version TEXT NOT NULL,
    asked INTEGER NOT NULL,      -- the number of the request that brought it
    walk INTEGER NOT NULL,       -- the walk over its list that saw it last
    deleted INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (account, kind, id)
) STRICT;
";

/// What is stored is counted while it changes, so that nobody has to go through it for a number.
pub(crate) const SCHEMA_2: &str = "
ALTER TABLE raw_object ADD COLUMN fetched_at INTEGER NOT NULL DEFAULT 0;  -- the provider's clock before it was asked for
CREATE TABLE raw_count (
    account TEXT NOT NULL,
    kind TEXT NOT NULL,
    stored INTEGER NOT NULL,     -- deleted ones left out
    deleted INTEGER NOT NULL,
    plain_bytes INTEGER NOT NULL,
    kept_bytes INTEGER NOT NULL,
    PRIMARY KEY (account, kind)
) STRICT, WITHOUT ROWID;
INSERT INTO raw_count (account, kind, stored, deleted, plain_bytes, kept_bytes)
    SELECT account, kind, sum(deleted = 0), sum(deleted = 1), sum(plain_bytes), sum(length(json))
    FROM raw_object GROUP BY account, kind;
";

/// Kept as it is.
const PLAIN: i64 = 0;
/// The fastest: with a dictionary, level 3 made a whole file smaller by two hundredths only and took longer.
const LEVEL: i32 = 1;
const DICTIONARY_BYTES_MAX: usize = 16 * 1024;
/// Fewer samples make a dictionary that fits nothing.
const SAMPLES_MIN: usize = 40;

/// The compressors of each kind. They live with the writer.
#[derive(Default)]
pub(crate) struct Codecs {
    by_kind: HashMap<&'static str, (i64, Compressor<'static>)>,
}

impl Codecs {
    pub(crate) fn load(connection: &Connection) -> Result<Self, StoreError> {
        let mut codecs = Self::default();
        let mut statement = connection.prepare("SELECT id, kind, bytes FROM raw_dictionary")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let kind: String = row.get(1)?;
            let bytes: Vec<u8> = row.get(2)?;
            if let Some(kind) = Kind::parse(&kind) {
                codecs.add(kind.as_str(), row.get(0)?, &bytes)?;
            }
        }
        Ok(codecs)
    }

    fn add(&mut self, kind: &'static str, id: i64, bytes: &[u8]) -> Result<(), StoreError> {
        let compressor = Compressor::with_dictionary(LEVEL, bytes).map_err(unusable)?;
        self.by_kind.insert(kind, (id, compressor));
        Ok(())
    }

    /// Makes the kind's dictionary from a page, when it has none and the page is worth it.
    pub(crate) fn learn(
        &mut self,
        connection: &Connection,
        kind: Kind,
        samples: &[&str],
    ) -> Result<(), StoreError> {
        if self.by_kind.contains_key(kind.as_str()) || samples.len() < SAMPLES_MIN {
            return Ok(());
        }
        // Training refuses samples that are too small or too alike; the kind then stays without until a better page.
        let Ok(bytes) = zstd::dict::from_samples(samples, DICTIONARY_BYTES_MAX) else {
            return Ok(());
        };
        connection.execute(
            "INSERT INTO raw_dictionary (kind, bytes) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
            params![kind.as_str(), bytes],
        )?;
        // Another process may have made one since this one looked; there is one for each kind.
        let (id, bytes): (i64, Vec<u8>) = connection.query_row(
            "SELECT id, bytes FROM raw_dictionary WHERE kind = ?1",
            [kind.as_str()],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?;
        self.add(kind.as_str(), id, &bytes)
    }

    fn compress(&mut self, kind: Kind, json: &str) -> Result<(i64, Option<Vec<u8>>), StoreError> {
        let Some((id, compressor)) = self.by_kind.get_mut(kind.as_str()) else {
            return Ok((PLAIN, None));
        };
        let small = compressor.compress(json.as_bytes()).map_err(unusable)?;
        if small.len() < json.len() {
            Ok((*id, Some(small)))
        } else {
            Ok((PLAIN, None))
        }
    }
}

fn unusable(error: std::io::Error) -> StoreError {
    StoreError::Unreadable {
        table: "raw_dictionary",
        detail: error.to_string(),
    }
}

/// One object as it came.
pub(crate) struct RawObject<'a> {
    pub(crate) account: &'a str,
    pub(crate) kind: Kind,
    pub(crate) id: &'a str,
    pub(crate) json: &'a str,
    pub(crate) api_version: &'a str,
    pub(crate) asked: i64,
    pub(crate) walk: i64,
    pub(crate) fetched_at: i64,
}

/// How the counts of a kind change.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    stored: i64,
    deleted: i64,
    plain_bytes: i64,
    kept_bytes: i64,
}

impl Tally {
    /// One object is deleted now that was not before.
    pub(crate) const ONE_DELETED: Self = Self {
        stored: -1,
        deleted: 1,
        plain_bytes: 0,
        kept_bytes: 0,
    };

    /// Writes the change down.
    pub(crate) fn settle(
        &self,
        connection: &Connection,
        account: &str,
        kind: Kind,
    ) -> Result<(), StoreError> {
        connection
            .prepare_cached(
                "INSERT INTO raw_count (account, kind, stored, deleted, plain_bytes, kept_bytes)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                 ON CONFLICT (account, kind) DO UPDATE SET stored = stored + excluded.stored,
                   deleted = deleted + excluded.deleted, plain_bytes = plain_bytes + excluded.plain_bytes,
                   kept_bytes = kept_bytes + excluded.kept_bytes",
            )?
            .execute(params![
                account,
                kind.as_str(),
                self.stored,
                self.deleted,
                self.plain_bytes,
                self.kept_bytes,
            ])?;
        Ok(())
    }
}

const fn length(bytes: usize) -> i64 {
    // No object comes near to what does not fit.
    bytes as i64
}

/// What keeping an object meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kept {
    /// It was not there: nothing of it stands in any table.
    New,
    /// It differs from what was there.
    Changed,
    /// Nothing about it changed, or a newer version is there.
    Same,
}

/// Keeps an object unless a newer version of it is there. That the walk saw it and when it was asked for is noted either
/// way.
pub(crate) fn keep(
    connection: &Connection,
    codecs: &mut Codecs,
    object: &RawObject<'_>,
    tally: &mut Tally,
) -> Result<Kept, StoreError> {
    let (codec, small) = codecs.compress(object.kind, object.json)?;
    let bytes = small.as_deref().unwrap_or(object.json.as_bytes());
    // Most objects of a first walk are new, and then nothing needs to be looked up before.
    let new = connection
        .prepare_cached(
            "INSERT INTO raw_object
               (account, kind, id, codec, plain_bytes, json, api_version, asked, walk, fetched_at, deleted)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, 0)
             ON CONFLICT (account, kind, id) DO NOTHING",
        )?
        .execute(params![
            object.account,
            object.kind.as_str(),
            object.id,
            codec,
            length(object.json.len()),
            bytes,
            object.api_version,
            object.asked,
            object.walk,
            object.fetched_at,
        ])?;
    if new == 1 {
        tally.stored += 1;
        tally.plain_bytes += length(object.json.len());
        tally.kept_bytes += length(bytes.len());
        return Ok(Kept::New);
    }
    keep_again(connection, object, codec, bytes, tally)
}

/// What is known of an object before it is kept again.
struct Known {
    row: i64,
    asked: i64,
    deleted: bool,
    same: bool,
    plain_bytes: i64,
    kept_bytes: i64,
}

fn known(
    connection: &Connection,
    object: &RawObject<'_>,
    codec: i64,
    bytes: &[u8],
) -> Result<Known, StoreError> {
    let key = params![object.account, object.kind.as_str(), object.id];
    Ok(connection
        .prepare_cached(
            "SELECT asked, deleted, codec, json, plain_bytes, rowid FROM raw_object
             WHERE account = ?1 AND kind = ?2 AND id = ?3",
        )?
        .query_row(key, |row| {
            let kept = row.get_ref(3)?.as_blob()?;
            Ok(Known {
                row: row.get(5)?,
                asked: row.get(0)?,
                deleted: row.get(1)?,
                same: row.get::<_, i64>(2)? == codec && kept == bytes,
                plain_bytes: row.get(4)?,
                kept_bytes: length(kept.len()),
            })
        })?)
}

fn keep_again(
    connection: &Connection,
    object: &RawObject<'_>,
    codec: i64,
    bytes: &[u8],
    tally: &mut Tally,
) -> Result<Kept, StoreError> {
    let known = known(connection, object, codec, bytes)?;
    let newer = object.asked >= known.asked;
    if !newer || (known.same && !known.deleted) {
        // An older answer says nothing of how recently the object was looked at.
        let fetched_at = if newer { object.fetched_at } else { 0 };
        connection
            .prepare_cached(
                "UPDATE raw_object SET walk = max(walk, ?2), asked = max(asked, ?3), fetched_at = max(fetched_at, ?4)
                 WHERE rowid = ?1",
            )?
            .execute(params![known.row, object.walk, object.asked, fetched_at])?;
        return Ok(Kept::Same);
    }
    connection
        .prepare_cached(
            "UPDATE raw_object SET codec = ?2, plain_bytes = ?3, json = ?4, api_version = ?5, asked = ?6,
               walk = max(walk, ?7), fetched_at = max(fetched_at, ?8), deleted = 0
             WHERE rowid = ?1",
        )?
        .execute(params![
            known.row,
            codec,
            length(object.json.len()),
            bytes,
            object.api_version,
            object.asked,
            object.walk,
            object.fetched_at,
        ])?;
    if known.deleted {
        tally.stored += 1;
        tally.deleted -= 1;
    }
    tally.plain_bytes += length(object.json.len()) - known.plain_bytes;
    tally.kept_bytes += length(bytes.len()) - known.kept_bytes;
    Ok(Kept::Changed)
}

/// Reads what was compressed; keeps each dictionary at hand.
#[derive(Default)]
pub(crate) struct Reader {
    by_codec: HashMap<i64, Decompressor<'static>>,
}

impl Reader {
    /// The text of an object whose columns `codec`, `plain_bytes` and `json` begin at `first`.
    pub(crate) fn text(
        &mut self,
        connection: &Connection,
        row: &rusqlite::Row<'_>,
        first: usize,
    ) -> Result<String, StoreError> {
        let unreadable = |detail: String| StoreError::Unreadable {
            table: "raw_object",
            detail,
        };
        let codec: i64 = row.get(first)?;
        let plain_bytes: i64 = row.get(first + 1)?;
        let bytes = row.get_ref(first + 2)?.as_blob()?;
        let plain = if codec == PLAIN {
            bytes.to_vec()
        } else {
            let capacity = usize::try_from(plain_bytes).unwrap_or(0);
            self.of(connection, codec)?
                .decompress(bytes, capacity)
                .map_err(|error| unreadable(error.to_string()))?
        };
        String::from_utf8(plain).map_err(|error| unreadable(error.to_string()))
    }

    fn of(
        &mut self,
        connection: &Connection,
        codec: i64,
    ) -> Result<&mut Decompressor<'static>, StoreError> {
        use std::collections::hash_map::Entry;
        Ok(match self.by_codec.entry(codec) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(space) => {
                let dictionary: Vec<u8> = connection
                    .prepare_cached("SELECT bytes FROM raw_dictionary WHERE id = ?1")?
                    .query_row([codec], |row| row.get(0))
                    .optional()?
                    .ok_or_else(|| StoreError::Unreadable {
                        table: "raw_object",
                        detail: format!("dictionary {codec} is gone"),
                    })?;
                space.insert(Decompressor::with_dictionary(&dictionary).map_err(unusable)?)
            }
        })
    }
}

/// The JSON of one object; `None` when it was never seen.
///
/// # Errors
/// When the stored bytes cannot be read.
pub(crate) fn json_of(
    connection: &Connection,
    account: &str,
    kind: Kind,
    id: &str,
) -> Result<Option<String>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT codec, plain_bytes, json FROM raw_object WHERE account = ?1 AND kind = ?2 AND id = ?3",
    )?;
    let mut rows = statement.query(params![account, kind.as_str(), id])?;
    match rows.next()? {
        Some(row) => Reader::default().text(connection, row, 0).map(Some),
        None => Ok(None),
    }
}
