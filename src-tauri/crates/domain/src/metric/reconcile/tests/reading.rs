//! What an export says, whatever it looks like, and where it is wrong.

use super::{currency, month, ratio};
use crate::metric::reconcile::{
    CustomerMonth, Metric, Movement, ReadError, Statement, StatementKind, SummaryFigure, Value,
    read, read_assuming,
};
use crate::ratio::Ratio;
use proptest::prelude::*;

fn months(text: &str) -> Vec<CustomerMonth> {
    match read(text).unwrap() {
        Statement::CustomerMonths(rows) => rows,
        other => panic!("read as {:?}", other.kind()),
    }
}

/// Customer, month, minor units, currency.
fn flat(text: &str) -> Vec<(String, String, String, String)> {
    months(text)
        .iter()
        .map(|row| {
            (
                row.customer.to_string(),
                row.month.to_string(),
                row.mrr.minor.to_string(),
                row.mrr.currency.to_string(),
            )
        })
        .collect()
}

fn figures(text: &str) -> Vec<SummaryFigure> {
    match read_assuming(text, currency("CAD")).unwrap() {
        Statement::Summary(rows) => rows,
        other => panic!("read as {:?}", other.kind()),
    }
}

fn row(customer: &str, month: &str, minor: &str, code: &str) -> (String, String, String, String) {
    (
        customer.to_owned(),
        month.to_owned(),
        minor.to_owned(),
        code.to_owned(),
    )
}

#[test]
fn a_row_for_each_customer_and_a_column_for_each_month_is_mrr_per_subscriber() {
    let text = "Customer ID,Customer,Customer Email,Currency,2026-01,2026-02\n\
                cus_1,\"Acme, Inc.\",a@example.com,usd,20.00,\n\
                cus_2,Beta,b@example.com,eur,0.00,166.67\n";
    assert_eq!(
        flat(text),
        [
            row("cus_1", "2026-01", "2000/1", "USD"),
            row("cus_1", "2026-02", "0/1", "USD"),
            row("cus_2", "2026-01", "0/1", "EUR"),
            row("cus_2", "2026-02", "16667/1", "EUR"),
        ]
    );
}

#[test]
fn a_row_for_each_customer_and_month_says_the_same() {
    let wide = "customer id,currency,2026-01,Feb 2026\ncus_1,usd,20.00,15.5\n";
    let long =
        "MRR,Month,Customer_ID,Currency\n20,2026-01-31,cus_1,USD\n15.50,February 2026,cus_1,USD\n";
    assert_eq!(flat(wide), flat(long));
}

#[test]
fn order_case_further_columns_marks_and_line_ends_do_not_matter() {
    let plain = "Customer ID,Currency,2026-01\ncus_1,usd,20.00\n";
    let dressed = "\u{feff}\"2026-01\",\"Plan\",\" CURRENCY \",\"customer_id\"\r\n\"20.00\",\"Say \"\"hi\"\"\nthere\",\"USD\",\" cus_1 \"\r\n\r\n";
    assert_eq!(flat(plain), flat(dressed));
}

#[test]
fn an_id_is_taken_before_a_name() {
    let text = "Customer,Customer ID,Currency,2026-01\nAcme,cus_1,usd,1\n";
    assert_eq!(flat(text), [row("cus_1", "2026-01", "100/1", "USD")]);
}

#[test]
fn currencies_count_in_their_own_minor_unit() {
    let text = "Customer ID,Currency,2026-01\n\
                a,jpy,1200\nb,kwd,5.125\nc,isk,500\nd,mga,7\ne,usd,1.999\n";
    let minor: Vec<String> = flat(text).into_iter().map(|row| row.2).collect();
    assert_eq!(
        minor,
        ["1200/1", "5125/1", "50000/1", "7/1", "1999/10"],
        "yen and ariary have no decimals, dinar three, krona two on the wire; a finer print keeps its fraction"
    );
}

