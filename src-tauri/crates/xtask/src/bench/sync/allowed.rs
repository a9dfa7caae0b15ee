//! What the provider's limits allow, from what the merchant counted.
//!
//! A limit holds for each endpoint and for all of them together, so the shortest time in which the same requests could
//! have been answered is that of the busiest endpoint or that of all, whichever is longer.

use crate::bench::json;
use anyhow::{Context as _, Result};

/// Requests each second that a live account is allowed: for one endpoint, and for all.
pub(super) const ENDPOINT_RATE: f64 = 25.0;
pub(super) const OVERALL_RATE: f64 = 100.0;

/// What the merchant counted.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Traffic {
    pub(super) requests: u64,
    /// Requests answered with 429.
    pub(super) refused: u64,
    /// The most requests that came in any one second.
    pub(super) peak_rate: u64,
    /// Each endpoint with its requests, the busiest first.
    pub(super) endpoints: Vec<(String, u64)>,
}

impl Traffic {
    /// Reads the answer of `GET /_sim/limits`.
    pub(super) fn read(report: &str) -> Result<Self> {
        let overall = json::object(report, "overall").context("the merchant counted nothing")?;
        let field = |name: &str| {
            json::number(overall, name).with_context(|| format!("the merchant counted no {name}"))
        };
        let endpoints = json::object(report, "endpoints").context("there are no endpoints")?;
        let mut endpoints: Vec<(String, u64)> = json::objects(endpoints)
            .into_iter()
            .filter_map(|(name, counted)| {
                Some((name.to_owned(), json::number(counted, "requests")?))
            })
            .collect();
        endpoints.sort_by_key(|(_, requests)| std::cmp::Reverse(*requests));
        Ok(Self {
            requests: field("requests")?,
            refused: field("refused")?,
            peak_rate: field("peak_rate")?,
            endpoints,
        })
    }

    /// The shortest time in which the limits let these requests through, in seconds.
    pub(super) fn seconds_allowed(&self) -> f64 {
        let busiest = self.endpoints.first().map_or(0, |(_, requests)| *requests);
        (busiest as f64 / ENDPOINT_RATE).max(self.requests as f64 / OVERALL_RATE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REPORT: &str = r#"{"endpoints":{"GET /v1/charges":{"peak_at_once":8,"peak_rate":23,"refused":0,"requests":500},"GET /v1/customers/{id}":{"peak_at_once":1,"peak_rate":2,"refused":1,"requests":700}},"limits":{"endpoint_concurrency":null,"endpoint_rate":25,"overall_concurrency":null,"overall_rate":100},"overall":{"peak_at_once":9,"peak_rate":92,"refused":1,"requests":1200},"reasons":{"endpoint-rate":1}}"#;

    #[test]
    fn the_merchants_counts_are_read() {
        let traffic = Traffic::read(REPORT).unwrap();
        assert_eq!(
            (traffic.requests, traffic.refused, traffic.peak_rate),
            (1_200, 1, 92)
        );
        assert_eq!(
            traffic.endpoints,
            [
                ("GET /v1/customers/{id}".to_owned(), 700),
                ("GET /v1/charges".to_owned(), 500)
            ]
        );
        assert!(Traffic::read("{}").is_err());
    }

    #[test]
    fn the_longer_of_the_busiest_endpoint_and_of_all_counts() {
        let traffic = |requests, busiest| Traffic {
            requests,
            refused: 0,
            peak_rate: 0,
            endpoints: vec![("GET /v1/charges".to_owned(), busiest)],
        };
        let seconds = |requests, busiest| traffic(requests, busiest).seconds_allowed();
        assert!(
            (seconds(1_000, 500) - 20.0).abs() < 1e-9,
            "one endpoint at 25"
        );
        assert!((seconds(8_000, 500) - 80.0).abs() < 1e-9, "all at 100");
    }
}
