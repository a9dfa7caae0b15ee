//! `coffer show ID`: one object of any kind as the provider tells it, with what belongs to it, and what was noted on a customer.

use crate::args::Cli;
use crate::command::lists::{Which, value};
use crate::command::{blocking, books, desk, mode, name_mode};
use crate::output::Output;
use crate::{Ended, Failure};
use coffer_engine::api::types::NoteView;
use coffer_engine::domain::ids::CustomerId;
use coffer_engine::domain::record::Kind;
use coffer_engine::store::query::lists::{self, List, Wanted};
use coffer_engine::store::query::object::{self, Found};
use coffer_engine::store::table::note;
use coffer_engine::view::timeline::note_view;
use coffer_engine::{EngineError, with_books};
use serde_json::{Map, Value, json};

/// What belongs to an object, each list cut at this many.
const RELATED_MAX: u32 = 50;

pub(crate) async fn run(cli: &Cli, id: &str, output: &Output) -> Result<Ended, Failure> {
    let desk = desk(cli)?;
    let mode = mode(cli);
    let wanted = id.to_owned();
    let (document, notes) = with_books!(books(&desk, mode).await?, books => blocking(move || {
        let found = books.store.read(|read| {
            let Some(found) = object::by_id(read.sql(), &wanted)? else { return Ok(None) };
            let mut related = Map::new();
            for (name, which, filter) in belongings(&found) {
                let list = match which {
                    Which::Subscriptions => List::Subscriptions,
                    Which::Invoices => List::Invoices,
                    Which::Payments => List::Payments,
                    Which::Refunds => List::Refunds,
                    Which::Disputes => List::Disputes,
                };
                let (items, _) = lists::page(read.sql(), list, &filter)?;
                let items: Vec<Value> = items.iter().map(|item| value(which, item, None)).collect();
                related.insert(name.to_owned(), json!(items));
            }
            let notes = match found.kind {
                Kind::Customers => note::of_customer(read.sql(), &found.account, &CustomerId::new(found.id.clone()))?,
                _ => Vec::new(),
            };
            Ok(Some((found, related, notes)))
        })?;
        let Some((found, related, notes)) = found else {
            return Err(EngineError::NotFound { what: "object", id: wanted, mode });
        };
        let object: Value = serde_json::from_str(&found.json)
            .map_err(|error| EngineError::Internal(format!("the stored JSON of {} cannot be read: {error}", found.id)))?;
        let document = json!({
            "id": found.id,
            "kind": found.kind.as_str(),
            "account": found.account,
            "deleted": found.deleted,
            "object": object,
            "related": related,
        });
        Ok((document, notes.iter().map(note_view).collect::<Vec<_>>()))
    }).await?);
    if output.is_json() {
        let mut document = document;
        if let Some(object) = document.as_object_mut() {
            object.insert("notes".to_owned(), json!(notes));
        }
        output.document(&document)?;
    } else {
        name_mode(mode, output)?;
        let text = serde_json::to_string_pretty(&document).unwrap_or_default();
        output.line(&text)?;
        for note in &notes {
            output.line(&told(note))?;
        }
    }
    Ok(Ended::Well)
}

/// A note as it is read: who and when, and below it the words.
fn told(note: &NoteView) -> String {
    let by = note
        .author
        .as_ref()
        .map_or_else(String::new, |author| format!(" by {author}"));
    let changed = note
        .changed_at
        .as_ref()
        .map_or_else(String::new, |at| format!(", changed {at}"));
    let words: Vec<String> = note.text.lines().map(|line| format!("  {line}")).collect();
    format!(
        "\nNote of {}{by}{changed}\n{}",
        note.written_at,
        words.join("\n")
    )
}

/// Which lists belong to an object.
fn belongings(found: &Found) -> Vec<(&'static str, Which, Wanted)> {
    let of_customer = || Wanted {
        customer: Some(found.id.clone()),
        limit: RELATED_MAX,
        ..Wanted::default()
    };
    let of_parent = || Wanted {
        parent: Some(found.id.clone()),
        limit: RELATED_MAX,
        ..Wanted::default()
    };
    match found.kind {
        Kind::Customers => vec![
            ("subscriptions", Which::Subscriptions, of_customer()),
            ("invoices", Which::Invoices, of_customer()),
            ("payments", Which::Payments, of_customer()),
            ("refunds", Which::Refunds, of_customer()),
        ],
        Kind::Subscriptions => vec![("invoices", Which::Invoices, of_parent())],
        Kind::Charges => vec![
            ("refunds", Which::Refunds, of_parent()),
            ("disputes", Which::Disputes, of_parent()),
        ],
        Kind::PaymentIntents => vec![("payments", Which::Payments, of_parent())],
        _ => Vec::new(),
    }
}
