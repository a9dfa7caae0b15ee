//! Where in time known objects lie, so that a part of their list can be asked for instead of each of them.

use crate::error::StoreError;
use crate::table::{ids_json, instant_maybe, table_of};
use coffer_domain::Instant;
use coffer_domain::ids::AccountId;
use coffer_domain::record::Kind;
use rusqlite::{Connection, params};

/// A part of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// When the oldest of the objects was made.
    pub from: Instant,
    /// When the newest of them was made.
    pub to: Instant,
    /// About how many objects of the kind the copy holds in between, both ends included.
    pub objects: u64,
}

/// Which rows tell how dense a kind's list is: its own where they are in order of when they were made, else those that its
/// objects come with. `None` where nothing tells.
const fn density(kind: Kind) -> Option<(&'static str, &'static str)> {
    Some(match kind {
        Kind::Customers => ("customer_summary", "sort_created"),
        Kind::Subscriptions => ("subscription", "created"),
        Kind::Invoices | Kind::InvoiceItems | Kind::InvoicePayments | Kind::CreditNotes => {
            ("invoice", "created")
        }
        Kind::Charges
        | Kind::PaymentIntents
        | Kind::Disputes
        | Kind::BalanceTransactions
        | Kind::CheckoutSessions => ("payment", "created"),
        Kind::Refunds => ("refund", "created"),
        _ => return None,
    })
}

/// The part of a kind's list in which these objects lie, if it holds fewer than about `objects_max`; `None` where it holds
/// more, or where finding that out would cost more the more is stored.
///
/// # Errors
/// The file's.
pub fn of(
    sql: &Connection,
    account: &AccountId,
    kind: Kind,
    ids: &[String],
    objects_max: u64,
) -> Result<Option<Window>, StoreError> {
    let Some((counted, made)) = density(kind) else {
        return Ok(None);
    };
    let table = table_of(kind);
    let (from, to) = sql
        .prepare_cached(&format!(
            "SELECT min(f.created), max(f.created) FROM json_each(?2) n
             CROSS JOIN {table} f ON f.account = ?1 AND f.id = n.value"
        ))?
        .query_row(
            params![account.as_str(), ids_json("window", ids.iter())?],
            |row| Ok((instant_maybe(row, 0)?, instant_maybe(row, 1)?)),
        )?;
    let (Some(from), Some(to)) = (from, to) else {
        return Ok(None);
    };
    let objects: i64 = sql
        .prepare_cached(&format!(
            "SELECT count(*) FROM (SELECT 1 FROM {counted} WHERE account = ?1 AND {made} BETWEEN ?2 AND ?3 LIMIT ?4)"
        ))?
        .query_row(
            params![
                account.as_str(),
                from.timestamp(),
                to.timestamp(),
                i64::try_from(objects_max).unwrap_or(i64::MAX),
            ],
            |row| row.get(0),
        )?;
    let objects = objects.unsigned_abs();
    Ok((objects < objects_max).then_some(Window { from, to, objects }))
}
