//! Our figures beside an export: the merchant's own statement agrees to the last customer, and what is changed in it comes back
//! as a difference with its cause and its customer.

use crate::support::{Shop, present, world};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use coffer_engine::api::handle;
use coffer_engine::api::reconcile::EXPORT_BYTES_MAX;
use coffer_engine::api::types::{
    ApiErrorView, CauseSort, CauseView, ExportKind, ModeView, ReconcileAnswer, ReconcileRequest,
    SplitStanding, SplitView,
};
use coffer_engine::domain::currency::Currency;
use coffer_engine::domain::money::Money;
use coffer_sim::round_half_even;
use std::collections::BTreeMap;

const MONTHS: [&str; 5] = ["2026-07", "2026-08", "2026-09", "2026-10", "2026-11"];

/// What the merchant itself says each customer was worth at the end of each month, in minor units.
#[derive(Clone)]
struct TheirBook(BTreeMap<(String, Currency), [i64; MONTHS.len()]>);

fn end_of(month: &str) -> DateTime<Utc> {
    let first: NaiveDate = format!("{month}-01").parse().unwrap();
    let next = first + chrono::Months::new(1);
    let last = next.and_hms_opt(0, 0, 0).unwrap().and_utc() - TimeDelta::seconds(1);
    last.min(present())
}

/// What a customer's subscriptions are worth at the end of each month, as ratios.
type Parts = [Vec<(i128, i128)>; MONTHS.len()];

impl TheirBook {
    fn of(shop: &Shop) -> Self {
        let world = shop.merchant.world();
        let world = world.read().unwrap();
        let mut exact: BTreeMap<(String, Currency), Parts> = BTreeMap::new();
        for (index, month) in MONTHS.iter().enumerate() {
            for standing in world.standings_at(end_of(month)).into_values() {
                let currency = Currency::parse(&standing.currency).unwrap();
                exact.entry((standing.customer, currency)).or_default()[index]
                    .push(standing.monthly);
            }
        }
        Self(
            exact
                .into_iter()
                .map(|(key, months)| (key, months.map(|parts| sum(&parts))))
                .collect(),
        )
    }

    /// The export as Stripe writes it: a row for each customer, a column for each month, amounts in major units.
    fn text(&self) -> String {
        let mut text = format!("Customer ID,Customer,Currency,{}\n", MONTHS.join(","));
        for ((customer, currency), months) in &self.0 {
            let cells = months.map(|minor| Money::new(minor, *currency).decimal_text());
            text.push_str(&format!(
                "{customer},\"Somebody, Inc.\",{},{}\n",
                currency.code().to_lowercase(),
                cells.join(",")
            ));
        }
        text
    }

    /// Customers with something in one currency at the end of the last month, the smallest id first.
    fn paying(&self, currency: Currency) -> Vec<String> {
        self.0
            .iter()
            .filter(|((_, of), months)| *of == currency && months[MONTHS.len() - 1] > 0)
            .map(|((customer, _), _)| customer.clone())
            .collect()
    }

    fn last(&mut self, customer: &str, currency: Currency) -> &mut i64 {
        let months = self.0.get_mut(&(customer.to_owned(), currency)).unwrap();
        &mut months[MONTHS.len() - 1]
    }
}

fn sum(parts: &[(i128, i128)]) -> i64 {
    let (num, den) = parts
        .iter()
        .fold((0, 1), |(num, den), (n, d)| (num * d + n * den, den * d));
    i64::try_from(round_half_even(num, den)).unwrap()
}

fn request(text: String, policy: Option<&str>) -> ReconcileRequest {
    ReconcileRequest {
        mode: ModeView::Test,
        policy: policy.map(str::to_owned),
        file: "mrr.csv".to_owned(),
        text,
    }
}

async fn told(shop: &Shop, text: String, policy: Option<&str>) -> ReconcileAnswer {
    handle::reconcile(&shop.desk, request(text, policy))
        .await
        .unwrap()
}

