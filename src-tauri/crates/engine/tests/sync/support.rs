//! A desk in a temporary home, the merchant it is connected to, and ways to look at what the file holds.

use chrono::{DateTime, TimeDelta, Utc};
use coffer_engine::books::Books;
use coffer_engine::clock::Clock;
use coffer_engine::desk::{AnyBooks, SecretsChoice};
use coffer_engine::domain::Instant;
use coffer_engine::domain::ids::AccountId;
use coffer_engine::domain::mode::{ModeName, Test};
use coffer_engine::domain::record::Kind;
use coffer_engine::providers::{ClientOptions, ProviderName};
use coffer_engine::store::query::object::raw_page;
use coffer_engine::sync::{AccountRun, SyncOptions, sync};
use coffer_engine::{Desk, DeskOptions, EngineError};
use coffer_sim::{Running, Server, ServerOptions, WorldSpec};
use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tempfile::TempDir;

/// A clock that is set by hand.
pub(crate) struct HandClock(AtomicI64);

impl Clock for HandClock {
    fn now(&self) -> Instant {
        // As fine as the machine's.
        DateTime::from_timestamp(self.0.load(Ordering::Relaxed), 123_456).unwrap()
    }
}

impl HandClock {
    pub(crate) fn jump(&self, by: TimeDelta) {
        self.0.fetch_add(by.num_seconds(), Ordering::Relaxed);
    }
}

pub(crate) fn present() -> DateTime<Utc> {
    DateTime::parse_from_rfc3339("2026-11-21T12:00:00Z")
        .unwrap()
        .with_timezone(&Utc)
}

pub(crate) fn world(seed: u64, customers: u32) -> WorldSpec {
    WorldSpec {
        seed,
        customers,
        months: 24,
        now: present(),
        livemode: false,
        corners: false,
    }
}

/// Everything the file holds of an account: each object's JSON, and whether it is deleted.
pub(crate) type Content = BTreeMap<(Kind, String), (String, bool)>;

pub(crate) struct Shop {
    pub(crate) merchant: Running,
    pub(crate) desk: Arc<Desk>,
    pub(crate) clock: Arc<HandClock>,
    pub(crate) books: Arc<Books<Test>>,
    pub(crate) account: AccountId,
    pub(crate) folder: TempDir,
}

impl Shop {
    pub(crate) async fn open(options: ServerOptions) -> Self {
        let merchant = Server::start(options).await.unwrap();
        Self::beside(merchant).await
    }

    pub(crate) async fn of(spec: WorldSpec) -> Self {
        Self::open(ServerOptions::new(spec)).await
    }

    async fn beside(merchant: Running) -> Self {
        let folder = TempDir::new().unwrap();
        let clock = Arc::new(HandClock(AtomicI64::new(present().timestamp())));
        let mut options = DeskOptions::new(
            folder.path().to_owned(),
            SecretsChoice::Passphrase("a test's own".to_owned().into()),
        );
        options.clock = Arc::clone(&clock) as _;
        options.client = ClientOptions {
            wait_divisor: 200,
            request_timeout: Duration::from_secs(5),
            ..ClientOptions::default()
        };
        let desk = Arc::new(Desk::open(options).unwrap());
        let (_, row) = desk
            .add_account(
                ProviderName::Stripe,
                "Shop".to_owned(),
                merchant.key().to_owned().into(),
                Some(&merchant.base_url()),
                None,
                None,
            )
            .await
            .unwrap();
        let Some(AnyBooks::Test(books)) = desk.books(ModeName::Test).await.unwrap() else {
            panic!("the account is a test one");
        };
        Self {
            merchant,
            desk,
            clock,
            books,
            account: row.id,
            folder,
        }
    }

    pub(crate) fn options(&self) -> SyncOptions {
        SyncOptions {
            client: self.desk.client_options().clone(),
            ..SyncOptions::default()
        }
    }

    pub(crate) async fn try_sync(&self, options: SyncOptions) -> Result<AccountRun, EngineError> {
        Ok(sync(&self.books, options).await?.runs.remove(0))
    }

    pub(crate) async fn sync(&self) -> AccountRun {
        self.try_sync(self.options()).await.unwrap()
    }

    pub(crate) async fn sync_full(&self) -> AccountRun {
        let options = SyncOptions {
            full: true,
            ..self.options()
        };
        self.try_sync(options).await.unwrap()
    }

    /// A sync that must end complete.
    pub(crate) async fn whole(&self) -> AccountRun {
        let run = self.sync().await;
        assert!(
            run.complete,
            "{:?} {:?} {:?} {:?}",
            run.error, run.warnings, run.gaps, run.mismatches
        );
        run
    }

    /// Requests the merchant has seen.
    pub(crate) fn requests(&self) -> usize {
        self.merchant.journal().len()
    }

