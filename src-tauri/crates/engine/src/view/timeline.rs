//! Everything that happened to one customer as sentences, and what was written about it, newest first.
//!
//! MRR entries come from the intervals: each stretch against the one before it. What a record does not tell (a retry, an
//! e-mail) is not guessed at.

use crate::api::types::{NoteView, TimelineEntry};
use crate::view::acts;
use crate::view::money::{difference, instant, money};
use crate::view::past::OwnInterval;
use crate::view::words;
use coffer_domain::Instant;
use coffer_domain::currency::Currency;
use coffer_domain::money::Money;
use coffer_domain::ratio::Sum;
use coffer_domain::record::{Invoice, InvoiceStatus, Payment, PaymentStatus, RefundStatus};
use coffer_store::query::customers::Dossier;
use coffer_store::table::note::NoteRow;
use std::collections::{BTreeMap, BTreeSet};

struct Happened {
    at: Instant,
    entry: TimelineEntry,
}

fn happened(
    at: Instant,
    kind: &str,
    sentence: impl Into<String>,
    amount: Option<Money>,
    id: &str,
) -> Happened {
    Happened {
        at,
        entry: TimelineEntry {
            at: instant(at),
            kind: kind.to_owned(),
            sentence: sentence.into(),
            amount: amount.map(money),
            id: id.to_owned(),
            acts: Vec::new(),
            note: None,
        },
    }
}

impl Happened {
    fn with_acts(mut self, acts: Vec<String>) -> Self {
        self.entry.acts = acts;
        self
    }
}

/// Everything that happened, newest first and at most so much of it, with whether older entries were left out. What was written
/// is never left out, and stands where it was written, whatever the copy is as of.
pub(super) fn entries(
    dossier: &Dossier,
    own: &[OwnInterval],
    present: Instant,
    most: usize,
) -> (Vec<TimelineEntry>, bool) {
    let mut all = told(dossier, own, present);
    newest_first(&mut all);
    let cut = all.len() > most;
    all.truncate(most);
    all.extend(dossier.notes.iter().map(note));
    newest_first(&mut all);
    (all.into_iter().map(|it| it.entry).collect(), cut)
}

fn newest_first(all: &mut [Happened]) {
    all.sort_by(|a, b| {
        b.at.cmp(&a.at)
            .then_with(|| b.entry.kind.cmp(&a.entry.kind))
    });
}

fn note(row: &NoteRow) -> Happened {
    let sentence = match &row.author {
        Some(author) => format!("Note by {author}"),
        None => "Note".to_owned(),
    };
    let mut it = happened(row.written_at, "note", sentence, None, &row.name());
    it.entry.note = Some(note_view(row));
    it
}

/// A note as it crosses the border.
#[must_use]
pub fn note_view(row: &NoteRow) -> NoteView {
    NoteView {
        id: row.name(),
        customer: row.customer.to_string(),
        text: row.text.clone(),
        author: row.author.clone(),
        written_at: instant(row.written_at),
        changed_at: row.changed_at.map(instant),
    }
}

/// What the copy tells to have happened, in no order.
fn told(dossier: &Dossier, own: &[OwnInterval], present: Instant) -> Vec<Happened> {
    let customer = &dossier.customer;
    let mut all = vec![happened(
        customer.created,
        "customer",
        "Became a customer",
        None,
        customer.id.as_str(),
    )];
    for subscription in &dossier.subscriptions {
        let id = subscription.id.as_str();
        all.push(happened(
            subscription.start,
            "subscription",
            "Subscription started",
            None,
            id,
        ));
        if let Some(end) = subscription
            .trial_end
            .filter(|end| *end > subscription.start)
        {
            all.push(happened(end, "subscription", "Trial ended", None, id));
        }
        if let Some(at) = subscription
            .canceled_at
            .filter(|at| Some(*at) != subscription.ended_at)
        {
            all.push(happened(at, "subscription", "Asked to cancel", None, id));
        }
        if let Some(at) = subscription.ended_at {
            all.push(happened(at, "subscription", "Subscription ended", None, id));
        }
    }
    all.extend(dossier.invoices.iter().map(invoice));
    all.extend(dossier.payments.iter().map(payment));
    for refund in &dossier.refunds {
        let sentence = match &refund.status {
            RefundStatus::Succeeded => "Refunded".to_owned(),
            RefundStatus::Pending | RefundStatus::RequiresAction => "Refund on its way".to_owned(),
            RefundStatus::Failed => "Refund failed".to_owned(),
            RefundStatus::Canceled => "Refund canceled".to_owned(),
            RefundStatus::Other(word) => format!("Refund {word}"),
        };
        all.push(happened(
            refund.created,
            "refund",
            sentence,
            Some(Money::new(-refund.amount.minor, refund.amount.currency)),
            refund.id.as_str(),
        ));
    }
    all.extend(movements(own));
    // What lies ahead (a trial's end) has not happened.
    all.retain(|it| it.at <= present);
    all
}

