//! How near a first sync comes to what the provider allows, and whether it is ever refused.
//!
//! The merchant is as far away as a provider is, holds a live account's limits over every sliding second, and answers 429
//! to what exceeds them. The command line is told to pace although the merchant is on this machine. Its time is that from
//! the start of the process to its end.

use super::allowed::{ENDPOINT_RATE, OVERALL_RATE, Traffic};
use crate::bench::merchant::{Merchant, Size};
use crate::bench::shop::{Shop, Terms};
use crate::bench::target::{Aim, Targets};
use crate::place::Place;
use crate::words::tell;
use anyhow::Result;

const BUSIEST: usize = 4;

/// Measures one first sync; more would take minutes and tell the same.
pub(super) fn measure(place: &Place, size: Size, targets: &mut Targets) -> Result<()> {
    let merchant = Merchant::with(
        place,
        size,
        &["--live", "--limits", "live", "--latency-ms", "200"],
    )?;
    let shop = Shop::open(place, &merchant, Terms::LIVE)?;
    // What adding the account took is not the sync's.
    merchant.control(
        "POST",
        "/_sim/limits",
        &format!(
            r#"{{"limits":{{"endpoint_rate":{ENDPOINT_RATE},"overall_rate":{OVERALL_RATE}}}}}"#
        ),
    )?;
    let sync = shop.sync()?.whole()?;
    let traffic = Traffic::read(&merchant.control("GET", "/_sim/limits", "")?)?;
    let (took, allowed) = (sync.took.as_secs_f64(), traffic.seconds_allowed());
    let percent = 100.0 * allowed / took;
    tell(&format!(
        "first sync of {} objects with {} requests: {took:.1} s ({:.1} s of it the sync itself); the limits allow {allowed:.1} s, \
         so it uses {percent:.1} % of them",
        sync.stored, sync.requests, sync.seconds
    ));
    let busiest: Vec<String> = traffic
        .endpoints
        .iter()
        .take(BUSIEST)
        .map(|(name, requests)| format!("{name} {requests}"))
        .collect();
    tell(&format!(
        "the merchant counted {} requests, at most {} in a second, and refused {}; busiest: {}",
        traffic.requests,
        traffic.peak_rate,
        traffic.refused,
        busiest.join(", ")
    ));
    targets.add(
        "of a live account's limits",
        "%",
        Aim::AtLeast(85.0),
        Some(percent),
    );
    targets.add(
        "refused by the limits (429)",
        "requests",
        Aim::AtMost(0.0),
        Some(traffic.refused as f64),
    );
    Ok(())
}
