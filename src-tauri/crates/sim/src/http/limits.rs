//! The provider's limits: how many requests a second, and how many at once, for one endpoint and for all.
//!
//! A limit is held over every sliding second and not over the seconds of a clock, because a client that stays below the
//! limit only on average is the one that is refused in earnest. A refused request uses nothing up. Requests are counted
//! whether limits are set or not, so that a test can say how near a client came. An endpoint is a method and a path in which
//! the ids are replaced.
//!
//! Time here is the machine's and not the simulated one: limits are about real requests.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use super::locked;

/// What a second is to the limits.
const WINDOW: Duration = Duration::from_secs(1);

/// How many requests are let through.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Requests to one endpoint in any second.
    pub endpoint_rate: u32,
    /// Requests to all endpoints together in any second.
    pub overall_rate: u32,
    /// Requests to one endpoint at the same time.
    #[serde(default)]
    pub endpoint_concurrency: Option<u32>,
    /// Requests to all endpoints at the same time.
    #[serde(default)]
    pub overall_concurrency: Option<u32>,
}

impl Limits {
    /// What the provider allows in live mode: 25 a second for an endpoint, 100 for all.
    pub const LIVE: Self = Self::rates(25, 100);
    /// What the provider allows in a sandbox: 25 a second for an endpoint and for all.
    pub const TEST: Self = Self::rates(25, 25);

    /// Limits on rates alone.
    #[must_use]
    pub const fn rates(endpoint_rate: u32, overall_rate: u32) -> Self {
        Self {
            endpoint_rate,
            overall_rate,
            endpoint_concurrency: None,
            overall_concurrency: None,
        }
    }
}

/// What was counted of one endpoint, or of all.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Traffic {
    /// Requests that came, those refused by a limit included.
    pub requests: u64,
    /// Requests that a limit refused.
    pub refused: u64,
    /// The most requests that came in any one second, those refused included.
    pub peak_rate: u32,
    /// The most requests that were being answered at the same time.
    pub peak_at_once: u32,
}

/// What the limits saw and did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct LimitsReport {
    /// The limits in force.
    pub limits: Option<Limits>,
    /// All endpoints together.
    pub overall: Traffic,
    /// How often each reason was given.
    pub reasons: BTreeMap<&'static str, u64>,
    /// Each endpoint, such as `GET /v1/customers/{id}`.
    pub endpoints: BTreeMap<String, Traffic>,
}

/// The traffic of one endpoint, or of all, in the second before now.
#[derive(Debug, Default)]
struct Lane {
    came: VecDeque<Instant>,
    passed: VecDeque<Instant>,
    at_once: u32,
    traffic: Traffic,
}

fn forget(times: &mut VecDeque<Instant>, now: Instant) {
    while times
        .front()
        .is_some_and(|time| now.duration_since(*time) >= WINDOW)
    {
        times.pop_front();
    }
}

impl Lane {
    fn arrive(&mut self, now: Instant) {
        forget(&mut self.came, now);
        forget(&mut self.passed, now);
        self.came.push_back(now);
        self.traffic.requests += 1;
        self.traffic.peak_rate = self.traffic.peak_rate.max(self.came.len() as u32);
    }

    fn pass(&mut self, now: Instant) {
        self.passed.push_back(now);
        self.at_once += 1;
        self.traffic.peak_at_once = self.traffic.peak_at_once.max(self.at_once);
    }

    fn rate_reached(&self, limit: u32) -> bool {
        self.passed.len() >= limit as usize
    }

    fn crowded(&self, limit: Option<u32>) -> bool {
        limit.is_some_and(|limit| self.at_once >= limit)
    }
}

#[derive(Debug, Default)]
struct Lanes {
    limits: Option<Limits>,
    overall: Lane,
    reasons: BTreeMap<&'static str, u64>,
    endpoints: BTreeMap<String, Lane>,
}

/// Where every request passes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Gate(Arc<Mutex<Lanes>>);

/// A request that was let through; it counts as being answered until this is dropped.
#[derive(Debug)]
pub(crate) struct Pass {
    gate: Gate,
    endpoint: String,
}

impl Drop for Pass {
    fn drop(&mut self) {
        let mut lanes = locked(&self.gate.0);
        lanes.overall.at_once = lanes.overall.at_once.saturating_sub(1);
        if let Some(lane) = lanes.endpoints.get_mut(&self.endpoint) {
            lane.at_once = lane.at_once.saturating_sub(1);
        }
    }
}

impl Gate {
    pub(crate) fn new(limits: Option<Limits>) -> Self {
        Self(Arc::new(Mutex::new(Lanes {
            limits,
            ..Lanes::default()
        })))
    }

    /// Sets other limits and begins counting anew.
    pub(crate) fn reset(&self, limits: Option<Limits>) {
        let mut lanes = locked(&self.0);
        lanes.limits = limits;
        lanes.reasons.clear();
        lanes.overall.traffic = Traffic::default();
        for lane in lanes.endpoints.values_mut() {
            lane.traffic = Traffic::default();
        }
    }

