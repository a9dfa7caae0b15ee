//! Brings what follows from the mirror up to date for the customers that were touched, and only those.
//!
//! What follows from a customer's records is made from one state of the file and then written. Both happen in the writer
//! where few are marked; where many are, readers make them while the writer writes, and what somebody else has touched
//! meanwhile is made once more.

use crate::error::StoreError;
use crate::store::{Read, Store, Write};
use crate::table::dirty::Marked;
use crate::table::summary::Summary;
use crate::table::{
    catalog, customer, dirty, facts, invoice, invoice_item, payment, rollup, schedule, search,
    subscription, summary,
};
use coffer_domain::Instant;
use coffer_domain::currency::Currency;
use coffer_domain::ids::{CustomerId, InvoiceId};
use coffer_domain::metric::agreed;
use coffer_domain::metric::evaluate::{Standing, intervals};
use coffer_domain::metric::facts::{CustomerFacts, FailedBill};
use coffer_domain::metric::history::{self, Past};
use coffer_domain::metric::policy::Policy;
use coffer_domain::metric::worth::Catalog;
use coffer_domain::mode::Mode;
use coffer_domain::money::Money;
use coffer_domain::ratio::Sum;
use coffer_domain::record::{
    Customer, Invoice, InvoiceStatus, LineOrigin, Payment, PaymentStatus, Subscription,
    SubscriptionSchedule, SubscriptionStatus,
};
use rusqlite::Connection;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::slice::Chunks;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Mutex, PoisonError};

/// Documents brought into the index of words in one transaction.
const DOCUMENTS_AT_ONCE: u32 = 5_000;
/// When more customers than this are marked, rollups are thrown away instead of being kept up with each of them.
const MANY: u32 = 2_000;
/// Fewer than this are derived in the writer.
const FEW: usize = 200;
/// Customers derived in one transaction of the writer.
const TOGETHER: u32 = 500;
/// Customers made from one state of the file.
const ROUND: u32 = 20_000;
/// Customers handed to the writer at once.
const BUNDLE: usize = 250;

/// Makes the facts of at most `limit` marked customers anew, and once none is marked brings documents into the index of
/// words; returns how many of either it was, so that nothing is left to do when it returns zero.
///
/// `as_of` is the instant the copy is as of.
///
/// # Errors
/// The file's.
pub fn derive_some(write: &mut Write<'_>, limit: u32, as_of: Instant) -> Result<u64, StoreError> {
    let mut catalogs: HashMap<String, Catalog> = HashMap::new();
    let marked = dirty::dirty(write.sql(), limit)?;
    let count = marked.len() as u64;
    if count == 0 {
        return search::fill(write.sql(), DOCUMENTS_AT_ONCE);
    }
    let many = dirty::count(write.sql(), MANY + 1)? > u64::from(MANY);
    for marked in marked {
        let account = &marked.account;
        if !catalogs.contains_key(account) {
            if many {
                rollup::forget(write.sql(), account)?;
            }
            facts::number_plans(write.sql(), account)?;
            catalogs.insert(account.clone(), catalog::catalog(write.sql(), account)?);
        }
        if let Some(catalog) = catalogs.get(account) {
            let made = make(write.sql(), &marked, catalog, as_of)?;
            put(write, &made)?;
        }
    }
    write.touch("metrics");
    write.touch("customers");
    Ok(count)
}

/// Brings at most `limit` documents into the index of words; returns how many it was.
///
/// # Errors
/// The file's.
pub fn fill_words(write: &mut Write<'_>, limit: u32) -> Result<u64, StoreError> {
    search::fill(write.sql(), limit)
}

/// Makes the facts of every marked customer anew. Where there are many, so many threads make them while others are written;
/// then documents are brought into the index of words. Blocks.
///
/// # Errors
/// The file's.
pub fn derive_all<M: Mode>(
    store: &Store<M>,
    as_of: Instant,
    threads: usize,
) -> Result<(), StoreError> {
    loop {
        let marked = store.read(|read| dirty::dirty(read.sql(), ROUND))?;
        if marked.len() >= FEW {
            derive_round(store, &marked, as_of, threads.max(1))?;
        } else if store.write(move |write| derive_some(write, TOGETHER, as_of))? == 0 {
            return Ok(());
        }
    }
}

