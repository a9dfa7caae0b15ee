//! Changes of what a subscription holds, and the traces they leave.
//!
//! The provider keeps no history of a subscription. What remains of a change is a pair of prorations that starts at its
//! instant: credit for the old, debit for the new, waiting as invoice items until the next invoice or billed at once. A
//! change of the billing interval is different: it credits the unused time and bills a whole new period from that instant.
//!
//! Invariant: every change of a counting subscription leaves lines from which the state before and after can be told.

use crate::calendar::Term;
use crate::catalogue::{E4, Family};
use crate::life::Happening;
use crate::life::arrival::quantity;
use crate::record::{InvoiceItem, Item, Status};
use crate::world::World;

/// One side of a change.
pub(super) struct Side {
    price: u32,
    quantity: u32,
    pub(super) credit: bool,
}

/// What is done to one item.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Edit {
    Set { seq: u16, price: u32, quantity: u32 },
    Add { price: u32, quantity: u32 },
    Remove { seq: u16 },
}

impl World {
    /// Whether a subscription is in a state in which its owner would alter it.
    fn may_change(&self, at: i64, subscription: u32) -> bool {
        let record = &self.subscriptions[subscription];
        let fresh = record
            .pending
            .iter()
            .any(|item| self.invoice_items[*item].created == at);
        record.status == Status::Active
            && !record.cancel_at_period_end
            && !record.tax.is_some_and(|tax| tax.inclusive)
            && record.period.0 < at
            && at < record.period.1
            && !fresh
    }

    pub(super) fn change_seats(&mut self, at: i64, subscription: u32) {
        if !self.may_change(at, subscription) {
            return;
        }
        let record = &self.subscriptions[subscription];
        let customer = record.customer;
        let counted: Vec<(u16, u32, u32)> = record
            .items
            .iter()
            .filter(|item| self.is_counted(item.price))
            .map(|item| (item.seq, item.price, item.quantity))
            .collect();
        let dice = self.dice(customer);
        let (seq, price, old) = dice.pick(&counted);
        let span = i64::from(old / 4 + 2);
        let up = dice.per_mille(640);
        let by = dice.between(1, span) as u32;
        let at_once = dice.per_mille(300);
        let new = if up {
            old + by
        } else {
            old.saturating_sub(by).max(1)
        };
        if counted.is_empty() || new == old {
            return;
        }
        self.alter(
            at,
            subscription,
            &[Edit::Set {
                seq,
                price,
                quantity: new,
            }],
            at_once && up,
        );
    }

    pub(super) fn change_plan(&mut self, at: i64, subscription: u32) {
        if !self.may_change(at, subscription) {
            return;
        }
        let record = &self.subscriptions[subscription];
        let (customer, term) = (record.customer, self.term(subscription));
        let Some((seq, price, old)) = record
            .items
            .first()
            .map(|item| (item.seq, item.price, item.quantity))
        else {
            return;
        };
        let currency = self.subscriptions[subscription].currency;
        let family = self.catalogue.prices[price].family;
        let dice = self.dice(customer);
        let (up, at_once) = (dice.per_mille(640), dice.per_mille(450));
        let next = match (family, up) {
            (Family::Starter | Family::StarterFounding, _) | (Family::Business, false) => {
                Family::Team
            }
            (Family::Team, true) | (Family::Platform, _) => Family::Business,
            (Family::Team, false) => Family::Starter,
            (Family::Business, true) => Family::Platform,
            _ => return,
        };
        let wanted = match next {
            Family::Starter => 1,
            _ if old > 1 => old,
            other => quantity(other, dice),
        };
        if let Some(price) = self.catalogue.price(next, currency, Some(term)) {
            let held = self.held(subscription);
            self.alter(
                at,
                subscription,
                &[Edit::Set {
                    seq,
                    price,
                    quantity: wanted,
                }],
                at_once,
            );
            self.schedule_change(at, subscription, held);
        }
    }

