//! How the world's records are written as the provider's JSON.
//!
//! Each file writes one family of objects, exactly with the fields of the pinned API version: present ones present, absent
//! ones absent, nullable ones null. `expand` knows which references can be followed. Nothing here decides anything; it only
//! tells what the records say.
//!
//! Invariant: the JSON of a record depends on that record, on things that never change, and, for the state of the present
//! (`valid`, `active`, redemption counts), on the world's now.

pub(crate) mod balance;
pub(crate) mod catalogue;
pub(crate) mod checkout;
pub(crate) mod clock;
pub(crate) mod credit;
pub(crate) mod customer;
pub(crate) mod event;
pub(crate) mod expand;
pub(crate) mod invoice;
pub(crate) mod invoice_line;
pub(crate) mod payment;
pub(crate) mod schedule;
pub(crate) mod subscription;

use serde_json::{Map, Value, json};

use crate::ids::Sort;
use crate::world::World;

/// Joins two JSON objects; large ones are written in two parts.
pub(crate) fn joined(mut first: Value, second: Value) -> Value {
    if let (Some(target), Value::Object(more)) = (first.as_object_mut(), second) {
        target.extend(more);
    }
    first
}

/// Adds a field whose value exists already. The `json!` macro would copy it through and through, which for pages, lines
/// and items is most of the cost of an answer.
pub(crate) fn with(mut object: Value, field: &str, value: Value) -> Value {
    if let Some(fields) = object.as_object_mut() {
        fields.insert(field.to_owned(), value);
    }
    object
}

/// A list object as it is embedded in others.
pub(crate) fn list(url: &str, data: Vec<Value>, has_more: bool) -> Value {
    with(
        json!({ "object": "list", "has_more": has_more, "url": url }),
        "data",
        Value::Array(data),
    )
}

/// An object without entries.
pub(crate) fn empty() -> Value {
    Value::Object(Map::new())
}

/// A decimal string of ten-thousandths, without needless zeros.
pub(crate) fn decimal(e4: i64) -> String {
    let (whole, rest) = (e4.div_euclid(10_000), e4.rem_euclid(10_000));
    if rest == 0 {
        whole.to_string()
    } else {
        format!("{whole}.{}", format!("{rest:04}").trim_end_matches('0'))
    }
}

impl World {
    /// The id of a record.
    pub(crate) fn id(&self, sort: Sort, n: impl Into<u64>) -> String {
        self.ids.encode(sort, n.into())
    }

    /// The account's id.
    pub(crate) fn account_id(&self) -> String {
        let bits = u128::from(crate::stream::fold(&[self.spec.seed, 77])) << 40 | 0x51;
        format!("acct_1{}", crate::ids::base62(bits, 15))
    }

