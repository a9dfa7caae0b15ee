//! The published figures of movements and rates, from the facts of whole ledgers.

use chrono::{DateTime, NaiveDate};
use chrono_tz::Tz;
use coffer_domain::calendar::Every;
use coffer_domain::currency::Currency;
use coffer_domain::metric::Basis;
use coffer_domain::metric::days::{Days, number_of};
use coffer_domain::metric::facts::{
    CustomerFacts, Held, Lasting, Off, PutOn, Span, Stretch, SubscriptionFacts, Taken,
};
use coffer_domain::metric::figures::{
    Figures, Ledgers, Metric, Moved, Period, Value, periods, tell, value,
};
use coffer_domain::metric::policy::Policy;
use coffer_domain::metric::rollup::{Fold, Rollup, Sign};
use coffer_domain::ratio::Ratio;
use coffer_domain::record::{Recurring, RecurringInterval};

const MONTH: Recurring = rhythm(RecurringInterval::Month, 1);
const YEAR: Recurring = rhythm(RecurringInterval::Year, 1);
const QUARTER: Recurring = rhythm(RecurringInterval::Month, 3);
const WEEK: Recurring = rhythm(RecurringInterval::Week, 1);

const fn rhythm(interval: RecurringInterval, count: u32) -> Recurring {
    Recurring {
        interval,
        count,
        metered: false,
    }
}

fn at(text: &str) -> i64 {
    let whole = format!("{text}T00:00:00Z");
    DateTime::parse_from_rfc3339(&whole).unwrap().timestamp()
}

fn stretch(from: &str, minor: i64, rhythm: Recurring) -> Stretch {
    Stretch {
        from: at(from),
        basis: Basis::Observed,
        items: vec![Held {
            plan: 1,
            quantity: 1,
            rhythm,
            listed: Ratio::whole(minor),
            tax_share: Ratio::ZERO,
        }],
        taken: Vec::new(),
        unknown: None,
    }
}

fn discounted(from: &str, minor: i64, rhythm: Recurring, percent: i128, how: Lasting) -> Stretch {
    Stretch {
        taken: vec![Taken {
            on: PutOn::Subscription,
            lasting: how,
            off: Off::Share(Ratio::new(percent, 100).unwrap()),
            only: None,
            coupon: "ten".to_owned(),
        }],
        ..stretch(from, minor, rhythm)
    }
}

fn subscribed(stretches: Vec<Stretch>, to: Option<&str>, asked: Option<&str>) -> SubscriptionFacts {
    SubscriptionFacts {
        id: "sub".to_owned(),
        currency: Currency::USD,
        life: Span {
            from: stretches[0].from,
            to: to.map(at),
        },
        end_asked: asked.map(at),
        ends_at: None,
        trial: None,
        trial_ends_at: None,
        stops: Vec::new(),
        late: Vec::new(),
        stretches,
        agreed: Vec::new(),
        usage: Vec::new(),
    }
}

fn customer(subscription: SubscriptionFacts) -> CustomerFacts {
    CustomerFacts {
        country: None,
        subscriptions: vec![subscription],
        failed: Vec::new(),
        promised: Vec::new(),
    }
}

/// One customer that paid from May on, perhaps something else from 10 June on, perhaps until a day.
fn paying(minor: i64, then: Option<i64>, to: Option<&str>) -> CustomerFacts {
    let mut stretches = vec![stretch("2026-05-01", minor, MONTH)];
    stretches.extend(then.map(|minor| stretch("2026-06-10", minor, MONTH)));
    customer(subscribed(stretches, to, None))
}

/// One customer that came in June.
fn new(minor: i64) -> CustomerFacts {
    customer(subscribed(
        vec![stretch("2026-06-05", minor, MONTH)],
        None,
        None,
    ))
}

fn policy(id: &str) -> Policy {
    Policy::preset(id).unwrap()
}

fn figures(
    customers: &[CustomerFacts],
    policy: &Policy,
    every: Every,
    ends: &[&str],
) -> Vec<Figures> {
    let days = Days::of_zone(Tz::UTC);
    let fold = Fold {
        policy,
        days: &days,
        horizon: at("2026-07-01") - 1,
    };
    let mut rollup = Rollup::default();
    for own in customers {
        rollup.put(own, &fold, Sign::Plus);
    }
    let ends: Vec<NaiveDate> = ends.iter().map(|end| end.parse().unwrap()).collect();
    let asked: Vec<Period> = periods(&ends, every, "2026-06-30".parse().unwrap());
    assert_eq!(asked[0].end, number_of(ends[0]));
    tell(&rollup, &asked, &Ledgers::One(Currency::USD), policy)
        .unwrap()
        .figures
}

