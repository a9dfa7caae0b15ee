//! What is told while nobody looks: the two lines of the tray, and notifications with their words.
//!
//! What is due is decided by `coffer_domain::notification`; here its facts are gathered, its answer is put into words, and
//! what was told is kept with the mode's own file.

use crate::api::types::{Glance, NotificationView};
use crate::books::Books;
use crate::chart::short;
use crate::error::EngineError;
use crate::metrics::{self, Money as InMoney, Point, Question};
use crate::outbox::{sentence, why_it_waits};
use crate::preferences;
use crate::view::money::{day, difference, instant, money};
use chrono::{Days, NaiveDate};
use coffer_domain::Instant;
use coffer_domain::calendar::Every;
use coffer_domain::currency::Currency;
use coffer_domain::metric::figures::{Metric, Moved, Value};
use coffer_domain::mode::Mode;
use coffer_domain::money::Money;
use coffer_domain::notification::{Facts, Notification, Rules, Told, USUAL_DAYS, decide};
use coffer_domain::outbox::State;
use coffer_store::query::waiting::{self, OpenDispute};
use coffer_store::table::operation::{self, OperationRow};
use coffer_store::table::{account, setting};
use std::collections::BTreeSet;

const RULES: &str = "notifications";
const TOLD: &str = "notifications_told";
/// Operations looked at; who has more of them waiting is told of these.
const OPERATIONS_MAX: u32 = 1_000;
/// More than this of one kind are told as a number.
const SINGLE_MAX: usize = 3;

/// The day and the hour where the user is, which only the host knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WallClock {
    /// The day.
    pub day: NaiveDate,
    /// The hour, 0 to 23.
    pub hour: u8,
}

/// What somebody wants to be told in this mode.
///
/// # Errors
/// The file's.
pub fn rules<M: Mode>(books: &Books<M>) -> Result<Rules, EngineError> {
    Ok(books
        .store
        .read(|read| setting::get(read.sql(), RULES))?
        .unwrap_or_default())
}

/// Sets what somebody wants to be told. Marks are amounts as a person types them, in the currency that MRR is told in.
///
/// # Errors
/// When a mark or an hour is none, or the file's.
pub fn set_rules<M: Mode>(
    books: &Books<M>,
    marks: &[String],
    mut rules: Rules,
) -> Result<Rules, EngineError> {
    if let Some(hour) = rules.digest_hour.filter(|hour| *hour > 23) {
        return Err(EngineError::Usage(format!(
            "The digest's hour is {hour}; it can be 0 to 23."
        )));
    }
    rules.mrr_marks = Vec::new();
    if !marks.is_empty() {
        let currency = Seen::of(books)?.currency.ok_or_else(|| {
            EngineError::Usage("There is no MRR yet that could pass a mark; sync first.".to_owned())
        })?;
        currency.code().clone_into(&mut rules.currency);
        for mark in marks {
            let amount = Money::parse_decimal(mark, currency)
                .map_err(|error| EngineError::Usage(error.to_string()))?;
            if amount.minor <= 0 {
                return Err(EngineError::Usage(format!(
                    "A mark of MRR is {}; it has to be above zero.",
                    amount.text()
                )));
            }
            rules.mrr_marks.push(amount.minor);
        }
    }
    rules.mrr_marks.sort_unstable();
    rules.mrr_marks.dedup();
    let kept = rules.clone();
    books
        .store
        .write(move |write| setting::set(write, RULES, &kept))?;
    Ok(rules)
}

/// MRR, what moved it today and how much needs a person, for a place with room for two lines. Blocks.
///
/// # Errors
/// The file's.
pub fn glance<M: Mode>(books: &Books<M>) -> Result<Glance, EngineError> {
    let seen = Seen::of(books)?;
    let mut glance = Glance {
        mode: M::NAME.into(),
        mrr: None,
        short: None,
        today: None,
        movements: Vec::new(),
        needs_you: seen.operations.len() as u64,
        disputes: seen.disputes.len() as u64,
        as_of: seen.as_of.map(instant),
        complete: seen.complete,
    };
    if let Some((currency, today)) = seen.currency.zip(seen.days.last()) {
        glance.mrr = today.mrr.map(|minor| money(Money::new(minor, currency)));
        glance.short = today.mrr.map(|minor| short(minor, currency));
        if let Some(moved) = today.moved {
            glance.today = Some(difference(moved.change(), currency));
            glance.movements = movements(&moved, currency);
        }
    }
    Ok(glance)
}

