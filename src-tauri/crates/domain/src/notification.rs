//! What is worth a word while nobody looks: MRR that passes a mark, a day on which payments fail as they do not usually, a
//! dispute, an operation that needs a person, and the morning's digest.
//!
//! Pure: what was told before is an argument, and what to remember is part of the answer. Nothing is told twice, and what
//! was already so when somebody first asked to be told is no news.

use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Days before today that say what is usual.
pub const USUAL_DAYS: usize = 28;
/// So many times the usual day is a spike.
const SPIKE: i64 = 3;
/// Ids remembered at most of each kind; the oldest are forgotten when they are settled.
const KEPT_MAX: usize = 10_000;

/// What somebody wants to be told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rules {
    /// Marks of MRR, minor units.
    #[serde(default)]
    pub mrr_marks: Vec<i64>,
    /// The currency of the marks, so that they are not held against another.
    #[serde(default)]
    pub currency: String,
    /// Whether days of failing payments are told.
    #[serde(default = "yes")]
    pub failed_payments: bool,
    /// Whether new disputes are told.
    #[serde(default = "yes")]
    pub disputes: bool,
    /// Whether operations that need a person are told.
    #[serde(default = "yes")]
    pub operations: bool,
    /// The hour of the day from which yesterday is told; `None` for never.
    #[serde(default)]
    pub digest_hour: Option<u8>,
}

const fn yes() -> bool {
    true
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            mrr_marks: Vec::new(),
            currency: String::new(),
            failed_payments: true,
            disputes: true,
            operations: true,
            digest_hour: None,
        }
    }
}

/// How things stand.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    /// The day where the user is, counted from any day on.
    pub day: i64,
    /// The hour of that day.
    pub hour: u8,
    /// MRR now, minor units; `None` while it is not known.
    pub mrr: Option<i64>,
    /// The currency of the above.
    pub currency: String,
    /// The volume of failed bills today, minor units.
    pub failed_today: i64,
    /// The same of each day before, the latest last.
    pub failed_before: Vec<i64>,
    /// Disputes that wait for an answer.
    pub disputes: BTreeSet<String>,
    /// Operations that need a person.
    pub operations: BTreeSet<String>,
}

/// What was told, or was so when somebody first asked.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// MRR when it was last looked at, with its currency.
    pub mrr: Option<(i64, String)>,
    /// The last day that was told as a spike.
    pub spike: Option<i64>,
    /// Disputes told.
    pub disputes: BTreeSet<String>,
    /// Operations told.
    pub operations: BTreeSet<String>,
    /// The last day whose digest was told.
    pub digest: Option<i64>,
}

/// One thing to be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notification {
    /// MRR passed a mark, minor units; upward or not.
    Mark {
        /// The mark.
        mark: i64,
        /// Whether it was passed upward.
        up: bool,
    },
    /// Payments fail more than they usually do, minor units.
    FailedPayments {
        /// Today.
        today: i64,
        /// On a usual day.
        usual: i64,
    },
    /// A dispute waits for an answer.
    Dispute(String),
    /// An operation needs a person.
    Operation(String),
    /// How yesterday was.
    Digest,
}

/// What is to be told now, and what to remember. `told` is `None` at the first look.
#[must_use]
pub fn decide(rules: &Rules, facts: &Facts, told: Option<&Told>) -> (Vec<Notification>, Told) {
    let Some(before) = told else {
        return (Vec::new(), first(facts));
    };
    let mut due = Vec::new();
    let mut next = before.clone();
    due.extend(marks(rules, facts, before));
    if let Some(mrr) = facts.mrr {
        next.mrr = Some((mrr, facts.currency.clone()));
    }
    if let Some(usual) = spike(facts).filter(|_| before.spike != Some(facts.day)) {
        if rules.failed_payments {
            due.push(Notification::FailedPayments {
                today: facts.failed_today,
                usual,
            });
        }
        next.spike = Some(facts.day);
    }
    let new = remember(&mut next.disputes, &facts.disputes);
    if rules.disputes {
        due.extend(new.into_iter().map(Notification::Dispute));
    }
    let new = remember(&mut next.operations, &facts.operations);
    if rules.operations {
        due.extend(new.into_iter().map(Notification::Operation));
    }
    if before.digest.is_none_or(|day| day < facts.day) {
        match rules.digest_hour {
            Some(hour) if facts.hour >= hour => {
                due.push(Notification::Digest);
                next.digest = Some(facts.day);
            }
            Some(_) => {}
            // Whoever asks for it in the afternoon is told from tomorrow on.
            None => next.digest = Some(facts.day),
        }
    }
    (due, next)
}

fn first(facts: &Facts) -> Told {
    Told {
        mrr: facts.mrr.map(|mrr| (mrr, facts.currency.clone())),
        spike: spike(facts).map(|_| facts.day),
        disputes: facts.disputes.clone(),
        operations: facts.operations.clone(),
        digest: Some(facts.day),
    }
}

/// Marks between what MRR was and what it is.
fn marks(rules: &Rules, facts: &Facts, before: &Told) -> Vec<Notification> {
    let (Some(now), Some((was, currency))) = (facts.mrr, &before.mrr) else {
        return Vec::new();
    };
    if *currency != facts.currency || rules.currency != facts.currency {
        return Vec::new();
    }
    let passed = |mark: &&i64| (*was < **mark) != (now < **mark);
    // Of several marks passed at once the farthest says it all.
    let found = rules.mrr_marks.iter().filter(passed);
    let farthest = if now > *was { found.max() } else { found.min() };
    farthest
        .map(|mark| Notification::Mark {
            mark: *mark,
            up: now > *was,
        })
        .into_iter()
        .collect()
}

