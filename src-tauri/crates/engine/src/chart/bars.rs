//! Movements as bars: what came above the line, what went below it, stacked in one order, one bar for each period. A bar of
//! a period that is not over is hatched, one that rests on an inferred past is striped.

use super::axis::{Scale, short, ticks};
use super::pen::{ChartError, Pen, round};
use super::theme::Ink;
use super::time::Time;
use chrono::NaiveDate;
use coffer_domain::currency::Currency;
use plotters::prelude::DrawingBackend;

/// Pixels between two strokes of a texture.
const TEXTURE_STEP: usize = 4;

/// One bar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bar {
    /// The period's last day.
    pub date: NaiveDate,
    /// New, reactivation, expansion: what came, from the line upward. Minor units.
    pub gains: [i64; 3],
    /// Contraction and churn: what went, from the line downward. Minor units, not below zero here.
    pub losses: [i64; 2],
    /// Whether the period is not over.
    pub unfinished: bool,
    /// Whether part of it is carried back from the present.
    pub inferred: bool,
}

/// What to draw.
#[derive(Debug, Clone)]
pub struct Bars {
    /// The bars in order of time.
    pub bars: Vec<Bar>,
    /// Their currency.
    pub currency: Currency,
}

impl Bars {
    /// How far down and up the bars reach, and the values of the hairlines. Below a line the bars take all the room there
    /// is, and hairlines stand where they fall; alone they end with one.
    pub(super) fn reach(&self, below: bool) -> (i64, i64, Vec<i64>) {
        let sum = |parts: &[i64]| parts.iter().fold(0_i64, |all, it| all.saturating_add(*it));
        let gains = self.bars.iter().map(|bar| sum(&bar.gains)).max();
        let losses = self.bars.iter().map(|bar| sum(&bar.losses)).max();
        let (gains, losses) = (gains.unwrap_or(0).max(1), losses.unwrap_or(0));
        let all = ticks(if below {
            gains.saturating_add(losses)
        } else {
            gains.max(losses)
        });
        let step = all.get(1).copied().unwrap_or(1).max(1);
        let up_to = |most: i64| {
            if below {
                most
            } else {
                most.saturating_add(step - 1) / step * step
            }
        };
        let (highest, lowest) = (up_to(gains), up_to(losses).saturating_neg());
        let mut values = Vec::new();
        let mut at = lowest / step * step;
        while at <= highest && values.len() < 16 {
            values.push(at);
            at = at.saturating_add(step);
        }
        (lowest, highest, values)
    }

    pub(super) fn labels(&self, values: &[i64]) -> Vec<String> {
        let label = |minor: &i64| {
            let text = short(minor.saturating_abs(), self.currency);
            if *minor < 0 {
                format!("−{text}")
            } else {
                text
            }
        };
        values.iter().map(label).collect()
    }
}

/// What each colour stands for, from above to below.
pub(super) const NAMES: [(Ink, &str); 5] = [
    (Ink::New, "New"),
    (Ink::Back, "Back again"),
    (Ink::Grown, "Expansion"),
    (Ink::Shrunk, "Contraction"),
    (Ink::Lost, "Churn"),
];

pub(super) fn draw<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    bars: &Bars,
    time: &Time,
    scale: &Scale,
) -> Result<(), ChartError>
where
    DB::ErrorType: 'static,
{
    let half = (time.step() * 0.32).clamp(1.0, 16.0);
    for (index, bar) in bars.bars.iter().enumerate() {
        let x = time.x(index);
        let (left, right) = (round(x - half), round(x + half));
        let block = |from: i64, to: i64, ink: Ink| {
            if from == to {
                return Ok(());
            }
            let (upper, lower) = (round(scale.y(from.max(to))), round(scale.y(from.min(to))));
            let corners = [(left, upper), (right.max(left + 1), lower.max(upper + 1))];
            pen.block(ink, corners)?;
            // A line of paper keeps neighbours apart for whoever does not tell the colours.
            if lower - upper > 3 {
                pen.stroke(Ink::Gap, (left, lower), (right, lower), 1)?;
            }
            texture(pen, bar, corners)
        };
        let mut at = 0_i64;
        for (part, ink) in bar.gains.iter().zip([Ink::New, Ink::Back, Ink::Grown]) {
            let to = at.saturating_add(*part);
            block(at, to, ink)?;
            at = to;
        }
        at = 0;
        for (part, ink) in bar.losses.iter().zip([Ink::Shrunk, Ink::Lost]) {
            let to = at.saturating_sub(*part);
            block(at, to, ink)?;
            at = to;
        }
    }
    Ok(())
}

