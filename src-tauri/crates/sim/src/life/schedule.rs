//! Subscription schedules: what is settled ahead of time.
//!
//! The truth of an ordinary world must be the same with and without schedules, so they only write down what happens anyway.
//! There are three kinds by chance. A change of plan that really happened may have been made through a schedule, whose first
//! phase ends and whose second begins at that instant, and which lets the subscription go at the end of the period. A plan
//! may be fixed for longer: the running period, then a long phase with the very same items, so that the monthly worth never
//! moves. And a schedule may be made for a subscription that is to start later, and is called off before it does. Only among
//! the rare states is there one whose next phase changes what is held.
//!
//! A schedule that is in force is released when its subscription is altered by hand, and cancelled when that ends.
//!
//! Invariant: a subscription names a schedule exactly while the schedule is active and names the subscription.

use crate::calendar::{DAY, Term};
use crate::catalogue::Family;
use crate::currency::Currency;
use crate::life::Happening;
use crate::record::{Item, Phase, Schedule, Status};
use crate::stream::{Stream, fold};
use crate::world::World;

impl World {
    /// Prices and quantities of a subscription.
    pub(super) fn held(&self, subscription: u32) -> Vec<(u32, u32)> {
        self.subscriptions[subscription]
            .items
            .iter()
            .map(|item| (item.price, item.quantity))
            .collect()
    }

    fn new_schedule(
        &mut self,
        at: i64,
        owner: (u32, Option<u32>),
        currency: Currency,
        phases: Vec<Phase>,
        current: Option<usize>,
    ) -> u32 {
        let (customer, subscription) = owner;
        let ix = self.schedules.push(|ix| Schedule {
            ix,
            customer,
            subscription,
            created: at,
            currency,
            phases,
            current,
            cancels_at_end: false,
            canceled_at: None,
            completed_at: None,
            released_at: None,
        });
        self.note_schedule(at, "subscription_schedule.created", ix, None);
        ix
    }

    /// Puts a subscription under a schedule that is already running.
    pub(super) fn put_under_schedule(
        &mut self,
        at: i64,
        subscription: u32,
        phases: Vec<Phase>,
        current: usize,
    ) {
        let record = &self.subscriptions[subscription];
        let (customer, currency) = (record.customer, record.currency);
        let end = phases.get(current).map_or(at, |phase| phase.end);
        let owner = (customer, Some(subscription));
        let schedule = self.new_schedule(at, owner, currency, phases, Some(current));
        let before = self.keep_subscription(at, subscription);
        self.subscriptions[subscription].schedule = Some(schedule);
        self.note_subscription(at, "customer.subscription.updated", subscription, before);
        self.plan(customer, end, Happening::PhaseEnd(schedule));
    }

    /// A change of plan that has just happened may have been made by a schedule.
    pub(super) fn schedule_change(&mut self, at: i64, subscription: u32, before: Vec<(u32, u32)>) {
        let (start, end) = self.subscriptions[subscription].period;
        let draw = fold(&[u64::from(subscription), at.unsigned_abs()]);
        if !Stream::new(self.spec.seed, 45, draw).per_mille(350) {
            return;
        }
        let phase = |start, end, items, prorates| Phase {
            start,
            end,
            items,
            prorates,
            note: None,
        };
        let phases = vec![
            phase(start, at, before, false),
            phase(at, end, self.held(subscription), true),
        ];
        self.put_under_schedule(at, subscription, phases, 1);
    }

    /// A plan is fixed for longer: the period that runs, and then the same items for a year or so.
    pub(super) fn fix_plan(&mut self, at: i64, subscription: u32) {
        let record = &self.subscriptions[subscription];
        let (start, end) = record.period;
        let settled = record.status == Status::Active
            && !record.cancel_at_period_end
            && record.schedule.is_none()
            && start < at
            && at < end;
        if !settled {
            return;
        }
        let term = self.term(subscription);
        let periods = match term {
            Term::Weekly => 26,
            Term::Monthly => 12,
            Term::Quarterly => 4,
            Term::Yearly => 1,
        };
        let items = self.held(subscription);
        let until = term.after(record.anchor, record.cycles + 1 + periods);
        let phases = vec![
            Phase {
                start,
                end,
                items: items.clone(),
                prorates: true,
                note: None,
            },
            Phase {
                start: end,
                end: until,
                items,
                prorates: false,
                note: Some("price fixed"),
            },
        ];
        self.put_under_schedule(at, subscription, phases, 0);
    }

