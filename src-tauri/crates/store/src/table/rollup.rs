//! Rollups that are kept: for an account, a policy, a zone and a cut, a row of each part for each day, period and cohort.
//!
//! Derived from `facts`, and kept up with them: a customer whose facts change is taken out of the rows as it was and put back
//! as it is, in the transaction that changes its facts. A set knows up to which instant it was told (`horizon`); customers
//! whose contribution changes by time alone wait in `rollup_pending` for it. When many change at once the sets are thrown
//! away, and made anew when somebody asks.

use crate::error::StoreError;
use crate::table::facts;
use coffer_domain::calendar::Every;
use coffer_domain::currency::Currency;
use coffer_domain::ids::CustomerId;
use coffer_domain::metric::days::Days;
use coffer_domain::metric::facts::CustomerFacts;
use coffer_domain::metric::policy::Policy;
use coffer_domain::metric::rollup::{
    CohortRow, DayRow, Dimension, Fold, Ledger, PeriodRow, Row, Sign, Slice, Slices, place,
    put_sliced,
};
use rusqlite::{Connection, OptionalExtension as _, params};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;

pub(crate) const SCHEMA_3: &str = "
CREATE TABLE rollup_set (
    id INTEGER PRIMARY KEY,
    account TEXT NOT NULL,
    policy TEXT NOT NULL,        -- its rules as JSON
    zone TEXT NOT NULL,
    horizon INTEGER NOT NULL,
    unfit INTEGER NOT NULL,
    used INTEGER NOT NULL,       -- a number that grows; the smallest was asked for longest ago
    UNIQUE (account, policy, zone)
) STRICT;
CREATE TABLE rollup_row (
    rollup INTEGER NOT NULL,
    currency TEXT NOT NULL,      -- empty where customers of all currencies are counted
    sort INTEGER NOT NULL,       -- 0 what happened on a day, 1 to 3 a day, week or month as a period, 4 a cohort's month
    period INTEGER NOT NULL,
    row BLOB NOT NULL,
    PRIMARY KEY (rollup, currency, sort, period)
) STRICT, WITHOUT ROWID;
CREATE TABLE rollup_pending (
    rollup INTEGER NOT NULL,
    customer TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (rollup, customer)
) STRICT, WITHOUT ROWID;
CREATE INDEX rollup_pending_at ON rollup_pending (rollup, at);
";

/// Sets may be of parts now. What was kept is made anew when somebody asks.
pub(crate) const SCHEMA_4: &str = "
DELETE FROM rollup_pending;
DROP TABLE rollup_row;
DROP TABLE rollup_set;
CREATE TABLE rollup_set (
    id INTEGER PRIMARY KEY,
    account TEXT NOT NULL,
    policy TEXT NOT NULL,        -- its rules as JSON
    zone TEXT NOT NULL,
    cut TEXT NOT NULL,           -- by what it is cut; empty where it is not
    horizon INTEGER NOT NULL,
    used INTEGER NOT NULL,       -- a number that grows; the smallest was made longest ago
    UNIQUE (account, policy, zone, cut)
) STRICT;
CREATE TABLE rollup_row (
    rollup INTEGER NOT NULL,
    slice TEXT NOT NULL,         -- the part; empty where it is all there is
    currency TEXT NOT NULL,      -- empty where customers of all currencies are counted
    sort INTEGER NOT NULL,       -- 0 what happened on a day, 1 to 3 a day, week or month as a period, 4 a cohort's month, 5 who did not fit
    period INTEGER NOT NULL,
    row BLOB NOT NULL,
    PRIMARY KEY (rollup, slice, currency, sort, period)
) STRICT, WITHOUT ROWID;
";

/// Sets kept for an account: those in use and those last looked at beside them.
const SETS_MAX: usize = 8;
/// So many customers changed by time alone are put back one by one; more, and the set is made anew.
const DUE_MAX: usize = 20_000;
/// The places of cohorts and of who did not fit among the sorts of rows.
const COHORTS: i64 = 4;
const UNFIT: i64 = 5;
/// A cohort's month and the month of its change in one number.
const MONTHS: i64 = 1_000_000;

