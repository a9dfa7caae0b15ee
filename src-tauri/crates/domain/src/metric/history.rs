//! A subscription's past, rebuilt into intervals from what the provider still shows.
//!
//! Providers show the present and the invoices, not the states between. The window in which a subscription counts comes
//! from the subscription itself (start, trial, end) and, for pauses and written-off bills, from its invoices. What was
//! in it at each instant comes from invoice lines and prorations (`item_history`), discounts from the subscription, the
//! customer and the invoices they touched. Each interval says what it rests on; intervals never overlap, and one that
//! still runs has no end.

use crate::Instant;
use crate::currency::Currency;
use crate::ids::{CouponId, CustomerId, DiscountId, SubscriptionId, SubscriptionItemId};
use crate::metric::Basis;
use crate::metric::item_history::{ItemState, item_states, tax_share};
use crate::metric::worth::{Catalog, Item, Unknown, Worth, worth};
use crate::ratio::Ratio;
use crate::record::{
    CouponDuration, Discount, DiscountTarget, Invoice, InvoiceItem, InvoiceStatus, LineOrigin,
    PauseBehavior, Subscription, SubscriptionStatus,
};
use chrono::TimeDelta;
use std::collections::{BTreeMap, BTreeSet};

/// A state of a subscription that we saw ourselves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Observation {
    /// When we saw it.
    pub at: Instant,
    /// The items then: id, price, quantity.
    pub items: Vec<(SubscriptionItemId, crate::ids::PriceId, i64)>,
    /// The discounts then, on the subscription and on its items.
    pub discounts: Vec<DiscountId>,
    /// Whether it was stopped then: paused, or no longer collected.
    pub stopped: bool,
}

/// Everything that tells of one subscription's past.
#[derive(Debug, Clone, Copy)]
pub struct Past<'a> {
    /// The subscription as it is.
    pub subscription: &'a Subscription,
    /// Its invoices.
    pub invoices: &'a [&'a Invoice],
    /// What waits for its next invoice, and what went onto invoices as an item.
    pub invoice_items: &'a [&'a InvoiceItem],
    /// The customer's own discount.
    pub customer_discount: Option<&'a Discount>,
    /// When collecting one of its invoices last failed.
    pub last_failed_attempt: Option<Instant>,
    /// What we saw ourselves, oldest first.
    pub observations: &'a [Observation],
    /// The instant the copy is as of.
    pub as_of: Instant,
}

/// A stretch of time in which a subscription was worth the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Interval {
    /// The subscription.
    pub subscription: SubscriptionId,
    /// Its customer.
    pub customer: CustomerId,
    /// The currency of the worth.
    pub currency: Currency,
    /// The first instant.
    pub from: Instant,
    /// The first instant after it; `None` while it runs.
    pub to: Option<Instant>,
    /// Minor units for a month.
    pub monthly: Ratio,
    /// Whether discounts alone made it nothing: the customer is still active.
    pub free: bool,
    /// What it rests on.
    pub basis: Basis,
    /// Why the worth is not known; it is then counted as nothing and every figure over it says so.
    pub unknown: Option<Unknown>,
}

/// Rebuilds the intervals in which the subscription counts, in order of time.
#[must_use]
pub fn intervals(past: &Past<'_>, catalog: &Catalog) -> Vec<Interval> {
    let items = item_states(past, catalog);
    let discounts = discounts(past);
    let mut found: Vec<Interval> = Vec::new();
    for window in windows(past) {
        for (from, to) in stretches(&window, &items, &discounts) {
            let Some(interval) = value(past, catalog, &items, &discounts, from, to) else {
                continue;
            };
            match found.last_mut() {
                Some(last)
                    if last.to == Some(interval.from)
                        && last.monthly == interval.monthly
                        && last.free == interval.free
                        && last.basis == interval.basis
                        && last.unknown == interval.unknown =>
                {
                    last.to = interval.to;
                }
                _ => found.push(interval),
            }
        }
    }
    found
}

/// From the first instant to the first after it, open while it runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Window {
    from: Instant,
    to: Option<Instant>,
}

