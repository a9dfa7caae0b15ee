//! The world: a merchant, its customers, and the clock they live by.
//!
//! Everything that will happen waits in one queue ordered by instant, then by customer, then by the order in which that
//! customer's plans were made. Nothing else decides the order, and each customer draws from its own stream of chance.
//! So the world at an instant does not depend on the stops made on the way there; `advance_to` in one stride or in a
//! thousand gives the same records, the same ids and the same events. That is the invariant of this file.
//!
//! The world has no clock of its own: the simulated present is the instant it was last advanced to.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::calendar::{DAY, subtract_months};
use crate::catalogue::{Catalogue, METERS, PAYMENT_LINKS};
use crate::coupon::{Coupon, Discount, coupons};
use crate::event::{Events, Snapshot};
use crate::ids::Ids;
use crate::life::Happening;
use crate::record::{
    BalanceTransaction, Charge, Credit, CreditNote, Customer, Dispute, Intent, Invoice,
    InvoiceItem, InvoicePayment, Refund, Schedule, Session, Subscription,
};
use crate::shelf::Shelf;
use crate::stream::Stream;
use crate::truth::Mark;
use crate::written::Written;

/// What decides a world. The same values give the same world, on every machine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorldSpec {
    /// The seed of all chance.
    pub seed: u64,
    /// How many customers have signed up by `now`, those since deleted included.
    pub customers: u32,
    /// The length of the history before `now`, in months.
    pub months: u32,
    /// The simulated present at which the world is handed out.
    pub now: DateTime<Utc>,
    /// Whether the merchant's objects say that they are live.
    pub livemode: bool,
    /// Whether there are also customers in each of the rare states, one for each, beside those asked for.
    #[serde(default)]
    pub corners: bool,
}

/// Something that will happen, with its place in the order.
#[derive(Clone, Debug)]
pub(crate) struct Planned {
    order: (i64, u32, u32),
    pub(crate) happening: Happening,
}

impl PartialEq for Planned {
    fn eq(&self, other: &Self) -> bool {
        self.order == other.order
    }
}
impl Eq for Planned {}
impl PartialOrd for Planned {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Planned {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.order.cmp(&other.order)
    }
}

/// How a customer's payments go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Temper {
    /// As chance has it.
    #[default]
    Natural,
    /// Every payment succeeds, and nothing is given back or disputed by chance.
    Steady,
    /// The first payment is declined and never made good.
    FirstDeclined,
    /// The first payment succeeds, no later one does.
    LaterDeclined,
}

/// What the world knows of a customer and the provider does not show.
#[derive(Clone, Debug)]
pub(crate) struct Soul {
    pub(crate) stream: Stream,
    pub(crate) plans: u32,
    pub(crate) subscriptions: Vec<u32>,
    /// Every discount the customer ever had in person.
    pub(crate) discounts: Vec<u32>,
    pub(crate) temper: Temper,
    /// The movements of the customer's credit, oldest first.
    pub(crate) credits: Vec<u32>,
    /// Credit given by hand that has not expired.
    pub(crate) goodwill: i64,
    /// The payment page through which the customer is about to come.
    pub(crate) session: Option<u32>,
}

/// What the truth remembers of a subscription.
#[derive(Clone, Debug, Default)]
pub(crate) struct Past {
    pub(crate) marks: Vec<Mark>,
    /// Every discount the subscription itself ever had.
    pub(crate) discounts: Vec<u32>,
    /// Those that were taken away before their time, and when.
    pub(crate) removed: Vec<(u32, i64)>,
}

/// A simulated merchant over simulated time.
#[derive(Clone, Debug)]
pub struct World {
    pub(crate) spec: WorldSpec,
    pub(crate) start: i64,
    pub(crate) now: i64,
    pub(crate) ids: Ids,
    pub(crate) catalogue: Catalogue,
    pub(crate) coupons: Vec<Coupon>,
    pub(crate) coupon_uses: Vec<u32>,
    pub(crate) promotion_uses: Vec<u32>,
    pub(crate) customers: Shelf<Customer>,
    pub(crate) souls: Shelf<Soul>,
    pub(crate) subscriptions: Shelf<Subscription>,
    pub(crate) pasts: Shelf<Past>,
    pub(crate) discounts: Shelf<Discount>,
    pub(crate) invoice_items: Shelf<InvoiceItem>,
    pub(crate) invoices: Shelf<Invoice>,
    pub(crate) payments: Shelf<InvoicePayment>,
    pub(crate) intents: Shelf<Intent>,
    pub(crate) charges: Shelf<Charge>,
    pub(crate) refunds: Shelf<Refund>,
    pub(crate) disputes: Shelf<Dispute>,
    pub(crate) balance: Shelf<BalanceTransaction>,
    pub(crate) credits: Shelf<Credit>,
    pub(crate) credit_notes: Shelf<CreditNote>,
    pub(crate) schedules: Shelf<Schedule>,
    pub(crate) sessions: Shelf<Session>,
    pub(crate) events: Events,
    /// What requests made and changed; empty in a world that nobody wrote to.
    pub(crate) written: Written,
    /// Clocks that customers of a sandbox live on.
    pub(crate) clocks: u32,
    queue: BinaryHeap<Reverse<Planned>>,
}

