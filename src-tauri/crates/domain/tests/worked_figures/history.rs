//! A subscription's past, rebuilt from what the provider still shows.

use crate::shelf::{self, at, invoice, item, line, subscription};
use coffer_domain::Instant;
use coffer_domain::ids::InvoiceId;
use coffer_domain::metric::Basis;
use coffer_domain::metric::evaluate::{Standing, intervals};
use coffer_domain::metric::facts::{Stop, SubscriptionFacts};
use coffer_domain::metric::history::{Observation, Past, facts};
use coffer_domain::metric::policy::Policy;
use coffer_domain::metric::worth::Catalog;
use coffer_domain::ratio::Ratio;
use coffer_domain::record::{
    Discount, DiscountTarget, Invoice, InvoiceStatus, LineOrigin, Subscription, SubscriptionStatus,
};
use proptest::prelude::*;

const REGULAR: LineOrigin = LineOrigin::Recurring;

const CREDIT: LineOrigin = LineOrigin::Proration { credit: true };

const DEBIT: LineOrigin = LineOrigin::Proration { credit: false };

/// A time in which it counted.
#[derive(Debug)]
struct Seen {
    from: Instant,
    to: Option<Instant>,
    monthly: Ratio,
    free: bool,
    basis: Basis,
}

struct Case {
    failed_attempts: Vec<(InvoiceId, Instant)>,
    subscription: Subscription,
    invoices: Vec<Invoice>,
    observations: Vec<Observation>,
    catalog: Catalog,
    as_of: Instant,
}

impl Case {
    fn new(subscription: Subscription, invoices: Vec<Invoice>) -> Self {
        Self {
            failed_attempts: Vec::new(),
            subscription,
            invoices,
            observations: Vec::new(),
            catalog: shelf::full(),
            as_of: at("2026-11-21"),
        }
    }

    fn intervals(&self) -> Vec<Seen> {
        self.under(&Policy::coffer_1())
    }

    /// The intervals in which it counts under a policy.
    fn under(&self, policy: &Policy) -> Vec<Seen> {
        let instant = |second: i64| chrono::DateTime::from_timestamp(second, 0).unwrap();
        let facts = self.facts();
        facts
            .iter()
            .flat_map(|facts| intervals(facts, policy))
            .filter(|it| it.standing != Standing::Paused)
            .map(|it| Seen {
                from: instant(it.span.from),
                to: it.span.to.map(instant),
                monthly: it.monthly,
                free: it.standing == Standing::Free,
                basis: it.basis,
            })
            .collect()
    }

    fn facts(&self) -> Option<SubscriptionFacts> {
        let invoices: Vec<&Invoice> = self.invoices.iter().collect();
        let past = Past {
            subscription: &self.subscription,
            invoices: &invoices,
            invoice_items: &[],
            schedule: None,
            customer_discount: None,
            failed_attempts: &self.failed_attempts,
            observations: &self.observations,
            as_of: self.as_of,
        };
        facts(&past, &self.catalog)
    }

    /// From, to and minor units for each stretch of the same worth, whatever it rests on.
    fn told(&self) -> Vec<(Instant, Option<Instant>, i64)> {
        self.told_by(&Policy::coffer_1())
    }

    fn told_by(&self, policy: &Policy) -> Vec<(Instant, Option<Instant>, i64)> {
        let mut told: Vec<(Instant, Option<Instant>, i64)> = Vec::new();
        for it in self.under(policy) {
            let minor = it.monthly.round_half_even().unwrap();
            match told.last_mut() {
                Some(last) if last.1 == Some(it.from) && last.2 == minor => last.1 = it.to,
                _ => told.push((it.from, it.to, minor)),
            }
        }
        told
    }
}

