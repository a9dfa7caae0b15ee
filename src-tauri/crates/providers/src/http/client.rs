//! Sends one request until it has an outcome worth keeping; what changes something, once.
//!
//! It returns whole answers whatever their status and knows no provider's bodies; the adapter reads those. It logs the
//! method, the shape of the path, the status, the provider's name for the request and the time it took, and never a
//! query, a body or a header.

use crate::error::ProviderError;
use crate::http::base::ApiBase;
use crate::http::options::{ClientOptions, Haste};
use crate::http::pace::{Limits, Signal};
use crate::http::redact::redact_word;
use crate::http::retry::{Decision, Nature, Outcome, decide};
use crate::provider::Usage;
use chrono::{DateTime, Utc};
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, DATE, HeaderMap, HeaderValue, LOCATION};
use std::collections::BTreeMap;
use std::error::Error as _;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use zeroize::Zeroizing;

/// The headers that differ from provider to provider.
#[derive(Debug)]
pub(crate) struct Dialect {
    /// The pinned version, sent with every request.
    pub(crate) version: (&'static str, &'static str),
    /// The answer's name for the request.
    pub(crate) request_id: &'static str,
    /// Whether the provider says to try again.
    pub(crate) should_retry: &'static str,
    /// Which limit was passed.
    pub(crate) limit: &'static str,
    /// The code that says in a body, with the status 400, what 429 says elsewhere.
    pub(crate) limit_code: &'static str,
    /// What each of its words means.
    pub(crate) limits: &'static [(&'static str, Signal)],
    /// The account that a key of several accounts is used for.
    pub(crate) account: &'static str,
    /// What a request is known by, should it come again.
    pub(crate) idempotency_key: &'static str,
}

/// How something is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Verb {
    /// The fields are the query.
    Get,
    /// The fields are a form.
    Post,
    /// There are none.
    Delete,
}

impl Verb {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Delete => "DELETE",
        }
    }
}

/// A question without side effects, so that it may be asked again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Question {
    /// How it is asked.
    pub(crate) verb: Verb,
    /// The path, with `{id}` where an id goes. It is what logs and pacing know the request by.
    pub(crate) path: &'static str,
    /// What stands for each `{id}`.
    pub(crate) ids: Vec<String>,
    /// The query or the form, in order.
    pub(crate) fields: Vec<(&'static str, String)>,
    /// A form that is encoded already, in place of the fields.
    pub(crate) form: Option<String>,
}

/// A request that changes something. It is sent once.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sending<'a> {
    /// How it is sent.
    pub(crate) verb: Verb,
    /// The path, with `{id}` where an id goes.
    pub(crate) path: &'static str,
    /// What stands for each `{id}`.
    pub(crate) ids: &'a [String],
    /// The form, byte for byte.
    pub(crate) body: &'a str,
    /// What the provider knows it by, should it come again.
    pub(crate) key: Option<&'a str>,
}

/// Why a request that changes something has no whole answer.
#[derive(Debug)]
pub(crate) struct Undelivered {
    /// Whether it certainly was not carried out.
    pub(crate) certainly: bool,
    /// What happened.
    pub(crate) error: ProviderError,
}

/// What every request is signed with.
#[derive(Clone, Copy)]
pub(crate) struct Secret<'a> {
    /// The key.
    pub(crate) key: &'a str,
    /// The account that a key of several accounts is used for.
    pub(crate) account: Option<&'a str>,
}

/// A whole answer.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) body: Vec<u8>,
    pub(crate) request_id: Option<String>,
    pub(crate) limit: Option<String>,
    /// Whether it asks for fewer requests, by its status or by its code.
    limited: bool,
    should_retry: Option<bool>,
}

