//! The world itself: the same from the same seed, whatever stops are made on the way.

use crate::support::{present, spec};
use chrono::Duration;
use coffer_sim::{World, WorldSpec};
use proptest::prelude::*;

#[test]
fn the_same_spec_gives_the_same_world_and_another_seed_another() {
    let world = World::generate(&spec(5, 300, 14)).fingerprint();
    assert_eq!(
        world,
        World::generate(&spec(5, 300, 14)).fingerprint(),
        "the same seed gives the same world"
    );
    assert_ne!(
        world,
        World::generate(&spec(6, 300, 14)).fingerprint(),
        "another seed gives another"
    );
}

#[test]
fn as_many_customers_sign_up_as_were_asked_for_and_then_more_come() {
    for customers in [0, 1, 250] {
        let mut world = World::generate(&spec(9, customers, 12));
        let fresh = |world: &World| world.counts()["/v1/customers"];
        let beside = if customers < 50 {
            0
        } else {
            customers.div_ceil(200)
        };
        assert!(
            fresh(&world) <= u64::from(customers + beside),
            "some may have been deleted since, and a few buy wholesale beside those asked for"
        );
        assert!(
            fresh(&world) * 100 >= u64::from(customers) * 90,
            "but not many"
        );
        let before = world.counts()["/v1/invoices"];
        world.advance_to(present() + Duration::days(60));
        assert!(
            customers < 100 || world.counts()["/v1/invoices"] > before,
            "life goes on after the present of the spec"
        );
    }
}

#[test]
fn the_truth_of_the_past_does_not_change_as_time_passes() {
    let mut world = World::generate(&spec(21, 400, 16));
    let instants: Vec<_> = (0..30)
        .map(|n| present() - Duration::days(n * 15))
        .collect();
    let before: Vec<_> = instants
        .iter()
        .map(|at| (world.mrr_at(*at), world.active_subscribers_at(*at)))
        .collect();
    world.advance_to(present() + Duration::days(90));
    let after: Vec<_> = instants
        .iter()
        .map(|at| (world.mrr_at(*at), world.active_subscribers_at(*at)))
        .collect();
    assert_eq!(before, after, "what was is written down and stays");
}

#[test]
fn a_young_business_grows_without_cliffs() {
    for seed in [1, 2, 3] {
        let world = World::generate(&spec(seed, 2_000, 24));
        let at = |days: i64| world.active_subscribers_at(present() - Duration::days(days));
        assert!(
            at(0) > at(90) && at(90) > at(365) && at(365) > at(600),
            "seed {seed}: more customers quarter by quarter"
        );
        assert!(
            at(0) * 10 < at(30) * 11,
            "seed {seed}: the last month is not a jump"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn stops_on_the_way_change_nothing(seed in any::<u64>(), strides in proptest::collection::vec(1i64..4_000_000, 1..12)) {
        let spec: WorldSpec = spec(seed, 120, 12);
        let end = present() + Duration::days(50);
        let mut straight = World::begin(&spec);
        straight.advance_to(end);
        let mut stopping = World::begin(&spec);
        for stride in strides {
            let next = stopping.present() + Duration::seconds(stride);
            stopping.advance_to(next.min(end));
        }
        stopping.advance_to(spec.now);
        stopping.advance_to(end);
        prop_assert_eq!(straight.fingerprint(), stopping.fingerprint());
        prop_assert_eq!(straight.counts(), stopping.counts());
    }
}
