//! What is kept between runs: which world it is, and how late it is there.
//!
//! The world itself is not written down. It grows again from its seed, which takes a second and cannot go stale. Requests
//! that wrote to it are, each as a line in the order in which they were carried out, and are done again on the way.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::SimError;
use super::write::Order;
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

/// A request that wrote, with its instant.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Line {
    /// Seconds of the simulated clock.
    pub(crate) at: i64,
    #[serde(flatten)]
    pub(crate) order: Order,
}

fn writes(dir: &Path) -> PathBuf {
    dir.join("simulated-merchant-writes.jsonl")
}

/// The requests that wrote, oldest first. A last line that was cut off by a crash never got its answer and is left out.
pub(crate) fn load_lines(dir: &Path) -> Result<Vec<Line>, SimError> {
    let path = writes(dir);
    match fs::read_to_string(&path) {
        Ok(text) => Ok(text
            .lines()
            .map_while(|line| serde_json::from_str(line).ok())
            .collect()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(failed(&path)(error)),
    }
}

/// Replaces the kept requests by these: what a crash cut off, or what belonged to another world, goes.
pub(crate) fn rewrite_lines(dir: &Path, lines: &[Line]) -> Result<(), SimError> {
    let path = writes(dir);
    fs::create_dir_all(dir).map_err(failed(dir))?;
    fs::write(&path, "").map_err(failed(&path))?;
    lines.iter().try_for_each(|line| append(dir, line))
}

/// Keeps one more request.
pub(crate) fn append(dir: &Path, line: &Line) -> Result<(), SimError> {
    let path = writes(dir);
    let mut text = serde_json::to_string(line).map_err(|source| failed(&path)(source.into()))?;
    text.push('\n');
    fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(&path)
        .and_then(|mut file| file.write_all(text.as_bytes()))
        .map_err(failed(&path))
}
