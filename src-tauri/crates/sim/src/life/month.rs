//! What befalls a subscription: every thirty days its next thirty are decided.
//!
//! Deciding in short strides keeps the plans few and lets what happened so far weigh on what comes next. The chances are
//! per month in thousandths.

use crate::calendar::{DAY, Term};
use crate::catalogue::Family;
use crate::coupon::which;
use crate::life::Happening;
use crate::record::Status;
use crate::world::World;

const STRIDE: i64 = 30 * DAY;

impl World {
    /// The term a subscription is billed in.
    pub(super) fn term(&self, subscription: u32) -> Term {
        self.subscriptions[subscription]
            .items
            .first()
            .and_then(|item| self.catalogue.prices[item.price].term)
            .unwrap_or_default()
    }

    pub(super) fn month(&mut self, at: i64, subscription: u32) {
        let record = &self.subscriptions[subscription];
        if record.status.ended() {
            return;
        }
        let (customer, status, busy, young) = (
            record.customer,
            record.status,
            record.busy,
            at - record.created < 90 * DAY,
        );
        let gross = record.tax.is_some_and(|tax| tax.inclusive);
        self.plan(customer, at + STRIDE, Happening::Month(subscription));
        if status != Status::Active {
            return;
        }
        let term = self.term(subscription);
        let base = match term {
            Term::Yearly => 8,
            Term::Weekly => 30,
            Term::Monthly | Term::Quarterly => 20,
        };
        self.chance(
            customer,
            at,
            if young { base * 3 / 2 } else { base },
            |world, when| world.plan_cancel(customer, subscription, when),
        );
        self.chance(customer, at, 1, |world, when| {
            world.plan(customer, when, Happening::Delete)
        });
        self.chance(customer, at, 4, |world, when| {
            world.plan(customer, when, Happening::Mail)
        });
        self.chance(customer, at, 6, |world, when| {
            world.plan(customer, when, Happening::Subscribe { again: true })
        });
        self.chance(customer, at, 6, |world, when| {
            world.plan(customer, when, Happening::OneOff { many_lines: false })
        });
        if matches!(term, Term::Monthly) && !gross {
            self.chance(customer, at, 12, |world, when| {
                world.plan(customer, when, Happening::Discount(subscription))
            });
            self.chance(customer, at, 8, |world, when| {
                world.plan(customer, when, Happening::YearSwitch(subscription))
            });
        }
        if gross || term == Term::Weekly {
            return;
        }
        self.chance(customer, at, 80, |world, when| {
            world.plan(customer, when, Happening::Seats(subscription))
        });
        self.chance(customer, at, 16, |world, when| {
            world.plan(customer, when, Happening::PlanChange(subscription))
        });
        self.chance(customer, at, 18, |world, when| {
            world.plan(customer, when, Happening::AddOn(subscription))
        });
        for _ in 0..if busy { 8 } else { 0 } {
            self.chance(customer, at, 900, |world, when| {
                world.plan(customer, when, Happening::Seats(subscription))
            });
        }
    }

    /// With a chance of `per_mille`, plans something at a random instant of the stride. The dice are thrown either way, so
    /// that one chance never moves another.
    fn chance(
        &mut self,
        customer: u32,
        at: i64,
        per_mille: u64,
        plan: impl FnOnce(&mut Self, i64),
    ) {
        let dice = self.dice(customer);
        let (hit, when) = (
            dice.per_mille(per_mille),
            dice.between(at + 60, at + STRIDE),
        );
        if hit {
            plan(self, when);
        }
    }

    fn plan_cancel(&mut self, customer: u32, subscription: u32, when: i64) {
        let dice = self.dice(customer);
        let (at_end, regrets, later) = (
            dice.per_mille(680),
            dice.per_mille(180),
            dice.between(DAY / 2, 6 * DAY),
        );
        self.plan(
            customer,
            when,
            Happening::Cancel {
                subscription,
                at_end,
            },
        );
        if at_end && regrets {
            self.plan(customer, when + later, Happening::Uncancel(subscription));
        }
    }

    /// A discount given in the middle of things. Only where an invoice will come before it can end, so that it leaves a trace.
    pub(super) fn discount_in_passing(&mut self, at: i64, subscription: u32) {
        let record = &self.subscriptions[subscription];
        let fits = record.status == Status::Active
            && !record.cancel_at_period_end
            && record.discounts.is_empty()
            && record.items.iter().all(|item| item.discounts.is_empty())
            && self.term(subscription) == Term::Monthly;
        if !fits {
            return;
        }
        let customer = record.customer;
        let coupon = self.dice(customer).weighted(&[
            (4, which::LAUNCH),
            (2, which::LOYAL),
            (2, which::SUPPORTER),
            (2, which::HALF_YEAR_OFF),
            (2, which::WELCOME),
        ]);
        if coupon == which::WELCOME && self.customers[customer].discount.is_some() {
            return;
        }
        let before = self.keep_subscription(at, subscription);
        self.attach(at, subscription, coupon, None, None);
        self.note_subscription(at, "customer.subscription.updated", subscription, before);
    }

    /// A discount has run its time and leaves.
    pub(super) fn end_discount(&mut self, at: i64, discount: u32) {
        let record = &self.discounts[discount];
        let (customer, subscription) = (record.customer, record.subscription);
        match subscription {
            Some(subscription) => {
                if self.subscriptions[subscription].status.ended() {
                    return;
                }
                let before = self.keep_subscription(at, subscription);
                self.subscriptions[subscription]
                    .discounts
                    .retain(|held| *held != discount);
                self.note_discount(at, "customer.discount.deleted", discount, None);
                self.note_subscription(at, "customer.subscription.updated", subscription, before);
            }
            None => {
                if self.customers[customer].deleted_at.is_some() {
                    return;
                }
                let before = self.keep_customer(at, customer);
                self.customers[customer].discount = None;
                self.note_discount(at, "customer.discount.deleted", discount, None);
                self.note_customer(at, "customer.updated", customer, before);
            }
        }
    }

    pub(super) fn change_mail(&mut self, at: i64, customer: u32) {
        let record = &self.customers[customer];
        if record.deleted_at.is_some() || record.email_changed {
            return;
        }
        let before = self.keep_customer(at, customer);
        self.customers[customer].email_changed = true;
        self.note_customer(at, "customer.updated", customer, before);
    }

    /// Whether an item is counted in seats or the like.
    pub(super) fn is_counted(&self, price: u32) -> bool {
        matches!(
            self.catalogue.prices[price].family,
            Family::Team | Family::Business | Family::Platform | Family::Seats | Family::Storage
        )
    }
}
