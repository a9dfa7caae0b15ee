//! What is expected, worked by hand.

use super::*;

#[test]
fn constant_mrr_is_forecast_constant_without_width_and_without_error() {
    let forecast = of(&history(123_400, &[Moves::default(); 30]));
    assert_eq!(expected(&forecast), [123_400; 12]);
    assert!(
        is_exact(&forecast),
        "what never varied has no interval: {forecast:?}"
    );
    assert_eq!(
        forecast.model,
        Model::Movements,
        "neither model missed by less"
    );
    for score in [&forecast.movements, &forecast.last_value] {
        assert_eq!(score.overall.error_ppm, Some(0));
        assert_eq!(score.overall.coverage_ppm, Some(1_000_000));
    }
}

#[test]
fn steady_growth_goes_on_and_beats_the_last_value() {
    let forecast = of(&history(0, &[new(1_000); 24]));
    let due: Vec<i64> = (25..=36).map(|month| month * 1_000).collect();
    assert_eq!(expected(&forecast), due);
    assert!(is_exact(&forecast), "every month brought the same");
    assert_eq!(forecast.model, Model::Movements);
    assert_eq!(forecast.movements.overall.error_ppm, Some(0));
    assert!(
        forecast.last_value.overall.error_ppm > Some(0),
        "it never expects growth"
    );
    assert_eq!(forecast.months[0].day, date("2022-01-31"));
    assert_eq!(forecast.months[1].day, date("2022-02-28"));
    assert_eq!(forecast.months[11].day, date("2022-12-31"));
}

#[test]
fn a_share_that_leaves_every_month_never_takes_more_than_there_is() {
    let mut left = 1_000_000;
    let moves: Vec<Moves> = (0..20)
        .map(|_| {
            let lost = left / 5;
            left -= lost;
            churn(lost)
        })
        .collect();
    let forecast = of(&history(1_000_000, &moves));
    let figures = expected(&forecast);
    assert_eq!(
        figures[0],
        left - left / 5,
        "a fifth of {left} leaves next month too"
    );
    assert!(
        figures.windows(2).all(|pair| pair[1] < pair[0]),
        "{figures:?}"
    );
    assert!(
        forecast
            .months
            .iter()
            .all(|month| month.low_minor >= 0 && month.expected_minor > 0)
    );
    let sudden = of(&history(900, &[churn(100), churn(300), churn(500)]));
    assert_eq!(
        expected(&sudden),
        [0; 12],
        "nothing is left and nothing leaves"
    );
}

#[test]
fn gains_are_an_amount_and_losses_a_share_of_the_opening() {
    let month = Moves {
        new: 60,
        reactivation: 40,
        expansion: 50,
        contraction: 30,
        churn: 120,
    };
    let months = history(1_000, &[month; 3]);
    let latest = Latest {
        day: months[2].day,
        closing_minor: 1_000,
    };
    let forecast = ahead(&months, latest, &[]);
    assert_eq!(
        forecast.usual,
        Usual {
            months: 3,
            gains_minor: 100,
            expansion_ppm: 50_000,
            contraction_ppm: 30_000,
            churn_ppm: 120_000,
        }
    );
    assert_eq!(
        expected(&forecast),
        [1_000; 12],
        "100 + 5 % − 3 % − 12 % of 1,000"
    );
}

#[test]
fn an_older_month_counts_a_tenth_less_than_the_next() {
    let forecast = of(&history(5, &[new(0), new(0), new(1_000)]));
    // 1,000 × 1 ÷ (1 + 0.9 + 0.81) = 369.003…
    assert_eq!(forecast.usual.gains_minor, 369);
    assert_eq!(forecast.months[0].expected_minor, 1_005 + 369);
}

#[test]
fn twelve_months_are_usual_and_what_came_before_is_past() {
    let moves = [[new(1_000); 4].as_slice(), &[new(0); 10]].concat();
    let usual = of(&history(5, &moves)).usual;
    // The two oldest of twelve: 1,000 × (0.9^11 + 0.9^10) ÷ (1 + 0.9 + … + 0.9^11) = 92.3…
    assert_eq!((usual.months, usual.gains_minor), (12, 92));
}

#[test]
fn from_six_months_on_the_largest_counts_as_the_second_largest() {
    let gains = |months: usize| {
        let mut moves = vec![new(0); months];
        moves[months - 1] = new(1_000);
        of(&history(5, &moves)).usual.gains_minor
    };
    assert_eq!(gains(5), 244, "1,000 ÷ (1 + 0.9 + … + 0.9^4)");
    assert_eq!(gains(6), 0);
}

