//! How fast figures are, over a made file of any size: `metrics [SUBSCRIPTIONS] [--rows FILE.csv]`.
//!
//! The records are put through the one door into the mirror, so that what is measured is what a sync would leave behind: a
//! customer with a subscription each, five invoice lines for each subscription, over 36 months, in an encrypted file.
//! Everything happens in one process; each answer is one line of JSON with its seconds. `--rows` writes what each subscription
//! was worth from when to when, for another program to add up.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::indexing_slicing,
    reason = "a measuring program says what it measures, and stops where something is wrong"
)]

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use coffer_engine::books::Books;
use coffer_engine::clock::Clock;
use coffer_engine::domain::Instant;
use coffer_engine::domain::calendar::Every;
use coffer_engine::domain::currency::Currency;
use coffer_engine::domain::ids::AccountId;
use coffer_engine::domain::metric::evaluate::intervals;
use coffer_engine::domain::metric::figures::Metric;
use coffer_engine::domain::metric::policy::Policy;
use coffer_engine::domain::mode::{ModeName, Test};
use coffer_engine::domain::ratio::Ratio;
use coffer_engine::domain::record::{
    Customer, Invoice, InvoiceLine, InvoiceStatus, LineOrigin, Price, PriceScheme, Record,
    Recurring, RecurringInterval, Subscription, SubscriptionItem, SubscriptionStatus,
};
use coffer_engine::explain;
use coffer_engine::figures::View;
use coffer_engine::home::Home;
use coffer_engine::metrics::{By, Filter, Money, Question, answer};
use coffer_engine::secrets::{Secrets, SecretsError};
use coffer_engine::store::table::account::{self, AccountRow};
use coffer_engine::store::table::facts;
use coffer_engine::store::{Incoming, PageCommit, derive_all, fill_words};
use std::collections::HashMap;
use std::io::Write as _;
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex};
use std::time::Instant as Moment;
use zeroize::Zeroizing;

const MONTHS: u64 = 36;
const LINES: u64 = 5;
const PRICES: u64 = 12;
const AT_ONCE: u64 = 100;
const COUNTRIES: [&str; 6] = ["DE", "US", "FR", "GB", "BR", "JP"];

struct Fixed(Instant);

impl Clock for Fixed {
    fn now(&self) -> Instant {
        self.0
    }
}

/// Keys that last as long as the measuring does.
#[derive(Default)]
struct Memory(Mutex<HashMap<String, String>>);

impl Secrets for Memory {
    fn is_keychain(&self) -> bool {
        false
    }

    fn get(&self, _: ModeName, name: &str) -> Result<Option<Zeroizing<String>>, SecretsError> {
        Ok(self
            .0
            .lock()
            .unwrap()
            .get(name)
            .cloned()
            .map(Zeroizing::new))
    }

    fn set(&self, _: ModeName, name: &str, secret: &str) -> Result<(), SecretsError> {
        self.0
            .lock()
            .unwrap()
            .insert(name.to_owned(), secret.to_owned());
        Ok(())
    }

    fn forget(&self, _: ModeName, name: &str) -> Result<(), SecretsError> {
        self.0.lock().unwrap().remove(name);
        Ok(())
    }
}

fn present() -> Instant {
    DateTime::parse_from_rfc3339("2026-11-21T12:00:00Z")
        .unwrap()
        .with_timezone(&Utc)
}

fn acme() -> AccountId {
    AccountId::new("acct_1")
}

/// A number that looks thrown, the same for the same question.
const fn thrown(of: u64, salt: u64) -> u64 {
    let mut x = of.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ salt.wrapping_mul(0xBF58_476D_1CE4_E5B9);
    x ^= x >> 31;
    x = x.wrapping_mul(0x94D0_49BB_1331_11EB);
    x ^ (x >> 29)
}

fn months(count: u64) -> TimeDelta {
    TimeDelta::days(i64::try_from(count * 30).unwrap())
}

