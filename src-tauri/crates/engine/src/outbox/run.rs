//! Carries out what waits.
//!
//! One runner works in a mode at a time, in all processes together, so that whatever stands as `sending` when it begins was
//! left by one that died. Operations are begun in the order in which they were accepted, the one that somebody just asked for
//! first, several at once because no two hold the same object. Each step is: ask for the object as it is and hold it against
//! what was approved; commit `sending`; send the frozen bytes; commit what came of it with its line in the log. What may have
//! happened is looked for before anything is sent again.

use crate::account::asked;
use crate::books::{Books, blocking};
use crate::error::EngineError;
use crate::home::HeldLock;
use crate::outbox::accept::{Who, fits, is_waiting, name_of};
use crate::outbox::log::{PROGRAM, note};
use crate::outbox::mark::look_at_mark;
use crate::outbox::target::prices;
use crate::sync::client;
use coffer_domain::Instant;
use coffer_domain::ids::AccountId;
use coffer_domain::mode::Mode;
use coffer_domain::money::Money;
use coffer_domain::operation::{Around, Basis, Intent, Proration, When, check};
use coffer_domain::outbox::{Answer, Event, Looked, Nature, Next, Progress, State, next};
use coffer_domain::record::Record;
use coffer_providers::{
    ClientOptions, Found, Frozen, Haste, Order, Performed, Preview, Provider, ProviderError,
    ProviderName, Trace, Unsupported, freeze,
};
use coffer_store::table::account::{self, AccountRow};
use coffer_store::table::operation::{self, OperationRow};
use coffer_store::table::reads::{self, Asked};
use serde_json::{Value, json};
use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::task::JoinSet;

/// How often, and after how long, the right to carry out is asked for.
const TRIES: u32 = 8;
const TRIED_AFTER: Duration = Duration::from_millis(50);
/// Operations on their way at once.
const AT_ONCE: usize = 12;
/// Operations read at once.
const PAGE: u32 = 200;
/// Steps that one operation may take in one run: every request of it, with a look and a repetition each.
const STEPS_MAX: usize = 8;

/// What to carry out and how.
#[derive(Debug, Clone, Default)]
pub struct RunOptions {
    /// This one alone.
    pub only: Option<String>,
    /// Whether somebody asks for it now, so that nothing waits for its time.
    pub at_once: bool,
    /// How clients behave.
    pub client: ClientOptions,
}

/// What a run came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RunOutcome {
    /// Operations that moved.
    pub moved: u64,
    /// Whether the network was in the way.
    pub offline: bool,
    /// Accounts where something happened.
    pub touched: Vec<AccountId>,
    /// Whether another process was at it already.
    pub elsewhere: bool,
}

/// An account's provider, with what of its reads is written down.
struct Line<M: Mode> {
    row: AccountRow,
    name: ProviderName,
    provider: Box<dyn Provider<M>>,
}

struct Runner<M: Mode> {
    books: Arc<Books<M>>,
    options: RunOptions,
    lines: tokio::sync::Mutex<HashMap<AccountId, Arc<Line<M>>>>,
    offline: AtomicBool,
    outcome: Mutex<(u64, HashSet<AccountId>)>,
}

/// Whether anything waits to be carried out or looked for without anybody asking. Where the log was altered, nothing is: what
/// waits may be altered too, and somebody has to look.
///
/// # Errors
/// The file's.
pub async fn waits<M: Mode>(books: &Arc<Books<M>>) -> Result<bool, EngineError> {
    let now = books.clock.now();
    let rows = books
        .read(|read| {
            operation::standing(
                read.sql(),
                &[
                    State::Queued,
                    State::Unknown,
                    State::Pending,
                    State::Sending,
                ],
                0,
                PAGE,
            )
        })
        .await?;
    let waits = rows.iter().any(|row| {
        row.progress.state == State::Sending
            || !matches!(next(&row.progress, now), Next::Wait(_) | Next::Nothing)
    });
    if !waits {
        return Ok(false);
    }
    let own = Arc::clone(books);
    blocking(move || Ok(own.log_at_start()?.fault().is_none())).await
}