/// The times in which the subscription counts: from its start to its end, less its trial and every time it was stopped.
fn windows(past: &Past<'_>) -> Vec<Window> {
    let subscription = past.subscription;
    let end = match &subscription.status {
        SubscriptionStatus::Incomplete
        | SubscriptionStatus::IncompleteExpired
        | SubscriptionStatus::Other(_) => return Vec::new(),
        SubscriptionStatus::Canceled => Some(
            subscription
                .ended_at
                .or(subscription.canceled_at)
                .unwrap_or(past.as_of),
        ),
        SubscriptionStatus::Unpaid => Some(written_off_since(past)),
        SubscriptionStatus::Paused => Some(paused_since(past)),
        SubscriptionStatus::Trialing
        | SubscriptionStatus::Active
        | SubscriptionStatus::PastDue
        | SubscriptionStatus::CancelPending => match &subscription.pause {
            Some(pause) if pause.behavior != PauseBehavior::KeepAsDraft => {
                Some(stopped_since(past))
            }
            _ => None,
        },
    };
    let mut counted = vec![Window {
        from: subscription
            .start
            .max(first_paid(past).unwrap_or(subscription.start)),
        to: end,
    }];
    if let Some(trial_end) = subscription.trial_end {
        let trial_start = subscription.trial_start.unwrap_or(subscription.start);
        let open = subscription.status == SubscriptionStatus::Trialing;
        counted = without(counted, trial_start, (!open).then_some(trial_end));
    }
    for (from, to) in earlier_stops(past) {
        counted = without(counted, from, Some(to));
    }
    counted.retain(|window| window.to.is_none_or(|to| to > window.from));
    counted
}

/// Takes a stretch out of windows; one without an end takes everything after its beginning.
fn without(windows: Vec<Window>, from: Instant, to: Option<Instant>) -> Vec<Window> {
    windows
        .into_iter()
        .flat_map(|window| {
            let before = Window {
                from: window.from,
                to: Some(window.to.map_or(from, |end| end.min(from))),
            };
            let after = to.map(|to| Window {
                from: window.from.max(to),
                to: window.to,
            });
            [Some(before), after]
        })
        .flatten()
        .filter(|window| window.to.is_none_or(|to| to > window.from))
        .collect()
}

/// The times in which we saw it stopped and later saw it not stopped any more: from the first bill given up in that time,
/// else from when we saw it first, to when we saw it going again.
fn earlier_stops(past: &Past<'_>) -> Vec<(Instant, Instant)> {
    let mut stops = Vec::new();
    let mut stopped: Option<Instant> = None;
    let mut last_going: Option<Instant> = None;
    for seen in past.observations {
        match (seen.stopped, stopped) {
            (true, None) => {
                stopped = Some(given_up_between(past, last_going, seen.at).unwrap_or(seen.at));
            }
            (false, Some(from)) => {
                stops.push((from, seen.at));
                stopped = None;
            }
            _ => {}
        }
        if !seen.stopped {
            last_going = Some(seen.at);
        }
    }
    stops
}

/// The first bill voided or given up after one instant, and after the last paid one, and up to another instant.
fn given_up_between(past: &Past<'_>, after: Option<Instant>, until: Instant) -> Option<Instant> {
    let paid = past
        .invoices
        .iter()
        .filter(|invoice| invoice.status == InvoiceStatus::Paid && invoice.created <= until)
        .map(|invoice| invoice.created)
        .max();
    let after = after.max(paid);
    past.invoices
        .iter()
        .filter_map(|invoice| invoice.voided_at.or(invoice.uncollectible_at))
        .filter(|at| *at <= until && after.is_none_or(|after| *at > after))
        .min()
}

/// When a paused subscription stopped: with its trial where nothing was ever billed after it, else at the end of what was
/// last billed, and no later than we saw it so.
fn paused_since(past: &Past<'_>) -> Instant {
    let seen = stopped_since(past);
    let after = past
        .subscription
        .trial_end
        .unwrap_or(past.subscription.start);
    let billed_until = past
        .invoices
        .iter()
        .flat_map(|invoice| &invoice.lines)
        .filter(|line| line.origin == LineOrigin::Recurring && line.period_start >= after)
        .map(|line| line.period_end)
        .max();
    match (billed_until, past.subscription.trial_end) {
        (Some(end), _) => end.min(seen),
        (None, Some(trial_end)) => trial_end.min(seen),
        (None, None) => seen,
    }
}

