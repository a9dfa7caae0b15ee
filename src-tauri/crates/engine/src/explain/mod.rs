//! Takes a figure apart: rows down to customers, subscriptions, prices, coupons and invoice lines, whose exact sum it is.
//!
//! A level is told by the plans that make it up, a movement by the customers who moved, a rate by its numerator's rows each
//! divided by its denominator. Rows are in order of customers; a page of them says where the next begins and what the rest
//! comes to, so that a page and its rest are the figure too.

mod recipe;
mod words;

use crate::books::Books;
use crate::error::EngineError;
use crate::figures::{self, Figures, View};
use chrono::NaiveDate;
use chrono_tz::Tz;
use coffer_domain::calendar::{Every, day_of, end_of_day};
use coffer_domain::currency::Currency;
use coffer_domain::metric::days::{Days, date_of};
use coffer_domain::metric::explain::{Of, Share, shares};
use coffer_domain::metric::facts::CustomerFacts;
use coffer_domain::metric::figures::{
    self as told, Figures as Told, Ledgers, Metric, Period, Value, tell, value,
};
use coffer_domain::metric::movement::Movement;
use coffer_domain::metric::rollup::Fold;
use coffer_domain::mode::Mode;
use coffer_domain::ratio::{Overflow, Ratio, Sum};
use coffer_store::query::explained;
use coffer_store::table::cash::Sort;
use coffer_store::table::facts;
use recipe::{Recipe, factor, recipe, whole_of};
use std::collections::BTreeMap;
use std::ops::ControlFlow;
use words::words;

/// A question.
#[derive(Debug, Clone)]
pub struct Question {
    /// A metric's name, or a movement's.
    pub metric: String,
    /// The day, or the day whose period is meant.
    pub date: NaiveDate,
    /// The length of the period of what happens within one.
    pub every: Every,
    /// Whose, by which policy, in which zone.
    pub view: View,
    /// The ledger; the main one when not given.
    pub currency: Option<Currency>,
    /// One customer alone.
    pub customer: Option<String>,
    /// Rows at most; all of them when not given.
    pub limit: Option<usize>,
    /// Where the page begins, as the one before said.
    pub after: Option<String>,
}

/// One row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The customer's id.
    pub customer: String,
    /// The subscription's id.
    pub subscription: Option<String>,
    /// The subscription's item, or the price where the item is not there any more.
    pub item: Option<String>,
    /// Its part of the figure.
    pub exact: String,
    /// The same, rounded by itself; nothing where it does not fit.
    pub rounded: Option<i64>,
    /// What it is made of, in sentences.
    pub because: Vec<String>,
}

/// An answer.
#[derive(Debug, Clone)]
pub struct Explanation {
    /// The metric.
    pub metric: String,
    /// The period's last day.
    pub date: NaiveDate,
    /// The currency of the ledger.
    pub currency: Option<Currency>,
    /// The figure as it is shown: minor units, a count, or a decimal.
    pub value: Shown,
    /// The exact sum of all rows, and the figure's exact value.
    pub exact: String,
    /// The rows.
    pub rows: Vec<Row>,
    /// Where the next page begins.
    pub next: Option<String>,
    /// The exact sum of the rows that are not on this page.
    pub rest: String,
    /// Whether every account's copy is whole.
    pub complete: bool,
}

/// A figure as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shown {
    /// Minor units.
    Money(Option<i64>),
    /// A number.
    Count(i64),
    /// A decimal.
    Rate(Option<String>),
}

fn too_large(error: Overflow) -> EngineError {
    EngineError::Internal(error.to_string())
}

/// Answers a question. Blocks.
///
/// # Errors
/// When there is no such metric, or one that is no sum of rows under the policy; or the file's.
pub fn explain<M: Mode>(books: &Books<M>, question: &Question) -> Result<Explanation, EngineError> {
    let policy = &question.view.policy;
    let (recipe, metric) =
        recipe(&question.metric, policy).ok_or_else(|| unknown(&question.metric))?;
    let figures = figures::load(books, &question.view)?;
    if figures.accounts.is_empty() {
        return Err(EngineError::NoAccount(M::NAME));
    }
    let at = figures.standing_at(books.clock.now());
    let present = day_of(at, question.view.zone);
    let now = figures.on(present)?;
    let currency = question.currency.or_else(|| figures.main_currency(&now));
    let is_level = matches!(
        metric,
        Some(
            Metric::Mrr
                | Metric::Arr
                | Metric::ActiveSubscribers
                | Metric::Trials
                | Metric::CommittedMrr
        )
    );
    let every = if is_level { Every::Day } else { question.every };
    let last = every.last_day(question.date).unwrap_or(question.date);
    let found = coffer_domain::metric::figures::periods(&[last], every, present);
    let Some(period) = found.first().copied() else {
        return Err(EngineError::Usage(
            "That day is outside the calendar.".to_owned(),
        ));
    };
    let page = Page {
        books,
        figures: &figures,
        question,
        currency,
        period,
    };
    if metric.is_some_and(Metric::is_cash) {
        return page.of_cash(metric.unwrap_or(Metric::GrossVolume));
    }
    // A mean over periods is told with those before.
    let periods = match metric {
        Some(Metric::Ltv) => told::with_those_before(&[period], policy, present).0,
        _ => vec![period],
    };
    let told = match currency {
        Some(currency) => {
            let ledger = Ledgers::One(currency);
            let told = tell(&figures.rollup, &periods, &ledger, policy);
            told.map_err(too_large)?.figures
        }
        None => Vec::new(),
    };
    page.of_subscriptions(&recipe, metric, &told)
}

