//! The JSON of payment intents, charges, refunds and disputes.

use serde_json::{Value, json};

use super::{empty, joined, with};
use crate::calendar::DAY;
use crate::ids::{Sort, base62};
use crate::record::{Charge, Dispute, Failure, Intent, Refund};
use crate::stream::fold;
use crate::world::World;

impl World {
    pub(crate) fn intent_json(&self, record: &Intent) -> Value {
        let id = self.id(Sort::PaymentIntent, record.ix);
        let secret = base62(
            u128::from(fold(&[self.spec.seed, 13, u64::from(record.ix)])),
            20,
        );
        let error =
            record
                .failure
                .zip(record.latest_charge)
                .map(|((code, decline, message), charge)| {
                    json!({
                        "charge": self.id(Sort::Charge, charge),
                        "code": code,
                        "decline_code": decline,
                        "message": message,
                        "type": "card_error",
                    })
                });
        json!({
            "id": id,
            "object": "payment_intent",
            "allowed_payment_method_types": null,
            "amount": record.amount,
            "amount_capturable": 0,
            "amount_received": record.received,
            "application": null,
            "application_fee_amount": null,
            "automatic_payment_methods": null,
            "canceled_at": record.canceled_at,
            "cancellation_reason": record.canceled_at.map(|_| "void_invoice"),
            "capture_method": "automatic",
            "client_secret": format!("{id}_secret_{secret}"),
            "confirmation_method": "automatic",
            "created": record.created,
            "currency": record.currency.wire(),
            "customer": self.id(Sort::Customer, record.customer),
            "customer_account": null,
            "description": null,
            "excluded_payment_method_types": null,
            "last_payment_error": error,
            "latest_charge": record.latest_charge.map(|charge| self.id(Sort::Charge, charge)),
            "livemode": self.spec.livemode,
            "managed_payments": { "enabled": false },
            "metadata": empty(),
            "next_action": null,
            "on_behalf_of": null,
            "payment_method": (record.status == "succeeded").then(|| self.id(Sort::PaymentMethod, record.customer)),
            "payment_method_configuration_details": null,
            "payment_method_options": null,
            "payment_method_types": ["card"],
            "payment_record": null,
            "processing": null,
            "receipt_email": null,
            "review": null,
            "setup_future_usage": "off_session",
            "shipping": null,
            "source": null,
            "statement_descriptor": null,
            "statement_descriptor_suffix": null,
            "status": record.status,
            "transfer_data": null,
            "transfer_group": null,
        })
    }

    pub(crate) fn charge_json(&self, record: &Charge) -> Value {
        let customer = &self.customers[record.customer];
        let paid = record.failure.is_none();
        let head = json!({
            "id": self.id(Sort::Charge, record.ix),
            "object": "charge",
            "amount": record.amount,
            "amount_captured": if paid { record.amount } else { 0 },
            "amount_refunded": record.refunded,
            "balance_transaction": record.balance.map(|balance| self.id(Sort::BalanceTransaction, balance)),
            "calculated_statement_descriptor": "FOXGLOVE DESK",
            "captured": paid,
            "created": record.created,
            "currency": record.currency.wire(),
            "customer": self.id(Sort::Customer, record.customer),
            "disputed": record.disputed,
            "failure_code": record.failure.map(|(code, _, _)| code),
            "failure_message": record.failure.map(|(_, _, message)| message),
            "livemode": self.spec.livemode,
            "paid": paid,
            "payment_intent": self.id(Sort::PaymentIntent, record.intent),
            "payment_method": self.id(Sort::PaymentMethod, record.customer),
            "refunded": paid && record.refunded == record.amount,
            "status": if paid { "succeeded" } else { "failed" },
        });
        let card = self.card_json(record.card, customer.name.country().code);
        let head = with(
            head,
            "payment_method_details",
            with(json!({ "type": "card" }), "card", card),
        );
        let head = with(head, "billing_details", self.billing_details_json(customer));
        joined(
            with(head, "outcome", self.outcome(record)),
            json!({
                "application": null,
                "application_fee": null,
                "application_fee_amount": null,
                "description": null,
                "failure_balance_transaction": null,
                "fraud_details": {},
                "metadata": {},
                "on_behalf_of": null,
                "receipt_email": null,
                "receipt_number": null,
                "receipt_url": null,
                "review": null,
                "shipping": null,
                "source": null,
                "source_transfer": null,
                "statement_descriptor": null,
                "statement_descriptor_suffix": null,
                "transfer_data": null,
                "transfer_group": null,
            }),
        )
    }

