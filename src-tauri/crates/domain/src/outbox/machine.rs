//! One operation's way: what may follow what, and what is to be done next.

use crate::Instant;
use crate::outbox::State;
use chrono::TimeDelta;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// How long a key is trusted, by the provider's own clock. It keeps keys for at least a day; the rest is for clocks of
/// several machines that disagree.
pub const KEY_LASTS: TimeDelta = TimeDelta::hours(23);

/// How long a request may still be under way somewhere after it was sent.
pub const SETTLES_IN: TimeDelta = TimeDelta::minutes(10);

/// How long to wait before what the provider has taken is looked at again.
const PENDING_WAITS: TimeDelta = TimeDelta::minutes(15);

/// What is known of an operation's progress. It is kept as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// Where it stands.
    pub state: State,
    /// The request that is next or under way, from 0.
    pub step: u8,
    /// How many there are.
    pub steps: u8,
    /// Requests sent for it so far, over all steps.
    pub attempts: u32,
    /// When this step's key was first used, by the provider's clock just before; `None` while it was not.
    pub key_used: Option<Instant>,
    /// When this step was last sent, by the provider's clock just before; `None` while it was not, or nobody knows.
    pub sent: Option<Instant>,
    /// When it was first looked for in vain although it is not known when it was sent, by the provider's clock.
    pub missed: Option<Instant>,
    /// How often a person asked for a new key for this step.
    pub generation: u32,
    /// Whether the present step may have happened without our knowing.
    pub in_doubt: bool,
    /// The provider refused the present step while it was in doubt: if it is not seen there, this is the answer.
    pub refusal: bool,
    /// The file was put back from an older one: every step that is left may have happened as well.
    pub rewound: bool,
    /// Not to be sent before this instant, by this machine's clock.
    pub not_before: Option<Instant>,
    /// Attempts in a row that did not reach the provider or were turned away unread.
    pub turned_away: u32,
}

/// What sending a request a second time would do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Nature {
    /// Nothing, as long as the provider remembers its key.
    Keyed,
    /// Nothing: it says how things are to be, not what is to be done.
    Repeatable,
    /// The same again.
    Once,
}

/// What came of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// It happened.
    Done,
    /// The provider took it and has not finished.
    Pending,
    /// The provider read it and said no.
    Refused,
    /// The key may not do this or is not accepted: nothing happened, and trying again is of no use before somebody acts.
    NotAllowed,
    /// It certainly was not carried out: no connection, or turned away unread.
    NotSent,
    /// Anything may have happened.
    Lost,
}

/// What a look at the provider showed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Looked {
    /// The present step happened.
    Happened,
    /// It was taken and has not finished.
    Pending,
    /// It was taken, and failed in the end.
    Failed,
    /// There is no trace of it.
    NotSeen,
}

/// Something that happened to an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// It was accepted; whether another person has to approve.
    Accepted {
        /// Whether it waits for somebody else.
        needs_approval: bool,
    },
    /// Another person approved.
    Approved,
    /// A person took it out.
    Discarded,
    /// What it rested on is not so any more, or what it would cost is not what was approved.
    Objected,
    /// It goes out now.
    Begun {
        /// The provider's clock as it was told last, before this request.
        provider_now: Instant,
        /// What sending it again would do.
        nature: Nature,
    },
    /// An answer to what went out, or none.
    Answered {
        /// Which.
        answer: Answer,
        /// This machine's clock.
        now: Instant,
        /// Any number, to spread waiting.
        jitter: u32,
    },
    /// Nothing runs that could have been sending.
    Restarted,
    /// The file is older than what was known before: whatever waits in it may have been sent since.
    Rewound,
    /// Somebody looked.
    Looked {
        /// What was seen.
        looked: Looked,
        /// The provider's clock when it answered.
        provider_now: Instant,
        /// What sending it again would do.
        nature: Nature,
        /// This machine's clock.
        now: Instant,
    },
    /// A person wants it to go on: what was objected to is accepted as it is now.
    Insisted,
}

/// Something that cannot follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an operation that is {state} cannot be {wanted}")]
pub struct Illegal {
    /// Where it stands.
    pub state: State,
    /// What was wanted.
    pub wanted: &'static str,
}

/// What is to be done with an operation now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Ask for its target, hold it against what was approved, and send it.
    Send,
    /// Look whether it happened, and send nothing before that.
    Look,
    /// Nothing before this instant, by this machine's clock.
    Wait(Instant),
    /// Nothing: it is at its end, under way, or waits for a person.
    Nothing,
}

/// What is to be done with an operation.
#[must_use]
pub fn next(progress: &Progress, now: Instant) -> Next {
    match progress.state {
        State::Queued | State::Unknown | State::Pending => match progress.not_before {
            Some(then) if then > now => Next::Wait(then),
            _ if progress.state == State::Queued => Next::Send,
            _ => Next::Look,
        },
        State::Draft
        | State::AwaitingApproval
        | State::Sending
        | State::Done
        | State::Refused
        | State::NeedsReview
        | State::Discarded => Next::Nothing,
    }
}

