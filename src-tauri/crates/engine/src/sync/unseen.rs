//! What a whole walk did not meet is asked for by its id before it is called gone.
//!
//! Lists leave things out: customers of a test clock, objects that were deleted, and once in a while something that was
//! there. An object that answers to its id stays; one that does not is marked as deleted. When the first few hundred of a
//! kind are all gone, the rest is taken to be gone too: a sandbox was cleared, and a list that was walked without a gap
//! has said so already.

use crate::error::EngineError;
use crate::sync::asker::{Asker, Brought};
use coffer_domain::mode::Mode;
use coffer_domain::record::Kind;
use coffer_store::table::account;
use coffer_store::unseen as not_met;
use std::sync::Arc;

/// Objects of a kind asked for at once.
const SOME: usize = 300;
/// Objects marked in one transaction.
const MANY: usize = 5_000;

/// Settles what became of everything that a walk did not meet.
pub(super) async fn settle<M: Mode>(asker: &Arc<Asker<M>>, walk: i64) -> Result<(), EngineError> {
    for kind in asker.readable() {
        // An entry of a ledger never goes away, and has no address of its own.
        if kind != Kind::CustomerBalanceTransactions {
            settle_kind(asker, kind, walk).await?;
        }
    }
    let account = asker.account.clone();
    asker
        .write(Brought::default(), move |write| {
            account::set_settled(write, &account, walk)
        })
        .await
}

async fn settle_kind<M: Mode>(
    asker: &Arc<Asker<M>>,
    kind: Kind,
    walk: i64,
) -> Result<(), EngineError> {
    let mut all_gone = false;
    loop {
        let limit = if all_gone { MANY } else { SOME };
        let own = asker.account.clone();
        let ids = asker
            .books
            .read(move |read| not_met(read.sql(), &own, kind, walk, limit))
            .await?;
        if ids.is_empty() {
            return Ok(());
        }
        let full = ids.len() == limit;
        let wanted: Vec<(Kind, String)> = ids.into_iter().map(|id| (kind, id)).collect();
        let brought = if all_gone {
            Brought {
                gone: wanted,
                ..Brought::default()
            }
        } else {
            let looked = asker.look_up(wanted).await?;
            if looked.refused {
                return Ok(());
            }
            all_gone = full && looked.here.is_empty();
            looked.brought(asker, walk)
        };
        asker.write(brought, |_| Ok(())).await?;
    }
}
