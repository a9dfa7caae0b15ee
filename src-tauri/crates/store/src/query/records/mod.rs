//! The lists of the desk: customers, subscriptions, payments, invoices, disputes, what is past due and trials, narrowed by a filter.
//!
//! An answer has to come while somebody waits, from a file with millions of rows. So a list is walked along an index in its own
//! order wherever there is one, at most `LISTED_MAX` rows of it are counted, added up and shown, and where conditions are left
//! that no index answers, at most `LOOKED_MAX` rows are looked at: how far that reached is said with the answer.

mod lines;
mod question;

pub use lines::{
    Card, DisputePart, Failure, InvoicePart, Line, Part, PaymentPart, SubscriptionPart, Twin,
};

use crate::error::StoreError;
use crate::query::weight;
use coffer_domain::Instant;
use coffer_domain::currency::Currency;
use coffer_domain::filter::{Filter, List};
use coffer_domain::money::Money;
use coffer_domain::record::Kind;
use question::Question;
use rusqlite::{Connection, params_from_iter};
use std::collections::BTreeMap;

/// Rows that are listed, counted and added up.
pub const LISTED_MAX: u32 = 10_000;
/// Rows that are looked at where no index answers a condition.
pub const LOOKED_MAX: u32 = 20_000;

/// Customers that are listed and counted: the table of everybody goes to its end.
const CUSTOMERS_LISTED_MAX: u32 = 2_000_000;
/// Customers that are looked at; their rows are short and stand together.
const CUSTOMERS_LOOKED_MAX: u32 = 200_000;

/// Rows of a list that are listed, counted and added up.
#[must_use]
pub const fn listed_max(list: List) -> u32 {
    match list {
        List::Customers => CUSTOMERS_LISTED_MAX,
        _ => LISTED_MAX,
    }
}

/// Rows of a list that are looked at where no index answers a condition.
#[must_use]
pub const fn looked_max(list: List) -> u32 {
    match list {
        List::Customers => CUSTOMERS_LOOKED_MAX,
        _ => LOOKED_MAX,
    }
}

/// What a list is in order of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    /// When it was made.
    Created,
    /// The amount that the list shows, currencies by their numbers for want of rates.
    Amount,
    /// When it is due, ends or is tried again.
    Due,
    /// By name, else e-mail, else id; only of customers.
    Name,
}

/// Which rows are wanted.
#[derive(Debug, Clone)]
pub struct Wanted<'a> {
    /// The list.
    pub list: List,
    /// What it is narrowed by.
    pub filter: &'a Filter,
    /// Its order.
    pub sort: Sort,
    /// Largest or latest first.
    pub descending: bool,
    /// The present.
    pub now: Instant,
}

/// How far a list was looked through, where not all of it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reach {
    /// The instant up to which rows were looked at.
    pub to: Instant,
    /// Whether older rows were left out; newer ones otherwise.
    pub older_left: bool,
    /// Whether the instants are of trials' ends instead of when rows were made.
    pub by_end: bool,
}

/// How many rows a filter finds and what they come to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Totals {
    /// How many.
    pub count: u64,
    /// Whether there are more than were counted.
    pub more: bool,
    /// What they come to, one amount for each currency; empty where more than can be listed are found.
    pub sums: Vec<Money>,
    /// How far was looked.
    pub reach: Option<Reach>,
    /// A word that begins too many others for all of them to be looked at.
    pub common_word: Option<String>,
}

/// An object that a list shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// Its account.
    pub account: String,
    /// Its id.
    pub id: String,
}

/// A list as it is asked for, ready to be counted and read.
pub struct Records<'a> {
    wanted: Wanted<'a>,
    question: Question,
    reach: Option<Reach>,
}

impl<'a> Records<'a> {
    /// Makes the question out of what is wanted.
    ///
    /// # Errors
    /// The file's.
    pub fn new(sql: &Connection, wanted: Wanted<'a>) -> Result<Self, StoreError> {
        let question = Question::new(sql, &wanted)?;
        let reach = question.reach(sql, &wanted)?;
        Ok(Self {
            wanted,
            question,
            reach,
        })
    }

