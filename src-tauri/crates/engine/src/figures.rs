//! What a mode's accounts come to under a policy and in a zone, ready to be asked for any day.
//!
//! Rollups are kept in the file and read in a few milliseconds; where there is none for the policy and the zone, all facts
//! are folded, by two threads, and what comes of it is kept. Whatever was read is kept in memory for its revision. A day's
//! figure is the state at the earlier of that day's end and the last sync: nothing is projected.

use crate::books::Books;
use crate::error::EngineError;
use chrono::NaiveDate;
use chrono_tz::Tz;
use coffer_domain::Instant;
use coffer_domain::calendar::{Every, day_of, period_ends};
use coffer_domain::currency::Currency;
use coffer_domain::metric::Basis;
use coffer_domain::metric::days::{Days, date_of, number_of};
use coffer_domain::metric::facts::CustomerFacts;
use coffer_domain::metric::figures::{Period, Running, periods};
use coffer_domain::metric::policy::Policy;
use coffer_domain::metric::rollup::{Fold, Rollup, Sign};
use coffer_domain::mode::Mode;
use coffer_store::table::account::AccountRow;
use coffer_store::table::rollup::{self, Pending};
use coffer_store::table::{account, facts};
use coffer_store::{Read, StoreError};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError, mpsc};

/// Points that one answer may have.
const POINTS_MAX: usize = 20_000;
/// What is kept in memory at most: one for each zone and policy somebody looks at.
const KEPT_MAX: usize = 4;
/// Customers handed from the thread that reads to the one that folds.
const AT_ONCE: usize = 1_000;

/// What a figure is of: an account or all, a policy, a zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View {
    /// One account, or all.
    pub account: Option<String>,
    /// The policy.
    pub policy: Policy,
    /// The reporting zone.
    pub zone: Tz,
}

impl View {
    /// All accounts under the default policy.
    #[must_use]
    pub fn plain(zone: Tz) -> Self {
        Self {
            account: None,
            policy: Policy::coffer_1(),
            zone,
        }
    }
}

/// The rollups last read.
#[derive(Default)]
pub struct FigureCache {
    latest: Mutex<Vec<Kept>>,
}

struct Kept {
    revision: u64,
    view: View,
    horizons: Vec<i64>,
    rollup: Arc<Rollup>,
}

/// The figures of one mode, ready to be asked.
pub struct Figures {
    /// What all customers come to.
    pub rollup: Arc<Rollup>,
    /// The policy and the zone.
    pub view: View,
    /// The accounts they are of.
    pub accounts: Vec<AccountRow>,
    /// The instant they are as of: the oldest of the accounts. `None` before the first sync came to its end.
    pub as_of: Option<Instant>,
    /// Whether every account is complete.
    pub complete: bool,
}

/// Which points are wanted.
#[derive(Debug, Clone, Copy)]
pub struct Range {
    /// The first day.
    pub from: NaiveDate,
    /// The last day.
    pub to: NaiveDate,
    /// The length of a period.
    pub every: Every,
}

/// One currency on one day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figure {
    /// MRR in minor units, rounded.
    pub mrr_minor: i64,
    /// Customers with MRR above zero in this currency, or free by discount.
    pub active_subscribers: u64,
    /// MRR ÷ active subscribers, rounded; `None` without subscribers.
    pub arpa_minor: Option<i64>,
    /// The weakest basis of what it is made of; `None` where that is nothing.
    pub basis: Option<Basis>,
    /// Subscriptions whose worth is not known.
    pub unknown: u64,
}

/// All currencies on one day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Point {
    /// A figure for each currency that ever had one.
    pub ledgers: BTreeMap<Currency, Figure>,
    /// Customers active in any currency.
    pub active_subscribers: u64,
}

/// A point with the day it is labelled with.
#[derive(Debug, Clone)]
pub struct DatedPoint {
    /// The period's last day.
    pub date: NaiveDate,
    /// The figures.
    pub point: Point,
    /// Whether the period is not over.
    pub unfinished: bool,
}

