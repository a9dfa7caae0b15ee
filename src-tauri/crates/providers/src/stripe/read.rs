//! Walks lists and looks objects up, and makes each object whole before it is kept.
//!
//! An object may hold only the first part of a list of its own: an invoice its first lines, a subscription its first
//! items. The rest is fetched and put into its JSON, so that what is kept is what is meant. Each object's text is read
//! once, straight into the fields we need, and copied once. The invariants: a page is returned with every object it
//! holds, or not at all; and nothing further is asked for before every object of it was held to the client's mode.

use super::endpoint::Part;
use super::map::{Parsed, Problem};
use super::refusal::{is_missing, names_nobody};
use super::{Asker, STRIPE_VERSION, endpoint, json, map, wire};
use crate::error::ProviderError;
use crate::http::{Question, Reply, redact_word};
use crate::provider::{Fetched, Found, Page};
use coffer_domain::record::{Kind, Record};
use coffer_domain::sync::Slice;
use serde_json::value::RawValue;
use std::collections::HashSet;

/// The most pages of a list inside an object; a hundred thousand lines are no invoice.
const PARTS_MAX: usize = 1_000;

/// Stands before the object to go on after, in the second of two lists that are walked as one.
const DRAFTS: &str = "draft:";

/// An object, or only the word that it is gone.
enum Seen {
    Here(Box<Parsed>),
    Deleted(String),
}

impl Seen {
    fn id(&self) -> &str {
        match self {
            Self::Here(parsed) => &parsed.id,
            Self::Deleted(id) => id,
        }
    }
}

impl Asker {
    pub(super) async fn page(
        &self,
        kind: Kind,
        slice: &Slice,
        after: Option<&str>,
    ) -> Result<Page, ProviderError> {
        let of_one = endpoint::only_of_one(kind);
        if of_one && !matches!(slice, Slice::Of(_)) {
            return Ok(Page::END);
        }
        let two_lists = kind == Kind::Invoices && *slice == Slice::Unsettled;
        let drafts = after.and_then(|after| after.strip_prefix(DRAFTS));
        let (part, after) = match drafts.filter(|_| two_lists) {
            Some(rest) => (Part::Drafts, Some(rest).filter(|rest| !rest.is_empty())),
            None => (Part::First, after),
        };
        let question = endpoint::list(kind, slice, part, after).ok_or_else(|| {
            unreadable(
                format!("{} have no such part of their list", kind.as_str()),
                None,
            )
        })?;
        let reply = match self.ask(&question).await {
            Ok(reply) => reply,
            // Whose list it was is gone, and the list with it.
            Err(error) if of_one && is_missing(&error) => return Ok(Page::END),
            Err(error)
                if matches!(slice, Slice::Of(_) | Slice::OnClock(_))
                    // Behind a first page it may be the place to go on that is gone.
                    && after.is_none()
                    && names_nobody(&error) =>
            {
                return Ok(Page::END);
            }
            Err(error) => return Err(error),
        };
        let mut page = self.read_page(kind, &reply, after).await?;
        page.next = match (part, page.next) {
            (Part::Drafts, next) => next.map(|next| format!("{DRAFTS}{next}")),
            (Part::First, None) if two_lists => Some(DRAFTS.to_owned()),
            (Part::First, next) => next,
        };
        Ok(page)
    }

    /// The ids of all test clocks.
    pub(super) async fn clocks(&self) -> Result<Vec<String>, ProviderError> {
        let what = "test clocks";
        let mut all: Vec<String> = Vec::new();
        for _ in 0..PARTS_MAX {
            let after = all.last().cloned();
            let reply = self.ask(&endpoint::clocks(after.as_deref())).await?;
            let request_id = reply.request_id.as_deref();
            let list: wire::List<'_> = list_of(&reply, || format!("a page of {what}"))?;
            self.hold_all_to_mode(&list.data)?;
            let ids: Vec<String> = list
                .data
                .iter()
                .filter_map(|raw| map::header(raw.get())?.id)
                .collect();
            new_ids(
                ids.iter().map(String::as_str),
                after.as_deref(),
                what,
                request_id,
            )?;
            let more = list.has_more == Some(true);
            all.extend(ids);
            if !more {
                return Ok(all);
            }
            moved_on(all.last().cloned(), after.as_deref(), what, request_id)?;
        }
        Err(unreadable(format!("{what}: their list has no end"), None))
    }

