//! What all customers of a ledger come to, day by day: exact sums that one customer can be added to and taken away from.
//!
//! A rollup is the sum over customers of what each contributes, and nothing else: adding a customer's new facts and taking
//! the old ones away gives what a rebuild from nothing would give, to the last fraction. It knows nothing of what comes
//! after its horizon, the instant the copy is as of. Movements and counts are kept by day; what compares a period's
//! beginning with its end (retention, who was lost) is kept by day, week and month, because it is no sum over days.

mod row;
mod slice;

use crate::calendar::Every;
use crate::currency::Currency;
use crate::metric::Basis;
use crate::metric::days::{Day, Days};
use crate::metric::evaluate::{Interval, Standing, intervals};
use crate::metric::facts::{CustomerFacts, Second, Span, SubscriptionFacts};
use crate::metric::movement::{Change, DaySpan, Movement, State, changes};
use crate::metric::policy::{Cancellation, Policy};
use crate::metric::tally::Tally;
use crate::ratio::{Overflow, Ratio};
use std::collections::BTreeMap;

use row::merge_row;
pub use row::{CohortRow, DayRow, PeriodRow, Row};
pub use slice::{Dimension, Slice, Slices, put_sliced};

/// One currency, or all of them where customers are counted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Ledger {
    /// By day.
    pub days: BTreeMap<Day, DayRow>,
    /// By day, week and month.
    pub periods: [BTreeMap<i32, PeriodRow>; 3],
    /// By the month customers first paid in and the month of the change.
    pub cohorts: BTreeMap<(i32, i32), CohortRow>,
}

/// The place of a length of period among `Ledger::periods`.
#[must_use]
pub const fn place(every: Every) -> usize {
    match every {
        Every::Day => 0,
        Every::Week => 1,
        Every::Month => 2,
    }
}

const EVERY: [Every; 3] = [Every::Day, Every::Week, Every::Month];

/// How facts are folded.
#[derive(Debug, Clone, Copy)]
pub struct Fold<'a> {
    /// The policy.
    pub policy: &'a Policy,
    /// The days of the reporting zone, from the first change on.
    pub days: &'a Days,
    /// The instant the copy is as of: nothing after it has happened.
    pub horizon: Second,
}

/// Whether a customer is added or taken away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sign {
    /// Added.
    Plus,
    /// Taken away.
    Minus,
}

impl Sign {
    const fn count(self, number: i64) -> i64 {
        match self {
            Self::Plus => number,
            Self::Minus => -number,
        }
    }

    fn put(self, tally: &mut Tally, ratio: Ratio) {
        match self {
            Self::Plus => tally.add(ratio),
            Self::Minus => tally.subtract(ratio),
        }
    }
}

/// What customers come to: a ledger for each currency.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Rollup {
    /// By currency. The one without a currency says how customers who pay in several are counted otherwise than in each of
    /// those; its money is not money. `everybody` makes of it what all customers are.
    pub ledgers: BTreeMap<Option<Currency>, Ledger>,
    /// Customers whose sums did not fit; their figures are missing.
    pub unfit: i64,
}

/// One currency's intervals of a customer, brought to days.
type Spans = BTreeMap<Currency, Vec<DaySpan>>;

/// Whether it is also kept which month customers came in: nobody asks that of a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cohorts {
    Kept,
    LeftOut,
}

impl Rollup {
    /// Adds a customer, or takes one away.
    pub fn put(&mut self, facts: &CustomerFacts, fold: &Fold<'_>, sign: Sign) {
        self.put_customer(facts, fold, sign, Cohorts::Kept);
    }

    fn put_customer(
        &mut self,
        facts: &CustomerFacts,
        fold: &Fold<'_>,
        sign: Sign,
        cohorts: Cohorts,
    ) {
        let mut spans = Spans::new();
        for subscription in &facts.subscriptions {
            let found = intervals(subscription, fold.policy);
            let ledger = self.ledgers.entry(Some(subscription.currency)).or_default();
            ledger.put_trial(subscription, &found, fold, sign);
            ledger.put_ending(subscription, &found, fold, sign);
            let own = spans.entry(subscription.currency).or_default();
            for interval in &found {
                own.extend(fold.days_of(interval));
            }
        }
        self.put_failed(facts, fold, sign);
        if self.put_spans(&spans, fold, sign, cohorts).is_err() {
            self.unfit += sign.count(1);
        }
    }