    /// The object of the world's own that an id names, without what requests wrote to it.
    pub(crate) fn own_object(&self, id: &str) -> Option<Value> {
        if let Some(coupon) = self.coupons.iter().find(|coupon| coupon.id == id) {
            return Some(self.coupon_json(coupon));
        }
        let (sort, n) = self.ids.decode(id)?;
        let ix = u32::try_from(n).ok();
        match sort {
            Sort::Customer => Some(self.customer_json(self.customers.find(ix?)?)),
            Sort::Product => Some(self.product_json(self.catalogue.products.find(ix?)?)),
            Sort::Price => Some(self.price_json(self.catalogue.prices.find(ix?)?)),
            Sort::PromotionCode => self.promotion_json(ix?),
            Sort::Subscription => Some(self.subscription_json(self.subscriptions.find(ix?)?)),
            Sort::SubscriptionItem => {
                let (subscription, seq) = crate::ids::unnested(n);
                let record = self.subscriptions.find(subscription)?;
                Some(self.item_json(record, record.items.iter().find(|item| item.seq == seq)?))
            }
            Sort::Invoice => Some(self.invoice_json(self.invoices.find(ix?)?)),
            Sort::InvoiceItem => Some(self.invoice_item_json(self.invoice_items.find(ix?)?)),
            Sort::InvoicePayment => Some(self.invoice_payment_json(self.payments.find(ix?)?)),
            Sort::PaymentIntent => Some(self.intent_json(self.intents.find(ix?)?)),
            Sort::Charge => Some(self.charge_json(self.charges.find(ix?)?)),
            Sort::Refund => Some(self.refund_json(self.refunds.find(ix?)?)),
            Sort::Dispute => Some(self.dispute_json(self.disputes.find(ix?)?)),
            Sort::BalanceTransaction => {
                Some(self.balance_transaction_json(self.balance.find(ix?)?))
            }
            Sort::Discount => Some(self.discount_json(self.discounts.find(ix?)?)),
            Sort::PaymentMethod => Some(self.payment_method_json(self.customers.find(ix?)?)),
            Sort::Event => {
                let place = self.events.place(n)?;
                Some(self.event_json(self.events.kept().get(place as usize)?))
            }
            Sort::Schedule => Some(self.schedule_json(self.schedules.find(ix?)?)),
            Sort::CreditNote => Some(self.credit_note_json(self.credit_notes.find(ix?)?)),
            Sort::Credit => Some(self.credit_json(self.credits.find(ix?)?)),
            Sort::Meter => self.meter_json(ix?),
            Sort::Session => Some(self.session_json(self.sessions.find(ix?)?)),
            Sort::PaymentLink => self.payment_link_json(ix?),
            Sort::TestClock => ix
                .filter(|ix| *ix < self.clocks)
                .map(|ix| self.clock_json(ix)),
            Sort::LineItem
            | Sort::CreditNoteLine
            | Sort::SessionItem
            | Sort::TaxRate
            | Sort::Request => None,
        }
    }

    /// A fingerprint of everything the API would show and of the truth behind it: equal worlds have equal fingerprints.
    #[must_use]
    pub fn fingerprint(&self) -> u64 {
        use std::hash::{DefaultHasher, Hash, Hasher};
        let mut hasher = DefaultHasher::new();
        let mut write = |value: Value| value.to_string().hash(&mut hasher);
        self.customers
            .iter()
            .for_each(|record| write(self.customer_json(record)));
        self.subscriptions
            .iter()
            .for_each(|record| write(self.subscription_json(record)));
        for record in self.invoices.iter() {
            write(self.invoice_json(record));
            record
                .lines
                .iter()
                .enumerate()
                .for_each(|(n, line)| write(self.line_json(record, n as u16, line)));
        }
        self.invoice_items
            .iter()
            .for_each(|record| write(self.invoice_item_json(record)));
        self.payments
            .iter()
            .for_each(|record| write(self.invoice_payment_json(record)));
        self.intents
            .iter()
            .for_each(|record| write(self.intent_json(record)));
        self.charges
            .iter()
            .for_each(|record| write(self.charge_json(record)));
        self.refunds
            .iter()
            .for_each(|record| write(self.refund_json(record)));
        self.disputes
            .iter()
            .for_each(|record| write(self.dispute_json(record)));
        self.balance
            .iter()
            .for_each(|record| write(self.balance_transaction_json(record)));
        self.discounts
            .iter()
            .for_each(|record| write(self.discount_json(record)));
        self.events
            .kept()
            .iter()
            .for_each(|record| write(self.event_json(record)));
        self.credits
            .iter()
            .for_each(|record| write(self.credit_json(record)));
        self.credit_notes
            .iter()
            .for_each(|record| write(self.credit_note_json(record)));
        self.schedules
            .iter()
            .for_each(|record| write(self.schedule_json(record)));
        self.sessions
            .iter()
            .for_each(|record| write(self.session_json(record)));
        self.pasts
            .iter()
            .for_each(|past| past.marks.hash(&mut hasher));
        hasher.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::decimal;

    #[test]
    fn decimals_carry_no_needless_zeros() {
        for (e4, text) in [
            (10_000, "1"),
            (1_497_525, "149.7525"),
            (15_000, "1.5"),
            (5, "0.0005"),
        ] {
            assert_eq!(decimal(e4), text);
        }
    }
}
