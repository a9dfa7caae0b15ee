//! The JSON of checkout sessions, payment links and what they sell, and of meters.
//!
//! What a session sells is left out until asked for, as at the provider. A session that was completed shows the sums of its
//! invoice; an open or expired one shows what its prices ask for, before tax and discounts.

use serde_json::{Value, json};

use super::{empty, joined, list};
use crate::calendar::DAY;
use crate::catalogue::{METERS, PAYMENT_LINKS};
use crate::ids::{Sort, base62, nested};
use crate::record::Session;
use crate::stream::fold;
use crate::world::World;

/// Items of payment links are numbered apart from those of sessions.
const LINKS: u32 = 1 << 31;

impl World {
    /// Subtotal, discount, tax and total.
    fn session_sums(&self, record: &Session) -> (i64, i64, i64, i64) {
        if let Some(invoice) = record.invoice.map(|invoice| &self.invoices[invoice]) {
            return (
                invoice.subtotal,
                invoice.discounted,
                invoice.tax_amount,
                invoice.total,
            );
        }
        let sum = record
            .items
            .iter()
            .map(|(price, quantity)| self.catalogue.prices[*price].amount(*quantity))
            .sum();
        (sum, 0, 0, sum)
    }

    pub(crate) fn session_json(&self, record: &Session) -> Value {
        let id = self.id(Sort::Session, record.ix);
        let (subtotal, discount, tax, total) = self.session_sums(record);
        let (status, paid) = match (record.completed_at, record.expired_at) {
            (Some(_), _) if record.trial || total == 0 => ("complete", "no_payment_required"),
            (Some(_), _) => ("complete", "paid"),
            (None, Some(_)) => ("expired", "unpaid"),
            (None, None) => ("open", "unpaid"),
        };
        let intent = record
            .invoice
            .filter(|_| !record.recurring)
            .and_then(|invoice| self.invoices[invoice].payment)
            .map(|payment| self.id(Sort::PaymentIntent, self.payments[payment].intent));
        let url = (status == "open").then(|| {
            let code = fold(&[self.spec.seed, 19, u64::from(record.ix)]);
            format!(
                "https://checkout.stripe.example/c/pay/{id}#{}",
                base62(u128::from(code), 11)
            )
        });
        let first = json!({
            "id": id,
            "object": "checkout.session",
            "amount_subtotal": subtotal,
            "amount_total": total,
            "automatic_tax": { "enabled": false, "liability": null, "provider": null, "status": null },
            "created": record.created,
            "currency": record.currency.wire(),
            "customer": record.customer.map(|customer| self.id(Sort::Customer, customer)),
            "customer_creation": (record.customer.is_none() && !record.recurring).then_some("always"),
            "customer_details": self.visitor_json(record),
            "expires_at": record.created + DAY,
            "invoice": record.invoice.map(|invoice| self.id(Sort::Invoice, invoice)),
            "livemode": self.spec.livemode,
            "mode": if record.recurring { "subscription" } else { "payment" },
            "payment_intent": intent,
            "payment_link": record.payment_link.map(|link| self.id(Sort::PaymentLink, link)),
            "payment_status": paid,
            "status": status,
            "subscription": record.subscription.map(|subscription| self.id(Sort::Subscription, subscription)),
            "total_details": { "amount_discount": discount, "amount_shipping": 0, "amount_tax": tax },
            "url": url,
        });
        joined(first, session_rest(record.recurring))
    }

    fn visitor_json(&self, record: &Session) -> Value {
        let Some(customer) = record.customer.map(|customer| &self.customers[customer]) else {
            return Value::Null;
        };
        let complete = record.completed_at.is_some();
        json!({
            "address": complete.then(|| self.address_json(customer)),
            "business_name": null,
            "email": customer.name.email(false),
            "individual_name": null,
            "name": complete.then(|| customer.name.person()),
            "phone": null,
            "tax_exempt": complete.then_some("none"),
            "tax_ids": complete.then(Vec::<Value>::new),
        })
    }

    /// What a session or a payment link sells.
    pub(crate) fn sold_items(&self, sort: Sort, n: u32) -> Option<Value> {
        let id = self.id(sort, n);
        let (path, first, items) = if sort == Sort::Session {
            ("checkout/sessions", n, self.sessions.find(n)?.items.clone())
        } else {
            let (family, currency, term, quantity, _) = PAYMENT_LINKS.get(n as usize)?;
            let price = self.catalogue.price(*family, *currency, *term)?;
            ("payment_links", LINKS | n, vec![(price, *quantity)])
        };
        let items = (0u16..)
            .zip(items)
            .map(|(place, sold)| self.sold_json(nested(first, place), sold))
            .collect();
        Some(list(&format!("/v1/{path}/{id}/line_items"), items, false))
    }

    fn sold_json(&self, number: u64, (price, quantity): (u32, u32)) -> Value {
        let record = &self.catalogue.prices[price];
        let amount = record.amount(quantity);
        json!({
            "id": self.id(Sort::SessionItem, number),
            "object": "item",
            "adjustable_quantity": null,
            "amount_discount": 0,
            "amount_subtotal": amount,
            "amount_tax": 0,
            "amount_total": amount,
            "currency": record.currency.wire(),
            "description": self.catalogue.products[record.product].name,
            "metadata": empty(),
            "price": self.price_json(record),
            "quantity": quantity,
        })
    }

