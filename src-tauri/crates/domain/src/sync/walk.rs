//! Walking lists in stretches of time.
//!
//! A list is walked from newest to oldest. It begins as one stretch without bounds; once a page shows how dense the list
//! is, the part not yet walked can be cut off as a stretch of its own and walked at the same time. Stretches touch and
//! never overlap, so that a list is whole exactly when they cover all of time and each is done: `covered` is that proof.
//! A page and where it leaves its stretch are committed together, so a run that was killed goes on at the next page.

use crate::Instant;
use crate::record::Kind;
use chrono::TimeDelta;

/// Events are asked for from this much before the last one seen: events of the same second, and late ones, come again.
pub const CHANGES_OVERLAP: TimeDelta = TimeDelta::minutes(5);

/// Past this age the provider's record of changes (30 days) may have a gap, and the lists are walked again.
pub const CHANGES_REACH: TimeDelta = TimeDelta::days(25);

/// How many pages a stretch is meant to have when it is cut off.
const PAGES_PER_STRETCH: i32 = 24;

/// Which part of a list is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Slice {
    /// What was created at or after `from` and before `to`; all of it where both are open.
    Created {
        /// The first instant that belongs to it.
        from: Option<Instant>,
        /// The first instant after it.
        to: Option<Instant>,
    },
    /// What can still change without a notice: open invoices, running subscriptions.
    Unsettled,
    /// What belongs to one object, by that object's id.
    Of(String),
    /// What lives on a test clock, by the clock's id.
    OnClock(String),
}

impl Slice {
    /// The whole list.
    pub const WHOLE: Self = Self::Created {
        from: None,
        to: None,
    };
}

/// A part of a kind's list, and how far it has been walked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stretch {
    /// The kind.
    pub kind: Kind,
    /// The first instant that belongs to it; `None` for everything before `to`.
    pub from: Option<Instant>,
    /// The first instant after it; `None` for everything since `from`.
    pub to: Option<Instant>,
    /// The last object of the last committed page; `None` before the first page.
    pub after: Option<String>,
    /// Whether it was walked to its end.
    pub done: bool,
}

impl Stretch {
    /// A whole list, not begun.
    #[must_use]
    pub const fn whole(kind: Kind) -> Self {
        Self {
            kind,
            from: None,
            to: None,
            after: None,
            done: false,
        }
    }

    /// What to ask for.
    #[must_use]
    pub const fn slice(&self) -> Slice {
        Slice::Created {
            from: self.from,
            to: self.to,
        }
    }
}

/// What an account's copy stands at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// The stretches of each kind begun; a kind without one has not been begun.
    pub stretches: Vec<Stretch>,
    /// The instant changes are to be read from, stamped before the first page.
    pub changes_from: Option<Instant>,
}

/// What to do next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Plan {
    /// Walk these stretches, each from where it stands; stamp the instant for changes first when it is not stamped.
    Walk {
        /// The stretches not yet at their end.
        stretches: Vec<Stretch>,
        /// Whether those of an earlier walk are to be forgotten first.
        from_scratch: bool,
    },
    /// Read the changes since this instant.
    Changes {
        /// From here, overlap included.
        since: Instant,
    },
}

/// Decides between going on with the walk, walking again and reading changes.
///
/// `kinds` are those that the provider has and the key may read; `full` asks for a walk from nothing.
#[must_use]
pub fn plan(standing: &Standing, kinds: &[Kind], full: bool, now: Instant) -> Plan {
    let fresh = || Plan::Walk {
        stretches: kinds.iter().copied().map(Stretch::whole).collect(),
        from_scratch: true,
    };
    let Some(changes_from) = standing.changes_from.filter(|_| !full) else {
        return fresh();
    };
    if now - changes_from > CHANGES_REACH {
        return fresh();
    }
    let mut open = Vec::new();
    for kind in kinds {
        let mut own = standing
            .stretches
            .iter()
            .filter(|stretch| stretch.kind == *kind)
            .peekable();
        if own.peek().is_none() {
            open.push(Stretch::whole(*kind));
        }
        open.extend(own.filter(|stretch| !stretch.done).cloned());
    }
    if open.is_empty() {
        Plan::Changes {
            since: changes_from - CHANGES_OVERLAP,
        }
    } else {
        Plan::Walk {
            stretches: open,
            from_scratch: false,
        }
    }
}

