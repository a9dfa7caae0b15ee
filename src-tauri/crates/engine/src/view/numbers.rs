//! Answers about figures with ready text.

use crate::api::numbers::{
    CohortCell, CohortView, CohortsAnswer, ExplainAnswer, ExplainRow, ForecastAnswer,
    KnownAheadView, MetricsAnswer, MonthAheadView, PointView, SeriesView, ValueView,
};
use crate::books::Books;
use crate::cohorts;
use crate::error::EngineError;
use crate::explain::{self, Shown, explain};
use crate::figures::View;
use crate::forecast;
use crate::metrics::{self, By, Filter, Money as InMoney, Point, Question, Series};
use crate::view::customers::called;
use crate::view::money::{difference, instant, money, percent};
use chrono::NaiveDate;
use coffer_domain::calendar::Every;
use coffer_domain::currency::Currency;
use coffer_domain::metric::figures::{Metric, Moved, Value};
use coffer_domain::metric::forecast::{Outlook, Score};
use coffer_domain::mode::Mode;
use coffer_domain::money::Money;

/// Known changes that one answer lists.
const KNOWN_MAX: usize = 1_000;
const DASH: &str = "—";

/// A question about metrics by their names.
///
/// # Errors
/// When a name is none.
pub fn question(
    names: &[String],
    view: View,
    (from, to): (Option<NaiveDate>, Option<NaiveDate>),
    every: Every,
    currency: Option<Currency>,
    by: Option<&str>,
) -> Result<Question, EngineError> {
    let metrics = names
        .iter()
        .map(|name| {
            Metric::parse(name)
                .ok_or_else(|| EngineError::Usage(format!("There is no metric called `{name}`.")))
        })
        .collect::<Result<_, _>>()?;
    let by = by
        .map(|name| {
            By::parse(name).ok_or_else(|| {
                EngineError::Usage(format!(
                    "`{name}` is no cut; it can be plan, country, interval, provider or currency."
                ))
            })
        })
        .transpose()?;
    if let (Some(from), Some(to)) = (from, to)
        && from > to
    {
        return Err(EngineError::Usage(format!("{from} is after {to}.")));
    }
    Ok(Question {
        metrics,
        view,
        from,
        to,
        every,
        money: ledger_money(currency),
        by,
        filter: Filter::default(),
    })
}

/// One ledger's figures are those of all ledgers with the others left out: nothing is converted.
pub(super) const fn ledger_money(currency: Option<Currency>) -> InMoney {
    match currency {
        Some(_) => InMoney::Each,
        None => InMoney::Main,
    }
}

/// The series of an answer that are of a ledger; all of them where none is named.
pub(super) fn of_ledger(
    answer: metrics::Answer,
    currency: Option<Currency>,
) -> impl Iterator<Item = Series> {
    answer
        .series
        .into_iter()
        .filter(move |series| currency.is_none() || series.currency == currency)
}

/// Answers `metrics`. Blocks.
///
/// # Errors
/// As `metrics::answer`.
pub fn metrics<M: Mode>(
    books: &Books<M>,
    question: &Question,
    currency: Option<Currency>,
) -> Result<MetricsAnswer, EngineError> {
    let answer = metrics::answer(books, question)?;
    let code = |currency: &Currency| currency.code().to_owned();
    Ok(MetricsAnswer {
        policy: question.view.policy.id.clone(),
        as_of: answer.as_of.map(instant),
        complete: answer.complete,
        currencies: answer.currencies.iter().map(code).collect(),
        series: of_ledger(answer, currency)
            .map(|series| SeriesView {
                key: series.slice.as_ref().map(|(key, _)| key.clone()),
                name: series.slice.as_ref().map(|(_, name)| name.clone()),
                currency: series.currency.as_ref().map(code),
                points: series
                    .points
                    .iter()
                    .map(|it| point(it, series.currency))
                    .collect(),
            })
            .collect(),
    })
}

pub(super) fn point(it: &Point, currency: Option<Currency>) -> PointView {
    PointView {
        date: it.date.to_string(),
        unfinished: it.unfinished,
        inferred: it.inferred,
        unknown: it.unknown,
        values: it
            .values
            .iter()
            .flat_map(|(metric, value)| values(*metric, value, currency))
            .collect(),
    }
}

pub(super) fn values(metric: Metric, value: &Value, currency: Option<Currency>) -> Vec<ValueView> {
    let one = |text: String, whole: Option<i64>| {
        vec![ValueView {
            name: metric.name().to_owned(),
            text,
            whole,
        }]
    };
    match value {
        Value::Money(minor) => one(amount(*minor, currency), *minor),
        Value::Count(count) => one(count.to_string(), Some(*count)),
        Value::Rate(rate) => one(rate_text(metric, rate.as_deref()), None),
        Value::Movements(moved) => moves(moved, currency),
    }
}

