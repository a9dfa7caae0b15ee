//! The lists of the desk answer exactly what looking at every object's own JSON by hand answers, in the same order, to the
//! last row and the last unit of money.

use crate::support::{Shop, present, world};
use chrono::{DateTime, Days, NaiveDate, NaiveTime};
use coffer_engine::api::handle;
use coffer_engine::api::types::{
    ModeRequest, ModeView, RecordKeysRequest, RecordList, RecordPage, RecordSort,
    RecordsCsvRequest, RecordsRequest, SavedView, SavedViewName, SavedViewsSet,
};
use coffer_engine::domain::currency::Currency;
use coffer_engine::domain::record::Kind;
use coffer_engine::view::records::saved;
use coffer_sim::WorldSpec;
use serde_json::Value;
use std::cmp::{Ordering, Reverse};
use std::collections::{BTreeMap, BTreeSet};

/// The lists of what happened; that of customers is held against the objects by itself (`customers`).
const LISTS: [RecordList; 6] = [
    RecordList::Subscriptions,
    RecordList::Payments,
    RecordList::Invoices,
    RecordList::Disputes,
    RecordList::Recovery,
    RecordList::Trials,
];
const DAY: i64 = 86_400;

/// Everything the file holds, as JSON, without what is deleted; customers stay, because their rows do.
struct Raw(BTreeMap<Kind, Vec<Value>>);

/// A row as it can be told from the JSON alone.
struct Row {
    id: String,
    created: i64,
    currency: Currency,
    /// Minor units of the amount that the list shows, where it shows one.
    amount: Option<i64>,
    customer: Option<String>,
    /// What the list is in order of when it is by what is due.
    due: Option<i64>,
    /// What words find: the object's own words, then those of its customer.
    words: [Vec<String>; 2],
    json: Value,
}

type Predicate = Box<dyn Fn(&Raw, &Row) -> bool>;
type Case = (String, Predicate);

pub(crate) fn text<'v>(value: &'v Value, path: &str) -> Option<&'v str> {
    value.pointer(path).and_then(Value::as_str)
}

pub(crate) fn number(value: &Value, path: &str) -> Option<i64> {
    value.pointer(path).and_then(Value::as_i64)
}

fn there(value: &Value, path: &str) -> bool {
    value.pointer(path).is_some_and(|it| !it.is_null())
}

/// An id, whether the object it names is expanded or not.
pub(crate) fn id<'v>(value: &'v Value, path: &str) -> Option<&'v str> {
    text(value, path).or_else(|| text(value, &format!("{path}/id")))
}

pub(crate) fn array<'v>(value: &'v Value, path: &str) -> &'v [Value] {
    value
        .pointer(path)
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

