//! A simulated merchant: one truth over simulated time, spoken over HTTP as a payment provider speaks.
//!
//! The crate serves two masters. It is the merchant one looks around with before connecting an account of one's own, and it
//! is the independent truth the product is tested against: it knows what every subscription was worth at every instant,
//! because it made them, and it lets out only what a provider would let out. It therefore depends on nothing of ours and
//! shares no code with the engine.
//!
//! It is not a mock to be told what to answer. A [`World`] grows from a seed; a [`Server`] speaks it at the provider's API
//! version [`API_VERSION`] and misbehaves on order.
//!
//! Invariants: the same [`WorldSpec`] gives the same world on every machine; the world at an instant does not depend on the
//! stops made on the way; everything that changes the truth leaves the traces the provider would leave.

#![recursion_limit = "256"]

mod calendar;
mod catalogue;
mod coupon;
mod currency;
mod event;
mod fraction;
mod http;
mod ids;
mod life;
mod names;
mod record;
mod shelf;
mod stream;
mod truth;
mod wire;
mod words;
mod world;
mod written;

pub use currency::wire_exponent;
pub use fraction::{Fraction, round_half_even};
pub use http::{
    Clock, Fault, FaultKind, JournalEntry, Limits, LimitsReport, Running, Server, ServerOptions,
    SimError, Traffic,
};
pub use truth::Standing;
pub use world::{World, WorldSpec};
pub use written::Effect;

/// The version of the provider's API that is spoken.
pub const API_VERSION: &str = "2026-10-28.endive";
