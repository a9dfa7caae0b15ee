//! The answer to a question about metrics: which of them, over which periods, in which money, cut by what.
//!
//! One answer for every host: whole minor units, counts and ready decimals, each with the policy that made it. Money that
//! moved comes from the file's own sums, everything else from rollups. What cannot be converted is left out and named; a
//! figure is never made of a part in silence.

use crate::books::Books;
use crate::error::EngineError;
use crate::figures::{self, Figures, Range, View};
use crate::rates;
use chrono::NaiveDate;
use coffer_domain::Instant;
use coffer_domain::calendar::{Every, day_of, end_of_day};
use coffer_domain::currency::Currency;
use coffer_domain::metric::days::{Day, Days, date_of};
use coffer_domain::metric::facts::CustomerFacts;
use coffer_domain::metric::figures::{
    self as told, Ledgers, Metric, Moved, Period, RateOf, Value, tell, value,
};
use coffer_domain::metric::fx::RateTable;
use coffer_domain::metric::rollup::{Dimension, Fold, Rollup, Sign, Slice, Slices, put_sliced};
use coffer_domain::mode::Mode;
use coffer_domain::ratio::{Overflow, Ratio, Sum};
use coffer_domain::record::Kind;
use coffer_store::query::object::raw_page;
use coffer_store::table::account::AccountRow;
use coffer_store::table::cash::{self, Sort};
use coffer_store::table::facts;
use std::collections::{BTreeMap, BTreeSet};

/// In which money figures are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Money {
    /// The ledger of the account's own currency, or of the one with most subscribers.
    Main,
    /// Every ledger in its own currency.
    Each,
    /// Everything converted into one currency, at the rates of the days or at those of one day.
    In(Currency, Option<NaiveDate>),
}

/// Objects whose JSON is looked through at once.
const RAW_AT_ONCE: usize = 500;

/// By what figures are cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// The price.
    Plan,
    /// The customer's country.
    Country,
    /// How often the price bills.
    Interval,
    /// The provider.
    Provider,
    /// The currency.
    Currency,
}

impl By {
    /// Reads its name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "plan" => Self::Plan,
            "country" => Self::Country,
            "interval" => Self::Interval,
            "provider" => Self::Provider,
            "currency" => Self::Currency,
            _ => return None,
        })
    }

    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Plan => "plan",
            Self::Country => "country",
            Self::Interval => "interval",
            Self::Provider => "provider",
            Self::Currency => "currency",
        }
    }
}

/// Only what belongs to these: a customer's country, or what is billed by a price or a rhythm.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filter {
    /// A price's id.
    pub plan: Option<String>,
    /// A country's code.
    pub country: Option<String>,
    /// A rhythm, such as `month` or `3 months`.
    pub interval: Option<String>,
    /// A provider's name.
    pub provider: Option<String>,
    /// A key of the merchant's own and its value, as the provider keeps them with a customer or a subscription.
    pub metadata: Option<(String, String)>,
}

impl Filter {
    /// Whether it leaves everything in.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// A question.
#[derive(Debug, Clone)]
pub struct Question {
    /// The metrics.
    pub metrics: Vec<Metric>,
    /// Whose, by which policy, in which zone.
    pub view: View,
    /// The first day; the beginning of the last twelve months when not given.
    pub from: Option<NaiveDate>,
    /// The last day; the present when not given.
    pub to: Option<NaiveDate>,
    /// The length of a period.
    pub every: Every,
    /// The money.
    pub money: Money,
    /// The cut.
    pub by: Option<By>,
    /// What is left out.
    pub filter: Filter,
}

/// One point of a series.
#[derive(Debug, Clone)]
pub struct Point {
    /// The period's last day.
    pub date: NaiveDate,
    /// What each metric comes to, in the order of the question.
    pub values: Vec<(Metric, Value)>,
    /// Subscriptions whose worth is not known.
    pub unknown: i64,
    /// Whether part of it is carried back from the present.
    pub inferred: bool,
    /// Whether the period is not over.
    pub unfinished: bool,
}

/// A line of points.
#[derive(Debug, Clone)]
pub struct Series {
    /// The currency of its money; `None` where nothing was ever sold.
    pub currency: Option<Currency>,
    /// The part of a cut that it is, with a name for people.
    pub slice: Option<(String, String)>,
    /// Its points, in order of time.
    pub points: Vec<Point>,
}

/// An answer.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The instant it is as of.
    pub as_of: Option<Instant>,
    /// Whether every account's copy is whole.
    pub complete: bool,
    /// The series: one, one for each currency, or one for each part.
    pub series: Vec<Series>,
    /// Every currency that has a ledger.
    pub currencies: Vec<Currency>,
    /// Currencies left out because a rate is not known.
    pub unconverted: Vec<Currency>,
}

