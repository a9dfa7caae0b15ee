//! The outbox: what was accepted, the very bytes of its next request, and how far it is.
//!
//! A row is written once and changed only along `Progress::after`; it is never removed. What an operation holds stands in a
//! table of its own with one row for each object, so that two operations cannot hold the same: the file refuses the second.

use crate::error::StoreError;
use crate::store::Write;
use crate::table::{currency, instant, instant_maybe, json, seconds, seconds_of, to_json};
use coffer_domain::Instant;
use coffer_domain::currency::Currency;
use coffer_domain::ids::{AccountId, CustomerId};
use coffer_domain::money::Money;
use coffer_domain::operation::{Basis, Intent};
use coffer_domain::outbox::{Progress, State};
use coffer_domain::record::Kind;
use rusqlite::{Connection, OptionalExtension as _, Row, params};

pub(crate) const SCHEMA_5: &str = "
CREATE TABLE operation (
    number INTEGER PRIMARY KEY,  -- the order in which they were accepted
    id TEXT NOT NULL UNIQUE,     -- ours; also left at the provider
    account TEXT NOT NULL,
    kind TEXT NOT NULL,
    target TEXT NOT NULL,
    customer TEXT,
    state TEXT NOT NULL,
    step INTEGER NOT NULL,
    steps INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    key_used INTEGER,            -- by the provider's clock
    sent INTEGER,                -- by the provider's clock
    missed INTEGER,              -- by the provider's clock
    generation INTEGER NOT NULL,
    in_doubt INTEGER NOT NULL,
    refusal INTEGER NOT NULL,
    rewound INTEGER NOT NULL,
    not_before INTEGER,          -- by this machine's clock
    turned_away INTEGER NOT NULL,
    intent TEXT NOT NULL,
    basis TEXT NOT NULL,
    undo TEXT,
    preview TEXT,
    estimated INTEGER NOT NULL,
    frozen TEXT NOT NULL,
    result TEXT,
    code TEXT,
    message TEXT,
    request_id TEXT,
    note TEXT,
    asked_by TEXT NOT NULL,
    approved_by TEXT,
    given_back INTEGER,          -- what goes back to a customer, minor units
    currency TEXT,
    created_at INTEGER NOT NULL,
    changed_at INTEGER NOT NULL
) STRICT;
CREATE INDEX operation_by_state ON operation (state, number);
CREATE INDEX operation_of_target ON operation (target, number);
CREATE INDEX operation_of_customer ON operation (customer, number) WHERE customer IS NOT NULL;
CREATE INDEX operation_given_back ON operation (created_at, currency, given_back) WHERE given_back IS NOT NULL;
CREATE TABLE operation_hold (
    account TEXT NOT NULL,
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    operation TEXT NOT NULL,
    PRIMARY KEY (account, kind, id)
) STRICT, WITHOUT ROWID;
";

/// An operation as it is kept.
#[derive(Debug, Clone, PartialEq)]
pub struct OperationRow {
    /// Its place in the order of acceptance; 0 before it is kept.
    pub number: i64,
    /// Our id.
    pub id: String,
    /// Whose account.
    pub account: AccountId,
    /// The customer concerned.
    pub customer: Option<CustomerId>,
    /// What is wanted.
    pub intent: Intent,
    /// How far it is.
    pub progress: Progress,
    /// What its approval rested on.
    pub basis: Basis,
    /// What would take it back.
    pub undo: Option<Intent>,
    /// The provider's reckoning that was approved, as JSON.
    pub preview: Option<String>,
    /// Whether what was approved was our own estimate, made offline.
    pub estimated: bool,
    /// The next request, as JSON.
    pub frozen: String,
    /// What it made or changed at the provider.
    pub result: Option<String>,
    /// A word for what is the matter.
    pub code: Option<String>,
    /// A sentence for it.
    pub message: Option<String>,
    /// The provider's name for the last request.
    pub request_id: Option<String>,
    /// Why, in the words of whoever asked for it.
    pub note: Option<String>,
    /// Who asked for it.
    pub asked_by: String,
    /// Who approved it.
    pub approved_by: Option<String>,
    /// When it was accepted, by this machine's clock.
    pub created_at: Instant,
    /// When it last moved.
    pub changed_at: Instant,
}

