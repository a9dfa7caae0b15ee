//! What items ask for at one instant, exactly, and what is taken off it.
//!
//! An item is price × quantity, evaluated through tiers and packages. Here prices and coupons are resolved into amounts that
//! need no catalogue any more; `evaluate` takes the discounts off as the policy says and brings the rest to one month: month
//! ÷ count, year ÷ (12 × count), week × 52/12 ÷ count, day × 365/12 ÷ count. Metered items and one-off prices are left
//! out. What cannot be known (a price that was not synced, tiers that were not read) is an error for the caller to show
//! as unknown; it is never zero.

use crate::currency::Currency;
use crate::ids::{CouponId, PriceId, ProductId, SubscriptionItemId};
use crate::metric::facts::{Held, Lasting, Off, PutOn, Taken};
use crate::ratio::{Overflow, Ratio};
use crate::record::{
    Coupon, CouponDuration, CouponOff, Discount, DiscountTarget, Price, PriceScheme, Recurring,
    RecurringInterval, Rounding, Tier, TierMode,
};
use std::collections::HashMap;

/// Why a worth is not known.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unknown {
    /// The price is not in the copy.
    #[error("price {0} is not in the local copy")]
    PriceMissing(PriceId),
    /// The price's amounts were not told.
    #[error("the amounts of price {0} are not in the local copy")]
    AmountsMissing(PriceId),
    /// The coupon is not in the copy.
    #[error("coupon {0} is not in the local copy")]
    CouponMissing(CouponId),
    /// The exact figure does not fit.
    #[error(transparent)]
    Overflow(#[from] Overflow),
}

/// Prices and coupons by id.
#[derive(Debug, Clone, Default)]
pub struct Catalog {
    /// Prices.
    pub prices: HashMap<PriceId, Price>,
    /// Coupons.
    pub coupons: HashMap<CouponId, Coupon>,
    /// The number that stands for each price where many are stored; from 1 on.
    pub numbers: HashMap<PriceId, u32>,
}

impl Catalog {
    /// The number that stands for a price; 0 for one that has none.
    #[must_use]
    pub fn number(&self, price: &PriceId) -> u32 {
        self.numbers.get(price).copied().unwrap_or(0)
    }
}

/// One item to be valued.
#[derive(Debug, Clone)]
pub struct Item<'a> {
    /// Its id, where discounts may name it.
    pub id: Option<&'a SubscriptionItemId>,
    /// Its price.
    pub price: &'a PriceId,
    /// Its quantity.
    pub quantity: i64,
    /// The part of an inclusive price that is tax, 0 to 1; zero where tax is not inside.
    pub tax_share: Ratio,
}

/// An item with what it asks for.
#[derive(Debug, Clone)]
pub struct Listed<'a> {
    /// What it asks for.
    pub held: Held,
    id: Option<&'a SubscriptionItemId>,
    product: &'a ProductId,
}

/// The factor that brings an amount billed at this rhythm to one month.
///
/// # Errors
/// Never for a count of at least 1.
pub fn monthly_factor(recurring: Recurring) -> Result<Ratio, Overflow> {
    let count = i128::from(recurring.count.max(1));
    match recurring.interval {
        RecurringInterval::Month => Ratio::new(1, count),
        RecurringInterval::Year => Ratio::new(1, 12 * count),
        RecurringInterval::Week => Ratio::new(52, 12 * count),
        RecurringInterval::Day => Ratio::new(365, 12 * count),
    }
}

/// What a price asks for a quantity, in minor units for each billing period, before discounts.
///
/// # Errors
/// When the price's amounts in this currency were not told, or do not fit.
pub fn billed_amount(price: &Price, currency: Currency, quantity: i64) -> Result<Ratio, Unknown> {
    let scheme = if price.currency == currency {
        &price.scheme
    } else {
        price
            .other_currencies
            .iter()
            .find_map(|(other, scheme)| (*other == currency).then_some(scheme))
            .unwrap_or(&PriceScheme::Unknown)
    };
    match scheme {
        PriceScheme::PerUnit(unit) => {
            let units = match price.transform {
                Some(transform) => {
                    let by = transform.divide_by.max(1);
                    let begun = quantity.rem_euclid(by) != 0 && transform.round == Rounding::Up;
                    quantity.div_euclid(by) + i64::from(begun)
                }
                None => quantity,
            };
            Ok(unit.times(Ratio::whole(units))?)
        }
        PriceScheme::Tiered(TierMode::Graduated, tiers) => Ok(graduated(tiers, quantity)?),
        PriceScheme::Tiered(TierMode::Volume, tiers) => {
            volume(tiers, quantity)?.ok_or_else(|| Unknown::AmountsMissing(price.id.clone()))
        }
        PriceScheme::Unknown => Err(Unknown::AmountsMissing(price.id.clone())),
    }
}

