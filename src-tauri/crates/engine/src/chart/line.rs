//! A figure over time as a line: solid where it was seen or billed, dashed where it is inferred or not over; beside it, when
//! asked for, the same figure of an earlier time, quieter, and both named at their ends.

use super::axis::{Scale, short, ticks};
use super::pen::{ChartError, DrawnPoint, Pen, Side, round};
use super::theme::Ink;
use super::time::Time;
use chrono::NaiveDate;
use coffer_domain::currency::Currency;
use coffer_domain::metric::Basis;
use plotters::prelude::DrawingBackend;

/// Names at the ends of two lines stand at least so far apart.
const NAMES_APART: i32 = 15;

/// One figure of the series.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// The period's last day.
    pub date: NaiveDate,
    /// Minor units.
    pub minor: i64,
    /// What it rests on.
    pub basis: Option<Basis>,
    /// Whether the period is not over.
    pub unfinished: bool,
}

/// The same figure at an earlier time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Earlier {
    /// Its name, at the end of its line.
    pub name: String,
    /// A value below each mark; `None` where there is no history.
    pub minors: Vec<Option<i64>>,
}

/// What to draw.
#[derive(Debug, Clone)]
pub struct Series {
    /// The figures in order of time.
    pub marks: Vec<Mark>,
    /// What they are compared with.
    pub earlier: Option<Earlier>,
    /// Their currency.
    pub currency: Currency,
}

impl Series {
    /// The hairlines: from zero to above the largest of both lines.
    pub(super) fn ticks(&self) -> Vec<i64> {
        let own = self.marks.iter().map(|mark| mark.minor);
        let earlier = self.earlier.iter().flat_map(|it| &it.minors);
        ticks(own.chain(earlier.copied().flatten()).max().unwrap_or(0))
    }

    pub(super) fn labels(&self, ticks: &[i64]) -> Vec<String> {
        let label = |minor: &i64| short(*minor, self.currency);
        ticks.iter().map(label).collect()
    }
}

/// The places of both lines.
pub(super) struct Places {
    pub(super) own: Vec<DrawnPoint>,
    pub(super) earlier: Vec<Option<DrawnPoint>>,
}

pub(super) fn places(series: &Series, time: &Time, scale: &Scale) -> Places {
    let place = |index: usize, minor: i64| DrawnPoint {
        x: time.x(index),
        y: scale.y(minor.max(0)),
    };
    let own = series.marks.iter().enumerate();
    let earlier = series.earlier.iter().flat_map(|it| it.minors.iter());
    Places {
        own: own.map(|(index, mark)| place(index, mark.minor)).collect(),
        earlier: earlier
            .enumerate()
            .map(|(index, minor)| minor.map(|minor| place(index, minor)))
            .collect(),
    }
}

pub(super) fn draw<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    series: &Series,
    places: &Places,
    bottom: i32,
) -> Result<(), ChartError>
where
    DB::ErrorType: 'static,
{
    let own = &places.own;
    let Some(last) = own.last() else {
        return Ok(());
    };
    if let Some(first) = own.first().filter(|_| own.len() > 1) {
        let mut area: Vec<(i32, i32)> = own.iter().map(|point| point.pixel()).collect();
        area.push((round(last.x), bottom));
        area.push((round(first.x), bottom));
        pen.shape(Ink::Area, area)?;
    }
    for pair in places.earlier.windows(2) {
        if let [Some(from), Some(to)] = pair {
            pen.dashed(Ink::Earlier, from.pixel(), to.pixel(), 5)?;
        }
    }
    for (pair, marks) in own.windows(2).zip(series.marks.windows(2)) {
        let ([from, to], [_, mark]) = (pair, marks) else {
            continue;
        };
        let (from, to) = (from.pixel(), to.pixel());
        if mark.unfinished {
            pen.dashed(Ink::Unfinished, from, to, 4)?;
        } else if mark.basis == Some(Basis::Inferred) {
            pen.dashed(Ink::Inferred, from, to, 4)?;
        } else {
            pen.stroke(Ink::Line, from, to, 2)?;
        }
    }
    pen.disc(Ink::Dot, last.pixel(), 3)?;
    match &series.earlier {
        Some(earlier) => names(pen, &earlier.name, *last, &places.earlier),
        None => Ok(()),
    }
}

/// Both lines are named at their ends; names that would meet move apart.
fn names<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    name: &str,
    own: DrawnPoint,
    earlier: &[Option<DrawnPoint>],
) -> Result<(), ChartError>
where
    DB::ErrorType: 'static,
{
    let x = |point: DrawnPoint| round(point.x) + 8;
    let own_y = round(own.y);
    pen.words(Ink::Words, "now", (x(own), own_y), Side::Right, 12)?;
    let Some(end) = earlier.iter().rev().flatten().next().copied() else {
        return Ok(());
    };
    let end_y = round(end.y);
    let y = if (end_y - own_y).abs() >= NAMES_APART {
        end_y
    } else if end_y < own_y {
        own_y - NAMES_APART
    } else {
        own_y + NAMES_APART
    };
    pen.words(Ink::Axis, name, (x(end), y), Side::Right, 12)
}
