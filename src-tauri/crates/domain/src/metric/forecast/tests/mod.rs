//! Tables for the figures worked by hand, properties for everything that must hold whatever the history.

mod check;
mod expected;
mod misses;
mod properties;

use super::*;
use crate::calendar::{Every, period_ends};

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// A month's movements; its day, opening and closing follow from the months before.
#[derive(Debug, Clone, Copy, Default)]
struct Moves {
    new: i64,
    reactivation: i64,
    expansion: i64,
    contraction: i64,
    churn: i64,
}

fn new(new: i64) -> Moves {
    Moves {
        new,
        ..Moves::default()
    }
}

fn churn(churn: i64) -> Moves {
    Moves {
        churn,
        ..Moves::default()
    }
}

/// Months from January 2020 on, beginning with `opening`.
fn history(opening: i64, moves: &[Moves]) -> Vec<Month> {
    let ends = period_ends(
        date("2020-01-01"),
        NaiveDate::MAX,
        Every::Month,
        moves.len(),
    );
    let mut opening_minor = opening;
    ends.into_iter()
        .zip(moves)
        .map(|(day, moves)| {
            let month = Month {
                day,
                opening_minor,
                new_minor: moves.new,
                reactivation_minor: moves.reactivation,
                expansion_minor: moves.expansion,
                contraction_minor: moves.contraction,
                churn_minor: moves.churn,
                closing_minor: opening_minor + moves.new + moves.reactivation + moves.expansion
                    - moves.contraction
                    - moves.churn,
            };
            opening_minor = month.closing_minor;
            month
        })
        .collect()
}

fn latest(history: &[Month]) -> Latest {
    let last = history.last().unwrap();
    Latest {
        day: last.day,
        closing_minor: last.closing_minor,
    }
}

fn ahead(history: &[Month], latest: Latest, known: &[KnownChange]) -> Forecast {
    match forecast(history, latest, known).unwrap() {
        Outlook::Forecast(forecast) => *forecast,
        short @ Outlook::NotEnoughHistory { .. } => panic!("a forecast was due, not {short:?}"),
    }
}

fn of(history: &[Month]) -> Forecast {
    ahead(history, latest(history), &[])
}

fn expected(forecast: &Forecast) -> Vec<i64> {
    forecast
        .months
        .iter()
        .map(|month| month.expected_minor)
        .collect()
}

fn is_exact(forecast: &Forecast) -> bool {
    forecast
        .months
        .iter()
        .all(|month| month.low_minor == month.high_minor)
}