const COLUMNS: &str = "number, id, account, customer, state, step, steps, attempts, key_used, generation, in_doubt, refusal,
    not_before, turned_away, intent, basis, undo, preview, estimated, frozen, result, code, message, request_id, note, asked_by,
    approved_by, created_at, changed_at, missed, rewound, sent";

/// The word in the column `target` of an operation's kind of object.
fn target(row: &OperationRow) -> &str {
    row.intent.target().1
}

/// Why an operation was not kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Held {
    /// It is kept, and this is its place.
    Kept(i64),
    /// This operation holds the object already.
    By(String),
}

/// Keeps a new operation, unless one of its objects is held by another.
///
/// # Errors
/// The file's.
pub fn add(write: &mut Write<'_>, row: &OperationRow) -> Result<Held, StoreError> {
    for (kind, id) in row.intent.holds() {
        if let Some(by) = holder(write.sql(), &row.account, kind, id)? {
            return Ok(Held::By(by));
        }
    }
    let given_back = row.intent.refunded();
    write
        .sql()
        .prepare_cached(
            "INSERT INTO operation (id, account, kind, target, customer, state, step, steps, attempts, key_used, generation,
               in_doubt, refusal, not_before, turned_away, intent, basis, undo, preview, estimated, frozen, result, code,
               message, request_id, note, asked_by, approved_by, given_back, currency, created_at, changed_at, missed, rewound, sent)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23,
               ?24, ?25, ?26, ?27, ?28, ?29, ?30, ?31, ?32, ?33, ?34, ?35)",
        )?
        .execute(params![
            row.id,
            row.account.as_str(),
            row.intent.kind(),
            target(row),
            row.customer.as_ref().map(CustomerId::as_str),
            row.progress.state.as_str(),
            row.progress.step,
            row.progress.steps,
            row.progress.attempts,
            seconds_of(row.progress.key_used),
            row.progress.generation,
            row.progress.in_doubt,
            row.progress.refusal,
            row.progress.not_before.map(|at| at.timestamp_millis()),
            row.progress.turned_away,
            to_json("operation", &row.intent)?,
            to_json("operation", &row.basis)?,
            row.undo.as_ref().map(|undo| to_json("operation", undo)).transpose()?,
            row.preview,
            row.estimated,
            row.frozen,
            row.result,
            row.code,
            row.message,
            row.request_id,
            row.note,
            row.asked_by,
            row.approved_by,
            given_back.map(|money| money.minor),
            given_back.map(|money| money.currency.code().to_owned()),
            seconds(row.created_at),
            seconds(row.changed_at),
            seconds_of(row.progress.missed),
            row.progress.rewound,
            seconds_of(row.progress.sent),
        ])?;
    let number = write.sql().last_insert_rowid();
    if row.progress.state.is_open() {
        hold(write.sql(), row)?;
    }
    write.touch("operations");
    Ok(Held::Kept(number))
}

fn hold(sql: &Connection, row: &OperationRow) -> Result<(), StoreError> {
    let mut insert = sql.prepare_cached(
        "INSERT INTO operation_hold (account, kind, id, operation) VALUES (?1, ?2, ?3, ?4)",
    )?;
    for (kind, id) in row.intent.holds() {
        insert.execute(params![row.account.as_str(), kind.as_str(), id, row.id])?;
    }
    Ok(())
}

/// Who holds an object.
///
/// # Errors
/// The file's.
pub fn holder(
    sql: &Connection,
    account: &AccountId,
    kind: Kind,
    id: &str,
) -> Result<Option<String>, StoreError> {
    Ok(sql
        .prepare_cached(
            "SELECT operation FROM operation_hold WHERE account = ?1 AND kind = ?2 AND id = ?3",
        )?
        .query_row([account.as_str(), kind.as_str(), id], |row| row.get(0))
        .optional()?)
}

