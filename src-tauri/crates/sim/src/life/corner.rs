//! The rare states: one customer for each, beside those asked for, when a world is asked for them.
//!
//! Chance alone reaches some states once in a thousand customers and others never, but a client must bear them all. So each
//! of these customers is led by hand to one state that holds at the present of the spec. Their payments go as their state
//! needs it, they draw nothing that could lead them elsewhere, and time passes for them after that present as for everybody.
//! The truth knows what each of them is worth. A world of less than four months is too short for some of the ways.
//!
//! Invariant: which customers there are and when they come depends on the spec alone.

use crate::calendar::{DAY, HOUR, Term};
use crate::catalogue::Family;
use crate::coupon::which;
use crate::currency::Currency;
use crate::life::Happening;
use crate::life::arrival::Choice;
use crate::record::Phase;
use crate::stream::Stream;
use crate::world::{Past, Temper, World};

/// A rare state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Corner {
    Incomplete,
    IncompleteExpired,
    Unpaid,
    Paused,
    CollectionVoided,
    CollectionWrittenOff,
    CollectionKept,
    TrialWithoutMethod,
    TrialLapsed,
    Metered,
    MixedIntervals,
    StackedDiscounts,
    RemovedDiscount,
    DeletedAfterCancel,
    Overdue,
    ClosedByHand,
    DisputedAndRefunded,
    TwoCurrencies,
    Downgrade,
}

/// The rare states, with how long before the present their customer comes.
const CORNERS: [(Corner, i64); 19] = [
    (Corner::Incomplete, 5 * HOUR),
    (Corner::IncompleteExpired, 10 * DAY),
    (Corner::Unpaid, 75 * DAY),
    (Corner::Paused, 50 * DAY),
    (Corner::CollectionVoided, 80 * DAY),
    (Corner::CollectionWrittenOff, 81 * DAY),
    (Corner::CollectionKept, 82 * DAY),
    (Corner::TrialWithoutMethod, 5 * DAY),
    (Corner::TrialLapsed, 30 * DAY),
    (Corner::Metered, 70 * DAY),
    (Corner::MixedIntervals, 100 * DAY),
    (Corner::StackedDiscounts, 40 * DAY),
    (Corner::RemovedDiscount, 65 * DAY),
    (Corner::DeletedAfterCancel, 60 * DAY),
    (Corner::Overdue, 40 * DAY),
    (Corner::ClosedByHand, 70 * DAY),
    (Corner::DisputedAndRefunded, 45 * DAY),
    (Corner::TwoCurrencies, 35 * DAY),
    (Corner::Downgrade, 12 * DAY),
];

/// What a subscription begins with.
struct Opening<'a> {
    items: &'a [(Family, Term, u32)],
    currency: Currency,
    trial_days: i64,
    send_invoice: bool,
}

impl World {
    /// The coming of the customers in the rare states, when they are asked for.
    pub(super) fn corners(&self) -> impl Iterator<Item = (i64, Happening)> + use<> {
        let (wanted, now, start) = (self.spec.corners, self.spec.now.timestamp(), self.start);
        CORNERS
            .into_iter()
            .filter(move |_| wanted)
            .map(move |(corner, before)| ((now - before).max(start), Happening::Corner(corner)))
    }

    /// A customer comes who will be in a rare state at the present of the spec.
    pub(super) fn come_by_corner(&mut self, at: i64, corner: Corner) {
        let temper = match corner {
            Corner::Incomplete | Corner::IncompleteExpired => Temper::FirstDeclined,
            Corner::Unpaid | Corner::Overdue => Temper::LaterDeclined,
            _ => Temper::Steady,
        };
        let stream = Stream::new(self.spec.seed, 48, corner as u64);
        let customer = self.enrol(at, stream, temper);
        let at = at + 90;
        match corner {
            Corner::TrialWithoutMethod | Corner::TrialLapsed => self.open_cardless(at, customer),
            Corner::StackedDiscounts => self.open_stacked(at, customer),
            Corner::ClosedByHand => self.open_closed(at, customer),
            Corner::DisputedAndRefunded => self.open_disputed(at, customer),
            Corner::TwoCurrencies => self.open_in_two_currencies(at, customer),
            _ => self.open_plain(at, customer, corner),
        }
    }

