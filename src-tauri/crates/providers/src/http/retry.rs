//! When a request is sent again, and after how long: one pure function.
//!
//! It sends nothing and waits for nothing. A request that may have been carried out is repeated only where repeating is
//! harmless. The provider's own word (`Should-Retry`) stands above our guesses, and the number of attempts above both.
//! Source: the official libraries' rule, with more patience, because a sync has nobody waiting for each page; where the
//! provider asks for fewer requests, such a request outlasts some minutes of that.

use std::time::Duration;

/// The most attempts for one request.
pub const ATTEMPTS_MAX: u32 = 5;

/// The most attempts for a request that nobody waits for, where the provider asks for fewer requests.
pub const ATTEMPTS_MAX_LIMITED: u32 = 8;

/// The most attempts where nothing answers: that one is offline should be said soon.
pub const ATTEMPTS_MAX_SILENT: u32 = 3;

const WAIT_FIRST_MS: u64 = 500;
const WAIT_MAX_MS: u64 = 32_000;
const LIMITED_WAIT_FIRST_MS: u64 = 4_000;
const LIMITED_WAIT_MAX_MS: u64 = 64_000;

/// How one attempt went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// No connection was made: nothing was asked.
    NotConnected,
    /// The connection was lost after the request may have been read.
    BrokeOff,
    /// No answer in time.
    TimedOut,
    /// An answer that repeating would not change: too long, or not what it says it is.
    Unusable,
    /// A whole answer.
    Answered {
        /// The HTTP status.
        status: u16,
        /// Whether the provider says to try again.
        should_retry: Option<bool>,
        /// Whether it names the limit that was passed.
        limit_named: bool,
    },
}

/// What to do after an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Take the outcome as it is.
    GiveUp,
    /// Send the same request again after so long.
    After(Duration),
}

/// What is known of a request before it is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Nature {
    /// Whether sending it twice does what sending it once does.
    pub idempotent: bool,
    /// Whether nobody waits for its answer.
    pub patient: bool,
}

/// Decides after the `attempt`th attempt, counted from 1. `jitter` is any number; it spreads the wait over its upper half.
#[must_use]
pub fn decide(attempt: u32, outcome: &Outcome, nature: Nature, jitter: u32) -> Decision {
    let Nature {
        idempotent,
        patient,
    } = nature;
    let attempts_limited = if patient {
        ATTEMPTS_MAX_LIMITED
    } else {
        ATTEMPTS_MAX
    };
    let after = |attempts_max: u32, first_ms: u64, max_ms: u64| {
        if attempt == 0 || attempt >= attempts_max {
            return Decision::GiveUp;
        }
        Decision::After(wait(attempt, first_ms, max_ms, jitter))
    };
    let usual = |attempts_max| after(attempts_max, WAIT_FIRST_MS, WAIT_MAX_MS);
    match *outcome {
        Outcome::NotConnected => usual(ATTEMPTS_MAX_SILENT),
        Outcome::TimedOut if idempotent => usual(ATTEMPTS_MAX_SILENT),
        Outcome::BrokeOff if idempotent => usual(ATTEMPTS_MAX),
        Outcome::TimedOut | Outcome::BrokeOff | Outcome::Unusable => Decision::GiveUp,
        Outcome::Answered { status: ..400, .. } => Decision::GiveUp,
        // Whoever names a limit has turned the request away before anybody read it: waiting is all that is asked for.
        Outcome::Answered {
            status: 429,
            limit_named: true,
            ..
        } => after(attempts_limited, LIMITED_WAIT_FIRST_MS, LIMITED_WAIT_MAX_MS),
        Outcome::Answered {
            should_retry: Some(false),
            ..
        } => Decision::GiveUp,
        Outcome::Answered { status: 429, .. } => usual(attempts_limited),
        Outcome::Answered { status: 409, .. } => usual(ATTEMPTS_MAX),
        Outcome::Answered {
            should_retry: Some(true),
            ..
        } => usual(ATTEMPTS_MAX),
        Outcome::Answered { status: 500.., .. } if idempotent => usual(ATTEMPTS_MAX),
        Outcome::Answered { .. } => Decision::GiveUp,
    }
}

