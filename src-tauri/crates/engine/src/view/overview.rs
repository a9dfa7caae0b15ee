//! The figures at the top of the overview.

use crate::api::types::{ChangeView, CurrencyFigure, Overview};
use crate::books::Books;
use crate::error::EngineError;
use crate::figures::{self, Figures, Point};
use crate::preferences;
use crate::view::money::{difference, direction, instant, money, percent};
use chrono::{Datelike, NaiveDate};
use chrono_tz::Tz;
use coffer_domain::Instant;
use coffer_domain::calendar::day_of;
use coffer_domain::currency::Currency;
use coffer_domain::metric::Basis;
use coffer_domain::metric::policy::DEFAULT;
use coffer_domain::mode::Mode;
use coffer_domain::money::Money;
use coffer_store::query::customers;

/// The overview of a mode that has no file yet.
#[must_use]
pub fn empty<M: Mode>() -> Overview {
    Overview {
        mode: M::NAME.into(),
        currency: None,
        currencies: Vec::new(),
        policy: DEFAULT.to_owned(),
        as_of: None,
        complete: false,
        inferred: false,
        mrr: None,
        mrr_change: None,
        active_subscribers: 0,
        active_change: 0,
        arpa: None,
        customers: 0,
    }
}

/// Answers `overview`.
///
/// # Errors
/// The file's.
pub fn overview<M: Mode>(books: &Books<M>, asked: Option<&str>) -> Result<Overview, EngineError> {
    let view = preferences::view(books)?;
    let zone = view.zone;
    let figures = figures::load(books, &view)?;
    let at = figures.standing_at(books.clock.now());
    let customers = books.store.read(|read| customers::count(read.sql()))?;
    let mut answer = Overview {
        as_of: figures.as_of.map(instant),
        complete: figures.complete,
        policy: view.policy.id,
        customers,
        ..empty::<M>()
    };
    let now = figures.on(day_of(at, zone))?;
    answer.currencies = ledgers(&now);
    let asked = asked
        .map(|code| Currency::parse(code).map_err(|error| EngineError::Usage(error.to_string())))
        .transpose()?;
    let Some(currency) = asked.or_else(|| figures.main_currency(&now)) else {
        return Ok(answer);
    };
    let Some(figure) = now.ledgers.get(&currency) else {
        return Ok(answer);
    };
    answer.currency = Some(currency.code().to_owned());
    answer.mrr = Some(money(Money::new(figure.mrr_minor, currency)));
    answer.arpa = figure
        .arpa_minor
        .map(|minor| money(Money::new(minor, currency)));
    answer.active_subscribers = figure.active_subscribers;
    answer.inferred = figure.basis == Some(Basis::Inferred) || figure.unknown > 0;
    if let Some((since, before)) = last_month_end(&figures, at, zone)? {
        let earlier = before.ledgers.get(&currency);
        let earlier_minor = earlier.map_or(0, |figure| figure.mrr_minor);
        let earlier_active = earlier.map_or(0, |figure| figure.active_subscribers);
        let minor = figure.mrr_minor.saturating_sub(earlier_minor);
        answer.active_change = i64::try_from(figure.active_subscribers)
            .unwrap_or(i64::MAX)
            .saturating_sub_unsigned(earlier_active);
        answer.mrr_change = Some(ChangeView {
            amount: difference(minor, currency),
            percent: percent(minor, earlier_minor),
            direction: direction(minor).to_owned(),
            since: since.to_string(),
        });
    }
    Ok(answer)
}

/// Every currency's figure, the one with most subscribers first.
fn ledgers(now: &Point) -> Vec<CurrencyFigure> {
    let mut found: Vec<CurrencyFigure> = now
        .ledgers
        .iter()
        .map(|(currency, figure)| CurrencyFigure {
            currency: currency.code().to_owned(),
            mrr: money(Money::new(figure.mrr_minor, *currency)),
            active_subscribers: figure.active_subscribers,
        })
        .collect();
    found.sort_by(|a, b| {
        b.active_subscribers
            .cmp(&a.active_subscribers)
            .then(a.currency.cmp(&b.currency))
    });
    found
}

/// The state at the end of last month; `None` when nothing is known of it.
fn last_month_end(
    figures: &Figures,
    at: Instant,
    zone: Tz,
) -> Result<Option<(NaiveDate, Point)>, EngineError> {
    let today = day_of(at, zone);
    let Some(last) = today.with_day(1).and_then(|first| first.pred_opt()) else {
        return Ok(None);
    };
    if figures.first_day().is_none_or(|first| first > last) {
        return Ok(None);
    }
    Ok(Some((last, figures.on(last)?)))
}
