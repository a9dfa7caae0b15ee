//! Spreads requests out in time, below the provider's limits.
//!
//! A token bucket for the whole account and one for each path, both with a small burst, so that no second ever holds
//! more requests than the provider allows. It does not count reads over a month; `Usage` tells those.

use governor::{DefaultDirectRateLimiter, DefaultKeyedRateLimiter, Quota, RateLimiter};
use std::num::NonZeroU32;

/// How many requests a provider allows each second, as we use it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Rates {
    /// For everything together.
    pub(crate) overall: u32,
    /// For one path.
    pub(crate) each_path: u32,
}

/// The buckets; empty where nothing is paced.
pub(crate) struct Pace {
    overall: Option<DefaultDirectRateLimiter>,
    each_path: Option<DefaultKeyedRateLimiter<&'static str>>,
}

impl Pace {
    pub(crate) fn new(rates: Rates) -> Self {
        Self {
            overall: quota(rates.overall).map(RateLimiter::direct),
            each_path: quota(rates.each_path).map(RateLimiter::keyed),
        }
    }

    /// Waits for nothing.
    pub(crate) const fn none() -> Self {
        Self {
            overall: None,
            each_path: None,
        }
    }

    /// Waits until a request to this path may be sent.
    pub(crate) async fn wait(&self, path: &'static str) {
        if let Some(limiter) = &self.each_path {
            limiter.until_key_ready(&path).await;
        }
        if let Some(limiter) = &self.overall {
            limiter.until_ready().await;
        }
    }
}

/// So many a second with a burst of a quarter of that: the worst second holds 1.25 times the rate.
fn quota(rate: u32) -> Option<Quota> {
    let rate = NonZeroU32::new(rate)?;
    let burst = NonZeroU32::new(rate.get() / 4).unwrap_or(NonZeroU32::MIN);
    Some(Quota::per_second(rate).allow_burst(burst))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::{Duration, Instant};

    #[tokio::test]
    async fn requests_beyond_the_burst_wait_for_their_turn() {
        let pace = Pace::new(Rates {
            overall: 1_000,
            each_path: 20,
        });
        let begun = Instant::now();
        for _ in 0..9 {
            pace.wait("/v1/customers").await;
        }
        assert!(
            begun.elapsed() >= Duration::from_millis(180),
            "five at once, then four at a twentieth of a second each"
        );
        let begun = Instant::now();
        pace.wait("/v1/invoices").await;
        assert!(
            begun.elapsed() < Duration::from_millis(150),
            "another path has a bucket of its own"
        );
    }
}
