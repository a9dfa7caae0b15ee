//! What can be done at a provider, as data: what is wanted, on which object, when that makes sense, how one sees that it
//! happened, and what takes it back.
//!
//! Nothing here sends anything or knows a provider's words; an adapter turns an `Intent` into its requests. Objects are the
//! records of the mirror, or the same records asked for a moment ago: the questions are the same before an operation is
//! accepted and before it is sent. The invariant: an intent holds all that was approved (amounts, prices, instants), so that
//! whoever carries it out later decides nothing.

mod basis;
mod check;
mod intent;
mod seen;
mod undo;
mod worth;

pub use basis::{Basis, Difference};
pub use check::{Around, Objection, ObjectionCode, check};
pub use intent::{
    CreditNoteIntent, CreditNoteLine, Intent, InvoiceAction, ItemAfter, ItemChange, PauseKind,
    PlanChange, Proration, RefundIntent, RefundReason, TrialEnd, Voucher, When,
};
pub use seen::{Seen, seen};
pub use undo::undo;
pub use worth::worth_after;