fn too_large(error: Overflow) -> EngineError {
    EngineError::Internal(error.to_string())
}

/// Answers a question. Blocks.
///
/// # Errors
/// When there is no such account, the range is none, or the file's.
pub fn answer<M: Mode>(books: &Books<M>, question: &Question) -> Result<Answer, EngineError> {
    let figures = figures::load(books, &question.view)?;
    if figures.accounts.is_empty() {
        return Err(match &question.view.account {
            Some(id) => EngineError::NotFound {
                what: "account",
                id: id.clone(),
                mode: M::NAME,
            },
            None => EngineError::NoAccount(M::NAME),
        });
    }
    let at = figures.standing_at(books.clock.now());
    let present = day_of(at, question.view.zone);
    let to = question.to.unwrap_or(present);
    let from = question.from.unwrap_or_else(|| year_before(to));
    let periods = figures.periods(
        Range {
            from,
            to,
            every: question.every,
        },
        at,
    )?;
    let now = figures.on(present)?;
    let telling = Telling {
        question,
        rates: match question.money {
            Money::In(..) => Some(rates::table(&books.home)?),
            Money::Main | Money::Each => None,
        },
        main: figures.main_currency(&now),
        periods,
        present,
        currencies: now.ledgers.keys().copied().collect(),
    };
    let (series, unconverted) = telling.series(books, &figures)?;
    Ok(Answer {
        as_of: figures.as_of,
        complete: figures.complete,
        series,
        currencies: telling.currencies,
        unconverted,
    })
}

fn year_before(to: NaiveDate) -> NaiveDate {
    use chrono::{Datelike as _, Months};
    to.with_day(1)
        .and_then(|first| first.checked_sub_months(Months::new(11)))
        .unwrap_or(to)
}

/// What every series of an answer shares.
struct Telling<'a> {
    question: &'a Question,
    rates: Option<std::sync::Arc<RateTable>>,
    main: Option<Currency>,
    periods: Vec<Period>,
    present: NaiveDate,
    currencies: Vec<Currency>,
}

/// A rollup that is told as one series, with what it is called.
struct Source<'a> {
    rollup: &'a Rollup,
    accounts: Option<Vec<String>>,
    slice: Option<(String, String)>,
}

