//! What must hold whatever the history.

use super::super::back_test::ORIGIN_MONTHS_MIN;
use super::super::check::held_anything;
use super::*;
use proptest::prelude::*;

/// Months that add up, each with up to `most` on either side, never below zero nor above the largest amount.
fn histories(most: i64) -> impl Strategy<Value = Vec<Month>> {
    let shares = proptest::array::uniform5(0_i64..=1_000);
    let months = proptest::collection::vec(shares, HISTORY_MONTHS_MIN..40);
    (0..=most, months).prop_map(move |(opening, months)| {
        let mut value = opening;
        let moves: Vec<Moves> = months
            .into_iter()
            .map(|[new, reactivation, expansion, contraction, churn]| {
                let room = (AMOUNT_MINOR_MAX - value).min(most) / 3_000;
                let there = value / 2_000;
                let moves = Moves {
                    new: new * room,
                    reactivation: reactivation * room,
                    expansion: expansion * room,
                    contraction: contraction * there,
                    churn: churn * there,
                };
                value += moves.new + moves.reactivation + moves.expansion;
                value -= moves.contraction + moves.churn;
                moves
            })
            .collect();
        history(opening, &moves)
    })
}

/// Months that leap between nothing, one minor unit, the largest amount and anything.
fn leaps() -> impl Strategy<Value = Vec<Month>> {
    let closing = prop_oneof![
        Just(0),
        Just(1),
        Just(AMOUNT_MINOR_MAX),
        0..=AMOUNT_MINOR_MAX
    ];
    let months = proptest::collection::vec((closing, any::<bool>()), HISTORY_MONTHS_MIN..40);
    months.prop_map(|months| {
        let mut value = 1;
        let moves: Vec<Moves> = months
            .into_iter()
            .map(|(closing, from_within)| {
                let (more, less) = ((closing - value).max(0), (value - closing).max(0));
                value = closing;
                if from_within {
                    Moves {
                        expansion: more,
                        contraction: less,
                        ..Moves::default()
                    }
                } else {
                    Moves {
                        reactivation: more,
                        churn: less,
                        ..Moves::default()
                    }
                }
            })
            .collect();
        history(1, &moves)
    })
}

fn any_history() -> impl Strategy<Value = Vec<Month>> {
    prop_oneof![
        histories(AMOUNT_MINOR_MAX),
        histories(50_000_000),
        histories(10_000),
        leaps()
    ]
    .prop_filter("a ledger that held something", |months| {
        held_anything(&months[0])
    })
}

fn known_changes() -> impl Strategy<Value = Vec<KnownChange>> {
    let change = (0_u64..1_600, any::<i64>()).prop_map(|(days, delta_minor)| KnownChange {
        day: date("2020-01-01") + chrono::Days::new(days),
        delta_minor,
    });
    proptest::collection::vec(change, 0..6)
}

proptest! {
    #[test]
    fn the_interval_holds_the_expected_and_never_narrows(months in any_history(), known in known_changes()) {
        let forecast = ahead(&months, latest(&months), &known);
        prop_assert_eq!(forecast.months.len(), HORIZON_MONTHS);
        let mut above = 0;
        for month in &forecast.months {
            prop_assert!(0 <= month.low_minor && month.low_minor <= month.expected_minor);
            prop_assert!(month.expected_minor <= month.high_minor);
            prop_assert!(month.high_minor <= FORECAST_MINOR_MAX);
            if month.high_minor < FORECAST_MINOR_MAX {
                prop_assert!(month.high_minor - month.expected_minor >= above);
                above = month.high_minor - month.expected_minor;
            }
        }
    }

    #[test]
    fn a_back_test_counts_every_forecast_it_could_have_made(months in any_history()) {
        let forecast = of(&months);
        let due: usize = (ORIGIN_MONTHS_MIN..months.len()).map(|seen| (months.len() - seen).min(HORIZON_MONTHS)).sum();
        for score in [&forecast.movements, &forecast.last_value] {
            prop_assert_eq!(score.overall.intervals as usize, due);
            prop_assert_eq!(score.by_horizon.iter().map(|m| m.intervals).sum::<u32>(), score.overall.intervals);
            prop_assert_eq!(score.by_horizon.iter().map(|m| m.forecasts).sum::<u32>(), score.overall.forecasts);
            for measured in score.by_horizon.iter().chain([&score.overall]) {
                prop_assert_eq!(measured.error_ppm.is_some(), measured.forecasts > 0);
                prop_assert!(measured.coverage_ppm.is_none_or(|ppm| (0..=1_000_000).contains(&ppm)));
            }
        }
        prop_assert_eq!(forecast.movements.overall.forecasts, forecast.last_value.overall.forecasts);
        let worse = forecast.last_value.overall.error_ppm > forecast.movements.overall.error_ppm;
        prop_assert!(!(worse && forecast.model == Model::LastValue), "the better model is returned");
    }

    #[test]
    fn a_higher_start_never_lowers_what_is_expected(
        months in any_history(),
        known in known_changes(),
        (low, more) in (0_i64..=AMOUNT_MINOR_MAX / 2, 0_i64..=AMOUNT_MINOR_MAX / 2),
        days in 1_u64..28,
    ) {
        let day = months.last().unwrap().day + chrono::Days::new(days);
        let from = |closing_minor| expected(&ahead(&months, Latest { day, closing_minor }, &known));
        for (low, high) in from(low).into_iter().zip(from(low + more)) {
            prop_assert!(low <= high);
        }
    }

    #[test]
    fn a_known_change_never_moves_against_its_sign(months in any_history(), known in known_changes(), delta_minor in any::<i64>(), days in 1_u64..360) {
        let day = months.last().unwrap().day + chrono::Days::new(days);
        let without = expected(&ahead(&months, latest(&months), &known));
        let more = [known, vec![KnownChange { day, delta_minor }]].concat();
        for (without, with) in without.into_iter().zip(expected(&ahead(&months, latest(&months), &more))) {
            let moved_with_it = if delta_minor < 0 { with <= without } else { with >= without };
            prop_assert!(moved_with_it, "from {} to {}", without, with);
        }
    }

    #[test]
    fn nothing_panics_whatever_the_input(
        rows in proptest::collection::vec(proptest::array::uniform7(any::<i64>()), 0..30),
        closing_minor in any::<i64>(),
    ) {
        let ends = period_ends(date("2020-01-01"), NaiveDate::MAX, Every::Month, rows.len());
        let months: Vec<Month> = ends.into_iter().zip(rows).map(|(day, [a, b, c, d, e, f, g])| Month {
            day, opening_minor: a, new_minor: b, reactivation_minor: c, expansion_minor: d,
            contraction_minor: e, churn_minor: f, closing_minor: g,
        }).collect();
        let latest = Latest { day: date("2020-06-30"), closing_minor };
        let once = forecast(&months, latest, &[]);
        prop_assert_eq!(once, forecast(&months, latest, &[]), "the same input gives the same output");
    }
}
