//! Sends a frozen request once and says what came of it.
//!
//! It never repeats by itself: whether a request may go out again is decided above, from what is on disk. What cannot be
//! told for certain is `Lost`, also an answer of success that cannot be read.

use super::{Asker, freeze, map, refusal};
use crate::action::{Frozen, Method, Performed};
use crate::error::ProviderError;
use crate::http::{Reply, Sending, Undelivered, Verb};
use coffer_domain::outbox::Answer;
use coffer_domain::record::{Kind, Record, RefundStatus};

/// The kind of what a path answers with.
fn kind_of(path: &str) -> Option<Kind> {
    Some(match path {
        freeze::REFUNDS => Kind::Refunds,
        freeze::CREDIT_NOTES => Kind::CreditNotes,
        freeze::LEDGER => Kind::CustomerBalanceTransactions,
        freeze::CUSTOMER => Kind::Customers,
        freeze::SUBSCRIPTION | freeze::PAUSE | freeze::RESUME => Kind::Subscriptions,
        freeze::SCHEDULES | freeze::SCHEDULE | freeze::RELEASE => Kind::SubscriptionSchedules,
        freeze::PAY | freeze::SEND | freeze::VOID | freeze::WRITE_OFF => Kind::Invoices,
        _ => return None,
    })
}

fn said(answer: Answer, message: impl Into<String>) -> Performed {
    Performed {
        answer,
        object: None,
        made: None,
        code: None,
        message: Some(message.into()),
        request_id: None,
        offline: false,
    }
}

impl Asker {
    pub(super) async fn perform(&self, frozen: &Frozen, key: Option<&str>) -> Performed {
        let Some(path) = freeze::PATHS.iter().find(|path| **path == frozen.path) else {
            return said(
                Answer::NotAllowed,
                "This version does not know the request that was kept.",
            );
        };
        let sending = Sending {
            verb: match frozen.method {
                Method::Post => Verb::Post,
                Method::Delete => Verb::Delete,
            },
            path,
            ids: &frozen.ids,
            body: &frozen.body,
            key,
        };
        match self.client.send(&sending).await {
            Ok(reply) if (200..300).contains(&reply.status) => self.succeeded(path, &reply),
            Ok(reply) => declined(&reply),
            Err(undelivered) => missed(&undelivered),
        }
    }

    fn succeeded(&self, path: &str, reply: &Reply) -> Performed {
        let unreadable = |what: String| Performed {
            request_id: reply.request_id.clone(),
            ..said(Answer::Lost, what)
        };
        let Ok(text) = std::str::from_utf8(&reply.body) else {
            return unreadable("The answer is not text.".to_owned());
        };
        let Some(header) = map::header(text) else {
            return unreadable("The answer could not be read.".to_owned());
        };
        if self.hold_to_mode(header.livemode).is_err() {
            return unreadable("The answer is about an object of the other mode.".to_owned());
        }
        let Some(object) = header.id else {
            return unreadable("The answer names no object.".to_owned());
        };
        let made = kind_of(path)
            .and_then(|kind| map::object(kind, text).ok())
            .and_then(|parsed| parsed.made.ok())
            .map(|(record, _)| Box::new(record));
        let mut performed = Performed {
            answer: Answer::Done,
            object: Some(object),
            made,
            code: None,
            message: None,
            request_id: reply.request_id.clone(),
            offline: false,
        };
        if let Some(Record::Refund(refund)) = performed.made.as_deref() {
            (performed.answer, performed.message) = refunded(&refund.status);
        }
        performed
    }
}

/// What a refund's state means for the one who asked for it.
pub(super) fn refunded(status: &RefundStatus) -> (Answer, Option<String>) {
    match status {
        RefundStatus::Succeeded => (Answer::Done, None),
        RefundStatus::Pending => (Answer::Pending, None),
        RefundStatus::RequiresAction => (
            Answer::Pending,
            Some("The customer has to say where the money goes.".to_owned()),
        ),
        RefundStatus::Failed => (
            Answer::Refused,
            Some("The money could not be given back.".to_owned()),
        ),
        RefundStatus::Canceled => (
            Answer::Refused,
            Some("The refund was taken back.".to_owned()),
        ),
        // A word we do not know says that it is there.
        RefundStatus::Other(_) => (Answer::Pending, None),
    }
}

/// What an answer outside 200 to 299 means.
fn declined(reply: &Reply) -> Performed {
    let error = refusal::refusal(reply);
    let code = match &error {
        ProviderError::Refused { code, .. } => code.clone(),
        _ => None,
    };
    let answer = match &error {
        // Turned away before anybody read it.
        ProviderError::RateLimited { .. } => Answer::NotSent,
        ProviderError::KeyRejected { .. } | ProviderError::NotPermitted { .. } => {
            Answer::NotAllowed
        }
        // The same request is being carried out just now, or the key belongs to another one.
        ProviderError::Refused { status: 409, .. } => Answer::Lost,
        ProviderError::Refused { .. } if code.as_deref() == Some("idempotency_key_in_use") => {
            Answer::Lost
        }
        ProviderError::Refused { .. } if refusal::is_about_its_key(reply) => Answer::Lost,
        ProviderError::Refused { status, .. } if (400..500).contains(status) => Answer::Refused,
        _ => Answer::Lost,
    };
    Performed {
        code,
        request_id: reply.request_id.clone(),
        ..said(answer, error.to_string())
    }
}

/// What it means that there is no answer.
fn missed(undelivered: &Undelivered) -> Performed {
    Performed {
        offline: true,
        ..said(
            if undelivered.certainly {
                Answer::NotSent
            } else {
                Answer::Lost
            },
            undelivered.error.to_string(),
        )
    }
}
