//! From a wish to an operation that is kept: held against the copy, the key, the limits, and whoever asks for it.
//!
//! Nothing at the provider changes here. What is asked there is what a change of plan would cost, where the network is there;
//! where it is not, that is said, and asked again before anything is sent.

use crate::account::asked;
use crate::books::{Books, blocking};
use crate::clock::random_bytes;
use crate::error::EngineError;
use crate::outbox::consent::{Limits, hold_to_limits, is_pin, read_limits};
use crate::outbox::log::note;
use crate::outbox::target::{Target, fee, prices};
use crate::outbox::wish::Wish;
use crate::outbox::words::sentence;
use crate::sync::client;
use coffer_domain::Instant;
use coffer_domain::mode::Mode;
use coffer_domain::money::Money;
use coffer_domain::operation::{Around, Basis, Intent, PlanChange, Proration, When, check, undo};
use coffer_domain::outbox::{Event, Progress, State};
use coffer_domain::record::{Kind, Record};
use coffer_providers::{
    ClientOptions, Found, Haste, Order, Preview, Provider, ProviderError, freeze,
};
use coffer_store::table::operation::{self, Held, OperationRow};
use coffer_store::table::{reads, setting};
use secrecy::SecretString;
use serde_json::{Value, json};
use std::sync::Arc;

/// Whoever asks where no operators are named.
const OWNER: &str = "owner";

/// Who asks, as they say.
#[derive(Debug, Clone, Default)]
pub struct Who {
    /// The operator's name.
    pub name: Option<String>,
    /// The operator's PIN.
    pub pin: Option<SecretString>,
}

/// What would be done, before anybody has said yes.
#[derive(Debug, Clone)]
pub struct Proposed {
    /// What.
    pub intent: Intent,
    /// To what.
    pub target: Target,
    /// What a change of plan would cost, as the provider reckons it.
    pub preview: Option<Preview>,
    /// Whether the provider could not be asked, so that it will be asked before anything is sent.
    pub estimated: bool,
    /// The fee that does not come back with a refund.
    pub fee: Option<Money>,
    /// What would take it back.
    pub undo: Option<Intent>,
    /// Whether a note is needed.
    pub needs_note: bool,
    /// Whether the amount has to be typed.
    pub needs_amount: Option<Money>,
    /// Whether another operator has to approve.
    pub needs_approval: bool,
    /// Whether an operator has to be named.
    pub needs_operator: bool,
}

/// The kind that a key must be allowed to change.
const fn changes(intent: &Intent) -> Kind {
    match intent {
        Intent::Refund(_) => Kind::Refunds,
        Intent::CreditNote(_) => Kind::CreditNotes,
        Intent::CustomerCredit { .. } => Kind::CustomerBalanceTransactions,
        Intent::UpdateCustomer { .. } => Kind::Customers,
        Intent::Invoice { .. } => Kind::Invoices,
        Intent::ReleaseSchedule { .. }
        | Intent::PlanChange(PlanChange {
            when: When::PeriodEnd,
            ..
        }) => Kind::SubscriptionSchedules,
        _ => Kind::Subscriptions,
    }
}

/// Whether the key was seen not to be allowed this.
fn hold_to_permissions(intent: &Intent, target: &Target) -> Result<(), EngineError> {
    let wanted = changes(intent).as_str();
    let denied = target
        .account
        .permissions
        .iter()
        .find(|it| it.access == "write" && it.resource == wanted && it.granted == Some(false));
    match denied {
        Some(it) => Err(EngineError::MayNotAct {
            label: it.label.clone(),
        }),
        None => Ok(()),
    }
}

/// Works out what a wish means and whether it makes sense, as far as the copy knows; what a change of plan costs is asked at
/// the provider unless `offline`.
///
/// # Errors
/// When it makes no sense, the key may not do it, or the provider refuses it already.
pub async fn propose<M: Mode>(
    books: &Arc<Books<M>>,
    wish: Wish,
    options: &ClientOptions,
    offline: bool,
) -> Result<Proposed, EngineError> {
    let own = Arc::clone(books);
    let proposed = blocking(move || {
        let (id, what) = wish.object();
        let target = Target::find(&own, id, what)?;
        let intent = wish.intent(&own, &target)?;
        first_look(&own, intent, target)
    })
    .await?;
    costed(books, proposed, options, offline).await
}

