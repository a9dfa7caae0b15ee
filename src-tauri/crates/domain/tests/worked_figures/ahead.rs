//! What is known to come: ends, trials, coupons and schedules, each with what it does to MRR.

use crate::shelf::{self, at, invoice, item, line};
use chrono_tz::Tz;
use coffer_domain::currency::Currency;
use coffer_domain::metric::agreed::promised;
use coffer_domain::metric::committed::{Why, ahead};
use coffer_domain::metric::days::Days;
use coffer_domain::metric::facts::CustomerFacts;
use coffer_domain::metric::history::{Past, facts};
use coffer_domain::metric::policy::Policy;
use coffer_domain::metric::rollup::Fold;
use coffer_domain::ratio::Ratio;
use coffer_domain::record::{
    Discount, DiscountTarget, InvoiceLine, LineOrigin, ScheduleDiscount, ScheduleItem,
    SchedulePhase, Subscription, SubscriptionSchedule, SubscriptionStatus,
};

const PRESENT: &str = "2026-11-21";

/// Ten a month since January.
fn subscription() -> Subscription {
    shelf::subscription("2026-01-10", vec![item("si", "ten", 1, "2026-01-10")])
}

fn coupon(id: &str, start: &str, end: Option<&str>) -> Discount {
    Discount {
        id: format!("di_{id}").into(),
        coupon: id.into(),
        start: at(start),
        end: end.map(at),
        target: DiscountTarget::Subscription,
        subscription: None,
        item: None,
    }
}

fn phase(start: &str, end: &str, price: &str, quantity: i64) -> SchedulePhase {
    SchedulePhase {
        start: at(start),
        end: at(end),
        items: vec![ScheduleItem {
            price: price.into(),
            quantity: Some(quantity),
            discounts: Vec::new(),
        }],
        trial_end: None,
        discounts: Vec::new(),
    }
}

fn schedule(end_behavior: &str, phases: Vec<SchedulePhase>) -> SubscriptionSchedule {
    SubscriptionSchedule {
        id: "sub_sched".into(),
        customer: Some("cus".into()),
        subscription: Some("sub".into()),
        status: "active".to_owned(),
        created: at("2026-06-01"),
        end_behavior: end_behavior.to_owned(),
        phases,
    }
}

fn of(subscription: &Subscription, schedule: Option<&SubscriptionSchedule>) -> CustomerFacts {
    let past = Past {
        subscription,
        invoices: &[],
        invoice_items: &[],
        customer_discount: None,
        schedule,
        failed_attempts: &[],
        observations: &[],
        as_of: at(PRESENT),
    };
    CustomerFacts {
        subscriptions: facts(&past, &shelf::full()).into_iter().collect(),
        ..CustomerFacts::default()
    }
}

#[test]
fn a_discount_that_goes_on_ends_when_it_would_have_ended() {
    let mut has = subscription();
    has.discounts = vec![coupon("off", "2026-11-10", Some("2027-02-10"))];
    let mut later = phase("2026-12-10", "2027-12-10", "twenty", 1);
    later.discounts = vec![ScheduleDiscount::Existing("di_off".into())];
    let last = phase("2027-02-10", "2028-02-10", "twenty", 1);
    let first = phase("2026-01-10", "2026-12-10", "ten", 1);
    let it = schedule("release", vec![first.clone(), later.clone()]);
    assert_eq!(
        told(&of(&has, Some(&it))),
        [
            day("2026-12-10", Why::Schedule, 900),
            day("2027-02-10", Why::Discount, 200)
        ]
    );
    let it = schedule("release", vec![first, later, last]);
    let facts = of(&has, Some(&it));
    let agreed = &facts.subscriptions[0].agreed;
    assert_eq!(
        agreed.len(),
        2,
        "an end at the next phase is no cut of its own"
    );
}

#[test]
fn a_phase_that_begins_at_the_present_is_no_later_one() {
    let phases = vec![
        phase("2026-01-10", PRESENT, "ten", 1),
        phase(PRESENT, "2027-12-10", "twenty", 1),
    ];
    let facts = of(&subscription(), Some(&schedule("release", phases)));
    assert!(facts.subscriptions[0].agreed.is_empty());
}

#[test]
fn the_tax_inside_a_price_stays_inside_in_a_later_phase() {
    let mut it = subscription();
    it.items
        .insert(0, item("si_other", "twenty", 1, "2026-01-10"));
    let billed = InvoiceLine {
        tax_inclusive_base: 1_000,
        tax_inclusive: 200,
        ..line(
            "si",
            "ten",
            1,
            "2026-11-10",
            "2026-12-10",
            LineOrigin::Recurring,
        )
    };
    let bill = invoice("in", "2026-11-10", "subscription_cycle", vec![billed]);
    let phases = vec![
        phase("2026-01-10", "2026-12-10", "ten", 1),
        phase("2026-12-10", "2027-12-10", "ten", 2),
    ];
    let agreed = schedule("release", phases);
    let past = Past {
        subscription: &it,
        invoices: &[&bill],
        invoice_items: &[],
        customer_discount: None,
        schedule: Some(&agreed),
        failed_attempts: &[],
        observations: &[],
        as_of: at(PRESENT),
    };
    let known = facts(&past, &shelf::full()).unwrap();
    let held = &known.agreed[0].items[0];
    assert_eq!(held.tax_share, Ratio::new(1, 5).unwrap());
}

/// Each change: its day, why, and by how many minor units.
fn told(facts: &CustomerFacts) -> Vec<(String, Why, i64)> {
    told_by(facts, &Policy::coffer_1())
}

