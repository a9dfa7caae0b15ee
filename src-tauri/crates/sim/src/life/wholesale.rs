//! Customers beside those asked for who buy by the piece: invoices so long that they come in many pages.
//!
//! They have no subscription and are worth nothing every month, so a world with them has the same truth as one without. There
//! is one for each two hundred ordinary customers, at least one in a world of fifty. Each buys three times: a short invoice
//! charged at once, a very long one that is sent and partly credited before it is paid, and another one charged at once that
//! uses up the credit given on the first.
//!
//! Invariant: their chance is their own, and nothing of them moves the dice of an ordinary customer.

use crate::calendar::{DAY, HOUR};
use crate::catalogue::Family;
use crate::life::Happening;
use crate::life::credit::Means;
use crate::record::InvoiceStatus;
use crate::stream::Stream;
use crate::world::{Temper, World};

impl World {
    /// What is planned from the start for customers beside those asked for.
    pub(crate) fn extras(&self) -> Vec<(i64, Happening)> {
        let count = if self.spec.customers < 50 {
            0
        } else {
            self.spec.customers.div_ceil(200)
        };
        let span = self.spec.now.timestamp() - self.start;
        let wholesale = (0..count).map(|number| {
            let mut dice = Stream::new(self.spec.seed, 43, u64::from(number));
            // Early enough that all three invoices are there in a world of a year.
            let at = self.start + dice.between(span / 10, span / 3);
            (at, Happening::Wholesale(number))
        });
        wholesale.chain(self.corners()).collect()
    }

    pub(super) fn come_wholesale(&mut self, at: i64, number: u32) {
        let stream = Stream::new(self.spec.seed, 44, u64::from(number));
        let customer = self.enrol(at, stream, Temper::Steady);
        let soon = self.dice(customer).between(HOUR, 3 * DAY);
        self.plan(customer, at + soon, Happening::Bulk { round: 0 });
    }

    pub(super) fn buy_in_bulk(&mut self, at: i64, customer: u32, round: u8) {
        let currency = self.customers[customer].currency;
        let Some(price) = self.catalogue.price(Family::Packs, currency, None) else {
            return;
        };
        let dice = self.dice(customer);
        let lines = match round {
            0 => dice.between(12, 40),
            1 => dice.between(101, 230),
            _ => dice.between(14, 90),
        };
        let (next, paid) = (
            dice.between(20 * DAY, 60 * DAY),
            dice.between(6 * DAY, 25 * DAY),
        );
        let items: Vec<u32> = (0..lines)
            .map(|_| self.charge_item(at, customer, price, 40))
            .collect();
        let sent = round == 1;
        let invoice = self.bill_items(at, customer, &items, sent);
        self.finalize(at, invoice);
        if sent {
            self.plan(customer, at + 2 * DAY, Happening::LowerBill(invoice));
            self.plan(customer, at + paid, Happening::PayByHand(invoice));
        } else {
            self.pay(at, invoice);
        }
        if round != 1 {
            self.plan(customer, at + 3 * DAY, Happening::CreditBack(invoice));
        }
        if round < 2 {
            self.plan(customer, at + next, Happening::Bulk { round: round + 1 });
        }
    }

    /// Some of what was billed had not been delivered: less is due.
    pub(super) fn lower_bill(&mut self, at: i64, invoice: u32) {
        let record = &self.invoices[invoice];
        let amount = record
            .currency
            .round(i128::from(record.amount_due) * 15, 100);
        if record.status == InvoiceStatus::Open && amount > 0 {
            self.credit(at, invoice, amount, Means::LessDue, Some("order_change"));
        }
    }

    /// Some of what was paid for was not good: it becomes credit.
    pub(super) fn credit_back(&mut self, at: i64, invoice: u32) {
        let record = &self.invoices[invoice];
        let amount = record
            .currency
            .round(i128::from(record.amount_paid) * 30, 100);
        if record.status == InvoiceStatus::Paid && amount > 0 {
            let reason = Some("product_unsatisfactory");
            self.credit(at, invoice, amount, Means::ToBalance, reason);
        }
    }
}
