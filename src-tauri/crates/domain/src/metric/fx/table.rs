//! The table of daily reference rates, and the rule by which a day finds its rate.
//!
//! A row is a day on which at least one rate is known; a rate is how many units of a currency one euro was. The euro
//! itself has no column, because it is one on every day that has a row. An absent cell is absent in the type, so it
//! cannot be taken for zero.
//!
//! The rule: the last day that is not after the day asked for and on which both currencies are known. That day may be at
//! most `STALE_DAYS_MAX` older than the day asked for, or than the end of the table where the table ends first. So a
//! long holiday is bridged, a currency that is no longer published becomes unknown after two weeks, and an old table
//! still converts the present and says so.

use crate::currency::Currency;
use crate::metric::fx::rate::{Rate, RateSource, rounded_quotient};
use crate::ratio::Ratio;
use chrono::{Datelike, NaiveDate, Weekday};
use std::collections::BTreeMap;
use std::num::NonZeroU64;

/// How many days older than the day asked for a rate may be. The longest gap that the European Central Bank leaves is
/// the five days around Easter or Christmas; the rest is room for a missed publication.
pub const STALE_DAYS_MAX: i64 = 14;

/// Decimals of a cell. Published rates have at most six; ten leave room for currencies of a far larger unit, and for
/// nine digits before the point.
pub(super) const DECIMALS: u32 = 10;

/// One euro is one euro.
const ONE_EURO: NonZeroU64 = match NonZeroU64::new(10_u64.pow(DECIMALS)) {
    Some(one) => one,
    None => NonZeroU64::MIN,
};

/// Daily reference rates against the euro.
///
/// Twenty-seven years of forty currencies take about three megabytes.
#[derive(Debug, Clone, Default)]
pub struct RateTable {
    /// The place of each currency in a row.
    columns: BTreeMap<Currency, usize>,
    /// Units of each currency for one euro, times ten to `DECIMALS`. A row ends with its last known cell.
    rows: BTreeMap<NaiveDate, Vec<Option<NonZeroU64>>>,
}

/// Where the rate of a currency stands in a row.
#[derive(Debug, Clone, Copy)]
enum Place {
    Euro,
    Column(usize),
}

impl Place {
    fn in_row(self, row: &[Option<NonZeroU64>]) -> Option<NonZeroU64> {
        match self {
            Self::Euro => Some(ONE_EURO),
            Self::Column(column) => row.get(column).copied().flatten(),
        }
    }
}

impl RateTable {
    /// Whose rates these are, as a person reads it beside a converted figure.
    pub const SOURCE: &'static str = "European Central Bank reference rates";

    /// The rate of a day, or `None` where it is not known.
    ///
    /// A currency against itself is one for one, even in an empty table. See the rule at the head of this file for which
    /// day is used. A weekend after the table's last day is `LastBefore`, since nothing is ever published for it; from
    /// the next weekday on it is `TableEnded`.
    #[must_use]
    pub fn rate(&self, from: Currency, to: Currency, day: NaiveDate) -> Option<Rate> {
        if from == to {
            return Some(Rate::same(from, day));
        }
        let last_day = self.last_day()?;
        let (from_place, to_place) = (self.place(from)?, self.place(to)?);
        let newest = day.min(last_day);
        let (day_used, from_rate, to_rate) = self
            .rows
            .range(..=newest)
            .rev()
            .take_while(|(row_day, _)| {
                newest.signed_duration_since(**row_day).num_days() <= STALE_DAYS_MAX
            })
            .find_map(|(row_day, row)| {
                Some((*row_day, from_place.in_row(row)?, to_place.in_row(row)?))
            })?;
        Some(Rate {
            from,
            to,
            per_unit: rounded_quotient(to_rate, from_rate).ok()?,
            day_used,
            source: source_of(day, day_used, last_day),
        })
    }

