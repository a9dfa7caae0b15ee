//! Whether a subscription can be changed, ended, paused or let go on.

use super::{Around, Objection, ObjectionCode, because};
use crate::Instant;
use crate::ids::PriceId;
use crate::operation::intent::{
    Intent, ItemChange, PauseKind, PlanChange, TrialEnd, Voucher, When,
};
use crate::operation::seen::has_alone;
use crate::record::{Subscription, SubscriptionStatus};

pub(super) fn subscription(
    intent: &Intent,
    it: &Subscription,
    around: &Around<'_>,
) -> Result<(), Objection> {
    if it.ended_at.is_some()
        || matches!(
            it.status,
            SubscriptionStatus::Canceled | SubscriptionStatus::IncompleteExpired
        )
    {
        return because(
            ObjectionCode::Ended,
            "This subscription has ended. Nothing brings it back; make a new one.",
        );
    }
    possible(intent, it, around)
}

/// Whether a subscription that goes on can be changed so.
fn possible(intent: &Intent, it: &Subscription, around: &Around<'_>) -> Result<(), Objection> {
    match intent {
        Intent::PlanChange(change) => plan_change(change, it, around),
        Intent::Cancel {
            when: When::Now, ..
        } => Ok(()),
        Intent::Cancel {
            when: When::PeriodEnd,
            ..
        } => {
            no_schedule(it)?;
            if it.cancel_at_period_end {
                return because(ObjectionCode::AlreadySo, "It already ends with its period.");
            }
            Ok(())
        }
        Intent::Uncancel { .. } => {
            if it.cancel_at_period_end || it.cancel_at.is_some() {
                return Ok(());
            }
            because(
                ObjectionCode::NothingToUndo,
                "No end is planned for this subscription.",
            )
        }
        Intent::Pause { what, until, .. } => pause(what, *until, it, around.now),
        Intent::Resume {
            what: PauseKind::Collection { .. },
            ..
        } => match it.pause {
            Some(_) => Ok(()),
            None => because(ObjectionCode::NothingToUndo, "Collection is not paused."),
        },
        Intent::Resume {
            what: PauseKind::Service,
            ..
        } => match it.status {
            SubscriptionStatus::Paused => Ok(()),
            _ => because(
                ObjectionCode::NothingToUndo,
                "This subscription is not paused.",
            ),
        },
        Intent::Trial { end, .. } => trial(*end, it, around.now),
        Intent::ApplyDiscount { voucher, .. } => apply(voucher, it),
        Intent::RemoveDiscount { .. } => {
            if it.discounts.is_empty() {
                return because(
                    ObjectionCode::NothingToUndo,
                    "This subscription has no coupon of its own.",
                );
            }
            Ok(())
        }
        Intent::ReleaseSchedule { .. } => match it.schedule {
            Some(_) => Ok(()),
            None => because(
                ObjectionCode::NothingToUndo,
                "Nothing is planned for this subscription.",
            ),
        },
        _ => because(
            ObjectionCode::WrongObject,
            "This cannot be done to a subscription.",
        ),
    }
}

fn no_schedule(it: &Subscription) -> Result<(), Objection> {
    match &it.schedule {
        Some(schedule) => because(
            ObjectionCode::HasSchedule,
            format!(
                "The schedule {schedule} decides about this subscription. Release it at the provider first."
            ),
        ),
        None => Ok(()),
    }
}

fn pause(
    what: &PauseKind,
    until: Option<Instant>,
    it: &Subscription,
    now: Instant,
) -> Result<(), Objection> {
    if until.is_some_and(|until| until <= now) {
        return because(ObjectionCode::InThePast, "A pause cannot end in the past.");
    }
    match what {
        PauseKind::Collection { .. } if it.pause.is_some() => {
            because(ObjectionCode::AlreadySo, "Collection is paused already.")
        }
        PauseKind::Collection { .. } => Ok(()),
        PauseKind::Service => {
            no_schedule(it)?;
            if it.status == SubscriptionStatus::Paused {
                return because(
                    ObjectionCode::AlreadySo,
                    "This subscription is paused already.",
                );
            }
            if !it.flexible {
                return because(
                    ObjectionCode::BillingMode,
                    "This subscription is billed in the classic way, which has no pause. Its collection can be paused instead.",
                );
            }
            Ok(())
        }
    }
}