async fn refused(shop: &Shop, text: String, policy: Option<&str>) -> ApiErrorView {
    handle::reconcile(&shop.desk, request(text, policy))
        .await
        .unwrap_err()
}

fn last(answer: &ReconcileAnswer, currency: Currency) -> SplitView {
    let month = MONTHS[MONTHS.len() - 1];
    answer
        .splits
        .iter()
        .find(|it| it.month == month && it.currency == currency.code())
        .unwrap()
        .clone()
}

/// What is nobody's: their total is a sum of rounded figures, ours is rounded once.
fn rounding(split: &SplitView) -> i64 {
    let found = split.causes.iter().find(|it| it.cause == "rounding");
    found.map_or(0, |it| {
        assert_eq!(it.customers, 0, "{it:?}");
        it.difference.minor
    })
}

/// Every customer's figure is the same; half a unit for each may be left of the totals, and no more.
fn agrees(split: &SplitView) {
    let place = format!("{} {}", split.month, split.currency);
    assert_eq!(split.standing, SplitStanding::Same, "{place}");
    assert_eq!(split.difference.minor, rounding(split), "{place}");
    let most = i64::try_from(split.agreeing).unwrap() / 2;
    assert!(
        split.difference.minor.abs() <= most,
        "{place}: {}",
        split.difference.text
    );
}

