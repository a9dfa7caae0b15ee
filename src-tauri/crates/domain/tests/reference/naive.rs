//! Every figure of every period, added up from the tapes, customer by customer and day by day.

use crate::calendar::{Day, Period};
use crate::tape::{Kind, Ledger, Taped};
use crate::world::{Bill, Money, Second};
use crate::worth::{Exact, whole};
use coffer_domain::metric::policy::{ChurnBase, Policy, TrialBase};
use num_traits::Zero as _;

/// What is looked at: one currency, or all converted into one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum View {
    One(Money),
    All,
}

impl View {
    fn people(self) -> Ledger {
        match self {
            Self::One(money) => Ledger::Of(money),
            Self::All => Ledger::Everyone,
        }
    }

    fn moneys(self) -> Vec<Money> {
        match self {
            Self::One(money) => vec![money],
            Self::All => Money::ALL.to_vec(),
        }
    }
}

/// Minor units of the reporting currency for one of another, on the day at a place of the list.
pub(crate) type RateOf<'a> = dyn Fn(Money, usize) -> Exact + 'a;

/// Everything a figure is made of.
pub(crate) struct Known<'a> {
    pub(crate) days: &'a [Day],
    pub(crate) as_of: Second,
    pub(crate) customers: &'a [Taped<'a>],
    pub(crate) policy: &'a Policy,
}

#[derive(Debug, Clone)]
pub(crate) struct Figures {
    pub(crate) opening: Exact,
    pub(crate) closing: Exact,
    pub(crate) moved: [Exact; 5],
    pub(crate) movers: [i64; 5],
    pub(crate) fx: Exact,
    pub(crate) committed: Exact,
    pub(crate) active_before: i64,
    pub(crate) active: i64,
    pub(crate) lost: i64,
    pub(crate) kept: Exact,
    pub(crate) kept_at_most: Exact,
    pub(crate) kept_of: Exact,
    pub(crate) trials: i64,
    pub(crate) trial_conversion: (i64, i64),
    pub(crate) churn: (i64, i64),
    pub(crate) failed: Exact,
    pub(crate) recovered: Exact,
    pub(crate) bases: [i64; 3],
    pub(crate) unknown: i64,
}

