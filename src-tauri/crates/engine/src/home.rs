//! The folder that holds everything of one user: the database files, the locks, the logs.
//!
//! A home has an id, made once, that names its secrets in the keychain, so that two homes on one machine never share a
//! key. The folder is the user's alone.

use crate::clock::random_bytes;
use crate::error::EngineError;
use coffer_domain::mode::ModeName;
use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// A folder that holds everything of one user.
#[derive(Debug, Clone)]
pub struct Home {
    path: PathBuf,
    id: String,
}

/// A lock that lasts as long as it is held; the system drops it when the process ends, however it ends.
#[derive(Debug)]
pub struct HeldLock {
    _file: File,
}

impl Home {
    /// Opens the folder, making it when it is not there.
    ///
    /// # Errors
    /// When it cannot be made, read or written.
    pub fn open(path: &Path) -> Result<Self, EngineError> {
        let io = |source| EngineError::Io {
            path: path.to_owned(),
            source,
        };
        fs::create_dir_all(path).map_err(io)?;
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            fs::set_permissions(path, fs::Permissions::from_mode(0o700)).map_err(io)?;
        }
        // Two processes that start at once must agree on the id.
        let lock = File::create(path.join("home-id.lock")).map_err(io)?;
        lock_in_time(&lock).map_err(io)?;
        let id_file = path.join("home-id");
        let id = match fs::read_to_string(&id_file) {
            Ok(id) if !id.trim().is_empty() => id.trim().to_owned(),
            Ok(_) => make_id(&id_file)?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => make_id(&id_file)?,
            Err(source) => {
                return Err(EngineError::Io {
                    path: id_file,
                    source,
                });
            }
        };
        Ok(Self {
            path: path.to_owned(),
            id,
        })
    }

    /// The folder.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What its secrets are named by.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The name of a mode's database key among the secrets.
    #[must_use]
    pub fn database_secret(&self) -> String {
        format!("{}/database", self.id)
    }

    /// The name of an account's key among the secrets.
    #[must_use]
    pub fn account_secret(&self, account: &str) -> String {
        format!("{}/account/{account}", self.id)
    }

    /// Takes a lock of the home if nobody holds it.
    ///
    /// # Errors
    /// When the lock file cannot be made.
    pub fn try_lock(&self, name: &str) -> Result<Option<HeldLock>, EngineError> {
        let path = self.path.join(format!("{name}.lock"));
        let io = |source| EngineError::Io {
            path: path.clone(),
            source,
        };
        let file = File::create(&path).map_err(io)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(HeldLock { _file: file })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(source)) => Err(io(source)),
        }
    }

    /// Takes the lock under which a mode's file is first made.
    ///
    /// # Errors
    /// When the lock file cannot be made.
    pub fn lock_opening(&self, mode: ModeName) -> Result<HeldLock, EngineError> {
        let path = self.path.join(format!("open-{mode}.lock"));
        let io = |source| EngineError::Io {
            path: path.clone(),
            source,
        };
        let file = File::create(&path).map_err(io)?;
        lock_in_time(&file).map_err(io)?;
        Ok(HeldLock { _file: file })
    }
}

/// How long another process may hold a lock that is only ever held for a moment.
const LOCK_DEADLINE: Duration = Duration::from_secs(10);

/// Takes a lock, waiting for whoever holds it, but not for ever.
///
/// # Errors
/// When it is still held after ten seconds, told as `TimedOut`, or the system fails.
pub(crate) fn lock_in_time(file: &File) -> std::io::Result<()> {
    let mut waited = Duration::ZERO;
    let pause = Duration::from_millis(20);
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(()),
            Err(TryLockError::Error(error)) => return Err(error),
            Err(TryLockError::WouldBlock) if waited >= LOCK_DEADLINE => {
                return Err(std::io::Error::new(
                    std::io::ErrorKind::TimedOut,
                    "another program holds it",
                ));
            }
            Err(TryLockError::WouldBlock) => {
                std::thread::sleep(pause);
                waited += pause;
            }
        }
    }
}

fn make_id(path: &Path) -> Result<String, EngineError> {
    let bytes: [u8; 8] =
        random_bytes().map_err(|error| EngineError::Internal(error.to_string()))?;
    let id = bytes
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect::<String>();
    fs::write(path, &id).map_err(|source| EngineError::Io {
        path: path.to_owned(),
        source,
    })?;
    Ok(id)
}
