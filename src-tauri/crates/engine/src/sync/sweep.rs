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
use std::hash::BuildHasher as _;
use std::sync::Arc;

/// How long a sweep stays good.
const EVERY: TimeDelta = TimeDelta::hours(24);
/// Movements of the balance become available some days after they were made, without a word.
const LATE: TimeDelta = TimeDelta::days(8);
/// Pages of one list.
const PAGES_MAX: usize = 100_000;
/// Lists short enough to be read whole.
const WHOLE: [Kind; 2] = [Kind::Coupons, Kind::PromotionCodes];
/// Unsettled objects of our copy that are looked through at a time.
const HELD_AT_ONCE: u32 = 5_000;
/// So many objects are proved one by one.
const LOOKED_AT_MAX: usize = 20_000;
/// A list longer than so many pages is left to its notices.
const WHOLE_PAGES_MAX: usize = 5;

/// Whether a sweep is due. One in the future was noted by a clock that ran ahead, and says nothing.
pub(super) fn is_due(last: Option<Instant>, now: Instant) -> bool {
    last.is_none_or(|at| at > now || now - at > EVERY)
}

/// What a sweep looked at.
#[derive(Default)]
pub(super) struct Swept {
    /// Objects that were met or asked for.
    pub(super) looked_at: Vec<(Kind, String)>,
    /// There were more than that: everything is to be held against everything.
    pub(super) too_many: bool,
    /// Whether all of it could be read.
    pub(super) whole: bool,
}

impl Swept {
    fn note(&mut self, kind: Kind, ids: impl IntoIterator<Item = String>) {
        if self.too_many {
            return;
        }
        self.looked_at.extend(ids.into_iter().map(|id| (kind, id)));
        if self.looked_at.len() > LOOKED_AT_MAX {
            self.too_many = true;
            self.looked_at = Vec::new();
        }
    }
}

/// Sweeps. `last` is the provider's clock when the copy was last brought up to date.
pub(super) async fn sweep<M: Mode>(
    asker: &Arc<Asker<M>>,
    last: Option<Instant>,
) -> Result<Swept, EngineError> {
    let readable = asker.readable();
    let can = asker.provider.capabilities();
    let mut swept = Swept {
        whole: true,
        ..Swept::default()
    };
    for kind in can.unsettled.iter().filter(|kind| readable.contains(kind)) {
        match list(asker, *kind, &Slice::Unsettled, PAGES_MAX, &mut swept).await? {
            Some(met) => held_and_not_met(asker, *kind, &met, &mut swept).await?,
            None => swept.whole = false,
        }
    }
    for kind in WHOLE.into_iter().filter(|kind| readable.contains(kind)) {
        let met = list(asker, kind, &Slice::WHOLE, WHOLE_PAGES_MAX, &mut swept).await?;
        swept.whole &= met.is_some();
    }
    if readable.contains(&Kind::BalanceTransactions) {
        let slice = Slice::Created {
            from: last.map(|at| at - LATE),
            to: None,
        };
        let kind = Kind::BalanceTransactions;
        let met = list(asker, kind, &slice, PAGES_MAX, &mut swept).await?;
        swept.whole &= met.is_some();
    }
    Ok(swept)
}

/// Asks for what our copy holds as unsettled and the list did not name.
async fn held_and_not_met<M: Mode>(
    asker: &Arc<Asker<M>>,
    kind: Kind,
    met: &Met,
    swept: &mut Swept,
) -> Result<(), EngineError> {
    let mut after: Option<String> = None;
    loop {
        let (own, from) = (asker.account.clone(), after.take());
        let held = asker
            .books
            .read(move |read| unsettled::ids(read.sql(), &own, kind, from.as_deref(), HELD_AT_ONCE))
            .await?;
        let Some(last) = held.last() else {
            return Ok(());
        };
        after = Some(last.clone());
        let settled: Vec<(Kind, String)> = held
            .into_iter()
            .filter(|id| !met.holds(id))
            .map(|id| (kind, id))
            .collect();
        if settled.is_empty() {
            continue;
        }
        swept.note(kind, settled.iter().map(|(_, id)| id.clone()));
        let looked = asker.look_up(settled).await?;
        swept.whole &= !looked.refused;
        asker.write(looked.brought(asker, 0), |_| Ok(())).await?;
    }
}

/// The ids that a list named, as numbers: of a million running subscriptions the names alone would fill the memory. Two ids
/// with one number would keep one object from being asked for once more, until the next sweep.
#[derive(Default)]
struct Met {
    hasher: std::hash::RandomState,
    ids: HashSet<u64>,
}

impl Met {
    fn note(&mut self, id: &str) {
        self.ids.insert(self.hasher.hash_one(id));
    }

    fn holds(&self, id: &str) -> bool {
        self.ids.contains(&self.hasher.hash_one(id))
    }
}

/// Reads a list page by page into the file; returns what it named, or `None` where the key may not read it.
async fn list<M: Mode>(
    asker: &Arc<Asker<M>>,
    kind: Kind,
    slice: &Slice,
    pages_max: usize,
    swept: &mut Swept,
) -> Result<Option<Met>, EngineError> {
    let mut met = Met::default();
    let mut after: Option<String> = None;
    for _ in 0..pages_max {
        let (page, asked) = match asker.page(kind, slice, after.as_deref()).await {
            Ok(page) => page,
            Err(error) if is_about_one_resource(&error) => {
                asker.refuse(kind, error);
                return Ok(None);
            }
            Err(error) => return Err(error.into()),
        };
        for object in &page.objects {
            met.note(&object.id);
        }
        swept.note(kind, page.objects.iter().map(|object| object.id.clone()));
        let brought = Brought {
            gone: page.deleted.into_iter().map(|id| (kind, id)).collect(),
            commits: vec![asker.commit_of(kind, page.objects, asked, 0)],
        };
        asker.write(brought, |_| Ok(())).await?;
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    Ok(Some(met))
}
