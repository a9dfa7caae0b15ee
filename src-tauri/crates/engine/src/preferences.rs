//! By which rules, in whose days and in which currency figures are told where a question does not say.
//!
//! They hold for whoever looks at the window, the tray or the page; the command line says what it means with every call and
//! is not moved by them. What was set for one mode is what a user expects of the other one, so both modes' files are told.

use crate::books::Books;
use crate::desk::Desk;
use crate::error::EngineError;
use crate::figures::View;
use crate::home::Home;
use crate::{policies, with_books};
use chrono_tz::Tz;
use coffer_domain::currency::Currency;
use coffer_domain::metric::policy::{DEFAULT, Policy};
use coffer_domain::mode::{Mode, ModeName};
use coffer_store::Write;
use coffer_store::table::setting;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

const NAME: &str = "preferences";

/// What somebody prefers; what is not set is as it is for everybody.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preferences {
    /// A policy's id; the default policy where it is not set.
    #[serde(default)]
    pub policy: Option<String>,
    /// The currency that stands first; the account's own where it is not set.
    #[serde(default)]
    pub currency: Option<Currency>,
    /// The zone whose days and months are told, by its name; UTC where it is not set.
    #[serde(default)]
    pub zone: Option<String>,
}

impl Preferences {
    /// From what a person chose; what is empty or left out is as it is for everybody.
    ///
    /// # Errors
    /// When there is no such policy, currency or zone.
    pub fn chosen(
        home: &Home,
        policy: Option<&str>,
        currency: Option<&str>,
        zone: Option<&str>,
    ) -> Result<Self, EngineError> {
        let said = |text: Option<&str>| {
            let text = text.map(str::trim).filter(|text| !text.is_empty());
            text.map(ToOwned::to_owned)
        };
        let chosen = Self {
            policy: said(policy).filter(|id| id != DEFAULT),
            currency: said(currency)
                .map(|code| Currency::parse(&code))
                .transpose()
                .map_err(|error| EngineError::Usage(error.to_string()))?,
            zone: said(zone).filter(|name| name != Tz::UTC.name()),
        };
        chosen.policy(home)?;
        chosen.zone()?;
        Ok(chosen)
    }

    /// The policy that is meant.
    ///
    /// # Errors
    /// When it is not known any more.
    pub fn policy(&self, home: &Home) -> Result<Policy, EngineError> {
        match &self.policy {
            Some(id) => policies::known(home, id),
            None => Ok(Policy::coffer_1()),
        }
    }

    /// The zone that is meant.
    ///
    /// # Errors
    /// When there is no zone of that name.
    pub fn zone(&self) -> Result<Tz, EngineError> {
        match &self.zone {
            Some(name) => name.parse().map_err(|_| {
                EngineError::Usage(format!(
                    "There is no time zone `{name}`; zones are written like `Europe/Berlin`."
                ))
            }),
            None => Ok(Tz::UTC),
        }
    }
}

/// What is preferred in this mode. Blocks.
///
/// # Errors
/// The file's.
pub fn read<M: Mode>(books: &Books<M>) -> Result<Preferences, EngineError> {
    Ok(stored(books)?.unwrap_or_default())
}

fn stored<M: Mode>(books: &Books<M>) -> Result<Option<Preferences>, EngineError> {
    Ok(books.store.read(|read| setting::get(read.sql(), NAME))?)
}

/// All accounts, as is preferred. Blocks.
///
/// # Errors
/// When the policy is not known any more, or the file's.
pub fn view<M: Mode>(books: &Books<M>) -> Result<View, EngineError> {
    let preferred = read(books)?;
    Ok(View {
        account: None,
        policy: preferred.policy(&books.home)?,
        zone: preferred.zone()?,
        currency: preferred.currency,
    })
}

/// Keeps what is preferred in the file of each mode that has one.
///
/// # Errors
/// The files'.
pub async fn set(desk: &Desk, preferred: &Preferences) -> Result<(), EngineError> {
    for mode in [ModeName::Live, ModeName::Test] {
        if let Some(any) = desk.books(mode).await? {
            with_books!(any, books => keep(&books, preferred.clone()).await)?;
        }
    }
    Ok(())
}

/// Gives a mode that is new what is preferred in the other one.
///
/// # Errors
/// The files'.
pub async fn carry_over(desk: &Desk, mode: ModeName) -> Result<(), EngineError> {
    let other = match mode {
        ModeName::Live => ModeName::Test,
        ModeName::Test => ModeName::Live,
    };
    let (Some(new), Some(known)) = (desk.books(mode).await?, desk.books(other).await?) else {
        return Ok(());
    };
    let Some(preferred) = with_books!(known, books => {
        books.read(|read| setting::get(read.sql(), NAME)).await
    })?
    else {
        return Ok(());
    };
    with_books!(new, books => {
        let own: Option<Preferences> = books.read(|read| setting::get(read.sql(), NAME)).await?;
        match own {
            Some(_) => Ok(()),
            None => keep(&books, preferred).await,
        }
    })
}

async fn keep<M: Mode>(books: &Arc<Books<M>>, preferred: Preferences) -> Result<(), EngineError> {
    books
        .write(move |write: &mut Write<'_>| {
            setting::set(write, NAME, &preferred)?;
            // Every figure is told by them.
            write.touch("metrics");
            Ok(())
        })
        .await
}
