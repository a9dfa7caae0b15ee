//! Every sentence that a comparison can come to.

use super::{explained, headline, number, overall, percent, says, share, standing, title};
use crate::api::types::SplitStanding;
use coffer_domain::currency::Currency;
use coffer_domain::metric::policy::Policy;
use coffer_domain::metric::reconcile::{Cause, Measure, Month, MonthSplit, Share, StatementKind};
use coffer_domain::ratio::Ratio;

fn split(ours: i64, theirs: i64, causes: &[(Cause, i64)]) -> MonthSplit {
    MonthSplit {
        month: Month::new(2026, 10).unwrap(),
        currency: Currency::USD,
        ours_minor: ours,
        theirs_minor: theirs,
        difference_minor: ours - theirs,
        agreeing: 0,
        causes: causes
            .iter()
            .map(|(cause, minor)| Share {
                cause: cause.clone(),
                minor: *minor,
                customers: 1,
                largest: Vec::new(),
                rest_customers: 1,
                rest_minor: *minor,
            })
            .collect(),
    }
}

/// Totals that are apart although everybody agrees.
fn by_a_cent() -> MonthSplit {
    let mut rounded = split(6, 5, &[(Cause::Rounding, 1)]);
    rounded.causes[0].customers = 0;
    rounded.causes[0].rest_customers = 0;
    rounded
}

#[test]
fn a_month_is_told_in_one_sentence() {
    for (ours, theirs, measure, told) in [
        (
            11_200,
            10_000,
            Measure::Level,
            "Ours is $12.00 above Stripe’s in October 2026.",
        ),
        (
            10_000,
            11_200,
            Measure::Level,
            "Ours is $12.00 below Stripe’s in October 2026.",
        ),
        (
            10_000,
            10_000,
            Measure::Level,
            "Ours and Stripe’s are both $100.00 in October 2026.",
        ),
        (
            200,
            -300,
            Measure::Change,
            "Our change in October 2026 is $5.00 above Stripe’s.",
        ),
        (
            -300,
            200,
            Measure::Change,
            "Our change in October 2026 is $5.00 below Stripe’s.",
        ),
        (
            -300,
            -300,
            Measure::Change,
            "Ours and Stripe’s both changed by −$3.00 in October 2026.",
        ),
    ] {
        assert_eq!(headline(&split(ours, theirs, &[]), measure), told);
    }
}

#[test]
fn what_is_explained_is_told_exactly() {
    let known = |minor| (Cause::NotHere, minor);
    let open = |minor| (Cause::Unexplained, minor);
    for (difference, causes, told) in [
        (0, vec![], "Both sides say the same of every customer."),
        (1_200, vec![known(1_200)], "All of it is explained."),
        (1, vec![(Cause::Rounding, 1)], "All of it is explained."),
        (
            0,
            vec![known(500), (Cause::NotTheirs, -500)],
            "Single customers differ and cancel each other out; all of it is explained.",
        ),
        (
            1_200,
            vec![known(900), open(300)],
            "75.0\u{202f}% of it is explained; +$3.00 is not.",
        ),
        (
            -1_200,
            vec![known(-800), open(-400)],
            "66.7\u{202f}% of it is explained; −$4.00 is not.",
        ),
        (1_200, vec![open(1_200)], "None of it is explained."),
        (
            1_200,
            vec![known(1_500), open(-300)],
            "+$15.00 is explained, and −$3.00 is not.",
        ),
        (
            300,
            vec![known(-200), open(500)],
            "−$2.00 is explained, and +$5.00 is not.",
        ),
        (
            0,
            vec![known(200), open(-200)],
            "+$2.00 is explained, and −$2.00 is not.",
        ),
        (
            700,
            vec![known(700), open(0)],
            "Some customers differ without an explanation and cancel each other out.",
        ),
    ] {
        let found = split(difference, 0, &causes);
        assert_eq!(explained(&found, StatementKind::CustomerMonths), told);
    }
}

