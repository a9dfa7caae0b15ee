//! What can go wrong with the file, each with what it means for the data.

use std::path::PathBuf;

/// A fault of the encrypted file.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The key at hand is not the one the file was made with. Nothing was changed.
    #[error("{path} was encrypted with another key")]
    WrongKey {
        /// The file.
        path: PathBuf,
    },
    /// The file is not readable although the key is right. Nothing was changed.
    #[error("{path} is damaged: {detail}")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What SQLite said.
        detail: String,
    },
    /// A newer version of the program wrote the file. Nothing was changed.
    #[error("{path} was written by a newer version (format {found}, this version knows {known})")]
    Newer {
        /// The file.
        path: PathBuf,
        /// The format in the file.
        found: i64,
        /// The newest format known here.
        known: i64,
    },
    /// The file belongs to the other mode.
    #[error("{path} holds {found} data and cannot be opened as {expected}")]
    WrongMode {
        /// The file.
        path: PathBuf,
        /// The mode asked for.
        expected: &'static str,
        /// The mode in the file.
        found: String,
    },
    /// Another process kept the file locked past the deadline. What was asked for did not happen.
    #[error("another program kept the database locked")]
    Locked,
    /// The disk is full. What was being written was rolled back; what was there is whole.
    #[error("the disk is full")]
    DiskFull,
    /// The file or its folder could not be read or written.
    #[error("{path} cannot be opened: {source}")]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A value in a table does not mean what it should.
    #[error("{table} holds a value that cannot be read: {detail}")]
    Unreadable {
        /// The table.
        table: &'static str,
        /// Which value and why.
        detail: String,
    },
    /// Any other word of SQLite's.
    #[error("the database refused: {0}")]
    Sql(rusqlite::Error),
    /// The writer has stopped.
    #[error("the database is closed")]
    Closed,
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode;
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Locked,
            Some(ErrorCode::DiskFull) => Self::DiskFull,
            // A disk that fills while the log is being grown is told as an I/O error by some systems.
            Some(ErrorCode::SystemIoFailure)
                if error.to_string().contains("No space left on device") =>
            {
                Self::DiskFull
            }
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Self::Damaged {
                path: PathBuf::new(),
                detail: error.to_string(),
            },
            _ => Self::Sql(error),
        }
    }
}

impl From<rusqlite::types::FromSqlError> for StoreError {
    fn from(error: rusqlite::types::FromSqlError) -> Self {
        Self::Sql(error.into())
    }
}

impl StoreError {
    /// The same fault for somebody else who waited for the same transaction.
    #[must_use]
    pub(crate) fn again(&self) -> Self {
        match self {
            Self::Locked => Self::Locked,
            Self::DiskFull => Self::DiskFull,
            Self::Damaged { path, detail } => Self::Damaged {
                path: path.clone(),
                detail: detail.clone(),
            },
            Self::Io { path, source } => Self::Io {
                path: path.clone(),
                source: source.kind().into(),
            },
            Self::Unreadable { table, detail } => Self::Unreadable {
                table,
                detail: detail.clone(),
            },
            Self::Sql(rusqlite::Error::SqliteFailure(code, detail)) => {
                Self::Sql(rusqlite::Error::SqliteFailure(*code, detail.clone()))
            }
            _ => Self::Closed,
        }
    }

    /// Names the file in a fault that did not know it.
    #[must_use]
    pub(crate) fn at(self, file: &std::path::Path) -> Self {
        match self {
            Self::Damaged { path, detail } if path.as_os_str().is_empty() => Self::Damaged {
                path: file.to_owned(),
                detail,
            },
            other => other,
        }
    }
}