impl Telling<'_> {
    fn series<M: Mode>(
        &self,
        books: &Books<M>,
        figures: &Figures,
    ) -> Result<(Vec<Series>, Vec<Currency>), EngineError> {
        let filter = &self.question.filter;
        let filtered = if filter.is_empty() {
            None
        } else {
            Some(fold_filtered(books, figures, filter)?)
        };
        let whole = filtered.as_ref().unwrap_or(&figures.rollup);
        let mut sources = Vec::new();
        let mut owned: Vec<(String, String, Option<Vec<String>>, Rollup)> = Vec::new();
        match self.question.by {
            None | Some(By::Currency) => sources.push(Source {
                rollup: whole,
                accounts: None,
                slice: None,
            }),
            Some(By::Provider) => owned = by_provider(books, figures)?,
            Some(by) => owned = sliced(books, figures, by, filter)?,
        }
        sources.extend(owned.iter().map(|(key, name, accounts, rollup)| Source {
            rollup,
            accounts: accounts.clone(),
            slice: Some((key.clone(), name.clone())),
        }));
        let mut made = Vec::new();
        let mut unconverted = BTreeSet::new();
        for source in &sources {
            for currency in self.ledgers_of(source.rollup) {
                let (series, left_out) = self.one(books, source, currency)?;
                made.push(series);
                unconverted.extend(left_out);
            }
        }
        Ok((made, unconverted.into_iter().collect()))
    }

    /// The currencies in which a source is told.
    fn ledgers_of(&self, rollup: &Rollup) -> Vec<Option<Currency>> {
        let each = || -> Vec<Option<Currency>> {
            let own = rollup.ledgers.iter();
            own.filter(|(currency, ledger)| currency.is_some() && !ledger.days.is_empty())
                .map(|(currency, _)| *currency)
                .collect()
        };
        match self.question.money {
            _ if self.question.by == Some(By::Currency) => each(),
            Money::Each => each(),
            Money::Main => vec![self.main],
            Money::In(currency, _) => vec![Some(currency)],
        }
    }

    fn one<M: Mode>(
        &self,
        books: &Books<M>,
        source: &Source<'_>,
        currency: Option<Currency>,
    ) -> Result<(Series, Vec<Currency>), EngineError> {
        let mut made = Series {
            currency,
            slice: source.slice.clone(),
            points: Vec::new(),
        };
        if self.question.by == Some(By::Currency)
            && let Some(currency) = currency
        {
            made.slice = Some((currency.code().to_owned(), currency.code().to_owned()));
        }
        let Some(currency) = currency else {
            return Ok((made, Vec::new()));
        };
        let converts =
            matches!(self.question.money, Money::In(..)) && self.question.by != Some(By::Currency);
        let rate = |from: Currency, day: Day| self.rate(from, currency, day);
        let ledgers = if converts {
            Ledgers::All(&rate)
        } else {
            Ledgers::One(currency)
        };
        let policy = &self.question.view.policy;
        // A trailing mean looks back over periods before the first.
        let (padded, skipped) = self.padded();
        let all = tell(source.rollup, &padded, &ledgers, policy).map_err(too_large)?;
        let mut left_out = all.unconverted.clone();
        let moved = if self.question.metrics.iter().any(|it| it.is_cash()) {
            let (moved, not) =
                self.cash(books, source, currency, converts.then_some(&rate as _))?;
            left_out.extend(not);
            moved
        } else {
            BTreeMap::new()
        };
        for (index, figures) in all.figures.iter().enumerate().skip(skipped) {
            let mut values = Vec::new();
            for metric in &self.question.metrics {
                let value = if metric.is_cash() {
                    Value::Money(Some(cash_value(*metric, &moved, figures.period.date)?))
                } else {
                    value(*metric, &all.figures, index, policy).map_err(too_large)?
                };
                values.push((*metric, value));
            }
            made.points.push(Point {
                date: figures.period.date,
                values,
                unknown: figures.unknown + figures.unfit,
                inferred: figures.bases.first().is_some_and(|count| *count > 0),
                unfinished: self.present <= figures.period.date,
            });
        }
        Ok((made, left_out))
    }

    /// The periods asked for, with as many before them as a trailing mean needs, and how many those are.
    fn padded(&self) -> (Vec<Period>, usize) {
        let back = match self.question.view.policy.ltv_churn {
            coffer_domain::metric::policy::LtvChurn::Trailing(periods)
                if self.question.metrics.contains(&Metric::Ltv) =>
            {
                usize::from(periods).saturating_sub(1)
            }
            _ => 0,
        };
        let every = self.question.every;
        let mut before = Vec::new();
        let mut first = self.periods.first().map(|period| period.before);
        for _ in 0..back {
            let Some(last) = first.and_then(date_of) else {
                break;
            };
            let found = told::periods(&[last], every, self.present);
            first = found.first().map(|period| period.before);
            before.extend(found);
        }
        before.reverse();
        let skipped = before.len();
        before.extend(self.periods.iter().copied());
        (before, skipped)
    }

    fn rate(&self, from: Currency, to: Currency, day: Day) -> Option<Ratio> {
        if from == to {
            return Some(Ratio::ONE);
        }
        let frozen = match self.question.money {
            Money::In(_, frozen) => frozen,
            Money::Main | Money::Each => None,
        };
        let day = frozen.or_else(|| date_of(day))?;
        self.rates.as_ref()?.rate(from, to, day)?.per_minor().ok()
    }

    /// Money that moved in each period, by what kind it is.
    fn cash<M: Mode>(
        &self,
        books: &Books<M>,
        source: &Source<'_>,
        currency: Currency,
        rate: Option<&RateOf<'_>>,
    ) -> Result<(Cash, Vec<Currency>), EngineError> {
        let (Some(first), Some(last)) = (self.periods.first(), self.periods.last()) else {
            return Ok((Cash::new(), Vec::new()));
        };
        let zone = self.question.view.zone;
        let end = |day: Day| {
            date_of(day)
                .and_then(|date| end_of_day(date, zone))
                .map_or(i64::MAX, |at| at.timestamp())
        };
        let (from, before) = (end(first.before), end(last.end));
        let accounts: Vec<Option<String>> = match (&source.accounts, &self.question.view.account) {
            (Some(own), _) => own.iter().cloned().map(Some).collect(),
            (None, one) => vec![one.clone()],
        };
        let days = Days::of_zone(zone);
        let mut sums = Cash::new();
        let mut left_out = BTreeSet::new();
        for account in accounts {
            let moved = books
                .store
                .read(|read| cash::between(read.sql(), account.as_deref(), from, before))?;
            for it in moved {
                if rate.is_none() && it.currency != currency {
                    continue;
                }
                let day = days.of(it.at);
                let factor = match rate {
                    Some(rate) => rate(it.currency, day),
                    None => Some(Ratio::ONE),
                };
                let Some(factor) = factor else {
                    left_out.insert(it.currency);
                    continue;
                };
                let place = self.periods.partition_point(|period| period.end < day);
                let Some(period) = self.periods.get(place) else {
                    continue;
                };
                let amount = Ratio::whole(it.amount).times(factor).map_err(too_large)?;
                sums.entry((period.date, it.sort))
                    .or_insert_with(Sum::new)
                    .add(amount);
            }
        }
        Ok((sums, left_out.into_iter().collect()))
    }
}