#[test]
fn more_than_doubling_every_month_is_not_carried_forward() {
    let expansion = |expansion| Moves {
        expansion,
        ..Moves::default()
    };
    let forecast = of(&history(
        100,
        &[expansion(300), expansion(1_200), expansion(4_800)],
    ));
    assert_eq!(
        forecast.usual.expansion_ppm, 1_000_000,
        "three times the opening came, one is taken"
    );
    assert_eq!(expected(&forecast)[..3], [12_800, 25_600, 51_200]);
}

#[test]
fn the_month_that_runs_is_forecast_for_its_remaining_days_only() {
    let months = history(
        1_000,
        &[Moves {
            new: 100,
            churn: 100,
            ..Moves::default()
        }; 3],
    );
    let on = |day: &str| Latest {
        day: date(day),
        closing_minor: 2_000,
    };
    let half = ahead(&months, on("2020-04-15"), &[]);
    assert_eq!(
        half.months[0].day,
        date("2020-04-30"),
        "the running month is the first"
    );
    assert_eq!(
        expected(&half)[..2],
        [1_950, 1_855],
        "half of +100 − 10 %, then a whole month"
    );
    let over = ahead(&months, on("2020-04-30"), &[]);
    assert_eq!(
        expected(&over)[..2],
        [2_000, 1_900],
        "on its last day nothing is left to come"
    );
}

#[test]
fn known_changes_move_the_expected_closing_of_their_month() {
    let months = history(100_000, &[Moves::default(); 12]);
    let change = |day: &str, delta_minor| KnownChange {
        day: date(day),
        delta_minor,
    };
    let known = [
        change("2020-12-31", -1), // The latest figure holds it already.
        change("2021-03-01", -5_000),
        change("2021-03-31", -2_000),
        change("2021-05-10", 1_500),
        change("2022-01-01", -9_999), // The month after the twelfth.
    ];
    let forecast = ahead(&months, latest(&months), &known);
    let mut due = [94_500; 12];
    due[..2].fill(100_000);
    due[2..4].fill(93_000);
    assert_eq!(expected(&forecast), due);
    assert_eq!(forecast.months[2].known_minor, -7_000);
    assert_eq!(forecast.months[4].known_minor, 1_500);
    assert_eq!(forecast.months[0].known_minor, 0);
    let all_gone = ahead(
        &months,
        latest(&months),
        &[change("2021-01-10", i64::MIN); 3],
    );
    assert_eq!(expected(&all_gone), [0; 12], "no more leaves than there is");
}

#[test]
fn a_known_loss_is_one_of_the_usual_and_counts_as_far_as_it_exceeds_them() {
    let usual = Moves {
        new: 100,
        churn: 100,
        ..Moves::default()
    };
    let months = history(1_000, &[usual; 12]);
    let first = |delta_minor| {
        let known = KnownChange {
            day: date("2021-01-20"),
            delta_minor,
        };
        expected(&ahead(&months, latest(&months), &[known]))[0]
    };
    assert_eq!(first(-60), 1_000, "60 of the 100 that leave are known");
    assert_eq!(first(-250), 850, "250 leave instead of 100");
    assert_eq!(first(40), 1_000, "40 of the 100 that come are known");
    assert_eq!(first(300), 1_200, "300 come instead of 100");
}

#[test]
fn huge_amounts_stay_within_their_bounds() {
    let moves: Vec<Moves> = (0..12)
        .map(|month| {
            if month % 2 == 0 {
                new(AMOUNT_MINOR_MAX)
            } else {
                churn(AMOUNT_MINOR_MAX)
            }
        })
        .collect();
    for months in 3..=12 {
        let forecast = of(&history(0, &moves[..months]));
        assert!(
            forecast
                .months
                .iter()
                .all(|m| m.high_minor <= FORECAST_MINOR_MAX)
        );
    }
    let doubled: Vec<Moves> = (0..12)
        .map(|month| Moves {
            expansion: 400_000_000_000 << month,
            ..Moves::default()
        })
        .collect();
    let forecast = of(&history(
        0,
        &[&[new(400_000_000_000)], &doubled[..11]].concat(),
    ));
    assert!(
        forecast
            .months
            .iter()
            .all(|m| m.expected_minor <= FORECAST_MINOR_MAX),
        "{:?}",
        expected(&forecast)
    );
}

#[test]
fn halves_are_rounded_to_the_even_neighbour() {
    for (amount, denominator, rounded) in [
        (1, 2, 0),
        (3, 2, 2),
        (5, 2, 2),
        (-1, 2, 0),
        (-3, 2, -2),
        (-7, 4, -2),
        (2_000, 12, 167),
        (7, 1, 7),
    ] {
        assert_eq!(
            half_even(amount, 1, denominator),
            rounded,
            "{amount} ÷ {denominator}"
        );
    }
}
