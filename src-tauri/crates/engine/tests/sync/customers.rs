//! The table of customers answers exactly what looking at every object's own JSON by hand answers, in each of its orders. What a
//! customer is worth and how it stands are derived, and are taken from the customer's page.

use crate::records::{array, ask, days_on, file, id, number, pages, text, words};
use crate::support::{Shop, world};
use coffer_engine::api::handle;
use coffer_engine::api::types::{
    CustomerRequest, CustomerRow, ModeView, MoneyView, NoteAddRequest, RecordList, RecordRow,
    RecordSort, RecordsRequest,
};
use coffer_engine::domain::currency::Currency;
use coffer_engine::domain::record::Kind;
use coffer_engine::view::customers::newest;
use coffer_sim::WorldSpec;
use serde_json::Value;
use std::cmp::Ordering;
use std::collections::BTreeSet;

const LIST: RecordList = RecordList::Customers;

/// A customer as it can be told from the JSON of its objects, with what its page says beside it.
struct Person {
    id: String,
    json: Value,
    created: i64,
    /// What its name is in the order of names.
    called: String,
    words: Vec<String>,
    page: CustomerRow,
    /// The largest of its amounts in thousandths of a major unit.
    mrr: i64,
    paid: i64,
    /// The prices of subscriptions that run.
    plans: BTreeSet<String>,
    noted: bool,
}

type Predicate = Box<dyn Fn(&Person) -> bool>;

fn thousandths(minor: i64, currency: Currency) -> i64 {
    minor * 10_i64.pow(3 - currency.exponent())
}

fn largest(amounts: &[MoneyView]) -> i64 {
    let each = amounts
        .iter()
        .map(|it| thousandths(it.minor, Currency::parse(&it.currency).unwrap()));
    each.max().unwrap_or(0)
}

/// The most that came in from a customer in one currency, by its charges.
fn paid(charges: &[Value], customer: &str) -> i64 {
    let mut totals: Vec<(Currency, i64)> = Vec::new();
    for charge in charges {
        if id(charge, "/customer") != Some(customer) || text(charge, "/status") != Some("succeeded")
        {
            continue;
        }
        let currency = Currency::parse(text(charge, "/currency").unwrap()).unwrap();
        let kept = number(charge, "/amount").unwrap() - number(charge, "/amount_refunded").unwrap();
        match totals.iter_mut().find(|(of, _)| *of == currency) {
            Some((_, total)) => *total += kept,
            None => totals.push((currency, kept)),
        }
    }
    let each = totals
        .into_iter()
        .map(|(currency, minor)| thousandths(minor, currency));
    each.max().unwrap_or(0)
}

fn running_prices(subscriptions: &[Value], customer: &str) -> BTreeSet<String> {
    let theirs = subscriptions.iter().filter(|it| {
        id(it, "/customer") == Some(customer)
            && !matches!(text(it, "/status"), Some("canceled" | "incomplete_expired"))
    });
    theirs
        .flat_map(|it| array(it, "/items/data"))
        .filter_map(|item| id(item, "/price").map(str::to_owned))
        .collect()
}

async fn people(shop: &Shop, noted: &str) -> Vec<Person> {
    let (mut customers, mut charges, mut subscriptions) = (Vec::new(), Vec::new(), Vec::new());
    for ((kind, _), (json, deleted)) in shop.content() {
        let value: Value = serde_json::from_str(&json).unwrap();
        match kind {
            Kind::Customers => customers.push(value),
            Kind::Charges if !deleted => charges.push(value),
            Kind::Subscriptions if !deleted => subscriptions.push(value),
            _ => {}
        }
    }
    let mut people = Vec::with_capacity(customers.len());
    for json in customers {
        let own = text(&json, "/id").unwrap().to_owned();
        let request = CustomerRequest {
            mode: ModeView::Test,
            id: own.clone(),
        };
        let page = handle::customer(&shop.desk, request)
            .await
            .unwrap()
            .customer;
        let name = text(&json, "/name").or_else(|| text(&json, "/email"));
        people.push(Person {
            created: number(&json, "/created").unwrap(),
            called: name.unwrap_or(&own).to_lowercase(),
            words: words(&["/name", "/email", "/id", "/description"].map(|it| text(&json, it))),
            mrr: largest(&page.mrr),
            paid: paid(&charges, &own),
            plans: running_prices(&subscriptions, &own),
            noted: own == noted,
            id: own,
            page,
            json,
        });
    }
    people
}

