//! The provider's payment page: visits that end in a subscription or a purchase, and visits that end in nothing.
//!
//! Who comes through the page is drawn from a stream of its own, and a visit only looks ahead at what the customer will take
//! anyway. So the visits change nothing of what happens; they tell how it came about. A visit that was not completed within
//! a day expires.
//!
//! Invariant: a completed visit names the subscription or the invoice that came of it, and nothing else does.

use crate::calendar::DAY;
use crate::catalogue::{Family, PAYMENT_LINKS};
use crate::life::Happening;
use crate::record::{Session, Status};
use crate::stream::Stream;
use crate::world::World;

impl World {
    /// Plans the visits of a new customer, who comes between the two instants.
    pub(super) fn plan_visit(
        &mut self,
        number: u32,
        customer: u32,
        (from, to): (i64, i64),
        recurring: bool,
    ) {
        let mut dice = Stream::new(self.spec.seed, 42, u64::from(number));
        let (comes, lead) = (dice.per_mille(400), dice.between(50, 600));
        let (looked, earlier) = (dice.per_mille(110), dice.between(1, 15));
        if looked {
            let visit = Happening::Visit {
                known: false,
                recurring,
            };
            self.plan(customer, from + earlier, visit);
        }
        if comes {
            let visit = Happening::Visit {
                known: true,
                recurring,
            };
            self.plan(customer, (to - lead).max(from + 16), visit);
        }
    }

    /// Somebody opens the payment page; a known customer is about to come through it.
    pub(super) fn visit(&mut self, at: i64, customer: u32, known: bool, recurring: bool) {
        let currency = self.customers[customer].currency;
        let items = if recurring {
            self.foresee(at, customer)
        } else {
            let day = self.catalogue.price(Family::Onboarding, currency, None);
            day.map(|price| (price, 1)).into_iter().collect()
        };
        let link = self.link_for(&items);
        let session = self.sessions.push(|ix| Session {
            ix,
            customer: known.then_some(customer),
            created: at,
            currency,
            items,
            recurring,
            trial: false,
            completed_at: None,
            expired_at: None,
            subscription: None,
            invoice: None,
            payment_link: link,
        });
        if known {
            self.souls[customer].session = Some(session);
        }
        self.plan(customer, at + DAY, Happening::VisitEnd(session));
    }

    /// The payment link that sells exactly this.
    fn link_for(&self, items: &[(u32, u32)]) -> Option<u32> {
        let [(price, quantity)] = items else {
            return None;
        };
        let price = &self.catalogue.prices[*price];
        PAYMENT_LINKS
            .iter()
            .position(|(family, currency, term, units, _)| {
                (price.family, price.currency, price.term, *quantity)
                    == (*family, *currency, *term, *units)
            })
            .map(|place| place as u32)
    }

    /// The visit through which a subscription came is complete once that runs.
    pub(super) fn complete_visit(&mut self, at: i64, subscription: u32) {
        let record = &self.subscriptions[subscription];
        let (customer, trial) = (record.customer, record.status == Status::Trialing);
        let runs = trial || record.status == Status::Active;
        if !runs || record.send_invoice {
            return;
        }
        let (items, invoice) = (self.held(subscription), record.latest_invoice);
        let Some(session) = self.open_visit(customer, true) else {
            return;
        };
        let record = &mut self.sessions[session];
        (record.items, record.trial) = (items, trial);
        (record.subscription, record.invoice) = (Some(subscription), invoice);
        self.complete(at, session);
    }

    /// The visit of a purchase without a subscription is complete once it is paid.
    pub(super) fn complete_purchase(&mut self, at: i64, invoice: u32) {
        let customer = self.invoices[invoice].customer;
        let Some(session) = self.open_visit(customer, false) else {
            return;
        };
        let items = self.invoices[invoice]
            .lines
            .iter()
            .map(|line| (line.price, line.quantity))
            .collect();
        let record = &mut self.sessions[session];
        (record.items, record.invoice) = (items, Some(invoice));
        self.complete(at, session);
    }

    /// The customer's visit, while it is open.
    fn open_visit(&self, customer: u32, recurring: bool) -> Option<u32> {
        let session = self.souls[customer].session?;
        let record = &self.sessions[session];
        let open = record.completed_at.is_none() && record.expired_at.is_none();
        (open && record.recurring == recurring).then_some(session)
    }

    fn complete(&mut self, at: i64, session: u32) {
        self.sessions[session].completed_at = Some(at);
        self.note_session(at, "checkout.session.completed", session, None);
    }

    /// A day after it was opened, a visit that led to nothing expires.
    pub(super) fn end_visit(&mut self, at: i64, session: u32) {
        let record = &mut self.sessions[session];
        if record.completed_at.is_none() {
            record.expired_at = Some(at);
            self.note_session(at, "checkout.session.expired", session, None);
        }
    }
}
