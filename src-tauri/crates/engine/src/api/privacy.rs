//! The facts behind "it never leaves your laptop": where the data lies, how it is encrypted, and whom this program asked.

use crate::api::handle::out;
use crate::api::types::{ApiErrorView, ModeView, StateRequest};
use crate::books::{Books, blocking};
use crate::desk::Desk;
use crate::error::EngineError;
use crate::view::money::instant;
use crate::with_books;
use coffer_domain::mode::{Mode, ModeName};
use coffer_providers::{ApiBase, ProviderName};
use coffer_store::table::contact::{self, Contact};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use ts_rs::TS;

/// Where the data lies and whom this program asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Privacy {
    /// The folder.
    pub home: String,
    /// The files with data of a merchant's.
    pub files: Vec<DataFile>,
    /// Every host ever contacted, since this program keeps count.
    pub contacts: Vec<ContactView>,
}

/// A file with data of a merchant's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct DataFile {
    /// Its mode.
    pub mode: ModeView,
    /// Its name in the folder.
    pub name: String,
    /// Its size in bytes, with what is not yet merged into it.
    pub bytes: u64,
    /// What it is encrypted with.
    pub encryption: String,
}

/// A host that was contacted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ContactView {
    /// From which mode.
    pub mode: ModeView,
    /// The host; with the address where it is this machine.
    pub host: String,
    /// Requests sent.
    pub requests: u64,
    /// The first, RFC 3339.
    pub first_at: String,
    /// The latest, RFC 3339.
    pub last_at: String,
}

/// Answers `privacy`.
///
/// # Errors
/// When a mode's file cannot be read.
pub async fn privacy(desk: &Arc<Desk>, _: StateRequest) -> Result<Privacy, ApiErrorView> {
    out(async {
        let home = desk.room().await.home.path().display().to_string();
        let mut facts = Privacy {
            home,
            files: Vec::new(),
            contacts: Vec::new(),
        };
        for mode in [ModeName::Live, ModeName::Test] {
            if let Some(any) = desk.books(mode).await? {
                let (file, contacts) =
                    with_books!(any, books => blocking(move || of_mode(&books)).await)?;
                facts.files.push(file);
                facts.contacts.extend(contacts);
            }
        }
        Ok(facts)
    }
    .await)
}

fn of_mode<M: Mode>(books: &Books<M>) -> Result<(DataFile, Vec<ContactView>), EngineError> {
    let path = coffer_store::Store::<M>::path_in(books.home.path());
    let contacts = books.store.read(|read| contact::all(read.sql()))?;
    let name = path
        .file_name()
        .map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    // The file beside it holds what was written last.
    let sizes = ["", "-wal"].map(|end| {
        let mut whole = path.clone().into_os_string();
        whole.push(end);
        std::fs::metadata(whole).map_or(0, |it| it.len())
    });
    let file = DataFile {
        mode: M::NAME.into(),
        name,
        bytes: sizes.iter().sum(),
        encryption: "SQLCipher: AES-256 in CBC mode, each page with an HMAC-SHA512 of its own"
            .to_owned(),
    };
    Ok((file, contacts.into_iter().map(view::<M>).collect()))
}

fn view<M: Mode>(it: Contact) -> ContactView {
    let host = match ProviderName::parse(&it.address) {
        Some(provider) => ApiBase::official(provider).host().to_owned(),
        None => it.address,
    };
    ContactView {
        mode: M::NAME.into(),
        host,
        requests: it.requests,
        first_at: instant(it.first_at),
        last_at: instant(it.last_at),
    }
}