    /// An amount in minor units of `from`, in minor units of `to`, at the rate of a day. Nothing but the rate is rounded.
    ///
    /// `None` where the rate is not known, and where the exact result does not fit.
    #[must_use]
    pub fn convert_minor(
        &self,
        amount: Ratio,
        from: Currency,
        to: Currency,
        day: NaiveDate,
    ) -> Option<Ratio> {
        self.rate(from, to, day)?.convert_minor(amount).ok()
    }

    /// Takes in a newer table. What it knows replaces what stood here, cell by cell; what it does not know stays, so a
    /// newer file with fewer days or currencies takes nothing away.
    pub fn take_newer(&mut self, newer: &Self) {
        for (day, row) in &newer.rows {
            let known = newer.columns.iter().filter_map(|(currency, column)| {
                Some((*currency, Place::Column(*column).in_row(row)?))
            });
            self.put_day(*day, known);
        }
    }

    /// The first day with a rate; `None` in an empty table.
    #[must_use]
    pub fn first_day(&self) -> Option<NaiveDate> {
        self.rows.keys().next().copied()
    }

    /// The last day with a rate; `None` in an empty table.
    #[must_use]
    pub fn last_day(&self) -> Option<NaiveDate> {
        self.rows.keys().next_back().copied()
    }

    /// Days with at least one rate.
    #[must_use]
    pub fn day_count(&self) -> usize {
        self.rows.len()
    }

    /// Every currency that is known on some day, the euro among them, in the order of their codes.
    #[must_use]
    pub fn currencies(&self) -> Vec<Currency> {
        let mut all: Vec<Currency> = self.columns.keys().copied().collect();
        if !self.rows.is_empty() {
            all.push(Currency::EUR);
        }
        all.sort_unstable();
        all
    }

    /// Whether the day has a row.
    pub(super) fn holds(&self, day: NaiveDate) -> bool {
        self.rows.contains_key(&day)
    }

    /// Writes the known rates of a day over what the day had. A day without any known rate gets no row.
    pub(super) fn put_day(
        &mut self,
        day: NaiveDate,
        known: impl Iterator<Item = (Currency, NonZeroU64)>,
    ) {
        let mut row = self.rows.remove(&day).unwrap_or_default();
        for (currency, rate) in known {
            let next = self.columns.len();
            let column = *self.columns.entry(currency).or_insert(next);
            if row.len() <= column {
                row.resize(column + 1, None);
            }
            if let Some(cell) = row.get_mut(column) {
                *cell = Some(rate);
            }
        }
        if !row.is_empty() {
            row.shrink_to_fit();
            self.rows.insert(day, row);
        }
    }

    fn place(&self, currency: Currency) -> Option<Place> {
        if currency == Currency::EUR {
            return Some(Place::Euro);
        }
        self.columns.get(&currency).copied().map(Place::Column)
    }
}

fn source_of(day: NaiveDate, day_used: NaiveDate, last_day: NaiveDate) -> RateSource {
    if day_used == day {
        RateSource::OnTheDay
    } else if next_weekday(last_day).is_some_and(|next| next <= day) {
        RateSource::TableEnded
    } else {
        RateSource::LastBefore
    }
}