/// Looks, remembers what was told, and says what is due now. Blocks.
///
/// # Errors
/// The file's.
pub fn due<M: Mode>(
    books: &Books<M>,
    clock: WallClock,
) -> Result<Vec<NotificationView>, EngineError> {
    let rules = rules(books)?;
    let seen = Seen::of(books)?;
    // Before the first sync came to its end everything is new, and nothing is news.
    if seen.as_of.is_none() {
        return Ok(Vec::new());
    }
    let told: Option<Told> = books.store.read(|read| setting::get(read.sql(), TOLD))?;
    let (found, next) = decide(&rules, &seen.facts(clock), told.as_ref());
    if told.as_ref() != Some(&next) {
        books
            .store
            .write(move |write| setting::set(write, TOLD, &next))?;
    }
    Ok(seen.words(&found))
}

/// One day of MRR.
struct DaySeen {
    mrr: Option<i64>,
    failed: i64,
    moved: Option<Moved>,
}

/// What notifications rest on.
struct Seen {
    test: bool,
    as_of: Option<Instant>,
    complete: bool,
    currency: Option<Currency>,
    /// The days that say what is usual, and today.
    days: Vec<DaySeen>,
    disputes: Vec<OpenDispute>,
    operations: Vec<OperationRow>,
}

impl Seen {
    fn of<M: Mode>(books: &Books<M>) -> Result<Self, EngineError> {
        let (accounts, disputes, operations) = books.store.read(|read| {
            Ok((
                account::all(read.sql())?.len(),
                waiting::disputes(read.sql())?,
                operation::standing(read.sql(), &State::WAITING_FOR_SOMEBODY, 0, OPERATIONS_MAX)?,
            ))
        })?;
        let mut seen = Self {
            test: !M::NAME.is_live(),
            as_of: None,
            complete: false,
            currency: None,
            days: Vec::new(),
            disputes,
            operations,
        };
        if accounts == 0 {
            return Ok(seen);
        }
        let view = preferences::view(books)?;
        let today = books.clock.now().with_timezone(&view.zone).date_naive();
        let back = Days::new(USUAL_DAYS as u64);
        let answer = metrics::answer(
            books,
            &Question {
                metrics: vec![Metric::Mrr, Metric::Movements, Metric::FailedPayments],
                view,
                from: today.checked_sub_days(back),
                to: Some(today),
                every: Every::Day,
                money: InMoney::Main,
                by: None,
                filter: metrics::Filter::default(),
            },
        )?;
        seen.as_of = answer.as_of;
        seen.complete = answer.complete;
        if let Some(series) = answer.series.first() {
            seen.currency = series.currency;
            seen.days = series.points.iter().map(DaySeen::of).collect();
        }
        Ok(seen)
    }

    fn facts(&self, clock: WallClock) -> Facts {
        let mut failed: Vec<i64> = self.days.iter().map(|it| it.failed).collect();
        let failed_today = failed.pop().unwrap_or(0);
        let ids = |found: &mut dyn Iterator<Item = &String>| -> BTreeSet<String> {
            found.cloned().collect()
        };
        Facts {
            day: i64::from(clock.day.to_epoch_days()),
            hour: clock.hour,
            mrr: self.days.last().and_then(|it| it.mrr),
            currency: self
                .currency
                .map_or_else(String::new, |it| it.code().to_owned()),
            failed_today,
            failed_before: failed,
            disputes: ids(&mut self.disputes.iter().map(|it| &it.id)),
            operations: ids(&mut self.operations.iter().map(|it| &it.id)),
        }
    }

    fn words(&self, found: &[Notification]) -> Vec<NotificationView> {
        let mut told = Vec::new();
        let mut disputes = Vec::new();
        let mut operations = Vec::new();
        for it in found {
            match it {
                Notification::Dispute(id) => disputes.extend(self.dispute(id)),
                Notification::Operation(id) => operations.extend(self.operation(id)),
                Notification::Mark { mark, up } => told.extend(self.mark(*mark, *up)),
                Notification::FailedPayments { today, usual } => {
                    told.extend(self.failed(*today, *usual));
                }
                Notification::Digest => told.extend(self.digest()),
            }
        }
        told.extend(few(disputes, "payments are disputed", "#/disputes"));
        told.extend(few(operations, "operations need you", "#/outbox"));
        if self.test {
            for it in &mut told {
                it.title = format!("TEST · {}", it.title);
            }
        }
        told
    }

    fn text(&self, minor: i64) -> Option<String> {
        Some(Money::new(minor, self.currency?).text())
    }

    fn mark(&self, mark: i64, up: bool) -> Option<NotificationView> {
        let today = self.days.last()?;
        let now = self.text(today.mrr?)?;
        let change = difference(today.moved.map_or(0, |it| it.change()), self.currency?).text;
        let verb = if up { "passed" } else { "fell below" };
        Some(NotificationView {
            title: format!("MRR {verb} {}", self.text(mark)?),
            body: format!("It is {now} now, {change} today."),
            place: "#/movements".to_owned(),
        })
    }

