//! `coffer demo`: a simulated merchant behind real HTTP, added with a key and synced like any other account.

use crate::args::{Cli, DemoArgs};
use crate::command::{blocking, books, desk};
use crate::output::Output;
use crate::{Ended, Failure, serve};
use coffer_engine::api::types::{MoneyView, Overview};
use coffer_engine::demo::DemoSpec;
use coffer_engine::domain::mode::ModeName;
use coffer_engine::sync::{SyncOptions, sync};
use coffer_engine::view::overview::overview;
use coffer_engine::{Desk, with_books};
use serde_json::json;
use std::sync::Arc;

pub(crate) async fn run(cli: &Cli, args: &DemoArgs, output: &Output) -> Result<Ended, Failure> {
    let desk = desk(cli)?;
    let spec = DemoSpec {
        seed: args.seed,
        customers: args.customers,
        ..DemoSpec::default()
    };
    desk.enter_demo(spec).await?;
    let any = books(&desk, ModeName::Test).await?;
    let watching = with_books!(&any, books => output.shows_progress().then(|| crate::progress::Watching::begin(books)));
    let options = SyncOptions {
        client: desk.client_options().clone(),
        ..SyncOptions::default()
    };
    let outcome = with_books!(&any, books => sync(books, options).await?);
    drop(watching);
    let seen = numbers(&desk).await?;
    if !args.headless {
        return serve::on(&desk, args.port, output).await;
    }
    let run = outcome.runs.first();
    let objects: u64 = run.map_or(0, |run| run.resources.iter().map(|it| it.fetched).sum());
    let seconds = run
        .and_then(|run| run.took)
        .unwrap_or_default()
        .as_secs_f64();
    if output.is_json() {
        output.document(&json!({ "overview": seen, "objects": objects, "seconds": seconds, "complete": outcome.complete() }))?;
    } else {
        output.line("TEST mode, simulated merchant")?;
        output.line(&format!("Synced {objects} objects in {seconds:.1} s."))?;
        tell(&seen, output)?;
        output.note("`coffer demo` without --headless opens it in a browser.");
    }
    Ok(if outcome.complete() {
        Ended::Well
    } else {
        Ended::Incomplete
    })
}

async fn numbers(desk: &Arc<Desk>) -> Result<Overview, Failure> {
    let any = books(desk, ModeName::Test).await?;
    with_books!(any, books => blocking(move || overview(&books, None)).await)
}

fn tell(seen: &Overview, output: &Output) -> Result<(), Failure> {
    let text = |money: &Option<MoneyView>| {
        money
            .as_ref()
            .map_or_else(|| "—".to_owned(), |it| it.text.clone())
    };
    let change = seen.mrr_change.as_ref().map_or_else(String::new, |change| {
        let percent = change
            .percent
            .as_ref()
            .map_or_else(String::new, |it| format!(", {it} %"));
        format!("  ({}{percent} since {})", change.amount.text, change.since)
    });
    output.line(&format!("MRR                 {}{change}", text(&seen.mrr)))?;
    output.line(&format!("Active subscribers  {}", seen.active_subscribers))?;
    output.line(&format!("ARPA                {}", text(&seen.arpa)))?;
    for other in seen
        .currencies
        .iter()
        .filter(|it| Some(&it.currency) != seen.currency.as_ref())
    {
        output.line(&format!(
            "MRR in {}          {}",
            other.currency, other.mrr.text
        ))?;
    }
    Ok(())
}
