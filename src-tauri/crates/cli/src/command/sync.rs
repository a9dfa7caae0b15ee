//! `coffer sync`: exit 3 unless every account is complete.

use crate::args::{Cli, SyncArgs};
use crate::command::account::disagreement;
use crate::command::{blocking, books, desk, mode, name_mode};
use crate::output::Output;
use crate::progress::Watching;
use crate::{Ended, Failure};
use chrono::SecondsFormat;
use coffer_engine::books::Books;
use coffer_engine::domain::Instant;
use coffer_engine::domain::ids::AccountId;
use coffer_engine::domain::mode::Mode;
use coffer_engine::domain::sync::Gap;
use coffer_engine::store::query::weight;
use coffer_engine::store::table::gone;
use coffer_engine::sync::{AccountRun, SyncOptions, SyncOutcome, reproject_all, rest_of, sync};
use coffer_engine::view::status::mismatch_view;
use coffer_engine::{EngineError, with_books};
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// Objects that are referred to and no longer there, as many as are listed.
const GONE_SHOWN: u32 = 1_000;

pub(crate) async fn run(cli: &Cli, args: &SyncArgs, output: &Output) -> Result<Ended, Failure> {
    let desk = desk(cli)?;
    let options = SyncOptions {
        account: args.account.as_deref().map(AccountId::new),
        full: args.full,
        client: desk.client_options().clone(),
    };
    if !output.is_json() {
        name_mode(mode(cli), output)?;
    }
    with_books!(books(&desk, mode(cli)).await?, books => {
        if args.reproject {
            return anew(&books, output).await;
        }
        if !args.watch {
            let outcome = once(&books, options, output).await?;
            return tell_all(&books, &outcome, output).await;
        }
        watch(&books, &options, output).await
    })
}

/// Makes the tables anew from what is kept.
async fn anew<M: Mode>(books: &Arc<Books<M>>, output: &Output) -> Result<Ended, Failure> {
    let done = reproject_all(books).await?;
    if output.is_json() {
        output.document(&json!({ "reprojected": {
            "objects": done.objects,
            "unreadable": done.unreadable,
        } }))?;
    } else {
        output.line(&format!(
            "{} objects were read again from the JSON kept.",
            done.objects
        ))?;
        for what in &done.unreadable {
            output.note(&format!("warning: this version cannot read {what}"));
        }
    }
    Ok(if done.unreadable.is_empty() {
        Ended::Well
    } else {
        Ended::Incomplete
    })
}

/// Syncs until interrupted, as often as the allowance of reads permits; a machine gets the last outcome as its one
/// document.
async fn watch<M: Mode>(
    books: &Arc<Books<M>>,
    options: &SyncOptions,
    output: &Output,
) -> Result<Ended, Failure> {
    let mut interrupted = std::pin::pin!(tokio::signal::ctrl_c());
    let mut last: Option<SyncOutcome> = None;
    let mut quiet = 0_u32;
    loop {
        let round = tokio::select! {
            round = once(books, options.clone(), output) => round,
            _ = &mut interrupted => break,
        };
        match round {
            Ok(outcome) => {
                if !output.is_json() {
                    tell_all(books, &outcome, output).await?;
                }
                let nothing_new = outcome.runs.iter().all(|run| run.fetched() == 0);
                quiet = if nothing_new {
                    quiet.saturating_add(1)
                } else {
                    0
                };
                last = Some(outcome);
            }
            // The window or another command is at it: that is as good.
            Err(Failure::Engine(EngineError::SyncRunning(_))) => {}
            Err(error) => return Err(error),
        }
        tokio::select! {
            () = tokio::time::sleep(rest_of(books, quiet).await?) => {}
            _ = &mut interrupted => break,
        }
    }
    match last {
        Some(outcome) if output.is_json() => tell_all(books, &outcome, output).await,
        Some(outcome) if outcome.complete() => Ok(Ended::Well),
        _ => Ok(Ended::Incomplete),
    }
}

