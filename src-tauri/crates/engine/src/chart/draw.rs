//! Drawing a figure over time: ink on paper, hairlines, no legend, the part that is not over dashed.

use crate::chart::axis::{short, ticks};
use crate::chart::theme::{Ink, Theme};
use chrono::{Datelike, NaiveDate};
use coffer_domain::currency::Currency;
use coffer_domain::metric::Basis;
use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{FontStyle, register_font};
use std::sync::OnceLock;

/// The only font there is: Inter, the Latin part of it. Fonts of the machine are never asked for.
static FONT: &[u8] = include_bytes!("../../assets/inter-latin.ttf");
const FAMILY: &str = "Inter";

/// Why a chart could not be drawn.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct ChartError(String);

/// One figure of the series.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// The period's last day.
    pub date: NaiveDate,
    /// Minor units.
    pub minor: i64,
    /// What it rests on.
    pub basis: Option<Basis>,
    /// Whether the period is not over.
    pub unfinished: bool,
}

/// What to draw.
#[derive(Debug, Clone)]
pub struct Series {
    /// The figures in order of time.
    pub marks: Vec<Mark>,
    /// Their currency.
    pub currency: Currency,
}

/// Where a figure stands in the drawing.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DrawnPoint {
    /// Pixels from the left.
    pub x: f64,
    /// Pixels from the top.
    pub y: f64,
}

/// A drawing with the places of its figures.
#[derive(Debug, Clone)]
pub struct Drawing {
    /// The SVG.
    pub svg: String,
    /// A place for each mark.
    pub points: Vec<DrawnPoint>,
}

/// Draws as SVG.
///
/// # Errors
/// When the drawing library refuses.
pub fn svg(series: &Series, theme: Theme, size: (u32, u32)) -> Result<Drawing, ChartError> {
    fonts();
    let mut text = String::new();
    let points = {
        let root = SVGBackend::with_string(&mut text, size).into_drawing_area();
        let points = draw(&root, series, theme, size)?;
        root.present().map_err(failed)?;
        points
    };
    Ok(Drawing {
        svg: theme.dress(&text),
        points,
    })
}

/// Draws as PNG.
///
/// # Errors
/// When the drawing library refuses.
pub fn png(series: &Series, theme: Theme, size: (u32, u32)) -> Result<Vec<u8>, ChartError> {
    fonts();
    let (width, height) = size;
    let mut pixels = vec![0; width as usize * height as usize * 3];
    {
        let root = BitMapBackend::with_buffer(&mut pixels, size).into_drawing_area();
        draw(&root, series, theme, size)?;
        root.present().map_err(failed)?;
    }
    let mut bytes = Vec::new();
    {
        let mut encoder = png::Encoder::new(&mut bytes, width, height);
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_depth(png::BitDepth::Eight);
        let mut writer = encoder.write_header().map_err(failed)?;
        writer.write_image_data(&pixels).map_err(failed)?;
        writer.finish().map_err(failed)?;
    }
    Ok(bytes)
}

pub(super) fn fonts() {
    static ONCE: OnceLock<bool> = OnceLock::new();
    ONCE.get_or_init(|| register_font(FAMILY, FontStyle::Normal, FONT).is_ok());
}

pub(super) fn failed(error: impl std::fmt::Display) -> ChartError {
    ChartError(error.to_string())
}

pub(super) type Area<'a, DB> = DrawingArea<DB, Shift>;

/// The box that figures stand in, in pixels.
#[derive(Clone, Copy)]
struct Frame {
    left: i32,
    right: i32,
    top: i32,
    bottom: i32,
    largest: i64,
    count: usize,
}

impl Frame {
    #[expect(
        clippy::cast_precision_loss,
        reason = "figures become pixels here and nowhere else"
    )]
    fn place(&self, index: usize, minor: i64) -> DrawnPoint {
        let steps = self.count.saturating_sub(1).max(1) as f64;
        let width = f64::from(self.right - self.left);
        let height = f64::from(self.bottom - self.top);
        DrawnPoint {
            x: f64::from(self.left) + width * index as f64 / steps,
            y: f64::from(self.bottom) - height * (minor.max(0) as f64 / self.largest.max(1) as f64),
        }
    }
}

fn pixel(point: DrawnPoint) -> (i32, i32) {
    (round(point.x), round(point.y))
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "a pixel inside a drawing of at most 4,000 pixels"
)]
pub(super) fn round(value: f64) -> i32 {
    value.round() as i32
}

fn draw<DB: DrawingBackend>(
    root: &Area<'_, DB>,
    series: &Series,
    theme: Theme,
    (width, height): (u32, u32),
) -> Result<Vec<DrawnPoint>, ChartError>
where
    DB::ErrorType: 'static,
{
    if theme != Theme::Page {
        root.fill(&theme.colour(Ink::Paper)).map_err(failed)?;
    }
    let top = series
        .marks
        .iter()
        .map(|mark| mark.minor)
        .max()
        .unwrap_or(0);
    let ticks = ticks(top);
    let labels: Vec<String> = ticks
        .iter()
        .map(|minor| short(*minor, series.currency))
        .collect();
    let gutter = labels.iter().map(String::len).max().unwrap_or(2).min(16);
    let frame = Frame {
        left: 14 + i32::try_from(gutter).unwrap_or(8) * 7,
        right: i32::try_from(width).unwrap_or(i32::MAX) - 14,
        top: 14,
        bottom: i32::try_from(height).unwrap_or(i32::MAX) - 26,
        largest: ticks.last().copied().unwrap_or(1),
        count: series.marks.len(),
    };
    hairlines(root, theme, &frame, &ticks, &labels)?;
    months(root, theme, &frame, series)?;
    let points: Vec<DrawnPoint> = series
        .marks
        .iter()
        .enumerate()
        .map(|(index, mark)| frame.place(index, mark.minor))
        .collect();
    figure(root, theme, &frame, series, &points)?;
    Ok(points)
}

