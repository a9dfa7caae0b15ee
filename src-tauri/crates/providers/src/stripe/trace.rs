//! Looks for an operation that may have happened.
//!
//! What leaves our mark at Stripe is looked for by it; what has none is recognised by the state of its object, and the
//! sending of a bill by the event that names our key. No trace is an answer, not an error.

use super::freeze::MARK;
use super::read::unreadable;
use super::refusal::names_nobody;
use super::{Asker, endpoint, map, perform, wire};
use crate::action::{Order, Trace};
use crate::error::ProviderError;
use crate::http::Question;
use crate::provider::Found;
use coffer_domain::Instant;
use coffer_domain::operation::{Intent, InvoiceAction, PlanChange, Seen, When, seen};
use coffer_domain::outbox::{Answer, Looked};
use coffer_domain::record::{Kind, Record};
use serde::Deserialize;
use std::collections::HashMap;

/// Pages of a list that are looked through for a mark.
const PAGES_MAX: usize = 200;

/// What of an object says whose it is.
#[derive(Debug, Deserialize)]
struct Marked {
    id: String,
    livemode: Option<bool>,
    metadata: Option<HashMap<String, String>>,
}

impl Marked {
    fn carries(&self, mark: &str) -> bool {
        self.metadata
            .as_ref()
            .and_then(|metadata| metadata.get(MARK))
            .is_some_and(|found| found == mark)
    }
}

/// What of an event says which request caused it.
#[derive(Debug, Deserialize)]
struct Caused {
    id: String,
    livemode: Option<bool>,
    request: Option<Cause>,
}

#[derive(Debug, Deserialize)]
struct Cause {
    idempotency_key: Option<String>,
}

impl Asker {
    /// Looks for a step of an operation. `key` is what its request was sent with, `since` when.
    pub(super) async fn trace(
        &self,
        order: Order<'_>,
        key: &str,
        since: Option<Instant>,
    ) -> Result<Trace, ProviderError> {
        let (kind, id) = order.intent.target();
        match order.intent {
            Intent::Refund(_) => {
                self.among(Kind::Refunds, order.mark, |after| {
                    endpoint::refunds_of(id, after)
                })
                .await
            }
            Intent::CreditNote(_) => {
                self.among(Kind::CreditNotes, order.mark, |after| {
                    endpoint::credit_notes_of(id, after)
                })
                .await
            }
            Intent::CustomerCredit { .. } => {
                self.among(Kind::CustomerBalanceTransactions, order.mark, |after| {
                    endpoint::ledger_of(id, after)
                })
                .await
            }
            Intent::Invoice {
                action: InvoiceAction::Send,
                ..
            } => match since {
                Some(since) => self.told("invoice.sent", key, since).await,
                None => Ok(Trace::NONE),
            },
            Intent::PlanChange(PlanChange {
                when: When::PeriodEnd,
                ..
            }) => self.schedule(order).await,
            _ => self.state(kind, id, order).await,
        }
    }

    /// Looks through a list for our mark.
    async fn among(
        &self,
        kind: Kind,
        mark: &str,
        page: impl Fn(Option<&str>) -> Question,
    ) -> Result<Trace, ProviderError> {
        let mut after: Option<String> = None;
        for _ in 0..PAGES_MAX {
            let reply = match self.ask(&page(after.as_deref())).await {
                Ok(reply) => reply,
                // Nothing belongs to what is not there.
                Err(error) if names_nobody(&error) => return Ok(Trace::NONE),
                Err(error) => return Err(error),
            };
            let problem = || {
                unreadable(
                    "a list of what may be ours".to_owned(),
                    reply.request_id.as_deref(),
                )
            };
            let list: wire::List<'_> =
                serde_json::from_slice(&reply.body).map_err(|_| problem())?;
            for object in &list.data {
                let marked: Marked = serde_json::from_str(object.get()).map_err(|_| problem())?;
                self.hold_to_mode(marked.livemode)?;
                if marked.carries(mark) {
                    return Ok(found(kind, object.get(), marked.id));
                }
                after = Some(marked.id);
            }
            if list.has_more != Some(true) || list.data.is_empty() {
                return Ok(Trace::NONE);
            }
        }
        Err(unreadable(
            "there is more than can be looked through".to_owned(),
            None,
        ))
    }

