//! The JSON of invoice lines and of what they share with invoice items.
//!
//! A line's parent says where it comes from, and that is all the provider keeps of a past state: a whole period of an item,
//! or a proration that was billed at once (both `subscription_item_details`), or a proration or charge that had waited as an
//! invoice item (`invoice_item_details`).

use chrono::DateTime;
use serde_json::{Value, json};

use super::{decimal, empty, with};
use crate::ids::{Sort, nested};
use crate::record::{Invoice, Line, Source, Tax};
use crate::world::World;

impl World {
    pub(crate) fn pricing_json(&self, price: u32, product: u32) -> Value {
        json!({
            "price_details": { "price": self.id(Sort::Price, price), "product": self.id(Sort::Product, product) },
            "type": "price_details",
            "unit_amount_decimal": self.catalogue.prices[price].scheme.unit_e4().map(decimal),
        })
    }

    /// What a line or an invoice item says it is; `proration` holds whether it is a credit.
    pub(crate) fn describe(
        &self,
        price: u32,
        quantity: u32,
        proration: Option<bool>,
        from: i64,
    ) -> String {
        let name = self.catalogue.products[self.catalogue.prices[price].product].name;
        let date = DateTime::from_timestamp(from, 0)
            .unwrap_or_default()
            .format("%d %b %Y");
        match proration {
            Some(true) => format!("Unused time on {quantity} × {name} after {date}"),
            Some(false) => format!("Remaining time on {quantity} × {name} after {date}"),
            None => format!("{quantity} × {name}"),
        }
    }

    pub(crate) fn tax_json(&self, tax: Tax, amount: i64, taxable: i64) -> Value {
        json!({
            "amount": amount,
            "tax_behavior": if tax.inclusive { "inclusive" } else { "exclusive" },
            "tax_rate_details": { "tax_rate": self.id(Sort::TaxRate, u64::from(tax.rate) * 2 + u64::from(tax.inclusive)) },
            "taxability_reason": "standard_rated",
            "taxable_amount": taxable,
            "type": "tax_rate_details",
        })
    }

    fn line_parent(&self, record: &Invoice, line: &Line) -> Value {
        let subscription = record
            .subscription
            .map(|subscription| self.id(Sort::Subscription, subscription));
        let credited = line.credited.map(|(invoice, number)| {
            json!({
                "invoice": self.id(Sort::Invoice, invoice),
                "invoice_line_items": [self.id(Sort::LineItem, nested(invoice, number))],
            })
        });
        let details = line
            .source
            .is_proration()
            .then(|| json!({ "credited_items": credited }));
        let invoice_item = line
            .source
            .invoice_item()
            .map(|item| self.id(Sort::InvoiceItem, item));
        match line.source {
            Source::Waiting { .. } | Source::OneOff { .. } => json!({
                "invoice_item_details": {
                    "invoice_item": invoice_item,
                    "proration": line.source.is_proration(),
                    "proration_details": details,
                    "subscription": subscription,
                },
                "subscription_item_details": null,
                "type": "invoice_item_details",
            }),
            Source::Period { item } | Source::Trial { item } | Source::AtOnce { item, .. } => {
                json!({
                    "invoice_item_details": null,
                    "subscription_item_details": {
                        "invoice_item": invoice_item,
                        "proration": line.source.is_proration(),
                        "proration_details": details,
                        "subscription": subscription,
                        "subscription_item": record.subscription.map(|outer| self.id(Sort::SubscriptionItem, nested(outer, item))),
                    },
                    "type": "subscription_item_details",
                })
            }
        }
    }

    pub(crate) fn line_json(&self, record: &Invoice, number: u16, line: &Line) -> Value {
        let product = self.catalogue.prices[line.price].product;
        let amounts: Vec<Value> = line
            .discounts
            .iter()
            .map(|(discount, amount)| json!({ "amount": amount, "discount": self.id(Sort::Discount, *discount) }))
            .collect();
        let own: Vec<String> = line
            .discounts
            .iter()
            .filter(|(discount, _)| self.discounts[*discount].item.is_some())
            .map(|(discount, _)| self.id(Sort::Discount, *discount))
            .collect();
        let taxes = record
            .tax
            .zip(line.tax)
            .map_or_else(Vec::new, |(tax, (amount, taxable))| {
                vec![self.tax_json(
                    tax,
                    amount,
                    if tax.inclusive {
                        taxable - amount
                    } else {
                        taxable
                    },
                )]
            });
        let item = line
            .source
            .invoice_item()
            .map(|item| &self.invoice_items[item]);
        let proration = item.filter(|item| item.proration).map(|item| item.credit);
        let described = self.describe(line.price, line.quantity, proration, line.period.0);
        let trial = matches!(line.source, Source::Trial { .. });
        let shown = json!({
            "id": self.id(Sort::LineItem, nested(record.ix, number)),
            "object": "line_item",
            "amount": line.amount,
            "currency": record.currency.wire(),
            "description": if trial { format!("Trial period for {described}") } else { described },
            "discount_amounts": amounts,
            "discountable": !line.source.is_proration(),
            "discounts": own,
            "invoice": self.id(Sort::Invoice, record.ix),
            "livemode": self.spec.livemode,
            "metadata": empty(),
            "period": { "end": line.period.1, "start": line.period.0 },
            "pretax_credit_amounts": [],
            "quantity": line.quantity,
            "quantity_decimal": line.quantity.to_string(),
            "subscription": record.subscription.map(|subscription| self.id(Sort::Subscription, subscription)),
            "subtotal": line.amount,
            "taxes": taxes,
        });
        let pricing = self.pricing_json(line.price, product);
        with(
            with(shown, "parent", self.line_parent(record, line)),
            "pricing",
            pricing,
        )
    }
}