/// Words without case and accents, as somebody types them.
pub(crate) fn words(texts: &[Option<&str>]) -> Vec<String> {
    let fold = |c: char| match c {
        'á' | 'à' | 'â' | 'ä' | 'ã' | 'å' | 'ą' => 'a',
        'ç' | 'č' | 'ć' => 'c',
        'é' | 'è' | 'ê' | 'ë' | 'ě' | 'ę' => 'e',
        'í' | 'î' | 'ï' => 'i',
        'ñ' | 'ń' | 'ň' => 'n',
        'ó' | 'ò' | 'ô' | 'ö' | 'õ' => 'o',
        'ř' => 'r',
        'š' | 'ś' => 's',
        'ú' | 'ù' | 'û' | 'ü' | 'ů' => 'u',
        'ý' => 'y',
        'ž' | 'ź' | 'ż' => 'z',
        other => other,
    };
    let all: Vec<&str> = texts.iter().flatten().copied().collect();
    let folded: String = all.join(" ").to_lowercase().chars().map(fold).collect();
    folded
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

impl Raw {
    fn of(shop: &Shop) -> Self {
        let mut kinds: BTreeMap<Kind, Vec<Value>> = BTreeMap::new();
        for ((kind, _), (json, deleted)) in shop.content() {
            if !deleted || kind == Kind::Customers {
                let value = serde_json::from_str(&json).unwrap();
                kinds.entry(kind).or_default().push(value);
            }
        }
        Self(kinds)
    }

    fn all(&self, kind: Kind) -> &[Value] {
        self.0.get(&kind).map_or(&[], Vec::as_slice)
    }

    fn find(&self, kind: Kind, own: &str) -> Option<&Value> {
        self.all(kind)
            .iter()
            .find(|it| text(it, "/id") == Some(own))
    }

    fn country(&self, row: &Row) -> Option<&str> {
        let customer = self.find(Kind::Customers, row.customer.as_deref()?)?;
        text(customer, "/address/country")
    }

    fn row(&self, list: RecordList, json: &Value) -> Row {
        let charge = match list {
            RecordList::Disputes => id(json, "/charge").and_then(|it| self.find(Kind::Charges, it)),
            _ => Some(json),
        };
        let customer = charge.and_then(|it| id(it, "/customer")).map(str::to_owned);
        let (amount, due) = match list {
            RecordList::Subscriptions | RecordList::Customers => (None, None),
            RecordList::Trials => (None, number(json, "/trial_end")),
            RecordList::Payments => (number(json, "/amount"), None),
            RecordList::Invoices => (number(json, "/total"), number(json, "/due_date")),
            RecordList::Disputes => (
                number(json, "/amount"),
                number(json, "/evidence_details/due_by"),
            ),
            RecordList::Recovery => (
                number(json, "/amount_remaining"),
                number(json, "/next_payment_attempt"),
            ),
        };
        let own = match list {
            RecordList::Payments | RecordList::Disputes => words(&[
                charge.and_then(|it| text(it, "/id")),
                charge.and_then(|it| text(it, "/description")),
                charge.and_then(|it| text(it, "/payment_method_details/card/last4")),
            ]),
            RecordList::Invoices | RecordList::Recovery => {
                words(&[text(json, "/id"), text(json, "/number")])
            }
            _ => words(&[text(json, "/id"), customer.as_deref()]),
        };
        let theirs = customer
            .as_deref()
            .and_then(|it| self.find(Kind::Customers, it));
        let theirs = theirs.map_or_else(Vec::new, |it| {
            words(&["/name", "/email", "/id", "/description"].map(|path| text(it, path)))
        });
        Row {
            id: text(json, "/id").unwrap().to_owned(),
            created: number(json, "/created").unwrap(),
            currency: Currency::parse(text(json, "/currency").unwrap()).unwrap(),
            amount,
            customer,
            due,
            words: [own, theirs],
            json: json.clone(),
        }
    }

    /// Every row of a list, unfiltered, in no order.
    fn rows(&self, list: RecordList) -> Vec<Row> {
        let kind = match list {
            RecordList::Subscriptions | RecordList::Trials => Kind::Subscriptions,
            RecordList::Payments => Kind::Charges,
            RecordList::Invoices | RecordList::Recovery => Kind::Invoices,
            RecordList::Disputes => Kind::Disputes,
            RecordList::Customers => Kind::Customers,
        };
        let belongs = |it: &&Value| match list {
            RecordList::Trials => there(it, "/trial_end"),
            RecordList::Recovery => {
                text(it, "/status") == Some("open")
                    && number(it, "/amount_remaining") > Some(0)
                    && (number(it, "/attempt_count") > Some(0) || is_past(it, "/due_date"))
            }
            _ => true,
        };
        let all = self.all(kind).iter().filter(belongs);
        all.map(|it| self.row(list, it)).collect()
    }
}

fn is_past(value: &Value, path: &str) -> bool {
    number(value, path).is_some_and(|at| at < present().timestamp())
}

/// Thousandths of a major unit.
fn thousandths(row: &Row) -> i64 {
    row.amount.unwrap() * 10_i64.pow(3 - row.currency.exponent())
}

fn status(words: &'static [&'static str]) -> Predicate {
    Box::new(|_, row| text(&row.json, "/status").is_some_and(|it| words.contains(&it)))
}

fn not(it: Predicate) -> Predicate {
    Box::new(move |raw, row| !it(raw, row))
}

fn both(one: Predicate, other: Predicate) -> Predicate {
    Box::new(move |raw, row| one(raw, row) && other(raw, row))
}

fn of_json(test: impl Fn(&Value) -> bool + 'static) -> Predicate {
    Box::new(move |_, row| test(&row.json))
}

fn created(test: impl Fn(i64) -> bool + 'static) -> Predicate {
    Box::new(move |_, row| test(row.created))
}

fn begins(word: &str) -> Predicate {
    let word = word.to_owned();
    Box::new(move |_, row| {
        let mut docs = row.words.iter();
        docs.any(|doc| doc.iter().any(|it| it.starts_with(&word)))
    })
}

fn case(filter: impl Into<String>, test: Predicate) -> Case {
    (filter.into(), test)
}

pub(crate) fn midnight(day: NaiveDate) -> i64 {
    day.and_time(NaiveTime::MIN).and_utc().timestamp()
}

/// The first second of the day so many days from the present.
pub(crate) fn days_on(days: i64) -> i64 {
    midnight(present().date_naive()) + days * DAY
}

/// The values that most rows have, so that each filter finds some.
fn most<T: Ord + Clone>(values: impl Iterator<Item = T>) -> T {
    let mut counts: BTreeMap<T, usize> = BTreeMap::new();
    for value in values {
        *counts.entry(value).or_default() += 1;
    }
    let best = counts.into_iter().max_by_key(|(_, count)| *count);
    best.unwrap().0
}