fn unknown(name: &str) -> EngineError {
    let known: Vec<&str> = Metric::ALL.into_iter().map(Metric::name).collect();
    let moved: Vec<&str> = Movement::ALL.into_iter().map(Movement::name).collect();
    EngineError::Usage(format!(
        "There is no metric called `{name}`; there are {}, and {}.",
        known.join(", "),
        moved.join(", ")
    ))
}

struct Page<'a, M: Mode> {
    books: &'a Books<M>,
    figures: &'a Figures,
    question: &'a Question,
    currency: Option<Currency>,
    period: Period,
}

/// The rows of a page.
#[derive(Default)]
struct Rows {
    limit: usize,
    bare: Vec<Bare>,
    /// Where the next page begins.
    next: Option<String>,
}

impl Rows {
    /// Adds a customer's rows, which stand together: a page ends with a customer's last.
    fn add(&mut self, found: Vec<Bare>) -> ControlFlow<()> {
        if found.is_empty() {
            return ControlFlow::Continue(());
        }
        if self.bare.len() >= self.limit {
            let last = self.bare.last();
            self.next = last.map(|it| format!("{}/{}", it.account, it.customer));
            return ControlFlow::Break(());
        }
        self.bare.extend(found);
        ControlFlow::Continue(())
    }
}

impl Shown {
    /// The same kind of figure, of a part.
    fn with(self, sum: &Sum) -> Result<Self, EngineError> {
        let whole = |number: i64| {
            let mut sum = Sum::new();
            sum.add(Ratio::whole(number));
            sum.rational()
        };
        Ok(match self {
            Self::Money(_) => Self::Money(Some(sum.round_half_even().map_err(too_large)?)),
            Self::Count(_) => Self::Count(sum.round_half_even().map_err(too_large)?),
            Self::Rate(_) => Self::Rate(told::divided(&sum.rational(), &whole(1))),
        })
    }
}

/// A row before it has words.
struct Bare {
    account: String,
    customer: String,
    share: Share,
    exact: Ratio,
}

