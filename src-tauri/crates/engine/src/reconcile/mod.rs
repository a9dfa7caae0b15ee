//! Our figures beside the provider's own export, and why they differ.
//!
//! Every switch of the policy set otherwise is an alternative: where one of them, or two together, give the very figure that
//! the provider prints for a customer, that rule is the cause. Reading a file and comparing a text are two steps: a page hands
//! over the text of a file that its user chose, and never a path.

mod summary;
mod switches;

pub use switches::{Rule, rule};

use crate::books::Books;
use crate::error::EngineError;
use crate::figures::{self, Figures, View};
use chrono::NaiveDate;
use coffer_domain::Instant;
use coffer_domain::calendar::day_of;
use coffer_domain::currency::Currency;
use coffer_domain::ids::CustomerId;
use coffer_domain::metric::Basis;
use coffer_domain::metric::days::{Days, number_of};
use coffer_domain::metric::evaluate::intervals;
use coffer_domain::metric::facts::CustomerFacts;
use coffer_domain::metric::policy::Policy;
use coffer_domain::metric::reconcile::{
    Alternative, Cause, Flag, Month, OurLine, Ours, Place, Reconciliation, Statement,
    StatementKind, compare, read_assuming,
};
use coffer_domain::metric::rollup::Fold;
use coffer_domain::mode::Mode;
use coffer_domain::ratio::Ratio;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

/// The longest export that is read from a file, in bytes.
pub const FILE_BYTES_MAX: u64 = 512 * 1024 * 1024;

/// What a comparison found, and what it rests on.
#[derive(Debug)]
pub struct Compared {
    /// Which export it was.
    pub kind: StatementKind,
    /// The differences and their causes.
    pub made: Reconciliation,
    /// Whether our copy is whole.
    pub complete: bool,
    /// What our side is as of; `None` before the first sync came to its end.
    pub as_of: Option<Instant>,
    /// The day that our side is told up to.
    pub present: NaiveDate,
    /// The currency of most of our MRR.
    pub main: Currency,
    /// Every customer in the copy.
    pub customers: BTreeSet<CustomerId>,
    /// Whether the export names customers and the copy has none of them: it is of another account or mode.
    pub strangers: bool,
    /// Whether every account is at the provider itself, so that its pages can be opened.
    pub official: bool,
}

/// Reads an export from a file.
///
/// # Errors
/// When it cannot be read, is too long, or is no text.
pub fn read_file(file: &Path) -> Result<String, EngineError> {
    let io = |source| EngineError::Io {
        path: file.to_owned(),
        source,
    };
    if std::fs::metadata(file).map_err(io)?.len() > FILE_BYTES_MAX {
        return Err(EngineError::Usage(format!(
            "{} is too long.",
            file.display()
        )));
    }
    std::fs::read_to_string(file).map_err(io)
}

/// Compares with an export, given as its text and the name to call it by. Blocks.
///
/// # Errors
/// When the text is none of the exports, or ours fails.
pub fn against<M: Mode>(
    books: &Books<M>,
    view: &View,
    (name, text): (&str, &str),
    customers_max: usize,
) -> Result<Compared, EngineError> {
    let figures = figures::load(books, view)?;
    if figures.accounts.is_empty() {
        return Err(EngineError::NoAccount(M::NAME));
    }
    let at = figures.standing_at(books.clock.now());
    let present = day_of(at, view.zone);
    let main = figures
        .main_currency(&figures.on(present)?)
        .unwrap_or(Currency::USD);
    let theirs = read_assuming(text, main).map_err(|why| EngineError::Export {
        file: name.to_owned(),
        why,
    })?;
    let own = Own {
        everyone: everyone(books, &figures)?,
        days: Days::of_zone(view.zone),
        horizon: at.timestamp(),
        present,
    };
    let months = with_the_one_before(theirs.months());
    let customers: BTreeSet<CustomerId> = own.everyone.keys().cloned().collect();
    let own_figures = match &theirs {
        Statement::Summary(_) => summary::figures_of(&figures, main, &months, present)?,
        _ => Vec::new(),
    };
    let rules = switches::others(&view.policy);
    let alternatives: Vec<Alternative> = rules.iter().map(Rule::alternative).collect();
    let ours = Ours {
        customers: &customers,
        lines: &own.lines(&view.policy, &months),
        figures: &own_figures,
        alternatives: &alternatives,
        under: &|place, chosen| own.under(&view.policy, &rules, place, chosen),
    };
    let made = compare(&theirs, ours, customers_max)
        .map_err(|error| EngineError::Internal(error.to_string()))?;
    Ok(Compared {
        kind: theirs.kind(),
        made,
        complete: figures.complete,
        as_of: figures.as_of,
        present,
        main,
        strangers: are_strangers(&theirs, &customers),
        official: figures.accounts.iter().all(|row| row.api_url.is_none()),
        customers,
    })
}

