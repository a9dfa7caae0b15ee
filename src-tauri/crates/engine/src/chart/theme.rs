//! The inks of the charts: one list, three renderings.
//!
//! On a page the theme is the page's, so every ink is drawn as a colour of its own that stands nowhere else and is then
//! replaced by a class. In a file the colours are real.

use plotters::style::RGBColor;

/// What an ink is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ink {
    /// The line of the figure.
    Line,
    /// The area below it.
    Area,
    /// Horizontal hairlines.
    Grid,
    /// Words and numbers.
    Axis,
    /// The part of a period that is not over.
    Unfinished,
    /// The part that rests on the present carried back.
    Inferred,
    /// The last point.
    Dot,
    /// What is behind everything.
    Paper,
    /// The line between what came and what went.
    Zero,
    /// First-time customers.
    New,
    /// Customers that came back.
    Back,
    /// Customers that pay more.
    Grown,
    /// Customers that pay less.
    Shrunk,
    /// Customers that went.
    Lost,
}

const PAGE_CLASSES: [(Ink, &str); 13] = [
    (Ink::Line, "c-line"),
    (Ink::Area, "c-area"),
    (Ink::Grid, "c-grid"),
    (Ink::Axis, "c-axis"),
    (Ink::Unfinished, "c-unfinished"),
    (Ink::Inferred, "c-inferred"),
    (Ink::Dot, "c-dot"),
    (Ink::Zero, "c-zero"),
    (Ink::New, "c-new"),
    (Ink::Back, "c-back"),
    (Ink::Grown, "c-grown"),
    (Ink::Shrunk, "c-shrunk"),
    (Ink::Lost, "c-lost"),
];

/// How a chart is coloured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Theme {
    /// Classes instead of colours.
    Page,
    /// Dark ink on white.
    Light,
    /// Light ink on near black.
    Dark,
}

impl Theme {
    /// Reads `light` or `dark`.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "light" => Some(Self::Light),
            "dark" => Some(Self::Dark),
            _ => None,
        }
    }

    pub(super) const fn colour(self, ink: Ink) -> RGBColor {
        match self {
            Self::Page => RGBColor(1, 2, ink as u8),
            Self::Light => match ink {
                Ink::Line | Ink::Dot | Ink::Unfinished | Ink::Inferred => RGBColor(67, 56, 202),
                Ink::Area => RGBColor(238, 237, 252),
                Ink::Grid => RGBColor(226, 227, 231),
                Ink::Axis | Ink::Zero => RGBColor(84, 88, 99),
                Ink::Paper => RGBColor(255, 255, 255),
                Ink::New => RGBColor(15, 118, 110),
                Ink::Back => RGBColor(72, 163, 153),
                Ink::Grown => RGBColor(140, 202, 194),
                Ink::Shrunk => RGBColor(233, 150, 115),
                Ink::Lost => RGBColor(194, 65, 12),
            },
            Self::Dark => match ink {
                Ink::Line | Ink::Dot | Ink::Unfinished | Ink::Inferred => RGBColor(165, 160, 255),
                Ink::Area => RGBColor(37, 36, 62),
                Ink::Grid => RGBColor(52, 54, 61),
                Ink::Axis | Ink::Zero => RGBColor(168, 172, 183),
                Ink::Paper => RGBColor(23, 24, 28),
                Ink::New => RGBColor(94, 214, 201),
                Ink::Back => RGBColor(58, 158, 147),
                Ink::Grown => RGBColor(35, 105, 98),
                Ink::Shrunk => RGBColor(150, 72, 40),
                Ink::Lost => RGBColor(245, 140, 100),
            },
        }
    }

    /// Puts a class where the ink's own colour stands, and leaves fonts to the page.
    pub(super) fn dress(self, svg: &str) -> String {
        let dashed = |svg: String, ink: Ink| {
            let RGBColor(r, g, b) = self.colour(ink);
            svg.replace(
                &format!("stroke=\"#{r:02X}{g:02X}{b:02X}\""),
                &format!("stroke-dasharray=\"3 3\" stroke=\"#{r:02X}{g:02X}{b:02X}\""),
            )
        };
        if self != Self::Page {
            return svg.to_owned();
        }
        let mut out = dashed(dashed(svg.to_owned(), Ink::Inferred), Ink::Unfinished);
        for (ink, class) in PAGE_CLASSES {
            let RGBColor(r, g, b) = self.colour(ink);
            for attribute in ["stroke", "fill"] {
                out = out.replace(
                    &format!("{attribute}=\"#{r:02X}{g:02X}{b:02X}\""),
                    &format!("class=\"{class}\""),
                );
            }
        }
        out.replace(" font-family=\"Inter\"", "")
    }
}
