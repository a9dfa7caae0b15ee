//! What a row is made of, in sentences.

use super::Bare;
use coffer_domain::currency::Currency;
use coffer_domain::metric::Basis;
use coffer_domain::metric::facts::{CustomerFacts, Held, Lasting, Off, Stretch};
use coffer_domain::money::Money;
use coffer_domain::ratio::Ratio;

/// What a row is made of.
pub(super) fn words(
    it: &Bare,
    facts: Option<&CustomerFacts>,
    price: Option<&(String, String)>,
) -> Vec<String> {
    let subscription = facts.and_then(|facts| {
        let mut own = facts.subscriptions.iter();
        own.find(|own| Some(&own.id) == it.share.subscription.as_ref())
    });
    let Some(subscription) = subscription else {
        return Vec::new();
    };
    let stretch = subscription
        .stretches
        .iter()
        .rev()
        .find(|stretch| stretch.from <= it.share.at);
    let Some(stretch) = stretch else {
        return Vec::new();
    };
    let mut said = Vec::new();
    let place = stretch
        .items
        .iter()
        .position(|held| Some(held.plan) == it.share.plan);
    if let Some((place, held)) = place.and_then(|place| Some((place, stretch.items.get(place)?))) {
        said.push(listed(held, subscription.currency, price));
        said.extend(discounts(stretch, place, subscription.currency));
        if !held.tax_share.is_zero() {
            said.push(format!("less the tax inside it: {} of it", held.tax_share));
        }
    } else if it.share.plan.is_some() {
        said.push("usage, as it was invoiced".to_owned());
    }
    said.push(
        match stretch.basis {
            Basis::Observed => "seen so by a sync",
            Basis::Invoiced => "as invoiced",
            Basis::Inferred => "carried back from what was seen first",
        }
        .to_owned(),
    );
    said
}

fn listed(held: &Held, currency: Currency, price: Option<&(String, String)>) -> String {
    let amount = match held.listed.round_half_even() {
        Ok(minor) => Money::new(minor, currency).text(),
        Err(_) => held.listed.to_string(),
    };
    let rhythm = match held.rhythm.count {
        0 | 1 => format!("each {}", held.rhythm.interval.as_str()),
        count => format!("every {count} {}s", held.rhythm.interval.as_str()),
    };
    match price {
        Some((id, name)) if id != name => {
            format!("{} × {name} ({id}): {amount} {rhythm}", held.quantity)
        }
        Some((id, _)) => format!("{} × {id}: {amount} {rhythm}", held.quantity),
        None => format!("{} units: {amount} {rhythm}", held.quantity),
    }
}

fn discounts(stretch: &Stretch, place: usize, currency: Currency) -> Vec<String> {
    stretch
        .taken
        .iter()
        .filter(|taken| {
            taken
                .only
                .as_ref()
                .is_none_or(|only| only.iter().any(|index| usize::from(*index) == place))
        })
        .map(|taken| {
            let off = match taken.off {
                Off::Share(share) => {
                    let percent = share.times(Ratio::whole(100));
                    percent.map_or_else(
                        |_| share.to_string(),
                        |it| {
                            if it.denominator() == 1 {
                                format!("{} %", it.numerator())
                            } else {
                                format!("{it} %")
                            }
                        },
                    )
                }
                Off::Amount(minor) => Money::new(minor, currency).text(),
            };
            let lasting = match taken.lasting {
                Lasting::Once => "once",
                Lasting::Repeating => "for some months",
                Lasting::Forever => "forever",
            };
            format!("coupon {}: {off} off {lasting}", taken.coupon)
        })
        .collect()
}
