//! Words on days: kept with limits, and gathered by the periods of a chart. Each period that has some carries one mark, so
//! that marks never cover each other.

use super::begins;
use crate::api::types::{AnnotationPut, AnnotationView, Annotations, ChartNote};
use crate::books::Books;
use crate::chart::{Drawing, NoteMark};
use crate::error::EngineError;
use crate::view::money::instant;
use chrono::{Months, NaiveDate};
use coffer_domain::calendar::Every;
use coffer_domain::mode::Mode;
use coffer_store::table::annotation::{self, AnnotationRow};

/// How many a mode may have.
const MOST: u64 = 500;
/// Characters that each may have.
pub(crate) const CHARACTERS: usize = 120;
/// Lines of words below a picture; of more it is said how many there are.
const LINES_MAX: usize = 12;

/// Words on days of one period of a chart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Noted {
    /// Which period.
    pub(super) index: usize,
    /// Its last day.
    pub(super) date: NaiveDate,
    /// In order of their days.
    pub(super) rows: Vec<AnnotationRow>,
}

/// Words on days, of a mode that has no file yet.
#[must_use]
pub fn none() -> Annotations {
    told(Vec::new())
}

fn told(rows: Vec<AnnotationRow>) -> Annotations {
    Annotations {
        items: rows.iter().map(view).collect(),
        most: MOST,
        characters: u32::try_from(CHARACTERS).unwrap_or(u32::MAX),
    }
}

fn view(row: &AnnotationRow) -> AnnotationView {
    AnnotationView {
        id: row.id,
        day: row.day.to_string(),
        text: row.text.clone(),
        written_at: instant(row.written_at),
    }
}

/// Answers `annotations`.
///
/// # Errors
/// The file's.
pub fn all<M: Mode>(books: &Books<M>) -> Result<Annotations, EngineError> {
    Ok(told(books.store.read(|read| annotation::all(read.sql()))?))
}

/// What came of writing.
enum Written {
    Well(Vec<AnnotationRow>),
    TooMany,
    Nothing,
}

/// Answers `annotation_put`.
///
/// # Errors
/// When day or words do not do, there are too many, there is nothing to change, or the file's.
pub fn put<M: Mode>(books: &Books<M>, request: AnnotationPut) -> Result<Annotations, EngineError> {
    let text = sound_text(&request.text)?;
    let now = books.clock.now();
    let day = sound_day(&request.day, now.date_naive())?;
    let id = request.id;
    let written = books.store.write(move |write| {
        match id {
            Some(id) => {
                if !annotation::change(write, id, day, &text, now)? {
                    return Ok(Written::Nothing);
                }
            }
            None if annotation::count(write.sql())? >= MOST => return Ok(Written::TooMany),
            None => annotation::add(write, day, &text, now)?,
        }
        Ok(Written::Well(annotation::all(write.sql())?))
    })?;
    match written {
        Written::Well(rows) => Ok(told(rows)),
        Written::TooMany => Err(EngineError::Usage(format!(
            "There are {MOST} words on days already, and that is as many as there can be. Remove some first."
        ))),
        Written::Nothing => Err(missing::<M>(id.unwrap_or_default())),
    }
}

/// Answers `annotation_remove`.
///
/// # Errors
/// When there are no such words, or the file's.
pub fn remove<M: Mode>(books: &Books<M>, id: i64) -> Result<Annotations, EngineError> {
    let left = books.store.write(move |write| {
        if annotation::remove(write, id)? {
            annotation::all(write.sql()).map(Some)
        } else {
            Ok(None)
        }
    })?;
    left.map(told).ok_or_else(|| missing::<M>(id))
}

fn missing<M: Mode>(id: i64) -> EngineError {
    EngineError::NotFound {
        what: "annotation",
        id: id.to_string(),
        mode: M::NAME,
    }
}

/// Words as they are kept: one line, no more than one space between two of them.
fn sound_text(text: &str) -> Result<String, EngineError> {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let count = text.chars().count();
    if count == 0 || count > CHARACTERS {
        return Err(EngineError::Usage(format!(
            "Words on a day have between 1 and {CHARACTERS} characters; these have {count}."
        )));
    }
    if text.chars().any(char::is_control) {
        return Err(EngineError::Usage(
            "Words on a day are plain text; these hold a control character.".to_owned(),
        ));
    }
    Ok(text)
}

fn sound_day(text: &str, today: NaiveDate) -> Result<NaiveDate, EngineError> {
    let day = NaiveDate::parse_from_str(text.trim(), "%Y-%m-%d").map_err(|_| {
        EngineError::Usage(format!(
            "`{text}` is no day; it should look like 2026-01-31."
        ))
    })?;
    let first = NaiveDate::from_ymd_opt(2000, 1, 1).unwrap_or(NaiveDate::MIN);
    let last = today
        .checked_add_months(Months::new(12))
        .unwrap_or(NaiveDate::MAX);
    if day < first || day > last {
        return Err(EngineError::Usage(format!(
            "{day} is out of reach; words can stand on days from {first} to {last}."
        )));
    }
    Ok(day)
}

/// What was written on days of these periods, by period.
pub(super) fn within<M: Mode>(
    books: &Books<M>,
    dates: &[NaiveDate],
    every: Every,
) -> Result<Vec<Noted>, EngineError> {
    let rows = books.store.read(|read| annotation::all(read.sql()))?;
    let mut found: Vec<Noted> = Vec::new();
    for row in rows {
        let index = dates.partition_point(|date| *date < row.day);
        let Some(date) = dates.get(index).copied() else {
            continue;
        };
        if row.day < begins(date, every) {
            continue;
        }
        match found.last_mut().filter(|it| it.index == index) {
            Some(noted) => noted.rows.push(row),
            None => found.push(Noted {
                index,
                date,
                rows: vec![row],
            }),
        }
    }
    Ok(found)
}

/// As a picture shows them.
pub(super) fn marks(notes: &[Noted]) -> Vec<NoteMark> {
    let mut left = LINES_MAX;
    let mut marks: Vec<NoteMark> = notes
        .iter()
        .enumerate()
        .map(|(place, noted)| {
            let number = place + 1;
            let words: Vec<String> = noted
                .rows
                .iter()
                .take(left)
                .map(|row| format!("{number}   {}: {}", row.day.format("%-d %B %Y"), row.text))
                .collect();
            left -= words.len();
            NoteMark {
                index: noted.index,
                number,
                words,
            }
        })
        .collect();
    let all: usize = notes.iter().map(|noted| noted.rows.len()).sum();
    if let Some(last) = marks.last_mut().filter(|_| all > LINES_MAX) {
        last.words.push(format!("and {} more", all - LINES_MAX));
    }
    marks
}

/// As a page shows them.
pub(super) fn views(notes: &[Noted], drawing: &Drawing) -> Vec<ChartNote> {
    notes
        .iter()
        .enumerate()
        .filter_map(|(place, noted)| {
            Some(ChartNote {
                number: u32::try_from(place + 1).ok()?,
                x: drawing.points.get(noted.index)?.x,
                date: noted.date.to_string(),
                items: noted.rows.iter().map(view).collect(),
            })
        })
        .collect()
}
