//! Lists with what requests wrote.
//!
//! An object that a request made has its place in a list for good: behind it are all those of the world's own that were
//! there when it was made, before it all that came later. So the order stays newest first, and a cursor stays where it was
//! while the world goes on. Objects whose filtered fields a request changed are judged by what they show now.
//!
//! Nothing of this is done for a world that nobody wrote to.

use std::collections::BTreeSet;

use serde_json::Value;

use super::error::Refusal;
use super::page::Listing;
use super::query::{Query, Range};
use crate::world::World;
use crate::written::{Made, Seen};

/// What stands at a position of the joined list.
#[derive(Clone, Copy)]
enum At {
    Own(u32),
    Made(usize),
}

/// Two lists joined into one: the world's own, and what requests made, oldest first.
#[derive(Clone, Copy)]
struct Joined<'a> {
    own: u32,
    made: &'a [Made],
}

impl Joined<'_> {
    fn len(self) -> u32 {
        self.own + self.made.len() as u32
    }

    /// Counted from the oldest, the place of the `n`th that was made.
    fn place(self, n: usize) -> u32 {
        self.made.get(n).map_or(0, |made| made.after.min(self.own)) + n as u32
    }

    fn at(self, position: u32) -> At {
        let from_oldest = self.len() - 1 - position.min(self.len() - 1);
        let before = self
            .made
            .iter()
            .enumerate()
            .take_while(|(n, _)| self.place(*n) < from_oldest)
            .count();
        if before < self.made.len() && self.place(before) == from_oldest {
            At::Made(before)
        } else {
            At::Own(self.own - 1 - (from_oldest - before as u32))
        }
    }

    fn position_of_made(self, n: usize) -> u32 {
        self.len() - 1 - self.place(n)
    }

    fn position_of_own(self, position: u32) -> u32 {
        let from_oldest = self.own - 1 - position;
        let older = self
            .made
            .iter()
            .take_while(|made| made.after <= from_oldest)
            .count() as u32;
        self.len() - 1 - (from_oldest + older)
    }
}

/// The parameters by which a list of things that requests can make is filtered.
#[derive(Clone, Copy)]
struct Wanted<'a> {
    kind: &'a str,
    query: &'a Query,
    created: Range,
    active: Option<bool>,
}

impl Wanted<'_> {
    fn keeps(self, object: &Value) -> bool {
        let text = |path: &str| object.pointer(path).and_then(Value::as_str);
        let same = |parameter: &str, path: &str| {
            self.query
                .get(parameter)
                .is_none_or(|wanted| text(path) == Some(wanted))
        };
        let among = |parameter: &str, path: &str| {
            let wanted = self.query.many(parameter);
            wanted.is_empty() || text(path).is_some_and(|value| wanted.contains(&value))
        };
        let created = object.get("created").and_then(Value::as_i64);
        let alive = object.get("deleted").is_none();
        let active = self
            .active
            .is_none_or(|active| object.get("active").and_then(Value::as_bool) == Some(active));
        let own = match self.kind {
            "customer" => same("email", "/email"),
            "product" => {
                same("url", "/url")
                    && same("type", "/type")
                    && among("ids", "/id")
                    && self.query.get("shippable") != Some("true")
            }
            "price" => {
                same("currency", "/currency")
                    && same("product", "/product")
                    && same("type", "/type")
                    && same("recurring[interval]", "/recurring/interval")
                    && same("recurring[usage_type]", "/recurring/usage_type")
                    && among("lookup_keys", "/lookup_key")
            }
            "promotion_code" => {
                let code = self.query.get("code").is_none_or(|wanted| {
                    text("/code").is_some_and(|code| code.eq_ignore_ascii_case(wanted))
                });
                code && same("coupon", "/promotion/coupon") && same("customer", "/customer")
            }
            _ => true,
        };
        alive && active && own && created.is_some_and(|created| self.created.contains(created))
    }
}

/// The list as requests have left it.
pub(crate) fn overlaid<'a>(
    world: &'a World,
    query: &'a Query,
    own: Listing<'a>,
) -> Result<Listing<'a>, Refusal> {
    if world.written.is_empty() || own.kind == "event" {
        return Ok(own);
    }
    let Listing {
        kind,
        len,
        position,
        keep,
        stop,
        write,
    } = own;
    let wanted = Wanted {
        kind,
        query,
        created: query.range("created")?,
        active: query.flag("active")?,
    };
    let joined = Joined {
        own: len,
        made: world.written.made(kind),
    };
    let moved: BTreeSet<u32> = world.written.moved(kind).filter_map(&position).collect();
    let made = move |n: usize| {
        joined
            .made
            .get(n)
            .and_then(|made| world.written.made_object(&made.id))
    };
    // Whether something of the world's own is kept needs its JSON only where a request moved it.
    let shown = move |value: Value| world.written.shown(value, Seen::Now);
    let write = std::rc::Rc::new(write);
    let own_write = std::rc::Rc::clone(&write);
    let own_kept = move |n: u32| {
        if !moved.contains(&n) {
            return keep(n);
        }
        let value = own_write(n);
        let gone = value
            .get("id")
            .and_then(Value::as_str)
            .is_some_and(|id| world.written.is_gone(id));
        !gone && wanted.keeps(&shown(value))
    };
    Ok(Listing {
        kind,
        len: joined.len(),
        position: Box::new(move |id| {
            let of_made = joined.made.iter().position(|made| made.id == id);
            of_made.map_or_else(
                || position(id).map(|own| joined.position_of_own(own)),
                |n| Some(joined.position_of_made(n)),
            )
        }),
        keep: Box::new(move |n| match joined.at(n) {
            At::Own(own) => own_kept(own),
            At::Made(n) => made(n).is_some_and(|object| wanted.keeps(&object)),
        }),
        stop: Box::new(move |n| match joined.at(n) {
            At::Own(own) => stop(own),
            At::Made(_) => false,
        }),
        write: Box::new(move |n| match joined.at(n) {
            At::Own(own) => shown(write(own)),
            At::Made(n) => made(n).unwrap_or_default(),
        }),
    })
}