#[test]
fn a_sign_up_that_ends_with_its_period_counts_until_then() {
    let mut it = subscription("2026-04-15", vec![item("si", "ten", 1, "2026-04-15")]);
    it.status = SubscriptionStatus::CancelPending;
    it.canceled_at = Some(at("2026-06-08"));
    it.cancel_at_period_end = true;
    let mut case = Case::new(it, vec![]);
    case.as_of = at("2026-06-10");
    assert_eq!(
        case.told(),
        [(at("2026-04-15"), None, 1_000)],
        "asked to cancel, still worth ten"
    );
    case.subscription.status = SubscriptionStatus::Canceled;
    case.subscription.ended_at = Some(at("2026-06-15"));
    assert_eq!(
        case.told(),
        [(at("2026-04-15"), Some(at("2026-06-15")), 1_000)],
        "gone on 15 June and not on the 8th"
    );
}

#[test]
fn a_trial_is_worth_nothing_until_it_ends() {
    let mut it = subscription("2026-04-01", vec![item("si", "ten", 1, "2026-04-01")]);
    it.trial_start = Some(at("2026-04-01"));
    it.trial_end = Some(at("2026-04-15"));
    let mut case = Case::new(it, vec![]);
    assert_eq!(case.told(), [(at("2026-04-15"), None, 1_000)]);
    case.subscription.status = SubscriptionStatus::Trialing;
    assert_eq!(case.told(), [], "one that still runs is not counted ahead");
    case.subscription.status = SubscriptionStatus::Canceled;
    case.subscription.ended_at = Some(at("2026-04-10"));
    assert_eq!(case.told(), [], "one that ended first never counted");
}

#[test]
fn a_proration_pair_dates_the_change_to_the_second() {
    let change = "2026-05-20T10:11:12Z";
    let it = subscription("2026-05-01", vec![item("si", "twenty", 3, "2026-05-01")]);
    let case = Case::new(
        it,
        vec![
            invoice(
                "in_1",
                "2026-05-01",
                "subscription_create",
                vec![line("si", "ten", 1, "2026-05-01", "2026-06-01", REGULAR)],
            ),
            invoice(
                "in_2",
                "2026-06-01",
                "subscription_cycle",
                vec![
                    line("si", "ten", 1, change, "2026-06-01", CREDIT),
                    line("si", "twenty", 3, change, "2026-06-01", DEBIT),
                    line("si", "twenty", 3, "2026-06-01", "2026-07-01", REGULAR),
                ],
            ),
        ],
    );
    assert_eq!(
        case.told(),
        [
            (at("2026-05-01"), Some(at(change)), 1_000),
            (at(change), None, 6_000)
        ]
    );
    assert!(
        case.intervals()
            .iter()
            .all(|it| it.basis == Basis::Invoiced)
    );
}

#[test]
fn a_credit_alone_means_that_the_item_went() {
    let it = subscription("2026-05-01", vec![item("si", "ten", 1, "2026-05-01")]);
    let case = Case::new(
        it,
        vec![
            invoice(
                "in_1",
                "2026-05-01",
                "subscription_create",
                vec![
                    line("si", "ten", 1, "2026-05-01", "2026-06-01", REGULAR),
                    line("add_on", "twenty", 1, "2026-05-01", "2026-06-01", REGULAR),
                ],
            ),
            invoice(
                "in_2",
                "2026-06-01",
                "subscription_cycle",
                vec![
                    line("add_on", "twenty", 1, "2026-05-12", "2026-06-01", CREDIT),
                    line("si", "ten", 1, "2026-06-01", "2026-07-01", REGULAR),
                ],
            ),
        ],
    );
    assert_eq!(
        case.told(),
        [
            (at("2026-05-01"), Some(at("2026-05-12")), 3_000),
            (at("2026-05-12"), None, 1_000)
        ]
    );
}

#[test]
fn a_change_without_a_trace_is_dated_at_the_next_bill() {
    let it = subscription("2026-05-01", vec![item("si", "ten", 5, "2026-05-01")]);
    let case = Case::new(
        it,
        vec![
            invoice(
                "in_1",
                "2026-05-01",
                "subscription_create",
                vec![line("si", "ten", 1, "2026-05-01", "2026-06-01", REGULAR)],
            ),
            invoice(
                "in_2",
                "2026-06-01",
                "subscription_cycle",
                vec![line("si", "ten", 5, "2026-06-01", "2026-07-01", REGULAR)],
            ),
        ],
    );
    assert_eq!(
        case.told(),
        [
            (at("2026-05-01"), Some(at("2026-06-01")), 1_000),
            (at("2026-06-01"), None, 5_000)
        ]
    );
}

