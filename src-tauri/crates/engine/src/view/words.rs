//! Prices, discounts and outlooks as a person says them.

use coffer_domain::Instant;
use coffer_domain::money::Money;
use coffer_domain::ratio::Ratio;
use coffer_domain::record::{
    Coupon, CouponDuration, CouponOff, Discount, Price, PriceScheme, Recurring, Subscription,
    SubscriptionStatus, TierMode,
};

/// `$29.00 per month`, `graduated tiers per year`.
pub(crate) fn terms(price: &Price) -> String {
    let amount = match &price.scheme {
        PriceScheme::PerUnit(unit) => match (whole(*unit), price.transform) {
            (Some(minor), None) => Money::new(minor, price.currency).text(),
            (Some(minor), Some(packages)) => {
                format!(
                    "{} for each {} units",
                    Money::new(minor, price.currency),
                    packages.divide_by
                )
            }
            (None, _) => format!("{} per unit", fraction_text(*unit, price)),
        },
        PriceScheme::Tiered(TierMode::Graduated, _) => "graduated tiers".to_owned(),
        PriceScheme::Tiered(TierMode::Volume, _) => "volume tiers".to_owned(),
        PriceScheme::Unknown => "an amount that is not known here".to_owned(),
    };
    match price.recurring {
        Some(recurring) if recurring.metered => format!("{amount}, by usage {}", rhythm(recurring)),
        Some(recurring) => format!("{amount} {}", rhythm(recurring)),
        None => format!("{amount} once"),
    }
}

fn whole(ratio: Ratio) -> Option<i64> {
    (ratio.denominator() == 1)
        .then(|| i64::try_from(ratio.numerator()).ok())
        .flatten()
}

/// A part of a minor unit, as the provider writes it: `0.5 cents` would mislead in yen, so the major unit is used.
fn fraction_text(unit: Ratio, price: &Price) -> String {
    let scale = 10_i128.pow(price.currency.exponent());
    let Ok(micro) = unit
        .over(Ratio::new(scale, 1).unwrap_or(Ratio::ONE))
        .and_then(|major| major.times(Ratio::whole(1_000_000)))
        .and_then(Ratio::round_half_even)
    else {
        return "an amount below one unit".to_owned();
    };
    let text = format!("{}.{:06}", micro / 1_000_000, micro % 1_000_000);
    let text = text.trim_end_matches('0').trim_end_matches('.');
    match price.currency.symbol() {
        Some(symbol) => format!("{symbol}{text}"),
        None => format!("{} {text}", price.currency),
    }
}

fn rhythm(recurring: Recurring) -> String {
    let unit = recurring.interval.as_str();
    match recurring.count {
        0 | 1 => format!("per {unit}"),
        count => format!("every {count} {unit}s"),
    }
}

/// `20 % off until 2027-01-31 (SPRING)`.
pub(super) fn discount(discount: &Discount, coupon: Option<&Coupon>) -> String {
    let Some(coupon) = coupon else {
        return format!("Coupon {} (its terms are not known here)", discount.coupon);
    };
    let off = off(coupon);
    let long = match (coupon.duration, discount.end) {
        (CouponDuration::Once, _) => " on one bill".to_owned(),
        (_, Some(end)) => format!(" until {}", date(end)),
        (_, None) => String::new(),
    };
    let name = coupon.name.as_deref().unwrap_or(coupon.id.as_str());
    format!("{off}{long} ({name})")
}

/// `20 % off`, `$5.00 off each bill`.
pub(crate) fn off(coupon: &Coupon) -> String {
    match &coupon.off {
        CouponOff::Percent(percent) => format!("{} % off", percent_text(*percent)),
        CouponOff::Amount(amounts) => amounts.first().map_or_else(
            || "an amount off".to_owned(),
            |amount| format!("{amount} off each bill"),
        ),
    }
}

fn percent_text(percent: Ratio) -> String {
    let hundredths = percent
        .times(Ratio::whole(100))
        .and_then(Ratio::round_half_even)
        .unwrap_or(0);
    let text = format!("{}.{:02}", hundredths / 100, hundredths % 100);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// `2026-11-27`: the page writes days in the reader's own way, and finds them in sentences by this form.
fn date(at: Instant) -> String {
    at.date_naive().to_string()
}

/// When a subscription renews, ends or ended.
pub(super) fn outlook(subscription: &Subscription) -> String {
    let period_end = subscription
        .items
        .iter()
        .filter_map(|item| item.period_end)
        .min();
    let on = date;
    let ended = subscription.ended_at.or(subscription.canceled_at);
    match &subscription.status {
        SubscriptionStatus::Canceled => {
            ended.map_or_else(|| "Ended".to_owned(), |at| format!("Ended on {}", on(at)))
        }
        SubscriptionStatus::Trialing => match subscription.trial_end {
            Some(end) if subscription.cancel_at_period_end || subscription.cancel_at.is_some() => {
                format!("Trial until {}, then it ends", on(end))
            }
            Some(end) => format!("Trial until {}", on(end)),
            None => "In a trial".to_owned(),
        },
        SubscriptionStatus::CancelPending => subscription.cancel_at.or(period_end).map_or_else(
            || "Ends with the current period".to_owned(),
            |at| format!("Ends on {}", on(at)),
        ),
        SubscriptionStatus::Paused => "Paused".to_owned(),
        SubscriptionStatus::Unpaid => "Unpaid, no longer collected".to_owned(),
        SubscriptionStatus::Incomplete => "Waits for its first payment".to_owned(),
        SubscriptionStatus::IncompleteExpired => "Its first payment never came".to_owned(),
        SubscriptionStatus::PastDue => period_end.map_or_else(
            || "Past due".to_owned(),
            |at| format!("Past due; the period ends on {}", on(at)),
        ),
        SubscriptionStatus::Active if subscription.pause.is_some() => {
            "Collection is paused".to_owned()
        }
        SubscriptionStatus::Active => period_end.map_or_else(
            || "Running".to_owned(),
            |at| format!("Renews on {}", on(at)),
        ),
        SubscriptionStatus::Other(word) => word.replace('_', " "),
    }
}

/// A card's brand as its owner writes it.
pub(super) fn brand(word: &str) -> String {
    match word {
        "visa" => "Visa".to_owned(),
        "mastercard" => "Mastercard".to_owned(),
        "amex" => "American Express".to_owned(),
        other => other.to_owned(),
    }
}
