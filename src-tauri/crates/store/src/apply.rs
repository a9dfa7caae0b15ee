//! The one door into the mirror: what a provider sent becomes rows.
//!
//! A page, its raw JSON, its search documents, the marks on the customers it touched and the stretch that it belongs to
//! are one transaction. An older version of an object never overwrites a newer one. A deleted object keeps its row, marked.
//! What a walk did not see is told by `unseen`; whether it is gone is for the provider to say.

use crate::error::StoreError;
use crate::project::{self, Arrival};
use crate::raw::{self, Kept, RawObject, Tally};
use crate::store::Write;
use crate::table::{dirty, gone, ids_json, seconds, stretch};
use coffer_domain::Instant;
use coffer_domain::ids::AccountId;
use coffer_domain::record::{Kind, Record};
use coffer_domain::sync::Stretch;
use rusqlite::{Connection, params};

/// One object as an adapter hands it over.
#[derive(Debug, Clone, PartialEq)]
pub struct Incoming {
    /// The object's JSON as it came.
    pub json: String,
    /// The API version it was asked for in.
    pub api_version: String,
    /// What it means.
    pub record: Record,
    /// What else stood inside it, such as the coupon of a discount.
    pub also: Vec<Record>,
}

/// A page with where it leaves the walk.
#[derive(Debug, Clone)]
pub struct PageCommit {
    /// The account.
    pub account: AccountId,
    /// Its kind.
    pub kind: Kind,
    /// Its objects.
    pub objects: Vec<Incoming>,
    /// Objects of this kind that the provider says are deleted.
    pub deleted: Vec<String>,
    /// The number of the request that brought it, above `begin_asking`.
    pub asked: i64,
    /// The provider's clock before the request was made: the objects are no older than that.
    pub fetched_at: Instant,
    /// The provider's clock when it answered.
    pub seen_at: Instant,
    /// The walk it belongs to.
    pub walk: i64,
    /// Where its stretch stands after it; `None` when it was not part of a walk.
    pub stretch: Option<Stretch>,
}

impl PageCommit {
    /// Commits the page; returns how many objects were new or newer than what was there.
    ///
    /// # Errors
    /// The file's; nothing of the page is kept then.
    pub fn apply(&self, write: &mut Write<'_>) -> Result<u64, StoreError> {
        let samples: Vec<&str> = self.objects.iter().map(|it| it.json.as_str()).collect();
        let sql = &write.transaction;
        write.codecs.learn(sql, self.kind, &samples)?;
        let account = self.account.as_str();
        let some_were_gone = gone::any(sql, account, self.kind)?;
        let mut tally = Tally::default();
        let mut kept = 0;
        for object in &self.objects {
            let raw = RawObject {
                account,
                kind: self.kind,
                id: object.record.id(),
                json: &object.json,
                api_version: &object.api_version,
                asked: self.asked,
                walk: self.walk,
                fetched_at: seconds(self.fetched_at),
            };
            if some_were_gone {
                gone::arrived(sql, account, self.kind, raw.id)?;
            }
            let outcome = raw::keep(sql, write.codecs, &raw, &mut tally)?;
            if outcome != Kept::Same {
                let arrival = Arrival {
                    seen_at: Some(self.seen_at),
                    new: outcome == Kept::New,
                };
                project::project(sql, account, &object.record, &object.also, arrival)?;
                kept += 1;
            }
        }
        if kept > 0 {
            tally.settle(sql, account, self.kind)?;
            write.touch(self.kind.as_str());
        }
        for id in &self.deleted {
            delete(write, &self.account, self.kind, id)?;
        }
        if let Some(stretch) = &self.stretch {
            stretch::put(write, &self.account, stretch)?;
        }
        Ok(kept)
    }
}

/// Marks an object as deleted at the provider.
///
/// # Errors
/// The file's.
pub fn delete(
    write: &mut Write<'_>,
    account: &AccountId,
    kind: Kind,
    id: &str,
) -> Result<(), StoreError> {
    let sql = write.sql();
    let stood = sql
        .prepare_cached(
            "UPDATE raw_object SET deleted = 1
             WHERE account = ?1 AND kind = ?2 AND id = ?3 AND deleted = 0",
        )?
        .execute(params![account.as_str(), kind.as_str(), id])?;
    if stood > 0 {
        Tally::ONE_DELETED.settle(sql, account.as_str(), kind)?;
    }
    // What is gone may have been what failed.
    project::mark_owner(sql, account.as_str(), kind, id, dirty::mark)?;
    project::mark_deleted(sql, account.as_str(), kind, id)?;
    if kind == Kind::Customers {
        dirty::mark(sql, account.as_str(), id)?;
    }
    write.touch(kind.as_str());
    Ok(())
}

/// Some of the objects of a kind, deleted ones left out, that no page of this walk brought, in order of their ids.
///
/// What comes back is to be deleted or marked with `see`, so that the next call comes to the next ones.
///
/// # Errors
/// The file's.
pub fn unseen(
    sql: &Connection,
    account: &AccountId,
    kind: Kind,
    walk: i64,
    limit: usize,
) -> Result<Vec<String>, StoreError> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let mut statement = sql.prepare_cached(
        "SELECT id FROM raw_object
         WHERE account = ?1 AND kind = ?2 AND walk < ?3 AND deleted = 0 ORDER BY id LIMIT ?4",
    )?;
    let rows = statement.query_map(
        params![account.as_str(), kind.as_str(), walk, limit],
        |row| row.get(0),
    )?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Marks objects as seen by a walk although no page of it brought them: the provider has them when asked.
///
/// # Errors
/// The file's.
pub fn see(
    write: &mut Write<'_>,
    account: &AccountId,
    kind: Kind,
    ids: &[String],
    walk: i64,
) -> Result<(), StoreError> {
    write
        .sql()
        .prepare_cached(
            "UPDATE raw_object SET walk = max(walk, ?4)
             WHERE account = ?1 AND kind = ?2 AND id IN (SELECT value FROM json_each(?3))",
        )?
        .execute(params![
            account.as_str(),
            kind.as_str(),
            ids_json("raw_object", ids.iter())?,
            walk,
        ])?;
    Ok(())
}

/// Reads kept objects again: their rows, search documents and marks are made anew from what their JSON means to this
/// version. Each comes with its kind, its record, what else stood inside it, and whether it is deleted. The kept JSON
/// is not touched, and nothing is written down as seen anew, except where nothing was.
///
/// # Errors
/// The file's.
pub fn reproject(
    write: &mut Write<'_>,
    account: &AccountId,
    objects: &[(Kind, Record, Vec<Record>, bool)],
    seen_at: Instant,
) -> Result<(), StoreError> {
    for (kind, record, also, deleted) in objects {
        let sql = write.sql();
        project::again(sql, account.as_str(), record, also, seen_at)?;
        if *deleted {
            project::mark_deleted(sql, account.as_str(), *kind, record.id())?;
        }
        write.touch(kind.as_str());
    }
    Ok(())
}