/// A metric of June 2026.
fn june(customers: &[CustomerFacts], id: &str, metric: Metric) -> Value {
    let policy = policy(id);
    let told = figures(customers, &policy, Every::Month, &["2026-06-30"]);
    value(metric, &told, 0, &policy).unwrap()
}

fn money(minor: i64) -> Value {
    Value::Money(Some(minor))
}

fn rate(text: &str) -> Value {
    Value::Rate(Some(text.to_owned()))
}

fn many(count: usize, one: &CustomerFacts) -> Vec<CustomerFacts> {
    vec![one.clone(); count]
}

/// MRR at the end of each of some days.
fn mrr_on(customers: &[CustomerFacts], id: &str, days: &[&str]) -> Vec<i64> {
    let told = figures(customers, &policy(id), Every::Day, days);
    let mrr = |it: &Figures| it.closing.round_half_even().unwrap();
    told.iter().map(mrr).collect()
}

#[test]
fn a_hundred_monthly_and_fifty_yearly_come_to_12_500() {
    let yearly = customer(subscribed(
        vec![stretch("2026-05-01", 60_000, YEAR)],
        None,
        None,
    ));
    let mut all = many(100, &paying(10_000, None, None));
    all.extend(many(50, &yearly));
    for vendor in ["coffer-1", "stripe", "chartmogul", "paddle"] {
        assert_eq!(
            june(&all, vendor, Metric::Mrr),
            money(1_250_000),
            "{vendor}"
        );
    }
}

#[test]
fn a_quarter_a_week_and_four_seats_a_year_are_brought_to_a_month() {
    let only = |minor, rhythm| {
        vec![customer(subscribed(
            vec![stretch("2026-05-01", minor, rhythm)],
            None,
            None,
        ))]
    };
    let mrr = |all: &[CustomerFacts]| june(all, "coffer-1", Metric::Mrr);
    assert_eq!(mrr(&only(9_000, QUARTER)), money(3_000));
    assert_eq!(mrr(&only(1_000, WEEK)), money(4_333));
    let seats = only(200_000, YEAR);
    assert_eq!(mrr(&seats), money(16_667));
    let kept = figures(&seats, &policy("coffer-1"), Every::Month, &["2026-06-30"]);
    assert_eq!(kept[0].closing.exact_text(), "50000/3", "2000/12 is kept");
    assert_eq!(june(&seats, "coffer-1", Metric::Arr), money(200_000));
}

#[test]
fn movements_lead_from_the_opening_to_the_closing() {
    // Opening 1,000: new 100, expansion 50, contraction 40, churn 60.
    let all = [
        paying(50_000, Some(55_000), None),
        paying(44_000, Some(40_000), None),
        paying(6_000, None, Some("2026-06-20")),
        new(10_000),
    ];
    let Value::Movements(moved) = june(&all, "coffer-1", Metric::Movements) else {
        panic!("movements")
    };
    let expected = Moved {
        opening: 100_000,
        new: 10_000,
        expansion: 5_000,
        contraction: 4_000,
        churn: 6_000,
        reactivation: 0,
        fx: 0,
        closing: 105_000,
    };
    assert_eq!(moved, expected);
}

#[test]
fn rates_of_exchange_are_a_movement_of_their_own() {
    // The same in two currencies: what the euro lost is 5, and the closing 1,045.
    let euros = CustomerFacts {
        subscriptions: vec![SubscriptionFacts {
            currency: Currency::parse("EUR").unwrap(),
            ..subscribed(vec![stretch("2026-05-01", 10_000, MONTH)], None, None)
        }],
        ..CustomerFacts::default()
    };
    let all = [
        paying(40_000, Some(45_000), None),
        paying(44_000, Some(40_000), None),
        paying(6_000, None, Some("2026-06-20")),
        new(10_000),
        euros,
    ];
    let policy = policy("coffer-1");
    let days = Days::of_zone(Tz::UTC);
    let fold = Fold {
        policy: &policy,
        days: &days,
        horizon: at("2026-07-01") - 1,
    };
    let mut rollup = Rollup::default();
    for own in &all {
        rollup.put(own, &fold, Sign::Plus);
    }
    let end: NaiveDate = "2026-06-30".parse().unwrap();
    let fell = number_of("2026-06-15".parse().unwrap());
    let rates = |currency: Currency, day| {
        Some(if currency == Currency::USD || day < fell {
            Ratio::ONE
        } else {
            Ratio::new(95, 100).unwrap()
        })
    };
    let told = tell(
        &rollup,
        &periods(&[end], Every::Month, end),
        &Ledgers::All(&rates),
        &policy,
    )
    .unwrap();
    let Value::Movements(moved) = value(Metric::Movements, &told.figures, 0, &policy).unwrap()
    else {
        panic!("movements")
    };
    assert_eq!(
        (moved.opening, moved.fx, moved.closing),
        (100_000, -500, 104_500)
    );
}

