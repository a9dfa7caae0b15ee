//! A whole picture: where heading, line, bars, axis and words stand, and what file comes of it.
//!
//! Everything in a picture shares one axis of time. On a page the heading and the words are the page's own, so that a
//! drawing there holds no text that somebody typed; marks of words are left to the page too, which makes them buttons.

use super::axis::Scale;
use super::bars::{self, Bars};
use super::line::{self, Places, Series};
use super::pen::{ChartError, DrawnPoint, Pen, Side, failed, fonts, legible, round, width_of};
use super::theme::{Ink, Theme};
use super::time::Time;
use chrono::NaiveDate;
use plotters::prelude::*;

/// What a heading takes, and what the names of colours take below it.
const HEADING: i32 = 52;
const LEGEND: i32 = 22;
/// What the names of periods take.
const NAMES: i32 = 26;
/// Where marks of words stand.
const STRIP: i32 = 24;
/// A line of words below the picture.
const WORDS_LINE: i32 = 17;
/// Bars below a line are at least so high.
const BARS_MIN: i32 = 48;
const EDGE: i32 = 14;

/// What stands above a picture in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heading {
    /// What is seen.
    pub title: String,
    /// As of when, by which policy, how far it can be trusted.
    pub subtitle: String,
    /// The word of test mode.
    pub warning: Option<&'static str>,
}

/// Words on days of one period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteMark {
    /// Which period.
    pub index: usize,
    /// Its number in the picture.
    pub number: usize,
    /// What was written, with its day; below a file's picture.
    pub words: Vec<String>,
}

/// What is to be seen.
#[derive(Debug, Clone, Default)]
pub struct Picture {
    /// In a file.
    pub heading: Option<Heading>,
    /// A figure over time.
    pub line: Option<Series>,
    /// Movements, of the same periods.
    pub bars: Option<Bars>,
    /// Words on days.
    pub notes: Vec<NoteMark>,
}

/// A drawing with the places of what it shows.
#[derive(Debug, Clone)]
pub struct Drawing {
    /// The SVG.
    pub svg: String,
    /// A place for each period: on the line, else where gains and losses part.
    pub points: Vec<DrawnPoint>,
    /// A place for each period on the earlier line, where there is one.
    pub earlier: Vec<Option<DrawnPoint>>,
    /// How wide a period is.
    pub step: f64,
    /// How far down marks of words stand, in their middle.
    pub marks_y: f64,
    /// Where the figures end and the axis begins.
    pub floor: f64,
}

/// Draws as SVG.
///
/// # Errors
/// When the drawing library refuses.
pub fn svg(picture: &Picture, theme: Theme, size: (u32, u32)) -> Result<Drawing, ChartError> {
    fonts();
    let mut text = String::new();
    let drawn = {
        let area = SVGBackend::with_string(&mut text, size).into_drawing_area();
        let drawn = draw(&Pen { area: &area, theme }, picture, size)?;
        area.present().map_err(failed)?;
        drawn
    };
    let title = picture.heading.as_ref().map(Heading::spoken);
    Ok(Drawing {
        svg: theme.dress(&text, title.as_deref()),
        ..drawn
    })
}

