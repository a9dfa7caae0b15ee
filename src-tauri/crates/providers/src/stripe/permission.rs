//! What a key may do, found out by asking and without a trace at Stripe.
//!
//! Reading is probed by the smallest reads. Changing is probed by asking for a change of objects that cannot exist: Stripe
//! looks at the permission before it looks for the object, so that a refusal and a "no such object" tell the two apart and
//! nothing is ever changed. A restricted key usually may not read its own account, so the account's id is then taken from
//! Stripe's refusal, which names it. The mode is confirmed by the balance and by every object that comes along; a key that
//! may read neither the balance nor anything that exists is believed its prefix.

use super::refusal::{account_named, is_missing};
use super::{Asker, endpoint, json, map, wire};
use crate::error::ProviderError;
use crate::http::Question;
use crate::provider::{Access, KeyCheck, Permission, PermissionNeeded};
use coffer_domain::ids::AccountId;
use coffer_domain::record::{Account, Kind};
use reqwest::Url;
use tokio::task::JoinSet;

const fn read(kind: Kind, label: &'static str, slug: &'static str) -> PermissionNeeded {
    PermissionNeeded {
        kind: Some(kind),
        access: Access::Read,
        label,
        slug,
    }
}

const fn write(kind: Kind, label: &'static str, slug: &'static str) -> PermissionNeeded {
    PermissionNeeded {
        kind: Some(kind),
        access: Access::Write,
        label,
        slug,
    }
}

/// One row for reading each kind, in the order of a first sync, then the record of changes, then what actions change. One
/// box may open several kinds.
#[rustfmt::skip]
const NEEDED: [PermissionNeeded; 34] = [
    read(Kind::Products, "Products: Read", "rak_product_read"),
    read(Kind::Prices, "Prices: Read", "rak_plan_read"),
    read(Kind::Coupons, "Coupons: Read", "rak_coupon_read"),
    read(Kind::PromotionCodes, "Promotion Codes: Read", "rak_promotion_code_read"),
    read(Kind::Customers, "Customers: Read", "rak_customer_read"),
    read(Kind::Subscriptions, "Subscriptions: Read", "rak_subscription_read"),
    read(Kind::SubscriptionSchedules, "Subscriptions: Read", "rak_subscription_read"),
    read(Kind::InvoiceItems, "Invoices: Read", "rak_invoice_read"),
    read(Kind::Invoices, "Invoices: Read", "rak_invoice_read"),
    read(Kind::InvoicePayments, "Invoices: Read", "rak_invoice_read"),
    read(Kind::Charges, "Charges and Refunds: Read", "rak_charge_read"),
    read(Kind::PaymentIntents, "PaymentIntents: Read", "rak_payment_intent_read"),
    read(Kind::Refunds, "Charges and Refunds: Read", "rak_charge_read"),
    read(Kind::Disputes, "Disputes: Read", "rak_dispute_read"),
    read(Kind::CreditNotes, "Credit notes: Read", "rak_credit_note_read"),
    read(Kind::BalanceTransactions, "Balance: Read", "rak_balance_read"),
    read(Kind::Meters, "Billing meters: Read", "rak_billing_meter_read"),
    read(Kind::CheckoutSessions, "Checkout Sessions: Read", "rak_checkout_session_read"),
    read(Kind::PaymentLinks, "Payment Links: Read", "rak_payment_links_read"),
    read(Kind::CustomerBalanceTransactions, "Customers: Read", "rak_customer_read"),
    PermissionNeeded { kind: None, access: Access::Read, label: "Events: Read", slug: "rak_event_read" },
    write(Kind::Coupons, "Coupons: Write", "rak_coupon_write"),
    write(Kind::PromotionCodes, "Promotion Codes: Write", "rak_promotion_code_write"),
    write(Kind::Customers, "Customers: Write", "rak_customer_write"),
    write(Kind::Subscriptions, "Subscriptions: Write", "rak_subscription_write"),
    write(Kind::SubscriptionSchedules, "Subscriptions: Write", "rak_subscription_write"),
    write(Kind::Invoices, "Invoices: Write", "rak_invoice_write"),
    write(Kind::Refunds, "Charges and Refunds: Write", "rak_charge_write"),
    write(Kind::Disputes, "Disputes: Write", "rak_dispute_write"),
    write(Kind::CreditNotes, "Credit notes: Write", "rak_credit_note_write"),
    write(Kind::CheckoutSessions, "Checkout Sessions: Write", "rak_checkout_session_write"),
    write(Kind::PaymentLinks, "Payment Links: Write", "rak_payment_links_write"),
    write(Kind::CustomerBalanceTransactions, "Customers: Write", "rak_customer_write"),
    // A session of the portal has no id to ask by, so whether it may be made shows only when one is.
    PermissionNeeded { kind: None, access: Access::Write, label: "Customer portal: Write", slug: "rak_customer_portal_write" },
];

/// Asked for as well where they exist: sources differ on which of the first two opens the balance and the account's name,
/// and only a sandbox has test clocks.
const WELCOME: [&str; 3] = [
    "rak_billing_clock_read",
    "rak_balance_transaction_source_read",
    "rak_accounts_kyc_basic_read",
];