/// Carries out what waits, or one operation alone.
///
/// # Errors
/// When our own file fails, or the one that was named is not there. What goes wrong with an operation stands in its row.
pub async fn run<M: Mode>(
    books: &Arc<Books<M>>,
    options: RunOptions,
) -> Result<RunOutcome, EngineError> {
    let Some(_only_one) = alone(books, options.only.as_deref()).await? else {
        return Ok(RunOutcome {
            elsewhere: true,
            ..RunOutcome::default()
        });
    };
    // An old file is noticed before anything of it is sent, also where the keychain did not answer when it was opened.
    let own = Arc::clone(books);
    blocking(move || look_at_mark(&own)).await?;
    let own = Arc::clone(books);
    blocking(move || left_behind(&own)).await?;
    let runner = Arc::new(Runner {
        books: Arc::clone(books),
        options,
        lines: tokio::sync::Mutex::default(),
        offline: AtomicBool::new(false),
        outcome: Mutex::default(),
    });
    let result = runner.drain().await;
    runner.count_reads().await?;
    result?;
    let (moved, touched) = std::mem::take(
        &mut *runner
            .outcome
            .lock()
            .unwrap_or_else(PoisonError::into_inner),
    );
    let mut touched: Vec<AccountId> = touched.into_iter().collect();
    touched.sort();
    Ok(RunOutcome {
        moved,
        offline: runner.offline.load(Ordering::Relaxed),
        touched,
        elsewhere: false,
    })
}

/// The name of the lock under which one runner works.
fn lock_name<M: Mode>() -> String {
    format!("outbox-{}", M::NAME)
}

/// The right to carry out. Whoever opens the file holds it for a moment, so it is tried for a while. Who is at it in this
/// program takes the operation that is waited for next, before what has waited longer.
async fn alone<M: Mode>(
    books: &Books<M>,
    urgent: Option<&str>,
) -> Result<Option<HeldLock>, EngineError> {
    for tried in 0..TRIES {
        if let Some(lock) = books.home.try_lock(&lock_name::<M>())? {
            return Ok(Some(lock));
        }
        if let Some(id) = urgent.filter(|_| tried == 0) {
            books.urgent(id.to_owned());
        }
        tokio::time::sleep(TRIED_AFTER).await;
    }
    Ok(None)
}

/// What stands as `sending` when nobody sends may have happened; where somebody may be sending, nothing is touched. Blocks.
///
/// # Errors
/// The file's.
pub(crate) fn settle_what_was_left<M: Mode>(books: &Books<M>) -> Result<(), EngineError> {
    let sending = books
        .store
        .read(|read| operation::standing(read.sql(), &[State::Sending], 0, 1))?;
    if sending.is_empty() {
        return Ok(());
    }
    match books.home.try_lock(&lock_name::<M>())? {
        Some(_nobody_sends) => left_behind(books),
        None => Ok(()),
    }
}

fn left_behind<M: Mode>(books: &Books<M>) -> Result<(), EngineError> {
    let now = books.clock.now();
    loop {
        let moved = books
            .store
            .write(move |write| {
                let rows = operation::standing(write.sql(), &[State::Sending], 0, PAGE)?;
                let count = rows.len();
                for mut row in rows {
                    if let Ok(after) = row.progress.after(Event::Restarted) {
                        row.progress = after;
                        row.changed_at = now;
                        row.code = Some("interrupted".to_owned());
                        row.message = Some(
                            "Coffer was stopped while this was being sent. It will look whether it happened.".to_owned(),
                        );
                        operation::update(write, &row)?;
                        note(write, &row, PROGRAM, "interrupted", now, &[])?;
                    }
                }
                Ok(count)
            })?;
        if moved == 0 {
            return Ok(());
        }
    }
}