    pub(super) fn change_add_on(&mut self, at: i64, subscription: u32) {
        if !self.may_change(at, subscription) {
            return;
        }
        let record = &self.subscriptions[subscription];
        let (customer, term) = (record.customer, self.term(subscription));
        let held: Vec<Family> = record
            .items
            .iter()
            .map(|item| self.catalogue.prices[item.price].family)
            .collect();
        let last = record
            .items
            .last()
            .filter(|_| record.items.len() > 1)
            .map(|item| item.seq);
        let currency = self.subscriptions[subscription].currency;
        let dice = self.dice(customer);
        let (add, at_once) = (dice.per_mille(620), dice.per_mille(300));
        let family = dice.pick(&[Family::Seats, Family::Storage, Family::Support]);
        let amount = quantity(family, dice);
        match last {
            Some(seq) if !add => self.alter(at, subscription, &[Edit::Remove { seq }], false),
            _ if !held.contains(&family) => {
                if let Some(price) = self.catalogue.price(family, currency, Some(term)) {
                    self.alter(
                        at,
                        subscription,
                        &[Edit::Add {
                            price,
                            quantity: amount,
                        }],
                        at_once,
                    );
                }
            }
            _ => {}
        }
    }

    /// Carries out edits within the running period, with prorations.
    fn alter(&mut self, at: i64, subscription: u32, edits: &[Edit], at_once: bool) {
        let at_once = at_once && !self.subscriptions[subscription].send_invoice;
        self.release_schedule(at, subscription);
        let before = self.keep_subscription(at, subscription);
        let mut made = Vec::new();
        for edit in edits {
            let (seq, sides) = self.edit(at, subscription, *edit);
            for side in sides {
                made.push(self.prorate(at, at, subscription, seq, &side));
            }
        }
        self.mark(at, subscription);
        if at_once {
            self.bill_now(at, subscription, &made, false);
        } else {
            self.subscriptions[subscription].pending.extend(&made);
        }
        self.note_subscription(at, "customer.subscription.updated", subscription, before);
    }

    /// Alters one item and says which sides must be prorated.
    pub(super) fn edit(&mut self, at: i64, subscription: u32, edit: Edit) -> (u16, Vec<Side>) {
        let record = &mut self.subscriptions[subscription];
        match edit {
            Edit::Set {
                seq,
                price,
                quantity,
            } => {
                let Some(item) = record.items.iter_mut().find(|item| item.seq == seq) else {
                    return (seq, Vec::new());
                };
                let old = Side {
                    price: item.price,
                    quantity: item.quantity,
                    credit: true,
                };
                (item.price, item.quantity) = (price, quantity);
                (
                    seq,
                    vec![
                        old,
                        Side {
                            price,
                            quantity,
                            credit: false,
                        },
                    ],
                )
            }
            Edit::Add { price, quantity } => {
                let seq = record.next_item;
                record.next_item += 1;
                record.items.push(Item {
                    seq,
                    created: at,
                    price,
                    quantity,
                    discounts: Vec::new(),
                    billed: None,
                    own_period: None,
                });
                (
                    seq,
                    vec![Side {
                        price,
                        quantity,
                        credit: false,
                    }],
                )
            }
            Edit::Remove { seq } => {
                let gone = record
                    .items
                    .iter()
                    .find(|item| item.seq == seq)
                    .map(|item| (item.price, item.quantity));
                record.items.retain(|item| item.seq != seq);
                (
                    seq,
                    gone.map(|(price, quantity)| Side {
                        price,
                        quantity,
                        credit: true,
                    })
                    .into_iter()
                    .collect(),
                )
            }
        }
    }

