//! Stripe, read at one pinned version of its API.
//!
//! `wire` is what stands on the wire, `map` turns it into records, `endpoint` holds every address, `read` walks lists and
//! looks objects up, `changes` reads events, `permission` finds out what a key may do and `refusal` says why not. `freeze`
//! makes the requests that change something, `perform` sends one of them once, `trace` finds out whether it happened and
//! `preview` asks what it would cost. The version is sent with every request, because an account's own default may be years old, and every
//! object that says which mode it is of is checked against the client's before anything of its page is used.

mod changes;
mod document;
mod endpoint;
mod freeze;
mod json;
mod map;
mod perform;
mod permission;
mod preview;
mod read;
mod refusal;
#[cfg(test)]
mod tests;
mod trace;
mod wire;

pub use permission::{key_creation_url, key_creation_url_with_actions, permissions};

use crate::action::{Frozen, Order, Performed, Preview, Trace};
use crate::error::ProviderError;
use crate::http::{
    ApiBase, Client, ClientOptions, Dialect, Limits, Question, Rates, Reply, Secret, Signal,
};
use crate::key::ApiKey;
use crate::name::ProviderName;
use crate::provider::{
    Capabilities, ChangesPage, Document, Found, KeyCheck, Page, Provider, Usage,
};
use async_trait::async_trait;
use coffer_domain::Instant;
use coffer_domain::ids::AccountId;
use coffer_domain::mode::{Mode, ModeName};
use coffer_domain::operation::PlanChange;
use coffer_domain::outbox::Nature;
use coffer_domain::record::{Kind, Record};
use coffer_domain::sync::Slice;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// The version of Stripe's API that everything here is written for.
pub const STRIPE_VERSION: &str = "2026-10-28.endive";

/// What a key needs to read coupons, also those behind the discounts of other objects.
const COUPON_PERMISSION: &str = "rak_coupon_read";

const DIALECT: Dialect = Dialect {
    version: ("stripe-version", STRIPE_VERSION),
    request_id: "request-id",
    should_retry: "stripe-should-retry",
    limit: "stripe-rate-limited-reason",
    limit_code: refusal::RATE_LIMIT,
    limits: &[
        ("endpoint-rate", Signal::PathRate),
        ("global-rate", Signal::OverallRate),
        ("endpoint-concurrency", Signal::PathRoom),
        ("global-concurrency", Signal::OverallRoom),
    ],
    account: "stripe-context",
    idempotency_key: "idempotency-key",
};

/// Below Stripe's limits, which are 100 a second for a live account and 25 for each path of it, 25 for a sandbox and 20
/// for searches: a second that is a tenth too short still holds no more than those.
pub(crate) const fn rates(mode: ModeName) -> Rates {
    match mode {
        ModeName::Live => Rates {
            overall: 92,
            each_path: 23,
            search: 18,
        },
        ModeName::Test => Rates {
            overall: 23,
            each_path: 23,
            search: 18,
        },
    }
}

/// Reads a stored object again.
///
/// # Errors
/// When it cannot be read. The text names fields and never what stands in them.
pub(crate) fn reread(kind: Kind, raw: &str) -> Result<(Record, Vec<Record>), String> {
    map::object(kind, raw)
        .and_then(|parsed| parsed.made)
        .map_err(|problem| problem.to_string())
}

pub(crate) use freeze::freeze;

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
        let limits = options
            .limits
            .clone()
            .unwrap_or_else(|| Arc::new(Limits::new(rates(M::NAME), &base, &options)));
        let secret = Secret {
            key: key.expose(),
            account: key.account().map(AccountId::as_str),
        };
        let client = Client::new(secret, base, limits, &DIALECT, &options)?;
        Ok(Self {
            asker: Asker {
                client: Arc::new(client),
                mode: M::NAME,
                account: key.account().cloned(),
                no_coupons: Arc::default(),
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
    /// The account that a key of an organization is used for.
    account: Option<AccountId>,
    /// The key turned out not to read the coupons behind discounts.
    no_coupons: Arc<AtomicBool>,
}

impl Asker {
    /// A successful answer, or why there is none. What a key may read without its coupons is read without them: a box left
    /// unticked closes its own list and no other.
    async fn ask(&self, question: &Question) -> Result<Reply, ProviderError> {
        let fewer = endpoint::without_coupons(question);
        if let Some(fewer) = fewer
            .as_ref()
            .filter(|_| self.no_coupons.load(Ordering::Relaxed))
        {
            return self.ask_as_it_is(fewer).await;
        }
        let answer = self.ask_as_it_is(question).await;
        match (&answer, fewer) {
            (Err(ProviderError::NotPermitted { permission, .. }), Some(fewer))
                if permission
                    .as_deref()
                    .is_none_or(|it| it == COUPON_PERMISSION) =>
            {
                let without = self.ask_as_it_is(&fewer).await;
                if without.is_ok() {
                    self.no_coupons.store(true, Ordering::Relaxed);
                }
                without
            }
            _ => answer,
        }
    }

    async fn ask_as_it_is(&self, question: &Question) -> Result<Reply, ProviderError> {
        let reply = self.client.ask(question).await?;
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
            by_created: &endpoint::BY_CREATED,
            unsettled: &endpoint::UNSETTLED,
            of_one: &endpoint::OF_ONE,
            on_clocks: match M::NAME {
                ModeName::Live => &[],
                ModeName::Test => &endpoint::ON_CLOCKS,
            },
        }
    }

    async fn check_key(&self) -> Result<KeyCheck, ProviderError> {
        self.asker.check_key().await
    }

    async fn page(
        &self,
        kind: Kind,
        slice: &Slice,
        after: Option<&str>,
    ) -> Result<Page, ProviderError> {
        self.asker.page(kind, slice, after).await
    }

    async fn clocks(&self) -> Result<Vec<String>, ProviderError> {
        match M::NAME {
            ModeName::Live => Ok(Vec::new()),
            ModeName::Test => self.asker.clocks().await,
        }
    }

    async fn changes(
        &self,
        since: Instant,
        after: Option<&str>,
    ) -> Result<ChangesPage, ProviderError> {
        self.asker.changes(since, after).await
    }

    async fn look_up(&self, kind: Kind, id: &str) -> Result<Found, ProviderError> {
        self.asker.look_up(kind, id).await
    }

    async fn invoice_document(&self, invoice: &str) -> Result<Option<Document>, ProviderError> {
        self.asker.invoice_document(invoice).await
    }

    fn elsewhere(&self) -> Vec<(String, u64)> {
        self.asker.client.elsewhere()
    }

    async fn perform(&self, frozen: &Frozen, key: &str) -> Performed {
        let key = (frozen.nature == Nature::Keyed).then_some(key);
        self.asker.perform(frozen, key).await
    }

    async fn trace(
        &self,
        order: Order<'_>,
        key: &str,
        since: Option<Instant>,
    ) -> Result<Trace, ProviderError> {
        self.asker.trace(order, key, since).await
    }

    async fn preview(&self, change: &PlanChange, now: Instant) -> Result<Preview, ProviderError> {
        self.asker.preview(change, now).await
    }

    fn usage(&self) -> Usage {
        self.asker.client.usage()
    }
}