#[test]
fn a_yearly_cancellation_and_a_downgrade_lose_35() {
    let yearly = customer(subscribed(
        vec![stretch("2026-05-01", 12_000, YEAR)],
        Some("2026-06-12"),
        None,
    ));
    let all = [yearly, paying(5_000, Some(2_500), None)];
    let Value::Movements(moved) = june(&all, "coffer-1", Metric::Movements) else {
        panic!("movements")
    };
    assert_eq!((moved.churn, moved.contraction), (1_000, 2_500));
}

#[test]
fn a_lifetime_is_not_divided_by_a_rate_that_was_rounded_first() {
    // 110 active at the start, 10 of them churned, ARPA 500: 500 × 110 ÷ 10.
    let mut all = many(100, &paying(50_000, None, None));
    all.extend(many(10, &paying(50_000, None, Some("2026-06-20"))));
    assert_eq!(june(&all, "coffer-1", Metric::Arpa), money(50_000));
    assert_eq!(june(&all, "coffer-1", Metric::Ltv), money(550_000));
}

#[test]
fn new_customers_count_in_one_vendors_denominator_and_not_in_ours() {
    let mut all = many(900, &paying(1_000, None, None));
    all.extend(many(100, &paying(1_000, None, Some("2026-06-20"))));
    all.extend(many(100, &new(1_000)));
    let churned = |id| june(&all, id, Metric::CustomerChurnRate);
    assert_eq!(churned("coffer-1"), rate("0.1000"));
    assert_eq!(churned("stripe"), rate("0.0909"));
}

#[test]
fn who_came_and_went_within_a_month_is_in_neither_part() {
    let mut all = many(10, &paying(1_000, None, None));
    all.push(customer(subscribed(
        vec![stretch("2026-06-05", 1_000, MONTH)],
        Some("2026-06-20"),
        None,
    )));
    let churned = |id| june(&all, id, Metric::CustomerChurnRate);
    assert_eq!(churned("coffer-1"), rate("0.0000"));
    assert_eq!(churned("chartmogul"), rate("0.0000"));
    assert_eq!(churned("baremetrics"), rate("0.1000"));
}

#[test]
fn revenue_retention_is_97_5_percent() {
    let mut all = many(85, &paying(1_000, None, None));
    all.extend(many(10, &paying(1_000, None, Some("2026-06-20"))));
    all.extend(many(5, &paying(1_000, Some(2_500), None)));
    assert_eq!(june(&all, "coffer-1", Metric::Nrr), rate("0.9750"));
    assert_eq!(june(&all, "coffer-1", Metric::Grr), rate("0.9000"));
}

#[test]
fn ten_percent_off_counts_for_who_counts_discounts() {
    let forever = [customer(subscribed(
        vec![discounted("2026-05-01", 12_000, YEAR, 10, Lasting::Forever)],
        None,
        None,
    ))];
    let mrr = |id| june(&forever, id, Metric::Mrr);
    for id in [
        "coffer-1",
        "stripe",
        "chartmogul",
        "baremetrics",
        "profitwell",
        "lemonsqueezy",
    ] {
        assert_eq!(mrr(id), money(900), "{id}");
    }
    assert_eq!(mrr("paddle"), money(1_000));
}

