//! The language in which the lists of the desk are narrowed: text that can be typed, kept and handed to somebody else.
//!
//! A filter is terms that all have to hold. A term is a word (`dana`), or a key with a value (`status:past_due`, `amount>100`,
//! `created>=2026-01-01`), with a `-` in front when it must not hold. `Filter::parse` reads it for one list, because each has
//! keys and words of its own; `Display` writes it so that it reads back the same.

mod read;
#[cfg(test)]
mod tests;

use crate::Instant;
use chrono::{Datelike as _, Days, Months, NaiveDate, NaiveTime};
use std::fmt;

/// The lists that can be narrowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum List {
    /// Customers.
    Customers,
    /// Subscriptions.
    Subscriptions,
    /// Payments.
    Payments,
    /// Invoices.
    Invoices,
    /// Payments contested.
    Disputes,
    /// Bills that could not be collected so far.
    Recovery,
    /// Subscriptions that began or begin with a trial.
    Trials,
}

/// What a term can speak of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    /// How it stands.
    Status,
    /// A yes or no of its own.
    Is,
    /// The customer's id.
    Customer,
    /// A price's id, a product's id or words of either's name.
    Plan,
    /// The customer's country.
    Country,
    /// The currency.
    Currency,
    /// The amount that the list shows.
    Amount,
    /// What a customer is worth a month.
    Mrr,
    /// What came in from a customer, less what was given back.
    Paid,
    /// A part of the customer's e-mail address.
    Email,
    /// When it was made.
    Created,
    /// When it is to be paid or answered.
    Due,
    /// When a trial ends, or ended.
    Ends,
    /// When collection is tried again.
    Next,
    /// The card's last four digits.
    Card,
    /// The provider.
    Provider,
}

impl Key {
    /// The word that stands for it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Status => "status",
            Self::Is => "is",
            Self::Customer => "customer",
            Self::Plan => "plan",
            Self::Country => "country",
            Self::Currency => "currency",
            Self::Amount => "amount",
            Self::Mrr => "mrr",
            Self::Paid => "paid",
            Self::Email => "email",
            Self::Created => "created",
            Self::Due => "due",
            Self::Ends => "ends",
            Self::Next => "next",
            Self::Card => "card",
            Self::Provider => "provider",
        }
    }

    /// How a term with it looks.
    #[must_use]
    pub const fn example(self) -> &'static str {
        match self {
            Self::Status => "status:…",
            Self::Is => "is:…",
            Self::Customer => "customer:cus_…",
            Self::Plan => "plan:price_… or plan:\"Pro\"",
            Self::Country => "country:DE",
            Self::Currency => "currency:EUR",
            Self::Amount => "amount>100",
            Self::Mrr => "mrr>100",
            Self::Paid => "paid>=1000",
            Self::Email => "email:@acme.com",
            Self::Created => "created>=2026-01-01, created:2026-01 or created>=30d",
            Self::Due => "due<=2026-01-31 or due<=7d",
            Self::Ends => "ends<=2026-01-31 or ends<=7d",
            Self::Next => "next<=2026-01-31 or next<=3d",
            Self::Card => "card:4242",
            Self::Provider => "provider:stripe",
        }
    }

    /// Whether a number of days (`7d`) counts ahead of today instead of back from it.
    #[must_use]
    pub const fn looks_ahead(self) -> bool {
        matches!(self, Self::Due | Self::Ends | Self::Next)
    }
}

impl List {
    /// Every list.
    pub const ALL: [Self; 7] = [
        Self::Customers,
        Self::Subscriptions,
        Self::Payments,
        Self::Invoices,
        Self::Disputes,
        Self::Recovery,
        Self::Trials,
    ];

