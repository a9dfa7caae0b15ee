//! What the tests of the whole product stand on: the simulated merchant over real HTTP, temporary homes, and the real
//! command line as a process of its own with a deadline.
//!
//! Nothing here reaches into the engine: tests go through the same doors as a user. Every process is ended and every
//! folder removed when its holder is dropped.

use anyhow::{Context as _, Result, bail};
use chrono::{DateTime, Utc};
use coffer_sim::{Running, Server, ServerOptions, World, WorldSpec};
use serde_json::Value;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, RwLock};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// No command of these tests may take longer.
const DEADLINE: Duration = Duration::from_secs(120);
/// The passphrase of every temporary home.
pub const PASSPHRASE: &str = "correct horse battery staple";

/// An instant written as RFC 3339.
///
/// # Errors
/// When the text is not one.
pub fn instant(text: &str) -> Result<DateTime<Utc>> {
    Ok(DateTime::parse_from_rfc3339(text)?.with_timezone(&Utc))
}

/// A world as most tests want it: two years of business up to a fixed present.
///
/// # Errors
/// Never for the fixed present.
pub fn world(seed: u64, customers: u32) -> Result<WorldSpec> {
    Ok(WorldSpec {
        seed,
        customers,
        months: 24,
        now: instant("2026-11-21T12:00:00Z")?,
        livemode: false,
        corners: false,
    })
}

/// The path that the merchant counts a resource under. A ledger belongs to a customer and is counted over all of them.
#[must_use]
pub fn list_path(resource: &str) -> String {
    match resource {
        "meters" => "/v1/billing/meters".to_owned(),
        "checkout_sessions" => "/v1/checkout/sessions".to_owned(),
        "customer_balance_transactions" => "/v1/customers/balance_transactions".to_owned(),
        other => format!("/v1/{other}"),
    }
}

/// Whether as many objects are stored as the merchant has. Entries of a ledger that cancelled each other out and met no bill
/// leave no trace to follow, so of them some may be missing.
#[must_use]
pub fn same_count(resource: &str, stored: Option<u64>, shown: Option<u64>) -> bool {
    match (stored, shown) {
        (Some(stored), Some(shown)) if resource == "customer_balance_transactions" => {
            stored <= shown
        }
        (stored, shown) => shown.is_some() && stored == shown,
    }
}

/// A simulated merchant that answers on this machine while it is held.
pub struct Merchant {
    runtime: Option<tokio::runtime::Runtime>,
    running: Option<Running>,
}

impl Merchant {
    /// Starts one.
    ///
    /// # Errors
    /// When no port can be had.
    pub fn start(spec: WorldSpec) -> Result<Self> {
        Self::start_with(ServerOptions::new(spec))
    }

    /// Starts one with all its switches.
    ///
    /// # Errors
    /// When no port can be had.
    pub fn start_with(options: ServerOptions) -> Result<Self> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()?;
        let running = runtime.block_on(Server::start(options))?;
        Ok(Self {
            runtime: Some(runtime),
            running: Some(running),
        })
    }

    fn running(&self) -> Result<&Running> {
        self.running.as_ref().context("the merchant has stopped")
    }

    /// Where it answers.
    ///
    /// # Errors
    /// When it has stopped.
    pub fn url(&self) -> Result<String> {
        Ok(self.running()?.base_url())
    }

    /// Its restricted key.
    ///
    /// # Errors
    /// When it has stopped.
    pub fn key(&self) -> Result<String> {
        Ok(self.running()?.key().to_owned())
    }

    /// Its world.
    ///
    /// # Errors
    /// When it has stopped.
    pub fn world(&self) -> Result<Arc<RwLock<World>>> {
        Ok(self.running()?.world())
    }

    /// The server itself, for faults and the journal.
    ///
    /// # Errors
    /// When it has stopped.
    pub fn server(&self) -> Result<&Running> {
        self.running()
    }

    /// Lets its time go on.
    ///
    /// # Errors
    /// When it has stopped or cannot go on.
    pub fn advance_to(&self, instant: DateTime<Utc>) -> Result<()> {
        let runtime = self.runtime.as_ref().context("the merchant has stopped")?;
        runtime.block_on(self.running()?.advance_to(instant))?;
        Ok(())
    }
}

impl Drop for Merchant {
    fn drop(&mut self) {
        self.running = None;
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_timeout(Duration::from_secs(2));
        }
    }
}

/// How a command ended.
#[derive(Debug)]
pub struct Ended {
    /// Its exit code; `None` when a signal ended it.
    pub code: Option<i32>,
    /// What it wrote on stdout.
    pub stdout: String,
    /// What it wrote on stderr.
    pub stderr: String,
}

impl Ended {
    /// Its one JSON document.
    ///
    /// # Errors
    /// When stdout is anything else.
    pub fn json(&self) -> Result<Value> {
        serde_json::from_str(&self.stdout).with_context(|| {
            format!(
                "stdout is not one JSON document: {:?}; stderr: {}",
                self.stdout, self.stderr
            )
        })
    }

