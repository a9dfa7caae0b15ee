//! Which cause a customer's difference has.

use super::desk::{Desk, causes, rule, shares, whole};
use super::{month, ratio};
use crate::metric::reconcile::{Alternative, Cause, Flag, Measure, Ours, Place, compare, read};
use std::collections::BTreeSet;

const HEADER: &str = "Customer ID,Currency,2026-01\n";

#[test]
fn figures_that_agree_to_the_cent_have_no_cause() {
    let desk = Desk::default()
        .worth("a", "USD", "2026-01", ratio(200_000, 12))
        .worth("b", "USD", "2026-01", whole(1_000));
    let outcome = desk.against(&format!("{HEADER}a,usd,166.67\nb,usd,10\n"));
    assert_eq!(causes(&outcome), []);
    assert_eq!(outcome.measure, Measure::Level);
    assert_eq!(outcome.splits[0].agreeing, 2);
    assert_eq!(outcome.splits[0].ours_minor, 17_667);
    assert_eq!(outcome.splits[0].difference_minor, 0);
}

#[test]
fn the_first_rule_that_gives_their_figure_is_the_cause() {
    let desk = Desk::with(&["discounts", "cancel", "paused"])
        .worth("a", "USD", "2026-01", whole(900))
        .under("discounts", "a", "2026-01", 950)
        .under("cancel", "a", "2026-01", 1_000)
        .under("paused", "a", "2026-01", 1_000);
    let outcome = desk.against(&format!("{HEADER}a,usd,10.00\n"));
    assert_eq!(causes(&outcome), [(rule(&["cancel"]), -100)]);
    let behind = &outcome.splits[0].causes[0].largest[0];
    assert_eq!((behind.ours_minor, behind.theirs_minor), (900, 1_000));
}

#[test]
fn two_rules_together_are_a_cause_only_where_no_rule_alone_is() {
    let desk = Desk::with(&["discounts", "cancel", "paused"])
        .worth("a", "USD", "2026-01", whole(900))
        .under("discounts", "a", "2026-01", 950)
        .under("discounts+paused", "a", "2026-01", 1_200)
        .worth("b", "USD", "2026-01", whole(900))
        .under("paused", "b", "2026-01", 1_200)
        .under("discounts+cancel", "b", "2026-01", 1_200);
    let outcome = desk.against(&format!("{HEADER}a,usd,12\nb,usd,12\n"));
    assert_eq!(
        causes(&outcome),
        [
            (rule(&["discounts", "paused"]), -300),
            (rule(&["paused"]), -300)
        ]
    );
}

#[test]
fn a_rule_explains_a_customer_whom_they_do_not_list() {
    let desk = Desk::with(&["cancel"])
        .worth("a", "USD", "2026-01", whole(900))
        .under("cancel", "a", "2026-01", 0)
        .worth("b", "USD", "2026-01", whole(300));
    let outcome = desk.against(&format!("{HEADER}other,usd,0\n"));
    assert_eq!(
        causes(&outcome),
        [(rule(&["cancel"]), 900), (Cause::NotTheirs, 300)]
    );
}

#[test]
fn a_customer_on_one_side_only_is_named_as_such() {
    let desk = Desk::default()
        .worth("here", "USD", "2026-01", whole(500))
        .worth("both", "USD", "2026-01", whole(100));
    let outcome = desk.against(&format!("{HEADER}gone,usd,7.00\nboth,usd,1.00\n"));
    assert_eq!(
        causes(&outcome),
        [(Cause::NotHere, -700), (Cause::NotTheirs, 500)]
    );
    assert_eq!(outcome.splits[0].agreeing, 1);
}

#[test]
fn a_customer_listed_with_nothing_is_not_missing() {
    let desk = Desk::default().worth("a", "USD", "2026-01", whole(500));
    let outcome = desk.against(&format!("{HEADER}a,usd,0.00\n"));
    assert_eq!(causes(&outcome), [(Cause::Unexplained, 500)]);
}