impl World {
    /// The world of `spec`, lived up to `spec.now`.
    #[must_use]
    pub fn generate(spec: &WorldSpec) -> Self {
        let mut world = Self::begin(spec);
        world.advance_to(spec.now);
        world
    }

    /// The world of `spec` before its first customer. Its present is `spec.months` before `spec.now`.
    #[must_use]
    pub fn begin(spec: &WorldSpec) -> Self {
        let end = spec.now.timestamp();
        let start = subtract_months(end, spec.months.max(1));
        let opened = start - 20 * DAY;
        let catalogue = Catalogue::new(opened, start + (end - start) / 3, spec.corners);
        let coupons = coupons(&catalogue, opened);
        let mut world = Self {
            spec: spec.clone(),
            start,
            now: start,
            ids: Ids::new(spec.seed),
            coupon_uses: vec![0; coupons.len()],
            promotion_uses: vec![0; crate::coupon::PROMOTION_CODES.len()],
            coupons,
            catalogue,
            customers: Shelf::default(),
            souls: Shelf::default(),
            subscriptions: Shelf::default(),
            pasts: Shelf::default(),
            discounts: Shelf::default(),
            invoice_items: Shelf::default(),
            invoices: Shelf::default(),
            payments: Shelf::default(),
            intents: Shelf::default(),
            charges: Shelf::default(),
            refunds: Shelf::default(),
            disputes: Shelf::default(),
            balance: Shelf::default(),
            credits: Shelf::default(),
            credit_notes: Shelf::default(),
            schedules: Shelf::default(),
            sessions: Shelf::default(),
            events: Events::default(),
            written: Written::default(),
            clocks: 0,
            queue: BinaryHeap::new(),
        };
        let first = world.arrival(0);
        world.queue.push(Reverse(Planned {
            order: (first, 0, 0),
            happening: Happening::SignUp,
        }));
        for (number, (at, happening)) in (0u32..).zip(world.extras()) {
            let order = (at, u32::MAX - number, 0);
            world.queue.push(Reverse(Planned { order, happening }));
        }
        world
    }

    /// Lets time pass until `instant`, which becomes the present. An instant in the past changes nothing.
    pub fn advance_to(&mut self, instant: DateTime<Utc>) {
        let target = instant.timestamp();
        if target < self.now {
            return;
        }
        self.events.horizon = target - crate::event::KEPT;
        while self
            .queue
            .peek()
            .is_some_and(|Reverse(next)| next.order.0 <= target)
        {
            if let Some(Reverse(next)) = self.queue.pop() {
                self.happen(next.order.0, next.order.1, &next.happening);
            }
        }
        self.now = target;
        self.events.forget(target);
    }

    /// The simulated present.
    #[must_use]
    pub fn present(&self) -> DateTime<Utc> {
        DateTime::from_timestamp(self.now, 0).unwrap_or_default()
    }

    /// What decides this world.
    #[must_use]
    pub const fn spec(&self) -> &WorldSpec {
        &self.spec
    }

    /// Plans something for a customer.
    pub(crate) fn plan(&mut self, customer: u32, at: i64, happening: Happening) {
        let soul = &mut self.souls[customer];
        soul.plans += 1;
        let order = (at, customer, soul.plans);
        self.queue.push(Reverse(Planned { order, happening }));
    }

    /// Plans the arrival of the next customer, who does not exist yet.
    pub(crate) fn plan_arrival(&mut self, number: u32) {
        let at = self.arrival(number);
        self.queue.push(Reverse(Planned {
            order: (at, number, 0),
            happening: Happening::SignUp,
        }));
    }

