//! One customer's intervals under the default policy, as views show them.

use coffer_domain::Instant;
use coffer_domain::currency::Currency;
use coffer_domain::metric::evaluate::{Standing, intervals};
use coffer_domain::metric::facts::CustomerFacts;
use coffer_domain::metric::policy::Policy;
use coffer_domain::ratio::Ratio;

/// A stretch of one subscription's past.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct OwnInterval {
    /// The subscription.
    pub(super) subscription: String,
    /// The first instant.
    pub(super) from: Instant,
    /// The first instant after it; `None` while it runs.
    pub(super) to: Option<Instant>,
    /// The currency of the worth.
    pub(super) currency: Currency,
    /// Minor units for a month.
    pub(super) monthly: Ratio,
}

/// Every interval in which a subscription of the customer counts.
pub(super) fn own_intervals(facts: &CustomerFacts) -> Vec<OwnInterval> {
    let policy = Policy::coffer_1();
    let mut found: Vec<OwnInterval> = facts
        .subscriptions
        .iter()
        .flat_map(|own| {
            intervals(own, &policy)
                .into_iter()
                .filter(|it| it.standing != Standing::Paused)
                .filter_map(|it| {
                    Some(OwnInterval {
                        subscription: own.id.clone(),
                        from: Instant::from_timestamp(it.span.from, 0)?,
                        to: it.span.to.and_then(|to| Instant::from_timestamp(to, 0)),
                        currency: own.currency,
                        monthly: it.monthly,
                    })
                })
        })
        .collect();
    found.sort_by_key(|it| it.from);
    found
}
