//! Lines of the action log, and whether it is whole.

use crate::books::Books;
use crate::error::EngineError;
use coffer_domain::Instant;
use coffer_domain::mode::Mode;
use coffer_store::table::action_log::{self, Broken, Entry, Head};
use coffer_store::table::operation::OperationRow;
use coffer_store::{StoreError, Write};
use serde_json::{Map, Value, json};

/// Who acts where nobody was named: the program itself, going on with what was accepted.
pub(super) const PROGRAM: &str = "coffer";

/// Whether the log is whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LogState {
    /// From its first line to its last.
    Whole(Head),
    /// It breaks at a line.
    Broken(Broken),
}

/// Follows the log's chain from its beginning. Blocks.
///
/// # Errors
/// The file's.
pub fn verify<M: Mode>(books: &Books<M>) -> Result<LogState, EngineError> {
    Ok(
        match books.store.read(|read| action_log::verify(read.sql()))? {
            Ok(head) => LogState::Whole(head),
            Err(broken) => LogState::Broken(broken),
        },
    )
}

impl LogState {
    /// What is wrong with the log.
    #[must_use]
    pub fn fault(&self) -> Option<EngineError> {
        match self {
            Self::Whole(_) => None,
            Self::Broken(broken) => Some(EngineError::LogBroken {
                seq: broken.seq,
                why: broken.why.clone(),
            }),
        }
    }
}

/// Writes down what happened to an operation; belongs into the transaction in which it happens.
pub(super) fn note(
    write: &mut Write<'_>,
    row: &OperationRow,
    who: &str,
    action: &str,
    at: Instant,
    more: &[(&str, Value)],
) -> Result<(), StoreError> {
    let mut detail = Map::new();
    detail.insert("state".to_owned(), json!(row.progress.state.as_str()));
    for (name, value) in more {
        if !value.is_null() {
            detail.insert((*name).to_owned(), value.clone());
        }
    }
    line(write, who, &row.id, action, at, detail)
}

/// Writes down what is about no operation.
pub(super) fn note_alone(
    write: &mut Write<'_>,
    who: &str,
    action: &str,
    at: Instant,
    detail: Map<String, Value>,
) -> Result<(), StoreError> {
    line(write, who, "", action, at, detail)
}

fn line(
    write: &mut Write<'_>,
    who: &str,
    operation: &str,
    action: &str,
    at: Instant,
    detail: Map<String, Value>,
) -> Result<(), StoreError> {
    let entry = Entry {
        at,
        who: who.to_owned(),
        operation: operation.to_owned(),
        action: action.to_owned(),
        detail: Value::Object(detail).to_string(),
    };
    action_log::append(write, &entry).map(|_| ())
}
