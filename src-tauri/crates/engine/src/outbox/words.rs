//! Operations in words: what they are and where they stand.

use crate::api::types::{
    OperationProblem, OperationResult, OperationView, PreviewLineView, PreviewView,
};
use crate::view::money::{day, instant, money};
use coffer_domain::mode::Mode;
use coffer_domain::money::Money;
use coffer_domain::operation::{
    Intent, InvoiceAction, ItemChange, PauseKind, PlanChange, TrialEnd, Voucher, When,
};
use coffer_domain::outbox::State;
use coffer_providers::Preview;
use coffer_store::table::operation::OperationRow;

/// What an operation is, in one sentence without its end.
#[must_use]
pub fn sentence(intent: &Intent) -> String {
    match intent {
        Intent::Refund(it) => format!("Refund {} of payment {}", it.amount.text(), it.payment),
        Intent::CreditNote(it) => format!("Credit {} of invoice {}", it.amount.text(), it.invoice),
        Intent::CustomerCredit { customer, amount } => {
            format!("Give {customer} {} to the good", amount.text())
        }
        Intent::PlanChange(it) => plan_change(it),
        Intent::Cancel { subscription, when } => match when {
            When::Now => format!("Cancel {subscription} now"),
            When::PeriodEnd => format!("Cancel {subscription} when its period ends"),
        },
        Intent::Uncancel { subscription } => format!("Let {subscription} go on"),
        Intent::Pause {
            subscription,
            what,
            until,
        } => {
            let what = match what {
                PauseKind::Service => "Pause",
                PauseKind::Collection { .. } => "Pause the collection of",
            };
            let until = until.map_or_else(String::new, |until| format!(" until {}", day(until)));
            format!("{what} {subscription}{until}")
        }
        Intent::Resume { subscription, what } => match what {
            PauseKind::Service => format!("Resume {subscription}"),
            PauseKind::Collection { .. } => format!("Resume the collection of {subscription}"),
        },
        Intent::Trial { subscription, end } => match end {
            TrialEnd::Now => format!("End the trial of {subscription} now"),
            TrialEnd::At(at) => format!("Let the trial of {subscription} end on {}", day(*at)),
        },
        Intent::ApplyDiscount {
            subscription,
            voucher,
        } => match voucher {
            Voucher::Coupon(id) => format!("Put the coupon {id} on {subscription}"),
            Voucher::PromotionCode(id) => format!("Put the promotion code {id} on {subscription}"),
        },
        Intent::RemoveDiscount { subscription } => {
            format!("Take the coupons off {subscription}")
        }
        Intent::ReleaseSchedule { subscription } => {
            format!("Let {subscription} keep its plan: what was planned for later does not happen")
        }
        Intent::Invoice { invoice, action } => match action {
            InvoiceAction::Pay => format!("Collect invoice {invoice} now"),
            InvoiceAction::Send => format!("Send invoice {invoice}"),
            InvoiceAction::Void => format!("Void invoice {invoice}"),
            InvoiceAction::WriteOff => format!("Write off invoice {invoice}"),
        },
        Intent::UpdateCustomer { customer, .. } => {
            format!("Change the address or name of {customer}")
        }
    }
}

/// Why an operation waits for somebody.
#[must_use]
pub const fn why_it_waits(state: State) -> &'static str {
    match state {
        State::AwaitingApproval => "It waits for another operator.",
        State::Unknown => "It is not known yet whether it happened.",
        _ => "It stopped, and waits for your word.",
    }
}

