//! Whether an operation makes sense for an object as it is.
//!
//! The same questions are asked of the mirror when an operation is accepted and of the provider's own answer before it is
//! sent. They cover what would be refused anyway and what a provider would do without a word and nobody wants. That a
//! provider may still refuse is not an error here.

mod money;
mod subscription;

use crate::Instant;
use crate::ids::PriceId;
use crate::operation::intent::Intent;
use crate::record::{Price, Record};
use std::collections::HashMap;

/// Why an operation makes no sense, as a word for programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ObjectionCode {
    /// Not this kind of object.
    WrongObject,
    /// An amount that is not above zero, or cannot be paid in this currency.
    BadAmount,
    /// More than is left.
    AmountTooLarge,
    /// In another currency than the object's.
    WrongCurrency,
    /// Nothing is left to give back.
    AlreadyRefunded,
    /// The payer contests it.
    Disputed,
    /// It did not succeed, so there is nothing to give back.
    NotPaid,
    /// The subscription has ended.
    Ended,
    /// It is already so.
    AlreadySo,
    /// What is to be taken back is not there.
    NothingToUndo,
    /// A schedule decides about the subscription.
    HasSchedule,
    /// The subscription's billing does not allow it.
    BillingMode,
    /// There is no such item, line or price.
    Unknown,
    /// Not possible in the state it is in.
    WrongState,
    /// An instant that has passed.
    InThePast,
    /// Nothing would change.
    NothingChanges,
}

impl ObjectionCode {
    /// The word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::WrongObject => "wrong_object",
            Self::BadAmount => "bad_amount",
            Self::AmountTooLarge => "amount_too_large",
            Self::WrongCurrency => "wrong_currency",
            Self::AlreadyRefunded => "already_refunded",
            Self::Disputed => "disputed",
            Self::NotPaid => "not_paid",
            Self::Ended => "ended",
            Self::AlreadySo => "already_so",
            Self::NothingToUndo => "nothing_to_undo",
            Self::HasSchedule => "has_schedule",
            Self::BillingMode => "billing_mode",
            Self::Unknown => "unknown_part",
            Self::WrongState => "wrong_state",
            Self::InThePast => "in_the_past",
            Self::NothingChanges => "nothing_changes",
        }
    }
}

/// Why an operation makes no sense.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Objection {
    /// The word for programs.
    pub code: ObjectionCode,
    /// A sentence for people.
    pub message: String,
}

fn because(code: ObjectionCode, message: impl Into<String>) -> Result<(), Objection> {
    Err(Objection {
        code,
        message: message.into(),
    })
}

/// What is around the object.
#[derive(Debug, Clone)]
pub struct Around<'a> {
    /// The present, by the provider's clock as far as it is known.
    pub now: Instant,
    /// Prices by id, of those the intent names; one that is not here does not exist.
    pub prices: &'a HashMap<PriceId, Price>,
}

/// Whether an operation makes sense for its target as it is.
///
/// # Errors
/// Why it does not.
pub fn check(intent: &Intent, record: &Record, around: &Around<'_>) -> Result<(), Objection> {
    match (intent, record) {
        (Intent::Refund(it), Record::Payment(payment)) => money::refund(it.amount, payment),
        (Intent::CreditNote(it), Record::Invoice(invoice)) => money::credit_note(it, invoice),
        (Intent::CustomerCredit { amount, .. }, Record::Customer(customer)) => {
            money::positive(*amount)?;
            money::same_currency(*amount, customer.currency)
        }
        (Intent::UpdateCustomer { email, name, .. }, Record::Customer(customer)) => {
            if email.is_none() && name.is_none() {
                return because(
                    ObjectionCode::NothingChanges,
                    "Say what is to change: the e-mail address, the name, or both.",
                );
            }
            if email
                .as_deref()
                .is_some_and(|text| !text.is_empty() && !looks_like_an_address(text))
            {
                return because(ObjectionCode::Unknown, "That is not an e-mail address.");
            }
            let same = |new: &Option<String>, old: &Option<String>| {
                new.as_ref()
                    .is_none_or(|new| old.as_deref().unwrap_or_default() == new)
            };
            if same(email, &customer.email) && same(name, &customer.name) {
                return because(
                    ObjectionCode::NothingChanges,
                    "The customer already has that address and name.",
                );
            }
            Ok(())
        }
        (Intent::Invoice { action, .. }, Record::Invoice(it)) => money::invoice(*action, it),
        (_, Record::Subscription(it)) => subscription::subscription(intent, it, around),
        _ => because(
            ObjectionCode::WrongObject,
            format!(
                "A {} cannot be made for this kind of object.",
                intent.kind().replace('_', " ")
            ),
        ),
    }
}

/// One `@` with something on both sides, no white space: what is more is the provider's to judge.
fn looks_like_an_address(text: &str) -> bool {
    let mut parts = text.split('@');
    let (before, after, more) = (parts.next(), parts.next(), parts.next());
    more.is_none()
        && before.is_some_and(|part| !part.is_empty())
        && after.is_some_and(|part| !part.is_empty())
        && !text.contains(char::is_whitespace)
}
