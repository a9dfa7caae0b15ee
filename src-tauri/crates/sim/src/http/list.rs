//! The lists of the API and their filters.
//!
//! Each list is a walk over one shelf of the world from the newest record down; what differs is which filters it knows. The
//! catalogue's lists are in `list_catalogue`, those about money in `list_money`.

use serde_json::Value;

use super::error::Refusal;
use super::page::{COMMON, Listing};
use super::query::{Query, Range};
use crate::ids::{Sort, nested};
use crate::record::{Schedule, Session, Status, Subscription};
use crate::shelf::Shelf;
use crate::world::World;

type Keep<'a, T> = Box<dyn Fn(&T) -> bool + 'a>;

/// A list over a shelf.
pub(super) fn over<'a, T: 'a>(
    world: &'a World,
    query: &Query,
    (kind, sort): (&'static str, Sort),
    shelf: &'a Shelf<T>,
    created: fn(&T) -> i64,
    keep: Keep<'a, T>,
    write: fn(&World, &T) -> Value,
) -> Result<Listing<'a>, Refusal> {
    let range = query.range("created")?;
    let (len, last) = (shelf.len(), shelf.len().wrapping_sub(1));
    Ok(Listing {
        kind,
        len,
        position: Box::new(move |id| {
            let (found, n) = world.ids.decode(id)?;
            let n = u32::try_from(n)
                .ok()
                .filter(|n| found == sort && *n < len)?;
            Some(last - n)
        }),
        keep: Box::new(move |n| {
            shelf
                .find(last - n)
                .is_some_and(|record| range.contains(created(record)) && keep(record))
        }),
        stop: Box::new(move |n| {
            shelf
                .find(last - n)
                .is_none_or(|record| created(record) < range.from)
        }),
        write: Box::new(move |n| {
            shelf
                .find(last - n)
                .map_or(Value::Null, |record| write(world, record))
        }),
    })
}

/// Whether what belongs to a customer is shown: what lives on a clock is left out of a list of everything, and shown where its
/// clock is asked for, or something that it belongs to.
pub(super) fn shown<'a>(
    world: &'a World,
    query: &Query,
    narrower: &[&str],
) -> impl Fn(u32) -> bool + use<'a> {
    let clock = query.get("test_clock").map(str::to_owned);
    let narrowed = narrower.iter().any(|name| query.get(name).is_some());
    move |customer| {
        narrowed
            || match (&clock, world.clock_id(customer)) {
                (None, own) => own.is_none(),
                (Some(wanted), own) => own.as_ref() == Some(wanted),
            }
    }
}

/// Refuses parameters that neither every list nor this one knows.
pub(super) fn known(query: &Query, own: &[&str]) -> Result<(), Refusal> {
    query.only(&[&COMMON[..], own].concat())
}

/// The list at a path below `/v1/`, when there is one.
pub(crate) fn listing<'a>(
    world: &'a World,
    path: &str,
    query: &'a Query,
) -> Option<Result<Listing<'a>, Refusal>> {
    Some(match path {
        "customers" => customers(world, query),
        "subscriptions" => subscriptions(world, query),
        "subscription_items" => subscription_items(world, query),
        "events" => events(world, query),
        "subscription_schedules" => subscription_schedules(world, query),
        "checkout/sessions" => checkout_sessions(world, query),
        "billing/meters" => super::list_catalogue::meters(world, query),
        "payment_links" => super::list_catalogue::payment_links(world, query),
        "test_helpers/test_clocks" => super::list_catalogue::test_clocks(world, query),
        "credit_notes" => super::list_money::credit_notes(world, query),
        "products" => super::list_catalogue::products(world, query),
        "prices" => super::list_catalogue::prices(world, query),
        "coupons" => super::list_catalogue::coupons(world, query),
        "promotion_codes" => super::list_catalogue::promotion_codes(world, query),
        "invoices" => super::list_money::invoices(world, query),
        "invoiceitems" => super::list_money::invoice_items(world, query),
        "invoice_payments" => super::list_money::invoice_payments(world, query),
        "charges" => super::list_money::charges(world, query),
        "payment_intents" => super::list_money::payment_intents(world, query),
        "refunds" => super::list_money::refunds(world, query),
        "disputes" => super::list_money::disputes(world, query),
        "balance_transactions" => super::list_money::balance_transactions(world, query),
        _ => return None,
    })
}

fn customers<'a>(world: &'a World, query: &'a Query) -> Result<Listing<'a>, Refusal> {
    known(query, &["created", "email", "test_clock"])?;
    let email = query.get("email");
    let shown = shown(world, query, &[]);
    let keep = move |record: &crate::record::Customer| {
        record.deleted_at.is_none()
            && shown(record.ix)
            && email.is_none_or(|email| record.name.email(record.email_changed) == email)
    };
    over(
        world,
        query,
        ("customer", Sort::Customer),
        &world.customers,
        |record| record.created,
        Box::new(keep),
        World::customer_json,
    )
}