impl<M: Mode> Runner<M> {
    async fn drain(self: &Arc<Self>) -> Result<(), EngineError> {
        if let Some(id) = self.options.only.clone() {
            let row = find(&self.books, &id).await?;
            let result = self.carry_on(row).await;
            return self.end(JoinSet::new(), result).await;
        }
        let mut after = 0;
        let mut at_work: JoinSet<Result<(), EngineError>> = JoinSet::new();
        let mut result = Ok(());
        loop {
            let rows = self
                .books
                .read(move |read| {
                    operation::standing(
                        read.sql(),
                        &[State::Queued, State::Unknown, State::Pending],
                        after,
                        PAGE,
                    )
                })
                .await?;
            let Some(last) = rows.last() else {
                break;
            };
            after = last.number;
            for row in rows {
                while at_work.len() >= AT_ONCE {
                    result = result.and(joined(at_work.join_next().await));
                }
                if result.is_err() || self.offline.load(Ordering::Relaxed) {
                    break;
                }
                self.take_urgent(&mut at_work);
                let own = Arc::clone(self);
                at_work.spawn(async move { own.carry_on(row).await });
            }
            if result.is_err() || self.offline.load(Ordering::Relaxed) {
                break;
            }
        }
        self.end(at_work, result).await
    }

    /// Waits for what is at work, and for what a person asks for meanwhile.
    async fn end(
        self: &Arc<Self>,
        mut at_work: JoinSet<Result<(), EngineError>>,
        mut result: Result<(), EngineError>,
    ) -> Result<(), EngineError> {
        loop {
            self.take_urgent(&mut at_work);
            let Some(done) = at_work.join_next().await else {
                return result;
            };
            result = result.and(joined(Some(done)));
        }
    }

    /// Begins what a person asked for just now.
    fn take_urgent(self: &Arc<Self>, at_work: &mut JoinSet<Result<(), EngineError>>) {
        while let Some(id) = self.books.next_urgent() {
            let own = Arc::clone(self);
            at_work.spawn(async move {
                let row = find(&own.books, &id).await?;
                own.carry_on(row).await
            });
        }
    }

    /// Takes one operation as far as it goes now.
    async fn carry_on(&self, mut row: OperationRow) -> Result<(), EngineError> {
        let mut looked = false;
        for _ in 0..STEPS_MAX {
            let before = row.progress.clone();
            let now = if self.options.at_once {
                Instant::MAX_UTC
            } else {
                self.books.clock.now()
            };
            row = match next(&row.progress, now) {
                Next::Send => match self.send(row).await? {
                    Some(row) => row,
                    None => return Ok(()),
                },
                // One look and one repetition are enough for one run.
                Next::Look if !looked => {
                    looked = true;
                    match self.look(row).await? {
                        Some(row) => row,
                        None => return Ok(()),
                    }
                }
                Next::Look | Next::Wait(_) | Next::Nothing => return Ok(()),
            };
            if row.progress == before || !is_waiting(row.progress.state) {
                return Ok(());
            }
        }
        Ok(())
    }

    /// The provider of an operation's account.
    async fn line(&self, account: &AccountId) -> Result<Arc<Line<M>>, EngineError> {
        let mut lines = self.lines.lock().await;
        if let Some(line) = lines.get(account) {
            return Ok(Arc::clone(line));
        }
        let wanted = account.clone();
        let row = self
            .books
            .read(move |read| account::one(read.sql(), &wanted))
            .await?
            .ok_or_else(|| EngineError::NotFound {
                what: "account",
                id: account.to_string(),
                mode: M::NAME,
            })?;
        let (name, _) = crate::books::whom(&row)?;
        let options = ClientOptions {
            haste: Haste::Person,
            ..self.options.client.clone()
        };
        let provider = client(&self.books, &row, &options).await?;
        let line = Arc::new(Line {
            row,
            name,
            provider,
        });
        lines.insert(account.clone(), Arc::clone(&line));
        Ok(line)
    }