/// Makes customers side by side and writes them down as they come.
fn derive_round<M: Mode>(
    store: &Store<M>,
    marked: &[Marked],
    as_of: Instant,
    threads: usize,
) -> Result<(), StoreError> {
    let accounts: BTreeSet<String> = marked.iter().map(|it| it.account.clone()).collect();
    let mut own = BTreeSet::new();
    own.insert(store.write(move |write| {
        let many = dirty::count(write.sql(), MANY + 1)? > u64::from(MANY);
        for account in &accounts {
            if many {
                rollup::forget(write.sql(), account)?;
            }
            facts::number_plans(write.sql(), account)?;
        }
        write.touch("metrics");
        Ok(write.revision()? + 1)
    })?);
    let bundles = Mutex::new(marked.chunks(BUNDLE));
    let (hand_over, made) = sync_channel::<Result<Bundle, StoreError>>(threads);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            let (hand_over, bundles) = (hand_over.clone(), &bundles);
            scope.spawn(move || {
                let done = store.read(|read| make_bundles(read, bundles, &hand_over, as_of));
                if let Err(error) = done {
                    // Whoever receives has stopped for another reason.
                    let _ = hand_over.send(Err(error));
                }
            });
        }
        drop(hand_over);
        for bundle in made {
            let (bundle, known) = (bundle?, own.clone());
            // In a transaction of its own, so that its revision is this derivation's alone.
            own.insert(store.write(move |write| {
                bundle.put(write, &known, as_of)?;
                Ok(write.revision()? + 1)
            })?);
        }
        Ok(())
    })
}

type Bundles<'a> = Mutex<Chunks<'a, Marked>>;

/// Makes one bundle after another until none is left, all from one state of the file.
fn make_bundles(
    read: &Read<'_>,
    bundles: &Bundles<'_>,
    hand_over: &SyncSender<Result<Bundle, StoreError>>,
    as_of: Instant,
) -> Result<(), StoreError> {
    let mut catalogs: HashMap<String, Catalog> = HashMap::new();
    let seen_at = read.revision()?;
    loop {
        let next = bundles
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .next();
        let Some(marked) = next else { return Ok(()) };
        let mut made = Vec::with_capacity(marked.len());
        for marked in marked {
            let account = &marked.account;
            if !catalogs.contains_key(account) {
                catalogs.insert(account.clone(), catalog::catalog(read.sql(), account)?);
            }
            if let Some(catalog) = catalogs.get(account) {
                made.push(make(read.sql(), marked, catalog, as_of)?);
            }
        }
        if hand_over.send(Ok(Bundle { seen_at, made })).is_err() {
            return Ok(());
        }
    }
}

/// Customers made from one state of the file.
struct Bundle {
    /// The revision of that state.
    seen_at: u64,
    made: Vec<Made>,
}

impl Bundle {
    /// Writes them down. Where somebody else has written since, they are made once more; `own` are the revisions that this
    /// derivation itself has made.
    fn put(
        &self,
        write: &mut Write<'_>,
        own: &BTreeSet<u64>,
        as_of: Instant,
    ) -> Result<(), StoreError> {
        let fresh = (self.seen_at + 1..=write.revision()?).all(|revision| own.contains(&revision));
        let mut catalogs: HashMap<&str, Catalog> = HashMap::new();
        for made in &self.made {
            if fresh {
                put(write, made)?;
                continue;
            }
            let marked = Marked {
                payments_alone: false,
                ..made.marked.clone()
            };
            let account = made.marked.account.as_str();
            if !catalogs.contains_key(account) {
                facts::number_plans(write.sql(), account)?;
                catalogs.insert(account, catalog::catalog(write.sql(), account)?);
            }
            if let Some(catalog) = catalogs.get(account) {
                let again = make(write.sql(), &marked, catalog, as_of)?;
                put(write, &again)?;
            }
        }
        write.touch("metrics");
        write.touch("customers");
        Ok(())
    }
}

/// What follows from a customer's records.
struct Made {
    marked: Marked,
    what: What,
}

enum What {
    /// What was paid, and nothing else: no payment ever failed, so nothing else follows from payments.
    Paid(Vec<Money>),
    All(Box<All>),
}

struct All {
    facts: CustomerFacts,
    /// The facts that were kept of it.
    was: Option<Vec<u8>>,
    /// Those that are to be kept.
    is: Option<Vec<u8>>,
    summary: Option<(Customer, Summary)>,
}

