//! What the tests of the simulated merchant share: a client of its own and a fraction of its own.
//!
//! Nothing here comes from the crate but the server, because a test that used the crate's arithmetic could not find it wrong.

pub(crate) mod closing;
pub(crate) mod history;
pub(crate) mod openapi;
pub(crate) mod shapes;
pub(crate) mod share;
pub(crate) mod worth;
pub(crate) mod writes;

use chrono::{DateTime, Utc};
use coffer_sim::{Running, Server, ServerOptions, WorldSpec};
use serde_json::Value;

/// The present of most test worlds.
pub(crate) fn present() -> DateTime<Utc> {
    "2026-11-21T12:00:00Z".parse().unwrap()
}

pub(crate) fn spec(seed: u64, customers: u32, months: u32) -> WorldSpec {
    WorldSpec {
        seed,
        customers,
        months,
        now: present(),
        livemode: false,
        corners: false,
    }
}

/// A running merchant and a client with its key.
pub(crate) struct Desk {
    pub(crate) running: Running,
    pub(crate) client: reqwest::Client,
}

impl Desk {
    pub(crate) async fn open(spec: WorldSpec) -> Self {
        Self::with(ServerOptions::new(spec)).await
    }

    pub(crate) async fn with(options: ServerOptions) -> Self {
        let running = Server::start(options).await.unwrap();
        Self {
            running,
            client: reqwest::Client::builder().no_proxy().build().unwrap(),
        }
    }

    pub(crate) fn request(&self, path: &str) -> reqwest::RequestBuilder {
        self.client
            .get(format!("{}{path}", self.running.base_url()))
    }

    /// Status and body, with the restricted key.
    pub(crate) async fn ask(&self, path: &str) -> (u16, Value) {
        let response = self
            .request(path)
            .bearer_auth(self.running.key())
            .send()
            .await
            .unwrap();
        (response.status().as_u16(), response.json().await.unwrap())
    }

    pub(crate) async fn get(&self, path: &str) -> Value {
        let (status, body) = self.ask(path).await;
        assert_eq!(status, 200, "{path} answers {body}");
        body
    }

    /// Every object of a list, walked by cursor.
    pub(crate) async fn walk(&self, path: &str) -> Vec<Value> {
        let join = if path.contains('?') { '&' } else { '?' };
        let mut all: Vec<Value> = Vec::new();
        loop {
            let cursor = all.last().map_or_else(String::new, |last| {
                format!("&starting_after={}", last["id"].as_str().unwrap())
            });
            let page = self.get(&format!("{path}{join}limit=100{cursor}")).await;
            all.extend(page["data"].as_array().unwrap().iter().cloned());
            if page["has_more"] != true {
                return all;
            }
        }
    }

    /// All lines of an invoice.
    pub(crate) async fn lines(&self, invoice: &Value) -> Vec<Value> {
        if invoice["lines"]["has_more"] == true {
            self.walk(&format!("/v1/invoices/{}/lines", text(&invoice["id"])))
                .await
        } else {
            invoice["lines"]["data"].as_array().unwrap().clone()
        }
    }
}

pub(crate) fn text(value: &Value) -> &str {
    value
        .as_str()
        .unwrap_or_else(|| panic!("{value} is a string"))
}

pub(crate) fn int(value: &Value) -> i64 {
    value
        .as_i64()
        .unwrap_or_else(|| panic!("{value} is a whole number"))
}

/// A reduced fraction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ratio(pub(crate) i128, pub(crate) i128);

impl Ratio {
    pub(crate) fn new(num: i128, den: i128) -> Self {
        let (mut a, mut b) = (num.abs(), den.abs());
        while b != 0 {
            (a, b) = (b, a % b);
        }
        let a = a.max(1) * den.signum();
        Self(num / a, den / a)
    }

    pub(crate) fn plus(self, other: Self) -> Self {
        Self::new(self.0 * other.1 + other.0 * self.1, self.1 * other.1)
    }

    pub(crate) fn times(self, other: Self) -> Self {
        let (a, b) = (Self::new(self.0, other.1), Self::new(other.0, self.1));
        Self::new(a.0 * b.0, a.1 * b.1)
    }

    pub(crate) fn minus(self, other: Self) -> Self {
        self.plus(Self(-other.0, other.1))
    }

    /// Reads a decimal string.
    pub(crate) fn read(decimal: &str) -> Self {
        let (whole, rest) = decimal.split_once('.').unwrap_or((decimal, ""));
        let den = 10i128.pow(rest.len() as u32);
        Self::new(format!("{whole}{rest}").parse().unwrap(), den)
    }
}
