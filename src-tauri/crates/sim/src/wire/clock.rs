//! Test clocks: customers of a sandbox that live in a time of their own.
//!
//! Their time is the world's here; what matters is that lists leave out what is on a clock unless the clock or the customer
//! is named.

use serde_json::{Value, json};

use crate::ids::Sort;
use crate::world::World;

/// Customers on one clock, as many as the provider allows.
const ON_A_CLOCK: u32 = 3;

impl World {
    /// Puts the first customers on clocks. In live mode there are none.
    pub(crate) fn set_clocks(&mut self, clocks: u32) {
        self.clocks = if self.spec.livemode { 0 } else { clocks };
    }

    /// The clock that a customer is on.
    pub(crate) fn clock_of(&self, customer: u32) -> Option<u32> {
        let clock = customer / ON_A_CLOCK;
        (clock < self.clocks).then_some(clock)
    }

    pub(crate) fn clock_id(&self, customer: u32) -> Option<String> {
        self.clock_of(customer)
            .map(|clock| self.id(Sort::TestClock, clock))
    }

    pub(crate) fn clock_json(&self, clock: u32) -> Value {
        json!({
            "created": self.start,
            "deletes_after": self.now + 30 * 86_400,
            "frozen_time": self.now,
            "id": self.id(Sort::TestClock, clock),
            "livemode": false,
            "name": format!("Clock {}", clock + 1),
            "object": "test_helpers.test_clock",
            "status": "ready",
            "status_details": {},
        })
    }
}
