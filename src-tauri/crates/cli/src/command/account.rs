//! `coffer account`: the key comes on stdin or at a prompt without echo, never as an argument.

use crate::args::{AccountCommand, Cli};
use crate::command::{desk, name_mode};
use crate::output::Output;
use crate::{Ended, Failure};
use coffer_engine::api::handle;
use coffer_engine::api::types::{
    AccountAddRequest, AccountListRequest, AccountRef, AccountRemoveRequest, AccountView, ModeView,
};
use coffer_engine::domain::mode::ModeName;
use secrecy::SecretString;
use serde_json::json;
use std::io::{IsTerminal as _, Read as _};

/// Longer than any key.
const KEY_BYTES_MAX: u64 = 64 * 1024;

pub(crate) async fn run(
    cli: &Cli,
    command: &AccountCommand,
    output: &Output,
) -> Result<Ended, Failure> {
    let desk = desk(cli)?;
    match command {
        AccountCommand::Add {
            provider,
            name,
            api_url,
        } => {
            let request = AccountAddRequest {
                provider: provider.clone(),
                name: name.clone(),
                key: read_key()?,
                api_url: api_url.clone(),
                expect_mode: cli.global.mode.map(|_| super::mode(cli).into()),
            };
            let account = handle::account_add(&desk, request).await?;
            show(&account, output)?;
        }
        AccountCommand::List => list(&desk, cli, output).await?,
        AccountCommand::Check { id } => {
            let mode = mode_of(&desk, cli, id).await?;
            let account = handle::account_check(
                &desk,
                AccountRef {
                    mode,
                    id: id.clone(),
                },
            )
            .await?;
            show(&account, output)?;
        }
        AccountCommand::Remove { id, forget_data } => {
            let mode = mode_of(&desk, cli, id).await?;
            let request = AccountRemoveRequest {
                mode,
                id: id.clone(),
                forget_data: *forget_data,
            };
            let removed = handle::account_remove(&desk, request).await?;
            if output.is_json() {
                output.document(&json!({ "removed": removed }))?;
            } else if removed.data_forgotten {
                output.line(&format!("Forgot {id}, its key and its data."))?;
            } else {
                output.line(&format!(
                    "Forgot {id} and its key. Its data stays; --forget-data removes that too."
                ))?;
            }
        }
    }
    Ok(Ended::Well)
}

async fn list(
    desk: &std::sync::Arc<coffer_engine::Desk>,
    cli: &Cli,
    output: &Output,
) -> Result<(), Failure> {
    let list = handle::account_list(desk, AccountListRequest {}).await?;
    let asked = cli.global.mode.map(|_| ModeView::from(super::mode(cli)));
    let wanted: Vec<&AccountView> = list
        .items
        .iter()
        .filter(|account| asked.is_none_or(|mode| account.mode == mode))
        .collect();
    if output.is_json() {
        output.document(&json!({ "items": wanted, "next": null }))?;
    } else if wanted.is_empty() {
        output.line(
            "No account yet. Add one with `coffer account add`, or look around with `coffer demo`.",
        )?;
    } else {
        let rows = wanted.iter().map(|account| row(account)).collect();
        output.table(
            &[
                "mode", "id", "name", "provider", "key", "synced", "complete",
            ],
            &[],
            rows,
        )?;
    }
    Ok(())
}

/// The mode of an account: the one asked for, else the one that has it.
async fn mode_of(
    desk: &std::sync::Arc<coffer_engine::Desk>,
    cli: &Cli,
    id: &str,
) -> Result<ModeView, Failure> {
    if cli.global.mode.is_some() {
        return Ok(super::mode(cli).into());
    }
    let list = handle::account_list(desk, AccountListRequest {}).await?;
    let found = list.items.iter().find(|account| account.id == id);
    Ok(found.map_or_else(|| ModeView::from(ModeName::Live), |account| account.mode))
}

fn read_key() -> Result<SecretString, Failure> {
    if std::io::stdin().is_terminal() {
        return Ok(SecretString::from(rpassword::prompt_password("Key: ")?));
    }
    let mut text = String::new();
    std::io::stdin()
        .take(KEY_BYTES_MAX)
        .read_to_string(&mut text)
        .map_err(|_| Failure::Usage("The key on stdin is not text.".to_owned()))?;
    Ok(SecretString::from(text))
}

fn show(account: &AccountView, output: &Output) -> Result<(), Failure> {
    if output.is_json() {
        output.document(&json!({ "account": account }))?;
        return Ok(());
    }
    name_mode(account.mode.into(), output)?;
    output.line(&format!(
        "{}  {} ({})",
        account.id, account.name, account.provider
    ))?;
    output.line(&format!(
        "Key: {}, ends in {}",
        account.key_kind, account.key_last4
    ))?;
    for permission in &account.permissions {
        let mark = match permission.granted {
            Some(true) => "✓",
            Some(false) => "✗",
            None => "?",
        };
        output.line(&format!("  {mark} {}", permission.label))?;
    }
    if account
        .permissions
        .iter()
        .any(|permission| permission.granted == Some(false))
    {
        output.line("Tick the boxes marked ✗ for this key at the provider to see everything.")?;
    }
    Ok(())
}

fn row(account: &AccountView) -> Vec<String> {
    vec![
        match account.mode {
            ModeView::Live => "live".to_owned(),
            ModeView::Test => "TEST".to_owned(),
        },
        account.id.clone(),
        account.name.clone(),
        account.provider.clone(),
        format!("{} …{}", account.key_kind, account.key_last4),
        account
            .synced_at
            .clone()
            .unwrap_or_else(|| "never".to_owned()),
        if account.complete { "yes" } else { "no" }.to_owned(),
    ]
}