    async fn read_page(
        &self,
        kind: Kind,
        reply: &Reply,
        after: Option<&str>,
    ) -> Result<Page, ProviderError> {
        let request_id = reply.request_id.as_deref();
        let (list, seen) = self.seen_of_page(kind, reply)?;
        new_ids(seen.iter().map(Seen::id), after, kind.as_str(), request_id)?;
        let last = seen.last().map(|seen| seen.id().to_owned());
        let mut page = Page::END;
        page.objects.reserve(seen.len());
        for (raw, seen) in list.data.iter().zip(seen) {
            match seen {
                Seen::Here(parsed) => {
                    let id = parsed.cut.then(|| parsed.id.clone());
                    match self.whole(kind, parsed, raw.get(), request_id).await {
                        Ok(object) => page.objects.push(object),
                        // It was deleted after its list was told and before the rest of it was.
                        Err(error) if is_missing(&error) => page.deleted.extend(id),
                        Err(error) => return Err(error),
                    }
                }
                Seen::Deleted(id) => page.deleted.push(id),
            }
        }
        if list.has_more == Some(true) {
            page.next = Some(moved_on(last, after, kind.as_str(), request_id)?);
        }
        Ok(page)
    }

    /// Every object of a page, read and held to the mode. An object of the other mode is told before one that cannot be
    /// read.
    fn seen_of_page<'a>(
        &self,
        kind: Kind,
        reply: &'a Reply,
    ) -> Result<(wire::List<'a>, Vec<Seen>), ProviderError> {
        let request_id = reply.request_id.as_deref();
        let list: wire::List<'_> = list_of(reply, || format!("a page of {}", kind.as_str()))?;
        let seen: Result<Vec<Seen>, ProviderError> = list
            .data
            .iter()
            .map(|raw| self.seen(kind, raw.get(), request_id))
            .collect();
        match seen {
            Ok(seen) => Ok((list, seen)),
            Err(error) => {
                self.hold_all_to_mode(&list.data)?;
                Err(error)
            }
        }
    }

    /// Refuses a page that holds an object of the other mode.
    pub(super) fn hold_all_to_mode(&self, data: &[&RawValue]) -> Result<(), ProviderError> {
        for raw in data {
            let header = map::header(raw.get());
            self.hold_to_mode(header.and_then(|header| header.livemode))?;
        }
        Ok(())
    }

    pub(super) async fn look_up(&self, kind: Kind, id: &str) -> Result<Found, ProviderError> {
        let of_one = endpoint::only_of_one(kind);
        let ids: Vec<&str> = match id.split_once('/') {
            Some((owner, entry)) if of_one => vec![owner, entry],
            None if of_one => return Ok(Found::Missing),
            _ => vec![id],
        };
        if ids.iter().any(|id| matches!(*id, "" | "." | "..")) {
            return Ok(Found::Missing);
        }
        let reply = match self.ask(&endpoint::one(kind, &ids)).await {
            Ok(reply) => reply,
            Err(error) if is_missing(&error) => return Ok(Found::Missing),
            Err(error) => return Err(error),
        };
        let request_id = reply.request_id.as_deref();
        let text = std::str::from_utf8(&reply.body).map_err(|_| {
            unreadable(
                format!("{}: it is not text", named(kind, Some(id))),
                request_id,
            )
        })?;
        match self.seen(kind, text, request_id)? {
            Seen::Here(parsed) => match self.whole(kind, parsed, text, request_id).await {
                Ok(object) => Ok(Found::Here(Box::new(object))),
                // It was deleted between the two questions.
                Err(error) if is_missing(&error) => Ok(Found::Missing),
                Err(error) => Err(error),
            },
            Seen::Deleted(_) => Ok(Found::Deleted),
        }
    }

    /// Reads one object's text and holds it to the mode.
    fn seen(
        &self,
        kind: Kind,
        text: &str,
        request_id: Option<&str>,
    ) -> Result<Seen, ProviderError> {
        match map::object(kind, text) {
            Ok(parsed) => {
                self.hold_to_mode(parsed.livemode)?;
                Ok(if parsed.deleted {
                    Seen::Deleted(parsed.id)
                } else {
                    Seen::Here(Box::new(parsed))
                })
            }
            Err(problem) => {
                let header = map::header(text).ok_or_else(|| {
                    unreadable(format!("{}: no object", named(kind, None)), request_id)
                })?;
                self.hold_to_mode(header.livemode)?;
                let id = header.id.ok_or_else(|| {
                    unreadable(format!("{}: no id", named(kind, None)), request_id)
                })?;
                if header.deleted == Some(true) {
                    return Ok(Seen::Deleted(id));
                }
                Err(unreadable(
                    format!("{}: {problem}", named(kind, Some(&id))),
                    request_id,
                ))
            }
        }
    }

    /// The object with every part that it leaves out.
    async fn whole(
        &self,
        kind: Kind,
        parsed: Box<Parsed>,
        text: &str,
        request_id: Option<&str>,
    ) -> Result<Fetched, ProviderError> {
        let Parsed { id, cut, made, .. } = *parsed;
        let (raw, made) = if cut {
            let raw = self.completed(kind, &id, text, request_id).await?;
            let again = map::object(kind, &raw);
            if let Ok(again) = &again {
                self.hold_to_mode(again.livemode)?;
            }
            (raw, again.and_then(|again| again.made))
        } else {
            (json::compact(text), made)
        };
        fetched(kind, id, raw, made).map_err(|what| unreadable(what, request_id))
    }

    /// The text of an object whose list goes on elsewhere, with all of it.
    async fn completed(
        &self,
        kind: Kind,
        id: &str,
        text: &str,
        request_id: Option<&str>,
    ) -> Result<String, ProviderError> {
        let text = json::compact(text);
        let unfit = |error: &serde_json::Error| {
            unreadable(
                format!("{}: {}", named(kind, Some(id)), map::plainly(error)),
                request_id,
            )
        };
        let name = match kind {
            Kind::Invoices | Kind::CreditNotes => "lines",
            Kind::Subscriptions => "items",
            Kind::Prices => {
                let price: wire::Price =
                    serde_json::from_str(&text).map_err(|error| unfit(&error))?;
                let currencies = price.currencies_without_tiers().into_iter();
                let reply = self
                    .ask(&endpoint::price_with_tiers(id, currencies))
                    .await?;
                return Ok(json::compact(&String::from_utf8_lossy(&reply.body)));
            }
            _ => return Ok(text),
        };
        let first = json::member(&text, name).map_err(|error| unfit(&error))?;
        let first: wire::List<'_> = serde_json::from_str(first).map_err(|error| unfit(&error))?;
        let data = self.rest(kind, id, &first, request_id).await?;
        json::with_whole_list(&text, name, &data).map_err(|error| unfit(&error))
    }

    /// All of a list that begins inside an object: what stands there, then every page after it.
    async fn rest(
        &self,
        kind: Kind,
        id: &str,
        first: &wire::List<'_>,
        request_id: Option<&str>,
    ) -> Result<Vec<String>, ProviderError> {
        let ask_for = |after: Option<&str>| -> Question {
            match kind {
                Kind::Invoices => endpoint::invoice_lines(id, after),
                Kind::CreditNotes => endpoint::credit_note_lines(id, after),
                _ => endpoint::subscription_items(id, after),
            }
        };
        let mut data: Vec<String> = first.data.iter().map(|raw| raw.get().to_owned()).collect();
        let mut after = last_id(&data);
        for _ in 0..PARTS_MAX {
            let reply = self.ask(&ask_for(after.as_deref())).await?;
            let list: wire::List<'_> = list_of(&reply, || named(kind, Some(id)))?;
            let before = data.len();
            data.extend(list.data.iter().map(|raw| json::compact(raw.get())));
            let ids: Vec<String> = data
                .iter()
                .skip(before)
                .filter_map(|part| map::header(part)?.id)
                .collect();
            let whose = || format!("{} of {}", kind.as_str(), redact_word(id));
            new_ids(
                ids.iter().map(String::as_str),
                after.as_deref(),
                &whose(),
                request_id,
            )?;
            if list.has_more != Some(true) {
                return Ok(data);
            }
            after = Some(moved_on(
                last_id(&data),
                after.as_deref(),
                &whose(),
                request_id,
            )?);
        }
        Err(unreadable(
            format!("{}: its list has no end", named(kind, Some(id))),
            request_id,
        ))
    }
}