/// Works out what would take an operation back that was done.
///
/// # Errors
/// When there is no such operation, it was not done, nothing takes it back, or it makes no sense any more.
pub async fn propose_undo<M: Mode>(
    books: &Arc<Books<M>>,
    id: &str,
    options: &ClientOptions,
    offline: bool,
) -> Result<Proposed, EngineError> {
    let (own, id) = (Arc::clone(books), id.to_owned());
    let proposed = blocking(move || {
        let row = own
            .store
            .read(|read| operation::one(read.sql(), &id))?
            .ok_or_else(|| EngineError::NotFound {
                what: "operation",
                id: id.clone(),
                mode: M::NAME,
            })?;
        let cannot = |why: &str| EngineError::CannotMove(why.to_owned());
        if row.progress.state != State::Done {
            return Err(cannot("only what was done can be taken back"));
        }
        let intent = row.undo.ok_or_else(|| cannot("nothing takes this back"))?;
        let target = Target::find(&own, intent.target().1, "object")?;
        first_look(&own, intent, target)
    })
    .await?;
    costed(books, proposed, options, offline).await
}

/// The same with what a change of plan costs, where that can be asked.
async fn costed<M: Mode>(
    books: &Arc<Books<M>>,
    mut proposed: Proposed,
    options: &ClientOptions,
    offline: bool,
) -> Result<Proposed, EngineError> {
    if let Intent::PlanChange(change) = proposed.intent.clone() {
        proposed.estimated = true;
        if !offline {
            cost(books, &mut proposed, change, options).await?;
        }
    }
    Ok(proposed)
}

fn first_look<M: Mode>(
    books: &Books<M>,
    intent: Intent,
    target: Target,
) -> Result<Proposed, EngineError> {
    // The provider's clock when it was last heard; the machine's may be anywhere.
    let now = target
        .account
        .synced_at
        .unwrap_or_else(|| books.clock.now());
    sensible(books, &intent, &target, now)?;
    hold_to_permissions(&intent, &target)?;
    // Whether the provider can do it is known without asking.
    freeze(
        target.provider,
        Order {
            intent: &intent,
            mark: "",
            step: 0,
            target: &target.record,
            made: None,
        },
    )
    .map_err(|it| EngineError::Unsupported(it.0))?;
    let (limits, operators) = books
        .store
        .read(|read| Ok((read_limits(read)?, setting::operators(read.sql())?)))?;
    let fee = match &intent {
        Intent::Refund(_) => fee(books, &target)?,
        _ => None,
    };
    let amount = intent.amount();
    Ok(Proposed {
        undo: undo(&intent, &target.record),
        needs_note: M::NAME.is_live() && amount.is_some(),
        needs_amount: amount.filter(|amount| M::NAME.is_live() && limits.has_to_be_typed(*amount)),
        needs_approval: needs_approval(&intent, &limits, operators.len()),
        needs_operator: !operators.is_empty(),
        preview: None,
        estimated: false,
        fee,
        intent,
        target,
    })
}

/// Whether somebody else has to say yes as well. Alone, nobody could.
fn needs_approval(intent: &Intent, limits: &Limits, operators: usize) -> bool {
    operators > 1
        && intent
            .amount()
            .is_some_and(|amount| limits.has_to_be_approved(amount))
}

fn sensible<M: Mode>(
    books: &Books<M>,
    intent: &Intent,
    target: &Target,
    now: Instant,
) -> Result<(), EngineError> {
    let prices = prices(books, &target.account.id, target.provider, intent)?;
    check(
        intent,
        &target.record,
        &Around {
            now,
            prices: &prices,
        },
    )
    .map_err(EngineError::Objection)
}

