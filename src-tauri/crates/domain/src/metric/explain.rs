//! What one customer contributes to a figure, so that a figure can be taken apart into its customers.
//!
//! The same facts, the same evaluation and the same changes that a rollup adds up are told for one customer. The sum of all
//! customers' shares is the figure, exactly; a rate is its parts divided by one and the same number.

use crate::currency::Currency;
use crate::metric::days::Day;
use crate::metric::evaluate::{Standing, intervals};
use crate::metric::facts::{CustomerFacts, Second, SubscriptionFacts};
use crate::metric::figures::Period;
use crate::metric::movement::{Change, DaySpan, Movement, State, changes};
use crate::metric::rollup::Fold;
use crate::ratio::{Overflow, Ratio};

/// What is taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Of {
    /// MRR at the closing, plan by plan.
    Mrr,
    /// The same, less what is to end.
    Committed,
    /// Active subscribers at the closing.
    Active,
    /// Trials that run at the closing.
    Trials,
    /// Trials that ended within and were worth something right after.
    TrialsConverted,
    /// Trials that began within and were worth something when they ended.
    BegunConverted,
    /// A movement within.
    Moved(Movement),
    /// Customers active at the opening who churned and are not active at the closing.
    Lost,
    /// Each time a customer churned within.
    Churned,
    /// MRR at the closing of who was active at the opening.
    Kept,
    /// The same, no more than at the opening.
    KeptAtMost,
    /// Bills whose first attempt failed within.
    Failed,
    /// The part of them that was paid later.
    Recovered,
}

/// A part of a figure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Share {
    /// The subscription, where the part is one's own.
    pub subscription: Option<String>,
    /// The number that stands for the price, where the part is one's own.
    pub plan: Option<u32>,
    /// Minor units, or a number of things.
    pub exact: Ratio,
    /// The instant whose state it is.
    pub at: Second,
    /// What it is in words, where a rollup knows more than its size.
    pub word: Option<String>,
}

/// What a customer contributes in a currency; nothing where that is nothing.
///
/// # Errors
/// When an exact sum does not fit.
pub fn shares(
    facts: &CustomerFacts,
    currency: Option<Currency>,
    fold: &Fold<'_>,
    period: &Period,
    of: Of,
) -> Result<Vec<Share>, Overflow> {
    let own = || {
        facts
            .subscriptions
            .iter()
            .filter(|it| currency.is_none_or(|wanted| it.currency == wanted))
    };
    let mut found = Vec::new();
    match of {
        Of::Mrr | Of::Committed => {
            for subscription in own() {
                level(subscription, fold, period, of == Of::Committed, &mut found);
            }
        }
        Of::Trials | Of::TrialsConverted | Of::BegunConverted => {
            for subscription in own() {
                found.extend(trial(subscription, fold, period, of));
            }
        }
        Of::Failed | Of::Recovered => {
            for bill in &facts.failed {
                let day = fold.days.of(bill.at);
                let inside = day > period.before && day <= period.end && bill.at <= fold.horizon;
                let amount = if of == Of::Failed {
                    bill.due
                } else {
                    bill.paid
                };
                if inside && amount != 0 && currency.is_none_or(|it| it == bill.currency) {
                    found.push(Share {
                        subscription: None,
                        plan: None,
                        exact: Ratio::whole(amount),
                        at: bill.at,
                        word: Some(format!("invoice {}", bill.invoice)),
                    });
                }
            }
        }
        Of::Active | Of::Moved(_) | Of::Lost | Of::Churned | Of::Kept | Of::KeptAtMost => {
            let mut spans: Vec<DaySpan> = Vec::new();
            for subscription in own() {
                let evaluated = intervals(subscription, fold.policy);
                spans.extend(evaluated.iter().filter_map(|it| fold.days_of(it)));
            }
            of_changes(&changes(&spans)?, fold, period, of, &mut found)?;
        }
    }
    Ok(found)
}

/// What a subscription is worth at the closing, plan by plan.
fn level(
    subscription: &SubscriptionFacts,
    fold: &Fold<'_>,
    period: &Period,
    committed: bool,
    found: &mut Vec<Share>,
) {
    let evaluated = intervals(subscription, fold.policy);
    let Some(interval) = evaluated.iter().find(|it| fold.stands(it, period.end)) else {
        return;
    };
    let ending = subscription.end_asked.is_some_and(|asked| {
        asked <= fold.horizon && fold.days.of(asked.max(interval.span.from)) <= period.end
    });
    if interval.standing == Standing::Paused || (committed && ending) {
        return;
    }
    for plan in interval.plans.iter().filter(|it| !it.monthly.is_zero()) {
        found.push(Share {
            subscription: Some(subscription.id.clone()),
            plan: Some(plan.plan),
            exact: plan.monthly,
            at: interval.span.from,
            word: None,
        });
    }
}

fn trial(
    subscription: &SubscriptionFacts,
    fold: &Fold<'_>,
    period: &Period,
    of: Of,
) -> Option<Share> {
    let trial = subscription.trial.filter(|it| it.from <= fold.horizon)?;
    let ended = match (trial.to, subscription.life.to) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
    .map(|at| at.max(trial.from))
    .filter(|at| *at <= fold.horizon);
    let counts = match of {
        Of::Trials => {
            fold.days.of(trial.from) <= period.end
                && ended.is_none_or(|at| fold.days.of(at) > period.end)
        }
        _ => ended.is_some_and(|at| {
            let dated = if of == Of::BegunConverted {
                trial.from
            } else {
                at
            };
            let day = fold.days.of(dated);
            let within = day > period.before && day <= period.end;
            within
                && intervals(subscription, fold.policy)
                    .iter()
                    .any(|it| it.span.holds(at) && !it.monthly.is_zero())
        }),
    };
    counts.then(|| Share {
        subscription: Some(subscription.id.clone()),
        plan: None,
        exact: Ratio::ONE,
        at: trial.from,
        word: None,
    })
}

fn of_changes(
    changes: &[Change],
    fold: &Fold<'_>,
    period: &Period,
    of: Of,
    found: &mut Vec<Share>,
) -> Result<(), Overflow> {
    let at = |day: Day| fold.days.start_of(day);
    let mut put = |exact: Ratio, day: Day, word: Option<String>| {
        if !exact.is_zero() {
            found.push(Share {
                subscription: None,
                plan: None,
                exact,
                at: at(day),
                word,
            });
        }
    };
    let state_at = |day: Day| {
        let last = changes.iter().rev().find(|change| change.day <= day);
        last.map_or_else(State::default, |change| change.after)
    };
    let (opened, closed) = (state_at(period.before), state_at(period.end));
    let was_active = opened.is_active(fold.policy);
    let within = || {
        changes
            .iter()
            .filter(|change| change.day > period.before && change.day <= period.end)
    };
    match of {
        Of::Active if closed.is_active(fold.policy) => put(Ratio::ONE, period.end, None),
        Of::Moved(wanted) => {
            for change in within().filter(|change| change.movement == Some(wanted)) {
                put(change.amount()?, change.day, None);
            }
        }
        Of::Lost => {
            let churned = within().any(|change| change.churned);
            if was_active && churned && !closed.is_active(fold.policy) {
                put(Ratio::ONE, period.end, None);
            }
        }
        Of::Churned => {
            for change in within().filter(|change| change.churned) {
                put(Ratio::ONE, change.day, None);
            }
        }
        Of::Kept if was_active => put(closed.monthly, period.end, None),
        Of::KeptAtMost if was_active => {
            put(closed.monthly.min(opened.monthly), period.end, None);
        }
        _ => {}
    }
    Ok(())
}
