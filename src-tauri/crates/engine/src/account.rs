//! Adding, checking and removing accounts.
//!
//! A key is read, its mode taken from its text, checked with the provider, and only then kept: the key in the keychain,
//! the account in the file of the key's own mode. A fault on the way leaves nothing behind.

use crate::books::{Books, blocking, whom};
use crate::error::EngineError;
use coffer_domain::Instant;
use coffer_domain::ids::AccountId;
use coffer_domain::mode::Mode;
use coffer_domain::record::Kind;
use coffer_providers::{
    Access, ApiBase, ApiKey, ClientOptions, Haste, KeyCheck, ProviderName, Usage, connect,
};
use coffer_store::table::account::{self, AccountRow, PermissionRow};
use coffer_store::table::operation;
use coffer_store::table::reads::{self, Asked};
use std::marker::PhantomData;
use std::sync::Arc;
use zeroize::Zeroizing;

/// What to add.
pub struct NewAccount<M: Mode> {
    /// The provider.
    pub provider: ProviderName,
    /// What the user calls it.
    pub name: String,
    /// Its key.
    pub key: ApiKey<M>,
    /// Where it is asked: the provider's own address or this machine.
    pub base: ApiBase,
}

/// A key that the provider accepted, not kept yet.
pub struct Checked<M: Mode> {
    row: AccountRow,
    text: Zeroizing<String>,
    /// What the check asked.
    asked: Asked,
    mode: PhantomData<M>,
}

impl<M: Mode> Checked<M> {
    /// The account that it opens.
    #[must_use]
    pub const fn id(&self) -> &AccountId {
        &self.row.id
    }
}

/// What a client asked so far, as it is written down.
pub(crate) const fn asked(usage: &Usage) -> Asked {
    Asked {
        reads: usage.reads,
        requests: usage.requests,
    }
}

/// Checks a key with the provider. Nothing is kept.
///
/// # Errors
/// When the provider does not accept the key.
pub async fn check_new<M: Mode>(
    new: NewAccount<M>,
    now: Instant,
    options: &ClientOptions,
) -> Result<Checked<M>, EngineError> {
    let kind = new.key.kind().as_str().to_owned();
    let last4 = new.key.last4().to_owned();
    let text = new.key.stored();
    let api_url = new.base.is_loopback().then(|| new.base.as_str().to_owned());
    let options = ClientOptions {
        haste: Haste::Person,
        ..options.clone()
    };
    let client = connect(new.provider, new.key, new.base, options)?;
    let check = client.check_key().await?;
    let row = AccountRow {
        id: check.account.id.clone(),
        provider: new.provider.as_str().to_owned(),
        name: name_of(&new.name, &check),
        api_url,
        key_kind: kind,
        key_last4: last4,
        provider_name: check.account.name.clone(),
        country: check.account.country.clone(),
        default_currency: check.account.default_currency,
        permissions: permissions(&check),
        added_at: now,
        synced_at: None,
        complete: false,
        changes_from: None,
        walk: 0,
        raw: check.account_raw,
        swept_at: None,
        proved_at: None,
        unproved: true,
        settled_walk: 0,
        clocks_walk: 0,
    };
    Ok(Checked {
        row,
        text,
        asked: asked(&client.usage()),
        mode: PhantomData,
    })
}

/// Keeps a checked key with its account. An account added again keeps its data and gets the new key.
///
/// # Errors
/// When the keychain or the file fail; both are as before then.
pub async fn keep<M: Mode>(
    books: &Arc<Books<M>>,
    checked: Checked<M>,
) -> Result<AccountRow, EngineError> {
    let own = Arc::clone(books);
    blocking(move || {
        let Checked {
            row, text, asked, ..
        } = checked;
        let secret = own.home.account_secret(row.id.as_str());
        let before = own.secrets.get(M::NAME, &secret)?;
        own.secrets.set(M::NAME, &secret, &text)?;
        let kept = row.clone();
        let stored = own.store.write(move |write| {
            account::put(write, &kept)?;
            reads::note(write, &kept.id, kept.added_at, asked)?;
            account::one(write.sql(), &kept.id)
        });
        match stored {
            Ok(stored) => Ok(stored.unwrap_or(row)),
            Err(error) => {
                // The file did not take the account, so the keychain goes back to what it was.
                match before {
                    Some(before) => own.secrets.set(M::NAME, &secret, &before)?,
                    None => own.secrets.forget(M::NAME, &secret)?,
                }
                Err(error.into())
            }
        }
    })
    .await
}

