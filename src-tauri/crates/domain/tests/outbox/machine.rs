//! The machine driven by whatever can happen to a program, a network and a hand on the mouse.
//!
//! There are two books, live and test, each with its runner and its ledger at the provider. A person looks at one of them and
//! acts there; what waits in the other goes on.

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

/// What can happen. A mode is a number: the books' place.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Step {
    /// The runner of a mode takes its next step; requests fare so.
    Run(usize, Way),
    /// The program is killed after it wrote `sending` in a mode, before or after the request was carried out.
    Killed {
        mode: usize,
        arrived: bool,
    },
    /// The program starts.
    Restart,
    /// Time passes at the provider and here.
    Minutes(u16),
    /// This machine's clock jumps.
    Jump(i32),
    /// Somebody else changes a mode's object, or changes it back.
    Elsewhere(usize, bool),
    /// The other mode is looked at.
    Switch,
    /// The very same action is submitted twice at once, in the mode that is looked at.
    ClickedTwice,
    /// What was approved is not so any more.
    Object,
    Approve,
    Discard,
    Insist,
    /// An old file of a mode is put back: what is known is what it was then.
    Rewind(usize),
}

/// The modes by name.
const MODES: [&str; 2] = ["live", "test"];

/// What kind of operation is done in a mode.
#[derive(Debug, Clone)]
pub(crate) struct Kind {
    nature: Nature,
    steps: u8,
    approval: bool,
}

/// The reference knows what is done in each mode and which one is looked at; everything else is the ledgers'.
#[derive(Debug, Clone)]
pub(crate) struct Known {
    kinds: [Kind; 2],
    view: usize,
}

pub(crate) struct Reference;

impl ReferenceStateMachine for Reference {
    type State = Known;
    type Transition = Step;

    fn init_state() -> BoxedStrategy<Known> {
        let nature = || {
            prop_oneof![
                4 => Just(Nature::Keyed),
                2 => Just(Nature::Repeatable),
                2 => Just(Nature::Once)
            ]
        };
        let kind = || {
            (nature(), 1u8..=2, any::<bool>()).prop_map(|(nature, steps, approval)| Kind {
                nature,
                steps,
                approval,
            })
        };
        ([kind(), kind()], 0usize..2)
            .prop_map(|(kinds, view)| Known { kinds, view })
            .boxed()
    }

    fn transitions(_: &Known) -> BoxedStrategy<Step> {
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
            10 => (0usize..2, way).prop_map(|(mode, way)| Step::Run(mode, way)),
            1 => (0usize..2, any::<bool>()).prop_map(|(mode, arrived)| Step::Killed { mode, arrived }),
            2 => Just(Step::Restart),
            2 => (0u16..3_000).prop_map(Step::Minutes),
            1 => (-100_000i32..100_000).prop_map(Step::Jump),
            1 => (0usize..2, any::<bool>()).prop_map(|(mode, refuses)| Step::Elsewhere(mode, refuses)),
            2 => Just(Step::Switch),
            2 => Just(Step::ClickedTwice),
            1 => Just(Step::Object),
            2 => Just(Step::Approve),
            1 => Just(Step::Discard),
            2 => Just(Step::Insist),
            1 => (0usize..2).prop_map(Step::Rewind),
        ]
        .boxed()
    }

    fn apply(mut known: Known, step: &Step) -> Known {
        if matches!(step, Step::Switch) {
            known.view = 1 - known.view;
        }
        known
    }
}

/// An operation as the file keeps it.
#[derive(Debug, Clone)]
struct Operation {
    mark: String,
    progress: Progress,
}

impl Operation {
    fn key(&self) -> String {
        let Progress {
            step, generation, ..
        } = self.progress;
        format!("{}-{step}-{generation}", self.mark)
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
}

/// The file of a mode with its provider. All its operations are about one object.
struct Book {
    kind: Kind,
    file: Vec<Operation>,
    /// What an old file would say.
    old: Vec<Operation>,
    ledger: Ledger,
}

impl Book {
    /// Accepts an operation unless one is open. Marks are never given twice, whatever a file forgot.
    fn submit(&mut self, mark: String) -> bool {
        if self.file.iter().any(|it| it.progress.state.is_open()) {
            return false;
        }
        let progress = Progress::new(self.kind.steps)
            .after(Event::Accepted {
                needs_approval: self.kind.approval,
            })
            .unwrap();
        self.file.push(Operation { mark, progress });
        true
    }

    fn begin(&mut self, n: usize) -> bool {
        let event = Event::Begun {
            provider_now: self.ledger.now,
            nature: self.kind.nature,
        };
        self.file[n].step(event)
    }

    fn run(&mut self, way: Way, now: DateTime<Utc>) {
        for n in 0..self.file.len() {
            match next(&self.file[n].progress, now) {
                Next::Send => {
                    // Somebody makes a backup just before it is sent.
                    self.old = self.file.clone();
                    assert!(self.begin(n), "what is to be sent can be begun");
                    self.send(n, way, now);
                }
                Next::Look => self.look(n, way, now),
                Next::Wait(until) => assert!(until > now),
                Next::Nothing => {}
            }
        }
    }

