//! Saying something to whoever started the command.
//!
//! A reader that went away (`cargo xtask test | head`) is no fault of the work: what cannot be said is left unsaid.

use std::io::Write as _;
use std::time::Duration;

/// Prints a line.
pub(crate) fn tell(line: &str) {
    let _ = writeln!(std::io::stdout().lock(), "{line}");
}

/// A time as a person says it: `4.2 s` or `3 min 07 s`.
pub(crate) fn spoken(took: Duration) -> String {
    let seconds = took.as_secs();
    if seconds < 60 {
        return format!("{}.{} s", seconds, took.subsec_millis() / 100);
    }
    format!("{} min {:02} s", seconds / 60, seconds % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_said_in_the_unit_they_fill() {
        assert_eq!(spoken(Duration::from_millis(4_260)), "4.2 s");
        assert_eq!(spoken(Duration::from_secs(187)), "3 min 07 s");
    }
}
