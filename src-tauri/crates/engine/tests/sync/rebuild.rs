//! What follows from the copy is the same whether it was kept up step by step or made from nothing.

use crate::support::{Shop, world};
use chrono::TimeDelta;
use chrono_tz::Tz;
use coffer_engine::domain::calendar::Every;
use coffer_engine::domain::metric::facts::CustomerFacts;
use coffer_engine::domain::metric::policy::Policy;
use coffer_engine::domain::metric::rollup::{Dimension, Rollup, Row as _, Slice};
use coffer_engine::figures::{View, load, load_cut};
use coffer_engine::self_check::{Depth, check};
use coffer_engine::store::table::facts;
use coffer_engine::sync::reproject_all;
use std::collections::BTreeMap;
use std::ops::ControlFlow;

fn views() -> [View; 3] {
    let view = |policy: &str, zone| View {
        account: None,
        policy: Policy::preset(policy).unwrap(),
        zone,
        currency: None,
    };
    [
        view("coffer-1", Tz::UTC),
        view("stripe", Tz::Pacific__Auckland),
        view("baremetrics", Tz::America__Los_Angeles),
    ]
}

/// What a view comes to, without rows that say nothing.
fn told(shop: &Shop, view: &View) -> Rollup {
    pruned(&load(&shop.books, view).unwrap().rollup)
}

fn pruned(rollup: &Rollup) -> Rollup {
    let mut rollup = rollup.clone();
    for ledger in rollup.ledgers.values_mut() {
        ledger.days.retain(|_, row| !row.is_empty());
        ledger.cohorts.retain(|_, row| !row.is_empty());
        for periods in &mut ledger.periods {
            periods.retain(|_, row| !row.is_empty());
        }
    }
    rollup.ledgers.retain(|_, ledger| {
        !ledger.days.is_empty()
            || !ledger.cohorts.is_empty()
            || ledger.periods.iter().any(|periods| !periods.is_empty())
    });
    rollup
}

fn all_facts(shop: &Shop) -> BTreeMap<String, CustomerFacts> {
    let mut all = BTreeMap::new();
    shop.books
        .store
        .read(|read| {
            facts::scan(read.sql(), shop.account.as_str(), "", |id, own| {
                all.insert(id.to_owned(), own);
                Ok(ControlFlow::Continue(()))
            })
        })
        .unwrap();
    all
}

fn kept_sets(shop: &Shop) -> i64 {
    shop.books
        .store
        .read(|read| {
            Ok(read.sql().query_row(
                "SELECT count(*) FROM rollup_set WHERE cut = ''",
                [],
                |row| row.get(0),
            )?)
        })
        .unwrap()
}

/// The parts of every cut, with their months alone: only those are read of what is kept.
fn parts(shop: &Shop) -> Vec<BTreeMap<Slice, Rollup>> {
    let figures = load(&shop.books, &View::plain(Tz::UTC)).unwrap();
    let cuts = [Dimension::Plan, Dimension::Country, Dimension::Rhythm];
    cuts.into_iter()
        .map(|cut| {
            let slices = load_cut(&shop.books, &figures, cut, Every::Month).unwrap();
            let parts = slices.into_iter().map(|(slice, mut rollup)| {
                for ledger in rollup.ledgers.values_mut() {
                    ledger.periods[0].clear();
                    ledger.periods[1].clear();
                }
                (slice, pruned(&rollup))
            });
            parts
                .filter(|(_, rollup)| !rollup.ledgers.is_empty())
                .collect()
        })
        .collect()
}

/// Throws the rollups away.
fn forget(shop: &Shop) {
    for statement in [
        "DELETE FROM rollup_set",
        "DELETE FROM rollup_row",
        "DELETE FROM rollup_pending",
    ] {
        shop.tamper(statement);
    }
    // What is kept in memory is of an older revision from here on.
    shop.books
        .store
        .write(|write| {
            write.touch("metrics");
            Ok(())
        })
        .unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn figures_kept_up_with_every_step_are_those_made_from_nothing() {
    for seed in 71..=74 {
        let shop = Shop::of(world(seed, 40)).await;
        shop.whole().await;
        for view in &views() {
            told(&shop, view);
        }
        for days in [1, 0, 2, 9, 3, 16, 1, 5] {
            let later = shop.books.clock.now() + TimeDelta::days(days);
            shop.merchant.advance_to(later).await.unwrap();
            shop.clock.jump(TimeDelta::days(days));
            shop.touch("subscriptions", 3);
            shop.whole().await;
            assert_eq!(kept_sets(&shop), 3, "the sets are kept up, not thrown away");
            let kept: Vec<Rollup> = views().iter().map(|view| told(&shop, view)).collect();
            let kept_parts = parts(&shop);
            assert_eq!(check(&shop.books, Depth::Everything).unwrap(), []);
            forget(&shop);
            for (view, kept) in views().iter().zip(kept) {
                assert!(!kept.ledgers.is_empty());
                let made = told(&shop, view);
                assert_eq!(
                    made, kept,
                    "seed {seed}, after {days} days, {}",
                    view.policy.id
                );
            }
            assert_eq!(parts(&shop), kept_parts, "seed {seed}, after {days} days");
        }
        let kept = all_facts(&shop);
        let kept_paid = paid(&shop);
        assert!(kept_paid.len() > 30);
        let figures = views().map(|view| told(&shop, &view));
        shop.tamper("DELETE FROM facts");
        forget(&shop);
        reproject_all(&shop.books).await.unwrap();
        assert_eq!(all_facts(&shop), kept, "seed {seed}: from the JSON alone");
        assert_eq!(views().map(|view| told(&shop, &view)), figures);
        assert_eq!(paid(&shop), kept_paid, "seed {seed}: what each has paid");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_an_update_left_without_facts_tells_them_before_the_next_sync() {
    let shop = Shop::of(world(75, 60)).await;
    shop.whole().await;
    let facts = all_facts(&shop);
    let figures = views().map(|view| told(&shop, &view));
    shop.tamper("DELETE FROM facts");
    shop.tamper("INSERT INTO dirty_customer (account, customer) SELECT account, customer FROM subscription GROUP BY 1, 2");
    forget(&shop);
    let again = shop.opened_again().await;
    assert_eq!(all_facts(&shop), facts);
    for (view, figures) in views().iter().zip(figures) {
        let rollup = pruned(&load(&again, view).unwrap().rollup);
        assert_eq!(rollup, figures, "{}", view.policy.id);
    }
}

/// What each customer has paid, as the table of customers shows it.
fn paid(shop: &Shop) -> BTreeMap<String, String> {
    shop.books
        .store
        .read(|read| {
            let mut statement = read
                .sql()
                .prepare("SELECT customer, paid FROM customer_summary")?;
            let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
        .unwrap()
}
