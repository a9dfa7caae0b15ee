//! `coffer explain`: what a figure is made of, row by row, until the rows add up to it.

use crate::args::{Cli, ExplainArgs};
use crate::command::{blocking, books, desk, metrics, mode, name_mode};
use crate::output::Output;
use crate::{Ended, Failure};
use coffer_engine::domain::currency::Currency;
use coffer_engine::domain::money::Money;
use coffer_engine::explain::{Explanation, Question, Shown, explain};
use coffer_engine::with_books;
use serde_json::{Value, json};

pub(crate) async fn run(cli: &Cli, args: &ExplainArgs, output: &Output) -> Result<Ended, Failure> {
    let desk = desk(cli)?;
    let question = Question {
        metric: args.metric.trim().to_owned(),
        date: args.date,
        every: metrics::every(&args.every)?,
        view: metrics::view(&desk, &args.figures).await?,
        currency: metrics::currency(&args.figures)?,
        customer: args.customer.clone(),
        limit: args.limit.and_then(|limit| usize::try_from(limit).ok()),
        after: args.after.clone(),
    };
    let policy = question.view.policy.id.clone();
    let mode = mode(cli);
    let told = with_books!(books(&desk, mode).await?, books => blocking(move || explain(&books, &question)).await?);
    if output.is_json() {
        output.document(&document(&told, &policy))?;
    } else {
        name_mode(mode, output)?;
        tell(&told, &policy, output)?;
    }
    if told.complete {
        return Ok(Ended::Well);
    }
    output.note(
        "warning: the copy is not complete, so this figure is not either; run `coffer sync`.",
    );
    Ok(Ended::Incomplete)
}

fn document(told: &Explanation, policy: &str) -> Value {
    let value = match &told.value {
        Shown::Money(minor) => json!(minor),
        Shown::Count(count) => json!(count),
        Shown::Rate(rate) => json!(rate),
    };
    let rows: Vec<Value> = told
        .rows
        .iter()
        .map(|row| {
            json!({
                "customer": row.customer,
                "subscription": row.subscription,
                "item": row.item,
                "exact": row.exact,
                "because": row.because,
            })
        })
        .collect();
    json!({
        "policy": policy,
        "metric": told.metric,
        "date": told.date.to_string(),
        "currency": told.currency.as_ref().map(Currency::code),
        "value": value,
        "exact": told.exact,
        "complete": told.complete,
        "rows": rows,
        "next": told.next,
        "rest": told.rest,
    })
}

fn tell(told: &Explanation, policy: &str, output: &Output) -> Result<(), Failure> {
    let value = match (&told.value, told.currency) {
        (Shown::Money(Some(minor)), Some(currency)) => Money::new(*minor, currency).text(),
        (Shown::Money(Some(minor)), None) => minor.to_string(),
        (Shown::Count(count), _) => count.to_string(),
        (Shown::Rate(Some(rate)), _) => rate.clone(),
        (Shown::Money(None) | Shown::Rate(None), _) => "—".to_owned(),
    };
    output.line(&format!(
        "{} on {}, {policy}: {value}, exactly {}",
        told.metric, told.date, told.exact
    ))?;
    let rows = told
        .rows
        .iter()
        .map(|row| {
            vec![
                row.customer.clone(),
                row.subscription.clone().unwrap_or_default(),
                row.item.clone().unwrap_or_default(),
                row.exact.clone(),
                row.because.join("; "),
            ]
        })
        .collect();
    output.table(
        &["customer", "subscription", "item", "exact", "because"],
        &[3],
        rows,
    )?;
    if let Some(next) = &told.next {
        output.note(&format!(
            "The rest comes to {}; go on with --after {next}.",
            told.rest
        ));
    }
    Ok(())
}
