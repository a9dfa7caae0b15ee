//! The text of the European Central Bank's daily history, read into a table.
//!
//! The history is a CSV of a header `Date,USD,JPY,…` and a line for each business day, newest first, every line closed by
//! a comma; `N/A` or nothing stands where no rate was published. The bank's file of the latest day has the same shape
//! with spaces and a written-out date, and is read as well. Lines may come in any order.
//!
//! A file that a person hands over is read whole or refused: a line that cannot be read is an error that says where,
//! because a skipped line would only show as a slightly different figure. For the same reason a day that stands twice is
//! refused instead of one line silently winning. Nothing is rounded: a rate with more decimals than a cell holds is an
//! error too. Lines and cells are counted from one, and the date is cell 1.

use crate::currency::Currency;
use crate::metric::fx::table::{DECIMALS, RateTable};
use chrono::NaiveDate;
use std::num::NonZeroU64;

/// Why a text is not a table of rates.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RateTableError {
    /// There is no header, or no rate below it.
    #[error("the file holds no exchange rates")]
    Empty,
    /// The first line is not the header of the history.
    #[error(
        "line {line}, cell 1: the header must begin with `Date`, and here it begins with `{text}`"
    )]
    NotAHeader {
        /// The line.
        line: usize,
        /// What stands there.
        text: String,
    },
    /// A cell of the header is not a currency that can have a rate against the euro.
    #[error("line {line}, cell {cell}: `{text}` is not the code of a currency other than the euro")]
    NotACurrency {
        /// The line.
        line: usize,
        /// The cell.
        cell: usize,
        /// What stands there.
        text: String,
    },
    /// A currency has two columns.
    #[error("line {line}, cell {cell}: {currency} already has a column")]
    RepeatedCurrency {
        /// The line.
        line: usize,
        /// The second of its cells.
        cell: usize,
        /// The currency.
        currency: Currency,
    },
    /// A line has fewer or more cells than the header.
    #[error("line {line}: {found} cells stand under a header of {expected}")]
    Width {
        /// The line.
        line: usize,
        /// Its cells.
        found: usize,
        /// The header's cells.
        expected: usize,
    },
    /// The first cell is not a day of the calendar.
    #[error("line {line}, cell 1: `{text}` is not a date such as 2026-01-31")]
    NotADay {
        /// The line.
        line: usize,
        /// What stands there.
        text: String,
    },
    /// A day has two lines.
    #[error("line {line}, cell 1: {day} already has a line")]
    RepeatedDay {
        /// The second of its lines.
        line: usize,
        /// The day.
        day: NaiveDate,
    },
    /// A cell is neither a rate nor empty.
    #[error(
        "line {line}, cell {cell} ({currency}): `{text}` is not a rate; a rate is a plain decimal above zero with at most \
         ten decimals, and where none is known the cell is empty or N/A"
    )]
    NotARate {
        /// The line.
        line: usize,
        /// The cell.
        cell: usize,
        /// The currency of its column.
        currency: Currency,
        /// What stands there.
        text: String,
    },
}

impl RateTable {
    /// Reads the text of the history, decompressed and in UTF-8.
    ///
    /// # Errors
    /// At the first thing that cannot be read, with its line and cell.
    pub fn parse(text: &str) -> Result<Self, RateTableError> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut lines = (1..)
            .zip(text.lines())
            .filter(|(_, text)| !text.trim().is_empty());
        let (line, header) = lines.next().ok_or(RateTableError::Empty)?;
        let currencies = read_header(line, header)?;
        let mut table = Self::default();
        for (line, text) in lines {
            let (day, rates) = read_line(line, text, &currencies)?;
            if table.holds(day) {
                return Err(RateTableError::RepeatedDay { line, day });
            }
            let known = currencies.iter().copied().zip(rates);
            table.put_day(
                day,
                known.filter_map(|(currency, rate)| Some((currency, rate?))),
            );
        }
        if table.day_count() == 0 {
            return Err(RateTableError::Empty);
        }
        Ok(table)
    }
}

