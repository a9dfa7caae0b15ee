//! What changes something at a provider: requests as data, what came of them, and how one finds out afterwards.
//!
//! A request is made once, from an intent, and kept as it is from then on: whoever sends it, and sends it again, sends the
//! same bytes. Nothing here decides whether to send; that is `coffer_domain::outbox`.

use coffer_domain::Instant;
use coffer_domain::currency::Currency;
use coffer_domain::operation::Intent;
use coffer_domain::outbox::{Answer, Looked, Nature};
use coffer_domain::record::Record;
use serde::{Deserialize, Serialize};

/// How a request is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Method {
    /// POST.
    Post,
    /// DELETE.
    Delete,
}

/// A request that changes something, as it will be sent however often.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Frozen {
    /// How.
    pub method: Method,
    /// The path, with `{id}` where an id goes.
    pub path: String,
    /// What stands for each `{id}`.
    pub ids: Vec<String>,
    /// The body, byte for byte.
    pub body: String,
    /// What sending it a second time would do.
    pub nature: Nature,
}

/// What a request is made from.
#[derive(Debug, Clone, Copy)]
pub struct Order<'a> {
    /// What is wanted.
    pub intent: &'a Intent,
    /// Our own id of the operation, left at the provider wherever it takes one.
    pub mark: &'a str,
    /// Which of the intent's requests, from 0.
    pub step: u8,
    /// The target as it is.
    pub target: &'a Record,
    /// What the request before made.
    pub made: Option<&'a Record>,
}

/// Something that this provider cannot do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Unsupported(pub String);

/// What came of a request.
#[derive(Debug, Clone, PartialEq)]
pub struct Performed {
    /// What it means.
    pub answer: Answer,
    /// The object that it made or changed, where it says.
    pub object: Option<String>,
    /// The same as a record, where it can be read as one.
    pub made: Option<Box<Record>>,
    /// The provider's code, where it said no.
    pub code: Option<String>,
    /// The provider's words, redacted, or ours where nothing came.
    pub message: Option<String>,
    /// The provider's name for the request.
    pub request_id: Option<String>,
    /// Whether the network was in the way.
    pub offline: bool,
}

/// What a look for an operation showed.
#[derive(Debug, Clone, PartialEq)]
pub struct Trace {
    /// What it means.
    pub looked: Looked,
    /// What was found.
    pub object: Option<String>,
    /// The same as a record.
    pub made: Option<Box<Record>>,
}

impl Trace {
    /// No trace.
    pub(crate) const NONE: Self = Self {
        looked: Looked::NotSeen,
        object: None,
        made: None,
    };
}

/// One line of what a change would cost.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreviewLine {
    /// The provider's words.
    pub description: String,
    /// Minor units; below zero for what is credited.
    pub amount: i64,
    /// Whether it is for a part of a period because something changes.
    pub proration: bool,
}

/// What a change would cost, in the provider's own reckoning.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preview {
    /// The currency.
    pub currency: Currency,
    /// The lines of the next bill.
    pub lines: Vec<PreviewLine>,
    /// Before tax, minor units.
    pub subtotal: i64,
    /// Tax, minor units.
    pub tax: i64,
    /// With tax, minor units.
    pub total: i64,
    /// What would be collected with that bill, minor units.
    pub amount_due: i64,
    /// Whether that bill is made at once.
    pub billed_now: bool,
    /// When it is made, otherwise.
    pub billed_at: Option<Instant>,
    /// The instant from which the rest of the period was reckoned.
    pub reckoned_from: Instant,
}
