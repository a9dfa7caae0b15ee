//! What a mode's accounts come to under a policy and in a zone, ready to be asked for any day.
//!
//! Rollups are kept in the file and read in a few milliseconds; where there is none for the policy and the zone, all facts
//! are folded, on every core, and what comes of it is kept; so are the parts of a cut. Whatever was read is kept in memory for
//! its revision. A day's figure is the state at the earlier of that day's end and the last sync: nothing is projected.

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
use coffer_domain::metric::rollup::{
    Dimension, Fold, Ledger, Rollup, Sign, Slice, Slices, put_sliced,
};
use coffer_domain::mode::Mode;
use coffer_store::table::account::AccountRow;
use coffer_store::table::rollup::{self, Pending, Rules};
use coffer_store::table::{account, folding};
use coffer_store::{Read, StoreError};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Points that one answer may have.
const POINTS_MAX: usize = 20_000;
/// What is kept in memory at most: one for each zone and policy somebody looks at.
const KEPT_MAX: usize = 4;

/// What a figure is of: an account or all, a policy, a zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View {
    /// One account, or all.
    pub account: Option<String>,
    /// The policy.
    pub policy: Policy,
    /// The reporting zone.
    pub zone: Tz,
    /// The currency that stands first where none is asked for; the accounts' own where it is not set.
    pub currency: Option<Currency>,
}

