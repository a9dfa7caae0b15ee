//! What requests make of lives: cancelling at once, other items, pauses, trials, coupons, bills and credit.
//!
//! The world lives on from each of them by the rules of its own: a subscription that was cancelled does not renew, another
//! price is billed from the next period on, a voided bill is never paid. Whoever calls has made sure that it makes sense;
//! here it is only done, at the present instant, and every notice of it names its request.
//!
//! Invariant: nothing here throws anybody's dice but those that the same happening throws in the life itself.

use crate::life::Happening;
use crate::life::change::Edit;
use crate::life::credit::Means;
use crate::record::{CreditLine, InvoiceStatus, Phase, Status};
use crate::world::{Temper, World};
use crate::written::By;

/// What the rest of a period costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Prorated {
    /// It waits for the next invoice.
    Waiting,
    /// It is billed at once.
    AtOnce,
    /// Nothing.
    Not,
}

/// Where the money of a credit note goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Back {
    /// Off what is due.
    Due,
    /// To where it came from.
    Refund,
    /// To the customer's credit.
    Credit,
}

impl World {
    /// Does something, and writes down who caused every notice of it.
    pub(crate) fn caused<T>(&mut self, by: By<'_>, act: impl FnOnce(&mut Self) -> T) -> T {
        let first = self.events.next_number();
        let done = act(self);
        let last = self.events.next_number();
        self.written.caused(first..last, by);
        done
    }

    /// Whether a card would be declined: nobody's chance, but what is known of the customer.
    pub(crate) fn declines(&self, customer: u32) -> bool {
        self.souls[customer].temper == Temper::LaterDeclined || self.customers[customer].cardless
    }

    /// Ends a subscription at once.
    pub(crate) fn cancel_by_request(&mut self, subscription: u32, by: By<'_>) {
        let at = self.now;
        self.caused(by, |world| {
            world.release_schedule(at, subscription);
            world.stop(at, subscription, "cancellation_requested");
        });
    }

