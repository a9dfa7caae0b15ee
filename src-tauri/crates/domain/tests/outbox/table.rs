//! Single ways through the machine, each with its row.

use chrono::{DateTime, TimeDelta, Utc};
use coffer_domain::outbox::{
    Answer, Event, KEY_LASTS, Looked, Nature, Next, Progress, State, next, wait_before,
};
use std::time::Duration;

fn at(minutes: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000 + minutes * 60, 0).unwrap()
}

fn through(steps: u8, events: &[Event]) -> Progress {
    events.iter().fold(Progress::new(steps), |progress, event| {
        progress.after(*event).unwrap()
    })
}

const ACCEPTED: Event = Event::Accepted {
    needs_approval: false,
};

fn begun(minutes: i64) -> Event {
    Event::Begun {
        provider_now: at(minutes),
        nature: Nature::Keyed,
    }
}

fn answered(answer: Answer) -> Event {
    Event::Answered {
        answer,
        now: at(0),
        jitter: 0,
    }
}

fn looked(looked: Looked, minutes: i64, nature: Nature) -> Event {
    Event::Looked {
        looked,
        provider_now: at(minutes),
        nature,
        now: at(minutes),
    }
}

#[test]
fn each_answer_leads_to_its_state() {
    for (answer, state) in [
        (Answer::Done, State::Done),
        (Answer::Pending, State::Pending),
        (Answer::Refused, State::Refused),
        (Answer::NotAllowed, State::NeedsReview),
        (Answer::NotSent, State::Queued),
        (Answer::Lost, State::Unknown),
    ] {
        let progress = through(1, &[ACCEPTED, begun(0), answered(answer)]);
        assert_eq!(progress.state, state, "{answer:?}");
    }
}

#[test]
fn a_step_that_is_refused_after_the_first_waits_for_a_person() {
    let first = [ACCEPTED, begun(0), answered(Answer::Done)];
    let progress = through(2, &first);
    assert_eq!((progress.state, progress.step), (State::Queued, 1));
    assert_eq!(
        progress.key_used, None,
        "the next step has a key of its own"
    );
    let refused = progress
        .after(begun(1))
        .and_then(|progress| progress.after(answered(Answer::Refused)))
        .unwrap();
    assert_eq!(refused.state, State::NeedsReview);
}

#[test]
fn what_is_refused_while_in_doubt_is_refused_only_once_it_was_looked_for() {
    let events = [
        ACCEPTED,
        begun(0),
        answered(Answer::Lost),
        looked(Looked::NotSeen, 1, Nature::Keyed),
        begun(1),
        answered(Answer::Refused),
    ];
    let progress = through(1, &events);
    assert_eq!(progress.state, State::Unknown);
    assert!(
        !progress.may_repeat(at(2), Nature::Keyed),
        "it is not asked for again"
    );
    let seen = progress
        .after(looked(Looked::Happened, 2, Nature::Keyed))
        .unwrap();
    assert_eq!(
        seen.state,
        State::Done,
        "it was refused because it had happened"
    );
    let not_seen = progress
        .after(looked(Looked::NotSeen, 2, Nature::Keyed))
        .unwrap();
    assert_eq!(
        not_seen.state,
        State::Unknown,
        "the first may be on its way"
    );
    let settled = not_seen
        .after(looked(Looked::NotSeen, 11, Nature::Keyed))
        .unwrap();
    assert_eq!(settled.state, State::Refused);
}

#[test]
fn a_lapsed_key_is_never_used_again() {
    let lost = through(1, &[ACCEPTED, begun(0), answered(Answer::Lost)]);
    let last = KEY_LASTS.num_minutes();
    assert!(lost.may_repeat(at(last - 1), Nature::Keyed));
    assert!(!lost.may_repeat(at(last), Nature::Keyed));
    assert!(
        !lost.may_repeat(at(-1), Nature::Keyed),
        "a clock that went back tells nothing"
    );
    assert!(lost.after(begun(last)).is_err());
    let review = lost
        .after(looked(Looked::NotSeen, last, Nature::Keyed))
        .unwrap();
    assert_eq!(review.state, State::NeedsReview);
    let again = review.after(Event::Insisted).unwrap();
    assert_eq!(
        (again.state, again.generation),
        (State::Queued, 1),
        "a new request has a new key"
    );
}