/// How long to wait after so many attempts in a row that were turned away: doubling, up to five minutes; half of it is
/// certain and half is spread.
#[must_use]
pub fn wait_before(turned_away: u32, jitter: u32) -> Duration {
    let whole = 1_000u64
        .saturating_mul(1 << turned_away.min(16))
        .min(300_000);
    let half = whole / 2;
    Duration::from_millis(half + (half.saturating_mul(u64::from(jitter)) >> u32::BITS))
}

impl Progress {
    /// Of an operation that was just written down.
    #[must_use]
    pub const fn new(steps: u8) -> Self {
        Self {
            state: State::Draft,
            step: 0,
            steps,
            attempts: 0,
            key_used: None,
            sent: None,
            missed: None,
            generation: 0,
            in_doubt: false,
            refusal: false,
            rewound: false,
            not_before: None,
            turned_away: 0,
        }
    }

    /// Whether what may have happened may be sent once more as it is, once it was looked for and not seen.
    #[must_use]
    pub fn may_repeat(&self, provider_now: Instant, nature: Nature) -> bool {
        self.state == State::Unknown
            // What was refused is not asked for again; whether it had happened before is all that is open.
            && !self.refusal
            && match nature {
                Nature::Keyed => self
                    .key_used
                    .is_some_and(|used| provider_now >= used && provider_now - used < KEY_LASTS),
                Nature::Repeatable => true,
                Nature::Once => false,
            }
    }

    /// What follows from an event.
    ///
    /// # Errors
    /// When it cannot follow; nothing changes then.
    pub fn after(&self, event: Event) -> Result<Self, Illegal> {
        let illegal = |wanted| {
            Err(Illegal {
                state: self.state,
                wanted,
            })
        };
        let to = |state| Self {
            state,
            not_before: None,
            ..self.clone()
        };
        match (event, self.state) {
            (Event::Accepted { needs_approval }, State::Draft) => Ok(to(if needs_approval {
                State::AwaitingApproval
            } else {
                State::Queued
            })),
            (Event::Accepted { .. }, _) => illegal("accepted"),
            (Event::Approved, State::AwaitingApproval) => Ok(to(State::Queued)),
            (Event::Approved, _) => illegal("approved"),
            (
                Event::Discarded,
                State::Draft | State::AwaitingApproval | State::Queued | State::NeedsReview,
            ) => Ok(to(State::Discarded)),
            (Event::Discarded, _) => illegal("discarded"),
            (Event::Objected, State::Queued) => Ok(to(State::NeedsReview)),
            (Event::Objected, _) => illegal("held up"),
            (Event::Begun { provider_now, .. }, State::Queued) => Ok(self.begun(provider_now)),
            // The very same request, where the provider makes one of the two.
            (
                Event::Begun {
                    provider_now,
                    nature,
                },
                State::Unknown,
            ) if self.may_repeat(provider_now, nature) => Ok(self.begun(provider_now)),
            (Event::Begun { .. }, _) => illegal("sent"),
            (
                Event::Answered {
                    answer,
                    now,
                    jitter,
                },
                State::Sending,
            ) => Ok(self.answered(answer, now, jitter)),
            (Event::Answered { .. }, _) => illegal("answered"),
            (Event::Restarted, State::Sending) => Ok(Self {
                in_doubt: true,
                ..to(State::Unknown)
            }),
            (Event::Restarted, _) => Ok(self.clone()),
            (Event::Rewound, _) => Ok(self.rewound()),
            (
                Event::Looked {
                    looked,
                    provider_now,
                    nature,
                    now,
                },
                State::Unknown | State::Pending,
            ) => Ok(self
                .looked(looked, provider_now, nature)
                .looked_again_after(now)),
            (Event::Looked { .. }, _) => illegal("resolved by a look"),
            (Event::Insisted, _) => self.insisted(),
        }
    }

    fn begun(&self, provider_now: Instant) -> Self {
        Self {
            state: State::Sending,
            attempts: self.attempts.saturating_add(1),
            key_used: self.key_used.or(Some(provider_now)),
            sent: Some(provider_now),
            not_before: None,
            ..self.clone()
        }
    }

    /// The present step is behind us.
    fn advanced(&self, end: State) -> Self {
        let last = self.step.saturating_add(1) >= self.steps;
        Self {
            state: match (last, self.rewound) {
                (true, _) => end,
                (false, true) => State::Unknown,
                (false, false) => State::Queued,
            },
            step: if last { self.step } else { self.step + 1 },
            key_used: if last { self.key_used } else { None },
            sent: None,
            missed: None,
            generation: if last { self.generation } else { 0 },
            in_doubt: !last && self.rewound,
            refusal: false,
            not_before: None,
            turned_away: 0,
            ..self.clone()
        }
    }

