//! What subscriptions are worth, when they were worth it, and what that adds up to.
//!
//! `worth` values a set of items at one instant. `history` rebuilds each subscription's past into intervals from what
//! the provider still shows. `series` folds intervals into points. All of it follows the policy `coffer-1`; the figures
//! are exact until `series` rounds them once.

pub mod history;
mod item_history;
pub mod series;
pub mod worth;

/// The policy that the figures of this module follow.
pub const POLICY: &str = "coffer-1";

/// What an interval rests on, the weakest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
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
