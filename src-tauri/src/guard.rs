//! One window at a time on a home.
//!
//! A file lock is the guard: the system drops it however the process ends, and it works without a session bus. The
//! single-instance plugin only carries the word "somebody started Coffer again" to the window that is there. The plugin
//! takes its name on the bus late, so the window says with a second lock when it has it: a second start that came
//! before would take the name itself, and the first window would go instead of the second. It gives that second lock up
//! as soon as it closes, so that a start at that moment waits for the home instead of calling a window that goes.

use coffer_engine::EngineError;
use coffer_engine::home::{HeldLock, Home};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

const WINDOW: &str = "window";
const LISTENING: &str = "window-listening";
/// How long a second start waits for the first to listen or to go.
const PATIENCE: Duration = Duration::from_secs(5);
const PAUSE: Duration = Duration::from_millis(50);

/// How a start found the home.
pub(crate) enum Start {
    /// Nobody has it: this process does now.
    First(OneWindow),
    /// Another window has it and hears of second starts.
    Again,
    /// Another window has it and does not listen.
    Unheard,
}

/// The lock of the one window of a home.
pub(crate) struct OneWindow {
    home: Home,
    _window: HeldLock,
    listening: Mutex<Option<HeldLock>>,
}

impl OneWindow {
    /// Takes the home for this process, or says who has it. A window that is just closing is waited for.
    ///
    /// # Errors
    /// When a lock file cannot be made.
    pub(crate) fn take(home: &Home) -> Result<Start, EngineError> {
        for _ in 0..PATIENCE.as_millis() / PAUSE.as_millis() {
            if let Some(window) = home.try_lock(WINDOW)? {
                return Ok(Start::First(Self {
                    home: home.clone(),
                    _window: window,
                    listening: Mutex::new(None),
                }));
            }
            if home.try_lock(LISTENING)?.is_none() {
                return Ok(Start::Again);
            }
            std::thread::sleep(PAUSE);
        }
        Ok(Start::Unheard)
    }

    /// Says that this window now hears of second starts; false when that could not be said.
    ///
    /// # Errors
    /// When the lock file cannot be made.
    pub(crate) fn listen(&self) -> Result<bool, EngineError> {
        // A second start that looks at this very moment holds the lock for an instant.
        for _ in 0..20 {
            if let Some(lock) = self.home.try_lock(LISTENING)? {
                *self.listening() = Some(lock);
                return Ok(true);
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        Ok(false)
    }

    /// Says that this window is closing: who starts now waits for the home instead of calling a window that goes.
    pub(crate) fn close(&self) {
        *self.listening() = None;
    }

    fn listening(&self) -> MutexGuard<'_, Option<HeldLock>> {
        self.listening
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::{OneWindow, Start};
    use coffer_engine::home::Home;

    #[test]
    fn a_home_has_one_window_until_it_goes() {
        let folder = std::env::temp_dir().join(format!("coffer-guard-{}", std::process::id()));
        let home = Home::open(&folder).unwrap();
        let Start::First(first) = OneWindow::take(&home).unwrap() else {
            panic!("nobody has the home yet");
        };
        assert!(first.listen().unwrap());
        assert!(
            matches!(OneWindow::take(&home).unwrap(), Start::Again),
            "a second window is refused while the first lives"
        );
        first.close();
        let second = std::thread::spawn({
            let home = home.clone();
            move || OneWindow::take(&home)
        });
        drop(first);
        assert!(
            matches!(second.join().unwrap().unwrap(), Start::First(_)),
            "who starts while the first closes gets the home after it"
        );
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_window_that_never_listens_is_not_called() {
        let folder = std::env::temp_dir().join(format!("coffer-unheard-{}", std::process::id()));
        let home = Home::open(&folder).unwrap();
        let Start::First(_silent) = OneWindow::take(&home).unwrap() else {
            panic!("nobody has the home yet");
        };
        assert!(matches!(OneWindow::take(&home).unwrap(), Start::Unheard));
        std::fs::remove_dir_all(folder).unwrap();
    }
}
