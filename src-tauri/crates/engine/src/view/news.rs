//! What happened since somebody last looked: who came, pays more or less, left, whose bill failed, who disputes.
//!
//! Movements are of whole days, and a day goes on after somebody looked. So what was seen of the last day is kept beside
//! the instant, and only the rest of that day is news. The instant advances when the page says so and never by itself.

use crate::api::today::{News, NewsGroup, NewsLine};
use crate::api::types::ModeView;
use crate::books::Books;
use crate::error::EngineError;
use crate::figures::{self, Customer, Figures};
use crate::preferences;
use crate::view::customers::called;
use crate::view::money::{difference, instant, money};
use chrono::{Duration, NaiveDate};
use coffer_domain::Instant;
use coffer_domain::calendar::{Every, day_of};
use coffer_domain::currency::Currency;
use coffer_domain::metric::days::{date_of, number_of};
use coffer_domain::metric::explain::{Of, shares};
use coffer_domain::metric::figures::{Period, periods};
use coffer_domain::metric::movement::Movement;
use coffer_domain::mode::Mode;
use coffer_domain::money::Money;
use coffer_domain::ratio::Overflow;
use coffer_store::query::waiting;
use coffer_store::table::setting;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

const LOOKED: &str = "overview_looked";
/// How far back news go before anybody looked.
const DAYS_FIRST: i64 = 7;
/// Lines of one kind that are told.
const LINES_MAX: usize = 6;
const KINDS: [&str; 7] = [
    "new",
    "expansion",
    "reactivation",
    "contraction",
    "churn",
    "failed",
    "dispute",
];

/// When somebody last looked, and what was seen of that day.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Looked {
    /// Seconds.
    at: i64,
    /// What was seen of the day that was not over.
    seen: BTreeSet<String>,
}

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Event {
    kind: &'static str,
    customer: Option<String>,
    date: NaiveDate,
    amount: Money,
    about: Option<String>,
}

impl Event {
    /// What tells it from others.
    fn key(&self) -> String {
        let customer = self.customer.as_deref().unwrap_or_default();
        format!(
            "{}/{customer}/{}/{}{}",
            self.kind, self.date, self.amount.minor, self.amount.currency
        )
    }

    /// Only movements are of whole days.
    fn is_of_a_day(&self) -> bool {
        !matches!(self.kind, "failed" | "dispute")
    }
}

/// The news of a mode that has nothing yet.
#[must_use]
pub const fn nothing(mode: ModeView) -> News {
    News {
        mode,
        since: None,
        looked: false,
        until: None,
        groups: Vec::new(),
    }
}

/// Answers `news`. Blocks.
///
/// # Errors
/// The file's.
pub fn news<M: Mode>(books: &Books<M>) -> Result<News, EngineError> {
    let mut news = nothing(M::NAME.into());
    let figures = figures::load(books, &preferences::view(books)?)?;
    let Some(until) = figures.as_of else {
        return Ok(news);
    };
    let kept: Option<Looked> = books.store.read(|read| setting::get(read.sql(), LOOKED))?;
    news.looked = kept.is_some();
    let looked = kept.unwrap_or_else(|| Looked {
        at: until.timestamp() - Duration::days(DAYS_FIRST).num_seconds(),
        seen: BTreeSet::new(),
    });
    let since = Instant::from_timestamp(looked.at, 0).unwrap_or(until);
    news.since = Some(instant(since));
    news.until = Some(instant(until));
    let mut events = happened(books, &figures, since, until)?;
    events.retain(|it| !it.is_of_a_day() || !looked.seen.contains(&it.key()));
    events.sort_by(|a, b| {
        (b.date, b.amount.minor.abs(), &a.customer).cmp(&(
            a.date,
            a.amount.minor.abs(),
            &b.customer,
        ))
    });
    for kind in KINDS {
        let own: Vec<&Event> = events.iter().filter(|it| it.kind == kind).collect();
        if own.is_empty() {
            continue;
        }
        let shown: Vec<Event> = own.iter().take(LINES_MAX).map(|it| (*it).clone()).collect();
        news.groups.push(NewsGroup {
            kind: kind.to_owned(),
            count: u64::try_from(own.len()).unwrap_or(u64::MAX),
            lines: lines(books, shown)?,
        });
    }
    Ok(news)
}

