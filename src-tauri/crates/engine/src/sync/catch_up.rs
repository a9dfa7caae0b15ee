//! Reads what changed and brings the latest state of everything touched, each object once.
//!
//! A notice only says that something happened. The object is asked for again, unless the copy was fetched after the notice
//! already, or the notice itself shows the object whole, in the version we read, as its one and latest state, and objects
//! of its kind do not change without a notice. Many of a kind are read as a part of their list where that takes fewer
//! questions: what is new to the copy was made since, and what was touched together often lies together. All of it
//! becomes one transaction together with the notices that were handled: the copy is as of before or as of after, never
//! between, and a notice is never handled twice or lost.

use crate::error::EngineError;
use crate::sync::asker::{Asker, Brought, is_about_one_resource};
use crate::sync::ledger;
use chrono::TimeDelta;
use coffer_domain::Instant;
use coffer_domain::mode::Mode;
use coffer_domain::record::Kind;
use coffer_domain::sync::{CHANGES_OVERLAP, CHANGES_REACH, Digest, Notice, Slice, Touched, digest};
use coffer_providers::{Fetched, ProviderError};
use coffer_store::{query::object, query::window, table::notice};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// More changed objects than this are not asked for one by one: the lists are walked again.
const TOUCHED_MAX: usize = 5_000;
/// Objects brought in one transaction after a walk, when the copy is not whole yet.
const AT_ONCE: usize = 500;
/// Objects shown by notices that are kept while the rest is read.
const SHOWN_MAX: usize = 1_000;
/// Pages of notices in one reading.
const PAGES_MAX: usize = 5_000;
/// A provider's servers may disagree for so long about what is there.
const LAG: TimeDelta = TimeDelta::seconds(5);
/// So many new objects of a kind are asked for one by one; more, by when they were made.
const NEW_APART: usize = 3;
/// So many known objects of a kind are asked for one by one; for more it is worked out what is cheaper.
const KNOWN_APART: usize = 20;
/// Objects on a page of a list.
const ON_A_PAGE: u64 = 100;

/// What reading the changes leaves behind.
pub(super) struct Told {
    /// Whether the provider told all; it does not when the key may not read events.
    pub(super) told: bool,
    /// Whether something that was told could not be read for want of a permission: it must be told again.
    pub(super) refused: bool,
    /// The provider's clock when it had told: everything up to here is in the copy.
    pub(super) as_of: Instant,
    /// Why the lists must be walked again; nothing was brought then.
    pub(super) gap: Option<Why>,
    /// The objects that were brought or are gone.
    pub(super) touched: Vec<(Kind, String)>,
}

/// Why reading the changes is not enough.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Why {
    /// More time has passed than the provider remembers.
    Forgotten,
    /// More has changed than is sensible to ask for one by one.
    TooMuch,
}

/// Notices as they were read.
#[derive(Default)]
struct Heard {
    notices: Vec<Notice>,
    shown: HashMap<String, Fetched>,
}

/// Reads the changes since an instant. After a walk everything is read however much it is.
pub(super) async fn catch_up<M: Mode>(
    asker: &Arc<Asker<M>>,
    since: Instant,
    walked: bool,
) -> Result<Told, EngineError> {
    let silent = |told: bool, as_of: Instant| Told {
        told,
        refused: false,
        as_of,
        gap: None,
        touched: Vec::new(),
    };
    if !asker.provider.capabilities().has_changes {
        return Ok(silent(false, asker.now()));
    }
    let (heard, as_of) = match listen(asker, since, walked).await {
        Ok(heard) => heard,
        Err(error) if is_about_one_resource(&error) => {
            asker.warn(
                "The key may not read events, so later changes are not noticed; tick “Events: Read” for it at the provider.".to_owned(),
            );
            return Ok(silent(false, asker.now()));
        }
        Err(error) => return Err(error.into()),
    };
    let heard = match heard {
        Ok(heard) => heard,
        Err(why) => {
            return Ok(Told {
                gap: Some(why),
                ..silent(true, as_of)
            });
        }
    };
    let own = asker.account.clone();
    let known = asker
        .books
        .read(move |read| notice::known(read.sql(), &own, since))
        .await?;
    let digest = digest(heard.notices, &known);
    if digest.touched.len() > TOUCHED_MAX && !walked {
        return Ok(Told {
            gap: Some(Why::TooMuch),
            ..silent(true, as_of)
        });
    }
    bring(asker, digest, heard.shown, since, as_of, walked).await
}

