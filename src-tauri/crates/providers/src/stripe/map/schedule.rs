//! Subscription schedules.

use super::{Problem, id, instant, instant_if, payer, wire};
use coffer_domain::ids::{CouponId, DiscountId, PriceId, SubscriptionScheduleId};
use coffer_domain::record::{ScheduleDiscount, ScheduleItem, SchedulePhase, SubscriptionSchedule};

pub(super) fn schedule(it: wire::SubscriptionSchedule) -> Result<SubscriptionSchedule, Problem> {
    let phases = it.phases.into_iter().map(phase);
    let phases = phases.collect::<Result<_, _>>()?;
    Ok(SubscriptionSchedule {
        id: SubscriptionScheduleId::new(it.id),
        customer: payer(it.customer, it.customer_account),
        subscription: id(it.subscription).or_else(|| id(it.released_subscription)),
        status: it.status,
        created: instant(it.created, "created")?,
        end_behavior: it.end_behavior,
        phases,
    })
}

fn phase(it: wire::Phase) -> Result<SchedulePhase, Problem> {
    Ok(SchedulePhase {
        start: instant(it.start_date, "phases.start_date")?,
        end: instant(it.end_date, "phases.end_date")?,
        items: it.items.into_iter().map(item).collect(),
        trial_end: instant_if(it.trial_end, "phases.trial_end")?,
        discounts: discounts(it.discounts),
    })
}

fn discounts(all: Option<Vec<wire::PhaseDiscount>>) -> Vec<ScheduleDiscount> {
    let one = |it: wire::PhaseDiscount| match (it.discount, it.coupon) {
        (Some(discount), _) => ScheduleDiscount::Existing(DiscountId::new(discount.0)),
        (None, Some(coupon)) => ScheduleDiscount::Coupon(CouponId::new(coupon.0)),
        (None, None) => ScheduleDiscount::Unsaid,
    };
    all.unwrap_or_default().into_iter().map(one).collect()
}

fn item(it: wire::PhaseItem) -> ScheduleItem {
    ScheduleItem {
        price: PriceId::new(it.price.0),
        quantity: it.quantity,
        discounts: discounts(it.discounts),
    }
}