/// The currencies of the columns after the date.
fn read_header(line: usize, text: &str) -> Result<Vec<Currency>, RateTableError> {
    let (first, codes) = cells(text, 0);
    if !first.eq_ignore_ascii_case("date") {
        return Err(RateTableError::NotAHeader {
            line,
            text: quoted(first),
        });
    }
    let mut currencies = Vec::new();
    for (cell, code) in (2..).zip(codes) {
        let currency = Currency::parse(code)
            .ok()
            .filter(|currency| *currency != Currency::EUR)
            .ok_or_else(|| RateTableError::NotACurrency {
                line,
                cell,
                text: quoted(code),
            })?;
        if currencies.contains(&currency) {
            return Err(RateTableError::RepeatedCurrency {
                line,
                cell,
                currency,
            });
        }
        currencies.push(currency);
    }
    Ok(currencies)
}

/// A day and its rates in the order of the header.
fn read_line(
    line: usize,
    text: &str,
    currencies: &[Currency],
) -> Result<(NaiveDate, Vec<Option<NonZeroU64>>), RateTableError> {
    let (first, texts) = cells(text, currencies.len());
    let day = read_day(first).ok_or_else(|| RateTableError::NotADay {
        line,
        text: quoted(first),
    })?;
    if texts.len() != currencies.len() {
        return Err(RateTableError::Width {
            line,
            found: texts.len() + 1,
            expected: currencies.len() + 1,
        });
    }
    let mut rates = Vec::with_capacity(currencies.len());
    for ((cell, text), currency) in (2..).zip(texts).zip(currencies) {
        rates.push(read_rate(text).ok_or_else(|| RateTableError::NotARate {
            line,
            cell,
            currency: *currency,
            text: quoted(text),
        })?);
    }
    Ok((day, rates))
}

/// The first cell and the others without their spaces. A line ends in commas that close it; the empty cells they make are
/// left out, down to as many cells as the header has.
fn cells(text: &str, width: usize) -> (&str, Vec<&str>) {
    let mut cells = text.split(',').map(str::trim);
    let first = cells.next().unwrap_or_default();
    let mut others: Vec<&str> = cells.collect();
    while others.len() > width && others.last().is_some_and(|cell| cell.is_empty()) {
        others.pop();
    }
    (first, others)
}

/// `2026-01-31` as in the history, or `31 January 2026` as in the file of the latest day.
fn read_day(text: &str) -> Option<NaiveDate> {
    ["%Y-%m-%d", "%d %B %Y"]
        .into_iter()
        .find_map(|form| NaiveDate::parse_from_str(text, form).ok())
}

/// The rate times ten to `DECIMALS`, `Some(None)` where none is known, `None` where the text is neither.
fn read_rate(text: &str) -> Option<Option<NonZeroU64>> {
    if text.is_empty() || text.eq_ignore_ascii_case("n/a") {
        return Some(None);
    }
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let digits_only = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    if !digits_only(whole) || !digits_only(fraction) {
        return None;
    }
    let fraction = fraction.trim_end_matches('0');
    let missing = DECIMALS.checked_sub(u32::try_from(fraction.len()).ok()?)?;
    let fraction: u64 = if fraction.is_empty() {
        0
    } else {
        fraction.parse().ok()?
    };
    let rate = whole
        .parse::<u64>()
        .ok()?
        .checked_mul(10_u64.checked_pow(DECIMALS)?)?
        .checked_add(fraction.checked_mul(10_u64.checked_pow(missing)?)?)?;
    NonZeroU64::new(rate).map(Some)
}

