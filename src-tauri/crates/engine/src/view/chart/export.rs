//! A chart as a file: what is on screen, with what a screen says around it. The mode stands in the picture, in the file's
//! name and in every line of text, so that test figures stay known as such wherever the file goes.

use super::{Asked, Charted, Seen, begins, movements, parsed, size};
use crate::api::types::{ChartExport, ChartExportRequest, ChartForm, ChartTheme};
use crate::books::Books;
use crate::chart::{self, Heading, Picture, Theme};
use crate::error::EngineError;
use crate::preferences;
use crate::view::chart::notes::Noted;
use crate::view::csv_line::write_line;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::NaiveDate;
use chrono_tz::Tz;
use coffer_domain::Instant;
use coffer_domain::calendar::{Every, day_of};
use coffer_domain::currency::Currency;
use coffer_domain::metric::Basis;
use coffer_domain::mode::{Mode, ModeName};
use coffer_domain::money::Money;

/// The movements with their signs, as columns of a file; in the order of `Moved::parts`.
const MOVEMENTS: [&str; 6] = [
    "new_minor",
    "expansion_minor",
    "reactivation_minor",
    "contraction_minor",
    "churn_minor",
    "fx_minor",
];

/// The MRR chart as a file.
///
/// # Errors
/// When the currency is none, there is nothing to draw, or the file's.
pub fn mrr<M: Mode>(
    books: &Books<M>,
    request: &ChartExportRequest,
) -> Result<ChartExport, EngineError> {
    let asked = Asked {
        currency: parsed(request.currency.as_deref())?,
        months: request.periods,
        compare: request.compare,
        view: preferences::view(books)?,
    };
    let seen = Seen::gather(books, &asked)?.ok_or_else(nothing::<M>)?;
    let currency = seen.charted.series.currency;
    let file = File {
        mode: M::NAME,
        figure: "mrr",
        currency,
        day: day_of(seen.charted.at, seen.charted.figures.view.zone),
    };
    match request.form {
        ChartForm::Csv => Ok(file.text(mrr_csv(M::NAME, &seen))),
        ChartForm::Svg | ChartForm::Png => {
            let mut picture = seen.picture();
            let mut heading = heading(M::NAME, &seen.charted);
            if let Some(earlier) = &seen.charted.series.earlier {
                heading.subtitle = format!("beside {} · {}", earlier.name, heading.subtitle);
            }
            picture.heading = Some(heading);
            file.picture(&picture, request)
        }
    }
}

/// What stands above a line of MRR in a file.
#[must_use]
pub fn heading(mode: ModeName, charted: &Charted) -> Heading {
    let view = &charted.figures.view;
    Heading {
        title: format!("MRR in {}", charted.series.currency),
        subtitle: subtitle(
            mode,
            charted.at,
            charted.complete,
            &view.policy.id,
            view.zone,
        ),
        warning: warning(mode),
    }
}

fn warning(mode: ModeName) -> Option<&'static str> {
    (mode == ModeName::Test).then_some("TEST")
}

fn subtitle(mode: ModeName, at: Instant, complete: bool, policy: &str, zone: Tz) -> String {
    let day = day_of(at, zone).format("%-d %B %Y");
    let partial = if complete {
        ""
    } else {
        " · partial: not every list was read to its end"
    };
    format!("as of {day} · {mode} mode · policy {policy}{partial}")
}

/// The chart of movements as a file.
///
/// # Errors
/// When there is nothing to draw, or the file's.
pub fn movements<M: Mode>(
    books: &Books<M>,
    asked: movements::Asked,
    request: &ChartExportRequest,
) -> Result<ChartExport, EngineError> {
    let zone = asked.view.zone;
    let seen = movements::Seen::gather(books, asked)?.ok_or_else(nothing::<M>)?;
    let at = seen.found.as_of.unwrap_or_else(|| books.clock.now());
    let file = File {
        mode: M::NAME,
        figure: "movements",
        currency: seen.found.currency,
        day: day_of(at, zone),
    };
    match request.form {
        ChartForm::Csv => Ok(file.text(movements_csv(M::NAME, &seen))),
        ChartForm::Svg | ChartForm::Png => {
            let mut picture = seen.picture();
            let period = match seen.every {
                Every::Day => "day",
                Every::Week => "week",
                Every::Month => "month",
            };
            picture.heading = Some(Heading {
                title: format!("Movements of MRR in {} by {period}", seen.found.currency),
                subtitle: subtitle(M::NAME, at, seen.found.complete, &seen.policy, zone),
                warning: warning(M::NAME),
            });
            file.picture(&picture, request)
        }
    }
}

fn nothing<M: Mode>() -> EngineError {
    EngineError::NotFound {
        what: "figure to draw; sync first. Asked for",
        id: "chart".to_owned(),
        mode: M::NAME,
    }
}

/// What a file is called after.
struct File {
    mode: ModeName,
    figure: &'static str,
    currency: Currency,
    day: NaiveDate,
}

impl File {
    fn name(&self, ending: &str) -> String {
        let (mode, figure, currency, day) = (self.mode, self.figure, self.currency, self.day);
        format!("coffer-{mode}-{figure}-{currency}-{day}.{ending}")
    }

    fn text(&self, text: String) -> ChartExport {
        ChartExport {
            file_name: self.name("csv"),
            media_type: "text/csv".to_owned(),
            text: Some(text),
            base64: None,
        }
    }

