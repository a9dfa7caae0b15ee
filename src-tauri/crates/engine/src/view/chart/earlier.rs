//! What a line is compared with: the same figure as many periods before, or a year before. A period that is not over is
//! compared with the same day then, because a month's first half against a whole one would be no comparison. Where nothing
//! is known of a day there is no value, and the reason instead.

use super::Charted;
use crate::api::types::{Comparison, EarlierPoint};
use crate::chart::Earlier;
use crate::error::EngineError;
use crate::view::money::{difference, direction, money, percent};
use chrono::{Datelike as _, Months, NaiveDate};
use coffer_domain::calendar::{Every, day_of};
use coffer_domain::currency::Currency;
use coffer_domain::money::Money;

/// A figure at an earlier time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct EarlierFigure {
    /// The day.
    pub(super) date: NaiveDate,
    /// Whether it is a day within a month and not the end of one.
    pub(super) within: bool,
    /// Minor units; `None` where there is no history.
    pub(super) minor: Option<i64>,
    /// The first day of which anything is known.
    pub(super) known_from: Option<NaiveDate>,
}

/// The figures that those of a chart are compared with, one for each.
pub(super) fn figures(
    charted: &Charted,
    compare: Comparison,
) -> Result<Vec<EarlierFigure>, EngineError> {
    let marks = &charted.series.marks;
    let months = match compare {
        Comparison::Year => 12,
        Comparison::Previous => u32::try_from(marks.len()).unwrap_or(u32::MAX),
    };
    let present = day_of(charted.at, charted.figures.view.zone);
    let dates: Vec<(NaiveDate, bool)> = marks
        .iter()
        .map(|mark| {
            let then = if mark.unfinished {
                present.checked_sub_months(Months::new(months))
            } else {
                month_end_before(mark.date, months)
            };
            (then.unwrap_or(NaiveDate::MIN), mark.unfinished)
        })
        .collect();
    let known_from = charted.figures.first_day();
    let days: Vec<NaiveDate> = dates.iter().map(|(date, _)| *date).collect();
    let points = charted.figures.on_each(&days)?;
    Ok(dates
        .into_iter()
        .zip(points)
        .map(|((date, within), point)| {
            let known = known_from.is_some_and(|first| first <= date);
            let figure = point.ledgers.get(&charted.series.currency);
            EarlierFigure {
                date,
                within,
                minor: known.then(|| figure.map_or(0, |figure| figure.mrr_minor)),
                known_from,
            }
        })
        .collect())
}

fn month_end_before(end: NaiveDate, months: u32) -> Option<NaiveDate> {
    let first = end.with_day(1)?.checked_sub_months(Months::new(months))?;
    Every::Month.last_day(first)
}

/// The same as a line.
pub(super) fn line(compare: Comparison, figures: &[EarlierFigure]) -> Earlier {
    Earlier {
        name: match compare {
            Comparison::Previous => "period before",
            Comparison::Year => "a year before",
        }
        .to_owned(),
        minors: figures.iter().map(|it| it.minor).collect(),
    }
}

impl EarlierFigure {
    /// By how much it is more now.
    pub(super) fn difference(&self, now: i64) -> Option<i64> {
        self.minor.map(|minor| now.saturating_sub(minor))
    }

    /// The same in percent, without a sign for what is more.
    pub(super) fn percent(&self, now: i64) -> Option<String> {
        percent(self.difference(now)?, self.minor?)
    }

    pub(super) fn view(&self, now: i64, currency: Currency, y: Option<f64>) -> EarlierPoint {
        let delta = self.difference(now);
        let why = match (self.minor, self.known_from) {
            (Some(0), _) => {
                Some("MRR was nothing then, and of nothing there is no share.".to_owned())
            }
            (Some(_), _) => None,
            (None, Some(first)) => Some(format!(
                "There is no history before {}.",
                first.format("%-d %B %Y")
            )),
            (None, None) => Some("There is no history yet.".to_owned()),
        };
        EarlierPoint {
            date: self.date.to_string(),
            label: self
                .date
                .format(if self.within { "%-d %B %Y" } else { "%B %Y" })
                .to_string(),
            y,
            value: self.minor.map(|minor| money(Money::new(minor, currency))),
            difference: delta.map(|minor| difference(minor, currency)),
            percent: self.percent(now).map(|text| {
                let plus = if delta > Some(0) { "+" } else { "" };
                format!("{plus}{text}\u{202f}%")
            }),
            direction: delta.map_or("flat", direction).to_owned(),
            why,
        }
    }
}
