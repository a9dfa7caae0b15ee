//! What an amount of one currency is in another on a given day, by public reference rates.
//!
//! Every currency has a ledger of its own, and those ledgers are exact without any rate. This module exists for the one
//! figure that puts them together, and for the line `fx` that says what rates alone did to it. `reading` turns the
//! European Central Bank's daily history into a `RateTable`; `table` finds the rate of a day; `rate` rounds it and
//! converts with it. There is no download, no file and no clock here: the text of the history is an argument, and so is
//! the day.
//!
//! The invariants:
//! - A rate is rounded once, half to even, to `SIGNIFICANT_DIGITS` significant decimal digits. Whatever is multiplied by
//!   it stays exact, so the denominators that conversion brings into a sum are powers of ten.
//! - Both sides of a rate are of one and the same day, and the rate says which day that was.
//! - What is not known is `None` and never zero: a currency outside the table, a day before it, a gap longer than
//!   `STALE_DAYS_MAX`.
//!
//! Reference rates are not the rates at which a provider settles. A payout shows what a provider paid; this shows what
//! the books were worth.

mod rate;
mod reading;
mod table;

pub use rate::{Rate, RateSource, SIGNIFICANT_DIGITS};
pub use reading::RateTableError;
pub use table::{RateTable, STALE_DAYS_MAX};
