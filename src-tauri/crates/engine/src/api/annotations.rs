//! Words on days: "Raised prices", beside the figures. They are the user's own, lie in the encrypted file of their mode and
//! go nowhere else.

use crate::api::handle::{needed, out};
use crate::api::types::{ApiErrorView, ModeRequest, ModeView};
use crate::books::blocking;
use crate::desk::Desk;
use crate::view::chart::notes;
use crate::with_books;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use ts_rs::TS;

type Answer<T> = Result<T, ApiErrorView>;

/// Words on a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct AnnotationView {
    /// Its number.
    pub id: i64,
    /// The day, `YYYY-MM-DD`.
    pub day: String,
    /// The words.
    pub text: String,
    /// When they were written, or changed last, RFC 3339.
    pub written_at: String,
}

/// All words on days of a mode.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Annotations {
    /// In order of their days.
    pub items: Vec<AnnotationView>,
    /// How many there may be.
    pub most: u64,
    /// How many characters each may have.
    pub characters: u32,
}

/// Writes words on a day, or puts others in their place.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct AnnotationPut {
    /// The mode.
    pub mode: ModeView,
    /// Which are changed; new ones when left out.
    #[serde(default)]
    pub id: Option<i64>,
    /// The day, `YYYY-MM-DD`, from 2000 to a year ahead.
    pub day: String,
    /// The words; 1 to 120 characters.
    pub text: String,
}

/// Takes words away.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct AnnotationRemove {
    /// The mode.
    pub mode: ModeView,
    /// Which.
    pub id: i64,
}

/// Answers `annotations`.
///
/// # Errors
/// When the mode's file cannot be read.
pub async fn annotations(desk: &Arc<Desk>, request: ModeRequest) -> Answer<Annotations> {
    out(async {
        match desk.books(request.mode.into()).await? {
            Some(any) => with_books!(any, books => blocking(move || notes::all(&books)).await),
            None => Ok(notes::none()),
        }
    }
    .await)
}

/// Answers `annotation_put`.
///
/// # Errors
/// When day or words do not do, there are too many, there is nothing to change, or the file's.
pub async fn annotation_put(desk: &Arc<Desk>, request: AnnotationPut) -> Answer<Annotations> {
    out(async {
        with_books!(needed(desk, request.mode).await?, books => {
            blocking(move || notes::put(&books, request)).await
        })
    }
    .await)
}

/// Answers `annotation_remove`.
///
/// # Errors
/// When there are no such words, or the file's.
pub async fn annotation_remove(desk: &Arc<Desk>, request: AnnotationRemove) -> Answer<Annotations> {
    out(async {
        with_books!(needed(desk, request.mode).await?, books => {
            blocking(move || notes::remove(&books, request.id)).await
        })
    }
    .await)
}
