//! Runs a property over random cases: how many, from which seed, and how the smallest failing case is told.
//!
//! The seed is the same every time unless `PROPTEST_RNG_SEED` says otherwise, and `PROPTEST_CASES` says how many cases.

use proptest::strategy::Strategy;
use proptest::test_runner::{Config, RngSeed, TestCaseError, TestError, TestRunner};

const SEED: u64 = 4;

/// Runs a property over so many cases, 200 being what `PROPTEST_CASES` counts against: a property that asks for half as
/// many runs half of what that says.
pub(crate) fn check<S: Strategy>(
    name: &str,
    cases: u32,
    strategy: &S,
    tell: impl Fn(&S::Value) -> String,
    property: impl Fn(&S::Value) -> Result<(), String>,
) {
    let asked = asked_for("PROPTEST_CASES").map_or(200, |cases| u32::try_from(cases).unwrap());
    let seed = asked_for("PROPTEST_RNG_SEED").unwrap_or(SEED);
    let config = Config {
        cases: (asked * cases).div_ceil(200),
        rng_seed: RngSeed::Fixed(seed),
        failure_persistence: None,
        max_shrink_iters: asked_for("PROPTEST_MAX_SHRINK_ITERS")
            .map_or(10_000, |most| u32::try_from(most).unwrap()),
        max_shrink_time: 25_000,
        ..Config::default()
    };
    println!("{name}: {} cases, seed {seed}", config.cases);
    let mut runner = TestRunner::new(config);
    let found = runner.run(strategy, |case| {
        property(&case).map_err(|why| TestCaseError::Fail(why.into()))
    });
    match found {
        Ok(()) => {}
        Err(TestError::Fail(why, case)) => {
            panic!(
                "{name}, seed {seed}: {why}\nin the smallest case found:\n{}",
                tell(&case)
            );
        }
        Err(TestError::Abort(why)) => panic!("{name}, seed {seed}: {why}"),
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "a test may be told how long to run"
)]
fn asked_for(variable: &str) -> Option<u64> {
    let text = std::env::var(variable).ok()?;
    Some(text.parse().expect("a whole number"))
}
