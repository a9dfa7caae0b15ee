//! Whether an operation makes sense for an object as it is.
//!
//! The same questions are asked of the mirror when an operation is accepted and of the provider's own answer before it is
//! sent. They cover what would be refused anyway and what a provider would do without a word and nobody wants. That a
//! provider may still refuse is not an error here.

use crate::Instant;
use crate::currency::Currency;
use crate::ids::{InvoiceLineId, PriceId};
use crate::money::Money;
use crate::operation::intent::{
    CreditNoteIntent, Intent, InvoiceAction, ItemChange, PauseKind, PlanChange, TrialEnd, When,
};
use crate::record::{
    Invoice, InvoiceStatus, Payment, PaymentStatus, Price, Record, Subscription, SubscriptionStatus,
};
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
        (Intent::Refund(it), Record::Payment(payment)) => refund(it.amount, payment),
        (Intent::CreditNote(it), Record::Invoice(invoice)) => credit_note(it, invoice),
        (Intent::CustomerCredit { amount, .. }, Record::Customer(customer)) => {
            positive(*amount)?;
            same_currency(*amount, customer.currency)
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
        (Intent::Invoice { action, .. }, Record::Invoice(it)) => invoice(*action, it),
        (_, Record::Subscription(it)) => subscription(intent, it, around),
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

/// Above zero, and a whole number of what the currency can be paid in.
fn positive(amount: Money) -> Result<(), Objection> {
    if amount.minor <= 0 {
        return because(ObjectionCode::BadAmount, "The amount must be above zero.");
    }
    if amount.minor % amount.currency.payable_step() != 0 {
        return because(
            ObjectionCode::BadAmount,
            format!(
                "{} cannot be paid in so small a part: {}.",
                amount.currency,
                amount.text()
            ),
        );
    }
    Ok(())
}

fn same_currency(amount: Money, currency: Option<Currency>) -> Result<(), Objection> {
    match currency {
        Some(currency) if currency != amount.currency => because(
            ObjectionCode::WrongCurrency,
            format!(
                "This is billed in {currency}, and the amount is in {}.",
                amount.currency
            ),
        ),
        _ => Ok(()),
    }
}

fn refund(amount: Money, payment: &Payment) -> Result<(), Objection> {
    positive(amount)?;
    same_currency(amount, Some(payment.amount.currency))?;
    if payment.status != PaymentStatus::Succeeded {
        return because(
            ObjectionCode::NotPaid,
            format!(
                "This payment is {}: there is nothing to give back.",
                payment.status.as_str()
            ),
        );
    }
    if payment.disputed {
        return because(
            ObjectionCode::Disputed,
            "The payer contests this payment. A refund now could pay the money out twice.",
        );
    }
    let left = payment.amount.minor - payment.amount_refunded;
    if left <= 0 {
        return because(
            ObjectionCode::AlreadyRefunded,
            "All of this payment was given back already.",
        );
    }
    if amount.minor > left {
        return because(
            ObjectionCode::AmountTooLarge,
            format!(
                "Only {} of this payment is left to give back.",
                Money::new(left, payment.amount.currency).text()
            ),
        );
    }
    Ok(())
}

fn credit_note(it: &CreditNoteIntent, invoice: &Invoice) -> Result<(), Objection> {
    positive(it.amount)?;
    same_currency(it.amount, Some(invoice.currency))?;
    if !matches!(
        invoice.status,
        InvoiceStatus::Open | InvoiceStatus::Paid | InvoiceStatus::Uncollectible
    ) {
        return because(
            ObjectionCode::WrongState,
            format!(
                "An invoice that is {} cannot be credited.",
                invoice.status.as_str()
            ),
        );
    }
    let line = |id: &InvoiceLineId| invoice.lines.iter().find(|line| line.id == *id);
    for wanted in &it.lines {
        let Some(line) = line(&wanted.line) else {
            return because(
                ObjectionCode::Unknown,
                format!("The invoice has no line {}.", wanted.line),
            );
        };
        if wanted.amount <= 0 || wanted.amount > line.amount {
            return because(
                ObjectionCode::AmountTooLarge,
                format!(
                    "The line {} is {}.",
                    wanted.line,
                    Money::new(line.amount, invoice.currency).text()
                ),
            );
        }
    }
    let paid = invoice.status == InvoiceStatus::Paid;
    let most = if paid {
        invoice.total
    } else {
        invoice.amount_remaining
    };
    if it.amount.minor > most {
        return because(
            ObjectionCode::AmountTooLarge,
            format!(
                "At most {} of this invoice can be credited.",
                Money::new(most, invoice.currency).text()
            ),
        );
    }
    let given = it.refund_minor.checked_add(it.credit_minor);
    if it.refund_minor < 0 || it.credit_minor < 0 || given.is_none() {
        return because(
            ObjectionCode::BadAmount,
            "The parts of a credit note cannot be below zero.",
        );
    }
    match (paid, given) {
        (false, Some(given)) if given != 0 => because(
            ObjectionCode::WrongState,
            "This invoice is not paid: a credit note takes off what is still due and gives nothing back.",
        ),
        (true, Some(given)) if given != it.amount.minor => because(
            ObjectionCode::BadAmount,
            "What is given back and what goes to the customer's credit must come to the amount of the credit note.",
        ),
        _ => Ok(()),
    }
}

fn invoice(action: InvoiceAction, it: &Invoice) -> Result<(), Objection> {
    let is = it.status.as_str();
    let fits = match action {
        InvoiceAction::Pay => matches!(
            it.status,
            InvoiceStatus::Open | InvoiceStatus::Uncollectible
        ),
        InvoiceAction::Send => it.status == InvoiceStatus::Open,
        InvoiceAction::Void => matches!(
            it.status,
            InvoiceStatus::Open | InvoiceStatus::Uncollectible
        ),
        InvoiceAction::WriteOff => it.status == InvoiceStatus::Open,
    };
    if fits {
        return Ok(());
    }
    let what = match action {
        InvoiceAction::Pay => "collected",
        InvoiceAction::Send => "sent",
        InvoiceAction::Void => "voided",
        InvoiceAction::WriteOff => "written off",
    };
    because(
        ObjectionCode::WrongState,
        format!("An invoice that is {is} cannot be {what}."),
    )
}

fn subscription(intent: &Intent, it: &Subscription, around: &Around<'_>) -> Result<(), Objection> {
    if it.ended_at.is_some()
        || matches!(
            it.status,
            SubscriptionStatus::Canceled | SubscriptionStatus::IncompleteExpired
        )
    {
        return because(
            ObjectionCode::Ended,
            "This subscription has ended. Nothing brings it back; make a new one.",
        );
    }
    match intent {
        Intent::PlanChange(change) => plan_change(change, it, around),
        Intent::Cancel {
            when: When::Now, ..
        } => Ok(()),
        Intent::Cancel {
            when: When::PeriodEnd,
            ..
        } => {
            no_schedule(it)?;
            if it.cancel_at_period_end {
                return because(ObjectionCode::AlreadySo, "It already ends with its period.");
            }
            Ok(())
        }
        Intent::Uncancel { .. } => {
            if it.cancel_at_period_end || it.cancel_at.is_some() {
                return Ok(());
            }
            because(
                ObjectionCode::NothingToUndo,
                "No end is planned for this subscription.",
            )
        }
        Intent::Pause { what, until, .. } => pause(what, *until, it, around.now),
        Intent::Resume {
            what: PauseKind::Collection { .. },
            ..
        } => match it.pause {
            Some(_) => Ok(()),
            None => because(ObjectionCode::NothingToUndo, "Collection is not paused."),
        },
        Intent::Resume {
            what: PauseKind::Service,
            ..
        } => match it.status {
            SubscriptionStatus::Paused => Ok(()),
            _ => because(
                ObjectionCode::NothingToUndo,
                "This subscription is not paused.",
            ),
        },
        Intent::Trial { end, .. } => trial(*end, it, around.now),
        Intent::ApplyDiscount { .. } => Ok(()),
        Intent::RemoveDiscount { .. } => {
            if it.discounts.is_empty() {
                return because(
                    ObjectionCode::NothingToUndo,
                    "This subscription has no coupon of its own.",
                );
            }
            Ok(())
        }
        Intent::ReleaseSchedule { .. } => match it.schedule {
            Some(_) => Ok(()),
            None => because(
                ObjectionCode::NothingToUndo,
                "Nothing is planned for this subscription.",
            ),
        },
        _ => because(
            ObjectionCode::WrongObject,
            "This cannot be done to a subscription.",
        ),
    }
}

fn no_schedule(it: &Subscription) -> Result<(), Objection> {
    match &it.schedule {
        Some(schedule) => because(
            ObjectionCode::HasSchedule,
            format!(
                "The schedule {schedule} decides about this subscription. Release it at the provider first."
            ),
        ),
        None => Ok(()),
    }
}

fn pause(
    what: &PauseKind,
    until: Option<Instant>,
    it: &Subscription,
    now: Instant,
) -> Result<(), Objection> {
    if until.is_some_and(|until| until <= now) {
        return because(ObjectionCode::InThePast, "A pause cannot end in the past.");
    }
    match what {
        PauseKind::Collection { .. } if it.pause.is_some() => {
            because(ObjectionCode::AlreadySo, "Collection is paused already.")
        }
        PauseKind::Collection { .. } => Ok(()),
        PauseKind::Service => {
            no_schedule(it)?;
            if it.status == SubscriptionStatus::Paused {
                return because(
                    ObjectionCode::AlreadySo,
                    "This subscription is paused already.",
                );
            }
            if !it.flexible {
                return because(
                    ObjectionCode::BillingMode,
                    "This subscription is billed in the classic way, which has no pause. Its collection can be paused instead.",
                );
            }
            Ok(())
        }
    }
}

fn trial(end: TrialEnd, it: &Subscription, now: Instant) -> Result<(), Objection> {
    no_schedule(it)?;
    match end {
        TrialEnd::Now if it.status != SubscriptionStatus::Trialing => because(
            ObjectionCode::WrongState,
            "This subscription is in no trial.",
        ),
        TrialEnd::At(at) if at <= now => {
            because(ObjectionCode::InThePast, "A trial cannot end in the past.")
        }
        TrialEnd::Now | TrialEnd::At(_) => Ok(()),
    }
}

fn plan_change(
    change: &PlanChange,
    it: &Subscription,
    around: &Around<'_>,
) -> Result<(), Objection> {
    no_schedule(it)?;
    if matches!(it.status, SubscriptionStatus::Incomplete) {
        return because(
            ObjectionCode::WrongState,
            "Its first payment has not come yet.",
        );
    }
    if change.when == When::PeriodEnd && it.items.iter().all(|item| item.period_end.is_none()) {
        return because(
            ObjectionCode::WrongState,
            "The end of its period is not known; sync first.",
        );
    }
    let mut left = it.items.len();
    let mut changes = false;
    for item in &change.items {
        match item {
            ItemChange::Set {
                item,
                price,
                quantity,
            } => {
                let Some(held) = it.items.iter().find(|held| held.id == *item) else {
                    return because(
                        ObjectionCode::Unknown,
                        format!("This subscription has no item {item}."),
                    );
                };
                priced(price, *quantity, it, around)?;
                changes |= held.price != *price || held.quantity != *quantity;
            }
            ItemChange::Add { price, quantity } => {
                priced(price, *quantity, it, around)?;
                if it.items.iter().any(|held| held.price == *price) {
                    return because(
                        ObjectionCode::AlreadySo,
                        format!("The price {price} is on it already; change its quantity."),
                    );
                }
                (changes, left) = (true, left + 1);
            }
            ItemChange::Remove { item } => {
                if !it.items.iter().any(|held| held.id == *item) {
                    return because(
                        ObjectionCode::Unknown,
                        format!("This subscription has no item {item}."),
                    );
                }
                (changes, left) = (true, left.saturating_sub(1));
            }
        }
    }
    if left == 0 {
        return because(
            ObjectionCode::NothingChanges,
            "A subscription needs at least one item; cancel it instead.",
        );
    }
    if !changes {
        return because(
            ObjectionCode::NothingChanges,
            "That is what it already bills.",
        );
    }
    Ok(())
}

fn priced(
    id: &PriceId,
    quantity: Option<i64>,
    it: &Subscription,
    around: &Around<'_>,
) -> Result<(), Objection> {
    let Some(price) = around.prices.get(id) else {
        return because(
            ObjectionCode::Unknown,
            format!("There is no price {id} here."),
        );
    };
    let Some(recurring) = price.recurring else {
        return because(
            ObjectionCode::WrongState,
            format!("The price {id} does not recur."),
        );
    };
    let sold_in = price.currency == it.currency
        || price
            .other_currencies
            .iter()
            .any(|(currency, _)| *currency == it.currency);
    if !sold_in {
        return because(
            ObjectionCode::WrongCurrency,
            format!(
                "This subscription is billed in {}, and the price {id} is in {}.",
                it.currency, price.currency
            ),
        );
    }
    if !price.active && !it.items.iter().any(|held| held.price == *id) {
        return because(
            ObjectionCode::WrongState,
            format!("The price {id} is not sold any more."),
        );
    }
    match quantity {
        Some(quantity) if quantity < 0 => {
            because(ObjectionCode::BadAmount, "A quantity cannot be below zero.")
        }
        Some(_) if recurring.metered => because(
            ObjectionCode::BadAmount,
            format!("The price {id} bills usage and takes no quantity."),
        ),
        None if !recurring.metered => because(
            ObjectionCode::BadAmount,
            format!("The price {id} needs a quantity."),
        ),
        _ => Ok(()),
    }
}
