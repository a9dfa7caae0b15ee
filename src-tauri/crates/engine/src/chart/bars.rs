//! Movements as bars: what came above the line, what went below it, stacked in one order, one bar for each period.

use super::axis::{short, ticks};
use super::draw::{Area, ChartError, DrawnPoint, failed, fonts, month_name, round, text_style};
use super::theme::{Ink, Theme};
use chrono::NaiveDate;
use coffer_domain::currency::Currency;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

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
}

/// What to draw.
#[derive(Debug, Clone)]
pub struct Bars {
    /// The bars in order of time.
    pub bars: Vec<Bar>,
    /// Their currency.
    pub currency: Currency,
}

/// A drawing with the place of each bar's middle at the line.
#[derive(Debug, Clone)]
pub struct DrawnBars {
    /// The SVG.
    pub svg: String,
    /// A place for each bar.
    pub points: Vec<DrawnPoint>,
}

struct Frame {
    left: i32,
    right: i32,
    top: i32,
    bottom: i32,
    highest: i64,
    lowest: i64,
    count: usize,
}

impl Frame {
    #[expect(
        clippy::cast_precision_loss,
        reason = "figures become pixels here and nowhere else"
    )]
    fn y(&self, minor: i64) -> i32 {
        let span = self.highest.saturating_add(self.lowest).max(1) as f64;
        let height = f64::from(self.bottom - self.top);
        let from_top = self.highest.saturating_sub(minor) as f64;
        round(f64::from(self.top) + height * from_top / span)
    }

    #[expect(
        clippy::cast_precision_loss,
        reason = "figures become pixels here and nowhere else"
    )]
    fn step(&self) -> f64 {
        f64::from(self.right - self.left) / self.count.max(1) as f64
    }

    /// Bars stand in the middle of their part of the line.
    #[expect(
        clippy::cast_precision_loss,
        reason = "figures become pixels here and nowhere else"
    )]
    fn x(&self, index: usize) -> f64 {
        f64::from(self.left) + self.step() * (index as f64 + 0.5)
    }
}

/// Draws as SVG.
///
/// # Errors
/// When the drawing library refuses.
pub fn bars_svg(bars: &Bars, theme: Theme, size: (u32, u32)) -> Result<DrawnBars, ChartError> {
    fonts();
    let mut text = String::new();
    let points = {
        let root = SVGBackend::with_string(&mut text, size).into_drawing_area();
        let points = draw(&root, bars, theme, size)?;
        root.present().map_err(failed)?;
        points
    };
    Ok(DrawnBars {
        svg: theme.dress(&text),
        points,
    })
}

fn frame(bars: &Bars, (width, height): (u32, u32)) -> (Frame, Vec<i64>) {
    let sum = |parts: &[i64]| parts.iter().fold(0_i64, |all, it| all.saturating_add(*it));
    let gains = bars.bars.iter().map(|bar| sum(&bar.gains)).max();
    let losses = bars.bars.iter().map(|bar| sum(&bar.losses)).max();
    let (gains, losses) = (gains.unwrap_or(0), losses.unwrap_or(0));
    let all = ticks(gains.max(losses));
    let step = all.get(1).copied().unwrap_or(1).max(1);
    let up_to = |most: i64| most.saturating_add(step - 1) / step * step;
    let (highest, lowest) = (up_to(gains).max(step), up_to(losses));
    let mut values = Vec::new();
    let mut at = lowest.saturating_neg();
    while at <= highest && values.len() < 16 {
        values.push(at);
        at = at.saturating_add(step);
    }
    let gutter = values
        .iter()
        .map(|minor| label(*minor, bars.currency).chars().count())
        .max()
        .unwrap_or(2)
        .min(16);
    let frame = Frame {
        left: 14 + i32::try_from(gutter).unwrap_or(8) * 7,
        right: i32::try_from(width).unwrap_or(i32::MAX) - 14,
        top: 10,
        bottom: i32::try_from(height).unwrap_or(i32::MAX) - 26,
        highest,
        lowest,
        count: bars.bars.len(),
    };
    (frame, values)
}

fn label(minor: i64, currency: Currency) -> String {
    let text = short(minor.saturating_abs(), currency);
    if minor < 0 {
        format!("−{text}")
    } else {
        text
    }
}