/// Cuts what is left of a stretch in two where that is worth a request: the nearer part stays, the farther part is new.
///
/// `reached` is when the last object of the last page was created and `span` the time that page covered: as dense as that
/// page the rest is taken to be.
#[must_use]
pub fn split(stretch: &Stretch, reached: Instant, span: TimeDelta) -> Option<(Stretch, Stretch)> {
    if stretch.done {
        return None;
    }
    let page = span.max(TimeDelta::seconds(1));
    let far = reached.checked_sub_signed(page * PAGES_PER_STRETCH)?;
    let cut = match stretch.from {
        // Nothing was ever sold before 1970.
        None => far.max(Instant::UNIX_EPOCH),
        Some(from) => far.max(from + (reached - from) / 2),
    };
    // Whole seconds, because that is how fine the provider's filter is.
    let cut = Instant::from_timestamp(cut.timestamp(), 0)?;
    let floor = stretch.from.unwrap_or(Instant::UNIX_EPOCH);
    let worth_it = cut - floor > page * 2 && reached - cut > page * 2;
    if !worth_it {
        return None;
    }
    let near = Stretch {
        from: Some(cut),
        ..stretch.clone()
    };
    let far = Stretch {
        to: Some(cut),
        after: None,
        ..stretch.clone()
    };
    Some((near, far))
}

/// Where the stretches of a kind do not cover all of time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gap {
    /// The kind.
    pub kind: Kind,
    /// From when; `None` for the beginning.
    pub from: Option<Instant>,
    /// Until when; `None` for now.
    pub to: Option<Instant>,
}

/// Proves that every list was walked whole: its stretches touch, leave nothing out, and each is done.
///
/// # Errors
/// Every part that was not walked.
pub fn covered(stretches: &[Stretch], kinds: &[Kind]) -> Result<(), Vec<Gap>> {
    let mut gaps = Vec::new();
    for kind in kinds {
        let mut own: Vec<&Stretch> = stretches
            .iter()
            .filter(|stretch| stretch.kind == *kind && stretch.done)
            .collect();
        own.sort_by_key(|stretch| stretch.from);
        // What is covered so far: nothing, or everything before an instant, or everything.
        let mut next = Reached::Nothing;
        for stretch in own {
            let begins_at = match (next, stretch.from) {
                (Reached::Everything, _) | (_, None) => None,
                (Reached::Nothing, Some(from)) => Some((None, from)),
                (Reached::Before(end), Some(from)) => (from > end).then_some((Some(end), from)),
            };
            if let Some((from, to)) = begins_at {
                gaps.push(Gap {
                    kind: *kind,
                    from,
                    to: Some(to),
                });
            }
            next = next.and(stretch.to);
        }
        match next {
            Reached::Everything => {}
            Reached::Nothing => gaps.push(Gap {
                kind: *kind,
                from: None,
                to: None,
            }),
            Reached::Before(end) => gaps.push(Gap {
                kind: *kind,
                from: Some(end),
                to: None,
            }),
        }
    }
    if gaps.is_empty() { Ok(()) } else { Err(gaps) }
}

/// How far a row of stretches reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reached {
    Nothing,
    Before(Instant),
    Everything,
}

