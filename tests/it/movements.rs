//! Movements and what follows from them are the merchant's own, day by day, worked out here as simply as can be.
//!
//! Nothing of the engine is used: the merchant says how each subscription stood at the end of each day, and the rules of
//! `metrics.md` are applied to two days at a time.

use anyhow::{Context as _, Result, ensure};
use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use coffer_sim::{Standing, World};
use coffer_tests::{Desk, Merchant, world};
use num_rational::Ratio;
use num_traits::Signed as _;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

type Exact = Ratio<i128>;

/// What a customer is in one currency at the end of a day.
#[derive(Clone, Default, PartialEq)]
struct State {
    monthly: Exact,
    free: bool,
    paused: bool,
}

impl State {
    fn gone(&self) -> bool {
        self.monthly == Exact::from_integer(0) && !self.free && !self.paused
    }

    fn active(&self) -> bool {
        self.monthly > Exact::from_integer(0) || self.free
    }
}

type States = BTreeMap<(String, String), State>;

fn states(standings: &BTreeMap<String, Standing>) -> States {
    let mut states = States::new();
    for it in standings.values() {
        let key = (it.currency.clone(), it.customer.clone());
        let state = states.entry(key).or_default();
        state.monthly += Exact::new(it.monthly.0, it.monthly.1);
        state.free |= it.free;
        state.paused |= it.paused;
    }
    states
}

/// One currency's month, as exact sums.
#[derive(Clone, Default)]
struct Month {
    opening: Exact,
    moved: BTreeMap<&'static str, Exact>,
    closing: Exact,
    kept: Exact,
    shrunk: Exact,
    lost: i64,
    active_before: i64,
    active: i64,
}

/// Every month of every currency, from the first day on.
fn told(
    world: &World,
    from: NaiveDate,
    now: DateTime<Utc>,
) -> Result<BTreeMap<(String, NaiveDate), Month>> {
    let mut months: BTreeMap<(String, NaiveDate), Month> = BTreeMap::new();
    let mut ever: BTreeSet<(String, String)> = BTreeSet::new();
    let mut churned: BTreeSet<(String, String)> = BTreeSet::new();
    let mut before = States::new();
    let mut month_began = States::new();
    let mut churned_within: BTreeSet<(String, String)> = BTreeSet::new();
    let mut day = from;
    let last = now.date_naive();
    while day <= last {
        let next = day.checked_add_days(Days::new(1)).context("a next day")?;
        let end = (next.and_hms_opt(0, 0, 0).context("midnight")?.and_utc()
            - TimeDelta::seconds(1))
        .min(now);
        let after = states(&world.standings_at(end));
        let label = last_of_month(day)?;
        if day.format("%d").to_string() == "01" || day == from {
            month_began = before.clone();
            churned_within.clear();
        }
        let keys: BTreeSet<(String, String)> = before.keys().chain(after.keys()).cloned().collect();
        for key in keys {
            let (a, b) = (
                before.get(&key).cloned().unwrap_or_default(),
                after.get(&key).cloned().unwrap_or_default(),
            );
            let zero = Exact::from_integer(0);
            let kind = if b.monthly > a.monthly {
                if a.monthly > zero {
                    "expansion"
                } else if !ever.contains(&key) {
                    "new"
                } else if churned.contains(&key) {
                    "reactivation"
                } else {
                    "expansion"
                }
            } else if b.gone() {
                "churn"
            } else {
                "contraction"
            };
            let size = if b.monthly > a.monthly {
                b.monthly - a.monthly
            } else {
                a.monthly - b.monthly
            };
            let month = months.entry((key.0.clone(), label)).or_default();
            if size > zero {
                *month.moved.entry(kind).or_default() += size;
            }
            if b.gone() && !a.gone() {
                churned.insert(key.clone());
                churned_within.insert(key.clone());
            }
            if b.monthly > zero {
                ever.insert(key.clone());
                churned.remove(&key);
            }
        }
        if next.format("%d").to_string() == "01" || day == last {
            close(&mut months, label, &month_began, &after, &churned_within);
        }
        before = after;
        day = next;
    }
    Ok(months)
}

fn close(
    months: &mut BTreeMap<(String, NaiveDate), Month>,
    label: NaiveDate,
    began: &States,
    ended: &States,
    churned: &BTreeSet<(String, String)>,
) {
    let currencies: BTreeSet<String> = began
        .keys()
        .chain(ended.keys())
        .map(|(code, _)| code.clone())
        .collect();
    for code in currencies {
        let month = months.entry((code.clone(), label)).or_default();
        let own = |(own, _): &&(String, String)| *own == code;
        for key in began.keys().filter(own) {
            let (a, b) = (&began[key], ended.get(key).cloned().unwrap_or_default());
            month.opening += a.monthly;
            if a.active() {
                month.active_before += 1;
                month.kept += b.monthly;
                month.shrunk += b.monthly.min(a.monthly);
                if churned.contains(key) && !b.active() {
                    month.lost += 1;
                }
            }
        }
        for key in ended.keys().filter(own) {
            month.closing += ended[key].monthly;
            month.active += i64::from(ended[key].active());
        }
    }
}

