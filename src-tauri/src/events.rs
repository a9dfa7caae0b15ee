//! Tells the page which kinds changed, at most ten times a second for each mode.
//!
//! The page asks again for what it shows; nothing but the names of kinds is pushed. A change that comes alone is told
//! at once; in a burst the kinds are gathered and the newest revision stands for all. No change is ever dropped: when
//! the relay itself falls behind, it says that everything may have changed.

use crate::window::MAIN;
use coffer_engine::Desk;
use coffer_engine::api::types::{Changed, ModeView};
use std::time::Duration;
use tauri::{AppHandle, Emitter as _};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::Instant;

/// The event's name, which the page listens to.
const CHANGED: &str = "changed";
/// The least time between two words about one mode.
const PAUSE: Duration = Duration::from_millis(100);
/// A kind no query knows by name; the page then asks again for everything it shows.
const EVERYTHING: &str = "everything";

/// Begins telling the main window.
pub(crate) fn relay(app: &AppHandle, desk: &Desk) {
    let app = app.clone();
    let tell = move |changed: &Changed| {
        if let Err(error) = app.emit_to(MAIN, CHANGED, changed) {
            tracing::warn!("the window could not be told of a change: {error}");
        }
    };
    tauri::async_runtime::spawn(follow(desk.subscribe(), tell));
}

async fn follow(mut changes: Receiver<Changed>, tell: impl Fn(&Changed)) {
    let mut gathered = [Gathered::new(ModeView::Live), Gathered::new(ModeView::Test)];
    loop {
        let due = gathered.iter().filter_map(Gathered::due).min();
        tokio::select! {
            change = changes.recv() => match change {
                Ok(change) => {
                    for one in gathered.iter_mut().filter(|it| it.mode == change.mode) {
                        one.add(&change);
                    }
                }
                Err(RecvError::Lagged(_)) => gathered.iter_mut().for_each(Gathered::add_everything),
                Err(RecvError::Closed) => return,
            },
            () = until(due) => {}
        }
        let now = Instant::now();
        for changed in gathered.iter_mut().filter_map(|it| it.take(now)) {
            tell(&changed);
        }
    }
}

/// Sleeps until an instant, for ever when there is none.
async fn until(instant: Option<Instant>) {
    match instant {
        Some(instant) => tokio::time::sleep_until(instant).await,
        None => std::future::pending().await,
    }
}

/// What is yet to be told about one mode.
struct Gathered {
    mode: ModeView,
    revision: u64,
    kinds: Vec<String>,
    told: Option<Instant>,
}

impl Gathered {
    const fn new(mode: ModeView) -> Self {
        Self {
            mode,
            revision: 0,
            kinds: Vec::new(),
            told: None,
        }
    }

    fn add(&mut self, change: &Changed) {
        // The latest, not the highest: going into the simulated merchant's home begins at another file's count.
        self.revision = change.revision;
        for kind in &change.kinds {
            if !self.kinds.contains(kind) {
                self.kinds.push(kind.clone());
            }
        }
    }

    fn add_everything(&mut self) {
        if !self.kinds.iter().any(|kind| kind == EVERYTHING) {
            self.kinds.push(EVERYTHING.to_owned());
        }
    }

    /// When it may be told; `None` when there is nothing to tell.
    fn due(&self) -> Option<Instant> {
        if self.kinds.is_empty() {
            return None;
        }
        Some(self.told.map_or_else(Instant::now, |told| told + PAUSE))
    }

    /// What is to be told now.
    fn take(&mut self, now: Instant) -> Option<Changed> {
        if self.kinds.is_empty() || self.told.is_some_and(|told| now < told + PAUSE) {
            return None;
        }
        self.told = Some(now);
        Some(Changed {
            mode: self.mode,
            revision: self.revision,
            kinds: std::mem::take(&mut self.kinds),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{EVERYTHING, Gathered, PAUSE};
    use coffer_engine::api::types::{Changed, ModeView};
    use std::time::Duration;
    use tokio::time::Instant;

    fn change(revision: u64, kinds: &[&str]) -> Changed {
        Changed {
            mode: ModeView::Test,
            revision,
            kinds: kinds.iter().map(|it| (*it).to_owned()).collect(),
        }
    }

    #[test]
    fn a_lone_change_is_told_at_once() {
        let mut gathered = Gathered::new(ModeView::Test);
        let now = Instant::now();
        assert_eq!(gathered.take(now), None, "nothing changed yet");
        gathered.add(&change(4, &["customers"]));
        assert_eq!(gathered.take(now), Some(change(4, &["customers"])));
        assert_eq!(gathered.take(now), None, "it is told once");
    }

    #[test]
    fn a_burst_of_a_second_is_told_ten_times_and_loses_no_kind() {
        let mut gathered = Gathered::new(ModeView::Test);
        let start = Instant::now();
        let kinds = ["customers", "invoices", "metrics", "sync"];
        let mut told = Vec::new();
        for step in 0..1000_u64 {
            let kind = kinds[usize::try_from(step).unwrap() % kinds.len()];
            gathered.add(&change(step, &[kind]));
            told.extend(gathered.take(start + Duration::from_millis(step)));
        }
        assert_eq!(told.len(), 10, "at most ten times a second");
        let last = gathered.take(start + Duration::from_secs(2)).unwrap();
        assert_eq!(last.revision, 999, "the newest revision stands for all");
        assert_eq!(last.kinds.len(), kinds.len(), "each kind is named once");
    }

    #[test]
    fn falling_behind_says_that_everything_may_have_changed() {
        let mut gathered = Gathered::new(ModeView::Test);
        let now = Instant::now();
        gathered.add(&change(7, &["sync"]));
        gathered.add_everything();
        gathered.add_everything();
        assert_eq!(gathered.take(now), Some(change(7, &["sync", EVERYTHING])));
        gathered.add(&change(8, &["sync"]));
        assert_eq!(gathered.due(), Some(now + PAUSE));
    }
}
