//! Figures that are taken apart: the rows come to the figure, under every policy and page by page.

use crate::support::{Shop, world};
use chrono_tz::Tz;
use coffer_engine::clock::Clock as _;
use coffer_engine::domain::calendar::Every;
use coffer_engine::domain::currency::Currency;
use coffer_engine::domain::metric::committed::Why;
use coffer_engine::domain::metric::figures::Metric;
use coffer_engine::domain::metric::movement::Movement;
use coffer_engine::domain::metric::policy::{Policy, presets};
use coffer_engine::domain::ratio::{Ratio, Sum};
use coffer_engine::domain::record::Kind;
use coffer_engine::explain::{Explanation, Question, Row, Shown, explain};
use coffer_engine::figures::View;
use coffer_engine::forecast;
use coffer_engine::metrics::{self, Filter, Money};
use coffer_engine::sync::sync;
use std::collections::BTreeMap;

fn ask(shop: &Shop, metric: &str, policy: &Policy, date: &str, page: Option<&str>) -> Explanation {
    let question = Question {
        metric: metric.to_owned(),
        date: date.parse().unwrap(),
        every: Every::Month,
        view: View {
            account: None,
            policy: policy.clone(),
            zone: Tz::UTC,
            currency: None,
        },
        currency: None,
        customer: None,
        limit: page.map(|_| 2),
        after: page.filter(|it| !it.is_empty()).map(str::to_owned),
    };
    explain(&shop.books, &question).unwrap()
}

fn sum(rows: &[Row]) -> Sum {
    let mut sum = Sum::new();
    for row in rows {
        sum.add(Ratio::parse(&row.exact).unwrap());
    }
    sum
}

/// What an exact figure looks like when it is shown.
fn shown(exact: &Sum, like: &Shown) -> Shown {
    match like {
        Shown::Money(_) => Shown::Money(Some(exact.round_half_even().unwrap())),
        Shown::Count(_) => Shown::Count(exact.round_half_even().unwrap()),
        Shown::Rate(_) => Shown::Rate(Some(four_places(exact))),
    }
}

fn four_places(exact: &Sum) -> String {
    let scaled = exact.times_round_half_even(10_000).unwrap();
    let sign = if scaled < 0 { "-" } else { "" };
    let (whole, rest) = (scaled.abs() / 10_000, scaled.abs() % 10_000);
    format!("{sign}{whole}.{rest:04}")
}

fn names() -> Vec<&'static str> {
    let moved = Movement::ALL.into_iter().map(Movement::name);
    Metric::ALL
        .into_iter()
        .map(Metric::name)
        .chain(moved)
        .collect()
}

