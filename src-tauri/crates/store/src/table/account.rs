//! The accounts of this mode. Their keys are in the keychain, never here.

use crate::error::StoreError;
use crate::store::Write;
use crate::table::{instant, instant_maybe, json, seconds, seconds_of, to_json};
use coffer_domain::Instant;
use coffer_domain::currency::Currency;
use coffer_domain::ids::AccountId;
use rusqlite::{Connection, OptionalExtension as _, Row, params};
use serde::{Deserialize, Serialize};

pub(crate) const SCHEMA_1: &str = "
CREATE TABLE account (
    id TEXT PRIMARY KEY,
    provider TEXT NOT NULL,
    name TEXT NOT NULL,
    api_url TEXT,
    key_kind TEXT NOT NULL,
    key_last4 TEXT NOT NULL,
    provider_name TEXT,
    country TEXT,
    default_currency TEXT,
    permissions TEXT NOT NULL,
    added_at INTEGER NOT NULL,
    synced_at INTEGER,            -- the instant the copy is as of, by the provider's clock
    complete INTEGER NOT NULL,
    changes_from INTEGER,
    walk INTEGER NOT NULL
) STRICT;
";

pub(crate) const SCHEMA_2: &str = "
ALTER TABLE account ADD COLUMN raw TEXT;             -- the provider's JSON of it
ALTER TABLE account ADD COLUMN swept_at INTEGER;     -- our clock at the end of the last sweep or whole walk
ALTER TABLE account ADD COLUMN proved_at INTEGER;    -- our clock when the copy was last proved whole
ALTER TABLE account ADD COLUMN unproved INTEGER NOT NULL DEFAULT 1; -- something was written since the last proof
ALTER TABLE account ADD COLUMN settled_walk INTEGER NOT NULL DEFAULT 0; -- the walk whose unseen objects were settled
";

pub(crate) const SCHEMA_4: &str = "
ALTER TABLE account ADD COLUMN clocks_walk INTEGER NOT NULL DEFAULT 0; -- the walk in which test clocks were asked for theirs
";

fn read_only() -> String {
    "read".to_owned()
}

/// One thing a key may or may not read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PermissionRow {
    /// Named like the provider's list path.
    pub resource: String,
    /// The box to tick at the provider.
    pub label: String,
    /// `None` when the provider gave no clear answer.
    pub granted: Option<bool>,
    /// `read` or `write`.
    #[serde(default = "read_only")]
    pub access: String,
    /// The provider's own word for the permission, as its pages of ready-made keys know it; empty where there is none.
    #[serde(default)]
    pub slug: String,
}

/// An account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountRow {
    /// The provider's id.
    pub id: AccountId,
    /// `stripe`.
    pub provider: String,
    /// What the user calls it.
    pub name: String,
    /// A loopback address it was pointed at.
    pub api_url: Option<String>,
    /// `restricted` or `secret`.
    pub key_kind: String,
    /// The key's last four characters.
    pub key_last4: String,
    /// The provider's name for it.
    pub provider_name: Option<String>,
    /// ISO 3166 code.
    pub country: Option<String>,
    /// The currency it settles in.
    pub default_currency: Option<Currency>,
    /// What the key may read.
    pub permissions: Vec<PermissionRow>,
    /// When it was added.
    pub added_at: Instant,
    /// The instant the copy is as of, by the provider's clock.
    pub synced_at: Option<Instant>,
    /// Whether the last sync brought everything.
    pub complete: bool,
    /// From when changes are to be read.
    pub changes_from: Option<Instant>,
    /// The number of the current walk over the lists.
    pub walk: i64,
    /// The provider's JSON of it, as it came.
    pub raw: Option<String>,
    /// Our clock at the end of the last sweep or whole walk.
    pub swept_at: Option<Instant>,
    /// Our clock when the copy was last proved whole.
    pub proved_at: Option<Instant>,
    /// Whether something was written since the last proof came to its end.
    pub unproved: bool,
    /// The walk whose unseen objects were settled.
    pub settled_walk: i64,
    /// The walk in which every test clock was asked for what lives on it.
    pub clocks_walk: i64,
}

const COLUMNS: &str = "id, provider, name, api_url, key_kind, key_last4, provider_name, country, \
     default_currency, permissions, added_at, synced_at, complete, changes_from, walk, \
     raw, swept_at, proved_at, unproved, settled_walk, clocks_walk";

