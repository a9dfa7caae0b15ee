//! `coffer reconcile --against FILE`: our figures beside the provider's own, with the causes of each difference.

use crate::args::{Cli, ReconcileArgs};
use crate::command::{blocking, books, desk, metrics, mode, name_mode};
use crate::output::Output;
use crate::{Ended, Failure};
use coffer_engine::domain::metric::reconcile::{MonthSplit, Reconciliation, Share};
use coffer_engine::domain::money::Money;
use coffer_engine::reconcile::{Compared, against, read_file, word};
use coffer_engine::with_books;
use serde_json::{Value, json};

pub(crate) async fn run(
    cli: &Cli,
    args: &ReconcileArgs,
    output: &Output,
) -> Result<Ended, Failure> {
    let desk = desk(cli)?;
    let view = metrics::view(&desk, &args.figures).await?;
    let policy = view.policy.id.clone();
    let (file, customers) = (args.against.clone(), args.customers);
    let mode = mode(cli);
    let Compared { made, complete, .. } = with_books!(books(&desk, mode).await?, books => blocking(move || {
        let text = read_file(&file)?;
        against(&books, &view, (&file.display().to_string(), &text), customers)
    }).await?);
    if output.is_json() {
        output.document(&document(&made, &policy, complete))?;
    } else {
        name_mode(mode, output)?;
        for split in &made.splits {
            tell(split, output)?;
        }
        for it in &made.beside {
            let ours = it.ours.map_or_else(|| "—".to_owned(), |it| it.to_string());
            output.line(&format!(
                "{} {:?}: ours {ours}, theirs {}",
                it.month,
                it.metric,
                it.theirs.exact()
            ))?;
        }
    }
    if complete {
        return Ok(Ended::Well);
    }
    output.note("warning: the copy is not complete, so our side is not either; run `coffer sync`.");
    Ok(Ended::Incomplete)
}

fn share(it: &Share) -> Value {
    let customers: Vec<Value> = it
        .largest
        .iter()
        .map(|own| {
            json!({
                "customer": own.customer.as_str(),
                "ours": own.ours_minor,
                "theirs": own.theirs_minor,
                "difference": own.minor,
            })
        })
        .collect();
    json!({
        "cause": word(&it.cause),
        "difference": it.minor,
        "customers": it.customers,
        "largest": customers,
        "rest": { "customers": it.rest_customers, "difference": it.rest_minor },
    })
}

fn document(made: &Reconciliation, policy: &str, complete: bool) -> Value {
    let months: Vec<Value> = made
        .splits
        .iter()
        .map(|it| {
            json!({
                "month": it.month.to_string(),
                "currency": it.currency.code(),
                "ours": it.ours_minor,
                "theirs": it.theirs_minor,
                "difference": it.difference_minor,
                "agreeing": it.agreeing,
                "causes": it.causes.iter().map(share).collect::<Vec<_>>(),
            })
        })
        .collect();
    let beside: Vec<Value> = made
        .beside
        .iter()
        .map(|it| {
            json!({
                "month": it.month.to_string(),
                "metric": format!("{:?}", it.metric),
                "ours": it.ours.map(|it| it.to_string()),
                "theirs": it.theirs.exact().to_string(),
            })
        })
        .collect();
    json!({ "policy": policy, "complete": complete, "months": months, "beside": beside })
}

fn tell(split: &MonthSplit, output: &Output) -> Result<(), Failure> {
    let money = |minor: i64| Money::new(minor, split.currency).text();
    output.line(&format!(
        "{} {}: ours {}, theirs {}, difference {}",
        split.month,
        split.currency,
        money(split.ours_minor),
        money(split.theirs_minor),
        Money::new(split.difference_minor, split.currency).signed_text()
    ))?;
    for it in &split.causes {
        output.line(&format!(
            "  {}: {} ({} customers)",
            word(&it.cause),
            Money::new(it.minor, split.currency).signed_text(),
            it.customers
        ))?;
        for own in &it.largest {
            output.line(&format!(
                "    {}: ours {}, theirs {}",
                own.customer,
                money(own.ours_minor),
                money(own.theirs_minor)
            ))?;
        }
    }
    Ok(())
}
