//! The smallest worlds that engine and reference once told differently, each with the sentence that decided.
//!
//! A random world meets them again sooner or later; here they are met every time, and by name.

use crate::figures_agree::agree_on_everything;
use crate::history::{movements_are_the_net_change, pruned};
use crate::world::{
    Customer, DAY, Discount, Item, Lasting, Money, Off, On, Rhythm, Second, Stretch, Subscription,
    Times, Unit, Usage, Why, World,
};
use crate::{engine, rules};
use chrono_tz::Tz;
use coffer_domain::metric::policy::{FullDiscount, Metered, Policy};

/// Noon of 1 January 2026.
const NOON: Second = 1_767_268_800;

const MONTHLY: Rhythm = Rhythm {
    unit: Unit::Month,
    count: 1,
};

fn since(day: i64) -> Times {
    Times {
        from: NOON + day * DAY,
        to: None,
    }
}

fn item(price: i64) -> Item {
    Item {
        plan: 1,
        price: (price, 1),
        quantity: 1,
        rhythm: MONTHLY,
        tax: (0, 1),
    }
}

/// From a day on, these items under these discounts.
fn held(day: i64, items: Vec<Item>, discounts: Vec<Discount>) -> Stretch {
    Stretch {
        from: NOON + day * DAY,
        known: true,
        basis: 2,
        items,
        discounts,
    }
}

fn subscription(stretches: Vec<Stretch>) -> Subscription {
    Subscription {
        money: Money::Usd,
        life: since(0),
        asked: None,
        trial: None,
        stops: Vec::new(),
        late: Vec::new(),
        stretches,
        usage: Vec::new(),
    }
}

fn used_since(day: i64) -> Vec<Usage> {
    vec![Usage {
        times: since(day),
        plan: 2,
        rhythm: MONTHLY,
        amount: 3_000,
    }]
}

/// One customer's subscription, as of forty days after it began.
fn world(own: Subscription) -> World {
    World {
        as_of: NOON + 40 * DAY,
        customers: vec![Customer {
            country: None,
            subscriptions: vec![own],
            bills: Vec::new(),
        }],
        rates: 0,
    }
}

fn policy(id: &str) -> Policy {
    let mut table = rules::table().into_iter();
    table.find(|it| it.id == id).unwrap()
}

/// "metered … chartmogul: invoiced amount": whoever buys nothing but usage pays for it all the same.
#[test]
fn a_subscription_to_nothing_but_usage_is_worth_what_was_invoiced() {
    for id in ["chartmogul", "profitwell"] {
        let world = world(Subscription {
            usage: used_since(10),
            ..subscription(vec![held(0, Vec::new(), Vec::new())])
        });
        agree_on_everything(&world, &policy(id), Tz::UTC).unwrap();
    }
}

/// "A customer at zero through a discount": one who pays for usage is not at zero.
#[test]
fn a_discount_of_everything_but_usage_does_not_churn() {
    let all_off = Discount {
        on: On::Subscription,
        lasting: Lasting::Forever,
        off: Off::Percent(100),
        only: None,
    };
    let world = world(Subscription {
        usage: used_since(10),
        ..subscription(vec![held(0, vec![item(1_000)], vec![all_off])])
    });
    let policy = Policy {
        full_discount: FullDiscount::Churned,
        metered: Metered::InvoicedAmount,
        ..policy("coffer-1")
    };
    agree_on_everything(&world, &policy, Tz::UTC).unwrap();
}

/// "A paused customer is neither active nor churned" and "`unpaid` … worth nothing" speak of what is so, not of what was
/// written down first.
#[test]
fn the_order_in_which_stops_are_listed_says_nothing() {
    let days = engine::days(Tz::UTC);
    let stops = vec![(since(10), Why::Paused), (since(20), Why::GivenUp)];
    let told = |stops: Vec<(Times, Why)>| {
        let own = subscription(vec![held(0, vec![item(1_000)], Vec::new())]);
        let world = world(Subscription { stops, ..own });
        pruned(&engine::of_world(&world, &policy("coffer-1"), &days))
    };
    let turned: Vec<_> = stops.iter().rev().copied().collect();
    assert!(
        told(stops) == told(turned),
        "the same stops in another order are told otherwise"
    );
}

/// "Always: opening + new + reactivation + expansion − contraction − churn + fx = closing": whoever does not fit is left out
/// of all of it.
#[test]
fn a_customer_whose_movement_does_not_fit_leaves_nothing_behind() {
    let odd = |place: i64| Item {
        price: (1_000_000_000_000_001, 1_000_000_000_000),
        // Denominators without a common factor, as the tax shares of two invoice lines are.
        tax: (1_900_003, 11_900_009 + place),
        ..item(0)
    };
    let world = world(subscription(vec![
        held(0, vec![odd(0), odd(2)], Vec::new()),
        held(10, vec![odd(4), odd(8)], Vec::new()),
    ]));
    let rollup = engine::of_world(&world, &policy("coffer-1"), &engine::days(Tz::UTC));
    assert_eq!(
        rollup.unfit, 1,
        "the change from one to the other does not fit"
    );
    movements_are_the_net_change(&rollup).unwrap();
}
