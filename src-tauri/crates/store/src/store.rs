//! One mode's file, open: a thread that writes, connections that read.
//!
//! A write is a closure carried out by the writer in one transaction; its commit advances the revision and names the
//! kinds it touched to whoever listens. A read is a closure on a connection of its own in one transaction, so that the
//! answers to one question belong to one revision. Neither ever waits for the network.

use crate::error::StoreError;
use crate::file;
use crate::key::DatabaseKey;
use crate::migration;
use crate::raw::Codecs;
use crate::table::meta;
use coffer_domain::mode::{Mode, ModeName};
use rusqlite::{Connection, Transaction, TransactionBehavior};
use std::collections::BTreeSet;
use std::marker::PhantomData;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread::JoinHandle;

/// Connections kept for reading.
const READERS_MAX: usize = 4;

/// Something was committed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// The mode of the file.
    pub mode: ModeName,
    /// The revision after it.
    pub revision: u64,
    /// The kinds that changed.
    pub kinds: Vec<&'static str>,
}

/// Called after each commit that changed something, on the writer's thread.
pub type Listener = Arc<dyn Fn(Notice) + Send + Sync>;

/// A transaction that writes.
pub struct Write<'t> {
    pub(crate) transaction: Transaction<'t>,
    kinds: BTreeSet<&'static str>,
    pub(crate) codecs: &'t mut Codecs,
}

impl Write<'_> {
    /// The connection, for the statements of a table.
    #[must_use]
    pub fn sql(&self) -> &Connection {
        &self.transaction
    }

    /// Says that a kind changed.
    pub fn touch(&mut self, kind: &'static str) {
        self.kinds.insert(kind);
    }
}

/// A connection that reads, in one transaction.
pub struct Read<'c> {
    connection: &'c Connection,
}

impl Read<'_> {
    /// The connection, for the questions under `query`.
    #[must_use]
    pub const fn sql(&self) -> &Connection {
        self.connection
    }

    /// The change counter that everything read here belongs to, whichever process advanced it.
    ///
    /// # Errors
    /// The file's.
    pub fn revision(&self) -> Result<u64, StoreError> {
        meta::revision(self.connection)
    }
}

type Job = Box<dyn FnOnce(&mut Writer) + Send>;

struct Writer {
    connection: Connection,
    codecs: Codecs,
    path: PathBuf,
    mode: ModeName,
    revision: Arc<AtomicU64>,
    listener: Listener,
}

/// The file of one mode.
pub struct Store<M: Mode> {
    path: PathBuf,
    key: DatabaseKey,
    jobs: Option<mpsc::Sender<Job>>,
    thread: Option<JoinHandle<()>>,
    readers: Mutex<Vec<Connection>>,
    revision: Arc<AtomicU64>,
    mode: PhantomData<M>,
}

impl<M: Mode> Store<M> {
    /// Where the file of this mode lies inside a home.
    #[must_use]
    pub fn path_in(home: &Path) -> PathBuf {
        home.join(format!("{}.db", M::NAME))
    }

    /// Opens the file of this mode inside `home`, making it when it is not there.
    ///
    /// # Errors
    /// When the key is wrong, the file damaged, newer, of the other mode, locked, or the disk full. Nothing is changed then.
    pub fn open(home: &Path, key: &DatabaseKey, listener: Listener) -> Result<Self, StoreError> {
        let path = Self::path_in(home);
        let mut connection = file::open_writer(&path, key)?;
        migration::migrate(&mut connection, &path).map_err(|error| error.at(&path))?;
        meta::claim_mode(&connection, M::NAME, &path)?;
        let revision = Arc::new(AtomicU64::new(meta::revision(&connection)?));
        let codecs = Codecs::load(&connection)?;
        let (jobs, work) = mpsc::channel::<Job>();
        let mut writer = Writer {
            connection,
            codecs,
            path: path.clone(),
            mode: M::NAME,
            revision: Arc::clone(&revision),
            listener,
        };
        let thread = std::thread::Builder::new()
            .name(format!("{}-writer", M::NAME))
            .spawn(move || {
                while let Ok(job) = work.recv() {
                    job(&mut writer);
                }
            })
            .map_err(|source| StoreError::Io {
                path: path.clone(),
                source,
            })?;
        Ok(Self {
            path,
            key: key.clone(),
            jobs: Some(jobs),
            thread: Some(thread),
            readers: Mutex::new(Vec::new()),
            revision,
            mode: PhantomData,
        })
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The change counter as of the last commit of this process.
    #[must_use]
    pub fn revision(&self) -> u64 {
        self.revision.load(Ordering::Acquire)
    }

    /// Carries out a change in one transaction and returns once it is on disk. Blocks.
    ///
    /// # Errors
    /// The closure's own, or the file's; nothing was changed then.
    pub fn write<T, F>(&self, change: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&mut Write<'_>) -> Result<T, StoreError> + Send + 'static,
    {
        let (answer, wait) = mpsc::sync_channel(1);
        let job: Job = Box::new(move |writer| {
            // A caller that no longer waits loses the answer, not the change.
            let _ = answer.send(writer.carry_out(change));
        });
        self.jobs
            .as_ref()
            .ok_or(StoreError::Closed)?
            .send(job)
            .map_err(|_| StoreError::Closed)?;
        wait.recv().map_err(|_| StoreError::Closed)?
    }

    /// Answers a question in one transaction on a connection of its own. Blocks.
    ///
    /// # Errors
    /// The closure's own, or the file's.
    pub fn read<T>(
        &self,
        question: impl FnOnce(&Read<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let spare = self
            .readers
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop();
        let mut connection = match spare {
            Some(connection) => connection,
            None => file::open_reader(&self.path, &self.key)?,
        };
        let answer = {
            let transaction =
                connection.transaction_with_behavior(TransactionBehavior::Deferred)?;
            question(&Read {
                connection: &transaction,
            })
        };
        let mut readers = self.readers.lock().unwrap_or_else(PoisonError::into_inner);
        if readers.len() < READERS_MAX {
            readers.push(connection);
        }
        answer.map_err(|error| error.at(&self.path))
    }
}

impl<M: Mode> Drop for Store<M> {
    fn drop(&mut self) {
        self.jobs = None;
        if let Some(thread) = self.thread.take() {
            // A writer that panicked has nothing left to finish.
            let _ = thread.join();
        }
    }
}

impl Writer {
    fn carry_out<T>(
        &mut self,
        change: impl FnOnce(&mut Write<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let result = self.attempt(change);
        if result.is_err() {
            // Dictionaries made in a transaction that was rolled back do not exist.
            self.codecs = Codecs::load(&self.connection)?;
        }
        result.map_err(|error| error.at(&self.path))
    }

    fn attempt<T>(
        &mut self,
        change: impl FnOnce(&mut Write<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let transaction = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut write = Write {
            transaction,
            kinds: BTreeSet::new(),
            codecs: &mut self.codecs,
        };
        let answer = change(&mut write)?;
        let Write {
            transaction, kinds, ..
        } = write;
        if kinds.is_empty() {
            transaction.commit()?;
            return Ok(answer);
        }
        let revision = meta::advance(&transaction)?;
        transaction.commit()?;
        self.revision.store(revision, Ordering::Release);
        (self.listener)(Notice {
            mode: self.mode,
            revision,
            kinds: kinds.into_iter().collect(),
        });
        Ok(answer)
    }
}