    /// States that begin with an ordinary subscription.
    fn open_plain(&mut self, at: i64, customer: u32, corner: Corner) {
        let team = [(Family::Team, Term::Monthly, 4)];
        let metered = [
            (Family::Team, Term::Monthly, 3),
            (Family::Calls, Term::Monthly, 1),
        ];
        let mixed = [
            (Family::Team, Term::Monthly, 6),
            (Family::Support, Term::Yearly, 1),
        ];
        let items: &[_] = match corner {
            Corner::Metered => &metered,
            Corner::MixedIntervals => &mixed,
            _ => &team,
        };
        let opening = Opening {
            items,
            currency: self.customers[customer].currency,
            trial_days: 0,
            send_invoice: corner == Corner::Overdue,
        };
        let prepare = |world: &mut Self, subscription: u32| {
            if corner == Corner::RemovedDiscount {
                world.attach(at, subscription, which::SUPPORTER, None, None);
            }
        };
        let subscription = self.open(at, customer, &opening, prepare);
        let later = match corner {
            Corner::Paused => Happening::Pause(subscription),
            Corner::CollectionVoided => collection(subscription, "void"),
            Corner::CollectionWrittenOff => collection(subscription, "mark_uncollectible"),
            Corner::CollectionKept => collection(subscription, "keep_as_draft"),
            Corner::RemovedDiscount => Happening::RemoveDiscount(subscription),
            Corner::DeletedAfterCancel => {
                self.plan(customer, at + 33 * DAY, Happening::Delete);
                Happening::Cancel {
                    subscription,
                    at_end: false,
                }
            }
            Corner::Downgrade => Happening::Downgrade(subscription),
            _ => return,
        };
        let when = if corner == Corner::Downgrade { 2 } else { 32 };
        self.plan(customer, at + when * DAY, later);
    }

    /// Begins a subscription, with what `prepare` adds before it is billed.
    fn open(
        &mut self,
        at: i64,
        customer: u32,
        opening: &Opening<'_>,
        prepare: impl FnOnce(&mut Self, u32),
    ) -> u32 {
        let priced = |(family, term, quantity): &(Family, Term, u32)| {
            let price = self
                .catalogue
                .price(*family, opening.currency, Some(*term))?;
            Some((price, *quantity))
        };
        let term = opening
            .items
            .first()
            .map_or(Term::Monthly, |(_, term, _)| *term);
        let choice = Choice {
            items: opening.items.iter().filter_map(priced).collect(),
            family: Family::Team,
            term,
            tax: None,
            currency: opening.currency,
        };
        let trial = (opening.trial_days > 0).then_some((at, at + opening.trial_days * DAY));
        let end = trial.map_or_else(|| term.after(at, 1), |(_, end)| end);
        let ix = self.found(at, customer, &choice, trial, end);
        let prices = &self.catalogue.prices;
        let record = &mut self.subscriptions[ix];
        record.send_invoice = opening.send_invoice;
        if trial.is_some() {
            record.missing_method = "pause";
        }
        for item in &mut record.items {
            let own = prices[item.price].term.filter(|own| *own != term);
            item.own_period = own.map(|own| (at, own.after(at, 1)));
        }
        self.pasts.push(|_| Past::default());
        self.souls[customer].subscriptions.push(ix);
        prepare(self, ix);
        self.note_subscription(at, "customer.subscription.created", ix, None);
        self.bill_start(at, ix);
        let renewal = Happening::Renew {
            subscription: ix,
            generation: 0,
        };
        self.plan(customer, end, renewal);
        ix
    }

    /// A trial of somebody who has given nothing to pay with.
    fn open_cardless(&mut self, at: i64, customer: u32) {
        self.customers[customer].cardless = true;
        let opening = Opening {
            items: &[(Family::Starter, Term::Monthly, 1)],
            currency: self.customers[customer].currency,
            trial_days: 14,
            send_invoice: false,
        };
        let subscription = self.open(at, customer, &opening, |_, _| ());
        self.plan(
            customer,
            at + 11 * DAY,
            Happening::TrialNotice(subscription),
        );
    }

