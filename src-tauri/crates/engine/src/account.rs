//! Adding, checking and removing accounts.
//!
//! A key is read, its mode taken from its text, checked with the provider, and only then kept: the key in the keychain,
//! the account in the file of the key's own mode. A fault on the way leaves nothing behind.

use crate::books::{Books, blocking};
use crate::error::EngineError;
use coffer_domain::ids::AccountId;
use coffer_domain::mode::Mode;
use coffer_providers::{ApiBase, ApiKey, ClientOptions, KeyCheck, ProviderName, connect};
use coffer_store::table::account::{self, AccountRow, PermissionRow};
use std::sync::Arc;

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

/// Checks a key with the provider and keeps it with its account. An account added again keeps its data and gets the new key.
///
/// # Errors
/// When the provider does not accept the key, or the keychain or file fail.
pub async fn add<M: Mode>(
    books: &Arc<Books<M>>,
    new: NewAccount<M>,
    options: &ClientOptions,
) -> Result<AccountRow, EngineError> {
    let kind = new.key.kind().as_str().to_owned();
    let last4 = new.key.last4().to_owned();
    let text = zeroize::Zeroizing::new(new.key.expose().to_owned());
    let api_url = new.base.is_loopback().then(|| new.base.as_str().to_owned());
    let client = connect(new.provider, new.key, new.base, options.clone())?;
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
        added_at: books.clock.now(),
        synced_at: None,
        complete: false,
        changes_from: None,
        walk: 0,
    };
    let own = Arc::clone(books);
    blocking(move || {
        let secret = own.home.account_secret(row.id.as_str());
        let before = own.secrets.get(M::NAME, &secret)?;
        own.secrets.set(M::NAME, &secret, &text)?;
        let kept = row.clone();
        let stored = own.store.write(move |write| {
            account::put(write, &kept)?;
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

fn permissions(check: &KeyCheck) -> Vec<PermissionRow> {
    check
        .permissions
        .iter()
        .map(|permission| PermissionRow {
            resource: permission
                .kind
                .map_or("events", |kind| kind.as_str())
                .to_owned(),
            label: permission.label.to_owned(),
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
    let provider = ProviderName::parse(&row.provider).ok_or_else(|| {
        EngineError::Usage(format!(
            "This version does not know the provider `{}`.",
            row.provider
        ))
    })?;
    let base = match &row.api_url {
        Some(url) => ApiBase::loopback(url)?,
        None => ApiBase::official(provider),
    };
    let (own, account_id) = (Arc::clone(books), id.clone());
    let key = blocking(move || own.account_key(provider, &account_id)).await?;
    let check = connect(provider, key, base, options.clone())?
        .check_key()
        .await?;
    row.permissions = permissions(&check);
    row.provider_name = check.account.name.or(row.provider_name);
    let kept = row.clone();
    books.write(move |write| account::put(write, &kept)).await?;
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
