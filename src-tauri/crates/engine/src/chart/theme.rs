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
    /// Numbers, and words that explain.
    Axis,
    /// The part of a period that is not over.
    Unfinished,
    /// The part that rests on the present carried back.
    Inferred,
    /// The last point.
    Dot,
    /// The same figure at an earlier time.
    Earlier,
    /// What is behind everything.
    Paper,
    /// Gaps between and within blocks, where the paper shows.
    Gap,
    /// The line between what came and what went.
    Zero,
    /// A day with words.
    Note,
    /// Words that matter.
    Words,
    /// The ground of the word of test mode.
    Warning,
    /// That word.
    OnWarning,
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

const PAGE_CLASSES: [(Ink, &str); 17] = [
    (Ink::Line, "c-line"),
    (Ink::Area, "c-area"),
    (Ink::Grid, "c-grid"),
    (Ink::Axis, "c-axis"),
    (Ink::Unfinished, "c-unfinished"),
    (Ink::Inferred, "c-inferred"),
    (Ink::Dot, "c-dot"),
    (Ink::Earlier, "c-earlier"),
    (Ink::Gap, "c-gap"),
    (Ink::Zero, "c-zero"),
    (Ink::Note, "c-note"),
    (Ink::Words, "c-words"),
    (Ink::New, "c-new"),
    (Ink::Back, "c-back"),
    (Ink::Grown, "c-grown"),
    (Ink::Shrunk, "c-shrunk"),
    (Ink::Lost, "c-lost"),
];
/// Inks that are dashed, which a stroke on a page says itself.
const DASHED: [(Ink, &str); 3] = [
    (Ink::Inferred, "3 3"),
    (Ink::Unfinished, "3 3"),
    (Ink::Earlier, "5 5"),
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
                Ink::Line | Ink::Dot | Ink::Unfinished | Ink::Inferred => RGBColor(66, 70, 194),
                Ink::Area => RGBColor(238, 237, 246),
                Ink::Grid => RGBColor(219, 220, 224),
                Ink::Axis => RGBColor(89, 92, 103),
                Ink::Zero | Ink::Note | Ink::Earlier => RGBColor(131, 134, 143),
                Ink::Paper | Ink::Gap => RGBColor(253, 252, 251),
                Ink::Words => RGBColor(27, 30, 39),
                Ink::Warning => RGBColor(245, 175, 32),
                Ink::OnWarning => RGBColor(46, 26, 1),
                Ink::New => RGBColor(0, 73, 66),
                Ink::Back => RGBColor(0, 118, 108),
                Ink::Grown => RGBColor(49, 161, 150),
                Ink::Shrunk => RGBColor(217, 123, 59),
                Ink::Lost => RGBColor(186, 47, 12),
            },
            Self::Dark => match ink {
                Ink::Line | Ink::Dot | Ink::Unfinished | Ink::Inferred => RGBColor(147, 163, 252),
                Ink::Area => RGBColor(33, 35, 50),
                Ink::Grid => RGBColor(44, 45, 52),
                Ink::Axis => RGBColor(160, 163, 172),
                Ink::Zero | Ink::Note | Ink::Earlier => RGBColor(114, 116, 125),
                Ink::Paper | Ink::Gap => RGBColor(18, 18, 22),
                Ink::Words => RGBColor(229, 230, 234),
                Ink::Warning => RGBColor(245, 175, 32),
                Ink::OnWarning => RGBColor(46, 26, 1),
                Ink::New => RGBColor(126, 231, 217),
                Ink::Back => RGBColor(70, 179, 166),
                Ink::Grown => RGBColor(39, 123, 114),
                Ink::Shrunk => RGBColor(154, 77, 50),
                Ink::Lost => RGBColor(240, 118, 79),
            },
        }
    }

    /// Puts a class where the ink's own colour stands, and leaves fonts to the page; a file gets a title and a font that any
    /// viewer can fall back from.
    pub(super) fn dress(self, svg: &str, title: Option<&str>) -> String {
        if self != Self::Page {
            let out = svg.replace(
                "font-family=\"Inter\"",
                "font-family=\"Inter, system-ui, sans-serif\"",
            );
            return match (title, out.split_once(">\n")) {
                (Some(title), Some((opening, rest))) => {
                    let title = title
                        .replace('&', "&amp;")
                        .replace('<', "&lt;")
                        .replace('>', "&gt;");
                    format!("{opening}>\n<title>{title}</title>\n{rest}")
                }
                _ => out,
            };
        }
        let attribute = |name: &str, ink: Ink| {
            let RGBColor(r, g, b) = self.colour(ink);
            format!("{name}=\"#{r:02X}{g:02X}{b:02X}\"")
        };
        let mut out = svg.to_owned();
        for (ink, dashes) in DASHED {
            let stroke = attribute("stroke", ink);
            out = out.replace(&stroke, &format!("stroke-dasharray=\"{dashes}\" {stroke}"));
        }
        for (ink, class) in PAGE_CLASSES {
            for name in ["stroke", "fill"] {
                out = out.replace(&attribute(name, ink), &format!("class=\"{class}\""));
            }
        }
        out.replace(" font-family=\"Inter\"", "")
    }
}

