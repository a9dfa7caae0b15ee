//! Customers as rows, and the page of one.

use crate::api::types::{
    CustomerDetail, CustomerRow, MoneyView, SubscriptionItemView, SubscriptionView,
};
use crate::books::Books;
use crate::error::EngineError;
use crate::view::money::{day, instant, money};
use crate::view::past::{OwnInterval, own_intervals};
use crate::view::{acts, timeline, words};
use coffer_domain::filter::{Filter, List, Term, Test};
use coffer_domain::ids::CustomerId;
use coffer_domain::metric::facts::CustomerFacts;
use coffer_domain::mode::Mode;
use coffer_domain::money::Money;
use coffer_domain::record::{Subscription, SubscriptionStatus};
use coffer_store::query::customers::{self, CustomerLine, Dossier};
use coffer_store::query::records::{Records, Sort, Wanted};
use coffer_store::table::{account, facts};

const TIMELINE_MAX: usize = 500;

/// What customers are called, in the order of their ids.
///
/// # Errors
/// The file's.
pub(super) fn called<M: Mode>(
    books: &Books<M>,
    ids: &[String],
) -> Result<Vec<Option<String>>, EngineError> {
    Ok(books.store.read(|read| {
        ids.iter()
            .map(|id| customers::called(read.sql(), id))
            .collect()
    })?)
}

/// The newest customers in whose names, addresses or ids all these words begin, from a row on, and how many there are in all.
///
/// # Errors
/// The file's.
pub fn newest<M: Mode>(
    books: &Books<M>,
    search: Option<&str>,
    offset: u32,
    limit: u32,
) -> Result<(Vec<CustomerRow>, u64), EngineError> {
    let words = search.map(str::trim).filter(|it| !it.is_empty());
    let filter = Filter {
        terms: words
            .map(|words| Term {
                negated: false,
                test: Test::Word(words.to_owned()),
            })
            .into_iter()
            .collect(),
    };
    let wanted = Wanted {
        list: List::Customers,
        filter: &filter,
        sort: Sort::Created,
        descending: true,
        now: books.clock.now(),
    };
    Ok(books.store.read(|read| {
        let records = Records::new(read.sql(), wanted)?;
        let keys = records.keys(read.sql(), offset, limit)?;
        let total = records.totals(read.sql())?.count;
        let mut rows = Vec::with_capacity(keys.len());
        for key in keys {
            let line = customers::line_of(read.sql(), &key.account, &key.id)?;
            rows.extend(line.as_ref().map(row));
        }
        Ok((rows, total))
    })?)
}

/// Amounts that are something, one for each currency.
pub(super) fn amounts(amounts: &[Money]) -> Vec<MoneyView> {
    let something = amounts.iter().filter(|amount| amount.minor != 0);
    something.map(|amount| money(*amount)).collect()
}

/// A line as it crosses the border.
#[must_use]
pub fn row(line: &CustomerLine) -> CustomerRow {
    CustomerRow {
        id: line.id.to_string(),
        account: line.account.clone(),
        provider: line.provider.clone(),
        name: line.name.clone(),
        email: line.email.clone(),
        country: line.country.clone(),
        created: day(line.created),
        standing: line.summary.standing.clone(),
        mrr: amounts(&line.summary.mrr),
        paid: amounts(&line.summary.paid),
    }
}

/// Answers `customer`.
///
/// # Errors
/// When there is no such customer, or the file's.
pub fn detail<M: Mode>(books: &Books<M>, id: &str) -> Result<CustomerDetail, EngineError> {
    let wanted = CustomerId::new(id);
    let (dossier, accounts, own) = books.store.read(|read| {
        let dossier = customers::dossier(read.sql(), &wanted)?;
        let own = match &dossier {
            Some(dossier) => facts::of_customer(read.sql(), &dossier.line.account, &wanted)?,
            None => CustomerFacts::default(),
        };
        Ok((dossier, account::all(read.sql())?, own))
    })?;
    let dossier = dossier.ok_or_else(|| EngineError::NotFound {
        what: "customer",
        id: id.to_owned(),
        mode: M::NAME,
    })?;
    let own = own_intervals(&own);
    let account = accounts
        .iter()
        .find(|row| row.id.as_str() == dossier.line.account);
    let as_of = account.and_then(|row| row.synced_at);
    let standing_at = as_of.unwrap_or_else(|| books.clock.now());
    let mut subscriptions: Vec<&Subscription> = dossier.subscriptions.iter().collect();
    subscriptions.sort_by_key(|it| it.status == SubscriptionStatus::Canceled);
    let (entries, timeline_cut) = timeline::entries(&dossier, &own, standing_at, TIMELINE_MAX);
    let official = account.is_some_and(|row| row.api_url.is_none());
    let test = if M::NAME.is_live() { "" } else { "test/" };
    Ok(CustomerDetail {
        customer: row(&dossier.line),
        subscriptions: subscriptions
            .into_iter()
            .map(|it| strip(it, &dossier, &own, standing_at))
            .collect(),
        timeline: entries,
        timeline_cut,
        as_of: as_of.map(instant),
        provider_url: official
            .then(|| format!("https://dashboard.stripe.com/{test}customers/{id}")),
    })
}

fn strip(
    subscription: &Subscription,
    dossier: &Dossier,
    own: &[OwnInterval],
    at: coffer_domain::Instant,
) -> SubscriptionView {
    let now = own
        .iter()
        .filter(|it| it.subscription == subscription.id.as_str())
        .find(|it| it.from <= at && it.to.is_none_or(|to| to > at));
    let minor = now
        .and_then(|it| it.monthly.round_half_even().ok())
        .unwrap_or(0);
    let items = subscription
        .items
        .iter()
        .map(|item| SubscriptionItemView {
            id: item.id.to_string(),
            product: dossier
                .products
                .get(&item.product)
                .cloned()
                .unwrap_or_else(|| item.price.to_string()),
            price: item.price.to_string(),
            quantity: item.quantity,
            terms: dossier
                .catalog
                .prices
                .get(&item.price)
                .map_or_else(String::new, words::terms),
        })
        .collect();
    let discounts = subscription
        .discounts
        .iter()
        .chain(subscription.items.iter().flat_map(|item| &item.discounts))
        .filter(|it| it.start <= at && it.end.is_none_or(|end| end > at))
        .map(|it| words::discount(it, dossier.catalog.coupons.get(&it.coupon)))
        .collect();
    SubscriptionView {
        id: subscription.id.to_string(),
        status: subscription.status.as_str().to_owned(),
        items,
        mrr: money(Money::new(minor, subscription.currency)),
        discounts,
        outlook: words::outlook(subscription),
        acts: acts::of_subscription(subscription, dossier.scheduled.contains(&subscription.id)),
        currency: subscription.currency.code().to_owned(),
        started: day(subscription.start),
    }
}
