//! How fast pages become rows: a made-up merchant's lists go through the same doors as a first sync, timed part by part.
//!
//! Run it with optimisation: `cargo run --release -p coffer-store --example write_path -- 100000 16`. The first number is
//! how many objects, the second how many pages wait for the writer at a time; a third word, `unordered`, takes the order of
//! time out of the ids. It measures and asserts nothing.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a measurement may fail loudly and speaks to whoever runs it"
)]

use coffer_domain::Instant;
use coffer_domain::currency::Currency;
use coffer_domain::ids::AccountId;
use coffer_domain::mode::Test;
use coffer_domain::money::Money;
use coffer_domain::ratio::Ratio;
use coffer_domain::record::{
    BalanceTransaction, Customer, Invoice, InvoiceLine, InvoicePayment, InvoiceStatus, Kind,
    LineOrigin, Payment, PaymentIntent, PaymentStatus, Price, PriceScheme, Product, Record,
    Recurring, RecurringInterval, Subscription, SubscriptionItem, SubscriptionStatus,
};
use coffer_domain::sync::Stretch;
use coffer_store::query::{ledger, weight};
use coffer_store::table::{account, reads, search, stretch};
use coffer_store::{DatabaseKey, Incoming, PageCommit, Pending, Store, derive_some, proof, unseen};
use std::collections::VecDeque;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

const PAGE: u64 = 100;
const NOW: i64 = 1_800_000_000;

fn at(seconds: i64) -> Instant {
    Instant::from_timestamp(seconds, 0).unwrap()
}

fn account_id() -> AccountId {
    AccountId::new("acct_1MzbBtFSjXYZabcd")
}

/// Letters that look random and follow from a number, as the provider's ids do.
fn letters(seed: u64, count: usize) -> String {
    const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0xD1B5_4A32_D192_ED03;
    let mut out = String::with_capacity(count);
    for _ in 0..count {
        state ^= state >> 30;
        state = state.wrapping_mul(0xBF58_476D_1CE4_E5B9);
        state ^= state >> 27;
        let digit = usize::try_from(state % 62).unwrap();
        out.push(char::from(*DIGITS.get(digit).unwrap()));
    }
    out
}

/// Whether ids begin with when they were made, as the provider's do, or carry no order at all, as the simulator's.
static ORDERED: AtomicBool = AtomicBool::new(true);

fn id(prefix: &str, kind: u64, n: u64, count: usize) -> String {
    if ORDERED.load(Ordering::Relaxed) {
        format!("{prefix}{n:07}{}", letters(n * 64 + kind, count - 7))
    } else {
        format!("{prefix}{}", letters(n * 64 + kind, count))
    }
}

