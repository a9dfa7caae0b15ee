//! A temporary home with the merchant's account in it, and the command line at work on it.

use super::merchant::{Merchant, numbers, text};
use crate::place::Place;
use anyhow::{Context as _, Result, bail};
use std::io::{Read as _, Write as _};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

static HOMES: AtomicU32 = AtomicU32::new(0);
/// How often the memory of a program at work is looked at; the system itself keeps the highest.
const LOOK_EVERY: Duration = Duration::from_millis(5);

/// A temporary home. It is removed when this is dropped.
#[derive(Debug)]
pub(super) struct Shop {
    folder: PathBuf,
    program: PathBuf,
}

/// How a sync went.
#[derive(Debug)]
pub(super) struct Sync {
    pub(super) objects: u64,
    /// From the start of the process to its end.
    pub(super) took: Duration,
    /// The most memory it held; `None` where the system does not tell.
    pub(super) peak_bytes: Option<u64>,
}

impl Shop {
    /// Makes a home and adds the merchant's account.
    pub(super) fn open(place: &Place, merchant: &Merchant) -> Result<Self> {
        let number = HOMES.fetch_add(1, Ordering::Relaxed);
        let folder =
            std::env::temp_dir().join(format!("coffer-bench-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&folder)
            .with_context(|| format!("{} could not be made", folder.display()))?;
        let shop = Self {
            folder,
            program: place.release("coffer"),
        };
        let mut add = shop.coffer(&[
            "--json",
            "account",
            "add",
            "--provider",
            "stripe",
            "--name",
            "Bench",
        ]);
        let mut child = add
            .args(["--api-url", &merchant.url])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("`coffer` could not be started")?;
        if let Some(mut stdin) = child.stdin.take() {
            stdin.write_all(merchant.key.as_bytes())?;
        }
        let output = child.wait_with_output()?;
        let said = String::from_utf8_lossy(&output.stdout);
        if !output.status.success() {
            bail!(
                "the account could not be added: {}",
                text(&said, "message").unwrap_or_default()
            );
        }
        Ok(shop)
    }

    /// The command line on this home.
    pub(super) fn coffer(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command
            .arg("--home")
            .arg(&self.folder)
            .args(arguments)
            .env("COFFER_SECRETS", "file")
            .env("COFFER_PASSPHRASE", "a passphrase for measuring")
            .stdin(Stdio::null());
        command
    }

    /// Runs a command to its end and returns what it printed.
    pub(super) fn ask(&self, arguments: &[&str]) -> Result<String> {
        let output = self
            .coffer(arguments)
            .output()
            .context("`coffer` could not be started")?;
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        if !output.status.success() {
            bail!(
                "`coffer {}` failed: {}",
                arguments.join(" "),
                text(&said, "message").unwrap_or_default()
            );
        }
        Ok(said)
    }

    /// Syncs as a process of its own.
    pub(super) fn sync(&self) -> Result<Sync> {
        let began = Instant::now();
        let mut child = self
            .coffer(&["--mode", "test", "--json", "sync"])
            .stdout(Stdio::piped())
            .spawn()
            .context("`coffer` could not be started")?;
        let mut peak_bytes = None;
        let status = loop {
            peak_bytes = peak_of(child.id()).or(peak_bytes);
            if let Some(status) = child.try_wait()? {
                break status;
            }
            std::thread::sleep(LOOK_EVERY);
        };
        let took = began.elapsed();
        let mut said = String::new();
        if let Some(mut stdout) = child.stdout.take() {
            stdout.read_to_string(&mut said)?;
        }
        if !status.success() {
            bail!(
                "the sync failed: {}",
                text(&said, "message").unwrap_or_default()
            );
        }
        Ok(Sync {
            objects: numbers(&said, "fetched").iter().sum(),
            took,
            peak_bytes,
        })
    }
}

impl Drop for Shop {
    fn drop(&mut self) {
        // What stays behind lies in the folder of temporary files.
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// The most memory a process has held so far, where the system tells it as a file.
fn peak_of(process: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kibibytes: u64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(kibibytes * 1024)
}