/// When the first bill was paid: until then the subscription was incomplete. `None` where bills are sent to be paid, or
/// the first bill is not here or not paid.
fn first_paid(past: &Past<'_>) -> Option<Instant> {
    if past.subscription.sends_invoices {
        return None;
    }
    let first = past
        .invoices
        .iter()
        .find(|invoice| invoice.billing_reason.as_deref() == Some("subscription_create"))?;
    // A provider gives up an incomplete subscription within a day, so a later payment tells of something else; and a first
    // bill long after the start is that of a backdated subscription.
    let day = TimeDelta::days(1);
    first.paid_at.filter(|paid| {
        *paid - first.created <= day && first.created - past.subscription.start <= day
    })
}

/// When an unpaid subscription stopped counting: the last failed attempt, else the first bill given up after the last
/// one paid, else the first time we saw it so.
fn written_off_since(past: &Past<'_>) -> Instant {
    past.last_failed_attempt
        .or_else(|| first_given_up(past))
        .unwrap_or_else(|| first_seen_stopped(past))
}

/// When a pause began: the first bill voided or given up after the last one paid, else the first time we saw it so.
fn stopped_since(past: &Past<'_>) -> Instant {
    first_given_up(past).unwrap_or_else(|| first_seen_stopped(past))
}

fn first_given_up(past: &Past<'_>) -> Option<Instant> {
    let last_paid = past
        .invoices
        .iter()
        .filter(|invoice| invoice.status == InvoiceStatus::Paid)
        .map(|invoice| invoice.created)
        .max();
    past.invoices
        .iter()
        .filter(|invoice| last_paid.is_none_or(|paid| invoice.created > paid))
        .filter_map(|invoice| invoice.voided_at.or(invoice.uncollectible_at))
        .min()
}

fn first_seen_stopped(past: &Past<'_>) -> Instant {
    let mut since = past.as_of;
    for observation in past.observations.iter().rev() {
        if !observation.stopped {
            break;
        }
        since = observation.at;
    }
    since
}

/// A discount with the times in which it applied.
#[derive(Debug)]
struct Applied<'a> {
    discount: &'a Discount,
    from: Instant,
    to: Option<Instant>,
}

impl Applied<'_> {
    fn at(&self, instant: Instant) -> bool {
        self.from <= instant && self.to.is_none_or(|to| instant < to)
    }
}

/// Every discount that the subscription, its items, its customer or its invoices tell of, in the order they are taken.
/// One that is no longer on its subscription and had no end of its own was removed: it ends at the first bill without it.
fn discounts<'a>(past: &Past<'a>) -> Vec<Applied<'a>> {
    let subscription = past.subscription;
    let present: Vec<&Discount> = subscription
        .items
        .iter()
        .flat_map(|item| &item.discounts)
        .chain(&subscription.discounts)
        .chain(past.customer_discount)
        .collect();
    let mut by_time: Vec<&&Invoice> = past.invoices.iter().collect();
    by_time.sort_by_key(|invoice| invoice.created);
    let mut applied: Vec<Applied<'a>> = Vec::new();
    for discount in present {
        if !applied.iter().any(|it| it.discount.id == discount.id) {
            applied.push(Applied {
                discount,
                from: discount.start,
                to: discount.end,
            });
        }
    }
    for invoice in by_time.iter().rev() {
        for (index, discount) in invoice.discounts.iter().enumerate() {
            if applied.iter().any(|it| it.discount.id == discount.id) {
                continue;
            }
            let removed = removed_at(discount, &by_time, past);
            let one = Applied {
                discount,
                from: discount.start,
                to: [discount.end, removed].into_iter().flatten().min(),
            };
            // Where it stood in the list: before the first of those after it that is known already.
            let after = invoice.discounts.get(index + 1..).unwrap_or_default();
            let place = applied
                .iter()
                .position(|it| after.iter().any(|later| later.id == it.discount.id))
                .unwrap_or(applied.len());
            applied.insert(place, one);
        }
    }
    applied
}

