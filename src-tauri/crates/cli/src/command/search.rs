//! `coffer search TEXT`.

use crate::args::Cli;
use crate::command::{books, desk, mode, name_mode};
use crate::output::Output;
use crate::{Ended, Failure};
use coffer_engine::api::handle;
use coffer_engine::api::types::SearchRequest;
use serde_json::json;

pub(crate) async fn run(
    cli: &Cli,
    text: &str,
    limit: u32,
    output: &Output,
) -> Result<Ended, Failure> {
    let desk = desk(cli)?;
    let mode = mode(cli);
    books(&desk, mode).await?;
    let request = SearchRequest {
        mode: mode.into(),
        text: text.to_owned(),
        limit,
    };
    let found = handle::search(&desk, request).await?;
    if output.is_json() {
        output.document(&json!({ "items": found.items, "next": null }))?;
        return Ok(Ended::Well);
    }
    name_mode(mode, output)?;
    if found.items.is_empty() {
        output.line(&format!("Nothing here begins with “{text}”."))?;
        return Ok(Ended::Well);
    }
    let rows = found
        .items
        .iter()
        .map(|hit| {
            vec![
                hit.kind.clone(),
                hit.title.clone(),
                hit.detail.clone(),
                hit.id.clone(),
            ]
        })
        .collect();
    output.table(&["kind", "what", "detail", "id"], &[], rows)?;
    Ok(Ended::Well)
}
