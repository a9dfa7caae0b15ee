//! A server that answers what a test tells it to, and remembers what it was asked.

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::Response;
use coffer_domain::mode::Test;
use coffer_providers::{AnyKey, ApiBase, ClientOptions, Provider, ProviderName, connect, read_key};
use secrecy::SecretString;
use serde_json::Value;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Nobody's key. The middle of it must never show anywhere.
pub(crate) const KEY: &str = "rk_test_CANARYcanary0123456789";

/// What the server was asked.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) version: Option<String>,
    pub(crate) authorization: Option<String>,
    pub(crate) agent: Option<String>,
    pub(crate) context: Option<String>,
    pub(crate) body: String,
}

impl Asked {
    /// Whether the query holds this parameter with this value.
    pub(crate) fn has(&self, name: &str, value: &str) -> bool {
        let plain = self
            .query
            .replace("%5B", "[")
            .replace("%5D", "]")
            .replace('+', " ");
        plain
            .split('&')
            .any(|pair| pair == format!("{name}={value}"))
    }
}

/// What it answers.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: String,
    pub(crate) delay: Duration,
}

impl Answer {
    pub(crate) fn json(value: &Value) -> Self {
        Self::status(200, &value.to_string())
    }

    pub(crate) fn status(status: u16, body: &str) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: body.to_owned(),
            delay: Duration::ZERO,
        }
    }

    pub(crate) fn error(status: u16, code: &str, message: &str) -> Self {
        let body = serde_json::json!({"error": {"type": "invalid_request_error", "code": code, "message": message}});
        Self::status(status, &body.to_string())
    }

    pub(crate) fn header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }

    pub(crate) fn after(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }
}

/// A page of a list.
pub(crate) fn list(data: &Value, has_more: bool) -> Answer {
    Answer::json(
        &serde_json::json!({"object": "list", "url": "/x", "has_more": has_more, "data": data}),
    )
}

/// A customer as it comes.
pub(crate) fn customer(id: &str) -> Value {
    serde_json::json!({"id": id, "object": "customer", "created": 1, "livemode": false, "discount": null})
}

async fn remember(request: Request) -> Asked {
    let (head, body) = request.into_parts();
    let body = axum::body::to_bytes(body, 1 << 20).await.unwrap();
    let header = |name: &str| {
        let value = head.headers.get(name)?;
        Some(value.to_str().unwrap().to_owned())
    };
    Asked {
        method: head.method.to_string(),
        path: head.uri.path().to_owned(),
        query: head.uri.query().unwrap_or("").to_owned(),
        version: header("stripe-version"),
        authorization: header("authorization"),
        agent: header("user-agent"),
        context: header("stripe-context"),
        body: String::from_utf8(body.to_vec()).unwrap(),
    }
}

pub(crate) struct Server {
    pub(crate) base: String,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Server {
    /// Answers every request with what `answer` makes of it and of the number of requests before it.
    pub(crate) async fn start(
        answer: impl Fn(&Asked, usize) -> Answer + Send + Sync + 'static,
    ) -> Self {
        let asked: Arc<Mutex<Vec<Asked>>> = Arc::default();
        let journal = Arc::clone(&asked);
        let answer = Arc::new(answer);
        let app = Router::new().fallback(move |request: Request| {
            let journal = Arc::clone(&journal);
            let answer = Arc::clone(&answer);
            async move {
                let asked = remember(request).await;
                let before = {
                    let mut journal = journal.lock().unwrap();
                    journal.push(asked.clone());
                    journal.len() - 1
                };
                let answer = answer(&asked, before);
                tokio::time::sleep(answer.delay).await;
                let mut response = Response::builder()
                    .status(answer.status)
                    .header("request-id", "req_1");
                for (name, value) in &answer.headers {
                    response = response.header(*name, value);
                }
                response.body(Body::from(answer.body)).unwrap()
            }
        });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { base, asked }
    }

    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    pub(crate) fn client(&self) -> Box<dyn Provider<Test>> {
        client(&self.base, quick())
    }
}

/// Waits shortened, timeouts short.
pub(crate) fn quick() -> ClientOptions {
    ClientOptions {
        connect_timeout: Duration::from_secs(5),
        request_timeout: Duration::from_secs(5),
        wait_divisor: 1_000,
        ..ClientOptions::default()
    }
}

pub(crate) fn client(base: &str, options: ClientOptions) -> Box<dyn Provider<Test>> {
    let AnyKey::Test(key) = read_key(ProviderName::Stripe, SecretString::from(KEY)).unwrap() else {
        panic!("a test key");
    };
    connect(
        ProviderName::Stripe,
        key,
        ApiBase::loopback(base).unwrap(),
        options,
    )
    .unwrap()
}
