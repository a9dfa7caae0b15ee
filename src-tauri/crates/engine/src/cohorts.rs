//! The retention triangle: of those who first paid in a month, how many are there and what they pay, month by month.

use crate::books::Books;
use crate::error::EngineError;
use crate::figures::{self, View};
use coffer_domain::Instant;
use coffer_domain::calendar::day_of;
use coffer_domain::currency::Currency;
use coffer_domain::metric::days::{last_of_month, month_of};
use coffer_domain::metric::figures::{Cohort as Told, cohorts, divided};
use coffer_domain::metric::rollup::Ledger;
use coffer_domain::mode::Mode;
use coffer_domain::ratio::Sum;

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// Active customers, whatever they pay in.
    Customers,
    /// MRR, ledger by ledger.
    Revenue,
}

impl Measure {
    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Customers => "customers",
            Self::Revenue => "revenue",
        }
    }
}

/// The customers who first paid in one month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cohort {
    /// The month, `2026-01`.
    pub month: String,
    /// How many they are.
    pub size: i64,
    /// At the end of that month and of each after it: active customers, or minor units.
    pub values: Vec<i64>,
    /// Each value as a part of the first, customers of the size; four places.
    pub rates: Vec<Option<String>>,
}

/// One triangle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Triangle {
    /// The currency of its money.
    pub currency: Option<Currency>,
    /// Its cohorts, the oldest first.
    pub cohorts: Vec<Cohort>,
}

/// An answer.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The instant it is as of.
    pub as_of: Option<Instant>,
    /// Whether every account's copy is whole.
    pub complete: bool,
    /// One triangle, or one for each ledger.
    pub triangles: Vec<Triangle>,
}

/// Answers. Blocks.
///
/// # Errors
/// When there is no account, or the file's.
pub fn answer<M: Mode>(
    books: &Books<M>,
    view: &View,
    measure: Measure,
    currency: Option<Currency>,
    each: bool,
) -> Result<Answer, EngineError> {
    let figures = figures::load(books, view)?;
    if figures.accounts.is_empty() {
        return Err(EngineError::NoAccount(M::NAME));
    }
    let at = figures.standing_at(books.clock.now());
    let present = day_of(at, view.zone);
    let main = currency.or_else(|| figures.main_currency(&figures.on(present).ok()?));
    let mut triangles = Vec::new();
    let mut tell = |currency: Option<Currency>, ledger: &Ledger| {
        triangles.push(Triangle {
            currency,
            cohorts: triangle(ledger, month_of(present), measure)?,
        });
        Ok::<(), EngineError>(())
    };
    match measure {
        Measure::Customers => tell(None, &figures.rollup.everybody())?,
        Measure::Revenue => {
            let ledgers = figures.rollup.ledgers.iter();
            for (own, ledger) in ledgers.filter(|(own, _)| own.is_some() && (each || **own == main))
            {
                tell(*own, ledger)?;
            }
        }
    }
    Ok(Answer {
        as_of: figures.as_of,
        complete: figures.complete,
        triangles,
    })
}

fn triangle(ledger: &Ledger, until: i32, measure: Measure) -> Result<Vec<Cohort>, EngineError> {
    let too_large =
        |error: coffer_domain::ratio::Overflow| EngineError::Internal(error.to_string());
    cohorts(ledger, until)
        .into_iter()
        .map(|(month, told)| {
            let (values, of) = match measure {
                Measure::Customers => (told.active.clone(), told.size),
                Measure::Revenue => {
                    let values = rounded(&told).map_err(too_large)?;
                    let first = values.first().copied().unwrap_or(0);
                    (values, first)
                }
            };
            let whole = |number: i64| {
                let mut sum = Sum::new();
                sum.add(coffer_domain::ratio::Ratio::whole(number));
                sum.rational()
            };
            Ok(Cohort {
                month: last_of_month(month)
                    .map_or_else(String::new, |last| last.format("%Y-%m").to_string()),
                size: told.size,
                rates: values
                    .iter()
                    .map(|value| divided(&whole(*value), &whole(of)))
                    .collect(),
                values,
            })
        })
        .collect()
}

fn rounded(told: &Told) -> Result<Vec<i64>, coffer_domain::ratio::Overflow> {
    told.monthly
        .iter()
        .map(|level| level.sum()?.round_half_even())
        .collect()
}