    /// Whether an event names the key of a request.
    async fn told(&self, kind: &str, key: &str, since: Instant) -> Result<Trace, ProviderError> {
        let mut after: Option<String> = None;
        for _ in 0..PAGES_MAX {
            let reply = self
                .ask(&endpoint::events_of(kind, since, after.as_deref()))
                .await?;
            let problem = || unreadable("events".to_owned(), reply.request_id.as_deref());
            let list: wire::List<'_> =
                serde_json::from_slice(&reply.body).map_err(|_| problem())?;
            for event in &list.data {
                let event: Caused = serde_json::from_str(event.get()).map_err(|_| problem())?;
                self.hold_to_mode(event.livemode)?;
                if event.request.and_then(|it| it.idempotency_key).as_deref() == Some(key) {
                    return Ok(Trace {
                        looked: Looked::Happened,
                        object: Some(event.id),
                        made: None,
                    });
                }
                after = Some(event.id);
            }
            if list.has_more != Some(true) || list.data.is_empty() {
                return Ok(Trace::NONE);
            }
        }
        Err(unreadable(
            "there are more events than can be looked through".to_owned(),
            None,
        ))
    }

    /// Whether the object carries our mark as the last one that wrote to it, or is as wanted.
    async fn state(&self, kind: Kind, id: &str, order: Order<'_>) -> Result<Trace, ProviderError> {
        let Found::Here(it) = self.look_up(kind, id).await? else {
            // What was deleted cannot be changed any more; an ended subscription is still there.
            return Ok(Trace::NONE);
        };
        let marked = serde_json::from_str::<Marked>(&it.raw).is_ok_and(|it| it.carries(order.mark));
        if marked || seen(order.intent, &it.record) == Seen::AsWanted {
            return Ok(Trace {
                looked: Looked::Happened,
                object: Some(it.id),
                made: Some(Box::new(it.record)),
            });
        }
        Ok(Trace::NONE)
    }

    /// A change at the period's end: first the schedule must be there, then carry our mark.
    async fn schedule(&self, order: Order<'_>) -> Result<Trace, ProviderError> {
        let (kind, id) = order.intent.target();
        let Found::Here(subscription) = self.look_up(kind, id).await? else {
            return Ok(Trace::NONE);
        };
        let Record::Subscription(it) = &subscription.record else {
            return Ok(Trace::NONE);
        };
        let Some(schedule) = &it.schedule else {
            return Ok(Trace::NONE);
        };
        let Found::Here(schedule) = self
            .look_up(Kind::SubscriptionSchedules, schedule.as_str())
            .await?
        else {
            return Ok(Trace::NONE);
        };
        let ours =
            serde_json::from_str::<Marked>(&schedule.raw).is_ok_and(|it| it.carries(order.mark));
        if order.step > 0 && !ours {
            return Ok(Trace::NONE);
        }
        Ok(Trace {
            looked: Looked::Happened,
            object: Some(schedule.id),
            made: Some(Box::new(schedule.record)),
        })
    }
}

/// What was found under our mark.
fn found(kind: Kind, text: &str, id: String) -> Trace {
    let made = map::object(kind, text)
        .ok()
        .and_then(|parsed| parsed.made.ok())
        .map(|(record, _)| record);
    let looked = match &made {
        Some(Record::Refund(refund)) => match perform::refunded(&refund.status).0 {
            Answer::Done => Looked::Happened,
            Answer::Refused => Looked::Failed,
            _ => Looked::Pending,
        },
        _ => Looked::Happened,
    };
    Trace {
        looked,
        object: Some(id),
        made: made.map(Box::new),
    }
}