/// Why there is no whole answer.
#[derive(Debug)]
enum Failure {
    NotConnected(&'static str),
    BrokeOff,
    TimedOut,
    TooLong,
    NotSent,
}

/// How forms are encoded.
const FORM: &str = "application/x-www-form-urlencoded";

/// Links that a document may lie behind.
const LINKS_MAX: usize = 4;

/// One client for one key.
pub(crate) struct Client {
    http: reqwest::Client,
    base: ApiBase,
    dialect: &'static Dialect,
    authorization: HeaderValue,
    account: Option<HeaderValue>,
    body_bytes_max: usize,
    wait_divisor: u32,
    limits: Arc<Limits>,
    haste: Haste,
    requests: AtomicU64,
    retries: AtomicU64,
    reads: AtomicU64,
    limited: AtomicU64,
    elsewhere: Mutex<BTreeMap<String, u64>>,
    /// Seconds since 1970; `i64::MIN` before the first answer.
    provider_time: AtomicI64,
}

impl Client {
    pub(crate) fn new(
        secret: Secret<'_>,
        base: ApiBase,
        limits: Arc<Limits>,
        dialect: &'static Dialect,
        options: &ClientOptions,
    ) -> Result<Self, ProviderError> {
        let unbuilt = |what: &str| ProviderError::Unreadable {
            what: what.to_owned(),
            request_id: None,
        };
        let bearer = Zeroizing::new(format!("Bearer {}", secret.key));
        let mut authorization = HeaderValue::from_str(&bearer)
            .map_err(|_| unbuilt("the key does not fit into a header"))?;
        authorization.set_sensitive(true);
        let account = secret
            .account
            .map(HeaderValue::from_str)
            .transpose()
            .map_err(|_| unbuilt("the account does not fit into a header"))?;
        let mut builder = reqwest::Client::builder()
            .user_agent(concat!("Coffer/", env!("CARGO_PKG_VERSION")))
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .connect_timeout(options.connect_timeout)
            .timeout(options.request_timeout);
        if base.is_loopback() {
            // No proxy, and no name server: what is meant for this machine stays on it.
            let here = [
                SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0),
                SocketAddr::new(IpAddr::V6(Ipv6Addr::LOCALHOST), 0),
            ];
            builder = builder.no_proxy().resolve_to_addrs("localhost", &here);
        }
        let http = builder
            .build()
            .map_err(|_| unbuilt("no secure connection can be prepared on this machine"))?;
        Ok(Self {
            http,
            base,
            dialect,
            authorization,
            account,
            body_bytes_max: options.body_bytes_max,
            wait_divisor: options.wait_divisor.max(1),
            limits,
            haste: options.haste,
            requests: AtomicU64::new(0),
            retries: AtomicU64::new(0),
            reads: AtomicU64::new(0),
            limited: AtomicU64::new(0),
            elsewhere: Mutex::default(),
            provider_time: AtomicI64::new(i64::MIN),
        })
    }

    /// What was asked so far.
    pub(crate) fn usage(&self) -> Usage {
        let time = self.provider_time.load(Ordering::Relaxed);
        Usage {
            requests: self.requests.load(Ordering::Relaxed),
            retries: self.retries.load(Ordering::Relaxed),
            reads: self.reads.load(Ordering::Relaxed),
            limited: self.limited.load(Ordering::Relaxed),
            provider_time: DateTime::from_timestamp(time, 0),
        }
    }