    /// The rows of the list, `LISTED_MAX` at most.
    ///
    /// # Errors
    /// The file's.
    pub fn keys(&self, sql: &Connection, offset: u32, limit: u32) -> Result<Vec<Key>, StoreError> {
        let limit = limit.min(listed_max(self.wanted.list).saturating_sub(offset));
        let (text, values) = self
            .question
            .window(&self.wanted, self.reach.as_ref(), offset, limit);
        let mut statement = sql.prepare_cached(&text)?;
        let rows = statement.query_map(params_from_iter(values), |row| {
            Ok(Key {
                account: row.get(0)?,
                id: row.get(1)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// How many there are and what they come to. Does not depend on the order, but for how far is looked.
    ///
    /// # Errors
    /// The file's.
    pub fn totals(&self, sql: &Connection) -> Result<Totals, StoreError> {
        let kind = match self.wanted.list {
            List::Subscriptions => Some(Kind::Subscriptions),
            List::Payments => Some(Kind::Charges),
            List::Invoices => Some(Kind::Invoices),
            _ => None,
        };
        if let Some(kind) = kind.filter(|_| self.wanted.filter.terms.is_empty()) {
            return everything(sql, kind);
        }
        if self.wanted.list == List::Customers && self.wanted.filter.terms.is_empty() {
            return everybody(sql);
        }
        let (text, values) = self.question.amounts(self.reach.as_ref());
        let mut statement = sql.prepare_cached(&text)?;
        let mut rows = statement.query(params_from_iter(values))?;
        let mut count = 0_u64;
        let mut sums: BTreeMap<Currency, i128> = BTreeMap::new();
        while let Some(row) = rows.next()? {
            count += 1;
            if let Some(minor) = row.get::<_, Option<i64>>(1)? {
                *sums.entry(crate::table::currency(row, 0)?).or_default() += i128::from(minor);
            }
        }
        let most = u64::from(listed_max(self.wanted.list));
        let more = count > most;
        let fits = |(currency, minor)| Some(Money::new(i64::try_from(minor).ok()?, currency));
        Ok(Totals {
            count: count.min(most),
            more,
            sums: if more {
                Vec::new()
            } else {
                sums.into_iter().filter_map(fits).collect()
            },
            // Where the list is full anyway, what lies farther back would not be in it.
            reach: self.reach.filter(|_| !more),
            common_word: self.question.common_word.clone(),
        })
    }
}

/// What a list shows of these objects, in their order.
///
/// # Errors
/// The file's.
pub fn lines(
    sql: &Connection,
    list: List,
    now: Instant,
    keys: &[Key],
) -> Result<Vec<Line>, StoreError> {
    lines::read(sql, list, now, keys)
}

/// How many objects of a kind there are, from counts that every commit keeps up.
fn everything(sql: &Connection, kind: Kind) -> Result<Totals, StoreError> {
    let mut accounts = sql.prepare_cached("SELECT id FROM account")?;
    let accounts: Vec<String> = accounts
        .query_map([], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    let mut count = 0;
    for account in accounts {
        let kinds = weight::kinds(sql, Some(&account))?;
        count += kinds
            .iter()
            .filter(|it| it.kind == kind)
            .map(|it| it.stored)
            .sum::<u64>();
    }
    Ok(Totals {
        count,
        more: false,
        ..Totals::default()
    })
}

/// How many customers have a row.
fn everybody(sql: &Connection) -> Result<Totals, StoreError> {
    let count: i64 = sql
        .prepare_cached(
            "SELECT count(*) FROM customer_summary WHERE account IN (SELECT id FROM account)",
        )?
        .query_row([], |row| row.get(0))?;
    Ok(Totals {
        count: count.unsigned_abs(),
        ..Totals::default()
    })
}

/// A piece of a list for a file that somebody keeps, newest first, and where the next one begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// The rows.
    pub keys: Vec<Key>,
    /// What comes next; `None` at the end.
    pub next: Option<After>,
}

/// A place in a list in order of when things were made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct After {
    /// Seconds.
    pub created: i64,
    /// The id; empty before the first of that second.
    pub id: String,
}

impl Records<'_> {
    /// The next rows of the whole list, however long it is, newest first. A piece may hold fewer rows than asked for, or none,
    /// and not be the last.
    ///
    /// # Errors
    /// The file's.
    pub fn piece(
        sql: &Connection,
        wanted: &Wanted<'_>,
        after: Option<&After>,
        limit: u32,
    ) -> Result<Piece, StoreError> {
        let question = Question::whole(sql, wanted)?;
        let end = question.end_of_piece(sql, after)?;
        let (text, values) = question.piece(after, end, limit);
        let mut statement = sql.prepare_cached(&text)?;
        let rows = statement.query_map(params_from_iter(values), |row| {
            Ok((
                Key {
                    account: row.get(0)?,
                    id: row.get(1)?,
                },
                row.get::<_, i64>(2)?,
            ))
        })?;
        let mut found: Vec<(Key, i64)> = rows.collect::<Result<_, _>>()?;
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let full = found.len() > limit;
        found.truncate(limit);
        let next = if full {
            found.last().map(|(key, created)| After {
                created: *created,
                id: key.id.clone(),
            })
        } else {
            // Everything from the end of the piece on is looked at next, its own second left out: it was looked at.
            end.map(|created| After {
                created: created.saturating_sub(1),
                id: String::new(),
            })
        };
        Ok(Piece {
            keys: found.into_iter().map(|(key, _)| key).collect(),
            next,
        })
    }
}
