//! How MRR moved today, this month and this year, the figures of the month with their last twelve, and what waits for a
//! person. All of it rests on kept rows; nothing here goes through customers.

use crate::api::today::{MovedPart, MovedSpan, Need, Today, TodayFigure};
use crate::api::types::ModeView;
use crate::books::Books;
use crate::error::EngineError;
use crate::metrics::{self, Answer, Filter, Point, Question, Series};
use crate::outbox::{sentence, why_it_waits};
use crate::preferences;
use crate::view::money::{day, difference, direction, instant, percent};
use crate::view::numbers::{ledger_money, of_ledger, values};
use chrono::{Datelike as _, Months, NaiveDate};
use coffer_domain::Instant;
use coffer_domain::calendar::Every;
use coffer_domain::currency::Currency;
use coffer_domain::filter::{Filter as Terms, List};
use coffer_domain::metric::figures::{Metric, Moved, Value};
use coffer_domain::mode::Mode;
use coffer_domain::money::Money;
use coffer_domain::outbox::State;
use coffer_store::query::records::{self, Part, Records, Sort, Wanted};
use coffer_store::query::{customers, waiting};
use coffer_store::table::operation;
use coffer_store::{Read, StoreError};

/// The figures, in the order in which they stand.
const FIGURES: [Metric; 9] = [
    Metric::Arpa,
    Metric::ActiveSubscribers,
    Metric::NetMrrChurnRate,
    Metric::Nrr,
    Metric::Trials,
    Metric::NetVolume,
    Metric::CustomerChurnRate,
    Metric::QuickRatio,
    Metric::FailedPayments,
];
/// Months before this one that the small lines show.
const MONTHS_BACK: u32 = 12;
/// What waits and is listed, of each kind.
const NEEDS_MAX: usize = 8;
/// Operations that are counted.
const OPERATIONS_MAX: u32 = 1_000;
/// Bills tried in vain that are listed.
const RECOVERIES_MAX: u32 = 6;

/// The figures of a mode that has nothing yet.
#[must_use]
pub const fn empty(mode: ModeView) -> Today {
    Today {
        mode,
        currency: None,
        moved: Vec::new(),
        figures: Vec::new(),
        needs: Vec::new(),
        needs_count: 0,
    }
}

/// Answers `today`. Blocks.
///
/// # Errors
/// The file's.
pub fn today<M: Mode>(books: &Books<M>, currency: Option<Currency>) -> Result<Today, EngineError> {
    let mut today = empty(M::NAME.into());
    (today.needs, today.needs_count) = needs(books)?;
    let view = preferences::view(books)?;
    let present = books.clock.now().with_timezone(&view.zone).date_naive();
    let from = present
        .with_day(1)
        .and_then(|first| first.checked_sub_months(Months::new(MONTHS_BACK)));
    let mut named = FIGURES.to_vec();
    named.push(Metric::Movements);
    let asked = |metrics: Vec<Metric>, from: Option<NaiveDate>, every: Every| {
        let question = Question {
            metrics,
            view: view.clone(),
            from,
            to: None,
            every,
            money: ledger_money(currency),
            by: None,
            filter: Filter::default(),
        };
        match metrics::answer(books, &question) {
            Ok(answer) => Ok(ledger(answer, currency)),
            Err(EngineError::NoAccount(_)) => Ok(None),
            Err(error) => Err(error),
        }
    };
    let Some((currency, months)) = asked(named, from, Every::Month)? else {
        return Ok(today);
    };
    today.currency = Some(currency.code().to_owned());
    today.figures = FIGURES
        .into_iter()
        .filter_map(|metric| figure(metric, &months, currency))
        .collect();
    // The last month's own day is the present of the copy, which may lie before that of the clock.
    let last_day = present.checked_sub_months(Months::new(1));
    let days = asked(vec![Metric::Movements], last_day, Every::Day)?;
    if let Some(day) = days.as_ref().and_then(|(_, series)| series.points.last()) {
        today.moved = spans(day, &months, currency);
    }
    Ok(today)
}

/// The series of the ledger that is meant.
fn ledger(answer: Answer, wanted: Option<Currency>) -> Option<(Currency, Series)> {
    of_ledger(answer, wanted).find_map(|series| Some((series.currency?, series)))
}

