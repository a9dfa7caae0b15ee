//! What is written reads back the same, whatever it holds, and what is wrong is told with what is possible.

use super::{Comparison, Day, Decimal, Filter, Key, List, Term, Test};
use chrono::NaiveDate;
use proptest::prelude::*;

fn parsed(text: &str, list: List) -> Filter {
    Filter::parse(text, list).unwrap_or_else(|error| panic!("{text}: {error} {}", error.hint))
}

fn day() -> impl Strategy<Value = Day> {
    let date = (1970..3000_i32, 1..=12_u32, 1..=28_u32)
        .prop_map(|(year, month, day)| NaiveDate::from_ymd_opt(year, month, day).unwrap());
    prop_oneof![
        date.clone().prop_map(Day::On),
        date.prop_map(|date| Day::Month(chrono::Datelike::with_day(&date, 1).unwrap())),
        (0..99_999_u32).prop_map(Day::Days),
    ]
}

fn comparison() -> impl Strategy<Value = Comparison> {
    prop::sample::select(vec![
        Comparison::Equal,
        Comparison::Less,
        Comparison::LessOrEqual,
        Comparison::More,
        Comparison::MoreOrEqual,
    ])
}

fn among(list: List, key: Key) -> BoxedStrategy<Test> {
    let one = match key {
        Key::Country => "[A-Z]{2}".boxed(),
        Key::Currency => "[A-Z]{3}".boxed(),
        Key::Provider => "[a-z][a-z0-9_]{0,8}".boxed(),
        _ => prop::sample::select(list.words(key).to_vec())
            .prop_map(str::to_owned)
            .boxed(),
    };
    prop::collection::vec(one, 1..4)
        .prop_map(move |values| Test::Among(key, values))
        .boxed()
}

fn test_of(list: List, key: Key) -> BoxedStrategy<Test> {
    match key {
        Key::Status | Key::Is | Key::Country | Key::Currency | Key::Provider => among(list, key),
        Key::Card => "[0-9]{4}"
            .prop_map(|digits| Test::Text(Key::Card, digits))
            .boxed(),
        Key::Customer | Key::Plan | Key::Email => "\\PC*[a-z]\\PC*"
            .prop_map(move |text| Test::Text(key, text))
            .boxed(),
        Key::Amount | Key::Mrr | Key::Paid => (comparison(), 0..=999_999_999_999_i64, 0..=3_u32)
            .prop_map(move |(comparison, digits, places)| {
                Test::Amount(key, comparison, Decimal { digits, places })
            })
            .boxed(),
        Key::Created | Key::Due | Key::Ends | Key::Next => (comparison(), day())
            .prop_map(move |(comparison, day)| Test::Day(key, comparison, day))
            .boxed(),
    }
}

fn filter_of() -> impl Strategy<Value = (List, Filter)> {
    prop::sample::select(List::ALL.to_vec()).prop_flat_map(|list| {
        let word = "\\PC*[a-z0-9]\\PC*".prop_map(Test::Word).boxed();
        let mut tests: Vec<BoxedStrategy<Test>> =
            list.keys().iter().map(|key| test_of(list, *key)).collect();
        tests.push(word);
        let term = (any::<bool>(), prop::strategy::Union::new(tests))
            .prop_map(|(negated, test)| Term { negated, test });
        prop::collection::vec(term, 0..8).prop_map(move |terms| (list, Filter { terms }))
    })
}

proptest! {
    #[test]
    fn what_is_written_reads_back_the_same((list, filter) in filter_of()) {
        let text = filter.to_string();
        prop_assert_eq!(Filter::parse(&text, list), Ok(filter), "{}", text);
    }

    #[test]
    fn any_text_is_read_or_refused_with_words(text in "\\PC{0,60}") {
        for list in List::ALL {
            match Filter::parse(&text, list) {
                Ok(filter) => {
                    let written = filter.to_string();
                    prop_assert_eq!(Filter::parse(&written, list), Ok(filter), "{}", written);
                }
                Err(error) => prop_assert!(!error.message.is_empty() && !error.hint.is_empty()),
            }
        }
    }
}

#[test]
fn a_filter_is_read_as_it_is_meant() {
    let text = "dana status:past_due,unpaid -country:de plan:\"Pro plan\" created>=2026-01-01 -\"two words\"";
    let filter = parsed(text, List::Subscriptions);
    let term = |negated, test| Term { negated, test };
    assert_eq!(
        filter.terms,
        [
            term(false, Test::Word("dana".into())),
            term(
                false,
                Test::Among(Key::Status, vec!["past_due".into(), "unpaid".into()])
            ),
            term(true, Test::Among(Key::Country, vec!["DE".into()])),
            term(false, Test::Text(Key::Plan, "Pro plan".into())),
            term(
                false,
                Test::Day(
                    Key::Created,
                    Comparison::MoreOrEqual,
                    Day::On(NaiveDate::from_ymd_opt(2026, 1, 1).unwrap())
                )
            ),
            term(true, Test::Word("two words".into())),
        ]
    );
    let amounts = parsed("amount>100 amount:<=29.00 amount=5", List::Payments).to_string();
    assert_eq!(amounts, "amount>100 amount<=29.00 amount:5");
    let person = parsed("dana@post.example", List::Payments);
    assert_eq!(person.to_string(), "dana@post.example");
    assert!(parsed("   ", List::Trials).terms.is_empty());
}

#[test]
fn what_is_wrong_is_named_with_what_is_possible() {
    for (text, list, about, possible) in [
        (
            "colour:red",
            List::Payments,
            "“colour”",
            "status, is, amount",
        ),
        (
            "amount>5",
            List::Subscriptions,
            "“amount”",
            "status, is, plan",
        ),
        ("status:gone", List::Invoices, "“gone”", "draft, open, paid"),
        ("status:", List::Invoices, "“”", "draft, open, paid"),
        ("status>paid", List::Invoices, "status", "status:…"),
        ("country:Germany", List::Payments, "“Germany”", "country:DE"),
        ("currency:€", List::Payments, "“€”", "currency:EUR"),
        ("amount>lots", List::Payments, "“lots”", "amount>100"),
        ("amount>1.2345", List::Payments, "“1.2345”", "29.00"),
        (
            "created>yesterday",
            List::Payments,
            "“yesterday”",
            "2026-01-31",
        ),
        (
            "created:2026-02-30",
            List::Payments,
            "“2026-02-30”",
            "2026-01-31",
        ),
        ("ends<soon", List::Trials, "“soon”", "days after today"),
        ("card:42", List::Payments, "“42”", "card:4242"),
        ("is:nice", List::Payments, "“nice”", "duplicate"),
        ("plan:\"Pro", List::Trials, "quotation", "second"),
        ("--", List::Trials, "“-”", "Words"),
    ] {
        let error = Filter::parse(text, list).expect_err(text);
        assert!(error.message.contains(about), "{text}: {}", error.message);
        assert!(error.hint.contains(possible), "{text}: {}", error.hint);
    }
}

#[test]
fn days_have_bounds() {
    let date = |text: &str| NaiveDate::parse_from_str(text, "%Y-%m-%d").unwrap();
    let today = date("2026-03-10");
    let month = Day::Month(date("2026-02-01")).bounds(today, false);
    assert_eq!(month, Some((date("2026-02-01"), date("2026-02-28"))));
    let back = Day::Days(10).bounds(today, false).unwrap().0;
    let ahead = Day::Days(10).bounds(today, true).unwrap().0;
    assert_eq!((back, ahead), (date("2026-02-28"), date("2026-03-20")));
}