    fn picture(
        &self,
        picture: &Picture,
        request: &ChartExportRequest,
    ) -> Result<ChartExport, EngineError> {
        let theme = match request.theme {
            ChartTheme::Light => Theme::Light,
            ChartTheme::Dark => Theme::Dark,
        };
        let size = size(request.width, request.height);
        let failed = |error: chart::ChartError| EngineError::Chart(error.to_string());
        if request.form == ChartForm::Png {
            let bytes = chart::png(picture, theme, size).map_err(failed)?;
            return Ok(ChartExport {
                file_name: self.name("png"),
                media_type: "image/png".to_owned(),
                text: None,
                base64: Some(STANDARD.encode(bytes)),
            });
        }
        let drawing = chart::svg(picture, theme, size).map_err(failed)?;
        Ok(ChartExport {
            file_name: self.name("svg"),
            media_type: "image/svg+xml".to_owned(),
            text: Some(drawing.svg),
            base64: None,
        })
    }
}

fn minor(value: Option<i64>) -> String {
    value.map_or_else(String::new, |it| it.to_string())
}

/// Words on days of a period in one cell.
fn words(notes: &[Noted], index: usize) -> String {
    let rows = notes
        .iter()
        .filter(|it| it.index == index)
        .flat_map(|it| &it.rows);
    let texts: Vec<String> = rows
        .map(|row| format!("{}: {}", row.day, row.text))
        .collect();
    texts.join("; ")
}

fn mrr_csv(mode: ModeName, seen: &Seen) -> String {
    let mut text = String::new();
    let compared = seen.earlier.is_some();
    let mut names = vec![
        "mode",
        "currency",
        "policy",
        "from",
        "to",
        "unfinished",
        "basis",
        "mrr_minor",
        "mrr",
        "change_minor",
        "active_subscribers",
    ];
    names.extend(MOVEMENTS);
    if compared {
        names.extend([
            "earlier_day",
            "earlier_mrr_minor",
            "difference_minor",
            "difference_percent",
        ]);
    }
    names.push("words");
    write_line(&mut text, names.into_iter().map(str::to_owned));
    let series = &seen.charted.series;
    let mut before = None;
    for (index, (mark, dated)) in series.marks.iter().zip(&seen.charted.points).enumerate() {
        let figure = dated.point.ledgers.get(&series.currency);
        let mut cells = vec![
            mode.to_string(),
            series.currency.code().to_owned(),
            seen.charted.figures.view.policy.id.clone(),
            begins(mark.date, Every::Month).to_string(),
            mark.date.to_string(),
            mark.unfinished.to_string(),
            mark.basis.unwrap_or(Basis::Observed).as_str().to_owned(),
            mark.minor.to_string(),
            Money::new(mark.minor, series.currency).decimal_text(),
            minor(before.map(|it: i64| mark.minor.saturating_sub(it))),
            figure.map_or(0, |it| it.active_subscribers).to_string(),
        ];
        before = Some(mark.minor);
        match seen.moved_in(mark.date) {
            Some(moved) => cells.extend(moved.parts().map(|(_, it)| it.to_string())),
            None => cells.extend(MOVEMENTS.map(|_| String::new())),
        }
        if let Some(earlier) = seen.earlier.as_ref().and_then(|all| all.get(index)) {
            cells.extend([
                earlier.date.to_string(),
                minor(earlier.minor),
                minor(earlier.difference(mark.minor)),
                // A sign that a program reads, not the one that people do.
                earlier
                    .percent(mark.minor)
                    .unwrap_or_default()
                    .replace('−', "-"),
            ]);
        }
        cells.push(words(&seen.notes, index));
        write_line(&mut text, cells.into_iter());
    }
    text
}

fn movements_csv(mode: ModeName, seen: &movements::Seen) -> String {
    let mut text = String::new();
    let mut names = vec![
        "mode",
        "currency",
        "policy",
        "from",
        "to",
        "unfinished",
        "inferred",
        "opening_minor",
    ];
    names.extend(MOVEMENTS);
    names.extend(["closing_minor", "words"]);
    write_line(&mut text, names.into_iter().map(str::to_owned));
    for (index, it) in seen.found.movements.iter().enumerate() {
        let mut cells = vec![
            mode.to_string(),
            seen.found.currency.code().to_owned(),
            seen.policy.clone(),
            begins(it.point.date, seen.every).to_string(),
            it.point.date.to_string(),
            it.point.unfinished.to_string(),
            it.point.inferred.to_string(),
            it.moved.opening.to_string(),
        ];
        cells.extend(it.moved.parts().map(|(_, it)| it.to_string()));
        cells.extend([it.moved.closing.to_string(), words(&seen.notes, index)]);
        write_line(&mut text, cells.into_iter());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{File, warning};
    use chrono::NaiveDate;
    use coffer_domain::currency::Currency;
    use coffer_domain::mode::ModeName;

    #[test]
    fn only_test_mode_wears_its_word_and_every_name_says_the_mode() {
        assert_eq!(warning(ModeName::Test), Some("TEST"));
        assert_eq!(warning(ModeName::Live), None);
        let file = File {
            mode: ModeName::Live,
            figure: "mrr",
            currency: Currency::USD,
            day: NaiveDate::from_ymd_opt(2026, 11, 21).unwrap(),
        };
        assert_eq!(file.name("svg"), "coffer-live-mrr-USD-2026-11-21.svg");
    }
}
