//! The same world in the engine's words: facts for each customer, days of a zone, and a rollup of all.

use crate::calendar::{Day, Length, Period, date_at};
use crate::world::{
    Bill, Customer, Fraction, Lasting, Money, Off, On, Rhythm, Second, Stretch, Subscription,
    Times, Unit, Usage, Why, World,
};
use chrono::NaiveDate;
use chrono_tz::Tz;
use coffer_domain::calendar::Every;
use coffer_domain::currency::Currency;
use coffer_domain::metric::Basis;
use coffer_domain::metric::days::Days;
use coffer_domain::metric::facts::{self, CustomerFacts, FailedBill, Held, PutOn, Span, Taken};
use coffer_domain::metric::figures;
use coffer_domain::metric::policy::Policy;
use coffer_domain::metric::rollup::{Fold, Rollup, Sign};
use coffer_domain::ratio::Ratio;
use coffer_domain::record::{Recurring, RecurringInterval};
use std::sync::Arc;

pub(crate) fn currency(money: Money) -> Currency {
    match money {
        Money::Usd => Currency::USD,
        Money::Eur => Currency::EUR,
    }
}

fn ratio((part, of): Fraction) -> Ratio {
    Ratio::new(part.into(), of.into()).unwrap()
}

fn span(times: &Times) -> Span {
    Span {
        from: times.from,
        to: times.to,
    }
}

pub(crate) fn recurring(rhythm: Rhythm) -> Recurring {
    Recurring {
        interval: match rhythm.unit {
            Unit::Day => RecurringInterval::Day,
            Unit::Week => RecurringInterval::Week,
            Unit::Month => RecurringInterval::Month,
            Unit::Year => RecurringInterval::Year,
        },
        count: rhythm.count,
        metered: false,
    }
}

pub(crate) fn customer(own: &Customer) -> CustomerFacts {
    let subscriptions = own.subscriptions.iter().enumerate();
    CustomerFacts {
        country: own.country.map(str::to_owned),
        subscriptions: subscriptions
            .map(|(place, it)| subscription(&format!("sub_{place}"), it))
            .collect(),
        failed: own.bills.iter().map(bill).collect(),
        promised: Vec::new(),
    }
}

fn subscription(id: &str, own: &Subscription) -> facts::SubscriptionFacts {
    facts::SubscriptionFacts {
        id: id.to_owned(),
        currency: currency(own.money),
        life: span(&own.life),
        end_asked: own.asked,
        ends_at: None,
        trial: own.trial.as_ref().map(span),
        trial_ends_at: own.trial.and_then(|trial| trial.to),
        stops: own
            .stops
            .iter()
            .map(|(times, why)| {
                let why = match why {
                    Why::Paused => facts::Stop::Paused,
                    Why::GivenUp => facts::Stop::GivenUp,
                };
                (span(times), why)
            })
            .collect(),
        late: own.late.iter().map(span).collect(),
        stretches: own.stretches.iter().map(stretch).collect(),
        agreed: Vec::new(),
        usage: own.usage.iter().map(usage).collect(),
    }
}

fn stretch(own: &Stretch) -> facts::Stretch {
    let place = |place: usize| u16::try_from(place).unwrap();
    facts::Stretch {
        from: own.from,
        basis: [Basis::Inferred, Basis::Invoiced, Basis::Observed][own.basis],
        items: own
            .items
            .iter()
            .map(|item| Held {
                plan: item.plan,
                quantity: item.quantity,
                rhythm: recurring(item.rhythm),
                listed: ratio((item.price.0 * item.quantity, item.price.1)),
                tax_share: ratio(item.tax),
            })
            .collect(),
        taken: own
            .discounts
            .iter()
            .map(|it| Taken {
                on: match it.on {
                    On::Item(at) => PutOn::Item(place(at)),
                    On::Subscription => PutOn::Subscription,
                    On::Customer => PutOn::Customer,
                },
                lasting: match it.lasting {
                    Lasting::Once => facts::Lasting::Once,
                    Lasting::Repeating => facts::Lasting::Repeating,
                    Lasting::Forever => facts::Lasting::Forever,
                },
                off: match it.off {
                    Off::Percent(percent) => facts::Off::Share(ratio((percent, 100))),
                    Off::Amount(amount) => facts::Off::Amount(amount),
                },
                only: it
                    .only
                    .as_ref()
                    .map(|only| only.iter().copied().map(place).collect()),
                coupon: String::new(),
            })
            .collect(),
        unknown: (!own.known).then(|| "not known".to_owned()),
    }
}

fn usage(own: &Usage) -> facts::Usage {
    facts::Usage {
        span: span(&own.times),
        plan: own.plan,
        rhythm: recurring(own.rhythm),
        amount: own.amount,
    }
}

fn bill(own: &Bill) -> FailedBill {
    FailedBill {
        invoice: String::new(),
        at: own.at,
        currency: currency(own.money),
        due: own.due,
        paid: own.paid,
    }
}

/// The days of a zone, as the engine keeps them.
pub(crate) fn days(zone: Tz) -> Arc<Days> {
    Days::of_zone(zone)
}

/// All customers folded into a rollup.
pub(crate) fn rollup(
    customers: &[Customer],
    policy: &Policy,
    days: &Days,
    as_of: Second,
) -> Rollup {
    let fold = Fold {
        policy,
        days,
        horizon: as_of,
    };
    let mut rollup = Rollup::default();
    for own in customers {
        rollup.put(&customer(own), &fold, Sign::Plus);
    }
    rollup
}

pub(crate) fn of_world(world: &World, policy: &Policy, days: &Days) -> Rollup {
    rollup(&world.customers, policy, days, world.as_of)
}

pub(crate) fn every(length: Length) -> Every {
    match length {
        Length::Day => Every::Day,
        Length::Week => Every::Week,
        Length::Month => Every::Month,
    }
}

/// The engine's periods for the reference's.
pub(crate) fn periods(
    own: &[Period],
    length: Length,
    as_of: Second,
    zone: Tz,
) -> Vec<figures::Period> {
    let labels: Vec<NaiveDate> = own.iter().map(|period| period.label).collect();
    figures::periods(&labels, every(length), date_at(as_of, zone))
}

/// The number under which the engine knows a day.
pub(crate) fn number_of(day: &Day) -> i32 {
    let epoch = NaiveDate::from_ymd_opt(1970, 1, 1).unwrap();
    i32::try_from((day.date - epoch).num_days()).unwrap()
}
