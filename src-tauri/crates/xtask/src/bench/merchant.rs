//! A program that serves until it is dropped: the simulated merchant, or `coffer serve`.
//!
//! It says where it is in one line of JSON. The few fields needed are found in that line by name: what prints it is our
//! own, and a whole reader of JSON would double the time this crate takes to build.

use crate::place::Place;
use anyhow::{Context as _, Result, bail};
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

const READY: Duration = Duration::from_secs(60);

/// A program at work. It ends when this is dropped.
#[derive(Debug)]
pub(super) struct Serving {
    child: Child,
    /// The line it began with.
    pub(super) line: String,
}

impl Serving {
    /// Starts a program and waits for its first line.
    pub(super) fn start(command: &mut Command) -> Result<Self> {
        let name = command.get_program().to_string_lossy().into_owned();
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("`{name}` could not be started"))?;
        let (say, hear) = mpsc::channel();
        if let Some(stream) = child.stdout.take() {
            std::thread::spawn(move || {
                let mut reader = BufReader::new(stream);
                let mut line = String::new();
                let read = reader.read_line(&mut line).is_ok_and(|count| count > 0);
                let _ = say.send(read.then_some(line));
                // The pipe is kept open and empty for as long as the program lives.
                let _ = std::io::copy(&mut reader, &mut std::io::sink());
            });
        }
        let mut serving = Self {
            child,
            line: String::new(),
        };
        match hear.recv_timeout(READY) {
            Ok(Some(line)) => serving.line = line,
            Ok(None) | Err(_) => bail!("`{name}` did not say where it serves"),
        }
        Ok(serving)
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The simulated merchant, serving.
#[derive(Debug)]
pub(super) struct Merchant {
    _serving: Serving,
    /// Where it answers.
    pub(super) url: String,
    /// What opens it.
    pub(super) key: String,
}

impl Merchant {
    pub(super) fn start(place: &Place, arguments: &[&str]) -> Result<Self> {
        let serving = Serving::start(Command::new(place.release("coffer-sim")).args(arguments))?;
        let field = |name| {
            text(&serving.line, name).with_context(|| format!("the merchant told no {name}"))
        };
        Ok(Self {
            url: field("url")?,
            key: field("key")?,
            _serving: serving,
        })
    }
}

/// A field of text, found by its name; escapes are not undone.
pub(super) fn text(json: &str, name: &str) -> Option<String> {
    let rest = after_name(json, name)?.strip_prefix('"')?;
    rest.split_once('"').map(|(value, _)| value.to_owned())
}

/// Every whole number under a name.
pub(super) fn numbers(json: &str, name: &str) -> Vec<u64> {
    let mut found = Vec::new();
    let mut rest = json;
    while let Some(after) = after_name(rest, name) {
        let digits: String = after.chars().take_while(char::is_ascii_digit).collect();
        found.extend(digits.parse::<u64>());
        rest = after;
    }
    found
}

fn after_name<'a>(json: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = json.split_once(&format!("\"{name}\""))?;
    Some(rest.trim_start().strip_prefix(':')?.trim_start())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_found_by_their_whole_name() {
        let json = r#"{"json_bytes_kept":7,"json_bytes": 12,"url":"http://127.0.0.1:9/","more":[{"fetched":3},{"fetched":4}]}"#;
        assert_eq!(numbers(json, "json_bytes"), [12]);
        assert_eq!(numbers(json, "fetched"), [3, 4]);
        assert_eq!(text(json, "url").as_deref(), Some("http://127.0.0.1:9/"));
        assert_eq!(text(json, "key"), None);
    }
}
