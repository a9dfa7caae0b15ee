//! What is kept between runs: which world it is, and how late it is there.
//!
//! The world itself is not written down. It grows again from its seed, which takes a second and cannot go stale.

use std::fs;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::SimError;
use crate::world::WorldSpec;

/// The kept state.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Kept {
    pub(crate) spec: WorldSpec,
    pub(crate) clock: DateTime<Utc>,
}

fn file(dir: &Path) -> PathBuf {
    dir.join("simulated-merchant.json")
}

fn failed(path: &Path) -> impl FnOnce(std::io::Error) -> SimError {
    let path = path.to_owned();
    move |source| SimError::State { path, source }
}

/// What was kept in `dir`, when anything was.
pub(crate) fn load(dir: &Path) -> Result<Option<Kept>, SimError> {
    let path = file(dir);
    match fs::read(&path) {
        Ok(bytes) => serde_json::from_slice(&bytes)
            .map(Some)
            .map_err(|source| failed(&path)(source.into())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(failed(&path)(error)),
    }
}

/// Keeps the state: written beside the old one and then put in its place, so that a crash leaves one of the two.
pub(crate) fn save(dir: &Path, kept: &Kept) -> Result<(), SimError> {
    let (path, fresh) = (file(dir), dir.join("simulated-merchant.json.new"));
    let bytes = serde_json::to_vec_pretty(kept).map_err(|source| failed(&path)(source.into()))?;
    fs::create_dir_all(dir).map_err(failed(dir))?;
    fs::write(&fresh, bytes).map_err(failed(&fresh))?;
    fs::rename(&fresh, &path).map_err(failed(&path))
}
