//! By which rules, in whose days and in which currency figures are told, where a question does not say.

use crate::support::{Shop, world};
use chrono_tz::Tz;
use coffer_engine::api::handle;
use coffer_engine::api::notifications::glance;
use coffer_engine::api::types::{
    ChartExportRequest, ChartForm, ChartName, ChartRequest, ChartTheme, ExplainRequest,
    MetricsRequest, ModeView, MoneyView, OverviewRequest, PreferencesRequest, PreferencesSet,
    PreferencesView, TodayRequest,
};
use coffer_engine::domain::calendar::Every;
use coffer_engine::domain::currency::Currency;
use coffer_engine::domain::metric::figures::{Metric, Value};
use coffer_engine::domain::metric::policy::Policy;
use coffer_engine::domain::mode::ModeName;
use coffer_engine::figures::View;
use coffer_engine::metrics::{Filter, Money, Question, answer};
use coffer_engine::preferences;

const MODE: ModeView = ModeView::Test;

async fn told(
    shop: &Shop,
    set: Option<PreferencesSet>,
) -> Result<PreferencesView, coffer_engine::api::types::ApiErrorView> {
    handle::preferences(&shop.desk, PreferencesRequest { mode: MODE, set }).await
}

fn wish(policy: &str, currency: &str, zone: &str) -> PreferencesSet {
    let said = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    PreferencesSet {
        policy: said(policy),
        currency: said(currency),
        zone: said(zone),
    }
}

/// MRR of the present day as the engine tells it to somebody who says everything.
fn asked_for(shop: &Shop, policy: &str, zone: Tz, currency: Currency) -> i64 {
    let question = Question {
        metrics: vec![Metric::Mrr],
        view: View {
            account: None,
            policy: Policy::preset(policy).unwrap(),
            zone,
            currency: None,
        },
        from: None,
        to: None,
        every: Every::Day,
        money: Money::Each,
        by: None,
        filter: Filter::default(),
    };
    let told = answer(&shop.books, &question).unwrap();
    let series = told.series.iter().find(|it| it.currency == Some(currency));
    match series.unwrap().points.last().unwrap().values[0].1 {
        Value::Money(Some(minor)) => minor,
        ref other => panic!("MRR is an amount, not {other:?}"),
    }
}