fn standing(word: &'static str) -> Predicate {
    Box::new(move |it| it.page.standing == word)
}

fn country(code: &str) -> Predicate {
    let code = code.to_owned();
    Box::new(move |it| text(&it.json, "/address/country") == Some(&code))
}

fn begins(word: &str) -> Predicate {
    let word = word.to_owned();
    Box::new(move |it| it.words.iter().any(|own| own.starts_with(&word)))
}

fn not(it: Predicate) -> Predicate {
    Box::new(move |person| !it(person))
}

/// The value in the middle, as it would be typed.
fn middle(mut all: Vec<i64>) -> (i64, String) {
    all.retain(|it| *it > 0);
    all.sort_unstable();
    let it = all[all.len() / 2];
    (it, format!("{}.{:03}", it / 1_000, it % 1_000))
}

fn amounts(people: &[Person]) -> Vec<(String, Predicate)> {
    let (mrr, typed_mrr) = middle(people.iter().map(|it| it.mrr).collect());
    let (paid, typed_paid) = middle(people.iter().map(|it| it.paid).collect());
    vec![
        (
            format!("mrr:{typed_mrr}"),
            Box::new(move |it| it.mrr == mrr),
        ),
        (format!("mrr>{typed_mrr}"), Box::new(move |it| it.mrr > mrr)),
        (
            format!("mrr<={typed_mrr}"),
            Box::new(move |it| it.mrr <= mrr),
        ),
        ("mrr:0".to_owned(), Box::new(|it| it.mrr == 0)),
        (
            format!("paid:{typed_paid}"),
            Box::new(move |it| it.paid == paid),
        ),
        (
            format!("paid<{typed_paid}"),
            Box::new(move |it| it.paid < paid),
        ),
        (
            format!("paid>={typed_paid}"),
            Box::new(move |it| it.paid >= paid),
        ),
        ("-paid>0".to_owned(), Box::new(|it| it.paid <= 0)),
        ("is:paying".to_owned(), Box::new(|it| it.mrr > 0)),
        (
            format!("-is:paying paid>={typed_paid}"),
            Box::new(move |it| it.mrr <= 0 && it.paid >= paid),
        ),
    ]
}

fn standings() -> Vec<(String, Predicate)> {
    let mut all: Vec<(String, Predicate)> = Vec::new();
    for word in [
        "active", "free", "trialing", "past_due", "paused", "churned", "none", "deleted",
    ] {
        all.push((format!("status:{word}"), standing(word)));
        all.push((format!("-status:{word}"), not(standing(word))));
    }
    all
}