impl Known<'_> {
    pub(crate) fn figures(&self, period: Period, view: View, rate: &RateOf<'_>) -> Figures {
        let mut it = self.levels(period, view, rate);
        self.add_movements(&mut it, period, view, rate);
        self.add_retention(&mut it, period, view, rate);
        self.add_bills(&mut it, period, view, rate);
        it.churn = self.churn(period, view, &it);
        it.trials = self.trials_running(period, view);
        it.trial_conversion = self.trial_conversion(period, view);
        it
    }

    /// Whether a customer was active at the end of a day; nobody was before the first.
    fn was_active(&self, customer: &Taped<'_>, view: View, place: Option<usize>) -> bool {
        place.is_some_and(|place| customer.tape(view.people()).beings[place].is_active(self.policy))
    }

    fn levels(&self, period: Period, view: View, rate: &RateOf<'_>) -> Figures {
        let before = period.first.checked_sub(1);
        let mut it = Figures {
            opening: Exact::zero(),
            closing: Exact::zero(),
            moved: std::array::from_fn(|_| Exact::zero()),
            movers: [0; 5],
            fx: Exact::zero(),
            committed: Exact::zero(),
            active_before: 0,
            active: 0,
            lost: 0,
            kept: Exact::zero(),
            kept_at_most: Exact::zero(),
            kept_of: Exact::zero(),
            trials: 0,
            trial_conversion: (0, 0),
            churn: (0, 0),
            failed: Exact::zero(),
            recovered: Exact::zero(),
            bases: [0; 3],
            unknown: 0,
        };
        for customer in self.customers {
            for money in view.moneys() {
                let beings = &customer.tape(Ledger::Of(money)).beings;
                if let Some(before) = before
                    && beings[before].above
                {
                    it.opening += &beings[before].monthly * rate(money, before);
                }
                let closed = &beings[period.last];
                if closed.above {
                    it.closing += &closed.monthly * rate(money, period.last);
                    it.committed += &closed.committed * rate(money, period.last);
                }
                it.unknown += closed.unknown;
                for (sum, own) in it.bases.iter_mut().zip(closed.bases) {
                    *sum += own;
                }
            }
            it.active_before += i64::from(self.was_active(customer, view, before));
            it.active += i64::from(self.was_active(customer, view, Some(period.last)));
        }
        it
    }

    fn add_movements(&self, it: &mut Figures, period: Period, view: View, rate: &RateOf<'_>) {
        for customer in self.customers {
            for place in period.first..=period.last {
                for money in view.moneys() {
                    let tape = customer.tape(Ledger::Of(money));
                    let step = &tape.steps[place];
                    if let Some(kind) = step.kind {
                        it.moved[kind as usize] += &step.amount * rate(money, place);
                    }
                    // What the rate alone did to what was there the evening before.
                    if let Some(evening) = place.checked_sub(1)
                        && tape.beings[evening].above
                        && view == View::All
                    {
                        let turned = rate(money, place) - rate(money, evening);
                        it.fx += &tape.beings[evening].monthly * turned;
                    }
                }
                if let Some(kind) = customer.tape(view.people()).steps[place].kind {
                    it.movers[kind as usize] += 1;
                }
            }
        }
    }

    /// "Σ over customers active at the start of their MRR at the end ÷ of their MRR at the start", and "the same with each
    /// customer's end capped at their start".
    ///
    /// READING: "currencies have a ledger each", so that in converted figures a customer of two currencies is one of each
    /// ledger. Both ends are converted at the opening's rate, because what rates alone did is a line of its own.
    fn add_retention(&self, it: &mut Figures, period: Period, view: View, rate: &RateOf<'_>) {
        let Some(before) = period.first.checked_sub(1) else {
            return;
        };
        for customer in self.customers {
            let steps = &customer.tape(view.people()).steps[period.first..=period.last];
            let was_active = self.was_active(customer, view, Some(before));
            if was_active && !self.was_active(customer, view, Some(period.last)) {
                it.lost += i64::from(steps.iter().any(|step| step.churned));
            }
            for money in view.moneys() {
                let beings = &customer.tape(Ledger::Of(money)).beings;
                if !beings[before].is_active(self.policy) {
                    continue;
                }
                let start = &beings[before].monthly * rate(money, before);
                let end = &beings[period.last].monthly * rate(money, before);
                it.kept_at_most += start.clone().min(end.clone());
                it.kept += end;
                it.kept_of += start;
            }
        }
    }

    fn add_bills(&self, it: &mut Figures, period: Period, view: View, rate: &RateOf<'_>) {
        for customer in self.customers {
            for bill in &customer.customer.bills {
                let Some(place) = self.place_of(bill.at) else {
                    continue;
                };
                let Bill {
                    money, due, paid, ..
                } = *bill;
                if view.moneys().contains(&money) && (period.first..=period.last).contains(&place) {
                    it.failed += whole(due) * rate(money, place);
                    it.recovered += whole(paid) * rate(money, place);
                }
            }
        }
    }

    /// The place of the day that an instant falls on; none for what has not happened yet.
    fn place_of(&self, at: Second) -> Option<usize> {
        self.days.iter().position(|day| at <= day.shows)
    }

    fn churn(&self, period: Period, view: View, it: &Figures) -> (i64, i64) {
        let back = period.last.checked_sub(30);
        let window = back.map_or(0, |back| back + 1)..=period.last;
        let (mut churned, mut new, mut active) = (0, 0, 0);
        for customer in self.customers {
            let steps = &customer.tape(view.people()).steps[window.clone()];
            // READING: over 30 days each time that somebody churns counts, whether or not it was there at their beginning or
            // has come back; the definitions name only what is divided by.
            for step in steps {
                churned += i64::from(step.churned);
                new += i64::from(step.kind == Some(Kind::New));
            }
            active += i64::from(self.was_active(customer, view, back));
        }
        match self.policy.churn_base {
            ChurnBase::ActiveAtStart => (it.lost, it.active_before),
            ChurnBase::ThirtyDaysAgo => (churned, active),
            ChurnBase::ThirtyDaysAgoPlusNew => (churned, active + new),
        }
    }

    fn trials_running(&self, period: Period, view: View) -> i64 {
        let now = self.days[period.last].shows;
        let mut running = 0;
        for own in self.customers.iter().flat_map(|customer| &customer.own) {
            if view.moneys().contains(&own.subscription.money)
                && let Some(trial) = own.subscription.trial
                && trial.hold(now)
                && own.subscription.life.to.is_none_or(|end| now < end)
            {
                running += 1;
            }
        }
        running
    }

    /// Trials that were worth something right after, and what they are divided by.
    fn trial_conversion(&self, period: Period, view: View) -> (i64, i64) {
        let back = period.last.checked_sub(30);
        let window = back.map_or(0, |back| back + 1)..=period.last;
        let within = period.first..=period.last;
        let (mut converted, mut of) = (0, 0);
        for own in self.customers.iter().flat_map(|customer| &customer.own) {
            let Some(trial) = own.subscription.trial else {
                continue;
            };
            if !view.moneys().contains(&own.subscription.money) {
                continue;
            }
            let ends = [trial.to, own.subscription.life.to];
            let end = ends.into_iter().flatten().min();
            let begun = self.place_of(trial.from);
            let ended = end.and_then(|end| self.place_of(end));
            let paid = end.is_some_and(|end| end <= self.as_of && !own.at(end).monthly().is_zero());
            let on = |range: &std::ops::RangeInclusive<usize>, place: Option<usize>| {
                place.is_some_and(|place| range.contains(&place))
            };
            let (part, whole) = match self.policy.trial_base {
                TrialBase::Ended => (on(&within, ended) && paid, on(&within, ended)),
                TrialBase::StartedCohort => (on(&within, begun) && paid, on(&within, begun)),
                TrialBase::StartedThirtyDays => (on(&window, ended) && paid, on(&window, begun)),
            };
            converted += i64::from(part);
            of += i64::from(whole);
        }
        (converted, of)
    }
}
