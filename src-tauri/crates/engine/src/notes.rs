//! What people write about a customer: kept in the file, found by the search, told to nobody. No provider hears of it, no log
//! and no error carries its text.
//!
//! Where there are operators, a note names the one who wrote it, and only that one changes it or takes it out; once its author
//! is no operator any more, whoever is may. Where there are none, everybody who sits here is the same.

use crate::books::Books;
use crate::clock::random_bytes;
use crate::error::EngineError;
use crate::outbox::{Who, operator_of};
use coffer_domain::ids::CustomerId;
use coffer_domain::mode::Mode;
use coffer_store::query::customers;
use coffer_store::table::note::{self, NoteRow};
use coffer_store::table::setting;
use coffer_store::{StoreError, Write};
use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

/// Characters that a note may have.
pub const TEXT_MAX: usize = 4_000;
/// Notes that a customer may have.
pub const NOTES_MAX: u64 = 200;
/// Notes taken out that can be put back.
const REMOVED_MAX: usize = 20;

/// Notes that were taken out while these books were open, for those who think again. They are in memory alone.
#[derive(Default)]
pub struct RemovedNotes(Mutex<VecDeque<NoteRow>>);

impl RemovedNotes {
    fn keep(&self, row: NoteRow) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= REMOVED_MAX {
            kept.pop_front();
        }
        kept.push_back(row);
    }

    fn take(&self, id: i64) -> Option<NoteRow> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let at = kept.iter().position(|row| row.id == id)?;
        kept.remove(at)
    }
}

/// What became of a wish about a note inside its transaction.
enum Outcome {
    Done(NoteRow),
    /// There is no such customer or note.
    Missing,
    /// The customer has as many as there may be.
    TooMany,
    /// It is another operator's.
    OfAnother(String),
}

impl Outcome {
    fn told<M: Mode>(self, what: &'static str, id: &str) -> Result<NoteRow, EngineError> {
        match self {
            Self::Done(row) => Ok(row),
            Self::Missing => Err(EngineError::NotFound {
                what,
                id: id.to_owned(),
                mode: M::NAME,
            }),
            Self::TooMany => Err(EngineError::Usage(format!(
                "There are {NOTES_MAX} notes on this customer already, which is the most there may be. Remove one that is no longer needed."
            ))),
            Self::OfAnother(author) => Err(EngineError::NoteOfAnother(author)),
        }
    }
}

/// Writes a note. Blocks.
///
/// # Errors
/// When the text cannot be kept, there is no such customer, it has too many notes, the operator is not right, or the file's.
pub fn add<M: Mode>(
    books: &Books<M>,
    who: &Who,
    customer: &str,
    text: &str,
) -> Result<NoteRow, EngineError> {
    let text = cleaned(text)?;
    let author = operator_of(books, who)?;
    let (id, written_at) = (number()?, books.clock.now());
    let of = CustomerId::new(customer);
    let outcome = books.store.write(move |write| {
        let Some(account) = customers::account_of(write.sql(), &of)? else {
            return Ok(Outcome::Missing);
        };
        let row = NoteRow {
            id,
            account,
            customer: of.clone(),
            text,
            author,
            written_at,
            changed_at: None,
        };
        kept_if_there_is_room(write, row)
    })?;
    outcome.told::<M>("customer", customer)
}

/// Puts other words in place of a note's. Blocks.
///
/// # Errors
/// When the text cannot be kept, there is no such note, it is another operator's, the operator is not right, or the file's.
pub fn change<M: Mode>(
    books: &Books<M>,
    who: &Who,
    id: &str,
    text: &str,
) -> Result<NoteRow, EngineError> {
    let text = cleaned(text)?;
    let me = operator_of(books, who)?;
    let (name, now) = (id.to_owned(), books.clock.now());
    let outcome = books.store.write(move |write| {
        let row = match own(write, &name, me.as_deref())? {
            Outcome::Done(row) => row,
            other => return Ok(other),
        };
        if row.text == text {
            return Ok(Outcome::Done(row));
        }
        // Whoever stands beside the words wrote these words.
        let row = NoteRow {
            text,
            author: me,
            changed_at: Some(now),
            ..row
        };
        note::put(write, &row)?;
        Ok(Outcome::Done(row))
    })?;
    outcome.told::<M>("note", id)
}

