//! Copies of the file under another key: to be kept elsewhere, and brought back.
//!
//! A copy is made from one state of the file while others go on reading and writing. What is brought back is looked at page
//! by page before anything of it is used, and the file that was there is moved aside, never written over.

use crate::error::StoreError;
use crate::file;
use crate::key::DatabaseKey;
use crate::migration;
use crate::store::Store;
use crate::table::meta;
use coffer_domain::mode::Mode;
use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, ErrorCode};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// What SQLite keeps beside a file.
const BESIDE: [&str; 3] = ["-wal", "-shm", "-journal"];
/// How long somebody else may hold a file that nobody should have open.
const IN_USE: Duration = Duration::from_secs(1);

impl<M: Mode> Store<M> {
    /// Writes a copy of the file, under a key of its own. Nothing may stand at `to` yet.
    ///
    /// # Errors
    /// The file's, or that the copy cannot be written. What was begun is removed then.
    pub fn copy_to(&self, to: &Path, key: &DatabaseKey) -> Result<(), StoreError> {
        let copied = self.read(|read| copy(read.sql(), to, key));
        copied.inspect_err(|_| forget(to))
    }

    /// Puts a copy in place of the mode's file inside `home`. The file that was there is moved to the path returned, also where it
    /// cannot be opened any more.
    ///
    /// # Errors
    /// When the copy is damaged, newer, or of the other mode, when another program has the mode's file open, or when it
    /// cannot be written. Nothing is changed then.
    pub fn bring_back(
        home: &Path,
        own: &DatabaseKey,
        from: &Path,
        key: &DatabaseKey,
        aside: &str,
    ) -> Result<Option<PathBuf>, StoreError> {
        let path = Self::path_in(home);
        let coming = path.with_extension("db.coming");
        forget(&coming);
        let made = look_at::<M>(from, key).and_then(|source| copy(&source, &coming, own));
        made.and_then(|()| exchange(&path, &coming, own, aside))
            .inspect_err(|_| forget(&coming))
    }
}

/// Copies everything in one go, so that it is one state.
fn copy(from: &Connection, to: &Path, key: &DatabaseKey) -> Result<(), StoreError> {
    let mut copy = file::open_writer(to, key)?;
    // One file, without a log beside it that could be left behind.
    copy.execute_batch("PRAGMA journal_mode = DELETE;")?;
    {
        let backup = Backup::new(from, &mut copy)?;
        match backup.step(-1)? {
            StepResult::Done => {}
            StepResult::Busy | StepResult::Locked => return Err(StoreError::Locked),
            other => {
                return Err(StoreError::Damaged {
                    path: to.to_owned(),
                    detail: format!("the copy stopped short: {other:?}"),
                });
            }
        }
    }
    copy.execute_batch("PRAGMA journal_mode = DELETE;")?;
    copy.close().map_err(|(_, error)| error)?;
    // It tells a wrong key from a damaged file where the file lives; a copy lives nowhere yet.
    let _ = std::fs::remove_file(file::fingerprint_path(to));
    Ok(())
}

/// Opens a copy and looks at all of it: each page against its own seal, then how they hang together, then whose it is.
fn look_at<M: Mode>(path: &Path, key: &DatabaseKey) -> Result<Connection, StoreError> {
    let damaged = |detail: String| StoreError::Damaged {
        path: path.to_owned(),
        detail,
    };
    let connection = file::open_reader(path, key)?;
    for question in ["PRAGMA cipher_integrity_check", "PRAGMA quick_check(1)"] {
        let mut statement = connection.prepare(question)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next().map_err(|it| StoreError::from(it).at(path))? {
            let word: String = row.get(0)?;
            if word != "ok" {
                return Err(damaged(word));
            }
        }
    }
    migration::known(&connection, path)?;
    meta::is_of_mode(&connection, M::NAME, path)?;
    Ok(connection)
}

/// Moves what is there aside and what is coming into its place.
fn exchange(
    path: &Path,
    coming: &Path,
    key: &DatabaseKey,
    aside: &str,
) -> Result<Option<PathBuf>, StoreError> {
    let io = |source| StoreError::Io {
        path: path.to_owned(),
        source,
    };
    let kept = path.exists().then(|| path.with_extension(aside));
    if let Some(kept) = &kept {
        match alone(path, key) {
            // What nobody can open any more is the very thing that a copy is brought back for.
            Ok(()) | Err(StoreError::Damaged { .. } | StoreError::WrongKey { .. }) => {}
            Err(error) => return Err(error),
        }
        keep(path, kept).map_err(io)?;
    }
    std::fs::write(file::fingerprint_path(path), key.fingerprint()).map_err(io)?;
    // In one step, so that there is a file at every instant.
    std::fs::rename(coming, path).map_err(io)?;
    Ok(kept)
}

/// Gives a file another name beside its own, which it loses when something else takes it. A log that could not be written into
/// it goes along: beside another file it would be taken for that one's.
fn keep(path: &Path, kept: &Path) -> std::io::Result<()> {
    if kept.exists() {
        return Err(std::io::ErrorKind::AlreadyExists.into());
    }
    for ending in BESIDE {
        let log = beside(path, ending);
        if log.exists() {
            std::fs::rename(log, beside(kept, ending))?;
        }
    }
    // Not every file system knows a second name.
    std::fs::hard_link(path, kept).or_else(|_| std::fs::rename(path, kept))
}

/// Makes sure that nobody has the file open, and that nothing of it is left in its log.
fn alone(path: &Path, key: &DatabaseKey) -> Result<(), StoreError> {
    let connection = file::open_writer(path, key)?;
    connection.busy_timeout(IN_USE)?;
    let left = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| {
        row.get::<_, i64>(0)
    });
    match left {
        Ok(0) => {}
        Ok(_) => return Err(StoreError::Locked),
        Err(error) => return Err(error.into()),
    }
    // Who leaves the log for good must be the only one here.
    let mode = connection.query_row("PRAGMA journal_mode = DELETE", [], |row| {
        row.get::<_, String>(0)
    });
    match mode {
        Ok(mode) if mode == "delete" => {}
        Ok(_) => return Err(StoreError::Locked),
        Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) => {
            return Err(StoreError::Locked);
        }
        Err(error) => return Err(error.into()),
    }
    connection.close().map_err(|(_, error)| error)?;
    Ok(())
}

/// Removes a copy that came to nothing; what is not there needs no removing.
fn forget(path: &Path) {
    let _ = std::fs::remove_file(path);
    let _ = std::fs::remove_file(file::fingerprint_path(path));
    for ending in BESIDE {
        let _ = std::fs::remove_file(beside(path, ending));
    }
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}
