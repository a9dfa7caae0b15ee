//! How large the programs are, and how large the file is beside the JSON it holds.

use super::merchant::numbers;
use super::shop::Shop;
use crate::place::Place;
use crate::words::tell;
use anyhow::{Context as _, Result};

/// Prints the sizes. They do not vary, so there is one figure for each.
pub(super) fn sizes(place: &Place, shop: &Shop) -> Result<()> {
    for name in ["coffer", "coffer-desktop"] {
        match std::fs::metadata(place.release(name)) {
            Ok(file) => line(&format!("size of {name}"), file.len()),
            Err(_) => tell(&format!(
                "{:<44} not built (`cargo build --release --package {name}`)",
                format!("size of {name}")
            )),
        }
    }
    let said = shop.ask(&["--json", "doctor"])?;
    let field = |name: &str| {
        let all = numbers(&said, name);
        all.first()
            .copied()
            .with_context(|| format!("`coffer doctor` told no {name}"))
    };
    let (plain, kept, file) = (
        field("json_bytes")?,
        field("json_bytes_kept")?,
        field("bytes")?,
    );
    line("provider's JSON as it came", plain);
    line("the same as it is kept", kept);
    line("the whole encrypted file", file);
    if let Some(saved) = (100 * kept).checked_div(plain) {
        tell(&format!("the JSON is kept in {saved} % of its size"));
    }
    Ok(())
}

fn line(name: &str, bytes: u64) {
    tell(&format!(
        "{name:<44} {:>10.2} MiB",
        bytes as f64 / f64::from(1 << 20)
    ));
}
