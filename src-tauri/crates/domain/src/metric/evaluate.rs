//! What facts are worth under a policy: intervals in which a subscription was worth the same.
//!
//! This is the only place where a policy's switches on worth are read. It is arithmetic alone, and quick: a change of policy
//! evaluates every subscription of an account again. Intervals of a subscription are in order of time and never overlap;
//! where it was not there at all, there is none. What does not fit an exact fraction is unknown, counted and said, and
//! never a wrong number.

use crate::metric::Basis;
use crate::metric::facts::{
    Held, Lasting, Off, PutOn, Second, Span, Stop, Stretch, SubscriptionFacts, Taken, Usage,
};
use crate::metric::policy::{
    Cancellation, Discounting, FullDiscount, Metered, PastDue, Paused, Policy,
};
use crate::metric::worth::monthly_factor;
use crate::ratio::{Overflow, Ratio};
use crate::record::Recurring;

const DAY: Second = 86_400;

/// How a subscription stands in an interval.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Standing {
    /// It counts with its worth.
    Counts,
    /// Discounts alone make it worth nothing.
    Free,
    /// It is paused.
    Paused,
}

/// What one plan is worth in an interval.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlanWorth {
    /// The number that stands for the price.
    pub plan: u32,
    /// How often it bills.
    pub rhythm: Recurring,
    /// Minor units for a month.
    pub monthly: Ratio,
}

/// A stretch of time in which a subscription was worth the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Interval {
    /// When.
    pub span: Span,
    /// How it stands.
    pub standing: Standing,
    /// What its plans are worth, in the order of its items.
    pub plans: Vec<PlanWorth>,
    /// Their sum: minor units for a month.
    pub monthly: Ratio,
    /// What it rests on.
    pub basis: Basis,
    /// Whether its worth is not known; it is then counted as nothing, and every figure over it says so.
    pub unknown: bool,
}

/// The intervals of a subscription under a policy, in order of time.
#[must_use]
pub fn intervals(facts: &SubscriptionFacts, policy: &Policy) -> Vec<Interval> {
    let windows = windows(facts, policy);
    let usage = match policy.metered {
        Metered::Out => &[][..],
        Metered::InvoicedAmount => &facts.usage,
    };
    let mut found: Vec<Interval> = Vec::new();
    for (index, stretch) in facts.stretches.iter().enumerate() {
        let span = Span {
            from: stretch.from,
            to: facts.stretches.get(index + 1).map(|next| next.from),
        };
        let mut common = windows
            .iter()
            .filter_map(|(window, paused)| Some((window.common(&span)?, *paused)))
            .peekable();
        if common.peek().is_none() {
            continue;
        }
        let Some(valued) = value(stretch, policy, !usage.is_empty()) else {
            continue;
        };
        for (span, paused) in common {
            if usage.is_empty() {
                add(&mut found, &valued, span, paused);
            } else {
                add_with_usage(&mut found, &valued, span, paused, usage);
            }
        }
    }
    found
}

/// Adds a part of a stretch; one that follows another and is like it makes it longer.
fn add(found: &mut Vec<Interval>, valued: &Valued, span: Span, paused: bool) {
    let interval = if paused {
        Interval {
            span,
            standing: Standing::Paused,
            plans: Vec::new(),
            monthly: Ratio::ZERO,
            basis: valued.basis,
            unknown: false,
        }
    } else {
        Interval {
            span,
            standing: if valued.free {
                Standing::Free
            } else {
                Standing::Counts
            },
            plans: valued.plans.clone(),
            monthly: valued.monthly,
            basis: valued.basis,
            unknown: valued.unknown,
        }
    };
    match found.last_mut() {
        Some(last)
            if last.span.to == Some(span.from)
                && last.standing == interval.standing
                && last.plans == interval.plans
                && last.basis == interval.basis
                && last.unknown == interval.unknown =>
        {
            last.span.to = span.to;
        }
        _ => found.push(interval),
    }
}