/// Writes down how an operation has moved. What it holds is let go when it is at its end.
///
/// # Errors
/// The file's.
pub fn update(write: &mut Write<'_>, row: &OperationRow) -> Result<(), StoreError> {
    write
        .sql()
        .prepare_cached(
            "UPDATE operation SET state = ?2, step = ?3, attempts = ?4, key_used = ?5, generation = ?6, in_doubt = ?7,
               refusal = ?8, not_before = ?9, turned_away = ?10, basis = ?11, preview = ?12, estimated = ?13, frozen = ?14,
               result = ?15, code = ?16, message = ?17, request_id = ?18, approved_by = ?19, changed_at = ?20, intent = ?21, missed = ?22, rewound = ?23, sent = ?24
             WHERE id = ?1",
        )?
        .execute(params![
            row.id,
            row.progress.state.as_str(),
            row.progress.step,
            row.progress.attempts,
            seconds_of(row.progress.key_used),
            row.progress.generation,
            row.progress.in_doubt,
            row.progress.refusal,
            row.progress.not_before.map(|at| at.timestamp_millis()),
            row.progress.turned_away,
            to_json("operation", &row.basis)?,
            row.preview,
            row.estimated,
            row.frozen,
            row.result,
            row.code,
            row.message,
            row.request_id,
            row.approved_by,
            seconds(row.changed_at),
            to_json("operation", &row.intent)?,
            seconds_of(row.progress.missed),
            row.progress.rewound,
            seconds_of(row.progress.sent),
        ])?;
    if !row.progress.state.is_open() {
        write
            .sql()
            .prepare_cached("DELETE FROM operation_hold WHERE operation = ?1")?
            .execute([&row.id])?;
    }
    write.touch("operations");
    Ok(())
}

fn read(row: &Row<'_>) -> rusqlite::Result<OperationRow> {
    let word: String = row.get(4)?;
    let state = State::parse(&word).ok_or_else(|| super::broken(4, "no state"))?;
    let not_before: Option<i64> = row.get(12)?;
    let undo: Option<String> = row.get(16)?;
    Ok(OperationRow {
        number: row.get(0)?,
        id: row.get(1)?,
        account: AccountId::new(row.get::<_, String>(2)?),
        customer: row.get::<_, Option<String>>(3)?.map(CustomerId::new),
        progress: Progress {
            state,
            step: row.get(5)?,
            steps: row.get(6)?,
            attempts: row.get(7)?,
            key_used: instant_maybe(row, 8)?,
            missed: instant_maybe(row, 29)?,
            rewound: row.get(30)?,
            sent: instant_maybe(row, 31)?,
            generation: row.get(9)?,
            in_doubt: row.get(10)?,
            refusal: row.get(11)?,
            not_before: not_before
                .map(|at| {
                    Instant::from_timestamp_millis(at)
                        .ok_or_else(|| super::broken(12, "an instant out of range"))
                })
                .transpose()?,
            turned_away: row.get(13)?,
        },
        intent: json(row, 14)?,
        basis: json(row, 15)?,
        undo: undo.map(|_| json(row, 16)).transpose()?,
        preview: row.get(17)?,
        estimated: row.get(18)?,
        frozen: row.get(19)?,
        result: row.get(20)?,
        code: row.get(21)?,
        message: row.get(22)?,
        request_id: row.get(23)?,
        note: row.get(24)?,
        asked_by: row.get(25)?,
        approved_by: row.get(26)?,
        created_at: instant(row, 27)?,
        changed_at: instant(row, 28)?,
    })
}