/// What a bar rests on, as gaps in its blocks: slanting where its period is not over, level where it is inferred.
fn texture<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    bar: &Bar,
    [(left, top), (right, bottom)]: [(i32, i32); 2],
) -> Result<(), ChartError>
where
    DB::ErrorType: 'static,
{
    if bar.unfinished {
        let width = right - left;
        for offset in ((top - width)..bottom).step_by(TEXTURE_STEP) {
            // From the left edge downward to the right, cut where the block ends.
            let (into, out) = ((top - offset).max(0), (bottom - offset).min(width));
            if into < out {
                let (from, to) = ((left + into, offset + into), (left + out, offset + out));
                pen.stroke(Ink::Gap, from, to, 1)?;
            }
        }
    } else if bar.inferred {
        for y in ((top + 2)..bottom).step_by(TEXTURE_STEP) {
            pen.stroke(Ink::Gap, (left, y), (right, y), 1)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{Bar, Bars};
    use crate::chart::{Picture, Theme, svg};
    use chrono::NaiveDate;
    use coffer_domain::currency::Currency;

    fn bar(month: u32, gains: [i64; 3], losses: [i64; 2]) -> Bar {
        Bar {
            date: NaiveDate::from_ymd_opt(2026, month, 28).unwrap(),
            gains,
            losses,
            unfinished: false,
            inferred: false,
        }
    }

    fn picture(bars: Vec<Bar>) -> Picture {
        Picture {
            bars: Some(Bars {
                bars,
                currency: Currency::USD,
            }),
            ..Picture::default()
        }
    }

    #[test]
    fn every_kind_that_moved_is_a_block_of_its_class() {
        let bars = picture(vec![
            bar(1, [10_000, 0, 2_500], [500, 9_000]),
            bar(2, [0, 700, 0], [0, 0]),
        ]);
        let drawn = svg(&bars, Theme::Page, (800, 200)).unwrap();
        for class in ["c-new", "c-back", "c-grown", "c-shrunk", "c-lost"] {
            let blocks = drawn.svg.matches(&format!("\"{class}\"")).count();
            assert_eq!(blocks, 1, "{class}");
        }
        assert_eq!(drawn.points.len(), 2);
        assert!(drawn.svg.contains("−$100"), "losses stand below the line");
    }

    #[test]
    fn a_period_that_is_not_over_is_hatched_and_an_inferred_one_is_striped() {
        let gaps = |change: fn(&mut Bar)| {
            let mut one = bar(1, [10_000, 0, 0], [9_000, 0]);
            change(&mut one);
            let drawn = svg(&picture(vec![one]), Theme::Page, (300, 200)).unwrap();
            // From and to of each gap.
            let lines = drawn.svg.lines().filter(|line| line.contains("c-gap"));
            let slanting = |line: &&str| {
                let points = line.split("points=\"").nth(1).unwrap_or_default();
                let numbers: Vec<i32> = points
                    .split(|it: char| !it.is_ascii_digit())
                    .filter_map(|it| it.parse().ok())
                    .collect();
                matches!(numbers.as_slice(), [_, from, _, to] if from != to)
            };
            let all: Vec<&str> = lines.collect();
            (all.iter().filter(|it| slanting(it)).count(), all.len())
        };
        let (slanting, plain) = gaps(|_| {});
        assert_eq!(
            (slanting, plain),
            (0, 2),
            "one gap parts each block from the next"
        );
        let (slanting, all) = gaps(|it| it.unfinished = true);
        assert!(slanting > 8 && slanting == all - 2, "{slanting} of {all}");
        let (slanting, all) = gaps(|it| it.inferred = true);
        assert!(slanting == 0 && all > 8, "{slanting} of {all}");
    }

    #[test]
    fn nothing_that_moved_is_an_empty_drawing_and_no_fault() {
        let none = svg(&picture(Vec::new()), Theme::Page, (240, 120)).unwrap();
        assert!(none.points.is_empty());
        let huge = picture(vec![bar(1, [i64::MAX, i64::MAX, 1], [i64::MAX, i64::MAX])]);
        assert!(svg(&huge, Theme::Light, (240, 120)).is_ok());
    }
}
