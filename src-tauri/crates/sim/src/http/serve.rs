//! One request, from arrival to journal.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderMap, Method, Response, Uri};
use serde_json::Value;

use super::connection::Budget;
use super::error::{Refusal, answer, raw, set};
use super::fault::{FaultKind, strike};
use super::form::Form;
use super::idempotency::{Answers, Asked, Begun};
use super::journal::JournalEntry;
use super::write::{Order, Performed};
use super::{Shared, auth, control, dialect, document, limits, locked, route};
use crate::API_VERSION;
use crate::ids::Sort;

/// A request as it came.
struct Request {
    method: Method,
    path: String,
    query: String,
    body: String,
    id: String,
    key: Option<String>,
    idempotency_key: Option<String>,
    version: Option<String>,
    content_type: Option<String>,
}

/// How an answer goes out.
enum Outcome {
    Answer(Response<Body>),
    /// The connection breaks after this many bytes; none means before the first.
    Broken(Response<Body>, i64),
}

/// Faults that let the request go on.
#[derive(Debug, Default)]
struct Trouble {
    delay: Duration,
    cut: bool,
    lost: bool,
    stalled: Option<Duration>,
    botched: Option<u16>,
    repeated: bool,
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
    let path = uri.path().to_owned();
    let query = uri.query().unwrap_or_default().to_owned();
    if path.starts_with("/_sim/") {
        return control::control(&shared, &method, &path, &query, &body).await;
    }
    follow_clock(&shared).await;
    let number = {
        let mut journal = shared.journal();
        journal.requests += 1;
        journal.requests
    };
    let sent = |name: &str| {
        headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .map(str::to_owned)
    };
    let request = Request {
        id: shared.read().id(Sort::Request, number),
        key: auth::key_of(&headers),
        idempotency_key: sent("idempotency-key"),
        version: sent("stripe-version"),
        content_type: sent("content-type"),
        body: String::from_utf8_lossy(&body).into_owned(),
        method,
        path,
        query,
    };
    let outcome = match shared
        .gate
        .enter(limits::endpoint(request.method.as_str(), &request.path))
    {
        Ok(_pass) => decide(&shared, &request).await,
        Err(reason) => Outcome::Answer(rate_limited(Some(reason))),
    };
    finish(&shared, request, &budget, outcome)
}

/// Writes the request down and gives the answer its headers.
fn finish(
    shared: &Arc<Shared>,
    request: Request,
    budget: &Budget,
    outcome: Outcome,
) -> Response<Body> {
    let (mut response, broken) = match outcome {
        Outcome::Answer(response) => (response, None),
        Outcome::Broken(response, bytes) => (response, Some(bytes)),
    };
    let now = shared.read().present();
    let replayed = response.headers().contains_key("idempotent-replayed");
    // An object's lock turns a request away before it gets an id.
    let locked_out = response.status().as_u16() == 429
        && !response
            .headers()
            .contains_key("stripe-rate-limited-reason");
    let request_id = if locked_out {
        String::new()
    } else {
        set(&mut response, "request-id", &request.id);
        request.id
    };
    set(
        &mut response,
        "stripe-version",
        request.version.as_deref().unwrap_or(API_VERSION),
    );
    set(
        &mut response,
        "date",
        &now.format("%a, %d %b %Y %H:%M:%S GMT").to_string(),
    );
    if let Some(key) = request
        .idempotency_key
        .as_deref()
        .filter(|_| request.method == Method::POST)
    {
        set(&mut response, "idempotency-key", key);
    }
    shared.journal().write(JournalEntry {
        at: now,
        method: request.method.to_string(),
        path: request.path,
        query: request.query,
        status: if broken.is_some() {
            0
        } else {
            response.status().as_u16()
        },
        request_id,
        body: request.body,
        replayed,
        idempotency_key: request.idempotency_key,
        key_last4: request.key.as_deref().map(auth::last_four),
        stripe_version: request.version,
    });
    if let Some(bytes) = broken {
        budget.cut_after(bytes);
    }
    response
}

/// Brings the world to the clock it follows, when it follows one.
pub(super) async fn follow_clock(shared: &Arc<Shared>) {
    let Some(clock) = &shared.clock else {
        return;
    };
    let to = clock();
    if to.timestamp() > shared.read().present().timestamp() {
        // What cannot be kept now is kept when the server stops; the request is answered either way.
        let _ = shared.advance(to).await;
    }
}

