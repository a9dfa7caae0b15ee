//! The policies as the definitions' table has them, row by row and column by column, and policies of nobody's.
//!
//! The switches are spoken of in the engine's words, which are data; their values are copied from the table by hand, so that
//! a preset of the engine that departs from it is found.

use coffer_domain::metric::policy::{
    Cancellation, ChurnBase, Discounting, FullDiscount, LtvChurn, Metered, PastDue, Paused, Policy,
    TrialBase, presets,
};
use proptest::prelude::*;
use proptest::sample::select;

/// The columns of the table, `coffer-1` first.
pub(crate) fn table() -> Vec<Policy> {
    use Discounting::{Ignored, PercentageOnly, Subtracted};
    let discounts = [
        ("coffer-1", Ignored, Subtracted, Subtracted),
        ("stripe", Ignored, Ignored, Subtracted),
        ("chartmogul", Subtracted, Subtracted, Subtracted),
        ("baremetrics", Subtracted, Subtracted, Subtracted),
        ("profitwell", Subtracted, Subtracted, Subtracted),
        ("paddle", Ignored, Ignored, Ignored),
        ("lemonsqueezy", Ignored, PercentageOnly, PercentageOnly),
    ];
    discounts
        .into_iter()
        .map(|(id, once, repeating, forever)| Policy {
            id: id.to_owned(),
            name: String::new(),
            past_due: match id {
                "baremetrics" => PastDue::Days(30),
                "profitwell" => PastDue::Days(15),
                "paddle" => PastDue::WhileRunning,
                _ => PastDue::Counts,
            },
            cancellation: match id {
                "stripe" | "paddle" => Cancellation::AtRequest,
                _ => Cancellation::AtEnd,
            },
            once,
            repeating,
            forever,
            full_discount: match id {
                "stripe" | "baremetrics" => FullDiscount::Churned,
                "profitwell" | "lemonsqueezy" => FullDiscount::Free,
                // `paddle` takes no discount off, so that nobody is at zero through one.
                _ => FullDiscount::FreeActive,
            },
            metered: match id {
                "chartmogul" | "profitwell" => Metered::InvoicedAmount,
                _ => Metered::Out,
            },
            paused: match id {
                "stripe" => Paused::Counts,
                "paddle" | "lemonsqueezy" => Paused::Out,
                _ => Paused::Contraction,
            },
            churn_base: match id {
                "stripe" => ChurnBase::ThirtyDaysAgoPlusNew,
                "baremetrics" => ChurnBase::ThirtyDaysAgo,
                _ => ChurnBase::ActiveAtStart,
            },
            ltv_churn: match id {
                "chartmogul" => LtvChurn::Trailing(6),
                // READING: "smoothed" is the mean of three periods, which the engine calls its reading.
                "profitwell" => LtvChurn::Trailing(3),
                _ => LtvChurn::Period,
            },
            trial_base: match id {
                "chartmogul" => TrialBase::StartedCohort,
                "baremetrics" => TrialBase::StartedThirtyDays,
                _ => TrialBase::Ended,
            },
            readings: Vec::new(),
        })
        .collect()
}

/// A policy with any value of each switch.
pub(crate) fn own() -> impl Strategy<Value = Policy> {
    use Discounting::{Ignored, PercentageOnly, Subtracted};
    let discounting = || select(vec![Subtracted, Ignored, PercentageOnly]);
    let worth = (
        select(vec![
            PastDue::Counts,
            PastDue::Days(0),
            PastDue::Days(7),
            PastDue::Days(45),
            PastDue::WhileRunning,
        ]),
        select(vec![Cancellation::AtEnd, Cancellation::AtRequest]),
        [discounting(), discounting(), discounting()],
        select(vec![
            FullDiscount::FreeActive,
            FullDiscount::Free,
            FullDiscount::Churned,
        ]),
        select(vec![Metered::Out, Metered::InvoicedAmount]),
        select(vec![Paused::Contraction, Paused::Counts, Paused::Out]),
    );
    let rates = (
        select(vec![
            ChurnBase::ActiveAtStart,
            ChurnBase::ThirtyDaysAgo,
            ChurnBase::ThirtyDaysAgoPlusNew,
        ]),
        prop_oneof![
            Just(LtvChurn::Period),
            (1_u8..8).prop_map(LtvChurn::Trailing)
        ],
        select(vec![
            TrialBase::Ended,
            TrialBase::StartedCohort,
            TrialBase::StartedThirtyDays,
        ]),
    );
    (worth, rates).prop_map(|(worth, (churn_base, ltv_churn, trial_base))| {
        let (past_due, cancellation, discounts, full_discount, metered, paused) = worth;
        let [once, repeating, forever] = discounts;
        Policy {
            id: "own".to_owned(),
            name: String::new(),
            past_due,
            cancellation,
            once,
            repeating,
            forever,
            full_discount,
            metered,
            paused,
            churn_base,
            ltv_churn,
            trial_base,
            readings: Vec::new(),
        }
    })
}

/// Any policy: a column of the table, or one of nobody's.
pub(crate) fn any() -> impl Strategy<Value = Policy> {
    prop_oneof![2 => select(table()), 1 => own()]
}

#[test]
fn the_presets_are_the_columns_of_the_table() {
    let told: Vec<Policy> = presets()
        .into_iter()
        .map(|preset| Policy {
            name: String::new(),
            readings: Vec::new(),
            ..preset
        })
        .collect();
    assert_eq!(told, table(), "a published rule never changes");
}
