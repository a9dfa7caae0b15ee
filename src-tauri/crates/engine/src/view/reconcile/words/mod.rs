//! A comparison in words: what differs and by how much, what each cause says, and what can be done.

use crate::api::types::{CauseSort, SplitStanding};
use crate::reconcile::{Rule, rule};
use crate::view::money;
use coffer_domain::metric::policy::Policy;
use coffer_domain::metric::reconcile::{
    Cause, Flag, Measure, Metric, Month, MonthSplit, Share, StatementKind,
};
use coffer_domain::mode::ModeName;
use coffer_domain::money::Money;
use coffer_domain::ratio::Ratio;

/// What the provider calls an export.
pub(super) const fn export_name(kind: StatementKind) -> &'static str {
    match kind {
        StatementKind::CustomerMonths => "MRR per subscriber per month",
        StatementKind::CustomerChanges => "Customer MRR changes",
        StatementKind::Summary => "Subscription metrics summary",
    }
}

fn month_name(month: Month) -> String {
    month
        .last_day()
        .map_or_else(|| month.to_string(), |day| day.format("%B %Y").to_string())
}

fn counted(count: u64, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// What was compared and how much of it agrees.
pub(super) fn overall(splits: &[MonthSplit], kind: StatementKind) -> String {
    let summary = kind == StatementKind::Summary;
    let same = splits
        .iter()
        .filter(|it| standing(it) == SplitStanding::Same)
        .count();
    let differ = splits.len() - same;
    let of = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
    let compared = counted(of(splits.len()), "total", "totals");
    if splits.is_empty() {
        "There is nothing to compare: neither side has anything in these months.".to_owned()
    } else if differ == 0 && summary {
        format!("{compared} compared, and there is no difference.")
    } else if differ == 0 {
        format!("{compared} compared, and every customer’s figure is the same on both sides.")
    } else if same == 0 {
        format!("{compared} compared, and in each of them something differs.")
    } else {
        format!(
            "{compared} compared: {same} {}{}, {differ} {}.",
            if same == 1 { "agrees" } else { "agree" },
            if summary { "" } else { " to the last customer" },
            if differ == 1 { "differs" } else { "differ" }
        )
    }
}

/// Why nothing of a file can be ours.
pub(super) fn strangers(mode: ModeName) -> String {
    let other = if mode.is_live() { "test" } else { "live" };
    format!(
        "None of the customers in this file is in the copy of {mode} mode. It is probably of another account, or of {other} mode."
    )
}

/// What a month comes to.
pub(super) fn headline(split: &MonthSplit, measure: Measure) -> String {
    let month = month_name(split.month);
    let apart = Money::new(split.difference_minor, split.currency);
    let size = apart.text();
    let size = size.trim_start_matches('−');
    let ours = Money::new(split.ours_minor, split.currency);
    match (measure, split.difference_minor) {
        (Measure::Level, 0) => format!("Ours and Stripe’s are both {} in {month}.", ours.text()),
        (Measure::Level, 1..) => format!("Ours is {size} above Stripe’s in {month}."),
        (Measure::Level, _) => format!("Ours is {size} below Stripe’s in {month}."),
        (Measure::Change, 0) => format!(
            "Ours and Stripe’s both changed by {} in {month}.",
            ours.signed_text()
        ),
        (Measure::Change, 1..) => {
            format!("Our change in {month} is {size} above Stripe’s.")
        }
        (Measure::Change, _) => format!("Our change in {month} is {size} below Stripe’s."),
    }
}

/// Whether a cause is no customer's: totals of rounded figures and a rounded total are apart by a little where everybody
/// agrees.
fn only_rounded(share: &Share) -> bool {
    share.cause == Cause::Rounding && share.customers == 0
}

/// How a month stands.
pub(super) fn standing(split: &MonthSplit) -> SplitStanding {
    if split.causes.iter().all(only_rounded) {
        SplitStanding::Same
    } else if split.causes.iter().any(|it| it.cause == Cause::Unexplained) {
        SplitStanding::Open
    } else {
        SplitStanding::Explained
    }
}

/// What no cause explains of a month.
fn open_minor(split: &MonthSplit) -> i64 {
    split
        .causes
        .iter()
        .filter(|it| it.cause == Cause::Unexplained)
        .map(|it| it.minor)
        .sum()
}

/// How much of a month's difference is explained.
pub(super) fn explained(split: &MonthSplit, kind: StatementKind) -> String {
    let whole = split.difference_minor;
    let open = open_minor(split);
    let amount = Money::new(open, split.currency).signed_text();
    match standing(split) {
        SplitStanding::Same => {
            return match (kind, split.causes.is_empty()) {
                (StatementKind::Summary, true) => "There is no difference.",
                (StatementKind::Summary, false) => "That is rounding alone.",
                (_, true) => "Both sides say the same of every customer.",
                (_, false) => "That is rounding alone: both sides say the same of every customer.",
            }
            .to_owned();
        }
        SplitStanding::Explained if whole == 0 => {
            return "Single customers differ and cancel each other out; all of it is explained."
                .to_owned();
        }
        SplitStanding::Explained => return "All of it is explained.".to_owned(),
        SplitStanding::Open => {}
    }
    if open == 0 {
        return "Some customers differ without an explanation and cancel each other out."
            .to_owned();
    }
    let nothing_else = |it: &Share| it.cause == Cause::Unexplained || only_rounded(it);
    if split.causes.iter().all(nothing_else) {
        return "None of it is explained.".to_owned();
    }
    if open == whole {
        return format!("{amount} is not explained; the other causes cancel each other out.");
    }
    // A part of the whole only where it points the same way and is smaller.
    let part = whole
        .checked_sub(open)
        .filter(|part| (*part > 0) == (whole > 0) && whole != 0 && (open > 0) == (whole > 0))
        .and_then(|part| percent(part, whole));
    match part {
        Some(part) => format!("{part} of it is explained; {amount} is not."),
        None => {
            let known = Money::new(whole.saturating_sub(open), split.currency).signed_text();
            format!("{known} is explained, and {amount} is not.")
        }
    }
}

/// A part of a whole in percent with one decimal, half to even; nothing where the whole is none.
pub(super) fn percent(part: i64, whole: i64) -> Option<String> {
    money::percent(part, whole).map(|text| format!("{text}\u{202f}%"))
}

fn tenths_text(tenths: i64, signed: bool) -> String {
    let sign = if tenths < 0 {
        "−"
    } else if signed && tenths > 0 {
        "+"
    } else {
        ""
    };
    let size = tenths.unsigned_abs();
    format!("{sign}{}.{}", size / 10, size % 10)
}

/// A bare number: whole where it is, else with one decimal.
pub(super) fn number(value: Ratio, signed: bool) -> String {
    let sign = if signed && !value.is_negative() && !value.is_zero() {
        "+"
    } else {
        ""
    };
    if value.denominator() == 1 {
        return format!("{sign}{}", value.numerator()).replace('-', "−");
    }
    value
        .times(Ratio::whole(10))
        .and_then(Ratio::round_half_even)
        .map_or_else(|_| value.to_string(), |tenths| tenths_text(tenths, signed))
}

/// A fraction of one as percent.
pub(super) fn share(value: Ratio, signed: bool) -> String {
    value
        .times(Ratio::whole(1_000))
        .and_then(Ratio::round_half_even)
        .map_or_else(
            |_| value.to_string(),
            |tenths| format!("{}\u{202f}%", tenths_text(tenths, signed)),
        )
}

/// What sort of cause it is.
pub(super) const fn sort(cause: &Cause) -> CauseSort {
    match cause {
        Cause::Rules(_) => CauseSort::Rule,
        Cause::Rounding | Cause::OtherCurrency | Cause::NotHere | Cause::NotTheirs => {
            CauseSort::Sides
        }
        Cause::Flagged(_) => CauseSort::Weak,
        Cause::Unexplained => CauseSort::Unexplained,
    }
}

fn rules(ids: &[String]) -> Vec<Rule> {
    ids.iter().filter_map(|id| rule(id)).collect()
}

/// A sentence as a part of another one.
fn clause(sentence: &str) -> String {
    let mut letters = sentence.trim_end_matches('.').chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_lowercase().chain(letters).collect()
    })
}

