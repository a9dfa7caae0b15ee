//! Invoices without a subscription: onboarding days and other single charges.
//!
//! They never count as recurring revenue, and some have more lines than an invoice shows at once.

use crate::calendar::DAY;
use crate::catalogue::Family;
use crate::life::Happening;
use crate::life::invoicing::{Bill, Occasion};
use crate::record::InvoiceItem;
use crate::world::World;

impl World {
    /// An invoice item of its own.
    pub(super) fn charge_item(&mut self, at: i64, customer: u32, price: u32, most: i64) -> u32 {
        let currency = self.customers[customer].currency;
        let quantity = self.dice(customer).between(1, most) as u32;
        let amount = self.catalogue.prices[price].amount(quantity);
        let item = self.invoice_items.push(|ix| InvoiceItem {
            ix,
            customer,
            subscription: None,
            item: None,
            created: at,
            amount,
            currency,
            price,
            quantity,
            period: (at, at),
            proration: false,
            credit: false,
            credited: None,
            invoice: None,
        });
        self.note_invoice_item(at, "invoiceitem.created", item, None);
        item
    }

    pub(super) fn bill_once(&mut self, at: i64, customer: u32, many_lines: bool) {
        let record = &self.customers[customer];
        let currency = record.currency;
        let Some(price) = self
            .catalogue
            .price(Family::Onboarding, currency, None)
            .filter(|_| record.deleted_at.is_none())
        else {
            return;
        };
        self.end_goodwill(at, customer);
        let dice = self.dice(customer);
        let lines = if many_lines {
            dice.between(11, 16)
        } else {
            dice.between(1, 3)
        };
        let (sent, again, delay) = (
            dice.per_mille(300),
            dice.per_mille(350),
            dice.between(20 * DAY, 150 * DAY),
        );
        let mut items = Vec::new();
        for _ in 0..lines {
            let item = self.charge_item(at, customer, price, 3);
            items.push(item);
        }
        let invoice = self.bill_items(at, customer, &items, sent);
        if sent {
            self.plan(customer, at, Happening::Finalize(invoice));
        } else {
            self.finalize(at, invoice);
            self.pay(at, invoice);
            self.complete_purchase(at, invoice);
        }
        if again {
            self.plan(
                customer,
                at + delay,
                Happening::OneOff {
                    many_lines: !many_lines,
                },
            );
        }
    }

    /// The draft of an invoice over waiting items.
    pub(super) fn bill_items(&mut self, at: i64, customer: u32, items: &[u32], sent: bool) -> u32 {
        let lines = items
            .iter()
            .map(|item| self.item_line(*item, false))
            .collect();
        let occasion = Occasion {
            reason: "manual",
            period: (at, at),
            finalizes_at: None,
            prorated_at: None,
        };
        let bill = Bill {
            customer,
            subscription: None,
            currency: self.customers[customer].currency,
            tax: None,
            send_invoice: sent,
            lines,
            discounts: Vec::new(),
        };
        self.write(at, bill, &occasion)
    }
}
