//! A subscription's past, rebuilt into facts from what the provider still shows.
//!
//! Providers show the present and the invoices, not the states between. When a subscription ran comes from itself (start,
//! trial, end); pauses and bills given up from its invoices, unpaid ones from the attempts that failed. What was in it at each
//! instant comes from invoice lines and prorations (`item_history`), discounts from the subscription, the customer and the
//! invoices they touched. Each stretch says what it rests on. Nothing here depends on a policy.

use crate::Instant;
use crate::ids::{DiscountId, InvoiceId, SubscriptionItemId};
use crate::metric::Basis;
use crate::metric::agreed;
use crate::metric::facts::{Second, Span, Stop, Stretch, SubscriptionFacts, Usage};
use crate::metric::item_history::{ItemState, item_states, tax_share};
use crate::metric::worth::{Catalog, Item, held, taken};
use crate::record::{
    CouponDuration, Discount, Invoice, InvoiceItem, InvoiceStatus, LineOrigin, PauseBehavior,
    Subscription, SubscriptionSchedule, SubscriptionStatus,
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
    /// Whether it was stopped then, and why.
    pub stopped: Option<Stop>,
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
    /// What drives it, where it has a schedule.
    pub schedule: Option<&'a SubscriptionSchedule>,
    /// The attempts to collect one of its invoices that failed, in order of time.
    pub failed_attempts: &'a [(InvoiceId, Instant)],
    /// What we saw ourselves, oldest first.
    pub observations: &'a [Observation],
    /// The instant the copy is as of.
    pub as_of: Instant,
}

/// Gathers what is known of the subscription over time; `None` where it never ran.
#[must_use]
pub fn facts(past: &Past<'_>, catalog: &Catalog) -> Option<SubscriptionFacts> {
    let subscription = past.subscription;
    let life = life(past)?;
    let items = item_states(past, catalog);
    let discounts = discounts(past, catalog);
    Some(SubscriptionFacts {
        id: subscription.id.to_string(),
        currency: subscription.currency,
        life,
        end_asked: end_asked(subscription, life),
        ends_at: [ends_at(subscription), past.schedule.and_then(agreed::end)]
            .into_iter()
            .flatten()
            .min(),
        trial: trial(subscription),
        trial_ends_at: subscription.trial_end.map(|at| at.timestamp()),
        stops: stops(past),
        late: late(past),
        stretches: stretches(past, catalog, life, &items, &discounts),
        agreed: past.schedule.map_or_else(Vec::new, |schedule| {
            agreed::stretches(past, schedule, catalog, &discounts)
        }),
        usage: usage(past, catalog),
    })
}

/// From its start, or its first payment, to its end; `None` where it never came to run.
fn life(past: &Past<'_>) -> Option<Span> {
    let subscription = past.subscription;
    let to = match &subscription.status {
        SubscriptionStatus::Incomplete
        | SubscriptionStatus::IncompleteExpired
        | SubscriptionStatus::Other(_) => return None,
        SubscriptionStatus::Canceled => Some(
            subscription
                .ended_at
                .or(subscription.canceled_at)
                .unwrap_or(past.as_of)
                .timestamp(),
        ),
        _ => None,
    };
    let from = subscription
        .start
        .max(first_paid(past).unwrap_or(subscription.start))
        .timestamp();
    Some(Span { from, to }).filter(|life| !life.is_empty())
}

/// When the end was asked for, where it comes or came later than that.
fn end_asked(subscription: &Subscription, life: Span) -> Option<Second> {
    let ahead = subscription.cancel_at_period_end || subscription.cancel_at.is_some();
    let asked = subscription.canceled_at?.timestamp();
    match life.to {
        Some(end) => (asked < end).then_some(asked),
        None => ahead.then_some(asked),
    }
}

/// When it will end, as things stand: at a set time, or with the period that ends last.
fn ends_at(subscription: &Subscription) -> Option<Second> {
    let period = || {
        let ends = subscription.items.iter().filter_map(|item| item.period_end);
        ends.max().filter(|_| subscription.cancel_at_period_end)
    };
    subscription
        .cancel_at
        .or_else(period)
        .map(|at| at.timestamp())
}

fn trial(subscription: &Subscription) -> Option<Span> {
    let end = subscription.trial_end?;
    let begin = subscription.trial_start.unwrap_or(subscription.start);
    // One that still runs may yet be made longer.
    let open = subscription.status == SubscriptionStatus::Trialing;
    Some(Span {
        from: begin.timestamp(),
        to: (!open).then_some(end.timestamp()),
    })
    .filter(|trial| !trial.is_empty())
}