/// The next day on which rates may be published.
fn next_weekday(day: NaiveDate) -> Option<NaiveDate> {
    day.iter_days()
        .skip(1)
        .find(|next| !matches!(next.weekday(), Weekday::Sat | Weekday::Sun))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ratio::Sum;
    use RateSource::{LastBefore, OnTheDay, SameCurrency, TableEnded};
    use proptest::prelude::*;

    /// Friday 22 December to Friday 29 December 2023, with the holidays the bank keeps, and what ended before them.
    const WINTER: &str = "Date,USD,JPY,GBP,HRK,
2023-12-29,1.1050,156.33,0.86905,N/A,
2023-12-28,1.1114,N/A,0.86,N/A,
2023-12-27,1.1065,157.68,0.8693,N/A,
2023-12-22,1.1023,156.81,0.86748,N/A,
2023-12-08,1.0777,155.59,0.857,7.5345,
2023-12-01,1.0875,161.15,N/A,7.53,
";

    fn winter() -> RateTable {
        RateTable::parse(WINTER).unwrap()
    }

    fn currency(code: &str) -> Currency {
        Currency::parse(code).unwrap()
    }

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn rate(from: &str, to: &str, day: &str) -> Option<Rate> {
        winter().rate(currency(from), currency(to), date(day))
    }

    fn used(from: &str, to: &str, day: &str) -> Option<(NaiveDate, RateSource)> {
        rate(from, to, day).map(|rate| (rate.day_used, rate.source))
    }

    fn per_unit(from: &str, to: &str, day: &str) -> Ratio {
        rate(from, to, day).unwrap().per_unit
    }

    #[test]
    fn a_rate_against_the_euro_is_the_published_one() {
        assert_eq!(
            per_unit("EUR", "USD", "2023-12-22"),
            Ratio::decimal("1.1023").unwrap()
        );
        assert_eq!(
            per_unit("USD", "EUR", "2023-12-22"),
            Ratio::decimal("0.907194048807").unwrap(),
            "1 ÷ 1.1023, rounded to twelve digits"
        );
    }

    #[test]
    fn a_cross_rate_goes_through_the_euro_of_one_day_and_is_rounded_once() {
        assert_eq!(
            per_unit("USD", "JPY", "2023-12-22"),
            Ratio::decimal("142.257098793").unwrap(),
            "156.81 ÷ 1.1023"
        );
        assert_eq!(
            per_unit("JPY", "USD", "2023-12-22"),
            Ratio::decimal("0.00702952617818").unwrap(),
            "1.1023 ÷ 156.81"
        );
    }

    #[test]
    fn a_day_without_rates_takes_the_last_day_before_it() {
        for (day, day_used, source) in [
            ("2023-12-22", "2023-12-22", OnTheDay),
            ("2023-12-23", "2023-12-22", LastBefore),
            ("2023-12-26", "2023-12-22", LastBefore),
            ("2023-12-27", "2023-12-27", OnTheDay),
        ] {
            assert_eq!(
                used("EUR", "USD", day),
                Some((date(day_used), source)),
                "{day}"
            );
        }
    }

    #[test]
    fn both_sides_are_of_the_same_day() {
        assert_eq!(
            used("USD", "JPY", "2023-12-28"),
            Some((date("2023-12-27"), LastBefore)),
            "the yen is not known on the 28th, so the dollar of the 28th is not used either"
        );
        assert_eq!(
            used("USD", "GBP", "2023-12-28"),
            Some((date("2023-12-28"), OnTheDay))
        );
    }

    #[test]
    fn a_rate_older_than_two_weeks_is_unknown() {
        assert_eq!(
            used("EUR", "HRK", "2023-12-22"),
            Some((date("2023-12-08"), LastBefore)),
            "fourteen days are bridged"
        );
        assert_eq!(used("EUR", "HRK", "2023-12-23"), None, "fifteen are not");
    }

    #[test]
    fn a_day_after_the_table_takes_its_last_rates_and_says_so() {
        for (day, source) in [
            ("2023-12-29", OnTheDay),
            ("2023-12-30", LastBefore),
            ("2023-12-31", LastBefore),
            ("2024-01-01", TableEnded),
            ("2031-07-01", TableEnded),
        ] {
            assert_eq!(
                used("USD", "JPY", day),
                Some((date("2023-12-29"), source)),
                "{day}"
            );
        }
        assert_eq!(
            used("EUR", "HRK", "2031-07-01"),
            None,
            "what had ended long before the table did stays unknown"
        );
    }

    #[test]
    fn a_day_before_the_table_and_a_currency_outside_it_are_unknown() {
        assert_eq!(rate("EUR", "USD", "2023-11-30"), None);
        assert_eq!(rate("EUR", "GBP", "2023-12-01"), None);
        assert_eq!(rate("EUR", "VND", "2023-12-22"), None);
        assert_eq!(rate("VND", "USD", "2023-12-22"), None);
        assert_eq!(
            winter().convert_minor(
                Ratio::ZERO,
                currency("VND"),
                Currency::EUR,
                date("2023-12-22")
            ),
            None,
            "not even nothing is converted at a rate nobody knows"
        );
    }

    #[test]
    fn a_currency_against_itself_needs_no_table() {
        for code in ["EUR", "USD", "VND"] {
            let one = RateTable::default()
                .rate(currency(code), currency(code), date("1980-01-01"))
                .unwrap();
            assert_eq!((one.per_unit, one.source), (Ratio::ONE, SameCurrency));
            assert_eq!(one.day_used, date("1980-01-01"));
        }
        assert_eq!(
            RateTable::default().rate(Currency::EUR, Currency::USD, date("2023-12-22")),
            None
        );
    }

    #[test]
    fn minor_units_are_converted_with_the_exponents_of_both() {
        let table = RateTable::parse("Date,USD,JPY,KWD,ISK\n2024-01-02,1.2,150,0.3,136\n").unwrap();
        for (amount, from, to, converted) in [
            (1_000, "USD", "JPY", "1250"),
            (1_250, "JPY", "USD", "1000"),
            (100, "USD", "KWD", "250"),
            (300, "KWD", "JPY", "150"),
            (100, "EUR", "ISK", "13600"),
            (-1, "EUR", "USD", "-1.2"),
        ] {
            assert_eq!(
                table.convert_minor(
                    Ratio::whole(amount),
                    currency(from),
                    currency(to),
                    date("2024-01-02")
                ),
                Some(Ratio::decimal(converted).unwrap()),
                "{amount} {from} in {to}"
            );
        }
    }

    #[test]
    fn a_newer_table_replaces_what_it_knows_and_takes_nothing_away() {
        let mut table = winter();
        let newer = RateTable::parse(
            "Date,CHF,USD,JPY\n2024-01-02,0.9306,1.0956,155.72\n2023-12-29,0.926,1.2,N/A\n",
        )
        .unwrap();
        table.take_newer(&newer);
        for (code, day, expected) in [
            ("CHF", "2024-01-02", "0.9306"),
            ("USD", "2024-01-02", "1.0956"),
            ("USD", "2023-12-29", "1.2"),
            ("JPY", "2023-12-29", "156.33"),
            ("GBP", "2023-12-29", "0.86905"),
            ("USD", "2023-12-22", "1.1023"),
        ] {
            let found = table
                .rate(Currency::EUR, currency(code), date(day))
                .unwrap();
            assert_eq!(
                (found.per_unit, found.source),
                (Ratio::decimal(expected).unwrap(), OnTheDay),
                "{code} on {day}"
            );
        }
        assert_eq!(table.first_day(), Some(date("2023-12-01")));
        assert_eq!(table.last_day(), Some(date("2024-01-02")));
        assert_eq!(table.day_count(), 7);
        assert_eq!(
            table.currencies(),
            ["CHF", "EUR", "GBP", "HRK", "JPY", "USD"].map(currency)
        );
    }

    #[test]
    fn an_empty_table_has_no_days_and_no_currencies() {
        let table = RateTable::default();
        assert_eq!((table.first_day(), table.last_day()), (None, None));
        assert_eq!(table.day_count(), 0);
        assert!(table.currencies().is_empty());
    }

    proptest! {
        #[test]
        fn a_sum_of_converted_parts_is_the_converted_sum(parts in proptest::collection::vec(-1_000_000_000_i64..1_000_000_000, 1..100)) {
            let rate = rate("USD", "JPY", "2023-12-22").unwrap();
            let (mut converted, mut total) = (Sum::new(), 0);
            for part in &parts {
                let monthly = Ratio::new(i128::from(*part), 12).unwrap();
                converted.add(rate.convert_minor(monthly).unwrap());
                total += i128::from(*part);
            }
            let whole = rate.convert_minor(Ratio::new(total, 12).unwrap()).unwrap();
            prop_assert_eq!(converted.exact_text(), whole.to_string());
        }
    }
}
