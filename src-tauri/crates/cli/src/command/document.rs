//! `coffer invoice pdf`: an invoice as the provider draws it.

use crate::args::Cli;
use crate::command::{books, desk, mode, name_mode};
use crate::output::Output;
use crate::{Ended, Failure};
use coffer_engine::api::document::file_name;
use coffer_engine::documents::invoice_document;
use coffer_engine::view::money::instant;
use coffer_engine::{EngineError, with_books};
use serde_json::json;
use std::path::{Path, PathBuf};

pub(crate) async fn run(
    cli: &Cli,
    id: &str,
    out: Option<&Path>,
    output: &Output,
) -> Result<Ended, Failure> {
    let desk = desk(cli)?;
    let mode = mode(cli);
    let found = with_books!(books(&desk, mode).await?, books => {
        invoice_document(&books, id, desk.client_options()).await
    })?;
    let path = out.map_or_else(
        || PathBuf::from(file_name(&found.number, mode)),
        Path::to_owned,
    );
    std::fs::write(&path, &found.bytes).map_err(|source| EngineError::Io {
        path: path.clone(),
        source,
    })?;
    if output.is_json() {
        output.document(&json!({
            "invoice": id,
            "number": found.number,
            "file": path.display().to_string(),
            "bytes": found.bytes.len(),
            "fetched_at": instant(found.fetched_at),
            "older": found.older,
        }))?;
    } else {
        name_mode(mode, output)?;
        output.line(&format!(
            "Saved invoice {} into {}.",
            found.number,
            path.display()
        ))?;
        if let Some(why) = &found.older {
            output.line(&format!(
                "It is as of {}, and the invoice has changed since: {why}",
                instant(found.fetched_at)
            ))?;
        }
    }
    Ok(Ended::Well)
}