/// Filters that every list knows.
fn shared(raw: &Raw, rows: &[Row]) -> Vec<Case> {
    let customer = most(rows.iter().filter_map(|row| row.customer.clone()));
    let country = most(rows.iter().filter_map(|row| raw.country(row))).to_owned();
    let currency = most(rows.iter().map(|row| row.currency));
    let who = raw.find(Kind::Customers, &customer).unwrap();
    let email = text(who, "/email").unwrap().to_owned();
    let name = words(&[text(who, "/name")])
        .into_iter()
        .max_by_key(String::len)
        .unwrap();
    let is_country = |country: &str| -> Predicate {
        let country = country.to_owned();
        Box::new(move |raw, row| raw.country(row) == Some(&country))
    };
    let is_customer = |customer: &str| -> Predicate {
        let customer = Some(customer.to_owned());
        Box::new(move |_, row| row.customer == customer)
    };
    let of_email = {
        let parts = words(&[Some(&email)]);
        let has = move |doc: &Vec<String>| {
            let mut parts = parts.iter();
            parts.all(|part| doc.iter().any(|it| it.starts_with(part)))
        };
        Box::new(move |_: &Raw, row: &Row| row.words.iter().any(&has))
    };
    let prefix: String = name.chars().take(3).collect();
    let mut all = created_around(rows);
    all.extend([
        case("", Box::new(|_, _| true)),
        case(format!("country:{country}"), is_country(&country)),
        case(format!("-country:{country}"), not(is_country(&country))),
        case(
            format!("currency:{},JPY", currency.code()),
            Box::new(move |_, row| row.currency == currency || row.currency.code() == "JPY"),
        ),
        case(
            format!("-currency:{}", currency.code().to_lowercase()),
            Box::new(move |_, row| row.currency != currency),
        ),
        case(format!("customer:{customer}"), is_customer(&customer)),
        case(format!("-customer:{customer}"), not(is_customer(&customer))),
        case("provider:stripe", Box::new(|_, _| true)),
        case("-provider:stripe", Box::new(|_, _| false)),
        case("created>=90d", created(|at| at >= days_on(-90))),
        case(name.clone(), begins(&name)),
        case(prefix.to_uppercase(), begins(&prefix)),
        case(format!("-{prefix}"), not(begins(&prefix))),
        case(email, of_email),
        case(
            format!("{prefix} country:{country} created>=400d"),
            both(
                begins(&prefix),
                both(is_country(&country), created(|at| at >= days_on(-400))),
            ),
        ),
        case("nobodyiscalledthis", Box::new(|_, _| false)),
    ]);
    all
}

/// Filters by the day on which an object of the middle was made.
fn created_around(rows: &[Row]) -> Vec<Case> {
    let mut instants: Vec<i64> = rows.iter().map(|row| row.created).collect();
    instants.sort_unstable();
    let middle = DateTime::from_timestamp(instants[instants.len() / 2], 0)
        .unwrap()
        .date_naive();
    let (start, after) = (
        midnight(middle),
        midnight(middle.checked_add_days(Days::new(1)).unwrap()),
    );
    let month = middle.format("%Y-%m").to_string();
    vec![
        case(
            format!("created:{middle}"),
            created(move |at| start <= at && at < after),
        ),
        case(format!("created<{middle}"), created(move |at| at < start)),
        case(format!("created<={middle}"), created(move |at| at < after)),
        case(format!("created>{middle}"), created(move |at| at >= after)),
        case(format!("-created>={middle}"), created(move |at| at < start)),
        case(
            format!("created:{month}"),
            created(move |at| {
                let at = DateTime::from_timestamp(at, 0).unwrap();
                at.format("%Y-%m").to_string() == month
            }),
        ),
    ]
}

/// Amounts, of the lists that show one.
fn amounts(rows: &[Row]) -> Vec<Case> {
    let mut all: Vec<i64> = rows.iter().map(thousandths).collect();
    all.sort_unstable();
    let middle = all[all.len() / 2];
    let typed = format!("{}.{:03}", middle / 1_000, middle % 1_000);
    let compared = |sign: &str, test: fn(i64, i64) -> bool| {
        case(
            format!("amount{sign}{typed}"),
            Box::new(move |_, row| test(thousandths(row), middle)),
        )
    };
    vec![
        compared(":", |it, middle| it == middle),
        compared("<", |it, middle| it < middle),
        compared("<=", |it, middle| it <= middle),
        compared(">", |it, middle| it > middle),
        compared(">=", |it, middle| it >= middle),
        case("-amount>29", Box::new(|_, row| thousandths(row) <= 29_000)),
    ]
}

fn card(row: &Row, raw: &Raw, last4: &str) -> bool {
    let charge = id(&row.json, "/charge").and_then(|it| raw.find(Kind::Charges, it));
    let charge = charge.unwrap_or(&row.json);
    text(charge, "/payment_method_details/card/last4") == Some(last4)
}

fn cards(raw: &Raw, rows: &[Row]) -> Vec<Case> {
    let known = rows.iter().filter_map(|row| {
        let charge = id(&row.json, "/charge").and_then(|it| raw.find(Kind::Charges, it));
        text(
            charge.unwrap_or(&row.json),
            "/payment_method_details/card/last4",
        )
        .map(str::to_owned)
    });
    let last4 = most(known);
    let is_card = |last4: &str| -> Predicate {
        let last4 = last4.to_owned();
        Box::new(move |raw, row| card(row, raw, &last4))
    };
    vec![
        case(format!("card:{last4}"), is_card(&last4)),
        case(format!("-card:{last4}"), not(is_card(&last4))),
    ]
}

/// The prices that a subscription or an invoice names.
fn prices(json: &Value) -> BTreeSet<String> {
    let items = array(json, "/items/data").iter();
    let items = items.filter_map(|it| id(it, "/price"));
    let lines = array(json, "/lines/data").iter();
    let lines = lines.filter_map(|it| id(it, "/pricing/price_details/price"));
    items.chain(lines).map(str::to_owned).collect()
}

