//! Which export a header belongs to, and where its columns are.
//!
//! Columns are found by name in any case, order and punctuation (`Customer ID`, `customer_id`), by the first name of a
//! list that the header has: an id before a name, a precise word before a loose one. A column that no list names is left
//! alone. What is not recognised for certain is not recognised.

use super::cell::when;
use super::statement::{Metric, Month, Movement};
use std::collections::BTreeSet;

/// Where the columns of an export are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Header {
    /// The columns as written.
    pub(super) columns: Vec<String>,
    /// The column that names a row's currency.
    pub(super) currency: Option<usize>,
    /// The rest, by export.
    pub(super) layout: Layout,
}

/// What stands where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Layout {
    /// A row for each customer, a column for each month.
    CustomersByMonth {
        customer: usize,
        months: Vec<(usize, Month)>,
    },
    /// A row for each customer and month.
    CustomerMonths {
        customer: usize,
        when: usize,
        mrr: usize,
    },
    /// A row for each change.
    Changes {
        customer: usize,
        when: usize,
        movement: Option<usize>,
        change: ChangeIn,
    },
    /// A row for each metric, a column for each month.
    MetricsByMonth {
        label: usize,
        months: Vec<(usize, Month)>,
    },
    /// A row for each month, a column for each metric.
    MonthsByMetric {
        when: usize,
        metrics: Vec<(usize, Metric)>,
    },
}

/// How a change is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ChangeIn {
    /// As itself.
    Column(usize),
    /// As what was before and what is after.
    Between { before: usize, after: usize },
}

/// Why a header is not one of ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Unrecognised {
    /// No export has it.
    Unknown,
    /// Two columns are the same month.
    Twice(String),
}

const CUSTOMER: &[&str] = &[
    "customer id",
    "stripe customer id",
    "subscriber id",
    "customer",
    "subscriber",
];
const METRIC: &[&str] = &["metric", "metric name"];
const CURRENCY: &[&str] = &["currency", "currency code", "mrr currency"];
const WHEN: &[&str] = &[
    "month",
    "date",
    "period",
    "local event timestamp",
    "event timestamp",
    "timestamp",
    "change date",
    "event date",
    "effective date",
    "created",
];
const MOVEMENT: &[&str] = &[
    "change type",
    "event type",
    "movement type",
    "movement",
    "type",
    "event",
    "category",
];
const CHANGE: &[&str] = &[
    "mrr change",
    "change in mrr",
    "mrr delta",
    "change",
    "delta",
];
const BEFORE: &[&str] = &[
    "previous mrr",
    "mrr before",
    "starting mrr",
    "beginning mrr",
    "old mrr",
];
const AFTER: &[&str] = &["new mrr", "mrr after", "ending mrr", "current mrr"];
const MRR: &[&str] = &["mrr", "monthly recurring revenue", "ending mrr", "amount"];

/// Finds out what a header is.
pub(super) fn recognise(columns: Vec<String>) -> Result<Header, (Vec<String>, Unrecognised)> {
    let names: Vec<String> = columns.iter().map(|column| plain(column)).collect();
    match layout(&columns, &names) {
        Ok(layout) => Ok(Header {
            currency: find(&names, CURRENCY),
            columns,
            layout,
        }),
        Err(why) => Err((columns, why)),
    }
}

fn layout(columns: &[String], names: &[String]) -> Result<Layout, Unrecognised> {
    let months = month_columns(columns)?;
    let customer = find(names, CUSTOMER);
    let when = find(names, WHEN);
    match (customer, when) {
        (Some(customer), _) if !months.is_empty() => {
            Ok(Layout::CustomersByMonth { customer, months })
        }
        (Some(customer), Some(when)) => by_customer(names, customer, when),
        (None, _) if !months.is_empty() => {
            let currency = find(names, CURRENCY);
            let first = (0..columns.len()).find(|index| {
                Some(*index) != currency && months.iter().all(|(month, _)| month != index)
            });
            let label = find(names, METRIC).or(first).ok_or(Unrecognised::Unknown)?;
            Ok(Layout::MetricsByMonth { label, months })
        }
        (None, Some(when)) => by_metric(columns, names, when),
        _ => Err(Unrecognised::Unknown),
    }
}