    /// Discounts on the customer, on the subscription and on an item, all at once.
    fn open_stacked(&mut self, at: i64, customer: u32) {
        let opening = Opening {
            items: &[
                (Family::Team, Term::Monthly, 5),
                (Family::Support, Term::Monthly, 1),
            ],
            currency: self.customers[customer].currency,
            trial_days: 0,
            send_invoice: false,
        };
        self.discount_customer(at, customer, which::PARTNER);
        self.open(at, customer, &opening, |world, subscription| {
            world.attach(at, subscription, which::TEAM_ONLY, None, Some(0));
            world.attach(at, subscription, which::SUPPORTER, None, None);
            world.attach(at, subscription, which::FIRST_YEAR, None, None);
        });
    }

    /// Two invoices that were never paid: one voided, one given up.
    fn open_closed(&mut self, at: i64, customer: u32) {
        let currency = self.customers[customer].currency;
        let Some(price) = self.catalogue.price(Family::Onboarding, currency, None) else {
            return;
        };
        for void in [true, false] {
            let item = self.charge_item(at, customer, price, 2);
            let invoice = self.bill_items(at, customer, &[item], true);
            self.finalize(at, invoice);
            self.plan(
                customer,
                at + 35 * DAY,
                Happening::CloseByHand { invoice, void },
            );
        }
    }

    /// A charge that is disputed and then refunded in part or in full.
    fn open_disputed(&mut self, at: i64, customer: u32) {
        let opening = Opening {
            items: &[(Family::Team, Term::Monthly, 7)],
            currency: self.customers[customer].currency,
            trial_days: 0,
            send_invoice: false,
        };
        let subscription = self.open(at, customer, &opening, |_, _| ());
        let charge = self.subscriptions[subscription]
            .latest_invoice
            .and_then(|invoice| self.invoices[invoice].payment)
            .and_then(|payment| self.intents[self.payments[payment].intent].latest_charge);
        if let Some(charge) = charge {
            self.plan(customer, at + 20 * DAY, Happening::DisputeOpen(charge));
            self.plan(customer, at + 22 * DAY, Happening::Refund(charge));
        }
    }

    /// Two subscriptions of one customer that are billed in different currencies.
    fn open_in_two_currencies(&mut self, at: i64, customer: u32) {
        let own = self.customers[customer].currency;
        let other = if own == Currency::Eur {
            Currency::Usd
        } else {
            Currency::Eur
        };
        for (n, currency) in [(0, own), (1, other)] {
            let opening = Opening {
                items: &[(Family::Team, Term::Monthly, 3)],
                currency,
                trial_days: 0,
                send_invoice: false,
            };
            self.open(at + n, customer, &opening, |_, _| ());
        }
    }

    /// From the next period on, less is held: a schedule says so and carries it out.
    pub(super) fn settle_downgrade(&mut self, at: i64, subscription: u32) {
        let record = &self.subscriptions[subscription];
        let (start, end) = record.period;
        let starter = self
            .catalogue
            .price(Family::Starter, record.currency, Some(Term::Monthly));
        let phases = [
            (start, end, Some(self.held(subscription))),
            (
                end,
                Term::Monthly.after(end, 3),
                starter.map(|price| vec![(price, 1)]),
            ),
        ];
        let phases = phases
            .into_iter()
            .filter_map(|(start, end, items)| {
                Some(Phase {
                    start,
                    end,
                    items: items?,
                    prorates: false,
                    note: None,
                })
            })
            .collect();
        self.put_under_schedule(at, subscription, phases, 0);
    }

    /// The merchant takes a discount away before its time. The provider then shows it on earlier invoices only.
    pub(super) fn remove_discount(&mut self, at: i64, subscription: u32) {
        let before = self.keep_subscription(at, subscription);
        for discount in std::mem::take(&mut self.subscriptions[subscription].discounts) {
            self.pasts[subscription].removed.push((discount, at));
            self.note_discount(at, "customer.discount.deleted", discount, None);
        }
        self.note_subscription(at, "customer.subscription.updated", subscription, before);
    }
}

const fn collection(subscription: u32, how: &'static str) -> Happening {
    Happening::PauseCollection { subscription, how }
}
