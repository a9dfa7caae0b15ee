//! Invoices with their lines, invoice items and invoice payments.
//!
//! A line's origin is read from its parent: what Stripe made for a subscription item's regular period is recurring, what
//! it marks as a proration is one, anything else is a one-off. The inclusive tax of a line is kept with the amount it is
//! a part of, because only their ratio is of use later.

use super::catalog::price_of;
use super::discount::{Place, discounts};
use super::{Problem, UNKNOWN, currency, id, instant, instant_if, payer, said, wire};
use coffer_domain::ids::{
    InvoiceId, InvoiceItemId, InvoiceLineId, InvoicePaymentId, SubscriptionId, SubscriptionItemId,
};
use coffer_domain::record::{
    Discount, Invoice, InvoiceItem, InvoiceLine, InvoicePayment, InvoiceStatus, LineOrigin, Record,
};

pub(super) fn invoice(it: wire::Invoice) -> Result<(Record, Vec<Record>), Problem> {
    let mut also = Vec::new();
    let subscription: Option<SubscriptionId> = it
        .parent
        .and_then(|parent| parent.subscription_details)
        .and_then(|details| id(details.subscription));
    let found = Place::Invoice(subscription.clone(), None);
    let mut all = Vec::new();
    let of_invoice = discounts(it.discounts, &found, &mut also)?;
    add_new(&mut all, of_invoice);
    let mut lines = Vec::new();
    let mut line_discounts = 0_i64;
    for mut wired in it.lines.and_then(|lines| lines.data).unwrap_or_default() {
        let on_line = wired.discounts.take();
        line_discounts = off_line(&wired, on_line.as_deref())
            .and_then(|off| line_discounts.checked_add(off))
            .ok_or_else(|| Problem::new("`lines.data.discount_amounts` are too large"))?;
        let line = line(wired)?;
        let of = line.subscription.clone().or_else(|| subscription.clone());
        let found = Place::Invoice(of, line.item.clone());
        let of_line = discounts(on_line, &found, &mut also)?;
        add_new(&mut all, of_line);
        lines.push(line);
    }
    let turned = it.status_transitions.unwrap_or_default();
    let invoice = Invoice {
        id: InvoiceId::new(it.id),
        number: said(it.number),
        customer: payer(it.customer, it.customer_account),
        subscription,
        status: InvoiceStatus::from_word(it.status.as_deref().unwrap_or(UNKNOWN)),
        billing_reason: said(it.billing_reason),
        currency: currency(&it.currency)?,
        created: instant(it.created, "created")?,
        subtotal: it.subtotal,
        total: it.total,
        amount_due: it.amount_due,
        amount_paid: it.amount_paid,
        amount_remaining: it.amount_remaining,
        amount_overpaid: it.amount_overpaid.unwrap_or(0),
        paid_elsewhere: it.amount_paid_off_stripe.unwrap_or(0),
        line_discounts,
        touches_ledger: [it.starting_balance, it.ending_balance]
            .iter()
            .any(|balance| balance.is_some_and(|balance| balance != 0)),
        attempt_count: it.attempt_count.unwrap_or(0),
        next_attempt: instant_if(it.next_payment_attempt, "next_payment_attempt")?,
        due: instant_if(it.due_date, "due_date")?,
        paid_at: instant_if(turned.paid_at, "paid_at")?,
        voided_at: instant_if(turned.voided_at, "voided_at")?,
        uncollectible_at: instant_if(turned.marked_uncollectible_at, "marked_uncollectible_at")?,
        discounts: all,
        lines,
    };
    Ok((Record::Invoice(Box::new(invoice)), also))
}

/// What the discounts of a line's own took off it. An invoice's discounts are shared out to its lines too, and are not
/// among these.
fn off_line(line: &wire::Line, own: Option<&[wire::Expandable<wire::Discount>]>) -> Option<i64> {
    let own: Vec<&str> = own
        .unwrap_or_default()
        .iter()
        .map(|discount| match discount {
            wire::Expandable::Id(id) => id.as_str(),
            wire::Expandable::Object(discount) => discount.id.as_str(),
        })
        .collect();
    let mut amounts = line.discount_amounts.iter().flatten();
    amounts.try_fold(0_i64, |sum, off| {
        let is_own = off
            .discount
            .as_ref()
            .is_some_and(|discount| own.contains(&discount.0.as_str()));
        if is_own {
            sum.checked_add(off.amount)
        } else {
            Some(sum)
        }
    })
}

/// A discount may stand on the invoice and on many of its lines; it is one discount.
fn add_new(all: &mut Vec<Discount>, more: Vec<Discount>) {
    for discount in more {
        if all.iter().all(|known| known.id != discount.id) {
            all.push(discount);
        }
    }
}

/// What a line's parent says.
#[derive(Default)]
struct Parent {
    origin: Option<LineOrigin>,
    subscription: Option<SubscriptionId>,
    item: Option<SubscriptionItemId>,
    invoice_item: Option<InvoiceItemId>,
}

