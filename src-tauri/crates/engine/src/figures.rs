//! MRR, active subscribers and ARPA at given days, from the intervals of the file.
//!
//! The intervals are read once for each revision and kept; folding them into points is cheap. A day's figure is the
//! state at the earlier of that day's end and the last sync: nothing is projected.

use crate::books::Books;
use crate::error::EngineError;
use chrono::{NaiveDate, TimeDelta};
use chrono_tz::Tz;
use coffer_domain::Instant;
use coffer_domain::calendar::{Every, day_of, end_of_day, period_ends};
use coffer_domain::currency::Currency;
use coffer_domain::metric::series::{Part, Point, points};
use coffer_domain::mode::Mode;
use coffer_store::table::account::AccountRow;
use coffer_store::table::{account, interval};
use std::sync::{Arc, Mutex, PoisonError};

/// Points that one answer may have.
const POINTS_MAX: usize = 20_000;

/// The intervals of the latest revision read.
#[derive(Default)]
pub struct FigureCache {
    latest: Mutex<Option<Kept>>,
}

/// Intervals with what they belong to.
struct Kept {
    revision: u64,
    account: Option<String>,
    parts: Arc<Vec<Part>>,
}

/// The figures of one mode, ready to be asked.
pub struct Figures {
    parts: Arc<Vec<Part>>,
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
    /// The reporting zone.
    pub zone: Tz,
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
pub fn load<M: Mode>(books: &Books<M>, only: Option<&str>) -> Result<Figures, EngineError> {
    let (revision, accounts, fresh) = books.store.read(|read| {
        let revision = read.revision()?;
        let accounts: Vec<AccountRow> = account::all(read.sql())?
            .into_iter()
            .filter(|row| only.is_none_or(|id| row.id.as_str() == id))
            .collect();
        let kept = {
            let latest = books
                .figures
                .latest
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            latest
                .as_ref()
                .filter(|kept| kept.revision == revision && kept.account.as_deref() == only)
                .map(|kept| Arc::clone(&kept.parts))
        };
        let parts = match kept {
            Some(parts) => parts,
            None => Arc::new(interval::parts(read.sql(), only)?),
        };
        Ok((revision, accounts, parts))
    })?;
    *books
        .figures
        .latest
        .lock()
        .unwrap_or_else(PoisonError::into_inner) = Some(Kept {
        revision,
        account: only.map(str::to_owned),
        parts: Arc::clone(&fresh),
    });
    Ok(Figures {
        as_of: accounts.iter().filter_map(|row| row.synced_at).min(),
        complete: !accounts.is_empty() && accounts.iter().all(|row| books.is_whole(row)),
        accounts,
        parts: fresh,
    })
}

impl Figures {
    /// The instant to stand at while there is no finished sync: the present.
    #[must_use]
    pub fn standing_at(&self, now: Instant) -> Instant {
        self.as_of.unwrap_or(now)
    }

    /// The first instant of which anything is known.
    #[must_use]
    pub fn first_instant(&self) -> Option<Instant> {
        self.parts.iter().map(|part| part.from).min()
    }

    /// The points of a range, in order of time; none lies after `as_of`'s own period.
    ///
    /// # Errors
    /// When a total does not fit.
    pub fn points(&self, range: Range, as_of: Instant) -> Result<Vec<DatedPoint>, EngineError> {
        let last = day_of(as_of, range.zone).min(range.to);
        if range.from > last {
            return Ok(Vec::new());
        }
        let days = period_ends(range.from, last, range.every, POINTS_MAX + 1);
        if days.len() > POINTS_MAX {
            return Err(EngineError::Usage(format!(
                "That range has more than {POINTS_MAX} points; begin later or take longer periods."
            )));
        }
        let mut instants = Vec::with_capacity(days.len());
        for day in &days {
            let end = end_of_day(*day, range.zone).ok_or_else(|| {
                EngineError::Usage(format!("The day {day} is outside the calendar."))
            })?;
            instants.push((end - TimeDelta::seconds(1)).min(as_of));
        }
        let points = points(&self.parts, &instants)
            .map_err(|error| EngineError::Internal(error.to_string()))?;
        Ok(days
            .into_iter()
            .zip(points)
            .map(|(date, point)| DatedPoint {
                date,
                unfinished: day_of(as_of, range.zone) <= date && point.at == as_of,
                point,
            })
            .collect())
    }

    /// The figures at one instant.
    ///
    /// # Errors
    /// When a total does not fit.
    pub fn at(&self, instant: Instant) -> Result<Option<Point>, EngineError> {
        let found = points(&self.parts, &[instant])
            .map_err(|error| EngineError::Internal(error.to_string()))?;
        Ok(found.into_iter().next())
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
