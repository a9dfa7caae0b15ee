//! Commands that do something at a provider, and those about what was done.
//!
//! An action is answered as soon as it is kept; carrying it out goes on behind the answer, and whoever looks is told by the
//! notices of change.

use crate::api::handle::{needed, out};
use crate::api::types::{
    ActionLine, ActionLog, ActionLogProof, ActionLogRequest, ApiErrorView, LimitsRequest,
    LimitsView, ModeRequest, OperationPreview, OperationRef, OperationRequest, OperationSubmit,
    OperationView, OperatorAddRequest, OperatorList, OperatorRemoveRequest, OperatorView,
    OutboxCount, OutboxList, OutboxRequest, OutboxRun,
};
use crate::books::{Books, blocking};
use crate::desk::Desk;
use crate::error::EngineError;
use crate::outbox::{
    self, Limits, LogState, RunOptions, Who, accept, keep_mark, operation_view, propose,
};
use crate::sync::{SyncOptions, prepare};
use crate::view::money::instant;
use crate::with_books;
use coffer_domain::mode::Mode;
use coffer_domain::operation::{Intent, When};
use coffer_domain::outbox::State;
use coffer_providers::ClientOptions;
use coffer_store::query::customers;
use coffer_store::table::action_log;
use coffer_store::table::operation::{self, OperationRow, Wanted};
use coffer_store::{Read, StoreError};
use std::sync::Arc;

type Answer<T> = Result<T, ApiErrorView>;

/// Operations and lines in one answer.
const PAGE_MAX: u32 = 1_000;

/// Answers `operation_preview`: what would be done. Nothing is kept.
///
/// # Errors
/// When it makes no sense, or the key may not do it.
pub async fn operation_preview(
    desk: &Arc<Desk>,
    request: OperationRequest,
) -> Answer<OperationPreview> {
    out(async {
        let options = desk.client_options().clone();
        with_books!(needed(desk, request.mode).await?, books => {
            let proposed = propose(&books, request.wish, &options, request.offline).await?;
            preview(&books, proposed).await
        })
    }
    .await)
}

/// A proposal as it is shown.
pub async fn preview<M: Mode>(
    books: &Arc<Books<M>>,
    proposed: outbox::Proposed,
) -> Result<OperationPreview, EngineError> {
    let own = Arc::clone(books);
    blocking(move || {
        let (kind, target) = proposed.intent.target();
        Ok(OperationPreview {
            mode: M::NAME.into(),
            kind: proposed.intent.kind().to_owned(),
            target: target.to_owned(),
            target_kind: kind.as_str().to_owned(),
            customer: proposed.target.customer.as_ref().map(ToString::to_string),
            sentence: outbox::sentence(&proposed.intent),
            amount: proposed.intent.amount().map(crate::view::money::money),
            effects: proposed.effects(&own)?,
            preview: proposed.preview_view(),
            estimated: proposed.estimated,
            needs_note: proposed.needs_note,
            needs_amount: proposed.needs_amount.map(crate::view::money::money),
            needs_approval: proposed.needs_approval,
            needs_operator: proposed.needs_operator,
        })
    })
    .await
}

/// Answers `operation_submit`: it is on disk when this returns, and on its way unless it was asked to wait.
///
/// # Errors
/// When it makes no sense, something has to be said first, a limit would be passed, or the object is held.
pub async fn operation_submit(desk: &Arc<Desk>, request: OperationSubmit) -> Answer<OperationView> {
    out(async {
        with_books!(needed(desk, request.mode).await?, books => submit(desk, books, request).await)
    }
    .await)
}

async fn submit<M: Mode>(
    desk: &Arc<Desk>,
    books: Arc<Books<M>>,
    request: OperationSubmit,
) -> Result<OperationView, EngineError> {
    let options = desk.client_options().clone();
    let proposed = propose(&books, request.wish, &options, request.offline).await?;
    let cost = proposed
        .preview
        .as_ref()
        .map(|it| (it.total, it.amount_due));
    let costs = matches!(&proposed.intent, Intent::PlanChange(it) if it.when == When::Now);
    if let (true, Some(approved), Some((total, due))) = (costs, request.approved_total, cost)
        && approved != total
    {
        return Err(EngineError::CostChanged { total, due });
    }
    let who = Who {
        name: request.operator,
        pin: request.pin,
    };
    let own = Arc::clone(&books);
    let row = blocking(move || {
        accept(
            &own,
            &proposed,
            request.note.as_deref(),
            &who,
            request.typed_amount.as_deref(),
        )
    })
    .await?;
    go_on(&books, &row, request.offline, options);
    Ok(operation_view::<M>(&row))
}

