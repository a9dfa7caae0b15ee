//! `coffer doctor`: looks at the home, the secrets and the files, and says what is wrong and what to do.

use crate::args::Cli;
use crate::command::{blocking, desk, home};
use crate::output::Output;
use crate::{Ended, Failure};
use coffer_engine::api::types::ApiErrorView;
use coffer_engine::books::Books;
use coffer_engine::domain::ids::AccountId;
use coffer_engine::domain::mode::{Mode, ModeName};
use coffer_engine::outbox::{LogState, verify};
use coffer_engine::self_check::{self, Depth, SEND_US};
use coffer_engine::store::query::weight;
use coffer_engine::store::table::gone;
use coffer_engine::view::status;
use coffer_engine::{EngineError, with_books};
use serde_json::{Value, json};

/// Objects that are referred to and no longer there, as many as are listed.
const GONE_SHOWN: u32 = 1_000;

pub(crate) async fn run(cli: &Cli, output: &Output) -> Result<Ended, Failure> {
    let desk = desk(cli)?;
    let mut modes = Vec::new();
    let mut faults: Vec<ApiErrorView> = Vec::new();
    let mut sound = true;
    for mode in [ModeName::Live, ModeName::Test] {
        match desk.books(mode).await {
            Ok(None) => modes.push(json!({ "mode": mode.as_str(), "file": null })),
            Ok(Some(any)) => {
                let looked = with_books!(any, books => blocking(move || look(&books)).await);
                match looked {
                    Ok(found) => {
                        for what in ["damage", "faults"] {
                            let named = found.get(what).and_then(Value::as_array);
                            sound &= named.is_some_and(Vec::is_empty);
                        }
                        sound &= found.pointer("/log/broken").is_some_and(Value::is_null);
                        modes.push(found);
                    }
                    Err(Failure::Engine(error)) => {
                        modes.push(json!({ "mode": mode.as_str(), "error": error.view() }));
                        faults.push(error.view());
                    }
                    Err(other) => return Err(other),
                }
            }
            Err(error) => {
                modes.push(json!({ "mode": mode.as_str(), "error": error.view() }));
                faults.push(error.view());
            }
        }
    }
    let document = json!({
        "version": env!("CARGO_PKG_VERSION"),
        "home": home(cli)?,
        "secrets": if desk.uses_keychain() { "keychain" } else { "file" },
        "modes": modes,
        "ok": faults.is_empty() && sound,
    });
    if output.is_json() {
        output.document(&document)?;
    } else {
        tell(&document, output)?;
    }
    match faults.into_iter().next() {
        // A machine has the fault in the document; a person reads it as any other.
        Some(fault) if !output.is_json() => Err(fault.into()),
        Some(_) => Ok(Ended::Incomplete),
        None if !sound => Ok(Ended::Incomplete),
        None => Ok(Ended::Well),
    }
}

/// What one mode's file holds, weighs and suffers from.
fn look<M: Mode>(books: &Books<M>) -> Result<Value, EngineError> {
    let (weights, damage) = books
        .store
        .read(|read| Ok((weight::kinds(read.sql(), None)?, weight::check(read.sql())?)))?;
    let mut gone = Vec::new();
    for account in status::accounts(books)? {
        let id = AccountId::new(account.id);
        gone.extend(
            books
                .store
                .read(|read| gone::of_account(read.sql(), &id, GONE_SHOWN))?
                .into_iter()
                .map(|it| json!({ "account": id.as_str(), "resource": it.kind.as_str(), "id": it.id, "word": it.word })),
        );
    }
    let wrong: Vec<String> = self_check::check(books, Depth::Everything)?
        .into_iter()
        .map(|fault| fault.word)
        .collect();
    let log = match verify(books)? {
        LogState::Whole(head) => json!({ "lines": head.seq, "broken": null }),
        LogState::Broken(it) => {
            json!({ "lines": null, "broken": { "line": it.seq, "why": it.why } })
        }
    };
    let objects: serde_json::Map<String, Value> = weights
        .iter()
        .map(|it| (it.kind.as_str().to_owned(), json!(it.stored)))
        .collect();
    Ok(json!({
        "mode": M::NAME.as_str(),
        "file": books.store.path(),
        "bytes": std::fs::metadata(books.store.path()).map_or(0, |file| file.len()),
        "damage": damage,
        "faults": wrong,
        "log": log,
        "accounts": status::accounts(books)?,
        "objects": objects,
        "gone": gone,
        "json_bytes": weights.iter().map(|it| it.plain_bytes).sum::<u64>(),
        "json_bytes_kept": weights.iter().map(|it| it.kept_bytes).sum::<u64>(),
    }))
}

fn tell(document: &Value, output: &Output) -> Result<(), Failure> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let number = |value: &Value| value.as_u64().unwrap_or(0);
    output.line(&format!("Coffer {}", text(&document["version"])))?;
    output.line(&format!("Home     {}", text(&document["home"])))?;
    output.line(&format!("Secrets  {}", text(&document["secrets"])))?;
    for mode in document["modes"].as_array().into_iter().flatten() {
        let name = text(&mode["mode"]);
        if let Some(error) = mode.get("error") {
            output.line(&format!("{name}: {}", text(&error["message"])))?;
            continue;
        }
        if mode["file"].is_null() {
            output.line(&format!("{name}: nothing here yet"))?;
            continue;
        }
        let (plain, kept) = (
            number(&mode["json_bytes"]),
            number(&mode["json_bytes_kept"]),
        );
        output.line(&format!(
            "{name}: {} ({} KiB)",
            text(&mode["file"]),
            number(&mode["bytes"]) / 1024
        ))?;
        let saved = (100 * (plain - kept.min(plain)))
            .checked_div(plain)
            .unwrap_or(0);
        output.line(&format!(
            "  provider JSON: {} KiB kept in {} KiB, {saved} % saved by compression",
            plain / 1024,
            kept / 1024
        ))?;
        for (kind, count) in mode["objects"].as_object().into_iter().flatten() {
            output.line(&format!(
                "  {:<22} {:>9}",
                kind.replace('_', " "),
                number(count)
            ))?;
        }
        for it in mode["gone"].as_array().into_iter().flatten() {
            output.line(&format!(
                "  referred to and {} at the provider: {} {}",
                text(&it["word"]),
                text(&it["resource"]).replace('_', " "),
                text(&it["id"])
            ))?;
        }
        let wrong = mode["faults"].as_array().map_or(&[][..], Vec::as_slice);
        for fault in wrong {
            output.line(&format!("  DOES NOT ADD UP: {}", text(fault)))?;
        }
        if !wrong.is_empty() {
            output.line(&format!("  {SEND_US}"))?;
        }
        output.line(&of_log(&mode["log"]))?;
        let damage = mode["damage"].as_array().map_or(0, Vec::len);
        output.line(if damage == 0 {
            "  the file is sound"
        } else {
            "  THE FILE IS DAMAGED"
        })?;
    }
    Ok(())
}

fn of_log(log: &Value) -> String {
    let broken = log.get("broken").unwrap_or(&Value::Null);
    if broken.is_null() {
        let lines = log.get("lines").and_then(Value::as_u64).unwrap_or(0);
        return format!("  the action log holds together: {lines} lines");
    }
    let line = broken.get("line").and_then(Value::as_u64).unwrap_or(0);
    let why = broken
        .get("why")
        .and_then(Value::as_str)
        .unwrap_or_default();
    format!("  THE ACTION LOG WAS ALTERED at line {line}: {why}")
}
