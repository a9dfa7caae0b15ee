//! The same UI in a browser, on this machine only.
//!
//! The page is public; everything it asks needs the token of this start, which travels in the address's fragment and so
//! never reaches a log. The answers' `Host` is checked, so that a page of another site that points its own name at this
//! machine gets nothing.

use crate::args::{Cli, ServeArgs};
use crate::command::desk;
use crate::output::Output;
use crate::{Ended, Failure};
use axum::body::{Body, Bytes};
use axum::extract::rejection::BytesRejection;
use axum::extract::{DefaultBodyLimit, Path, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use coffer_engine::Desk;
use coffer_engine::api::call;
use coffer_engine::api::reconcile::EXPORT_BYTES_MAX;
use coffer_engine::clock::random_bytes;
use coffer_engine::sync::keep;
use rust_embed::RustEmbed;
use serde_json::json;
use std::convert::Infallible;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use tokio_stream::wrappers::BroadcastStream;
use tokio_stream::{Stream, StreamExt as _};

/// The built UI. A debug build reads it from disk, a release build carries it.
#[derive(RustEmbed)]
#[folder = "../../../ui/dist"]
#[allow_missing = true]
struct Pages;

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; \
     connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'";
/// Longer than any request that carries no file.
const REQUEST_BYTES_MAX: usize = 256 * 1024;
/// What carries the text of a file. Quotes and ends of lines take two bytes each on the way.
const WITH_A_FILE: [&str; 2] = ["reconcile", "reconcile_csv"];
const REQUEST_WITH_A_FILE_BYTES_MAX: usize = 2 * EXPORT_BYTES_MAX;

#[derive(Clone)]
struct Shared {
    desk: Arc<Desk>,
    token: Arc<str>,
    port: u16,
}

pub(crate) async fn run(cli: &Cli, args: &ServeArgs, output: &Output) -> Result<Ended, Failure> {
    on(&desk(cli)?, args.port, output).await
}

/// Serves a desk until interrupted.
pub(crate) async fn on(desk: &Arc<Desk>, port: u16, output: &Output) -> Result<Ended, Failure> {
    if Pages::get("index.html").is_none() {
        return Err(Failure::Usage(
            "This build carries no UI; build it first with `cargo xtask ui`.".to_owned(),
        ));
    }
    let listener =
        tokio::net::TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port))).await?;
    let port = listener.local_addr()?.port();
    let token = token()?;
    tokio::spawn(keep(Arc::downgrade(desk)));
    let shared = Shared {
        desk: Arc::clone(desk),
        token: token.as_str().into(),
        port,
    };
    let mut api = Router::new()
        .route("/api/events", get(events))
        .route("/api/{name}", post(command));
    for name in WITH_A_FILE {
        let one = post(
            async move |State(shared): State<Shared>, body: Result<Bytes, BytesRejection>| {
                answer(&shared, name, body).await
            },
        );
        let limit = DefaultBodyLimit::max(REQUEST_WITH_A_FILE_BYTES_MAX);
        api = api.route(&format!("/api/{name}"), one.layer(limit));
    }
    let api = api
        .layer(DefaultBodyLimit::max(REQUEST_BYTES_MAX))
        .layer(middleware::from_fn_with_state(shared.clone(), admit));
    let app = Router::new()
        .merge(api)
        .fallback(get(page))
        .layer(middleware::from_fn_with_state(shared.clone(), guard))
        .with_state(shared);
    let url = format!("http://127.0.0.1:{port}/#token={token}");
    if output.is_json() {
        output.document(&json!({ "url": url, "port": port }))?;
    } else {
        output.line(&format!("Coffer is at {url}"))?;
        output.line("It answers this machine only. Ctrl-C stops it.")?;
    }
    axum::serve(listener, app)
        .with_graceful_shutdown(stop())
        .await?;
    Ok(Ended::Well)
}

/// Ctrl-C, or the request of a service manager. Streams that are open are cut a moment later.
async fn stop() {
    #[cfg(unix)]
    let terminated = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminated = std::future::pending::<()>();
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        () = terminated => {}
    }
    std::thread::spawn(|| {
        std::thread::sleep(std::time::Duration::from_secs(1));
        std::process::exit(0);
    });
}

