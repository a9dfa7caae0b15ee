//! What was answered to which idempotency key.
//!
//! The first answer to a key is kept once carrying out has begun, a refusal and a failure like any other, and is given again
//! to every request that repeats the key with the same parameters. Other parameters are refused; so is a repetition while
//! the first is still being answered. A day later, by the simulated clock, a key is forgotten and means a new request.
//!
//! Invariant: a key is either being answered, by exactly one request, or has its answer.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use super::error::Refusal;
use super::locked;
use crate::calendar::DAY;

/// How long a key may be.
const LONGEST: usize = 255;

#[derive(Clone, Debug)]
enum State {
    Running,
    Answered { status: u16, body: Vec<u8> },
}

#[derive(Clone, Debug)]
struct Known {
    asked: Asked,
    at: i64,
    state: State,
}

/// What a request asked for, to be compared with its repetition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Asked {
    pub(crate) path: String,
    pub(crate) parameters: String,
}

/// The keys and their answers.
#[derive(Clone, Debug, Default)]
pub(crate) struct Answers(Arc<Mutex<HashMap<String, Known>>>);

/// What becomes of a request with a key.
pub(crate) enum Begun {
    /// It is the first.
    First(Reserved),
    /// It has been answered before.
    Again(u16, Vec<u8>),
}

/// The right to answer a key. Dropped without an answer, the key is as if it had never come.
pub(crate) struct Reserved {
    answers: Answers,
    key: String,
}

impl Drop for Reserved {
    fn drop(&mut self) {
        let mut known = locked(&self.answers.0);
        if known
            .get(&self.key)
            .is_some_and(|known| matches!(known.state, State::Running))
        {
            known.remove(&self.key);
        }
    }
}

impl Reserved {
    /// Keeps the answer.
    pub(crate) fn answer(self, status: u16, body: Vec<u8>) {
        if let Some(known) = locked(&self.answers.0).get_mut(&self.key) {
            known.state = State::Answered { status, body };
        }
    }
}

fn refused(status: u16, code: Option<&str>, message: String) -> Refusal {
    Refusal::of_kind("idempotency_error", status, code, message)
}

impl Answers {
    /// Begins with a key at an instant of the simulated clock.
    pub(crate) fn begin(&self, key: &str, asked: Asked, now: i64) -> Result<Begun, Refusal> {
        if key.chars().count() > LONGEST {
            let message = format!("Idempotency keys can be up to {LONGEST} characters long.");
            return Err(Refusal::invalid(400, None, None, message));
        }
        let mut all = locked(&self.0);
        if let Some(known) = all.get(key).filter(|known| now - known.at < DAY) {
            if known.asked.path != asked.path {
                let message = format!(
                    "Keys for idempotent requests can only be used for the same endpoint they were first used for ('{}' vs '{}'). \
                     Try using a key other than '{key}' if you meant to execute a different request.",
                    asked.path, known.asked.path
                );
                return Err(refused(400, None, message));
            }
            if known.asked != asked {
                let message = format!(
                    "Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a \
                     key other than '{key}' if you meant to execute a different request."
                );
                return Err(refused(400, None, message));
            }
            return match &known.state {
                State::Answered { status, body } => Ok(Begun::Again(*status, body.clone())),
                State::Running => {
                    let message = format!(
                        "There is currently another in-progress request using this Idempotent Key (that probably means you submitted \
                         twice, and the other request is still going through): {key}. Please try again later."
                    );
                    Err(refused(409, Some("idempotency_key_in_use"), message))
                }
            };
        }
        all.insert(
            key.to_owned(),
            Known {
                asked,
                at: now,
                state: State::Running,
            },
        );
        drop(all);
        Ok(Begun::First(Reserved {
            answers: self.clone(),
            key: key.to_owned(),
        }))
    }
}
