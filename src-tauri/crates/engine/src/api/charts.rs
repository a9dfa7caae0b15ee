//! The charts: a drawing with the places of its figures, so that hover, arrow keys and the table behind it need nothing but
//! the answer; and the same as a file.

use crate::api::annotations::AnnotationView;
use crate::api::handle::{needed, out};
use crate::api::numbers::{PointView, ValueView, currency, every, view};
use crate::api::types::{ApiErrorView, ModeView, MoneyView};
use crate::books::blocking;
use crate::desk::Desk;
use crate::view::chart::{self, export, movements};
use crate::with_books;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use ts_rs::TS;

type Answer<T> = Result<T, ApiErrorView>;

/// What a line is compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
pub enum Comparison {
    /// As many periods right before.
    Previous,
    /// The same periods a year before.
    Year,
}

/// Asks for a chart.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct ChartRequest {
    /// The mode.
    pub mode: ModeView,
    /// The currency; as in the overview when not given.
    #[serde(default)]
    pub currency: Option<String>,
    /// How many month ends, the unfinished month included; 2 to 120.
    pub months: u32,
    /// What it is compared with; nothing when left out.
    #[serde(default)]
    pub compare: Option<Comparison>,
    /// Width in pixels, 240 to 4,000.
    pub width: u32,
    /// Height in pixels, 120 to 2,000.
    pub height: u32,
}

/// The same figure at an earlier time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct EarlierPoint {
    /// The day, `YYYY-MM-DD`.
    pub date: String,
    /// For people: a month, or the day where the month is not over.
    pub label: String,
    /// Pixels from the top; `None` where there is no history.
    pub y: Option<f64>,
    /// The figure then.
    pub value: Option<MoneyView>,
    /// By how much it is more now, with its sign.
    pub difference: Option<MoneyView>,
    /// The same in percent with its sign and one decimal, for instance `+4.2 %`.
    pub percent: Option<String>,
    /// `up`, `down` or `flat`.
    pub direction: String,
    /// Why something of it is undefined.
    pub why: Option<String>,
}

/// One point of a chart.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct ChartPoint {
    /// Pixels from the left.
    pub x: f64,
    /// Pixels from the top.
    pub y: f64,
    /// The period's first day, `YYYY-MM-DD`.
    pub from: String,
    /// Its last day, `YYYY-MM-DD`.
    pub date: String,
    /// For people, for instance `March 2026`.
    pub label: String,
    /// The figure.
    pub value: MoneyView,
    /// Against the point before; `None` at the first.
    pub change: Option<MoneyView>,
    /// Active subscribers at that point.
    pub active_subscribers: u64,
    /// What the figure rests on: `observed`, `invoiced` or `inferred`, the weakest of its parts.
    pub basis: String,
    /// Whether the period is still running.
    pub unfinished: bool,
    /// What moved it within the period: opening, the movements, closing.
    pub moved: Vec<ValueView>,
    /// What it is compared with, where that was asked for.
    pub earlier: Option<EarlierPoint>,
}

/// Words on days of one period.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct ChartNote {
    /// Its number in the picture.
    pub number: u32,
    /// Pixels from the left.
    pub x: f64,
    /// The period's last day, as the point's.
    pub date: String,
    /// The words, in order of their days.
    pub items: Vec<AnnotationView>,
}

/// A drawing with the points to hover over.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Chart {
    /// The drawing; colours are CSS classes so that the theme applies. `None` while there is nothing to draw.
    pub svg: Option<String>,
    /// The drawing's width in pixels.
    pub width: u32,
    /// The drawing's height in pixels.
    pub height: u32,
    /// What it shows, for screen readers and exports.
    pub title: String,
    /// The currency.
    pub currency: Option<String>,
    /// How wide a period is, in pixels.
    pub step: f64,
    /// How far down the figures reach; the axis is below.
    pub floor: f64,
    /// How far down marks of words stand.
    pub marks_y: f64,
    /// Its points in order of time.
    pub points: Vec<ChartPoint>,
    /// Words on its days.
    pub notes: Vec<ChartNote>,
}

/// Asks for the movements as a drawing.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct MovementsChartRequest {
    /// The mode.
    pub mode: ModeView,
    /// The ledger, as for metrics.
    pub currency: Option<String>,
    /// The policy, as for metrics.
    pub policy: Option<String>,
    /// `day`, `week` or `month`.
    pub every: String,
    /// How many periods, the unfinished one included; 2 to 120.
    pub periods: u32,
    /// Width in pixels, 240 to 4,000.
    pub width: u32,
    /// Height in pixels, 120 to 2,000.
    pub height: u32,
}

