//! The MRR chart: the figures of the last months, drawn, with the points to hover over.

use crate::api::types::{Chart, ChartPoint, ChartRequest};
use crate::books::Books;
use crate::chart::{self, Mark, Series, Theme};
use crate::error::EngineError;
use crate::figures::{self, DatedPoint, Range, View};
use crate::preferences;
use crate::view::money::{difference, money};
use chrono::{Datelike, Months, NaiveDate};
use coffer_domain::calendar::{Every, day_of};
use coffer_domain::currency::Currency;
use coffer_domain::metric::Basis;
use coffer_domain::mode::Mode;
use coffer_domain::money::Money;

/// The figures behind a chart.
pub struct Charted {
    /// What to draw.
    pub series: Series,
    /// The points it is made of.
    pub points: Vec<DatedPoint>,
}

/// Which figures a chart shows.
#[derive(Debug, Clone, Copy)]
pub struct ChartRange {
    /// The first day; the beginning of the last twelve months when not given.
    pub from: Option<NaiveDate>,
    /// The last day; the present when not given.
    pub to: Option<NaiveDate>,
    /// How many periods when `from` is not given.
    pub periods: u32,
    /// The length of a period.
    pub every: Every,
    /// The currency.
    pub currency: Option<Currency>,
}

/// Collects the figures of a chart; `None` while there is nothing to draw.
///
/// # Errors
/// The file's.
pub fn collect<M: Mode>(
    books: &Books<M>,
    view: &View,
    range: &ChartRange,
) -> Result<Option<Charted>, EngineError> {
    let figures = figures::load(books, view)?;
    let at = figures.standing_at(books.clock.now());
    let now = figures.on(day_of(at, view.zone))?;
    let Some(currency) = range.currency.or_else(|| figures.main_currency(&now)) else {
        return Ok(None);
    };
    let to = range.to.unwrap_or_else(|| day_of(at, view.zone));
    let from = range
        .from
        .or_else(|| back(to, range.every, range.periods.max(2) - 1))
        .unwrap_or(to);
    let points = figures.points(
        Range {
            from,
            to,
            every: range.every,
        },
        at,
    )?;
    let marks = points
        .iter()
        .map(|dated| {
            let figure = dated.point.ledgers.get(&currency);
            Mark {
                date: dated.date,
                minor: figure.map_or(0, |figure| figure.mrr_minor),
                basis: figure.and_then(|figure| figure.basis),
                unfinished: dated.unfinished,
            }
        })
        .collect();
    Ok(Some(Charted {
        series: Series { marks, currency },
        points,
    }))
}

fn back(to: NaiveDate, every: Every, periods: u32) -> Option<NaiveDate> {
    match every {
        Every::Month => to.with_day(1)?.checked_sub_months(Months::new(periods)),
        Every::Week => to.checked_sub_days(chrono::Days::new(u64::from(periods) * 7)),
        Every::Day => to.checked_sub_days(chrono::Days::new(u64::from(periods))),
    }
}

/// The empty chart.
#[must_use]
pub fn empty(request: &ChartRequest) -> Chart {
    Chart {
        svg: None,
        width: request.width,
        height: request.height,
        title: "MRR by month".to_owned(),
        currency: None,
        points: Vec::new(),
    }
}

/// Answers `mrr_chart`.
///
/// # Errors
/// The file's, or when the size is out of bounds.
pub fn mrr_chart<M: Mode>(books: &Books<M>, request: &ChartRequest) -> Result<Chart, EngineError> {
    let currency = request
        .currency
        .as_deref()
        .map(|code| Currency::parse(code).map_err(|error| EngineError::Usage(error.to_string())))
        .transpose()?;
    let range = ChartRange {
        from: None,
        to: None,
        periods: request.months.clamp(2, 120),
        every: Every::Month,
        currency,
    };
    let Some(charted) = collect(books, &preferences::view(books)?, &range)? else {
        return Ok(empty(request));
    };
    let size = (
        request.width.clamp(240, 4_000),
        request.height.clamp(120, 2_000),
    );
    let drawing = chart::svg(&charted.series, Theme::Page, size)
        .map_err(|error| EngineError::Chart(error.to_string()))?;
    let currency = charted.series.currency;
    let mut before: Option<i64> = None;
    let points = charted
        .series
        .marks
        .iter()
        .zip(&charted.points)
        .zip(&drawing.points)
        .map(|((mark, dated), place)| {
            let change = before.map(|minor| difference(mark.minor.saturating_sub(minor), currency));
            before = Some(mark.minor);
            ChartPoint {
                x: place.x,
                y: place.y,
                date: mark.date.to_string(),
                label: mark.date.format("%B %Y").to_string(),
                value: money(Money::new(mark.minor, currency)),
                change,
                active_subscribers: dated
                    .point
                    .ledgers
                    .get(&currency)
                    .map_or(0, |figure| figure.active_subscribers),
                basis: mark.basis.unwrap_or(Basis::Observed).as_str().to_owned(),
                unfinished: mark.unfinished,
            }
        })
        .collect();
    let last = charted
        .series
        .marks
        .last()
        .map_or_else(String::new, |mark| mark.date.year().to_string());
    Ok(Chart {
        svg: Some(drawing.svg),
        width: size.0,
        height: size.1,
        title: format!("MRR in {currency} by month, up to {last}"),
        currency: Some(currency.code().to_owned()),
        points,
    })
}
