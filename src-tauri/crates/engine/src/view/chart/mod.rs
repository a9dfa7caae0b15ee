//! The MRR chart: the figures of the last months, drawn, with what moved them, what they were earlier, what was written on
//! their days, and the points to hover over.
//!
//! `collect` gathers the line, `Seen` everything that is seen with it. A page and a file are made of the same `Seen`, so a
//! file shows what was on screen.

mod earlier;
pub mod export;
pub mod movements;
pub mod notes;

use crate::api::types::{Chart, ChartPoint, ChartRequest, Comparison};
use crate::books::Books;
use crate::chart::{self, Drawing, Mark, Picture, Series, Theme};
use crate::error::EngineError;
use crate::figures::{self, DatedPoint, Figures, Range, View};
use crate::preferences;
use crate::view::money::{difference, money};
use crate::view::numbers::moves;
use chrono::{Datelike, Days, Months, NaiveDate};
use coffer_domain::Instant;
use coffer_domain::calendar::{Every, day_of};
use coffer_domain::currency::Currency;
use coffer_domain::metric::Basis;
use coffer_domain::metric::figures::Moved;
use coffer_domain::mode::Mode;
use coffer_domain::money::Money;
use earlier::EarlierFigure;
use movements::Movement;
use notes::Noted;

/// The figures behind a line.
pub struct Charted {
    /// What to draw.
    pub series: Series,
    /// The points it is made of.
    pub points: Vec<DatedPoint>,
    /// The instant they are as of: that of the copy, else the present.
    pub at: Instant,
    /// Whether every account's copy is whole.
    pub complete: bool,
    figures: Figures,
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
        .or_else(|| first_of(to, range.every, range.periods.max(2)))
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
        series: Series {
            marks,
            earlier: None,
            currency,
        },
        points,
        at,
        complete: figures.complete,
        figures,
    }))
}

/// The first day of so many periods that end with that of `to`.
fn first_of(to: NaiveDate, every: Every, periods: u32) -> Option<NaiveDate> {
    let back = periods.saturating_sub(1);
    match every {
        Every::Month => to.with_day(1)?.checked_sub_months(Months::new(back)),
        Every::Week => to.checked_sub_days(Days::new(u64::from(back) * 7)),
        Every::Day => to.checked_sub_days(Days::new(u64::from(back))),
    }
}

/// The first day of a period.
fn begins(day: NaiveDate, every: Every) -> NaiveDate {
    every.first_day(day).unwrap_or(day)
}

/// A size that can be drawn.
#[must_use]
pub fn size(width: u32, height: u32) -> (u32, u32) {
    (width.clamp(240, 4_000), height.clamp(120, 2_000))
}

/// What is asked of the MRR chart.
#[derive(Debug, Clone)]
struct Asked {
    currency: Option<Currency>,
    months: u32,
    compare: Option<Comparison>,
    view: View,
}

/// Everything that is seen on the MRR chart.
struct Seen {
    charted: Charted,
    /// By period; nothing for a ledger that never moved.
    moved: Vec<Movement>,
    earlier: Option<Vec<EarlierFigure>>,
    notes: Vec<Noted>,
}

impl Seen {
    /// Gathers it; `None` while there is nothing to draw.
    fn gather<M: Mode>(books: &Books<M>, asked: &Asked) -> Result<Option<Self>, EngineError> {
        let range = ChartRange {
            from: None,
            to: None,
            periods: asked.months.clamp(2, 120),
            every: Every::Month,
            currency: asked.currency,
        };
        let Some(mut charted) = collect(books, &asked.view, &range)? else {
            return Ok(None);
        };
        let currency = charted.series.currency;
        let earlier = asked
            .compare
            .map(|compare| earlier::figures(&charted, compare))
            .transpose()?;
        charted.series.earlier = asked
            .compare
            .zip(earlier.as_deref())
            .map(|(compare, figures)| earlier::line(compare, figures));
        let moved = match charted.series.marks.first() {
            Some(first) if !charted.figures.accounts.is_empty() => movements::gather(
                books,
                movements::Asked {
                    view: asked.view.clone(),
                    every: Every::Month,
                    periods: asked.months.clamp(2, 120),
                    currency: Some(currency),
                },
                begins(first.date, Every::Month),
            )?
            .map_or_else(Vec::new, |found| found.movements),
            _ => Vec::new(),
        };
        let dates: Vec<NaiveDate> = charted.series.marks.iter().map(|it| it.date).collect();
        let notes = notes::within(books, &dates, Every::Month)?;
        Ok(Some(Self {
            charted,
            moved,
            earlier,
            notes,
        }))
    }

