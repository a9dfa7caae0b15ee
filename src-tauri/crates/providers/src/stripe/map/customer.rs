//! Accounts and customers.

use super::discount::{Place, discount};
use super::{Problem, currency, instant, said, wire};
use coffer_domain::currency::Currency;
use coffer_domain::ids::{AccountId, CustomerId};
use coffer_domain::record::{Account, Customer, Record};

/// The account as the dashboard names it. A currency that is none is left out: nothing is computed from it.
pub(in crate::stripe) fn account(it: wire::Account) -> Account {
    let shown = it
        .settings
        .and_then(|settings| settings.dashboard)
        .and_then(|dashboard| dashboard.display_name);
    let business = it.business_profile.and_then(|profile| profile.name);
    Account {
        id: AccountId::new(it.id),
        name: said(shown).or(said(business)),
        country: said(it.country),
        default_currency: it
            .default_currency
            .and_then(|code| Currency::parse(&code).ok()),
    }
}

pub(super) fn customer(it: wire::Customer) -> Result<(Record, Vec<Record>), Problem> {
    let mut also = Vec::new();
    let discount = it
        .discount
        .map(|found| discount(found, &Place::Customer, &mut also))
        .transpose()?
        .flatten();
    let customer = Customer {
        id: CustomerId::new(it.id),
        name: said(it.name),
        email: said(it.email),
        country: said(it.address.and_then(|address| address.country)),
        created: instant(it.created, "created")?,
        description: said(it.description),
        discount,
        delinquent: it.delinquent.unwrap_or(false),
        balance: it.balance.unwrap_or(0),
        currency: it.currency.as_deref().map(currency).transpose()?,
    };
    Ok((Record::Customer(customer), also))
}
