//! `coffer account`: the key comes on stdin or at a prompt without echo, never as an argument.

use crate::args::{AccountCommand, Cli};
use crate::command::{desk, name_mode};
use crate::output::Output;
use crate::{Ended, Failure};
use coffer_engine::api::handle;
use coffer_engine::api::types::{
    AccountAddRequest, AccountListRequest, AccountRef, AccountRemoveRequest, AccountView,
    KeyGuideRequest, MismatchView, ModeView, PermissionView,
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
            provider_account,
        } => {
            let request = AccountAddRequest {
                provider: provider.clone(),
                name: name.clone(),
                key: read_key()?,
                api_url: api_url.clone(),
                expect_mode: cli.global.mode.map(|_| super::mode(cli).into()),
                provider_account: provider_account.clone(),
            };
            let account = handle::account_add(&desk, request).await?;
            show(&account, output)?;
        }
        AccountCommand::Guide { provider } => guide(&desk, provider, output).await?,
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
    for (label, granted) in boxes(&account.permissions) {
        let mark = match granted {
            Some(true) => "✓",
            Some(false) => "✗",
            None => "?",
        };
        output.line(&format!("  {mark} {label}"))?;
    }
    let missing = |access: &str| {
        account
            .permissions
            .iter()
            .any(|it| it.access == access && it.granted == Some(false))
    };
    if missing("read") {
        output.line("Tick the boxes marked ✗ for this key at the provider to see everything, or make a new key: `coffer account guide`.")?;
    } else if missing("write") {
        output.line("This key may read everything and not act; that is enough to look.")?;
    }
    output.line(&format!(
        "Reads in the last 30 days: {} of {}",
        account.reads.used, account.reads.allowed
    ))?;
    for it in &account.proof.mismatches {
        output.note(&format!("does not add up: {}", disagreement(it)));
    }
    Ok(())
}

/// The boxes, each once: one box may open several resources.
fn boxes(permissions: &[PermissionView]) -> Vec<(&str, Option<bool>)> {
    let mut boxes: Vec<(&str, Option<bool>)> = Vec::new();
    for permission in permissions {
        let label = permission.label.as_str();
        match boxes.iter_mut().find(|(known, _)| *known == label) {
            Some((_, granted)) => {
                *granted = match (*granted, permission.granted) {
                    (Some(false), _) | (_, Some(false)) => Some(false),
                    (known, new) => known.or(new),
                };
            }
            None => boxes.push((label, permission.granted)),
        }
    }
    boxes
}

/// What does not add up, in one line.
pub(super) fn disagreement(it: &MismatchView) -> String {
    format!(
        "{} {} ({}): it says {}, its parts come to {}",
        it.resource.replace('_', " "),
        it.id,
        it.rule.replace('_', " "),
        it.expected,
        it.found
    )
}

/// The boxes and the links.
async fn guide(
    desk: &std::sync::Arc<coffer_engine::Desk>,
    provider: &str,
    output: &Output,
) -> Result<(), Failure> {
    let request = KeyGuideRequest {
        provider: provider.to_owned(),
    };
    let guide = handle::key_guide(desk, request).await?;
    if output.is_json() {
        output.document(&json!({ "guide": guide }))?;
        return Ok(());
    }
    for (label, _) in boxes(&guide.permissions) {
        output.line(&format!("  {label}"))?;
    }
    output.line("")?;
    output.line("A key that may only read, with these boxes ticked:")?;
    output.line(&guide.links.read_only)?;
    output.line("A key that may also act (refunds, plan changes):")?;
    output.line(&guide.links.with_actions)?;
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