    fn put_failed(&mut self, facts: &CustomerFacts, fold: &Fold<'_>, sign: Sign) {
        for bill in facts.failed.iter().filter(|bill| bill.at <= fold.horizon) {
            let ledger = self.ledgers.entry(Some(bill.currency)).or_default();
            let row = ledger.days.entry(fold.days.of(bill.at)).or_default();
            sign.put(&mut row.failed, Ratio::whole(bill.due));
            sign.put(&mut row.recovered, Ratio::whole(bill.paid));
        }
    }

    fn put_spans(
        &mut self,
        spans: &Spans,
        fold: &Fold<'_>,
        sign: Sign,
        cohorts: Cohorts,
    ) -> Result<(), Overflow> {
        // Most is worked out before anything is put down.
        let mut all = Vec::with_capacity(spans.len() * 2 + 1);
        for (currency, own) in spans {
            all.push((Some(*currency), changes(own)?, sign));
        }
        if spans.len() > 1 {
            let apart = all.clone().into_iter();
            all.extend(apart.map(|(_, changes, sign)| (None, changes, sign.turned())));
            all.push((None, changes(&in_heads(spans))?, sign));
        }
        let done = self.put_down(spans, &all, fold, sign, cohorts);
        if done.is_err() {
            // With the other sign it stops at the same place again, and has taken away exactly what was put.
            for (_, _, sign) in &mut all {
                *sign = sign.turned();
            }
            let _ = self.put_down(spans, &all, fold, sign.turned(), cohorts);
        }
        done
    }

    fn put_down(
        &mut self,
        spans: &Spans,
        all: &[(Option<Currency>, Vec<Change>, Sign)],
        fold: &Fold<'_>,
        sign: Sign,
        cohorts: Cohorts,
    ) -> Result<(), Overflow> {
        for (currency, own) in spans {
            let ledger = self.ledgers.entry(Some(*currency)).or_default();
            for span in own {
                ledger.put_span(span, sign);
            }
        }
        for (currency, changes, sign) in all {
            let ledger = self.ledgers.entry(*currency).or_default();
            ledger.put_changes(changes, fold, *sign)?;
            if cohorts == Cohorts::Kept {
                ledger.put_cohort(changes, fold, *sign)?;
            }
        }
        Ok(())
    }

    /// Customers whatever they pay in, each counted once. Its money is not money.
    #[must_use]
    pub fn everybody(&self) -> Ledger {
        let mut all = Ledger::default();
        for ledger in self.ledgers.values() {
            for (day, row) in &ledger.days {
                let own = all.days.entry(*day).or_default();
                for (sum, by) in own.movers.iter_mut().zip(row.movers) {
                    *sum += by;
                }
                own.churned += row.churned;
                own.active += row.active;
            }
            for (own, rows) in all.periods.iter_mut().zip(&ledger.periods) {
                for (period, row) in rows {
                    own.entry(*period).or_default().lost += row.lost;
                }
            }
            for (key, row) in &ledger.cohorts {
                let own = all.cohorts.entry(*key).or_default();
                own.active += row.active;
                own.size += row.size;
            }
        }
        all
    }

    /// Adds another rollup.
    pub fn merge(&mut self, other: Self) {
        self.unfit += other.unfit;
        for (currency, ledger) in other.ledgers {
            self.ledgers.entry(currency).or_default().merge(ledger);
        }
    }
}

/// All currencies as one, each interval of worth counted as one.
fn in_heads(spans: &Spans) -> Vec<DaySpan> {
    spans
        .values()
        .flatten()
        .map(|span| DaySpan {
            monthly: if span.monthly.is_zero() {
                Ratio::ZERO
            } else {
                Ratio::ONE
            },
            ..*span
        })
        .collect()
}

