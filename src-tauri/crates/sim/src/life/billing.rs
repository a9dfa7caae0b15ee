//! When a subscription is billed: at its start, at every renewal, at the end of a trial, and at once for some changes.
//!
//! As at the provider, a renewal first makes a draft and finalises it an hour later; a start and a change are finalised at
//! once. Recurring lines give price and quantity for `[period.start, period.end)`.

use crate::calendar::HOUR;
use crate::life::Happening;
use crate::life::invoicing::Occasion;
use crate::record::Status;
use crate::world::{Temper, World};

impl World {
    /// Bills the start of a subscription; a trial is billed at nothing.
    pub(super) fn bill_start(&mut self, at: i64, subscription: u32) {
        let record = &self.subscriptions[subscription];
        let (customer, trial, send_invoice) =
            (record.customer, record.trial.is_some(), record.send_invoice);
        let lines = self.period_lines(record, trial);
        let finalizes_at = send_invoice.then_some(at + HOUR);
        let occasion = Occasion {
            reason: "subscription_create",
            period: (at, at),
            finalizes_at,
            prorated_at: None,
        };
        let invoice = self.draft(at, subscription, lines, false, &occasion);
        if send_invoice {
            self.mark(at, subscription);
            self.plan(customer, at + HOUR, Happening::Finalize(invoice));
            return;
        }
        self.finalize(at, invoice);
        let (roll, hours) = (
            self.dice(customer).below(1000),
            self.dice(customer).between(HOUR / 2, 20 * HOUR),
        );
        let roll = match self.souls[customer].temper {
            Temper::Natural => roll,
            Temper::FirstDeclined => 44,
            Temper::Steady | Temper::LaterDeclined => 999,
        };
        if self.invoices[invoice].amount_due == 0 || roll >= 45 {
            self.mark(at, subscription);
            self.pay(at, invoice);
            return;
        }
        self.subscriptions[subscription].status = Status::Incomplete;
        self.mark(at, subscription);
        self.decline(at, invoice, None);
        if roll < 28 {
            self.plan(customer, at + hours, Happening::Settle(subscription));
        } else {
            self.plan(customer, at + 23 * HOUR, Happening::Expire(subscription));
        }
    }

    /// The first payment of an incomplete subscription arrives after all.
    pub(super) fn settle(&mut self, at: i64, subscription: u32) {
        let record = &self.subscriptions[subscription];
        let Some(invoice) = record
            .latest_invoice
            .filter(|_| record.status == Status::Incomplete)
        else {
            return;
        };
        let before = self.keep_subscription(at, subscription);
        self.subscriptions[subscription].status = Status::Active;
        self.mark(at, subscription);
        self.pay(at, invoice);
        self.note_subscription(at, "customer.subscription.updated", subscription, before);
        self.complete_visit(at, subscription);
    }

    /// The end of a period: a renewal, the end of a trial, or the end of everything.
    pub(super) fn renew(&mut self, at: i64, subscription: u32, generation: u32) {
        let record = &self.subscriptions[subscription];
        if record.status.ended()
            || matches!(record.status, Status::Incomplete | Status::Paused)
            || record.generation != generation
        {
            return;
        }
        if record.cancel_at_period_end {
            self.end(at, subscription);
            return;
        }
        if self.lapses(subscription) {
            self.pause(at, subscription, "trial_end_without_payment_method");
            return;
        }
        self.enter_phase(at, subscription);
        let record = &self.subscriptions[subscription];
        let (customer, term, previous) = (record.customer, self.term(subscription), record.period);
        let before = self.keep_subscription(at, subscription);
        self.turn_own_periods(at, subscription);
        let record = &mut self.subscriptions[subscription];
        let converted = record.status == Status::Trialing;
        if converted {
            record.status = Status::Active;
        } else {
            record.cycles += 1;
        }
        record.period = (at, term.after(record.anchor, record.cycles + 1));
        let next = record.period.1;
        // What nobody will collect stays a draft.
        let idle =
            record.status == Status::Unpaid || record.pause_collection == Some("keep_as_draft");
        if converted {
            self.mark(at, subscription);
        }
        let lines = self.period_lines(&self.subscriptions[subscription], false);
        let occasion = Occasion {
            reason: "subscription_cycle",
            period: previous,
            finalizes_at: (!idle).then_some(at + HOUR),
            prorated_at: None,
        };
        let invoice = self.draft(at, subscription, lines, true, &occasion);
        self.note_subscription(at, "customer.subscription.updated", subscription, before);
        if !idle {
            self.plan(customer, at + HOUR, Happening::Finalize(invoice));
        }
        self.plan(
            customer,
            next,
            Happening::Renew {
                subscription,
                generation,
            },
        );
    }

    /// Bills prorations at once, after a new whole period where the interval changed.
    pub(super) fn bill_now(
        &mut self,
        at: i64,
        subscription: u32,
        prorations: &[u32],
        whole_period: bool,
    ) {
        let invoice = self.bill_at(at, subscription, prorations, whole_period);
        self.finalize(at, invoice);
        self.pay(at, invoice);
    }

    /// The draft of what is billed at once.
    pub(super) fn bill_at(
        &mut self,
        at: i64,
        subscription: u32,
        prorations: &[u32],
        whole_period: bool,
    ) -> u32 {
        let mut lines: Vec<_> = prorations
            .iter()
            .map(|item| self.item_line(*item, true))
            .collect();
        if whole_period {
            lines.extend(self.period_lines(&self.subscriptions[subscription], false));
        }
        let prorated_at = (!prorations.is_empty()).then_some(at);
        let occasion = Occasion {
            reason: "subscription_update",
            period: (at, at),
            finalizes_at: None,
            prorated_at,
        };
        self.draft(at, subscription, lines, true, &occasion)
    }

    /// The customer asks for the trial to end now: the subscription is billed from here.
    pub(super) fn end_trial_early(&mut self, at: i64, subscription: u32) {
        let record = &self.subscriptions[subscription];
        let Some((start, _)) = record
            .trial
            .filter(|_| record.status == Status::Trialing && !record.cancel_at_period_end)
        else {
            return;
        };
        let (customer, term) = (record.customer, self.term(subscription));
        self.release_schedule(at, subscription);
        let before = self.keep_subscription(at, subscription);
        let record = &mut self.subscriptions[subscription];
        record.trial = Some((start, at));
        record.status = Status::Active;
        record.anchor = at;
        record.cycles = 0;
        record.period = (at, term.after(at, 1));
        record.generation += 1;
        let (end, generation) = (record.period.1, record.generation);
        self.mark(at, subscription);
        self.bill_now(at, subscription, &[], true);
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

    /// Three days before a trial ends the provider says so.
    pub(super) fn give_trial_notice(&mut self, at: i64, subscription: u32) {
        if self.subscriptions[subscription].status == Status::Trialing {
            self.note_subscription(
                at,
                "customer.subscription.trial_will_end",
                subscription,
                None,
            );
        }
    }
}