#[test]
fn ten_percent_off_for_some_months_ends_with_them() {
    let some = [customer(subscribed(
        vec![
            discounted("2026-05-01", 1_000, MONTH, 10, Lasting::Repeating),
            stretch("2026-06-10", 1_000, MONTH),
        ],
        None,
        None,
    ))];
    let around = |id| mrr_on(&some, id, &["2026-06-09", "2026-06-10"]);
    assert_eq!(around("coffer-1"), [900, 1_000]);
    assert_eq!(around("chartmogul"), [900, 1_000]);
    assert_eq!(around("lemonsqueezy"), [900, 1_000], "it is a percentage");
    assert_eq!(around("stripe"), [1_000, 1_000]);
    assert_eq!(around("paddle"), [1_000, 1_000]);
}

#[test]
fn a_cancellation_counts_at_its_end_or_when_it_was_asked_for() {
    let gone = [customer(subscribed(
        vec![stretch("2026-04-15", 1_000, MONTH)],
        Some("2026-06-15"),
        Some("2026-06-08"),
    ))];
    let days = ["2026-06-07", "2026-06-08", "2026-06-14", "2026-06-15"];
    let around = |id| mrr_on(&gone, id, &days);
    assert_eq!(around("coffer-1"), [1_000, 1_000, 1_000, 0]);
    assert_eq!(around("chartmogul"), [1_000, 1_000, 1_000, 0]);
    assert_eq!(around("stripe"), [1_000, 0, 0, 0]);
    assert_eq!(around("paddle"), [1_000, 0, 0, 0]);
    let told = figures(&gone, &policy("coffer-1"), Every::Day, &["2026-06-15"]);
    let Value::Movements(moved) = value(Metric::Movements, &told, 0, &policy("coffer-1")).unwrap()
    else {
        panic!("movements")
    };
    assert_eq!((moved.churn, moved.closing), (1_000, 0));
}

#[test]
fn a_coupon_of_one_bill_leaves_what_is_committed() {
    let couponed = customer(subscribed(
        vec![discounted("2026-05-01", 1_500, MONTH, 50, Lasting::Once)],
        None,
        None,
    ));
    let mut all = many(63, &paying(1_500, None, None));
    all.extend(many(14, &couponed));
    assert_eq!(june(&all, "coffer-1", Metric::CommittedMrr), money(115_500));
    assert_eq!(
        june(&all, "chartmogul", Metric::Mrr),
        money(105_000),
        "7.50 off each"
    );
}

#[test]
fn gross_churn_is_20_percent_and_net_10() {
    let all = [
        paying(1_000, None, Some("2026-06-20")),
        paying(5_000, Some(4_000), None),
        paying(4_000, Some(5_000), None),
    ];
    assert_eq!(
        june(&all, "coffer-1", Metric::GrossMrrChurnRate),
        rate("0.2000")
    );
    assert_eq!(
        june(&all, "coffer-1", Metric::NetMrrChurnRate),
        rate("0.1000")
    );
}

#[test]
fn the_quick_ratio_is_3_5() {
    let all = [
        new(2_000_000),
        paying(1_000_000, Some(1_800_000), None),
        paying(500_000, None, Some("2026-06-20")),
        paying(1_000_000, Some(700_000), None),
    ];
    assert_eq!(june(&all, "coffer-1", Metric::QuickRatio), rate("3.5000"));
    let quiet = [paying(1_000, None, None)];
    assert_eq!(
        june(&quiet, "coffer-1", Metric::QuickRatio),
        Value::Rate(None)
    );
}

#[test]
fn whom_a_discount_brings_to_zero_is_what_the_policy_says() {
    let free = [
        customer(subscribed(
            vec![
                stretch("2026-05-01", 1_000, MONTH),
                discounted("2026-06-10", 1_000, MONTH, 100, Lasting::Forever),
            ],
            None,
            None,
        )),
        paying(1_000, None, None),
    ];
    let active = |id| june(&free, id, Metric::ActiveSubscribers);
    assert_eq!(active("coffer-1"), Value::Count(2));
    assert_eq!(active("chartmogul"), Value::Count(2));
    assert_eq!(active("stripe"), Value::Count(1));
    assert_eq!(active("profitwell"), Value::Count(1));
    let moved = |id| match june(&free, id, Metric::Movements) {
        Value::Movements(moved) => (moved.contraction, moved.churn),
        other => panic!("movements, not {other:?}"),
    };
    assert_eq!(moved("coffer-1"), (1_000, 0));
    assert_eq!(moved("profitwell"), (1_000, 0));
    assert_eq!(moved("stripe"), (0, 1_000));
    assert_eq!(june(&free, "paddle", Metric::Mrr), money(2_000));
}
