//! Refunds: money given back on request.
//!
//! A refund is the world's own from the moment it is made: the charge, the balance and the lists know it as they know those
//! of the simulated life, and the life reckons with it.

use serde_json::{Value, json};

use super::{Stop, Writing, begun};
use crate::currency::{Currency, wire_exponent};
use crate::http::error::Refusal;
use crate::http::form::wrong;
use crate::ids::Sort;

const KNOWN: [&str; 6] = [
    "charge",
    "payment_intent",
    "amount",
    "reason",
    "metadata[]",
    "currency",
];
/// What the provider knows of refunds and the simulated merchant does not.
const UNSUPPORTED: [&str; 5] = [
    "customer",
    "instructions_email",
    "origin",
    "refund_application_fee",
    "reverse_transfer",
];

/// An amount as the provider writes it in its refusals.
fn written(currency: Currency, amount: i64) -> String {
    let code = currency.code();
    let places = wire_exponent(code).unwrap_or(2);
    let unit = 10i64.pow(places);
    let digits = if places == 0 {
        amount.to_string()
    } else {
        let places = places as usize;
        format!("{}.{:0places$}", amount / unit, amount % unit)
    };
    match currency {
        Currency::Usd => format!("${digits}"),
        Currency::Eur => format!("€{digits}"),
        Currency::Gbp => format!("£{digits}"),
        Currency::Jpy | Currency::Kwd | Currency::Isk => format!("{digits} {code}"),
    }
}

/// The charge that the form names, directly or by its payment intent.
fn charge(writing: &Writing<'_>) -> Result<u32, Stop> {
    let (form, world) = (writing.form, &*writing.world);
    if let Some(id) = form.get("charge") {
        let found = match world.ids.decode(id) {
            Some((Sort::Charge, n)) => u32::try_from(n).ok(),
            _ => None,
        };
        return found
            .filter(|n| world.charges.find(*n).is_some())
            .ok_or_else(|| begun(Refusal::missing(404, "charge", id, "charge")));
    }
    let id = form.get("payment_intent").unwrap_or_default();
    let found = match world.ids.decode(id) {
        Some((Sort::PaymentIntent, n)) => u32::try_from(n).ok(),
        _ => None,
    };
    let intent = found.and_then(|n| world.intents.find(n)).ok_or_else(|| {
        begun(Refusal::missing(
            404,
            "payment_intent",
            id,
            "payment_intent",
        ))
    })?;
    intent
        .latest_charge
        .filter(|charge| world.charges[*charge].failure.is_none())
        .ok_or_else(|| {
            let message =
                format!("This PaymentIntent ({id}) does not have a successful charge to refund.");
            begun(Refusal::invalid(
                400,
                Some("payment_intent_unexpected_state"),
                Some("payment_intent"),
                message,
            ))
        })
}

pub(super) fn create(writing: &mut Writing<'_>) -> Result<Value, Stop> {
    let form = writing.form;
    form.without(&UNSUPPORTED)?;
    form.only(&KNOWN)?;
    if form.get("charge").is_none() && form.get("payment_intent").is_none() {
        let message = "One of the following params should be provided for this request: payment_intent or charge.";
        return Err(Refusal::invalid(400, None, None, message.to_owned()).into());
    }
    let amount = form.integer("amount")?;
    if amount.is_some_and(|amount| amount < 1) {
        let message = "This value must be greater than or equal to 1.".to_owned();
        return Err(Refusal::invalid(
            400,
            Some("parameter_invalid_integer"),
            Some("amount"),
            message,
        )
        .into());
    }
    let reason = form.one_of(
        "reason",
        &["duplicate", "fraudulent", "requested_by_customer"],
    )?;
    let metadata = form.metadata(None)?.unwrap_or_default();
    let charge = charge(writing)?;
    let amount = refundable(writing, charge, amount)?;
    let refund = writing
        .world
        .give_back(charge, amount, reason, metadata, Some(writing.by));
    let id = writing.world.id(Sort::Refund, refund);
    Ok(writing.world.object(&id).unwrap_or_else(|| json!({})))
}

/// The amount that is given back, when it can be.
fn refundable(writing: &Writing<'_>, charge: u32, amount: Option<i64>) -> Result<i64, Stop> {
    let record = &writing.world.charges[charge];
    let id = writing.world.id(Sort::Charge, charge);
    let refuse =
        |code: &str, message: String| Err(begun(Refusal::invalid(400, Some(code), None, message)));
    if record.failure.is_some() {
        let message = format!("Charge {id} failed and cannot be refunded.");
        return refuse("charge_not_refundable", message);
    }
    if record.disputed {
        return refuse(
            "charge_disputed",
            format!("Charge {id} has been charged back; cannot issue a refund."),
        );
    }
    let left = record.amount - record.refunded;
    if left <= 0 {
        return refuse(
            "charge_already_refunded",
            format!("Charge {id} has already been refunded."),
        );
    }
    let amount = amount.unwrap_or(left);
    if amount > left {
        let (asked, left_text) = (
            written(record.currency, amount),
            written(record.currency, left),
        );
        let message = if record.refunded == 0 {
            format!("Refund amount ({asked}) is greater than charge amount ({left_text})")
        } else {
            format!(
                "Refund amount ({asked}) is greater than unrefunded amount on charge ({left_text})"
            )
        };
        return Err(begun(wrong("amount", message)));
    }
    if amount % record.currency.step() != 0 {
        let message = format!(
            "Invalid amount: {amount} is no amount of {}.",
            record.currency.code()
        );
        return Err(begun(Refusal::invalid(
            400,
            Some("parameter_invalid_integer"),
            Some("amount"),
            message,
        )));
    }
    Ok(amount)
}
