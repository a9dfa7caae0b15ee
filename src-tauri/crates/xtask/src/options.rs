//! Flags of a command: those without a value and those with one. Nothing else may stand beside them.

use anyhow::{Result, bail};
use std::collections::BTreeMap;

/// What was given.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Options {
    given: BTreeMap<String, String>,
}

impl Options {
    /// Reads what stands after the command's name and refuses what it does not know.
    pub(crate) fn read(arguments: &[String], flags: &[&str], valued: &[&str]) -> Result<Self> {
        let mut options = Self::default();
        let mut arguments = arguments.iter();
        while let Some(argument) = arguments.next() {
            let (name, inline) = match argument.split_once('=') {
                Some((name, value)) => (name, Some(value.to_owned())),
                None => (argument.as_str(), None),
            };
            if flags.contains(&name) && inline.is_none() {
                options.given.insert(name.to_owned(), String::new());
            } else if valued.contains(&name) {
                let Some(value) = inline.or_else(|| arguments.next().cloned()) else {
                    bail!("{name} needs a value");
                };
                options.given.insert(name.to_owned(), value);
            } else {
                bail!("`{argument}` is not known here; `cargo xtask help` shows what is");
            }
        }
        Ok(options)
    }

    /// Whether a flag was given.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.given.contains_key(name)
    }

    /// A flag's value as a number.
    pub(crate) fn number(&self, name: &str) -> Result<Option<u64>> {
        match self.given.get(name).map(|text| text.parse()) {
            None => Ok(None),
            Some(Ok(number)) => Ok(Some(number)),
            Some(Err(_)) => bail!("{name} takes a whole number"),
        }
    }

    /// A flag's value as it was given.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.given.get(name).map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Options> {
        let arguments: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
        Options::read(&arguments, &["--headless"], &["--seed"])
    }

    #[test]
    fn flags_and_values_are_told_apart() {
        let options = read("--headless --seed 9").unwrap();
        assert!(options.has("--headless"));
        assert_eq!(options.number("--seed").unwrap(), Some(9));
        assert_eq!(options.text("--seed"), Some("9"));
        assert_eq!(read("--seed=4").unwrap().number("--seed").unwrap(), Some(4));
    }

    #[test]
    fn what_is_not_known_is_refused_and_never_ignored() {
        assert!(
            read("--headles").is_err(),
            "a misspelt flag must not be taken as none"
        );
        assert!(read("--seed").is_err(), "a value is missing");
        assert!(read("one").is_err(), "no word is allowed");
        assert!(
            read("--seed many").unwrap().number("--seed").is_err(),
            "not a number"
        );
    }
}
