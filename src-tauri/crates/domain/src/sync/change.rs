//! What a provider tells of changes, brought to one list of objects to look at.
//!
//! A notice says that something happened to an object; it is never the object. Notices come more than once, in any order
//! within a second, and their ids are not ordered: what was handled before is told by its id, and an object is looked at
//! once however many notices name it.

use crate::Instant;
use crate::record::Kind;
use std::collections::{HashMap, HashSet};

/// What one notice says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// The provider's id of the notice.
    pub id: String,
    /// When it happened, to the second.
    pub created: Instant,
    /// The object that it is about, and whether it is gone.
    pub own: Option<(Kind, String, bool)>,
    /// What else changed with it.
    pub related: Vec<(Kind, String)>,
}

/// An object whose latest state is needed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Touched {
    /// Its kind.
    pub kind: Kind,
    /// Its id.
    pub id: String,
    /// When it was last touched.
    pub latest: Instant,
    /// The notice that shows its latest state; `None` where two of the same second contend for that, or where only
    /// notices about other objects name it.
    pub shown_by: Option<String>,
}

/// What is to be done about notices.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Digest {
    /// Objects to look at, each once, in order of their first notice.
    pub touched: Vec<Touched>,
    /// Objects that are gone, each once.
    pub deleted: Vec<(Kind, String)>,
    /// The notices that were not handled before.
    pub handled: Vec<(String, Instant)>,
    /// When the newest of all happened.
    pub newest: Option<Instant>,
}

struct State {
    latest: Instant,
    /// The notice of its own that is the only one to name it in its latest second.
    shown_by: Option<String>,
    gone: bool,
}

/// Brings notices, newest first as they arrive, to one list of what to look at and one of what is gone.
///
/// The last notice about an object of its own decides: what was made again after it was deleted is looked at. Notices whose
/// ids are in `known` were handled before.
#[must_use]
pub fn digest<S: std::hash::BuildHasher>(
    mut notices: Vec<Notice>,
    known: &HashSet<String, S>,
) -> Digest {
    // Within a second the order of arrival, turned round, is the best there is.
    notices.reverse();
    notices.sort_by_key(|notice| notice.created);
    let mut digest = Digest {
        newest: notices.last().map(|notice| notice.created),
        ..Digest::default()
    };
    let mut order: Vec<(Kind, String)> = Vec::new();
    let mut states: HashMap<(Kind, String), State> = HashMap::new();
    let mut told: HashSet<String> = HashSet::new();
    for notice in notices {
        if known.contains(&notice.id) || !told.insert(notice.id.clone()) {
            continue;
        }
        digest.handled.push((notice.id.clone(), notice.created));
        let own = notice
            .own
            .map(|(kind, id, gone)| ((kind, id), Some((notice.id, gone))));
        let related = notice.related.into_iter().map(|what| (what, None));
        for (what, own) in own.into_iter().chain(related) {
            let mut first = false;
            let state = states.entry(what).or_insert_with_key(|what| {
                order.push(what.clone());
                first = true;
                State {
                    latest: notice.created,
                    shown_by: None,
                    gone: false,
                }
            });
            let alone = first || state.latest < notice.created;
            state.latest = notice.created;
            state.shown_by = None;
            if let Some((id, gone)) = own {
                state.shown_by = alone.then_some(id);
                state.gone = gone;
            }
        }
    }
    for what in order {
        let Some(state) = states.remove(&what) else {
            continue;
        };
        if state.gone {
            digest.deleted.push(what);
            continue;
        }
        digest.touched.push(Touched {
            kind: what.0,
            id: what.1,
            latest: state.latest,
            shown_by: state.shown_by,
        });
    }
    digest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Instant {
        chrono::DateTime::from_timestamp(seconds, 0).unwrap()
    }

    fn notice(id: &str, seconds: i64, customer: &str, gone: bool) -> Notice {
        Notice {
            id: id.to_owned(),
            created: at(seconds),
            own: Some((Kind::Customers, customer.to_owned(), gone)),
            related: Vec::new(),
        }
    }

    fn none() -> HashSet<String> {
        HashSet::new()
    }

    #[test]
    fn each_object_is_looked_at_once_and_the_latest_notice_shows_it() {
        let digest = digest(
            vec![
                notice("evt_a", 30, "cus_1", false),
                notice("evt_z", 20, "cus_2", false),
                notice("evt_m", 10, "cus_1", false),
            ],
            &none(),
        );
        let seen: Vec<_> = digest
            .touched
            .iter()
            .map(|it| (it.id.as_str(), it.latest, it.shown_by.as_deref()))
            .collect();
        assert_eq!(
            seen,
            [
                ("cus_1", at(30), Some("evt_a")),
                ("cus_2", at(20), Some("evt_z"))
            ]
        );
        assert_eq!(digest.newest, Some(at(30)));
        assert_eq!(digest.handled.len(), 3);
    }

    #[test]
    fn two_notices_of_one_second_show_nothing_for_sure() {
        let digest = digest(
            vec![
                notice("evt_b", 10, "cus_1", false),
                notice("evt_a", 10, "cus_1", false),
            ],
            &none(),
        );
        assert_eq!(digest.touched.len(), 1);
        assert_eq!(digest.touched[0].shown_by, None);
    }

    #[test]
    fn what_another_objects_later_notice_touches_is_looked_at() {
        let mut later = notice("evt_b", 20, "cus_9", false);
        later.related = vec![(Kind::Customers, "cus_1".to_owned())];
        let digest = digest(vec![later, notice("evt_a", 10, "cus_1", false)], &none());
        assert_eq!(digest.touched[0].id, "cus_1");
        assert_eq!(digest.touched[0].latest, at(20));
        assert_eq!(digest.touched[0].shown_by, None);
    }

    #[test]
    fn what_another_objects_notice_of_the_same_second_touches_is_looked_at() {
        let mut other = notice("evt_b", 10, "cus_9", false);
        other.related = vec![(Kind::Customers, "cus_1".to_owned())];
        for notices in [
            vec![other.clone(), notice("evt_a", 10, "cus_1", false)],
            vec![notice("evt_a", 10, "cus_1", false), other],
        ] {
            let digest = digest(notices, &none());
            let first = digest.touched.iter().find(|it| it.id == "cus_1").unwrap();
            assert_eq!(first.shown_by, None);
        }
    }

    #[test]
    fn what_was_handled_before_is_left_alone_and_one_of_its_second_is_not() {
        let known = HashSet::from(["evt_a".to_owned()]);
        let digest = digest(
            vec![
                notice("evt_b", 10, "cus_2", false),
                notice("evt_a", 10, "cus_1", false),
                notice("evt_b", 10, "cus_2", false),
            ],
            &known,
        );
        assert_eq!(digest.touched.len(), 1);
        assert_eq!(digest.touched[0].id, "cus_2");
        assert_eq!(digest.handled, [("evt_b".to_owned(), at(10))]);
    }

    #[test]
    fn the_last_word_about_an_object_decides_whether_it_is_gone() {
        let gone = digest(
            vec![
                notice("evt_b", 20, "cus_1", true),
                notice("evt_a", 10, "cus_1", false),
            ],
            &none(),
        );
        assert_eq!(gone.deleted, [(Kind::Customers, "cus_1".to_owned())]);
        assert!(gone.touched.is_empty());
        let back = digest(
            vec![
                notice("evt_b", 20, "cus_1", false),
                notice("evt_a", 10, "cus_1", true),
            ],
            &none(),
        );
        assert!(back.deleted.is_empty());
        assert_eq!(back.touched.len(), 1);
    }
}