    /// Writes down what each account was asked.
    async fn count_reads(&self) -> Result<(), EngineError> {
        let lines = self.lines.lock().await;
        let used: Vec<(AccountId, Asked)> = lines
            .values()
            .map(|line| (line.row.id.clone(), asked(&line.provider.usage())))
            .collect();
        let now = self.books.clock.now();
        self.books
            .write(move |write| {
                for (id, used) in &used {
                    reads::note(write, id, now, *used)?;
                }
                Ok(())
            })
            .await
    }

    fn provider_now(&self, line: &Line<M>) -> Instant {
        line.provider
            .usage()
            .provider_time
            .unwrap_or_else(|| self.books.clock.now())
    }

    /// Asks for the object as it is and sends the next request, if nothing speaks against it. `None` where the network is in
    /// the way.
    async fn send(&self, row: OperationRow) -> Result<Option<OperationRow>, EngineError> {
        let line = self.line(&row.account).await?;
        let (kind, id) = row.intent.target();
        let fresh = match line.provider.look_up(kind, id).await {
            Ok(Found::Here(it)) if fits(&it.record, kind) => it.record,
            Ok(_) => {
                let why = "It is not at the provider any more.".to_owned();
                return self.object(row, None, Objected::new("gone", why)).await;
            }
            Err(error) => return self.not_asked(row, &error).await,
        };
        let now = self.provider_now(&line);
        if row.progress.step > 0 {
            return self.go(row, &line, Some(&fresh)).await;
        }
        if let Some(objected) = self.against(&row, &line, &fresh, now).await? {
            return self.object(row, Some((&line, &fresh)), objected).await;
        }
        match self.reckoned(&row, &line, now).await? {
            Reckoned::Same => self.go(row, &line, Some(&fresh)).await,
            Reckoned::Other(objected) => self.object(row, Some((&line, &fresh)), *objected).await,
            Reckoned::Offline => Ok(None),
        }
    }

    /// What speaks against sending it: that it makes no sense any more, or that what was approved rested on something else.
    async fn against(
        &self,
        row: &OperationRow,
        line: &Line<M>,
        fresh: &Record,
        now: Instant,
    ) -> Result<Option<Objected>, EngineError> {
        let (own, account, name, intent) = (
            Arc::clone(&self.books),
            row.account.clone(),
            line.name,
            row.intent.clone(),
        );
        let prices = blocking(move || prices(&own, &account, name, &intent)).await?;
        let around = Around {
            now,
            prices: &prices,
        };
        if let Err(objection) = check(&row.intent, fresh, &around) {
            return Ok(Some(Objected::new(
                objection.code.as_str(),
                objection.message,
            )));
        }
        let differences = row.basis.differences(&Basis::of(&row.intent, fresh));
        if differences.is_empty() {
            return Ok(None);
        }
        let words: Vec<String> = differences
            .iter()
            .map(|it| format!("{} was “{}” and is “{}”", it.what, it.was, it.is))
            .collect();
        Ok(Some(Objected::new(
            "changed",
            format!(
                "It has changed since this was approved: {}.",
                words.join("; ")
            ),
        )))
    }

    /// Holds what a change of plan would cost now against what was approved.
    async fn reckoned(
        &self,
        row: &OperationRow,
        line: &Line<M>,
        now: Instant,
    ) -> Result<Reckoned, EngineError> {
        let Intent::PlanChange(change) = &row.intent else {
            return Ok(Reckoned::Same);
        };
        if change.when == When::PeriodEnd || change.proration == Proration::None {
            return Ok(Reckoned::Same);
        }
        let preview = match line.provider.preview(change, now).await {
            Ok(preview) => preview,
            Err(error) if error.is_offline() => {
                self.offline.store(true, Ordering::Relaxed);
                return Ok(Reckoned::Offline);
            }
            Err(error) => {
                let objected = Objected::new("preview_refused", error.to_string());
                return Ok(Reckoned::Other(Box::new(objected)));
            }
        };
        let approved: Option<Preview> = row
            .preview
            .as_deref()
            .and_then(|text| serde_json::from_str(text).ok());
        if approved.is_some_and(|approved| same_cost(&approved, &preview)) {
            return Ok(Reckoned::Same);
        }
        let due = Money::new(preview.amount_due, preview.currency).text();
        let why = if row.preview.is_some() {
            format!("The provider now reckons differently: the next bill would be {due}.")
        } else {
            format!(
                "This was accepted without asking what it costs. The provider says that the next bill would be {due}."
            )
        };
        Ok(Reckoned::Other(Box::new(Objected {
            preview: Some(preview),
            ..Objected::new("cost_changed", why)
        })))
    }

