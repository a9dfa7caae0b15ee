//! Discounts: a coupon as applied to something that lasts.
//!
//! What a discount was put on is known from where it stands and, on an invoice, from its own fields. One that was put on
//! a single invoice or a single invoice item touches nothing that lasts, so it is not among an invoice's discounts; its
//! amount is in the invoice's total all the same. One without a coupon says nothing that a record could hold.

use super::{Problem, catalog, id, instant, instant_if, wire};
use coffer_domain::ids::{CouponId, DiscountId, SubscriptionId, SubscriptionItemId};
use coffer_domain::record::{Discount, DiscountTarget, Record};

/// Where a discount stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Place {
    /// On a customer.
    Customer,
    /// On a subscription.
    Subscription(SubscriptionId),
    /// On an item of a subscription.
    Item(SubscriptionId, SubscriptionItemId),
    /// On an invoice, or on one of its lines, which may bill a subscription and one of its items.
    Invoice(Option<SubscriptionId>, Option<SubscriptionItemId>),
}

/// The discount, unless it is none that lasts. The coupon inside it goes to `also`.
pub(super) fn discount(
    it: wire::Expandable<wire::Discount>,
    place: &Place,
    also: &mut Vec<Record>,
) -> Result<Option<Discount>, Problem> {
    let wire::Expandable::Object(it) = it else {
        return Err(Problem::new("a discount came as an id only"));
    };
    let it = *it;
    let coupon = match it.source.and_then(|source| source.coupon) {
        Some(wire::Expandable::Id(id)) => CouponId::new(id),
        Some(wire::Expandable::Object(object)) => {
            let coupon = catalog::coupon(*object)?;
            let id = coupon.id.clone();
            let known = |record: &Record| matches!(record, Record::Coupon(it) if it.id == id);
            if !also.iter().any(known) {
                also.push(Record::Coupon(coupon));
            }
            id
        }
        None => return Ok(None),
    };
    let one_bill_only = it.invoice.is_some() || it.invoice_item.is_some();
    let own = Own {
        item: id(it.subscription_item),
        subscription: id(it.subscription),
        customer: it.customer.is_some(),
    };
    let target = match place {
        Place::Customer => (DiscountTarget::Customer, None, None),
        Place::Subscription(on) => (DiscountTarget::Subscription, Some(on.clone()), None),
        Place::Item(on, item) => (DiscountTarget::Item, Some(on.clone()), Some(item.clone())),
        Place::Invoice(..) if one_bill_only && own.item.is_none() && own.subscription.is_none() => {
            return Ok(None);
        }
        Place::Invoice(on, item) => own.target(on.as_ref(), item.as_ref()),
    };
    let (target, subscription, item) = target;
    Ok(Some(Discount {
        id: DiscountId::new(it.id),
        coupon,
        start: instant(it.start, "discount.start")?,
        end: instant_if(it.end, "discount.end")?,
        target,
        subscription,
        item,
    }))
}

/// What a discount says itself.
struct Own {
    item: Option<SubscriptionItemId>,
    subscription: Option<SubscriptionId>,
    customer: bool,
}

impl Own {
    /// What it was put on: what it says itself, else what the bill that it stands on is for.
    fn target(
        self,
        on: Option<&SubscriptionId>,
        item: Option<&SubscriptionItemId>,
    ) -> (
        DiscountTarget,
        Option<SubscriptionId>,
        Option<SubscriptionItemId>,
    ) {
        if self.item.is_some() {
            let subscription = self.subscription.or_else(|| on.cloned());
            return (DiscountTarget::Item, subscription, self.item);
        }
        if self.subscription.is_some() {
            return (DiscountTarget::Subscription, self.subscription, None);
        }
        match (self.customer, item, on) {
            (false, Some(item), on) => (DiscountTarget::Item, on.cloned(), Some(item.clone())),
            (false, None, Some(on)) => (DiscountTarget::Subscription, Some(on.clone()), None),
            (true, ..) | (false, None, None) => (DiscountTarget::Customer, None, None),
        }
    }
}

/// All of a list of discounts, in order.
pub(super) fn discounts(
    list: Option<Vec<wire::Expandable<wire::Discount>>>,
    place: &Place,
    also: &mut Vec<Record>,
) -> Result<Vec<Discount>, Problem> {
    let mut out = Vec::new();
    for it in list.unwrap_or_default() {
        out.extend(discount(it, place, also)?);
    }
    Ok(out)
}