fn price(n: u64) -> Record {
    let (interval, unit) = match n % 3 {
        0 => (RecurringInterval::Year, 12_000),
        _ => (RecurringInterval::Month, 1_000),
    };
    Record::Price(Box::new(Price {
        id: format!("price_{n}").into(),
        product: "prod_1".into(),
        currency: Currency::USD,
        active: true,
        nickname: Some(format!("Plan {n}")),
        created: present() - months(MONTHS),
        recurring: Some(Recurring {
            interval,
            count: 1,
            metered: false,
        }),
        scheme: PriceScheme::PerUnit(Ratio::whole(unit + i64::try_from(n).unwrap() * 100)),
        other_currencies: Vec::new(),
        transform: None,
        tax_inclusive: false,
    }))
}

fn customer(n: u64) -> Record {
    Record::Customer(Customer {
        id: format!("cus_{n:08}").into(),
        name: Some(format!("Customer {n}")),
        email: Some(format!("customer{n}@example.com")),
        country: Some(COUNTRIES[usize::try_from(thrown(n, 1) % 6).unwrap()].to_owned()),
        created: began(n),
        description: None,
        discount: None,
        delinquent: false,
        balance: 0,
        currency: Some(Currency::USD),
    })
}

fn began(n: u64) -> Instant {
    present()
        - months(thrown(n, 2) % MONTHS)
        - TimeDelta::hours(i64::try_from(thrown(n, 3) % 700).unwrap())
}

/// One in three has left.
fn ended(n: u64) -> Option<Instant> {
    let stayed = months(1 + thrown(n, 4) % 24);
    let end = began(n) + stayed;
    (thrown(n, 5).is_multiple_of(3) && end < present()).then_some(end)
}

fn quantity(n: u64) -> i64 {
    1 + i64::try_from(thrown(n, 6) % 4).unwrap()
}

fn subscription(n: u64, quantity: i64) -> Record {
    let id = format!("sub_{n:08}");
    let ended = ended(n);
    Record::Subscription(Box::new(Subscription {
        customer: format!("cus_{n:08}").into(),
        status: match ended {
            Some(_) => SubscriptionStatus::Canceled,
            None => SubscriptionStatus::Active,
        },
        currency: Currency::USD,
        created: began(n),
        start: began(n),
        trial_start: None,
        trial_end: None,
        cancel_at: None,
        cancel_at_period_end: false,
        canceled_at: ended,
        ended_at: ended,
        items: vec![SubscriptionItem {
            id: format!("si_{n:08}").into(),
            price: format!("price_{}", thrown(n, 7) % PRICES).into(),
            product: "prod_1".into(),
            quantity: Some(quantity),
            created: began(n),
            period_start: Some(present() - TimeDelta::days(10)),
            period_end: Some(present() + TimeDelta::days(20)),
            discounts: Vec::new(),
        }],
        discounts: Vec::new(),
        pause: None,
        latest_invoice: None,
        sends_invoices: false,
        schedule: None,
        flexible: false,
        id: id.into(),
    }))
}

/// One of a subscription's five bills; those before the second last had one unit less.
fn invoice(n: u64, which: u64) -> Record {
    let created = began(n) + months(which);
    let held = match which {
        0..3 => (quantity(n) - 1).max(1),
        _ => quantity(n),
    };
    let amount = held * 1_000;
    Record::Invoice(Box::new(Invoice {
        id: format!("in_{n:08}_{which}").into(),
        number: Some(format!("NR-{n}-{which}")),
        customer: Some(format!("cus_{n:08}").into()),
        subscription: Some(format!("sub_{n:08}").into()),
        status: InvoiceStatus::Paid,
        billing_reason: Some("subscription_cycle".to_owned()),
        currency: Currency::USD,
        created,
        subtotal: amount,
        total: amount,
        amount_due: amount,
        amount_paid: amount,
        amount_remaining: 0,
        amount_overpaid: 0,
        paid_elsewhere: 0,
        line_discounts: 0,
        touches_ledger: false,
        attempt_count: 1,
        next_attempt: None,
        due: None,
        paid_at: Some(created),
        voided_at: None,
        uncollectible_at: None,
        discounts: Vec::new(),
        lines: vec![InvoiceLine {
            id: format!("il_{n:08}_{which}").into(),
            amount,
            currency: Currency::USD,
            description: None,
            subscription: Some(format!("sub_{n:08}").into()),
            item: Some(format!("si_{n:08}").into()),
            invoice_item: None,
            price: Some(format!("price_{}", thrown(n, 7) % PRICES).into()),
            quantity: Some(held),
            period_start: created,
            period_end: created + months(1),
            origin: LineOrigin::Recurring,
            tax_inclusive_base: amount,
            tax_inclusive: 0,
        }],
    }))
}

