//! The JSON of balance transactions and of the balance itself.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::currency::Currency;
use crate::ids::Sort;
use crate::record::{BalanceTransaction, Moved};
use crate::world::World;

impl World {
    pub(crate) fn balance_source(&self, record: &BalanceTransaction) -> String {
        match record.moved {
            Moved::Charge(charge) => self.id(Sort::Charge, charge),
            Moved::Refund(refund) => self.id(Sort::Refund, refund),
            Moved::DisputeOpened(dispute) | Moved::DisputeWon(dispute) => {
                self.id(Sort::Dispute, dispute)
            }
        }
    }

    pub(crate) fn balance_transaction_json(&self, record: &BalanceTransaction) -> Value {
        let (kind, category, description) = balance_kind(record.moved);
        let fees = if record.fee == 0 {
            Vec::new()
        } else {
            let described = if kind == "charge" {
                "Stripe processing fees"
            } else {
                "Dispute fee"
            };
            vec![json!({
                "amount": record.fee,
                "application": null,
                "currency": record.currency.wire(),
                "description": described,
                "type": "stripe_fee",
            })]
        };
        json!({
            "id": self.id(Sort::BalanceTransaction, record.ix),
            "object": "balance_transaction",
            "amount": record.amount,
            "available_on": record.available_on,
            "balance_type": "payments",
            "created": record.created,
            "currency": record.currency.wire(),
            "description": description,
            "exchange_rate": null,
            "fee": record.fee,
            "fee_details": fees,
            "net": record.amount - record.fee,
            "reporting_category": category,
            "source": self.balance_source(record),
            "status": if record.available_on <= self.now { "available" } else { "pending" },
            "type": kind,
        })
    }

    pub(crate) fn balance_json(&self) -> Value {
        let mut sums: BTreeMap<Currency, (i64, i64)> = BTreeMap::from([(Currency::Usd, (0, 0))]);
        for record in self.balance.iter() {
            let (available, pending) = sums.entry(record.currency).or_default();
            *(if record.available_on <= self.now {
                available
            } else {
                pending
            }) += record.amount - record.fee;
        }
        let part = |amount: i64, currency: Currency| json!({ "amount": amount, "currency": currency.wire(), "source_types": { "card": amount } });
        json!({
            "object": "balance",
            "available": sums.iter().map(|(currency, (available, _))| part(*available, *currency)).collect::<Vec<_>>(),
            "livemode": self.spec.livemode,
            "pending": sums.iter().map(|(currency, (_, pending))| part(*pending, *currency)).collect::<Vec<_>>(),
        })
    }
}

/// Type, reporting category and description of a movement.
pub(crate) const fn balance_kind(
    moved: Moved,
) -> (&'static str, &'static str, Option<&'static str>) {
    match moved {
        Moved::Charge(_) => ("charge", "charge", None),
        Moved::Refund(_) => ("refund", "refund", Some("REFUND FOR CHARGE")),
        Moved::DisputeOpened(_) => ("adjustment", "dispute", Some("Chargeback withdrawal")),
        Moved::DisputeWon(_) => (
            "adjustment",
            "dispute_reversal",
            Some("Chargeback reversal"),
        ),
    }
}
