//! Small random worlds.
//!
//! Days and seconds are drawn so that things fall together: a few days are favourites, and a third of all instants are a
//! midnight of some zone, or the second before it. Numbers are simple ones. What the definitions never meet is not drawn:
//! prices below zero, taxes of the whole price, discounts of more than everything.

use crate::world::{
    Bill, Customer, DAY, Discount, Fraction, Item, Lasting, Money, Off, On, Rhythm, Second,
    Stretch, Subscription, Times, Unit, Usage, Why, World,
};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

/// Days on which worlds begin: before both switches of the clocks, over a new year, over a leap day.
const BEGINNINGS: [Second; 3] = [1_768_176_000, 1_756_080_000, 1_700_956_800];

pub(crate) fn worlds() -> impl Strategy<Value = World> {
    within(6).prop_flat_map(|frame| {
        let Frame { begin, days, .. } = frame;
        vec(customer(begin, days), 1..=frame.most).prop_map(move |them| frame.around(them))
    })
}

/// A world and customers that one after another come into others' places.
pub(crate) fn histories() -> impl Strategy<Value = (World, Vec<(usize, Customer)>)> {
    within(4).prop_flat_map(|frame| {
        let Frame { begin, days, .. } = frame;
        let world =
            vec(customer(begin, days), 1..=frame.most).prop_map(move |them| frame.around(them));
        (world, vec((0..frame.most, customer(begin, days)), 1..=4))
    })
}

/// What a world is made within.
#[derive(Debug, Clone, Copy)]
struct Frame {
    begin: Second,
    days: i64,
    second: Second,
    rates: u64,
    /// Which of the instants at which something happens the copy is as of, where it is of one.
    of_an_instant: Option<usize>,
    most: usize,
}

fn within(most: usize) -> impl Strategy<Value = Frame> {
    (
        select(BEGINNINGS.to_vec()),
        120_i64..=200,
        0..DAY,
        0_u64..1_000,
        option::weighted(0.3, 0_usize..100),
    )
        .prop_map(move |(begin, days, second, rates, of_an_instant)| Frame {
            begin,
            days,
            second,
            rates,
            of_an_instant,
            most,
        })
}

impl Frame {
    fn around(self, customers: Vec<Customer>) -> World {
        let mut instants: Vec<Second> = customers.iter().flat_map(instants_of).collect();
        instants.retain(|at| (self.begin + 100 * DAY..self.begin + 220 * DAY).contains(at));
        let chosen = self
            .of_an_instant
            .and_then(|number| instants.get(number % instants.len().max(1)));
        World {
            as_of: chosen
                .copied()
                .unwrap_or(self.begin + self.days * DAY + self.second),
            customers,
            rates: self.rates,
        }
    }
}

/// Every instant at which something happens to a customer.
fn instants_of(customer: &Customer) -> Vec<Second> {
    let mut found: Vec<Second> = customer.bills.iter().map(|bill| bill.at).collect();
    for own in &customer.subscriptions {
        let mut spans = vec![own.life];
        spans.extend(own.trial);
        spans.extend(own.stops.iter().map(|(times, _)| *times));
        spans.extend(own.late.iter().copied());
        spans.extend(own.usage.iter().map(|usage| usage.times));
        found.extend(spans.iter().flat_map(|it| [Some(it.from), it.to]).flatten());
        found.extend(own.stretches.iter().map(|stretch| stretch.from));
        found.extend(own.asked);
    }
    found
}

fn customer(begin: Second, days: i64) -> impl Strategy<Value = Customer> {
    (
        select(vec![None, Some("DE"), Some("NZ")]),
        vec(subscription(begin, days), 0..=3),
        vec(bill(begin, days), 0..=2),
    )
        .prop_map(|(country, subscriptions, bills)| Customer {
            country,
            subscriptions,
            bills,
        })
}

fn instant(begin: Second, days: i64) -> impl Strategy<Value = Second> {
    let day = prop_oneof![3 => 0..days + 12, 2 => select(vec![9_i64, 31, 45, 46, 47, 60, 88, 110])];
    // Midnights of UTC, Berlin, Auckland, Beirut, with and without summer time.
    let midnight = select(vec![
        0, 82_800, 79_200, 39_600, 43_200, 75_600, 79_199, 82_799, 86_399,
    ]);
    let second = prop_oneof![1 => midnight, 2 => 0..DAY];
    (day, second).prop_map(move |(day, second)| begin + day * DAY + second)
}

/// Some time: hours, so that a day sees ups and downs, or days.
fn length() -> impl Strategy<Value = Second> {
    prop_oneof![
        1 => (1_i64..20).prop_map(|hours| hours * 3_600),
        4 => (1_i64..70).prop_map(|days| days * DAY),
        3 => 3_600..90 * DAY,
        1 => select(vec![DAY, 7 * DAY, 14 * DAY, 30 * DAY, 0]),
    ]
}

fn times(begin: Second, days: i64) -> impl Strategy<Value = Times> {
    (instant(begin, days), option::weighted(0.8, length())).prop_map(|(from, length)| Times {
        from,
        to: length.map(|length| from + length),
    })
}

fn money() -> impl Strategy<Value = Money> {
    prop_oneof![2 => Just(Money::Usd), 1 => Just(Money::Eur)]
}