    /// Asks, and asks again where that may help. Redirects are an error; every other whole answer is returned.
    pub(crate) async fn ask(&self, question: &Question) -> Result<Reply, ProviderError> {
        let nature = Nature {
            idempotent: true,
            patient: self.haste == Haste::Background,
        };
        let mut attempt = 1;
        loop {
            let entry = self
                .limits
                .enter((question.verb, question.path), self.haste)
                .await;
            let attempted = self.attempt(question).await;
            entry.answered(self.signal(&attempted));
            match decide(attempt, &outcome(&attempted), nature, jitter()) {
                Decision::GiveUp => return self.settle(attempted),
                Decision::After(wait) => tokio::time::sleep(wait / self.wait_divisor).await,
            }
            attempt += 1;
            self.retries.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Fetches a document that the provider gave a link to. The link is its own permission, so no key goes along; it may
    /// lead on within the provider's domain.
    pub(crate) async fn document(
        &self,
        link: &str,
        domain: &'static str,
    ) -> Result<Vec<u8>, ProviderError> {
        let unreadable = |what: &str| ProviderError::Unreadable {
            what: what.to_owned(),
            request_id: None,
        };
        let astray = || unreadable("the link to the document leads away from the provider");
        let mut url = self.base.document(link, domain).ok_or_else(astray)?;
        for _ in 0..LINKS_MAX {
            let host = url.host_str().unwrap_or_default().to_owned();
            self.note_elsewhere(&host);
            let answered = match self.http.get(url.clone()).send().await {
                Ok(response) => response,
                Err(error) => return self.settle(Err(failure(&error))).map(|reply| reply.body),
            };
            let status = answered.status().as_u16();
            tracing::debug!(host, status, "fetched a document");
            if (300..400).contains(&status) {
                let location = answered.headers().get(LOCATION);
                let next = location.and_then(|it| url.join(it.to_str().ok()?).ok());
                url = next
                    .and_then(|next| self.base.document(next.as_str(), domain))
                    .ok_or_else(astray)?;
                continue;
            }
            let reply = self.settle(self.read(answered).await)?;
            return match reply.status {
                200 => Ok(reply.body),
                500.. => Err(ProviderError::Down {
                    status,
                    request_id: None,
                }),
                _ => Err(ProviderError::Refused {
                    status,
                    code: None,
                    message: "the link to the document does not open it".to_owned(),
                    request_id: None,
                }),
            };
        }
        Err(unreadable("the link to the document leads on and on"))
    }

    fn note_elsewhere(&self, host: &str) {
        let mut elsewhere = self
            .elsewhere
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let count = elsewhere.entry(host.to_owned()).or_insert(0);
        *count = u64::saturating_add(*count, 1);
    }

    /// Hosts that documents were fetched from, and how often.
    pub(crate) fn elsewhere(&self) -> Vec<(String, u64)> {
        let elsewhere = self
            .elsewhere
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        elsewhere
            .iter()
            .map(|(host, count)| (host.clone(), *count))
            .collect()
    }

    /// Sends once what changes something. Whoever asks for it waits for it.
    pub(crate) async fn send(&self, sending: &Sending<'_>) -> Result<Reply, Undelivered> {
        let entry = self
            .limits
            .enter((sending.verb, sending.path), self.haste)
            .await;
        let attempted = self.deliver(sending).await;
        entry.answered(self.signal(&attempted));
        let certainly = matches!(&attempted, Err(Failure::NotConnected(_) | Failure::NotSent));
        self.settle(attempted)
            .map_err(|error| Undelivered { certainly, error })
    }

    async fn deliver(&self, sending: &Sending<'_>) -> Result<Reply, Failure> {
        let url = self
            .base
            .join(sending.path, sending.ids)
            .ok_or(Failure::NotSent)?;
        let mut request = match sending.verb {
            Verb::Get => return Err(Failure::NotSent),
            Verb::Post => self
                .http
                .post(url)
                .header(CONTENT_TYPE, FORM)
                .body(sending.body.to_owned()),
            Verb::Delete => self.http.delete(url),
        };
        if let Some(key) = sending.key {
            request = request.header(self.dialect.idempotency_key, key);
        }
        self.exchange(sending.verb, sending.path, request).await
    }

    /// What an outcome says about the account's limits.
    fn signal(&self, attempted: &Result<Reply, Failure>) -> Signal {
        match attempted {
            Ok(reply) if reply.limited => {
                self.limited.fetch_add(1, Ordering::Relaxed);
                let named = reply.limit.as_deref();
                let known = self.dialect.limits.iter();
                known
                    .filter(|(word, _)| named == Some(*word))
                    .map(|(_, signal)| *signal)
                    .next()
                    .unwrap_or(Signal::Nothing)
            }
            Ok(reply) if reply.status < 500 => Signal::Good,
            Ok(_) | Err(_) => Signal::Nothing,
        }
    }

    async fn attempt(&self, question: &Question) -> Result<Reply, Failure> {
        let mut url = self
            .base
            .join(question.path, &question.ids)
            .ok_or(Failure::NotSent)?;
        let request = match question.verb {
            Verb::Get => {
                if !question.fields.is_empty() {
                    url.query_pairs_mut().extend_pairs(&question.fields);
                }
                self.reads.fetch_add(1, Ordering::Relaxed);
                self.http.get(url)
            }
            Verb::Post => match &question.form {
                Some(form) => self
                    .http
                    .post(url)
                    .header(CONTENT_TYPE, FORM)
                    .body(form.clone()),
                None => self.http.post(url).form(&question.fields),
            },
            // What deletes is no question.
            Verb::Delete => return Err(Failure::NotSent),
        };
        self.exchange(question.verb, question.path, request).await
    }

    /// Sends a request as it is and reads its answer.
    async fn exchange(
        &self,
        verb: Verb,
        path: &'static str,
        request: reqwest::RequestBuilder,
    ) -> Result<Reply, Failure> {
        self.requests.fetch_add(1, Ordering::Relaxed);
        let begun = tokio::time::Instant::now();
        let (version, pinned) = self.dialect.version;
        let mut request = request
            .header(AUTHORIZATION, self.authorization.clone())
            .header(version, pinned);
        if let Some(account) = &self.account {
            request = request.header(self.dialect.account, account.clone());
        }
        let answered = request.send().await;
        let reply = match answered {
            Ok(response) => self.read(response).await,
            Err(error) => Err(failure(&error)),
        };
        tracing::debug!(
            method = verb.as_str(),
            path,
            status = reply.as_ref().map_or(0, |reply| reply.status),
            request_id = reply
                .as_ref()
                .ok()
                .and_then(|reply| reply.request_id.as_deref())
                .unwrap_or(""),
            failure = reply
                .as_ref()
                .err()
                .map(|failure| format!("{failure:?}"))
                .unwrap_or_default(),
            milliseconds = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX),
            "asked the provider"
        );
        reply
    }

    async fn read(&self, mut response: reqwest::Response) -> Result<Reply, Failure> {
        let status = response.status().as_u16();
        let headers = response.headers();
        self.note_time(headers);
        let word = |name: &str| {
            let text = headers.get(name)?.to_str().ok()?;
            Some(redact_word(text)).filter(|word| !word.is_empty())
        };
        let request_id = word(self.dialect.request_id);
        let limit = word(self.dialect.limit);
        let should_retry = match word(self.dialect.should_retry).as_deref() {
            Some("true") => Some(true),
            Some("false") => Some(false),
            _ => None,
        };
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| failure(&error))? {
            if body.len().saturating_add(chunk.len()) > self.body_bytes_max {
                return Err(Failure::TooLong);
            }
            body.extend_from_slice(&chunk);
        }
        let limited =
            status == 429 || (status == 400 && code(&body) == Some(self.dialect.limit_code));
        Ok(Reply {
            limited,
            status,
            body,
            request_id,
            limit,
            should_retry,
        })
    }