/// Each unit at its own tier's price; a tier's flat amount once it is reached, the first tier's always.
fn graduated(tiers: &[Tier], quantity: i64) -> Result<Ratio, Overflow> {
    let mut total = Ratio::ZERO;
    let mut below = 0;
    for (index, tier) in tiers.iter().enumerate() {
        let top = tier.up_to.unwrap_or(i64::MAX).min(quantity);
        let units = (top - below).max(0);
        if units > 0 || index == 0 {
            total = total
                .plus(tier.unit.times(Ratio::whole(units))?)?
                .plus(tier.flat)?;
        }
        below = tier.up_to.unwrap_or(i64::MAX);
        if below >= quantity {
            break;
        }
    }
    Ok(total)
}

/// All units at the price of the tier that the quantity falls in; `None` when no tier holds it.
fn volume(tiers: &[Tier], quantity: i64) -> Result<Option<Ratio>, Overflow> {
    let Some(tier) = tiers
        .iter()
        .find(|tier| tier.up_to.is_none_or(|top| quantity <= top))
    else {
        return Ok(None);
    };
    let units = tier.unit.times(Ratio::whole(quantity))?;
    Ok(Some(units.plus(tier.flat)?))
}

/// What the items ask for, those that recur without being metered, in their order.
///
/// # Errors
/// When a price or its amounts are not known or do not fit.
pub fn held<'a>(
    items: &[Item<'a>],
    currency: Currency,
    catalog: &'a Catalog,
) -> Result<Vec<Listed<'a>>, Unknown> {
    let mut listed = Vec::with_capacity(items.len());
    for item in items {
        let price = catalog
            .prices
            .get(item.price)
            .ok_or_else(|| Unknown::PriceMissing(item.price.clone()))?;
        let Some(rhythm) = price.recurring.filter(|rhythm| !rhythm.metered) else {
            continue;
        };
        listed.push(Listed {
            held: Held {
                plan: catalog.number(item.price),
                quantity: item.quantity,
                rhythm,
                listed: billed_amount(price, currency, item.quantity)?,
                tax_share: item.tax_share,
            },
            id: item.id,
            product: &price.product,
        });
    }
    Ok(listed)
}

/// What discounts take off these items, in the order in which they are taken. One for other items or other currencies takes
/// nothing and is left out.
///
/// # Errors
/// When a coupon is not known or its share does not fit.
pub fn taken(
    items: &[Listed<'_>],
    discounts: &[&Discount],
    currency: Currency,
    catalog: &Catalog,
) -> Result<Vec<Taken>, Unknown> {
    let mut found = Vec::new();
    for discount in discounts {
        let coupon = catalog
            .coupons
            .get(&discount.coupon)
            .ok_or_else(|| Unknown::CouponMissing(discount.coupon.clone()))?;
        let place = |item: &Listed<'_>| item.id.is_some() && item.id == discount.item.as_ref();
        let on = match discount.target {
            DiscountTarget::Item => match items.iter().position(place) {
                Some(index) => PutOn::Item(u16::try_from(index).unwrap_or(u16::MAX)),
                None => continue,
            },
            DiscountTarget::Subscription => PutOn::Subscription,
            DiscountTarget::Customer => PutOn::Customer,
        };
        let only = only(items, on, coupon);
        if only.as_ref().is_some_and(Vec::is_empty) {
            continue;
        }
        let off = match &coupon.off {
            CouponOff::Percent(percent) => Off::Share(percent.over(Ratio::whole(100))?),
            CouponOff::Amount(amounts) => {
                match amounts.iter().find(|amount| amount.currency == currency) {
                    Some(amount) => Off::Amount(amount.minor),
                    None => continue,
                }
            }
        };
        found.push(Taken {
            on,
            lasting: match coupon.duration {
                CouponDuration::Once => Lasting::Once,
                CouponDuration::Repeating(_) => Lasting::Repeating,
                CouponDuration::Forever => Lasting::Forever,
            },
            off,
            only,
            coupon: discount.coupon.to_string(),
        });
    }
    Ok(found)
}

/// The places of the items that a coupon is for; `None` for all of them.
fn only(items: &[Listed<'_>], on: PutOn, coupon: &Coupon) -> Option<Vec<u16>> {
    let products = coupon.applies_to.as_ref()?;
    let place = |index: usize| u16::try_from(index).unwrap_or(u16::MAX);
    Some(
        items
            .iter()
            .enumerate()
            .filter(|(index, item)| {
                let meant = match on {
                    PutOn::Item(own) => own == place(*index),
                    PutOn::Subscription | PutOn::Customer => true,
                };
                meant && products.contains(item.product)
            })
            .map(|(index, _)| place(index))
            .collect(),
    )
}