fn from_row(row: &Row<'_>) -> rusqlite::Result<AccountRow> {
    let currency: Option<String> = row.get(8)?;
    Ok(AccountRow {
        id: AccountId::new(row.get::<_, String>(0)?),
        provider: row.get(1)?,
        name: row.get(2)?,
        api_url: row.get(3)?,
        key_kind: row.get(4)?,
        key_last4: row.get(5)?,
        provider_name: row.get(6)?,
        country: row.get(7)?,
        default_currency: currency.and_then(|code| Currency::parse(&code).ok()),
        permissions: json(row, 9)?,
        added_at: instant(row, 10)?,
        synced_at: instant_maybe(row, 11)?,
        complete: row.get(12)?,
        changes_from: instant_maybe(row, 13)?,
        walk: row.get(14)?,
        raw: row.get(15)?,
        swept_at: instant_maybe(row, 16)?,
        proved_at: instant_maybe(row, 17)?,
        unproved: row.get(18)?,
        settled_walk: row.get(19)?,
        clocks_walk: row.get(20)?,
    })
}

/// Every account in the order they were added.
///
/// # Errors
/// The file's.
pub fn all(sql: &Connection) -> Result<Vec<AccountRow>, StoreError> {
    let mut statement = sql.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM account ORDER BY added_at, id"
    ))?;
    let rows = statement.query_map([], from_row)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// One account.
///
/// # Errors
/// The file's.
pub fn one(sql: &Connection, id: &AccountId) -> Result<Option<AccountRow>, StoreError> {
    Ok(sql
        .prepare_cached(&format!("SELECT {COLUMNS} FROM account WHERE id = ?1"))?
        .query_row([id.as_str()], from_row)
        .optional()?)
}

/// Adds an account, or brings what the provider says of it up to date; where its copy stands is kept. The walks of one whose
/// data outlived it are counted on, so that its next walk knows the older objects from those it saw.
///
/// # Errors
/// The file's.
pub fn put(write: &mut Write<'_>, account: &AccountRow) -> Result<(), StoreError> {
    let permissions = to_json("account", &account.permissions)?;
    write.sql().execute(
        "INSERT INTO account (id, provider, name, api_url, key_kind, key_last4, provider_name,
           country, default_currency, permissions, added_at, synced_at, complete, changes_from, walk,
           raw, swept_at, proved_at, unproved, settled_walk, clocks_walk)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14,
           max(?15, (SELECT coalesce(max(walk), 0) FROM raw_object WHERE account = ?1)), ?16, ?17, ?18, ?19, ?20, ?21)
         ON CONFLICT (id) DO UPDATE SET name = excluded.name, api_url = excluded.api_url,
           key_kind = excluded.key_kind, key_last4 = excluded.key_last4,
           provider_name = excluded.provider_name, country = excluded.country,
           default_currency = excluded.default_currency, permissions = excluded.permissions,
           raw = coalesce(excluded.raw, raw)",
        params![
            account.id.as_str(),
            account.provider,
            account.name,
            account.api_url,
            account.key_kind,
            account.key_last4,
            account.provider_name,
            account.country,
            account.default_currency.as_ref().map(Currency::code),
            permissions,
            seconds(account.added_at),
            seconds_of(account.synced_at),
            account.complete,
            seconds_of(account.changes_from),
            account.walk,
            account.raw,
            seconds_of(account.swept_at),
            seconds_of(account.proved_at),
            account.unproved,
            account.settled_walk,
            account.clocks_walk,
        ],
    )?;
    write.touch("accounts");
    Ok(())
}

/// Records where an account's copy stands after a sync came to its end.
///
/// # Errors
/// The file's.
pub fn finish_sync(
    write: &mut Write<'_>,
    id: &AccountId,
    synced_at: Instant,
    complete: bool,
    changes_from: Instant,
) -> Result<(), StoreError> {
    write.sql().execute(
        "UPDATE account SET synced_at = ?2, complete = ?3, changes_from = ?4 WHERE id = ?1",
        params![
            id.as_str(),
            seconds(synced_at),
            complete,
            seconds(changes_from)
        ],
    )?;
    write.touch("accounts");
    write.touch("metrics");
    Ok(())
}