    /// When customer `number` signs up. Sign-ups come ever faster until the present of the spec and keep that pace after it.
    fn arrival(&self, number: u32) -> i64 {
        let span = (self.spec.now.timestamp() - self.start) as f64;
        let total = f64::from(self.spec.customers.max(1));
        let mut draw = Stream::new(self.spec.seed, 1, u64::from(number));
        // One in twenty shares the second of the one before: imports and team sign-ups do that.
        let shared = draw.per_mille(50) && number > 0 && number != self.spec.customers;
        let place = |n: u32| {
            let mut draw = Stream::new(self.spec.seed, 2, u64::from(n));
            (f64::from(n) + draw.below(1_000_000) as f64 / 1_000_000.0) / total
        };
        // A merchant without customers so far gets the first one after the present.
        let nobody_yet = f64::from(u8::from(self.spec.customers == 0));
        let x = place(if shared { number - 1 } else { number }) + nobody_yet;
        // Sign-ups by time x of the span are (x + g x²) / (1 + g): here solved for the time.
        let growth = 1.6_f64;
        let time = if x < 1.0 {
            ((1.0 + 4.0 * growth * (1.0 + growth) * x).sqrt() - 1.0) / (2.0 * growth)
        } else {
            1.0 + (x - 1.0) * (1.0 + growth) / (1.0 + 2.0 * growth)
        };
        self.start + (time * span) as i64 + i64::from(x >= 1.0)
    }

    /// The chance of a customer.
    pub(crate) fn dice(&mut self, customer: u32) -> &mut Stream {
        &mut self.souls[customer].stream
    }

    /// How many objects each list of the API would walk over, by path.
    #[must_use]
    pub fn counts(&self) -> BTreeMap<&'static str, u64> {
        let items: u64 = self
            .subscriptions
            .iter()
            .map(|subscription| subscription.items.len() as u64)
            .sum();
        let alive = self
            .customers
            .iter()
            .filter(|customer| customer.deleted_at.is_none())
            .count() as u64;
        let with_written =
            |own: u64, kind: &str| own.saturating_add_signed(self.written.surplus(kind));
        BTreeMap::from([
            ("/v1/customers", with_written(alive, "customer")),
            (
                "/v1/products",
                with_written(u64::from(self.catalogue.products.len()), "product"),
            ),
            (
                "/v1/prices",
                with_written(u64::from(self.catalogue.prices.len()), "price"),
            ),
            (
                "/v1/coupons",
                with_written(self.coupons.len() as u64, "coupon"),
            ),
            (
                "/v1/promotion_codes",
                with_written(self.promotion_uses.len() as u64, "promotion_code"),
            ),
            ("/v1/subscriptions", u64::from(self.subscriptions.len())),
            ("/v1/subscription_items", items),
            ("/v1/invoices", u64::from(self.invoices.len())),
            ("/v1/invoiceitems", u64::from(self.invoice_items.len())),
            ("/v1/invoice_payments", u64::from(self.payments.len())),
            ("/v1/payment_intents", u64::from(self.intents.len())),
            ("/v1/charges", u64::from(self.charges.len())),
            ("/v1/refunds", u64::from(self.refunds.len())),
            ("/v1/disputes", u64::from(self.disputes.len())),
            ("/v1/balance_transactions", u64::from(self.balance.len())),
            (
                "/v1/customers/balance_transactions",
                u64::from(self.credits.len()),
            ),
            ("/v1/credit_notes", u64::from(self.credit_notes.len())),
            (
                "/v1/subscription_schedules",
                u64::from(self.schedules.len()),
            ),
            ("/v1/checkout/sessions", u64::from(self.sessions.len())),
            ("/v1/billing/meters", METERS.len() as u64),
            ("/v1/payment_links", PAYMENT_LINKS.len() as u64),
            ("/v1/events", self.events.kept().len() as u64),
        ])
    }
}

/// Notices of something about a record. The record is copied only when the notice will be kept.
macro_rules! notices {
    ($($note:ident, $shelf:ident;)*) => {
        impl World {$(
            /// Gives notice of something about a record; `before` is the record as it was, where it has changed.
            pub(crate) fn $note(&mut self, at: i64, kind: &'static str, ix: u32, before: Option<Snapshot>) {
                let record = &self.$shelf[ix];
                self.events.add(at, kind, || Snapshot::from(record), before);
            }
        )*}
    };
}

/// Copies of records as they are, when a notice about them will be kept.
macro_rules! keepers {
    ($($keep:ident, $shelf:ident;)*) => {
        impl World {$(
            /// The record as it is, when a notice of this instant will be kept.
            pub(crate) fn $keep(&self, at: i64, ix: u32) -> Option<Snapshot> {
                self.events.wants(at).then(|| Snapshot::from(&self.$shelf[ix]))
            }
        )*}
    };
}

notices! {
    note_customer, customers;
    note_subscription, subscriptions;
    note_invoice, invoices;
    note_invoice_item, invoice_items;
    note_payment, payments;
    note_intent, intents;
    note_charge, charges;
    note_refund, refunds;
    note_dispute, disputes;
    note_discount, discounts;
    note_credit_note, credit_notes;
    note_schedule, schedules;
    note_session, sessions;
}

keepers! {
    keep_customer, customers;
    keep_subscription, subscriptions;
    keep_invoice, invoices;
    keep_payment, payments;
    keep_intent, intents;
    keep_charge, charges;
    keep_dispute, disputes;
    keep_schedule, schedules;
}
