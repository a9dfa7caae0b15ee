//! A second, naive reckoning of monthly worth, from the provider's JSON alone.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::support::{Desk, Ratio, int, text};

/// Prices with tiers and coupons with their limits, by id.
pub(crate) struct Book {
    pub(crate) prices: BTreeMap<String, Value>,
    pub(crate) coupons: BTreeMap<String, Value>,
}

/// An item with all that its worth depends on.
#[derive(Clone, Debug)]
pub(crate) struct Held {
    pub(crate) price: String,
    pub(crate) quantity: i64,
    pub(crate) discounts: Vec<Value>,
}

/// The catalogue as the API shows it.
pub(crate) async fn book(desk: &Desk) -> Book {
    Book {
        prices: by_id(desk.walk("/v1/prices?expand[]=data.tiers").await),
        coupons: by_id(
            desk.walk("/v1/coupons?expand[]=data.applies_to&expand[]=data.currency_options")
                .await,
        ),
    }
}

fn by_id(objects: Vec<Value>) -> BTreeMap<String, Value> {
    objects
        .into_iter()
        .map(|object| (text(&object["id"]).to_owned(), object))
        .collect()
}

fn decimal(value: &Value) -> Ratio {
    value.as_str().map_or(Ratio(0, 1), Ratio::read)
}

/// What a price asks for a quantity.
fn amount(price: &Value, quantity: i64) -> Ratio {
    let units = Ratio::new(i128::from(quantity), 1);
    if price["billing_scheme"] == "per_unit" {
        let units = match price["transform_quantity"]["divide_by"].as_i64() {
            Some(by) => Ratio::new(i128::from((quantity + by - 1) / by), 1),
            None => units,
        };
        return decimal(&price["unit_amount_decimal"]).times(units);
    }
    let tiers = price["tiers"].as_array().unwrap();
    let mut sum = Ratio(0, 1);
    let mut below = 0;
    for tier in tiers {
        let top = tier["up_to"].as_i64().unwrap_or(i64::MAX);
        let (unit, flat) = (
            decimal(&tier["unit_amount_decimal"]),
            decimal(&tier["flat_amount_decimal"]),
        );
        if price["tiers_mode"] == "volume" {
            if quantity <= top {
                return unit.times(units).plus(flat);
            }
        } else if quantity > below {
            let within = quantity.min(top) - below;
            sum = sum
                .plus(unit.times(Ratio::new(i128::from(within), 1)))
                .plus(flat);
            below = top;
        }
    }
    sum
}

fn per_month(price: &Value) -> Ratio {
    let count = i128::from(int(&price["recurring"]["interval_count"]));
    match text(&price["recurring"]["interval"]) {
        "month" => Ratio::new(1, count),
        "year" => Ratio::new(1, 12 * count),
        "week" => Ratio::new(52, 12 * count),
        other => panic!("no price is billed by the {other}"),
    }
}

/// Whether a full discount object runs at an instant and recurs.
fn recurs(book: &Book, discount: &Value, at: i64) -> bool {
    let coupon = &book.coupons[text(&discount["source"]["coupon"])];
    coupon["duration"] != "once"
        && int(&discount["start"]) <= at
        && discount["end"].as_i64().is_none_or(|end| at < end)
}

/// The monthly worth of items: their own discounts first, then the subscription's, the customer's where it has none.
pub(crate) fn worth(
    book: &Book,
    at: i64,
    items: &[Held],
    own: &[Value],
    customers: &[Value],
    share: Ratio,
) -> Ratio {
    let mut amounts: Vec<Ratio> = items
        .iter()
        .map(|item| {
            let price = &book.prices[&item.price];
            amount(price, item.quantity)
                .times(per_month(price))
                .times(share)
        })
        .collect();
    for (n, item) in items.iter().enumerate() {
        for discount in &item.discounts {
            take(book, at, discount, &items[n..=n], &mut amounts[n..=n]);
        }
    }
    let own: Vec<&Value> = own
        .iter()
        .filter(|discount| recurs(book, discount, at))
        .collect();
    let list: Vec<&Value> = if own.is_empty() {
        customers.iter().collect()
    } else {
        own
    };
    for discount in list {
        take(book, at, discount, items, &mut amounts);
    }
    amounts.into_iter().fold(Ratio(0, 1), Ratio::plus)
}

fn take(book: &Book, at: i64, discount: &Value, items: &[Held], amounts: &mut [Ratio]) {
    if !recurs(book, discount, at) {
        return;
    }
    let coupon = &book.coupons[text(&discount["source"]["coupon"])];
    let covered = |item: &Held| {
        let product = &book.prices[&item.price]["product"];
        coupon["applies_to"]["products"]
            .as_array()
            .is_none_or(|products| products.contains(product))
    };
    let places: Vec<usize> = (0..items.len()).filter(|n| covered(&items[*n])).collect();
    if let Some(percent) = coupon["percent_off"].as_f64() {
        let keep = Ratio::new(100 - percent as i128, 100);
        places
            .iter()
            .for_each(|n| amounts[*n] = amounts[*n].times(keep));
        return;
    }
    let Some(first) = places.first() else { return };
    let price = &book.prices[&items[*first].price];
    let off = &coupon["currency_options"][text(&price["currency"])]["amount_off"];
    let mut off = Ratio::new(i128::from(int(off)), 1).times(per_month(price));
    // Taken from one item after the other: only the sum is looked at.
    for n in places {
        let left = amounts[n].minus(off);
        if left.0 >= 0 {
            amounts[n] = left;
            return;
        }
        off = off.minus(amounts[n]);
        amounts[n] = Ratio(0, 1);
    }
}
