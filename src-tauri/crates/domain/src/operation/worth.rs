//! What a subscription would be worth after a change of plan: the same arithmetic that figures are made of, on items that are
//! not there yet. What a customer would pay is the provider's reckoning and not this.

use crate::metric::Basis;
use crate::metric::evaluate::worth;
use crate::metric::facts::Stretch;
use crate::metric::policy::Policy;
use crate::metric::worth::{Catalog, Item, Unknown, held, taken};
use crate::operation::intent::PlanChange;
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
    let after = change.after(&subscription.items);
    let items: Vec<Item<'_>> = after
        .iter()
        .map(|it| Item {
            id: it.held.map(|held| &held.id),
            price: it.price,
            quantity: it.quantity.unwrap_or(0),
            tax_share,
        })
        .collect();
    let own = after.iter().filter_map(|it| it.held);
    let mut discounts: Vec<&Discount> = own.flat_map(|held| &held.discounts).collect();
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