/// The times in which it is there under the policy, each with whether it is paused.
fn windows(facts: &SubscriptionFacts, policy: &Policy) -> Vec<(Span, bool)> {
    let mut life = facts.life;
    if policy.cancellation == Cancellation::AtRequest
        && let Some(asked) = facts.end_asked
    {
        life.to = Some(life.to.map_or(asked, |end| end.min(asked)));
    }
    let mut there = vec![life];
    if let Some(trial) = &facts.trial {
        there = without(there, trial);
    }
    if let PastDue::Days(days) = policy.past_due {
        for late in &facts.late {
            there = without(
                there,
                &Span {
                    from: late.from.saturating_add(Second::from(days) * DAY),
                    to: late.to,
                },
            );
        }
    }
    let stops = |wanted: Stop| {
        let own = facts.stops.iter().filter(move |(_, why)| *why == wanted);
        own.map(|(stop, _)| stop)
    };
    // What is given up is not there, also where it is paused as well.
    for stop in stops(Stop::GivenUp) {
        there = without(there, stop);
    }
    let mut paused = Vec::new();
    for stop in stops(Stop::Paused) {
        match policy.paused {
            Paused::Counts => {}
            Paused::Contraction => {
                paused.extend(there.iter().filter_map(|span| span.common(stop)));
                there = without(there, stop);
            }
            Paused::Out => there = without(there, stop),
        }
    }
    let mut windows: Vec<(Span, bool)> = there
        .into_iter()
        .filter(|span| !span.is_empty())
        .map(|span| (span, false))
        .chain(paused.into_iter().map(|span| (span, true)))
        .collect();
    windows.sort_by_key(|(span, _)| span.from);
    windows
}

fn without(spans: Vec<Span>, other: &Span) -> Vec<Span> {
    if other.is_empty() {
        return spans;
    }
    spans
        .into_iter()
        .flat_map(|span| span.without(other))
        .flatten()
        .collect()
}

/// What a stretch is worth.
#[derive(Clone)]
struct Valued {
    plans: Vec<PlanWorth>,
    monthly: Ratio,
    free: bool,
    basis: Basis,
    unknown: bool,
    /// Whether it is there only where usage is billed.
    needs_usage: bool,
}

/// Values a stretch without its usage; `None` where nothing was held, or where the policy takes a customer at zero for one
/// that left, and there is no usage either.
fn value(stretch: &Stretch, policy: &Policy, used: bool) -> Option<Valued> {
    let empty = stretch.items.is_empty() && stretch.unknown.is_none();
    if empty && !used {
        return None;
    }
    let worth = if stretch.unknown.is_some() {
        Err(Overflow)
    } else {
        worth(stretch, policy)
    };
    let Ok(worth) = worth else {
        return Some(Valued {
            plans: Vec::new(),
            monthly: Ratio::ZERO,
            free: false,
            basis: stretch.basis,
            unknown: true,
            needs_usage: false,
        });
    };
    let churned = worth.free && policy.full_discount == FullDiscount::Churned;
    if churned && !used {
        return None;
    }
    Some(Valued {
        basis: stretch.basis,
        unknown: false,
        needs_usage: empty || churned,
        plans: worth.plans,
        monthly: worth.monthly,
        free: worth.free,
    })
}

/// What the items of a stretch are worth together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Worth {
    /// What each item's plan is worth.
    pub plans: Vec<PlanWorth>,
    /// Their sum, minor units for a month.
    pub monthly: Ratio,
    /// Whether a listed price above zero was brought to zero by discounts.
    pub free: bool,
}

/// Values items less their discounts: an item's own first, then the subscription's in order, the customer's only where the
/// subscription has none; then less the tax inside, brought to a month.
///
/// # Errors
/// When the exact figure does not fit.
pub fn worth(stretch: &Stretch, policy: &Policy) -> Result<Worth, Overflow> {
    let mut amounts: Vec<Ratio> = stretch.items.iter().map(|item| item.listed).collect();
    if !stretch.taken.is_empty() {
        discount(stretch, policy, &mut amounts)?;
    }
    let mut monthly = Ratio::ZERO;
    let mut listed = false;
    let mut plans = Vec::with_capacity(stretch.items.len());
    for (item, amount) in stretch.items.iter().zip(amounts) {
        let worth = brought_to_a_month(item, amount)?;
        listed |= !item.listed.is_zero();
        monthly = monthly.plus(worth)?;
        plans.push(PlanWorth {
            plan: item.plan,
            rhythm: item.rhythm,
            monthly: worth,
        });
    }
    Ok(Worth {
        free: monthly.is_zero() && listed,
        plans,
        monthly,
    })
}

