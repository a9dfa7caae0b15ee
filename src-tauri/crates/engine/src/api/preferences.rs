//! By which rules, in whose days and in which currency the window tells figures.

use crate::api::handle::{needed, out};
use crate::api::types::{ApiErrorView, ModeView};
use crate::books::{Books, blocking};
use crate::desk::Desk;
use crate::error::EngineError;
use crate::figures;
use crate::preferences::{self, Preferences};
use crate::with_books;
use coffer_domain::calendar::day_of;
use coffer_domain::metric::policy::DEFAULT;
use coffer_domain::mode::Mode;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use ts_rs::TS;

/// Asks what is preferred, or sets it.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct PreferencesRequest {
    /// The mode whose currencies can be chosen from.
    pub mode: ModeView,
    /// What is preferred from now on, in both modes.
    #[serde(default)]
    pub set: Option<PreferencesSet>,
}

/// What is preferred; what is left out is as it is for everybody.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct PreferencesSet {
    /// A policy's id.
    #[serde(default)]
    pub policy: Option<String>,
    /// The currency that stands first.
    #[serde(default)]
    pub currency: Option<String>,
    /// A zone, such as `Europe/Berlin`.
    #[serde(default)]
    pub zone: Option<String>,
}

/// What is preferred.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PreferencesView {
    /// The policy's id.
    pub policy: String,
    /// The currency that stands first; `null` where the account's own does.
    pub currency: Option<String>,
    /// The zone whose days and months are told.
    pub zone: String,
    /// The currencies that there are figures in.
    pub currencies: Vec<String>,
}

/// Answers `preferences`: what they are, or sets them.
///
/// # Errors
/// When there is no such policy, currency or zone, or the file's.
pub async fn preferences(
    desk: &Arc<Desk>,
    request: PreferencesRequest,
) -> Result<PreferencesView, ApiErrorView> {
    out(async {
        if let Some(set) = &request.set {
            let room = desk.room().await;
            let chosen = Preferences::chosen(
                &room.home,
                set.policy.as_deref(),
                set.currency.as_deref(),
                set.zone.as_deref(),
            )?;
            preferences::set(desk, &chosen).await?;
        }
        with_books!(needed(desk, request.mode).await?, books => {
            blocking(move || shown(&books)).await
        })
    }
    .await)
}

/// Names what is set, even where it is not known any more, so that something else can be chosen.
fn shown<M: Mode>(books: &Books<M>) -> Result<PreferencesView, EngineError> {
    let preferred = preferences::read(books)?;
    let figures = figures::load(books, &figures::View::plain(chrono_tz::Tz::UTC))?;
    let at = figures.standing_at(books.clock.now());
    let now = figures.on(day_of(at, figures.view.zone))?;
    let code = |currency: &coffer_domain::currency::Currency| currency.code().to_owned();
    Ok(PreferencesView {
        policy: preferred.policy.unwrap_or_else(|| DEFAULT.to_owned()),
        currency: preferred.currency.as_ref().map(code),
        zone: preferred.zone.unwrap_or_else(|| "UTC".to_owned()),
        currencies: now.ledgers.keys().map(code).collect(),
    })
}