fn plans(raw: &Raw, rows: &[Row]) -> Vec<Case> {
    let price = most(rows.iter().flat_map(|row| prices(&row.json)));
    let found = raw.find(Kind::Prices, &price).unwrap();
    let product = id(found, "/product").unwrap().to_owned();
    let name = text(raw.find(Kind::Products, &product).unwrap(), "/name").unwrap();
    let named = |test: &dyn Fn(&Value, &str) -> bool| -> BTreeSet<String> {
        let all = raw.all(Kind::Prices).iter().filter(|it| {
            let product = id(it, "/product").and_then(|it| raw.find(Kind::Products, it));
            let product = product.and_then(|it| text(it, "/name")).unwrap_or("");
            let name = format!("{} {product}", text(it, "/nickname").unwrap_or(""));
            test(it, &name.to_lowercase())
        });
        all.filter_map(|it| text(it, "/id"))
            .map(str::to_owned)
            .collect()
    };
    let has = |these: BTreeSet<String>| of_json(move |it| !prices(it).is_disjoint(&these));
    let lower = name.to_lowercase();
    vec![
        case(
            format!("plan:{price}"),
            has(BTreeSet::from([price.clone()])),
        ),
        case(
            format!("-plan:{product}"),
            not(has(named(&|it, _| id(it, "/product") == Some(&product)))),
        ),
        case(
            format!("plan:\"{lower}\""),
            has(named(&|_, name| name.contains(&lower))),
        ),
    ]
}

fn pending(it: &Value) -> bool {
    it.pointer("/cancel_at_period_end") == Some(&Value::Bool(true)) || there(it, "/cancel_at")
}

fn ending() -> Predicate {
    both(
        not(status(&["canceled", "incomplete_expired"])),
        of_json(pending),
    )
}

fn subscriptions() -> Vec<Case> {
    let active = || both(status(&["active"]), of_json(|it| !pending(it)));
    vec![
        case("status:active", active()),
        case("-status:active", not(active())),
        case(
            "status:cancel_pending",
            both(status(&["active"]), of_json(pending)),
        ),
        case("status:trialing", status(&["trialing"])),
        case(
            "status:past_due,unpaid,paused",
            status(&["past_due", "unpaid", "paused"]),
        ),
        case(
            "status:incomplete,incomplete_expired",
            status(&["incomplete", "incomplete_expired"]),
        ),
        case("status:canceled", status(&["canceled"])),
        case(
            "status:canceled created>=200d",
            both(status(&["canceled"]), created(|at| at >= days_on(-200))),
        ),
        case("is:ending", ending()),
        case(
            "is:paused",
            of_json(|it| text(it, "/status") == Some("paused") || there(it, "/pause_collection")),
        ),
        case(
            "is:discounted",
            of_json(|it| {
                let mut items = array(it, "/items/data").iter();
                !array(it, "/discounts").is_empty()
                    || items.any(|it| !array(it, "/discounts").is_empty())
            }),
        ),
    ]
}

/// Whether a payment looks like another one made twice.
fn is_twin(raw: &Raw, one: &Value) -> bool {
    let sound = |it: &Value| {
        text(it, "/status") == Some("succeeded")
            && number(it, "/amount_refunded") == Some(0)
            && number(it, "/amount") > Some(0)
    };
    let same = |path: &str, other: &Value| one.pointer(path) == other.pointer(path);
    sound(one)
        && id(one, "/customer").is_some()
        && raw.all(Kind::Charges).iter().any(|other| {
            let apart = number(one, "/created").unwrap() - number(other, "/created").unwrap();
            sound(other)
                && !same("/id", other)
                && id(one, "/customer") == id(other, "/customer")
                && same("/amount", other)
                && same("/currency", other)
                && apart.abs() <= DAY
                && !is_another_bill(raw, one, other)
        })
}

/// What a payment paid: each invoice's id, its subscription, and when its regular lines begin.
fn bills(raw: &Raw, charge: &Value) -> Vec<(String, Option<String>, Option<i64>)> {
    let paid = raw.all(Kind::InvoicePayments).iter().filter(|it| {
        let by_intent = id(it, "/payment/payment_intent");
        id(it, "/payment/charge") == text(charge, "/id")
            || by_intent.is_some() && by_intent == id(charge, "/payment_intent")
    });
    let invoices = paid.filter_map(|it| raw.find(Kind::Invoices, id(it, "/invoice")?));
    let told = invoices.map(|it| {
        let regular = array(it, "/lines/data").iter().filter(|line| {
            text(line, "/parent/type") == Some("subscription_item_details")
                && line.pointer("/parent/subscription_item_details/proration")
                    != Some(&Value::Bool(true))
        });
        (
            text(it, "/id").unwrap().to_owned(),
            id(it, "/parent/subscription_details/subscription").map(str::to_owned),
            regular
                .filter_map(|line| number(line, "/period/start"))
                .min(),
        )
    });
    told.collect()
}

fn is_another_bill(raw: &Raw, one: &Value, other: &Value) -> bool {
    let others = bills(raw, other);
    bills(raw, one).iter().any(|a| {
        let mut others = others.iter();
        others.any(|b| a.0 != b.0 && (a.1 != b.1 || a.2 != b.2))
    })
}