fn moved_of(point: &Point) -> Option<&Moved> {
    point.values.iter().find_map(|(_, value)| match value {
        Value::Movements(moved) => Some(moved),
        _ => None,
    })
}

/// Today, this month, and this year up to now. A month's parts add up to what it changed, so those of a year do too.
fn spans(day: &Point, months: &Series, currency: Currency) -> Vec<MovedSpan> {
    let present = day.date;
    let in_year = |point: &&Point| point.date.year() == present.year();
    let year: Vec<&Moved> = months
        .points
        .iter()
        .filter(in_year)
        .filter_map(moved_of)
        .collect();
    let month: Vec<&Moved> = months
        .points
        .last()
        .and_then(moved_of)
        .into_iter()
        .collect();
    let today: Vec<&Moved> = moved_of(day).into_iter().collect();
    let first = present.with_day(1).unwrap_or(present);
    let january = first.with_month(1).unwrap_or(first);
    [
        ("day", present, today),
        ("month", first, month),
        ("year", january, year),
    ]
    .into_iter()
    .filter_map(|(span, from, moved)| told(span, (from, present), &moved, currency))
    .collect()
}

fn told(
    span: &str,
    (from, date): (NaiveDate, NaiveDate),
    moved: &[&Moved],
    currency: Currency,
) -> Option<MovedSpan> {
    let (first, last) = (moved.first()?, moved.last()?);
    let minor = last.closing.saturating_sub(first.opening);
    let parts = moved
        .iter()
        .map(|it| it.parts())
        .reduce(|mut all, more| {
            for ((_, sum), (_, minor)) in all.iter_mut().zip(more) {
                *sum = sum.saturating_add(minor);
            }
            all
        })
        .unwrap_or_default();
    Some(MovedSpan {
        span: span.to_owned(),
        from: from.to_string(),
        date: date.to_string(),
        change: difference(minor, currency),
        percent: percent(minor, first.opening),
        direction: direction(minor).to_owned(),
        parts: parts
            .into_iter()
            .filter(|(_, minor)| *minor != 0)
            .map(|(kind, minor)| MovedPart {
                kind: kind.to_owned(),
                amount: difference(minor, currency),
            })
            .collect(),
    })
}

fn figure(metric: Metric, months: &Series, currency: Currency) -> Option<TodayFigure> {
    let value = |point: &Point| {
        let own = point.values.iter().find(|(it, _)| *it == metric);
        own.map(|(_, value)| value.clone())
    };
    let text = |point: &Point| {
        let value = value(point)?;
        level(&value)?;
        values(metric, &value, Some(currency))
            .into_iter()
            .next()
            .map(|it| it.text)
    };
    let last = months.points.last()?;
    let before = months.points.iter().rev().nth(1);
    let levels: Vec<Option<i64>> = months
        .points
        .iter()
        .map(|point| level(&value(point)?))
        .collect();
    Some(TodayFigure {
        metric: metric.name().to_owned(),
        date: last.date.to_string(),
        text: text(last),
        before: before.and_then(text),
        unfinished: last.unfinished,
        inferred: last.inferred,
        line: line(&levels),
    })
}

/// A value as a whole number, to be set against others of its own kind.
fn level(value: &Value) -> Option<i64> {
    match value {
        Value::Money(minor) => *minor,
        Value::Count(count) => Some(*count),
        // A decimal of four places.
        Value::Rate(rate) => rate.as_ref()?.replace('.', "").parse().ok(),
        Value::Movements(_) => None,
    }
}

/// Heights between the smallest and the largest; all the same stand in the middle.
fn line(levels: &[Option<i64>]) -> Vec<Option<u32>> {
    let known = || levels.iter().flatten().copied();
    let (Some(low), Some(high)) = (known().min(), known().max()) else {
        return levels.iter().map(|_| None).collect();
    };
    let span = i128::from(high) - i128::from(low);
    levels
        .iter()
        .map(|level| {
            let above = i128::from((*level)?) - i128::from(low);
            let height = if span == 0 { 500 } else { above * 1_000 / span };
            u32::try_from(height).ok()
        })
        .collect()
}