#[cfg(test)]
mod tests {
    //! Floating point is fine here: these are colours.
    use super::{Ink, Theme};
    use plotters::style::RGBColor;

    const MOVES: [Ink; 5] = [Ink::New, Ink::Back, Ink::Grown, Ink::Shrunk, Ink::Lost];
    const THEMES: [Theme; 2] = [Theme::Light, Theme::Dark];

    type Linear = [f64; 3];

    fn linear(colour: RGBColor) -> Linear {
        [colour.0, colour.1, colour.2].map(|it| {
            let it = f64::from(it) / 255.0;
            if it <= 0.040_45 {
                it / 12.92
            } else {
                ((it + 0.055) / 1.055).powf(2.4)
            }
        })
    }

    fn times(matrix: [Linear; 3], of: Linear) -> Linear {
        matrix.map(|row| row.iter().zip(of).map(|(a, b)| a * b).sum())
    }

    /// Perceived lightness and two axes of hue, by Ottosson.
    fn lab(of: Linear) -> Linear {
        let cones = times(
            [
                [0.412_221_47, 0.536_332_54, 0.051_445_99],
                [0.211_903_5, 0.680_699_55, 0.107_396_96],
                [0.088_302_46, 0.281_718_84, 0.629_978_7],
            ],
            of.map(|it| it.max(0.0)),
        );
        times(
            [
                [0.210_454_26, 0.793_617_78, -0.004_072_05],
                [1.977_998_5, -2.428_592_2, 0.450_593_7],
                [0.025_904_04, 0.782_771_77, -0.808_675_77],
            ],
            cones.map(f64::cbrt),
        )
    }

    fn of_oklch(lightness: f64, chroma: f64, hue: f64) -> Linear {
        let (sine, cosine) = hue.to_radians().sin_cos();
        let cones = times(
            [
                [1.0, 0.396_337_78, 0.215_803_76],
                [1.0, -0.105_561_35, -0.063_854_17],
                [1.0, -0.089_484_18, -1.291_485_55],
            ],
            [lightness, chroma * cosine, chroma * sine],
        );
        times(
            [
                [4.076_741_66, -3.307_711_59, 0.230_969_93],
                [-1.268_438, 2.609_757_4, -0.341_319_4],
                [-0.004_196_09, -0.703_418_61, 1.707_614_7],
            ],
            cones.map(|it| it.powi(3)),
        )
        .map(|it| it.clamp(0.0, 1.0))
    }

    fn apart(a: Linear, b: Linear) -> f64 {
        let (a, b) = (lab(a), lab(b));
        a.iter()
            .zip(b)
            .map(|(a, b)| (a - b).powi(2))
            .sum::<f64>()
            .sqrt()
    }

    fn contrast(a: Linear, b: Linear) -> f64 {
        let light = |of: Linear| 0.2126 * of[0] + 0.7152 * of[1] + 0.0722 * of[2] + 0.05;
        let (a, b) = (light(a), light(b));
        a.max(b) / a.min(b)
    }