fn payments() -> Vec<Case> {
    let twin: Predicate = Box::new(|raw, row| is_twin(raw, &row.json));
    let refunded = || of_json(|it| number(it, "/amount_refunded") > Some(0));
    vec![
        case("status:succeeded", status(&["succeeded"])),
        case("status:failed", status(&["failed"])),
        case("status:failed,pending", status(&["failed", "pending"])),
        case("-status:succeeded", not(status(&["succeeded"]))),
        case("is:refunded", refunded()),
        case(
            "-is:refunded status:succeeded",
            both(not(refunded()), status(&["succeeded"])),
        ),
        case(
            "is:disputed",
            of_json(|it| it.pointer("/disputed") == Some(&Value::Bool(true))),
        ),
        case("is:duplicate", twin),
        case(
            "amount>100 status:failed created>=365d",
            both(
                both(status(&["failed"]), created(|at| at >= days_on(-365))),
                Box::new(|_, row| thousandths(row) > 100_000),
            ),
        ),
    ]
}

fn invoices() -> Vec<Case> {
    let due = |test: fn(i64) -> bool| of_json(move |it| number(it, "/due_date").is_some_and(test));
    vec![
        case("status:open", status(&["open"])),
        case("status:paid", status(&["paid"])),
        case(
            "status:draft,void,uncollectible",
            status(&["draft", "void", "uncollectible"]),
        ),
        case("-status:paid", not(status(&["paid"]))),
        case(
            "is:overdue",
            both(status(&["open"]), of_json(|it| is_past(it, "/due_date"))),
        ),
        case(
            "is:retrying",
            both(
                status(&["open"]),
                of_json(|it| there(it, "/next_payment_attempt")),
            ),
        ),
        case(
            "-is:subscription",
            of_json(|it| !there(it, "/parent/subscription_details/subscription")),
        ),
        case("due<=7d", due(|at| at < days_on(8))),
        case(
            "due>2026-01-31",
            due(|at| at >= midnight(NaiveDate::from_ymd_opt(2026, 2, 1).unwrap())),
        ),
        // What has no such day is among those of which it does not hold.
        case("-due<=7d", not(due(|at| at < days_on(8)))),
    ]
}

fn disputes() -> Vec<Case> {
    const OPEN: &[&str] = &[
        "needs_response",
        "under_review",
        "warning_needs_response",
        "warning_under_review",
    ];
    vec![
        case("status:needs_response", status(&["needs_response"])),
        case("status:won,lost", status(&["won", "lost"])),
        case("-status:lost", not(status(&["lost"]))),
        case("is:open", status(OPEN)),
        case("is:closed", not(status(OPEN))),
        case(
            "due<=7d",
            Box::new(|_, row| row.due.is_some_and(|at| at < days_on(8))),
        ),
        case(
            "due>0d",
            Box::new(|_, row| row.due.is_some_and(|at| at >= days_on(1))),
        ),
    ]
}

fn recovery() -> Vec<Case> {
    let retrying = || of_json(|it| there(it, "/next_payment_attempt"));
    let tried = || of_json(|it| number(it, "/attempt_count") > Some(0));
    vec![
        case("is:retrying", retrying()),
        case("is:given_up", both(not(retrying()), tried())),
        case("is:sent", not(tried())),
        case(
            "next<=3d",
            Box::new(|_, row| row.due.is_some_and(|at| at < days_on(4))),
        ),
        case(
            "-next<=3d",
            Box::new(|_, row| row.due.is_none_or(|at| at >= days_on(4))),
        ),
        case(
            "due<0d",
            of_json(|it| number(it, "/due_date").is_some_and(|at| at < days_on(0))),
        ),
    ]
}

fn converted(raw: &Raw, row: &Row) -> bool {
    raw.all(Kind::Invoices).iter().any(|it| {
        id(it, "/parent/subscription_details/subscription") == Some(&row.id)
            && number(it, "/created").unwrap() >= row.due.unwrap() - 3_600
            && number(it, "/amount_paid") > Some(0)
    })
}

fn trials() -> Vec<Case> {
    let kept = || both(not(status(&["trialing"])), Box::new(converted));
    let lost = both(
        status(&["canceled", "incomplete_expired", "unpaid", "paused"]),
        not(Box::new(converted)),
    );
    let again: Predicate = Box::new(|raw, row| {
        raw.all(Kind::Subscriptions).iter().any(|it| {
            id(it, "/customer") == row.customer.as_deref()
                && there(it, "/trial_end")
                && number(it, "/created").unwrap() < row.created
        })
    });
    vec![
        case("status:running", status(&["trialing"])),
        case("-status:running", not(status(&["trialing"]))),
        case("status:converted", kept()),
        case("-status:converted", not(kept())),
        case("status:lost", lost),
        case("is:again", again),
        case("is:ending", ending()),
        case("ends<=7d", Box::new(|_, row| row.due.unwrap() < days_on(8))),
        case(
            "ends>0d status:running",
            both(
                status(&["trialing"]),
                Box::new(|_, row| row.due.unwrap() >= days_on(1)),
            ),
        ),
    ]
}