/// Asks what a change of plan would cost, for the subscription as it is at the provider.
async fn cost<M: Mode>(
    books: &Arc<Books<M>>,
    proposed: &mut Proposed,
    change: PlanChange,
    options: &ClientOptions,
) -> Result<(), EngineError> {
    let options = ClientOptions {
        haste: Haste::Person,
        ..options.clone()
    };
    let provider = client(books, &proposed.target.account, &options).await?;
    let answer = cost_by(books, proposed, change, provider.as_ref()).await;
    let id = proposed.target.account.id.clone();
    let (asked, now) = (asked(&provider.usage()), books.clock.now());
    books
        .write(move |write| reads::note(write, &id, now, asked))
        .await?;
    answer
}

async fn cost_by<M: Mode>(
    books: &Arc<Books<M>>,
    proposed: &mut Proposed,
    mut change: PlanChange,
    provider: &dyn Provider<M>,
) -> Result<(), EngineError> {
    let (kind, id) = proposed.intent.target();
    let fresh = match provider.look_up(kind, id).await {
        Ok(Found::Here(it)) => it.record,
        Ok(Found::Deleted | Found::Missing) => {
            return Err(EngineError::NotFound {
                what: "subscription",
                id: id.to_owned(),
                mode: M::NAME,
            });
        }
        Err(error) if error.is_offline() => return Ok(()),
        Err(error) => return Err(error.into()),
    };
    let now = provider
        .usage()
        .provider_time
        .unwrap_or_else(|| books.clock.now());
    proposed.target.record = fresh;
    let (own, target, intent) = (
        Arc::clone(books),
        proposed.target.clone(),
        proposed.intent.clone(),
    );
    blocking(move || sensible(&own, &intent, &target, now)).await?;
    match provider.preview(&change, now).await {
        Ok(preview) => {
            if change.when == When::Now && change.proration != Proration::None {
                change.reckoned_from = Some(preview.reckoned_from);
            }
            proposed.intent = Intent::PlanChange(change);
            proposed.preview = Some(preview);
            proposed.estimated = false;
            Ok(())
        }
        Err(error) if error.is_offline() => Ok(()),
        // A key that may not preview may still change; it is then as if nothing could be asked.
        Err(ProviderError::NotPermitted { .. }) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// Keeps an operation. It is on disk when this returns. Blocks.
///
/// # Errors
/// When a note, the amount, an operator or a PIN is missing or wrong, a limit would be passed, or another operation holds the
/// object; nothing is kept then.
pub fn accept<M: Mode>(
    books: &Books<M>,
    proposed: &Proposed,
    words: Option<&str>,
    who: &Who,
    typed: Option<&str>,
) -> Result<OperationRow, EngineError> {
    let words = words.map(str::trim).filter(|words| !words.is_empty());
    if proposed.needs_note && words.is_none() {
        return Err(EngineError::NoteMissing);
    }
    if let Some(amount) = proposed.needs_amount {
        let same = typed
            .and_then(|text| Money::parse_decimal(text, amount.currency).ok())
            .is_some_and(|typed| typed == amount);
        if !same {
            return Err(EngineError::AmountNotTyped(amount.text()));
        }
    }
    let asked_by = name_of(books, who)?;
    let now = books.clock.now();
    let row = new_row(proposed, words, asked_by, now)?;
    let kept = row.clone();
    let refunded = proposed.intent.refunded();
    let title = sentence(&row.intent);
    let outcome = books.store.write(move |write| {
        if let Some(amount) = refunded {
            let read = write.as_read();
            let limits = read_limits(&read)?;
            if let Some(why) = hold_to_limits(&read, &limits, amount, now)? {
                return Ok(Err(EngineError::LimitPassed(why)));
            }
        }
        match operation::add(write, &row)? {
            Held::By(by) => Ok(Err(EngineError::OperationOpen(by))),
            Held::Kept(number) => {
                let (kind, id) = row.intent.target();
                note(
                    write,
                    &row,
                    &row.asked_by,
                    "accepted",
                    now,
                    &[
                        ("what", json!(title)),
                        ("kind", json!(row.intent.kind())),
                        ("account", json!(row.account.as_str())),
                        ("target_kind", json!(kind.as_str())),
                        ("target", json!(id)),
                        ("intent", json!(row.intent)),
                        (
                            "why",
                            row.note.as_ref().map_or(Value::Null, |why| json!(why)),
                        ),
                    ],
                )?;
                Ok(Ok(number))
            }
        }
    })?;
    Ok(OperationRow {
        number: outcome?,
        ..kept
    })
}

fn new_row(
    proposed: &Proposed,
    words: Option<&str>,
    asked_by: String,
    now: Instant,
) -> Result<OperationRow, EngineError> {
    let bytes: [u8; 12] =
        random_bytes().map_err(|error| EngineError::Internal(error.to_string()))?;
    let id = format!(
        "op_{}",
        bytes
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect::<String>()
    );
    let frozen = freeze(
        proposed.target.provider,
        Order {
            intent: &proposed.intent,
            mark: &id,
            step: 0,
            target: &proposed.target.record,
            made: None,
        },
    )
    .map_err(|it| EngineError::Unsupported(it.0))?;
    let text = |error: serde_json::Error| EngineError::Internal(error.to_string());
    let progress = Progress::new(proposed.intent.steps())
        .after(Event::Accepted {
            needs_approval: proposed.needs_approval,
        })
        .map_err(|error| EngineError::Internal(error.to_string()))?;
    Ok(OperationRow {
        number: 0,
        account: proposed.target.account.id.clone(),
        customer: proposed.target.customer.clone(),
        basis: Basis::of(&proposed.intent, &proposed.target.record),
        undo: proposed.undo.clone(),
        preview: proposed
            .preview
            .as_ref()
            .map(serde_json::to_string)
            .transpose()
            .map_err(text)?,
        estimated: proposed.estimated,
        frozen: serde_json::to_string(&frozen).map_err(text)?,
        intent: proposed.intent.clone(),
        progress,
        result: None,
        code: None,
        message: None,
        request_id: None,
        note: words.map(str::to_owned),
        asked_by,
        approved_by: None,
        created_at: now,
        changed_at: now,
        id,
    })
}

/// The name of whoever asks: an operator with the right PIN where there are operators, else the owner. Blocks.
///
/// # Errors
/// When an operator is needed and not named, not known, or the PIN is wrong.
pub fn name_of<M: Mode>(books: &Books<M>, who: &Who) -> Result<String, EngineError> {
    let operator = operator_of(books, who)?.or_else(|| who.name.clone());
    Ok(operator.unwrap_or_else(|| OWNER.to_owned()))
}

/// The operator who asks, with the right PIN; nobody where there are no operators. Blocks.
///
/// # Errors
/// When an operator is needed and not named, not known, or the PIN is wrong.
pub fn operator_of<M: Mode>(books: &Books<M>, who: &Who) -> Result<Option<String>, EngineError> {
    let rows = books.store.read(|read| setting::operators(read.sql()))?;
    if rows.is_empty() {
        return Ok(None);
    }
    let (Some(name), Some(pin)) = (&who.name, &who.pin) else {
        return Err(EngineError::OperatorMissing);
    };
    let known = rows
        .iter()
        .find(|row| row.name == *name)
        .is_some_and(|row| is_pin(row, pin));
    if known {
        Ok(Some(name.clone()))
    } else {
        Err(EngineError::OperatorUnknown)
    }
}

/// Whether an operation stands where somebody has to act.
#[must_use]
pub(super) const fn is_waiting(state: State) -> bool {
    matches!(
        state,
        State::Queued | State::Unknown | State::Pending | State::Sending
    )
}

/// Whether a record is what an intent is about.
#[must_use]
pub(super) fn fits(record: &Record, kind: Kind) -> bool {
    record.kind() == kind
}
