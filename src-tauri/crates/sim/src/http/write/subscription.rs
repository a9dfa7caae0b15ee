//! Subscriptions changed by requests: metadata, description, and whether they end with their period.

use serde_json::{Map, Value};

use super::{Stop, Writing, begun, only_new};
use crate::http::error::Refusal;
use crate::ids::Sort;

/// What the provider knows of subscriptions and the simulated merchant does not yet do on request.
const UNSUPPORTED: [&str; 25] = [
    "add_invoice_items[]",
    "application_fee_percent",
    "automatic_tax[]",
    "billing_cycle_anchor[]",
    "billing_thresholds[]",
    "cancel_at",
    "cancellation_details[]",
    "collection_method",
    "days_until_due",
    "default_payment_method",
    "default_source",
    "default_tax_rates[]",
    "discounts[]",
    "invoice_settings[]",
    "items[]",
    "off_session",
    "pause_collection[]",
    "payment_behavior",
    "payment_settings[]",
    "pending_invoice_item_interval[]",
    "proration_behavior",
    "proration_date",
    "trial_end",
    "trial_from_plan",
    "trial_settings[]",
];

pub(super) fn update(writing: &mut Writing<'_>, id: &str) -> Result<Value, Stop> {
    let form = writing.form;
    form.without(&UNSUPPORTED)?;
    form.only(&["metadata[]", "description", "cancel_at_period_end"])?;
    let ends = form.flag("cancel_at_period_end")?;
    form.metadata(None)?;
    let object = writing.find("subscription", "subscription", id)?;
    let number = match writing.world.ids.decode(id) {
        Some((Sort::Subscription, n)) => n as u32,
        _ => return Err(begun(Refusal::missing(404, "subscription", id, "id"))),
    };
    let ended = writing
        .world
        .subscriptions
        .find(number)
        .is_none_or(|record| record.status.ended());
    if ended && (ends.is_some() || form.get("description").is_some()) {
        let message =
            "A canceled subscription can only update its cancellation_details and metadata.";
        return Err(begun(Refusal::invalid(400, None, None, message.to_owned())));
    }
    let mut fields = Map::new();
    writing.change_texts(&["description"], &mut fields);
    writing.change_metadata(&object, &mut fields)?;
    let fields = only_new(&object, fields);
    let by = Some(writing.by);
    match ends {
        // One notice tells of both: the fields are laid quietly below the one about the end.
        Some(ends) if object.get("cancel_at_period_end") != Some(&Value::Bool(ends)) => {
            writing.world.change_with_next(("subscription", id), fields);
            writing.world.end_with_period(number, ends, by);
        }
        _ => writing.world.change(
            ("subscription", Some("customer.subscription.updated")),
            id,
            fields,
            by,
        ),
    }
    writing.find("subscription", "subscription", id)
}