    fn outcome(&self, record: &Charge) -> Value {
        let score = fold(&[self.spec.seed, 17, u64::from(record.ix)]) % 40;
        let (status, reason, seller, kind) = match record.failure {
            None => (
                "approved_by_network",
                None,
                "Payment complete.",
                "authorized",
            ),
            Some((_, decline, _)) => (
                "declined_by_network",
                Some(decline),
                "The bank did not return any further details with this decline.",
                "issuer_declined",
            ),
        };
        json!({
            "advice_code": record.failure.map(|_: Failure| "try_again_later"),
            "network_advice_code": null,
            "network_decline_code": null,
            "network_status": status,
            "reason": reason,
            "risk_level": "normal",
            "risk_score": score,
            "seller_message": seller,
            "type": kind,
        })
    }

    pub(crate) fn refund_json(&self, record: &Refund) -> Value {
        let charge = &self.charges[record.charge];
        json!({
            "id": self.id(Sort::Refund, record.ix),
            "object": "refund",
            "amount": record.amount,
            "balance_transaction": record.balance.map(|balance| self.id(Sort::BalanceTransaction, balance)),
            "charge": self.id(Sort::Charge, record.charge),
            "created": record.created,
            "currency": charge.currency.wire(),
            "customer": self.id(Sort::Customer, charge.customer),
            "customer_account": null,
            "destination_details": { "card": { "type": "refund" }, "type": "card" },
            "metadata": empty(),
            "payment_intent": self.id(Sort::PaymentIntent, charge.intent),
            "payment_method": self.id(Sort::PaymentMethod, charge.customer),
            "reason": record.reason,
            "receipt_number": null,
            "source_transfer_reversal": null,
            "status": "succeeded",
            "transfer_reversal": null,
        })
    }

    pub(crate) fn dispute_json(&self, record: &Dispute) -> Value {
        let charge = &self.charges[record.charge];
        let moves: Vec<Value> = record
            .balance
            .iter()
            .map(|balance| self.balance_transaction_json(&self.balance[*balance]))
            .collect();
        json!({
            "id": self.id(Sort::Dispute, record.ix),
            "object": "dispute",
            "amount": record.amount,
            "balance_transactions": moves,
            "charge": self.id(Sort::Charge, record.charge),
            "created": record.created,
            "currency": charge.currency.wire(),
            "enhanced_eligibility_types": [],
            "evidence": evidence(record.submitted),
            "evidence_details": {
                "due_by": record.due_by,
                "enhanced_eligibility": {},
                "has_evidence": record.submitted,
                "past_due": !record.submitted && self.now > record.due_by + DAY,
                "submission_count": u8::from(record.submitted),
                "submission_method": if record.submitted { "manual" } else { "not_submitted" },
            },
            "intended_submission_method": "manual",
            "is_charge_refundable": false,
            "livemode": self.spec.livemode,
            "metadata": empty(),
            "payment_intent": self.id(Sort::PaymentIntent, charge.intent),
            "payment_method_details": {
                "card": { "brand": charge.card.brand, "case_type": "chargeback", "network": charge.card.brand, "network_reason_code": "10.4" },
                "type": "card",
            },
            "reason": record.reason,
            "status": record.status,
        })
    }
}

fn evidence(submitted: bool) -> Value {
    json!({
        "access_activity_log": null,
        "billing_address": null,
        "cancellation_policy": null,
        "cancellation_policy_disclosure": null,
        "cancellation_rebuttal": null,
        "customer_communication": null,
        "customer_email_address": null,
        "customer_name": null,
        "customer_purchase_ip": null,
        "customer_signature": null,
        "duplicate_charge_documentation": null,
        "duplicate_charge_explanation": null,
        "duplicate_charge_id": null,
        "enhanced_evidence": {},
        "product_description": submitted.then_some("A subscription to our software."),
        "receipt": null,
        "refund_policy": null,
        "refund_policy_disclosure": null,
        "refund_refusal_explanation": null,
        "service_date": null,
        "service_documentation": null,
        "shipping_address": null,
        "shipping_carrier": null,
        "shipping_date": null,
        "shipping_documentation": null,
        "shipping_tracking_number": null,
        "uncategorized_file": null,
        "uncategorized_text": null,
    })
}
