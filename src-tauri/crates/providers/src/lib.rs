//! Payment providers over HTTP: one client, one trait, an adapter each.
//!
//! An adapter turns a provider's wire shapes into the records of `coffer_domain` at its border and keeps the JSON beside
//! them. One call changes something at a provider, `Provider::perform`, and it sends what was frozen, once. There is no database, no keychain, no clock and
//! no environment; a key comes in as an argument and leaves only in the `Authorization` header, and the only time known
//! is the one in the provider's `Date` header. The invariant: a client made for one mode never returns an object of the
//! other, and nothing that came from outside enters an error or a log unredacted.

mod action;
mod error;
pub mod http;
pub mod key;
mod name;
mod provider;
pub mod stripe;

pub use action::{Frozen, Method, Order, Performed, Preview, PreviewLine, Trace, Unsupported};
pub use error::ProviderError;
pub use http::{ApiBase, ClientOptions, Haste, Limits, NotLoopback, Pacing};
pub use key::{AnyKey, ApiKey, KeyKind, KeyRefused, OrganizationKey, read_key};
pub use name::ProviderName;
pub use provider::{
    Access, Capabilities, ChangesPage, Document, Fetched, Found, KeyCheck, Page, Permission,
    PermissionNeeded, Provider, Told, Usage,
};
pub use stripe::STRIPE_VERSION;

use coffer_domain::mode::{Mode, ModeName};
use coffer_domain::record::{Kind, Record};
use std::sync::Arc;

/// A client for the provider. Asks nothing yet: `check_key` is the first word.
///
/// # Errors
/// When the client cannot be built.
pub fn connect<M: Mode>(
    provider: ProviderName,
    key: ApiKey<M>,
    base: ApiBase,
    options: ClientOptions,
) -> Result<Box<dyn Provider<M>>, ProviderError> {
    match provider {
        ProviderName::Stripe => Ok(Box::new(stripe::Stripe::connect(key, base, options)?)),
    }
}

/// The limits of one account, for `ClientOptions::limits` of every client that asks for it. The options say how many
/// requests may be under way and whether they are spread out in time.
#[must_use]
pub fn limits(
    provider: ProviderName,
    mode: ModeName,
    base: &ApiBase,
    options: &ClientOptions,
) -> Arc<Limits> {
    match provider {
        ProviderName::Stripe => Arc::new(Limits::new(stripe::rates(mode), base, options)),
    }
}

/// Reads a stored object again, without the network: the record and those that stood inside it.
///
/// # Errors
/// When it cannot be read. The text names fields and never what stands in them.
pub fn reread(
    provider: ProviderName,
    kind: Kind,
    raw: &str,
) -> Result<(Record, Vec<Record>), String> {
    match provider {
        ProviderName::Stripe => stripe::reread(kind, raw),
    }
}

/// The request of an operation's step, without the network.
///
/// # Errors
/// When the provider cannot do it.
pub fn freeze(provider: ProviderName, order: Order<'_>) -> Result<Frozen, Unsupported> {
    match provider {
        ProviderName::Stripe => stripe::freeze(order),
    }
}

/// What a key is asked to be allowed: reading each kind, the record of changes, and then what actions need. With the
/// words of the provider's own page for making keys.
#[must_use]
pub fn permissions(provider: ProviderName) -> &'static [PermissionNeeded] {
    match provider {
        ProviderName::Stripe => stripe::permissions(),
    }
}

/// The provider's page for making a key, filled in for one that may only read. The list of `permissions` belongs beside
/// it: the page leaves out silently what it does not know.
#[must_use]
pub fn key_creation_url(provider: ProviderName) -> String {
    match provider {
        ProviderName::Stripe => stripe::key_creation_url(),
    }
}

/// The same page, filled in for a key that may also do what Coffer's actions need.
#[must_use]
pub fn key_creation_url_with_actions(provider: ProviderName) -> String {
    match provider {
        ProviderName::Stripe => stripe::key_creation_url_with_actions(),
    }
}