pub(super) fn text_style(theme: Theme, anchor: Pos) -> TextStyle<'static> {
    let mut style = TextStyle::from((FAMILY, 12).into_font());
    style.color = theme.colour(Ink::Axis).to_backend_color();
    style.pos(anchor)
}

fn hairlines<DB: DrawingBackend>(
    root: &Area<'_, DB>,
    theme: Theme,
    frame: &Frame,
    ticks: &[i64],
    labels: &[String],
) -> Result<(), ChartError>
where
    DB::ErrorType: 'static,
{
    let style = text_style(theme, Pos::new(HPos::Right, VPos::Center));
    for (minor, label) in ticks.iter().zip(labels) {
        let y = round(frame.place(0, *minor).y);
        root.draw(&PathElement::new(
            vec![(frame.left, y), (frame.right, y)],
            theme.colour(Ink::Grid).stroke_width(1),
        ))
        .map_err(failed)?;
        root.draw(&Text::new(
            label.clone(),
            (frame.left - 8, y),
            style.clone(),
        ))
        .map_err(failed)?;
    }
    Ok(())
}

/// Month names below the line, as many as have room; January carries the year.
fn months<DB: DrawingBackend>(
    root: &Area<'_, DB>,
    theme: Theme,
    frame: &Frame,
    series: &Series,
) -> Result<(), ChartError>
where
    DB::ErrorType: 'static,
{
    let style = text_style(theme, Pos::new(HPos::Center, VPos::Top));
    let room = usize::try_from((frame.right - frame.left) / 44)
        .unwrap_or(1)
        .max(1);
    let every = series.marks.len().div_ceil(room).max(1);
    let last = series.marks.len().saturating_sub(1);
    for (index, mark) in series.marks.iter().enumerate() {
        if !(last - index).is_multiple_of(every) {
            continue;
        }
        let name = month_name(mark.date, index == 0 && every > 6);
        let x = round(frame.place(index, 0).x).clamp(frame.left + 12, frame.right - 14);
        root.draw(&Text::new(name, (x, frame.bottom + 8), style.clone()))
            .map_err(failed)?;
    }
    Ok(())
}

/// A month's name; January carries the year, and so does whoever is asked to.
pub(super) fn month_name(date: NaiveDate, with_year: bool) -> String {
    let form = if date.month() == 1 || with_year {
        "%b %Y"
    } else {
        "%b"
    };
    date.format(form).to_string()
}

fn figure<DB: DrawingBackend>(
    root: &Area<'_, DB>,
    theme: Theme,
    frame: &Frame,
    series: &Series,
    points: &[DrawnPoint],
) -> Result<(), ChartError>
where
    DB::ErrorType: 'static,
{
    let Some(last) = points.last() else {
        return Ok(());
    };
    if let Some(first) = points.first().filter(|_| points.len() > 1) {
        let mut area: Vec<(i32, i32)> = points.iter().map(|point| pixel(*point)).collect();
        area.push((round(last.x), frame.bottom));
        area.push((round(first.x), frame.bottom));
        root.draw(&Polygon::new(area, theme.colour(Ink::Area).filled()))
            .map_err(failed)?;
    }
    for (pair, marks) in points.windows(2).zip(series.marks.windows(2)) {
        let ([from, to], [_, mark]) = (pair, marks) else {
            continue;
        };
        let ink = if mark.unfinished {
            Ink::Unfinished
        } else if mark.basis == Some(Basis::Inferred) {
            Ink::Inferred
        } else {
            Ink::Line
        };
        stroke(root, theme, ink, pixel(*from), pixel(*to))?;
    }
    root.draw(&Circle::new(
        pixel(*last),
        3,
        theme.colour(Ink::Dot).filled(),
    ))
    .map_err(failed)
}

/// One stretch of the line. On a page the class carries the dashes; elsewhere they are drawn.
fn stroke<DB: DrawingBackend>(
    root: &Area<'_, DB>,
    theme: Theme,
    ink: Ink,
    from: (i32, i32),
    to: (i32, i32),
) -> Result<(), ChartError>
where
    DB::ErrorType: 'static,
{
    let style = theme.colour(ink).stroke_width(2);
    if ink == Ink::Line || theme == Theme::Page {
        return root
            .draw(&PathElement::new(vec![from, to], style))
            .map_err(failed);
    }
    let dashes = ((to.0 - from.0).abs().max((to.1 - from.1).abs()) / 4).max(1);
    let along = |part: i32| {
        (
            from.0 + (to.0 - from.0) * part / dashes,
            from.1 + (to.1 - from.1) * part / dashes,
        )
    };
    for part in (0..dashes).step_by(2) {
        root.draw(&PathElement::new(vec![along(part), along(part + 1)], style))
            .map_err(failed)?;
    }
    Ok(())
}