#[test]
fn a_change_not_billed_yet_is_dated_when_we_saw_it_first_and_stays_there() {
    let it = subscription("2026-05-01", vec![item("si", "ten", 5, "2026-05-01")]);
    let lines = vec![line("si", "ten", 1, "2026-05-01", "2026-06-01", REGULAR)];
    let mut case = Case::new(
        it,
        vec![invoice("in_1", "2026-05-01", "subscription_create", lines)],
    );
    case.as_of = at("2026-05-20");
    assert_eq!(case.told()[1], (at("2026-05-20"), None, 5_000));
    let seen = |day: &str, quantity| Observation {
        at: at(day),
        items: vec![("si".into(), "ten".into(), quantity)],
        discounts: Vec::new(),
        stopped: None,
    };
    case.observations = vec![seen("2026-05-05", 1), seen("2026-05-18", 5)];
    case.as_of = at("2026-05-30");
    assert_eq!(
        case.told()[1],
        (at("2026-05-18"), None, 5_000),
        "a later sync does not move it"
    );
}

#[test]
fn the_present_is_carried_back_where_nothing_speaks() {
    let case = Case::new(
        subscription("2026-05-01", vec![item("si", "ten", 2, "2026-05-01")]),
        vec![],
    );
    assert_eq!(case.told(), [(at("2026-05-01"), None, 2_000)]);
    let bases: Vec<Basis> = case.intervals().iter().map(|it| it.basis).collect();
    assert_eq!(
        bases,
        [Basis::Inferred, Basis::Observed],
        "what came before we looked is inferred"
    );
}

#[test]
fn a_discount_counts_while_it_runs_even_when_only_bills_remember_it() {
    let discount = Discount {
        id: "di".into(),
        coupon: "off".into(),
        start: at("2026-02-01"),
        end: Some(at("2026-05-01")),
        target: DiscountTarget::Subscription,
        subscription: Some("sub".into()),
        item: None,
    };
    let mut first = invoice(
        "in_1",
        "2026-02-01",
        "subscription_create",
        vec![line("si", "ten", 1, "2026-02-01", "2026-03-01", REGULAR)],
    );
    first.discounts = vec![discount];
    let case = Case::new(
        subscription("2026-02-01", vec![item("si", "ten", 1, "2026-02-01")]),
        vec![first],
    );
    assert_eq!(
        case.told(),
        [
            (at("2026-02-01"), Some(at("2026-05-01")), 900),
            (at("2026-05-01"), None, 1_000)
        ],
        "9 during, 10 after"
    );
}

#[test]
fn a_discount_removed_by_hand_ends_at_the_first_bill_without_it() {
    let discount = Discount {
        id: "di".into(),
        coupon: "all".into(),
        start: at("2026-02-01"),
        end: None,
        target: DiscountTarget::Subscription,
        subscription: Some("sub".into()),
        item: None,
    };
    let bill = |id: &str, day: &str, to: &str| {
        invoice(
            id,
            day,
            "subscription_cycle",
            vec![line("si", "ten", 1, day, to, REGULAR)],
        )
    };
    let mut first = bill("in_1", "2026-02-01", "2026-03-01");
    first.discounts = vec![discount];
    let case = Case::new(
        subscription("2026-02-01", vec![item("si", "ten", 1, "2026-02-01")]),
        vec![first, bill("in_2", "2026-03-01", "2026-04-01")],
    );
    assert_eq!(
        case.told(),
        [
            (at("2026-02-01"), Some(at("2026-03-01")), 0),
            (at("2026-03-01"), None, 1_000)
        ]
    );
    assert!(case.intervals()[0].free, "free by discount, and active");
}

