//! Figures that are cut and filtered: the parts are the whole.

use crate::support::{Shop, world};
use chrono_tz::Tz;
use coffer_engine::domain::calendar::Every;
use coffer_engine::domain::currency::Currency;
use coffer_engine::domain::metric::figures::{Metric, Value};
use coffer_engine::domain::record::Kind;
use coffer_engine::figures::View;
use coffer_engine::metrics::{By, Filter, Money, Question, answer};
use std::collections::{BTreeMap, BTreeSet};

/// Active subscribers and MRR of each month and currency.
type Told = BTreeMap<(Currency, String), (i64, i64)>;

fn ask(shop: &Shop, by: Option<By>, filter: Filter) -> Vec<Told> {
    let question = Question {
        metrics: vec![Metric::ActiveSubscribers, Metric::Mrr],
        view: View::plain(Tz::UTC),
        from: Some("2025-01-31".parse().unwrap()),
        to: None,
        every: Every::Month,
        money: Money::Each,
        by,
        filter,
    };
    let answer = answer(&shop.books, &question).unwrap();
    let mut parts: BTreeMap<String, Told> = BTreeMap::new();
    for series in answer.series {
        let Some(currency) = series.currency else {
            continue;
        };
        let part = series.slice.map_or_else(String::new, |(key, _)| key);
        for point in series.points {
            let [(_, Value::Count(active)), (_, Value::Money(Some(mrr)))] = &point.values[..]
            else {
                panic!("{:?}", point.values)
            };
            let key = (currency, point.date.to_string());
            parts
                .entry(part.clone())
                .or_default()
                .insert(key, (*active, *mrr));
        }
    }
    parts.into_values().collect()
}

/// Adds parts up: active subscribers and MRR, each with how many parts there were of it.
fn together(parts: &[Told]) -> BTreeMap<(Currency, String), (i64, i64, i64)> {
    let mut sums = BTreeMap::new();
    for (key, (active, mrr)) in parts.iter().flatten() {
        let sum: &mut (i64, i64, i64) = sums.entry(key.clone()).or_default();
        sum.0 += active;
        sum.1 += mrr;
        sum.2 += 1;
    }
    sums
}