fn cases(people: &[Person]) -> Vec<(String, Predicate)> {
    let somebody = people
        .iter()
        .find(|it| !it.plans.is_empty() && it.mrr > 0)
        .unwrap();
    let price = somebody.plans.first().unwrap().clone();
    let (has, lacks) = (price.clone(), price.clone());
    let email = text(&somebody.json, "/email").unwrap().to_owned();
    let (_, host) = email.split_once('@').unwrap();
    let at_host = format!("@{host}").to_lowercase();
    let land = text(&somebody.json, "/address/country").unwrap().to_owned();
    let code = text(&somebody.json, "/currency").unwrap().to_owned();
    let name = words(&[text(&somebody.json, "/name")]);
    let name = name.iter().max_by_key(|it| it.len()).unwrap().clone();
    let prefix: String = name.chars().take(2).collect();
    let own = somebody.id.clone();
    let mut all: Vec<(String, Predicate)> = vec![
        (String::new(), Box::new(|_| true)),
        ("provider:stripe".to_owned(), Box::new(|_| true)),
        ("-provider:stripe".to_owned(), Box::new(|_| false)),
        (
            format!("plan:{price}"),
            Box::new(move |it| it.plans.contains(&has)),
        ),
        (
            format!("-plan:{price}"),
            Box::new(move |it| !it.plans.contains(&lacks)),
        ),
        (format!("customer:{own}"), Box::new(move |it| it.id == own)),
        (
            format!("email:\"{}\"", at_host.to_uppercase()),
            Box::new(move |it| {
                text(&it.json, "/email").is_some_and(|it| it.to_lowercase().contains(&at_host))
            }),
        ),
        (format!("country:{land}"), country(&land)),
        (format!("-country:{land}"), not(country(&land))),
        (
            format!("currency:{code}"),
            Box::new(move |it| text(&it.json, "/currency") == Some(&code)),
        ),
        (name.clone(), begins(&name)),
        (prefix.to_uppercase(), begins(&prefix)),
        (format!("-{prefix}"), not(begins(&prefix))),
        ("nobodyiscalledthis".to_owned(), Box::new(|_| false)),
        ("is:noted".to_owned(), Box::new(|it| it.noted)),
        ("-is:noted".to_owned(), Box::new(|it| !it.noted)),
        // The words of a note are not those of its customer here.
        ("zanzibarian".to_owned(), Box::new(|_| false)),
        (
            "created>=90d".to_owned(),
            Box::new(|it| it.created >= days_on(-90)),
        ),
        (
            "created<400d".to_owned(),
            Box::new(|it| it.created < days_on(-400)),
        ),
        (format!("{prefix} created>=400d status:active,churned"), {
            let named = begins(&prefix);
            Box::new(move |it| {
                named(it)
                    && it.created >= days_on(-400)
                    && matches!(it.page.standing.as_str(), "active" | "churned")
            })
        }),
    ];
    all.extend(standings());
    all.extend(amounts(people));
    all
}

fn order(sort: RecordSort, a: &Person, b: &Person) -> Ordering {
    let first = match sort {
        RecordSort::Created => a.created.cmp(&b.created),
        RecordSort::Amount => a.mrr.cmp(&b.mrr),
        RecordSort::Name => a.called.cmp(&b.called),
        RecordSort::Due => Ordering::Equal,
    };
    first.then_with(|| a.id.cmp(&b.id))
}

fn request(filter: &str, sort: RecordSort, descending: bool) -> RecordsRequest {
    RecordsRequest {
        mode: ModeView::Test,
        view: LIST,
        filter: filter.to_owned(),
        sort,
        descending,
        offset: 0,
        limit: 90,
    }
}

/// What a row shows is what the customer's page shows.
fn same(row: &RecordRow, page: &CustomerRow) {
    assert_eq!((&row.id, row.customer.as_ref()), (&page.id, Some(&page.id)));
    assert_eq!(
        (&row.name, &row.email, &row.country),
        (&page.name, &page.email, &page.country)
    );
    assert_eq!((&row.state, &row.created), (&page.standing, &page.created));
    assert_eq!((&row.mrr, &row.paid), (&page.mrr, &page.paid));
    assert_eq!(
        (&row.account, &row.provider),
        (&page.account, &page.provider)
    );
}