/// Doubles with every attempt up to a limit; half of it is certain and half is spread by `jitter`.
fn wait(attempt: u32, first_ms: u64, max_ms: u64, jitter: u32) -> Duration {
    let doublings = attempt.saturating_sub(1).min(16);
    let whole = first_ms.saturating_mul(1 << doublings).min(max_ms);
    let half = whole / 2;
    let spread = (half.saturating_mul(u64::from(jitter))) >> u32::BITS;
    Duration::from_millis(whole - half + spread)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(status: u16, should_retry: Option<bool>, limit_named: bool) -> Outcome {
        Outcome::Answered {
            status,
            should_retry,
            limit_named,
        }
    }

    #[test]
    fn each_outcome_has_its_row() {
        const MAX: u32 = u32::MAX;
        // attempt, outcome, idempotent, jitter -> milliseconds to wait, or none
        let table = [
            (1, Outcome::NotConnected, true, 0, Some(250)),
            (1, Outcome::NotConnected, false, 0, Some(250)),
            (2, Outcome::NotConnected, true, 0, Some(500)),
            (3, Outcome::NotConnected, true, 0, None),
            (1, Outcome::TimedOut, true, MAX, Some(499)),
            (1, Outcome::TimedOut, false, 0, None),
            (3, Outcome::TimedOut, true, 0, None),
            (1, Outcome::BrokeOff, true, 0, Some(250)),
            (4, Outcome::BrokeOff, true, 0, Some(2_000)),
            (5, Outcome::BrokeOff, true, 0, None),
            (1, Outcome::BrokeOff, false, 0, None),
            (1, Outcome::Unusable, true, 0, None),
            (1, answered(200, None, false), true, 0, None),
            (1, answered(200, Some(true), false), true, 0, None),
            (1, answered(302, None, false), true, 0, None),
            (1, answered(400, None, false), true, 0, None),
            (1, answered(400, Some(true), false), true, 0, Some(250)),
            (1, answered(401, None, false), true, 0, None),
            (1, answered(404, None, false), true, 0, None),
            (1, answered(409, None, false), true, 0, Some(250)),
            (1, answered(409, None, false), false, 0, Some(250)),
            (1, answered(409, Some(false), false), true, 0, None),
            (1, answered(429, None, false), true, 0, Some(250)),
            (1, answered(429, None, true), true, 0, Some(2_000)),
            (4, answered(429, None, true), true, 0, Some(16_000)),
            (5, answered(429, None, true), true, 0, None),
            (1, answered(429, Some(true), true), true, 0, Some(2_000)),
            (1, answered(429, Some(false), true), true, 0, Some(2_000)),
            (1, answered(429, Some(false), false), true, 0, None),
            (1, answered(500, None, false), true, 0, Some(250)),
            (1, answered(500, None, false), false, 0, None),
            (1, answered(500, Some(true), false), false, 0, Some(250)),
            (1, answered(503, Some(false), false), true, 0, None),
            (5, answered(503, None, false), true, 0, None),
            (0, answered(503, None, false), true, 0, None),
        ];
        for (attempt, outcome, idempotent, jitter, expected) in table {
            let expected = expected.map_or(Decision::GiveUp, |ms| {
                Decision::After(Duration::from_millis(ms))
            });
            let nature = Nature {
                idempotent,
                patient: false,
            };
            assert_eq!(
                decide(attempt, &outcome, nature, jitter),
                expected,
                "attempt {attempt}, {outcome:?}, idempotent {idempotent}"
            );
        }
    }

    #[test]
    fn a_request_that_nobody_waits_for_outlasts_a_limit_and_nothing_else() {
        let nature = Nature {
            idempotent: true,
            patient: true,
        };
        let waits = |outcome: Outcome| -> Vec<u128> {
            (1..)
                .map_while(|attempt| match decide(attempt, &outcome, nature, 0) {
                    Decision::After(wait) => Some(wait.as_millis()),
                    Decision::GiveUp => None,
                })
                .collect()
        };
        assert_eq!(
            waits(answered(429, None, true)),
            [2_000, 4_000, 8_000, 16_000, 32_000, 32_000, 32_000]
        );
        assert_eq!(waits(answered(429, None, false)).len(), 7);
        assert_eq!(waits(answered(503, None, false)).len(), 4);
        assert_eq!(waits(Outcome::NotConnected).len(), 2);
    }

    #[test]
    fn no_wait_is_longer_than_its_limit() {
        for attempt in [1, 5, 40, u32::MAX] {
            for jitter in [0, 1, u32::MAX] {
                assert!(wait(attempt, 500, 32_000, jitter) <= Duration::from_secs(32));
                assert!(wait(attempt, 500, 32_000, jitter) >= Duration::from_millis(250));
            }
        }
    }
}