    /// The document of a command that must have ended well.
    ///
    /// # Errors
    /// When it did not.
    pub fn well(&self) -> Result<Value> {
        if self.code != Some(0) {
            bail!(
                "ended with {:?}\nstdout: {}\nstderr: {}",
                self.code,
                self.stdout,
                self.stderr
            );
        }
        self.json()
    }
}

/// A temporary home and the command line on it.
pub struct Desk {
    home: PathBuf,
    _folder: Option<TempDir>,
    environment: Vec<(String, String)>,
}

impl Desk {
    /// A new home whose secrets lie in a sealed file.
    ///
    /// # Errors
    /// When no folder can be made.
    pub fn new() -> Result<Self> {
        let folder = TempDir::new()?;
        let mut desk = Self::at(folder.path());
        desk._folder = Some(folder);
        Ok(desk)
    }

    /// A home in a folder that somebody else keeps.
    #[must_use]
    pub fn at(home: &Path) -> Self {
        Self {
            home: home.to_owned(),
            _folder: None,
            environment: vec![
                ("COFFER_SECRETS".to_owned(), "file".to_owned()),
                ("COFFER_PASSPHRASE".to_owned(), PASSPHRASE.to_owned()),
            ],
        }
    }

    /// The folder.
    #[must_use]
    pub fn home(&self) -> &Path {
        &self.home
    }

    /// Sets a variable for every later command.
    pub fn set(&mut self, name: &str, value: &str) {
        self.environment.retain(|(known, _)| known != name);
        self.environment.push((name.to_owned(), value.to_owned()));
    }

    /// Takes a variable away.
    pub fn unset(&mut self, name: &str) {
        self.environment.retain(|(known, _)| known != name);
    }

    /// The command line with these arguments, not started yet. It sees this home and nothing else of the environment.
    ///
    /// # Errors
    /// When the binary has not been built.
    pub fn command(&self, arguments: &[&str]) -> Result<Command> {
        let mut command = Command::new(binary("coffer")?);
        command.env_clear();
        for name in ["PATH", "TMPDIR", "LD_LIBRARY_PATH"] {
            if let Some(value) = variable(name) {
                command.env(name, value);
            }
        }
        command
            .envs(self.environment.iter().cloned())
            .env("HOME", self.home())
            .arg("--home")
            .arg(self.home())
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        Ok(command)
    }

    /// Runs the command line with something on stdin and waits for its end.
    ///
    /// # Errors
    /// When it cannot be started or does not end in time.
    pub fn run_with(&self, arguments: &[&str], stdin: &str) -> Result<Ended> {
        let mut child = self.command(arguments)?.spawn()?;
        if let Some(mut pipe) = child.stdin.take() {
            // A command that refuses its arguments does not read.
            let _ = pipe.write_all(stdin.as_bytes());
        }
        finish(child)
    }

    /// Runs the command line and waits for its end.
    ///
    /// # Errors
    /// When it cannot be started or does not end in time.
    pub fn run(&self, arguments: &[&str]) -> Result<Ended> {
        self.run_with(arguments, "")
    }

    /// Adds the merchant's account in test mode.
    ///
    /// # Errors
    /// When it cannot be added.
    pub fn add(&self, merchant: &Merchant) -> Result<Value> {
        let url = merchant.url()?;
        let arguments = [
            "--json",
            "account",
            "add",
            "--provider",
            "stripe",
            "--name",
            "Test",
            "--api-url",
            &url,
        ];
        self.run_with(&arguments, &merchant.key()?)?.well()
    }
}

/// Waits for a process and reads what it wrote; one that hangs is killed and told.
///
/// # Errors
/// When it does not end in time.
pub fn finish(mut child: Child) -> Result<Ended> {
    let mut stdout = child.stdout.take().context("stdout is not ours")?;
    let mut stderr = child.stderr.take().context("stderr is not ours")?;
    let out = std::thread::spawn(move || {
        let mut text = String::new();
        let _ = stdout.read_to_string(&mut text);
        text
    });
    let err = std::thread::spawn(move || {
        let mut text = String::new();
        let _ = stderr.read_to_string(&mut text);
        text
    });
    let status = wait(&mut child)?;
    let read = |thread: std::thread::JoinHandle<String>| thread.join().unwrap_or_default();
    Ok(Ended {
        code: status.code(),
        stdout: read(out),
        stderr: read(err),
    })
}

fn wait(child: &mut Child) -> Result<ExitStatus> {
    let began = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status);
        }
        if began.elapsed() > DEADLINE {
            child.kill()?;
            bail!("the command did not end within {DEADLINE:?}");
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// A binary of the workspace, beside the test's own.
///
/// # Errors
/// When it has not been built.
pub fn binary(name: &str) -> Result<PathBuf> {
    let test = std::env::current_exe()?;
    let folder = test
        .parent()
        .and_then(Path::parent)
        .context("the test has no target folder")?;
    let path = folder.join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    if !path.exists() {
        bail!(
            "{} has not been built; `cargo xtask test` builds it, or `cargo build --workspace --bins`",
            path.display()
        );
    }
    Ok(path)
}

#[expect(
    clippy::disallowed_methods,
    reason = "tests hand the search path down to the commands they start"
)]
fn variable(name: &str) -> Option<std::ffi::OsString> {
    std::env::var_os(name)
}
