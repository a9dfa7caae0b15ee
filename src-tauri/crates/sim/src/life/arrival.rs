//! How customers come: signing up, choosing a plan, starting a trial.
//!
//! The proportions are those of a small young software business. They are not tuned to any test; tests that need a certain
//! life look for one in a world that is large enough to have it.

use crate::calendar::{DAY, HOUR, Term};
use crate::catalogue::{Family, inclusive_rate};
use crate::coupon::{Discount, Lasting, PROMOTION_CODES, which};
use crate::currency::Currency;
use crate::life::Happening;
use crate::names::Name;
use crate::record::{Card, Customer, Item, Status, Subscription, Tax};
use crate::stream::Stream;
use crate::world::{Past, Soul, Temper, World};

/// What a customer takes.
pub(super) struct Choice {
    pub(super) items: Vec<(u32, u32)>,
    pub(super) family: Family,
    pub(super) term: Term,
    pub(super) tax: Option<Tax>,
    pub(super) currency: Currency,
}

/// A believable quantity of something.
pub(super) fn quantity(family: Family, dice: &mut Stream) -> u32 {
    let (low, high) = match family {
        Family::Team => (2, 18),
        Family::Business => (4, 70),
        Family::Platform => (5, 120),
        Family::Seats => (1, 20),
        Family::Storage => (10, 420),
        _ => (1, 1),
    };
    // The smaller of two draws: most are small.
    dice.between(low, high).min(dice.between(low, high)) as u32
}

fn card(dice: &mut Stream, at: i64) -> Card {
    let year = 1970 + at / (365 * DAY);
    Card {
        brand: dice.weighted(&[
            (56, "visa"),
            (34, "mastercard"),
            (7, "amex"),
            (2, "jcb"),
            (1, "discover"),
        ]),
        last4: dice.below(10_000) as u16,
        exp_month: dice.between(1, 12) as u8,
        exp_year: (year + dice.between(1, 5)) as u16,
    }
}

impl World {
    pub(super) fn sign_up(&mut self, at: i64, number: u32) {
        self.plan_arrival(number + 1);
        let stream = Stream::new(self.spec.seed, 3, u64::from(number));
        let ix = self.enrol(at, stream, Temper::Natural);
        let dice = self.dice(ix);
        let (one_off_only, never, soon) = (
            dice.per_mille(25),
            dice.per_mille(12),
            dice.between(20, 5 * HOUR),
        );
        let (often, many) = (dice.per_mille(40), dice.per_mille(250));
        if one_off_only {
            self.plan(ix, at + soon, Happening::OneOff { many_lines: many });
            self.plan_visit(number, ix, (at, at + soon), false);
            return;
        }
        if never {
            return;
        }
        self.plan(ix, at + soon, Happening::Subscribe { again: false });
        self.plan_visit(number, ix, (at, at + soon), true);
        self.plan_ahead(number, ix, at);
        if often {
            self.plan(
                ix,
                at + soon + 9 * DAY,
                Happening::OneOff { many_lines: many },
            );
        }
    }

    /// The records of a new customer.
    pub(super) fn enrol(&mut self, at: i64, mut stream: Stream, temper: Temper) -> u32 {
        let name = Name::draw(&mut stream);
        let currency = name.country().currency;
        let card = card(&mut stream, at);
        let ix = self.customers.push(|ix| Customer {
            ix,
            created: at,
            name,
            email_changed: false,
            currency,
            card,
            balance: 0,
            delinquent: false,
            discount: None,
            cardless: false,
            deleted_at: None,
            next_number: 1,
        });
        self.souls.push(|_| Soul {
            stream,
            plans: 0,
            subscriptions: Vec::new(),
            discounts: Vec::new(),
            temper,
            credits: Vec::new(),
            goodwill: 0,
            session: None,
        });
        self.note_customer(at, "customer.created", ix, None);
        ix
    }

    /// What a customer is about to take, without taking it: the dice are put back as they were.
    pub(super) fn foresee(&mut self, at: i64, customer: u32) -> Vec<(u32, u32)> {
        let dice = self.souls[customer].stream.clone();
        let choice = self.choose(at, customer);
        self.souls[customer].stream = dice;
        choice.items
    }

