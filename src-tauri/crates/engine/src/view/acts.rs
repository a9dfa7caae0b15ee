//! What can be asked for on an object as it stands in the copy. A menu is made of it; the preview has the last word.

use coffer_domain::record::{
    Invoice, InvoiceStatus, Payment, PaymentStatus, Subscription, SubscriptionStatus,
};

fn names(acts: &[&str]) -> Vec<String> {
    acts.iter().map(|it| (*it).to_owned()).collect()
}

/// Of a payment: its refund, while something is left of it and nobody contests it.
pub(super) fn of_payment(it: &Payment) -> Vec<String> {
    let left = it.amount.minor > it.amount_refunded;
    if it.status == PaymentStatus::Succeeded && left && !it.disputed {
        names(&["refund"])
    } else {
        Vec::new()
    }
}

/// Of an invoice: what changes it, and its PDF, which there is once it is no draft.
pub(super) fn of_invoice(it: &Invoice) -> Vec<String> {
    match it.status {
        InvoiceStatus::Open => {
            names(&["pay", "send", "credit_note", "void", "uncollectible", "pdf"])
        }
        InvoiceStatus::Uncollectible => names(&["pay", "void", "pdf"]),
        InvoiceStatus::Paid => names(&["credit_note", "pdf"]),
        InvoiceStatus::Void => names(&["pdf"]),
        _ => Vec::new(),
    }
}

/// Of a subscription; `scheduled` where a schedule decides about it.
pub(super) fn of_subscription(it: &Subscription, scheduled: bool) -> Vec<String> {
    let over = it.ended_at.is_some()
        || matches!(
            it.status,
            SubscriptionStatus::Canceled | SubscriptionStatus::IncompleteExpired
        );
    if over {
        return Vec::new();
    }
    let ends = it.cancel_at_period_end || it.cancel_at.is_some();
    let paused = it.pause.is_some() || it.status == SubscriptionStatus::Paused;
    let mut acts = Vec::new();
    if scheduled {
        acts.push("keep_plan");
    } else {
        acts.push("plan_change");
        acts.push("add_item");
        if it.items.len() > 1 {
            acts.push("remove_item");
        }
    }
    acts.push(if ends { "uncancel" } else { "cancel" });
    acts.push(if paused { "resume" } else { "pause" });
    if it.status == SubscriptionStatus::Trialing && !scheduled {
        acts.push("trial");
    }
    acts.push("coupon");
    if !it.discounts.is_empty() {
        acts.push("remove_coupon");
    }
    names(&acts)
}
