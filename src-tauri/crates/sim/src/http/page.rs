//! Pages of a list: cursors, limits, and the word that there is more.
//!
//! Invariant: walking a list by `starting_after` until `has_more` is false meets every object exactly once, also while newer
//! ones are added at its head.

use serde_json::Value;

use super::error::Refusal;
use super::query::Query;
use crate::world::World;

/// Finds the position of an id.
pub(crate) type Place<'a> = Box<dyn Fn(&str) -> Option<u32> + 'a>;

/// A list, newest first, by position.
pub(crate) struct Listing<'a> {
    /// The kind of object, for following references.
    pub(crate) kind: &'static str,
    /// How many positions there are.
    pub(crate) len: u32,
    /// The position of an id that the list shows.
    pub(crate) position: Place<'a>,
    /// Whether the filters keep a position.
    pub(crate) keep: Box<dyn Fn(u32) -> bool + 'a>,
    /// Whether nothing is kept from a position on.
    pub(crate) stop: Box<dyn Fn(u32) -> bool + 'a>,
    pub(crate) write: Box<dyn Fn(u32) -> Value + 'a>,
}

/// Parameters that every list knows.
pub(crate) const COMMON: [&str; 4] = ["limit", "starting_after", "ending_before", "expand"];

impl Listing<'_> {
    fn cursor(&self, query: &Query, name: &str) -> Result<Option<u32>, Refusal> {
        let Some(id) = query.get(name) else {
            return Ok(None);
        };
        (self.position)(id)
            .map(Some)
            .ok_or_else(|| Refusal::missing(400, &self.kind.replace('_', " "), id, name))
    }

    /// The positions of the page and whether there are more beyond it.
    fn cut(&self, query: &Query) -> Result<(Vec<u32>, bool), Refusal> {
        let limit = query.limit()?;
        let (after, before) = (
            self.cursor(query, "starting_after")?,
            self.cursor(query, "ending_before")?,
        );
        let mut found: Vec<u32> = match (after, before) {
            (Some(_), Some(_)) => {
                let message =
                    "You cannot specify both starting_after and ending_before.".to_owned();
                return Err(Refusal::invalid(400, None, Some("ending_before"), message));
            }
            (None, Some(before)) => (0..before)
                .rev()
                .filter(|n| (self.keep)(*n))
                .take(limit + 1)
                .collect(),
            (after, None) => (after.map_or(0, |after| after + 1)..self.len)
                .take_while(|n| !(self.stop)(*n))
                .filter(|n| (self.keep)(*n))
                .take(limit + 1)
                .collect(),
        };
        let more = found.len() > limit;
        found.truncate(limit);
        if before.is_some() {
            found.reverse();
        }
        Ok((found, more))
    }

    /// The page a request asks for.
    pub(crate) fn page(&self, world: &World, query: &Query, url: &str) -> Result<Value, Refusal> {
        let paths = query.many("expand");
        for path in &paths {
            crate::wire::expand::check(self.kind, true, path)
                .map_err(|refused| Refusal::invalid(400, None, Some("expand"), refused.0))?;
        }
        let (positions, more) = self.cut(query)?;
        let mut data: Vec<Value> = positions.into_iter().map(|n| (self.write)(n)).collect();
        for path in paths {
            let fields: Vec<&str> = path.split('.').skip(1).collect();
            data.iter_mut()
                .for_each(|element| world.expand(element, self.kind, &fields));
        }
        Ok(crate::wire::list(url, data, more))
    }
}
