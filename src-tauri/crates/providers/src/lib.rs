//! Payment providers over HTTP: one client, one trait, an adapter each.
//!
//! An adapter turns a provider's wire shapes into the records of `coffer_domain` at its border and keeps the JSON beside
//! them. Everything here reads: no call changes anything at a provider. There is no database, no keychain, no clock and
//! no environment; a key comes in as an argument and leaves only in the `Authorization` header, and the only time known
//! is the one in the provider's `Date` header. The invariant: a client made for one mode never returns an object of the
//! other, and nothing that came from outside enters an error or a log unredacted.

mod error;
pub mod http;
pub mod key;
mod name;
mod provider;
pub mod stripe;

pub use error::ProviderError;
pub use http::{ApiBase, ClientOptions, NotLoopback, Pacing};
pub use key::{AnyKey, ApiKey, KeyKind, KeyRefused, read_key};
pub use name::ProviderName;
pub use provider::{
    Capabilities, Changes, Fetched, Found, KeyCheck, Page, Permission, PermissionNeeded, Provider,
    Usage,
};
pub use stripe::STRIPE_VERSION;

use coffer_domain::mode::Mode;

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

/// What a key must be allowed to read, with the words of the provider's own page for making keys.
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
