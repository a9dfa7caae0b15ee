//! `coffer forecast`: the next twelve months, and how far off such forecasts would have been.

use crate::args::{Cli, ForecastArgs};
use crate::command::{blocking, books, desk, metrics, mode, name_mode};
use crate::output::Output;
use crate::{Ended, Failure};
use coffer_engine::domain::metric::forecast::{Forecast, Measured, Outlook, Score};
use coffer_engine::domain::money::Money;
use coffer_engine::forecast::{Answer, answer};
use coffer_engine::view::money::instant;
use coffer_engine::with_books;
use serde_json::{Map, Value, json};

pub(crate) async fn run(cli: &Cli, args: &ForecastArgs, output: &Output) -> Result<Ended, Failure> {
    let desk = desk(cli)?;
    let view = metrics::view(&desk, &args.figures).await?;
    let currency = metrics::currency(&args.figures)?;
    let policy = view.policy.id.clone();
    let mode = mode(cli);
    let told = with_books!(books(&desk, mode).await?, books => blocking(move || answer(&books, &view, currency)).await?);
    if output.is_json() {
        output.document(&document(&told, &policy))?;
    } else {
        name_mode(mode, output)?;
        tell(&told, &policy, output)?;
    }
    if told.complete {
        return Ok(Ended::Well);
    }
    output.note("warning: the copy is not complete, so this is not either; run `coffer sync`.");
    Ok(Ended::Incomplete)
}

/// Parts of a million as a decimal with four places or more.
fn decimal(ppm: Option<i64>) -> Option<String> {
    let ppm = ppm?;
    let sign = if ppm < 0 { "-" } else { "" };
    let ppm = ppm.unsigned_abs();
    Some(format!("{sign}{}.{:06}", ppm / 1_000_000, ppm % 1_000_000))
}

fn measured(it: &Measured) -> Value {
    json!({
        "forecasts": it.forecasts,
        "error": decimal(it.error_ppm),
        "intervals": it.intervals,
        "coverage": decimal(it.coverage_ppm),
    })
}

fn score(it: &Score) -> Value {
    let months: Vec<Value> = it.by_horizon.iter().map(measured).collect();
    json!({ "overall": measured(&it.overall), "by_month": months })
}

fn document(told: &Answer, policy: &str) -> Value {
    let mut out = Map::new();
    out.insert("policy".to_owned(), json!(policy));
    out.insert("currency".to_owned(), json!(told.currency.code()));
    out.insert("as_of".to_owned(), json!(told.as_of.map(instant)));
    out.insert("complete".to_owned(), json!(told.complete));
    out.insert("mrr".to_owned(), json!(told.mrr));
    out.insert("committed_mrr".to_owned(), json!(told.committed));
    let known: Vec<Value> = told
        .known
        .iter()
        .map(|it| {
            json!({
                "date": it.day.to_string(),
                "customer": it.customer,
                "subscription": it.subscription,
                "why": it.why.name(),
                "delta": it.delta.round_half_even().ok(),
                "exact": it.delta.to_string(),
            })
        })
        .collect();
    out.insert("known_ahead".to_owned(), json!(known));
    match &told.outlook {
        Outlook::Forecast(forecast) => {
            let months: Vec<Value> = forecast
                .months
                .iter()
                .map(|it| {
                    json!({
                        "date": it.day.to_string(),
                        "expected": it.expected_minor,
                        "low": it.low_minor,
                        "high": it.high_minor,
                        "interval_from": it.basis.as_str(),
                    })
                })
                .collect();
            out.insert("model".to_owned(), json!(forecast.model.as_str()));
            out.insert("months".to_owned(), json!(months));
            out.insert(
                "back_test".to_owned(),
                json!({ "movements": score(&forecast.movements), "last_value": score(&forecast.last_value) }),
            );
        }
        Outlook::NotEnoughHistory { months, needed } => {
            out.insert("model".to_owned(), Value::Null);
            out.insert("months".to_owned(), json!([]));
            out.insert(
                "not_enough_history".to_owned(),
                json!({ "months": months, "needed": needed }),
            );
        }
    }
    Value::Object(out)
}

fn tell(told: &Answer, policy: &str, output: &Output) -> Result<(), Failure> {
    let money = |minor: i64| Money::new(minor, told.currency).text();
    output.line(&format!(
        "{policy}, {}: MRR {}, committed {}",
        told.currency,
        money(told.mrr),
        money(told.committed)
    ))?;
    for it in &told.known {
        let delta = it.delta.round_half_even().unwrap_or(0);
        output.line(&format!(
            "  {} {} {} ({}): {}",
            it.day,
            it.customer,
            it.subscription,
            it.why.name().replace('_', " "),
            Money::new(delta, told.currency).signed_text()
        ))?;
    }
    let forecast: &Forecast = match &told.outlook {
        Outlook::Forecast(forecast) => forecast,
        Outlook::NotEnoughHistory { months, needed } => {
            output.line(&format!(
                "There are {months} complete months; a forecast takes {needed}."
            ))?;
            return Ok(());
        }
    };
    let rows = forecast
        .months
        .iter()
        .map(|it| {
            vec![
                it.day.to_string(),
                money(it.low_minor),
                money(it.expected_minor),
                money(it.high_minor),
            ]
        })
        .collect();
    output.table(&["month", "low", "expected", "high"], &[1, 2, 3], rows)?;
    let error = |score: &Score| {
        decimal(score.overall.error_ppm).map_or_else(
            || "not known yet".to_owned(),
            |error| format!("{error} of MRR over {} forecasts", score.overall.forecasts),
        )
    };
    output.line(&format!(
        "Model: {}. Low to high holds four of five months. Mean error, back-tested: movements {}, last value {}.",
        forecast.model.as_str().replace('_', " "),
        error(&forecast.movements),
        error(&forecast.last_value)
    ))?;
    Ok(())
}
