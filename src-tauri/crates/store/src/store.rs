//! One mode's file, open: a thread that writes, connections that read.
//!
//! A write is a closure carried out by the writer in one transaction; its commit advances the revision and names the
//! kinds it touched to whoever listens. Changes of the mirror may share a transaction and are synced to disk later than
//! they are answered; everything else is on disk by then. A read is a closure on a connection of its own in one transaction, so that the
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

    /// The same transaction as a question sees it.
    #[must_use]
    pub fn as_read(&self) -> Read<'_> {
        Read {
            connection: &self.transaction,
        }
    }

    /// The change counter before this change.
    ///
    /// # Errors
    /// The file's.
    pub fn revision(&self) -> Result<u64, StoreError> {
        meta::revision(&self.transaction)
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

/// Changes of the mirror that share a transaction at most: readers see nothing of it until the last is through.
const TOGETHER_MAX: usize = 32;

/// A piece of work for the writer.
enum Job {
    /// In a transaction of its own, on disk once it is answered.
    Alone(Box<dyn FnOnce(&mut Writer) + Send>),
    /// Together with others that wait at the same time.
    Together(Box<dyn Shared>),
}

/// A change that shares its transaction with others.
trait Shared: Send {
    /// Carries it out, and again when what it shared a transaction with failed. Its error is for the transaction, what
    /// waits has its own.
    fn carry_out(&mut self, write: &mut Write<'_>) -> Result<(), StoreError>;
    /// Tells whoever waits what became of it: its own outcome, or why the transaction could not be had.
    fn answer(self: Box<Self>, transaction: Result<(), StoreError>);
}

struct Change<T, F> {
    change: F,
    outcome: Option<Result<T, StoreError>>,
    answer: mpsc::SyncSender<Result<T, StoreError>>,
}

impl<T, F> Shared for Change<T, F>
where
    T: Send,
    F: Fn(&mut Write<'_>) -> Result<T, StoreError> + Send,
{
    fn carry_out(&mut self, write: &mut Write<'_>) -> Result<(), StoreError> {
        let outcome = (self.change)(write);
        let result = outcome.as_ref().map(|_| ()).map_err(StoreError::again);
        self.outcome = Some(outcome);
        result
    }

    fn answer(self: Box<Self>, transaction: Result<(), StoreError>) {
        let outcome = match (self.outcome, transaction) {
            // What failed by itself is told so, whatever became of the others.
            (Some(Err(own)), _) => Err(own),
            (_, Err(error)) => Err(error),
            (Some(Ok(answer)), Ok(())) => Ok(answer),
            (None, Ok(())) => Err(StoreError::Closed),
        };
        // A caller that no longer waits loses the answer, not the change.
        let _ = self.answer.send(outcome);
    }
}

/// The answer to a change that is on its way.
#[must_use = "a change that nobody waits for may have failed"]
pub struct Pending<T>(mpsc::Receiver<Result<T, StoreError>>);

impl<T> Pending<T> {
    /// Waits until it is committed. Blocks.
    ///
    /// # Errors
    /// The closure's own, or the file's; nothing of it was changed then.
    pub fn wait(self) -> Result<T, StoreError> {
        self.0.recv().map_err(|_| StoreError::Closed)?
    }
}

struct Writer {
    connection: Connection,
    codecs: Codecs,
    path: PathBuf,
    mode: ModeName,
    /// Whether commits are synced to disk as things stand.
    syncs: bool,
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
            syncs: true,
            revision: Arc::clone(&revision),
            listener,
        };
        let thread = std::thread::Builder::new()
            .name(format!("{}-writer", M::NAME))
            .spawn(move || {
                let mut waiting = None;
                while let Some(job) = waiting.take().or_else(|| work.recv().ok()) {
                    match job {
                        Job::Alone(job) => job(&mut writer),
                        Job::Together(first) => waiting = writer.carry_out_together(first, &work),
                    }
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
        self.send(Job::Alone(Box::new(move |writer| {
            // A caller that no longer waits loses the answer, not the change.
            let _ = answer.send(writer.carry_out(change));
        })))?;
        wait.recv().map_err(|_| StoreError::Closed)?
    }

    /// Carries out a change of the mirror and returns once it is committed. Blocks.
    ///
    /// What is committed so outlives the program's end at any instant. A power cut may take the last of it away, from the
    /// end and never a part of a change: a page goes with the stretch that follows it, and the provider tells both again.
    /// Only what the provider could tell again belongs here. Changes that wait at the same time share a transaction; when
    /// one of them fails, each is carried out once more on its own, so a change may be called twice and counts once.
    ///
    /// # Errors
    /// The closure's own, or the file's; nothing was changed then.
    pub fn write_mirror<T, F>(&self, change: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: Fn(&mut Write<'_>) -> Result<T, StoreError> + Send + 'static,
    {
        self.write_soon(change)?.wait()
    }

    /// Hands a change of the mirror to the writer and returns at once; the changes are carried out in the order they are
    /// handed over. Otherwise like `write_mirror`.
    ///
    /// # Errors
    /// When the writer has stopped.
    pub fn write_soon<T, F>(&self, change: F) -> Result<Pending<T>, StoreError>
    where
        T: Send + 'static,
        F: Fn(&mut Write<'_>) -> Result<T, StoreError> + Send + 'static,
    {
        let (answer, wait) = mpsc::sync_channel(1);
        self.send(Job::Together(Box::new(Change {
            change,
            outcome: None,
            answer,
        })))?;
        Ok(Pending(wait))
    }

    fn send(&self, job: Job) -> Result<(), StoreError> {
        let jobs = self.jobs.as_ref().ok_or(StoreError::Closed)?;
        jobs.send(job).map_err(|_| StoreError::Closed)
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
        let result = self
            .sync_each_commit(true)
            .and_then(|()| self.attempt(change));
        self.forget_after(&result)?;
        result.map_err(|error| error.at(&self.path))
    }

    /// Carries out a change and those that wait behind it in one transaction; returns the first that wants its own.
    fn carry_out_together(
        &mut self,
        first: Box<dyn Shared>,
        work: &mpsc::Receiver<Job>,
    ) -> Option<Job> {
        let mut changes = vec![first];
        let mut waiting = None;
        let mut result = self.sync_each_commit(false).and_then(|()| {
            self.attempt(|write| {
                let mut next = 0;
                while let Some(change) = changes.get_mut(next) {
                    change.carry_out(write)?;
                    next += 1;
                    if next == changes.len() && next < TOGETHER_MAX {
                        match work.try_recv() {
                            Ok(Job::Together(change)) => changes.push(change),
                            Ok(alone) => waiting = Some(alone),
                            Err(_) => {}
                        }
                    }
                }
                Ok(())
            })
        });
        result = self.forget_after(&result).and(result);
        let one_by_one = result.is_err() && changes.len() > 1;
        for mut change in changes {
            if one_by_one {
                result = self.attempt(|write| change.carry_out(write));
                result = self.forget_after(&result).and(result);
            }
            change.answer(match &result {
                Ok(()) => Ok(()),
                Err(error) => Err(error.again().at(&self.path)),
            });
        }
        waiting
    }

    /// Whether a commit is on disk before it is answered.
    fn sync_each_commit(&mut self, wanted: bool) -> Result<(), StoreError> {
        if self.syncs != wanted {
            let level = if wanted { "FULL" } else { "NORMAL" };
            self.connection
                .execute_batch(&format!("PRAGMA synchronous = {level};"))?;
            self.syncs = wanted;
        }
        Ok(())
    }

    /// Dictionaries made in a transaction that was rolled back do not exist.
    fn forget_after<T>(&mut self, result: &Result<T, StoreError>) -> Result<(), StoreError> {
        if result.is_err() {
            self.codecs = Codecs::load(&self.connection)?;
        }
        Ok(())
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
