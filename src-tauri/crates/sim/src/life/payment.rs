//! How invoices are collected: finalising, charging, retrying, waiting for a transfer.
//!
//! A finalised invoice has one payment intent and one invoice payment; each attempt is a charge under that intent. A
//! failed renewal makes the subscription past due and is tried again after three, five and seven days; then the
//! subscription ends. Invoices that are sent are paid by hand, late or never.
//!
//! Invariant: an invoice's amount paid is the sum of its paid invoice payments, and equals what was due once it is paid.

use crate::calendar::{DAY, HOUR, Term};
use crate::currency::Currency;
use crate::life::Happening;
use crate::life::credit::Movement;
use crate::record::{
    BalanceTransaction, Charge, Failure, Intent, InvoicePayment, InvoiceStatus, Moved, Status,
};
use crate::world::{Temper, World};

const DECLINES: [Failure; 4] = [
    (
        "card_declined",
        "insufficient_funds",
        "Your card has insufficient funds.",
    ),
    (
        "card_declined",
        "generic_decline",
        "Your card was declined.",
    ),
    ("expired_card", "expired_card", "Your card has expired."),
    ("card_declined", "do_not_honor", "Your card was declined."),
];

/// What the provider keeps of a charge.
fn fee(currency: Currency, amount: i64) -> i64 {
    currency.round(i128::from(amount) * 29, 1000) + currency.price_point(30).max(currency.step())
}

impl World {
    /// Gives a draft its number and opens it; what needs no payment is paid at once.
    pub(super) fn finalize(&mut self, at: i64, invoice: u32) {
        let before = self.keep_invoice(at, invoice);
        let customer = self.invoices[invoice].customer;
        let owner = self.keep_customer(at, customer);
        let (balance, number) = (
            self.balance_in(customer, self.invoices[invoice].currency),
            self.customers[customer].next_number,
        );
        let record = &mut self.invoices[invoice];
        let sum = record.total + balance;
        record.status = InvoiceStatus::Open;
        record.number = Some(number);
        record.finalized_at = Some(at);
        record.finalizes_at = None;
        record.starting_balance = balance;
        record.ending_balance = Some(sum.min(0));
        record.amount_due = sum.max(0);
        record.next_attempt = None;
        record.due_date = record.send_invoice.then_some(at + 30 * DAY);
        let (due, currency, sent) = (record.amount_due, record.currency, record.send_invoice);
        self.customers[customer].next_number = number + 1;
        if sum.min(0) != balance {
            let moved = Movement {
                amount: sum.min(0) - balance,
                kind: "applied_to_invoice",
                invoice: Some(invoice),
                ..Movement::default()
            };
            self.move_credit(at, customer, moved, owner);
        }
        if due > 0 {
            let card = self.customers[customer].card;
            let intent = self.intents.push(|ix| Intent {
                ix,
                customer,
                created: at,
                amount: due,
                received: 0,
                currency,
                status: "requires_payment_method",
                failure: None,
                latest_charge: None,
                canceled_at: None,
                card,
                invoice,
            });
            let payment = self.payments.push(|ix| InvoicePayment {
                ix,
                invoice,
                intent,
                created: at,
                amount: due,
                currency,
                paid_at: None,
                canceled_at: None,
            });
            self.invoices[invoice].payment = Some(payment);
            self.note_intent(at, "payment_intent.created", intent, None);
        }
        self.note_invoice(at, "invoice.finalized", invoice, before);
        if sent {
            self.note_invoice(at, "invoice.sent", invoice, None);
        }
    }

    /// An hour after a renewal: the draft is finalised and collected.
    pub(super) fn finalize_and_collect(&mut self, at: i64, invoice: u32) {
        let record = &self.invoices[invoice];
        let (customer, subscription) = (record.customer, record.subscription);
        let ended = subscription
            .is_some_and(|subscription| self.subscriptions[subscription].status.ended());
        if record.status != InvoiceStatus::Draft
            || ended
            || self.customers[customer].deleted_at.is_some()
        {
            let before = self.keep_invoice(at, invoice);
            self.invoices[invoice].finalizes_at = None;
            self.invoices[invoice].next_attempt = None;
            self.note_invoice(at, "invoice.updated", invoice, before);
            return;
        }
        self.finalize(at, invoice);
        let (due, sent) = (
            self.invoices[invoice].amount_due,
            self.invoices[invoice].send_invoice,
        );
        let dice = self.dice(customer);
        let (fails, delay) = (dice.per_mille(42), dice.between(DAY, 26 * DAY));
        let (late, never) = (dice.per_mille(140), dice.per_mille(30));
        let (fails, never) = match self.souls[customer].temper {
            Temper::Natural => (fails, never),
            Temper::LaterDeclined => (true, true),
            Temper::Steady | Temper::FirstDeclined => (false, false),
        };
        if self.goes_uncollected(at, invoice) {
            return;
        }
        if due == 0 {
            self.pay(at, invoice);
        } else if sent {
            self.plan(customer, at + 30 * DAY, Happening::Overdue(invoice));
            match (never, late) {
                (true, _) => self.plan(customer, at + 45 * DAY, Happening::GiveUp(invoice)),
                (false, true) => self.plan(
                    customer,
                    at + 30 * DAY + delay / 2,
                    Happening::PayByHand(invoice),
                ),
                (false, false) => self.plan(customer, at + delay, Happening::PayByHand(invoice)),
            }
        } else if fails && subscription.is_some() {
            self.decline(at, invoice, Some(at + 3 * DAY));
            self.set_status(at, invoice, Status::Active, Status::PastDue);
            self.plan(
                customer,
                at + 3 * DAY,
                Happening::Retry {
                    invoice,
                    first_failed: at,
                },
            );
        } else {
            self.pay(at, invoice);
        }
    }