#[test]
fn an_incomplete_subscription_counts_from_its_first_payment() {
    let mut first = invoice(
        "in_1",
        "2026-05-01",
        "subscription_create",
        vec![line("si", "ten", 1, "2026-05-01", "2026-06-01", REGULAR)],
    );
    first.paid_at = Some(at("2026-05-01T07:30:00Z"));
    let mut case = Case::new(
        subscription("2026-05-01", vec![item("si", "ten", 1, "2026-05-01")]),
        vec![first],
    );
    assert_eq!(case.told(), [(at("2026-05-01T07:30:00Z"), None, 1_000)]);
    case.subscription.sends_invoices = true;
    assert_eq!(
        case.told(),
        [(at("2026-05-01"), None, 1_000)],
        "one that sends its bills runs from its start"
    );
}

fn seen(day: &str, stopped: bool) -> Observation {
    Observation {
        at: at(day),
        items: vec![("si".into(), "ten".into(), 1)],
        discounts: Vec::new(),
        stopped: stopped.then_some(Stop::Paused),
    }
}

fn monthly_bills(months: &[(&str, &str)]) -> Vec<Invoice> {
    months
        .iter()
        .map(|(from, to)| {
            invoice(
                &format!("in_{from}"),
                from,
                "subscription_cycle",
                vec![line("si", "ten", 1, from, to, REGULAR)],
            )
        })
        .collect()
}

#[test]
fn a_pause_stays_in_the_past_after_it_ended() {
    let mut bills = monthly_bills(&[("2026-01-01", "2026-02-01"), ("2026-02-01", "2026-03-01")]);
    let mut voided = monthly_bills(&[("2026-03-01", "2026-04-01")]);
    voided[0].status = InvoiceStatus::Void;
    voided[0].voided_at = Some(at("2026-03-01T01:00:00Z"));
    bills.extend(voided);
    let mut case = Case::new(
        subscription("2026-01-01", vec![item("si", "ten", 1, "2026-01-01")]),
        bills,
    );
    case.observations = vec![
        seen("2026-02-10", false),
        seen("2026-03-10", true),
        seen("2026-05-02", false),
    ];
    assert_eq!(
        case.told(),
        [
            (at("2026-01-01"), Some(at("2026-03-01T01:00:00Z")), 1_000),
            (at("2026-05-02"), None, 1_000)
        ],
        "from the first bill voided to when we saw it going again"
    );
    case.subscription.status = SubscriptionStatus::Canceled;
    case.subscription.ended_at = Some(at("2026-06-01"));
    assert_eq!(
        case.told()[1],
        (at("2026-05-02"), Some(at("2026-06-01")), 1_000),
        "and a cancellation does not undo it"
    );
}

#[test]
fn a_trial_that_ended_without_a_payment_method_never_counted() {
    let mut it = subscription("2026-01-01", vec![item("si", "ten", 1, "2026-01-01")]);
    it.status = SubscriptionStatus::Paused;
    it.trial_start = Some(at("2026-01-01"));
    it.trial_end = Some(at("2026-01-15"));
    let bills = vec![invoice(
        "in_1",
        "2026-01-01",
        "subscription_create",
        vec![line("si", "ten", 1, "2026-01-01", "2026-01-15", REGULAR)],
    )];
    assert_eq!(Case::new(it, bills).told(), []);
}

#[test]
fn a_backdated_subscription_keeps_its_past() {
    let mut it = subscription("2026-01-01", vec![item("si", "ten", 1, "2026-06-01")]);
    it.created = at("2026-06-01");
    let bills = vec![invoice(
        "in_1",
        "2026-06-01",
        "subscription_create",
        vec![line("si", "ten", 1, "2026-06-01", "2026-07-01", REGULAR)],
    )];
    assert_eq!(
        Case::new(it, bills).told(),
        [(at("2026-01-01"), None, 1_000)]
    );
}