fn invoice(invoice: &Invoice) -> Happened {
    let name = invoice.number.as_deref().unwrap_or(invoice.id.as_str());
    let sentence = match &invoice.status {
        InvoiceStatus::Paid => format!("Invoice {name}, paid"),
        InvoiceStatus::Open => format!("Invoice {name}, open"),
        InvoiceStatus::Draft => "Draft invoice".to_owned(),
        InvoiceStatus::Void => format!("Invoice {name}, voided"),
        InvoiceStatus::Uncollectible => format!("Invoice {name}, given up"),
        InvoiceStatus::Other(word) => format!("Invoice {name}, {word}"),
    };
    let total = Money::new(invoice.total, invoice.currency);
    happened(
        invoice.created,
        "invoice",
        sentence,
        Some(total),
        invoice.id.as_str(),
    )
    .with_acts(acts::of_invoice(invoice))
}

fn payment(payment: &Payment) -> Happened {
    let card = match (&payment.card_brand, &payment.card_last4) {
        (Some(brand), Some(last4)) => format!(" by {} ending {last4}", words::brand(brand)),
        _ => String::new(),
    };
    let (kind, sentence) = match &payment.status {
        PaymentStatus::Succeeded if payment.disputed => {
            ("dispute", format!("Paid{card}, contested"))
        }
        PaymentStatus::Succeeded => ("payment", format!("Paid{card}")),
        PaymentStatus::Pending => ("payment", format!("Payment on its way{card}")),
        PaymentStatus::Failed => {
            let why = payment
                .failure_code
                .as_deref()
                .map_or_else(String::new, |code| format!(": {}", code.replace('_', " ")));
            ("payment_failed", format!("Payment failed{card}{why}"))
        }
        PaymentStatus::Other(word) => ("payment", format!("Payment {word}{card}")),
    };
    happened(
        payment.created,
        kind,
        sentence,
        Some(payment.amount),
        payment.id.as_str(),
    )
    .with_acts(acts::of_payment(payment))
}

/// Each change of the customer's MRR, currency by currency.
fn movements(own: &[OwnInterval]) -> Vec<Happened> {
    let mut found = Vec::new();
    let currencies: BTreeSet<Currency> = own.iter().map(|it| it.currency).collect();
    for currency in currencies {
        let mut changes: BTreeMap<Instant, (Sum, &str)> = BTreeMap::new();
        for interval in own.iter().filter(|it| it.currency == currency) {
            let id = interval.subscription.as_str();
            changes
                .entry(interval.from)
                .or_insert_with(|| (Sum::new(), id))
                .0
                .add(interval.monthly);
            if let Some(to) = interval.to {
                changes
                    .entry(to)
                    .or_insert_with(|| (Sum::new(), id))
                    .0
                    .subtract(interval.monthly);
            }
        }
        let mut ever = false;
        let mut running = Sum::new();
        let mut before = 0;
        for (at, (change, id)) in changes {
            running.merge(&change);
            let Ok(after) = running.round_half_even() else {
                continue;
            };
            if after == before {
                continue;
            }
            let sentence = match (before, after) {
                (0, _) if !ever => "MRR began",
                (0, _) => "MRR came back",
                (_, 0) => "MRR ended",
                _ if after > before => "MRR grew",
                _ => "MRR shrank",
            };
            ever = true;
            let mut it = happened(at, "mrr", sentence, None, id);
            it.entry.amount = Some(difference(after.saturating_sub(before), currency));
            found.push(it);
            before = after;
        }
    }
    found
}
