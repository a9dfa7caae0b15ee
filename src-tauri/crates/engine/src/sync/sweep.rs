//! Looks once a day at what changes without a notice.
//!
//! Time itself changes objects (a coupon that can no longer be redeemed, a bill that is overdue), the balance moves by
//! payouts and fees, and some edits are never told. What can still change is read as the provider's lists of unsettled
//! objects show it; what our copy holds as unsettled and those lists do not name is asked for by id; and the balance is
//! read from where the last sweep ended.

use crate::error::EngineError;
use crate::sync::asker::{Asker, Brought, is_about_one_resource};
use chrono::TimeDelta;
use coffer_domain::Instant;
use coffer_domain::mode::Mode;
use coffer_domain::record::Kind;
use coffer_domain::sync::Slice;
use coffer_store::query::unsettled;
use std::collections::HashSet;
use std::sync::Arc;

/// How long a sweep stays good.
pub(super) const EVERY: TimeDelta = TimeDelta::hours(24);
/// Movements of the balance become available some days after they were made, without a word.
const LATE: TimeDelta = TimeDelta::days(8);
/// Pages of one list.
const PAGES_MAX: usize = 100_000;
/// Lists short enough to be read whole.
const WHOLE: [Kind; 2] = [Kind::Coupons, Kind::PromotionCodes];
/// A list longer than so many pages is left to its notices.
const WHOLE_PAGES_MAX: usize = 5;

/// Sweeps; returns what was looked at. `last` is the provider's clock when the copy was last brought up to date.
pub(super) async fn sweep<M: Mode>(
    asker: &Arc<Asker<M>>,
    last: Option<Instant>,
) -> Result<Vec<(Kind, String)>, EngineError> {
    let readable = asker.readable();
    let can = asker.provider.capabilities();
    let mut looked_at = Vec::new();
    for kind in can.unsettled.iter().filter(|kind| readable.contains(kind)) {
        let met = list(asker, *kind, &Slice::Unsettled, PAGES_MAX).await?;
        let own = asker.account.clone();
        let kind = *kind;
        let held = asker
            .books
            .read(move |read| unsettled::ids(read.sql(), &own, kind))
            .await?;
        let settled: Vec<(Kind, String)> = held
            .into_iter()
            .filter(|id| !met.contains(id))
            .map(|id| (kind, id))
            .collect();
        looked_at.extend(settled.iter().cloned());
        looked_at.extend(met.into_iter().map(|id| (kind, id)));
        let looked = asker.look_up(settled).await?;
        asker.write(looked.brought(asker, 0), |_| Ok(())).await?;
    }
    for kind in WHOLE.into_iter().filter(|kind| readable.contains(kind)) {
        let met = list(asker, kind, &Slice::WHOLE, WHOLE_PAGES_MAX).await?;
        looked_at.extend(met.into_iter().map(|id| (kind, id)));
    }
    if readable.contains(&Kind::BalanceTransactions) {
        let slice = Slice::Created {
            from: last.map(|at| at - LATE),
            to: None,
        };
        let met = list(asker, Kind::BalanceTransactions, &slice, PAGES_MAX).await?;
        looked_at.extend(met.into_iter().map(|id| (Kind::BalanceTransactions, id)));
    }
    Ok(looked_at)
}

/// Reads a list page by page into the file; returns the ids it named.
async fn list<M: Mode>(
    asker: &Arc<Asker<M>>,
    kind: Kind,
    slice: &Slice,
    pages_max: usize,
) -> Result<HashSet<String>, EngineError> {
    let mut met = HashSet::new();
    let mut after: Option<String> = None;
    for _ in 0..pages_max {
        let (page, asked) = match asker.page(kind, slice, after.as_deref()).await {
            Ok(page) => page,
            Err(error) if is_about_one_resource(&error) => {
                asker.refuse(kind, error);
                break;
            }
            Err(error) => return Err(error.into()),
        };
        met.extend(page.objects.iter().map(|object| object.id.clone()));
        let brought = Brought {
            commits: vec![asker.commit_of(kind, page.objects, asked, 0)],
            gone: Vec::new(),
        };
        asker.write(brought, |_| Ok(())).await?;
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    Ok(met)
}