#[test]
fn rounding_alone_is_no_difference_and_hides_none() {
    let mut open = split(-1_199, 0, &[(Cause::Unexplained, -1_200)]);
    open.causes.extend(by_a_cent().causes);
    for (found, kind, standing_so, told) in [
        (
            by_a_cent(),
            StatementKind::CustomerMonths,
            SplitStanding::Same,
            "That is rounding alone: both sides say the same of every customer.",
        ),
        (
            by_a_cent(),
            StatementKind::Summary,
            SplitStanding::Same,
            "That is rounding alone.",
        ),
        (
            split(0, 0, &[]),
            StatementKind::Summary,
            SplitStanding::Same,
            "There is no difference.",
        ),
        (
            open,
            StatementKind::CustomerMonths,
            SplitStanding::Open,
            "None of it is explained.",
        ),
    ] {
        assert_eq!(explained(&found, kind), told);
        assert_eq!(standing(&found), standing_so);
    }
}

#[test]
fn totals_that_agree_are_counted_by_their_customers() {
    let by_customer = StatementKind::CustomerMonths;
    let same = split(5, 5, &[]);
    let rounded = by_a_cent();
    let cancelling = split(5, 5, &[(Cause::NotHere, -1), (Cause::NotTheirs, 1)]);
    assert_eq!(
        overall(&[same.clone(), rounded, cancelling.clone()], by_customer),
        "3 totals compared: 2 agree to the last customer, 1 differs."
    );
    assert_eq!(
        overall(std::slice::from_ref(&same), by_customer),
        "1 total compared, and every customer’s figure is the same on both sides."
    );
    assert_eq!(
        overall(std::slice::from_ref(&cancelling), by_customer),
        "1 total compared, and in each of them something differs."
    );
    assert!(overall(&[], by_customer).starts_with("There is nothing to compare"));
    assert_eq!(
        overall(std::slice::from_ref(&same), StatementKind::Summary),
        "1 total compared, and there is no difference."
    );
    assert_eq!(
        overall(&[same, cancelling], StatementKind::Summary),
        "2 totals compared: 1 agrees, 1 differs.",
        "a summary names no customers"
    );
}

#[test]
fn a_rule_says_what_both_sides_do() {
    let cause = Cause::Rules(vec!["repeating_ignored".to_owned()]);
    assert_eq!(title(&cause), "Discounts of some months are ignored");
    assert_eq!(
        says(&cause, &Policy::coffer_1(), StatementKind::CustomerMonths),
        "By this rule ours would be Stripe’s, customer by customer. Under “Coffer”, a discount of some months is subtracted while it runs."
    );
    let two = Cause::Rules(vec![
        "cancel_at_request".to_owned(),
        "paused_counts".to_owned(),
    ]);
    assert_eq!(
        title(&two),
        "A cancellation drops MRR when it is asked for, and a paused subscription counts until it ends"
    );
    assert!(
        says(&two, &Policy::coffer_1(), StatementKind::CustomerMonths)
            .starts_with("By these two rules together")
    );
    assert!(
        says(&two, &Policy::coffer_1(), StatementKind::Summary)
            .starts_with("If that held for everybody")
    );
}

#[test]
fn figures_of_a_summary_are_written_for_people() {
    let ratio = |top, below| Ratio::new(top, below).unwrap();
    assert_eq!(number(ratio(120, 1), false), "120");
    assert_eq!(number(ratio(12, 1), true), "+12");
    assert_eq!(number(ratio(-12, 1), true), "−12");
    assert_eq!(number(ratio(0, 1), true), "0");
    assert_eq!(number(ratio(25, 2), false), "12.5");
    assert_eq!(share(ratio(91, 1_000), false), "9.1\u{202f}%");
    assert_eq!(share(ratio(-1, 100), true), "−1.0\u{202f}%");
    assert_eq!(percent(1, 3).as_deref(), Some("33.3\u{202f}%"));
    assert_eq!(percent(-1, 4).as_deref(), Some("−25.0\u{202f}%"));
    assert_eq!(percent(1, 0), None);
}
