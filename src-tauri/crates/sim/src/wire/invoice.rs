//! The JSON of invoices, invoice items and invoice payments.
//!
//! An invoice shows its first ten lines; the rest is had from its list of lines.

use serde_json::{Value, json};

use super::customer::MERCHANT;
use super::{empty, joined, list, with};
use crate::ids::{Sort, base62, nested};
use crate::record::{Invoice, InvoiceItem, InvoicePayment, InvoiceStatus};
use crate::stream::fold;
use crate::world::World;

/// Lines shown within the invoice itself.
const EMBEDDED: usize = 10;

impl World {
    pub(crate) fn invoice_json(&self, record: &Invoice) -> Value {
        joined(
            joined(self.invoice_head(record), self.invoice_parties(record)),
            self.invoice_sums(record),
        )
    }

    /// What opens the pages of an invoice to whoever knows it; a draft has none.
    pub(crate) fn drawing_code(&self, record: &Invoice) -> Option<String> {
        record.finalized_at.is_some().then(|| {
            base62(
                u128::from(fold(&[self.spec.seed, 9, u64::from(record.ix)])),
                11,
            )
        })
    }

    fn invoice_head(&self, record: &Invoice) -> Value {
        let id = self.id(Sort::Invoice, record.ix);
        let lines = (0u16..)
            .zip(record.lines.iter())
            .take(EMBEDDED)
            .map(|(n, line)| self.line_json(record, n, line))
            .collect();
        let mut lines = list(
            &format!("/v1/invoices/{id}/lines"),
            lines,
            record.lines.len() > EMBEDDED,
        );
        lines = with(lines, "total_count", json!(record.lines.len()));
        let parent = record.subscription.map(|subscription| {
            let mut details = json!({ "metadata": {}, "subscription": self.id(Sort::Subscription, subscription) });
            if let (Some(at), Some(details)) = (record.prorated_at, details.as_object_mut()) {
                details.insert("subscription_proration_date".to_owned(), json!(at));
            }
            with(json!({ "quote_details": null, "type": "subscription_details" }), "subscription_details", details)
        });
        let shown = self.drawing_code(record);
        let account = self.account_id();
        let head = json!({
            "id": id,
            "object": "invoice",
            "attempt_count": record.attempt_count,
            "attempted": record.attempt_count > 0 || record.paid_at.is_some(),
            "auto_advance": record.finalizes_at.is_some() || record.next_attempt.is_some(),
            "automatically_finalizes_at": record.finalizes_at,
            "billing_reason": record.reason,
            "collection_method": if record.send_invoice { "send_invoice" } else { "charge_automatically" },
            "created": record.created,
            "currency": record.currency.wire(),
            "discounts": record.discounts.iter().map(|discount| self.id(Sort::Discount, *discount)).collect::<Vec<_>>(),
            "due_date": record.due_date,
            "effective_at": record.finalized_at,
            "hosted_invoice_url": shown.as_ref().map(|code| format!("https://invoice.stripe.example/i/{account}/{code}")),
            "invoice_pdf": shown.as_ref().map(|code| format!("https://pay.stripe.example/invoice/{account}/{code}/pdf")),
            "next_payment_attempt": record.next_attempt,
            "number": record.number.map(|number| format!("{}-{number:04}", self.invoice_prefix(record.customer))),
            "period_end": record.period.1,
            "period_start": record.period.0,
            "status": record.status.wire(),
            "status_transitions": {
                "finalized_at": record.finalized_at,
                "marked_uncollectible_at": record.uncollectible_at,
                "paid_at": record.paid_at,
                "voided_at": record.voided_at,
            },
        });
        with(
            with(head, "lines", lines),
            "parent",
            parent.unwrap_or_default(),
        )
    }

    fn invoice_parties(&self, record: &Invoice) -> Value {
        let customer = &self.customers[record.customer];
        let automatic = record.tax.is_some();
        let parties = json!({
            "account_country": "US",
            "account_name": MERCHANT,
            "account_tax_ids": null,
            "application": null,
            "automatic_tax": {
                "disabled_reason": null,
                "enabled": automatic,
                "liability": automatic.then(|| json!({ "type": "self" })),
                "provider": automatic.then_some("stripe"),
                "status": automatic.then_some("complete"),
            },
            "custom_fields": null,
            "customer": self.id(Sort::Customer, record.customer),
            "customer_account": null,
            "customer_email": customer.name.email(record.email_changed),
            "customer_name": customer.name.shown(),
            "customer_phone": null,
            "customer_shipping": null,
            "customer_tax_exempt": "none",
            "customer_tax_ids": [],
            "default_payment_method": null,
            "default_source": null,
            "default_tax_rates": [],
            "description": null,
            "footer": null,
            "from_invoice": null,
            "issuer": { "type": "self" },
            "last_finalization_error": null,
            "latest_revision": null,
            "livemode": self.spec.livemode,
            "metadata": empty(),
            "on_behalf_of": null,
            "payment_settings": { "default_mandate": null, "payment_method_options": null, "payment_method_types": null },
            "receipt_number": null,
            "rendering": null,
            "shipping_cost": null,
            "shipping_details": null,
            "statement_descriptor": null,
            "test_clock": self.clock_id(record.customer),
            "webhooks_delivered_at": record.finalized_at.map(|_| record.created),
        });
        with(parties, "customer_address", self.address_json(customer))
    }