    fn picture(&self) -> Picture {
        let series = &self.charted.series;
        // Bars share the axis only where there is one for each point.
        let bars = (self.moved.len() == series.marks.len())
            .then(|| movements::bars(&self.moved, series.currency));
        Picture {
            heading: None,
            line: Some(series.clone()),
            bars,
            notes: notes::marks(&self.notes),
        }
    }

    fn moved_in(&self, date: NaiveDate) -> Option<&Moved> {
        let found = self.moved.iter().find(|it| it.point.date == date);
        found.map(|it| &it.moved)
    }

    fn title(&self) -> String {
        let series = &self.charted.series;
        let last = series
            .marks
            .last()
            .map_or_else(String::new, |mark| mark.date.year().to_string());
        format!("MRR in {} by month, up to {last}", series.currency)
    }

    fn points(&self, drawing: &Drawing) -> Vec<ChartPoint> {
        let series = &self.charted.series;
        let currency = series.currency;
        let mut before: Option<i64> = None;
        let all = series
            .marks
            .iter()
            .zip(&self.charted.points)
            .zip(&drawing.points);
        all.enumerate()
            .map(|(index, ((mark, dated), place))| {
                let change =
                    before.map(|minor| difference(mark.minor.saturating_sub(minor), currency));
                before = Some(mark.minor);
                let figure = dated.point.ledgers.get(&currency);
                let earlier = self.earlier.as_ref().and_then(|all| all.get(index));
                let earlier_place = drawing.earlier.get(index).copied().flatten();
                ChartPoint {
                    x: place.x,
                    y: place.y,
                    from: begins(mark.date, Every::Month).to_string(),
                    date: mark.date.to_string(),
                    label: mark.date.format("%B %Y").to_string(),
                    value: money(Money::new(mark.minor, currency)),
                    change,
                    active_subscribers: figure.map_or(0, |figure| figure.active_subscribers),
                    basis: mark.basis.unwrap_or(Basis::Observed).as_str().to_owned(),
                    unfinished: mark.unfinished,
                    moved: self
                        .moved_in(mark.date)
                        .map_or_else(Vec::new, |moved| moves(moved, Some(currency))),
                    earlier: earlier
                        .map(|it| it.view(mark.minor, currency, earlier_place.map(|at| at.y))),
                }
            })
            .collect()
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
        step: 0.0,
        floor: f64::from(request.height),
        marks_y: f64::from(request.height),
        points: Vec::new(),
        notes: Vec::new(),
    }
}

/// Answers `mrr_chart`.
///
/// # Errors
/// The file's, or when the currency is none.
pub fn mrr_chart<M: Mode>(books: &Books<M>, request: &ChartRequest) -> Result<Chart, EngineError> {
    let asked = Asked {
        currency: parsed(request.currency.as_deref())?,
        months: request.months,
        compare: request.compare,
        view: preferences::view(books)?,
    };
    let Some(seen) = Seen::gather(books, &asked)? else {
        return Ok(empty(request));
    };
    let size = size(request.width, request.height);
    let drawing = chart::svg(&seen.picture(), Theme::Page, size)
        .map_err(|error| EngineError::Chart(error.to_string()))?;
    Ok(Chart {
        width: size.0,
        height: size.1,
        title: seen.title(),
        currency: Some(seen.charted.series.currency.code().to_owned()),
        step: drawing.step,
        floor: drawing.floor,
        marks_y: drawing.marks_y,
        points: seen.points(&drawing),
        notes: notes::views(&seen.notes, &drawing),
        svg: Some(drawing.svg),
    })
}

fn parsed(code: Option<&str>) -> Result<Option<Currency>, EngineError> {
    code.map(|code| Currency::parse(code).map_err(|error| EngineError::Usage(error.to_string())))
        .transpose()
}
