//! A list as CSV, piece by piece, newest first. The first column carries the mode, so that test data stays known as such.

use super::{filter_of, in_order_of_time, present, row};
use crate::api::types::{
    MoneyView, RecordList, RecordRow, RecordsAfter, RecordsCsv, RecordsCsvRequest,
};
use crate::books::Books;
use crate::error::EngineError;
use crate::view::csv_line::write_line;
use crate::view::money::day;
use coffer_domain::currency::Currency;
use coffer_domain::mode::Mode;
use coffer_domain::money::Money;
use coffer_store::query::records::{After, Records, lines};

/// Rows in a piece.
const PIECE: u32 = 1_000;

/// Answers `records_csv`.
///
/// # Errors
/// When the filter is none or the file's.
pub fn csv<M: Mode>(
    books: &Books<M>,
    request: &RecordsCsvRequest,
) -> Result<RecordsCsv, EngineError> {
    let filter = filter_of(&request.filter, request.view)?;
    let after = request.after.as_ref().map(|after| After {
        created: after.created,
        id: after.id.clone(),
    });
    let now = books
        .store
        .read(|read| Ok(present(books, super::as_of(read)?)))?;
    let (rows, next) = books.store.read(|read| {
        let wanted = in_order_of_time(request.view.into(), &filter, now);
        let piece = Records::piece(read.sql(), &wanted, after.as_ref(), PIECE)?;
        let mut rows = Vec::with_capacity(piece.keys.len());
        for line in lines(read.sql(), request.view.into(), now, &piece.keys)? {
            rows.push(row::row(read, &line, now, request.view)?);
        }
        Ok((rows, piece.next))
    })?;
    let columns = columns(request.view);
    let mut text = String::new();
    if request.after.is_none() {
        let names = ["mode", "provider", "account"]
            .into_iter()
            .chain(columns.iter().map(|(name, _)| *name));
        write_line(&mut text, names.map(str::to_owned));
    }
    for row in &rows {
        let fixed = [
            M::NAME.as_str().to_owned(),
            row.provider.clone(),
            row.account.clone(),
        ];
        let own = columns.iter().map(|(_, cell)| cell(row));
        write_line(&mut text, fixed.into_iter().chain(own));
    }
    Ok(RecordsCsv {
        text,
        rows: u64::try_from(rows.len()).unwrap_or(u64::MAX),
        next: next.map(|next| RecordsAfter {
            created: next.created,
            id: next.id,
        }),
        file_name: format!(
            "coffer-{}-{}-{}.csv",
            M::NAME.as_str(),
            request.view.as_str(),
            day(now)
        ),
    })
}

