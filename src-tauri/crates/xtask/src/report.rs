//! A run of steps: each is announced, carried out whatever became of the one before, and told in a table at the end.
//!
//! A step that failed is never counted as less than one failure, and one that was left out says why: nothing passes
//! silently.

use crate::counts::{Counts, Reader};
use crate::process::watch;
use crate::words::{spoken, tell};
use anyhow::Result;
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

/// What became of a step.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Outcome {
    Passed,
    Failed(String),
    LeftOut(String),
}

#[derive(Debug)]
struct Step {
    name: &'static str,
    outcome: Outcome,
    took: Duration,
    counts: Option<Counts>,
}

/// The steps so far.
#[derive(Debug, Default)]
pub(crate) struct Report {
    steps: Vec<Step>,
}

impl Report {
    /// Runs a program as a step; says whether it passed.
    pub(crate) fn program(
        &mut self,
        name: &'static str,
        limit: Duration,
        read: Reader,
        command: &mut Command,
    ) -> bool {
        announce(name);
        let began = Instant::now();
        let (outcome, counts) = match watch(command, limit) {
            Ok(said) => {
                let counts = read(&said.text);
                let outcome = if said.well() {
                    Outcome::Passed
                } else {
                    Outcome::Failed(said.why())
                };
                (outcome, counts)
            }
            Err(error) => (Outcome::Failed(format!("{error:#}")), None),
        };
        self.keep(name, outcome, began.elapsed(), counts)
    }

    /// Carries out work of our own as a step; says whether it passed.
    pub(crate) fn work(&mut self, name: &'static str, work: impl FnOnce() -> Result<()>) -> bool {
        announce(name);
        let began = Instant::now();
        let outcome = match work() {
            Ok(()) => Outcome::Passed,
            Err(error) => {
                tell(&format!("{error:#}"));
                Outcome::Failed(format!("{error:#}"))
            }
        };
        self.keep(name, outcome, began.elapsed(), None)
    }

    /// Notes a step that was not carried out, and why.
    pub(crate) fn leave_out(&mut self, name: &'static str, why: &str) {
        announce(name);
        tell(&format!("Left out: {why}."));
        self.keep(name, Outcome::LeftOut(why.to_owned()), Duration::ZERO, None);
    }

    fn keep(
        &mut self,
        name: &'static str,
        outcome: Outcome,
        took: Duration,
        counts: Option<Counts>,
    ) -> bool {
        let passed = outcome == Outcome::Passed;
        self.steps.push(Step {
            name,
            outcome,
            took,
            counts,
        });
        passed
    }

    /// What all steps add up to.
    fn totals(&self) -> Counts {
        let mut sum = Counts::default();
        for step in &self.steps {
            let mut counts = step.counts.unwrap_or_default();
            if matches!(step.outcome, Outcome::Failed(_)) {
                counts.failed = counts.failed.max(1);
            }
            sum.add(counts);
        }
        sum
    }

    /// Tells how every step went, and the totals alone on the last line.
    pub(crate) fn close(&self) -> ExitCode {
        tell("");
        let wide = self
            .steps
            .iter()
            .map(|step| step.name.len())
            .max()
            .unwrap_or(0);
        for step in &self.steps {
            let (word, why) = match &step.outcome {
                Outcome::Passed => ("passed", String::new()),
                Outcome::Failed(why) => ("FAILED", first_line(why)),
                Outcome::LeftOut(why) => ("left out", why.clone()),
            };
            let counted = step.counts.map_or_else(String::new, |counts| {
                format!(
                    "{} passed, {} failed, {} skipped",
                    counts.passed, counts.failed, counts.skipped
                )
            });
            let told: Vec<&str> = [counted.as_str(), why.as_str()]
                .into_iter()
                .filter(|it| !it.is_empty())
                .collect();
            let line = format!(
                "{:<wide$}  {word:<8}  {:>12}  {}",
                step.name,
                spoken(step.took),
                told.join("; ")
            );
            tell(line.trim_end());
        }
        let whole = self.steps.iter().map(|step| step.took).sum();
        tell(&format!(
            "{:<wide$}  {:<8}  {:>12}",
            "together",
            "",
            spoken(whole)
        ));
        tell("");
        let sum = self.totals();
        tell(&format!(
            "{} passed, {} failed, {} skipped",
            sum.passed, sum.failed, sum.skipped
        ));
        if sum.failed == 0 {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        }
    }
}

fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().to_owned()
}

fn announce(name: &str) {
    tell(&format!("\n── {name}"));
}

#[cfg(test)]
mod tests {
    use super::*;
    use anyhow::bail;

    #[test]
    fn a_step_that_failed_without_counts_is_one_failure() {
        let mut report = Report::default();
        report.work("fine", || Ok(()));
        report.work("broken", || bail!("it broke"));
        report.leave_out("absent", "it is not here");
        assert_eq!(
            report.totals(),
            Counts {
                passed: 0,
                failed: 1,
                skipped: 0
            }
        );
        assert_eq!(report.close(), ExitCode::FAILURE);
    }

    #[test]
    fn a_step_that_failed_after_all_its_tests_passed_is_still_a_failure() {
        let mut report = Report::default();
        let outcome = Outcome::Failed("it ended with 1".to_owned());
        let counts = Counts {
            passed: 9,
            failed: 0,
            skipped: 2,
        };
        report.keep("odd", outcome, Duration::ZERO, Some(counts));
        assert_eq!(
            report.totals(),
            Counts {
                passed: 9,
                failed: 1,
                skipped: 2
            }
        );
    }
}