    /// Nobody collects from here on, until an instant where one is given; or somebody does again.
    pub(crate) fn collect_by_request(
        &mut self,
        subscription: u32,
        pause: Option<(&'static str, Option<i64>)>,
        by: By<'_>,
    ) {
        let (at, customer) = (self.now, self.subscriptions[subscription].customer);
        self.caused(by, |world| {
            let before = world.keep_subscription(at, subscription);
            let record = &mut world.subscriptions[subscription];
            record.pause_collection = pause.map(|(how, _)| how);
            record.collects_at = pause.and_then(|(_, until)| until);
            world.mark(at, subscription);
            world.note_subscription(at, "customer.subscription.updated", subscription, before);
            if let Some((_, Some(until))) = pause {
                world.plan(customer, until, Happening::CollectAgain(subscription));
            }
        });
    }

    /// The pause of a collection is over.
    pub(super) fn collect_again(&mut self, at: i64, subscription: u32) {
        let record = &self.subscriptions[subscription];
        if record.status.ended() || record.collects_at != Some(at) {
            return;
        }
        let before = self.keep_subscription(at, subscription);
        let record = &mut self.subscriptions[subscription];
        (record.pause_collection, record.collects_at) = (None, None);
        self.mark(at, subscription);
        self.note_subscription(at, "customer.subscription.updated", subscription, before);
    }

    /// A trial ends now.
    pub(crate) fn end_trial_by_request(&mut self, subscription: u32, by: By<'_>) {
        let at = self.now;
        self.caused(by, |world| world.end_trial_early(at, subscription));
    }

    /// A trial ends at another instant, or begins: what is billed next is billed then.
    pub(crate) fn set_trial_by_request(&mut self, subscription: u32, end: i64, by: By<'_>) {
        let (at, customer) = (self.now, self.subscriptions[subscription].customer);
        self.caused(by, |world| {
            let before = world.keep_subscription(at, subscription);
            let record = &mut world.subscriptions[subscription];
            let start = record
                .trial
                .filter(|_| record.status == Status::Trialing)
                .map_or(at, |(start, _)| start);
            record.trial = Some((start, end));
            record.status = Status::Trialing;
            record.anchor = end;
            record.cycles = 0;
            record.period = (start, end);
            record.generation += 1;
            let generation = record.generation;
            world.mark(at, subscription);
            world.note_subscription(at, "customer.subscription.updated", subscription, before);
            world.plan(
                customer,
                end,
                Happening::Renew {
                    subscription,
                    generation,
                },
            );
        });
    }

    /// Other items. `from` is where the rest of the period is reckoned from. Tells the invoice, where one was made at once.
    pub(crate) fn change_by_request(
        &mut self,
        subscription: u32,
        edits: &[Edit],
        (prorated, from): (Prorated, i64),
        by: By<'_>,
    ) -> Option<u32> {
        let last = self.invoices.len();
        let turns = self.turns(subscription, edits);
        self.caused(by, |world| {
            if turns {
                world.turn(subscription, edits, (prorated, from));
            } else {
                world.alter_by_request(subscription, edits, (prorated, from));
            }
        });
        (self.invoices.len() > last).then_some(last)
    }

    /// Whether edits change how often a subscription is billed.
    pub(crate) fn turns(&self, subscription: u32, edits: &[Edit]) -> bool {
        let term = self.term(subscription);
        edits.iter().any(|edit| match edit {
            Edit::Set { price, .. } => {
                self.catalogue.prices[*price].term.unwrap_or_default() != term
            }
            Edit::Add { .. } | Edit::Remove { .. } => false,
        })
    }

    fn alter_by_request(
        &mut self,
        subscription: u32,
        edits: &[Edit],
        (prorated, from): (Prorated, i64),
    ) {
        let at = self.now;
        let free = prorated == Prorated::Not
            || self.subscriptions[subscription].status == Status::Trialing;
        let before = self.keep_subscription(at, subscription);
        let mut made = Vec::new();
        for edit in edits {
            let (seq, sides) = self.edit(at, subscription, *edit);
            for side in sides.iter().filter(|_| !free) {
                made.push(self.prorate(at, from, subscription, seq, side));
            }
        }
        self.mark(at, subscription);
        if prorated == Prorated::AtOnce && !made.is_empty() {
            self.bill_by_request(subscription, &made, false);
        } else {
            self.subscriptions[subscription].pending.extend(&made);
        }
        self.note_subscription(at, "customer.subscription.updated", subscription, before);
    }

    /// Another interval: the unused time is credited, a whole period billed, and counted from now.
    fn turn(&mut self, subscription: u32, edits: &[Edit], (prorated, from): (Prorated, i64)) {
        let at = self.now;
        let free = prorated == Prorated::Not
            || self.subscriptions[subscription].status == Status::Trialing;
        let before = self.keep_subscription(at, subscription);
        let mut credits = Vec::new();
        for edit in edits {
            let (seq, sides) = self.edit(at, subscription, *edit);
            for side in sides.iter().filter(|side| side.credit && !free) {
                credits.push(self.prorate(at, from, subscription, seq, side));
            }
        }
        self.begin_anew(subscription);
        self.mark(at, subscription);
        self.bill_by_request(subscription, &credits, true);
        self.note_subscription(at, "customer.subscription.updated", subscription, before);
    }

    /// Periods are counted from now.
    fn begin_anew(&mut self, subscription: u32) {
        let (at, term) = (self.now, self.term(subscription));
        let record = &mut self.subscriptions[subscription];
        record.anchor = at;
        record.cycles = 0;
        record.period = (at, term.after(at, 1));
        record.generation += 1;
        let (customer, end, generation) = (record.customer, record.period.1, record.generation);
        self.plan(
            customer,
            end,
            Happening::Renew {
                subscription,
                generation,
            },
        );
    }

    /// Bills at once; a bill that is sent stays open.
    fn bill_by_request(&mut self, subscription: u32, prorations: &[u32], whole: bool) {
        let at = self.now;
        let invoice = self.bill_at(at, subscription, prorations, whole);
        self.finalize(at, invoice);
        if !self.subscriptions[subscription].send_invoice {
            self.pay(at, invoice);
        }
    }

    /// Puts a coupon on a subscription in place of those it has, or takes them off.
    pub(crate) fn discount_by_request(
        &mut self,
        subscription: u32,
        coupon: Option<(u32, Option<u32>)>,
        by: By<'_>,
    ) {
        let at = self.now;
        self.caused(by, |world| {
            let before = world.keep_subscription(at, subscription);
            for discount in std::mem::take(&mut world.subscriptions[subscription].discounts) {
                world.pasts[subscription].removed.push((discount, at));
                world.note_discount(at, "customer.discount.deleted", discount, None);
            }
            if let Some((coupon, promotion)) = coupon {
                world.attach(at, subscription, coupon, promotion, None);
            }
            world.note_subscription(at, "customer.subscription.updated", subscription, before);
        });
    }

    /// Pauses the subscription itself.
    pub(crate) fn pause_by_request(&mut self, subscription: u32, by: By<'_>) {
        let at = self.now;
        self.caused(by, |world| world.pause(at, subscription, "pause_requested"));
    }

    /// A paused subscription goes on and is billed from now.
    pub(crate) fn resume_by_request(&mut self, subscription: u32, by: By<'_>) {
        let at = self.now;
        self.caused(by, |world| {
            let before = world.keep_subscription(at, subscription);
            let record = &mut world.subscriptions[subscription];
            (record.status, record.paused) = (Status::Active, None);
            world.begin_anew(subscription);
            world.mark(at, subscription);
            world.bill_by_request(subscription, &[], true);
            world.note_subscription(at, "customer.subscription.resumed", subscription, None);
            world.note_subscription(at, "customer.subscription.updated", subscription, before);
        });
    }

    /// Tries to collect a bill. Whether it was paid.
    pub(crate) fn pay_by_request(&mut self, invoice: u32, elsewhere: bool, by: By<'_>) -> bool {
        let at = self.now;
        let record = &self.invoices[invoice];
        let (customer, next) = (record.customer, record.next_attempt);
        if !elsewhere && record.amount_due > 0 && self.declines(customer) {
            self.caused(by, |world| world.decline(at, invoice, next));
            return false;
        }
        self.caused(by, |world| {
            world.pay(at, invoice);
            world.set_status(at, invoice, Status::PastDue, Status::Active);
        });
        true
    }

    /// Takes a bill back, or writes it off.
    pub(crate) fn close_by_request(&mut self, invoice: u32, void: bool, by: By<'_>) {
        let at = self.now;
        self.caused(by, |world| {
            if void {
                world.void(at, invoice);
            } else {
                world.write_off(at, invoice, "user_forgiven");
            }
        });
    }

    /// A bill is sent to the customer.
    pub(crate) fn send_by_request(&mut self, invoice: u32, by: By<'_>) {
        let at = self.now;
        self.caused(by, |world| {
            world.note_invoice(at, "invoice.sent", invoice, None)
        });
    }

    /// Moves a customer's credit by hand; below zero gives. Tells the movement.
    pub(crate) fn credit_by_request(&mut self, customer: u32, amount: i64, by: By<'_>) -> u32 {
        let at = self.now;
        let movement = self.credits.len();
        self.caused(by, |world| world.adjust(at, customer, amount, "By request"));
        movement
    }

    /// Issues a credit note over lines of an invoice, or over an amount of the whole. Tells the note.
    pub(crate) fn note_by_request(
        &mut self,
        invoice: u32,
        (amount, lines): (i64, Option<Vec<CreditLine>>),
        back: Back,
        reason: Option<&'static str>,
        by: By<'_>,
    ) -> u32 {
        let at = self.now;
        let note = self.credit_notes.len();
        let charge = self.invoices[invoice]
            .payment
            .and_then(|payment| self.intents[self.payments[payment].intent].latest_charge);
        let means = match (back, charge) {
            (Back::Due, _) => Means::LessDue,
            (Back::Refund, Some(charge)) => {
                Means::Refunded(self.give_back(charge, amount, None, serde_json::Map::new(), by))
            }
            (Back::Refund, None) | (Back::Credit, _) => Means::ToBalance,
        };
        self.caused(by, |world| {
            let lines = lines.unwrap_or_else(|| world.credit_lines(invoice, amount));
            world.credit_as(at, invoice, (amount, lines), means, reason);
            if world.invoices[invoice].amount_due == 0
                && world.invoices[invoice].status == InvoiceStatus::Open
            {
                // Nothing is left to be collected.
                world.settle_credited(at, invoice);
            }
        });
        note
    }

    /// Puts a subscription under a schedule that begins as it is. Tells the schedule.
    pub(crate) fn schedule_by_request(&mut self, subscription: u32, by: By<'_>) -> u32 {
        let at = self.now;
        let schedule = self.schedules.len();
        let (start, end) = self.subscriptions[subscription].period;
        let phases = vec![Phase {
            start,
            end,
            items: self.held(subscription),
            prorates: true,
            note: None,
        }];
        self.caused(by, |world| {
            world.put_under_schedule(at, subscription, phases, 0)
        });
        schedule
    }

    /// Gives a schedule other phases.
    pub(crate) fn phases_by_request(&mut self, schedule: u32, phases: Vec<Phase>, by: By<'_>) {
        let at = self.now;
        self.caused(by, |world| {
            let before = world.keep_schedule(at, schedule);
            let record = &mut world.schedules[schedule];
            record.phases = phases;
            let (customer, current) = (record.customer, record.current.unwrap_or(0));
            let end = record.phases.get(current).map(|phase| phase.end);
            world.note_schedule(at, "subscription_schedule.updated", schedule, before);
            if let Some(end) = end {
                world.plan(customer, end, Happening::PhaseEnd(schedule));
            }
        });
    }

    /// Lets a subscription go from its schedule.
    pub(crate) fn release_by_request(&mut self, subscription: u32, by: By<'_>) {
        let at = self.now;
        self.caused(by, |world| world.release_schedule(at, subscription));
    }

    /// The bill that a subscription would get next, on a copy of the world: what is paused or ends gets none.
    pub(crate) fn next_bill(&mut self, subscription: u32) -> Option<u32> {
        let record = &self.subscriptions[subscription];
        let (end, generation) = (record.period.1, record.generation);
        let last = self.invoices.len();
        self.renew(end, subscription, generation);
        (self.invoices.len() > last).then_some(last)
    }
}
