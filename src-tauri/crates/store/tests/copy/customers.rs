//! The table of customers on records made to order: many of them, several currencies, and what only their own tables know.

use crate::made::{acme, at, customer, derive, payment, put, store};
use coffer_domain::currency::Currency;
use coffer_domain::filter::{Filter, List};
use coffer_domain::mode::Test;
use coffer_domain::money::Money;
use coffer_domain::record::{Payment, Record};
use coffer_store::Store;
use coffer_store::query::records::{Part, Records, Sort, Wanted, lines};
use coffer_store::table::note::{self, NoteRow};

/// So many that no other list would go to their end.
const MANY: u32 = 30_000;

fn asked<T>(
    store: &Store<Test>,
    filter: &str,
    sort: Sort,
    descending: bool,
    answer: impl FnOnce(&Records<'_>, &coffer_store::Read<'_>) -> T,
) -> T {
    let filter = Filter::parse(filter, List::Customers).unwrap();
    store
        .read(|read| {
            let wanted = Wanted {
                list: List::Customers,
                filter: &filter,
                sort,
                descending,
                now: at(1_000_000),
            };
            Ok(answer(&Records::new(read.sql(), wanted)?, read))
        })
        .unwrap()
}

fn ids(store: &Store<Test>, filter: &str) -> Vec<String> {
    asked(store, filter, Sort::Name, false, |records, read| {
        let keys = records.keys(read.sql(), 0, 200).unwrap();
        let count = records.totals(read.sql()).unwrap().count;
        assert_eq!(count, keys.len() as u64, "{filter}");
        keys.into_iter().map(|key| key.id).collect()
    })
}

/// Customers as a long-lived merchant has them, written as the rows that follow from them.
fn crowd(store: &Store<Test>) {
    let statement = format!(
        "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < {MANY})
         INSERT INTO customer_summary (account, customer, standing, mrr, paid, sort_mrr, sort_name, sort_created)
         SELECT 'acct_1', printf('cus_%06d', i), iif(i % 3 = 0, 'churned', 'active'), '[]', '[]',
           i * 7919 % {MANY}, printf('name %06d', i * 104729 % {MANY}), i FROM n"
    );
    let made = store
        .write(move |write| Ok(write.sql().execute(&statement, [])?))
        .unwrap();
    assert_eq!(made, MANY as usize);
}

#[test]
fn the_table_goes_to_the_end_of_everybody_in_each_of_its_orders() {
    let (_home, store) = store();
    crowd(&store);
    let order = |sort: Sort, id: &str| -> i64 {
        let i: i64 = id.strip_prefix("cus_").unwrap().parse().unwrap();
        match sort {
            Sort::Amount => i * 7_919 % i64::from(MANY),
            Sort::Name => i * 104_729 % i64::from(MANY),
            Sort::Created | Sort::Due => i,
        }
    };
    for sort in [Sort::Created, Sort::Name, Sort::Amount] {
        for descending in [false, true] {
            asked(&store, "", sort, descending, |records, read| {
                assert_eq!(records.totals(read.sql()).unwrap().count, u64::from(MANY));
                for offset in [0, MANY / 2, MANY - 200, MANY - 3, MANY] {
                    let keys = records.keys(read.sql(), offset, 200).unwrap();
                    let places = keys.iter().map(|key| order(sort, &key.id));
                    let first = i64::from(offset);
                    let all = first..i64::from(MANY.min(offset + 200));
                    let wanted: Vec<i64> = if descending {
                        all.map(|place| i64::from(MANY) - 1 - place).collect()
                    } else {
                        all.collect()
                    };
                    assert_eq!(places.collect::<Vec<_>>(), wanted, "{sort:?} from {offset}");
                }
            });
        }
    }
}

#[test]
fn a_filter_is_counted_over_everybody_and_its_last_row_can_be_reached() {
    let (_home, store) = store();
    crowd(&store);
    asked(
        &store,
        "status:active",
        Sort::Amount,
        true,
        |records, read| {
            let totals = records.totals(read.sql()).unwrap();
            assert_eq!(
                (totals.count, totals.more, totals.reach),
                (20_000, false, None)
            );
            assert_eq!(records.keys(read.sql(), 19_990, 200).unwrap().len(), 10);
        },
    );
}

fn paid(id: &str, of: &str, minor: i64, code: &str) -> Record {
    let Record::Payment(it) = payment(id, Some(of), 0) else {
        unreachable!("a payment is made of a payment");
    };
    Record::Payment(Box::new(Payment {
        amount: Money::new(minor, Currency::parse(code).unwrap()),
        ..*it
    }))
}

#[test]
fn of_several_currencies_the_largest_amount_is_compared() {
    let (_home, store) = store();
    let mut records = ["cents", "yen", "fils", "two", "none"]
        .map(|id| customer(id, 0))
        .to_vec();
    records.extend([
        paid("ch_1", "cents", 1_000, "USD"),
        paid("ch_2", "yen", 1_000, "JPY"),
        paid("ch_3", "fils", 10_000, "KWD"),
        paid("ch_4", "two", 500, "USD"),
        paid("ch_5", "two", 2_000, "EUR"),
    ]);
    put(&store, &acme(), records);
    derive(&store);
    assert_eq!(ids(&store, "paid:10"), ["cents", "fils"]);
    assert_eq!(ids(&store, "paid>10"), ["two", "yen"]);
    assert_eq!(ids(&store, "paid<=9.99"), ["none"], "nothing is zero");
    assert_eq!(ids(&store, "paid:20.000"), ["two"]);
    assert_eq!(
        ids(&store, "mrr:0"),
        ["cents", "fils", "none", "two", "yen"]
    );
    assert_eq!(ids(&store, "is:paying"), [] as [&str; 0]);
}

#[test]
fn notes_are_a_mark_of_their_customer_and_none_of_their_words() {
    let (_home, store) = store();
    put(
        &store,
        &acme(),
        vec![customer("cus_1", 0), customer("cus_2", 0)],
    );
    derive(&store);
    let row = NoteRow {
        id: 7,
        account: acme().to_string(),
        customer: "cus_2".into(),
        text: "Prefers fax".to_owned(),
        author: None,
        written_at: at(5),
        changed_at: None,
    };
    store.write(move |write| note::put(write, &row)).unwrap();
    assert_eq!(ids(&store, "is:noted"), ["cus_2"]);
    assert_eq!(ids(&store, "-is:noted"), ["cus_1"]);
    assert_eq!(ids(&store, "fax"), [] as [&str; 0]);
    assert_eq!(ids(&store, "name"), ["cus_1", "cus_2"]);
    asked(&store, "is:noted", Sort::Name, false, |records, read| {
        let keys = records.keys(read.sql(), 0, 10).unwrap();
        let shown = lines(read.sql(), List::Customers, at(1_000), &keys).unwrap();
        let Part::Customer(part) = &shown[0].part else {
            unreachable!("the list is of customers");
        };
        assert_eq!(part.summary.standing, "none");
        assert_eq!(shown[0].name.as_deref(), Some("Name of cus_2"));
    });
}
