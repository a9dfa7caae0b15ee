//! The policies that can be named: the published ones, and a user's own that were taken from files.
//!
//! A policy of one's own lies in the home as the file it was given as. Its rules never change under a name either: another
//! file with the same id is refused unless it says the same.

use crate::error::EngineError;
use crate::home::Home;
use coffer_domain::metric::policy::{Policy, presets};
use std::fs;
use std::path::{Path, PathBuf};

/// A policy's file is short.
const BYTES_MAX: u64 = 64 * 1024;

fn folder(home: &Home) -> PathBuf {
    home.path().join("policies")
}

/// Every policy that can be named, the published ones first.
///
/// # Errors
/// When the home cannot be read.
pub fn all(home: &Home) -> Result<Vec<Policy>, EngineError> {
    let mut found = presets();
    let path = folder(home);
    let entries = match fs::read_dir(&path) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(found),
        Err(source) => return Err(EngineError::Io { path, source }),
    };
    let mut files: Vec<PathBuf> = entries
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.extension().is_some_and(|it| it == "json"))
        .collect();
    files.sort();
    for file in files {
        found.push(read(&file)?);
    }
    Ok(found)
}

/// A policy by its id, or from a file whose name ends in `.json`.
///
/// # Errors
/// When there is none, or the file holds none.
pub fn find(home: &Home, name: &str) -> Result<Policy, EngineError> {
    if let Some(policy) = Policy::preset(name) {
        return Ok(policy);
    }
    let path = Path::new(name);
    if path.extension().is_some_and(|it| it == "json") {
        return read(path);
    }
    known(home, name)
}

/// A policy by its id alone: what a page may name.
///
/// # Errors
/// When there is none.
pub fn known(home: &Home, name: &str) -> Result<Policy, EngineError> {
    let all = all(home)?;
    let known: Vec<String> = all.iter().map(|policy| policy.id.clone()).collect();
    all.into_iter()
        .find(|policy| policy.id == name)
        .ok_or_else(|| {
            EngineError::Usage(format!(
                "There is no policy `{name}`; there are {}.",
                known.join(", ")
            ))
        })
}

fn read(path: &Path) -> Result<Policy, EngineError> {
    let io = |source| EngineError::Io {
        path: path.to_owned(),
        source,
    };
    if fs::metadata(path).map_err(io)?.len() > BYTES_MAX {
        return Err(EngineError::Usage(format!(
            "{} is too long to be a policy.",
            path.display()
        )));
    }
    let text = fs::read_to_string(path).map_err(io)?;
    Policy::read(&text).map_err(|error| EngineError::Usage(format!("{}: {error}.", path.display())))
}

/// Takes a policy from a file.
///
/// # Errors
/// When the file holds none, its id is taken by other rules, or the home cannot be written.
pub fn add(home: &Home, from: &Path) -> Result<Policy, EngineError> {
    let policy = read(from)?;
    if let Some(known) = all(home)?.into_iter().find(|it| it.id == policy.id) {
        if known == policy {
            return Ok(known);
        }
        return Err(EngineError::Usage(format!(
            "There is a policy `{}` with other rules; give the new one another id.",
            policy.id
        )));
    }
    let path = folder(home);
    fs::create_dir_all(&path).map_err(|source| EngineError::Io {
        path: path.clone(),
        source,
    })?;
    let to = path.join(format!("{}.json", policy.id));
    fs::copy(from, &to).map_err(|source| EngineError::Io {
        path: to.clone(),
        source,
    })?;
    Ok(policy)
}