/// Draws as PNG. Letters that the font has not got become question marks.
///
/// # Errors
/// When the drawing library refuses.
pub fn png(picture: &Picture, theme: Theme, size: (u32, u32)) -> Result<Vec<u8>, ChartError> {
    fonts();
    let (width, height) = size;
    let mut pixels = vec![0; width as usize * height as usize * 3];
    {
        let area = BitMapBackend::with_buffer(&mut pixels, size).into_drawing_area();
        draw(&Pen { area: &area, theme }, &written(picture), size)?;
        area.present().map_err(failed)?;
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

/// The picture with only such letters in its words as a bitmap can show.
fn written(picture: &Picture) -> Picture {
    let mut picture = picture.clone();
    for words in picture.notes.iter_mut().flat_map(|note| &mut note.words) {
        *words = legible(words);
    }
    picture
}

impl Heading {
    /// The same in one line.
    fn spoken(&self) -> String {
        let words = self
            .warning
            .into_iter()
            .chain([self.title.as_str(), self.subtitle.as_str()]);
        words.collect::<Vec<_>>().join(" · ")
    }
}

/// Where everything stands.
struct Layout {
    time: Time,
    line: Option<Scale>,
    bars: Option<Scale>,
    names_y: i32,
    marks_y: i32,
    words_y: i32,
}

/// A count of pixels as the drawing library counts places.
fn pixels(count: u32) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

fn layout(picture: &Picture, theme: Theme, labels: [&[String]; 2], size: (u32, u32)) -> Layout {
    let (width, height) = (pixels(size.0), pixels(size.1));
    let widest = labels
        .iter()
        .flat_map(|it| it.iter())
        .map(|it| width_of(it))
        .max();
    let left = EDGE + widest.unwrap_or(14).min(112);
    // Names stand at the ends of lines; where only one line is, it needs none.
    let earlier = picture.line.as_ref().and_then(|line| line.earlier.as_ref());
    let right = width - EDGE - earlier.map_or(0, |it| width_of(&it.name).min(width / 4));
    let lines: usize = match theme {
        Theme::Page => 0,
        Theme::Light | Theme::Dark => picture.notes.iter().map(|note| note.words.len()).sum(),
    };
    let words = i32::try_from(lines)
        .unwrap_or(0)
        .min(height / (3 * WORDS_LINE))
        * WORDS_LINE;
    let legend = picture.bars.as_ref().map_or(0, |_| LEGEND);
    let top = picture.heading.as_ref().map_or(0, |_| HEADING + legend) + EDGE;
    let names_top = height - words - NAMES;
    let both = picture.line.is_some() && picture.bars.is_some();
    let strip = if picture.notes.is_empty() || both {
        0
    } else {
        STRIP
    };
    let bottom = (names_top - strip).max(top + 16);
    let split = if both {
        bottom - ((bottom - top) * 36 / 100).max(BARS_MIN.min((bottom - top) / 2))
    } else {
        bottom
    };
    let line_bottom = if both {
        (split - STRIP).max(top + 8)
    } else {
        bottom
    };
    let dates = picture.dates();
    let of_line = picture.line.as_ref().map(|line| Scale {
        top,
        bottom: line_bottom,
        lowest: 0,
        highest: line.ticks().last().copied().unwrap_or(1),
    });
    let of_bars = picture.bars.as_ref().map(|all| {
        let (lowest, highest, _) = all.reach(both);
        Scale {
            top: if both { split } else { top },
            bottom,
            lowest,
            highest,
        }
    });
    Layout {
        time: Time {
            left,
            right: right.max(left + 16),
            dates,
        },
        line: of_line,
        bars: of_bars,
        names_y: names_top + 8,
        marks_y: if both {
            line_bottom + STRIP / 2
        } else {
            bottom + STRIP / 2
        },
        words_y: names_top + NAMES + WORDS_LINE / 2,
    }
}

impl Picture {
    fn dates(&self) -> Vec<NaiveDate> {
        match (&self.line, &self.bars) {
            (Some(line), _) => line.marks.iter().map(|mark| mark.date).collect(),
            (None, Some(bars)) => bars.bars.iter().map(|bar| bar.date).collect(),
            (None, None) => Vec::new(),
        }
    }
}

fn draw<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    picture: &Picture,
    size: (u32, u32),
) -> Result<Drawing, ChartError>
where
    DB::ErrorType: 'static,
{
    pen.paper()?;
    let line_values = picture.line.as_ref().map(Series::ticks).unwrap_or_default();
    let line_labels = picture.line.as_ref().map(|it| it.labels(&line_values));
    let bar_values = picture
        .bars
        .as_ref()
        .map(|it| it.reach(picture.line.is_some()).2);
    let bar_values = bar_values.unwrap_or_default();
    let bar_labels = picture.bars.as_ref().map(|it| it.labels(&bar_values));
    let (line_labels, bar_labels) = (
        line_labels.unwrap_or_default(),
        bar_labels.unwrap_or_default(),
    );
    let layout = layout(picture, pen.theme, [&line_labels, &bar_labels], size);
    let time = &layout.time;
    if let Some(heading) = &picture.heading {
        head(pen, heading, pixels(size.0))?;
        if picture.bars.is_some() {
            legend(pen)?;
        }
    }
    if let Some(scale) = &layout.line {
        hairlines(pen, time, scale, &line_values, &line_labels)?;
    }
    if let Some(scale) = &layout.bars {
        hairlines(pen, time, scale, &bar_values, &bar_labels)?;
    }
    let mut places = Places {
        own: Vec::new(),
        earlier: Vec::new(),
    };
    notes(pen, picture, &layout)?;
    if let (Some(series), Some(scale)) = (&picture.line, &layout.line) {
        places = line::places(series, time, scale);
        line::draw(pen, series, &places, scale.bottom)?;
    }
    if let (Some(all), Some(scale)) = (&picture.bars, &layout.bars) {
        bars::draw(pen, all, time, scale)?;
        if picture.line.is_none() {
            let place = |index: usize| DrawnPoint {
                x: time.x(index),
                y: scale.y(0),
            };
            places.own = (0..all.bars.len()).map(place).collect();
        }
    }
    time.names(pen, layout.names_y)?;
    let floor = layout.bars.as_ref().or(layout.line.as_ref());
    Ok(Drawing {
        svg: String::new(),
        points: places.own,
        earlier: places.earlier,
        step: time.step(),
        marks_y: f64::from(layout.marks_y),
        floor: f64::from(floor.map_or(0, |scale| scale.bottom)),
    })
}

fn head<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    heading: &Heading,
    width: i32,
) -> Result<(), ChartError>
where
    DB::ErrorType: 'static,
{
    pen.words(Ink::Words, &heading.title, (EDGE, 18), Side::Right, 16)?;
    pen.words(Ink::Axis, &heading.subtitle, (EDGE, 39), Side::Right, 12)?;
    if let Some(warning) = heading.warning {
        let right = width - EDGE;
        let left = right - width_of(warning) - 20;
        pen.block(Ink::Warning, [(left, 8), (right, 28)])?;
        let middle = i32::midpoint(left, right);
        pen.words(Ink::OnWarning, warning, (middle, 18), Side::Around, 13)?;
    }
    Ok(())
}