fn cause<'a>(split: &'a SplitView, word: &str) -> &'a CauseView {
    split.causes.iter().find(|it| it.cause == word).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_merchants_own_statement_agrees_to_the_last_customer() {
    let shop = Shop::of(world(81, 90)).await;
    shop.whole().await;
    let book = TheirBook::of(&shop);
    let answer = told(&shop, book.text(), None).await;
    assert_eq!(answer.kind, ExportKind::CustomerMonths);
    assert_eq!(answer.kind_name, "MRR per subscriber per month");
    assert_eq!(
        (answer.policy.as_str(), answer.file.as_str()),
        ("coffer-1", "mrr.csv")
    );
    assert!(answer.complete);
    assert_eq!(answer.doubt, None);
    assert!(answer.as_of.is_some());
    assert!(
        answer.currencies.len() > 1,
        "the merchant sells in several currencies"
    );
    for split in &answer.splits {
        agrees(split);
        assert_eq!(split.unfinished, split.month == "2026-11");
    }
    let agreeing: u64 = answer.splits.iter().map(|it| it.agreeing).sum();
    let paying = book.0.values().flatten().filter(|it| **it != 0).count();
    assert_eq!(usize::try_from(agreeing).unwrap(), paying);
    assert!(
        answer.overall.ends_with("the same on both sides."),
        "{}",
        answer.overall
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_changed_in_the_statement_is_the_difference_with_its_cause_and_customer() {
    let shop = Shop::of(world(81, 90)).await;
    shop.whole().await;
    let usd = Currency::USD;
    let mut book = TheirBook::of(&shop);
    let [raised, dropped, ..] = &book.paying(usd)[..] else {
        panic!("two customers pay in dollars")
    };
    let (raised, dropped) = (raised.clone(), dropped.clone());
    *book.last(&raised, usd) += 1_200;
    let lost = *book.last(&dropped, usd);
    book.0.remove(&(dropped.clone(), usd));
    book.0
        .insert(("cus_Nobody".to_owned(), usd), [0, 0, 0, 0, 500]);
    let answer = told(&shop, book.text(), None).await;

    let split = last(&answer, usd);
    let difference = lost - 1_200 - 500;
    let rounding = rounding(&split);
    let difference = difference + rounding;
    assert_eq!(split.difference.minor, difference);
    assert_eq!(split.standing, SplitStanding::Open);
    let sum: i64 = split.causes.iter().map(|it| it.difference.minor).sum();
    assert_eq!(sum, difference, "the causes add up");
    let size = Money::new(difference.abs(), usd).text();
    let side = if difference > 0 { "above" } else { "below" };
    assert_eq!(
        split.headline,
        format!("Ours is {size} {side} Stripe’s in November 2026.")
    );

    let open = cause(&split, "unexplained");
    assert_eq!(
        (open.sort, open.difference.text.as_str()),
        (CauseSort::Unexplained, "−$12.00")
    );
    let [gap] = &open.largest[..] else {
        panic!("one customer is behind it: {:?}", open.largest)
    };
    assert_eq!(gap.customer, raised);
    assert!(gap.here && gap.name.is_some() && gap.address.is_none());
    assert_eq!(gap.theirs.minor - gap.ours.minor, 1_200);

    let away = cause(&split, "not_here");
    assert_eq!(away.largest[0].customer, "cus_Nobody");
    assert!(!away.largest[0].here && away.largest[0].name.is_none());
    assert_eq!(
        away.largest[0].address, None,
        "the merchant is a simulated one, which has no pages"
    );
    let ours_alone = cause(&split, "not_theirs");
    assert_eq!(ours_alone.largest[0].customer, dropped);
    assert_eq!(ours_alone.difference.minor, lost);
    let others = answer.splits.iter().filter(|it| it.currency != "USD");
    assert!(others.clone().count() > 0);
    for split in others {
        agrees(split);
    }
    in_the_file(&shop, &book, &answer).await;
}

/// The file of the differences has them all, adds up month by month, and says its mode in every line.
async fn in_the_file(shop: &Shop, book: &TheirBook, answer: &ReconcileAnswer) {
    let csv = handle::reconcile_csv(&shop.desk, request(book.text(), None))
        .await
        .unwrap();
    assert!(
        csv.file_name.starts_with("coffer-test-reconcile-coffer-1-"),
        "{}",
        csv.file_name
    );
    let mut lines = csv.text.lines();
    let head = lines.next().unwrap();
    assert!(
        head.starts_with("mode,policy,export,month,currency,cause,"),
        "{head}"
    );
    let mut sums: BTreeMap<(String, String), i64> = BTreeMap::new();
    let mut count = 0;
    for line in lines {
        let cells: Vec<&str> = line.split(',').collect();
        assert_eq!(
            cells[..3],
            ["test", "coffer-1", "MRR per subscriber per month"]
        );
        let currency = Currency::parse(cells[4]).unwrap();
        let minor = Money::parse_decimal(cells.last().unwrap().trim_start_matches('-'), currency)
            .unwrap()
            .minor;
        let sign = if cells.last().unwrap().starts_with('-') {
            -1
        } else {
            1
        };
        *sums
            .entry((cells[3].to_owned(), cells[4].to_owned()))
            .or_default() += sign * minor;
        count += 1;
    }
    assert_eq!(csv.rows, count);
    for split in &answer.splits {
        let key = (split.month.clone(), split.currency.clone());
        assert_eq!(
            sums.get(&key).copied().unwrap_or(0),
            split.difference.minor,
            "{key:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_policy_is_told_apart_by_its_rules() {
    let shop = Shop::of(world(81, 90)).await;
    shop.whole().await;
    let answer = told(&shop, TheirBook::of(&shop).text(), Some("stripe")).await;
    assert_eq!(
        (answer.policy.as_str(), answer.policy_name.as_str()),
        ("stripe", "Stripe")
    );
    let causes: Vec<&CauseView> = answer.splits.iter().flat_map(|it| &it.causes).collect();
    let repeating = causes
        .iter()
        .find(|it| it.cause == "repeating_subtracted")
        .unwrap();
    assert_eq!(repeating.sort, CauseSort::Rule);
    assert_eq!(repeating.title, "Discounts of some months are subtracted");
    assert!(
        repeating
            .says
            .ends_with("Under “Stripe”, a discount of some months is ignored."),
        "{}",
        repeating.says
    );
    assert!(
        repeating.difference.minor > 0,
        "what is not taken off is worth more"
    );
    for split in &answer.splits {
        let sum: i64 = split.causes.iter().map(|it| it.difference.minor).sum();
        assert_eq!(
            sum, split.difference.minor,
            "{} {}",
            split.month, split.currency
        );
        assert_eq!(
            split.standing == SplitStanding::Same,
            split.explained.contains("oth sides say the same")
        );
        for cause in &split.causes {
            let named: i64 = cause.largest.iter().map(|it| it.difference.minor).sum();
            assert_eq!(named + cause.rest.minor, cause.difference.minor);
            assert_eq!(cause.share.is_none(), split.difference.minor == 0);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_summary_stands_beside_our_metrics() {
    let shop = Shop::of(world(81, 90)).await;
    shop.whole().await;
    let probe = told(&shop, "Metric,2026-10\nEnding MRR,0\n".to_owned(), None).await;
    let ours = probe.splits[0].ours.clone();
    assert!(ours.minor > 0 && probe.kind == ExportKind::Summary);
    let currency = Currency::parse(&ours.currency).unwrap();
    let text = format!(
        "Metric,2026-10\nEnding MRR,{}\nEnding Subscribers,1\nTrial conversion,40.5%\n",
        Money::new(ours.minor, currency).decimal_text()
    );
    let answer = told(&shop, text, None).await;
    assert_eq!(answer.splits[0].causes, []);
    assert_eq!(answer.currencies, [ours.currency.as_str()]);
    let [mrr, active, other] = &answer.beside[..] else {
        panic!("three metrics: {:?}", answer.beside)
    };
    assert_eq!(
        (mrr.theirs.as_str(), mrr.ours.as_deref()),
        (ours.text.as_str(), Some(ours.text.as_str()))
    );
    assert!(mrr.same);
    assert!(!active.same && active.ours.is_some());
    assert!(
        active.difference.as_deref().unwrap().starts_with('+'),
        "{active:?}"
    );
    assert_eq!(
        (other.name.as_str(), other.theirs.as_str()),
        ("Trial conversion", "40.5\u{202f}%")
    );
    assert_eq!(
        (&other.ours, &other.difference),
        (&None, &None),
        "of which we have none"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_text_that_is_no_export_is_refused_with_what_would_be_one() {
    let shop = Shop::of(world(81, 30)).await;
    let waiting = told(
        &shop,
        "Customer ID,Currency,2026-10\na,usd,1\n".to_owned(),
        None,
    )
    .await;
    assert!(!waiting.complete, "nothing was synced yet");
    assert_eq!(waiting.as_of, None);
    shop.whole().await;
    let odd = refused(&shop, "id,amount\n1,2\n".to_owned(), None).await;
    assert_eq!(
        (odd.code.as_str(), odd.message.as_str()),
        (
            "usage",
            "The file mrr.csv cannot be compared: the columns id, amount are of no export that is known here."
        )
    );
    let hint = odd.hint.unwrap();
    for name in [
        "MRR per subscriber per month",
        "Customer MRR changes",
        "Subscription metrics summary",
    ] {
        assert!(hint.contains(name), "{hint}");
    }
    let torn = refused(
        &shop,
        "Customer ID,Currency,2026-10\na,usd\n".to_owned(),
        None,
    )
    .await;
    assert!(torn.message.contains("line 2") && torn.hint.unwrap().contains("download it again"));
    let unknown = refused(
        &shop,
        "Customer ID,Currency,2026-10\na,usd,1\n".to_owned(),
        Some("mine"),
    )
    .await;
    assert!(unknown.message.starts_with("There is no policy `mine`"));
    let long = refused(&shop, " ".repeat(EXPORT_BYTES_MAX + 1), None).await;
    assert_eq!(
        long.message,
        "The file mrr.csv is longer than 32 MB, which is the most that is taken here."
    );
    let stranger = told(
        &shop,
        "Customer ID,Currency,2026-10\ncus_X,usd,1.00\n".to_owned(),
        None,
    )
    .await;
    let doubt = stranger.doubt.unwrap();
    assert!(
        doubt.contains("test mode") && doubt.contains("live mode"),
        "{doubt}"
    );
}
