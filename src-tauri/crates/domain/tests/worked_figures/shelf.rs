//! Prices, coupons, subscriptions and bills to put together what a test needs.

use coffer_domain::Instant;
use coffer_domain::currency::Currency;
use coffer_domain::ids::{CouponId, PriceId, ProductId};
use coffer_domain::metric::worth::Catalog;
use coffer_domain::money::Money;
use coffer_domain::ratio::Ratio;
use coffer_domain::record::{
    Coupon, CouponDuration, CouponOff, Invoice, InvoiceLine, InvoiceStatus, LineOrigin, Price,
    PriceScheme, Recurring, RecurringInterval, Subscription, SubscriptionItem, SubscriptionStatus,
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

/// A catalogue of a few prices and coupons.
pub(crate) fn full() -> Catalog {
    use CouponDuration::{Forever, Repeating};
    use RecurringInterval::{Month, Year};
    catalog(
        vec![
            price("ten", 1_000, Month, 1),
            price("twenty", 2_000, Month, 1),
            price("yearly", 12_000, Year, 1),
        ],
        vec![
            percent("off", 10, Repeating(Some(3))),
            percent("half", 50, Forever),
            percent("all", 100, Forever),
        ],
    )
}

pub(crate) fn item(id: &str, price: &str, quantity: i64, created: &str) -> SubscriptionItem {
    SubscriptionItem {
        id: id.into(),
        price: price.into(),
        product: format!("prod_{price}").into(),
        quantity: Some(quantity),
        created: at(created),
        period_start: None,
        period_end: None,
        discounts: Vec::new(),
    }
}

pub(crate) fn subscription(start: &str, items: Vec<SubscriptionItem>) -> Subscription {
    Subscription {
        id: "sub".into(),
        customer: "cus".into(),
        status: SubscriptionStatus::Active,
        currency: Currency::USD,
        created: at(start),
        start: at(start),
        trial_start: None,
        trial_end: None,
        cancel_at: None,
        cancel_at_period_end: false,
        canceled_at: None,
        ended_at: None,
        items,
        discounts: Vec::new(),
        pause: None,
        latest_invoice: None,
        sends_invoices: false,
        schedule: None,
        flexible: false,
    }
}

pub(crate) fn line(
    item: &str,
    price: &str,
    quantity: i64,
    from: &str,
    to: &str,
    origin: LineOrigin,
) -> InvoiceLine {
    InvoiceLine {
        id: format!("il_{item}_{from}_{origin:?}").into(),
        amount: if origin == (LineOrigin::Proration { credit: true }) {
            -100
        } else {
            100
        },
        currency: Currency::USD,
        description: None,
        subscription: Some("sub".into()),
        item: Some(item.into()),
        invoice_item: None,
        price: Some(price.into()),
        quantity: Some(quantity),
        period_start: at(from),
        period_end: at(to),
        origin,
        tax_inclusive_base: 0,
        tax_inclusive: 0,
    }
}

pub(crate) fn invoice(id: &str, created: &str, reason: &str, lines: Vec<InvoiceLine>) -> Invoice {
    Invoice {
        amount_overpaid: 0,
        paid_elsewhere: 0,
        line_discounts: 0,
        touches_ledger: false,
        id: id.into(),
        number: None,
        customer: Some("cus".into()),
        subscription: Some("sub".into()),
        status: InvoiceStatus::Paid,
        billing_reason: Some(reason.to_owned()),
        currency: Currency::USD,
        created: at(created),
        subtotal: 0,
        total: 0,
        amount_due: 0,
        amount_paid: 0,
        amount_remaining: 0,
        attempt_count: 1,
        next_attempt: None,
        due: None,
        paid_at: Some(at(created)),
        voided_at: None,
        uncollectible_at: None,
        discounts: Vec::new(),
        lines,
    }
}
