//! Holds the copy against itself, and asks again where it does not agree.
//!
//! First every reference must lead somewhere: what it names is asked for by id, and what the provider does not have is
//! listed as gone. Then what belongs together must add up: refunds to what was refunded of a payment, payments to what was
//! paid of an invoice, lines to its subtotal, a ledger to its customer's balance. What does not is fetched once more, and
//! what still does not is written down with its ids: then the copy is not called complete. After a walk everything is
//! held against everything, after changes only what they touched.

use crate::error::EngineError;
use crate::sync::asker::{Asker, Brought, LookedUp, commits, is_about_one_list};
use crate::sync::ledger;
use coffer_domain::ids::CustomerId;
use coffer_domain::mode::Mode;
use coffer_domain::record::Kind;
use coffer_domain::sync::Slice;
use coffer_store::PageCommit;
use coffer_store::proof::{self, Mismatch, Rule};
use coffer_store::table::{gone, mismatch};
use std::collections::BTreeSet;
use std::sync::Arc;

/// References followed at once.
const FOLLOWED: usize = 2_000;
/// Rounds of following references; each brings objects that may refer to others.
const ROUNDS: usize = 1_000;
/// Disagreements that are fetched again at a time.
const AT_ONCE: usize = 300;

/// How much is held against itself.
#[derive(Debug, Clone)]
pub(super) enum Scope {
    /// All of the account.
    Whole,
    /// What these objects belong to.
    Around(Vec<(Kind, String)>),
}

impl Scope {
    fn touched(&self) -> Option<&[(Kind, String)]> {
        match self {
            Self::Whole => None,
            Self::Around(touched) => Some(touched),
        }
    }
}

/// Whether everything leads somewhere and adds up. What does not is on the board and in the file.
///
/// What is `known` not to add up was fetched again when that was found out; it is only held against itself.
pub(super) async fn prove<M: Mode>(
    asker: &Arc<Asker<M>>,
    mut scope: Scope,
    known: &[Mismatch],
) -> Result<bool, EngineError> {
    let followed = follow(asker, &mut scope).await?;
    let mut found = held(asker, &scope).await?;
    let new: Vec<Mismatch> = found
        .iter()
        .filter(|it| !known.contains(it))
        .cloned()
        .collect();
    if !new.is_empty() {
        let around = fetch_again(asker, &new).await?;
        let mut again = Scope::Around(around.clone());
        follow(asker, &mut again).await?;
        let still = held(asker, &again).await?;
        // What was fetched again is judged by what came, everything else as before.
        found.retain(|it| !around.contains(&(it.kind, it.id.clone())));
        found.extend(still);
    }
    let account = asker.account.clone();
    let left = asker
        .books
        .write(move |write| {
            mismatch::replace(write, &account, scope.touched(), &found)?;
            mismatch::of_account(write.sql(), &account)
        })
        .await?;
    asker.books.board.update(asker.account.as_str(), |run| {
        run.mismatches.clone_from(&left);
    });
    Ok(followed && left.is_empty())
}

/// Follows every reference to its end; says whether all of them could be. What is fetched on the way is added to a scope of
/// single objects.
async fn follow<M: Mode>(asker: &Arc<Asker<M>>, scope: &mut Scope) -> Result<bool, EngineError> {
    // After a round that found all there was, only what it fetched can lead farther.
    let mut next = scope.clone();
    for _ in 0..ROUNDS {
        let readable = asker.readable();
        let (own, around) = (asker.account.clone(), next.touched().map(<[_]>::to_vec));
        let open = asker
            .books
            .read(move |read| {
                proof::unresolved(read.sql(), &own, &readable, around.as_deref(), FOLLOWED)
            })
            .await?;
        let told_all = open.len() < FOLLOWED;
        let wanted: BTreeSet<(Kind, String)> =
            open.into_iter().map(|it| (it.kind, it.id)).collect();
        if wanted.is_empty() {
            return Ok(true);
        }
        if let Scope::Around(touched) = scope {
            touched.extend(wanted.iter().cloned());
        }
        if told_all {
            next = Scope::Around(wanted.iter().cloned().collect());
        }
        let looked = asker.look_up(wanted.into_iter().collect()).await?;
        let refused = looked.refused;
        list(asker, looked).await?;
        if refused {
            return Ok(false);
        }
    }
    asker.warn("Some references lead on without an end.".to_owned());
    Ok(false)
}