fn brought_to_a_month(item: &Held, amount: Ratio) -> Result<Ratio, Overflow> {
    let net = if item.tax_share.is_zero() {
        amount
    } else {
        amount.times(Ratio::ONE.minus(item.tax_share)?)?
    };
    net.times(monthly_factor(item.rhythm)?)
}

fn discount(stretch: &Stretch, policy: &Policy, amounts: &mut [Ratio]) -> Result<(), Overflow> {
    let counts = |taken: &&Taken| is_taken(taken, policy);
    for taken in stretch.taken.iter().filter(counts) {
        if let PutOn::Item(index) = taken.on {
            take_off(taken, &[usize::from(index)], amounts)?;
        }
    }
    let on = |wanted: PutOn| {
        stretch
            .taken
            .iter()
            .filter(counts)
            .filter(move |taken| taken.on == wanted)
    };
    let own = on(PutOn::Subscription).next().is_some();
    let wanted = if own {
        PutOn::Subscription
    } else {
        PutOn::Customer
    };
    for taken in on(wanted) {
        let covered: Vec<usize> = match &taken.only {
            Some(only) => only.iter().map(|index| usize::from(*index)).collect(),
            None => (0..amounts.len()).collect(),
        };
        take_off(taken, &covered, amounts)?;
    }
    Ok(())
}

fn is_taken(taken: &Taken, policy: &Policy) -> bool {
    let switch = match taken.lasting {
        Lasting::Once => policy.once,
        Lasting::Repeating => policy.repeating,
        Lasting::Forever => policy.forever,
    };
    match switch {
        Discounting::Ignored => false,
        Discounting::Subtracted => true,
        Discounting::PercentageOnly => matches!(taken.off, Off::Share(_)),
    }
}

/// Takes one discount off. A fixed amount is spread over the items it is for in proportion to what they still bill, and takes
/// nothing below zero.
fn take_off(taken: &Taken, covered: &[usize], amounts: &mut [Ratio]) -> Result<(), Overflow> {
    let left = match taken.off {
        Off::Share(share) => Ratio::ONE.minus(share)?.max(Ratio::ZERO),
        Off::Amount(off) => {
            let mut together = Ratio::ZERO;
            for index in covered {
                together = together.plus(amounts.get(*index).copied().unwrap_or(Ratio::ZERO))?;
            }
            if together.is_zero() || together.is_negative() {
                return Ok(());
            }
            let share = Ratio::whole(off).over(together)?.min(Ratio::ONE);
            Ratio::ONE.minus(share)?
        }
    };
    for index in covered {
        if let Some(amount) = amounts.get_mut(*index) {
            *amount = amount.times(left)?;
        }
    }
    Ok(())
}

/// Adds a part of a stretch with the usage that was billed for it, in the usage's own periods.
fn add_with_usage(
    found: &mut Vec<Interval>,
    valued: &Valued,
    span: Span,
    paused: bool,
    usage: &[Usage],
) {
    let inside = usage
        .iter()
        .flat_map(|usage| [Some(usage.span.from), usage.span.to])
        .flatten()
        .filter(|at| *at > span.from && span.holds(*at));
    let mut starts: Vec<Second> = std::iter::once(span.from).chain(inside).collect();
    starts.sort_unstable();
    starts.dedup();
    for (index, from) in starts.iter().enumerate() {
        let part = Span {
            from: *from,
            to: starts.get(index + 1).copied().or(span.to),
        };
        let mut own = usage.iter().filter(|it| it.span.holds(*from)).peekable();
        if valued.needs_usage && own.peek().is_none() {
            continue;
        }
        let mut valued = valued.clone();
        if own.try_for_each(|usage| valued.add_usage(usage)).is_err() {
            valued.unknown = true;
            valued.monthly = Ratio::ZERO;
            valued.plans.clear();
        }
        add(found, &valued, part, paused);
    }
}

impl Valued {
    fn add_usage(&mut self, usage: &Usage) -> Result<(), Overflow> {
        let monthly = Ratio::whole(usage.amount).times(monthly_factor(usage.rhythm)?)?;
        self.monthly = self.monthly.plus(monthly)?;
        self.plans.push(PlanWorth {
            plan: usage.plan,
            rhythm: usage.rhythm,
            monthly,
        });
        self.free &= self.monthly.is_zero();
        Ok(())
    }
}
