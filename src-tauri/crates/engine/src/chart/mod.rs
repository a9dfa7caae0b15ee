//! Charts, drawn by plotters once for the window, for files and for print.
//!
//! A `Picture` says what is to be seen: a line, bars below it or alone, words on days, and in a file a heading with the
//! mode. Drawing converts to pixels and is the only place with floating point: the figures themselves come exact and go
//! out exact beside the drawing. One theme file names the inks; for the window they become CSS classes.

mod axis;
mod bars;
mod line;
mod pen;
mod picture;
mod theme;
mod time;

pub(crate) use axis::short;
pub use bars::{Bar, Bars};
pub use line::{Earlier, Mark, Series};
pub use pen::{ChartError, DrawnPoint};
pub use picture::{Drawing, Heading, NoteMark, Picture, png, svg};
pub use theme::Theme;
