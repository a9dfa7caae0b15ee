//! What an unsuccessful answer means.
//!
//! The status decides, then the code; the message is only passed on, redacted. A body that is not Stripe's (a proxy's
//! page) is never shown.

use super::wire::{ErrorBody, ErrorDetail};
use crate::error::ProviderError;
use crate::http::{Reply, redact_short, redact_word};

/// Stripe's code for a key that was valid once.
const EXPIRED: &str = "api_key_expired";

/// Stripe's code, on a 400, for what is a 429 elsewhere.
pub(super) const RATE_LIMIT: &str = "rate_limit";

/// Stripe's code for an object that is not there.
const MISSING: &str = "resource_missing";

fn detail(reply: &Reply) -> Option<ErrorDetail> {
    serde_json::from_slice::<ErrorBody>(&reply.body).ok()?.error
}

/// The error for an answer outside 200 to 299.
pub(super) fn refusal(reply: &Reply) -> ProviderError {
    let detail = detail(reply);
    let code = detail
        .as_ref()
        .and_then(|detail| detail.code.as_deref())
        .map(redact_word);
    let raw = detail.and_then(|detail| detail.message);
    let message = raw
        .as_deref()
        .map(redact_short)
        .filter(|message| !message.is_empty())
        .unwrap_or_else(|| "no reason was given.".to_owned());
    let request_id = reply.request_id.clone();
    match (reply.status, code.as_deref()) {
        (401, code) => ProviderError::KeyRejected {
            message,
            expired: code == Some(EXPIRED),
        },
        (403, _) => ProviderError::NotPermitted {
            permission: raw.as_deref().and_then(permission_named),
            message,
        },
        (429, _) | (400, Some(RATE_LIMIT)) => ProviderError::RateLimited {
            reason: reply.limit.clone(),
        },
        (500.., _) => ProviderError::Down {
            status: reply.status,
            request_id,
        },
        (status, _) => ProviderError::Refused {
            status,
            code,
            message,
            request_id,
        },
    }
}

/// Whether an answer says that the key of the request is in use or belongs to another request.
pub(super) fn is_about_its_key(reply: &Reply) -> bool {
    detail(reply).is_some_and(|detail| detail.kind.as_deref() == Some("idempotency_error"))
}

/// Whether a look-up found nothing. Another 404, such as that of a wrong address, is not this.
pub(super) fn is_missing(error: &ProviderError) -> bool {
    matches!(
        error,
        ProviderError::Refused { status: 404, code: Some(code), .. } if code == MISSING
    )
}

/// Whether a list was asked for something that is not there.
pub(super) fn names_nobody(error: &ProviderError) -> bool {
    matches!(
        error,
        ProviderError::Refused { status: 400 | 404, code: Some(code), .. } if code == MISSING
    )
}

/// The first permission that a message names; where it names several, any of them will do.
fn permission_named(message: &str) -> Option<String> {
    word_with_prefix(message, "rak_")
}

/// The account that a message names.
pub(super) fn account_named(message: &str) -> Option<String> {
    word_with_prefix(message, "acct_")
}

fn word_with_prefix(message: &str, prefix: &str) -> Option<String> {
    message
        .split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
        .find(|word| word.len() > prefix.len() && word.starts_with(prefix))
        .map(redact_word)
}
