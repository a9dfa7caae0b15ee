//! How an invoice is put together: lines, discounts, tax, sums.
//!
//! Discounts come off whole periods in order (the item's own, the subscription's as listed, the customer's only where the
//! subscription has none); tax is levied line by line on what is left. Every step rounds to what the currency can charge.
//!
//! Invariant: lines add up to the subtotal, their discounts to the discount, their taxes to the tax; the total is the
//! subtotal less discounts plus the tax that is not already inside.

use crate::coupon::Lasting;
use crate::currency::Currency;
use crate::record::{Invoice, InvoiceStatus, Item, Line, Source, Subscription, Tax};
use crate::stream::fold;
use crate::world::World;

/// What an invoice is made for.
pub(super) struct Occasion {
    pub(super) reason: &'static str,
    pub(super) period: (i64, i64),
    pub(super) finalizes_at: Option<i64>,
    pub(super) prorated_at: Option<i64>,
}

/// What is billed to whom.
pub(super) struct Bill {
    pub(super) customer: u32,
    pub(super) subscription: Option<u32>,
    pub(super) currency: Currency,
    pub(super) tax: Option<Tax>,
    pub(super) send_invoice: bool,
    pub(super) lines: Vec<Line>,
    /// The discounts the invoice carries; what they take off stands with the lines.
    pub(super) discounts: Vec<u32>,
}

impl World {
    /// The discounts that run on a subscription: its own, else the customer's.
    pub(super) fn running_discounts(&self, at: i64, subscription: u32) -> Vec<u32> {
        let record = &self.subscriptions[subscription];
        let own: Vec<u32> = record
            .discounts
            .iter()
            .copied()
            .filter(|discount| self.discounts[*discount].runs(at))
            .collect();
        if own.is_empty() {
            self.customers[record.customer]
                .discount
                .into_iter()
                .filter(|discount| self.discounts[*discount].runs(at))
                .collect()
        } else {
            own
        }
    }

    /// Lines for a whole period of every item.
    pub(super) fn period_lines(&self, record: &Subscription, trial: bool) -> Vec<Line> {
        let due = |item: &&Item| {
            item.own_period
                .is_none_or(|(start, _)| start == record.period.0)
        };
        let line = |item: &Item| {
            let (quantity, period) = self.billed(record, item);
            Line {
                source: if trial {
                    Source::Trial { item: item.seq }
                } else {
                    Source::Period { item: item.seq }
                },
                amount: if trial {
                    0
                } else {
                    self.catalogue.prices[item.price].amount(quantity)
                },
                price: item.price,
                quantity,
                period,
                discounts: Vec::new(),
                tax: None,
                credited: None,
            }
        };
        record.items.iter().filter(due).map(line).collect()
    }

    /// How much of an item is billed, and for when. Usage is billed when it is over; there is none before the start.
    fn billed(&self, record: &Subscription, item: &Item) -> (u32, (i64, i64)) {
        let price = &self.catalogue.prices[item.price];
        if price.meter.is_none() {
            return (item.quantity, item.own_period.unwrap_or(record.period));
        }
        let Some(earlier) = record.cycles.checked_sub(1) else {
            return (0, record.period);
        };
        let used = fold(&[self.spec.seed, 53, u64::from(record.ix), u64::from(earlier)]) % 900;
        let start = price.term.unwrap_or_default().after(record.anchor, earlier);
        (100 + used as u32, (start, record.period.0))
    }

    /// The line an invoice item becomes.
    pub(super) fn item_line(&self, invoice_item: u32, at_once: bool) -> Line {
        let record = &self.invoice_items[invoice_item];
        let source = match record.item {
            Some(item) if at_once => Source::AtOnce { invoice_item, item },
            Some(_) => Source::Waiting { invoice_item },
            None => Source::OneOff { invoice_item },
        };
        Line {
            source,
            amount: record.amount,
            price: record.price,
            quantity: record.quantity,
            period: record.period,
            discounts: Vec::new(),
            tax: None,
            credited: record.credited,
        }
    }

