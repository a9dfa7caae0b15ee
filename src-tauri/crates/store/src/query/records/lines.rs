//! What a list shows of each of its rows. Each row is looked up by its key, so that a page costs what a page is.

use super::Key;
use super::question::{AGAIN, CONVERTED, TWIN};
use crate::error::StoreError;
use crate::query::customers::{self, CustomerLine};
use crate::table::{
    catalog, currency, facts, instant, instant_maybe, invoice, payment, subscription,
};
use coffer_domain::Instant;
use coffer_domain::currency::Currency;
use coffer_domain::filter::List;
use coffer_domain::ids::CustomerId;
use coffer_domain::metric::evaluate::{intervals, worth};
use coffer_domain::metric::facts::CustomerFacts;
use coffer_domain::metric::policy::Policy;
use coffer_domain::money::Money;
use coffer_domain::ratio::Ratio;
use coffer_domain::record::{Coupon, Discount, Dispute, Invoice, Payment, Subscription};
use rusqlite::{Connection, OptionalExtension as _};

/// A row of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The account it belongs to.
    pub account: String,
    /// The account's provider.
    pub provider: String,
    /// The provider's id.
    pub id: String,
    /// The customer.
    pub customer: Option<String>,
    /// The customer's name.
    pub name: Option<String>,
    /// The customer's e-mail address.
    pub email: Option<String>,
    /// The rest, which each kind has of its own.
    pub part: Part,
}

/// What a row has of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// A customer.
    Customer(Box<CustomerLine>),
    /// A subscription, or a trial.
    Subscription(Box<SubscriptionPart>),
    /// A payment.
    Payment(Box<PaymentPart>),
    /// An invoice, or what is past due.
    Invoice(Box<InvoicePart>),
    /// A dispute.
    Dispute(Box<DisputePart>),
}

/// What a list shows of a subscription.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubscriptionPart {
    /// The subscription.
    pub subscription: Subscription,
    /// The name of each item's plan and its quantity.
    pub plans: Vec<(String, Option<i64>)>,
    /// Minor units for a month now; of a trial, once it is over.
    pub monthly: Ratio,
    /// Its discounts with their coupons where they are known.
    pub discounts: Vec<(Discount, Option<Coupon>)>,
    /// Whether something was paid after its trial.
    pub converted: bool,
    /// Whether the customer had a trial before.
    pub again: bool,
}

/// Another payment that looks like the same one made twice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Twin {
    /// Its id.
    pub id: String,
    /// When it was made.
    pub created: Instant,
}

/// What a list shows of a payment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentPart {
    /// The payment.
    pub payment: Payment,
    /// Another one like it.
    pub twin: Option<Twin>,
}

/// A card as it is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Card {
    /// The brand, in the provider's word.
    pub brand: Option<String>,
    /// The last four digits.
    pub last4: String,
}

/// The last attempt to collect that failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The payment.
    pub payment: String,
    /// Why, in the provider's code.
    pub code: Option<String>,
    /// Why, in the provider's words.
    pub message: Option<String>,
    /// What it was tried with.
    pub card: Option<Card>,
}

/// What a list shows of an invoice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvoicePart {
    /// The invoice, without its lines.
    pub invoice: Invoice,
    /// The last attempt that failed; only of what is past due.
    pub failure: Option<Failure>,
    /// Minor units for a month that its subscription is worth now, and their currency; only of what is past due.
    pub at_risk: Option<(Ratio, Currency)>,
}

/// What a list shows of a dispute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DisputePart {
    /// The dispute.
    pub dispute: Dispute,
    /// What was paid with.
    pub card: Option<Card>,
}

pub(super) fn read(
    sql: &Connection,
    list: List,
    now: Instant,
    keys: &[Key],
) -> Result<Vec<Line>, StoreError> {
    let mut lines = Vec::with_capacity(keys.len());
    for key in keys {
        let found = match list {
            List::Customers => {
                let found = customers::line_of(sql, &key.account, &key.id)?;
                found.map(|it| (Some(key.id.clone()), Part::Customer(Box::new(it))))
            }
            List::Subscriptions => subscription_part(sql, key, now, false)?,
            List::Trials => subscription_part(sql, key, now, true)?,
            List::Payments => payment_part(sql, key)?,
            List::Invoices => invoice_part(sql, key, None)?,
            List::Recovery => invoice_part(sql, key, Some(now))?,
            List::Disputes => dispute_part(sql, key)?,
        };
        if let Some((customer, part)) = found {
            lines.push(line(sql, key, customer, part)?);
        }
    }
    Ok(lines)
}