    fn note_time(&self, headers: &HeaderMap) {
        let time = headers
            .get(DATE)
            .and_then(|value| value.to_str().ok())
            .and_then(|text| DateTime::parse_from_rfc2822(text).ok());
        if let Some(time) = time {
            self.provider_time
                .fetch_max(time.with_timezone(&Utc).timestamp(), Ordering::Relaxed);
        }
    }

    fn settle(&self, attempted: Result<Reply, Failure>) -> Result<Reply, ProviderError> {
        let host = || self.base.host().to_owned();
        let offline = |reason: &str| ProviderError::Offline {
            host: host(),
            reason: reason.to_owned(),
        };
        let unreadable = |what: &str| ProviderError::Unreadable {
            what: what.to_owned(),
            request_id: None,
        };
        match attempted {
            Ok(reply) if (300..400).contains(&reply.status) => Err(ProviderError::Redirected {
                host: host(),
                status: reply.status,
            }),
            Ok(reply) => Ok(reply),
            Err(Failure::NotConnected(reason)) => Err(offline(reason)),
            Err(Failure::BrokeOff) => Err(offline("the connection broke off")),
            Err(Failure::TimedOut) => Err(ProviderError::TimedOut { host: host() }),
            Err(Failure::TooLong) => Err(unreadable("it is longer than allowed")),
            Err(Failure::NotSent) => Err(unreadable("no address can be made for this request")),
        }
    }
}

fn outcome(attempted: &Result<Reply, Failure>) -> Outcome {
    match attempted {
        Ok(reply) => Outcome::Answered {
            status: if reply.limited { 429 } else { reply.status },
            should_retry: reply.should_retry,
            limit_named: reply.limit.is_some(),
        },
        Err(Failure::NotConnected(_)) => Outcome::NotConnected,
        Err(Failure::BrokeOff) => Outcome::BrokeOff,
        Err(Failure::TimedOut) => Outcome::TimedOut,
        Err(Failure::TooLong | Failure::NotSent) => Outcome::Unusable,
    }
}

/// The provider's code for what is wrong, where the body is short and says one.
fn code(body: &[u8]) -> Option<&str> {
    #[derive(serde::Deserialize)]
    struct Body<'a> {
        #[serde(borrow)]
        error: Detail<'a>,
    }
    #[derive(serde::Deserialize)]
    struct Detail<'a> {
        code: Option<&'a str>,
    }
    serde_json::from_slice::<Body<'_>>(body).ok()?.error.code
}

/// Sorts the client's error. Its text is never used: it holds the address with its query.
fn failure(error: &reqwest::Error) -> Failure {
    if error.is_builder() {
        Failure::NotSent
    } else if error.is_connect() {
        Failure::NotConnected(reason(error))
    } else if error.is_timeout() {
        Failure::TimedOut
    } else {
        Failure::BrokeOff
    }
}

fn reason(error: &reqwest::Error) -> &'static str {
    let mut source = error.source();
    let mut kind = None;
    while let Some(inner) = source {
        if let Some(io) = inner.downcast_ref::<io::Error>() {
            kind = Some(io.kind());
        }
        source = inner.source();
    }
    match kind {
        Some(io::ErrorKind::ConnectionRefused) => "nothing answers there",
        Some(io::ErrorKind::NetworkUnreachable | io::ErrorKind::HostUnreachable) => {
            "the network does not lead there"
        }
        Some(io::ErrorKind::InvalidData) => "no secure connection could be made",
        Some(io::ErrorKind::TimedOut) => "no connection was made in time",
        _ if error.is_timeout() => "no connection was made in time",
        _ => "no connection could be made",
    }
}

/// Any number. Where the system has none to give, waits are merely not spread.
fn jitter() -> u32 {
    getrandom::u32().unwrap_or(0)
}