#[test]
fn amounts_are_read_exactly_in_the_forms_that_are_sure() {
    for (printed, minor) in [
        ("0.1", "10/1"),
        ("-12.50", "-1250/1"),
        ("−12.50", "-1250/1"),
        ("(12.50)", "-1250/1"),
        ("1,234.50", "123450/1"),
        ("1,234,567", "123456700/1"),
        ("12,5", "1250/1"),
        ("—", "0/1"),
        ("24041.030000000002", "12020515000000001/5000000000"),
    ] {
        let text = format!("Customer ID,Currency,2026-01\ncus_1,usd,\"{printed}\"\n");
        assert_eq!(flat(&text)[0].2, minor, "{printed}");
    }
}

#[test]
fn an_amount_that_is_not_sure_is_refused_with_its_place() {
    for printed in [
        "12.3.4", "1e3", "--5", "(-5)", "12 USD", "9.1%", "1,23,4", "NaN", "$5",
    ] {
        let text = format!("Customer ID,Currency,2026-01\ncus_1,usd,1\ncus_2,usd,\"{printed}\"\n");
        assert_eq!(
            read(&text),
            Err(ReadError::NotAnAmount {
                line: 3,
                column: "2026-01".to_owned(),
                text: printed.to_owned(),
            })
        );
    }
    let text = "Customer ID,Currency,2026-01\ncus_1,usd,\"1,234\"\n";
    let error = read(text).unwrap_err();
    assert!(matches!(error, ReadError::TwoReadings { line: 2, .. }));
    assert_eq!(
        error.to_string(),
        "line 2, column 2026-01: the comma in `1,234` can be read in two ways"
    );
}

#[test]
fn a_log_of_changes_has_a_day_a_customer_a_word_and_an_amount() {
    let text = "Date,Customer ID,Change type,MRR change,Currency\n\
                2026-01-05 14:05,cus_1,New,20.00,usd\n\
                2026-01-09T10:00:00Z,cus_1,Upgrade,5.00,usd\n\
                2026-02-01,cus_1,Downgrade,10.00,usd\n\
                Mar 2026,cus_1,ACTIVE_END,-15.00,usd\n\
                2026-04,cus_1,Merged,3.00,usd\n";
    let Statement::CustomerChanges(rows) = read(text).unwrap() else {
        panic!("not read as changes");
    };
    let flat: Vec<(String, Option<u32>, Option<Movement>, Ratio)> = rows
        .iter()
        .map(|row| {
            let day = row.day.map(|day| chrono::Datelike::day(&day));
            (
                row.month.to_string(),
                day,
                row.movement.clone(),
                row.change.minor,
            )
        })
        .collect();
    assert_eq!(
        flat,
        [
            (
                "2026-01".to_owned(),
                Some(5),
                Some(Movement::New),
                ratio(2000, 1)
            ),
            (
                "2026-01".to_owned(),
                Some(9),
                Some(Movement::Expansion),
                ratio(500, 1)
            ),
            (
                "2026-02".to_owned(),
                Some(1),
                Some(Movement::Contraction),
                ratio(-1000, 1)
            ),
            (
                "2026-03".to_owned(),
                None,
                Some(Movement::Churn),
                ratio(-1500, 1)
            ),
            (
                "2026-04".to_owned(),
                None,
                Some(Movement::Other("Merged".to_owned())),
                ratio(300, 1)
            ),
        ],
        "a loss lowers MRR whichever sign is printed, and an unknown word is kept"
    );
}

#[test]
fn a_change_may_be_printed_as_before_and_after() {
    let text = "Timestamp,Customer,Event,Previous MRR,New MRR,Currency\n2026-01-05,cus_1,upgrade,20.00,25.50,usd\n";
    let Statement::CustomerChanges(rows) = read(text).unwrap() else {
        panic!("not read as changes");
    };
    assert_eq!(rows[0].change.minor, ratio(550, 1));
}

