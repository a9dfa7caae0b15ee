//! Reads the customers' credit ledgers, which are listed for one customer at a time.
//!
//! Asking for every customer would cost a request each, most of them for nothing. A ledger is read where the copy shows
//! that it may hold something: the customer has a balance, a bill began or ended with one, or a credit note was credited; most are read as soon as a list shows that.
//! Entries that cancelled each other out and never met a bill leave no such trace and are not found. The walk goes through
//! the customers in order of their ids and notes the last one, so that it goes on there.

use crate::error::EngineError;
use crate::sync::asker::{Asker, Brought, internal, is_about_one_resource};
use coffer_domain::ids::CustomerId;
use coffer_domain::mode::Mode;
use coffer_domain::record::{Kind, Record};
use coffer_domain::sync::{Slice, Stretch};
use coffer_providers::ProviderError;
use coffer_store::{PageCommit, query::ledger, table::stretch};
use std::collections::HashSet;
use std::sync::Arc;
use tokio::task::JoinSet;

/// Customers whose ledgers are read before where the walk stands is noted.
const AT_ONCE: usize = 32;
/// Ledgers asked for at the same time.
const UNDER_WAY: usize = 8;

const KIND: Kind = Kind::CustomerBalanceTransactions;

/// Whose ledger an object shows to hold something.
pub(super) fn owner_shown(record: &Record) -> Option<&CustomerId> {
    match record {
        Record::Customer(it) => (it.balance != 0).then_some(&it.id),
        Record::Invoice(it) => it.customer.as_ref().filter(|_| it.touches_ledger),
        Record::CreditNote(it) => it.customer.as_ref().filter(|_| it.credit_entry.is_some()),
        _ => None,
    }
}

/// Whose ledgers were written to, as far as what was brought shows it: who has another balance than the copy holds, and whose
/// bill or credit note met a balance. A balance alone does not tell: what is credited and spent between two readings
/// leaves it as it was.
pub(super) async fn owners_changed<M: Mode>(
    asker: &Arc<Asker<M>>,
    commits: &[PageCommit],
) -> Result<Vec<CustomerId>, EngineError> {
    if !asker.readable().contains(&KIND) {
        return Ok(Vec::new());
    }
    let mut owners: HashSet<CustomerId> = HashSet::new();
    let mut balances: Vec<(CustomerId, i64)> = Vec::new();
    for record in commits
        .iter()
        .flat_map(|it| &it.objects)
        .map(|it| &it.record)
    {
        match record {
            Record::Customer(it) => balances.push((it.id.clone(), it.balance)),
            other => owners.extend(owner_shown(other).cloned()),
        }
    }
    if !balances.is_empty() {
        let own = asker.account.clone();
        let moved = asker
            .books
            .read(move |read| ledger::with_another_balance(read.sql(), &own, &balances))
            .await?;
        owners.extend(moved);
    }
    let mut owners: Vec<CustomerId> = owners.into_iter().collect();
    owners.sort();
    Ok(owners)
}

/// Reads every ledger that may hold anything and was not read `already`, from where the stretch stands.
pub(super) async fn walk<M: Mode>(
    asker: &Arc<Asker<M>>,
    from: Stretch,
    walk: i64,
    already: &HashSet<CustomerId>,
) -> Result<(), EngineError> {
    let mut at = from;
    while !at.done {
        let (own, after) = (asker.account.clone(), at.after.clone());
        let owners = asker
            .books
            .read(move |read| ledger::owners(read.sql(), &own, after.as_deref(), AT_ONCE))
            .await?;
        at.done = owners.is_empty();
        at.after = owners
            .last()
            .map(ToString::to_string)
            .or_else(|| at.after.take());
        let left = owners
            .into_iter()
            .filter(|owner| !already.contains(owner))
            .collect();
        let Some(commits) = read(asker, left, walk).await? else {
            return Ok(());
        };
        write(asker, commits, Some(at.clone())).await?;
    }
    asker.books.board.update(asker.account.as_str(), |run| {
        if let Some(resource) = run.resource(KIND) {
            resource.done = true;
        }
    });
    Ok(())
}

/// Reads some ledgers again; `walk` 0 where no walk is on its way.
pub(super) async fn again<M: Mode>(
    asker: &Arc<Asker<M>>,
    owners: Vec<CustomerId>,
) -> Result<(), EngineError> {
    match read(asker, owners, 0).await? {
        Some(commits) => write(asker, commits, None).await,
        None => Ok(()),
    }
}

/// Asks for ledgers, a few at a time; `None` when the key may not.
pub(super) async fn read<M: Mode>(
    asker: &Arc<Asker<M>>,
    owners: Vec<CustomerId>,
    walk: i64,
) -> Result<Option<Vec<PageCommit>>, EngineError> {
    let mut commits = Vec::new();
    let mut waiting = owners.into_iter();
    let mut running = JoinSet::new();
    loop {
        while running.len() < UNDER_WAY
            && let Some(owner) = waiting.next()
        {
            let own = Arc::clone(asker);
            running.spawn(async move { one(&own, &owner, walk).await });
        }
        let Some(done) = running.join_next().await else {
            return Ok(Some(commits));
        };
        match done.map_err(internal)? {
            Ok(found) => commits.extend(found),
            Err(error) if is_about_one_resource(&error) => {
                asker.refuse(KIND, error);
                return Ok(None);
            }
            Err(error) => return Err(error.into()),
        }
    }
}

/// One customer's ledger.
pub(super) async fn one<M: Mode>(
    asker: &Arc<Asker<M>>,
    owner: &CustomerId,
    walk: i64,
) -> Result<Vec<PageCommit>, ProviderError> {
    asker.all(KIND, &Slice::Of(owner.to_string()), walk).await
}

async fn write<M: Mode>(
    asker: &Arc<Asker<M>>,
    commits: Vec<PageCommit>,
    at: Option<Stretch>,
) -> Result<(), EngineError> {
    let account = asker.account.clone();
    let brought = Brought {
        commits,
        gone: Vec::new(),
    };
    asker
        .write(brought, move |write| match &at {
            Some(at) => stretch::put(write, &account, at),
            None => Ok(()),
        })
        .await
}
