//! `coffer backup` and `coffer restore`.

use crate::args::Cli;
use crate::command::{blocking, books, desk, mode, name_mode};
use crate::output::Output;
use crate::{Ended, Failure};
use coffer_engine::backup::{make as make_backup, name_of};
use coffer_engine::view::money::instant;
use coffer_engine::with_books;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;
use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};

pub(crate) async fn make(cli: &Cli, out: Option<&Path>, output: &Output) -> Result<Ended, Failure> {
    let desk = desk(cli)?;
    let mode = mode(cli);
    let any = books(&desk, mode).await?;
    let passphrase = passphrase(true)?;
    let to = out.map_or_else(
        || PathBuf::from(name_of(mode, desk.clock().now())),
        Path::to_owned,
    );
    let made = with_books!(any, books => {
        blocking(move || make_backup(&books, &to, &passphrase)).await
    })?;
    if output.is_json() {
        output.document(&json!({
            "file": made.file.display().to_string(),
            "bytes": made.bytes,
            "made_at": instant(made.made_at),
            "mode": mode.as_str(),
        }))?;
    } else {
        name_mode(mode, output)?;
        output.line(&format!(
            "{} holds everything of this mode but the providers\u{2019} keys, {} bytes. Only its passphrase opens it.",
            made.file.display(),
            made.bytes
        ))?;
    }
    Ok(Ended::Well)
}

pub(crate) async fn bring_back(cli: &Cli, file: &Path, output: &Output) -> Result<Ended, Failure> {
    let desk = desk(cli)?;
    let back = desk.bring_back(file.to_owned(), passphrase(false)?).await?;
    let aside = back.aside.as_ref().map(|path| path.display().to_string());
    if output.is_json() {
        output.document(&json!({
            "mode": back.mode.as_str(),
            "made_at": back.made_at,
            "aside": aside,
        }))?;
        return Ok(Ended::Well);
    }
    name_mode(back.mode, output)?;
    output.line(&format!("Here is the copy of {}.", back.made_at))?;
    if let Some(aside) = aside {
        output.line(&format!("The file that was here before lies in {aside}."))?;
    }
    output.line(
        "Sync to bring it up to date. On another machine, add each account\u{2019}s key again first: keys are not in a backup.",
    )?;
    Ok(Ended::Well)
}

/// The passphrase, from the environment or the prompt; one that is new is asked for twice.
#[expect(
    clippy::disallowed_methods,
    reason = "this is the edge that reads the environment"
)]
fn passphrase(new: bool) -> Result<SecretString, Failure> {
    let given = std::env::var("COFFER_BACKUP_PASSPHRASE").ok();
    if let Some(text) = given.filter(|text| !text.is_empty()) {
        return Ok(SecretString::from(text));
    }
    if !std::io::stdin().is_terminal() {
        return Err(Failure::Usage(
            "The passphrase of the backup is asked for on a terminal, or read from COFFER_BACKUP_PASSPHRASE."
                .to_owned(),
        ));
    }
    let first = SecretString::from(rpassword::prompt_password("Passphrase of the backup: ")?);
    if new {
        let again = SecretString::from(rpassword::prompt_password("Once more: ")?);
        if again.expose_secret() != first.expose_secret() {
            return Err(Failure::Usage("The two passphrases differ.".to_owned()));
        }
    }
    Ok(first)
}
