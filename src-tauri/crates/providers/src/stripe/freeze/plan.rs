//! Another plan: at once by the subscription itself, at the period's end by a schedule in two requests.

use super::{Fields, SCHEDULE, SCHEDULES, SUBSCRIPTION, post};
use crate::action::{Frozen, Order, Unsupported};
use coffer_domain::operation::{ItemChange, PlanChange, Proration, When};
use coffer_domain::record::{Record, ScheduleDiscount, Subscription, SubscriptionSchedule};

/// The changes of items as they stand in a form, below `prefix`.
pub(in crate::stripe) fn items(fields: &mut Fields, prefix: &str, changes: &[ItemChange]) {
    let named = |n: usize, field: &str| {
        if prefix.is_empty() {
            format!("items[{n}][{field}]")
        } else {
            format!("{prefix}[items][{n}][{field}]")
        }
    };
    for (n, change) in changes.iter().enumerate() {
        match change {
            ItemChange::Set {
                item,
                price,
                quantity,
            } => {
                fields.put(named(n, "id"), item.as_str());
                fields.put(named(n, "price"), price.as_str());
                if let Some(quantity) = quantity {
                    fields.put(named(n, "quantity"), quantity.to_string());
                }
            }
            ItemChange::Add { price, quantity } => {
                fields.put(named(n, "price"), price.as_str());
                if let Some(quantity) = quantity {
                    fields.put(named(n, "quantity"), quantity.to_string());
                }
            }
            ItemChange::Remove { item } => {
                fields.put(named(n, "id"), item.as_str());
                fields.put(named(n, "deleted"), "true");
            }
        }
    }
}

/// Stripe's word for what the rest of a period costs.
pub(in crate::stripe) const fn proration_word(proration: Proration) -> &'static str {
    match proration {
        Proration::Prorate => "create_prorations",
        Proration::InvoiceNow => "always_invoice",
        Proration::None => "none",
    }
}

/// The request of a step of a change of plan.
pub(super) fn change(change: &PlanChange, order: Order<'_>) -> Result<Frozen, Unsupported> {
    let id = change.subscription.as_str();
    if change.when == When::Now {
        let mut fields = Fields::default();
        items(&mut fields, "", &change.items);
        fields.put("proration_behavior", proration_word(change.proration));
        if let (Some(from), true) = (change.reckoned_from, change.proration != Proration::None) {
            fields.put("proration_date", from.timestamp().to_string());
        }
        if matches!(order.target, Record::Subscription(it) if !it.sends_invoices) {
            // A card that is declined leaves everything as it was, instead of a change that is owed for.
            fields.put("payment_behavior", "error_if_incomplete");
        }
        return Ok(post(SUBSCRIPTION, &[id], &fields.marked(order.mark)));
    }
    if order.step == 0 {
        let mut fields = Fields::default();
        fields.put("from_subscription", id);
        return Ok(post(SCHEDULES, &[], &fields));
    }
    let (Some(Record::SubscriptionSchedule(schedule)), Record::Subscription(subscription)) =
        (order.made, order.target)
    else {
        return Err(Unsupported(
            "The schedule that the change goes into is not known.".to_owned(),
        ));
    };
    let fields = phases(change, subscription, schedule)?;
    Ok(post(
        SCHEDULE,
        &[schedule.id.as_str()],
        &fields.marked(order.mark),
    ))
}

/// The current phase as it is until the period ends, and then the new items for as long as nobody changes them again.
fn phases(
    change: &PlanChange,
    subscription: &Subscription,
    schedule: &SubscriptionSchedule,
) -> Result<Fields, Unsupported> {
    let unknown = || Unsupported("The schedule has no phase that could be continued.".to_owned());
    let current = schedule.phases.last().ok_or_else(unknown)?;
    let end = subscription
        .items
        .iter()
        .filter_map(|item| item.period_end)
        .min()
        .unwrap_or(current.end);
    let mut fields = Fields::default();
    fields.put(
        "phases[0][start_date]",
        current.start.timestamp().to_string(),
    );
    fields.put("phases[0][end_date]", end.timestamp().to_string());
    for (n, item) in current.items.iter().enumerate() {
        fields.put(format!("phases[0][items][{n}][price]"), item.price.as_str());
        if let Some(quantity) = item.quantity {
            fields.put(
                format!("phases[0][items][{n}][quantity]"),
                quantity.to_string(),
            );
        }
        discounts(
            &mut fields,
            &format!("phases[0][items][{n}]"),
            &item.discounts,
        )?;
    }
    discounts(&mut fields, "phases[0]", &current.discounts)?;
    for (n, it) in change.after(&subscription.items).iter().enumerate() {
        fields.put(format!("phases[1][items][{n}][price]"), it.price.as_str());
        if let Some(quantity) = it.quantity {
            fields.put(
                format!("phases[1][items][{n}][quantity]"),
                quantity.to_string(),
            );
        }
    }
    fields.put("phases[1][start_date]", end.timestamp().to_string());
    // After that the schedule lets go, and the subscription goes on with what it then has.
    fields.put("phases[1][duration][interval]", "month");
    fields.put("phases[1][duration][interval_count]", "1");
    discounts(&mut fields, "phases[1]", &current.discounts)?;
    fields.put("end_behavior", "release");
    fields.put("proration_behavior", "none");
    Ok(fields)
}

fn discounts(
    fields: &mut Fields,
    prefix: &str,
    held: &[ScheduleDiscount],
) -> Result<(), Unsupported> {
    for (n, discount) in held.iter().enumerate() {
        match discount {
            ScheduleDiscount::Coupon(coupon) => {
                fields.put(format!("{prefix}[discounts][{n}][coupon]"), coupon.as_str());
            }
            ScheduleDiscount::Existing(discount) => {
                fields.put(
                    format!("{prefix}[discounts][{n}][discount]"),
                    discount.as_str(),
                );
            }
            ScheduleDiscount::Unsaid => {
                return Err(Unsupported(
                    "The subscription has a discount that its schedule does not name; change its plan at the provider.".to_owned(),
                ));
            }
        }
    }
    Ok(())
}
