//! What the copy holds as unsettled: objects that time or the provider may still change without a notice.

use crate::error::StoreError;
use coffer_domain::ids::AccountId;
use coffer_domain::record::Kind;
use rusqlite::{Connection, params};

/// Some of the ids of a kind that are not in a final state, in their order and after one of them; none for kinds that have no
/// such state.
///
/// # Errors
/// The file's.
pub fn ids(
    sql: &Connection,
    account: &AccountId,
    kind: Kind,
    after: Option<&str>,
    limit: u32,
) -> Result<Vec<String>, StoreError> {
    let question = match kind {
        Kind::Subscriptions => {
            "SELECT id FROM subscription
             WHERE account = ?1 AND deleted = 0 AND status NOT IN ('canceled', 'incomplete_expired')"
        }
        Kind::Invoices => {
            "SELECT id FROM invoice INDEXED BY invoice_unsettled
             WHERE account = ?1 AND deleted = 0 AND status IN ('open', 'draft')"
        }
        Kind::InvoiceItems => {
            "SELECT id FROM invoice_item INDEXED BY invoice_item_unsettled
             WHERE account = ?1 AND deleted = 0 AND invoice IS NULL"
        }
        Kind::InvoicePayments => {
            "SELECT id FROM invoice_payment WHERE account = ?1 AND deleted = 0 AND status = 'open'"
        }
        Kind::CheckoutSessions => {
            "SELECT id FROM checkout_session WHERE account = ?1 AND deleted = 0 AND status = 'open'"
        }
        _ => return Ok(Vec::new()),
    };
    let mut statement =
        sql.prepare_cached(&format!("{question} AND id > ?2 ORDER BY id LIMIT ?3"))?;
    let rows = statement.query_map(
        params![account.as_str(), after.unwrap_or_default(), limit],
        |row| row.get(0),
    )?;
    Ok(rows.collect::<Result<_, _>>()?)
}