/// A cause as one word, the same for every host; rules by their names.
#[must_use]
pub fn word(cause: &Cause) -> String {
    match cause {
        Cause::Rules(ids) => return ids.join(" + "),
        Cause::Rounding => "rounding",
        Cause::OtherCurrency => "other_currency",
        Cause::NotHere => "not_here",
        Cause::NotTheirs => "not_theirs",
        Cause::Flagged(Flag::UnknownWorth) => "unknown_worth",
        Cause::Flagged(Flag::Metered) => "metered",
        Cause::Flagged(Flag::TaxInclusive) => "tax_inclusive",
        Cause::Flagged(Flag::InferredPast) => "inferred_past",
        Cause::Unexplained => "unexplained",
    }
    .to_owned()
}

fn are_strangers(theirs: &Statement, customers: &BTreeSet<CustomerId>) -> bool {
    match theirs {
        Statement::CustomerMonths(rows) => {
            !rows.iter().any(|row| customers.contains(&row.customer))
        }
        Statement::CustomerChanges(rows) => {
            !rows.iter().any(|row| customers.contains(&row.customer))
        }
        Statement::Summary(_) => false,
    }
}

/// Months and the one before the first, from which its changes are told.
fn with_the_one_before(mut months: BTreeSet<Month>) -> BTreeSet<Month> {
    if let Some(first) = months.iter().next().copied() {
        months.insert(first.before());
    }
    months
}

fn everyone<M: Mode>(
    books: &Books<M>,
    figures: &Figures,
) -> Result<BTreeMap<CustomerId, CustomerFacts>, EngineError> {
    let threads = figures.add_up(books, BTreeMap::new, |all, it| {
        all.insert(CustomerId::new(it.id), it.facts);
    })?;
    Ok(threads.into_iter().flatten().collect())
}

/// Everybody's facts, and up to when they are told.
struct Own {
    everyone: BTreeMap<CustomerId, CustomerFacts>,
    days: Arc<Days>,
    horizon: i64,
    present: NaiveDate,
}

impl Own {
    /// What everybody is worth at the end of each month, currency by currency.
    fn lines(&self, policy: &Policy, months: &BTreeSet<Month>) -> Vec<OurLine<'_>> {
        let mut lines = Vec::new();
        for (customer, own) in &self.everyone {
            let currencies: BTreeSet<Currency> =
                own.subscriptions.iter().map(|it| it.currency).collect();
            for currency in currencies {
                for month in months {
                    if let Some((worth, flag)) = self.worth(policy, own, currency, *month) {
                        lines.push(OurLine {
                            customer,
                            currency,
                            month: *month,
                            worth,
                            flag,
                        });
                    }
                }
            }
        }
        lines
    }

    /// What a customer would be worth with other rules.
    fn under(
        &self,
        policy: &Policy,
        rules: &[Rule],
        place: Place<'_>,
        chosen: &[&Alternative],
    ) -> Option<Ratio> {
        let own = self.everyone.get(place.customer)?;
        let mut policy = policy.clone();
        for one in chosen {
            rules.iter().find(|it| it.id == one.id)?.set(&mut policy);
        }
        let found = self.worth(&policy, own, place.currency, place.month);
        Some(found.map_or(Ratio::ZERO, |(worth, _)| worth))
    }

    fn worth(
        &self,
        policy: &Policy,
        facts: &CustomerFacts,
        currency: Currency,
        month: Month,
    ) -> Option<(Ratio, Option<Flag>)> {
        let end = number_of(month.last_day()?).min(number_of(self.present));
        let fold = Fold {
            policy,
            days: &self.days,
            horizon: self.horizon,
        };
        level(facts, currency, &fold, end)
    }
}

/// What a customer is worth at the end of a day, and what is weak about that; `None` where it is nothing.
fn level(
    facts: &CustomerFacts,
    currency: Currency,
    fold: &Fold<'_>,
    end: i32,
) -> Option<(Ratio, Option<Flag>)> {
    let mut sum = Ratio::ZERO;
    let mut flag: Option<Flag> = None;
    let mut note = |found: Flag| {
        flag = Some(flag.map_or(found, |known| known.min(found)));
    };
    let mut there = false;
    for own in facts
        .subscriptions
        .iter()
        .filter(|it| it.currency == currency)
    {
        for interval in intervals(own, fold.policy) {
            if !fold.stands(&interval, end) {
                continue;
            }
            there = true;
            sum = sum.plus(interval.monthly).ok()?;
            if interval.unknown {
                note(Flag::UnknownWorth);
            }
            if interval.basis == Basis::Inferred {
                note(Flag::InferredPast);
            }
            if !own.usage.is_empty() {
                note(Flag::Metered);
            }
        }
    }
    (there && (!sum.is_zero() || flag.is_some())).then_some((sum, flag))
}
