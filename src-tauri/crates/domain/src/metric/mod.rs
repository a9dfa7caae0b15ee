//! What subscriptions are worth, when they were worth it, and what that adds up to.
//!
//! `history` gathers each subscription's past into `facts` from what the provider still shows, with `worth` resolving what its
//! items ask for. `policy` holds the rules as data, and `evaluate` reads facts under one of them into intervals. `movement`
//! tells how one customer's MRR moved from day to day; `rollup` adds all customers up, so that one can be taken away and
//! put back; `figures` reads periods, movements and rates out of that. `fx` converts, `forecast` looks ahead, `reconcile`
//! holds our figures against the provider's own; `agreed` reads what schedules say is to follow, and `committed` tells of it. All of it is exact until `figures` rounds once.

pub mod agreed;
pub mod committed;
pub mod days;
pub mod evaluate;
pub mod explain;
pub mod facts;
pub mod figures;
pub mod forecast;
pub mod fx;
pub mod history;
mod item_history;
pub mod movement;
pub mod policy;
pub mod reconcile;
pub mod rollup;
pub mod tally;
pub mod worth;

use serde::{Deserialize, Serialize};

/// What an interval rests on, the weakest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Basis {
    /// The present state carried back to where nothing else speaks.
    Inferred,
    /// Invoice lines, or the pending items of the next invoice.
    Invoiced,
    /// We saw the state.
    Observed,
}

impl Basis {
    /// `inferred`, `invoiced` or `observed`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Inferred => "inferred",
            Self::Invoiced => "invoiced",
            Self::Observed => "observed",
        }
    }

    /// Reads the word back.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Inferred, Self::Invoiced, Self::Observed]
            .into_iter()
            .find(|basis| basis.as_str() == word)
    }
}
