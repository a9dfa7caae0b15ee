//! Small records made to order, and a file to put them in.

use coffer_domain::Instant;
use coffer_domain::currency::Currency;
use coffer_domain::ids::AccountId;
use coffer_domain::mode::Test;
use coffer_domain::money::Money;
use coffer_domain::record::{
    CreditEntry, CreditNote, Customer, Invoice, InvoiceLine, InvoicePayment, InvoiceStatus, Kind,
    LineOrigin, Payment, PaymentStatus, Record, Refund, RefundStatus, Subscription,
    SubscriptionItem, SubscriptionStatus,
};
use coffer_store::table::account::{self, AccountRow};
use coffer_store::{DatabaseKey, Incoming, PageCommit, Store, derive_some};
use std::sync::Arc;
use tempfile::TempDir;

pub(crate) fn at(seconds: i64) -> Instant {
    Instant::from_timestamp(seconds, 0).unwrap()
}

pub(crate) fn acme() -> AccountId {
    AccountId::new("acct_1")
}

/// A file of its own with one account in it. It lasts as long as the folder.
pub(crate) fn store() -> (TempDir, Store<Test>) {
    let home = TempDir::new().unwrap();
    let key = DatabaseKey::new([1; 32]);
    let store = Store::open(home.path(), &key, Arc::new(|_| {})).unwrap();
    add(&store, &acme());
    (home, store)
}

pub(crate) fn add(store: &Store<Test>, id: &AccountId) {
    let row = AccountRow {
        id: id.clone(),
        provider: "stripe".into(),
        name: "Acme".into(),
        api_url: None,
        key_kind: "restricted".into(),
        key_last4: "abcd".into(),
        provider_name: None,
        country: None,
        default_currency: Some(Currency::USD),
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
        clocks_walk: 0,
    };
    store.write(move |write| account::put(write, &row)).unwrap();
}

pub(crate) fn incoming(record: Record) -> Incoming {
    Incoming {
        // What the record holds is in its text, so that another record is another text.
        json: format!("{record:?}"),
        api_version: "v".into(),
        record,
        also: Vec::new(),
    }
}

pub(crate) fn page(account: &AccountId, records: Vec<Record>, asked: i64) -> PageCommit {
    PageCommit {
        account: account.clone(),
        kind: records.first().map_or(Kind::Customers, Record::kind),
        objects: records.into_iter().map(incoming).collect(),
        deleted: Vec::new(),
        asked,
        fetched_at: at(asked),
        seen_at: at(5_000),
        walk: 1,
        stretch: None,
    }
}

/// Puts records of any kinds, each as a page of its own.
pub(crate) fn put(store: &Store<Test>, account: &AccountId, records: Vec<Record>) {
    let pages: Vec<PageCommit> = records
        .into_iter()
        .map(|record| page(account, vec![record], 1))
        .collect();
    store
        .write(move |write| {
            for page in &pages {
                page.apply(write)?;
            }
            Ok(())
        })
        .unwrap();
}

pub(crate) fn derive(store: &Store<Test>) -> u64 {
    let mut all = 0;
    loop {
        let done = store
            .write(|write| derive_some(write, 50, at(6_000)))
            .unwrap();
        all += done;
        if done == 0 {
            return all;
        }
    }
}

pub(crate) fn customer(id: &str, balance: i64) -> Record {
    Record::Customer(Customer {
        id: id.into(),
        name: Some(format!("Name of {id}")),
        email: None,
        country: None,
        created: at(1_000),
        description: None,
        discount: None,
        delinquent: false,
        balance,
        currency: Some(Currency::USD),
    })
}

pub(crate) fn payment(id: &str, customer: Option<&str>, amount_refunded: i64) -> Record {
    Record::Payment(Box::new(Payment {
        id: id.into(),
        customer: customer.map(Into::into),
        payment_intent: None,
        amount: Money::new(1_000, Currency::USD),
        amount_refunded,
        status: PaymentStatus::Succeeded,
        created: at(1_000),
        failure_code: None,
        failure_message: None,
        card_brand: None,
        card_last4: None,
        disputed: false,
        description: None,
        balance_transaction: None,
    }))
}

