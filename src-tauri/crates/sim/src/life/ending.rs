//! How things end: cancelled at once, at the end of the period, never completed, or with the customer's deletion.
//!
//! `ended_at` is when a subscription stops being worth anything; `canceled_at` is when somebody asked for it. Cancelling at
//! once does not prorate, so it leaves nothing but its instant.

use crate::calendar::DAY;
use crate::life::Happening;
use crate::record::{InvoiceStatus, Status};
use crate::world::{Temper, World};

const FEEDBACK: [&str; 6] = [
    "too_expensive",
    "missing_features",
    "switched_service",
    "unused",
    "low_quality",
    "other",
];

impl World {
    pub(super) fn cancel(&mut self, at: i64, subscription: u32, at_end: bool) {
        let record = &self.subscriptions[subscription];
        let running = matches!(
            record.status,
            Status::Active | Status::Trialing | Status::PastDue
        );
        if !running || record.cancel_at_period_end {
            return;
        }
        let customer = record.customer;
        let dice = self.dice(customer);
        let (says, word) = (dice.per_mille(550), dice.pick(&FEEDBACK));
        self.subscriptions[subscription].feedback = says.then_some(word);
        self.release_schedule(at, subscription);
        if !at_end {
            self.stop(at, subscription, "cancellation_requested");
            return;
        }
        let before = self.keep_subscription(at, subscription);
        let record = &mut self.subscriptions[subscription];
        record.cancel_at_period_end = true;
        record.cancel_at = Some(record.period.1);
        record.canceled_at = Some(at);
        record.cancel_reason = Some("cancellation_requested");
        self.note_subscription(at, "customer.subscription.updated", subscription, before);
    }

    pub(super) fn uncancel(&mut self, at: i64, subscription: u32) {
        let record = &self.subscriptions[subscription];
        // What a request asked for is not the simulated customer's to take back.
        if record.status.ended() || !record.cancel_at_period_end || self.written.holds(subscription)
        {
            return;
        }
        let before = self.keep_subscription(at, subscription);
        let record = &mut self.subscriptions[subscription];
        record.cancel_at_period_end = false;
        (
            record.cancel_at,
            record.canceled_at,
            record.cancel_reason,
            record.feedback,
        ) = (None, None, None, None);
        self.note_subscription(at, "customer.subscription.updated", subscription, before);
    }

    /// The period of a cancelled subscription is over.
    pub(super) fn end(&mut self, at: i64, subscription: u32) {
        let before = self.keep_subscription(at, subscription);
        let record = &mut self.subscriptions[subscription];
        record.status = Status::Canceled;
        record.ended_at = Some(at);
        self.ended(at, subscription, before);
    }

    /// Ends a subscription now.
    pub(super) fn stop(&mut self, at: i64, subscription: u32, reason: &'static str) {
        if self.subscriptions[subscription].status.ended() {
            return;
        }
        let before = self.keep_subscription(at, subscription);
        let record = &mut self.subscriptions[subscription];
        record.status = Status::Canceled;
        record.ended_at = Some(at);
        record.canceled_at = record.canceled_at.or(Some(at));
        record.cancel_reason = record.cancel_reason.or(Some(reason));
        self.ended(at, subscription, before);
    }

    fn ended(&mut self, at: i64, subscription: u32, before: Option<crate::event::Snapshot>) {
        self.mark(at, subscription);
        self.note_subscription(at, "customer.subscription.deleted", subscription, before);
        self.cancel_schedule(at, subscription);
        let customer = self.subscriptions[subscription].customer;
        let dice = self.dice(customer);
        let (returns, goes) = (dice.per_mille(130), dice.per_mille(40));
        let (when, gone) = (
            dice.between(12 * DAY, 210 * DAY),
            dice.between(2 * DAY, 120 * DAY),
        );
        if self.souls[customer].temper != Temper::Natural {
            return;
        }
        if returns {
            self.plan(customer, at + when, Happening::Subscribe { again: true });
        } else if goes {
            self.plan(customer, at + gone, Happening::Delete);
        } else {
            self.plan_goodwill(at, subscription);
        }
    }

    /// An incomplete subscription was not paid within a day.
    pub(super) fn expire(&mut self, at: i64, subscription: u32) {
        if self.subscriptions[subscription].status != Status::Incomplete {
            return;
        }
        let before = self.keep_subscription(at, subscription);
        let record = &mut self.subscriptions[subscription];
        record.status = Status::IncompleteExpired;
        record.ended_at = Some(at);
        let invoice = record.latest_invoice;
        self.mark(at, subscription);
        if let Some(invoice) = invoice {
            self.void(at, invoice);
        }
        self.note_subscription(at, "customer.subscription.updated", subscription, before);
    }

    pub(super) fn void(&mut self, at: i64, invoice: u32) {
        let before = self.keep_invoice(at, invoice);
        let record = &mut self.invoices[invoice];
        record.status = InvoiceStatus::Void;
        record.voided_at = Some(at);
        record.next_attempt = None;
        if let Some(payment) = record.payment {
            let intent = self.payments[payment].intent;
            let intent_before = self.keep_intent(at, intent);
            self.payments[payment].canceled_at = Some(at);
            let record = &mut self.intents[intent];
            (record.status, record.canceled_at) = ("canceled", Some(at));
            self.note_intent(at, "payment_intent.canceled", intent, intent_before);
        }
        self.note_invoice(at, "invoice.voided", invoice, before);
    }

    /// Deleting a customer ends their subscriptions; what they bought stays.
    pub(crate) fn delete_customer(&mut self, at: i64, customer: u32) {
        if self.customers[customer].deleted_at.is_some() {
            return;
        }
        for subscription in self.souls[customer].subscriptions.clone() {
            if self.subscriptions[subscription].status == Status::Incomplete {
                self.expire(at, subscription);
            }
            self.stop(at, subscription, "cancellation_requested");
        }
        self.customers[customer].deleted_at = Some(at);
        self.note_customer(at, "customer.deleted", customer, None);
    }
}
