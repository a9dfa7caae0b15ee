//! When a request may be sent: below the provider's limits in time and in number, and a person before a sync.
//!
//! One `Limits` belongs to one account and is shared by all its clients, because the provider counts all of them together.
//! Each path and the whole account are a lane with a beat and a room. The beat spaces requests evenly (no bursts), so that
//! no sliding second holds more than allowed even when the way there shakes them by fifty milliseconds. The room is how
//! many may be under way; part of it is never given to a sync. Both give way when the provider says that a limit was
//! passed, which one by its own word, and come back a little with each good answer: what else asks for the account is not
//! known here.
//!
//! It is code of our own because beat and room change while the program runs and because a person must overtake what
//! already waits; the rate limiters at hand have fixed quotas and serve whoever comes. It counts nothing over a month;
//! `Usage` tells that. The invariant: nobody who gave up waiting holds a place, and no background request is let in while
//! a person waits.

use crate::http::base::ApiBase;
use crate::http::client::Verb;
use crate::http::options::{ClientOptions, Haste, Pacing};
use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::{Instant, timeout_at};

/// How many requests a provider allows each second, as we use it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Rates {
    /// For everything together.
    pub(crate) overall: u32,
    /// For one path.
    pub(crate) each_path: u32,
    /// For one path that searches.
    pub(crate) search: u32,
}