type Cash = BTreeMap<(NaiveDate, Sort), Sum>;

/// Gross is what came, net is that less what was given back; fees and disputes stand beside.
fn cash_value(metric: Metric, cash: &Cash, date: NaiveDate) -> Result<i64, EngineError> {
    let of = |sort: Sort| cash.get(&(date, sort)).cloned().unwrap_or_default();
    let sum = match metric {
        Metric::GrossVolume => of(Sort::Payments),
        Metric::Refunds => of(Sort::Refunds),
        Metric::Fees => of(Sort::Fees),
        Metric::Disputes => of(Sort::Disputes),
        Metric::NetVolume => {
            let mut net = of(Sort::Payments);
            net.merge(&of(Sort::Refunds).negated());
            net
        }
        _ => Sum::new(),
    };
    sum.round_half_even().map_err(too_large)
}

/// Folds the facts of all accounts into whatever `put` puts them.
fn fold_each<M: Mode>(
    books: &Books<M>,
    figures: &Figures,
    mut put: impl FnMut(&AccountRow, &str, &CustomerFacts, &Fold<'_>),
) -> Result<(), EngineError> {
    let days = Days::of_zone(figures.view.zone);
    let now = books.clock.now();
    books.store.read(|read| {
        for row in &figures.accounts {
            let fold = Fold {
                policy: &figures.view.policy,
                days: &days,
                horizon: row.synced_at.unwrap_or(now).timestamp(),
            };
            facts::scan(read.sql(), row.id.as_str(), "", None, |customer, own| {
                put(row, customer, &own, &fold);
                Ok(())
            })?;
        }
        Ok(())
    })?;
    Ok(())
}

/// A rollup for each provider.
fn by_provider<M: Mode>(
    books: &Books<M>,
    figures: &Figures,
) -> Result<Vec<(String, String, Option<Vec<String>>, Rollup)>, EngineError> {
    let mut found: BTreeMap<String, (Vec<String>, Rollup)> = BTreeMap::new();
    for row in &figures.accounts {
        let view = View {
            account: Some(row.id.to_string()),
            ..figures.view.clone()
        };
        let own = figures::load(books, &view)?;
        let part = found.entry(row.provider.clone()).or_default();
        part.0.push(row.id.to_string());
        part.1.merge((*own.rollup).clone());
    }
    Ok(found
        .into_iter()
        .map(|(provider, (accounts, rollup))| (provider.clone(), provider, Some(accounts), rollup))
        .collect())
}

/// A rollup for each part of a cut. Parts of different accounts are apart where they are prices.
fn sliced<M: Mode>(
    books: &Books<M>,
    figures: &Figures,
    by: By,
    filter: &Filter,
) -> Result<Vec<(String, String, Option<Vec<String>>, Rollup)>, EngineError> {
    let dimension = match by {
        By::Plan => Dimension::Plan,
        By::Country => Dimension::Country,
        By::Interval | By::Provider | By::Currency => Dimension::Rhythm,
    };
    let passes = Passing::new(books, figures, filter)?;
    let mut slices = Slices::new();
    fold_each(books, figures, |row, customer, own, fold| {
        if let Some(own) = passes.cut(row, customer, own) {
            put_sliced(&mut slices, &own, fold, dimension, Sign::Plus);
        }
    })?;
    let names = plan_names(books, figures)?;
    let mut found: Vec<_> = slices
        .into_iter()
        .map(|(slice, rollup)| {
            let (key, name) = called(&slice, &names);
            (key, name, None, rollup)
        })
        .collect();
    found.sort_by(|a, b| a.0.cmp(&b.0));
    Ok(found)
}

/// What a part of a cut is called: for a machine and for people.
fn called(slice: &Slice, plans: &BTreeMap<u32, (String, String)>) -> (String, String) {
    match slice {
        Slice::Plan(number) => plans
            .get(number)
            .cloned()
            .unwrap_or_else(|| ("unknown".to_owned(), "not in the copy".to_owned())),
        Slice::Country(code) => match code {
            Some(code) => (code.clone(), code.clone()),
            None => ("unknown".to_owned(), "no country".to_owned()),
        },
        Slice::Rhythm(unit, count) => {
            let word = rhythm_word(*unit, *count);
            (word.clone(), word)
        }
    }
}

fn rhythm_word(unit: u8, count: u32) -> String {
    let word = match unit {
        1 => "day",
        2 => "week",
        3 => "month",
        4 => "year",
        _ => return "unknown".to_owned(),
    };
    if count == 1 {
        word.to_owned()
    } else {
        format!("{count} {word}s")
    }
}

/// The id and the name of each price by its number.
fn plan_names<M: Mode>(
    books: &Books<M>,
    figures: &Figures,
) -> Result<BTreeMap<u32, (String, String)>, EngineError> {
    Ok(books.store.read(|read| {
        let mut names = BTreeMap::new();
        for row in &figures.accounts {
            for (number, id, name) in facts::plan_names(read.sql(), row.id.as_str())? {
                names.insert(number, (id, name));
            }
        }
        Ok(names)
    })?)
}

/// What a filter lets pass.
struct Passing<'a> {
    filter: &'a Filter,
    plans: Option<BTreeSet<u32>>,
    marked: Option<Marked>,
}

