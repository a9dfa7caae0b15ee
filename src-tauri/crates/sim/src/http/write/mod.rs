//! Requests that write.
//!
//! A write is first read as a whole and refused when it makes no sense; only then it is carried out. The difference matters
//! to clients: an idempotency key keeps what was answered once carrying out has begun, and nothing before. Carrying out
//! depends on the world, the instant and the words of the request alone, which is what allows the kept requests to be done
//! again after a restart.
//!
//! Each file here writes one family of objects; `rehearsal` holds the changes that tests order.

mod bill;
mod catalogue;
mod coupon;
mod customer;
mod items;
mod metadata;
mod refund;
mod rehearsal;
mod schedule;
mod subscription;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::error::Refusal;
use super::form::Form;
use super::route;
use crate::wire::expand;
use crate::world::World;
use crate::written::{Cause, Effect, sort_of};

/// A request that writes, as it is kept.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Order {
    pub(crate) method: String,
    pub(crate) path: String,
    /// The parameters as they were sent.
    pub(crate) form: String,
    /// The id the request was given.
    pub(crate) request: String,
    /// Its idempotency key.
    pub(crate) key: Option<String>,
    /// A status that was answered instead of what had happened.
    #[serde(default)]
    pub(crate) failed: Option<u16>,
}

/// What became of a write.
#[derive(Debug)]
pub(crate) struct Performed {
    pub(crate) status: u16,
    pub(crate) body: Value,
    /// Whether carrying out had begun.
    pub(crate) begun: bool,
}

/// Why a write was not done.
#[derive(Debug)]
struct Stop {
    refusal: Refusal,
    begun: bool,
}

impl From<Refusal> for Stop {
    fn from(refusal: Refusal) -> Self {
        Self {
            refusal,
            begun: false,
        }
    }
}

/// A refusal that only came while carrying out.
fn begun(refusal: Refusal) -> Stop {
    Stop {
        refusal,
        begun: true,
    }
}

/// A write being read and carried out.
struct Writing<'a> {
    world: &'a mut World,
    form: &'a Form,
    by: &'a Cause,
}

impl Writing<'_> {
    /// The id that the next object of a kind gets.
    fn fresh_id(&self, kind: &str) -> String {
        let number = self.world.written.next_number(kind);
        sort_of(kind).map_or_else(
            || crate::ids::base62(u128::from(crate::stream::fold(&[u64::from(number), 31])), 8),
            |sort| self.world.id(sort, number),
        )
    }

    /// The object that an id in the path names, when it is of this kind and still there.
    fn find(&self, kind: &str, called: &str, id: &str) -> Result<Value, Stop> {
        self.world
            .object(id)
            .filter(|value| value.get("object").and_then(Value::as_str) == Some(kind))
            .filter(|value| value.get("deleted").is_none())
            .ok_or_else(|| begun(Refusal::missing(404, called, id, "id")))
    }

    /// The object that a parameter names.
    fn find_named(&self, kind: &str, parameter: &str, id: &str) -> Result<Value, Stop> {
        self.find(kind, kind, id).map_err(|_| {
            begun(Refusal::missing(
                400,
                &kind.replace('_', " "),
                id,
                parameter,
            ))
        })
    }

    /// The metadata of a new object.
    fn new_metadata(&self) -> Result<Value, Refusal> {
        let metadata = self.form.metadata(None)?;
        Ok(Value::Object(metadata.unwrap_or_default()))
    }

    /// Adds what the form says of metadata to the fields that are going to change.
    fn change_metadata(
        &self,
        object: &Value,
        fields: &mut Map<String, Value>,
    ) -> Result<(), Refusal> {
        let held = object.get("metadata").and_then(Value::as_object);
        if let Some(metadata) = self.form.metadata(held)? {
            fields.insert("metadata".to_owned(), Value::Object(metadata));
        }
        Ok(())
    }

    /// Adds the texts that the form gives to the fields that are going to change.
    fn change_texts(&self, names: &[&str], fields: &mut Map<String, Value>) {
        for name in names {
            if let Some(text) = self.form.text(name) {
                fields.insert((*name).to_owned(), text);
            }
        }
    }
}

/// What `done` leaves of the fields: those in which the object differs.
fn only_new(object: &Value, mut fields: Map<String, Value>) -> Map<String, Value> {
    fields.retain(|field, new| object.get(field) != Some(new));
    fields
}

