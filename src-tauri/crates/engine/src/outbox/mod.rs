//! Doing things at a provider: from somebody's wish to its known end.
//!
//! `wish` turns what somebody asks for into an intent that decides everything; `accept` holds it against the mirror, the key's
//! permissions and the limits of this mode, and keeps it with its bytes and its key before anything is sent; `run` carries out
//! what waits, one step of `coffer_domain::outbox` after the other, each committed before the next; `log` writes down who did
//! what. `words` and `effects` say it to people.
//!
//! The invariant: nothing is sent that is not on disk as `sending`, and what came of it and its line in the log are one
//! transaction.

mod accept;
mod consent;
mod effects;
mod log;
mod mark;
mod run;
mod target;
mod wish;
mod words;

pub use accept::{Proposed, Who, accept, name_of, operator_of, propose, propose_undo};
pub use consent::{Limits, Operator, add_operator, limits, operators, remove_operator, set_limits};
pub use log::{LogState, verify};
pub(crate) use mark::{doubt, trust};
pub use mark::{keep_mark, look_at_mark};
pub(crate) use run::settle_what_was_left;
pub use run::{RunOptions, RunOutcome, approve, discard, insist, run, waits};
pub use target::Target;
pub use wish::{AddedItem, CreditedLine, Wish};
pub use words::{operation_view, sentence, why_it_waits};