/// A merchant's customers, one of whom is gone and one of whom has a note.
async fn peopled() -> (Shop, Vec<Person>) {
    let spec = WorldSpec {
        corners: true,
        ..world(98, 200)
    };
    let shop = Shop::of(spec).await;
    shop.whole().await;
    let page = ask(&shop, request("", RecordSort::Amount, true)).await;
    let (gone, noted) = (page.rows[3].id.clone(), page.rows[5].id.clone());
    shop.ask("DELETE", &format!("/v1/customers/{gone}"), "");
    shop.whole().await;
    let note = NoteAddRequest {
        mode: ModeView::Test,
        customer: noted.clone(),
        text: "Speaks zanzibarian.".to_owned(),
        operator: None,
        pin: None,
    };
    handle::note_add(&shop.desk, note).await.unwrap();
    let people = people(&shop, &noted).await;
    (shop, people)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_table_of_customers_is_what_the_objects_themselves_say() {
    let (shop, people) = peopled().await;
    assert!(
        people.iter().any(|it| it.page.standing == "deleted"),
        "one is gone"
    );
    let (mut some, mut all) = (0, 0);
    for (filter, test) in cases(&people) {
        let mut wanted: Vec<&Person> = people.iter().filter(|it| test(it)).collect();
        all += 1;
        some += usize::from(!wanted.is_empty() && wanted.len() < people.len());
        for sort in [RecordSort::Created, RecordSort::Name, RecordSort::Amount] {
            for descending in [true, false] {
                wanted.sort_by(|a, b| {
                    let order = order(sort, a, b);
                    if descending { order.reverse() } else { order }
                });
                let what = format!("“{filter}” by {sort:?}, descending {descending}");
                let (page, ids) = pages(&shop, &request(&filter, sort, descending)).await;
                let ours: Vec<&str> = wanted.iter().map(|it| it.id.as_str()).collect();
                assert_eq!(ids, ours, "{what}");
                assert_eq!(page.total, ours.len() as u64, "{what}");
                assert_eq!((page.listed, page.more), (page.total, false), "{what}");
                assert_eq!((page.note, page.sums.len()), (None, 0), "{what}");
                for row in &page.rows {
                    let own = wanted.iter().find(|it| it.id == row.id).unwrap();
                    same(row, &own.page);
                }
            }
        }
    }
    assert!(
        some * 2 > all,
        "{some} of {all} filters tell customers apart"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_file_of_customers_has_everybody_with_each_amount_beside_its_currency() {
    let (shop, mut people) = peopled().await;
    people.sort_by(|a, b| b.created.cmp(&a.created).then_with(|| a.id.cmp(&b.id)));
    for filter in ["", "is:paying", "status:deleted"] {
        let wanted: Vec<&Person> = match filter {
            "" => people.iter().collect(),
            "is:paying" => people.iter().filter(|it| it.mrr > 0).collect(),
            _ => people
                .iter()
                .filter(|it| it.page.standing == "deleted")
                .collect(),
        };
        let (lines, told, _) = file(&shop, LIST, filter).await;
        let (names, lines) = lines.split_first().unwrap();
        assert_eq!(
            names[..],
            [
                "mode",
                "provider",
                "account",
                "id",
                "name",
                "email",
                "state",
                "mrr",
                "mrr_currency",
                "paid",
                "paid_currency",
                "country",
                "since"
            ]
        );
        assert_eq!(
            (told, lines.len()),
            (wanted.len() as u64, wanted.len()),
            "“{filter}”"
        );
        for (cells, person) in lines.iter().zip(&wanted) {
            assert_eq!(
                (&cells[0][..], &cells[3]),
                ("test", &person.id),
                "“{filter}”"
            );
            let codes: Vec<&str> = person
                .page
                .mrr
                .iter()
                .map(|it| it.currency.as_str())
                .collect();
            assert_eq!(cells[8], codes.join("; "));
            assert_eq!(
                cells[7].split("; ").filter(|it| !it.is_empty()).count(),
                codes.len()
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_command_line_lists_the_newest_and_finds_by_the_same_words() {
    let (shop, mut people) = peopled().await;
    people.sort_by(|a, b| order(RecordSort::Created, b, a));
    let (rows, total) = newest(&shop.books, None, 7, 20).unwrap();
    assert_eq!(total, people.len() as u64);
    let ours: Vec<&CustomerRow> = people.iter().skip(7).take(20).map(|it| &it.page).collect();
    assert_eq!(rows.iter().collect::<Vec<_>>(), ours);
    let email = text(&people[4].json, "/email").unwrap().to_owned();
    let (rows, total) = newest(&shop.books, Some(&format!(" {email} ")), 0, 10).unwrap();
    assert_eq!((rows.len() as u64, &rows[0].id), (total, &people[4].id));
    // What is typed there is words, whatever signs stand in it.
    for words in ["status:active", "--", "\"", "nobodyiscalledthis"] {
        assert_eq!(
            newest(&shop.books, Some(words), 0, 10).unwrap(),
            (Vec::new(), 0),
            "{words}"
        );
    }
}
