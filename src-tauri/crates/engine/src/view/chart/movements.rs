//! What moved MRR, by period: the bars of a page and of a file.

use super::notes::{self, Noted};
use super::{begins, first_of};
use crate::api::types::{BarView, MovementsChart};
use crate::books::Books;
use crate::chart::{self, Bar, Bars, Picture, Theme};
use crate::error::EngineError;
use crate::figures::View;
use crate::metrics::{self, Filter, Point, Question};
use crate::view::money::difference;
use crate::view::numbers::{ledger_money, of_ledger, point};
use chrono::NaiveDate;
use coffer_domain::Instant;
use coffer_domain::calendar::Every;
use coffer_domain::currency::Currency;
use coffer_domain::metric::figures::{Metric, Moved, Value};
use coffer_domain::mode::Mode;

/// What is asked of the movements.
#[derive(Debug, Clone)]
pub struct Asked {
    /// Whose, by which policy, in which zone.
    pub view: View,
    /// The length of a period.
    pub every: Every,
    /// How many, the unfinished one included.
    pub periods: u32,
    /// The ledger; the main one when not given.
    pub currency: Option<Currency>,
}

/// A period and what moved in it.
pub(super) struct Movement {
    pub(super) point: Point,
    pub(super) moved: Moved,
}

/// The movements of a ledger.
pub(super) struct Found {
    pub(super) currency: Currency,
    pub(super) movements: Vec<Movement>,
    pub(super) as_of: Option<Instant>,
    pub(super) complete: bool,
}

/// Gathers the movements from a day up to the present; `None` where no ledger is.
pub(super) fn gather<M: Mode>(
    books: &Books<M>,
    asked: Asked,
    from: NaiveDate,
) -> Result<Option<Found>, EngineError> {
    let question = Question {
        metrics: vec![Metric::Movements],
        from: Some(from),
        to: None,
        every: asked.every,
        money: ledger_money(asked.currency),
        by: None,
        filter: Filter::default(),
        view: asked.view,
    };
    let answer = metrics::answer(books, &question)?;
    let (as_of, complete) = (answer.as_of, answer.complete);
    let series = of_ledger(answer, asked.currency).find(|series| series.currency.is_some());
    let Some((series, currency)) = series.and_then(|it| it.currency.map(|code| (it, code))) else {
        return Ok(None);
    };
    let movements = series
        .points
        .into_iter()
        .filter_map(|point| match point.values.first() {
            Some((_, Value::Movements(moved))) => Some(Movement {
                moved: *moved,
                point,
            }),
            _ => None,
        })
        .collect();
    Ok(Some(Found {
        currency,
        movements,
        as_of,
        complete,
    }))
}

/// Movements with what was written on their days.
pub(super) struct Seen {
    pub(super) found: Found,
    pub(super) notes: Vec<Noted>,
    pub(super) every: Every,
    pub(super) policy: String,
}

impl Seen {
    pub(super) fn gather<M: Mode>(
        books: &Books<M>,
        asked: Asked,
    ) -> Result<Option<Self>, EngineError> {
        let (every, policy) = (asked.every, asked.view.policy.id.clone());
        let today = books
            .clock
            .now()
            .with_timezone(&asked.view.zone)
            .date_naive();
        let from = first_of(today, every, asked.periods).unwrap_or(today);
        let Some(found) = gather(books, asked, from)? else {
            return Ok(None);
        };
        let dates: Vec<NaiveDate> = found.movements.iter().map(|it| it.point.date).collect();
        let notes = notes::within(books, &dates, every)?;
        Ok(Some(Self {
            found,
            notes,
            every,
            policy,
        }))
    }

    pub(super) fn picture(&self) -> Picture {
        Picture {
            heading: None,
            line: None,
            bars: Some(bars(&self.found.movements, self.found.currency)),
            notes: notes::marks(&self.notes),
        }
    }
}

/// Answers `movements_chart`. Blocks.
///
/// # Errors
/// As `metrics::answer`, or when the drawing library refuses.
pub fn chart<M: Mode>(
    books: &Books<M>,
    asked: Asked,
    size: (u32, u32),
) -> Result<MovementsChart, EngineError> {
    let mut answer = MovementsChart {
        svg: None,
        width: size.0,
        height: size.1,
        currency: None,
        complete: false,
        step: 0.0,
        floor: f64::from(size.1),
        marks_y: f64::from(size.1),
        bars: Vec::new(),
        notes: Vec::new(),
    };
    let Some(seen) = Seen::gather(books, asked)? else {
        return Ok(answer);
    };
    let currency = seen.found.currency;
    answer.currency = Some(currency.code().to_owned());
    answer.complete = seen.found.complete;
    let drawn = chart::svg(&seen.picture(), Theme::Page, size)
        .map_err(|error| EngineError::Chart(error.to_string()))?;
    answer.bars = seen
        .found
        .movements
        .iter()
        .zip(&drawn.points)
        .map(|(it, place)| BarView {
            x: place.x,
            y: place.y,
            from: begins(it.point.date, seen.every).to_string(),
            point: point(&it.point, Some(currency)),
            change: difference(it.moved.change(), currency),
        })
        .collect();
    answer.notes = notes::views(&seen.notes, &drawn);
    answer.step = drawn.step;
    answer.floor = drawn.floor;
    answer.marks_y = drawn.marks_y;
    answer.svg = Some(drawn.svg);
    Ok(answer)
}

pub(super) fn bars(movements: &[Movement], currency: Currency) -> Bars {
    Bars {
        bars: movements.iter().map(bar).collect(),
        currency,
    }
}

/// What rates of exchange did stands where its sign puts it.
fn bar(it: &Movement) -> Bar {
    let moved = &it.moved;
    let fx_up = moved.fx.max(0);
    let fx_down = moved.fx.min(0).saturating_neg();
    Bar {
        date: it.point.date,
        gains: [
            moved.new.max(0),
            moved.reactivation.max(0),
            moved.expansion.max(0).saturating_add(fx_up),
        ],
        losses: [
            moved.contraction.saturating_abs().saturating_add(fx_down),
            moved.churn.saturating_abs(),
        ],
        unfinished: it.point.unfinished,
        inferred: it.point.inferred,
    }
}
