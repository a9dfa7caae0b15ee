//! What schedules say is to follow: later phases of a subscription, and subscriptions that begin later.
//!
//! A phase takes the place of what was held, with its own discounts; a phase that has none leaves the customer's. After the
//! last phase a subscription goes on as it is or ends, as its schedule says. What a phase cannot be valued by (a promotion
//! code whose coupon is not said) makes it unknown, and nothing is told of it.

use crate::Instant;
use crate::currency::Currency;
use crate::ids::{DiscountId, SubscriptionItemId};
use crate::metric::Basis;
use crate::metric::facts::{Second, Span, Stretch, SubscriptionFacts};
use crate::metric::history::{Applied, Past};
use crate::metric::item_history::tax_share;
use crate::metric::worth::{Catalog, Item, held, taken};
use crate::ratio::Ratio;
use crate::record::{
    CouponDuration, Discount, DiscountTarget, ScheduleDiscount, SchedulePhase, SubscriptionSchedule,
};
use chrono::Months;
use std::collections::BTreeSet;

/// When the subscription of a schedule ends with its last phase; `None` where it goes on.
pub(super) fn end(schedule: &SubscriptionSchedule) -> Option<Second> {
    let last = schedule.phases.last()?;
    (schedule.end_behavior == "cancel").then(|| last.end.timestamp())
}

/// What later phases of a running subscription hold, in order of time.
pub(super) fn stretches(
    past: &Past<'_>,
    schedule: &SubscriptionSchedule,
    catalog: &Catalog,
    applied: &[Applied<'_>],
) -> Vec<Stretch> {
    let shares = |price: &crate::ids::PriceId| {
        let mut own = past.subscription.items.iter();
        own.find(|item| item.price == *price)
            .map_or(Ratio::ZERO, |item| tax_share(past, &item.id))
    };
    let existing = |id: &DiscountId| {
        let found = applied.iter().find(|it| it.discount.id == *id)?;
        Some(Discount {
            end: found.to,
            ..found.discount.clone()
        })
    };
    let view = View {
        currency: past.subscription.currency,
        catalog,
        customer: past.customer_discount,
        tax_share: &shares,
        existing: &existing,
    };
    let later = |phase: &&SchedulePhase| phase.start > past.as_of;
    view.of_phases(schedule.phases.iter().filter(later))
}

/// A subscription that its schedule is to begin; `None` where nothing recurs in it.
#[must_use]
pub fn promised(
    schedule: &SubscriptionSchedule,
    customer_discount: Option<&Discount>,
    catalog: &Catalog,
) -> Option<SubscriptionFacts> {
    let first = schedule.phases.first()?;
    let priced = first
        .items
        .iter()
        .find_map(|item| catalog.prices.get(&item.price));
    let currency = priced?.currency;
    let view = View {
        currency,
        catalog,
        customer: customer_discount,
        tax_share: &|_| Ratio::ZERO,
        existing: &|_| None,
    };
    let ends_at = end(schedule);
    let begin = first.start.timestamp();
    Some(SubscriptionFacts {
        id: schedule.id.to_string(),
        currency,
        life: Span {
            from: begin,
            to: ends_at,
        },
        end_asked: None,
        ends_at,
        trial: first.trial_end.map(|end| Span {
            from: begin,
            to: Some(end.timestamp()),
        }),
        trial_ends_at: first.trial_end.map(|end| end.timestamp()),
        stops: Vec::new(),
        late: Vec::new(),
        stretches: view.of_phases(schedule.phases.iter()),
        agreed: Vec::new(),
        usage: Vec::new(),
    })
}

/// What phases are valued by.
struct View<'a> {
    currency: Currency,
    catalog: &'a Catalog,
    customer: Option<&'a Discount>,
    tax_share: &'a dyn Fn(&crate::ids::PriceId) -> Ratio,
    existing: &'a dyn Fn(&DiscountId) -> Option<Discount>,
}

