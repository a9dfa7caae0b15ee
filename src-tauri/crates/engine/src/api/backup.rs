//! A backup made from the window: it lies in a folder of the home, from where it can be moved to another disk.

use crate::api::handle::{needed, out};
use crate::api::types::{ApiErrorView, ModeView};
use crate::backup::{make, name_of};
use crate::books::blocking;
use crate::desk::Desk;
use crate::error::EngineError;
use crate::view::money::instant;
use crate::with_books;
use coffer_domain::mode::ModeName;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use ts_rs::TS;

/// Asks for a backup.
#[derive(Debug, Deserialize, TS)]
pub struct BackupRequest {
    /// The mode whose file it is of.
    pub mode: ModeView,
    /// What opens it again. It is read once and kept nowhere.
    #[ts(type = "string")]
    pub passphrase: SecretString,
}

/// A backup that was made.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct BackupMade {
    /// Where it lies.
    pub file: String,
    /// How long it is.
    pub bytes: u64,
    /// What it is as of.
    pub made_at: String,
}

/// Answers `backup`.
///
/// # Errors
/// When the passphrase is too short, or the file cannot be written.
pub async fn backup(desk: &Arc<Desk>, request: BackupRequest) -> Result<BackupMade, ApiErrorView> {
    out(async {
        let mode = ModeName::from(request.mode);
        let made = with_books!(needed(desk, request.mode).await?, books => {
            blocking(move || {
                let folder = books.home.path().join("backups");
                std::fs::create_dir_all(&folder).map_err(|source| EngineError::Io {
                    path: folder.clone(),
                    source,
                })?;
                let file = folder.join(name_of(mode, books.clock.now()));
                make(&books, &file, &request.passphrase)
            })
            .await
        })?;
        Ok(BackupMade {
            file: made.file.display().to_string(),
            bytes: made.bytes,
            made_at: instant(made.made_at),
        })
    }
    .await)
}