fn parent(it: Option<wire::LineParent>, amount: i64) -> Parent {
    let Some(it) = it else {
        return Parent::default();
    };
    // Both may stand there; the type says which one holds.
    let (details, regular) = match it.kind.as_deref() {
        Some("subscription_item_details") => (it.subscription_item_details, true),
        Some("invoice_item_details") => (it.invoice_item_details, false),
        _ => (None, false),
    };
    let Some(details) = details else {
        return Parent::default();
    };
    let origin = if details.proration == Some(true) {
        proration(amount, details.proration_details.as_ref())
    } else if regular {
        LineOrigin::Recurring
    } else {
        LineOrigin::OneOff
    };
    Parent {
        origin: Some(origin),
        subscription: id(details.subscription),
        item: id(details.subscription_item),
        invoice_item: id(details.invoice_item),
    }
}

/// A credit names what it gives back, and is below zero unless it gives back something free.
fn proration(amount: i64, details: Option<&wire::ProrationDetails>) -> LineOrigin {
    let names_credited = details.is_some_and(|details| details.credited_items.is_some());
    LineOrigin::Proration {
        credit: amount < 0 || names_credited,
    }
}

fn line(it: wire::Line) -> Result<InvoiceLine, Problem> {
    let parent = parent(it.parent, it.amount);
    let taxes = it.taxes.unwrap_or_default();
    let discount_amounts = it.discount_amounts.unwrap_or_default();
    let (tax_inclusive_base, tax_inclusive) =
        inclusive_tax(it.amount, &taxes, &discount_amounts)
            .ok_or_else(|| Problem::new("the amounts of a line are too large"))?;
    Ok(InvoiceLine {
        id: InvoiceLineId::new(it.id),
        amount: it.amount,
        currency: currency(&it.currency)?,
        description: said(it.description),
        subscription: parent.subscription.or_else(|| id(it.subscription)),
        item: parent.item,
        invoice_item: parent.invoice_item,
        price: price_of(it.pricing),
        quantity: it.quantity,
        period_start: instant(it.period.start, "period.start")?,
        period_end: instant(it.period.end, "period.end")?,
        origin: parent.origin.unwrap_or(LineOrigin::OneOff),
        tax_inclusive_base,
        tax_inclusive,
    })
}

/// The amount that inclusive tax is a part of, and that tax. `None` where they do not fit.
fn inclusive_tax(
    amount: i64,
    taxes: &[wire::Tax],
    discount_amounts: &[wire::DiscountAmount],
) -> Option<(i64, i64)> {
    let inclusive = || {
        taxes
            .iter()
            .filter(|tax| tax.tax_behavior.as_deref() == Some("inclusive"))
    };
    let tax = inclusive().try_fold(0_i64, |sum, tax| sum.checked_add(tax.amount))?;
    let told = inclusive().filter_map(|tax| tax.taxable_amount).max();
    let base = match told {
        Some(taxable) => taxable.checked_add(tax)?,
        None => discount_amounts
            .iter()
            .try_fold(amount, |left, off| left.checked_sub(off.amount))?,
    };
    Some((base, tax))
}

pub(super) fn invoice_item(it: wire::InvoiceItem) -> Result<InvoiceItem, Problem> {
    let details = it.parent.and_then(|parent| parent.subscription_details);
    let (subscription, item) = match details {
        Some(details) => (id(details.subscription), id(details.subscription_item)),
        None => (None, None),
    };
    let origin = if it.proration == Some(true) {
        proration(it.amount, it.proration_details.as_ref())
    } else {
        LineOrigin::OneOff
    };
    let line = InvoiceLine {
        id: InvoiceLineId::new(it.id.clone()),
        amount: it.amount,
        currency: currency(&it.currency)?,
        description: said(it.description),
        subscription,
        item,
        invoice_item: Some(InvoiceItemId::new(it.id.clone())),
        price: price_of(it.pricing),
        quantity: it.quantity,
        period_start: instant(it.period.start, "period.start")?,
        period_end: instant(it.period.end, "period.end")?,
        origin,
        tax_inclusive_base: it.amount,
        tax_inclusive: 0,
    };
    Ok(InvoiceItem {
        id: InvoiceItemId::new(it.id),
        customer: payer(it.customer, it.customer_account)
            .ok_or_else(|| Problem::new("`customer` is missing"))?,
        created: instant(it.date, "date")?,
        invoice: id(it.invoice),
        line,
    })
}

pub(super) fn invoice_payment(it: wire::InvoicePayment) -> Result<InvoicePayment, Problem> {
    let (payment_intent, payment) = match it.payment {
        Some(payment) => (id(payment.payment_intent), id(payment.charge)),
        None => (None, None),
    };
    Ok(InvoicePayment {
        id: InvoicePaymentId::new(it.id),
        invoice: InvoiceId::new(it.invoice.0),
        payment_intent,
        payment,
        amount_paid: it.amount_paid,
        currency: currency(&it.currency)?,
        status: it.status,
        created: instant(it.created, "created")?,
    })
}