    /// Lets a request to an endpoint through, or says by which limit it is refused.
    pub(crate) fn enter(&self, endpoint: String) -> Result<Pass, &'static str> {
        let mut guard = locked(&self.0);
        let lanes = &mut *guard;
        // Read under the lock, so that the times stand in order.
        let now = Instant::now();
        let lane = lanes.endpoints.entry(endpoint.clone()).or_default();
        lane.arrive(now);
        lanes.overall.arrive(now);
        let refused = lanes.limits.and_then(|limits| {
            if lane.rate_reached(limits.endpoint_rate) {
                Some("endpoint-rate")
            } else if lanes.overall.rate_reached(limits.overall_rate) {
                Some("global-rate")
            } else if lane.crowded(limits.endpoint_concurrency) {
                Some("endpoint-concurrency")
            } else if lanes.overall.crowded(limits.overall_concurrency) {
                Some("global-concurrency")
            } else {
                None
            }
        });
        if let Some(reason) = refused {
            lane.traffic.refused += 1;
            lanes.overall.traffic.refused += 1;
            *lanes.reasons.entry(reason).or_default() += 1;
            return Err(reason);
        }
        lane.pass(now);
        lanes.overall.pass(now);
        drop(guard);
        Ok(Pass {
            gate: self.clone(),
            endpoint,
        })
    }

    pub(crate) fn report(&self) -> LimitsReport {
        let lanes = locked(&self.0);
        LimitsReport {
            limits: lanes.limits,
            overall: lanes.overall.traffic.clone(),
            reasons: lanes.reasons.clone(),
            endpoints: lanes
                .endpoints
                .iter()
                .map(|(endpoint, lane)| (endpoint.clone(), lane.traffic.clone()))
                .collect(),
        }
    }
}

/// First words of paths whose collection is the second word.
const FAMILIES: [&str; 5] = [
    "billing",
    "billing_portal",
    "checkout",
    "tax",
    "test_helpers",
];

/// Words that stand where an id could.
const VERBS: [&str; 3] = ["create_preview", "preview", "search"];

/// The endpoint of a request: method and path, with ids replaced.
pub(crate) fn endpoint(method: &str, path: &str) -> String {
    let mut words = path.trim_matches('/').split('/');
    let mut pattern = format!("{method} /{}", words.next().unwrap_or_default());
    // After a collection comes an id or a verb, after an id the name of what belongs to it.
    let mut id_is_next = false;
    for word in words {
        let is_id = id_is_next && !VERBS.contains(&word);
        pattern.push('/');
        pattern.push_str(if is_id { "{id}" } else { word });
        id_is_next = !is_id && !FAMILIES.contains(&word);
    }
    pattern
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_replaced_in_endpoints() {
        for (path, pattern) in [
            ("/v1/customers", "GET /v1/customers"),
            ("/v1/customers/cus_1", "GET /v1/customers/{id}"),
            (
                "/v1/customers/cus_1/balance_transactions/cbtxn_1",
                "GET /v1/customers/{id}/balance_transactions/{id}",
            ),
            ("/v1/invoices/in_1/lines", "GET /v1/invoices/{id}/lines"),
            ("/v1/customers/search", "GET /v1/customers/search"),
            ("/v1/checkout/sessions", "GET /v1/checkout/sessions"),
            (
                "/v1/checkout/sessions/cs_1",
                "GET /v1/checkout/sessions/{id}",
            ),
            ("/v1/balance", "GET /v1/balance"),
        ] {
            assert_eq!(endpoint("GET", path), pattern);
        }
    }

    #[test]
    fn a_limit_holds_in_any_second_and_refusals_use_nothing_up() {
        let gate = Gate::new(Some(Limits::rates(2, 3)));
        let enter = |endpoint: &str| gate.enter(endpoint.to_owned()).map(drop);
        assert_eq!(
            [enter("a"), enter("a"), enter("a"), enter("b"), enter("b")],
            [
                Ok(()),
                Ok(()),
                Err("endpoint-rate"),
                Ok(()),
                Err("global-rate")
            ]
        );
        let report = gate.report();
        assert_eq!((report.overall.requests, report.overall.refused), (5, 2));
        assert_eq!(report.endpoints["a"].peak_rate, 3, "what came is counted");
    }

    #[test]
    fn a_request_counts_as_long_as_it_is_answered() {
        let gate = Gate::new(Some(Limits {
            endpoint_concurrency: Some(1),
            overall_concurrency: Some(2),
            ..Limits::rates(100, 100)
        }));
        let first = gate.enter("a".to_owned()).unwrap();
        let other = gate.enter("b".to_owned()).unwrap();
        assert_eq!(
            gate.enter("a".to_owned()).err(),
            Some("endpoint-concurrency")
        );
        assert_eq!(gate.enter("c".to_owned()).err(), Some("global-concurrency"));
        drop((first, other));
        assert!(gate.enter("a".to_owned()).is_ok());
    }
}
