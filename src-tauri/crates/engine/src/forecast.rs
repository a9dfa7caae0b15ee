//! The next twelve months of one ledger, from its complete months and from what is known to come.

use crate::books::Books;
use crate::error::EngineError;
use crate::figures::{self, Figures, Range, View};
use chrono::{Datelike as _, Months, NaiveDate};
use coffer_domain::calendar::{Every, day_of};
use coffer_domain::currency::Currency;
use coffer_domain::metric::committed::{KnownAhead, ahead};
use coffer_domain::metric::figures::{Ledgers, Metric, Value, tell, value};
use coffer_domain::metric::forecast::{
    HISTORY_MONTHS_MAX, KnownChange, Latest, Month, Outlook, forecast,
};
use coffer_domain::mode::Mode;

/// What is known to come, and what is expected.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The ledger.
    pub currency: Currency,
    /// The instant it is as of.
    pub as_of: Option<coffer_domain::Instant>,
    /// Whether every account's copy is whole.
    pub complete: bool,
    /// MRR now, minor units.
    pub mrr: i64,
    /// The same without what is to end, minor units.
    pub committed: i64,
    /// Changes that are known to come within the next twelve months, the nearest first.
    pub known: Vec<KnownAhead>,
    /// What is expected.
    pub outlook: Outlook,
}

/// Looks ahead. Blocks.
///
/// # Errors
/// When there is no account or no ledger, or the file's.
pub fn answer<M: Mode>(
    books: &Books<M>,
    view: &View,
    currency: Option<Currency>,
) -> Result<Answer, EngineError> {
    let too_large =
        |error: coffer_domain::ratio::Overflow| EngineError::Internal(error.to_string());
    let figures = figures::load(books, view)?;
    if figures.accounts.is_empty() {
        return Err(EngineError::NoAccount(M::NAME));
    }
    let at = figures.standing_at(books.clock.now());
    let present = day_of(at, view.zone);
    let main = || {
        figures
            .on(present)
            .ok()
            .and_then(|now| figures.main_currency(&now))
    };
    let currency = currency
        .or_else(main)
        .ok_or_else(|| EngineError::NotFound {
            what: "ledger to look ahead from; sync first. Asked for",
            id: "mrr".to_owned(),
            mode: M::NAME,
        })?;
    let months = complete_months(&figures, currency, present, at)?;
    let now = figures.periods(
        Range {
            from: present,
            to: present,
            every: Every::Day,
        },
        at,
    )?;
    let told = tell(&figures.rollup, &now, &Ledgers::One(currency), &view.policy)
        .map_err(too_large)?
        .figures;
    let minor = |metric: Metric| match value(metric, &told, 0, &view.policy) {
        Ok(Value::Money(Some(minor))) => Ok(minor),
        Ok(_) => Ok(0),
        Err(error) => Err(too_large(error)),
    };
    let (mrr, committed) = (minor(Metric::Mrr)?, minor(Metric::CommittedMrr)?);
    let known = known_ahead(books, &figures, currency, present)?;
    let changes: Vec<KnownChange> = known
        .iter()
        .filter_map(|it| {
            Some(KnownChange {
                day: it.day,
                delta_minor: it.delta.round_half_even().ok()?,
            })
        })
        .collect();
    let latest = Latest {
        day: present,
        closing_minor: mrr,
    };
    Ok(Answer {
        currency,
        as_of: figures.as_of,
        complete: figures.complete,
        mrr,
        committed,
        known,
        outlook: forecast(&months, latest, &changes)
            .map_err(|error| EngineError::Internal(error.to_string()))?,
    })
}

/// The months that are over, with their movements.
fn complete_months(
    figures: &Figures,
    currency: Currency,
    present: NaiveDate,
    at: coffer_domain::Instant,
) -> Result<Vec<Month>, EngineError> {
    let Some(last) = present.with_day(1).and_then(|first| first.pred_opt()) else {
        return Ok(Vec::new());
    };
    let Some(first) = figures.first_day().filter(|first| *first <= last) else {
        return Ok(Vec::new());
    };
    let back = u32::try_from(HISTORY_MONTHS_MAX).unwrap_or(60);
    let from = last
        .checked_sub_months(Months::new(back))
        .map_or(first, |earliest| earliest.max(first));
    let periods = figures.periods(
        Range {
            from,
            to: last,
            every: Every::Month,
        },
        at,
    )?;
    let policy = &figures.view.policy;
    let told = tell(&figures.rollup, &periods, &Ledgers::One(currency), policy)
        .map_err(|error| EngineError::Internal(error.to_string()))?
        .figures;
    let mut months = Vec::new();
    for index in 0..told.len() {
        let moved = value(Metric::Movements, &told, index, policy)
            .map_err(|error| EngineError::Internal(error.to_string()))?;
        if let (Value::Movements(it), Some(figure)) = (moved, told.get(index)) {
            months.push(Month {
                day: figure.period.date,
                opening_minor: it.opening,
                new_minor: it.new,
                reactivation_minor: it.reactivation,
                expansion_minor: it.expansion,
                contraction_minor: it.contraction,
                churn_minor: it.churn,
                closing_minor: it.closing,
            });
        }
    }
    Ok(months)
}

/// What is known to come: ends that were asked for, discounts that end, trials that end.
fn known_ahead<M: Mode>(
    books: &Books<M>,
    figures: &Figures,
    currency: Currency,
    present: NaiveDate,
) -> Result<Vec<KnownAhead>, EngineError> {
    let until = present
        .checked_add_months(Months::new(12))
        .unwrap_or(present);
    let threads = figures.add_up(books, Vec::new, |found, it| {
        found.extend(ahead(it.id, &it.facts, currency, it.fold));
    })?;
    let mut found: Vec<KnownAhead> = threads.into_iter().flatten().collect();
    found.retain(|it| it.day > present && it.day <= until);
    found.sort_by(|a, b| (a.day, &a.customer).cmp(&(b.day, &b.customer)));
    Ok(found)
}