/// Records that what can change without a notice was looked at, or every list walked. `at` is our own clock.
///
/// # Errors
/// The file's.
pub fn set_swept(write: &mut Write<'_>, id: &AccountId, at: Instant) -> Result<(), StoreError> {
    write.sql().execute(
        "UPDATE account SET swept_at = ?2 WHERE id = ?1",
        params![id.as_str(), seconds(at)],
    )?;
    write.touch("accounts");
    Ok(())
}

/// Records when the copy was proved whole; `None` takes that word back. `at` is our own clock.
///
/// # Errors
/// The file's.
pub fn set_proved(
    write: &mut Write<'_>,
    id: &AccountId,
    at: Option<Instant>,
) -> Result<(), StoreError> {
    write.sql().execute(
        "UPDATE account SET proved_at = ?2 WHERE id = ?1",
        params![id.as_str(), seconds_of(at)],
    )?;
    write.touch("accounts");
    Ok(())
}

/// Records that something is written which the last proof has not seen, or that a proof has come to its end since.
///
/// # Errors
/// The file's.
pub fn set_unproved(
    write: &mut Write<'_>,
    id: &AccountId,
    unproved: bool,
) -> Result<(), StoreError> {
    write
        .sql()
        .prepare_cached("UPDATE account SET unproved = ?2 WHERE id = ?1 AND unproved <> ?2")?
        .execute(params![id.as_str(), unproved])?;
    Ok(())
}

/// Records that what a walk did not see was settled.
///
/// # Errors
/// The file's.
pub fn set_settled(write: &mut Write<'_>, id: &AccountId, walk: i64) -> Result<(), StoreError> {
    write.sql().execute(
        "UPDATE account SET settled_walk = ?2 WHERE id = ?1",
        params![id.as_str(), walk],
    )?;
    Ok(())
}

/// Records that in a walk every test clock was asked for what lives on it.
///
/// # Errors
/// The file's.
pub fn set_clocks_walked(
    write: &mut Write<'_>,
    id: &AccountId,
    walk: i64,
) -> Result<(), StoreError> {
    write.sql().execute(
        "UPDATE account SET clocks_walk = ?2 WHERE id = ?1",
        params![id.as_str(), walk],
    )?;
    Ok(())
}

/// Records that the copy is not whole; the instant it is as of stays.
///
/// # Errors
/// The file's.
pub fn mark_incomplete(write: &mut Write<'_>, id: &AccountId) -> Result<(), StoreError> {
    write.sql().execute(
        "UPDATE account SET complete = 0 WHERE id = ?1",
        params![id.as_str()],
    )?;
    write.touch("accounts");
    Ok(())
}

/// Forgets an account, and with `data` everything that was synced for it.
///
/// # Errors
/// The file's.
pub fn remove(write: &mut Write<'_>, id: &AccountId, data: bool) -> Result<(), StoreError> {
    let account = [id.as_str()];
    write
        .sql()
        .execute("DELETE FROM account WHERE id = ?1", account)?;
    if data {
        for table in [
            "sync_stretch",
            "notice",
            "reads",
            "gone",
            "mismatch",
            "raw_object",
            "raw_count",
            "customer",
            "product",
            "price",
            "coupon",
            "promotion_code",
            "subscription",
            "subscription_item",
            "observation",
            "invoice",
            "invoice_line",
            "invoice_item",
            "invoice_payment",
            "payment",
            "payment_intent",
            "refund",
            "dispute",
            "balance_transaction",
            "subscription_schedule",
            "credit_note",
            "credit_entry",
            "meter",
            "checkout_session",
            "payment_link",
            "facts",
            "plan_number",
            "cash",
            "customer_summary",
            "dirty_customer",
            "search_document",
            "note",
            "invoice_document",
        ] {
            write
                .sql()
                .execute(&format!("DELETE FROM {table} WHERE account = ?1"), account)?;
        }
        crate::table::rollup::forget(write.sql(), id.as_str())?;
        crate::table::search::refill_from_last(write.sql())?;
        for kind in coffer_domain::record::Kind::ALL {
            write.touch(kind.as_str());
        }
    }
    write.touch("accounts");
    write.touch("metrics");
    Ok(())
}