fn last_of_month(day: NaiveDate) -> Result<NaiveDate> {
    use chrono::{Datelike as _, Months};
    day.with_day(1)
        .and_then(|first| first.checked_add_months(Months::new(1)))
        .and_then(|next| next.pred_opt())
        .context("a last day")
}

fn four_places(part: Exact, of: Exact) -> Option<String> {
    if of == Exact::from_integer(0) {
        return None;
    }
    let scaled = part / of * Exact::from_integer(10_000);
    let (floor, rest) = (scaled.floor().to_integer(), scaled - scaled.floor());
    let half = Exact::new(1, 2);
    let up = rest > half || (rest == half && floor % 2 != 0);
    let whole = floor + i128::from(up);
    let sign = if whole < 0 { "-" } else { "" };
    Some(format!(
        "{sign}{}.{:04}",
        whole.abs() / 10_000,
        whole.abs() % 10_000
    ))
}

/// Holds a point against the month that was told.
fn compare(point: &Value, expected: &Month) -> Result<()> {
    let whole = |name: &str| point[name].as_i64().context(name.to_owned());
    let sum = whole("opening")? + whole("new")? + whole("reactivation")? + whole("expansion")?
        - whole("contraction")?
        - whole("churn")?
        + whole("fx")?;
    ensure!(
        sum == whole("closing")?,
        "the identity holds in whole minor units"
    );
    for name in ["new", "expansion", "contraction", "churn", "reactivation"] {
        let exact = expected.moved.get(name).copied().unwrap_or_default();
        let off = (Exact::from_integer(i128::from(whole(name)?)) - exact).abs();
        ensure!(off <= Exact::from_integer(3), "{name} is {exact}");
    }
    let moved = |name: &str| expected.moved.get(name).copied().unwrap_or_default();
    let loss = moved("churn") + moved("contraction");
    let gain = moved("expansion") + moved("reactivation");
    let count = |number: i64| Exact::from_integer(i128::from(number));
    for (name, rate) in [
        ("nrr", four_places(expected.kept, expected.opening)),
        ("grr", four_places(expected.shrunk, expected.opening)),
        (
            "customer_churn_rate",
            four_places(count(expected.lost), count(expected.active_before)),
        ),
        ("gross_mrr_churn_rate", four_places(loss, expected.opening)),
        (
            "net_mrr_churn_rate",
            four_places(loss - gain, expected.opening),
        ),
        ("quick_ratio", four_places(moved("new") + gain, loss)),
    ] {
        ensure!(
            point[name] == rate.clone().map_or(Value::Null, Value::String),
            "{name} is {rate:?}"
        );
    }
    ensure!(
        point["active_subscribers"] == expected.active,
        "active {}",
        expected.active
    );
    Ok(())
}

fn one_seed(seed: u64, customers: u32) -> Result<()> {
    let merchant = Merchant::start(world(seed, customers)?)?;
    let desk = Desk::new()?;
    desk.add(&merchant)?;
    desk.run(&["--json", "--mode", "test", "sync"])?.well()?;
    let metrics = "movements,nrr,grr,customer_churn_rate,gross_mrr_churn_rate,net_mrr_churn_rate,quick_ratio,active_subscribers";
    let answer = desk
        .run(&[
            "--json",
            "--mode",
            "test",
            "metrics",
            "--metric",
            metrics,
            "--currency",
            "each",
            "--from",
            "2024-11-01",
        ])?
        .well()?;
    let world = merchant.world()?;
    let world = world
        .read()
        .map_err(|_| anyhow::anyhow!("the world is poisoned"))?;
    let truth = told(&world, "2024-11-01".parse()?, world.present())?;
    let mut compared = 0;
    for ledger in answer["series"].as_array().context("series")? {
        let code = ledger["currency"].as_str().context("currency")?;
        for point in ledger["points"].as_array().context("points")? {
            let date: NaiveDate = point["date"].as_str().context("date")?.parse()?;
            let expected = truth
                .get(&(code.to_owned(), date))
                .cloned()
                .unwrap_or_default();
            compare(point, &expected)
                .with_context(|| format!("seed {seed}, {code} {date}: {point}"))?;
            compared += 1;
        }
    }
    ensure!(
        compared >= 25,
        "two years of months were compared, not {compared}"
    );
    Ok(())
}

macro_rules! seeds {
    ($($name:ident: $first:expr, $last:expr;)*) => {$(
        #[test]
        fn $name() -> Result<()> {
            for seed in $first..=$last {
                one_seed(seed, 60)?;
            }
            Ok(())
        }
    )*};
}

// Fifty seeds, some to a test, so that they run side by side.
seeds! {
    every_month_moves_as_the_merchant_did_for_seeds_101_to_110: 101, 110;
    every_month_moves_as_the_merchant_did_for_seeds_111_to_120: 111, 120;
    every_month_moves_as_the_merchant_did_for_seeds_121_to_130: 121, 130;
    every_month_moves_as_the_merchant_did_for_seeds_131_to_140: 131, 140;
    every_month_moves_as_the_merchant_did_for_seeds_141_to_150: 141, 150;
}
