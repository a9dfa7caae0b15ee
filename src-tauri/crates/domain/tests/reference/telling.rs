//! A world in words, so that the smallest one that fails can be read and put into a report.

use crate::world::{Customer, Second, Stretch, Subscription, Times, World};
use chrono::DateTime;
use std::fmt::Write as _;

pub(crate) fn world(world: &World) -> String {
    let mut text = format!("as of {}, rates {}\n", at(world.as_of), world.rates);
    for (place, it) in world.customers.iter().enumerate() {
        write!(text, "customer {place} {}", customer(it)).unwrap();
    }
    text
}

pub(crate) fn customer(it: &Customer) -> String {
    let mut text = format!("{:?}\n", it.country);
    for own in &it.subscriptions {
        subscription(&mut text, own);
    }
    for bill in &it.bills {
        writeln!(
            text,
            "  bill {} {:?} due {} paid {}",
            at(bill.at),
            bill.money,
            bill.due,
            bill.paid
        )
        .unwrap();
    }
    text
}

fn subscription(text: &mut String, it: &Subscription) {
    write!(text, "  {:?} {}", it.money, times(&it.life)).unwrap();
    if let Some(asked) = it.asked {
        write!(text, ", end asked {}", at(asked)).unwrap();
    }
    if let Some(trial) = &it.trial {
        write!(text, ", trial {}", times(trial)).unwrap();
    }
    for (span, why) in &it.stops {
        write!(text, ", {why:?} {}", times(span)).unwrap();
    }
    for late in &it.late {
        write!(text, ", late {}", times(late)).unwrap();
    }
    text.push('\n');
    for own in &it.stretches {
        stretch(text, own);
    }
    for usage in &it.usage {
        writeln!(
            text,
            "    usage {} plan {} {:?} {}",
            times(&usage.times),
            usage.plan,
            usage.rhythm,
            usage.amount
        )
        .unwrap();
    }
}

fn stretch(text: &mut String, it: &Stretch) {
    let known = if it.known { "" } else { " UNKNOWN" };
    writeln!(text, "    from {}{known} (basis {})", at(it.from), it.basis).unwrap();
    for item in &it.items {
        let (price, of) = item.price;
        writeln!(
            text,
            "      plan {} {price}/{of} x {} each {} {:?}, tax {}/{}",
            item.plan, item.quantity, item.rhythm.count, item.rhythm.unit, item.tax.0, item.tax.1
        )
        .unwrap();
    }
    for off in &it.discounts {
        writeln!(
            text,
            "      {:?} {:?} on {:?}, only {:?}",
            off.off, off.lasting, off.on, off.only
        )
        .unwrap();
    }
}

fn times(it: &Times) -> String {
    let to = it.to.map_or_else(|| "…".to_owned(), at);
    format!("[{} – {to})", at(it.from))
}

pub(crate) fn at(second: Second) -> String {
    DateTime::from_timestamp(second, 0)
        .unwrap()
        .format("%Y-%m-%dT%H:%M:%SZ")
        .to_string()
}
