//! Where keys live: the operating system's keychain, or a file sealed with a passphrase.
//!
//! A secret is named by a mode and a place inside it; the mode is part of the keychain's service name, so that nothing
//! that holds one mode's name can read the other's. Secrets are never written anywhere else, in plain text or otherwise.

mod keychain;
pub(crate) mod seal;
mod sealed_file;

pub use keychain::Keychain;
pub use sealed_file::SealedFile;

use coffer_domain::mode::ModeName;
use std::path::PathBuf;
use zeroize::Zeroizing;

/// The bundle id, which names the keychain's services.
pub const BUNDLE: &str = "dev.coffer.desk";

/// What went wrong with the secrets.
#[derive(Debug, thiserror::Error)]
pub enum SecretsError {
    /// Neither a keychain nor a passphrase.
    #[error("this machine has no keychain that answers, and no passphrase was given")]
    NoStore,
    /// The keychain did not answer in time: perhaps it waits for somebody to unlock it.
    #[error("the keychain did not answer within five seconds")]
    TimedOut,
    /// The keychain is locked.
    #[error("the keychain is locked: {detail}")]
    Locked {
        /// What it said.
        detail: String,
    },
    /// The keychain failed.
    #[error("the keychain failed: {detail}")]
    Unavailable {
        /// What it said.
        detail: String,
    },
    /// The passphrase does not open the file.
    #[error("the passphrase does not open the secrets of this folder")]
    WrongPassphrase,
    /// The file does not read as one of ours.
    #[error("{path} is not a readable secrets file: {detail}")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// Why.
        detail: String,
    },
    /// The disk is full; the secrets are as they were.
    #[error("the disk is full")]
    DiskFull,
    /// The file could not be read or written; it is as it was.
    #[error("{path} cannot be used: {source}")]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
}

/// A place for secrets. An edge: keychain, file, and a box in tests. Calls block, for five seconds at most.
pub trait Secrets: Send + Sync {
    /// Whether it is the keychain or a file.
    fn is_keychain(&self) -> bool;

    /// The secret's text; `None` when there is none.
    ///
    /// # Errors
    /// When the place cannot be asked.
    fn get(&self, mode: ModeName, name: &str) -> Result<Option<Zeroizing<String>>, SecretsError>;

    /// Keeps a text under a name, replacing what was there.
    ///
    /// # Errors
    /// When it could not be kept; what was there then still is.
    fn set(&self, mode: ModeName, name: &str, secret: &str) -> Result<(), SecretsError>;

    /// Forgets a secret; one that is not there is no error.
    ///
    /// # Errors
    /// When the place cannot be asked.
    fn forget(&self, mode: ModeName, name: &str) -> Result<(), SecretsError>;
}