/// Reads every page of notices, unless the lists must be walked instead. Whether more time has passed than the provider
/// remembers is asked after a walk too: the machine may have slept in the middle of it.
async fn listen<M: Mode>(
    asker: &Arc<Asker<M>>,
    since: Instant,
    walked: bool,
) -> Result<(Result<Heard, Why>, Instant), ProviderError> {
    let mut heard = Heard::default();
    let mut named: HashSet<String> = HashSet::new();
    let mut after: Option<String> = None;
    let mut as_of = None;
    for _ in 0..PAGES_MAX {
        let page = asker.provider.changes(since, after.as_deref()).await;
        asker.note_usage();
        let page = page?;
        // What happens after the first page was told belongs to the next reading.
        let first = *as_of.get_or_insert_with(|| asker.now());
        if first - since > CHANGES_REACH + CHANGES_OVERLAP {
            return Ok((Err(Why::Forgotten), first));
        }
        for told in page.told {
            if let Some(shown) = told.payload.filter(|_| heard.shown.len() < SHOWN_MAX) {
                heard.shown.insert(told.notice.id.clone(), *shown);
            }
            named.extend(told.notice.own.iter().map(|(_, id, _)| id.clone()));
            heard.notices.push(told.notice);
        }
        // Some of them may have been handled before, but hardly as many as twice the limit.
        if !walked && named.len() > 2 * TOUCHED_MAX {
            return Ok((Err(Why::TooMuch), first));
        }
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    if after.is_some() {
        return Err(ProviderError::Unreadable {
            what: "there are more events than can be read at once".to_owned(),
            request_id: None,
        });
    }
    Ok((Ok(heard), as_of.unwrap_or_else(|| asker.now())))
}

async fn bring<M: Mode>(
    asker: &Arc<Asker<M>>,
    digest: Digest,
    mut shown: HashMap<String, Fetched>,
    since: Instant,
    as_of: Instant,
    walked: bool,
) -> Result<Told, EngineError> {
    let readable: HashSet<Kind> = asker.readable().into_iter().collect();
    let touched: Vec<Touched> = digest
        .touched
        .into_iter()
        .filter(|touched| readable.contains(&touched.kind))
        .collect();
    let deleted: Vec<(Kind, String)> = digest.deleted;
    let mut all: Vec<(Kind, String)> = deleted.clone();
    let mut told = true;
    let at_once = if walked { AT_ONCE } else { TOUCHED_MAX };
    // The notices count as handled only with the last of what they led to.
    for some in touched.chunks(at_once) {
        let (found, refused) = find(asker, some, &mut shown, since).await?;
        told &= !refused;
        all.extend(some.iter().map(|it| (it.kind, it.id.clone())));
        if walked {
            write(asker, found, Vec::new(), None).await?;
        } else {
            let handled = told.then(|| (digest.handled.clone(), since));
            write(asker, found, deleted.clone(), handled).await?;
        }
    }
    if walked || touched.is_empty() {
        // What could not be read for want of a permission is to be told again.
        let handled = told.then_some((digest.handled, since));
        write(asker, Brought::default(), deleted, handled).await?;
    }
    Ok(Told {
        told,
        refused: !told,
        as_of,
        gap: None,
        touched: all,
    })
}

async fn find<M: Mode>(
    asker: &Arc<Asker<M>>,
    touched: &[Touched],
    shown: &mut HashMap<String, Fetched>,
    since: Instant,
) -> Result<(Brought, bool), EngineError> {
    let stored = fetched_at(asker, touched).await?;
    let mut brought = Brought::default();
    let mut wanted = Vec::new();
    for (touched, fetched_at) in touched.iter().zip(stored) {
        // A movement of the balance is named by every notice about its payment, and its amounts never change.
        let settled = touched.kind == Kind::BalanceTransactions && fetched_at.is_some();
        if settled || fetched_at.is_some_and(|at| at > touched.latest + LAG) {
            continue;
        }
        let payload = touched
            .shown_by
            .as_ref()
            .filter(|_| tells_all(touched.kind))
            .filter(|_| fetched_at.is_none_or(|at| at < touched.latest))
            .and_then(|notice| shown.remove(notice));
        match payload {
            Some(object) => {
                let mut asked = asker.asked();
                asked.at = touched.latest;
                let commit = asker.commit_of(touched.kind, vec![object], asked, 0);
                brought.commits.push(commit);
            }
            None => wanted.push(Wanted {
                kind: touched.kind,
                id: touched.id.clone(),
                new: fetched_at.is_none(),
            }),
        }
    }
    together(asker, &mut wanted, &mut brought, since).await?;
    let looked = asker
        .look_up(wanted.into_iter().map(|it| (it.kind, it.id)).collect())
        .await?;
    let refused = looked.refused;
    let found = looked.brought(asker, 0);
    brought.commits.extend(found.commits);
    brought.gone.extend(found.gone);
    let owners = ledger::owners_changed(asker, &brought.commits).await?;
    if let Some(ledgers) = ledger::read(asker, owners, 0).await? {
        brought.commits.extend(ledgers);
    }
    Ok((brought, refused))
}

/// Whether every change of such an object is told. Customers, subscriptions and invoices have fields that move in silence
/// (a currency with the first bill, a period that begins), so that what a notice shows may be old by now.
const fn tells_all(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Charges
            | Kind::PaymentIntents
            | Kind::Refunds
            | Kind::InvoicePayments
            | Kind::Disputes
            | Kind::CreditNotes
            | Kind::Products
            | Kind::CheckoutSessions
    )
}