/// The faults that befall a request: trouble to go on with, or an answer that takes the request's place.
fn befallen(shared: &Arc<Shared>, request: &Request) -> (Trouble, Option<Outcome>) {
    let struck = strike(
        &mut shared.faults(),
        request.method.as_str(),
        &request.path,
        &request.query,
    );
    let mut trouble = Trouble {
        delay: shared.latency.unwrap_or_default(),
        ..Trouble::default()
    };
    let mut instead = None;
    for fault in struck {
        match fault {
            FaultKind::Latency { ms } => trouble.delay += Duration::from_millis(ms),
            FaultKind::RateLimited { reason } => {
                instead = Some(Outcome::Answer(rate_limited(reason.as_deref())));
            }
            FaultKind::Failure { status } => {
                instead = Some(Outcome::Answer(answer(
                    status,
                    &Refusal::broken(status).body(),
                )));
            }
            FaultKind::Reset => instead = Some(Outcome::Broken(raw(200, "{}"), 0)),
            FaultKind::Truncated => trouble.cut = true,
            FaultKind::WrongJson => {
                instead = Some(Outcome::Answer(raw(
                    200,
                    "{\"object\": \"list\", \"data\": [{\"id\": ",
                )));
            }
            FaultKind::Stall { ms } => {
                trouble.delay += Duration::from_millis(ms);
                instead = Some(Outcome::Broken(raw(200, "{}"), 0));
            }
            FaultKind::RepeatedPage => trouble.repeated = true,
            FaultKind::Missing => instead = Some(Outcome::Answer(vanished(&request.path))),
            FaultKind::LostCursor => instead = Some(Outcome::Answer(lost_cursor(&request.query))),
            FaultKind::StalledBody { ms } => trouble.stalled = Some(Duration::from_millis(ms)),
            FaultKind::Conflict => {
                let message =
                    "There is currently another in-progress request using this Idempotent Key.";
                let refusal = Refusal::of_kind(
                    "idempotency_error",
                    409,
                    Some("idempotency_key_in_use"),
                    message.to_owned(),
                );
                instead = Some(Outcome::Answer(answer(409, &refusal.body())));
            }
            FaultKind::Lost => trouble.lost = true,
            FaultKind::Botched { status } => trouble.botched = Some(status),
        }
    }
    (trouble, instead)
}

async fn decide(shared: &Arc<Shared>, request: &Request) -> Outcome {
    let (trouble, instead) = befallen(shared, request);
    if let Some(outcome) = instead {
        tokio::time::sleep(trouble.delay).await;
        return outcome;
    }
    let admitted = auth::admit(
        &shared.keys,
        request.key.as_deref(),
        &route::needed(&request.method, &request.path, &request.query),
        &shared.denied(),
        &shared.account,
    );
    let response = match admitted {
        // What has an address of its own outside the API is open to whoever knows it.
        _ if request.path.starts_with(document::PATH) => {
            tokio::time::sleep(trouble.delay).await;
            document::document(&shared.read(), &request.path)
        }
        Err(refusal) => {
            tokio::time::sleep(trouble.delay).await;
            answer(refusal.status, &refusal.body())
        }
        Ok(()) if request.method == Method::GET => {
            tokio::time::sleep(trouble.delay).await;
            let read = read(shared, request, trouble.repeated);
            match (trouble.botched, read) {
                (Some(status), _) => answer(status, &Refusal::broken(status).body()),
                (None, Ok(body)) => answer(200, &body),
                (None, Err(refusal)) => answer(refusal.status, &refusal.body()),
            }
        }
        Ok(()) => write(shared, request, &trouble).await,
    };
    if trouble.lost {
        return Outcome::Broken(response, 0);
    }
    if let Some(stalled) = trouble.stalled {
        return Outcome::Answer(stalling(response, stalled).await);
    }
    if trouble.cut {
        // The head is about three hundred bytes; half the body then goes missing.
        let length = axum::body::HttpBody::size_hint(response.body()).lower();
        let bytes = 300 + i64::try_from(length / 2).unwrap_or(0);
        return Outcome::Broken(response, bytes);
    }
    Outcome::Answer(response)
}

fn read(shared: &Arc<Shared>, request: &Request, repeated: bool) -> Result<Value, Refusal> {
    let list = list_of(request);
    let before = if repeated {
        locked(&shared.pages).get(&list).cloned()
    } else {
        None
    };
    let query = before.as_deref().unwrap_or(&request.query);
    let world = shared.read();
    let mut body = route::respond(&world, &request.method, &request.path, query)?;
    if body.get("object").and_then(Value::as_str) == Some("list") {
        locked(&shared.pages).insert(list, query.to_owned());
    }
    if let Some(version) = &shared.event_version
        && request.path.starts_with("/v1/events")
    {
        dialect::retell(&world, &mut body, version);
    }
    Ok(body)
}

/// A list and the filter it is asked with, whichever page of it.
fn list_of(request: &Request) -> String {
    let filter = request
        .query
        .split('&')
        .filter(|field| !field.starts_with("starting_after="));
    std::iter::once(request.path.as_str())
        .chain(filter)
        .collect::<Vec<_>>()
        .join("&")
}

fn asked(order: &Order) -> Asked {
    Asked {
        path: order.path.clone(),
        parameters: Form::parse(&order.form).canonical(),
    }
}