/// What subscriptions may be asked for beside what every list knows.
const SUBSCRIPTION_FILTERS: [&str; 11] = [
    "created",
    "status",
    "customer",
    "customer_account",
    "price",
    "plan",
    "collection_method",
    "current_period_start",
    "current_period_end",
    "automatic_tax",
    "test_clock",
];

/// What `status` may be when listing subscriptions.
const SUBSCRIPTION_STATUSES: [&str; 10] = [
    "active",
    "past_due",
    "unpaid",
    "canceled",
    "incomplete",
    "incomplete_expired",
    "trialing",
    "paused",
    "all",
    "ended",
];

/// Whether a subscription belongs in a list of `wanted`. Without a wish only cancelled ones are left out.
fn in_status(status: Status, wanted: Option<&str>) -> bool {
    match wanted {
        None => status != Status::Canceled,
        Some("all") => true,
        Some("ended") => status.ended(),
        Some(wanted) => status.wire() == wanted,
    }
}

fn subscriptions<'a>(world: &'a World, query: &'a Query) -> Result<Listing<'a>, Refusal> {
    known(query, &SUBSCRIPTION_FILTERS)?;
    let status = query.get("status");
    if let Some(unknown) = status.filter(|status| !SUBSCRIPTION_STATUSES.contains(status)) {
        let allowed = SUBSCRIPTION_STATUSES.join(", ");
        let message = format!("Invalid status: must be one of {allowed} (got {unknown})");
        return Err(Refusal::invalid(400, None, Some("status"), message));
    }
    let customer = query.record(world, Sort::Customer, "customer")?;
    let price = match query.record(world, Sort::Price, "price")? {
        None => query.record(world, Sort::Price, "plan")?,
        some => some,
    };
    let method = query.get("collection_method");
    let (starts, ends) = (
        query.range("current_period_start")?,
        query.range("current_period_end")?,
    );
    let shown = shown(world, query, &["customer"]);
    let keep = move |record: &Subscription| {
        in_status(record.status, status)
            && shown(record.customer)
            && customer.is_none_or(|customer| record.customer == customer)
            && price.is_none_or(|price| record.items.iter().any(|item| item.price == price))
            && method.is_none_or(|method| (method == "send_invoice") == record.send_invoice)
            && starts.contains(record.period.0)
            && ends.contains(record.period.1)
    };
    let kind = ("subscription", Sort::Subscription);
    let created = |record: &Subscription| record.created;
    over(
        world,
        query,
        kind,
        &world.subscriptions,
        created,
        Box::new(keep),
        World::subscription_json,
    )
}

fn subscription_items<'a>(world: &'a World, query: &'a Query) -> Result<Listing<'a>, Refusal> {
    known(query, &["subscription"])?;
    let Some(subscription) = query.record(world, Sort::Subscription, "subscription")? else {
        let message = "Missing required param: subscription.".to_owned();
        return Err(Refusal::invalid(
            400,
            Some("parameter_missing"),
            Some("subscription"),
            message,
        ));
    };
    let record = &world.subscriptions[subscription];
    Ok(Listing {
        kind: "subscription_item",
        len: record.items.len() as u32,
        position: Box::new(move |id| {
            let place = |item: &crate::record::Item| {
                world.id(Sort::SubscriptionItem, nested(record.ix, item.seq)) == id
            };
            record.items.iter().position(place).map(|n| n as u32)
        }),
        keep: Box::new(|_| true),
        stop: Box::new(|_| false),
        write: Box::new(move |n| {
            record
                .items
                .get(n as usize)
                .map_or(Value::Null, |item| world.item_json(record, item))
        }),
    })
}

/// The lines of one invoice, in the invoice's own order.
pub(crate) fn lines<'a>(
    world: &'a World,
    invoice: u32,
    query: &Query,
) -> Result<Listing<'a>, Refusal> {
    known(query, &[])?;
    let record = &world.invoices[invoice];
    Ok(Listing {
        kind: "line_item",
        len: record.lines.len() as u32,
        position: Box::new(move |id| {
            let (sort, n) = world.ids.decode(id)?;
            let (outer, inner) = crate::ids::unnested(n);
            (sort == Sort::LineItem && outer == record.ix).then_some(u32::from(inner))
        }),
        keep: Box::new(|_| true),
        stop: Box::new(|_| false),
        write: Box::new(move |n| {
            record
                .lines
                .get(n as usize)
                .map_or(Value::Null, |line| world.line_json(record, n as u16, line))
        }),
    })
}