    /// Moves the subscription of an invoice from one status to another.
    pub(super) fn set_status(&mut self, at: i64, invoice: u32, from: Status, to: Status) {
        let Some(subscription) = self.invoices[invoice]
            .subscription
            .filter(|ix| self.subscriptions[*ix].status == from)
        else {
            return;
        };
        let before = self.keep_subscription(at, subscription);
        self.subscriptions[subscription].status = to;
        self.mark(at, subscription);
        self.note_subscription(at, "customer.subscription.updated", subscription, before);
    }

    /// Gives an invoice up.
    pub(super) fn write_off(&mut self, at: i64, invoice: u32, reason: &'static str) {
        let before = self.keep_invoice(at, invoice);
        let record = &mut self.invoices[invoice];
        record.status = InvoiceStatus::Uncollectible;
        record.uncollectible_at = Some(at);
        record.written_off_for = reason;
        self.note_invoice(at, "invoice.marked_uncollectible", invoice, before);
    }

    fn set_delinquent(&mut self, at: i64, customer: u32, delinquent: bool) {
        if self.customers[customer].delinquent != delinquent
            && self.customers[customer].deleted_at.is_none()
        {
            let before = self.keep_customer(at, customer);
            self.customers[customer].delinquent = delinquent;
            self.note_customer(at, "customer.updated", customer, before);
        }
    }

    fn new_charge(&mut self, at: i64, payment: u32, failure: Option<Failure>) -> u32 {
        let intent = self.payments[payment].intent;
        let (customer, amount, currency) = (
            self.intents[intent].customer,
            self.intents[intent].amount,
            self.intents[intent].currency,
        );
        let card = self.customers[customer].card;
        let balance = failure.is_none().then(|| {
            let number = self.charges.len();
            self.move_balance(
                at,
                amount,
                fee(currency, amount),
                currency,
                Moved::Charge(number),
            )
        });
        self.charges.push(|ix| Charge {
            ix,
            intent,
            customer,
            created: at,
            amount,
            refunded: 0,
            currency,
            failure,
            disputed: false,
            balance,
            card,
        })
    }

    pub(crate) fn move_balance(
        &mut self,
        at: i64,
        amount: i64,
        fee: i64,
        currency: Currency,
        moved: Moved,
    ) -> u32 {
        // Money is available on the second midnight after it came.
        let available_on = (at / DAY + 2) * DAY;
        self.balance.push(|ix| BalanceTransaction {
            ix,
            created: at,
            available_on,
            amount,
            fee,
            currency,
            moved,
        })
    }

    /// An attempt fails.
    pub(super) fn decline(&mut self, at: i64, invoice: u32, next_attempt: Option<i64>) {
        let Some(payment) = self.invoices[invoice].payment else {
            return;
        };
        let (customer, intent) = (
            self.invoices[invoice].customer,
            self.payments[payment].intent,
        );
        let (before, intent_before) =
            (self.keep_invoice(at, invoice), self.keep_intent(at, intent));
        let failure = self.dice(customer).below(DECLINES.len() as u64) as usize;
        let failure = DECLINES.get(failure).copied().unwrap_or((
            "card_declined",
            "generic_decline",
            "Your card was declined.",
        ));
        let charge = self.new_charge(at, payment, Some(failure));
        let record = &mut self.intents[intent];
        record.failure = Some(failure);
        record.latest_charge = Some(charge);
        let record = &mut self.invoices[invoice];
        record.attempt_count += 1;
        record.next_attempt = next_attempt;
        self.note_charge(at, "charge.failed", charge, None);
        self.note_intent(at, "payment_intent.payment_failed", intent, intent_before);
        self.note_invoice(at, "invoice.updated", invoice, before);
        self.note_invoice(at, "invoice.payment_failed", invoice, None);
        if self.invoices[invoice].reason == "subscription_cycle" {
            self.set_delinquent(at, customer, true);
        }
    }

