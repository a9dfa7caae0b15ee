//! Where an operation stands, in the words of the command line and the window.

use std::fmt;

/// Where an operation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// Written down, not yet accepted.
    Draft,
    /// Accepted by one person, waiting for another.
    AwaitingApproval,
    /// Waiting to be sent.
    Queued,
    /// On its way: nobody else may touch it.
    Sending,
    /// It happened.
    Done,
    /// The provider took it and has not finished.
    Pending,
    /// The provider said no, and nothing happened.
    Refused,
    /// It may have happened.
    Unknown,
    /// It waits for a person's decision.
    NeedsReview,
    /// Somebody took it out.
    Discarded,
}

impl State {
    /// Every state.
    pub const ALL: [Self; 10] = [
        Self::Draft,
        Self::AwaitingApproval,
        Self::Queued,
        Self::Sending,
        Self::Done,
        Self::Pending,
        Self::Refused,
        Self::Unknown,
        Self::NeedsReview,
        Self::Discarded,
    ];

    /// The word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::AwaitingApproval => "awaiting_approval",
            Self::Queued => "queued",
            Self::Sending => "sending",
            Self::Done => "done",
            Self::Pending => "pending",
            Self::Refused => "refused",
            Self::Unknown => "unknown",
            Self::NeedsReview => "needs_review",
            Self::Discarded => "discarded",
        }
    }

    /// Reads the word.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }

    /// Whether the object is still held by it: nothing else may be done to it meanwhile. What is pending at the provider has
    /// been taken there and holds nothing up.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(
            self,
            Self::Draft
                | Self::AwaitingApproval
                | Self::Queued
                | Self::Sending
                | Self::Unknown
                | Self::NeedsReview
        )
    }

    /// States in which somebody has to do something, be it another operator who approves.
    pub const WAITING_FOR_SOMEBODY: [Self; 3] =
        [Self::Unknown, Self::NeedsReview, Self::AwaitingApproval];

    /// Whether a person has to do something.
    #[must_use]
    pub const fn needs_a_person(self) -> bool {
        matches!(self, Self::Unknown | Self::NeedsReview)
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