/// Takes a note out; `restore` puts it back. Blocks.
///
/// # Errors
/// When there is no such note, it is another operator's, the operator is not right, or the file's.
pub fn remove<M: Mode>(books: &Books<M>, who: &Who, id: &str) -> Result<NoteRow, EngineError> {
    let me = operator_of(books, who)?;
    let name = id.to_owned();
    let outcome = books.store.write(move |write| {
        let found = own(write, &name, me.as_deref())?;
        if let Outcome::Done(row) = &found {
            note::remove(write, row)?;
        }
        Ok(found)
    })?;
    let row = outcome.told::<M>("note", id)?;
    books.removed_notes.keep(row.clone());
    Ok(row)
}

/// Puts a note back as it was that was taken out since these books were opened. Blocks.
///
/// # Errors
/// When there is none, its customer is gone or has too many, or the file's; it can be tried again then.
pub fn restore<M: Mode>(books: &Books<M>, id: &str) -> Result<NoteRow, EngineError> {
    let missing = || Outcome::Missing.told::<M>("removed note", id);
    let Some(row) = note::number(id).and_then(|id| books.removed_notes.take(id)) else {
        return missing();
    };
    let wanted = row.clone();
    let outcome = books.store.write(move |write| {
        match customers::account_of(write.sql(), &wanted.customer)? {
            Some(account) if account == wanted.account => kept_if_there_is_room(write, wanted),
            _ => Ok(Outcome::Missing),
        }
    });
    if !matches!(outcome, Ok(Outcome::Done(_))) {
        books.removed_notes.keep(row);
    }
    outcome?.told::<M>("removed note", id)
}

fn kept_if_there_is_room(write: &mut Write<'_>, row: NoteRow) -> Result<Outcome, StoreError> {
    if note::count_of(write.sql(), &row.account, &row.customer)? >= NOTES_MAX {
        return Ok(Outcome::TooMany);
    }
    note::put(write, &row)?;
    Ok(Outcome::Done(row))
}

/// A note, if it is one that this operator may change.
fn own(write: &Write<'_>, name: &str, me: Option<&str>) -> Result<Outcome, StoreError> {
    let found = match note::number(name) {
        Some(id) => note::one(write.sql(), id)?,
        None => None,
    };
    let Some(row) = found else {
        return Ok(Outcome::Missing);
    };
    if let Some(author) = row.author.as_deref().filter(|author| me != Some(author)) {
        let operators = setting::operators(write.sql())?;
        if operators.iter().any(|it| it.name == author) {
            return Ok(Outcome::OfAnother(author.to_owned()));
        }
    }
    Ok(Outcome::Done(row))
}

/// A number that nobody has. It is small enough for every reader of JSON.
fn number() -> Result<i64, EngineError> {
    let bytes: [u8; 6] =
        random_bytes().map_err(|error| EngineError::Internal(error.to_string()))?;
    Ok(bytes
        .iter()
        .fold(0, |number, byte| (number << 8) | i64::from(*byte)))
}

/// The text as it is kept: one kind of line break, nothing that cannot be seen, no empty lines around it.
fn cleaned(text: &str) -> Result<String, EngineError> {
    let text: String = text
        .replace("\r\n", "\n")
        .replace('\r', "\n")
        .chars()
        .filter(|letter| !letter.is_control() || matches!(letter, '\n' | '\t'))
        .collect();
    let text = text.trim_matches('\n').trim_end();
    if text.trim().is_empty() {
        return Err(EngineError::Usage("A note needs some words.".to_owned()));
    }
    let count = text.chars().count();
    if count > TEXT_MAX {
        return Err(EngineError::Usage(format!(
            "A note has at most {TEXT_MAX} characters, and this one has {count}."
        )));
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::{TEXT_MAX, cleaned};

    #[test]
    fn a_text_is_kept_as_it_is_read() {
        for (typed, kept) in [
            ("Called.", "Called."),
            ("\n\nOne\r\nTwo\rThree \n", "One\nTwo\nThree"),
            ("  indented\n\tmore", "  indented\n\tmore"),
            ("a\u{0}b\u{1b}c", "abc"),
        ] {
            assert_eq!(cleaned(typed).ok().as_deref(), Some(kept), "{typed:?}");
        }
    }

    #[test]
    fn a_text_without_words_or_without_end_is_refused() {
        for typed in ["", " \n\t\r\n ", "\u{0}"] {
            let refused = cleaned(typed).err().map(|it| it.to_string());
            assert_eq!(refused.as_deref(), Some("A note needs some words."));
        }
        assert!(cleaned(&"é".repeat(TEXT_MAX)).is_ok());
        let refused = cleaned(&"é".repeat(TEXT_MAX + 1)).err();
        let refused = refused.map(|it| it.to_string()).unwrap_or_default();
        assert!(refused.contains("4001"), "{refused}");
    }
}
