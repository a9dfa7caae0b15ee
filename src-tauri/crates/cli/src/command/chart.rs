//! `coffer chart mrr --out FILE`: the chart of the window as a file.

use crate::args::{ChartArgs, Cli};
use crate::command::{blocking, books, desk, metrics, mode, name_mode};
use crate::output::Output;
use crate::{Ended, Failure};
use coffer_engine::chart::{Picture, Series, Theme, png, svg};
use coffer_engine::domain::currency::Currency;
use coffer_engine::domain::money::Money;
use coffer_engine::figures::View;
use coffer_engine::view::chart::{ChartRange, collect, export::heading};
use coffer_engine::view::money::money;
use coffer_engine::{EngineError, with_books};
use serde_json::{Value, json};

/// The kinds of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Svg,
    Png,
}

pub(crate) async fn run(cli: &Cli, args: &ChartArgs, output: &Output) -> Result<Ended, Failure> {
    if args.name != "mrr" {
        return Err(Failure::Usage(format!(
            "This version draws `mrr`, not `{}`.",
            args.name
        )));
    }
    let format = match args.out.extension().and_then(|it| it.to_str()) {
        Some("svg") => Format::Svg,
        Some("png") => Format::Png,
        _ => return Err(Failure::Usage("--out must end in .svg or .png.".to_owned())),
    };
    let theme = Theme::parse(&args.theme).ok_or_else(|| {
        Failure::Usage(format!(
            "--theme is `{}`; it can be light or dark.",
            args.theme
        ))
    })?;
    let size = size(&args.size)?;
    let currency = args
        .currency
        .as_deref()
        .map(|code| Currency::parse(code).map_err(|error| Failure::Usage(error.to_string())))
        .transpose()?;
    let range = ChartRange {
        from: args.from,
        to: args.to,
        periods: 12,
        every: metrics::every(&args.every)?,
        currency,
    };
    let desk = desk(cli)?;
    let mode = mode(cli);
    let charted = with_books!(books(&desk, mode).await?, books => blocking(move || {
        collect(&books, &View::plain(chrono_tz::Tz::UTC), &range)
    })
    .await?);
    let Some(charted) = charted else {
        return Err(Failure::Engine(EngineError::NotFound {
            what: "figure to draw; sync first. Asked for",
            id: args.name.clone(),
            mode,
        }));
    };
    let picture = Picture {
        heading: Some(heading(mode, &charted)),
        line: Some(charted.series.clone()),
        ..Picture::default()
    };
    let drawn = match format {
        Format::Svg => svg(&picture, theme, size).map(|drawing| drawing.svg.into_bytes()),
        Format::Png => png(&picture, theme, size),
    };
    let bytes = drawn.map_err(|error| EngineError::Chart(error.to_string()))?;
    std::fs::write(&args.out, &bytes).map_err(|source| EngineError::Io {
        path: args.out.clone(),
        source,
    })?;
    if output.is_json() {
        output.document(&document(args, &charted.series, bytes.len()))?;
    } else {
        name_mode(mode, output)?;
        let count = charted.series.marks.len();
        output.line(&format!("Drew {count} points into {}.", args.out.display()))?;
    }
    Ok(Ended::Well)
}

fn document(args: &ChartArgs, series: &Series, bytes: usize) -> Value {
    let points: Vec<Value> = series
        .marks
        .iter()
        .map(|mark| {
            json!({
                "date": mark.date.to_string(),
                "value": money(Money::new(mark.minor, series.currency)),
            })
        })
        .collect();
    json!({ "file": args.out, "bytes": bytes, "points": points })
}

fn size(text: &str) -> Result<(u32, u32), Failure> {
    let wrong = || {
        Failure::Usage(format!(
            "--size is `{text}`; it should look like 960x360, from 240x120 to 4000x2000."
        ))
    };
    let (width, height) = text.split_once('x').ok_or_else(wrong)?;
    let size: (u32, u32) = (
        width.parse().map_err(|_| wrong())?,
        height.parse().map_err(|_| wrong())?,
    );
    if (240..=4_000).contains(&size.0) && (120..=2_000).contains(&size.1) {
        Ok(size)
    } else {
        Err(wrong())
    }
}