/// MRR as every place tells it that nobody has to ask for anything.
async fn everywhere(shop: &Shop) -> Vec<(&'static str, Option<MoneyView>)> {
    let desk = &shop.desk;
    let overview = OverviewRequest {
        mode: MODE,
        currency: None,
    };
    let chart = ChartRequest {
        mode: MODE,
        currency: None,
        months: 12,
        compare: None,
        width: 800,
        height: 240,
    };
    let tray = glance(desk, ModeName::Test).await.unwrap().unwrap();
    let drawn = handle::mrr_chart(desk, chart).await.unwrap();
    let overview = handle::overview(desk, overview).await.unwrap();
    vec![
        ("overview", overview.mrr),
        ("chart", drawn.points.last().map(|it| it.value.clone())),
        ("tray", tray.mrr),
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_preferred_holds_wherever_a_figure_is_told() {
    let shop = Shop::of(world(81, 150)).await;
    shop.whole().await;
    let plain = told(&shop, None).await.unwrap();
    assert_eq!(
        (plain.policy.as_str(), plain.zone.as_str(), plain.currency),
        ("coffer-1", "UTC", None)
    );
    let second = plain.currencies.last().unwrap().clone();
    assert!(plain.currencies.len() > 1, "there is more than one ledger");
    let currency = Currency::parse(&second).unwrap();
    let zone = Tz::Pacific__Auckland;
    let kept = told(&shop, Some(wish("stripe", &second, zone.name())))
        .await
        .unwrap();
    assert_eq!(kept.currency.as_deref(), Some(second.as_str()));
    let expected = asked_for(&shop, "stripe", zone, currency);
    assert_ne!(
        expected,
        asked_for(&shop, "coffer-1", Tz::UTC, currency),
        "the policy makes a difference in this world"
    );
    for (place, mrr) in everywhere(&shop).await {
        let mrr = mrr.unwrap();
        assert_eq!(
            (mrr.minor, mrr.currency),
            (expected, second.clone()),
            "{place}"
        );
    }
    let today = TodayRequest {
        mode: MODE,
        currency: None,
    };
    let today = handle::today(&shop.desk, today).await.unwrap();
    assert_eq!(today.currency.as_deref(), Some(second.as_str()));
    let explained = ExplainRequest {
        mode: MODE,
        metric: "mrr".to_owned(),
        date: None,
        every: "day".to_owned(),
        policy: None,
        currency: None,
        customer: None,
        after: None,
        limit: 5,
    };
    let explained = handle::explain(&shop.desk, explained).await.unwrap();
    assert_eq!(explained.policy, "stripe");
    // At noon in London it is tomorrow in Auckland.
    assert_eq!(explained.date, "2026-11-22");
    let named = MetricsRequest {
        mode: MODE,
        metrics: vec!["mrr".to_owned()],
        from: None,
        to: None,
        every: "day".to_owned(),
        policy: Some("coffer-1".to_owned()),
        currency: Some(second.clone()),
        by: None,
    };
    let named = handle::metrics(&shop.desk, named).await.unwrap();
    let last = named.series[0].points.last().unwrap();
    assert_eq!(
        last.values[0].whole,
        Some(asked_for(&shop, "coffer-1", zone, currency)),
        "what is asked for goes before what is preferred"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_of_a_chart_says_by_which_policy_it_is() {
    let shop = Shop::of(world(86, 60)).await;
    shop.whole().await;
    told(&shop, Some(wish("chartmogul", "", ""))).await.unwrap();
    for chart in [ChartName::Mrr, ChartName::Movements] {
        let request = ChartExportRequest {
            mode: MODE,
            chart,
            form: ChartForm::Csv,
            theme: ChartTheme::Light,
            currency: None,
            policy: None,
            every: "month".to_owned(),
            periods: 6,
            compare: None,
            width: 800,
            height: 300,
        };
        let file = handle::chart_export(&shop.desk, request).await.unwrap();
        let text = file.text.unwrap();
        let lines: Vec<&str> = text.lines().skip(1).collect();
        assert!(lines.len() >= 6);
        assert!(
            lines.iter().all(|line| line.contains(",chartmogul,")),
            "{chart:?}: {text}"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_preferred_and_gone_is_said_and_can_be_changed() {
    let shop = Shop::of(world(87, 40)).await;
    shop.whole().await;
    let plain = everywhere(&shop).await;
    let own = {
        let own = r#"{"id":"ours-1","name":"Ours","based_on":"stripe"}"#;
        let file = shop.folder.path().join("ours.json");
        std::fs::write(&file, own).unwrap();
        coffer_engine::policies::add(&shop.books.home, &file).unwrap();
        shop.folder.path().join("policies").join("ours-1.json")
    };
    // No ledger is in this currency; the account's own stands first all the same.
    let kept = told(&shop, Some(wish("ours-1", "isk", ""))).await.unwrap();
    assert_eq!(
        (kept.policy.as_str(), kept.currency.as_deref()),
        ("ours-1", Some("ISK"))
    );
    let first = everywhere(&shop).await[0].1.clone().unwrap();
    assert_eq!(first.currency, plain[0].1.clone().unwrap().currency);
    std::fs::remove_file(own).unwrap();
    let request = OverviewRequest {
        mode: MODE,
        currency: None,
    };
    let error = handle::overview(&shop.desk, request).await.unwrap_err();
    assert!(error.message.contains("ours-1"), "{}", error.message);
    let shown = told(&shop, None).await.unwrap();
    assert_eq!(shown.policy, "ours-1", "the settings still say what is set");
    told(&shop, Some(wish("", "", ""))).await.unwrap();
    assert_eq!(everywhere(&shop).await, plain);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_there_is_not_is_refused_and_changes_nothing() {
    let shop = Shop::of(world(82, 20)).await;
    shop.whole().await;
    let before = told(&shop, Some(wish("chartmogul", "eur", "Europe/Berlin")))
        .await
        .unwrap();
    assert_eq!(before.currency.as_deref(), Some("EUR"));
    for (set, word) in [
        (wish("nobodys-rules", "", ""), "nobodys-rules"),
        (wish("", "euro", ""), "euro"),
        (wish("", "", "Atlantis/Harbour"), "Atlantis/Harbour"),
    ] {
        let error = told(&shop, Some(set)).await.unwrap_err();
        assert!(error.message.contains(word), "{}", error.message);
        assert_eq!(told(&shop, None).await.unwrap(), before);
    }
    let cleared = told(&shop, Some(wish("", " ", ""))).await.unwrap();
    assert_eq!(
        (
            cleared.policy.as_str(),
            cleared.zone.as_str(),
            cleared.currency
        ),
        ("coffer-1", "UTC", None)
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mode_that_is_new_begins_with_what_is_preferred_in_the_other() {
    let shop = Shop::of(world(83, 20)).await;
    let set = Some(wish("baremetrics", "", "Asia/Tokyo"));
    told(&shop, set).await.unwrap();
    let live = shop
        .another_account(coffer_sim::WorldSpec {
            livemode: true,
            ..world(84, 20)
        })
        .await;
    let Some(coffer_engine::desk::AnyBooks::Live(books)) =
        shop.desk.books(ModeName::Live).await.unwrap()
    else {
        panic!("the other account is a live one");
    };
    let own = preferences::read(&books).unwrap();
    assert_eq!(own.policy.as_deref(), Some("baremetrics"));
    assert_eq!(own.zone.as_deref(), Some("Asia/Tokyo"));
    drop(live);
}
