//! Charts, drawn by plotters once for the window, for files and for print.
//!
//! Drawing converts to pixels and is the only place with floating point: the figures themselves come exact and go out
//! exact beside the drawing. One theme file names the inks; for the window they become CSS classes.

mod axis;
mod bars;
mod draw;
mod theme;

pub(crate) use axis::short;
pub use bars::{Bar, Bars, DrawnBars, bars_svg};
pub use draw::{ChartError, Drawing, DrawnPoint, Mark, Series, png, svg};
pub use theme::Theme;
