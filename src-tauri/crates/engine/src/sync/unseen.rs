//! What a whole walk did not meet is asked for by its id before it is called gone.
//!
//! Lists leave things out: objects that were deleted, and once in a while something that was there. An object that answers to its id stays; one that does not is marked as deleted. Each is asked for, however many
//! there are: that the first hundred are gone says nothing about the next.

use crate::error::EngineError;
use crate::sync::asker::{Asker, Brought};
use coffer_domain::mode::Mode;
use coffer_domain::record::Kind;
use coffer_store::table::account;
use coffer_store::unseen as not_met;
use std::sync::Arc;

/// Objects of a kind asked for, and then marked, at once.
const SOME: usize = 300;

/// Settles what became of everything that a walk did not meet. It is done once every kind is.
pub(super) async fn settle<M: Mode>(asker: &Arc<Asker<M>>, walk: i64) -> Result<(), EngineError> {
    let mut all = true;
    // Before the first walk there was nothing that it could have missed.
    let kinds = if walk > 1 {
        asker.readable()
    } else {
        Vec::new()
    };
    for kind in kinds {
        // An entry of a ledger never goes away, and has no address of its own.
        if kind != Kind::CustomerBalanceTransactions {
            all &= settle_kind(asker, kind, walk).await?;
        }
    }
    if !all {
        return Ok(());
    }
    let account = asker.account.clone();
    asker
        .write(Brought::default(), move |write| {
            account::set_settled(write, &account, walk)
        })
        .await
}

/// Says whether everything of a kind could be asked for.
async fn settle_kind<M: Mode>(
    asker: &Arc<Asker<M>>,
    kind: Kind,
    walk: i64,
) -> Result<bool, EngineError> {
    loop {
        let own = asker.account.clone();
        let ids = asker
            .books
            .read(move |read| not_met(read.sql(), &own, kind, walk, SOME))
            .await?;
        if ids.is_empty() {
            return Ok(true);
        }
        let wanted: Vec<(Kind, String)> = ids.into_iter().map(|id| (kind, id)).collect();
        let looked = asker.look_up(wanted).await?;
        if looked.refused {
            return Ok(false);
        }
        asker.write(looked.brought(asker, walk), |_| Ok(())).await?;
    }
}