/// The times in which it went on and was worth nothing: those that we saw begin and end, and the one that lasts.
fn stops(past: &Past<'_>) -> Vec<(Span, Stop)> {
    let mut stops = earlier_stops(past);
    let since = |from: Instant, why: Stop| {
        (
            Span {
                from: from.timestamp(),
                to: None,
            },
            why,
        )
    };
    let subscription = past.subscription;
    match &subscription.status {
        SubscriptionStatus::Unpaid => stops.push(since(written_off_since(past), Stop::GivenUp)),
        SubscriptionStatus::Paused => stops.push(since(paused_since(past), Stop::Paused)),
        status if status.counts() || *status == SubscriptionStatus::Trialing => {
            let paused = subscription
                .pause
                .as_ref()
                .is_some_and(|pause| pause.behavior != PauseBehavior::KeepAsDraft);
            if paused {
                stops.push(since(stopped_since(past), Stop::Paused));
            }
        }
        _ => {}
    }
    stops
}

/// The times in which we saw it stopped and later saw it not stopped any more: from the first bill given up in that time,
/// else from when we saw it first, to when we saw it going again.
fn earlier_stops(past: &Past<'_>) -> Vec<(Span, Stop)> {
    let mut stops = Vec::new();
    let mut stopped: Option<(Instant, Stop)> = None;
    let mut last_going: Option<Instant> = None;
    for seen in past.observations {
        match (seen.stopped, stopped) {
            (Some(why), None) => {
                let from = given_up_between(past, last_going, seen.at).unwrap_or(seen.at);
                stopped = Some((from, why));
            }
            (None, Some((from, why))) => {
                let span = Span {
                    from: from.timestamp(),
                    to: Some(seen.at.timestamp()),
                };
                stops.push((span, why));
                stopped = None;
            }
            _ => {}
        }
        if seen.stopped.is_none() {
            last_going = Some(seen.at);
        }
    }
    stops
}

/// From the first failed attempt at each bill until it was paid or given up, those that overlap as one.
fn late(past: &Past<'_>) -> Vec<Span> {
    let mut spans: Vec<Span> = past
        .invoices
        .iter()
        .filter_map(|invoice| {
            let first = past
                .failed_attempts
                .iter()
                .find(|(id, _)| *id == invoice.id)?;
            let settled = invoice
                .paid_at
                .or(invoice.voided_at)
                .or(invoice.uncollectible_at);
            Some(Span {
                from: first.1.timestamp(),
                to: settled.map(|at| at.timestamp()),
            })
        })
        .filter(|span| !span.is_empty())
        .collect();
    spans.sort_by_key(|span| span.from);
    let mut joined: Vec<Span> = Vec::new();
    for span in spans {
        match joined.last_mut() {
            Some(last) if last.to.is_none_or(|to| span.from <= to) => {
                last.to = match (last.to, span.to) {
                    (Some(a), Some(b)) => Some(a.max(b)),
                    _ => None,
                };
            }
            _ => joined.push(span),
        }
    }
    joined
}

/// What was invoiced for usage, line by line.
fn usage(past: &Past<'_>, catalog: &Catalog) -> Vec<Usage> {
    let mut found: Vec<Usage> = past
        .invoices
        .iter()
        .filter(|invoice| {
            !matches!(
                invoice.status,
                InvoiceStatus::Void | InvoiceStatus::Uncollectible | InvoiceStatus::Draft
            )
        })
        .flat_map(|invoice| &invoice.lines)
        .filter(|line| line.origin == LineOrigin::Recurring && line.amount != 0)
        .filter_map(|line| {
            let id = line.price.as_ref()?;
            let price = catalog.prices.get(id)?;
            let rhythm = price.recurring.filter(|rhythm| rhythm.metered)?;
            Some(Usage {
                span: Span {
                    from: line.period_start.timestamp(),
                    to: Some(line.period_end.timestamp()),
                },
                plan: catalog.number(id),
                rhythm,
                amount: line.amount,
            })
        })
        .filter(|usage| !usage.span.is_empty())
        .collect();
    found.sort_by_key(|usage| (usage.span.from, usage.plan));
    found
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
    past.failed_attempts
        .last()
        .map(|(_, at)| *at)
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
        if observation.stopped.is_none() {
            break;
        }
        since = observation.at;
    }
    since
}

/// A discount with the times in which it applied.
#[derive(Debug)]
pub(super) struct Applied<'a> {
    pub(super) discount: &'a Discount,
    from: Instant,
    pub(super) to: Option<Instant>,
}