/// The answer that a key keeps: what happened, or the failure that was answered instead.
fn kept_answer(order_failed: Option<u16>, done: &Performed) -> (u16, Vec<u8>) {
    let (status, body) = match order_failed {
        Some(status) => (status, serde_json::to_vec(&Refusal::broken(status).body())),
        None => (done.status, serde_json::to_vec(&done.body)),
    };
    (status, body.unwrap_or_default())
}

/// Remembers the answer to a write that was done again after a restart.
pub(super) fn remember(answers: &Answers, order: &Order, done: Performed, at: i64) {
    let (Some(key), true) = (&order.key, done.begun) else {
        return;
    };
    if let Ok(Begun::First(reserved)) = answers.begin(key, asked(order), at) {
        let (status, body) = kept_answer(order.failed, &done);
        reserved.answer(status, body);
    }
}

/// The parameters of a write: those of the body, and those of the query after them.
fn parameters(request: &Request) -> Result<String, Refusal> {
    let encoded = request
        .content_type
        .as_deref()
        .is_none_or(|kind| kind.starts_with("application/x-www-form-urlencoded"));
    if !request.body.is_empty() && !encoded {
        let message = "Invalid request (check that your POST content type is application/x-www-form-urlencoded). If you have any \
                       questions, we can help at https://support.stripe.com/.";
        return Err(Refusal::invalid(400, None, None, message.to_owned()));
    }
    Ok(match (request.body.is_empty(), request.query.is_empty()) {
        (true, _) => request.query.clone(),
        (false, true) => request.body.clone(),
        (false, false) => format!("{}&{}", request.body, request.query),
    })
}

async fn write(shared: &Arc<Shared>, request: &Request, trouble: &Trouble) -> Response<Body> {
    let order = match parameters(request) {
        Ok(form) => Order {
            method: request.method.to_string(),
            path: request.path.clone(),
            form,
            request: request.id.clone(),
            // Only a POST is made repeatable by a key; a DELETE is by its nature.
            key: request
                .idempotency_key
                .clone()
                .filter(|_| request.method == Method::POST),
            failed: trouble.botched,
        },
        Err(refusal) => return answer(refusal.status, &refusal.body()),
    };
    let now = shared.read().present().timestamp();
    let begun = order
        .key
        .as_deref()
        .map(|key| shared.answers.begin(key, asked(&order), now))
        .transpose();
    let reserved = match begun {
        Ok(None) => None,
        Ok(Some(Begun::First(reserved))) => Some(reserved),
        Ok(Some(Begun::Again(status, body))) => {
            tokio::time::sleep(trouble.delay).await;
            let mut response = raw(status, body);
            set(&mut response, "idempotent-replayed", "true");
            return response;
        }
        Err(refusal) => return answer(refusal.status, &refusal.body()),
    };
    tokio::time::sleep(trouble.delay).await;
    let failed = order.failed;
    let done = shared.carry_out(order);
    let (status, body) = kept_answer(failed, &done);
    if let Some(reserved) = reserved.filter(|_| done.begun) {
        reserved.answer(status, body.clone());
    }
    raw(status, body)
}

/// 404 for an object that was there a moment ago.
fn vanished(path: &str) -> Response<Body> {
    let below = path.trim_start_matches("/v1/").trim_end_matches('/');
    let below = below.trim_end_matches("/lines");
    let (collection, id) = below.rsplit_once('/').unwrap_or((below, ""));
    let called = route::kind_of(collection).map_or("object", |(_, called)| called);
    let refusal = Refusal::missing(404, called, id, "id");
    answer(404, &refusal.body())
}

/// 400 for a place in a list that is not there any more.
fn lost_cursor(query: &str) -> Response<Body> {
    let id = query
        .split('&')
        .find_map(|part| part.strip_prefix("starting_after="))
        .unwrap_or_default();
    answer(
        400,
        &Refusal::missing(400, "object", id, "starting_after").body(),
    )
}

/// The same answer, which stops after half of its body and is cut off when the time is over.
async fn stalling(response: Response<Body>, time: Duration) -> Response<Body> {
    let (head, body) = response.into_parts();
    let whole = axum::body::to_bytes(body, usize::MAX)
        .await
        .unwrap_or_default();
    let half = whole.slice(..whole.len() / 2);
    let (parts, arriving) = tokio::sync::mpsc::channel(1);
    tokio::spawn(async move {
        // Whoever has gone away does not wait for the rest.
        if parts.send(Ok(half)).await.is_ok() {
            tokio::time::sleep(time).await;
            let _ = parts.send(Err(std::io::Error::other("cut off"))).await;
        }
    });
    let stream = tokio_stream::wrappers::ReceiverStream::new(arriving);
    Response::from_parts(head, Body::from_stream(stream))
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