/// The figure of a month as it is told elsewhere.
fn told(shop: &Shop, metric: &str, policy: &Policy, date: &str) -> Option<String> {
    let metric = Metric::parse(metric).filter(|it| *it != Metric::Movements)?;
    let question = metrics::Question {
        metrics: vec![metric],
        view: View {
            account: None,
            policy: policy.clone(),
            zone: Tz::UTC,
            currency: None,
        },
        from: Some(date.parse().unwrap()),
        to: Some(date.parse().unwrap()),
        every: Every::Month,
        money: Money::Main,
        by: None,
        filter: Filter::default(),
    };
    let answer = metrics::answer(&shop.books, &question).unwrap();
    let point = answer.series.first()?.points.first()?;
    let (_, value) = point.values.first()?;
    Some(format!("{value:?}"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_rows_of_every_figure_come_to_it_under_every_policy() {
    let shop = Shop::of(world(91, 120)).await;
    shop.whole().await;
    let mut with_rows = 0;
    for policy in presets() {
        for date in ["2026-03-31", "2026-06-30"] {
            for name in names() {
                let what = format!("{name} under {} on {date}", policy.id);
                let whole = ask(&shop, name, &policy, date, None);
                let exact = sum(&whole.rows);
                assert_eq!(exact.exact_text(), whole.exact, "{what}");
                assert_eq!((whole.next, whole.rest.as_str()), (None, "0/1"), "{what}");
                if let Some(told) = told(&shop, name, &policy, date) {
                    let inside = format!("{:?}", whole.value);
                    assert_eq!(told, inside, "{what}");
                }
                if whole.rows.is_empty() {
                    continue;
                }
                with_rows += 1;
                if name == "movements" {
                    // Opening and closing are each rounded, and what is between them is told of those.
                    continue;
                }
                assert_eq!(shown(&exact, &whole.value), whole.value, "{what}");
            }
        }
    }
    assert!(with_rows > 200, "{with_rows}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_follow_each_other_through_two_accounts_until_nothing_is_left() {
    let shop = Shop::of(world(92, 80)).await;
    let other = shop.another_account(world(96, 80)).await;
    sync(&shop.books, shop.options()).await.unwrap();
    let policy = Policy::coffer_1();
    for name in [
        "mrr",
        "arpa",
        "new",
        "nrr",
        "committed_mrr",
        "gross_volume",
        "net_volume",
        "fees",
    ] {
        let whole = ask(&shop, name, &policy, "2026-06-30", None);
        assert!(whole.rows.len() > 2, "{name}: {}", whole.rows.len());
        let mut rows = Vec::new();
        let mut page = String::new();
        loop {
            let told = ask(&shop, name, &policy, "2026-06-30", Some(&page));
            assert_eq!(told.exact, whole.exact, "{name}");
            assert_eq!(told.value, whole.value, "{name}");
            let mut both = sum(&told.rows);
            both.add(Ratio::parse(&told.rest).unwrap());
            assert_eq!(
                both.exact_text(),
                whole.exact,
                "{name}: a page and its rest"
            );
            rows.extend(told.rows);
            let Some(next) = told.next else { break };
            page = next;
        }
        assert_eq!(rows, whole.rows, "{name}");
    }
    drop(other);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_customers_part_is_told_as_the_figure() {
    let shop = Shop::of(world(93, 30)).await;
    shop.whole().await;
    let policy = Policy::coffer_1();
    let whole = ask(&shop, "mrr", &policy, "2026-06-30", None);
    let customer = whole.rows[0].customer.clone();
    let question = Question {
        metric: "mrr".to_owned(),
        date: "2026-06-30".parse().unwrap(),
        every: Every::Month,
        view: View::plain(Tz::UTC),
        currency: None,
        customer: Some(customer.clone()),
        limit: None,
        after: None,
    };
    let own = explain(&shop.books, &question).unwrap();
    let of_it: Vec<Row> = whole
        .rows
        .iter()
        .filter(|row| row.customer == customer)
        .cloned()
        .collect();
    assert_eq!(own.rows, of_it);
    assert_eq!(shown(&sum(&own.rows), &own.value), own.value);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_schedules_say_is_among_the_changes_ahead() {
    let mut spec = world(94, 300);
    spec.corners = true;
    let shop = Shop::of(spec).await;
    shop.whole().await;
    let as_of = shop.clock.now().timestamp();
    let mut later: BTreeMap<String, Vec<i64>> = BTreeMap::new();
    for ((kind, _), (json, _)) in shop.content() {
        if kind != Kind::SubscriptionSchedules {
            continue;
        }
        let it: serde_json::Value = serde_json::from_str(&json).unwrap();
        let subscription = match it["status"].as_str() {
            Some("active") => it["subscription"].as_str(),
            Some("not_started") => it["id"].as_str(),
            _ => None,
        };
        let Some(subscription) = subscription else {
            continue;
        };
        let starts = it["phases"].as_array().unwrap().iter();
        let starts = starts.filter_map(|phase| phase["start_date"].as_i64());
        let starts: Vec<i64> = starts.filter(|at| *at > as_of).collect();
        if !starts.is_empty() {
            later.insert(subscription.to_owned(), starts);
        }
    }
    assert!(
        !later.is_empty(),
        "the merchant has phases that are to come"
    );
    let mut told: BTreeMap<String, Vec<i64>> = BTreeMap::new();
    let now = metrics_now(&shop);
    for currency in now {
        let answer = forecast::answer(&shop.books, &View::plain(Tz::UTC), Some(currency)).unwrap();
        for it in answer.known.iter().filter(|it| it.why == Why::Schedule) {
            let day = it.day.and_hms_opt(0, 0, 0).unwrap().and_utc().timestamp();
            told.entry(it.subscription.clone()).or_default().push(day);
        }
    }
    assert!(!told.is_empty(), "some of {later:?} change what is paid");
    for (subscription, days) in told {
        let starts = &later[&subscription];
        for day in days {
            assert!(
                starts
                    .iter()
                    .any(|at| at.div_euclid(86_400) * 86_400 == day),
                "{subscription}: {day} of {starts:?}"
            );
        }
    }
}

/// Every currency that has a ledger.
fn metrics_now(shop: &Shop) -> Vec<Currency> {
    let question = metrics::Question {
        metrics: vec![Metric::Mrr],
        view: View::plain(Tz::UTC),
        from: None,
        to: None,
        every: Every::Month,
        money: Money::Each,
        by: None,
        filter: Filter::default(),
    };
    metrics::answer(&shop.books, &question).unwrap().currencies
}
