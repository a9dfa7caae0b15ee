//! Metadata, the one thing that can be written to every object.

use serde_json::{Map, Value};

use super::{Stop, Writing, only_new};

/// Collections to whose objects metadata can be written, and the notice that tells of it, where the provider gives one.
const NOTICES: [(&str, Option<&str>); 13] = [
    ("customers", Some("customer.updated")),
    ("products", Some("product.updated")),
    ("prices", Some("price.updated")),
    ("coupons", Some("coupon.updated")),
    ("promotion_codes", Some("promotion_code.updated")),
    ("subscriptions", Some("customer.subscription.updated")),
    ("invoices", Some("invoice.updated")),
    ("charges", Some("charge.updated")),
    ("payment_intents", None),
    ("refunds", Some("refund.updated")),
    ("disputes", Some("charge.dispute.updated")),
    ("credit_notes", Some("credit_note.updated")),
    ("payment_links", Some("payment_link.updated")),
];

/// Collections whose objects take metadata and give no notice of it, beside those above.
const SILENT: [&str; 1] = ["checkout/sessions"];

/// The notice of a change to an object of a collection.
pub(super) fn notice(collection: &str) -> Option<&'static str> {
    NOTICES
        .iter()
        .find(|(name, _)| *name == collection)
        .and_then(|(_, notice)| *notice)
}

/// Whether metadata can be written to objects of a collection.
pub(super) fn allowed(collection: &str) -> bool {
    SILENT.contains(&collection) || NOTICES.iter().any(|(name, _)| *name == collection)
}

/// Writes metadata and nothing else.
pub(super) fn update(
    writing: &mut Writing<'_>,
    collection: &str,
    (kind, called): (&'static str, &str),
    id: &str,
) -> Result<Value, Stop> {
    writing.form.only(&["metadata[]"])?;
    let mut fields = Map::new();
    // What is wrong with the parameters alone is said before the object is looked for.
    writing.form.metadata(None)?;
    let object = writing.find(kind, called, id)?;
    writing.change_metadata(&object, &mut fields)?;
    let changes = only_new(&object, fields);
    writing
        .world
        .change((kind, notice(collection)), id, changes, Some(writing.by));
    writing.find(kind, called, id)
}