/// Reads what the figures rest on. Blocks.
///
/// # Errors
/// The file's.
pub fn load<M: Mode>(books: &Books<M>, view: &View) -> Result<Figures, EngineError> {
    let now = books.clock.now();
    let (revision, accounts, parts, horizons, kept) = books.store.read(|read| {
        let accounts: Vec<AccountRow> = account::all(read.sql())?
            .into_iter()
            .filter(|row| {
                view.account
                    .as_deref()
                    .is_none_or(|id| row.id.as_str() == id)
            })
            .collect();
        let horizons: Vec<i64> = accounts
            .iter()
            .map(|row| row.synced_at.unwrap_or(now).timestamp())
            .collect();
        let revision = read.revision()?;
        let kept = books.figures.find(revision, view, &horizons);
        let mut parts = Vec::new();
        if kept.is_none() {
            for (row, horizon) in accounts.iter().zip(&horizons) {
                parts.push(part(read, row, view, *horizon)?);
            }
        }
        Ok((revision, accounts, parts, horizons, kept))
    })?;
    let rollup = match kept {
        Some(rollup) => rollup,
        None => Arc::new(put_together(
            books, view, revision, &accounts, &horizons, parts,
        )?),
    };
    books.figures.keep(Kept {
        revision,
        view: view.clone(),
        horizons,
        rollup: Arc::clone(&rollup),
    });
    Ok(Figures {
        rollup,
        view: view.clone(),
        as_of: accounts.iter().filter_map(|row| row.synced_at).min(),
        complete: !accounts.is_empty() && accounts.iter().all(|row| books.is_whole(row)),
        accounts,
    })
}

/// What one account comes to, and whether that was made anew.
struct Part {
    rollup: Rollup,
    made: Option<Pending>,
    behind: bool,
}

/// Reads an account's rollup, or folds its facts where none is kept.
fn part(read: &Read<'_>, row: &AccountRow, view: &View, horizon: i64) -> Result<Part, StoreError> {
    let account = row.id.as_str();
    // Before the first sync came to its end nothing lasts long enough to be worth keeping.
    if row.synced_at.is_some()
        && let Some(set) = rollup::find(read.sql(), account, &view.policy, view.zone)?
        && let Some(rollup) = rollup::read_at(read.sql(), account, &set, horizon)?
    {
        return Ok(Part {
            rollup,
            made: None,
            behind: set.horizon < horizon,
        });
    }
    let (rollup, pending) = fold_all(read, account, view, horizon)?;
    Ok(Part {
        rollup,
        made: row.synced_at.is_some().then_some(pending),
        behind: false,
    })
}

/// Folds every customer's facts: one thread reads them, another adds them up.
fn fold_all(
    read: &Read<'_>,
    account: &str,
    view: &View,
    horizon: i64,
) -> Result<(Rollup, Pending), StoreError> {
    let days = Days::of_zone(view.zone);
    std::thread::scope(|scope| {
        let (hand_over, take) = mpsc::sync_channel::<Vec<(String, CustomerFacts)>>(4);
        let folding = scope.spawn(move || {
            let fold = Fold {
                policy: &view.policy,
                days: &days,
                horizon,
            };
            let mut rollup = Rollup::default();
            let mut pending = Pending::new();
            for some in take {
                for (customer, own) in some {
                    rollup.put(&own, &fold, Sign::Plus);
                    if let Some(at) = fold.next_change(&own) {
                        pending.insert(customer, at);
                    }
                }
            }
            (rollup, pending)
        });
        let mut some = Vec::with_capacity(AT_ONCE);
        facts::scan(read.sql(), account, "", None, |customer, own| {
            some.push((customer.to_owned(), own));
            if some.len() == AT_ONCE {
                // A thread that folds no more has panicked, and is joined below.
                let _ = hand_over.send(std::mem::replace(&mut some, Vec::with_capacity(AT_ONCE)));
            }
            Ok(())
        })?;
        let _ = hand_over.send(some);
        drop(hand_over);
        folding.join().map_err(|_| StoreError::Closed)
    })
}

/// Adds the accounts up, and keeps what was made anew for the next time.
fn put_together<M: Mode>(
    books: &Books<M>,
    view: &View,
    revision: u64,
    accounts: &[AccountRow],
    horizons: &[i64],
    parts: Vec<Part>,
) -> Result<Rollup, EngineError> {
    let mut all = Rollup::default();
    for ((row, horizon), part) in accounts.iter().zip(horizons).zip(parts) {
        if let Some(pending) = part.made {
            let (id, horizon, view) = (row.id.clone(), *horizon, view.clone());
            let rollup = part.rollup.clone();
            // Nobody waits for it: should it not be kept, it is made once more.
            drop(books.store.write_soon(move |write| {
                if write.revision()? == revision {
                    rollup::keep(
                        write.sql(),
                        id.as_str(),
                        &view.policy,
                        view.zone,
                        horizon,
                        &rollup,
                        &pending,
                    )?;
                }
                Ok(())
            })?);
        } else if part.behind {
            let (id, horizon) = (row.id.clone(), *horizon);
            drop(
                books
                    .store
                    .write_soon(move |write| rollup::advance(write.sql(), id.as_str(), horizon))?,
            );
        }
        all.merge(part.rollup);
    }
    Ok(all)
}