fn amount(minor: Option<i64>, currency: Option<Currency>) -> String {
    match (minor, currency) {
        (Some(minor), Some(currency)) => Money::new(minor, currency).text(),
        _ => DASH.to_owned(),
    }
}

/// The opening, what each kind did with its sign, the closing.
pub(super) fn moves(moved: &Moved, currency: Option<Currency>) -> Vec<ValueView> {
    let one = |name: &str, minor: i64, text: String| ValueView {
        name: name.to_owned(),
        text,
        whole: Some(minor),
    };
    let level = |name: &str, minor: i64| one(name, minor, amount(Some(minor), currency));
    let mut all = vec![level("opening", moved.opening)];
    all.extend(
        moved
            .parts()
            .into_iter()
            .map(|(name, minor)| match currency {
                Some(currency) => one(name, minor, difference(minor, currency).text),
                None => level(name, minor),
            }),
    );
    all.push(level("closing", moved.closing));
    all
}

/// A rate in percent with one decimal; the quick ratio is a number of times.
fn rate_text(metric: Metric, rate: Option<&str>) -> String {
    let Some(rate) = rate else {
        return DASH.to_owned();
    };
    if metric == Metric::QuickRatio {
        return tenths(rate, 1).map_or_else(|| rate.to_owned(), |text| format!("{text}×"));
    }
    tenths(rate, 100).map_or_else(|| rate.to_owned(), |text| format!("{text}\u{202f}%"))
}

/// A decimal times a factor of 1 or 100 with one decimal, half to even.
fn tenths(decimal: &str, factor: i128) -> Option<String> {
    use coffer_domain::ratio::Ratio;
    let (sign, bare) = match decimal.strip_prefix('-') {
        Some(bare) => (-1, bare),
        None => (1, decimal),
    };
    let (whole, fraction) = bare.split_once('.').unwrap_or((bare, ""));
    let scale = 10_i128.checked_pow(u32::try_from(fraction.len()).ok()?)?;
    let number: i128 = format!("{whole}{fraction}").parse().ok()?;
    let tenths = Ratio::new(number.checked_mul(sign * factor * 10)?, scale)
        .ok()?
        .round_half_even()
        .ok()?;
    let minus = if tenths < 0 { "−" } else { "" };
    let tenths = tenths.unsigned_abs();
    Some(format!("{minus}{}.{}", tenths / 10, tenths % 10))
}

/// Answers `explain`. Blocks.
///
/// # Errors
/// As `explain::explain`.
pub fn explained<M: Mode>(
    books: &Books<M>,
    question: &explain::Question,
) -> Result<ExplainAnswer, EngineError> {
    let told = explain(books, question)?;
    let ids: Vec<String> = told.rows.iter().map(|row| row.customer.clone()).collect();
    let names = called(books, &ids)?;
    let metric = Metric::parse(&told.metric);
    let text = match &told.value {
        Shown::Money(minor) => amount(*minor, told.currency),
        Shown::Count(count) => count.to_string(),
        Shown::Rate(rate) => metric.map_or_else(
            || rate.clone().unwrap_or_else(|| DASH.to_owned()),
            |metric| rate_text(metric, rate.as_deref()),
        ),
    };
    let of_row = |row: &explain::Row| match &told.value {
        Shown::Money(_) => amount(row.rounded, told.currency),
        Shown::Count(_) | Shown::Rate(_) => row.exact.clone(),
    };
    Ok(ExplainAnswer {
        metric: told.metric.clone(),
        date: told.date.to_string(),
        policy: question.view.policy.id.clone(),
        currency: told.currency.map(|it| it.code().to_owned()),
        text,
        exact: told.exact.clone(),
        rows: told
            .rows
            .iter()
            .zip(names)
            .map(|(row, customer_name)| ExplainRow {
                customer: row.customer.clone(),
                customer_name,
                subscription: row.subscription.clone(),
                item: row.item.clone(),
                text: of_row(row),
                exact: row.exact.clone(),
                because: row.because.clone(),
            })
            .collect(),
        next: told.next,
        rest: told.rest,
        complete: told.complete,
    })
}

/// A triangle as it is shown: the first one of an answer.
#[must_use]
pub fn triangle(found: cohorts::Answer) -> CohortsAnswer {
    let first = found.triangles.into_iter().next();
    let currency = first.as_ref().and_then(|it| it.currency);
    let cohorts = first.map_or_else(Vec::new, |it| it.cohorts);
    CohortsAnswer {
        currency: currency.map(|it| it.code().to_owned()),
        complete: found.complete,
        as_of: found.as_of.map(instant),
        cohorts: cohorts
            .into_iter()
            .map(|it| {
                let whole = match currency {
                    Some(_) => it.values.first().copied().unwrap_or(0),
                    None => it.size,
                };
                CohortView {
                    month: it.month,
                    size: it.size,
                    cells: it
                        .values
                        .iter()
                        .map(|value| cell(*value, whole, currency))
                        .collect(),
                }
            })
            .collect(),
    }
}

