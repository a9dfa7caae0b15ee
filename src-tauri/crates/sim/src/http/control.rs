//! The routes below `/_sim/`: moving time, asking for the truth, ordering faults, limits and changes.
//!
//! They are for tests and for the demo, need no key, and are only ever reachable from this machine because the server listens
//! on loopback alone.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::body::Body;
use axum::http::{Method, Response};
use chrono::{DateTime, Duration, Utc};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::Shared;
use super::error::{Refusal, answer};
use super::fault::Fault;
use super::limits::Limits;
use super::query::Query;
use super::serve::follow_clock;
use super::write::Order;
use crate::fraction::{Fraction, round_half_even};
use crate::world::World;

#[derive(Deserialize)]
struct Advance {
    to: Option<DateTime<Utc>>,
    days: Option<i64>,
}

#[derive(Deserialize)]
struct Orders {
    #[serde(default)]
    faults: Vec<Fault>,
    deny: Option<Vec<String>>,
}

fn bad(message: String) -> Refusal {
    Refusal::invalid(400, None, None, message)
}

/// Answers a control route.
pub(crate) async fn control(
    shared: &Arc<Shared>,
    method: &Method,
    path: &str,
    query: &str,
    body: &[u8],
) -> Response<Body> {
    let result = match (method.as_str(), path) {
        ("POST", "/_sim/advance") => advance(shared, body).await,
        ("POST", "/_sim/faults") => order(shared, body),
        ("GET", "/_sim/truth") => truth(shared, query),
        ("POST", "/_sim/touch" | "/_sim/quiet") => change(shared, path, body).await,
        ("POST", "/_sim/limits") => limit(shared, body),
        ("GET", "/_sim/limits") => Ok(json!(shared.gate.report())),
        ("GET", "/_sim/counts") => Ok(json!(shared.read().counts())),
        ("GET", "/_sim/journal") => Ok(json!(shared.journal().entries())),
        ("GET", "/_sim/effects") => Ok(json!(shared.read().written.effects())),
        ("GET", "/_sim/faults") => {
            Ok(json!({ "faults": *shared.faults(), "deny": *shared.denied() }))
        }
        ("GET", "/_sim/state") => Ok(state(shared)),
        _ => Err(Refusal::no_such_path(method.as_str(), path)),
    };
    match result {
        Ok(body) => answer(200, &body),
        Err(refusal) => answer(refusal.status, &refusal.body()),
    }
}

async fn advance(shared: &Arc<Shared>, body: &[u8]) -> Result<Value, Refusal> {
    let wish: Advance = serde_json::from_slice(body)
        .map_err(|error| bad(format!("Cannot read the wish: {error}")))?;
    let now = shared.read().present();
    let to = match (wish.to, wish.days) {
        (Some(to), None) => to,
        (None, Some(days @ 0..=36_500)) => now + Duration::days(days),
        _ => {
            return Err(bad(
                "Give either `to`, an instant, or `days`, a number from 0 to 36500.".to_owned(),
            ));
        }
    };
    if to < now {
        return Err(bad(format!(
            "Simulated time cannot go back from {now} to {to}."
        )));
    }
    shared
        .advance(to)
        .await
        .map_err(|error| bad(error.to_string()))?;
    Ok(state(shared))
}

fn order(shared: &Arc<Shared>, body: &[u8]) -> Result<Value, Refusal> {
    let orders: Orders = serde_json::from_slice(body)
        .map_err(|error| bad(format!("Cannot read the orders: {error}")))?;
    *shared.faults() = orders.faults;
    if let Some(deny) = orders.deny {
        *shared.denied() = deny;
    }
    Ok(json!({ "faults": *shared.faults(), "deny": *shared.denied() }))
}

