//! The lists of the desk as they are shown: pages, the same as CSV, and the names that were given to lists.

mod csv;
mod row;

pub use csv::csv;
pub(super) use csv::write_line;

use crate::api::types::{
    RecordKey, RecordKeys, RecordList, RecordPage, RecordSort, RecordsRequest, SavedView,
    SavedViews, SavedViewsSet,
};
use crate::books::Books;
use crate::error::EngineError;
use crate::view::money::{day, instant, money};
use coffer_domain::Instant;
use coffer_domain::filter::{Filter, List};
use coffer_domain::mode::Mode;
use coffer_store::query::records::{
    LISTED_MAX, LOOKED_MAX, Reach, Records, Sort, Totals, Wanted, lines,
};
use coffer_store::table::{account, setting};
use coffer_store::{Read, StoreError};
use std::sync::{Mutex, PoisonError};

/// Rows that one answer may have.
const ROWS_MAX: u32 = 200;
/// Characters that a filter or a name may have.
const FILTER_MAX: usize = 2_000;
const NAME_MAX: usize = 60;
/// Lists that may have a name.
const SAVED_MAX: usize = 200;
/// Counts that are kept.
const KEPT_MAX: usize = 24;
const SAVED: &str = "saved_views";

/// What counts are of: the list, the filter, and the order, which decides how far is looked.
type Asked = (RecordList, String, RecordSort, bool);

/// How many rows lists have, kept for as long as the file stays as it is and the day is the same.
#[derive(Debug, Default)]
pub struct RecordsCache(Mutex<Vec<(Asked, u64, i64, Totals)>>);

impl RecordsCache {
    fn get(&self, asked: &Asked, revision: u64, hour: i64) -> Option<Totals> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.iter()
            .find(|(of, at, when, _)| of == asked && *at == revision && *when == hour)
            .map(|(.., totals)| totals.clone())
    }

    fn keep(&self, asked: Asked, revision: u64, hour: i64, totals: &Totals) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|(of, at, ..)| *of != asked && *at == revision);
        if kept.len() >= KEPT_MAX {
            kept.remove(0);
        }
        kept.push((asked, revision, hour, totals.clone()));
    }
}

fn filter_of(text: &str, list: RecordList) -> Result<Filter, EngineError> {
    if text.chars().count() > FILTER_MAX {
        return Err(EngineError::Usage(format!(
            "A filter has at most {FILTER_MAX} characters."
        )));
    }
    Ok(Filter::parse(text, list.into())?)
}

fn sort_of(list: RecordList, sort: RecordSort) -> Result<Sort, EngineError> {
    let fits = match sort {
        RecordSort::Created => true,
        RecordSort::Amount => !matches!(list, RecordList::Subscriptions | RecordList::Trials),
        RecordSort::Due => !matches!(list, RecordList::Subscriptions | RecordList::Payments),
    };
    if !fits {
        return Err(EngineError::Usage(format!(
            "The list of {} has no such order.",
            list.as_str()
        )));
    }
    Ok(match sort {
        RecordSort::Created => Sort::Created,
        RecordSort::Amount => Sort::Amount,
        RecordSort::Due => Sort::Due,
    })
}

/// Answers `record_keys`.
#[must_use]
pub fn keys(list: RecordList) -> RecordKeys {
    let list = List::from(list);
    let items = list.keys().iter().map(|key| RecordKey {
        key: key.as_str().to_owned(),
        example: key.example().to_owned(),
        values: list.words(*key).iter().map(|it| (*it).to_owned()).collect(),
    });
    RecordKeys {
        items: items.collect(),
    }
}

/// The list of a mode that has no file yet.
///
/// # Errors
/// When the filter is none.
pub fn empty(request: &RecordsRequest) -> Result<RecordPage, EngineError> {
    Ok(RecordPage {
        rows: Vec::new(),
        total: 0,
        more: false,
        listed: 0,
        sums: Vec::new(),
        note: None,
        filter: filter_of(&request.filter, request.view)?.to_string(),
        offset: request.offset,
        as_of: None,
        revision: 0,
    })
}

/// What the copy is as of: the account that was brought longest ago decides.
fn as_of(read: &Read<'_>) -> Result<Option<Instant>, StoreError> {
    let accounts = account::all(read.sql())?;
    Ok(accounts.iter().filter_map(|row| row.synced_at).min())
}

/// The present for a list: never before what the copy is as of, by whichever clock.
fn present<M: Mode>(books: &Books<M>, as_of: Option<Instant>) -> Instant {
    let now = books.clock.now();
    as_of.map_or(now, |as_of| as_of.max(now))
}