fn apply(voucher: &Voucher, it: &Subscription) -> Result<(), Objection> {
    match voucher {
        Voucher::Coupon(coupon) if has_alone(it, coupon) => because(
            ObjectionCode::AlreadySo,
            "This subscription has that coupon already. To let it run anew, remove it first.",
        ),
        _ => Ok(()),
    }
}

fn trial(end: TrialEnd, it: &Subscription, now: Instant) -> Result<(), Objection> {
    no_schedule(it)?;
    match end {
        TrialEnd::Now if it.status != SubscriptionStatus::Trialing => because(
            ObjectionCode::WrongState,
            "This subscription is in no trial.",
        ),
        TrialEnd::At(at) if at <= now => {
            because(ObjectionCode::InThePast, "A trial cannot end in the past.")
        }
        TrialEnd::At(at) if it.trial_end == Some(at) => {
            because(ObjectionCode::AlreadySo, "Its trial ends then already.")
        }
        TrialEnd::Now | TrialEnd::At(_) => Ok(()),
    }
}

fn plan_change(
    change: &PlanChange,
    it: &Subscription,
    around: &Around<'_>,
) -> Result<(), Objection> {
    no_schedule(it)?;
    if matches!(it.status, SubscriptionStatus::Incomplete) {
        return because(
            ObjectionCode::WrongState,
            "Its first payment has not come yet.",
        );
    }
    if change.when == When::PeriodEnd && it.items.iter().all(|item| item.period_end.is_none()) {
        return because(
            ObjectionCode::WrongState,
            "The end of its period is not known; sync first.",
        );
    }
    let mut left = it.items.len();
    let mut changes = false;
    for item in &change.items {
        match item {
            ItemChange::Set {
                item,
                price,
                quantity,
            } => {
                let Some(held) = it.items.iter().find(|held| held.id == *item) else {
                    return because(
                        ObjectionCode::Unknown,
                        format!("This subscription has no item {item}."),
                    );
                };
                priced(price, *quantity, it, around)?;
                changes |= held.price != *price || held.quantity != *quantity;
            }
            ItemChange::Add { price, quantity } => {
                priced(price, *quantity, it, around)?;
                if it.items.iter().any(|held| held.price == *price) {
                    return because(
                        ObjectionCode::AlreadySo,
                        format!("The price {price} is on it already; change its quantity."),
                    );
                }
                (changes, left) = (true, left + 1);
            }
            ItemChange::Remove { item } => {
                if !it.items.iter().any(|held| held.id == *item) {
                    return because(
                        ObjectionCode::Unknown,
                        format!("This subscription has no item {item}."),
                    );
                }
                (changes, left) = (true, left.saturating_sub(1));
            }
        }
    }
    if left == 0 {
        return because(
            ObjectionCode::NothingChanges,
            "A subscription needs at least one item; cancel it instead.",
        );
    }
    if !changes {
        return because(
            ObjectionCode::NothingChanges,
            "That is what it already bills.",
        );
    }
    Ok(())
}

fn priced(
    id: &PriceId,
    quantity: Option<i64>,
    it: &Subscription,
    around: &Around<'_>,
) -> Result<(), Objection> {
    let Some(price) = around.prices.get(id) else {
        return because(
            ObjectionCode::Unknown,
            format!("There is no price {id} here."),
        );
    };
    let Some(recurring) = price.recurring else {
        return because(
            ObjectionCode::WrongState,
            format!("The price {id} does not recur."),
        );
    };
    let sold_in = price.currency == it.currency
        || price
            .other_currencies
            .iter()
            .any(|(currency, _)| *currency == it.currency);
    if !sold_in {
        return because(
            ObjectionCode::WrongCurrency,
            format!(
                "This subscription is billed in {}, and the price {id} is in {}.",
                it.currency, price.currency
            ),
        );
    }
    if !price.active && !it.items.iter().any(|held| held.price == *id) {
        return because(
            ObjectionCode::WrongState,
            format!("The price {id} is not sold any more."),
        );
    }
    match quantity {
        Some(quantity) if quantity < 0 => {
            because(ObjectionCode::BadAmount, "A quantity cannot be below zero.")
        }
        Some(_) if recurring.metered => because(
            ObjectionCode::BadAmount,
            format!("The price {id} bills usage and takes no quantity."),
        ),
        None if !recurring.metered => because(
            ObjectionCode::BadAmount,
            format!("The price {id} needs a quantity."),
        ),
        _ => Ok(()),
    }
}
