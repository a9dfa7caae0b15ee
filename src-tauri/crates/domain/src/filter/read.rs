//! How a filter is read from text.

use super::{Comparison, Day, Decimal, Filter, Key, List, NotAFilter, Term, Test};
use crate::currency::Currency;
use chrono::NaiveDate;

/// What stands between a key and its value.
pub(super) const OPERATORS: [char; 4] = [':', '<', '>', '='];
/// Terms that one filter may have.
const TERMS_MAX: usize = 40;
/// Digits that an amount may have.
const DIGITS_MAX: usize = 15;

struct Reader<'t> {
    rest: &'t str,
    list: List,
}

pub(super) fn filter(text: &str, list: List) -> Result<Filter, NotAFilter> {
    let mut reader = Reader { rest: text, list };
    let mut terms = Vec::new();
    loop {
        reader.rest = reader.rest.trim_start();
        if reader.rest.is_empty() {
            return Ok(Filter { terms });
        }
        if terms.len() == TERMS_MAX {
            return Err(NotAFilter {
                message: format!("A filter has at most {TERMS_MAX} terms."),
                hint: "Take some out.".to_owned(),
            });
        }
        terms.push(reader.term()?);
    }
}

impl Reader<'_> {
    fn term(&mut self) -> Result<Term, NotAFilter> {
        let after = self.rest.strip_prefix('-');
        let after = after.filter(|rest| !rest.starts_with(char::is_whitespace) && !rest.is_empty());
        let negated = after.is_some();
        self.rest = after.unwrap_or(self.rest);
        let test = if self.rest.starts_with('"') {
            let text = self.quotation()?;
            word(text)?
        } else {
            let end = self
                .rest
                .find(|c: char| c.is_whitespace() || OPERATORS.contains(&c));
            let is_key = end.is_some_and(|end| {
                end > 0
                    && self
                        .rest
                        .get(end..)
                        .is_some_and(|it| it.starts_with(OPERATORS))
            });
            if is_key {
                let name = self.take(end.unwrap_or(0));
                self.keyed(&name)?
            } else {
                let text = self.bare(char::is_whitespace);
                word(text)?
            }
        };
        Ok(Term { negated, test })
    }

    fn keyed(&mut self, name: &str) -> Result<Test, NotAFilter> {
        let key = self
            .list
            .keys()
            .iter()
            .find(|key| key.as_str() == name.to_lowercase());
        let Some(key) = key.copied() else {
            return Err(self.unknown(name));
        };
        let comparison = self.comparison();
        match key {
            Key::Status | Key::Is | Key::Country | Key::Currency | Key::Provider => {
                let values = self.values()?;
                equal(key, comparison)?;
                let values = values
                    .into_iter()
                    .map(|value| self.one_of(key, &value))
                    .collect::<Result<_, _>>()?;
                Ok(Test::Among(key, values))
            }
            Key::Customer | Key::Plan | Key::Card | Key::Email => {
                let value = self.value()?;
                equal(key, comparison)?;
                text(key, value)
            }
            Key::Amount | Key::Mrr | Key::Paid => {
                let value = self.value()?;
                let amount = decimal(&value).ok_or_else(|| NotAFilter {
                    message: format!("“{value}” is no amount."),
                    hint: format!(
                        "An amount is written 100 or 29.00, in whatever currency the row has: {name}>100, {name}<=29.00.",
                        name = key.as_str()
                    ),
                })?;
                Ok(Test::Amount(key, comparison, amount))
            }
            Key::Created | Key::Due | Key::Ends | Key::Next => {
                let value = self.value()?;
                let day = day(&value).ok_or_else(|| NotAFilter {
                    message: format!("“{value}” is no day."),
                    hint: format!(
                        "A day is written 2026-01-31, a month 2026-01, and 30d is thirty days {} today: {}.",
                        if key.looks_ahead() { "after" } else { "before" },
                        key.example()
                    ),
                })?;
                Ok(Test::Day(key, comparison, day))
            }
        }
    }

    fn unknown(&self, name: &str) -> NotAFilter {
        let keys: Vec<&str> = self.list.keys().iter().map(|key| key.as_str()).collect();
        NotAFilter {
            message: format!("There is no key “{name}” here."),
            hint: format!(
                "Possible are {}. What is meant as words stands in quotation marks.",
                keys.join(", ")
            ),
        }
    }

    fn one_of(&self, key: Key, value: &str) -> Result<String, NotAFilter> {
        let refuse = |hint: String| NotAFilter {
            message: format!("“{value}” is no value of {}.", key.as_str()),
            hint,
        };
        match key {
            Key::Country => {
                let letters = value.len() == 2 && value.bytes().all(|it| it.is_ascii_alphabetic());
                if !letters {
                    return Err(refuse(
                        "A country is its code of two letters: country:DE.".to_owned(),
                    ));
                }
                Ok(value.to_ascii_uppercase())
            }
            Key::Currency => Currency::parse(value)
                .map(|it| it.code().to_owned())
                .map_err(|_| {
                    refuse("A currency is its code of three letters: currency:EUR.".to_owned())
                }),
            Key::Provider => {
                let plain = value
                    .bytes()
                    .all(|it| it.is_ascii_alphanumeric() || it == b'_');
                if !plain || value.is_empty() {
                    return Err(refuse(
                        "A provider is its name: provider:stripe.".to_owned(),
                    ));
                }
                Ok(value.to_ascii_lowercase())
            }
            _ => {
                let words = self.list.words(key);
                let known = words.iter().find(|word| **word == value.to_lowercase());
                known
                    .map(|word| (*word).to_owned())
                    .ok_or_else(|| refuse(format!("Possible are {}.", words.join(", "))))
            }
        }
    }

    fn comparison(&mut self) -> Comparison {
        // `amount:>100` means `amount>100`.
        let rest = self.rest.strip_prefix(':').unwrap_or(self.rest);
        for (sign, comparison) in [
            ("<=", Comparison::LessOrEqual),
            (">=", Comparison::MoreOrEqual),
            ("<", Comparison::Less),
            (">", Comparison::More),
            ("=", Comparison::Equal),
        ] {
            if let Some(after) = rest.strip_prefix(sign) {
                self.rest = after;
                return comparison;
            }
        }
        self.rest = rest;
        Comparison::Equal
    }

    fn values(&mut self) -> Result<Vec<String>, NotAFilter> {
        let mut values = Vec::new();
        loop {
            let value = if self.rest.starts_with('"') {
                self.quotation()?
            } else {
                self.bare(|c| c.is_whitespace() || c == ',')
            };
            values.push(value);
            match self.rest.strip_prefix(',') {
                Some(rest) => self.rest = rest,
                None => return Ok(values),
            }
        }
    }

    fn value(&mut self) -> Result<String, NotAFilter> {
        if self.rest.starts_with('"') {
            self.quotation()
        } else {
            Ok(self.bare(char::is_whitespace))
        }
    }

    fn bare(&mut self, ends: impl Fn(char) -> bool) -> String {
        let end = self.rest.find(ends).unwrap_or(self.rest.len());
        self.take(end)
    }

    fn take(&mut self, end: usize) -> String {
        let (taken, rest) = self.rest.split_at_checked(end).unwrap_or((self.rest, ""));
        self.rest = rest;
        taken.to_owned()
    }

    /// What stands in quotation marks, from the one that opens it.
    fn quotation(&mut self) -> Result<String, NotAFilter> {
        let mut text = String::new();
        let mut escaped = false;
        for (index, c) in self.rest.char_indices().skip(1) {
            match c {
                _ if escaped => {
                    text.push(c);
                    escaped = false;
                }
                '\\' => escaped = true,
                '"' => {
                    self.rest = self.rest.get(index + 1..).unwrap_or("");
                    return Ok(text);
                }
                _ => text.push(c),
            }
        }
        Err(NotAFilter {
            message: "A quotation is not closed.".to_owned(),
            hint: "It ends with a second quotation mark.".to_owned(),
        })
    }
}

