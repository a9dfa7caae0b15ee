//! A provider as the outbox meets it: requests that arrive or do not, keys that are remembered for a day, effects that are
//! counted. Its clock is its own. It is the ledger of one mode and does not know of the other.

use chrono::{DateTime, TimeDelta, Utc};
use coffer_domain::outbox::{Looked, Nature};
use std::collections::HashMap;

/// How long it remembers keys.
const REMEMBERS: TimeDelta = TimeDelta::hours(24);

/// What it keeps of a key.
#[derive(Debug, Clone, Copy)]
struct Kept {
    since: DateTime<Utc>,
    outcome: Outcome,
}

/// What became of a request that was carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    Done,
    Refused,
    /// An error was answered, whatever had happened.
    Broken,
}

/// A request that is still somewhere on its way.
#[derive(Debug, Clone)]
struct Late {
    key: String,
    step: u8,
    nature: Nature,
    arrives: DateTime<Utc>,
}

#[derive(Debug, Clone)]
pub(crate) struct Ledger {
    pub(crate) now: DateTime<Utc>,
    /// Whether requests are refused from now on: somebody else has changed the object.
    pub(crate) refuses: bool,
    keys: HashMap<String, Kept>,
    /// How often each step of each operation was done.
    pub(crate) effects: HashMap<(String, u8), u32>,
    late: Vec<Late>,
}

impl Ledger {
    pub(crate) fn new() -> Self {
        Self {
            now: DateTime::from_timestamp(1_800_000_000, 0).unwrap(),
            refuses: false,
            keys: HashMap::new(),
            effects: HashMap::new(),
            late: Vec::new(),
        }
    }

    pub(crate) fn pass(&mut self, time: TimeDelta) {
        let until = self.now + time;
        let mut waiting = std::mem::take(&mut self.late);
        waiting.sort_by_key(|late| late.arrives);
        for late in waiting {
            if late.arrives <= until {
                self.now = late.arrives;
                self.arrive(&late.key, late.step, late.nature, false);
            } else {
                self.late.push(late);
            }
        }
        self.now = until;
    }

    /// A request is carried out, unless its key is known. With `breaks`, an error is what is kept and answered.
    pub(crate) fn arrive(&mut self, key: &str, step: u8, nature: Nature, breaks: bool) -> Outcome {
        if nature == Nature::Keyed
            && let Some(kept) = self.keys.get(key)
            && self.now - kept.since < REMEMBERS
        {
            return kept.outcome;
        }
        let outcome =
            if self.refuses && !(nature == Nature::Repeatable && self.done(mark_of(key), step)) {
                Outcome::Refused
            } else {
                // What says how things are to be does nothing where they are so.
                if !(nature == Nature::Repeatable && self.done(mark_of(key), step)) {
                    *self
                        .effects
                        .entry((mark_of(key).to_owned(), step))
                        .or_default() += 1;
                }
                if breaks {
                    Outcome::Broken
                } else {
                    Outcome::Done
                }
            };
        if nature == Nature::Keyed {
            let kept = Kept {
                since: self.now,
                outcome,
            };
            self.keys.insert(key.to_owned(), kept);
        }
        outcome
    }

    /// An error is answered and kept without anything having been done.
    pub(crate) fn break_before(&mut self, key: &str, nature: Nature) -> Outcome {
        if nature == Nature::Keyed {
            if let Some(kept) = self.keys.get(key)
                && self.now - kept.since < REMEMBERS
            {
                return kept.outcome;
            }
            let kept = Kept {
                since: self.now,
                outcome: Outcome::Broken,
            };
            self.keys.insert(key.to_owned(), kept);
        }
        Outcome::Broken
    }

    /// A request is lost from sight and arrives later.
    pub(crate) fn delay(&mut self, key: &str, step: u8, nature: Nature, by: TimeDelta) {
        self.late.push(Late {
            key: key.to_owned(),
            step,
            nature,
            arrives: self.now + by,
        });
    }

    pub(crate) fn done(&self, mark: &str, step: u8) -> bool {
        self.effects
            .get(&(mark.to_owned(), step))
            .is_some_and(|times| *times > 0)
    }

    pub(crate) fn look(&self, mark: &str, step: u8) -> Looked {
        if self.done(mark, step) {
            Looked::Happened
        } else {
            Looked::NotSeen
        }
    }
}

/// The operation that a key names: `OPERATION-STEP-GENERATION`.
fn mark_of(key: &str) -> &str {
    key.split('-').next().unwrap_or(key)
}