/// What carries a key and a value: customers and subscriptions, each with its account.
#[derive(Default)]
struct Marked {
    customers: BTreeSet<(String, String)>,
    subscriptions: BTreeSet<(String, String)>,
}

impl Marked {
    /// Looks through the JSON kept of every customer and subscription, because no table has what only the merchant
    /// understands.
    fn find<M: Mode>(
        books: &Books<M>,
        figures: &Figures,
        (key, value): &(String, String),
    ) -> Result<Self, EngineError> {
        let mut found = Self::default();
        for row in &figures.accounts {
            for kind in [Kind::Customers, Kind::Subscriptions] {
                let into = match kind {
                    Kind::Customers => &mut found.customers,
                    _ => &mut found.subscriptions,
                };
                let mut after = Some((kind, String::new()));
                while let Some(from) = after.take() {
                    let page = books
                        .store
                        .read(|read| raw_page(read.sql(), &row.id, Some(&from), RAW_AT_ONCE))?;
                    let whole = page.len() == RAW_AT_ONCE;
                    for raw in page.into_iter().take_while(|raw| raw.kind == kind) {
                        if carries(&raw.json, key, value) {
                            into.insert((row.id.to_string(), raw.id.clone()));
                        }
                        after = whole.then_some((kind, raw.id));
                    }
                }
            }
        }
        Ok(found)
    }
}

fn carries(json: &str, key: &str, value: &str) -> bool {
    /// All that is read of an object.
    #[derive(serde::Deserialize)]
    struct Own {
        #[serde(default)]
        metadata: Option<BTreeMap<String, serde_json::Value>>,
    }
    let Ok(own) = serde_json::from_str::<Own>(json) else {
        return false;
    };
    own.metadata.is_some_and(|all| match all.get(key) {
        Some(serde_json::Value::String(text)) => text == value,
        Some(other) => other.to_string() == value,
        None => false,
    })
}

