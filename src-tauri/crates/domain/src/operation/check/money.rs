//! Whether money can be given back, credited or collected.

use super::{Objection, ObjectionCode, because};
use crate::currency::Currency;
use crate::ids::InvoiceLineId;
use crate::money::Money;
use crate::operation::intent::{CreditNoteIntent, InvoiceAction};
use crate::record::{Invoice, InvoiceStatus, Payment, PaymentStatus};

/// Above zero, and a whole number of what the currency can be paid in.
pub(super) fn positive(amount: Money) -> Result<(), Objection> {
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

pub(super) fn same_currency(amount: Money, currency: Option<Currency>) -> Result<(), Objection> {
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

pub(super) fn refund(amount: Money, payment: &Payment) -> Result<(), Objection> {
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

pub(super) fn credit_note(it: &CreditNoteIntent, invoice: &Invoice) -> Result<(), Objection> {
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

pub(super) fn invoice(action: InvoiceAction, it: &Invoice) -> Result<(), Objection> {
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
