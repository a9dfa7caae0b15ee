//! `coffer log`: who did what, and proof that nobody altered it.

use crate::args::{Cli, LogCommand};
use crate::command::{desk, mode, name_mode};
use crate::output::Output;
use crate::{Ended, Failure};
use coffer_engine::Desk;
use coffer_engine::api::handle;
use coffer_engine::api::types::{ActionLine, ActionLogRequest, ModeRequest, ModeView};
use serde_json::{Value, json};
use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;
use std::sync::Arc;

/// Lines read at once.
const PAGE: u32 = 1_000;

pub(crate) async fn run(
    cli: &Cli,
    command: &LogCommand,
    output: &Output,
) -> Result<Ended, Failure> {
    let desk = desk(cli)?;
    let mode = ModeView::from(mode(cli));
    match command {
        LogCommand::List {
            operation,
            limit,
            after,
        } => {
            let request = ActionLogRequest {
                mode,
                operation: operation.clone(),
                before: *after,
                limit: *limit,
            };
            let log = handle::action_log(&desk, request).await?;
            if output.is_json() {
                let items: Vec<Value> = log.items.iter().map(value).collect();
                output.document(&json!({ "items": items, "next": log.next }))?;
            } else {
                name_mode(mode.into(), output)?;
                let rows = log.items.iter().map(row).collect();
                output.table(
                    &["line", "at", "who", "action", "operation", "what"],
                    &[0],
                    rows,
                )?;
            }
        }
        LogCommand::Verify => {
            let proof = handle::action_log_verify(&desk, ModeRequest { mode }).await?;
            if output.is_json() {
                output.document(
                    &json!({ "whole": true, "lines": proof.lines, "last": proof.last }),
                )?;
            } else {
                name_mode(mode.into(), output)?;
                output.line(&format!("The log holds together: {} lines.", proof.lines))?;
            }
        }
        LogCommand::Export { out } => export(&desk, mode, out, output).await?,
    }
    Ok(Ended::Well)
}

async fn export(
    desk: &Arc<Desk>,
    mode: ModeView,
    out: &Path,
    output: &Output,
) -> Result<(), Failure> {
    let proof = handle::action_log_verify(desk, ModeRequest { mode }).await?;
    let mut file = BufWriter::new(File::create(out)?);
    let mut before = None;
    let mut lines = 0u64;
    loop {
        let request = ActionLogRequest {
            mode,
            operation: None,
            before,
            limit: PAGE,
        };
        let log = handle::action_log(desk, request).await?;
        for line in &log.items {
            serde_json::to_writer(&mut file, &value(line)).map_err(std::io::Error::from)?;
            writeln!(file)?;
            lines += 1;
        }
        before = log.next;
        if before.is_none() {
            break;
        }
    }
    file.flush()?;
    if output.is_json() {
        output.document(&json!({ "file": out, "lines": lines, "last": proof.last }))?;
    } else {
        name_mode(mode.into(), output)?;
        output.line(&format!(
            "{lines} lines, newest first, in {}.",
            out.display()
        ))?;
    }
    Ok(())
}

/// A line in JSON, with what it says as JSON and not as text.
fn value(line: &ActionLine) -> Value {
    let detail: Value = serde_json::from_str(&line.detail).unwrap_or_default();
    json!({
        "seq": line.seq,
        "at": line.at,
        "who": line.who,
        "operation": line.operation,
        "action": line.action,
        "detail": detail,
        "hash": line.hash,
    })
}

fn row(line: &ActionLine) -> Vec<String> {
    let detail: Value = serde_json::from_str(&line.detail).unwrap_or_default();
    let what = ["what", "message", "answer", "seen"]
        .iter()
        .find_map(|name| detail.get(*name).and_then(Value::as_str))
        .unwrap_or_default();
    vec![
        line.seq.to_string(),
        line.at.clone(),
        line.who.clone(),
        line.action.clone(),
        line.operation.clone().unwrap_or_default(),
        what.to_owned(),
    ]
}