/// Reads parts of lists where that takes fewer questions than asking for each object.
async fn together<M: Mode>(
    asker: &Arc<Asker<M>>,
    wanted: &mut Vec<Wanted>,
    brought: &mut Brought,
    since: Instant,
) -> Result<(), EngineError> {
    for kind in asker.provider.capabilities().by_created {
        let of = |new: bool, wanted: &[Wanted]| -> Vec<String> {
            wanted
                .iter()
                .filter(|it| it.kind == *kind && it.new == new)
                .map(|it| it.id.clone())
                .collect()
        };
        let new = of(true, wanted);
        if new.len() > NEW_APART {
            // What is new was made since, as far as anybody knows.
            let slice = Slice::Created {
                from: Some(since),
                to: None,
            };
            let most = new.len() / 2 + 1;
            let met = part(asker, *kind, &slice, new, most, brought).await?;
            wanted.retain(|it| it.kind != *kind || !met.contains(&it.id));
        }
        let known = of(false, wanted);
        if known.len() > KNOWN_APART
            && let Some((slice, pages)) = window(asker, *kind, &known).await?
        {
            let met = part(asker, *kind, &slice, known, pages, brought).await?;
            wanted.retain(|it| it.kind != *kind || !met.contains(&it.id));
        }
    }
    Ok(())
}

/// The part of a list in which known objects lie, and its pages; `None` where asking for each is cheaper.
async fn window<M: Mode>(
    asker: &Arc<Asker<M>>,
    kind: Kind,
    ids: &[String],
) -> Result<Option<(Slice, usize)>, EngineError> {
    let (own, wanted) = (asker.account.clone(), ids.to_vec());
    let objects_max = ON_A_PAGE.saturating_mul(ids.len() as u64 / 2);
    let found = asker
        .books
        .read(move |read| window::of(read.sql(), &own, kind, &wanted, objects_max))
        .await?;
    let Some(window) = found else {
        return Ok(None);
    };
    let pages = usize::try_from(window.objects / ON_A_PAGE + 1).unwrap_or(usize::MAX);
    if pages >= ids.len() / 2 {
        return Ok(None);
    }
    let slice = Slice::Created {
        from: Some(window.from),
        to: Some(window.to + TimeDelta::seconds(1)),
    };
    // What was made since the last count does not break it off.
    Ok(Some((slice, pages.saturating_mul(2))))
}

/// Reads a part of a list until everything wanted was met; returns what was met.
async fn part<M: Mode>(
    asker: &Arc<Asker<M>>,
    kind: Kind,
    slice: &Slice,
    wanted: Vec<String>,
    pages_max: usize,
    brought: &mut Brought,
) -> Result<HashSet<String>, EngineError> {
    let mut missing: HashSet<String> = wanted.into_iter().collect();
    let mut met = HashSet::new();
    let mut after: Option<String> = None;
    for _ in 0..pages_max {
        let (page, asked) = match asker.page(kind, slice, after.as_deref()).await {
            Ok(page) => page,
            // Asking for each says what is wrong.
            Err(error) if is_about_one_resource(&error) => return Ok(met),
            Err(error) => return Err(error.into()),
        };
        // What lies between them is not kept: it has not changed, and there may be much of it.
        let objects: Vec<Fetched> = page
            .objects
            .into_iter()
            .filter(|object| missing.remove(&object.id))
            .collect();
        met.extend(objects.iter().map(|object| object.id.clone()));
        brought
            .commits
            .push(asker.commit_of(kind, objects, asked, 0));
        after = page.next;
        if after.is_none() || missing.is_empty() {
            break;
        }
    }
    Ok(met)
}

/// An object to be asked for.
struct Wanted {
    kind: Kind,
    id: String,
    /// Whether the copy does not hold it yet.
    new: bool,
}

/// When each touched object was last fetched, by the provider's clock.
async fn fetched_at<M: Mode>(
    asker: &Arc<Asker<M>>,
    touched: &[Touched],
) -> Result<Vec<Option<Instant>>, EngineError> {
    let account = asker.account.clone();
    let keys: Vec<(Kind, String)> = touched.iter().map(|it| (it.kind, it.id.clone())).collect();
    asker
        .books
        .read(move |read| {
            keys.iter()
                .map(|(kind, id)| object::fetched_at(read.sql(), &account, *kind, id))
                .collect()
        })
        .await
}

type Handled = Option<(Vec<(String, Instant)>, Instant)>;

async fn write<M: Mode>(
    asker: &Arc<Asker<M>>,
    mut brought: Brought,
    deleted: Vec<(Kind, String)>,
    handled: Handled,
) -> Result<(), EngineError> {
    brought.gone.extend(deleted);
    let account = asker.account.clone();
    asker
        .write(brought, move |write| {
            if let Some((handled, since)) = &handled {
                notice::put(write, &account, handled)?;
                // Nothing before the overlap of the next reading is ever told again.
                notice::prune(write, &account, *since)?;
            }
            Ok(())
        })
        .await
}