impl Page {
    /// Nothing, and nothing after it.
    const END: Self = Self {
        objects: Vec::new(),
        deleted: Vec::new(),
        next: None,
    };
}

/// Puts together what is known of an object. The error names it and what is wrong with it.
pub(super) fn fetched(
    kind: Kind,
    id: String,
    raw: String,
    made: Result<(Record, Vec<Record>), Problem>,
) -> Result<Fetched, String> {
    let (record, also) =
        made.map_err(|problem| format!("{}: {problem}", named(kind, Some(&id))))?;
    Ok(Fetched {
        kind,
        id,
        raw,
        record,
        also,
        api_version: STRIPE_VERSION,
    })
}

/// A list's page; its objects stay text.
pub(super) fn list_of<'a>(
    reply: &'a Reply,
    what: impl Fn() -> String,
) -> Result<wire::List<'a>, ProviderError> {
    let request_id = reply.request_id.as_deref();
    let text = std::str::from_utf8(&reply.body)
        .map_err(|_| unreadable(format!("{}: it is not text", what()), request_id))?;
    serde_json::from_str(text)
        .map_err(|error| unreadable(format!("{}: {}", what(), map::plainly(&error)), request_id))
}

fn last_id(data: &[String]) -> Option<String> {
    map::header(data.last()?)?.id
}

