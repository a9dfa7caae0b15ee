//! What stands in one cell: a decimal, a month or day.
//!
//! A decimal is read exactly or refused. Where a comma could be either a thousands mark or a decimal mark (`1,234`) the
//! cell is refused rather than guessed at.

use super::statement::Month;
use crate::ratio::Ratio;
use chrono::{NaiveDate, NaiveTime};

/// A decimal as printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Decimal {
    /// Its value.
    pub(super) value: Ratio,
    /// Whether a percent sign follows.
    pub(super) percent: bool,
}

/// Why a cell is not a decimal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NotADecimal {
    /// It is something else.
    Other,
    /// Its comma could mean either thing.
    Ambiguous,
}

/// Reads `1234.50`, `-1,234.50`, `(20.00)`, `12,5` or `9.1%`; `None` where the cell says nothing.
pub(super) fn decimal(text: &str) -> Result<Option<Decimal>, NotADecimal> {
    let text = text.trim();
    if says_nothing(text) {
        return Ok(None);
    }
    let (text, percent) = match text.strip_suffix('%') {
        Some(rest) => (rest.trim_end(), true),
        None => (text, false),
    };
    let (digits, negative) = unsigned(text);
    let plain = without_marks(digits)?;
    let unsigned = Ratio::decimal(&plain).map_err(|_| NotADecimal::Other)?;
    let value = if negative {
        Ratio::ZERO
            .minus(unsigned)
            .map_err(|_| NotADecimal::Other)?
    } else {
        unsigned
    };
    Ok(Some(Decimal { value, percent }))
}

/// Whether a cell is blank or a dash in place of a value.
fn says_nothing(text: &str) -> bool {
    ["", "-", "–", "—"].contains(&text)
        || ["n/a", "na", "null"]
            .iter()
            .any(|word| text.eq_ignore_ascii_case(word))
}

fn unsigned(text: &str) -> (&str, bool) {
    if let Some(inner) = text
        .strip_prefix('(')
        .and_then(|rest| rest.strip_suffix(')'))
    {
        return (inner.trim(), true);
    }
    match text.strip_prefix(['-', '−']) {
        Some(rest) => (rest, true),
        None => (text, false),
    }
}

/// The digits with a point for the decimals and nothing else.
fn without_marks(digits: &str) -> Result<String, NotADecimal> {
    if digits.starts_with('-') {
        return Err(NotADecimal::Other);
    }
    if !digits.contains(',') {
        return Ok(digits.to_owned());
    }
    let whole = digits.split_once('.').map_or(digits, |(whole, _)| whole);
    let groups: Vec<usize> = whole.split(',').map(str::len).collect();
    let (first, others) = groups.split_first().ok_or(NotADecimal::Other)?;
    let pointed = digits.contains('.');
    if (1..=3).contains(first) && !others.is_empty() && others.iter().all(|group| *group == 3) {
        return if pointed || others.len() > 1 {
            Ok(digits.replace(',', ""))
        } else {
            Err(NotADecimal::Ambiguous)
        };
    }
    match others {
        [1 | 2] if !pointed => Ok(digits.replace(',', ".")),
        _ => Err(NotADecimal::Other),
    }
}

/// A month, with its day where one is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct When {
    /// The month.
    pub(super) month: Month,
    /// The day.
    pub(super) day: Option<NaiveDate>,
}

/// Reads `2026-01`, `2026-01-31`, `2026-01-31 14:05` (seconds, `T` and `Z` allowed), `Jan 2026` or `January 2026`.
pub(super) fn when(text: &str) -> Option<When> {
    let text = text.trim();
    if let Some(day) = day(text) {
        return Some(When {
            month: Month::of(day),
            day: Some(day),
        });
    }
    let (year, month) = match text.split_once('-') {
        Some((year, month)) => (year, two_digits(month)?),
        None => {
            let (name, year) = text.split_once(' ')?;
            (year.trim(), month_named(name)?)
        }
    };
    let year = (year.len() == 4 && year.bytes().all(|b| b.is_ascii_digit()))
        .then(|| year.parse().ok())
        .flatten()?;
    Some(When {
        month: Month::new(year, month)?,
        day: None,
    })
}

fn day(text: &str) -> Option<NaiveDate> {
    let date = text.get(..10)?;
    let well_formed = date.bytes().enumerate().all(|(index, byte)| match index {
        4 | 7 => byte == b'-',
        _ => byte.is_ascii_digit(),
    });
    if !well_formed {
        return None;
    }
    let time = text.get(10..)?;
    if !time.is_empty() {
        let clock = time.strip_prefix([' ', 'T'])?;
        let clock = clock
            .strip_suffix('Z')
            .or_else(|| clock.strip_suffix(" UTC"))
            .unwrap_or(clock);
        ["%H:%M", "%H:%M:%S%.f"]
            .iter()
            .find_map(|form| NaiveTime::parse_from_str(clock, form).ok())?;
    }
    date.parse().ok()
}

fn two_digits(text: &str) -> Option<u32> {
    (text.len() == 2 && text.bytes().all(|b| b.is_ascii_digit()))
        .then(|| text.parse().ok())
        .flatten()
}

fn month_named(name: &str) -> Option<u32> {
    const NAMES: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let name = name.to_ascii_lowercase();
    let index = NAMES
        .iter()
        .position(|full| *full == name || full.get(..3) == Some(name.as_str()))?;
    u32::try_from(index + 1).ok()
}
