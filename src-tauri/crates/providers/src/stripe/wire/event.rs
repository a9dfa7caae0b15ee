//! Events on the wire.
//!
//! What an event carries is written in the version that the account had when it happened, so its shape is not ours to
//! expect: it stays text until somebody has looked at that version.

use serde::Deserialize;
use serde_json::value::RawValue;

#[derive(Debug, Deserialize)]
pub(crate) struct Event<'a> {
    pub(crate) id: String,
    #[serde(rename = "type")]
    pub(crate) kind: String,
    pub(crate) created: i64,
    pub(crate) livemode: Option<bool>,
    pub(crate) api_version: Option<String>,
    #[serde(borrow)]
    pub(crate) data: Option<EventData<'a>>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct EventData<'a> {
    #[serde(borrow)]
    pub(crate) object: Option<&'a RawValue>,
}