fn subscription_schedules<'a>(world: &'a World, query: &'a Query) -> Result<Listing<'a>, Refusal> {
    known(
        query,
        &[
            "created",
            "customer",
            "customer_account",
            "scheduled",
            "canceled_at",
            "completed_at",
            "released_at",
        ],
    )?;
    let customer = query.record(world, Sort::Customer, "customer")?;
    let scheduled = query.flag("scheduled")?;
    let (canceled, completed, released) = (
        query.range("canceled_at")?,
        query.range("completed_at")?,
        query.range("released_at")?,
    );
    let within = |range: Range, at: Option<i64>| {
        range == Range::ALL || at.is_some_and(|at| range.contains(at))
    };
    let shown = shown(world, query, &["customer"]);
    let keep = move |record: &Schedule| {
        shown(record.customer)
            && customer.is_none_or(|customer| record.customer == customer)
            && (scheduled != Some(true) || record.status() == "not_started")
            && within(canceled, record.canceled_at)
            && within(completed, record.completed_at)
            && within(released, record.released_at)
    };
    over(
        world,
        query,
        ("subscription_schedule", Sort::Schedule),
        &world.schedules,
        |record| record.created,
        Box::new(keep),
        World::schedule_json,
    )
}

fn checkout_sessions<'a>(world: &'a World, query: &'a Query) -> Result<Listing<'a>, Refusal> {
    known(
        query,
        &[
            "created",
            "customer",
            "customer_account",
            "customer_details",
            "payment_intent",
            "payment_link",
            "status",
            "subscription",
        ],
    )?;
    let customer = query.record(world, Sort::Customer, "customer")?;
    let subscription = query.record(world, Sort::Subscription, "subscription")?;
    let intent = query.record(world, Sort::PaymentIntent, "payment_intent")?;
    let link = query.record(world, Sort::PaymentLink, "payment_link")?;
    let (status, email) = (query.get("status"), query.get("customer_details[email]"));
    let keep = move |record: &Session| {
        let is = match (record.completed_at, record.expired_at) {
            (Some(_), _) => "complete",
            (None, Some(_)) => "expired",
            (None, None) => "open",
        };
        let paid_by = || {
            let invoice = record.invoice.filter(|_| !record.recurring)?;
            let payment = world.invoices[invoice].payment?;
            Some(world.payments[payment].intent)
        };
        let of = |customer: u32| world.customers[customer].name.email(false);
        customer.is_none_or(|customer| record.customer == Some(customer))
            && subscription.is_none_or(|subscription| record.subscription == Some(subscription))
            && link.is_none_or(|link| record.payment_link == Some(link))
            && status.is_none_or(|status| status == is)
            && intent.is_none_or(|intent| paid_by() == Some(intent))
            && email.is_none_or(|email| record.customer.is_some_and(|owner| of(owner) == email))
    };
    over(
        world,
        query,
        ("checkout.session", Sort::Session),
        &world.sessions,
        |record| record.created,
        Box::new(keep),
        World::session_json,
    )
}

fn events<'a>(world: &'a World, query: &'a Query) -> Result<Listing<'a>, Refusal> {
    known(query, &["created", "type", "types", "delivery_success"])?;
    let (kind, kinds) = (query.get("type"), query.many("types"));
    if kinds.len() > 20 || (kind.is_some() && !kinds.is_empty()) {
        let message =
            "You may pass up to 20 event types, and not both `type` and `types`.".to_owned();
        return Err(Refusal::invalid(400, None, Some("types"), message));
    }
    let delivered = query.flag("delivery_success")?;
    let range = query.range("created")?;
    let kept = world.events.kept();
    let len = kept.len() as u32;
    let at = move |n: u32| kept.get((len - 1 - n) as usize);
    let wanted = move |of: &str| {
        let matches = |pattern: &str| {
            pattern
                .strip_suffix(".*")
                .map_or(pattern == of, |family| of.starts_with(family))
        };
        kind.is_none_or(matches) && (kinds.is_empty() || kinds.iter().any(|kind| matches(kind)))
    };
    Ok(Listing {
        kind: "event",
        len,
        position: Box::new(move |id| match world.ids.decode(id)? {
            (Sort::Event, number) => world.events.place(number).map(|place| len - 1 - place),
            _ => None,
        }),
        keep: Box::new(move |n| {
            delivered != Some(false)
                && at(n).is_some_and(|event| range.contains(event.at) && wanted(event.kind))
        }),
        stop: Box::new(move |n| at(n).is_none_or(|event| event.at < range.from)),
        write: Box::new(move |n| at(n).map_or(Value::Null, |event| world.event_json(event))),
    })
}