fn by_customer(names: &[String], customer: usize, when: usize) -> Result<Layout, Unrecognised> {
    let movement = find(names, MOVEMENT);
    let itself = find(names, CHANGE).map(ChangeIn::Column);
    let between = match (find(names, BEFORE), find(names, AFTER)) {
        (Some(before), Some(after)) => Some(ChangeIn::Between { before, after }),
        _ => None,
    };
    // A bare `Amount` is a change only beside a word for what kind of change it is.
    let amount = movement
        .and_then(|_| find(names, &["amount"]))
        .map(ChangeIn::Column);
    if let Some(change) = itself.or(between).or(amount) {
        return Ok(Layout::Changes {
            customer,
            when,
            movement,
            change,
        });
    }
    let mrr = find(names, MRR).ok_or(Unrecognised::Unknown)?;
    Ok(Layout::CustomerMonths {
        customer,
        when,
        mrr,
    })
}

fn by_metric(columns: &[String], names: &[String], when: usize) -> Result<Layout, Unrecognised> {
    let currency = find(names, CURRENCY);
    let metrics: Vec<(usize, Metric)> = columns
        .iter()
        .enumerate()
        .filter(|(index, _)| *index != when && Some(*index) != currency)
        .map(|(index, column)| (index, metric(column)))
        .collect();
    let known = metrics
        .iter()
        .any(|(_, metric)| !matches!(metric, Metric::Other(_)));
    if known {
        Ok(Layout::MonthsByMetric { when, metrics })
    } else {
        Err(Unrecognised::Unknown)
    }
}

fn month_columns(columns: &[String]) -> Result<Vec<(usize, Month)>, Unrecognised> {
    let mut seen = BTreeSet::new();
    let mut months = Vec::new();
    for (index, column) in columns.iter().enumerate() {
        if let Some(found) = when(column) {
            if !seen.insert(found.month) {
                return Err(Unrecognised::Twice(column.clone()));
            }
            months.push((index, found.month));
        }
    }
    Ok(months)
}

fn find(names: &[String], wanted: &[&str]) -> Option<usize> {
    wanted
        .iter()
        .find_map(|word| names.iter().position(|name| name == word))
}

/// Lower case, words parted by one blank, no zone behind it: `Created (UTC)` is `created`.
fn plain(column: &str) -> String {
    let words: Vec<String> = column
        .split(|character: char| !character.is_alphanumeric())
        .filter(|word| !word.is_empty() && !word.eq_ignore_ascii_case("utc"))
        .map(str::to_lowercase)
        .collect();
    words.join(" ")
}

/// The metric a label means.
pub(super) fn metric(label: &str) -> Metric {
    match plain(label).as_str() {
        "beginning mrr" | "starting mrr" | "opening mrr" => Metric::OpeningMrr,
        "new mrr" | "new subscriber mrr" => Metric::NewMrr,
        "reactivation mrr" | "reactivated mrr" => Metric::ReactivationMrr,
        "expansion mrr" | "upgrade mrr" => Metric::ExpansionMrr,
        "contraction mrr" | "downgrade mrr" => Metric::ContractionMrr,
        "churned mrr" | "churn mrr" => Metric::ChurnedMrr,
        "fx" | "fx mrr" | "fx impact" | "fx adjustment" | "mrr fx" => Metric::FxMrr,
        "ending mrr" | "closing mrr" | "mrr" => Metric::ClosingMrr,
        "beginning subscribers" | "beginning active subscribers" | "starting subscribers" => {
            Metric::OpeningSubscribers
        }
        "new subscribers" => Metric::NewSubscribers,
        "reactivated subscribers" | "reactivation subscribers" => Metric::ReactivatedSubscribers,
        "churned subscribers" => Metric::ChurnedSubscribers,
        "ending subscribers" | "ending active subscribers" | "active subscribers" => {
            Metric::ClosingSubscribers
        }
        "arpu" | "average revenue per user" | "average revenue per subscriber" => Metric::Arpu,
        "ltv" | "lifetime value" | "subscriber lifetime value" | "customer lifetime value" => {
            Metric::Ltv
        }
        _ => Metric::Other(label.trim().to_owned()),
    }
}

/// The movement a word means; `None` for a blank.
pub(super) fn movement(word: &str) -> Option<Movement> {
    Some(match plain(word).as_str() {
        "" => return None,
        "new" | "new subscriber" | "new mrr" | "active start" => Movement::New,
        "reactivation" | "reactivated" | "reactivate" => Movement::Reactivation,
        "expansion" | "upgrade" | "active upgrade" => Movement::Expansion,
        "contraction" | "downgrade" | "active downgrade" => Movement::Contraction,
        "churn" | "churned" | "canceled" | "cancelled" | "active end" => Movement::Churn,
        "fx" | "fx adjustment" | "exchange rate" => Movement::Fx,
        _ => Movement::Other(word.trim().to_owned()),
    })
}
