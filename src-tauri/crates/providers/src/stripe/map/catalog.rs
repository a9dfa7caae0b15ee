//! Products, prices, coupons and promotion codes.
//!
//! What is not told is `Unknown`, so that a figure says so instead of being too small. A recurring price with a unit of
//! time that we do not know keeps its place among recurring prices with unknown amounts; a coupon with a duration that
//! we do not know lasts until its discount ends.

use super::{Problem, currency, id, instant, said, wire};
use coffer_domain::currency::Currency;
use coffer_domain::ids::{CouponId, PriceId, ProductId, PromotionCodeId};
use coffer_domain::money::Money;
use coffer_domain::ratio::Ratio;
use coffer_domain::record::{
    Coupon, CouponDuration, CouponOff, Price, PriceScheme, Product, PromotionCode, Record,
    Recurring, RecurringInterval, Rounding, Tier, TierMode, TransformQuantity,
};

pub(super) fn product(it: wire::Product) -> Result<Product, Problem> {
    Ok(Product {
        id: ProductId::new(it.id),
        name: it.name.unwrap_or_default(),
        active: it.active.unwrap_or(true),
        created: instant(it.created, "created")?,
    })
}

/// The words that say how a price's amount follows from a quantity.
#[derive(Clone, Copy)]
struct Terms<'a> {
    billing: Option<&'a str>,
    tiers: Option<&'a str>,
}

pub(super) fn price(it: wire::Price) -> Result<Price, Problem> {
    let terms = Terms {
        billing: it.billing_scheme.as_deref(),
        tiers: it.tiers_mode.as_deref(),
    };
    let own = currency(&it.currency)?;
    let mut scheme = scheme(
        terms,
        it.unit_amount,
        it.unit_amount_decimal,
        it.tiers.as_deref(),
    );
    let mut others: Vec<(Currency, PriceScheme)> = Vec::new();
    for (code, option) in it.currency_options.iter().flatten() {
        let other = currency(code)?;
        if other != own {
            let there = self::scheme(
                terms,
                option.unit_amount,
                option.unit_amount_decimal,
                option.tiers.as_deref(),
            );
            others.push((other, there));
        }
    }
    let recurring = it.recurring.map(recurring);
    let transform = it.transform_quantity.map(transform);
    if recurring == Some(None) || transform == Some(None) {
        scheme = PriceScheme::Unknown;
        for (_, other) in &mut others {
            *other = PriceScheme::Unknown;
        }
    }
    Ok(Price {
        id: PriceId::new(it.id),
        product: ProductId::new(it.product.0),
        currency: own,
        active: it.active.unwrap_or(true),
        nickname: said(it.nickname),
        created: instant(it.created, "created")?,
        recurring: recurring.map(|known| known.unwrap_or(UNKNOWN_RHYTHM)),
        scheme,
        other_currencies: others,
        transform: transform.flatten(),
        tax_inclusive: it.tax_behavior.as_deref() == Some("inclusive"),
    })
}

/// Stands for a rhythm that we do not know; the amounts are then unknown too.
const UNKNOWN_RHYTHM: Recurring = Recurring {
    interval: RecurringInterval::Month,
    count: 1,
    metered: false,
};

fn recurring(it: wire::Recurring) -> Option<Recurring> {
    let interval = match it.interval.as_deref()? {
        "day" => RecurringInterval::Day,
        "week" => RecurringInterval::Week,
        "month" => RecurringInterval::Month,
        "year" => RecurringInterval::Year,
        _ => return None,
    };
    let count = u32::try_from(it.interval_count.unwrap_or(1)).ok()?;
    Some(Recurring {
        interval,
        count: (count > 0).then_some(count)?,
        metered: it.usage_type.as_deref() == Some("metered"),
    })
}

fn transform(it: wire::TransformQuantity) -> Option<TransformQuantity> {
    Some(TransformQuantity {
        divide_by: it.divide_by.filter(|by| *by >= 1)?,
        round: match it.round.as_deref()? {
            "up" => Rounding::Up,
            "down" => Rounding::Down,
            _ => return None,
        },
    })
}

