//! Each rule finds what breaks it and says which object; what holds is left alone; both forms agree.

use crate::made::{
    Told, acme, add, customer, entry, invoice, invoice_payment, payment, put, refund, store,
};
use coffer_domain::currency::Currency;
use coffer_domain::ids::AccountId;
use coffer_domain::mode::Test;
use coffer_domain::record::{Kind, Record};
use coffer_store::proof::{Mismatch, Rule, around, whole};
use coffer_store::table::mismatch;
use coffer_store::{Store, delete};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use std::collections::BTreeSet;

fn bill(id: &str, told: Told, lines: &[i64]) -> Record {
    Record::Invoice(Box::new(invoice(id, None, told, lines)))
}

fn proved(store: &Store<Test>) -> Vec<(Rule, String, String, String)> {
    store
        .read(|read| whole(read.sql(), &acme(), &Kind::ALL))
        .unwrap()
        .into_iter()
        .map(|it| (it.rule, it.id, it.expected, it.found))
        .collect()
}

fn broken(rule: Rule, id: &str, expected: &str, found: &str) -> (Rule, String, String, String) {
    (rule, id.into(), expected.into(), found.into())
}

#[test]
fn a_payment_is_refunded_by_what_its_refunds_come_to() {
    let (_home, store) = store();
    put(
        &store,
        &acme(),
        vec![
            payment("ch_ok", None, 300),
            refund("re_1", "ch_ok", 100, "succeeded"),
            refund("re_2", "ch_ok", 200, "pending"),
            refund("re_3", "ch_ok", 700, "failed"),
            refund("re_4", "ch_ok", 700, "canceled"),
            payment("ch_none", None, 0),
            payment("ch_missing", None, 250),
            payment("ch_untold", None, 0),
            refund("re_5", "ch_untold", 50, "succeeded"),
            refund("re_6", "ch_elsewhere", 50, "succeeded"),
        ],
    );
    assert_eq!(
        proved(&store),
        [
            broken(Rule::Refunds, "ch_missing", "250", "0"),
            broken(Rule::Refunds, "ch_untold", "0", "50"),
        ]
    );
    store
        .write(|write| delete(write, &acme(), Kind::Refunds, "re_5"))
        .unwrap();
    assert_eq!(proved(&store).len(), 1, "a deleted refund does not count");
}

#[test]
fn an_invoice_is_paid_by_what_its_payments_come_to() {
    let (_home, store) = store();
    let told = |paid, elsewhere, overpaid| Told {
        paid,
        elsewhere,
        overpaid,
        ..Told::default()
    };
    put(
        &store,
        &acme(),
        vec![
            bill("in_plain", told(500, 0, 0), &[]),
            invoice_payment("inpay_1", "in_plain", 500, "paid"),
            invoice_payment("inpay_2", "in_plain", 900, "canceled"),
            bill("in_by_hand", told(500, 500, 0), &[]),
            bill("in_by_hand_told", told(500, 500, 0), &[]),
            invoice_payment("inpay_3", "in_by_hand_told", 500, "paid"),
            bill("in_over", told(500, 0, 20), &[]),
            invoice_payment("inpay_4", "in_over", 520, "paid"),
            bill("in_part_over", told(500, 100, 20), &[]),
            invoice_payment("inpay_5", "in_part_over", 420, "paid"),
            bill("in_short", told(500, 0, 0), &[]),
            invoice_payment("inpay_6", "in_short", 400, "paid"),
            invoice_payment("inpay_7", "in_short", 100, "open"),
            bill("in_unpaid", told(0, 0, 0), &[]),
        ],
    );
    assert_eq!(
        proved(&store),
        [broken(Rule::InvoicePayments, "in_short", "500", "400")]
    );
}

#[test]
fn an_invoice_comes_to_what_its_lines_do() {
    let (_home, store) = store();
    let told = |subtotal, line_discounts| Told {
        subtotal,
        line_discounts,
        ..Told::default()
    };
    put(
        &store,
        &acme(),
        vec![
            bill("in_ok", told(700, 0), &[1_000, -300]),
            bill("in_discounted", told(900, 100), &[1_000]),
            bill("in_before", told(1_000, 100), &[1_000]),
            bill("in_empty", told(0, 0), &[]),
            bill("in_cut_short", told(1_000, 0), &[600, 300]),
        ],
    );
    assert_eq!(
        proved(&store),
        [broken(Rule::Lines, "in_cut_short", "1000", "900")]
    );
}

#[test]
fn a_ledger_stands_at_what_its_entries_come_to_in_the_customers_currency() {
    let (_home, store) = store();
    let euro = Currency::parse("eur").unwrap();
    put(
        &store,
        &acme(),
        vec![
            customer("cus_ok", -300),
            entry("cbtxn_1", "cus_ok", -500, Currency::USD),
            entry("cbtxn_2", "cus_ok", 200, Currency::USD),
            entry("cbtxn_3", "cus_ok", -900, euro),
            customer("cus_none", 0),
            customer("cus_missing", -100),
            customer("cus_untold", 0),
            entry("cbtxn_4", "cus_untold", 70, Currency::USD),
        ],
    );
    assert_eq!(
        proved(&store),
        [
            broken(Rule::Ledger, "cus_missing", "-100", "0"),
            broken(Rule::Ledger, "cus_untold", "0", "70"),
        ]
    );
}