/// The object's JSON with what the provider sends around it: the same names every time, values that differ.
fn json(kind: &str, id: &str, n: u64) -> String {
    use std::fmt::Write as _;
    let mut text = format!(
        r#"{{"id":"{id}","object":"{kind}","created":{}"#,
        NOW - 1_000
    );
    let mut field = 0;
    while text.len() < 3_400 {
        let value = match field % 4 {
            0 => "null".to_owned(),
            1 => format!("{}", (n * 31 + field) % 9_000),
            2 => "\"charge_automatically\"".to_owned(),
            _ => format!(
                r#"{{"enabled":false,"reference":"{}","liability":null}}"#,
                letters(n * 64 + field, 6)
            ),
        };
        write!(text, r#","field_with_a_longer_name_{field}":{value}"#).unwrap();
        field += 1;
    }
    text.push('}');
    text
}

struct Merchant {
    customers: u64,
    subscriptions: u64,
    invoices: u64,
}

impl Merchant {
    /// A tenth customers, as many subscriptions, the rest bills and the money that paid them.
    const fn of(objects: u64) -> Self {
        Self {
            customers: objects / 10,
            subscriptions: objects / 10,
            invoices: objects * 8 / 50,
        }
    }

    fn customer(n: u64) -> Record {
        Record::Customer(Customer {
            id: id("cus_", 1, n, 14).into(),
            name: Some(format!("{} {}", letters(n, 6), letters(n + 7, 8))),
            email: Some(format!("{}@{}.example", letters(n, 8), letters(n % 500, 5))),
            country: Some("DE".into()),
            created: at(NOW - 90_000_000 + i64::try_from(n).unwrap()),
            description: None,
            discount: None,
            delinquent: false,
            balance: 0,
            currency: Some(Currency::USD),
        })
    }

    fn subscription(&self, n: u64) -> Record {
        let created = at(NOW - 80_000_000 + i64::try_from(n).unwrap());
        let period_start = Some(at(NOW - 1_000_000));
        Record::Subscription(Box::new(Subscription {
            id: id("sub_1", 2, n, 23).into(),
            customer: id("cus_", 1, n % self.customers, 14).into(),
            status: SubscriptionStatus::Active,
            currency: Currency::USD,
            created,
            start: created,
            trial_start: None,
            trial_end: None,
            cancel_at: None,
            cancel_at_period_end: false,
            canceled_at: None,
            ended_at: None,
            items: vec![SubscriptionItem {
                id: id("si_", 3, n, 14).into(),
                price: id("price_1", 4, n % 5, 23).into(),
                product: "prod_one".into(),
                quantity: Some(1),
                created,
                period_start,
                period_end: Some(at(NOW + 1_600_000)),
                discounts: Vec::new(),
            }],
            discounts: Vec::new(),
            pause: None,
            latest_invoice: None,
            sends_invoices: false,
        }))
    }

    fn invoice(&self, n: u64) -> Record {
        let owner = n % self.subscriptions;
        let created =
            NOW - 70_000_000 + i64::try_from(n / self.subscriptions.max(1)).unwrap() * 2_600_000;
        let lines: Vec<InvoiceLine> = (0..1 + n % 2)
            .map(|line| Self::line(n, line, owner, created))
            .collect();
        let amount = lines.iter().map(|line| line.amount).sum();
        Record::Invoice(Box::new(Invoice {
            id: id("in_1", 5, n, 23).into(),
            number: Some(format!("{}-{:04}", letters(owner, 8), n % 10_000)),
            customer: Some(id("cus_", 1, owner % self.customers, 14).into()),
            subscription: Some(id("sub_1", 2, owner, 23).into()),
            status: InvoiceStatus::Paid,
            billing_reason: Some("subscription_cycle".into()),
            currency: Currency::USD,
            created: at(created),
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
            paid_at: Some(at(created + 3_600)),
            voided_at: None,
            uncollectible_at: None,
            discounts: Vec::new(),
            lines,
        }))
    }

    fn line(n: u64, line: u64, owner: u64, created: i64) -> InvoiceLine {
        InvoiceLine {
            id: id("il_1", 6 + line, n, 23).into(),
            amount: 2_900,
            currency: Currency::USD,
            description: Some("1 × Team plan (at $29.00 / month)".into()),
            subscription: Some(id("sub_1", 2, owner, 23).into()),
            item: Some(id("si_", 3, owner, 14).into()),
            invoice_item: None,
            price: Some(id("price_1", 4, owner % 5, 23).into()),
            quantity: Some(1),
            period_start: at(created),
            period_end: at(created + 2_600_000),
            origin: LineOrigin::Recurring,
            tax_inclusive_base: 2_900,
            tax_inclusive: 0,
        }
    }

    fn owner(&self, n: u64) -> String {
        id("cus_", 1, n % self.subscriptions % self.customers, 14)
    }

    fn invoice_payment(n: u64) -> Record {
        Record::InvoicePayment(InvoicePayment {
            id: id("inpay_1", 10, n, 23).into(),
            invoice: id("in_1", 5, n, 23).into(),
            payment_intent: Some(id("pi_3", 11, n, 23).into()),
            payment: None,
            amount_paid: Some(2_900 * i64::try_from(1 + n % 2).unwrap()),
            currency: Currency::USD,
            status: "paid".into(),
            created: at(NOW - 70_000_000),
        })
    }

    fn intent(&self, n: u64) -> Record {
        Record::PaymentIntent(PaymentIntent {
            id: id("pi_3", 11, n, 23).into(),
            customer: Some(self.owner(n).into()),
            amount: Money::new(2_900, Currency::USD),
            status: "succeeded".into(),
            created: at(NOW - 70_000_000),
            latest_payment: Some(id("ch_3", 12, n, 23).into()),
        })
    }

    fn payment(&self, n: u64) -> Record {
        Record::Payment(Box::new(Payment {
            id: id("ch_3", 12, n, 23).into(),
            customer: Some(self.owner(n).into()),
            payment_intent: Some(id("pi_3", 11, n, 23).into()),
            amount: Money::new(2_900, Currency::USD),
            amount_refunded: 0,
            status: PaymentStatus::Succeeded,
            created: at(NOW - 70_000_000 + i64::try_from(n).unwrap()),
            failure_code: None,
            failure_message: None,
            card_brand: Some("visa".into()),
            card_last4: Some(format!("{:04}", n % 10_000)),
            disputed: false,
            description: Some("Subscription update".into()),
            balance_transaction: Some(id("txn_3", 13, n, 23).into()),
        }))
    }

    fn balance(n: u64) -> Record {
        Record::BalanceTransaction(BalanceTransaction {
            id: id("txn_3", 13, n, 23).into(),
            source: Some(id("ch_3", 12, n, 23)),
            kind: "charge".into(),
            amount: Money::new(2_900, Currency::USD),
            fee: 114,
            net: 2_786,
            created: at(NOW - 70_000_000),
        })
    }

    fn record(&self, kind: Kind, n: u64) -> Record {
        match kind {
            Kind::Customers => Self::customer(n),
            Kind::Subscriptions => self.subscription(n),
            Kind::Invoices => self.invoice(n),
            Kind::InvoicePayments => Self::invoice_payment(n),
            Kind::PaymentIntents => self.intent(n),
            Kind::Charges => self.payment(n),
            Kind::BalanceTransactions => Self::balance(n),
            _ => price(n),
        }
    }

    fn page(&self, kind: Kind, first: u64, count: u64) -> PageCommit {
        let objects: Vec<Incoming> = (first..count.min(first + PAGE))
            .map(|n| {
                let record = self.record(kind, n);
                Incoming {
                    json: json(kind.as_str(), record.id(), n),
                    api_version: "2026-10-28.endive".into(),
                    record,
                    also: Vec::new(),
                }
            })
            .collect();
        let after = objects.last().map(|it| it.record.id().to_owned());
        PageCommit {
            account: account_id(),
            kind,
            objects,
            deleted: Vec::new(),
            asked: 1_000,
            fetched_at: at(NOW),
            seen_at: at(NOW),
            walk: 1,
            stretch: Some(Stretch {
                after,
                done: first + PAGE >= count,
                ..Stretch::whole(kind)
            }),
        }
    }
}

fn price(n: u64) -> Record {
    if n == 5 {
        return Record::Product(Product {
            id: "prod_one".into(),
            name: "Team".into(),
            active: true,
            created: at(0),
        });
    }
    Record::Price(Box::new(Price {
        id: id("price_1", 4, n, 23).into(),
        product: "prod_one".into(),
        currency: Currency::USD,
        active: true,
        nickname: None,
        created: at(0),
        recurring: Some(Recurring {
            interval: RecurringInterval::Month,
            count: 1,
            metered: false,
        }),
        scheme: PriceScheme::PerUnit(Ratio::whole(2_900)),
        other_currencies: Vec::new(),
        transform: None,
        tax_inclusive: false,
    }))
}

fn resident_mb() -> u64 {
    let text = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = text.lines().find(|line| line.starts_with("VmHWM"));
    let kb = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok());
    kb.unwrap_or(0) / 1_024
}