#[test]
fn rules_go_before_flags_and_flags_before_unexplained() {
    let desk = Desk::with(&["cancel"])
        .worth("rule", "USD", "2026-01", whole(100))
        .flagged(Flag::Metered)
        .under("cancel", "rule", "2026-01", 300)
        .worth("flag", "USD", "2026-01", whole(100))
        .flagged(Flag::TaxInclusive)
        .worth("none", "USD", "2026-01", whole(100));
    let outcome = desk.against(&format!("{HEADER}rule,usd,3\nflag,usd,2\nnone,usd,5\n"));
    assert_eq!(
        causes(&outcome),
        [
            (Cause::Unexplained, -400),
            (rule(&["cancel"]), -200),
            (Cause::Flagged(Flag::TaxInclusive), -100),
        ]
    );
}

#[test]
fn money_in_another_currency_is_a_cause_in_both_ledgers() {
    let desk = Desk::default()
        .worth("a", "EUR", "2026-01", whole(900))
        .worth("b", "EUR", "2026-01", whole(500));
    let outcome = desk.against(&format!("{HEADER}a,usd,10.00\nb,eur,5.00\n"));
    let found: Vec<(String, Vec<(Cause, i64)>)> = outcome
        .splits
        .iter()
        .map(|split| (split.currency.to_string(), shares(split)))
        .collect();
    assert_eq!(
        found,
        [
            ("EUR".to_owned(), vec![(Cause::OtherCurrency, 900)]),
            ("USD".to_owned(), vec![(Cause::OtherCurrency, -1_000)]),
        ],
        "two currencies never add, so each ledger has its own difference"
    );
}

#[test]
fn a_customer_who_agrees_in_one_currency_is_not_parted_by_it() {
    let desk = Desk::default()
        .worth("a", "EUR", "2026-01", whole(900))
        .worth("a", "USD", "2026-01", whole(500));
    let outcome = desk.against(&format!("{HEADER}a,eur,9.00\n"));
    assert_eq!(
        outcome.splits[1].causes[0].cause,
        Cause::Unexplained,
        "their euros are our euros, so they do not stand for the dollars"
    );
}

#[test]
fn a_step_of_what_they_print_is_rounding_in_every_currency() {
    for (code, ours, printed, minor) in [
        ("usd", ratio(201, 2), "1.01", -1),
        ("usd", whole(1_001), "10.00", 1),
        ("jpy", ratio(2_001, 2), "1001", -1),
        ("kwd", ratio(12_345, 2), "6.173", -1),
        ("isk", whole(123_456), "1235", -44),
    ] {
        let desk = Desk::default().worth("a", code, "2026-01", ours);
        let outcome = desk.against(&format!("{HEADER}a,{code},{printed}\n"));
        assert_eq!(
            causes(&outcome),
            [(Cause::Rounding, minor)],
            "{code} {printed}"
        );
    }
}

#[test]
fn a_rule_that_gives_the_very_figure_goes_before_a_step_of_rounding() {
    let desk = Desk::with(&["cancel"])
        .worth("a", "USD", "2026-01", whole(1_001))
        .under("cancel", "a", "2026-01", 1_000);
    let outcome = desk.against(&format!("{HEADER}a,usd,10.00\n"));
    assert_eq!(causes(&outcome), [(rule(&["cancel"]), 1)]);
}

#[test]
fn what_rounding_every_customer_adds_up_to_is_a_cause_without_customers() {
    let mut desk = Desk::default();
    let mut text = HEADER.to_owned();
    for customer in ["a", "b", "c"] {
        desk = desk.worth(customer, "USD", "2026-01", ratio(1_000, 3));
        text.push_str(&format!("{customer},usd,3.33\n"));
    }
    let outcome = desk.against(&text);
    assert_eq!(
        outcome.splits[0].ours_minor, 1_000,
        "a third three times is rounded once"
    );
    assert_eq!(causes(&outcome), [(Cause::Rounding, 1)]);
    let share = &outcome.splits[0].causes[0];
    assert_eq!((share.customers, share.rest_minor), (0, 1));
}

#[test]
fn rows_of_one_customer_add_up_before_they_are_compared() {
    let desk = Desk::default().worth("a", "USD", "2026-01", whole(3_000));
    let outcome = desk.against(&format!("{HEADER}a,usd,10\na,usd,20\n"));
    assert_eq!(causes(&outcome), []);
}

