//! Stripe, read at one pinned version of its API.
//!
//! `wire` is what stands on the wire, `map` turns it into records, `endpoint` holds every address, `read` walks lists and
//! looks objects up, `changes` reads events, `permission` finds out what a key may do and `refusal` says why not. Nothing
//! here writes. The version is sent with every request, because an account's own default may be years old, and every
//! object that says which mode it is of is checked against the client's before anything of its page is used.

mod changes;
mod endpoint;
mod json;
mod map;
mod permission;
mod read;
mod refusal;
#[cfg(test)]
mod tests;
mod wire;

pub use permission::{key_creation_url, permissions};

use crate::error::ProviderError;
use crate::http::{ApiBase, Client, ClientOptions, Dialect, Get, Rates, Reply};
use crate::key::ApiKey;
use crate::name::ProviderName;
use crate::provider::{Capabilities, Changes, Found, KeyCheck, Page, Provider, Usage};
use async_trait::async_trait;
use coffer_domain::Instant;
use coffer_domain::mode::{Mode, ModeName};
use coffer_domain::record::Kind;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

/// The version of Stripe's API that everything here is written for.
pub const STRIPE_VERSION: &str = "2026-10-28.endive";

const DIALECT: Dialect = Dialect {
    version: ("stripe-version", STRIPE_VERSION),
    request_id: "request-id",
    should_retry: "stripe-should-retry",
    limit: "stripe-rate-limited-reason",
};

/// Below Stripe's 100 and 25 a second for a live account, and 25 for a sandbox.
const fn rates(mode: ModeName) -> Rates {
    match mode {
        ModeName::Live => Rates {
            overall: 80,
            each_path: 20,
        },
        ModeName::Test => Rates {
            overall: 20,
            each_path: 20,
        },
    }
}

/// A Stripe account, asked with one key.
pub struct Stripe<M: Mode> {
    asker: Asker,
    mode: PhantomData<M>,
}

impl<M: Mode> Stripe<M> {
    /// A client for the account. Asks nothing yet.
    ///
    /// # Errors
    /// When the client cannot be built.
    pub fn connect(
        key: ApiKey<M>,
        base: ApiBase,
        options: ClientOptions,
    ) -> Result<Self, ProviderError> {
        let client = Client::new(key.expose(), base, rates(M::NAME), &DIALECT, &options)?;
        Ok(Self {
            asker: Asker {
                client: Arc::new(client),
                mode: M::NAME,
            },
            mode: PhantomData,
        })
    }
}

impl<M: Mode> fmt::Debug for Stripe<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Stripe({})", M::NAME)
    }
}

/// The client and the mode it is held to: all that the parts of this module share.
#[derive(Clone)]
struct Asker {
    client: Arc<Client>,
    mode: ModeName,
}

impl Asker {
    /// A successful answer, or why there is none.
    async fn ask(&self, get: &Get) -> Result<Reply, ProviderError> {
        let reply = self.client.get(get).await?;
        if (200..300).contains(&reply.status) {
            Ok(reply)
        } else {
            Err(refusal::refusal(&reply))
        }
    }

    /// Refuses an object of the other mode. Objects that do not say belong to the one that holds them.
    fn hold_to_mode(&self, livemode: Option<bool>) -> Result<(), ProviderError> {
        let found = match livemode {
            Some(true) => ModeName::Live,
            Some(false) => ModeName::Test,
            None => return Ok(()),
        };
        if found == self.mode {
            return Ok(());
        }
        Err(ProviderError::WrongMode {
            expected: self.mode,
            found,
        })
    }
}

#[async_trait]
impl<M: Mode> Provider<M> for Stripe<M> {
    fn name(&self) -> ProviderName {
        ProviderName::Stripe
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            kinds: &Kind::ALL,
            has_changes: true,
        }
    }

    async fn check_key(&self) -> Result<KeyCheck, ProviderError> {
        self.asker.check_key().await
    }

    async fn page(&self, kind: Kind, after: Option<&str>) -> Result<Page, ProviderError> {
        self.asker.page(kind, after).await
    }

    async fn changes(&self, since: Instant) -> Result<Changes, ProviderError> {
        self.asker.changes(since).await
    }

    async fn look_up(&self, kind: Kind, id: &str) -> Result<Found, ProviderError> {
        self.asker.look_up(kind, id).await
    }

    fn usage(&self) -> Usage {
        self.asker.client.usage()
    }
}
