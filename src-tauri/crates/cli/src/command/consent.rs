//! `coffer limits` and `coffer operator`: how much may be done, and by whom.

use crate::args::{Cli, LimitsArgs, OperatorCommand, WhoArgs};
use crate::command::{desk, mode, name_mode};
use crate::output::Output;
use crate::{Ended, Failure};
use coffer_engine::api::handle;
use coffer_engine::api::types::{
    LimitsRequest, LimitsView, ModeRequest, OperatorAddRequest, OperatorRemoveRequest,
};
use coffer_engine::domain::currency::Currency;
use coffer_engine::domain::money::Money;
use coffer_engine::outbox::Who;
use secrecy::SecretString;
use serde_json::json;
use std::collections::BTreeMap;
use std::io::{IsTerminal as _, Read as _};

/// Longer than any PIN.
const PIN_BYTES_MAX: u64 = 4 * 1024;

/// Who asks: the operator named, with the PIN from the environment or the prompt.
#[expect(
    clippy::disallowed_methods,
    reason = "this is the edge that reads the environment"
)]
pub(crate) fn who(args: &WhoArgs, needed: bool) -> Result<Who, Failure> {
    let Some(name) = &args.operator else {
        return Ok(Who::default());
    };
    let pin = match std::env::var("COFFER_PIN")
        .ok()
        .filter(|pin| !pin.is_empty())
    {
        Some(pin) => Some(SecretString::from(pin)),
        None if std::io::stdin().is_terminal() => Some(SecretString::from(
            rpassword::prompt_password(format!("PIN of {name}: "))?,
        )),
        None if needed => {
            return Err(Failure::Usage(
                "The operator's PIN is asked for on a terminal, or read from COFFER_PIN."
                    .to_owned(),
            ));
        }
        None => None,
    };
    Ok(Who {
        name: Some(name.clone()),
        pin,
    })
}

pub(crate) async fn limits(
    cli: &Cli,
    args: &LimitsArgs,
    output: &Output,
) -> Result<Ended, Failure> {
    let desk = desk(cli)?;
    let mode = mode(cli).into();
    let ask = |set: Option<LimitsView>, who: Who| LimitsRequest {
        mode,
        set,
        operator: who.name,
        pin: who.pin,
    };
    let mut limits = handle::limits(&desk, ask(None, Who::default())).await?;
    let given = [
        &args.each,
        &args.day,
        &args.typed_above,
        &args.approval_above,
    ];
    if given.iter().any(|it| !it.is_empty()) {
        change(&mut limits.each, &args.each)?;
        change(&mut limits.day, &args.day)?;
        change(&mut limits.typed_above, &args.typed_above)?;
        change(&mut limits.approval_above, &args.approval_above)?;
        limits = handle::limits(&desk, ask(Some(limits), who(&args.who, false)?)).await?;
    }
    if output.is_json() {
        output.document(&json!({ "limits": limits }))?;
        return Ok(Ended::Well);
    }
    name_mode(mode.into(), output)?;
    for (what, by_currency) in [
        ("One refund at most", &limits.each),
        ("Within twenty-four hours at most", &limits.day),
        ("Typed again above", &limits.typed_above),
        ("Approved by another operator above", &limits.approval_above),
    ] {
        let all: Vec<String> = by_currency
            .iter()
            .filter_map(|(code, minor)| {
                let currency = Currency::parse(code).ok()?;
                Some(Money::new(*minor, currency).text())
            })
            .collect();
        let all = if all.is_empty() {
            "not limited".to_owned()
        } else {
            all.join(", ")
        };
        output.line(&format!("{what}: {all}"))?;
    }
    Ok(Ended::Well)
}

fn change(limits: &mut BTreeMap<String, i64>, given: &[String]) -> Result<(), Failure> {
    for text in given {
        let wrong = || {
            Failure::Usage(format!(
                "`{text}` is no limit; it should look like USD=500."
            ))
        };
        let (code, amount) = text.split_once('=').ok_or_else(wrong)?;
        let currency = Currency::parse(code).map_err(|_| wrong())?;
        if amount == "none" {
            limits.remove(currency.code());
            continue;
        }
        let amount = Money::parse_decimal(amount, currency)
            .map_err(|error| Failure::Usage(format!("{error}.")))?;
        limits.insert(currency.code().to_owned(), amount.minor);
    }
    Ok(())
}

pub(crate) async fn operators(
    cli: &Cli,
    command: &OperatorCommand,
    output: &Output,
) -> Result<Ended, Failure> {
    let desk = desk(cli)?;
    let mode = mode(cli).into();
    match command {
        OperatorCommand::List => {}
        OperatorCommand::Add { name, who: by } => {
            let by = who(by, false)?;
            let request = OperatorAddRequest {
                mode,
                name: name.clone(),
                pin: new_pin()?,
                by: by.name,
                by_pin: by.pin,
            };
            handle::operator_add(&desk, request).await?;
        }
        OperatorCommand::Remove { name, who: by } => {
            let by = who(by, false)?;
            let request = OperatorRemoveRequest {
                mode,
                name: name.clone(),
                by: by.name,
                by_pin: by.pin,
            };
            handle::operator_remove(&desk, request).await?;
        }
    }
    let list = handle::operator_list(&desk, ModeRequest { mode }).await?;
    if output.is_json() {
        output.document(&json!({ "items": list.items, "next": null }))?;
        return Ok(Ended::Well);
    }
    name_mode(mode.into(), output)?;
    if list.items.is_empty() {
        output.line("No operators: whoever sits here acts as the owner.")?;
    }
    for it in &list.items {
        output.line(&format!("{}  since {}", it.name, it.added_at))?;
    }
    Ok(Ended::Well)
}

fn new_pin() -> Result<SecretString, Failure> {
    if std::io::stdin().is_terminal() {
        return Ok(SecretString::from(rpassword::prompt_password("New PIN: ")?));
    }
    let mut text = String::new();
    std::io::stdin()
        .take(PIN_BYTES_MAX)
        .read_to_string(&mut text)
        .map_err(|_| Failure::Usage("The PIN on stdin is not text.".to_owned()))?;
    Ok(SecretString::from(text.trim_end_matches(['\r', '\n'])))
}