fn name_of(asked: &str, check: &KeyCheck) -> String {
    let asked = asked.trim();
    if !asked.is_empty() {
        return asked.to_owned();
    }
    check
        .account
        .name
        .clone()
        .unwrap_or_else(|| check.account.id.to_string())
}

/// What a permission opens, named like the provider's list path.
pub(crate) const fn resource_name(kind: Option<Kind>, access: Access) -> &'static str {
    match (kind, access) {
        (Some(kind), _) => kind.as_str(),
        (None, Access::Read) => "events",
        (None, Access::Write) => "customer_portal",
    }
}

fn permissions(check: &KeyCheck) -> Vec<PermissionRow> {
    check
        .permissions
        .iter()
        .map(|permission| PermissionRow {
            resource: resource_name(permission.kind, permission.access).to_owned(),
            label: permission.label.to_owned(),
            access: permission.access.as_str().to_owned(),
            slug: permission.slug.to_owned(),
            granted: permission.granted,
        })
        .collect()
}

/// Asks the provider again what the stored key may read.
///
/// # Errors
/// When there is no such account, its key is gone, or the provider cannot be asked.
pub async fn check<M: Mode>(
    books: &Arc<Books<M>>,
    id: &AccountId,
    options: &ClientOptions,
) -> Result<AccountRow, EngineError> {
    let mut row = find(books, id).await?;
    let (provider, base) = whom(&row)?;
    let (own, account_id) = (Arc::clone(books), id.clone());
    let key = blocking(move || own.account_key(provider, &account_id)).await?;
    let options = ClientOptions {
        limits: Some(books.limits_of(&row, options)?),
        // Somebody waits for this, also while a sync runs.
        haste: Haste::Person,
        ..options.clone()
    };
    let client = connect(provider, key, base, options)?;
    let check = client.check_key().await?;
    row.permissions = permissions(&check);
    row.provider_name = check.account.name.or(row.provider_name);
    row.raw = check.account_raw.or(row.raw);
    let (kept, asked, now) = (row.clone(), asked(&client.usage()), books.clock.now());
    books
        .write(move |write| {
            reads::note(write, &kept.id, now, asked)?;
            account::put(write, &kept)
        })
        .await?;
    Ok(row)
}

/// Forgets an account's key and, when asked, everything synced for it.
///
/// # Errors
/// When there is no such account, or the keychain or file fail.
pub async fn remove<M: Mode>(
    books: &Arc<Books<M>>,
    id: &AccountId,
    data: bool,
) -> Result<(), EngineError> {
    find(books, id).await?;
    let Some(_no_sync) = books.home.try_lock(&format!("sync-{}", M::NAME))? else {
        return Err(EngineError::SyncRunning(M::NAME));
    };
    let wanted = id.clone();
    let open = books
        .read(move |read| operation::open_of(read.sql(), &wanted))
        .await?;
    if open > 0 {
        return Err(EngineError::Usage(format!(
            "{open} operations of this account are not finished; finish them or take them out of the outbox first."
        )));
    }
    let own = Arc::clone(books);
    let id = id.clone();
    blocking(move || {
        own.secrets
            .forget(M::NAME, &own.home.account_secret(id.as_str()))?;
        let gone = id.clone();
        own.store
            .write(move |write| account::remove(write, &gone, data))?;
        own.board.forget(id.as_str());
        Ok(())
    })
    .await
}

async fn find<M: Mode>(books: &Arc<Books<M>>, id: &AccountId) -> Result<AccountRow, EngineError> {
    let wanted = id.clone();
    books
        .read(move |read| account::one(read.sql(), &wanted))
        .await?
        .ok_or_else(|| EngineError::NotFound {
            what: "account",
            id: id.to_string(),
            mode: M::NAME,
        })
}
