//! Checkout sessions, payment links and meters.

use super::{Problem, id, instant, money, payer, said, wire};
use coffer_domain::ids::{CheckoutSessionId, MeterId, PaymentLinkId};
use coffer_domain::record::{CheckoutSession, Meter, PaymentLink};

pub(super) fn checkout_session(it: wire::CheckoutSession) -> Result<CheckoutSession, Problem> {
    let total = it.amount_total.zip(it.currency);
    Ok(CheckoutSession {
        id: CheckoutSessionId::new(it.id),
        customer: payer(it.customer, it.customer_account),
        status: said(it.status),
        mode: it.mode,
        payment_status: it.payment_status,
        total: total.map(|(minor, code)| money(minor, &code)).transpose()?,
        subscription: id(it.subscription),
        invoice: id(it.invoice),
        payment_intent: id(it.payment_intent),
        payment_link: id(it.payment_link),
        created: instant(it.created, "created")?,
        expires: instant(it.expires_at, "expires_at")?,
    })
}

pub(super) fn payment_link(it: wire::PaymentLink) -> PaymentLink {
    PaymentLink {
        id: PaymentLinkId::new(it.id),
        url: it.url,
        active: it.active,
    }
}

pub(super) fn meter(it: wire::Meter) -> Result<Meter, Problem> {
    Ok(Meter {
        id: MeterId::new(it.id),
        name: it.display_name,
        event_name: it.event_name,
        status: it.status,
        created: instant(it.created, "created")?,
    })
}
