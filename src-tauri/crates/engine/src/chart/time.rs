//! The axis of time, one for everything in a picture: each period has a slot of the same width, and what is told of the
//! period stands in the middle of it.

use super::pen::{ChartError, Pen, Side, round};
use super::theme::Ink;
use chrono::{Datelike, NaiveDate};
use plotters::prelude::DrawingBackend;

/// Room that a name needs.
const NAME_WIDTH: i32 = 52;

pub(super) struct Time {
    pub(super) left: i32,
    pub(super) right: i32,
    /// The last day of each period.
    pub(super) dates: Vec<NaiveDate>,
}

impl Time {
    /// How wide a period is.
    #[expect(
        clippy::cast_precision_loss,
        reason = "a count of periods becomes pixels here"
    )]
    pub(super) fn step(&self) -> f64 {
        f64::from(self.right - self.left) / self.dates.len().max(1) as f64
    }

    #[expect(
        clippy::cast_precision_loss,
        reason = "a count of periods becomes pixels here"
    )]
    pub(super) fn x(&self, index: usize) -> f64 {
        f64::from(self.left) + self.step() * (index as f64 + 0.5)
    }

    /// Names below, as many as have room.
    pub(super) fn names<DB: DrawingBackend>(
        &self,
        pen: &Pen<'_, DB>,
        y: i32,
    ) -> Result<(), ChartError>
    where
        DB::ErrorType: 'static,
    {
        let room = usize::try_from((self.right - self.left) / NAME_WIDTH).unwrap_or(1);
        let every = self.dates.len().div_ceil(room.max(1)).max(1);
        let last = self.dates.len().saturating_sub(1);
        let monthly = self
            .dates
            .windows(2)
            .all(|pair| matches!(pair, [a, b] if (*b - *a).num_days() > 20));
        for (index, date) in self.dates.iter().enumerate() {
            if !(last - index).is_multiple_of(every) {
                continue;
            }
            let name = if monthly {
                month_name(*date, index == 0 && every > 6)
            } else {
                date.format("%-d %b").to_string()
            };
            let x =
                round(self.x(index)).clamp(self.left + 12, (self.right - 14).max(self.left + 12));
            pen.words(Ink::Axis, &name, (x, y), Side::Below, 12)?;
        }
        Ok(())
    }
}

/// A month's name; January carries the year, and so does whoever is asked to.
fn month_name(date: NaiveDate, with_year: bool) -> String {
    let form = if date.month() == 1 || with_year {
        "%b %Y"
    } else {
        "%b"
    };
    date.format(form).to_string()
}
