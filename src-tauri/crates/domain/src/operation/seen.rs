//! Whether an object already is as an operation wants it.
//!
//! This is how an operation is recognised that leaves no mark of its own: an ended subscription, a voided bill. Where the
//! provider keeps our mark (in the metadata of a refund, say), the adapter looks for that instead, because another refund of
//! the same amount is not ours.

use crate::ids::CouponId;
use crate::operation::intent::{Intent, InvoiceAction, PauseKind, TrialEnd, Voucher, When};
use crate::record::{InvoiceStatus, Record, Subscription, SubscriptionStatus};

/// What an object says about an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seen {
    /// It is as wanted.
    AsWanted,
    /// It is not.
    NotYet,
    /// The object cannot tell: there may be several of the same.
    CannotTell,
}

/// Whether an object is as wanted.
#[must_use]
pub fn seen(intent: &Intent, record: &Record) -> Seen {
    let told = |wanted: bool| {
        if wanted { Seen::AsWanted } else { Seen::NotYet }
    };
    match (intent, record) {
        (Intent::Invoice { action, .. }, Record::Invoice(it)) => match action {
            InvoiceAction::Pay => told(it.status == InvoiceStatus::Paid),
            InvoiceAction::Void => told(it.status == InvoiceStatus::Void),
            InvoiceAction::WriteOff => told(it.status == InvoiceStatus::Uncollectible),
            // It may have been sent any number of times.
            InvoiceAction::Send => Seen::CannotTell,
        },
        (Intent::UpdateCustomer { email, name, .. }, Record::Customer(it)) => {
            let same = |wanted: &Option<String>, is: &Option<String>| {
                wanted
                    .as_ref()
                    .is_none_or(|wanted| is.as_deref().unwrap_or_default() == wanted)
            };
            told(same(email, &it.email) && same(name, &it.name))
        }
        (_, Record::Subscription(it)) => told_by_subscription(intent, it),
        _ => Seen::CannotTell,
    }
}

fn told_by_subscription(intent: &Intent, it: &Subscription) -> Seen {
    let told = |wanted: bool| {
        if wanted { Seen::AsWanted } else { Seen::NotYet }
    };
    match intent {
        Intent::Cancel {
            when: When::Now, ..
        } => told(it.status == SubscriptionStatus::Canceled),
        Intent::Cancel {
            when: When::PeriodEnd,
            ..
        } => told(it.cancel_at_period_end || it.status == SubscriptionStatus::Canceled),
        Intent::Uncancel { .. } => told(
            !it.cancel_at_period_end
                && it.cancel_at.is_none()
                && it.status != SubscriptionStatus::Canceled,
        ),
        Intent::Pause {
            what: PauseKind::Collection { bills },
            until,
            ..
        } => told(
            it.pause
                .as_ref()
                .is_some_and(|pause| pause.behavior == *bills && pause.resumes_at == *until),
        ),
        Intent::Pause {
            what: PauseKind::Service,
            ..
        } => told(it.status == SubscriptionStatus::Paused),
        Intent::Resume {
            what: PauseKind::Collection { .. },
            ..
        } => told(it.pause.is_none()),
        Intent::Resume {
            what: PauseKind::Service,
            ..
        } => told(it.status != SubscriptionStatus::Paused),
        Intent::Trial { end, .. } => match end {
            TrialEnd::Now => told(it.status != SubscriptionStatus::Trialing),
            TrialEnd::At(at) => told(it.trial_end == Some(*at)),
        },
        Intent::ApplyDiscount {
            voucher: Voucher::Coupon(coupon),
            ..
        } => told(has_alone(it, coupon)),
        Intent::RemoveDiscount { .. } => told(it.discounts.is_empty()),
        Intent::ReleaseSchedule { .. } => told(it.schedule.is_none()),
        _ => Seen::CannotTell,
    }
}