fn cell(value: i64, whole: i64, currency: Option<Currency>) -> CohortCell {
    let shade = match whole {
        0 => 0,
        _ => i128::from(value).saturating_mul(100) / i128::from(whole),
    };
    CohortCell {
        text: match currency {
            Some(currency) => Money::new(value, currency).text(),
            None => value.to_string(),
        },
        percent: percent(value, whole),
        shade: u32::try_from(shade.clamp(0, 1_000)).unwrap_or(0),
    }
}

/// What lies ahead, as it is shown. Blocks.
///
/// # Errors
/// The file's.
pub fn ahead<M: Mode>(
    books: &Books<M>,
    found: forecast::Answer,
    policy: String,
) -> Result<ForecastAnswer, EngineError> {
    let currency = found.currency;
    let shown = |minor: i64| money(Money::new(minor, currency));
    let ids: Vec<String> = found
        .known
        .iter()
        .take(KNOWN_MAX)
        .map(|it| it.customer.clone())
        .collect();
    let names = called(books, &ids)?;
    let known = found
        .known
        .iter()
        .zip(names)
        .map(|(it, customer_name)| KnownAheadView {
            date: it.day.to_string(),
            customer: it.customer.clone(),
            customer_name,
            subscription: it.subscription.clone(),
            why: it.why.name().to_owned(),
            delta: difference(it.delta.round_half_even().unwrap_or(0), currency),
        })
        .collect();
    let mut answer = ForecastAnswer {
        currency: currency.code().to_owned(),
        policy,
        complete: found.complete,
        mrr: shown(found.mrr),
        committed: shown(found.committed),
        known,
        known_count: found.known.len() as u64,
        months: Vec::new(),
        model: None,
        error: None,
        missing: None,
    };
    match found.outlook {
        Outlook::NotEnoughHistory { months, needed } => {
            answer.missing = Some(format!(
                "There are {months} complete months, and a forecast takes {needed}."
            ));
        }
        Outlook::Forecast(forecast) => {
            answer.months = forecast
                .months
                .iter()
                .map(|it| MonthAheadView {
                    date: it.day.to_string(),
                    low: shown(it.low_minor),
                    expected: shown(it.expected_minor),
                    high: shown(it.high_minor),
                })
                .collect();
            answer.model = Some(forecast.model.as_str().replace('_', " "));
            answer.error = Some(format!(
                "Back-tested on its own past: from movements {}, from the last value alone {}.",
                missed(&forecast.movements),
                missed(&forecast.last_value)
            ));
        }
    }
    Ok(answer)
}

fn missed(score: &Score) -> String {
    match score.overall.error_ppm {
        Some(ppm) => percent(ppm, 1_000_000).map_or_else(
            || "not known yet".to_owned(),
            |text| {
                format!(
                    "{text}\u{202f}% off on average over {} forecasts",
                    score.overall.forecasts
                )
            },
        ),
        None => "not known yet".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{moves, rate_text, tenths};
    use coffer_domain::currency::Currency;
    use coffer_domain::metric::figures::{Metric, Moved};

    #[test]
    fn what_went_is_shown_with_a_minus_and_all_of_it_adds_up() {
        let moved = Moved {
            opening: 1_000,
            new: 300,
            expansion: 20,
            contraction: 50,
            churn: 70,
            reactivation: 10,
            fx: -5,
            closing: 1_205,
        };
        let shown = moves(&moved, Some(Currency::USD));
        let text = |name: &str| {
            let value = shown.iter().find(|it| it.name == name).unwrap();
            value.text.clone()
        };
        assert_eq!(text("churn"), "−$0.70");
        assert_eq!(text("contraction"), "−$0.50");
        assert_eq!(text("new"), "+$3.00");
        assert_eq!(text("opening"), "$10.00");
        let between: i64 = shown
            .iter()
            .filter(|it| it.name != "closing")
            .filter_map(|it| it.whole)
            .sum();
        assert_eq!(between, moved.closing);
    }

    #[test]
    fn rates_have_one_decimal_and_a_true_minus() {
        assert_eq!(tenths("0.0909", 100).as_deref(), Some("9.1"));
        assert_eq!(
            tenths("-0.0125", 100).as_deref(),
            Some("−1.2"),
            "half to even"
        );
        assert_eq!(tenths("1", 100).as_deref(), Some("100.0"));
        assert_eq!(tenths("no", 100), None);
        assert_eq!(rate_text(Metric::QuickRatio, Some("3.4500")), "3.4×");
        assert_eq!(rate_text(Metric::Nrr, None), "—");
    }
}