impl Applied<'_> {
    fn at(&self, second: Second) -> bool {
        self.from.timestamp() <= second && self.to.is_none_or(|to| second < to.timestamp())
    }
}

/// Every discount that the subscription, its items, its customer or its invoices tell of, in the order they are taken.
/// One that is no longer on its subscription and had no end of its own was removed: it ends at the first bill without it.
fn discounts<'a>(past: &Past<'a>, catalog: &Catalog) -> Vec<Applied<'a>> {
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
    for one in &mut applied {
        let coupon = catalog.coupons.get(&one.discount.coupon);
        if coupon.is_some_and(|coupon| coupon.duration == CouponDuration::Once) {
            (one.from, one.to) = period_of_its_bill(one.discount, &by_time, subscription);
        }
    }
    applied
}

/// A discount of one bill runs for what that bill is for; before it was billed, for the period it will be taken off.
fn period_of_its_bill(
    discount: &Discount,
    by_time: &[&&Invoice],
    subscription: &Subscription,
) -> (Instant, Option<Instant>) {
    let billed = by_time
        .iter()
        .filter(|invoice| invoice.discounts.iter().any(|it| it.id == discount.id))
        .flat_map(|invoice| &invoice.lines)
        .find(|line| line.origin == LineOrigin::Recurring);
    match billed {
        Some(line) => (line.period_start, Some(line.period_end)),
        None => {
            let ends = subscription
                .items
                .iter()
                .filter_map(|item| item.period_end)
                .min();
            (discount.start, ends.or(discount.end))
        }
    }
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

/// Cuts a life at every instant at which an item or a discount changes, and says what stood in each part. What holds nothing
/// is a stretch without items.
fn stretches(
    past: &Past<'_>,
    catalog: &Catalog,
    life: Span,
    items: &BTreeMap<SubscriptionItemId, Vec<ItemState>>,
    discounts: &[Applied<'_>],
) -> Vec<Stretch> {
    let cuts: BTreeSet<Second> = items
        .values()
        .flatten()
        .map(|state| state.from)
        .chain(discounts.iter().map(|applied| applied.from))
        .chain(discounts.iter().filter_map(|applied| applied.to))
        .map(|at| at.timestamp())
        .filter(|at| *at > life.from && life.holds(*at))
        .collect();
    let mut found: Vec<Stretch> = Vec::new();
    for from in std::iter::once(life.from).chain(cuts) {
        let stretch = stretch(past, catalog, items, discounts, from);
        let same = found.last().is_some_and(|last| {
            let (a, b) = (last, &stretch);
            a.basis == b.basis && a.items == b.items && a.taken == b.taken && a.unknown == b.unknown
        });
        if !same {
            found.push(stretch);
        }
    }
    found
}

/// What stood at an instant.
fn stretch(
    past: &Past<'_>,
    catalog: &Catalog,
    items: &BTreeMap<SubscriptionItemId, Vec<ItemState>>,
    discounts: &[Applied<'_>],
    from: Second,
) -> Stretch {
    let standing: Vec<(&SubscriptionItemId, &ItemState)> = items
        .iter()
        .filter_map(|(id, states)| {
            let state = states
                .iter()
                .rev()
                .find(|state| state.from.timestamp() <= from)?;
            state.holds.as_ref().map(|_| (id, state))
        })
        .collect();
    let mut made = Stretch {
        from,
        basis: standing
            .iter()
            .map(|(_, state)| state.basis)
            .min()
            .unwrap_or(Basis::Observed),
        items: Vec::new(),
        taken: Vec::new(),
        unknown: None,
    };
    let valued: Vec<Item<'_>> = standing
        .iter()
        .filter_map(|(id, state)| {
            let (price, quantity) = state.holds.as_ref()?;
            Some(Item {
                id: Some(id),
                price,
                quantity: *quantity,
                tax_share: tax_share(past, id),
            })
        })
        .collect();
    let running: Vec<&Discount> = discounts
        .iter()
        .filter(|applied| applied.at(from))
        .map(|applied| applied.discount)
        .collect();
    let currency = past.subscription.currency;
    let known = held(&valued, currency, catalog)
        .and_then(|items| Ok((taken(&items, &running, currency, catalog)?, items)));
    match known {
        Ok((taken, items)) => {
            made.items = items.into_iter().map(|item| item.held).collect();
            made.taken = taken;
        }
        Err(unknown) => made.unknown = Some(unknown.to_string()),
    }
    made
}