/// One operation by our id.
///
/// # Errors
/// The file's.
pub fn one(sql: &Connection, id: &str) -> Result<Option<OperationRow>, StoreError> {
    Ok(sql
        .prepare_cached(&format!("SELECT {COLUMNS} FROM operation WHERE id = ?1"))?
        .query_row([id], read)
        .optional()?)
}

/// Which operations are wanted.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// Those that stand so.
    pub state: Option<State>,
    /// Those of one customer.
    pub customer: Option<String>,
    /// Those about one object.
    pub target: Option<String>,
    /// Those accepted before this place.
    pub before: Option<i64>,
    /// So many at most.
    pub limit: u32,
}

/// Operations, newest first.
///
/// # Errors
/// The file's.
pub fn list(sql: &Connection, wanted: &Wanted) -> Result<Vec<OperationRow>, StoreError> {
    let mut statement = sql.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM operation
         WHERE (?1 IS NULL OR state = ?1) AND (?2 IS NULL OR customer = ?2) AND (?3 IS NULL OR target = ?3)
           AND (?4 IS NULL OR number < ?4)
         ORDER BY number DESC LIMIT ?5"
    ))?;
    let rows = statement.query_map(
        params![
            wanted.state.map(State::as_str),
            wanted.customer,
            wanted.target,
            wanted.before,
            wanted.limit
        ],
        read,
    )?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// What stands in one of these states, oldest first, after a place; at most `limit`.
///
/// # Errors
/// The file's.
pub fn standing(
    sql: &Connection,
    states: &[State],
    after: i64,
    limit: u32,
) -> Result<Vec<OperationRow>, StoreError> {
    let words: Vec<&str> = states.iter().map(|state| state.as_str()).collect();
    let mut statement = sql.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM operation WHERE state IN (SELECT value FROM json_each(?1)) AND number > ?2
         ORDER BY number LIMIT ?3"
    ))?;
    let rows = statement.query_map(params![to_json("operation", &words)?, after, limit], read)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// How many operations stand in each state.
///
/// # Errors
/// The file's.
pub fn counts(sql: &Connection) -> Result<Vec<(State, u64)>, StoreError> {
    let mut statement =
        sql.prepare_cached("SELECT state, count(*) FROM operation GROUP BY state")?;
    let rows = statement.query_map([], |row| {
        Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?))
    })?;
    let mut all = Vec::new();
    for row in rows {
        let (word, count) = row?;
        if let Some(state) = State::parse(&word) {
            all.push((state, count.unsigned_abs()));
        }
    }
    Ok(all)
}

/// How many operations of an account have not come to their end.
///
/// # Errors
/// The file's.
pub fn open_of(sql: &Connection, account: &AccountId) -> Result<u64, StoreError> {
    let count: i64 = sql
        .prepare_cached("SELECT count(DISTINCT operation) FROM operation_hold WHERE account = ?1")?
        .query_row([account.as_str()], |row| row.get(0))?;
    Ok(count.unsigned_abs())
}

/// What was accepted to be given back in a currency at or after an instant, but for what came to nothing.
///
/// # Errors
/// The file's.
pub fn given_back_since(
    sql: &Connection,
    currency_wanted: Currency,
    since: Instant,
) -> Result<Money, StoreError> {
    let minor: i64 = sql
        .prepare_cached(
            "SELECT coalesce(sum(given_back), 0) FROM operation
             WHERE given_back IS NOT NULL AND created_at >= ?1 AND currency = ?2 AND state NOT IN ('refused', 'discarded')",
        )?
        .query_row(params![seconds(since), currency_wanted.code()], |row| {
            row.get(0)
        })?;
    Ok(Money::new(minor, currency_wanted))
}

/// In which currencies anything was ever given back from here.
///
/// # Errors
/// The file's.
pub fn currencies(sql: &Connection) -> Result<Vec<Currency>, StoreError> {
    let mut statement = sql.prepare_cached(
        "SELECT DISTINCT currency FROM operation WHERE currency IS NOT NULL ORDER BY currency",
    )?;
    let rows = statement.query_map([], |row| currency(row, 0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}