fn scheme(
    terms: Terms<'_>,
    unit: Option<i64>,
    unit_decimal: Option<wire::Decimal>,
    tiers: Option<&[wire::Tier]>,
) -> PriceScheme {
    match terms.billing {
        Some("per_unit") => {
            amount(unit, unit_decimal).map_or(PriceScheme::Unknown, PriceScheme::PerUnit)
        }
        Some("tiered") => {
            let mode = match terms.tiers {
                Some("graduated") => Some(TierMode::Graduated),
                Some("volume") => Some(TierMode::Volume),
                _ => None,
            };
            match mode.zip(tiers.filter(|tiers| !tiers.is_empty())) {
                Some((mode, tiers)) => PriceScheme::Tiered(mode, tiers.iter().map(tier).collect()),
                None => PriceScheme::Unknown,
            }
        }
        _ => PriceScheme::Unknown,
    }
}

fn tier(it: &wire::Tier) -> Tier {
    Tier {
        up_to: it.up_to,
        unit: amount(it.unit_amount, it.unit_amount_decimal).unwrap_or(Ratio::ZERO),
        flat: amount(it.flat_amount, it.flat_amount_decimal).unwrap_or(Ratio::ZERO),
    }
}

/// The decimal says more than the whole number, which is left out where it does not fit.
fn amount(whole: Option<i64>, decimal: Option<wire::Decimal>) -> Option<Ratio> {
    decimal
        .map(|decimal| decimal.0)
        .or_else(|| whole.map(Ratio::whole))
}

pub(super) fn coupon(it: wire::Coupon) -> Result<Coupon, Problem> {
    let off = match it.percent_off {
        Some(percent) => CouponOff::Percent(percent.0),
        None => CouponOff::Amount(amounts_off(&it)?),
    };
    let duration = match it.duration.as_deref() {
        Some("once") => CouponDuration::Once,
        Some("forever") => CouponDuration::Forever,
        _ => CouponDuration::Repeating(
            it.duration_in_months
                .and_then(|months| u32::try_from(months).ok()),
        ),
    };
    Ok(Coupon {
        id: CouponId::new(it.id),
        name: said(it.name),
        off,
        duration,
        applies_to: it
            .applies_to
            .and_then(|applies_to| applies_to.products)
            .map(|products| {
                products
                    .into_iter()
                    .map(|product| ProductId::new(product.0))
                    .collect()
            }),
        created: instant(it.created, "created")?,
        valid: it.valid.unwrap_or(true),
    })
}

/// The coupon's own currency first, then the others.
fn amounts_off(it: &wire::Coupon) -> Result<Vec<Money>, Problem> {
    let mut amounts: Vec<Money> = Vec::new();
    if let Some((minor, code)) = it.amount_off.zip(it.currency.as_deref()) {
        amounts.push(Money::new(minor, currency(code)?));
    }
    for (code, option) in it.currency_options.iter().flatten() {
        let other = currency(code)?;
        if let Some(minor) = option.amount_off
            && amounts.iter().all(|amount| amount.currency != other)
        {
            amounts.push(Money::new(minor, other));
        }
    }
    Ok(amounts)
}

pub(super) fn promotion_code(it: wire::PromotionCode) -> Result<(Record, Vec<Record>), Problem> {
    let mut also = Vec::new();
    let coupon = match it.promotion.and_then(|promotion| promotion.coupon) {
        Some(wire::Expandable::Id(id)) => Some(CouponId::new(id)),
        Some(wire::Expandable::Object(object)) => {
            let coupon = coupon(*object)?;
            let id = coupon.id.clone();
            also.push(Record::Coupon(coupon));
            Some(id)
        }
        None => None,
    };
    let code = PromotionCode {
        id: PromotionCodeId::new(it.id),
        code: it.code,
        coupon,
        active: it.active.unwrap_or(true),
        created: instant(it.created, "created")?,
    };
    Ok((Record::PromotionCode(code), also))
}

/// The product that a price is of, wherever the price stands.
pub(super) fn product_of(price: &wire::Price) -> ProductId {
    ProductId::new(price.product.0.clone())
}

/// The price that a pricing names.
pub(super) fn price_of(pricing: Option<wire::Pricing>) -> Option<PriceId> {
    id(pricing?.price_details?.price)
}
