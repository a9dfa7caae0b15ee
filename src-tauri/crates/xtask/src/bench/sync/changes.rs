//! What a sync costs when little or nothing has changed.
//!
//! The same rounds are measured on a small and on a large home: the cost must grow with the changes and not with what is
//! kept. Customers are changed, each with a notice. Where notices are written in another version than the one we read, as
//! most accounts' are, every changed object must be asked for again; the other kind is measured too.

use crate::bench::merchant::Merchant;
use crate::bench::shop::Shop;
use crate::bench::target::{Aim, Targets};
use crate::words::tell;
use anyhow::Result;

/// A version of notices that is not the one we read.
pub(super) const OTHER_VERSION: &str = "2024-06-20";
/// Changes of each round. Nothing is measured twice, because the sync right after the first may still have work left.
const ROUNDS: [u64; 6] = [0, 0, 1, 10, 100, 1_000];
/// What passes in the merchant's world before each round of changes: more than its servers may disagree about.
const BETWEEN_SECONDS: i64 = 10;

/// Measures every round on a home whose first sync is done.
pub(super) fn measure(
    what: &str,
    shop: &Shop,
    merchant: &Merchant,
    targets: &mut Targets,
) -> Result<()> {
    tell(&format!(
        "{:<52} {:>10} {:>10} {:>10} {:>10}",
        "", "requests", "brought", "sync s", "process s"
    ));
    for changes in ROUNDS {
        if changes > 0 {
            merchant.advance(BETWEEN_SECONDS)?;
            merchant.touch_customers(changes)?;
        }
        let sync = shop.sync()?.whole()?;
        let round = match changes {
            0 => "nothing changed".to_owned(),
            1 => "1 change".to_owned(),
            many => format!("{many} changes"),
        };
        tell(&format!(
            "{round:<52} {:>10} {:>10} {:>10.3} {:>10.3}",
            sync.requests,
            sync.fetched,
            sync.seconds,
            sync.took.as_secs_f64()
        ));
        targets.add(
            format!("{what}: {round}"),
            "requests",
            // The merchant may have had changes of its own meanwhile.
            Aim::AtMost(requests_aimed_at(changes.max(sync.fetched)) as f64),
            Some(sync.requests as f64),
        );
    }
    Ok(())
}

/// How many requests so many changes may cost.
const fn requests_aimed_at(changes: u64) -> u64 {
    if changes == 0 { 3 } else { changes + 5 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_costs_three_requests_and_each_change_one_more_than_five() {
        assert_eq!(requests_aimed_at(0), 3);
        assert_eq!(requests_aimed_at(1), 6);
        assert_eq!(requests_aimed_at(1_000), 1_005);
    }
}
