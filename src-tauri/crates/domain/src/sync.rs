//! What to do next to bring a copy up to date: pure decisions over cursors.
//!
//! A first sync walks every kind's list from newest to oldest; the page and the cursor that follows it are committed
//! together, so a run that was killed goes on where the last committed page ended. The instant to read changes from is
//! stamped before the first page is asked for: what changes while the lists are walked is told again by the changes.

use crate::Instant;
use crate::record::Kind;
use chrono::TimeDelta;

/// Events are asked for from this much before the last one seen: events of the same second, and late ones, come again.
pub const CHANGES_OVERLAP: TimeDelta = TimeDelta::minutes(5);

/// Past this age the provider's record of changes (30 days) may have a gap, and the lists are walked again.
pub const CHANGES_REACH: TimeDelta = TimeDelta::days(25);

/// How far one kind's list has been walked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    /// The kind.
    pub kind: Kind,
    /// The last object of the last committed page; `None` before the first page.
    pub after: Option<String>,
    /// Whether the list was walked to its end.
    pub done: bool,
}

/// What an account's copy stands at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// A cursor for each kind begun; a kind without one has not been begun.
    pub cursors: Vec<Cursor>,
    /// The instant changes are to be read from, stamped before the first page.
    pub changes_from: Option<Instant>,
}

/// What to do next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Plan {
    /// Walk these lists, each from where it stands; stamp the instant for changes first when it is not stamped.
    Walk {
        /// The lists not yet at their end.
        lists: Vec<Cursor>,
        /// Whether cursors of an earlier walk are to be forgotten first.
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
    let unbegun = |kind: &Kind| Cursor {
        kind: *kind,
        after: None,
        done: false,
    };
    let fresh = || Plan::Walk {
        lists: kinds.iter().map(unbegun).collect(),
        from_scratch: true,
    };
    if full {
        return fresh();
    }
    let Some(changes_from) = standing.changes_from else {
        return fresh();
    };
    let open: Vec<Cursor> = kinds
        .iter()
        .map(|kind| {
            let known = standing.cursors.iter().find(|cursor| cursor.kind == *kind);
            known.cloned().unwrap_or_else(|| unbegun(kind))
        })
        .filter(|cursor| !cursor.done)
        .collect();
    if now - changes_from > CHANGES_REACH {
        return fresh();
    }
    if open.is_empty() {
        Plan::Changes {
            since: changes_from - CHANGES_OVERLAP,
        }
    } else {
        Plan::Walk {
            lists: open,
            from_scratch: false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Instant {
        chrono::DateTime::from_timestamp(seconds, 0).unwrap()
    }

    fn cursor(kind: Kind, after: Option<&str>, done: bool) -> Cursor {
        Cursor {
            kind,
            after: after.map(str::to_owned),
            done,
        }
    }

    const KINDS: [Kind; 2] = [Kind::Customers, Kind::Invoices];
    const DAY: i64 = 86_400;

    #[test]
    fn nothing_known_means_walking_everything() {
        let standing = Standing {
            cursors: vec![],
            changes_from: None,
        };
        let Plan::Walk {
            lists,
            from_scratch,
        } = plan(&standing, &KINDS, false, at(0))
        else {
            panic!("a first sync walks the lists");
        };
        assert!(from_scratch);
        assert_eq!(lists.len(), 2);
    }

    #[test]
    fn a_killed_walk_goes_on_where_the_last_page_ended() {
        let standing = Standing {
            cursors: vec![
                cursor(Kind::Customers, Some("cus_9"), true),
                cursor(Kind::Invoices, Some("in_5"), false),
            ],
            changes_from: Some(at(0)),
        };
        assert_eq!(
            plan(&standing, &KINDS, false, at(60)),
            Plan::Walk {
                lists: vec![cursor(Kind::Invoices, Some("in_5"), false)],
                from_scratch: false
            }
        );
    }

    #[test]
    fn a_whole_copy_reads_changes_with_an_overlap() {
        let standing = Standing {
            cursors: KINDS.iter().map(|kind| cursor(*kind, None, true)).collect(),
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
            cursors: KINDS.iter().map(|kind| cursor(*kind, None, true)).collect(),
            changes_from: Some(at(0)),
        };
        assert!(matches!(
            plan(&standing, &KINDS, false, at(26 * DAY)),
            Plan::Walk {
                from_scratch: true,
                ..
            }
        ));
    }

    #[test]
    fn a_kind_the_key_may_read_since_yesterday_is_walked_alone() {
        let standing = Standing {
            cursors: vec![cursor(Kind::Customers, None, true)],
            changes_from: Some(at(0)),
        };
        assert_eq!(
            plan(&standing, &KINDS, false, at(60)),
            Plan::Walk {
                lists: vec![cursor(Kind::Invoices, None, false)],
                from_scratch: false
            }
        );
    }
}
