//! What the merchant's subscriptions are really worth, at any instant.
//!
//! The world writes down every change of a subscription's status and items as it happens. From that log, and from nothing
//! the API shows, the monthly worth is worked out by the definition `coffer-1`: counting subscriptions are active or past
//! due; an item is price times quantity, per month; forever and repeating discounts are taken off while they run, the
//! item's own first, then the subscription's in order, the customer's only where the subscription has none; tax that is
//! part of a price is taken out; metered prices are worth nothing, and neither is a subscription whose invoices are voided or
//! written off as they come. It is written naively and on its own, to be compared with and never to be shared.
//!
//! Invariant: the log is append-only and each mark holds from its instant until the next mark's, `[from, to)`.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};

use crate::coupon::Lasting;
use crate::fraction::Fraction;
use crate::ids::Sort;
use crate::record::Status;
use crate::world::World;

/// One item as it was from a mark on.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Held {
    pub(crate) price: u32,
    pub(crate) quantity: u32,
    pub(crate) discounts: Vec<u32>,
}

/// A subscription as it was from an instant on.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Mark {
    pub(crate) at: i64,
    pub(crate) status: Status,
    /// False while its invoices are voided or written off as they come.
    pub(crate) collected: bool,
    pub(crate) held: Vec<Held>,
}

/// How a subscription stands at an instant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Whose it is.
    pub customer: String,
    /// The currency's code.
    pub currency: String,
    /// Its monthly worth as an exact fraction of the provider's wire unit.
    pub monthly: (i128, i128),
    /// Whether discounts alone make it worth nothing.
    pub free: bool,
    /// Whether it is paused.
    pub paused: bool,
}

/// An item's worth on the way through its discounts.
struct Worth {
    product: u32,
    per_month: Fraction,
    amount: Fraction,
}

impl World {
    /// Writes down the present state of a subscription.
    pub(crate) fn mark(&mut self, at: i64, subscription: u32) {
        let record = &self.subscriptions[subscription];
        let held = record
            .items
            .iter()
            .map(|item| Held {
                price: item.price,
                quantity: item.quantity,
                discounts: item.discounts.clone(),
            })
            .collect();
        let mark = Mark {
            at,
            status: record.status,
            collected: !matches!(record.pause_collection, Some("void" | "mark_uncollectible")),
            held,
        };
        self.pasts[subscription].marks.push(mark);
    }

    /// The monthly recurring revenue at an instant, per currency code, as an exact fraction of the provider's wire unit.
    /// Currencies in which nothing is worth anything are left out. Instants beyond the present are answered as the present.
    #[must_use]
    pub fn mrr_at(&self, instant: DateTime<Utc>) -> BTreeMap<String, (i128, i128)> {
        let at = instant.timestamp();
        let mut sums: BTreeMap<&'static str, Fraction> = BTreeMap::new();
        for subscription in self.subscriptions.iter() {
            if let Some((_, net)) = self.worth(subscription.ix, at) {
                let code = subscription.currency.code();
                let sum = sums.entry(code).or_insert(Fraction::ZERO);
                *sum = *sum + net;
            }
        }
        sums.into_iter()
            .filter(|(_, sum)| sum.is_positive())
            .map(|(code, sum)| (code.to_owned(), sum.parts()))
            .collect()
    }

    /// What each subscription is worth at an instant, by its id: so that a test whose sums differ can say where.
    #[must_use]
    pub fn subscriptions_at(&self, instant: DateTime<Utc>) -> BTreeMap<String, (i128, i128)> {
        let at = instant.timestamp();
        self.subscriptions
            .iter()
            .filter_map(|subscription| {
                let (_, net) = self.worth(subscription.ix, at)?;
                Some((self.id(Sort::Subscription, subscription.ix), net.parts()))
            })
            .collect()
    }

    /// How each subscription that is there at an instant stands, by its id. What never began, ended or was given up is not
    /// there.
    #[must_use]
    pub fn standings_at(&self, instant: DateTime<Utc>) -> BTreeMap<String, Standing> {
        let at = instant.timestamp();
        self.subscriptions
            .iter()
            .filter_map(|subscription| {
                let past = &self.pasts[subscription.ix];
                let after = past.marks.partition_point(|mark| mark.at <= at);
                let mark = past.marks.get(after.checked_sub(1)?)?;
                let running = mark.status.counts() && mark.collected;
                let paused =
                    mark.status == Status::Paused || (mark.status.counts() && !mark.collected);
                let (listed, net) = match self.worth(subscription.ix, at) {
                    Some(worth) if running => worth,
                    _ if paused => (Fraction::ZERO, Fraction::ZERO),
                    _ => return None,
                };
                let standing = Standing {
                    customer: self.id(Sort::Customer, subscription.customer),
                    currency: subscription.currency.code().to_owned(),
                    monthly: net.parts(),
                    free: running && listed.is_positive() && !net.is_positive(),
                    paused,
                };
                Some((self.id(Sort::Subscription, subscription.ix), standing))
            })
            .collect()
    }

