//! Notes on customers: their types, and how they are written, changed, taken out and put back.

use crate::api::handle::{needed, out};
use crate::api::types::{ApiErrorView, ModeView};
use crate::books::blocking;
use crate::desk::Desk;
use crate::notes;
use crate::outbox::Who;
use crate::view::timeline::note_view;
use crate::with_books;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use ts_rs::TS;

type Answer<T> = Result<T, ApiErrorView>;

/// What somebody wrote about a customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct NoteView {
    /// Its id.
    pub id: String,
    /// The customer it is about.
    pub customer: String,
    /// What was written, with line breaks.
    pub text: String,
    /// The operator who wrote it, where there are operators.
    pub author: Option<String>,
    /// When, RFC 3339.
    pub written_at: String,
    /// When it was changed last, RFC 3339.
    pub changed_at: Option<String>,
}

/// Writes a note.
#[derive(Deserialize, TS)]
pub struct NoteAddRequest {
    /// The mode.
    pub mode: ModeView,
    /// The customer's id.
    pub customer: String,
    /// What to write, at most 4,000 characters.
    pub text: String,
    /// Who writes, where there are operators.
    #[serde(default)]
    pub operator: Option<String>,
    /// The operator's PIN. It is read once and kept nowhere.
    #[serde(default)]
    #[ts(type = "string | null")]
    pub pin: Option<SecretString>,
}

/// Puts other words in place of a note's.
#[derive(Deserialize, TS)]
pub struct NoteChangeRequest {
    /// The mode.
    pub mode: ModeView,
    /// The note's id.
    pub id: String,
    /// What is to stand there.
    pub text: String,
    /// Who writes, where there are operators.
    #[serde(default)]
    pub operator: Option<String>,
    /// The operator's PIN. It is read once and kept nowhere.
    #[serde(default)]
    #[ts(type = "string | null")]
    pub pin: Option<SecretString>,
}

/// Takes a note out.
#[derive(Debug, Deserialize, TS)]
pub struct NoteRemoveRequest {
    /// The mode.
    pub mode: ModeView,
    /// The note's id.
    pub id: String,
    /// Who takes it out, where there are operators.
    #[serde(default)]
    pub operator: Option<String>,
    /// The operator's PIN. It is read once and kept nowhere.
    #[serde(default)]
    #[ts(type = "string | null")]
    pub pin: Option<SecretString>,
}

/// Which note.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct NoteRef {
    /// The mode.
    pub mode: ModeView,
    /// Its id.
    pub id: String,
}

/// Answers `note_add`.
///
/// # Errors
/// When the text cannot be kept, there is no such customer, it has too many notes, or the operator is not right.
pub async fn note_add(desk: &Arc<Desk>, request: NoteAddRequest) -> Answer<NoteView> {
    out(async {
        let who = Who {
            name: request.operator,
            pin: request.pin,
        };
        with_books!(needed(desk, request.mode).await?, books => blocking(move || {
            notes::add(&books, &who, &request.customer, &request.text).map(|row| note_view(&row))
        })
        .await)
    }
    .await)
}

/// Answers `note_change`.
///
/// # Errors
/// When the text cannot be kept, there is no such note, it is another operator's, or the operator is not right.
pub async fn note_change(desk: &Arc<Desk>, request: NoteChangeRequest) -> Answer<NoteView> {
    out(async {
        let who = Who {
            name: request.operator,
            pin: request.pin,
        };
        with_books!(needed(desk, request.mode).await?, books => blocking(move || {
            notes::change(&books, &who, &request.id, &request.text).map(|row| note_view(&row))
        })
        .await)
    }
    .await)
}

/// Answers `note_remove`.
///
/// # Errors
/// When there is no such note, it is another operator's, or the operator is not right.
pub async fn note_remove(desk: &Arc<Desk>, request: NoteRemoveRequest) -> Answer<NoteView> {
    out(async {
        let who = Who {
            name: request.operator,
            pin: request.pin,
        };
        with_books!(needed(desk, request.mode).await?, books => blocking(move || {
            notes::remove(&books, &who, &request.id).map(|row| note_view(&row))
        })
        .await)
    }
    .await)
}

/// Answers `note_restore`.
///
/// # Errors
/// When no such note was taken out since this mode's file was opened, or its customer is gone.
pub async fn note_restore(desk: &Arc<Desk>, request: NoteRef) -> Answer<NoteView> {
    out(async {
        with_books!(needed(desk, request.mode).await?, books => blocking(move || {
            notes::restore(&books, &request.id).map(|row| note_view(&row))
        })
        .await)
    }
    .await)
}
