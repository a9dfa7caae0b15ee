//! What a key may read, found out by asking and without a trace at Stripe.
//!
//! A restricted key usually may not read its own account, so the account's id is then taken from Stripe's refusal, which
//! names it. The mode is confirmed by the balance and by every object that comes along; a key that may read neither the
//! balance nor anything that exists is believed its prefix.

use super::refusal::account_named;
use super::{Asker, endpoint, map, wire};
use crate::error::ProviderError;
use crate::http::Get;
use crate::provider::{KeyCheck, Permission, PermissionNeeded};
use coffer_domain::ids::AccountId;
use coffer_domain::record::{Account, Kind};
use reqwest::Url;
use tokio::task::JoinSet;

const fn needed(kind: Kind, label: &'static str, slug: &'static str) -> PermissionNeeded {
    PermissionNeeded {
        kind: Some(kind),
        label,
        slug,
    }
}

/// One row for each kind, in the order of a first sync, then the record of changes. One box may open several kinds.
const NEEDED: [PermissionNeeded; 15] = [
    needed(Kind::Products, "Products: Read", "rak_product_read"),
    needed(Kind::Prices, "Prices: Read", "rak_plan_read"),
    needed(Kind::Coupons, "Coupons: Read", "rak_coupon_read"),
    needed(
        Kind::PromotionCodes,
        "Promotion Codes: Read",
        "rak_promotion_code_read",
    ),
    needed(Kind::Customers, "Customers: Read", "rak_customer_read"),
    needed(
        Kind::Subscriptions,
        "Subscriptions: Read",
        "rak_subscription_read",
    ),
    needed(Kind::InvoiceItems, "Invoices: Read", "rak_invoice_read"),
    needed(Kind::Invoices, "Invoices: Read", "rak_invoice_read"),
    needed(Kind::InvoicePayments, "Invoices: Read", "rak_invoice_read"),
    needed(
        Kind::Charges,
        "Charges and Refunds: Read",
        "rak_charge_read",
    ),
    needed(
        Kind::PaymentIntents,
        "PaymentIntents: Read",
        "rak_payment_intent_read",
    ),
    needed(
        Kind::Refunds,
        "Charges and Refunds: Read",
        "rak_charge_read",
    ),
    needed(Kind::Disputes, "Disputes: Read", "rak_dispute_read"),
    needed(
        Kind::BalanceTransactions,
        "Balance: Read",
        "rak_balance_read",
    ),
    PermissionNeeded {
        kind: None,
        label: "Events: Read",
        slug: "rak_event_read",
    },
];

/// Asked for as well where they exist: sources differ on which of them opens the balance and the account's name.
const WELCOME: [&str; 2] = [
    "rak_balance_transaction_source_read",
    "rak_accounts_kyc_basic_read",
];

/// What a key must be allowed to read: one row for each kind, and one for the record of changes.
#[must_use]
pub fn permissions() -> &'static [PermissionNeeded] {
    &NEEDED
}

/// The dashboard's page for making a restricted key, filled in for one that may only read.
#[must_use]
pub fn key_creation_url() -> String {
    const PAGE: &str = "https://dashboard.stripe.com/apikeys/create";
    let mut slugs: Vec<&str> = Vec::new();
    for slug in NEEDED.iter().map(|needed| needed.slug).chain(WELCOME) {
        if !slugs.contains(&slug) {
            slugs.push(slug);
        }
    }
    let mut query = vec![("name", "Coffer")];
    query.extend(slugs.into_iter().map(|slug| ("permissions[]", slug)));
    Url::parse_with_params(PAGE, query).map_or_else(|_| PAGE.to_owned(), String::from)
}

/// What one question showed.
enum Shown {
    /// It was answered.
    Granted,
    /// It was refused; the account, where the refusal names it.
    Denied(Option<String>),
    /// Neither.
    Unclear,
}

impl Asker {
    pub(super) async fn check_key(&self) -> Result<KeyCheck, ProviderError> {
        let (account, mut id) = self.account().await?;
        if let Shown::Denied(named) = self.shown(&endpoint::balance()).await? {
            id = id.or(named);
        }
        let mut asked = JoinSet::new();
        for (index, needed) in NEEDED.iter().enumerate() {
            let asker = self.clone();
            asked.spawn(async move {
                let get = needed
                    .kind
                    .map_or_else(endpoint::probe_events, endpoint::probe);
                (index, asker.shown(&get).await)
            });
        }
        let mut granted = [None; NEEDED.len()];
        while let Some(done) = asked.join_next().await {
            let Ok((index, shown)) = done else {
                continue;
            };
            let answer = match shown? {
                Shown::Granted => Some(true),
                Shown::Denied(named) => {
                    id = id.or(named);
                    Some(false)
                }
                Shown::Unclear => None,
            };
            if let Some(slot) = granted.get_mut(index) {
                *slot = answer;
            }
        }
        Ok(KeyCheck {
            account: account
                .or_else(|| id.map(|id| nameless(&id)))
                .ok_or_else(untold)?,
            permissions: permissions_with(&granted),
        })
    }

    /// The account where it may be read, else its id where the refusal names it.
    async fn account(&self) -> Result<(Option<Account>, Option<String>), ProviderError> {
        match self.ask(&endpoint::account()).await {
            Ok(reply) => {
                let account: wire::Account =
                    serde_json::from_slice(&reply.body).map_err(|error| {
                        ProviderError::Unreadable {
                            what: format!("the account: {}", map::plainly(&error)),
                            request_id: reply.request_id.clone(),
                        }
                    })?;
                Ok((Some(map::account(account)), None))
            }
            Err(ProviderError::NotPermitted { message, .. }) => Ok((None, account_named(&message))),
            Err(error) => Err(error),
        }
    }

    /// Asks one small question. What came is held to the mode and not kept.
    async fn shown(&self, get: &Get) -> Result<Shown, ProviderError> {
        match self.ask(get).await {
            Ok(reply) => {
                if let Ok(balance) = serde_json::from_slice::<wire::Balance>(&reply.body) {
                    self.hold_to_mode(balance.livemode)?;
                }
                if let Ok(list) = serde_json::from_slice::<wire::List<'_>>(&reply.body) {
                    for header in list.data.iter().filter_map(|raw| map::header(raw.get())) {
                        self.hold_to_mode(header.livemode)?;
                    }
                }
                Ok(Shown::Granted)
            }
            Err(ProviderError::NotPermitted { message, .. }) => {
                Ok(Shown::Denied(account_named(&message)))
            }
            Err(ProviderError::Refused { .. } | ProviderError::Down { .. }) => Ok(Shown::Unclear),
            Err(error) => Err(error),
        }
    }
}

fn permissions_with(granted: &[Option<bool>]) -> Vec<Permission> {
    NEEDED
        .iter()
        .zip(granted)
        .map(|(needed, granted)| Permission {
            kind: needed.kind,
            label: needed.label,
            slug: needed.slug,
            granted: *granted,
        })
        .collect()
}

fn nameless(id: &str) -> Account {
    Account {
        id: AccountId::new(id),
        name: None,
        country: None,
        default_currency: None,
    }
}

/// A key may read everything it should and still not tell whose it is; nothing can be stored without knowing that.
fn untold() -> ProviderError {
    ProviderError::NotPermitted {
        permission: Some("rak_accounts_kyc_basic_read".to_owned()),
        message: "the key does not tell which account it belongs to.".to_owned(),
    }
}
