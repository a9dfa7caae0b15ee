//! Opening the file: the key first, then a look whether it fits, then how SQLite is to behave.
//!
//! A file that cannot be read is never recreated and never touched: the fault says whether the key or the file is
//! wrong, by the fingerprint written beside it when it was made.

use crate::error::StoreError;
use crate::key::DatabaseKey;
use rusqlite::{Connection, OpenFlags};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How long a statement waits for another process before it gives up.
const BUSY: Duration = Duration::from_secs(10);

/// Opens the file for writing, making it when it is not there.
pub(crate) fn open_writer(path: &Path, key: &DatabaseKey) -> Result<Connection, StoreError> {
    let fresh = !path.exists();
    if fresh {
        create_private(path)?;
        fs::write(fingerprint_path(path), key.fingerprint()).map_err(|source| io(path, source))?;
    }
    let connection = open(path, key, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    connection.execute_batch(
        "PRAGMA journal_mode = WAL;
         PRAGMA synchronous = FULL;
         PRAGMA cache_size = -32768;
         PRAGMA wal_autocheckpoint = 16000;
         PRAGMA journal_size_limit = 67108864;
         PRAGMA temp_store = MEMORY;",
    )?;
    Ok(connection)
}

/// Opens the file for reading alone.
pub(crate) fn open_reader(path: &Path, key: &DatabaseKey) -> Result<Connection, StoreError> {
    let connection = open(path, key, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    connection.execute_batch(
        "PRAGMA query_only = ON;
         PRAGMA cache_size = -8192;
         PRAGMA temp_store = MEMORY;",
    )?;
    Ok(connection)
}

fn open(path: &Path, key: &DatabaseKey, flags: OpenFlags) -> Result<Connection, StoreError> {
    let connection = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.busy_timeout(BUSY)?;
    // What it would print stands in the error.
    connection.execute_batch("PRAGMA cipher_log_level = NONE;")?;
    connection.execute_batch(&key.pragma())?;
    connection.execute_batch(
        "PRAGMA foreign_keys = OFF;
         PRAGMA trusted_schema = OFF;
         PRAGMA cell_size_check = ON;",
    )?;
    connection.set_prepared_statement_cache_capacity(256);
    connection
        .query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))
        .map_err(|error| unreadable(path, key, error))?;
    Ok(connection)
}

/// A file that does not open is of another key when its fingerprint says so, and damaged otherwise.
fn unreadable(path: &Path, key: &DatabaseKey, error: rusqlite::Error) -> StoreError {
    match StoreError::from(error) {
        StoreError::Damaged { detail, .. } => {
            let known = fs::read_to_string(fingerprint_path(path)).ok();
            if known.is_some_and(|known| known.trim() != key.fingerprint()) {
                StoreError::WrongKey {
                    path: path.to_owned(),
                }
            } else {
                StoreError::Damaged {
                    path: path.to_owned(),
                    detail,
                }
            }
        }
        other => other,
    }
}

/// Where the fingerprint of the file's key stands.
pub(crate) fn fingerprint_path(path: &Path) -> PathBuf {
    path.with_extension("key-fingerprint")
}

/// Makes an empty file that only its owner may read.
fn create_private(path: &Path) -> Result<(), StoreError> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    match options.open(path) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        Err(source) => Err(io(path, source)),
    }
}

fn io(path: &Path, source: std::io::Error) -> StoreError {
    if source.kind() == std::io::ErrorKind::StorageFull {
        return StoreError::DiskFull;
    }
    StoreError::Io {
        path: path.to_owned(),
        source,
    }
}