/// What a set is made by.
#[derive(Debug, Clone)]
pub struct Rules {
    /// The policy.
    pub policy: Policy,
    /// The reporting zone.
    pub zone: chrono_tz::Tz,
    /// By what it is cut.
    pub cut: Option<Dimension>,
}

/// A set of rows.
#[derive(Debug, Clone)]
pub struct Set {
    /// Its number.
    pub id: i64,
    /// Up to when it is told, in seconds.
    pub horizon: i64,
    rules: Rules,
}

const fn cut_text(cut: Option<Dimension>) -> &'static str {
    match cut {
        None => "",
        Some(Dimension::Plan) => "plan",
        Some(Dimension::Country) => "country",
        Some(Dimension::Rhythm) => "interval",
    }
}

fn cut_of(text: &str) -> Result<Option<Dimension>, StoreError> {
    let all = [Dimension::Plan, Dimension::Country, Dimension::Rhythm].map(Some);
    [None]
        .into_iter()
        .chain(all)
        .find(|cut| cut_text(*cut) == text)
        .ok_or_else(|| unreadable(format!("no cut `{text}`")))
}

fn slice_text(slice: &Slice) -> String {
    match slice {
        Slice::All => String::new(),
        Slice::Plan(number) => number.to_string(),
        Slice::Country(code) => code.clone().unwrap_or_default(),
        Slice::Rhythm(unit, count) => format!("{unit}:{count}"),
    }
}

fn slice_of(cut: Option<Dimension>, text: &str) -> Result<Slice, StoreError> {
    let none = || unreadable(format!("no part `{text}`"));
    Ok(match cut {
        None => Slice::All,
        Some(Dimension::Plan) => Slice::Plan(text.parse().map_err(|_| none())?),
        Some(Dimension::Country) => Slice::Country((!text.is_empty()).then(|| text.to_owned())),
        Some(Dimension::Rhythm) => {
            let (unit, count) = text.split_once(':').ok_or_else(none)?;
            Slice::Rhythm(
                unit.parse().map_err(|_| none())?,
                count.parse().map_err(|_| none())?,
            )
        }
    })
}

/// The rules of a policy as text. Two with the same rules are the same, whatever they are called.
fn text_of(policy: &Policy) -> Result<String, StoreError> {
    let bare = Policy {
        id: String::new(),
        name: String::new(),
        readings: Vec::new(),
        ..policy.clone()
    };
    serde_json::to_string(&bare).map_err(|error| StoreError::Unreadable {
        table: "rollup_set",
        detail: error.to_string(),
    })
}