    pub(crate) fn payment_link_json(&self, n: u32) -> Option<Value> {
        let (_, currency, term, _, active) = PAYMENT_LINKS.get(n as usize)?;
        let code = fold(&[self.spec.seed, 23, u64::from(n)]);
        let link = json!({
            "id": self.id(Sort::PaymentLink, n),
            "object": "payment_link",
            "active": active,
            "currency": currency.wire(),
            "livemode": self.spec.livemode,
            "url": format!("https://buy.stripe.example/{}", base62(u128::from(code), 14)),
        });
        Some(joined(link, link_rest(term.is_some())))
    }

    pub(crate) fn meter_json(&self, n: u32) -> Option<Value> {
        let (name, event, formula, key, active) = METERS.get(n as usize)?;
        let created = self.meter_created(n);
        let retired = (!active).then_some(created + 9 * DAY);
        Some(json!({
            "id": self.id(Sort::Meter, n),
            "object": "billing.meter",
            "created": created,
            "customer_mapping": { "event_payload_key": "stripe_customer_id", "type": "by_id" },
            "default_aggregation": { "formula": formula },
            "display_name": name,
            "event_name": event,
            "event_time_window": null,
            "livemode": self.spec.livemode,
            "status": if *active { "active" } else { "inactive" },
            "status_transitions": { "deactivated_at": retired },
            "updated": retired.unwrap_or(created),
            "value_settings": { "event_payload_key": key },
        }))
    }

    /// The meters were set up one after the other before the first customer came.
    pub(crate) fn meter_created(&self, n: u32) -> i64 {
        self.start - 15 * DAY + i64::from(n) * DAY
    }
}

/// What every session of ours says alike.
fn session_rest(recurring: bool) -> Value {
    json!({
        "adaptive_pricing": { "enabled": false },
        "after_expiration": null,
        "allow_promotion_codes": recurring.then_some(true),
        "allowed_payment_method_types": null,
        "billing_address_collection": "auto",
        "cancel_url": "https://foxglovedesk.example/pricing",
        "client_reference_id": null,
        "client_secret": null,
        "collected_information": null,
        "consent": null,
        "consent_collection": null,
        "currency_conversion": null,
        "custom_fields": [],
        "custom_text": { "after_submit": null, "shipping_address": null, "submit": null, "terms_of_service_acceptance": null },
        "customer_account": null,
        "customer_email": null,
        "discounts": [],
        "integration_identifier": null,
        "invoice_creation": (!recurring).then(|| json!({
            "enabled": true,
            "invoice_data": {
                "account_tax_ids": null,
                "custom_fields": null,
                "description": null,
                "footer": null,
                "issuer": null,
                "metadata": {},
                "rendering_options": null,
            },
        })),
        "locale": null,
        "managed_payments": { "enabled": false },
        "metadata": {},
        "origin_context": null,
        "payment_method_collection": recurring.then_some("always"),
        "payment_method_configuration_details": null,
        "payment_method_options": {},
        "payment_method_types": ["card"],
        "permissions": null,
        "phone_number_collection": { "enabled": false },
        "recovered_from": null,
        "saved_payment_method_options": null,
        "setup_intent": null,
        "shipping_address_collection": null,
        "shipping_cost": null,
        "shipping_options": [],
        "submit_type": null,
        "success_url": "https://foxglovedesk.example/welcome",
        "ui_mode": "hosted_page",
        "wallet_options": null,
    })
}

/// What every payment link of ours says alike.
fn link_rest(recurring: bool) -> Value {
    json!({
        "after_completion": { "hosted_confirmation": { "custom_message": null }, "type": "hosted_confirmation" },
        "allow_promotion_codes": false,
        "application": null,
        "application_fee_amount": null,
        "application_fee_percent": null,
        "automatic_tax": { "enabled": false, "liability": null },
        "billing_address_collection": "auto",
        "consent_collection": null,
        "custom_fields": [],
        "custom_text": { "after_submit": null, "shipping_address": null, "submit": null, "terms_of_service_acceptance": null },
        "customer_creation": if recurring { "always" } else { "if_required" },
        "inactive_message": null,
        "invoice_creation": (!recurring).then(|| json!({
            "enabled": true,
            "invoice_data": {
                "account_tax_ids": null,
                "custom_fields": null,
                "description": null,
                "footer": null,
                "issuer": null,
                "metadata": {},
                "rendering_options": null,
            },
        })),
        "managed_payments": null,
        "metadata": {},
        "on_behalf_of": null,
        "payment_intent_data": null,
        "payment_method_collection": "always",
        "payment_method_options": null,
        "payment_method_types": null,
        "phone_number_collection": { "enabled": false },
        "restrictions": null,
        "shipping_address_collection": null,
        "shipping_options": [],
        "submit_type": "auto",
        "subscription_data": recurring.then(|| json!({
            "description": null,
            "invoice_settings": {
                "account_tax_ids": null,
                "custom_fields": null,
                "description": null,
                "footer": null,
                "issuer": { "type": "self" },
            },
            "metadata": {},
            "trial_period_days": null,
            "trial_settings": null,
        })),
        "tax_id_collection": { "enabled": false, "required": "never" },
        "transfer_data": null,
    })
}