/// When a discount that left its subscription stopped: the period start of the first regular bill after the last one
/// that carried it, or the first time we saw the subscription without it; else the present.
fn removed_at(discount: &Discount, by_time: &[&&Invoice], past: &Past<'_>) -> Option<Instant> {
    let carries = |invoice: &Invoice| invoice.discounts.iter().any(|it| it.id == discount.id);
    let last = by_time.iter().rposition(|invoice| carries(invoice))?;
    let carried_at = by_time.get(last)?.created;
    let billed = by_time
        .iter()
        .skip(last + 1)
        .find_map(|invoice| regular_start(invoice));
    let seen = past
        .observations
        .iter()
        .find(|seen| seen.at > carried_at && !seen.discounts.contains(&discount.id))
        .map(|seen| seen.at);
    [billed, seen]
        .into_iter()
        .flatten()
        .min()
        .or(Some(past.as_of))
}

fn regular_start(invoice: &Invoice) -> Option<Instant> {
    invoice
        .lines
        .iter()
        .filter(|line| line.origin == LineOrigin::Recurring)
        .map(|line| line.period_start)
        .max()
}

/// Cuts a window at every instant at which an item or a discount changes.
fn stretches(
    window: &Window,
    items: &BTreeMap<SubscriptionItemId, Vec<ItemState>>,
    discounts: &[Applied<'_>],
) -> Vec<(Instant, Option<Instant>)> {
    let inside = |at: &Instant| *at > window.from && window.to.is_none_or(|to| *at < to);
    let cuts: BTreeSet<Instant> = items
        .values()
        .flatten()
        .map(|state| state.from)
        .chain(discounts.iter().map(|applied| applied.from))
        .chain(discounts.iter().filter_map(|applied| applied.to))
        .filter(inside)
        .collect();
    let mut starts = vec![window.from];
    starts.extend(cuts);
    let mut out = Vec::with_capacity(starts.len());
    for (index, from) in starts.iter().enumerate() {
        let to = starts.get(index + 1).copied().or(window.to);
        out.push((*from, to));
    }
    out
}

/// What the subscription was worth in one stretch; `None` where it held nothing.
fn value(
    past: &Past<'_>,
    catalog: &Catalog,
    items: &BTreeMap<SubscriptionItemId, Vec<ItemState>>,
    discounts: &[Applied<'_>],
    from: Instant,
    to: Option<Instant>,
) -> Option<Interval> {
    let standing: Vec<(&SubscriptionItemId, &ItemState)> = items
        .iter()
        .filter_map(|(id, states)| {
            let state = states.iter().rev().find(|state| state.from <= from)?;
            state.holds.as_ref().map(|_| (id, state))
        })
        .collect();
    let basis = standing.iter().map(|(_, state)| state.basis).min()?;
    let recurring = |coupon: &CouponId| {
        catalog
            .coupons
            .get(coupon)
            .is_none_or(|coupon| coupon.duration != CouponDuration::Once)
    };
    let coupons_on = |target: DiscountTarget, item: Option<&SubscriptionItemId>| {
        discounts
            .iter()
            .filter(|applied| applied.at(from) && applied.discount.target == target)
            .filter(|applied| item.is_none() || applied.discount.item.as_ref() == item)
            .map(|applied| &applied.discount.coupon)
            .filter(|coupon| recurring(coupon))
            .collect::<Vec<_>>()
    };
    let valued: Vec<Item<'_>> = standing
        .iter()
        .filter_map(|(id, state)| {
            let (price, quantity) = state.holds.as_ref()?;
            Some(Item {
                price,
                quantity: *quantity,
                tax_share: tax_share(past, id),
                coupons: coupons_on(DiscountTarget::Item, Some(id)),
            })
        })
        .collect();
    let mut coupons = coupons_on(DiscountTarget::Subscription, None);
    if coupons.is_empty() {
        coupons = coupons_on(DiscountTarget::Customer, None);
    }
    let currency = past.subscription.currency;
    let (worth, unknown) = match worth(&valued, &coupons, currency, catalog) {
        Ok(worth) => (worth, None),
        Err(unknown) => (
            Worth {
                monthly: Ratio::ZERO,
                free: false,
            },
            Some(unknown),
        ),
    };
    Some(Interval {
        subscription: past.subscription.id.clone(),
        customer: past.subscription.customer.clone(),
        currency,
        from,
        to,
        monthly: worth.monthly,
        free: worth.free,
        basis,
        unknown,
    })
}