/// The set of an account that is made by these rules, if it is kept.
///
/// # Errors
/// The file's.
pub fn find(sql: &Connection, account: &str, rules: &Rules) -> Result<Option<Set>, StoreError> {
    let found: Option<(i64, i64)> = sql
        .prepare_cached(
            "SELECT id, horizon FROM rollup_set WHERE account = ?1 AND policy = ?2 AND zone = ?3 AND cut = ?4",
        )?
        .query_row(
            params![account, text_of(&rules.policy)?, rules.zone.name(), cut_text(rules.cut)],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .optional()?;
    Ok(found.map(|(id, horizon)| Set {
        id,
        horizon,
        rules: rules.clone(),
    }))
}

/// Reads a set's rows; of what is kept for periods, only those of one length where one is named.
fn read(sql: &Connection, set: &Set, every: Option<Every>) -> Result<Slices, StoreError> {
    let mut slices = Slices::new();
    if set.rules.cut.is_none() {
        slices.entry(Slice::All).or_default();
    }
    let mut statement = sql.prepare_cached(
        "SELECT slice, currency, sort, period, row FROM rollup_row
         WHERE rollup = ?1 AND (?2 IS NULL OR sort = ?2 OR sort NOT BETWEEN 1 AND 3)
         ORDER BY slice, currency, sort, period",
    )?;
    let only = every.and_then(|every| i64::try_from(place(every) + 1).ok());
    let mut rows = statement.query(params![set.id, only])?;
    while let Some(row) = rows.next()? {
        let slice = slice_of(set.rules.cut, row.get_ref(0)?.as_str()?)?;
        let rollup = slices.entry(slice).or_default();
        let (sort, period): (i64, i64) = (row.get(2)?, row.get(3)?);
        let bytes = row.get_ref(4)?.as_blob()?;
        if sort == UNFIT {
            rollup.unfit = from_bytes(bytes)?;
            continue;
        }
        let currency = currency(row.get_ref(1)?.as_str()?)?;
        let ledger = rollup.ledgers.entry(currency).or_default();
        let number = i32::try_from(period).unwrap_or(i32::MAX);
        match sort {
            0 => {
                ledger.days.insert(number, from_bytes(bytes)?);
            }
            COHORTS => {
                let key = (
                    split(period.div_euclid(MONTHS)),
                    split(period.rem_euclid(MONTHS)),
                );
                ledger.cohorts.insert(key, from_bytes(bytes)?);
            }
            sort => {
                let place = usize::try_from(sort - 1).unwrap_or(usize::MAX);
                if let Some(periods) = ledger.periods.get_mut(place) {
                    periods.insert(number, from_bytes(bytes)?);
                }
            }
        }
    }
    Ok(slices)
}

fn split(number: i64) -> i32 {
    i32::try_from(number).unwrap_or(0)
}

fn currency(code: &str) -> Result<Option<Currency>, StoreError> {
    if code.is_empty() {
        return Ok(None);
    }
    Currency::parse(code)
        .map(Some)
        .map_err(|error| unreadable(error.to_string()))
}

fn unreadable(detail: String) -> StoreError {
    StoreError::Unreadable {
        table: "rollup_row",
        detail,
    }
}

fn from_bytes<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, StoreError> {
    postcard::from_bytes(bytes).map_err(|error| unreadable(error.to_string()))
}

fn to_bytes<T: Serialize>(row: &T) -> Result<Vec<u8>, StoreError> {
    postcard::to_stdvec(row).map_err(|error| unreadable(error.to_string()))
}

/// Customers whose contribution changes by time alone, with when it does.
pub type Pending = BTreeMap<String, i64>;

/// Keeps a set that was made from all facts.
///
/// # Errors
/// The file's.
pub fn keep(
    sql: &Connection,
    account: &str,
    rules: &Rules,
    horizon: i64,
    slices: &Slices,
    pending: &Pending,
) -> Result<(), StoreError> {
    if let Some(old) = find(sql, account, rules)? {
        forget_set(sql, old.id)?;
    }
    let kept: Vec<i64> = sql
        .prepare_cached("SELECT id FROM rollup_set WHERE account = ?1 ORDER BY used DESC")?
        .query_map([account], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    for id in kept.into_iter().skip(SETS_MAX - 1) {
        forget_set(sql, id)?;
    }
    let id: i64 = sql
        .prepare_cached(
            "INSERT INTO rollup_set (account, policy, zone, cut, horizon, used)
             VALUES (?1, ?2, ?3, ?4, ?5, (SELECT coalesce(max(used), 0) + 1 FROM rollup_set)) RETURNING id",
        )?
        .query_row(
            params![account, text_of(&rules.policy)?, rules.zone.name(), cut_text(rules.cut), horizon],
            |row| row.get(0),
        )?;
    add(sql, id, Known::Nothing, slices)?;
    let mut insert = sql
        .prepare_cached("INSERT INTO rollup_pending (rollup, customer, at) VALUES (?1, ?2, ?3)")?;
    for (customer, at) in pending {
        insert.execute(params![id, customer, at])?;
    }
    Ok(())
}

fn forget_set(sql: &Connection, id: i64) -> Result<(), StoreError> {
    for statement in [
        "DELETE FROM rollup_row WHERE rollup = ?1",
        "DELETE FROM rollup_pending WHERE rollup = ?1",
        "DELETE FROM rollup_set WHERE id = ?1",
    ] {
        sql.prepare_cached(statement)?.execute([id])?;
    }
    Ok(())
}

/// Throws every set of an account away.
pub(crate) fn forget(sql: &Connection, account: &str) -> Result<(), StoreError> {
    let sets: Vec<i64> = sql
        .prepare_cached("SELECT id FROM rollup_set WHERE account = ?1")?
        .query_map([account], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    for id in sets {
        forget_set(sql, id)?;
    }
    Ok(())
}

/// The sets that are kept of an account.
fn all(sql: &Connection, account: &str) -> Result<Vec<Set>, StoreError> {
    let mut statement = sql.prepare_cached(
        "SELECT id, horizon, policy, zone, cut FROM rollup_set WHERE account = ?1",
    )?;
    let mut rows = statement.query([account])?;
    let mut sets = Vec::new();
    while let Some(row) = rows.next()? {
        let policy = serde_json::from_str(row.get_ref(2)?.as_str()?)
            .map_err(|error| unreadable(error.to_string()))?;
        let zone: String = row.get(3)?;
        sets.push(Set {
            id: row.get(0)?,
            horizon: row.get(1)?,
            rules: Rules {
                policy,
                zone: zone
                    .parse()
                    .map_err(|_| unreadable(format!("no zone `{zone}`")))?,
                cut: cut_of(row.get_ref(4)?.as_str()?)?,
            },
        });
    }
    Ok(sets)
}

/// Takes a customer out of every set as it was and puts it back as it is.
pub(crate) fn replace(
    sql: &Connection,
    account: &str,
    customer: &CustomerId,
    was: &CustomerFacts,
    is: &CustomerFacts,
) -> Result<(), StoreError> {
    for set in all(sql, account)? {
        let days = Days::of_zone(set.rules.zone);
        let fold = Fold {
            policy: &set.rules.policy,
            days: &days,
            horizon: set.horizon,
        };
        let mut change = Slices::new();
        put_sliced(&mut change, was, &fold, set.rules.cut, Sign::Minus);
        put_sliced(&mut change, is, &fold, set.rules.cut, Sign::Plus);
        add(sql, set.id, Known::Rows, &change)?;
        wait(sql, &set, customer.as_str(), fold.next_change(is))?;
    }
    Ok(())
}

fn wait(sql: &Connection, set: &Set, customer: &str, at: Option<i64>) -> Result<(), StoreError> {
    match at {
        Some(at) => sql
            .prepare_cached(
                "INSERT OR REPLACE INTO rollup_pending (rollup, customer, at) VALUES (?1, ?2, ?3)",
            )?
            .execute(params![set.id, customer, at])?,
        None => sql
            .prepare_cached("DELETE FROM rollup_pending WHERE rollup = ?1 AND customer = ?2")?
            .execute(params![set.id, customer])?,
    };
    Ok(())
}

/// Tells an account's sets up to a later instant; one that is already told that far is left as it is.
///
/// # Errors
/// The file's.
pub fn advance(sql: &Connection, account: &str, horizon: i64) -> Result<(), StoreError> {
    for set in all(sql, account)? {
        if set.horizon == horizon {
            continue;
        }
        if set.horizon > horizon {
            // A clock that went back: what was told too early is told anew.
            forget_set(sql, set.id)?;
            continue;
        }
        let Some((change, next)) = since(sql, account, &set, horizon)? else {
            forget_set(sql, set.id)?;
            continue;
        };
        for (customer, at) in next {
            wait(sql, &set, &customer, at)?;
        }
        add(sql, set.id, Known::Rows, &change)?;
        sql.prepare_cached("UPDATE rollup_set SET horizon = ?2 WHERE id = ?1")?
            .execute(params![set.id, horizon])?;
    }
    Ok(())
}

/// A set's rows as of a later instant, without writing them down; `None` where making them anew is as quick. Where one
/// length of period is named, nothing is said of others.
///
/// # Errors
/// The file's.
pub fn read_at(
    sql: &Connection,
    account: &str,
    set: &Set,
    horizon: i64,
    every: Option<Every>,
) -> Result<Option<Slices>, StoreError> {
    if set.horizon > horizon {
        return Ok(None);
    }
    let mut slices = read(sql, set, every)?;
    if set.horizon < horizon {
        let Some((change, _)) = since(sql, account, set, horizon)? else {
            return Ok(None);
        };
        for (slice, rollup) in change {
            slices.entry(slice).or_default().merge(rollup);
        }
    }
    Ok(Some(slices))
}

/// What time alone changes between a set's horizon and a later one, and when each customer changes next.
#[expect(
    clippy::type_complexity,
    reason = "a pair that two callers take apart at once"
)]
fn since(
    sql: &Connection,
    account: &str,
    set: &Set,
    horizon: i64,
) -> Result<Option<(Slices, Vec<(String, Option<i64>)>)>, StoreError> {
    let due: Vec<String> = sql
        .prepare_cached(
            "SELECT customer FROM rollup_pending WHERE rollup = ?1 AND at <= ?2 LIMIT ?3",
        )?
        .query_map(
            params![set.id, horizon, i64::try_from(DUE_MAX).unwrap_or(i64::MAX)],
            |row| row.get(0),
        )?
        .collect::<Result<_, _>>()?;
    if due.len() >= DUE_MAX {
        return Ok(None);
    }
    let days = Days::of_zone(set.rules.zone);
    let fold = |horizon: i64| Fold {
        policy: &set.rules.policy,
        days: &days,
        horizon,
    };
    let (was, is) = (fold(set.horizon), fold(horizon));
    let mut change = Slices::new();
    let mut next = Vec::with_capacity(due.len());
    for customer in due {
        let own = facts::of_customer(sql, account, &CustomerId::new(customer.clone()))?;
        put_sliced(&mut change, &own, &was, set.rules.cut, Sign::Minus);
        put_sliced(&mut change, &own, &is, set.rules.cut, Sign::Plus);
        next.push((customer, is.next_change(&own)));
    }
    Ok(Some((change, next)))
}

/// Whether a set has rows already.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Known {
    Nothing,
    Rows,
}

