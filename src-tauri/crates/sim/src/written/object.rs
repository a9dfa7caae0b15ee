//! Objects as clients see them: the world's own under what requests wrote, and those that requests made.
//!
//! These are the doors by which the rest of the simulator meets the overlay: reading an object by id, making one, changing
//! one with a notice or quietly. A notice goes into the world's own row of notices, so that their order and their
//! forgetting are the same for all.

use serde_json::{Map, Value};

use super::{Cause, Seen};
use crate::event::Snapshot;
use crate::ids::Sort;
use crate::world::World;

/// A request that writes: what its notices will say of it.
pub(crate) type By<'a> = Option<&'a Cause>;

impl World {
    /// The object an id names, as it is now; deleted customers as the provider shows them.
    pub(crate) fn object(&self, id: &str) -> Option<Value> {
        if self.written.is_empty() {
            return self.own_object(id);
        }
        if let Some(made) = self.written.made_object(id) {
            return (!is_coupon(&made) || made.get("deleted").is_none()).then_some(made);
        }
        if self.written.is_gone(id) {
            return None;
        }
        let mut value = self.own_object(id)?;
        self.written.overlay(id, &mut value, Seen::Now);
        Some(value)
    }

    /// An object of the world's own under what was written to it.
    pub(crate) fn as_written(&self, value: Value) -> Value {
        self.written.shown(value, Seen::Now)
    }

    /// The record behind an id, copied for a notice; an object that has no record is copied as it shows itself.
    fn snapshot_of(&self, id: &str) -> Option<Snapshot> {
        let own = |n: u64| u32::try_from(n).ok();
        let record = match self.ids.decode(id) {
            Some((Sort::Customer, n)) => self.customers.find(own(n)?).map(Snapshot::from),
            Some((Sort::Subscription, n)) => self.subscriptions.find(own(n)?).map(Snapshot::from),
            Some((Sort::Invoice, n)) => self.invoices.find(own(n)?).map(Snapshot::from),
            Some((Sort::PaymentIntent, n)) => self.intents.find(own(n)?).map(Snapshot::from),
            Some((Sort::Charge, n)) => self.charges.find(own(n)?).map(Snapshot::from),
            Some((Sort::Refund, n)) => self.refunds.find(own(n)?).map(Snapshot::from),
            Some((Sort::Dispute, n)) => self.disputes.find(own(n)?).map(Snapshot::from),
            _ => None,
        };
        record.or_else(|| self.object(id).as_ref().map(Snapshot::told))
    }

    /// Gives notice of something that a request did.
    pub(crate) fn tell(
        &mut self,
        kind: &'static str,
        after: Snapshot,
        before: Option<Snapshot>,
        by: By<'_>,
    ) {
        self.note_cause(by);
        self.events.add(self.now, kind, || after, before);
    }

    /// Writes down who causes the next notice.
    pub(crate) fn note_cause(&mut self, by: By<'_>) {
        if let Some(cause) = by {
            let number = self.events.next_number();
            self.written.causes.insert(number, cause.clone());
        }
    }

    /// Adds an object and gives notice of it. `after` is how many of the world's own are in its list.
    pub(crate) fn make(
        &mut self,
        (kind, notice): (&'static str, &'static str),
        (id, after): (String, u32),
        object: Value,
        by: By<'_>,
    ) {
        let told = Snapshot::told(&object);
        self.written.make(kind, id, after, object);
        self.tell(notice, told, None, by);
    }

    /// Gives an object fields; with a notice where the provider gives one.
    pub(crate) fn change(
        &mut self,
        (kind, notice): (&'static str, Option<&'static str>),
        id: &str,
        fields: Map<String, Value>,
        by: By<'_>,
    ) {
        if fields.is_empty() {
            return;
        }
        let from = self.events.next_number();
        let before = notice.and_then(|_| self.snapshot_of(id));
        self.written
            .change(kind, id, (from, notice.is_some()), fields);
        if let (Some(notice), Some(after)) = (notice, self.snapshot_of(id)) {
            self.tell(notice, after, before, by);
        }
    }

    /// Gives an object fields of which the next notice tells.
    pub(crate) fn change_with_next(
        &mut self,
        (kind, id): (&'static str, &str),
        fields: Map<String, Value>,
    ) {
        if !fields.is_empty() {
            let from = self.events.next_number();
            self.written.change(kind, id, (from, true), fields);
        }
    }

    /// Removes an object that has no life behind it, and gives notice of what it was.
    pub(crate) fn remove(
        &mut self,
        (kind, notice): (&'static str, &'static str),
        id: &str,
        by: By<'_>,
    ) {
        if let Some(last) = self.object(id) {
            let told = Snapshot::told(&last);
            self.written.remove(kind, id);
            self.tell(notice, told, None, by);
        }
    }
}

fn is_coupon(value: &Value) -> bool {
    value.get("object").and_then(Value::as_str) == Some("coupon")
}