/// What the writer's thread has worked so far; nothing where the system does not say.
fn worked() -> Duration {
    let tasks = std::fs::read_dir("/proc/self/task").into_iter().flatten();
    for path in tasks.flatten().map(|task| task.path()) {
        let name = std::fs::read_to_string(path.join("comm")).unwrap_or_default();
        if name.trim() == "test-writer" {
            return scheduled(&path.join("schedstat"));
        }
    }
    Duration::ZERO
}

/// How long a thread has had a processor.
fn scheduled(path: &Path) -> Duration {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    let nanos = text
        .split_whitespace()
        .next()
        .and_then(|word| word.parse().ok());
    Duration::from_nanos(nanos.unwrap_or(0))
}

fn rate(name: &str, count: u64, took: Duration) {
    let micros = u64::try_from(took.as_micros()).unwrap().max(1);
    println!(
        "{name:<24} {count:>9} in {:>7} ms  {:>8} /s   {} MB",
        micros / 1_000,
        count * 1_000_000 / micros,
        resident_mb()
    );
}

/// Sends a list through the writer; what counts is the writer's own work, so that others on the machine do not blur it.
fn walk(
    store: &Store<Test>,
    merchant: &Merchant,
    kind: Kind,
    count: u64,
    window: usize,
) -> Duration {
    let mut waiting: VecDeque<Pending<u64>> = VecDeque::new();
    let mut took = Duration::ZERO;
    let mut first = 0;
    while first < count {
        let mut pages = Vec::new();
        while pages.len() < window && first < count {
            pages.push(merchant.page(kind, first, count));
            first += PAGE;
        }
        let begun = worked();
        for page in pages {
            waiting.push_back(store.write_soon(move |write| page.apply(write)).unwrap());
        }
        for page in waiting.drain(..) {
            page.wait().unwrap();
        }
        took += worked().saturating_sub(begun);
    }
    rate(kind.as_str(), count, took);
    took
}