impl<M: Mode> Page<'_, M> {
    fn of_subscriptions(
        &self,
        recipe: &Recipe,
        metric: Option<Metric>,
        told: &[Told],
    ) -> Result<Explanation, EngineError> {
        let nothing = |shown: Shown| self.answer(shown, &Sum::new(), Vec::new(), None, &Sum::new());
        let Some(figure) = told.last() else {
            return Ok(nothing(Shown::Money(None)));
        };
        let shown = self.shown(metric, recipe, told)?;
        let Some(factor) = factor(recipe.factor, told, &self.question.view.policy)? else {
            return Ok(nothing(shown));
        };
        let mut rows = Rows {
            limit: self.question.limit.unwrap_or(usize::MAX),
            ..Rows::default()
        };
        let mut too_large_at = None;
        let whole = self.each(|account, customer, own, fold| {
            let found = self.rows_of(recipe, factor, (account, customer), own, fold);
            match found {
                Ok(found) => rows.add(found),
                Err(Overflow) => {
                    too_large_at = Some(customer.to_owned());
                    ControlFlow::Break(())
                }
            }
        })?;
        if let Some(customer) = too_large_at {
            return Err(EngineError::Internal(format!(
                "what {customer} is worth does not fit an exact fraction"
            )));
        }
        let Rows { bare, next, .. } = rows;
        let mut here = Sum::new();
        for row in &bare {
            here.add(row.exact);
        }
        // Rows that are all here are the figure by themselves; a page of them is held against it.
        let total = if whole {
            here.clone()
        } else {
            whole_of(recipe, figure, factor)?
        };
        let mut rest = total.clone();
        rest.merge(&here.negated());
        let shown = match self.question.customer {
            Some(_) => shown.with(&total)?,
            None => shown,
        };
        let rows = self.worded(bare)?;
        Ok(self.answer(shown, &total, rows, next, &rest))
    }

    /// What a customer contributes.
    fn rows_of(
        &self,
        recipe: &Recipe,
        factor: Ratio,
        (account, customer): (&str, &str),
        own: &CustomerFacts,
        fold: &Fold<'_>,
    ) -> Result<Vec<Bare>, Overflow> {
        let period = recipe.over.days(&self.period);
        let mut found = Vec::new();
        for (of, sign) in &recipe.parts {
            for share in shares(own, self.currency, fold, &period, *of)? {
                let exact = share.exact.times(factor)?.times(Ratio::whole(*sign))?;
                found.push(Bare {
                    account: account.to_owned(),
                    customer: customer.to_owned(),
                    share,
                    exact,
                });
            }
        }
        Ok(found)
    }

    fn answer(
        &self,
        value: Shown,
        total: &Sum,
        rows: Vec<Row>,
        next: Option<String>,
        rest: &Sum,
    ) -> Explanation {
        Explanation {
            metric: self.question.metric.clone(),
            date: self.period.date,
            currency: self.currency,
            value,
            exact: total.exact_text(),
            rows,
            next,
            rest: rest.exact_text(),
            complete: self.figures.complete,
        }
    }

    /// The figure as it is shown elsewhere.
    fn shown(
        &self,
        metric: Option<Metric>,
        recipe: &Recipe,
        told: &[Told],
    ) -> Result<Shown, EngineError> {
        let policy = &self.question.view.policy;
        let Some(metric) = metric else {
            let Some((Of::Moved(movement), _)) = recipe.parts.first() else {
                return Ok(Shown::Money(None));
            };
            let moved = told.last().and_then(|it| it.moved.get(movement.place()));
            let minor = moved
                .map(Sum::round_half_even)
                .transpose()
                .map_err(too_large)?;
            return Ok(Shown::Money(minor));
        };
        let last = told.len().saturating_sub(1);
        Ok(
            match value(metric, told, last, policy).map_err(too_large)? {
                Value::Money(minor) => Shown::Money(minor),
                Value::Count(count) => Shown::Count(count),
                Value::Rate(rate) => Shown::Rate(rate),
                Value::Movements(moved) => Shown::Money(Some(moved.closing - moved.opening)),
            },
        )
    }

    /// Goes through the customers from where the page begins, in order, until there are enough; says whether that was
    /// everything that was asked for.
    fn each(
        &self,
        mut each: impl FnMut(&str, &str, &CustomerFacts, &Fold<'_>) -> ControlFlow<()>,
    ) -> Result<bool, EngineError> {
        let days = Days::of_zone(self.question.view.zone);
        let now = self.books.clock.now();
        let mut left = &self.figures.accounts[..];
        let mut after = "";
        if let Some(cursor) = &self.question.after {
            let begin = cursor.split_once('/').and_then(|(account, customer)| {
                let own = left.iter().position(|row| row.id.as_str() == account)?;
                Some((left.get(own..)?, customer))
            });
            (left, after) = begin.ok_or_else(|| {
                EngineError::Usage(format!("`{cursor}` is not where a page begins."))
            })?;
        }
        let mut enough = false;
        self.books.store.read(|read| {
            for row in left {
                let fold = Fold {
                    policy: &self.question.view.policy,
                    days: &days,
                    horizon: row.synced_at.unwrap_or(now).timestamp(),
                };
                let account = row.id.as_str();
                if let Some(customer) = &self.question.customer {
                    let id = customer.as_str().into();
                    let own = facts::of_customer(read.sql(), account, &id)?;
                    let _ = each(account, customer, &own, &fold);
                    continue;
                }
                facts::scan(read.sql(), account, after, |customer, own| {
                    let went = each(account, customer, &own, &fold);
                    enough = went.is_break();
                    Ok(went)
                })?;
                if enough {
                    break;
                }
                after = "";
            }
            Ok(())
        })?;
        Ok(!enough && self.question.after.is_none())
    }

    /// Gives rows their words: prices, coupons, what they rest on, and the invoice line that says so.
    fn worded(&self, bare: Vec<Bare>) -> Result<Vec<Row>, EngineError> {
        let mut names: BTreeMap<u32, (String, String)> = BTreeMap::new();
        let rows = self.books.store.read(|read| {
            for row in &self.figures.accounts {
                for (number, id, name) in facts::plan_names(read.sql(), row.id.as_str())? {
                    names.insert(number, (id, name));
                }
            }
            let mut rows = Vec::with_capacity(bare.len());
            let mut own: Option<(String, CustomerFacts)> = None;
            for it in bare {
                if own
                    .as_ref()
                    .is_none_or(|(customer, _)| *customer != it.customer)
                {
                    let id = it.customer.as_str().into();
                    let facts = facts::of_customer(read.sql(), &it.account, &id)?;
                    own = Some((it.customer.clone(), facts));
                }
                let facts = own.as_ref().map(|(_, facts)| facts);
                let price = it.share.plan.and_then(|plan| names.get(&plan));
                let mut because: Vec<String> = it.share.word.iter().cloned().collect();
                because.extend(words(&it, facts, price));
                let mut item = price.map(|(id, _)| id.clone());
                if let (Some(subscription), Some((price, _))) = (&it.share.subscription, price) {
                    let line = explained::line(
                        read.sql(),
                        &it.account,
                        &it.customer,
                        subscription,
                        price,
                        it.share.at,
                    )?;
                    because.extend(
                        line.map(|(line, invoice)| format!("invoice line {line} of {invoice}")),
                    );
                    if let Some(own) =
                        explained::item(read.sql(), &it.account, subscription, price)?
                    {
                        item = Some(own);
                    }
                }
                rows.push(Row {
                    customer: it.customer,
                    subscription: it.share.subscription,
                    item,
                    exact: it.exact.to_string(),
                    rounded: it.exact.round_half_even().ok(),
                    because,
                });
            }
            Ok(rows)
        })?;
        Ok(rows)
    }

    /// Everything that moved in the period and makes up a metric, each with its sign.
    fn moved(
        &self,
        metric: Metric,
        currency: Currency,
    ) -> Result<Vec<(explained::Moved, i64)>, EngineError> {
        let zone: Tz = self.question.view.zone;
        let end = |day: i32| {
            date_of(day)
                .and_then(|date| end_of_day(date, zone))
                .map_or(i64::MAX, |at| at.timestamp())
        };
        let (from, before) = (end(self.period.before), end(self.period.end));
        let parts: &[(Sort, i64)] = match metric {
            Metric::Refunds => &[(Sort::Refunds, 1)],
            Metric::Fees => &[(Sort::Fees, 1)],
            Metric::Disputes => &[(Sort::Disputes, 1)],
            Metric::NetVolume => &[(Sort::Payments, 1), (Sort::Refunds, -1)],
            _ => &[(Sort::Payments, 1)],
        };
        Ok(self.books.store.read(|read| {
            let mut found = Vec::new();
            for row in &self.figures.accounts {
                for (sort, sign) in parts {
                    for it in explained::moved(
                        read.sql(),
                        row.id.as_str(),
                        *sort,
                        currency,
                        from,
                        before,
                    )? {
                        found.push((it, *sign));
                    }
                }
            }
            Ok(found)
        })?)
    }

    fn of_cash(&self, metric: Metric) -> Result<Explanation, EngineError> {
        let Some(currency) = self.currency else {
            return Ok(self.answer(
                Shown::Money(None),
                &Sum::new(),
                Vec::new(),
                None,
                &Sum::new(),
            ));
        };
        let mut total = Sum::new();
        let mut rest = Sum::new();
        let mut rows = Vec::new();
        let mut next = None;
        let limit = self.question.limit.unwrap_or(usize::MAX);
        let mut found = self.moved(metric, currency)?;
        // One order over all accounts and sorts, so that a page can begin behind any of them.
        found.sort_by(|(a, _), (b, _)| a.id.cmp(&b.id));
        for (it, sign) in found {
            let wanted = self.question.customer.as_ref();
            if wanted.is_some_and(|wanted| it.customer.as_ref() != Some(wanted)) {
                continue;
            }
            let exact = Ratio::whole(it.amount)
                .times(Ratio::whole(sign))
                .map_err(too_large)?;
            total.add(exact);
            let key = it.id.clone();
            let before = self
                .question
                .after
                .as_ref()
                .is_some_and(|after| key <= *after);
            if before || rows.len() >= limit {
                if !before && next.is_none() {
                    next = rows.last().and_then(|row: &Row| row.item.clone());
                }
                rest.add(exact);
                continue;
            }
            rows.push(Row {
                customer: it.customer.unwrap_or_default(),
                subscription: None,
                item: Some(it.id),
                exact: exact.to_string(),
                rounded: exact.round_half_even().ok(),
                because: vec![it.word],
            });
        }
        let minor = total.round_half_even().map_err(too_large)?;
        Ok(self.answer(Shown::Money(Some(minor)), &total, rows, next, &rest))
    }
}