fn told_by(facts: &CustomerFacts, policy: &Policy) -> Vec<(String, Why, i64)> {
    let fold = Fold {
        policy,
        days: &Days::of_zone(Tz::UTC),
        horizon: at(PRESENT).timestamp(),
    };
    ahead("cus", facts, Currency::USD, &fold)
        .into_iter()
        .map(|it| {
            let minor = it.delta.round_half_even().unwrap();
            (it.day.to_string(), it.why, minor)
        })
        .collect()
}

fn day(text: &str, why: Why, minor: i64) -> (String, Why, i64) {
    (text.to_owned(), why, minor)
}

#[test]
fn an_end_that_was_asked_for_takes_all_of_it() {
    let mut it = subscription();
    it.cancel_at = Some(at("2026-12-10"));
    it.canceled_at = Some(at("2026-11-01"));
    assert_eq!(
        told(&of(&it, None)),
        [day("2026-12-10", Why::Cancellation, -1_000)]
    );
    let stripe = Policy::preset("stripe").unwrap();
    assert_eq!(
        told_by(&of(&it, None), &stripe),
        [],
        "it has dropped already"
    );
}

#[test]
fn a_trial_with_a_coupon_is_told_to_the_coupon_s_end() {
    let mut it = subscription();
    it.status = SubscriptionStatus::Trialing;
    it.trial_start = Some(at("2026-11-10"));
    it.start = at("2026-11-10");
    it.trial_end = Some(at("2026-11-24"));
    it.discounts = vec![coupon("off", "2026-11-10", Some("2027-02-10"))];
    assert_eq!(
        told(&of(&it, None)),
        [
            day("2026-11-24", Why::TrialEnd, 900),
            day("2027-02-10", Why::Discount, 100)
        ]
    );
    it.cancel_at = Some(at("2026-12-24"));
    it.canceled_at = Some(at("2026-11-20"));
    assert_eq!(
        told(&of(&it, None)),
        [
            day("2026-11-24", Why::TrialEnd, 900),
            day("2026-12-24", Why::Cancellation, -900)
        ],
        "what would follow the end does not"
    );
}

#[test]
fn a_schedule_s_phases_take_the_place_of_what_is_held() {
    let mut it = subscription();
    it.discounts = vec![coupon("off", "2026-11-10", Some("2027-02-10"))];
    let phases = vec![
        phase("2026-01-10", "2026-12-10", "ten", 1),
        phase("2026-12-10", "2027-06-10", "twenty", 2),
        phase("2027-06-10", "2028-06-10", "yearly", 1),
    ];
    let released = schedule("release", phases.clone());
    assert_eq!(
        told(&of(&it, Some(&released))),
        [
            day("2026-12-10", Why::Schedule, 3_100),
            day("2027-06-10", Why::Schedule, -3_000)
        ],
        "a phase without discounts has none, whatever the one before had"
    );
    let canceled = schedule("cancel", phases);
    assert_eq!(
        told(&of(&it, Some(&canceled)))[2],
        day("2028-06-10", Why::Cancellation, -1_000)
    );
}

#[test]
fn a_phase_has_its_own_discounts_until_they_end() {
    let mut later = phase("2026-12-10", "2027-12-10", "twenty", 1);
    later.discounts = vec![ScheduleDiscount::Coupon("off".into())];
    let first = phase("2026-01-10", "2026-12-10", "ten", 1);
    let it = schedule("release", vec![first.clone(), later.clone()]);
    assert_eq!(
        told(&of(&subscription(), Some(&it))),
        [
            day("2026-12-10", Why::Schedule, 800),
            day("2027-03-10", Why::Discount, 200)
        ]
    );
    later.items[0].discounts = vec![ScheduleDiscount::Coupon("half".into())];
    let it = schedule("release", vec![first.clone(), later.clone()]);
    assert_eq!(
        told(&of(&subscription(), Some(&it)))[0],
        day("2026-12-10", Why::Schedule, -100),
        "half of twenty, and a tenth off that"
    );
    let mut has = subscription();
    has.discounts = vec![coupon("half", "2026-01-10", None)];
    later.items[0].discounts = Vec::new();
    later.discounts = vec![ScheduleDiscount::Existing("di_half".into())];
    let it = schedule("release", vec![first.clone(), later.clone()]);
    assert_eq!(
        told(&of(&has, Some(&it))),
        [day("2026-12-10", Why::Schedule, 500)],
        "one that is there goes on"
    );
    later.discounts = vec![ScheduleDiscount::Unsaid];
    let it = schedule("release", vec![first, later]);
    assert_eq!(
        told(&of(&subscription(), Some(&it))),
        [],
        "what cannot be valued is not told of"
    );
}

#[test]
fn a_subscription_that_is_to_begin_is_told_and_counted_nowhere() {
    let mut first = phase("2026-12-01", "2027-12-01", "ten", 3);
    first.trial_end = Some(at("2026-12-15"));
    let mut it = schedule(
        "cancel",
        vec![first, phase("2027-12-01", "2028-12-01", "twenty", 3)],
    );
    it.subscription = None;
    it.status = "not_started".to_owned();
    let facts = CustomerFacts {
        promised: promised(&it, None, &shelf::full()).into_iter().collect(),
        ..CustomerFacts::default()
    };
    assert_eq!(
        told(&facts),
        [
            day("2026-12-15", Why::TrialEnd, 3_000),
            day("2027-12-01", Why::Schedule, 3_000),
            day("2028-12-01", Why::Cancellation, -6_000)
        ]
    );
    it.phases[0].trial_end = None;
    let facts = CustomerFacts {
        promised: promised(&it, None, &shelf::full()).into_iter().collect(),
        ..CustomerFacts::default()
    };
    assert_eq!(told(&facts)[0], day("2026-12-01", Why::Schedule, 3_000));
    it.phases[0].items[0].price = "nowhere".into();
    assert_eq!(promised(&it, None, &shelf::full()), None);
}