fn cases(raw: &Raw, list: RecordList, rows: &[Row]) -> Vec<Case> {
    let mut all = shared(raw, rows);
    all.extend(match list {
        RecordList::Subscriptions => subscriptions(),
        RecordList::Payments => payments(),
        RecordList::Invoices => invoices(),
        RecordList::Disputes => disputes(),
        RecordList::Recovery => recovery(),
        RecordList::Trials => trials(),
        RecordList::Customers => Vec::new(),
    });
    if !matches!(list, RecordList::Subscriptions | RecordList::Trials) {
        all.extend(amounts(rows));
    }
    if matches!(list, RecordList::Payments | RecordList::Disputes) {
        all.extend(cards(raw, rows));
    } else {
        all.extend(plans(raw, rows));
    }
    all
}

fn sorts(list: RecordList) -> &'static [RecordSort] {
    use RecordSort as S;
    match list {
        RecordList::Subscriptions => &[S::Created],
        RecordList::Payments => &[S::Created, S::Amount],
        RecordList::Trials => &[S::Created, S::Due],
        _ => &[S::Created, S::Amount, S::Due],
    }
}

/// In order of a key, one way or the other.
fn way(descending: bool, order: Ordering) -> Ordering {
    if descending { order.reverse() } else { order }
}

fn order(list: RecordList, sort: RecordSort, descending: bool, a: &Row, b: &Row) -> Ordering {
    let first = match sort {
        RecordSort::Created => way(descending, a.created.cmp(&b.created)),
        RecordSort::Amount => way(descending, thousandths(a).cmp(&thousandths(b))),
        RecordSort::Due if list == RecordList::Disputes => {
            let ahead = |row: &Row| {
                let asked = matches!(
                    text(&row.json, "/status"),
                    Some("needs_response" | "warning_needs_response")
                );
                row.due.filter(|at| asked && *at >= present().timestamp())
            };
            let past = |row: &Row| Reverse(row.due.unwrap_or(row.created));
            match (ahead(a), ahead(b)) {
                (Some(one), Some(other)) => way(descending, one.cmp(&other)),
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (None, None) => past(a).cmp(&past(b)),
            }
        }
        // What is not due at all comes last, whichever way.
        RecordSort::Due => match (a.due, b.due) {
            (Some(one), Some(other)) => way(descending, one.cmp(&other)),
            (one, other) => one.is_none().cmp(&other.is_none()),
        },
        RecordSort::Name => Ordering::Equal,
    };
    // Ids run against the order, so that the other way is not merely the same list from its end.
    first.then_with(|| way(!descending, a.id.cmp(&b.id)))
}

pub(crate) async fn ask(shop: &Shop, request: RecordsRequest) -> RecordPage {
    let what = format!("{:?} {}", request.view, request.filter);
    let answer = handle::records(&shop.desk, request).await;
    answer.unwrap_or_else(|error| panic!("{what}: {error:?}"))
}

/// Every page of a list, one after the other.
pub(crate) async fn pages(shop: &Shop, request: &RecordsRequest) -> (RecordPage, Vec<String>) {
    let mut ids = Vec::new();
    loop {
        let offset = u32::try_from(ids.len()).unwrap();
        let page = ask(
            shop,
            RecordsRequest {
                offset,
                ..request.clone()
            },
        )
        .await;
        assert_eq!(page.offset, offset);
        ids.extend(page.rows.iter().map(|row| row.id.clone()));
        if page.rows.len() < request.limit as usize {
            return (page, ids);
        }
    }
}

/// What a filter comes to; where nothing narrows the long lists, nothing is added up.
fn sums(list: RecordList, filter: &str, rows: &[&Row]) -> Vec<(String, i64)> {
    let long = matches!(
        list,
        RecordList::Subscriptions | RecordList::Payments | RecordList::Invoices
    );
    let mut sums: BTreeMap<String, i64> = BTreeMap::new();
    if !(long && filter.is_empty()) {
        for row in rows {
            if let Some(minor) = row.amount {
                *sums.entry(row.currency.code().to_owned()).or_default() += minor;
            }
        }
    }
    sums.into_iter().collect()
}

fn peopled() -> WorldSpec {
    WorldSpec {
        corners: true,
        ..world(91, 200)
    }
}

