//! The answer to a question about metrics: which of them, over which periods, in which money, cut by what.
//!
//! One answer for every host: whole minor units, counts and ready decimals, each with the policy that made it. Money that
//! moved comes from the file's own sums, everything else from rollups. What cannot be converted is left out and named; a
//! figure is never made of a part in silence.

mod cut;

use crate::books::Books;
use crate::error::EngineError;
use crate::figures::{self, Figures, Range, View};
use crate::rates;
use chrono::NaiveDate;
use coffer_domain::Instant;
use coffer_domain::calendar::{Every, day_of, end_of_day};
use coffer_domain::currency::Currency;
use coffer_domain::metric::days::{Day, Days, date_of};
use coffer_domain::metric::figures::{
    self as told, Ledgers, Metric, Moved, Period, RateOf, Value, tell, value,
};
use coffer_domain::metric::fx::RateTable;
use coffer_domain::metric::rollup::Rollup;
use coffer_domain::mode::Mode;
use coffer_domain::ratio::{Overflow, Ratio, Sum};
use coffer_store::table::cash::{self, Sort};
use cut::{Part, cut, fold_filtered};
use std::collections::{BTreeMap, BTreeSet};

pub use cut::{By, Filter};

/// In which money figures are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Money {
    /// The ledger of the account's own currency, or of the one with most subscribers.
    Main,
    /// Every ledger in its own currency.
    Each,
    /// Everything converted into one currency, at the rates of the days or at those of one day.
    In(Currency, Option<NaiveDate>),
}

/// A question.
#[derive(Debug, Clone)]
pub struct Question {
    /// The metrics.
    pub metrics: Vec<Metric>,
    /// Whose, by which policy, in which zone.
    pub view: View,
    /// The first day; the beginning of the last twelve months when not given.
    pub from: Option<NaiveDate>,
    /// The last day; the present when not given.
    pub to: Option<NaiveDate>,
    /// The length of a period.
    pub every: Every,
    /// The money.
    pub money: Money,
    /// The cut.
    pub by: Option<By>,
    /// What is left out.
    pub filter: Filter,
}

/// One point of a series.
#[derive(Debug, Clone)]
pub struct Point {
    /// The period's last day.
    pub date: NaiveDate,
    /// What each metric comes to, in the order of the question.
    pub values: Vec<(Metric, Value)>,
    /// Subscriptions whose worth is not known.
    pub unknown: i64,
    /// Whether part of it is carried back from the present.
    pub inferred: bool,
    /// Whether the period is not over.
    pub unfinished: bool,
}

/// A line of points.
#[derive(Debug, Clone)]
pub struct Series {
    /// The currency of its money; `None` where nothing was ever sold.
    pub currency: Option<Currency>,
    /// The part of a cut that it is, with a name for people.
    pub slice: Option<(String, String)>,
    /// Its points, in order of time.
    pub points: Vec<Point>,
}

/// An answer.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The instant it is as of.
    pub as_of: Option<Instant>,
    /// Whether every account's copy is whole.
    pub complete: bool,
    /// The series: one, one for each currency, or one for each part.
    pub series: Vec<Series>,
    /// Every currency that has a ledger.
    pub currencies: Vec<Currency>,
    /// Currencies left out because a rate is not known.
    pub unconverted: Vec<Currency>,
}

fn too_large(error: Overflow) -> EngineError {
    EngineError::Internal(error.to_string())
}

/// Answers a question. Blocks.
///
/// # Errors
/// When there is no such account, the range is none, or the file's.
pub fn answer<M: Mode>(books: &Books<M>, question: &Question) -> Result<Answer, EngineError> {
    let figures = figures::load(books, &question.view)?;
    if figures.accounts.is_empty() {
        return Err(match &question.view.account {
            Some(id) => EngineError::NotFound {
                what: "account",
                id: id.clone(),
                mode: M::NAME,
            },
            None => EngineError::NoAccount(M::NAME),
        });
    }
    for metric in &question.metrics {
        cut::check(*metric, question.by, &question.filter)?;
    }
    let at = figures.standing_at(books.clock.now());
    let present = day_of(at, question.view.zone);
    let to = question.to.unwrap_or(present);
    let from = question.from.unwrap_or_else(|| year_before(to));
    let periods = figures.periods(
        Range {
            from,
            to,
            every: question.every,
        },
        at,
    )?;
    let now = figures.on(present)?;
    let telling = Telling {
        question,
        rates: match question.money {
            Money::In(..) => Some(rates::table(&books.home)?),
            Money::Main | Money::Each => None,
        },
        main: figures.main_currency(&now),
        periods,
        present,
        currencies: now.ledgers.keys().copied().collect(),
    };
    let (series, unconverted) = telling.series(books, &figures)?;
    Ok(Answer {
        as_of: figures.as_of,
        complete: figures.complete,
        series,
        currencies: telling.currencies,
        unconverted,
    })
}

