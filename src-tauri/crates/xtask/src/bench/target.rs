//! What was aimed at, beside what was found.

use crate::bench::sample::number;
use crate::words::tell;

/// How a figure is held against its aim.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Aim {
    AtLeast(f64),
    AtMost(f64),
    Below(f64),
}

impl Aim {
    fn met(self, found: f64) -> bool {
        match self {
            Self::AtLeast(aim) => found >= aim,
            Self::AtMost(aim) => found <= aim,
            Self::Below(aim) => found < aim,
        }
    }

    fn told(self) -> String {
        match self {
            Self::AtLeast(aim) => format!("≥ {aim}"),
            Self::AtMost(aim) => format!("≤ {aim}"),
            Self::Below(aim) => format!("< {aim}"),
        }
    }
}

/// All aims, in the order in which they were measured.
#[derive(Debug, Default)]
pub(super) struct Targets(Vec<Target>);

#[derive(Debug)]
struct Target {
    what: String,
    unit: &'static str,
    aim: Aim,
    found: Option<f64>,
}

impl Targets {
    /// Adds a figure; `None` where it could not be measured or was left out.
    pub(super) fn add(
        &mut self,
        what: impl Into<String>,
        unit: &'static str,
        aim: Aim,
        found: Option<f64>,
    ) {
        self.0.push(Target {
            what: what.into(),
            unit,
            aim,
            found,
        });
    }

    pub(super) fn print(&self) {
        tell(&format!(
            "\n{:<58} {:>10}  {:<10} {:>10}",
            "targets", "found", "", "aimed at"
        ));
        for target in &self.0 {
            let (found, verdict) = match target.found {
                Some(found) if target.aim.met(found) => (number(found), "met"),
                Some(found) => (number(found), "MISSED"),
                None => ("-".to_owned(), "not measured"),
            };
            tell(&format!(
                "{:<58} {found:>10}  {:<10} {:>10}  {verdict}",
                target.what,
                target.unit,
                target.aim.told()
            ));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_aim_is_met_at_its_edge_unless_it_says_below() {
        assert!(Aim::AtLeast(0.5).met(0.5));
        assert!(!Aim::AtLeast(0.5).met(0.49));
        assert!(Aim::AtMost(3.0).met(3.0));
        assert!(!Aim::AtMost(3.0).met(4.0));
        assert!(!Aim::Below(200.0).met(200.0));
        assert!(Aim::Below(200.0).met(199.9));
        assert!(!Aim::AtMost(0.0).met(1.0), "one refusal is one too many");
    }
}
