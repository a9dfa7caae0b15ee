//! How far the log had come, kept where the file is not: in the keychain.
//!
//! Whoever puts an old file back, on purpose or from a backup, brings back operations that may have been sent since. That the
//! log ends before the mark, or says something else there, gives it away. What waits in such a file is then looked for at the
//! provider before anything of it is sent.

use crate::books::Books;
use crate::error::EngineError;
use crate::home::Home;
use crate::outbox::log::{PROGRAM, note, note_alone};
use crate::secrets::Secrets;
use coffer_domain::mode::{Mode, ModeName};
use coffer_domain::outbox::{Event, State};
use coffer_store::table::action_log::{self, Head};
use coffer_store::table::operation;
use serde_json::{Map, json};
use zeroize::Zeroizing;

/// What has not come to its end, and may have since.
const OPEN: [State; 6] = [
    State::Draft,
    State::AwaitingApproval,
    State::Queued,
    State::Sending,
    State::Unknown,
    State::NeedsReview,
];

/// Operations moved in one transaction.
const AT_ONCE: u32 = 500;

/// A mark that no log has.
const DOUBTED: &str = "0:doubted";

fn name(home: &Home) -> String {
    format!("{}/log", home.id())
}

/// Says that the next file that is opened here may be older than what was done: what waits in it is looked for first. Returns
/// the mark that was kept, should nothing come of it.
pub(crate) fn doubt(
    home: &Home,
    mode: ModeName,
    secrets: &dyn Secrets,
) -> Result<Option<Zeroizing<String>>, EngineError> {
    let kept = secrets.get(mode, &name(home))?;
    secrets.set(mode, &name(home), DOUBTED)?;
    Ok(kept)
}

/// Takes the doubt back.
pub(crate) fn trust(
    home: &Home,
    mode: ModeName,
    secrets: &dyn Secrets,
    kept: Option<&str>,
) -> Result<(), EngineError> {
    match kept {
        Some(text) => secrets.set(mode, &name(home), text)?,
        None => secrets.forget(mode, &name(home))?,
    }
    Ok(())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn written(head: Head) -> String {
    format!("{}:{}", head.seq, hex(&head.hash))
}

fn read(text: &str) -> Option<(i64, String)> {
    let (seq, hash) = text.split_once(':')?;
    Some((seq.parse().ok()?, hash.to_owned()))
}

/// Writes down how far the log has come. Blocks.
///
/// # Errors
/// The file's or the secrets'.
pub fn keep_mark<M: Mode>(books: &Books<M>) -> Result<(), EngineError> {
    let head = books.store.read(|read| action_log::head(read.sql()))?;
    if head.seq == 0 {
        return Ok(());
    }
    let name = name(&books.home);
    let text = written(head);
    if books
        .secrets
        .get(M::NAME, &name)?
        .is_some_and(|known| *known == text)
    {
        return Ok(());
    }
    books.secrets.set(M::NAME, &name, &text)?;
    Ok(())
}

/// Looks whether the file is older than what was known before; if so, everything that waits in it may have happened. Says
/// whether it is. Blocks.
///
/// # Errors
/// The file's or the secrets'.
pub fn look_at_mark<M: Mode>(books: &Books<M>) -> Result<bool, EngineError> {
    // Where nothing was ever done there is nothing to ask the keychain for.
    let waits = books.store.read(|read| {
        let head = action_log::head(read.sql())?;
        Ok(head.seq > 0 || !operation::standing(read.sql(), &OPEN, 0, 1)?.is_empty())
    })?;
    if !waits {
        return Ok(false);
    }
    let Some(known) = books.secrets.get(M::NAME, &name(&books.home))? else {
        return Ok(false);
    };
    let Some((seq, hash)) = read(&known) else {
        return Ok(false);
    };
    let here = books
        .store
        .read(|read| action_log::hash_at(read.sql(), seq))?;
    if here.is_some_and(|here| hex(&here) == hash) {
        return Ok(false);
    }
    rewind(books)?;
    keep_mark(books)?;
    Ok(true)
}

fn rewind<M: Mode>(books: &Books<M>) -> Result<(), EngineError> {
    let now = books.clock.now();
    let mut after = 0;
    loop {
        let last = books.store.write(move |write| {
            let waiting = operation::standing(write.sql(), &OPEN, after, AT_ONCE)?;
            let last = waiting.last().map(|row| row.number);
            for mut row in waiting {
                if let Ok(after) = row.progress.after(Event::Rewound) {
                    row.progress = after;
                    row.changed_at = now;
                    row.code = Some("old_file".to_owned());
                    row.message = Some(
                        "This file is older than what was done before; it is looked for at the provider first."
                            .to_owned(),
                    );
                    operation::update(write, &row)?;
                    note(write, &row, PROGRAM, "rewound", now, &[])?;
                }
            }
            Ok(last)
        })?;
        match last {
            Some(last) => after = last,
            None => break,
        }
    }
    books.store.write(move |write| {
        let mut detail = Map::new();
        detail.insert(
            "meaning".to_owned(),
            json!("this file is older than the last one that was known"),
        );
        note_alone(write, PROGRAM, "old_file", now, detail)
    })?;
    Ok(())
}
