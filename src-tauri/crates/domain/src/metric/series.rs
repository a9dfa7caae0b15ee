//! Points of a series: what all intervals add up to at given instants.
//!
//! One sweep in order of time: every interval is added where it begins and taken away where it ends, so the cost grows
//! with intervals plus points. Sums are exact and rounded half to even once, here.

use crate::Instant;
use crate::currency::Currency;
use crate::metric::Basis;
use crate::ratio::{Overflow, Ratio, Sum};
use std::collections::{BTreeMap, HashMap};

/// An interval reduced to what a sum needs. `customer` is any number that stands for the customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// The customer.
    pub customer: u32,
    /// The currency of the worth.
    pub currency: Currency,
    /// The first instant.
    pub from: Instant,
    /// The first instant after it; `None` while it runs.
    pub to: Option<Instant>,
    /// Minor units for a month.
    pub monthly: Ratio,
    /// Whether discounts alone made it nothing.
    pub free: bool,
    /// What it rests on.
    pub basis: Basis,
    /// Whether its worth is not known.
    pub unknown: bool,
}

/// One currency at one instant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figure {
    /// MRR in minor units, rounded.
    pub mrr_minor: i64,
    /// MRR × 12, rounded from the exact figure.
    pub arr_minor: i64,
    /// MRR as an exact fraction.
    pub mrr_exact: String,
    /// Customers with MRR above zero in this currency, or free by discount.
    pub active_subscribers: u64,
    /// MRR ÷ active subscribers, rounded; `None` without subscribers.
    pub arpa_minor: Option<i64>,
    /// The weakest basis among the parts; `None` without parts.
    pub basis: Option<Basis>,
    /// Parts whose worth is not known.
    pub unknown: u64,
}

/// All currencies at one instant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Point {
    /// The instant.
    pub at: Instant,
    /// A figure for each currency that ever had a part.
    pub ledgers: BTreeMap<Currency, Figure>,
    /// Customers active in any currency.
    pub active_subscribers: u64,
}

/// One currency's running state in the sweep.
#[derive(Default)]
struct Ledger {
    sum: Sum,
    active: HashMap<u32, u32>,
    bases: [u64; 3],
    unknown: u64,
}

impl Ledger {
    fn enter(&mut self, part: &Part) {
        self.sum.add(part.monthly);
        self.count(part, 1);
        if is_active(part) {
            *self.active.entry(part.customer).or_default() += 1;
        }
    }

    fn leave(&mut self, part: &Part) {
        self.sum.subtract(part.monthly);
        self.count(part, -1);
        if is_active(part) {
            release(&mut self.active, part.customer);
        }
    }

    fn count(&mut self, part: &Part, by: i64) {
        let slot = match part.basis {
            Basis::Inferred => &mut self.bases[0],
            Basis::Invoiced => &mut self.bases[1],
            Basis::Observed => &mut self.bases[2],
        };
        *slot = slot.saturating_add_signed(by);
        if part.unknown {
            self.unknown = self.unknown.saturating_add_signed(by);
        }
    }

    fn figure(&self) -> Result<Figure, Overflow> {
        let active = self.active.len() as u64;
        let weakest = [Basis::Inferred, Basis::Invoiced, Basis::Observed]
            .into_iter()
            .zip(self.bases)
            .find_map(|(basis, parts)| (parts > 0).then_some(basis));
        Ok(Figure {
            mrr_minor: self.sum.round_half_even()?,
            arr_minor: self.sum.times_round_half_even(12)?,
            mrr_exact: self.sum.exact_text(),
            active_subscribers: active,
            arpa_minor: self.sum.divided_round_half_even(active)?,
            basis: weakest,
            unknown: self.unknown,
        })
    }
}

fn is_active(part: &Part) -> bool {
    part.free || part.unknown || !part.monthly.is_zero()
}

fn release(active: &mut HashMap<u32, u32>, customer: u32) {
    if let Some(held) = active.get_mut(&customer) {
        *held -= 1;
        if *held == 0 {
            active.remove(&customer);
        }
    }
}

/// What the parts add up to at each instant. The instants must be in order of time.
///
/// # Errors
/// When a rounded total does not fit 64 bits.
pub fn points(parts: &[Part], instants: &[Instant]) -> Result<Vec<Point>, Overflow> {
    let mut entering: Vec<&Part> = parts.iter().collect();
    entering.sort_by_key(|part| part.from);
    let mut leaving: Vec<(Instant, &Part)> = parts
        .iter()
        .filter_map(|part| Some((part.to?, part)))
        .collect();
    leaving.sort_by_key(|(to, _)| *to);
    let mut entering = entering.into_iter().peekable();
    let mut leaving = leaving.into_iter().peekable();

    let mut ledgers: BTreeMap<Currency, Ledger> = BTreeMap::new();
    for part in parts {
        ledgers.entry(part.currency).or_default();
    }
    let mut everywhere: HashMap<u32, u32> = HashMap::new();
    let mut out = Vec::with_capacity(instants.len());
    for at in instants {
        while let Some(part) = entering.next_if(|part| part.from <= *at) {
            ledgers.entry(part.currency).or_default().enter(part);
            if is_active(part) {
                *everywhere.entry(part.customer).or_default() += 1;
            }
        }
        while let Some((_, part)) = leaving.next_if(|(to, _)| to <= at) {
            ledgers.entry(part.currency).or_default().leave(part);
            if is_active(part) {
                release(&mut everywhere, part.customer);
            }
        }
        let mut figures = BTreeMap::new();
        for (currency, ledger) in &ledgers {
            figures.insert(*currency, ledger.figure()?);
        }
        out.push(Point {
            at: *at,
            ledgers: figures,
            active_subscribers: everywhere.len() as u64,
        });
    }
    Ok(out)
}
