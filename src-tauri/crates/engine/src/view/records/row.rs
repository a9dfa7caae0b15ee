//! One row of a list: amounts as money, states as words, days as days and how far away they are.

use crate::api::types::{MoneyView, RecordList, RecordRow, RecordTwin};
use crate::view::customers::amounts;
use crate::view::money::{day, money};
use crate::view::words;
use chrono::{Datelike as _, Months, NaiveDate};
use coffer_domain::Instant;
use coffer_domain::currency::Currency;
use coffer_domain::ids::AccountId;
use coffer_domain::money::Money;
use coffer_domain::ratio::Ratio;
use coffer_domain::record::{InvoiceStatus, Kind, Subscription, SubscriptionStatus};
use coffer_store::query::customers::CustomerLine;
use coffer_store::query::object;
use coffer_store::query::records::{
    Card, DisputePart, InvoicePart, Line, Part, PaymentPart, SubscriptionPart, Twin,
};
use coffer_store::{Read, StoreError};
use serde_json::Value;

/// Days before its end in which a card's end is told.
const CARD_SOON_DAYS: i64 = 60;

pub(super) fn row(
    read: &Read<'_>,
    line: &Line,
    now: Instant,
    list: RecordList,
) -> Result<RecordRow, StoreError> {
    let mut row = bare(line);
    match &line.part {
        Part::Customer(it) => customer(&mut row, it),
        Part::Subscription(part) => {
            subscription(&mut row, part, now);
            if list == RecordList::Trials {
                trial(read, &mut row, part, now)?;
            }
        }
        Part::Payment(part) => payment(&mut row, part),
        Part::Invoice(part) => {
            invoice(&mut row, part, now);
            if list == RecordList::Recovery {
                recovery(read, &mut row, part, now)?;
            }
        }
        Part::Dispute(part) => dispute(&mut row, part, now),
    }
    Ok(row)
}

fn bare(line: &Line) -> RecordRow {
    RecordRow {
        id: line.id.clone(),
        account: line.account.clone(),
        provider: line.provider.clone(),
        customer: line.customer.clone(),
        name: line.name.clone(),
        email: line.email.clone(),
        state: String::new(),
        what: String::new(),
        reason: None,
        amount: None,
        besides: None,
        created: String::new(),
        date: None,
        days_left: None,
        outlook: None,
        attempts: None,
        discounts: Vec::new(),
        card: None,
        card_note: None,
        has_card: None,
        again: false,
        twin: None,
        country: None,
        mrr: Vec::new(),
        paid: Vec::new(),
    }
}

fn customer(row: &mut RecordRow, it: &CustomerLine) {
    row.state.clone_from(&it.summary.standing);
    row.country.clone_from(&it.country);
    row.created = day(it.created);
    row.mrr = amounts(&it.summary.mrr);
    row.paid = amounts(&it.summary.paid);
}

fn dated(row: &mut RecordRow, at: Option<Instant>, now: Instant) {
    row.date = at.map(day);
    row.days_left = at.map(|at| (at.date_naive() - now.date_naive()).num_days());
}

/// Minor units of a month, where they are something.
fn monthly(ratio: Ratio, currency: Currency) -> Option<MoneyView> {
    let minor = ratio.round_half_even().ok().filter(|minor| *minor != 0)?;
    Some(money(Money::new(minor, currency)))
}

fn subscription(row: &mut RecordRow, part: &SubscriptionPart, now: Instant) {
    let it = &part.subscription;
    let plans: Vec<String> = part
        .plans
        .iter()
        .map(|(name, quantity)| match quantity {
            Some(quantity) if *quantity != 1 => format!("{name} × {quantity}"),
            _ => name.clone(),
        })
        .collect();
    row.what = plans.join(" + ");
    it.status.as_str().clone_into(&mut row.state);
    row.amount = monthly(part.monthly, it.currency);
    row.created = day(it.start);
    row.outlook = Some(words::outlook(it));
    dated(row, turn(it), now);
    row.discounts = part
        .discounts
        .iter()
        .filter(|(it, _)| it.start <= now && it.end.is_none_or(|end| end > now))
        .map(|(it, coupon)| words::discount(it, coupon.as_ref()))
        .collect();
}