impl FigureCache {
    fn find(&self, revision: u64, view: &View, horizons: &[i64]) -> Option<Arc<Rollup>> {
        let latest = self.latest.lock().unwrap_or_else(PoisonError::into_inner);
        latest
            .iter()
            .find(|kept| {
                kept.revision == revision && kept.view == *view && kept.horizons == horizons
            })
            .map(|kept| Arc::clone(&kept.rollup))
    }

    fn keep(&self, new: Kept) {
        let mut latest = self.latest.lock().unwrap_or_else(PoisonError::into_inner);
        latest.retain(|kept| kept.view != new.view && kept.revision == new.revision);
        if latest.len() >= KEPT_MAX {
            latest.remove(0);
        }
        latest.push(new);
    }
}

impl Figures {
    /// The instant to stand at while there is no finished sync: the present.
    #[must_use]
    pub fn standing_at(&self, now: Instant) -> Instant {
        self.as_of.unwrap_or(now)
    }

    /// The first day of which anything is known.
    #[must_use]
    pub fn first_day(&self) -> Option<NaiveDate> {
        let first =
            |ledger: &coffer_domain::metric::rollup::Ledger| ledger.days.keys().next().copied();
        self.rollup
            .ledgers
            .values()
            .filter_map(first)
            .min()
            .and_then(date_of)
    }

    /// The periods of a range; none lies after `as_of`'s own.
    ///
    /// # Errors
    /// When there are too many.
    pub fn periods(&self, range: Range, as_of: Instant) -> Result<Vec<Period>, EngineError> {
        let present = day_of(as_of, self.view.zone);
        let last = present.min(range.to);
        if range.from > last {
            return Ok(Vec::new());
        }
        let ends = period_ends(range.from, last, range.every, POINTS_MAX + 1);
        if ends.len() > POINTS_MAX {
            return Err(EngineError::Usage(format!(
                "That range has more than {POINTS_MAX} points; begin later or take longer periods."
            )));
        }
        Ok(periods(&ends, range.every, present))
    }

    /// The points of a range, in order of time; none lies after `as_of`'s own period.
    ///
    /// # Errors
    /// When a total does not fit.
    pub fn points(&self, range: Range, as_of: Instant) -> Result<Vec<DatedPoint>, EngineError> {
        let present = day_of(as_of, self.view.zone);
        let ledgers = self.running();
        self.periods(range, as_of)?
            .into_iter()
            .map(|period| {
                Ok(DatedPoint {
                    date: period.date,
                    unfinished: present <= period.date,
                    point: point(&ledgers, period.end)?,
                })
            })
            .collect()
    }

    /// The figures at the end of a day.
    ///
    /// # Errors
    /// When a total does not fit.
    pub fn on(&self, date: NaiveDate) -> Result<Point, EngineError> {
        point(&self.running(), number_of(date))
    }

    fn running(&self) -> Vec<(Option<Currency>, Running<'_>)> {
        self.rollup
            .ledgers
            .iter()
            .filter(|(currency, ledger)| currency.is_none() || ledger.ever_stood())
            .map(|(currency, ledger)| (*currency, Running::new(ledger)))
            .collect()
    }

    /// The currency to show when none was asked for: the accounts' own, else the one with most active subscribers.
    #[must_use]
    pub fn main_currency(&self, now: &Point) -> Option<Currency> {
        let own = self.accounts.iter().find_map(|row| {
            row.default_currency
                .filter(|currency| now.ledgers.contains_key(currency))
        });
        own.or_else(|| {
            now.ledgers
                .iter()
                .max_by_key(|(_, figure)| (figure.active_subscribers, figure.mrr_minor))
                .map(|(currency, _)| *currency)
        })
    }
}

fn point(ledgers: &[(Option<Currency>, Running<'_>)], day: i32) -> Result<Point, EngineError> {
    let too_large =
        |error: coffer_domain::ratio::Overflow| EngineError::Internal(error.to_string());
    let mut made = Point {
        ledgers: BTreeMap::new(),
        active_subscribers: 0,
    };
    for (currency, running) in ledgers {
        let level = running.at(day);
        let active = u64::try_from(level.active).unwrap_or(0);
        let Some(currency) = *currency else {
            made.active_subscribers = active;
            continue;
        };
        let sum = level.monthly.sum().map_err(too_large)?;
        let weakest = [Basis::Inferred, Basis::Invoiced, Basis::Observed]
            .into_iter()
            .zip(level.bases)
            .find_map(|(basis, count)| (count > 0).then_some(basis));
        made.ledgers.insert(
            currency,
            Figure {
                mrr_minor: sum.round_half_even().map_err(too_large)?,
                active_subscribers: active,
                arpa_minor: sum.divided_round_half_even(active).map_err(too_large)?,
                basis: weakest,
                unknown: u64::try_from(level.unknown).unwrap_or(0),
            },
        );
    }
    Ok(made)
}