fn year_before(to: NaiveDate) -> NaiveDate {
    use chrono::{Datelike as _, Months};
    to.with_day(1)
        .and_then(|first| first.checked_sub_months(Months::new(11)))
        .unwrap_or(to)
}

/// What every series of an answer shares.
struct Telling<'a> {
    question: &'a Question,
    rates: Option<std::sync::Arc<RateTable>>,
    main: Option<Currency>,
    periods: Vec<Period>,
    present: NaiveDate,
    currencies: Vec<Currency>,
}

/// A rollup that is told as one series, with what it is called.
struct Source<'a> {
    rollup: &'a Rollup,
    accounts: Option<Vec<String>>,
    slice: Option<(String, String)>,
}

impl Telling<'_> {
    fn series<M: Mode>(
        &self,
        books: &Books<M>,
        figures: &Figures,
    ) -> Result<(Vec<Series>, Vec<Currency>), EngineError> {
        let filter = &self.question.filter;
        let filtered = if filter.is_empty() {
            None
        } else {
            Some(fold_filtered(books, figures, filter, self.question.every)?)
        };
        let whole = filtered.as_ref().unwrap_or(&figures.rollup);
        let mut sources = Vec::new();
        let mut parts: Vec<Part> = Vec::new();
        match self.question.by {
            None | Some(By::Currency) => sources.push(Source {
                rollup: whole,
                accounts: filter.provider.is_some().then(|| {
                    let own = figures.accounts.iter().filter(|row| filter.lets(row));
                    own.map(|row| row.id.to_string()).collect()
                }),
                slice: None,
            }),
            Some(by) => parts = cut(books, figures, by, filter, self.question.every)?,
        }
        sources.extend(parts.iter().map(|part| Source {
            rollup: &part.rollup,
            accounts: part.accounts.clone(),
            slice: Some((part.key.clone(), part.name.clone())),
        }));
        let mut made = Vec::new();
        let mut unconverted = BTreeSet::new();
        for source in &sources {
            for currency in self.ledgers_of(source.rollup) {
                let (series, left_out) = self.one(books, source, currency)?;
                made.push(series);
                unconverted.extend(left_out);
            }
        }
        Ok((made, unconverted.into_iter().collect()))
    }

    /// The currencies in which a source is told.
    fn ledgers_of(&self, rollup: &Rollup) -> Vec<Option<Currency>> {
        let each = || -> Vec<Option<Currency>> {
            let own = rollup.ledgers.iter();
            own.filter(|(currency, ledger)| currency.is_some() && !ledger.days.is_empty())
                .map(|(currency, _)| *currency)
                .collect()
        };
        match self.question.money {
            _ if self.question.by == Some(By::Currency) => each(),
            Money::Each => each(),
            Money::Main => vec![self.main],
            Money::In(currency, _) => vec![Some(currency)],
        }
    }

    fn one<M: Mode>(
        &self,
        books: &Books<M>,
        source: &Source<'_>,
        currency: Option<Currency>,
    ) -> Result<(Series, Vec<Currency>), EngineError> {
        let mut made = Series {
            currency,
            slice: source.slice.clone(),
            points: Vec::new(),
        };
        if self.question.by == Some(By::Currency)
            && let Some(currency) = currency
        {
            made.slice = Some((currency.code().to_owned(), currency.code().to_owned()));
        }
        let Some(currency) = currency else {
            return Ok((made, Vec::new()));
        };
        let converts =
            matches!(self.question.money, Money::In(..)) && self.question.by != Some(By::Currency);
        let rate = |from: Currency, day: Day| self.rate(from, currency, day);
        let ledgers = if converts {
            Ledgers::All(&rate)
        } else {
            Ledgers::One(currency)
        };
        let policy = &self.question.view.policy;
        // A trailing mean looks back over periods before the first.
        let (padded, skipped) = self.padded();
        let all = tell(source.rollup, &padded, &ledgers, policy).map_err(too_large)?;
        let mut left_out = all.unconverted.clone();
        let moved = if self.question.metrics.iter().any(|it| it.is_cash()) {
            let (moved, not) =
                self.cash(books, source, currency, converts.then_some(&rate as _))?;
            left_out.extend(not);
            moved
        } else {
            BTreeMap::new()
        };
        for (index, figures) in all.figures.iter().enumerate().skip(skipped) {
            let mut values = Vec::new();
            for metric in &self.question.metrics {
                let value = if metric.is_cash() {
                    Value::Money(Some(cash_value(*metric, &moved, figures.period.date)?))
                } else {
                    value(*metric, &all.figures, index, policy).map_err(too_large)?
                };
                values.push((*metric, value));
            }
            made.points.push(Point {
                date: figures.period.date,
                values,
                unknown: figures.unknown + figures.unfit,
                inferred: figures.bases.first().is_some_and(|count| *count > 0),
                unfinished: self.present <= figures.period.date,
            });
        }
        Ok((made, left_out))
    }

    /// The periods asked for, with as many before them as a trailing mean needs, and how many those are.
    fn padded(&self) -> (Vec<Period>, usize) {
        if !self.question.metrics.contains(&Metric::Ltv) {
            return (self.periods.clone(), 0);
        }
        told::with_those_before(&self.periods, &self.question.view.policy, self.present)
    }

    fn rate(&self, from: Currency, to: Currency, day: Day) -> Option<Ratio> {
        if from == to {
            return Some(Ratio::ONE);
        }
        let frozen = match self.question.money {
            Money::In(_, frozen) => frozen,
            Money::Main | Money::Each => None,
        };
        let day = frozen.or_else(|| date_of(day))?;
        self.rates.as_ref()?.rate(from, to, day)?.per_minor().ok()
    }

    /// Money that moved in each period, by what kind it is.
    fn cash<M: Mode>(
        &self,
        books: &Books<M>,
        source: &Source<'_>,
        currency: Currency,
        rate: Option<&RateOf<'_>>,
    ) -> Result<(Cash, Vec<Currency>), EngineError> {
        let (Some(first), Some(last)) = (self.periods.first(), self.periods.last()) else {
            return Ok((Cash::new(), Vec::new()));
        };
        let zone = self.question.view.zone;
        let end = |day: Day| {
            date_of(day)
                .and_then(|date| end_of_day(date, zone))
                .map_or(i64::MAX, |at| at.timestamp())
        };
        let (from, before) = (end(first.before), end(last.end));
        let accounts: Vec<Option<String>> = match (&source.accounts, &self.question.view.account) {
            (Some(own), _) => own.iter().cloned().map(Some).collect(),
            (None, one) => vec![one.clone()],
        };
        let days = Days::of_zone(zone);
        let mut sums = Cash::new();
        let mut left_out = BTreeSet::new();
        for account in accounts {
            let moved = books
                .store
                .read(|read| cash::between(read.sql(), account.as_deref(), from, before))?;
            for it in moved {
                if rate.is_none() && it.currency != currency {
                    continue;
                }
                let day = days.of(it.at);
                let factor = match rate {
                    Some(rate) => rate(it.currency, day),
                    None => Some(Ratio::ONE),
                };
                let Some(factor) = factor else {
                    left_out.insert(it.currency);
                    continue;
                };
                let place = self.periods.partition_point(|period| period.end < day);
                let Some(period) = self.periods.get(place) else {
                    continue;
                };
                let amount = Ratio::whole(it.amount).times(factor).map_err(too_large)?;
                sums.entry((period.date, it.sort)).or_default().add(amount);
            }
        }
        Ok((sums, left_out.into_iter().collect()))
    }
}