/// What is usual, where today is far beyond it: three times the mean day, and more than on any of them.
fn spike(facts: &Facts) -> Option<i64> {
    let days = facts.failed_before.len();
    let from = days.saturating_sub(USUAL_DAYS);
    let usual = facts.failed_before.get(from..)?;
    let count = i64::try_from(usual.len()).ok().filter(|it| *it > 0)?;
    let sum: i64 = usual.iter().fold(0, |sum, day| sum.saturating_add(*day));
    let largest = usual.iter().copied().max()?;
    let beyond = facts.failed_today.saturating_mul(count) >= sum.saturating_mul(SPIKE);
    (sum > 0 && beyond && facts.failed_today > largest).then_some(sum / count)
}

/// Adds what is new, forgets what is settled once there is much of it, and says what was new.
fn remember(known: &mut BTreeSet<String>, now: &BTreeSet<String>) -> Vec<String> {
    let new: Vec<String> = now.difference(known).cloned().collect();
    known.extend(new.iter().cloned());
    if known.len() > KEPT_MAX {
        known.retain(|id| now.contains(id));
    }
    new
}

#[cfg(test)]
mod tests {
    use super::{Facts, Notification, Rules, Told, decide};
    use proptest::prelude::*;

    fn facts() -> Facts {
        Facts {
            day: 100,
            hour: 9,
            mrr: Some(9_000),
            currency: "USD".to_owned(),
            failed_before: vec![100; 28],
            ..Facts::default()
        }
    }

    fn after(rules: &Rules, first: &Facts, then: &Facts) -> Vec<Notification> {
        let (none, told) = decide(rules, first, None);
        assert_eq!(none, [], "what is so at the first look is no news");
        decide(rules, then, Some(&told)).0
    }

    #[test]
    fn a_mark_is_told_when_it_is_passed_either_way_and_only_the_farthest() {
        let rules = Rules {
            mrr_marks: vec![10_000, 11_000, 20_000],
            currency: "USD".to_owned(),
            ..Rules::default()
        };
        let high = Facts {
            mrr: Some(12_000),
            ..facts()
        };
        let up = Notification::Mark {
            mark: 11_000,
            up: true,
        };
        assert_eq!(after(&rules, &facts(), &high), [up]);
        let down = Notification::Mark {
            mark: 10_000,
            up: false,
        };
        assert_eq!(after(&rules, &high, &facts()), [down]);
        assert_eq!(after(&rules, &high, &high), []);
        let euros = Facts {
            currency: "EUR".to_owned(),
            ..high.clone()
        };
        assert_eq!(after(&rules, &facts(), &euros), [], "other money");
        let marks_in_euros = Rules {
            currency: "EUR".to_owned(),
            ..rules
        };
        assert_eq!(after(&marks_in_euros, &facts(), &high), [], "other marks");
    }

    #[test]
    fn a_spike_is_far_beyond_every_usual_day_and_told_once_a_day() {
        let rules = Rules::default();
        let bad = |today| Facts {
            failed_today: today,
            ..facts()
        };
        assert_eq!(after(&rules, &facts(), &bad(299)), []);
        let told = Notification::FailedPayments {
            today: 300,
            usual: 100,
        };
        assert_eq!(after(&rules, &facts(), &bad(300)), [told]);
        let (_, told) = decide(&rules, &bad(300), None);
        assert_eq!(decide(&rules, &bad(900), Some(&told)).0, []);
        let tomorrow = Facts {
            day: 101,
            ..bad(900)
        };
        assert_eq!(decide(&rules, &tomorrow, Some(&told)).0.len(), 1);
        let quiet = Facts {
            failed_before: vec![0; 28],
            ..bad(300)
        };
        assert_eq!(after(&rules, &facts(), &quiet), [], "nothing was usual");
    }

    #[test]
    fn a_digest_comes_once_each_morning_from_the_day_after_it_was_asked_for() {
        let rules = Rules {
            digest_hour: Some(8),
            ..Rules::default()
        };
        let at = |day, hour| Facts {
            day,
            hour,
            ..facts()
        };
        assert_eq!(after(&rules, &at(100, 9), &at(100, 10)), []);
        assert_eq!(after(&rules, &at(100, 9), &at(101, 7)), []);
        assert_eq!(
            after(&rules, &at(100, 9), &at(101, 8)),
            [Notification::Digest]
        );
    }

    fn some_facts() -> impl Strategy<Value = Facts> {
        let ids = || proptest::collection::btree_set("[a-d]", 0..4);
        (0..3_i64, 0..24_u8, 0..30_i64, ids(), ids(), 0..9_i64).prop_map(
            |(day, hour, mrr, disputes, operations, failed)| Facts {
                day,
                hour,
                mrr: Some(mrr),
                currency: "USD".to_owned(),
                failed_today: failed,
                failed_before: vec![1; 28],
                disputes,
                operations,
            },
        )
    }

    proptest! {
        /// Looking twice at the same tells nothing the second time, and nobody hears of one dispute or operation twice.
        #[test]
        fn nothing_is_told_twice(story in proptest::collection::vec(some_facts(), 1..20)) {
            let rules = Rules { mrr_marks: vec![10, 20], currency: "USD".to_owned(), digest_hour: Some(8), ..Rules::default() };
            let mut told: Option<Told> = None;
            let mut heard = Vec::new();
            for facts in story {
                let (due, next) = decide(&rules, &facts, told.as_ref());
                let (again, same) = decide(&rules, &facts, Some(&next));
                prop_assert_eq!(again, vec![]);
                prop_assert_eq!(&same, &next);
                for it in due {
                    if matches!(it, Notification::Dispute(_) | Notification::Operation(_)) {
                        prop_assert!(!heard.contains(&it), "{:?} was told twice", it);
                        heard.push(it);
                    }
                }
                told = Some(next);
            }
        }
    }
}
