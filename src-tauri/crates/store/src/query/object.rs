//! One object of any kind by the provider's id: its JSON as it came.

use crate::error::StoreError;
use crate::raw;
use coffer_domain::record::Kind;
use rusqlite::Connection;

/// An object found by its id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The account it belongs to.
    pub account: String,
    /// Its kind.
    pub kind: Kind,
    /// Its id.
    pub id: String,
    /// Its JSON as it came.
    pub json: String,
    /// Whether the provider deleted it.
    pub deleted: bool,
}

/// Finds an object by its id; a payment intent's id finds its payment.
///
/// # Errors
/// The file's.
pub fn by_id(sql: &Connection, id: &str) -> Result<Option<Found>, StoreError> {
    let through_intent: Option<(String, String)> = {
        let mut statement = sql.prepare_cached(
            "SELECT account, latest_payment FROM payment_intent WHERE id = ?1 AND latest_payment IS NOT NULL",
        )?;
        let mut rows = statement.query([id])?;
        match rows.next()? {
            Some(row) => Some((row.get(0)?, row.get(1)?)),
            None => None,
        }
    };
    if let Some((account, payment)) = through_intent
        && let Some(found) = read(sql, &account, Kind::Charges, &payment)?
    {
        return Ok(Some(found));
    }
    let mut accounts = sql.prepare_cached("SELECT id FROM account ORDER BY added_at, id")?;
    let accounts: Vec<String> = accounts
        .query_map([], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    for account in &accounts {
        for kind in Kind::ALL {
            if let Some(found) = read(sql, account, kind, id)? {
                return Ok(Some(found));
            }
        }
    }
    Ok(None)
}

fn read(
    sql: &Connection,
    account: &str,
    kind: Kind,
    id: &str,
) -> Result<Option<Found>, StoreError> {
    let Some(json) = raw::json_of(sql, account, kind, id)? else {
        return Ok(None);
    };
    let deleted = sql
        .prepare_cached(
            "SELECT deleted FROM raw_object WHERE account = ?1 AND kind = ?2 AND id = ?3",
        )?
        .query_row([account, kind.as_str(), id], |row| row.get(0))?;
    Ok(Some(Found {
        account: account.to_owned(),
        kind,
        id: id.to_owned(),
        json,
        deleted,
    }))
}