/// Makes what follows from a customer's records, and writes nothing.
fn make(
    sql: &Connection,
    marked: &Marked,
    catalog: &Catalog,
    as_of: Instant,
) -> Result<Made, StoreError> {
    let (account, id) = (marked.account.as_str(), &marked.customer);
    let payments = payment::of_customer(sql, account, id)?;
    let failed = |it: &Payment| it.status == PaymentStatus::Failed;
    if marked.payments_alone && !payments.iter().any(failed) {
        return Ok(Made {
            marked: marked.clone(),
            what: What::Paid(paid(&payments)),
        });
    }
    let known = customer::one(sql, account, id)?;
    let subscriptions = subscription::of_customer(sql, account, id)?;
    let owner = known.as_ref().map(|(customer, _)| customer);
    let schedules = schedule::of_customer(sql, account, id)?;
    let made = if subscriptions.is_empty() && schedules.is_empty() {
        CustomerFacts::default()
    } else {
        let records = Records {
            id,
            owner,
            subscriptions: &subscriptions,
            payments: &payments,
            schedules: &schedules,
        };
        gather(sql, account, &records, catalog, as_of)?
    };
    let summary = known.map(|(customer, deleted)| {
        let present = Present::of(&made, as_of);
        let summary = Summary {
            standing: standing(deleted, &subscriptions, &present, made.is_empty()).to_owned(),
            mrr: present.mrr(),
            paid: paid(&payments),
        };
        (customer, summary)
    });
    let is = if made.is_empty() {
        None
    } else {
        Some(facts::encode(&made)?)
    };
    Ok(Made {
        marked: marked.clone(),
        what: What::All(Box::new(All {
            facts: made,
            was: facts::bytes_of(sql, account, id)?,
            is,
            summary,
        })),
    })
}

/// Puts what was made in place of what was there, and rollups with it.
fn put(write: &mut Write<'_>, made: &Made) -> Result<(), StoreError> {
    let (account, id) = (made.marked.account.as_str(), &made.marked.customer);
    dirty::settle(write.sql(), account, id)?;
    let All {
        facts,
        was,
        is,
        summary,
    } = match &made.what {
        What::Paid(paid) => return summary::set_paid(write.sql(), account, id, paid),
        What::All(all) => &**all,
    };
    if was != is {
        let unknown = facts
            .subscriptions
            .iter()
            .flat_map(|it| &it.stretches)
            .any(|stretch| stretch.unknown.is_some());
        let bytes = is.as_deref().map(|bytes| (bytes, unknown));
        facts::replace(write.sql(), account, id, bytes)?;
        let before = match was {
            Some(bytes) => facts::decode(bytes)?,
            None => CustomerFacts::default(),
        };
        rollup::replace(write.sql(), account, id, &before, facts)?;
    }
    if let Some((customer, summary)) = summary {
        summary::replace(write, account, customer, summary)?;
    }
    Ok(())
}

/// One customer's rows, read once and shared by its subscriptions.
struct Records<'a> {
    id: &'a CustomerId,
    owner: Option<&'a Customer>,
    subscriptions: &'a [Subscription],
    payments: &'a [Payment],
    schedules: &'a [SubscriptionSchedule],
}

fn gather(
    sql: &Connection,
    account: &str,
    records: &Records<'_>,
    catalog: &Catalog,
    as_of: Instant,
) -> Result<CustomerFacts, StoreError> {
    let (id, owner) = (records.id, records.owner);
    let customer_discount = owner.and_then(|customer| customer.discount.as_ref());
    let invoices = invoice::of_customer(sql, account, id)?;
    let items = invoice_item::of_customer(sql, account, id)?;
    let tries = tries(sql, account, &invoices, records.payments)?;
    let mut made = CustomerFacts {
        country: owner.and_then(|customer| customer.country.clone()),
        subscriptions: Vec::new(),
        failed: failed_bills(&invoices, &tries),
        promised: records
            .schedules
            .iter()
            .filter(|it| it.status == "not_started" && it.subscription.is_none())
            .filter_map(|it| agreed::promised(it, customer_discount, catalog))
            .collect(),
    };
    let failed_attempts: Vec<(InvoiceId, Instant)> = tries
        .iter()
        .filter(|it| it.failed)
        .map(|it| (it.invoice.clone(), it.at))
        .collect();
    // Read newest first; told in the order in which they began.
    for current in records.subscriptions.iter().rev() {
        let own: Vec<&Invoice> = invoices
            .iter()
            .filter(|invoice| invoice.subscription.as_ref() == Some(&current.id))
            .collect();
        let own_items: Vec<_> = items
            .iter()
            .filter(|item| item.line.subscription.as_ref() == Some(&current.id))
            .collect();
        let own_failed: Vec<(InvoiceId, Instant)> = failed_attempts
            .iter()
            .filter(|(failed, _)| own.iter().any(|invoice| invoice.id == *failed))
            .cloned()
            .collect();
        let observations = subscription::observations(sql, account, &current.id)?;
        let past = Past {
            subscription: current,
            invoices: &own,
            invoice_items: &own_items,
            customer_discount,
            schedule: records
                .schedules
                .iter()
                .find(|it| it.status == "active" && it.subscription.as_ref() == Some(&current.id)),
            failed_attempts: &own_failed,
            observations: &observations,
            as_of,
        };
        made.subscriptions.extend(history::facts(&past, catalog));
    }
    Ok(made)
}