    /// It was refused, and certainly nothing of the present step happened.
    fn refused(&self) -> Self {
        Self {
            // What an earlier step did is there: only a person can tell what is to become of it.
            state: if self.step == 0 {
                State::Refused
            } else {
                State::NeedsReview
            },
            // Under its key the provider would only repeat its refusal.
            generation: self.generation.saturating_add(1),
            key_used: None,
            sent: None,
            in_doubt: false,
            refusal: false,
            not_before: None,
            turned_away: 0,
            ..self.clone()
        }
    }

    fn unknown(&self, not_before: Option<Instant>) -> Self {
        Self {
            state: State::Unknown,
            in_doubt: true,
            not_before,
            ..self.clone()
        }
    }

    fn answered(&self, answer: Answer, now: Instant, jitter: u32) -> Self {
        match answer {
            Answer::Done => self.advanced(State::Done),
            Answer::Pending => self.advanced(State::Pending),
            Answer::Lost => self.unknown(None),
            Answer::NotSent => {
                let turned_away = self.turned_away.saturating_add(1);
                let wait = TimeDelta::from_std(wait_before(turned_away, jitter))
                    .unwrap_or_else(|_| TimeDelta::minutes(5));
                Self {
                    state: if self.in_doubt {
                        State::Unknown
                    } else {
                        State::Queued
                    },
                    turned_away,
                    not_before: now.checked_add_signed(wait),
                    // A key that was never received is as good as new.
                    key_used: self.key_used.filter(|_| self.in_doubt),
                    sent: self.sent.filter(|_| self.in_doubt),
                    ..self.clone()
                }
            }
            // Refused now does not mean refused then: it may be refused because it happened.
            Answer::Refused if self.in_doubt => Self {
                refusal: true,
                ..self.unknown(None)
            },
            Answer::Refused => self.refused(),
            Answer::NotAllowed if self.in_doubt => self.unknown(None),
            Answer::NotAllowed => Self {
                state: State::NeedsReview,
                key_used: None,
                not_before: None,
                ..self.clone()
            },
        }
    }

    fn looked(&self, looked: Looked, provider_now: Instant, nature: Nature) -> Self {
        match (looked, self.state) {
            (Looked::Happened, _) => self.advanced(State::Done),
            (Looked::Pending, _) => self.advanced(State::Pending),
            (Looked::Failed, _) => self.refused(),
            // What the provider took does not vanish; it is only not shown just now.
            (Looked::NotSeen, State::Pending) => self.clone(),
            (Looked::NotSeen, _) if self.refusal && self.has_settled(provider_now) => {
                self.refused()
            }
            (Looked::NotSeen, _) if self.may_repeat(provider_now, nature) => self.clone(),
            // What is still on its way somewhere may yet arrive.
            (Looked::NotSeen, _) if !self.has_settled(provider_now) => Self {
                missed: self.missed.or(Some(provider_now)),
                ..self.clone()
            },
            // It was not seen and cannot be asked for again under its key: a person decides.
            (Looked::NotSeen, _) => Self {
                state: State::NeedsReview,
                not_before: None,
                ..self.clone()
            },
        }
    }

    /// Nobody looks for the same thing all the time: what is still open waits before it is looked for again, longer each
    /// time for what is in doubt.
    fn looked_again_after(self, now: Instant) -> Self {
        let wait = match self.state {
            State::Pending => PENDING_WAITS,
            State::Unknown => {
                let times = i32::try_from(self.turned_away.min(5)).unwrap_or(5);
                TimeDelta::minutes(1) * (times + 1)
            }
            _ => return self,
        };
        Self {
            not_before: now.checked_add_signed(wait),
            turned_away: self.turned_away.saturating_add(1),
            ..self
        }
    }

    /// Whether a request cannot be under way any more. Where it is not known when one was sent, it counts from when it was
    /// first looked for in vain.
    fn has_settled(&self, provider_now: Instant) -> bool {
        self.sent
            .or(self.missed)
            .is_some_and(|since| provider_now - since >= SETTLES_IN)
    }

    fn rewound(&self) -> Self {
        match self.state {
            // Whatever was open may have been approved, let go on and sent since, nobody knows when.
            state if state.is_open() => Self {
                key_used: None,
                sent: None,
                missed: None,
                rewound: true,
                ..self.unknown(None)
            },
            _ => self.clone(),
        }
    }

    fn insisted(&self) -> Result<Self, Illegal> {
        match self.state {
            State::Queued | State::Unknown | State::Pending => Ok(Self {
                not_before: None,
                turned_away: 0,
                ..self.clone()
            }),
            State::NeedsReview => Ok(Self {
                state: State::Queued,
                // The old key has been used for what was not seen; what goes out now is another request.
                generation: self.generation.saturating_add(u32::from(self.in_doubt)),
                key_used: if self.in_doubt { None } else { self.key_used },
                sent: None,
                missed: None,
                in_doubt: false,
                refusal: false,
                not_before: None,
                turned_away: 0,
                ..self.clone()
            }),
            _ => Err(Illegal {
                state: self.state,
                wanted: "sent again",
            }),
        }
    }
}
