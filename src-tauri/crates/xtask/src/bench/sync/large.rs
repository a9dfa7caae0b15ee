//! A million objects: whether memory stays flat, speed holds, and later syncs cost no more.
//!
//! It takes minutes and a gigabyte or two of disk, so it is measured once and only when asked for.

use super::changes::{self, OTHER_VERSION};
use crate::bench::merchant::{Merchant, Size};
use crate::bench::shop::{Shop, Terms};
use crate::bench::target::{Aim, Targets};
use crate::bench::weigh;
use crate::place::Place;
use crate::words::{spoken, tell};
use anyhow::Result;

const SIZE: Size = Size {
    customers: 26_000,
    months: 24,
};
const PEAK: &str = "peak memory, a million objects";

/// Measures a first sync, the file, and syncs after changes.
pub(super) fn measure(place: &Place, targets: &mut Targets) -> Result<()> {
    tell("\nA million objects, as fast as it goes");
    let merchant = Merchant::with(place, SIZE, &["--event-version", OTHER_VERSION])?;
    let shop = Shop::open(place, &merchant, Terms::UNPACED)?;
    let sync = shop.sync()?.whole()?;
    let peak = sync.peak_bytes.map(|bytes| bytes as f64 / 1e6);
    tell(&format!(
        "first sync of {} objects: {}, {:.0} objects/s, peak memory {}",
        sync.stored,
        spoken(sync.took),
        sync.rate(),
        peak.map_or("not known".to_owned(), |peak| format!("{peak:.1} MB"))
    ));
    targets.add(PEAK, "MB", Aim::Below(200.0), peak);
    weigh::each_object(&shop)?;
    changes::measure("a million objects", &shop, &merchant, targets)
}

/// Says that it was not asked for.
pub(super) fn left_out(targets: &mut Targets) {
    tell("\nA million objects: left out; --million measures them");
    targets.add(PEAK, "MB", Aim::Below(200.0), None);
}
