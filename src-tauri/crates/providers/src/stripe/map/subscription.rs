//! Subscriptions with their items and discounts.

use super::catalog::{price, product_of};
use super::discount::{Place, discounts};
use super::{Problem, UNKNOWN, currency, id, instant, instant_if, payer, wire};
use coffer_domain::ids::{PriceId, SubscriptionId, SubscriptionItemId};
use coffer_domain::record::{
    Pause, PauseBehavior, Record, Subscription, SubscriptionItem, SubscriptionStatus,
};

pub(super) fn subscription(it: wire::Subscription) -> Result<(Record, Vec<Record>), Problem> {
    let mut also = Vec::new();
    let own = SubscriptionId::new(it.id);
    let cancel_at_period_end = it.cancel_at_period_end.unwrap_or(false);
    let cancel_at = instant_if(it.cancel_at, "cancel_at")?;
    let created = instant(it.created, "created")?;
    let mut items = Vec::new();
    for item in it.items.and_then(|items| items.data).unwrap_or_default() {
        items.push(subscription_item(item, &own, &mut also)?);
    }
    let discounts = discounts(it.discounts, &Place::Subscription(own.clone()), &mut also)?;
    let subscription = Subscription {
        customer: payer(it.customer, it.customer_account)
            .ok_or_else(|| Problem::new("`customer` is missing"))?,
        status: SubscriptionStatus::from_stripe(
            &it.status,
            cancel_at_period_end || cancel_at.is_some(),
        ),
        currency: currency(&it.currency)?,
        created,
        start: instant_if(it.start_date, "start_date")?.unwrap_or(created),
        trial_start: instant_if(it.trial_start, "trial_start")?,
        trial_end: instant_if(it.trial_end, "trial_end")?,
        cancel_at,
        cancel_at_period_end,
        canceled_at: instant_if(it.canceled_at, "canceled_at")?,
        ended_at: instant_if(it.ended_at, "ended_at")?,
        items,
        discounts,
        pause: it.pause_collection.map(pause).transpose()?,
        latest_invoice: id(it.latest_invoice),
        sends_invoices: it.collection_method.as_deref() == Some("send_invoice"),
        schedule: id(it.schedule),
        flexible: it
            .billing_mode
            .and_then(|mode| mode.kind)
            .is_some_and(|kind| kind == "flexible"),
        id: own,
    };
    Ok((Record::Subscription(Box::new(subscription)), also))
}

fn subscription_item(
    it: wire::SubscriptionItem,
    subscription: &SubscriptionId,
    also: &mut Vec<Record>,
) -> Result<SubscriptionItem, Problem> {
    let own = SubscriptionItemId::new(it.id);
    let found = Place::Item(subscription.clone(), own.clone());
    let product = product_of(&it.price);
    let price_id = PriceId::new(it.price.id.clone());
    // A plan that was deleted since is in no list any more, and its subscribers stay on it.
    also.push(Record::Price(Box::new(price(it.price)?)));
    Ok(SubscriptionItem {
        product,
        price: price_id,
        quantity: it.quantity,
        created: instant(it.created, "items.created")?,
        period_start: instant_if(it.current_period_start, "items.current_period_start")?,
        period_end: instant_if(it.current_period_end, "items.current_period_end")?,
        discounts: discounts(it.discounts, &found, also)?,
        id: own,
    })
}

fn pause(it: wire::PauseCollection) -> Result<Pause, Problem> {
    Ok(Pause {
        behavior: match it.behavior.as_deref() {
            Some("keep_as_draft") => PauseBehavior::KeepAsDraft,
            Some("mark_uncollectible") => PauseBehavior::MarkUncollectible,
            Some("void") => PauseBehavior::Void,
            other => PauseBehavior::Other(other.unwrap_or(UNKNOWN).to_owned()),
        },
        resumes_at: instant_if(it.resumes_at, "pause_collection.resumes_at")?,
    })
}
