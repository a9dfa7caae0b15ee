//! The table of customers and the page of one.

use crate::api::types::{
    CustomerDetail, CustomerPage, CustomerRow, CustomerSort, CustomersRequest,
    SubscriptionItemView, SubscriptionView,
};
use crate::books::Books;
use crate::error::EngineError;
use crate::view::money::{day, instant, money};
use crate::view::past::{OwnInterval, own_intervals};
use crate::view::{acts, timeline, words};
use coffer_domain::ids::CustomerId;
use coffer_domain::metric::facts::CustomerFacts;
use coffer_domain::mode::Mode;
use coffer_domain::money::Money;
use coffer_domain::record::{Subscription, SubscriptionStatus};
use coffer_store::query::customers::{self, CustomerLine, Dossier, Order, Wanted};
use coffer_store::table::{account, facts};

/// Rows that one answer may have.
pub const ROWS_MAX: u32 = 200;
const TIMELINE_MAX: usize = 500;

/// The table of a mode that has no file yet.
#[must_use]
pub const fn empty(offset: u64) -> CustomerPage {
    CustomerPage {
        rows: Vec::new(),
        total: 0,
        offset,
        revision: 0,
    }
}

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

/// Answers `customers`.
///
/// # Errors
/// The file's.
pub fn page<M: Mode>(
    books: &Books<M>,
    request: &CustomersRequest,
) -> Result<CustomerPage, EngineError> {
    let wanted = Wanted {
        search: request.search.as_deref(),
        order: match request.sort {
            CustomerSort::Created => Order::Created,
            CustomerSort::Name => Order::Name,
            CustomerSort::Mrr => Order::Mrr,
        },
        descending: request.descending,
        offset: request.offset,
        limit: request.limit.clamp(1, ROWS_MAX),
    };
    let ((lines, total), revision) = books
        .store
        .read(|read| Ok((customers::page(read.sql(), &wanted)?, read.revision()?)))?;
    Ok(CustomerPage {
        rows: lines.iter().map(row).collect(),
        total,
        offset: request.offset,
        revision,
    })
}

/// A line as it crosses the border.
#[must_use]
pub fn row(line: &CustomerLine) -> CustomerRow {
    let amounts = |amounts: &[Money]| {
        amounts
            .iter()
            .filter(|amount| amount.minor != 0)
            .map(|amount| money(*amount))
            .collect()
    };
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
