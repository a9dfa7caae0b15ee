//! Changes that tests order: many at once with notices, or one without.
//!
//! A merchant's other systems write metadata all day; `touch` is one of them. `quiet` is the change that no notice tells of,
//! which a client only finds by looking again.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::metadata::notice;
use crate::http::error::Refusal;
use crate::http::list::listing;
use crate::http::overlaid::overlaid;
use crate::http::query::Query;
use crate::http::route;
use crate::world::World;

#[derive(Deserialize)]
struct Touch {
    /// The collection, such as `customers`.
    kind: String,
    count: u32,
    #[serde(default)]
    skip: u32,
}

#[derive(Deserialize)]
struct Quiet {
    /// The collection, such as `customers`.
    kind: String,
    id: String,
}

fn bad(message: String) -> Refusal {
    Refusal::invalid(400, None, None, message)
}

/// Does what a test ordered.
pub(super) fn rehearse(world: &mut World, wish: &str, body: &str) -> Result<Value, Refusal> {
    let unread = |error: serde_json::Error| bad(format!("Cannot read the wish: {error}"));
    match wish {
        "touch" => touch(world, &serde_json::from_str(body).map_err(unread)?),
        "quiet" => quiet(world, &serde_json::from_str(body).map_err(unread)?),
        _ => Err(Refusal::no_such_path("POST", wish)),
    }
}

/// Ids of a collection as its list shows them, newest first.
fn ids(world: &World, touch: &Touch) -> Result<Vec<String>, Refusal> {
    let raw = if touch.kind == "subscriptions" {
        "status=all"
    } else {
        ""
    };
    let query = Query::parse(raw);
    let listed = listing(world, &touch.kind, &query)
        .ok_or_else(|| bad(format!("There is no list of {}.", touch.kind)))??;
    let listed = overlaid(world, &query, listed)?;
    let ids = (0..listed.len)
        .filter(|n| (listed.keep)(*n))
        .skip(touch.skip as usize)
        .take(touch.count as usize)
        .filter_map(|n| {
            (listed.write)(n)
                .get("id")
                .and_then(Value::as_str)
                .map(str::to_owned)
        });
    Ok(ids.collect())
}

/// Metadata with one more entry.
fn marked(world: &World, id: &str, key: &str) -> Option<Map<String, Value>> {
    let object = world.object(id)?;
    let mut metadata = object.get("metadata")?.as_object()?.clone();
    let number = world.events.next_number();
    metadata.insert(key.to_owned(), json!(format!("{number} at {}", world.now)));
    let mut fields = Map::new();
    fields.insert("metadata".to_owned(), Value::Object(metadata));
    Some(fields)
}

fn touch(world: &mut World, touch: &Touch) -> Result<Value, Refusal> {
    let (kind, notice) = route::kind_of(&touch.kind)
        .zip(notice(&touch.kind))
        .map(|((kind, _), notice)| (kind, notice))
        .ok_or_else(|| bad(format!("No notice tells of changes to {}.", touch.kind)))?;
    let ids = ids(world, touch)?;
    if ids.len() < touch.count as usize {
        return Err(bad(format!(
            "There are only {} {} after the first {}.",
            ids.len(),
            touch.kind,
            touch.skip
        )));
    }
    for id in &ids {
        if let Some(fields) = marked(world, id, "touched") {
            world.change((kind, Some(notice)), id, fields, None);
        }
    }
    Ok(json!({ "touched": ids.len(), "ids": ids }))
}

fn quiet(world: &mut World, quiet: &Quiet) -> Result<Value, Refusal> {
    let (kind, called) = route::kind_of(&quiet.kind)
        .ok_or_else(|| bad(format!("There is no list of {}.", quiet.kind)))?;
    let of_kind = world
        .object(&quiet.id)
        .filter(|object| object.get("object").and_then(Value::as_str) == Some(kind))
        .filter(|object| object.get("deleted").is_none());
    let missing = || Refusal::missing(404, called, &quiet.id, "id");
    of_kind.ok_or_else(missing)?;
    let fields = marked(world, &quiet.id, "changed_quietly").ok_or_else(missing)?;
    world.change((kind, None), &quiet.id, fields, None);
    world.object(&quiet.id).ok_or_else(missing)
}