    /// How many customers have something of worth at an instant, or would but for a discount.
    #[must_use]
    pub fn active_subscribers_at(&self, instant: DateTime<Utc>) -> u64 {
        let at = instant.timestamp();
        let active: BTreeSet<u32> = self
            .subscriptions
            .iter()
            .filter(|subscription| {
                self.worth(subscription.ix, at)
                    .is_some_and(|(listed, _)| listed.is_positive())
            })
            .map(|subscription| subscription.customer)
            .collect();
        active.len() as u64
    }

    /// A subscription's worth at an instant before and after discounts, when it counts.
    fn worth(&self, subscription: u32, at: i64) -> Option<(Fraction, Fraction)> {
        let past = &self.pasts[subscription];
        let after = past.marks.partition_point(|mark| mark.at <= at);
        let mark = past.marks.get(after.checked_sub(1)?)?;
        if !mark.status.counts() || !mark.collected {
            return None;
        }
        let tax = self.subscriptions[subscription]
            .tax
            .filter(|tax| tax.inclusive)
            .map_or(0, |tax| i128::from(tax.rate));
        let mut worths: Vec<Worth> = mark
            .held
            .iter()
            .map(|held| {
                let price = &self.catalogue.prices[held.price];
                let amount = price.monthly(held.quantity) * Fraction::new(100, 100 + tax);
                Worth {
                    product: price.product,
                    per_month: price.per_month(),
                    amount,
                }
            })
            .collect();
        let listed = total(&worths);
        for (held, worth) in mark.held.iter().zip(worths.iter_mut()) {
            for discount in &held.discounts {
                self.subtract(*discount, at, subscription, std::slice::from_mut(worth));
            }
        }
        let own: Vec<u32> = past
            .discounts
            .iter()
            .copied()
            .filter(|discount| self.recurs(*discount, at))
            .filter(|discount| {
                let gone = |(removed, from): &(u32, i64)| removed == discount && *from <= at;
                !past.removed.iter().any(gone)
            })
            .collect();
        let customers = &self.souls[self.subscriptions[subscription].customer].discounts;
        for discount in if own.is_empty() { customers } else { &own } {
            self.subtract(*discount, at, subscription, &mut worths);
        }
        Some((listed, total(&worths)))
    }

    /// Whether a discount lowers the recurring worth at an instant: a single use never does.
    fn recurs(&self, discount: u32, at: i64) -> bool {
        let discount = &self.discounts[discount];
        discount.runs(at)
            && self
                .coupons
                .get(discount.coupon as usize)
                .is_some_and(|coupon| coupon.lasting != Lasting::Once)
    }

    fn subtract(&self, discount: u32, at: i64, subscription: u32, worths: &mut [Worth]) {
        let Some(coupon) = self
            .coupons
            .get(self.discounts[discount].coupon as usize)
            .filter(|_| self.recurs(discount, at))
        else {
            return;
        };
        let factor = if let Some(percent) = coupon.percent {
            Fraction::new(100 - i128::from(percent), 100)
        } else {
            let currency = self.subscriptions[subscription].currency;
            let covered: Vec<&Worth> = worths
                .iter()
                .filter(|worth| coupon.covers(worth.product))
                .collect();
            let before = covered
                .iter()
                .fold(Fraction::ZERO, |sum, worth| sum + worth.amount);
            let per_month = covered
                .first()
                .map_or(Fraction::ZERO, |worth| worth.per_month);
            let off =
                Fraction::whole(i128::from(coupon.amount_off(currency).unwrap_or(0))) * per_month;
            (before - off.min(before)).over(before)
        };
        for worth in worths
            .iter_mut()
            .filter(|worth| coupon.covers(worth.product))
        {
            worth.amount = worth.amount * factor;
        }
    }
}

fn total(worths: &[Worth]) -> Fraction {
    worths
        .iter()
        .fold(Fraction::ZERO, |sum, worth| sum + worth.amount)
}
