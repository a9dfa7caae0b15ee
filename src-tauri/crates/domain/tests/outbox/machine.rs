//! The machine driven by whatever can happen to a program and a network.

use crate::ledger::{Ledger, Outcome};
use chrono::{DateTime, TimeDelta, Utc};
use coffer_domain::outbox::{Answer, Event, Nature, Next, Progress, State, next};
use proptest::prelude::*;
use proptest_state_machine::{ReferenceStateMachine, StateMachineTest};

/// How a request fares.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Way {
    Answered,
    /// No connection.
    NoConnection,
    /// Turned away unread: too many requests, a lock.
    TurnedAway,
    /// The same key is being answered.
    InUse,
    /// It never arrives, and nobody says so.
    LostBefore,
    /// It is done, and the answer is lost or cut short.
    LostAfter,
    /// It is done, and an error is answered and kept.
    BrokenAfter,
    /// Nothing is done, and an error is answered and kept.
    BrokenBefore,
    /// It arrives so many minutes later.
    Late(u8),
    /// The key may not do this.
    NotAllowed,
}

/// What can happen.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Step {
    /// The runner takes its next step; requests fare so.
    Run(Way),
    /// The program is killed after it wrote `sending`, before or after the request was carried out.
    Killed {
        arrived: bool,
    },
    /// The program starts.
    Restart,
    /// Time passes at the provider and here.
    Minutes(u16),
    /// This machine's clock jumps.
    Jump(i32),
    /// Somebody else changes the object, or changes it back.
    Elsewhere(bool),
    /// What was approved is not so any more.
    Object,
    Approve,
    Discard,
    Insist,
    /// An old file is put back: what is known of the progress is what it was then.
    Rewind,
}

/// The reference knows what kind of operation it is; everything else is the ledger's.
#[derive(Debug, Clone)]
pub(crate) struct Kind {
    nature: Nature,
    steps: u8,
    approval: bool,
}

pub(crate) struct Reference;

impl ReferenceStateMachine for Reference {
    type State = Kind;
    type Transition = Step;

    fn init_state() -> BoxedStrategy<Kind> {
        let nature = prop_oneof![
            4 => Just(Nature::Keyed),
            2 => Just(Nature::Repeatable),
            2 => Just(Nature::Once)
        ];
        (nature, 1u8..=2, any::<bool>())
            .prop_map(|(nature, steps, approval)| Kind {
                nature,
                steps,
                approval,
            })
            .boxed()
    }

    fn transitions(_: &Kind) -> BoxedStrategy<Step> {
        let way = prop_oneof![
            4 => Just(Way::Answered),
            1 => Just(Way::NoConnection),
            1 => Just(Way::TurnedAway),
            1 => Just(Way::InUse),
            2 => Just(Way::LostBefore),
            2 => Just(Way::LostAfter),
            1 => Just(Way::BrokenAfter),
            1 => Just(Way::BrokenBefore),
            1 => (0u8..10).prop_map(Way::Late),
            1 => Just(Way::NotAllowed),
        ];
        prop_oneof![
            8 => way.prop_map(Step::Run),
            1 => any::<bool>().prop_map(|arrived| Step::Killed { arrived }),
            2 => Just(Step::Restart),
            2 => (0u16..3_000).prop_map(Step::Minutes),
            1 => (-100_000i32..100_000).prop_map(Step::Jump),
            1 => any::<bool>().prop_map(Step::Elsewhere),
            1 => Just(Step::Object),
            2 => Just(Step::Approve),
            1 => Just(Step::Discard),
            2 => Just(Step::Insist),
            1 => Just(Step::Rewind),
        ]
        .boxed()
    }

    fn apply(state: Kind, _: &Step) -> Kind {
        state
    }
}

/// The machine with its provider.
pub(crate) struct OutboxTest {
    kind: Kind,
    progress: Progress,
    /// What an old file would say.
    old: Progress,
    ledger: Ledger,
    machine_now: DateTime<Utc>,
    /// Times that a person let it go on although it was not known.
    consents: u32,
}

impl OutboxTest {
    fn key(&self) -> String {
        format!("{}-{}", self.progress.step, self.progress.generation)
    }

    fn step(&mut self, event: Event) -> bool {
        match self.progress.after(event) {
            Ok(after) => {
                self.progress = after;
                true
            }
            Err(_) => false,
        }
    }

    fn begin(&mut self) -> bool {
        self.step(Event::Begun {
            provider_now: self.ledger.now,
            nature: self.kind.nature,
        })
    }

    fn run(&mut self, way: Way) {
        match next(&self.progress, self.machine_now) {
            Next::Send => {
                assert!(self.begin(), "what is to be sent can be begun");
                self.send(way);
            }
            Next::Look => {
                let looked = self.ledger.look(self.progress.step);
                let provider_now = self.ledger.now;
                let nature = self.kind.nature;
                assert!(self.step(Event::Looked {
                    looked,
                    provider_now,
                    nature,
                    now: self.machine_now,
                }));
                if self.progress.may_repeat(provider_now, nature) {
                    assert!(self.begin(), "what may be repeated can be begun");
                    self.send(way);
                }
            }
            Next::Wait(until) => assert!(until > self.machine_now),
            Next::Nothing => {}
        }
    }

