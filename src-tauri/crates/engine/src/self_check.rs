//! Figures held against themselves after every sync: what must be so whatever the policy says.
//!
//! For every currency and day, what the movements come to is what the intervals come to, and the sum of everything is what the
//! facts come to at the end. Intervals of a subscription never overlap and are never worth less than nothing. A failure is a
//! fault of ours: it is shown, and says what to send us.

use crate::books::Books;
use crate::error::EngineError;
use crate::figures::{self, View};
use chrono_tz::Tz;
use coffer_domain::currency::Currency;
use coffer_domain::metric::days::date_of;
use coffer_domain::metric::evaluate::intervals;
use coffer_domain::metric::facts::CustomerFacts;
use coffer_domain::metric::movement::Movement;
use coffer_domain::metric::policy::Policy;
use coffer_domain::metric::rollup::{Fold, Ledger, Rollup};
use coffer_domain::metric::tally::Tally;
use coffer_domain::mode::Mode;
use std::collections::BTreeMap;

/// Faults that are named; more are only counted.
const NAMED: usize = 20;

/// What a user can do about a fault.
pub const SEND_US: &str = "This is a fault of Coffer: please send us what `coffer doctor --json` says; it holds no key and no name.";

/// What all customers come to, in each currency.
type Levels = BTreeMap<Currency, Tally>;

/// Something that cannot be so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// What it is, in words.
    pub word: String,
}

/// How much is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// The movements of each day: a moment, whatever the file's size.
    Days,
    /// Each customer's facts as well.
    Everything,
}

/// Checks a mode's figures under the default policy. Blocks.
///
/// # Errors
/// The file's.
pub fn check<M: Mode>(books: &Books<M>, depth: Depth) -> Result<Vec<Fault>, EngineError> {
    let view = View::plain(Tz::UTC);
    let figures = figures::load(books, &view)?;
    let mut faults = identities(&figures.rollup);
    if depth == Depth::Days {
        return Ok(faults);
    }
    let threads = figures.add_up(
        books,
        <(Levels, Vec<Fault>)>::default,
        |(levels, faults), it| {
            add_level(levels, &it.facts, it.fold);
            if faults.len() < NAMED {
                faults.extend(of_customer(it.id, &it.facts, it.fold.policy));
            }
        },
    )?;
    let mut levels = Levels::new();
    for (own, found) in threads {
        for (currency, sum) in own {
            levels.entry(currency).or_default().merge(&sum);
        }
        faults.extend(found);
    }
    faults.truncate(NAMED);
    faults.extend(totals(&figures.rollup, &levels));
    Ok(faults)
}

/// Whether the movements of each day come to what the intervals of that day come to.
fn identities(rollup: &Rollup) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (currency, ledger) in &rollup.ledgers {
        let Some(currency) = currency else { continue };
        for (day, row) in &ledger.days {
            let mut moved = row.net.negated();
            add_movements(&mut moved, row);
            if !is_nothing(&moved) {
                let date = date_of(*day).map_or_else(String::new, |date| date.to_string());
                faults.push(Fault {
                    word: format!(
                        "On {date} the movements of {currency} do not come to the change of MRR."
                    ),
                });
            }
        }
    }
    faults.truncate(NAMED);
    faults
}

fn add_movements(sum: &mut Tally, row: &coffer_domain::metric::rollup::DayRow) {
    for movement in Movement::ALL {
        if let Some(moved) = row.moved.get(movement.place()) {
            if movement.is_loss() {
                sum.merge(&moved.negated());
            } else {
                sum.merge(moved);
            }
        }
    }
}

fn is_nothing(tally: &Tally) -> bool {
    tally.sum().is_ok_and(|sum| sum.exact_text() == "0/1")
}

/// What a customer's facts come to at the horizon, without a thought of movements.
fn add_level(levels: &mut Levels, own: &CustomerFacts, fold: &Fold<'_>) {
    for subscription in &own.subscriptions {
        for interval in intervals(subscription, fold.policy) {
            if interval.span.holds(fold.horizon) {
                levels
                    .entry(subscription.currency)
                    .or_default()
                    .add(interval.monthly);
            }
        }
    }
}

