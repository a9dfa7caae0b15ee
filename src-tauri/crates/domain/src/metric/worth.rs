//! The monthly worth of items at one instant, exactly.
//!
//! An item is price × quantity, evaluated through tiers and packages, less its discounts, brought to one month: month ÷
//! count, year ÷ (12 × count), week × 52/12 ÷ count, day × 365/12 ÷ count. Metered items and one-off prices are worth
//! nothing. What cannot be known (a price that was not synced, tiers that were not read) is an error for the caller to
//! show as unknown; it is never zero.

use crate::currency::Currency;
use crate::ids::{CouponId, PriceId, ProductId};
use crate::ratio::{Overflow, Ratio};
use crate::record::{
    Coupon, CouponDuration, CouponOff, Price, PriceScheme, Recurring, RecurringInterval, Rounding,
    Tier, TierMode,
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
}

/// One item to be valued, with the coupons that apply to it alone.
#[derive(Debug, Clone)]
pub struct Item<'a> {
    /// Its price.
    pub price: &'a PriceId,
    /// Its quantity.
    pub quantity: i64,
    /// The part of an inclusive price that is tax, 0 to 1; zero where tax is not inside.
    pub tax_share: Ratio,
    /// Its own coupons in order.
    pub coupons: Vec<&'a CouponId>,
}

/// What items are worth for a month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Worth {
    /// After discounts and without tax, in minor units of the subscription's currency.
    pub monthly: Ratio,
    /// Whether a worth above zero was brought to zero by discounts.
    pub free: bool,
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

/// An item on its way from listed amount to worth.
struct Valued<'a> {
    product: &'a ProductId,
    factor: Ratio,
    tax_share: Ratio,
    /// Minor units for each billing period after the discounts applied so far.
    amount: Ratio,
}

/// What the items are worth together, with the coupons on their subscription (or, where it has none, its customer).
///
/// # Errors
/// When a price or coupon is not known or the exact figure does not fit.
pub fn worth(
    items: &[Item<'_>],
    coupons: &[&CouponId],
    currency: Currency,
    catalog: &Catalog,
) -> Result<Worth, Unknown> {
    let mut valued = Vec::with_capacity(items.len());
    let mut listed = Ratio::ZERO;
    for item in items {
        let price = catalog
            .prices
            .get(item.price)
            .ok_or_else(|| Unknown::PriceMissing(item.price.clone()))?;
        let Some(recurring) = price.recurring.filter(|recurring| !recurring.metered) else {
            continue;
        };
        let mut one = [Valued {
            product: &price.product,
            factor: monthly_factor(recurring)?,
            tax_share: item.tax_share,
            amount: billed_amount(price, currency, item.quantity)?,
        }];
        listed = listed.plus(one[0].amount)?;
        for id in &item.coupons {
            take_off(&mut one, coupon(catalog, id)?, currency)?;
        }
        valued.extend(one);
    }
    for id in coupons {
        take_off(&mut valued, coupon(catalog, id)?, currency)?;
    }
    let mut monthly = Ratio::ZERO;
    for item in &valued {
        let net = item.amount.times(Ratio::ONE.minus(item.tax_share)?)?;
        monthly = monthly.plus(net.times(item.factor)?)?;
    }
    Ok(Worth {
        monthly,
        free: monthly.is_zero() && !listed.is_zero(),
    })
}

fn coupon<'a>(catalog: &'a Catalog, id: &CouponId) -> Result<&'a Coupon, Unknown> {
    catalog
        .coupons
        .get(id)
        .ok_or_else(|| Unknown::CouponMissing(id.clone()))
}

/// Takes one coupon off the items it is for. A fixed amount is spread over them in proportion to what they still bill
/// and takes nothing below zero. A coupon for one bill only is never MRR.
fn take_off(items: &mut [Valued<'_>], coupon: &Coupon, currency: Currency) -> Result<(), Overflow> {
    if coupon.duration == CouponDuration::Once {
        return Ok(());
    }
    let applies = |item: &Valued<'_>| {
        coupon
            .applies_to
            .as_ref()
            .is_none_or(|products| products.contains(item.product))
    };
    match &coupon.off {
        CouponOff::Percent(percent) => {
            let left = Ratio::ONE.minus(percent.over(Ratio::whole(100))?)?;
            for item in items.iter_mut().filter(|item| applies(item)) {
                item.amount = item.amount.times(left.max(Ratio::ZERO))?;
            }
        }
        CouponOff::Amount(amounts) => {
            let Some(off) = amounts.iter().find(|amount| amount.currency == currency) else {
                return Ok(());
            };
            let mut together = Ratio::ZERO;
            for item in items.iter().filter(|item| applies(item)) {
                together = together.plus(item.amount)?;
            }
            if together.is_zero() || together.is_negative() {
                return Ok(());
            }
            let share = Ratio::whole(off.minor).over(together)?.min(Ratio::ONE);
            for item in items.iter_mut().filter(|item| applies(item)) {
                item.amount = item.amount.times(Ratio::ONE.minus(share)?)?;
            }
        }
    }
    Ok(())
}