#[test]
fn a_rule_whose_kinds_cannot_be_read_is_left_out() {
    let (_home, store) = store();
    put(
        &store,
        &acme(),
        vec![payment("ch_1", None, 250), customer("cus_1", 9)],
    );
    let only = |kinds: &[Kind]| {
        let found = store
            .read(|read| whole(read.sql(), &acme(), kinds))
            .unwrap();
        found.into_iter().map(|it| it.rule).collect::<Vec<_>>()
    };
    assert_eq!(only(&[Kind::Charges]), []);
    assert_eq!(
        only(&[Kind::Charges, Kind::Refunds, Kind::Customers]),
        [Rule::Refunds]
    );
    let touched = [(Kind::Charges, "ch_1".to_owned())];
    let around = store
        .read(|read| around(read.sql(), &acme(), &[Kind::Charges], &touched))
        .unwrap();
    assert!(around.is_empty());
}

#[test]
fn what_is_known_not_to_fit_is_replaced_only_around_what_was_proved() {
    let (_home, store) = store();
    put(
        &store,
        &acme(),
        vec![payment("ch_1", None, 10), payment("ch_2", None, 20)],
    );
    let known = || {
        let all = store
            .read(|read| mismatch::of_account(read.sql(), &acme()))
            .unwrap();
        let count = store
            .read(|read| mismatch::count(read.sql(), &acme()))
            .unwrap();
        assert_eq!(count, all.len() as u64);
        all.into_iter().map(|it| it.id).collect::<Vec<_>>()
    };
    let found = store
        .read(|read| whole(read.sql(), &acme(), &Kind::ALL))
        .unwrap();
    store
        .write(move |write| mismatch::replace(write, &acme(), None, &found))
        .unwrap();
    assert_eq!(known(), ["ch_1", "ch_2"]);
    // The refund that was missing arrives: its payment fits, the other one still does not.
    put(
        &store,
        &acme(),
        vec![refund("re_1", "ch_1", 10, "succeeded")],
    );
    let touched = vec![(Kind::Refunds, "re_1".to_owned())];
    let found = store
        .read(|read| around(read.sql(), &acme(), &Kind::ALL, &touched))
        .unwrap();
    assert_eq!(found, []);
    store
        .write(move |write| mismatch::replace(write, &acme(), Some(&touched), &found))
        .unwrap();
    assert_eq!(known(), ["ch_2"]);
}

/// One object of a small world: its kind, which one, what it belongs to, an amount, and whether it is deleted.
type Piece = (u8, u8, u8, i64, bool);

fn record(&(kind, n, parent, amount, _): &Piece) -> Record {
    let (n, parent) = (n % 4, parent % 3);
    match kind % 6 {
        0 => payment(&format!("ch_{parent}"), None, amount),
        1 => refund(
            &format!("re_{n}"),
            &format!("ch_{parent}"),
            amount,
            "succeeded",
        ),
        2 => bill(
            &format!("in_{parent}"),
            Told {
                subtotal: amount,
                paid: amount,
                elsewhere: i64::from(n),
                overpaid: i64::from(n / 2),
                line_discounts: i64::from(n / 3),
            },
            &[amount - i64::from(n % 2)],
        ),
        3 => invoice_payment(
            &format!("inpay_{n}"),
            &format!("in_{parent}"),
            amount,
            "paid",
        ),
        4 => customer(&format!("cus_{parent}"), amount),
        _ => entry(
            &format!("cbtxn_{n}"),
            &format!("cus_{parent}"),
            amount,
            Currency::USD,
        ),
    }
}

fn build(store: &Store<Test>, account: &AccountId, pieces: &[Piece]) -> Vec<(Kind, String)> {
    let mut last = std::collections::BTreeMap::new();
    for piece in pieces {
        let record = record(piece);
        last.insert((record.kind(), record.id().to_owned()), (record, piece.4));
    }
    let gone: Vec<(Kind, String)> = last
        .iter()
        .filter(|(_, (_, gone))| *gone)
        .map(|(what, _)| what.clone())
        .collect();
    let all = last.keys().cloned().collect();
    put(
        store,
        account,
        last.into_values().map(|(record, _)| record).collect(),
    );
    let account = account.clone();
    store
        .write(move |write| {
            for (kind, id) in &gone {
                delete(write, &account, *kind, id)?;
            }
            Ok(())
        })
        .unwrap();
    all
}

#[test]
fn proving_around_every_object_finds_what_proving_everything_finds() {
    let (_home, store) = store();
    let mut worlds = 0;
    let pieces = proptest::collection::vec(
        (
            0u8..6,
            0u8..4,
            0u8..3,
            0i64..3,
            proptest::bool::weighted(0.15),
        ),
        0..30,
    );
    let mut runner = TestRunner::new(Config {
        cases: 150,
        failure_persistence: None,
        ..Config::default()
    });
    let mut seen: BTreeSet<Rule> = BTreeSet::new();
    let shared = std::cell::RefCell::new((&mut worlds, &mut seen));
    runner
        .run(&pieces, |pieces| {
            let mut shared = shared.borrow_mut();
            *shared.0 += 1;
            let account = AccountId::new(format!("acct_{}", shared.0));
            if *shared.0 > 1 {
                add(&store, &account);
            }
            let all = build(&store, &account, &pieces);
            let read = |touched: &[(Kind, String)]| -> BTreeSet<Mismatch> {
                let found = store.read(|read| around(read.sql(), &account, &Kind::ALL, touched));
                found.unwrap().into_iter().collect()
            };
            let everything: BTreeSet<Mismatch> = store
                .read(|read| whole(read.sql(), &account, &Kind::ALL))
                .unwrap()
                .into_iter()
                .collect();
            let each: BTreeSet<Mismatch> = all
                .iter()
                .flat_map(|one| read(std::slice::from_ref(one)))
                .collect();
            shared.1.extend(everything.iter().map(|it| it.rule));
            prop_assert_eq!(&each, &everything);
            prop_assert_eq!(&read(&all), &everything);
            Ok(())
        })
        .unwrap();
    assert_eq!(
        seen.len(),
        Rule::ALL.len(),
        "every rule was broken somewhere"
    );
}