/// Changes objects, as the merchant's other systems would.
async fn change(shared: &Arc<Shared>, path: &str, body: &[u8]) -> Result<Value, Refusal> {
    let order = Order {
        method: "POST".to_owned(),
        path: path.to_owned(),
        form: String::from_utf8_lossy(body).into_owned(),
        request: String::new(),
        key: None,
        failed: None,
    };
    follow_clock(shared).await;
    let worker = Arc::clone(shared);
    let done = tokio::task::spawn_blocking(move || worker.carry_out(order)).await;
    let done = done.map_err(|error| bad(error.to_string()))?;
    if done.status == 200 {
        Ok(done.body)
    } else {
        let said = done.body.pointer("/error/message").and_then(Value::as_str);
        Err(bad(said.unwrap_or("It could not be done.").to_owned()))
    }
}

#[derive(Deserialize)]
struct Wished {
    limits: Option<Limits>,
}

/// Sets other limits, or none, and begins counting anew.
fn limit(shared: &Arc<Shared>, body: &[u8]) -> Result<Value, Refusal> {
    let wished: Wished = serde_json::from_slice(body)
        .map_err(|error| bad(format!("Cannot read the limits: {error}")))?;
    shared.gate.reset(wished.limits);
    Ok(json!(shared.gate.report()))
}

/// What each customer is worth at an instant, by currency: what a statement of the merchant's would list.
fn customers_json(world: &World, at: DateTime<Utc>) -> Value {
    let mut all: BTreeMap<String, BTreeMap<String, Fraction>> = BTreeMap::new();
    for standing in world.standings_at(at).into_values() {
        let (num, den) = standing.monthly;
        let own = all.entry(standing.customer).or_default();
        let sum = own.entry(standing.currency).or_insert(Fraction::ZERO);
        *sum = *sum + Fraction::new(num, den);
    }
    json!(
        all.into_iter()
            .map(|(customer, sums)| {
                let sums: BTreeMap<String, Option<i64>> = sums
                    .into_iter()
                    .map(|(currency, sum)| {
                        let (num, den) = sum.parts();
                        (currency, i64::try_from(round_half_even(num, den)).ok())
                    })
                    .collect();
                (customer, sums)
            })
            .collect::<BTreeMap<_, _>>()
    )
}

/// The truth of an instant as JSON.
fn truth_json(world: &World, at: DateTime<Utc>) -> Value {
    let mrr: Map<String, Value> = world
        .mrr_at(at)
        .into_iter()
        .map(|(currency, (num, den))| {
            let minor = round_half_even(num, den).to_string().parse::<i64>().ok();
            (
                currency,
                json!({ "num": num.to_string(), "den": den.to_string(), "minor": minor }),
            )
        })
        .collect();
    json!({ "at": at, "mrr": mrr, "active_subscribers": world.active_subscribers_at(at) })
}

fn truth(shared: &Arc<Shared>, query: &str) -> Result<Value, Refusal> {
    let query = Query::parse(query);
    let world = shared.read();
    let at = match query.get("at") {
        None => world.present(),
        Some(at) => match (at.parse::<DateTime<Utc>>(), at.parse::<i64>()) {
            (Ok(instant), _) => instant,
            (_, Ok(seconds)) => DateTime::from_timestamp(seconds, 0).unwrap_or_default(),
            _ => {
                return Err(bad(format!(
                    "`{at}` is neither an instant nor seconds. Mind that a + must be escaped."
                )));
            }
        },
    };
    let mut told = truth_json(&world, at);
    if query.get("by") == Some("customer")
        && let Some(told) = told.as_object_mut()
    {
        told.insert("customers".to_owned(), customers_json(&world, at));
    }
    Ok(told)
}

fn state(shared: &Arc<Shared>) -> Value {
    let world = shared.read();
    json!({
        "now": world.present(),
        "spec": world.spec(),
        "key": shared.keys.restricted,
        "account": world.account_id(),
        "api_version": crate::API_VERSION,
        "follows_clock": shared.clock.is_some(),
        "requests": shared.journal().requests,
    })
}
