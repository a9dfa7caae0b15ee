//! How the window was started: the few flags and variables it knows, the same as the command line's.
//!
//! The environment is read here once and handed down. A flag wins over a variable. What is not known is refused with a
//! sentence, so that a mistyped `--home` never opens the wrong folder.

use crate::links::{self, Place};
use anyhow::{Context as _, bail};
use coffer_engine::desk::SecretsChoice;
use std::ffi::OsString;
use std::path::PathBuf;

/// What was asked for at the start.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Arguments {
    /// The folder to open, when one was named.
    pub(crate) home: Option<PathBuf>,
    /// Whether to begin inside the simulated merchant.
    pub(crate) demo: bool,
    /// Whether the window begins minimised.
    pub(crate) minimised: bool,
    /// Where in the window to begin.
    pub(crate) place: Option<Place>,
}

impl Arguments {
    /// Reads the arguments after the program's own name.
    pub(crate) fn parse(given: impl IntoIterator<Item = OsString>) -> anyhow::Result<Self> {
        let mut read = Self::default();
        let mut given = given.into_iter();
        while let Some(argument) = given.next() {
            if argument == "--demo" {
                read.demo = true;
            } else if argument == "--minimised" || argument == "--minimized" {
                read.minimised = true;
            } else if let Some(link) = argument.to_str().filter(|it| links::is_link(it)) {
                // A link that leads nowhere still opens the window.
                read.place = links::read(link);
            } else if argument == "--home" {
                let folder = given
                    .next()
                    .context("--home needs a folder after it, as in `--home ~/coffer`.")?;
                read.home = Some(folder.into());
            } else if let Some(folder) = argument.to_str().and_then(|it| it.strip_prefix("--home="))
            {
                read.home = Some(folder.into());
            } else if !argument.to_string_lossy().starts_with("-psn_") {
                // The Finder of older systems adds a `-psn_…` of its own, which means nothing here.
                bail!(
                    "Coffer's window does not know `{}`; it takes --home DIR, --demo, --minimised and a coffer:// link.",
                    argument.to_string_lossy()
                );
            }
        }
        Ok(read)
    }

    /// The folder to open: the one named, else the environment's, else the platform's.
    pub(crate) fn folder(&self) -> anyhow::Result<PathBuf> {
        if let Some(home) = self.home.clone() {
            return Ok(home);
        }
        if let Some(home) = variable("COFFER_HOME") {
            return Ok(home.into());
        }
        directories::ProjectDirs::from("dev", "coffer", "Coffer")
            .map(|folders| folders.data_dir().to_owned())
            .context("This machine has no home folder; give one with --home.")
    }
}

/// Where the environment wants secrets to lie.
pub(crate) fn secrets() -> anyhow::Result<SecretsChoice> {
    match variable("COFFER_SECRETS").as_deref() {
        None | Some("keychain") => Ok(SecretsChoice::Keychain),
        Some("file") => Ok(match variable("COFFER_PASSPHRASE") {
            Some(passphrase) => SecretsChoice::Passphrase(passphrase.into()),
            None => SecretsChoice::FileWithoutPassphrase,
        }),
        Some(other) => bail!("COFFER_SECRETS is `{other}`; it can be `keychain` or `file`."),
    }
}

/// How much our own crates write to the log.
pub(crate) fn log_level() -> Option<String> {
    variable("COFFER_LOG")
}

/// A variable that is set to something.
#[expect(
    clippy::disallowed_methods,
    reason = "this is the edge that reads the environment"
)]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::{Arguments, Place};

    fn parse(given: &[&str]) -> anyhow::Result<Arguments> {
        Arguments::parse(given.iter().map(Into::into))
    }

    #[test]
    fn a_home_may_follow_its_flag_or_stand_behind_an_equals_sign() {
        let wanted = Arguments {
            home: Some("/tmp/a b".into()),
            demo: true,
            ..Arguments::default()
        };
        assert_eq!(parse(&["--demo", "--home", "/tmp/a b"]).unwrap(), wanted);
        assert_eq!(parse(&["--home=/tmp/a b", "--demo"]).unwrap(), wanted);
        assert_eq!(parse(&[]).unwrap(), Arguments::default());
    }

    #[test]
    fn a_start_may_be_minimised_or_lead_to_a_place() {
        let minimised = parse(&["--minimised", "coffer://customer/cus_1"]).unwrap();
        assert!(minimised.minimised);
        let place = Place::own("#/customer/cus_1", None);
        assert_eq!(minimised.place, Some(place));
        assert_eq!(
            parse(&["coffer://nowhere"]).unwrap(),
            Arguments::default(),
            "a link that leads nowhere still opens the window"
        );
    }

    #[test]
    fn what_is_not_known_is_refused_rather_than_ignored() {
        for given in [&["--hone", "/tmp/a"][..], &["--home"], &["/tmp/a"], &["-x"]] {
            assert!(
                parse(given).is_err(),
                "{given:?} opens no folder by mistake"
            );
        }
    }
}
