//! Subscriptions changed by requests: what they hold, what it costs, when they end, whether anybody collects.
//!
//! A request may say one thing beside metadata and description; the provider takes several at once, which nobody needs here.

use serde_json::{Map, Value, json};

use super::items;
use super::{Stop, Writing, begun, only_new};
use crate::http::error::Refusal;
use crate::ids::Sort;
use crate::life::request::Prorated;
use crate::record::Status;

/// What the provider knows of subscriptions and the simulated merchant does not do on request.
const UNSUPPORTED: [&str; 20] = [
    "add_invoice_items[]",
    "application_fee_percent",
    "automatic_tax[]",
    "billing_cycle_anchor[]",
    "billing_thresholds[]",
    "cancel_at",
    "collection_method",
    "days_until_due",
    "default_payment_method",
    "default_source",
    "default_tax_rates[]",
    "invoice_settings[]",
    "off_session",
    "on_behalf_of",
    "payment_settings[]",
    "pending_invoice_item_interval[]",
    "transfer_data[]",
    "trial_from_plan",
    "trial_settings[]",
    "cancellation_details[feedback_option]",
];
const KNOWN: [&str; 11] = [
    "metadata[]",
    "description",
    "cancel_at_period_end",
    "cancellation_details[]",
    "pause_collection[]",
    "trial_end",
    "items[]",
    "discounts[]",
    "proration_behavior",
    "proration_date",
    "payment_behavior",
];