/// Times what reads on this thread, again by its own work.
fn timed<T>(name: &str, count: u64, work: impl FnOnce() -> T) -> T {
    let here = Path::new("/proc/thread-self/schedstat");
    let begun = scheduled(here);
    let answer = work();
    rate(name, count, scheduled(here).saturating_sub(begun));
    answer
}

fn derive(store: &Store<Test>) -> u64 {
    let mut all = 0;
    loop {
        let done = store
            .write_mirror(|write| derive_some(write, 500, at(NOW)))
            .unwrap();
        all += done;
        if done == 0 {
            return all;
        }
    }
}

fn add_account(store: &Store<Test>) {
    let row = account::AccountRow {
        id: account_id(),
        provider: "stripe".into(),
        name: "Acme".into(),
        api_url: None,
        key_kind: "restricted".into(),
        key_last4: "abcd".into(),
        provider_name: None,
        country: None,
        default_currency: None,
        permissions: Vec::new(),
        added_at: at(0),
        synced_at: None,
        complete: false,
        changes_from: None,
        walk: 1,
        raw: None,
        swept_at: None,
        proved_at: None,
        unproved: true,
        settled_walk: 0,
    };
    store.write(move |write| account::put(write, &row)).unwrap();
}

fn read_side(store: &Store<Test>, objects: u64) {
    let id = account_id();
    timed("proof, whole", objects, || {
        let found = store
            .read(|read| proof::whole(read.sql(), &id, &Kind::ALL))
            .unwrap();
        assert!(found.is_empty(), "{:?}", found.first());
    });
    timed("references, whole", objects, || {
        let found = store
            .read(|read| proof::unresolved(read.sql(), &id, &Kind::ALL, None, 10))
            .unwrap();
        assert!(found.is_empty(), "{:?}", found.first());
    });
    let touched: Vec<(Kind, String)> = (0..100)
        .flat_map(|n| {
            [
                (Kind::Invoices, coffer_id("in_1", 5, n)),
                (Kind::Charges, coffer_id("ch_3", 12, n)),
                (Kind::InvoicePayments, coffer_id("inpay_1", 10, n)),
            ]
        })
        .collect();
    timed("proof, around", 300, || {
        store
            .read(|read| proof::around(read.sql(), &id, &Kind::ALL, &touched))
            .unwrap()
    });
    timed("references, around", 300, || {
        store
            .read(|read| proof::unresolved(read.sql(), &id, &Kind::ALL, Some(&touched), 10))
            .unwrap()
    });
    timed("unseen, all kinds", objects, || {
        for kind in Kind::ALL {
            store
                .read(|read| unseen(read.sql(), &id, kind, 1, 100))
                .unwrap();
        }
    });
    timed("counts", 1, || {
        store.read(|read| weight::kinds(read.sql(), None)).unwrap()
    });
    timed("owners of ledgers", 1, || {
        store
            .read(|read| ledger::owners(read.sql(), &id, None, 100))
            .unwrap()
    });
    timed("reads used", 1, || {
        store
            .read(|read| reads::used(read.sql(), &id, at(NOW)))
            .unwrap()
    });
    timed("stretches", 1, || {
        store
            .read(|read| stretch::of_account(read.sql(), &id))
            .unwrap()
    });
    timed("search", 1, || {
        store
            .read(|read| search::find(read.sql(), "team visa 29", 20))
            .unwrap()
    });
}

