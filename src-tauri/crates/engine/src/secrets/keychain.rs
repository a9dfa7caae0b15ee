//! The operating system's keychain, on a thread of its own with a deadline.
//!
//! A locked keyring whose prompt nobody answers never returns, so no caller waits for the call itself: it waits for an
//! answer on a channel, for five seconds. The thread that is stuck stays stuck and is left behind; the next call gets a
//! new one.

use crate::secrets::{BUNDLE, Secrets, SecretsError};
use coffer_domain::mode::ModeName;
use keyring::{Entry, Error};
use std::sync::{Mutex, PoisonError, mpsc};
use std::time::Duration;
use zeroize::Zeroizing;

const DEADLINE: Duration = Duration::from_secs(5);

type Job = Box<dyn FnOnce() + Send>;

/// The operating system's keychain.
pub struct Keychain {
    jobs: Mutex<Option<mpsc::Sender<Job>>>,
}

impl Keychain {
    /// Reaches for the keychain.
    ///
    /// # Errors
    /// When the machine has none or it does not answer.
    pub fn open() -> Result<Self, SecretsError> {
        let keychain = Self {
            jobs: Mutex::new(None),
        };
        keychain.ask(|| match Entry::store_status() {
            Ok(()) => Ok(()),
            Err(_) => Err(SecretsError::NoStore),
        })?;
        Ok(keychain)
    }

    fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce() -> Result<T, SecretsError> + Send + 'static,
    ) -> Result<T, SecretsError> {
        let (answer, wait) = mpsc::sync_channel(1);
        let job: Job = Box::new(move || {
            // A caller that gave up no longer listens.
            let _ = answer.send(question());
        });
        let mut jobs = self.jobs.lock().unwrap_or_else(PoisonError::into_inner);
        let sender = match jobs.take() {
            Some(sender) => sender,
            None => start()?,
        };
        let sent = sender.send(job);
        if sent.is_err() {
            return Err(SecretsError::Unavailable {
                detail: "its thread has stopped".to_owned(),
            });
        }
        match wait.recv_timeout(DEADLINE) {
            Ok(result) => {
                *jobs = Some(sender);
                result
            }
            // The thread is stuck in the call: it is left behind.
            Err(mpsc::RecvTimeoutError::Timeout) => Err(SecretsError::TimedOut),
            Err(mpsc::RecvTimeoutError::Disconnected) => Err(SecretsError::Unavailable {
                detail: "it stopped in the middle of an answer".to_owned(),
            }),
        }
    }
}

fn start() -> Result<mpsc::Sender<Job>, SecretsError> {
    let (sender, work) = mpsc::channel::<Job>();
    std::thread::Builder::new()
        .name("keychain".to_owned())
        .spawn(move || {
            while let Ok(job) = work.recv() {
                job();
            }
        })
        .map_err(|error| SecretsError::Unavailable {
            detail: error.to_string(),
        })?;
    Ok(sender)
}

fn entry(mode: ModeName, name: &str) -> Result<Entry, SecretsError> {
    Entry::new(&format!("{BUNDLE}/{mode}"), name).map_err(fault)
}

fn fault(error: Error) -> SecretsError {
    match error {
        Error::NoDefaultStore => SecretsError::NoStore,
        Error::NoStorageAccess(detail) => SecretsError::Locked {
            detail: detail.to_string(),
        },
        other => SecretsError::Unavailable {
            detail: other.to_string(),
        },
    }
}

impl Secrets for Keychain {
    fn is_keychain(&self) -> bool {
        true
    }

    fn get(&self, mode: ModeName, name: &str) -> Result<Option<Zeroizing<String>>, SecretsError> {
        let name = name.to_owned();
        self.ask(move || match entry(mode, &name)?.get_password() {
            Ok(secret) => Ok(Some(Zeroizing::new(secret))),
            Err(Error::NoEntry) => Ok(None),
            Err(error) => Err(fault(error)),
        })
    }

    fn set(&self, mode: ModeName, name: &str, secret: &str) -> Result<(), SecretsError> {
        let name = name.to_owned();
        let secret = Zeroizing::new(secret.to_owned());
        self.ask(move || entry(mode, &name)?.set_password(&secret).map_err(fault))
    }

    fn forget(&self, mode: ModeName, name: &str) -> Result<(), SecretsError> {
        let name = name.to_owned();
        self.ask(move || match entry(mode, &name)?.delete_credential() {
            Ok(()) | Err(Error::NoEntry) => Ok(()),
            Err(error) => Err(fault(error)),
        })
    }
}