/// Carries out a request that writes.
pub(crate) fn perform(world: &mut World, order: &Order) -> Performed {
    let form = Form::parse(&order.form);
    let cause = Cause {
        request: order.request.clone(),
        key: order.key.clone(),
    };
    let done = if let Some(wish) = order.path.strip_prefix("/_sim/") {
        rehearsal::rehearse(world, wish, &order.form).map_err(Stop::from)
    } else {
        let done = done(world, order, &form, &cause);
        if let Ok(body) = &done
            && !order.path.ends_with("/create_preview")
        {
            world
                .written
                .note_effect(effect(world.now, order, &form, body));
        }
        done
    };
    match done {
        Ok(body) => Performed {
            status: 200,
            body,
            begun: true,
        },
        Err(Stop { refusal, begun }) => Performed {
            status: refusal.status,
            body: refusal.body(),
            begun,
        },
    }
}

/// What a request did, for whoever counts.
fn effect(at: i64, order: &Order, form: &Form, body: &Value) -> Effect {
    let text = |text: &str| text.to_owned();
    Effect {
        at,
        request: order.request.clone(),
        key: order.key.clone(),
        method: order.method.clone(),
        path: order.path.clone(),
        object: body.get("id").and_then(Value::as_str).map(text),
        operation: form.get("metadata[coffer_op]").map(text),
    }
}

fn done(world: &mut World, order: &Order, form: &Form, by: &Cause) -> Result<Value, Stop> {
    let unknown = || Refusal::no_such_path(&order.method, &order.path);
    let below = order.path.strip_prefix("/v1/").ok_or_else(unknown)?;
    let parts: Vec<&str> = below.trim_end_matches('/').split('/').collect();
    let collection = match parts.as_slice() {
        [family, name, _] => format!("{family}/{name}"),
        [name, ..] => (*name).to_owned(),
        [] => return Err(unknown().into()),
    };
    let kind = route::kind_of(&collection);
    for path in form.expand() {
        expand::check(kind.map_or("nothing", |(kind, _)| kind), false, path)
            .map_err(|refused| Refusal::invalid(400, None, Some("expand"), refused.0))?;
    }
    let mut writing = Writing { world, form, by };
    let mut answer = match (order.method.as_str(), parts.as_slice()) {
        ("POST", ["customers"]) => customer::create(&mut writing),
        ("POST", ["customers", id]) => customer::update(&mut writing, id),
        ("DELETE", ["customers", id]) => customer::delete(&mut writing, id),
        ("POST", ["products"]) => catalogue::create_product(&mut writing),
        ("POST", ["products", id]) => catalogue::update_product(&mut writing, id),
        ("POST", ["prices"]) => catalogue::create_price(&mut writing),
        ("POST", ["prices", id]) => catalogue::update_price(&mut writing, id),
        ("POST", ["coupons"]) => coupon::create(&mut writing),
        ("POST", ["coupons", id]) => coupon::update(&mut writing, id),
        ("DELETE", ["coupons", id]) => coupon::delete(&mut writing, id),
        ("POST", ["promotion_codes"]) => coupon::create_code(&mut writing),
        ("POST", ["promotion_codes", id]) => coupon::update_code(&mut writing, id),
        ("POST", ["refunds"]) => refund::create(&mut writing),
        ("POST", ["subscriptions", id]) => subscription::update(&mut writing, id),
        ("DELETE", ["subscriptions", id]) => subscription::cancel(&mut writing, id),
        ("POST", ["subscriptions", id, "pause"]) => subscription::pause(&mut writing, id),
        ("POST", ["subscriptions", id, "resume"]) => subscription::resume(&mut writing, id),
        ("POST", ["subscription_schedules"]) => schedule::create(&mut writing),
        ("POST", ["subscription_schedules", id]) => schedule::update(&mut writing, id),
        ("POST", ["subscription_schedules", id, "release"]) => schedule::release(&mut writing, id),
        ("POST", ["invoices", "create_preview"]) => subscription::preview(&writing),
        (
            "POST",
            [
                "invoices",
                id,
                what @ ("pay" | "send" | "void" | "mark_uncollectible"),
            ],
        ) => bill::act(&mut writing, id, what),
        ("POST", ["customers", id, "balance_transactions"]) => bill::credit(&mut writing, id),
        ("POST", ["credit_notes"]) => bill::correct(&mut writing),
        ("POST", [_, id] | [_, _, id]) if metadata::allowed(&collection) => {
            let (kind, called) = kind.ok_or_else(unknown)?;
            metadata::update(&mut writing, &collection, (kind, called), id)
        }
        _ => Err(unknown().into()),
    }?;
    if let Some((kind, _)) = kind {
        for path in form.expand() {
            let fields: Vec<&str> = path.split('.').collect();
            world.expand(&mut answer, kind, &fields);
        }
    }
    Ok(answer)
}