/// Carries an operation on behind the answer, and keeps the log's mark.
pub(super) fn go_on<M: Mode>(
    books: &Arc<Books<M>>,
    row: &OperationRow,
    offline: bool,
    client: ClientOptions,
) {
    let (books, id) = (Arc::clone(books), row.id.clone());
    let sends = !offline && row.progress.state == State::Queued;
    tokio::spawn(async move {
        if sends {
            let options = RunOptions {
                only: Some(id),
                at_once: true,
                client,
            };
            warn(carry_out(&books, options).await.map(|_| ()));
        } else {
            let own = Arc::clone(&books);
            warn(blocking(move || keep_mark(&own)).await);
        }
    });
}

fn warn(result: Result<(), EngineError>) {
    if let Err(error) = result {
        tracing::warn!(
            code = error.code().as_str(),
            "an operation could not be carried on: {error}"
        );
    }
}

/// Carries out what waits, and then brings what was touched: the mirror changes by a sync alone.
///
/// # Errors
/// When our own file fails. That nothing could be brought is no fault of the operation.
pub async fn carry_out<M: Mode>(
    books: &Arc<Books<M>>,
    options: RunOptions,
) -> Result<outbox::RunOutcome, EngineError> {
    let client = options.client.clone();
    let outcome = outbox::run(books, options).await?;
    let own = Arc::clone(books);
    blocking(move || keep_mark(&own)).await?;
    if outcome.offline {
        return Ok(outcome);
    }
    for account in &outcome.touched {
        let options = SyncOptions {
            account: Some(account.clone()),
            full: false,
            client: client.clone(),
        };
        match prepare(books, options).await {
            Ok(prepared) => {
                prepared.run().await?;
            }
            // One that is at work reads the changes after its lists.
            Err(EngineError::SyncRunning(_)) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(outcome)
}

/// Answers `outbox_list`.
///
/// # Errors
/// When the mode's file cannot be read, or there is no such state.
pub async fn outbox_list(desk: &Arc<Desk>, request: OutboxRequest) -> Answer<OutboxList> {
    out(async {
        let state = request
            .state
            .as_deref()
            .map(|word| {
                State::parse(word)
                    .ok_or_else(|| EngineError::Usage(format!("There is no state `{word}`.")))
            })
            .transpose()?;
        let limit = request.limit.clamp(1, PAGE_MAX);
        let wanted = Wanted {
            state,
            customer: request.customer,
            target: request.target,
            before: request.before,
            limit: limit + 1,
        };
        let Some(any) = desk.books(request.mode.into()).await? else {
            return Ok(OutboxList::default());
        };
        with_books!(any, books => listed(&books, wanted).await)
    }
    .await)
}

async fn listed<M: Mode>(books: &Arc<Books<M>>, wanted: Wanted) -> Result<OutboxList, EngineError> {
    let limit = usize::try_from(wanted.limit.saturating_sub(1)).unwrap_or(usize::MAX);
    let (mut rows, counts) = books
        .read(move |read| {
            let rows = operation::list(read.sql(), &wanted)?;
            let rows = rows
                .into_iter()
                .map(|row| Ok((called(read, &row)?, row)))
                .collect::<Result<Vec<_>, StoreError>>()?;
            Ok((rows, operation::counts(read.sql())?))
        })
        .await?;
    let more = rows.len() > limit;
    rows.truncate(limit);
    let own = Arc::clone(books);
    let fault = blocking(move || Ok(own.log_at_start()?.fault())).await?;
    Ok(OutboxList {
        log_fault: fault.map(|it| it.view()),
        next: rows.last().filter(|_| more).map(|(_, row)| row.number),
        operations: rows
            .into_iter()
            .map(|(name, row)| named::<M>(name, &row))
            .collect(),
        counts: counts
            .into_iter()
            .map(|(state, count)| OutboxCount {
                state: state.as_str().to_owned(),
                count,
            })
            .collect(),
    })
}

/// What the customer of an operation is called.
fn called(read: &Read<'_>, row: &OperationRow) -> Result<Option<String>, StoreError> {
    match &row.customer {
        Some(id) => customers::called(read.sql(), id.as_str()),
        None => Ok(None),
    }
}

fn named<M: Mode>(customer_name: Option<String>, row: &OperationRow) -> OperationView {
    OperationView {
        customer_name,
        ..operation_view::<M>(row)
    }
}

/// Answers `outbox_show`.
///
/// # Errors
/// When there is no such operation.
pub async fn outbox_show(desk: &Arc<Desk>, request: OperationRef) -> Answer<OperationView> {
    out(async {
        with_books!(needed(desk, request.mode).await?, books => one(&books, &request.id).await)
    }
    .await)
}

async fn one<M: Mode>(books: &Arc<Books<M>>, id: &str) -> Result<OperationView, EngineError> {
    let wanted = id.to_owned();
    let row = books
        .read(move |read| {
            operation::one(read.sql(), &wanted)?
                .map(|row| Ok((called(read, &row)?, row)))
                .transpose()
        })
        .await?;
    row.map(|(name, row)| named::<M>(name, &row))
        .ok_or_else(|| EngineError::NotFound {
            what: "operation",
            id: id.to_owned(),
            mode: M::NAME,
        })
}

/// Answers `outbox_run`: carries out what waits and looks for what is not known.
///
/// # Errors
/// When our own file fails.
pub async fn outbox_run(desk: &Arc<Desk>, request: ModeRequest) -> Answer<OutboxRun> {
    out(async {
        let Some(any) = desk.books(request.mode.into()).await? else {
            return Ok(OutboxRun::default());
        };
        let options = RunOptions {
            only: None,
            at_once: true,
            client: desk.client_options().clone(),
        };
        let outcome = with_books!(any, books => carry_out(&books, options).await)?;
        Ok(OutboxRun {
            moved: outcome.moved,
            offline: outcome.offline,
            elsewhere: outcome.elsewhere,
        })
    }
    .await)
}

fn shown<M: Mode>(_: &Arc<Books<M>>, row: &OperationRow) -> OperationView {
    operation_view::<M>(row)
}

fn who(request: &OperationRef) -> Who {
    Who {
        name: request.operator.clone(),
        pin: request.pin.clone(),
    }
}

/// Answers `outbox_retry`: it goes on as it is now.
///
/// # Errors
/// When there is none, it is at its end, or the operator is not right.
pub async fn outbox_retry(desk: &Arc<Desk>, request: OperationRef) -> Answer<OperationView> {
    out(async {
        let client = desk.client_options().clone();
        with_books!(needed(desk, request.mode).await?, books => {
            let row = outbox::insist(&books, &request.id, who(&request)).await?;
            carry_out(&books, RunOptions { only: Some(row.id.clone()), at_once: true, client }).await?;
            one(&books, &row.id).await
        })
    }
    .await)
}

/// Answers `outbox_discard`.
///
/// # Errors
/// When there is none, it is at its end or in doubt, or the operator is not right.
pub async fn outbox_discard(desk: &Arc<Desk>, request: OperationRef) -> Answer<OperationView> {
    out(async {
        let client = desk.client_options().clone();
        with_books!(needed(desk, request.mode).await?, books => {
            let row = outbox::discard(&books, &request.id, who(&request)).await?;
            go_on(&books, &row, true, client);
            Ok(shown(&books, &row))
        })
    }
    .await)
}

/// Answers `outbox_approve`: approved, it is on its way.
///
/// # Errors
/// When there is none, it waits for nobody, or the operator is not right or the one who asked for it.
pub async fn outbox_approve(desk: &Arc<Desk>, request: OperationRef) -> Answer<OperationView> {
    out(async {
        let client = desk.client_options().clone();
        with_books!(needed(desk, request.mode).await?, books => {
            let row = outbox::approve(&books, &request.id, who(&request)).await?;
            go_on(&books, &row, false, client);
            Ok(shown(&books, &row))
        })
    }
    .await)
}

/// Answers `action_log`.
///
/// # Errors
/// When the mode's file cannot be read.
pub async fn action_log(desk: &Arc<Desk>, request: ActionLogRequest) -> Answer<ActionLog> {
    out(async {
        let Some(any) = desk.books(request.mode.into()).await? else {
            return Ok(ActionLog::default());
        };
        let limit = request.limit.clamp(1, PAGE_MAX);
        with_books!(any, books => {
            let lines = books.read(move |read| match &request.operation {
                Some(operation) => action_log::of_operation(read.sql(), operation),
                None => action_log::list(read.sql(), request.before, limit),
            }).await?;
            let full = lines.len() == usize::try_from(limit).unwrap_or(usize::MAX);
            Ok(ActionLog {
                next: lines.last().filter(|_| full).map(|line| line.seq).filter(|seq| *seq > 1),
                items: lines.into_iter().map(line_view).collect(),
            })
        })
    }
    .await)
}

fn line_view(line: action_log::Line) -> ActionLine {
    ActionLine {
        seq: line.seq,
        at: instant(line.entry.at),
        who: line.entry.who,
        operation: Some(line.entry.operation).filter(|operation| !operation.is_empty()),
        action: line.entry.action,
        detail: line.entry.detail,
        hash: line.hash.iter().map(|byte| format!("{byte:02x}")).collect(),
    }
}

/// Answers `action_log_verify`.
///
/// # Errors
/// When the mode's file cannot be read, or the log does not hold together.
pub async fn action_log_verify(desk: &Arc<Desk>, request: ModeRequest) -> Answer<ActionLogProof> {
    out(async {
        let Some(any) = desk.books(request.mode.into()).await? else {
            return Ok(ActionLogProof {
                lines: 0,
                last: None,
            });
        };
        let state = with_books!(any, books => blocking(move || outbox::verify(&books)).await)?;
        match state {
            LogState::Whole(head) => Ok(ActionLogProof {
                lines: head.seq,
                last: (head.seq > 0)
                    .then(|| head.hash.iter().map(|byte| format!("{byte:02x}")).collect()),
            }),
            LogState::Broken(broken) => Err(EngineError::LogBroken {
                seq: broken.seq,
                why: broken.why,
            }),
        }
    }
    .await)
}

/// Answers `limits`: what they are, or sets them.
///
/// # Errors
/// When a limit cannot be used, or the file's.
pub async fn limits(desk: &Arc<Desk>, request: LimitsRequest) -> Answer<LimitsView> {
    out(async {
        with_books!(needed(desk, request.mode).await?, books => {
            let who = Who { name: request.operator, pin: request.pin };
            blocking(move || {
                if let Some(set) = request.set {
                    let name = outbox::name_of(&books, &who)?;
                    outbox::set_limits(&books, &name, Limits {
                        each: set.each,
                        day: set.day,
                        typed_above: set.typed_above,
                        approval_above: set.approval_above,
                    })?;
                    keep_mark(&books)?;
                }
                let limits = outbox::limits(&books)?;
                Ok(LimitsView {
                    each: limits.each,
                    day: limits.day,
                    typed_above: limits.typed_above,
                    approval_above: limits.approval_above,
                })
            })
            .await
        })
    }
    .await)
}

fn operator_view(it: outbox::Operator) -> OperatorView {
    OperatorView {
        name: it.name,
        added_at: instant(it.added_at),
    }
}

/// Answers `operator_list`.
///
/// # Errors
/// When the mode's file cannot be read.
pub async fn operator_list(desk: &Arc<Desk>, request: ModeRequest) -> Answer<OperatorList> {
    out(async {
        with_books!(needed(desk, request.mode).await?, books => blocking(move || {
            Ok(OperatorList { items: outbox::operators(&books)?.into_iter().map(operator_view).collect() })
        })
        .await)
    }
    .await)
}

/// Answers `operator_add`. Where there are operators already, one of them has to be named.
///
/// # Errors
/// When the name or PIN cannot be used, or the operator who adds is not right.
pub async fn operator_add(desk: &Arc<Desk>, request: OperatorAddRequest) -> Answer<OperatorView> {
    out(async {
        with_books!(needed(desk, request.mode).await?, books => blocking(move || {
            let who = Who { name: request.by, pin: request.by_pin };
            let name = outbox::name_of(&books, &who)?;
            let added = outbox::add_operator(&books, &name, &request.name, &request.pin)?;
            keep_mark(&books)?;
            Ok(operator_view(added))
        })
        .await)
    }
    .await)
}

/// Answers `operator_remove`.
///
/// # Errors
/// When there is none of that name, or the operator who removes is not right.
pub async fn operator_remove(
    desk: &Arc<Desk>,
    request: OperatorRemoveRequest,
) -> Answer<OperatorList> {
    let mode = request.mode;
    out(async {
        with_books!(needed(desk, request.mode).await?, books => blocking(move || {
            let who = Who { name: request.by, pin: request.by_pin };
            let name = outbox::name_of(&books, &who)?;
            outbox::remove_operator(&books, &name, &request.name)?;
            keep_mark(&books)
        })
        .await)
    }
    .await)?;
    operator_list(desk, ModeRequest { mode }).await
}
