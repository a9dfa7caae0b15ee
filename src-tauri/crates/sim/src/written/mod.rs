//! What requests made and changed, on top of the world that lives by itself.
//!
//! The world grows from its seed and knows nothing of clients. A client that creates a customer or writes metadata adds to
//! this overlay instead: objects that requests made, and for each object of either origin the fields that requests gave it.
//! Whoever shows an object asks the overlay last, so that lists, single objects and expanded references agree. Where a write
//! must reach the life itself (a refund, a deletion, a cancellation) it goes through `life`, a file beside this one, and
//! the world lives on from there.
//!
//! Nothing in here is kept on disk. What is kept are the requests in their order, and doing them again at their instants
//! gives the same overlay, the same ids and the same notices. So a world is decided by its spec, the instant, and the
//! requests that wrote to it; without such requests by the first two alone.
//!
//! Invariant: a change knows the number of the first notice that may show it, so that an older notice keeps showing the
//! object as it was.

mod life;
mod object;

pub(crate) use object::By;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::{Map, Value};

use crate::ids::Sort;

/// Objects that requests made are numbered from here; the world's own never come this far.
const FIRST_MADE: u32 = 1 << 31;

/// An object that a request made.
#[derive(Clone, Debug)]
pub(crate) struct Made {
    pub(crate) id: String,
    /// How many objects of the world's own were in its list when it was made; its place there for good.
    pub(crate) after: u32,
    /// The object as it was made; what came later is among the changes.
    first: Value,
    gone: bool,
}

/// Fields that a request gave an object.
#[derive(Clone, Debug)]
struct Change {
    /// The notice from whose number on it shows.
    from: u64,
    /// Whether that notice is about this very change; a quiet change is older than the notice.
    told: bool,
    fields: Map<String, Value>,
}

/// Who caused a notice.
#[derive(Clone, Debug)]
pub(crate) struct Cause {
    pub(crate) request: String,
    pub(crate) key: Option<String>,
}

/// Something that a request really did.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Effect {
    /// When, in seconds since 1970.
    pub at: i64,
    /// The request's id.
    pub request: String,
    /// Its idempotency key.
    pub key: Option<String>,
    /// Its method.
    pub method: String,
    /// Its path.
    pub path: String,
    /// The object that it made or changed.
    pub object: Option<String>,
    /// The operation that it says it is for, in `metadata[coffer_op]`.
    pub operation: Option<String>,
}

/// What a notice shows of the changes: those of its own instant belong to the object after it, not before.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Seen {
    Before(u64),
    After(u64),
    Now,
}

/// Fields that filters of lists look at: an object whose own were changed is judged by what it shows.
const FILTERED: [&str; 4] = ["active", "email", "lookup_key", "url"];

/// The overlay.
#[derive(Clone, Debug, Default)]
pub(crate) struct Written {
    made: BTreeMap<&'static str, Vec<Made>>,
    places: HashMap<String, (&'static str, usize)>,
    changes: HashMap<String, Vec<Change>>,
    causes: BTreeMap<u64, Cause>,
    /// Objects of the world's own whose filtered fields were changed, or that are gone, by kind.
    moved: BTreeMap<&'static str, BTreeSet<String>>,
    gone: BTreeSet<String>,
    /// Subscriptions whose end a request asked for; the customer of the simulated life does not take that back.
    held: BTreeSet<u32>,
    /// What requests did, each once however often it was answered.
    effects: Vec<Effect>,
}

impl Written {
    /// Whether nothing was ever written.
    pub(crate) fn is_empty(&self) -> bool {
        self.made.is_empty() && self.changes.is_empty() && self.gone.is_empty()
    }

    /// Objects that requests made, of a kind, oldest first.
    pub(crate) fn made(&self, kind: &str) -> &[Made] {
        self.made.get(kind).map_or(&[], Vec::as_slice)
    }

    /// Objects of the world's own that its filters no longer judge rightly.
    pub(crate) fn moved(&self, kind: &str) -> impl Iterator<Item = &str> {
        self.moved
            .get(kind)
            .into_iter()
            .flatten()
            .map(String::as_str)
    }

    /// By how much the list of a kind is longer than the world's own.
    pub(crate) fn surplus(&self, kind: &str) -> i64 {
        let alive = self.made(kind).iter().filter(|made| !made.gone).count() as i64;
        let lost = self
            .moved(kind)
            .filter(|id| self.gone.contains(*id))
            .count() as i64;
        alive - lost
    }

    /// The number of the next object of a sort that a request makes.
    pub(crate) fn next_number(&self, kind: &str) -> u32 {
        FIRST_MADE + self.made(kind).len() as u32
    }