    /// Draws what a customer takes.
    fn choose(&mut self, at: i64, customer: u32) -> Choice {
        let record = &self.customers[customer];
        let (currency, country) = (record.currency, record.name.country());
        let archived = self
            .catalogue
            .prices
            .iter()
            .find_map(|price| price.archived_at)
            .unwrap_or(0);
        let dice = &mut self.souls[customer].stream;
        let mut family = dice.weighted(&[
            (36, Family::Starter),
            (34, Family::Team),
            (12, Family::Business),
            (6, Family::Platform),
            (5, Family::Pulse),
        ]);
        let mut term = dice.weighted(&[
            (70, Term::Monthly),
            (20, Term::Yearly),
            (10, Term::Quarterly),
        ]);
        let mut tax = (country.vat > 0 && dice.per_mille(450)).then_some(Tax {
            rate: country.vat,
            inclusive: false,
        });
        if family == Family::Starter {
            let gross = inclusive_rate(currency).filter(|rate| *rate == country.vat);
            if let Some(rate) = gross.filter(|_| dice.per_mille(500)) {
                family = Family::StarterGross;
                tax = Some(Tax {
                    rate,
                    inclusive: true,
                });
                term = if term == Term::Quarterly {
                    Term::Monthly
                } else {
                    term
                };
            } else if at < archived && dice.per_mille(600) {
                (family, term) = (Family::StarterFounding, Term::Monthly);
            }
        }
        if family == Family::Pulse {
            term = Term::Weekly;
        }
        let mut wanted = vec![(family, quantity(family, dice))];
        if matches!(family, Family::Team | Family::Business | Family::Platform) {
            for (extra, chance) in [
                (Family::Seats, 220),
                (Family::Storage, 180),
                (Family::Support, 130),
            ] {
                if dice.per_mille(chance) {
                    wanted.push((extra, quantity(extra, dice)));
                }
            }
        }
        let priced = |(family, quantity)| {
            Some((
                self.catalogue.price(family, currency, Some(term))?,
                quantity,
            ))
        };
        Choice {
            items: wanted.into_iter().filter_map(priced).collect(),
            family,
            term,
            tax,
            currency,
        }
    }

    pub(super) fn subscribe(&mut self, at: i64, customer: u32, again: bool) {
        if self.customers[customer].deleted_at.is_some() {
            return;
        }
        self.end_goodwill(at, customer);
        let choice = self.choose(at, customer);
        let large = matches!(choice.family, Family::Business | Family::Platform);
        let dice = self.dice(customer);
        let send_invoice = large && dice.per_mille(200);
        let may_try = !again && !send_invoice && choice.term != Term::Weekly;
        let trial_days = if may_try && dice.per_mille(350) {
            dice.weighted(&[(2, 7), (6, 14), (2, 30)])
        } else {
            0
        };
        let busy =
            choice.family == Family::Team && choice.term == Term::Monthly && dice.per_mille(45);
        let flexible = dice.per_mille(800);
        let trial = (trial_days > 0).then_some((at, at + trial_days * DAY));
        let end = trial.map_or_else(|| choice.term.after(at, 1), |(_, end)| end);
        let ix = self.found(at, customer, &choice, trial, end);
        let record = &mut self.subscriptions[ix];
        (record.send_invoice, record.busy, record.flexible) = (send_invoice, busy, flexible);
        self.pasts.push(|_| Past::default());
        self.souls[customer].subscriptions.push(ix);
        self.discount_at_start(at, ix);
        self.note_subscription(at, "customer.subscription.created", ix, None);
        self.bill_start(at, ix);
        self.plan(customer, at + 40, Happening::Month(ix));
        self.plan(
            customer,
            end,
            Happening::Renew {
                subscription: ix,
                generation: 0,
            },
        );
        if let Some((_, end)) = trial {
            self.plan_trial(customer, ix, at, end);
        }
        self.plan_paperwork(at, ix);
        self.complete_visit(at, ix);
    }

    /// The record of a new subscription whose first period ends at `end`.
    pub(super) fn found(
        &mut self,
        at: i64,
        customer: u32,
        choice: &Choice,
        trial: Option<(i64, i64)>,
        end: i64,
    ) -> u32 {
        self.subscriptions.push(|ix| Subscription {
            ix,
            customer,
            created: at,
            status: if trial.is_some() {
                Status::Trialing
            } else {
                Status::Active
            },
            next_item: choice.items.len() as u16,
            items: (0u16..)
                .zip(&choice.items)
                .map(|(seq, (price, quantity))| Item {
                    seq,
                    created: at,
                    price: *price,
                    quantity: *quantity,
                    discounts: Vec::new(),
                    billed: None,
                    own_period: None,
                })
                .collect(),
            anchor: trial.map_or(at, |(_, end)| end),
            cycles: 0,
            period: (at, end),
            trial,
            cancel_at_period_end: false,
            cancel_at: None,
            canceled_at: None,
            ended_at: None,
            cancel_reason: None,
            feedback: None,
            send_invoice: false,
            discounts: Vec::new(),
            latest_invoice: None,
            tax: choice.tax,
            pending: Vec::new(),
            flexible: true,
            busy: false,
            generation: 0,
            currency: choice.currency,
            schedule: None,
            pause_collection: None,
            collects_at: None,
            paused: None,
            missing_method: "create_invoice",
        })
    }

    /// What becomes of a trial.
    fn plan_trial(&mut self, customer: u32, subscription: u32, at: i64, end: i64) {
        let dice = self.dice(customer);
        let when = dice.between(at + HOUR, end - HOUR);
        let fate = dice.weighted(&[(14, 0), (12, 1), (6, 2), (68, 3)]);
        self.plan(
            customer,
            end - 3 * DAY,
            Happening::TrialNotice(subscription),
        );
        let happening = match fate {
            0 => Happening::Cancel {
                subscription,
                at_end: true,
            },
            1 => Happening::Cancel {
                subscription,
                at_end: false,
            },
            2 => Happening::EndTrial(subscription),
            _ => return,
        };
        self.plan(customer, when, happening);
    }