/// When something happens to a subscription next, or when it ended.
fn turn(it: &Subscription) -> Option<Instant> {
    let period_end = it.items.iter().filter_map(|item| item.period_end).min();
    match it.status {
        SubscriptionStatus::Canceled => it.ended_at.or(it.canceled_at),
        SubscriptionStatus::Trialing => it.trial_end,
        SubscriptionStatus::CancelPending => it.cancel_at.or(period_end),
        SubscriptionStatus::Active | SubscriptionStatus::PastDue => period_end,
        _ => None,
    }
}

fn trial(
    read: &Read<'_>,
    row: &mut RecordRow,
    part: &SubscriptionPart,
    now: Instant,
) -> Result<(), StoreError> {
    let it = &part.subscription;
    dated(row, it.trial_end, now);
    row.again = part.again;
    let state = match it.status {
        SubscriptionStatus::Trialing => "trialing",
        _ if part.converted => "converted",
        SubscriptionStatus::Canceled
        | SubscriptionStatus::IncompleteExpired
        | SubscriptionStatus::Unpaid
        | SubscriptionStatus::Paused => "lost",
        _ => "trial_over",
    };
    state.clone_into(&mut row.state);
    if state == "trialing" {
        row.has_card = has_card(read, row, it)?;
    }
    Ok(())
}

/// Whether the provider has something to collect with: the subscription's own, else the customer's.
fn has_card(
    read: &Read<'_>,
    row: &RecordRow,
    it: &Subscription,
) -> Result<Option<bool>, StoreError> {
    let own = json(read, &row.account, Kind::Subscriptions, it.id.as_str())?;
    let theirs = json(read, &row.account, Kind::Customers, it.customer.as_str())?;
    let there = |value: Option<&Value>| value.is_some_and(|value| !value.is_null());
    let named = |object: &Option<Value>| {
        object.as_ref().is_some_and(|object| {
            there(object.get("default_payment_method")) || there(object.get("default_source"))
        })
    };
    let settings = theirs
        .as_ref()
        .and_then(|it| it.get("invoice_settings"))
        .cloned();
    if named(&own) || named(&theirs) || named(&settings) {
        return Ok(Some(true));
    }
    Ok(theirs.is_some().then_some(false))
}

fn json(read: &Read<'_>, account: &str, kind: Kind, id: &str) -> Result<Option<Value>, StoreError> {
    let found = object::of_kind(read.sql(), &AccountId::new(account), kind, id)?;
    Ok(found.and_then(|found| serde_json::from_str(&found.json).ok()))
}

fn payment(row: &mut RecordRow, part: &PaymentPart) {
    let it = &part.payment;
    it.status.as_str().clone_into(&mut row.state);
    row.card = card_text(it.card_brand.as_deref(), it.card_last4.as_deref());
    row.what = it.description.clone().unwrap_or_default();
    row.amount = Some(money(it.amount));
    row.besides = (it.amount_refunded != 0)
        .then(|| money(Money::new(it.amount_refunded, it.amount.currency)));
    row.created = day(it.created);
    row.reason = if it.disputed {
        Some("contested".to_owned())
    } else {
        why(it.failure_code.as_deref(), it.failure_message.as_deref())
    };
    row.twin = part.twin.as_ref().map(|twin| RecordTwin {
        id: twin.id.clone(),
        text: twin_text(twin, it.created),
    });
}

fn twin_text(twin: &Twin, created: Instant) -> String {
    let apart = (created - twin.created).num_minutes();
    let (minutes, side) = (
        apart.unsigned_abs(),
        if apart < 0 { "later" } else { "earlier" },
    );
    let span = match minutes {
        0 => "within the same minute".to_owned(),
        1 => format!("one minute {side}"),
        2..=119 => format!("{minutes} minutes {side}"),
        _ => format!("{} hours {side}", minutes / 60),
    };
    format!(
        "The same amount was paid as {} on {}, {span}. Neither was refunded.",
        twin.id,
        day(twin.created)
    )
}

/// A failure in words: its code is short and the same everywhere.
fn why(code: Option<&str>, message: Option<&str>) -> Option<String> {
    code.map(|code| code.replace('_', " "))
        .or_else(|| message.map(str::to_owned))
}

fn card_text(brand: Option<&str>, last4: Option<&str>) -> Option<String> {
    let last4 = last4?;
    Some(match brand {
        Some(brand) => format!("{} {last4}", words::brand(brand)),
        None => last4.to_owned(),
    })
}

