//! Where the project lies, what the environment says, and which programs it is built with.
//!
//! The environment is read here and nowhere else in this crate.

use anyhow::{Context as _, Result, bail};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The project on this machine.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    root: PathBuf,
    target: PathBuf,
    release: PathBuf,
}

/// A variable of the environment that is set and not empty.
#[expect(
    clippy::disallowed_methods,
    reason = "this binary is the edge that reads the environment"
)]
pub(crate) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

impl Place {
    /// Finds the project from where this crate's manifest lies.
    pub(crate) fn find() -> Result<Self> {
        let manifest =
            variable("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").to_owned());
        let root = Path::new(&manifest)
            .ancestors()
            .nth(3)
            .context("this crate lies outside the project")?
            .to_owned();
        if !root.join("Cargo.lock").exists() {
            bail!("{} does not look like the project's folder", root.display());
        }
        let target = variable("CARGO_TARGET_DIR")
            .map_or_else(|| root.join("target"), |folder| root.join(folder));
        let release = target.join("release");
        Ok(Self {
            root,
            target,
            release,
        })
    }

    /// The same place with the programs of a folder as those of the release profile.
    pub(crate) fn with_programs(&self, folder: &Path) -> Self {
        Self {
            release: folder.to_owned(),
            ..self.clone()
        }
    }

    /// A path inside the project.
    pub(crate) fn path(&self, inside: &str) -> PathBuf {
        self.root.join(inside)
    }

    /// A path inside the folder of everything built.
    pub(crate) fn built(&self, inside: &str) -> PathBuf {
        self.target.join(inside)
    }

    /// A program of the development profile.
    pub(crate) fn program(&self, name: &str) -> PathBuf {
        self.target
            .join("debug")
            .join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
    }

    /// A program of the release profile.
    pub(crate) fn release(&self, name: &str) -> PathBuf {
        self.release
            .join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
    }

    /// Cargo at the project's root.
    pub(crate) fn cargo(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(variable("CARGO").unwrap_or_else(|| "cargo".to_owned()));
        command.args(arguments).current_dir(&self.root);
        command
    }

    /// npm in the window's folder.
    pub(crate) fn npm(&self, arguments: &[&str]) -> Command {
        self.npm_in("ui", arguments)
    }

    /// npm in a folder of the project.
    pub(crate) fn npm_in(&self, folder: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(if cfg!(windows) { "npm.cmd" } else { "npm" });
        command.args(arguments).current_dir(self.root.join(folder));
        command
    }
}

/// Whether a window can be shown.
pub(crate) fn has_display() -> bool {
    cfg!(any(target_os = "macos", target_os = "windows"))
        || variable("DISPLAY").is_some()
        || variable("WAYLAND_DISPLAY").is_some()
}

/// Refuses a Rust older than the project states, in a sentence.
pub(crate) fn check_rust() -> Result<()> {
    let wanted = env!("CARGO_PKG_RUST_VERSION");
    let said = first_words("rustc", "--version")?;
    let found = said.split_whitespace().nth(1).unwrap_or_default();
    if version(found) < version(wanted) {
        bail!(
            "Coffer is built with Rust {wanted} or newer and this is Rust {found}. `rustup update stable` brings a new one."
        );
    }
    Ok(())
}

/// Refuses a Node older than the window's tools need, in a sentence.
pub(crate) fn check_node() -> Result<()> {
    const WANTED: &str = "20.19";
    let Ok(said) = first_words("node", "--version") else {
        bail!(
            "Node {WANTED} or newer is needed to build the window and is not here; https://nodejs.org says how to get it."
        );
    };
    let found = said.trim().trim_start_matches('v');
    if version(found) < version(WANTED) {
        bail!(
            "The window is built with Node {WANTED} or newer and this is Node {found}; https://nodejs.org says how to get a new one."
        );
    }
    Ok(())
}

fn first_words(program: &str, argument: &str) -> Result<String> {
    let output = Command::new(program)
        .arg(argument)
        .output()
        .with_context(|| format!("`{program}` could not be started"))?;
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// The first two numbers of a version; what is no number counts as zero.
fn version(text: &str) -> (u32, u32) {
    let mut parts = text.split(['.', '-']).map(|part| part.parse().unwrap_or(0));
    (parts.next().unwrap_or(0), parts.next().unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_as_numbers() {
        assert!(version("20.9.0") < version("20.19"), "9 is less than 19");
        assert!(version("20.20.2") > version("20.19"));
        assert!(version("22.1.0") > version("20.19"));
        assert_eq!(version("1.95.0-beta.3"), (1, 95));
    }
}