/// What a request wants of a subscription.
enum Wish {
    Nothing,
    End(bool),
    Collect(Option<(&'static str, Option<i64>)>),
    Trial(Option<i64>),
    Items,
    Discount(Option<(u32, Option<u32>)>),
}

/// The number behind an id in the path.
pub(super) fn number(writing: &Writing<'_>, id: &str) -> Result<u32, Stop> {
    match writing.world.ids.decode(id) {
        Some((Sort::Subscription, n)) => u32::try_from(n)
            .ok()
            .filter(|n| writing.world.subscriptions.find(*n).is_some()),
        _ => None,
    }
    .ok_or_else(|| begun(Refusal::missing(404, "subscription", id, "id")))
}

fn refuse<T>(param: Option<&str>, message: &str) -> Result<T, Stop> {
    Err(begun(Refusal::invalid(
        400,
        None,
        param,
        message.to_owned(),
    )))
}

/// How the rest of a period is billed.
pub(super) fn prorated(writing: &Writing<'_>, name: &str) -> Result<Prorated, Refusal> {
    let words = ["create_prorations", "always_invoice", "none"];
    Ok(match writing.form.one_of(name, &words)? {
        Some("always_invoice") => Prorated::AtOnce,
        Some("none") => Prorated::Not,
        _ => Prorated::Waiting,
    })
}

pub(super) fn update(writing: &mut Writing<'_>, id: &str) -> Result<Value, Stop> {
    let form = writing.form;
    form.without(&UNSUPPORTED)?;
    form.only(&KNOWN)?;
    let wish = wish(writing)?;
    form.metadata(None)?;
    let object = writing.find("subscription", "subscription", id)?;
    let number = number(writing, id)?;
    if writing.world.subscriptions[number].status.ended()
        && (!matches!(wish, Wish::Nothing) || form.get("description").is_some())
    {
        let message =
            "A canceled subscription can only update its cancellation_details and metadata.";
        return refuse(None, message);
    }
    let mut fields = Map::new();
    writing.change_texts(&["description"], &mut fields);
    writing.change_metadata(&object, &mut fields)?;
    let fields = only_new(&object, fields);
    if done_already(&wish, &object) {
        writing.world.change(
            ("subscription", Some("customer.subscription.updated")),
            id,
            fields,
            Some(writing.by),
        );
        return writing.find("subscription", "subscription", id);
    }
    check(writing, number, &wish)?;
    // One notice tells of all of it: the fields are laid quietly below the one about the rest.
    writing.world.change_with_next(("subscription", id), fields);
    carry_out(writing, number, wish)?;
    writing.find("subscription", "subscription", id)
}

/// Whether nothing but the fields is left to be changed.
fn done_already(wish: &Wish, object: &Value) -> bool {
    match wish {
        Wish::Nothing => true,
        Wish::End(ends) => object.get("cancel_at_period_end") == Some(&Value::Bool(*ends)),
        Wish::Collect(None) => object.get("pause_collection").is_none_or(Value::is_null),
        Wish::Discount(None) => object
            .get("discounts")
            .and_then(Value::as_array)
            .is_none_or(Vec::is_empty),
        _ => false,
    }
}

fn wish(writing: &Writing<'_>) -> Result<Wish, Stop> {
    let form = writing.form;
    let mut all = Vec::new();
    if let Some(ends) = form.flag("cancel_at_period_end")? {
        all.push(Wish::End(ends));
    }
    if form.get("pause_collection").is_some_and(str::is_empty) {
        all.push(Wish::Collect(None));
    }
    let words = ["void", "keep_as_draft", "mark_uncollectible"];
    if let Some(how) = form.one_of("pause_collection[behavior]", &words)? {
        let until = form.integer("pause_collection[resumes_at]")?;
        all.push(Wish::Collect(Some((how, until))));
    }
    match form.get("trial_end") {
        Some("now") => all.push(Wish::Trial(None)),
        Some(_) => all.push(Wish::Trial(form.integer("trial_end")?)),
        None => {}
    }
    if form.speaks_of("items") {
        all.push(Wish::Items);
    }
    if form.get("discounts").is_some_and(str::is_empty) {
        all.push(Wish::Discount(None));
    } else if form.speaks_of("discounts") {
        all.push(Wish::Discount(Some(items::coupon(writing)?)));
    }
    let wish = all.pop().unwrap_or(Wish::Nothing);
    if all.is_empty() {
        return Ok(wish);
    }
    let message = "The simulated merchant changes one thing at a time.";
    Err(Refusal::invalid(400, None, None, message.to_owned()).into())
}

fn check(writing: &Writing<'_>, number: u32, wish: &Wish) -> Result<(), Stop> {
    let (world, form) = (&*writing.world, writing.form);
    let record = &world.subscriptions[number];
    match wish {
        Wish::Collect(Some((_, Some(until)))) if *until <= world.now => refuse(
            Some("pause_collection[resumes_at]"),
            "Invalid timestamp: must be in the future",
        ),
        Wish::Trial(None) if record.status != Status::Trialing => refuse(
            Some("trial_end"),
            "This subscription is not in a trial period.",
        ),
        Wish::Trial(Some(end)) if *end <= world.now => refuse(
            Some("trial_end"),
            "Invalid timestamp: must be an integer Unix timestamp in the future.",
        ),
        Wish::Trial(Some(_)) if !matches!(record.status, Status::Active | Status::Trialing) => {
            refuse(
                Some("trial_end"),
                "The trial of this subscription cannot be changed.",
            )
        }
        Wish::Items => {
            if record.schedule.is_some() {
                return refuse(
                    Some("items"),
                    "The subscription is managed by a subscription schedule, and updating any items directly is not allowed.",
                );
            }
            let from = form.integer("proration_date")?.unwrap_or(world.now);
            if from < record.period.0 || from > record.period.1 {
                return refuse(
                    Some("proration_date"),
                    "Cannot specify a proration_date outside of the current period.",
                );
            }
            let edits = items::edits(writing, "items", number)?;
            let bills = prorated(writing, "proration_behavior")? == Prorated::AtOnce
                || world.turns(number, &edits);
            if bills && !record.send_invoice && world.declines(record.customer) {
                return Err(begun(declined()));
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

/// 402 for a card that nothing can be charged to.
pub(super) fn declined() -> Refusal {
    Refusal::of_kind(
        "card_error",
        402,
        Some("card_declined"),
        "Your card was declined.".to_owned(),
    )
}

fn carry_out(writing: &mut Writing<'_>, number: u32, wish: Wish) -> Result<(), Stop> {
    let by = Some(writing.by);
    match wish {
        Wish::Nothing => {}
        Wish::End(ends) => writing.world.end_with_period(number, ends, by),
        Wish::Collect(pause) => writing.world.collect_by_request(number, pause, by),
        Wish::Trial(None) => writing.world.end_trial_by_request(number, by),
        Wish::Trial(Some(end)) => writing.world.set_trial_by_request(number, end, by),
        Wish::Items => {
            let edits = items::edits(writing, "items", number)?;
            let how = prorated(writing, "proration_behavior")?;
            let from = writing.form.integer("proration_date")?;
            let from = from.unwrap_or(writing.world.now);
            writing
                .world
                .change_by_request(number, &edits, (how, from), by);
        }
        Wish::Discount(coupon) => writing.world.discount_by_request(number, coupon, by),
    }
    Ok(())
}

/// Ends a subscription at once.
pub(super) fn cancel(writing: &mut Writing<'_>, id: &str) -> Result<Value, Stop> {
    let form = writing.form;
    form.without(&["invoice_now", "prorate"])?;
    form.only(&[
        "cancellation_details[comment]",
        "cancellation_details[feedback]",
    ])?;
    writing.find("subscription", "subscription", id)?;
    let number = number(writing, id)?;
    if writing.world.subscriptions[number].status.ended() {
        return Err(begun(Refusal::missing(404, "subscription", id, "id")));
    }
    writing.world.cancel_by_request(number, Some(writing.by));
    writing.find("subscription", "subscription", id)
}

/// Pauses a subscription itself.
pub(super) fn pause(writing: &mut Writing<'_>, id: &str) -> Result<Value, Stop> {
    let form = writing.form;
    form.without(&["bill_for[]", "invoicing_behavior"])?;
    form.only(&["type"])?;
    form.one_of("type", &["subscription"])?;
    writing.find("subscription", "subscription", id)?;
    let number = number(writing, id)?;
    let record = &writing.world.subscriptions[number];
    if !record.flexible {
        return refuse(
            None,
            "Pausing is only supported for subscriptions whose billing_mode is flexible.",
        );
    }
    if record.schedule.is_some() {
        return refuse(None, "A subscription with a schedule cannot be paused.");
    }
    if !matches!(
        record.status,
        Status::Active | Status::Trialing | Status::PastDue
    ) {
        return refuse(
            None,
            &format!(
                "A subscription that is {} cannot be paused.",
                record.status.wire()
            ),
        );
    }
    writing.world.pause_by_request(number, Some(writing.by));
    writing.find("subscription", "subscription", id)
}

/// Lets a paused subscription go on.
pub(super) fn resume(writing: &mut Writing<'_>, id: &str) -> Result<Value, Stop> {
    let form = writing.form;
    form.without(&["payment_behavior", "proration_behavior", "proration_date"])?;
    form.only(&["billing_cycle_anchor[type]"])?;
    form.one_of("billing_cycle_anchor[type]", &["now"])?;
    writing.find("subscription", "subscription", id)?;
    let number = number(writing, id)?;
    let record = &writing.world.subscriptions[number];
    if record.status != Status::Paused {
        return refuse(
            None,
            "You can only resume subscriptions whose status is `paused`.",
        );
    }
    if writing.world.declines(record.customer) {
        return Err(begun(declined()));
    }
    writing.world.resume_by_request(number, Some(writing.by));
    writing.find("subscription", "subscription", id)
}

/// The bill that would follow from a change, which is made on a copy of the world and nowhere else.
pub(super) fn preview(writing: &Writing<'_>) -> Result<Value, Stop> {
    let form = writing.form;
    form.only(&[
        "subscription",
        "subscription_details[items][]",
        "subscription_details[proration_behavior]",
        "subscription_details[proration_date]",
    ])?;
    let id = form.required("subscription")?.to_owned();
    let number = number(writing, &id)?;
    let mut copy = writing.world.clone();
    let how = prorated(writing, "subscription_details[proration_behavior]")?;
    let from = form.integer("subscription_details[proration_date]")?;
    let from = from.unwrap_or(copy.now);
    let record = &copy.subscriptions[number];
    if record.status.ended() {
        return Err(begun(nothing_ahead()));
    }
    if from < record.period.0 || from > record.period.1 {
        return refuse(
            Some("subscription_details[proration_date]"),
            "Cannot specify a proration_date outside of the current period.",
        );
    }
    let edits = items::edits(writing, "subscription_details[items]", number)?;
    let at_once = copy.change_by_request(number, &edits, (how, from), None);
    let invoice = at_once
        .or_else(|| copy.next_bill(number))
        .ok_or_else(|| begun(nothing_ahead()))?;
    let shown = copy.id(Sort::Invoice, invoice);
    let mut value = copy.object(&shown).unwrap_or_default();
    if let Some(object) = value.as_object_mut() {
        object.insert("id".to_owned(), json!(format!("upcoming_{shown}")));
        object.insert("status".to_owned(), json!("draft"));
    }
    Ok(value)
}

fn nothing_ahead() -> Refusal {
    Refusal::invalid(
        404,
        Some("invoice_upcoming_none"),
        None,
        "No upcoming invoices for customer.".to_owned(),
    )
}
