//! What a subscription would be worth after a change of plan: the same arithmetic that figures are made of, on items that are
//! not there yet. What a customer would pay is the provider's reckoning and not this.

use crate::metric::Basis;
use crate::metric::evaluate::worth;
use crate::metric::facts::Stretch;
use crate::metric::policy::Policy;
use crate::metric::worth::{Catalog, Item, Unknown, held, taken};
use crate::operation::intent::{ItemChange, PlanChange};
use crate::ratio::Ratio;
use crate::record::{Discount, Subscription};

/// Minor units for a month after a change. `tax_share` is the part of its prices that is tax, as its bills showed it.
///
/// # Errors
/// When a price or coupon is not known, or the exact figure does not fit.
pub fn worth_after(
    subscription: &Subscription,
    change: &PlanChange,
    customer: Option<&Discount>,
    tax_share: Ratio,
    catalog: &Catalog,
    policy: &Policy,
) -> Result<Ratio, Unknown> {
    let mut items: Vec<Item<'_>> = Vec::new();
    let mut discounts: Vec<&Discount> = Vec::new();
    for own in &subscription.items {
        let changed = change.items.iter().find(|change| match change {
            ItemChange::Set { item, .. } | ItemChange::Remove { item } => *item == own.id,
            ItemChange::Add { .. } => false,
        });
        let (price, quantity) = match changed {
            Some(ItemChange::Set {
                price, quantity, ..
            }) => (price, *quantity),
            Some(_) => continue,
            None => (&own.price, own.quantity),
        };
        discounts.extend(&own.discounts);
        items.push(Item {
            id: Some(&own.id),
            price,
            quantity: quantity.unwrap_or(0),
            tax_share,
        });
    }
    items.extend(change.items.iter().filter_map(|change| match change {
        ItemChange::Add { price, quantity } => Some(Item {
            id: None,
            price,
            quantity: quantity.unwrap_or(0),
            tax_share,
        }),
        _ => None,
    }));
    discounts.extend(&subscription.discounts);
    discounts.extend(customer);
    let listed = held(&items, subscription.currency, catalog)?;
    let off = taken(&listed, &discounts, subscription.currency, catalog)?;
    let stretch = Stretch {
        from: 0,
        basis: Basis::Inferred,
        items: listed.into_iter().map(|it| it.held).collect(),
        taken: off,
        unknown: None,
    };
    Ok(worth(&stretch, policy)?.monthly)
}