#[test]
fn a_bare_amount_is_a_level_without_a_kind_and_a_change_with_one() {
    for (header, kind) in [
        (
            "Month,Customer ID,Amount,Currency",
            StatementKind::CustomerMonths,
        ),
        (
            "Month,Customer ID,Amount,Currency,Type",
            StatementKind::CustomerChanges,
        ),
    ] {
        let text = format!("{header}\n2026-01,cus_1,5,usd,new\n");
        let text = if kind == StatementKind::CustomerMonths {
            text.replace(",new", "")
        } else {
            text
        };
        assert_eq!(read(&text).unwrap().kind(), kind, "{header}");
    }
}

#[test]
fn a_summary_has_a_row_for_each_metric_and_losses_above_zero() {
    let text = "Metric,2026-01,2026-02\n\
                MRR roll-forward\n\
                Beginning MRR,100.00,90.00\n\
                Churned MRR,-10.00,0\n\
                Ending MRR,90.00,90.00\n\
                ,,\n\
                Subscriber churn rate,9.1%,n/a\n\
                Beginning Subscribers,11,10\n\
                Churned Subscribers,-1,0\n\
                Note,restated,\n";
    let rows = figures(text);
    let of = |metric: Metric, at: &str| {
        rows.iter()
            .find(|row| row.metric == metric && row.month == month(at))
            .map(|row| row.value.clone())
    };
    assert_eq!(
        of(Metric::OpeningMrr, "2026-01").unwrap().exact(),
        ratio(10_000, 1)
    );
    assert_eq!(
        of(Metric::ChurnedMrr, "2026-01").unwrap().exact(),
        ratio(1_000, 1)
    );
    assert!(
        matches!(of(Metric::ClosingMrr, "2026-02"), Some(Value::Money(money)) if money.currency == currency("CAD"))
    );
    assert_eq!(
        of(Metric::OpeningSubscribers, "2026-02"),
        Some(Value::Number(ratio(10, 1)))
    );
    assert_eq!(
        of(Metric::ChurnedSubscribers, "2026-01"),
        Some(Value::Number(ratio(1, 1)))
    );
    let rate = Metric::Other("Subscriber churn rate".to_owned());
    assert_eq!(of(rate, "2026-01"), Some(Value::Share(ratio(91, 1000))));
    assert!(
        !rows
            .iter()
            .any(|row| row.metric == Metric::Other("Note".to_owned())),
        "text under an unknown label is no figure"
    );
}

#[test]
fn a_summary_may_have_a_row_for_each_month() {
    let across = figures("Metric,2026-01,2026-02\nNew MRR,5.00,6.00\nEnding MRR,90.00,96.00\n");
    let parts =
        figures("Part,Metric,2026-01,2026-02\nMRR,New MRR,5.00,6.00\nMRR,Ending MRR,90.00,96.00\n");
    assert_eq!(across, parts, "a column before the metric's is passed over");
    let down = figures("Month,New MRR,Ending MRR\n2026-01,5.00,90.00\n2026-02,6.00,96.00\n");
    let sorted = |mut rows: Vec<SummaryFigure>| {
        rows.sort_by_key(|row| (row.month, row.metric.clone()));
        rows
    };
    assert_eq!(sorted(across), sorted(down));
}

#[test]
fn money_without_a_currency_is_refused_unless_one_is_assumed() {
    let text = "Metric,2026-01\nBeginning Subscribers,5\nEnding MRR,90.00\n";
    assert_eq!(read(text), Err(ReadError::NoCurrency { line: 3 }));
    assert!(read_assuming(text, currency("USD")).is_ok());
    let counts = "Metric,2026-01\nBeginning Subscribers,5\n";
    assert!(read(counts).is_ok(), "a count needs no currency");
    let stated = "Customer ID,Currency,2026-01\ncus_1,eur,1\ncus_2,,2\n";
    let Statement::CustomerMonths(rows) = read_assuming(stated, currency("USD")).unwrap() else {
        panic!("not read as months");
    };
    let codes: Vec<String> = rows
        .iter()
        .map(|row| row.mrr.currency.to_string())
        .collect();
    assert_eq!(
        codes,
        ["EUR", "USD"],
        "what a row states goes before what is assumed"
    );
}