/// Adds parts to a set's rows.
fn add(sql: &Connection, set: i64, known: Known, change: &Slices) -> Result<(), StoreError> {
    for (slice, rollup) in change {
        let slice = slice_text(slice);
        let place = Place {
            sql,
            set,
            known,
            slice: &slice,
        };
        place.add::<i64>("", UNFIT, 0, &rollup.unfit)?;
        for (currency, ledger) in &rollup.ledgers {
            place.add_ledger(currency.as_ref().map_or("", Currency::code), ledger)?;
        }
    }
    Ok(())
}

/// Where rows are written.
struct Place<'a> {
    sql: &'a Connection,
    set: i64,
    known: Known,
    slice: &'a str,
}

impl Place<'_> {
    fn add_ledger(&self, currency: &str, ledger: &Ledger) -> Result<(), StoreError> {
        for (day, row) in &ledger.days {
            self.add::<DayRow>(currency, 0, i64::from(*day), row)?;
        }
        for (sort, periods) in (1..).zip(&ledger.periods) {
            for (period, row) in periods {
                self.add::<PeriodRow>(currency, sort, i64::from(*period), row)?;
            }
        }
        for ((cohort, month), row) in &ledger.cohorts {
            let key = i64::from(*cohort) * MONTHS + i64::from(*month);
            self.add::<CohortRow>(currency, COHORTS, key, row)?;
        }
        Ok(())
    }

    fn add<R: Row + Serialize + DeserializeOwned>(
        &self,
        currency: &str,
        sort: i64,
        period: i64,
        change: &R,
    ) -> Result<(), StoreError> {
        if change.is_empty() {
            return Ok(());
        }
        let key = params![self.set, self.slice, currency, sort, period];
        let known: Option<Vec<u8>> = match self.known {
            Known::Nothing => None,
            Known::Rows => self
                .sql
                .prepare_cached(
                    "SELECT row FROM rollup_row
                     WHERE rollup = ?1 AND slice = ?2 AND currency = ?3 AND sort = ?4 AND period = ?5",
                )?
                .query_row(key, |row| row.get(0))
                .optional()?,
        };
        let mut row = match known {
            Some(bytes) => from_bytes::<R>(&bytes)?,
            None => R::default(),
        };
        row.merge(change);
        if row.is_empty() {
            self.sql
                .prepare_cached(
                    "DELETE FROM rollup_row
                     WHERE rollup = ?1 AND slice = ?2 AND currency = ?3 AND sort = ?4 AND period = ?5",
                )?
                .execute(key)?;
        } else {
            self.sql
                .prepare_cached(
                    "INSERT OR REPLACE INTO rollup_row (rollup, slice, currency, sort, period, row)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                )?
                .execute(params![
                    self.set,
                    self.slice,
                    currency,
                    sort,
                    period,
                    to_bytes(&row)?
                ])?;
        }
        Ok(())
    }
}
