//! What items are worth at one instant, and what that adds up to.

use crate::shelf::{amount_off, at, catalog, minor, percent, price};
use coffer_domain::currency::Currency;
use coffer_domain::ids::{PriceId, ProductId};
use coffer_domain::metric::Basis;
use coffer_domain::metric::evaluate::{Worth, worth};
use coffer_domain::metric::facts::Stretch;
use coffer_domain::metric::policy::Policy;
use coffer_domain::metric::worth::{Catalog, Item, Unknown, billed_amount, held, taken};
use coffer_domain::ratio::Ratio;
use coffer_domain::record::CouponDuration::{Forever, Once, Repeating};
use coffer_domain::record::RecurringInterval::{Day, Month, Week, Year};
use coffer_domain::record::{
    Coupon, Discount, DiscountTarget, Price, PriceScheme, Recurring, Rounding, Tier, TierMode,
    TransformQuantity,
};
use proptest::prelude::*;

/// What items are worth under a policy, with coupons on their subscription.
fn valued(
    catalog: &Catalog,
    items: &[(&str, i64)],
    coupons: &[&str],
    policy: &Policy,
) -> Result<Worth, Unknown> {
    let ids: Vec<PriceId> = items.iter().map(|(id, _)| PriceId::new(*id)).collect();
    let items: Vec<Item<'_>> = ids
        .iter()
        .zip(items)
        .map(|(price, (_, quantity))| Item {
            id: None,
            price,
            quantity: *quantity,
            tax_share: Ratio::ZERO,
        })
        .collect();
    let discounts: Vec<Discount> = coupons
        .iter()
        .map(|coupon| Discount {
            id: format!("di_{coupon}").into(),
            coupon: (*coupon).into(),
            start: at("2024-01-01"),
            end: None,
            target: DiscountTarget::Subscription,
            subscription: None,
            item: None,
        })
        .collect();
    let listed = held(&items, Currency::USD, catalog)?;
    let discounts: Vec<&Discount> = discounts.iter().collect();
    let taken = taken(&listed, &discounts, Currency::USD, catalog)?;
    let stretch = Stretch {
        from: 0,
        basis: Basis::Observed,
        items: listed.into_iter().map(|it| it.held).collect(),
        taken,
        unknown: None,
    };
    Ok(worth(&stretch, policy)?)
}

fn value(catalog: &Catalog, items: &[(&str, i64)], coupons: &[&str]) -> Result<Worth, Unknown> {
    valued(catalog, items, coupons, &Policy::coffer_1())
}

fn monthly(catalog: &Catalog, items: &[(&str, i64)], coupons: &[&str]) -> Ratio {
    value(catalog, items, coupons).unwrap().monthly
}

#[test]
fn a_rhythm_is_brought_to_one_month_exactly() {
    for (amount, interval, count, exact, shown) in [
        (10_000, Month, 1, (10_000, 1), 10_000),
        (60_000, Year, 1, (5_000, 1), 5_000),
        (9_000, Month, 3, (3_000, 1), 3_000),
        (200_000, Year, 1, (200_000, 12), 16_667),
        (1_000, Week, 1, (52_000, 12), 4_333),
        (100, Day, 1, (36_500, 12), 3_042),
        (24_000, Year, 2, (1_000, 1), 1_000),
        (700, Day, 7, (255_500, 84), 3_042),
    ] {
        let catalog = catalog(vec![price("p", amount, interval, count)], vec![]);
        let found = monthly(&catalog, &[("p", 1)], &[]);
        assert_eq!(
            found,
            Ratio::new(exact.0, exact.1).unwrap(),
            "{amount} per {count} {interval:?}"
        );
        assert_eq!(found.round_half_even(), Ok(shown));
    }
}

#[test]
fn seventy_seven_of_fifteen_with_once_coupons_are_1_155() {
    let catalog = catalog(
        vec![price("p", 1_500, Month, 1)],
        vec![percent("once", 50, Once)],
    );
    let with: i64 = (0..14)
        .map(|_| {
            monthly(&catalog, &[("p", 1)], &["once"])
                .round_half_even()
                .unwrap()
        })
        .sum();
    let without: i64 = (0..63)
        .map(|_| {
            monthly(&catalog, &[("p", 1)], &[])
                .round_half_even()
                .unwrap()
        })
        .sum();
    assert_eq!(with + without, 115_500);
}

#[test]
fn tiers_are_evaluated_at_the_present_quantity() {
    let tiers = vec![
        Tier {
            up_to: Some(5),
            unit: minor(700),
            flat: minor(1_000),
        },
        Tier {
            up_to: Some(10),
            unit: minor(600),
            flat: minor(0),
        },
        Tier {
            up_to: None,
            unit: minor(500),
            flat: minor(2_000),
        },
    ];
    let mut graduated = price("g", 0, Month, 1);
    graduated.scheme = PriceScheme::Tiered(TierMode::Graduated, tiers.clone());
    let mut volume = price("v", 0, Month, 1);
    volume.scheme = PriceScheme::Tiered(TierMode::Volume, tiers);
    for (quantity, by_tier, by_volume) in [
        (1, 1_700, 1_700),
        (5, 4_500, 4_500),
        (6, 5_100, 3_600),
        (10, 7_500, 6_000),
        (11, 10_000, 7_500),
        (20, 14_500, 12_000),
    ] {
        let amount = |price: &Price| billed_amount(price, Currency::USD, quantity).unwrap();
        assert_eq!(
            amount(&graduated),
            minor(by_tier),
            "graduated at {quantity}"
        );
        assert_eq!(amount(&volume), minor(by_volume), "volume at {quantity}");
    }
}

