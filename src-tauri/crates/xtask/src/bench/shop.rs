//! A temporary home with the merchant's account in it, and the command line at work on it.

use super::json::{self, decimal, number, numbers, text, yes};
use super::merchant::Merchant;
use super::work::to_its_end;
use crate::place::Place;
use anyhow::{Context as _, Result, bail};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

static HOMES: AtomicU32 = AtomicU32::new(0);
/// An account of a million objects below the provider's limits takes minutes; this is for what hangs.
const SYNC_LONGEST: Duration = Duration::from_secs(45 * 60);
const ANSWER_LONGEST: Duration = Duration::from_secs(15 * 60);
/// How the command line ends when it did all it could and something is left out.
const INCOMPLETE: i32 = 3;

/// How the command line is told to work.
#[derive(Debug, Clone, Copy)]
pub(super) struct Terms {
    pub(super) mode: &'static str,
    /// Whether requests are spread out in time although they stay on this machine.
    pub(super) paced: bool,
}

impl Terms {
    /// As fast as it goes.
    pub(super) const UNPACED: Self = Self {
        mode: "test",
        paced: false,
    };
    /// As a live account is asked.
    pub(super) const LIVE: Self = Self {
        mode: "live",
        paced: true,
    };
}

/// A temporary home. It is removed when this is dropped.
#[derive(Debug)]
pub(super) struct Shop {
    folder: PathBuf,
    program: PathBuf,
    terms: Terms,
}

/// How a sync went.
#[derive(Debug)]
pub(super) struct Sync {
    /// Objects brought, an object as often as it was.
    pub(super) fetched: u64,
    /// Objects that the account has now, of the kinds that may be read.
    pub(super) stored: u64,
    pub(super) requests: u64,
    /// From the start of the process to its end.
    pub(super) took: Duration,
    /// The account's sync alone, without opening the home.
    pub(super) seconds: f64,
    /// The most memory it held; `None` where the system does not tell.
    pub(super) peak_bytes: Option<u64>,
    complete: bool,
    said: String,
}

impl Sync {
    /// Refuses a sync that left something out: its figures would be too good.
    pub(super) fn whole(self) -> Result<Self> {
        if !self.complete {
            bail!("the sync left something out: {}", self.said.trim());
        }
        Ok(self)
    }

    /// Objects each second, from the start of the process to its end.
    pub(super) fn rate(&self) -> f64 {
        self.stored as f64 / self.took.as_secs_f64()
    }
}

impl Shop {
    /// Makes a home and adds the merchant's account.
    pub(super) fn open(place: &Place, merchant: &Merchant, terms: Terms) -> Result<Self> {
        let number = HOMES.fetch_add(1, Ordering::Relaxed);
        let folder =
            std::env::temp_dir().join(format!("coffer-bench-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&folder)
            .with_context(|| format!("{} could not be made", folder.display()))?;
        let shop = Self {
            folder,
            program: place.release("coffer"),
            terms,
        };
        let mut add = shop.coffer(&["--json", "account", "add", "--provider", "stripe"]);
        add.args(["--name", "Bench", "--api-url", &merchant.url]);
        let ended = to_its_end(&mut add, Some(&merchant.key), ANSWER_LONGEST)?;
        if !ended.status.success() {
            bail!(
                "the account could not be added: {}",
                text(&ended.said, "message").unwrap_or_default()
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
            .env_remove("COFFER_PACING")
            .stdin(Stdio::null());
        if self.terms.paced {
            command.env("COFFER_PACING", "always");
        }
        command
    }

    /// Runs a command to its end and returns what it printed.
    pub(super) fn ask(&self, arguments: &[&str]) -> Result<String> {
        let ended = to_its_end(&mut self.coffer(arguments), None, ANSWER_LONGEST)?;
        if !ended.status.success() {
            bail!(
                "`coffer {}` failed: {}",
                arguments.join(" "),
                text(&ended.said, "message").unwrap_or_default()
            );
        }
        Ok(ended.said)
    }

    /// Syncs as a process of its own. A sync that had to leave something out is one as well; [`Sync::whole`] refuses it.
    pub(super) fn sync(&self) -> Result<Sync> {
        let mut command = self.coffer(&["--mode", self.terms.mode, "--json", "sync"]);
        let ended = to_its_end(&mut command, None, SYNC_LONGEST)?;
        let said = ended.said;
        if !ended.status.success() && ended.status.code() != Some(INCOMPLETE) {
            bail!(
                "the sync failed: {}",
                text(&said, "message").unwrap_or_default()
            );
        }
        Ok(Sync {
            fetched: numbers(&said, "fetched").iter().sum(),
            stored: numbers(&said, "stored").iter().sum(),
            requests: number(&said, "requests").context("the sync told no requests")?,
            took: ended.took,
            seconds: decimal(&said, "seconds").context("the sync told no time")?,
            peak_bytes: ended.peak_bytes,
            complete: yes(&said, "complete"),
            said,
        })
    }

    /// What `coffer doctor` finds in the file.
    pub(super) fn weight(&self) -> Result<Weight> {
        let said = self.ask(&["--json", "doctor"])?;
        let field = |name: &str| {
            number(&said, name).with_context(|| format!("`coffer doctor` told no {name}"))
        };
        let objects = json::object(&said, "objects").context("`coffer doctor` told no objects")?;
        Ok(Weight {
            json_bytes: field("json_bytes")?,
            json_bytes_kept: field("json_bytes_kept")?,
            file_bytes: field("bytes")?,
            objects: json::values(objects).sum(),
        })
    }
}

impl Drop for Shop {
    fn drop(&mut self) {
        // What stays behind lies in the folder of temporary files.
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// What a file holds, and how large it is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Weight {
    /// The provider's JSON as it came.
    pub(super) json_bytes: u64,
    /// The same as it is kept.
    pub(super) json_bytes_kept: u64,
    /// The whole encrypted file.
    pub(super) file_bytes: u64,
    pub(super) objects: u64,
}
