//! Our figures beside the provider's own export, and why they differ.
//!
//! Every switch of the policy set otherwise is an alternative: where one of them, or two together, give the very figure that
//! the provider prints for a customer, that rule is the cause.

use crate::books::Books;
use crate::error::EngineError;
use crate::figures::{self, Figures, View};
use coffer_domain::calendar::{Every, day_of};
use coffer_domain::currency::Currency;
use coffer_domain::ids::CustomerId;
use coffer_domain::metric::Basis;
use coffer_domain::metric::days::{Days, number_of};
use coffer_domain::metric::evaluate::intervals;
use coffer_domain::metric::facts::CustomerFacts;
use coffer_domain::metric::figures::{Ledgers, periods, tell};
use coffer_domain::metric::movement::Movement;
use coffer_domain::metric::policy::{
    Cancellation, Discounting, FullDiscount, Metered, PastDue, Paused, Policy,
};
use coffer_domain::metric::reconcile::{
    Alternative, Flag, Metric, Month, OurFigure, OurLine, Ours, Place, Reconciliation, Statement,
    compare, read_assuming,
};
use coffer_domain::metric::rollup::Fold;
use coffer_domain::mode::Mode;
use coffer_domain::ratio::{Ratio, Sum};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// The largest export that is read.
const BYTES_MAX: u64 = 512 * 1024 * 1024;