/// The same beside the object itself, which it does not name.
#[must_use]
pub(super) fn title(intent: &Intent) -> String {
    let at_end = |when: When| match when {
        When::Now => "now",
        When::PeriodEnd => "when its period ends",
    };
    match intent {
        Intent::Refund(it) => format!("Refund {}", it.amount.text()),
        Intent::CreditNote(it) => format!("Credit note of {}", it.amount.text()),
        Intent::CustomerCredit { amount, .. } => format!("Credit of {}", amount.text()),
        Intent::PlanChange(it) => format!("Change of plan, {}", at_end(it.when)),
        Intent::Cancel { when, .. } => format!("Cancel the subscription {}", at_end(*when)),
        Intent::Uncancel { .. } => "Let the subscription go on".to_owned(),
        Intent::Pause { what, until, .. } => {
            let until = until.map_or_else(String::new, |until| format!(" until {}", day(until)));
            match what {
                PauseKind::Service => format!("Pause the subscription{until}"),
                PauseKind::Collection { .. } => format!("Pause the collection{until}"),
            }
        }
        Intent::Resume { what, .. } => match what {
            PauseKind::Service => "Resume the subscription".to_owned(),
            PauseKind::Collection { .. } => "Resume the collection".to_owned(),
        },
        Intent::Trial { end, .. } => match end {
            TrialEnd::Now => "End the trial now".to_owned(),
            TrialEnd::At(at) => format!("Let the trial end on {}", day(*at)),
        },
        Intent::ApplyDiscount { voucher, .. } => match voucher {
            Voucher::Coupon(id) => format!("Apply the coupon {id}"),
            Voucher::PromotionCode(_) => "Apply a promotion code".to_owned(),
        },
        Intent::RemoveDiscount { .. } => "Take the coupons off".to_owned(),
        Intent::ReleaseSchedule { .. } => "Keep the plan as it is".to_owned(),
        Intent::Invoice { action, .. } => match action {
            InvoiceAction::Pay => "Collect the invoice now",
            InvoiceAction::Send => "Send the invoice",
            InvoiceAction::Void => "Void the invoice",
            InvoiceAction::WriteOff => "Write off the invoice",
        }
        .to_owned(),
        Intent::UpdateCustomer { .. } => "Change the e-mail or the name".to_owned(),
    }
}

fn plan_change(it: &PlanChange) -> String {
    let many = |quantity: &Option<i64>| {
        quantity.map_or_else(String::new, |quantity| format!(" × {quantity}"))
    };
    let items: Vec<String> = it
        .items
        .iter()
        .map(|change| match change {
            ItemChange::Set {
                price, quantity, ..
            } => format!("to {price}{}", many(quantity)),
            ItemChange::Add { price, quantity } => format!("add {price}{}", many(quantity)),
            ItemChange::Remove { item } => format!("without {item}"),
        })
        .collect();
    let when = match it.when {
        When::Now => "now",
        When::PeriodEnd => "when its period ends",
    };
    format!("Change {} {}, {when}", it.subscription, items.join(", "))
}

/// A reckoning as it is shown.
pub(super) fn preview_view(it: &Preview) -> PreviewView {
    let shown = |minor| money(Money::new(minor, it.currency));
    PreviewView {
        lines: it
            .lines
            .iter()
            .map(|line| PreviewLineView {
                description: line.description.clone(),
                amount: shown(line.amount),
                proration: line.proration,
            })
            .collect(),
        subtotal: shown(it.subtotal),
        tax: shown(it.tax),
        total: shown(it.total),
        amount_due: shown(it.amount_due),
        due_now: shown(if it.billed_now { it.amount_due } else { 0 }),
        billed_now: it.billed_now,
        billed_at: it.billed_at.map(instant),
        reckoned_from: instant(it.reckoned_from),
    }
}

/// An operation as it is shown.
#[must_use]
pub fn operation_view<M: Mode>(row: &OperationRow) -> OperationView {
    let (kind, target) = row.intent.target();
    let preview: Option<Preview> = row
        .preview
        .as_deref()
        .and_then(|text| serde_json::from_str(text).ok());
    OperationView {
        id: row.id.clone(),
        mode: M::NAME.into(),
        account: row.account.to_string(),
        kind: row.intent.kind().to_owned(),
        state: row.progress.state.as_str().to_owned(),
        target: target.to_owned(),
        target_kind: kind.as_str().to_owned(),
        customer: row.customer.as_ref().map(ToString::to_string),
        customer_name: None,
        title: title(&row.intent),
        sentence: sentence(&row.intent),
        amount: row.intent.amount().map(money),
        attempts: row.progress.attempts,
        step: row.progress.step,
        steps: row.progress.steps,
        result: row.result.clone().map(|id| OperationResult { id }),
        problem: row
            .code
            .clone()
            .or_else(|| row.message.as_ref().map(|_| String::new()))
            .map(|code| OperationProblem {
                code,
                message: row.message.clone().unwrap_or_default(),
            }),
        request_id: row.request_id.clone(),
        note: row.note.clone(),
        asked_by: row.asked_by.clone(),
        approved_by: row.approved_by.clone(),
        estimated: row.estimated,
        preview: preview.as_ref().map(preview_view),
        undo: row.undo.as_ref().map(sentence),
        not_before: row.progress.not_before.map(instant),
        created_at: instant(row.created_at),
        changed_at: instant(row.changed_at),
    }
}
