//! The JSON of events: the object as it was, and what a change changed.

use serde_json::{Map, Value, json};

use super::{empty, with};
use crate::API_VERSION;
use crate::event::{Event, Snapshot};
use crate::ids::Sort;
use crate::world::World;
use crate::written::Seen;

impl World {
    fn snapshot_json(&self, snapshot: &Snapshot) -> Value {
        match snapshot {
            Snapshot::Customer(record) => {
                let mut then = record.clone();
                // The notice of a deletion shows the customer that was.
                then.deleted_at = None;
                self.customer_json(&then)
            }
            Snapshot::Subscription(record) => self.subscription_json(record),
            Snapshot::Invoice(record) => self.invoice_json(record),
            Snapshot::InvoiceItem(record) => self.invoice_item_json(record),
            Snapshot::InvoicePayment(record) => self.invoice_payment_json(record),
            Snapshot::Intent(record) => self.intent_json(record),
            Snapshot::Charge(record) => self.charge_json(record),
            Snapshot::Refund(record) => self.refund_json(record),
            Snapshot::Dispute(record) => self.dispute_json(record),
            Snapshot::Discount(record) => self.discount_json(record),
            Snapshot::CreditNote(record) => self.credit_note_json(record),
            Snapshot::Schedule(record) => self.schedule_json(record),
            Snapshot::Session(record) => self.session_json(record),
            Snapshot::Told(text) => serde_json::from_str(text).unwrap_or_default(),
        }
    }

    pub(crate) fn event_json(&self, event: &Event) -> Value {
        let seen =
            |snapshot: &Snapshot, seen| self.written.shown(self.snapshot_json(snapshot), seen);
        let object = seen(&event.after, Seen::After(event.number));
        let updated = event
            .before
            .as_ref()
            .filter(|_| event.kind.ends_with("updated"));
        let previous =
            updated.map(|before| changed(&seen(before, Seen::Before(event.number)), &object));
        let mut data = with(empty(), "object", object);
        if let Some(previous) = previous {
            data = with(data, "previous_attributes", Value::Object(previous));
        }
        let cause = self.written.cause(event.number);
        let notice = json!({
            "id": self.id(Sort::Event, event.number),
            "object": "event",
            "api_version": API_VERSION,
            "created": event.at,
            "livemode": self.spec.livemode,
            "pending_webhooks": 0,
            "request": {
                "id": cause.map(|cause| &cause.request),
                "idempotency_key": cause.and_then(|cause| cause.key.as_ref()),
            },
            "type": event.kind,
        });
        with(notice, "data", data)
    }
}

/// The old values of what differs; objects are compared field by field, lists as a whole.
fn changed(before: &Value, after: &Value) -> Map<String, Value> {
    let (Some(before), Some(after)) = (before.as_object(), after.as_object()) else {
        return Map::new();
    };
    before
        .iter()
        .filter_map(|(field, old)| match after.get(field) {
            Some(new) if new == old => None,
            Some(new) if old.is_object() && new.is_object() => {
                Some((field.clone(), Value::Object(changed(old, new))))
            }
            _ => Some((field.clone(), old.clone())),
        })
        .collect()
}
