//! What takes an operation back, where something does. Money that was given back does not return, and an ended subscription
//! does not begin again.

use crate::operation::intent::{Intent, ItemChange, PlanChange, Proration, When};
use crate::record::{Record, Subscription};

/// What would bring an object back to how it was before an operation.
#[must_use]
pub fn undo(intent: &Intent, before: &Record) -> Option<Intent> {
    match (intent, before) {
        (
            Intent::Cancel {
                subscription,
                when: When::PeriodEnd,
            },
            _,
        ) => Some(Intent::Uncancel {
            subscription: subscription.clone(),
        }),
        (Intent::Uncancel { subscription }, Record::Subscription(it))
            if it.cancel_at_period_end =>
        {
            Some(Intent::Cancel {
                subscription: subscription.clone(),
                when: When::PeriodEnd,
            })
        }
        (
            Intent::Pause {
                subscription, what, ..
            },
            _,
        ) => Some(Intent::Resume {
            subscription: subscription.clone(),
            what: what.clone(),
        }),
        (Intent::PlanChange(change), _) if change.when == When::PeriodEnd => {
            Some(Intent::ReleaseSchedule {
                subscription: change.subscription.clone(),
            })
        }
        (Intent::PlanChange(change), Record::Subscription(it)) => planned(change, it),
        (Intent::ApplyDiscount { subscription, .. }, Record::Subscription(it))
            if it.discounts.is_empty() =>
        {
            Some(Intent::RemoveDiscount {
                subscription: subscription.clone(),
            })
        }
        (
            Intent::UpdateCustomer {
                customer,
                email,
                name,
            },
            Record::Customer(it),
        ) => Some(Intent::UpdateCustomer {
            customer: customer.clone(),
            email: email.as_ref().map(|_| it.email.clone().unwrap_or_default()),
            name: name.as_ref().map(|_| it.name.clone().unwrap_or_default()),
        }),
        _ => None,
    }
}

/// The plan as it was.
fn planned(change: &PlanChange, it: &Subscription) -> Option<Intent> {
    // An item that was added has no id before the provider gives it one; one that was removed would come back as
    // another item. Only a change of what is there can be turned round from here.
    let back = change
        .items
        .iter()
        .map(|change| match change {
            ItemChange::Set { item, .. } => {
                let was = it.items.iter().find(|was| was.id == *item)?;
                Some(ItemChange::Set {
                    item: item.clone(),
                    price: was.price.clone(),
                    quantity: was.quantity,
                })
            }
            ItemChange::Add { .. } | ItemChange::Remove { .. } => None,
        })
        .collect::<Option<Vec<_>>>()?;
    Some(Intent::PlanChange(PlanChange {
        subscription: change.subscription.clone(),
        items: back,
        when: When::Now,
        proration: match change.proration {
            Proration::None => Proration::None,
            Proration::Prorate | Proration::InvoiceNow => Proration::Prorate,
        },
        reckoned_from: None,
    }))
}