#[test]
fn the_largest_come_first_and_the_others_are_counted() {
    let mut desk = Desk::default();
    let mut text = HEADER.to_owned();
    for (customer, minor) in [("a", 1), ("b", -500), ("c", 30), ("d", 500), ("e", -7)] {
        desk = desk.worth(customer, "USD", "2026-01", whole(1_000 + 2 * minor));
        text.push_str(&format!("{customer},usd,10.00\n"));
    }
    let outcome = desk.compare(&text, 2);
    let share = &outcome.splits[0].causes[0];
    let named: Vec<(String, i64)> = share
        .largest
        .iter()
        .map(|customer| (customer.customer.to_string(), customer.minor))
        .collect();
    assert_eq!(named, [("b".to_owned(), -1_000), ("d".to_owned(), 1_000)]);
    assert_eq!((share.customers, share.rest_customers), (5, 3));
    assert_eq!((share.minor, share.rest_minor), (48, 48));
}

#[test]
fn months_outside_the_statement_are_not_compared() {
    let desk = Desk::default()
        .worth("a", "USD", "2025-12", whole(900))
        .worth("a", "USD", "2026-01", whole(900))
        .worth("a", "USD", "2026-02", whole(900));
    let outcome = desk.against(&format!("{HEADER}a,usd,9.00\n"));
    assert_eq!(causes(&outcome), []);
    assert_eq!(outcome.splits[0].month, month("2026-01"));
}

#[test]
fn changes_are_held_against_the_step_from_one_month_to_the_next() {
    let desk = Desk::with(&["cancel"])
        .worth("a", "USD", "2026-01", whole(1_000))
        .worth("a", "USD", "2026-02", whole(1_500))
        .worth("a", "USD", "2026-03", whole(1_500))
        .worth("b", "USD", "2026-02", whole(700))
        .worth("b", "USD", "2026-03", whole(700))
        .under("cancel", "b", "2026-03", 0);
    let outcome = desk.against(
        "Date,Customer ID,Type,MRR change,Currency\n\
         2026-01-03,a,New,12,usd\n2026-01-20,a,Downgrade,-2,usd\n2026-02-14,a,Upgrade,5,usd\n\
         2026-02-20,b,New,7,usd\n2026-03-09,b,Churn,-7,usd\n2026-04-02,a,Churn,-15,usd\n",
    );
    assert_eq!(outcome.measure, Measure::Change);
    let found: Vec<(String, i64)> = outcome
        .splits
        .iter()
        .map(|split| (split.month.to_string(), split.ours_minor))
        .collect();
    assert_eq!(
        found,
        [
            ("2026-01".to_owned(), 1_000),
            ("2026-02".to_owned(), 1_200),
            ("2026-03".to_owned(), 0),
            ("2026-04".to_owned(), -2_200),
        ]
    );
    let found: Vec<Vec<(Cause, i64)>> = outcome.splits.iter().map(shares).collect();
    assert_eq!(
        found,
        [
            vec![],
            vec![],
            vec![(rule(&["cancel"]), 700)],
            vec![(rule(&["cancel"]), -700)],
        ],
        "what the rule takes in March it does not take again in April"
    );
}

#[test]
fn a_month_without_changes_in_their_log_is_compared_too() {
    let desk = Desk::default()
        .worth("a", "USD", "2026-01", whole(500))
        .worth("a", "USD", "2026-02", whole(800))
        .worth("a", "USD", "2026-03", whole(900));
    let outcome = desk.against(
        "Date,Customer ID,Type,MRR change,Currency\n2026-01-03,a,New,5,usd\n2026-03-03,a,Upgrade,4,usd\n",
    );
    let differences: Vec<i64> = outcome
        .splits
        .iter()
        .map(|split| split.difference_minor)
        .collect();
    assert_eq!(differences, [0, 300, -300]);
}

#[test]
fn a_figure_that_does_not_fit_is_an_error_and_not_a_wrong_number() {
    let statement = read(&format!("{HEADER}a,usd,99999999999999999999\n")).unwrap();
    let under = |_: Place<'_>, _: &[&Alternative]| None;
    let ours = Ours {
        customers: &BTreeSet::new(),
        lines: &[],
        figures: &[],
        alternatives: &[],
        under: &under,
    };
    assert!(compare(&statement, ours, 10).is_err());
}