/// Refuses a page that tells something again: what the page before ended with, or one thing twice. A list that ignores
/// where it is to go on would be walked for ever, or be kept double.
pub(super) fn new_ids<'a>(
    ids: impl Iterator<Item = &'a str>,
    after: Option<&str>,
    what: &str,
    request_id: Option<&str>,
) -> Result<(), ProviderError> {
    let mut seen = HashSet::new();
    for id in ids {
        if after == Some(id) || !seen.insert(id) {
            return Err(unreadable(
                format!("a page of {what}: it repeats {}", redact_word(id)),
                request_id,
            ));
        }
    }
    Ok(())
}

/// The object to go on after. A list that says there is more and does not move on would be walked for ever.
pub(super) fn moved_on(
    last: Option<String>,
    after: Option<&str>,
    what: &str,
    request_id: Option<&str>,
) -> Result<String, ProviderError> {
    last.filter(|last| after != Some(last.as_str()))
        .ok_or_else(|| {
            unreadable(
                format!("a page of {what}: it says that there is more and does not move on"),
                request_id,
            )
        })
}

pub(super) fn unreadable(what: String, request_id: Option<&str>) -> ProviderError {
    ProviderError::Unreadable {
        what,
        request_id: request_id.map(str::to_owned),
    }
}

/// An object as messages name it: `subscriptions sub_1`.
fn named(kind: Kind, id: Option<&str>) -> String {
    match id {
        Some(id) => format!("{} {}", kind.as_str(), redact_word(id)),
        None => format!("one of {}", kind.as_str()),
    }
}