    /// Makes the invoice item of one side for the rest of the running period, reckoned from an instant in it.
    pub(super) fn prorate(
        &mut self,
        at: i64,
        from: i64,
        subscription: u32,
        seq: u16,
        side: &Side,
    ) -> u32 {
        let record = &self.subscriptions[subscription];
        let (customer, (start, end)) = (record.customer, record.period);
        let currency = self.subscriptions[subscription].currency;
        let credited = record
            .items
            .iter()
            .find(|item| item.seq == seq)
            .and_then(|item| item.billed)
            .filter(|_| side.credit);
        let (keep, of) = self.percent_left(at, subscription, seq, side.price);
        let full = self.catalogue.prices[side.price]
            .scheme
            .amount_e4(side.quantity);
        let sign = if side.credit { -1 } else { 1 };
        let amount = sign
            * currency.round(
                full * i128::from(end - from) * keep,
                E4 * i128::from((end - start).max(1)) * of,
            );
        let ix = self.invoice_items.push(|ix| InvoiceItem {
            ix,
            customer,
            subscription: Some(subscription),
            item: Some(seq),
            created: at,
            amount,
            currency,
            price: side.price,
            quantity: side.quantity,
            period: (from, end),
            proration: true,
            credit: side.credit,
            credited,
            invoice: None,
        });
        self.note_invoice_item(at, "invoiceitem.created", ix, None);
        ix
    }

    /// What percentages leave of an amount, as a fraction. Fixed amounts are taken on whole periods only.
    fn percent_left(&self, at: i64, subscription: u32, seq: u16, price: u32) -> (i128, i128) {
        let product = self.catalogue.prices[price].product;
        let own = self.subscriptions[subscription]
            .items
            .iter()
            .find(|item| item.seq == seq)
            .map_or(&[][..], |item| &item.discounts);
        own.iter()
            .copied()
            .chain(self.running_discounts(at, subscription))
            .fold((1, 1), |(keep, of), discount| {
                let discount = &self.discounts[discount];
                let coupon = self
                    .coupons
                    .get(discount.coupon as usize)
                    .filter(|coupon| discount.runs(at) && coupon.covers(product));
                match coupon
                    .filter(|coupon| coupon.lasting != crate::coupon::Lasting::Once)
                    .and_then(|coupon| coupon.percent)
                {
                    Some(percent) => (keep * (100 - i128::from(percent)), of * 100),
                    None => (keep, of),
                }
            })
    }

    /// From monthly to yearly: the unused time is credited, a year is billed, and the year is counted from now.
    pub(super) fn switch_to_year(&mut self, at: i64, subscription: u32) {
        if !self.may_change(at, subscription) || self.term(subscription) != Term::Monthly {
            return;
        }
        let record = &self.subscriptions[subscription];
        let (customer, send_invoice) = (record.customer, record.send_invoice);
        let currency = self.subscriptions[subscription].currency;
        let yearly = |item: &Item| {
            let family = match self.catalogue.prices[item.price].family {
                Family::StarterFounding => Family::Starter,
                other => other,
            };
            Some((
                item.seq,
                item.price,
                item.quantity,
                self.catalogue.price(family, currency, Some(Term::Yearly))?,
            ))
        };
        let Some(moves) = record
            .items
            .iter()
            .map(yearly)
            .collect::<Option<Vec<_>>>()
            .filter(|_| !send_invoice)
        else {
            return;
        };
        self.release_schedule(at, subscription);
        let before = self.keep_subscription(at, subscription);
        let mut credits = Vec::new();
        for (seq, price, quantity, _) in &moves {
            credits.push(self.prorate(
                at,
                at,
                subscription,
                *seq,
                &Side {
                    price: *price,
                    quantity: *quantity,
                    credit: true,
                },
            ));
        }
        let record = &mut self.subscriptions[subscription];
        for (item, (_, _, _, price)) in record.items.iter_mut().zip(&moves) {
            item.price = *price;
        }
        record.anchor = at;
        record.cycles = 0;
        record.period = (at, Term::Yearly.after(at, 1));
        record.generation += 1;
        let (end, generation) = (record.period.1, record.generation);
        self.mark(at, subscription);
        self.bill_now(at, subscription, &credits, true);
        self.plan(
            customer,
            end,
            Happening::Renew {
                subscription,
                generation,
            },
        );
        self.note_subscription(at, "customer.subscription.updated", subscription, before);
    }
}