    fn failed(&self, today: i64, usual: i64) -> Option<NotificationView> {
        Some(NotificationView {
            title: "Payments fail more than usual".to_owned(),
            body: format!(
                "Bills of {} failed today; on a usual day it is {}.",
                self.text(today)?,
                self.text(usual)?
            ),
            place: "#/recovery".to_owned(),
        })
    }

    fn dispute(&self, id: &str) -> Option<NotificationView> {
        let it = self.disputes.iter().find(|it| it.id == id)?;
        let who = it.customer_name.as_deref().unwrap_or("A customer");
        let by = it.due_by.map_or_else(String::new, |at| {
            format!(" An answer is due by {}.", day(at))
        });
        Some(NotificationView {
            title: "A payment is disputed".to_owned(),
            body: format!("{who} disputes {}.{by}", it.amount.text()),
            place: "#/disputes".to_owned(),
        })
    }

    fn operation(&self, id: &str) -> Option<NotificationView> {
        let it = self.operations.iter().find(|it| it.id == id)?;
        Some(NotificationView {
            title: "An operation needs you".to_owned(),
            body: format!(
                "{}. {}",
                sentence(&it.intent),
                why_it_waits(it.progress.state)
            ),
            place: "#/outbox".to_owned(),
        })
    }

    /// Yesterday in two sentences; nothing where there is no yesterday yet.
    fn digest(&self) -> Option<NotificationView> {
        let yesterday = self.days.iter().rev().nth(1)?;
        let moved = yesterday.moved?;
        let currency = self.currency?;
        let change = difference(moved.change(), currency).text;
        let mut body = movements(&moved, currency).join(", ");
        if body.is_empty() {
            body = "Nothing moved".to_owned();
        }
        body.push('.');
        if yesterday.failed > 0 {
            body = format!("{body} Failed bills: {}.", self.text(yesterday.failed)?);
        }
        for (count, one, more) in [
            (self.disputes.len(), "dispute waits", "disputes wait"),
            (
                self.operations.len(),
                "operation needs you",
                "operations need you",
            ),
        ] {
            if count > 0 {
                body = format!("{body} {count} {}.", if count == 1 { one } else { more });
            }
        }
        Some(NotificationView {
            title: format!("MRR {}, {change} yesterday", self.text(yesterday.mrr?)?),
            body,
            place: "#/overview".to_owned(),
        })
    }
}

impl DaySeen {
    fn of(point: &Point) -> Self {
        let mut seen = Self {
            mrr: None,
            failed: 0,
            moved: None,
        };
        for (metric, value) in &point.values {
            match (metric, value) {
                (Metric::Mrr, Value::Money(minor)) => seen.mrr = *minor,
                (Metric::FailedPayments, Value::Money(minor)) => seen.failed = minor.unwrap_or(0),
                (_, Value::Movements(moved)) => seen.moved = Some(*moved),
                _ => {}
            }
        }
        seen
    }
}

/// What moved MRR, each kind that did with its amount.
fn movements(moved: &Moved, currency: Currency) -> Vec<String> {
    moved
        .parts()
        .into_iter()
        .filter(|(_, minor)| *minor != 0)
        .map(|(kind, minor)| format!("{} {}", kind_word(kind), difference(minor, currency).text))
        .collect()
}

fn kind_word(kind: &str) -> &str {
    match kind {
        "reactivation" => "back again",
        "fx" => "exchange rates",
        other => other,
    }
}

/// A few one by one, many as a number.
fn few(all: Vec<NotificationView>, words: &str, place: &str) -> Vec<NotificationView> {
    if all.len() <= SINGLE_MAX {
        return all;
    }
    let first = all.first().map_or_else(String::new, |it| it.body.clone());
    vec![NotificationView {
        title: format!("{} {words}", all.len()),
        body: format!("One of them: {first}"),
        place: place.to_owned(),
    }]
}

#[cfg(test)]
mod tests {
    use super::movements;
    use coffer_domain::currency::Currency;
    use coffer_domain::metric::figures::Moved;

    #[test]
    fn what_went_is_said_with_a_minus() {
        let moved = Moved {
            opening: 1_000,
            new: 0,
            expansion: 20,
            contraction: 50,
            churn: 70,
            reactivation: 0,
            fx: 0,
            closing: 900,
        };
        assert_eq!(
            movements(&moved, Currency::USD),
            ["expansion +$0.20", "contraction −$0.50", "churn −$0.70"]
        );
    }
}