    /// Takes discounts off the whole-period lines and says which discounts the invoice carries.
    fn take_discounts(
        &self,
        at: i64,
        subscription: u32,
        currency: Currency,
        lines: &mut [Line],
    ) -> Vec<u32> {
        let record = &self.subscriptions[subscription];
        for line in lines.iter_mut() {
            if let Source::Period { item: seq } = line.source {
                let own = record
                    .items
                    .iter()
                    .find(|item| item.seq == seq)
                    .map_or(&[][..], |item| &item.discounts);
                for discount in own {
                    self.take(at, *discount, currency, std::slice::from_mut(line));
                }
            }
        }
        let running = self.running_discounts(at, subscription);
        for discount in &running {
            self.take(at, *discount, currency, lines);
        }
        running
    }

    fn take(&self, at: i64, discount: u32, currency: Currency, lines: &mut [Line]) {
        let record = &self.discounts[discount];
        let Some(coupon) = self
            .coupons
            .get(record.coupon as usize)
            .filter(|_| record.runs(at))
        else {
            return;
        };
        let covered = |line: &Line| {
            matches!(line.source, Source::Period { .. })
                && coupon.covers(self.catalogue.prices[line.price].product)
        };
        let mut left: i64 = lines.iter().filter(|line| covered(line)).map(left_of).sum();
        let mut off = coupon.amount_off(currency).unwrap_or(0).min(left);
        for line in lines.iter_mut().filter(|line| covered(line)) {
            let rest = left_of(line);
            let amount = match coupon.percent {
                Some(percent) => currency.round(i128::from(rest) * i128::from(percent), 100),
                // The share of what is still to be taken; the last line takes what rounding left over.
                None => currency.round(i128::from(off) * i128::from(rest), i128::from(left.max(1))),
            };
            left -= rest;
            off -= amount;
            line.discounts.push((discount, amount));
        }
    }

    /// Writes a draft for a subscription from lines, its waiting invoice items first when `waiting`.
    pub(super) fn draft(
        &mut self,
        at: i64,
        subscription: u32,
        lines: Vec<Line>,
        waiting: bool,
        occasion: &Occasion,
    ) -> u32 {
        let record = &self.subscriptions[subscription];
        let (customer, tax, send_invoice) = (record.customer, record.tax, record.send_invoice);
        let currency = record.currency;
        let taken: Vec<u32> = if waiting {
            record.pending.clone()
        } else {
            Vec::new()
        };
        let mut all: Vec<Line> = taken
            .iter()
            .map(|item| self.item_line(*item, false))
            .collect();
        all.extend(lines);
        let discounts = self.take_discounts(at, subscription, currency, &mut all);
        let bill = Bill {
            customer,
            subscription: Some(subscription),
            currency,
            tax,
            send_invoice,
            lines: all,
            discounts,
        };
        let ix = self.write(at, bill, occasion);
        let record = &mut self.subscriptions[subscription];
        record.pending.retain(|item| !taken.contains(item));
        record.latest_invoice = Some(ix);
        let written = self.invoices[ix].lines.clone();
        for (number, line) in (0u16..).zip(written.iter()) {
            if let Source::Period { item: seq } = line.source
                && let Some(item) = self.subscriptions[subscription]
                    .items
                    .iter_mut()
                    .find(|item| item.seq == seq)
            {
                item.billed = Some((ix, number));
            }
        }
        if written
            .iter()
            .any(|line| matches!(line.source, Source::Period { .. }))
        {
            self.drop_used_up(at, subscription);
        }
        ix
    }

    /// A discount for one use leaves with the invoice that used it.
    fn drop_used_up(&mut self, at: i64, subscription: u32) {
        let once = |world: &Self, discount: u32| {
            world
                .coupons
                .get(world.discounts[discount].coupon as usize)
                .is_some_and(|coupon| coupon.lasting == Lasting::Once)
        };
        let used: Vec<u32> = self.subscriptions[subscription]
            .discounts
            .iter()
            .copied()
            .filter(|discount| once(self, *discount))
            .collect();
        for discount in used {
            self.subscriptions[subscription]
                .discounts
                .retain(|held| *held != discount);
            self.note_discount(at, "customer.discount.deleted", discount, None);
        }
    }

