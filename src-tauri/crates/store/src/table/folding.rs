//! Goes through the facts of all customers of an account on every core.
//!
//! One thread reads them from the file and hands them over as they lie there; others decode them and add them up, and the
//! reading one does so too where they do not keep up. Each adds up for itself, so what is added up must not depend on the
//! order, and must be put together by the caller.

use crate::error::StoreError;
use crate::table::facts::{decode, scan_bytes};
use coffer_domain::metric::facts::CustomerFacts;
use rusqlite::Connection;
use std::sync::mpsc::{Receiver, TrySendError, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::thread::available_parallelism;

/// Customers handed over at once.
const AT_ONCE: usize = 500;
/// Threads that help the one that reads: what is added up lies in memory once for each.
const HELPERS_MAX: usize = 3;

/// Some customers' facts as they lie in the file, one after the other.
#[derive(Default)]
struct Sheaf {
    bytes: Vec<u8>,
    /// Where each customer's id ends, and where its facts do.
    ends: Vec<(usize, usize)>,
}

impl Sheaf {
    fn add(&mut self, customer: &str, facts: &[u8]) {
        self.bytes.extend_from_slice(customer.as_bytes());
        let id_ends = self.bytes.len();
        self.bytes.extend_from_slice(facts);
        self.ends.push((id_ends, self.bytes.len()));
    }

    /// Adds every customer up.
    fn put<T>(
        &self,
        into: &mut T,
        put: &impl Fn(&mut T, &str, CustomerFacts),
    ) -> Result<(), StoreError> {
        let mut begins = 0;
        for (id_ends, ends) in &self.ends {
            let id = self.bytes.get(begins..*id_ends).unwrap_or_default();
            let facts = self.bytes.get(*id_ends..*ends).unwrap_or_default();
            put(into, &String::from_utf8_lossy(id), decode(facts)?);
            begins = *ends;
        }
        Ok(())
    }
}

/// Adds the facts of an account's customers up; returns what each thread has come to.
///
/// # Errors
/// The file's.
pub fn fold<T: Send>(
    sql: &Connection,
    account: &str,
    begin: impl Fn() -> T + Sync,
    put: impl Fn(&mut T, &str, CustomerFacts) + Sync,
) -> Result<Vec<T>, StoreError> {
    let cores = available_parallelism().map_or(1, usize::from);
    let helpers = cores.saturating_sub(1).min(HELPERS_MAX);
    // One sheaf for each waits while another is added up.
    let (hand_over, take) = sync_channel::<Sheaf>(helpers);
    let take = Mutex::new(take);
    std::thread::scope(|scope| {
        let helping: Vec<_> = (0..helpers)
            .map(|_| scope.spawn(|| help(&take, &begin, &put)))
            .collect();
        let mut own = begin();
        let mut sheaf = Sheaf::default();
        let mut hand = |sheaf: Sheaf| match hand_over.try_send(sheaf) {
            Ok(()) => Ok(()),
            Err(TrySendError::Full(sheaf) | TrySendError::Disconnected(sheaf)) => {
                sheaf.put(&mut own, &put)
            }
        };
        let mut read = scan_bytes(sql, account, |customer, facts| {
            sheaf.add(customer, facts);
            if sheaf.ends.len() < AT_ONCE {
                return Ok(());
            }
            hand(std::mem::take(&mut sheaf))
        });
        read = read.and_then(|()| hand(sheaf));
        drop(hand_over);
        let mut all = vec![own];
        for helper in helping {
            all.push(helper.join().map_err(|_| StoreError::Closed)??);
        }
        read?;
        Ok(all)
    })
}

/// Adds up what is handed over, until nothing more comes.
fn help<T>(
    take: &Mutex<Receiver<Sheaf>>,
    begin: &impl Fn() -> T,
    put: &impl Fn(&mut T, &str, CustomerFacts),
) -> Result<T, StoreError> {
    let mut own = begin();
    loop {
        let next = take.lock().unwrap_or_else(PoisonError::into_inner).recv();
        match next {
            Ok(sheaf) => sheaf.put(&mut own, put)?,
            Err(_) => return Ok(own),
        }
    }
}