fn subscription(begin: Second, days: i64) -> impl Strategy<Value = Subscription> {
    let life = (
        money(),
        times(begin, days),
        option::weighted(0.4, 0_i64..=100),
        option::weighted(0.35, (trial_offset(), option::weighted(0.9, length()))),
    );
    let interrupted = (
        vec((times(begin, days), why()), 0..=2),
        vec(times(begin, days), 0..=2),
    );
    let held = (
        vec((length(), stretch()), 1..=4),
        vec((times(begin, days), 1_u32..=3, rhythm(), 1_i64..40), 0..=2),
    );
    (life, interrupted, held).prop_map(
        |((money, life, asked, trial), (stops, late), (held, usage))| {
            let mut from = life.from;
            let mut stretches = Vec::new();
            for (length, stretch) in held {
                stretches.push(Stretch { from, ..stretch });
                from += length;
            }
            // Asked for somewhere between the start and the end, or the two months after the start.
            let until = life.to.unwrap_or(life.from + 60 * DAY);
            let asked = asked.map(|part| life.from + (until - life.from) * part / 100);
            let trial = trial.map(|(offset, length)| Times {
                from: life.from + offset,
                to: length.map(|length| life.from + offset + length),
            });
            // A trial begins while the subscription lives.
            let trial = trial.filter(|it| life.to.is_none_or(|to| it.from <= to));
            Subscription {
                money,
                life,
                asked,
                trial,
                stops,
                late,
                stretches,
                usage: usage
                    .into_iter()
                    .map(|(times, plan, rhythm, amount)| Usage {
                        times,
                        plan,
                        rhythm,
                        amount: amount * 100,
                    })
                    .collect(),
            }
        },
    )
}

/// Trials begin with their subscription, or a little before its first payment; a few are granted later.
fn trial_offset() -> impl Strategy<Value = Second> {
    prop_oneof![6 => Just(0), 1 => length(), 1 => -DAY..0]
}

fn why() -> impl Strategy<Value = Why> {
    prop_oneof![2 => Just(Why::Paused), 1 => Just(Why::GivenUp)]
}

fn rhythm() -> impl Strategy<Value = Rhythm> {
    let unit = select(vec![
        Unit::Month,
        Unit::Month,
        Unit::Year,
        Unit::Week,
        Unit::Day,
    ]);
    let count = select(vec![1_u32, 1, 1, 2, 3, 6]);
    (unit, count).prop_map(|(unit, count)| Rhythm { unit, count })
}

fn price() -> impl Strategy<Value = Fraction> {
    select(vec![
        (1_000, 1),
        (0, 1),
        (500, 1),
        (1_500, 1),
        (1_999, 1),
        (12_000, 1),
        (25, 2),
        (1_234, 1_000),
    ])
}

fn item() -> impl Strategy<Value = Item> {
    let quantity = prop_oneof![5 => 1_i64..=4, 1 => Just(0)];
    let tax = prop_oneof![4 => Just((0, 1)), 1 => select(vec![(19, 119), (1, 6)])];
    (1_u32..=4, price(), quantity, rhythm(), tax).prop_map(
        |(plan, price, quantity, rhythm, tax)| Item {
            plan,
            price,
            quantity,
            rhythm,
            tax,
        },
    )
}

fn discount() -> impl Strategy<Value = Discount> {
    let on = prop_oneof![
        3 => Just(On::Subscription),
        2 => Just(On::Customer),
        2 => (0_usize..3).prop_map(On::Item),
    ];
    let lasting = select(vec![Lasting::Forever, Lasting::Repeating, Lasting::Once]);
    let off = prop_oneof![
        2 => select(vec![10_i64, 25, 50, 0]).prop_map(Off::Percent),
        2 => Just(Off::Percent(100)),
        3 => select(vec![100_i64, 500, 1_000, 2_500, 40_000]).prop_map(Off::Amount),
    ];
    let only = option::weighted(
        0.35,
        proptest::sample::subsequence(vec![0_usize, 1, 2], 0..=3),
    );
    (on, lasting, off, only).prop_map(|(on, lasting, off, only)| Discount {
        on,
        lasting,
        off,
        only,
    })
}

fn stretch() -> impl Strategy<Value = Stretch> {
    let items = prop_oneof![9 => vec(item(), 1..=3), 1 => Just(Vec::new())];
    let discounts = prop_oneof![1 => Just(Vec::new()), 1 => vec(discount(), 1..=3)];
    (prop::bool::weighted(0.94), 0_usize..3, items, discounts).prop_map(
        |(known, basis, items, discounts)| {
            let count = items.len();
            let discounts = discounts
                .into_iter()
                .map(|it| of_these(it, count))
                .filter(|_| count > 0)
                .collect();
            Stretch {
                from: 0,
                known,
                basis,
                items,
                discounts,
            }
        },
    )
}

/// A discount that speaks only of items that are there.
fn of_these(mut it: Discount, count: usize) -> Discount {
    if let On::Item(place) = it.on {
        it.on = On::Item(place % count.max(1));
    }
    if let Some(only) = &mut it.only {
        only.retain(|place| *place < count);
    }
    // One that is for none of the items never comes into the facts.
    let of_others = it.only.as_ref().is_some_and(|only| match it.on {
        On::Item(place) => !only.contains(&place),
        On::Subscription | On::Customer => only.is_empty(),
    });
    if of_others {
        it.only = None;
    } else if let (On::Item(place), Some(only)) = (it.on, &mut it.only) {
        only.retain(|own| *own == place);
    }
    it
}

fn bill(begin: Second, days: i64) -> impl Strategy<Value = Bill> {
    (instant(begin, days), money(), 0_i64..=50, 0_i64..=100).prop_map(|(at, money, due, part)| {
        let due = due * 100;
        Bill {
            at,
            money,
            due,
            paid: due * part / 100,
        }
    })
}