    /// Writes a draft for a customer.
    pub(super) fn write(&mut self, at: i64, bill: Bill, occasion: &Occasion) -> u32 {
        let Bill {
            customer,
            subscription,
            currency,
            tax,
            send_invoice,
            mut lines,
            discounts,
        } = bill;
        for line in &mut lines {
            let taxable = left_of(line);
            line.tax = tax.map(|tax| (tax_on(currency, tax, taxable), taxable));
        }
        let sums = Sums::of(&lines, tax);
        let (starting_balance, email_changed) = (
            self.balance_in(customer, currency),
            self.customers[customer].email_changed,
        );
        let invoice_items: Vec<u32> = lines
            .iter()
            .filter_map(|line| line.source.invoice_item())
            .collect();
        let ix = self.invoices.push(|ix| Invoice {
            ix,
            customer,
            subscription,
            created: at,
            reason: occasion.reason,
            status: InvoiceStatus::Draft,
            currency,
            lines: lines.into(),
            discounts,
            subtotal: sums.subtotal,
            discounted: sums.discounted,
            tax_amount: sums.tax_amount,
            tax,
            total: sums.total,
            starting_balance,
            ending_balance: None,
            amount_due: (sums.total + starting_balance).max(0),
            amount_paid: 0,
            attempt_count: 0,
            next_attempt: occasion.finalizes_at.filter(|_| !send_invoice),
            number: None,
            finalizes_at: occasion.finalizes_at,
            finalized_at: None,
            paid_at: None,
            voided_at: None,
            uncollectible_at: None,
            due_date: None,
            period: occasion.period,
            send_invoice,
            email_changed,
            prorated_at: occasion.prorated_at,
            payment: None,
            credited_before: 0,
            credited_after: 0,
            credit_notes: 0,
            written_off_for: "max_payment_attempts",
        });
        for item in invoice_items {
            self.invoice_items[item].invoice = Some(ix);
        }
        self.note_invoice(at, "invoice.created", ix, None);
        ix
    }
}

/// What the lines of an invoice add up to.
struct Sums {
    subtotal: i64,
    discounted: i64,
    tax_amount: i64,
    total: i64,
}

impl Sums {
    fn of(lines: &[Line], tax: Option<Tax>) -> Self {
        let subtotal: i64 = lines.iter().map(|line| line.amount).sum();
        let left: i64 = lines.iter().map(left_of).sum();
        let tax_amount = lines
            .iter()
            .filter_map(|line| line.tax)
            .map(|(amount, _)| amount)
            .sum();
        let added = if tax.is_some_and(|tax| tax.inclusive) {
            0
        } else {
            tax_amount
        };
        Self {
            subtotal,
            discounted: subtotal - left,
            tax_amount,
            total: left + added,
        }
    }
}

/// What discounts have left of a line.
pub(super) fn left_of(line: &Line) -> i64 {
    line.amount - line.discounts.iter().map(|(_, amount)| amount).sum::<i64>()
}

fn tax_on(currency: Currency, tax: Tax, amount: i64) -> i64 {
    let rate = i128::from(tax.rate);
    currency.round(
        i128::from(amount) * rate,
        if tax.inclusive { 100 + rate } else { 100 },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tax_is_added_or_found_inside() {
        let table = [
            (false, 10_000, 1_900),
            (true, 11_900, 1_900),
            (false, -5_005, -951),
        ];
        for (inclusive, amount, expected) in table {
            assert_eq!(
                tax_on(
                    Currency::Eur,
                    Tax {
                        rate: 19,
                        inclusive
                    },
                    amount
                ),
                expected,
                "19 % on {amount}"
            );
        }
    }
}
