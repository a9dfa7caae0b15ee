//! Writes that reach the simulated life: refunds, the deletion of a customer, the end of a subscription.
//!
//! Such a write cannot stand beside the world, because the world must go on from it: a charge that was given back cannot be
//! given back again, and a cancelled subscription must not renew. It therefore alters the world's records by the same rules
//! as the life itself, and draws no chance of its own, so that everybody else's life stays as it was.

use serde_json::{Map, Value};

use super::object::By;
use crate::record::{Moved, Refund};
use crate::world::World;

impl World {
    /// Gives money back and returns the refund's number. The caller has made sure that so much is left.
    pub(crate) fn give_back(
        &mut self,
        charge: u32,
        amount: i64,
        reason: Option<&'static str>,
        metadata: Map<String, Value>,
        by: By<'_>,
    ) -> u32 {
        let (at, number) = (self.now, self.refunds.len());
        let currency = self.charges[charge].currency;
        let balance = self.move_balance(at, -amount, 0, currency, Moved::Refund(number));
        let before = self.keep_charge(at, charge);
        self.charges[charge].refunded += amount;
        let refund = self.refunds.push(|ix| Refund {
            ix,
            charge,
            created: at,
            amount,
            reason,
            balance: Some(balance),
        });
        if !metadata.is_empty() {
            let id = self.id(crate::ids::Sort::Refund, refund);
            let mut fields = Map::new();
            fields.insert("metadata".to_owned(), Value::Object(metadata));
            self.change_with_next(("refund", &id), fields);
        }
        self.note_cause(by);
        self.note_charge(at, "charge.refunded", charge, before);
        self.note_cause(by);
        self.note_refund(at, "refund.created", refund, None);
        refund
    }

    /// Deletes a customer of the world's own: the subscriptions end, and nothing more befalls them.
    pub(crate) fn delete_by_request(&mut self, customer: u32, by: By<'_>) {
        let first = self.events.next_number();
        self.delete_customer(self.now, customer);
        if let Some(cause) = by {
            for number in first..self.events.next_number() {
                self.written.causes.insert(number, cause.clone());
            }
        }
    }

    /// Asks for the end of a subscription with its period, or takes that back.
    pub(crate) fn end_with_period(&mut self, subscription: u32, ends: bool, by: By<'_>) {
        if self.subscriptions[subscription].cancel_at_period_end == ends {
            return;
        }
        let at = self.now;
        let before = self.keep_subscription(at, subscription);
        let record = &mut self.subscriptions[subscription];
        record.cancel_at_period_end = ends;
        record.cancel_at = ends.then_some(record.period.1);
        record.canceled_at = ends.then_some(at);
        record.cancel_reason = ends.then_some("cancellation_requested");
        record.feedback = None;
        if ends {
            self.written.held.insert(subscription);
        } else {
            self.written.held.remove(&subscription);
        }
        self.note_cause(by);
        self.note_subscription(at, "customer.subscription.updated", subscription, before);
    }
}