type Column = (&'static str, fn(&RecordRow) -> String);

fn text(value: Option<&String>) -> String {
    value.cloned().unwrap_or_default()
}

fn decimal(money: Option<&MoneyView>) -> String {
    money
        .and_then(|it| {
            let currency = Currency::parse(&it.currency).ok()?;
            Some(Money::new(it.minor, currency).decimal_text())
        })
        .unwrap_or_default()
}

const fn amount(row: &RecordRow) -> Option<&MoneyView> {
    match &row.amount {
        Some(amount) => Some(amount),
        None => row.besides.as_ref(),
    }
}

const ID: Column = ("id", |row| row.id.clone());
const CUSTOMER: Column = ("customer", |row| text(row.customer.as_ref()));
const NAME: Column = ("name", |row| text(row.name.as_ref()));
const EMAIL: Column = ("email", |row| text(row.email.as_ref()));
const STATE: Column = ("state", |row| row.state.clone());
const CURRENCY: Column = ("currency", |row| {
    amount(row).map_or_else(String::new, |it| it.currency.clone())
});
const CREATED: Column = ("created", |row| row.created.clone());
const ATTEMPTS: Column = ("attempts", |row| {
    row.attempts.map_or_else(String::new, |it| it.to_string())
});
const REASON: Column = ("reason", |row| text(row.reason.as_ref()));
const CARD: Column = ("card", |row| text(row.card.as_ref()));

const fn amount_named(name: &'static str) -> Column {
    (name, |row| decimal(row.amount.as_ref()))
}

const fn besides_named(name: &'static str) -> Column {
    (name, |row| decimal(row.besides.as_ref()))
}

const fn what_named(name: &'static str) -> Column {
    (name, |row| row.what.clone())
}

const fn date_named(name: &'static str) -> Column {
    (name, |row| text(row.date.as_ref()))
}

fn columns(list: RecordList) -> Vec<Column> {
    let mut columns = match list {
        RecordList::Customers => vec![ID, NAME, EMAIL],
        _ => vec![ID, CUSTOMER, NAME, EMAIL],
    };
    columns.extend(match list {
        RecordList::Customers => customers(),
        RecordList::Subscriptions => subscriptions(),
        RecordList::Payments => payments(),
        RecordList::Invoices => invoices(),
        RecordList::Disputes => disputes(),
        RecordList::Recovery => recovery(),
        RecordList::Trials => trials(),
    });
    columns
}

/// Where somebody pays in several currencies, their amounts stand in one cell and the currencies in the one after it.
fn customers() -> Vec<Column> {
    vec![
        STATE,
        ("mrr", |row| each(&row.mrr, |it| decimal(Some(it)))),
        ("mrr_currency", |row| {
            each(&row.mrr, |it| it.currency.clone())
        }),
        ("paid", |row| each(&row.paid, |it| decimal(Some(it)))),
        ("paid_currency", |row| {
            each(&row.paid, |it| it.currency.clone())
        }),
        ("country", |row| text(row.country.as_ref())),
        ("since", |row| row.created.clone()),
    ]
}

fn each(amounts: &[MoneyView], part: fn(&MoneyView) -> String) -> String {
    let parts: Vec<String> = amounts.iter().map(part).collect();
    parts.join("; ")
}

fn subscriptions() -> Vec<Column> {
    vec![
        what_named("plans"),
        STATE,
        amount_named("mrr"),
        CURRENCY,
        ("started", |row| row.created.clone()),
        date_named("next_or_ended"),
        ("outlook", |row| text(row.outlook.as_ref())),
        ("discounts", |row| row.discounts.join("; ")),
    ]
}

fn payments() -> Vec<Column> {
    vec![
        amount_named("amount"),
        besides_named("refunded"),
        CURRENCY,
        STATE,
        REASON,
        CARD,
        what_named("description"),
        CREATED,
        ("looks_like_twice", |row| {
            row.twin
                .as_ref()
                .map_or_else(String::new, |twin| twin.id.clone())
        }),
    ]
}

fn invoices() -> Vec<Column> {
    vec![
        what_named("number"),
        amount_named("total"),
        besides_named("still_due"),
        CURRENCY,
        STATE,
        CREATED,
        date_named("due"),
        ATTEMPTS,
    ]
}

fn disputes() -> Vec<Column> {
    vec![
        amount_named("amount"),
        CURRENCY,
        what_named("reason"),
        STATE,
        date_named("respond_by"),
        CARD,
        CREATED,
    ]
}

fn recovery() -> Vec<Column> {
    vec![
        what_named("number"),
        amount_named("amount_due"),
        besides_named("mrr_at_risk"),
        CURRENCY,
        STATE,
        ATTEMPTS,
        date_named("next_attempt"),
        REASON,
        CARD,
        ("card_expiry", |row| text(row.card_note.as_ref())),
        CREATED,
    ]
}

fn trials() -> Vec<Column> {
    vec![
        what_named("plans"),
        STATE,
        amount_named("mrr_if_kept"),
        CURRENCY,
        ("started", |row| row.created.clone()),
        date_named("ends"),
        ("has_card", |row| {
            row.has_card
                .map_or("", |it| if it { "yes" } else { "no" })
                .to_owned()
        }),
        ("trial_before", |row| {
            if row.again { "yes" } else { "no" }.to_owned()
        }),
    ]
}
