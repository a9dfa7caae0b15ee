//! How large the programs are, and how large the file is beside the JSON it holds.

use super::shop::Shop;
use crate::place::Place;
use crate::words::tell;
use anyhow::Result;

/// Prints the sizes. They do not vary, so there is one figure for each.
pub(super) fn sizes(place: &Place, shop: &Shop) -> Result<()> {
    for name in ["coffer", "coffer-desktop"] {
        match std::fs::metadata(place.release(name)) {
            Ok(file) => line(&format!("size of {name}"), file.len()),
            Err(_) => tell(&format!(
                "{:<52} not built (`cargo build --release --package {name}`)",
                format!("size of {name}")
            )),
        }
    }
    let weight = shop.weight()?;
    line("provider's JSON as it came", weight.json_bytes);
    line("the same as it is kept", weight.json_bytes_kept);
    line("the whole encrypted file", weight.file_bytes);
    if let Some(saved) = (100 * weight.json_bytes_kept).checked_div(weight.json_bytes) {
        tell(&format!("the JSON is kept in {saved} % of its size"));
    }
    Ok(())
}

/// Prints what one object takes on the disk, beside what its JSON would.
pub(super) fn each_object(shop: &Shop) -> Result<()> {
    let weight = shop.weight()?;
    let each = |bytes: u64| bytes as f64 / weight.objects.max(1) as f64;
    tell(&format!(
        "{:<52} {:>10.0} bytes an object, {} objects in {:.1} MB",
        "the whole encrypted file",
        each(weight.file_bytes),
        weight.objects,
        weight.file_bytes as f64 / 1e6
    ));
    for (name, bytes) in [
        ("provider's JSON as it came", weight.json_bytes),
        ("the same as it is kept", weight.json_bytes_kept),
    ] {
        tell(&format!("{name:<52} {:>10.0} bytes an object", each(bytes)));
    }
    if weight.json_bytes > 0 {
        let part = weight.file_bytes as f64 / weight.json_bytes as f64;
        tell(&format!("the file is {part:.2} times its raw JSON"));
    }
    Ok(())
}

fn line(name: &str, bytes: u64) {
    tell(&format!(
        "{name:<52} {:>10.2} MiB",
        bytes as f64 / f64::from(1 << 20)
    ));
}
