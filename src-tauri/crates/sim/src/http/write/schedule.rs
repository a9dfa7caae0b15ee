//! Subscription schedules made and changed by requests.

use serde_json::{Map, Value};

use super::items::price;
use super::subscription;
use super::{Stop, Writing, begun, only_new};
use crate::calendar::add_months;
use crate::http::error::Refusal;
use crate::http::form::{missing, wrong};
use crate::ids::Sort;
use crate::record::Phase;

fn refuse<T>(param: Option<&str>, message: &str) -> Result<T, Stop> {
    Err(begun(Refusal::invalid(
        400,
        None,
        param,
        message.to_owned(),
    )))
}

/// Puts a subscription under a schedule.
pub(super) fn create(writing: &mut Writing<'_>) -> Result<Value, Stop> {
    let form = writing.form;
    form.without(&[
        "customer",
        "default_settings[]",
        "end_behavior",
        "phases[]",
        "start_date",
    ])?;
    form.only(&["from_subscription"])?;
    let id = form.required("from_subscription")?.to_owned();
    let number = subscription::number(writing, &id)?;
    let record = &writing.world.subscriptions[number];
    if record.status.ended() {
        return refuse(Some("from_subscription"), "The subscription has ended.");
    }
    if record.schedule.is_some() {
        return refuse(
            Some("from_subscription"),
            "You cannot migrate a subscription that is already attached to a schedule.",
        );
    }
    let schedule = writing.world.schedule_by_request(number, Some(writing.by));
    let id = writing.world.id(Sort::Schedule, schedule);
    Ok(writing.world.object(&id).unwrap_or_default())
}

fn number(writing: &Writing<'_>, id: &str) -> Result<u32, Stop> {
    match writing.world.ids.decode(id) {
        Some((Sort::Schedule, n)) => u32::try_from(n)
            .ok()
            .filter(|n| writing.world.schedules.find(*n).is_some()),
        _ => None,
    }
    .ok_or_else(|| begun(Refusal::missing(404, "subscription schedule", id, "id")))
}

/// Gives a schedule other phases, metadata, or both.
pub(super) fn update(writing: &mut Writing<'_>, id: &str) -> Result<Value, Stop> {
    let form = writing.form;
    form.without(&["default_settings[]"])?;
    form.only(&[
        "phases[]",
        "end_behavior",
        "proration_behavior",
        "metadata[]",
    ])?;
    form.one_of("end_behavior", &["release"])?;
    form.one_of("proration_behavior", &["none"])?;
    form.metadata(None)?;
    let object = writing.find("subscription_schedule", "subscription schedule", id)?;
    let number = number(writing, id)?;
    let record = &writing.world.schedules[number];
    let Some(subscription) = record.subscription.filter(|_| !record.is_over()) else {
        return refuse(None, "This subscription schedule is over.");
    };
    let phases = phases(writing, subscription)?;
    let mut fields = Map::new();
    writing.change_metadata(&object, &mut fields)?;
    let fields = only_new(&object, fields);
    match phases {
        Some(phases) => {
            writing
                .world
                .change_with_next(("subscription_schedule", id), fields);
            writing
                .world
                .phases_by_request(number, phases, Some(writing.by));
        }
        None => writing.world.change(
            (
                "subscription_schedule",
                Some("subscription_schedule.updated"),
            ),
            id,
            fields,
            Some(writing.by),
        ),
    }
    writing.find("subscription_schedule", "subscription schedule", id)
}

/// The phases of a form; `None` where it has none.
fn phases(writing: &Writing<'_>, subscription: u32) -> Result<Option<Vec<Phase>>, Stop> {
    let form = writing.form;
    let places = form.places("phases");
    let mut phases: Vec<Phase> = Vec::new();
    for n in &places {
        let named = |field: &str| format!("phases[{n}][{field}]");
        form.fields_of(
            "phases",
            *n,
            &["start_date", "end_date", "duration", "items", "discounts"],
        )?;
        let start = match form.integer(&named("start_date"))? {
            Some(start) => start,
            None => phases
                .last()
                .map(|phase| phase.end)
                .ok_or_else(|| missing(&named("start_date")))?,
        };
        let end = match form.integer(&named("end_date"))? {
            Some(end) => end,
            None => {
                form.one_of(&format!("phases[{n}][duration][interval]"), &["month"])?;
                let months = form
                    .integer(&format!("phases[{n}][duration][interval_count]"))?
                    .and_then(|months| u32::try_from(months).ok())
                    .ok_or_else(|| missing(&named("end_date")))?;
                add_months(start, months)
            }
        };
        if end <= start || phases.last().is_some_and(|before| before.end != start) {
            return refuse(
                Some(&named("start_date")),
                "Phases must follow each other without a gap.",
            );
        }
        phases.push(Phase {
            start,
            end,
            items: held(writing, &named("items"), subscription)?,
            prorates: false,
            note: None,
        });
    }
    Ok(Some(phases).filter(|phases| !phases.is_empty()))
}

fn held(writing: &Writing<'_>, root: &str, subscription: u32) -> Result<Vec<(u32, u32)>, Stop> {
    let (form, world) = (writing.form, &*writing.world);
    let mut all = Vec::new();
    for n in form.places(root) {
        form.fields_of(root, n, &["price", "quantity", "discounts"])?;
        let name = format!("{root}[{n}][price]");
        let ix = price(writing, &name, form.required(&name)?, subscription)?;
        let term = world.catalogue.prices[ix].term;
        let own = world.subscriptions[subscription]
            .items
            .first()
            .and_then(|item| world.catalogue.prices[item.price].term);
        if term != own {
            let message =
                "The simulated merchant keeps the interval of a subscription in its schedules.";
            return Err(wrong(&name, message.to_owned()).into());
        }
        let quantity = form.integer(&format!("{root}[{n}][quantity]"))?;
        let quantity = quantity.and_then(|quantity| u32::try_from(quantity).ok());
        all.push((ix, quantity.unwrap_or(1)));
    }
    if all.is_empty() {
        return Err(missing(root).into());
    }
    Ok(all)
}

/// Lets a subscription go from its schedule.
pub(super) fn release(writing: &mut Writing<'_>, id: &str) -> Result<Value, Stop> {
    let form = writing.form;
    form.without(&["preserve_cancel_date"])?;
    form.only(&[])?;
    writing.find("subscription_schedule", "subscription schedule", id)?;
    let number = number(writing, id)?;
    let record = &writing.world.schedules[number];
    let Some(subscription) = record.subscription.filter(|_| !record.is_over()) else {
        return refuse(None, "This subscription schedule is over.");
    };
    writing
        .world
        .release_by_request(subscription, Some(writing.by));
    writing.find("subscription_schedule", "subscription schedule", id)
}
