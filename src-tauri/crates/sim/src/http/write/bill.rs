//! Invoices closed, collected and corrected by requests, and credit given by hand.

use serde_json::{Map, Value};

use super::subscription::declined;
use super::{Stop, Writing, begun};
use crate::http::error::Refusal;
use crate::http::form::wrong;
use crate::ids::{Sort, nested};
use crate::life::request::Back;
use crate::record::{CreditLine, Invoice, InvoiceStatus};

fn number(writing: &Writing<'_>, id: &str, (status, param): (u16, &str)) -> Result<u32, Stop> {
    match writing.world.ids.decode(id) {
        Some((Sort::Invoice, n)) => u32::try_from(n)
            .ok()
            .filter(|n| writing.world.invoices.find(*n).is_some()),
        _ => None,
    }
    .ok_or_else(|| begun(Refusal::missing(status, "invoice", id, param)))
}

fn refuse<T>(code: Option<&str>, message: &str) -> Result<T, Stop> {
    Err(begun(Refusal::invalid(400, code, None, message.to_owned())))
}

/// Tries to collect, sends, voids or writes off an invoice.
pub(super) fn act(writing: &mut Writing<'_>, id: &str, what: &str) -> Result<Value, Stop> {
    let form = writing.form;
    match what {
        "pay" => {
            form.without(&["forgive", "mandate", "payment_method", "source"])?;
            form.only(&["off_session", "paid_out_of_band"])?;
        }
        _ => form.only(&[])?,
    }
    let elsewhere = form.flag("paid_out_of_band")?.unwrap_or(false);
    if elsewhere {
        let message = "The simulated merchant is paid by card.";
        return Err(wrong("paid_out_of_band", message.to_owned()).into());
    }
    let number = number(writing, id, (404, "invoice"))?;
    let record = &writing.world.invoices[number];
    let status = record.status;
    let open = matches!(status, InvoiceStatus::Open | InvoiceStatus::Uncollectible);
    let by = Some(writing.by);
    match what {
        "pay" if status == InvoiceStatus::Paid => {
            return refuse(Some("invoice_already_paid"), "Invoice is already paid");
        }
        "pay" if !open => {
            return refuse(
                Some("invoice_not_editable"),
                &format!("Invoices that are {} can't be paid.", status.wire()),
            );
        }
        "pay" => {
            if !writing.world.pay_by_request(number, false, by) {
                return Err(begun(declined()));
            }
        }
        "send" if status != InvoiceStatus::Open => {
            return refuse(None, "You can only manually send an invoice that is open.");
        }
        "send" if !record.send_invoice => {
            return refuse(
                None,
                "You can only manually send an invoice if its collection method is 'send_invoice'.",
            );
        }
        "send" => writing.world.send_by_request(number, by),
        "void" if !open => {
            return refuse(
                None,
                "You can only pass in open or uncollectible invoices. This invoice isn't.",
            );
        }
        "mark_uncollectible" if status != InvoiceStatus::Open => {
            return refuse(
                None,
                "You can only pass in open invoices. This invoice isn't open.",
            );
        }
        _ => writing.world.close_by_request(number, what == "void", by),
    }
    writing.find("invoice", "invoice", id)
}

/// Gives a customer credit, or takes it back.
pub(super) fn credit(writing: &mut Writing<'_>, id: &str) -> Result<Value, Stop> {
    let form = writing.form;
    form.without(&["description"])?;
    form.only(&["amount", "currency", "metadata[]"])?;
    let amount = form
        .integer("amount")?
        .ok_or_else(|| crate::http::form::missing("amount"))?;
    let currency = form.required("currency")?;
    let metadata = form.metadata(None)?.unwrap_or_default();
    writing.find("customer", "customer", id)?;
    let customer = match writing.world.ids.decode(id) {
        Some((Sort::Customer, n)) => u32::try_from(n)
            .ok()
            .filter(|n| writing.world.customers.find(*n).is_some()),
        _ => None,
    };
    let Some(customer) = customer else {
        let message = "The simulated merchant gives no credit to a customer that a request made.";
        return refuse(None, message);
    };
    let own = writing.world.customers[customer].currency;
    if own.wire() != currency {
        let message = format!(
            "You cannot combine currencies on a single customer. This customer has had a balance or invoices in {}.",
            own.wire()
        );
        return Err(begun(wrong("currency", message)));
    }
    if amount == 0 {
        return Err(begun(wrong("amount", "Amount must be nonzero.".to_owned())));
    }
    let next = writing.world.credits.len();
    let credit = writing.world.id(Sort::Credit, next);
    marked(writing, ("customer_balance_transaction", &credit), metadata);
    writing
        .world
        .credit_by_request(customer, amount, Some(writing.by));
    Ok(writing.world.object(&credit).unwrap_or_default())
}

/// Gives the next object its metadata before it is told of.
fn marked(writing: &mut Writing<'_>, of: (&'static str, &str), metadata: Map<String, Value>) {
    if !metadata.is_empty() {
        let mut fields = Map::new();
        fields.insert("metadata".to_owned(), Value::Object(metadata));
        writing.world.change_with_next(of, fields);
    }
}

