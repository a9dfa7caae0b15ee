//! Misbehaviour on order: what a provider and a network do on bad days.
//!
//! A fault waits for requests that match it and strikes a number of times. Faults are tried in the order in which they were
//! set; delays let the request go on, everything else takes its place.

use serde::{Deserialize, Serialize};

/// What goes wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum FaultKind {
    /// The answer comes late.
    Latency {
        /// By how many milliseconds.
        ms: u64,
    },
    /// 429, with the reason the provider names, or without one: then it is the lock of an object, and there is no request id.
    RateLimited {
        /// The value of `Stripe-Rate-Limited-Reason`.
        #[serde(default)]
        reason: Option<String>,
    },
    /// A failure on the provider's side.
    Failure {
        /// 500, 502, 503, …
        status: u16,
    },
    /// The connection is reset before anything is answered.
    Reset,
    /// The connection is cut in the middle of the body.
    Truncated,
    /// The answer is not JSON although it says so.
    WrongJson,
    /// A list gives the page that it gave last under the same filter, whatever the cursor says. Strikes only requests with `starting_after`.
    RepeatedPage,
    /// An object that exists is said not to: it was deleted after it was listed. Strikes only requests for one object, or for
    /// the lines of one.
    Missing,
    /// The object named as where to go on is said not to exist any more. Strikes only requests with `starting_after`.
    LostCursor,
    /// The answer stops in the middle of its body for a long time, and then the connection is cut.
    StalledBody {
        /// For how many milliseconds.
        ms: u64,
    },
    /// The request is carried out, and the connection is reset before its answer.
    Lost,
    /// The request is carried out, and a failure is answered; the failure is what an idempotency key keeps.
    Botched {
        /// 500, 502, 503, …
        status: u16,
    },
    /// 409: the same key is in use by a request that is still being answered. Nothing is carried out.
    Conflict,
    /// Nothing is answered for a long time, and then the connection is reset.
    Stall {
        /// For how many milliseconds.
        ms: u64,
    },
}

/// A fault that waits for its requests.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// What goes wrong.
    #[serde(flatten)]
    pub kind: FaultKind,
    /// Only requests whose path contains this.
    #[serde(default)]
    pub path: Option<String>,
    /// Only requests of this method, such as `POST`.
    #[serde(default)]
    pub method: Option<String>,
    /// How many matching requests are let pass first.
    #[serde(default)]
    pub skip: u32,
    /// How many requests are struck; without a number, all.
    #[serde(default)]
    pub times: Option<u32>,
}

impl Fault {
    /// A fault that strikes the next `times` requests, whatever their path.
    #[must_use]
    pub const fn next(times: u32, kind: FaultKind) -> Self {
        Self {
            kind,
            path: None,
            method: None,
            skip: 0,
            times: Some(times),
        }
    }
}

impl FaultKind {
    /// Whether a request is one that this can befall.
    fn befalls(&self, path: &str, query: &str) -> bool {
        match self {
            Self::RepeatedPage | Self::LostCursor => query
                .split('&')
                .any(|part| part.starts_with("starting_after=")),
            Self::Missing => {
                let endpoint = super::limits::endpoint("GET", path);
                endpoint.ends_with("{id}") || endpoint.ends_with("{id}/lines")
            }
            _ => true,
        }
    }
}

/// Takes the faults that strike a request to `path`, using them up.
pub(crate) fn strike(
    faults: &mut Vec<Fault>,
    method: &str,
    path: &str,
    query: &str,
) -> Vec<FaultKind> {
    let mut struck = Vec::new();
    for fault in faults.iter_mut().filter(|fault| {
        let there = fault
            .path
            .as_ref()
            .is_none_or(|part| path.contains(part.as_str()));
        let meant = fault
            .method
            .as_deref()
            .is_none_or(|wanted| wanted == method);
        there && meant && fault.kind.befalls(path, query)
    }) {
        if fault.skip > 0 {
            fault.skip -= 1;
            continue;
        }
        if fault.times == Some(0) {
            continue;
        }
        fault.times = fault.times.map(|times| times - 1);
        struck.push(fault.kind.clone());
        if !matches!(fault.kind, FaultKind::Latency { .. }) {
            break;
        }
    }
    faults.retain(|fault| fault.times != Some(0));
    struck
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_lets_pass_strikes_and_is_used_up() {
        let mut faults = vec![Fault {
            kind: FaultKind::Failure { status: 500 },
            path: Some("charges".to_owned()),
            method: None,
            skip: 1,
            times: Some(2),
        }];
        let seen: Vec<bool> = [
            "/v1/charges",
            "/v1/refunds",
            "/v1/charges",
            "/v1/charges",
            "/v1/charges",
        ]
        .iter()
        .map(|path| !strike(&mut faults, "GET", path, "").is_empty())
        .collect();
        assert_eq!(seen, [false, false, true, true, false]);
        assert!(faults.is_empty(), "what is used up is gone");
    }
}