fn equal(key: Key, comparison: Comparison) -> Result<(), NotAFilter> {
    if comparison == Comparison::Equal {
        return Ok(());
    }
    Err(NotAFilter {
        message: format!("{} cannot be compared.", key.as_str()),
        hint: format!("It takes a colon: {}.", key.example()),
    })
}

fn word(text: String) -> Result<Test, NotAFilter> {
    if text.contains(char::is_alphanumeric) {
        return Ok(Test::Word(text));
    }
    Err(NotAFilter {
        message: format!("“{text}” has no letter and no digit to look for."),
        hint: "Words begin names, addresses, numbers and ids.".to_owned(),
    })
}

fn text(key: Key, value: String) -> Result<Test, NotAFilter> {
    let fits = match key {
        Key::Card => value.len() == 4 && value.bytes().all(|it| it.is_ascii_digit()),
        _ => !value.trim().is_empty(),
    };
    if fits {
        return Ok(Test::Text(key, value));
    }
    Err(NotAFilter {
        message: format!("“{value}” is no value of {}.", key.as_str()),
        hint: format!("It is written {}.", key.example()),
    })
}

fn decimal(text: &str) -> Option<Decimal> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = format!("{whole}{fraction}");
    let sound = !whole.is_empty()
        && !text.ends_with('.')
        && fraction.len() <= 3
        && digits.len() <= DIGITS_MAX
        && digits.bytes().all(|it| it.is_ascii_digit());
    if !sound {
        return None;
    }
    Some(Decimal {
        digits: digits.parse().ok()?,
        places: u32::try_from(fraction.len()).ok()?,
    })
}

fn day(text: &str) -> Option<Day> {
    let plain = text
        .bytes()
        .all(|it| it.is_ascii_digit() || matches!(it, b'-' | b'd'));
    if !plain {
        return None;
    }
    match (text.strip_suffix('d'), text.len()) {
        (Some(days), 2..=6) => days.parse().ok().map(Day::Days),
        (None, 10) => NaiveDate::parse_from_str(text, "%Y-%m-%d")
            .ok()
            .map(Day::On),
        (None, 7) => NaiveDate::parse_from_str(&format!("{text}-01"), "%Y-%m-%d")
            .ok()
            .map(Day::Month),
        _ => None,
    }
}