#[test]
fn packages_round_the_way_the_price_says() {
    let mut packages = price("p", 500, Month, 1);
    for (round, quantity, amount) in [
        (Rounding::Up, 10, 500),
        (Rounding::Up, 11, 1_000),
        (Rounding::Down, 19, 500),
        (Rounding::Down, 20, 1_000),
    ] {
        packages.transform = Some(TransformQuantity {
            divide_by: 10,
            round,
        });
        assert_eq!(
            billed_amount(&packages, Currency::USD, quantity).unwrap(),
            minor(amount),
            "{quantity} {round:?}"
        );
    }
}

#[test]
fn discounts_are_taken_one_after_another_in_their_order() {
    let catalog = catalog(
        vec![
            price("p", 2_000, Month, 1),
            price("q", 6_000, Month, 1),
            price("y", 12_000, Year, 1),
        ],
        vec![
            percent("ten", 10, Forever),
            percent("half", 50, Forever),
            amount_off("five", 500, Forever),
            amount_off("huge", 999_999, Forever),
            percent("gone", 100, Forever),
            percent("three_months", 10, Repeating(Some(3))),
        ],
    );
    assert_eq!(
        monthly(&catalog, &[("p", 1)], &["ten", "half"]),
        minor(900),
        "percentages multiply"
    );
    assert_eq!(
        monthly(&catalog, &[("p", 1)], &["five", "half"]),
        minor(750)
    );
    assert_eq!(
        monthly(&catalog, &[("p", 1)], &["half", "five"]),
        minor(500),
        "the order decides"
    );
    assert_eq!(
        monthly(&catalog, &[("p", 1), ("q", 1)], &["five"]),
        minor(7_500),
        "spread in proportion, taken once"
    );
    assert_eq!(
        monthly(&catalog, &[("y", 1)], &["five"]),
        Ratio::new(11_500, 12).unwrap(),
        "once for each billing period"
    );
    assert_eq!(
        monthly(&catalog, &[("p", 1)], &["huge"]),
        Ratio::ZERO,
        "never below zero"
    );
    assert_eq!(
        monthly(&catalog, &[("y", 1)], &["ten"]),
        minor(900),
        "120 a year less 10 % is 9"
    );
    assert_eq!(
        monthly(&catalog, &[("p", 1)], &["three_months"]),
        minor(1_800)
    );
    let gone = value(&catalog, &[("p", 1)], &["gone"]).unwrap();
    assert!(
        gone.free && gone.monthly.is_zero(),
        "free by discount is not nothing"
    );
}

#[test]
fn a_coupon_for_some_products_leaves_the_others_alone() {
    let mut limited = percent("limited", 50, Forever);
    limited.applies_to = Some(vec![ProductId::new("prod_p")]);
    let catalog = catalog(
        vec![price("p", 2_000, Month, 1), price("q", 6_000, Month, 1)],
        vec![limited],
    );
    assert_eq!(
        monthly(&catalog, &[("p", 1), ("q", 1)], &["limited"]),
        minor(7_000)
    );
}

#[test]
fn what_is_not_known_is_unknown_and_never_zero() {
    let mut unread = price("unread", 0, Month, 1);
    unread.scheme = PriceScheme::Unknown;
    let catalog = catalog(vec![unread, price("p", 100, Month, 1)], vec![]);
    assert!(matches!(
        value(&catalog, &[("absent", 1)], &[]),
        Err(Unknown::PriceMissing(_))
    ));
    assert!(matches!(
        value(&catalog, &[("unread", 1)], &[]),
        Err(Unknown::AmountsMissing(_))
    ));
    assert!(matches!(
        value(&catalog, &[("p", 1)], &["absent"]),
        Err(Unknown::CouponMissing(_))
    ));
}

#[test]
fn metered_items_and_one_off_prices_are_left_out() {
    let mut metered = price("m", 5, Month, 1);
    metered.recurring = Some(Recurring {
        interval: Month,
        count: 1,
        metered: true,
    });
    let mut once = price("o", 9_900, Month, 1);
    once.recurring = None;
    let catalog = catalog(vec![metered, once, price("p", 100, Month, 1)], vec![]);
    assert_eq!(
        monthly(&catalog, &[("m", 1_000), ("o", 1), ("p", 2)], &[]),
        minor(200)
    );
}

proptest! {
    #[test]
    fn a_discount_never_makes_anything_dearer_or_negative(
        amount in 0_i64..10_000_000,
        quantity in 0_i64..500,
        percents in proptest::collection::vec(0_i64..=100, 0..4),
        off in 0_i64..20_000_000,
    ) {
        let mut coupons: Vec<Coupon> = percents.iter().enumerate().map(|(n, it)| percent(&format!("c{n}"), *it, Forever)).collect();
        coupons.push(amount_off("fixed", off, Forever));
        let ids: Vec<String> = coupons.iter().map(|it| it.id.to_string()).collect();
        let catalog = catalog(vec![price("p", amount, Month, 1)], coupons);
        let listed = monthly(&catalog, &[("p", quantity)], &[]);
        let net = monthly(&catalog, &[("p", quantity)], &ids.iter().map(String::as_str).collect::<Vec<_>>());
        prop_assert!(net <= listed && !net.is_negative());
    }
}
