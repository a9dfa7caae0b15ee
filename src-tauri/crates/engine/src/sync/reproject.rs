//! Makes the typed tables anew from the JSON that is kept, without the network.
//!
//! It happens by itself when a newer version reads more out of an object than the one that stored it, and on request. The
//! JSON is not touched; an object that this version cannot read keeps the row it had and is named in a warning.

use crate::books::{Books, blocking};
use crate::error::EngineError;
use coffer_domain::ids::AccountId;
use coffer_domain::mode::Mode;
use coffer_domain::record::Kind;
use coffer_providers::{ProviderName, reread};
use coffer_store::query::object::raw_page;
use coffer_store::reproject as put_anew;
use coffer_store::table::account;
use coffer_store::table::meta::{self, PROJECTION};
use std::sync::Arc;

/// Objects read and written at a time.
const AT_ONCE: usize = 500;
/// Objects named in the warning.
const NAMED: usize = 5;

/// What making the tables anew came to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reprojected {
    /// Objects read.
    pub objects: u64,
    /// Objects that could not be read, each with why.
    pub unreadable: Vec<String>,
}

/// Whether the tables are older than what this version reads.
pub(super) async fn is_due<M: Mode>(books: &Arc<Books<M>>) -> Result<bool, EngineError> {
    Ok(books.read(|read| meta::projection(read.sql())).await? < PROJECTION)
}

/// Makes the tables of every account anew, while no sync runs.
///
/// # Errors
/// When a sync is running, or the file's.
pub async fn reproject_all<M: Mode>(books: &Arc<Books<M>>) -> Result<Reprojected, EngineError> {
    let Some(_only_one) = books.home.try_lock(&format!("sync-{}", M::NAME))? else {
        return Err(EngineError::SyncRunning(M::NAME));
    };
    reproject(books).await
}

/// Makes the tables of every account anew.
pub(super) async fn reproject<M: Mode>(books: &Arc<Books<M>>) -> Result<Reprojected, EngineError> {
    let mut done = Reprojected::default();
    for row in books.read(|read| account::all(read.sql())).await? {
        let Some(provider) = ProviderName::parse(&row.provider) else {
            continue;
        };
        one(books, provider, &row.id, &mut done).await?;
    }
    let own = Arc::clone(books);
    blocking(move || own.derive_all()).await?;
    books
        .write(|write| meta::set_projection(write, PROJECTION))
        .await?;
    Ok(done)
}

async fn one<M: Mode>(
    books: &Arc<Books<M>>,
    provider: ProviderName,
    account: &AccountId,
    done: &mut Reprojected,
) -> Result<(), EngineError> {
    let mut after: Option<(Kind, String)> = None;
    loop {
        let (own, from) = (account.clone(), after.clone());
        let rows = books
            .read(move |read| raw_page(read.sql(), &own, from.as_ref(), AT_ONCE))
            .await?;
        let Some(last) = rows.last() else {
            return Ok(());
        };
        after = Some((last.kind, last.id.clone()));
        let mut records = Vec::with_capacity(rows.len());
        for row in rows {
            match reread(provider, row.kind, &row.json) {
                Ok((record, also)) => {
                    done.objects += 1;
                    records.push((row.kind, record, also, row.deleted));
                }
                Err(why) => {
                    if done.unreadable.len() < NAMED {
                        done.unreadable
                            .push(format!("{} {}: {why}", row.kind.as_str(), row.id));
                    }
                }
            }
        }
        let (own, now) = (account.clone(), books.clock.now());
        books
            .write(move |write| put_anew(write, &own, &records, now))
            .await?;
    }
}