/// Corrects an invoice.
pub(super) fn correct(writing: &mut Writing<'_>) -> Result<Value, Stop> {
    let form = writing.form;
    form.without(&[
        "effective_at",
        "memo",
        "out_of_band_amount",
        "refunds[]",
        "shipping_cost[]",
    ])?;
    form.only(&[
        "invoice",
        "amount",
        "lines[]",
        "refund_amount",
        "credit_amount",
        "reason",
        "email_type",
        "metadata[]",
    ])?;
    form.one_of("email_type", &["credit_note", "none"])?;
    let reasons = [
        "duplicate",
        "fraudulent",
        "order_change",
        "product_unsatisfactory",
    ];
    let reason = form.one_of("reason", &reasons)?;
    let metadata = form.metadata(None)?.unwrap_or_default();
    let id = form.required("invoice")?.to_owned();
    let number = number(writing, &id, (400, "invoice"))?;
    let (amount, lines) = wanted(writing, number)?;
    let back = back(writing, number, amount)?;
    let next = writing.world.credit_notes.len();
    let note = writing.world.id(Sort::CreditNote, next);
    marked(writing, ("credit_note", &note), metadata);
    writing
        .world
        .note_by_request(number, (amount, lines), back, reason, Some(writing.by));
    Ok(writing.world.object(&note).unwrap_or_default())
}

/// The amount and the lines that a form wants credited.
fn wanted(writing: &Writing<'_>, number: u32) -> Result<(i64, Option<Vec<CreditLine>>), Stop> {
    let form = writing.form;
    let places = form.places("lines");
    let amount = form.integer("amount")?;
    match (amount, places.as_slice()) {
        (Some(_), [_, ..]) => Err(wrong(
            "lines",
            "You may only specify one of these parameters: amount, lines.".to_owned(),
        )
        .into()),
        (Some(amount), []) if amount > 0 => Ok((amount, None)),
        (_, []) => Err(crate::http::form::missing("amount").into()),
        (None, places) => {
            let mut lines = Vec::new();
            for n in places {
                lines.push(line(writing, number, *n)?);
            }
            let inclusive = writing.world.invoices[number]
                .tax
                .is_some_and(|tax| tax.inclusive);
            let sum = lines
                .iter()
                .map(|line| line.amount + if inclusive { 0 } else { line.tax })
                .sum();
            Ok((sum, Some(lines)))
        }
    }
}

fn line(writing: &Writing<'_>, number: u32, n: usize) -> Result<CreditLine, Stop> {
    let form = writing.form;
    let named = |field: &str| format!("lines[{n}][{field}]");
    form.fields_of("lines", n, &["type", "invoice_line_item", "amount"])?;
    form.one_of(&named("type"), &["invoice_line_item"])?;
    let id = form.required(&named("invoice_line_item"))?;
    let invoice = &writing.world.invoices[number];
    let place = (0u16..)
        .zip(invoice.lines.iter())
        .find(|(place, _)| writing.world.id(Sort::LineItem, nested(number, *place)) == id);
    let (place, line) = place.ok_or_else(|| {
        begun(Refusal::missing(
            400,
            "invoice line item",
            id,
            &named("invoice_line_item"),
        ))
    })?;
    let amount = form
        .integer(&named("amount"))?
        .ok_or_else(|| crate::http::form::missing(&named("amount")))?;
    if amount <= 0 || amount > line.amount {
        return Err(begun(wrong(
            &named("amount"),
            "The amount is more than the line's.".to_owned(),
        )));
    }
    let tax = match (line.tax, invoice.tax) {
        (Some((tax, _)), _) if amount == line.amount => tax,
        (Some(_), Some(levied)) => {
            let rate = i128::from(levied.rate);
            let of = if levied.inclusive { 100 + rate } else { 100 };
            invoice.currency.round(i128::from(amount) * rate, of)
        }
        _ => 0,
    };
    Ok(CreditLine {
        line: place,
        amount,
        tax,
    })
}

/// Where the money goes, when the form says it rightly.
fn back(writing: &Writing<'_>, number: u32, amount: i64) -> Result<Back, Stop> {
    let form = writing.form;
    let refund = form.integer("refund_amount")?.unwrap_or(0);
    let credit = form.integer("credit_amount")?.unwrap_or(0);
    let invoice: &Invoice = &writing.world.invoices[number];
    match invoice.status {
        InvoiceStatus::Open | InvoiceStatus::Uncollectible => {
            if amount > invoice.amount_due {
                return refuse(
                    None,
                    "The credit note is more than what is left of the invoice.",
                );
            }
            if refund + credit > 0 {
                return refuse(
                    None,
                    "An invoice that is not paid has nothing to give back.",
                );
            }
            Ok(Back::Due)
        }
        InvoiceStatus::Paid => {
            if amount > invoice.total - invoice.credited_before - invoice.credited_after {
                return refuse(
                    None,
                    "The credit note is more than what is left of the invoice.",
                );
            }
            if refund + credit != amount {
                return refuse(
                    None,
                    "The sum of credit amount, refund amount and out of band amount must equal the credit note amount.",
                );
            }
            if credit == amount {
                return Ok(Back::Credit);
            }
            if refund != amount {
                return refuse(
                    None,
                    "The simulated merchant gives all of a credit note back in one way.",
                );
            }
            refundable(writing, invoice, amount)
        }
        InvoiceStatus::Draft | InvoiceStatus::Void => refuse(
            None,
            "You can only create credit notes for invoices that are open, paid or uncollectible.",
        ),
    }
}

fn refundable(writing: &Writing<'_>, invoice: &Invoice, amount: i64) -> Result<Back, Stop> {
    let world = &*writing.world;
    let charge = invoice
        .payment
        .and_then(|payment| world.intents[world.payments[payment].intent].latest_charge);
    let Some(charge) = charge.map(|charge| &world.charges[charge]) else {
        return refuse(None, "There is no payment to refund.");
    };
    if charge.disputed {
        return refuse(
            Some("charge_disputed"),
            "The charge has been charged back; cannot issue a refund.",
        );
    }
    if amount > charge.amount - charge.refunded {
        return refuse(
            Some("charge_already_refunded"),
            "The refund is more than what is left of the charge.",
        );
    }
    Ok(Back::Refund)
}