    const CUSTOMERS: &'static [Key] = &[
        Key::Status,
        Key::Is,
        Key::Mrr,
        Key::Paid,
        Key::Plan,
        Key::Created,
        Key::Email,
        Key::Currency,
        Key::Country,
        Key::Customer,
        Key::Provider,
    ];
    const SUBSCRIPTIONS: &'static [Key] = &[
        Key::Status,
        Key::Is,
        Key::Plan,
        Key::Created,
        Key::Currency,
        Key::Country,
        Key::Customer,
        Key::Provider,
    ];
    const PAYMENTS: &'static [Key] = &[
        Key::Status,
        Key::Is,
        Key::Amount,
        Key::Created,
        Key::Card,
        Key::Currency,
        Key::Country,
        Key::Customer,
        Key::Provider,
    ];
    const INVOICES: &'static [Key] = &[
        Key::Status,
        Key::Is,
        Key::Amount,
        Key::Created,
        Key::Due,
        Key::Plan,
        Key::Currency,
        Key::Country,
        Key::Customer,
        Key::Provider,
    ];
    const DISPUTES: &'static [Key] = &[
        Key::Status,
        Key::Is,
        Key::Amount,
        Key::Due,
        Key::Created,
        Key::Card,
        Key::Currency,
        Key::Country,
        Key::Customer,
        Key::Provider,
    ];
    const RECOVERY: &'static [Key] = &[
        Key::Is,
        Key::Amount,
        Key::Next,
        Key::Due,
        Key::Created,
        Key::Plan,
        Key::Currency,
        Key::Country,
        Key::Customer,
        Key::Provider,
    ];
    const TRIALS: &'static [Key] = &[
        Key::Status,
        Key::Is,
        Key::Ends,
        Key::Plan,
        Key::Created,
        Key::Currency,
        Key::Country,
        Key::Customer,
        Key::Provider,
    ];

    /// What one may narrow it by, the most useful first.
    #[must_use]
    pub const fn keys(self) -> &'static [Key] {
        match self {
            Self::Customers => Self::CUSTOMERS,
            Self::Subscriptions => Self::SUBSCRIPTIONS,
            Self::Payments => Self::PAYMENTS,
            Self::Invoices => Self::INVOICES,
            Self::Disputes => Self::DISPUTES,
            Self::Recovery => Self::RECOVERY,
            Self::Trials => Self::TRIALS,
        }
    }

    /// The words that `status:` or `is:` may have here.
    #[must_use]
    pub const fn words(self, key: Key) -> &'static [&'static str] {
        match (self, key) {
            (Self::Customers, Key::Status) => &[
                "active", "free", "trialing", "past_due", "paused", "churned", "none", "deleted",
            ],
            (Self::Customers, Key::Is) => &["paying", "noted"],
            (Self::Subscriptions, Key::Status) => &[
                "active",
                "trialing",
                "past_due",
                "cancel_pending",
                "paused",
                "unpaid",
                "incomplete",
                "incomplete_expired",
                "canceled",
            ],
            (Self::Subscriptions, Key::Is) => &["discounted", "ending", "paused"],
            (Self::Payments, Key::Status) => &["succeeded", "failed", "pending"],
            (Self::Payments, Key::Is) => &["duplicate", "refunded", "disputed"],
            (Self::Invoices, Key::Status) => &["draft", "open", "paid", "uncollectible", "void"],
            (Self::Invoices, Key::Is) => &["overdue", "retrying", "subscription"],
            (Self::Disputes, Key::Status) => &[
                "needs_response",
                "under_review",
                "won",
                "lost",
                "warning_needs_response",
                "warning_under_review",
                "warning_closed",
                "prevented",
            ],
            (Self::Disputes, Key::Is) => &["open", "closed"],
            (Self::Recovery, Key::Is) => &["retrying", "given_up", "sent"],
            (Self::Trials, Key::Status) => &["running", "converted", "lost"],
            (Self::Trials, Key::Is) => &["again", "ending"],
            _ => &[],
        }
    }
}

/// How a value is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// `:` or `=`
    Equal,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    More,
    /// `>=`
    MoreOrEqual,
}

impl Comparison {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Equal => ":",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::More => ">",
            Self::MoreOrEqual => ">=",
        }
    }
}

/// A number as it was typed: `digits` in units of ten to the minus `places`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decimal {
    /// All digits as one whole number.
    pub digits: i64,
    /// How many of them stand behind the point, three at most.
    pub places: u32,
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scale = 10_i64.pow(self.places.min(3));
        let whole = self.digits / scale;
        if self.places == 0 {
            return write!(f, "{whole}");
        }
        let places = self.places.min(3) as usize;
        write!(f, "{whole}.{:0>places$}", self.digits % scale)
    }
}

/// A day, a month, or so many days from today.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Day {
    /// `2026-01-31`
    On(NaiveDate),
    /// `2026-01`, by its first day.
    Month(NaiveDate),
    /// `30d`
    Days(u32),
}