/// What a cause is called.
pub(super) fn title(cause: &Cause) -> String {
    match cause {
        Cause::Rules(ids) => {
            let mut title = String::new();
            for rule in rules(ids) {
                if title.is_empty() {
                    title.push_str(rule.says.trim_end_matches('.'));
                } else {
                    title.push_str(", and ");
                    title.push_str(&clause(rule.says));
                }
            }
            title
        }
        Cause::Rounding => "Rounding".to_owned(),
        Cause::OtherCurrency => "In another currency on the other side".to_owned(),
        Cause::NotHere => "Not in this copy".to_owned(),
        Cause::NotTheirs => "Not in the export".to_owned(),
        Cause::Flagged(Flag::UnknownWorth) => "A price or coupon is not in the copy".to_owned(),
        Cause::Flagged(Flag::Metered) => "Metered items".to_owned(),
        Cause::Flagged(Flag::TaxInclusive) => "Tax inside a price".to_owned(),
        Cause::Flagged(Flag::InferredPast) => "A past that had to be inferred".to_owned(),
        Cause::Unexplained => "Not explained".to_owned(),
    }
}

/// What a cause says, and what can be done.
pub(super) fn says(cause: &Cause, policy: &Policy, kind: StatementKind) -> String {
    match (cause, kind) {
        (Cause::Rules(ids), _) => return by_rules(&rules(ids), policy, kind),
        (Cause::Rounding, _) => "Less than the smallest step that the export prints, and what is left over when totals are rounded.",
        (Cause::OtherCurrency, _) => "Their money is in another currency on the other side. Each ledger is compared by itself, and nothing is converted.",
        (Cause::NotHere, _) => "The export names them and the copy has no subscription of theirs. Sync; if they stay, the file may be of another account or mode.",
        (Cause::NotTheirs, _) => "The copy has them and the export names them in none of its months. Stripe’s figures can be two or three days behind.",
        (Cause::Flagged(Flag::UnknownWorth), _) => "What they pay rests on a price or coupon that the key could not read, so our figure leaves it out. Sync again, or see what the key lacks in Settings.",
        (Cause::Flagged(Flag::Metered), _) => "They have items that are billed by usage, which our MRR leaves out; the policy decides that.",
        (Cause::Flagged(Flag::TaxInclusive), _) => "Their price has tax inside, and no bill tells how much. Ours takes the price as it is listed.",
        (Cause::Flagged(Flag::InferredPast), _) => "No bill tells what they held in that month, so ours carries the present back. A change since then may be missing.",
        (Cause::Unexplained, StatementKind::Summary) => "No rule for everybody, alone or with another, brings ours to the total of the summary. It names no customers: “MRR per subscriber per month” says who it is.",
        (Cause::Unexplained, _) => "No rule, alone or with another, gives the figure of the export. Open the customer and compare with their page at Stripe.",
    }
    .to_owned()
}

