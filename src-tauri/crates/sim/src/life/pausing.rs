//! Subscriptions that stand still: paused, or with nobody collecting their invoices.
//!
//! The two are different things at the provider. A paused subscription has the status `paused` and makes no invoices. Paused
//! collection leaves the status alone and says what becomes of each invoice: kept as a draft, written off, or voided. Both
//! happen only among the rare states, because the instant at which they began leaves no trace that lasts.

use crate::record::{InvoiceStatus, Status};
use crate::world::World;

impl World {
    /// Whether a trial ends with nothing to pay with and is to be paused then.
    pub(super) fn lapses(&self, subscription: u32) -> bool {
        let record = &self.subscriptions[subscription];
        record.status == Status::Trialing
            && record.missing_method == "pause"
            && self.customers[record.customer].cardless
    }

    /// Pauses the subscription itself.
    pub(super) fn pause(&mut self, at: i64, subscription: u32, why: &'static str) {
        if self.subscriptions[subscription].status.ended() {
            return;
        }
        let before = self.keep_subscription(at, subscription);
        let record = &mut self.subscriptions[subscription];
        record.status = Status::Paused;
        record.paused = Some((why, at));
        self.mark(at, subscription);
        self.note_subscription(at, "customer.subscription.updated", subscription, before);
        self.note_subscription(at, "customer.subscription.paused", subscription, None);
    }

    /// Nobody collects the invoices of a subscription from here on.
    pub(super) fn pause_collection(&mut self, at: i64, subscription: u32, how: &'static str) {
        let before = self.keep_subscription(at, subscription);
        self.subscriptions[subscription].pause_collection = Some(how);
        self.mark(at, subscription);
        self.note_subscription(at, "customer.subscription.updated", subscription, before);
    }

    /// Does with a fresh invoice what the subscription says while nobody collects, and whether it did.
    pub(super) fn goes_uncollected(&mut self, at: i64, invoice: u32) -> bool {
        let how = self.invoices[invoice]
            .subscription
            .and_then(|subscription| self.subscriptions[subscription].pause_collection);
        match how {
            Some("void") => self.void(at, invoice),
            Some("mark_uncollectible") => self.write_off(at, invoice, "subscription_paused"),
            _ => return false,
        }
        true
    }

    /// The items that are billed in an interval of their own begin their next period where it is due.
    pub(super) fn turn_own_periods(&mut self, at: i64, subscription: u32) {
        let prices = &self.catalogue.prices;
        for item in &mut self.subscriptions[subscription].items {
            let term = prices[item.price].term.unwrap_or_default();
            item.own_period = match item.own_period {
                Some((_, end)) if end <= at => Some((at, term.after(at, 1))),
                other => other,
            };
        }
    }

    /// An open invoice is voided or given up by hand.
    pub(super) fn close_by_hand(&mut self, at: i64, invoice: u32, void: bool) {
        if self.invoices[invoice].status != InvoiceStatus::Open {
            return;
        }
        if void {
            self.void(at, invoice);
        } else {
            self.write_off(at, invoice, "user_forgiven");
        }
    }
}
