//! How one customer's MRR moved, day by day.
//!
//! A customer's state at the end of a day is held against that at the end of the day before; what happened several times on
//! one day nets out. States and movements are of one ledger: a currency, or what a slice leaves of it. The sum of all
//! movements of a ledger is its MRR, exactly.

use crate::metric::Basis;
use crate::metric::days::Day;
use crate::metric::evaluate::Standing;
use crate::metric::policy::{FullDiscount, Policy};
use crate::ratio::{Overflow, Ratio};

/// What a movement is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Movement {
    /// Above zero for the first time ever.
    New,
    /// More.
    Expansion,
    /// Less, but above zero; or a pause; or a drop to free.
    Contraction,
    /// To zero otherwise.
    Churn,
    /// Above zero again after having churned.
    Reactivation,
}

impl Movement {
    /// Every kind, in the order in which they are told.
    pub const ALL: [Self; 5] = [
        Self::New,
        Self::Expansion,
        Self::Contraction,
        Self::Churn,
        Self::Reactivation,
    ];

    /// Its name in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Expansion => "expansion",
            Self::Contraction => "contraction",
            Self::Churn => "churn",
            Self::Reactivation => "reactivation",
        }
    }

    /// Whether it takes away.
    #[must_use]
    pub const fn is_loss(self) -> bool {
        matches!(self, Self::Contraction | Self::Churn)
    }

    /// Its place among `ALL`.
    #[must_use]
    pub const fn place(self) -> usize {
        match self {
            Self::New => 0,
            Self::Expansion => 1,
            Self::Contraction => 2,
            Self::Churn => 3,
            Self::Reactivation => 4,
        }
    }
}

/// An interval brought to whole days: it stands at the end of each day from `from` on and before `to`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DaySpan {
    /// The first day at whose end it stands.
    pub from: Day,
    /// The first day at whose end it does not; the largest number while it lasts.
    pub to: Day,
    /// Minor units for a month.
    pub monthly: Ratio,
    /// How it stands.
    pub standing: Standing,
    /// What it rests on.
    pub basis: Basis,
    /// Whether its worth is not known.
    pub unknown: bool,
}

/// What a customer is at the end of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct State {
    /// MRR in minor units.
    pub monthly: Ratio,
    /// Subscriptions that discounts make worth nothing.
    pub free: u32,
    /// Subscriptions that are paused.
    pub paused: u32,
    /// Subscriptions whose worth is not known.
    pub unknown: u32,
}

impl State {
    /// Whether nothing of it is there.
    #[must_use]
    pub fn is_gone(&self) -> bool {
        self.monthly.is_zero() && self.free == 0 && self.paused == 0 && self.unknown == 0
    }

    /// Whether the customer is an active subscriber.
    #[must_use]
    pub fn is_active(&self, policy: &Policy) -> bool {
        !self.monthly.is_zero()
            || self.unknown > 0
            || (self.free > 0 && policy.full_discount == FullDiscount::FreeActive)
    }

    fn enter(&mut self, span: &DaySpan) -> Result<(), Overflow> {
        self.monthly = self.monthly.plus(span.monthly)?;
        self.count(span, u32::saturating_add);
        Ok(())
    }

    fn leave(&mut self, span: &DaySpan) -> Result<(), Overflow> {
        self.monthly = self.monthly.minus(span.monthly)?;
        self.count(span, u32::saturating_sub);
        Ok(())
    }

    fn count(&mut self, span: &DaySpan, by: fn(u32, u32) -> u32) {
        if span.unknown {
            self.unknown = by(self.unknown, 1);
        }
        match span.standing {
            Standing::Counts => {}
            Standing::Free => self.free = by(self.free, 1),
            Standing::Paused => self.paused = by(self.paused, 1),
        }
    }
}

/// A day on which a customer became another than the day before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Change {
    /// The day.
    pub day: Day,
    /// At the end of the day before.
    pub before: State,
    /// At its end.
    pub after: State,
    /// What became of the money.
    pub movement: Option<Movement>,
    /// Whether the customer churned, perhaps without money.
    pub churned: bool,
}

impl Change {
    /// By how much MRR moved; never below zero.
    ///
    /// # Errors
    /// When it does not fit.
    pub fn amount(&self) -> Result<Ratio, Overflow> {
        if self.after.monthly < self.before.monthly {
            self.before.monthly.minus(self.after.monthly)
        } else {
            self.after.monthly.minus(self.before.monthly)
        }
    }
}