fn line(
    sql: &Connection,
    key: &Key,
    customer: Option<String>,
    part: Part,
) -> Result<Line, StoreError> {
    let provider = sql
        .prepare_cached("SELECT provider FROM account WHERE id = ?1")?
        .query_row([&key.account], |row| row.get(0))?;
    let (name, email) = match &customer {
        Some(id) => sql
            .prepare_cached("SELECT name, email FROM customer WHERE account = ?1 AND id = ?2")?
            .query_row([&key.account, id], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?
            .unwrap_or((None, None)),
        None => (None, None),
    };
    Ok(Line {
        account: key.account.clone(),
        provider,
        id: key.id.clone(),
        customer,
        name,
        email,
        part,
    })
}

type Found = Option<(Option<String>, Part)>;

fn subscription_part(
    sql: &Connection,
    key: &Key,
    now: Instant,
    trial: bool,
) -> Result<Found, StoreError> {
    let Some(it) = subscription::one(sql, &key.account, &key.id)? else {
        return Ok(None);
    };
    let mut plans = Vec::with_capacity(it.items.len());
    for item in &it.items {
        let name: Option<String> = sql
            .prepare_cached(
                "SELECT coalesce(p.nickname, d.name) FROM price p
                 LEFT JOIN product d ON d.account = p.account AND d.id = p.product
                 WHERE p.account = ?1 AND p.id = ?2",
            )?
            .query_row([&key.account, item.price.as_str()], |row| row.get(0))
            .optional()?
            .flatten();
        plans.push((
            name.unwrap_or_else(|| item.price.to_string()),
            item.quantity,
        ));
    }
    let mut discounts = Vec::new();
    for discount in it
        .discounts
        .iter()
        .chain(it.items.iter().flat_map(|item| &item.discounts))
    {
        let coupon = catalog::coupon(sql, &key.account, &discount.coupon)?;
        discounts.push((discount.clone(), coupon));
    }
    let facts = facts::of_customer(sql, &key.account, &it.customer)?;
    let monthly = if trial {
        once_over(&facts, &key.id)
    } else {
        monthly_of(&facts, &key.id, now)
    };
    let (converted, again) = if trial {
        sql.prepare_cached(&format!(
            "SELECT t.status <> 'trialing' AND {CONVERTED}, {AGAIN} FROM subscription t WHERE t.account = ?1 AND t.id = ?2"
        ))?
        .query_row([&key.account, &key.id], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?
    } else {
        (false, false)
    };
    let customer = it.customer.to_string();
    Ok(Some((
        Some(customer),
        Part::Subscription(Box::new(SubscriptionPart {
            subscription: it,
            plans,
            monthly,
            discounts,
            converted,
            again,
        })),
    )))
}

/// What a subscription is worth for a month at an instant, in minor units; nothing where it does not count.
fn monthly_of(facts: &CustomerFacts, subscription: &str, at: Instant) -> Ratio {
    facts
        .subscriptions
        .iter()
        .filter(|it| it.id == subscription)
        .flat_map(|it| intervals(it, &Policy::coffer_1()))
        .find(|it| it.span.holds(at.timestamp()))
        .map_or(Ratio::ZERO, |it| it.monthly)
}

/// What a subscription's latest items are worth for a month, whether or not it counts: what a trial comes to when it is kept.
fn once_over(facts: &CustomerFacts, subscription: &str) -> Ratio {
    facts
        .subscriptions
        .iter()
        .find(|it| it.id == subscription)
        .and_then(|it| it.stretches.last())
        .and_then(|stretch| worth(stretch, &Policy::coffer_1()).ok())
        .map_or(Ratio::ZERO, |it| it.monthly)
}

fn payment_part(sql: &Connection, key: &Key) -> Result<Found, StoreError> {
    let Some(it) = payment::one(sql, &key.account, &key.id)? else {
        return Ok(None);
    };
    let twin = sql
        .prepare_cached(&format!(
            "SELECT w.id, w.created FROM payment t
             JOIN payment w ON w.account = t.account AND w.id = ({TWIN})
             WHERE t.account = ?1 AND t.id = ?2"
        ))?
        .query_row([&key.account, &key.id], |row| {
            Ok(Twin {
                id: row.get(0)?,
                created: instant(row, 1)?,
            })
        })
        .optional()?;
    let customer = it.customer.as_ref().map(ToString::to_string);
    let part = PaymentPart { payment: it, twin };
    Ok(Some((customer, Part::Payment(Box::new(part)))))
}

fn invoice_part(
    sql: &Connection,
    key: &Key,
    past_due_at: Option<Instant>,
) -> Result<Found, StoreError> {
    let Some(it) = invoice::one(sql, &key.account, &key.id)? else {
        return Ok(None);
    };
    let (mut failure, mut at_risk) = (None, None);
    if let Some(now) = past_due_at {
        failure = last_failure(sql, key)?;
        if let (Some(customer), Some(subscription)) = (&it.customer, &it.subscription) {
            let facts = facts::of_customer(sql, &key.account, customer)?;
            let currency = facts
                .subscriptions
                .iter()
                .find(|own| own.id == subscription.as_str())
                .map_or(it.currency, |own| own.currency);
            at_risk = Some((monthly_of(&facts, subscription.as_str(), now), currency));
        }
    }
    let customer = it.customer.as_ref().map(ToString::to_string);
    let part = InvoicePart {
        invoice: it,
        failure,
        at_risk,
    };
    Ok(Some((customer, Part::Invoice(Box::new(part)))))
}

/// The latest attempt to pay an invoice, if it failed.
fn last_failure(sql: &Connection, key: &Key) -> Result<Option<Failure>, StoreError> {
    Ok(sql
        .prepare_cached(
            "SELECT p.id, p.failure_code, p.failure_message, p.card_brand, p.card_last4
             FROM invoice_payment x INDEXED BY invoice_payment_of_invoice
             LEFT JOIN payment_intent n ON n.account = x.account AND n.id = x.payment_intent
             JOIN payment p ON p.account = x.account AND p.id = coalesce(x.payment, n.latest_payment)
             WHERE x.account = ?1 AND x.invoice = ?2 AND x.deleted = 0 AND p.deleted = 0 AND p.status = 'failed'
             ORDER BY p.created DESC, p.id LIMIT 1",
        )?
        .query_row([&key.account, &key.id], |row| {
            Ok(Failure {
                payment: row.get(0)?,
                code: row.get(1)?,
                message: row.get(2)?,
                card: card(row.get(3)?, row.get(4)?),
            })
        })
        .optional()?)
}

fn card(brand: Option<String>, last4: Option<String>) -> Option<Card> {
    last4.map(|last4| Card { brand, last4 })
}

fn dispute_part(sql: &Connection, key: &Key) -> Result<Found, StoreError> {
    Ok(sql
        .prepare_cached(
            "SELECT t.id, t.payment, t.amount, t.currency, t.status, t.reason, t.created, t.due_by, p.customer, p.card_brand,
               p.card_last4
             FROM dispute t LEFT JOIN payment p ON p.account = t.account AND p.id = t.payment
             WHERE t.account = ?1 AND t.id = ?2",
        )?
        .query_row([&key.account, &key.id], |row| {
            let dispute = Dispute {
                id: row.get::<_, String>(0)?.into(),
                payment: row.get::<_, Option<String>>(1)?.map(Into::into),
                amount: Money::new(row.get(2)?, currency(row, 3)?),
                status: row.get(4)?,
                reason: row.get(5)?,
                created: instant(row, 6)?,
                due_by: instant_maybe(row, 7)?,
            };
            let customer: Option<CustomerId> = row.get::<_, Option<String>>(8)?.map(Into::into);
            let part = DisputePart {
                dispute,
                card: card(row.get(9)?, row.get(10)?),
            };
            Ok((
                customer.map(|id| id.to_string()),
                Part::Dispute(Box::new(part)),
            ))
        })
        .optional()?)
}