fn lines<M: Mode>(books: &Books<M>, events: Vec<Event>) -> Result<Vec<NewsLine>, EngineError> {
    let ids: Vec<String> = events
        .iter()
        .map(|it| it.customer.clone().unwrap_or_default())
        .collect();
    let names = called(books, &ids)?;
    Ok(events
        .into_iter()
        .zip(names)
        .map(|(it, customer_name)| NewsLine {
            amount: if it.is_of_a_day() {
                difference(it.amount.minor, it.amount.currency)
            } else {
                money(it.amount)
            },
            customer: it.customer,
            customer_name,
            date: it.date.to_string(),
            about: it.about,
        })
        .collect())
}

/// Keeps that everything up to an instant was seen. It never goes back, and never beyond what the copy knows. Blocks.
///
/// # Errors
/// The file's.
pub fn seen<M: Mode>(books: &Books<M>, until: Instant) -> Result<(), EngineError> {
    let figures = figures::load(books, &preferences::view(books)?)?;
    let Some(known) = figures.as_of else {
        return Ok(());
    };
    let until = until.min(known);
    let zone = figures.view.zone;
    let day = day_of(until, zone);
    let start = coffer_domain::calendar::end_of_day(day.pred_opt().unwrap_or(day), zone);
    let events = happened(books, &figures, start.unwrap_or(until), until)?;
    let looked = Looked {
        at: until.timestamp(),
        seen: events
            .iter()
            .filter(|it| it.is_of_a_day() && it.date == day)
            .map(Event::key)
            .collect(),
    };
    books.store.write(move |write| {
        let before: Option<Looked> = setting::get(write.sql(), LOOKED)?;
        if before.is_none_or(|before| before.at <= looked.at) {
            setting::set(write, LOOKED, &looked)?;
        }
        Ok(())
    })?;
    Ok(())
}

/// Movements from the day of an instant on, and bills and disputes after the instant itself.
fn happened<M: Mode>(
    books: &Books<M>,
    figures: &Figures,
    since: Instant,
    until: Instant,
) -> Result<Vec<Event>, EngineError> {
    let zone = figures.view.zone;
    let present = day_of(until, zone);
    let Some(mut period) = periods(&[present], Every::Day, present).first().copied() else {
        return Ok(Vec::new());
    };
    period.before = number_of(day_of(since, zone)).saturating_sub(1);
    let threads = figures.add_up(
        books,
        || Ok(Vec::new()),
        |found: &mut Result<Vec<Event>, Overflow>, it| {
            let Ok(all) = found else { return };
            match of_customer(&it, &period, since.timestamp()) {
                Ok(own) => all.extend(own),
                Err(overflow) => *found = Err(overflow),
            }
        },
    )?;
    let mut events = Vec::new();
    for thread in threads {
        events.extend(thread.map_err(|error| EngineError::Internal(error.to_string()))?);
    }
    let disputes = books
        .store
        .read(|read| waiting::disputes_after(read.sql(), since.timestamp()))?;
    events.extend(disputes.into_iter().map(|(it, created)| Event {
        kind: "dispute",
        customer: it.customer,
        date: day_of(created, zone),
        amount: it.amount,
        about: Some(it.id),
    }));
    Ok(events)
}

fn of_customer(it: &Customer<'_>, period: &Period, since: i64) -> Result<Vec<Event>, Overflow> {
    let subscriptions = it.facts.subscriptions.iter().map(|own| own.currency);
    let bills = it.facts.failed.iter().map(|bill| bill.currency);
    let currencies: BTreeSet<Currency> = subscriptions.chain(bills).collect();
    let mut found = Vec::new();
    for currency in currencies {
        for movement in Movement::ALL {
            let of = Of::Moved(movement);
            for share in shares(&it.facts, Some(currency), it.fold, period, of)? {
                let size = share.exact.round_half_even()?.abs();
                let minor = if movement.is_loss() { -size } else { size };
                found.extend(event(
                    it,
                    movement.name(),
                    share.at,
                    Money::new(minor, currency),
                ));
            }
        }
        for share in shares(&it.facts, Some(currency), it.fold, period, Of::Failed)? {
            if share.at <= since {
                continue;
            }
            let amount = Money::new(share.exact.round_half_even()?, currency);
            found.extend(event(it, "failed", share.at, amount).map(|event| Event {
                about: share.word,
                ..event
            }));
        }
    }
    Ok(found)
}

fn event(it: &Customer<'_>, kind: &'static str, at: i64, amount: Money) -> Option<Event> {
    Some(Event {
        kind,
        customer: Some(it.id.to_owned()),
        date: date_of(it.fold.days.of(at))?,
        amount,
        about: None,
    })
}
