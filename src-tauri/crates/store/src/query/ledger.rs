//! Whose credit ledger may hold anything: the only customers whose ledgers are worth asking for.

use crate::error::StoreError;
use coffer_domain::ids::{AccountId, CustomerId};
use rusqlite::{Connection, OptionalExtension as _, params};

/// Each part comes out of an index in order of customers, so that a page costs no more than itself.
const OWNERS: &str = "
SELECT id FROM customer INDEXED BY customer_with_balance
 WHERE account = ?1 AND balance <> 0 AND id > ?2
UNION SELECT customer FROM invoice INDEXED BY invoice_on_ledger
 WHERE account = ?1 AND customer > ?2 AND touches_ledger = 1 AND customer IS NOT NULL AND deleted = 0
UNION SELECT customer FROM credit_note INDEXED BY credit_note_on_ledger
 WHERE account = ?1 AND customer > ?2 AND credit_entry IS NOT NULL AND customer IS NOT NULL AND deleted = 0
UNION SELECT customer FROM credit_entry INDEXED BY credit_entry_of_customer
 WHERE account = ?1 AND customer > ?2
ORDER BY 1 LIMIT ?3";

/// A page of the customers, in order of their ids, whose balance is not zero, whose ledger an invoice or a credit note
/// touched, or of whose ledger entries are here. Those that are deleted or not here are left out.
///
/// # Errors
/// The file's.
pub fn owners(
    sql: &Connection,
    account: &AccountId,
    after: Option<&str>,
    limit: usize,
) -> Result<Vec<CustomerId>, StoreError> {
    let mut owners = Vec::new();
    let mut after = after.unwrap_or_default().to_owned();
    let mut statement = sql.prepare_cached(OWNERS)?;
    let mut stands = sql.prepare_cached(
        "SELECT EXISTS (SELECT 1 FROM customer WHERE account = ?1 AND id = ?2 AND deleted = 0)",
    )?;
    while owners.len() < limit {
        let wanted = limit.saturating_sub(owners.len());
        let wanted_rows = i64::try_from(wanted).unwrap_or(i64::MAX);
        let found: Vec<String> = statement
            .query_map(params![account.as_str(), after, wanted_rows], |row| {
                row.get(0)
            })?
            .collect::<Result<_, _>>()?;
        let last = found.len() < wanted;
        for id in found {
            if stands.query_row([account.as_str(), &id], |row| row.get(0))? {
                owners.push(CustomerId::new(id.clone()));
            }
            after = id;
        }
        if last {
            break;
        }
    }
    Ok(owners)
}

/// Those of the customers that stand at another balance here than is told of them; one that is not here stands at nothing.
///
/// # Errors
/// The file's.
pub fn with_another_balance(
    sql: &Connection,
    account: &AccountId,
    told: &[(CustomerId, i64)],
) -> Result<Vec<CustomerId>, StoreError> {
    let mut statement =
        sql.prepare_cached("SELECT balance FROM customer WHERE account = ?1 AND id = ?2")?;
    let mut moved = Vec::new();
    for (id, balance) in told {
        let stored: Option<i64> = statement
            .query_row([account.as_str(), id.as_str()], |row| row.get(0))
            .optional()?;
        if stored.unwrap_or(0) != *balance {
            moved.push(id.clone());
        }
    }
    Ok(moved)
}