/// One attempt to collect an invoice.
struct Try {
    invoice: InvoiceId,
    at: Instant,
    failed: bool,
}

/// Every attempt at the invoices, in order of time; nothing where no payment of the customer ever failed.
fn tries(
    sql: &Connection,
    account: &str,
    invoices: &[Invoice],
    payments: &[Payment],
) -> Result<Vec<Try>, StoreError> {
    if payments.iter().all(|it| it.status != PaymentStatus::Failed) {
        return Ok(Vec::new());
    }
    let mut tries = Vec::new();
    for attempt in payment::attempts_at(sql, account, invoices)? {
        let own = payments.iter().filter(|payment| {
            Some(&payment.id) == attempt.payment.as_ref()
                || (attempt.intent.is_some() && payment.payment_intent == attempt.intent)
        });
        tries.extend(own.map(|payment| Try {
            invoice: attempt.invoice.clone(),
            at: payment.created,
            failed: payment.status == PaymentStatus::Failed,
        }));
    }
    tries.sort_by_key(|it| it.at);
    Ok(tries)
}

/// The recurring bills whose first attempt failed. The first bill of a subscription is none: it is not renewed yet.
fn failed_bills(invoices: &[Invoice], tries: &[Try]) -> Vec<FailedBill> {
    let mut found: Vec<FailedBill> = invoices
        .iter()
        .filter(|invoice| invoice.billing_reason.as_deref() != Some("subscription_create"))
        .filter(|invoice| {
            let mut lines = invoice.lines.iter();
            invoice.subscription.is_some() && lines.any(|line| line.origin == LineOrigin::Recurring)
        })
        .filter_map(|invoice| {
            let first = tries.iter().find(|it| it.invoice == invoice.id)?;
            first.failed.then(|| FailedBill {
                invoice: invoice.id.to_string(),
                at: first.at.timestamp(),
                currency: invoice.currency,
                due: invoice.amount_due,
                paid: match invoice.status {
                    InvoiceStatus::Void => 0,
                    _ => invoice.amount_paid,
                },
            })
        })
        .collect();
    found.sort_by(|a, b| (a.at, &a.invoice).cmp(&(b.at, &b.invoice)));
    found
}

/// What a customer's subscriptions are at an instant, under the default policy.
#[derive(Default)]
struct Present {
    sums: BTreeMap<Currency, Sum>,
    worth_something: bool,
    free: bool,
}

impl Present {
    fn of(facts: &CustomerFacts, as_of: Instant) -> Self {
        let mut present = Self::default();
        let policy = Policy::coffer_1();
        let at = as_of.timestamp();
        for subscription in &facts.subscriptions {
            for interval in intervals(subscription, &policy) {
                if !interval.span.holds(at) {
                    continue;
                }
                present.worth_something |= !interval.monthly.is_zero();
                present.free |= interval.standing == Standing::Free;
                if interval.standing != Standing::Paused {
                    let sum = present.sums.entry(subscription.currency).or_default();
                    sum.add(interval.monthly);
                }
            }
        }
        present
    }

    fn mrr(&self) -> Vec<Money> {
        self.sums
            .iter()
            .filter_map(|(currency, sum)| Some(Money::new(sum.round_half_even().ok()?, *currency)))
            .collect()
    }
}