/// Whether a coupon is the only one that a subscription itself has: one that is applied takes the place of the others.
pub(super) fn has_alone(it: &Subscription, coupon: &CouponId) -> bool {
    let mut own = it.discounts.iter().filter(|it| it.item.is_none());
    own.next().is_some_and(|it| it.coupon == *coupon) && own.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Instant;
    use crate::currency::Currency;
    use crate::ids::{CustomerId, DiscountId, SubscriptionId, SubscriptionScheduleId};
    use crate::operation::check::{Around, check};
    use crate::record::{Discount, DiscountTarget, Pause, PauseBehavior};
    use proptest::prelude::*;
    use std::collections::HashMap;

    fn at(second: i64) -> Instant {
        Instant::from_timestamp(second, 0).unwrap()
    }

    fn discount(coupon: &str) -> Discount {
        Discount {
            id: DiscountId::new(format!("di_{coupon}")),
            coupon: CouponId::new(coupon),
            start: at(5),
            end: None,
            target: DiscountTarget::Subscription,
            subscription: None,
            item: None,
        }
    }

    fn subscriptions() -> impl Strategy<Value = Subscription> {
        let statuses = prop::sample::select(vec![
            SubscriptionStatus::Active,
            SubscriptionStatus::Trialing,
            SubscriptionStatus::PastDue,
            SubscriptionStatus::Paused,
            SubscriptionStatus::Unpaid,
            SubscriptionStatus::Incomplete,
            SubscriptionStatus::CancelPending,
            SubscriptionStatus::Canceled,
            SubscriptionStatus::Other("dormant".to_owned()),
        ]);
        let coupons = prop::sample::subsequence(vec!["TEN", "HALF"], 0..=2);
        let ends = prop::option::of(prop::sample::select(vec![150, 300]));
        let pauses = prop::option::of(prop::option::of(Just(400)));
        (statuses, coupons, ends, pauses, any::<[bool; 4]>()).prop_map(
            |(status, coupons, trial_end, pause, [ends, dated, scheduled, flexible])| {
                Subscription {
                    id: SubscriptionId::new("sub_1"),
                    customer: CustomerId::new("cus_1"),
                    status,
                    currency: Currency::USD,
                    created: at(5),
                    start: at(5),
                    trial_start: trial_end.map(|_| at(5)),
                    trial_end: trial_end.map(at),
                    cancel_at: dated.then(|| at(500)),
                    cancel_at_period_end: ends,
                    canceled_at: None,
                    ended_at: None,
                    items: Vec::new(),
                    discounts: coupons.into_iter().map(discount).collect(),
                    pause: pause.map(|until| Pause {
                        behavior: PauseBehavior::Void,
                        resumes_at: until.map(at),
                    }),
                    latest_invoice: None,
                    sends_invoices: false,
                    schedule: scheduled.then(|| SubscriptionScheduleId::new("sub_sched_1")),
                    flexible,
                }
            },
        )
    }

    fn intents() -> Vec<Intent> {
        let subscription = || SubscriptionId::new("sub_1");
        let collection = || PauseKind::Collection {
            bills: PauseBehavior::Void,
        };
        let mut all = vec![
            Intent::Uncancel {
                subscription: subscription(),
            },
            Intent::ApplyDiscount {
                subscription: subscription(),
                voucher: Voucher::Coupon(CouponId::new("TEN")),
            },
            Intent::RemoveDiscount {
                subscription: subscription(),
            },
            Intent::ReleaseSchedule {
                subscription: subscription(),
            },
        ];
        for when in [When::Now, When::PeriodEnd] {
            all.push(Intent::Cancel {
                subscription: subscription(),
                when,
            });
        }
        for what in [collection(), PauseKind::Service] {
            all.push(Intent::Resume {
                subscription: subscription(),
                what: what.clone(),
            });
            for until in [None, Some(at(400))] {
                all.push(Intent::Pause {
                    subscription: subscription(),
                    what: what.clone(),
                    until,
                });
            }
        }
        for end in [TrialEnd::Now, TrialEnd::At(at(300))] {
            all.push(Intent::Trial {
                subscription: subscription(),
                end,
            });
        }
        all
    }

    proptest! {
        /// Otherwise one that was lost on its way would be taken for done because somebody else had done the same before.
        #[test]
        fn what_may_be_done_is_not_yet_as_wanted(it in subscriptions()) {
            let prices = HashMap::new();
            let around = Around { now: at(200), prices: &prices };
            let record = Record::Subscription(Box::new(it));
            for intent in intents() {
                if check(&intent, &record, &around).is_ok() {
                    prop_assert_ne!(seen(&intent, &record), Seen::AsWanted, "{:?}", intent);
                }
            }
        }
    }

    #[test]
    fn a_coupon_is_on_when_it_is_the_only_one_because_it_takes_the_place_of_those_there_are() {
        let mut it = prop_subscription();
        let apply = Intent::ApplyDiscount {
            subscription: SubscriptionId::new("sub_1"),
            voucher: Voucher::Coupon(CouponId::new("TEN")),
        };
        for (coupons, expected) in [
            (&[][..], Seen::NotYet),
            (&["TEN"][..], Seen::AsWanted),
            (&["HALF"][..], Seen::NotYet),
            (&["TEN", "HALF"][..], Seen::NotYet),
        ] {
            it.discounts = coupons.iter().copied().map(discount).collect();
            let record = Record::Subscription(Box::new(it.clone()));
            assert_eq!(seen(&apply, &record), expected, "{coupons:?}");
        }
    }

    fn prop_subscription() -> Subscription {
        use proptest::strategy::ValueTree as _;
        use proptest::test_runner::TestRunner;
        subscriptions()
            .new_tree(&mut TestRunner::deterministic())
            .unwrap()
            .current()
    }
}