/// What a lane is known by: the provider counts each verb of a path by itself.
pub(crate) type LaneKey = (Verb, &'static str);

/// The most requests under way on one path.
const PATH_ROOM_MAX: usize = 8;
/// Places of a path that only a person gets.
const PATH_RESERVE: usize = 1;
/// Places of the account that only a person gets.
const OVERALL_RESERVE: usize = 2;
/// Good answers that widen a room by one.
const GOOD_FOR_MORE: u32 = 10;
/// The slowest beat, as a part of the full one.
const SLOWEST: u64 = 16;
/// Good answers that bring half a beat back to the full one.
const GOOD_FOR_FULL: u64 = 32;
/// A slot that is used at most this late counts as used in time, so that timers on a busy machine do not eat the rate. With
/// fifty milliseconds of shaking on the way, 92 a second stay below 100 and 23 below 26 in every second.
const LATE_OVERALL: Duration = Duration::from_millis(30);
/// The same for one path.
const LATE_ON_A_PATH: Duration = Duration::from_millis(20);

/// How often, in thousandths of a request each second.
#[derive(Debug)]
struct Beat {
    late: Duration,
    full: u64,
    rate: u64,
    next: Option<Instant>,
    slowed_at: Option<Instant>,
}

impl Beat {
    fn new(each_second: u32, late: Duration) -> Self {
        let full = u64::from(each_second.max(1)) * 1_000;
        Self {
            late,
            full,
            rate: full,
            next: None,
            slowed_at: None,
        }
    }

    fn interval(&self) -> Duration {
        Duration::from_nanos(1_000_000_000_000 / self.rate.max(1))
    }

    /// Takes the slot that is due.
    fn take(&mut self, now: Instant) {
        let slot = self
            .next
            .filter(|slot| now.saturating_duration_since(*slot) <= self.late)
            .unwrap_or(now);
        self.next = Some(slot + self.interval());
    }

    /// Half as often. Requests that went out before the last slowing tell nothing new.
    fn slow(&mut self, sent: Instant, now: Instant) {
        if self.slowed_at.is_some_and(|slowed| sent <= slowed) {
            return;
        }
        self.rate = (self.rate / 2).max(self.full / SLOWEST);
        self.slowed_at = Some(now);
        self.next = Some(now + self.interval());
    }

    fn recover(&mut self) {
        self.rate = (self.rate + self.full / (2 * GOOD_FOR_FULL)).min(self.full);
    }
}

/// How many at once.
#[derive(Debug)]
struct Room {
    reserve: usize,
    most: usize,
    size: usize,
    busy: usize,
    good: u32,
    halved_at: Option<Instant>,
}

impl Room {
    fn new(most: usize, reserve: usize) -> Self {
        let most = most.max(reserve + 1);
        Self {
            reserve,
            most,
            size: most,
            busy: 0,
            good: 0,
            halved_at: None,
        }
    }

    const fn takes(&self, haste: Haste) -> bool {
        match haste {
            Haste::Person => self.busy < self.size,
            Haste::Background => self.busy < self.size.saturating_sub(self.reserve),
        }
    }

    /// Half as many, but never so few that a sync stands still or a person finds no place.
    fn halve(&mut self, sent: Instant, now: Instant) {
        if self.halved_at.is_some_and(|halved| sent <= halved) {
            return;
        }
        self.size = (self.size / 2).max(self.reserve + 1);
        self.good = 0;
        self.halved_at = Some(now);
    }

    const fn widen(&mut self) {
        self.good += 1;
        if self.good >= GOOD_FOR_MORE {
            self.good = 0;
            if self.size < self.most {
                self.size += 1;
            }
        }
    }
}

/// One path, or the whole account.
#[derive(Debug)]
struct Lane {
    beat: Option<Beat>,
    room: Room,
}

impl Lane {
    /// Nothing but time stands in the way: when it will be out of it.
    fn due(&self) -> Option<Instant> {
        self.beat.as_ref().and_then(|beat| beat.next)
    }

    fn enter(&mut self, now: Instant) {
        self.room.busy += 1;
        if let Some(beat) = &mut self.beat {
            beat.take(now);
        }
    }

    const fn leave(&mut self) {
        self.room.busy = self.room.busy.saturating_sub(1);
    }

    fn went_well(&mut self) {
        self.room.widen();
        if let Some(beat) = &mut self.beat {
            beat.recover();
        }
    }

    fn slow(&mut self, sent: Instant, now: Instant) {
        if let Some(beat) = &mut self.beat {
            beat.slow(sent, now);
        }
    }
}

/// Somebody who waits to be let in.
struct Waiting {
    ticket: u64,
    lane: LaneKey,
    haste: Haste,
    bell: Arc<Notify>,
}

struct Board {
    /// `None` where nothing is spread out in time.
    rates: Option<Rates>,
    path_room: usize,
    overall: Lane,
    paths: HashMap<LaneKey, Lane>,
    /// Persons first, each group in order of arrival.
    waiting: VecDeque<Waiting>,
    /// Who was let in and has not taken notice yet.
    admitted: Vec<u64>,
    tickets: u64,
}

/// What may be let in.
enum Turn {
    Now,
    /// At this instant, unless somebody leaves earlier.
    At(Instant),
    /// When somebody leaves.
    Later,
}

impl Board {
    fn path(&mut self, key: LaneKey) -> &mut Lane {
        let (rates, room) = (self.rates, self.path_room);
        self.paths.entry(key).or_insert_with(|| Lane {
            beat: rates.map(|rates| {
                let rate = if key.1.ends_with("/search") {
                    rates.search
                } else {
                    rates.each_path
                };
                Beat::new(rate, LATE_ON_A_PATH)
            }),
            room: Room::new(room, PATH_RESERVE),
        })
    }

    fn turn(&mut self, key: LaneKey, haste: Haste, now: Instant) -> Turn {
        let path = self.path(key);
        let (room, due) = (path.room.takes(haste), path.due());
        if !room || !self.overall.room.takes(haste) {
            return Turn::Later;
        }
        match due.max(self.overall.due()) {
            Some(due) if due > now => Turn::At(due),
            _ => Turn::Now,
        }
    }

    /// Lets in whoever may come in now, a person first; tells when the next one may.
    fn serve(&mut self, now: Instant) -> Option<Instant> {
        let mut wake: Option<Instant> = None;
        let mut still = VecDeque::with_capacity(self.waiting.len());
        let mut a_person_waits = false;
        while let Some(one) = self.waiting.pop_front() {
            if a_person_waits && one.haste == Haste::Background {
                still.push_back(one);
                continue;
            }
            match self.turn(one.lane, one.haste, now) {
                Turn::Now => {
                    self.path(one.lane).enter(now);
                    self.overall.enter(now);
                    self.admitted.push(one.ticket);
                    one.bell.notify_one();
                    continue;
                }
                Turn::At(at) => wake = Some(wake.map_or(at, |wake| wake.min(at))),
                Turn::Later => {}
            }
            a_person_waits |= one.haste == Haste::Person;
            still.push_back(one);
        }
        self.waiting = still;
        wake
    }

    fn queue(&mut self, lane: LaneKey, haste: Haste) -> (u64, Arc<Notify>) {
        self.tickets += 1;
        let bell = Arc::new(Notify::new());
        let one = Waiting {
            ticket: self.tickets,
            lane,
            haste,
            bell: Arc::clone(&bell),
        };
        let place = match haste {
            Haste::Background => self.waiting.len(),
            Haste::Person => self
                .waiting
                .iter()
                .take_while(|other| other.haste == Haste::Person)
                .count(),
        };
        self.waiting.insert(place, one);
        (self.tickets, bell)
    }

    /// Whether this one was let in. Its notice is taken away.
    fn was_admitted(&mut self, ticket: u64) -> bool {
        let place = self.admitted.iter().position(|one| *one == ticket);
        place
            .map(|place| self.admitted.swap_remove(place))
            .is_some()
    }

    fn leave(&mut self, lane: LaneKey) {
        self.path(lane).leave();
        self.overall.leave();
    }

    fn is_first(&self, ticket: u64) -> bool {
        self.waiting.front().is_some_and(|one| one.ticket == ticket)
    }

    fn ring_first(&self) {
        if let Some(first) = self.waiting.front() {
            first.bell.notify_one();
        }
    }
}

/// What an answer says about limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Signal {
    /// The request was answered.
    Good,
    /// Too many each second on this path.
    PathRate,
    /// Too many each second.
    OverallRate,
    /// Too many at once on this path.
    PathRoom,
    /// Too many at once.
    OverallRoom,
    /// Nothing: it failed for a reason of its own.
    Nothing,
}