pub(crate) fn refund(id: &str, payment: &str, amount: i64, status: &str) -> Record {
    Record::Refund(Refund {
        id: id.into(),
        payment: Some(payment.into()),
        amount: Money::new(amount, Currency::USD),
        status: RefundStatus::from_word(status),
        reason: None,
        created: at(1_000),
    })
}

/// What an invoice tells: the sums that are proved.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Told {
    pub(crate) subtotal: i64,
    pub(crate) paid: i64,
    pub(crate) elsewhere: i64,
    pub(crate) overpaid: i64,
    pub(crate) line_discounts: i64,
}

pub(crate) fn invoice(id: &str, customer: Option<&str>, told: Told, lines: &[i64]) -> Invoice {
    Invoice {
        id: id.into(),
        number: Some(format!("NR-{id}")),
        customer: customer.map(Into::into),
        subscription: None,
        status: InvoiceStatus::Paid,
        billing_reason: None,
        currency: Currency::USD,
        created: at(1_000),
        subtotal: told.subtotal,
        total: told.subtotal,
        amount_due: told.subtotal,
        amount_paid: told.paid,
        amount_remaining: 0,
        amount_overpaid: told.overpaid,
        paid_elsewhere: told.elsewhere,
        line_discounts: told.line_discounts,
        touches_ledger: false,
        attempt_count: 1,
        next_attempt: None,
        due: None,
        paid_at: None,
        voided_at: None,
        uncollectible_at: None,
        discounts: Vec::new(),
        lines: lines
            .iter()
            .enumerate()
            .map(|(n, amount)| line(&format!("il_{id}_{n}"), *amount))
            .collect(),
    }
}

pub(crate) fn line(id: &str, amount: i64) -> InvoiceLine {
    InvoiceLine {
        id: id.into(),
        amount,
        currency: Currency::USD,
        description: None,
        subscription: None,
        item: None,
        invoice_item: None,
        price: None,
        quantity: Some(1),
        period_start: at(1_000),
        period_end: at(2_000),
        origin: LineOrigin::OneOff,
        tax_inclusive_base: amount,
        tax_inclusive: 0,
    }
}

pub(crate) fn invoice_payment(id: &str, invoice: &str, amount: i64, status: &str) -> Record {
    Record::InvoicePayment(InvoicePayment {
        id: id.into(),
        invoice: invoice.into(),
        payment_intent: None,
        payment: None,
        amount_paid: Some(amount),
        currency: Currency::USD,
        status: status.into(),
        created: at(1_000),
    })
}

pub(crate) fn entry(id: &str, customer: &str, amount: i64, currency: Currency) -> Record {
    Record::CreditEntry(CreditEntry {
        id: id.into(),
        customer: customer.into(),
        amount: Money::new(amount, currency),
        ending_balance: 0,
        kind: "adjustment".into(),
        created: at(1_000),
        invoice: None,
        credit_note: None,
        description: None,
    })
}

pub(crate) fn credit_note(id: &str, invoice: &str, customer: &str, refunds: &[&str]) -> CreditNote {
    CreditNote {
        id: id.into(),
        number: Some(format!("CN-{id}")),
        invoice: invoice.into(),
        customer: Some(customer.into()),
        amount: Money::new(500, Currency::USD),
        pre_payment: 0,
        post_payment: 500,
        status: "issued".into(),
        reason: None,
        created: at(1_000),
        voided_at: None,
        refunds: refunds.iter().map(|id| (*id).into()).collect(),
        credit_entry: None,
    }
}

pub(crate) fn subscription(id: &str, customer: &str, price: &str) -> Subscription {
    Subscription {
        id: id.into(),
        customer: customer.into(),
        status: SubscriptionStatus::Active,
        currency: Currency::USD,
        created: at(1_000),
        start: at(1_000),
        trial_start: None,
        trial_end: None,
        cancel_at: None,
        cancel_at_period_end: false,
        canceled_at: None,
        ended_at: None,
        items: vec![SubscriptionItem {
            id: format!("si_{id}").into(),
            price: price.into(),
            product: "prod_1".into(),
            quantity: Some(2),
            created: at(1_000),
            period_start: Some(at(1_000)),
            period_end: Some(at(9_000)),
            discounts: Vec::new(),
        }],
        discounts: Vec::new(),
        pause: None,
        latest_invoice: None,
        sends_invoices: false,
        schedule: None,
        flexible: false,
    }
}
