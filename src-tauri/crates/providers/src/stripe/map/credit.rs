//! Credit notes and the entries of customers' credit ledgers.

use super::{Problem, id, instant, instant_if, money, payer, said, wire};
use coffer_domain::ids::{CreditEntryId, CreditNoteId, InvoiceId, RefundId};
use coffer_domain::record::{CreditEntry, CreditNote};

pub(super) fn credit_note(it: wire::CreditNote) -> Result<CreditNote, Problem> {
    let refunds = it.refunds.unwrap_or_default().into_iter();
    Ok(CreditNote {
        id: CreditNoteId::new(it.id),
        number: said(it.number),
        invoice: InvoiceId::new(it.invoice.0),
        customer: payer(it.customer, it.customer_account),
        amount: money(it.amount, &it.currency)?,
        pre_payment: it.pre_payment_amount,
        post_payment: it.post_payment_amount,
        status: it.status,
        reason: said(it.reason),
        created: instant(it.created, "created")?,
        voided_at: instant_if(it.voided_at, "voided_at")?,
        // What was paid out by another processor has no refund here.
        refunds: refunds.filter_map(refund).collect(),
        credit_entry: id(it.customer_balance_transaction),
    })
}

fn refund(it: wire::CreditNoteRefund) -> Option<RefundId> {
    id(it.refund)
}

pub(super) fn credit_entry(it: wire::CreditEntry) -> Result<CreditEntry, Problem> {
    Ok(CreditEntry {
        id: CreditEntryId::new(it.id),
        customer: payer(it.customer, it.customer_account)
            .ok_or_else(|| Problem::new("`customer` is missing"))?,
        amount: money(it.amount, &it.currency)?,
        ending_balance: it.ending_balance,
        kind: it.kind,
        created: instant(it.created, "created")?,
        invoice: id(it.invoice),
        credit_note: id(it.credit_note),
        description: said(it.description),
    })
}