/// Operations that need a person, disputes by their deadline, and bills that are tried in vain.
fn needs<M: Mode>(books: &Books<M>) -> Result<(Vec<Need>, u64), EngineError> {
    Ok(books.store.read(|read| {
        let states = &State::WAITING_FOR_SOMEBODY;
        let operations = operation::standing(read.sql(), states, 0, OPERATIONS_MAX)?;
        let disputes = waiting::disputes(read.sql())?;
        let count = operations.len().saturating_add(disputes.len());
        let mut found = Vec::new();
        for it in operations.iter().take(NEEDS_MAX) {
            let customer = it.customer.as_ref().map(ToString::to_string);
            let customer_name = match &customer {
                Some(id) => customers::called(read.sql(), id)?,
                None => None,
            };
            found.push(Need {
                kind: "operation".to_owned(),
                id: it.id.clone(),
                customer,
                customer_name,
                text: format!(
                    "{}. {}",
                    sentence(&it.intent),
                    why_it_waits(it.progress.state)
                ),
                due_by: None,
            });
        }
        let (failing, failing_count) = failing(read, books.clock.now())?;
        found.extend(disputes.into_iter().take(NEEDS_MAX).map(|it| Need {
            kind: "dispute".to_owned(),
            text: format!("disputes {}", it.amount.text()),
            id: it.id,
            customer: it.customer,
            customer_name: it.customer_name,
            due_by: it.due_by.map(instant),
        }));
        found.extend(failing);
        let count = u64::try_from(count).unwrap_or(u64::MAX);
        Ok((found, count.saturating_add(failing_count)))
    })?)
}

/// Bills that are tried in vain, the next attempt first, and how many there are.
fn failing(read: &Read<'_>, now: Instant) -> Result<(Vec<Need>, u64), StoreError> {
    let filter = Terms::default();
    let wanted = Wanted {
        list: List::Recovery,
        filter: &filter,
        sort: Sort::Due,
        descending: false,
        now,
    };
    let list = Records::new(read.sql(), wanted)?;
    let keys = list.keys(read.sql(), 0, RECOVERIES_MAX)?;
    let mut found = Vec::new();
    for it in records::lines(read.sql(), List::Recovery, now, &keys)? {
        let Part::Invoice(part) = it.part else {
            continue;
        };
        let invoice = &part.invoice;
        let left = Money::new(invoice.amount_remaining, invoice.currency).text();
        let next = invoice.next_attempt.map_or_else(
            || "is not tried again".to_owned(),
            |at| format!("is tried again on {}", day(at)),
        );
        found.push(Need {
            kind: "recovery".to_owned(),
            id: it.id,
            customer: it.customer,
            customer_name: it.name.or(it.email),
            text: format!("owes {left}, which {next}"),
            due_by: None,
        });
    }
    Ok((found, list.totals(read.sql())?.count))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_line_reaches_from_its_smallest_to_its_largest_and_leaves_gaps() {
        let line = line(&[Some(-20), None, Some(30), Some(5)]);
        assert_eq!(line, [Some(0), None, Some(1_000), Some(500)]);
        assert_eq!(super::line(&[Some(7), Some(7)]), [Some(500), Some(500)]);
        assert_eq!(super::line(&[None]), [None]);
    }

    #[test]
    fn a_rate_is_set_against_others_by_its_places_and_sign() {
        let rate = |text: &str| level(&Value::Rate(Some(text.to_owned())));
        assert_eq!(rate("0.0123"), Some(123));
        assert_eq!(rate("-0.0123"), Some(-123));
        assert_eq!(level(&Value::Rate(None)), None);
    }

    #[test]
    fn the_parts_of_a_span_add_up_to_its_change() {
        let month = |opening, new, churn| Moved {
            opening,
            new,
            expansion: 0,
            contraction: 0,
            churn,
            reactivation: 0,
            fx: 0,
            closing: opening + new - churn,
        };
        let (first, second) = (month(1_000, 300, 100), month(1_200, 0, 250));
        let day: NaiveDate = "2026-02-10".parse().unwrap();
        let told = told("year", (day, day), &[&first, &second], Currency::USD).unwrap();
        assert_eq!(told.change.minor, -50);
        assert_eq!(told.direction, "down");
        assert_eq!(told.percent.as_deref(), Some("−5.0"));
        let sum: i64 = told.parts.iter().map(|part| part.amount.minor).sum();
        assert_eq!(sum, told.change.minor, "nothing is left over");
    }
}