/// Compares with an export. Blocks.
///
/// # Errors
/// When the file cannot be read or is none of the exports, or ours fails.
pub fn against<M: Mode>(
    books: &Books<M>,
    view: &View,
    file: &Path,
    customers_max: usize,
) -> Result<(Reconciliation, bool), EngineError> {
    let text = read(file)?;
    let figures = figures::load(books, view)?;
    if figures.accounts.is_empty() {
        return Err(EngineError::NoAccount(M::NAME));
    }
    let at = figures.standing_at(books.clock.now());
    let present = day_of(at, view.zone);
    let main = figures
        .main_currency(&figures.on(present)?)
        .unwrap_or(Currency::USD);
    let theirs = read_assuming(&text, main)
        .map_err(|error| EngineError::Usage(format!("{}: {error}.", file.display())))?;
    let all = everyone(books, &figures)?;
    let days = Days::of_zone(view.zone);
    let horizon = at.timestamp();
    let worth = |policy: &Policy, facts: &CustomerFacts, currency: Currency, month: Month| {
        let end = number_of(month.last_day()?).min(number_of(present));
        let fold = Fold {
            policy,
            days: &days,
            horizon,
        };
        level(facts, currency, &fold, end)
    };
    let months = with_the_one_before(theirs.months());
    let customers: BTreeSet<CustomerId> = all.keys().cloned().collect();
    let mut lines = Vec::new();
    for (customer, own) in &all {
        let currencies: BTreeSet<Currency> =
            own.subscriptions.iter().map(|it| it.currency).collect();
        for currency in currencies {
            for month in &months {
                if let Some((worth, flag)) = worth(&view.policy, own, currency, *month) {
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
    let switched = alternatives(&view.policy);
    let named: Vec<Alternative> = switched.iter().map(|(it, _)| it.clone()).collect();
    let under = |place: Place<'_>, chosen: &[&Alternative]| {
        let own = all.get(place.customer)?;
        let mut policy = view.policy.clone();
        for one in chosen {
            let (_, switch) = switched.iter().find(|(it, _)| it.id == one.id)?;
            switch(&mut policy);
        }
        let found = worth(&policy, own, place.currency, place.month);
        Some(found.map_or(Ratio::ZERO, |(worth, _)| worth))
    };
    let own_figures = match &theirs {
        Statement::Summary(_) => summary_figures(&figures, main, &months, present)?,
        _ => Vec::new(),
    };
    let ours = Ours {
        customers: &customers,
        lines: &lines,
        figures: &own_figures,
        alternatives: &named,
        under: &under,
    };
    let made = compare(&theirs, ours, customers_max)
        .map_err(|error| EngineError::Internal(error.to_string()))?;
    Ok((made, figures.complete))
}

/// Months and the one before the first, from which its changes are told.
fn with_the_one_before(mut months: BTreeSet<Month>) -> BTreeSet<Month> {
    if let Some(first) = months.iter().next().copied() {
        months.insert(first.before());
    }
    months
}

fn read(file: &Path) -> Result<String, EngineError> {
    let io = |source| EngineError::Io {
        path: file.to_owned(),
        source,
    };
    if std::fs::metadata(file).map_err(io)?.len() > BYTES_MAX {
        return Err(EngineError::Usage(format!(
            "{} is too long.",
            file.display()
        )));
    }
    std::fs::read_to_string(file).map_err(io)
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

type Switching = fn(&mut Policy);

/// Every switch that can be set otherwise, the likeliest first: its name, what it says, and the setting of it.
const SWITCHES: [(&str, &str, Switching); 13] = [
    (
        "cancel_at_request",
        "A cancellation drops MRR when it is asked for.",
        |it| {
            it.cancellation = Cancellation::AtRequest;
        },
    ),
    (
        "cancel_at_end",
        "A cancellation drops MRR when the period ends.",
        |it| {
            it.cancellation = Cancellation::AtEnd;
        },
    ),
    (
        "repeating_ignored",
        "Discounts of some months are ignored.",
        |it| {
            it.repeating = Discounting::Ignored;
        },
    ),
    (
        "repeating_subtracted",
        "Discounts of some months are subtracted.",
        |it| {
            it.repeating = Discounting::Subtracted;
        },
    ),
    (
        "forever_ignored",
        "Discounts without an end are ignored.",
        |it| {
            it.forever = Discounting::Ignored;
        },
    ),
    (
        "forever_subtracted",
        "Discounts without an end are subtracted.",
        |it| {
            it.forever = Discounting::Subtracted;
        },
    ),
    (
        "once_subtracted",
        "Discounts of one bill are subtracted in its period.",
        |it| {
            it.once = Discounting::Subtracted;
        },
    ),
    (
        "full_discount_churned",
        "A customer at zero through a discount has churned.",
        |it| {
            it.full_discount = FullDiscount::Churned;
        },
    ),
    (
        "paused_counts",
        "A paused subscription counts until it ends.",
        |it| {
            it.paused = Paused::Counts;
        },
    ),
    (
        "past_due_left_out",
        "A subscription with an unpaid bill does not count.",
        |it| {
            it.past_due = PastDue::Days(0);
        },
    ),
    (
        "past_due_30_days",
        "An unpaid bill is waited for 30 days.",
        |it| {
            it.past_due = PastDue::Days(30);
        },
    ),
    (
        "past_due_15_days",
        "An unpaid bill is waited for 15 days.",
        |it| {
            it.past_due = PastDue::Days(15);
        },
    ),
    (
        "metered_counts",
        "Metered usage counts with what was invoiced.",
        |it| {
            it.metered = Metered::InvoicedAmount;
        },
    ),
];

/// Those that would change a policy.
fn alternatives(policy: &Policy) -> Vec<(Alternative, Switching)> {
    SWITCHES
        .into_iter()
        .filter(|(_, _, switch)| {
            let mut other = policy.clone();
            switch(&mut other);
            other != *policy
        })
        .map(|(id, says, switch)| {
            let named = Alternative {
                id: id.to_owned(),
                says: says.to_owned(),
            };
            (named, switch)
        })
        .collect()
}

/// Our metrics of the months of a summary.
fn summary_figures(
    figures: &Figures,
    currency: Currency,
    months: &BTreeSet<Month>,
    present: chrono::NaiveDate,
) -> Result<Vec<OurFigure>, EngineError> {
    let ends: Vec<chrono::NaiveDate> = months.iter().filter_map(|month| month.last_day()).collect();
    let wanted = periods(&ends, Every::Month, present);
    let told = tell(
        &figures.rollup,
        &wanted,
        &Ledgers::One(currency),
        &figures.view.policy,
    )
    .map_err(|error| EngineError::Internal(error.to_string()))?
    .figures;
    let mut found = Vec::new();
    for it in &told {
        let month = Month::of(it.period.date);
        let mut put = |metric: Metric, value: Option<Ratio>| {
            found.extend(value.map(|value| OurFigure {
                month,
                metric,
                value,
            }));
        };
        let exact = |sum: &Sum| Ratio::parse(&sum.exact_text()).ok();
        let moved = |movement: Movement| it.moved.get(movement.place()).and_then(exact);
        let movers = |movement: Movement| {
            let count = it.movers.get(movement.place()).copied();
            count.map(Ratio::whole)
        };
        put(Metric::OpeningMrr, exact(&it.opening));
        put(Metric::NewMrr, moved(Movement::New));
        put(Metric::ReactivationMrr, moved(Movement::Reactivation));
        put(Metric::ExpansionMrr, moved(Movement::Expansion));
        put(Metric::ContractionMrr, moved(Movement::Contraction));
        put(Metric::ChurnedMrr, moved(Movement::Churn));
        put(Metric::FxMrr, exact(&it.fx));
        put(Metric::ClosingMrr, exact(&it.closing));
        put(
            Metric::OpeningSubscribers,
            Some(Ratio::whole(it.active_before)),
        );
        put(Metric::NewSubscribers, movers(Movement::New));
        put(
            Metric::ReactivatedSubscribers,
            movers(Movement::Reactivation),
        );
        put(Metric::ChurnedSubscribers, movers(Movement::Churn));
        put(Metric::ClosingSubscribers, Some(Ratio::whole(it.active)));
    }
    Ok(found)
}