fn paid(payments: &[Payment]) -> Vec<Money> {
    let mut totals: BTreeMap<Currency, i64> = BTreeMap::new();
    for payment in payments {
        if payment.status == PaymentStatus::Succeeded {
            let total = totals.entry(payment.amount.currency).or_default();
            *total =
                total.saturating_add(payment.amount.minor.saturating_sub(payment.amount_refunded));
        }
    }
    totals
        .into_iter()
        .map(|(currency, minor)| Money::new(minor, currency))
        .collect()
}

/// How a customer stands in one word: the best of what its subscriptions are.
fn standing(
    deleted: bool,
    subscriptions: &[Subscription],
    present: &Present,
    never_ran: bool,
) -> &'static str {
    let any = |status: &SubscriptionStatus| subscriptions.iter().any(|it| it.status == *status);
    if deleted {
        "deleted"
    } else if present.worth_something {
        if any(&SubscriptionStatus::PastDue) {
            "past_due"
        } else {
            "active"
        }
    } else if present.free {
        "free"
    } else if any(&SubscriptionStatus::Trialing) {
        "trialing"
    } else if any(&SubscriptionStatus::Paused) || subscriptions.iter().any(|it| it.pause.is_some())
    {
        "paused"
    } else if subscriptions.is_empty() || never_ran {
        "none"
    } else {
        "churned"
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{DatabaseKey, Incoming, PageCommit};
    use coffer_domain::ids::AccountId;
    use coffer_domain::mode::Test;
    use coffer_domain::record::Record;
    use std::sync::Arc;

    fn at(second: i64) -> Instant {
        Instant::from_timestamp(second, 0).unwrap()
    }

    fn named(name: &str) -> Record {
        Record::Customer(Customer {
            id: CustomerId::new("cus_1"),
            name: Some(name.to_owned()),
            email: None,
            country: None,
            created: at(5),
            description: None,
            discount: None,
            delinquent: false,
            balance: 0,
            currency: None,
        })
    }

    fn bring(store: &Store<Test>, record: Record, asked: i64) {
        let page = PageCommit {
            account: AccountId::new("acct_1"),
            kind: record.kind(),
            objects: vec![Incoming {
                json: format!(r#"{{"asked":{asked}}}"#),
                api_version: "v".to_owned(),
                record,
                also: Vec::new(),
            }],
            deleted: Vec::new(),
            asked,
            fetched_at: at(asked),
            seen_at: at(asked),
            walk: 1,
            stretch: None,
        };
        store.write(move |write| page.apply(write)).unwrap();
    }

    fn made(store: &Store<Test>) -> Bundle {
        let bundle = store.read(|read| {
            let marked = dirty::dirty(read.sql(), 5)?;
            let catalog = Catalog::default();
            let made = marked
                .iter()
                .map(|it| make(read.sql(), it, &catalog, at(9)));
            Ok(Bundle {
                seen_at: read.revision()?,
                made: made.collect::<Result<_, _>>()?,
            })
        });
        bundle.unwrap()
    }

    fn told(store: &Store<Test>) -> (String, usize) {
        let found = store.read(|read| {
            let name = "SELECT sort_name FROM customer_summary";
            let name = read.sql().query_row(name, [], |row| row.get(0))?;
            Ok((name, dirty::dirty(read.sql(), 5)?.len()))
        });
        found.unwrap()
    }

    #[test]
    fn what_somebody_else_has_touched_meanwhile_is_made_once_more() {
        let home = tempfile::TempDir::new().unwrap();
        let key = DatabaseKey::new([3; 32]);
        let store: Store<Test> = Store::open(home.path(), &key, Arc::new(|_| {})).unwrap();
        bring(&store, named("Dana"), 1);
        let bundle = made(&store);
        bring(&store, named("Erin"), 2);
        let own = BTreeSet::new();
        store
            .write(move |write| bundle.put(write, &own, at(9)))
            .unwrap();
        assert_eq!(told(&store), ("erin".to_owned(), 0));

        bring(&store, named("Fritz"), 3);
        let bundle = made(&store);
        store
            .write(|write| {
                write.touch("metrics");
                Ok(())
            })
            .unwrap();
        let own = BTreeSet::from([store.revision()]);
        store
            .write(move |write| bundle.put(write, &own, at(9)))
            .unwrap();
        assert_eq!(told(&store), ("fritz".to_owned(), 0));
    }
}
