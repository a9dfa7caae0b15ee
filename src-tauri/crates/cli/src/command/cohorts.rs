//! `coffer cohorts`: the retention triangle.

use crate::args::{Cli, CohortsArgs};
use crate::command::{blocking, books, desk, metrics, mode, name_mode};
use crate::output::Output;
use crate::{Ended, Failure};
use coffer_engine::cohorts::{Answer, Measure, Triangle, answer};
use coffer_engine::domain::calendar::Every;
use coffer_engine::domain::currency::Currency;
use coffer_engine::domain::money::Money;
use coffer_engine::view::money::instant;
use coffer_engine::with_books;
use serde_json::{Map, Value, json};

pub(crate) async fn run(cli: &Cli, args: &CohortsArgs, output: &Output) -> Result<Ended, Failure> {
    if metrics::every(&args.every)? != Every::Month {
        return Err(Failure::Usage("Cohorts are told by month.".to_owned()));
    }
    let measure = match args.measure.as_str() {
        "customers" => Measure::Customers,
        "revenue" => Measure::Revenue,
        other => {
            return Err(Failure::Usage(format!(
                "--measure is `{other}`; it can be customers or revenue."
            )));
        }
    };
    let desk = desk(cli)?;
    let view = metrics::view(&desk, &args.figures).await?;
    let currency = metrics::currency(&args.figures)?;
    let each = args.figures.currency.as_deref() == Some("each");
    let mode = mode(cli);
    let policy = view.policy.id.clone();
    let told = with_books!(books(&desk, mode).await?, books => blocking(move || answer(&books, &view, measure, currency, each)).await?);
    if output.is_json() {
        output.document(&document(&told, &policy, measure, each))?;
    } else {
        name_mode(mode, output)?;
        for triangle in &told.triangles {
            tell(triangle, measure, output)?;
        }
    }
    if told.complete {
        return Ok(Ended::Well);
    }
    output.note(
        "warning: the copy is not complete, so these figures are not either; run `coffer sync`.",
    );
    Ok(Ended::Incomplete)
}

fn cohorts(triangle: &Triangle) -> Value {
    triangle
        .cohorts
        .iter()
        .map(|it| {
            json!({
                "cohort": it.month,
                "size": it.size,
                "values": it.values,
                "rates": it.rates,
            })
        })
        .collect()
}

fn document(told: &Answer, policy: &str, measure: Measure, each: bool) -> Value {
    let mut out = Map::new();
    out.insert("policy".to_owned(), json!(policy));
    out.insert("measure".to_owned(), json!(measure.name()));
    out.insert("as_of".to_owned(), json!(told.as_of.map(instant)));
    out.insert("complete".to_owned(), json!(told.complete));
    let code = |it: &Triangle| it.currency.as_ref().map(|it| Currency::code(it).to_owned());
    if each && measure == Measure::Revenue {
        let series: Vec<Value> = told
            .triangles
            .iter()
            .map(|it| json!({ "currency": code(it), "cohorts": cohorts(it) }))
            .collect();
        out.insert("series".to_owned(), json!(series));
        return Value::Object(out);
    }
    let only = told.triangles.first();
    if measure == Measure::Revenue {
        out.insert("currency".to_owned(), json!(only.and_then(code)));
    }
    out.insert(
        "cohorts".to_owned(),
        only.map_or_else(|| json!([]), cohorts),
    );
    Value::Object(out)
}

fn tell(triangle: &Triangle, measure: Measure, output: &Output) -> Result<(), Failure> {
    let longest = triangle
        .cohorts
        .iter()
        .map(|it| it.values.len())
        .max()
        .unwrap_or(0);
    let numbers: Vec<String> = (0..longest).map(|month| month.to_string()).collect();
    let mut head = vec![
        triangle.currency.as_ref().map_or("cohort", Currency::code),
        "customers",
    ];
    head.extend(numbers.iter().map(String::as_str));
    let rows = triangle
        .cohorts
        .iter()
        .map(|it| {
            let mut row = vec![it.month.clone(), it.size.to_string()];
            row.extend(
                it.values
                    .iter()
                    .map(|value| match (measure, triangle.currency) {
                        (Measure::Revenue, Some(currency)) => Money::new(*value, currency).text(),
                        _ => value.to_string(),
                    }),
            );
            row.resize(longest + 2, String::new());
            row
        })
        .collect();
    let right: Vec<usize> = (1..longest + 2).collect();
    output.table(&head, &right, rows)?;
    Ok(())
}
