//! One request, from arrival to journal.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderMap, Method, Response, Uri};

use super::connection::Budget;
use super::error::{Refusal, answer, raw, set};
use super::fault::{FaultKind, strike};
use super::journal::JournalEntry;
use super::{Shared, auth, control, route};
use crate::API_VERSION;
use crate::ids::Sort;

/// How an answer goes out.
enum Outcome {
    Answer(Response<Body>),
    /// The connection breaks after this many bytes; none means before the first.
    Broken(Response<Body>, i64),
}

/// Answers every request.
pub(super) async fn handle(
    State(shared): State<Arc<Shared>>,
    ConnectInfo(budget): ConnectInfo<Budget>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    let (path, query) = (
        uri.path().to_owned(),
        uri.query().unwrap_or_default().to_owned(),
    );
    if path.starts_with("/_sim/") {
        return control::control(&shared, &method, &path, &query, &body).await;
    }
    follow_clock(&shared).await;
    let number = {
        let mut journal = shared.journal();
        journal.requests += 1;
        journal.requests
    };
    let request_id = shared.read().id(Sort::Request, number);
    let key = auth::key_of(&headers);
    let outcome = decide(&shared, &method, &path, &query, key.as_deref()).await;
    let (mut response, broken) = match outcome {
        Outcome::Answer(response) => (response, None),
        Outcome::Broken(response, bytes) => (response, Some(bytes)),
    };
    let sent = |name: &str| {
        headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .map(str::to_owned)
    };
    let version = sent("stripe-version");
    let now = shared.read().present();
    shared.journal().write(JournalEntry {
        at: now,
        method: method.to_string(),
        path,
        query,
        status: if broken.is_some() {
            0
        } else {
            response.status().as_u16()
        },
        request_id: request_id.clone(),
        idempotency_key: sent("idempotency-key"),
        key_last4: key.as_deref().map(auth::last_four),
        stripe_version: version.clone(),
    });
    set(&mut response, "request-id", &request_id);
    set(
        &mut response,
        "stripe-version",
        version.as_deref().unwrap_or(API_VERSION),
    );
    set(
        &mut response,
        "date",
        &now.format("%a, %d %b %Y %H:%M:%S GMT").to_string(),
    );
    if let Some(bytes) = broken {
        budget.cut_after(bytes);
    }
    response
}

async fn follow_clock(shared: &Arc<Shared>) {
    let Some(clock) = &shared.clock else {
        return;
    };
    let to = clock();
    if to.timestamp() > shared.read().present().timestamp() {
        // What cannot be kept now is kept when the server stops; the request is answered either way.
        let _ = shared.advance(to).await;
    }
}

async fn decide(
    shared: &Arc<Shared>,
    method: &Method,
    path: &str,
    query: &str,
    key: Option<&str>,
) -> Outcome {
    let struck = strike(&mut shared.faults(), path);
    let mut cut = false;
    for fault in struck {
        match fault {
            FaultKind::Latency { ms } => tokio::time::sleep(Duration::from_millis(ms)).await,
            FaultKind::RateLimited { reason } => {
                return Outcome::Answer(rate_limited(reason.as_deref()));
            }
            FaultKind::Failure { status } => {
                return Outcome::Answer(answer(status, &Refusal::broken(status).body()));
            }
            FaultKind::Reset => return Outcome::Broken(raw(200, "{}"), 0),
            FaultKind::Truncated => cut = true,
            FaultKind::WrongJson => {
                return Outcome::Answer(raw(200, "{\"object\": \"list\", \"data\": [{\"id\": "));
            }
            FaultKind::Stall { ms } => {
                tokio::time::sleep(Duration::from_millis(ms)).await;
                return Outcome::Broken(raw(200, "{}"), 0);
            }
        }
    }
    let (status, body) = match respond(shared, method, path, query, key) {
        Ok(body) => (200, body),
        Err(refusal) => (refusal.status, refusal.body()),
    };
    let text = serde_json::to_vec(&body).unwrap_or_default();
    if cut {
        // The head is about three hundred bytes; half the body then goes missing.
        let bytes = 300 + i64::try_from(text.len() / 2).unwrap_or(0);
        return Outcome::Broken(raw(status, text), bytes);
    }
    Outcome::Answer(raw(status, text))
}

fn respond(
    shared: &Arc<Shared>,
    method: &Method,
    path: &str,
    query: &str,
    key: Option<&str>,
) -> Result<serde_json::Value, Refusal> {
    auth::admit(
        &shared.keys,
        key,
        route::permission(path),
        &shared.denied(),
        &shared.account,
    )?;
    route::respond(&shared.read(), method, path, query)
}

/// 429: from the limiter when a reason is named, else because the object is held by another request.
fn rate_limited(reason: Option<&str>) -> Response<Body> {
    let (code, message) = if reason.is_some() {
        (
            "rate_limit",
            "Request rate limit exceeded. Learn more about rate limits here https://stripe.com/docs/rate-limits.",
        )
    } else {
        (
            "lock_timeout",
            "This object cannot be accessed right now because another API request or Stripe process is currently accessing it.",
        )
    };
    let refusal = Refusal::invalid(429, Some(code), None, message.to_owned());
    let mut response = answer(429, &refusal.body());
    match reason {
        Some(reason) => set(&mut response, "stripe-rate-limited-reason", reason),
        None => set(&mut response, "stripe-should-retry", "true"),
    }
    response
}
