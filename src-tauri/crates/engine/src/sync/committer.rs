//! Writes what the network brings, in the order in which it came, several pages to a transaction.
//!
//! A page and where it leaves its stretch are always one transaction; how many pages share one is a matter of speed. The
//! channel to here is short, so that a slow disk slows the asking down instead of filling the memory. Between pages, and
//! only when none waits, the marked customers' pasts are derived, so that the first numbers stand on the screen while the
//! rest still comes.

use crate::error::EngineError;
use crate::sync::asker::{Asker, internal};
use coffer_domain::mode::Mode;
use coffer_domain::sync::Stretch;
use coffer_store::table::{account, reads, stretch};
use coffer_store::{PageCommit, derive_some, fill_words};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

/// Pages that may wait to be written.
const WAITING_MAX: usize = 8;
/// Pages that share one transaction.
const TOGETHER_MAX: usize = 16;
/// Fewer pages than this wait a little for others to share their transaction.
const FEW: usize = 8;
/// How long they wait.
const LINGER: Duration = Duration::from_millis(80);
/// Customers derived in one transaction: a page waits no longer for it than for another page.
const DERIVED_AT_ONCE: u32 = 60;
/// Documents brought into the index of words at a time: a page waits no longer for it than for another page.
const WORDS_AT_ONCE: u32 = 500;

/// A page of a walk on its way into the file.
pub(super) struct WalkedPage {
    pub(super) commit: PageCommit,
    /// Stretches that were cut off the page's own.
    pub(super) cut_off: Vec<Stretch>,
}

enum Job {
    Page(Box<WalkedPage>),
    /// Derive what is marked, as soon as no page waits.
    Derive,
}

/// The way into the file for one account's walk.
pub(super) struct Committer {
    jobs: mpsc::Sender<Job>,
    work: JoinHandle<Result<(), EngineError>>,
}

impl Committer {
    pub(super) fn start<M: Mode>(asker: &Arc<Asker<M>>) -> Self {
        let (jobs, waiting) = mpsc::channel(WAITING_MAX);
        let asker = Arc::clone(asker);
        let work = tokio::task::spawn_blocking(move || Writing { asker, waiting }.run());
        Self { jobs, work }
    }

    /// Hands a page over; waits while too many wait. `false` when writing has failed: `finish` tells why.
    pub(super) async fn page(&self, brought: WalkedPage) -> bool {
        self.jobs.send(Job::Page(Box::new(brought))).await.is_ok()
    }

    /// Asks for what is marked to be derived.
    pub(super) async fn derive(&self) {
        // A writer that has failed tells so when it is finished.
        let _ = self.jobs.send(Job::Derive).await;
    }

    /// Waits for the end of the writing.
    pub(super) async fn finish(self) -> Result<(), EngineError> {
        drop(self.jobs);
        self.work.await.map_err(internal)?
    }
}

struct Writing<M: Mode> {
    asker: Arc<Asker<M>>,
    waiting: mpsc::Receiver<Job>,
}

impl<M: Mode> Writing<M> {
    fn run(mut self) -> Result<(), EngineError> {
        let mut deriving = false;
        let mut open = true;
        // What is marked when the last page is written is derived by whoever comes next, on every core.
        while open {
            let mut pages = Vec::new();
            let mut next = self.waiting.try_recv().ok();
            // What can be done ahead is done while the network is slower than the disk.
            if next.is_none() && !deriving && !self.fill_words()? {
                next = self.waiting.blocking_recv();
            }
            if next.is_none() {
                open = !self.waiting.is_closed() || !self.waiting.is_empty();
            }
            let mut lingered = false;
            while let Some(job) = next {
                match job {
                    Job::Page(page) => pages.push(*page),
                    Job::Derive => deriving = true,
                }
                if pages.len() >= TOGETHER_MAX {
                    break;
                }
                next = self.waiting.try_recv().ok();
                // A page alone costs nearly as much as several: the same pages of the file are written again.
                if next.is_none() && !lingered && (1..FEW).contains(&pages.len()) {
                    lingered = true;
                    std::thread::sleep(LINGER);
                    next = self.waiting.try_recv().ok();
                }
            }
            if pages.is_empty() {
                deriving = deriving && open && self.derive()?;
            } else {
                self.write(pages)?;
            }
        }
        Ok(())
    }

    fn write(&self, pages: Vec<WalkedPage>) -> Result<(), EngineError> {
        let counts: Vec<_> = pages
            .iter()
            .map(|page| {
                (
                    page.commit.kind,
                    page.commit.objects.len() as u64,
                    page.commit.deleted.len() as u64,
                )
            })
            .collect();
        let account = self.asker.account.clone();
        let (asked, now) = (self.asker.asked_to_note(), self.asker.books.clock.now());
        self.asker.books.store.write_mirror(move |write| {
            account::set_unproved(write, &account, true)?;
            reads::note(write, &account, now, asked)?;
            for page in &pages {
                // What was cut off is written first: the page's own stretch then only shrinks.
                for far in &page.cut_off {
                    stretch::put(write, &account, far)?;
                }
                page.commit.apply(write)?;
            }
            write.touch("sync");
            Ok(())
        })?;
        for (kind, fetched, deleted) in counts {
            self.asker.count(kind, fetched, deleted);
        }
        Ok(())
    }

    /// Brings some documents into the index of words; says whether there may be more.
    fn fill_words(&self) -> Result<bool, EngineError> {
        let filled = self
            .asker
            .books
            .store
            .write_mirror(move |write| fill_words(write, WORDS_AT_ONCE))?;
        Ok(filled > 0)
    }

    /// Derives some; says whether there may be more.
    fn derive(&self) -> Result<bool, EngineError> {
        let as_of = self.asker.now();
        let derived = self
            .asker
            .books
            .store
            .write_mirror(move |write| derive_some(write, DERIVED_AT_ONCE, as_of))?;
        Ok(derived > 0)
    }
}