#[test]
fn what_has_no_key_is_not_repeated_and_given_time_to_arrive() {
    let lost = through(1, &[ACCEPTED, begun(0), answered(Answer::Lost)]);
    assert!(!lost.may_repeat(at(1), Nature::Once));
    let soon = lost
        .after(looked(Looked::NotSeen, 5, Nature::Once))
        .unwrap();
    assert_eq!(soon.state, State::Unknown);
    let later = lost
        .after(looked(Looked::NotSeen, 10, Nature::Once))
        .unwrap();
    assert_eq!(later.state, State::NeedsReview);
    assert!(lost.may_repeat(at(100_000), Nature::Repeatable));
}

#[test]
fn nothing_in_doubt_can_be_taken_out() {
    let sending = through(1, &[ACCEPTED, begun(0)]);
    assert!(sending.after(Event::Discarded).is_err());
    let unknown = sending.after(Event::Restarted).unwrap();
    assert_eq!(unknown.state, State::Unknown);
    assert!(unknown.after(Event::Discarded).is_err());
    assert!(unknown.after(Event::Objected).is_err());
}

#[test]
fn an_old_file_sends_nothing_before_it_has_looked() {
    let queued = through(1, &[ACCEPTED]);
    let old = queued.after(Event::Rewound).unwrap();
    assert_eq!(old.state, State::Unknown);
    assert_eq!(next(&old, at(0)), Next::Look);
    assert!(
        old.after(begun(0)).is_err(),
        "its key may have been used and lapsed"
    );
    let not_seen = old
        .after(looked(Looked::NotSeen, 0, Nature::Keyed))
        .unwrap();
    assert_eq!(
        not_seen.state,
        State::Unknown,
        "something may still be on its way"
    );
    let later = not_seen
        .after(looked(Looked::NotSeen, 10, Nature::Keyed))
        .unwrap();
    assert_eq!(later.state, State::NeedsReview);
    let done = through(1, &[ACCEPTED, begun(0), answered(Answer::Done)]);
    assert_eq!(
        done.after(Event::Rewound).unwrap(),
        done,
        "what was done stays done"
    );
}

#[test]
fn what_was_turned_away_waits_longer_each_time_and_its_key_stays_new() {
    let mut progress = through(1, &[ACCEPTED]);
    let mut before = Duration::ZERO;
    for times in 1..=20 {
        progress = progress
            .after(begun(times))
            .and_then(|progress| progress.after(answered(Answer::NotSent)))
            .unwrap();
        assert_eq!(progress.key_used, None);
        let wait = wait_before(progress.turned_away, 0);
        assert!(wait >= before && wait <= Duration::from_secs(300));
        assert!(matches!(next(&progress, at(0)), Next::Wait(_)));
        before = wait;
    }
    assert_eq!(next(&progress, at(0) + TimeDelta::minutes(6)), Next::Send);
}

#[test]
fn only_what_waits_for_approval_can_be_approved() {
    let waiting = Progress::new(1)
        .after(Event::Accepted {
            needs_approval: true,
        })
        .unwrap();
    assert_eq!(next(&waiting, at(0)), Next::Nothing);
    assert_eq!(waiting.after(Event::Approved).unwrap().state, State::Queued);
    assert!(through(1, &[ACCEPTED]).after(Event::Approved).is_err());
}

#[test]
fn nobody_looks_for_the_same_thing_all_the_time() {
    let mut unknown = through(1, &[ACCEPTED, begun(0), answered(Answer::Lost)]);
    assert_eq!(next(&unknown, at(0)), Next::Look, "at once the first time");
    for (minutes, wait) in [(1, 1), (2, 2), (4, 3), (7, 4)] {
        unknown = unknown
            .after(looked(Looked::NotSeen, minutes, Nature::Once))
            .unwrap();
        assert_eq!(
            next(&unknown, at(minutes)),
            Next::Wait(at(minutes + wait)),
            "after {minutes} minutes"
        );
    }
    let pending = through(1, &[ACCEPTED, begun(0), answered(Answer::Pending)]);
    let pending = pending
        .after(looked(Looked::Pending, 0, Nature::Keyed))
        .unwrap();
    assert_eq!(next(&pending, at(0)), Next::Wait(at(15)));
}

#[test]
fn every_word_reads_back() {
    for state in State::ALL {
        assert_eq!(State::parse(state.as_str()), Some(state));
    }
    assert_eq!(State::parse("asleep"), None);
}
