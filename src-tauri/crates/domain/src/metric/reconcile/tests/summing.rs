//! What a summary, which names no customers, is held against.

use super::desk::{Desk, causes, rule, whole};
use super::month;
use crate::metric::reconcile::{Cause, Metric, OurFigure};
use crate::ratio::Ratio;

const SUMMARY: &str = "Metric,2026-01\nBeginning Subscribers,2\nEnding MRR,21.00\n";

#[test]
fn a_summary_is_explained_by_the_rule_that_gives_its_total() {
    let desk = Desk::with(&["cancel", "discounts"])
        .worth("a", "USD", "2026-01", whole(900))
        .worth("b", "USD", "2026-01", whole(900))
        .worth("idle", "USD", "2026-01", whole(0))
        .under("cancel", "a", "2026-01", 0)
        .under("discounts", "a", "2026-01", 1_000)
        .under("discounts", "b", "2026-01", 1_000)
        .under("discounts", "idle", "2026-01", 100);
    let outcome = desk.against(SUMMARY);
    assert_eq!(causes(&outcome), [(rule(&["discounts"]), -300)]);
    assert_eq!(
        outcome.splits[0].causes[0].customers, 3,
        "a customer worth nothing can be worth something under the rule"
    );
}

#[test]
fn a_summary_that_no_rule_gives_is_unexplained_and_names_nobody() {
    let desk = Desk::with(&["cancel"])
        .worth("a", "USD", "2026-01", whole(1_800))
        .under("cancel", "a", "2026-01", 0);
    let outcome = desk.against(SUMMARY);
    assert_eq!(causes(&outcome), [(Cause::Unexplained, -300)]);
    let share = &outcome.splits[0].causes[0];
    assert_eq!((share.customers, share.rest_minor), (0, -300));
}

#[test]
fn the_other_metrics_of_a_summary_stand_beside_ours() {
    let mut desk = Desk::default().worth("a", "USD", "2026-01", whole(2_100));
    desk.figures.push(OurFigure {
        month: month("2026-01"),
        metric: Metric::OpeningSubscribers,
        value: whole(3),
    });
    let outcome = desk.against(SUMMARY);
    assert_eq!(causes(&outcome), []);
    let beside: Vec<(Metric, Ratio, Option<Ratio>)> = outcome
        .beside
        .iter()
        .map(|line| (line.metric.clone(), line.theirs.exact(), line.ours))
        .collect();
    assert_eq!(
        beside,
        [
            (Metric::OpeningSubscribers, whole(2), Some(whole(3))),
            (Metric::ClosingMrr, whole(2_100), None),
        ]
    );
}