fn coffer_id(prefix: &str, kind: u64, n: u64) -> String {
    id(prefix, kind, n, 23)
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let objects: u64 = arguments
        .next()
        .map_or(100_000, |text| text.parse().unwrap());
    let window: usize = arguments.next().map_or(16, |text| text.parse().unwrap());
    ORDERED.store(
        arguments.next().as_deref() != Some("unordered"),
        Ordering::Relaxed,
    );
    let home = tempfile::tempdir().unwrap();
    let store: Store<Test> =
        Store::open(home.path(), &DatabaseKey::new([7; 32]), Arc::new(|_| {})).unwrap();
    add_account(&store);
    let merchant = Merchant::of(objects);
    let catalogue = (0..6).map(|n| Incoming {
        json: "{}".into(),
        api_version: "v".into(),
        record: price(n),
        also: Vec::new(),
    });
    let (products, prices): (Vec<_>, Vec<_>) =
        catalogue.partition(|it| it.record.kind() == Kind::Products);
    for objects in [products, prices] {
        let kind = objects.first().map_or(Kind::Prices, |it| it.record.kind());
        let page = PageCommit {
            objects,
            ..merchant.page(kind, 0, 0)
        };
        store.write(move |write| page.apply(write)).unwrap();
    }
    let mut all = Duration::ZERO;
    for (kind, count) in [
        (Kind::Customers, merchant.customers),
        (Kind::Subscriptions, merchant.subscriptions),
        (Kind::Invoices, merchant.invoices),
    ] {
        all += walk(&store, &merchant, kind, count, window);
    }
    let first = merchant.customers + merchant.subscriptions + merchant.invoices;
    rate("the three above", first, all);
    for kind in [
        Kind::InvoicePayments,
        Kind::PaymentIntents,
        Kind::Charges,
        Kind::BalanceTransactions,
    ] {
        all += walk(&store, &merchant, kind, merchant.invoices, window);
    }
    let count = first + 4 * merchant.invoices;
    rate("pages", count, all);
    let begun = worked();
    let done = derive(&store);
    let took = worked().saturating_sub(begun);
    rate("derived, then indexed", done, took);
    rate("altogether", count, all + took);
    read_side(&store, count);
    let bytes: u64 = std::fs::read_dir(home.path())
        .unwrap()
        .map(|entry| entry.unwrap().metadata().unwrap().len())
        .sum();
    println!("{} bytes for each object on disk", bytes / count.max(1));
}