    fn send(&mut self, way: Way) {
        let (key, step, nature) = (self.key(), self.progress.step, self.kind.nature);
        let answer = match way {
            Way::Answered => said(self.ledger.arrive(&key, step, nature, false)),
            Way::NoConnection | Way::TurnedAway => Answer::NotSent,
            Way::InUse | Way::LostBefore => Answer::Lost,
            Way::LostAfter => {
                self.ledger.arrive(&key, step, nature, false);
                Answer::Lost
            }
            Way::BrokenAfter => said(self.ledger.arrive(&key, step, nature, true)),
            Way::BrokenBefore => said(self.ledger.break_before(&key, nature)),
            Way::Late(minutes) => {
                let by = TimeDelta::minutes(i64::from(minutes));
                self.ledger.delay(&key, step, nature, by);
                Answer::Lost
            }
            Way::NotAllowed => Answer::NotAllowed,
        };
        let now = self.machine_now;
        assert!(self.step(Event::Answered {
            answer,
            now,
            jitter: 0
        }));
    }

    /// The program dies with the request under way.
    fn die(&mut self, arrived: bool) {
        let begun = match self.progress.state {
            State::Queued => self.begin(),
            _ => false,
        };
        if begun && arrived {
            let (key, step, nature) = (self.key(), self.progress.step, self.kind.nature);
            self.ledger.arrive(&key, step, nature, false);
        }
    }
}

fn said(outcome: Outcome) -> Answer {
    match outcome {
        Outcome::Done => Answer::Done,
        Outcome::Refused => Answer::Refused,
        Outcome::Broken => Answer::Lost,
    }
}

impl StateMachineTest for OutboxTest {
    type SystemUnderTest = Self;
    type Reference = Reference;

    fn init_test(kind: &Kind) -> Self {
        let progress = Progress::new(kind.steps)
            .after(Event::Accepted {
                needs_approval: kind.approval,
            })
            .unwrap();
        Self {
            kind: kind.clone(),
            old: progress.clone(),
            progress,
            ledger: Ledger::new(),
            machine_now: DateTime::from_timestamp(1_800_000_000, 0).unwrap(),
            consents: 0,
        }
    }

    fn apply(mut test: Self, _: &Kind, step: Step) -> Self {
        let before = test.progress.clone();
        match step {
            Step::Run(way) => test.run(way),
            Step::Killed { arrived } => test.die(arrived),
            Step::Restart => assert!(test.step(Event::Restarted), "a restart is always possible"),
            Step::Minutes(minutes) => {
                let time = TimeDelta::minutes(i64::from(minutes));
                test.ledger.pass(time);
                test.machine_now += time;
            }
            Step::Jump(seconds) => test.machine_now += TimeDelta::seconds(i64::from(seconds)),
            Step::Elsewhere(refuses) => test.ledger.refuses = refuses,
            Step::Object => {
                test.step(Event::Objected);
            }
            Step::Approve => {
                test.step(Event::Approved);
            }
            Step::Discard => {
                test.step(Event::Discarded);
            }
            Step::Insist => {
                if before.state == State::NeedsReview && before.in_doubt {
                    test.consents += 1;
                }
                test.step(Event::Insisted);
            }
            Step::Rewind => {
                let now = std::mem::replace(&mut test.progress, test.old.clone());
                // Only what came later is forgotten; the file then knows that it is old.
                test.old = now;
                assert!(test.step(Event::Rewound));
                test.old = test.progress.clone();
            }
        }
        if matches!(step, Step::Run(_)) && before.state == State::Queued {
            // Somebody makes a backup just before it is sent.
            test.old = before;
        }
        test
    }

    fn check_invariants(test: &Self, _: &Kind) {
        let Progress {
            state,
            step,
            steps,
            in_doubt,
            ..
        } = test.progress;
        for (of, times) in &test.ledger.effects {
            assert!(*times <= 1, "step {of} was done {times} times");
        }
        assert!(step < steps);
        let done = |step: u8| test.ledger.done(step);
        match state {
            State::Done | State::Pending => {
                assert!((0..steps).all(done), "shown as done and was not");
            }
            State::Refused => assert!(!done(0), "shown as refused and was done"),
            State::Draft | State::AwaitingApproval => assert!(!done(0)),
            State::Queued => {
                assert!(!in_doubt, "what is in doubt is not sent as if it were new");
                assert!(!done(step), "waits to be sent and was done");
            }
            State::Discarded | State::NeedsReview if !in_doubt => {
                assert!(!done(step), "shown as not done and was done");
            }
            State::Discarded | State::NeedsReview => {
                assert!(
                    !done(step),
                    "not seen, although it was done before anybody looked"
                );
            }
            State::Unknown => assert!(in_doubt),
            State::Sending => {}
        }
    }
}