impl Day {
    /// Its first and last day; `ahead` says which way days are counted. `None` past the end of the calendar.
    #[must_use]
    pub fn bounds(self, today: NaiveDate, ahead: bool) -> Option<(NaiveDate, NaiveDate)> {
        match self {
            Self::On(day) => Some((day, day)),
            Self::Month(first) => {
                let first = first.with_day(1)?;
                Some((first, first.checked_add_months(Months::new(1))?.pred_opt()?))
            }
            Self::Days(days) => {
                let days = Days::new(u64::from(days));
                let day = if ahead {
                    today.checked_add_days(days)?
                } else {
                    today.checked_sub_days(days)?
                };
                Some((day, day))
            }
        }
    }
}

impl Day {
    /// Its first second and the first one after it, in UTC.
    #[must_use]
    pub fn seconds(self, now: Instant, ahead: bool) -> Option<(i64, i64)> {
        let (first, last) = self.bounds(now.date_naive(), ahead)?;
        let after = last.succ_opt()?;
        let second = |day: NaiveDate| day.and_time(NaiveTime::MIN).and_utc().timestamp();
        Some((second(first), second(after)))
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::On(day) => write!(f, "{day}"),
            Self::Month(first) => write!(f, "{}", first.format("%Y-%m")),
            Self::Days(days) => write!(f, "{days}d"),
        }
    }
}

/// What a term asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Test {
    /// A word that begins a word of the object or of its customer.
    Word(String),
    /// One of several values; several are written with commas between.
    Among(Key, Vec<String>),
    /// A text.
    Text(Key, String),
    /// An amount in major units, in whatever currency; where there are several, the largest.
    Amount(Key, Comparison, Decimal),
    /// A day.
    Day(Key, Comparison, Day),
}

/// One condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// Whether it must not hold.
    pub negated: bool,
    /// What it asks.
    pub test: Test,
}

/// A filter of one list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filter {
    /// The conditions; all have to hold.
    pub terms: Vec<Term>,
}

/// Why a text is no filter of a list.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct NotAFilter {
    /// What is wrong, with the words it is about.
    pub message: String,
    /// What is possible.
    pub hint: String,
}

impl Filter {
    /// Reads what was typed for a list.
    ///
    /// # Errors
    /// When a key is none of this list's, a value does not fit its key, or a quotation is not closed.
    pub fn parse(text: &str, list: List) -> Result<Self, NotAFilter> {
        read::filter(text, list)
    }
}

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, term) in self.terms.iter().enumerate() {
            if index > 0 {
                f.write_str(" ")?;
            }
            write!(f, "{term}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.negated {
            f.write_str("-")?;
        }
        match &self.test {
            Test::Word(word) if is_plain_word(word) => f.write_str(word),
            Test::Word(word) => quoted(f, word),
            Test::Among(key, values) => {
                write!(f, "{}:", key.as_str())?;
                for (index, value) in values.iter().enumerate() {
                    if index > 0 {
                        f.write_str(",")?;
                    }
                    plain_or_quoted(f, value)?;
                }
                Ok(())
            }
            Test::Text(key, value) => {
                write!(f, "{}:", key.as_str())?;
                plain_or_quoted(f, value)
            }
            Test::Amount(key, comparison, amount) => {
                write!(f, "{}{}{amount}", key.as_str(), comparison.as_str())
            }
            Test::Day(key, comparison, day) => {
                write!(f, "{}{}{day}", key.as_str(), comparison.as_str())
            }
        }
    }
}

/// Whether a word reads back as itself without quotation marks.
fn is_plain_word(word: &str) -> bool {
    !word.is_empty()
        && !word.starts_with(['-', '"'])
        && !word.contains(|c: char| c.is_whitespace() || read::OPERATORS.contains(&c))
}

fn plain_or_quoted(f: &mut fmt::Formatter<'_>, value: &str) -> fmt::Result {
    let plain = !value.is_empty()
        && !value.starts_with(['"', '<', '>', '='])
        && !value.contains(|c: char| c.is_whitespace() || c == ',');
    if plain {
        f.write_str(value)
    } else {
        quoted(f, value)
    }
}

fn quoted(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    f.write_str("\"")?;
    for c in text.chars() {
        if matches!(c, '"' | '\\') {
            f.write_str("\\")?;
        }
        write!(f, "{c}")?;
    }
    f.write_str("\"")
}
