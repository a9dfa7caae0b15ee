//! The back-test, the choice it makes and the intervals made from it.

use super::super::back_test::{ORIGIN_MONTHS_MIN, origins, run};
use super::super::interval::spreads;
use super::*;

#[test]
fn one_shock_month_does_not_become_a_habit() {
    let mut moves = vec![
        Moves {
            new: 2_000,
            churn: 1_000,
            ..Moves::default()
        };
        24
    ];
    moves[20].churn = 60_000;
    let shocked = of(&history(100_000, &moves));
    assert!(
        shocked.usual.churn_ppm < 20_000,
        "churn stays near what it was: {:?}",
        shocked.usual
    );
    moves[20].churn = 1_000;
    let calm = of(&history(100_000, &moves));
    let width = |forecast: &Forecast| {
        forecast
            .months
            .iter()
            .map(|m| m.high_minor - m.low_minor)
            .max()
    };
    assert!(
        width(&shocked) > width(&calm),
        "the shock is seen in the interval"
    );
    assert!(
        shocked.movements.overall.error_ppm > calm.movements.overall.error_ppm,
        "and in the error"
    );
}

#[test]
fn a_short_history_is_forecast_without_a_back_test() {
    let forecast = of(&history(1_000, &[new(10); ORIGIN_MONTHS_MIN]));
    assert_eq!(
        forecast.model,
        Model::Movements,
        "there is nothing to choose by"
    );
    for score in [&forecast.movements, &forecast.last_value] {
        assert_eq!(score.overall, Measured::default());
        assert_eq!(score.by_horizon, vec![Measured::default(); HORIZON_MONTHS]);
    }
    assert!(
        forecast
            .months
            .iter()
            .all(|m| m.basis == IntervalBasis::Variability)
    );
}

#[test]
fn errors_are_the_mean_of_misses_over_outcomes() {
    let mut moves = [new(0); 8];
    moves[7] = new(1_000);
    let forecast = of(&history(1_000, &moves));
    // Seen from month 6: 1,000 came true, then 2,000 came instead; seen from month 7: 2,000 came instead.
    let movements = &forecast.movements;
    assert_eq!(movements.overall.forecasts, 3);
    assert_eq!(movements.overall.error_ppm, Some(333_333));
    assert_eq!(movements.overall.coverage_ppm, Some(333_333));
    assert_eq!(movements.by_horizon[0].forecasts, 2);
    assert_eq!(movements.by_horizon[0].error_ppm, Some(250_000));
    assert_eq!(movements.by_horizon[1].error_ppm, Some(500_000));
    assert_eq!(movements.by_horizon[2], Measured::default());
}

#[test]
fn an_outcome_of_zero_has_no_percentage_but_an_interval() {
    let mut moves = [new(0); 8];
    moves[7] = churn(1);
    let overall = of(&history(1, &moves)).movements.overall;
    assert_eq!((overall.forecasts, overall.error_ppm), (1, Some(0)));
    assert_eq!(
        (overall.intervals, overall.coverage_ppm),
        (3, Some(333_333))
    );
}

#[test]
fn who_stopped_growing_is_told_that_the_last_value_does_better() {
    let mut moves = vec![new(10_000); 12];
    moves.extend([new(0); 14]);
    let forecast = of(&history(0, &moves));
    assert_eq!(forecast.model, Model::LastValue);
    assert_eq!(forecast.model.as_str(), "last_value");
    assert_eq!(expected(&forecast), [120_000; 12]);
    let (movements, last_value) = (&forecast.movements.overall, &forecast.last_value.overall);
    assert!(last_value.error_ppm < movements.error_ppm);
    assert_eq!(
        last_value.forecasts, movements.forecasts,
        "both are held against the same"
    );
    let next = forecast.months[0];
    assert_eq!(next.basis, IntervalBasis::BackTest);
    assert_eq!(next.low_minor, 120_000, "the last value was never too high");
    assert!(next.high_minor > 120_000, "and often too low");
}

#[test]
fn a_horizon_with_nine_misses_speaks_for_itself() {
    let moves: Vec<Moves> = (0..15).map(|month| new(month % 3 * 100)).collect();
    let months = history(10_000, &moves);
    let basis = |months: &[Month]| {
        of(months)
            .months
            .iter()
            .map(|m| m.basis)
            .collect::<Vec<_>>()
    };
    let bases = basis(&months);
    assert_eq!(bases[0], IntervalBasis::BackTest);
    assert_eq!(
        bases[1..],
        [IntervalBasis::Variability; 11],
        "two months ahead has eight"
    );
    assert_eq!(
        basis(&months[..14])[0],
        IntervalBasis::Variability,
        "one month less, one miss less"
    );
}

#[test]
fn misses_become_an_interval_from_their_tenth_to_their_ninetieth_percentile() {
    let months = history(1_000, &[Moves::default(); 30]);
    let percent = |misses: &[i128]| misses.iter().map(|miss| miss * 10_000_000).collect();
    let nine = percent(&[3, -1, 0, 20, -4, 1, 2, -30, 5]);
    let nineteen: Vec<i128> = percent(&(-9..=9).collect::<Vec<_>>());
    let above_only = percent(&[1, 2, 3, 4, 5, 6, 7, 8, 9]);
    let misses = [above_only, nine, nineteen];
    let reach: Vec<(i64, i64)> = spreads(Model::Movements, &months, &misses, &[1_000; 3])
        .iter()
        .map(|spread| (spread.low(1_000), spread.high(1_000)))
        .collect();
    assert_eq!(
        reach[0],
        (1_000, 1_090),
        "the expected is held although all came out above"
    );
    assert_eq!(
        reach[1],
        (700, 1_200),
        "of nine, the smallest and the largest"
    );
    assert_eq!(
        reach[2],
        (700, 1_200),
        "it does not narrow with the horizon"
    );
    let alone = spreads(Model::Movements, &months, &misses[2..], &[1_000]);
    let (low, high) = (alone[0].low(1_000), alone[0].high(1_000));
    assert_eq!(
        (low, high),
        (920, 1_080),
        "of nineteen, the second from either end"
    );
}

