//! What a form says of a subscription's items and coupons.

use super::{Stop, Writing, begun};
use crate::http::error::Refusal;
use crate::http::form::wrong;
use crate::ids::{Sort, nested};
use crate::life::change::Edit;

/// The price behind an id, when it recurs and can be paid in the subscription's currency.
pub(super) fn price(
    writing: &Writing<'_>,
    name: &str,
    id: &str,
    subscription: u32,
) -> Result<u32, Stop> {
    let world = &*writing.world;
    let found = match world.ids.decode(id) {
        Some((Sort::Price, n)) => u32::try_from(n)
            .ok()
            .and_then(|n| world.catalogue.prices.find(n)),
        _ => None,
    };
    let found = found.ok_or_else(|| begun(Refusal::missing(400, "price", id, name)))?;
    if found.term.is_none() {
        let message = "The price specified is set to `type=one_time` but this field only accepts prices with `type=recurring`.";
        return Err(begun(wrong(name, message.to_owned())));
    }
    let currency = world.subscriptions[subscription].currency;
    if found.currency != currency {
        let message = format!(
            "The price specified only supports `{}`. This doesn't match the expected currency: `{}`.",
            found.currency.wire(),
            currency.wire()
        );
        return Err(begun(wrong(name, message)));
    }
    Ok(found.ix)
}

/// The edits of a form below `root`.
pub(super) fn edits(
    writing: &Writing<'_>,
    root: &str,
    subscription: u32,
) -> Result<Vec<Edit>, Stop> {
    let (form, world) = (writing.form, &*writing.world);
    let held = world.subscriptions[subscription].items.clone();
    let mut edits = Vec::new();
    let mut left = held.len();
    for n in form.places(root) {
        let named = |field: &str| format!("{root}[{n}][{field}]");
        form.fields_of(root, n, &["id", "price", "quantity", "deleted"])?;
        let quantity = form.integer(&named("quantity"))?;
        if quantity.is_some_and(|quantity| u32::try_from(quantity).is_err()) {
            return Err(begun(wrong(
                &named("quantity"),
                "Invalid quantity".to_owned(),
            )));
        }
        let quantity = quantity.and_then(|quantity| u32::try_from(quantity).ok());
        let price = form
            .get(&named("price"))
            .map(|id| price(writing, &named("price"), id, subscription))
            .transpose()?;
        let Some(id) = form.get(&named("id")) else {
            let price = price.ok_or_else(|| begun(crate::http::form::missing(&named("price"))))?;
            left += 1;
            edits.push(Edit::Add {
                price,
                quantity: quantity.unwrap_or(1),
            });
            continue;
        };
        let item = held
            .iter()
            .find(|item| world.id(Sort::SubscriptionItem, nested(subscription, item.seq)) == id)
            .ok_or_else(|| begun(Refusal::missing(400, "subscription item", id, &named("id"))))?;
        if form.flag(&named("deleted"))? == Some(true) {
            left -= 1;
            edits.push(Edit::Remove { seq: item.seq });
            continue;
        }
        // Another price forgets the quantity unless it is said.
        let kept = if price.is_some_and(|price| price != item.price) {
            1
        } else {
            item.quantity
        };
        edits.push(Edit::Set {
            seq: item.seq,
            price: price.unwrap_or(item.price),
            quantity: quantity.unwrap_or(kept),
        });
    }
    if left == 0 {
        let message = "A subscription must have at least one active plan. In order to cancel a subscription, please use the cancel endpoint.";
        return Err(begun(wrong(root, message.to_owned())));
    }
    Ok(edits)
}

/// The coupon of a form, with the promotion code that it came by.
pub(super) fn coupon(writing: &Writing<'_>) -> Result<(u32, Option<u32>), Stop> {
    let (form, world) = (writing.form, &*writing.world);
    let names = ["discounts[0][coupon]", "discounts[0][promotion_code]"];
    form.fields_of("discounts", 0, &["coupon", "promotion_code"])?;
    if form.places("discounts").len() != 1 {
        let message = "The simulated merchant puts one coupon on a subscription.";
        return Err(wrong("discounts", message.to_owned()).into());
    }
    let [by_id, by_code] = names;
    if let Some(id) = form.get(by_id) {
        let found = world.coupons.iter().position(|coupon| coupon.id == id);
        return found
            .and_then(|n| u32::try_from(n).ok())
            .map(|n| (n, None))
            .ok_or_else(|| begun(Refusal::missing(400, "coupon", id, by_id)));
    }
    let id = form.required(by_code)?;
    let found = match world.ids.decode(id) {
        Some((Sort::PromotionCode, n)) => usize::try_from(n)
            .ok()
            .and_then(|n| crate::coupon::PROMOTION_CODES.get(n).map(|code| (n, code))),
        _ => None,
    };
    found
        .filter(|(_, (_, _, active))| *active)
        .and_then(|(n, (_, coupon, _))| Some((*coupon, Some(u32::try_from(n).ok()?))))
        .ok_or_else(|| begun(Refusal::missing(400, "promotion code", id, by_code)))
}
