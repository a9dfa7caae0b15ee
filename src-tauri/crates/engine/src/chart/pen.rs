//! What everything is drawn with: a stroke, a block, a disc, words. It knows the theme, and neither figures nor places.
//!
//! On a page dashes are an attribute that the stylesheet may change; in a file they are drawn, because a bitmap has no
//! dashes of its own.

use super::theme::{Ink, Theme};
use ab_glyph::{Font as _, FontRef};
use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{FontStyle, register_font};
use std::sync::OnceLock;

/// The only font there is: Inter, its Latin, Greek and Cyrillic letters. Fonts of the machine are never asked for.
static FONT: &[u8] = include_bytes!("../../assets/inter.ttf");
const FAMILY: &str = "Inter";
/// The drawing library takes a size for more than the em that comes of it.
const SIZE_OF_EM: f64 = 1.24;
/// Dashes that one stretch may have.
const DASHES_MAX: i32 = 2_000;

/// Why a chart could not be drawn.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct ChartError(String);

pub(super) fn failed(error: impl std::fmt::Display) -> ChartError {
    ChartError(error.to_string())
}

pub(super) fn fonts() {
    static ONCE: OnceLock<bool> = OnceLock::new();
    ONCE.get_or_init(|| register_font(FAMILY, FontStyle::Normal, FONT).is_ok());
}

/// Words with only such letters as a bitmap can show; others become question marks.
pub(super) fn legible(words: &str) -> String {
    let Ok(font) = FontRef::try_from_slice(FONT) else {
        return words.to_owned();
    };
    let known = |letter: char| font.glyph_id(letter).0 != 0;
    let shown = |letter: char| if known(letter) { letter } else { '?' };
    words.chars().map(shown).collect()
}

/// Where a figure stands in the drawing.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DrawnPoint {
    /// Pixels from the left.
    pub x: f64,
    /// Pixels from the top.
    pub y: f64,
}

impl DrawnPoint {
    pub(super) fn pixel(self) -> (i32, i32) {
        (round(self.x), round(self.y))
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "a pixel inside a drawing of at most 4,000 pixels"
)]
pub(super) fn round(value: f64) -> i32 {
    value.round() as i32
}

/// Which side of its place words stand on.
#[derive(Debug, Clone, Copy)]
pub(super) enum Side {
    /// They begin at it, in the middle of their height.
    Right,
    /// They end at it, in the middle of their height.
    Left,
    /// Below it, in the middle of their width.
    Below,
    /// Around it.
    Around,
}

/// Draws on one area in one theme.
pub(super) struct Pen<'a, DB: DrawingBackend> {
    pub(super) area: &'a DrawingArea<DB, Shift>,
    pub(super) theme: Theme,
}

impl<DB: DrawingBackend> Pen<'_, DB>
where
    DB::ErrorType: 'static,
{
    pub(super) fn paper(&self) -> Result<(), ChartError> {
        match self.theme {
            Theme::Page => Ok(()),
            Theme::Light | Theme::Dark => {
                let paper = self.theme.colour(Ink::Paper);
                self.area.fill(&paper).map_err(failed)
            }
        }
    }

    pub(super) fn stroke(
        &self,
        ink: Ink,
        from: (i32, i32),
        to: (i32, i32),
        width: u32,
    ) -> Result<(), ChartError> {
        let style = self.theme.colour(ink).stroke_width(width);
        self.area
            .draw(&PathElement::new(vec![from, to], style))
            .map_err(failed)
    }

    /// A stroke with gaps, `dash` pixels each.
    pub(super) fn dashed(
        &self,
        ink: Ink,
        from: (i32, i32),
        to: (i32, i32),
        dash: i32,
    ) -> Result<(), ChartError> {
        if self.theme == Theme::Page {
            return self.stroke(ink, from, to, 2);
        }
        let along = (to.0 - from.0).abs().max((to.1 - from.1).abs());
        let parts = (along / dash.max(1)).clamp(1, DASHES_MAX);
        let at = |part: i32| {
            (
                from.0 + (to.0 - from.0) * part / parts,
                from.1 + (to.1 - from.1) * part / parts,
            )
        };
        for part in (0..parts).step_by(2) {
            self.stroke(ink, at(part), at(part + 1), 2)?;
        }
        Ok(())
    }

    /// A filled rectangle.
    pub(super) fn block(&self, ink: Ink, corners: [(i32, i32); 2]) -> Result<(), ChartError> {
        let style = self.theme.colour(ink).filled();
        self.area
            .draw(&Rectangle::new(corners, style))
            .map_err(failed)
    }

    /// A filled shape.
    pub(super) fn shape(&self, ink: Ink, corners: Vec<(i32, i32)>) -> Result<(), ChartError> {
        let style = self.theme.colour(ink).filled();
        self.area
            .draw(&Polygon::new(corners, style))
            .map_err(failed)
    }

    pub(super) fn disc(&self, ink: Ink, at: (i32, i32), radius: i32) -> Result<(), ChartError> {
        let style = self.theme.colour(ink).filled();
        self.area
            .draw(&Circle::new(at, radius, style))
            .map_err(failed)
    }

    pub(super) fn words(
        &self,
        ink: Ink,
        words: &str,
        at: (i32, i32),
        side: Side,
        size: i32,
    ) -> Result<(), ChartError> {
        let anchor = match side {
            Side::Right => Pos::new(HPos::Left, VPos::Center),
            Side::Left => Pos::new(HPos::Right, VPos::Center),
            Side::Below => Pos::new(HPos::Center, VPos::Top),
            Side::Around => Pos::new(HPos::Center, VPos::Center),
        };
        let mut style = TextStyle::from((FAMILY, f64::from(size) * SIZE_OF_EM).into_font());
        style.color = self.theme.colour(ink).to_backend_color();
        self.area
            .draw(&Text::new(words.to_owned(), at, style.pos(anchor)))
            .map_err(failed)
    }
}

/// About how wide words of twelve pixels are.
pub(super) fn width_of(words: &str) -> i32 {
    i32::try_from(words.chars().count())
        .unwrap_or(i32::MAX / 8)
        .saturating_mul(7)
}

#[cfg(test)]
mod tests {
    use super::legible;

    #[test]
    fn a_bitmap_shows_the_letters_of_europe_and_marks_what_it_cannot() {
        for words in [
            "Preise erhöht, façade, señor, łódź, İzmir, Říjen",
            "Νέες τιμές",
            "Новые цены",
            "“Quoted” – ‘twice’ — €5 → …",
        ] {
            let shown = legible(words);
            let arrow = words.contains('→');
            assert_eq!(shown.contains('?'), arrow, "{shown}");
        }
        assert_eq!(legible("値上げ 🚀"), "??? ?");
    }
}