#[test]
fn a_file_that_is_broken_says_where() {
    let header = "Customer ID,Currency,2026-01";
    for (body, error) in [
        (
            "cus_1,usd\n",
            ReadError::Cells {
                line: 2,
                cells: 2,
                columns: 3,
            },
        ),
        (
            "\ncus_1,usd,1,2\n",
            ReadError::Cells {
                line: 3,
                cells: 4,
                columns: 3,
            },
        ),
        (
            " ,usd,1\n",
            ReadError::NoCustomer {
                line: 2,
                column: "Customer ID".to_owned(),
            },
        ),
        (
            "cus_1,dollars,1\n",
            ReadError::NotACurrency {
                line: 2,
                column: "Currency".to_owned(),
                text: "dollars".to_owned(),
            },
        ),
        (
            "cus_1,usd,1\r\n\r\n\r\ncus_1,usd,x\r\n",
            ReadError::NotAnAmount {
                line: 5,
                column: "2026-01".to_owned(),
                text: "x".to_owned(),
            },
        ),
        (
            "\"cus\n1\",usd,1\ncus_2,usd\n",
            ReadError::Cells {
                line: 4,
                cells: 2,
                columns: 3,
            },
        ),
        (
            "cus_1,usd,1\ncus_2,\"usd,1\n",
            ReadError::OpenQuote { line: 3 },
        ),
        ("", ReadError::Empty),
        ("\n,,\n", ReadError::Empty),
    ] {
        assert_eq!(read(&format!("{header}\n{body}")), Err(error), "{body:?}");
    }
    assert_eq!(read(""), Err(ReadError::Empty));
    let long = "Customer ID,Month,MRR,Currency\ncus_1,2026-13,1,usd\n";
    assert!(matches!(
        read(long),
        Err(ReadError::NotADate { line: 2, .. })
    ));
}

#[test]
fn dates_that_are_not_of_the_calendar_are_refused() {
    for date in [
        "2026-02-30",
        "2026-1",
        "26-01",
        "2026-01-01 25:00",
        "Janu 2026",
        "01/02/2026",
        "",
    ] {
        let text = format!("Customer ID,Month,MRR,Currency\ncus_1,{date},1,usd\n");
        assert!(
            matches!(read(&text), Err(ReadError::NotADate { .. })),
            "{date}"
        );
    }
}

#[test]
fn a_header_of_something_else_is_not_guessed_at() {
    for header in [
        "id,Amount,Created (UTC),Currency",
        "Customer ID,Currency,Plan",
        "Month,Visitors",
        "nothing",
    ] {
        let error = read(&format!("{header}\n1,2,3,4\n")).unwrap_err();
        assert!(matches!(error, ReadError::UnknownHeader { .. }), "{header}");
    }
    assert_eq!(
        read("Customer ID,Currency,2026-01,Jan 2026\n"),
        Err(ReadError::ColumnTwice {
            column: "Jan 2026".to_owned()
        })
    );
}

proptest! {
    #[test]
    fn what_is_printed_is_what_is_read(
        rows in proptest::collection::vec((0_u32..50, any::<i32>(), 0_usize..4), 1..40)
    ) {
        let mut text = "Customer ID,Currency,2026-01\n".to_owned();
        for (customer, minor, code) in &rows {
            let money = crate::money::Money::new(i64::from(*minor), currency(["USD", "JPY", "KWD", "ISK"][*code]));
            text.push_str(&format!("cus_{customer},{},{}\n", money.currency, money.decimal_text()));
        }
        let read = months(&text);
        prop_assert_eq!(read.len(), rows.len());
        for (row, (_, minor, _)) in read.iter().zip(&rows) {
            prop_assert_eq!(row.mrr.minor, ratio(i128::from(*minor), 1));
        }
    }

    #[test]
    fn no_text_makes_the_reader_panic(text in "(Customer ID|Month|MRR|Currency|2026-01|,|\n|\"|1.5|usd|é| ){0,40}") {
        let _ = read(&text);
    }
}