/// Each part is rounded by itself, so that the parts may miss the whole by half a unit each.
fn assert_parts(shop: &Shop, parts: &[Told], customers_are_apart: bool, what: &str) {
    let whole = ask(shop, None, Filter::default()).remove(0);
    let sums = together(parts);
    assert!(parts.len() > 1 && whole.values().any(|(active, _)| *active > 3));
    for (key, (active, mrr)) in whole {
        let (parts_active, parts_mrr, count) = sums.get(&key).copied().unwrap_or_default();
        assert!(
            (parts_mrr - mrr).abs() * 2 <= count,
            "{what} {key:?}: {parts_mrr} of {count} parts, {mrr}"
        );
        if customers_are_apart {
            assert_eq!(parts_active, active, "{what} {key:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_cut_comes_to_the_whole() {
    let shop = Shop::of(world(81, 60)).await;
    shop.whole().await;
    for (by, apart) in [
        (By::Plan, false),
        (By::Country, true),
        (By::Interval, false),
        (By::Provider, true),
    ] {
        let parts = ask(&shop, Some(by), Filter::default());
        if by == By::Provider {
            assert_eq!(parts, ask(&shop, None, Filter::default()));
        } else {
            assert_parts(&shop, &parts, apart, by.name());
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_carries_a_word_of_the_merchants_own_is_found_by_it() {
    let shop = Shop::of(world(82, 60)).await;
    shop.whole().await;
    let contact = |json: &str| {
        let value: serde_json::Value = serde_json::from_str(json).unwrap();
        Some(value["metadata"]["contact"].as_str()?.to_owned())
    };
    let contacts: BTreeSet<String> = shop
        .content()
        .iter()
        .filter(|((kind, _), _)| *kind == Kind::Customers)
        .filter_map(|(_, (json, _))| contact(json))
        .collect();
    assert!(contacts.len() > 20);
    let marked = |value: &str| Filter {
        metadata: Some(("contact".to_owned(), value.to_owned())),
        ..Filter::default()
    };
    let parts: Vec<Told> = contacts
        .iter()
        .flat_map(|value| ask(&shop, None, marked(value)))
        .collect();
    assert_parts(&shop, &parts, true, "contact");
    let nobody = ask(&shop, None, marked("nobody at all"));
    assert!(nobody.iter().flatten().all(|(_, told)| *told == (0, 0)));
}

fn question(metric: Metric, by: Option<By>, filter: Filter) -> Question {
    Question {
        metrics: vec![metric],
        view: View::plain(Tz::UTC),
        from: Some("2025-01-31".parse().unwrap()),
        to: None,
        every: Every::Month,
        money: Money::Each,
        by,
        filter,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_told_of_a_part_is_refused_and_never_told_of_the_whole() {
    let shop = Shop::of(world(83, 40)).await;
    shop.whole().await;
    let plan: String = shop
        .content()
        .keys()
        .find(|(kind, _)| *kind == Kind::Prices)
        .map(|(_, id)| id.clone())
        .unwrap();
    let germany = Filter {
        country: Some("DE".to_owned()),
        ..Filter::default()
    };
    let of_plan = Filter {
        plan: Some(plan),
        ..Filter::default()
    };
    let refused = [
        (Metric::GrossVolume, Some(By::Plan), Filter::default()),
        (Metric::NetVolume, Some(By::Country), Filter::default()),
        (Metric::Fees, None, germany.clone()),
        (Metric::Refunds, None, of_plan.clone()),
        (Metric::Trials, Some(By::Plan), Filter::default()),
        (Metric::CommittedMrr, Some(By::Interval), Filter::default()),
        (Metric::FailedPayments, Some(By::Plan), Filter::default()),
        (Metric::Recovered, None, of_plan.clone()),
    ];
    for (metric, by, filter) in refused {
        let told = answer(&shop.books, &question(metric, by, filter));
        let word = told.err().map(|error| error.to_string());
        assert!(
            word.as_ref().is_some_and(|it| it.contains(metric.name())),
            "{metric:?} by {by:?}: {word:?}"
        );
    }
    for (metric, by, filter) in [
        (Metric::GrossVolume, Some(By::Provider), Filter::default()),
        (Metric::Trials, Some(By::Country), Filter::default()),
        (Metric::FailedPayments, None, germany),
        (Metric::CommittedMrr, None, of_plan),
    ] {
        answer(&shop.books, &question(metric, by, filter)).unwrap();
    }
}

/// Sums of one metric over all parts, by currency and month.
fn sums(
    shop: &Shop,
    metric: Metric,
    by: Option<By>,
    filter: Filter,
) -> BTreeMap<String, (i64, i64)> {
    let mut sums = BTreeMap::new();
    let answer = answer(&shop.books, &question(metric, by, filter)).unwrap();
    for series in answer.series {
        let code = series
            .currency
            .map_or_else(String::new, |it| it.code().to_owned());
        for point in series.points {
            let value = match point.values.first().unwrap().1 {
                Value::Money(minor) => minor.unwrap_or(0),
                Value::Count(count) => count,
                ref other => panic!("{other:?}"),
            };
            let sum: &mut (i64, i64) = sums.entry(format!("{code} {}", point.date)).or_default();
            sum.0 += value;
            sum.1 += 1;
        }
    }
    sums
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn trials_failed_bills_and_what_is_committed_are_cut_by_country_too() {
    let shop = Shop::of(world(84, 80)).await;
    shop.whole().await;
    for metric in [
        Metric::Trials,
        Metric::FailedPayments,
        Metric::Recovered,
        Metric::CommittedMrr,
    ] {
        let whole = sums(&shop, metric, None, Filter::default());
        let parts = sums(&shop, metric, Some(By::Country), Filter::default());
        assert!(whole.values().any(|(sum, _)| *sum > 0), "{metric:?}");
        for (key, (sum, _)) in whole {
            let (own, count) = parts.get(&key).copied().unwrap_or_default();
            assert!(
                (own - sum).abs() * 2 <= count,
                "{metric:?} {key}: {own} {sum}"
            );
        }
    }
    // A cut by provider heeds the filter.
    let germany = || Filter {
        country: Some("DE".to_owned()),
        ..Filter::default()
    };
    let filtered = sums(&shop, Metric::Mrr, None, germany());
    assert_ne!(filtered, sums(&shop, Metric::Mrr, None, Filter::default()));
    let cut = sums(&shop, Metric::Mrr, Some(By::Provider), germany());
    assert_eq!(cut, filtered);
}
