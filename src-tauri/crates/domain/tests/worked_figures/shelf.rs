//! Prices and coupons to put together what a test needs.

use coffer_domain::Instant;
use coffer_domain::currency::Currency;
use coffer_domain::ids::{CouponId, PriceId, ProductId};
use coffer_domain::metric::worth::Catalog;
use coffer_domain::money::Money;
use coffer_domain::ratio::Ratio;
use coffer_domain::record::{
    Coupon, CouponDuration, CouponOff, Price, PriceScheme, Recurring, RecurringInterval,
};
use std::collections::HashMap;

pub(crate) fn at(text: &str) -> Instant {
    let text = if text.len() == 10 {
        format!("{text}T00:00:00Z")
    } else {
        text.to_owned()
    };
    text.parse().unwrap()
}

pub(crate) fn minor(amount: i64) -> Ratio {
    Ratio::whole(amount)
}

pub(crate) fn price(id: &str, amount: i64, interval: RecurringInterval, count: u32) -> Price {
    Price {
        id: PriceId::new(id),
        product: ProductId::new(format!("prod_{id}")),
        currency: Currency::USD,
        active: true,
        nickname: None,
        created: at("2024-01-01"),
        recurring: Some(Recurring {
            interval,
            count,
            metered: false,
        }),
        scheme: PriceScheme::PerUnit(minor(amount)),
        other_currencies: Vec::new(),
        transform: None,
        tax_inclusive: false,
    }
}

pub(crate) fn coupon(id: &str, off: CouponOff, duration: CouponDuration) -> Coupon {
    Coupon {
        id: CouponId::new(id),
        name: None,
        off,
        duration,
        applies_to: None,
        created: at("2024-01-01"),
        valid: true,
    }
}

pub(crate) fn percent(id: &str, percent: i64, duration: CouponDuration) -> Coupon {
    coupon(id, CouponOff::Percent(Ratio::whole(percent)), duration)
}

pub(crate) fn amount_off(id: &str, minor: i64, duration: CouponDuration) -> Coupon {
    coupon(
        id,
        CouponOff::Amount(vec![Money::new(minor, Currency::USD)]),
        duration,
    )
}

pub(crate) fn catalog(prices: Vec<Price>, coupons: Vec<Coupon>) -> Catalog {
    Catalog {
        prices: prices.into_iter().map(|it| (it.id.clone(), it)).collect(),
        coupons: coupons.into_iter().map(|it| (it.id.clone(), it)).collect(),
        numbers: HashMap::new(),
    }
}
