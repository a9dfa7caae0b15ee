//! How fast an action is accepted and an outbox drained: `acting [PAYMENTS] [REFUNDS]`.
//!
//! First an encrypted file is filled with so many payments through the one door into the mirror, and refunds of some are
//! accepted: the time until one is on disk is what somebody waits for. Then a simulated merchant with a live account's limits
//! is synced, refunds are accepted offline and carried out: the requests that takes, and the time beside what the limits
//! allow. Each answer is one line of JSON.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::indexing_slicing,
    reason = "a measuring program says what it measures, and stops where something is wrong"
)]

use coffer_engine::api::types::Wish;
use coffer_engine::books::Books;
use coffer_engine::clock::MachineClock;
use coffer_engine::desk::{AnyBooks, SecretsChoice};
use coffer_engine::domain::Instant;
use coffer_engine::domain::ids::AccountId;
use coffer_engine::domain::mode::{Live, Mode, ModeName};
use coffer_engine::domain::record::Kind;
use coffer_engine::home::Home;
use coffer_engine::outbox::{RunOptions, Who, accept, propose, run};
use coffer_engine::providers::{ClientOptions, Pacing, ProviderName, reread};
use coffer_engine::secrets::SealedFile;
use coffer_engine::store::query::lists::{self, List};
use coffer_engine::store::table::account::{self, AccountRow};
use coffer_engine::store::{Incoming, PageCommit};
use coffer_engine::sync::{SyncOptions, sync};
use coffer_engine::{Desk, DeskOptions};
use coffer_sim::{Limits, Running, Server, ServerOptions, WorldSpec};
use std::sync::Arc;
use std::time::{Duration, Instant as Moment};
use tempfile::TempDir;

const ACCEPTED: u64 = 400;
const AT_ONCE: u64 = 100;

fn present() -> Instant {
    "2026-11-21T12:00:00Z".parse().unwrap()
}

fn acme() -> AccountRow {
    AccountRow {
        id: AccountId::new("acct_1"),
        provider: "stripe".to_owned(),
        name: "Acme".to_owned(),
        api_url: Some("http://127.0.0.1:9".to_owned()),
        key_kind: "restricted".to_owned(),
        key_last4: "abcd".to_owned(),
        provider_name: None,
        country: None,
        default_currency: None,
        permissions: Vec::new(),
        added_at: present(),
        synced_at: Some(present()),
        complete: true,
        changes_from: None,
        walk: 1,
        raw: None,
        swept_at: None,
        proved_at: Some(present()),
        unproved: false,
        settled_walk: 1,
        clocks_walk: 1,
    }
}

fn charge(n: u64) -> Incoming {
    let json = format!(
        r#"{{"id":"ch_{n}","object":"charge","amount":5000,"amount_refunded":0,"balance_transaction":"txn_{n}","created":{},"currency":"usd","customer":"cus_{}","disputed":false,"livemode":true,"paid":true,"payment_intent":"pi_{n}","payment_method_details":{{"card":{{"brand":"visa","last4":"4242"}},"type":"card"}},"refunded":false,"status":"succeeded"}}"#,
        1_700_000_000 + n,
        n / 12
    );
    let (record, also) = reread(ProviderName::Stripe, Kind::Charges, &json).unwrap();
    Incoming {
        json,
        api_version: "made".to_owned(),
        record,
        also,
    }
}

fn fill(books: &Books<Live>, payments: u64) {
    let row = acme();
    books
        .store
        .write(move |write| account::put(write, &row))
        .unwrap();
    for first in (0..payments).step_by(usize::try_from(AT_ONCE).unwrap()) {
        let page = PageCommit {
            account: AccountId::new("acct_1"),
            kind: Kind::Charges,
            objects: (first..(first + AT_ONCE).min(payments))
                .map(charge)
                .collect(),
            deleted: Vec::new(),
            asked: i64::try_from(first).unwrap() + 1,
            fetched_at: present(),
            seen_at: present(),
            walk: 1,
            stretch: None,
        };
        books
            .store
            .write_mirror(move |write| page.apply(write))
            .unwrap();
    }
}

fn wish(payment: &str) -> Wish {
    Wish::Refund {
        payment: payment.to_owned(),
        amount: Some("1".to_owned()),
        reason: None,
    }
}

async fn accepted<M: Mode>(books: &Arc<Books<M>>, payment: &str) {
    let client = ClientOptions::default();
    let proposed = propose(books, wish(payment), &client, true).await.unwrap();
    let own = Arc::clone(books);
    let who = Who::default();
    tokio::task::spawn_blocking(move || {
        accept(&own, &proposed, Some("measured"), &who, Some("1")).unwrap();
    })
    .await
    .unwrap();
}

