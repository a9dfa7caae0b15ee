//! `coffer metrics`: figures over time, by a policy, in a money, cut by whatever is asked for.

use crate::args::{Cli, FigureArgs, MetricsArgs};
use crate::command::{blocking, books, desk, mode, name_mode};
use crate::output::Output;
use crate::{Ended, Failure};
use chrono_tz::Tz;
use coffer_engine::desk::Desk;
use coffer_engine::domain::calendar::Every;
use coffer_engine::domain::currency::Currency;
use coffer_engine::domain::metric::figures::{Metric, Value as Told};
use coffer_engine::domain::money::Money;
use coffer_engine::figures::View;
use coffer_engine::metrics::{
    Answer, By, Filter, Money as InMoney, Point, Question, Series, answer, movements_in_order,
};
use coffer_engine::view::money::instant;
use coffer_engine::{policies, with_books};
use serde_json::{Map, Value, json};

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

/// Whose figures, by which policy, in which zone.
pub(crate) async fn view(desk: &Desk, args: &FigureArgs) -> Result<View, Failure> {
    let room = desk.room().await;
    Ok(View {
        account: args.account.clone(),
        policy: policies::find(&room.home, &args.policy)?,
        zone: zone(&args.zone)?,
        currency: None,
    })
}

/// The currency asked for; `None` for every ledger or the main one.
pub(crate) fn currency(args: &FigureArgs) -> Result<Option<Currency>, Failure> {
    match args.currency.as_deref() {
        None | Some("each") => Ok(None),
        Some(code) => Currency::parse(code)
            .map(Some)
            .map_err(|error| Failure::Usage(error.to_string())),
    }
}

async fn read(desk: &Desk, args: &MetricsArgs) -> Result<Question, Failure> {
    let metrics = args
        .metric
        .iter()
        .map(|name| {
            Metric::parse(name.trim()).ok_or_else(|| {
                Failure::Usage(format!(
                    "There is no metric called `{name}`; `coffer metrics --help` lists them."
                ))
            })
        })
        .collect::<Result<_, _>>()?;
    if let (Some(from), Some(to)) = (args.from, args.to)
        && from > to
    {
        return Err(Failure::Usage(format!("--from {from} is after --to {to}.")));
    }
    let money = match (args.figures.currency.as_deref(), currency(&args.figures)?) {
        (Some("each"), _) => InMoney::Each,
        (_, Some(currency)) => InMoney::In(currency, args.rates_of),
        _ => InMoney::Main,
    };
    if args.rates_of.is_some() && !matches!(money, InMoney::In(..)) {
        return Err(Failure::Usage(
            "--rates-of needs a --currency to convert into.".to_owned(),
        ));
    }
    let by = args
        .by
        .as_deref()
        .map(|name| {
            By::parse(name).ok_or_else(|| {
                Failure::Usage(format!(
                    "--by is `{name}`; it can be plan, country, interval, provider or currency."
                ))
            })
        })
        .transpose()?;
    Ok(Question {
        metrics,
        view: view(desk, &args.figures).await?,
        from: args.from,
        to: args.to,
        every: every(&args.every)?,
        money,
        by,
        filter: Filter {
            plan: args.plan.clone(),
            country: args.country.as_deref().map(str::to_uppercase),
            interval: args.interval.clone(),
            provider: args.provider.clone(),
            metadata: args.metadata.as_deref().map(pair).transpose()?,
        },
    })
}

/// A key and its value.
fn pair(text: &str) -> Result<(String, String), Failure> {
    text.split_once('=')
        .filter(|(key, _)| !key.is_empty())
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .ok_or_else(|| Failure::Usage(format!("--metadata is `{text}`; it takes KEY=VALUE.")))
}

pub(crate) async fn run(cli: &Cli, args: &MetricsArgs, output: &Output) -> Result<Ended, Failure> {
    let desk = desk(cli)?;
    let question = read(&desk, args).await?;
    let mode = mode(cli);
    let asked = question.clone();
    let answer = with_books!(books(&desk, mode).await?, books => blocking(move || answer(&books, &asked)).await?);
    if output.is_json() {
        output.document(&document(&question, &answer))?;
    } else {
        name_mode(mode, output)?;
        tell(&question, &answer, output)?;
    }
    Ok(ended(&answer, output))
}

/// Whether the figures are whole, said where they are not.
fn ended(answer: &Answer, output: &Output) -> Ended {
    let unknown: i64 = answer
        .series
        .iter()
        .flat_map(|series| &series.points)
        .map(|point| point.unknown)
        .sum();
    let mut ended = Ended::Well;
    if unknown > 0 {
        output.note("warning: the worth of some subscriptions is not known here, so these figures are too low; run `coffer sync --full`.");
        ended = Ended::Incomplete;
    }
    if !answer.unconverted.is_empty() {
        let codes: Vec<&str> = answer.unconverted.iter().map(Currency::code).collect();
        output.note(&format!(
            "warning: no rates of exchange for {}, so its ledger is left out; `coffer rates --import FILE` takes newer ones.",
            codes.join(", ")
        ));
        ended = Ended::Incomplete;
    }
    if !answer.complete {
        output.note(
            "warning: the copy is not complete, so these figures are not either; run `coffer sync`.",
        );
        ended = Ended::Incomplete;
    }
    ended
}