/// The limits of one account at a provider, shared by every client that asks for it.
pub struct Limits {
    board: Mutex<Board>,
}

impl Limits {
    pub(crate) fn new(rates: Rates, base: &ApiBase, options: &ClientOptions) -> Self {
        let paced = match options.pacing {
            Pacing::Automatic => !base.is_loopback(),
            Pacing::Always => true,
            Pacing::Never => false,
        };
        let rates = paced.then_some(rates);
        let most = options.concurrency_max;
        Self {
            board: Mutex::new(Board {
                rates,
                path_room: PATH_ROOM_MAX.min(most),
                overall: Lane {
                    beat: rates.map(|rates| Beat::new(rates.overall, LATE_OVERALL)),
                    room: Room::new(most, OVERALL_RESERVE),
                },
                paths: HashMap::new(),
                waiting: VecDeque::new(),
                admitted: Vec::new(),
                tickets: 0,
            }),
        }
    }

    fn board(&self) -> MutexGuard<'_, Board> {
        // Nothing that holds it can fail half-way.
        self.board.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until a request may be sent. It is under way until what this returns is dropped.
    pub(crate) async fn enter(self: &Arc<Self>, lane: LaneKey, haste: Haste) -> Entry {
        let (ticket, bell) = self.board().queue(lane, haste);
        let mut place = Place {
            limits: Arc::clone(self),
            ticket,
            lane,
            admitted: false,
        };
        loop {
            let wake = {
                let mut board = self.board();
                let wake = board.serve(Instant::now());
                if board.was_admitted(ticket) {
                    place.admitted = true;
                    // Somebody else has to watch the time from now on.
                    board.ring_first();
                    break;
                }
                // The first in the queue watches the time for all.
                wake.filter(|_| board.is_first(ticket))
            };
            match wake {
                // Either way it is time to look again.
                Some(at) => drop(timeout_at(at, bell.notified()).await),
                None => bell.notified().await,
            }
        }
        Entry {
            sent: Instant::now(),
            place,
        }
    }
}

impl fmt::Debug for Limits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let board = self.board();
        f.debug_struct("Limits")
            .field("under_way", &board.overall.room.busy)
            .field("room", &board.overall.room.size)
            .field("waiting", &board.waiting.len())
            .finish_non_exhaustive()
    }
}

/// A place in the queue, then one among those under way. Both end when it is dropped.
struct Place {
    limits: Arc<Limits>,
    ticket: u64,
    lane: LaneKey,
    admitted: bool,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut board = self.limits.board();
        board.waiting.retain(|one| one.ticket != self.ticket);
        if self.admitted || board.was_admitted(self.ticket) {
            board.leave(self.lane);
        }
        // Whoever is let in by this is woken; who watches the time must learn that it may come sooner, or is another one now.
        let _ = board.serve(Instant::now());
        board.ring_first();
    }
}