/// Answers `records`.
///
/// # Errors
/// When the filter is none, the order is none of the list's, or the file's.
pub fn page<M: Mode>(
    books: &Books<M>,
    request: &RecordsRequest,
) -> Result<RecordPage, EngineError> {
    let filter = filter_of(&request.filter, request.view)?;
    let sort = sort_of(request.view, request.sort)?;
    let written = filter.to_string();
    let asked: Asked = (
        request.view,
        written.clone(),
        request.sort,
        request.descending,
    );
    Ok(books.store.read(|read| {
        let sql = read.sql();
        let (as_of, revision) = (as_of(read)?, read.revision()?);
        let now = present(books, as_of);
        let wanted = Wanted {
            list: request.view.into(),
            filter: &filter,
            sort,
            descending: request.descending,
            now,
        };
        let records = Records::new(sql, wanted)?;
        let hour = now.timestamp() / 3_600;
        let totals = match books.records.get(&asked, revision, hour) {
            Some(totals) => totals,
            None => {
                let totals = records.totals(sql)?;
                books.records.keep(asked, revision, hour, &totals);
                totals
            }
        };
        let keys = records.keys(sql, request.offset, request.limit.clamp(1, ROWS_MAX))?;
        let mut rows = Vec::with_capacity(keys.len());
        for line in lines(sql, request.view.into(), now, &keys)? {
            rows.push(row::row(read, &line, now, request.view)?);
        }
        Ok(RecordPage {
            rows,
            total: totals.count,
            more: totals.more,
            listed: totals.count.min(u64::from(LISTED_MAX)),
            sums: totals.sums.iter().copied().map(money).collect(),
            note: note(&totals),
            filter: written,
            offset: request.offset,
            as_of: as_of.map(instant),
            revision,
        })
    })?)
}

/// What was not looked at, and how it can be.
fn note(totals: &Totals) -> Option<String> {
    let mut said = Vec::new();
    if let Some(Reach {
        to,
        older_left,
        by_end,
    }) = totals.reach
    {
        let key = if by_end { "ends" } else { "created" };
        let rows = grouped(LOOKED_MAX);
        said.push(if older_left {
            format!(
                "Only the latest {rows} rows were looked at, back to {day}. {key}<={day} looks farther back.",
                day = day(to)
            )
        } else {
            format!(
                "Only the first {rows} rows were looked at, up to {day}. {key}>={day} looks farther on.",
                day = day(to)
            )
        });
    }
    if let Some(word) = &totals.common_word {
        said.push(format!(
            "“{word}” begins too many words for all of them to be looked at."
        ));
    }
    (!said.is_empty()).then(|| said.join(" "))
}

/// A count with its thousands set apart.
fn grouped(count: u32) -> String {
    format!("{},{:03}", count / 1_000, count % 1_000)
}

/// Answers `saved_views`.
///
/// # Errors
/// The file's.
pub fn saved<M: Mode>(books: &Books<M>) -> Result<SavedViews, EngineError> {
    let items = books
        .store
        .read(|read| setting::get::<Vec<SavedView>>(read.sql(), SAVED))?;
    Ok(SavedViews {
        items: items.unwrap_or_default(),
    })
}

/// Answers `saved_views_set`.
///
/// # Errors
/// When the filter is none, the name does not do, or the file's.
pub fn save<M: Mode>(books: &Books<M>, request: SavedViewsSet) -> Result<SavedViews, EngineError> {
    let keep = request.keep.map(sound).transpose()?;
    let forget = request.forget;
    let items = books.store.write(move |write| {
        let mut items: Vec<SavedView> = setting::get(write.sql(), SAVED)?.unwrap_or_default();
        if let Some(name) = &forget {
            items.retain(|it| it.view != name.view || it.name != name.name);
        }
        if let Some(keep) = keep {
            items.retain(|it| it.view != keep.view || it.name != keep.name);
            items.push(keep);
        }
        if items.len() > SAVED_MAX {
            return Ok(None);
        }
        items.sort_by_key(|it| (it.view, it.name.to_lowercase()));
        setting::set(write, SAVED, &items)?;
        Ok(Some(items))
    })?;
    let items = items
        .ok_or_else(|| EngineError::Usage(format!("At most {SAVED_MAX} views can have a name.")))?;
    Ok(SavedViews { items })
}

/// A view with a name as it is kept.
fn sound(view: SavedView) -> Result<SavedView, EngineError> {
    let name = view.name.split_whitespace().collect::<Vec<_>>().join(" ");
    if name.is_empty() || name.chars().count() > NAME_MAX {
        return Err(EngineError::Usage(format!(
            "A name has between 1 and {NAME_MAX} characters."
        )));
    }
    sort_of(view.view, view.sort)?;
    let filter = filter_of(&view.filter, view.view)?.to_string();
    Ok(SavedView {
        name,
        filter,
        ..view
    })
}

/// What is asked for, as a question to the file in order of when things were made.
fn in_order_of_time(list: List, filter: &Filter, now: Instant) -> Wanted<'_> {
    Wanted {
        list,
        filter,
        sort: Sort::Created,
        descending: true,
        now,
    }
}
