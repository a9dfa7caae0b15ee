//! Whether an object already is as an operation wants it.
//!
//! This is how an operation is recognised that leaves no mark of its own: an ended subscription, a voided bill. Where the
//! provider keeps our mark (in the metadata of a refund, say), the adapter looks for that instead, because another refund of
//! the same amount is not ours.

use crate::operation::intent::{Intent, InvoiceAction, PauseKind, TrialEnd, Voucher, When};
use crate::record::{InvoiceStatus, Record, Subscription, SubscriptionStatus};

/// What an object says about an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seen {
    /// It is as wanted.
    AsWanted,
    /// It is not.
    NotYet,
    /// The object cannot tell: there may be several of the same.
    CannotTell,
}

/// Whether an object is as wanted.
#[must_use]
pub fn seen(intent: &Intent, record: &Record) -> Seen {
    let told = |wanted: bool| {
        if wanted { Seen::AsWanted } else { Seen::NotYet }
    };
    match (intent, record) {
        (Intent::Invoice { action, .. }, Record::Invoice(it)) => match action {
            InvoiceAction::Pay => told(it.status == InvoiceStatus::Paid),
            InvoiceAction::Void => told(it.status == InvoiceStatus::Void),
            InvoiceAction::WriteOff => told(it.status == InvoiceStatus::Uncollectible),
            // It may have been sent any number of times.
            InvoiceAction::Send => Seen::CannotTell,
        },
        (Intent::UpdateCustomer { email, name, .. }, Record::Customer(it)) => {
            let same = |wanted: &Option<String>, is: &Option<String>| {
                wanted
                    .as_ref()
                    .is_none_or(|wanted| is.as_deref().unwrap_or_default() == wanted)
            };
            told(same(email, &it.email) && same(name, &it.name))
        }
        (_, Record::Subscription(it)) => told_by_subscription(intent, it),
        _ => Seen::CannotTell,
    }
}

fn told_by_subscription(intent: &Intent, it: &Subscription) -> Seen {
    let told = |wanted: bool| {
        if wanted { Seen::AsWanted } else { Seen::NotYet }
    };
    match intent {
        Intent::Cancel {
            when: When::Now, ..
        } => told(it.status == SubscriptionStatus::Canceled),
        Intent::Cancel {
            when: When::PeriodEnd,
            ..
        } => told(it.cancel_at_period_end || it.status == SubscriptionStatus::Canceled),
        Intent::Uncancel { .. } => told(
            !it.cancel_at_period_end
                && it.cancel_at.is_none()
                && it.status != SubscriptionStatus::Canceled,
        ),
        Intent::Pause {
            what: PauseKind::Collection { bills },
            until,
            ..
        } => told(
            it.pause
                .as_ref()
                .is_some_and(|pause| pause.behavior == *bills && pause.resumes_at == *until),
        ),
        Intent::Pause {
            what: PauseKind::Service,
            ..
        } => told(it.status == SubscriptionStatus::Paused),
        Intent::Resume {
            what: PauseKind::Collection { .. },
            ..
        } => told(it.pause.is_none()),
        Intent::Resume {
            what: PauseKind::Service,
            ..
        } => told(it.status != SubscriptionStatus::Paused),
        Intent::Trial { end, .. } => match end {
            TrialEnd::Now => told(it.status != SubscriptionStatus::Trialing),
            TrialEnd::At(at) => told(it.trial_end == Some(*at)),
        },
        Intent::ApplyDiscount {
            voucher: Voucher::Coupon(coupon),
            ..
        } => told(it.discounts.iter().any(|it| it.coupon == *coupon)),
        Intent::RemoveDiscount { .. } => told(it.discounts.is_empty()),
        Intent::ReleaseSchedule { .. } => told(it.schedule.is_none()),
        _ => Seen::CannotTell,
    }
}
