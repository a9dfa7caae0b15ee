//! The JSON of subscription schedules.

use serde_json::{Value, json};

use super::{empty, with};
use crate::ids::Sort;
use crate::record::{Phase, Schedule};
use crate::world::World;

impl World {
    pub(crate) fn schedule_json(&self, record: &Schedule) -> Value {
        let named = record
            .subscription
            .map(|subscription| self.id(Sort::Subscription, subscription));
        let flexible = record
            .subscription
            .is_none_or(|subscription| self.subscriptions[subscription].flexible);
        let (subscription, released) = if record.released_at.is_some() {
            (None, named)
        } else {
            (named, None)
        };
        let current = record
            .current
            .filter(|_| !record.is_over())
            .and_then(|current| record.phases.get(current))
            .map(|phase| json!({ "end_date": phase.end, "start_date": phase.start }));
        let phases: Vec<Value> = record
            .phases
            .iter()
            .map(|phase| self.phase_json(record, phase))
            .collect();
        let schedule = json!({
            "id": self.id(Sort::Schedule, record.ix),
            "object": "subscription_schedule",
            "application": null,
            "billing_mode": {
                "flexible": flexible.then(|| json!({ "proration_discounts": "included" })),
                "type": if flexible { "flexible" } else { "classic" },
            },
            "canceled_at": record.canceled_at,
            "completed_at": record.completed_at,
            "created": record.created,
            "current_phase": current,
            "customer": self.id(Sort::Customer, record.customer),
            "customer_account": null,
            "default_settings": {
                "application_fee_percent": null,
                "automatic_tax": { "disabled_reason": null, "enabled": false, "liability": null },
                "billing_cycle_anchor": "automatic",
                "billing_thresholds": null,
                "collection_method": "charge_automatically",
                "default_payment_method": null,
                "description": null,
                "invoice_settings": {
                    "account_tax_ids": null,
                    "custom_fields": null,
                    "days_until_due": null,
                    "description": null,
                    "footer": null,
                    "issuer": { "type": "self" },
                },
                "on_behalf_of": null,
                "transfer_data": null,
            },
            "end_behavior": "release",
            "livemode": self.spec.livemode,
            "metadata": empty(),
            "pause_schedules": [],
            "released_at": record.released_at,
            "released_subscription": released,
            "status": record.status(),
            "subscription": subscription,
            "test_clock": self.clock_id(record.customer),
        });
        with(schedule, "phases", Value::Array(phases))
    }

    fn phase_json(&self, record: &Schedule, phase: &Phase) -> Value {
        let item = |(price, quantity): &(u32, u32)| {
            json!({
                "billing_thresholds": null,
                "discounts": [],
                "metadata": empty(),
                "plan": self.id(Sort::Price, *price),
                "price": self.id(Sort::Price, *price),
                "quantity": quantity,
                "tax_rates": [],
            })
        };
        json!({
            "add_invoice_items": [],
            "application_fee_percent": null,
            "billing_cycle_anchor": null,
            "billing_thresholds": null,
            "collection_method": null,
            "currency": record.currency.wire(),
            "default_payment_method": null,
            "default_tax_rates": [],
            "description": null,
            "discounts": [],
            "end_date": phase.end,
            "invoice_settings": null,
            "items": phase.items.iter().map(item).collect::<Vec<_>>(),
            "metadata": phase.note.map_or_else(empty, |note| json!({ "note": note })),
            "on_behalf_of": null,
            "proration_behavior": if phase.prorates { "create_prorations" } else { "none" },
            "start_date": phase.start,
            "transfer_data": null,
            "trial_end": null,
        })
    }
}
