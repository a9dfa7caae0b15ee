//! Payments, payment intents, refunds, disputes and balance transactions.

use super::{Problem, UNKNOWN, id, instant, instant_if, money, said, wire};
use coffer_domain::ids::{BalanceTransactionId, DisputeId, PaymentId, PaymentIntentId, RefundId};
use coffer_domain::record::{
    BalanceTransaction, Dispute, Payment, PaymentIntent, PaymentStatus, Refund, RefundStatus,
};

pub(super) fn payment(it: wire::Charge) -> Result<Payment, Problem> {
    let card = it.payment_method_details.and_then(|details| details.card);
    let (card_brand, card_last4) = match card {
        Some(card) => (said(card.brand), said(card.last4)),
        None => (None, None),
    };
    Ok(Payment {
        id: PaymentId::new(it.id),
        customer: id(it.customer),
        payment_intent: id(it.payment_intent),
        amount: money(it.amount, &it.currency)?,
        amount_refunded: it.amount_refunded.unwrap_or(0),
        status: PaymentStatus::from_word(&it.status),
        created: instant(it.created, "created")?,
        failure_code: said(it.failure_code),
        failure_message: said(it.failure_message),
        card_brand,
        card_last4,
        disputed: it.disputed.unwrap_or(false),
        description: said(it.description),
        balance_transaction: id(it.balance_transaction),
    })
}

pub(super) fn payment_intent(it: wire::PaymentIntent) -> Result<PaymentIntent, Problem> {
    Ok(PaymentIntent {
        id: PaymentIntentId::new(it.id),
        customer: id(it.customer),
        amount: money(it.amount, &it.currency)?,
        status: it.status,
        created: instant(it.created, "created")?,
        latest_payment: id(it.latest_charge),
    })
}

pub(super) fn refund(it: wire::Refund) -> Result<Refund, Problem> {
    Ok(Refund {
        id: RefundId::new(it.id),
        payment: id(it.charge),
        amount: money(it.amount, &it.currency)?,
        status: RefundStatus::from_word(it.status.as_deref().unwrap_or(UNKNOWN)),
        reason: said(it.reason),
        created: instant(it.created, "created")?,
    })
}

pub(super) fn dispute(it: wire::Dispute) -> Result<Dispute, Problem> {
    let due_by = it.evidence_details.and_then(|details| details.due_by);
    Ok(Dispute {
        id: DisputeId::new(it.id),
        payment: id(it.charge),
        amount: money(it.amount, &it.currency)?,
        status: it.status,
        reason: it.reason.unwrap_or_else(|| UNKNOWN.to_owned()),
        created: instant(it.created, "created")?,
        due_by: instant_if(due_by, "evidence_details.due_by")?,
    })
}

pub(super) fn balance_transaction(
    it: wire::BalanceTransaction,
) -> Result<BalanceTransaction, Problem> {
    Ok(BalanceTransaction {
        id: BalanceTransactionId::new(it.id),
        source: id(it.source),
        kind: it.kind,
        amount: money(it.amount, &it.currency)?,
        fee: it.fee,
        net: it.net,
        created: instant(it.created, "created")?,
    })
}