/// The changes of one customer in one ledger, in order of time.
///
/// # Errors
/// When an exact sum does not fit.
pub fn changes(spans: &[DaySpan]) -> Result<Vec<Change>, Overflow> {
    let mut edges: Vec<(Day, bool, &DaySpan)> = Vec::with_capacity(spans.len() * 2);
    for span in spans.iter().filter(|span| span.from < span.to) {
        edges.push((span.from, true, span));
        if span.to < Day::MAX {
            edges.push((span.to, false, span));
        }
    }
    edges.sort_by_key(|(day, ..)| *day);
    let mut found = Vec::with_capacity(edges.len());
    let mut state = State::default();
    let mut past = Past::default();
    let mut edges = edges.into_iter().peekable();
    while let Some((day, ..)) = edges.peek().copied() {
        let before = state;
        while let Some((_, enters, span)) = edges.next_if(|(at, ..)| *at == day) {
            if enters {
                state.enter(span)?;
            } else {
                state.leave(span)?;
            }
        }
        if state == before {
            continue;
        }
        let (movement, churned) = past.step(&before, &state);
        found.push(Change {
            day,
            before,
            after: state,
            movement,
            churned,
        });
    }
    Ok(found)
}

/// What a customer has been through.
#[derive(Default)]
struct Past {
    ever_paid: bool,
    churned: bool,
}

impl Past {
    fn step(&mut self, before: &State, after: &State) -> (Option<Movement>, bool) {
        let movement = if after.monthly > before.monthly {
            Some(
                match (before.monthly.is_zero(), self.ever_paid, self.churned) {
                    (false, ..) | (true, true, false) => Movement::Expansion,
                    (true, false, _) => Movement::New,
                    (true, true, true) => Movement::Reactivation,
                },
            )
        } else if after.monthly < before.monthly {
            Some(if after.is_gone() {
                Movement::Churn
            } else {
                Movement::Contraction
            })
        } else {
            None
        };
        let churned = after.is_gone() && !before.is_gone();
        if churned {
            self.churned = true;
        } else if !after.monthly.is_zero() {
            self.ever_paid = true;
            self.churned = false;
        }
        (movement, churned)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(from: Day, to: Day, monthly: i64, standing: Standing) -> DaySpan {
        DaySpan {
            from,
            to,
            monthly: Ratio::whole(monthly),
            standing,
            basis: Basis::Observed,
            unknown: false,
        }
    }

    fn told(spans: &[DaySpan]) -> Vec<(Day, Option<Movement>, i64, bool)> {
        changes(spans)
            .unwrap()
            .iter()
            .map(|it| {
                let amount = it.amount().unwrap().round_half_even().unwrap();
                (it.day, it.movement, amount, it.churned)
            })
            .collect()
    }

    use Movement::{Churn, Contraction, Expansion, New, Reactivation};
    use Standing::{Counts, Free, Paused};

    #[test]
    fn a_life_in_movements() {
        let spans = [
            span(1, 5, 10, Counts),
            span(5, 8, 25, Counts),
            span(8, 9, 20, Counts),
            span(12, Day::MAX, 30, Counts),
        ];
        assert_eq!(
            told(&spans),
            [
                (1, Some(New), 10, false),
                (5, Some(Expansion), 15, false),
                (8, Some(Contraction), 5, false),
                (9, Some(Churn), 20, true),
                (12, Some(Reactivation), 30, false),
            ]
        );
    }

    #[test]
    fn a_swap_on_one_day_nets_out() {
        let spans = [span(1, 4, 10, Counts), span(4, Day::MAX, 25, Counts)];
        assert_eq!(told(&spans)[1], (4, Some(Expansion), 15, false));
        let gone_within_a_day = [span(3, 3, 10, Counts)];
        assert!(told(&gone_within_a_day).is_empty());
    }

    #[test]
    fn a_pause_is_a_contraction_and_a_resume_an_expansion() {
        let spans = [
            span(1, 4, 10, Counts),
            span(4, 6, 0, Paused),
            span(6, 8, 10, Counts),
            span(8, 9, 0, Paused),
        ];
        assert_eq!(
            told(&spans),
            [
                (1, Some(New), 10, false),
                (4, Some(Contraction), 10, false),
                (6, Some(Expansion), 10, false),
                (8, Some(Contraction), 10, false),
                (9, None, 0, true),
            ],
            "a paused customer who cancels churns without money"
        );
    }

    #[test]
    fn who_begins_free_is_new_when_money_comes_first() {
        let spans = [
            span(1, 4, 0, Free),
            span(4, 6, 10, Counts),
            span(6, 8, 0, Free),
            span(10, 12, 0, Free),
            span(12, 14, 10, Counts),
        ];
        assert_eq!(
            told(&spans),
            [
                (1, None, 0, false),
                (4, Some(New), 10, false),
                (6, Some(Contraction), 10, false),
                (8, None, 0, true),
                (10, None, 0, false),
                (12, Some(Reactivation), 10, false),
                (14, Some(Churn), 10, true),
            ]
        );
    }
}
