//! `coffer outbox`: what waits, what happened, and carrying on.

use crate::args::{Cli, OutboxCommand, WhoArgs};
use crate::command::act::{current, undo, value};
use crate::command::consent::who;
use crate::command::{books, desk, mode, name_mode};
use crate::output::Output;
use crate::{Ended, Failure};
use coffer_engine::api::types::{
    ActionLogRequest, ModeView, OperationRef, OperationView, OutboxList, OutboxRequest,
};
use coffer_engine::api::{carry_out, handle};
use coffer_engine::domain::outbox::State;
use coffer_engine::outbox::RunOptions;
use coffer_engine::{Desk, with_books};
use serde_json::json;
use std::sync::Arc;

pub(crate) async fn run(
    cli: &Cli,
    command: &OutboxCommand,
    output: &Output,
) -> Result<Ended, Failure> {
    let desk = desk(cli)?;
    let mode = ModeView::from(mode(cli));
    match command {
        OutboxCommand::List {
            state,
            customer,
            limit,
            after,
        } => {
            let request = OutboxRequest {
                mode,
                state: state.clone(),
                customer: customer.clone(),
                target: None,
                before: *after,
                limit: *limit,
            };
            list(&desk, request, output).await
        }
        OutboxCommand::Show { id } => {
            let view = handle::outbox_show(&desk, by_id(mode, id, None)?).await?;
            let request = ActionLogRequest {
                mode,
                operation: Some(id.clone()),
                before: None,
                limit: 1_000,
            };
            let log = handle::action_log(&desk, request).await?;
            if output.is_json() {
                output.document(&json!({ "operation": value(&view), "log": log.items }))?;
            } else {
                name_mode(mode.into(), output)?;
                show(&view, output)?;
                for line in &log.items {
                    output.line(&format!("  {}  {}  {}", line.at, line.who, line.action))?;
                }
            }
            Ok(Ended::Well)
        }
        OutboxCommand::Run => carry_on(cli, &desk, output).await,
        OutboxCommand::Retry { id, who } => {
            let view = handle::outbox_retry(&desk, by_id(mode, id, Some(who))?).await?;
            one(mode, &view, output)
        }
        OutboxCommand::Undo { id, act } => undo(cli, id, act, output).await,
        OutboxCommand::Discard { id, who } => {
            let view = handle::outbox_discard(&desk, by_id(mode, id, Some(who))?).await?;
            one(mode, &view, output)
        }
        OutboxCommand::Approve {
            id,
            offline,
            who: by,
        } => approve(cli, &desk, id, *offline, by, output).await,
    }
}

/// Which operation, and who asks; the PIN is asked for where an operator is named.
fn by_id(mode: ModeView, id: &str, by: Option<&WhoArgs>) -> Result<OperationRef, Failure> {
    let who = by.map(|by| who(by, false)).transpose()?.unwrap_or_default();
    Ok(OperationRef {
        mode,
        id: id.to_owned(),
        operator: who.name,
        pin: who.pin,
    })
}

fn one(mode: ModeView, view: &OperationView, output: &Output) -> Result<Ended, Failure> {
    if output.is_json() {
        output.document(&json!({ "operation": value(view) }))?;
    } else {
        name_mode(mode.into(), output)?;
        show(view, output)?;
    }
    Ok(ended(view))
}

async fn approve(
    cli: &Cli,
    desk: &Arc<Desk>,
    id: &str,
    offline: bool,
    by: &WhoArgs,
    output: &Output,
) -> Result<Ended, Failure> {
    let who = who(by, true)?;
    let client = desk.client_options().clone();
    let view = with_books!(books(desk, mode(cli)).await?, books => {
        let row = coffer_engine::outbox::approve(&books, id, who).await?;
        if !offline {
            carry_out(&books, RunOptions { only: Some(row.id.clone()), at_once: true, client }).await?;
        }
        current(&books, id).await?
    });
    one(mode(cli).into(), &view, output)
}

/// Operations; that the log was altered is said beside them.
async fn listed(
    desk: &Arc<Desk>,
    request: OutboxRequest,
    output: &Output,
) -> Result<OutboxList, Failure> {
    let list = handle::outbox_list(desk, request).await?;
    if let Some(fault) = &list.log_fault {
        output.note(&format!("warning: {}", fault.message));
    }
    Ok(list)
}