impl View {
    /// All accounts under the default policy.
    #[must_use]
    pub fn plain(zone: Tz) -> Self {
        Self {
            account: None,
            policy: Policy::coffer_1(),
            zone,
            currency: None,
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
    let (found, kept) = books.store.read(|read| {
        let accounts: Vec<AccountRow> = account::all(read.sql())?
            .into_iter()
            .filter(|row| {
                view.account
                    .as_deref()
                    .is_none_or(|id| row.id.as_str() == id)
            })
            .collect();
        let revision = read.revision()?;
        let horizons = horizons(&accounts, now);
        let kept = books.figures.find(revision, view, &horizons);
        let found = match kept {
            Some(_) => Found::nothing(revision, accounts),
            None => Found::read(read, accounts, &rules(view, None), None, now)?,
        };
        Ok((found, kept))
    })?;
    let (revision, accounts) = (found.revision, found.accounts.clone());
    let rollup = match kept {
        Some(rollup) => rollup,
        None => Arc::new(
            found
                .put_together(books, &rules(view, None), now)?
                .remove(&Slice::All)
                .unwrap_or_default(),
        ),
    };
    books.figures.keep(Kept {
        revision,
        view: view.clone(),
        horizons: horizons(&accounts, now),
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

/// A rollup for each part of a cut, of periods of one length. Blocks.
///
/// # Errors
/// The file's.
pub fn load_cut<M: Mode>(
    books: &Books<M>,
    figures: &Figures,
    cut: Dimension,
    every: Every,
) -> Result<Slices, EngineError> {
    let now = books.clock.now();
    let rules = rules(&figures.view, Some(cut));
    let accounts = figures.accounts.clone();
    let found = books
        .store
        .read(|read| Found::read(read, accounts, &rules, Some(every), now))?;
    found.put_together(books, &rules, now)
}

/// Makes the parts of every cut that are not kept yet, so that whoever asks for them first waits no longer than the next.
/// Blocks.
///
/// # Errors
/// The file's.
pub fn make_cuts<M: Mode>(books: &Books<M>, view: &View) -> Result<(), EngineError> {
    let figures = load(books, view)?;
    for cut in [Dimension::Plan, Dimension::Country, Dimension::Rhythm] {
        load_cut(books, &figures, cut, Every::Month)?;
    }
    Ok(())
}

/// Up to when each account is told.
fn horizons(accounts: &[AccountRow], now: Instant) -> Vec<i64> {
    accounts.iter().map(|row| horizon(row, now)).collect()
}

fn horizon(row: &AccountRow, now: Instant) -> i64 {
    row.synced_at.unwrap_or(now).timestamp()
}

fn rules(view: &View, cut: Option<Dimension>) -> Rules {
    Rules {
        policy: view.policy.clone(),
        zone: view.zone,
        cut,
    }
}

/// What accounts come to, as it was read.
struct Found {
    revision: u64,
    accounts: Vec<AccountRow>,
    parts: Vec<Part>,
}

/// What one account comes to, and whether that was made anew.
struct Part {
    slices: Slices,
    made: Option<Pending>,
    behind: bool,
}

impl Found {
    const fn nothing(revision: u64, accounts: Vec<AccountRow>) -> Self {
        Self {
            revision,
            accounts,
            parts: Vec::new(),
        }
    }

    fn read(
        read: &Read<'_>,
        accounts: Vec<AccountRow>,
        rules: &Rules,
        every: Option<Every>,
        now: Instant,
    ) -> Result<Self, StoreError> {
        let mut parts = Vec::with_capacity(accounts.len());
        for row in &accounts {
            parts.push(part(read, row, rules, every, horizon(row, now))?);
        }
        Ok(Self {
            revision: read.revision()?,
            accounts,
            parts,
        })
    }

    /// Adds the accounts up, and keeps what was made anew for the next time.
    fn put_together<M: Mode>(
        self,
        books: &Books<M>,
        rules: &Rules,
        now: Instant,
    ) -> Result<Slices, EngineError> {
        let mut all = Slices::new();
        for (row, part) in self.accounts.iter().zip(self.parts) {
            let (id, horizon, revision) = (row.id.clone(), horizon(row, now), self.revision);
            if let Some(pending) = part.made {
                let (rules, slices) = (rules.clone(), part.slices.clone());
                // Nobody waits for it: should it not be kept, it is made once more.
                drop(books.store.write_soon(move |write| {
                    if write.revision()? == revision {
                        rollup::keep(write.sql(), id.as_str(), &rules, horizon, &slices, &pending)?;
                    }
                    Ok(())
                })?);
            } else if part.behind {
                drop(
                    books.store.write_soon(move |write| {
                        rollup::advance(write.sql(), id.as_str(), horizon)
                    })?,
                );
            }
            add_slices(&mut all, part.slices);
        }
        Ok(all)
    }
}

/// Adds parts to parts.
pub(crate) fn add_slices(all: &mut Slices, more: Slices) {
    for (slice, rollup) in more {
        all.entry(slice).or_default().merge(rollup);
    }
}

/// Reads an account's rollups, or folds its facts where none are kept.
fn part(
    read: &Read<'_>,
    row: &AccountRow,
    rules: &Rules,
    every: Option<Every>,
    horizon: i64,
) -> Result<Part, StoreError> {
    let account = row.id.as_str();
    // Before the first sync came to its end nothing lasts long enough to be worth keeping.
    if row.synced_at.is_some()
        && let Some(set) = rollup::find(read.sql(), account, rules)?
        && let Some(slices) = rollup::read_at(read.sql(), account, &set, horizon, every)?
    {
        return Ok(Part {
            slices,
            made: None,
            behind: set.horizon < horizon,
        });
    }
    let (slices, pending) = fold_all(read, account, rules, horizon)?;
    Ok(Part {
        slices,
        made: row.synced_at.is_some().then_some(pending),
        behind: false,
    })
}

/// Folds every customer's facts.
fn fold_all(
    read: &Read<'_>,
    account: &str,
    rules: &Rules,
    horizon: i64,
) -> Result<(Slices, Pending), StoreError> {
    let days = Days::of_zone(rules.zone);
    let fold = Fold {
        policy: &rules.policy,
        days: &days,
        horizon,
    };
    let threads = folding::fold(
        read.sql(),
        account,
        <(Slices, Pending)>::default,
        |(slices, pending), customer, own| {
            put_sliced(slices, &own, &fold, rules.cut, Sign::Plus);
            if let Some(at) = fold.next_change(&own) {
                pending.insert(customer.to_owned(), at);
            }
        },
    )?;
    let mut all = <(Slices, Pending)>::default();
    for (slices, pending) in threads {
        add_slices(&mut all.0, slices);
        all.1.extend(pending);
    }
    Ok(all)
}

/// One customer, with what its facts are folded by.
pub(crate) struct Customer<'a> {
    /// The account it belongs to.
    pub(crate) account: &'a AccountRow,
    /// Its id.
    pub(crate) id: &'a str,
    /// Its facts.
    pub(crate) facts: CustomerFacts,
    /// By what they are folded.
    pub(crate) fold: &'a Fold<'a>,
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
    /// Adds up something of every customer, on every core; returns what each thread has come to.
    pub(crate) fn add_up<M: Mode, T: Send>(
        &self,
        books: &Books<M>,
        begin: impl Fn() -> T + Sync,
        put: impl Fn(&mut T, Customer<'_>) + Sync,
    ) -> Result<Vec<T>, EngineError> {
        let days = Days::of_zone(self.view.zone);
        let now = books.clock.now();
        let all = books.store.read(|read| {
            let mut all = Vec::new();
            for account in &self.accounts {
                let fold = Fold {
                    policy: &self.view.policy,
                    days: &days,
                    horizon: horizon(account, now),
                };
                all.extend(folding::fold(
                    read.sql(),
                    account.id.as_str(),
                    &begin,
                    |sum, id, facts| {
                        let customer = Customer {
                            account,
                            id,
                            facts,
                            fold: &fold,
                        };
                        put(sum, customer);
                    },
                )?);
            }
            Ok(all)
        })?;
        Ok(all)
    }

    /// The instant to stand at while there is no finished sync: the present.
    #[must_use]
    pub fn standing_at(&self, now: Instant) -> Instant {
        self.as_of.unwrap_or(now)
    }

    /// The first day of which anything is known.
    #[must_use]
    pub fn first_day(&self) -> Option<NaiveDate> {
        let first = |ledger: &Ledger| ledger.days.keys().next().copied();
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
        let everybody = self.rollup.everybody();
        let running = self.running(&everybody);
        self.periods(range, as_of)?
            .into_iter()
            .map(|period| {
                Ok(DatedPoint {
                    date: period.date,
                    unfinished: present <= period.date,
                    point: point(&running, period.end)?,
                })
            })
            .collect()
    }

    /// The figures at the end of a day.
    ///
    /// # Errors
    /// When a total does not fit.
    pub fn on(&self, date: NaiveDate) -> Result<Point, EngineError> {
        let everybody = self.rollup.everybody();
        point(&self.running(&everybody), number_of(date))
    }

    /// The figures at the end of each of these days.
    ///
    /// # Errors
    /// When a total does not fit.
    pub fn on_each(&self, dates: &[NaiveDate]) -> Result<Vec<Point>, EngineError> {
        let everybody = self.rollup.everybody();
        let running = self.running(&everybody);
        let days = dates.iter().map(|date| number_of(*date));
        days.map(|day| point(&running, day)).collect()
    }

    fn running<'a>(&'a self, everybody: &'a Ledger) -> AllRunning<'a> {
        let ledgers = self.rollup.ledgers.iter();
        let own = ledgers.filter_map(|(currency, ledger)| Some(((*currency)?, ledger)));
        AllRunning {
            ledgers: own
                .filter(|(_, ledger)| ledger.ever_stood())
                .map(|(currency, ledger)| (currency, Running::new(ledger)))
                .collect(),
            everybody: Running::new(everybody),
        }
    }

    /// The currency to show when none was asked for: the preferred one, else the accounts' own, else the one with most active
    /// subscribers.
    #[must_use]
    pub fn main_currency(&self, now: &Point) -> Option<Currency> {
        let known = |currency: &Currency| now.ledgers.contains_key(currency);
        let preferred = self.view.currency.filter(known);
        let own = || {
            let mut accounts = self.accounts.iter();
            accounts.find_map(|row| row.default_currency.filter(known))
        };
        preferred.or_else(own).or_else(|| {
            now.ledgers
                .iter()
                .max_by_key(|(_, figure)| (figure.active_subscribers, figure.mrr_minor))
                .map(|(currency, _)| *currency)
        })
    }
}

/// Every ledger, and everybody, ready to be asked for any day.
struct AllRunning<'a> {
    ledgers: Vec<(Currency, Running<'a>)>,
    everybody: Running<'a>,
}

fn point(running: &AllRunning<'_>, day: i32) -> Result<Point, EngineError> {
    let too_large =
        |error: coffer_domain::ratio::Overflow| EngineError::Internal(error.to_string());
    let count = |active: i64| u64::try_from(active).unwrap_or(0);
    let mut made = Point {
        ledgers: BTreeMap::new(),
        active_subscribers: count(running.everybody.at(day).active),
    };
    for (currency, running) in &running.ledgers {
        let level = running.at(day);
        let active = count(level.active);
        let sum = level.monthly.sum().map_err(too_large)?;
        let weakest = [Basis::Inferred, Basis::Invoiced, Basis::Observed]
            .into_iter()
            .zip(level.bases)
            .find_map(|(basis, count)| (count > 0).then_some(basis));
        made.ledgers.insert(
            *currency,
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