    /// Puts an operation before a person. What speaks against it is kept with it as it is: going on means to accept that,
    /// and nothing that comes later.
    async fn object(
        &self,
        mut row: OperationRow,
        seen: Option<(&Line<M>, &Record)>,
        objected: Objected,
    ) -> Result<Option<OperationRow>, EngineError> {
        let before = row.progress.clone();
        if let Some(preview) = &objected.preview {
            row.preview = serde_json::to_string(preview).ok();
            row.estimated = false;
            if let Intent::PlanChange(change) = &mut row.intent {
                change.reckoned_from = Some(preview.reckoned_from);
            }
        }
        if let Some((line, record)) = seen.filter(|_| row.progress.key_used.is_none()) {
            row.basis = Basis::of(&row.intent, record);
            let order = Order {
                intent: &row.intent,
                mark: &row.id,
                step: row.progress.step,
                target: record,
                made: None,
            };
            // Nothing of it was sent yet under this key, so the bytes may follow what is accepted.
            if let Some(text) = freeze(line.name, order)
                .ok()
                .and_then(|frozen| serde_json::to_string(&frozen).ok())
            {
                row.frozen = text;
            }
        }
        row.code = Some(objected.code.clone());
        row.message = Some(objected.why.clone());
        let more = vec![("code", json!(objected.code)), ("why", json!(objected.why))];
        self.moved(&before, row, Event::Objected, "held_up", more)
            .await
    }

    /// The provider could not be asked: nothing was sent, and nothing is known to speak against it.
    async fn not_asked(
        &self,
        row: OperationRow,
        error: &ProviderError,
    ) -> Result<Option<OperationRow>, EngineError> {
        match error {
            error if error.is_offline() => {
                self.offline.store(true, Ordering::Relaxed);
                Ok(None)
            }
            ProviderError::RateLimited { .. } | ProviderError::Down { .. } => Ok(None),
            error => {
                if row.progress.state == State::Queued {
                    let objected = Objected::new("not_asked", error.to_string());
                    return self.object(row, None, objected).await;
                }
                Ok(None)
            }
        }
    }

    /// Sends what is frozen, after writing down that it is being sent.
    async fn go(
        &self,
        row: OperationRow,
        line: &Line<M>,
        target: Option<&Record>,
    ) -> Result<Option<OperationRow>, EngineError> {
        let frozen: Frozen = serde_json::from_str(&row.frozen).map_err(|error| {
            EngineError::Internal(format!("the request of {} cannot be read: {error}", row.id))
        })?;
        let begun = Event::Begun {
            provider_now: self.provider_now(line),
            nature: frozen.nature,
        };
        let key = key(&row.id, &row.progress);
        let more = vec![("step", json!(row.progress.step)), ("key", json!(key))];
        let before = row.progress.clone();
        let Some(row) = self.moved(&before, row, begun, "sending", more).await? else {
            return Ok(None);
        };
        let performed = line.provider.perform(&frozen, &key).await;
        self.answered(row, line, target, performed).await
    }