    /// Adds an object.
    pub(crate) fn make(&mut self, kind: &'static str, id: String, after: u32, first: Value) {
        let list = self.made.entry(kind).or_default();
        self.places.insert(id.clone(), (kind, list.len()));
        list.push(Made {
            id,
            after,
            first,
            gone: false,
        });
    }

    fn find_made(&self, id: &str) -> Option<&Made> {
        let (kind, place) = self.places.get(id)?;
        self.made(kind).get(*place)
    }

    /// Whether a request made the object.
    pub(crate) fn is_made(&self, id: &str) -> bool {
        self.places.contains_key(id)
    }

    /// Whether a request removed the object.
    pub(crate) fn is_gone(&self, id: &str) -> bool {
        self.gone.contains(id)
    }

    /// An object that a request made, as a notice or the present shows it.
    pub(crate) fn made_object(&self, id: &str) -> Option<Value> {
        let made = self.find_made(id)?;
        if made.gone {
            let object = made.first.get("object").cloned().unwrap_or_default();
            let mut shown = Map::new();
            shown.insert("id".to_owned(), Value::String(id.to_owned()));
            shown.insert("object".to_owned(), object);
            shown.insert("deleted".to_owned(), Value::Bool(true));
            return Some(Value::Object(shown));
        }
        let mut value = made.first.clone();
        self.overlay(id, &mut value, Seen::Now);
        Some(value)
    }

    /// Removes an object from its list.
    pub(crate) fn remove(&mut self, kind: &'static str, id: &str) {
        self.gone.insert(id.to_owned());
        match self.places.get(id).copied() {
            Some((kind, place)) => {
                if let Some(made) = self.made.get_mut(kind).and_then(|list| list.get_mut(place)) {
                    made.gone = true;
                }
            }
            None => {
                self.moved.entry(kind).or_default().insert(id.to_owned());
            }
        }
    }

    /// Gives an object fields, shown from notice `from` on.
    fn change(
        &mut self,
        kind: &'static str,
        id: &str,
        (from, told): (u64, bool),
        fields: Map<String, Value>,
    ) {
        if !self.is_made(id) && FILTERED.iter().any(|field| fields.contains_key(*field)) {
            self.moved.entry(kind).or_default().insert(id.to_owned());
        }
        self.changes
            .entry(id.to_owned())
            .or_default()
            .push(Change { from, told, fields });
    }

    /// Lays the changes over an object; a field that the object does not show stays away.
    pub(crate) fn overlay(&self, id: &str, value: &mut Value, seen: Seen) {
        let (Some(changes), Some(shown)) = (self.changes.get(id), value.as_object_mut()) else {
            return;
        };
        let visible = |change: &&Change| match seen {
            Seen::Now => true,
            Seen::After(number) => change.from <= number,
            Seen::Before(number) => change.from < number || (change.from == number && !change.told),
        };
        for change in changes.iter().filter(visible) {
            for (field, new) in &change.fields {
                if let Some(old) = shown.get_mut(field) {
                    *old = new.clone();
                }
            }
        }
    }

    /// Lays the changes over an object that says its id itself.
    pub(crate) fn shown(&self, mut value: Value, seen: Seen) -> Value {
        if self.changes.is_empty() {
            return value;
        }
        if let Some(id) = value.get("id").and_then(Value::as_str).map(str::to_owned) {
            self.overlay(&id, &mut value, seen);
        }
        value
    }

    /// Writes down who caused notices.
    pub(crate) fn caused(&mut self, numbers: std::ops::Range<u64>, by: By<'_>) {
        if let Some(cause) = by {
            for number in numbers {
                self.causes.insert(number, cause.clone());
            }
        }
    }

    /// Writes down what a request did.
    pub(crate) fn note_effect(&mut self, effect: Effect) {
        self.effects.push(effect);
    }

    /// What requests did, in their order.
    pub(crate) fn effects(&self) -> &[Effect] {
        &self.effects
    }

    /// The request behind a notice.
    pub(crate) fn cause(&self, number: u64) -> Option<&Cause> {
        self.causes.get(&number)
    }

    /// Whether a request asked for the end of a subscription.
    pub(crate) fn holds(&self, subscription: u32) -> bool {
        self.held.contains(&subscription)
    }
}

/// The sort of ids of a kind whose objects requests can make; coupons have names instead.
pub(crate) fn sort_of(kind: &str) -> Option<Sort> {
    Some(match kind {
        "customer" => Sort::Customer,
        "product" => Sort::Product,
        "price" => Sort::Price,
        "promotion_code" => Sort::PromotionCode,
        _ => return None,
    })
}
