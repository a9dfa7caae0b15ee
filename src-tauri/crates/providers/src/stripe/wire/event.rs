//! Events on the wire.
//!
//! What an event carries is written in the version that the account had when it happened, so nothing but ids is taken
//! from it and its shape is not ours to expect: it stays a loose value.

use serde::Deserialize;
use serde_json::Value;

#[derive(Debug, Deserialize)]
pub(crate) struct Event {
    #[serde(rename = "type")]
    pub(crate) kind: String,
    pub(crate) created: i64,
    pub(crate) data: Option<EventData>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct EventData {
    pub(crate) object: Option<Value>,
}
