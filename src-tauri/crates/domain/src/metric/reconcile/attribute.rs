//! Why one figure of theirs is not ours.
//!
//! Rules are tried first, because a rule that gives the very figure they print is proof of a kind that a flag is not:
//! one alternative, in the order given, then every pair in that order. A figure within one printed step of ours is
//! rounding. Only then do we look at who the customer is on each side, and at what we know to be weak about our own
//! figure.

use super::statement::{Metric, Month};
use crate::currency::Currency;
use crate::ids::CustomerId;
use crate::ratio::{Overflow, Ratio};
use std::collections::BTreeSet;

/// A rule that could have been another: one switch of the policy set otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alternative {
    /// Its name, `cancel-at-request`.
    pub id: String,
    /// What it does, for people: `A cancellation drops MRR when it is asked for.`
    pub says: String,
}

/// What we know to be weak about our own figure, the gravest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Flag {
    /// A price or coupon is not in the copy, so the worth is not known.
    UnknownWorth,
    /// Metered items, which are worth nothing in MRR.
    Metered,
    /// A price that includes tax and has no invoice to tell how much.
    TaxInclusive,
    /// The past was inferred from the present.
    InferredPast,
}

/// What a customer is worth by our figures at the end of a month in one currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OurLine<'a> {
    /// The customer.
    pub customer: &'a CustomerId,
    /// The currency.
    pub currency: Currency,
    /// The month.
    pub month: Month,
    /// MRR at the month's end in minor units, under the policy in force.
    pub worth: Ratio,
    /// What is weak about it; the gravest of several.
    pub flag: Option<Flag>,
}

/// One of our metrics, to stand beside a summary's: minor units, a count, or a fraction of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OurFigure {
    /// The month.
    pub month: Month,
    /// The metric; losses above zero.
    pub metric: Metric,
    /// Its value.
    pub value: Ratio,
}

/// One figure that may be asked for under other rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place<'a> {
    /// The customer.
    pub customer: &'a CustomerId,
    /// The currency.
    pub currency: Currency,
    /// The month at whose end.
    pub month: Month,
}

/// Our side of a comparison.
#[derive(Clone, Copy)]
pub struct Ours<'a> {
    /// Every customer in the copy, worth something or not.
    pub customers: &'a BTreeSet<CustomerId>,
    /// What they are worth in the statement's months; a customer without a line is worth nothing. For changes the month
    /// before the first must be there too. For a summary, which is converted, every line is in the account's currency.
    pub lines: &'a [OurLine<'a>],
    /// Our metrics, for a summary.
    pub figures: &'a [OurFigure],
    /// The rules to try, the likeliest first.
    pub alternatives: &'a [Alternative],
    /// What a customer would be worth with one or two of them; `None` where they do not touch the customer or the worth
    /// is not known. Asked only where figures differ, but for a summary once for every customer.
    pub under: &'a dyn Fn(Place<'_>, &[&Alternative]) -> Option<Ratio>,
}

/// Why a figure differs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cause {
    /// With these alternatives, one or two by id, we would print what they print.
    Rules(Vec<String>),
    /// No more than one step of what they print, and what single customers cannot carry of the totals' rounding.
    Rounding,
    /// The customer's money is in another currency on the other side.
    OtherCurrency,
    /// The customer is not in our copy.
    NotHere,
    /// The customer is nowhere in their file.
    NotTheirs,
    /// Our own figure is weak.
    Flagged(Flag),
    /// None of these.
    Unexplained,
}

/// What they print for one figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Claim {
    /// Minor units.
    pub(super) minor: Ratio,
    /// The step of what they print, in minor units: one for each row that went into it.
    pub(super) step: Ratio,
}

impl Claim {
    /// Whether an exact figure would be printed as this one. Half a step either way is, because nobody says which way
    /// they round a half.
    pub(super) fn is_of(&self, exact: Ratio) -> Result<bool, Overflow> {
        Ok(self.distance(exact)?.times(Ratio::whole(2))? <= self.step)
    }

    fn is_a_step_from(&self, exact: Ratio) -> Result<bool, Overflow> {
        Ok(self.distance(exact)? <= self.step)
    }

    fn distance(&self, exact: Ratio) -> Result<Ratio, Overflow> {
        let apart = exact.minus(self.minor)?;
        if apart.is_negative() {
            Ratio::ZERO.minus(apart)
        } else {
            Ok(apart)
        }
    }
}

/// Every alternative alone, then every pair.
pub(super) fn combinations(alternatives: &[Alternative]) -> Vec<Vec<&Alternative>> {
    let mut sets: Vec<Vec<&Alternative>> = alternatives.iter().map(|one| vec![one]).collect();
    for (index, one) in alternatives.iter().enumerate() {
        for other in alternatives.iter().skip(index + 1) {
            sets.push(vec![one, other]);
        }
    }
    sets
}

/// The cause that a set of alternatives is.
pub(super) fn rules(set: &[&Alternative]) -> Cause {
    Cause::Rules(set.iter().map(|one| one.id.clone()).collect())
}

/// What is known of a customer on both sides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Standing {
    /// Whether either side has their money of this month in another currency only.
    pub(super) other_currency: bool,
    /// Whether our copy has the customer.
    pub(super) here: bool,
    /// Whether their file has the customer.
    pub(super) theirs: bool,
    /// The gravest weakness of our figure.
    pub(super) flag: Option<Flag>,
}

/// The cause of one difference. `under` answers what our figure would be with a set of alternatives.
pub(super) fn cause(
    ours: Ratio,
    claim: Claim,
    standing: &Standing,
    sets: &[Vec<&Alternative>],
    under: impl Fn(&[&Alternative]) -> Result<Option<Ratio>, Overflow>,
) -> Result<Cause, Overflow> {
    if claim.is_of(ours)? {
        return Ok(Cause::Rounding);
    }
    for set in sets {
        if let Some(figure) = under(set)?
            && claim.is_of(figure)?
        {
            return Ok(rules(set));
        }
    }
    Ok(if claim.is_a_step_from(ours)? {
        Cause::Rounding
    } else if standing.other_currency {
        Cause::OtherCurrency
    } else if !standing.here {
        Cause::NotHere
    } else if !standing.theirs {
        Cause::NotTheirs
    } else if let Some(flag) = standing.flag {
        Cause::Flagged(flag)
    } else {
        Cause::Unexplained
    })
}