fn by_rules(rules: &[Rule], policy: &Policy, kind: StatementKind) -> String {
    let with = match (kind, rules.len()) {
        (StatementKind::Summary, _) => "If that held for everybody, ours would be Stripe’s total",
        (_, 1) => "By this rule ours would be Stripe’s, customer by customer",
        (_, _) => "By these two rules together ours would be Stripe’s, customer by customer",
    };
    let own: Vec<String> = rules
        .iter()
        .map(|it| {
            let question = it.switch.question();
            clause(&format!("{question} {}", policy.rule(it.switch)))
        })
        .collect();
    format!("{with}. Under “{}”, {}.", policy.name, own.join("; "))
}

/// What a metric is called.
pub(super) fn metric(metric: &Metric) -> String {
    match metric {
        Metric::OpeningMrr => "MRR at the beginning",
        Metric::NewMrr => "New MRR",
        Metric::ReactivationMrr => "MRR of those who came back",
        Metric::ExpansionMrr => "Expansion",
        Metric::ContractionMrr => "Contraction",
        Metric::ChurnedMrr => "Churned MRR",
        Metric::FxMrr => "Exchange rates",
        Metric::ClosingMrr => "MRR at the end",
        Metric::OpeningSubscribers => "Subscribers at the beginning",
        Metric::NewSubscribers => "New subscribers",
        Metric::ReactivatedSubscribers => "Subscribers who came back",
        Metric::ChurnedSubscribers => "Churned subscribers",
        Metric::ClosingSubscribers => "Subscribers at the end",
        Metric::Arpu => "MRR for each subscriber",
        Metric::Ltv => "Lifetime value",
        Metric::Other(word) => word,
    }
    .to_owned()
}

#[cfg(test)]
mod tests;
