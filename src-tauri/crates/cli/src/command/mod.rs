//! The commands, a file each.

pub(crate) mod account;
pub(crate) mod act;
pub(crate) mod backup;
pub(crate) mod chart;
pub(crate) mod cohorts;
pub(crate) mod consent;
pub(crate) mod customers;
pub(crate) mod demo;
pub(crate) mod doctor;
pub(crate) mod document;
pub(crate) mod explain;
pub(crate) mod forecast;
pub(crate) mod lists;
pub(crate) mod log;
pub(crate) mod metrics;
pub(crate) mod outbox;
pub(crate) mod policies;
pub(crate) mod rates;
pub(crate) mod reconcile;
pub(crate) mod search;
pub(crate) mod show;
pub(crate) mod sync;

use crate::args::{Cli, ModeArg};
use crate::output::Output;
use crate::{Ended, Failure};
use clap::CommandFactory as _;
use coffer_engine::desk::{AnyBooks, SecretsChoice};
use coffer_engine::domain::mode::ModeName;
use coffer_engine::providers::Pacing;
use coffer_engine::{Desk, DeskOptions, EngineError};
use std::path::PathBuf;
use std::sync::Arc;

/// The mode asked for; live when none was.
pub(crate) fn mode(cli: &Cli) -> ModeName {
    match cli.global.mode {
        Some(ModeArg::Test) => ModeName::Test,
        Some(ModeArg::Live) | None => ModeName::Live,
    }
}

/// The folder asked for, else the platform's.
pub(crate) fn home(cli: &Cli) -> Result<PathBuf, Failure> {
    if let Some(home) = &cli.global.home {
        return Ok(home.clone());
    }
    directories::ProjectDirs::from("dev", "coffer", "Coffer")
        .map(|folders| folders.data_dir().to_owned())
        .ok_or_else(|| {
            Failure::Usage("This machine has no home folder; give one with --home.".to_owned())
        })
}

/// Opens the desk as the environment says.
pub(crate) fn desk(cli: &Cli) -> Result<Arc<Desk>, Failure> {
    let mut options = DeskOptions::new(home(cli)?, secrets()?);
    options.client.pacing = pacing()?;
    Ok(Arc::new(Desk::open(options)?))
}

#[expect(
    clippy::disallowed_methods,
    reason = "this is the edge that reads the environment"
)]
pub(crate) fn secrets() -> Result<SecretsChoice, Failure> {
    let read = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    match read("COFFER_SECRETS").as_deref() {
        None | Some("keychain") => Ok(SecretsChoice::Keychain),
        Some("file") => Ok(match read("COFFER_PASSPHRASE") {
            Some(passphrase) => SecretsChoice::Passphrase(passphrase.into()),
            None => SecretsChoice::FileWithoutPassphrase,
        }),
        Some(other) => Err(Failure::Usage(format!(
            "COFFER_SECRETS is `{other}`; it can be `keychain` or `file`."
        ))),
    }
}

/// When requests are spread out in time. A stand-in for a provider on this machine has no limits, unless it says so here.
#[expect(
    clippy::disallowed_methods,
    reason = "this is the edge that reads the environment"
)]
fn pacing() -> Result<Pacing, Failure> {
    match std::env::var("COFFER_PACING").as_deref() {
        Err(_) | Ok("" | "automatic") => Ok(Pacing::Automatic),
        Ok("always") => Ok(Pacing::Always),
        Ok(other) => Err(Failure::Usage(format!(
            "COFFER_PACING is `{other}`; it can be `automatic` or `always`."
        ))),
    }
}

/// The books of the mode asked for.
pub(crate) async fn books(desk: &Arc<Desk>, mode: ModeName) -> Result<AnyBooks, Failure> {
    Ok(desk
        .books(mode)
        .await?
        .ok_or(EngineError::NoAccount(mode))?)
}

/// Work that blocks, on a thread made for it.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, EngineError> + Send + 'static,
) -> Result<T, Failure> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => Ok(result?),
        Err(error) => Err(EngineError::Internal(error.to_string()).into()),
    }
}

/// The first line for a person names the mode.
pub(crate) fn name_mode(mode: ModeName, output: &Output) -> Result<(), Failure> {
    match mode {
        ModeName::Live => output.line("Live mode")?,
        ModeName::Test => output.line("TEST mode")?,
    }
    Ok(())
}

/// Prints completions for a shell.
pub(crate) fn completions(shell: clap_complete::Shell, output: &Output) -> Result<Ended, Failure> {
    let mut bytes = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "coffer", &mut bytes);
    let text = String::from_utf8_lossy(&bytes);
    if output.is_json() {
        output.document(&serde_json::json!({ "shell": shell.to_string(), "completions": text }))?;
    } else {
        output.line(&text)?;
    }
    Ok(Ended::Well)
}