#[test]
fn a_removed_discount_ends_when_we_saw_it_gone_and_stays_there() {
    let discount = Discount {
        id: "di".into(),
        coupon: "all".into(),
        start: at("2026-10-01"),
        end: None,
        target: DiscountTarget::Subscription,
        subscription: Some("sub".into()),
        item: None,
    };
    let mut bills = monthly_bills(&[("2026-10-01", "2026-11-01"), ("2026-11-01", "2026-12-01")]);
    bills
        .iter_mut()
        .for_each(|bill| bill.discounts = vec![discount.clone()]);
    let mut case = Case::new(
        subscription("2026-10-01", vec![item("si", "ten", 1, "2026-10-01")]),
        bills,
    );
    let with = Observation {
        discounts: vec!["di".into()],
        ..seen("2026-11-05", false)
    };
    case.observations = vec![with, seen("2026-11-21", false)];
    for as_of in ["2026-11-21", "2026-11-26"] {
        case.as_of = at(as_of);
        assert_eq!(
            case.told()[1],
            (at("2026-11-21"), None, 1_000),
            "as of {as_of}"
        );
    }
}

#[test]
fn cancelling_does_not_bring_back_an_item_that_was_swapped_before() {
    let mut it = subscription("2026-01-01", vec![item("si_2", "twenty", 1, "2026-03-01")]);
    it.status = SubscriptionStatus::Canceled;
    it.ended_at = Some(at("2026-10-10"));
    let bill = |item, price, from, to| {
        invoice(
            &format!("in_{from}"),
            from,
            "subscription_cycle",
            vec![line(item, price, 1, from, to, REGULAR)],
        )
    };
    let case = Case::new(
        it,
        vec![
            bill("si_1", "ten", "2026-01-01", "2026-02-01"),
            bill("si_1", "ten", "2026-02-01", "2026-03-01"),
            bill("si_2", "twenty", "2026-03-01", "2026-04-01"),
        ],
    );
    assert_eq!(
        case.told(),
        [
            (at("2026-01-01"), Some(at("2026-03-01")), 1_000),
            (at("2026-03-01"), Some(at("2026-10-10")), 2_000)
        ]
    );
}

#[test]
fn tax_inside_the_bill_is_taken_out_whatever_the_price_says() {
    let mut billed = line("si", "ten", 1, "2026-05-01", "2026-06-01", REGULAR);
    billed.tax_inclusive_base = 1_200;
    billed.tax_inclusive = 200;
    let case = Case::new(
        subscription("2026-05-01", vec![item("si", "ten", 1, "2026-05-01")]),
        vec![invoice(
            "in_1",
            "2026-05-01",
            "subscription_create",
            vec![billed],
        )],
    );
    assert_eq!(
        case.told(),
        [(at("2026-05-01"), None, 833)],
        "10.00 less a sixth, rounded once"
    );
}

proptest! {
    #[test]
    fn intervals_never_overlap_and_are_never_below_zero(
        changes in proptest::collection::vec((1_u32..300, 0_i64..9, any::<bool>()), 0..12),
        trial in proptest::option::of(1_u32..60),
        ended in proptest::option::of(1_u32..320),
    ) {
        let start = at("2026-01-01");
        let day = |n: u32| start + chrono::TimeDelta::days(i64::from(n));
        let mut it = subscription("2026-01-01", vec![item("si", "ten", 1, "2026-01-01")]);
        it.trial_end = trial.map(day);
        if let Some(ended) = ended {
            it.status = SubscriptionStatus::Canceled;
            it.ended_at = Some(day(ended));
        }
        let lines = changes.iter().map(|(n, quantity, credit)| {
            let mut it = line("si", "ten", *quantity, "2026-01-01", "2026-12-31", LineOrigin::Proration { credit: *credit });
            it.period_start = day(*n);
            it
        }).collect();
        let case = Case::new(it, vec![invoice("in_1", "2026-01-01", "subscription_create", lines)]);
        let found = case.intervals();
        for interval in &found {
            prop_assert!(!interval.monthly.is_negative());
            prop_assert!(interval.to.is_none_or(|to| to > interval.from));
            prop_assert!(interval.from >= start);
        }
        for pair in found.windows(2) {
            prop_assert!(pair[0].to.is_some_and(|to| to <= pair[1].from), "{:?} and {:?}", pair[0], pair[1]);
        }
        if let Some(ended) = ended {
            prop_assert!(found.iter().all(|it| it.to.is_some_and(|to| to <= day(ended))));
        }
    }
}