fn put(books: &Books<Test>, records: Vec<Record>, asked: i64) {
    let Some(first) = records.first() else { return };
    let page = PageCommit {
        account: acme(),
        kind: first.kind(),
        objects: records
            .into_iter()
            .map(|record| Incoming {
                json: format!(r#"{{"made":{asked}}}"#),
                api_version: "v".to_owned(),
                record,
                also: Vec::new(),
            })
            .collect(),
        deleted: Vec::new(),
        asked,
        fetched_at: present(),
        seen_at: present(),
        walk: 1,
        stretch: None,
    };
    drop(
        books
            .store
            .write_soon(move |write| page.apply(write))
            .unwrap(),
    );
}

fn fill(books: &Books<Test>, subscriptions: u64) {
    let row = AccountRow {
        id: acme(),
        provider: "stripe".to_owned(),
        name: "Acme".to_owned(),
        api_url: None,
        key_kind: "restricted".to_owned(),
        key_last4: "abcd".to_owned(),
        provider_name: None,
        country: None,
        default_currency: Some(Currency::USD),
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
    };
    books
        .store
        .write(move |write| account::put(write, &row))
        .unwrap();
    put(books, (0..PRICES).map(price).collect(), 1);
    for first in (0..subscriptions).step_by(usize::try_from(AT_ONCE).unwrap()) {
        let some = first..(first + AT_ONCE).min(subscriptions);
        put(books, some.clone().map(customer).collect(), 1);
        put(
            books,
            some.clone().map(|n| subscription(n, quantity(n))).collect(),
            1,
        );
        for which in 0..LINES {
            put(books, some.clone().map(|n| invoice(n, which)).collect(), 1);
        }
        if (first / AT_ONCE).is_multiple_of(50) {
            // What was handed over is not to pile up.
            books.store.write(|_| Ok(())).unwrap();
        }
    }
    books.store.write(|_| Ok(())).unwrap();
}

fn derive(books: &Books<Test>) {
    let cores = std::thread::available_parallelism().unwrap().get();
    derive_all(&books.store, present(), cores).unwrap();
}

fn tell(what: &str, began: Moment) {
    println!(
        r#"{{"what":"{what}","seconds":{:.6}}}"#,
        began.elapsed().as_secs_f64()
    );
}

fn peak_mib() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let kib = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .and_then(|rest| rest.split_whitespace().next()?.parse::<f64>().ok());
    kib.unwrap_or(0.0) / 1024.0
}

fn view(policy: &str) -> View {
    View {
        account: None,
        policy: Policy::preset(policy).unwrap(),
        zone: Tz::UTC,
        currency: None,
    }
}

fn question(metrics: Vec<Metric>, policy: &str, by: Option<By>) -> Question {
    Question {
        metrics,
        view: view(policy),
        from: Some((present() - months(MONTHS)).date_naive()),
        to: None,
        every: Every::Month,
        money: Money::Main,
        by,
        filter: Filter::default(),
    }
}

fn measure(books: &Books<Test>, what: &str, question: &Question) {
    let began = Moment::now();
    let told = answer(books, question).unwrap();
    tell(what, began);
    assert!(!told.series.is_empty());
}