    /// How somebody sees who lacks one kind of cone, by Machado and others: red, green, blue.
    const BLIND: [[Linear; 3]; 3] = [
        [
            [0.152_286, 1.052_583, -0.204_868],
            [0.114_503, 0.786_281, 0.099_216],
            [-0.003_882, -0.048_116, 1.051_998],
        ],
        [
            [0.367_322, 0.860_646, -0.227_968],
            [0.280_085, 0.672_501, 0.047_413],
            [-0.011_82, 0.042_94, 0.968_881],
        ],
        [
            [1.255_528, -0.076_749, -0.178_779],
            [-0.078_411, 0.930_809, 0.147_602],
            [0.004_733, 0.691_367, 0.303_9],
        ],
    ];

    #[test]
    fn movements_are_told_apart_by_whoever_lacks_a_kind_of_cone() {
        for theme in THEMES {
            let inks = MOVES.map(|ink| linear(theme.colour(ink)));
            for (place, a) in inks.iter().enumerate() {
                for (other, b) in inks.iter().enumerate().skip(place + 1) {
                    // Those that stand on each other need more than those on either side of the line.
                    let least = if (place < 3) == (other < 3) {
                        0.13
                    } else {
                        0.08
                    };
                    let name = format!("{theme:?} {:?} {:?}", MOVES[place], MOVES[other]);
                    assert!(apart(*a, *b) > least, "{name}");
                    for matrix in BLIND {
                        let seen = |of: Linear| times(matrix, of).map(|it| it.clamp(0.0, 1.0));
                        let distance = apart(seen(*a), seen(*b));
                        assert!(distance > least, "{name}: {distance}");
                    }
                }
            }
            let [new, lost] = [Ink::New, Ink::Lost].map(|ink| linear(theme.colour(ink)));
            assert!(
                contrast(new, lost) > 1.5,
                "{theme:?}: gain and loss differ in lightness"
            );
        }
    }

    #[test]
    fn whatever_carries_a_figure_stands_out_from_the_paper() {
        for theme in THEMES {
            let paper = linear(theme.colour(Ink::Paper));
            let lines = [Ink::Line, Ink::Earlier, Ink::Zero, Ink::Note];
            for ink in MOVES.into_iter().chain(lines) {
                let ratio = contrast(linear(theme.colour(ink)), paper);
                assert!(ratio >= 2.99, "{theme:?} {ink:?}: {ratio}");
            }
            for ink in [Ink::Axis, Ink::Words] {
                assert!(
                    contrast(linear(theme.colour(ink)), paper) >= 4.5,
                    "{theme:?} {ink:?}"
                );
            }
            let warning = linear(theme.colour(Ink::Warning));
            assert!(contrast(linear(theme.colour(Ink::OnWarning)), warning) >= 4.5);
        }
    }

    /// The colours of a token of the page, in light and dark.
    fn token(tokens: &str, name: &str) -> Vec<Linear> {
        let value = tokens
            .split(&format!("--{name}: "))
            .nth(1)
            .and_then(|rest| rest.split(';').next())
            .unwrap_or_else(|| panic!("the page has a token {name}"));
        let colour = |part: &str| {
            let numbers: Vec<f64> = part
                .split(')')
                .next()
                .unwrap()
                .split(' ')
                .map(|it| it.parse().unwrap())
                .collect();
            of_oklch(numbers[0], numbers[1], numbers[2])
        };
        value.split("oklch(").skip(1).map(colour).collect()
    }

    #[test]
    fn a_file_has_the_colours_of_the_page() {
        let path = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../../ui/src/styles/tokens.css"
        );
        let tokens = std::fs::read_to_string(path).unwrap();
        for (name, ink) in [
            ("paper", Ink::Paper),
            ("accent", Ink::Line),
            ("hairline", Ink::Grid),
            ("ink-soft", Ink::Axis),
            ("ink-faint", Ink::Earlier),
            ("ink", Ink::Words),
            ("attention-fill", Ink::Warning),
            ("move-new", Ink::New),
            ("move-back", Ink::Back),
            ("move-grown", Ink::Grown),
            ("move-shrunk", Ink::Shrunk),
            ("move-lost", Ink::Lost),
        ] {
            let page = token(&tokens, name);
            for (place, theme) in THEMES.into_iter().enumerate() {
                let page = *page.get(place).or_else(|| page.first()).unwrap();
                let distance = apart(page, linear(theme.colour(ink)));
                assert!(distance < 0.01, "{name} in {theme:?} is {distance} off");
            }
        }
    }
}