fn card_of(card: Option<&Card>) -> Option<String> {
    card.and_then(|card| card_text(card.brand.as_deref(), Some(&card.last4)))
}

fn invoice(row: &mut RecordRow, part: &InvoicePart, now: Instant) {
    let it = &part.invoice;
    row.what = it.number.clone().unwrap_or_else(|| it.id.to_string());
    it.status.as_str().clone_into(&mut row.state);
    row.amount = Some(money(Money::new(it.total, it.currency)));
    let owed = matches!(
        it.status,
        InvoiceStatus::Open | InvoiceStatus::Uncollectible
    );
    row.besides = (owed && it.amount_remaining != 0)
        .then(|| money(Money::new(it.amount_remaining, it.currency)));
    row.created = day(it.created);
    row.attempts = Some(it.attempt_count);
    dated(row, it.due, now);
    if it.status != InvoiceStatus::Open {
        row.days_left = None;
    }
}

fn recovery(
    read: &Read<'_>,
    row: &mut RecordRow,
    part: &InvoicePart,
    now: Instant,
) -> Result<(), StoreError> {
    let it = &part.invoice;
    row.amount = Some(money(Money::new(it.amount_remaining, it.currency)));
    row.besides = part
        .at_risk
        .and_then(|(ratio, currency)| monthly(ratio, currency));
    row.outlook = Some(match (it.next_attempt, it.attempt_count, it.due) {
        (Some(at), _, _) => format!("Tried again on {}", day(at)),
        (None, 0, Some(due)) => format!("Sent to be paid; was due on {}", day(due)),
        _ => "Not tried again".to_owned(),
    });
    dated(row, it.next_attempt, now);
    let state = match (it.next_attempt, it.attempt_count) {
        (Some(_), _) => "retrying",
        (None, 0) => "overdue",
        _ => "given_up",
    };
    state.clone_into(&mut row.state);
    if let Some(failure) = &part.failure {
        row.reason = why(failure.code.as_deref(), failure.message.as_deref());
        row.card = card_of(failure.card.as_ref());
        let charge = json(read, &row.account, Kind::Charges, &failure.payment)?;
        row.card_note = charge.and_then(|charge| card_note(&charge, now.date_naive()));
    }
    Ok(())
}

/// A card is good until the end of its month.
fn card_note(charge: &Value, today: NaiveDate) -> Option<String> {
    let card = charge.get("payment_method_details")?.get("card")?;
    let month = u32::try_from(card.get("exp_month")?.as_u64()?).ok()?;
    let year = i32::try_from(card.get("exp_year")?.as_i64()?).ok()?;
    let first = NaiveDate::from_ymd_opt(year, month, 1)?;
    let last = first.checked_add_months(Months::new(1))?.pred_opt()?;
    let text = format!("{:02}/{}", first.month(), first.year());
    if last < today {
        return Some(format!("expired {text}"));
    }
    ((last - today).num_days() <= CARD_SOON_DAYS).then(|| format!("expires {text}"))
}

fn dispute(row: &mut RecordRow, part: &DisputePart, now: Instant) {
    let it = &part.dispute;
    row.what = it.reason.replace('_', " ");
    row.state.clone_from(&it.status);
    row.amount = Some(money(it.amount));
    row.card = card_of(part.card.as_ref());
    row.created = day(it.created);
    dated(row, it.due_by, now);
    if !matches!(
        it.status.as_str(),
        "needs_response" | "warning_needs_response"
    ) {
        row.days_left = None;
    }
}

#[cfg(test)]
mod tests {
    use super::card_note;
    use chrono::NaiveDate;
    use serde_json::json;

    #[test]
    fn a_card_is_good_until_its_month_is_over() {
        let note = |month: u32, year: i32| {
            let charge = json!({ "payment_method_details": { "card": { "exp_month": month, "exp_year": year } } });
            card_note(&charge, NaiveDate::from_ymd_opt(2026, 11, 30).unwrap())
        };
        assert_eq!(note(10, 2026).as_deref(), Some("expired 10/2026"));
        assert_eq!(note(11, 2026).as_deref(), Some("expires 11/2026"));
        assert_eq!(note(12, 2026).as_deref(), Some("expires 12/2026"));
        assert_eq!(note(3, 2027), None);
        assert_eq!(card_note(&json!({}), NaiveDate::MAX), None);
    }
}