fn draw<DB: DrawingBackend>(
    root: &Area<'_, DB>,
    bars: &Bars,
    theme: Theme,
    size: (u32, u32),
) -> Result<Vec<DrawnPoint>, ChartError>
where
    DB::ErrorType: 'static,
{
    if theme != Theme::Page {
        root.fill(&theme.colour(Ink::Paper)).map_err(failed)?;
    }
    let (frame, values) = frame(bars, size);
    let style = text_style(theme, Pos::new(HPos::Right, VPos::Center));
    for minor in values {
        let y = frame.y(minor);
        let ink = if minor == 0 { Ink::Zero } else { Ink::Grid };
        let line = vec![(frame.left, y), (frame.right, y)];
        root.draw(&PathElement::new(line, theme.colour(ink).stroke_width(1)))
            .map_err(failed)?;
        let words = Text::new(
            label(minor, bars.currency),
            (frame.left - 8, y),
            style.clone(),
        );
        root.draw(&words).map_err(failed)?;
    }
    names(root, theme, &frame, bars)?;
    let mut points = Vec::with_capacity(bars.bars.len());
    for (index, bar) in bars.bars.iter().enumerate() {
        one(root, theme, &frame, index, bar)?;
        points.push(DrawnPoint {
            x: frame.x(index),
            y: f64::from(frame.y(0)),
        });
    }
    Ok(points)
}

fn one<DB: DrawingBackend>(
    root: &Area<'_, DB>,
    theme: Theme,
    frame: &Frame,
    index: usize,
    bar: &Bar,
) -> Result<(), ChartError>
where
    DB::ErrorType: 'static,
{
    let half = (frame.step() * 0.32).clamp(1.0, 16.0);
    let (left, right) = (round(frame.x(index) - half), round(frame.x(index) + half));
    let block = |from: i64, to: i64, ink: Ink| {
        if from == to {
            return Ok(());
        }
        let (upper, lower) = (frame.y(from.max(to)), frame.y(from.min(to)));
        let corners = [(left, upper), (right.max(left + 1), lower.max(upper + 1))];
        root.draw(&Rectangle::new(corners, theme.colour(ink).filled()))
            .map_err(failed)
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
    Ok(())
}

/// Names below, as many as have room.
fn names<DB: DrawingBackend>(
    root: &Area<'_, DB>,
    theme: Theme,
    frame: &Frame,
    bars: &Bars,
) -> Result<(), ChartError>
where
    DB::ErrorType: 'static,
{
    let style = text_style(theme, Pos::new(HPos::Center, VPos::Top));
    let room = usize::try_from((frame.right - frame.left) / 52).unwrap_or(1);
    let every = bars.bars.len().div_ceil(room.max(1)).max(1);
    let last = bars.bars.len().saturating_sub(1);
    let monthly = bars
        .bars
        .windows(2)
        .all(|pair| matches!(pair, [a, b] if (b.date - a.date).num_days() > 20));
    for (index, bar) in bars.bars.iter().enumerate() {
        if !(last - index).is_multiple_of(every) {
            continue;
        }
        let name = if monthly {
            month_name(bar.date, index == 0 && every > 6)
        } else {
            bar.date.format("%-d %b").to_string()
        };
        let x = round(frame.x(index)).clamp(frame.left + 12, frame.right - 14);
        root.draw(&Text::new(name, (x, frame.bottom + 8), style.clone()))
            .map_err(failed)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{Bar, Bars, bars_svg};
    use crate::chart::Theme;
    use chrono::NaiveDate;
    use coffer_domain::currency::Currency;

    fn bar(month: u32, gains: [i64; 3], losses: [i64; 2]) -> Bar {
        Bar {
            date: NaiveDate::from_ymd_opt(2026, month, 28).unwrap(),
            gains,
            losses,
            unfinished: false,
        }
    }

    #[test]
    fn every_kind_that_moved_is_a_block_of_its_class() {
        let bars = Bars {
            bars: vec![
                bar(1, [10_000, 0, 2_500], [500, 9_000]),
                bar(2, [0, 700, 0], [0, 0]),
            ],
            currency: Currency::USD,
        };
        let drawn = bars_svg(&bars, Theme::Page, (800, 200)).unwrap();
        for (class, blocks) in [
            ("c-new", 1),
            ("c-back", 1),
            ("c-grown", 1),
            ("c-shrunk", 1),
            ("c-lost", 1),
        ] {
            assert_eq!(drawn.svg.matches(class).count(), blocks, "{class}");
        }
        assert_eq!(drawn.points.len(), 2);
        assert!(drawn.svg.contains("−$100"), "losses stand below the line");
    }

    #[test]
    fn nothing_that_moved_is_an_empty_drawing_and_no_fault() {
        let bars = Bars {
            bars: Vec::new(),
            currency: Currency::USD,
        };
        assert!(
            bars_svg(&bars, Theme::Page, (240, 120))
                .unwrap()
                .points
                .is_empty()
        );
        let huge = Bars {
            bars: vec![bar(1, [i64::MAX, i64::MAX, 1], [i64::MAX, i64::MAX])],
            currency: Currency::USD,
        };
        assert!(bars_svg(&huge, Theme::Light, (240, 120)).is_ok());
    }
}