    fn look(&mut self, n: usize, way: Way, now: DateTime<Utc>) {
        let (provider_now, nature) = (self.ledger.now, self.kind.nature);
        let operation = &mut self.file[n];
        let looked = self.ledger.look(&operation.mark, operation.progress.step);
        assert!(operation.step(Event::Looked {
            looked,
            provider_now,
            nature,
            now,
        }));
        if operation.progress.may_repeat(provider_now, nature) {
            assert!(self.begin(n), "what may be repeated can be begun");
            self.send(n, way, now);
        }
    }

    fn send(&mut self, n: usize, way: Way, now: DateTime<Utc>) {
        let (key, step, nature) = self.request(n);
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
        assert!(self.file[n].step(Event::Answered {
            answer,
            now,
            jitter: 0
        }));
    }

    fn request(&self, n: usize) -> (String, u8, Nature) {
        let operation = &self.file[n];
        (operation.key(), operation.progress.step, self.kind.nature)
    }

    /// The program dies with a request under way.
    fn die(&mut self, arrived: bool) {
        for n in 0..self.file.len() {
            if self.file[n].progress.state == State::Queued && self.begin(n) && arrived {
                let (key, step, nature) = self.request(n);
                self.ledger.arrive(&key, step, nature, false);
            }
        }
    }

    /// What came after the old file is forgotten; the file then knows that it is old.
    fn rewind(&mut self) {
        self.file = self.old.clone();
        for operation in &mut self.file {
            assert!(operation.step(Event::Rewound));
        }
        self.old = self.file.clone();
    }

    /// A person does something with the operation that was accepted last.
    fn by_hand(&mut self, event: Event) {
        if let Some(operation) = self.file.last_mut() {
            operation.step(event);
        }
    }
}

/// The machine with its provider, twice.
pub(crate) struct OutboxTest {
    books: [Book; 2],
    view: usize,
    machine_now: DateTime<Utc>,
    submitted: u32,
}

impl OutboxTest {
    /// Two clicks are two requests at once; of the second one nothing may come while the first is open.
    fn clicked_twice(&mut self, mode: &str) {
        let mut taken = 0;
        for _ in 0..2 {
            self.submitted += 1;
            let mark = format!("{mode}{}", self.submitted);
            taken += u32::from(self.books[self.view].submit(mark));
        }
        assert!(taken <= 1, "two clicks became two operations");
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

    fn init_test(known: &Known) -> Self {
        let book = |mode: usize| {
            let mut book = Book {
                kind: known.kinds[mode].clone(),
                file: Vec::new(),
                old: Vec::new(),
                ledger: Ledger::new(),
            };
            assert!(book.submit(format!("{}0", MODES[mode])));
            book.old = book.file.clone();
            book
        };
        Self {
            books: [book(0), book(1)],
            view: known.view,
            machine_now: DateTime::from_timestamp(1_800_000_000, 0).unwrap(),
            submitted: 0,
        }
    }

    fn apply(mut test: Self, known: &Known, step: Step) -> Self {
        let now = test.machine_now;
        match step {
            Step::Run(mode, way) => test.books[mode].run(way, now),
            Step::Killed { mode, arrived } => test.books[mode].die(arrived),
            Step::Restart => {
                for operation in test.books.iter_mut().flat_map(|book| &mut book.file) {
                    assert!(
                        operation.step(Event::Restarted),
                        "a restart is always possible"
                    );
                }
            }
            Step::Minutes(minutes) => {
                let time = TimeDelta::minutes(i64::from(minutes));
                for book in &mut test.books {
                    book.ledger.pass(time);
                }
                test.machine_now += time;
            }
            Step::Jump(seconds) => test.machine_now += TimeDelta::seconds(i64::from(seconds)),
            Step::Elsewhere(mode, refuses) => test.books[mode].ledger.refuses = refuses,
            Step::Switch => test.view = 1 - test.view,
            // What the person sees stands on the reference; where it goes is the program's doing.
            Step::ClickedTwice => test.clicked_twice(MODES[known.view]),
            Step::Object => test.books[test.view].by_hand(Event::Objected),
            Step::Approve => test.books[test.view].by_hand(Event::Approved),
            Step::Discard => test.books[test.view].by_hand(Event::Discarded),
            Step::Insist => test.books[test.view].by_hand(Event::Insisted),
            Step::Rewind(mode) => test.books[mode].rewind(),
        }
        test
    }

    fn check_invariants(test: &Self, known: &Known) {
        assert_eq!(test.view, known.view);
        for (book, mode) in test.books.iter().zip(MODES) {
            for ((mark, step), times) in &book.ledger.effects {
                assert!(*times <= 1, "step {step} of {mark} was done {times} times");
                assert!(mark.starts_with(mode), "{mark} was done in {mode} mode");
            }
            let open = book.file.iter().filter(|it| it.progress.state.is_open());
            assert!(open.count() <= 1, "two are open on one object");
            for operation in &book.file {
                assert!(operation.mark.starts_with(mode));
                told_rightly(operation, &book.ledger);
            }
        }
    }
}

/// Holds what is shown of an operation against what its ledger says.
fn told_rightly(operation: &Operation, ledger: &Ledger) {
    let Progress {
        state,
        step,
        steps,
        in_doubt,
        ..
    } = operation.progress;
    assert!(step < steps);
    let done = |step: u8| ledger.done(&operation.mark, step);
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