/// The beginning of a cell, short enough for a message.
fn quoted(text: &str) -> String {
    text.chars().take(40).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ratio::Ratio;
    use proptest::prelude::*;

    fn currency(code: &str) -> Currency {
        Currency::parse(code).unwrap()
    }

    fn per_euro(table: &RateTable, code: &str, day: &str) -> Option<Ratio> {
        table
            .rate(Currency::EUR, currency(code), day.parse().unwrap())
            .map(|rate| rate.per_unit)
    }

    fn decimal(text: &str) -> Option<Ratio> {
        Some(Ratio::decimal(text).unwrap())
    }

    #[test]
    fn the_banks_own_history_is_read_with_its_trailing_commas_and_gaps() {
        let table = RateTable::parse(
            "Date,USD,CYP,TRL,JPY,\n2007-12-31,1.4721,0.585274,N/A,164.93,\n1999-01-04,1.1789,,372274,133.73,\n",
        )
        .unwrap();
        assert_eq!(table.day_count(), 2);
        assert_eq!(per_euro(&table, "USD", "2007-12-31"), decimal("1.4721"));
        assert_eq!(per_euro(&table, "CYP", "2007-12-31"), decimal("0.585274"));
        assert_eq!(per_euro(&table, "JPY", "1999-01-04"), decimal("133.73"));
        assert_eq!(per_euro(&table, "TRL", "1999-01-04"), decimal("372274"));
        assert_eq!(
            per_euro(&table, "TRL", "2007-12-31"),
            None,
            "N/A is unknown"
        );
        assert_eq!(per_euro(&table, "CYP", "1999-01-04"), None, "so is nothing");
    }

    #[test]
    fn the_order_of_lines_does_not_matter() {
        for text in [
            "Date,USD\n2024-01-04,1.1\n2024-01-03,1.2\n2024-01-02,1.3",
            "Date,USD\n2024-01-02,1.3\n2024-01-03,1.2\n2024-01-04,1.1",
            "Date,USD\n2024-01-03,1.2\n2024-01-04,1.1\n2024-01-02,1.3",
        ] {
            let table = RateTable::parse(text).unwrap();
            let read: Vec<_> = ["2024-01-02", "2024-01-03", "2024-01-04"]
                .map(|day| per_euro(&table, "USD", day))
                .to_vec();
            assert_eq!(read, ["1.3", "1.2", "1.1"].map(decimal), "{text}");
        }
    }

    #[test]
    fn the_banks_file_of_the_latest_day_is_read() {
        let table =
            RateTable::parse("Date, USD, JPY, \n30 October 2026, 1.1172, 175.68, \n").unwrap();
        assert_eq!(per_euro(&table, "JPY", "2026-10-30"), decimal("175.68"));
    }

    #[test]
    fn a_byte_order_mark_windows_line_ends_and_blank_lines_are_no_obstacle() {
        let table =
            RateTable::parse("\u{feff}Date,USD,GBP\r\n\r\n2024-01-02,1.0956,\r\n \r\n").unwrap();
        assert_eq!(per_euro(&table, "USD", "2024-01-02"), decimal("1.0956"));
        assert_eq!(table.day_count(), 1);
    }

    #[test]
    fn a_column_without_any_rate_is_no_known_currency_and_a_line_without_any_is_no_day() {
        let table =
            RateTable::parse("Date,USD,HRK\n2024-01-03,N/A,N/A\n2024-01-02,1.0956,N/A\n").unwrap();
        assert_eq!(table.currencies(), [Currency::EUR, Currency::USD]);
        assert_eq!(table.last_day(), Some("2024-01-02".parse().unwrap()));
    }

    #[test]
    fn rates_are_read_exactly_or_not_at_all() {
        for (text, read) in [
            ("1.1172", Some(11_172_000_000)),
            ("136", Some(1_360_000_000_000)),
            ("0.0000000001", Some(1)),
            ("1.50000000000000", Some(15_000_000_000)),
            ("1844674407.3709551615", Some(u64::MAX)),
            ("1844674407.3709551616", None),
            ("0.00000000001", None),
            ("0", None),
            ("0.0", None),
            ("-1", None),
            ("+1", None),
            ("1e3", None),
            ("1,5", None),
            (".5", None),
            ("5.", None),
            ("1.2.3", None),
            ("NaN", None),
            ("99999999999999999999999", None),
        ] {
            assert_eq!(
                read_rate(text).flatten().map(NonZeroU64::get),
                read,
                "{text:?}"
            );
        }
        assert_eq!(read_rate(""), Some(None));
        assert_eq!(read_rate("n/a"), Some(None));
    }

    #[test]
    fn what_cannot_be_read_is_named_by_line_and_cell() {
        for (text, message) in [
            ("", "the file holds no exchange rates"),
            ("Date,USD\n", "the file holds no exchange rates"),
            (
                "Date,USD\n2024-01-02,N/A",
                "the file holds no exchange rates",
            ),
            (
                "\n<html>",
                "line 2, cell 1: the header must begin with `Date`, and here it begins with `<html>`",
            ),
            (
                "Date,USD,Yens",
                "line 1, cell 3: `Yens` is not the code of a currency other than the euro",
            ),
            (
                "Date,EUR",
                "line 1, cell 2: `EUR` is not the code of a currency other than the euro",
            ),
            (
                "Date,,USD",
                "line 1, cell 2: `` is not the code of a currency other than the euro",
            ),
            (
                "Date,USD,GBP,usd",
                "line 1, cell 4: USD already has a column",
            ),
            (
                "Date,USD,GBP\n2024-01-02,1.0956",
                "line 2: 2 cells stand under a header of 3",
            ),
            (
                "Date,USD\n2024-01-02,1.0956,0.8,\n",
                "line 2: 3 cells stand under a header of 2",
            ),
            (
                "Date,USD\n2024-02-30,1.0956",
                "line 2, cell 1: `2024-02-30` is not a date such as 2026-01-31",
            ),
            (
                "Date,USD\n2024-01-02,1.0956\n2024-01-02,1.0956",
                "line 3, cell 1: 2024-01-02 already has a line",
            ),
        ] {
            let error = RateTable::parse(text).unwrap_err();
            assert_eq!(error.to_string(), message, "{text:?}");
        }
        let error = RateTable::parse("Date,USD,GBP\n2024-01-02,1.0956,zero\n").unwrap_err();
        assert_eq!(
            error,
            RateTableError::NotARate {
                line: 2,
                cell: 3,
                currency: currency("GBP"),
                text: "zero".to_owned(),
            }
        );
        assert!(
            error
                .to_string()
                .starts_with("line 2, cell 3 (GBP): `zero`"),
            "{error}"
        );
    }

    #[test]
    fn a_message_quotes_no_more_than_the_beginning() {
        let error = RateTable::parse(&"é".repeat(10_000)).unwrap_err();
        assert!(error.to_string().len() < 200, "{error}");
    }

    proptest! {
        #[test]
        fn no_text_makes_the_reader_panic(text in "\\PC*") {
            let _ = RateTable::parse(&text);
        }

        #[test]
        fn no_table_like_text_makes_the_reader_panic(lines in proptest::collection::vec("(20[0-9]{2}-[01][0-9]-[0-3][0-9])?(,(N/A|[0-9]{0,22}\\.?[0-9]{0,12}|-|é)?){0,4}", 0..6)) {
            let _ = RateTable::parse(&format!("Date,USD,JPY,GBP,\n{}", lines.join("\n")));
        }

        #[test]
        fn every_decimal_of_ten_places_comes_back_as_it_was(whole in 0_u64..1_000_000, fraction in 1_u64..10_000_000_000) {
            let read = read_rate(&format!("{whole}.{fraction:010}")).flatten().map(NonZeroU64::get);
            prop_assert_eq!(read, Some(whole * 10_000_000_000 + fraction));
        }
    }
}