impl Fold<'_> {
    /// Whether an interval stands at the end of a day.
    #[must_use]
    pub fn stands(&self, interval: &Interval, day: Day) -> bool {
        self.days_of(interval)
            .is_some_and(|span| span.from <= day && day < span.to)
    }

    /// The days at whose ends an interval stands; `None` where there is none, as far as anybody knows by now.
    pub(crate) fn days_of(&self, interval: &Interval) -> Option<DaySpan> {
        let (from, to) = self.days_between(interval.span)?;
        Some(DaySpan {
            from,
            to,
            monthly: interval.monthly,
            standing: interval.standing,
            basis: interval.basis,
            unknown: interval.unknown,
        })
    }

    /// A span in days, unless it begins after the horizon or holds no end of a day.
    fn days_between(&self, span: Span) -> Option<(Day, Day)> {
        if span.from > self.horizon {
            return None;
        }
        let from = self.days.of(span.from);
        let to = span
            .to
            .filter(|to| *to <= self.horizon)
            .map_or(Day::MAX, |to| self.days.of(to));
        (from < to).then_some((from, to))
    }

    /// The next instant at which time alone changes what a customer contributes; `None` where none is known.
    #[must_use]
    pub fn next_change(&self, facts: &CustomerFacts) -> Option<Second> {
        let ahead = |at: &Second| *at > self.horizon;
        // Whatever a policy makes of them, what changes by time is one of a customer's own instants, or follows from a bill
        // that is late.
        if !instants(facts).any(|at| ahead(&at)) {
            return None;
        }
        let failed = facts.failed.iter().map(|bill| bill.at);
        facts
            .subscriptions
            .iter()
            .flat_map(|subscription| {
                let own = intervals(subscription, self.policy);
                let committed = match self.policy.cancellation {
                    Cancellation::AtEnd => subscription.end_asked,
                    Cancellation::AtRequest => None,
                };
                own.into_iter()
                    .flat_map(|interval| [Some(interval.span.from), interval.span.to])
                    .chain([
                        committed,
                        subscription.life.to,
                        subscription.trial.map(|trial| trial.from),
                        subscription.trial.and_then(|trial| trial.to),
                    ])
                    .flatten()
                    .collect::<Vec<_>>()
            })
            .chain(failed)
            .filter(ahead)
            .min()
    }
}

/// Every instant in a customer's facts; a bill that is late may say something new at any later one.
fn instants(facts: &CustomerFacts) -> impl Iterator<Item = Second> + '_ {
    let both = |span: &Span| [Some(span.from), span.to];
    let of_subscriptions = facts.subscriptions.iter().flat_map(move |own| {
        let late = own
            .late
            .iter()
            .flat_map(move |it| [Some(it.from), Some(it.to.unwrap_or(Second::MAX))]);
        both(&own.life)
            .into_iter()
            .chain([own.end_asked])
            .chain(own.trial.iter().flat_map(both))
            .chain(own.stops.iter().flat_map(move |(span, _)| both(span)))
            .chain(late)
            .chain(own.stretches.iter().map(|it| Some(it.from)))
            .chain(own.usage.iter().flat_map(move |it| both(&it.span)))
    });
    of_subscriptions
        .flatten()
        .chain(facts.failed.iter().map(|bill| bill.at))
}

impl Ledger {
    /// Whether a subscription ever stood in it, be it free. Trials and failed bills alone make no figure.
    #[must_use]
    pub fn ever_stood(&self) -> bool {
        let stood = |row: &DayRow| row.active != 0 || row.bases != [0; 3] || !row.net.is_empty();
        self.days.values().any(stood)
    }

    fn put_span(&mut self, span: &DaySpan, sign: Sign) {
        let counted = span.standing != Standing::Paused;
        let basis = match span.basis {
            Basis::Inferred => 0,
            Basis::Invoiced => 1,
            Basis::Observed => 2,
        };
        for (day, by) in [(span.from, 1), (span.to, -1)] {
            if day == Day::MAX {
                continue;
            }
            let row = self.days.entry(day).or_default();
            let sign_here = if by > 0 { sign } else { sign.turned() };
            sign_here.put(&mut row.net, span.monthly);
            if let Some(count) = row.bases.get_mut(basis)
                && counted
            {
                *count += sign.count(by);
            }
            row.unknown += sign.count(if span.unknown { by } else { 0 });
        }
    }

    fn put_changes(
        &mut self,
        changes: &[Change],
        fold: &Fold<'_>,
        sign: Sign,
    ) -> Result<(), Overflow> {
        for change in changes {
            let row = self.days.entry(change.day).or_default();
            if let Some(movement) = change.movement {
                if let Some(moved) = row.moved.get_mut(movement.place()) {
                    sign.put(moved, change.amount()?);
                }
                if let Some(movers) = row.movers.get_mut(movement.place()) {
                    *movers += sign.count(1);
                }
            }
            row.churned += sign.count(i64::from(change.churned));
            let active = |state: &State| i64::from(state.is_active(fold.policy));
            row.active += sign.count(active(&change.after) - active(&change.before));
        }
        for every in EVERY {
            self.put_periods(changes, fold, every, sign)?;
        }
        Ok(())
    }

