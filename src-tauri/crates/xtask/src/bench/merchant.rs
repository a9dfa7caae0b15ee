//! A program that serves until it is dropped: the simulated merchant, or `coffer serve`.
//!
//! It says where it is in one line of JSON. The merchant is told what to do on its control routes, which need no key and
//! are not counted by its limits.

use super::connection::Connection;
use super::instant;
use super::json::text;
use crate::place::Place;
use anyhow::{Context as _, Result, bail};
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

/// Long enough to make an account of a million objects.
const READY: Duration = Duration::from_secs(300);

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
    /// Starts it on a port that is free.
    pub(super) fn start(place: &Place, arguments: &[&str]) -> Result<Self> {
        let mut command = Command::new(place.release("coffer-sim"));
        command.args(["--seed", "1", "--port", "0"]).args(arguments);
        let serving = Serving::start(&mut command)?;
        let field = |name| {
            text(&serving.line, name).with_context(|| format!("the merchant told no {name}"))
        };
        Ok(Self {
            url: field("url")?,
            key: field("key")?,
            _serving: serving,
        })
    }

    /// The same with so many customers over so many months, in a world whose time stands still.
    pub(super) fn with(place: &Place, size: Size, more: &[&str]) -> Result<Self> {
        let (customers, months) = (size.customers.to_string(), size.months.to_string());
        let mut arguments = vec!["--customers", &customers, "--months", &months, "--frozen"];
        arguments.extend(more);
        Self::start(place, &arguments)
    }

    /// Puts a question to a control route.
    pub(super) fn control(&self, method: &str, path: &str, body: &str) -> Result<String> {
        let mut connection = Connection::open(&self.url, "")?;
        let answer = connection.ask(method, path, body)?;
        Ok(String::from_utf8_lossy(answer).into_owned())
    }

    /// The present of its world, in seconds since 1970.
    pub(super) fn present(&self) -> Result<i64> {
        let state = self.control("GET", "/_sim/state", "")?;
        instant::read(&text(&state, "now").context("the merchant told no present")?)
    }

    /// Lets time pass in its world.
    pub(super) fn advance(&self, seconds: i64) -> Result<()> {
        let to = instant::write(self.present()? + seconds);
        self.control("POST", "/_sim/advance", &format!(r#"{{"to":"{to}"}}"#))?;
        Ok(())
    }

    /// Changes so many customers, with a notice of each.
    pub(super) fn touch_customers(&self, count: u64) -> Result<()> {
        let wish = format!(r#"{{"kind":"customers","count":{count},"skip":0}}"#);
        self.control("POST", "/_sim/touch", &wish)?;
        Ok(())
    }

    /// Answers every request whose path contains one of these as a key without the permission is answered.
    pub(super) fn refuse(&self, paths: &[&str]) -> Result<()> {
        let faults: Vec<String> = paths
            .iter()
            .map(|path| format!(r#"{{"kind":"failure","status":403,"path":"{path}"}}"#))
            .collect();
        let orders = format!(r#"{{"faults":[{}]}}"#, faults.join(","));
        self.control("POST", "/_sim/faults", &orders)?;
        Ok(())
    }
}

/// How large a merchant is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Size {
    pub(super) customers: u64,
    pub(super) months: u64,
}