impl View<'_> {
    fn of_phases<'p>(&self, phases: impl Iterator<Item = &'p SchedulePhase>) -> Vec<Stretch> {
        let mut phases = phases.peekable();
        let mut found = Vec::new();
        while let Some(phase) = phases.next() {
            let until = phases.peek().map(|next| next.start);
            self.of_phase(phase, until, &mut found);
        }
        found
    }

    /// A phase, cut where one of its discounts ends.
    fn of_phase(&self, phase: &SchedulePhase, until: Option<Instant>, found: &mut Vec<Stretch>) {
        let ids: Vec<SubscriptionItemId> = (0..phase.items.len())
            .map(|index| SubscriptionItemId::new(format!("item {index} of a phase")))
            .collect();
        let discounts = self.discounts(phase, &ids);
        let mut cuts = BTreeSet::from([phase.start]);
        for discount in discounts.iter().flatten() {
            let ends = discount.end.into_iter();
            cuts.extend(
                ends.filter(|end| *end > phase.start && until.is_none_or(|until| *end < until)),
            );
        }
        for from in cuts {
            found.push(self.stretch(phase, &ids, discounts.as_deref(), from));
        }
    }

    fn stretch(
        &self,
        phase: &SchedulePhase,
        ids: &[SubscriptionItemId],
        discounts: Option<&[Discount]>,
        from: Instant,
    ) -> Stretch {
        let mut made = Stretch {
            from: from.timestamp(),
            basis: Basis::Observed,
            items: Vec::new(),
            taken: Vec::new(),
            unknown: None,
        };
        let Some(discounts) = discounts else {
            made.unknown = Some("the coupon of a phase is not said".to_owned());
            return made;
        };
        let items: Vec<Item<'_>> = phase
            .items
            .iter()
            .zip(ids)
            .map(|(item, id)| Item {
                id: Some(id),
                price: &item.price,
                quantity: item.quantity.unwrap_or(1),
                tax_share: (self.tax_share)(&item.price),
            })
            .collect();
        let running: Vec<&Discount> = discounts
            .iter()
            .filter(|it| it.start <= from && it.end.is_none_or(|end| from < end))
            .collect();
        let valued = held(&items, self.currency, self.catalog).and_then(|items| {
            let taken = taken(&items, &running, self.currency, self.catalog)?;
            Ok((items, taken))
        });
        match valued {
            Ok((items, taken)) => {
                made.items = items.into_iter().map(|item| item.held).collect();
                made.taken = taken;
            }
            Err(unknown) => made.unknown = Some(unknown.to_string()),
        }
        made
    }

    /// The discounts of a phase, those of its items first, then its own, then the customer's; `None` where one is not said.
    fn discounts(
        &self,
        phase: &SchedulePhase,
        ids: &[SubscriptionItemId],
    ) -> Option<Vec<Discount>> {
        let mut found = Vec::new();
        for (item, id) in phase.items.iter().zip(ids) {
            for discount in &item.discounts {
                let on = (DiscountTarget::Item, Some(id.clone()));
                found.extend(self.discount(discount, phase.start, on)?);
            }
        }
        for discount in &phase.discounts {
            let on = (DiscountTarget::Subscription, None);
            found.extend(self.discount(discount, phase.start, on)?);
        }
        found.extend(self.customer.cloned());
        Some(found)
    }

    /// `None` where it is not said what it takes off; nothing in it where it is for one bill.
    #[expect(
        clippy::option_option,
        reason = "a discount that is not known is not a discount that takes nothing"
    )]
    fn discount(
        &self,
        discount: &ScheduleDiscount,
        start: Instant,
        (target, item): (DiscountTarget, Option<SubscriptionItemId>),
    ) -> Option<Option<Discount>> {
        let coupon = match discount {
            ScheduleDiscount::Existing(id) => {
                let known = (self.existing)(id)?;
                return Some(Some(Discount {
                    target,
                    item,
                    ..known
                }));
            }
            ScheduleDiscount::Coupon(coupon) => coupon,
            ScheduleDiscount::Unsaid => return None,
        };
        let end = match self.catalog.coupons.get(coupon)?.duration {
            CouponDuration::Once => return Some(None),
            CouponDuration::Repeating(months) => {
                months.and_then(|months| start.checked_add_months(Months::new(months)))
            }
            CouponDuration::Forever => None,
        };
        Some(Some(Discount {
            id: DiscountId::new(coupon.as_str()),
            coupon: coupon.clone(),
            start,
            end,
            target,
            subscription: None,
            item,
        }))
    }
}