fn write_rows(books: &Books<Test>, path: &str) {
    let mut out = std::io::BufWriter::new(std::fs::File::create(path).unwrap());
    writeln!(out, "subscription,from_at,to_at,num,den").unwrap();
    books
        .store
        .read(|read| {
            facts::scan(read.sql(), acme().as_str(), "", |_, own| {
                for it in &own.subscriptions {
                    for interval in intervals(it, &Policy::coffer_1()) {
                        let to = interval.span.to.unwrap_or(i64::from(u32::MAX));
                        let _ = writeln!(
                            out,
                            "{},{},{to},{},{}",
                            it.id,
                            interval.span.from,
                            interval.monthly.numerator(),
                            interval.monthly.denominator()
                        );
                    }
                }
                Ok(ControlFlow::Continue(()))
            })
        })
        .unwrap();
}

fn measure_figures(books: &Books<Test>) {
    let level: Vec<Metric> = Metric::ALL.into_iter().collect();
    measure(
        books,
        "policy changed",
        &question(level.clone(), "coffer-1", None),
    );
    measure(
        books,
        "policy changed",
        &question(level.clone(), "baremetrics", None),
    );
    // What was made is kept in the background; a revision later memory knows nothing of it.
    books
        .store
        .write(|write| {
            write.touch("metrics");
            Ok(())
        })
        .unwrap();
    measure(
        books,
        "every metric",
        &question(level.clone(), "coffer-1", None),
    );
    measure(
        books,
        "every metric, from memory",
        &question(level.clone(), "coffer-1", None),
    );
    for (by, what) in [
        (By::Plan, "by plan"),
        (By::Country, "by country"),
        (By::Interval, "by interval"),
    ] {
        let ask = question(vec![Metric::Mrr], "coffer-1", Some(by));
        // The first to ask makes what the next is told from.
        measure(books, &format!("{what}, for the first time"), &ask);
        books.store.write(|_| Ok(())).unwrap();
        measure(books, what, &ask);
        measure(books, what, &ask);
    }
}

fn measure_explain(books: &Books<Test>) {
    let ask = explain::Question {
        metric: "mrr".to_owned(),
        date: present().date_naive(),
        every: Every::Day,
        view: view("coffer-1"),
        currency: None,
        customer: None,
        limit: Some(50),
        after: None,
    };
    for _ in 0..2 {
        let began = Moment::now();
        let told = explain::explain(books, &ask).unwrap();
        tell("explain", began);
        assert!(!told.rows.is_empty());
    }
}

/// One subscription after another gets more units.
fn measure_changes(books: &Books<Test>) {
    for n in 0..5 {
        put(
            books,
            vec![subscription(n * 7, 9)],
            2 + i64::try_from(n).unwrap(),
        );
        books.store.write(|_| Ok(())).unwrap();
        let began = Moment::now();
        derive(books);
        tell("one changed", began);
    }
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let subscriptions = arguments
        .first()
        .and_then(|it| it.parse().ok())
        .unwrap_or(1_000_000);
    let rows = arguments
        .iter()
        .position(|it| it == "--rows")
        .and_then(|at| arguments.get(at + 1));
    let folder = tempfile::tempdir().unwrap();
    let books = Books::<Test>::open(
        &Home::open(folder.path()).unwrap(),
        Arc::new(Memory::default()),
        Arc::new(Fixed(present())),
        Arc::new(|_| {}),
    )
    .unwrap();
    let began = Moment::now();
    fill(&books, subscriptions);
    tell("fill", began);
    while books.store.write(|write| fill_words(write, 5_000)).unwrap() > 0 {}
    let began = Moment::now();
    derive(&books);
    tell("rebuild", began);
    println!(
        r#"{{"what":"peak after the rebuild","mib":{:.1}}}"#,
        peak_mib()
    );
    measure_figures(&books);
    measure_explain(&books);
    measure_changes(&books);
    println!(r#"{{"what":"peak","mib":{:.1}}}"#, peak_mib());
    let bytes = std::fs::metadata(books.store.path()).map_or(0, |file| file.len());
    println!(r#"{{"what":"file","bytes":{bytes}}}"#);
    if let Some(path) = rows {
        write_rows(&books, path);
    }
}