async fn compare(shop: &Shop, raw: &Raw, list: RecordList) {
    let rows = raw.rows(list);
    let (mut some, mut all) = (0, 0);
    for (filter, test) in cases(raw, list, &rows) {
        let mut wanted: Vec<&Row> = rows.iter().filter(|row| test(raw, row)).collect();
        all += 1;
        some += usize::from(!wanted.is_empty() && wanted.len() < rows.len());
        for sort in sorts(list) {
            for descending in [true, false] {
                wanted.sort_by(|a, b| order(list, *sort, descending, a, b));
                let request = RecordsRequest {
                    mode: ModeView::Test,
                    view: list,
                    filter: filter.clone(),
                    sort: *sort,
                    descending,
                    offset: 0,
                    limit: 190,
                };
                let what = format!("{list:?} “{filter}” by {sort:?}, descending {descending}");
                let (page, ids) = pages(shop, &request).await;
                let ours: Vec<&str> = wanted.iter().map(|row| row.id.as_str()).collect();
                assert_eq!(ids, ours, "{what}");
                assert_eq!(page.total, ours.len() as u64, "{what}");
                assert_eq!((page.listed, page.more), (page.total, false), "{what}");
                assert_eq!(page.note, None, "{what}");
                let told = page.sums.iter().map(|it| (it.currency.clone(), it.minor));
                assert_eq!(
                    told.collect::<Vec<_>>(),
                    sums(list, &filter, &wanted),
                    "{what}"
                );
            }
        }
    }
    assert!(
        some * 3 > all,
        "{list:?}: {some} of {all} filters tell rows apart"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_list_is_what_the_objects_themselves_say() {
    let shop = Shop::of(peopled()).await;
    shop.whole().await;
    let raw = Raw::of(&shop);
    for list in LISTS {
        assert!(
            raw.rows(list).len() > 4,
            "{list:?}: {}",
            raw.rows(list).len()
        );
        compare(&shop, &raw, list).await;
    }
    // A window in the middle is a part of the whole, and there is nothing past the end.
    let request = RecordsRequest {
        mode: ModeView::Test,
        view: RecordList::Payments,
        filter: "amount>10".to_owned(),
        sort: RecordSort::Amount,
        descending: true,
        offset: 0,
        limit: 200,
    };
    let (_, ids) = pages(&shop, &request).await;
    for (offset, limit) in [(0, 1), (7, 5), (ids.len() - 2, 50), (ids.len(), 10)] {
        let page = ask(
            &shop,
            RecordsRequest {
                offset: u32::try_from(offset).unwrap(),
                limit,
                ..request.clone()
            },
        )
        .await;
        let some: Vec<String> = page.rows.into_iter().map(|row| row.id).collect();
        let end = ids.len().min(offset + limit as usize);
        assert_eq!(some, ids[offset..end], "{limit} from {offset}");
        assert_eq!(page.total, ids.len() as u64);
    }
}

/// One line of CSV in its cells.
fn cells(text: &str) -> Vec<Vec<String>> {
    let (mut lines, mut line, mut cell) = (Vec::new(), Vec::new(), String::new());
    let mut quoted = false;
    let mut signs = text.chars().peekable();
    while let Some(sign) = signs.next() {
        match sign {
            '"' if quoted && signs.peek() == Some(&'"') => {
                signs.next();
                cell.push('"');
            }
            '"' => quoted = !quoted,
            ',' if !quoted => line.push(std::mem::take(&mut cell)),
            '\r' if !quoted => {}
            '\n' if !quoted => {
                line.push(std::mem::take(&mut cell));
                lines.push(std::mem::take(&mut line));
            }
            other => cell.push(other),
        }
    }
    assert!(line.is_empty() && cell.is_empty(), "the last line is ended");
    lines
}

/// The whole file, with how many rows it says to have.
pub(crate) async fn file(
    shop: &Shop,
    view: RecordList,
    filter: &str,
) -> (Vec<Vec<String>>, u64, usize) {
    let (mut text, mut rows, mut pieces) = (String::new(), 0, 0);
    let mut after = None;
    loop {
        let request = RecordsCsvRequest {
            mode: ModeView::Test,
            view,
            filter: filter.to_owned(),
            after,
        };
        let piece = handle::records_csv(&shop.desk, request).await.unwrap();
        let name = format!("coffer-test-{}-2026-11-21.csv", view.as_str());
        assert_eq!(piece.file_name, name);
        text.push_str(&piece.text);
        rows += piece.rows;
        pieces += 1;
        after = piece.next;
        if after.is_none() {
            return (cells(&text), rows, pieces);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_file_has_every_row_of_the_list_and_says_the_mode_on_each() {
    let shop = Shop::of(peopled()).await;
    shop.whole().await;
    let raw = Raw::of(&shop);
    let mut longest = 0;
    for list in LISTS {
        let mut rows = raw.rows(list);
        rows.sort_by(|a, b| order(list, RecordSort::Created, true, a, b));
        for (filter, test) in cases(&raw, list, &rows) {
            let wanted = rows.iter().filter(|row| test(&raw, row));
            let wanted: Vec<&str> = wanted.map(|row| row.id.as_str()).collect();
            let (lines, told, pieces) = file(&shop, list, &filter).await;
            longest = longest.max(pieces);
            let (names, lines) = lines.split_first().unwrap();
            assert_eq!(names[..4], ["mode", "provider", "account", "id"]);
            assert_eq!(told, wanted.len() as u64, "{list:?} “{filter}”");
            let ids: Vec<&str> = lines.iter().map(|cells| cells[3].as_str()).collect();
            assert_eq!(ids, wanted, "{list:?} “{filter}”");
            for cells in lines {
                assert_eq!(cells.len(), names.len(), "{list:?} {cells:?}");
                assert_eq!(cells[..3], ["test", "stripe", shop.account.as_str()]);
            }
        }
    }
    assert!(longest > 1, "no list was long enough for two pieces");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_no_filter_is_refused_by_the_name_of_its_key() {
    let shop = Shop::of(world(92, 20)).await;
    shop.whole().await;
    for (view, filter, key) in [
        (RecordList::Subscriptions, "amount>5", "“amount”"),
        (RecordList::Payments, "colour:red", "“colour”"),
        (RecordList::Payments, "status:paid", "status"),
        (RecordList::Invoices, "card:4242", "“card”"),
        (RecordList::Disputes, "currency:euro", "currency"),
        (RecordList::Recovery, "status:open", "“status”"),
        (RecordList::Trials, "is:running", "is"),
        (RecordList::Customers, "amount>5", "“amount”"),
        (RecordList::Customers, "status:canceled", "status"),
        (RecordList::Customers, "paid>much", "amount"),
        (RecordList::Payments, "mrr>5", "“mrr”"),
    ] {
        let request = RecordsRequest {
            mode: ModeView::Test,
            view,
            filter: format!("created>=30d {filter}"),
            sort: RecordSort::Created,
            descending: true,
            offset: 0,
            limit: 10,
        };
        let csv = RecordsCsvRequest {
            mode: ModeView::Test,
            view,
            filter: request.filter.clone(),
            after: None,
        };
        let live = RecordsRequest {
            mode: ModeView::Live,
            ..request.clone()
        };
        for refused in [
            handle::records(&shop.desk, request).await.unwrap_err(),
            handle::records(&shop.desk, live).await.unwrap_err(),
            handle::records_csv(&shop.desk, csv).await.unwrap_err(),
        ] {
            assert_eq!(refused.code, "filter_refused", "{filter}");
            assert!(
                refused.message.contains(key),
                "{filter}: {}",
                refused.message
            );
            assert!(refused.hint.is_some_and(|it| !it.is_empty()), "{filter}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_order_that_a_list_has_not_is_refused_by_the_name_of_the_list() {
    let shop = Shop::of(world(92, 20)).await;
    shop.whole().await;
    for (view, sort) in [
        (RecordList::Subscriptions, RecordSort::Amount),
        (RecordList::Payments, RecordSort::Due),
        (RecordList::Trials, RecordSort::Amount),
        (RecordList::Trials, RecordSort::Name),
        (RecordList::Customers, RecordSort::Due),
    ] {
        let request = RecordsRequest {
            mode: ModeView::Test,
            view,
            filter: String::new(),
            sort,
            descending: true,
            offset: 0,
            limit: 10,
        };
        let refused = handle::records(&shop.desk, request).await.unwrap_err();
        assert!(
            refused.message.contains(view.as_str()),
            "{}",
            refused.message
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_value_that_is_offered_is_understood() {
    let shop = Shop::of(world(92, 20)).await;
    shop.whole().await;
    for view in LISTS.into_iter().chain([RecordList::Customers]) {
        let keys = handle::record_keys(&shop.desk, RecordKeysRequest { view })
            .await
            .unwrap();
        for key in keys.items {
            for value in key.values {
                let request = RecordsRequest {
                    mode: ModeView::Test,
                    view,
                    filter: format!("{}:{value}", key.key),
                    sort: RecordSort::Created,
                    descending: true,
                    offset: 0,
                    limit: 10,
                };
                let filter = request.filter.clone();
                assert_eq!(ask(&shop, request).await.filter, filter);
            }
        }
    }
}

fn named(name: &str, view: RecordList, filter: &str) -> SavedView {
    SavedView {
        name: name.to_owned(),
        view,
        filter: filter.to_owned(),
        sort: RecordSort::Created,
        descending: true,
    }
}

const fn set(keep: Option<SavedView>, forget: Option<SavedViewName>) -> SavedViewsSet {
    SavedViewsSet {
        mode: ModeView::Test,
        keep,
        forget,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn views_with_a_name_are_kept_and_given_back() {
    let shop = Shop::of(world(93, 20)).await;
    let large = named("Large ones", RecordList::Payments, "amount>100");
    let late = named("Late", RecordList::Invoices, "is:overdue");
    for keep in [&late, &large] {
        let request = set(Some(keep.clone()), None);
        handle::saved_views_set(&shop.desk, request).await.unwrap();
    }
    let mode = ModeRequest {
        mode: ModeView::Test,
    };
    let kept = handle::saved_views(&shop.desk, mode.clone()).await.unwrap();
    assert_eq!(kept.items, [large.clone(), late.clone()]);
    // The same name in the same list is the same view; in another list it is another.
    let larger = named("  Large   ones ", RecordList::Payments, "  amount:>500   ");
    let other = named("Large ones", RecordList::Disputes, "amount>100");
    for keep in [larger, other.clone()] {
        let request = set(Some(keep), None);
        handle::saved_views_set(&shop.desk, request).await.unwrap();
    }
    let larger = named("Large ones", RecordList::Payments, "amount>500");
    let again = shop.opened_again().await;
    let kept = saved(&again).unwrap();
    assert_eq!(kept.items, [larger.clone(), late, other.clone()]);
    let forget = SavedViewName {
        view: RecordList::Invoices,
        name: "Late".to_owned(),
    };
    let left = handle::saved_views_set(&shop.desk, set(None, Some(forget)))
        .await
        .unwrap();
    assert_eq!(left.items, [larger, other]);
    for (bad, about) in [
        (named(" ", RecordList::Payments, ""), "name"),
        (named(&"x".repeat(61), RecordList::Payments, ""), "name"),
        (named("Red", RecordList::Payments, "colour:red"), "“colour”"),
    ] {
        let refused = handle::saved_views_set(&shop.desk, set(Some(bad), None)).await;
        let message = refused.unwrap_err().message;
        assert!(message.contains(about), "{message}");
    }
    let kept = handle::saved_views(&shop.desk, mode).await.unwrap();
    assert_eq!(kept, left, "what was refused changed nothing");
}
