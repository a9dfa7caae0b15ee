//! The object that something is to be done to, as the copy has it, with what is around it.

use crate::books::{Books, whom};
use crate::error::EngineError;
use coffer_domain::ids::{AccountId, CustomerId, PriceId};
use coffer_domain::mode::Mode;
use coffer_domain::operation::{Intent, ItemChange};
use coffer_domain::record::{Kind, Price, Record};
use coffer_providers::{ProviderName, reread};
use coffer_store::StoreError;
use coffer_store::query::object::{self, Found};
use coffer_store::table::account::{self, AccountRow};
use std::collections::HashMap;

/// An object of the copy.
#[derive(Debug, Clone)]
pub struct Target {
    /// Its account.
    pub account: AccountRow,
    /// Its provider.
    pub provider: ProviderName,
    /// Itself.
    pub record: Record,
    /// Who is concerned.
    pub customer: Option<CustomerId>,
}

impl Target {
    /// Finds an object by its id; a payment intent's id finds its payment. Blocks.
    ///
    /// # Errors
    /// When there is none, it was deleted, or it cannot be read.
    pub fn find<M: Mode>(
        books: &Books<M>,
        id: &str,
        what: &'static str,
    ) -> Result<Self, EngineError> {
        let found = books.store.read(|read| {
            let Some(found) = object::by_id(read.sql(), id)? else {
                return Ok(None);
            };
            let row = account::one(read.sql(), &AccountId::new(found.account.clone()))?;
            Ok(row.map(|row| (found, row)))
        })?;
        let missing = || EngineError::NotFound {
            what,
            id: id.to_owned(),
            mode: M::NAME,
        };
        let (found, account) = found.ok_or_else(missing)?;
        if found.deleted {
            return Err(missing());
        }
        let (provider, _) = whom(&account)?;
        let record = record(provider, &found)?;
        Ok(Self {
            customer: customer_of(&record),
            account,
            provider,
            record,
        })
    }
}

/// An object's JSON as a record.
fn record(provider: ProviderName, found: &Found) -> Result<Record, EngineError> {
    reread(provider, found.kind, &found.json)
        .map(|(record, _)| record)
        .map_err(|error| EngineError::Internal(format!("{} cannot be read: {error}", found.id)))
}

/// Whom an object concerns.
pub(super) fn customer_of(record: &Record) -> Option<CustomerId> {
    match record {
        Record::Customer(it) => Some(it.id.clone()),
        Record::Payment(it) => it.customer.clone(),
        Record::Invoice(it) => it.customer.clone(),
        Record::Subscription(it) => Some(it.customer.clone()),
        _ => None,
    }
}

/// The prices that an intent names, as the copy has them. Blocks.
///
/// # Errors
/// The file's.
pub(super) fn prices<M: Mode>(
    books: &Books<M>,
    account: &AccountId,
    provider: ProviderName,
    intent: &Intent,
) -> Result<HashMap<PriceId, Price>, EngineError> {
    let Intent::PlanChange(change) = intent else {
        return Ok(HashMap::new());
    };
    let named = change.items.iter().filter_map(|item| match item {
        ItemChange::Set { price, .. } | ItemChange::Add { price, .. } => Some(price),
        ItemChange::Remove { .. } => None,
    });
    let mut found: HashMap<PriceId, Price> = HashMap::new();
    for id in named {
        let kept = books
            .store
            .read(|read| object::of_kind(read.sql(), account, Kind::Prices, id.as_str()))?
            .filter(|found| !found.deleted);
        if let Some(kept) = kept
            && let Record::Price(price) = record(provider, &kept)?
        {
            found.insert(id.clone(), *price);
        }
    }
    Ok(found)
}

/// The fee that the provider took of a payment and does not give back.
pub(super) fn fee<M: Mode>(
    books: &Books<M>,
    target: &Target,
) -> Result<Option<coffer_domain::money::Money>, EngineError> {
    let Record::Payment(payment) = &target.record else {
        return Ok(None);
    };
    let Some(movement) = &payment.balance_transaction else {
        return Ok(None);
    };
    let fee = books.store.read(|read| -> Result<_, StoreError> {
        object::fee_of(read.sql(), &target.account.id, movement.as_str())
    })?;
    Ok(fee.filter(|fee| fee.minor > 0))
}
