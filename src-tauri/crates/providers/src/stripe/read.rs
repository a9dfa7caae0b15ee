//! Walks lists and looks objects up, and makes each object whole before it is mapped.
//!
//! An object may hold only the first part of a list of its own: an invoice its first lines, a subscription its first
//! items. The rest is fetched and put into its JSON, so that what is kept is what is meant. The invariant: a page is
//! returned with every object it holds, or not at all.

use super::refusal::is_missing;
use super::{Asker, STRIPE_VERSION, endpoint, json, map, wire};
use crate::error::ProviderError;
use crate::http::{Get, redact_word};
use crate::provider::{Fetched, Found, Page};
use coffer_domain::record::Kind;
use serde::Deserialize;
use std::collections::BTreeMap;

/// The most pages of a list inside an object; a hundred thousand lines are no invoice.
const PARTS_MAX: usize = 1_000;

/// An object, or only the word that it is gone.
enum Seen {
    Here(Box<Fetched>),
    Deleted(String),
}

/// The list inside an object that may be cut short.
#[derive(Deserialize)]
struct Cut<'a> {
    #[serde(borrow)]
    lines: Option<wire::List<'a>>,
    #[serde(borrow)]
    items: Option<wire::List<'a>>,
}

impl Asker {
    pub(super) async fn page(
        &self,
        kind: Kind,
        after: Option<&str>,
    ) -> Result<Page, ProviderError> {
        let reply = self.ask(&endpoint::list(kind, after)).await?;
        let request_id = reply.request_id.as_deref();
        let list: wire::List<'_> = serde_json::from_slice(&reply.body).map_err(|error| {
            unreadable(
                format!("a page of {}: {}", kind.as_str(), map::plainly(&error)),
                request_id,
            )
        })?;
        for raw in &list.data {
            let header = map::header(raw.get());
            self.hold_to_mode(header.and_then(|header| header.livemode))?;
        }
        let mut page = Page {
            objects: Vec::with_capacity(list.data.len()),
            deleted: Vec::new(),
            next: None,
        };
        let mut last = None;
        for raw in &list.data {
            match self.object(kind, raw.get(), request_id).await? {
                Seen::Here(object) => {
                    last = Some(object.id.clone());
                    page.objects.push(*object);
                }
                Seen::Deleted(id) => {
                    last = Some(id.clone());
                    page.deleted.push(id);
                }
            }
        }
        if list.has_more == Some(true) {
            page.next = Some(moved_on(last, after, kind.as_str(), request_id)?);
        }
        Ok(page)
    }

    pub(super) async fn look_up(&self, kind: Kind, id: &str) -> Result<Found, ProviderError> {
        if matches!(id, "" | "." | "..") {
            return Ok(Found::Missing);
        }
        let reply = match self.ask(&endpoint::one(kind, id)).await {
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
        Ok(match self.object(kind, text, request_id).await? {
            Seen::Here(object) => Found::Here(object),
            Seen::Deleted(_) => Found::Deleted,
        })
    }

    /// Reads one object, whole.
    async fn object(
        &self,
        kind: Kind,
        text: &str,
        request_id: Option<&str>,
    ) -> Result<Seen, ProviderError> {
        let header = map::header(text)
            .ok_or_else(|| unreadable(format!("{}: no object", named(kind, None)), request_id))?;
        self.hold_to_mode(header.livemode)?;
        let id = header
            .id
            .ok_or_else(|| unreadable(format!("{}: no id", named(kind, None)), request_id))?;
        if header.deleted == Some(true) {
            return Ok(Seen::Deleted(id));
        }
        let raw = self.whole(kind, &id, text, request_id).await?;
        let (record, also) = map::record(kind, &raw).map_err(|problem| {
            unreadable(format!("{}: {problem}", named(kind, Some(&id))), request_id)
        })?;
        Ok(Seen::Here(Box::new(Fetched {
            kind,
            id,
            raw,
            record,
            also,
            api_version: STRIPE_VERSION,
        })))
    }

    /// The object's text with every part that it leaves out.
    async fn whole(
        &self,
        kind: Kind,
        id: &str,
        text: &str,
        request_id: Option<&str>,
    ) -> Result<String, ProviderError> {
        let unfit = |error: &serde_json::Error| {
            unreadable(
                format!("{}: {}", named(kind, Some(id)), map::plainly(error)),
                request_id,
            )
        };
        let text = json::compact(text);
        match kind {
            Kind::Invoices | Kind::Subscriptions => {
                let cut: Cut<'_> = serde_json::from_str(&text).map_err(|error| unfit(&error))?;
                let (name, list) = if kind == Kind::Invoices {
                    ("lines", cut.lines)
                } else {
                    ("items", cut.items)
                };
                let Some(list) = list.filter(|list| list.has_more == Some(true)) else {
                    return Ok(text);
                };
                let data = self.rest(kind, id, &list, request_id).await?;
                json::with_whole_list(&text, name, &data).map_err(|error| unfit(&error))
            }
            Kind::Prices => {
                let currencies = currencies_without_tiers(&text);
                if currencies.is_empty() {
                    return Ok(text);
                }
                let get = endpoint::price_with_tiers(id, currencies.iter().map(String::as_str));
                let reply = self.ask(&get).await?;
                let text = String::from_utf8_lossy(&reply.body);
                Ok(json::compact(&text))
            }
            _ => Ok(text),
        }
    }

    /// All of a list that begins inside an object: what stands there, then every page after it.
    async fn rest(
        &self,
        kind: Kind,
        id: &str,
        first: &wire::List<'_>,
        request_id: Option<&str>,
    ) -> Result<Vec<String>, ProviderError> {
        let ask_for = |after: Option<&str>| -> Get {
            if kind == Kind::Invoices {
                endpoint::invoice_lines(id, after)
            } else {
                endpoint::subscription_items(id, after)
            }
        };
        let mut data: Vec<String> = first.data.iter().map(|raw| raw.get().to_owned()).collect();
        let mut after = last_id(&data);
        for _ in 0..PARTS_MAX {
            let reply = self.ask(&ask_for(after.as_deref())).await?;
            let list: wire::List<'_> = serde_json::from_slice(&reply.body).map_err(|error| {
                unreadable(
                    format!("{}: {}", named(kind, Some(id)), map::plainly(&error)),
                    reply.request_id.as_deref(),
                )
            })?;
            data.extend(list.data.iter().map(|raw| json::compact(raw.get())));
            if list.has_more != Some(true) {
                return Ok(data);
            }
            let next = moved_on(last_id(&data), after.as_deref(), kind.as_str(), request_id)?;
            after = Some(next);
        }
        Err(unreadable(
            format!("{}: its list has no end", named(kind, Some(id))),
            request_id,
        ))
    }
}

fn last_id(data: &[String]) -> Option<String> {
    map::header(data.last()?)?.id
}

/// The currencies of a tiered price whose tiers did not come along.
fn currencies_without_tiers(price: &str) -> Vec<String> {
    #[derive(Deserialize)]
    struct Tiered {
        billing_scheme: Option<String>,
        currency: Option<String>,
        currency_options: Option<BTreeMap<String, wire::CurrencyOption>>,
    }
    let Ok(price) = serde_json::from_str::<Tiered>(price) else {
        // The mapping that follows says what is wrong with it.
        return Vec::new();
    };
    if price.billing_scheme.as_deref() != Some("tiered") {
        return Vec::new();
    }
    price
        .currency_options
        .unwrap_or_default()
        .into_iter()
        .filter(|(currency, option)| {
            option.tiers.is_none() && price.currency.as_deref() != Some(currency)
        })
        .map(|(currency, _)| currency)
        .filter(|currency| currency.bytes().all(|b| b.is_ascii_alphabetic()))
        .collect()
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
