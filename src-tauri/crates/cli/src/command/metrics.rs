//! `coffer metrics`: figures over time, a ledger for each currency.

use crate::args::{Cli, MetricsArgs};
use crate::command::{blocking, books, desk, mode, name_mode};
use crate::output::Output;
use crate::{Ended, Failure};
use chrono::{Datelike as _, Months, NaiveDate};
use chrono_tz::Tz;
use coffer_engine::domain::calendar::{Every, day_of};
use coffer_engine::domain::currency::Currency;
use coffer_engine::domain::metric::POLICY;
use coffer_engine::domain::metric::series::Figure;
use coffer_engine::domain::money::Money;
use coffer_engine::figures::{self, DatedPoint, Range};
use coffer_engine::view::money::instant;
use coffer_engine::{EngineError, with_books};
use serde_json::{Map, Value, json};

/// A metric this version computes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Metric {
    Mrr,
    Arr,
    Arpa,
    ActiveSubscribers,
}

impl Metric {
    const ALL: [Self; 4] = [Self::Mrr, Self::Arr, Self::Arpa, Self::ActiveSubscribers];

    const fn name(self) -> &'static str {
        match self {
            Self::Mrr => "mrr",
            Self::Arr => "arr",
            Self::Arpa => "arpa",
            Self::ActiveSubscribers => "active_subscribers",
        }
    }

    fn value(self, figure: Option<&Figure>) -> Value {
        match self {
            Self::Mrr => json!(figure.map_or(0, |it| it.mrr_minor)),
            Self::Arr => json!(figure.map_or(0, |it| it.arr_minor)),
            Self::Arpa => json!(figure.and_then(|it| it.arpa_minor)),
            Self::ActiveSubscribers => json!(figure.map_or(0, |it| it.active_subscribers)),
        }
    }

    fn text(self, figure: Option<&Figure>, currency: Currency) -> String {
        let money = |minor: i64| Money::new(minor, currency).text();
        match self {
            Self::Mrr => money(figure.map_or(0, |it| it.mrr_minor)),
            Self::Arr => money(figure.map_or(0, |it| it.arr_minor)),
            Self::Arpa => figure
                .and_then(|it| it.arpa_minor)
                .map_or_else(|| "—".to_owned(), money),
            Self::ActiveSubscribers => figure.map_or(0, |it| it.active_subscribers).to_string(),
        }
    }
}

/// What was asked for, read.
struct Asked {
    metrics: Vec<Metric>,
    every: Every,
    zone: Tz,
    currency: Option<Currency>,
    each: bool,
    from: Option<NaiveDate>,
    to: Option<NaiveDate>,
    account: Option<String>,
}

fn read(args: &MetricsArgs) -> Result<Asked, Failure> {
    let metrics = args
        .metric
        .iter()
        .map(|name| {
            Metric::ALL
                .into_iter()
                .find(|metric| metric.name() == name.trim())
                .ok_or_else(|| {
                    let known = Metric::ALL.map(Metric::name).join(", ");
                    Failure::Usage(format!(
                        "This version does not compute `{name}`; it knows {known}."
                    ))
                })
        })
        .collect::<Result<_, _>>()?;
    if args.policy != POLICY {
        return Err(Failure::Usage(format!(
            "This version knows the policy `{POLICY}` only."
        )));
    }
    if let (Some(from), Some(to)) = (args.from, args.to)
        && from > to
    {
        return Err(Failure::Usage(format!("--from {from} is after --to {to}.")));
    }
    let each = args.currency.as_deref() == Some("each");
    let currency = match args.currency.as_deref() {
        None | Some("each") => None,
        Some(code) => {
            Some(Currency::parse(code).map_err(|error| Failure::Usage(error.to_string()))?)
        }
    };
    Ok(Asked {
        metrics,
        every: every(&args.every)?,
        zone: zone(&args.zone)?,
        currency,
        each,
        from: args.from,
        to: args.to,
        account: args.account.clone(),
    })
}

/// Reads the length of a period.
pub(crate) fn every(word: &str) -> Result<Every, Failure> {
    Every::parse(word).ok_or_else(|| {
        Failure::Usage(format!(
            "--every is `{word}`; it can be day, week or month."
        ))
    })
}

fn zone(name: &str) -> Result<Tz, Failure> {
    name.parse().map_err(|_| {
        Failure::Usage(format!(
            "`{name}` is not a time zone; use a name such as Europe/Berlin."
        ))
    })
}

/// The figures read, with what they are as of.
struct Answer {
    points: Vec<DatedPoint>,
    main: Option<Currency>,
    currencies: Vec<Currency>,
    as_of: Option<coffer_engine::domain::Instant>,
    complete: bool,
}

