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

/// Kept as it is.
const PLAIN: i64 = 0;
const LEVEL: i32 = 3;
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
            "INSERT INTO raw_dictionary (kind, bytes) VALUES (?1, ?2)",
            params![kind.as_str(), bytes],
        )?;
        self.add(kind.as_str(), connection.last_insert_rowid(), &bytes)
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
}

/// Keeps an object unless a newer version of it is there; says whether anything about it changed. That the walk saw it is
/// noted either way.
pub(crate) fn keep(
    connection: &Connection,
    codecs: &mut Codecs,
    object: &RawObject<'_>,
) -> Result<bool, StoreError> {
    let (codec, small) = codecs.compress(object.kind, object.json)?;
    let bytes = small.as_deref().unwrap_or(object.json.as_bytes());
    let key = params![object.account, object.kind.as_str(), object.id];
    let known = connection
        .prepare_cached(
            "SELECT asked, deleted, codec, json FROM raw_object
             WHERE account = ?1 AND kind = ?2 AND id = ?3",
        )?
        .query_row(key, |row| {
            let same = row.get::<_, i64>(2)? == codec && row.get_ref(3)?.as_blob()? == bytes;
            Ok((row.get::<_, i64>(0)?, row.get::<_, bool>(1)?, same))
        })
        .optional()?;
    if let Some((asked, deleted, same)) = known {
        let newer = object.asked >= asked;
        if !newer || (same && !deleted) {
            connection
                .prepare_cached(
                    "UPDATE raw_object SET walk = max(walk, ?4), asked = max(asked, ?5)
                     WHERE account = ?1 AND kind = ?2 AND id = ?3",
                )?
                .execute(params![
                    object.account,
                    object.kind.as_str(),
                    object.id,
                    object.walk,
                    object.asked,
                ])?;
            return Ok(false);
        }
    }
    connection
        .prepare_cached(
            "INSERT INTO raw_object
               (account, kind, id, codec, plain_bytes, json, api_version, asked, walk, deleted)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 0)
             ON CONFLICT (account, kind, id) DO UPDATE SET
               codec = excluded.codec, plain_bytes = excluded.plain_bytes, json = excluded.json,
               api_version = excluded.api_version, asked = excluded.asked,
               walk = max(walk, excluded.walk), deleted = 0",
        )?
        .execute(params![
            object.account,
            object.kind.as_str(),
            object.id,
            codec,
            i64::try_from(object.json.len()).unwrap_or(i64::MAX),
            bytes,
            object.api_version,
            object.asked,
            object.walk,
        ])?;
    Ok(true)
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
    let found = connection
        .prepare_cached(
            "SELECT o.codec, o.plain_bytes, o.json, d.bytes
             FROM raw_object o LEFT JOIN raw_dictionary d ON d.id = o.codec
             WHERE o.account = ?1 AND o.kind = ?2 AND o.id = ?3",
        )?
        .query_row(params![account, kind.as_str(), id], |row| {
            Ok((
                row.get::<_, i64>(0)?,
                row.get::<_, i64>(1)?,
                row.get::<_, Vec<u8>>(2)?,
                row.get::<_, Option<Vec<u8>>>(3)?,
            ))
        })
        .optional()?;
    let Some((codec, plain_bytes, bytes, dictionary)) = found else {
        return Ok(None);
    };
    let unreadable = |detail: String| StoreError::Unreadable {
        table: "raw_object",
        detail: format!("{kind:?} {id}: {detail}"),
    };
    let plain = if codec == PLAIN {
        bytes
    } else {
        let dictionary = dictionary.ok_or_else(|| unreadable("its dictionary is gone".into()))?;
        let capacity = usize::try_from(plain_bytes).unwrap_or(0);
        Decompressor::with_dictionary(&dictionary)
            .and_then(|mut decompressor| decompressor.decompress(&bytes, capacity))
            .map_err(|error| unreadable(error.to_string()))?
    };
    String::from_utf8(plain)
        .map(Some)
        .map_err(|error| unreadable(error.to_string()))
}
