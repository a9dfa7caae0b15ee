//! Brings what lives on the test clocks of a sandbox.
//!
//! Lists leave it out, and nothing in them says so: only who asks clock by clock and customer by customer sees it. That is
//! done once in every walk; later on events tell of it like of everything else. Until it is done the copy is not whole.

use crate::error::EngineError;
use crate::sync::asker::{Asker, Brought, is_about_one_list, is_about_one_resource};
use crate::sync::ledger;
use coffer_domain::ids::CustomerId;
use coffer_domain::mode::Mode;
use coffer_domain::record::Kind;
use coffer_domain::sync::Slice;
use coffer_store::PageCommit;
use coffer_store::table::account;
use std::sync::Arc;

/// What asking the clocks came to.
pub(super) struct Clocked {
    /// Whether everything that lives on them is here.
    pub(super) whole: bool,
    /// Whether they were asked now.
    pub(super) asked: bool,
}

/// Asks the clocks for what lives on them, unless that was done in this walk.
pub(super) async fn walk<M: Mode>(asker: &Arc<Asker<M>>) -> Result<Clocked, EngineError> {
    let kinds = asker.provider.capabilities().on_clocks;
    let id = asker.account.clone();
    let row = asker
        .books
        .read(move |read| account::one(read.sql(), &id))
        .await?;
    let Some(row) = row.filter(|row| !kinds.is_empty() && row.clocks_walk < row.walk) else {
        return Ok(Clocked {
            whole: true,
            asked: false,
        });
    };
    let asked = match asker.provider.clocks().await {
        Ok(clocks) => of_clocks(asker, kinds, clocks, row.walk).await,
        Err(error) => Err(error.into()),
    };
    asker.note_usage();
    match asked {
        Ok(()) => {}
        // What is refused or cannot be read here keeps nothing else back.
        Err(EngineError::Provider(error))
            if is_about_one_resource(&error) || is_about_one_list(&error) =>
        {
            asker.warn(format!(
                "{} What lives on test clocks was left out.",
                EngineError::from(error)
            ));
            return Ok(Clocked {
                whole: false,
                asked: true,
            });
        }
        Err(error) => return Err(error),
    }
    let (id, walk) = (asker.account.clone(), row.walk);
    asker
        .write(Brought::default(), move |write| {
            account::set_clocks_walked(write, &id, walk)
        })
        .await?;
    Ok(Clocked {
        whole: true,
        asked: true,
    })
}

async fn of_clocks<M: Mode>(
    asker: &Arc<Asker<M>>,
    kinds: &[Kind],
    clocks: Vec<String>,
    walk: i64,
) -> Result<(), EngineError> {
    for clock in clocks {
        of_clock(asker, kinds, clock, walk).await?;
    }
    Ok(())
}

/// One clock's customers, and then what each of them has.
async fn of_clock<M: Mode>(
    asker: &Arc<Asker<M>>,
    kinds: &[Kind],
    clock: String,
    walk: i64,
) -> Result<(), EngineError> {
    let readable = asker.readable();
    if !readable.contains(&Kind::Customers) {
        return Ok(());
    }
    let customers = asker
        .all(Kind::Customers, &Slice::OnClock(clock), walk)
        .await?;
    let ids: Vec<String> = customers
        .iter()
        .flat_map(|page| &page.objects)
        .map(|object| object.record.id().to_owned())
        .collect();
    let mut owners = shown_owners(&customers);
    let mut commits = customers;
    for id in ids {
        let further = kinds.iter().filter(|kind| **kind != Kind::Customers);
        for kind in further.filter(|kind| readable.contains(kind)) {
            let own = asker.all(*kind, &Slice::Of(id.clone()), walk).await?;
            owners.extend(shown_owners(&own));
            commits.extend(own);
        }
    }
    owners.sort();
    owners.dedup();
    if readable.contains(&Kind::CustomerBalanceTransactions) {
        commits.extend(ledger::read(asker, owners, walk).await?.unwrap_or_default());
    }
    let brought = Brought {
        commits,
        gone: Vec::new(),
    };
    asker.write(brought, |_| Ok(())).await
}

/// Whose ledgers these pages show to hold something.
fn shown_owners(pages: &[PageCommit]) -> Vec<CustomerId> {
    let records = pages.iter().flat_map(|page| &page.objects);
    records
        .filter_map(|object| ledger::owner_shown(&object.record).cloned())
        .collect()
}