pub(crate) async fn run(cli: &Cli, args: &MetricsArgs, output: &Output) -> Result<Ended, Failure> {
    let asked = read(args)?;
    let desk = desk(cli)?;
    let mode = mode(cli);
    let range = (asked.from, asked.to, asked.every, asked.zone);
    let account = asked.account.clone();
    let answer = with_books!(books(&desk, mode).await?, books => blocking(move || {
        let figures = figures::load(&books, account.as_deref())?;
        if figures.accounts.is_empty() {
            return Err(match account {
                Some(id) => EngineError::NotFound { what: "account", id, mode },
                None => EngineError::NoAccount(mode),
            });
        }
        let at = figures.standing_at(books.clock.now());
        let now = figures.at(at)?;
        let (from, to, every, zone) = range;
        let to = to.unwrap_or_else(|| day_of(at, zone));
        let from = from.or_else(|| to.with_day(1)?.checked_sub_months(Months::new(11))).unwrap_or(to);
        Ok(Answer {
            points: figures.points(Range { from, to, every, zone }, at)?,
            main: now.as_ref().and_then(|now| figures.main_currency(now)),
            currencies: now.map(|now| now.ledgers.keys().copied().collect()).unwrap_or_default(),
            as_of: figures.as_of,
            complete: figures.complete,
        })
    }).await?);
    if output.is_json() {
        output.document(&document(&asked, &answer))?;
    } else {
        name_mode(mode, output)?;
        tell(&asked, &answer, output)?;
    }
    let unknown: u64 = answer
        .points
        .iter()
        .flat_map(|dated| dated.point.ledgers.values())
        .map(|figure| figure.unknown)
        .sum();
    if unknown > 0 {
        output.note("warning: the worth of some subscriptions is not known here, so these figures are too low; run `coffer sync --full`.");
        return Ok(Ended::Incomplete);
    }
    if answer.complete {
        return Ok(Ended::Well);
    }
    output.note(
        "warning: the copy is not complete, so these figures are not either; run `coffer sync`.",
    );
    Ok(Ended::Incomplete)
}

fn points(asked: &Asked, answer: &Answer, currency: Currency) -> Value {
    let points = answer.points.iter().map(|dated| {
        let figure = dated.point.ledgers.get(&currency);
        let mut point = Map::new();
        point.insert("date".to_owned(), json!(dated.date.to_string()));
        for metric in &asked.metrics {
            point.insert(metric.name().to_owned(), metric.value(figure));
        }
        if let Some(unknown) = figure.map(|it| it.unknown).filter(|unknown| *unknown > 0) {
            point.insert("unknown".to_owned(), json!(unknown));
        }
        Value::Object(point)
    });
    points.collect()
}

fn document(asked: &Asked, answer: &Answer) -> Value {
    let mut out = Map::new();
    out.insert("policy".to_owned(), json!(POLICY));
    out.insert("zone".to_owned(), json!(asked.zone.name()));
    out.insert("as_of".to_owned(), json!(answer.as_of.map(instant)));
    out.insert("complete".to_owned(), json!(answer.complete));
    if asked.each {
        let series: Vec<Value> = answer
            .currencies
            .iter()
            .map(|currency| json!({ "currency": currency.code(), "points": points(asked, answer, *currency) }))
            .collect();
        out.insert("series".to_owned(), json!(series));
        return Value::Object(out);
    }
    let currency = asked.currency.or(answer.main);
    out.insert(
        "currency".to_owned(),
        json!(currency.map(|it| it.code().to_owned())),
    );
    let others: Vec<&str> = answer
        .currencies
        .iter()
        .filter(|it| Some(**it) != currency)
        .map(Currency::code)
        .collect();
    out.insert("other_currencies".to_owned(), json!(others));
    out.insert(
        "points".to_owned(),
        currency.map_or_else(|| json!([]), |it| points(asked, answer, it)),
    );
    Value::Object(out)
}

fn tell(asked: &Asked, answer: &Answer, output: &Output) -> Result<(), Failure> {
    let as_of = answer.as_of.map_or_else(
        || "not synced to the end yet".to_owned(),
        |at| format!("as of {}", instant(at)),
    );
    output.line(&format!("{POLICY}, {}, {as_of}", asked.zone.name()))?;
    let main = asked.currency.or(answer.main);
    let shown: Vec<Currency> = if asked.each {
        answer.currencies.clone()
    } else {
        main.into_iter().collect()
    };
    for currency in &shown {
        let rows = answer
            .points
            .iter()
            .map(|dated| {
                let figure = dated.point.ledgers.get(currency);
                let mut row = vec![dated.date.to_string()];
                row.extend(
                    asked
                        .metrics
                        .iter()
                        .map(|metric| metric.text(figure, *currency)),
                );
                row.push(if dated.unfinished { "so far" } else { "" }.to_owned());
                row
            })
            .collect();
        let mut header = vec![currency.code()];
        header.extend(asked.metrics.iter().map(|metric| metric.name()));
        header.push("");
        let right: Vec<usize> = (1..=asked.metrics.len()).collect();
        output.table(&header, &right, rows)?;
    }
    let others: Vec<&str> = answer
        .currencies
        .iter()
        .filter(|it| !shown.contains(it))
        .map(Currency::code)
        .collect();
    if !others.is_empty() {
        output.note(&format!(
            "Ledgers in other currencies: {} (--currency CODE, or --currency each).",
            others.join(", ")
        ));
    }
    Ok(())
}