/// A request under way.
pub(crate) struct Entry {
    place: Place,
    sent: Instant,
}

impl Entry {
    /// The request has an outcome.
    pub(crate) fn answered(self, signal: Signal) {
        let now = Instant::now();
        {
            let mut board = self.place.limits.board();
            let lane = self.place.lane;
            match signal {
                Signal::Good => {
                    board.path(lane).went_well();
                    board.overall.went_well();
                }
                Signal::PathRate => board.path(lane).slow(self.sent, now),
                Signal::OverallRate => board.overall.slow(self.sent, now),
                Signal::PathRoom => board.path(lane).room.halve(self.sent, now),
                Signal::OverallRoom => board.overall.room.halve(self.sent, now),
                Signal::Nothing => {}
            }
        }
        drop(self);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::task::JoinSet;

    const LIVE: Rates = Rates {
        overall: 92,
        each_path: 23,
        search: 18,
    };
    const A: LaneKey = (Verb::Get, "/v1/a");
    const B: LaneKey = (Verb::Get, "/v1/b");

    fn limits(pacing: Pacing, concurrency_max: usize) -> Arc<Limits> {
        let base = ApiBase::loopback("http://127.0.0.1:1").unwrap();
        let options = ClientOptions {
            pacing,
            concurrency_max,
            ..ClientOptions::default()
        };
        Arc::new(Limits::new(LIVE, &base, &options))
    }

    fn room(limits: &Limits, lane: Option<LaneKey>) -> usize {
        let mut board = limits.board();
        match lane {
            Some(lane) => board.path(lane).room.size,
            None => board.overall.room.size,
        }
    }

    fn rate(limits: &Limits, lane: Option<LaneKey>) -> u64 {
        let mut board = limits.board();
        let lane = match lane {
            Some(lane) => board.path(lane),
            None => &mut board.overall,
        };
        lane.beat.as_ref().unwrap().rate
    }

    /// Lets in as fast as may be and tells when each came in, in microseconds.
    async fn let_in(limits: &Arc<Limits>, lanes: &[LaneKey], each: usize) -> Vec<(LaneKey, u64)> {
        let begun = Instant::now();
        let mut all = JoinSet::new();
        for lane in lanes.iter().cycle().take(each * lanes.len()) {
            let (limits, lane) = (Arc::clone(limits), *lane);
            all.spawn(async move {
                let entry = limits.enter(lane, Haste::Background).await;
                let at = u64::try_from(begun.elapsed().as_micros()).unwrap();
                tokio::time::sleep(Duration::from_millis(120)).await;
                entry.answered(Signal::Good);
                (lane, at)
            });
        }
        let mut times = all.join_all().await;
        times.sort_by_key(|(_, at)| *at);
        times
    }

    /// The most within any stretch of a second that shaking by 50 ms may have pushed together.
    fn fullest(times: &[u64]) -> usize {
        let within = |from: u64| {
            let own = times
                .iter()
                .filter(|at| (from..from + 1_050_000).contains(*at));
            own.count()
        };
        times.iter().map(|from| within(*from)).max().unwrap()
    }

    #[tokio::test(start_paused = true)]
    async fn no_second_holds_more_than_allowed_and_none_is_wasted() {
        let paths = [
            A,
            B,
            (Verb::Get, "/v1/c"),
            (Verb::Get, "/v1/d"),
            (Verb::Get, "/v1/e"),
            (Verb::Post, "/v1/e"),
            (Verb::Get, "/v1/a/search"),
        ];
        let limits = limits(Pacing::Always, 200);
        let times = let_in(&limits, &paths, 60).await;
        let all: Vec<u64> = times.iter().map(|(_, at)| *at).collect();
        assert!(fullest(&all) <= 100, "{}", fullest(&all));
        for path in paths {
            let own: Vec<u64> = times
                .iter()
                .filter(|(lane, _)| *lane == path)
                .map(|(_, at)| *at)
                .collect();
            let most = if path.1.ends_with("search") { 20 } else { 25 };
            assert!(fullest(&own) <= most, "{path:?}: {}", fullest(&own));
        }
        let seconds = *all.last().unwrap() as f64 / 1e6;
        assert!(seconds < 420.0 / 92.0 * 1.05, "{seconds} for 420 requests");
        assert!(limits.board().waiting.is_empty() && limits.board().admitted.is_empty());
        assert_eq!(limits.board().overall.room.busy, 0);
    }

    #[tokio::test(start_paused = true)]
    async fn one_path_has_a_beat_of_its_own() {
        let limits = limits(Pacing::Always, 200);
        let times = let_in(&limits, &[A], 70).await;
        let all: Vec<u64> = times.iter().map(|(_, at)| *at).collect();
        assert!(fullest(&all) <= 25);
        let seconds = *all.last().unwrap() as f64 / 1e6;
        assert!((2.9..3.2).contains(&seconds), "{seconds} for 70 requests");
    }

    #[tokio::test(start_paused = true)]
    async fn after_a_rest_there_is_no_burst() {
        let limits = limits(Pacing::Always, 200);
        drop(limits.enter(A, Haste::Background).await);
        tokio::time::sleep(Duration::from_secs(60)).await;
        let times = let_in(&limits, &[A], 3).await;
        let all: Vec<u64> = times.iter().map(|(_, at)| *at).collect();
        assert!(all[2] >= 80_000, "{all:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_person_goes_before_everything_that_waits() {
        let limits = limits(Pacing::Always, 200);
        let (tell, mut told) = tokio::sync::mpsc::unbounded_channel();
        let mut all = JoinSet::new();
        let mut come = |lane, haste, name: &'static str| {
            let (limits, tell) = (Arc::clone(&limits), tell.clone());
            all.spawn(async move {
                let entry = limits.enter(lane, haste).await;
                tell.send(name).unwrap();
                entry.answered(Signal::Good);
            });
        };
        for _ in 0..40 {
            come(A, Haste::Background, "sync");
            come(B, Haste::Background, "sync");
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
        let before = told.len();
        for _ in 0..3 {
            come(A, Haste::Person, "person");
        }
        all.join_all().await;
        let mut names = Vec::new();
        told.recv_many(&mut names, 200).await;
        let after = names.split_off(before);
        assert_eq!(after[..3], ["person"; 3], "{before} had gone before");
        assert_eq!(after.len() + before, 83);
    }

    #[tokio::test(start_paused = true)]
    async fn a_sync_never_takes_the_last_places() {
        for (most, syncs) in [(32, 30), (8, 6), (1, 1)] {
            let limits = limits(Pacing::Never, most);
            let mut held = Vec::new();
            for path in ["/1", "/2", "/3", "/4", "/5", "/6"] {
                for _ in 0..10 {
                    let lane = (Verb::Get, path);
                    let come = limits.enter(lane, Haste::Background);
                    if let Ok(entry) = tokio::time::timeout(Duration::from_millis(1), come).await {
                        held.push(entry);
                    }
                }
            }
            assert!(held.len() <= syncs, "{} of {most}", held.len());
            assert!(!held.is_empty(), "a sync goes on");
            let person = limits.enter((Verb::Get, "/1"), Haste::Person);
            let person = tokio::time::timeout(Duration::from_millis(1), person).await;
            assert!(person.is_ok(), "a person finds a place among {most}");
            assert!(limits.board().waiting.is_empty(), "who gave up is gone");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_path_is_never_asked_more_than_eight_at_once() {
        let limits = limits(Pacing::Never, 100);
        let mut held = Vec::new();
        for _ in 0..20 {
            let come = limits.enter(A, Haste::Person);
            if let Ok(entry) = tokio::time::timeout(Duration::from_millis(1), come).await {
                held.push(entry);
            }
        }
        assert_eq!(held.len(), 8);
        let waits = limits.enter(A, Haste::Background);
        let leaves = async {
            tokio::time::sleep(Duration::from_secs(1)).await;
            held.truncate(6);
        };
        let (entry, ()) = tokio::join!(waits, leaves);
        drop(entry);
    }

    #[tokio::test(start_paused = true)]
    async fn a_path_that_was_asked_too_often_is_asked_half_as_often_for_a_while() {
        let limits = limits(Pacing::Always, 32);
        let entries = [
            limits.enter(A, Haste::Background).await,
            limits.enter(A, Haste::Background).await,
            limits.enter(A, Haste::Background).await,
        ];
        for entry in entries {
            entry.answered(Signal::PathRate);
        }
        assert_eq!(rate(&limits, Some(A)), 11_500, "one burst is one fault");
        assert_eq!(rate(&limits, None), 92_000);
        assert_eq!(rate(&limits, Some(B)), 23_000);
        let times = let_in(&limits, &[A], 3).await;
        assert!(times[2].1 >= 200_000, "{times:?}");
        for _ in 0..8 {
            let entry = limits.enter(A, Haste::Background).await;
            entry.answered(Signal::PathRate);
        }
        assert_eq!(
            rate(&limits, Some(A)),
            23_000 / 16,
            "and never stands still"
        );
        for _ in 0..70 {
            let entry = limits.enter(A, Haste::Background).await;
            entry.answered(Signal::Good);
        }
        assert_eq!(rate(&limits, Some(A)), 23_000);
        let entry = limits.enter(A, Haste::Background).await;
        entry.answered(Signal::OverallRate);
        assert_eq!(rate(&limits, None), 46_000);
    }

    #[tokio::test(start_paused = true)]
    async fn room_is_halved_at_once_and_comes_back_one_by_one() {
        let limits = limits(Pacing::Never, 32);
        let both = [
            limits.enter(A, Haste::Background).await,
            limits.enter(A, Haste::Background).await,
        ];
        for entry in both {
            entry.answered(Signal::PathRoom);
        }
        assert_eq!((room(&limits, Some(A)), room(&limits, None)), (4, 32));
        tokio::time::sleep(Duration::from_millis(1)).await;
        for _ in 0..9 {
            limits
                .enter(A, Haste::Background)
                .await
                .answered(Signal::OverallRoom);
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        assert_eq!(room(&limits, None), 3, "one for a sync, two for a person");
        let entry = limits.enter(B, Haste::Background).await;
        let person = limits.enter(B, Haste::Person).await;
        drop((entry, person));
        for _ in 0..10 {
            limits
                .enter(A, Haste::Background)
                .await
                .answered(Signal::Good);
        }
        assert_eq!((room(&limits, Some(A)), room(&limits, None)), (5, 4));
        for _ in 0..400 {
            limits
                .enter(A, Haste::Background)
                .await
                .answered(Signal::Good);
        }
        assert_eq!((room(&limits, Some(A)), room(&limits, None)), (8, 32));
        limits
            .enter(A, Haste::Background)
            .await
            .answered(Signal::Nothing);
        assert_eq!((room(&limits, Some(A)), room(&limits, None)), (8, 32));
    }

    #[tokio::test(start_paused = true)]
    async fn nothing_is_paced_on_this_machine() {
        let limits = limits(Pacing::Automatic, 32);
        let begun = Instant::now();
        for _ in 0..1_000 {
            limits
                .enter(A, Haste::Background)
                .await
                .answered(Signal::PathRate);
        }
        assert_eq!(begun.elapsed(), Duration::ZERO);
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_gives_up_at_any_moment_leaves_nothing_behind() {
        let limits = limits(Pacing::Always, 4);
        let mut all = JoinSet::new();
        for number in 0..300_u64 {
            let limits = Arc::clone(&limits);
            all.spawn(async move {
                let lane = if number % 3 == 0 { A } else { B };
                let haste = if number % 7 == 0 {
                    Haste::Person
                } else {
                    Haste::Background
                };
                let patience = Duration::from_millis(number * 37 % 4_000);
                let come = async {
                    let entry = limits.enter(lane, haste).await;
                    tokio::time::sleep(Duration::from_millis(number * 13 % 90)).await;
                    entry.answered(Signal::Good);
                };
                tokio::time::timeout(patience, come).await.is_ok()
            });
        }
        let done = all.join_all().await;
        assert!(done.iter().filter(|done| **done).count() > 50);
        let board = limits.board();
        assert!(board.waiting.is_empty() && board.admitted.is_empty());
        assert_eq!(board.overall.room.busy, 0);
        assert!(board.paths.values().all(|lane| lane.room.busy == 0));
    }
}