/// What the colours of bars stand for: in a file nothing can be hovered over.
fn legend<DB: DrawingBackend>(pen: &Pen<'_, DB>) -> Result<(), ChartError>
where
    DB::ErrorType: 'static,
{
    let (mut x, y) = (EDGE, HEADING + LEGEND / 2);
    for (ink, name) in bars::NAMES {
        pen.block(ink, [(x, y - 5), (x + 10, y + 5)])?;
        pen.words(Ink::Axis, name, (x + 16, y), Side::Right, 12)?;
        x += 16 + width_of(name) + 16;
    }
    Ok(())
}

fn hairlines<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    time: &Time,
    scale: &Scale,
    values: &[i64],
    labels: &[String],
) -> Result<(), ChartError>
where
    DB::ErrorType: 'static,
{
    for (minor, label) in values.iter().zip(labels) {
        let y = round(scale.y(*minor));
        // Zero is a line of its own only where something can be on either side of it.
        let ink = if *minor == 0 && scale.lowest < 0 {
            Ink::Zero
        } else {
            Ink::Grid
        };
        pen.stroke(ink, (time.left, y), (time.right, y), 1)?;
        pen.words(Ink::Axis, label, (time.left - 8, y), Side::Left, 12)?;
    }
    Ok(())
}

/// A hairline through each period that has words; in a file also its number, and the words below.
fn notes<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    picture: &Picture,
    layout: &Layout,
) -> Result<(), ChartError>
where
    DB::ErrorType: 'static,
{
    let scales = [layout.line.as_ref(), layout.bars.as_ref()];
    for note in &picture.notes {
        let x = round(layout.time.x(note.index));
        for scale in scales.into_iter().flatten() {
            pen.stroke(Ink::Note, (x, scale.top), (x, scale.bottom), 1)?;
        }
        if pen.theme != Theme::Page {
            let at = (x, layout.marks_y);
            pen.disc(Ink::Words, at, 8)?;
            pen.words(Ink::Paper, &note.number.to_string(), at, Side::Around, 11)?;
        }
    }
    if pen.theme == Theme::Page {
        return Ok(());
    }
    let mut y = layout.words_y;
    for words in picture.notes.iter().flat_map(|note| &note.words) {
        pen.words(Ink::Axis, words, (layout.time.left, y), Side::Right, 12)?;
        y += WORDS_LINE;
    }
    Ok(())
}