/// What a key is asked to be allowed: one row for reading each kind, one for the record of changes, and those for writing.
#[must_use]
pub fn permissions() -> &'static [PermissionNeeded] {
    &NEEDED
}

/// The dashboard's page for making a restricted key, filled in for one that may only read.
#[must_use]
pub fn key_creation_url() -> String {
    url_for(|access| access == Access::Read)
}

/// The same page, filled in for a key that may also do what actions need.
#[must_use]
pub fn key_creation_url_with_actions() -> String {
    url_for(|_| true)
}

fn url_for(wanted: impl Fn(Access) -> bool) -> String {
    const PAGE: &str = "https://dashboard.stripe.com/apikeys/create";
    let mut slugs: Vec<&str> = Vec::new();
    let rows = NEEDED.iter().filter(|needed| wanted(needed.access));
    for slug in rows.map(|needed| needed.slug).chain(WELCOME) {
        if !slugs.contains(&slug) {
            slugs.push(slug);
        }
    }
    let mut query = vec![("name", "Coffer")];
    query.extend(slugs.into_iter().map(|slug| ("permissions[]", slug)));
    Url::parse_with_params(PAGE, query).map_or_else(|_| PAGE.to_owned(), String::from)
}

/// The question that shows whether a permission is there; `None` where only using it would.
pub(super) fn probe(needed: &PermissionNeeded) -> Option<Question> {
    match (needed.access, needed.kind) {
        (Access::Read, None) => Some(endpoint::probe_events()),
        (Access::Read, Some(kind)) => Some(endpoint::probe(kind)),
        (Access::Write, Some(kind)) => endpoint::probe_write(kind),
        (Access::Write, None) => None,
    }
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
            let Some(question) = probe(needed) else {
                continue;
            };
            let asker = self.clone();
            let access = needed.access;
            asked.spawn(async move {
                let shown = match access {
                    Access::Read => asker.shown(&question).await,
                    Access::Write => asker.allowed(&question).await,
                };
                (index, shown)
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
        let (account, account_raw) = account.unzip();
        Ok(KeyCheck {
            account: account
                .or_else(|| id.map(AccountId::new).map(nameless))
                .or_else(|| self.account.clone().map(nameless))
                .ok_or_else(untold)?,
            account_raw,
            permissions: permissions_with(&granted),
        })
    }

    /// The account and its JSON where it may be read, else its id where the refusal names it.
    async fn account(&self) -> Result<(Option<(Account, String)>, Option<String>), ProviderError> {
        match self.ask(&endpoint::account()).await {
            Ok(reply) => {
                let account: wire::Account =
                    serde_json::from_slice(&reply.body).map_err(|error| {
                        ProviderError::Unreadable {
                            what: format!("the account: {}", map::plainly(&error)),
                            request_id: reply.request_id.clone(),
                        }
                    })?;
                let raw = json::compact(&String::from_utf8_lossy(&reply.body));
                Ok((Some((map::account(account), raw)), None))
            }
            Err(ProviderError::NotPermitted { message, .. }) => Ok((None, account_named(&message))),
            Err(error) => Err(error),
        }
    }

    /// Asks one small question. What came is held to the mode and not kept.
    async fn shown(&self, question: &Question) -> Result<Shown, ProviderError> {
        match self.ask(question).await {
            Ok(reply) => {
                if let Ok(balance) = serde_json::from_slice::<wire::Balance>(&reply.body) {
                    self.hold_to_mode(balance.livemode)?;
                }
                if let Ok(list) = serde_json::from_slice::<wire::List<'_>>(&reply.body) {
                    self.hold_all_to_mode(&list.data)?;
                }
                Ok(Shown::Granted)
            }
            // Whose list was asked for cannot exist; that it was looked for is all that was to be known.
            Err(error) if is_missing(&error) => Ok(Shown::Granted),
            Err(error) => unless_told(error),
        }
    }

    /// Asks for a change of what cannot exist. That it was looked for, or that the change was read, shows that the key may.
    async fn allowed(&self, question: &Question) -> Result<Shown, ProviderError> {
        match self.ask(question).await {
            // Something is there after all: nothing can be said, and nothing of ours is asked for a second time.
            Ok(_) => Ok(Shown::Unclear),
            Err(error) if is_missing(&error) => Ok(Shown::Granted),
            Err(ProviderError::Refused { status: 400, .. }) => Ok(Shown::Granted),
            Err(error) => unless_told(error),
        }
    }
}

/// What an error shows about a permission, unless it is an error about everything.
fn unless_told(error: ProviderError) -> Result<Shown, ProviderError> {
    match error {
        ProviderError::NotPermitted { message, .. } => Ok(Shown::Denied(account_named(&message))),
        ProviderError::Refused { .. } | ProviderError::Down { .. } => Ok(Shown::Unclear),
        error => Err(error),
    }
}

fn permissions_with(granted: &[Option<bool>]) -> Vec<Permission> {
    NEEDED
        .iter()
        .zip(granted)
        .map(|(needed, granted)| Permission {
            kind: needed.kind,
            access: needed.access,
            label: needed.label,
            slug: needed.slug,
            granted: *granted,
        })
        .collect()
}

fn nameless(id: AccountId) -> Account {
    Account {
        id,
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