    /// Everything the file holds.
    pub(crate) fn content(&self) -> Content {
        let mut content = Content::new();
        let mut after: Option<(Kind, String)> = None;
        loop {
            let rows = self
                .books
                .store
                .read(|read| raw_page(read.sql(), &self.account, after.as_ref(), 1_000))
                .unwrap();
            let Some(last) = rows.last() else {
                return content;
            };
            after = Some((last.kind, last.id.clone()));
            for row in rows {
                content.insert((row.kind, row.id), (told(&row.json), row.deleted));
            }
        }
    }

    /// Adds another merchant's account to the same books; it lasts as long as the merchant.
    pub(crate) async fn another_account(&self, spec: WorldSpec) -> Running {
        let merchant = Server::start(ServerOptions::new(spec)).await.unwrap();
        let url = merchant.base_url();
        let key = merchant.key().to_owned().into();
        let name = "Another shop".to_owned();
        self.desk
            .add_account(ProviderName::Stripe, name, key, Some(&url), None, None)
            .await
            .unwrap();
        merchant
    }

    /// The same file, opened by another desk as a program does that is started anew.
    pub(crate) async fn opened_again(&self) -> Arc<Books<Test>> {
        let mut options = DeskOptions::new(
            self.folder.path().to_owned(),
            SecretsChoice::Passphrase("a test's own".to_owned().into()),
        );
        options.clock = Arc::clone(&self.clock) as _;
        let desk = Desk::open(options).unwrap();
        match desk.books(ModeName::Test).await.unwrap() {
            Some(AnyBooks::Test(books)) => books,
            _ => panic!("there is a file of test mode"),
        }
    }

    /// One statement on the file, as no part of the product would do it.
    pub(crate) fn tamper(&self, statement: &'static str) -> usize {
        self.books
            .store
            .write(move |write| Ok(write.sql().execute(statement, [])?))
            .unwrap()
    }

    /// Asks the merchant something with its secret key.
    pub(crate) fn ask(&self, method: &str, path: &str, body: &str) -> String {
        let base = self.merchant.base_url();
        let address = base.strip_prefix("http://").unwrap();
        let key = self.merchant.secret_key();
        let mut stream = TcpStream::connect(address).unwrap();
        let kind = if path.starts_with("/_sim/") {
            "application/json"
        } else {
            "application/x-www-form-urlencoded"
        };
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {key}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(
            answer.starts_with("HTTP/1.1 200"),
            "{method} {path}: {answer}"
        );
        answer
    }

    pub(crate) fn touch(&self, kind: &str, count: u32) {
        let wish = format!(r#"{{"kind":"{kind}","count":{count}}}"#);
        self.ask("POST", "/_sim/touch", &wish);
    }
}

/// What a merchant of this world has, as a sync without any trouble brings it.
pub(crate) async fn untroubled() -> &'static Content {
    static CONTENT: OnceLock<Content> = OnceLock::new();
    if CONTENT.get().is_none() {
        let shop = Shop::of(troubled_world()).await;
        shop.whole().await;
        let _ = CONTENT.set(shop.content());
    }
    CONTENT.get().unwrap()
}

/// The world of the faults: small enough for many syncs, large enough for several pages of the longer lists.
pub(crate) fn troubled_world() -> WorldSpec {
    world(5, 40)
}

/// The path that `World::counts` knows a kind by.
pub(crate) fn list_path(kind: Kind) -> String {
    match kind {
        Kind::Meters => "/v1/billing/meters".to_owned(),
        Kind::CheckoutSessions => "/v1/checkout/sessions".to_owned(),
        Kind::CustomerBalanceTransactions => "/v1/customers/balance_transactions".to_owned(),
        _ => format!("/v1/{}", kind.as_str()),
    }
}

/// An object without the counters that move without a notice and that nothing reads.
fn told(json: &str) -> String {
    let mut value: serde_json::Value = serde_json::from_str(json).unwrap();
    strip(&mut value);
    value.to_string()
}

fn strip(value: &mut serde_json::Value) {
    match value {
        serde_json::Value::Object(object) => {
            object.remove("next_invoice_sequence");
            object.remove("times_redeemed");
            object.values_mut().for_each(strip);
        }
        serde_json::Value::Array(values) => values.iter_mut().for_each(strip),
        _ => {}
    }
}

/// Compares what two files hold, and names what differs.
#[track_caller]
pub(crate) fn assert_same(left: &Content, right: &Content, what: &str) {
    let keys: std::collections::BTreeSet<_> = left.keys().chain(right.keys()).collect();
    let different: Vec<String> = keys
        .into_iter()
        .filter(|key| left.get(*key) != right.get(*key))
        .map(|key| format!("{key:?}\n  {:?}\n  {:?}", left.get(key), right.get(key)))
        .collect();
    let some = different
        .iter()
        .take(3)
        .cloned()
        .collect::<Vec<_>>()
        .join("\n");
    assert!(
        different.is_empty(),
        "{what}: {} differ\n{some}",
        different.len()
    );
}