    fn put_periods(
        &mut self,
        changes: &[Change],
        fold: &Fold<'_>,
        every: Every,
        sign: Sign,
    ) -> Result<(), Overflow> {
        let period = |change: &Change| fold.days.period(every, change.day);
        let Some(rows) = self.periods.get_mut(place(every)) else {
            return Ok(());
        };
        for within in changes.chunk_by(|a, b| period(a) == period(b)) {
            let (Some(first), Some(last)) = (within.first(), within.last()) else {
                continue;
            };
            if !first.before.is_active(fold.policy) {
                continue;
            }
            let row = rows.entry(period(first)).or_default();
            let churned = within.iter().any(|change| change.churned);
            let lost = churned && !last.after.is_active(fold.policy);
            row.lost += sign.count(i64::from(lost));
            let difference = last.after.monthly.minus(first.before.monthly)?;
            sign.put(&mut row.kept, difference);
            if difference.is_negative() {
                sign.put(&mut row.shrunk, difference);
            }
        }
        Ok(())
    }

    /// A customer belongs to the month in which it first paid.
    fn put_cohort(
        &mut self,
        changes: &[Change],
        fold: &Fold<'_>,
        sign: Sign,
    ) -> Result<(), Overflow> {
        let month = |change: &Change| fold.days.period(Every::Month, change.day);
        let Some(first) = changes
            .iter()
            .position(|change| change.movement == Some(Movement::New))
        else {
            return Ok(());
        };
        let paying = changes.get(first..).unwrap_or_default();
        let Some(cohort) = paying.first().map(month) else {
            return Ok(());
        };
        self.cohorts.entry((cohort, cohort)).or_default().size += sign.count(1);
        // Before it first paid it was nobody's.
        let mut before = State::default();
        for change in paying {
            let row = self.cohorts.entry((cohort, month(change))).or_default();
            let active = |state: &State| i64::from(state.is_active(fold.policy));
            row.active += sign.count(active(&change.after) - active(&before));
            sign.put(
                &mut row.monthly,
                change.after.monthly.minus(before.monthly)?,
            );
            before = change.after;
        }
        Ok(())
    }

    fn put_trial(
        &mut self,
        subscription: &SubscriptionFacts,
        own: &[Interval],
        fold: &Fold<'_>,
        sign: Sign,
    ) {
        let Some(trial) = subscription.trial.filter(|it| it.from <= fold.horizon) else {
            return;
        };
        let ended = match (trial.to, subscription.life.to) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        }
        .map(|at| at.max(trial.from))
        .filter(|at| *at <= fold.horizon);
        let converted = ended.is_some_and(|at| {
            own.iter()
                .any(|it| it.span.holds(at) && !it.monthly.is_zero())
        });
        let begun = self.days.entry(fold.days.of(trial.from)).or_default();
        begun.trials += sign.count(1);
        begun.trials_begun += sign.count(1);
        begun.begun_converted += sign.count(i64::from(converted));
        if let Some(at) = ended {
            let row = self.days.entry(fold.days.of(at)).or_default();
            row.trials -= sign.count(1);
            row.trials_ended += sign.count(1);
            row.trials_converted += sign.count(i64::from(converted));
        }
    }

    /// MRR whose end was asked for is still there and is not committed any more.
    fn put_ending(
        &mut self,
        subscription: &SubscriptionFacts,
        own: &[Interval],
        fold: &Fold<'_>,
        sign: Sign,
    ) {
        let Some(asked) = subscription.end_asked else {
            return;
        };
        if fold.policy.cancellation == Cancellation::AtRequest {
            return;
        }
        let since = Span {
            from: asked,
            to: None,
        };
        for interval in own {
            let ending = interval.span.common(&since);
            let Some((from, to)) = ending.and_then(|span| fold.days_between(span)) else {
                continue;
            };
            let row = self.days.entry(from).or_default();
            sign.put(&mut row.ending, interval.monthly);
            if to < Day::MAX {
                let row = self.days.entry(to).or_default();
                sign.turned().put(&mut row.ending, interval.monthly);
            }
        }
    }

    fn merge(&mut self, other: Self) {
        for (day, row) in other.days {
            merge_row(&mut self.days, day, row);
        }
        for (own, others) in self.periods.iter_mut().zip(other.periods) {
            for (period, row) in others {
                merge_row(own, period, row);
            }
        }
        for (key, row) in other.cohorts {
            merge_row(&mut self.cohorts, key, row);
        }
    }
}

impl Sign {
    const fn turned(self) -> Self {
        match self {
            Self::Plus => Self::Minus,
            Self::Minus => Self::Plus,
        }
    }
}