    /// Some customers have a subscription settled that is to start later.
    pub(super) fn plan_ahead(&mut self, number: u32, customer: u32, at: i64) {
        let mut dice = Stream::new(self.spec.seed, 47, u64::from(number));
        if dice.per_mille(40) {
            let later = dice.between(10 * DAY, 300 * DAY);
            self.plan(customer, at + later, Happening::SettleAhead);
        }
    }

    /// A subscription is settled for later. It is always called off before it starts.
    pub(super) fn settle_ahead(&mut self, at: i64, customer: u32) {
        let currency = self.customers[customer].currency;
        let Some(price) = self
            .catalogue
            .price(Family::Team, currency, Some(Term::Quarterly))
            .filter(|_| self.customers[customer].deleted_at.is_none())
        else {
            return;
        };
        let mut dice = Stream::new(self.spec.seed, 51, u64::from(customer));
        let start = at + dice.between(25 * DAY, 60 * DAY);
        let phases = vec![Phase {
            start,
            end: Term::Quarterly.after(start, 4),
            items: vec![(price, dice.between(2, 9) as u32)],
            prorates: true,
            note: None,
        }];
        let schedule = self.new_schedule(at, (customer, None), currency, phases, None);
        let called_off = start - dice.between(DAY, 4 * DAY);
        self.plan(customer, called_off, Happening::CallOff(schedule));
    }

    /// A schedule is cancelled; it takes no subscription with it.
    pub(super) fn call_off(&mut self, at: i64, schedule: u32) {
        if self.schedules[schedule].is_over() {
            return;
        }
        let before = self.keep_schedule(at, schedule);
        self.schedules[schedule].canceled_at = Some(at);
        self.note_schedule(at, "subscription_schedule.canceled", schedule, before);
    }

    /// The subscription ends, and its schedule with it.
    pub(super) fn cancel_schedule(&mut self, at: i64, subscription: u32) {
        if let Some(schedule) = self.subscriptions[subscription].schedule.take() {
            self.call_off(at, schedule);
        }
    }

    /// Lets a subscription go from its schedule.
    pub(super) fn release_schedule(&mut self, at: i64, subscription: u32) {
        if self.subscriptions[subscription].schedule.is_none() {
            return;
        }
        let before = self.keep_subscription(at, subscription);
        let Some(schedule) = self.subscriptions[subscription].schedule.take() else {
            return;
        };
        let earlier = self.keep_schedule(at, schedule);
        self.schedules[schedule].released_at = Some(at);
        self.note_schedule(at, "subscription_schedule.released", schedule, earlier);
        self.note_subscription(at, "customer.subscription.updated", subscription, before);
    }

    /// The running phase of a schedule is over.
    pub(super) fn end_phase(&mut self, at: i64, schedule: u32) {
        let record = &self.schedules[schedule];
        if let Some(subscription) = record.subscription.filter(|_| !record.is_over()) {
            self.enter_phase(at, subscription);
        }
    }

    /// Enters the phase that has begun, before a renewal bills it; after the last one the subscription goes on alone.
    pub(super) fn enter_phase(&mut self, at: i64, subscription: u32) {
        let Some(schedule) = self.subscriptions[subscription].schedule else {
            return;
        };
        let record = &self.schedules[schedule];
        let current = record.current.unwrap_or(0);
        if record
            .phases
            .get(current)
            .is_some_and(|phase| at < phase.end)
        {
            return;
        }
        let Some(next) = record.phases.get(current + 1).cloned() else {
            self.release_schedule(at, subscription);
            return;
        };
        let customer = record.customer;
        let before = self.keep_schedule(at, schedule);
        self.schedules[schedule].current = Some(current + 1);
        self.note_schedule(at, "subscription_schedule.updated", schedule, before);
        self.plan(customer, next.end, Happening::PhaseEnd(schedule));
        if next.items == self.held(subscription) {
            return;
        }
        let before = self.keep_subscription(at, subscription);
        let record = &mut self.subscriptions[subscription];
        record.items.truncate(next.items.len());
        for (item, (price, quantity)) in record.items.iter_mut().zip(&next.items) {
            (item.price, item.quantity) = (*price, *quantity);
        }
        for (price, quantity) in next.items.iter().skip(record.items.len()) {
            let seq = record.next_item;
            record.next_item += 1;
            record.items.push(Item {
                seq,
                created: at,
                price: *price,
                quantity: *quantity,
                discounts: Vec::new(),
                billed: None,
                own_period: None,
            });
        }
        self.mark(at, subscription);
        self.note_subscription(at, "customer.subscription.updated", subscription, before);
    }
}
