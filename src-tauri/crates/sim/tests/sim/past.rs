//! The past: from what the API shows now, every past state can be told to the instant.

use std::collections::{BTreeMap, BTreeSet};

use crate::support::history::{History, histories};
use crate::support::worth::book;
use crate::support::{Desk, Ratio, spec, text};
use chrono::DateTime;

/// Forty instants over two years, and instants at which something happens with the seconds around them.
fn instants(end: i64, histories: &BTreeMap<String, History>) -> BTreeSet<i64> {
    let span = 700 * 86_400;
    let mut instants: BTreeSet<i64> = (0..40).map(|n| end - span + span * n / 39).collect();
    for history in histories.values().step_by(17) {
        let changes = history.items.values().flat_map(BTreeMap::keys);
        instants.extend(
            changes
                .flat_map(|at| [at - 1, *at, at + 1])
                .filter(|at| *at <= end)
                .take(4),
        );
    }
    instants
}

#[tokio::test]
async fn every_past_instant_can_be_told_from_what_is_shown_now() {
    for seed in [11, 12, 13] {
        let desk = Desk::open(spec(seed, 900, 24)).await;
        let book = book(&desk).await;
        let path = "/v1/subscriptions?status=all&expand[]=data.customer&expand[]=data.discounts&expand[]=data.items.data.discounts";
        let subscriptions = desk.walk(path).await;
        let histories = histories(&desk, &subscriptions).await;
        let world = desk.running.world();
        let world = world.read().unwrap();
        let (mut compared, mut rich) = (0, 0);
        for at in instants(world.present().timestamp(), &histories) {
            let mut sums: BTreeMap<String, Ratio> = BTreeMap::new();
            for subscription in &subscriptions {
                let worth = histories[text(&subscription["id"])].worth_at(&book, subscription, at);
                let sum = sums
                    .entry(text(&subscription["currency"]).to_uppercase())
                    .or_insert(Ratio(0, 1));
                *sum = sum.plus(worth);
            }
            let told: BTreeMap<String, (i128, i128)> = sums
                .into_iter()
                .filter(|(_, sum)| sum.0 > 0)
                .map(|(currency, Ratio(num, den))| (currency, (num, den)))
                .collect();
            let instant = DateTime::from_timestamp(at, 0).unwrap();
            assert_eq!(
                told,
                world.mrr_at(instant),
                "seed {seed}: the history told from the API at {instant} is the truth"
            );
            (compared, rich) = (compared + 1, rich + usize::from(told.len() >= 5));
        }
        assert!(
            compared > 80 && rich > 40,
            "seed {seed}: {compared} instants were compared, {rich} of them in many currencies"
        );
    }
}
