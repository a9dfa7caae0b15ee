//! Whether a history is one.
//!
//! The movement identity is checked by the books after every sync; it is checked here again because a forecast made from
//! months that do not add up would look no different from a good one. Nothing is repaired.

use super::{AMOUNT_MINOR_MAX, HORIZON_MONTHS, Latest, Month, Unreadable};
use crate::calendar::{Every, period_ends};
use chrono::NaiveDate;

/// Months in order without gaps, in range, whose movements add up.
pub(super) fn history(history: &[Month]) -> Result<(), Unreadable> {
    let mut before: Option<&Month> = None;
    for month in history {
        let day = month.day;
        let is_next = before.is_none_or(|before| next_end(before.day) == Some(day));
        if Every::Month.last_day(day) != Some(day) || !is_next {
            return Err(Unreadable::OutOfOrder { day });
        }
        if !in_range(month) {
            return Err(Unreadable::OutOfRange { day });
        }
        let follows = before.is_none_or(|before| before.closing_minor == month.opening_minor);
        if !follows || !adds_up(month) {
            return Err(Unreadable::Unbalanced { day });
        }
        before = Some(month);
    }
    Ok(())
}

fn in_range(month: &Month) -> bool {
    let sides = [month.opening_minor, month.closing_minor];
    let parts = parts(month);
    sides.iter().all(|side| is_closing(*side))
        && parts
            .iter()
            .all(|part| part.unsigned_abs() <= AMOUNT_MINOR_MAX.unsigned_abs())
}

fn is_closing(minor: i64) -> bool {
    (0..=AMOUNT_MINOR_MAX).contains(&minor)
}

const fn parts(month: &Month) -> [i64; 5] {
    [
        month.new_minor,
        month.reactivation_minor,
        month.expansion_minor,
        month.contraction_minor,
        month.churn_minor,
    ]
}

fn adds_up(month: &Month) -> bool {
    let [new, reactivation, expansion, contraction, churn] = parts(month).map(i128::from);
    i128::from(month.opening_minor) + new + reactivation + expansion - contraction - churn
        == i128::from(month.closing_minor)
}

/// Whether the ledger was more than empty in that month.
pub(super) fn held_anything(month: &Month) -> bool {
    month.opening_minor != 0 || month.closing_minor != 0 || parts(month) != [0; 5]
}

fn next_end(end: NaiveDate) -> Option<NaiveDate> {
    Every::Month.last_day(end.succ_opt()?)
}

/// The last days of the twelve months after the history.
pub(super) fn ends_after(last: &Month) -> Result<Vec<NaiveDate>, Unreadable> {
    let beyond = Unreadable::OutOfRange { day: last.day };
    let from = last.day.succ_opt().ok_or(beyond)?;
    let ends = period_ends(from, NaiveDate::MAX, Every::Month, HORIZON_MONTHS);
    if ends.len() == HORIZON_MONTHS {
        Ok(ends)
    } else {
        Err(beyond)
    }
}

/// A last figure in the month after the history, or the history's own last one.
pub(super) fn latest(latest: Latest, last: &Month, ends: &[NaiveDate]) -> Result<(), Unreadable> {
    let day = latest.day;
    if day < last.day || ends.first().is_none_or(|end| day > *end) {
        return Err(Unreadable::LatestOutOfPlace { day });
    }
    if !is_closing(latest.closing_minor) {
        return Err(Unreadable::OutOfRange { day });
    }
    if day == last.day && latest.closing_minor != last.closing_minor {
        return Err(Unreadable::Unbalanced { day });
    }
    Ok(())
}