/// One sync, with its progress on a terminal.
async fn once<M: Mode>(
    books: &Arc<Books<M>>,
    options: SyncOptions,
    output: &Output,
) -> Result<SyncOutcome, Failure> {
    let watching = output.shows_progress().then(|| Watching::begin(books));
    let outcome = sync(books, options).await?;
    drop(watching);
    Ok(outcome)
}

/// How a sync ended, for a machine or a person.
async fn tell_all<M: Mode>(
    books: &Arc<Books<M>>,
    outcome: &SyncOutcome,
    output: &Output,
) -> Result<Ended, Failure> {
    if output.is_json() {
        let mut accounts = Vec::new();
        for run in &outcome.runs {
            accounts.push(account(books, run).await?);
        }
        output.document(&json!({ "accounts": accounts }))?;
    } else {
        for run in &outcome.runs {
            tell(run, output)?;
        }
    }
    Ok(if outcome.complete() {
        Ended::Well
    } else {
        Ended::Incomplete
    })
}

async fn account<M: Mode>(books: &Arc<Books<M>>, run: &AccountRun) -> Result<Value, Failure> {
    let (own, id) = (Arc::clone(books), run.account.clone());
    let (held, gone) = blocking(move || {
        Ok(own.store.read(|read| {
            let account = AccountId::new(id.clone());
            Ok((
                weight::kinds(read.sql(), Some(&id))?,
                gone::of_account(read.sql(), &account, GONE_SHOWN)?,
            ))
        })?)
    })
    .await?;
    let mut resources = Map::new();
    for resource in &run.resources {
        let stored = held.iter().find(|it| it.kind == resource.kind);
        resources.insert(
            resource.kind.as_str().to_owned(),
            json!({
                "fetched": resource.fetched,
                "stored": stored.map_or(0, |it| it.stored),
                "deleted": stored.map_or(0, |it| it.deleted),
            }),
        );
    }
    let seconds = run.took.unwrap_or_default().as_secs_f64();
    let mut value = json!({
        "account": run.account,
        "provider": run.provider,
        "complete": run.complete,
        "walked": run.walked,
        "resources": resources,
        "requests": run.requests,
        "retries": run.retries,
        "limited": run.limited,
        "seconds": (seconds * 1000.0).round() / 1000.0,
        "warnings": run.warnings,
        "gaps": run.gaps.iter().map(gap).collect::<Vec<_>>(),
        "mismatches": run.mismatches.iter().map(mismatch_view).collect::<Vec<_>>(),
        "gone": gone.iter().map(|it| json!({ "resource": it.kind.as_str(), "id": it.id, "word": it.word })).collect::<Vec<_>>(),
    });
    if let (Some(error), Some(object)) = (&run.error, value.as_object_mut()) {
        object.insert("error".to_owned(), json!(error));
    }
    Ok(value)
}

/// A part of a list that was not walked.
fn gap(it: &Gap) -> Value {
    let at = |at: Option<Instant>| at.map(|at| at.to_rfc3339_opts(SecondsFormat::Secs, true));
    json!({ "resource": it.kind.as_str(), "from": at(it.from), "to": at(it.to) })
}

fn tell(run: &AccountRun, output: &Output) -> Result<(), Failure> {
    let fetched: u64 = run.resources.iter().map(|resource| resource.fetched).sum();
    let seconds = run.took.unwrap_or_default().as_secs_f64();
    let word = if run.complete {
        "complete"
    } else {
        "INCOMPLETE"
    };
    output.line(&format!(
        "{} ({}): {word}, {fetched} objects in {seconds:.1} s with {} requests",
        run.name, run.account, run.requests
    ))?;
    for warning in &run.warnings {
        output.note(&format!("warning: {warning}"));
    }
    for it in &run.gaps {
        output.note(&format!("not walked whole: {}", it.kind.as_str()));
    }
    for it in run.mismatches.iter().map(mismatch_view) {
        output.note(&format!("does not add up: {}", disagreement(&it)));
    }
    if let Some(error) = &run.error {
        output.note(&format!("error: {}", error.message));
        if let Some(hint) = &error.hint {
            output.note(&format!("       {hint}"));
        }
    }
    Ok(())
}