fn token() -> Result<String, Failure> {
    use std::fmt::Write as _;
    let bytes: [u8; 24] = random_bytes()
        .map_err(|error| Failure::Usage(format!("This machine has no randomness: {error}.")))?;
    let mut token = String::new();
    for byte in bytes {
        let _ = write!(token, "{byte:02x}");
    }
    Ok(token)
}

/// Refuses other names for this machine, and puts the headers on every answer.
async fn guard(State(shared): State<Shared>, request: Request, next: Next) -> Response {
    let host = request
        .headers()
        .get(header::HOST)
        .and_then(|host| host.to_str().ok())
        .unwrap_or_default();
    let known = [
        format!("127.0.0.1:{}", shared.port),
        format!("localhost:{}", shared.port),
    ];
    if !known.iter().any(|it| it == host) {
        return refusal(
            StatusCode::MISDIRECTED_REQUEST,
            "This address is not served here.",
        );
    }
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in [
        ("content-security-policy", POLICY),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
        ("cache-control", "no-store"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

/// Lets in who has the token.
async fn admit(
    State(shared): State<Shared>,
    headers: HeaderMap,
    request: Request,
    next: Next,
) -> Response {
    let given = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "))
        .unwrap_or_default();
    if same(given.as_bytes(), shared.token.as_bytes()) {
        next.run(request).await
    } else {
        refusal(
            StatusCode::UNAUTHORIZED,
            "The token is missing or belongs to an earlier start.",
        )
    }
}

/// Compares without telling by time where two texts differ.
fn same(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len()
        && a.iter()
            .zip(b)
            .fold(0, |differences, (a, b)| differences | (a ^ b))
            == 0
}

fn refusal(status: StatusCode, message: &str) -> Response {
    let body = json!({ "error": { "code": "unauthorized", "message": message, "hint": "Open the address that `coffer serve` printed." } });
    (status, Json(body)).into_response()
}

async fn command(
    State(shared): State<Shared>,
    Path(name): Path<String>,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    answer(&shared, &name, body).await
}

async fn answer(shared: &Shared, name: &str, body: Result<Bytes, BytesRejection>) -> Response {
    let body = match body {
        Ok(body) => body,
        Err(rejection) => return too_long(&rejection),
    };
    match call(&shared.desk, name, &body).await {
        Some(Ok(answer)) => Json(answer).into_response(),
        Some(Err(error)) => (
            StatusCode::UNPROCESSABLE_ENTITY,
            Json(json!({ "error": error })),
        )
            .into_response(),
        None => refusal(StatusCode::NOT_FOUND, "There is no such command."),
    }
}

/// A request that was cut off or is longer than its command takes.
fn too_long(rejection: &BytesRejection) -> Response {
    let status = rejection.status();
    let (message, hint) = if status == StatusCode::PAYLOAD_TOO_LARGE {
        (
            "The request is longer than this command takes.",
            "A file of this length is for the command line.",
        )
    } else {
        ("The request did not arrive whole.", "Try again.")
    };
    let body = json!({ "error": { "code": "usage", "message": message, "hint": hint } });
    (status, Json(body)).into_response()
}

async fn events(
    State(shared): State<Shared>,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let changes = BroadcastStream::new(shared.desk.subscribe()).filter_map(|change| {
        // A listener that fell behind missed notices; the next one makes it ask again.
        let change = change.ok()?;
        Some(Ok(Event::default().json_data(&change).unwrap_or_default()))
    });
    Sse::new(changes).keep_alive(KeepAlive::default())
}

async fn page(request: Request) -> Response {
    let path = request.uri().path().trim_start_matches('/');
    let path = if path.is_empty() { "index.html" } else { path };
    let Some(file) = Pages::get(path) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let kind = match path.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("woff2") => "font/woff2",
        _ => "application/octet-stream",
    };
    (
        [(header::CONTENT_TYPE, kind)],
        Body::from(file.data.into_owned()),
    )
        .into_response()
}