/// The time until an accepted refund is on disk, among so many payments.
async fn accepting(payments: u64) {
    let folder = TempDir::new().unwrap();
    let home = Home::open(folder.path()).unwrap();
    let secrets = SealedFile::open(folder.path(), "measured".to_owned().into()).unwrap();
    let books = Arc::new(
        Books::<Live>::open(
            &home,
            Arc::new(secrets),
            Arc::new(MachineClock),
            Arc::new(|_| ()),
        )
        .unwrap(),
    );
    let own = Arc::clone(&books);
    tokio::task::spawn_blocking(move || fill(&own, payments))
        .await
        .unwrap();
    let mut times = Vec::new();
    for n in 0..ACCEPTED {
        // Spread over the file, so that pages are not in memory yet.
        let payment = format!("ch_{}", n.wrapping_mul(0x9E37_79B9_7F4A_7C15) % payments);
        let began = Moment::now();
        accepted(&books, &payment).await;
        times.push(began.elapsed());
    }
    times.sort();
    for (what, place) in [("accept p50", 50), ("accept p95", 95), ("accept p99", 99)] {
        let time = times[times.len() * place / 100];
        println!(r#"{{"what":"{what}","seconds":{:.6}}}"#, time.as_secs_f64());
    }
}

/// A desk in this folder, paced or not.
fn desk(folder: &TempDir, pacing: Pacing) -> Desk {
    let mut options = DeskOptions::new(
        folder.path().to_owned(),
        SecretsChoice::Passphrase("measured".to_owned().into()),
    );
    options.client.pacing = pacing;
    Desk::open(options).unwrap()
}

async fn live(desk: &Desk) -> Arc<Books<Live>> {
    match desk.books(ModeName::Live).await.unwrap() {
        Some(AnyBooks::Live(books)) => books,
        _ => panic!("the books are live"),
    }
}

/// A page of a list, large enough for everything.
fn rows(books: &Books<Live>, list: List, status: Option<&str>) -> Vec<lists::Item> {
    let wanted = lists::Wanted {
        status: status.map(str::to_owned),
        limit: 100_000,
        ..lists::Wanted::default()
    };
    let page = books
        .store
        .read(|read| lists::page(read.sql(), list, &wanted));
    page.unwrap().0
}

/// Syncs the merchant and leaves so many refunds waiting; how many there were to leave.
async fn queued(merchant: &Running, folder: &TempDir, refunds: u64) -> u64 {
    let desk = desk(folder, Pacing::Never);
    let key = merchant.key().to_owned().into();
    let (provider, url) = (ProviderName::Stripe, merchant.base_url());
    desk.add_account(provider, "Shop".to_owned(), key, Some(&url), None, None)
        .await
        .unwrap();
    let books = live(&desk).await;
    let options = SyncOptions {
        client: desk.client_options().clone(),
        ..SyncOptions::default()
    };
    sync(&books, options).await.unwrap();
    let disputes = rows(&books, List::Disputes, None);
    let disputed: Vec<_> = disputes.into_iter().filter_map(|it| it.parent).collect();
    let mut count = 0;
    for payment in rows(&books, List::Payments, Some("succeeded")) {
        let whole = payment.second_minor == Some(0) && !disputed.contains(&payment.id);
        if whole && payment.amount.is_some_and(|it| it.minor > 10_000) && count < refunds {
            accepted(&books, &payment.id).await;
            count += 1;
        }
    }
    count
}

/// The requests and the time of an outbox that is drained.
async fn draining(refunds: u64) {
    let spec = WorldSpec {
        seed: 5,
        customers: u32::try_from(refunds).unwrap() * 2,
        months: 18,
        now: present(),
        livemode: true,
        corners: false,
    };
    let mut options = ServerOptions::new(spec);
    options.latency = Some(Duration::from_millis(100));
    let merchant = Server::start(options).await.unwrap();
    let folder = TempDir::new().unwrap();
    let count = queued(&merchant, &folder, refunds).await;
    merchant.set_limits(Some(Limits::LIVE));
    // A desk of its own, as one that comes online: its limits are the provider's.
    let desk = desk(&folder, Pacing::Always);
    let books = live(&desk).await;
    let before = merchant.journal().len();
    let began = Moment::now();
    let options = RunOptions {
        client: desk.client_options().clone(),
        ..RunOptions::default()
    };
    run(&books, options).await.unwrap();
    let seconds = began.elapsed().as_secs_f64();
    let requests = merchant.journal().len() - before;
    let done = merchant.effects().len();
    let refused: u64 = merchant.limits().reasons.values().sum();
    let allowed = f64::from(u32::try_from(count).unwrap()) / 25.0;
    println!(
        r#"{{"what":"drain","refunds":{count},"done":{done},"requests":{requests},"refused":{refused},"seconds":{seconds:.3},"allowed":{allowed:.3}}}"#
    );
}

#[tokio::main]
async fn main() {
    let number = |n: usize, usual: u64| {
        std::env::args()
            .nth(n)
            .map_or(usual, |text| text.parse().unwrap())
    };
    accepting(number(1, 1_000_000)).await;
    draining(number(2, 1_000)).await;
}