impl<'a> Passing<'a> {
    fn new<M: Mode>(
        books: &Books<M>,
        figures: &Figures,
        filter: &'a Filter,
    ) -> Result<Self, EngineError> {
        let plans = match &filter.plan {
            Some(plan) => {
                let names = plan_names(books, figures)?;
                let own: BTreeSet<u32> = names
                    .into_iter()
                    .filter(|(_, (id, _))| id == plan)
                    .map(|(number, _)| number)
                    .collect();
                if own.is_empty() {
                    return Err(EngineError::NotFound {
                        what: "price",
                        id: plan.clone(),
                        mode: M::NAME,
                    });
                }
                Some(own)
            }
            None => None,
        };
        let marked = match &filter.metadata {
            Some(pair) => Some(Marked::find(books, figures, pair)?),
            None => None,
        };
        Ok(Self {
            filter,
            plans,
            marked,
        })
    }

    /// A customer's facts with what does not pass taken out; `None` where nothing is left.
    fn cut(
        &self,
        row: &AccountRow,
        customer: &str,
        facts: &CustomerFacts,
    ) -> Option<CustomerFacts> {
        let filter = self.filter;
        if filter
            .provider
            .as_ref()
            .is_some_and(|it| *it != row.provider)
            || filter
                .country
                .as_ref()
                .is_some_and(|it| facts.country.as_deref() != Some(it.as_str()))
        {
            return None;
        }
        let mut own = facts.clone();
        if let Some(marked) = &self.marked {
            let account = row.id.as_str();
            let here = |all: &BTreeSet<(String, String)>, id: &str| {
                all.contains(&(account.to_owned(), id.to_owned()))
            };
            // A customer that carries it is in with all it has, any other with the subscriptions that do.
            if !here(&marked.customers, customer) {
                own.subscriptions
                    .retain(|it| here(&marked.subscriptions, &it.id));
                own.failed.clear();
                if own.subscriptions.is_empty() {
                    return None;
                }
            }
        }
        if self.plans.is_none() && filter.interval.is_none() {
            return Some(own);
        }
        // Bills are of whole subscriptions; what failed of a part of one is not told apart.
        own.failed.clear();
        for subscription in &mut own.subscriptions {
            subscription
                .usage
                .retain(|usage| self.lets(usage.plan, usage.rhythm));
            for stretch in &mut subscription.stretches {
                keep_items(stretch, |held| self.lets(held.plan, held.rhythm));
            }
        }
        Some(own)
    }

    fn lets(&self, plan: u32, rhythm: coffer_domain::record::Recurring) -> bool {
        let word = || {
            let Slice::Rhythm(unit, count) = Slice::of_rhythm(rhythm) else {
                return String::new();
            };
            rhythm_word(unit, count)
        };
        self.plans
            .as_ref()
            .is_none_or(|plans| plans.contains(&plan))
            && self.filter.interval.as_ref().is_none_or(|it| *it == word())
    }
}

/// Leaves items out of a stretch. Discounts on the whole are spread over what is billed before that, so that a part of a
/// subscription is worth what it is worth in the whole: items that go are marked as worth nothing after discounts.
fn keep_items(
    stretch: &mut coffer_domain::metric::facts::Stretch,
    keeps: impl Fn(&coffer_domain::metric::facts::Held) -> bool,
) {
    for held in &mut stretch.items {
        if !keeps(held) {
            // All of it is taken for tax: it takes its part of a discount and is worth nothing.
            held.tax_share = Ratio::ONE;
        }
    }
    if stretch
        .items
        .iter()
        .all(|held| held.tax_share == Ratio::ONE)
    {
        stretch.items.clear();
        stretch.taken.clear();
    }
}

/// What is left of all customers by a filter.
fn fold_filtered<M: Mode>(
    books: &Books<M>,
    figures: &Figures,
    filter: &Filter,
) -> Result<Rollup, EngineError> {
    let passes = Passing::new(books, figures, filter)?;
    let mut rollup = Rollup::default();
    fold_each(books, figures, |row, customer, own, fold| {
        if let Some(own) = passes.cut(row, customer, own) {
            rollup.put(&own, fold, Sign::Plus);
        }
    })?;
    Ok(rollup)
}

/// Movements as the words of an answer, in their order.
#[must_use]
pub fn movements_in_order(moved: &Moved) -> [(&'static str, i64); 8] {
    [
        ("opening", moved.opening),
        ("new", moved.new),
        ("expansion", moved.expansion),
        ("contraction", moved.contraction),
        ("churn", moved.churn),
        ("reactivation", moved.reactivation),
        ("fx", moved.fx),
        ("closing", moved.closing),
    ]
}