    async fn answered(
        &self,
        mut row: OperationRow,
        line: &Line<M>,
        target: Option<&Record>,
        performed: Performed,
    ) -> Result<Option<OperationRow>, EngineError> {
        let before = row.progress.clone();
        if performed.offline && performed.answer == Answer::NotSent {
            self.offline.store(true, Ordering::Relaxed);
        }
        let event = Event::Answered {
            answer: performed.answer,
            now: self.books.clock.now(),
            jitter: jitter(),
        };
        row.request_id = performed.request_id.clone().or(row.request_id);
        row.code = performed.code.clone();
        row.message = performed.message.clone();
        if performed.answer == Answer::Lost && row.message.is_none() {
            row.message = Some("It is not known whether this happened.".to_owned());
        }
        if let Some(object) = performed.object {
            row.result = Some(object);
        }
        let row = self.frozen_after(row, line, target, &event, performed.made.as_deref());
        let more = vec![
            (
                "answer",
                json!(format!("{:?}", performed.answer).to_lowercase()),
            ),
            ("request_id", or_null(performed.request_id)),
            ("object", or_null(row.result.clone())),
            ("code", or_null(performed.code)),
            ("message", or_null(performed.message)),
        ];
        self.moved(&before, row, event, "answered", more).await
    }

    /// Where an event takes the operation to its next request, that request is made now, so that it is kept with the answer.
    fn frozen_after(
        &self,
        mut row: OperationRow,
        line: &Line<M>,
        target: Option<&Record>,
        event: &Event,
        made: Option<&Record>,
    ) -> OperationRow {
        let Ok(after) = row.progress.after(*event) else {
            return row;
        };
        if after.step == row.progress.step {
            return row;
        }
        let made = target
            .ok_or_else(|| Unsupported("The object is not at the provider any more.".to_owned()))
            .and_then(|target| {
                let order = Order {
                    intent: &row.intent,
                    mark: &row.id,
                    step: after.step,
                    target,
                    made,
                };
                freeze(line.name, order)
            });
        match made {
            Ok(frozen) => {
                if let Ok(text) = serde_json::to_string(&frozen) {
                    row.frozen = text;
                }
            }
            Err(unsupported) => {
                row.code = Some("cannot_go_on".to_owned());
                row.message = Some(unsupported.0);
                // A request that names nothing is refused before it is sent, and a person sees why.
                row.frozen = NO_REQUEST.to_owned();
            }
        }
        row
    }

    /// Looks whether what may have happened did; where it did not and the provider makes one of two, sends the same again.
    async fn look(&self, row: OperationRow) -> Result<Option<OperationRow>, EngineError> {
        let line = self.line(&row.account).await?;
        let (kind, id) = row.intent.target();
        let target = match line.provider.look_up(kind, id).await {
            Ok(Found::Here(it)) => Some(it.record),
            // Nothing can be seen of what is gone.
            Ok(Found::Deleted | Found::Missing) => None,
            Err(error) => return self.not_asked(row, &error).await,
        };
        let trace = match &target {
            Some(target) => self.trace(&row, &line, target).await,
            None => Ok(Trace {
                looked: Looked::NotSeen,
                object: None,
                made: None,
            }),
        };
        let trace = match trace {
            Ok(trace) => trace,
            Err(error) => return self.not_asked(row, &error).await,
        };
        let frozen: Option<Frozen> = serde_json::from_str(&row.frozen).ok();
        let nature = frozen.map_or(Nature::Once, |frozen| frozen.nature);
        let target = target.as_ref();
        let Some(row) = self.looked(row, &line, target, trace, nature).await? else {
            return Ok(None);
        };
        if row.progress.may_repeat(self.provider_now(&line), nature) {
            return self.go(row, &line, target).await;
        }
        Ok(Some(row))
    }

    async fn trace(
        &self,
        row: &OperationRow,
        line: &Line<M>,
        target: &Record,
    ) -> Result<Trace, ProviderError> {
        let order = Order {
            intent: &row.intent,
            mark: &row.id,
            step: row.progress.step,
            target,
            made: None,
        };
        let key = key(&row.id, &row.progress);
        line.provider
            .trace(order, &key, row.progress.key_used)
            .await
    }