#[test]
fn the_interval_of_a_short_history_follows_its_formula() {
    // Net movements +100, 0, −100: s = 100 and t = 1.886, so 188.6 × √(h × (1 + h ÷ 3)).
    let forecast = of(&history(10_000, &[new(100), new(0), churn(100)]));
    let reach: Vec<i64> = forecast
        .months
        .iter()
        .map(|m| m.high_minor - m.expected_minor)
        .collect();
    assert_eq!(reach[..3], [218, 344, 462]);
    assert_eq!(reach[11], 1_461);
}

#[test]
fn the_interval_of_a_last_value_takes_all_movement_for_surprise() {
    let moves = [[new(10_000); 5].as_slice(), &[new(0); 4]].concat();
    let forecast = of(&history(10_000, &moves));
    assert_eq!(forecast.model, Model::LastValue);
    // s = √(5 × 10,000² ÷ 9) and t = 1.397 for nine months, so 10,412.6 × √h.
    let reach = |horizon: usize| {
        let month = forecast.months[horizon - 1];
        month.high_minor - month.expected_minor
    };
    assert_eq!([1, 4, 9].map(reach), [10_413, 20_825, 31_238]);
}

#[test]
fn the_back_test_is_of_forecasts_as_they_would_have_been_shown() {
    let moves: Vec<Moves> = (0_i64..32)
        .map(|month| Moves {
            new: 5_000 + month * 97 % 13 * 300,
            expansion: month * 31 % 7 * 40,
            churn: 1_000 + month * 53 % 11 * 150 + if month == 17 { 20_000 } else { 0 },
            ..Moves::default()
        })
        .collect();
    let months = history(50_000, &moves);
    let (mut error_ppb, mut inside, mut made) = (0_i64, 0_i64, 0_i64);
    for seen in ORIGIN_MONTHS_MIN..months.len() {
        let then = of(&months[..seen]);
        assert_eq!(then.model, Model::Movements, "it grows, seen from {seen}");
        for (shown, came) in then.months.iter().zip(&months[seen..]) {
            let actual = came.closing_minor;
            error_ppb += (actual - shown.expected_minor).abs() * 1_000_000_000 / actual;
            inside += i64::from((shown.low_minor..=shown.high_minor).contains(&actual));
            made += 1;
        }
    }
    let overall = of(&months).movements.overall;
    assert_eq!(i64::from(overall.forecasts), made);
    // This reference drops what is left of a division, so it may be one part below.
    let error = overall.error_ppm.unwrap() - error_ppb / made / 1_000;
    let coverage = overall.coverage_ppm.unwrap() - inside * 1_000_000 / made;
    assert!((0..=1).contains(&error), "off by {error}");
    assert!((0..=1).contains(&coverage), "off by {coverage}");
    assert!(
        0 < inside && inside < made,
        "both kinds occur: {inside} of {made}"
    );
}

#[test]
fn seasons_widen_the_interval_and_do_not_blow_up() {
    let year = [0, 0, 0, 0, 0, 0, 0, 0, 0, 30_000, 60_000, 90_000];
    let moves: Vec<Moves> = (0..48)
        .map(|month| Moves {
            new: 1_000 + year[month % 12],
            churn: 16_000,
            ..Moves::default()
        })
        .collect();
    let months = history(500_000, &moves);
    let most = months.iter().map(|month| month.closing_minor).max();
    let least = months.iter().map(|month| month.closing_minor).min();
    let forecast = of(&months);
    for month in &forecast.months {
        assert!(
            Some(month.expected_minor) < most.map(|most| most * 3 / 2),
            "{month:?}"
        );
        assert!(
            Some(month.expected_minor) > least.map(|least| least / 2),
            "{month:?}"
        );
        assert!(month.high_minor > month.low_minor);
    }
}

#[test]
fn an_origin_sees_nothing_of_what_came_after_it() {
    let moves: Vec<Moves> = (0..30).map(|month| new(month * 37 % 11 * 100)).collect();
    let told = history(10_000, &moves);
    let mut other = moves.clone();
    for moves in &mut other[20..] {
        *moves = new(77_777);
    }
    let retold = history(10_000, &other);
    for model in [Model::Movements, Model::LastValue] {
        let pairs = origins(model, &told)
            .into_iter()
            .zip(origins(model, &retold));
        for (told, retold) in pairs.filter(|(told, _)| told.months <= 20) {
            assert_eq!(
                told.expected_minor, retold.expected_minor,
                "{} months",
                told.months
            );
        }
        for months in 0..=20 {
            let (told, retold) = (run(model, &told), run(model, &retold));
            assert_eq!(
                told.misses(months),
                retold.misses(months),
                "an interval made after {months} months rests on outcomes until then"
            );
        }
        assert_ne!(
            run(model, &told).misses(21),
            run(model, &retold).misses(21),
            "the future did change"
        );
    }
}