async fn list(desk: &Arc<Desk>, request: OutboxRequest, output: &Output) -> Result<Ended, Failure> {
    let mode = request.mode;
    let list = listed(desk, request, output).await?;
    if output.is_json() {
        let counts: serde_json::Map<String, serde_json::Value> = list
            .counts
            .iter()
            .map(|it| (it.state.clone(), json!(it.count)))
            .collect();
        let operations: Vec<_> = list.operations.iter().map(value).collect();
        output.document(&json!({
            "operations": operations,
            "next": list.next,
            "counts": counts,
            "log_fault": list.log_fault,
        }))?;
        return Ok(Ended::Well);
    }
    name_mode(mode.into(), output)?;
    if list.operations.is_empty() {
        output.line("Nothing here.")?;
        return Ok(Ended::Well);
    }
    let rows = list
        .operations
        .iter()
        .map(|it| {
            vec![
                it.id.clone(),
                it.state.clone(),
                it.sentence.clone(),
                it.created_at.clone(),
                it.problem
                    .as_ref()
                    .map_or_else(String::new, |it| it.message.clone()),
            ]
        })
        .collect();
    output.table(
        &["operation", "state", "what", "accepted", "matter"],
        &[],
        rows,
    )?;
    Ok(Ended::Well)
}

/// Carries out what waits; whether anything needs a person then.
async fn carry_on(cli: &Cli, desk: &Arc<Desk>, output: &Output) -> Result<Ended, Failure> {
    let client = desk.client_options().clone();
    let mode_name = mode(cli);
    let outcome = with_books!(books(desk, mode_name).await?, books => {
        carry_out(&books, RunOptions { only: None, at_once: true, client }).await?
    });
    let request = OutboxRequest {
        mode: mode_name.into(),
        state: None,
        customer: None,
        target: None,
        before: None,
        limit: 1_000,
    };
    let list = listed(desk, request, output).await?;
    let count = |state: State| {
        list.counts
            .iter()
            .find(|it| it.state == state.as_str())
            .map_or(0, |it| it.count)
    };
    let needs = count(State::Unknown) + count(State::NeedsReview);
    if output.is_json() {
        let counts: serde_json::Map<String, serde_json::Value> = list
            .counts
            .iter()
            .map(|it| (it.state.clone(), json!(it.count)))
            .collect();
        let operations: Vec<_> = list.operations.iter().map(value).collect();
        output.document(&json!({
            "operations": operations,
            "counts": counts,
            "offline": outcome.offline,
            "log_fault": list.log_fault,
            "elsewhere": outcome.elsewhere,
        }))?;
    } else {
        name_mode(mode_name, output)?;
        if outcome.elsewhere {
            output.line("Another Coffer is carrying out this outbox.")?;
        }
        if outcome.offline {
            output.line("The provider cannot be reached. What waits is sent when it can be.")?;
        }
        for it in &list.counts {
            output.line(&format!("  {:<18} {}", it.state, it.count))?;
        }
        for it in list.operations.iter().filter(|it| needs_a_person(it)) {
            show(it, output)?;
        }
    }
    Ok(if needs > 0 {
        Ended::NeedsPerson
    } else {
        Ended::Well
    })
}

fn needs_a_person(view: &OperationView) -> bool {
    State::parse(&view.state).is_some_and(State::needs_a_person)
}

/// How a command about one operation ends.
pub(super) fn ended(view: &OperationView) -> Ended {
    match State::parse(&view.state) {
        Some(state) if state.needs_a_person() => Ended::NeedsPerson,
        Some(State::Refused) => Ended::Failed,
        _ => Ended::Well,
    }
}

/// One operation for a person.
pub(super) fn show(view: &OperationView, output: &Output) -> Result<(), Failure> {
    output.line(&format!(
        "{}  {}: {}.",
        view.id,
        view.state.to_uppercase(),
        view.sentence
    ))?;
    if let Some(result) = &view.result {
        output.line(&format!("  at the provider: {}", result.id))?;
    }
    if let Some(problem) = &view.problem {
        output.line(&format!("  {}", problem.message))?;
    }
    if let Some(request) = &view.request_id {
        output.line(&format!("  request {request}"))?;
    }
    let next = match State::parse(&view.state) {
        Some(State::Queued) => "It waits to be sent: `coffer outbox run`.",
        Some(State::AwaitingApproval) => "It waits for another operator: `coffer outbox approve`.",
        Some(State::Unknown) => {
            "It is not known whether it happened. `coffer outbox run` looks again; nothing is sent twice."
        }
        Some(State::NeedsReview) => {
            "It waits for you: `coffer outbox retry` lets it go on, `coffer outbox discard` takes it out."
        }
        Some(State::Pending) => "The provider has it and has not finished.",
        _ => return Ok(()),
    };
    output.line(&format!("  {next}"))?;
    Ok(())
}