type Cash = BTreeMap<(NaiveDate, Sort), Sum>;

/// Gross is what came, net is that less what was given back; fees and disputes stand beside.
fn cash_value(metric: Metric, cash: &Cash, date: NaiveDate) -> Result<i64, EngineError> {
    let of = |sort: Sort| cash.get(&(date, sort)).cloned().unwrap_or_default();
    let sum = match metric {
        Metric::GrossVolume => of(Sort::Payments),
        Metric::Refunds => of(Sort::Refunds),
        Metric::Fees => of(Sort::Fees),
        Metric::Disputes => of(Sort::Disputes),
        Metric::NetVolume => {
            let mut net = of(Sort::Payments);
            net.merge(&of(Sort::Refunds).negated());
            net
        }
        _ => Sum::new(),
    };
    sum.round_half_even().map_err(too_large)
}

/// Movements as the words of an answer, in their order.
#[must_use]
pub fn movements_in_order(moved: &Moved) -> [(&'static str, i64); 8] {
    [
        ("opening", moved.opening),
        ("new", moved.new),
        ("expansion", moved.expansion),
        ("contraction", moved.contraction),
        ("churn", moved.churn),
        ("reactivation", moved.reactivation),
        ("fx", moved.fx),
        ("closing", moved.closing),
    ]
}