    fn invoice_sums(&self, record: &Invoice) -> Value {
        let mut per_discount: Vec<(u32, i64)> = Vec::new();
        for (discount, amount) in record.lines.iter().flat_map(|line| &line.discounts) {
            match per_discount.iter_mut().find(|(known, _)| known == discount) {
                Some((_, sum)) => *sum += amount,
                None => per_discount.push((*discount, *amount)),
            }
        }
        let discounts: Vec<Value> = per_discount
            .iter()
            .map(|(discount, amount)| json!({ "amount": amount, "discount": self.id(Sort::Discount, *discount) }))
            .collect();
        let inside = if record.tax.is_some_and(|tax| tax.inclusive) {
            record.tax_amount
        } else {
            0
        };
        let added = record.tax_amount - inside;
        let taxable: i64 = record
            .lines
            .iter()
            .filter_map(|line| line.tax)
            .map(|(_, taxable)| taxable)
            .sum();
        let mut sums = json!({
            "amount_due": record.amount_due,
            "amount_overpaid": 0,
            "amount_paid": record.amount_paid,
            "amount_remaining": record.amount_due - record.amount_paid,
            "amount_shipping": 0,
            "ending_balance": record.ending_balance,
            "post_payment_credit_notes_amount": record.credited_after,
            "pre_payment_credit_notes_amount": record.credited_before,
            "starting_balance": record.starting_balance,
            "subtotal": record.subtotal,
            "subtotal_excluding_tax": record.subtotal - inside,
            "total": record.total,
            "total_discount_amounts": discounts,
            "total_excluding_tax": record.total - added - inside,
            "total_pretax_credit_amounts": [],
            "total_taxes": record.tax.map_or_else(Vec::new, |tax| vec![self.tax_json(tax, record.tax_amount, taxable - inside)]),
        });
        if record.status == InvoiceStatus::Uncollectible
            && let Some(sums) = sums.as_object_mut()
        {
            sums.insert(
                "status_details".to_owned(),
                json!({ "uncollectible": { "reason": record.written_off_for } }),
            );
        }
        sums
    }

    pub(crate) fn invoice_item_json(&self, record: &InvoiceItem) -> Value {
        let product = self.catalogue.prices[record.price].product;
        let parent = record.subscription.map(|subscription| {
            let item = record.item.map(|item| self.id(Sort::SubscriptionItem, nested(subscription, item)));
            json!({
                "subscription_details": { "subscription": self.id(Sort::Subscription, subscription), "subscription_item": item },
                "type": "subscription_details",
            })
        });
        let mut value = json!({
            "id": self.id(Sort::InvoiceItem, record.ix),
            "object": "invoiceitem",
            "amount": record.amount,
            "currency": record.currency.wire(),
            "customer": self.id(Sort::Customer, record.customer),
            "customer_account": null,
            "date": record.created,
            "description": self.describe(record.price, record.quantity, record.proration.then_some(record.credit), record.period.0),
            "discountable": !record.proration,
            "discounts": [],
            "invoice": record.invoice.map(|invoice| self.id(Sort::Invoice, invoice)),
            "livemode": self.spec.livemode,
            "metadata": empty(),
            "net_amount": record.amount,
            "parent": parent,
            "period": { "end": record.period.1, "start": record.period.0 },
            "pricing": self.pricing_json(record.price, product),
            "proration": record.proration,
            "quantity": record.quantity,
            "quantity_decimal": record.quantity.to_string(),
            "tax_rates": [],
            "test_clock": self.clock_id(record.customer),
        });
        if let (true, Some(fields)) = (record.proration, value.as_object_mut()) {
            let credited = record.credited.map(|(invoice, line)| {
                json!({
                    "invoice_line_item_details": {
                        "invoice": self.id(Sort::Invoice, invoice),
                        "invoice_line_items": [self.id(Sort::LineItem, nested(invoice, line))],
                    },
                    "type": "invoice_line_items",
                })
            });
            fields.insert(
                "proration_details".to_owned(),
                json!({ "credited_items": credited, "discount_amounts": [] }),
            );
        }
        value
    }

    pub(crate) fn invoice_payment_json(&self, record: &InvoicePayment) -> Value {
        let status = match (record.paid_at, record.canceled_at) {
            (Some(_), _) => "paid",
            (None, Some(_)) => "canceled",
            (None, None) => "open",
        };
        json!({
            "id": self.id(Sort::InvoicePayment, record.ix),
            "object": "invoice_payment",
            "amount_paid": record.paid_at.map(|_| record.amount),
            "amount_requested": record.amount,
            "created": record.created,
            "currency": record.currency.wire(),
            "invoice": self.id(Sort::Invoice, record.invoice),
            "is_default": true,
            "livemode": self.spec.livemode,
            "payment": { "payment_intent": self.id(Sort::PaymentIntent, record.intent), "type": "payment_intent" },
            "status": status,
            "status_transitions": { "canceled_at": record.canceled_at, "paid_at": record.paid_at },
        })
    }
}