impl Reached {
    fn and(self, to: Option<Instant>) -> Self {
        match (self, to) {
            (Self::Everything, _) | (_, None) => Self::Everything,
            (Self::Nothing, Some(to)) => Self::Before(to),
            (Self::Before(end), Some(to)) => Self::Before(end.max(to)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(seconds: i64) -> Instant {
        chrono::DateTime::from_timestamp(seconds, 0).unwrap()
    }

    fn stretch(kind: Kind, after: Option<&str>, done: bool) -> Stretch {
        Stretch {
            after: after.map(str::to_owned),
            done,
            ..Stretch::whole(kind)
        }
    }

    const KINDS: [Kind; 2] = [Kind::Customers, Kind::Invoices];
    const DAY: i64 = 86_400;

    #[test]
    fn nothing_known_means_walking_everything() {
        let standing = Standing {
            stretches: vec![],
            changes_from: None,
        };
        assert_eq!(
            plan(&standing, &KINDS, false, at(0)),
            Plan::Walk {
                stretches: KINDS.map(Stretch::whole).to_vec(),
                from_scratch: true
            }
        );
    }

    #[test]
    fn a_killed_walk_goes_on_where_each_stretch_ended() {
        let mut old = stretch(Kind::Invoices, None, false);
        old.to = Some(at(DAY));
        let mut new = stretch(Kind::Invoices, Some("in_5"), false);
        new.from = Some(at(DAY));
        let standing = Standing {
            stretches: vec![
                stretch(Kind::Customers, Some("cus_9"), true),
                new.clone(),
                old.clone(),
            ],
            changes_from: Some(at(0)),
        };
        assert_eq!(
            plan(&standing, &KINDS, false, at(60)),
            Plan::Walk {
                stretches: vec![new, old],
                from_scratch: false
            }
        );
    }

    #[test]
    fn a_whole_copy_reads_changes_with_an_overlap() {
        let standing = Standing {
            stretches: KINDS
                .iter()
                .map(|kind| stretch(*kind, None, true))
                .collect(),
            changes_from: Some(at(DAY)),
        };
        assert_eq!(
            plan(&standing, &KINDS, false, at(2 * DAY)),
            Plan::Changes {
                since: at(DAY) - CHANGES_OVERLAP
            }
        );
    }

    #[test]
    fn a_copy_older_than_the_providers_memory_is_walked_again() {
        let standing = Standing {
            stretches: KINDS
                .iter()
                .map(|kind| stretch(*kind, None, true))
                .collect(),
            changes_from: Some(at(0)),
        };
        let walks = |days: i64| {
            matches!(
                plan(&standing, &KINDS, false, at(days * DAY)),
                Plan::Walk {
                    from_scratch: true,
                    ..
                }
            )
        };
        assert!(!walks(25));
        assert!(walks(26));
        assert!(walks(40));
    }

    #[test]
    fn a_kind_the_key_may_read_since_yesterday_is_walked_alone() {
        let standing = Standing {
            stretches: vec![stretch(Kind::Customers, None, true)],
            changes_from: Some(at(0)),
        };
        assert_eq!(
            plan(&standing, &KINDS, false, at(60)),
            Plan::Walk {
                stretches: vec![Stretch::whole(Kind::Invoices)],
                from_scratch: false
            }
        );
    }

    #[test]
    fn a_list_is_whole_only_when_its_stretches_leave_nothing_out() {
        let part = |from: Option<i64>, to: Option<i64>, done| Stretch {
            from: from.map(at),
            to: to.map(at),
            done,
            ..Stretch::whole(Kind::Invoices)
        };
        let gap = |from: Option<i64>, to: Option<i64>| Gap {
            kind: Kind::Invoices,
            from: from.map(at),
            to: to.map(at),
        };
        let kinds = [Kind::Invoices];
        let whole = [
            part(None, Some(10), true),
            part(Some(10), Some(20), true),
            part(Some(20), None, true),
        ];
        assert_eq!(covered(&whole, &kinds), Ok(()));
        for (missing, expected) in [
            (0, gap(None, Some(10))),
            (1, gap(Some(10), Some(20))),
            (2, gap(Some(20), None)),
        ] {
            let mut broken = whole.to_vec();
            broken[missing].done = false;
            assert_eq!(covered(&broken, &kinds), Err(vec![expected]));
        }
        assert_eq!(covered(&[], &kinds), Err(vec![gap(None, None)]));
        assert_eq!(covered(&[part(None, None, true)], &kinds), Ok(()));
    }

    proptest! {
        /// However a list is cut while it is walked, its stretches cover all of time once all are done.
        #[test]
        fn cutting_never_leaves_a_gap(
            cuts in proptest::collection::vec((0usize..50, 0i64..2_000_000_000, 0i64..10_000_000), 0..40),
        ) {
            let mut all = vec![Stretch::whole(Kind::Charges)];
            for (which, reached, span) in cuts {
                let which = which % all.len();
                let old = all[which].clone();
                let inside = old.from.is_none_or(|from| at(reached) > from)
                    && old.to.is_none_or(|to| at(reached) < to);
                if !inside {
                    continue;
                }
                if let Some((near, far)) = split(&old, at(reached), TimeDelta::seconds(span)) {
                    prop_assert_eq!(near.from, far.to);
                    prop_assert_eq!((near.to, far.from), (old.to, old.from));
                    prop_assert_eq!(&near.after, &old.after);
                    prop_assert!(far.to < Some(at(reached)), "what was walked stays with the nearer part");
                    all[which] = near;
                    all.push(far);
                }
            }
            for stretch in &mut all {
                stretch.done = true;
            }
            prop_assert_eq!(covered(&all, &[Kind::Charges]), Ok(()));
            let mut from: Vec<_> = all.iter().map(|stretch| (stretch.from, stretch.to)).collect();
            from.sort();
            for (left, right) in from.iter().zip(from.iter().skip(1)) {
                prop_assert_eq!(left.1, right.0, "no instant belongs to two stretches");
            }
        }
    }
}