/// Whether all movements ever come to what there is.
fn totals(rollup: &Rollup, levels: &Levels) -> Vec<Fault> {
    let mut faults = Vec::new();
    let empty = Ledger::default();
    let mut currencies: Vec<Currency> = levels.keys().copied().collect();
    currencies.extend(rollup.ledgers.keys().flatten());
    currencies.sort();
    currencies.dedup();
    for currency in currencies {
        let ledger = rollup.ledgers.get(&Some(currency)).unwrap_or(&empty);
        let mut sum = Tally::default();
        for row in ledger.days.values() {
            add_movements(&mut sum, row);
        }
        if let Some(level) = levels.get(&currency) {
            sum.merge(&level.negated());
        }
        if !is_nothing(&sum) {
            faults.push(Fault {
                word: format!("The movements of {currency} do not add up to its MRR."),
            });
        }
    }
    faults
}

/// Whether a customer's intervals can be so.
fn of_customer(customer: &str, own: &CustomerFacts, policy: &Policy) -> Vec<Fault> {
    let mut faults = Vec::new();
    for subscription in &own.subscriptions {
        let found = intervals(subscription, policy);
        let negative = found.iter().any(|it| it.monthly.is_negative());
        let overlap = found.windows(2).any(|pair| match pair {
            [first, second] => first.span.to.is_none_or(|to| to > second.span.from),
            _ => false,
        });
        for (is_so, what) in [
            (negative, "is worth less than nothing"),
            (overlap, "is worth two things at once"),
        ] {
            if is_so {
                faults.push(Fault {
                    word: format!("{} of {customer} {what}.", subscription.id),
                });
            }
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;
    use coffer_domain::metric::Basis;
    use coffer_domain::metric::days::Days;
    use coffer_domain::metric::facts::{Held, Span, Stretch, SubscriptionFacts};
    use coffer_domain::metric::rollup::Sign;
    use coffer_domain::ratio::Ratio;
    use coffer_domain::record::{Recurring, RecurringInterval};

    fn customer(amount: i64) -> CustomerFacts {
        let stretch = Stretch {
            from: 1_700_000_000,
            basis: Basis::Observed,
            items: vec![Held {
                plan: 1,
                quantity: 1,
                rhythm: Recurring {
                    interval: RecurringInterval::Year,
                    count: 1,
                    metered: false,
                },
                listed: Ratio::whole(amount),
                tax_share: Ratio::ZERO,
            }],
            taken: Vec::new(),
            unknown: None,
        };
        CustomerFacts {
            country: None,
            subscriptions: vec![SubscriptionFacts {
                id: "sub_1".to_owned(),
                currency: Currency::USD,
                life: Span {
                    from: 1_700_000_000,
                    to: None,
                },
                end_asked: None,
                ends_at: None,
                trial: None,
                trial_ends_at: None,
                stops: Vec::new(),
                late: Vec::new(),
                stretches: vec![stretch],
                agreed: Vec::new(),
                usage: Vec::new(),
            }],
            failed: Vec::new(),
            promised: Vec::new(),
        }
    }

    #[test]
    fn what_adds_up_has_no_fault_and_what_does_not_is_named() {
        let policy = Policy::coffer_1();
        let days = Days::of_zone(Tz::UTC);
        let fold = Fold {
            policy: &policy,
            days: &days,
            horizon: 1_800_000_000,
        };
        let own = customer(1_000);
        let mut rollup = Rollup::default();
        rollup.put(&own, &fold, Sign::Plus);
        let mut levels = BTreeMap::new();
        add_level(&mut levels, &own, &fold);
        assert_eq!(identities(&rollup), []);
        assert_eq!(totals(&rollup, &levels), []);
        assert_eq!(of_customer("cus_1", &own, &policy), []);
        add_level(&mut levels, &own, &fold);
        assert_eq!(totals(&rollup, &levels).len(), 1, "one customer too many");
        if let Some(ledger) = rollup.ledgers.get_mut(&Some(Currency::USD)) {
            for row in ledger.days.values_mut() {
                row.moved[0].add(Ratio::ONE);
            }
        }
        assert_eq!(identities(&rollup).len(), 1, "a day with a cent too many");
        let negative = of_customer("cus_1", &customer(-1_000), &policy);
        assert!(negative[0].word.contains("less than nothing"));
    }
}
