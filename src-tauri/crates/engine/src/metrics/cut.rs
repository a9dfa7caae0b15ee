//! Parts of all customers: what a cut and a filter leave.
//!
//! The parts of a cut of everything are kept beside the whole. Where a filter leaves something out, facts are folded for the
//! question. A metric that cannot be told of a part is refused instead of being told of the whole.

use crate::books::Books;
use crate::error::EngineError;
use crate::figures::{self, Figures, View, add_slices};
use coffer_domain::calendar::Every;
use coffer_domain::metric::facts::{CustomerFacts, Held, Stretch};
use coffer_domain::metric::figures::Metric;
use coffer_domain::metric::rollup::{Dimension, Rollup, Sign, Slice, Slices, put_sliced};
use coffer_domain::mode::Mode;
use coffer_domain::ratio::Ratio;
use coffer_domain::record::{Kind, Recurring};
use coffer_store::query::object::raw_page;
use coffer_store::table::account::AccountRow;
use coffer_store::table::facts;
use std::collections::{BTreeMap, BTreeSet};

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
    /// Whether an account's customers may pass.
    pub(super) fn lets(&self, row: &AccountRow) -> bool {
        self.provider.as_ref().is_none_or(|it| *it == row.provider)
    }

    /// Whether it leaves everything in.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// A part of a cut: what it is called, for a machine and for people, and what its customers come to.
pub(super) struct Part {
    pub(super) key: String,
    pub(super) name: String,
    /// The accounts that it is of; `None` for all.
    pub(super) accounts: Option<Vec<String>>,
    pub(super) rollup: Rollup,
}

/// Whether a metric can be told of a part. Money that moved and bills that failed belong to whole subscriptions, and trials
/// and ends ahead are not kept for their parts; none of them is told of the whole where a part was asked for.
///
/// # Errors
/// In words, when it cannot.
pub(super) fn check(metric: Metric, by: Option<By>, filter: &Filter) -> Result<(), EngineError> {
    let of_items = filter.plan.is_some() || filter.interval.is_some();
    let cut_in_items = matches!(by, Some(By::Plan | By::Interval));
    let possible = if metric.is_cash() {
        !of_items
            && filter.country.is_none()
            && filter.metadata.is_none()
            && !cut_in_items
            && by != Some(By::Country)
    } else {
        match metric {
            Metric::FailedPayments | Metric::Recovered => {
                !of_items && filter.metadata.is_none() && !cut_in_items
            }
            Metric::Trials | Metric::TrialConversion | Metric::CommittedMrr => !cut_in_items,
            _ => true,
        }
    };
    if possible {
        return Ok(());
    }
    Err(EngineError::Usage(format!(
        "`{}` cannot be told of such a part; leave the cut or the filter away.",
        metric.name()
    )))
}

/// A rollup for each part of a cut. Parts of different accounts are apart where they are prices.
pub(super) fn cut<M: Mode>(
    books: &Books<M>,
    figures: &Figures,
    by: By,
    filter: &Filter,
    every: Every,
) -> Result<Vec<Part>, EngineError> {
    let dimension = match by {
        By::Plan => Dimension::Plan,
        By::Country => Dimension::Country,
        By::Interval => Dimension::Rhythm,
        By::Provider | By::Currency => return by_provider(books, figures, filter, every),
    };
    let slices = if filter.is_empty() {
        figures::load_cut(books, figures, dimension, every)?
    } else {
        fold_passing(books, figures, filter, Some(dimension))?
    };
    let names = plan_names(books, figures)?;
    let mut found: Vec<Part> = slices
        .into_iter()
        .map(|(slice, rollup)| {
            let (key, name) = called(&slice, &names);
            Part {
                key,
                name,
                accounts: None,
                rollup,
            }
        })
        .collect();
    found.sort_by(|a, b| a.key.cmp(&b.key));
    Ok(found)
}

/// A rollup for each provider.
fn by_provider<M: Mode>(
    books: &Books<M>,
    figures: &Figures,
    filter: &Filter,
    every: Every,
) -> Result<Vec<Part>, EngineError> {
    let mut found: BTreeMap<String, Part> = BTreeMap::new();
    for row in figures.accounts.iter().filter(|row| filter.lets(row)) {
        let part = found.entry(row.provider.clone()).or_insert_with(|| Part {
            key: row.provider.clone(),
            name: row.provider.clone(),
            accounts: Some(Vec::new()),
            rollup: Rollup::default(),
        });
        if let Some(accounts) = &mut part.accounts {
            accounts.push(row.id.to_string());
        }
        // Rollups are kept by account already.
        let view = View {
            account: Some(row.id.to_string()),
            ..figures.view.clone()
        };
        let own = figures::load(books, &view)?;
        part.rollup
            .merge(fold_filtered(books, &own, filter, every)?);
    }
    Ok(found.into_values().collect())
}

/// What a filter leaves of all customers, cut or whole.
fn fold_passing<M: Mode>(
    books: &Books<M>,
    figures: &Figures,
    filter: &Filter,
    cut: Option<Dimension>,
) -> Result<Slices, EngineError> {
    let passes = Passing::new(books, figures, filter)?;
    let threads = figures.add_up(books, Slices::new, |slices, it| {
        if let Some(own) = passes.cut(it.account, it.id, it.facts) {
            put_sliced(slices, &own, it.fold, cut, Sign::Plus);
        }
    })?;
    let mut all = Slices::new();
    for slices in threads {
        add_slices(&mut all, slices);
    }
    Ok(all)
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
        Slice::All => ("all".to_owned(), "all".to_owned()),
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
        metadata: Option<BTreeMap<String, String>>,
    }
    let Ok(own) = serde_json::from_str::<Own>(json) else {
        return false;
    };
    own.metadata
        .is_some_and(|all| all.get(key).is_some_and(|own| own == value))
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
        mut own: CustomerFacts,
    ) -> Option<CustomerFacts> {
        let filter = self.filter;
        if !filter.lets(row)
            || filter
                .country
                .as_ref()
                .is_some_and(|it| own.country.as_deref() != Some(it.as_str()))
        {
            return None;
        }
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

    fn lets(&self, plan: u32, rhythm: Recurring) -> bool {
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
fn keep_items(stretch: &mut Stretch, keeps: impl Fn(&Held) -> bool) {
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
pub(super) fn fold_filtered<M: Mode>(
    books: &Books<M>,
    figures: &Figures,
    filter: &Filter,
    every: Every,
) -> Result<Rollup, EngineError> {
    let whole_accounts = Filter {
        provider: None,
        ..filter.clone()
    };
    if whole_accounts.is_empty() && figures.accounts.iter().all(|row| filter.lets(row)) {
        return Ok((*figures.rollup).clone());
    }
    let country = Filter {
        country: filter.country.clone(),
        provider: filter.provider.clone(),
        ..Filter::default()
    };
    // The parts by country are kept, and a filter by it leaves one of them.
    let mut slices = if let (Some(country), true) = (
        &filter.country,
        country == *filter && figures.accounts.iter().all(|row| filter.lets(row)),
    ) {
        let mut all = figures::load_cut(books, figures, Dimension::Country, every)?;
        let own = all.remove(&Slice::Country(Some(country.clone())));
        Slices::from([(Slice::All, own.unwrap_or_default())])
    } else {
        fold_passing(books, figures, filter, None)?
    };
    Ok(slices.remove(&Slice::All).unwrap_or_default())
}