    /// Discounts that are there from the start.
    fn discount_at_start(&mut self, at: i64, subscription: u32) {
        let record = &self.subscriptions[subscription];
        let (customer, gross) = (record.customer, record.tax.is_some_and(|tax| tax.inclusive));
        let team = self.covers_team(subscription);
        let first = self.souls[customer].subscriptions.len() == 1;
        let dice = self.dice(customer);
        let (roll, code) = (
            dice.below(1000),
            dice.below(PROMOTION_CODES.len() as u64) as u32,
        );
        match roll {
            0..15 if first => self.discount_customer(at, customer, which::PARTNER),
            15..22 if first => self.discount_customer(at, customer, which::FIRST_YEAR),
            22..32 => self.attach(at, subscription, which::FRIEND, None, None),
            32..50 if team => self.attach(at, subscription, which::SUPPORTER, None, Some(0)),
            50..75 if team => self.attach(at, subscription, which::TEAM_ONLY, None, None),
            75..95 => {
                self.attach(at, subscription, which::SUPPORTER, None, None);
                self.attach(at, subscription, which::LAUNCH, None, None);
            }
            95..110 if !gross => {
                self.attach(at, subscription, which::HALF_YEAR_OFF, None, None);
                self.attach(at, subscription, which::PARTNER, None, None);
            }
            110..130 if !gross => self.attach(at, subscription, which::LOYAL, None, None),
            130..190 => {
                let coupon = PROMOTION_CODES
                    .get(code as usize)
                    .map_or(which::WELCOME, |(_, coupon, _)| *coupon);
                let fits = (!gross || coupon != which::HALF_YEAR_OFF)
                    && (team || coupon != which::TEAM_ONLY);
                if fits {
                    self.attach(at, subscription, coupon, Some(code), None);
                }
            }
            190..225 => self.attach(at, subscription, which::FIRST_YEAR, None, None),
            _ => {}
        }
    }

    fn covers_team(&self, subscription: u32) -> bool {
        self.subscriptions[subscription]
            .items
            .iter()
            .any(|item| self.catalogue.prices[item.price].family == Family::Team)
    }

    fn new_discount(
        &mut self,
        at: i64,
        coupon: u32,
        promotion: Option<u32>,
        customer: u32,
        place: (Option<u32>, Option<u16>),
    ) -> Option<u32> {
        let lasting = self.coupons.get(coupon as usize)?.lasting;
        let end = match lasting {
            Lasting::Months(months) => Some(crate::calendar::add_months(at, months)),
            Lasting::Forever | Lasting::Once => None,
        };
        if let Some(uses) = self.coupon_uses.get_mut(coupon as usize) {
            *uses += 1;
        }
        if let Some(uses) = promotion.and_then(|code| self.promotion_uses.get_mut(code as usize)) {
            *uses += 1;
        }
        let (subscription, item) = place;
        let ix = self.discounts.push(|ix| Discount {
            ix,
            coupon,
            promotion,
            start: at,
            end,
            customer,
            subscription,
            item,
        });
        if let Some(end) = end {
            self.plan(customer, end, Happening::DiscountEnd(ix));
        }
        Some(ix)
    }

    pub(super) fn discount_customer(&mut self, at: i64, customer: u32, coupon: u32) {
        let before = self.keep_customer(at, customer);
        if let Some(discount) = self.new_discount(at, coupon, None, customer, (None, None)) {
            self.customers[customer].discount = Some(discount);
            self.souls[customer].discounts.push(discount);
            self.note_discount(at, "customer.discount.created", discount, None);
            self.note_customer(at, "customer.updated", customer, before);
        }
    }

    /// Gives a subscription, or one item of it, a discount, when the coupon can be used in its currency.
    pub(super) fn attach(
        &mut self,
        at: i64,
        subscription: u32,
        coupon: u32,
        promotion: Option<u32>,
        item: Option<u16>,
    ) {
        let customer = self.subscriptions[subscription].customer;
        let currency = self.subscriptions[subscription].currency;
        if !self
            .coupons
            .get(coupon as usize)
            .is_some_and(|coupon| coupon.usable_in(currency))
        {
            return;
        }
        let Some(discount) =
            self.new_discount(at, coupon, promotion, customer, (Some(subscription), item))
        else {
            return;
        };
        match item {
            Some(seq) => {
                if let Some(item) = self.subscriptions[subscription]
                    .items
                    .iter_mut()
                    .find(|item| item.seq == seq)
                {
                    item.discounts.push(discount);
                }
            }
            None => {
                self.subscriptions[subscription].discounts.push(discount);
                self.pasts[subscription].discounts.push(discount);
            }
        }
        self.note_discount(at, "customer.discount.created", discount, None);
    }
}