fn point(point: &Point) -> Value {
    let mut out = Map::new();
    out.insert("date".to_owned(), json!(point.date.to_string()));
    for (metric, value) in &point.values {
        match value {
            Told::Money(minor) => out.insert(metric.name().to_owned(), json!(minor)),
            Told::Count(count) => out.insert(metric.name().to_owned(), json!(count)),
            Told::Rate(rate) => out.insert(metric.name().to_owned(), json!(rate)),
            Told::Movements(moved) => {
                for (name, minor) in movements_in_order(moved) {
                    out.insert(name.to_owned(), json!(minor));
                }
                None
            }
        };
    }
    if point.unknown > 0 {
        out.insert("unknown".to_owned(), json!(point.unknown));
    }
    if point.inferred {
        out.insert("inferred".to_owned(), json!(true));
    }
    Value::Object(out)
}

fn points(series: &Series) -> Value {
    series.points.iter().map(point).collect()
}

fn document(question: &Question, answer: &Answer) -> Value {
    let mut out = Map::new();
    out.insert("policy".to_owned(), json!(question.view.policy.id));
    out.insert("zone".to_owned(), json!(question.view.zone.name()));
    out.insert("as_of".to_owned(), json!(answer.as_of.map(instant)));
    out.insert("complete".to_owned(), json!(answer.complete));
    if matches!(question.money, InMoney::In(..)) {
        let codes: Vec<&str> = answer.unconverted.iter().map(Currency::code).collect();
        out.insert("unconverted".to_owned(), json!(codes));
    }
    let code = |series: &Series| series.currency.map(|it| it.code().to_owned());
    if let Some(by) = question.by {
        let series: Vec<Value> = answer
            .series
            .iter()
            .map(|own| {
                let (key, name) = own.slice.clone().unwrap_or_default();
                let mut one = Map::new();
                one.insert(by.name().to_owned(), json!(key));
                one.insert("name".to_owned(), json!(name));
                one.insert("currency".to_owned(), json!(code(own)));
                one.insert("points".to_owned(), points(own));
                Value::Object(one)
            })
            .collect();
        out.insert("by".to_owned(), json!(by.name()));
        out.insert("series".to_owned(), json!(series));
        return Value::Object(out);
    }
    if question.money == InMoney::Each {
        let series: Vec<Value> = answer
            .series
            .iter()
            .map(|own| json!({ "currency": code(own), "points": points(own) }))
            .collect();
        out.insert("series".to_owned(), json!(series));
        return Value::Object(out);
    }
    let only = answer.series.first();
    out.insert("currency".to_owned(), json!(only.and_then(code)));
    if question.money == InMoney::Main {
        out.insert("other_currencies".to_owned(), json!(others(answer)));
    }
    out.insert("points".to_owned(), only.map_or_else(|| json!([]), points));
    Value::Object(out)
}

fn others(answer: &Answer) -> Vec<String> {
    let shown: Vec<Currency> = answer.series.iter().filter_map(|it| it.currency).collect();
    answer
        .currencies
        .iter()
        .filter(|it| !shown.contains(it))
        .map(|it| it.code().to_owned())
        .collect()
}

fn header(question: &Question) -> Vec<&'static str> {
    question
        .metrics
        .iter()
        .flat_map(|metric| match metric {
            Metric::Movements => vec![
                "opening",
                "new",
                "expansion",
                "contraction",
                "churn",
                "reactivation",
                "fx",
                "closing",
            ],
            other => vec![other.name()],
        })
        .collect()
}

fn cells(point: &Point, currency: Currency) -> Vec<String> {
    let money = |minor: i64| Money::new(minor, currency).text();
    let dash = || "—".to_owned();
    point
        .values
        .iter()
        .flat_map(|(_, value)| match value {
            Told::Money(minor) => vec![minor.map_or_else(dash, money)],
            Told::Count(count) => vec![count.to_string()],
            Told::Rate(rate) => vec![rate.clone().unwrap_or_else(dash)],
            Told::Movements(moved) => movements_in_order(moved)
                .into_iter()
                .map(|(_, minor)| money(minor))
                .collect(),
        })
        .collect()
}

fn tell(question: &Question, answer: &Answer, output: &Output) -> Result<(), Failure> {
    let as_of = answer.as_of.map_or_else(
        || "not synced to the end yet".to_owned(),
        |at| format!("as of {}", instant(at)),
    );
    output.line(&format!(
        "{}, {}, {as_of}",
        question.view.policy.id,
        question.view.zone.name()
    ))?;
    for series in &answer.series {
        let Some(currency) = series.currency else {
            continue;
        };
        if let Some((key, name)) = &series.slice {
            if key == name {
                output.line(key)?;
            } else {
                output.line(&format!("{name} ({key})"))?;
            }
        }
        let rows = series
            .points
            .iter()
            .map(|point| {
                let mut row = vec![point.date.to_string()];
                row.extend(cells(point, currency));
                row.push(if point.unfinished { "so far" } else { "" }.to_owned());
                row
            })
            .collect();
        let columns = header(question);
        let mut head = vec![currency.code()];
        head.extend(columns.iter().copied());
        head.push("");
        let right: Vec<usize> = (1..=columns.len()).collect();
        output.table(&head, &right, rows)?;
    }
    let others = others(answer);
    if question.money == InMoney::Main && question.by.is_none() && !others.is_empty() {
        output.note(&format!(
            "Ledgers in other currencies: {} (--currency CODE converts them, --currency each tells them).",
            others.join(", ")
        ));
    }
    Ok(())
}