/// Asks for the customers that are referred to and were in no list, as far as is known while other lists are still walked: a
/// provider keeps what deleted customers left behind, and asking for each of them at the end would take its time.
pub(super) async fn follow_customers<M: Mode>(asker: &Arc<Asker<M>>) -> Result<(), EngineError> {
    let own = asker.account.clone();
    let open = asker
        .books
        .read(move |read| proof::unresolved(read.sql(), &own, &[Kind::Customers], None, FOLLOWED))
        .await?;
    let wanted: BTreeSet<(Kind, String)> = open.into_iter().map(|it| (it.kind, it.id)).collect();
    let looked = asker.look_up(wanted.into_iter().collect()).await?;
    list(asker, looked).await
}

/// Keeps what was found, and lists what is referred to and gone.
async fn list<M: Mode>(asker: &Arc<Asker<M>>, looked: LookedUp) -> Result<(), EngineError> {
    let (account, now) = (asker.account.clone(), asker.now());
    let brought = Brought {
        commits: commits(asker, looked.here, 0),
        gone: Vec::new(),
    };
    asker
        .write(brought, move |write| {
            for (kind, id, how) in looked.gone {
                gone::put(write, &account, kind, &id, how.as_str(), now)?;
            }
            Ok(())
        })
        .await
}

async fn held<M: Mode>(asker: &Arc<Asker<M>>, scope: &Scope) -> Result<Vec<Mismatch>, EngineError> {
    let readable = asker.readable();
    let (account, scope) = (asker.account.clone(), scope.clone());
    asker
        .books
        .read(move |read| match scope.touched() {
            None => proof::whole(read.sql(), &account, &readable),
            Some(touched) => proof::around(read.sql(), &account, &readable, touched),
        })
        .await
}

/// Fetches what does not agree once more, with what belongs to it; returns what was fetched.
async fn fetch_again<M: Mode>(
    asker: &Arc<Asker<M>>,
    found: &[Mismatch],
) -> Result<Vec<(Kind, String)>, EngineError> {
    let mut all = Vec::new();
    for some in found.chunks(AT_ONCE) {
        all.extend(fetch_some_again(asker, some).await?);
    }
    Ok(all)
}

async fn fetch_some_again<M: Mode>(
    asker: &Arc<Asker<M>>,
    found: &[Mismatch],
) -> Result<BTreeSet<(Kind, String)>, EngineError> {
    let some: BTreeSet<(Kind, String)> = found.iter().map(|it| (it.kind, it.id.clone())).collect();
    let looked = asker.look_up(some.iter().cloned().collect()).await?;
    let mut brought = looked.brought(asker, 0);
    let mut ledgers = Vec::new();
    for it in found {
        match it.rule {
            Rule::Refunds => {
                let parts = of_one(asker, Kind::Refunds, it).await?;
                brought.commits.extend(parts);
            }
            Rule::InvoicePayments => {
                let parts = of_one(asker, Kind::InvoicePayments, it).await?;
                brought.commits.extend(parts);
            }
            Rule::Ledger => ledgers.push(CustomerId::new(it.id.clone())),
            Rule::Lines => {}
        }
    }
    asker.write(brought, |_| Ok(())).await?;
    ledger::again(asker, ledgers).await?;
    Ok(some)
}

/// Everything of a kind that belongs to one object, where the provider lists that.
async fn of_one<M: Mode>(
    asker: &Arc<Asker<M>>,
    kind: Kind,
    owner: &Mismatch,
) -> Result<Vec<PageCommit>, EngineError> {
    let listed = asker.provider.capabilities().of_one;
    if !listed.contains(&(kind, owner.kind)) {
        return Ok(Vec::new());
    }
    match asker.all(kind, &Slice::Of(owner.id.clone()), 0).await {
        Ok(commits) => Ok(commits),
        // It stays a mismatch, which says all there is to say.
        Err(error) if is_about_one_list(&error) => {
            asker.set_aside(kind, error);
            Ok(Vec::new())
        }
        Err(error) => Err(error.into()),
    }
}