    /// An attempt succeeds, or nothing was due.
    pub(super) fn pay(&mut self, at: i64, invoice: u32) {
        let before = self.keep_invoice(at, invoice);
        let customer = self.invoices[invoice].customer;
        if let Some(payment) = self.invoices[invoice].payment {
            let intent = self.payments[payment].intent;
            let charge = self.new_charge(at, payment, None);
            let amount = self.intents[intent].amount;
            let (intent_before, payment_before) =
                (self.keep_intent(at, intent), self.keep_payment(at, payment));
            let record = &mut self.intents[intent];
            (
                record.status,
                record.received,
                record.latest_charge,
                record.failure,
            ) = ("succeeded", amount, Some(charge), None);
            self.payments[payment].paid_at = Some(at);
            self.invoices[invoice].amount_paid = amount;
            self.invoices[invoice].attempt_count += 1;
            self.note_charge(at, "charge.succeeded", charge, None);
            self.note_intent(at, "payment_intent.succeeded", intent, intent_before);
            self.note_payment(at, "invoice_payment.paid", payment, payment_before);
            self.plan_aftermath(at, customer, charge);
        }
        let record = &mut self.invoices[invoice];
        record.status = InvoiceStatus::Paid;
        record.paid_at = Some(at);
        record.next_attempt = None;
        self.note_invoice(at, "invoice.updated", invoice, before);
        self.note_invoice(at, "invoice.paid", invoice, None);
        self.note_invoice(at, "invoice.payment_succeeded", invoice, None);
        self.set_delinquent(at, customer, false);
    }

    /// A retry of a failed renewal.
    pub(super) fn retry(&mut self, at: i64, invoice: u32, first_failed: i64) {
        let record = &self.invoices[invoice];
        let (customer, subscription) = (record.customer, record.subscription);
        let ended =
            subscription.is_none_or(|subscription| self.subscriptions[subscription].status.ended());
        if record.status != InvoiceStatus::Open || ended {
            self.invoices[invoice].next_attempt = None;
            return;
        }
        let weekly =
            subscription.is_some_and(|subscription| self.term(subscription) == Term::Weekly);
        let paid = self.dice(customer).per_mille(380);
        if paid && self.souls[customer].temper != Temper::LaterDeclined {
            self.pay(at, invoice);
            self.set_status(at, invoice, Status::PastDue, Status::Active);
            return;
        }
        let next = match (at - first_failed) / DAY {
            3 => Some(first_failed + 5 * DAY),
            5 if !weekly => Some(first_failed + 7 * DAY),
            _ => None,
        };
        self.decline(at, invoice, next);
        match next {
            Some(next) => self.plan(
                customer,
                next,
                Happening::Retry {
                    invoice,
                    first_failed,
                },
            ),
            None => self.give_up(at, invoice),
        }
    }

    /// The money of a sent invoice arrives.
    pub(super) fn pay_by_hand(&mut self, at: i64, invoice: u32) {
        if self.invoices[invoice].status == InvoiceStatus::Open
            && self.customers[self.invoices[invoice].customer]
                .deleted_at
                .is_none()
        {
            self.pay(at, invoice);
            self.set_status(at, invoice, Status::PastDue, Status::Active);
        }
    }

    /// A sent invoice has not been paid in time.
    pub(super) fn overdue(&mut self, at: i64, invoice: u32) {
        if self.invoices[invoice].status == InvoiceStatus::Open {
            self.note_invoice(at, "invoice.overdue", invoice, None);
            self.set_status(at, invoice, Status::Active, Status::PastDue);
        }
    }

    /// Collection has failed for good: the subscription ends, the invoice stays open or is written off.
    pub(super) fn give_up(&mut self, at: i64, invoice: u32) {
        if self.invoices[invoice].status != InvoiceStatus::Open {
            return;
        }
        let customer = self.invoices[invoice].customer;
        if self.souls[customer].temper != Temper::Natural {
            self.set_status(at, invoice, Status::PastDue, Status::Unpaid);
            return;
        }
        if self.dice(customer).per_mille(500) {
            self.write_off(at, invoice, "max_payment_attempts");
        }
        if let Some(subscription) = self.invoices[invoice].subscription {
            self.stop(at, subscription, "payment_failed");
        }
        if self.dice(customer).per_mille(60) {
            let later = self.dice(customer).between(HOUR, 60 * DAY);
            self.plan(customer, at + later, Happening::Delete);
        }
    }
}