    async fn looked(
        &self,
        mut row: OperationRow,
        line: &Line<M>,
        target: Option<&Record>,
        trace: Trace,
        nature: Nature,
    ) -> Result<Option<OperationRow>, EngineError> {
        let before = row.progress.clone();
        let event = Event::Looked {
            looked: trace.looked,
            provider_now: self.provider_now(line),
            nature,
            now: self.books.clock.now(),
        };
        if trace.object.is_some() {
            row.result = trace.object.clone();
        }
        let mut row = self.frozen_after(row, line, target, &event, trace.made.as_deref());
        if let Ok(after) = row.progress.after(event) {
            match after.state {
                State::Done | State::Pending | State::Queued => {
                    row.code = None;
                    row.message = None;
                }
                State::NeedsReview if row.progress.state == State::Unknown => {
                    row.code = Some("not_seen".to_owned());
                    row.message = Some(
                        "There is no trace of it at the provider, and its key has lapsed. Going on sends it as a new request."
                            .to_owned(),
                    );
                }
                _ => {}
            }
        }
        let more = vec![
            ("seen", json!(format!("{:?}", trace.looked).to_lowercase())),
            ("object", or_null(trace.object)),
        ];
        self.moved(&before, row, event, "looked", more).await
    }

    /// Moves an operation along an event and writes both down in one transaction. `None` where somebody has moved it
    /// meanwhile (taken it out, say): then nothing is written and nothing more is done with it.
    async fn moved(
        &self,
        before: &Progress,
        mut row: OperationRow,
        event: Event,
        action: &'static str,
        more: Vec<(&'static str, Value)>,
    ) -> Result<Option<OperationRow>, EngineError> {
        row.progress = before
            .after(event)
            .map_err(|error| EngineError::Internal(error.to_string()))?;
        row.changed_at = self.books.clock.now();
        let (kept, before) = (row.clone(), before.clone());
        // What goes on is what the file keeps, which holds instants less finely than clocks tell them.
        let row = self
            .books
            .write(move |write| {
                let now = operation::one(write.sql(), &kept.id)?;
                if now.is_none_or(|now| now.progress != before) {
                    return Ok(None);
                }
                operation::update(write, &kept)?;
                note(write, &kept, PROGRAM, action, kept.changed_at, &more)?;
                operation::one(write.sql(), &kept.id)
            })
            .await?;
        let Some(row) = row else {
            return Ok(None);
        };
        let mut outcome = self.outcome.lock().unwrap_or_else(PoisonError::into_inner);
        outcome.0 += 1;
        if matches!(row.progress.state, State::Done | State::Pending) || row.progress.step > 0 {
            outcome.1.insert(row.account.clone());
        }
        drop(outcome);
        Ok(Some(row))
    }
}

/// A request that no provider knows.
const NO_REQUEST: &str = r#"{"method":"post","path":"","ids":[],"body":"","nature":"once"}"#;

/// What speaks against sending an operation.
struct Objected {
    code: String,
    why: String,
    preview: Option<Preview>,
}

impl Objected {
    fn new(code: &str, why: String) -> Self {
        Self {
            code: code.to_owned(),
            why,
            preview: None,
        }
    }
}

/// What a change of plan would cost, beside what was approved.
enum Reckoned {
    Same,
    Other(Box<Objected>),
    Offline,
}

/// What the provider knows a request by.
fn key(id: &str, progress: &Progress) -> String {
    format!("{id}-{}-{}", progress.step, progress.generation)
}

fn same_cost(approved: &Preview, now: &Preview) -> bool {
    (
        approved.currency,
        approved.total,
        approved.amount_due,
        approved.tax,
    ) == (now.currency, now.total, now.amount_due, now.tax)
}

/// Any number. Where the system has none to give, waits are merely not spread.
fn jitter() -> u32 {
    getrandom::u32().unwrap_or(0)
}

fn or_null(text: Option<String>) -> Value {
    text.map_or(Value::Null, Value::String)
}

fn joined(
    done: Option<Result<Result<(), EngineError>, tokio::task::JoinError>>,
) -> Result<(), EngineError> {
    match done {
        Some(Ok(result)) => result,
        Some(Err(error)) => Err(EngineError::Internal(error.to_string())),
        None => Ok(()),
    }
}

async fn find<M: Mode>(books: &Arc<Books<M>>, id: &str) -> Result<OperationRow, EngineError> {
    let wanted = id.to_owned();
    books
        .read(move |read| operation::one(read.sql(), &wanted))
        .await?
        .ok_or_else(|| EngineError::NotFound {
            what: "operation",
            id: id.to_owned(),
            mode: M::NAME,
        })
}

/// Moves an operation because a person said so.
async fn by_hand<M: Mode>(
    books: &Arc<Books<M>>,
    id: &str,
    action: &'static str,
    change: impl FnOnce(&mut OperationRow) -> Result<String, EngineError> + Send + 'static,
) -> Result<OperationRow, EngineError> {
    let wanted = id.to_owned();
    let now = books.clock.now();
    let missing = EngineError::NotFound {
        what: "operation",
        id: id.to_owned(),
        mode: M::NAME,
    };
    books
        .write(move |write| {
            let Some(mut row) = operation::one(write.sql(), &wanted)? else {
                return Ok(Err(missing));
            };
            let who = match change(&mut row) {
                Ok(who) => who,
                Err(error) => return Ok(Err(error)),
            };
            row.changed_at = now;
            operation::update(write, &row)?;
            note(write, &row, &who, action, now, &[])?;
            Ok(Ok(row))
        })
        .await?
}

async fn whose<M: Mode>(books: &Arc<Books<M>>, who: Who) -> Result<String, EngineError> {
    let own = Arc::clone(books);
    blocking(move || name_of(&own, &who)).await
}

fn step(row: &mut OperationRow, event: Event) -> Result<(), EngineError> {
    row.progress = row
        .progress
        .after(event)
        .map_err(|illegal| EngineError::CannotMove(illegal.to_string()))?;
    Ok(())
}

/// Lets an operation go on: what was objected to is accepted as it is now, and what was not seen is sent as a new request.
///
/// # Errors
/// When there is none, it is at its end, or the operator is not right.
pub async fn insist<M: Mode>(
    books: &Arc<Books<M>>,
    id: &str,
    who: Who,
) -> Result<OperationRow, EngineError> {
    let who = whose(books, who).await?;
    by_hand(books, id, "insisted", move |row| {
        step(row, Event::Insisted)?;
        row.code = None;
        row.message = None;
        Ok(who)
    })
    .await
}

/// Takes an operation out. What may have happened cannot be taken out before it is known.
///
/// # Errors
/// When there is none, it is at its end or in doubt, or the operator is not right.
pub async fn discard<M: Mode>(
    books: &Arc<Books<M>>,
    id: &str,
    who: Who,
) -> Result<OperationRow, EngineError> {
    let who = whose(books, who).await?;
    by_hand(books, id, "discarded", move |row| {
        step(row, Event::Discarded)?;
        Ok(who)
    })
    .await
}

/// Approves what somebody else asked for.
///
/// # Errors
/// When there is none, it waits for nobody, the operator is not right, or is the one who asked for it.
pub async fn approve<M: Mode>(
    books: &Arc<Books<M>>,
    id: &str,
    who: Who,
) -> Result<OperationRow, EngineError> {
    let who = whose(books, who).await?;
    by_hand(books, id, "approved", move |row| {
        if row.progress.state == State::AwaitingApproval && row.asked_by == who {
            return Err(EngineError::OwnApproval);
        }
        step(row, Event::Approved)?;
        row.approved_by = Some(who.clone());
        Ok(who)
    })
    .await
}
