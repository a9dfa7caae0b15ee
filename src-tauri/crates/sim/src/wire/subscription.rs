//! The JSON of subscriptions and their items.

use serde_json::{Value, json};

use super::{empty, joined, list, with};
use crate::ids::{Sort, nested};
use crate::record::{Item, Subscription};
use crate::world::World;

impl World {
    fn discount_ids(&self, discounts: &[u32]) -> Vec<String> {
        discounts
            .iter()
            .map(|discount| self.id(Sort::Discount, *discount))
            .collect()
    }

    pub(crate) fn item_json(&self, subscription: &Subscription, item: &Item) -> Value {
        let price = &self.catalogue.prices[item.price];
        let period = item.own_period.unwrap_or(subscription.period);
        let shown = json!({
            "id": self.id(Sort::SubscriptionItem, nested(subscription.ix, item.seq)),
            "object": "subscription_item",
            "billing_thresholds": null,
            "created": item.created,
            "current_period_end": period.1,
            "current_period_start": period.0,
            "current_trial": null,
            "discounts": self.discount_ids(&item.discounts),
            "metadata": empty(),
            "subscription": self.id(Sort::Subscription, subscription.ix),
            "tax_rates": [],
        });
        // What a meter counts has no quantity.
        let shown = if price.meter.is_none() {
            with(shown, "quantity", json!(item.quantity))
        } else {
            shown
        };
        with(
            with(shown, "plan", self.as_written(self.plan_json(price))),
            "price",
            self.as_written(self.price_json(price)),
        )
    }

    pub(crate) fn subscription_json(&self, record: &Subscription) -> Value {
        let id = self.id(Sort::Subscription, record.ix);
        let items = record
            .items
            .iter()
            .map(|item| self.item_json(record, item))
            .collect();
        let items = list(
            &format!("/v1/subscription_items?subscription={id}"),
            items,
            false,
        );
        let items = with(items, "total_count", json!(record.items.len()));
        let flexible = record
            .flexible
            .then(|| json!({ "proration_discounts": "included" }));
        let first = json!({
            "id": id,
            "object": "subscription",
            "application": null,
            "application_fee_percent": null,
            "automatic_tax": { "disabled_reason": null, "enabled": record.tax.is_some(), "liability": record.tax.map(|_| json!({ "type": "self" })) },
            "billing_cycle_anchor": record.anchor,
            "billing_cycle_anchor_config": null,
            "billing_mode": { "flexible": flexible, "type": if record.flexible { "flexible" } else { "classic" } },
            "billing_schedules": [],
            "billing_thresholds": null,
            "cancel_at": record.cancel_at,
            "cancel_at_period_end": record.cancel_at_period_end,
            "canceled_at": record.canceled_at,
            "cancellation_details": {
                "comment": null,
                "feedback": record.feedback,
                "feedback_option": null,
                "reason": record.cancel_reason,
            },
            "collection_method": if record.send_invoice { "send_invoice" } else { "charge_automatically" },
            "created": record.created,
            "currency": record.currency.wire(),
            "customer": self.id(Sort::Customer, record.customer),
            "customer_account": null,
            "days_until_due": record.send_invoice.then_some(30),
            "default_payment_method": null,
            "default_source": null,
            "default_tax_rates": [],
            "description": null,
            "discounts": self.discount_ids(&record.discounts),
        });
        let whole = with(
            joined(first, self.subscription_rest(record)),
            "items",
            items,
        );
        match record.paused {
            Some((why, at)) => with(
                whole,
                "status_details",
                json!({ "paused": { "subscription": { "type": why }, "transitioned_at": at, "type": "subscription" } }),
            ),
            None => whole,
        }
    }

    fn subscription_rest(&self, record: &Subscription) -> Value {
        json!({
            "ended_at": record.ended_at,
            "invoice_settings": {
                "account_tax_ids": null,
                "custom_fields": null,
                "description": null,
                "footer": null,
                "issuer": { "type": "self" },
            },
            "latest_invoice": record.latest_invoice.map(|invoice| self.id(Sort::Invoice, invoice)),
            "livemode": self.spec.livemode,
            "managed_payments": { "enabled": false },
            "metadata": empty(),
            "next_pending_invoice_item_invoice": null,
            "on_behalf_of": null,
            "pause_collection": record.pause_collection.map(|how| json!({ "behavior": how, "resumes_at": record.collects_at })),
            "payment_settings": {
                "payment_method_options": null,
                "payment_method_types": null,
                "save_default_payment_method": "off",
            },
            "pending_invoice_item_interval": null,
            "pending_setup_intent": null,
            "pending_update": null,
            "schedule": record.schedule.map(|schedule| self.id(Sort::Schedule, schedule)),
            "start_date": record.created,
            "status": record.status.wire(),
            "test_clock": self.clock_id(record.customer),
            "transfer_data": null,
            "trial_end": record.trial.map(|(_, end)| end),
            "trial_settings": { "end_behavior": { "billing_cycle_anchor": null, "missing_payment_method": record.missing_method } },
            "trial_start": record.trial.map(|(start, _)| start),
        })
    }
}