/// A bar of the drawing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct BarView {
    /// Pixels from the left, its middle.
    pub x: f64,
    /// Pixels from the top, the line between gains and losses.
    pub y: f64,
    /// The period's first day, `YYYY-MM-DD`.
    pub from: String,
    /// What it stands for: opening, the movements and closing.
    pub point: PointView,
    /// The difference of closing and opening, with its sign.
    pub change: MoneyView,
}

/// Movements, drawn.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct MovementsChart {
    /// The drawing; `None` while there is nothing to draw.
    pub svg: Option<String>,
    /// Its width in pixels.
    pub width: u32,
    /// Its height in pixels.
    pub height: u32,
    /// Its currency.
    pub currency: Option<String>,
    /// Whether everything was synced.
    pub complete: bool,
    /// How wide a period is, in pixels.
    pub step: f64,
    /// How far down the bars reach; the axis is below.
    pub floor: f64,
    /// How far down marks of words stand.
    pub marks_y: f64,
    /// Its bars in order of time.
    pub bars: Vec<BarView>,
    /// Words on its days.
    pub notes: Vec<ChartNote>,
}

/// Which chart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
pub enum ChartName {
    /// MRR with its movements below.
    Mrr,
    /// Movements alone.
    Movements,
}

/// Which file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
pub enum ChartForm {
    /// A drawing.
    Svg,
    /// A bitmap.
    Png,
    /// The figures as text.
    Csv,
}

/// In which colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
pub enum ChartTheme {
    /// Dark ink on light paper.
    Light,
    /// Light ink on dark paper.
    Dark,
}

/// Asks for a chart as a file, as it is seen.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct ChartExportRequest {
    /// The mode.
    pub mode: ModeView,
    /// Which chart.
    pub chart: ChartName,
    /// Which file.
    pub form: ChartForm,
    /// In which colours; means nothing for text.
    pub theme: ChartTheme,
    /// The ledger; the main one when left out.
    #[serde(default)]
    pub currency: Option<String>,
    /// The policy, for movements; the preferred one when left out.
    #[serde(default)]
    pub policy: Option<String>,
    /// `day`, `week` or `month`; MRR is drawn by month.
    pub every: String,
    /// How many periods, the unfinished one included; 2 to 120.
    pub periods: u32,
    /// What MRR is compared with.
    #[serde(default)]
    pub compare: Option<Comparison>,
    /// Width of the whole picture in pixels, 240 to 4,000.
    pub width: u32,
    /// Height of the whole picture in pixels, 120 to 2,000.
    pub height: u32,
}

/// A chart as a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ChartExport {
    /// What the file is to be called: with mode, figure, currency and day.
    pub file_name: String,
    /// What is in it.
    pub media_type: String,
    /// The file's text, where it is text.
    pub text: Option<String>,
    /// The file's bytes in base64, where it is not.
    pub base64: Option<String>,
}

/// Answers `mrr_chart`.
///
/// # Errors
/// When the mode's file cannot be read or the currency is none.
pub async fn mrr_chart(desk: &Arc<Desk>, request: ChartRequest) -> Answer<Chart> {
    out(async {
        match desk.books(request.mode.into()).await? {
            Some(any) => with_books!(any, books => blocking(move || chart::mrr_chart(&books, &request)).await),
            None => Ok(chart::empty(&request)),
        }
    }
    .await)
}

/// Answers `movements_chart`.
///
/// # Errors
/// When something asked for is none, or the file's.
pub async fn movements_chart(
    desk: &Arc<Desk>,
    request: MovementsChartRequest,
) -> Answer<MovementsChart> {
    out(async {
        with_books!(needed(desk, request.mode).await?, books => blocking(move || {
            let asked = movements::Asked {
                view: view(&books, request.policy.as_deref())?,
                every: every(&request.every)?,
                periods: request.periods.clamp(2, 120),
                currency: currency(request.currency.as_deref())?,
            };
            movements::chart(&books, asked, chart::size(request.width, request.height))
        })
        .await)
    }
    .await)
}

/// Answers `chart_export`.
///
/// # Errors
/// When something asked for is none, there is nothing to draw, or the file's.
pub async fn chart_export(desk: &Arc<Desk>, request: ChartExportRequest) -> Answer<ChartExport> {
    out(async {
        with_books!(needed(desk, request.mode).await?, books => blocking(move || {
            let asked = movements::Asked {
                view: view(&books, request.policy.as_deref())?,
                every: every(&request.every)?,
                periods: request.periods.clamp(2, 120),
                currency: currency(request.currency.as_deref())?,
            };
            match request.chart {
                ChartName::Mrr => export::mrr(&books, &request),
                ChartName::Movements => export::movements(&books, asked, &request),
            }
        })
        .await)
    }
    .await)
}
