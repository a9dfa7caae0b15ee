//! Where the copy was found not to be whole, kept until a later proof says otherwise.

use crate::error::StoreError;
use crate::proof::{self, Mismatch, Rule};
use crate::store::Write;
use crate::table::ids_json;
use coffer_domain::ids::AccountId;
use coffer_domain::record::Kind;
use rusqlite::{Connection, params};

pub(crate) const SCHEMA_2: &str = "
CREATE TABLE mismatch (
    account TEXT NOT NULL,
    rule TEXT NOT NULL,
    id TEXT NOT NULL,
    kind TEXT NOT NULL,
    expected TEXT NOT NULL,
    found TEXT NOT NULL,
    PRIMARY KEY (account, rule, id)
) STRICT, WITHOUT ROWID;
";

/// Puts the outcome of a proof in place of what was known.
///
/// `around` are the objects that were proved around, and only what was known of those is forgotten; `None` forgets
/// everything, after a proof of the whole.
///
/// # Errors
/// The file's.
pub fn replace(
    write: &mut Write<'_>,
    account: &AccountId,
    around: Option<&[(Kind, String)]>,
    found: &[Mismatch],
) -> Result<(), StoreError> {
    let sql = write.sql();
    match around {
        None => {
            sql.prepare_cached("DELETE FROM mismatch WHERE account = ?1")?
                .execute([account.as_str()])?;
        }
        Some(touched) => {
            for rule in Rule::ALL {
                let heads = proof::heads(sql, account, rule, touched)?;
                let heads = ids_json("mismatch", heads.iter())?;
                sql.prepare_cached(
                    "DELETE FROM mismatch WHERE account = ?1 AND rule = ?2
                       AND id IN (SELECT value FROM json_each(?3))",
                )?
                .execute(params![account.as_str(), rule.as_str(), heads])?;
            }
        }
    }
    let mut insert = sql.prepare_cached(
        "INSERT OR REPLACE INTO mismatch (account, rule, id, kind, expected, found)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?;
    for it in found {
        insert.execute(params![
            account.as_str(),
            it.rule.as_str(),
            it.id,
            it.kind.as_str(),
            it.expected,
            it.found,
        ])?;
    }
    Ok(())
}

/// What is known not to fit, by rule and id.
///
/// # Errors
/// The file's.
pub fn of_account(sql: &Connection, account: &AccountId) -> Result<Vec<Mismatch>, StoreError> {
    let mut statement = sql.prepare_cached(
        "SELECT rule, kind, id, expected, found FROM mismatch WHERE account = ?1 ORDER BY rule, id",
    )?;
    let mut rows = statement.query([account.as_str()])?;
    let mut mismatches = Vec::new();
    while let Some(row) = rows.next()? {
        let rule = Rule::parse(row.get_ref(0)?.as_str().unwrap_or_default());
        let kind = Kind::parse(row.get_ref(1)?.as_str().unwrap_or_default());
        // A rule this version does not know belongs to a later one and is left alone.
        if let (Some(rule), Some(kind)) = (rule, kind) {
            mismatches.push(Mismatch {
                rule,
                kind,
                id: row.get(2)?,
                expected: row.get(3)?,
                found: row.get(4)?,
            });
        }
    }
    Ok(mismatches)
}

/// How many things are known not to fit.
///
/// # Errors
/// The file's.
pub fn count(sql: &Connection, account: &AccountId) -> Result<u64, StoreError> {
    let count: i64 = sql
        .prepare_cached("SELECT count(*) FROM mismatch WHERE account = ?1")?
        .query_row([account.as_str()], |row| row.get(0))?;
    Ok(count.unsigned_abs())
}
