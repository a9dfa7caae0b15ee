//! What was asked, for tests to assert on and for people to look at.

use std::collections::VecDeque;

use chrono::{DateTime, Utc};
use serde::Serialize;

/// One request and how it was answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct JournalEntry {
    /// The simulated instant.
    pub at: DateTime<Utc>,
    /// The HTTP method.
    pub method: String,
    /// The path, without the query.
    pub path: String,
    /// The query as it was sent.
    pub query: String,
    /// The status answered; zero when the connection was broken instead.
    pub status: u16,
    /// The `Request-Id` answered; empty when the answer had none.
    pub request_id: String,
    /// The body as it was sent.
    pub body: String,
    /// Whether the answer was an earlier one, given again for its idempotency key.
    pub replayed: bool,
    /// The `Idempotency-Key` sent.
    pub idempotency_key: Option<String>,
    /// The last four letters of the key sent.
    pub key_last4: Option<String>,
    /// The `Stripe-Version` sent.
    pub stripe_version: Option<String>,
}

/// Entries are forgotten from the front beyond this many.
const KEPT: usize = 100_000;

/// The journal.
#[derive(Debug, Default)]
pub(crate) struct Journal {
    entries: VecDeque<JournalEntry>,
    pub(crate) requests: u64,
}

impl Journal {
    pub(crate) fn write(&mut self, entry: JournalEntry) {
        if self.entries.len() == KEPT {
            self.entries.pop_front();
        }
        self.entries.push_back(entry);
    }

    pub(crate) fn entries(&self) -> Vec<JournalEntry> {
        self.entries.iter().cloned().collect()
    }
}
